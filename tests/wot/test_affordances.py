"""Declaring affordances: what becomes of them in the TD, and what is refused when the class is made."""

import builtins
import dataclasses
import datetime as dt
import enum
import functools
from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple, TypedDict
from uuid import UUID

import msgspec
import pytest

import wot
from wot.errors import DefinitionError
from wot.things import exposed_of


def td(kind: type[wot.Thing]) -> dict[str, Any]:
    return exposed_of(kind()).td.json


class Mode(enum.Enum):
    ECO = "eco"
    FULL = "full"


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0


class Options(TypedDict, total=False):
    speed: int


class Position(NamedTuple):
    lat: float
    lon: float


class Lamp(wot.Thing):
    """A dimmable lamp."""

    on = wot.stored(False, title="Is it lit?")
    mode = wot.stored(Mode.ECO, read_only=True)
    target: wot.Stored[float | None] = wot.stored(None, unit="Cel", maximum=30)
    overheated = wot.event(float, unit="Cel", description="Too hot.", minimum=0)
    dropped = wot.event(title="It fell.")
    moved: wot.Event[Position | None] = wot.event()

    @wot.property
    async def level(self) -> int:
        """How bright it is."""
        return 1

    @wot.property(
        minimum=0,
        maximum=100,
        unit="percent",
        observable=True,
        multiple_of=5,
        types=["ex:Level"],
        terms={"ex:model": "x"},
    )
    async def brightness(self) -> int:
        return 1

    @brightness.write
    async def set_brightness(self, percent: int) -> None: ...

    @wot.property(name="colour-temperature", write_only=True, description="kelvin")
    def kelvin(self) -> int:
        """Not this text."""
        return 1

    @kelvin.write
    def set_kelvin(self, kelvin: int) -> None: ...

    @wot.property(content_type="image/png")
    def picture(self) -> bytes:
        return b""

    @wot.property
    def history(self, hours: int, unit: Literal["C", "F"] = "C") -> list[float]:
        return []

    @wot.action
    async def fade(self, to: int, seconds: float = 1.0) -> None:
        """Dim smoothly."""

    @wot.action(title="Where?", safe=True, idempotent=True, uri_variables=["unit"])
    def locate(self, near: Point, unit: str = "m") -> Position:
        return Position(1, 2)

    @wot.action(content_type="application/octet-stream", response_type="text/plain")
    def upload(self, firmware: bytes, /) -> str:
        return ""

    @wot.action
    def reset(self) -> None: ...


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


# What is refused: each function makes a class, the member and the words of the reason follow.


def misspelt_term() -> None:
    class Lamp(wot.Thing):
        @wot.property(minimu=0)
        def level(self) -> int: ...


def misspelt_event_term() -> None:
    class Lamp(wot.Thing):
        hot = wot.event(float, untis="Cel")


def misspelt_action_term() -> None:
    class Lamp(wot.Thing):
        @wot.action(idempotant=True)
        def fade(self) -> None: ...


def misspelt_stored_term() -> None:
    class Lamp(wot.Thing):
        on = wot.stored(False, readonly=True)


def misspelt_class_keyword() -> None:
    class Lamp(wot.Thing, titl="x"):
        pass


def no_return_type() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def level(self):
            return 1


def star_args() -> None:
    class Lamp(wot.Thing):
        @wot.action
        def fade(self, *args: int) -> None: ...


def star_kwargs() -> None:
    class Lamp(wot.Thing):
        @wot.action
        def fade(self, **kwargs: int) -> None: ...


def type_without_schema() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def callback(self) -> Callable[[], None]: ...


def parameter_without_schema() -> None:
    class Lamp(wot.Thing):
        @wot.action
        def fade(self, to: complex) -> None: ...


def event_without_schema() -> None:
    class Lamp(wot.Thing):
        hot = wot.event(complex)


def stored_without_schema() -> None:
    class Lamp(wot.Thing):
        z = wot.stored(1j)


def name_not_defined() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def level(self) -> "Undefined": ...  # noqa: F821


@dataclasses.dataclass
class Tree:
    left: "Tree | None"


def type_that_contains_itself() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def tree(self) -> Tree: ...


