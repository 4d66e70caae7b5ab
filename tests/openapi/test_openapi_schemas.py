"""Schemas: what a version's documents are as JSON Schema, in replies, requests and patches."""

from __future__ import annotations

from typing import Any

import pytest
from generated_apis import generated_api
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from marshmallow import EXCLUDE, INCLUDE, Schema, fields, validate

from tests.things import THING, make_api
from translayer import Api, Envelope, Page, Paging, Resource, Route, Version, VersionChange
from translayer.openapi.schemas import json_schema, reply_schema, request_schema
from translayer.operations import flatten, rename


class BranchSchema(Schema):
    """A branch, with branches on it."""

    name = fields.String(required=True, dump_only=True)
    secret = fields.String(required=True, load_only=True)
    branches = fields.List(fields.Nested(lambda: BranchSchema()))
    root = fields.Nested(lambda: BranchSchema(only=("name", "branches")), allow_none=True)
    bare = fields.Nested(lambda: BranchSchema(exclude=("root",)), metadata={"description": "A bare one."})


class OpenLeafSchema(Schema):
    class Meta:
        unknown = INCLUDE

    green = fields.Boolean(required=True)


class TreeSchema(Schema):
    """What stands in a wood.

    This is for developers.
    """

    id = fields.Integer(dump_only=True)
    height = fields.Float(required=True)
    width = fields.Float(load_default=1.0)
    leaf = fields.Nested(OpenLeafSchema)
    strict_leaf = fields.Nested(OpenLeafSchema, unknown="raise", required=True)
    loose = fields.Nested(BranchSchema, unknown=EXCLUDE)
    names = fields.Dict(values=fields.String(), validate=validate.Length(max=3))
    marks = fields.List(fields.Integer(load_default=1), required=True)


class SizesAreOne(VersionChange):
    """Sizes are told together."""

    schemas = {TreeSchema: [rename("grown", "height")]}


TREES = Resource(
    "tree",
    TreeSchema,
    collection="/trees",
    item="/trees/<int:id>",
    routes=[Route("POST", "/trees/<int:id>/fell"), Route("PATCH", "/trees/<int:id>/bark")],
)


def trees(**options: Any) -> Api:
    return Api("acme", [TREES], [Version(2, SizesAreOne), Version(1)], **options)


def route_of(api: Api, method: str, rule: str) -> Route:
    return next(path.route for path in api.tables[0] if (path.route.method, path.route.rule) == (method, rule))


def test_CON_1_1_the_documents_of_a_version_have_a_schema_for_each_direction() -> None:
    api = trees()
    reply, request = (json_schema(api, "tree", 1, direction) for direction in ("reply", "request"))
    for schema in (reply, request):
        Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (reply["title"], reply["$ref"]) == ("Tree, version 1", "#/$defs/Tree")
    tree = reply["$defs"]["Tree"]
    assert tree["description"] == "What stands in a wood."
    assert tree["required"] == ["grown", "strict_leaf", "marks"]
    assert "additionalProperties" not in tree
    assert request["$ref"] == "#/$defs/TreeRequest"
    asked = request["$defs"]["TreeRequest"]
    assert asked["properties"]["id"] == {"type": "integer", "readOnly": True}
    assert asked["properties"]["width"] == {"type": "number", "default": 1.0}
    assert tree["properties"]["width"] == {"type": "number"}
    assert asked["additionalProperties"] is False
    # What a client must not write it need not, and what never leaves is not told.
    assert reply["$defs"]["Branch"]["required"] == ["name"]
    assert "secret" not in reply["$defs"]["Branch"]["properties"]
    assert request["$defs"]["BranchRequest"]["required"] == ["secret"]
    assert request["$defs"]["BranchRequest"]["properties"]["secret"] == {"type": "string", "writeOnly": True}


