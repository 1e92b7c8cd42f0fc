"""How much of a server its clients may use at once, together and each."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from wot.binding import number_option
from wot.errors import TooManyRequests, Unavailable, WoTError

OPTIONS = ("max_connections", "max_streams", "max_running", "max_per_client", "requests_per_second")
_CONNECTIONS = 10_000
_RUNNING = 1_000
_SHARE = 0.75  # of everything, at most for one client
_RESERVE = 128  # file descriptors for everything else
_KNOWN = 16_384  # clients that are remembered although they use nothing
_AHEAD = 1.0  # seconds for which requests may come at once, and then none
_LATER = 1  # seconds after which to ask again


class Pools(NamedTuple):
    """Three numbers: of connections, of streams, of requests that are being answered."""

    connections: int
    streams: int
    running: int


class Client:
    """What one address uses, and what it may use."""

    __slots__ = (
        *("ahead", "connections", "key", "most", "most_running"),
        *("plain", "proxy", "running", "streams"),
    )

    def __init__(self, key: str, most: Pools, proxy: bool, paced: bool) -> None:
        self.key, self.most, self.most_running = key, most, most.running
        self.proxy = proxy  # speaks for others, who are looked for in its headers
        self.plain = not (proxy or paced)  # to be counted and nothing else
        self.connections = self.streams = self.running = 0
        self.ahead = 0.0  # when the next request would be due at the permitted pace

    @property
    def idle(self) -> bool:
        """Whether nothing of it goes on."""
        return not (self.connections or self.streams or self.running)


class Limits:
    """Counts what is in use, and says where it ends."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        connections = _number(options, "max_connections", min(_CONNECTIONS, _descriptors()))
        connections = min(connections, _descriptors())
        self.most = Pools(
            connections,
            _number(options, "max_streams", max(1, int(connections * _SHARE))),
            _number(options, "max_running", _RUNNING),
        )
        given = _number(options, "max_per_client", 0) if "max_per_client" in options else 0
        self.most_running = self.most.running
        self.share = Pools(*(min(given or max(1, int(n * _SHARE)), n) for n in self.most))
        rate = number_option(options, "requests_per_second", 0.0, least=0.0)
        self._pace = 1 / rate if rate else 0.0
        self.connections = self.streams = self.running = 0
        self._clients: dict[str, Client] = {}

    def client(self, key: str, whole: bool = False, proxy: bool = False) -> Client:
        """The record of an address; `whole` for one that may use everything."""
        client = self._clients.get(key)
        if client is None:
            if len(self._clients) >= _KNOWN:
                self._forget(at_once=True)
            client = self._clients[key] = Client(
                key, self.most if whole else self.share, proxy, bool(self._pace)
            )
        return client

    def connect(self, client: Client) -> WoTError | None:
        """Count a connection, or say why there should be none."""
        if self.connections >= self.most.connections:
            return Unavailable("there are too many connections", retry_after=_LATER)
        if client.connections >= client.most.connections:
            return TooManyRequests("you have too many connections", retry_after=_LATER)
        self.connections += 1
        client.connections += 1
        return None

    def disconnect(self, client: Client) -> None:
        """A connection has ended."""
        self.connections -= 1
        client.connections -= 1
        self.leave(client)

    def enter(self, client: Client) -> WoTError | None:
        """Count a request, or say why it should not be answered."""
        if self.running >= self.most.running:
            return Unavailable("too many requests are being answered", retry_after=_LATER)
        if client.running >= client.most.running:
            return TooManyRequests(
                "too many requests of yours are being answered", retry_after=_LATER
            )
        if self._pace:
            now = time.monotonic()
            if client.ahead - now >= _AHEAD:
                text = f"you may ask {1 / self._pace:g} times a second"
                return TooManyRequests(text, retry_after=client.ahead - now - _AHEAD)
            client.ahead = max(client.ahead, now) + self._pace
        self.running += 1
        client.running += 1
        return None

    def count(self, client: Client) -> None:
        """Count a request that is answered in any case."""
        self.running += 1
        client.running += 1

    @contextmanager
    def following(self, client: Client) -> Generator[None, None, None]:
        """For one stream; raises where there may be no further."""
        if self.streams >= self.most.streams:
            raise Unavailable("there are too many streams", retry_after=_LATER)
        if client.streams >= client.most.streams:
            raise TooManyRequests(
                "you follow too many streams", retry_after=_LATER, hint="end some of them"
            )
        self.streams += 1
        client.streams += 1
        try:
            yield
        finally:
            self.streams -= 1
            client.streams -= 1
            self.leave(client)

    @contextmanager
    def streaming(self, client: Client) -> Generator[None, None, None]:
        """For a request that turns out to be a stream: it counts as that, and no longer as a request."""
        with self.following(client):
            self.running -= 1
            client.running -= 1
            try:
                yield
            finally:
                self.running += 1
                client.running += 1

    def leave(self, client: Client) -> None:
        """Forget a client that uses nothing and owes nothing."""
        if client.idle and client.ahead <= time.monotonic():
            self._clients.pop(client.key, None)

    def tidy(self) -> None:
        """Forget those who owed something when they left."""
        if self._pace:
            self._forget()

    def _forget(self, at_once: bool = False) -> None:
        now = time.monotonic()
        for client in list(self._clients.values()):
            if client.idle and (at_once or client.ahead <= now):
                del self._clients[client.key]


class Share:
    """What one client may use, for those who outlive the request that began them."""

    def __init__(self, limits: Limits, client: Client) -> None:
        self._limits, self._client = limits, client

    def enter(self) -> WoTError | None:
        """Count a request, or say why it should not be answered. What is counted has to `leave`."""
        return self._limits.enter(self._client)

    def leave(self) -> None:
        """A request has been answered."""
        self._limits.running -= 1
        self._client.running -= 1
        self._limits.leave(self._client)

    def follow(self) -> ExitStack:
        """A place for one stream, until it is closed; raises where there may be no further."""
        place = ExitStack()
        place.enter_context(self._limits.following(self._client))
        return place


def network_of(address: str) -> str:
    """What counts as one client: of IPv6 a network, since everybody has as many addresses as he likes."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))


def _number(options: Mapping[str, Any], name: str, default: int) -> int:
    return int(number_option(options, name, default, least=1 if name in options else 0))


def _descriptors() -> int:
    """How many connections the system lets this process have."""
    try:
        import resource
    except ImportError:
        return _CONNECTIONS
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 20 if soft == resource.RLIM_INFINITY else max(16, soft - _RESERVE)
