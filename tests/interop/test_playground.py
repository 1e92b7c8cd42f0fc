"""The playground of Eclipse Thingweb at our TDs, and its verdicts and ours on the same documents."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import wot
from tests.conformance.generated import generated
from wot.errors import Finding
from wot.td import validate
from wot_simulators.air import AirStation

from .conftest import NODE_MODULES

SCRIPT = Path(__file__).parent / "playground" / "check.js"
V11 = "https://www.w3.org/2022/wot/td/v1.1"


class Report(NamedTuple):
    """What it says of one document: the results of its checks, and what it printed."""

    results: dict[str, str | None]
    details: dict[str, str | None]
    said: str

    @property
    def failed(self) -> bool:
        return "failed" in self.results.values()


Ask = Callable[[Iterable[tuple[str, str]]], list[Report]]


@pytest.fixture(scope="module")
def playground() -> Ask:
    """Ask about many documents, as kind and text, in one process."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not installed")
    if not (NODE_MODULES / "@thing-description-playground" / "core").is_dir():
        pytest.skip(f"no playground in {NODE_MODULES}; npm install it, or set WOT_NODE_MODULES")

    def ask(documents: Iterable[tuple[str, str]]) -> list[Report]:
        todo = [{"kind": kind, "text": text} for kind, text in documents]
        done = subprocess.run(
            [program, SCRIPT],
            input=json.dumps(todo).encode(),
            stdout=subprocess.PIPE,
            env={**os.environ, "NODE_PATH": str(NODE_MODULES)},
            timeout=25,
            check=True,
        )
        return [
            Report(each["report"], each["details"], "\n".join(each["said"]))
            for each in json.loads(done.stdout)
        ]

    return ask


def test_it_finds_no_fault_in_what_our_servers_generate(playground: Ask) -> None:
    descriptions = asyncio.run(generated())
    reports = playground(("td", json.dumps(td)) for td in descriptions.values())
    failed = {
        name: report.said
        for name, report in zip(descriptions, reports, strict=True)
        if report.failed and not strict(report)
    }
    assert failed == {}
    assert sum(report.results["schema"] == "passed" for report in reports) > 100


def test_it_finds_no_fault_in_forms_of_websockets(playground: Ask) -> None:
    async def described() -> str:
        there = wot.endpoint("http://127.0.0.1:0", subprotocols=("sse", "webthingprotocol"))
        async with wot.serve(AirStation(), there) as served:
            return json.dumps(served.descriptions[0].json)

    text = asyncio.run(described())
    assert '"webthingprotocol"' in text
    (report,) = playground([("td", text)])
    assert not report.failed, report.said


def test_it_would_find_one(playground: Ask) -> None:
    """Each kind of check is made: of the text, of the schema and the ones of its own."""
    good = {
        "@context": V11,
        "title": "Lamp",
        "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
        "security": "nosec_sc",
    }
    bad = [{**good, "title": 7}, {**good, "security": "missing_sc"}]
    texts = [json.dumps(good), "{", *(json.dumps(each) for each in bad)]
    reports = playground(("td", text) for text in texts)
    assert [report.failed for report in reports] == [False, True, True, True]
    assert reports[2].results["schema"] == "failed"
    assert reports[3].details["security"] == "failed"


def strict(report: Report) -> bool:
    """Whether it has but one complaint, that some `title` is none of the `titles` beside it: that is a SHOULD."""
    failed = [name for name, result in report.details.items() if result == "failed"]
    return failed == ["multiLangConsistency"] and "td-titles-descriptions" in report.said


