"""What the toolkit takes for a document, and arguments that mean nothing: refused by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.td.linked import to_graph, to_ntriples, to_quads
from wot.td.thing_model import (
    ArgumentError,
    ThingModel,
    compare,
    complete,
    derive,
    missing,
    resolve_model,
)

from .hostile import text, thing
from .models import model

TOOLS: dict[str, Callable[[Any], Any]] = {
    "complete": complete,
    "missing": missing,
    "compare": lambda td: compare(td, model()),
    "compare with": lambda of: compare(thing(), of),
    "derive": derive,
    "resolve": resolve_model,
    "triples": to_ntriples,
}


@pytest.mark.parametrize("name", TOOLS)
def test_a_document_may_be_text_decoded_or_parsed(name: str) -> None:
    given = model(properties={"on": {"type": "boolean"}})
    found = TOOLS[name](given)
    assert found == TOOLS[name](text(given)) == TOOLS[name](text(given).decode())
    assert found == TOOLS[name](ThingModel.parse(given))


@pytest.mark.parametrize("name", TOOLS)
@pytest.mark.parametrize("given", ["", "{", "[]", b"\xff", None, 5, [], {1: 2}, {"a": {1}}])
def test_what_is_no_document_is_refused(name: str, given: Any) -> None:
    with pytest.raises(InvalidTD):
        TOOLS[name](given)


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "compose": (lambda: derive(model(), compose="x"), "'linked', 'contained', 'merged', 'alone'"),  # type: ignore[arg-type]
    "unknown": (lambda: to_graph(thing(), unknown="Refuse"), "'refuse', 'skip'"),  # type: ignore[arg-type]
    "security": (lambda: complete({}, security="bsic"), "'basic', 'bearer', 'digest'"),
    "security='oauth2'": (lambda: complete({}, security="oauth2"), "'flow'"),
    "security='combo'": (lambda: complete({}, security="combo"), "'allOf'"),
    "base": (lambda: to_ntriples(thing(), base="foo"), "scheme"),
    "graph": (lambda: to_quads(thing(), graph="foo"), "scheme"),
    "contexts['urn:c']": (
        lambda: to_ntriples({**thing(), "@context": "urn:c"}, contexts={"urn:c": b"{"}),
        "an object",
    ),
}


@pytest.mark.parametrize("argument", WRONG)
def test_words_that_mean_nothing_are_refused(argument: str) -> None:
    work, hint = WRONG[argument]
    with pytest.raises(ArgumentError) as caught:
        work()
    assert argument in str(caught.value)
    assert hint in caught.value.hint


OTHERS: dict[str, Callable[[Any], Any]] = {
    "resolver": lambda given: derive(model(), given),
    "include": lambda given: derive(model(), include=given),
    "values": lambda given: derive(model(), values=given),
    "security": lambda given: complete({}, security=given),
    "title": lambda given: complete({}, title=given),
    "contexts": lambda given: to_ntriples(thing(), contexts=given),
    "base": lambda given: resolve_model(model(), base=given),
}


@pytest.mark.parametrize("argument", OTHERS)
def test_values_of_other_types_are_refused(argument: str) -> None:
    with pytest.raises(TypeError, match=f"^{argument} should be"):
        OTHERS[argument](5)


def test_a_context_may_be_a_text() -> None:
    document = {**thing(), "@context": ["https://www.w3.org/2022/wot/td/v1.1", "urn:c"], "ex:a": 1}
    context = {"@context": {"ex": "http://example.com/"}}
    found = to_ntriples(document, contexts={"urn:c": context})
    assert "http://example.com/a" in found
    for given in (text(context), text(context).decode()):
        assert to_ntriples(document, contexts={"urn:c": given}) == found


def test_a_scheme_of_somebody_else_has_a_prefix() -> None:
    assert complete({}, security="ace:ACE")["securityDefinitions"] == {
        "ace:ACE_sc": {"scheme": "ace:ACE"}
    }


@pytest.mark.parametrize("value", [10**5000, "\ud800", float("nan"), {1}, {1: 2}], ids=range(5))
def test_values_that_no_json_holds_are_findings(value: Any) -> None:
    for given in (model(title="{{A}}"), model(title="x {{A}}")):
        with pytest.raises(InvalidTD, match="no JSON value"):
            derive(given, values={"A": value})
    other = model(links=[{"rel": "tm:extends", "href": "http://h/{{A}}"}])
    with pytest.raises(InvalidTD):
        derive(other, lambda url: model(), values={"A": value})
