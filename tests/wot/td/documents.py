"""Small Thing Descriptions for tests, and ways to look at them."""

from __future__ import annotations

import json
from typing import Any

from wot.td import TD_11

COAP_NOW = {"cov": "https://www.w3.org/2019/wot/coap#"}
COAP_ONCE = {"cov": "http://www.example.org/coap-binding#"}
FORM = ("a", "forms", 0)  # where the form of an affordance is


def thing(context: Any = TD_11, **members: Any) -> Any:
    return {"@context": context, "title": "Lamp", "security": "s", **members}


def secured(scheme: str, **terms: Any) -> Any:
    return thing(securityDefinitions={"s": {"scheme": scheme, **terms}})


def affordance(kind: str, *forms: Any, **members: Any) -> Any:
    return thing(**{kind: {"a": {**members, "forms": list(forms) or [{"href": "opc.tcp://h/a"}]}}})


def walked(document: Any, *path: Any) -> Any:
    for part in path:
        document = document[part]
    return document


def by_op(op: str, href: str, context: Any = TD_11) -> tuple[Any, tuple[Any, ...]]:
    """A TD with a form for `op`, and where that form is."""
    form = {"href": href, "op": op}
    for kind, ending in (("properties", "property"), ("actions", "action"), ("events", "event")):
        if op.endswith(ending):
            return thing(context, **{kind: {"a": {"forms": [form]}}}), (kind, *FORM)
    return thing(context, forms=[form]), ("forms", 0)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON, where `True` is not 1; whatever the order of members."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
