"""hot_path: bytes in, bytes out, without HTTP, for lists of bookings between version 3 and version 1.

The limit is what it takes to parse and print the same bytes and do nothing else, with the fastest JSON libraries
that there are; whatever translates must do both. The other end is marshmallow loading and dumping the bookings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import msgspec
from marshmallow import EXCLUDE

from examples.bookings.api import BookingSchema, api
from translayer.contract.translation import Translation
from translayer.document.codec import decode, encode

from .tables import Figure, Report, Row, microseconds, times
from .timing import Effort, measure
from .workloads import bookings, printed, writable

TITLE = "hot_path: lists of bookings, bytes in to bytes out"
SIZES = (1, 10, 100, 1_000)


@dataclass(frozen=True)
class Pass:
    """A way from the bytes of a list of bookings to the bytes of another, and the bytes to start from."""

    turn: Callable[[bytes], bytes]
    sent: bytes


def run(effort: Effort) -> Report:
    """Measure every size and both directions."""
    return Report(TITLE, [row for size in SIZES if size <= effort.largest for row in _rows_of_size(size, effort)])


def _rows_of_size(size: int, effort: Effort) -> list[Row]:
    kept = bookings(size)
    translation = api.translation(BookingSchema, api.position(1))
    business = printed(kept)
    oldest = printed([writable(translation.downgrade(booking)) for booking in kept])
    today = printed([api.translation(BookingSchema, 0).downgrade(booking) for booking in kept])
    _check_passes(translation, oldest)
    named = f"{size:,} booking{'s' * (size > 1)}"
    downgrades = {
        "interpreted downgrade": Pass(partial(downgrade, translation), business),
        "marshmallow load + dump": Pass(load_and_dump, today),
    }
    upgrades = {"interpreted upgrade": Pass(partial(upgrade, translation), oldest)}
    return [
        *_rows(f"{named}, v3 → v1", _limits(business), downgrades, effort),
        *_rows(f"{named}, v1 → v3", _limits(oldest), upgrades, effort),
    ]


def downgrade(translation: Translation, business: bytes) -> bytes:
    """What a list reply of the app goes through: parse, downgrade each booking, print."""
    return encode([translation.downgrade(booking) for booking in decode(business, unique=False)])


def upgrade(translation: Translation, document: bytes) -> bytes:
    """What clients' bookings go through: parse, check as v1, upgrade, check as v3, print."""
    return encode([translation.upgrade(booking) for booking in decode(document)])


_SCHEMA: Final = BookingSchema(many=True, unknown=EXCLUDE)


def load_and_dump(today: bytes) -> bytes:
    """What marshmallow itself needs to check and print bookings of today's version, with a fast parser and printer."""
    return msgspec.json.encode(_SCHEMA.dump(_SCHEMA.load(msgspec.json.decode(today))))


def _check_passes(translation: Translation, oldest: bytes) -> None:
    """Refuse to measure passes that do not do their work: a v1 booking comes back from its way to v3 and back."""
    back = msgspec.json.decode(downgrade(translation, upgrade(translation, oldest)))
    if back != msgspec.json.decode(oldest):
        raise RuntimeError("v1 bookings do not survive their way to v3 and back")


def _limits(sent: bytes) -> dict[str, Pass]:
    """Parsing and printing alone; orjson is measured where it is installed."""
    decoder, encoder = msgspec.json.Decoder(), msgspec.json.Encoder()
    limits = {"msgspec": Pass(lambda body: encoder.encode(decoder.decode(body)), sent)}
    if find_spec("orjson"):
        orjson: Any = import_module("orjson")
        limits["orjson"] = Pass(lambda body: orjson.dumps(orjson.loads(body)), sent)
    return limits


def _rows(case: str, limits: Mapping[str, Pass], passes: Mapping[str, Pass], effort: Effort) -> list[Row]:
    contenders = {**{f"{name} parse + print": limit for name, limit in limits.items()}, **passes}
    timings = measure({name: partial(each.turn, each.sent) for name, each in contenders.items()}, effort)

    def figures(name: str) -> dict[str, Figure]:
        ratios = {
            f"× {limit}": times(timings.ratio(name, f"{limit} parse + print")) for limit in limits if name in passes
        }
        return {"time": microseconds(timings.of(name))} | ratios

    return [
        Row(case, name, figures(name), {"bytes in": len(each.sent), "bytes out": len(each.turn(each.sent))})
        for name, each in contenders.items()
    ]
