"""The `Api` as a whole: nonsense is refused in sentences, documents are translated, changes are listed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields, validate

from examples.bookings.api import api as bookings
from translayer import Api, Envelope, Limits, Resource, Route, Translator, Version, VersionChange
from translayer.errors import ContractViolation, DeclarationError, RequestError
from translayer.operations import (
    add,
    added,
    constrain,
    convert,
    flatten,
    move,
    moved,
    nest,
    remove,
    removed,
    rename,
    require,
    split,
    wrap,
)


class PartSchema(Schema):
    id = fields.Integer()
    size = fields.Integer(validate=validate.Range(1, 9))


class ThingSchema(Schema):
    id = fields.Integer(dump_only=True)
    title = fields.String(required=True)
    part = fields.Nested(PartSchema)
    parts = fields.List(fields.Nested(PartSchema))


class KeptSchema(Schema):
    id = fields.Integer(load_only=True)


class StrangerSchema(Schema):
    name = fields.String()


THING = Resource("thing", ThingSchema, collection="/things", item="/things/<id>")


def change(schemas: Any = (), routes: Any = ()) -> type[VersionChange]:
    return type("Change", (VersionChange,), {"schemas": dict(schemas), "routes": routes})


def make(*operations: Any, routes: Any = (), **options: Any) -> Api:
    """An API of things, whose version 2 did the operations."""
    told = change({ThingSchema: list(operations)} if operations else {}, routes)
    chosen: dict[str, Any] = {"resources": [THING], "versions": [Version(2, told), Version(1)], **options}
    return Api(chosen.pop("vendor", "acme"), chosen.pop("resources"), chosen.pop("versions"), **chosen)


def of(schema: type[Schema], **options: Any) -> Api:
    """An API of one schema, without changes."""
    return Api("acme", [Resource("thing", schema, item="/things/<id>", **options)], [Version(1)])


def schema(**members: Any) -> type[Schema]:
    """A schema of one's own making."""
    return type("MadeSchema", (Schema,), members)


class Nothing(VersionChange):
    pass


class Misspelt(VersionChange):
    schema = {ThingSchema: [rename("name", "title")]}


class MisspeltRoutes(VersionChange):
    route = [moved("/a", to="/things")]


class NoMapping(VersionChange):
    schemas = [rename("name", "title")]  # type: ignore[assignment]


class NoList(VersionChange):
    routes = moved("/a", to="/things")  # type: ignore[assignment]


class NoRoutes(VersionChange):
    routes = ["/things"]  # type: ignore[list-item]


class Whole(Translator):
    """Something by hand."""

    schema = StrangerSchema

    def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return document

    def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return document


class NoSchema(Translator):
    def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return document

    def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return document


class NoUpgrade(Translator):
    schema = StrangerSchema

    def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return document


class NoDowngrade(Translator):
    schema = StrangerSchema

    def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return document


class NoNames(Whole):
    names = ["name"]  # type: ignore[assignment]


class Instructed(Whole):
    def __init__(self, separator: str) -> None:
        self.separator = separator


class Collides(Schema):
    one = fields.String(data_key="same")
    other = fields.String(data_key="same")


class ReadsAndWrites(Schema):
    tags = fields.Raw(dump_only=True)
    new_tags = fields.Raw(load_only=True, data_key="tags")


class Stranger(fields.Integer):
    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return value


