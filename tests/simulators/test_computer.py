"""This computer as a Thing: what psutil tells, and the overload event."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import psutil
import pytest

import wot
from wot_simulators import computer
from wot_simulators.computer import Busy, Computer, Crossing


class Times(NamedTuple):
    user: float
    idle: float
    iowait: float = 0.0
    guest: float = 0.0


class Machine:
    """What psutil is made to tell."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.load = 0.5
        monkeypatch.setattr(psutil, "getloadavg", lambda: (self.load, 0.4, 0.3))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


@pytest.fixture
async def remote() -> AsyncIterator[Computer]:
    served = wot.serve(Computer(), "http://127.0.0.1:0")
    async with served as here, wot.Servient() as servient:
        yield await servient.consume(here.urls[0], Computer)


def test_a_crossing_is_told_once() -> None:
    crossing = Crossing()
    loads = [0.5, 2.1, 2.5, 1.95, 2.2, 1.8, 2.05, 0.1, 3.0]
    told = [crossing.see(load, 2.0) for load in loads]
    assert told == [False, True, False, False, False, False, True, False, True]


def test_a_threshold_raised_above_the_load_can_be_crossed_again() -> None:
    crossing = Crossing()
    assert crossing.see(2.5, 2.0)
    assert not crossing.see(2.5, 4.0)
    assert crossing.see(4.5, 4.0)


def test_cpu_use_is_the_share_of_busy_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([Times(10, 90), Times(13, 96, 1), Times(13, 96, 1), Times(23, 96, 1, 5)])
    monkeypatch.setattr(psutil, "cpu_times", lambda: next(looks))
    busy = Busy()
    assert busy.look() == pytest.approx(30.0)
    assert busy.look() == 0.0
    assert busy.look() == pytest.approx(100.0)


def test_disks_that_cannot_be_seen_are_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    parts = [SimpleNamespace(mountpoint=str(tmp_path / name)) for name in ("a", "b")]
    (tmp_path / "a").mkdir()

    def partitions(all: bool) -> list[SimpleNamespace]:
        return parts

    monkeypatch.setattr(psutil, "disk_partitions", partitions)
    found = computer.read_disks()
    assert [disk.mount for disk in found][:1] == ["/"]
    assert str(tmp_path / "b") not in [disk.mount for disk in found]


@pytest.mark.parametrize("missing", [True, False])
def test_without_thermometers_there_are_no_temperatures(
    monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    def refuse() -> None:
        raise OSError("no sensors here")

    if missing:
        monkeypatch.delattr(psutil, "sensors_temperatures", raising=False)
    else:
        monkeypatch.setattr(psutil, "sensors_temperatures", refuse, raising=False)
    assert computer.read_temperatures() == {}


def test_thermometers_get_names_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def sensor(label: str, current: float | None) -> SimpleNamespace:
        return SimpleNamespace(label=label, current=current)

    chips = {
        "cpu": [sensor("Core", 50.5), sensor("Core", 51.0), sensor("Tctl", None)],
        "disk": [sensor("", 33)],
    }
    monkeypatch.setattr(psutil, "sensors_temperatures", lambda: chips, raising=False)
    assert computer.read_temperatures() == {"cpu Core": 50.5, "cpu Core 2": 51.0, "disk 1": 33.0}


async def test_a_consumer_reads_this_computer(machine: Machine, remote: Computer) -> None:
    async with asyncio.timeout(10):
        load = await remote.load.read()
        assert (load.one, load.five, load.fifteen) == (0.5, 0.4, 0.3)
        memory = await remote.memory.read()
        assert 0 < memory.available <= memory.total == psutil.virtual_memory().total
        assert 0 <= await remote.cpu.read() <= 100
        assert (await remote.disks.read())[0].total == psutil.disk_usage("/").total
        assert await remote.uptime.read() > 0
        assert isinstance(await remote.temperatures.read(), dict)
        assert await remote.load_threshold.read() >= 1


async def test_units_are_ucum(remote: Computer) -> None:
    td: dict[str, Any] = remote.__wot__.target.td.json
    properties = td["properties"]
    assert properties["memory"]["properties"]["total"]["unit"] == "By"
    assert (properties["cpu"]["unit"], properties["uptime"]["unit"]) == ("%", "s")
    assert properties["temperatures"]["additionalProperties"]["unit"] == "Cel"


async def test_overload_is_told_once_per_crossing(machine: Machine) -> None:
    here = Computer()
    await here.load_threshold.write(2.0)
    async with asyncio.timeout(5), here.overload.subscribe() as overloads:
        for load in (1.0, 2.5, 2.6, 1.9, 2.7, 1.0, 3.0):
            machine.load = load
            here.sample()
        got = [await anext(overloads) for _ in range(2)]
    assert [(each.load, each.threshold) for each in got] == [(2.5, 2.0), (3.0, 2.0)]


async def test_a_consumer_hears_of_an_overload(machine: Machine, remote: Computer) -> None:
    async with asyncio.timeout(10), remote.overload.subscribe() as overloads:
        await remote.load_threshold.write(1.5)
        machine.load = 1.75
        overload = await anext(overloads)
    assert (overload.load, overload.threshold) == (1.75, 1.5)


async def test_a_consumer_observes_the_load(machine: Machine, remote: Computer) -> None:
    async with asyncio.timeout(10), remote.load.observe() as loads:
        assert (await anext(loads)).one == 0.5
        machine.load = 0.75
        while (await anext(loads)).one != 0.75:
            pass


@pytest.mark.parametrize("threshold", [0.0, -1.0])
async def test_the_threshold_must_be_positive(remote: Computer, threshold: float) -> None:
    with pytest.raises(wot.errors.InvalidInput):
        await remote.load_threshold.write(threshold)
