"""Checking documents: types, validators, what is required, and nothing that escapes."""

from __future__ import annotations

import logging
import sys
from datetime import date, timedelta
from enum import Enum, IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates, validates_schema
from marshmallow.validate import And

from translayer import Api, Limits, Resource, Version
from translayer.contract.lens import Faults
from translayer.contract.rules import messages
from translayer.document.values import duplicate
from translayer.errors import RULES, RequestError

Told = list[tuple[str, str, str]]


def schema(**members: Any) -> type[Schema]:
    return type("MadeSchema", (Schema,), members)


def api_of(described: type[Schema], **options: Any) -> Api:
    return Api("acme", [Resource("thing", described, item="/things/<id>")], [Version(1)], **options)


def broken(api: Api, described: type[Schema], document: Any) -> Told:
    """The violations of a document as (pointer, code, message); every refusal says what is wrong, by the table."""
    try:
        api.translation(described, 0).upgrade(document)
    except RequestError as error:
        return [(violation.pointer, violation.code, violation.message) for violation in error.violations] or [
            ("", "nothing said", error.code)
        ]
    return []


def told(described: type[Schema], document: Any, **options: Any) -> Told:
    """The violations of a document in an API of one schema."""
    return broken(api_of(described, **options), described, document)


def taken(described: type[Schema], document: Any) -> Any:
    """What the check makes of a document that it takes."""
    api = api_of(described)
    translation = api.translation(described, 0)
    faults: Faults = []
    result = translation.strict.document(document, translation.shape, faults)
    assert not faults
    return result


# Null, absent and default are three things

PRESENCE = [
    (required, nullable, defaults)
    for required in (False, True)
    for nullable in (False, True)
    for defaults in ({}, {"dump_default": 7}, *([] if required else [{"load_default": 7}, {"load_default": None}]))
]


@pytest.mark.parametrize(("required", "nullable", "defaults"), PRESENCE)
@pytest.mark.parametrize("document", [{}, {"a": None}, {"a": 1}], ids=["absent", "null", "value"])
def test_null_absent_and_default_are_three_things(
    required: bool, nullable: bool, defaults: dict[str, Any], document: Any
) -> None:
    described = schema(a=fields.Integer(required=required, allow_none=nullable or None, **defaults))
    may_be_null = nullable or defaults == {"load_default": None}
    expected = []
    if required and not document:
        expected = [("/a", "REQUIRED", "Missing data for required field.")]
    if "a" in document and document["a"] is None and not may_be_null:
        expected = [("/a", "NULL", "Field may not be null.")]
    assert told(described, document) == expected
    if not expected:
        assert api_of(described).translation(described, 0).upgrade(document) == document


# Types, and the leniency of marshmallow


class Colour(Enum):
    RED = "r"
    BLUE = "b"


class Size(IntEnum):
    SMALL = 1


READINGS = (
    # field, what the client sends, what goes on
    (fields.Integer(), "3", 3),
    (fields.Integer(), 3.0, 3),
    (fields.Integer(), 3, 3),
    (fields.Integer(strict=True), 3, 3),
    (fields.Integer(as_string=True), 3, 3),
    (fields.Integer(as_string=True), "3", "3"),
    (fields.Float(), "3.5", 3.5),
    (fields.Float(), 3, 3),
    (fields.Float(), 9007199254740993, 9007199254740993),
    (fields.Float(allow_nan=True), "NaN", "NaN"),
    (fields.Float(allow_nan=True), "-inf", "-inf"),
    (fields.Boolean(), "yes", True),
    (fields.Boolean(), 0, False),
    (fields.Boolean(), True, True),
    (fields.Decimal(), "1.50", "1.50"),
    (fields.Decimal(), 1.5, 1.5),
    (fields.Decimal(places=1), "1.55", "1.55"),
    (fields.Decimal(allow_nan=True), "NaN", "NaN"),
    (fields.Date(), "2026-11-20", "2026-11-20"),
    (fields.DateTime(format="timestamp"), 1.5, 1.5),
    (fields.UUID(), "0D1C5C3E-9D4E-4E57-8A3A-5F2A5D3C7F10", "0D1C5C3E-9D4E-4E57-8A3A-5F2A5D3C7F10"),
    (fields.Enum(Colour), "RED", "RED"),
    (fields.Enum(Colour, by_value=True), "r", "r"),
    (fields.Enum(Size, by_value=fields.Integer()), "1", "1"),
    (fields.Enum(Colour, validate=validate.OneOf([Colour.RED])), "RED", "RED"),
    (fields.Raw(), {"a": [None]}, {"a": [None]}),
    (fields.Dict(), {"a": "3"}, {"a": "3"}),
    (fields.Dict(keys=fields.Integer(), values=fields.Integer()), {"1": "3"}, {"1": 3}),
    (fields.List(fields.Integer()), ["3", 4], [3, 4]),
    (fields.List(fields.Integer(allow_none=True)), [None], [None]),
    (fields.Tuple((fields.Integer(), fields.Boolean())), ["3", "no"], [3, False]),
    (fields.Tuple((fields.List(fields.Integer()),)), [["3"]], [[3]]),
    (fields.Constant(7), "anything", "anything"),
)


