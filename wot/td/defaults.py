"""Stating every default value of a Thing Description, and leaving out what is one (TD 1.1 sections 5.4, 6.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from wot.errors import InvalidTD
from wot.td.editions import edition, is_model
from wot.td.node import Json, is_array, is_object
from wot.td.reading import Document, read
from wot.td.tables import DEFAULTS, Defaults, Methods, Row
from wot.td.vocabulary import KINDS

# Where an affordance holds data schemas; a property is one itself.
_SCHEMAS = {
    "properties": (),
    "actions": ("input", "output"),
    "events": ("subscription", "data", "dataResponse", "cancellation"),
}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_Rows = Iterator[
    tuple[Json, Row]
]  # objects of a document, with the defaults of some of their members


def expand(document: Document, *, methods: bool = True) -> Json:
    """A copy of `document` that states every default value; what it has already keeps its place.

    `methods`: those of the protocols as well (`htv:methodName`, `cov:method`). What makes no sense is left as it
    is; so is a Thing Model, because what it does not say is open, and a draft of TD 2.0. What is no JSON object
    raises InvalidTD.
    """
    td = read(document)
    for holder, row in _defaults_of(td, methods):
        for name, value in row.items():
            # What means the default is written like the default: `"op": ["invokeaction"]` becomes "invokeaction".
            if name not in holder or (name == "op" and _means(name, holder[name], value)):
                holder[name] = value
    return td


def reduce(document: Document, *, methods: bool = True) -> Json:
    """A copy of `document` without what is said by leaving it out; the counterpart of `expand`."""
    td = read(document)
    for holder, row in _defaults_of(td, methods):
        for name, value in row.items():
            if name in holder and _means(name, holder[name], value):
                del holder[name]
    return td


def _means(name: str, value: Any, default: Any) -> bool:
    """Whether a stated value says what the default says."""
    if name == "op":  # one may stand alone or in an array, and their order means nothing
        return sorted(_ops_in(value)) == sorted(_ops_in(default))
    # 0 is not false.
    return value is default if isinstance(default, bool) else bool(value == default)


def _ops_in(value: Any) -> list[str]:
    """The operations of an `op`; none where it is not one."""
    ops: list[Any] = [value] if isinstance(value, str) else value if is_array(value) else []
    return ops if all(isinstance(op, str) for op in ops) else []


def _defaults_of(td: Any, methods: bool) -> _Rows:
    """All that has a default value in a TD, stated or not.

    What a form is for and its media type decide on others; they are the same whether stated or not, so that
    rows may be stated or left out while this goes on.
    """
    table = _table(td)
    if table is None:
        return
    protocols = list(_protocols(td, table)) if methods else []
    for scheme in _members(td.get("securityDefinitions")):
        name = scheme.get("scheme")
        if isinstance(name, str) and name in table.schemes:
            yield scheme, table.schemes[name]
    for kind in KINDS:
        for affordance in _members(td.get(kind)):
            yield affordance, table.affordances[kind]
            ops = _default_ops(table, kind, affordance)
            for form in _items(affordance.get("forms")):
                yield from _of_form(form, ops, table, protocols)
    for form in _items(td.get("forms")):
        yield from _of_form(form, (), table, protocols)
    for schema in _data_schemas(td):
        yield schema, table.data_schema


def _table(td: Any) -> Defaults | None:
    """The defaults of the version a document is written in; None where there are none to apply."""
    if not is_object(td) or is_model(td):
        return None
    try:
        return DEFAULTS[edition(td).name]
    except InvalidTD:
        return None


def _default_ops(table: Defaults, kind: str, affordance: Json) -> Sequence[str]:
    """What the forms of an affordance are for; nothing where its flags contradict each other or are none."""
    if kind != "properties":
        return table.ops[kind]
    read_only, write_only = affordance.get("readOnly", False), affordance.get("writeOnly", False)
    if not isinstance(read_only, bool) or not isinstance(write_only, bool):
        return ()
    if read_only and write_only:
        return ()
    return table.ops["readOnly" if read_only else "writeOnly" if write_only else kind]


def _of_form(
    form: Json, ops: Sequence[str], table: Defaults, protocols: Sequence[_Protocol]
) -> _Rows:
    if ops:
        # One stands alone, as in the documents of the specification.
        yield form, {"op": ops[0] if len(ops) == 1 else list(ops)}
    yield form, table.form
    if table.response and "additionalResponses" in form:
        media_type = form.get("contentType", table.form["contentType"])
        for response in _items(form["additionalResponses"]):
            yield response, table.response
            if isinstance(media_type, str):
                yield response, {"contentType": media_type}
    for protocol in protocols:
        if method := protocol.method_of(form, ops):
            yield form, {protocol.term: method}


class _Protocol(NamedTuple):
    """The methods of a protocol, and how one document writes the term for them."""

    methods: Methods
    base: str
    term: str
    others: frozenset[str]

    def method_of(self, form: Json, default: Sequence[str]) -> str:
        """The method of a form, "" where none is true of all its operations.

        TD 1.1 section 8.3.1 would have a form for several operations split into several forms first. That is not
        done: consumers choose forms by their index, and nothing could tell what was one form before.
        """
        href = form.get("href")
        match = isinstance(href, str) and (_SCHEME.match(href) or _SCHEME.match(self.base))
        if not match or match[1].lower() not in self.methods.schemes:
            return ""
        ops = _ops_in(form["op"]) if "op" in form else default
        found = {self.methods.by_op.get(op, "") for op in ops}
        if len(found) > 1 or (len(ops) > 1 and not self.methods.shared):
            return ""
        # Where the term stands in another spelling, the method is stated.
        return "".join(found) if self.others.isdisjoint(form) else ""


def _protocols(td: Json, table: Defaults) -> Iterator[_Protocol]:
    """The protocols whose method can be named: those with a prefix in this document."""
    declared: Json = {}
    context, base = td.get("@context"), td.get("base")
    for part in context if is_array(context) else [context]:
        declared |= part if is_object(part) else {}
    for methods in table.methods:
        own = {methods.prefix: next(iter(methods.terms))} if methods.prefix else {}
        found = {
            prefix: methods.terms[iri]
            for prefix, iri in {**own, **declared}.items()
            if isinstance(iri, str) and iri in methods.terms
        }
        written = [f"{prefix}:{term}" for prefix, term in found.items()]
        if written:
            every = {f"{prefix}:{term}" for prefix in found for term in methods.terms.values()}
            others = frozenset(every - {written[0]})
            yield _Protocol(methods, base if isinstance(base, str) else "", written[0], others)


def _data_schemas(td: Json) -> Iterator[Json]:
    """Every data schema of a TD, at all depths, but none inside of values and of members that are not known."""
    unread: list[Any] = [*_members(td.get("schemaDefinitions")), *_members(td.get("uriVariables"))]
    for kind in KINDS:
        for affordance in _members(td.get(kind)):
            unread += _members(affordance.get("uriVariables"))
            unread += [affordance[name] for name in _SCHEMAS[kind] if name in affordance]
            if kind == "properties":
                unread.append(affordance)
    while unread:
        schema = unread.pop()
        if not is_object(schema):
            continue
        yield schema
        if "properties" in schema:
            unread += _members(schema["properties"])
        if "oneOf" in schema:
            unread += _items(schema["oneOf"])
        if "items" in schema:
            items = schema["items"]
            unread += items if is_array(items) else [items]


def _members(value: Any) -> list[Json]:
    """The members of an object that are objects themselves."""
    return [inner for inner in value.values() if is_object(inner)] if is_object(value) else []


def _items(value: Any) -> list[Json]:
    """The items of an array that are objects."""
    return [item for item in value if is_object(item)] if is_array(value) else []
