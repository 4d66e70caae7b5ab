"""hot_path: bytes in, bytes out, without HTTP, between today's bookings and those of three versions back.

The limit is what it takes to parse and print the same bytes and do nothing else, with the faster of the two fastest
JSON libraries that there are; whatever translates must do both. Beside the layer, compiled and interpreted, stands
what else people use for the same work, or for half of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Final

from examples.bookings.api import BookingSchema as ExampleSchema
from examples.bookings.api import api as example

from . import peers
from .api import OLDEST, api
from .contenders import COMPILED, LIMITS, Entry, Work, limits, ours, theirs
from .peers import Turn
from .tables import Charted, Figure, Report, Row, Target, microseconds, times
from .timing import Effort, Timings, measure
from .workloads import Document, bookings, in_the_example, newer, older, printed, writable

TITLE: Final = "hot_path: bookings of version 4 and version 1, bytes in to bytes out"
SIZES: Final = (1, 10, 100, 1_000)
AIMED_AT: Final = 100
"""The number of bookings that the targets speak of."""
AUTHORS: Final = "with authors' functions"
"""The second workload: the API of `examples.bookings`, whose author wrote functions for times and prices."""

LIMIT, MARSHMALLOW = "× limit", "speed, × marshmallow"
LOAD_AND_DUMP: Final = peers.HOT["marshmallow_schemas"][0]
TARGETS: Final = (Target(LIMIT, 1.5, goal=1.25), Target(MARSHMALLOW, 30, at_least=True))

Translate = Callable[[Document], Document]


def run(effort: Effort) -> Report:
    """Measure every size and both directions, and the second workload."""
    sizes = [size for size in SIZES if size <= effort.largest]
    rows = [row for size in sizes for row in _rows_of_size(size, effort)]
    charted = min(AIMED_AT, sizes[-1])
    cases = [_case(way, charted) for way in ("downgrade", "upgrade")]
    axis = "how many times as long as parsing and printing the same bytes"
    return Report(TITLE, [*rows, *_rows_of_example(charted, effort)], Charted(LIMIT, axis, cases, line=1.5))


def _case(way: str, size: int) -> str:
    return f"{way}, {size:,} booking{'s' * (size > 1)}"


def _rows_of_size(size: int, effort: Effort) -> list[Row]:
    kept = bookings(size)
    down, up = ours(api)
    downgrade, upgrade = down | theirs(attrgetter("downgrade")), up | theirs(attrgetter("upgrade"))
    return [
        *_rows(_case("downgrade", size), downgrades(kept, older, "passengers"), downgrade, effort),
        *_rows(_case("upgrade", size), upgrades(kept, older, newer), upgrade, effort),
    ]


def _rows_of_example(size: int, effort: Effort) -> list[Row]:
    translation = example.translation(ExampleSchema, example.position(OLDEST))
    kept = [in_the_example(booking) for booking in bookings(size)]
    down, up = ours(example)
    downgrade = downgrades(kept, translation.downgrade, "pax_count")
    upgrade = upgrades(kept, translation.downgrade, translation.upgrade)
    return [
        *_rows(f"{_case('downgrade', size)}, {AUTHORS}", downgrade, down, effort),
        *_rows(f"{_case('upgrade', size)}, {AUTHORS}", upgrade, up, effort),
    ]


def downgrades(kept: Sequence[Document], downgrade: Translate, passengers: str) -> Work:
    """One body, a list, as an app replies with it; in the broken one, the last booking has too many passengers."""
    broken = [*kept[:-1], {**kept[-1], passengers: 12}]
    return Work([printed(kept)], [[downgrade(booking) for booking in kept]], printed(broken))


def upgrades(kept: Sequence[Document], downgrade: Translate, upgrade: Translate) -> Work:
    """As many bodies as bookings: a request has one. The broken one has too many passengers."""
    sent = [writable(downgrade(booking)) for booking in kept]
    return Work([*map(printed, sent)], [upgrade(document) for document in sent], printed({**sent[0], "pax": 12}))


def _rows(case: str, work: Work, entries: Mapping[str, Entry], effort: Effort) -> list[Row]:
    """Prove everyone, time those who are there, and tell all."""
    entries = {name: entry.proven(work, name) for name, entry in (limits() | entries).items()}
    turns = {name: entry.turn for name, entry in entries.items() if entry.turn is not None}
    timings = measure({name: partial(_all, turn, work.sent) for name, turn in turns.items()}, effort)

    def row(name: str, entry: Entry) -> Row:
        turn = turns.get(name)
        if turn is None:
            return Row(case, name, {}, note=entry.note)
        facts = {"rounds": timings.rounds, "bytes in": sum(map(len, work.sent))}
        facts["bytes out"] = sum(len(turn(body)) for body in work.sent)
        aimed = name == COMPILED and case.endswith(f" {AIMED_AT} bookings")
        return Row(case, name, _figures(name, timings), facts, entry.note, TARGETS if aimed else ())

    return [row(name, entry) for name, entry in entries.items()]


def _figures(name: str, timings: Timings) -> dict[str, Figure]:
    """The time, how many times the limit that is, and how many times as fast as marshmallow."""
    limit = timings.fastest(set(LIMITS) & set(timings.seconds))
    figures = {"time": microseconds(timings.of(name)), LIMIT: times(timings.ratio(name, limit))}
    if LOAD_AND_DUMP in timings.seconds:
        figures[MARSHMALLOW] = times(timings.ratio(LOAD_AND_DUMP, name))
    return figures


def _all(turn: Turn, sent: Sequence[bytes]) -> None:
    for body in sent:
        turn(body)
