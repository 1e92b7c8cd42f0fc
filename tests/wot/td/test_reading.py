"""From JSON text to a document: what is read, what is refused and where."""

from __future__ import annotations

import codecs
import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.errors import Finding, InvalidTD
from wot.td import (
    TD_11,
    ThingDescription,
    derive,
    edition,
    expand,
    read,
    reduce,
    to_ntriples,
    validate,
)
from wot.td.reading import DEEPEST, examined, is_shallow

from .hostile import text as encoded
from .hostile import thing
from .schemas import json_values

GOOD: dict[str, Any] = {"title": "Lamp", "on": [1, {"a": None}]}


def refused(document: Any) -> list[Finding]:
    with pytest.raises(InvalidTD) as caught:
        read(document)
    return list(caught.value.findings)


def refusal(document: Any) -> list[Finding]:
    """Why a document is not read; nothing where it is."""
    try:
        assert isinstance(read(document), dict)
    except InvalidTD as error:
        return list(error.findings)
    return []


TEXT = json.dumps(GOOD)


@pytest.mark.parametrize(
    "document",
    [
        TEXT,
        TEXT.encode(),
        bytearray(TEXT.encode()),
        memoryview(TEXT.encode()),
        codecs.BOM_UTF8 + TEXT.encode(),
        "\ufeff" + TEXT,
        f" \t\r\n{TEXT}\n",
        GOOD,
        MappingProxyType(GOOD),
    ],
    ids=["str", "bytes", "bytearray", "view", "mark", "mark in text", "space", "object", "mapping"],
)
def test_all_kinds_of_documents_are_read(document: Any) -> None:
    assert read(document) == GOOD


def test_an_object_is_copied() -> None:
    """Who changes what was read changes nothing of the caller's."""
    for document in (GOOD, ThingDescription(GOOD)):
        found = read(document)
        assert found == GOOD
        assert found is not GOOD
        assert found["on"] is not GOOD["on"]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("[]", "should be an object, not an array"),
        ('"x"', "should be an object, not a string"),
        ("1", "should be an object, not a number"),
        ("1.5", "should be an object, not a number"),
        ("true", "should be an object, not a boolean"),
        ("null", "should be an object, not null"),
        ([], "should be an object, not an array"),
        (None, "should be an object, not null"),
        (7, "should be an object, not a number"),
    ],
)
def test_only_objects_are_documents(document: Any, reason: str) -> None:
    hint = "a Thing Description is an object, as text or decoded"
    assert refused(document) == [Finding("$", reason, hint, assertion="td-context")]
    assert validate(document) == refused(document)


@pytest.mark.parametrize(
    "document",
    [
        "",
        " ",
        "\ufeff",
        "{",
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        '{"a":1} x',
        '{"a":1}{"a":2}',
        "{'a':1}",
        "{a:1}",
        '{"a":NaN}',
        '{"a":Infinity}',
        '{"a":-Infinity}',
        '{"a":+1}',
        '{"a":01}',
        '{"a":1.}',
        '{"a":.5}',
        '{"a":0x10}',
        '{"a":"\t"}',
        '{"a":"\x00"}',
        '{"a\n":1}',
        '{"a":"\\x41"}',
        '{"a":"\\u12"}',
        '{"a":tru}',
        '{"a":1 // one\n}',
        "\ufeff\ufeff{}",
        "\u00a0{}",
    ],
)
def test_what_is_no_json_is_refused(document: str) -> None:
    (found,) = refused(document)
    assert found.path == "$"
    assert found.reason.startswith("not JSON: ")
    assert found.assertion == "td-processor-serialization"
    assert validate(document) == [found]
    assert refused(document.encode()) == [found]


