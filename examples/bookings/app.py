"""The booking service: HTTP over the store, for today's bookings only. It does not know that versions exist.

A booking's ETag is made of its revision, and conditions are checked inside the transaction that writes. Failures
that are the app's own are JSON; an unknown URL, a wrong method or a body that is no JSON is left to Flask.
"""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, jsonify, request, url_for
from marshmallow import ValidationError
from werkzeug.exceptions import BadRequest

from .rules import BookingRules, ListingRules
from .store import BookingNotFound, ReferenceTaken, RevisionRefused, Store, Stored
from .ticket import draw_ticket

_MAX_BODY = 1_000_000
"""Bytes; a booking has a few hundred."""
_BOOKING_RULES = BookingRules()
_LISTING_RULES = ListingRules()

blueprint = Blueprint("bookings", __name__)


def create_app(database: str | None = None) -> Flask:
    """Make the app over the SQLite file ``database``, else ``$BOOKINGS_DB``, else ``bookings.sqlite3`` right here.

    The file is created and filled by the first request that needs it. The store is at ``extensions["bookings"]``.
    """
    created = Flask(__name__)
    created.config["MAX_CONTENT_LENGTH"] = _MAX_BODY
    created.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider, not of the base class
    created.extensions["bookings"] = Store(database or os.environ.get("BOOKINGS_DB") or "bookings.sqlite3")
    created.register_blueprint(blueprint)
    return created


@blueprint.get("/status")
def read_status() -> Response:
    """Say that the process answers."""
    return jsonify(ok=True)


@blueprint.get("/bookings")
def list_bookings() -> Response | tuple[Response, int]:
    """Answer a page of bookings: ``{"items", "total", "page", "per_page"}``; 400 for parameters that make no sense.

    Where there is another page, a ``Link`` leads there (RFC 8288).
    """
    try:
        asked = _LISTING_RULES.load(request.args.to_dict())
    except ValidationError as error:
        return jsonify(errors=error.messages), 400
    items, total = _store().page(**asked)
    reply = jsonify(items=items, total=total, page=asked["page"], per_page=asked["per_page"])
    if asked["page"] * asked["per_page"] < total:
        said = {name: value for name, value in request.args.items() if name in asked}
        further = url_for("bookings.list_bookings", **{**said, "page": asked["page"] + 1})
        reply.headers["Link"] = f'<{further}>; rel="next"'
    return reply


@blueprint.post("/bookings")
def create_booking() -> Response:
    """Add a booking: 201 with the booking and its URL."""
    created = _store().create(_BOOKING_RULES.load(_json_body()))
    reply = _represent(created)
    reply.status_code = 201
    # Absolute, though RFC 9110 (section 10.2.2) would let it be relative: older clients take no other.
    reply.location = url_for("bookings.read_booking", booking_id=created.booking["id"], _external=True)
    return reply


@blueprint.get("/bookings/<uuid:booking_id>")
def read_booking(booking_id: UUID) -> Response:
    """Answer a booking, or 304 where the client has this revision (RFC 9110, section 13.1.2)."""
    reply = _represent(_store().get(booking_id))
    reply.make_conditional(request)
    return reply


@blueprint.put("/bookings/<uuid:booking_id>")
def replace_booking(booking_id: UUID) -> Response:
    """Replace all that clients may set; what they leave out takes its default."""
    fields = _BOOKING_RULES.load(_json_body())
    return _represent(_store().replace(booking_id, fields, _conditions()))


@blueprint.delete("/bookings/<uuid:booking_id>")
def delete_booking(booking_id: UUID) -> Response:
    """Remove a booking: 204."""
    _store().delete(booking_id, _conditions())
    reply = Response(status=204)
    del reply.headers["Content-Type"]  # Flask gives one to every reply, and there is nothing that it could describe
    return reply


@blueprint.get("/bookings/<uuid:booking_id>/ticket.pdf")
def read_ticket(booking_id: UUID) -> Response:
    """Answer the ticket to print."""
    return Response(draw_ticket(_store().get(booking_id).booking), mimetype="application/pdf")


@blueprint.get("/events")
def stream_events() -> Response:
    """Stream one server-sent event per booking, each as a chunk of its own."""
    return Response(_events(_store()), mimetype="text/event-stream")


@blueprint.errorhandler(ValidationError)
def refuse_invalid(error: ValidationError) -> tuple[Response, int]:
    """422: every broken rule, by field."""
    return jsonify(errors=error.messages), 422


@blueprint.errorhandler(BookingNotFound)
def refuse_unknown(_: BookingNotFound) -> tuple[Response, int]:
    """404, told as JSON: the URL is one of ours."""
    return jsonify(error="NOT_FOUND", message="There is no such booking."), 404


@blueprint.errorhandler(ReferenceTaken)
def refuse_taken(_: ReferenceTaken) -> tuple[Response, int]:
    """409: references are unique."""
    return jsonify(error="REFERENCE_TAKEN", message="Another booking has this reference already."), 409


@blueprint.errorhandler(RevisionRefused)
def refuse_stale(_: RevisionRefused) -> tuple[Response, int]:
    """412: the booking is no longer, or already, what the client's condition says."""
    return jsonify(error="PRECONDITION_FAILED", message="The booking has been changed since it was read."), 412


def _store() -> Store:
    store: Store = current_app.extensions["bookings"]
    return store


def _json_body() -> Any:
    try:
        return request.get_json()
    except RecursionError as error:
        raise BadRequest("The JSON is nested too deeply.") from error


def _represent(stored: Stored) -> Response:
    reply = jsonify(stored.booking)
    reply.set_etag(_tag(stored.revision))
    return reply


def _tag(revision: int) -> str:
    return str(revision)


def _conditions() -> Callable[[int], bool]:
    """Answer whether the request lets a revision be overwritten (RFC 9110, sections 13.1.1 and 13.1.2).

    An If-Match that names no tag at all is a condition too, which no revision meets.
    """
    wanted = request.if_match if "If-Match" in request.headers else None
    unwanted = request.if_none_match

    def permits(revision: int) -> bool:
        tag = _tag(revision)
        return (wanted is None or tag in wanted) and not unwanted.contains_weak(tag)

    return permits


def _events(store: Store) -> Iterator[str]:
    for stored in store.each():
        booking = stored.booking
        news = {"id": booking["id"], "reference": booking["reference"], "status": booking["status"]}
        yield f"event: booking\nid: {booking['id']}:{stored.revision}\ndata: {json.dumps(news)}\n\n"


app = create_app()
