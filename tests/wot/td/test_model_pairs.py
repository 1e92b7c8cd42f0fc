"""Thing Models of the corpus, and the TDs that others made from them: the same here, or it is said why not."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.td.library import SUBMODEL, Library
from wot.td.thing_model import (
    check_model,
    compare,
    complete,
    derive,
    is_model,
    missing,
    placeholders,
    resolve_model,
)
from wot.td.validation import validate

Json = dict[str, Any]
ROOT = Path(os.environ.get("WOT_CORPUS") or "absent")
PAIRS = sorted(path.parent for path in ROOT.glob("tm/pairs/*/pair.json"))
MODELS = sorted(
    path for folder in ("tm/valid", "plugfest/tm") for path in (ROOT / folder).glob("*.json*")
)
pytestmark = pytest.mark.skipif(
    not PAIRS, reason="WOT_CORPUS does not name the folder of the corpus"
)

KINDS = ("properties", "actions", "events")
OF_INSTANCES = ("forms", "uriVariables")

# What whoever made a TD added to the affordances of the model: (folder begins with, member, value, why).
ADDED: list[tuple[str, str, Any, str]] = [
    ("ditto-", "observable", True, "Ditto serves every property by server-sent events"),
    ("editdor-siemens-Smart-Coffee", "observable", False, "ediTDor states defaults"),
    ("editdor-siemens-Smart-Coffee", "readOnly", False, "ediTDor states defaults"),
    ("editdor-siemens-Smart-Coffee", "writeOnly", False, "ediTDor states defaults"),
    ("editdor-siemens-Smart-Coffee", "safe", False, "ediTDor states defaults"),
    ("editdor-siemens-Smart-Coffee", "idempotent", False, "ediTDor states defaults"),
]
LEVEL = {"type": "integer", "minimum": 0, "maximum": 100}
# How somebody made a TD where the pair does not say it.
OPTIONS: dict[str, dict[str, Any]] = {
    "eclass-pac": {"values": {"IP_ADDRESS": "192.168.178.71", "UNIT_ID": "1"}, "include": "all"},
    "editdor-siemens-Smart-Coffee-Machine-TD": {
        "include": "all",
        "values": {
            "GLOBAL_TITLE": "x",
            "GLOBAL_DESCRIPTION": "x",
            "RESOURCES_DEFINITION": dict.fromkeys(
                ("water", "milk", "chocolate", "coffeeBeans"), LEVEL
            ),
        },
    },
    # Its submodels are not in the corpus, and the TD is the one of the whole.
    "editdor-siemens-SmartVentilator": {"compose": "alone"},
    # The description of this model talks about placeholders, in words that are some.
    "pg-placeholder-td-from-tm": {"values": {"PLACEHOLDER_IDENTIFIER": "x", " and ": "x"}},
}


def name(path: Path) -> str:
    return path.name


def read(path: Path) -> Any:
    return json.loads(path.read_bytes())


class Pair:
    def __init__(self, folder: Path) -> None:
        self.folder, self.json = folder, read(folder / "pair.json")
        self.model: Json = read(folder / self.json["input"])
        self.url: str = self.json.get("input_url", "")
        self.kind: str = self.json["kind"]
        self.given: Json = self.json.get("options", {})

    def resolver(self, url: str) -> bytes:
        file = self.json["deps"][url]
        if file is None:
            raise LookupError(f"{url} is not in the corpus")
        return (self.folder / file).read_bytes()

    def options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"base": self.url, "values": self.given.get("map", {})}
        if self.folder.name.startswith(
            "ditto-"
        ):  # with tm:required: [], and every affordance served
            options["include"] = "all"
        if self.given.get("selfComposition"):
            options["compose"] = "contained"
        more = OPTIONS.get(self.folder.name, {})
        return {**options, **more, "values": {**options["values"], **more.get("values", {})}}

    def made(self) -> list[Json]:
        return derive(self.model, self.resolver, **self.options())

    def expected(self, member: str = "expected") -> list[Json]:
        return [read(self.folder / file) for file in self.json.get(member, ())]


def of_kind(*kinds: str) -> list[Path]:
    return [path for path in PAIRS if read(path / "pair.json")["kind"] in kinds]


def affordances(td: Json, *, without: tuple[str, ...] = ()) -> dict[tuple[str, str], Json]:
    return {
        (kind, found): {
            member: value for member, value in affordance.items() if member not in without
        }
        for kind in KINDS
        for found, affordance in td.get(kind, {}).items()
    }


def without_added(folder: str, made: Json, expected: Json) -> Json:
    known = [(member, value) for start, member, value, _ in ADDED if folder.startswith(start)]
    return {
        member: value
        for member, value in expected.items()
        if member in made or (member, value) not in known
    }


# ── what tools made ──


@pytest.mark.assertion(
    "thing-model-td-generation-processor-imports",
    "thing-model-td-generation-processor-extends",
    "thing-model-td-generation-processor-required",
    "thing-model-td-generation-processor-placeholder",
    "tm-tmRef-overwrite-process",
)
@pytest.mark.parametrize("folder", of_kind("golden-tool-output"), ids=name)
def test_golden(folder: Path) -> None:
    """The affordances are the same to the letter; links, @type and version are made up by the tool."""
    pair = Pair(folder)
    made, expected = pair.made(), pair.expected()
    assert expected
    assert len(made) == len(expected)
    for td, wanted in zip(made, expected, strict=True):
        if not pair.given.get("selfComposition"):
            assert affordances(td) == affordances(wanted)
            assert td.get("title") == wanted.get("title")
            continue
        instances = [link["instanceName"] for link in pair.model["links"] if "instanceName" in link]
        assert affordances(td).items() >= affordances(wanted).items()
        own = affordances(pair.model)
        more = affordances(td).keys() - own.keys()
        assert more
        assert all(
            any(found.startswith(f"{instance}_") for instance in instances) for _, found in more
        )


@pytest.mark.parametrize("folder", of_kind("golden-tool-output"), ids=name)
def test_golden_in_whole(folder: Path) -> None:
    """Everything beside what the tool makes up is the same as well."""
    made_up = ("links", "@type", "version", *KINDS)
    pair = Pair(folder)
    for td, wanted in zip(pair.made(), pair.expected(), strict=True):
        assert {member: value for member, value in td.items() if member not in made_up} == {
            member: value for member, value in wanted.items() if member not in made_up
        }


@pytest.mark.parametrize("folder", of_kind("expected-error"), ids=name)
def test_expected_errors(folder: Path) -> None:
    pair = Pair(folder)
    with pytest.raises(InvalidTD) as caught:
        pair.made()
    assertions = {found.assertion for found in caught.value.findings}
    assert all(found.path.startswith("$") and found.reason for found in caught.value.findings)
    if (
        "circular" in pair.json["expected_error"].lower()
        or "loop" in pair.json["expected_error"].lower()
    ):
        assert assertions == {"tm-ref-recursive-extensions"}
        pair.url = ""  # even where nobody says what the URL of the first model is
        with pytest.raises(InvalidTD) as caught:
            pair.made()
        assert {found.assertion for found in caught.value.findings} == {
            "tm-ref-recursive-extensions"
        }
    else:
        assert assertions


# ── what people made ──


@pytest.mark.assertion("tm-compose-submodel", "tm-compose-name-collision")
@pytest.mark.parametrize("folder", of_kind("spec-example"), ids=name)
def test_examples_of_the_specification(folder: Path) -> None:
    pair = Pair(folder)
    made, expected = pair.made(), pair.expected()
    assert len(made) == len(expected)
    for td, wanted in zip(made, expected, strict=True):
        assert affordances(td) == affordances(wanted, without=OF_INSTANCES)
        # The URL of the first model is not in the pair; the others are known by their references.
        rels = sorted(
            link["rel"] for link in wanted["links"] if link["rel"] != "type" or td is not made[0]
        )
        assert sorted(link["rel"] for link in td["links"]) == rels
    for wanted in pair.expected("alternative_expected"):
        (td,) = derive(pair.model, pair.resolver, base=pair.url, compose="merged")
        assert affordances(td) == affordances(wanted, without=OF_INSTANCES)


@pytest.mark.assertion("tm-derivation-validity", "thing-model-td-generation-processor-required")
@pytest.mark.parametrize("folder", of_kind("hand-written-instance", "vendor-instance"), ids=name)
def test_instances(folder: Path) -> None:
    pair = Pair(folder)
    td, wanted = pair.made()[0], pair.expected()[0]
    ours = affordances(td, without=OF_INSTANCES)
    theirs = affordances(wanted, without=OF_INSTANCES)
    assert ours.keys() == theirs.keys()
    for key, affordance in ours.items():
        assert affordance == without_added(folder.name, affordance, theirs[key])
    resolved = resolve_model(pair.model, pair.resolver, pair.url)
    assert [found for found in compare(wanted, resolved) if found.severity == "error"] == []


@pytest.mark.parametrize("folder", of_kind("vendor-instance"), ids=name)
def test_every_known_addition_is_one(folder: Path) -> None:
    """The list above names nothing that nobody added."""
    for start, member, value, _ in ADDED:
        folders = [path for path in PAIRS if path.name.startswith(start)]
        if folder in folders:
            added = [
                affordance.get(member)
                for path in folders
                for affordance in affordances(Pair(path).expected()[0]).values()
            ]
            assert value in added


@pytest.mark.assertion("thing-model-td-generation-processor-placeholder")
def test_text_about_placeholders_holds_some() -> None:
    folder = ROOT / "tm/pairs/pg-placeholder-td-from-tm"
    if not folder.is_dir():
        pytest.skip("this pair is not there")
    pair = Pair(folder)
    with pytest.raises(InvalidTD) as caught:
        derive(pair.model, pair.resolver, base=pair.url, values=pair.given["map"])
    assert {found.path for found in caught.value.findings} == {"$['$description']"}
    about = {**pair.model, "$description": "as text"}
    assert derive(about, pair.resolver, base=pair.url, values=pair.given["map"])


@pytest.mark.assertion("thing-model-td-generation-processor-forms")
@pytest.mark.parametrize(
    "folder", of_kind("golden-tool-output", "spec-example", "hand-written-instance"), ids=name
)
def test_what_is_made_can_be_completed(folder: Path) -> None:
    for partial in Pair(folder).made():
        td = complete(partial, base="http://thing.example/", security="nosec", version="1.0.0")
        assert missing(td) == []
        errors = [found for found in validate(td) if found.severity == "error"]
        # td-tools' fixtures say what the type of an action is, which none has.
        assert [found for found in errors if not found.path.endswith(".type")] == []


# ── models alone ──


def elsewhere(url: str) -> Any:
    raise LookupError(f"{url} is not in the corpus")


@pytest.mark.parametrize("path", MODELS, ids=name)
def test_models_resolve_or_need_what_is_not_there(path: Path) -> None:
    document = path.read_bytes()
    json_ = json.loads(document.removeprefix(b"\xef\xbb\xbf"))
    if not is_model(json_):
        assert path.parent.name == "tm", "a valid Thing Model says that it is one"
        return
    if needs := {
        found.url for found in Library(json_, "", None, {}).edges("") if found.kind != SUBMODEL
    }:
        with pytest.raises(InvalidTD) as caught:
            resolve_model(document, elsewhere)
        assert all("cannot be read: " in found.reason for found in caught.value.findings)
        assert all(any(url in found.reason for url in needs) for found in caught.value.findings)
        return
    resolved = resolve_model(document, elsewhere)
    assert '"tm:ref"' not in json.dumps(resolved)
    values = dict.fromkeys(placeholders(resolved), "x")
    (td,) = derive(resolved, values=values, include="all", compose="alone")
    assert "{{" not in json.dumps(td) or not values
    assert [found for found in compare(td, resolved) if found.severity == "error"] == []


@pytest.mark.parametrize("path", [path for path in MODELS if path.parent.name == "valid"], ids=name)
def test_valid_models_have_no_error(path: Path) -> None:
    assert [found for found in check_model(read(path)) if found.severity == "error"] == []


def test_invalid_models_have_an_error_each() -> None:
    paths = sorted((ROOT / "tm/invalid").glob("*.json"))
    assert paths
    for path in paths:
        assert [found for found in validate(path.read_bytes()) if found.severity == "error"], (
            path.name
        )
