"""The TDs in td_examples, used: read whole, followed along the right form, refused with the reason."""

import re
from pathlib import Path
from typing import Any

import pytest

import wot
from tests.test_examples import EXAMPLES, ROOT, document
from wot.interaction import Interaction
from wot.td import Form, Op


@pytest.mark.parametrize("example", ["text-not-json", "no-title"])
async def test_an_invalid_one_is_refused_with_every_finding(example: str) -> None:
    path = EXAMPLES / "invalid" / f"{example}.td.json"
    async with wot.Servient() as servient:
        with pytest.raises(wot.errors.InvalidTD) as caught:
            await servient.consume(str(path))
    assert [finding.path for finding in caught.value.findings] == ["$"]
    assert path.name in caught.value.hint


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

    def carries_variables(self, form: Form) -> bool:
        return False

    async def request(self, form: Form, interaction: Interaction) -> None:
        self.forms.append(form)
        raise wot.errors.Unavailable("only asking")

    stream = request


OLD, TWO, VARIABLES = "doubtful/old-habits", "valid/two-protocols", "valid/uri-variables"
HERE = "http://127.0.0.1:8080"
WAYS: list[tuple[str, str, str, dict[str, Any], str]] = [
    (OLD, "read", "count", {}, f"{HERE}/counter/count"),
    (OLD, "write", "count", {}, f"{HERE}/counter/count"),
    (OLD, "observe", "count", {}, f"{HERE}/counter/count/changes"),
    (OLD, "write", "label", {}, f"{HERE}/counter/label"),
    (OLD, "invoke", "reset", {}, f"{HERE}/counter/reset"),
    (OLD, "subscribe", "overflow", {}, f"{HERE}/counter/overflow"),
    (TWO, "read", "temperature", {}, "coap://127.0.0.1/climate/temperature"),
    (TWO, "read", "humidity", {}, "coap://127.0.0.1/climate/humidity"),
    (
        VARIABLES,
        "read",
        "temperature",
        {"station": "north", "unit": "K"},
        f"{HERE}/weather/north/temperature?unit=K",
    ),
    (VARIABLES, "read", "temperature", {"station": "south"}, f"{HERE}/weather/south/temperature"),
    (
        VARIABLES,
        "invoke",
        "report",
        {"station": "north", "language": "en"},
        f"{HERE}/weather/north/report?language=en",
    ),
    ("valid/base-with-path", "read", "lid", {}, "https://lab.example/lids/1"),
    ("valid/base-with-path", "read", "barcode", {}, "https://scanner.example/last"),
    ("valid/base-with-path", "read", "all", {}, "https://lab.example/changer/1/"),
    ("valid/base-with-path", "read", "next", {}, "https://lab.example/changer/2/slot"),
    ("valid/base-with-path", "read", "raw", {}, "https://lab.example/changer/1/?raw=1"),
    (
        "valid/form-uri-variables",
        "read",
        "tile",
        {"camera": "south", "zoom": 4, "x": 1, "y": 2, "night": True},
        "https://roof.example/south/list/1/2;night=true?zoom=4",  # JSON comes first
    ),
]


@pytest.mark.parametrize(("example", "verb", "affordance", "variables", "href"), WAYS)
async def test_which_form_is_followed(
    example: str, verb: str, affordance: str, variables: dict[str, Any], href: str
) -> None:
    recorder: Any = Recorder()
    td = wot.ThingDescription.parse((EXAMPLES / f"{example}.td.json").read_bytes())
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