# What we find and it does not: our reading of each rule, by the assertion.
_TEXT = "it looks into the text only where affordances and definitions are named"
_FLOWS = "it has no rules for the flows of oauth2"
_COMBO = "it does not look into what a combo combines"
_BODY = "it does not look into names of places in a body"
_URI = "it compares schemes in URIs with variables of affordances only, and with no templates"
_VARIABLES = "it compares templates with nothing, and allows objects and arrays as URI variables"
_SCHEMA = "its schema, of September 2022, allows it"
_VALUES = "it does not hold values of a schema against its type"
_CONTEXT = "it does not look up prefixes, and takes any tag for a language"
MORE = {
    "": "what no assertion forbids and cannot be meant: ranges that leave no value, and the like",
    "td-json-open": _TEXT,
    "td-vocab-op--Form": _SCHEMA,
    "td-vocab-contentType--ExpectedResponse": _SCHEMA,
    "td-vocab-sizes--Link": _SCHEMA,
    "td-vocab-enum--DataSchema": _VALUES,
    "td-vocab-const--DataSchema": _VALUES,
    "td-vocab-minimum--IntegerSchema": _VALUES,
    "td-vocab-maximum--IntegerSchema": _VALUES,
    "td-vocab-exclusiveMinimum--IntegerSchema": _VALUES,
    "td-vocab-exclusiveMaximum--IntegerSchema": _VALUES,
    "td-vocab-multipleOf--IntegerSchema": _VALUES,
    "td-vocab-schema--AdditionalExpectedResponse": "it does not look for the name in schemaDefinitions",
    "td-vocab-oneOf--ComboSecurityScheme": _COMBO,
    "td-vocab-allOf--ComboSecurityScheme": _COMBO,
    "td-security-combo-exclusive-oneof-or-allof": _COMBO,
    "td-uriVariables-names": _VARIABLES,
    "td-vocab-uriVariables--Thing": _VARIABLES,
    "td-vocab-uriVariables--InteractionAffordance": _VARIABLES,
    "td-vocab-flow--OAuth2SecurityScheme": _FLOWS,
    "td-security-oauth2-code-flow": _FLOWS,
    "td-security-oauth2-client-flow": _FLOWS,
    "td-security-oauth2-client-flow-no-auth": _FLOWS,
    "td-security-uri-variables-distinct": _URI,
    "td-security-in-uri-variable": _URI,
    "sec-body-name-json-pointer": _BODY,
    "sec-body-name-json-pointer-creatable": _BODY,
    "sec-body-name-json-pointer-type": _BODY,
    "td-security-scheme-name": _CONTEXT,
    "td-context-default-language": _CONTEXT,
    "td-multilanguage-language-tag": _CONTEXT,
    "td-vocab-hreflang--Link": _CONTEXT,
    "tm-tmOptional-resolver": "it looks for less in Thing Models: no loops, no pointers that lead nowhere",
    "tm-tmRef1": "it looks for less in Thing Models: no loops, no pointers that lead nowhere",
    "tm-ref-recursive-extensions": "it looks for less in Thing Models: no loops, no pointers that lead nowhere",
}


def test_every_difference_has_a_reason(playground: Ask, corpus: Path) -> None:
    documents = list(of_corpus(corpus))
    reports = playground((kind, text) for kind, _, text in documents)
    unexplained = []
    differences = 0
    for (_, name, text), report in zip(documents, reports, strict=True):
        errors = [found for found in validate(text) if found.severity == "error"]
        if bool(errors) == report.failed:
            continue
        differences += 1
        if not explained(errors, report, text):
            unexplained.append((name, errors[:3], report.said))
    assert unexplained == []
    assert 0 < differences < len(documents) / 5


def explained(errors: list[Finding], report: Report, text: str) -> bool:
    if errors:
        return all(found.assertion in MORE for found in errors)
    if strict(report):
        return True
    # It holds TDs of version 1.0 against the schema of 1.1, which knows no `@direction` of null.
    return V11 not in text or '"@direction"' in text


def of_corpus(corpus: Path) -> Iterator[tuple[str, str, str]]:
    folders = (
        "td/valid",
        "td/invalid",
        "td/invalid-derived",
        "td/warning",
        "tm/valid",
        "tm/invalid",
        "plugfest",
    )
    for folder in folders:
        for path in sorted((corpus / folder).rglob("*.json*")):
            kind = "tm" if "tm" in path.relative_to(corpus).parts else "td"
            yield kind, str(path.relative_to(corpus)), path.read_text("utf-8-sig")
