"""Where the Thing Models that documents name may come from: files beside them, copies, the network if allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wot.cli.arguments import assignments
from wot.cli.documents import Document
from wot.cli.ending import UsageError
from wot.errors import Finding
from wot.forms import scheme_of
from wot.resolving import ResolveError, Resolver, files, web


class Where(NamedTuple):
    """What the command line allows."""

    folder: str = ""  # "": that of the document
    mapped: Sequence[str] = ()  # URL=FILE
    fetch: bool = False
    timeout: float = 30.0


# What was not looked for because the command line did not say so, which is no fault of the document.
_REMOTE = "it is on the network: --fetch allows that, --map URL=FILE names a copy"
_LOCAL = "it is a file: --resolve FOLDER tells where those are"


def is_unasked(finding: Finding) -> bool:
    """Whether a finding says that a model has not been looked for."""
    return _REMOTE in finding.reason or _LOCAL in finding.reason


def resolver(where: Where, document: Document) -> Resolver:
    """Reads the models that a document names, by absolute URLs, and by relative ones where it has none itself."""
    copies = _copies(where.mapped)
    folder = _folder(where.folder) if where.folder else document.folder
    local = None if folder is None else files(folder)
    remote = web(where.timeout) if where.fetch else None

    def read(url: str) -> Any:
        for prefix, path in copies.items():
            if url == prefix:
                return files(path.parent)(path.absolute().as_uri())
            if prefix.endswith("/") and url.startswith(prefix):
                return files(path)(url.removeprefix(prefix))
        if scheme_of(url) not in ("", "file"):
            return _asked(remote, _REMOTE)(url)
        return _nearby(_asked(local, _LOCAL), url)

    return read


def _asked(found: Resolver | None, otherwise: str) -> Resolver:
    if found is None:
        raise ResolveError(otherwise)
    return found


def _nearby(read: Resolver, url: str) -> Any:
    try:
        return read(url)
    except ResolveError as error:
        if not error.hint:
            raise
        raise ResolveError(f"{error}; --resolve FOLDER allows one that holds both") from None


def _folder(name: str) -> Path:
    """The folder of --resolve."""
    if not Path(name).is_dir():
        raise UsageError(f"--resolve {name}: there is no such folder", hint="name a folder")
    return Path(name)


def _copies(given: Sequence[str]) -> Mapping[str, Path]:
    """The files and folders of --map, by URL."""
    copies = {url: Path(file) for url, file in assignments(given, "--map", "URL=FILE").items()}
    for url, path in copies.items():
        if not path.exists():
            raise UsageError(f"--map {url}: {path} does not exist", hint="name a file or a folder")
        if path.is_dir() and not url.endswith("/"):
            raise UsageError(f"--map {url}: {path} is a folder", hint=f"write --map {url}/={path}")
    return copies
