"""Versions with a contract of their own: requests and replies are held against it; nonsense is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from marshmallow import Schema, fields, validate
from things import JSON_PATCH, MERGE_PATCH, Said, Script, Store
from werkzeug.test import Client

from translayer import Api, Limits, Resource, Translayer, Version, VersionChange
from translayer.document.schema_check import SchemaCheck
from translayer.engine.bodies import RequestBody
from translayer.engine.promises import Promise
from translayer.errors import DeclarationError, RequestError
from translayer.operations import rename


class StoolSchema(Schema):
    """A stool as it is today."""

    id = fields.Integer(dump_only=True)
    label = fields.String(required=True, validate=validate.Length(max=20))
    legs = fields.Integer()


class SeatSchema(Schema):
    """A seat, of which no contract speaks."""

    text = fields.String(required=True)


class NamesAreLabels(VersionChange):
    """A stool's name is called label."""

    schemas = {StoolSchema: [rename("name", "label")]}


STOOL = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string", "pattern": "^[a-z]+$"},
        "legs": {"type": "integer", "maximum": 4},
    },
}

DRAFT_4 = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "id": "https://example.com/stool.json",
    "type": "object",
    "required": ["name"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"$ref": "#/definitions/name"},
        "legs": {"type": "integer", "maximum": 5, "exclusiveMaximum": True},
    },
    "definitions": {"name": {"type": "string", "pattern": "^[a-z]+$"}},
}


def body(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


REF = {"$ref": "#/components/schemas/Stool"}
ITEM = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]}
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Stools", "version": "1"},
    "servers": [{"url": "https://example.com/v1"}],
    "paths": {
        "/things": {
            "get": {"responses": {"200": {"description": "All", **body({"type": "array", "items": REF})}}},
            "post": {"requestBody": body(REF), "responses": {"201": {"description": "Made", **body(REF)}}},
        },
        "/things/{number}": {
            "parameters": [{"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"responses": {"200": {"description": "One", **body(REF)}}},
            "put": {"requestBody": body(REF), "responses": {"200": {"description": "Put", **body(REF)}}},
        },
    },
    "components": {"schemas": {"Stool": STOOL}},
}

CONTRACTS: dict[str, Any] = {"openapi": OPENAPI, "schema": {"stool": DRAFT_4}}
either = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=list(CONTRACTS))


def api_of(contract: Any, **options: Any) -> Api:
    stool = Resource("stool", StoolSchema, collection="/things", item="/things/<int:id>", etag="none")
    return Api("acme", [stool], [Version(2, NamesAreLabels), Version(1, contract=contract)], **options)


def details(reply: Any) -> list[tuple[str, str]]:
    return [(detail["pointer"], detail["code"]) for detail in reply.json["error"]["details"]]


BROKEN = {"name": "UPPER", "legs": 7}
BY_CONTRACT = [("/name", "PATTERN"), ("/legs", "RANGE")]


@either
@pytest.mark.parametrize("method, url", (("POST", "/v1/things"), ("PUT", "/v1/things/1")))
def test_VAL_4_1_requests_are_held_against_the_contract_beside_our_own_rules(
    serve: Any, contract: Any, method: str, url: str
) -> None:
    store = Store({1: {"label": "stool"}})
    client = serve(store, api_of(contract))
    refused = client.open(url, method=method, json=BROKEN)
    assert (refused.status_code, details(refused)) == (422, BY_CONTRACT)
    both = client.open(url, method=method, json={**BROKEN, "name": "UPPER" * 5, "colour": "red"})
    assert both.status_code == 422
    assert sorted(details(both)) == [
        ("/colour", "UNKNOWN_FIELD"),
        ("/legs", "RANGE"),
        ("/name", "LENGTH"),
        ("/name", "PATTERN"),
    ]
    missing = client.open(url, method=method, json={})
    assert details(missing) == [("/name", "REQUIRED")]  # told once, of what both sides know
    assert "PUT" not in store.methods()
    assert "POST" not in store.methods()
    assert client.open(url, method=method, json={"name": "stool", "legs": 4}).status_code in (200, 201)


@either
@pytest.mark.parametrize(
    "type_, patch", ((MERGE_PATCH, {"legs": 7}), (JSON_PATCH, [{"op": "add", "path": "/legs", "value": 7}]))
)
def test_VAL_4_2_what_a_patch_makes_is_held_against_it(serve: Any, contract: Any, type_: str, patch: Any) -> None:
    store = Store({1: {"label": "stool"}})
    client = serve(store, api_of(contract))
    refused = client.patch("/v1/things/1", data=json.dumps(patch), content_type=type_)
    assert (refused.status_code, details(refused)) == (422, [("/legs", "RANGE")])
    unknown = client.patch("/v1/things/1", json={"legs": "x"}, content_type=MERGE_PATCH)
    assert details(unknown) == [("/legs", "TYPE")]
    assert store.methods() == ["GET", "GET"]


