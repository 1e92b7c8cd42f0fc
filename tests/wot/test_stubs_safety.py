"""Whatever a Thing Description holds, its module is harmless, can be imported and takes what the Thing sends."""

import json
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wot
from wot.content import Content
from wot.errors import InvalidTD, WoTError
from wot.stubs import stub

from .stub_cases import HOSTILE, class_of, described, every_td, examples, hostile, with_property
from .td.generator import mutated, thing_descriptions
from .td.schemas import Chooser, Draw, Schemas

LONE = "\ud800"  # half of a character: no JSON text can say it


@pytest.mark.parametrize("text", [text for text in HOSTILE if text != LONE])
def test_texts_stay_texts(text: str) -> None:
    check_safety(stub(hostile(text)))


@given(st.text(max_size=40))
def test_any_text_stays_text(text: str) -> None:
    check_safety(stub(hostile(text)))


def check_safety(source: str) -> None:
    """Nothing but declarations, nothing that cannot be seen, and it is UTF-8."""
    import ast

    assert all(char == "\n" or char.isprintable() for char in source)
    source.encode()
    module = ast.parse(source)
    kinds = {type(node) for node in module.body}
    assert kinds <= {ast.Import, ast.ImportFrom, ast.Assign, ast.ClassDef}
    known = {"datetime", "uuid", "typing", "wot", "msgspec"}
    for node in module.body:
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= known
        if isinstance(node, ast.ImportFrom):
            assert node.module in known
    called = {ast.unparse(node.func) for node in ast.walk(module) if isinstance(node, ast.Call)}
    assert called <= {"wot.property", "wot.action", "wot.event", "Meta", "TypedDict"}
    lines = source.split("\n")
    assert [line for line in lines[:2] if "coding" in line] == []
    comments = [line for line in lines if line.startswith("#")]
    assert all(line.count("#") == 1 for line in comments)
    class_of(source)


LOOP: dict[str, Any] = {}
LOOP["loop"] = LOOP


@pytest.mark.parametrize(
    "value",
    [LONE, {LONE: 1}, b"x", {1, 2}, float("inf"), float("nan"), 10**5000, object(), LOOP],
    ids=["half", "name", "bytes", "set", "inf", "nan", "long", "object", "loop"],
)
def test_what_no_json_can_say_is_refused(value: Any) -> None:
    for terms in ({"enum": [value], "default": value}, {"const": value}, {"ex:more": value}):
        with pytest.raises(InvalidTD, match="not JSON"):
            stub(with_property({"type": "string", **terms}))


# Documents of a megabyte that were made to take long.


def many(number: int, **terms: Any) -> Any:
    forms = [{"href": "http://example.org/x"}]
    return described(properties={f"p{i}": {**terms, "forms": forms} for i in range(number)})


@pytest.mark.timeout(8)
def test_a_union_of_very_many_is_anything() -> None:
    for number, expected in ((64, "a union"), (65, "Any"), (3000, "Any")):
        branches = [{"type": "integer", "minimum": i, "maximum": i} for i in range(number)]
        source = stub(with_property({"oneOf": branches}))
        assert (") -> Any:" in source) == (expected == "Any")
        class_of(source)


@pytest.mark.timeout(8)
def test_uri_variables_that_no_form_names_cost_nothing() -> None:
    td = {**many(3000), "uriVariables": {f"v{i}": {} for i in range(20000)}}
    assert "v1:" not in stub(td)


@pytest.mark.timeout(8)
def test_there_are_so_many_uri_variables_and_no_more() -> None:
    names = [f"v{i}" for i in range(2000)]
    td = {**many(5), "uriVariables": {name: {"type": "string"} for name in names}}
    for prop in td["properties"].values():
        prop["forms"][0]["href"] += "{?" + ",".join(names) + "}"
    source = stub(td)
    assert source.count("v1999: ") == 2 * 2  # read and written
    assert '#     property "p2": it has too many URI variables' in source


@pytest.mark.timeout(8)
def test_large_patterns_are_left_out_and_cost_nothing() -> None:
    td = many(4000, type="string")
    for number, prop in enumerate(td["properties"].values()):
        prop |= {"pattern": rf"\p{{L}}{{200}}{number}", "const": "x", "default": "x"}
    source = stub(td)
    assert "pattern" not in source


# Every TD there is.


async def test_every_example_can_be_consumed_by_the_class_made_from_it() -> None:
    assert len(examples()) > 40
    async with wot.Servient() as servient:
        for path in examples():
            td = json.loads(path.read_bytes())
            source = stub(td)
            assert source == stub(json.loads(json.dumps(td)))
            await servient.consume(td, class_of(source))


async def test_every_td_of_the_corpus_is_consumed_by_its_class_or_refused(corpus: Path) -> None:
    made = refused = 0
    faulty = False
    for path, td in every_td(corpus):
        try:
            source = stub(td)
        except WoTError:
            refused += 1
            faulty |= path.parent.name != "td"  # plugfest documents need not be valid
            continue
        made += 1
        async with wot.Servient() as servient:
            await servient.consume(td, class_of(source))
    assert made > 200
    assert refused < made / 20
    assert not faulty


@given(thing_descriptions())
def test_random_tds_can_be_typed(td: Any) -> None:
    source = stub(td)
    assert source == stub(json.loads(json.dumps(td)))
    template = class_of(source).__template__
    for kind in ("properties", "actions", "events"):
        assert set(getattr(template, kind)) == set(td.get(kind, {}))


@given(mutated())
def test_faulty_tds_are_typed_or_refused(td: Any) -> None:
    try:
        source = stub(td)
    except WoTError:
        return
    class_of(source)


@st.composite
def schemas_with_values(draw: Draw) -> Any:
    return Schemas(Chooser(draw)).any_schema(3)


@given(schemas_with_values())
def test_the_class_takes_what_the_schema_takes(pair: tuple[dict[str, Any], Any]) -> None:
    schema, value = pair
    cls = class_of(stub(with_property(schema)))
    member = cls.__template__.properties["level"]
    member.payload.load(Content(json.dumps(value).encode()), closed=False)


def test_long_values_deep_down_are_left_out() -> None:
    default: Any = "漢" * 100_000
    for _ in range(50):
        default = {"a": default}
    started = process_time()
    text = stub(with_property({"default": default}))
    assert process_time() - started < 5  # as long as it takes to write it out at each level
    assert "漢" not in text
    assert len(text) < 10_000