@pytest.mark.parametrize(
    ("document", "at"),
    [
        (b'{"title":"\xff"}', 10),
        (b'{"t\xc3":1}', 3),
        ('{"title":"Größe"}'.encode("latin-1"), 12),
        (b'{"a":"\xed\xa0\x80"}', 6),  # a surrogate
        (b'{"a":"\xc0\xaf"}', 6),  # longer than needed
        (b'{"a":"\xf5\x80\x80\x80"}', 6),  # beyond Unicode
        (b'{"a":"\xe2\x82', 6),  # cut off
        ("{}".encode("utf-16"), 0),
    ],
)
def test_what_is_not_utf_8_is_refused(document: bytes, at: int) -> None:
    (found,) = refused(document)
    assert found.reason == f"not JSON: it is not UTF-8 (byte {at})"
    assert found.hint == "save it as UTF-8"
    assert found.assertion == "td-json-open_utf-8"
    assert validate(document) == [found]


def test_a_lone_surrogate_in_a_python_text_is_refused() -> None:
    (found,) = refused('{"title":"\ud800"}')
    assert "not UTF-8" in found.reason


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_refused(encoding: str) -> None:
    (found,) = refused('{"title":"Größe"}'.encode(encoding))
    assert found.path == "$"
    assert found.reason.startswith("not JSON: ")


def test_escapes_are_read() -> None:
    assert read('{"\\u0061":"\\ud83d\\ude00\\n\\/\\u0000"}') == {"a": "😀\n/\0"}


def objects(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


def arrays(levels: int) -> str:
    return '{"a":' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


@pytest.mark.parametrize("make", [objects, arrays])
def test_as_many_levels_as_documents_have_are_read(make: Any) -> None:
    assert read(make(DEEPEST)) == json.loads(make(DEEPEST))
    assert is_shallow(json.loads(make(DEEPEST)))


@pytest.mark.parametrize("levels", [DEEPEST + 1, 254, 255, 256, 257, 500, 900])
@pytest.mark.parametrize("make", [objects, arrays])
def test_more_levels_are_refused(make: Any, levels: int) -> None:
    """By both, as text and as object."""
    json_ = json.loads(make(levels))
    for document in (make(levels), make(levels).encode(), json_):
        (found,) = refused(document)
        assert (found.path, found.severity) == ("$", "error")
        assert "nested too deeply" in found.reason
        assert found.hint == f"{DEEPEST} levels are read"
        assert [f.reason for f in validate(document)] == [found.reason]


@pytest.mark.parametrize(
    "document",
    ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000, objects(100_000)],
    ids=["open arrays", "arrays", "open objects", "objects"],
)
def test_bottomless_nesting_is_refused(document: str) -> None:
    (found,) = refused(document)
    assert found.path == "$"
    assert found.reason.startswith("not JSON: ")
    assert validate(document) == [found]


def test_a_bottomless_object_is_refused() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {"a": deep}
    (found,) = refused(deep)
    assert "nested too deeply" in found.reason
    assert validate(deep) == [found]
    wide = thing(x=deep)
    assert [f.reason for f in validate(wide)] == [found.reason]
    while deep:  # Python would take it apart by recursion
        deep = deep.pop("a")


def test_an_object_that_holds_itself_is_refused() -> None:
    endless: dict[str, Any] = thing()
    endless["x"] = endless
    (found,) = refused(endless)
    assert "nested too deeply" in found.reason
    assert [f.reason for f in validate(endless)] == [found.reason]


def test_brackets_in_texts_are_no_levels() -> None:
    document = thing(title="[" * 1000, description="{" * 1000, **{"]" * 100: "{[" * 100})
    assert read(encoded(document)) == document
    assert [found for found in validate(document) if found.severity == "error"] == []


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("9223372036854775808", 2**63),
        ("18446744073709551615", 2**64 - 1),
        ("-9223372036854775808", -(2**63)),
        ("0.1", 0.1),
        ("1e2", 100.0),
        ("-0", 0),
        ("1E-400", 0.0),
    ],
)
def test_numbers_are_read(number: str, value: float) -> None:
    assert read(f'{{"a":{number}}}') == {"a": value}


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400 + ".5", "1e99999999999999"])
def test_numbers_that_no_float_can_hold_are_findings_or_infinite(number: str) -> None:
    """Whatever a number is read as: it never becomes an exception of another kind."""
    document = encoded(thing())[:-1] + f',"x":{{"a b":[0,{number}]}}}}'.encode()
    assert {found.path for found in refusal(document)} <= {"$.x['a b'][1]"}
    for found in validate(document):
        assert found.reason == "the number is beyond what a 64-bit floating point number holds"


