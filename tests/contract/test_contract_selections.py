"""Operations at places that nest only a part of a schema, or a shape of their own; and what has no place at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields

from translayer import Api, Resource, Translator, Version, VersionChange
from translayer.contract.lens import Chain
from translayer.contract.operations.handwritten import Handwritten
from translayer.errors import ContractViolation, DeclarationError
from translayer.operations import add, convert, join, map_values, move, remove, rename, require, split

Text, Number, Listed, Nested = fields.String, fields.Integer, fields.List, fields.Nested


def schema(**slots: Any) -> type[Schema]:
    return Schema.from_dict(slots, name="ThingSchema")


def chain_of(thing: type[Schema], changes: dict[type[Schema], Any]) -> Chain:
    change = type("Change", (VersionChange,), {"schemas": changes})
    api = Api("acme", [Resource("thing", thing, item="/things/<id>")], [Version(2, change), Version(1)])
    return api.translation(thing, 1).chain


class Same(Translator):
    """Nothing changes."""

    schema = schema(a=Text(), b=Text())

    def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return document

    def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return document


PART = schema(a=Text(), b=Text())
BOTH = schema(part=Nested(PART, only=("a",)), whole=Nested(PART))

REFUSED: list[tuple[type[Schema], dict[type[Schema], Any], str]] = [
    (BOTH, {PART: Same}, "one place nests only a part of it"),
    (BOTH, {PART: [split("w", ("a", "b"), " ")]}, "at a place that nests only a part of"),
    (schema(part=Nested(PART, only=("a",))), {PART: [rename("c", "b")]}, "only parts of the schema are nested"),
]


@pytest.mark.parametrize(("thing", "changes", "sentence"), REFUSED)
def test_what_a_selection_cannot_carry_is_refused(thing: Any, changes: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        chain_of(thing, changes)


@pytest.mark.parametrize(
    ("told", "sentence"),
    ((Same, "address that operation to"), ([rename("d", "b")], "has no field 'b'")),
)
def test_a_place_with_a_shape_of_its_own_is_told_apart(told: Any, sentence: str) -> None:
    thing = schema(part=Nested(PART), other=Nested(PART))
    with pytest.raises(DeclarationError, match=sentence):
        chain_of(thing, {thing: [rename("part.c", "part.b")], PART: told})


@pytest.mark.parametrize(
    ("operation", "only", "now", "seen"),
    (
        (remove("gone", Text(), default="d"), None, {"a": "x"}, {"a": "x", "gone": "d"}),
        (remove("gone", Text(), default="d"), ("a",), {"a": "x"}, {"a": "x"}),
        (convert("b", int, str), ("a",), {"a": "x"}, {"a": "x"}),
        (split("w", ("b",), " "), ("a",), {"a": "x"}, {"a": "x"}),
        (move("o.b", "b"), ("a",), {"a": "x"}, {"a": "x"}),
        (add("b"), ("a",), {"a": "x"}, {"a": "x"}),
    ),
)
def test_operations_on_what_a_selection_leaves_out_fall_away(operation: Any, only: Any, now: Any, seen: Any) -> None:
    thing = schema(part=Nested(PART, only=only), whole=Nested(PART))
    assert chain_of(thing, {PART: [operation]}).get({"part": now}) == {"part": seen}


def test_a_selection_may_reach_into_what_it_selects() -> None:
    inner = schema(x=Text(), y=Text())
    part = schema(a=Nested(inner), b=Text())
    thing = schema(part=Nested(part, only=("a.x",)), whole=Nested(part))
    chain = chain_of(thing, {part: [rename("c", "b")], inner: [rename("z", "x")]})
    assert chain.get({"part": {"a": {"x": "1"}}}) == {"part": {"a": {"z": "1"}}}


def test_a_key_follows_its_renaming_at_a_place_of_its_own() -> None:
    part = schema(k=Number(), hidden=Text())
    thing = schema(inner=Nested(schema(rows=Listed(Nested(part), metadata={"key": "k"}))))
    chain = chain_of(thing, {part: [rename("n", "k"), add("hidden")], thing: [rename("inner.lines", "inner.rows")]})
    now = {"inner": {"rows": [{"k": 1, "hidden": "A"}, {"k": 2, "hidden": "B"}]}}
    view = {"inner": {"lines": [{"n": 2}, {"n": 1}]}}
    assert chain.put(view, now, []) == {"inner": {"rows": [{"k": 2, "hidden": "B"}, {"k": 1, "hidden": "A"}]}}


def test_a_key_is_followed_through_elements_of_a_shape_of_their_own() -> None:
    old = schema(rows=Listed(Nested(schema(k=Number(), v=Text())), metadata={"key": "k"}))
    thing = schema(a=Text())
    chain = chain_of(thing, {thing: [remove("was", Nested(old), default={"rows": [{"k": 1}]})]})
    assert chain.get({"a": "x"}) == {"a": "x", "was": {"rows": [{"k": 1}]}}


class EndlessSchema(Schema):
    label = Text()


def test_a_default_without_end_is_a_contract_violation() -> None:
    child = remove("child", was=Nested(lambda: EndlessSchema()), default={"label": "x"})
    with pytest.raises(ContractViolation, match="has no end"):
        chain_of(EndlessSchema, {EndlessSchema: [child]}).get({"label": "a"})


@pytest.mark.parametrize("of", (lambda part: fields.Dict(values=part), lambda part: part, lambda part: Listed(part)))
def test_a_contract_violation_names_its_place(of: Callable[[Any], Any]) -> None:
    part = schema(a=Text())
    field = of(Nested(part))
    chain = chain_of(schema(parts=field), {part: [map_values("a", {"x": "y"})]})
    put = {"Dict": lambda one: {"k": one}, "List": lambda one: [one], "Nested": lambda one: one}[type(field).__name__]
    wrong, view = {"parts": put({"a": "z"})}, {"parts": put({"a": "x"})}
    for attempt in (lambda: chain.get(wrong), lambda: chain.put(view, wrong, [])):
        with pytest.raises(ContractViolation) as caught:
            attempt()
        assert caught.value.path[0] == "parts"
        assert caught.value.path[-1] == "a"


@pytest.mark.parametrize(
    ("operation", "names"),
    (
        (Handwritten(Same()), ()),
        (join(("a", "b"), "w", " "), (("w",),)),
        (remove("a", Text()), ()),
        (require("a", default=1), (("a",),)),
    ),
)
def test_an_operation_says_which_newer_fields_it_speaks_of(operation: Any, names: Any) -> None:
    assert operation.newer_names == names


def test_a_key_follows_its_renaming_where_a_dotted_name_changed_the_elements_object() -> None:
    part = schema(k=Number(), hidden=Text())
    row = schema(parts=Listed(Nested(part), metadata={"key": "k"}))
    thing = schema(one=Nested(row), two=Nested(row))
    chain = chain_of(thing, {thing: [rename("one.pieces", "one.parts")], part: [rename("n", "k"), add("hidden")]})
    now = {"one": {"parts": [{"k": 1, "hidden": "A"}, {"k": 2, "hidden": "B"}]}}
    assert chain.put({"one": {"pieces": [{"n": 2}, {"n": 1}]}}, now, []) == {
        "one": {"parts": [{"k": 2, "hidden": "B"}, {"k": 1, "hidden": "A"}]}
    }


class KnotSchema(Schema):
    name = Text()
    child = Nested(lambda: KnotSchema())


def test_a_dotted_name_into_the_schema_itself_has_no_end() -> None:
    with pytest.raises(DeclarationError, match="has no end: name the field alone"):
        chain_of(KnotSchema, {KnotSchema: [rename("child.label", "child.name")]})


def test_a_dotted_name_through_the_schema_itself_has_no_end() -> None:
    thing = schema(knot=Nested(KnotSchema))
    with pytest.raises(DeclarationError, match="has no end: name the field alone"):
        chain_of(thing, {KnotSchema: [rename("child.child.label", "child.child.name")], thing: [rename("k", "knot")]})


def test_a_refusal_met_while_another_operation_is_fitted_is_told_once() -> None:
    thing = schema(part=Nested(PART))
    newer = type("Newer", (VersionChange,), {"schemas": {PART: [rename("x", "nope")]}})
    older = type("Older", (VersionChange,), {"schemas": {thing: [rename("part.c", "part.b")]}})
    resource = Resource("thing", thing, item="/things/<id>")
    with pytest.raises(DeclarationError, match=r"\AThingSchema, “`x` is called `nope`.”: ThingSchema has no field"):
        Api("acme", [resource], [Version(3, newer), Version(2, older), Version(1)])
