"""Content codings (RFC 9110 section 8.4.1): gzip, deflate and zstd, packed and unpacked within a limit."""

from __future__ import annotations

import asyncio
import sys
import zlib
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from functools import lru_cache
from typing import ClassVar, Protocol, cast

from wot.content import essence, is_text
from wot.errors import InvalidInput, Unavailable, UnsupportedContent
from wot_http.negotiation import quality

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

KNOWN = frozenset({"gzip", "x-gzip", "deflate", "zstd"})
OFFERED = ("zstd", "gzip")  # best first
LEAST = 1400  # bytes; what fits into one packet gains nothing
_LONG = 1 << 18  # bytes that are packed beside the loop
WINDOW, SMALL_WINDOW = 23, 21  # 8 MiB as of RFC 9659; 2 MiB, of zstd's usual levels
MOST_WINDOWS = 32  # of bodies that are being unpacked in this process
_MEMBERS, _MEMBER = 64, 1 << 12  # there may be so many; and one more for so many bytes unpacked
_SLICE = 1 << 14  # bytes given to a decompressor at once
_PART = 1 << 18  # bytes unpacked at once
_TURN = 1 << 20  # bytes unpacked before others have their turn
# Threads of their own: those that handlers block are not waited for.
_PACKERS = ThreadPoolExecutor(2, thread_name_prefix="wot packing")


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class Unpacking:
    """Takes the coding off data that comes in parts; one of zstd has a window, so that there may be only so many."""

    _windows: ClassVar[int] = 0  # that are held now

    def __init__(self, coding: str, window: int = WINDOW) -> None:
        if coding not in KNOWN:
            raise unknown(coding)
        self._options: Mapping[int, int] = {zstd.DecompressionParameter.window_log_max: window}
        self._coding, self._data, self._at = coding, b"", 0
        self._members = self._size = 0
        self._rest = b""  # of a slice: zlib gives back what it has not unpacked yet
        self._holds = coding == "zstd"
        if self._holds:
            if Unpacking._windows >= MOST_WINDOWS:
                reason = "too many bodies are being unpacked here"
                raise Unavailable(reason, hint="send gzip, or no coding", retry_after=5)
            Unpacking._windows += 1
        self._inner: _Decompressor | None = self._member()

    def _member(self) -> _Decompressor:
        self._members += 1
        if self._members > _MEMBERS + self._size // _MEMBER:
            raise InvalidInput(
                "the body is coded in too many small parts", hint="send it packed as one"
            )
        if self._coding == "zstd":
            return cast(_Decompressor, zstd.ZstdDecompressor(options=self._options))
        return zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as the data says

    def close(self) -> None:
        """Let go of what it holds."""
        self._inner, self._data, self._rest = None, b"", b""
        if self._holds:
            self._holds = False
            Unpacking._windows -= 1

    def feed(self, data: bytes) -> None:
        """Take more, where all has been unpacked that came before."""
        self._data, self._at = data, 0

    def take(self, most: int) -> bytes:
        """Up to about `most` bytes unpacked; b"" where nothing comes before more is fed."""
        while self._inner is not None:
            inside = not self._inner.eof and not getattr(self._inner, "needs_input", True)
            piece = self._rest or (b"" if inside else self._slice())
            if not piece and self._inner.eof:
                break
            found = self._unpack(self._inner, piece, most)
            if found:
                self._size += len(found)
                return found
            if not piece and not inside:  # nor has zlib kept the rest of a match
                break
        return b""

    def _slice(self) -> bytes:
        # Decompressors copy what they leave, so that they get only so much at once.
        piece = self._data[self._at : self._at + _SLICE]
        self._at += len(piece)
        return piece

    def _unpack(self, inner: _Decompressor, piece: bytes, most: int) -> bytes:
        try:
            if inner.eof:  # another member follows (RFC 1952 section 2.2, RFC 8878 section 3.1)
                inner = self._inner = self._member()
            found = inner.decompress(piece, most)
        except (zlib.error, zstd.ZstdError) as error:
            if "memory" in str(error):
                raise UnsupportedContent(
                    f"the body is coded with too large a window: {error}",
                    hint="pack it with a window of 2 MiB (zstd --zstd=wlog=21), or with gzip",
                ) from None
            raise InvalidInput(f"the body is not coded as it says: {error}") from None
        self._rest = inner.unused_data if inner.eof else getattr(inner, "unconsumed_tail", b"")
        return found

    def end(self) -> None:
        """InvalidInput where something is missing."""
        if self._inner is None or not self._inner.eof:
            raise InvalidInput("the body is not coded as it says: it ends too early")


def unknown(coding: str) -> UnsupportedContent:
    return UnsupportedContent(
        f"the content coding {coding[:40]!r} is not known here", hint="send gzip or zstd"
    )


async def unpacked(body: bytes, coding: str, limit: int) -> bytes | None:
    """`body` without its coding; None where it has more than `limit` bytes."""
    found, turn = bytearray(), _TURN
    with closing(Unpacking(coding)) as unpacking:
        unpacking.feed(body)
        while part := unpacking.take(min(_PART, limit + 1 - len(found))):
            found += part
            if len(found) > limit:
                return None
            if len(found) > turn:
                turn += _TURN
                await asyncio.sleep(0)
        unpacking.end()
    return bytes(found)


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
    if len(body) < _LONG:
        return packed(body, coding)
    return await asyncio.get_running_loop().run_in_executor(_PACKERS, packed, body, coding)


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
