"""Conventions of everything but URLs: methods, names, versions, and what is told of changes and schemas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

from examples.bookings.api import api as bookings
from translayer import Api, Info, Query, Resource, Route, Version, VersionChange
from translayer.contract.conventions.english import ABBREVIATIONS
from translayer.contract.conventions.table import CONVENTIONS
from translayer.contract.conventions.words import is_one_word
from translayer.operations import nest, rename

PAGE = Path(__file__).parents[2] / "docs" / "conventions.md"


INFO = Info(title="Things", description="All of them.", contact={"email": "things@acme.example"})


class PlainSchema(Schema):
    """Something of which nothing is to be said."""

    text = fields.String()


def schema_of(**declared: fields.Field[Any]) -> type[Schema]:
    """A schema with these fields, under a name that marshmallow's registry does not keep."""
    made = type("MannersSchema", (Schema,), {"__doc__": "What it is.", "Meta": type("Meta", (), {"register": False})})
    made._declared_fields.update(declared)
    return made


def api_of(
    schema: type[Schema] = PlainSchema,
    versions: Sequence[Version] = (Version(1),),
    **options: Any,
) -> Api:
    """An API of one resource."""
    of_resource = {name: options.pop(name) for name in ("query", "routes") if name in options}
    resource = Resource(options.pop("name", "thing"), schema, "/things", "/things/<id>", **of_resource)
    return Api("acme", [resource], versions, **{"info": INFO, **options})


def found(api: Api, *left_out: str) -> list[tuple[str, str, str]]:
    """The findings: id, versions, and the sentence."""
    return [
        (advice.id, " ".join(advice.versions), advice.sentence) for advice in api.lint() if advice.id not in left_out
    ]


# Names of fields and parameters

NAMES = (
    (
        ("first_name", "last_name", "homeTown"),
        "FIELD_STYLE",
        "thing.homeTown: “homeTown” is in camelCase, and most names are in snake_case: write “home_town”.",
    ),
    (
        ("firstName", "lastName", "home_town"),
        "FIELD_STYLE",
        "thing.home_town: “home_town” is in snake_case, and most names are in camelCase: write “homeTown”.",
    ),
    (
        ("home_town", "lastName"),
        "FIELD_STYLE",
        "thing.lastName: “lastName” is in camelCase, and most names are in snake_case: write “last_name”.",
    ),
    (
        ("First-Name",),
        "FIELD_STYLE",
        "thing.First-Name: “First-Name” is neither in snake_case nor in camelCase: write “first_name”.",
    ),
    (
        ("homeTown", "Name"),
        "FIELD_STYLE",
        "thing.Name: “Name” is neither in snake_case nor in camelCase: write “name”.",
    ),
    (("qty",), "NO_ABBREVIATIONS", "thing.qty: “qty” is short for something: write “quantity”."),
    (
        ("homeTown", "custFname"),
        "NO_ABBREVIATIONS",
        "thing.custFname: “custFname” is short for something: write “customerFirstName”.",
    ),
)


@pytest.mark.parametrize("names, id, sentence", NAMES)
def test_CON_6_1_a_field_that_is_not_named_like_the_others_is_found(
    names: Sequence[str], id: str, sentence: str
) -> None:
    api = api_of(schema_of(**{name: fields.String() for name in names}))
    assert found(api) == [(id, "1", sentence)]


GOOD_NAMES = (
    *(("name",), ("first_name", "address2", "line_1"), ("firstName", "userID", "name"), ("id", "url", "max_items")),
    *(("_links", "@id", "$schema", "_Embedded"), ("größe", "日本"), ("history", "data"), ("",)),
)


@pytest.mark.parametrize("names", GOOD_NAMES)
def test_CON_6_1_nothing_is_said_of_good_names(names: Sequence[str]) -> None:
    assert found(api_of(schema_of(**{f"f{at}": fields.String(data_key=name) for at, name in enumerate(names)}))) == []


LEAVES = (
    (fields.List(fields.String()), "leg", "PLURAL_LISTS", "“leg” is a list: write “legs”"),
    (fields.List(fields.String()), "flight_leg", "PLURAL_LISTS", "“flight_leg” is a list: write “flight_legs”"),
    (fields.Boolean(), "is_not_paid", "NO_NEGATIONS", "so that false says yes: write “is_paid”, and turn it round"),
    (fields.Boolean(), "noPets", "NO_NEGATIONS", "“noPets” says no, so that false says yes: write “pets”"),
    (fields.List(fields.String()), "legs", None, ""),
    (fields.List(fields.String()), "baggage", None, ""),
    (fields.List(fields.String()), "line1", None, ""),
    (fields.List(fields.String()), "日", "PLURAL_LISTS", ""),
    (fields.List(fields.String()), "_", None, ""),
    (fields.String(), "leg", None, ""),
    (fields.Boolean(), "no", None, ""),
    (fields.Boolean(), "is_paid", None, ""),
    (fields.String(), "no_of_seats", None, ""),
)


