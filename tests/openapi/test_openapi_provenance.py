"""Provenance: which operation of which version speaks of a place, upwards and downwards."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields

from examples.bookings.api import BookingSchema, api
from translayer import Api, Resource, Route, Version, VersionChange
from translayer.errors import Path
from translayer.openapi.provenance import causes_at, has_place, operations_at, url_causes
from translayer.operations import added, moved, removed

PAX = "PassengersSpeltOut: `pax` is called `passengers`."
NESTED = "PassengersSpeltOut: `cents` and `currency` stand under `price`."
AMOUNTS = "PricesAreAmounts: A price is a decimal amount, no longer a number of cents."
NOTES = "ReservationsAreBookings: `notes` is new."
REMARKS = "NotesAreRemarks: `notes` is called `remarks`."
TIMES = "TimesCarryZones: `departure` has another form."
LISTED = "CustomersHaveTwoNames: `emails` is a list."
EMAILS = "CustomersHaveTwoNames: `email` is called `emails`."


def told(causes: Any) -> list[str]:
    return [
        cause.sentence if cause.change is None else f"{cause.change.__name__}: {cause.sentence}" for cause in causes
    ]


CAUSES: tuple[tuple[int, Path, list[str]], ...] = (
    (3, ("pax",), [PAX, "BookingSchema.passengers is so today"]),
    (3, ("cents",), [NESTED, AMOUNTS]),
    (2, ("price", "cents"), [AMOUNTS]),
    (3, ("legs", "*", "departure"), [TIMES]),
    (3, ("customer", "email"), [EMAILS, LISTED]),
    (3, ("notes",), [NOTES, REMARKS]),  # which version 1 does not have
    (1, ("notes",), [REMARKS, "BookingSchema.remarks is so today"]),
    (3, ("reference",), ["no version changed it: BookingSchema.reference is so today"]),
    (3, ("nothing",), ["no version tells of it: BookingSchema has no field 'nothing' today"]),
    (3, ("reference", "inside"), ["no version changed it: BookingSchema is so today"]),
    (3, ("legs", "*", "nothing"), ["no version tells of it: LegSchema has no field 'nothing' today"]),
    (0, (), ["no version changed it: BookingSchema is so today"]),
)


@pytest.mark.parametrize("position, path, expected", CAUSES)
def test_a_place_is_followed_to_today(position: int, path: Path, expected: list[str]) -> None:
    assert told(causes_at(api, BookingSchema, position, path)) == expected


BETWEEN: tuple[tuple[tuple[int, int], Path, list[str]], ...] = (
    ((3, 2), ("cents",), [NESTED]),
    ((3, 2), ("passengers",), [PAX]),  # which only the newer one has
    ((3, 0), ("price", "amount"), [NESTED, AMOUNTS]),
    ((3, 2), ("legs", "*", "departure"), [TIMES]),
    ((2, 1), ("legs", "*", "departure"), []),
    ((2, 1), ("legs", "*", "cabin"), ["LegsHaveCabins: `cabin` is new."]),
    ((1, 0), ("remarks",), [REMARKS]),
    ((2, 0), ("remarks",), [NOTES, REMARKS]),
    ((1, 1), ("notes",), []),
)


@pytest.mark.parametrize("span, path, expected", BETWEEN)
def test_a_place_is_followed_between_two_versions(span: tuple[int, int], path: Path, expected: list[str]) -> None:
    assert told(operations_at(api, BookingSchema, span, path)) == expected


def test_a_place_is_there_or_not() -> None:
    assert has_place(api, BookingSchema, 3, ())
    assert has_place(api, BookingSchema, 3, ("legs", "*", "departure"))
    assert not has_place(api, BookingSchema, 3, ("pax", "inside"))


def test_what_is_hidden_is_no_cause() -> None:
    class VeiledSchema(Schema):
        id = fields.Integer()
        secret = fields.String(metadata={"flag": "beta"})

    made = Api("acme", [Resource("veiled", VeiledSchema, item="/x/<int:id>")], [Version(2), Version(1)])
    seen = made.seen_with(frozenset())
    assert told(causes_at(seen, VeiledSchema, 1, ("id",))) == ["no version changed it: VeiledSchema.id is so today"]


class PebbleSchema(Schema):
    """A pebble."""

    id = fields.Integer()


class PebblesMove(VersionChange):
    """Pebbles move, and there is more to do with them."""

    routes = [moved("/stones", to="/pebbles"), added("/pebbles/<int:id>", "PUT"), removed("/heap")]


HEAP = Api(
    "acme",
    [
        Resource(
            "pebble",
            PebbleSchema,
            collection="/pebbles",
            item="/pebbles/<int:id>",
            routes=[Route("GET", "/heap", reply=PebbleSchema)],
        )
    ],
    [Version(2, PebblesMove), Version(1)],
)

URLS: tuple[tuple[str, str, bool, list[str]], ...] = (
    ("GET", "/stones", True, ["PebblesMove: `/stones` moved to `/pebbles`."]),
    ("GET", "/stones/{id}", True, ["PebblesMove: `/stones` moved to `/pebbles`."]),
    (
        "PUT",
        "/stones/{id}",
        True,
        ["PebblesMove: `/stones` moved to `/pebbles`.", "PebblesMove: PUT `/pebbles/<int:id>` is new."],
    ),
    (
        "PUT",
        "/pebbles/{number}",
        False,
        ["PebblesMove: `/stones` moved to `/pebbles`.", "PebblesMove: PUT `/pebbles/<int:id>` is new."],
    ),
    ("GET", "/heap", True, ["PebblesMove: `/heap` is gone."]),
    ("GET", "/stonesman", True, []),
)


@pytest.mark.parametrize("method, url, older, expected", URLS)
def test_a_url_is_followed_through_the_changes_of_urls(method: str, url: str, older: bool, expected: list[str]) -> None:
    assert told(url_causes(HEAP, (1, 0), method, url, older=older)) == expected