@pytest.mark.parametrize(("field", "sent", "goes_on"), READINGS)
def test_numbers_and_truth_values_are_put_right_and_all_else_keeps_its_spelling(
    field: Any, sent: Any, goes_on: Any
) -> None:
    result = taken(schema(a=field), {"a": sent})["a"]
    assert result == goes_on
    assert type(result) is type(goes_on)


class Cents(fields.Integer):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return round(float(value) * 100)


class Odd(fields.Integer):
    num_type = str  # type: ignore[assignment]


def test_what_an_author_reads_otherwise_is_read_once() -> None:
    described = schema(a=Cents(validate=validate.Range(max=200)), b=Odd())
    assert taken(described, {"a": "1.50", "b": 3}) == {"a": "1.50", "b": 3}
    assert api_of(described).translation(described, 0).upgrade({"a": "1.50"}) == {"a": 150}
    assert told(described, {"a": "2.50"}) == [("/a", "RANGE", "Must be less than or equal to 200.")]


WRONG_TYPES = (
    (fields.Integer(), "x", "Not a valid integer."),
    (fields.Integer(), True, "Not a valid integer."),
    (fields.Integer(strict=True), 3.5, "Not a valid integer."),
    (fields.Float(), "NaN", "Special numeric values (nan or infinity) are not permitted."),
    (fields.String(), 3, "Not a valid string."),
    (fields.Boolean(), "maybe", "Not a valid boolean."),
    (fields.Boolean(), [], "Not a valid boolean."),
    (fields.Date(), "20 November", "Not a valid date."),
    (fields.Date(), 7, "Not a valid date."),
    (fields.AwareDateTime(), "2026-11-20T08:00:00", "Not a valid aware datetime."),
    (fields.UUID(), {}, "Not a valid UUID."),
    (fields.Enum(Colour), "GREEN", "Must be one of: RED, BLUE."),
    (fields.Enum(Colour, by_value=True), ["r"], "Must be one of: r, b."),
    (fields.Nested(schema(b=fields.Raw())), [], "An object is expected."),
    (fields.Nested(schema(b=fields.Raw()), many=True), {}, "A list is expected."),
    (fields.List(fields.Raw()), {"0": 1}, "A list is expected."),
    (fields.Tuple((fields.Raw(),)), "x", "Not a valid tuple."),
    (fields.Dict(values=fields.Raw()), [], "An object is expected."),
    (fields.Dict(), [], "Not a valid mapping type."),
)


@pytest.mark.parametrize(("field", "value", "message"), WRONG_TYPES)
def test_a_value_of_another_type_is_refused(field: Any, value: Any, message: str) -> None:
    assert told(schema(a=field), {"a": value}) == [("/a", "TYPE", message)]


def test_a_document_that_is_no_object_is_refused() -> None:
    for document in (None, [], "x", 1):
        assert told(schema(), document) == [("", "TYPE", "An object is expected.")]


BEYOND = int(sys.float_info.max) * 10


@pytest.mark.parametrize("value", [BEYOND, -BEYOND, str(BEYOND)])
def test_a_number_that_no_double_holds_is_refused(value: Any) -> None:
    message = "The number is beyond the range of a double."
    assert told(schema(a=fields.Integer()), {"a": value}) == [("/a", "RANGE", message)]


