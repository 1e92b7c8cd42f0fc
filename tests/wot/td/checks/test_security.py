"""Security definitions, and the names that refer to them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wot.td.hostile import thing
from wot.errors import Finding
from wot.td import TD_11

from .judging import FORM, HREF, ON, error, form, judged, judged_thing, warning

D = "$.securityDefinitions"


def of(definitions: Any, security: Any = "s", **members: Any) -> list[Finding]:
    return judged_thing(securityDefinitions=definitions, security=security, **members)


def scheme(name: str, /, **terms: Any) -> list[Finding]:
    return of({"s": {"scheme": name, **terms}})


def unknown(path: str, name: str, owner: str, hint: str = "defined are: none") -> Finding:
    reason = f"{name!r} is not in securityDefinitions"
    return error(path, reason, hint, f"td-vocab-security--{owner}")


@pytest.mark.parametrize(
    "terms",
    [
        {"scheme": "nosec"},
        {"scheme": "auto"},
        {"scheme": "basic"},
        {"scheme": "basic", "in": "header", "name": "Authorization"},
        {"scheme": "basic", "in": "auto"},
        {"scheme": "digest", "qop": "auth-int"},
        {"scheme": "apikey", "name": "X-Key", "in": "header"},
        {"scheme": "apikey", "name": "key"},
        {"scheme": "apikey", "in": "auto"},
        {"scheme": "apikey", "in": "body", "name": "/key"},
        {"scheme": "apikey", "in": "body", "name": "/a~1b/~0/-"},
        {"scheme": "apikey", "in": "body", "name": ""},
        {"scheme": "bearer", "format": "jwt", "alg": "ES256"},
        {"scheme": "psk", "identity": "lamp"},
        {"scheme": "oauth2", "flow": "device", "token": "https://login.example/"},
        {"scheme": "nosec", "proxy": "https://user@proxy.example/"},
        {"scheme": "nosec", "proxy": "https://user:{password}@proxy.example/"},
    ],
    ids=str,
)
def test_nothing_is_said_of_good_ones(terms: Any) -> None:
    assert of({"s": terms}) == []


@pytest.mark.parametrize(
    ("security", "path", "name"),
    [
        ("other", "$.security", "other"),
        ("", "$.security", ""),
        (["other"], "$.security[0]", "other"),
    ],
)
def test_a_name_at_the_top_is_defined(security: Any, path: str, name: str) -> None:
    assert judged_thing(security=security) == [unknown(path, name, "Thing")]


@pytest.mark.parametrize(
    ("security", "path"),
    [("other", f"{ON}.security"), (["other"], f"{ON}.security[0]")],
)
def test_a_name_in_a_form_is_defined(security: Any, path: str) -> None:
    td = form({**FORM, "security": security})
    assert judged(td) == [unknown(path, "other", "Form")]


def test_the_hint_names_the_first_ten() -> None:
    names = {f"n{i:02}": {"scheme": "nosec"} for i in range(12)}
    (found,) = of(names, "s")
    assert found.hint == "defined are: " + ", ".join(sorted(names)[:10]) + ", …"


def test_several_names_are_deprecated() -> None:
    reason = "several names mean all of them, which is deprecated"
    hint = "define one with scheme combo and allOf, and name that"
    assertion = "td-security-combo-deprecation"
    two = {"s": {"scheme": "basic"}, "t": {"scheme": "psk"}}
    assert of(two, ["s", "t"]) == [warning("$.security", reason, hint, assertion)]
    td = form({**FORM, "security": ["t", "s"]}, securityDefinitions=two, security="s")
    assert judged(td) == [warning(f"{ON}.security", reason, hint, assertion)]
    assert of(two, ["s"]) == []


def test_nosec_besides_another_says_nothing() -> None:
    findings = of({"s": {"scheme": "basic"}, "n": {"scheme": "nosec"}}, ["s", "n"])
    assert findings[1:] == [
        warning(
            "$.security",
            "nosec besides another scheme: all of them must be satisfied",
            "leave nosec out",
        )
    ]


def test_a_secret_in_the_body_has_a_place() -> None:
    reason, hint = (
        "in the body, the name says where: it is missing",
        "a JSON Pointer such as /token",
    )
    assert scheme("apikey", **{"in": "body"}) == [
        error(f"{D}.s", reason, hint, "sec-body-name-json-pointer")
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("key", "/key"), ("#/key", "/key"), ("a/b", "/a/b"), ("/a~2", "/a~2"), ("/a~", "/a~")],
)
def test_that_place_is_a_pointer(name: str, hint: str) -> None:
    (found,) = scheme("apikey", **{"in": "body", "name": name})
    assert found[:2] == (f"{D}.s.name", f"{name!r} is not a JSON Pointer")
    assert (found.severity, found.assertion) == ("error", "sec-body-name-json-pointer")


@pytest.mark.parametrize("terms", [{}, {"name": ""}])
def test_a_secret_in_the_uri_has_a_variable(terms: Any) -> None:
    reason = "in the URI, the name is that of the variable: it is missing"
    (found,) = scheme("apikey", **{"in": "uri"}, **terms)
    assert found[:2] == (f"{D}.s", reason)
    assert found.assertion == "td-security-in-uri-variable"


@pytest.mark.parametrize("name", ["basic", "digest", "apikey", "bearer"])
def test_where_the_place_is_open_so_is_the_name(name: str) -> None:
    reason = "where the place is auto, so is the name"
    assert scheme(name, **{"in": "auto", "name": "x"}) == [
        warning(f"{D}.s.name", reason, "leave it out", "sec-security-vocab-auto-in-no-name")
    ]


@pytest.mark.parametrize("place", ["header", "query", "cookie"])
def test_a_key_has_a_name(place: str) -> None:
    assert scheme("apikey", **{"in": place}) == [
        warning(f"{D}.s", f"nobody knows the name of the {place} parameter", "state it in name")
    ]


def test_a_default_that_is_stated_changes_nothing() -> None:
    assert scheme("apikey") == scheme("apikey", **{"in": "query"})


@pytest.mark.parametrize("term", ["password", "clientSecret", "client_secret", "psk", "privateKey"])
def test_a_secret_does_not_belong_in_it(term: str) -> None:
    reason = "this looks like a secret, and everybody reads a TD"
    assert scheme("basic", **{term: "x"}) == [
        warning(f"{D}.s.{term}", reason, "hand it out elsewhere", "td-security-no-secrets")
    ]
    assert scheme("basic", **{term: 7}) == []


PASSWORD = "there is a password in the URL, and everybody reads a TD"


@pytest.mark.parametrize("term", ["proxy", "authorization", "token", "refresh"])
def test_nor_does_a_password_in_a_url(term: str) -> None:
    terms = {"flow": "device", term: "https://user:secret@login.example/"}
    assert scheme("oauth2", **terms) == [
        warning(f"{D}.s.{term}", PASSWORD, "hand it out elsewhere", "td-security-no-secrets")
    ]


def test_passwords_are_found_in_forms_and_base() -> None:
    url = "https://user:secret@lamp.example/"
    hint, assertion = "hand it out elsewhere", "td-security-no-secrets"
    assert judged(form({"href": url})) == [warning(f"{ON}.href", PASSWORD, hint, assertion)]
    assert judged_thing(base=url) == [warning("$.base", PASSWORD, hint, assertion)]


@pytest.mark.parametrize("url", ["https://[::1/", "https://[x]/", "https://[fe80::1/on"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    (found,) = judged(form({"href": url}))
    assert (found.path, found.severity) == (f"{ON}.href", "error")
    assert found.reason.startswith("is not a URI: ")
    (found,) = judged_thing(base=url)
    assert (found.path, found.severity) == ("$.base", "error")
    (found,) = scheme("basic", proxy=url)
    assert (found.path, found.severity) == (f"{D}.s.proxy", "error")


def test_an_extension_has_a_prefix_that_is_declared() -> None:
    reason = "nothing says what the prefix 'ace' stands for, so the scheme is unknown"
    found = error(
        f"{D}.s.scheme", reason, "declare the prefix in @context", "td-security-scheme-name"
    )
    assert scheme("ace:Scheme") == [found]
    declared = [TD_11, {"ace": "https://example.org/ace#"}]
    assert (
        judged_thing(
            **{"@context": declared},
            security="s",
            securityDefinitions={"s": {"scheme": "ace:Scheme"}},
        )
        == []
    )
    elsewhere = [TD_11, "https://example.org/context"]
    assert (
        judged_thing(
            **{"@context": elsewhere},
            security="s",
            securityDefinitions={"s": {"scheme": "ace:Scheme"}},
        )
        == []
    )
    assert scheme("https://example.org/scheme") == []


def combo(**parts: Any) -> Any:
    return {
        "basic": {"scheme": "basic"},
        "psk": {"scheme": "psk"},
        **{name: {"scheme": "combo", **terms} for name, terms in parts.items()},
    }


@pytest.mark.parametrize("term", ["oneOf", "allOf"])
def test_a_combination_is_of_what_is_defined(term: str) -> None:
    assert of(combo(s={term: ["basic", "psk"]})) == []
    assert of(combo(s={term: ["basic", "nobody"]})) == [
        error(
            f"{D}.s.{term}[1]",
            "'nobody' is not in securityDefinitions",
            "defined are: basic, psk, s",
            f"td-vocab-{term}--ComboSecurityScheme",
        )
    ]


def circle(name: str, index: int, by: str = "") -> Finding:
    reason = f"{name!r} is a combination of itself" + (f", by way of {by!r}" if by else "")
    return error(
        f"{D}.{name}.oneOf[{index}]",
        reason,
        "leave it out here",
        "td-vocab-oneOf--ComboSecurityScheme",
    )


def test_a_combination_is_not_of_itself() -> None:
    assert of(combo(s={"oneOf": ["basic", "s"]})) == [circle("s", 1)]


def test_nor_by_way_of_others() -> None:
    two = of(combo(s={"oneOf": ["basic", "t"]}, t={"oneOf": ["s", "psk"]}))
    assert two
    assert {found.path for found in two} <= {f"{D}.s.oneOf[1]", f"{D}.t.oneOf[0]"}
    three = of(
        combo(s={"oneOf": ["t", "psk"]}, t={"allOf": ["u", "psk"]}, u={"oneOf": ["basic", "s"]})
    )
    assert three
    for found in [*two, *three]:
        assert "is a combination of itself, by way of" in found.reason
        assert found.severity == "error"


def test_combinations_that_share_a_part_are_no_circle() -> None:
    parts = combo(
        s={"oneOf": ["t", "u"]}, t={"allOf": ["basic", "psk"]}, u={"allOf": ["psk", "basic"]}
    )
    assert of(parts) == []


def test_what_leads_into_a_circle_is_not_in_it() -> None:
    found = of(combo(s={"oneOf": ["t", "psk"]}, t={"oneOf": ["t", "basic"]}))
    assert [each.path for each in found] == [f"{D}.t.oneOf[0]"]


def test_a_deep_chain_of_combinations_is_followed() -> None:
    parts = combo(**{f"c{i}": {"oneOf": [f"c{i + 1}", "psk"]} for i in range(2000)})
    parts["c2000"] = {"scheme": "nosec"}
    assert of(parts, "c0") == []
    parts["c2000"] = {"scheme": "combo", "oneOf": ["psk", "c0"]}
    assert "is a combination of itself" in of(parts, "c0")[0].reason


IN_URI = {"k": {"scheme": "apikey", "in": "uri", "name": "key"}, "none": {"scheme": "nosec"}}
NEEDS = "the security definition 'k' needs the variable 'key' in the URI"
PUT = "put {key} where it belongs"


def with_key(*hrefs: str, **members: Any) -> list[Finding]:
    forms = [{"href": href} for href in hrefs]
    given = {"securityDefinitions": IN_URI, "security": "k", **members}
    return judged(thing(properties={"on": {"type": "boolean", "forms": forms}}, **given))


@pytest.mark.parametrize("href", ["/{key}", "{?key}", "{?a,key}", "{&key*}", "/{+key:8}"])
def test_a_secret_in_the_uri_is_in_the_template(href: str) -> None:
    variables = {"a": {"type": "string"}} if "a," in href else {}
    td = with_key(HREF + href, **({"uriVariables": variables} if variables else {}))
    assert td == []


def test_where_no_form_has_the_variable_the_secret_cannot_be_sent() -> None:
    assert with_key(HREF, HREF + "/{?unit}", uriVariables={"unit": {"type": "null"}}) == [
        error(f"{ON}.href", NEEDS, PUT, "td-security-in-uri-variable"),
        error("$.properties.on.forms[1].href", NEEDS, PUT, "td-security-in-uri-variable"),
    ]


def test_where_some_have_it_the_others_are_doubtful() -> None:
    assert with_key(HREF + "{?key}", HREF) == [
        warning("$.properties.on.forms[1].href", NEEDS, PUT, "td-security-in-uri-variable")
    ]


def test_the_base_may_have_it() -> None:
    assert with_key("on", base="https://lamp.example/{key}/") == []


def test_forms_under_another_scheme_go_without() -> None:
    td = form({**FORM, "security": "none"}, securityDefinitions=IN_URI, security="k")
    assert judged(td) == []


def test_a_combination_brings_its_variables() -> None:
    definitions = {**IN_URI, "c": {"scheme": "combo", "oneOf": ["none", "k"]}}
    assert [f.path for f in with_key(HREF, securityDefinitions=definitions, security="c")] == [
        f"{ON}.href"
    ]


CLASH = "'key' is the variable of the security definition 'k'"


def test_a_variable_of_a_secret_is_no_other() -> None:
    variables = {"key": {"type": "string"}}
    assertion = "td-security-uri-variables-distinct"
    found = with_key(HREF + "{?key}", uriVariables=variables)
    assert found == [error("$.uriVariables.key", CLASH, "name it otherwise", assertion)]
    td = thing(
        properties={
            "on": {"type": "null", "uriVariables": variables, "forms": [{"href": HREF + "{?key}"}]}
        },
        securityDefinitions=IN_URI,
        security="k",
    )
    assert judged(td) == [
        error("$.properties.on.uriVariables.key", CLASH, "name it otherwise", assertion)
    ]


def test_where_a_client_may_take_another_scheme_the_variable_is_a_warning() -> None:
    choice = {"scheme": "combo", "oneOf": ["k", "none"]}
    definitions = {**IN_URI, "c": choice}
    td = form({"href": HREF}, securityDefinitions=definitions, security="c")
    place = f"{ON}.href"
    assert judged(td) == [warning(place, NEEDS, PUT, "td-security-in-uri-variable")]
    both = {**definitions, "c": {"scheme": "combo", "allOf": ["k", "none"]}}
    td = form({"href": HREF}, securityDefinitions=both, security="c")
    assert judged(td) == [error(place, NEEDS, PUT, "td-security-in-uri-variable")]


def test_a_combination_names_each_once() -> None:
    definitions = {"a": {"scheme": "basic"}, "s": {"scheme": "combo", "oneOf": ["a", "a"]}}
    found = warning(f"{D}.s.oneOf[1]", "'a' is named twice", "leave one out")
    assert of(definitions) == [found]
