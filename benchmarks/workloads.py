"""Workloads: bookings, an app that keeps them in memory, and a client that costs next to nothing.

The API is the example's, `examples.bookings.api`; the app is not, since its database would take most of the time
of a request and hide what the layer adds. Everything is the same in every run: no clock, seeded chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from flask import Flask, Response, jsonify, request, url_for

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

SET_BY_THE_APP = ("id", "created_at", "margin")
"""Fields of a booking, in every version, that clients do not write."""

_FIRST_NAMES = ("Ada", "Grace", "Edsger", "Hypatia", "José", "Barbara")
_LAST_NAMES = ("Lovelace", "Hopper", "van der Berg", "Ñandú", "Liskov", "King")
_AIRPORTS = ("AMS", "LHR", "JFK", "SFO", "MAD", "CDG", "NRT", "ZRH")
_NOTES = (None, None, "Seats together, please.", "Window seat, please.")


def bookings(count: int) -> list[dict[str, Any]]:
    """Business objects as the app replies with them: about 500 bytes of JSON each, no two alike."""
    chance = Random(count)
    return [_booking(number, chance) for number in range(count)]


def _booking(number: int, chance: Random) -> dict[str, Any]:
    first, last = chance.choice(_FIRST_NAMES), chance.choice(_LAST_NAMES)
    return {
        "id": str(UUID(int=chance.getrandbits(128), version=4)),
        "reference": f"BK-{number:04}",
        "pax_count": chance.randint(1, 9),
        "status": chance.choice(("pending", "confirmed", "cancelled")),
        "price": {
            "amount": f"{chance.randint(10, 9_999)}.{chance.randint(0, 99):02}",
            "currency": chance.choice(("EUR", "USD", "CHF")),
        },
        "customer": {
            "first_name": first,
            "last_name": last,
            "emails": [f"customer{number}@{host}" for host in ("example.com", "example.org")[: chance.randint(1, 2)]],
        },
        "legs": [_leg(day, chance) for day in range(1, chance.randint(1, 2) + 1)],
        "notes": chance.choice(_NOTES),
        "created_at": f"2026-11-{chance.randint(1, 28):02}T08:00:00Z",
        "margin": "0.10",
    }


def _leg(day: int, chance: Random) -> dict[str, Any]:
    origin, destination = chance.sample(_AIRPORTS, 2)
    month, hour = chance.randint(1, 12), chance.randint(0, 20)
    return {
        "origin": origin,
        "destination": destination,
        "departure": f"2027-{month:02}-{day:02}T{hour:02}:30:00Z",
        "arrival": f"2027-{month:02}-{day:02}T{hour + 2:02}:15:00Z",
        "cabin": chance.choice(("economy", "premium", "business")),
    }


def writable(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a client may send of a booking that it has read, in any version."""
    return {name: value for name, value in document.items() if name not in SET_BY_THE_APP}


def in_memory(kept: Sequence[Mapping[str, Any]]) -> Flask:
    """Make a Flask app that serves these bookings, with entity tags and without rules of its own: as lean as can be.

    A new booking gets the id of the first and is not kept, so that nothing grows while it is timed.
    """
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider, not of the base class
    stored = {UUID(booking["id"]): (dict(booking), 1) for booking in kept}
    first = kept[0]

    def represent(booking: Mapping[str, Any], revision: int) -> Response:
        reply = jsonify(booking)
        reply.set_etag(str(revision))
        return reply

    @app.get("/bookings")
    def list_bookings() -> Response:
        items = [booking for booking, _ in stored.values()]
        return jsonify(items=items, total=len(items), page=1, per_page=100)

    @app.post("/bookings")
    def create_booking() -> tuple[Response, int, dict[str, str]]:
        made = {**{name: first[name] for name in SET_BY_THE_APP}, **request.get_json()}
        location = url_for("read_booking", booking_id=made["id"], _external=True)
        return represent(made, 1), 201, {"Location": location}

    @app.get("/bookings/<uuid:booking_id>")
    def read_booking(booking_id: UUID) -> Response:
        return represent(*stored[booking_id])

    @app.put("/bookings/<uuid:booking_id>")
    def replace_booking(booking_id: UUID) -> Response | tuple[Response, int]:
        booking, revision = stored[booking_id]
        if request.if_match and str(revision) not in request.if_match:
            return jsonify(error="PRECONDITION_FAILED"), 412
        stored[booking_id] = {**booking, **request.get_json()}, revision + 1
        return represent(*stored[booking_id])

    return app


class Call:
    """A request, made ready to be sent to an app in process any number of times, and the status that must come."""

    def __init__(
        self, method: str, path: str, body: bytes = b"", media_type: str = "application/json", *, status: int = 200
    ) -> None:
        self._body = body
        self._status = f"{status} "
        self._environ: WSGIEnvironment = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "HTTP_ACCEPT": "application/json",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": None,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if body:
            self._environ |= {"CONTENT_TYPE": media_type, "CONTENT_LENGTH": str(len(body))}

    def send(self, app: WSGIApplication) -> int:
        """Do what a server does, chunk by chunk, and answer the number of bytes.

        Raises ``RuntimeError`` for another status than expected, so that no error passes for a fast reply.
        """
        told: list[str] = []

        def start_response(status: str, headers: object, exc_info: object = None) -> Any:
            told.append(status)
            return _never_written

        size = 0
        chunks = app({**self._environ, "wsgi.input": BytesIO(self._body)}, start_response)
        try:
            for chunk in chunks:
                size += len(chunk)
        finally:
            _close(chunks)
        if not told[-1].startswith(self._status):
            raise RuntimeError(f"{self._environ['REQUEST_METHOD']} {self._environ['PATH_INFO']} answers {told[-1]}")
        return size


def _never_written(chunk: bytes) -> None:
    raise RuntimeError("none of the apps here uses the write() of WSGI")


def _close(chunks: Iterable[bytes]) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()


def printed(document: Any) -> bytes:
    """Compact JSON."""
    return msgspec.json.encode(document)
