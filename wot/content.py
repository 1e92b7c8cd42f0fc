"""A payload with its media type, and the codecs between bytes and values."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any, NamedTuple

import msgspec

from wot.cbor import decode as decode_cbor
from wot.cbor import encode as encode_cbor
from wot.errors import TooLarge, WoTError
from wot.plain import DEEPEST, depth, finite, foreign, may_be_deep, to_plain
from wot.plain import Malformed as Malformed  # which bindings and codecs raise, and look for here

JSON = "application/json"
TEXT = "text/plain"
OCTETS = "application/octet-stream"
CBOR = "application/cbor"
MOST_HELD = 256 << 20  # bytes that are held at once, where nobody says otherwise
_BOM = b"\xef\xbb\xbf"
UTF_8 = ("", "utf-8", "utf8", "us-ascii")


class Chunks(AsyncGenerator[bytes, None]):
    """Chunks that are an object rather than a generator: those that were never taken still close.

    `length` is how many bytes there are in all, where that is known, and `most` how many may be held at once by
    whoever wants them in one piece.
    """

    length: int | None = None
    most: int = MOST_HELD

    async def __anext__(self) -> bytes:
        raise NotImplementedError

    async def aclose(self) -> None:
        raise NotImplementedError

    async def asend(self, value: None, /) -> bytes:
        return await self.__anext__()

    async def athrow(self, typ: Any, val: Any = None, tb: Any = None, /) -> bytes:
        await self.aclose()
        raise typ

    def too_large(self, limit: int) -> WoTError:
        """What is raised where there are more bytes than may be held."""
        return TooLarge(f"it has more than {limit} bytes", hint="take it in chunks")


class Content(msgspec.Struct, frozen=True, gc=False):
    """Bytes and what they are.

    What is too large to be held is `chunks`, with an empty body: they can be taken once, and whoever takes them last
    closes them.
    """

    body: bytes
    type: str = JSON
    chunks: AsyncGenerator[bytes, None] | None = None

    async def whole(self, limit: int = MOST_HELD) -> Content:
        """The same in one piece; TooLarge beyond `limit` bytes, or what the chunks themselves permit."""
        chunks = self.chunks
        if chunks is None:
            return self
        most = min(limit, getattr(chunks, "most", limit))
        parts = bytearray()
        async with aclosing(chunks):
            if (getattr(chunks, "length", None) or 0) > most:
                raise _too_large(chunks, most)
            async for part in chunks:
                parts += part
                if len(parts) > most:
                    raise _too_large(chunks, most)
        return Content(bytes(parts), self.type)

    async def parts(self) -> AsyncGenerator[bytes, None]:
        """The bytes part by part, however they are held."""
        if self.chunks is None:
            yield self.body
            return
        async with aclosing(self.chunks) as chunks:
            async for part in chunks:
                yield part


def is_whole(content: Content | None) -> bool:
    """Whether there is nothing to be taken in chunks."""
    return content is None or content.chunks is None


def _too_large(chunks: AsyncGenerator[bytes, None], limit: int) -> WoTError:
    made = chunks if isinstance(chunks, Chunks) else Chunks()
    return made.too_large(limit)


class Codec(NamedTuple):
    """Between a value of the JSON data model (or bytes) and the bytes of one media type.

    Third parties add one through the entry-point group `wot.codecs`: entry name = media type,
    object = a Codec. Both functions raise `Malformed` (or another ValueError) with the reason.
    """

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


def essence(media_type: str) -> str:
    """`media_type` without parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def codec(media_type: str) -> Codec:
    """The codec for `media_type`; what nobody knows is passed on as bytes."""
    found = _BUILT_IN.get(media_type)
    return found or _codec(essence(media_type), parameter(media_type, "charset"))


def parameter(media_type: str, name: str) -> str:
    """A parameter of a media type in lower case, "" where it is absent."""
    for item in media_type.split(";")[1:]:
        word, _, value = item.partition("=")
        if word.strip().lower() == name:
            return value.strip().strip('"').lower()
    return ""


