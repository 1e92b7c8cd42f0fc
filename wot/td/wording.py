"""From an error of the JSON Schema validator to a finding in plain words.

The schema carries the words itself: `class` says which class of the information model an object is, `assertion`
which W3C assertion a rule stands for, `reason` and `hint` what to say of it. The innermost one counts.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from wot.errors import Finding
from wot.td.node import Json, at, is_object, shown, type_name

_KINDS = {
    "object": "an object",
    "array": "an array",
    "string": "a string",
    "boolean": "a boolean",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}
_WORDS = ("class", "assertion", "reason", "hint")
# How JSON Schema and TDs differ in the classes of the terms that numbers have.
_REQUIRED = "the member {!r} is missing"


class _Said:
    """What the schema says on the way to a rule: words, and the member that the way goes through last."""

    def __init__(self, schema: Json, steps: Sequence[str | int]) -> None:
        self.words: dict[str, str] = {}
        self.term = ""
        node: Any = schema
        self._hear(node)
        for number, step in enumerate(steps):
            node = _follow(schema, node, step)
            if number and steps[number - 1] == "properties" and _names_members(steps, number - 1):
                self.term = str(step)
                self._forget()
            elif step in ("items", "additionalProperties", "additionalItems"):
                self._forget()
            self._hear(node)

    def _hear(self, node: Any) -> None:
        if is_object(node):
            for word in _WORDS:
                if isinstance(node.get(word), str):
                    self.words[word] = node[word]

    def _forget(self) -> None:
        """Inside a member, what was said of the object around it does not hold."""
        self.words = {"class": self.words["class"]} if "class" in self.words else {}

    def assertion(self, missing: str) -> str:
        named, owner, term = (
            self.words.get("assertion", ""),
            self.words.get("class", ""),
            missing or self.term,
        )
        return named or (f"td-vocab-{term.replace('@', 'at-')}--{owner}" if owner and term else "")


def _names_members(steps: Sequence[str | int], index: int) -> bool:
    """Whether the step "properties" is the keyword: a member of a TD may have that name, too."""
    return sum(1 for _ in _run(steps, index)) % 2 == 1


def _run(steps: Sequence[str | int], index: int) -> Sequence[str | int]:
    start = index
    while start > 0 and steps[start - 1] == "properties":
        start -= 1
    return steps[start : index + 1]


def _follow(schema: Json, node: Any, step: str | int) -> Any:
    if step == "$ref":
        return schema["definitions"][node["$ref"].rpartition("/")[2]]
    try:
        return node[step]
    except (KeyError, IndexError, TypeError):  # the validator resolved a reference by itself
        return schema.get(step, {}) if isinstance(step, str) else {}


def worded(schema: Json, error: Any) -> Finding:
    """What a ValidationError of jsonschema-rs means."""
    said = _Said(schema, error.evaluation_path)
    path = "$"
    for part in error.instance_path:
        path = at(path, part)
    kind = error.kind.name
    missing = error.kind.property if kind == "required" else ""
    words = said.words
    if kind == "propertyNames":
        path = at(path, str(error.instance))
    reason = words.get("reason") or _reason(kind, error, missing)
    if "reason" in words and kind in ("pattern", "enum", "const", "multipleOf", "propertyNames"):
        reason = f"{shown(error.instance)} {reason}" if reason.startswith("is ") else reason
    hint = words.get("hint") or _hint(kind, error)
    return Finding(path, reason, hint, assertion=said.assertion(missing))


def _reason(kind: str, error: Any, missing: str) -> str:
    value = error.instance
    limit: Any = getattr(error.kind, "value", None)
    match kind:
        case "required":
            return _REQUIRED.format(missing)
        case "type":
            return f"should be {_kinds(limit)}, not {type_name(value)}"
        case "enum":
            return f"{shown(value)} is none of {', '.join(map(str, limit))}"
        case "const":
            return f"should be {shown(limit)}"
        case "minItems" | "minProperties":
            return (
                "should not be empty"
                if not value
                else f"should have {limit} or more, not {len(value)}"
            )
        case "uniqueItems":
            return "has an item twice"
        case "minimum":
            return f"should be {limit} or more, not {shown(value)}"
        case "exclusiveMinimum":
            return f"should be more than {limit}, not {shown(value)}"
        case "contains":
            return "does not contain what it must"
        case _:
            return str(error.message)


def _kinds(given: Any) -> str:
    kinds = [given] if isinstance(given, str) else list(given)
    return " or ".join(_KINDS.get(kind, str(kind)) for kind in kinds)


def _hint(kind: str, error: Any) -> str:
    if kind == "enum" and isinstance(error.instance, str):
        near = difflib.get_close_matches(
            error.instance.lower(), [str(o) for o in error.kind.options], 1
        )
        return f"did you mean {near[0]!r}?" if near else ""
    return ""
