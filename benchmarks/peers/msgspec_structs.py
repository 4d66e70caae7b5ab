"""msgspec typed: both versions as structs with constraints, and functions by hand from one to the other.

Compared: decoding straight into structs, which checks types, lengths, ranges and enumerations in C, building the
other version's structs, encoding. Not compared: the rule that a decimal has two places, which constraints of msgspec
cannot say, and error messages, of which msgspec tells the first only.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from benchmarks.workloads import NEWER_STATUSES, OLDER_STATUSES

from . import Contestant

Text = Annotated[str, Meta(min_length=1, max_length=80)]
Name = Annotated[str, Meta(min_length=1, max_length=161)]
Email = Annotated[str, Meta(max_length=254)]
Airport = Annotated[str, Meta(min_length=3, max_length=3)]
Reference = Annotated[str, Meta(min_length=1, max_length=20)]
Passengers = Annotated[int, Meta(ge=1, le=9)]
Notes = Annotated[str, Meta(max_length=2000)] | None
Time = Annotated[datetime, Meta(tz=True)]
Cabin = Literal["economy", "premium", "business"]
Currency = Literal["EUR", "USD", "CHF"]


class Price(Struct, forbid_unknown_fields=True):
    """A price of today."""

    amount: Decimal
    currency: Currency


class Customer(Struct, forbid_unknown_fields=True):
    """A customer of today."""

    first_name: Text
    last_name: Text
    email: Email


class Leg(Struct, forbid_unknown_fields=True):
    """A leg of today."""

    origin: Airport
    destination: Airport
    departure: Time
    arrival: Time
    cabin: Cabin


class Booking(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A booking of today; what only the app sets may be missing."""

    reference: Reference
    passengers: Passengers
    status: Literal["pending", "confirmed", "cancelled"]
    price: Price
    customer: Customer
    legs: list[Leg]
    notes: Notes
    id: UUID | UnsetType = UNSET
    created_at: Time | UnsetType = UNSET


class OldCustomer(Struct, forbid_unknown_fields=True):
    """A customer of version 1."""

    name: Name
    email: Email


class OldLeg(Struct, forbid_unknown_fields=True):
    """A leg of version 1."""

    origin: Airport = field(name="from")
    destination: Airport = field(name="to")
    departure: Time
    arrival: Time
    cabin: Cabin


class OldBooking(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A booking of version 1; what only the app sets may be missing."""

    reference: Reference
    pax: Passengers
    status: Literal["open", "done", "void"]
    amount: Decimal
    currency: Currency
    customer: OldCustomer
    legs: list[OldLeg]
    notes: Notes
    id: UUID | UnsetType = UNSET
    created_at: Time | UnsetType = UNSET


def _older(now: Booking) -> OldBooking:
    who = now.customer
    return OldBooking(
        now.reference,
        now.passengers,
        OLDER_STATUSES[now.status],
        now.price.amount,
        now.price.currency,
        OldCustomer(f"{who.first_name} {who.last_name}", who.email),
        [OldLeg(leg.origin, leg.destination, leg.departure, leg.arrival, leg.cabin) for leg in now.legs],
        now.notes,
        now.id,
        now.created_at,
    )


def _newer(old: OldBooking) -> Booking:
    first, last = old.customer.name.split(" ", 1)
    return Booking(
        old.reference,
        old.pax,
        NEWER_STATUSES[old.status],
        Price(old.amount, old.currency),
        Customer(first, last, old.customer.email),
        [Leg(leg.origin, leg.destination, leg.departure, leg.arrival, leg.cabin) for leg in old.legs],
        old.notes,
        old.id,
        old.created_at,
    )


def contestant() -> Contestant:
    """Decode into one version's structs, build the other's, encode."""
    today, oldest = msgspec.json.Decoder(list[Booking]).decode, msgspec.json.Decoder(OldBooking).decode
    encode = msgspec.json.Encoder().encode
    return Contestant(
        downgrade=lambda body: encode([_older(booking) for booking in today(body)]),
        upgrade=lambda body: encode(_newer(oldest(body))),
        translates=True,
        checks=True,
    )
