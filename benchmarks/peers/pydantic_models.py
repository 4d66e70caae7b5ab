"""pydantic: both versions as models, and functions by hand from one to the other.

Compared: validating JSON straight into models, building the other version's models (their constructors check once
more, as pydantic's do), printing them. The models are also those of the FastAPI and Cadwyn apps. Not compared: error
messages, which pydantic tells all of, in today's names only.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from benchmarks.workloads import NEWER_STATUSES, OLDER_STATUSES

from . import Contestant

Text = Annotated[str, Field(min_length=1, max_length=80)]
Name = Annotated[str, Field(min_length=1, max_length=161)]
Email = Annotated[str, Field(max_length=254)]
Airport = Annotated[str, Field(min_length=3, max_length=3)]
Reference = Annotated[str, Field(min_length=1, max_length=20)]
Passengers = Annotated[int, Field(ge=1, le=9, strict=True)]
Amount = Annotated[Decimal, Field(decimal_places=2)]
Notes = Annotated[str, Field(max_length=2000)] | None
Cabin = Literal["economy", "premium", "business"]
Currency = Literal["EUR", "USD", "CHF"]


class Closed(BaseModel):
    """A model that refuses fields that it does not know."""

    model_config = ConfigDict(extra="forbid")


class Price(Closed):
    """A price of today."""

    amount: Amount
    currency: Currency


class Customer(Closed):
    """A customer of today."""

    first_name: Text
    last_name: Text
    email: Email


class Leg(Closed):
    """A leg of today."""

    origin: Airport
    destination: Airport
    departure: AwareDatetime
    arrival: AwareDatetime
    cabin: Cabin


class NewBooking(Closed):
    """A booking of today, as a client sends it."""

    reference: Reference
    passengers: Passengers
    status: Literal["pending", "confirmed", "cancelled"]
    price: Price
    customer: Customer
    legs: list[Leg]
    notes: Notes


class Booking(NewBooking):
    """A booking of today, as the app replies with it."""

    id: UUID
    created_at: AwareDatetime


class OldCustomer(Closed):
    """A customer of version 1."""

    name: Name
    email: Email


class OldLeg(Closed):
    """A leg of version 1."""

    origin: Annotated[Airport, Field(alias="from")]
    destination: Annotated[Airport, Field(alias="to")]
    departure: AwareDatetime
    arrival: AwareDatetime
    cabin: Cabin

    model_config = ConfigDict(populate_by_name=True)


class OldNewBooking(Closed):
    """A booking of version 1, as a client sends it."""

    reference: Reference
    pax: Passengers
    status: Literal["open", "done", "void"]
    amount: Amount
    currency: Currency
    customer: OldCustomer
    legs: list[OldLeg]
    notes: Notes


class OldBooking(OldNewBooking):
    """A booking of version 1, as a client sees it."""

    id: UUID
    created_at: AwareDatetime


def _older(now: Booking) -> OldBooking:
    who = now.customer
    return OldBooking(
        id=now.id,
        reference=now.reference,
        pax=now.passengers,
        status=OLDER_STATUSES[now.status],
        amount=now.price.amount,
        currency=now.price.currency,
        customer=OldCustomer(name=f"{who.first_name} {who.last_name}", email=who.email),
        legs=[OldLeg(**dict(leg)) for leg in now.legs],
        notes=now.notes,
        created_at=now.created_at,
    )


def _newer(old: OldNewBooking) -> NewBooking:
    first, last = old.customer.name.split(" ", 1)
    return NewBooking(
        reference=old.reference,
        passengers=old.pax,
        status=NEWER_STATUSES[old.status],
        price=Price(amount=old.amount, currency=old.currency),
        customer=Customer(first_name=first, last_name=last, email=old.customer.email),
        legs=[Leg(**dict(leg)) for leg in old.legs],
        notes=old.notes,
    )


def contestant() -> Contestant:
    """Validate into one version's models, build the other's, print."""
    today, oldest = TypeAdapter(list[Booking]).validate_json, TypeAdapter(OldNewBooking).validate_json
    print_list, print_one = TypeAdapter(list[OldBooking]).dump_json, TypeAdapter(NewBooking).dump_json
    return Contestant(
        downgrade=lambda body: print_list([_older(booking) for booking in today(body)], by_alias=True),
        upgrade=lambda body: print_one(_newer(oldest(body))),
        translates=True,
        checks=True,
    )
