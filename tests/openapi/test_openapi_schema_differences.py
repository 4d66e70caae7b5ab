"""Differences between schemas: each kind by a case, in both directions, and the laws that hold of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from translayer.document.values import ABSENT
from translayer.errors import DeclarationError
from translayer.openapi import schema_differences as module
from translayer.openapi.difference_table import DIFFERENCES, SUBJECTS, shown
from translayer.openapi.schema_differences import schema_differences

NUMBER, TEXT, LIST, OBJECT = ({"type": name} for name in ("integer", "string", "array", "object"))


def field(schema: Any, **more: Any) -> dict[str, Any]:
    """An object with one field, ``a``."""
    return {"type": "object", "properties": {"a": schema}} | more


def ids(promised: Any, actual: Any, direction: Any) -> list[str]:
    return [found.id.removeprefix(f"{direction}-") for found in schema_differences(promised, actual, direction)]


NARROWED = {
    "type": [
        ({}, TEXT),
        ({"type": "number"}, NUMBER),
        ({"type": ["string", "integer"]}, TEXT),
        ({"anyOf": [TEXT, NUMBER]}, TEXT),
        ({"oneOf": [TEXT, NUMBER]}, TEXT),
        (True, TEXT),
        (TEXT, False),
        ({"enum": ["a", 1]}, {"enum": ["a", 1], "type": "string"}),
        ({"enum": [None, True, 1.5, [], {}]}, {"enum": [None, True, 1.5, [], {}], "type": ["null", "boolean"]}),
        ({**LIST, "prefixItems": [{}]}, {**LIST, "prefixItems": [TEXT]}),
        ({**LIST, "prefixItems": [TEXT]}, {**LIST, "prefixItems": [TEXT], "items": NUMBER}),
        ({**OBJECT, "additionalProperties": {}}, {**OBJECT, "additionalProperties": TEXT}),
        ({**OBJECT, "unevaluatedProperties": {}}, {**OBJECT, "unevaluatedProperties": TEXT}),
        ({**LIST, "unevaluatedItems": True}, {**LIST, "unevaluatedItems": TEXT}),
    ],
    "null": [
        ({"type": ["string", "null"]}, TEXT),
        ({"anyOf": [TEXT, {"type": "null"}]}, TEXT),
        ({"oneOf": [{"type": "null"}, {**TEXT, "enum": ["a"]}]}, {**TEXT, "enum": ["a"]}),
        ({"type": ["string", "null"], "enum": ["a", None]}, {**TEXT, "enum": ["a"]}),
    ],
    "enum": [({"enum": ["a", "b"]}, {"enum": ["a"]}), ({"enum": [1, 2]}, {"const": 1})],
    "enumeration": [(TEXT, {**TEXT, "enum": ["a"]}), (TEXT, {**TEXT, "const": "a"})],
    "limit": [
        (NUMBER, {**NUMBER, "minimum": 0}),
        ({**NUMBER, "minimum": 1}, {**NUMBER, "exclusiveMinimum": 1}),
        ({**NUMBER, "maximum": 10}, {**NUMBER, "maximum": 9.5}),
        (TEXT, {**TEXT, "minLength": 1}),
        ({**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 8}),
        (LIST, {**LIST, "maxItems": 3}),
        (OBJECT, {**OBJECT, "minProperties": 1}),
        ({**NUMBER, "allOf": [{"minimum": 1}, {"minimum": 2}]}, {**NUMBER, "minimum": 3}),
    ],
    "multiple": [(NUMBER, {**NUMBER, "multipleOf": 2}), ({**NUMBER, "multipleOf": 0.1}, {**NUMBER, "multipleOf": 0.2})],
    "unique": [(LIST, {**LIST, "uniqueItems": True})],
    "contains": [
        (LIST, {**LIST, "contains": TEXT}),
        ({**LIST, "contains": TEXT}, {**LIST, "contains": TEXT, "minContains": 2}),
        ({**LIST, "contains": TEXT}, {**LIST, "contains": TEXT, "maxContains": 2}),
        ({**LIST, "contains": TEXT, "minContains": 0}, {**LIST, "contains": TEXT}),
    ],
    "pattern": [(TEXT, {**TEXT, "pattern": "^a"}), ({**TEXT, "pattern": ".*"}, {**TEXT, "pattern": "^a"})],
    "format": [(TEXT, {**TEXT, "format": "date"}), ({**NUMBER, "format": "int64"}, {**NUMBER, "format": "int32"})],
    "content": [(TEXT, {**TEXT, "contentEncoding": "base64"}), (TEXT, {**TEXT, "contentSchema": NUMBER})],
    "unknown": [(OBJECT, {**OBJECT, "additionalProperties": False})],
    "field-names": [(OBJECT, {**OBJECT, "propertyNames": {"maxLength": 3}})],
    "pattern-fields": [(OBJECT, {**OBJECT, "patternProperties": {"^a": TEXT}})],
    "dependencies": [
        (OBJECT, {**OBJECT, "dependentRequired": {"a": ["b"]}}),
        (OBJECT, {**OBJECT, "dependentSchemas": {"a": {"required": ["b"]}}}),
    ],
    "unevaluated": [
        ({"not": OBJECT}, {"not": OBJECT, "unevaluatedProperties": False}),
        ({"not": OBJECT}, {"not": OBJECT, "unevaluatedItems": False}),
    ],
    "alternative": [
        ({"anyOf": [OBJECT, {**TEXT, "maxLength": 3}]}, OBJECT),
        ({"oneOf": [LIST, OBJECT, {**TEXT, "maxLength": 3}]}, {"oneOf": [LIST, OBJECT]}),
    ],
    "alternatives": [(OBJECT, {**OBJECT, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]})],
    "exclusive": [({"anyOf": [OBJECT, field(TEXT)]}, {"oneOf": [OBJECT, field(TEXT)]})],
    "all-of": [
        ({**TEXT, "pattern": "^a"}, {**TEXT, "allOf": [{"pattern": "^a"}, {"pattern": "b$"}]}),
        ({**OBJECT, "not": TEXT}, {**OBJECT, "not": TEXT, "allOf": [{"not": LIST}]}),
    ],
    "not": [(TEXT, {**TEXT, "not": {"const": "a"}})],
    "condition": [
        (TEXT, {**TEXT, "if": {"minLength": 1}, "then": {"pattern": "a"}}),
        (
            {**TEXT, "if": {"minLength": 1}, "then": {"pattern": "a"}},
            {**TEXT, "if": {"minLength": 1}, "then": {"pattern": "a"}, "else": {"const": 1}},
        ),
    ],
}
"""For each subject, pairs of which the second takes less than the first."""

CHANGED = {
    "type": [(TEXT, NUMBER), ({"type": ["string", "boolean"]}, {"type": ["string", "integer"]})],
    "multiple": [({**NUMBER, "multipleOf": 2}, {**NUMBER, "multipleOf": 3})],
    "pattern": [({**TEXT, "pattern": "^a"}, {**TEXT, "pattern": "^b"})],
    "format": [({**TEXT, "format": "date"}, {**TEXT, "format": "time"})],
    "content": [({**TEXT, "contentEncoding": "base64"}, {**TEXT, "contentEncoding": "base32"})],
    "field-names": [({**OBJECT, "propertyNames": {"maxLength": 3}}, {**OBJECT, "propertyNames": {"maxLength": 2}})],
    "pattern-fields": [
        ({**OBJECT, "patternProperties": {"^a": TEXT}}, {**OBJECT, "patternProperties": {"^a": NUMBER}}),
        (
            {**OBJECT, "additionalProperties": False},
            {**OBJECT, "additionalProperties": False, "patternProperties": {"^a": TEXT}},
        ),
    ],
    "dependencies": [
        ({**OBJECT, "dependentRequired": {"a": ["b"]}}, {**OBJECT, "dependentRequired": {"a": ["c"]}}),
        ({**OBJECT, "dependentSchemas": {"a": TEXT}}, {**OBJECT, "dependentSchemas": {"a": NUMBER}}),
    ],
    "unevaluated": [({"not": OBJECT, "unevaluatedItems": TEXT}, {"not": OBJECT, "unevaluatedItems": NUMBER})],
    "contains": [({**LIST, "contains": TEXT}, {**LIST, "contains": NUMBER})],
    "not": [({**TEXT, "not": {"const": "a"}}, {**TEXT, "not": {"const": "b"}})],
    "condition": [
        (
            {**TEXT, "if": {"minLength": 1}, "then": {"pattern": "a"}},
            {**TEXT, "if": {"minLength": 2}, "then": {"pattern": "a"}},
        )
    ],
}
"""For each subject, pairs of which neither takes all that the other takes."""

SAME = [
    (True, {}),
    ({}, {"x-anything": 1, "title": "A", "description": "b"}),
    ({"type": "string"}, {"type": ["string"]}),
    ({"type": ["string", "null"]}, {"anyOf": [TEXT, {"type": "null"}]}),
    ({"type": ["string", "integer"]}, {"oneOf": [TEXT, NUMBER]}),
    ({"const": 1}, {"enum": [1.0]}),
    ({"enum": [1, 2], "const": 1}, {"const": 1}),
    ({**TEXT, "minLength": 0}, TEXT),
    ({**TEXT, "pattern": "^.*$"}, TEXT),
    ({**NUMBER, "minimum": 1, "exclusiveMinimum": 0}, {**NUMBER, "minimum": 1}),
    ({**NUMBER, "minLength": 3}, NUMBER),
    ({**NUMBER, "uniqueItems": True, "propertyNames": {"maxLength": 1}, "contentEncoding": "x"}, NUMBER),
    ({**LIST, "contains": TEXT, "minContains": 0}, LIST),
    ({**LIST, "contains": TEXT, "minContains": 1}, {**LIST, "contains": TEXT}),
    ({"if": TEXT}, {}),
    ({"if": TEXT, "then": {}}, {"if": NUMBER}),
    ({"allOf": [{"if": TEXT, "then": NUMBER}, {"if": TEXT, "then": NUMBER}]}, {"if": TEXT, "then": NUMBER}),
    ({**OBJECT, "additionalProperties": {}}, OBJECT),
    ({"allOf": [TEXT, {"maxLength": 3}]}, {**TEXT, "maxLength": 3}),
    ({"allOf": [{"type": "number"}, {"type": ["integer", "string"]}]}, NUMBER),
    ({"allOf": [NUMBER, {"type": "number"}]}, NUMBER),
    ({"allOf": [{"enum": [1, 2]}, {"enum": [2, 3]}]}, {"enum": [2]}),
    ({"allOf": [field(TEXT, required=["a"]), {"required": ["a"]}]}, field(TEXT, required=["a"])),
    ({"allOf": [field(TEXT), field({"minLength": 1})]}, field({**TEXT, "minLength": 1})),
    (
        {"allOf": [field(TEXT), {"additionalProperties": NUMBER}]},
        field({"allOf": [NUMBER, TEXT]}, additionalProperties=NUMBER),
    ),
    ({"allOf": [field(TEXT, additionalProperties=False), field(TEXT)]}, field(TEXT, additionalProperties=False)),
    (
        {"allOf": [{"patternProperties": {"^a": TEXT}}, {"patternProperties": {"^a": TEXT, "b": TEXT}}]},
        {"patternProperties": {"^a": TEXT, "b": TEXT}},
    ),
    (
        {"allOf": [{"dependentRequired": {"a": ["b"]}}, {"dependentRequired": {"a": ["c"]}}]},
        {"dependentRequired": {"a": ["c", "b"]}},
    ),
    ({"allOf": [{"uniqueItems": True}, {"uniqueItems": False}]}, {"uniqueItems": True}),
    ({"allOf": [{"propertyNames": {"maxLength": 1}}, {"propertyNames": True}]}, {"propertyNames": {"maxLength": 1}}),
    ({"allOf": [{"items": TEXT}, {"items": {"maxLength": 3}}]}, {"items": {**TEXT, "maxLength": 3}}),
    ({"allOf": [{"x-a": 1, "title": "A"}, {"x-a": 2, "title": "B"}]}, {}),
    ({"allOf": [True, TEXT]}, TEXT),
    ({"allOf": [False, TEXT]}, False),
    ({"additionalProperties": TEXT, "unevaluatedProperties": False}, {"additionalProperties": TEXT}),
    ({"items": TEXT, "unevaluatedItems": False}, {"items": TEXT}),
    ({"items": TEXT, "contains": NUMBER}, {"contains": NUMBER, "items": TEXT}),
    ({"$defs": {"a": TEXT}, "$ref": "#/$defs/a"}, TEXT),
    ({"$defs": {"a": TEXT}, "$ref": "#/$defs/a", "minLength": 1}, {**TEXT, "minLength": 1}),
    (
        {"$defs": {"a": TEXT}, "contains": {"$ref": "#/$defs/a"}, "minContains": 2},
        {"$defs": {"b": TEXT}, "contains": {"$ref": "#/$defs/b"}, "minContains": 2},
    ),
    (
        {"$defs": {"a": TEXT}, "not": {"$ref": "#/$defs/a", "minLength": 1}},
        {"$defs": {"b": TEXT}, "not": {"$ref": "#/$defs/b", "minLength": 1}},
    ),
    (
        {
            "not": {
                "anyOf": [TEXT, True],
                "properties": {"a": NUMBER},
                "if": TEXT,
                "enum": [2, 1],
                "required": ["b", "a"],
            }
        },
        {"not": {"anyOf": [TEXT, {}], "properties": {"a": NUMBER}, "if": TEXT, "enum": [1, 2], "required": ["a", "b"]}},
    ),
    ({"anyOf": [{"anyOf": [TEXT, NUMBER]}, LIST]}, {"anyOf": [{"type": ["string", "integer"]}, LIST]}),
    ({"anyOf": [OBJECT, TEXT]}, {"anyOf": [TEXT, OBJECT]}),
    ({"anyOf": [{"oneOf": [TEXT, {"type": "null"}]}, {"type": "null"}]}, {"type": ["string", "null"]}),
    (
        {"oneOf": [{"type": ["string", "null"], "maxLength": 3}, {"type": "null"}]},
        {"oneOf": [{"type": "null"}, {"type": ["null", "string"], "maxLength": 3}]},
    ),
]
"""Pairs that say the same."""

FIELDS = [
    # Promised, actual, what is told of requests, and of replies.
    (OBJECT, field(TEXT), ["field-added"], ["field-added"]),
    (OBJECT, field(TEXT, required=["a"]), ["field-added-required"], ["field-added"]),
    (field(TEXT), OBJECT, ["field-ignored"], ["optional-field-removed"]),
    (field(TEXT, required=["a"]), OBJECT, ["field-ignored"], ["field-removed"]),
    (field(TEXT, required=["a"]), field(TEXT), ["field-became-optional"], ["field-became-optional"]),
    (field(TEXT), field(TEXT, required=["a"]), ["field-became-required"], ["field-became-required"]),
    (field(TEXT), {**OBJECT, "required": ["a"]}, ["field-became-required"], ["optional-field-removed"]),
    ({**OBJECT, "required": ["a"]}, field(TEXT), ["field-added"], ["field-became-optional"]),
    ({**OBJECT, "required": ["a"]}, OBJECT, ["field-became-optional"], ["field-became-optional"]),
    (OBJECT, {**OBJECT, "required": ["a"]}, ["field-added-required"], ["field-became-required"]),
    (
        field(TEXT, additionalProperties=False),
        {**OBJECT, "additionalProperties": False},
        ["field-removed"],
        ["optional-field-removed"],
    ),
    (
        {**OBJECT, "additionalProperties": False},
        field(TEXT, additionalProperties=False),
        ["field-added"],
        ["field-added-to-closed"],
    ),
    (
        {**OBJECT, "additionalProperties": TEXT},
        field(NUMBER, additionalProperties=TEXT),
        ["type-changed"],
        ["type-changed"],
    ),
    (
        field({**TEXT, "minLength": 1}, additionalProperties=TEXT, required=["a"]),
        {**OBJECT, "additionalProperties": TEXT},
        ["field-became-optional", "limit-widened"],
        ["field-became-optional", "limit-widened"],
    ),
    (
        {**OBJECT, "additionalProperties": TEXT},
        field(TEXT, additionalProperties=TEXT, required=["a"]),
        ["field-became-required"],
        ["field-became-required"],
    ),
    (field(False), OBJECT, [], []),
    (field(TEXT), field({**TEXT, "readOnly": True}), ["field-became-read-only"], []),
    (field({**TEXT, "readOnly": True}), field(TEXT), ["field-became-writable"], []),
    (
        field({**TEXT, "readOnly": True}, required=["a"]),
        field(TEXT, required=["a"]),
        ["field-added-required"],
        [],
    ),
    (field({**TEXT, "readOnly": True}), field({**NUMBER, "readOnly": True}), [], ["type-changed"]),
    (field({**TEXT, "readOnly": True}), OBJECT, [], ["optional-field-removed"]),
    (OBJECT, field({**TEXT, "readOnly": True}, required=["a"]), [], ["field-added"]),
    (field(TEXT), field({**TEXT, "writeOnly": True}), [], ["field-became-write-only"]),
    (
        field({**TEXT, "writeOnly": True}),
        field(TEXT, required=["a"]),
        ["field-became-required"],
        ["field-became-readable"],
    ),
    (field(TEXT), field({**TEXT, "deprecated": True}), ["field-deprecated"], ["field-deprecated"]),
    (
        field({**TEXT, "deprecated": True}),
        field(TEXT),
        ["field-no-longer-deprecated"],
        ["field-no-longer-deprecated"],
    ),
    ({**TEXT, "deprecated": True}, TEXT, [], []),
    (field(TEXT), field({**TEXT, "default": "b"}), ["default-added"], ["default-changed"]),
    (field({**TEXT, "default": "b"}), field(TEXT), ["default-removed"], ["default-changed"]),
    (field({"default": 1}), field({"default": True}), ["default-changed"], ["default-changed"]),
    (field({"default": None}), field({"default": None}), [], []),
    (
        {**OBJECT, "discriminator": {"propertyName": "a"}},
        {**OBJECT, "discriminator": {"propertyName": "b"}},
        ["discriminator-changed"],
        ["discriminator-changed"],
    ),
    (
        field(TEXT, patternProperties={"^b": TEXT}, additionalProperties=False),
        {"type": "object", "patternProperties": {"^b": TEXT}, "additionalProperties": False},
        ["field-ignored"],
        ["optional-field-removed"],
    ),
]


def moves() -> Iterator[Any]:
    for subject, pairs in NARROWED.items():
        for index, (wide, narrow) in enumerate(pairs):
            yield pytest.param(wide, narrow, subject, "narrowed", id=f"{subject}-narrowed-{index}")
            yield pytest.param(narrow, wide, subject, "widened", id=f"{subject}-widened-{index}")
    for subject, pairs in CHANGED.items():
        for index, (one, other) in enumerate(pairs):
            yield pytest.param(one, other, subject, "changed", id=f"{subject}-changed-{index}")


BREAKING = {"request": {"narrowed", "changed"}, "reply": {"widened", "changed"}}


@pytest.mark.parametrize("direction", BREAKING)
@pytest.mark.parametrize("promised, actual, subject, manner", list(moves()))
def test_CON_5_3_what_is_narrower_breaks_requests_and_what_is_wider_replies(
    promised, actual, subject, manner, direction
):
    (found,) = schema_differences(promised, actual, direction)
    assert found.id == f"{direction}-{getattr(SUBJECTS[subject], manner)}"
    assert found.breaking is (manner in BREAKING[direction])
    assert found.direction == direction
    assert found.operation is None
    assert found.sentence.endswith(".")
    assert "{" not in found.sentence.replace('{"', "")


@pytest.mark.parametrize("direction", BREAKING)
@pytest.mark.parametrize("one, other", SAME)
def test_schemas_that_say_the_same_have_no_difference(one, other, direction):
    assert ids(one, other, direction) == ids(other, one, direction) == []


@pytest.mark.parametrize("promised, actual, request_, reply", FIELDS)
def test_fields_differ_by_direction(promised, actual, request_, reply):
    assert ids(promised, actual, "request") == request_
    assert ids(promised, actual, "reply") == reply


def test_every_kind_of_difference_between_schemas_has_a_case():
    told = {found.id for case in moves() for way in BREAKING for found in schema_differences(*case.values[:2], way)}
    told |= {f"request-{end}" for case in FIELDS for end in case[2]} | {
        f"reply-{end}" for case in FIELDS for end in case[3]
    }
    every = {f"{way}-{end}" for way in BREAKING for change in SUBJECTS.values() for end in change[2:] if end}
    every |= {id_ for id_ in DIFFERENCES if "-field-" in id_ or "-default-" in id_ or "-discriminator-" in id_}
    assert {id_ for id_ in every if not id_.startswith("parameter-")} == told


# Places and words


def test_a_difference_says_its_place_in_the_document_and_in_the_message():
    promised = {
        "properties": {"legs": {"items": {"$ref": "#/$defs/leg"}}},
        "$defs": {"leg": field(TEXT, required=["a"])},
    }
    actual = {"properties": {"legs": {"items": {"$ref": "#/$defs/leg"}}}, "$defs": {"leg": field(NUMBER)}}
    optional, changed = schema_differences(promised, actual, "reply")
    assert (changed.pointer, changed.path) == ("/$defs/leg/properties/a", ("legs", "*", "a"))
    assert (changed.promised, changed.actual) == ("string", "integer")
    assert changed.sentence == "The type of “legs.*.a” in the reply is another: string was promised, and it is integer."
    assert optional.sentence == "“legs.*.a” in the reply was always there, and can be left out now."


def test_what_is_added_leads_to_the_other_document():
    (found,) = schema_differences(OBJECT, {"allOf": [field(TEXT)]}, "request")
    assert (found.pointer, found.promised, found.actual) == ("/allOf/0/properties/a", ABSENT, TEXT)
    (found,) = schema_differences(TEXT, {**TEXT, "enum": ["a", "b"]}, "request")
    assert (found.pointer, found.promised) == ("", ABSENT)
    assert found.sentence == "The request could be any value of its type, and can only be a, b now."


@pytest.mark.parametrize(
    "value, told",
    (
        (["a\n"], '["a\\n"]'),
        ([], "[]"),
        ([1, "a"], '[1,"a"]'),
        (["x" * 99], "x" * 40 + "…"),
        (["a", "b"], "a, b"),
        ("", '""'),
        ("x" * 41, "x" * 40 + "…"),
        ({"a": None}, '{"a":null}'),
        ({"minimum": 1.5, "a": True}, "minimum 1.5, a true"),
        ({}, "{}"),
        ("a\n", '"a\\n"'),
        (ABSENT, "nothing"),
    ),
)
def test_values_stand_in_sentences_as_they_are_and_short(value, told):
    assert shown(value) == told


def test_alternatives_are_paired_by_name_and_then_by_type():
    def pets(**named: Any) -> dict[str, Any]:
        return {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in named], "$defs": named}

    cat, dog = field(TEXT), {**OBJECT, "properties": {"b": TEXT}}
    assert ids(pets(Cat=cat, Dog=dog), pets(Dog=dog, Cat=field(NUMBER)), "reply") == ["type-changed"]
    assert ids(pets(Cat=cat, Dog=dog), pets(Cat=cat, Bird=LIST), "reply") == [
        "alternative-removed",
        "alternative-added",
    ]
    titled = [{"title": "A", **field(TEXT)}, {"title": "B", **dog}]
    assert ids({"anyOf": titled}, {"anyOf": [titled[1], {"title": "A", **field(NUMBER)}]}, "reply") == ["type-changed"]
    gone_and_new = ["alternative-removed", "alternative-added"]
    assert ids({"anyOf": [False, {**TEXT, "maxLength": 3}]}, {"anyOf": [False, field(TEXT)]}, "reply") == gone_and_new
    assert ids({"anyOf": [False, field(TEXT)]}, {"anyOf": [True, field(TEXT)]}, "reply") == gone_and_new
    unnamed = {"anyOf": [{**TEXT, "maxLength": 3}, True]}
    assert ids(unnamed, {"anyOf": [{**TEXT, "maxLength": 4}, {}]}, "reply") == ["limit-widened"]


def test_alternatives_beside_rules_are_compared_with_them():
    one = {**OBJECT, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    other = {**OBJECT, "anyOf": [{"required": ["a"]}, {"required": ["c"]}], "maxProperties": 3}
    assert sorted(ids(one, other, "reply")) == ["field-became-optional", "field-became-required", "limit-narrowed"]


def test_what_cannot_be_joined_stays_a_condition():
    one = {"allOf": [{"prefixItems": [TEXT], "items": NUMBER}, {"prefixItems": [NUMBER]}], "type": "array"}
    assert ids(one, {**LIST, "prefixItems": [TEXT], "items": NUMBER}, "reply") == ["all-of-removed"]
    two = {"allOf": [{"anyOf": [TEXT, {"minimum": 1}]}, {"anyOf": [NUMBER, {"minimum": 1}]}]}
    assert ids(two, two, "reply") == []


# Bounds


def test_CON_5_6_schemas_that_hold_themselves_are_compared_in_bounded_steps():
    tree = {"properties": {"a": TEXT, "next": {"$ref": "#"}}, "type": "object"}
    found = schema_differences(tree, {**tree, "properties": {"a": NUMBER, "next": {"$ref": "#"}}}, "reply")
    assert [one.path for one in found] == [("a",)]
    assert ids(tree, tree, "request") == []
    twice = {"allOf": [{"properties": {"c": {"$ref": "#"}}}, {"properties": {"c": {"$ref": "#/$defs/other"}}}]}
    loop = {**twice, "$defs": {"other": {"properties": {"c": {"$ref": "#"}}}}}
    assert ids(loop, loop, "request") == []
    same = {"not": {"properties": {"a": {"$ref": "#/not"}}}}
    assert ids(same, {"not": {"properties": {"a": {"$ref": "#/not"}}}}, "request") == []


def test_a_chain_of_definitions_may_be_long():
    def chain(last: Any) -> dict[str, Any]:
        steps = {f"s{index}": field({"$ref": f"#/$defs/s{index + 1}"}) for index in range(1_200)}
        return {"$ref": "#/$defs/s0", "$defs": {**steps, "s1200": last}}

    (found,) = schema_differences(chain(TEXT), chain(NUMBER), "reply")
    assert len(found.path) == 1_200


def test_what_takes_too_many_comparisons_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_PAIRS", 3)
    with pytest.raises(DeclarationError, match="the request: more than 3 comparisons"):
        schema_differences(field(field(field(TEXT))), field(field(field(NUMBER))), "request")


def test_choices_within_choices_are_looked_into_as_deep_as_people_write_them():
    def choice(levels: int) -> dict[str, Any]:
        schema: dict[str, Any] = TEXT
        for _ in range(levels):
            schema = {"anyOf": [schema, {"type": "null"}]}
        return schema

    assert ids(choice(3), {"type": ["string", "null"]}, "reply") == []
    assert ids(choice(25), choice(24), "reply") == []


# Laws

NAMES = st.lists(st.sampled_from("ab"), unique=True)
LEAVES = st.one_of(
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["integer", "string"]}]),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={
            "minimum": st.integers(-1, 2),
            "exclusiveMaximum": st.integers(3, 5),
            "multipleOf": st.integers(1, 2),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={"minLength": st.integers(0, 2), "maxLength": st.integers(1, 3), "enum": st.just(["a", "bb"])},
    ),
)


def lists_of(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    limits = {"maxItems": st.integers(0, 2), "uniqueItems": st.booleans()}
    return st.fixed_dictionaries({"type": st.just("array"), "items": inner}, optional=limits)


def objects_of(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects that say what other fields may be: of fields that nobody names, there is no promise."""
    return st.fixed_dictionaries(
        {
            "type": st.just("object"),
            "properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
            "required": NAMES,
            "additionalProperties": st.one_of(st.just(False), inner),
        }
    )


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        lists_of(inner),
        objects_of(inner),
        inner.map(lambda schema: {"anyOf": [schema, {"type": "null"}]}),
        st.tuples(inner, inner).map(lambda pair: {"allOf": [*pair]}),
    ),
    max_leaves=4,
)

