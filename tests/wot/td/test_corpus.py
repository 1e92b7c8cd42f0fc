"""Every Thing Description of the corpus goes through the model and comes back equal."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from wot.errors import Finding, InvalidTD
from wot.td import (
    ActionAffordance,
    DataSchema,
    EventAffordance,
    Form,
    Link,
    PropertyAffordance,
    SecurityScheme,
    ThingDescription,
)
from wot.td.node import Node

ROOT = Path(os.environ.get("WOT_CORPUS") or "absent")
FOLDERS = (
    "td/valid",
    "td/warning",
    "td/next",
    "td/default-pairs",
    "td/invalid",
    "td/invalid-derived",
)
DOCUMENTS = sorted(
    path
    for folder in (*FOLDERS, "plugfest/td")
    for path in (ROOT / folder).rglob("*.json*")
    if path.name != "pair.json"
)
pytestmark = pytest.mark.skipif(
    not DOCUMENTS, reason="WOT_CORPUS does not name the folder of the corpus"
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_nothing_is_lost(path: Path) -> None:
    document = path.read_bytes()
    if path.parent.name != "valid" and (findings := refused(document)):
        assert all(found.path.startswith("$") and found.reason for found in findings)
        return
    td = ThingDescription.parse(document)
    before = json.loads(document.removeprefix(b"\xef\xbb\xbf"))
    # As texts, because 1 == 1.0 == True for Python; and the order of members is kept as well.
    assert json.dumps(json.loads(td.to_bytes())) == json.dumps(before)
    assert json.dumps(rebuilt(td)) == json.dumps(before)
    assert ThingDescription.parse(td.to_bytes()) == td


def refused(document: bytes) -> Sequence[Finding]:
    try:
        ThingDescription.parse(document)
    except InvalidTD as error:
        return error.findings
    return ()


def rebuilt(node: Node) -> dict[str, Any]:
    """The document once more, this time from the typed members wherever there are any."""
    attributes = {member.name: attribute for attribute, member in attributes_of(type(node))}
    return {
        member: plain(getattr(node, attributes[member]), raw) if member in attributes else raw
        for member, raw in node.json.items()
    }


def attributes_of(kind: type[Node]) -> Iterable[tuple[str, Any]]:
    for attribute in dir(kind):
        member = getattr(kind, attribute)
        if member in kind.members.values():
            yield attribute, member


def plain(value: Any, raw: Any) -> Any:
    if isinstance(value, Node):
        return rebuilt(value)
    if isinstance(value, tuple):  # one item may stand for an array of it
        items = [plain(item, None) for item in value]
        return items if isinstance(raw, list) else items[0]
    if isinstance(value, Mapping):
        return {name: plain(item, None) for name, item in value.items()}
    return value


@pytest.mark.parametrize(
    "pair", sorted({p.parent for p in DOCUMENTS if "default-pairs" in str(p)}), ids=name
)
def test_defaults_that_are_left_out_read_as_if_stated(pair: Path) -> None:
    omitted, stated = (
        dict(facts(ThingDescription.parse((pair / f"{which}.td.json").read_bytes())))
        for which in ("input", "expected")
    )
    assert omitted.keys() == stated.keys()
    for where, fact in omitted.items():
        if isinstance(
            fact, set
        ):  # the pairs state fewer operations where a flag (stated, too) forbids some
            assert stated[where] <= fact, where
        else:
            assert fact in (stated[where], False), where


def facts(td: ThingDescription) -> Iterator[tuple[str, Any]]:
    """What TD 1.1 section 5.4 gives defaults for, as far as the model has a word for it."""
    for name, prop in td.properties.items():
        for flag in ("read_only", "write_only", "observable"):
            yield f"{name} {flag}", getattr(prop, flag)
    for name, action in td.actions.items():
        for flag in ("safe", "idempotent"):
            yield f"{name} {flag}", getattr(action, flag)
    for name, affordance in {**td.properties, **td.actions, **td.events}.items():
        for form in affordance.forms:
            yield f"{name} {form.href}", set(affordance.ops(form))
            yield f"{name} {form.href} content", form.content_type


DEFINITIONS = {
    "dataSchema": DataSchema,
    "form_element_base": Form,
    "property_element": PropertyAffordance,
    "action_element": ActionAffordance,
    "event_element": EventAffordance,
    "base_link_element": Link,
    **{
        f"{scheme}SecurityScheme": SecurityScheme
        for scheme in (
            "no",
            "auto",
            "combo",
            "basic",
            "digest",
            "apiKey",
            "bearer",
            "psk",
            "oAuth2",
        )
    },
}


def test_the_model_has_every_word_of_the_official_schema() -> None:
    schema = json.loads((ROOT / "schema" / "td-schema-1.1.json").read_bytes())
    checked = 0
    for definition, kind in {**DEFINITIONS, "": ThingDescription}.items():
        part = schema["definitions"][definition] if definition else schema
        words = {word for one in part.get("oneOf", [part]) for word in one["properties"]}
        assert words <= set(kind.members), definition
        checked += len(words)
    assert checked > 100
