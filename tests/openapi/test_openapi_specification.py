"""Specifications: valid by the official meta-schemas, true of the service, and the same for the same declarations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from generated_apis import generated_api
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from marshmallow import Schema, fields
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV31SpecValidator
from werkzeug.test import Client

from examples.bookings.api import EXAMPLE as BOOKING
from examples.bookings.api import api as bookings
from examples.bookings.app import create_app
from examples.bookings.samples import SAMPLES
from tests.things import NOTE, THING, ThingSchema, make_api
from translayer import Api, Deprecation, Info, Query, Resource, Route, Version
from translayer.openapi.schemas import reply_schema, request_schema
from translayer.openapi.specification import specification

VALIDATORS: dict[str, Any] = {"3.1": OpenAPIV31SpecValidator, "2.0": OpenAPIV2SpecValidator}
VERSIONS_OF_BOOKINGS = [version.text for version in bookings.versions]


def checked(api: Api, version: Any, form: str = "3.1", **options: Any) -> Any:
    """The document, which is valid."""
    document = specification(api, version, form, **options)
    assert [error.message for error in VALIDATORS[form](document).iter_errors()] == []
    json.dumps(document, allow_nan=False)
    return document


def operations(document: Any) -> dict[str, Any]:
    return {f"{method} {path}": told for path, methods in document["paths"].items() for method, told in methods.items()}


# Valid


@pytest.mark.parametrize("form", VALIDATORS)
@pytest.mark.parametrize("version", VERSIONS_OF_BOOKINGS)
def test_CON_1_2_every_version_has_a_valid_document_in_both_versions_of_openapi(version: str, form: str) -> None:
    document = checked(bookings, version, form, mount="/mounted")
    assert document["info"]["version"] == version
    assert document["info"]["title"] == "Acme bookings"
    served = document["servers"][0]["url"] if form == "3.1" else document["basePath"]
    assert served == f"/mounted/api/v{version}"
    name = "/reservations" if version in ("1", "2") else "/bookings"
    ids = {f"{key}": told["operationId"] for key, told in operations(document).items()}
    assert ids == {
        f"get {name}": "list_bookings",
        f"post {name}": "create_booking",
        f"get {name}/{{id}}": "read_booking",
        f"put {name}/{{id}}": "replace_booking",
        f"patch {name}/{{id}}": "change_booking",
        f"delete {name}/{{id}}": "delete_booking",
    }


OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"envelope": "data", "problems": True},
    {"renderers": ["yaml", "msgpack"], "media_types": [], "header": False},
    {"unknown": "pass", "lenient": True, "prefix": "/api", "error_docs": "https://x.example/{code}"},
)


@pytest.mark.no_cover
@settings(max_examples=10)
@given(
    seed=st.integers(0, 10_000),
    wanted=st.integers(0, 15),
    lists=st.booleans(),
    options=st.sampled_from(OPTIONS),
)
def test_documents_of_generated_apis_are_valid(seed: int, wanted: int, lists: bool, options: dict[str, Any]) -> None:
    _, api = generated_api(seed, wanted, lists=lists, **options)
    for version in (api.versions[0], api.versions[-1]):
        for form in VALIDATORS:
            checked(api, version.number, form)


# True


@pytest.fixture
def ask(serve: Any, tmp_path: Path) -> Iterator[Client]:
    app = create_app(str(tmp_path / "bookings.sqlite3"))
    yield serve(app, bookings)
    app.extensions["bookings"].close()


@pytest.mark.usefixtures("lint_is_wrong_about_location")
@pytest.mark.parametrize("position", range(len(bookings.versions)), ids=VERSIONS_OF_BOOKINGS)
def test_CON_1_3_what_is_said_and_taken_is_valid_by_what_is_told(ask: Client, position: int) -> None:
    document = specification(bookings, bookings.versions[position].number)
    collection = next(iter(document["paths"]))
    item = f"{document['servers'][0]['url']}{collection}/{SAMPLES[0]['id']}"
    headers = {"X-Api-Key": "early-bird"}
    routes = {(path.route.method, path.route.many): path.route for path in bookings.tables[position]}
    known = ask.get(item, headers=headers).json
    new = {name: value for name, value in known.items() if name not in ("id", "created_at")}
    asked: tuple[tuple[str, str, Any, Any], ...] = (
        ("GET", collection, None, None),
        ("GET", f"{collection}/{{id}}", None, None),
        ("PUT", f"{collection}/{{id}}", new, "application/json"),
        ("POST", collection, {**new, "reference": "BK-1"}, "application/json"),
        ("PATCH", f"{collection}/{{id}}", {"reference": "BK-2"}, "application/merge-patch+json"),
        (
            "PATCH",
            f"{collection}/{{id}}",
            [{"op": "replace", "path": "/reference", "value": "BK-3"}],
            "application/json-patch+json",
        ),
        ("PUT", f"{collection}/{{id}}", {"odd": 1}, "application/json"),
        ("DELETE", f"{collection}/{{id}}", None, None),
        ("GET", f"{collection}/{{id}}", None, None),
    )
    statuses = []
    for method, path, body, media in asked:
        url = document["servers"][0]["url"] + path.replace("{id}", SAMPLES[0]["id"])
        sent = None if body is None else json.dumps(body)
        reply = ask.open(url, method=method, data=sent, content_type=media, headers=headers)
        told = document["paths"][path][method.lower()]
        statuses.append(reply.status_code)
        response = told["responses"][str(reply.status_code)]
        if "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
            schema = {**document["components"]["schemas"]["Error"], "components": document["components"]}
            assert Draft202012Validator(schema).is_valid(reply.json)
        elif reply.status_code != 204:
            said = reply_schema(bookings, routes[method, path == collection and method == "GET"], position)
            assert reply.content_type in response["content"]
            Draft202012Validator(said).validate(reply.json)
        assert set(response["headers"]) >= {name for name in ("X-Api-Version", "ETag") if name in reply.headers}
        if body is not None:
            assert media in told["requestBody"]["content"]
            taken = request_schema(bookings, routes[method, False], position)
            assert taken is not None
            assert Draft202012Validator(taken).is_valid(body) == (reply.status_code < 400)
    assert statuses == [200, 200, 200, 201, 200, 200, 422, 204, 404]


# The same


def declared() -> Api:
    """An API, made anew."""
    return make_api(info=Info(title="Things", license={"name": "MIT", "identifier": "MIT"}), paging=None)


def leaves(value: Any) -> Iterator[int]:
    if isinstance(value, dict | list):
        yield id(value)
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)


@pytest.mark.parametrize("form", VALIDATORS)
def test_CON_1_5_equal_apis_have_equal_documents_and_share_nothing(form: str) -> None:
    one, other = (specification(api, 1, form) for api in (declared(), declared()))
    again = specification(bookings, 1, form)
    assert json.dumps(one) == json.dumps(other)
    assert json.dumps(again) == json.dumps(specification(bookings, 1, form))
    kept = list(leaves(again))
    assert len(kept) == len(set(kept))
    assert not set(kept) & set(leaves(specification(bookings, 1, form)))


# What is hidden


class LampSchema(Schema):
    """A lamp."""

    id = fields.Integer(dump_only=True)
    watts = fields.Integer()
    spy = fields.String(metadata={"flag": "beta"})


LAMPS = Resource(
    "lamp",
    LampSchema,
    collection="/lamps",
    routes=[Route("GET", "/lamps/map", reply=LampSchema, flag="beta")],
    query=Query(filters=["watts", "spy"], fields="fields", others={"q": fields.String()}),
    examples=[{"id": 1, "watts": 5, "spy": "who listens"}],
)
SECRETS = Resource("secret", NOTE.schema, collection="/secrets", flag="beta")


@pytest.mark.parametrize("form", VALIDATORS)
def test_CON_1_6_what_is_hidden_is_in_no_document(form: str) -> None:
    api = Api("acme", [LAMPS, SECRETS], [Version(2), Version(1)])
    shown = json.dumps(checked(api, 2, form))
    hidden = json.dumps(checked(api.seen_with(frozenset()), 2, form))
    for word in ("spy", "who listens", "secret", "/lamps/map", "Note"):
        assert word in shown
        assert word not in hidden


# Operations


def test_CON_1_7_an_operation_tells_its_parameters_and_where_they_stand() -> None:
    told = operations(checked(bookings, 1))
    listed = {
        parameter.get("name", parameter.get("$ref")): parameter for parameter in told["get /reservations"]["parameters"]
    }
    assert list(listed) == [
        "status",
        "pax",
        "sort",
        "page",
        "per_page",
        "#/components/parameters/XApiVersion",
        "#/components/parameters/IfNoneMatch",
    ]
    assert listed["status"] == {
        "name": "status",
        "in": "query",
        "schema": {"type": "string", "enum": ["open", "done", "void"]},
    }
    assert listed["page"]["schema"] == {"default": 1, "type": "integer", "minimum": 1, "maximum": 1_000_000}
    assert listed["sort"]["schema"]["items"]["enum"][:4] == ["reference", "-reference", "pax", "-pax"]
    assert (listed["sort"]["style"], listed["sort"]["explode"]) == ("form", False)
    # What chooses among many is no parameter of one.
    one = told["get /reservations/{id}"]["parameters"]
    assert one[0] == {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    assert [parameter["$ref"].rpartition("/")[2] for parameter in one[1:]] == ["XApiVersion", "IfNoneMatch"]


GONE = {"sunset": date(2027, 1, 1)}
LED_ON = {**GONE, "retired": "redirect"}
LOST = {**GONE, "retired": "not-found"}
STATUSES: tuple[tuple[str, dict[str, Any], dict[str, Any], str, str], ...] = (
    ("a list", {}, {}, "get /things", "200 304 400 406 500 default"),
    ("no tags", {"etag": "none"}, {}, "get /things", "200 400 406 500 default"),
    ("a new one", {}, {}, "post /things", "201 400 406 409 413 415 422 500 default"),
    ("one", {}, {}, "get /things/{id}", "200 304 400 404 406 500 default"),
    ("a whole one", {}, {}, "put /things/{id}", "200 201 204 400 404 406 409 412 413 415 422 500 default"),
    ("on condition", {"require_condition": True}, {}, "delete /things/{id}", "200 204 400 404 406 412 428 500 default"),
    ("a patch", {}, {}, "patch /things/{id}", "200 204 400 404 406 409 412 413 415 422 500 default"),
    ("anything", {}, {}, "post /things/{id}/paint", "200 201 202 204 400 404 409 500 default"),
    ("a photo", {}, {}, "get /things/{id}/photo", "200 400 404 500 default"),
    ("gone", {}, GONE, "get /things", "200 304 400 406 410 500 default"),
    ("led on", {}, LED_ON, "get /things", "200 301 304 400 406 410 500 default"),
    ("led on", {}, LED_ON, "post /things", "201 308 400 406 409 410 413 415 422 500 default"),
    ("not there", {}, LOST, "get /things", "200 304 400 404 406 500 default"),
)


def things(resource: dict[str, Any], life: dict[str, Any], **options: Any) -> Api:
    return make_api(resources=[replace(THING, **resource)], versions=[Version(1, **life)], **options)


@pytest.mark.parametrize(("name", "resource", "life", "key", "statuses"), STATUSES)
def test_CON_1_8_an_operation_tells_the_statuses_that_can_come(
    name: str, resource: dict[str, Any], life: dict[str, Any], key: str, statuses: str
) -> None:
    api = things(resource, life)
    document = checked(api, 1)
    responses = operations(document)[key]["responses"]
    assert " ".join(responses) == statuses
    checked(api, 1, "2.0")


def test_what_is_required_of_a_write_is_told() -> None:
    document = checked(things({"require_condition": True}, {}, lenient=True), 1)
    parameters = document["components"]["parameters"]
    told = {
        key: [parameters[one["$ref"].rpartition("/")[2]] for one in operation["parameters"] if "$ref" in one]
        for key, operation in operations(document).items()
    }
    required = {key: [one["name"] for one in named if one["required"]] for key, named in told.items()}
    assert required["delete /things/{id}"] == required["patch /things/{id}"] == ["If-Match"]
    assert required["put /things/{id}"] == []
    assert [one["name"] for one in told["put /things/{id}"]] == ["X-Api-Version", "If-Match", "If-None-Match", "Prefer"]
    assert [one["name"] for one in told["post /things"]] == ["X-Api-Version", "Prefer"]
    assert "handling=lenient" in parameters["Prefer"]["description"]
    assert "handling=lenient" not in parameters["Prefer2"]["description"]


def test_bodies_stand_under_every_type_that_they_are_sent_under() -> None:
    api = things({}, {}, renderers=["yaml", "msgpack"])
    told = operations(checked(api, 1))
    types = [
        "application/json",
        "application/vnd.acme.v1+json",
        "application/yaml",
        "application/vnd.acme.v1+yaml",
        "application/msgpack",
        "application/vnd.acme.v1+msgpack",
    ]
    assert list(told["post /things"]["requestBody"]["content"]) == types
    assert list(told["get /things"]["responses"]["200"]["content"]) == types
    assert list(told["patch /things/{id}"]["requestBody"]["content"]) == [
        "application/json-patch+json",
        "application/merge-patch+json",
    ]
    assert told["post /things/{id}/paint"]["requestBody"] == {"content": {"*/*": {}}}
    assert told["get /things/{id}/photo"]["responses"]["200"]["content"] == {"*/*": {}}
    older = operations(checked(api, 1, "2.0"))
    assert older["post /things"]["consumes"] == types
    assert older["get /things"]["produces"] == [*types, "application/problem+json"]
    assert older["patch /things/{id}"]["parameters"][-1]["schema"] == {}
    assert older["post /things/{id}/paint"]["parameters"][-1] == {
        "name": "body",
        "in": "body",
        "required": False,
        "schema": {},
    }


def test_failures_are_in_the_form_of_the_api_with_their_codes() -> None:
    document = checked(things({}, {}), 1)
    bad = document["components"]["responses"]["BadRequest"]
    assert list(bad["content"]) == ["application/json", "application/problem+json"]
    assert "- `EMPTY_BODY`: " in bad["description"]
    assert "MALFORMED_YAML" not in bad["description"]
    document = checked(things({}, {}, problems=True, renderers=["yaml"]), 1)
    bad = document["components"]["responses"]["BadRequest"]
    assert list(bad["content"]) == ["application/problem+json"]
    assert "MALFORMED_YAML" in bad["description"]
    assert "Error" not in document["components"]["schemas"]


def test_CON_1_9_what_is_deprecated_is_told_so_with_its_dates_whatever_the_day() -> None:
    document = checked(bookings, 1)
    assert all(told["deprecated"] for told in operations(document).values())
    assert (
        "deprecated from 2026-09-01 on, and served until 2027-09-01. Read more: <https://"
        in document["info"]["description"]
    )
    headers = operations(document)["get /reservations"]["responses"]["200"]["headers"]
    assert {"Deprecation", "Sunset", "Link"} <= set(headers)
    assert not any("deprecated" in told for told in operations(checked(bookings, 3)).values())
    routes = [
        Route("POST", "/things/<int:id>/paint", deprecated=Deprecation(date(2026, 1, 1), sunset=date(2027, 1, 1)))
    ]
    document = checked(things({"routes": routes}, {}), 1)
    paint = operations(document)["post /things/{id}/paint"]
    assert paint["deprecated"] is True
    assert paint["description"] == "This operation is deprecated from 2026-01-01 on, and served until 2027-01-01."
    assert set(paint["responses"]["200"]["headers"]) == {"X-Api-Version", "Deprecation", "Sunset"}
    assert "deprecated" not in operations(document)["get /things"]
    ending = checked(things({}, {"sunset": date(2027, 1, 1)}), 1)
    assert "served until 2027-01-01" in ending["info"]["description"]


def test_a_deprecated_field_is_told_of_where_it_is_sent_or_replied_and_seen() -> None:
    class StampSchema(Schema):
        colour = fields.String(required=True)
        value = fields.Integer(metadata={"flag": "beta", "deprecated": Deprecation(date(2026, 1, 1), link="/values")})

    stamps = Resource("stamp", StampSchema, collection="/stamps", item="/stamps/<int:id>")
    api = make_api(resources=[THING, stamps], versions=[Version(1)])

    def told(seen: Api) -> list[str]:
        return [
            key
            for key, operation in operations(checked(seen, 1)).items()
            if any(
                {"Deprecation", "Link"} <= set(reply.get("headers", ())) for reply in operation["responses"].values()
            )
        ]

    assert told(api) == [
        *("get /stamps", "post /stamps"),
        *("get /stamps/{id}", "put /stamps/{id}", "patch /stamps/{id}", "delete /stamps/{id}"),
    ]
    assert told(api.seen_with(frozenset())) == []


def test_a_preview_says_that_it_is_one() -> None:
    assert "This version is a preview, and may still change." in checked(bookings, 4)["info"]["description"]
    api = things({}, {"preview": True, "stable": date(2027, 1, 1)})
    assert "is a preview until 2027-01-01," in checked(api, 1)["info"]["description"]


def test_a_version_says_what_it_changed() -> None:
    described = checked(bookings, 2)["info"]["description"]
    assert described.startswith("Flights, and who travels on them.\n\n")
    assert (
        "Changes since version 1:\n\n- `pax` is called `passengers`, and the price is an object.\n    - " in described
    )
    assert "Changes" not in checked(bookings, 1)["info"]["description"]


def test_CON_1_10_examples_are_told_in_every_version() -> None:
    for version, seen in (("4", "remarks"), ("3", "notes")):
        document = checked(bookings, version)
        told, asked = (document["components"]["examples"][name]["value"] for name in ("booking", "bookingRequest"))
        assert told == {**{name: said for name, said in BOOKING.items() if name != "remarks"}, seen: BOOKING["remarks"]}
        assert "id" not in asked
        assert document["components"]["schemas"]["Booking"]["examples"] == [told]
        assert document["components"]["schemas"]["BookingRequest"]["examples"] == [asked]
    document = checked(bookings, "1", "2.0")
    assert document["definitions"]["Booking"]["example"]["pax"] == 2
    replied = operations(document)["get /reservations/{id}"]["responses"]["200"]
    assert replied["examples"]["application/json"]["cents"] == 12050
    two = checked(things({"examples": [{"id": 1, "title": "a"}, {"title": "b"}]}, {}, envelope="data"), 1)
    assert list(two["components"]["examples"]) == ["thingRequest", "thingRequest2", "thing", "thing2"]
    assert two["components"]["examples"]["thing2"] == {"value": {"data": {"title": "b"}, "meta": {}}}


def test_what_a_client_cannot_send_is_no_example_of_a_request() -> None:
    class Vault(Schema):
        """A vault."""

        code = fields.String(required=True, load_only=True)
        name = fields.String()

    vault = Resource("vault", Vault, "/vaults", examples=[{"name": "mine", "code": "x"}])
    document = checked(Api("acme", [vault], [Version(1)]), 1)
    assert document["components"]["examples"] == {"vault": {"value": {"name": "mine"}}}


def test_a_native_version_tells_nothing_of_what_the_layer_would_say() -> None:
    api = make_api(
        versions=[Version(2, native=True), Version(1)], resources=[THING], app_prefix="/app", envelope="data"
    )
    document = checked(api, 2)
    checked(api, 2, "2.0")
    read = operations(document)["get /things/{id}"]
    assert list(read["responses"]) == ["200", "default"]
    assert "headers" not in read["responses"]["200"]
    assert [parameter["name"] for parameter in read["parameters"]] == ["id"]
    assert "Error" not in document["components"]["schemas"]


def test_rules_that_openapi_cannot_tell_apart_are_one_path() -> None:
    routes = [
        Route("GET", "/things/<string(length=2):code>"),
        Route("POST", "/things/<string:name>"),
        Route("POST", "/things/<any(a, b):name>/x", summary="Do it"),
    ]
    document = checked(things({"routes": routes}, {}), 1)
    told = operations(document)
    assert "get /things/{code}" not in told
    assert told["get /things/{id}"]["operationId"] == "read_thing"
    assert told["post /things/{id}"]["operationId"] == "post_things_name"
    assert told["post /things/{id}"]["summary"] == "POST /things/{name}"
    assert told["post /things/{name}/x"]["summary"] == "Do it"
    assert told["post /things/{id}"]["parameters"][0] == {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }


def test_ids_of_operations_are_given_once() -> None:
    names = ("apple", "apples", "ap ple", "ap-ple", "ø")
    resources = [Resource(name, ThingSchema, f"/{at}", f"/{at}/<id>") for at, name in enumerate(names)]
    document = checked(Api("acme", resources, [Version(1)]), 1)
    ids = [told["operationId"] for told in operations(document).values()]
    assert len(ids) == len(set(ids)) == 6 * len(names)
    assert operations(document)["get /0/{id}"]["summary"] == "Read an apple"
    assert operations(document)["get /2/{id}"]["operationId"] == "read_ap_ple"
    assert operations(document)["get /3/{id}"]["operationId"] == "read_ap_ple2"


MOUNTS = (
    ("", "/api/v1", {"basePath": "/api/v1"}),
    ("/a b", "/a%20b/api/v1", {"basePath": "/a%20b/api/v1"}),
    (
        "https://x.example/m",
        "https://x.example/m/api/v1",
        {"host": "x.example", "basePath": "/m/api/v1", "schemes": ["https"]},
    ),
)


@pytest.mark.parametrize(("mount", "url", "older"), MOUNTS)
def test_a_document_says_where_its_version_is(mount: str, url: str, older: dict[str, Any]) -> None:
    assert checked(make_api(), 1, mount=mount)["servers"] == [{"url": url}]
    said = checked(make_api(), 1, "2.0", mount=mount)
    assert {name: said[name] for name in ("host", "basePath", "schemes") if name in said} == older


def test_what_there_is_not_has_no_document() -> None:
    with pytest.raises(LookupError):
        specification(make_api(), 9)
    with pytest.raises(ValueError, match=r"'3\.1' and '2\.0'"):
        specification(make_api(), 1, "3.0")


def test_info_says_all_that_is_known_and_openapi_2_no_identifier() -> None:
    told = Info(
        title="T", description="D", contact={"email": "a@b.example"}, license={"name": "MIT", "identifier": "MIT"}
    )
    api = make_api(info=told)
    assert checked(api, 1)["info"] == {
        "title": "T",
        "description": "D",
        "contact": {"email": "a@b.example"},
        "license": {"name": "MIT", "identifier": "MIT"},
        "version": "1",
    }
    assert checked(api, 1, "2.0")["info"]["license"] == {"name": "MIT"}
    assert checked(make_api(), 1)["info"] == {"title": "acme", "version": "1"}