class CommaList(fields.List):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return value.split(",")


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    # Names, collisions and places of operations
    "rename of an unknown field": (lambda: make(rename("name", "heading")), "has no field 'heading'"),
    "operation in an unknown object": (lambda: make(rename("box.a", "box.b")), "has no field 'box'"),
    "operation inside a list": (lambda: make(rename("parts.a", "parts.id")), "address the change to the schema of"),
    "two operations that collide": (
        lambda: make(rename("name", "title"), rename("name", "part")),
        "two operations collide",
    ),
    "old name that is still there": (lambda: make(rename("part", "title")), "two operations collide"),
    "rename to another object": (lambda: make(rename("size", "part.size")), r"use move\(\)"),
    "malformed name": (lambda: rename("a..b", "title"), "joined by single dots"),
    "required field without a default": (lambda: make(add("title")), "say with default="),
    "removed, once required": (lambda: make(remove("x", fields.String(required=True))), "say with default="),
    "wrap of no list": (lambda: make(wrap("title")), "is no list in the newer version"),
    "nest of nothing": (lambda: nest(under="part"), "no fields are named"),
    "change of a schema that no resource uses": (
        lambda: make(versions=[Version(2, change({StrangerSchema: [rename("a", "name")]})), Version(1)]),
        "which no resource uses: address the change to one of PartSchema, ThingSchema",
    ),
    # Changes and translators
    "an instance instead of a class": (lambda: Version(2, Nothing()), "takes classes derived from VersionChange"),  # type: ignore[arg-type]
    "another class": (lambda: Version(2, ThingSchema), "takes classes derived from VersionChange"),  # type: ignore[arg-type]
    "one change twice in a version": (lambda: Version(2, Nothing, Nothing), "a change is told once"),
    "one change in two versions": (
        lambda: make(versions=[Version(3, Nothing), Version(2, Nothing), Version(1)]),
        "two versions have the same change",
    ),
    "schemas misspelt": (lambda: Version(2, Misspelt), "the attribute is called schemas"),
    "routes misspelt": (lambda: Version(2, MisspeltRoutes), "the attribute is called routes"),
    "schemas that map nothing": (lambda: Version(2, NoMapping), "schemas is a mapping"),
    "routes that are no list": (lambda: Version(2, NoList), "routes is a list"),
    "routes of another kind": (lambda: Version(2, NoRoutes), r"takes moved\(\), added\(\) and removed\(\)"),
    "key of the wrong kind": (
        lambda: make(versions=[Version(2, change({"ThingSchema": []})), Version(1)]),
        "takes a marshmallow schema class, not 'ThingSchema'",
    ),
    "value of the wrong kind": (lambda: make("title"), "give operations or a Translator class"),
    "an operation that was not called": (lambda: make(rename), "give operations or a Translator class"),
    "an instance of a translator": (lambda: make(Whole()), "give operations or a Translator class"),
    "translator without a schema": (lambda: make(NoSchema), "NoSchema.schema takes a marshmallow schema class"),
    "translator without upgrade": (lambda: make(NoUpgrade), r"has no upgrade\(\)"),
    "translator without downgrade": (lambda: make(NoDowngrade), "cannot be made without arguments"),
    "translator with arguments": (lambda: make(Instructed), "cannot be made without arguments"),
    "translator with a list of names": (lambda: make(NoNames), "maps older field names to newer ones"),
    # Versions
    "no versions": (lambda: make(versions=[]), "at least one Version"),
    "versions that are numbers": (lambda: make(versions=[2, 1]), "versions takes Version, not 2"),
    "versions that are no list": (lambda: make(versions=Version(1)), "versions is a list of Version"),
    "oldest first": (lambda: make(versions=[Version(1), Version(2)]), "Version 2 is out of order"),
    "one version twice": (lambda: make(versions=[Version(1), Version("1")]), "out of order: list versions newest"),
    "oldest with changes": (lambda: make(versions=[Version(1, Nothing)]), "its changes lead from nowhere"),
    "number zero": (lambda: make(versions=[Version(0)]), "write a positive whole number"),
    "number with a v": (lambda: make(versions=[Version("v1")]), "write a positive whole number"),
    "truth as a number": (lambda: make(versions=[Version(True)]), "write a positive whole number"),
    "float as a dotted version": (
        lambda: make(versions=[Version(1.10)], scheme="dotted"),  # type: ignore[arg-type]
        r"write numbers joined by dots, as in Version\('1.10'\)",
    ),
    "whole number as a dotted version": (lambda: make(versions=[Version(1)], scheme="dotted"), "joined by dots"),
    "number as a date": (lambda: make(versions=[Version(20261120)], scheme="date"), "write a date"),
    "no day of the calendar": (lambda: make(versions=[Version("2026-02-30")], scheme="date"), "no day of the calendar"),
    # Resources
    "no resources": (lambda: make(resources=[]), "needs resources, each with a name of its own"),
    "resources that are schemas": (lambda: make(resources=[ThingSchema]), "resources takes Resource, not"),
    "two resources of one name": (
        lambda: make(resources=[THING, Resource("thing", PartSchema, item="/parts/<id>")]),
        "each with a name of its own",
    ),
    "resource without URLs": (lambda: Resource("thing", ThingSchema), "has no URL"),
    "resource without methods": (lambda: Resource("thing", ThingSchema, item="/x", item_methods=[]), "has no URL"),
    "resource without a name": (lambda: Resource("", ThingSchema, item="/x"), "a text of at least one character"),
    "resource whose list has no name": (lambda: Resource("x", ThingSchema, item="/x", items=""), "items=''"),
    "schema instance": (lambda: Resource("thing", ThingSchema(), item="/x"), "takes a marshmallow schema class"),  # type: ignore[arg-type]
    "resource with an unknown policy": (
        lambda: Resource("thing", ThingSchema, item="/x", unknown="ignore"),  # type: ignore[arg-type]
        "unknown='ignore' is none of 'raise', 'exclude', 'pass'",
    ),
    "PATCH without GET": (
        lambda: Resource("thing", ThingSchema, item="/x", item_methods=["PUT", "PATCH"]),
        "add GET to item_methods, or leave PATCH out",
    ),
    "PATCH on a collection": (
        lambda: Resource("thing", ThingSchema, "/x", collection_methods=["PATCH"]),
        "the collection of 'thing': 'PATCH' is none of the methods DELETE, GET, POST",
    ),
    "methods as a text": (lambda: Resource("t", ThingSchema, item="/x", item_methods="GET"), "methods are a list"),
    "methods as a number": (lambda: Resource("t", ThingSchema, item="/x", item_methods=7), "methods are a list"),  # type: ignore[arg-type]
    "method in lower case": (lambda: Route("get", "/x"), "'get' is none of the methods"),
    "routes of a resource that are texts": (
        lambda: Resource("thing", ThingSchema, routes=["/x"]),  # type: ignore[list-item]
        r"a list of Route\(…\)",
    ),
    "PATCH route with a request": (lambda: Route("PATCH", "/x", request=ThingSchema), "one of item_methods"),
    "PATCH route with a reply": (
        lambda: Resource("thing", ThingSchema, routes=[Route("PATCH", "/x", reply=ThingSchema)]),
        "declare it as the item of a resource",
    ),
    "GET with a body": (lambda: Route("GET", "/x", request=ThingSchema), "GET /x has no body"),
    "many of nothing": (lambda: Route("GET", "/x", many=True), "has many= but no reply="),
    "route with a schema instance": (lambda: Route("POST", "/x", ThingSchema()), "takes a marshmallow schema class"),  # type: ignore[arg-type]
    # Rules of URLs, and what versions did to them
    "rule without a slash": (lambda: Route("GET", "x"), "must begin with a slash"),
    "rule that is no text": (lambda: Route("GET", 7), "must begin with a slash"),  # type: ignore[arg-type]
    "rule with an open variable": (lambda: Route("GET", "/x/<id"), "is no path"),
    "rule with an unknown converter": (lambda: Route("GET", "/x/<hash:id>"), "is no rule that werkzeug understands"),
    "rule with one variable twice": (lambda: Route("GET", "/<id>/<id>"), "is no rule that werkzeug understands"),
    "rule with a bad converter": (lambda: Route("GET", "/<int(a=1):id>"), "is no rule that werkzeug understands"),
    "rule with a query": (lambda: Route("GET", "/x?page=1"), "is no path"),
    "rule with a doubled slash": (lambda: Route("GET", "/x//<id>"), "is no path"),
    "rule with dots": (lambda: Route("GET", "/x/../y"), "is no path"),
    "one route twice": (
        lambda: make(resources=[THING, Resource("other", PartSchema, item="/things/<name>")]),
        "is declared twice",
    ),
    "one method twice": (
        lambda: of(ThingSchema, item_methods=["GET", "GET"]),
        "GET /things/<id> is declared twice",
    ),
    "one route with and without a slash": (
        lambda: make(resources=[THING, Resource("other", PartSchema, collection="/things/")]),
        "is declared twice",
    ),
    "one route twice in an older version": (
        lambda: make(
            resources=[THING, Resource("part", PartSchema, collection="/parts")],
            routes=[moved("/things", to="/parts")],
        ),
        "GET /things is declared twice",
    ),
    "moved that concerns no route": (lambda: make(routes=[moved("/a", to="/b")]), "no route begins with '/b'"),
    "moved nowhere": (lambda: make(routes=[moved("/things", to="/things/")]), "moves nothing"),
    "moved without a slash": (lambda: make(routes=[moved("a", to="/things")]), "must begin with a slash"),
    "moved that loses a variable": (
        lambda: make(routes=[moved("/one", to="/things/<id>")]),
        "must keep the variables of '/things/<id>'",
    ),
    "moved that changes a converter": (
        lambda: make(routes=[moved("/one/<int:id>", to="/things/<id>")]),
        "must keep the variables of '/things/<id>', converters included",
    ),
    "added without a route": (lambda: make(routes=[added("/boxes")]), "There is no such route"),
    "added method without a route": (lambda: make(routes=[added("/things", "PUT")]), "There is no such route"),
    "removed without a route": (lambda: make(routes=[removed("/boxes")]), "There is no such route"),
    "added twice": (
        lambda: make(
            versions=[
                Version(3, change(routes=[added("/things")])),
                Version(2, change(routes=[added("/things")])),
                Version(1),
            ]
        ),
        "A newer version says so too",
    ),
    "removed twice": (
        lambda: make(
            versions=[
                Version(3, change(routes=[removed("/things")])),
                Version(2, change(routes=[removed("/things")])),
                Version(1),
            ]
        ),
        "none in between added it",
    ),
    "a version left with no routes": (
        lambda: make(routes=[added("/things"), added("/things/<id>")]),
        "Version 1 has no routes left",
    ),
    "a route of no version": (
        lambda: make(routes=[added("/things"), removed("/things")]),
        "GET /things is in no version",
    ),
    # What the API chooses
    "bad scheme": (lambda: make(scheme="semver"), "scheme='semver' is none of 'integer', 'dotted', 'date'"),
    "bad policy without version": (lambda: make(unversioned="newest"), "'oldest', 'latest', 'required'"),
    "bad policy for other URLs": (lambda: make(undeclared=None), "undeclared=None is none of 'relay', 'refuse'"),
    "bad policy for unknown fields": (lambda: make(unknown="ignore"), "'raise', 'exclude', 'pass'"),
    "unhashable policy": (lambda: make(unknown=["raise"]), "'raise', 'exclude', 'pass'"),
    "a header's name instead of a switch": (lambda: make(header="X-Version"), "header='X-Version' is none of True, F"),
    "bad envelope": (lambda: make(envelope="jsonapi"), "envelope='jsonapi' is none of 'none', 'data'"),
    "class of an envelope": (lambda: make(envelope=Envelope), "no instance of an Envelope of one's own"),
    "prefix without a slash": (lambda: make(prefix="api"), "must be empty or like '/api'"),
    "prefix with a slash behind": (lambda: make(prefix="/api/"), "must be empty or like '/api'"),
    "prefix with a variable": (lambda: make(prefix="/<tenant>"), "must be empty or like '/api'"),
    "prefix with dots": (lambda: make(prefix="/a/.."), "must be empty or like '/api'"),
    "prefix that is nothing": (lambda: make(prefix=None), "must be empty or like '/api'"),
    "empty vendor": (lambda: make(vendor=""), "stands in media types"),
    "vendor with spaces": (lambda: make(vendor="my company"), "stands in media types"),
    "template without version": (lambda: make(media_types=["application/vnd.{vendor}+json"]), r"has \{version\} in it"),
    "template with unknown names": (lambda: make(media_types=["a/b.{version}.{user}"]), r"may have \{vendor\}"),
    "template with a lone brace": (lambda: make(media_types=["a/b{version}{"]), "cannot be filled in"),
    "template that is no media type": (lambda: make(media_types=["v{version}"]), "make no media types"),
    "template with a bad conversion": (lambda: make(media_types=["a/{version!x}"]), "make no media types"),
    "template as a text": (lambda: make(media_types="a/b.{version}"), "media_types is a list of str"),
    "resource's name in a media type": (
        lambda: make(
            resources=[Resource("my thing", ThingSchema, item="/x")],
            media_types=["application/vnd.{resource}.v{version}+json"],
        ),
        "make no media types",
    ),
    "documentation without a code": (lambda: make(error_docs="https://docs.example"), r"a URL with \{code\} in it"),
    "documentation with a space": (lambda: make(error_docs="/my docs/{code}"), r"a URL with \{code\} in it"),
    "documentation that is no text": (lambda: make(error_docs=True), r"a URL with \{code\} in it"),
    "extractor that is no function": (lambda: make(app_errors=["json_api"]), "takes functions of a status and a body"),
    "limits of another kind": (lambda: make(limits={"body": 5}), r"limits are Limits\(…\)"),
    "no room at all": (lambda: Limits(body=0), r"Limits\(body=0\): a bound is a positive whole number"),
    "half an attempt": (lambda: Limits(attempts=0.5), "a bound is a positive whole number"),  # type: ignore[arg-type]
    # Schemas that marshmallow refuses, or that say more than a version can carry
    "names that collide": (lambda: of(Collides), "marshmallow cannot make Collides: The data_key argument"),
    "nested schema of no name": (
        lambda: of(schema(a=fields.Nested("NoSuchSchema"))),
        "marshmallow cannot make MadeSchema",
    ),
    "older nested schema of no name": (
        lambda: make(remove("x", fields.Nested("NoSuchSchema"))),
        "cannot make a field of was=: Class with name 'NoSuchSchema' was not found",
    ),
    "method that is not there": (lambda: of(schema(a=fields.Method("none"))), "marshmallow cannot make MadeSchema"),
    "selection of no field": (lambda: of(schema(a=fields.Nested(PartSchema, only=("x",)))), "marshmallow cannot make"),
    "one name for two fields": (lambda: of(ReadsAndWrites), "has several fields called tags outside"),
    "nested and partial": (lambda: of(schema(a=fields.Nested(PartSchema(partial=True)))), "declare optional fields"),
    "tuple of objects": (
        lambda: of(schema(a=fields.Tuple((fields.Integer(), fields.Nested(PartSchema))))),
        "a tuple of more than plain fields",
    ),
    "tuple of lists of objects": (
        lambda: of(schema(a=fields.Tuple((fields.List(fields.Nested(PartSchema)),)))),
        "a tuple of more than plain fields",
    ),
    "tuple of computed fields": (lambda: of(schema(a=fields.Tuple((Stranger(),)))), "a tuple of more than plain"),
    "tuple of functions": (lambda: of(schema(a=fields.Tuple((fields.Constant(1),)))), "a tuple of more than plain"),
    "plucked object": (lambda: of(schema(a=fields.Pluck(ThingSchema, "part"))), "plucks 'part', which is no plain"),
    "plucked field that is not there": (lambda: of(schema(a=fields.Pluck(ThingSchema, "x"))), "where there is none"),
    "container that only reads in its own way": (
        lambda: of(schema(a=CommaList(fields.Raw()))),
        "override _serialize too",
    ),
    "method outside of a schema": (
        lambda: make(convert("title", str, str, was=fields.Method(deserialize="load"))),
        "Use fields.Function",
    ),
    "key that is no field": (
        lambda: of(schema(a=fields.List(fields.Nested(PartSchema), metadata={"key": "number"}))),
        "recognises its elements by 'number'",
    ),
    "key that clients cannot see": (
        lambda: of(schema(a=fields.Dict(values=fields.List(fields.Nested(KeptSchema), metadata={"key": "id"})))),
        "that must be the name of a plain field of theirs that clients see, not load_only",
    ),
    "key of a resource that is none": (
        lambda: Api("acme", [Resource("thing", ThingSchema, "/x", key="number")], [Version(1)]),
        "Resource 'thing' is recognised by 'number': that must be the name of a plain field",
    ),
    "key of a resource that is no name": (
        lambda: Resource("thing", ThingSchema, "/x", key=5),
        "Resource 'thing': key=5 is no field name of today's documents",
    ),
    "two keys of one schema": (
        lambda: Api(
            "acme",
            [Resource("one", ThingSchema, "/x", key="id"), Resource("two", ThingSchema, "/y", key="title")],
            [Version(1)],
        ),
        "two resources name different keys of ThingSchema",
    ),
    "key of no objects": (
        lambda: of(schema(a=fields.List(fields.Integer(), metadata={"key": "id"}))),
        "recognises its elements by 'id'",
    ),
}


