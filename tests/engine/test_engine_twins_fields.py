"""The law of twins for every field that marshmallow has, whatever is asked of it and wherever it stands.

Fields are drawn with rules that suit them and rules that do not, values are right, nearly right and wrong, and texts
are spelled in every way that JSON knows and some that it does not. Beside the law stand two tables: what takes the
fast path, so that it is not kept by taking nothing, and what does not, with the reason that is given.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from decimal import Context, Inexact, localcontext
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validate
from twins import ask, mutated, reply_of, request_of, spelled

from translayer.contract.derivation import Derivation
from translayer.contract.translation import Translation
from translayer.errors import DeclarationError, RequestError
from translayer.operations import constrain, rename

Made = fields.Field[Any]


# Fields


class Colour(enum.Enum):
    """Colours; one has two names."""

    RED = "red"
    BLUE = 3
    AZURE = 3  # noqa: PIE796 - it is an alias


class Nameless(enum.Enum):
    """Nothing to choose from."""


Halves = enum.Enum("Halves", ["\ud800", "WHOLE"])
"""A name that no text in UTF-8 can have."""


class Label(fields.String):
    """An author's field that writes and reads in its own way."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else f"<{value}>"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not str(value).startswith("<"):
            raise ValidationError("A label is expected.")
        return str(value).strip("<>")


class Even(fields.Integer):
    """An author's field that asks more of what it reads."""

    def _validate(self, value: Any) -> None:
        if value % 2:
            raise ValidationError("An even number is expected.")


class OwnNumber(fields.Integer):
    """An author's field that only has another name."""


