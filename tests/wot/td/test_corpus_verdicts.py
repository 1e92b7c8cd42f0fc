"""What is said of each document of the corpus: accepted, doubted or refused, and at which place.

More documents than those named here are fine: each has to have the verdict of its folder.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from wot.errors import Finding, InvalidTD
from wot.td import edition, is_model, locate, read, validate
from wot.td.validation import _compiled

ROOT = Path(os.environ.get("WOT_CORPUS") or "absent")
pytestmark = pytest.mark.skipif(
    not ROOT.is_dir(), reason="WOT_CORPUS does not name the folder of the corpus"
)


def documents(*folders: str) -> list[Path]:
    found = {path for folder in folders for path in (ROOT / folder).glob("*.json*")}
    return sorted(found)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def nowhere(reference: str) -> bytes:
    raise LookupError(f"{reference} is not at hand")


def errors(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


# A directory of 2021 with the context of a draft, and responses without contentType: not valid by the REC.
DRAFTS = {"td/valid/w3c-discovery--example-directory-oauth2.td.json": "$['@context'][0]"}

# Where the manifest says, in its words, what is wrong (expected_failure).
WHERE = {
    "td/invalid/pg-core--camelCase.json": "$.actions.toggle.forms[0].op",
    "td/invalid/pg-core--duplicateEnum.json": "$.properties.status.enum",
    "td/invalid/pg-core--duplicateSecurityDefinitions.json": "$.securityDefinitions.basic_sc",
    "td/invalid/pg-core--emptyForm.json": "$.events.overheating.forms",
    "td/invalid/pg-core--emptyOpArray.json": "$.properties.status.forms[0].op",
    "td/invalid/pg-core--emptySecDef.json": "$.securityDefinitions",
    "td/invalid/pg-core--invalidSecuScheme.json": "$.securityDefinitions.basic_sc",
    "td/invalid/pg-core--noForm1.json": "$.properties.status",
    "td/invalid/pg-core--noForm2.json": "$.actions.status",
    "td/invalid/pg-core--noForm3.json": "$.events.status",
    "td/invalid/pg-core--noHref.json": "$.events.overheating.forms[0]",
    # What the manifest means needs the model; by itself the document has an enum of other types.
    "td/invalid/pg-core--usingTM~2.json": "$.properties.status.enum",
    "td/invalid/w3c-fixture--invalid-td-2.td.json": "$.properties",
    "td/invalid/w3c-fixture--invalid-td-3.td.json": "$.properties.status.forms[0]",
    "td/invalid-derived/derived--combo-undefined-ref.td.json": "$.securityDefinitions.c.oneOf",
    "td/invalid-derived/derived--oauth2-client-no-token.td.json": "$.securityDefinitions.o",
    "td/invalid-derived/derived--oauth2-client-with-authorization.td.json": "$.securityDefinitions.o",
    "td/invalid-derived/derived--urivariable-object.td.json": "$.properties.level.uriVariables.x",
    "td/invalid-derived/derived--urivariable-array-thing.td.json": "$.uriVariables.x",
    "td/invalid-derived/derived--additional-response-undefined-schema.td.json": (
        "$.properties.level.forms[0].additionalResponses"
    ),
    "td/invalid-derived/derived--integer-fraction-minimum.td.json": "$.properties.level.minimum",
    "td/invalid-derived/derived--created-not-datetime.td.json": "$.created",
    "td/invalid-derived/derived--body-apikey-not-pointer.td.json": "$.securityDefinitions.k",
    "td/invalid-derived/derived--uri-apikey-not-in-template.td.json": (
        "$.properties.level.forms[0].href"
    ),
    "td/invalid-derived/derived--uri-apikey-name-clash.td.json": "$.uriVariables.key",
    "tm/invalid/pg-core--tm-absent_context.json": "$",
    "tm/invalid/pg-core--tm-absent_tm.json": "$",
    "tm/invalid/pg-core--tm-no_curly_bracket.json": "$.securityDefinitions.example_sc",
    "tm/invalid/pg-core--tm-optionalWrongLocation.json": "$['tm:optional'][0]",
    "tm/invalid/pg-core--tm-single_curly_bracket.json": "$.securityDefinitions.example_sc",
    "tm/invalid/w3c-fixture--invalid-tm-1.tm.json": "$",
    "tm/invalid/w3c-fixture--invalid-tm-4.tm.json": "$.properties.temperature",
    "tm/invalid/w3c-fixture--invalid-tm-5.tm.json": "$.version",
    "tm/invalid/w3c-fixture--invalid-tm-6.tm.json": "$['tm:optional'][0]",
}
DOUBTFUL = {
    "td/warning/pg-core--enumConst.json": "$.properties.status",
    "td/warning/pg-core--objectNoProperties.json": "$.properties.status",
    "td/warning/pg-core--unavailableDirectTm.json": "$.links[0]",
}


@pytest.mark.parametrize("path", documents("td/valid", "tm/valid"), ids=name)
def test_a_valid_one_has_no_error(path: Path) -> None:
    found = errors(validate(path.read_bytes()))
    if name(path) in DRAFTS:
        assert found[0].path == DRAFTS[name(path)]
    else:
        assert found == []


@pytest.mark.parametrize(
    "path", documents("td/invalid", "td/invalid-derived", "tm/invalid"), ids=name
)
def test_an_invalid_one_is_refused_at_the_right_place(path: Path) -> None:
    text = path.read_bytes()
    findings = validate(text)
    assert findings[0].severity == "error"
    assert findings[0].path.startswith(WHERE.get(name(path), "$"))
    assert all(finding.reason for finding in findings)
    decoded = text.decode("utf-8-sig")
    assert all(spot >= (1, 1) for spot in locate(decoded, [f.path for f in findings]).values())


@pytest.mark.parametrize("path", documents("td/warning"), ids=name)
def test_a_doubtful_one_is_warned_about(path: Path) -> None:
    findings = validate(path.read_bytes(), resolver=nowhere)
    assert {finding.severity for finding in findings} == {"warning"}
    assert any(finding.path.startswith(DOUBTFUL.get(name(path), "$")) for finding in findings)


@pytest.mark.parametrize("path", documents("td/next"), ids=name)
def test_a_draft_of_the_next_version_is_refused_by_that_name(path: Path) -> None:
    findings = validate(path.read_bytes())
    assert [(found.path, found.severity) for found in findings] == [("$['@context']", "error")]
    assert "TD 2.0" in findings[0].reason
    assert "TD 1.1" in findings[0].hint
    with pytest.raises(InvalidTD, match=r"TD 2\.0"):
        edition(read(path.read_bytes()))


def test_the_folders_are_not_empty() -> None:
    """Else what stands above would show nothing."""
    assert len(documents("td/valid", "tm/valid")) > 80
    assert len(documents("td/invalid", "td/invalid-derived", "tm/invalid")) >= len(WHERE)
    assert {*WHERE, *DOUBTFUL, *DRAFTS} <= {
        name(path)
        for path in documents(
            "td/valid", "td/invalid", "td/invalid-derived", "tm/invalid", "td/warning"
        )
    }


@functools.cache
def official(schema: str) -> Any:
    read_ = json.loads((ROOT / "schema" / f"{schema}.json").read_bytes())
    return jsonschema_rs.Draft7Validator(read_, validate_formats=False)


def structure(json_: Any) -> tuple[bool, bool]:
    """Whether a document is accepted by our JSON Schema alone, and by the official one of its version."""
    version, model = edition(json_), is_model(json_)
    kind = "tm-schema-1.1" if model else f"td-schema-{version.name}"
    return _compiled(version, model)[1].is_valid(json_), official(kind).is_valid(json_)


_FLOWS = "the schema of TD 1.0 knows the flow code only, its text (section 5.3.3.10) names client as well"
REASONS = {
    "plugfest/td/data-2022--Oracle--Blue_Pump_Oauth2.jsonld": _FLOWS,
    "plugfest/td/data-2022--node-wot--scopes.td.jsonld": _FLOWS,
}
# Rules that TD 1.1 states in words or tables; the official schema leaves them out.
IN_WORDS = {
    "td/invalid-derived/derived--integer-fraction-minimum.td.json": "IntegerSchema: an integer",
    "td/invalid-derived/derived--oauth2-client-no-token.td.json": "td-security-oauth2-client-flow",
    "td/invalid-derived/derived--oauth2-client-with-authorization.td.json": (
        "td-security-oauth2-client-flow-no-auth"
    ),
    "td/invalid-derived/derived--urivariable-array-thing.td.json": "td-vocab-uriVariables--Thing",
    "td/invalid-derived/derived--urivariable-object.td.json": (
        "td-vocab-uriVariables--InteractionAffordance"
    ),
}


@pytest.mark.parametrize("path", documents("plugfest/td", "plugfest/tm"), ids=name)
def test_a_document_of_a_plugfest_has_the_same_verdict_on_its_structure(path: Path) -> None:
    ours, theirs = structure(decoded(path))
    assert (ours == theirs) != (name(path) in REASONS), REASONS.get(name(path))


@pytest.mark.parametrize(
    "path", documents("td/valid", "tm/valid", "td/warning", "td/invalid", "tm/invalid"), ids=name
)
def test_other_documents_have_it_too(path: Path) -> None:
    """Where ours is the stricter one, the checks or the words of the specification refuse the document as well."""
    ours, theirs = structure(decoded(path))
    if theirs:
        assert ours or path.parent.name == "invalid"
    else:
        assert errors(validate(path.read_bytes()))


@pytest.mark.parametrize("path", documents("td/invalid-derived"), ids=name)
def test_where_the_official_schema_is_silent_ours_or_our_checks_are_not(path: Path) -> None:
    ours, theirs = structure(decoded(path))
    assert theirs
    assert not ours or errors(validate(path.read_bytes()))
    if name(path) in IN_WORDS:
        assert not ours


# TD 1.0 lets the `op` of a form of the whole Thing away; held against the schema of 1.1, that is an error.
OLDER = {"plugfest/td/data-2022--Siemens--minItems_maxItems_oneOf.json": "forms/0: op"}


@pytest.mark.parametrize("path", documents("plugfest/td"), ids=name)
def test_by_the_schema_of_the_newer_version_only_older_rules_differ(path: Path) -> None:
    json_ = decoded(path)
    ours, _ = structure(json_)
    schema = "tm-schema-1.1" if is_model(json_) else "td-schema-1.1"
    newer = official(schema).is_valid(json_)
    if edition(json_).name == "1.0" and ours != newer:
        assert name(path) in OLDER or (newer and not ours), name(path)
    else:
        assert ours == newer


def decoded(path: Path) -> dict[str, Any]:
    """The document, members that are there twice or not."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8-sig"))
    return found