@pytest.mark.parametrize("nonsense", REFUSED)
def test_TRN_2_7_nonsense_is_refused_at_construction_in_a_sentence(nonsense: str) -> None:
    declare, sentence = REFUSED[nonsense]
    with pytest.raises(DeclarationError, match=sentence):
        declare()


def test_every_refusal_keeps_what_marshmallow_said_as_its_cause() -> None:
    with pytest.raises(DeclarationError) as refused:
        of(Collides)
    assert isinstance(refused.value.__cause__, ValueError)


class Loud(Envelope):
    def one(self, document: Any) -> Any:
        return {"LOUD": document}

    def many(self, items: list[Any], page: Any) -> Any:
        return {"LOUD": items}


SOUND: dict[str, Callable[[], Any]] = {
    "one URL read in two ways": lambda: make(
        resources=[
            Resource("thing", ThingSchema, item="/things/<int:id>"),
            Resource("title", ThingSchema, item="/things/<string:title>"),
        ],
    ),
    "a route that came, went and came again": lambda: make(
        versions=[
            Version(4, change(routes=[added("/things")])),
            Version(3, change(routes=[removed("/things")])),
            Version(2, change(routes=[added("/things")])),
            Version(1),
        ]
    ),
    "a documented change of nothing": lambda: make(versions=[Version(2, Nothing), Version(1)]),
    "no media types": lambda: make(media_types=[]),
    "plain things in a tuple": lambda: of(
        schema(a=fields.Tuple((fields.List(fields.Integer()), fields.Dict(values=fields.String()), fields.Raw())))
    ),
    "a plucked list": lambda: of(schema(a=fields.Pluck(schema(b=fields.List(fields.Integer())), "b"))),
    "a plucked field of one's own": lambda: of(schema(a=fields.Pluck(schema(b=Stranger()), "b"))),
    "an envelope of one's own": lambda: make(envelope=Loud()),
    "documentation in the same site": lambda: make(error_docs="/docs/errors.html#{code}"),
    "a prefix of two segments": lambda: make(prefix="/acme.example/api"),
    "an object that an operation made": lambda: make(flatten("box", "title", "parts")),
}


