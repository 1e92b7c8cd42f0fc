"""Where things are: JSON Pointers (RFC 6901), `tm:ref` values and references to other models (RFC 3986)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias
from urllib.parse import unquote, urljoin

from wot.td.node import at, is_array, is_object

# Where something stands: a JSON path, or a place and a step from it. Most places are never told, and to write the
# path of each would take more time and room than the document.
Trail: TypeAlias = "str | tuple[Trail, str | int]"
MISSING: Final[Any] = object()  # where there is nothing, not even null
Tokens = tuple[str, ...]

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}").fullmatch
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):").match
_BAD_ESCAPE = re.compile(r"~(?![01])").search


def is_container(value: Any) -> bool:
    """Whether a JSON value is an object or an array."""
    return isinstance(value, (dict, list))


def parse(pointer: str) -> Tokens | None:
    """The reference tokens of a JSON Pointer; None where it is none."""
    if not pointer:
        return ()
    if not pointer.startswith("/") or _BAD_ESCAPE(pointer):
        return None
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))


def pointer(tokens: Tokens) -> str:
    """The JSON Pointer with these reference tokens."""
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in tokens)


def json_path(tokens: Tokens) -> str:
    """The JSON path that findings use for what a pointer means."""
    path = "$"
    for token in tokens:
        path = at(path, token)
    return path


def written(trail: Trail) -> str:
    """The JSON path of a place."""
    parts: list[str | int] = []
    while not isinstance(trail, str):
        trail, part = trail
        parts.append(part)
    for part in reversed(parts):
        trail = at(trail, part)
    return trail


def containers(json: Any, path: str = "$") -> Iterator[tuple[Trail, Any]]:
    """Every object and array of a document, with its place."""
    todo: list[tuple[Trail, Any]] = [(path, json)]
    while todo:
        here, value = todo.pop()
        yield here, value
        inner = value.items() if is_object(value) else enumerate(value)
        todo += [((here, part), item) for part, item in inner if is_container(item)]


def step(value: Any, token: str) -> Any:
    """One member or item; MISSING where there is none."""
    if is_object(value):
        return value.get(token, MISSING)
    if is_array(value) and _INDEX(token) and int(token) < len(value):
        return value[int(token)]
    return MISSING


def find(value: Any, tokens: Tokens) -> Any:
    """What stands behind `tokens` in `value`; MISSING where nothing does."""
    for token in tokens:
        value = step(value, token)
    return value


def split(reference: str) -> tuple[str, Tokens] | None:
    """A `tm:ref` as the URL of a model ("" for its own) and the tokens of its pointer; None where it is neither.

    The pointer may be percent-encoded (RFC 6901 section 6) or not (TD 1.1 section 9.3.2 leaves it open).
    """
    url, mark, fragment = reference.partition("#")
    try:
        tokens = parse(unquote(fragment, errors="strict")) if mark else None
    except UnicodeDecodeError:
        tokens = parse(fragment)
    return None if tokens is None else (url, tokens)


def literal(reference: str) -> Tokens | None:
    """The tokens of a `tm:ref` as written: a name may hold a percent sign."""
    return parse(reference.partition("#")[2])


def _join_relative(base: str, reference: str) -> str:
    """Both relative: what leads above the start of `base` still does afterwards."""
    steps = [step for step in base.split("/")[:-1] if step != "."]
    for step in reference.split("/"):
        if step == ".." and steps and steps[-1] != "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def join(base: str, reference: str) -> str:
    """`reference` resolved against `base` (RFC 3986 section 5), for every hierarchical scheme; without its fragment."""
    reference = reference.partition("#")[0]
    scheme = _SCHEME(base)
    if not base or _SCHEME(reference):
        return reference
    if base.startswith("../") and reference and not reference.startswith("/"):
        return _join_relative(base, reference)
    if scheme is not None and not base[scheme.end() :].startswith(
        "/"
    ):  # urn:…: nothing is relative to it
        return reference or base
    # urljoin knows the schemes of its list only, and they all resolve alike.
    known = base if scheme is None else "http:" + base[scheme.end() :]
    try:
        joined = urljoin(known, reference)
    except ValueError:  # no URL, and whoever reads it will say so
        return reference
    return joined if scheme is None else scheme[0] + joined.removeprefix("http:")
