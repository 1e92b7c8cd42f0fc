"""Where Thing Descriptions come from: a URL or a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

import msgspec

from wot.binding import Client
from wot.errors import ConnectError, InvalidTD
from wot.forms import scheme_of
from wot.td import ThingDescription, is_array, is_object

_LARGEST = 4 << 20  # bytes of a TD file


class Source(NamedTuple):
    """A TD, and the URL that its relative hrefs start from where it has no base."""

    td: ThingDescription
    url: str


async def fetch(source: str, client_for: Callable[[str], Client]) -> Source:
    """The TD at a URL or in a file; TransportError where it cannot be had, InvalidTD where it is none."""
    scheme = scheme_of(source)
    if len(scheme) <= 1 or scheme == "file":  # a single letter is a drive
        path = Path(url2pathname(urlsplit(source).path) if scheme == "file" else source)
        return Source(_parsed(await asyncio.to_thread(_read, path), str(path)), "")
    body, url = await client_for(scheme).fetch(source)
    return Source(_parsed(body, url), url)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(_LARGEST + 1)
    except OSError as error:
        raise ConnectError(
            f"{path} cannot be read: {error.strerror}", hint="name a TD by URL or file"
        ) from None
    if len(body) > _LARGEST:
        raise InvalidTD(f"{path} is larger than {_LARGEST >> 20} MiB")
    return body


def _parsed(body: bytes, origin: str) -> ThingDescription:
    try:
        return ThingDescription.parse(body)
    except InvalidTD as error:
        hint = _listed(body) or f"{origin} is no Thing Description; is it the right address?"
        raise InvalidTD(error.findings, hint=hint) from None


def _listed(body: bytes) -> str:
    """A hint for who asked a server for its list of Things."""
    try:
        listed: Any = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return ""
    hrefs = [item.get("href") for item in listed if is_object(item)] if is_array(listed) else []
    names = ", ".join(href for href in hrefs[:10] if isinstance(href, str))
    return f"this is a list of Things; name one of them: {names}" if names else ""
