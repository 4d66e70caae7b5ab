"""Swagger: what becomes of the words of OpenAPI 3.1 in OpenAPI 2.0."""

from __future__ import annotations

from typing import Any

import pytest

from translayer.openapi.swagger import schema, swagger

REF = {"$ref": "#/components/schemas/A"}
OLD_REF = {"$ref": "#/definitions/A"}
SCHEMAS: tuple[tuple[Any, Any], ...] = (
    (True, {}),
    ({}, {}),
    (REF, OLD_REF),
    ({"$ref": "https://x.example/a.json"}, {"$ref": "https://x.example/a.json"}),
    ({**REF, "description": "D"}, {"allOf": [OLD_REF], "description": "D"}),
    ({"anyOf": [REF, {"type": "null"}], "title": "T"}, {"allOf": [OLD_REF], "x-nullable": True, "title": "T"}),
    ({"anyOf": [{"type": "string"}, {"type": "integer"}], "description": "D"}, {"description": "D"}),
    ({"anyOf": [{"type": "null"}]}, {}),
    ({"type": ["string", "null"], "enum": ["a", None]}, {"type": "string", "x-nullable": True, "enum": ["a", None]}),
    ({"type": ["string", "integer"]}, {}),
    ({"type": "string", "default": None}, {"type": "string"}),
    ({"type": "string", "default": ""}, {"type": "string", "default": ""}),
    (
        {"exclusiveMinimum": 0, "exclusiveMaximum": 3},
        {"minimum": 0, "exclusiveMinimum": True, "maximum": 3, "exclusiveMaximum": True},
    ),
    (
        {"type": "array", "prefixItems": [{"type": "string"}], "minItems": 1},
        {"type": "array", "minItems": 1, "items": {}},
    ),
    (
        {"type": "array", "items": {"type": ["string", "null"]}},
        {"type": "array", "items": {"type": "string", "x-nullable": True}},
    ),
    ({"allOf": [REF, {"const": 1}]}, {"allOf": [OLD_REF, {}]}),
    (
        {"properties": {"a": REF}, "additionalProperties": False},
        {"properties": {"a": OLD_REF}, "additionalProperties": False},
    ),
    ({"additionalProperties": REF, "propertyNames": {"maxLength": 3}}, {"additionalProperties": OLD_REF}),
    ({"deprecated": True, "writeOnly": True, "readOnly": True}, {"x-deprecated": True, "readOnly": True}),
    ({"examples": ["a", "b"]}, {"example": "a"}),
    ({"examples": []}, {}),
    ({"not": {"enum": [1]}, "x-mine": 1}, {"x-mine": 1}),
)


@pytest.mark.parametrize(("newer", "older"), SCHEMAS)
def test_a_schema_says_what_it_can(newer: Any, older: Any) -> None:
    assert schema(newer) == older


PARAMETERS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"schema": {}}, {"type": "string"}),
    ({"schema": {"type": "integer", "minimum": 1, "title": "T"}}, {"type": "integer", "minimum": 1}),
    ({"schema": {"type": "object"}, "deprecated": True}, {"type": "string", "x-deprecated": True}),
    (
        {"schema": {"type": "array", "items": {"enum": ["a"]}}, "style": "form", "explode": False},
        {"type": "array", "items": {"type": "string", "enum": ["a"]}, "collectionFormat": "csv"},
    ),
)


def test_a_parameter_is_plain() -> None:
    parameters = [{"name": "p", "in": "query", **newer} for newer, _ in PARAMETERS]
    operation = {"responses": {"default": {"description": "D"}}, "parameters": parameters}
    info = {"title": "T", "version": "1"}
    document = {"info": info, "servers": [{"url": "/v1"}], "tags": [], "paths": {"/": {"get": operation}}}
    said = swagger(document)["paths"]["/"]["get"]["parameters"]
    assert said == [{"name": "p", "in": "query", **older} for _, older in PARAMETERS]
