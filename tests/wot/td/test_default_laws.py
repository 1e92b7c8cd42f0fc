"""What holds for stating and leaving out defaults in any document, valid or not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wot.errors import InvalidTD
from wot.td import TD_11, ThingDescription, validate
from wot.td.defaults import expand, reduce

from .documents import COAP_NOW, COAP_ONCE, affordance, same, thing
from .generator import mutated, thing_descriptions
from .schemas import json_values

MAPS = (
    "properties",
    "actions",
    "events",
    "schemaDefinitions",
    "uriVariables",
    "securityDefinitions",
)


def objects() -> st.SearchStrategy[Any]:
    return json_values().filter(lambda value: isinstance(value, dict))


@given(objects() | mutated() | st.builds(lambda value: {"properties": value}, json_values()))
def test_nonsense_is_left_alone(document: Any) -> None:
    before = deepcopy(document)
    expanded, reduced = expand(document), reduce(document)
    assert document == before
    assert same(expand(reduced), expanded)
    assert same(reduce(expanded), reduced)
    assert same(expand(expanded), expanded)
    assert same(reduce(reduced), reduced)


@given(thing_descriptions())
def test_there_and_back(td: Any) -> None:
    expanded, reduced = expand(td), reduce(td)
    assert same(reduce(expanded), reduced)
    assert same(expand(reduced), expanded)
    assert [name for name in expanded if name in td] == list(td)
    assert containers(td).isdisjoint(containers(expanded) | containers(reduced))


@pytest.mark.soak
@pytest.mark.timeout(300)
@settings(max_examples=5000)
@given(thing_descriptions() | mutated())
def test_there_and_back_for_long(td: Any) -> None:
    before = deepcopy(td)
    expanded, reduced = expand(td), reduce(td)
    assert td == before
    assert same(reduce(expanded), reduced)
    assert same(expand(reduced), expanded)


def containers(value: Any) -> set[int]:
    """Which objects and arrays a document consists of."""
    inner = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    )
    return set() if inner is None else {id(value)}.union(*map(containers, inner))


@given(thing_descriptions())
@pytest.mark.assertion("td-vocabulary-defaults")
def test_they_mean_the_same(td: Any) -> None:
    meaning = list(meant(td))
    for changed in (expand(td), reduce(td)):
        assert list(meant(changed)) == meaning
        assert not [finding for finding in validate(changed) if finding.severity == "error"]


def meant(td: Any) -> Iterator[Any]:
    """What the model of a TD, which knows the defaults by itself, understands."""
    model = ThingDescription.parse(td)
    for kind in (model.properties, model.actions, model.events):
        for name, one in kind.items():
            for form in one.forms:
                answers = [answer.success for answer in form.additional_responses]
                yield name, sorted(one.ops(form)), form.content_type, form.response_type, answers
    for name, property_ in model.properties.items():
        yield name, property_.read_only, property_.write_only, property_.observable
    for name, action in model.actions.items():
        yield name, action.json.get("safe", False), action.json.get("idempotent", False)


@given(thing_descriptions())
def test_data_stays_what_it_is(td: Any) -> None:
    before = sorted(json.dumps(value) for value in data_in(td))
    for changed in (expand(td), reduce(td)):
        assert sorted(json.dumps(value) for value in data_in(changed)) == before


def data_in(value: Any, named: bool = False) -> Iterator[Any]:
    """The values of `const`, `default` and `enum`, and of the terms of others; `named`: names are no terms."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not named and (name in ("const", "default", "enum") or name.startswith("ex:")):
                yield inner
            else:
                yield from data_in(inner, not named and name in MAPS)
    elif isinstance(value, list):
        for inner in value:
            yield from data_in(inner)


@pytest.mark.parametrize("depth", [100, 255, 20_000])
def test_depth_is_refused(depth: int) -> None:
    schema: Any = {}
    for _ in range(depth):
        schema = {"items": schema}
    for change in (expand, reduce):
        with pytest.raises(InvalidTD, match="nested too deeply"):
            change(affordance("actions", input=schema))


def test_nested_schemas() -> None:
    depth = 50
    schema: Any = {"readOnly": False}
    for _ in range(depth):
        schema = {"items": schema}
    td = affordance("actions", input=schema, output={"const": schema})
    expanded, reduced = expand(td)["actions"]["a"], reduce(td)["actions"]["a"]
    for _ in range(depth):
        assert expanded["input"].keys() == {"items", "readOnly", "writeOnly"}
        assert reduced["input"].keys() == {"items"}
        expanded["input"], reduced["input"] = expanded["input"]["items"], reduced["input"]["items"]
    assert (expanded["input"], reduced["input"]) == ({"readOnly": False, "writeOnly": False}, {})


def test_size_is_no_matter() -> None:
    """Time grows with the document only, also where everything in it asks for everything else."""
    names = [f"n{at}" for at in range(6000)]
    td = thing(
        [
            TD_11,
            {name: COAP_ONCE["cov"] for name in names},
            {name: COAP_NOW["cov"] for name in names},
        ],
        actions={name: {"forms": [{"href": "coap://h", "op": "invokeaction"}]} for name in names},
        properties={"a": {"forms": [{"href": "coap://h", "op": names * 4}]}},
    )
    assert len(json.dumps(td)) > 1_000_000
    started = process_time()
    expanded = expand(td)
    reduce(expanded)
    assert process_time() - started < 1
    assert expanded["actions"]["n5999"]["forms"][0]["n0:method"] == "POST"


def test_the_corpus_goes_both_ways(corpus: Path) -> None:
    documents = [path for path in sorted(corpus.glob("*/**/*.json*")) if path.parts[-3] != "schema"]
    changed = 0
    for path in documents:
        try:
            td = json.loads(path.read_bytes())
        except ValueError:  # some are invalid by being no JSON
            continue
        if not isinstance(td, dict):
            continue
        text = json.dumps(td)
        expanded, reduced = expand(td), reduce(td)
        assert json.dumps(td) == text, path
        assert same(expand(reduced), expanded), path
        assert same(reduce(expanded), reduced), path
        changed += not same(expanded, reduced)
    assert changed > 300


@pytest.mark.parametrize("change", [expand, reduce])
def test_a_text_and_a_parsed_one_are_documents(change: Any) -> None:
    td = thing(properties={"on": {"type": "boolean", "forms": [{"href": "on"}]}})
    text = json.dumps(td)
    for document in (text, text.encode(), ThingDescription.parse(td)):
        assert change(document) == change(td)


@pytest.mark.parametrize("document", [None, 5, [], "[]", b"{", "lamp.td.json"])
@pytest.mark.parametrize("change", [expand, reduce])
def test_what_is_no_document_is_refused(change: Any, document: Any) -> None:
    with pytest.raises(InvalidTD):
        change(document)
