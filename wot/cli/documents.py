"""The documents that a command line names: files, folders of them, URLs, standard input."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from wot.binding import Client, load
from wot.cli.ending import UsageError
from wot.errors import ConnectError, InvalidTD, Timeout, WoTError
from wot.forms import scheme_of

STDIN = "-"
SUFFIXES = (".td.json", ".td.jsonld", ".tm.json", ".tm.jsonld")  # what counts in a folder
_LARGEST = 4 << 20  # bytes
_AT_ONCE = 8  # URLs


class LeftOut(WoTError):
    """What a folder holds and nobody has asked for by name."""


class Document(NamedTuple):
    """Bytes under the name that they were asked for by, or the error why there are none."""

    name: str
    body: bytes = b""
    url: str = ""  # where it was found in the end; "" for standard input
    error: WoTError | None = None
    folder: Path | None = None  # whose files it may refer to: its own, or the one that was named


def documents(names: Sequence[str], timeout: float, folders: bool = False) -> list[Document]:
    """What is named, in that order; with `folders`, a folder is the documents below it."""
    if names.count(STDIN) > 1:
        raise UsageError("standard input can be read once", hint=f"write {STDIN} once")
    if "" in names:  # for Path it would be this folder
        raise UsageError("the name of a document is empty", hint="name a file or a URL")
    urls = dict.fromkeys(name for name in names if _is_url(name))
    fetched = _fetched(urls, timeout) if urls else {}
    found: list[Document] = []
    for name in names:
        found += [fetched[name]] if name in fetched else _local(name, folders)
    return found


def document(name: str, timeout: float) -> Document:
    """The one that is named; raises where it cannot be had."""
    (found,) = documents([name], timeout)
    if found.error is not None:
        raise found.error
    return found


def _is_url(name: str) -> bool:
    scheme = scheme_of(name)
    # A single letter is a drive, and a file may be named like a URL.
    return len(scheme) > 1 and scheme != "file" and not os.path.lexists(name)


def _path(name: str) -> Path:
    return Path(url2pathname(urlsplit(name).path) if scheme_of(name) == "file" else name)


def _local(name: str, folders: bool) -> Iterator[Document]:
    path = _path(name)
    if name == STDIN:
        yield _read(name, None, None)
    elif not (folders and path.is_dir()):
        yield _read(name, path, path.parent)
    elif inside := sorted(_below(path)):
        yield from (_inside(file, path) for file in inside)
    else:
        wanted = ", ".join(f"*{suffix}" for suffix in SUFFIXES)
        hint = f"what counts in a folder is {wanted}; or name the files, {path / '*.json'}"
        yield Document(name, error=ConnectError("there is no document in this folder", hint=hint))


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(root, name) for name in files if name.endswith(SUFFIXES))


def _inside(file: Path, folder: Path) -> Document:
    """A file of a folder, which others may have filled: nothing that blocks, nothing that stands elsewhere."""
    reason = ""
    if not file.is_file():
        reason = "it is no regular file"
    elif file.is_symlink() and not file.resolve().is_relative_to(folder.resolve()):
        reason = "it is a link to a file outside of the folder"
    if reason:
        hint = "name it, and it is read"
        return Document(str(file), error=LeftOut(f"left out: {reason}", hint=hint))
    return _read(str(file), file, folder)


def _read(name: str, path: Path | None, folder: Path | None) -> Document:
    try:
        if path is None:
            body, url = _limited(sys.stdin.buffer), ""
        else:
            with path.open("rb") as file:
                body, url = _limited(file), path.absolute().as_uri()
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        reason = getattr(error, "strerror", None) or str(error)
        hint = "is the name right? a Thing Description is named by file or URL"
        return Document(name, error=ConnectError(f"it cannot be read: {reason}", hint=hint))
    if len(body) > _LARGEST:
        too_large = f"it is larger than {_LARGEST >> 20} MiB"
        return Document(name, error=InvalidTD(too_large, hint="is it a Thing Description?"))
    return _opened(Document(name, body, url, folder=folder))


def _opened(found: Document) -> Document:
    """The document, or what it is instead, where its name or its first bytes tell."""
    path = urlsplit(found.url).path
    if b"\0" in found.body[:4]:
        error = InvalidTD("not JSON: it is UTF-16 or binary", hint="save it as UTF-8")
    elif path.endswith(".py") and found.body.lstrip()[:1] != b"{":
        hint = "wot model makes a Thing Model of a class, wot serve its TD: both take a Python file"
        error = InvalidTD("not JSON: it is Python", hint=hint)
    else:
        return found
    return found._replace(body=b"", error=error)


def _limited(file: BinaryIO) -> bytes:
    return file.read(_LARGEST + 1)


def _fetched(urls: Collection[str], timeout: float) -> dict[str, Document]:
    from wot.running import fastest

    return fastest(_fetch(urls, timeout))


async def _fetch(urls: Collection[str], timeout: float) -> dict[str, Document]:
    """The documents at URLs, a few at once."""
    turns = asyncio.Semaphore(_AT_ONCE)
    async with AsyncExitStack() as stack:
        clients: dict[str, Client] = {}

        def client_for(scheme: str) -> Client:
            if scheme not in clients:
                clients[scheme] = load(scheme).client({"timeout": timeout})
                stack.push_async_callback(clients[scheme].close)
            return clients[scheme]

        async def one(url: str) -> Document:
            try:
                async with turns, asyncio.timeout(timeout):
                    body, found = await client_for(scheme_of(url)).fetch(url)
            except WoTError as error:
                return Document(url, error=error)
            except TimeoutError:
                return Document(url, error=Timeout(f"no answer within {timeout:g} s"))
            return _opened(Document(url, body, found))

        async with asyncio.TaskGroup() as tasks:
            started = [tasks.create_task(one(url)) for url in urls]
        return {task.result().name: task.result() for task in started}
