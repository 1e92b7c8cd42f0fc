"""From an error of the JSON Schema validator to a finding in plain words.

The schema carries the words itself (see its `$comment`); the innermost one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wot.errors import Finding
from wot.td.advice import advice
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
_WORDS = ("class", "owner", "assertion", "typed", "reason", "hint")


class _Said:
    """What the schema says on the way to a rule: its words, and the member that the way went through last."""

    def __init__(self, schema: Json, steps: Sequence[str | int]) -> None:
        self.words: dict[str, str] = {}
        self.term = ""
        self.last: Json = {}  # the object that holds the rule
        self.of_names: Json = {}  # the rule for the names of its members
        node: Any = schema
        self._hear(node)
        for number, step in enumerate(steps):
            node = _follow(schema, node, step)
            if number and steps[number - 1] == "properties" and _names_members(steps, number - 1):
                self.term = str(step)
                self._forget(self.words.get("class", ""))
            elif step in ("items", "additionalProperties", "additionalItems"):
                self._forget(self.words.get("owner", ""))
            self._hear(node)

    def _hear(self, node: Any) -> None:
        if is_object(node):
            self.last = node
            if is_object(node.get("propertyNames")):
                self.of_names = node["propertyNames"]
            for word in _WORDS:
                if isinstance(node.get(word), str):
                    self.words[word] = node[word]

    def _forget(self, owner: str) -> None:
        """Inside a member, what was said of the object around it does not hold."""
        self.words = {word: self.words[word] for word in ("class",) if word in self.words}
        self.words["owner"] = owner

    def assertion(self, kind: str, missing: str) -> str:
        """The id of what is broken: the one that the rule names, else that of the member in the term tables."""
        named = self.words.get("typed" if kind == "type" else "assertion", "")
        if kind == "propertyNames":
            named = self.of_names.get("assertion", "")
        owner, term = self.words.get("owner", ""), self.term
        if kind == "required":
            named = self.last.get("assertion", "")
            owner, term = self.words.get("class", ""), missing
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


def worded(schema: Json, error: Any, steps: Sequence[str | int] | None = None) -> Finding:
    """What a ValidationError of jsonschema-rs means; `steps` lead to the place, if its own path does not."""
    said = _Said(schema, error.evaluation_path)
    kind, value = error.kind.name, error.instance
    path = "$"
    for part in error.instance_path if steps is None else steps:
        path = at(path, part)
    missing = error.kind.property if kind == "required" else ""
    if kind == "propertyNames":
        value = error.kind.error.instance
        path = at(path, value)
    words = {} if kind == "type" else said.last if kind == "required" else said.words
    reason = words.get("reason") or _reason(kind, error, missing)
    if reason.startswith("is "):
        reason = f"{shown(value)} {reason}"
    hint = words.get("hint") or advice(kind, error, said.term)
    return Finding(path, reason, hint, assertion=said.assertion(kind, missing))


def _reason(kind: str, error: Any, missing: str) -> str:
    value = error.instance
    limit: Any = getattr(error.kind, "value", None)
    match kind:
        case "required":
            return f"the member {missing!r} is missing"
        case "type":
            return f"should be {_kinds(limit)}, not {type_name(value)}"
        case "enum":
            return f"{shown(value)} is none of {', '.join(map(_word, limit))}"
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


def _word(value: Any) -> str:
    return value if isinstance(value, str) else shown(value)


def _kinds(given: Any) -> str:
    kinds = [given] if isinstance(given, str) else list(given)
    return " or ".join(_KINDS.get(kind, str(kind)) for kind in kinds)