EDITS = {
    "minimum": st.integers(-1, 2),
    "exclusiveMaximum": st.integers(3, 5),
    "multipleOf": st.integers(1, 4),
    "minLength": st.integers(0, 2),
    "maxLength": st.integers(1, 3),
    "maxItems": st.integers(0, 2),
    "uniqueItems": st.booleans(),
    "enum": st.sampled_from([["a"], ["a", "bb", 1]]),
    "required": NAMES,
    "additionalProperties": st.one_of(st.just(False), LEAVES),
}


@st.composite
def edited(draw: Any, schema: Any) -> Any:
    """A schema with something in it changed: a keyword left out, set, or changed within."""
    if not isinstance(schema, dict) or not draw(st.integers(0, 5)):
        return draw(LEAVES)
    keyword = draw(st.sampled_from([*schema, *EDITS]))
    value = schema.get(keyword)
    if keyword == "properties" and value:
        name = draw(st.sampled_from(list(value)))
        return schema | {"properties": value | {name: draw(edited(value[name]))}}
    if keyword in ("anyOf", "allOf"):
        return schema | {keyword: [draw(edited(value[0])), *value[1:]]}
    if keyword == "items":
        return schema | {"items": draw(edited(value))}
    if keyword in EDITS and (keyword not in schema or draw(st.booleans())):
        return schema | {keyword: draw(EDITS[keyword])}
    closes = keyword == "additionalProperties"
    return {name: part for name, part in schema.items() if name != keyword or closes}