@pytest.mark.parametrize("field, name, id, sentence", LEAVES)
def test_CON_6_1_lists_are_plurals_and_truth_values_say_yes(
    field: fields.Field[Any], name: str, id: str | None, sentence: str
) -> None:
    told = [one for one in found(api_of(schema_of(f=replaced(field, name)))) if one[0] != "FIELD_STYLE"]
    assert [one[0] for one in told] == [id] * (id is not None)
    assert all(sentence in one[2] for one in told)


def replaced(field: fields.Field[Any], name: str) -> fields.Field[Any]:
    field.data_key = name
    return field


class LegOfMannersSchema(Schema):
    """A part of a way."""

    flightNo = fields.String()
    next = fields.Nested(lambda: LegOfMannersSchema())


class TripOfMannersSchema(Schema):
    """A way of several legs."""

    home_town = fields.String()
    first_leg = fields.Nested(LegOfMannersSchema)
    legs = fields.List(fields.Nested(LegOfMannersSchema))
    by_day = fields.Dict(values=fields.Nested(LegOfMannersSchema(exclude=["next"])))


class TownsAreNested(VersionChange):
    """A home town is an object."""

    schemas = {TripOfMannersSchema: [rename("homeCity", "home_town")]}


class FlightsAreNumbered(VersionChange):
    """Flights have numbers."""

    schemas = {LegOfMannersSchema: [nest("flightNo", under="flight_data"), rename("flight_no", "flightNo")][1:]}


def test_CON_6_2_fields_are_found_in_every_version_at_any_depth_each_where_it_is_met_first() -> None:
    api = api_of(TripOfMannersSchema, [Version(3, TownsAreNested), Version(2, FlightsAreNumbered), Version(1)])
    assert [(id, versions, sentence.partition(":")[0]) for id, versions, sentence in found(api)] == [
        ("FIELD_STYLE", "3 2", "thing.first_leg.flightNo"),
        ("FIELD_STYLE", "2 1", "thing.homeCity"),
    ]


def test_CON_6_2_the_style_is_that_of_each_version() -> None:
    class SnakesAreCamels(VersionChange):
        """Names are in camelCase."""

        schemas = {CAMELS: [rename("first_name", "firstName"), rename("last_name", "lastName")]}

    assert found(api_of(CAMELS, [Version(2, SnakesAreCamels), Version(1)])) == []


CAMELS = schema_of(firstName=fields.String(), lastName=fields.String())

QUERIES = (
    (Query(paging=["perPage"]), ["/things?perPage", "/things/<id>?perPage"]),
    (Query(paging=["per-page"]), ["/things?per-page", "/things/<id>?per-page"]),
    (Query(filters={"homeTown": "home_town"}), ["/things?homeTown", "/things/<id>?homeTown"]),
    (Query(filters=["home_town"], sort="sort_by", paging=["page"]), []),
    (Query(filters=["homeTown"]), []),
    (Query(others=["_debug"]), []),
)


@pytest.mark.parametrize("query, places", QUERIES)
def test_CON_6_1_parameters_are_in_the_style_of_fields(query: Query, places: list[str]) -> None:
    names = ("home_town", "last_name", *(["homeTown"] if "homeTown" in query.field_of.values() else []))
    api = api_of(schema_of(**{name: fields.String() for name in names}), query=query)
    assert [advice.place for advice in api.lint() if advice.id == "PARAMETER_STYLE"] == places


@pytest.mark.parametrize(
    "name, written",
    (("LineItem", "line-item"), ("line item", "line-item"), ("Thing", "thing"), ("!", "booking")),
)
def test_CON_6_1_resources_are_named_for_media_types_and_logs(name: str, written: str) -> None:
    ((id, _, sentence),) = found(api_of(name=name))
    assert id == "RESOURCE_NAMES"
    assert sentence.endswith(f"write “{written}”.")


@pytest.mark.parametrize("name", ("thing", "line-item", "line_item"))
def test_CON_6_1_nothing_is_said_of_good_names_of_resources(name: str) -> None:
    assert found(api_of(name=name)) == []


def test_short_forms_stand_for_words() -> None:
    assert not {word for word in ABBREVIATIONS if not is_one_word(word)}
    assert not set(ABBREVIATIONS) & {part for words in ABBREVIATIONS.values() for part in words.split("_")}


# Methods

METHODS = (
    (Route("DELETE", "/things", request=PlainSchema), "NO_BODY_OF_DELETE", "DELETE /things: a body of DELETE means"),
    (Route("PUT", "/things/<id>/lid"), "WRITES_CAN_BE_READ", "PUT /things/<id>/lid: what is put there cannot be read"),
    (Route("DELETE", "/things"), None, ""),
    (Route("POST", "/things/<id>/lids", request=PlainSchema), None, ""),
)


