"""TDs as JSON text (TD 1.1 section 6): what is read, what is refused, what is written."""

import ast
import codecs
import json
from pathlib import Path
from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.td import ThingDescription, read, validate

from .documents import EVERYTHING, document

BASE = document(EVERYTHING)
TEXT = json.dumps(BASE, ensure_ascii=False)
ROOT = Path(__file__).parents[2]


@pytest.mark.assertion(
    "td-processor-serialization",
    "td-context-toplevel",
    "td-version",
    "td-security-schemes",
    "td-property-names",
    "td-action-names",
    "td-event-names",
    "td-links",
    "td-forms",
    "td-data-schema",
)
def test_every_term_comes_back_where_it_was() -> None:
    """As text, because 1 == 1.0 == True for Python; the order of members is kept as well."""
    assert read(TEXT) == BASE
    assert json.dumps(json.loads(ThingDescription.parse(TEXT).to_bytes())) == json.dumps(BASE)


@pytest.mark.assertion("td-array-type")
def test_arrays_keep_their_order() -> None:
    numbers = [3, 1, 2, 1]
    json = {**BASE, "schemaDefinitions": {"some": {"enum": numbers}, "problem": {}}}
    td = ThingDescription.parse(ThingDescription.parse(json).to_bytes())
    assert td.json["schemaDefinitions"]["some"]["enum"] == numbers


@pytest.mark.assertion("td-json-open", "td-json-open_utf-8")
def test_what_is_written_is_utf_8() -> None:
    td = ThingDescription.parse({**BASE, "title": "Größe 世界"})
    assert "Größe 世界".encode() in td.to_bytes()
    assert json.loads(td.to_bytes().decode("utf-8"))["title"] == "Größe 世界"


@pytest.mark.assertion("td-json-open", "td-json-open_utf-8")
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_what_is_not_utf_8_is_refused(encoding: str) -> None:
    text = TEXT.replace('"Boiler"', '"Kessel für Öl"')
    with pytest.raises(InvalidTD) as caught:
        read(text.encode(encoding))
    assert caught.value.findings[0].path == "$"
    assert validate(text.encode(encoding)) == list(caught.value.findings)


@pytest.mark.assertion("td-json-open_accept-byte-order")
def test_a_byte_order_mark_is_ignored() -> None:
    assert read(codecs.BOM_UTF8 + TEXT.encode()) == BASE
    assert validate(codecs.BOM_UTF8 + TEXT.encode()) == []


@pytest.mark.assertion("td-json-open_no-byte-order")
def test_no_byte_order_mark_is_written() -> None:
    td = ThingDescription.parse(codecs.BOM_UTF8 + TEXT.encode())
    assert td.to_bytes().startswith(b"{")


@pytest.mark.assertion("td-integer-type", "td-number-type", "td-boolean-type", "td-string-type")
@pytest.mark.parametrize("value", [0, -5, 2**53, 1.5, 1e-7, True, False, "", "2026", None])
def test_values_keep_their_type(value: Any) -> None:
    json_ = {**BASE, "ex:value": value}
    written = json.loads(ThingDescription.parse(json_).to_bytes())["ex:value"]
    assert (written, type(written)) == (value, type(value))


@pytest.mark.assertion("td-integer-type")
def test_whole_numbers_are_written_without_fraction_and_exponent() -> None:
    td = ThingDescription.parse({**BASE, "schemaDefinitions": {"problem": {"maxItems": 10**12}}})
    assert b'"maxItems":1000000000000}' in td.to_bytes()


@pytest.mark.assertion("security-no-execution")
@pytest.mark.parametrize(
    "text", ["__import__('os').getcwd()", "{'title': 'x'}", "(1)", "NaN", "dict()"]
)
def test_what_is_code_and_not_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidTD):
        read(text)


@pytest.mark.assertion("security-no-execution")
def test_nothing_here_executes_text() -> None:
    """Neither the framework nor the bindings call eval, exec or compile, under whatever circumstances."""
    called: set[str] = set()
    files = [path for folder in ("wot", "bindings") for path in (ROOT / folder).rglob("*.py")]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                called.add(node.func.id)
    assert "isinstance" in called
    assert not called & {"eval", "exec", "compile", "__import__"}
