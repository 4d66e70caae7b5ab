"""Swagger: what OpenAPI 2.0 can say of a document that was written in OpenAPI 3.1.

Strategy: the tree is walked once; tables say which words of a schema there are in 2.0, and what stands for others.
What it cannot say, it leaves out: alternatives, what names in tables are like, and which body goes with which type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from translayer.document.values import Json, Object

_REFERENCES: Final[Mapping[str, str]] = {
    "#/components/schemas/": "#/definitions/",
    "#/components/responses/": "#/responses/",
    "#/components/parameters/": "#/parameters/",
}

_WORDS: Final = frozenset(
    {
        "additionalProperties",
        "allOf",
        "default",
        "description",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "externalDocs",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "pattern",
        "properties",
        "readOnly",
        "required",
        "title",
        "type",
        "uniqueItems",
        "xml",
    }
)
"""The words of a schema in OpenAPI 2.0 ("Schema Object") that mean the same there, and those that are translated."""

_OF_PARAMETERS: Final = frozenset(
    {
        "default",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "multipleOf",
        "pattern",
        "type",
        "uniqueItems",
    }
)
"""The words of a parameter that is not in a body ("Parameter Object"), and of a header."""


def swagger(document: Object) -> Object:
    """The document in OpenAPI 2.0."""
    return _Lowered(document).written()


class _Lowered:
    """Writes one document again."""

    def __init__(self, document: Object) -> None:
        self._document = document
        self._components: Object = document.get("components", {})

    def written(self) -> Object:
        """The whole of it."""
        said = {
            "swagger": "2.0",
            "info": self._info(),
            **_server(self._document["servers"][0]["url"]),
            "tags": self._document["tags"],
            "paths": {path: self._path(methods) for path, methods in self._document["paths"].items()},
            "definitions": {name: schema(told) for name, told in self._components.get("schemas", {}).items()},
            "responses": {name: self._response(told) for name, told in self._components.get("responses", {}).items()},
            "parameters": {name: _parameter(told) for name, told in self._components.get("parameters", {}).items()},
        }
        return {name: told for name, told in said.items() if told or name == "paths"}

    def _info(self) -> Object:
        info = dict(self._document["info"])
        if "license" in info:
            info["license"] = {name: said for name, said in info["license"].items() if name != "identifier"}
        return info

    def _path(self, methods: Object) -> Object:
        return {method: self._operation(told) for method, told in methods.items()}

    def _operation(self, told: Object) -> Object:
        parameters = [_reference(one) if "$ref" in one else _parameter(one) for one in told.get("parameters", ())]
        body = told.get("requestBody")
        bodies = [self._resolved(response).get("content", {}) for response in told["responses"].values()]
        kept: Object = {name: told[name] for name in ("tags", "operationId", "summary", "description") if name in told}
        said = {
            **kept,
            "consumes": [] if body is None else _types(body["content"]),
            "produces": list(dict.fromkeys(media for content in bodies for media in _types(content))),
            "parameters": [*parameters, *([] if body is None else [_body(body)])],
            "responses": {status: self._response(response) for status, response in told["responses"].items()},
            "deprecated": told.get("deprecated", False),
        }
        return {name: value for name, value in said.items() if value}

    def _response(self, told: Object) -> Object:
        if "$ref" in told:
            return _reference(told)
        said: Object = {"description": told["description"]}
        content = told.get("content", {})
        for media, body in content.items():
            if "schema" in body and "schema" not in said:
                said["schema"] = schema(body["schema"])
            for example in body.get("examples", {}).values():
                said.setdefault("examples", {}).setdefault(media, self._resolved(example)["value"])
        if "headers" in told:
            said["headers"] = {name: self._header(one) for name, one in told["headers"].items()}
        return said

    def _header(self, told: Object) -> Object:
        known = self._resolved(told)
        return {"description": known["description"], **_plain(known["schema"])}

    def _resolved(self, told: Object) -> Object:
        """What a reference leads to; anything else is itself."""
        if "$ref" not in told:
            return told
        _, _, kind, name = told["$ref"].split("/")
        found: Object = self._components[kind][name]
        return found


def _server(url: str) -> Object:
    """Where the API is: nothing of the host, unless the URL says it."""
    parts = urlsplit(url)
    said: Object = {"host": parts.netloc, "basePath": parts.path, "schemes": [parts.scheme] if parts.scheme else []}
    return {name: told for name, told in said.items() if told}


def _types(content: Object) -> list[str]:
    return [media for media in content if media != "*/*"]


def _reference(told: Object) -> Object:
    for newer, older in _REFERENCES.items():
        if told["$ref"].startswith(newer):
            return {"$ref": older + told["$ref"].removeprefix(newer)}
    return dict(told)


def _body(told: Object) -> Object:
    """The one parameter that a body is; where each media type has its own schema, it is free."""
    schemas = [body.get("schema", {}) for body in told["content"].values()]
    alike = all(one == schemas[0] for one in schemas)
    return {
        "name": "body",
        "in": "body",
        "required": told.get("required", False),
        "schema": schema(schemas[0]) if alike else {},
    }


def _parameter(told: Object) -> Object:
    kept: Object = {name: told[name] for name in ("name", "in", "description", "required") if name in told}
    said = {**kept, **_plain(told["schema"])}
    if said["type"] == "array":
        said["collectionFormat"] = "csv"
    if told.get("deprecated"):
        said["x-deprecated"] = True
    return said


def _plain(told: Object) -> Object:
    """The schema of a value that stands in a URL or a header."""
    lowered = {word: said for word, said in schema(told).items() if word in _OF_PARAMETERS}
    if lowered.get("type") not in ("string", "number", "integer", "boolean", "array"):
        lowered["type"] = "string"
    if lowered["type"] == "array":
        lowered["items"] = _plain(lowered["items"])
    return lowered


def schema(told: Json) -> Json:
    """A schema as OpenAPI 2.0 has it."""
    if isinstance(told, bool):
        return {}
    if "$ref" in told:
        beside = {word: said for word, said in told.items() if word != "$ref"}
        return {"allOf": [_reference(told)], **schema(beside)} if beside else _reference(told)
    said: Object = {}
    for word, value in told.items():
        said.update(_word(word, value))
    if said.get("type") == "array":
        said.setdefault("items", {})
    return said


def _word(word: str, value: Any) -> Object:
    """What one word of a schema is in OpenAPI 2.0; nothing where there is no such thing."""
    lowered = _LOWERED.get(word)
    if lowered is not None:
        return lowered(value)
    return {word: value} if word in _WORDS or word.startswith("x-") else {}


def _type(value: Any) -> Object:
    kinds = [value] if isinstance(value, str) else value
    others = [kind for kind in kinds if kind != "null"]
    said: Object = {"type": others[0]} if len(others) == 1 else {}
    return {**said, "x-nullable": True} if "null" in kinds else said


def _any_of(value: Any) -> Object:
    """Of alternatives only that between something and ``null`` can be said."""
    others = [one for one in value if one != {"type": "null"}]
    if len(others) == 1 and len(value) == 2:
        return {"allOf": [schema(others[0])], "x-nullable": True}
    return {}


def _named(value: Any) -> Iterator[tuple[str, Json]]:
    return ((name, schema(one)) for name, one in value.items())


_LOWERED: Final[Mapping[str, Callable[[Any], Object]]] = {
    "type": _type,
    "default": lambda value: {} if value is None else {"default": value},
    "anyOf": _any_of,
    "allOf": lambda value: {"allOf": [schema(one) for one in value]},
    "items": lambda value: {"items": schema(value)},
    "properties": lambda value: {"properties": dict(_named(value))},
    "additionalProperties": lambda value: {"additionalProperties": value if isinstance(value, bool) else schema(value)},
    "exclusiveMinimum": lambda value: {"minimum": value, "exclusiveMinimum": True},
    "exclusiveMaximum": lambda value: {"maximum": value, "exclusiveMaximum": True},
    "examples": lambda value: {"example": value[0]} if value else {},
    "deprecated": lambda value: {"x-deprecated": value},
}
"""What stands in OpenAPI 2.0 for words that mean something else there, or hold schemas."""
