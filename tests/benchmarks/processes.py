"""The processes that are measured: servers under command, and programs that run to their end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any, Self

from load import LoadError, Loop, message, request

HERE = Path(__file__).parent
# bytecode is kept, as it is for anybody's programs: starts are measured, not compilation
ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
READ = message("GET", "/bench/properties/count")


@dataclass(frozen=True)
class Settings:
    """How long and how much to measure."""

    rounds: int = 60
    seconds: float = 0.03
    subscribers: int = 500
    crowd: int = 5000
    events: int = 100
    things: tuple[int, ...] = (1, 100, 1000)
    starts: int = 9


class Program:
    """One Python program, running, that takes commands on standard input."""

    def __init__(self, path: str, *arguments: str, **environment: object) -> None:
        self.name = Path(path).stem
        self.lines: Queue[dict[str, Any]] = Queue()
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in stop()
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / path), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env={**ENVIRONMENT, **{name: str(value) for name, value in environment.items()}},
        )
        Thread(target=self._collect, daemon=True).start()

    def _collect(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("{"):
                self.lines.put(json.loads(line))

    def ready(self, timeout: float = 30.0) -> Self:
        """Wait until it says that it is ready, and what it says besides."""
        self.facts = self._next(timeout)
        return self

    def _next(self, timeout: float) -> dict[str, Any]:
        deadline = time.perf_counter() + timeout
        while time.perf_counter() < deadline:
            try:
                return self.lines.get(timeout=0.2)
            except Empty:
                if self.process.poll() is not None:
                    break
        raise LoadError(f"{self.name} gave no answer: {self.tail()}")

    def send(self, **command: object) -> None:
        """Give a command."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def answer(self, timeout: float = 60.0) -> dict[str, Any]:
        """The answer to the oldest command not answered yet."""
        answer = self._next(timeout)
        if "error" in answer:
            raise LoadError(f"{self.name}: {answer['error']}")
        return answer

    def command(self, **command: object) -> dict[str, Any]:
        """Give a command and wait for its answer."""
        self.send(**command)
        return self.answer()

    def tail(self) -> str:
        """The end of what it wrote to standard error."""
        self.log.seek(0)
        return self.log.read()[-800:]

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.log):
            if stream:
                stream.close()


class Server(Program):
    """One server process, by the name of its program."""

    def __init__(self, program: str, **environment: object) -> None:
        super().__init__(f"servers/{program}.py", **environment)

    @property
    def port(self) -> int:
        """Where it serves."""
        return int(self.facts["port"])

    def cpu(self) -> float:
        """Seconds of CPU time the process has used, all threads, to the nanosecond."""
        return float(self.command(cmd="cpu")["cpu_s"])

    def cost(self, loop: Loop, seconds: float) -> float:
        """Microseconds of the server's CPU time per request under load."""
        before = self.cpu()
        done = loop.run(seconds)
        return (self.cpu() - before) / done.requests * 1e6

    def memory(self) -> float:
        """KiB that belong to this process alone (unique set size)."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        lines = [line.split() for line in text.splitlines() if line.startswith("Private_")]
        return float(sum(int(words[1]) for words in lines))

    def first_read(self, timeout: float = 30.0) -> tuple[float, float]:
        """Seconds from the start to the first successful read: on the clock, and of its CPU."""
        self.ready(timeout)
        if request(self.port, READ).status != 200:
            raise LoadError(f"{self.name} does not answer a read")
        return time.perf_counter() - self.started, self.cpu()


@contextmanager
def serving(*programs: str, **environment: object) -> Iterator[list[Server]]:
    """Servers that are up, and are ended afterwards."""
    with ExitStack() as stack:
        servers = []
        for program in programs:
            server = Server(program, **environment)
            stack.callback(server.stop)
            servers.append(server.ready())
        yield servers


def run_program(*arguments: str, timeout: float = 60.0) -> Any:
    """Run a Python program to its end and read the JSON it prints last."""
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, env=ENVIRONMENT
    )
    if done.returncode:
        raise LoadError(f"{arguments[0]} failed: {done.stderr[-800:]}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(
    servers: Mapping[Server, Sequence[bytes]],
    settings: Settings,
    connections: int,
    status: int = 200,
) -> list[list[float]]:
    """The cost of a request in every round, for each server with its own requests in turn."""
    loops = {s: Loop(s.port, requests, status, connections) for s, requests in servers.items()}
    costs: dict[Server, list[float]] = {server: [] for server in servers}
    order = deque(servers)
    try:
        for i in range(settings.rounds + 1):
            for server in order:
                cost = server.cost(loops[server], settings.seconds)
                if i:  # the first round warms up
                    costs[server].append(cost)
            order.rotate()  # whoever comes first in a round is not always the same
    finally:
        for loop in loops.values():
            loop.close()
    return list(costs.values())
