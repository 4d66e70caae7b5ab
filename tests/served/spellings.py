"""Bookings as a client of each version spells them, and where it finds them."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.served.serving import Caller

NAMES = {1: "reservations", 2: "reservations", 3: "bookings"}
"""What each version calls the collection."""

CUSTOMERS = {
    1: {"name": "Ada Lovelace", "email": "ada@example.com", "fax": None},
    2: {"name": "Ada Lovelace", "email": "ada@example.com"},
    3: {"first_name": "Ada", "last_name": "Lovelace", "emails": ["ada@example.com"]},
}
DOCUMENTS: dict[int, dict[str, Any]] = {
    1: {"pax": 2, "status": "open", "cents": 12050, "currency": "EUR", "customer": CUSTOMERS[1]},
    2: {"passengers": 2, "status": "open", "price": {"cents": 12050, "currency": "EUR"}, "customer": CUSTOMERS[2]},
    3: {
        "passengers": 2,
        "status": "pending",
        "price": {"amount": "120.50", "currency": "EUR"},
        "customer": CUSTOMERS[3],
        "notes": None,
    },
}
"""One booking as a client of each version writes it, but for its reference, which is unique, and its legs."""

LEGS: dict[int, dict[str, Any]] = {
    1: {"destination": "LHR", "departure": 1796117400, "arrival": 1796121600},
    2: {"destination": "LHR", "departure": "2026-12-01T09:30:00Z", "arrival": "2026-12-01T10:40:00Z"},
    3: {
        "destination": "LHR",
        "departure": "2026-12-01T09:30:00Z",
        "arrival": "2026-12-01T10:40:00Z",
        "cabin": "business",
    },
}
"""One leg likewise, but for where it begins."""

references = (f"SV-{number}" for number in count(1))


def collection(version: int) -> str:
    return f"/api/v{version}/{NAMES[version]}"


def new(version: int, *legs: str) -> dict[str, Any]:
    """A booking that nobody has made yet, with a leg from each of the airports."""
    begun = [{"origin": origin, **LEGS[version]} for origin in legs]
    return {"reference": next(references), **DOCUMENTS[version], "legs": begun}


def created(caller: Caller, version: int, *legs: str) -> str:
    """The id of a new booking."""
    answer = caller.ask("POST", collection(version), new(version, *legs))
    assert answer.status == 201, answer.body
    return str(answer.json["id"])
