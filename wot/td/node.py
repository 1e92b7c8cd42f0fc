"""Typed views of JSON objects: nothing is copied, so nothing unknown gets lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from json import dumps
from typing import Any, ClassVar, Generic, Self, TypeGuard, TypeVar, overload

from wot.errors import Finding

T = TypeVar("T")
N = TypeVar("N", bound="Node")
Json = dict[str, Any]
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch


def is_object(value: Any) -> TypeGuard[Json]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Whether a JSON value is an array."""
    return isinstance(value, list)


def is_mapping(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether it is an object of another kind than what JSON is decoded to."""
    return isinstance(value, Mapping) and not isinstance(value, dict)


def objects_in(owner: Json, name: str) -> Iterator[tuple[str, Json]]:
    """The members of a map that are objects; those that are not are left out, as is a map that is none."""
    found = owner.get(name)
    if is_object(found):
        # Every check of every document comes this way: no call for each member.
        yield from [each for each in found.items() if isinstance(each[1], dict)]


_LONGEST = 256  # characters of a name in a path


def at(path: str, part: str | int) -> str:
    """The JSON path of a member or an item of what stands at `path`: `$.actions.fade`, `$['a b'][0]`."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    if len(part) > _LONGEST:  # a path for each value below would cost more than the document
        part = f"{part[:_LONGEST]}…"
    if _PLAIN(part):
        return f"{path}.{part}"
    return f"{path}[{quoted(part)}]"


def quoted(name: str) -> str:
    """A member name as JSON paths quote it (RFC 9535 section 2.7)."""
    inner = dumps(name, ensure_ascii=False)[1:-1].replace('\\"', '"')
    return "'" + inner.replace("'", "\\'") + "'"


class Node:
    """One JSON object of a Thing Description, with its members as attributes.

    `json` is the object itself: treat it as read-only and use `replace` for a changed copy.
    """

    __slots__ = ("json",)
    members: ClassVar[Mapping[str, Member[Any]]] = {}

    def __init__(self, json: Json) -> None:
        self.json = json

    def __init_subclass__(cls) -> None:
        found: dict[str, Member[Any]] = {}
        for owner in reversed(cls.__mro__):
            for value in vars(owner).values():
                if isinstance(value, Member):
                    found[value.name] = value
        cls.members = found

    def replace(self, **members: Any) -> Self:
        """A copy with other values for some JSON members."""
        return type(self)({**self.json, **members})

    def get(self, name: str, default: Any = None) -> Any:
        """Any member by its JSON name, extension terms included."""
        return self.json.get(name, default)

    @classmethod
    def check(cls, json: Any, path: str = "$") -> Iterator[Finding]:
        """What keeps `json` from being read as one of these."""
        if not is_object(json):
            yield Finding(path, f"should be an object, not {type_name(json)}")
            return
        for name, member in cls.members.items():
            if name in json:
                yield from member.check(json[name], at(path, name))
            elif member.required:
                yield Finding(path, f"the member {name!r} is missing")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and type(self) is type(other) and self.json == other.json

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.json!r})"


Check = Callable[[Any, str], Iterator[Finding]]


class Member(Generic[T]):
    """A JSON member: its name, what is read from it, and its default."""

    def __init__(
        self,
        read: Callable[[Any], T],
        check: Check,
        default: T,
        *,
        name: str = "",
        required: bool = False,
    ) -> None:
        self.read, self.check, self.default = read, check, default
        self.name, self.required = name, required

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or camel(name)

    @overload
    def __get__(self, node: None, owner: type) -> Self: ...
    @overload
    def __get__(self, node: Node, owner: type) -> T: ...
    def __get__(self, node: Node | None, owner: type) -> Self | T:
        if node is None:
            return self
        value = node.json.get(self.name)
        return self.default if value is None else self.read(value)


def camel(name: str) -> str:
    """`min_length` as TD terms are spelled: `minLength`."""
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part.capitalize() for part in rest)


def type_name(value: Any) -> str:
    """The JSON word for the type of `value`."""
    names: dict[Any, str] = {
        dict: "an object",
        list: "an array",
        str: "a string",
        bool: "a boolean",
        int: "a number",
        float: "a number",
        type(None): "null",
    }
    return names.get(type(value), f"a {type(value).__name__} of Python")


def shown(value: Any, limit: int = 60) -> str:
    """A value as a message shows it: JSON, cut where it is long."""
    try:
        text = dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}…"


def _same(value: Any) -> Any:
    return value


def _expect(kinds: type | tuple[type, ...], word: str) -> Check:
    def check(value: Any, path: str) -> Iterator[Finding]:
        if not isinstance(value, kinds):
            yield Finding(path, f"should be {word}, not {type_name(value)}")

    return check


def anything(name: str = "") -> Member[Any]:
    """Any JSON value."""
    return Member(_same, lambda _value, _path: iter(()), None, name=name)


def text(name: str = "", *, default: str = "", required: bool = False) -> Member[str]:
    """A string; the default where it is absent."""
    return Member(_same, _expect(str, "a string"), default, name=name, required=required)


def flag(*, default: bool = False) -> Member[bool]:
    """A boolean."""
    return Member(_same, _expect(bool, "a boolean"), default)


def mapping(name: str = "") -> Member[Mapping[str, Any]]:
    """An object that is not looked into."""
    return Member(_same, _expect(dict, "an object"), {}, name=name)


def number() -> Member[float | None]:
    """A number, or None where it is absent."""

    def check(value: Any, path: str) -> Iterator[Finding]:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield Finding(path, f"should be a number, not {type_name(value)}")

    return Member(_same, check, None)


def texts(name: str = "") -> Member[tuple[str, ...]]:
    """A string or an array of them, read as a tuple."""

    def check(value: Any, path: str) -> Iterator[Finding]:
        values = value if is_array(value) else [value]
        if not all(isinstance(item, str) for item in values):
            yield Finding(path, "should be a string or an array of strings")

    return Member(
        lambda value: (value,) if isinstance(value, str) else tuple(value), check, (), name=name
    )


def node(kind: Callable[[], type[N]], name: str = "") -> Member[N | None]:
    """An object of its own class; None where it is absent."""
    return Member(
        lambda value: kind()(value), lambda value, path: kind().check(value, path), None, name=name
    )


def nodes(kind: Callable[[], type[N]], *, single: bool = False) -> Member[tuple[N, ...]]:
    """An array of objects of one class; with `single`, one object may stand for an array of it."""

    def check(value: Any, path: str) -> Iterator[Finding]:
        if single and is_object(value):
            yield from kind().check(value, path)
        elif not is_array(value):
            yield Finding(path, f"should be an array, not {type_name(value)}")
        else:
            for index, item in enumerate(value):
                yield from kind().check(item, at(path, index))

    def read(value: Any) -> tuple[N, ...]:
        items = value if is_array(value) else [value]
        return tuple(kind()(item) for item in items)

    return Member(read, check, ())


def named(kind: Callable[[], type[N]]) -> Member[Mapping[str, N]]:
    """An object whose members are objects of one class."""

    def check(value: Any, path: str) -> Iterator[Finding]:
        if not is_object(value):
            yield Finding(path, f"should be an object, not {type_name(value)}")
            return
        for name, item in value.items():
            yield from kind().check(item, at(path, name))

    return Member(lambda value: {name: kind()(item) for name, item in value.items()}, check, {})