class Whole(fields.Float):
    """An author's field that takes numbers only in one of their spellings."""

    def _validated(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError("A text is expected.")
        return float(int(value))


class Owner(Schema):
    """Somebody, of whom one member is plucked."""

    id = fields.Integer()
    name = fields.String(attribute="label", validate=validate.Length(max=5))


class Point(Schema):
    """Something to nest."""

    x = fields.Integer(required=True)
    y = fields.Float(allow_none=True)


def doubled(value: Any) -> Any:
    return value * 2


UUID_TEXT = "12345678-1234-5678-9abc-123456789abc"
RFC_TEXT = "Sat, 29 Feb 2020 10:00:00 +0000"


@dataclass(frozen=True)
class Sort:
    """A sort of field: how one is made, what clients rightly send of it, and what the app says, where that differs."""

    make: Callable[..., Made]
    right: tuple[Any, ...]
    told: tuple[Any, ...] | None = None

    def field(self, **options: Any) -> Made:
        return self.make(**options)


def of(kind: Any, *positional: Any, **own: Any) -> Callable[..., Made]:
    """Makes a field with arguments of its own, and any others."""
    return lambda **options: kind(*positional, **own, **options)


SORTS: dict[str, Sort] = {
    "String": Sort(fields.String, ("red", "", "é😀", 'a"b\\c\n', "a" * 50)),
    "Email": Sort(fields.Email, ("a@b.de", "A.B+c@x-y.example")),
    "URL": Sort(fields.URL, ("http://x.de", "https://x.de/a?b=c#d")),
    "URL, relative": Sort(of(fields.URL, relative=True), ("/a/b", "http://x.de")),
    "UUID": Sort(fields.UUID, (UUID_TEXT,)),
    "DateTime": Sort(fields.DateTime, ("2020-02-29T10:00:00", "2020-02-29T10:00:00.5+02:00", "2020-02-29")),
    "DateTime, rfc": Sort(of(fields.DateTime, "rfc"), (RFC_TEXT,)),
    "DateTime, timestamp": Sort(of(fields.DateTime, "timestamp"), (1582970400, 1582970400.5)),
    "DateTime, timestamp_ms": Sort(of(fields.DateTime, "timestamp_ms"), (1582970400000,)),
    "DateTime, own": Sort(of(fields.DateTime, "%d.%m.%Y"), ("29.02.2020",)),
    "NaiveDateTime": Sort(fields.NaiveDateTime, ("2020-02-29T10:00:00",)),
    "AwareDateTime": Sort(fields.AwareDateTime, ("2020-02-29T10:00:00Z", "2020-02-29T10:00:00-11:30")),
    "Date": Sort(fields.Date, ("2020-02-29",)),
    "Date, own": Sort(of(fields.Date, "%Y/%m/%d"), ("2020/02/29",)),
    "Date, timestamp": Sort(of(fields.Date, "timestamp"), ("timestamp",)),
    "Time": Sort(fields.Time, ("10:00:00", "10:00:00.123456+00:00")),
    "TimeDelta": Sort(fields.TimeDelta, (60, 1.5)),
    "IP": Sort(fields.IP, ("127.0.0.1", "::1")),
    "IPv4": Sort(fields.IPv4, ("127.0.0.1",)),
    "IPv6": Sort(fields.IPv6, ("::1",)),
    "IPInterface": Sort(fields.IPInterface, ("127.0.0.1/8",)),
    "IPv4Interface": Sort(fields.IPv4Interface, ("127.0.0.1/8",)),
    "IPv6Interface": Sort(fields.IPv6Interface, ("fe80::/10",)),
    "Integer": Sort(fields.Integer, (3, 0, -1, 2**63 - 1, -(2**63))),
    "Integer, strict": Sort(of(fields.Integer, strict=True), (3, 0)),
    "Integer, as_string": Sort(of(fields.Integer, as_string=True), (3,), (3, "3")),
    "Float": Sort(fields.Float, (0.1, 3, -1e-7, 1e300)),
    "Float, as_string": Sort(of(fields.Float, as_string=True, allow_nan=True), (0.5,), ("0.5",)),
    "Decimal": Sort(fields.Decimal, ("1.50", 3, 1.5, "-123456789.123456")),
    "Decimal, places": Sort(of(fields.Decimal, places=2, as_string=True), ("1.50", "3")),
    "Decimal, allow_nan": Sort(of(fields.Decimal, places=-3, allow_nan=True), ("1500", "NaN")),
    "Boolean": Sort(fields.Boolean, (True, False)),
    "Boolean, own words": Sort(of(fields.Boolean, truthy={"yes"}, falsy={"no"}), ("yes", "no")),
    "Boolean, any truth": Sort(of(fields.Boolean, truthy=()), (True, 0)),
    "Boolean, reversed": Sort(of(fields.Boolean, truthy={0}, falsy={1}), (True, False)),
    "Raw": Sort(fields.Raw, (1, "x", [1, {"a": None}], {"a": {"b": [1.5]}}, True)),
    "Dict": Sort(fields.Dict, ({}, {"a": 1, "b": [{}]})),
    "Dict, keys": Sort(of(fields.Dict, keys=fields.String(validate=validate.Length(max=3))), ({"a": 1},)),
    "Dict, values": Sort(of(fields.Dict, values=fields.Integer(allow_none=True)), ({"a": 1, "b": None},)),
    "Dict, keys and values": Sort(of(fields.Dict, keys=fields.UUID(), values=fields.Raw()), ({UUID_TEXT: 1},)),
    "List": Sort(of(fields.List, fields.String(validate=validate.Length(max=3))), ([], ["red", ""])),
    "List of lists": Sort(of(fields.List, fields.List(fields.Float())), ([[], [1.5]],)),
    "Tuple": Sort(of(fields.Tuple, (fields.String(), fields.Integer())), (["red", 3],)),
    "Nested": Sort(of(fields.Nested, Point), ({"x": 1}, {"x": 1, "y": None})),
    "Nested, many": Sort(of(fields.Nested, Point, many=True), ([], [{"x": 1}])),
    "Dict of Nested": Sort(of(fields.Dict, keys=fields.String(), values=fields.Nested(Point)), ({"a": {"x": 1}},)),
    "Pluck": Sort(of(fields.Pluck, Owner, "id"), (3,), ({"id": 3}, {"id": 3, "label": "x"})),
    "Pluck, many": Sort(of(fields.Pluck, Owner, "name", many=True), (["red"],), ([{"label": "red"}],)),
    "Method": Sort(of(fields.Method, deserialize="read_it"), ("red",)),
    "Function": Sort(of(fields.Function, deserialize=str.upper), ("red",)),
    "Constant": Sort(of(fields.Constant, 3), (3, "anything")),
    "Enum": Sort(of(fields.Enum, Colour), ("RED", "AZURE")),
    "Enum, by value": Sort(of(fields.Enum, Colour, by_value=True), ("red", 3)),
    "Enum, by field": Sort(of(fields.Enum, Colour, by_value=fields.String()), ("red",)),
    "Enum, empty": Sort(of(fields.Enum, Nameless), ("RED",)),
    "Enum, of halves": Sort(of(fields.Enum, Halves), ("WHOLE",)),
    "an author's, both ways": Sort(Label, ("<red>",), ("red",)),
    "an author's, asking more": Sort(Even, (2,)),
    "an author's, by name": Sort(OwnNumber, (3,)),
    "an author's, of one spelling": Sort(Whole, ("3",)),
    "a hook before": Sort(of(fields.Integer, pre_load=doubled), (3,)),
    "a hook behind": Sort(of(fields.String, post_load=doubled), ("red",)),
}
"""Every field of marshmallow's, in its forms, and an author's."""


def refuses_some(value: Any) -> None:
    """An author's rule."""
    if value in ("blue", 4, [], {}):
        raise ValidationError("Not this one.")


def writes(value: Any) -> None:
    """An author's rule that writes into what it is given."""
    if isinstance(value, dict):
        value["written"] = 1
        for inner in value.values():
            writes(inner)
    if isinstance(value, list):
        value.append(1)


RULES: dict[str, Callable[[], list[Any]]] = {
    "nothing": list,
    "a length": lambda: [validate.Length(1, 3)],
    "an exact length": lambda: [validate.Length(equal=3)],
    "no length": lambda: [validate.Length(equal=0)],
    "two lengths": lambda: [validate.Length(min=1), validate.Length(2, 5)],
    "odd lengths": lambda: [validate.Length(min=-1), validate.Length(max=3.5), validate.Length(max=2**64)],
    "a length, and an author's": lambda: [validate.Length(max=3), writes],
    "a range": lambda: [validate.Range(1, 9)],
    "a range between": lambda: [validate.Range(0, 3, min_inclusive=False, max_inclusive=False)],
    "a range of halves": lambda: [validate.Range(0.5, 3.5)],
    "two ranges": lambda: [validate.Range(1), validate.Range(2, 9)],
    "the ends": lambda: [validate.Range(min=2**63 - 1, min_inclusive=False, max=2**70)],
    "an empty range": lambda: [validate.Range(5, 3)],
    "words": lambda: [validate.OneOf(["red", "3", UUID_TEXT, "2020-02-29", "127.0.0.1"])],
    "words, and others": lambda: [validate.OneOf(["red", "blue"]), validate.OneOf(["blue", "3"])],
    "words, and a length": lambda: [validate.Length(max=3), validate.OneOf(["red", "blue"])],
    "words, and things": lambda: [validate.OneOf(["red", "blue", "3"]), validate.OneOf(["red", 3])],
    "no words": lambda: [validate.OneOf([])],
    "half a word": lambda: [validate.OneOf(["\ud800", "red"])],
    "letters": lambda: [validate.OneOf("redblue")],
    "things": lambda: [validate.OneOf([3, "red", True, None, 1.5])],
    "none of": lambda: [validate.NoneOf(["blue", 3])],
    "equal": lambda: [validate.Equal(3)],
    "an expression": lambda: [validate.Regexp("[a-z]+$")],
    "an expression, and more": lambda: [validate.Regexp("[a-z]"), validate.NoneOf(["red"])],
    "an address": lambda: [validate.Email()],
    "contains only": lambda: [validate.ContainsOnly(["red", "r", "e", "d", 3])],
    "contains none of": lambda: [validate.ContainsNoneOf(["blue"])],
    "a predicate": lambda: [validate.Predicate("isalpha")],
    "several in one": lambda: [validate.And(validate.Length(max=3), validate.And(validate.NoneOf(["blue"])))],
    "an author's": lambda: [refuses_some],
    "an author's that writes": lambda: [writes],
}
"""Rules; most do not suit most fields, and then say so."""

NEAR: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 3, 4, -1, 3.0, 3.5, -0.0, 1e5, 1e22, 5e-324, 10**30, 2**63, 2**64, -(2**63) - 1),
    *("", "3", "3.0", " 3 ", "+3", "-0", "1_0", "0x3", "1e5", "1E+2", "٣", "３", "1.005", "NaN", "Infinity", "9" * 30),
    *("true", "TRUE", "True", "t", "on", "yes", "no", "0", "1", "red", "RED", "Red", "blue", "reds", "red\n", "<red"),
    *(UUID_TEXT.upper(), UUID_TEXT.replace("-", ""), f"{{{UUID_TEXT}}}", f"urn:uuid:{UUID_TEXT}", UUID_TEXT[:-1]),
    *("2020-02-30", "20200229", "2020-W10-1", "2020-02-29t10:00Z", "2020-02-29 10:00:00+02:00", "0001-01-01T00:00Z"),
    *("2020-02-29T24:00:00", "10:00", "T10", "24:00", RFC_TEXT.replace("+0000", "-0000"), "29.2.2020", 1582970400.25),
    *(
        "a@b",
        "a@b.de ",
        "A@localhost",
        "HTTP://X.DE",
        "ftp://x.de",
        "x.de",
        "127.0.0.01",
        "::ffff:1.2.3.4",
        "fe80::1%e",
    ),
    *(
        [],
        {},
        [None],
        [[]],
        ["red", "3"],
        ["red"] * 5,
        [3, 3],
        {"a": None},
        {"a": "3"},
        {"abcd": 1},
        {"x": "1"},
        "\x00",
    ),
)
"""Values that are right for some field, or nearly so."""


