"""What is measured while servers run: each function makes the rows of one group."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from statistics import median

from figures import Row
from load import Fan, LoadError, message, request
from processes import Program, Server, Settings, compare, serving

COUNT, STATUS, ADD = "/bench/properties/count", "/bench/properties/status", "/bench/actions/add"
INPUT = b'{"a": 2, "b": 3}'
OBJECT = b'{"temperature":22.5,"humidity":41.0,"state":"on"}'
CPU = "µs CPU"
FANS = 10  # events per round
BURSTS = 3


WORK = {
    "read an integer": (message("GET", COUNT), 200),
    "read an object": (message("GET", STATUS), 200),
    "write an integer": (message("PUT", COUNT, b"7"), 204),
    "write an object": (message("PUT", STATUS, OBJECT), 204),
    "invoke an action": (message("POST", ADD, INPUT), 200),
}
CELLS = [(what, 64) for what in WORK] + [(what, 1) for what in WORK if "object" not in what]
YARDSTICKS = (("hand-written", 0.95), ("floor", 1.3))
# what is sent, the status expected and the JSON expected
CHECKS: list[tuple[bytes, int, object]] = [
    (message("PUT", COUNT, b"41"), 204, None),
    (message("GET", COUNT), 200, 41),
    (message("PUT", COUNT, b'"x"'), 400, None),
    (message("GET", COUNT), 200, 41),
    (message("PUT", STATUS, OBJECT), 204, None),
    (message("PUT", STATUS, b'{"temperature": "x"}'), 400, None),
    (message("GET", STATUS), 200, json.loads(OBJECT)),
    (message("POST", ADD, INPUT), 200, 5),
    (message("POST", ADD, b'{"a": "q", "b": 3}'), 400, None),
    (message("POST", ADD, b'{"a": 1, "b": 3, "c": 4}'), 400, None),
    (message("GET", "/bench/properties/none"), 404, None),
]


def check(server: Server) -> None:
    """See that the server answers rightly, good input and bad, before its speed counts."""
    for sent, status, value in CHECKS:
        reply = request(server.port, sent)
        if reply.status != status or (value is not None and json.loads(reply.body) != value):
            raise LoadError(f"{server.name} answers {sent!r} with {reply}, not {status} {value}")


def http(settings: Settings) -> list[Row]:
    """Server CPU per read, write and invocation, against both yardsticks."""
    rows = []
    with serving("isowot_server", "handwritten", "floor") as servers:
        for server in servers:
            check(server)
        for what, links in CELLS:
            sent, status = WORK[what]
            ours, *theirs = compare({s: [sent] for s in servers}, settings, links, status)
            title = f"{what}, {links} connection{'s' if links > 1 else ''}"
            for (against, bar), samples in zip(YARDSTICKS, theirs, strict=True):
                rows.append(Row("http", title, CPU, ours, against, samples, bar))
    return rows


def clients(settings: Settings) -> list[Row]:
    """Reads of the consumer library against a bare aiohttp session."""
    rows = []
    with serving("floor") as (server,):
        programs = [reader(kind, put_td(server)) for kind in ("", "bare")]
        try:
            for title, reads, tasks in (("one at a time", 100, 1), ("64 at once", 1000, 64)):
                rates, costs = read_in_turn(programs, settings.rounds, reads, tasks)
                what, bare = f"client reads, {title}", "bare aiohttp"
                rows.append(
                    Row("clients", what, "reads/s", rates[0], bare, rates[1], 0.8, more=True)
                )
                rows.append(Row("clients", what, CPU, costs[0], bare, costs[1], 1.25))
        finally:
            for program in programs:
                program.stop()
    return rows


def reader(kind: str, base: str) -> Program:
    """A client program that reads on command."""
    url = base + "/properties/count"
    options = ("--td", base, "--url", url, f"--kind={kind}", "--commands")
    program = Program("clients/isowot_client.py", *options).ready()
    if program.facts["value"] != 41:
        raise LoadError(f"client {kind!r} read {program.facts['value']!r}")
    return program


def read_in_turn(
    programs: list[Program], rounds: int, reads: int, tasks: int
) -> tuple[list[list[float]], list[list[float]]]:
    """Reads per second and their cost in every round, for each program."""
    rates: list[list[float]] = [[] for _ in programs]
    costs: list[list[float]] = [[] for _ in programs]
    for i in range(rounds + 1):
        for n, program in enumerate(programs):
            answer = program.command(n=reads, tasks=tasks)
            if i:  # the first round warms up
                rates[n].append(reads / answer["seconds"])
                costs[n].append(answer["cpu_s"] / reads * 1e6)
    return rates, costs


def put_td(server: Server) -> str:
    """Give the floor server a Thing Description for clients; its URL."""
    base = f"http://127.0.0.1:{server.port}/bench"
    form = {"href": base + "/properties/count", "op": ["readproperty", "writeproperty"]}
    td = {
        "@context": ["https://www.w3.org/2019/wot/td/v1", "https://www.w3.org/2022/wot/td/v1.1"],
        "id": "urn:bench:floor",
        "title": "bench",
        "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
        "security": ["nosec_sc"],
        "properties": {"count": {"type": "integer", "forms": [form]}},
    }
    request(server.port, message("PUT", "/bench", json.dumps(td).encode()))
    request(server.port, message("PUT", COUNT, b"41"))
    return base


def fanout(settings: Settings) -> list[Row]:
    """Server CPU of one event to many subscribers over server-sent events."""
    costs: dict[str, list[float]] = defaultdict(list)
    value = 10_000_000
    with serving("isowot_server", "handwritten", "floor") as servers:
        for _ in range(settings.starts):
            for server in servers:
                fan = Fan(server.port, "/bench/events/tick", settings.subscribers)
                for i in range(FANS + 1):
                    value += 1
                    before = server.cpu()
                    server.send(cmd="emit", n=1, value=value)
                    fan.receive(str(value).encode())
                    server.answer()
                    if i:  # the first one warms up
                        costs[server.name].append((server.cpu() - before) * 1e3)
                fan.close()
    what = f"1 event to {settings.subscribers} subscribers"
    ours = costs["isowot_server"]
    queues, loop = "bare aiohttp, a queue each", "bare aiohttp, one loop of writes"
    return [
        Row("fanout", what, "ms CPU", ours, queues, costs["handwritten"], 1.0),
        Row("fanout", what, "ms CPU", ours, loop, costs["floor"]),
    ]


def crowd(settings: Settings) -> list[Row]:
    """A burst of events to thousands of subscribers, each of whom gets all of them in order."""
    costs: dict[str, list[float]] = defaultdict(list)
    took: dict[str, list[float]] = defaultdict(list)
    first = 10_000_000
    with serving("isowot_server", "handwritten", "floor") as servers:
        for server in servers:
            fan = Fan(server.port, "/bench/events/tick", settings.crowd)
            for _ in range(BURSTS):
                first += settings.events
                before, begin = server.cpu(), time.perf_counter()
                server.send(cmd="emit", n=settings.events, value=first)
                fan.follow(first, settings.events, 60)
                server.answer()
                took[server.name].append(time.perf_counter() - begin)
                costs[server.name].append((server.cpu() - before) * 1e3 / settings.events)
            fan.close()
    what = f"{settings.events} events to {settings.crowd:,} subscribers"
    found = []
    for against, name in (("a queue each", "handwritten"), ("one loop of writes", "floor")):
        bare = f"bare aiohttp, {against}"
        bar = 1.0 if name == "handwritten" else None
        each = f"{what}, an event"
        found.append(Row("crowd", each, "ms CPU", costs["isowot_server"], bare, costs[name], bar))
        found.append(Row("crowd", what, "s", took["isowot_server"], bare, took[name]))
    return found


def td(settings: Settings) -> list[Row]:
    """A Thing Description of 200 affordances: generated, and served from its cached bytes."""
    made = []
    with serving("isowot_server", BENCH_AFFORDANCES=200) as (big,), serving("floor") as (floor,):
        get = message("GET", "/bench")
        document = request(big.port, get).body
        found = json.loads(document)
        if len(found["properties"]) + len(found["actions"]) + len(found["events"]) != 204:
            raise LoadError("the TD lacks affordances")
        request(floor.port, message("PUT", "/bench", document))
        for _ in range(settings.starts):
            made.append(big.command(cmd="td", n=5)["median_s"] * 1e3)
        ours, theirs = compare({big: [get], floor: [get]}, settings, 16)
    what = f"the same ({len(document) / 1024:.0f} KiB) served"
    return [
        Row("td", "TD of 200 affordances generated", "ms", made, bar=5.0),
        Row("td", what, CPU, ours, "generating it", [median(made) * 1e3] * len(ours), 0.25),
        Row("td", what, CPU, ours, "floor, the same bytes, no ETag", theirs),
    ]


def things(settings: Settings) -> list[Row]:
    """Many Things of 4 affordances in one process: memory, time to come up, cost of a request."""
    memory: dict[int, list[float]] = defaultdict(list)
    up: dict[int, list[float]] = defaultdict(list)
    costs: dict[int, list[float]] = {}
    for i in range(2):
        servers = {n: Server("isowot_server", BENCH_THINGS=n).ready() for n in settings.things}
        try:
            for n, server in servers.items():
                memory[n].append(server.memory())
                up[n].append(float(server.facts["up_s"]))
            if i:
                costs = cost_each(servers, settings)
        finally:
            for server in servers.values():
                server.stop()
    return things_rows(memory, up, costs)


def cost_each(servers: dict[int, Server], settings: Settings) -> dict[int, list[float]]:
    """The cost of a read at each number of Things, every Thing read in turn."""
    names = ["bench", *(f"bench-{i}" for i in range(1, max(servers)))]
    every = [message("GET", f"/{name}/properties/count") for name in names]
    reads = {server: every[:n] for n, server in servers.items()}
    return dict(zip(servers, compare(reads, settings, 64), strict=True))


def things_rows(
    memory: dict[int, list[float]], up: dict[int, list[float]], costs: dict[int, list[float]]
) -> list[Row]:
    """The rows of many Things; one Thing is the measure of the rest."""
    rows = []
    for n in sorted(memory):
        if n == 1:
            rows.append(Row("things", "1 Thing, whole process", "KiB", memory[1]))
            continue
        each = [(m - one) / (n - 1) for m, one in zip(memory[n], memory[1], strict=True)]
        rows += [
            Row("things", f"{n:,} Things, each", "KiB", each, bar=12.0),
            Row("things", f"{n:,} Things up", "s", up[n], bar=1.0),
            Row("things", f"read, {n:,} Things in turn", CPU, costs[n], "1 Thing", costs[1], 1.1),
        ]
    return rows
