"""Thing Models that consist of others (`tm:submodel`, TD 1.1 section 9.3.3): one TD each, or all in one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, get_args
from urllib.parse import unquote

from wot.errors import Finding, InvalidTD
from wot.td.inheriting import OPTIONAL, members, optional, relation
from wot.td.library import MOST_MODELS, SUBMODEL
from wot.td.node import Json, is_array, is_object
from wot.td.pointers import MISSING, join, pointer
from wot.td.resolution import LARGEST, Resolution
from wot.td.vocabulary import KINDS, TD_JSON

Composition = Literal["linked", "contained", "merged", "alone"]
COMPOSITIONS: tuple[str, ...] = get_args(Composition)

_DEEPEST = 32  # models within models
_SUFFIX = re.compile(r"(\.(tm|td|model|jsonld|json))+$", re.IGNORECASE)
_UNSAFE = re.compile(r"[^\w.~-]+")
_TOO_MUCH = f"it consists of more than {MOST_MODELS} parts, or of too large ones"
_DEFINITIONS = ("securityDefinitions", "schemaDefinitions")


class Part(NamedTuple):
    """One TD to be made: its model with everything resolved, the URL of that, and a name for the TD's own file."""

    model: Json
    url: str
    href: str


class _Sub(NamedTuple):
    name: str  # of the instance
    url: str
    link: Json


def composed(resolution: Resolution, url: str, how: Composition) -> list[Part]:
    """The TDs that a model is for, its own first: its submodels linked as items, or their affordances in it.

    `contained` puts the name of the instance before every name of a submodel, `merged` only where names collide,
    `alone` leaves the submodels to others.
    """
    if how in ("contained", "merged"):
        model = _Container(resolution, how == "contained").contained(url, 0)
        return [Part(model, url, f"./{stem_of(url, model)}.td.jsonld")]
    return list(_linked(resolution, url, how == "linked"))


def _subs(resolution: Resolution, url: str, model: Json) -> Iterator[_Sub]:
    for target, link in resolution.library.linked(url, model, SUBMODEL):
        yield _Sub(str(link.get("instanceName") or ""), target, link)


# ── one TD each ──


class _Node(NamedTuple):
    """One model in the tree of parts."""

    sub: _Sub
    model: Json
    parent: int
    subs: list[_Sub]


def _linked(resolution: Resolution, top: str, follow: bool) -> Iterator[Part]:
    nodes: list[_Node] = []
    room = LARGEST
    todo = [(_Sub("", top, {}), -1)]
    while todo:
        sub, parent = todo.pop()
        model = resolution.model(sub.url)
        subs = list(_subs(resolution, sub.url, model)) if follow else []
        nodes.append(_Node(sub, model, parent, subs))
        room -= resolution.size(model)
        if len(nodes) + len(todo) > MOST_MODELS or room < 0:
            raise InvalidTD([*resolution.library.findings, Finding("$", _TOO_MUCH)])
        todo += [(inner, len(nodes) - 1) for inner in reversed(subs)]
    hrefs = _files(nodes)
    items: list[dict[int, str]] = [{} for _ in nodes]
    for node, href in zip(nodes, hrefs, strict=True):
        if node.parent >= 0:
            items[node.parent][id(node.sub.link)] = href
    for node, href, inner in zip(nodes, hrefs, items, strict=True):
        whole = hrefs[node.parent] if node.parent >= 0 else ""
        yield Part(_with_links(node.model, inner, whole), node.sub.url, href)


def _with_links(model: Json, hrefs: dict[int, str], parent: str) -> Json:
    """The model with links to the TDs of its parts, and to the one whose part it is."""
    given = model.get("links")
    out: list[Any] = []
    for link in given if is_array(given) else ():
        if id(link) in hrefs:
            rest = {name: value for name, value in link.items() if name != "instanceName"}
            out.append({**rest, "rel": "item", "href": hrefs[id(link)], "type": TD_JSON})
        elif relation(link) != SUBMODEL:
            out.append(link)
    if parent:
        out.append({"rel": "collection", "href": parent, "type": TD_JSON})
    return {**model, "links": out}


def _files(nodes: list[_Node]) -> list[str]:
    """A relative reference for each TD: named as the model's file is, and after the instance where there are more."""
    stems = [stem_of(node.sub.url, node.model) for node in nodes]
    counts = Counter(stems)
    taken: dict[str, None] = {}
    for node, stem in zip(nodes, stems, strict=True):
        name = _UNSAFE.sub("-", node.sub.name)
        wanted = f"{stem}-{name}" if counts[stem] > 1 and name else stem
        found, number = wanted, 2
        while found in taken:
            found, number = f"{wanted}-{number}", number + 1
        taken[found] = None
    return [f"./{name}.td.jsonld" for name in taken]


def stem_of(url: str, model: Json) -> str:
    """A short name for a model: that of its file, or its title without what no file name has."""
    last = re.split(r"[/:]", url.partition("?")[0].rstrip("/"))[-1]
    title = model.get("title")
    return (
        _UNSAFE.sub("-", _SUFFIX.sub("", unquote(last)))
        or _UNSAFE.sub("", str(title or ""))
        or "thing"
    )


# ── all in one ──


