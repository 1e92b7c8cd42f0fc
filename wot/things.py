"""The class that Things are made from."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Literal,
    Self,
    TypedDict,
    TypeVar,
    Unpack,
    cast,
)

from wot.affordances import Declared
from wot.attached import Attachable
from wot.described import template_from
from wot.errors import DefinitionError, WoTError
from wot.exposed import ExposedThing
from wot.handles import Local
from wot.interaction import NONE, Interactable
from wot.td import Json
from wot.template import Template, check_names, template_of

if TYPE_CHECKING:
    from wot.document import Document, ModelDocument
    from wot.td import Resolver
    from wot.td.thing_model import Include

ThingT = TypeVar("ThingT", bound="Thing")


class ThingWords(TypedDict, total=False):
    """Class keywords: what the TD says of the Thing itself (TD 1.1 section 5.3.1.1), and how it runs."""

    title: str
    titles: Mapping[str, str]
    description: str
    descriptions: Mapping[str, str]
    types: str | Sequence[str]
    id: str
    context: Mapping[str, str]
    links: Sequence[Mapping[str, Any]]
    version: Mapping[str, str]
    support: str
    terms: Mapping[str, Any]
    threads: int
    timeout: float | None


class _Here:
    """The parts of an instance that is a Thing of this process."""

    __slots__ = ("exposed",)

    def __init__(self, exposed: ExposedThing) -> None:
        self.exposed = exposed

    @property
    def target(self) -> Interactable:
        return self.exposed

    @property
    def local(self) -> Local:
        return self.exposed


class _There:
    """The parts of an instance that stands for a Thing elsewhere."""

    __slots__ = ("target",)

    def __init__(self, target: Interactable) -> None:
        self.target = target

    @property
    def local(self) -> Local:
        raise WoTError(
            "this Thing is somewhere else: only its own code can emit, tell of changes or set .value",
            hint="use await thing.some_property.write(value)",
        )


class Thing:
    """Subclass this and decorate its methods; class keywords describe the Thing itself."""

    __template__: ClassVar[Template]
    __wot__: _Here | _There

    def __init_subclass__(cls, **words: Unpack[ThingWords]) -> None:
        if issubclass(cls, _Proxy):
            return
        if Attachable in cls.__mro__ and cls.__module__ != __name__:
            raise DefinitionError(
                f"{cls.__name__}: a Thing made from a description has no subclasses",
                hint="subclass wot.Thing, with @wot.thing(model=…)",
            )
        unknown = set(words) - ThingWords.__optional_keys__
        if unknown:
            known = ", ".join(sorted(ThingWords.__optional_keys__))
            raise DefinitionError(
                f"{cls.__name__}: there is no class keyword {min(unknown)!r}",
                hint=f"there are: {known}",
            )
        cls.__template__ = template_of(cls, words, getattr(cls, "__template__", None))

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self:
        thing = super().__new__(cls)
        if cls is Thing or issubclass(cls, DescribedThing):
            raise TypeError("wot.Thing is to be subclassed, or made by wot.Thing.from_td(…)")
        # Here and not in __init__, so that subclasses need no super().__init__().
        thing.__wot__ = _Here(ExposedThing(cls.__template__, thing))
        return thing

    def __init__(self, *, id: str = "", title: str = "") -> None:
        check_names(id, title)
        exposed = exposed_of(self)
        exposed.id = id or exposed.id
        exposed.title = title or exposed.title

    @classmethod
    def from_td(
        cls,
        td: Document,
        /,
        *,
        id: str = "",
        title: str = "",
        threads: int = 1,
        timeout: float | None = 30.0,
    ) -> DescribedThing:
        """A Thing with the affordances of a TD (a file, a JSON text or a document), to attach handlers to.

        Raises InvalidTD with every finding where it is no valid TD.
        """
        from wot.document import read_td  # the toolkit is imported by those who use it

        _refuse_subclass(cls)
        return _described(read_td(td), id, title, threads, timeout)

    @classmethod
    def from_model(
        cls,
        model: ModelDocument,
        /,
        *,
        values: Mapping[str, Any] = NONE,
        include: Include = (),
        resolver: Resolver | None = None,
        compose: Literal["contained", "merged", "alone"] = "contained",
        id: str = "",
        title: str = "",
        threads: int = 1,
        timeout: float | None = 30.0,
    ) -> DescribedThing:
        """A Thing as a Thing Model describes it, to attach handlers to.

        `values` fill its placeholders, `include` names optional affordances or is "all", `resolver` reads the models
        that it refers to (files beside its own are read anyway), `compose` says what becomes of its submodels.
        Raises InvalidTD with every finding.
        """
        from wot.document import check_td, completed, derived, read_model

        _refuse_subclass(cls)
        found = read_model(model, resolver)
        td = derived(found, values, include, compose)
        check_names(id, title)
        if title:
            td["title"] = title
        check_td(completed(td))
        return _described(td, id, title, threads, timeout)

    async def start(self) -> None:
        """Called before the Thing is served: open the device here."""

    async def stop(self) -> None:
        """Called when the Thing is no longer served: close the device here."""


class _Proxy:
    """Marks the classes made for Things elsewhere."""


class DescribedThing(Attachable, Thing):
    """A Thing made from a description; what it does is attached at run time."""

    def __repr__(self) -> str:
        id = f" {self._exposed.id}" if self._exposed.id else ""
        return f"<DescribedThing {self._exposed.title!r}{id}>"

    @property
    def _exposed(self) -> ExposedThing:
        return exposed_of(self)

    async def start(self) -> None:
        """Refuses to be served while something that the TD offers has no handler."""
        self._check_handlers()


def _refuse_subclass(cls: type[Thing]) -> None:
    if cls is not Thing:
        raise DefinitionError(
            f"{cls.__name__} says itself what it offers", hint="use wot.Thing.from_td(…)"
        )


def _described(
    td: Json, id: str, title: str, threads: int, timeout: float | None
) -> DescribedThing:
    check_names(id, title)
    template = template_from(td, threads, timeout)
    thing = object.__new__(DescribedThing)
    thing.__wot__ = _Here(ExposedThing(template, thing, id, title))
    return thing


def exposed_of(thing: Thing) -> ExposedThing:
    """The Interactable that runs the handlers of `thing`."""
    parts = thing.__wot__
    if not isinstance(parts, _Here):
        raise WoTError(
            f"{type(thing).__name__} stands for a Thing elsewhere",
            hint="serve what servient.consume(url) gives",
        )
    return parts.exposed


def target_of(thing: Thing) -> Interactable:
    """What the handles of `thing` talk to."""
    return thing.__wot__.target


def proxy(cls: type[ThingT], target: Interactable) -> ThingT:
    """An instance of `cls` whose handles talk to `target`; nothing but declared affordances works on it."""
    if issubclass(cls, DescribedThing):
        raise DefinitionError(
            "DescribedThing declares nothing to consume by", hint="leave it out: consume(url)"
        )
    made = object.__new__(_proxy_class(cast(Any, cls)))
    object.__setattr__(made, "__wot__", _There(target))
    return cast(ThingT, made)


class _Undeclared:
    """A method or attribute of the class that has no meaning for a Thing elsewhere."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, thing: object | None, owner: type) -> Any:
        raise AttributeError(
            f"{self._name!r} is not an affordance: it cannot be used on a Thing elsewhere"
        )


def _refuse(self: object, name: str, value: Any) -> None:
    raise AttributeError(f"{name!r} cannot be set on a Thing elsewhere: only its affordances work")


@functools.cache
def _proxy_class(cls: type[Any]) -> type[Any]:
    names = {
        name for owner in cls.__mro__[:-1] for name in vars(owner) if not name.startswith("__")
    }
    hidden = {
        name: _Undeclared() for name in names if not isinstance(getattr(cls, name, None), Declared)
    }
    # An affordance that may be assigned to would raise its own, better message.
    namespace: dict[str, Any] = {
        **hidden,
        "__slots__": (),
        "__module__": cls.__module__,
        "__doc__": cls.__doc__,
    }
    made = type(cls.__name__, (cls, _Proxy), namespace)
    setattr(made, "__setattr__", _refuse)  # noqa: B010 - after the class is made, or type() itself would be refused
    return made
