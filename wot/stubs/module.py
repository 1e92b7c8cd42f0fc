"""From a Thing Description to the source text of a module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from wot.stubs.members import BODY, Members
from wot.stubs.names import MSGSPEC, TYPING, USED, Names, is_attribute, snake
from wot.stubs.source import INDENT, WIDTH, Code, call, doc, is_doc, is_text, lines, shown
from wot.stubs.typed import Types
from wot.td import KINDS, Json, ThingDescription
from wot.things import Thing

_IMPORTED = re.compile(rf"\b(?:dt|uuid|{'|'.join((*TYPING, *MSGSPEC))})\b")
_OURS = frozenset(name for name in dir(Thing) if not name.startswith("_"))
SINGULAR = {"properties": "property", "actions": "action", "events": "event"}

_Key = tuple[str, str]  # kind and name of an affordance
_Block = tuple[bool, list[str]]  # whether it is a class, and its lines


def module(td: ThingDescription, name: str) -> str:
    """A module with a class `name` for what `td` describes."""
    attributes = _attributes(td)
    types = Types(Names({*USED, name, *attributes.values()}))
    members = Members(types, td.json.get("uriVariables", {}))
    found = [
        _member(members, kind, given, td, attribute)
        for (kind, given), attribute in attributes.items()
    ]
    body = list(_class(td, name, found))
    blocks: list[_Block] = [_definition(chosen, code) for chosen, code in types.definitions]
    rest = "\n".join(_spaced([*blocks, (True, body)]))
    header = "\n".join(_header(td, members.left_out))
    return f"{header}\n\n{_imports([*blocks, *found])}\n{rest}\n"


def _keys(td: ThingDescription) -> Iterator[_Key]:
    for kind in KINDS:
        for name in td.json.get(kind, {}):
            yield kind, name


def _attributes(td: ThingDescription) -> dict[_Key, str]:
    """The attribute of each affordance: its own name where that is possible, or else a similar one."""
    keys = list(_keys(td))
    names = Names({*USED, *_OURS})
    found: dict[_Key, str] = {}
    for key in keys:
        if is_attribute(key[1]) and key[1] not in names.taken:
            found[key] = names.take(key[1])
    for kind, name in keys:
        if (kind, name) not in found:
            found[kind, name] = names.take(_adjusted(kind, name, names.taken), "_")
    return {key: found[key] for key in keys}


def _adjusted(kind: str, name: str, taken: set[str]) -> str:
    if is_attribute(name) and name not in {*USED, *_OURS}:
        return f"{name}_{SINGULAR[kind]}"  # another kind has the name
    made = snake(name, SINGULAR[kind])
    return f"{made}_" if made in {*USED, *_OURS} else made


def _class(td: ThingDescription, name: str, found: Sequence[_Block]) -> Iterator[str]:
    words: Json = {}
    if td.title and td.title != name and is_text(td.title):
        words["title"] = td.title
    described = is_doc(td.description)
    if td.description and not described and is_text(td.description):
        words["description"] = td.description
    yield from lines(call(f"class {name}(", words, "):", first=["wot.Thing"]))
    if described:
        yield from doc(td.description, INDENT)
        if found:
            yield ""
    elif not found:
        yield f"{' ' * INDENT}pass"
    for index, (is_method, text) in enumerate(found):
        if index and (is_method or found[index - 1][0]):
            yield ""
        yield from text


def _member(members: Members, kind: str, name: str, td: ThingDescription, attribute: str) -> _Block:
    write = {"properties": members.property, "actions": members.action, "events": members.event}
    text = list(write[kind](attribute, name, td.json[kind][name]))
    return text[-1] == BODY, text


def _definition(name: str, code: Code | list[Code]) -> _Block:
    if not isinstance(code, list):
        return False, list(lines(code))
    fields = [line for field in code for line in lines(field, INDENT)]
    return True, [f"class {name}(TypedDict):", *fields]


def _spaced(blocks: Sequence[_Block]) -> Iterator[str]:
    yield from [""] * blocks[0][0]
    yield from blocks[0][1]
    for (before, _), (is_class, text) in pairwise(blocks):
        yield from ["", ""] * (before or is_class)
        yield from text


def _imports(blocks: Iterable[_Block]) -> str:
    """The imports that definitions and members need, and an empty line."""
    used = set[str]()
    for _, text in blocks:
        source = "\n".join(text)
        if not used.issuperset(_IMPORTED.findall(source)):  # they may be in strings only
            used.update(_loaded(source))
    found = ["import datetime as dt"] * ("dt" in used) + ["import uuid"] * ("uuid" in used)
    typing = ", ".join(name for name in TYPING if name in used)
    found += [f"from typing import {typing}"] if typing else []
    ours = ", ".join(name for name in MSGSPEC if name in used)
    others = ["import wot", *([f"from msgspec import {ours}"] if ours else [])]
    return "\n".join([*found, *([""] if found else []), *sorted(others, key=_import_key), ""])


def _loaded(source: str) -> Iterator[str]:
    """The names that a definition, or a member of a class, reads."""
    tree = ast.parse(f"class _:\n{source}" if source.startswith(" ") else source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id


def _import_key(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


def _header(td: ThingDescription, left_out: Iterable[str]) -> Iterator[str]:
    # Nothing of the TD in the first two lines, where a comment can name the encoding.
    yield "# Made by `wot stub` from a Thing Description: make it again rather than change it."
    yield "#"
    yield _comment(f"title: {shown(td.title)}")
    if td.id:
        yield _comment(f"id: {shown(td.id)}")
    for number, text in enumerate(left_out):
        if not number:
            yield "# left out:"
        yield _comment(f"    {text}")


def _comment(text: str) -> str:
    line = f"# {text}"
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