class _Container:
    """Puts the affordances of submodels into the model that they are parts of."""

    def __init__(self, resolution: Resolution, prefixed: bool) -> None:
        self.resolution, self.prefixed = resolution, prefixed
        self.made, self.room = 0, LARGEST

    def contained(self, url: str, depth: int) -> Json:
        """A model with everything of its parts in it."""
        model = self.resolution.model(url)
        self._bound(model, depth)
        subs = [
            (sub, self.contained(sub.url, depth + 1)) for sub in _subs(self.resolution, url, model)
        ]
        if not subs:
            return model
        out = {**model, "links": [link for link in model["links"] if relation(link) != SUBMODEL]}
        home = _Home(out)
        everything = (model, *(part for _, part in subs))
        counts = Counter(found for part in everything for found in _names(part))
        prefixes = self.resolution.prefixes
        for sub, part in subs:
            prefixes.take(url, sub.url, {kind: part.get(kind) for kind in KINDS}, "$.links")
            home.add(part, sub, None if self.prefixed else counts)
        home.close()
        context = prefixes.merged(url)
        return out if context is MISSING else {**out, "@context": context}

    def _bound(self, model: Json, depth: int) -> None:
        self.made, self.room = self.made + 1, self.room - self.resolution.size(model)
        if depth > _DEEPEST:
            raise InvalidTD(
                [Finding("$.links", f"its parts have parts, more than {_DEEPEST} levels of them")]
            )
        if self.made > MOST_MODELS or self.room < 0:
            raise InvalidTD([*self.resolution.library.findings, Finding("$", _TOO_MUCH)])


def _names(model: Json) -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        for name in members(model, kind):
            yield kind, name


class _Home:
    """A model into which parts are put, each member of it copied once."""

    def __init__(self, out: Json) -> None:
        self.out = out
        self.members = {kind: dict(members(out, kind)) for kind in (*KINDS, *_DEFINITIONS)}
        self.optional: list[str] = []
        self._numbers: dict[tuple[str, str], int] = {}

    def add(self, part: Json, sub: _Sub, counts: Counter[tuple[str, str]] | None) -> None:
        """Take over a part's affordances, and what they need."""
        before = sub.name or stem_of(sub.url, part)
        renamed = {member: self._defined(part, member, before) for member in _DEFINITIONS}
        may = set(optional(part))
        for kind, name in _names(part):
            unique = counts is not None and counts[kind, name] == 1
            new = self._free(kind, name if unique else f"{before}_{name}")
            self.members[kind][new] = _moved(part[kind][name], self.out, part, renamed)
            if (kind, name) in may:
                self.optional.append(pointer((kind, new)))

    def close(self) -> None:
        """Give the model what has been put in."""
        self.out |= {member: found for member, found in self.members.items() if found}
        if self.optional:
            given = self.out.get(OPTIONAL)
            self.out[OPTIONAL] = [*(given if is_array(given) else ()), *self.optional]

    def _free(self, member: str, name: str) -> str:
        """`name`, with a number where something else has it already."""
        found, home = name, self.members[member]
        while found in home:
            number = self._numbers.get((member, name), 1) + 1
            self._numbers[member, name] = number
            found = f"{name}_{number}"
        return found

    def _defined(self, part: Json, member: str, before: str) -> dict[str, str]:
        """Take over definitions of a part; how their names change."""
        home, changes = self.members[member], dict[str, str]()
        for name, definition in members(part, member).items():
            same = home.get(name, definition) == definition
            changes[name] = name if same else self._free(member, f"{before}_{name}")
            home[changes[name]] = definition
        return changes


def _moved(affordance: Any, out: Json, part: Json, renamed: dict[str, dict[str, str]]) -> Any:
    """An affordance of a part with everything stated that the part states for the whole of itself."""
    if not is_object(affordance):
        return affordance
    moved = dict(affordance)
    if is_object(part.get("uriVariables")):
        moved["uriVariables"] = {**part["uriVariables"], **members(moved, "uriVariables")}
    forms = moved.get("forms")
    if is_array(forms):
        moved["forms"] = [
            _moved_form(form, out, part, renamed) if is_object(form) else form for form in forms
        ]
    return moved


def _moved_form(form: Json, out: Json, part: Json, renamed: dict[str, dict[str, str]]) -> Json:
    moved = dict(form)
    base, href, security = (
        part.get("base"),
        form.get("href"),
        form.get("security", part.get("security")),
    )
    if isinstance(base, str) and isinstance(href, str) and base != out.get("base"):
        moved["href"] = join(base, href)
    if security is not None:
        security = _renamed(security, renamed["securityDefinitions"])
        if "security" in form or security != out.get("security"):
            moved["security"] = security
    responses = form.get("additionalResponses")
    if responses is not None:
        moved["additionalResponses"] = _renamed_schemas(responses, renamed["schemaDefinitions"])
    return moved


def _renamed(names: Any, changes: dict[str, str]) -> Any:
    if is_array(names):
        return [changes.get(name, name) if isinstance(name, str) else name for name in names]
    return changes.get(names, names) if isinstance(names, str) else names


def _renamed_schemas(responses: Any, changes: dict[str, str]) -> Any:
    if is_array(responses):
        return [_renamed_schemas(response, changes) for response in responses]
    if is_object(responses) and isinstance(responses.get("schema"), str):
        return {**responses, "schema": changes.get(responses["schema"], responses["schema"])}
    return responses
