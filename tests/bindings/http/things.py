"""The Things that are served here: one of everything, and the ways to be broken."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import wot

ANY = "http://127.0.0.1:0"  # an endpoint on a free port
CANARY = "canary-7f3a91"


class Probe(wot.Thing, title="Probe", id="urn:test:probe"):
    """One of everything."""

    level = wot.stored(5, minimum=0, maximum=100)
    label = wot.stored("", max_length=20)
    free: wot.Stored[Any] = wot.stored(0)
    pair: wot.Stored[tuple[int, str] | None] = wot.stored(None)

    tick = wot.event(int)
    note = wot.event(list[Any])
    bare = wot.event()

    def __init__(self) -> None:
        self.secret_seen = ""
        self.packed_kept: dict[str, Any] = {"on": True}
        self.text_kept = "plain"
        self.blob_kept = b"\x00\xff"
        self.resets = 0

    @wot.property
    async def fixed(self) -> str:
        return "fixed"

    @wot.property(write_only=True)
    async def secret(self) -> str:
        raise AssertionError("never read")

    @secret.write
    async def set_secret(self, value: str) -> None:
        self.secret_seen = value

    @wot.property(content_type="application/cbor")
    async def packed(self) -> dict[str, Any]:
        return self.packed_kept

    @packed.write
    async def set_packed(self, value: dict[str, Any]) -> None:
        self.packed_kept = value

    @wot.property(content_type="text/plain")
    async def text(self) -> str:
        return self.text_kept

    @text.write
    async def set_text(self, value: str) -> None:
        self.text_kept = value

    @wot.property(content_type="application/octet-stream")
    async def blob(self) -> bytes:
        return self.blob_kept

    @blob.write
    async def set_blob(self, value: bytes) -> None:
        self.blob_kept = value

    @wot.property
    async def scaled(self, factor: int = 1, unit: str = "m") -> str:
        return f"{5 * factor} {unit}"

    @wot.property(name="Größe {1} #?&%")
    async def strange(self) -> int:
        return 7

    @wot.action
    async def add(self, a: int, b: int = 1) -> int:
        return a + b

    @wot.action
    async def double(self, value: int, /) -> int:
        return 2 * value

    @wot.action
    async def reset(self) -> None:
        self.resets += 1


class Broken(wot.Thing, title="Broken", id="urn:test:broken"):
    """Handlers that raise, and handlers that return what they must not."""

    @wot.property(observable=True)
    async def raising(self) -> int:
        raise RuntimeError(CANARY)

    @raising.write
    async def set_raising(self, value: int) -> None:
        raise KeyError(CANARY)

    @wot.property
    def blocking(self) -> int:
        raise OSError(5, CANARY, CANARY)

    @wot.property
    async def timing_out(self) -> int:
        raise TimeoutError(CANARY)

    @wot.property
    async def cancelled(self) -> int:
        inner = asyncio.ensure_future(asyncio.Event().wait())
        inner.cancel(CANARY)
        await inner
        return 1

    @wot.property
    async def lying(self) -> int:
        return CANARY  # type: ignore[return-value]

    @wot.property(maximum=10)
    async def high(self) -> int:
        return 11

    @wot.property
    async def infinite(self) -> float:
        return float("nan")

    @wot.property(content_type="application/cbor")
    async def packed(self) -> float:
        return float("inf")

    @wot.property
    async def unknown(self) -> Any:
        return object()

    @wot.action
    async def fail(self) -> None:
        raise ValueError(CANARY)

    @wot.action
    async def extra(self) -> None:
        return CANARY  # type: ignore[return-value]

    @wot.action
    async def refuse(self) -> None:
        raise wot.errors.Conflict("the lid is open", hint="close it")


class Stuck(wot.Thing, title="Stuck", id="urn:test:stuck"):
    """A driver that does not return until it is let go."""

    def __init__(self) -> None:
        self.entered, self.let_go = threading.Event(), threading.Event()

    @wot.property
    def value(self) -> int:
        self.entered.set()
        self.let_go.wait(20)
        return 1

    tick = wot.event(int)


def shared_bomb(levels: int) -> bytes:
    """CBOR of a few bytes per level that stands for 2 to the power of `levels` values (tags 28 and 29)."""
    body = b"\xd8\x1c\x82\x01\x01"
    for level in range(levels, 0, -1):
        body = b"\xd8\x1c\x82" + body + b"\xd8\x1d\x19" + level.to_bytes(2, "big")
    return body