def test_objects_that_nest_themselves_are_finite_and_selections_have_names_of_their_own() -> None:
    found = json_schema(trees(), "tree", 2)["$defs"]
    assert list(found) == ["Tree", "OpenLeaf", "Branch", "BranchRoot", "BranchBare"]
    branch = found["Branch"]["properties"]
    assert branch["branches"] == {"type": "array", "items": {"$ref": "#/$defs/Branch"}}
    assert branch["root"] == {"anyOf": [{"$ref": "#/$defs/BranchRoot"}, {"type": "null"}]}
    assert branch["bare"] == {"$ref": "#/$defs/BranchBare", "description": "A bare one."}
    assert list(found["BranchRoot"]["properties"]) == ["name", "branches"]


def test_unknown_fields_are_refused_or_not_by_the_policy_of_each_place() -> None:
    found = json_schema(trees(), "tree", 2, "request")["$defs"]
    branches = ["BranchRequest2", "BranchRootRequest", "BranchBareRequest"]
    assert list(found) == ["TreeRequest", "OpenLeafRequest", "OpenLeafRequest2", "BranchRequest", *branches]
    closed = [name for name, schema in found.items() if "additionalProperties" in schema]
    assert closed == ["TreeRequest", "OpenLeafRequest2", *branches]
    open_ones = json_schema(trees(unknown="pass"), "tree", 2, "request")["$defs"]
    assert [name for name, schema in open_ones.items() if "additionalProperties" in schema] == ["OpenLeafRequest2"]


def test_an_object_of_one_place_is_told_there() -> None:
    class Wide(Schema):
        """What has a size."""

        size = fields.Integer()
        high = fields.Integer()

    class SizesWereNested(VersionChange):
        """Sizes were in one object."""

        schemas = {Wide: [flatten("sizes", "size", "high")]}

    api = Api("acme", [Resource("wide", Wide, "/wides")], [Version(2, SizesWereNested), Version(1)])
    assert json_schema(api, "wide", 1)["$defs"]["Wide"]["properties"] == {
        "sizes": {"type": "object", "properties": {"size": {"type": "integer"}, "high": {"type": "integer"}}}
    }


def test_a_patch_leaves_out_what_it_likes_and_takes_away_with_null() -> None:
    api = trees()
    found = request_schema(api, route_of(api, "PATCH", "/trees/<int:id>"), 0)
    assert found is not None
    Draft202012Validator.check_schema(found)
    assert found["anyOf"] == [{"$ref": "#/$defs/TreePatch"}, {"$ref": "#/$defs/JsonPatch"}]
    patch = found["$defs"]["TreePatch"]
    assert "required" not in patch
    assert patch["properties"] == {
        "id": {"type": "integer", "readOnly": True},
        "height": {"type": "number"},
        "width": {"type": ["number", "null"]},
        "leaf": {"anyOf": [{"$ref": "#/$defs/OpenLeafPatch"}, {"type": "null"}]},
        "strict_leaf": {"$ref": "#/$defs/OpenLeafPatch2"},
        "loose": {"anyOf": [{"$ref": "#/$defs/BranchPatch"}, {"type": "null"}]},
        "names": {"type": ["object", "null"], "additionalProperties": {"type": ["string", "null"]}},
        "marks": {"type": "array", "items": {"type": "integer", "default": 1}},
    }
    validator = Draft202012Validator(found)
    assert all(map(validator.is_valid, ({}, {"width": None}, [{"op": "remove", "path": "/width"}])))
    assert not any(map(validator.is_valid, ({"height": None}, {"odd": 1}, [{"op": "add", "path": "/x"}], [{"op": 1}])))


def test_bodies_without_schemas_are_free() -> None:
    api = trees()
    free = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    for method, rule in (("POST", "/trees/<int:id>/fell"), ("PATCH", "/trees/<int:id>/bark")):
        assert reply_schema(api, route_of(api, method, rule), 0) == free
        assert request_schema(api, route_of(api, method, rule), 0) is None
    assert request_schema(api, route_of(api, "GET", "/trees"), 0) is None


class Wrapped(Envelope):
    """A form of one's own that tells what it is."""

    def one(self, document: Any) -> Any:
        return {"it": document}

    def many(self, items: list[Any], page: Page) -> Any:
        return {"them": items}

    def one_schema(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "properties": {"it": document}}

    def many_schema(self, items: dict[str, Any], key: str) -> dict[str, Any]:
        return {"type": "object", "properties": {"them": items}, "title": key}


