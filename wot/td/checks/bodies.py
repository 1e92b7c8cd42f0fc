"""Secrets that travel in the body: where a definition points to in the data schemas (TD 1.1 section 5.3.3.1)."""

from __future__ import annotations

from typing import Any

from wot.td.checks.schemes import Schemes, names
from wot.td.checks.trail import Findings, Trail
from wot.td.node import Json, is_array, is_object
from wot.td.vocabulary import default_ops

# Operations with which a client sends what the schema describes.
_SENDING = frozenset(["writeproperty", "invokeaction", "subscribeevent"])
_MOST = 10_000  # warnings; nobody reads those beyond the first thousand
_ARTICLES = {"integer": "an integer"}


def check_body(
    form: Json, affordance: Json, trail: Trail, schemes: Schemes, found: Findings
) -> None:
    """Whether each pointer of a scheme that the form is under leads to a string, or can."""
    schema = _sent(affordance, trail[0])
    if (
        not is_object(schema)
        or found.is_full
        or found.warnings > _MOST
        or not _sends(form, affordance, str(trail[0]))
    ):
        return
    active = schemes.active(form)
    faults = {name: _fault(schema, pointer) for name, pointer in active.in_body.items()}
    faults = {name: fault for name, fault in faults.items() if fault[0]}
    must = active.must(faults)
    for name, (reason, assertion) in faults.items():
        pointer = active.in_body[name]
        reason = f"the security definition {name!r} points to {pointer!r} in the body: {reason}"
        report = found.error if name in must else found.warning
        report(trail, reason, "change the pointer, or the data schema", assertion)


def _sends(form: Json, affordance: Json, kind: str) -> bool:
    """Whether one of its operations has a body of the client's."""
    ops = names(form["op"]) if "op" in form else _default_ops(affordance, kind)
    return not _SENDING.isdisjoint(ops)


def _default_ops(affordance: Json, kind: str) -> tuple[str, ...]:
    flags = (affordance.get(flag) is True for flag in ("readOnly", "writeOnly"))
    return default_ops(kind, *flags)


def _sent(affordance: Json, kind: Any) -> Any:
    if kind == "properties":
        return None if affordance.get("readOnly") is True else affordance
    return affordance.get({"actions": "input", "events": "subscription"}.get(str(kind), ""))


def _fault(schema: Json, pointer: str) -> tuple[str, str]:
    """Why nothing can be put there; "" where something can."""
    node: Any = schema
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        kind = node.get("type")
        if kind == "array" or (name == "-" and "items" in node):
            items = node.get("items")
            node = items if is_object(items) else {}
        elif kind in (None, "object"):
            members = node.get("properties")
            if is_object(members) and name in members and name not in (node.get("required") or ()):
                return f"{name!r} is not required there", "sec-body-name-json-pointer-type"
            node = members.get(name, {}) if is_object(members) else {}
        else:
            where = _ARTICLES.get(str(kind), f"a {kind}")
            return f"nothing can be inserted into {where}", "sec-body-name-json-pointer-creatable"
        if not is_object(node):
            return "", ""
    kind = node.get("type", "string")
    if kind != "string" and not is_array(kind) and pointer:
        return (
            f"a secret is a string, and that is of the type {kind}",
            "sec-body-name-json-pointer-type",
        )
    return "", ""