# Where fields stand

Place = tuple[Callable[[Made], Made], Callable[[Any, Random], Any]]
"""How a field is put somewhere, and a value with it."""


def element(made: Made) -> type[Schema]:
    return Schema.from_dict({"k": made, "n": fields.Integer()}, name="ElementSchema")


PLACES: dict[str, Place] = {
    "itself": (lambda made: made, lambda value, _: value),
    "a list": (fields.List, lambda value, rnd: [value] * rnd.randrange(4)),
    "a short list": (
        lambda made: fields.List(made, allow_none=True, validate=validate.Length(1, 2)),
        lambda value, rnd: [value] * rnd.randrange(4),
    ),
    "a checked list": (
        lambda made: fields.List(made, validate=[validate.Length(max=2), refuses_some]),
        lambda value, rnd: [value] * rnd.randrange(4),
    ),
    "a table": (
        lambda made: fields.Dict(values=made),
        lambda value, rnd: dict.fromkeys("abc"[: rnd.randrange(4)], value),
    ),
    "a tuple": (lambda made: fields.Tuple((made, fields.Integer())), lambda value, _: [value, 3]),
    "an object": (lambda made: fields.Nested(element(made)), lambda value, _: {"k": value}),
    "a small object": (
        lambda made: fields.Nested(element(made), validate=validate.Length(equal=1)),
        lambda value, rnd: rnd.choice([{"k": value}, {"k": value, "n": 1}, {}]),
    ),
    "elements": (
        lambda made: fields.List(fields.Nested(element(made)), metadata={"key": "k"}),
        lambda value, rnd: [{"k": value}, *([{"k": rnd.choice(NEAR), "n": 1}] if rnd.random() < 0.6 else [])],
    ),
}

