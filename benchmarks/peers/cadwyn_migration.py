"""Cadwyn's migration on the hot path: the versions of `cadwyn_app`, without HTTP.

Compared, down: msgspec's parser, ``cadwyn.migrate_response_body``, which changes dicts in place and validates them
with version 1's model, pydantic's printer; today's document itself is not checked first. Up, where Cadwyn has no
function for use outside of HTTP, what it does inside is done here: version 1's model validates, is dumped, the
changes' converters run, today's model validates and is printed.
"""

from __future__ import annotations

from typing import Any

import msgspec
from cadwyn import RequestInfo, generate_versioned_models, migrate_response_body
from pydantic import TypeAdapter
from starlette.requests import Request

from . import Contestant
from .cadwyn_app import DATES, versions
from .fastapi_app import BookingPage
from .pydantic_models import Booking, NewBooking

_decode = msgspec.json.Decoder().decode
_models = generate_versioned_models(versions)[DATES[1]]
_print_list = TypeAdapter(list[_models[Booking]]).dump_json  # type: ignore[misc]
_oldest = TypeAdapter(_models[NewBooking])
_today = TypeAdapter(NewBooking)
_converters = [
    converter
    for version in versions.reversed_versions
    for change in version.changes
    for converter in change.alter_request_by_schema_instructions.get(NewBooking, ())
]


def downgrade(body: bytes) -> bytes:
    """From a list of today's bookings to one of version 1."""
    bookings = _decode(body)
    page: Any = {"items": bookings, "total": len(bookings), "page": 1, "per_page": len(bookings)}
    migrated = migrate_response_body(versions, BookingPage, latest_body=page, version=DATES[1])
    return _print_list(migrated.items, by_alias=True)


def upgrade(body: bytes) -> bytes:
    """From a booking of version 1 to one of today's."""
    sent = _oldest.validate_json(body).model_dump(by_alias=True, exclude_unset=True)
    request = RequestInfo(Request({"type": "http", "headers": [], "query_string": b""}), sent)
    for converter in _converters:
        converter(request)
    return _today.dump_json(_today.validate_python(request.body))


def contestant() -> Contestant:
    """Cadwyn's own way down, and the same steps up."""
    return Contestant(downgrade, upgrade, translates=True, checks=True)
