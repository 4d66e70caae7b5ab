"""Operations at their edges: nonsense, failing functions, words of every type, absent parents, and what loses."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, missing, validate

from translayer import Api, Resource, Translator, Version, VersionChange
from translayer.contract.lens import Faults
from translayer.contract.operations.base import NOBODY, READERS, WRITERS, Operation
from translayer.contract.operations.handwritten import graft
from translayer.contract.shape import Shape
from translayer.contract.translation import Translation
from translayer.document.values import ABSENT
from translayer.errors import ContractViolation, DeclarationError
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

Text, Number, Truth, Listed, Nested, Table = (
    fields.String,
    fields.Integer,
    fields.Boolean,
    fields.List,
    fields.Nested,
    fields.Dict,
)


def schema(**slots: Any) -> type[Schema]:
    return Schema.from_dict(slots, name="ThingSchema")


def between(slots: dict[str, Any], *operations: Any) -> Translation:
    """The way between version 2, which has ``slots``, and version 1."""
    newer = schema(**slots)
    change = type("Change", (VersionChange,), {"schemas": {newer: list(operations)}})
    api = Api("acme", [Resource("thing", newer, item="/things/<id>")], [Version(2, change), Version(1)])
    return api.translation(newer, 1)


def older(slots: dict[str, Any], *operations: Any) -> Shape:
    return between(slots, *operations).shape


def put(slots: dict[str, Any], operation: Any, view: Any, onto: Any = ABSENT) -> Any:
    faults: Faults = []
    result = between(slots, operation).chain.put(view, onto, faults)
    assert faults == []
    return result


def refused(slots: dict[str, Any], operation: Any, view: Any, onto: Any = ABSENT) -> list[tuple[Any, ...]]:
    """Place, code and message of every fault."""
    faults: Faults = []
    between(slots, operation).chain.put(view, onto, faults)
    return [(fault.path, fault.code, fault.message) for fault in faults]


CARD = {"o": Nested(schema(a=Text(), b=Text(required=True)))}

NONSENSE: dict[str, tuple[dict[str, Any], Callable[[], Any], str]] = {
    # Names
    "an empty name": ({"a": Text()}, lambda: rename("", "a"), "'' is no field name: write names joined by single dots"),
    "a name that is no text": ({"a": Text()}, lambda: rename("b", 7), "7 is no field name"),  # type: ignore[arg-type]
    "a dot at the end": ({"a": Text()}, lambda: add("a."), "'a.' is no field name"),
    "an unknown field": (
        {"a": Text()},
        lambda: convert("b", int, str),
        "ThingSchema has no field 'b' in the newer version; it has a",
    ),
    "an unknown field in an object": (
        CARD,
        lambda: add("o.z"),
        "ThingSchema has no field 'z' in the newer version; it has a, b",
    ),
    "a path through a plain field": (
        {"a": Text()},
        lambda: rename("a.x", "a.y"),
        "ThingSchema.a is not a nested object",
    ),
    "a path through a list": (
        {"l": Listed(Nested(schema(x=Text())))},
        lambda: rename("l.y", "l.x"),
        "where it is a list, address the change to the schema of its elements",
    ),
    "a rename across objects": (
        CARD,
        lambda: rename("x", "o.a"),
        r"use move\(\) to carry a field from one object to another",
    ),
    "a name that is taken": (
        {"a": Text(), "b": Text()},
        lambda: rename("a", "b"),
        "two operations collide: .* called 'a'",
    ),
    "a move to a name that is taken": (
        {**CARD, "a": Text()},
        lambda: move("o.b", "a"),
        "give one of them another name",
    ),
    "a move out of an object that may be missing and needs others": (
        {"a": Text(), "o": Nested(schema(b=Text(required=True)))},
        lambda: move("o.a", "a"),
        r"`o` may be missing .* and needs `o.b`: say what stands for it, with relax\('o', default=...\) behind move",
    ),
    "a move out of an object that may be null and needs others": (
        {"a": Text(required=True), "o": Nested(schema(b=Text(required=True)), required=True, allow_none=True)},
        lambda: move("o.i.a", "a"),
        "and needs `o.b`",
    ),
    "a removed field that is still there": ({"a": Text()}, lambda: remove("a", Text()), "two operations collide"),
    # Structure
    "a nest under a plain field": ({"a": Text()}, lambda: nest("x", under="a"), "ThingSchema.a is not a nested object"),
    "a nest of names in two objects": (CARD, lambda: nest("a", "o.b", under="o"), "stand in different objects"),
    "a nest of a field that the object has none of": (CARD, lambda: nest("z", under="o"), "has no field 'z'"),
    "a nest of one field twice": (CARD, lambda: nest("a", "a", under="o"), "`a` and `a`: a field of `o` is named once"),
    "a nest beside a field of the name": (
        {**CARD, "a": Text()},
        lambda: nest("a", "b", under="o"),
        "two operations collide",
    ),
    "a flatten of nothing": ({"a": Text()}, lambda: flatten("o"), "no fields are named that `o` holds"),
    "a flatten of an unknown field": ({"a": Text()}, lambda: flatten("o", "b"), "has no field 'b'"),
    "a flatten into a name that is taken": (
        {"a": Text(), "o": Text()},
        lambda: flatten("o", "a"),
        "two operations collide",
    ),
    # Presence
    "an add of what old clients never send": (
        {"a": Text(required=True)},
        lambda: add("a"),
        "say with default= what they mean",
    ),
    "an add of all that an object has": (
        {"o": Nested(schema(a=Text()))},
        lambda: add("o.a"),
        r"`o.a` is all that `o` has: add\(\) the object itself",
    ),
    "a remove without a field": (
        {"a": Text()},
        lambda: remove("b", was=Text),
        r"was= takes a marshmallow field, as in fields.String\(\)",
    ),  # type: ignore[arg-type]
    "a remove of what was required": (
        {"a": Text()},
        lambda: remove("b", Text(required=True)),
        "or make the field in was= optional",
    ),
    "a default that is not JSON": ({"a": Text()}, lambda: add("a", default=Decimal(1)), "default: .* is no JSON value"),
    "a default of a required field": ({"a": Text(required=True)}, lambda: default("a", was="x"), r"use require\(\)"),
    "a require of an optional field": (
        {"a": Text()},
        lambda: require("a", "x"),
        "is not required in the newer version",
    ),
    "a relax of a required field": (
        {"a": Text(required=True)},
        lambda: relax("a", "x"),
        "still required and never null",
    ),
    # Values
    "a conversion without functions": (
        {"a": Text()},
        lambda: convert("a", "int", str),
        "takes two functions, upgrade and downgrade",
    ),  # type: ignore[arg-type]
    "a conversion from no field": (
        {"a": Text()},
        lambda: convert("a", int, str, was="text"),
        "was= takes a marshmallow field",
    ),  # type: ignore[arg-type]
    "a wrap of no list": (
        {"a": Text()},
        lambda: wrap("a"),
        r"is no list in the newer version; wrap\(\) is told old to new",
    ),
    "a constraint that is no field": (
        {"a": Text()},
        lambda: constrain("a", validate.Length(max=1)),
        "was= takes a marshmallow field",
    ),  # type: ignore[arg-type]
    "no table of words": ({"a": Text()}, lambda: map_values("a", {}), "takes a table of all words"),
    "a list of words": ({"a": Text()}, lambda: map_values("a", ["x"]), "takes a table of all words"),  # type: ignore[arg-type]
    "null as a word": ({"a": Text()}, lambda: map_values("a", {None: "x"}), "never sees null"),
    "a word that becomes null": ({"a": Text()}, lambda: map_values("a", {"x": None}), "never sees null"),
    "a word that is not JSON": (
        {"a": Text()},
        lambda: map_values("a", {(1, 2): "x"}),
        "a word of map_values.* is no JSON value",
    ),
    "a word that there is not": (
        {"a": Text(validate=validate.OneOf(["x", "y"]))},
        lambda: map_values("a", {"old": "z"}),
        "`a` has no value 'z' in the newer version; it has 'x', 'y'",
    ),
    "a fallback that there is not": (
        {"a": Text(validate=validate.OneOf(["x"]))},
        lambda: map_values("a", {"old": "x"}, upgrade_else="z"),
        "`a` has no value 'z'",
    ),
    "a word that no older one means": (
        {"a": Listed(Text(validate=validate.And(validate.Length(1), validate.OneOf(["x", "y"]))))},
        lambda: map_values("a", {"old": "x"}),
        "no word for 'y' of `a`: add it to the table, or say with downgrade_else=",
    ),
    # Pieces
    "a split into a text": (
        {"a": Text()},
        lambda: split("w", into="ab", by=" "),
        "into='ab' must be a list of field names",
    ),
    "a split into nothing": (
        {"a": Text()},
        lambda: split("w", into=(), by=" "),
        "must be a list of field names, each once",
    ),
    "a join of one field twice": ({"w": Text()}, lambda: join(("a", "a"), "w", by=" "), "each once"),
    "an empty separator": (
        {"w": Text()},
        lambda: join(("a", "b"), "w", by=""),
        "by='' must be a separator, or two functions",
    ),
    "one function": ({"w": Text()}, lambda: join(("a", "b"), "w", by=(str,)), "one takes apart, one puts together"),  # type: ignore[arg-type]
    "a separator in numbers": (
        {"w": Number()},
        lambda: join(("a", "b"), "w", by="."),
        "`w` is no text, in which a separator is found",
    ),
    "a separator in objects": ({**CARD, "x": Text()}, lambda: split("w", ("x", "o"), by="."), "`o` is no text"),
    "a piece that is no piece": (
        {"w": Text()},
        lambda: join(("a", "b"), "w", by=" ", was={"c": Text()}),
        "was= names 'c', which is none of the fields",
    ),
    "pieces in two objects": (
        {**CARD, "x": Text()},
        lambda: split("w", ("x", "o.a"), by=" "),
        "stand in different objects",
    ),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_is_refused_in_a_sentence(nonsense: str) -> None:
    slots, operation, sentence = NONSENSE[nonsense]
    with pytest.raises(DeclarationError, match=sentence):
        between(slots, operation())


def test_a_refusal_names_the_schema_and_the_operation() -> None:
    with pytest.raises(DeclarationError, match=r"^ThingSchema, “`b` is called `c`\.”: ThingSchema has no field 'c'"):
        between({"a": Text()}, rename("b", "c"))


# What loses, and whom it breaks

LOSES: list[tuple[dict[str, Any], Any, bool]] = [
    ({"b": Text()}, rename("a", "b"), False),
    ({"o": Nested(schema(a=Text()), required=True)}, move("a", "o.a"), False),
    ({"o": Nested(schema(a=Text()))}, move("a", "o.a"), True),
    ({"o": Nested(schema(a=Text()), required=True, allow_none=True)}, move("a", "o.a"), True),
    ({"a": Text(), "o": Nested(schema(b=Text()), required=True)}, move("o.a", "a"), False),
    ({"a": Text(), "o": Nested(schema(b=Text()))}, move("o.a", "a"), True),
    ({"a": Text()}, move("o.a", "a"), False),
    ({"o": Nested(schema(a=Text()), required=True)}, nest("a", under="o"), False),
    ({"o": Nested(schema(a=Text()))}, nest("a", under="o"), True),
    ({"o": Nested(schema(a=Text(), x=Text()), required=True)}, nest("a", under="o"), True),
    ({"a": Text()}, flatten("o", "a"), False),
    ({"a": Text()}, add("a"), True),
    ({"a": Text()}, remove("b", Text()), False),
    ({"a": Text(), "b": Text()}, split("w", ("a", "b"), " "), True),
    ({"w": Text()}, join(("a", "b"), "w", " "), False),
    ({"w": Text()}, join(("a", "b"), "w", (" ".join, str.split)), True),
    ({"a": Text()}, convert("a", str, str), True),
    ({"a": Text()}, map_values("a", {"x": "y"}), False),
    ({"a": Text()}, map_values("a", {"x": "y"}, downgrade_else="x"), True),
    ({"a": Listed(Text())}, wrap("a"), True),
    ({"a": Text(allow_none=True)}, unwrap("a"), False),
    ({"a": Text()}, default("a", "x"), True),
    ({"a": Text(required=True)}, require("a", "x"), False),
    ({"a": Text()}, relax("a", "x"), True),
    ({"a": Text()}, constrain("a", Text(validate=validate.Length(max=1))), False),
    ({"a": Text()}, constrain("a", Text(validate=validate.Length(max=1)), downgrade_else="x"), True),
]


@pytest.mark.parametrize(("slots", "operation", "loses"), LOSES)
def test_an_operation_knows_whether_something_is_out_of_sight(slots: Any, operation: Any, loses: bool) -> None:
    assert between(slots, operation).loses is loses


@pytest.mark.parametrize(
    ("operation", "audience"),
    (
        (rename("a", "b"), {READERS, WRITERS}),
        (add("a", default=1), NOBODY),
        (add("a"), {WRITERS}),
        (default("a", 1), {WRITERS}),
        (require("a", 1), {WRITERS}),
        (relax("a", 1), {READERS}),
        (constrain("a", Text()), {WRITERS}),
    ),
)
def test_an_operation_knows_whom_it_would_break(operation: Operation, audience: set[str]) -> None:
    assert operation.breaks == audience


@pytest.mark.parametrize(
    ("operation", "sentence"),
    (
        (move("a", "o.b"), "`a` moved to `o.b`."),
        (move("o.a", "o.p.b"), "`o.a` moved to `o.p.b`."),
        (nest("o.a", "o.b", "o.c", under="o.p"), "`o.a`, `o.b` and `o.c` stand under `o.p`."),
        (flatten("o", "a", "b"), "`a` and `b` stand no longer under `o`."),
        (add("a"), "`a` is new."),
        (remove("a", Text()), "`a` is gone."),
        (split("w", ("a", "b"), " "), "`w` is split into `a` and `b`."),
        (join(("a", "b"), "w", " "), "`a` and `b` are joined into `w`."),
        (convert("a", str, str), "`a` has another form."),
        (map_values("a", {"x": "y", "z": "z"}), "The values of `a` are called otherwise: 'x' is 'y'."),
        (wrap("a"), "`a` is a list."),
        (unwrap("a"), "`a` is no longer a list."),
        (default("a", 1), "The default of `a` changed."),
        (require("a", 1), "`a` is required."),
        (relax("a", 1), "`a` may be left out or null."),
        (constrain("a", Text()), "The limits of `a` changed."),
    ),
)
def test_an_operation_has_its_sentence(operation: Operation, sentence: str) -> None:
    assert operation.sentence == sentence


# Functions of the author's that fail, or return what is not JSON


def fails(error: Exception) -> Callable[[Any], Any]:
    def function(value: Any) -> Any:
        raise error

    return function


TOLD = (
    (ValidationError("Too odd."), [(("a",), "RULE", "Too odd.")]),
    (ValidationError(["Odd.", "Even."]), [(("a",), "RULE", "Odd."), (("a",), "RULE", "Even.")]),
    (ValidationError({"b": ["Odd."], "c": "Even."}), [(("a", "b"), "RULE", "Odd."), (("a", "c"), "RULE", "Even.")]),
    (ValidationError("Odd.", "b"), [(("a", "b"), "RULE", "Odd.")]),
    (ValidationError([]), [(("a",), "RULE", "The value cannot be converted.")]),
    (ZeroDivisionError("secret"), [(("a",), "RULE", "The value cannot be converted.")]),
)


@pytest.mark.parametrize(("error", "told"), TOLD)
def test_a_function_that_refuses_a_value_speaks_to_the_client_by_validation_errors_only(error: Any, told: Any) -> None:
    assert refused({"a": Text()}, convert("a", fails(error), str), {"a": "x"}) == told


@pytest.mark.parametrize("result", ((1, 2), Decimal("1.5"), float("nan"), {1: 2}, object()))
def test_what_is_not_json_is_a_failure(result: Any, caplog: pytest.LogCaptureFixture) -> None:
    chain = between({"a": Text()}, convert("a", lambda value: result, lambda value: result)).chain
    with pytest.raises(ContractViolation, match=r"at '/a': .*lambda.* failed"):
        chain.get({"a": "x"})
    faults: Faults = []
    with caplog.at_level(logging.WARNING, "translayer"):
        chain.put({"a": "x"}, ABSENT, faults)
    assert [fault.message for fault in faults] == ["The value cannot be converted."]
    assert "lambda" in caplog.text
    assert "`a`" in caplog.text


@pytest.mark.parametrize(
    ("slots", "operation", "view", "place"),
    (
        ({"a": Text(), "b": Text()}, add("a", default=fails(KeyError("b"))), {"b": "x"}, ()),
        ({"o": Nested(schema(a=Text(), b=Text()))}, add("o.a", default=fails(KeyError("b"))), {"o": {}}, ("o",)),
        ({"w": Text()}, join(("a", "b"), "w", by=(str.join, str.split)), {"a": "1", "b": 2}, ("a",)),
        ({"a": Text(), "b": Text()}, split("w", ("a", "b"), by=" "), {"w": 7}, ("w",)),
    ),
)
def test_a_failure_is_told_where_the_client_knows_the_place(slots: Any, operation: Any, view: Any, place: Any) -> None:
    assert refused(slots, operation, view) == [(place, "RULE", "The value cannot be converted.")]


def test_what_follows_from_a_fault_is_not_another() -> None:
    first, second = convert("a", fails(ValidationError("First.")), str), map_values("a", {"x": "y"})
    newer = schema(a=Text(), b=Text())
    change = type(
        "Change", (VersionChange,), {"schemas": {newer: [first, second, convert("b", fails(OSError()), str)]}}
    )
    later = type("Later", (VersionChange,), {"schemas": {newer: [map_values("a", {"y": "y"}), unwrap("b")]}})
    versions = [Version(3, later), Version(2, change), Version(1)]
    chain = Api("acme", [Resource("thing", newer, item="/x")], versions).translation(newer, 2).chain
    faults: Faults = []
    chain.put({"a": "?", "b": ["?"]}, ABSENT, faults)
    assert [(fault.path, fault.message) for fault in faults] == [
        (("a",), "First."),
        (("b",), "The value cannot be converted."),
    ]


def changes_in_place(value: Any) -> Any:
    if isinstance(value, list):
        value.append("x")
    else:
        value["x"] = 1
    return value


IN_PLACE = (
    ({"a": Listed(Text())}, convert("a", changes_in_place, changes_in_place), {"a": ["1"]}),
    ({"a": Table()}, convert("a", changes_in_place, changes_in_place), {"a": {"b": 1}}),
    ({"a": Text(), "f": Number()}, remove("z", Table(), default=changes_in_place), {"a": "1"}),
    ({"a": Text(), "f": Table()}, add("f", default=changes_in_place), {"a": "1"}),
)


@pytest.mark.parametrize(("slots", "operation", "document"), IN_PLACE)
def test_functions_get_copies(slots: Any, operation: Any, document: Any) -> None:
    chain = between(slots, operation).chain
    kept = copy.deepcopy(document)
    chain.get(document)
    chain.put(document, ABSENT, [])
    chain.put(document, document, [])
    assert document == kept


SHARED: list[str] = ["x"]


@pytest.mark.parametrize(
    "read",
    (
        lambda: put({"l": Listed(Text())}, add("l", default=SHARED), {})["l"],
        lambda: put({"l": Listed(Text())}, default("l", was=SHARED), {})["l"],
        lambda: put({"l": Listed(Text(), required=True)}, require("l", default=SHARED), {})["l"],
        lambda: between({"a": Text()}, remove("l", Listed(Text()), default=SHARED)).chain.get({})["l"],
        lambda: between({"l": Listed(Text())}, relax("l", default=SHARED)).chain.get({})["l"],
        lambda: between(
            {"l": Listed(Text())},
            constrain("l", Listed(Text(), validate=validate.Length(max=1)), downgrade_else=SHARED),
        ).chain.get({"l": ["1", "2"]})["l"],
    ),
)
def test_a_default_is_nobodys_to_change(read: Callable[[], list[str]]) -> None:
    read().append("y")
    assert read() == SHARED == ["x"]


# Words of every type

TYPED = map_values("a", {True: "yes", 0: "no", "x": 1, 2.5: True})


@pytest.mark.parametrize(
    ("newer", "view"),
    (("yes", True), ("no", 0), (1, "x"), (1.0, "x"), (True, 2.5), (None, None), (["yes", 1], [True, "x"])),
)
def test_words_are_told_apart_by_type(newer: Any, view: Any) -> None:
    chain = between({"a": fields.Raw(allow_none=True)}, TYPED).chain
    seen = chain.get({"a": newer})["a"]
    assert (seen, type(seen)) == (view, type(view))
    assert chain.put({"a": view}, ABSENT, []) == {"a": newer}


@pytest.mark.parametrize("value", (1, False, "yes", {"a": [1]}, 2))
def test_a_word_that_is_in_no_table_is_refused(value: Any) -> None:
    assert refused({"a": fields.Raw()}, TYPED, {"a": value}) == [
        (("a",), "CHOICE", "The value is not one of those allowed.")
    ]


@pytest.mark.parametrize("value", (0, False, "x", {"a": [1]}))
def test_a_word_that_an_old_client_does_not_know_breaks_the_contract(value: Any) -> None:
    with pytest.raises(ContractViolation, match="at '/a': the older version has no word for"):
        between({"a": fields.Raw()}, TYPED).chain.get({"a": value})


def test_a_list_of_words_keeps_what_is_behind_fallbacks() -> None:
    operation = map_values("a", {"warm": "red", "cold": "blue"}, downgrade_else="warm")
    slots = {"a": Listed(Text(validate=validate.OneOf(["red", "orange", "blue"])))}
    source = {"a": ["blue", "orange", "red"]}
    assert between(slots, operation).chain.get(source) == {"a": ["cold", "warm", "warm"]}
    assert put(slots, operation, {"a": ["warm", "warm"]}, source) == {"a": ["orange", "red"]}
    assert put(slots, operation, {"a": ["cold", "warm", "cold"]}, source) == {"a": ["blue", "orange", "blue"]}
    assert put(slots, operation, {"a": ["warm"]}, {"a": None}) == {"a": ["red"]}


@pytest.mark.parametrize(
    ("slot", "table", "extra", "field", "words"),
    (
        (Text(validate=validate.OneOf(["a"])), {1: "a"}, {}, Number, [1]),
        (Text(validate=validate.OneOf(["a"])), {1.5: "a"}, {}, fields.Float, [1.5]),
        (Text(validate=validate.OneOf(["a"])), {True: "a"}, {}, Truth, [True]),
        (Text(validate=validate.OneOf(["a", "b"])), {True: "a", 0: "b"}, {}, fields.Raw, [True, 0]),
        (fields.Email(), {"x": "a@b.c"}, {}, Text, ["x"]),
        (Text(), {"a": "b"}, {"downgrade_else": "other"}, Text, ["a", "other"]),
        (Text(validate=[validate.Length(max=1)]), {"long": "l"}, {}, Text, ["long"]),
        (Text(), {"a": "b"}, {"upgrade_else": "b"}, Text, None),
    ),
)
def test_older_words_stand_in_a_field_of_their_type(slot: Any, table: Any, extra: Any, field: Any, words: Any) -> None:
    found = older({"a": slot}, map_values("a", table, **extra)).slots["a"].field
    rules = [list(rule.choices) for rule in found.validators]
    assert (type(found), rules) == (field, [] if words is None else [words])


@pytest.mark.parametrize(
    "today, before",
    (("new", "old"), ("newer", missing), (None, missing), (lambda: "new", missing), (missing, missing)),
)
def test_a_default_that_is_a_word_is_the_older_word_before(today: Any, before: Any) -> None:
    field = (
        older({"a": Text(load_default=today)}, map_values("a", {"old": "new"}, downgrade_else="old")).slots["a"].field
    )
    assert (field.load_default, field.dump_default) == (before, missing)


def test_what_marshmallow_fills_in_today_is_not_filled_in_before() -> None:
    slots = {
        "a": Text(load_default="new", dump_default="new"),
        "b": Number(load_default=1),
        "c": Listed(Text(), load_default=["x"]),
        "d": Text(load_default="x"),
        "e": Text(load_default="x"),
    }
    shape = older(
        slots, map_values("a", {"old": "new"}), convert("b", int, int), wrap("c"), unwrap("d"), default("e", "y")
    )
    defaults = {name: slot.field.load_default for name, slot in shape.slots.items()}
    assert defaults == {"a": "old", "b": missing, "c": missing, "d": missing, "e": "y"}
    assert older({"e": Text()}, default("e", was=lambda thing: "x")).slots["e"].field.load_default is missing


# Limits


PAIRS = Listed(Number(validate=validate.Range(max=9), allow_none=True), validate=validate.Length(max=2))
PRICES = Table(Text(), Number(validate=validate.Range(max=9)), validate=validate.Length(max=2))


@pytest.mark.parametrize(
    ("was", "value", "within"),
    (
        (Number(validate=validate.Range(max=9)), 9, True),
        (Number(validate=validate.Range(max=9)), 10, False),
        (Number(), None, True),
        (PAIRS, [9, None], True),
        (PAIRS, [1, 2, 3], False),
        (PAIRS, [10], False),
        (PAIRS, "no list", False),
        (PRICES, {"a": 9}, True),
        (PRICES, {"a": 10}, False),
        (PRICES, {"a": 1, "b": 2, "c": 3}, False),
        (PRICES, ["no table"], False),
        (Nested(schema(a=Text()), validate=validate.Length(max=1)), {"b": 1}, True),
        (Nested(schema(a=Text()), validate=validate.Length(max=1)), {"a": 1, "b": 1}, False),
        (Text(validate=fails(ZeroDivisionError())), "x", False),
    ),
)
def test_limits_are_asked_of_the_value_and_of_what_is_in_it(was: Any, value: Any, within: bool) -> None:
    chain = between({"a": fields.Raw(allow_none=True)}, constrain("a", was=was)).chain
    if within:
        assert chain.get({"a": value}) == {"a": value}
    else:
        with pytest.raises(ContractViolation, match="at '/a': the value is outside the limits of the older version"):
            chain.get({"a": value})


# Lists and single values


@pytest.mark.parametrize(
    ("slots", "operation", "view", "told"),
    (
        ({"a": Text()}, unwrap("a"), {"a": ["1", "2"]}, "A list of at most one element is expected."),
        ({"a": Text()}, unwrap("a"), {"a": "1"}, "A list of at most one element is expected."),
    ),
)
def test_more_than_one_cannot_become_one(slots: Any, operation: Any, view: Any, told: str) -> None:
    assert refused(slots, operation, view) == [(("a",), "LENGTH", told)]


@pytest.mark.parametrize(("nullable", "least"), ((True, 0), (False, 1)))
def test_a_list_may_be_empty_where_the_value_may_be_null(nullable: bool, least: int) -> None:
    (rule,) = older({"a": Text(allow_none=nullable)}, unwrap("a")).slots["a"].field.validators
    assert (rule.min, rule.max) == (least, 1)


@pytest.mark.parametrize(
    ("view", "onto", "result"),
    (
        ({"a": None}, {"a": ["1", "2"]}, {"a": []}),
        ({"a": "3"}, {"a": []}, {"a": ["3"]}),
        ({"a": "3"}, ABSENT, {"a": ["3"]}),
        ({"a": None}, ABSENT, {"a": []}),
        ({}, {"a": ["1"]}, {}),
    ),
)
def test_one_value_stands_first_in_the_list(view: Any, onto: Any, result: Any) -> None:
    assert put({"a": Listed(Text())}, wrap("a"), view, onto) == result


@pytest.mark.parametrize(
    ("place", "seen"),
    ((("a",), ("a",)), (("a", 0), ("a",)), (("a", 0, "x"), ("a", "x")), (("a", 3, "x"), ("a",)), (("b",), ("b",))),
)
def test_elements_behind_the_first_are_found_at_the_field(place: Any, seen: Any) -> None:
    slots = {"a": Listed(Nested(schema(x=Text()))), "b": Text()}
    assert between(slots, wrap("a")).chain.older_path(place) == seen


# Fields inside objects that are absent or null

INSIDE = {"o": Nested(schema(f=Text(), g=Text()), allow_none=True)}
NEEDED = {"o": Nested(schema(f=Text(required=True), g=Text()), allow_none=True)}
PRESENCE: list[tuple[dict[str, Any], Any]] = [
    (INSIDE, add("o.f", default="d")),
    (INSIDE, default("o.f", was="d")),
    (INSIDE, relax("o.f", default="d")),
    (INSIDE, remove("o.z", Text(), default="d")),
    (NEEDED, require("o.f", default="d")),
]


@pytest.mark.parametrize(("slots", "operation"), PRESENCE)
@pytest.mark.parametrize("document", ({}, {"o": None}))
def test_a_field_needs_the_object_around_it(slots: Any, operation: Any, document: Any) -> None:
    assert between(slots, operation).chain.get(document) == document
    for onto in (ABSENT, {}, {"o": None}, {"o": {"f": "x"}}):
        assert put(slots, operation, document, onto) == document


@pytest.mark.parametrize(
    ("slots", "operation", "view", "result"),
    (
        (INSIDE, add("o.f", default="d"), {"g": "1"}, {"g": "1", "f": "d"}),
        (INSIDE, default("o.f", was="d"), {"g": "1"}, {"g": "1", "f": "d"}),
        (NEEDED, require("o.f", default="d"), {"g": "1"}, {"g": "1", "f": "d"}),
        (INSIDE, relax("o.f", default="d"), {"f": "d"}, {"f": "d"}),
    ),
)
@pytest.mark.parametrize("onto", (ABSENT, {}, {"o": None}))
def test_a_new_object_inside_a_known_one_is_made_with_defaults(
    slots: Any, operation: Any, view: Any, result: Any, onto: Any
) -> None:
    assert put(slots, operation, {"o": view}, onto) == {"o": result}


@pytest.mark.parametrize(
    ("slots", "operation", "view", "onto", "result"),
    (
        (INSIDE, add("o.f", default="d"), {"g": "2"}, {"g": "1"}, {"g": "2"}),
        (INSIDE, add("o.f", default="d"), {"g": "2"}, {"f": "x"}, {"g": "2", "f": "x"}),
        (INSIDE, default("o.f", was="d"), {}, {"f": "x"}, {}),
        (NEEDED, require("o.f", default="d"), {}, {"f": "x"}, {"f": "x"}),
        (NEEDED, require("o.f", default="d"), {"f": "y"}, {"f": "x"}, {"f": "y"}),
        (NEEDED, require("o.f", default="d"), {}, {}, {}),
        (INSIDE, relax("o.f", default="d"), {"f": "d"}, {}, {}),
        (INSIDE, relax("o.f", default="d"), {"f": "e"}, {}, {"f": "e"}),
        (INSIDE, relax("o.f", default="d"), {"f": "d"}, {"f": "x"}, {"f": "d"}),
    ),
)
def test_an_object_that_is_known_keeps_what_is_out_of_sight(
    slots: Any, operation: Any, view: Any, onto: Any, result: Any
) -> None:
    assert put(slots, operation, {"o": view}, {"o": onto}) == {"o": result}


@pytest.mark.parametrize(
    ("was", "source", "seen"),
    (
        (None, {}, {"f": "d"}),
        (None, {"f": None}, {"f": "d"}),
        (Text(), {}, {}),
        (Text(), {"f": None}, {"f": "d"}),
        (Text(required=True, allow_none=True), {}, {"f": "d"}),
        (Text(required=True, allow_none=True), {"f": None}, {"f": None}),
    ),
)
def test_the_default_stands_where_the_older_field_can_hold_nothing_else(was: Any, source: Any, seen: Any) -> None:
    chain = between({"f": Text(allow_none=True)}, relax("f", default="d", was=was)).chain
    assert chain.get(source) == seen
    assert chain.put(seen, source, []) == source


def test_a_secret_that_is_gone_is_not_made_up() -> None:
    chain = between({"a": Text()}, remove("pin", Text(required=True, load_only=True))).chain
    assert chain.get({"a": "1"}) == {"a": "1"}
    assert chain.put({"a": "1", "pin": "x"}, ABSENT, []) == {"a": "1"}


# Wholes and pieces


def last_first(first: str, last: str) -> str:
    return f"{last}, {first}"


def first_last(whole: str) -> tuple[str | None, ...]:
    last, _, first = whole.partition(", ")
    return (first or None, last)


TWO = {"a": Text(allow_none=True), "b": Text(allow_none=True)}
BY_HAND = split("w", ("a", "b"), by=(first_last, last_first))


@pytest.mark.parametrize(
    ("source", "seen"),
    (
        ({"a": "1", "b": "2"}, {"w": "2, 1"}),
        ({"a": "1", "b": None}, {"w": "1"}),
        ({"b": "2"}, {"w": "2"}),
        ({"a": None, "b": None}, {"w": None}),
        ({"b": None}, {"w": None}),
        ({}, {}),
    ),
)
def test_pieces_that_say_nothing_are_left_out(source: Any, seen: Any) -> None:
    chain = between(TWO, BY_HAND).chain
    assert chain.get(source) == seen
    assert chain.put(seen, source, []) == source


def test_a_piece_that_comes_to_nothing_is_not_there() -> None:
    assert put(TWO, BY_HAND, {"w": "Ada"}) == {"b": "Ada"}


@pytest.mark.parametrize("result", ("ab", ["1", "2", "3"], 7))
def test_a_whole_comes_apart_into_a_list_of_pieces(result: Any) -> None:
    told = refused(TWO, split("w", ("a", "b"), by=(lambda whole: result, last_first)), {"w": "x"})
    assert told == [(("w",), "RULE", "The value cannot be converted.")]


@pytest.mark.parametrize(
    ("pieces", "required", "nullable", "null"),
    (
        ({"a": Text(), "b": Text()}, False, False, {"a": None}),
        ({"a": Text(), "b": Text(required=True)}, True, False, {"a": None}),
        ({"a": Text(), "b": Text(allow_none=True)}, False, True, {"b": None}),
        ({"a": Text(required=True), "b": Text(allow_none=True)}, True, False, {"b": None}),
        (
            {"a": Text(required=True, allow_none=True), "b": Text(required=True, allow_none=True)},
            True,
            True,
            {"a": None, "b": None},
        ),
    ),
)
def test_a_whole_is_there_and_null_where_its_pieces_are(pieces: Any, required: bool, nullable: bool, null: Any) -> None:
    operation = split("w", ("a", "b"), by=" ")
    slot = older(pieces, operation).slots["w"]
    assert (slot.required, slot.nullable) == (required, nullable)
    assert put(pieces, operation, {"w": None}) == null


def test_null_of_a_joined_field_is_null_of_its_first_piece() -> None:
    chain = between({"w": Text(required=True, allow_none=True)}, join(("a", "b"), "w", by=" ")).chain
    assert chain.get({"w": None}) == {"a": None}
    assert chain.put({"a": None}, ABSENT, []) == {"w": None}


def test_a_write_only_piece_makes_a_write_only_whole() -> None:
    slot = older({"a": Text(load_only=True), "b": Text()}, split("w", ("a", "b"), by=" ")).slots["w"]
    assert (slot.write_only, slot.read_only) == (True, False)


# Fields that moved

HOUSE = schema(street=Text(), city=Text())


@pytest.mark.parametrize(
    ("slots", "operation", "source", "seen"),
    (
        # In one object, and into the place of the object itself
        ({"o": Nested(HOUSE, allow_none=True)}, move("o.town", "o.city"), {"o": None}, {"o": None}),
        ({"o": Nested(HOUSE)}, move("o.town", "o.city"), {"o": {"city": "x"}}, {"o": {"town": "x"}}),
        ({"p": Nested(schema(p=Text()))}, move("p", "p.p"), {"p": {"p": "x"}}, {"p": "x"}),
        ({"p": Text()}, move("p.p", "p"), {"p": "x"}, {"p": {"p": "x"}}),
        # Objects that the older version does not have, of several levels
        ({"a": Nested(schema(b=Nested(HOUSE)))}, move("x", "a.b.city"), {"a": {"b": {}}}, {"a": {"b": {}}}),
        ({"a": Nested(schema(b=Nested(schema(c=Text()))))}, move("x", "a.b.c"), {"a": {"b": {"c": "1"}}}, {"x": "1"}),
        ({"a": Nested(schema(b=Nested(schema(c=Text()))))}, move("x", "a.b.c"), {"a": {"b": {}}}, {}),
        ({"a": Nested(schema(b=Nested(schema(c=Text()))))}, move("x", "a.b.c"), {"a": {}}, {}),
        # Objects that only the older version has, and those that both have
        ({"x": Text()}, move("a.b.c", "x"), {"x": "1"}, {"a": {"b": {"c": "1"}}}),
        ({"x": Text()}, move("a.b.c", "x"), {}, {}),
        ({"x": Text(), "o": Nested(HOUSE)}, move("o.x", "x"), {"x": "1"}, {"o": {"x": "1"}}),
        (
            {"x": Text(), "o": Nested(HOUSE, allow_none=True)},
            move("o.x", "x"),
            {"x": "1", "o": None},
            {"o": {"x": "1"}},
        ),
        ({"x": Text(), "o": Nested(HOUSE)}, move("o.x", "x"), {"x": "1", "o": {}}, {"o": {"x": "1"}}),
        (
            {"x": Text(), "a": Nested(schema(b=Nested(HOUSE), c=Text()))},
            move("a.b.x", "x"),
            {"x": "1"},
            {"a": {"b": {"x": "1"}}},
        ),
    ),
)
def test_a_field_that_moved_is_read_and_written_back(slots: Any, operation: Any, source: Any, seen: Any) -> None:
    chain = between(slots, operation).chain
    assert chain.get(source) == seen
    assert chain.put(seen, source, []) == source


@pytest.mark.parametrize(
    ("slots", "operation", "view", "onto", "result"),
    (
        # The object that has to be there is made
        ({"o": Nested(schema(a=Text()), required=True)}, move("a", "o.a"), {}, ABSENT, {"o": {}}),
        ({"o": Nested(schema(a=Text()), required=True)}, nest("a", under="o"), {}, ABSENT, {"o": {}}),
        (
            {"o": Nested(schema(p=Nested(schema(a=Text()), required=True)), required=True)},
            move("a", "o.p.a"),
            {},
            ABSENT,
            {"o": {"p": {}}},
        ),
        # and stays where the field was all that the client sent of it
        (
            {"x": Text(), "o": Nested(HOUSE, required=True)},
            move("o.x", "x"),
            {"o": {"x": "1"}},
            ABSENT,
            {"o": {}, "x": "1"},
        ),
        ({"x": Text(), "o": Nested(HOUSE)}, move("o.x", "x"), {"o": {"x": "1"}}, ABSENT, {"x": "1"}),
        (
            {"x": Text(), "o": Nested(HOUSE)},
            move("o.x", "x"),
            {"o": {"x": "1"}},
            {"o": {"city": "c"}},
            {"o": {}, "x": "1"},
        ),
        (
            {"x": Text(), "o": Nested(HOUSE)},
            move("o.x", "x"),
            {"o": {"city": "c", "x": "1"}},
            {},
            {"o": {"city": "c"}, "x": "1"},
        ),
        # An object that the client took away takes with it what was hidden inside
        (
            {"o": Nested(schema(n=Text(), p=Nested(schema(a=Text()))))},
            move("a", "o.p.a"),
            {},
            {"o": {"n": "1", "p": {"a": "2"}}},
            {},
        ),
        ({"o": Nested(HOUSE)}, move("town", "o.city"), {"town": "c"}, {}, {"o": {"city": "c"}}),
    ),
)
def test_objects_around_a_field_are_made_and_kept_as_they_are_needed(
    slots: Any, operation: Any, view: Any, onto: Any, result: Any
) -> None:
    assert put(slots, operation, view, onto) == result


def test_an_object_around_a_required_field_is_required() -> None:
    slots = {"x": Text(required=True), "o": Nested(HOUSE, allow_none=True)}
    slot = older(slots, move("o.x", "x")).slots["o"]
    assert (slot.required, slot.nullable) == (True, False)
    slots["x"] = Text(required=True, dump_only=True)
    assert not older(slots, move("o.x", "x")).slots["o"].required


@pytest.mark.parametrize(("read_only", "rules"), ((True, 0), (False, 1)))
def test_an_object_that_was_made_may_be_empty_where_something_in_it_is_read_only(read_only: bool, rules: int) -> None:
    field = older({"a": Text(dump_only=read_only), "b": Text()}, flatten("o", "a", "b")).slots["o"].field
    assert len(field.validators) == rules


def test_an_object_that_lost_a_field_may_be_empty() -> None:
    slots = {"o": Nested(schema(a=Text(), b=Text()), validate=validate.Length(min=1))}
    assert older(slots, move("a", "o.a")).slots["o"].field.validators == []
    assert len(older(slots, rename("o.z", "o.a")).slots["o"].field.validators) == 1


@pytest.mark.parametrize(
    ("place", "seen"),
    ((("o", "a"), ("a",)), (("o", "z"), ("a",)), (("o",), ("a",)), (("p", "q"), ("p", "q"))),
)
def test_places_in_a_hidden_object_are_found_at_its_first_field(place: Any, seen: Any) -> None:
    chain = between({"o": Nested(schema(a=Text(), z=Text())), "p": Nested(HOUSE)}, nest("a", under="o")).chain
    assert chain.older_path(place) == seen


def test_an_object_that_is_gone_is_found_around_it() -> None:
    chain = between({"a": Text()}, flatten("o", "a")).chain
    assert chain.newer_path(("o",)) == ()
    assert chain.newer_path(("o", "a")) == ("a",)


@pytest.mark.parametrize(
    ("operation", "slots", "place", "there"),
    (
        (add("f"), {"f": Text(), "a": Text()}, ("a",), ("a",)),
        (remove("f", Text()), {"a": Text()}, ("a",), ("a",)),
        (unwrap("a"), {"a": Text()}, ("b",), ("b",)),
        (join(("a", "b"), "w", " "), {"w": Text(), "c": Text()}, ("c",), ("c",)),
    ),
)
def test_other_places_stay(operation: Any, slots: Any, place: Any, there: Any) -> None:
    chain = between(slots, operation).chain
    assert chain.older_path(place) == there
    assert chain.newer_path(place) == there


# By hand


class OldSchema(Schema):
    cents = Number(required=True)


class Cents(Translator):
    schema = OldSchema
    names = {"cents": "amount"}

    def upgrade(self, document: Any) -> Any:
        if document["cents"] < 0:
            raise ValidationError({"cents": ["Must not be negative."], "_schema": "Odd."})
        return {"amount": document["cents"] / 100}

    def downgrade(self, document: Any) -> Any:
        return {"cents": round(document["amount"] * 100)}


class NoObjects(Cents):
    """Returns lists."""

    def upgrade(self, document: Any) -> Any:
        return []

    def downgrade(self, document: Any) -> Any:
        return [1]


class Relies(Cents):
    """Cannot upgrade what it downgraded itself."""

    def upgrade(self, document: Any) -> Any:
        return {"amount": document["cents"] / document["times"]}


class Keyword(Cents):
    """Takes something beside the document, and no object."""

    def upgrade(self, document: Any, *, factor: int = 100) -> Any:
        return {"amount": document["cents"] / factor}


PRICE = {"amount": fields.Float(), "tax": Number()}


def test_a_translator_tells_the_client_of_every_place() -> None:
    assert refused(PRICE, Cents, {"cents": -1}) == [
        (("cents",), "RULE", "Must not be negative."),
        ((), "RULE", "Odd."),
    ]


@pytest.mark.parametrize("onto", (ABSENT, {"amount": 1.0}))
def test_a_translator_that_returns_no_object_breaks_the_contract(onto: Any) -> None:
    chain = between(PRICE, NoObjects).chain
    with pytest.raises(ContractViolation, match=r"grade\(\) returned no object"):
        chain.put({"cents": 1}, onto, [])
    with pytest.raises(ContractViolation, match=r"downgrade\(\) returned no object"):
        chain.get({"amount": 1.0})


def test_a_translator_that_fails_with_its_own_document_breaks_the_contract() -> None:
    with pytest.raises(ContractViolation, match=r"Relies.upgrade failed: KeyError\('times'\)"):
        between(PRICE, Relies).chain.put({"cents": 2, "times": 2}, {"amount": 1.0}, [])


def test_a_translator_keeps_the_object_where_the_client_changed_nothing() -> None:
    assert put(PRICE, Keyword, {"cents": 100}, {"amount": 1.004, "tax": 7}) == {"amount": 1.004, "tax": 7}
    assert put(PRICE, Keyword, {"cents": 200}, {"amount": 1.0, "tax": 7}) == {"amount": 2.0, "tax": 7}


@pytest.mark.parametrize(
    ("translator", "sentence"),
    ((Cents, "The object has another form."), (Relies, "Cannot upgrade what it downgraded itself.")),
)
def test_a_translator_is_told_by_its_own_docstring(translator: Any, sentence: str) -> None:
    newer = schema(**PRICE)
    change = type("Change", (VersionChange,), {"schemas": {newer: translator}})
    api = Api("acme", [Resource("price", newer, item="/x")], [Version(2, change), Version(1)])
    assert api.changelog()[0].sentences == (sentence,)


@pytest.mark.parametrize(
    ("before", "after", "onto", "result"),
    (
        ({"a": 1}, {"a": 1}, {"a": 9, "z": 1}, {"a": 9, "z": 1}),
        ({"a": 1, "b": 1}, {"a": 1}, {"a": 9, "b": 9, "z": 1}, {"a": 9, "z": 1}),
        ({}, {"a": 1}, {"z": 1}, {"z": 1, "a": 1}),
        ({"a": 1}, {"a": 1, "b": 2}, {"z": 1}, {"z": 1, "b": 2}),
        ({"a": 1}, {"a": 2}, {"z": 1}, {"z": 1, "a": 2}),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a": {"b": 1, "z": 1}}, {"a": {"b": 2, "z": 1}}),
        ({"a": {"b": 1}}, {"a": None}, {"a": {"b": 1, "z": 1}}, {"a": None}),
        (
            [{"a": 1}, {"a": 2}],
            [{"a": 1}, {"a": 3}],
            [{"a": 1, "z": 1}, {"a": 2, "z": 2}],
            [{"a": 1, "z": 1}, {"a": 3, "z": 2}],
        ),
        ([{"a": 1}, {"a": 2}], [{"a": 2}], [{"a": 1, "z": 1}, {"a": 2, "z": 2}], [{"a": 2, "z": 2}]),
        ([{"a": 1}], [{"a": 1}, {"a": 3}], [{"a": 1, "z": 1}], [{"a": 1, "z": 1}, {"a": 3}]),
        ([1], [2], [1, 5], [2]),
    ),
)
def test_differences_are_made_where_they_are(before: Any, after: Any, onto: Any, result: Any) -> None:
    assert graft(before, after, onto) == result


@pytest.mark.parametrize(("fallback", "words"), (("warm", ["warm", "cold"]), ("other", ["warm", "cold", "other"])))
def test_an_older_word_is_told_once_also_where_it_is_the_fallback(fallback: str, words: list[str]) -> None:
    field = Text(validate=validate.OneOf(["red", "blue", "green"]))
    shape = older({"a": field}, map_values("a", {"warm": "red", "cold": "blue"}, downgrade_else=fallback))
    (rule,) = shape.slots["a"].field.validators
    assert rule.choices == words
