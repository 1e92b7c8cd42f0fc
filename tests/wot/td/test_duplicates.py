"""Members that are there twice are refused with their names, however these are written (RFC 8259 section 4)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wot.errors import Finding, InvalidTD
from wot.td import place, read, validate

from .hostile import text as encoded
from .hostile import thing


def refused(document: Any) -> list[Finding]:
    with pytest.raises(InvalidTD) as caught:
        read(document)
    return list(caught.value.findings)


def twice(document: str | bytes) -> list[str]:
    """The paths of the members that are there twice."""
    findings = refused(document)
    for found in findings:
        assert "is there twice" in found.reason
        assert (found.hint, found.severity) == ("keep one of them", "error")
        assert found.assertion == "td-json-open"
    return [found.path for found in findings]


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ('{"a":1,"a":2}', ["$.a"]),
        ('{"a":1,"b":2,"a":1}', ["$.a"]),
        ('{"a":1,"a":2,"a":3}', ["$.a"]),
        ('{"a":{"b":1,"b":2}}', ["$.a.b"]),
        ('{"a":[0,{"b":1,"b":2}]}', ["$.a[1].b"]),
        ('{"a":[{"b":1,"b":2},{"b":1,"b":2}]}', ["$.a[0].b", "$.a[1].b"]),
        ('{"a":[[[{"":1,"":2}]]]}', ["$.a[0][0][0]['']"]),
        ('{"a":1,"\\u0061":2}', ["$.a"]),
        ('{"\\u00e9":1,"é":2}', ["$['é']"]),
        ('{"\\ud83d\\ude00":1,"😀":2}', ["$['😀']"]),
        ('{"a\\"b":1,"a\\u0022b":2}', ["$['a\"b']"]),
        ('{"a:b":1,"a\\u003ab":2}', ["$['a:b']"]),
        ('{"a\\":b":1,"a\\":b":2}', ["$['a\":b']"]),
        ('{"it\'s":1,"it\'s":2}', ["$['it\\'s']"]),
        ('{"\\\\":1,"\\\\":2}', ["$['\\\\']"]),
        ('{"\\n":1,"\\u000a":2}', ["$['\\n']"]),
        ('{"a":{"b":1},"a":{"b":2}}', ["$.a"]),
        ('{"a":{"b":1,"b":2},"a":{"b":3}}', ["$.a.b", "$.a"]),
        ('{"a":1,"b":{"c":1,"c":2},"a":{"d":1}}', ["$.b.c", "$.a"]),
        ('{"a":{"b":[1]},"a":1,"ab":1,"ab":2}', ["$.a", "$.ab"]),
        ('{"a": 1 ,\n\t"a" : 2}', ["$.a"]),
    ],
)
def test_members_that_are_there_twice_are_named(document: str, paths: list[str]) -> None:
    assert twice(document) == paths
    assert twice("\ufeff" + document) == paths


@pytest.mark.parametrize(
    "document",
    [
        '{"a":{"b":1},"b":1}',
        '{"a":[{"b":1},{"b":1}]}',
        '{"a":"b","b":"a"}',
        '{"a":"\\"a\\":1,\\"a\\":2"}',
        '{"a":"\\",\\"a\\":"}',
        '{"a\\":":1,"\\":a":2}',
        '{"a":1,"A":2}',
        '{"é":1,"e\\u0301":2}',  # one letter and two code points: names are compared as they are
        '{"a.b":1,"a":{"b":2}}',
        '{"a[0]":1,"a":[2]}',
        '{"\\u0022":1,"\\u003a":2}',
        '{"a":"\\u0022:\\u003a","b":"\\u003a"}',
        '{"":{"":{"":1}}}',
    ],
)
def test_members_that_look_alike_are_different(document: str) -> None:
    assert read(document) == json.loads(document)


def test_a_thousand_of_them_are_named() -> None:
    document = "{" + ",".join(f'"n{i}":0,"n{i}":1' for i in range(1500)) + "}"
    assert twice(document) == [f"$.n{i}" for i in range(1000)]


def test_a_document_with_a_member_twice_is_judged_all_the_same() -> None:
    findings = validate(encoded(thing(title=7))[:-1] + b',"x":1,"x":2}')
    assert [found.path for found in findings] == ["$.x", "$.title"]


NAMES = st.sampled_from(["a", "b", "a.b", "it's", 'x"y', "\\", ":", '":', "", "é", "\n"])


@st.composite
def objects_with_names_twice(draw: Any, level: int = 3) -> tuple[str, bool]:
    """The text of an object, and whether a name is twice in it or in one inside."""
    names = draw(st.lists(NAMES, max_size=4))
    found = len(set(names)) < len(names)
    members = []
    for name in names:
        inner, more = "0", False
        if level and draw(st.booleans()):
            inner, more = draw(objects_with_names_twice(level - 1))
            if draw(st.booleans()):
                inner = f"[1, {inner}]"
        found = found or more
        written = json.dumps(name, ensure_ascii=draw(st.booleans()))
        if draw(st.booleans()):
            written = '"' + "".join(f"\\u{ord(c):04x}" for c in name) + '"'
        members.append(f"{written}: {inner}")
    return "{" + ",".join(members) + "}", found


@settings(max_examples=100)
@given(objects_with_names_twice())
def test_names_that_are_there_twice_are_always_found(case: tuple[str, bool]) -> None:
    document, found = case
    try:
        assert read(document) == json.loads(document)
    except InvalidTD as error:
        assert found, document
        for finding in error.findings:
            assert "twice" in finding.reason
            assert place(document, finding.path) > (1, 1)
    else:
        assert not found, document
