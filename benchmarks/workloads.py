"""Workloads: bookings in today's shape and in the oldest, the same in every run: no clock, seeded chance.

The way between the two shapes stands here once more, written by hand on dicts: it is what every contender's output
is held against, and a contender itself, the one that checks nothing. Nothing of the layer is known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any
from uuid import UUID

import msgspec

Document = dict[str, Any]

SET_BY_THE_APP = ("id", "created_at", "margin")
"""Fields of a booking, in every version, that clients do not write."""

OLDER_STATUSES = {"pending": "open", "confirmed": "done", "cancelled": "void"}
NEWER_STATUSES = {older: newer for newer, older in OLDER_STATUSES.items()}

_FIRST_NAMES = ("Ada", "Grace", "Edsger", "Hypatia", "José", "Barbara")
_LAST_NAMES = ("Lovelace", "Hopper", "van der Berg", "Ñandú", "Liskov", "King")
_AIRPORTS = ("AMS", "LHR", "JFK", "SFO", "MAD", "CDG", "NRT", "ZRH")
_NOTES = (None, None, "Seats together, please.", "Window seat, please.")


def bookings(count: int) -> list[Document]:
    """Business objects as the app replies with them: about 500 bytes of JSON each, no two alike."""
    chance = Random(count)
    return [_booking(number, chance) for number in range(count)]


def _booking(number: int, chance: Random) -> Document:
    first, last = chance.choice(_FIRST_NAMES), chance.choice(_LAST_NAMES)
    return {
        "id": str(UUID(int=chance.getrandbits(128), version=4)),
        "reference": f"BK-{number:04}",
        "passengers": chance.randint(1, 9),
        "status": chance.choice(("pending", "confirmed", "cancelled")),
        "price": {
            "amount": f"{chance.randint(10, 9_999)}.{chance.randint(0, 99):02}",
            "currency": chance.choice(("EUR", "USD", "CHF")),
        },
        "customer": {"first_name": first, "last_name": last, "email": f"customer{number}@example.com"},
        "legs": [_leg(day, chance) for day in range(1, chance.randint(1, 2) + 1)],
        "notes": chance.choice(_NOTES),
        "created_at": f"2026-11-{chance.randint(1, 28):02}T08:00:00Z",
    }


def _leg(day: int, chance: Random) -> Document:
    origin, destination = chance.sample(_AIRPORTS, 2)
    month, hour = chance.randint(1, 12), chance.randint(0, 20)
    return {
        "origin": origin,
        "destination": destination,
        "departure": f"2027-{month:02}-{day:02}T{hour:02}:30:00Z",
        "arrival": f"2027-{month:02}-{day:02}T{hour + 2:02}:15:00Z",
        "cabin": chance.choice(("economy", "premium", "business")),
    }


def older(today: Mapping[str, Any]) -> Document:
    """A booking as version 1 has it, for one of today's; what only the app sets may be missing."""
    customer = today["customer"]
    made = {
        "reference": today["reference"],
        "pax": today["passengers"],
        "status": OLDER_STATUSES[today["status"]],
        "amount": today["price"]["amount"],
        "currency": today["price"]["currency"],
        "customer": {
            "name": f"{customer['first_name']} {customer['last_name']}",
            "email": customer["email"],
        },
        "legs": [_older_leg(leg) for leg in today["legs"]],
        "notes": today["notes"],
    }
    return {**made, **_set_by_the_app(today)}


def _older_leg(leg: Mapping[str, Any]) -> Document:
    return {
        "from": leg["origin"],
        "to": leg["destination"],
        "departure": leg["departure"],
        "arrival": leg["arrival"],
        "cabin": leg["cabin"],
    }


def newer(older: Mapping[str, Any]) -> Document:
    """Today's booking, for one of version 1."""
    first, last = older["customer"]["name"].split(" ", 1)
    made = {
        "reference": older["reference"],
        "passengers": older["pax"],
        "status": NEWER_STATUSES[older["status"]],
        "price": {"amount": older["amount"], "currency": older["currency"]},
        "customer": {"first_name": first, "last_name": last, "email": older["customer"]["email"]},
        "legs": [_newer_leg(leg) for leg in older["legs"]],
        "notes": older["notes"],
    }
    return {**made, **_set_by_the_app(older)}


def _newer_leg(leg: Mapping[str, Any]) -> Document:
    return {
        "origin": leg["from"],
        "destination": leg["to"],
        "departure": leg["departure"],
        "arrival": leg["arrival"],
        "cabin": leg["cabin"],
    }


def _set_by_the_app(document: Mapping[str, Any]) -> Document:
    return {name: document[name] for name in SET_BY_THE_APP if name in document}


def writable(document: Mapping[str, Any]) -> Document:
    """What a client may send of a booking that it has read, in any version."""
    return {name: value for name, value in document.items() if name not in SET_BY_THE_APP}


def in_the_example(booking: Mapping[str, Any]) -> Document:
    """The same booking as the app of `examples.bookings` keeps it."""
    customer = booking["customer"]
    return {
        **{name: value for name, value in booking.items() if name != "passengers"},
        "pax_count": booking["passengers"],
        "customer": {**_without(customer, "email"), "emails": [customer["email"]]},
        "margin": "0.10",
    }


def _without(document: Mapping[str, Any], name: str) -> Document:
    return {key: value for key, value in document.items() if key != name}


def printed(document: Any) -> bytes:
    """Compact JSON."""
    return msgspec.json.encode(document)


def parsed(body: bytes) -> Any:
    """JSON as Python values, with UTC spelt in one way: libraries print it as ``Z`` or as ``+00:00``."""
    return msgspec.json.decode(body.replace(b"+00:00", b"Z"))
