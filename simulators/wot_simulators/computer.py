"""This computer as a Thing: load, memory, disks, temperatures, and an event on overload."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import psutil
from msgspec import Meta

import wot

SAMPLE = 1.0  # s between two looks at load, CPU and memory
RETURN = 0.9  # of the threshold: the load must fall below it before it can be crossed again

Bytes = Annotated[int, Meta(ge=0, extra_json_schema={"unit": "By"})]
Percent = Annotated[float, Meta(ge=0.0, le=100.0, extra_json_schema={"unit": "%"})]
Celsius = Annotated[float, Meta(extra_json_schema={"unit": "Cel"})]


@dataclass(frozen=True)
class Load:
    """Processes that run or want to, averaged over 1, 5 and 15 minutes."""

    one: float
    five: float
    fifteen: float


@dataclass(frozen=True)
class Memory:
    """Main memory; `available` is what programs can have without swapping."""

    total: Bytes
    available: Bytes
    used: Percent


@dataclass(frozen=True)
class Disk:
    """One mounted file system."""

    mount: str
    total: Bytes
    free: Bytes
    used: Percent


@dataclass(frozen=True)
class Overload:
    """The load has risen above the threshold."""

    load: float
    threshold: float
    time: datetime


class Crossing:
    """Tells each upward crossing of a threshold once, whatever the value does near it."""

    def __init__(self) -> None:
        self._above = False

    def see(self, value: float, threshold: float) -> bool:
        """Whether `value` has just risen above the threshold."""
        if value > threshold:
            before, self._above = self._above, True
            return not before
        if value <= threshold * RETURN:
            self._above = False
        return False


class Busy:
    """The share of time the processors worked between two looks, in %."""

    def __init__(self) -> None:
        self._before = self._times()

    def look(self) -> float:
        """Since the last look."""
        now = self._times()
        total, idle = now[0] - self._before[0], now[1] - self._before[1]
        self._before = now
        # Kernels let these counters step back a little now and then.
        return min(max(100.0 * (1.0 - idle / total), 0.0), 100.0) if total > 0 else 0.0

    @staticmethod
    def _times() -> tuple[float, float]:
        times = psutil.cpu_times()
        guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
        # Linux counts guests in `user` and `nice` as well.
        return sum(times) - guests, times.idle + getattr(times, "iowait", 0.0)


def read_disks() -> list[Disk]:
    """The mounted file systems that hold data; the one of the root first."""
    mounts = [os.path.abspath(os.sep)]  # which containers do not list
    mounts += [part.mountpoint for part in psutil.disk_partitions(all=False)]
    found: dict[int, Disk] = {}
    for mount in mounts:
        try:
            device = os.stat(mount).st_dev
            usage = psutil.disk_usage(mount)
        except OSError:  # an empty drive, or a mount that is not ours to see
            continue
        # One device mounted at several places is one disk.
        if usage.total > 0 and device not in found:
            found[device] = Disk(mount, usage.total, usage.free, usage.percent)
    return list(found.values())


def read_temperatures() -> dict[str, float]:
    """Degrees Celsius by sensor; empty where the machine tells none."""
    read = getattr(psutil, "sensors_temperatures", None)  # Linux and FreeBSD have it
    if read is None:
        return {}
    try:
        chips = read()
    except OSError:  # some containers and virtual machines
        return {}
    found: dict[str, float] = {}
    for chip, sensors in chips.items():
        for number, sensor in enumerate(sensors, 1):
            name = f"{chip} {sensor.label or number}"
            if sensor.current is not None:
                found[name if name not in found else f"{name} {number}"] = float(sensor.current)
    return found


def read_load() -> Load:
    """The load averages now."""
    return Load(*(round(value, 2) for value in psutil.getloadavg()))


def read_memory() -> Memory:
    """The main memory now."""
    state = psutil.virtual_memory()
    return Memory(state.total, state.available, state.percent)


class Computer(
    wot.Thing,
    title="This Computer",
    types=["sosa:Platform"],
    context={"sosa": "http://www.w3.org/ns/sosa/"},
    version={"instance": "1.0.0"},
    threads=2,  # a disk that does not answer must not keep the load from being watched
):
    """The computer this program runs on."""

    load_threshold = wot.stored(
        float(os.cpu_count() or 1),
        title="Load threshold",
        description="The 1-minute load above which the computer has too much to do.",
        minimum=0.01,
    )
    overload = wot.event(
        Overload, title="Overload", description="The 1-minute load has crossed the threshold."
    )

    def __init__(self) -> None:
        self._busy = Busy()
        self._crossing = Crossing()
        self._cpu: float | None = None

    @wot.property(title="Load", observable=True)
    def load(self) -> Load:
        """Load averages."""
        return read_load()

    @wot.property(title="CPU use", unit="%", minimum=0, maximum=100, observable=True)
    def cpu(self) -> float:
        """The share of time all processors worked in the last second."""
        return self._look() if self._cpu is None else self._cpu

    @wot.property(title="Memory", observable=True)
    def memory(self) -> Memory:
        """Main memory."""
        return read_memory()

    @wot.property(title="Disks")
    def disks(self) -> list[Disk]:
        """Mounted file systems."""
        return read_disks()

    @wot.property(title="Temperatures")
    def temperatures(self) -> dict[str, Celsius]:
        """By sensor; empty where the machine tells none."""
        return read_temperatures()

    @wot.property(title="Uptime", unit="s", minimum=0)
    def uptime(self) -> float:
        """Time since the computer was started."""
        return round(max(time.time() - psutil.boot_time(), 0.0), 1)

    @wot.every(seconds=SAMPLE)
    def sample(self) -> None:
        """Look at what changes fast, tell observers, and watch the load."""
        now = read_load()
        self.cpu.changed(self._look())
        self.load.changed(now)
        self.memory.changed(read_memory())
        threshold = self.load_threshold.value
        if self._crossing.see(now.one, threshold):
            self.overload.emit(Overload(now.one, threshold, datetime.now(UTC)))

    def _look(self) -> float:
        self._cpu = round(self._busy.look(), 1)
        return self._cpu