@pytest.mark.parametrize("declared", SOUND)
def test_what_looks_odd_and_makes_sense_is_taken(declared: str) -> None:
    assert isinstance(SOUND[declared](), Api)


# The changelog


def test_TRN_2_4_every_operation_and_every_route_has_its_sentence_in_the_changelog() -> None:
    class Renamed(VersionChange):
        """Things have titles,
        no longer names."""

        schemas = {ThingSchema: [rename("name", "title"), wrap("parts")], PartSchema: Whole}
        routes = [moved("/objects", to="/things"), added("/things/<id>", "PUT"), removed("/things", "POST")]

    class Untitled(VersionChange):
        schemas = {ThingSchema: [move("ident", "id")]}

    api = make(versions=[Version(3, Renamed, Untitled), Version(2, Nothing), Version(1)])
    told = [(entry.version.text, entry.title, entry.sentences) for entry in api.changelog()]
    assert told == [
        (
            "3",
            "Things have titles, no longer names.",
            (
                "`name` is called `title`.",
                "`parts` is a list.",
                "Something by hand.",
                "`/objects` moved to `/things`.",
                "PUT `/things/<id>` is new.",
                "POST `/things` is gone.",
            ),
        ),
        ("3", "Untitled", ("`ident` moved to `id`.",)),
        ("2", "Nothing", ()),
    ]


