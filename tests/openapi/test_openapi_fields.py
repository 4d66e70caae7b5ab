"""Fields: what JSON Schema says of the values of every field that marshmallow has, with every rule of its own.

The law: what marshmallow writes of a value that it reads, and the check takes, is valid by the schema. Beside it stands
a table of what is said, so that the law is not kept by saying nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema_rs import Draft202012Validator as FastValidator
from marshmallow import Schema, fields, validate

sys.path.append(str(Path(__file__).parent.parent / "engine"))
from test_engine_twins_fields import NEAR, RULES, SORTS, Colour, Label, Owner

from translayer.contract.derivation import Derivation
from translayer.contract.shape import Leaf, Slot
from translayer.contract.translation import Translation
from translayer.document.codec import ensure_json
from translayer.errors import DeclarationError
from translayer.openapi.fields import leaf_schema
from translayer.openapi.schemas import Library, Writer


def translation_of(made: fields.Field[Any]) -> Translation:
    """The newest version of a schema with this one field."""
    members = {"a": made, "read_it": lambda self, value: value}
    schema = type("OneFieldSchema", (Schema,), members)
    return Derivation({schema}, [], keys={}, unknown="raise", limit=9).translation(schema, 0, None)


def schema_of(made: fields.Field[Any], direction: Any = "reply") -> Any:
    """What is said of a field, nested ones included."""
    translation = translation_of(made)
    library = Library()
    writer = Writer(library, translation.check, direction)
    return {**writer.value(translation.shape.slots["a"], "A"), "$defs": library.definitions}


@cache
def written(name: str) -> tuple[Any, ...]:
    """What marshmallow writes of the values that a sort of field reads, as JSON."""
    translation = translation_of(SORTS[name].field(allow_none=True))
    return tuple(_written(translation.shape.slots["a"], [*SORTS[name].right, *(SORTS[name].told or ()), *NEAR]))


def _written(slot: Slot, values: list[Any]) -> Iterator[Any]:
    for value in values:
        try:
            form = slot.field._serialize(slot.field.deserialize(value), "a", {"a": value})
            form = float(form) if isinstance(form, Decimal) else form
            ensure_json(form)
        except Exception:  # not a value of the field
            continue
        yield form


OPTIONS: tuple[dict[str, Any], ...] = ({}, {"allow_none": True})


@pytest.mark.parametrize("name", SORTS)
def test_CON_1_4_what_a_field_writes_of_what_it_reads_is_valid_by_its_schema(name: str) -> None:
    taken = 0
    for rules in RULES.values():
        for options in OPTIONS:
            try:
                translation = translation_of(SORTS[name].field(validate=rules(), **options))
            except (DeclarationError, ValueError):  # no such field can be
                continue
            slot = translation.shape.slots["a"]
            for direction in ("reply", "request"):
                library = Library()
                said = {**Writer(library, translation.check, direction).value(slot, "A"), "$defs": library.definitions}
                Draft202012Validator.check_schema(said)
                validator = FastValidator(said)
                for value in written(name):
                    if isinstance(value, str) and value.endswith("\n"):
                        continue  # before which Python's `$` finds the end, too
                    faults: list[Any] = []
                    translation.strict.value(value, slot, faults)
                    if not faults:
                        taken += 1
                        assert validator.is_valid(value), (said, value)
    assert taken or name in {"Date, timestamp", "Enum, empty", "Method", "Function"}


LEAVES: tuple[tuple[fields.Field[Any], dict[str, Any]], ...] = (
    (fields.String(), {"type": "string"}),
    (fields.Email(), {"type": "string", "format": "email"}),
    (fields.URL(), {"type": "string", "format": "uri"}),
    (fields.URL(relative=True), {"type": "string", "format": "uri-reference"}),
    (fields.UUID(), {"type": "string", "format": "uuid"}),
    (fields.Boolean(), {"type": "boolean"}),
    (fields.Integer(), {"type": "integer"}),
    (fields.Integer(as_string=True), {"type": "string", "pattern": "^-?[0-9]+$"}),
    (fields.Float(), {"type": "number"}),
    (fields.Float(as_string=True), {"type": "string"}),
    (fields.Decimal(), {"type": "number"}),
    (
        fields.Decimal(as_string=True),
        {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"},
    ),
    (
        fields.Decimal(as_string=True, places=2, allow_nan=True),
        {"type": "string", "format": "decimal", "pattern": r"^(-?[0-9]{1,26}(\.[0-9]+)?|-?s?NaN|-?Infinity)$"},
    ),
    (fields.AwareDateTime(), {"type": "string", "format": "date-time"}),
    (fields.Date(), {"type": "string", "format": "date"}),
    (fields.Date("%d.%m.%Y"), {"type": "string"}),
    (fields.DateTime("rfc"), {"type": "string"}),
    (fields.DateTime("timestamp"), {"type": "number", "minimum": 0, "maximum": 253402300799}),
    (fields.DateTime("timestamp_ms"), {"type": "number", "minimum": 0, "maximum": 253402300799000}),
    (fields.Time("%H.%M"), {"type": "string"}),
    (fields.TimeDelta(validate=validate.Range(max=timedelta(days=1))), {"type": "number", "maximum": 86400.0}),
    (fields.IP(), {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}),
    (fields.IPv4(), {"type": "string", "format": "ipv4"}),
    (fields.IPv6(), {"type": "string", "format": "ipv6"}),
    (fields.IPInterface(), {"type": "string"}),
    (fields.Enum(Colour), {"type": "string", "enum": ["RED", "BLUE", "AZURE"]}),
    (fields.Enum(Colour, by_value=True), {"enum": ["red", 3]}),
    (fields.Constant("x"), {"enum": ["x"]}),
    (fields.Raw(), {}),
    (fields.Function(lambda document: 1), {"readOnly": True}),
    (Label(), {}),
    (fields.Dict(), {"type": "object"}),
    (fields.Dict(keys=fields.UUID()), {"type": "object", "propertyNames": {"type": "string", "format": "uuid"}}),
    (fields.Dict(keys=fields.Integer()), {"type": "object"}),
    (
        fields.Tuple((fields.String(), fields.List(fields.Integer()))),
        {
            "type": "array",
            "prefixItems": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}],
            "minItems": 2,
            "maxItems": 2,
        },
    ),
    (fields.Tuple(()), {"type": "array", "minItems": 0, "maxItems": 0}),
    (fields.String(validate=validate.Length(1, 3)), {"type": "string", "minLength": 1, "maxLength": 3}),
    (fields.String(validate=validate.Length(equal=3)), {"type": "string", "minLength": 3, "maxLength": 3}),
    (fields.UUID(validate=validate.Length(3)), {"type": "string", "format": "uuid"}),
    (
        fields.String(validate=[validate.Length(1), validate.Length(2)]),
        {"type": "string", "minLength": 1, "allOf": [{"minLength": 2}]},
    ),
    (
        fields.Integer(validate=validate.Range(0, 3, min_inclusive=False, max_inclusive=False)),
        {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 3},
    ),
    (
        fields.Decimal(validate=validate.Range(Decimal("0.5"), Decimal(2))),
        {"type": "number", "minimum": 0.5, "maximum": 2},
    ),
    (fields.Date(validate=validate.Range(min=date(2026, 1, 1))), {"type": "string", "format": "date"}),
    (fields.Float(validate=validate.Range(max=float("inf"))), {"type": "number"}),
    (
        fields.Date(validate=validate.Equal(date(2026, 1, 1))),
        {"type": "string", "format": "date", "enum": ["2026-01-01"]},
    ),
    (fields.String(validate=validate.Regexp("[a-z]")), {"type": "string", "pattern": "^[a-z]"}),
    (fields.Integer(validate=validate.Regexp("[a-z]")), {"type": "integer"}),
    (fields.String(validate=validate.Regexp("(?i)[a-z]")), {"type": "string"}),
    (fields.String(validate=validate.Email()), {"type": "string", "format": "email"}),
    (fields.String(validate=validate.URL()), {"type": "string", "format": "uri"}),
    (fields.String(validate=validate.OneOf({"b", "a", "c"})), {"type": "string", "enum": ["a", "b", "c"]}),
    (fields.String(validate=validate.OneOf("abc")), {"type": "string"}),
    (fields.Boolean(validate=validate.OneOf([1])), {"type": "boolean", "enum": [True]}),
    (fields.Integer(validate=validate.OneOf([True, 2, 2.0])), {"type": "integer", "enum": [1, 2]}),
    (fields.Raw(validate=validate.OneOf([1, "x"])), {"enum": [1, True, "x"]}),
    (fields.Raw(validate=validate.OneOf([False])), {"enum": [False, 0]}),
    (fields.Raw(validate=validate.OneOf([date(2026, 1, 1)])), {}),
    (fields.Integer(validate=validate.NoneOf([3, "4"])), {"type": "integer", "not": {"enum": [3]}}),
    (fields.Integer(validate=validate.NoneOf(["x"])), {"type": "integer"}),
    (fields.String(validate=lambda value: None), {"type": "string"}),
    (fields.Pluck(Owner, "id", validate=validate.Length(1)), {"type": "integer"}),
    (
        fields.Tuple((fields.Dict(values=fields.Integer()),)),
        {
            "type": "array",
            "prefixItems": [{"type": "object", "additionalProperties": {"type": "integer"}}],
            "minItems": 1,
            "maxItems": 1,
        },
    ),
    (fields.Pluck(Owner, "id", many=True), {"type": "array", "items": {"type": "integer"}}),
    (fields.String(allow_none=True), {"type": ["string", "null"]}),
    (
        fields.String(allow_none=True, validate=[validate.OneOf(["a"]), validate.OneOf(["a", "b"])]),
        {"type": ["string", "null"], "enum": ["a", None], "allOf": [{"enum": ["a", "b", None]}]},
    ),
    (fields.String(dump_only=True), {"type": "string", "readOnly": True}),
    (fields.String(load_only=True), {"type": "string", "writeOnly": True}),
    (fields.String(metadata={"deprecated": date(2026, 1, 1)}), {"type": "string", "deprecated": True}),
    (fields.String(metadata={"deprecated": False}), {"type": "string"}),
    (
        fields.String(metadata={"description": "A name.", "title": "Name", "x_rank": 1, "key": "id", "example": "Ada"}),
        {"type": "string", "description": "A name.", "title": "Name", "x-rank": 1, "examples": ["Ada"]},
    ),
    (Label(metadata={"type": "string", "pattern": "^<"}), {"type": "string", "pattern": "^<"}),
    (fields.String(metadata={"required": True, "nullable": True, "examples": [date.max]}), {"type": "string"}),
)


@pytest.mark.parametrize(("made", "said"), LEAVES)
def test_what_is_said_of_a_field_in_a_reply(made: fields.Field[Any], said: dict[str, Any]) -> None:
    slot = translation_of(made).shape.slots["a"]
    assert isinstance(slot, Leaf)
    found = leaf_schema(slot, "reply")
    assert found == said
    Draft202012Validator.check_schema(found)


TIMES: tuple[tuple[fields.Field[Any], str, tuple[str, ...], tuple[str, ...]], ...] = (
    (fields.DateTime(), "request", ("2026-01-01T10:00:00", "2026-01-01T10:00:00.5+02:00"), ("2026-01-01",)),
    (fields.NaiveDateTime(), "request", ("2026-01-01T10:00:00",), ("2026-01-01T10:00:00Z",)),
    (fields.NaiveDateTime(timezone=UTC), "request", ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00"), ("x",)),
    (fields.NaiveDateTime(timezone=UTC), "reply", ("2026-01-01T10:00:00",), ("2026-01-01T10:00:00Z",)),
    (fields.AwareDateTime(default_timezone=UTC), "request", ("2026-01-01T10:00:00",), ("x",)),
    (fields.Time(), "reply", ("10:00:00", "10:00:00.123+00:00"), ("10",)),
)


@pytest.mark.parametrize(("made", "direction", "right", "wrong"), TIMES)
def test_times_have_the_zone_that_their_field_has(
    made: fields.Field[Any], direction: Any, right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    validator = Draft202012Validator(schema_of(made, direction))
    assert all(map(validator.is_valid, right))
    assert not any(map(validator.is_valid, wrong))


REQUESTS: tuple[tuple[fields.Field[Any], dict[str, Any]], ...] = (
    (fields.String(load_default="a"), {"type": "string", "default": "a"}),
    (fields.String(load_default=None, allow_none=True), {"type": ["string", "null"], "default": None}),
    (fields.Integer(load_default="1"), {"type": "integer"}),
    (fields.Integer(load_default=0, validate=validate.Range(1)), {"type": "integer", "minimum": 1}),
    (fields.Raw(load_default=float("nan")), {}),
    (fields.Date(load_default=date(2026, 1, 1)), {"type": "string", "format": "date", "default": "2026-01-01"}),
    (fields.String(load_default=lambda: "a"), {"type": "string"}),
    (fields.Raw(load_default=date(2026, 1, 1)), {}),
    (fields.String(load_default="a", metadata={"default": "b"}), {"type": "string", "default": "b"}),
    (fields.Integer(pre_load=str), {}),
    (Label(), {}),
)


@pytest.mark.parametrize(("made", "said"), REQUESTS)
def test_what_is_said_of_a_field_in_a_request(made: fields.Field[Any], said: dict[str, Any]) -> None:
    slot = translation_of(made).shape.slots["a"]
    assert isinstance(slot, Leaf)
    assert leaf_schema(slot, "request") == said


LISTS: tuple[tuple[fields.Field[Any], dict[str, Any]], ...] = (
    (
        fields.List(fields.String(), validate=[validate.Length(1, 3), validate.ContainsOnly(["a"])]),
        {"items": {"type": "string"}, "minItems": 1, "maxItems": 3, "allOf": [{"items": {"enum": ["a"]}}]},
    ),
    (
        fields.List(fields.String(allow_none=True), validate=validate.ContainsOnly(["a"])),
        {"items": {"type": ["string", "null"]}, "allOf": [{"items": {"enum": ["a", None]}}]},
    ),
    (fields.List(fields.String(), validate=validate.ContainsOnly("ab")), {"items": {"type": "string"}}),
    (
        fields.List(fields.Nested(Owner), validate=[validate.Length(max=2), validate.ContainsOnly(["a"])]),
        {"items": {"$ref": "#/$defs/Owner"}, "maxItems": 2},
    ),
)


@pytest.mark.parametrize(("made", "said"), LISTS)
def test_what_is_said_of_a_list(made: fields.Field[Any], said: dict[str, Any]) -> None:
    found = schema_of(made)
    del found["$defs"]
    assert found == {"type": "array", **said}


def test_contains_only_says_nothing_of_what_is_no_list() -> None:
    assert schema_of(fields.Raw(validate=validate.ContainsOnly(["a"]))) == {"$defs": {}}
