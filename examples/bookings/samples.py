"""The bookings that a new database starts with, and one for documentation: facts only.

Between them they hold what makes translation interesting: no leg and several, no e-mail address and several,
a name of one word and one of many, every status, every cabin, notes and none.
"""

from typing import Any


def _leg(origin: str, destination: str, departure: str, arrival: str, cabin: str = "economy") -> dict[str, Any]:
    return {
        "origin": origin,
        "destination": destination,
        "departure": departure,
        "arrival": arrival,
        "cabin": cabin,
    }


SAMPLES: tuple[dict[str, Any], ...] = (
    {
        "id": "00000000-0000-4000-8000-000000000001",
        "reference": "BK-0001",
        "pax_count": 2,
        "status": "confirmed",
        "price": {"amount": "120.50", "currency": "EUR"},
        "customer": {
            "first_name": "Ada",
            "last_name": "Lovelace",
            "emails": ["ada@example.com", "ada.lovelace@example.org"],
        },
        "legs": [
            _leg("AMS", "LHR", "2026-12-01T09:30:00Z", "2026-12-01T10:40:00Z"),
            _leg("LHR", "AMS", "2026-12-05T17:15:00Z", "2026-12-05T18:30:00Z", "business"),
        ],
        "notes": "Seats together, please.",
        "created_at": "2026-11-20T08:00:00Z",
        "margin": "0.12",
    },
    {
        "id": "00000000-0000-4000-8000-000000000002",
        "reference": "BK-0002",
        "pax_count": 1,
        "status": "pending",
        "price": {"amount": "999.99", "currency": "USD"},
        "customer": {"first_name": "Grace", "last_name": "Hopper", "emails": ["grace@example.com"]},
        "legs": [_leg("JFK", "SFO", "2026-12-10T14:00:00Z", "2026-12-10T20:25:00Z", "premium")],
        "notes": None,
        "created_at": "2026-11-20T09:15:00Z",
        "margin": "0.10",
    },
    {
        "id": "00000000-0000-4000-8000-000000000003",
        "reference": "BK-0003",
        "pax_count": 4,
        "status": "cancelled",
        "price": {"amount": "0.05", "currency": "GBP"},
        "customer": {"first_name": "Edsger", "last_name": "van der Berg", "emails": []},
        "legs": [],
        "notes": "Refunded.",
        "created_at": "2026-11-20T10:30:00Z",
        "margin": "0.00",
    },
    {
        "id": "00000000-0000-4000-8000-000000000004",
        "reference": "BK-0004",
        "pax_count": 9,
        "status": "confirmed",
        "price": {"amount": "15480.00", "currency": "EUR"},
        "customer": {"first_name": "José", "last_name": "Ñandú", "emails": ["jose@example.com"]},
        "legs": [
            _leg("MAD", "CDG", "2026-12-18T06:10:00Z", "2026-12-18T08:15:00Z"),
            _leg("CDG", "NRT", "2026-12-18T10:40:00Z", "2026-12-19T00:20:00Z", "business"),
            _leg("NRT", "CTS", "2026-12-19T03:00:00Z", "2026-12-19T04:40:00Z", "premium"),
        ],
        "notes": None,
        "created_at": "2026-11-21T07:45:00Z",
        "margin": "0.18",
    },
    {
        "id": "00000000-0000-4000-8000-000000000005",
        "reference": "BK-0005",
        "pax_count": 3,
        "status": "pending",
        "price": {"amount": "342.00", "currency": "CHF"},
        "customer": {"first_name": "Hypatia", "last_name": "", "emails": ["hypatia@example.net"]},
        "legs": [_leg("ATH", "ZRH", "2027-01-08T11:20:00Z", "2027-01-08T14:05:00Z")],
        "notes": "",
        "created_at": "2026-11-21T16:05:00Z",
        "margin": "0.10",
    },
)

EXAMPLE: dict[str, Any] = {
    "id": "00000000-0000-4000-8000-000000000001",
    "reference": "BK-0001",
    "passengers": 2,
    "status": "confirmed",
    "price": {"amount": "120.50", "currency": "EUR"},
    "customer": {"first_name": "Ada", "last_name": "Lovelace", "emails": ["ada@example.com"]},
    "legs": [_leg("AMS", "LHR", "2026-12-01T09:30:00Z", "2026-12-01T10:40:00Z")],
    "remarks": "Seats together, please.",
    "created_at": "2026-11-20T08:00:00Z",
}
"""A booking as clients of the newest version see it, for documentation."""