@pytest.mark.parametrize("number", ["1" + "0" * 30, "-1" + "0" * 30, "9" * 5000])
def test_whole_numbers_beyond_64_bits_never_raise(number: str) -> None:
    document = encoded(thing())[:-1] + f',"x":{number}}}'.encode()
    assert {found.path for found in refusal(document)} <= {"$"}
    if not refusal(document) and len(number) < 300:
        assert float(read(document)["x"]) == pytest.approx(float(number))
    assert isinstance(validate(document), list)


def test_what_is_read_in_part_is_given_with_its_findings() -> None:
    json_, findings = examined('{"a":1,"a":2}')
    assert json_ == {"a": 2}
    assert len(findings) == 1
    assert examined("nonsense")[0] == {}
    assert examined("[]")[0] == {}
    assert examined(b"{}") == ({}, [])


@given(st.binary(max_size=200))
def test_bytes_never_raise_anything_else(document: bytes) -> None:
    assert len(refusal(document)) <= len(validate(document))
    assert validate(document)


@given(st.text(alphabet='{}[]",:\\u0123456789abcdefNaInty -+.eE\ufeff\n\x00é', max_size=80))
def test_texts_never_raise_anything_else(document: str) -> None:
    assert len(refusal(document)) <= len(validate(document))
    assert validate(document)


@given(json_values())
def test_what_is_read_is_what_was_written(value: Any) -> None:
    document = {"value": value}
    for written in (json.dumps(document), json.dumps(document, ensure_ascii=False, indent=1)):
        assert json.dumps(read(written)) == json.dumps(document)


@pytest.mark.parametrize(
    ("context", "name"),
    [
        ("https://www.w3.org/2022/wot/td/v1.1", "1.1"),
        ("https://www.w3.org/2019/wot/td/v1", "1.0"),
    ],
)
def test_the_version_is_known_from_the_text(context: str, name: str) -> None:
    assert edition(read(json.dumps({"@context": context}))).name == name


def circle() -> dict[str, Any]:
    found: dict[str, Any] = {}
    found["x"] = {"a": found, "b": [found, found]}
    return found


@pytest.mark.parametrize(
    ("value", "path", "reason"),
    [
        ({1: 2}, "$.x", "not JSON: the name 1 is no text"),
        ({"": 1, None: 2}, "$.x", "not JSON: the name None is no text"),
        ({"\ud800": 1}, "$.x", "not JSON: the name '\\ud800' is no text"),
        (["\udfff"], "$.x[0]", "not JSON: '\\udfff' is no Unicode text"),
        ([1, {2}], "$.x[1]", "not JSON: a set of Python"),
        ((1,), "$.x", "not JSON: a tuple of Python"),
        ({"y": b""}, "$.x.y", "not JSON: a bytes of Python"),
        (float("nan"), "$.x", "not JSON: the number nan"),
        ([10**5000], "$.x[0]", "not JSON: a number of thousands of digits"),
        (circle(), "$", "it is nested too deeply"),
    ],
)
@pytest.mark.parametrize("use", [read, expand, reduce, to_ntriples, derive])
def test_what_was_decoded_has_to_be_json(use: Any, value: Any, path: str, reason: str) -> None:
    with pytest.raises(InvalidTD) as caught:
        use({"@context": TD_11, "x": value})
    (found,) = caught.value.findings
    assert (found.path, found.reason) == (path, reason)