# What has changed since the client's version


def histories(free: Made) -> dict[str, list[tuple[Any, ...]]]:
    """Operations on the document, by what they come to; the oldest versions may have had a field ``free`` of rules."""
    return {
        "the newest version": [],
        "nothing changed": [()],
        "something beside it changed": [(rename("p", "n"),)],
        "it was called otherwise": [(rename("p", "a"),)],
        "it had no rules": [(constrain("a", was=free),)],
    }


@dataclass
class Drawn:
    """A schema with one field of interest, in a version."""

    rnd: Random
    told: list[str] = field(default_factory=list)

    def choice(self, table: dict[str, Any]) -> Any:
        name = self.rnd.choice(list(table))
        self.told.append(name)
        return table[name]

    def sort(self) -> Sort:
        found: Sort = self.choice(SORTS)
        return found

    def options(self) -> dict[str, Any]:
        rnd = self.rnd
        said = {"required": rnd.random() < 0.4, "allow_none": rnd.random() < 0.3, "load_only": rnd.random() < 0.05}
        self.told.append(str(said))
        return {name: value for name, value in said.items() if value}


def schema_of(made: Made, **others: Made) -> type[Schema]:
    """A schema with the field, and the method that some fields call."""
    members = {"n": fields.Integer(), "a": made, **others, "read_it": lambda self, value: f"{value}!"}
    return Schema.from_dict(members, name="DocumentSchema")


