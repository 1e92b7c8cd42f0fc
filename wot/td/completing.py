"""From a partial TD to a TD: forms, security and what else an instance has of its own (TD 1.1 section 9.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from wot.errors import Finding
from wot.td.arguments import ArgumentError, check_mapping, check_word
from wot.td.editions import EDITIONS
from wot.td.node import Json, at, is_array, is_object
from wot.td.vocabulary import KINDS, Op, default_ops

Security = str | Mapping[str, Mapping[str, Any]]

# Schemes that say nothing without further members (TD 1.1 section 5.3.3), and those.
_INCOMPLETE = {"combo": "'allOf': […]", "oauth2": "'flow': 'client'"}
_EXTENSION = re.compile(r"[A-Za-z][\w.+-]*:\S+").fullmatch
_FORMS = "thing-model-td-generation-processor-forms"
_EVENTS = {
    "http": "sse",
    "https": "sse",
    "coap": "cov:observe",
    "coaps": "cov:observe",
}  # subprotocols


def completed(
    partial: Json, base: str, security: Security | None, id: str, title: str, version: str
) -> Json:
    """`partial` with what was given, and with what follows from that; what is still missing, `lacking` says."""
    out = dict(partial)
    out |= {name: value for name, value in (("id", id), ("title", title), ("base", base)) if value}
    if version:
        given = out.get("version")
        out["version"] = {"instance": version, **(given if is_object(given) else {})} | {
            "instance": version
        }
    _secure(out, security)
    if out.get("base"):
        scheme = str(out["base"]).partition(":")[0].lower()
        for kind in KINDS:
            if is_object(out.get(kind)):
                out[kind] = {
                    name: _with_forms(kind, name, value, scheme)
                    for name, value in out[kind].items()
                }
    return out


def _secure(out: Json, security: Security | None) -> None:
    """Take the definitions given, or a plain one of the scheme named; the model's own one where it is the only one."""
    definitions = out.get("securityDefinitions")
    known: Json = dict(definitions) if is_object(definitions) else {}
    if isinstance(security, str):
        named = [
            name for name, found in known.items() if name == security or _scheme(found) == security
        ]
        if not named:
            _check_scheme(security, known)
        chosen = named[:1] or [f"{security}_sc"]
        more = {} if named else {chosen[0]: {"scheme": security}}
        out["securityDefinitions"] = {**known, **more}
        out["security"] = chosen
    elif security is not None:
        given = _definitions(security)
        out["securityDefinitions"] = {**known, **given}
        out["security"] = list(given)
    elif len(known) == 1 and "security" not in out:
        out["security"] = list(known)


def _definitions(security: Mapping[str, Mapping[str, Any]]) -> dict[str, Json]:
    check_mapping("security", security)
    for name, found in security.items():
        check_mapping(f"security[{name!r}]", found)
    return {name: dict(found) for name, found in security.items()}


def _check_scheme(security: str, known: Json) -> None:
    """Raises ArgumentError for what is no name of a scheme, and for a scheme that its name does not define."""
    if security in _INCOMPLETE:
        hint = f"give security={{'{security}_sc': {{'scheme': '{security}', {_INCOMPLETE[security]}}}}}"
        raise ArgumentError(f"security={security!r} needs more than its name", hint=hint)
    if not _EXTENSION(security):
        plain = (name for name in EDITIONS["1.1"].schemes if name not in _INCOMPLETE)
        check_word("security", security, [*known, *sorted(plain)])


def _scheme(definition: Any) -> Any:
    return definition.get("scheme") if is_object(definition) else None


def _with_forms(kind: str, name: str, affordance: Any, scheme: str) -> Any:
    """An affordance with forms: its own ones with an href each, or ours at `properties/name` and so on."""
    if not is_object(affordance):
        return affordance
    href = f"{kind}/{quote(name, safe='', errors='replace')}"
    forms = affordance.get("forms")
    if is_array(forms) and forms:
        full = [{"href": href, **form} if is_object(form) else form for form in forms]
        return {**affordance, "forms": full}
    return {**affordance, "forms": list(_forms(kind, affordance, href, scheme))}


def _forms(kind: str, affordance: Json, href: str, scheme: str) -> Iterator[Json]:
    pushed = {"subprotocol": _EVENTS[scheme]} if scheme in _EVENTS else {}
    read_only, write_only = affordance.get("readOnly") is True, affordance.get("writeOnly") is True
    if kind == "events":
        yield {"href": href, "op": list(default_ops(kind)), **pushed}
        return
    ops = list(default_ops(kind, read_only, write_only))
    if kind == "properties" and affordance.get("observable") is True and not write_only:
        observing = [Op.OBSERVE_PROPERTY.value, Op.UNOBSERVE_PROPERTY.value]
        yield {"href": href, "op": [str(op) for op in ops]}
        yield {"href": href, "op": observing, **pushed}
    else:
        yield {"href": href, "op": [str(op) for op in ops]}


def lacking(td: Json) -> Iterator[Finding]:
    """What keeps a partial TD from being a TD, with what to give."""
    if not td.get("title"):
        yield _missing("$", "title", "give a title", "td-vocab-title--Thing")
    if not td.get("securityDefinitions"):
        yield _missing(
            "$", "securityDefinitions", 'name a security scheme, "nosec" where there is none'
        )
    if not td.get("security"):
        yield _missing("$", "security", "say which of the security definitions applies")
    version = td.get("version")
    if is_object(version) and "instance" not in version:
        yield _missing(
            "$.version", "instance", "give the version of this TD", "td-vocab-instance--VersionInfo"
        )
    for kind in KINDS:
        members = td.get(kind)
        for name, affordance in (members if is_object(members) else {}).items():
            yield from _formless(affordance, at(at("$", kind), name))


def _formless(affordance: Any, path: str) -> Iterator[Finding]:
    forms = affordance.get("forms") if is_object(affordance) else None
    if not forms:
        yield _missing(path, "forms", "give a base URL, or forms")
    for index, form in enumerate(forms if is_array(forms) else ()):
        if is_object(form) and "href" not in form:
            yield _missing(at(at(path, "forms"), index), "href", "give a base URL, or an href")


def _missing(path: str, member: str, hint: str, assertion: str = _FORMS) -> Finding:
    return Finding(path, f"the member {member!r} is missing", hint, assertion=assertion)
