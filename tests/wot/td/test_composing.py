"""From a Thing Model with parts to TDs: one each, or all in one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.resolving import mapping
from wot.td.thing_model import derive, derive_parts
from wot.td.vocabulary import TD_11

from .models import Json, model, names, refusals

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
    assert [path for path, _ in refusals(VENTILATOR)] == ["$.links[0].href", "$.links[1].href"]


def test_faults_of_parts_name_the_part() -> None:
    found = refusals(model(links=parts(("b", None))), resolver=mapping({"b": model(title="{{T}}")}))
    assert found == [("$.links", "the placeholder 'T' has no value (at $.title of its part b)")]


def test_values_and_names_to_include_are_for_all_parts_together() -> None:
    others = mapping({"b": LED | {"title": "{{T}}"}})
    tds = derive(model(links=parts(("b", None))), others, values={"T": "x"}, include=["fadeIn"])
    assert names(tds[1])["actions"] == ["fadeIn"]
    assert tds[1]["title"] == "x"
