"""Which form serves an operation, and where it points to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from wot.content import Malformed, codec, is_value
from wot.errors import UriVariableError, listed
from wot.td import (
    EACH,
    ENDS,
    KIND,
    KINDS,
    STREAMS,
    Form,
    Json,
    Op,
    ThingDescription,
    default_ops,
    is_array,
    is_object,
)
from wot.templates import expand, plain, variables_in

__all__ = [
    "THING",
    "apart",
    "expand",
    "folder",
    "forms_for",
    "is_template",
    "named_by",
    "offered",
    "offered_whole",
    "parts",
    "plain",
    "resolve",
    "scheme_of",
    "shared_variables",
    "variables_for",
    "variables_from",
    "variables_of",
]

# What is done about something that has begun: its variables say which one is meant.
_AFTERWARDS = frozenset((Op.QUERY_ACTION, Op.CANCEL_ACTION, *ENDS.values()))


# Of a form that is to be followed: which Thing it is of, by id, or by the URL of a TD without one.
THING = "isowot:thing"
_MOST = 64  # fields of a query


def forms_for(td: ThingDescription, op: Op, name: str, base: str) -> list[Form]:
    """The forms of a TD that serve `op`, in its order, their hrefs resolved against `base`."""
    kind = KIND.get(op)
    holder: Any = td.json if kind is None else td.json.get(kind, {}).get(name, {})
    read_only, write_only = bool(holder.get("readOnly")), bool(holder.get("writeOnly"))
    default = default_ops(kind, read_only, write_only) if kind else ()
    found: list[Form] = []
    for json in holder.get("forms", ()):
        ops = json.get("op", default)
        if op in ((ops,) if isinstance(ops, str) else ops) and "href" in json:
            found.append(Form({**json, "href": _resolved(base, json["href"])}))
    return found


def _resolved(base: str, href: str) -> str:
    try:
        return resolve(base, href)
    except ValueError:  # an address that is none: whoever is to follow it says so
        return href


def offered(td: ThingDescription, kind: str, name: str) -> tuple[Op, ...]:
    """The operations that an affordance without forms offers, by its own terms."""
    json: Json = td.json.get(kind, {}).get(name, {})
    if kind == "actions":
        lasting = json.get("synchronous") is False
        return (Op.INVOKE_ACTION, *((Op.QUERY_ACTION, Op.CANCEL_ACTION) if lasting else ()))
    if kind == "events":
        return (Op.SUBSCRIBE_EVENT,)
    found = [] if json.get("writeOnly") else [Op.READ_PROPERTY]
    if not json.get("readOnly"):
        found.append(Op.WRITE_PROPERTY)
    return (*found, Op.OBSERVE_PROPERTY) if json.get("observable") else tuple(found)


def apart(affordance: Json, needed: Iterable[str], *, takes: bool = False) -> str:
    """Why an affordance has no part in operations on the whole Thing, "" where it has."""
    forms: list[Json] = affordance.get("forms") or [{}]
    form = Form(forms[0])
    media_type = form.content_type if takes else form.response_type
    if not is_value(media_type):
        return f"it is {media_type}, which has no place among values"
    missing = next(iter(needed), None)
    return "" if missing is None else f"it needs the URI variable {missing!r}"


def parts(td: ThingDescription, op: Op) -> tuple[str, ...]:
    """The affordances that have a part in an operation on the whole Thing, as far as its TD tells.

    It does not tell which URI variables may be left out, other than those that have a default.
    """
    single = EACH[op]
    kind, takes = KIND[single], single is Op.WRITE_PROPERTY
    shared = shared_variables(td.json)
    found: list[str] = []
    for name, json in td.json.get(kind, {}).items():
        variables = variables_of(json, shared)
        needed = [n for n, schema in variables.items() if "default" not in schema]
        if single in offered(td, kind, name) and not apart(json, needed, takes=takes):
            found.append(name)
    return tuple(found)


def offered_whole(td: ThingDescription) -> tuple[Op, ...]:
    """The operations on the whole Thing that an affordance-only TD offers."""
    return tuple(op for op in EACH if parts(td, op))


def folder(kind: str, name: str) -> str:
    """Where an affordance lives below its Thing: `properties/level`."""
    return f"{kind}/{quote(name, safe='')}"


def scheme_of(href: str) -> str:
    """The URL scheme of `href`, "" where it is relative."""
    match = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", href)
    return match[1].lower() if match else ""


def is_template(href: str) -> bool:
    """Whether `href` has URI variables."""
    return bool(variables_in(href))


def resolve(base: str, href: str) -> str:
    """`href` relative to `base` (RFC 3986 section 5.2), for any scheme; templates stay as they are."""
    if not base or scheme_of(href):
        return href
    start, _, tail = _split_template(href)
    scheme, authority, path, query, _fragment = urlsplit(base)
    ref = urlsplit(start)
    if start.startswith("//"):
        return f"{scheme}:{start}{tail}"
    if not ref.path:
        query, target = ref.query or ("" if tail else query), path
    else:
        query = ref.query
        target = ref.path if ref.path.startswith("/") else _merged(path, ref.path, bool(authority))
        target = _without_dots(target)
    return urlunsplit((scheme, authority, target, query, ref.fragment)) + tail


def _split_template(href: str) -> tuple[str, str, str]:
    """What is before the first expression, and the rest: an expression may hold `?`, `#` and dots."""
    at = href.find("{")
    return (href, "", "") if at < 0 else (href[:at], "", href[at:])


def _merged(base: str, path: str, authority: bool) -> str:
    if authority and not base:
        return f"/{path}"
    return base[: base.rfind("/") + 1] + path


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4."""
    kept: list[str] = []
    parts = path.split("/")
    for index, part in enumerate(parts):
        if part == "..":
            if len(kept) > 1 or (kept and kept[0]):
                kept.pop()
        elif part != ".":
            kept.append(part)
        if part in (".", "..") and index == len(parts) - 1:
            kept.append("")
    return "/".join(kept)


