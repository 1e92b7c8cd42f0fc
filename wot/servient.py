"""The composition root: puts Things, servers and clients together and takes them apart again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Any, NamedTuple, Self, cast, overload

from wot.binding import Client, Server, load, number_option
from wot.consumed import ConsumedThing
from wot.description import Descriptions, End, composed
from wot.errors import Finding, InvalidTD, WoTError
from wot.exposed import ExposedThing
from wot.exposure import any_port, refuse_exposure
from wot.forms import scheme_of
from wot.interaction import Interactable
from wot.lifecycle import Running, running_of
from wot.source import Source, fetch
from wot.started import PATIENCE
from wot.state import slug
from wot.td import ThingDescription
from wot.things import Thing, ThingT, exposed_of, proxy

_SHUTDOWN = 1.6  # seconds for all of it: a process that is told to end has 2
_STOPPING_AT_LEAST = 0.5  # seconds for stop(), however long the servers took

Servable = Thing | Interactable
Things = Servable | Iterable[Servable] | Mapping[str, Servable]
TD = ThingDescription | Mapping[str, Any] | str


class Endpoint(NamedTuple):
    """Where to serve, with the options of its binding."""

    url: str
    options: Mapping[str, Any] = {}


def endpoint(url: str, **options: Any) -> Endpoint:
    """An endpoint with options, such as `public_url=` and `cors=` for HTTP."""
    return Endpoint(url, options)


class Mounted(NamedTuple):
    """A Thing and every endpoint that serves it."""

    thing: Interactable
    ends: Sequence[End]


class Served:
    """What is being served."""

    def __init__(self, mounted: Sequence[Mounted]) -> None:
        self._mounted = mounted

    def __repr__(self) -> str:
        return f"<Served {', '.join(self.urls)}>"

    @property
    def urls(self) -> list[str]:
        """The URL of each Thing's TD at the first endpoint, in the order given."""
        return [urls[0] for urls in self.all_urls]

    @property
    def all_urls(self) -> list[list[str]]:
        """For each Thing, the URLs of its TD at all endpoints, in the orders given: each can be consumed."""
        return [[end.server.base + end.path for end in m.ends] for m in self._mounted]

    @property
    def things(self) -> list[Interactable]:
        """The Things as Interactables, in the order given."""
        return [m.thing for m in self._mounted]

    @property
    def descriptions(self) -> list[ThingDescription]:
        """The whole TD of each Thing as the first endpoint tells it."""
        return [
            ThingDescription(composed(m.thing.td, m.ends, m.ends[0], m.ends[0].server.base))
            for m in self._mounted
        ]


class _Shared:
    """A server with all that is mounted on it; it stops when the last use ends."""

    def __init__(self, asked: Endpoint, server: Server) -> None:
        self.asked, self.server = asked, server
        self.paths: dict[str, Interactable] = {}
        self.uses = 0


class _Ending:
    """The Things that were started, to be stopped together and in the time that the servers leave."""

    def __init__(self) -> None:
        self._running: list[Running] = []
        self._begun = 0.0

    async def start(self, thing: Thing) -> None:
        running = running_of(thing)
        await running.start()
        self._running.append(running)

    def begin(self) -> None:
        """The shutdown begins now."""
        self._begun = asyncio.get_running_loop().time()

    async def stop(self) -> None:
        now = asyncio.get_running_loop().time()
        left = max(_STOPPING_AT_LEAST, _SHUTDOWN - (now - (self._begun or now)))
        await asyncio.gather(*(running.stop(left) for running in self._running))


