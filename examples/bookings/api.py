"""The published API of the bookings app: today's schemas, what each version changed, and how long each is served.

Version 3 is what everybody gets; version 4 is a preview, of which the app knows nothing either. Everything below
`versions` is all there is of versions 1 and 2.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields, validate

from translayer import Api, Brownout, Discovery, Info, Query, Resource, Translator, Version, VersionChange
from translayer.operations import add, convert, map_values, moved, nest, remove, rename, split, wrap

from .clock import now
from .partners import by_key
from .samples import EXAMPLE


class PriceSchema(Schema):
    """An amount of money."""

    amount = fields.String(required=True, validate=validate.Regexp(r"[0-9]{1,9}\.[0-9]{2}\Z"))
    currency = fields.String(required=True, validate=validate.Regexp(r"[A-Z]{3}\Z"))


class CustomerSchema(Schema):
    """Who travels."""

    first_name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    last_name = fields.String(required=True, validate=validate.Length(max=80))
    emails = fields.List(fields.Email(), validate=validate.Length(max=10))


class LegSchema(Schema):
    """One flight."""

    origin = fields.String(required=True, validate=validate.Regexp(r"[A-Z]{3}\Z"))
    destination = fields.String(required=True, validate=validate.Regexp(r"[A-Z]{3}\Z"))
    departure = fields.AwareDateTime(required=True)
    arrival = fields.AwareDateTime(required=True)
    cabin = fields.String(validate=validate.OneOf(["economy", "premium", "business"]))


class BookingSchema(Schema):
    """Who travels, on which flights, and what it costs.

    This is the business object, and with it the newest version's shape. The app's `margin` is not declared: it never
    leaves.
    """

    id = fields.UUID(dump_only=True)
    reference = fields.String(required=True, validate=validate.Length(min=1, max=20))
    passengers = fields.Integer(attribute="pax_count", required=True, strict=True, validate=validate.Range(1, 9))
    status = fields.String(validate=validate.OneOf(["pending", "confirmed", "cancelled"]))
    price = fields.Nested(PriceSchema, required=True)
    customer = fields.Nested(CustomerSchema, required=True)
    legs = fields.List(fields.Nested(LegSchema), validate=validate.Length(max=20))
    remarks = fields.String(attribute="notes", allow_none=True, validate=validate.Length(max=2000))
    created_at = fields.AwareDateTime(dump_only=True)


class NotesAreRemarks(VersionChange):
    """`notes` are called `remarks`."""

    schemas = {BookingSchema: [rename("notes", "remarks")]}


_NAME = fields.String(
    required=True,
    validate=validate.Regexp(r"[\s\S]{1,80} [\s\S]{0,80}\Z", error="A first and a last name are expected."),
)
"""A whole name: two parts with a space between them."""


class CustomersHaveTwoNames(VersionChange):
    """A customer's name is split in two, and there may be several e-mail addresses."""

    schemas = {
        CustomerSchema: [
            split("name", into=("first_name", "last_name"), by=" ", was=_NAME),
            rename("email", "emails"),
            wrap("emails"),
        ],
    }


class ReservationsAreBookings(VersionChange):
    """Reservations are called bookings, their statuses have plain names, and they may carry notes."""

    schemas = {
        BookingSchema: [
            map_values("status", {"open": "pending", "done": "confirmed", "void": "cancelled"}),
            add("notes"),
        ],
    }
    routes = [moved("/reservations", to="/bookings")]


class LegsHaveCabins(VersionChange):
    """Every leg says its cabin."""

    schemas = {LegSchema: [add("cabin", default="economy")]}


class CentsToAmounts(Translator):
    """A price is a decimal amount, no longer a number of cents."""

    class schema(Schema):
        """A price as version 2 had it."""

        cents = fields.Integer(required=True, strict=True, validate=validate.Range(0, 99_999_999_999))
        currency = fields.String(required=True, validate=validate.Regexp(r"[A-Z]{3}\Z"))

    names = {"cents": "amount"}

    def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        """From cents to a decimal amount."""
        cents = Decimal(document["cents"])
        return {"amount": str((cents / 100).quantize(Decimal("0.01"))), "currency": document["currency"]}

    def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        """From a decimal amount to cents."""
        return {"cents": int(Decimal(document["amount"]) * 100), "currency": document["currency"]}


class PricesAreAmounts(VersionChange):
    """Prices are decimal amounts."""

    schemas = {PriceSchema: CentsToAmounts}


class PassengersSpeltOut(VersionChange):
    """`pax` is called `passengers`, and the price is an object."""

    schemas = {BookingSchema: [rename("pax", "passengers"), nest("cents", "currency", under="price")]}


class NobodyFaxes(VersionChange):
    """Customers have no fax number any more."""

    schemas = {CustomerSchema: [remove("fax", was=fields.String(allow_none=True), default=None)]}


def to_timestamp(text: str) -> int:
    """Seconds since 1970 for an ISO 8601 time."""
    return int(datetime.fromisoformat(text).timestamp())


def from_timestamp(seconds: int) -> str:
    """An ISO 8601 time in UTC for seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


_SECONDS = fields.Integer(required=True, strict=True, validate=validate.Range(-62_135_596_800, 253_402_300_799))
"""Seconds since 1970, of the years from 1 to 9999."""


class TimesCarryZones(VersionChange):
    """Times of legs are ISO 8601 with a zone, no longer seconds since 1970."""

    schemas = {
        LegSchema: [
            convert("departure", from_timestamp, to_timestamp, was=_SECONDS),
            convert("arrival", from_timestamp, to_timestamp, was=_SECONDS),
        ],
    }


PAGING = {
    "page": fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000)),
    "per_page": fields.Integer(load_default=20, validate=validate.Range(1, 100)),
}

api = Api(
    vendor="acme",
    prefix="/api",
    resources=[
        Resource(
            "booking",
            BookingSchema,
            collection="/bookings",
            item="/bookings/<uuid:id>",
            query=Query(
                filters=["status", "passengers"],
                sort="sort",
                sortable=["reference", "status", "passengers", "created_at"],
                paging=PAGING,
            ),
            examples=[EXAMPLE],
        )
    ],
    versions=[
        Version(4, NotesAreRemarks, preview=True),
        Version(3, CustomersHaveTwoNames, ReservationsAreBookings, LegsHaveCabins, PricesAreAmounts),
        Version(2, PassengersSpeltOut, NobodyFaxes, TimesCarryZones, deprecated=date(2027, 6, 1)),
        Version(
            1,
            deprecated=date(2026, 9, 1),
            sunset=date(2027, 9, 1),
            deprecation_link="https://acme.example/moving-on-from-v1",
            brownouts=[Brownout(datetime(2027, 8, 2, 9, tzinfo=UTC), minutes=10, every=timedelta(days=7))],
            retired="redirect",
        ),
    ],
    discovery=Discovery(documentation="https://acme.example/docs/v{version}", build="1.4.0"),
    info=Info(
        title="Acme bookings",
        description="Flights, and who travels on them.",
        contact={"name": "Acme", "email": "api@acme.example"},
        license="MIT",
        terms="https://acme.example/terms",
    ),
    consumer=by_key,
    clock=now,
    frozen=Path(__file__).parents[2] / "schemas" / "bookings",
)
