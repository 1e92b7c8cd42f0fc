"""Starts other frameworks as processes, speaks JSON lines with them, ends them by their id."""

import asyncio
import json
import os
import shutil
import socket
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NODE_MODULES = Path(os.environ.get("WOT_NODE_MODULES", HERE / "nodewot" / "node_modules"))
PEERS = Path(os.environ.get("WOT_PEERS", HERE / "peers"))
PATIENCE = 15.0  # seconds for one line; hololinked takes 5 to start


class Refused(Exception):
    """The other end answered a command with an error."""


class Child:
    """A process that answers one JSON line with one JSON line, and prints others when it likes."""

    url = ""  # of the TD, for a server that is ready

    def __init__(self, process: Process) -> None:
        self._process = process
        self._values: list[tuple[str, Any]] = []

    async def line(self) -> dict[str, Any]:
        """Its next line; EOFError if it has ended, TimeoutError if it says nothing."""
        assert self._process.stdout
        async with asyncio.timeout(PATIENCE):
            line = await self._process.stdout.readline()
        if not line:
            raise EOFError(f"process {self._process.pid} ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def ready(self) -> None:
        """Wait until it has said where its TD is."""
        self.url = (await self.line())["td"]

    async def ask(self, do: str, name: str = "", **rest: Any) -> Any:
        """The result of a command; what arrives of subscriptions meanwhile is kept for `next`."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": do, "name": name, **rest}).encode() + b"\n")
        await self._process.stdin.drain()
        while "of" in (answer := await self.line()):
            self._keep(answer)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer.get("result")

    async def next(self, name: str) -> Any:
        """The next value of a subscription."""
        while name not in (names := [of for of, _ in self._values]):
            self._keep(await self.line())
        return self._values.pop(names.index(name))[1]

    def _keep(self, line: dict[str, Any]) -> None:
        if "error" not in line:  # node-wot complains when a subscription is closed
            self._values.append((line["of"], line.get("value")))

    async def end(self) -> None:
        """End the process by its id, gently first."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(5):
                await self._process.communicate()
        except TimeoutError:
            self._process.kill()
            await self._process.communicate()


Start = Callable[..., Awaitable[Child]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start programs that end with the test."""
    async with AsyncExitStack() as stack:

        async def launch(*program: str | Path, stdin: int = DEVNULL, **env: str) -> Child:
            inherited = {k: v for k, v in os.environ.items() if k not in ("PORT", "WOT_PORT")}
            process = await asyncio.create_subprocess_exec(
                *program, stdin=stdin, stdout=PIPE, env=inherited | env
            )
            child = Child(process)
            stack.push_async_callback(child.end)
            return child

        yield launch


@pytest.fixture
def node(start: Start) -> Callable[[str], Awaitable[Child]]:
    """Start one of the scripts in nodewot/."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not installed")
    if not (NODE_MODULES / "@node-wot" / "binding-http").is_dir():
        pytest.skip(f"no node-wot in {NODE_MODULES}; npm install it, or set WOT_NODE_MODULES")
    return lambda script: start(
        program, HERE / "nodewot" / script, stdin=PIPE, NODE_PATH=str(NODE_MODULES)
    )


@pytest.fixture
async def node_client(node: Callable[[str], Awaitable[Child]]) -> Child:
    """node-wot's client, which takes the commands of client.js."""
    return await node("client.js")


@pytest.fixture
async def node_server(node: Callable[[str], Awaitable[Child]]) -> Child:
    """node-wot's Thing, at `url`, which takes the commands of server.js."""
    child = await node("server.js")
    await child.ready()
    return child


@pytest.fixture
def peer(start: Start) -> Callable[[str], Awaitable[str]]:
    """Start a peer by its name; the result is its TD's URL."""

    async def launch(name: str) -> str:
        python = PEERS / name / "bin" / "python"
        if not (PEERS / name / "installed").exists():
            pytest.skip(f"no {name} in {PEERS}; run peers/install FOLDER and set WOT_PEERS=FOLDER")
        child = await start(python, HERE / "peers" / f"{name}_server.py", *map(str, free_ports(2)))
        await child.ready()
        return child.url

    return launch


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on: for programs that cannot be given port 0."""
    with ExitStack() as stack:
        open_ = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in open_]
