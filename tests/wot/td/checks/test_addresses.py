"""URIs: what RFC 3986 does not allow in one is told, wherever it stands, and not where a template is meant."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wot.td.hostile import thing

from .judging import HREF, form, judged, judged_thing, warning

ODD = [
    ("\\a", "'\\\\' stands in no URI", "write /, or %5C"),
    ("|a", "'|' stands in no URI", "write %7C"),
    ("^", "'^' stands in no URI", "write %5E"),
    ("`", "'`' stands in no URI", "write %60"),
    ("/%zz", "'%zz' is no character", "% goes with two hexadecimal digits"),
    ("/%4", "'%4' is no character", "% goes with two hexadecimal digits"),
    ("/100%", "'%' is no character", "% goes with two hexadecimal digits"),
]
PLACES: list[tuple[Any, str, str]] = [
    (lambda url: form({"href": url}), "$.properties.on.forms[0].href", "td-vocab-href--Form"),
    (lambda url: thing(base=url), "$.base", "td-vocab-base--Thing"),
    (lambda url: thing(support=url), "$.support", "td-vocab-support--Thing"),
    (lambda url: thing(profile=url), "$.profile", "td-vocab-profile--Thing"),
    (lambda url: thing(profile=[HREF, url]), "$.profile[1]", "td-vocab-profile--Thing"),
    (lambda url: thing(links=[{"href": url}]), "$.links[0].href", "td-vocab-href--Link"),
    (
        lambda url: thing(links=[{"href": "x", "anchor": url}]),
        "$.links[0].anchor",
        "td-vocab-anchor--Link",
    ),
    (
        lambda url: thing(
            security="s", securityDefinitions={"s": {"scheme": "basic", "proxy": url}}
        ),
        "$.securityDefinitions.s.proxy",
        "",
    ),
]


@pytest.mark.parametrize(("made", "path", "assertion"), PLACES)
def test_it_is_told_wherever_it_stands(made: Any, path: str, assertion: str) -> None:
    for odd, reason, hint in ODD:
        assert judged(made(f"{HREF}{odd}")) == [warning(path, reason, hint, assertion)]


def test_an_id_is_a_uri_as_well() -> None:
    reason, hint = "'%zz' is no character", "% goes with two hexadecimal digits"
    assert judged_thing(id="urn:x:%zz") == [warning("$.id", reason, hint, "td-vocab-id--Thing")]


@pytest.mark.parametrize("rest", ["/%41%5c", "/a[0]", "/ä", "/~!*'();@&=+$,#a", "?a=[1]", "/灯"])
def test_nothing_is_said_of_what_is_allowed_or_common(rest: str) -> None:
    assert judged(form({"href": f"{HREF}{rest}"})) == []


def test_a_template_is_not_judged_by_this() -> None:
    href = f"{HREF}/{{a}}|%zz"
    variables = {"uriVariables": {"a": {"type": "string"}}}
    affordance = {"type": "boolean", "forms": [{"href": href}], **variables}
    assert judged_thing(properties={"on": affordance}) == []