# What authors say


class Spoken(Schema):
    error_messages = {"unknown": "What is that?", "type": "Say it with an object."}

    a = fields.Integer(required=True, error_messages={"required": "Where is a?", "null": "a, please."})
    b = fields.Integer(error_messages={"invalid": "b is a number.", "null": ["No", "null."]})
    c = fields.List(fields.Raw(), error_messages={"invalid": "c is a list."})
    d = fields.Dict(values=fields.Raw(), error_messages={"invalid": "d is an object."})
    e = fields.Nested(schema(), error_messages={"type": "e is an object."})
    f = fields.Nested(schema(), many=True, error_messages={"type": "f is a list."})


def test_messages_are_the_authors_own() -> None:
    assert told(Spoken, {"b": "x", "c": 1, "d": 1, "e": 1, "f": 1, "g": 1}) == [
        ("/a", "REQUIRED", "Where is a?"),
        ("/b", "TYPE", "b is a number."),
        ("/c", "TYPE", "c is a list."),
        ("/d", "TYPE", "d is an object."),
        ("/e", "TYPE", "e is an object."),
        ("/f", "TYPE", "f is a list."),
        ("/g", "UNKNOWN_FIELD", "What is that?"),
    ]
    assert told(Spoken, {"a": None, "b": None}) == [("/a", "NULL", "a, please."), ("/b", "NULL", "No null.")]
    assert told(Spoken, 7) == [("", "TYPE", "Say it with an object.")]


# Validators


def no_seven(value: Any) -> None:
    if value == 7:
        raise ValidationError("Not seven.")


def fails(value: Any) -> None:
    raise KeyError("inside")


VALIDATED = (
    (fields.String(validate=validate.Length(max=1)), "ab", [("/a", "LENGTH")]),
    (fields.Integer(validate=validate.Range(max=1)), 2, [("/a", "RANGE")]),
    (fields.String(validate=validate.OneOf(["x"])), "y", [("/a", "CHOICE")]),
    (fields.String(validate=validate.NoneOf(["x"])), "x", [("/a", "CHOICE")]),
    (fields.Integer(validate=validate.Equal(1)), 2, [("/a", "CHOICE")]),
    (fields.List(fields.String(), validate=validate.ContainsOnly(["x"])), ["y"], [("/a", "CHOICE")]),
    (fields.String(validate=validate.Regexp("x")), "y", [("/a", "PATTERN")]),
    (fields.Email(), "x", [("/a", "FORMAT")]),
    (fields.Url(), "x", [("/a", "FORMAT")]),
    (fields.Integer(validate=no_seven), 7, [("/a", "RULE")]),
    (fields.Integer(validate=[no_seven, validate.Range(max=1)]), 7, [("/a", "RULE"), ("/a", "RANGE")]),
    (
        fields.String(validate=And(validate.Length(2), And(validate.Regexp("x"), no_seven))),
        "y",
        [("/a", "LENGTH"), ("/a", "PATTERN")],
    ),
    (fields.Integer(validate=fails), 1, [("/a", "RULE")]),
    (fields.Date(validate=validate.Range(min=date(2026, 1, 1))), "2025-12-31", [("/a", "RANGE")]),
    (fields.TimeDelta(validate=validate.Range(max=timedelta(minutes=1))), 90, [("/a", "RANGE")]),
    (fields.List(fields.Integer(validate=validate.Range(max=1))), [1, 2, "x"], [("/a/1", "RANGE"), ("/a/2", "TYPE")]),
    (fields.List(fields.Date(), validate=validate.Length(2)), ["x"], [("/a/0", "TYPE"), ("/a", "LENGTH")]),
    (fields.List(fields.Date(), validate=validate.ContainsOnly([date(2026, 1, 1)])), ["2026-01-01"], []),
    (fields.List(fields.Integer(), validate=no_seven), ["x"], [("/a/0", "TYPE")]),
    (fields.Dict(values=fields.Integer(), validate=validate.Length(max=1)), {"b": 1, "c": 2}, [("/a", "LENGTH")]),
    (fields.Dict(keys=fields.Integer(validate=no_seven), values=fields.Raw()), {"7": 1}, [("/a/7", "TYPE")]),
    (fields.Dict(keys=fields.Integer(), values=fields.Integer()), {"x": "y"}, [("/a/x", "TYPE")]),
    (fields.Dict(keys=fields.Integer()), {"x": 1}, [("/a/x", "TYPE")]),
    (fields.Tuple((fields.String(validate=validate.Length(1)),)), [""], [("/a/0", "LENGTH")]),
    (fields.Tuple((fields.Integer(), fields.Integer())), ["x", "y"], [("/a/0", "TYPE"), ("/a/1", "TYPE")]),
    (fields.Tuple((fields.Integer(),)), [1, 2], [("/a", "LENGTH")]),
    (fields.Tuple((fields.Integer(),), validate=no_seven), [1], []),
    (fields.Tuple((fields.Integer(),)), [None], [("/a/0", "NULL")]),
    (fields.Pluck(schema(b=fields.Integer()), "b"), "x", [("/a", "TYPE")]),
    (fields.Pluck(schema(b=fields.Integer(data_key="c")), "b", many=True), [1, "x"], [("/a/1", "TYPE")]),
    (fields.List(fields.Pluck(schema(b=fields.Integer()), "b")), ["x"], [("/a/0", "TYPE")]),
    (fields.Nested(schema(b=fields.Integer()), validate=no_seven), {"b": "x"}, [("/a/b", "TYPE")]),
    (fields.Nested(schema(b=fields.Integer()), validate=validate.Length(min=1)), {}, [("/a", "LENGTH")]),
)  # fmt: skip