def empty_is_value(media_type: str) -> bool:
    """Whether no bytes at all are a value of this type; in JSON and CBOR they are none."""
    return _family(essence(media_type)) not in (JSON, CBOR)


def is_opaque(media_type: str) -> bool:
    """Whether payloads of this type are bytes that nobody here looks into."""
    return codec(media_type) is _OCTETS


def is_value(media_type: str) -> bool:
    """Whether payloads of this type have a place in JSON: values of the JSON data model, or text."""
    kind = essence(media_type)
    return _family(kind) in (JSON, CBOR) or kind.startswith("text/")


def members(content: Content) -> dict[str, msgspec.Raw]:
    """The members of a JSON object, each as the bytes that it came in; Malformed where it is none."""
    if _family(essence(content.type)) != JSON:
        raise Malformed(f"it is {content.type[:80]} and should be {JSON}")
    try:
        return _members_decoder.decode(content.body.removeprefix(_BOM))
    except (ValueError, RecursionError):
        raise Malformed("it should be a JSON object") from None


def is_text(media_type: str) -> bool:
    """Whether payloads of this type can travel where only text can."""
    kind = essence(media_type)
    return _family(kind) == JSON or kind.startswith("text/")


@lru_cache(maxsize=256)
def _codec(kind: str, charset: str) -> Codec:
    if charset not in UTF_8:
        return _other_text(kind, charset)
    found = _BUILT_IN.get(_family(kind))
    if found:
        return found
    for entry in entry_points(group="wot.codecs", name=kind):
        third_party: Codec = entry.load()
        return third_party
    return _TEXT if kind.startswith("text/") else _OCTETS


def _other_text(kind: str, charset: str) -> Codec:
    """Text in another character set than UTF-8, which JSON (RFC 8259) does not allow."""

    def encode(value: Any) -> bytes:
        return str(value).encode(charset)

    def decode(body: bytes) -> Any:
        return _decode_text(body, charset)

    try:
        known = kind.startswith("text/") and bool("a".encode(charset))
    except (LookupError, UnicodeError):
        known = False
    if not known:
        raise Malformed(f"the character set {charset[:40]!r} is not understood, only UTF-8 is")
    return Codec(encode, decode)


def _family(kind: str) -> str:
    if kind.endswith("+json") or kind == "text/json":
        return JSON
    return CBOR if kind.endswith("+cbor") else kind


_json_encoder = msgspec.json.Encoder(enc_hook=foreign)
_json_decoder = msgspec.json.Decoder()
_members_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _encode_json(value: Any) -> bytes:
    try:
        body = _json_encoder.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise Malformed(str(error)) from None
    if b"null" in body and not finite(to_plain(value)):
        raise Malformed("NaN and infinity are not JSON")
    return body


def _decode_json(body: bytes) -> Any:
    try:
        # A byte order mark may be ignored (RFC 8259 section 8.1).
        value = _json_decoder.decode(body.removeprefix(_BOM))
    except RecursionError:
        raise Malformed("it is nested too deeply") from None
    except ValueError as error:  # msgspec.DecodeError, UnicodeDecodeError
        raise Malformed(str(error)) from None
    if may_be_deep(body) and depth(value) > DEEPEST:
        raise Malformed("it is nested too deeply")
    return value


def _encode_text(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else _encode_json(value)


def _decode_text(body: bytes, charset: str = "utf-8") -> str:
    try:
        return body.decode(charset)
    except UnicodeDecodeError as error:
        raise Malformed(f"not {charset.upper()}: {error.reason} at byte {error.start}") from None


_HELD: tuple[type[Any], ...] = (bytes, bytearray, memoryview)


def _encode_octets(value: Any) -> bytes:
    if isinstance(value, _HELD):
        return bytes(value)
    raise Malformed(f"this media type takes bytes, not {type(value).__name__}")


_OCTETS = Codec(_encode_octets, bytes)
_TEXT = Codec(_encode_text, _decode_text)
_BUILT_IN: Mapping[str, Codec] = {
    JSON: Codec(_encode_json, _decode_json),
    CBOR: Codec(encode_cbor, decode_cbor),
    TEXT: _TEXT,
    OCTETS: _OCTETS,
}
