"""Declaring affordances, and what becomes of them in the TD."""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypedDict
from uuid import UUID

import msgspec
import pytest

import wot
from wot.things import exposed_of

from .declaring import Lamp, Mode, Point, Position


def td(kind: type[wot.Thing]) -> dict[str, Any]:
    return exposed_of(kind()).td.json


class Options(TypedDict, total=False):
    speed: int


NUMBER = {"type": "number"}


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("properties", "on", {"title": "Is it lit?", "type": "boolean", "observable": True}),
        (
            "properties",
            "mode",
            {"type": "string", "enum": ["eco", "full"], "readOnly": True, "observable": True},
        ),
        (
            "properties",
            "target",
            {"oneOf": [NUMBER, {"type": "null"}], "unit": "Cel", "maximum": 30, "observable": True},
        ),
        (
            "properties",
            "level",
            {"description": "How bright it is.", "type": "integer", "readOnly": True},
        ),
        (
            "properties",
            "brightness",
            {
                "type": "integer",
                "minimum": 0,
                "maximum": 100,
                "unit": "percent",
                "observable": True,
                "multipleOf": 5,
                "@type": ["ex:Level"],
                "ex:model": "x",
            },
        ),
        (
            "properties",
            "colour-temperature",
            {"type": "integer", "writeOnly": True, "description": "kelvin"},
        ),
        (
            "properties",
            "picture",
            {
                "type": "string",
                "contentEncoding": "base64",
                "readOnly": True,
                "forms": [{"contentType": "image/png"}],
            },
        ),
        (
            "properties",
            "history",
            {
                "type": "array",
                "items": NUMBER,
                "readOnly": True,
                "uriVariables": {
                    "hours": {"type": "integer"},
                    "unit": {"type": "string", "enum": ["C", "F"], "default": "C"},
                },
            },
        ),
        (
            "actions",
            "fade",
            {
                "description": "Dim smoothly.",
                "synchronous": True,
                "input": {
                    "type": "object",
                    "properties": {
                        "to": {"type": "integer"},
                        "seconds": {"type": "number", "default": 1.0},
                    },
                    "required": ["to"],
                },
            },
        ),
        (
            "actions",
            "locate",
            {
                "title": "Where?",
                "safe": True,
                "idempotent": True,
                "synchronous": True,
                "input": {
                    "type": "object",
                    "properties": {
                        "near": {
                            "type": "object",
                            "properties": {"x": NUMBER, "y": {"type": "number", "default": 0.0}},
                            "required": ["x"],
                        }
                    },
                    "required": ["near"],
                },
                "output": {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
                "uriVariables": {"unit": {"type": "string", "default": "m"}},
            },
        ),
        (
            "actions",
            "upload",
            {
                "synchronous": True,
                "input": {"type": "string", "contentEncoding": "base64"},
                "output": {"type": "string"},
                "forms": [
                    {
                        "contentType": "application/octet-stream",
                        "response": {"contentType": "text/plain"},
                    }
                ],
            },
        ),
        ("actions", "reset", {"synchronous": True}),
        (
            "events",
            "overheated",
            {"description": "Too hot.", "data": {"type": "number", "unit": "Cel", "minimum": 0}},
        ),
        ("events", "dropped", {"title": "It fell."}),
        (
            "events",
            "moved",
            {
                "data": {
                    "oneOf": [
                        {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
                        {"type": "null"},
                    ]
                }
            },
        ),
    ],
)
def test_declarations_become_affordances(kind: str, name: str, expected: dict[str, Any]) -> None:
    assert td(Lamp)[kind][name] == expected


@pytest.mark.parametrize(
    "hint",
    [
        bool, int, float, str, bytes, None, Any, Mode, Point, Options, Position, UUID, dt.datetime, dt.date,
        Literal["a"], int | None, int | str, Point | None, list[int], list[Point], tuple[int, str],
        dict[str, int], set[str], Annotated[int, msgspec.Meta(ge=0)],
    ],
    ids=str,
)  # fmt: skip
def test_every_type_can_be_declared_everywhere(hint: Any) -> None:
    def reader(self: Any) -> Any: ...
    def method(self: Any, value: Any) -> Any: ...

    reader.__annotations__["return"] = hint
    method.__annotations__ |= {"value": hint, "return": hint}

    class Probe(wot.Thing):
        read = wot.property(reader)
        act = wot.action(method)
        happened = wot.event(hint)

    described = td(Probe)
    schema = described["properties"]["read"]
    assert schema.pop("readOnly")
    assert described["actions"]["act"]["input"]["properties"] == {"value": schema}
    assert described["actions"]["act"].get("output", schema) == schema
    assert described["events"]["happened"].get("data", schema) == schema


def test_types_from_the_function_around_the_class() -> None:
    class Here(msgspec.Struct):
        a: int

    class Probe(wot.Thing):
        @wot.property
        def here(self) -> "list[Here]":
            return []

        @wot.action
        def put(self, here: "Here") -> None: ...

        seen: "wot.Event[Here]" = wot.event()

    assert td(Probe)["properties"]["here"]["items"]["required"] == ["a"]
    assert td(Probe)["actions"]["put"]["input"]["properties"]["here"]["required"] == ["a"]
    assert td(Probe)["events"]["seen"]["data"]["required"] == ["a"]


def test_a_uri_variable_without_a_type_takes_that_of_its_default() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def level(self, unit="C", hours=3, at=None) -> int: ...

    assert td(Lamp)["properties"]["level"]["uriVariables"] == {
        "unit": {"type": "string", "default": "C"},
        "hours": {"type": "integer", "default": 3},
        "at": {"type": "string"},
    }


async def test_handlers_may_be_wrapped_by_other_decorators() -> None:
    def logged(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return method(*args, **kwargs)

        return wrapper

    class Lamp(wot.Thing):
        @wot.property
        @logged
        async def level(self) -> int:
            return 1

        @wot.action
        @logged
        async def fade(self, to: int) -> int:
            return to

    lamp = Lamp()
    assert await lamp.level.read() == 1
    assert await lamp.fade(3) == 3
