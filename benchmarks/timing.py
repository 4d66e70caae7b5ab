"""Timing: contenders take turns for a number of rounds, and are compared round by round.

Strategy: within a round every contender is timed once, in an order that is shuffled anew each time, so that a
machine that is slower for a while is slower for all of them. A ratio is made inside each round, of two times that
lie close together, and the median of those ratios is what is told, with its quartiles. The garbage collector
runs as it does in a server; what earlier contenders left behind is collected before a round, at nobody's expense.
Slow cases have fewer rounds, so that all benchmarks together stay within their minutes.

Wall-clock time of one thread only: nothing here knows what is timed.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    """How much is spent: ``rounds`` at most, ``seconds`` per sample at least, and the ``largest`` workload.

    After ``budget`` seconds a case has no further rounds, once it has had the ``fewest`` (2 or more).
    """

    rounds: int
    fewest: int
    seconds: float
    budget: float
    largest: int


FULL = Effort(rounds=31, fewest=5, seconds=0.01, budget=6.0, largest=1_000)
"""For figures that mean something."""
SMOKE = Effort(rounds=2, fewest=2, seconds=0.0, budget=0.0, largest=10)
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

    def scaled(self, factor: float) -> Spread:
        """The same in another unit."""
        return Spread(self.low * factor, self.median * factor, self.high * factor)


@dataclass(frozen=True)
class Timings:
    """The seconds that one unit of each contender took, in each round."""

    seconds: Mapping[str, Sequence[float]]

    @property
    def rounds(self) -> int:
        """How many rounds there were."""
        return min(map(len, self.seconds.values()))

    def fastest(self, names: Iterable[str]) -> str:
        """The one of these that has the least median."""
        return min(names, key=lambda name: self.of(name).median)

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
    for order in turns(contenders, effort):
        gc.collect()
        for name in order:
            seconds[name].append(_sample(contenders[name], units[name]) / units[name])
    return Timings(seconds)


def turns(names: Iterable[str], effort: Effort) -> Iterator[Sequence[str]]:
    """The rounds of a case: for each, the names in an order of its own, the same in every run."""
    order, shuffler = list(names), Random(0)
    start = perf_counter()
    for number in range(effort.rounds):
        if number >= effort.fewest and perf_counter() - start > effort.budget:
            return
        shuffler.shuffle(order)
        yield tuple(order)


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