class Silent(Envelope):
    """One that does not."""

    one = Wrapped.one
    many = Wrapped.many


ITEMS = {"type": "array", "items": {"$ref": "#/$defs/Thing"}}
THE_THING = {"$ref": "#/$defs/Thing"}
META = {"type": "object"}
FORMS: tuple[tuple[Any, dict[str, Any], dict[str, Any]], ...] = (
    (
        "none",
        THE_THING,
        {
            "description": "A page, with its list under `items`, or the list alone.",
            "anyOf": [{"type": "object", "properties": {"items": ITEMS}, "required": ["items"]}, ITEMS],
        },
    ),
    (
        "data",
        {"type": "object", "properties": {"data": THE_THING, "meta": META}, "required": ["data", "meta"]},
        {"type": "object", "properties": {"items": ITEMS, "meta": META}, "required": ["items", "meta"]},
    ),
    (
        Wrapped(),
        {"type": "object", "properties": {"it": THE_THING}},
        {"type": "object", "properties": {"them": ITEMS}, "title": "items"},
    ),
    (Silent(), {}, {}),
)


@pytest.mark.parametrize(("envelope", "one", "many"), FORMS)
def test_a_body_is_told_with_its_envelope(envelope: Any, one: dict[str, Any], many: dict[str, Any]) -> None:
    api = make_api(envelope=envelope)
    for rule, said in (("/things/<int:id>", one), ("/things", many)):
        found = reply_schema(api, route_of(api, "GET", rule), 0)
        Draft202012Validator.check_schema(found)
        assert {name: told for name, told in found.items() if not name.startswith("$") or name == "$ref"} == said


def test_a_native_version_has_the_apps_own_bodies() -> None:
    api = make_api(
        envelope="data", versions=[Version(2, native=True), Version(1)], resources=[THING], app_prefix="/app"
    )
    route = route_of(api, "GET", "/things/<int:id>")
    assert reply_schema(api, route, 0)["$ref"] == "#/$defs/Thing"
    assert "$ref" not in reply_schema(api, route, 1)


def test_what_there_is_not_has_no_schema() -> None:
    for resource, version in (("thing", 9), ("nothing", 1)):
        with pytest.raises(LookupError):
            json_schema(make_api(), resource, version)


def named(name: str, **members: Any) -> type[Schema]:
    return type(name, (Schema,), {"id": fields.Integer(), **members})


def test_names_are_those_of_the_classes_and_each_is_given_once() -> None:
    # One class is called as another would be, two are alike, and one has a name that no component may have.
    inner = [
        named("TwinsSchema"),
        named("TwinsSchema"),
        named("Schema"),
        named("JsonPatchSchema"),
        named("BlüteSchema"),
    ]
    outer = named("HolderSchema", **{f"field_{at}": fields.Nested(one) for at, one in enumerate(inner)})
    api = Api("acme", [Resource("holder", outer, "/holders")], [Version(1)])
    names = list(json_schema(api, "holder", 1)["$defs"])
    assert names == ["Holder", "Twins", "Twins2", "Schema", "JsonPatch2", "Bl_te"]


def test_pages_of_which_links_are_told_are_pages_all_the_same() -> None:
    api = make_api(paging=Paging(members=["next"]), resources=[THING])
    assert "anyOf" in reply_schema(api, route_of(api, "GET", "/things"), 0)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), wanted=st.integers(0, 20), lists=st.booleans())
def test_documents_of_generated_histories_are_valid(seed: int, wanted: int, lists: bool) -> None:
    known, api = generated_api(seed, wanted, lists=lists)
    for position, version in enumerate(api.versions):
        for direction in ("reply", "request"):
            schema = json_schema(api, "root", version.number, direction)
            Draft202012Validator.check_schema(schema)
            validator = Draft202012Validator(schema)
            for _ in range(3):
                document = known.document(position)
                assert validator.is_valid(document), (known, version, document, schema)
