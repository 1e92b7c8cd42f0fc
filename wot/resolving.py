"""Where Thing Models and the like are read from: files, a mapping, the web; only where the caller allows it."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from wot.errors import TransportError
from wot.td.library import ResolveError, Resolver
from wot.td.pointers import join

LIMIT = 1 << 20  # bytes of one document
_WINDOWS = os.name == "nt"
_CREDENTIALS = re.compile(r"//[^/?#\s]*@")


def files(root: str | os.PathLike[str] = ".", *, limit: int = LIMIT) -> Resolver:
    """A resolver for the files below the folder `root`: relative references, and file URLs.

    Nothing outside of it is read, neither by `..` nor through a symbolic link; nor what is no plain file.
    """
    top = Path(root).resolve()

    def read(reference: str) -> bytes:
        name = visible(reference)
        try:
            found = (top / path_of(reference)).resolve()
        except (OSError, RuntimeError, ValueError):
            raise ResolveError(f"there is no file {name} below {top}") from None
        if not found.is_relative_to(top):
            raise ResolveError(f"{name} is outside of {top}", hint="allow a folder that holds both")
        if not os.path.exists(found):
            raise ResolveError(f"there is no file {name} below {top}")
        data = beginning(found, limit + 1, reference)
        if len(data) > limit:
            raise ResolveError(f"{name} has more than {limit:,} bytes")
        return data

    return read


def path_of(reference: str, *, windows: bool = _WINDOWS) -> str:
    """The path that a relative reference or a file URL means."""
    try:
        parts = urlsplit(reference)
    except ValueError:
        raise ResolveError(f"{visible(reference)} is no reference to a file") from None
    if parts.scheme not in ("", "file") or (parts.netloc and parts.scheme != "file"):
        raise ResolveError(
            f"{visible(reference)} is no file", hint="other schemes need a resolver of their own"
        )
    if parts.netloc not in ("", "localhost"):
        raise ResolveError(f"{visible(reference)} is a file of another machine")
    names = [unquote(name) for name in parts.path.split("/")]
    # No name holds what separates names: encoded it would lead elsewhere, on Windows to other machines.
    if not parts.path or re.search(r"[\0/\\]" if windows else r"[\0/]", "".join(names)):
        raise ResolveError(f"{visible(reference)} is no name of a file")
    path = "/".join(names)
    return path[1:] if windows and re.match(r"/[A-Za-z]:(/|$)", path) else path


def beginning(path: Path, most: int, name: str) -> bytes:
    """Up to `most` bytes of a plain file; ResolveError, which calls it `name`, where it is none or cannot be read."""
    try:
        # Looked at twice: opening a device may do something, and another file may be there by then.
        if stat.S_ISREG(path.stat().st_mode):
            with open(path, "rb", opener=_without_waiting) as file:
                if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return file.read(most)
    except OSError as error:
        raise ResolveError(f"{visible(name)} cannot be read: {error.strerror}") from None
    except ValueError:  # a character that no name has
        raise ResolveError(f"{visible(name)} is no name of a file") from None
    raise ResolveError(f"{visible(name)} is no file")


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def mapping(documents: Mapping[str, Any], *, base: str = "") -> Resolver:
    """A resolver for documents at hand, by URL: texts or decoded JSON. Relative names are resolved against `base`."""
    known = {_named(base, name): document for name, document in documents.items()}

    def read(reference: str) -> Any:
        try:
            return known[_named(base, reference)]
        except KeyError:
            raise ResolveError(f"there is no {visible(reference)} among those given") from None

    return read


def _named(base: str, reference: str) -> str:
    """The one name of a document: without a base, `./a` and `a` are the same still."""
    url = join(base, reference)
    return url if re.match(r"/|[A-Za-z][A-Za-z0-9+.-]*:", url) else posixpath.normpath(url)


def web(timeout: float = 10, limit: int = LIMIT, *, private: bool | None = None) -> Resolver:
    """A resolver that reads http and https URLs.

    `timeout` (seconds) is for the whole of one document with its redirections, `limit` is in bytes. `private` is
    about servers with a loopback, link-local or private address: None reads them where a URL names them, and lets
    redirections lead to nothing nearer than who redirects; False never reads them, which is for documents of
    strangers, as those may name any URL; True always. A proxy of the environment looks names up itself.
    """

    def read(reference: str) -> bytes:
        from wot.fetching import Unread, fetch  # HTTP and TLS are loaded for those who allow them

        try:
            return fetch(reference, timeout, limit, private)
        except Unread as error:
            said = f"{visible(reference)} {visible(str(error), 500)}"
            raise ResolveError(said, hint=error.hint) from None

    return read


def first_of(*resolvers: Resolver) -> Resolver:
    """A resolver that asks each of these in turn, until one has the document; the error tells what each said."""

    def read(reference: str) -> Any:
        refused: list[Exception] = []
        for resolver in resolvers:
            try:
                return resolver(reference)
            except (LookupError, OSError, TransportError) as error:
                refused.append(error)
        said = "; ".join(dict.fromkeys(map(_said, refused)))
        hint = next(filter(None, (getattr(error, "hint", "") for error in refused)), "")
        raise ResolveError(said or f"nothing reads {visible(reference)}", hint=hint)

    return read


def _said(error: Exception) -> str:
    plain = type(error) is KeyError  # whose text is but the key
    return "there is none" if plain else str(error) or type(error).__name__


def visible(text: str, most: int = 200) -> str:
    """`text` of a stranger for a message: short, without credentials, nothing in it that controls a terminal."""
    text = _CREDENTIALS.sub("//", text)
    cut = text if len(text) <= most else f"{text[:most]}…"
    return cut if cut.isprintable() else "".join(map(_visible, cut))


def _visible(char: str) -> str:
    return char if char.isprintable() else repr(char)[1:-1]


__all__ = ["ResolveError", "Resolver", "files", "first_of", "mapping", "web"]
