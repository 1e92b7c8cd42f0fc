"""Content codings (RFC 9110 section 8.4.1): gzip, deflate and zstd, packed and unpacked within a limit."""

from __future__ import annotations

import asyncio
import sys
import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import lru_cache
from typing import Protocol, cast

from wot.content import essence, is_text
from wot.errors import InvalidInput, UnsupportedContent
from wot_http.negotiation import quality

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

KNOWN = frozenset({"gzip", "x-gzip", "deflate", "zstd"})
OFFERED = ("zstd", "gzip")  # best first
LEAST = 1400  # bytes; what fits into one packet gains nothing
_LONG = 1 << 18  # bytes that are packed beside the loop
_WINDOW: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}  # RFC 9659: 8 MiB


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class Unpacking:
    """Takes the coding off data that comes in parts."""

    def __init__(self, coding: str) -> None:
        if coding not in KNOWN:
            raise UnsupportedContent(
                f"the content coding {coding[:40]!r} is not known here", hint="send gzip or zstd"
            )
        self._coding = coding
        self._inner = self._member()

    def _member(self) -> _Decompressor:
        if self._coding == "zstd":
            return cast(_Decompressor, zstd.ZstdDecompressor(options=_WINDOW))
        return zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as the data says

    def feed(self, data: bytes, most: int) -> tuple[bytes, bytes]:
        """Up to about `most` bytes unpacked, and what of `data` has to be fed again."""
        try:
            if (
                self._inner.eof
            ):  # another member follows (RFC 1952 section 2.2, RFC 8878 section 3.1)
                self._inner = self._member()
            found = self._inner.decompress(data, most)
        except (zlib.error, zstd.ZstdError) as error:
            raise InvalidInput(f"the body is not coded as it says: {error}") from None
        rest = (
            self._inner.unused_data
            if self._inner.eof
            else getattr(self._inner, "unconsumed_tail", b"")
        )
        return found, rest

    @property
    def waits(self) -> bool:
        """Whether nothing comes before more is fed."""
        return self._inner.eof or getattr(self._inner, "needs_input", True)

    def last(self, most: int) -> bytes:
        """What still waits inside when nothing more is fed, b"" at the end; InvalidInput where something is missing."""
        part = b"" if self._inner.eof else self.feed(b"", most)[0]
        if not part and not self._inner.eof:
            raise InvalidInput("the body is not coded as it says: it ends too early")
        return part


def unpacked(body: bytes, coding: str, limit: int) -> bytes | None:
    """`body` without its coding; None where it has more than `limit` bytes."""
    unpacking, found = Unpacking(coding), bytearray()
    while True:
        part, body = unpacking.feed(body, limit + 1 - len(found))
        found += part
        if len(found) > limit:
            return None
        if not body and unpacking.waits:
            return bytes(found + unpacking.last(1))


def packed(body: bytes, coding: str) -> bytes:
    """`body` in a coding of ours."""
    if coding == "zstd":
        return zstd.compress(body, level=3)
    return zlib.compress(body, 5, _bits(coding))


@lru_cache(maxsize=256)
def packed_once(body: bytes, coding: str) -> bytes:
    """The same for documents that are asked for again and again."""
    return packed(body, coding)


async def packed_aside(body: bytes, coding: str) -> bytes:
    """The same without holding up others."""
    return (
        packed(body, coding) if len(body) < _LONG else await asyncio.to_thread(packed, body, coding)
    )


@lru_cache(maxsize=256)
def worthwhile(media_type: str) -> bool:
    """Whether bodies of this kind shrink."""
    kind = essence(media_type)
    return is_text(kind) or kind.endswith(("+xml", "/xml", "cbor"))


async def packed_chunks(
    chunks: AsyncGenerator[bytes, None], coding: str
) -> AsyncGenerator[bytes, None]:
    """Chunks in a coding, as they come."""
    packing = (
        zstd.ZstdCompressor() if coding == "zstd" else zlib.compressobj(5, wbits=_bits(coding))
    )
    async with aclosing(chunks):
        async for chunk in chunks:
            if part := packing.compress(chunk):
                yield part
    yield packing.flush()


def _bits(coding: str) -> int:
    return zlib.MAX_WBITS if coding == "deflate" else zlib.MAX_WBITS | 16


@lru_cache(maxsize=256)
def chosen(accept: str) -> str:
    """The coding of ours that an Accept-Encoding header wants most, "" for none (RFC 9110 section 12.5.3)."""
    if not accept.strip():
        return ""
    best = max(OFFERED, key=lambda coding: _wanted(accept, coding))
    return best if _wanted(accept, best) > 0 else ""


def _wanted(accept: str, coding: str) -> float:
    # Codings are listed like media ranges without a subtype.
    items = [item.strip() for item in accept.split(",")]
    ranges = ",".join(
        f"{n.strip()}/*;{r}" for n, _, r in (item.partition(";") for item in items) if n
    )
    return quality(ranges, f"{coding}/*") if ranges else 0.0
