"""What is refused when a class is made: with the member, the reason and what to do."""

import builtins
import dataclasses
from collections.abc import Callable

import pytest

import wot
from wot.errors import DefinitionError

from .declaring import Point

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