def translation_of(schema: type[Schema], changes: list[tuple[Any, ...]], unknown: Any = "raise") -> Translation:
    """The way to the oldest version, with the operations of every version on the schema, the newest first."""
    by_schema = [{schema: operations} for operations in changes]
    derivation = Derivation({schema}, by_schema, keys={}, unknown=unknown, limit=100)
    return derivation.translation(schema, len(changes), None)


def drawn(drawn: Drawn) -> tuple[Translation, Callable[[Any], Any], Sort]:
    """A translation that has the drawn field somewhere, and what puts a value there."""
    sort, (around, put) = drawn.sort(), drawn.choice(PLACES)
    rules = drawn.choice(RULES) if drawn.rnd.random() < 0.7 else list
    options = drawn.options()
    attribute = drawn.choice({"no attribute": {}, "an attribute": {"attribute": "label"}, "dots": {"attribute": "b.c"}})
    where = options | attribute if around is PLACES["itself"][0] else {}
    inner = {"validate": rules()} if not where else {"validate": rules(), **where}
    made, free = (around(sort.field(**said)) for said in (inner, {**inner, "validate": None}))
    changes = drawn.choice(histories(free))
    unknown = drawn.choice({"raise": "raise", "exclude": "exclude"})
    schema = schema_of(made)
    return translation_of(schema, changes, unknown), lambda value: put(value, drawn.rnd), sort


def documents(rnd: Random, values: tuple[Any, ...], put: Callable[[Any], Any], name: str) -> Iterator[Any]:
    """Documents with right values under a name, and with others."""
    for _ in range(14):
        inner = put(rnd.choice(values) if rnd.random() < 0.5 else rnd.choice(NEAR))
        for around in reversed(name.split(".")):
            inner = {around: inner}
        document = {"n": 1, **inner} if rnd.random() < 0.95 else {}
        yield mutated(rnd, document) if rnd.random() < 0.3 else document


def holds(seed: int) -> None:
    """Draws a schema, and asks the law of replies and requests of it."""
    known = Drawn(Random(seed))
    try:
        translation, put, sort = drawn(known)
    except (DeclarationError, ValueError, TypeError):
        return  # no author can declare it
    (sent,) = translation.shape.slots.keys() - {"n", "p"} or {"p"}
    told = translation.newest.slots["a"].field.attribute or "a"
    for body, name, values in (
        (reply_of(translation), told, sort.told or sort.right),
        (request_of(translation), sent, sort.right),
    ):
        for document in documents(known.rnd, values, put, name) if body.fast.run else ():
            ask(body, spelled(known.rnd, document))


@pytest.mark.no_cover
def test_TRN_4_5_fields_are_taken_as_their_slow_twins_take_them() -> None:
    run = settings(max_examples=1500, derandomize=True, database=None)
    run(given(st.integers(0, 2**64 - 1))(holds))()