def two_of_one_name() -> None:
    class Lamp(wot.Thing):
        on = wot.stored(False)
        lit = wot.stored(False, name="on")


def two_overloads_of_one_name() -> None:
    class Lamp(wot.Thing):
        @wot.action
        def fade(self) -> None: ...

        @wot.action(name="fade")
        def fade_slowly(self) -> None: ...


def writer_hides_property() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def level(self) -> int: ...

        @level.write
        def level(self, value: int) -> None: ...


def writer_of_stored() -> None:
    class Lamp(wot.Thing):
        on = wot.stored(False)

        @on.write
        def set_on(self, value: bool) -> None: ...


def writer_without_value() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def level(self) -> int: ...

        @level.write
        def set_level(self) -> None: ...


def reader_without_self() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def level() -> int: ...


def inherited_affordance_hidden() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def level(self) -> int: ...

    class Dimmer(Lamp):
        def level(self) -> int: ...


def object_as_uri_variable() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def level(self, at: Point) -> int: ...


def array_as_uri_variable() -> None:
    class Lamp(wot.Thing):
        @wot.action(uri_variables=["at"])
        def fade(self, at: list[int]) -> None: ...


def optional_object_as_uri_variable() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def level(self, at: Point | None = None) -> int: ...


def uri_variable_that_is_no_parameter() -> None:
    class Lamp(wot.Thing):
        @wot.action(uri_variables=["unit"])
        def fade(self, to: int) -> None: ...


def stored_none_without_annotation() -> None:
    class Lamp(wot.Thing):
        target = wot.stored(None)


def stored_default_out_of_range() -> None:
    class Lamp(wot.Thing):
        target = wot.stored(50, maximum=30)


def senseless_bounds() -> None:
    class Lamp(wot.Thing):
        target = wot.stored(5, minimum="low")


def unit_without_data() -> None:
    class Lamp(wot.Thing):
        fell = wot.event(unit="Cel")


def observable_bytes() -> None:
    class Lamp(wot.Thing):
        @wot.property(observable=True, content_type="image/png")
        def picture(self) -> bytes: ...


def name_with_slash() -> None:
    class Lamp(wot.Thing):
        on = wot.stored(False, name="a/b")


def positional_only_and_more() -> None:
    class Lamp(wot.Thing):
        @wot.action
        def fade(self, to: int, /, seconds: int) -> None: ...


def default_that_does_not_fit() -> None:
    class Lamp(wot.Thing):
        @wot.action
        def fade(self, to: int = "a") -> None: ...


def default_of_uri_variable_that_does_not_fit() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def level(self, unit: str = 3) -> int: ...


def write_only_without_writer() -> None:
    class Lamp(wot.Thing):
        @wot.property(write_only=True)
        def code(self) -> str: ...


def write_only_and_observable() -> None:
    class Lamp(wot.Thing):
        @wot.property(write_only=True, observable=True)
        def code(self) -> str: ...

        @code.write
        def set_code(self, value: str) -> None: ...


def two_writers() -> None:
    class Lamp(wot.Thing):
        @wot.property
        def level(self) -> int: ...

        @level.write
        def set_level(self, value: int) -> None: ...

        @level.write
        def set_level_too(self, value: int) -> None: ...


def static_action() -> None:
    class Lamp(wot.Thing):
        @wot.action
        @staticmethod
        def fade(to: int) -> None: ...


def action_made_static() -> None:
    class Lamp(wot.Thing):
        @staticmethod
        @wot.action
        def fade(to: int) -> None: ...


def title_that_is_no_text() -> None:
    class Lamp(wot.Thing):
        on = wot.stored(False, title=5)


def context_that_is_no_mapping() -> None:
    class Lamp(wot.Thing, context=["ex"]):
        pass


def action_named_like_a_hook() -> None:
    class Lamp(wot.Thing):
        @wot.action
        def start(self) -> None: ...


def link_without_href() -> None:
    class Lamp(wot.Thing, links=[{"rel": "help"}]):
        pass


def version_that_is_no_object() -> None:
    class Lamp(wot.Thing, version="1.0"):
        pass


