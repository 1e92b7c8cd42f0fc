"""The server's path table: one dictionary look-up per request, whatever the number of Things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from wot.binding import Describe
from wot.errors import Unavailable, UnknownAffordance, UnknownThing, listed
from wot.interaction import Interactable
from wot.td import KINDS
from wot_http.forms import ANY, Route, routes
from wot_http.offering import Offer

_HOT = 8192  # raw paths kept resolved


class Mount(NamedTuple):
    """One Thing at one path."""

    path: str
    thing: Interactable
    describe: Describe
    table: Mapping[tuple[str, ...], Mapping[str, Route]]


class Place(NamedTuple):
    """What a path leads to: methods of an affordance, or (without methods) the Thing itself."""

    mount: Mount
    methods: Mapping[str, Route] | None
    part: str = ""  # which one, where the path is of one of many


class Paths:
    """Which Thing and affordance a raw request path means."""

    def __init__(self, prefix: str = "", offer: Offer = Offer()) -> None:  # noqa: B008 - a tuple
        self._prefix = prefix  # of the public URL, which a proxy may pass on or leave out
        self._offer = offer
        self.closing = False  # Things are gone a moment before the server is, and may come back
        self.mounts: dict[str, Mount] = {}
        self.hot: dict[str, Place] = {}
        # Things of one class have the very same affordance objects, and so share one table.
        self._tables: dict[tuple[int, ...], list[Any]] = {}

    def mount(self, path: str, thing: Interactable, describe: Describe) -> Callable[[], None]:
        """Add a Thing; returns what removes it."""
        td = thing.td
        parts = [td.json.get(kind) for kind in KINDS]
        key = tuple(id(part) for part in parts)
        shared = self._tables.setdefault(key, [routes(td, self._offer), 0, parts])
        shared[1] += 1
        self.mounts[path] = Mount(path, thing, describe, shared[0])
        self.hot.clear()  # what led below the prefix may lead here now

        def unmount() -> None:
            del self.mounts[path]
            self.hot.clear()
            shared[1] -= 1
            if not shared[1]:
                del self._tables[key]

        return unmount

    def find(self, raw: str) -> Place:
        """What a path leads to that is not in `hot` yet; UnknownThing or UnknownAffordance where to nothing."""
        path = self.stripped(raw if raw.startswith("/") else urlsplit(raw).path)
        segments = path.removeprefix("/").removesuffix("/").split("/")
        # Split before decoding: a %2F belongs to a name.
        head, *rest = [unquote(segment, errors="replace") for segment in segments]
        mount = self.mounts.get(head)
        if mount is None and self.closing:
            raise Unavailable("this server is being stopped", retry_after=1)
        if mount is None:
            known = listed([f"/{name}" for name in self.mounts], 10) if self.mounts else ""
            raise UnknownThing(
                f"there is no Thing at /{head[:80]}", hint=f"there are: {known}" if known else ""
            )
        methods = mount.table.get(tuple(rest)) if rest else None
        if rest and methods is None and (*rest[:-1], ANY) in mount.table:
            # Such places come and go, or are made up by the requester: not kept in `hot`.
            return Place(mount, mount.table[*rest[:-1], ANY], rest[-1])
        if rest and methods is None:
            raise self._unknown(mount, rest)
        place = Place(mount, methods)
        if len(self.hot) >= _HOT:
            self.hot.clear()
        self.hot[raw] = place
        return place

    def stripped(self, path: str) -> str:
        """A path without the prefix of the public URL; a Thing of that name comes first."""
        prefix = self._prefix
        if not prefix or not (path == prefix or path.startswith(prefix + "/")):
            return path
        if unquote(path.split("/", 2)[1], errors="replace") in self.mounts:
            return path
        return path[len(prefix) :] or "/"

    @staticmethod
    def _unknown(mount: Mount, rest: list[str]) -> UnknownAffordance:
        kind, name = rest[0][:80], "/".join(rest[1:])[:80]
        known = listed(mount.thing.td.json.get(kind, {})) if mount.thing.td.json.get(kind) else ""
        what = f"no {name!r} among its {kind}" if known else f"nothing at /{'/'.join(rest)[:120]}"
        return UnknownAffordance(
            f"{mount.thing.td.title} has {what}",
            hint=f"there are: {known}" if known else f"see its TD at /{mount.path}",
        )
