"""Schemas of every draft, read into those of 2020-12; and references, which lead to places in the same document."""

from __future__ import annotations

from datetime import date
from functools import reduce
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.suites import files
from translayer.document.codec import decode
from translayer.errors import DeclarationError
from translayer.openapi.reading_schemas import schema_of

DRAFTS = {
    "draft-04": "http://json-schema.org/draft-04/schema#",
    "draft-06": "http://json-schema.org/draft-06/schema#",
    "draft-07": "http://json-schema.org/draft-07/schema",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}


@pytest.mark.parametrize("draft, uri", DRAFTS.items())
def test_CON_7_2_a_schema_says_its_draft_or_it_is_stated(draft, uri):
    assert schema_of({"$schema": uri, "type": "string"}).dialect == draft
    assert schema_of({"$schema": uri}, "2020-12").dialect == draft
    assert schema_of({"type": "string"}, draft).dialect == draft


@pytest.mark.parametrize(
    "draft, said, read",
    (
        ("draft-04", {"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ("draft-04", {"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ("draft-04", {"exclusiveMaximum": True}, {}),
        ("draft-04", {"const": 1, "contains": {}, "if": {}, "type": "string"}, {"type": "string"}),
        ("draft-06", {"const": 1, "if": {}, "exclusiveMinimum": 1}, {"const": 1, "exclusiveMinimum": 1}),
        ("draft-07", {"if": {}, "then": True}, {"if": {}, "then": True}),
        ("draft-07", {"minContains": 3}, {}),
        ("2019-09", {"minContains": 3}, {"minContains": 3}),
        ("draft-07", {"items": [{}, True], "additionalItems": False}, {"prefixItems": [{}, True], "items": False}),
        ("2019-09", {"items": []}, {}),
        ("draft-07", {"items": {}, "additionalItems": False}, {"items": {}}),
        ("2020-12", {"additionalItems": False, "prefixItems": [{}]}, {"prefixItems": [{}]}),
        (
            "draft-07",
            {"dependencies": {"a": ["b"], "c": {"type": "object"}}},
            {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"type": "object"}}},
        ),
        ("draft-04", {"dependencies": {}}, {}),
        ("2020-12", {"dependencies": {"a": ["b"]}}, {}),
        ("draft-07", {"definitions": {"a": 1}, "$comment": "x", "$id": "http://a/"}, {}),
        ("draft-07", {"example": 3, "x-own": 1, "title": "A"}, {"examples": [3], "x-own": 1, "title": "A"}),
        ("draft-07", {"example": 3, "examples": [4]}, {"examples": [4]}),
        ("draft-07", {"nullable": True, "type": "string"}, {"type": "string"}),
        ("draft-04", {"additionalProperties": False}, {"additionalProperties": False}),
        ("draft-07", {"$ref": "#/definitions/a", "minLength": 3, "definitions": {"a": True}}, {"$ref": "#/$defs/a"}),
        (
            "2019-09",
            {"$ref": "#/$defs/a", "minLength": 3, "$defs": {"a": True}},
            {"$ref": "#/$defs/a", "minLength": 3},
        ),
        ("openapi-3.0", {"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ("openapi-3.0", {"type": "string", "nullable": False}, {"type": "string"}),
        ("openapi-3.0", {"nullable": True, "enum": ["a"]}, {"enum": ["a", None]}),
        ("openapi-3.0", {"nullable": True, "enum": ["a", None]}, {"enum": ["a", None]}),
        ("openapi-2.0", {"type": "string", "x-nullable": True}, {"type": ["string", "null"]}),
        ("openapi-2.0", {"type": "string", "nullable": True}, {"type": "string"}),
        (
            "openapi-3.0",
            {"nullable": True, "title": "A", "allOf": [{}]},
            {"title": "A", "anyOf": [{"allOf": [{}]}, {"type": "null"}]},
        ),
        ("openapi-3.0", {"patternProperties": {}, "type": "object"}, {"type": "object"}),
        ("openapi-2.0", {"oneOf": [{}]}, {}),
        ("openapi-3.0", {"discriminator": {"propertyName": "a"}}, {"discriminator": {"propertyName": "a"}}),
    ),
)
def test_what_drafts_write_otherwise_is_said_as_in_2020_12(draft, said, read):
    assert schema_of(said, draft).node == read


@pytest.mark.parametrize("type_", ("string", ["string"], ["string", "null"]))
def test_nullable_adds_null_once(type_):
    assert schema_of({"type": type_, "nullable": True}, "openapi-3.0").node == {"type": ["string", "null"]}


@pytest.mark.parametrize(
    "said, told",
    (
        ([], "^: a schema is an object"),
        ({"properties": {"a~/b": 3}}, "^/properties/a~0~1b: a schema is an object"),
        ({"properties": []}, "^/properties: the value is an object of schemas"),
        ({"allOf": {}}, "^/allOf: the value is a list of schemas"),
        ({"not": 1}, "^/not: a schema is an object"),
        ({"additionalProperties": 1}, "^/additionalProperties: a schema is an object"),
        ({"type": "text"}, "^/type: the value is one of array, boolean"),
        ({"type": []}, "^/type: "),
        ({"type": [1]}, "^/type: "),
        ({"enum": 1}, "^/enum: the value is a list"),
        ({"required": True}, "^/required: the value is a list of names"),
        ({"required": [1]}, "^/required: "),
        ({"pattern": 1}, "^/pattern: the value is a text"),
        ({"format": 1}, "^/format: the value is a text"),
        ({"uniqueItems": 1}, "^/uniqueItems: the value is true or false"),
        ({"multipleOf": 0}, "^/multipleOf: the value is a number above 0"),
        ({"minimum": "1"}, "^/minimum: the value is a number"),
        ({"minimum": True}, "^/minimum: the value is a number"),
        ({"maxLength": -1}, "^/maxLength: the value is a whole number from 0 on"),
        ({"maxLength": 1.5}, "^/maxLength: "),
        ({"dependentRequired": {"a": "b"}}, "^/dependentRequired: the value is an object of lists of names"),
        ({"$ref": 1}, "a \\$ref is a text"),
        ({"default": date(2026, 1, 1)}, "the document is no JSON: at /default: date is not a JSON type"),
        ({"default": reduce(lambda inner, _: [inner], range(70), 1)}, "more than 64 levels"),
    ),
)
def test_what_is_no_schema_is_refused_with_its_place(said, told):
    with pytest.raises(DeclarationError, match=told):
        schema_of(said, "2020-12")


@pytest.mark.parametrize(
    "draft, said, told",
    (
        (None, {}, "does not say its draft: add \\$schema, or state it"),
        ("draft-03", {}, "does not say its draft"),
        (None, {"$schema": "http://json-schema.org/draft-03/schema#"}, "draft-03/schema#' is no draft that is read"),
        ("draft-04", {"not": True}, "^/not: a schema is an object"),
        ("draft-04", {"exclusiveMinimum": 3}, "^/exclusiveMinimum: the value is true or false, beside a limit"),
        ("draft-07", {"dependencies": []}, "^/dependencies: the value is an object"),
    ),
)
def test_drafts_are_told_apart(draft, said, told):
    with pytest.raises(DeclarationError, match=told):
        schema_of(said, draft)


# References


@pytest.mark.parametrize(
    "reference",
    (
        "http://example.com/a.json",
        "https://127.0.0.1:1/a#/b",
        "file:///etc/passwd",
        "other.yaml#/a",
        "//host/a",
        "/a",
        "http://[",
        "?",
    ),
)
def test_CON_7_3_what_leads_out_of_the_document_is_refused_with_its_place(reference):
    with pytest.raises(DeclarationError, match=r"^/properties/a: .* leads out of the document, and is never fetched"):
        schema_of({"properties": {"a": {"$ref": reference}}}, "2020-12")


@pytest.mark.parametrize(
    "reference",
    ("#/none", "#none", "#/allOf/1", "#/allOf/01", "#/allOf/-", "#/allOf/²", "#/title/0", "#/x~1y"),
)
def test_what_leads_to_nothing_is_refused_with_its_place(reference):
    with pytest.raises(DeclarationError, match=r"^/properties/a: .* leads to nothing in the document"):
        schema_of({"title": "A", "allOf": [{}], "properties": {"a": {"$ref": reference}}}, "2020-12")


@pytest.mark.parametrize(
    "draft, document",
    (
        ("2020-12", {"$ref": "#/$defs/a", "$defs": {"a": {"const": 7}}}),
        ("2020-12", {"$ref": "#/$defs/a%20~1~0b", "$defs": {"a /~b": {"const": 7}}}),
        ("2020-12", {"$ref": "#/x-own/1", "x-own": [0, {"const": 7}]}),
        ("2020-12", {"$ref": "#a", "$defs": {"x": {"$anchor": "a", "const": 7}}}),
        ("2020-12", {"$dynamicRef": "#a", "$defs": {"x": {"$dynamicAnchor": "a", "const": 7}}}),
        ("2020-12", {"$id": "http://a/b/", "$ref": "c", "$defs": {"x": {"$id": "c", "const": 7}}}),
        ("2020-12", {"$id": "http://a/b/", "$ref": "/b/#/$defs/x", "$defs": {"x": {"const": 7}}}),
        (
            "2020-12",
            {"$id": "http://a/b/", "$ref": "c#d", "$defs": {"x": {"$id": "c", "not": {"$anchor": "d", "const": 7}}}},
        ),
        ("2020-12", {"$ref": "c", "$defs": {"x": {"$id": "c", "$ref": "#/$defs/y", "$defs": {"y": {"const": 7}}}}}),
        ("draft-07", {"allOf": [{"$ref": "#a"}], "definitions": {"x": {"$id": "#a", "const": 7}}}),
        ("draft-07", {"allOf": [{"$ref": "#a"}], "definitions": {"x": {"$id": "#a", "const": 7}, "y": {"$id": "#"}}}),
        ("draft-04", {"allOf": [{"$ref": "a#"}], "definitions": {"x": {"id": "a", "enum": [7]}}}),
        ("2019-09", {"$id": "http://a/", "$ref": "http://[a", "$defs": {"x": {"$id": "http://[a", "const": 7}}}),
        (
            "2020-12",
            {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/definitions/a"}}, "definitions": {"a": {"const": 7}}},
        ),
        ("2020-12", {"$ref": "#/$defs/a", "$defs": {"a": {"const": 7}}, "enum": [{"$id": "#/$defs/a"}, 7]}),
    ),
)
def test_references_within_the_document_are_followed(draft, document):
    read = Draft202012Validator(schema_of(document, draft).document())
    assert read.is_valid(7)
    assert not read.is_valid(8)


def test_a_schema_that_holds_itself_is_read_and_stands_alone():
    tree = {
        "type": "object",
        "properties": {"next": {"$ref": "#"}, "a": {"$ref": "#/$defs/a"}},
        "$defs": {"a": {"const": 7}, "b": {}},
    }
    schema = schema_of(tree, "2020-12")
    assert {*schema.document()["$defs"]} == {"#", "a"}
    read = Draft202012Validator(schema.document())
    assert read.is_valid({"next": {"next": {"a": 7}}})
    assert not read.is_valid({"next": {"next": {"a": 8}}})


def test_a_schema_that_needs_no_definitions_is_what_it_is():
    assert schema_of(True, "2020-12").document() is True
    assert schema_of({"type": "string"}, "2020-12").document() == {"type": "string"}


@pytest.mark.parametrize(
    "document",
    (
        {"$ref": "#"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"not": {"if": {"$ref": "#/$defs/a"}}}]}}},
        {
            "properties": {"b": {"$ref": "#/$defs/a"}},
            "$defs": {"a": {"dependentSchemas": {"c": {"$ref": "#/$defs/a"}}}},
        },
    ),
)
def test_a_schema_that_is_itself_is_refused(document):
    with pytest.raises(DeclarationError, match="the schema is itself, by a chain of \\$ref"):
        schema_of(document, "2020-12")