# What is taken


def printed(value: Any, name: str = "a") -> bytes:
    return msgspec.json.encode({name: value})


SELDOM = {
    "Boolean, own words": "no reply says it so, and of a request it is put right",
    "Boolean, any truth": "likewise",
    "Enum, empty": "there is no right value",
    "an author's, of one spelling": "it is put right",
    "Constant": "replies compute it",
}
"""The sorts of fields of which a right value is left to the slow twin, and why."""


def test_SPD_1_1_every_field_of_marshmallow_is_among_the_sorts() -> None:
    bases = {fields.Field, fields.Mapping, fields.Number}
    assert {getattr(fields, name) for name in fields.__all__} - {type(sort.field()) for sort in SORTS.values()} == bases


@pytest.mark.parametrize("options", ({}, {"required": True}, {"allow_none": True}), ids=str)
@pytest.mark.parametrize("name", [name for name in SORTS if name not in SELDOM])
def test_SPD_1_1_every_sort_of_field_takes_the_fast_path_both_ways(name: str, options: dict[str, Any]) -> None:
    sort = SORTS[name]
    translation = translation_of(schema_of(sort.field(**options)), [])
    null = (None,) if options.get("allow_none") else ()
    assert all(ask(reply_of(translation), printed(value)) for value in (*(sort.told or sort.right), *null))
    assert all(ask(request_of(translation), printed(value)) for value in (*sort.right, *null))


@pytest.mark.parametrize("name", SELDOM)
def test_TRN_4_5_some_leave_right_values_to_their_twins(name: str) -> None:
    translation = translation_of(schema_of(SORTS[name].field()), [])
    body: Any = reply_of(translation) if name == "Constant" else request_of(translation)
    assert body.fast.run is None or not all(ask(body, printed(value)) for value in SORTS[name].right)


@pytest.mark.parametrize("name", PLACES)
def test_SPD_1_1_fields_take_it_wherever_they_stand(name: str) -> None:
    around, put = PLACES[name]
    translation = translation_of(schema_of(around(fields.String())), [])
    document = printed(put("red", Random(3)))
    assert ask(reply_of(translation), document)
    assert ask(request_of(translation), document)


