"""The documents in td_examples: what is said of each of them is so, and together they show everything there is."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import wot
from tests.conformance.assertions import every
from wot.errors import Finding
from wot.td import Op, is_array, is_object
from wot.td.editions import EDITIONS, schema_of
from wot.td.thing_model import complete, derive

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "td_examples"
VALID = sorted([*EXAMPLES.glob("valid/*.td.json"), *EXAMPLES.glob("models/*.td.json")])
MODELS = sorted((EXAMPLES / "models").glob("*.tm.json"))
FAULTY = sorted(
    [*(EXAMPLES / "invalid").glob("*.t?.json"), *(EXAMPLES / "doubtful").glob("*.t?.json")]
)
# Where the schema of the W3C forbids what its own text allows.
STRICTER = {
    "language-no-direction": "td-text-at-direction: null is a direction",
    "climate-box": "tm-tmRef-overwrite-process: null removes a member (RFC 7396)",
}


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name.rpartition('.t')[0]}"


def beside(path: Path, kind: str) -> Path:
    return path.with_name(f"{path.name.rpartition('.t')[0]}.{kind}.json")


def document(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def resolver(path: Path) -> Any:
    """Files beside an example, and nothing else."""

    def resolve(reference: str) -> bytes:
        if ":" in reference:
            raise LookupError(f"{reference} is not a file")
        return (path.parent / reference).read_bytes()

    return resolve


def findings(path: Path) -> list[Finding]:
    return wot.td.validate(path.read_bytes(), resolver=resolver(path))


@pytest.mark.parametrize("path", [*VALID, *MODELS], ids=name)
def test_there_is_nothing_to_say_about_a_valid_one(path: Path) -> None:
    assert findings(path) == []


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_one_comes_back_equal(path: Path) -> None:
    td = wot.ThingDescription.parse(path.read_bytes())
    assert json.loads(td.to_bytes()) == document(path)


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_one_is_expanded_and_reduced(path: Path) -> None:
    td = document(path)
    full = wot.td.expand(td)
    assert wot.td.validate(full) == []
    assert wot.td.expand(wot.td.reduce(full)) == wot.td.expand(full) == full
    assert td == document(path)


@pytest.mark.parametrize("path", [*VALID, *MODELS], ids=name)
def test_a_valid_one_fits_the_schema_of_the_w3c(path: Path, corpus: Path) -> None:
    kind = "td" if path in VALID else "tm"
    schema = document(corpus / "schema" / f"{kind}-schema-1.1.json")
    found = jsonschema_rs.Draft7Validator(schema).iter_errors(document(path))
    told = [(error.instance_path, error.message) for error in found]
    assert bool(told) == (name(path).partition("/")[2] in STRICTER), told


def expectation(path: Path) -> list[dict[str, str]]:
    expected: list[dict[str, str]] = document(beside(path, "expected"))
    return expected


def shows(path: Path) -> Any:
    """A case that shows the assertions which the example breaks."""
    ids = {row["assertion"] for row in expectation(path)} - {""}
    return pytest.param(path, id=name(path), marks=pytest.mark.assertion(*sorted(ids)))


@pytest.mark.parametrize("path", [shows(path) for path in FAULTY])
def test_what_is_wrong_with_it_is_found_and_nothing_else(path: Path) -> None:
    expected, found = expectation(path), findings(path)
    severity = "warning" if path.parent.name == "doubtful" else "error"
    assert any(row.get("severity", "error") == severity for row in expected)
    assert severity == "error" or all(row.get("severity") == "warning" for row in expected)
    # Of a reason only some words are expected, so that it can be put better.
    words = [row["reason"] for row in expected] + [""] * len(found)
    assert [
        (one.path, one.assertion, one.severity, said if said in one.reason else one.reason)
        for one, said in zip(found, words, strict=False)
    ] == [
        (row["path"], row["assertion"], row.get("severity", "error"), row["reason"])
        for row in expected
    ]


@pytest.mark.parametrize("path", FAULTY, ids=name)
def test_an_assertion_that_is_named_exists(path: Path) -> None:
    known = {assertion.id for assertion in every()}
    assert {one.assertion for one in findings(path)} - {""} <= known


@pytest.mark.parametrize("path", FAULTY, ids=name)
def test_a_finding_is_where_the_document_has_something(path: Path) -> None:
    try:
        text = path.read_text("utf-8")
        whole = json.loads(text)
    except ValueError:
        return
    for one in findings(path):
        assert one.path in set(paths(whole)), one
        line, column = wot.td.place(text, one.path)
        assert text.splitlines()[line - 1][column - 1] in '{["-0123456789tfn'


def paths(json: Any, here: str = "$") -> Iterator[str]:
    yield here
    if is_object(json):
        for member, value in json.items():
            yield from paths(value, wot.td.node.at(here, member))
    elif is_array(json):
        for number, value in enumerate(json):
            yield from paths(value, wot.td.node.at(here, number))


def test_what_stands_beside_an_example_belongs_to_one() -> None:
    stems = {name(path) for path in [*FAULTY, *MODELS]}
    for path in EXAMPLES.glob("*/*.json"):
        if re.search(r"\.(expected|options)\.json$", path.name):
            stem = f"{path.parent.name}/{path.name.rpartition('.')[0].rpartition('.')[0]}"
            assert stem in stems or stem.rpartition(".")[0] in stems, f"{path} belongs to nothing"
        else:
            assert re.search(r"^[a-z0-9.-]+\.t[dm]\.json$", path.name), path


AT = "https://example.org/models/"  # where the models would be published


def published(url: str) -> bytes:
    return (EXAMPLES / "models" / url.removeprefix(AT)).read_bytes()


DERIVED = sorted((EXAMPLES / "models").glob("*.options.json"))


@pytest.mark.parametrize("path", DERIVED, ids=lambda path: path.name.removesuffix(".options.json"))
def test_a_model_gives_what_stands_beside_it(path: Path) -> None:
    model = path.with_name(f"{path.name.partition('.')[0]}.tm.json")
    made = derive(document(model), published, base=f"{AT}{model.name}", **document(path))
    assert made == document(path.with_name(path.name.replace(".options.", ".expected.")))


def test_every_model_is_derived() -> None:
    assert {path.name.partition(".")[0] for path in DERIVED} == {
        path.name.partition(".")[0] for path in MODELS
    }


@pytest.mark.parametrize("path", DERIVED, ids=lambda path: path.name.removesuffix(".options.json"))
def test_a_derived_one_becomes_a_valid_td(path: Path) -> None:
    for partial in document(path.with_name(path.name.replace(".options.", ".expected."))):
        given = {"title": "Whatever", "base": "https://made.example/", "security": "nosec"}
        lacking = {term: value for term, value in given.items() if term not in partial}
        made = complete(partial, **lacking, version="1.0.0" if "version" in partial else "")
        assert wot.td.validate(made, resolver=published) == []


# ---------------------------------------------------------------- everything there is


class Rules:
    """The rules of a JSON Schema that documents come by: terms, and values of which there are a few only."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self.conditions: dict[str, Any] = {}

    def all(self, rule: Any = None, where: str = "") -> Iterator[str]:
        """Every one there is. `not` and `if` allow nothing."""
        if rule is None:
            for part, inner in self.schema["definitions"].items():
                yield from self.all(inner, part)
            rule = self.schema
        for term, inner in rule.get("properties", {}).items():
            if inner.get("not") != {}:
                yield f"{where}.{term}"
                yield from self.all(inner, f"{where}.{term}")
        yield from (f"{where}={json.dumps(value)}" for value in rule.get("enum", ()))
        for word, inner in self._parts(rule):
            yield from self.all(inner, f"{where}/{word}")

    def used(self, value: Any, rule: Any = None, where: str = "") -> Iterator[str]:
        """Those that `value` comes by."""
        rule = self.schema if rule is None else rule
        if "$ref" in rule:
            part = rule["$ref"].rpartition("/")[2]
            yield from self.used(value, self.schema["definitions"][part], part)
            return
        if value in rule.get("enum", ()):
            yield f"{where}={json.dumps(value)}"
        for term, inner in rule.get("properties", {}).items():
            if is_object(value) and term in value:
                yield f"{where}.{term}"
                yield from self.used(value[term], inner, f"{where}.{term}")
        for word, inner in self._parts(rule):
            if word in ("then", "else") and self._holds(rule["if"], value) != (word == "then"):
                continue
            below: list[Any] = [value]
            if word in ("items", "additionalItems"):
                below = value if is_array(value) else []
            elif word == "additionalProperties":
                known = rule.get("properties", {})
                below = [v for k, v in value.items() if k not in known] if is_object(value) else []
            for item in below:
                yield from self.used(item, inner, f"{where}/{word}")

    @staticmethod
    def _parts(rule: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for word in ("items", "additionalItems", "additionalProperties", "then", "else"):
            if is_object(rule.get(word)):
                yield word, rule[word]
        for word in ("allOf", "items"):
            if is_array(rule.get(word)):
                yield from ((word, part) for part in rule[word] if is_object(part))

    def _holds(self, condition: Any, value: Any) -> bool:
        key = json.dumps(condition)
        if key not in self.conditions:
            self.conditions[key] = jsonschema_rs.Draft7Validator(condition)
        fits: bool = self.conditions[key].is_valid(value)
        return fits


def test_every_term_and_every_value_of_td_1_1_is_in_a_valid_one() -> None:
    rules = Rules(schema_of(EDITIONS["1.1"]))
    everything, seen = set(rules.all()), set[str]()
    for path in VALID:
        seen |= set(rules.used(document(path)))
    assert len(everything) > 150
    assert sorted(everything - seen) == []


def strings(json: Any) -> Iterator[str]:
    """Every string of a document, names included."""
    if isinstance(json, str):
        yield json
    elif is_object(json):
        yield from json
        for value in json.values():
            yield from strings(value)
    elif is_array(json):
        for value in json:
            yield from strings(value)


WORDS = """
nosec auto combo basic digest apikey bearer psk oauth2 ace:ACESecurityScheme
htv:methodName htv:headers htv:fieldName htv:fieldValue htv:statusCodeValue
longpoll sse websub webhook
cov:method cov:confirmable cov:minPollingInterval cov:hopLimit cov:contentFormat cov:accept
cov:blockwise cov:block2Size cov:qblockwise cov:block1Size cov:methodName cov:observe
mqv:topic mqv:filter mqv:controlPacket mqv:qos mqv:retain
modv:function modv:entity
icon service-doc type item collection predecessor-version controlledBy license proxy-to
"""


@pytest.mark.parametrize("word", [*WORDS.split(), *(op for op in Op if op != Op.DESCRIBE)])
def test_it_is_in_a_valid_one(word: str) -> None:
    assert any(word in strings(document(path)) for path in VALID)


@pytest.mark.parametrize(
    "scheme", ["http", "https", "coap", "coaps", "coap+tcp", "mqtt", "mqtts", "modbus+tcp", "wss"]
)
def test_its_urls_are_in_a_valid_one(scheme: str) -> None:
    starts = (word.startswith(f"{scheme}://") for path in VALID for word in strings(document(path)))
    assert any(starts)


@pytest.mark.parametrize(
    "word",
    [
        "tm:ThingModel",
        "tm:ref",
        "tm:optional",
        "tm:extends",
        "tm:submodel",
        "instanceName",
        "model",
    ],
)
def test_it_is_in_a_model(word: str) -> None:
    assert any(word in strings(document(path)) for path in MODELS)