@pytest.mark.parametrize(
    ("make", "member", "reason", "hint"),
    [
        (misspelt_term, "Lamp.level", "no term 'minimu'", "'minimum'"),
        (misspelt_event_term, "Lamp.hot", "no term 'untis'", "'unit'"),
        (misspelt_action_term, "Lamp.fade", "no term 'idempotant'", "'idempotent'"),
        (misspelt_stored_term, "Lamp.on", "no term 'readonly'", "'read_only'"),
        (misspelt_class_keyword, "Lamp", "'titl'", "title"),
        (no_return_type, "Lamp.level", "does not say what it returns", "-> type"),
        (star_args, "Lamp.fade", r"\*args", "name the parameters"),
        (star_kwargs, "Lamp.fade", r"\*\*kwargs", "name the parameters"),
        (type_without_schema, "Lamp.callback", "cannot express", ""),
        (parameter_without_schema, "Lamp.fade", "parameter 'to'.*complex", "dataclass"),
        (event_without_schema, "Lamp.hot", "complex", "dataclass"),
        (stored_without_schema, "Lamp.z", "complex", "dataclass"),
        (name_not_defined, "Lamp.level", "'Undefined' is not known", "above the class"),
        (type_that_contains_itself, "Lamp.tree", "Tree contains itself", "dict"),
        (two_of_one_name, "Lamp.lit", "two properties named 'on'", ""),
        (two_overloads_of_one_name, "Lamp.fade_slowly", "two actions named 'fade'", ""),
        (writer_hides_property, "level", "hides the property", "set_level"),
        (writer_of_stored, "set_on", "writes itself", "@wot.property"),
        (writer_without_value, "Lamp.level", "set_level.*value", ""),
        (reader_without_self, "Lamp.level", "self", ""),
        (inherited_affordance_hidden, "Dimmer.level", "hides an inherited affordance", "decorator"),
        (object_as_uri_variable, "Lamp.level", "at: a URI variable cannot be an object", ""),
        (
            array_as_uri_variable,
            "Lamp.fade",
            "at: a URI variable cannot be an object or an array",
            "",
        ),
        (optional_object_as_uri_variable, "Lamp.level", "at: a URI variable cannot be", ""),
        (uri_variable_that_is_no_parameter, "Lamp.fade", "'unit', which is no parameter", ""),
        (stored_none_without_annotation, "Lamp.target", "None does not say", "wot.Stored"),
        (stored_default_out_of_range, "Lamp.target", "50 is greater", ""),
        (senseless_bounds, "Lamp.target", "bounds", ""),
        (unit_without_data, "Lamp.fell", "'unit' needs data", "event"),
        (observable_bytes, "Lamp.picture", "image/png", "JSON or text"),
        (name_with_slash, "Lamp.on", "'a/b'", ""),
        (positional_only_and_more, "Lamp.fade", "the only one", "drop the `/`"),
        (default_of_uri_variable_that_does_not_fit, "Lamp.level", "3", ""),
        (write_only_without_writer, "Lamp.code", "writ", ""),
        (write_only_and_observable, "Lamp.code", "cannot be observed", ""),
        (two_writers, "level", "set_level", ""),
        (static_action, "fade", "static", ""),
        (action_made_static, "fade", "static", ""),
        (title_that_is_no_text, "Lamp.on", "title.*string", ""),
        (context_that_is_no_mapping, "Lamp", "context", ""),
        (action_named_like_a_hook, "Lamp.start", "hook", "name='start'"),
        (link_without_href, "Lamp", "href", ""),
        (version_that_is_no_object, "Lamp", "version", ""),
        (default_that_does_not_fit, "Lamp.fade", "'a'", ""),
    ],
)
def test_a_wrong_declaration_names_the_member_and_the_reason(
    make: Callable[[], None], member: str, reason: str, hint: str
) -> None:
    with pytest.raises(DefinitionError, match=reason) as caught:
        make()
    assert member in str(caught.value)
    assert hint in caught.value.hint
    assert isinstance(caught.value, builtins.TypeError)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_background_work_needs_an_interval(seconds: float) -> None:
    with pytest.raises(DefinitionError, match="must be positive"):
        wot.every(seconds=seconds)


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
