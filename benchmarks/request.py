"""request: one request to a small Flask app, in process, bare and through the layer in each version.

The app keeps its bookings in memory and checks nothing, so that the layer has nowhere to hide: over an app that
does more, the same microseconds are a smaller share. Every contender has an app of its own and asks for one
booking after the other. The client is the same for all, and its cost is in every time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

from examples.bookings.api import BookingSchema, api
from translayer import Translayer

from .tables import Report, Row, microseconds, times
from .timing import Contender, Effort, measure
from .workloads import Call, bookings, in_memory, printed, writable

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

TITLE = "request: one request to an in-memory Flask app, in process"
KEPT = 100
"""Bookings in the app, all of which a list has."""
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"

Unit = Sequence[Call]
"""The requests that are timed as one."""
Asked = Callable[["Seen"], Iterable[Unit]]
"""Makes the units of a case for a client; they are sent one after the other, and again from the start."""


@dataclass(frozen=True)
class Seen:
    """The app as one client sees it: the collection's URL, its bookings by id, and the name of one of their fields."""

    collection: str
    bookings: Mapping[str, Mapping[str, Any]]
    passengers: str

    def item(self, booking_id: str) -> str:
        """The URL of a booking."""
        return f"{self.collection}/{booking_id}"


def gets(seen: Seen) -> Iterable[Unit]:
    """Read a booking."""
    return [[Call("GET", seen.item(booking_id))] for booking_id in seen.bookings]


def lists(seen: Seen) -> Iterable[Unit]:
    """Read the list."""
    return [[Call("GET", seen.collection)]]


def posts(seen: Seen) -> Iterable[Unit]:
    """Make a booking."""
    bodies = map(printed, map(writable, seen.bookings.values()))
    return [[Call("POST", seen.collection, body, status=201)] for body in bodies]


def puts(seen: Seen) -> Iterable[Unit]:
    """Write all of a booking."""
    return [[_put(seen, booking_id)] for booking_id in seen.bookings]


def gets_and_puts(seen: Seen) -> Iterable[Unit]:
    """Read a booking and write it back, as clients of an app without PATCH must."""
    return [[Call("GET", seen.item(booking_id)), _put(seen, booking_id)] for booking_id in seen.bookings]


def merge_patches(seen: Seen) -> Iterable[Unit]:
    """Change one field by merge patch (RFC 7396)."""
    return _patches(seen, MERGE_PATCH, lambda number: {seen.passengers: number})


def json_patches(seen: Seen) -> Iterable[Unit]:
    """Change one field by JSON Patch (RFC 6902)."""
    return _patches(
        seen, JSON_PATCH, lambda number: [{"op": "replace", "path": f"/{seen.passengers}", "value": number}]
    )


def _put(seen: Seen, booking_id: str) -> Call:
    return Call("PUT", seen.item(booking_id), printed(writable(seen.bookings[booking_id])))


def _patches(seen: Seen, media_type: str, document: Callable[[int], Any]) -> Iterable[Unit]:
    """The number changes from one time to the next, so that no patch finds its work done already."""
    return [
        [Call("PATCH", seen.item(booking_id), printed(document(number)), media_type)]
        for number in (2, 3)
        for booking_id in seen.bookings
    ]


CASES: Final[Mapping[str, tuple[Mapping[str, Asked], Asked]]] = {
    "GET": ({"bare": gets}, gets),
    "GET list of {kept}": ({"bare": lists}, lists),
    "POST": ({"bare": posts}, posts),
    "PUT": ({"bare": puts, "bare GET + PUT": gets_and_puts}, puts),
    "PATCH, merge patch": ({"bare GET + PUT": gets_and_puts}, merge_patches),
    "PATCH, JSON Patch": ({"bare GET + PUT": gets_and_puts}, json_patches),
}
"""Each case: what the bare app is asked, the first of which is what all is compared with, and what clients
of the layer ask in each version."""

VERSIONS: Final = {"as v3": 3, "as v2": 2, "as v1": 1}


def run(effort: Effort) -> Report:
    """Measure every case."""
    kept = bookings(min(KEPT, effort.largest))
    return Report(TITLE, [row for case in CASES for row in _rows(case, kept, effort)])


def _rows(case: str, kept: Sequence[Mapping[str, Any]], effort: Effort) -> list[Row]:
    bare, wrapped = CASES[case]
    contenders = {name: _contender(in_memory(kept), asked(_bare(kept))) for name, asked in bare.items()}
    contenders |= {
        name: _contender(Translayer(in_memory(kept), api), wrapped(_in_version(kept, version)))
        for name, version in VERSIONS.items()
    }
    timings, base = measure(contenders, effort), next(iter(bare))

    def row(name: str) -> Row:
        figures = {"time": microseconds(timings.of(name))}
        if name != base:
            figures["× bare"] = times(timings.ratio(name, base))
            figures["added"] = microseconds(timings.added(name, base))
        return Row(case.format(kept=len(kept)), name, figures)

    return [row(name) for name in contenders]


def _contender(app: WSGIApplication, units: Iterable[Unit]) -> Contender:
    return partial(_send_next, app, cycle(units))


def _send_next(app: WSGIApplication, units: cycle[Unit]) -> None:
    for call in next(units):
        call.send(app)


def _bare(kept: Sequence[Mapping[str, Any]]) -> Seen:
    return Seen("/bookings", {booking["id"]: booking for booking in kept}, "pax_count")


def _in_version(kept: Sequence[Mapping[str, Any]], version: int) -> Seen:
    translation = api.translation(BookingSchema, api.position(version))
    collection = "/api/v3/bookings" if version == 3 else f"/api/v{version}/reservations"
    documents = {booking["id"]: translation.downgrade(booking) for booking in kept}
    return Seen(collection, documents, "pax" if version == 1 else "passengers")
