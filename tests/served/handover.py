"""A service that has served three versions by itself, and hands them over to the layer one at a time.

Versions 1 and 2 have reservations with ``pax``, version 3 has bookings with ``passengers``; each has its own blueprint,
and its documents are full of URLs that name the version. What clients wrote as ``previous`` is kept as they wrote it.
Rooms are served in every version, and nobody hands them over. Its replies say which of its versions has served them.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request, url_for
from marshmallow import Schema, fields, validate

from translayer import Api, Resource, Translayer, Version, VersionChange
from translayer.operations import add, moved, rename

LINK = {"metadata": {"link": True}}
Booking = dict[str, Any]


def make_app() -> Flask:
    """The service, with two bookings in memory."""
    app = Flask("bookings")
    bookings: dict[int, Booking] = {
        1: {"id": 1, "passengers": 2, "notes": "", "previous": None},
        2: {"id": 2, "passengers": 4, "notes": "late", "previous": "/api/v1/reservations/1"},
    }
    for version, name in ((1, "reservations"), (2, "reservations"), (3, "bookings")):
        app.register_blueprint(blueprint(version, name, bookings), url_prefix=f"/api/v{version}")
    return app


def blueprint(version: int, name: str, bookings: dict[int, Booking]) -> Blueprint:
    """One version: what it calls a booking, and everything that it serves."""
    served, people = Blueprint(f"v{version}", "bookings"), "passengers" if version == 3 else "pax"

    def shown(booking: Booking) -> Booking:
        """A booking as the version has it."""
        here = url_for(f"v{version}.item", id=booking["id"], _external=True)
        document = {"id": booking["id"], "self": here, people: booking["passengers"], "previous": booking["previous"]}
        return document if version == 1 else {**document, "notes": booking["notes"]}

    @served.get(f"/{name}")
    def collection() -> Response:
        return jsonify([shown(booking) for booking in bookings.values()])

    @served.post(f"/{name}")
    def create() -> tuple[Response, int, dict[str, str]]:
        sent, id = request.get_json(), max(bookings) + 1
        made = {"id": id, "passengers": sent[people], "notes": sent.get("notes", ""), "previous": sent.get("previous")}
        bookings[id] = made
        return jsonify(shown(made)), 201, {"Location": url_for(f"v{version}.item", id=id)}

    @served.route(f"/{name}/<int:id>", methods=["GET", "PUT"], endpoint="item")
    def item(id: int) -> Response:
        if request.method == "PUT":
            sent = request.get_json()
            bookings[id] |= {"passengers": sent[people], "previous": sent.get("previous")}
            bookings[id]["notes"] = sent.get("notes", bookings[id]["notes"])
        return jsonify(shown(bookings[id]))

    @served.get("/rooms/<int:id>")
    def room(id: int) -> dict[str, Any]:
        return {"id": id, "self": request.path}

    @served.after_request
    def signed(response: Response) -> Response:
        response.headers["X-Served-By"] = f"v{version}"
        return response

    return served


class BookingSchema(Schema):
    """A booking as version 3 has it."""

    id = fields.Integer(dump_only=True)
    self = fields.String(dump_only=True, **LINK)
    passengers = fields.Integer(required=True, validate=validate.Range(1, 9))
    previous = fields.String(allow_none=True, **LINK)
    notes = fields.String()


class ReservationsAreBookings(VersionChange):
    """Reservations are called bookings, and `pax` is `passengers`."""

    schemas = {BookingSchema: [rename("pax", "passengers")]}
    routes = [moved("/reservations", to="/bookings")]


class NotesCame(VersionChange):
    """A reservation has notes."""

    schemas = {BookingSchema: [add("notes", default="")]}


def make_api(native: Collection[int]) -> Api:
    """The layer's part, with the versions that the service still serves itself."""
    resource = Resource("booking", BookingSchema, "/bookings", "/bookings/<int:id>", etag="generate")
    return Api(
        vendor="acme",
        prefix="/api",
        app_prefix="/api/v3",
        resources=[resource],
        versions=[
            Version(3, ReservationsAreBookings, native=3 in native),
            Version(2, NotesCame, native=2 in native),
            Version(1, native=1 in native),
        ],
    )


wrapped = Translayer(make_app(), make_api([int(text) for text in os.environ.get("NATIVE", "").split()]))
