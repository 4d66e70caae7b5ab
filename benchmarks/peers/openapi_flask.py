"""openapi-core: the same bare Flask app, its requests and replies checked against an OpenAPI 3.1 document.

Compared: one request by today's URLs with openapi-core's Flask decorator around the app's own views, both checks on.
Not compared: versions, of which it knows nothing; PUT and PATCH, which are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from openapi_core import OpenAPI
from openapi_core.contrib.flask.decorators import FlaskOpenAPIViewDecorator

from benchmarks.flask_app import in_memory

from . import json_schemas

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_JSON = "application/json"


def _reply(schema: Any) -> dict[str, Any]:
    return {"description": "What is asked for.", "content": {_JSON: {"schema": schema}}}


def document() -> dict[str, Any]:
    """The OpenAPI document of the operations that are measured."""
    number = {"type": "integer"}
    counts = {"total": number, "page": number, "per_page": number}
    page = {"type": "object", "required": ["items"], "properties": {"items": json_schemas.TODAY_LIST, **counts}}
    booking_id = {"name": "booking_id", "in": "path", "required": True, "schema": {"type": "string"}}
    sent = {"required": True, "content": {_JSON: {"schema": json_schemas.TODAY}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bookings", "version": "4"},
        "servers": [{"url": "http://localhost"}],
        "paths": {
            "/bookings": {
                "get": {"responses": {"200": _reply(page)}},
                "post": {"requestBody": sent, "responses": {"201": _reply(json_schemas.TODAY)}},
            },
            "/bookings/{booking_id}": {
                "parameters": [booking_id],
                "get": {"responses": {"200": _reply(json_schemas.TODAY)}},
            },
        },
    }


def make(kept: Sequence[Mapping[str, Any]]) -> WSGIApplication:
    """The bare app, checked on both sides."""
    app = in_memory(kept)
    checked = FlaskOpenAPIViewDecorator(OpenAPI.from_dict(document()))
    for name in ("list_bookings", "create_booking", "read_booking"):
        app.view_functions[name] = checked(app.view_functions[name])
    return app