def test_a_long_chain_of_references_is_read():
    links = {f"s{index}": {"$ref": f"#/$defs/s{index + 1}"} for index in range(5_000)}
    schema = schema_of({"$ref": "#/$defs/s0", "$defs": {**links, "s5000": {"const": 7}}}, "2020-12")
    assert len(schema.definitions) == 5_001
    twice = {"a": {"allOf": [{"$ref": "#/$defs/b"}, {"$ref": "#/$defs/c"}]}, "b": {"$ref": "#/$defs/c"}, "c": True}
    assert len(schema_of({"$ref": "#/$defs/a", "$defs": twice}, "2020-12").definitions) == 3


@pytest.mark.parametrize(
    "document",
    (
        {"$dynamicRef": "#a", "$defs": {"x": {"$dynamicAnchor": "a"}, "y": {"$id": "y", "$dynamicAnchor": "a"}}},
        {"$recursiveRef": "#", "not": {"$recursiveAnchor": True, "not": {"$recursiveAnchor": True}}},
    ),
)
def test_a_reference_that_depends_on_who_refers_to_it_is_refused(document):
    with pytest.raises(DeclarationError, match="depends on what refers to its schema: name one schema by it"):
        schema_of(document, "2019-09")


# The public suite

SUITE = "JSON-Schema-Test-Suite/tests"
FOLDERS = {
    "draft4": "draft-04",
    "draft6": "draft-06",
    "draft7": "draft-07",
    "draft2019-09": "2019-09",
    "draft2020-12": "2020-12",
}

