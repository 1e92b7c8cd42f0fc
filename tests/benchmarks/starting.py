"""What is measured of programs that start: imports, and the time to the first read."""

from __future__ import annotations

import resource
import time
from collections import defaultdict

from figures import Row
from load import LoadError
from processes import Server, Settings, run_program, serving
from rows import put_td

TIMED = """\
import time
begin = time.process_time()
{}
print('{{"cpu_ms": %r}}' % ((time.process_time() - begin) * 1e3))
"""
BASIS = "asyncio, msgspec, inspect, importlib.metadata"
IMPORTS = {
    "`import wot`": "import wot",
    "the same, and Thing, serve, Servient": "import wot; wot.Thing; wot.serve; wot.Servient",
    BASIS: f"import {BASIS}",
}
CLEAN = """\
import importlib.metadata, json, sys
scans = []
importlib.metadata.entry_points = lambda **given: scans.append(given) or []
import wot
wot.Thing; wot.serve; wot.Servient
heavy = ["aiohttp", "aiocoap", "paho", "zeroconf", "rdflib", "typer", "rich", "jsonschema"]
print(json.dumps({"scans": len(scans), "loaded": [name for name in heavy if name in sys.modules]}))
"""
OURS = """\
import sys, uvloop, wot
async def main():
    async with wot.Servient() as servient:
        bench = await servient.consume(sys.argv[1])
        print(await bench.read("count"))
uvloop.run(main())
"""
BARE = """\
import sys, aiohttp, uvloop
async def main():
    async with aiohttp.ClientSession() as session:
        async with session.get(sys.argv[1] + "/properties/count") as response:
            print(await response.json())
uvloop.run(main())
"""


def imports(settings: Settings) -> list[Row]:
    """`import wot` against the modules nothing of the kind can do without."""
    clean = run_program("-c", CLEAN)
    if clean["scans"] or clean["loaded"]:
        raise LoadError(f"importing wot does too much: {clean}")
    samples: dict[str, list[float]] = defaultdict(list)
    for i in range(settings.starts + 1):
        for name, code in IMPORTS.items():
            took = float(run_program("-c", TIMED.format(code))["cpu_ms"])
            if i:  # the first round fills caches
                samples[name].append(took)
    theirs = samples.pop(BASIS)
    return [
        Row("import", name, "ms CPU", ours, BASIS, theirs, 1.4) for name, ours in samples.items()
    ]


def start(settings: Settings) -> list[Row]:
    """From the start of a script to its first read, serving and consuming, on uvloop."""
    return [*server_start(settings), *client_start(settings)]


def server_start(settings: Settings) -> list[Row]:
    """A server's script: from its start to the first read that is answered."""
    clock: dict[str, list[float]] = defaultdict(list)
    cpu: dict[str, list[float]] = defaultdict(list)
    for _ in range(settings.starts):
        for program in ("isowot_server", "handwritten"):
            server = Server(program)
            try:
                took, used = server.first_read()
            finally:
                server.stop()
            clock[program].append(took * 1e3)
            cpu[program].append(used * 1e3)
    return both("a server's start to the first read", clock, cpu, "isowot_server", "handwritten")


def client_start(settings: Settings) -> list[Row]:
    """A consumer's script: from its start to the value printed."""
    clock: dict[str, list[float]] = defaultdict(list)
    cpu: dict[str, list[float]] = defaultdict(list)
    with serving("floor") as (server,):
        base = put_td(server)
        for _ in range(settings.starts):
            for name, code in (("ours", OURS), ("bare", BARE)):
                before, begin = children(), time.perf_counter()
                if run_program("-c", code, base) != 41:
                    raise LoadError("a wrong value was read")
                clock[name].append((time.perf_counter() - begin) * 1e3)
                cpu[name].append((children() - before) * 1e3)
    return both("a consumer's script, whole", clock, cpu, "ours", "bare")


def children() -> float:
    """Seconds of CPU time of the programs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def both(
    what: str, clock: dict[str, list[float]], cpu: dict[str, list[float]], ours: str, bare: str
) -> list[Row]:
    """The row of the clock and the row of the CPU."""
    return [
        Row("start", what, unit, of[ours], "bare aiohttp", of[bare], 1.5)
        for unit, of in (("ms", clock), ("ms CPU", cpu))
    ]