PAIRS = SCHEMAS.flatmap(lambda schema: st.tuples(st.just(schema), edited(schema)))
PLAIN = (None, True, 0, 1, 2, 2.5, 4, "", "a", "bb", "cccc")
SHALLOW = (
    *PLAIN,
    [],
    [0],
    ["a"],
    [1, 1],
    [1, "a"],
    {},
    *({"a": value} for value in PLAIN),
    {"b": 1},
    {"a": 1, "b": "a"},
)
VALUES = (*SHALLOW, {"c": 1}, {"c": "a"}, *([value] for value in SHALLOW), *({"a": value} for value in SHALLOW))
LAWS = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@LAWS
@given(PAIRS)
def test_CON_5_4_where_nothing_breaks_no_message_that_was_valid_is_refused(pair):
    promised, actual = (Draft202012Validator(schema) for schema in pair)
    for direction, (sender, receiver) in (("request", (promised, actual)), ("reply", (actual, promised))):
        if not any(found.breaking for found in schema_differences(*pair, direction)):
            assert [value for value in VALUES if sender.is_valid(value) and not receiver.is_valid(value)] == []


@LAWS
@given(SCHEMAS, st.sampled_from(["request", "reply"]))
def test_a_schema_has_no_difference_from_itself(schema, direction):
    assert schema_differences(schema, schema, direction) == ()


OPPOSITE = {change.narrowed: change.widened for change in SUBJECTS.values()}
OPPOSITE |= {change.widened: change.narrowed for change in SUBJECTS.values()}


def opposite(id_: str) -> str:
    return OPPOSITE.get(id_, "field" if id_.startswith("field-") else id_)


@LAWS
@given(PAIRS)
def test_swapped_schemas_have_the_opposite_differences(pair):
    there, back = ids(*pair, "request"), ids(*reversed(pair), "request")
    assert sorted(map(opposite, there)) == sorted("field" if id_.startswith("field-") else id_ for id_ in back)


def test_rules_that_are_schemas_within_themselves_are_the_same_after_one_round():
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
    schema = {"not": {"$ref": "#/$defs/node"}, "$defs": {"node": node}}
    assert ids({**schema, "title": "Told otherwise"}, schema, "reply") == []