# Looking up


@pytest.mark.parametrize(
    ("ask", "sentence"),
    (
        (lambda: bookings.schema("boking", 1), "there is no resource 'boking'; there are booking"),
        (lambda: bookings.schema("booking", 5), "there is no version 5; there are 4, 3, 2, 1"),
        (lambda: bookings.translate({}, "booking", from_version=1, to_version=0), "there is no version 0"),
        (lambda: bookings.translate({}, "car", from_version=1, to_version=2), "there is no resource 'car'"),
    ),
)
def test_what_is_not_there_is_a_lookup_error_with_what_there_is(ask: Callable[[], Any], sentence: str) -> None:
    with pytest.raises(LookupError, match=sentence):
        ask()


def test_versions_are_found_by_number_text_and_date() -> None:
    api = Api("acme", [THING], [Version("2026-11-20"), Version(date(2026, 1, 1))], scheme="date")
    assert [api.position(named) for named in ("2026-11-20", date(2026, 11, 20), "2026-01-01")] == [0, 0, 1]


# Documents outside HTTP

NEW = {
    "id": "0d1c5c3e-9d4e-4e57-8a3a-5f2a5d3c7f10",
    "reference": "A1",
    "passengers": 2,
    "status": "confirmed",
    "price": {"amount": "10.50", "currency": "EUR"},
    "customer": {"first_name": "Ada", "last_name": "Lovelace", "emails": ["ada@example.org"]},
    "legs": [{"origin": "OSL", "destination": "LHR", "departure": "2026-11-20T08:00:00Z", "cabin": "economy"}],
}
OLD = {
    "id": "0d1c5c3e-9d4e-4e57-8a3a-5f2a5d3c7f10",
    "reference": "A1",
    "pax": 2,
    "status": "done",
    "cents": 1050,
    "currency": "EUR",
    "customer": {"name": "Ada Lovelace", "email": "ada@example.org", "fax": None},
    "legs": [{"origin": "OSL", "destination": "LHR", "departure": 1795161600}],
}


