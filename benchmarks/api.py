"""The API that is worked on: bookings, published four times.

It is made of what real APIs are made of: strings, integers, decimals, identifiers, times, lists and nested objects,
with lengths, ranges and enumerations. Between the oldest version and today lie renames, in a list too, fields that
were nested, a field that was split, an enumeration with new words, and a moved URL; all of them are declared as
operations, none by functions. Three versions back is version 1, which is what all benchmarks mean by "back".
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from translayer import Api, Resource, Version, VersionChange
from translayer.operations import map_values, moved, nest, rename, split

CABINS = ("economy", "premium", "business")
CURRENCIES = ("EUR", "USD", "CHF")
STATUSES = {"open": "pending", "done": "confirmed", "void": "cancelled"}
"""What versions 1 to 3 called a status, and what it is called today."""


class PriceSchema(Schema):
    """An amount of money."""

    amount = fields.Decimal(as_string=True, required=True, places=2)
    currency = fields.String(required=True, validate=validate.OneOf(CURRENCIES))


class CustomerSchema(Schema):
    """Who travels."""

    first_name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    last_name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    email = fields.String(required=True, validate=validate.Length(max=254))


class LegSchema(Schema):
    """One flight."""

    origin = fields.String(required=True, validate=validate.Length(equal=3))
    destination = fields.String(required=True, validate=validate.Length(equal=3))
    departure = fields.AwareDateTime(required=True)
    arrival = fields.AwareDateTime(required=True)
    cabin = fields.String(required=True, validate=validate.OneOf(CABINS))


class BookingSchema(Schema):
    """The business object, and with it the newest version's shape."""

    id = fields.UUID(dump_only=True)
    reference = fields.String(required=True, validate=validate.Length(min=1, max=20))
    passengers = fields.Integer(required=True, strict=True, validate=validate.Range(1, 9))
    status = fields.String(required=True, validate=validate.OneOf(list(STATUSES.values())))
    price = fields.Nested(PriceSchema, required=True)
    customer = fields.Nested(CustomerSchema, required=True)
    legs = fields.List(fields.Nested(LegSchema), required=True)
    notes = fields.String(allow_none=True, required=True, validate=validate.Length(max=2000))
    created_at = fields.AwareDateTime(dump_only=True)


class StatusesHavePlainNames(VersionChange):
    """Statuses have plain names."""

    schemas = {BookingSchema: [map_values("status", STATUSES)]}


class ReservationsAreBookings(VersionChange):
    """Reservations are called bookings, and the price is an object."""

    schemas = {BookingSchema: [nest("amount", "currency", under="price")]}
    routes = [moved("/reservations", to="/bookings")]


class NamesAreSpeltOut(VersionChange):
    """`pax` is called `passengers`, a leg has an origin and a destination, and a customer two names."""

    schemas = {
        BookingSchema: [rename("pax", "passengers")],
        LegSchema: [rename("from", "origin"), rename("to", "destination")],
        CustomerSchema: [split("name", into=("first_name", "last_name"), by=" ")],
    }


api = Api(
    vendor="acme",
    prefix="/api",
    resources=[Resource("booking", BookingSchema, collection="/bookings", item="/bookings/<uuid:id>")],
    versions=[
        Version(4, StatusesHavePlainNames),
        Version(3, ReservationsAreBookings),
        Version(2, NamesAreSpeltOut),
        Version(1),
    ],
)

NEWEST, OLDEST = 4, 1
COLLECTIONS = {NEWEST: "/bookings", OLDEST: "/reservations"}
"""The URL of the list in a version, behind the prefix and the version's segment."""