@pytest.mark.parametrize("route, id, sentence", METHODS)
def test_CON_6_3_methods_do_what_clients_expect_of_them(route: Route, id: str | None, sentence: str) -> None:
    told = found(api_of(routes=[route]))
    assert [one[0] for one in told] == [id] * (id is not None)
    assert all(one[2].startswith(sentence) for one in told)


# Versions


class Renamed(VersionChange):
    """A text was called a name."""

    schemas = {PlainSchema: [rename("name", "text")]}


class Untold(VersionChange):
    schemas = {PlainSchema: [rename("name", "text")]}


class Blank(VersionChange):
    """ """

    schemas = {PlainSchema: [rename("name", "text")]}


SINCE, SOON, LATER = date(2026, 9, 1), date(2026, 11, 29), date(2026, 11, 30)
PAGES = {"deprecation_link": "https://acme.example/v1"}

VERSIONS: tuple[tuple[list[Version], dict[str, Any], list[str]], ...] = (
    ([Version(2, Renamed), Version(1)], {}, []),
    (
        [Version("1.1", Renamed), Version("1.0")],
        {"scheme": "dotted"},
        ["version 1.1: what breaks nobody needs no version, and the rest is counted by one number: write 2, not 1.1."],
    ),
    ([Version("2026-09-01", Renamed), Version("2025-01-01")], {"scheme": "date"}, []),
    (
        [Version(4, Renamed), Version(2)],
        {},
        ["version 4: the version before it is 2, and nobody will know what has become of those between."],
    ),
    ([Version(4, Renamed), Version(3)], {"withdrawn": [Version(2), Version(1)]}, []),
    (
        [Version(2), Version(1)],
        {},
        ["version 2: it is the version before it over again: tell what it changes, or leave it out."],
    ),
    (
        [Version(1, sunset=SOON)],
        {},
        ["version 1: it is retired on 2026-11-29 and never deprecated: say since when, deprecated=date(…)."],
    ),
    (
        [Version(1, deprecated=SINCE, sunset=SOON, **PAGES)],
        {},
        ["version 1: it is retired 89 days after its deprecation: leave clients 90 at least."],
    ),
    ([Version(1, deprecated=SINCE, sunset=LATER, **PAGES)], {}, []),
    (
        [Version(1, deprecated=SINCE)],
        {},
        [
            "version 1: its users are told to move on, and not how: name a page, deprecation_link='https://…'.",
        ],
    ),
    *(
        (
            [Version(2, change), Version(1)],
            {},
            [f"{change.__name__}: what stands in its docstring is what clients read of it: write one."],
        )
        for change in (Untold, Blank)
    ),
)


@pytest.mark.parametrize("versions, options, sentences", VERSIONS)
def test_CON_6_4_versions_are_counted_and_their_changes_and_ends_told(
    versions: list[Version], options: dict[str, Any], sentences: list[str]
) -> None:
    assert [sentence for _, _, sentence in found(api_of(versions=versions, **options))] == sentences


def test_CON_6_4_schemas_are_described_and_the_newest_are_those_that_count() -> None:
    class UntoldOfManners(Schema):
        text = fields.String()
        inside = fields.Nested(LegOfMannersSchema)

    (finding,) = [advice for advice in api_of(UntoldOfManners).lint() if advice.id == "TOLD_SCHEMAS"]
    assert (finding.place, finding.versions, finding.about) == ("UntoldOfManners", ("1",), "schema")


# The whole

INFOS = (
    (INFO, None),
    (replace(INFO, title="acme"), "no title: say Info(title=…)."),
    (Info(title="Things"), "no description and no contact: say Info(description=…, contact=…)."),
    (None, "no title and no description and no contact: say Info(title=…, description=…, contact=…)."),
)


@pytest.mark.parametrize("info, sentence", INFOS)
def test_CON_6_5_an_api_says_what_it_is_called_what_it_is_for_and_whom_to_ask(
    info: Info | None, sentence: str | None
) -> None:
    told = [f"Api(info=…): readers of the specification find {sentence}"] if sentence else []
    api = api_of(versions=[Version(2, Renamed), Version(1)], info=info)
    assert found(api) == [("MANDATORY_INFO", "2 1", one) for one in told]


def test_CON_6_6_the_example_keeps_the_conventions() -> None:
    assert {(advice.id, advice.level) for advice in bookings.lint() if advice.level == "warning"} == set()


def test_the_page_has_the_table_of_conventions() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| convention |")[2].partition("\n\n")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    assert rows == [(f"`{id}`", row.about, row.level, row.meaning) for id, row in CONVENTIONS.items()]