@pytest.mark.parametrize(("field", "value", "expected"), VALIDATED)
def test_validators_have_their_codes_and_places(field: Any, value: Any, expected: Any) -> None:
    assert [(pointer, code) for pointer, code, _ in told(schema(a=field), {"a": value})] == expected


def test_validators_see_what_marshmallow_loads() -> None:
    seen: list[Any] = []
    described = schema(
        a=fields.List(fields.Date(), validate=seen.append),
        b=fields.Dict(keys=fields.Integer(), values=fields.Boolean(), validate=seen.append),
        c=fields.Tuple((fields.Integer(),), validate=seen.append),
        d=fields.Nested(schema(e=fields.Date(attribute="f")), validate=seen.append),
    )
    told(described, {"a": ["2026-01-01"], "b": {"1": "yes"}, "c": ["3"], "d": {"e": "2026-01-01"}})
    days = date(2026, 1, 1)
    assert [value for value in seen if value == {"f": days}] == [{"f": days}]
    assert [days] in seen
    assert {1: True} in seen
    assert (3,) in seen


def strip(value: Any) -> Any:
    return value.strip()


def test_hooks_of_fields_are_run_for_what_they_refuse_and_not_for_what_they_make() -> None:
    described = schema(
        a=fields.String(pre_load=strip, validate=validate.Length(max=1)),
        b=fields.Integer(post_load=str, validate=validate.Range(max=1)),
    )
    assert taken(described, {"a": " x ", "b": 1}) == {"a": " x ", "b": 1}
    assert [pointer for pointer, _, _ in told(described, {"a": " xy ", "b": 2})] == ["/a", "/b"]
    assert told(described, {"a": 3}) == [("/a", "TYPE", "The value cannot be read.")]


def test_a_rule_that_fails_refuses_the_value_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "translayer"):
        assert told(schema(a=fields.Dict(values=fields.Integer(validate=fails))), {"a": {"x\ny": 1}}) == [
            ("/a/x\ny", "RULE", "The value cannot be read.")
        ]
    assert "a rule failed at '/a/x\\ny': KeyError('inside')" in caplog.messages