def test_TRN_7_1_documents_are_translated_both_ways() -> None:
    assert bookings.translate(NEW, "booking", from_version=3, to_version=1) == OLD
    assert bookings.translate(OLD, "booking", from_version="1", to_version="3") == NEW
    assert bookings.translate(OLD, "booking", from_version=1, to_version=1) == OLD


@pytest.mark.parametrize(
    ("version", "document"),
    ((4, NEW), (4, {**NEW, "remarks": "Window seat."}), (3, NEW), (3, {**NEW, "notes": "Window seat."})),
)
def test_TRN_7_1_documents_of_the_version_itself_stay_what_they_are(version: int, document: Any) -> None:
    assert bookings.translate(document, "booking", from_version=version, to_version=version) == document


def test_TRN_7_1_what_has_no_newer_form_is_the_senders_fault_with_every_place() -> None:
    wrong = {**OLD, "status": "lost", "legs": [{"departure": "soon"}, {"departure": 1, "arrival": "late"}]}
    with pytest.raises(RequestError) as refused:
        bookings.translate(wrong, "booking", from_version=1, to_version=3)
    assert refused.value.code == "INVALID"
    assert {violation.pointer for violation in refused.value.violations} == {
        "/status",
        "/legs/0/departure",
        "/legs/1/arrival",
    }


