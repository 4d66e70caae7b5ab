"""marshmallow: loading and dumping bookings with the schemas in which they are declared, without translating them.

Compared: msgspec's parser, ``load``, ``dump``, msgspec's printer, in one and the same version: today's lists for the
downgrade, single bookings of version 1 for the upgrade. Not compared: the translation, of which marshmallow knows
nothing. The schemas are the layer's own, today's as declared and version 1's as written here; in today's, fields that
clients do not write are loaded as well, so that the whole document comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from marshmallow import Schema, fields, validate

from benchmarks.api import CABINS, CURRENCIES, STATUSES, BookingSchema

from . import Contestant

_decode, _encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode


class WholeBookingSchema(BookingSchema):
    """A booking of today, all of which can be loaded."""

    id = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)


class OldCustomerSchema(Schema):
    """A customer of version 1."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=161))
    email = fields.String(required=True, validate=validate.Length(max=254))


class OldLegSchema(Schema):
    """A leg of version 1."""

    origin = fields.String(required=True, data_key="from", validate=validate.Length(equal=3))
    destination = fields.String(required=True, data_key="to", validate=validate.Length(equal=3))
    departure = fields.AwareDateTime(required=True)
    arrival = fields.AwareDateTime(required=True)
    cabin = fields.String(required=True, validate=validate.OneOf(CABINS))


class OldBookingSchema(Schema):
    """A booking of version 1, as a client sends it."""

    reference = fields.String(required=True, validate=validate.Length(min=1, max=20))
    pax = fields.Integer(required=True, strict=True, validate=validate.Range(1, 9))
    status = fields.String(required=True, validate=validate.OneOf(list(STATUSES)))
    amount = fields.Decimal(as_string=True, required=True, places=2)
    currency = fields.String(required=True, validate=validate.OneOf(CURRENCIES))
    customer = fields.Nested(OldCustomerSchema, required=True)
    legs = fields.List(fields.Nested(OldLegSchema), required=True)
    notes = fields.String(allow_none=True, required=True, validate=validate.Length(max=2000))


def load_and_dump(schema: Any) -> Callable[[bytes], bytes]:
    """From bytes to bytes through a schema."""
    return lambda body: _encode(schema.dump(schema.load(_decode(body))))


def contestant() -> Contestant:
    """Parse, load, dump, print."""
    today, oldest = WholeBookingSchema(many=True), OldBookingSchema()
    return Contestant(load_and_dump(today), load_and_dump(oldest), translates=False, checks=True)
