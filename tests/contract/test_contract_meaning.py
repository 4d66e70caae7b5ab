"""What every operation means: the older schema, both conversions, and where places move (docs/operations.md)."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from marshmallow import Schema, fields, validate

from translayer import Api, Resource, Translator, Version, VersionChange
from translayer.contract.lens import Faults, operations
from translayer.contract.translation import Translation
from translayer.document.values import ABSENT
from translayer.errors import DeclarationError
from translayer.operations import (
    add,
    constrain,
    convert,
    default,
    flatten,
    join,
    map_values,
    move,
    nest,
    relax,
    remove,
    rename,
    require,
    split,
    unwrap,
    wrap,
)

Text, Number, Listed, Nested = fields.String, fields.Integer, fields.List, fields.Nested


def schema(**slots: Any) -> type[Schema]:
    return Schema.from_dict(slots, name="ThingSchema")


def made(newer: type[Schema], *operations: Any) -> Api:
    change = type("Change", (VersionChange,), {"schemas": {newer: list(operations)}})
    return Api("acme", [Resource("thing", newer, item="/things/<id>")], [Version(2, change), Version(1)])


def between(newer: type[Schema], *operations: Any) -> Translation:
    return made(newer, *operations).translation(newer, 1)


class Case(NamedTuple):
    """A source and the view that it gives; then a view and what it makes of ``onto`` (ABSENT: of nothing)."""

    name: str
    newer: dict[str, Any]
    operation: Any
    source: Any
    seen: Any
    view: Any
    onto: Any
    result: Any


def text(value: Any) -> str:
    return str(value)


INNER = {"c": Text(), "d": Text()}
NEST = {"o": Nested(schema(a=Text(), b=Text(), x=Text()))}
ENUM = {"s": Text(validate=validate.OneOf(["new", "old", "odd"]), allow_none=True)}
WORDS = map_values("s", {"n": "new", "o": "old"}, downgrade_else="o")

CASES = [
    Case("rename", {"b": Number()}, rename("a", "b"), {"b": 1}, {"a": 1}, {"a": 2}, {"b": 1}, {"b": 2}),
    Case("rename absent", {"b": Number()}, rename("a", "b"), {}, {}, {}, {"b": 1}, {}),
    Case(
        "rename null",
        {"b": Number(allow_none=True)},
        rename("a", "b"),
        {"b": None},
        {"a": None},
        {"a": None},
        ABSENT,
        {"b": None},
    ),
    Case(
        "rename dotted",
        {"o": Nested(schema(b=Text()))},
        rename("o.a", "o.b"),
        {"o": {"b": "x"}},
        {"o": {"a": "x"}},
        {"o": {"a": "y"}},
        ABSENT,
        {"o": {"b": "y"}},
    ),
    Case(
        "move in",
        {"o": Nested(schema(a=Text()))},
        move("a", "o.a"),
        {"o": {"a": "x"}},
        {"a": "x"},
        {"a": "y"},
        ABSENT,
        {"o": {"a": "y"}},
    ),
    Case(
        "move in, null parent stays",
        {"o": Nested(schema(a=Text()), allow_none=True)},
        move("a", "o.a"),
        {"o": None},
        {},
        {},
        {"o": None},
        {"o": None},
    ),
    Case(
        "move in, empty parent stays",
        {"o": Nested(schema(a=Text()))},
        move("a", "o.a"),
        {"o": {}},
        {},
        {},
        {"o": {}},
        {"o": {}},
    ),
    Case(
        "move out",
        {"a": Text()},
        move("o.a", "a"),
        {"a": "x"},
        {"o": {"a": "x"}},
        {"o": {"a": "y"}},
        {"a": "x"},
        {"a": "y"},
    ),
    Case("move out absent", {"a": Text()}, move("o.a", "a"), {}, {}, {}, {"a": "x"}, {}),
    Case(
        "nest",
        NEST,
        nest("a", "b", under="o"),
        {"o": {"a": "1", "b": "2", "x": "3"}},
        {"a": "1", "b": "2"},
        {"a": "9"},
        {"o": {"a": "1", "b": "2", "x": "3"}},
        {"o": {"x": "3", "a": "9"}},
    ),
    Case("nest onto nothing", NEST, nest("a", "b", under="o"), {}, {}, {"b": "2"}, ABSENT, {"o": {"b": "2"}}),
    Case("nest, none given", NEST, nest("a", "b", under="o"), {}, {}, {}, {}, {}),
    Case(
        "flatten",
        {"a": Text(), "b": Text()},
        flatten("o", "a", "b"),
        {"a": "1"},
        {"o": {"a": "1"}},
        {"o": {"b": "2"}},
        {"a": "1"},
        {"b": "2"},
    ),
    Case("flatten none", {"a": Text(), "b": Text()}, flatten("o", "a", "b"), {}, {}, {}, {"a": "1"}, {}),
    Case(
        "add keeps the source's",
        {"a": Text(), "f": Text()},
        add("f", default="d"),
        {"a": "1", "f": "x"},
        {"a": "1"},
        {"a": "2"},
        {"a": "1", "f": "x"},
        {"a": "2", "f": "x"},
    ),
    Case(
        "add keeps absence",
        {"a": Text(), "f": Text()},
        add("f", default="d"),
        {"a": "1"},
        {"a": "1"},
        {"a": "2"},
        {"a": "1"},
        {"a": "2"},
    ),
    Case(
        "add default",
        {"a": Text(), "f": Text()},
        add("f", default="d"),
        {},
        {},
        {"a": "2"},
        ABSENT,
        {"a": "2", "f": "d"},
    ),
    Case(
        "add computed",
        {"a": Text(), "f": Text()},
        add("f", default=lambda thing: thing["a"] * 2),
        {},
        {},
        {"a": "2"},
        ABSENT,
        {"a": "2", "f": "22"},
    ),
    Case(
        "add null", {"a": Text(), "f": Text(allow_none=True)}, add("f", default=None), {}, {}, {}, ABSENT, {"f": None}
    ),
    Case("add nothing", {"a": Text(), "f": Text()}, add("f"), {}, {}, {}, ABSENT, {}),
    Case(
        "remove",
        {"a": Text()},
        remove("f", Text(), default="d"),
        {"a": "1"},
        {"a": "1", "f": "d"},
        {"a": "2", "f": "x"},
        {"a": "1"},
        {"a": "2"},
    ),
    Case(
        "remove computed",
        {"a": Text()},
        remove("f", Text(), default=lambda thing: thing.get("a", "?")),
        {"a": "1"},
        {"a": "1", "f": "1"},
        {},
        ABSENT,
        {},
    ),
    Case("remove without default", {"a": Text()}, remove("f", Text()), {"a": "1"}, {"a": "1"}, {"f": "x"}, ABSENT, {}),
    Case(
        "split",
        {"a": Text(), "b": Text()},
        split("w", ("a", "b"), " "),
        {"a": "1", "b": "2 3"},
        {"w": "1 2 3"},
        {"w": "4 5 6"},
        {"a": "1", "b": "2 3"},
        {"a": "4", "b": "5 6"},
    ),
    Case(
        "split unchanged",
        {"a": Text(), "b": Text()},
        split("w", ("a", "b"), " "),
        {"a": "1 2", "b": "3"},
        {"w": "1 2 3"},
        {"w": "1 2 3"},
        {"a": "1 2", "b": "3"},
        {"a": "1 2", "b": "3"},
    ),
    Case(
        "split first alone",
        {"a": Text(), "b": Text()},
        split("w", ("a", "b"), " "),
        {"a": "1"},
        {"w": "1"},
        {"w": "2"},
        {"a": "1", "b": "3"},
        {"a": "2"},
    ),
    Case("split absent", {"a": Text(), "b": Text()}, split("w", ("a", "b"), " "), {}, {}, {}, {"a": "1"}, {}),
    Case(
        "join",
        {"w": Text()},
        join(("a", "b"), "w", " "),
        {"w": "1 2 3"},
        {"a": "1", "b": "2 3"},
        {"a": "4", "b": "5"},
        {"w": "1 2 3"},
        {"w": "4 5"},
    ),
    Case(
        "join unchanged",
        {"w": Text()},
        join(("a", "b"), "w", " "),
        {"w": "1"},
        {"a": "1"},
        {"a": "1"},
        {"w": "1"},
        {"w": "1"},
    ),
    Case("join absent", {"w": Text()}, join(("a", "b"), "w", " "), {}, {}, {}, {"w": "1"}, {}),
    Case(
        "convert",
        {"n": Number()},
        convert("n", int, text, was=Text()),
        {"n": 7},
        {"n": "7"},
        {"n": "8"},
        {"n": 7},
        {"n": 8},
    ),
    Case(
        "convert unchanged",
        {"n": Number()},
        convert("n", lambda v: v * 10, lambda v: v // 10),
        {"n": 77},
        {"n": 7},
        {"n": 7},
        {"n": 77},
        {"n": 77},
    ),
    Case(
        "convert passes null",
        {"n": Number(allow_none=True)},
        convert("n", int, text),
        {"n": None},
        {"n": None},
        {"n": None},
        ABSENT,
        {"n": None},
    ),
    Case(
        "convert asked for null",
        {"n": Number(allow_none=True)},
        convert(
            "n", lambda v: None if v == "-" else int(v), lambda v: "-" if v is None else str(v), was=Text(), nulls=True
        ),
        {"n": None},
        {"n": "-"},
        {"n": "-"},
        ABSENT,
        {"n": None},
    ),
    Case("map_values", ENUM, WORDS, {"s": "new"}, {"s": "n"}, {"s": "o"}, {"s": "new"}, {"s": "old"}),
    Case("map_values fallback kept", ENUM, WORDS, {"s": "odd"}, {"s": "o"}, {"s": "o"}, {"s": "odd"}, {"s": "odd"}),
    Case("map_values null", ENUM, WORDS, {"s": None}, {"s": None}, {"s": None}, ABSENT, {"s": None}),
    Case(
        "map_values list",
        {"s": Listed(Text())},
        WORDS,
        {"s": ["new", "odd"]},
        {"s": ["n", "o"]},
        {"s": ["n", "o", "n"]},
        {"s": ["new", "odd"]},
        {"s": ["new", "odd", "new"]},
    ),
    Case(
        "map_values onto nothing",
        ENUM,
        map_values("s", {"n": "new", "o": "old"}, upgrade_else="odd", downgrade_else="?"),
        {"s": "odd"},
        {"s": "?"},
        {"s": "x"},
        ABSENT,
        {"s": "odd"},
    ),
    Case(
        "wrap",
        {"l": Listed(Text())},
        wrap("l"),
        {"l": ["1", "2"]},
        {"l": "1"},
        {"l": "9"},
        {"l": ["1", "2"]},
        {"l": ["9", "2"]},
    ),
    Case(
        "wrap unchanged",
        {"l": Listed(Text())},
        wrap("l"),
        {"l": ["1", "2"]},
        {"l": "1"},
        {"l": "1"},
        {"l": ["1", "2"]},
        {"l": ["1", "2"]},
    ),
    Case("wrap empty", {"l": Listed(Text())}, wrap("l"), {"l": []}, {"l": None}, {"l": None}, {"l": []}, {"l": []}),
    Case(
        "wrap null",
        {"l": Listed(Text(), allow_none=True)},
        wrap("l"),
        {"l": None},
        {"l": None},
        {"l": None},
        {"l": ["1"]},
        {"l": None},
    ),
    Case(
        "unwrap",
        {"v": Text(allow_none=True)},
        unwrap("v"),
        {"v": "1"},
        {"v": ["1"]},
        {"v": ["2"]},
        {"v": "1"},
        {"v": "2"},
    ),
    Case(
        "unwrap null",
        {"v": Text(allow_none=True)},
        unwrap("v"),
        {"v": None},
        {"v": []},
        {"v": []},
        {"v": "1"},
        {"v": None},
    ),
    Case("default", {"f": Text()}, default("f", was="old"), {}, {}, {}, ABSENT, {"f": "old"}),
    Case("default, known object", {"f": Text()}, default("f", was="old"), {}, {}, {}, {"f": "x"}, {}),
    Case(
        "require", {"f": Text(required=True)}, require("f", default="d"), {"f": "x"}, {"f": "x"}, {}, ABSENT, {"f": "d"}
    ),
    Case(
        "require, source's",
        {"f": Text(required=True)},
        require("f", default="d"),
        {"f": "x"},
        {"f": "x"},
        {},
        {"f": "y"},
        {"f": "y"},
    ),
    Case("relax", {"f": Text()}, relax("f", default="d"), {}, {"f": "d"}, {"f": "d"}, {}, {}),
    Case(
        "relax, said",
        {"f": Text()},
        relax("f", default="d"),
        {"f": "x"},
        {"f": "x"},
        {"f": "d"},
        {"f": "x"},
        {"f": "d"},
    ),
    Case(
        "constrain",
        {"n": Number()},
        constrain("n", Number(validate=validate.Range(max=5)), downgrade_else=5),
        {"n": 9},
        {"n": 5},
        {"n": 5},
        {"n": 9},
        {"n": 9},
    ),
    Case(
        "constrain inside",
        {"n": Number()},
        constrain("n", Number(validate=validate.Range(max=5))),
        {"n": 4},
        {"n": 4},
        {"n": 3},
        {"n": 4},
        {"n": 3},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_TRN_2_2_every_operation_converts_both_ways(case: Case) -> None:
    chain = between(schema(**case.newer), case.operation).chain
    faults: Faults = []
    assert chain.get(case.source) == case.seen
    assert chain.put(case.view, case.onto, faults) == case.result
    assert faults == []


def flags(api: Api, *path: str) -> tuple[str, bool, bool, bool, bool]:
    """Type, required, nullable, read-only and write-only of a field of the older version."""
    inner: Any = api.schema("thing", version=1)()
    for name in path:
        field = inner.fields[name]
        inner = field.schema if isinstance(field, Nested) else None
    return type(field).__name__, field.required, field.allow_none, field.dump_only, field.load_only


NEEDED = Nested(schema(a=Text(required=True), b=Text()), required=True)

SHAPES = [
    ({"b": Number(required=True)}, rename("a", "b"), ("a",), ("Integer", True, False, False, False)),
    ({"b": Number(dump_only=True)}, rename("a", "b"), ("a",), ("Integer", False, False, True, False)),
    ({"o": NEEDED}, move("a", "o.a"), ("a",), ("String", True, False, False, False)),
    ({"o": Nested(schema(a=Text(required=True)))}, move("a", "o.a"), ("a",), ("String", False, False, False, False)),
    ({"a": Text(required=True)}, move("o.a", "a"), ("o",), ("Nested", True, False, False, False)),
    ({"a": Text(load_only=True)}, move("o.a", "a"), ("o", "a"), ("String", False, False, False, True)),
    ({"o": NEEDED}, nest("a", "b", under="o"), ("a",), ("String", True, False, False, False)),
    (
        {"o": Nested(schema(a=Text()), dump_only=True)},
        nest("a", under="o"),
        ("a",),
        ("String", False, False, True, False),
    ),
    ({"a": Text(required=True), "b": Text()}, flatten("o", "a", "b"), ("o",), ("Nested", True, False, False, False)),
    ({"a": Text(), "b": Text()}, flatten("o", "a", "b"), ("o", "b"), ("String", False, False, False, False)),
    ({"a": Text()}, remove("f", Number(required=True), default=1), ("f",), ("Integer", True, False, False, False)),
    (
        {"a": Text(required=True), "b": Text()},
        split("w", ("a", "b"), " "),
        ("w",),
        ("String", True, False, False, False),
    ),
    ({"w": Text(required=True)}, join(("a", "b"), "w", " "), ("a",), ("String", True, False, False, False)),
    ({"w": Text(required=True)}, join(("a", "b"), "w", " "), ("b",), ("String", False, False, False, False)),
    ({"w": Text()}, join(("a", "b"), "w", " ", was={"b": Number()}), ("b",), ("Integer", False, False, False, False)),
    ({"n": Number()}, convert("n", int, text, was=Text(required=True)), ("n",), ("String", True, False, False, False)),
    ({"n": Number(required=True)}, convert("n", int, text), ("n",), ("Integer", True, False, False, False)),
    ({"s": Text(required=True)}, map_values("s", {1: "one"}), ("s",), ("Integer", True, False, False, False)),
    ({"l": Listed(Text(), required=True)}, wrap("l"), ("l",), ("String", True, True, False, False)),
    (
        {"l": Listed(Text(), validate=validate.Length(min=1))},
        wrap("l"),
        ("l",),
        ("String", False, False, False, False),
    ),
    (
        {"l": Listed(Text(), validate=validate.Length(min=1), allow_none=True)},
        wrap("l"),
        ("l",),
        ("String", False, True, False, False),
    ),
    ({"l": Listed(Text(), dump_only=True)}, wrap("l"), ("l",), ("String", False, True, True, False)),
    ({"v": Text(required=True, allow_none=True)}, unwrap("v"), ("v",), ("List", True, False, False, False)),
    ({"f": Text()}, default("f", was="x"), ("f",), ("String", False, False, False, False)),
    ({"f": Text(required=True)}, require("f", default="x"), ("f",), ("String", False, False, False, False)),
    ({"f": Text(allow_none=True)}, relax("f", default="x"), ("f",), ("String", True, False, False, False)),
    ({"n": Number()}, constrain("n", Number(required=True)), ("n",), ("Integer", True, False, False, False)),
]


@pytest.mark.parametrize(("newer", "operation", "path", "expected"), SHAPES)
def test_TRN_2_1_every_operation_derives_the_older_schema(newer: Any, operation: Any, path: Any, expected: Any) -> None:
    assert flags(made(schema(**newer), operation), *path) == expected


def test_TRN_2_1_what_was_added_is_not_there_before_and_words_are_the_older_ones() -> None:
    api = made(
        schema(a=Text(), f=Text(), s=Text(validate=validate.OneOf(["new"]))), add("f"), map_values("s", {"n": "new"})
    )
    assert list(api.schema("thing", version=1)().fields) == ["a", "s"]
    assert api.schema("thing", version=1)().validate({"s": "new"}) == {"s": ["Must be one of: n."]}


PLACES = [
    ({"b": Nested(schema(x=Text()))}, rename("a", "b"), ("b", "x"), ("a", "x")),
    ({"o": NEEDED}, move("a", "o.a"), ("o", "a"), ("a",)),
    ({"a": Text()}, move("o.a", "a"), ("a",), ("o", "a")),
    ({"o": NEEDED}, nest("a", "b", under="o"), ("o", "b"), ("b",)),
    ({"a": Text(), "b": Text()}, flatten("o", "a", "b"), ("b",), ("o", "b")),
    ({"a": Text(), "b": Text()}, split("w", ("a", "b"), " "), ("a",), ("w",)),
    ({"w": Text()}, join(("a", "b"), "w", " "), ("w",), ("a",)),
    ({"n": Number()}, convert("n", int, text), ("n",), ("n",)),
    ({"l": Listed(Nested(schema(x=Text())))}, wrap("l"), ("l", 0, "x"), ("l", "x")),
    ({"v": Nested(schema(x=Text()), allow_none=True)}, unwrap("v"), ("v", "x"), ("v", 0, "x")),
    ({"l": Listed(Nested(schema(x=Text())))}, rename("k", "l"), ("l", 3, "x"), ("k", 3, "x")),
]


@pytest.mark.parametrize(("newer", "operation", "there", "before"), PLACES)
def test_TRN_2_3_every_operation_moves_places_both_ways(newer: Any, operation: Any, there: Any, before: Any) -> None:
    chain = between(schema(**newer), operation).chain
    assert chain.older_path(there) == before
    assert chain.newer_path(before) == there


def test_TRN_2_3_a_place_that_is_only_on_one_side_is_found_around_it() -> None:
    thing = schema(a=Text(), o=Nested(schema(f=Text(), g=Text())), b=Text(), c=Text())
    chain = between(thing, add("o.f"), remove("r", Text()), split("w", ("b", "c"), " ")).chain
    assert chain.older_path(("o", "f")) == ("o",)
    assert chain.older_path(("c",)) == ("w",)
    assert chain.newer_path(("r",)) == ()


def test_TRN_2_5_names_may_be_dotted() -> None:
    address = schema(city=Text(), zip=Text(), country=Text())
    newer = schema(name=Text(), home=Nested(schema(address=Nested(address), kind=Text())))
    chain = between(
        newer,
        rename("home.address.town", "home.address.city"),
        add("home.address.country", default="NO"),
        move("home.sort", "home.kind"),
        map_values("home.kind", {"h": "house"}),
    ).chain
    now = {"name": "n", "home": {"address": {"city": "Oslo", "zip": "1", "country": "SE"}, "kind": "house"}}
    assert chain.get(now) == {"name": "n", "home": {"address": {"town": "Oslo", "zip": "1"}, "sort": "h"}}
    view = {"name": "n", "home": {"address": {"town": "Bergen"}, "sort": "h"}}
    assert chain.put(view, now, []) == {
        "name": "n",
        "home": {"address": {"city": "Bergen", "country": "SE"}, "kind": "house"},
    }


class Swapped(Translator):
    """The two halves change places."""

    schema = schema(left=Text(), right=Text())
    names = {"left": "second", "right": "first"}

    def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"first": document.get("right"), "second": document.get("left")}

    def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"left": document.pop("second", None), "right": document.pop("first", None)}


class Counting(Swapped):
    """Sees what there is."""

    def upgrade(self, document: dict[str, Any], onto: dict[str, Any] | None) -> dict[str, Any]:  # type: ignore[override]  # asks for onto
        return {**super().upgrade(document), "times": (onto or {"times": 0})["times"] + 1}


def test_TRN_2_6_a_translator_stands_alone_and_keeps_what_the_client_left_alone() -> None:
    newer = schema(first=Text(), second=Text(), hidden=Text())
    chain = between(newer, Swapped).chain
    now = {"first": "1", "second": "2", "hidden": "h"}
    assert chain.get(now) == {"left": "2", "right": "1"}
    assert now == {"first": "1", "second": "2", "hidden": "h"}, "downgrade() writes into its own copy only"
    assert chain.put({"left": "2", "right": "9"}, now, []) == {"first": "9", "second": "2", "hidden": "h"}
    assert chain.put({"left": "a", "right": "b"}, ABSENT, []) == {"first": "b", "second": "a"}
    assert chain.older_path(("second",)) == ("left",)


def test_TRN_2_6_a_translator_may_ask_for_what_there_is() -> None:
    chain = between(schema(first=Text(), second=Text(), times=Number()), Counting).chain
    assert chain.put({"left": "2"}, ABSENT, [])["times"] == 1
    assert chain.put({"left": "3"}, {"second": "2", "times": 4}, [])["times"] == 5


def test_TRN_2_6_a_translator_stands_between_operations() -> None:
    chain = between(schema(one=Text(), second=Text()), rename("links", "left"), Swapped, rename("first", "one")).chain
    assert chain.get({"one": "1", "second": "2"}) == {"links": "2", "right": "1"}
    assert chain.put({"links": "2", "right": "1"}, ABSENT, []) == {"one": "1", "second": "2"}


class PartSchema(Schema):
    part = Text(required=True)
    hidden = Text()


class Renamed(VersionChange):
    """Parts."""

    schemas = {PartSchema: [rename("piece", "part"), add("hidden")]}


def nested(newer: type[Schema]) -> Translation:
    api = Api("acme", [Resource("thing", newer, item="/things/<id>")], [Version(2, Renamed), Version(1)])
    return api.translation(newer, 1)


PART, PIECE = {"part": "x", "hidden": "h"}, {"piece": "x"}


@pytest.mark.parametrize(
    ("field", "now", "seen"),
    (
        (Nested(PartSchema), PART, PIECE),
        (Nested(PartSchema, allow_none=True), None, None),
        (Nested(PartSchema, many=True), [PART], [PIECE]),
        (Listed(Nested(PartSchema)), [PART, PART], [PIECE, PIECE]),
        (Listed(Listed(Nested(PartSchema))), [[PART], []], [[PIECE], []]),
        (fields.Dict(values=Nested(PartSchema)), {"k": PART}, {"k": PIECE}),
        (Nested(schema(deep=Listed(Nested(PartSchema)))), {"deep": [PART]}, {"deep": [PIECE]}),
        (Nested(PartSchema, only=("part",)), {"part": "x"}, PIECE),
        (Nested(PartSchema, exclude=("part",)), {"hidden": "h"}, {}),
        (Nested(lambda: PartSchema()), PART, PIECE),
    ),
)
def test_TRN_3_1_an_operation_applies_wherever_its_schema_is_nested(field: Any, now: Any, seen: Any) -> None:
    chain = nested(schema(of=field, whole=Nested(PartSchema))).chain
    assert chain.get({"of": now}) == {"of": seen}
    assert chain.put({"of": seen}, {"of": now}, []) == {"of": now}


class TreeSchema(Schema):
    label = Text()
    hidden = Text()
    children = Listed(Nested(lambda: TreeSchema()))


class Labelled(VersionChange):
    """Labels."""

    schemas = {TreeSchema: [rename("name", "label"), add("hidden")]}


def test_TRN_3_2_a_schema_may_contain_itself() -> None:
    api = Api("acme", [Resource("tree", TreeSchema, item="/trees/<id>")], [Version(2, Labelled), Version(1)])
    chain = api.translation(TreeSchema, 1).chain
    now = {"label": "a", "children": [{"label": "b", "hidden": "h", "children": [{"label": "c", "hidden": "i"}]}]}
    seen = {"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}]}
    assert chain.get(now) == seen
    assert chain.put(seen, now, []) == now
    assert chain.older_path(("children", 0, "children", 1, "label")) == ("children", 0, "children", 1, "name")


def lines(*pairs: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [dict(zip(("k", "part", "hidden"), pair, strict=False)) for pair in pairs]


def views(*pairs: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [dict(zip(("k", "piece"), pair, strict=False)) for pair in pairs]


NOW = lines((1, "a", "A"), (2, "b", "B"), (3, "c", "C"))

EDITS = [
    ("changed in place", views((1, "a"), (2, "x"), (3, "c")), ["A", "B", "C"], ["A", "B", "C"]),
    ("deleted first", views((2, "b"), (3, "x")), ["B", "C"], ["B", "C"]),
    ("inserted", views((1, "a"), (9, "n"), (2, "b"), (3, "c")), ["A", None, "B", "C"], ["A", None, "B", "C"]),
    ("reordered", views((3, "c"), (1, "a")), ["C", "A"], ["C", "A"]),
    ("reordered and changed", views((3, "x"), (1, "y"), (2, "z")), ["C", "A", "B"], ["A", "B", "C"]),
    ("emptied", [], [], []),
]


@pytest.mark.parametrize(("name", "view", "by_key", "by_position"), EDITS)
def test_TRN_5_2_elements_are_matched_by_key_else_by_position(
    name: str, view: Any, by_key: list[Any], by_position: list[Any]
) -> None:
    part = schema(k=Number(), part=Text(), hidden=Text())
    change = type("Change", (VersionChange,), {"schemas": {part: [rename("piece", "part"), add("hidden")]}})
    for key, expected in (({"key": "k"}, by_key), ({}, by_position)):
        thing = schema(parts=Listed(Nested(part), metadata=key))
        api = Api("acme", [Resource("thing", thing, item="/things/<id>")], [Version(2, change), Version(1)])
        result = api.translation(thing, 1).chain.put({"parts": view}, {"parts": NOW}, [])
        assert [element.get("hidden") for element in result["parts"]] == expected
        assert [element["part"] for element in result["parts"]] == [element["piece"] for element in view]


NONSENSE = [
    ({"b": Number()}, add("b", default="x"), "'x' is no value of `b`: give one that its field takes"),
    ({"b": Text(required=True)}, add("b", default=None), "None is no value of `b`"),
    ({"l": Listed(Text())}, add("l", default="x"), "'x' is no value of `l`"),
    ({"o": NEEDED}, add("o", default=[]), "is no value of `o`"),
    ({"a": Text()}, remove("z", was=Number(), default="x"), "'x' is no value of `z`"),
    ({"f": Number()}, default("f", was="x"), "'x' is no value of `f`"),
    ({"f": Number(required=True)}, require("f", default="x"), "'x' is no value of `f`"),
    ({"f": Number()}, relax("f", default=None), "None is no value of `f`"),
    (
        {"n": Text()},
        constrain("n", Text(validate=validate.Length(max=1)), downgrade_else="xx"),
        "'xx' is no value of `n`",
    ),
    ({"o": Nested(schema(x=Text(), z=Text(required=True)))}, nest("x", under="o"), "behind nest"),
]


@pytest.mark.parametrize(("newer", "operation", "sentence"), NONSENSE)
def test_what_old_clients_could_never_write_is_refused(newer: Any, operation: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        made(schema(**newer), operation)


@pytest.mark.parametrize("names", ({"typo": "first"}, {"left": "nowhere"}))
def test_names_of_a_translator_must_exist(names: dict[str, str]) -> None:
    wrong = type("Wrong", (Swapped,), {"names": names, "__doc__": "Wrong."})
    with pytest.raises(DeclarationError, match="has no field"):
        made(schema(first=Text(), second=Text()), wrong)


def test_a_default_that_its_field_takes_is_taken() -> None:
    newer = schema(n=Number(allow_none=True), o=Nested(PartSchema, required=True), l=Listed(Text(), required=True))
    chain = between(newer, add("n", default=None), add("o", default={"part": "x"}), add("l", default=[])).chain
    assert chain.put({}, ABSENT, []) == {"n": None, "o": {"part": "x"}, "l": []}


@pytest.mark.parametrize("view", ({"a": "1", "c": "3"}, {"a": "1", "b": None, "c": "3"}, {"b": "2"}))
def test_a_piece_behind_one_that_is_missing_is_refused(view: dict[str, Any]) -> None:
    chain = between(schema(w=Text()), join(("a", "b", "c"), "w", " ")).chain
    faults: Faults = []
    chain.put(view, ABSENT, faults)
    assert [fault.code for fault in faults] == ["REQUIRED"]


class Spread(Swapped):
    """Passes everything on, as translators are written in a hurry."""

    names: dict[str, str] = {}

    def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "first": document.get("left")}

    def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "left": document.get("first"), "internal": "x"}


def test_a_translator_cannot_leak_what_a_version_does_not_declare() -> None:
    newer = schema(first=Text(), secret=Text())
    api = made(newer, Spread)
    assert api.translation(newer, 1).downgrade({"first": "1", "secret": "s"}) == {"left": "1"}
    assert api.translate({"first": "1", "secret": "s"}, "thing", from_version=2, to_version=1) == {"left": "1"}
    assert api.translation(newer, 1).upgrade({"left": "2"}) == {"first": "2"}


class Loose(VersionChange):
    """A conversion that says more than the field it stands for."""

    schemas = {
        PartSchema: [rename("piece", "part"), convert("hidden", dict, lambda v: v, was=Nested(schema(h=Text())))]
    }


@pytest.mark.parametrize("of", (Nested(PartSchema), Listed(Nested(PartSchema)), fields.Dict(values=Nested(PartSchema))))
def test_what_is_not_declared_never_leaves_at_any_depth(of: Any) -> None:
    class WideSchema(PartSchema):
        hidden = fields.Raw()

    wide = type(of)(Nested(WideSchema)) if isinstance(of, Listed) else of
    wide = fields.Dict(values=Nested(WideSchema)) if isinstance(of, fields.Dict) else wide
    wide = Nested(WideSchema) if isinstance(of, Nested) else wide
    change = type("Change", (VersionChange,), {"schemas": {WideSchema: Loose.schemas[PartSchema]}})
    thing = schema(of=wide)
    api = Api("acme", [Resource("thing", thing, item="/things/<id>")], [Version(2, change), Version(1)])
    now: Any = {"part": "x", "hidden": {"h": "1", "deep": "2"}}
    seen: Any = {"piece": "x", "hidden": {"h": "1"}}
    put = {"Nested": lambda one: one, "List": lambda one: [one], "Dict": lambda one: {"k": one}}[type(of).__name__]
    assert api.translation(thing, 1).downgrade({"of": put(now)}) == {"of": put(seen)}
    assert api.translation(thing, 1).downgrade({"of": None}) == {"of": None}


def test_an_element_is_recognised_by_a_key_declared_inside_the_list() -> None:
    part = schema(k=Number(), piece=Text(), hidden=Text())
    thing = schema(parts=Listed(Nested(part, metadata={"key": "k"})))
    change = type("Change", (VersionChange,), {"schemas": {part: [add("hidden")]}})
    api = Api("acme", [Resource("thing", thing, item="/things/<id>")], [Version(2, change), Version(1)])
    now = {"parts": [{"k": 1, "hidden": "A"}, {"k": 2, "hidden": "B"}]}
    assert api.translation(thing, 1).chain.put({"parts": [{"k": 2}, {"k": 1}]}, now, []) == {
        "parts": [{"k": 2, "hidden": "B"}, {"k": 1, "hidden": "A"}]
    }


def test_a_word_that_was_only_added_is_told_as_such() -> None:
    assert map_values("s", {"a": "a"}, downgrade_else="a").sentence == "`s` has other values."


def test_an_object_that_a_moved_field_stood_in_is_there_where_something_stands_for_it() -> None:
    thing = schema(a=Text(), o=Nested(schema(b=Text(required=True))))
    chain = between(thing, move("o.a", "a"), relax("o", default={"b": ""})).chain
    assert chain.get({"a": "x"}) == {"o": {"b": "", "a": "x"}}
    assert chain.put({"o": {"b": "", "a": "y"}}, {"a": "x"}, []) == {"a": "y"}


def test_an_object_that_nothing_is_left_in_may_be_written_back_as_it_was_read() -> None:
    thing = schema(i=Nested(schema(a=Text())))
    translation = between(thing, nest("o.a", under="o.i"), flatten("o", "i"))
    assert translation.chain.get({"i": {}}) == {"o": {}}
    assert translation.upgrade({"o": {}}, {"i": {}}) == {"i": {}}
    needed = schema(i=Nested(schema(a=Text(required=True)), required=True))
    assert between(needed, nest("o.a", under="o.i"), flatten("o", "i")).shape.slots["o"].field.validators


def test_places_lead_through_a_chain_and_back() -> None:
    """Of a translator and another operation, in two versions."""
    newer = schema(first=Text(), second=Text(), third=Text())
    swap = type("Swap", (VersionChange,), {"schemas": {newer: Swapped}})
    call = type("Call", (VersionChange,), {"schemas": {newer: [rename("last", "left")]}})
    versions = [Version(3, swap), Version(2, call), Version(1)]
    chain = Api("acme", [Resource("thing", newer, item="/things/<id>")], versions).translation(newer, 2).chain
    for old, new in (("last", "second"), ("right", "first")):
        assert chain.newer_path((old, 0)) == (new, 0)
        assert chain.older_path((new, 0)) == (old, 0)
    assert len(list(operations(chain))) == 2
