"""Several streams of one Thing as one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from wot.content import Malformed
from wot.each import as_json, each, standing
from wot.errors import InvalidOutput
from wot.interaction import Interactable, Interaction, Notification, OpenStream, Stream
from wot.td import Json, Op

_WAITING = 64  # notifications taken from the streams before anybody wanted them
_END: Any = object()


async def merged(thing: Interactable, op: Op, schemas: Mapping[str, Json]) -> Stream:
    """One stream of what `op` gives for each name; where it is refused for a name, that has no part."""

    async def open_(name: str) -> Stream:
        stream = await thing.stream(Interaction(op, name))
        opened.append(stream)
        return stream

    opened: list[Stream] = []
    try:
        streams, errors = await each(schemas, open_)
        standing(streams, errors)
    except BaseException:
        for stream in opened:
            await stream.aclose()
        raise
    return _Merged(streams, schemas)


class _Merged(OpenStream):
    """Ends with the first error of any of its streams, and closes all of them when it is closed."""

    current_first = True

    def __init__(self, streams: Mapping[str, Stream], schemas: Mapping[str, Json]) -> None:
        self._streams = streams
        self._ready: asyncio.Queue[Any] = asyncio.Queue(_WAITING)
        self._open = len(streams)
        self._closed = False
        self._tasks = [
            asyncio.create_task(self._pump(name, schemas[name]), name=f"wot merge {name}")
            for name in streams
        ]

    async def _pump(self, name: str, schema: Json) -> None:
        try:
            async for found in self._streams[name]:
                try:
                    content = as_json(found.content, schema)
                except Malformed as error:
                    raise InvalidOutput(f"{name}: {error}") from None
                # Without positions: those of one stream say nothing about the others.
                await self._ready.put(Notification(content, "", None, name, found.time))
        except Exception as error:  # noqa: BLE001 - raised by whoever takes the next one
            await self._ready.put(error)
        else:
            self._open -= 1
            if not self._open:
                await self._ready.put(_END)

    async def __anext__(self) -> Notification:
        if self._closed:
            raise StopAsyncIteration
        found = await self._ready.get()
        if isinstance(found, Notification):
            return found
        await self.aclose()
        if isinstance(found, Exception):
            raise found
        raise StopAsyncIteration

    async def aclose(self) -> None:
        if self._closed:
            return
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for stream in self._streams.values():
            await stream.aclose()
        while not self._ready.empty():
            self._ready.get_nowait()
        self._ready.put_nowait(_END)  # for whoever waits for the next notification
