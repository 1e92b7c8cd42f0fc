"""From Thing Models to partial TDs, alone and composed, and from those to TDs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.errors import InvalidTD
from wot.resolving import mapping
from wot.td.placeholders import copied
from wot.td.thing_model import complete, derive, derive_parts, missing
from wot.td.validation import validate
from wot.td.vocabulary import TD_11

Json = dict[str, Any]
URL = "http://example.com/models/lamp.tm.jsonld"


def model(**members: Any) -> Json:
    return {"@context": TD_11, "@type": "tm:ThingModel", "title": "Lamp", **members}


LAMP = model(
    **{"tm:optional": ["/events/overheating", "/actions/fade"]},
    version={"model": "1.0.0"},
    properties={"status": {"type": "string", "readOnly": True}},
    actions={"toggle": {}, "fade": {}},
    events={"overheating": {"data": {"type": "string"}}},
)


def names(td: Json) -> dict[str, list[str]]:
    return {kind: sorted(td[kind]) for kind in ("properties", "actions", "events") if kind in td}


def faults(top: Json, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidTD) as caught:
        derive(top, options.pop("resolver", None), **options)
    return [(found.path, found.reason) for found in caught.value.findings]


# ── the steps of section 9.4 ──


@pytest.mark.assertion("thing-model-td-generation-processor-type")
@pytest.mark.parametrize(
    ("types", "left"),
    [
        ("tm:ThingModel", None),
        (["tm:ThingModel"], None),
        (["tm:ThingModel", "saref:Switch"], ["saref:Switch"]),
        (["Thing", "tm:ThingModel"], ["Thing"]),
    ],
)
def test_the_type_is_no_model_any_more(types: Any, left: Any) -> None:
    (td,) = derive({**LAMP, "@type": types})
    assert td.get("@type") == left


@pytest.mark.assertion(
    "thing-model-td-generation-processor-required", "thing-model-td-generation-processor-optional"
)
@pytest.mark.parametrize(
    ("include", "taken"),
    [
        ((), {"properties": ["status"], "actions": ["toggle"]}),
        (
            "all",
            {"properties": ["status"], "actions": ["fade", "toggle"], "events": ["overheating"]},
        ),
        (["fade"], {"properties": ["status"], "actions": ["fade", "toggle"]}),
        ("fade", {"properties": ["status"], "actions": ["fade", "toggle"]}),
        (
            ["/events/overheating", "status"],
            {"properties": ["status"], "actions": ["toggle"], "events": ["overheating"]},
        ),
    ],
)
def test_what_is_optional_is_taken_over_where_it_is_wanted(
    include: Any, taken: dict[str, list[str]]
) -> None:
    (td,) = derive(LAMP, include=include)
    assert names(td) == taken
    assert "tm:optional" not in td


def test_what_is_to_be_included_must_be_there() -> None:
    with pytest.raises(InvalidTD) as caught:
        derive(LAMP, include=["fade", "blink", "/actions/overheating"])
    found = {finding.reason: finding.hint for finding in caught.value.findings}
    assert found == dict.fromkeys(
        (
            "there is no affordance 'blink' to include",
            "there is no affordance '/actions/overheating' to include",
        ),
        "optional are: /actions/fade, /events/overheating",
    )


@pytest.mark.assertion(
    "thing-model-td-generation-processor-imports", "thing-model-td-generation-processor-extends"
)
def test_nothing_of_the_model_vocabulary_is_left() -> None:
    parent = model(
        **{
            "tm:required": [],
            "properties": {"p": {"tm:note": "x", "type": "object", "properties": {"tm:a": {}}}},
        }
    )
    top = model(
        **{"tm:other": {"a": 1}, "tm:optional": []},
        links=[
            {"rel": "tm:extends", "href": "p"},
            {"rel": "item", "href": "i"},
            {"rel": "tm:unknown", "href": "u"},
        ],
        properties={"q": {"tm:ref": "p#/properties/p", "default": {"tm:x": 1}}},
    )
    (td,) = derive(top, mapping({"p": parent}), include="all")
    assert td == {
        "@context": TD_11,
        "title": "Lamp",
        "links": [{"rel": "item", "href": "i"}],
        "properties": {
            "p": {"type": "object", "properties": {"tm:a": {}}},
            "q": {"type": "object", "properties": {"tm:a": {}}, "default": {"tm:x": 1}},
        },
    }


@pytest.mark.assertion("tm-rel-type-maximum")
def test_the_model_is_linked_once() -> None:
    of_type = {"rel": "type", "href": URL, "type": "application/tm+json"}
    (td,) = derive(LAMP, base=URL)
    assert td["links"] == [of_type]
    given_one = {"rel": "Type", "href": "urn:other"}
    (td,) = derive({**LAMP, "links": [given_one, {"rel": "icon", "href": "i"}]}, base=URL)
    assert td["links"] == [{"rel": "icon", "href": "i"}, of_type]
    (td,) = derive({**LAMP, "links": [given_one]})
    assert td["links"] == [given_one]
    (td,) = derive(LAMP)
    assert "links" not in td


@pytest.mark.assertion("tm-versioning-1")
def test_the_version_of_the_model_is_kept() -> None:
    (td,) = derive(LAMP)
    assert td["version"] == {"model": "1.0.0"}


@pytest.mark.assertion(
    "thing-model-td-generation-processor-placeholder", "tm-placeholder-replacement"
)
def test_placeholders_are_filled_wherever_they_stand() -> None:
    top = model(
        title="Thermostat No. {{N}}",
        base="mqtt://{{BROKER}}",
        version="{{VERSION}}",
        links=[
            {"rel": "tm:extends", "href": "{{KIND}}.tm.json"},
            {"rel": "manual", "href": "{{N}}.html"},
        ],
        securityDefinitions={"s": {"scheme": "{{SCHEME}}"}},
        properties={
            "t": {"maximum": "{{MAX}}", "observable": "{{YES}}", "forms": [{"href": "{{N}}/t{?x}"}]}
        },
    )
    values = {
        "N": 4,
        "BROKER": "192.0.2.1:1883",
        "VERSION": {"instance": "1.0.1", "model": "2.0.0"},
        "KIND": "base",
        "SCHEME": "nosec",
        "MAX": 47.7,
        "YES": True,
        "PARENT": "p",
    }
    parent = model(description="of {{PARENT}}")
    (td,) = derive(top, mapping({"base.tm.json": parent}), values=values)
    assert td == {
        "@context": TD_11,
        "title": "Thermostat No. 4",
        "description": "of p",
        "base": "mqtt://192.0.2.1:1883",
        "version": {"instance": "1.0.1", "model": "2.0.0"},
        "links": [{"rel": "manual", "href": "4.html"}],
        "securityDefinitions": {"s": {"scheme": "nosec"}},
        "properties": {"t": {"maximum": 47.7, "observable": True, "forms": [{"href": "4/t{?x}"}]}},
    }


def test_values_that_are_missing_or_for_nothing_are_found_together() -> None:
    top = model(title="{{A}}", properties={"x": {"title": "{{B}}"}})
    assert faults(top, values={"C": 1, "B": 2}) == [
        ("$", "a value is given for 'C', and there is no such placeholder"),
        ("$.title", "the placeholder 'A' has no value"),
    ]
    links = [{"rel": "tm:extends", "href": "{{P}}"}]
    assert faults(model(links=links)) == [("$.links[0].href", "the placeholder 'P' has no value")]


def test_a_value_may_be_for_what_is_left_out_or_overwritten() -> None:
    top = model(
        title="Mine",
        links=[{"rel": "tm:extends", "href": "p"}],
        actions={"fade": {"title": "{{FADE}}"}},
        **{"tm:optional": ["/actions/fade"]},
    )
    (td,) = derive(
        top, mapping({"p": model(title="{{TITLE}}")}), values={"FADE": "x", "TITLE": "y"}
    )
    assert td == {"@context": TD_11, "title": "Mine"}
    assert derive(top, mapping({"p": model(title="{{TITLE}}")})) == [td]


def test_the_model_is_not_changed_and_shares_nothing_with_its_td() -> None:
    top = model(properties={"a": {"enum": [1]}, "b": {"tm:ref": "#/properties/a"}})
    before = copied(top)
    (td,) = derive(top)
    td["properties"]["a"]["enum"].append(2)
    assert td["properties"]["b"]["enum"] == [1]
    assert top == before


# ── composition ──


VENTILATION = model(
    title="Ventilator", properties={"switch": {"type": "boolean"}, "speed": {"type": "number"}}
)
LED = model(
    title="LED",
    properties={"switch": {"type": "boolean"}, "R": {"type": "number"}},
    actions={"fadeIn": {}},
    **{"tm:optional": ["/actions/fadeIn"]},
)


def parts(*links: tuple[str, str | None]) -> list[Json]:
    return [
        {
            "rel": "tm:submodel",
            "href": href,
            "type": "application/tm+json",
            **({"instanceName": name} if name else {}),
        }
        for href, name in links
    ]


VENTILATOR = model(
    title="Smart Ventilator",
    links=parts(("./Ventilation.tm.jsonld", "ventilation"), ("./LED.tm.jsonld", "led")),
    properties={"status": {"type": "string"}},
)
OTHERS = mapping({"./Ventilation.tm.jsonld": VENTILATION, "./LED.tm.jsonld": LED})


@pytest.mark.assertion("tm-compose-submodel")
def test_each_part_gets_a_td_and_links_tell_who_belongs_to_whom() -> None:
    tds = dict(derive_parts(VENTILATOR, OTHERS))
    assert list(tds) == [
        "./SmartVentilator.td.jsonld",
        "./Ventilation.td.jsonld",
        "./LED.td.jsonld",
    ]
    top, ventilation, led = tds.values()
    assert [(link["rel"], link["href"]) for link in top["links"]] == [
        ("item", "./Ventilation.td.jsonld"),
        ("item", "./LED.td.jsonld"),
    ]
    of_type = {"rel": "type", "href": "./LED.tm.jsonld", "type": "application/tm+json"}
    back = {
        "rel": "collection",
        "href": "./SmartVentilator.td.jsonld",
        "type": "application/td+json",
    }
    assert led["links"] == [back, of_type]
    assert names(top) == {"properties": ["status"]}
    assert names(ventilation) == {"properties": ["speed", "switch"]}
    assert derive(VENTILATOR, OTHERS) == [top, ventilation, led]


@pytest.mark.assertion("tm-compose-instanceName")
def test_the_same_model_twice_is_two_things_named_after_the_instances() -> None:
    top = model(links=parts(("led", "left"), ("led", "right side"), ("led", None), ("led", "left")))
    tds = dict(derive_parts(top, mapping({"led": LED})))
    assert list(tds)[1:] == [
        "./led-left.td.jsonld",
        "./led-right-side.td.jsonld",
        "./led.td.jsonld",
        "./led-left-2.td.jsonld",
    ]
    assert [link["href"] for link in tds["./Lamp.td.jsonld"]["links"]] == list(tds)[1:]


def test_parts_have_parts() -> None:
    others = {
        "http://h/b": model(title="B", links=parts(("c", "c"))),
        "http://h/c": model(title="C"),
    }
    tds = dict(
        derive_parts(model(title="A", links=parts(("b", "b"))), mapping(others), base="http://h/a")
    )
    links = {
        href: [(link["rel"], link["href"]) for link in td["links"]] for href, td in tds.items()
    }
    assert links == {
        "./a.td.jsonld": [("item", "./b.td.jsonld"), ("type", "http://h/a")],
        "./b.td.jsonld": [
            ("item", "./c.td.jsonld"),
            ("collection", "./a.td.jsonld"),
            ("type", "http://h/b"),
        ],
        "./c.td.jsonld": [("collection", "./b.td.jsonld"), ("type", "http://h/c")],
    }


@pytest.mark.assertion("tm-compose-name-collision")
def test_all_in_one_has_the_names_of_the_instances_before_the_others() -> None:
    (td,) = derive(VENTILATOR, OTHERS, compose="contained", base="", include="all")
    assert names(td) == {
        "properties": ["led_R", "led_switch", "status", "ventilation_speed", "ventilation_switch"],
        "actions": ["led_fadeIn"],
    }
    assert "links" not in td
    (td,) = derive(VENTILATOR, OTHERS, compose="contained")
    assert "actions" not in td
    (td,) = derive(VENTILATOR, OTHERS, compose="contained", include=["led_fadeIn"])
    assert names(td)["actions"] == ["led_fadeIn"]


@pytest.mark.assertion("tm-compose-name-collision")
def test_merged_names_change_only_where_they_collide() -> None:
    (td,) = derive(VENTILATOR, OTHERS, compose="merged", include="all")
    assert names(td) == {
        "properties": ["R", "led_switch", "speed", "status", "ventilation_switch"],
        "actions": ["fadeIn"],
    }


@pytest.mark.assertion("tm-compose-name-collision")
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "a_b", "b", None]),
            st.lists(st.sampled_from(["x", "b_x", "a_x", "a_b_x", "x_2"]), unique=True),
        ),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.sampled_from(["x", "a_x", "b_x", "a_b_x", "a_x_2"]), unique=True),
    st.sampled_from(["contained", "merged"]),
)
def test_no_affordance_gets_lost_to_another(
    subs: list[tuple[str | None, list[str]]], own: list[str], how: Any
) -> None:
    others = {
        f"m{number}": model(properties={name: {"title": f"{number} {name}"} for name in inner})
        for number, (_, inner) in enumerate(subs)
    }
    links = parts(*((f"m{number}", name) for number, (name, _) in enumerate(subs)))
    top = model(links=links, properties={name: {"title": f"own {name}"} for name in own})
    (td,) = derive(top, mapping(others), compose=how)
    titles = sorted(found["title"] for found in td.get("properties", {}).values())
    wanted = [f"own {name}" for name in own]
    wanted += [f"{number} {name}" for number, (_, inner) in enumerate(subs) for name in inner]
    assert titles == sorted(wanted)
    assert all(td["properties"][name]["title"] == f"own {name}" for name in own)


def test_what_a_part_states_for_all_of_itself_is_stated_for_each_of_its_forms() -> None:
    led = model(
        base="coap://led.example/",
        uriVariables={"lang": {"type": "string"}},
        securityDefinitions={"sc": {"scheme": "psk"}, "other": {"scheme": "nosec"}},
        security="sc",
        schemaDefinitions={"error": {"type": "string"}},
        forms=[{"href": "all", "op": "readallproperties"}],
        properties={
            "R": {
                "forms": [
                    {"href": "R", "additionalResponses": {"schema": "error"}},
                    {"href": "http://other/R", "security": ["other"]},
                ]
            }
        },
    )
    top = model(
        base="http://top/",
        links=parts(("led", "led")),
        securityDefinitions={"sc": {"scheme": "basic"}},
        security=["sc"],
        schemaDefinitions={"error": {"type": "integer"}},
    )
    (td,) = derive(top, mapping({"led": led}), compose="contained")
    assert td["properties"]["led_R"] == {
        "uriVariables": {"lang": {"type": "string"}},
        "forms": [
            {
                "href": "coap://led.example/R",
                "security": "led_sc",
                "additionalResponses": {"schema": "led_error"},
            },
            {"href": "http://other/R", "security": ["other"]},
        ],
    }
    assert td["securityDefinitions"] == {
        "sc": {"scheme": "basic"},
        "led_sc": {"scheme": "psk"},
        "other": {"scheme": "nosec"},
    }
    assert td["schemaDefinitions"] == {
        "error": {"type": "integer"},
        "led_error": {"type": "string"},
    }
    assert "forms" not in td


@pytest.mark.assertion("tm-tmRef2")
def test_the_contexts_of_parts_come_along() -> None:
    inner = model(
        **{"@context": [TD_11, {"om": "http://om/"}], "properties": {"t": {"unit": "om:metre"}}}
    )
    others = {"b": model(links=parts(("c", "c"))), "c": inner}
    (td,) = derive(model(links=parts(("b", "b"))), mapping(others), compose="contained")
    assert td["@context"] == [TD_11, {"om": "http://om/"}]
    assert names(td) == {"properties": ["b_c_t"]}


def test_parts_may_be_left_to_others() -> None:
    (td,) = derive(VENTILATOR, compose="alone")
    assert names(td) == {"properties": ["status"]}
    assert "links" not in td
    assert [path for path, _ in faults(VENTILATOR)] == ["$.links[0].href", "$.links[1].href"]


def test_faults_of_parts_name_the_part() -> None:
    found = faults(model(links=parts(("b", None))), resolver=mapping({"b": model(title="{{T}}")}))
    assert found == [("$.links", "the placeholder 'T' has no value (at $.title of its part b)")]


def test_values_and_names_to_include_are_for_all_parts_together() -> None:
    others = mapping({"b": LED | {"title": "{{T}}"}})
    tds = derive(model(links=parts(("b", None))), others, values={"T": "x"}, include=["fadeIn"])
    assert names(tds[1])["actions"] == ["fadeIn"]
    assert tds[1]["title"] == "x"


# ── from partial TDs to TDs ──


def lacks(td: Json) -> list[str]:
    return [f"{found.path} {found.reason.split(repr('x')[0])[1]}" for found in missing(td)]


@pytest.mark.assertion("thing-model-td-generation-processor-forms")
def test_what_is_missing_is_listed_with_what_to_give() -> None:
    (td,) = derive(LAMP)
    assert lacks(td) == [
        "$ securityDefinitions",
        "$ security",
        "$.version instance",
        "$.properties.status forms",
        "$.actions.toggle forms",
    ]
    assert all(found.hint and found.assertion for found in missing(td))


@pytest.mark.assertion("thing-model-td-generation-processor-forms")
@pytest.mark.parametrize(
    "base", ["http://lamp.example/", "https://h/x", "coap://h", "mqtt://broker:1883/"]
)
def test_a_completed_td_is_valid(base: str) -> None:
    observable = {"type": "string", "observable": True}
    top = {
        **LAMP,
        "properties": {"status": observable, "a/b ü": {"type": "null", "writeOnly": True}},
    }
    (partial,) = derive(top, include="all")
    before = copied(partial)
    td = complete(
        partial, base=base, security="nosec", version="1", id="urn:example:1", title="Mine"
    )
    assert partial == before
    assert missing(td) == []
    assert [found for found in validate(td) if found.severity == "error"] == []
    assert (td["id"], td["title"], td["version"]) == (
        "urn:example:1",
        "Mine",
        {"model": "1.0.0", "instance": "1"},
    )
    assert td["properties"]["a/b ü"]["forms"] == [
        {"href": "properties/a%2Fb%20%C3%BC", "op": ["writeproperty"]}
    ]
    ops = [op for form in td["properties"]["status"]["forms"] for op in form["op"]]
    assert ops == ["readproperty", "writeproperty", "observeproperty", "unobserveproperty"]


def test_nothing_is_assumed() -> None:
    (partial,) = derive(LAMP)
    assert complete(partial) == partial
    assert "securityDefinitions" not in complete(partial, base="http://h/")
    assert "forms" not in complete(partial, security="nosec")["properties"]["status"]


@pytest.mark.parametrize(
    ("given_ones", "security", "definitions", "applied"),
    [
        ({}, "basic", {"basic_sc": {"scheme": "basic"}}, ["basic_sc"]),
        ({"n": {"scheme": "nosec"}}, None, {"n": {"scheme": "nosec"}}, ["n"]),
        ({"n": {"scheme": "nosec"}}, "nosec", {"n": {"scheme": "nosec"}}, ["n"]),
        ({"n": {"scheme": "nosec"}}, "n", {"n": {"scheme": "nosec"}}, ["n"]),
        (
            {"a": {"scheme": "nosec"}, "b": {"scheme": "psk"}},
            None,
            {"a": {"scheme": "nosec"}, "b": {"scheme": "psk"}},
            None,
        ),
        (
            {},
            {"k": {"scheme": "apikey", "in": "header", "name": "K"}},
            {"k": {"scheme": "apikey", "in": "header", "name": "K"}},
            ["k"],
        ),
    ],
)
def test_security(given_ones: Json, security: Any, definitions: Json, applied: Any) -> None:
    td = complete({"title": "x", "securityDefinitions": given_ones}, security=security)
    assert td["securityDefinitions"] == definitions
    assert td.get("security") == applied


def test_forms_of_the_model_are_kept() -> None:
    form = {"contentType": "text/plain", "op": "readproperty"}
    partial = {"title": "x", "properties": {"a": {"forms": [form, {"href": "mine"}]}}}
    assert [found.path for found in missing(partial) if "href" in found.reason] == [
        "$.properties.a.forms[0]"
    ]
    td = complete(partial, base="http://h/")
    assert td["properties"]["a"]["forms"] == [{"href": "properties/a", **form}, {"href": "mine"}]
