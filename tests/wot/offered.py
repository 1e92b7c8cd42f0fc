"""What a TD says of affordances, as our server and its TDs should tell it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wot.content import is_text
from wot.described import media_types
from wot.td import KINDS, Form, Json, default_ops
from wot.templates import variables_in


def affordances(td: Mapping[str, Any]) -> Json:
    """What a TD says of its affordances, without forms."""
    return {
        kind: {
            name: {term: value for term, value in affordance.items() if term != "forms"}
            for name, affordance in td.get(kind, {}).items()
        }
        for kind in KINDS
    }


def offered(td: Mapping[str, Any]) -> Json:
    """The affordances of a TD, with flags as its forms have it, and with the URI variables that they name."""
    found = affordances(td)
    for kind in KINDS:
        for name in list(found[kind]):
            forms = td[kind][name]["forms"]
            ops = {op for form in forms for op in _ops(kind, td[kind][name], form)} | _of_all(td)
            affordance = found[kind][name]
            about_one = {"queryaction", "cancelaction", "unobserveproperty", "unsubscribeevent"}
            own = [f for f in forms if not f.get("op") or not set(Form(f).op) <= about_one]
            for term, value in td.get("uriVariables", {}).items():
                if any(term in variables_in(form["href"]) for form in own):
                    affordance.setdefault("uriVariables", {})
                    affordance["uriVariables"] = {term: value, **affordance["uriVariables"]}
            if kind == "properties":
                _flag(affordance, ops)
            if kind == "actions":
                affordance["synchronous"] = affordance.get("synchronous") is not False
            for term in ("subscription", "cancellation", "dataResponse"):
                affordance.pop(term, None)
            if not ops & ONES[kind]:
                del found[kind][name]
    return found


ONES = {
    "properties": {"readproperty", "writeproperty", "observeproperty"},
    "actions": {"invokeaction"},
    "events": {"subscribeevent"},
}


def _ops(kind: str, affordance: Json, form: Json) -> tuple[str, ...]:
    flags = bool(affordance.get("readOnly")), bool(affordance.get("writeOnly"))
    return Form(form).op or default_ops(kind, *flags)


def _of_all(td: Mapping[str, Any]) -> set[str]:
    ops = " ".join(op for form in td.get("forms", ()) for op in Form(form).op)
    found = {"readproperty"} if "readall" in ops or "readmult" in ops else set[str]()
    found |= {"writeproperty"} if "writeall" in ops or "writemult" in ops else set[str]()
    return found | ({"subscribeevent"} if " subscribeall" in f" {ops}" else set[str]())


def _flag(affordance: Json, ops: set[str]) -> None:
    read = "readproperty" in ops and (
        not affordance.get("writeOnly") or bool(affordance.get("readOnly"))
    )
    write = "writeproperty" in ops and not affordance.get("readOnly")
    observed = "observeproperty" in ops or (read and bool(affordance.get("observable")))
    ops -= {"readproperty"} if not read else set()
    ops -= {"writeproperty"} if not write else set()
    flags = {"readOnly": not write, "writeOnly": not read, "observable": observed}
    for term, value in flags.items():
        if value or affordance.get(term):
            affordance.pop(term, None)
        if value:
            affordance[term] = True


def carried(affordance: Json, op: str) -> bool:
    return any(is_text(kind) or kind.endswith("xml") for _, kind in media_types(affordance, op))


def over_http(td: Mapping[str, Any]) -> Json:
    """The same without streams of what is no text: server-sent events cannot carry it."""
    found = offered(td)
    for name in list(found["events"]):
        if not carried(td["events"][name], "subscribeevent"):
            del found["events"][name]
    for name, property in list(found["properties"].items()):
        reads, writes = not property.get("writeOnly"), not property.get("readOnly")
        op = "readproperty" if reads else "writeproperty" if writes else "observeproperty"
        if property.get("observable") and not carried(td["properties"][name], op):
            del property["observable"]
            if not reads and not writes:
                del found["properties"][name]
        if not reads and not writes:  # only observed, which is no secret
            del property["writeOnly"]
    return found