def variables_from(query: str, declared: Mapping[str, Any]) -> dict[str, Any]:
    """The URI variables in a query string, as the types their schemas want; UriVariableError names the bad one."""
    found: dict[str, Any] = {}
    for name, raw in _pairs(query):
        if name not in declared:
            known = listed(declared)
            raise UriVariableError(
                f"there is no URI variable {name[:80]!r}", hint=f"there are: {known}"
            )
        value = _value(raw, declared[name])
        if name in found and is_array(value):
            value = [*found[name], *value]  # {?name*}
        elif name in found:
            raise UriVariableError(f"the URI variable {name!r} is given twice", hint="give it once")
        found[name] = value
    return found


def _pairs(query: str) -> Iterable[tuple[str, str]]:
    """Names, and values that are still percent-encoded."""
    pairs = query.split("&")
    if len(pairs) > _MOST:
        raise _unreadable(f"it has more than {_MOST} fields")
    for pair in pairs:
        name, equals, raw = pair.partition("=")
        if not equals:
            raise _unreadable(f"{pair[:60]!r} has no value")
        yield _decoded(name), raw


def _decoded(raw: str) -> str:
    try:
        return unquote_plus(raw, errors="strict")
    except UnicodeDecodeError as error:
        raise _unreadable(str(error)[:80]) from None


def _unreadable(reason: str) -> UriVariableError:
    return UriVariableError(f"the query cannot be read: {reason}", hint="write it as name=value&…")


def _value(raw: str, schema: Json) -> Any:
    """Text stands for a number or a boolean where the schema wants one; what parts an array is not encoded."""
    if schema.get("type") == "array":
        items: Any = schema.get("items", {})
        each = items if is_object(items) else {}
        return [_value(part, each) for part in raw.split(",")] if raw else []
    text = _decoded(raw)
    if schema.get("type") in ("integer", "number", "boolean"):
        try:
            return codec("application/json").decode(text.encode())
        except Malformed:
            return text
    if "type" not in schema:  # of the values that are possible, the one that is written so
        possible: Any = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
        named = [value for value in possible if plain(value) == text]
        return text if text in named or not named else named[0]
    return text


# Of streams, best first: what needs one connection for all, what is pushed, what has to be asked for again and again.
_RANK = {"webthingprotocol": 0, "webhook": 2, "longpoll": 3}


def usable(forms: Iterable[Form], op: Op) -> list[Form]:
    """Streams have an order of preference; otherwise the TD's own holds."""
    ranked = list(forms)
    if op in STREAMS:
        ranked.sort(key=lambda form: _RANK.get(form.subprotocol, 1))
    return ranked


def variables_for(td: ThingDescription, op: Op, name: str) -> Json:
    """The URI variables of an operation as they are declared (TD 1.1 section 5.3.1.1)."""
    kind, shared = KIND.get(op), td.json.get("uriVariables", {})
    return variables_of(td.json.get(kind, {}).get(name, {}), shared) if kind else shared


def variables_of(affordance: Json, shared: Json) -> Json:
    """Its own, over those of the Thing that its forms name; all of those where it has no forms yet."""
    if shared and any("href" in form for form in affordance.get("forms", ())):
        shared = {name: shared[name] for name in named_by(affordance) if name in shared}
    return {**shared, **affordance.get("uriVariables", {})}


def shared_variables(td: Json) -> Json:
    """The URI variables of the Thing that affordances without forms have.

    Not those that only other forms name: of the whole Thing, or about what has begun.
    """
    shared: Json = td.get("uriVariables", {})
    if not shared:
        return shared
    elsewhere = {name for form in td.get("forms", ()) for name in _names_in(form)}
    here: set[str] = set()
    for affordance in (affordance for kind in KINDS for affordance in td.get(kind, {}).values()):
        here.update(named_by(affordance))
        elsewhere.update(n for form in affordance.get("forms", ()) for n in _names_in(form))
    return {name: schema for name, schema in shared.items() if name not in elsewhere - here}


def named_by(affordance: Json) -> Iterable[str]:
    """The variables in the forms by which something is done with an affordance, or begun."""
    forms: Iterable[Json] = affordance.get("forms", ())
    used = [f for f in forms if not f.get("op") or not _AFTERWARDS.issuperset(Form(f).op)]
    return dict.fromkeys(name for form in used for name in _names_in(form))


def _names_in(form: Json) -> Iterable[str]:
    return variables_in(str(form.get("href", "")))