@either
def test_VAL_4_3_replies_are_held_against_it_in_the_mode_of_the_version(serve: Any, caplog: Any, contract: Any) -> None:
    wrong = {"id": 1, "label": "stool", "legs": 5}
    client = serve(Script(Said(body=wrong)), api_of(contract, replies="enforce"))
    assert client.get("/v1/things/1").status_code == 500
    assert client.get("/v2/things/1").status_code == 200
    wrapped = Translayer(Script(Said(body=[wrong])), api_of(contract))
    assert Client(wrapped).get("/v1/things").json == [{"id": 1, "name": "stool", "legs": 5}]
    assert wrapped.violations == {("1", "GET /things", "broken"): 1}
    assert "declare the change that is missing, or correct the contract" in caplog.text


def test_what_a_contract_does_not_speak_of_is_right(serve: Any) -> None:
    bare = {"openapi": "3.1.0", "info": {"title": "Stools", "version": "1"}, "paths": {}}
    client = serve(Store({1: {"label": "STOOL"}}), api_of(bare, replies="enforce"))
    assert client.get("/v1/things/1").json == {"id": 1, "name": "STOOL"}
    assert client.put("/v1/things/1", json={"name": "STOOL"}).status_code == 200


def test_a_contract_may_speak_of_hidden_operations_alone(serve: Any) -> None:
    stool = Resource("stool", StoolSchema, collection="/things", item="/things/<int:id>", etag="none", flag="beta")
    seat = Resource("seat", SeatSchema, collection="/notes", collection_methods=["GET", "POST"])
    versions = [Version(2, NamesAreLabels), Version(1, contract=OPENAPI)]
    client = serve(Script(Said(body={"text": "UPPER"})), Api("acme", [stool, seat], versions))
    assert client.post("/v1/notes", json={"text": "UPPER"}).json == {"text": "UPPER"}


def test_resources_that_a_contract_does_not_name_have_their_own(serve: Any) -> None:
    other = Resource("seat", StoolSchema, collection="/things", item="/things/<int:id>", etag="none")
    unnamed = Resource("bench", SeatSchema, collection="/notes", collection_methods=["GET", "POST"])
    versions = [Version(2, NamesAreLabels), Version(1, contract={"seat": DRAFT_4})]
    api = Api("acme", [other, unnamed], versions, replies="enforce")
    client = serve(Script(Said(body={"text": "UPPER"})), api)
    assert client.post("/v1/notes", json={"text": "UPPER"}).json == {"text": "UPPER"}


def test_what_is_refused_for_other_reasons_stays_so(serve: Any) -> None:
    client = serve(Store({1: {"label": "stool"}}), api_of(OPENAPI))
    patch = [{"op": "test", "path": "/name", "value": "chair"}]
    assert client.patch("/v1/things/1", data=json.dumps(patch), content_type=JSON_PATCH).status_code == 409
    assert client.post("/v1/things", data=b"{", content_type="application/json").status_code == 400


@pytest.mark.parametrize("envelope", ("none", "data"))
def test_the_envelope_stands_around_documents_of_a_schema(serve: Any, envelope: str) -> None:
    client = serve(
        Script(Said(body={"items": [{"id": 1, "label": "stool"}]})),
        api_of({"stool": DRAFT_4}, envelope=envelope, replies="enforce"),
    )
    assert client.get("/v1/things").json["items"] == [{"id": 1, "name": "stool"}]


def test_VAL_4_4_contracts_are_read_from_files(serve: Any, tmp_path: Any) -> None:
    whole, shape = tmp_path / "v1.yaml", tmp_path / "stool.json"
    whole.write_text(json.dumps(OPENAPI), encoding="utf-8")
    shape.write_text(json.dumps(DRAFT_4), encoding="utf-8")
    for contract in (str(whole), whole, {"stool": str(shape)}):
        refused = serve(Store(), api_of(contract)).post("/v1/things", json=BROKEN)
        assert details(refused) == BY_CONTRACT


