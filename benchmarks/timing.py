"""Timing: contenders take turns for a number of rounds, and are compared round by round.

Strategy: within a round every contender is timed once, in an order that is shuffled anew each time, so that a
machine that is slower for a while is slower for all of them. A ratio is made inside each round, of two times that
lie close together, and the median of those ratios is what is told, with its quartiles. The garbage collector
runs as it does in a server; what earlier contenders left behind is collected before a round, at nobody's expense.

Wall-clock time of one thread only: nothing here knows what is timed.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random
from statistics import quantiles
from time import perf_counter
from typing import TypeAlias

Contender: TypeAlias = Callable[[], object]
"""One unit of work, to be done again and again; it must not become slower by being repeated."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is spent: ``rounds`` (2 or more), ``seconds`` per sample at least, and the ``largest`` workload."""

    rounds: int
    seconds: float
    largest: int


FULL = Effort(rounds=31, seconds=0.01, largest=1_000)
"""For figures that mean something."""
SMOKE = Effort(rounds=2, seconds=0.0, largest=10)
"""For seeing that everything runs; the figures mean nothing."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several values, and the quartiles between which half of them lie."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of two values or more."""
        return cls(*quantiles(values, n=4, method="inclusive"))


@dataclass(frozen=True)
class Timings:
    """The seconds that one unit of each contender took, in each round."""

    seconds: Mapping[str, Sequence[float]]

    def of(self, name: str) -> Spread:
        """Seconds per unit."""
        return Spread.of(self.seconds[name])

    def ratio(self, name: str, base: str) -> Spread:
        """How many times as long as ``base``, round by round."""
        return Spread.of([one / other for one, other in self._pairs(name, base)])

    def added(self, name: str, base: str) -> Spread:
        """How many seconds longer than ``base``, round by round."""
        return Spread.of([one - other for one, other in self._pairs(name, base)])

    def _pairs(self, name: str, base: str) -> list[tuple[float, float]]:
        return list(zip(self.seconds[name], self.seconds[base], strict=True))


def measure(contenders: Mapping[str, Contender], effort: Effort) -> Timings:
    """Time the contenders against each other. Each has been warm for as long as a sample lasts when it starts."""
    units = {name: _units_per_sample(contender, effort.seconds) for name, contender in contenders.items()}
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    order, shuffler = list(contenders), Random(0)
    for _ in range(effort.rounds):
        shuffler.shuffle(order)
        gc.collect()
        for name in order:
            seconds[name].append(_sample(contenders[name], units[name]) / units[name])
    return Timings(seconds)


def _units_per_sample(contender: Contender, seconds: float) -> int:
    """How many units make a sample of ``seconds``; finding out warms the contender up."""
    units = 1
    while (took := _sample(contender, units)) < seconds / 2:
        units *= 2
    return max(1, ceil(units * seconds / took))


def _sample(contender: Contender, units: int) -> float:
    repeated = [None] * units
    start = perf_counter()
    for _ in repeated:
        contender()
    return perf_counter() - start