class Servient:
    """Serves Things and consumes others; leaving its context ends everything it started.

    `timeout` (seconds) is for one answer, `patience` for how long a lost subscription is tried again;
    further options of a client go by its scheme, as in `http={"max_answer": 1 << 20}`.
    """

    def __init__(
        self,
        *,
        timeout: float = 30.0,
        patience: float = PATIENCE,
        **options: Any,
    ) -> None:
        self._timeout = number_option({"timeout": timeout}, "timeout", timeout, least=0.001)
        self._patience = patience
        for name, given in options.items():
            if not isinstance(given, Mapping):
                raise WoTError(
                    f"a Servient has no option {name!r}",
                    hint='there are timeout and patience, and by scheme as in http={"max_answer": 1 << 20}',
                )
            load(name)  # NoBinding, now rather than at the first read
        self._options: dict[str, Mapping[str, Any]] = options
        self._clients: dict[type, Client] = {}
        self._servers: dict[str, _Shared] = {}
        self._ids: dict[str, tuple[Interactable, int]] = {}
        self._changing = asyncio.Lock()
        self._descriptions = Descriptions()
        self._entered = False

    async def __aenter__(self) -> Self:
        self._entered = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._entered = False
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.close()

    @overload
    async def consume(self, source: TD) -> ConsumedThing: ...
    @overload
    async def consume(self, source: TD, cls: type[ThingT]) -> ThingT: ...
    async def consume(self, source: TD, cls: type[ThingT] | None = None) -> ConsumedThing | ThingT:
        """The Thing that a TD describes, or that a URL or file name leads to; with `cls`, typed by that class.

        Raises InvalidTD where there is no TD or it lacks what `cls` declares, TransportError where it cannot be had.
        """
        self._check_entered()
        if isinstance(source, str):
            found = await fetch(source, self._client)
        else:
            td = source if isinstance(source, ThingDescription) else ThingDescription.parse(source)
            found = Source(td, "")
        consumed = ConsumedThing(found.td, self._client, base=found.url, patience=self._patience)
        if cls is None:
            return consumed
        _must_offer(cls, found.td)
        return proxy(cls, consumed)

    def _client(self, scheme: str) -> Client:
        """The client for a scheme; schemes that name one binding share it."""
        self._check_entered()
        binding = load(scheme)
        client = self._clients.get(type(binding))
        if client is None:
            given: dict[str, Any] = {"timeout": self._timeout}
            for name, options in self._options.items():
                if type(load(name)) is type(binding):
                    given.update(options)
            client = self._clients[type(binding)] = binding.client(given)
        return client

    def _check_entered(self) -> None:
        if not self._entered:
            hint = "use it inside: async with wot.Servient() as servient"
            raise WoTError(
                "this Servient is not open: it was never entered, or has been left", hint=hint
            )

    @asynccontextmanager
    async def serve(
        self, things: Things, *endpoints: str | Endpoint, insecure: bool = False
    ) -> AsyncGenerator[Served, None]:
        """Serve Things at endpoints for the time of a block.

        `things` is one, several, or a mapping from path to Thing. Endpoints that are served already are shared;
        beyond loopback only with `insecure=True`, as there is no authentication yet.
        """
        self._check_entered()
        if not endpoints:
            raise WoTError(
                "there is no endpoint to serve at", hint='name one, such as "http://127.0.0.1:8080"'
            )
        async with AsyncExitStack() as stack:
            placed = _placed(things)
            ends = _Ending()
            stack.push_async_callback(ends.stop)
            for path, thing in placed:
                self._identify(stack, path, thing)
                # Started first and so stopped last: handlers may need the Thing until the servers are gone.
                if isinstance(thing, Thing):
                    await ends.start(thing)
            shared = [await self._open(stack, _endpoint(given), insecure) for given in endpoints]
            mounted = [
                self._mount(stack, path, _interactable(thing), shared) for path, thing in placed
            ]
            stack.callback(ends.begin)
            yield Served(mounted)

    def _identify(self, stack: AsyncExitStack, path: str, servable: Servable) -> None:
        thing = _interactable(servable)
        if isinstance(thing, ExposedThing) and not thing.id:
            thing.identify(path)
        other, uses = self._ids.get(thing.td.id, (thing, 0))
        if other is not thing and thing.td.id:
            raise WoTError(
                f"two Things have the id {thing.td.id}",
                hint="give each its own, as in Lamp(id=…) or by title and path",
            )
        if thing.td.id:
            self._ids[thing.td.id] = thing, uses + 1
            stack.callback(self._forget_id, thing.td.id)

    def _forget_id(self, name: str) -> None:
        thing, uses = self._ids.pop(name)
        if uses > 1:
            self._ids[name] = thing, uses - 1

    async def _open(self, stack: AsyncExitStack, asked: Endpoint, insecure: bool) -> _Shared:
        """The server for an endpoint; one that serves there already is shared."""
        async with self._changing:
            shared = self._servers.get(asked.url)
            if shared is None or any_port(asked.url):
                server = load(scheme_of(asked.url)).server(asked.url, asked.options)
                refuse_exposure(asked.url, server, insecure)
                await server.start()
                shared = _Shared(asked, server)
                self._servers[asked.url] = shared
            elif asked.options and asked.options != shared.asked.options:
                raise WoTError(f"{asked.url} is served already, with other options")
            else:
                refuse_exposure(asked.url, shared.server, insecure)
            shared.uses += 1
        stack.push_async_callback(self._close, shared)
        return shared

    async def _close(self, shared: _Shared) -> None:
        shared.uses -= 1
        if not shared.uses:
            if self._servers.get(shared.asked.url) is shared:
                del self._servers[shared.asked.url]
            await shared.server.stop()

    def _mount(
        self, stack: AsyncExitStack, path: str, thing: Interactable, shared: Sequence[_Shared]
    ) -> Mounted:
        ends = [End(end.server, path) for end in shared]
        for at, end in zip(shared, ends, strict=True):
            if path in at.paths:
                raise WoTError(
                    f"two Things want to be at {end.server.base}{path}",
                    hint='give one another title, or serve a mapping: {"path": thing}',
                )
            at.paths[path] = thing
            stack.callback(at.paths.pop, path)
            stack.callback(
                at.server.mount(path, thing, self._descriptions.describe(thing, ends, end))
            )
        stack.callback(self._descriptions.forget, thing)
        return Mounted(thing, ends)


