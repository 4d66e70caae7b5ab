"""What a client may write into a booking, and how it may ask for a list of them, as marshmallow schemas.

Only rules live here: no storage, no HTTP. What comes out of `load` is JSON in the app's own spelling, ready to be
stored, so that a booking is read back exactly as it was accepted.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate, validates_schema

STATUSES = ("pending", "confirmed", "cancelled")
CABINS = ("economy", "premium", "business")
SORTABLE = ("reference", "status", "pax_count", "created_at")
"""What a list of bookings can be sorted by."""
SET_BY_THE_APP = frozenset({"id", "created_at", "margin"})
"""Clients may send these back as they read them; what they say is not looked at."""


class Text(fields.String):
    """A string that can be stored and sent: half a surrogate pair, which JSON can spell, is refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self.make_error("invalid")
        return text


class Instant(fields.Field[str]):
    """A point in time with its offset (RFC 3339), kept as text in UTC: ``2026-12-01T09:30:00Z``."""

    default_error_messages = {"invalid": "Must be a time with its offset, such as 2026-12-01T09:30:00Z."}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        try:
            moment = datetime.fromisoformat(value)
            # A naive time would be read in the server's own zone. The offset may lead out of years 1 to 9999.
            utc = moment.astimezone(UTC) if moment.tzinfo else None
        except (TypeError, ValueError, OverflowError) as error:
            raise self.make_error("invalid") from error
        if utc is None:
            raise self.make_error("invalid")
        return utc.isoformat().replace("+00:00", "Z")


class Order(fields.Field[tuple[str, ...]]):
    """Names of ``SORTABLE`` divided by commas, each with a minus in front where the last comes first: a tuple."""

    default_error_messages = {"invalid": "Must be some of {names}, each with or without a minus."}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[str, ...]:
        chosen = tuple(str(value).split(",")) if value else ()
        if not {name.removeprefix("-") for name in chosen} <= set(SORTABLE):
            raise self.make_error("invalid", names=", ".join(SORTABLE))
        return chosen


class Count(fields.Integer):
    """A number to look for. SQLite counts in 64 bits: what is beyond them no booking has, nor has the last of them."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        return max(-(2**63), min(super()._deserialize(value, attr, data, **kwargs), 2**63 - 1))


class PriceRules(Schema):
    """An amount as decimal text, because floats are no money, and its currency (ISO 4217)."""

    amount = Text(
        required=True,
        validate=validate.Regexp(r"[0-9]{1,9}\.[0-9]{2}\Z", error="Must be an amount such as 120.50."),
    )
    currency = Text(
        required=True,
        validate=validate.Regexp(r"[A-Z]{3}\Z", error="Must be a currency's three capital letters."),
    )


class CustomerRules(Schema):
    """Who travels and how to reach them. Some people have one name only: it is the first."""

    first_name = Text(required=True, validate=validate.Length(1, 80))
    last_name = Text(required=True, validate=validate.Length(max=80))
    emails = fields.List(fields.Email(), load_default=list, validate=validate.Length(max=10))


class LegRules(Schema):
    """One flight between two airports (IATA codes)."""

    _airport = validate.Regexp(r"[A-Z]{3}\Z", error="Must be an airport's three capital letters.")

    origin = Text(required=True, validate=_airport)
    destination = Text(required=True, validate=_airport)
    departure = Instant(required=True)
    arrival = Instant(required=True)
    cabin = Text(load_default="economy", validate=validate.OneOf(CABINS))


class BookingRules(Schema):
    """A booking as clients write it. `load` answers all that they may set, defaults filled in."""

    reference = Text(required=True, validate=validate.Length(1, 20))
    pax_count = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 9, error="Must be between {min} and {max}."),
    )
    status = Text(load_default="pending", validate=validate.OneOf(STATUSES))
    price = fields.Nested(PriceRules, required=True)
    customer = fields.Nested(CustomerRules, required=True)
    legs = fields.List(fields.Nested(LegRules), load_default=list, validate=validate.Length(max=20))
    notes = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000))

    @pre_load
    def leave_out_what_the_app_sets(self, body: Any, **_: Any) -> Any:
        """Drop the members in ``SET_BY_THE_APP``; every other unknown name is still an error."""
        if not isinstance(body, Mapping):
            return body
        return {name: value for name, value in body.items() if name not in SET_BY_THE_APP}

    @validates_schema
    def confirmed_means_flying(self, booking: Mapping[str, Any], **_: Any) -> None:
        """Refuse a confirmed booking without a leg. Runs once every field is valid by itself."""
        if booking["status"] == "confirmed" and not booking["legs"]:
            raise ValidationError("A confirmed booking needs a leg.", "legs")


class ListingRules(Schema):
    """The query string of a list of bookings. Parameters with other names are not the app's business."""

    class Meta:
        unknown = EXCLUDE

    # SQLite counts in 64 bits, so the page number has a bound as well.
    page = fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))
    per_page = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    status = Text(load_default=None, validate=validate.OneOf(STATUSES))
    pax_count = Count(load_default=None)
    sort = Order(load_default=())
