"""Of what all share in a Thing, nobody may take all, nor push out what is kept for others."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Held(Protocol):
    """What is kept for somebody; who asks from inside the program is ""."""

    @property
    def peer(self) -> str: ...
    @property
    def size(self) -> int: ...


K = TypeVar("K")
V = TypeVar("V", bound=Held)


def first_to_go(kept: OrderedDict[K, V], each: int) -> K:
    """The oldest of who holds most, where one costs so many bytes besides its size; the newest is not among them."""
    weights: Counter[str] = Counter()
    for one in kept.values():
        weights[one.peer] += one.size + each
    if len(weights) > 1:
        newest = next(reversed(kept.values()))
        weights[newest.peer] -= newest.size
        most = max(weights, key=lambda peer: weights[peer])
        for key, one in kept.items():
            if one.peer == most and one is not newest:
                return key
    return next(iter(kept))


def is_beyond(peer: str, running: Iterable[str], most: int) -> bool:
    """Whether somebody has as much as is left: so there is always something for who comes next."""
    found = list(running)
    return len(found) >= most or (bool(peer) and found.count(peer) >= most - len(found))
