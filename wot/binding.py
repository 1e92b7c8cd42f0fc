"""What a protocol binding implements, and how one is found."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple

from wot.deadline import within
from wot.errors import NoBinding, WoTError
from wot.interaction import Interactable, Interaction, Reply, Stream
from wot.td import Form, Json, Op, ThingDescription

__all__ = [
    "Binding",
    "Client",
    "Describe",
    "Document",
    "Server",
    "known_option",
    "load",
    "number_option",
    "schemes",
    "within",
]

GROUP = "wot.bindings"
Options = Mapping[str, Any]


class Document(NamedTuple):
    """A Thing Description as bytes, with a validator for caches."""

    body: bytes
    etag: str


Describe = Callable[[str], Document]


class Server(ABC):
    """One endpoint of one binding; serves any Interactable."""

    base: str  # where it is reached, with a slash at the end; known after start (port 0 is legal)

    @abstractmethod
    async def start(self) -> None:
        """Listen; raises ConnectError where that cannot be."""

    @abstractmethod
    async def stop(self) -> None:
        """Stop listening and end every stream, within 2 seconds."""

    def hosts(self) -> Sequence[str] | None:
        """The hosts at which it listens, none where only this machine gets there; None for that of its URL."""
        return None

    @abstractmethod
    def forms(self, path: str, td: ThingDescription) -> Iterable[tuple[str, str, Form]]:
        """(kind, name, form) for all that this endpoint serves of a Thing below `path`; kind "" is the Thing itself.

        Pure, and hrefs are relative to `base`.
        """

    def terms(self, td: ThingDescription) -> Json:
        """What the TD has to say of the whole Thing for this endpoint: profile, schemaDefinitions, uriVariables.

        Arrays are joined with those of other endpoints, objects merged.
        """
        return {}

    def located(self, href: str, base: str) -> str:
        """An href of `forms` as the TD tells it to who sees this endpoint at `base`.

        Relative to it, unless the form is followed by another scheme than that of `base`.
        """
        return href

    @abstractmethod
    def mount(self, path: str, thing: Interactable, describe: Describe) -> Callable[[], None]:
        """Serve `thing` below `path`; `describe` makes its TD for a base as the requester sees it.

        Returns what unmounts it.
        """


class Client(ABC):
    """Performs interactions along forms of the schemes it knows."""

    def usable(self, form: Form, op: Op) -> bool:
        """Whether this client can perform `op` along `form`."""
        return True

    @abstractmethod
    async def request(self, form: Form, interaction: Interaction) -> Reply:
        """Raises InteractionError where the Thing refuses, TransportError where there is no usable answer."""

    @abstractmethod
    async def stream(self, form: Form, interaction: Interaction) -> Stream:
        """Returns once the subscription stands; ends with TransportError when the connection is lost."""

    @abstractmethod
    async def fetch(self, url: str) -> tuple[bytes, str]:
        """A document (a TD) and the URL it came from in the end."""

    @abstractmethod
    async def close(self) -> None:
        """Release connections."""


class Binding(ABC):
    """What an entry point of the group `wot.bindings` names; the entry's name is a URL scheme."""

    @abstractmethod
    def server(self, url: str, options: Options) -> Server:
        """An endpoint at `url`; an unknown option is an error that names it."""

    @abstractmethod
    def client(self, options: Options) -> Client:
        """A client for the schemes of this binding; `timeout` (seconds) is always among the options."""


def schemes() -> tuple[str, ...]:
    """The URL schemes for which a binding is installed."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


@cache
def load(scheme: str) -> Binding:
    """The binding for a URL scheme, imported on first use."""
    entries = list(entry_points(group=GROUP, name=scheme))
    if not entries:
        known = ", ".join(schemes()) or "none"
        raise NoBinding(f"there is no binding for {scheme!r}", hint=f"installed are: {known}")
    if len({entry.value for entry in entries}) > 1:
        owners = " and ".join(sorted(_owner(entry) for entry in entries))
        raise NoBinding(f"{owners} both claim the scheme {scheme!r}", hint="uninstall one of them")
    try:
        made = entries[0].load()
    except ImportError as error:
        raise NoBinding(f"the binding for {scheme!r} cannot be imported: {error}") from error
    binding: Binding = made() if isinstance(made, type) else made
    return binding


def _owner(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value


def known_option(options: Options, known: Sequence[str], what: str) -> None:
    """Refuse options that a binding does not know."""
    for name in options:
        if name not in known:
            raise WoTError(f"{what} has no option {name!r}", hint=f"there are: {', '.join(known)}")


def number_option(options: Options, name: str, default: float, *, least: float) -> float:
    """An option that is a number; WoTError names it where it is none or too small."""
    value = options.get(name, default)
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not least <= value < math.inf
    ):
        raise WoTError(f"the option {name}={value!r} should be a number of at least {least:g}")
    return value
