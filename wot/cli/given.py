"""Values of the command line that are in files: `@FILE`, and `-` for standard input."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Any, BinaryIO, Self

from wot.cli.arguments import parsed
from wot.cli.ending import UsageError
from wot.content import is_opaque
from wot.td import Json

LARGEST = 16 << 20  # bytes of what is no bytes, and so has to be held
_PART = 1 << 18  # bytes read at once


class Given:
    """A value as it was given; its file is open until the block is left."""

    def __init__(self, text: str) -> None:
        self._shown = text
        self._text = text.removeprefix("@") if text.startswith("@@") else text
        self._file = _opened(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    async def value(self, schema: Json, media_type: str, what: str) -> Any:
        """The value: for a media type of bytes the file in chunks, else JSON or text as if it were typed."""
        if self._file is None and is_opaque(media_type):
            hint = "name a file, as in @picture.png, or - for standard input"
            raise UsageError(f"{what} {self._shown!r}: {media_type} is wanted, bytes", hint=hint)
        if self._file is None:
            return parsed(self._text, schema, what)
        if is_opaque(media_type):
            return self._file if _is_plain(self._file) else _arriving(self._file)
        text = await self._whole(self._file)
        return parsed(text, schema, what, shown=self._shown)

    async def _whole(self, file: BinaryIO) -> str:
        """The text of a file, without the line end that closes it."""
        body = bytearray()
        async for part in _arriving(file):
            body += part
            if len(body) > LARGEST:
                raise UsageError(f"{self._shown} has more than {LARGEST} bytes")
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UsageError(f"{self._shown} is not UTF-8: {error.reason}") from None
        return text.removesuffix("\n").removesuffix("\r")


def _opened(text: str) -> BinaryIO | None:
    """The file that a value names, if it does."""
    name = 0 if text == "-" else text[1:] if text[:1] == "@" and text[:2] != "@@" else None
    if name is None:
        return None
    try:
        return open(name, "rb", closefd=name != 0)
    except OSError as error:
        hint = "" if text == "-" else f"text that begins with @ is written with another: @{text}"
        named = "standard input" if text == "-" else f"the file {text[1:]!r}"
        raise UsageError(f"{named} cannot be read: {error.strerror}", hint=hint) from None


def _is_plain(file: BinaryIO) -> bool:
    return stat.S_ISREG(os.fstat(file.fileno()).st_mode)


async def _arriving(file: BinaryIO) -> AsyncGenerator[bytes, None]:
    """What a pipe or a terminal gives; it is awaited, so that whoever gives up need not wait for it."""
    number = file.fileno()
    while True:
        if not _is_plain(file):
            await _readable(number)
        part = await asyncio.to_thread(os.read, number, _PART)
        if not part:
            return
        yield part


async def _readable(number: int) -> None:
    loop, ready, blocks = asyncio.get_running_loop(), asyncio.Event(), os.get_blocking(number)
    try:
        loop.add_reader(number, ready.set)
    except (NotImplementedError, OSError):
        return  # Windows; or what never makes anybody wait, such as /dev/null
    try:
        await ready.wait()
    finally:
        loop.remove_reader(number)
        os.set_blocking(number, blocks)  # which others share, and the loop may have changed
