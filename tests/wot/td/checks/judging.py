"""Short words for the tests of the checks: a good Thing Description, and what is said of a changed one."""

from __future__ import annotations

from typing import Any

from tests.wot.td.hostile import thing
from wot.errors import Finding
from wot.td import validate

HREF = "https://lamp.example/on"
FORM = {"href": HREF}


def error(path: str, reason: str, hint: str = "", assertion: str = "") -> Finding:
    return Finding(path, reason, hint, "error", assertion)


def warning(path: str, reason: str, hint: str = "", assertion: str = "") -> Finding:
    return Finding(path, reason, hint, "warning", assertion)


def judged(td: dict[str, Any]) -> list[Finding]:
    """Everything that is said of a document, which is the same of its text."""
    import json

    text = json.dumps(td)
    findings = validate(td)
    assert validate(text) == findings
    assert json.dumps(td) == text
    return findings


def judged_thing(**members: Any) -> list[Finding]:
    return judged(thing(**members))


def form(given: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A Thing Description with one form, of a property."""
    return thing(properties={"on": {"type": "boolean", "forms": [given]}}, **members)


ON = "$.properties.on.forms[0]"  # where that form is