def test_TRN_7_1_what_has_no_older_form_breaks_the_contract() -> None:
    with pytest.raises(ContractViolation, match="has no word for 'lost'"):
        bookings.translate({**NEW, "status": "lost"}, "booking", from_version=3, to_version=1)


@pytest.mark.parametrize("document", [None, 1, "x", [NEW]])
def test_TRN_7_1_a_document_is_an_object(document: Any) -> None:
    with pytest.raises(RequestError) as refused:
        bookings.translate(document, "booking", from_version=1, to_version=3)
    assert [(violation.pointer, violation.code) for violation in refused.value.violations] == [("", "TYPE")]


def test_TRN_7_1_violations_are_bounded() -> None:
    told = change({PartSchema: [convert("size", int, str)]})
    api = make(versions=[Version(2, told), Version(1)], limits=Limits(violations=3))
    with pytest.raises(RequestError) as refused:
        api.translate({"parts": [{"size": "x"}] * 10}, "thing", from_version=1, to_version=2)
    assert len(refused.value.violations) == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "x", *OLD, *NEW]), inner),
    max_leaves=12,
)


@given(JSON, st.sampled_from([1, 2, 3, 4]), st.sampled_from([1, 2, 3, 4]))
def test_TRN_7_1_any_value_is_translated_or_refused(value: Any, one: int, other: int) -> None:
    for document in (value, {**OLD, "customer": value, "legs": value}, {**NEW, "price": value}):
        try:
            bookings.translate(document, "booking", from_version=one, to_version=other)
        except (RequestError, ContractViolation):
            continue


