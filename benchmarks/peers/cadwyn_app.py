"""Cadwyn: the FastAPI app with the same four versions, as Cadwyn has them: models altered, bodies changed in place.

Compared: one request by a client three versions back, named by header, against the same FastAPI app without
Cadwyn. Not compared: patches other than its own model's fields, which its converters rename as they stand, and what
old clients cannot see, which a PUT of theirs overwrites unless the app's author prevents it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

from cadwyn import (
    Cadwyn,
    RequestInfo,
    ResponseInfo,
    Version,
    VersionBundle,
    VersionChange,
    VersionedAPIRouter,
    convert_request_to_next_version_for,
    convert_response_to_previous_version_for,
    endpoint,
    schema,
)
from pydantic import Field

from benchmarks.workloads import NEWER_STATUSES, OLDER_STATUSES

from .asgi import App
from .fastapi_app import BookingPage, BookingPatch, declare
from .pydantic_models import Airport, Amount, Booking, Currency, Customer, Leg, Name, NewBooking

DATES: Final = {4: "2026-10-01", 3: "2026-07-01", 2: "2026-04-01", 1: "2026-01-01"}
"""What Cadwyn calls the versions."""

OldStatus = Literal["open", "done", "void"]

Document = dict[str, Any]


def _each(body: Document, change: Callable[[Document], None]) -> None:
    """Change one booking, or every booking of a page: converters of a model do not reach into lists of it."""
    for booking in body.get("items", [body]):
        change(booking)


def _with_old_status(booking: Document) -> None:
    booking["status"] = OLDER_STATUSES[booking["status"]]


def _with_flat_price(booking: Document) -> None:
    booking.update(booking.pop("price"))


def _with_short_names(booking: Document) -> None:
    booking["pax"] = booking.pop("passengers")
    for leg in booking["legs"]:
        leg["from"], leg["to"] = leg.pop("origin"), leg.pop("destination")
    customer = booking["customer"]
    customer["name"] = f"{customer.pop('first_name')} {customer.pop('last_name')}"


class StatusesHavePlainNames(VersionChange):
    """Statuses have plain names."""

    description = __doc__ or ""
    instructions_to_migrate_to_previous_version = (schema(NewBooking).field("status").had(type=OldStatus),)

    @convert_response_to_previous_version_for(Booking, BookingPage)
    def old_status(response: ResponseInfo) -> None:
        """Older words."""
        _each(response.body, _with_old_status)

    @convert_request_to_next_version_for(NewBooking)
    def new_status(request: RequestInfo) -> None:
        """Newer words."""
        request.body["status"] = NEWER_STATUSES[request.body["status"]]


class ReservationsAreBookings(VersionChange):
    """Reservations are called bookings, and the price is an object."""

    description = __doc__ or ""
    instructions_to_migrate_to_previous_version = (
        schema(NewBooking).field("price").didnt_exist,
        schema(NewBooking).field("amount").existed_as(type=Amount),
        schema(NewBooking).field("currency").existed_as(type=Currency),
        endpoint("/bookings", ["GET", "POST"]).had(path="/reservations"),
        endpoint("/bookings/{booking_id}", ["GET", "PUT", "PATCH"]).had(path="/reservations/{booking_id}"),
    )

    @convert_response_to_previous_version_for(Booking, BookingPage)
    def flat_price(response: ResponseInfo) -> None:
        """Two fields."""
        _each(response.body, _with_flat_price)

    @convert_request_to_next_version_for(NewBooking)
    def nested_price(request: RequestInfo) -> None:
        """An object."""
        body = request.body
        body["price"] = {"amount": body.pop("amount"), "currency": body.pop("currency")}


class NamesAreSpeltOut(VersionChange):
    """`pax` is called `passengers`, a leg has an origin and a destination, and a customer two names."""

    description = __doc__ or ""
    instructions_to_migrate_to_previous_version = (
        schema(NewBooking).field("passengers").had(name="pax"),
        schema(BookingPatch).field("passengers").had(name="pax"),
        schema(Leg).field("origin").didnt_exist,
        schema(Leg).field("destination").didnt_exist,
        schema(Leg).field("from_").existed_as(type=Airport, info=Field(alias="from")),
        schema(Leg).field("to").existed_as(type=Airport),
        schema(Customer).field("first_name").didnt_exist,
        schema(Customer).field("last_name").didnt_exist,
        schema(Customer).field("name").existed_as(type=Name),
    )

    @convert_response_to_previous_version_for(Booking, BookingPage)
    def short_names(response: ResponseInfo) -> None:
        """Older names."""
        _each(response.body, _with_short_names)

    @convert_request_to_next_version_for(NewBooking)
    def long_names(request: RequestInfo) -> None:
        """Newer names."""
        body = request.body
        body["passengers"] = body.pop("pax")
        for leg in body["legs"]:
            leg["origin"], leg["destination"] = leg.pop("from"), leg.pop("to")
        customer = body["customer"]
        customer["first_name"], customer["last_name"] = customer.pop("name").split(" ", 1)

    @convert_request_to_next_version_for(BookingPatch)
    def long_names_of_patches(request: RequestInfo) -> None:
        """Newer names, of what is there."""
        if "pax" in request.body:
            request.body["passengers"] = request.body.pop("pax")


versions = VersionBundle(
    Version(DATES[4], StatusesHavePlainNames),
    Version(DATES[3], ReservationsAreBookings),
    Version(DATES[2], NamesAreSpeltOut),
    Version(DATES[1]),
)


def make(kept: Sequence[Mapping[str, Any]]) -> App:
    """The app in four versions."""
    app, router = Cadwyn(versions=versions, changelog_url=None), VersionedAPIRouter()
    declare(router, kept)
    app.generate_and_include_versioned_routers(router)
    return app
