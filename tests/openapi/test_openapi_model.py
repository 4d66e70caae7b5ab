"""Contracts: documents of OpenAPI 2.0, 3.0 and 3.1 as one model, and what is looked up in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import getitem
from typing import Any

import pytest

from tests.suites import files
from translayer.document.values import duplicate
from translayer.errors import DeclarationError
from translayer.openapi.differences import differences
from translayer.openapi.loading import load
from translayer.openapi.model import Contract
from translayer.openapi.parts import shape_of, variables_of

PET = {"type": "object", "properties": {"name": {"type": "string"}, "next": {"$ref": "#/definitions/Pet"}}}

SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Pets", "version": "1"},
    "basePath": "/v1/",
    "consumes": ["application/json"],
    "security": [{"key": []}],
    "definitions": {"Pet": PET},
    "parameters": {
        "limit": {"name": "limit", "in": "query", "type": "integer", "default": 3, "x-sunset": "2027-01-01"}
    },
    "responses": {"Pets": {"description": "All", "schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}}}},
    "paths": {
        "x-own": 1,
        "/pets": {
            "parameters": [{"$ref": "#/parameters/limit"}, {"name": "X-Id", "in": "header", "type": "string"}],
            "get": {
                "operationId": "pets",
                "produces": ["application/json", "application/xml"],
                "parameters": [
                    {"name": "tags", "in": "query", "type": "array", "items": {"type": "string"}},
                    {"name": "x-id", "in": "header", "type": "integer", "required": True},
                ],
                "responses": {"200": {"$ref": "#/responses/Pets"}, "x-own": 1},
            },
            "post": {
                "deprecated": True,
                "x-sunset": "2027-01-01",
                "parameters": [
                    {"name": "pet", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Pet"}}
                ],
                "responses": {"201": {"description": "", "headers": {"X-Left": {"type": "integer"}}}},
                "security": [],
            },
        },
        "/pets/{id}/photo": {
            "put": {
                "consumes": ["multipart/form-data", "text/plain"],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "type": "string"},
                    {"name": "photo", "in": "formData", "required": True, "type": "file"},
                    {"name": "note", "in": "formData", "type": "string"},
                ],
                "responses": {"default": {"description": "", "schema": {"type": "file"}}},
            },
            "patch": {
                "parameters": [{"name": "note", "in": "formData", "type": "string"}],
                "responses": {"204": {"description": ""}},
            },
            "delete": {"parameters": [{"name": "all", "in": "body"}], "responses": {}},
            "post": {"parameters": [{"name": "photo", "in": "formData", "type": "file"}], "responses": None},
        },
    },
}

OPENAPI: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://example.com/v1/"}, {"url": "/v2"}, {"url": "{base}/v3"}, {"url": "http://["}, {}],
    "security": [{"key": []}],
    "paths": {
        "x-own": {},
        "/pets": {
            "parameters": [
                {"$ref": "#/components/parameters/Limit"},
                {"name": "X-Id", "in": "header", "schema": {"type": "string"}},
            ],
            "get": {
                "operationId": "pets",
                "parameters": [
                    {
                        "name": "tags",
                        "in": "query",
                        "explode": False,
                        "schema": {"type": "array", "items": {"type": "string"}},
                    },
                    {"name": "x-id", "in": "header", "schema": {"type": "integer"}, "required": True},
                ],
                "responses": {"200": {"$ref": "#/components/responses/Pets"}, "x-own": 1},
            },
            "post": {
                "deprecated": True,
                "x-sunset": "2027-01-01",
                "requestBody": {"$ref": "#/components/requestBodies/Pet"},
                "responses": {"201": {"description": "", "headers": {"X-Left": {"schema": {"type": "integer"}}}}},
                "security": [],
            },
        },
        "/pets/{id}/photo": {"$ref": "#/components/x-items/Photo"},
    },
    "components": {
        "parameters": {
            "Limit": {
                "name": "limit",
                "in": "query",
                "x-sunset": "2027-01-01",
                "schema": {"type": "integer", "default": 3},
            }
        },
        "schemas": {
            "Pet": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "next": {"$ref": "#/components/schemas/Pet"}},
            }
        },
        "responses": {
            "Pets": {
                "description": "All",
                "content": {
                    media: {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}}
                    for media in ("application/json", "application/xml")
                },
            }
        },
        "requestBodies": {
            "Pet": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
        },
        "x-items": {
            "Photo": {
                "put": {
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                    "requestBody": {
                        "required": True,
                        "content": {
                            "multipart/form-data": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "photo": {"type": "string", "format": "binary"},
                                        "note": {"type": "string"},
                                    },
                                    "required": ["photo"],
                                }
                            }
                        },
                    },
                    "responses": {
                        "default": {
                            "description": "",
                            "content": {"application/json": {"schema": {"type": "string", "format": "binary"}}},
                        }
                    },
                },
                "patch": {
                    "requestBody": {
                        "content": {
                            "application/x-www-form-urlencoded": {
                                "schema": {"type": "object", "properties": {"note": {"type": "string"}}, "required": []}
                            }
                        }
                    },
                    "responses": {"204": {"description": ""}},
                },
                "delete": {"requestBody": {"content": {"application/json": {}}}, "responses": {}},
                "post": {
                    "requestBody": {
                        "content": {
                            "multipart/form-data": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"photo": {"type": "string", "format": "binary"}},
                                    "required": [],
                                }
                            }
                        }
                    },
                },
            }
        },
    },
}


def told(contract: Contract) -> Any:
    """All of a contract but the places, and the dialects that schemas were written in."""

    def schema(said: Any) -> Any:
        return said and said.document()

    def content(part: Any) -> Any:
        return {media: schema(said) for media, said in part.content.items()}

    return [
        (
            (one.method, one.template, one.identifier, one.deprecated, one.sunset, one.security),
            [
                (p.where, p.name, p.required, schema(p.schema), p.deprecated, p.sunset, p.name == "tags" and p.style)
                for p in one.parameters
            ],
            one.body and (one.body.required, content(one.body)),
            {
                status: (content(reply), [(h.name, h.required, schema(h.schema)) for h in reply.headers.values()])
                for status, reply in one.replies.items()
            },
        )
        for one in contract.operations
    ]


def test_CON_7_1_a_contract_is_the_same_in_every_version_of_openapi():
    two, three = Contract.of(SWAGGER), Contract.of(OPENAPI)
    assert told(two) == told(three) == told(Contract.of(OPENAPI | {"openapi": "3.1.1"}))
    assert (two.version, three.version) == ("2.0", "3.0")
    assert two.prefixes == ("/v1",)
    assert three.prefixes == ("/v1", "/v2")
    assert len(told(two)) == 6


def test_every_part_knows_its_place():
    operation = Contract.of(OPENAPI).operations[0]
    assert operation.pointer == "/paths/~1pets/get"
    assert [one.pointer for one in operation.parameters] == [
        "/components/parameters/Limit",
        "/paths/~1pets/get/parameters/1",
        "/paths/~1pets/get/parameters/0",
    ]
    reply = operation.replies["200"]
    assert reply.pointer == "/components/responses/Pets"
    schema = reply.content["application/json"]
    assert schema is not None
    assert schema.pointer == "/components/responses/Pets/content/application~1json/schema"
    assert schema.definitions["Pet"].pointer == "/components/schemas/Pet"


PET_SCHEMA = {"$ref": "#/$defs/Pet"}


@pytest.mark.parametrize(
    "method, path, status, media, direction, found",
    (
        ("POST", "/pets", 201, "application/json", "request", PET_SCHEMA),
        ("post", "/pets", 201, None, "request", PET_SCHEMA),
        ("POST", "/v1/pets", 201, "application/json; charset=utf-8", "request", PET_SCHEMA),
        ("POST", "/v3/pets", 201, None, "request", None),
        ("POST", "/pets", 201, "text/plain", "request", None),
        ("GET", "/pets", 200, None, "request", None),
        ("GET", "/pets", 200, None, "reply", {"type": "array", "items": PET_SCHEMA}),
        ("GET", "/pets", "200", "application/xml", "reply", {"type": "array", "items": PET_SCHEMA}),
        ("GET", "/pets", 404, None, "reply", None),
        ("GET", "/birds", 200, None, "reply", None),
        ("PUT", "/v2/pets/<int:pet>/photo", 418, None, "reply", {"type": "string", "format": "binary"}),
        ("PUT", "/pets/{pet}/photo", 418, None, "reply", {"type": "string", "format": "binary"}),
        ("PUT", "/pets/7/photo", 418, None, "reply", {"type": "string", "format": "binary"}),
        ("PUT", "/pets/7/8/photo", 418, None, "reply", None),
        ("PUT", "/pets/7/photo", 200, None, "request", None),
        ("DELETE", "/pets/7/photo", 200, None, "request", None),
    ),
)
def test_CON_7_6_a_schema_is_found_by_operation_status_and_media_type(method, path, status, media, direction, found):
    schema = Contract.of(OPENAPI).schema_for(method, path, status, media, direction)
    assert (schema and schema.node) == found


def test_a_prefix_may_be_given():
    contract = Contract.of(OPENAPI)
    assert contract.operation("GET", "/api/pets") is None
    assert contract.operation("GET", "/api/pets", prefix="/api") is contract.operation("GET", "/pets")
    assert contract.operation("GET", "/api/pets", prefix="/api/") is contract.operation("GET", "/pets")
    assert contract.operation("GET", "/apipets", prefix="/api") is None


def contract(paths: Any, **more: Any) -> Contract:
    return Contract.of({"openapi": "3.1.0", "info": {}, "paths": paths, **more})


def test_the_template_with_the_fewest_variables_is_meant():
    found = contract(
        {"/{a}/{b}": {"get": {}}, "/pets/{b}": {"get": {}}, "/pets/mine": {"get": {}}, "/f.{a}": {"get": {}}}
    )
    for path, template in (
        ("/pets/mine", "/pets/mine"),
        ("/pets/1", "/pets/{b}"),
        ("/a/1", "/{a}/{b}"),
        ("/f.x", "/f.{a}"),
    ):
        operation = found.operation("GET", path)
        assert operation is not None
        assert operation.template == template


@pytest.mark.parametrize(
    "content, media, found",
    (
        (("application/json",), "application/json", 0),
        (("application/json",), "Application/JSON;a=b", 0),
        (("application/json; v=1",), "application/json", 0),
        (("application/json; v=1", "application/json; v=2"), "application/json; v=2", 1),
        (("application/*", "*/*"), "application/json", 0),
        (("*/*",), "text/plain", 0),
        (("text/*",), "application/json", None),
        (("text/html", "application/problem+json"), None, 1),
        (("text/html", "application/*"), None, 1),
        (("text/html",), None, None),
    ),
)
def test_a_media_type_is_found_by_itself_or_by_its_range(content, media, found):
    said = {name: {"schema": {"const": index}} for index, name in enumerate(content)}
    reply = {"2xx": {"content": said}}
    schema = contract({"/": {"get": {"responses": reply}}}).schema_for("GET", "/", 204, media, "reply")
    assert (schema and schema.node) == (None if found is None else {"const": found})


def test_parameters_by_content_and_style():
    operation = contract(
        {
            "/{id}": {
                "get": {
                    "parameters": [
                        {"name": "a", "in": "query", "content": {"application/json": {"schema": {"type": "integer"}}}},
                        {"name": "b", "in": "query", "content": {}},
                        {"name": "c", "in": "query", "style": "pipeDelimited"},
                        {"name": "d", "in": "cookie"},
                        {"name": "id", "in": "path"},
                        {"name": "Accept", "in": "header"},
                        {"name": "f", "in": "elsewhere"},
                    ]
                }
            }
        }
    ).operations[0]
    assert [(one.name, one.style, one.required, one.schema and one.schema.node) for one in operation.parameters] == [
        ("a", "application/json", False, {"type": "integer"}),
        ("b", "", False, None),
        ("c", "pipeDelimited", False, None),
        ("d", "form, exploded", False, None),
        ("id", "simple", True, None),
    ]


@pytest.mark.parametrize(
    "where, form, style",
    (
        ("query", "csv", "form"),
        ("query", "multi", "form, exploded"),
        ("query", "ssv", "spaceDelimited"),
        ("query", "pipes", "pipeDelimited"),
        ("query", "tsv", "tsv"),
        ("path", "csv", "simple"),
        ("header", "csv", "simple"),
    ),
)
def test_lists_of_openapi_2_are_written_in_a_style(where, form, style):
    said = {"name": "a", "in": where, "type": "array", "items": {"type": "string"}, "collectionFormat": form}
    document = {"swagger": 2.0, "paths": {"/{a}": {"get": {"parameters": [said]}}}}
    assert Contract.of(document).operations[0].parameters[0].style == style


def test_webhooks_are_known_by_their_names():
    document = {"openapi": "3.1.0", "webhooks": {"new": {"post": {}}}}
    assert Contract.of(document).webhooks == ("new",)
    assert Contract.of(document).operations == ()


def test_what_is_left_empty_says_nothing():
    assert contract(None).operations == ()
    (operation,) = contract({"/": {"get": {"responses": {"200": {"content": None}}, "requestBody": None}}}).operations
    assert operation.body is not None
    assert operation.replies["200"].content == {}
    said = {"parameters": [{"name": "a", "in": "query", "content": None}], "security": None}
    (operation,) = contract({"/": {"get": said}}).operations
    assert (operation.parameters[0].schema, operation.security) == (None, None)


@pytest.mark.parametrize(
    "document, told",
    (
        ([], "a contract is an object: an OpenAPI document"),
        ({}, "the document says nothing of its version of OpenAPI"),
        ({"swagger": "1.2"}, "says {'swagger': '1.2'} of its version"),
        ({"openapi": "3.2.0"}, 'it is read with "swagger": "2.0", or "openapi": "3.0.x" or "3.1.x"'),
        ({"openapi": 3.1}, "says {'openapi': 3.1}"),
        ({"openapi": "3.1.0", "paths": []}, "^/paths: an object is expected"),
        ({"openapi": "3.1.0", "paths": {"/": {"get": []}}}, "^/paths/~1/get: an object is expected"),
        ({"openapi": "3.1.0", "paths": {"/": {"parameters": {}}}}, "^/paths/~1/parameters: a list is expected"),
        (
            {"openapi": "3.1.0", "paths": {"/": {"parameters": [{"in": "query"}]}}},
            "parameters/0/name: a text is expected",
        ),
        ({"openapi": "3.1.0", "paths": {"/": {"$ref": "#/paths/~1"}}}, "^/paths/~1: the \\$ref leads back to itself"),
        ({"openapi": "3.1.0", "paths": {"/": {"$ref": "a.yaml"}}}, "is never fetched"),
        ({"openapi": "3.1.0", "paths": {"/": {"get": {"security": 7}}}}, "^/paths/~1/get/security: a list of objects"),
        ({"openapi": "3.1.0", "security": "key", "paths": {"/": {"get": {}}}}, "^/security: a list of objects"),
        ({"openapi": "3.1.0", "paths": {"/": {"$ref": "#/no"}}}, "leads to nothing"),
        (
            {"openapi": "3.1.0", "paths": {"/{a}": {"get": {}}, "/{b}": {"get": {}}}},
            r"^/paths/~1{b}/get: GET /{b} is GET /{a} with another name for a variable: keep one",
        ),
        ({"openapi": "3.1.0", "security": {}, "paths": {"/": {"get": {}}}}, "^/security: a list of objects"),
        ({"openapi": "3.1.0", "paths": {"/": {"get": {"security": 1}}}}, "^/paths/~1/get/security: a list of objects"),
        ({"openapi": "3.1.0", "x": float("nan")}, "the document is no JSON"),
    ),
)
def test_what_is_no_contract_is_refused_with_its_place(document, told):
    with pytest.raises(DeclarationError, match=told):
        Contract.of(document)


ODD: tuple[Any, ...] = (None, -1, ["a"], {"$ref": "#/paths"})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for token, member in members:
        yield from places(member, (*path, token))


@pytest.mark.parametrize("document", (SWAGGER, OPENAPI), ids=("2.0", "3.0"))
def test_a_document_with_anything_in_it_is_read_or_refused_in_a_sentence(document):
    for *path, last in places(document):
        for odd in ODD:
            changed = duplicate(document)
            reduce(getitem, path, changed)[last] = odd
            assert len(refusal(changed) or "the document is a contract") > 20


def refusal(document: Any) -> str | None:
    """Why a document is no contract; of one that is, its differences from itself are looked at too."""
    try:
        found = Contract.of(document)
    except DeclarationError as error:
        return str(error)
    return None if differences(found, found) == () else "differs"


def test_the_shape_of_a_template():
    assert shape_of("/a/{b}/<c>/<int:d>.{e}") == "/a/{}/{}/{}.{}"
    assert variables_of("/a/{b}/<c>/<int:d>.{e}/{}") == ("b", "c", "d", "e", "")


PASSING = ("openapi-schemas/v3.0/pass/*.yaml", "openapi-schemas-3.1/tests/schema/pass/*.yaml")


@pytest.mark.parametrize("file", files(PASSING))
def test_CON_7_5_documents_that_the_official_suite_passes_are_read(file):
    assert Contract.of(load(file)).version in ("3.0", "3.1")


CIRCLES = {"circular3.yaml": "the schema is itself"}


@pytest.mark.parametrize("file", files(("oasdiff/data/circular*.yaml", "oasdiff/data/*.json")))
def test_schemas_that_hold_themselves_are_read(file):
    if file.name in CIRCLES:
        with pytest.raises(DeclarationError, match=CIRCLES[file.name]):
            Contract.of(load(file))
    else:
        Contract.of(load(file))
