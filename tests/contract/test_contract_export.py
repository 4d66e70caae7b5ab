"""`api.schema(resource, version)`: what a version looks like, as a real marshmallow schema."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, validate

from examples.bookings.api import BookingSchema
from examples.bookings.api import api as bookings
from translayer import Api, Resource, Version, VersionChange
from translayer.operations import flatten, rename


class PartSchema(Schema):
    id = fields.Integer()
    size = fields.Integer()


class ThingSchema(Schema):
    title = fields.String(required=True)


THING = Resource("thing", ThingSchema, item="/things/<id>")


def change(schemas: Any) -> type[VersionChange]:
    return type("Change", (VersionChange,), {"schemas": schemas})


def test_TRN_2_8_the_newest_version_has_the_authors_own_schema() -> None:
    assert bookings.schema("booking", 4) is BookingSchema
    assert bookings.schema("booking", "4") is BookingSchema
    assert bookings.schema("booking", 3) is not BookingSchema


def test_TRN_2_8_older_versions_have_real_schemas_with_nested_ones_of_their_own() -> None:
    older = bookings.schema("booking", 1)
    assert older.__name__ == "BookingSchemaV1"
    assert older is bookings.schema("booking", 1)
    loaded = older().load(
        {
            "reference": "A1",
            "pax": 2,
            "cents": 1050,
            "currency": "EUR",
            "customer": {"name": "Ada Lovelace", "email": "ada@example.org", "fax": None},
            "legs": [{"origin": "OSL", "destination": "LHR", "departure": 1, "arrival": 2}],
        }
    )
    assert loaded["pax"] == 2
    assert loaded["legs"] == [{"origin": "OSL", "destination": "LHR", "departure": 1, "arrival": 2}]


def test_TRN_2_8_older_schemas_validate_in_their_own_names() -> None:
    told = bookings.schema("booking", 1)().validate(
        {"reference": "", "pax": 10, "cents": "1", "customer": {}, "legs": [{"origin": "Oslo"}], "passengers": 1}
    )
    assert told == {
        "reference": ["Length must be between 1 and 20."],
        "pax": ["Must be greater than or equal to 1 and less than or equal to 9."],
        "cents": ["Not a valid integer."],
        "currency": ["Missing data for required field."],
        "customer": {"name": ["Missing data for required field."]},
        "legs": {
            0: {
                "origin": ["String does not match expected pattern."],
                "destination": ["Missing data for required field."],
                "departure": ["Missing data for required field."],
                "arrival": ["Missing data for required field."],
            }
        },
        "passengers": ["Unknown field."],
    }


class OpenSchema(Schema):
    class Meta:
        unknown = INCLUDE

    name = fields.String()


def has_nothing_odd(part: Any) -> None:
    if "id" not in part:
        raise ValidationError("Odd.")


class WideSchema(Schema):
    """Everything that can nest something, and every flag."""

    id = fields.Integer(dump_only=True)
    secret = fields.String(load_only=True, required=True)
    note = fields.String(allow_none=True, load_default="none", metadata={"title": "Note"})
    part = fields.Nested(PartSchema, unknown=EXCLUDE, validate=has_nothing_odd, error_messages={"null": "No part?"})
    chosen = fields.Nested(PartSchema, only=("size",))
    fixed = fields.Nested(PartSchema(dump_only=("id",)))
    many = fields.Nested(PartSchema, many=True, required=True, validate=validate.Length(max=2))
    listed = fields.List(fields.Nested(PartSchema, only=("id",)), error_messages={"invalid": "No list."})
    table = fields.Dict(keys=fields.String(), values=fields.Nested(PartSchema, only=("size",)))
    open = fields.Nested(OpenSchema)
    closed = fields.Nested(OpenSchema(unknown=EXCLUDE))
    label = fields.Method("make_label", deserialize="read_label")
    told = fields.Method("make_label")
    moved = fields.Integer()

    def make_label(self, thing: Any) -> str:
        return f"no. {thing['id']}"

    def read_label(self, label: str) -> str:
        return label.upper()


WIDE = Api(
    "acme",
    [Resource("wide", WideSchema, item="/wide/<id>")],
    [
        Version(3, change({WideSchema: [flatten("box", "moved")]})),
        Version(2, change({PartSchema: [rename("number", "id")]})),
        Version(1),
    ],
)
WIDE_1: dict[str, Any] = {
    "secret": "s",
    "part": {"number": 1, "other": 2},
    "chosen": {"size": 3},
    "many": [{"number": 1}],
    "listed": [{"number": 1}],
    "table": {"a": {"size": 1}},
    "open": {"name": "n", "other": 1},
    "closed": {"name": "n", "other": 1},
    "label": "x",
    "box": {"moved": 1},
}


def test_TRN_2_8_lists_tables_flags_and_policies_are_kept() -> None:
    loaded = WIDE.schema("wide", 1)().load(WIDE_1)
    assert loaded == {
        **WIDE_1,
        "part": {"number": 1},
        "closed": {"name": "n"},
        "label": "X",
        "note": "none",
    }
    made = WIDE.schema("wide", 1)()
    assert made.fields["note"].metadata == {"title": "Note"}
    assert made.dump({"id": 1, "secret": "s", "part": None}) == {
        "id": 1,
        "part": None,
        "label": "no. 1",
        "told": "no. 1",
    }
    assert isinstance(made.fields["box"], fields.Nested)


REFUSED_BY_WIDE = (
    ({"id": 1}, {"id": ["Unknown field."]}),
    ({"secret": None}, {"secret": ["Field may not be null."]}),
    ({"part": None}, {"part": ["No part?"]}),
    ({"chosen": {"number": 1}}, {"chosen": {"number": ["Unknown field."]}}),
    ({"fixed": {"number": 1}}, {"fixed": {"number": ["Unknown field."]}}),
    ({"many": "x"}, {"many": ["Not a valid list."]}),
    ({"many": [{}, {}, {}]}, {"many": ["Longer than maximum length 2."]}),
    ({"listed": {}}, {"listed": ["No list."]}),
    ({"listed": [{"size": 1}]}, {"listed": {0: {"size": ["Unknown field."]}}}),
    ({"table": {"a": {"size": "x"}}}, {"table": {"a": {"value": {"size": ["Not a valid integer."]}}}}),
    ({"told": "x"}, {"told": ["Unknown field."]}),
    ({"box": {}}, {"box": ["Shorter than minimum length 1."]}),
)


@pytest.mark.parametrize(("altered", "told"), REFUSED_BY_WIDE)
def test_TRN_2_8_older_schemas_refuse_what_their_version_refuses(altered: Any, told: Any) -> None:
    assert WIDE.schema("wide", 1)().validate({**WIDE_1, **altered}) == told


def test_TRN_2_8_the_newest_schema_keeps_the_rules_that_older_ones_cannot_have() -> None:
    newest = {**WIDE_1, "part": {"size": 1}, "moved": 1, "many": [], "listed": []}
    del newest["box"]
    assert WIDE.schema("wide", 3)().validate(newest) == {"part": ["Odd."]}


def test_TRN_2_8_dotted_versions_make_names_too() -> None:
    api = Api("acme", [THING], [Version("1.10"), Version("1.9")], scheme="dotted")
    assert api.schema("thing", "1.9").__name__ == "ThingSchemaV1_9"
    assert api.schema("thing", "1.9")().load({"title": "x"}) == {"title": "x"}


def test_TRN_2_8_all_threads_get_the_same_class() -> None:
    api = Api("acme", [THING], [Version(2, change({ThingSchema: [rename("name", "title")]})), Version(1)])
    found: list[type[Schema]] = []
    barrier = threading.Barrier(8)

    def ask() -> None:
        barrier.wait()
        found.append(api.schema("thing", 1))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