def _interactable(servable: Servable) -> Interactable:
    if isinstance(servable, Thing):
        return exposed_of(servable)
    if isinstance(servable, type):
        name = servable.__name__
        raise WoTError(f"{name} is a class, no instance", hint=f"serve {name}()")
    if not hasattr(servable, "request"):
        raise WoTError(
            f"{type(servable).__name__} is no Thing",
            hint="serve an instance of a wot.Thing subclass",
        )
    return servable


def _endpoint(given: str | Endpoint) -> Endpoint:
    made = Endpoint(given) if isinstance(given, str) else given
    made = made._replace(url=made.url.removesuffix("/"))
    if not scheme_of(made.url):
        raise WoTError(
            f"{made.url!r} is no URL",
            hint='write it with its scheme, such as "http://127.0.0.1:8080"',
        )
    return made


def _placed(things: Things) -> list[tuple[str, Servable]]:
    """Each Thing with its path: the one given, or one made from its title."""
    if isinstance(things, Mapping):
        placed = list(cast(Mapping[str, Servable], things).items())
        for path, _thing in placed:
            if path != slug(path):
                hint = f"{slug(path)!r} can"
                raise WoTError(f"{path!r} cannot be the path of a Thing", hint=hint)
    else:
        several: Iterable[Any] = things if isinstance(things, Iterable) else (things,)
        placed = [(slug(_interactable(thing).td.title), thing) for thing in several]
    if not placed:
        raise WoTError("there is no Thing to serve")
    return placed


def _must_offer(cls: type[Thing], td: ThingDescription) -> None:
    template = cls.__template__
    declared = {
        "properties": template.properties,
        "actions": template.actions,
        "events": template.events,
    }
    missing = [
        Finding(f"$.{kind}", f"{name!r} is missing, which {cls.__name__} declares")
        for kind, members in declared.items()
        for name in members
        if td.affordance(kind, name) is None
    ]
    if missing:
        raise InvalidTD(
            missing, hint=f"this Thing is no {cls.__name__}; without the class it can still be used"
        )


@asynccontextmanager
async def serve(
    things: Things, *endpoints: str | Endpoint, insecure: bool = False
) -> AsyncGenerator[Served, None]:
    """Serve Things for the time of a block, with a Servient of their own."""
    async with (
        Servient() as servient,
        servient.serve(things, *endpoints, insecure=insecure) as served,
    ):
        yield served


@overload
def consume(source: TD, /, **options: Any) -> AbstractAsyncContextManager[ConsumedThing]: ...
@overload
def consume(
    source: TD, cls: type[ThingT], /, **options: Any
) -> AbstractAsyncContextManager[ThingT]: ...
def consume(source: TD, cls: Any = None, /, **options: Any) -> Any:
    """`async with wot.consume(url, Lamp) as lamp`: a Thing for the time of a block, with a Servient of its own."""
    return _consumed(source, cls, options)


@asynccontextmanager
async def _consumed(source: TD, cls: Any, options: Mapping[str, Any]) -> AsyncGenerator[Any, None]:
    async with Servient(**options) as servient:
        yield await (servient.consume(source) if cls is None else servient.consume(source, cls))