REFUSED: dict[str, Any] = {"description": "refused"}
REASONS = ("is never fetched", "is no draft that is read", "depends on what refers to its schema")
"""Why schemas of the suite may be refused."""


@pytest.mark.parametrize("file", files(f"{SUITE}/{folder}/*.json" for folder in FOLDERS))
def test_what_is_read_of_the_public_suite_takes_the_same_values(file: Any) -> None:
    for case in decode(file.read_bytes()):
        schema = read_or_refused(case["schema"], FOLDERS[file.parent.name])
        if "\\p{" not in str(schema):  # a pattern that Python's own engine does not know
            read = Draft202012Validator(schema)
            told = [test["description"] for test in case["tests"] if read.is_valid(test["data"]) is not test["valid"]]
            assert schema == REFUSED or told == [], case["description"]


def read_or_refused(schema: Any, draft: str) -> Any:
    try:
        return schema_of(schema, draft).document()
    except DeclarationError as error:
        return REFUSED if any(reason in str(error) for reason in REASONS) else str(error)


@pytest.mark.parametrize("index", ("\u0660", "1", "-1", "0x"))
def test_an_index_is_of_ascii_digits_and_there(index):
    with pytest.raises(DeclarationError, match="leads to nothing"):
        schema_of({"prefixItems": [{}], "$ref": f"#/prefixItems/{index}"}, "2020-12")
