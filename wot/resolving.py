"""Where Thing Models and the like are read from: files, a mapping, the web; only where the caller allows it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from wot.td.library import ResolveError, Resolver
from wot.td.pointers import join

LIMIT = 1 << 20  # bytes of one document


def files(root: str | os.PathLike[str] = ".", *, limit: int = LIMIT) -> Resolver:
    """A resolver for the files below the folder `root`: relative references, and file URLs.

    Nothing outside of it is read, neither by `..` nor through a symbolic link.
    """
    top = Path(root).resolve()

    def read(reference: str) -> bytes:
        path = top / _path(reference)
        try:
            found = path.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise ResolveError(f"there is no file {reference} below {top}") from None
        if not found.is_relative_to(top):
            raise ResolveError(
                f"{reference} is outside of {top}", hint="allow a folder that holds both"
            )
        if not found.is_file():
            raise ResolveError(f"{reference} is no file")
        with found.open("rb") as file:
            return _bounded(file.read(limit + 1), reference, limit)

    return read


def _path(reference: str) -> str:
    """The path that a relative reference or a file URL means."""
    try:
        parts = urlsplit(reference)
    except ValueError:
        raise ResolveError(f"{reference!r} is no reference to a file") from None
    if parts.scheme not in ("", "file") or (parts.netloc and parts.scheme != "file"):
        raise ResolveError(
            f"{reference} is no file", hint="other schemes need a resolver of their own"
        )
    if parts.netloc not in ("", "localhost"):
        raise ResolveError(f"{reference} is a file of another machine")
    path = unquote(parts.path)
    if "\0" in path or not path:
        raise ResolveError(f"{reference!r} is no name of a file")
    return path


def mapping(documents: Mapping[str, Any], *, base: str = "") -> Resolver:
    """A resolver for documents at hand, by URL: texts or decoded JSON. Relative names are resolved against `base`."""
    known = {join(base, name): document for name, document in documents.items()}

    def read(reference: str) -> Any:
        try:
            return known[join(base, reference)]
        except KeyError:
            raise ResolveError(f"there is no {reference} among those given") from None

    return read


def web(timeout: float = 10, limit: int = LIMIT) -> Resolver:
    """A resolver that reads http and https URLs.

    `timeout` (seconds) is for the whole of one document with its redirections, `limit` is in bytes.
    """

    def read(reference: str) -> bytes:
        from wot.fetching import fetch  # HTTP and TLS are loaded for those alone who allow them

        return fetch(reference, timeout, limit)

    return read


def first_of(*resolvers: Resolver) -> Resolver:
    """A resolver that asks each of these in turn, until one has the document."""

    def read(reference: str) -> Any:
        refused: list[str] = []
        for resolver in resolvers:
            try:
                return resolver(reference)
            except (LookupError, OSError) as error:
                refused.append(str(error) or type(error).__name__)
        raise ResolveError("; ".join(dict.fromkeys(refused)) or f"nothing reads {reference}")

    return read


def _bounded(data: bytes, reference: str, limit: int) -> bytes:
    if len(data) > limit:
        raise ResolveError(f"{reference} has more than {limit:,} bytes")
    return data


__all__ = ["ResolveError", "Resolver", "files", "first_of", "mapping", "web"]
