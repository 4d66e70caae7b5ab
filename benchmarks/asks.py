"""What clients ask: the requests of a case, for an app as one client sees it, in any version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from .workloads import Document, printed, writable

MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"


class Ask(NamedTuple):
    """A request, and the status that must come."""

    method: str
    path: str
    body: bytes = b""
    media_type: str = "application/json"
    status: int = 200


Unit = Sequence[Ask]
"""The requests that are timed as one."""


@dataclass(frozen=True)
class Seen:
    """The app as one client sees it: the collection's URL, its bookings by id, and the name of one of their fields."""

    collection: str
    bookings: Mapping[str, Document]
    passengers: str

    def item(self, booking_id: str) -> str:
        """The URL of a booking."""
        return f"{self.collection}/{booking_id}"


def gets(seen: Seen) -> Iterable[Unit]:
    """Read a booking."""
    return [[Ask("GET", seen.item(booking_id))] for booking_id in seen.bookings]


def lists(seen: Seen) -> Iterable[Unit]:
    """Read the list."""
    return [[Ask("GET", seen.collection)]]


def posts(seen: Seen) -> Iterable[Unit]:
    """Make a booking."""
    bodies = map(printed, map(writable, seen.bookings.values()))
    return [[Ask("POST", seen.collection, body, status=201)] for body in bodies]


def puts(seen: Seen) -> Iterable[Unit]:
    """Write all of a booking."""
    return [[_put(seen, booking_id)] for booking_id in seen.bookings]


def gets_and_puts(seen: Seen) -> Iterable[Unit]:
    """Read a booking and write it back, as clients of an app without PATCH must."""
    return [[Ask("GET", seen.item(booking_id)), _put(seen, booking_id)] for booking_id in seen.bookings]


def merge_patches(seen: Seen) -> Iterable[Unit]:
    """Change one field by merge patch (RFC 7396)."""
    return _patches(seen, MERGE_PATCH, lambda number: {seen.passengers: number})


def json_patches(seen: Seen) -> Iterable[Unit]:
    """Change one field by JSON Patch (RFC 6902)."""
    return _patches(
        seen, JSON_PATCH, lambda number: [{"op": "replace", "path": f"/{seen.passengers}", "value": number}]
    )


def _put(seen: Seen, booking_id: str) -> Ask:
    return Ask("PUT", seen.item(booking_id), printed(writable(seen.bookings[booking_id])))


def _patches(seen: Seen, media_type: str, document: Callable[[int], Any]) -> Iterable[Unit]:
    """The number changes from one time to the next, so that no patch finds its work done already."""
    return [
        [Ask("PATCH", seen.item(booking_id), printed(document(number)), media_type)]
        for number in (2, 3)
        for booking_id in seen.bookings
    ]


ASKS: Final[Mapping[str, Callable[[Seen], Iterable[Unit]]]] = {
    "GET": gets,
    "GET list of {kept}": lists,
    "POST": posts,
    "PUT": puts,
    "PATCH, merge patch": merge_patches,
    "PATCH, JSON Patch": json_patches,
}
"""Each case, and what is asked in it."""