@pytest.mark.parametrize(
    "contract, sentence",
    (
        ({"stool": {"type": "nothing"}}, "the contract of version 1: stool: the schema is none of 2020-12, at '/type'"),
        ({"chair": {}}, "the contract of version 1: there is no resource 'chair'; there are stool"),
        ("nowhere.json", "the contract of version 1: nowhere.json"),
        ({"stool": {"$ref": "https://example.com/x"}}, "leads to nothing that is there"),
        ({**OPENAPI, "openapi": "4.0.0"}, "the contract of version 1: the document says"),
        (
            {**OPENAPI, "servers": [], "paths": {f"/v1{path}": told for path, told in OPENAPI["paths"].items()}},
            "the contract of version 1: it has none of the operations of this version",
        ),
        (
            {**OPENAPI, "components": {"schemas": {"Stool": {"type": "string", "pattern": "(?i)a"}}}},
            "the contract of version 1: at '/paths/.*/pattern': the pattern has a group",
        ),
    ),
)
def test_VAL_4_5_a_contract_that_makes_no_sense_is_refused_when_the_api_is_served(contract: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        Translayer(Script(), api_of(contract))


def test_a_file_without_a_resource_is_an_openapi_document(tmp_path: Any) -> None:
    shape = tmp_path / "stool.json"
    shape.write_text(json.dumps(DRAFT_4), encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"stool.json is no OpenAPI document; say of which resource it is"):
        Translayer(Script(), api_of(shape))


@pytest.mark.parametrize("contract", (7, {}, [], {"stool": 7}))
def test_what_names_no_contract_is_refused_when_it_is_declared(contract: Any) -> None:
    with pytest.raises(DeclarationError, match=r"Version\(1\): "):
        Version(1, contract=contract)


MARKED = {"type": "integer", "readOnly": True}
FOREIGN = {"$id": "https://example.com/inner", "$defs": {"a": MARKED}, "$ref": "#/$defs/a"}


@pytest.mark.parametrize(
    "key, required",
    (
        (MARKED, False),
        ({"$ref": "#/$defs/a%20b"}, False),
        ({"allOf": [{"minimum": 1}, {"$ref": "#/$defs/a%20b"}]}, False),
        ({"allOf": [{"$ref": "#/$defs/loop"}]}, True),
        ({"$ref": "#plain"}, True),
        ({"type": "integer", "writeOnly": True}, True),
        (FOREIGN, True),
        (True, True),
    ),
)
def test_VAL_4_6_what_is_read_only_is_not_required_of_requests_wherever_that_is_said(
    serve: Any, key: Any, required: bool
) -> None:
    loop = {"properties": {"x": {"$ref": "#/$defs/loop"}}}
    plain = {"$anchor": "plain", "type": "integer"}
    shape = {
        "required": ["id"],
        "properties": {"id": key},
        "$defs": {"a b": MARKED, "loop": loop, "plain": plain},
    }
    client = serve(Store(), api_of({"stool": shape}, replies="enforce"))
    assert client.post("/v1/things", json={"name": "stool"}).status_code == (422 if required else 201)


def test_what_is_read_only_in_draft_4_leaves_no_empty_list_behind(serve: Any) -> None:
    shape = {**DRAFT_4, "required": ["id"], "properties": {"id": MARKED}}
    assert serve(Store(), api_of({"stool": shape})).post("/v1/things", json={"name": "stool"}).status_code == 201


@pytest.mark.parametrize(
    "key", ({"$ref": "#/components/schemas/Key"}, {"allOf": [{"$ref": "#/components/schemas/Key"}]})
)
def test_what_is_read_only_by_reference_is_not_required_by_openapi_either(serve: Any, key: Any) -> None:
    stool = {**STOOL, "properties": {**STOOL["properties"], "id": key}}
    document = {**OPENAPI, "components": {"schemas": {"Stool": stool, "Key": MARKED}}}
    client = serve(Store(), api_of(document, replies="enforce"))
    assert client.post("/v1/things", json={"name": "stool"}).status_code == 201
    assert serve(Script(Said(body={"label": "stool"})), api_of(document, replies="enforce")).get(
        "/v1/things/1"
    ).status == ("500 Internal Server Error")


def test_whether_anything_goes_may_be_said_by_a_schema(serve: Any) -> None:
    assert serve(Store(), api_of({"stool": True})).post("/v1/things", json={"name": "UPPER"}).status_code == 201


def test_a_refusal_that_is_no_violation_stays_one_beside_violations() -> None:
    def conflict() -> bytes:
        raise RequestError("WRITE_CONFLICT")

    never = Promise(lambda status: SchemaCheck(False))
    body = RequestBody(None, Limits(), None, promise=never)  # type: ignore[arg-type]  # neither is asked
    with pytest.raises(RequestError) as refusal:
        body.promised({}, conflict)
    assert (refusal.value.code, refusal.value.violations) == ("WRITE_CONFLICT", ())