@pytest.mark.parametrize(
    "path", documents("td/valid", "tm/valid", "plugfest/td", "plugfest/tm"), ids=name
)
def test_text_and_object_have_the_same_verdict(path: Path) -> None:
    """But for members that are there twice, which an object cannot have."""
    text, json_ = path.read_bytes(), decoded(path)
    twice = {finding.path for finding in validate(text) if "twice" in finding.reason}
    ours = [finding for finding in validate(text) if finding.path not in twice]
    assert ours == [finding for finding in validate(json_) if finding.path not in twice]
    assert json_ == decoded(path)
    if not twice:
        assert read(text) == json_


RECORDS: Mapping[str, Any] = (
    {
        record["file"]: record
        for record in json.loads((ROOT / "manifest.json").read_bytes())["records"]
    }
    if ROOT.is_dir()
    else {}
)


@pytest.mark.parametrize(
    "path",
    [path for path in documents("td/valid", "tm/valid", "plugfest/td", "plugfest/tm")],
    ids=name,
)
def test_the_manifest_has_the_verdict_of_the_official_schema(path: Path) -> None:
    """What we compare with is what others have found with another validator."""
    record = RECORDS.get(name(path))
    if record is None or record["official_schema"] is None:
        pytest.skip("the manifest does not say")
    schema = "tm-schema-1.1" if record["kind"] == "tm" else "td-schema-1.1"
    assert official(schema).is_valid(decoded(path)) == (record["official_schema"] == "pass")
