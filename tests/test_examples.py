"""The Thing Descriptions in td_examples: valid ones are read whole and used, others refused with the reason."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import wot
from wot.interaction import Interaction
from wot.td import Form, Op

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "td_examples"
VALID = sorted((EXAMPLES / "valid").glob("*.td.json"))
INVALID = sorted((EXAMPLES / "invalid").glob("*.td.json"))


def name(path: Path) -> str:
    return path.name.partition(".")[0]


def document(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_one_comes_back_equal(path: Path) -> None:
    td = wot.ThingDescription.parse(path.read_bytes())
    assert json.loads(td.to_bytes()) == document(path)


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_one_fits_the_schema_of_the_w3c(path: Path, corpus: Path) -> None:
    schema = document(corpus / "schema" / "td-schema-1.1.json")
    found = jsonschema_rs.Draft7Validator(schema).iter_errors(document(path))
    assert [(error.instance_path, error.message) for error in found] == []


@pytest.mark.parametrize("path", INVALID, ids=name)
async def test_an_invalid_one_is_refused_with_every_finding(path: Path) -> None:
    async with wot.Servient() as servient:
        with pytest.raises(wot.errors.InvalidTD) as caught:
            await servient.consume(str(path))
    found = [finding._asdict() for finding in caught.value.findings]
    assert found == document(path.parent / f"{name(path)}.expected.json")
    assert path.name in caught.value.hint


def test_every_expectation_belongs_to_an_example() -> None:
    expected = {name(path) for path in (EXAMPLES / "invalid").glob("*.expected.json")}
    assert expected == {name(path) for path in INVALID}


async def test_the_lamp_is_the_one_of_the_tutorial(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "first-thing.md").read_text("utf-8")
    code = re.search(r"^```python\n(# lamp\.py\n.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    assert code is not None
    module: dict[str, Any] = {"__name__": __name__}
    exec(code[1], module)
    at = wot.endpoint("http://127.0.0.1:0", public_url="http://127.0.0.1:8080")
    async with wot.serve(module["Lamp"](id="urn:example:lamp"), at) as served:
        assert served.descriptions[0].json == document(EXAMPLES / "valid" / "lamp.td.json")


class Recorder:
    """Stands for every client: notes along which form it is asked, and has no answer."""

    def __init__(self) -> None:
        self.forms: list[Form] = []

    def usable(self, form: Form, op: Op) -> bool:
        return True

    async def request(self, form: Form, interaction: Interaction) -> None:
        self.forms.append(form)
        raise wot.errors.Unavailable("only asking")

    stream = request


WAYS: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("old-habits", "read", "count", {}, "http://127.0.0.1:8080/counter/count"),
    ("old-habits", "write", "count", {}, "http://127.0.0.1:8080/counter/count"),
    ("old-habits", "observe", "count", {}, "http://127.0.0.1:8080/counter/count/changes"),
    ("old-habits", "write", "label", {}, "http://127.0.0.1:8080/counter/label"),
    ("old-habits", "invoke", "reset", {}, "http://127.0.0.1:8080/counter/reset"),
    ("old-habits", "subscribe", "overflow", {}, "http://127.0.0.1:8080/counter/overflow"),
    ("two-protocols", "read", "temperature", {}, "coap://127.0.0.1/climate/temperature"),
    ("two-protocols", "read", "humidity", {}, "coap://127.0.0.1/climate/humidity"),
    (
        "uri-variables",
        "read",
        "temperature",
        {"station": "north", "unit": "K"},
        "http://127.0.0.1:8080/weather/north/temperature?unit=K",
    ),
    (
        "uri-variables",
        "read",
        "temperature",
        {"station": "south"},
        "http://127.0.0.1:8080/weather/south/temperature",
    ),
    (
        "uri-variables",
        "invoke",
        "report",
        {"station": "north", "language": "en"},
        "http://127.0.0.1:8080/weather/north/report?language=en",
    ),
]


@pytest.mark.parametrize(("example", "verb", "affordance", "variables", "href"), WAYS)
async def test_which_form_is_followed(
    example: str, verb: str, affordance: str, variables: dict[str, Any], href: str
) -> None:
    recorder: Any = Recorder()
    td = wot.ThingDescription.parse((EXAMPLES / "valid" / f"{example}.td.json").read_bytes())
    thing = wot.ConsumedThing(td, lambda scheme: recorder)
    with pytest.raises(wot.errors.Unavailable):
        await asked(thing, verb, affordance, variables)
    assert recorder.forms[-1].href == href


async def asked(
    thing: wot.ConsumedThing, verb: str, affordance: str, variables: dict[str, Any]
) -> None:
    match verb:
        case "read":
            await thing.read(affordance, **variables)
        case "write":
            await thing.write(affordance, "x" if affordance == "label" else 3)
        case "invoke":
            await thing.invoke(affordance, **variables)
        case _:
            await getattr(thing, verb)(affordance).__aenter__()


async def test_only_what_can_be_used_is_offered() -> None:
    async with wot.Servient() as servient:
        thing = await servient.consume(str(EXAMPLES / "valid" / "two-protocols.td.json"))
        assert list(thing.td.properties) == ["temperature"]
        assert thing.td.properties["temperature"].observable
        with pytest.raises(wot.errors.NoForm) as caught:
            await thing.read("humidity")
        assert "there is no binding for 'coap'" in caught.value.hint