RULED: tuple[tuple[Made, tuple[Any, ...], tuple[Any, ...]], ...] = (
    (fields.String(validate=validate.Length(1, 3)), ("r", "red"), ("", "blue")),
    (fields.String(validate=validate.Length(equal=3)), ("red",), ("re", "blue")),
    (fields.String(validate=RULES["two lengths"]()), ("re",), ("r", "magenta")),
    (fields.String(validate=validate.OneOf(["red", "blue"])), ("red",), ("green", "")),
    (fields.String(validate=RULES["words, and others"]()), ("blue",), ("red", "3")),
    (fields.String(validate=RULES["words, and a length"]()), ("red",), ("blue",)),
    (fields.String(validate=validate.OneOf([])), (), ("red",)),
    (fields.String(validate=RULES["half a word"]()), ("red",), ("blue",)),
    (fields.String(validate=validate.Regexp("[a-z]+")), ("red",), ("Red",)),
    (fields.String(validate=RULES["an expression, and more"]()), ("blue",), ("red", "3")),
    (fields.String(validate=refuses_some), ("red",), ("blue",)),
    (fields.Email(), ("a@b.de",), ("a@b",)),
    (fields.UUID(validate=refuses_some), (UUID_TEXT, UUID_TEXT.upper()), ("12345678",)),
    (fields.UUID(), (UUID_TEXT, UUID_TEXT.upper()), (UUID_TEXT[:-1],)),
    (fields.UUID(validate=validate.Length(equal=36)), (), (UUID_TEXT,)),
    (fields.UUID(validate=validate.OneOf([UUID(UUID_TEXT)])), (UUID_TEXT,), (UUID_TEXT.replace("1", "2"),)),
    (fields.UUID(validate=validate.OneOf([UUID_TEXT])), (), (UUID_TEXT,)),
    (fields.Date(), ("2020-02-29",), ("2020-02-30", "")),
    (fields.Date(validate=validate.Length(equal=10)), (), ("2020-02-29",)),
    (fields.NaiveDateTime(), ("2020-02-29T10:00",), ("2020-02-29T10:00Z", "10:00")),
    (fields.AwareDateTime(), ("2020-02-29T10:00Z",), ("2020-02-29T10:00",)),
    (fields.DateTime("rfc"), (RFC_TEXT,), ("2020-02-29T10:00",)),
    (fields.Integer(validate=validate.Range(1, 9)), (1, 9), (0, 10)),
    (fields.Integer(validate=validate.Range(1, 3, min_inclusive=False, max_inclusive=False)), (2,), (1, 3)),
    (fields.Integer(validate=RULES["two ranges"]()), (2, 9), (1, 10)),
    (fields.Integer(validate=RULES["the ends"]()), (), (2**63 - 1,)),
    (fields.Integer(validate=validate.Range(0.5, 3.5)), (1, 3), (0, 4)),
    (fields.Integer(validate=validate.OneOf([3, 4])), (3,), (5,)),
    (fields.Integer(validate=validate.Length(3)), (), (3,)),
    (fields.Float(validate=validate.Range(0.5, 3.5)), (0.5, 3), (0, 4.5)),
    (fields.Float(), (0,), (2**1024, "x")),
    (fields.Decimal(), ("1.5", "1e5", 1.5), ("x", "NaN", True)),
    (fields.Decimal(places=2), ("1.5", "1.505"), ("9" * 30,)),
    (fields.Decimal(validate=validate.Range(1)), ("1.5", 3), ("0.5",)),
    (fields.Boolean(validate=validate.Equal(True)), (True,), (False,)),
    (fields.Enum(Colour), ("RED",), ("GREEN",)),
    (fields.Enum(Colour, validate=validate.Equal(Colour.RED)), ("RED",), ("BLUE",)),
    (fields.Raw(validate=refuses_some), ({"a": 1},), ({},)),
    (fields.Dict(validate=validate.Length(1, 2)), ({"a": 1},), ({}, {"a": 1, "b": 1, "c": 1})),
    (fields.Dict(validate=RULES["a length, and an author's"]()), ({"a": {}},), ({"a": 1, "b": 2, "c": 3, "d": 4},)),
    (fields.Dict(validate=writes), ({"a": {}},), ("a",)),
    (fields.List(fields.Raw(), validate=writes), ([{}],), ("a",)),
    (fields.List(fields.Integer(), validate=validate.Length(1, 2)), ([3],), ([], [1, 2, 3])),
    (fields.List(fields.Integer(), validate=RULES["two lengths"]()), ([3, 4],), ([3], [1, 2, 3, 4, 5, 6])),
    (fields.List(fields.Integer(), validate=RULES["odd lengths"]()), ([3],), ([1, 2, 3, 4],)),
    (fields.Dict(values=fields.Integer(), validate=validate.Length(1)), ({"a": 3},), ({}, {"a": "x"})),
    (fields.Nested(Point, validate=validate.Length(2)), ({"x": 1, "y": None},), ({"x": 1},)),
    (fields.Nested(Point, validate=validate.Length(max=1)), ({"x": 1},), ({"x": 1, "y": 2.5},)),
    (fields.List(fields.Nested(Point), validate=validate.Length(1, 2)), ([{"x": 1}],), ([],)),
    (
        fields.Dict(values=fields.Nested(Point), validate=validate.Length(max=1)),
        ({},),
        ({"a": {"x": 1}, "b": {"x": 1}},),
    ),
    (
        fields.List(fields.Nested(Point), metadata={"key": "x"}),
        ([{"x": 1}, {"x": 2}], []),
        ([{"x": 1}, {"x": 1}], [{"x": 1}, {"x": "1"}]),
    ),
    (
        fields.List(fields.Nested(Schema.from_dict({"k": fields.Raw()})), metadata={"key": "k"}),
        ([{"k": 1}, {"k": "1"}],),
        ([{"k": 1}, {"k": 1.0}],),
    ),
)
"""Fields with rules: right values, which the fast path takes, and wrong ones, which neither twin does."""