def test_a_rule_that_fails_again_and_again_is_logged_once_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    described = schema(
        a=fields.List(fields.Integer(validate=[fails, no_seven])),
        b=fields.Integer(validate=fails),
        c=fields.List(Unreadable()),
        d=fields.Dict(keys=Unreadable(), values=fields.Raw()),
    )
    document = {"a": [1, 2, 3], "b": 4, "c": [5, 6], "d": {"x": 7}}
    api = api_of(described)
    for _ in range(2):  # each document has its own account
        caplog.clear()
        with caplog.at_level(logging.WARNING, "translayer"):
            assert len(broken(api, described, document)) == 7
        assert caplog.messages == [
            "a rule failed at '/a/0': KeyError('inside')",
            "a rule failed at '/c/0': KeyError('unreadable')",
            "a rule failed at '/d/x': KeyError('unreadable')",
            "the rule that failed at '/a/0' failed 3 times more",
            "the rule that failed at '/c/0' failed 1 times more",
        ]
    caplog.clear()
    told(described, {"a": [1] * 1000}, limits=Limits(violations=10))
    assert caplog.messages[1:] == ["the rule that failed at '/a/0' failed 9 times more"]


class Unreadable(fields.Raw):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        raise KeyError("unreadable")


# What authors' code writes


def write_into(value: Any) -> Any:
    """An author's function that takes what it is given for its own, as deep as it goes."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        write_into(inner)
    if isinstance(value, dict):
        value["written"] = True
    elif isinstance(value, list):
        value.append("written")
    return value


class Writing(fields.Raw):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return write_into(value)


class WritingLength(validate.Length):
    def __call__(self, value: Any) -> Any:
        return super().__call__(write_into(value))


CONTAINERS = ([[1], {"x": [2]}], {"y": [{"z": 3}], "empty": {}}, [], {}, 1)
WRITERS = {
    "a validator": fields.Raw(validate=write_into),
    "two validators": fields.Raw(validate=[write_into, write_into]),
    "a validator beside marshmallow's": fields.Raw(validate=And(validate.NoneOf([0]), write_into)),
    "a subclass of marshmallow's": fields.Raw(validate=WritingLength(min=0)),
    "a hook": fields.Raw(pre_load=write_into),
    "a hook behind": fields.Raw(post_load=write_into),
    "a field": Writing(),
    "a function": fields.Function(deserialize=write_into),
    "a plucked field": fields.Pluck(schema(a=Writing()), "a"),
}


@pytest.mark.parametrize("field", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("value", CONTAINERS, ids=str)
def test_TRN_4_4_what_authors_code_writes_stays_out_of_the_clients_document(field: Any, value: Any) -> None:
    nestings = {"plain": field, "listed": fields.List(field), "tabled": fields.Dict(values=field)}
    document = {"plain": value, "listed": [value], "tabled": {"k": value}}
    if type(field) is fields.Raw:  # tuples hold nothing of the author's own
        nestings["tupled"], document["tupled"] = fields.Tuple((field,)), [value]
    described = schema(**nestings)
    sent = duplicate(document)
    api = api_of(described)
    translation = api.translation(described, 0)
    result = translation.strict.document(document, translation.shape, [])
    assert (document, result) == (sent, sent)


@pytest.mark.parametrize(
    "field",
    (
        fields.List(fields.Raw(), validate=write_into),
        fields.List(fields.Tuple((fields.Raw(),)), validate=write_into),
        fields.Tuple((fields.Raw(),), validate=write_into),
        fields.List(fields.Dict(), validate=write_into),
    ),
)
def test_TRN_4_4_nor_do_validators_of_lists_write_into_it(field: Any) -> None:
    document = {"a": [[{"x": []}]] if isinstance(getattr(field, "inner", None), fields.Tuple) else [{"x": []}]}
    sent = duplicate(document)
    assert taken(schema(a=field), document) == sent
    assert document == sent


def test_a_value_is_copied_only_for_code_that_is_not_marshmallows() -> None:
    seen: list[Any] = []

    class Choices(list[Any]):
        def __contains__(self, value: Any) -> bool:
            seen.append(value)
            return True

    def look(value: Any) -> None:
        seen.append(value)

    value = {"a": [1]}
    taken(schema(a=fields.Raw(validate=[validate.OneOf(Choices()), look])), {"a": value})
    ours, authors = seen
    assert ours is value
    assert authors == value
    assert authors is not value
    assert authors["a"] is not value["a"]


# Keys of lists


def test_two_elements_with_one_key_are_refused() -> None:
    described = schema(a=fields.List(fields.Nested(schema(id=fields.Raw())), metadata={"key": "id"}))
    elements = [{"id": 1}, {"id": 2}, {"id": 1}, {}, {}, {"id": True}, {"id": 1.0}, "x"]
    assert [(pointer, code) for pointer, code, _ in told(described, {"a": elements})] == [
        ("/a/7", "TYPE"),
        ("/a/2/id", "DUPLICATE"),
        ("/a/6/id", "DUPLICATE"),
    ]


def test_keys_are_compared_as_they_are_read() -> None:
    described = schema(a=fields.List(fields.Nested(schema(id=fields.Integer(allow_none=True))), metadata={"key": "id"}))
    elements = [{"id": 1}, {"id": "1"}, {"id": None}, {"id": None}]
    assert [(pointer, code) for pointer, code, _ in told(described, {"a": elements})] == [("/a/1/id", "DUPLICATE")]


# Bounds


def test_violations_beyond_the_limit_are_not_even_made() -> None:
    described = schema(
        a=fields.List(fields.Integer()),
        b=fields.Dict(keys=fields.Integer(), values=fields.Integer()),
        c=fields.List(fields.Nested(schema(id=fields.Integer())), metadata={"key": "id"}),
    )
    for document in ({"a": ["x"] * 50}, {"b": {f"x{n}": 1 for n in range(50)}}, {"c": [{"id": 1}] * 50}, dict.fromkeys(
        map(str, range(50))
    )):  # fmt: skip
        assert len(told(described, document, limits=Limits(violations=7))) == 7
    translation = api_of(described, limits=Limits(violations=7)).translation(described, 0)
    faults: Faults = []
    translation.strict.document({"a": ["x"] * 50, "z": 1}, translation.shape, faults)
    assert len(faults) == 7


# Rules of whole schemas


class Period(Schema):
    start = fields.Date(required=True, data_key="from")
    end = fields.Date(data_key="to")
    nights = fields.Integer()

    @validates("nights")
    def not_thirteen(self, value: Any, data_key: str) -> None:
        if value == 13:
            raise ValidationError("Not thirteen.")

    @validates_schema
    def in_order(self, data: Any, **kwargs: Any) -> None:
        if data.get("end") and data["end"] < data["start"]:
            raise ValidationError("It ends before it begins.")

    @validates_schema
    def not_too_long(self, data: Any, **kwargs: Any) -> None:
        if data.get("nights", 0) > 30:
            raise ValidationError({"nights": ["Too long."], "end": ["Too late."]})

    @validates_schema
    def fails_at_zero(self, data: Any, **kwargs: Any) -> None:
        return 1 / data.get("nights", 1) and None


WRONG_PERIODS = (
    ({"from": "2026-01-02", "to": "2026-01-01"}, [("", "It ends before it begins.")]),
    ({"from": "2026-01-02", "nights": 13}, [("/nights", "Not thirteen.")]),
    ({"from": "2026-01-02", "nights": 31}, [("/nights", "Too long."), ("/to", "Too late.")]),
    ({"from": "2026-01-02", "nights": 0}, [("", "The value cannot be read.")]),
    ({"from": "2026-01-02", "to": "2026-01-03", "nights": 1}, []),
)
NESTINGS: dict[str, tuple[type[Schema], Any, str]] = {
    # how a period is nested, the document around it, the pointer to it
    "alone": (Period, lambda period: period, ""),
    "object": (schema(a=fields.Nested(Period)), lambda period: {"a": period}, "/a"),
    "list": (schema(a=fields.List(fields.Nested(Period))), lambda period: {"a": [period]}, "/a/0"),
    "many": (schema(a=fields.Nested(Period, many=True, data_key="b")), lambda period: {"b": [period]}, "/b/0"),
    "table": (schema(a=fields.Dict(values=fields.Nested(Period))), lambda period: {"a": {"k": period}}, "/a/k"),
    "deep": (
        schema(a=fields.Nested(schema(b=fields.Dict(values=fields.List(fields.Nested(Period)))))),
        lambda period: {"a": {"b": {"value": [period]}}},
        "/a/b/value/0",
    ),
}


@pytest.mark.parametrize("nesting", NESTINGS)
@pytest.mark.parametrize(("period", "expected"), WRONG_PERIODS)
def test_rules_of_schemas_are_asked_wherever_they_are_nested(nesting: str, period: Any, expected: Any) -> None:
    described, around, at = NESTINGS[nesting]
    found = told(described, around(period))
    if "nights" in period and period["nights"] == 0:  # what fails, fails for all of the document
        assert found == [("", "RULE", "The value cannot be read.")]
    else:
        assert found == [(at + pointer, "RULE", message) for pointer, message in expected]


def test_rules_of_schemas_are_not_asked_of_null() -> None:
    described = schema(
        a=fields.Nested(Period, allow_none=True), b=fields.Dict(values=fields.Nested(Period, allow_none=True))
    )
    assert told(described, {"a": None, "b": {"k": None, "l": {"from": "2026-01-01", "nights": 13}}}) == [
        ("/b/l/nights", "RULE", "Not thirteen.")
    ]


def test_rules_of_schemas_are_asked_only_of_right_values() -> None:
    assert told(Period, {"to": "x", "nights": 13}) == [
        ("/from", "REQUIRED", "Missing data for required field."),
        ("/to", "TYPE", "Not a valid date."),
    ]


class Wicked(Schema):
    a = fields.Raw()
    b = fields.List(fields.Nested(schema(c=fields.Raw())), allow_none=True)

    @pre_load
    def write(self, document: Any, **kwargs: Any) -> Any:
        document["a"]["written"] = True
        document["b"] = None
        return document


def test_hooks_cannot_write_into_the_document() -> None:
    document = {"a": {"x": 1}, "b": [{"c": [1]}]}
    assert api_of(Wicked).translation(Wicked, 0).upgrade(document) == {"a": {"x": 1}, "b": [{"c": [1]}]}
    assert document == {"a": {"x": 1}, "b": [{"c": [1]}]}


def test_unknown_and_read_only_fields_are_no_affair_of_the_rules() -> None:
    described = schema(a=fields.Nested(type("P", (Period,), {"id": fields.Integer(dump_only=True)})))
    document = {"a": {"from": "2026-01-01", "more": 1}, "other": 2}
    api = api_of(described, unknown="pass")
    assert api.translation(described, 0).upgrade(document) == {"a": {"start": "2026-01-01", "more": 1}, "other": 2}
    current = {"a": {"id": 1, "from": "2026-01-01"}}
    assert api_of(described).translation(described, 0).upgrade(current, current=current, onto={}) == {
        "a": {"start": "2026-01-01"}
    }


@pytest.mark.parametrize(
    ("said", "expected"),
    (
        ("Wrong.", [((), "Wrong.")]),
        (["Wrong.", ["So wrong."]], [((), "Wrong."), ((), "So wrong.")]),
        ({"a": {"_schema": ["Wrong."]}}, [(("a",), "Wrong.")]),
        ({0: {"a": ["Wrong."]}, None: ["Odd."]}, [((0, "a"), "Wrong."), (("None",), "Odd.")]),
        ({"a": {"value": ["Kept."]}}, [(("a", "value"), "Kept.")]),
    ),
)
def test_messages_are_flat(said: Any, expected: Any) -> None:
    assert list(messages(said)) == expected


# Any value at all

STANDARD: dict[str, Any] = {
    "AwareDateTime": fields.AwareDateTime(),
    "Boolean": fields.Boolean(),
    "Boolean of one's own": fields.Boolean(truthy={"ja"}, falsy={"nein"}),
    "Constant": fields.Constant(1),
    "Date": fields.Date(),
    "Date with a format": fields.Date(format="%d.%m.%Y"),
    "DateTime": fields.DateTime(),
    "DateTime as a timestamp": fields.DateTime(format="timestamp"),
    "DateTime in milliseconds": fields.DateTime(format="timestamp_ms"),
    "DateTime of RFC 822": fields.DateTime(format="rfc"),
    "Decimal": fields.Decimal(),
    "Decimal with places": fields.Decimal(places=2, as_string=True),
    "Decimal that may be nothing": fields.Decimal(allow_nan=True),
    "Dict": fields.Dict(),
    "Dict of dates": fields.Dict(keys=fields.Date(), values=fields.Decimal()),
    "Email": fields.Email(),
    "Enum": fields.Enum(Colour),
    "Enum by value": fields.Enum(Size, by_value=True),
    "Enum by a field": fields.Enum(Size, by_value=fields.Integer()),
    "Float": fields.Float(),
    "Float that may be nothing": fields.Float(allow_nan=True),
    "Function": fields.Function(deserialize=lambda value: value.upper()),
    "IP": fields.IP(),
    "IPInterface": fields.IPInterface(),
    "IPv4": fields.IPv4(),
    "IPv4Interface": fields.IPv4Interface(),
    "IPv6": fields.IPv6(),
    "IPv6Interface": fields.IPv6Interface(),
    "Integer": fields.Integer(),
    "Integer, strict": fields.Integer(strict=True, validate=validate.Range(-5, 5)),
    "List": fields.List(fields.Integer(), validate=validate.Length(1, 2)),
    "NaiveDateTime": fields.NaiveDateTime(),
    "Nested": fields.Nested(Period),
    "Nested, many": fields.Nested(Period, many=True),
    "Pluck": fields.Pluck(Period, "nights"),
    "Pluck, many": fields.Pluck(Period, "nights", many=True),
    "Raw": fields.Raw(),
    "String": fields.String(validate=[validate.Length(1, 3), validate.Regexp("[a-z]")]),
    "Time": fields.Time(),
    "TimeDelta": fields.TimeDelta(),
    "TimeDelta in weeks": fields.TimeDelta(precision="weeks"),
    "Tuple": fields.Tuple((fields.Integer(), fields.Date())),
    "URL": fields.URL(),
    "UUID": fields.UUID(),
}
NUMBERS = (
    st.integers()
    | st.sampled_from([2**63, -(2**64), 10**300, BEYOND, 1795161600, -1])
    | st.floats(allow_nan=False, allow_infinity=False)
)
TEXTS = st.text() | st.sampled_from(
    ["", "3", "1e400", "9" * 5000, "NaN", "2026-11-20", "2026-11-20T08:00:00Z", "9999-12-31T23:59:59-23:59", "::1/64",
     "0001-01-01", "RED", "r", "true", "\ud800", "http://[", "a@b", "Fri, 99 Nov 2026 99:00:00 +9999", "24:00", "\0"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS | st.sampled_from(["from", "to", "nights"]), inner, max_size=3)
    ),
    max_leaves=8,
)
EVERYTHING = schema(**{f"f{number}": field for number, field in enumerate(STANDARD.values())})
EVERYTHING_API = api_of(EVERYTHING)


FIELDS = st.sampled_from([f"f{number}" for number in range(len(STANDARD))])


def told_by_everything(document: Any) -> Told:
    return broken(EVERYTHING_API, EVERYTHING, document)


@pytest.mark.parametrize("name", STANDARD)
@given(value=VALUES)
def test_any_value_is_taken_or_refused_by_any_field(name: str, value: Any) -> None:
    field = f"f{list(STANDARD).index(name)}"
    for pointer, code, message in told_by_everything({field: value}):
        assert pointer == f"/{field}" or pointer.startswith(f"/{field}/")
        assert code in RULES
        assert message


@given(st.dictionaries(FIELDS, VALUES) | VALUES)
def test_any_document_is_taken_or_refused_by_a_schema_of_every_field(document: Any) -> None:
    assert all(code in RULES for _, code, _ in told_by_everything(document))


@given(st.dictionaries(FIELDS, VALUES))
def test_what_is_taken_is_what_marshmallow_takes(document: dict[str, Any]) -> None:
    """But for numbers that no double holds, which marshmallow takes and JSON should not."""
    for name, value in document.items():
        ours = told_by_everything({name: value})
        theirs = taken_by_marshmallow({name: value})
        assert theirs is (not ours) or "RANGE" in {code for _, code, _ in ours}, (name, value, ours)


def taken_by_marshmallow(document: Any) -> bool:
    """Whether marshmallow loads a document; where it fails otherwise, it has not."""
    try:
        return not EVERYTHING().validate(document)
    except Exception:
        return False