# Everything is made at construction


def test_translations_are_made_once() -> None:
    api = make(rename("name", "title"))
    assert api.translation(ThingSchema, 1) is api.translation(ThingSchema, 1)
    assert api.translation(ThingSchema, 1, "pass") is not api.translation(ThingSchema, 1)


@pytest.mark.parametrize(
    ("operations", "loses"),
    (
        ([rename("name", "title")], False),
        ([split("name", into=("title",), by=" ")], True),
        ([add("part")], True),
        ([require("title", "x")], False),
        ([constrain("title", fields.String(validate=validate.Length(max=5)))], False),
    ),
)
def test_a_translation_knows_whether_it_loses_something(operations: list[Any], loses: bool) -> None:
    api = make(*operations)
    assert api.translation(ThingSchema, 1).loses is loses
    assert not api.translation(ThingSchema, 0).loses


def test_every_route_has_its_resource() -> None:
    api = make()
    assert {api.owner(route).name for route in THING.all_routes()} == {"thing"}


@pytest.mark.parametrize(
    ("templates", "offered"),
    (
        ((), []),
        (("application/vnd.{vendor}.v{version}+json",), ["application/vnd.acme.v2+json"]),
        (("application/vnd.{vendor}.{resource}.v{version}+json",), ["application/vnd.acme.thing.v2+json"]),
        (("application/vnd.{vendor}+json; version={version}",), ["application/vnd.acme+json; version=2"]),
    ),
)
def test_media_types_are_made_of_their_templates(templates: tuple[str, ...], offered: list[str]) -> None:
    api = make(media_types=templates)
    assert list(map(str, api.offered(api.versions[0], "thing"))) == offered
