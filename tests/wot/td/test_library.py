"""How a Thing Model gets at others: loops among them, and what cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.resolving import mapping
from wot.td.thing_model import ResolveError, resolve_model

from .models import BASIC, Json, extends, faults, model, resolved, submodel

# ── loops ──


LOOPS: dict[str, tuple[Json, dict[str, Json], str]] = {
    "extends itself": (model(links=extends("a")), {}, "$.links[0].href"),
    "two extend each other": (
        model(links=extends("b")),
        {"b": model(links=extends("a"))},
        "$.links[0].href",
    ),
    "part of itself": (
        model(links=submodel("b")),
        {"b": model(links=submodel("a"))},
        "$.links[0].href",
    ),
    "ref, extends, submodel": (
        model(properties={"x": {"tm:ref": "b#/properties/x"}}),
        {
            "b": model(links=extends("c"), properties={"x": {}}),
            "c": model(links=submodel("a"), properties={"y": {}}),
        },
        "$.properties.x['tm:ref']",
    ),
    "extends what refers to it": (
        model(links=extends("b"), properties={"x": {}}),
        {"b": model(properties={"y": {"tm:ref": "a#/properties/x"}})},
        "$.links[0].href",
    ),
    "a loop further on": (
        model(links=extends("b")),
        {"b": model(links=extends("c")), "c": model(links=extends("b"))},
        "$.links[0].href",
    ),
    "a definition of itself": (
        model(properties={"x": {"tm:ref": "#/properties/y"}, "y": {"tm:ref": "#/properties/x"}}),
        {},
        "$.properties",
    ),
    "a definition in itself": (
        model(properties={"x": {"items": {"tm:ref": "#/properties/x"}}}),
        {},
        "$.properties.x",
    ),
    "two models' definitions": (
        model(properties={"x": {"tm:ref": "b#/properties/x"}}),
        {"b": model(properties={"x": {"tm:ref": "a#/properties/x"}})},
        "$.properties.x['tm:ref']",
    ),
}


@pytest.mark.assertion("tm-ref-recursive-extensions")
@pytest.mark.parametrize("name", LOOPS)
def test_loops(name: str) -> None:
    top, others, place = LOOPS[name]
    everything = {**others, "a": top}
    found = faults(lambda: resolve_model(top, mapping(everything), "a"))
    assert {assertion for _, _, assertion in found} == {"tm-ref-recursive-extensions"}
    assert all(path.startswith(place) for path, _, _ in found)
    # The same where nobody knows what the URL of the first one is: then it is met once more.
    if others:
        found = faults(lambda: resolve_model(top, mapping(everything)))
        assert "tm-ref-recursive-extensions" in {assertion for _, _, assertion in found}


def test_two_models_may_import_from_each_other() -> None:
    top = model(properties={"x": {"tm:ref": "b#/properties/x"}, "y": {"title": "a"}})
    other = model(
        properties={"x": {"tm:ref": "a#/properties/y"}, "z": {"tm:ref": "a#/properties/x"}}
    )
    assert resolve_model(top, mapping({"b": other}), "a")["properties"]["x"] == {"title": "a"}


def test_a_part_used_twice_is_no_loop() -> None:
    top = model(links=[*submodel("b"), *submodel("c")])
    others = {"b": model(links=submodel("d")), "c": model(links=submodel("d")), "d": model()}
    assert len(resolved(top, others)["links"]) == 2


# ── what cannot be read ──


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (KeyError("x"), "there is none"),
        (LookupError("nowhere"), "nowhere"),
        (FileNotFoundError("gone"), "gone"),
        (TimeoutError("too late"), "too late"),
        (ResolveError("refused"), "refused"),
        (ValueError("no"), "no"),
        (b"{", "not JSON"),
        (b"[]", "should be an object"),
        (b'{"a": 1, "a": 2}', "is there twice"),
        (b"\xff", "UTF-8"),
        (b" " * (5 << 20), "has more than"),
    ],
)
def test_a_model_that_cannot_be_had(answer: Any, reason: str) -> None:
    def resolver(url: str) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    (found,) = faults(lambda: resolve_model(model(links=extends("http://h/p")), resolver))
    assert found[0] == "$.links[0].href"
    assert found[1].startswith("the model http://h/p cannot be read: ")
    assert reason in found[1]


def test_nothing_is_read_without_a_resolver() -> None:
    with pytest.raises(InvalidTD) as caught:
        resolve_model(model(links=extends("http://example.com/p")))
    (found,) = caught.value.findings
    assert (found.path, found.hint) == ("$.links[0].href", "give a resolver that has it")


def test_each_model_is_read_once() -> None:
    asked: list[str] = []

    def resolver(url: str) -> Json:
        asked.append(url)
        return BASIC

    properties = {name: {"tm:ref": "p#/properties/onOff"} for name in "abc"}
    resolve_model(model(links=extends("p", "./p"), properties=properties), resolver, "http://h/a")
    assert asked == ["http://h/p"]


def test_a_fault_in_another_model_is_shown_where_one_gets_there() -> None:
    others = {
        "b": model(links=extends("c")),
        "c": model(properties={"x y": {"tm:ref": "#/none"}}),
    }
    (found,) = faults(
        lambda: resolved(model(links=[{"rel": "icon", "href": "i"}, *extends("b")]), others)
    )
    assert found[0] == "$.links[1].href"
    assert (
        found[1]
        == "there is no \"/none\" in this model (at $.properties['x y']['tm:ref'] of the model c)"
    )


def test_what_only_parts_need_is_not_asked_for() -> None:
    """A submodel that is away keeps nobody from reading the model itself."""
    out = resolved(model(links=submodel("away"), properties={"a": {}}))
    assert out["links"] == submodel("away")


def test_all_models_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    links = [{"rel": "tm:extends", "href": f"http://h/{number}"} for number in range(30)]
    large = model(description="x" * 600_000)
    with pytest.raises(InvalidTD, match="bytes of other models"):
        resolve_model(model(links=links), lambda url: large)
    monkeypatch.setattr("wot.td.library.SECONDS", -1)
    with pytest.raises(InvalidTD, match="it takes more than"):
        resolve_model(model(links=links), lambda url: model())
    many = model(properties={f"p{number}": {} for number in range(2_000)})
    with pytest.raises(InvalidTD, match="it takes more than"):
        resolve_model(many)
