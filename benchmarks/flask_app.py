"""The app that is wrapped: a small Flask app that keeps bookings in memory and checks nothing.

It is as lean as can be, so that the layer has nowhere to hide: over an app that asks a database, the same
microseconds are a smaller share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, Response, jsonify, request, url_for

from .workloads import SET_BY_THE_APP


def in_memory(kept: Sequence[Mapping[str, Any]]) -> Flask:
    """Make a Flask app that serves these bookings, with entity tags and without rules of its own.

    A new booking gets the id of the first and is not kept, so that nothing grows while it is timed.
    """
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider, not of the base class
    stored = {booking["id"]: (dict(booking), 1) for booking in kept}
    set_by_the_app = {name: value for name, value in kept[0].items() if name in SET_BY_THE_APP}

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
        made = {**set_by_the_app, **request.get_json()}
        location = url_for("read_booking", booking_id=made["id"], _external=True)
        return represent(made, 1), 201, {"Location": location}

    @app.get("/bookings/<booking_id>")
    def read_booking(booking_id: str) -> Response:
        return represent(*stored[booking_id])

    @app.put("/bookings/<booking_id>")
    def replace_booking(booking_id: str) -> Response | tuple[Response, int]:
        booking, revision = stored[booking_id]
        if request.if_match and str(revision) not in request.if_match:
            return jsonify(error="PRECONDITION_FAILED"), 412
        stored[booking_id] = {**booking, **request.get_json()}, revision + 1
        return represent(*stored[booking_id])

    return app