@pytest.mark.parametrize(("made", "right", "wrong"), RULED)
def test_TRN_4_5_rules_are_asked_as_the_slow_twin_asks_them(
    made: Made, right: tuple[Any, ...], wrong: tuple[Any, ...]
) -> None:
    body = request_of(translation_of(schema_of(made), []))
    assert [value for value in right if not ask(body, printed(value))] == []
    for value in wrong:
        assert not ask(body, printed(value))
        with pytest.raises(RequestError):
            body.interpreted(printed(value))


LEFT: tuple[tuple[Made, tuple[Any, ...]], ...] = (
    (fields.Integer(), ("3", 3.0, 2**63)),
    (fields.Boolean(), ("yes", 1)),
    (fields.Float(), (2**70, "1.5")),
    (fields.Decimal(), (10**30,)),
    (OwnNumber(), ("3", 3.0)),
    (fields.List(OwnNumber()), (["3"],)),
    (fields.NaiveDateTime(timezone=UTC), ("2020-02-29T10:00Z",)),
    (fields.String(validate=validate.OneOf("redblue")), ("dbl",)),
    (fields.List(fields.Nested(Point), metadata={"key": "x"}), ([{"x": 1}, {"x": "2"}],)),
    (
        fields.List(fields.Nested(Schema.from_dict({"k": fields.String()})), metadata={"key": "k"}),
        ([{}, {}],),
    ),
    (fields.List(fields.Nested(Schema.from_dict({"k": fields.Raw()})), metadata={"key": "k"}), ([{"k": []}],)),
)
"""Values that the slow twin takes, and the fast path leaves to it."""


@pytest.mark.parametrize(("made", "values"), LEFT)
def test_TRN_4_5_what_is_seldom_is_left_to_the_slow_twin(made: Made, values: tuple[Any, ...]) -> None:
    body = request_of(translation_of(schema_of(made), []))
    for value in values:
        assert not ask(body, printed(value))
        assert body.interpreted(printed(value))


def deep(levels: int) -> bytes:
    return b'{"a":' + b'{"a":' * (levels - 1) + b"1" + b"}" * levels


@pytest.mark.parametrize("rule", (None, validate.Length(max=3), refuses_some))
def test_TRN_4_5_what_is_free_is_bounded_whatever_else_is_asked_of_it(rule: Any) -> None:
    translation = translation_of(schema_of(fields.Dict(validate=rule), b=fields.Raw(attribute="c")), [])
    request, reply = request_of(translation), reply_of(translation)
    assert [ask(request, deep(levels)) for levels in (64, 65)] == [True, False]
    assert [ask(reply, deep(levels)) for levels in (128, 129)] == [True, False]
    for digits, fits in ((308, True), (309, False)):
        assert ask(request, b'{"a":{"b":' + b"9" * digits + b"}}") is fits
        assert ask(reply, b'{"c":' + b"9" * digits + b"}") is fits


def test_TRN_4_5_what_an_author_writes_into_a_value_goes_no_further() -> None:
    for made in (fields.Raw(validate=writes), fields.Dict(validate=[validate.Length(max=3), writes])):
        request = request_of(translation_of(schema_of(made), []))
        assert request.translated(b'{"a":{"b":{}}}', None) == b'{"a":{"b":{}}}'


@pytest.mark.parametrize("context", (Context(prec=3), Context(traps=[Inexact])))
def test_TRN_4_5_decimals_are_read_as_the_context_says(context: Context) -> None:
    request = request_of(translation_of(schema_of(fields.Decimal(places=1)), []))
    with localcontext(context):
        assert not ask(request, printed("1234.56"))
        assert ask(request, printed("1.5"))
