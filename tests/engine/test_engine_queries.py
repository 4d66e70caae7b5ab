"""Queries: parameters reach the app under today's names, and the app's links say them as the client did."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields
from things import THING, Said, Script, make_api

from examples.bookings.api import BookingSchema
from examples.bookings.api import api as BOOKINGS
from translayer import Api, Limits, Query, Resource, Route, Translator, Version, VersionChange
from translayer.document.codec import shorten
from translayer.errors import DeclarationError
from translayer.operations import (
    add,
    convert,
    flatten,
    join,
    map_values,
    move,
    nest,
    remove,
    rename,
    require,
    split,
    unwrap,
    wrap,
)

EVERYTHING = Query(
    filters={
        **{name: name for name in ("passengers", "status", "reference", "price.amount", "price.currency")},
        **{name: name for name in ("customer.first_name", "customer.last_name", "customer.emails")},
        **{name: name for name in ("legs.departure", "legs.cabin", "created_at")},
        "min_passengers": "passengers",
        "filter[status]": "status",
    },
    sort="sort",
    fields="fields",
    paging=("page", "per_page"),
    others=("q", "ids[]"),
)


def bookings(query: Query = EVERYTHING, **options: Any) -> Api:
    """The API of the example, with a grammar of its own."""
    resource = Resource("booking", BookingSchema, collection="/bookings", item="/bookings/<uuid:id>", query=query)
    return Api("acme", [resource], BOOKINGS.versions, prefix="/api", **options)


FULL = bookings()
URL = {1: "/api/v1/reservations", 2: "/api/v2/reservations", 3: "/api/v3/bookings"}


def asked(serve: Any, version: int, query: str, api: Api = FULL, url: str | None = None) -> str:
    """What the app is asked for, for a client's query."""
    app = Script(Said(body=[]))
    reply = serve(app, api).get(f"{url or URL[version]}?{query}")
    assert reply.status_code == 200, reply.text
    return app.last.query


def refused(serve: Any, version: int, query: str, api: Api = FULL, url: str | None = None) -> tuple[str, list[Any]]:
    """The code with which a query is refused, and the details; the app is not asked."""
    app = Script(Said(body=[]))
    reply = serve(app, api).get(f"{url or URL[version]}?{query}")
    assert (reply.status_code, app.asked) == (400, [])
    assert reply.headers["X-Api-Version"] == str(version)
    assert "Accept" in reply.headers["Vary"]
    error = reply.json["error"]
    return error["error"], [(told["parameter"], told["code"]) for told in error["details"]]


def linked(serve: Any, version: int, query: str, link: str, header: str = "Link", api: Api = FULL) -> str:
    """What a link of the app's becomes in the reply to a client's query."""
    app = Script(Said(body=[], headers=[(header, link)]))
    reply = serve(app, api).get(f"{URL[version]}?{query}")
    assert reply.status_code == 200, reply.text
    return str(reply.headers[header])


NAMES = (
    (1, "pax=2", "pax_count=2"),
    (2, "passengers=2", "pax_count=2"),
    (3, "passengers=2", "pax_count=2"),
    (1, "pax=2&status=open&sort=-pax&fields=pax,customer.name",
     "pax_count=2&status=pending&sort=-pax_count&fields=pax_count,customer.first_name,customer.last_name"),
    (2, "customer.email=ada%40example.com", "customer.emails=ada%40example.com"),
    (1, "page=2&per_page=10&q=a+b", "page=2&per_page=10&q=a+b"),
    (1, "q=a%20b&&pax=%32&ids[]=1&ids%5B%5D=2", "q=a%20b&pax_count=%32&ids[]=1&ids%5B%5D=2"),
    (1, "status=open&pax=1&status=done&pax=02", "status=pending&pax_count=1&status=confirmed&pax_count=02"),
    (1, "min_passengers=0", "min_passengers=0"),
    (1, "filter%5Bstatus%5D=void", "filter%5Bstatus%5D=cancelled"),
    (1, "filter[status]=void", "filter%5Bstatus%5D=cancelled"),
)  # fmt: skip


@pytest.mark.parametrize(("version", "query", "today"), NAMES)
def test_RTE_4_1_parameters_reach_the_app_under_the_names_of_its_own_object(
    serve: Any, version: int, query: str, today: str
) -> None:
    assert asked(serve, version, query) == today


VALUES = (
    ("status=open", "status=pending"),
    ("legs.departure=1796117400", "legs.departure=2026-12-01T09:30:00Z"),
    ("customer.name=Ada+King", "customer.first_name=Ada&customer.last_name=King"),
    ("customer.name=Ada+van%20Dyk", "customer.first_name=Ada&customer.last_name=van+Dyk"),
    ("cents=12050&currency=EUR", "price.amount=120.50&price.currency=EUR"),
    ("currency=EUR&cents=12050", "price.currency=EUR&price.amount=120.50"),
    ("reference=BK%2F1", "reference=BK%2F1"),
    ("reference=", "reference="),
    ("reference", "reference"),
    ("pax=12", "pax_count=12"),
)


@pytest.mark.parametrize(("query", "today"), VALUES)
def test_RTE_4_2_values_go_through_the_conversions_of_their_fields(serve: Any, query: str, today: str) -> None:
    assert asked(serve, 1, query) == today


LISTS = (
    ("sort=pax", "sort=pax_count"),
    ("sort=-pax,+reference", "sort=-pax_count,+reference"),
    ("sort=-pax,%2Breference", "sort=-pax_count,%2Breference"),
    ("sort=%2Bpax", "sort=%2Bpax_count"),
    ("sort=-customer.name,cents", "sort=-customer.first_name,-customer.last_name,price.amount"),
    ("sort=pax%2Creference", "sort=pax_count,reference"),
    ("sort=reference,,", "sort=reference,,"),
    ("sort=pax,,reference", "sort=pax_count,reference"),
    ("sort=", "sort="),
    ("fields=pax,legs.origin", "fields=pax_count,legs.origin"),
    ("fields=customer", "fields=customer"),
    ("fields=cents", "fields=price"),
    ("fields=cents,currency,pax", "fields=price,pax_count"),
    ("fields=customer.fax", ""),
    ("fields=customer.fax,pax", "fields=pax_count"),
    ("fields=legs", "fields=legs"),
    ("pax=1&fields=&pax=2", "pax_count=1&fields=&pax_count=2"),
)


@pytest.mark.parametrize(("query", "today"), LISTS)
def test_RTE_4_3_names_in_lists_are_translated_with_their_signs(serve: Any, query: str, today: str) -> None:
    assert asked(serve, 1, query) == today


AS_THEY_ARE = (
    "reference=a%2Fb&&q=%41+b&sort=+reference,-id&fields=notes,legs.cabin&",
    "sort=%20reference&page=%32",
    "q=%ff",
    "&",
)


@pytest.mark.parametrize("query", AS_THEY_ARE)
def test_RTE_4_4_a_query_in_which_nothing_is_called_otherwise_passes_byte_for_byte(serve: Any, query: str) -> None:
    assert asked(serve, 3, query) == query


UNKNOWN = (
    (1, "passengers=2", [("passengers", "UNKNOWN_FIELD")]),
    (1, "legs.cabin=economy", [("legs.cabin", "UNKNOWN_FIELD")]),
    (1, "a=1&b=2&pax=x", [("pax", "TYPE"), ("a", "UNKNOWN_FIELD"), ("b", "UNKNOWN_FIELD")]),
    (3, "pax=2&pax_count=2", [("pax", "UNKNOWN_FIELD"), ("pax_count", "UNKNOWN_FIELD")]),
    (1, "a=1&a=2", [("a", "UNKNOWN_FIELD")]),
)


@pytest.mark.parametrize(("version", "query", "details"), UNKNOWN)
def test_RTE_4_5_unknown_parameters_are_refused_all_at_once(
    serve: Any, version: int, query: str, details: list[Any]
) -> None:
    assert refused(serve, version, query) == ("UNKNOWN_PARAMETER", details)


POLICIES = (
    ("exclude", "a=1&pax=2&passengers=3&notes=x&sort=a,-pax&fields=a", "pax_count=2&sort=-pax_count"),
    ("pass", "a=%31&pax=2&sort=-relevance,pax", "a=%31&pax_count=2&sort=-relevance,pax_count"),
)


@pytest.mark.parametrize(("policy", "query", "today"), POLICIES)
@pytest.mark.parametrize("where", ("query", "resource", "api"))
def test_RTE_4_5_or_dropped_or_passed_by_policy(serve: Any, where: str, policy: Any, query: str, today: str) -> None:
    grammar = Query(EVERYTHING.filters, "sort", "fields", unknown=policy if where == "query" else None)
    said = policy if where == "resource" else "raise" if where == "query" else None
    resource = Resource("booking", BookingSchema, collection="/bookings", query=grammar, unknown=said)
    api = Api("acme", [resource], BOOKINGS.versions, prefix="/api", unknown=policy if where == "api" else "raise")
    assert asked(serve, 1, query, api) == today


PASSED_ALL_THE_SAME = (
    ("passengers=2", ("UNKNOWN_PARAMETER", [("passengers", "UNKNOWN_FIELD")])),
    ("pax_count=2", ("UNKNOWN_PARAMETER", [("pax_count", "UNKNOWN_FIELD")])),
    ("sort=notes", ("INVALID_PARAMETER", [("sort", "CHOICE")])),
)


@pytest.mark.parametrize(("query", "refusal"), PASSED_ALL_THE_SAME)
def test_what_another_version_knows_is_never_passed_as_unknown(serve: Any, query: str, refusal: Any) -> None:
    api = bookings(Query(EVERYTHING.filters, "sort", unknown="pass"))
    assert refused(serve, 1, query, api) == refusal


INVALID = (
    ("pax=two", [("pax", "TYPE")]),
    ("pax=", [("pax", "TYPE")]),
    ("pax=%ff", [("pax", "TYPE")]),
    ("sort=%ff", [("sort", "TYPE")]),
    ("status=pending", [("status", "CHOICE")]),
    ("status=open&status=lost&pax=x", [("status", "CHOICE"), ("pax", "TYPE")]),
    ("cents=12050", [("cents", "RULE")]),
    ("cents=1.5&currency=EUR", [("cents", "TYPE"), ("currency", "RULE")]),
    ("customer.name=Cher", [("customer.name", "REQUIRED")]),
    ("sort=customer.fax,colour", [("sort", "CHOICE"), ("sort", "CHOICE")]),
    ("fields=pax,colour", [("fields", "CHOICE")]),
    ("min_passengers=x", [("min_passengers", "TYPE")]),
)


@pytest.mark.parametrize(("query", "details"), INVALID)
def test_RTE_4_6_a_value_that_the_version_does_not_take_is_refused_with_its_parameter(
    serve: Any, query: str, details: list[Any]
) -> None:
    assert refused(serve, 1, query) == ("INVALID_PARAMETER", details)


def test_details_about_parameters_have_their_form_in_problem_details_too(serve: Any) -> None:
    client = serve(Script(), FULL)
    expected = {"parameter": "pax", "code": "TYPE", "message": "Not a valid integer."}
    assert client.get(f"{URL[1]}?pax=x").json["error"]["details"] == [expected]
    reply = client.get(f"{URL[1]}?pax=x", headers={"Accept": "application/json, application/problem+json"})
    assert (reply.json["code"], reply.json["errors"]) == ("INVALID_PARAMETER", [expected])


TOLD = (
    ({"pax_count": ["Too many."]}, ("parameter", "pax")),
    ({"customer.last_name": ["Odd."]}, ("parameter", "customer.name")),
    ({"min_passengers": ["Odd."]}, ("parameter", "min_passengers")),
    ({"sort": ["Not by that."]}, ("parameter", "sort")),
    ({"page": ["None such."]}, ("parameter", "page")),
    ({"notes": ["Odd."]}, ("pointer", "")),
)


@pytest.mark.parametrize(("errors", "place"), TOLD)
def test_RTE_4_6_so_are_those_that_the_app_refuses(serve: Any, errors: Any, place: tuple[str, str]) -> None:
    app = Script(Said("400 Bad Request", {"errors": errors}))
    (detail,) = serve(app, FULL).get(URL[1]).json["error"]["details"]
    assert place in detail.items()


ORDER = (
    ("/api/v9/reservations?a=1", {}, 404),
    ("/api/v1/bookings?a=1", {}, 404),
    ("/api/v1/reservations?a=1", {"Accept": "text/html"}, 406),
    ("/api/v1/reservations?a=1", {}, 400),
)


@pytest.mark.parametrize(("url", "headers", "status"), ORDER)
def test_version_route_and_type_are_settled_before_the_query(
    serve: Any, url: str, headers: dict[str, str], status: int
) -> None:
    assert serve(Script(), FULL).get(url, headers=headers).status_code == status


LINKS = (
    ("page=1", '</bookings?page=2>; rel="next"', '</api/v1/reservations?page=2>; rel="next"'),
    (
        "status=open&pax=02&sort=-pax&page=1",
        "</bookings?status=pending&pax_count=02&sort=-pax_count&page=2>; rel=next",
        "</api/v1/reservations?status=open&pax=02&sort=-pax&page=2>; rel=next",
    ),
    ("q=a%20b", "</bookings?page=2&q=a+b>", "</api/v1/reservations?page=2&q=a%20b>"),
    (
        "customer.name=Ada%20King",
        "</bookings?customer.last_name=King&page=2&customer.first_name=Ada>",
        "</api/v1/reservations?customer.name=Ada%20King&page=2>",
    ),
    ("fields=customer.fax,pax", "</bookings?fields=pax_count>", "</api/v1/reservations?fields=customer.fax,pax>"),
    ("", "</bookings?status=confirmed&pax_count=3>", "</api/v1/reservations?status=done&pax=3>"),
    ("", "</bookings?pax_count=3&pax_count=4>", "</api/v1/reservations?pax=3&pax=4>"),
    ("pax=3", "</bookings?pax_count=3&pax_count=3>", "</api/v1/reservations?pax=3&pax=3>"),
    ("", "<?pax_count=3&page=2>", "<?pax=3&page=2>"),
    ("", "</bookings?&status=pending#top>", "</api/v1/reservations?status=open#top>"),
    ("", "</bookings?page=2&&q=1>", "</api/v1/reservations?page=2&&q=1>"),
    ("", "</bookings?legs.departure=2026-12-01T09:30:00Z>", "</api/v1/reservations?legs.departure=1796117400>"),
    (
        "",
        "</bookings?price.amount=120.50&price.currency=EUR>",
        "</api/v1/reservations?cents=12050&currency=EUR>",
    ),
    (
        "",
        "</bookings?sort=customer.first_name,customer.last_name,-price.amount,notes>",
        "</api/v1/reservations?sort=customer.name,-cents,notes>",
    ),
    ("", "</bookings?fields=customer.emails,pax_count>", "</api/v1/reservations?fields=customer.email,pax>"),
    ("", "</elsewhere?pax_count=3>", "</elsewhere?pax_count=3>"),
    ("", "<https://other.example/bookings?pax_count=3>", "<https://other.example/bookings?pax_count=3>"),
)


@pytest.mark.parametrize(("query", "link", "expected"), LINKS)
def test_RTE_4_7_links_of_the_app_say_the_query_as_the_client_did(
    serve: Any, query: str, link: str, expected: str
) -> None:
    assert linked(serve, 1, query, link) == expected


@pytest.mark.parametrize("header", ("Location", "Content-Location"))
def test_RTE_4_7_and_so_do_location_and_content_location(serve: Any, header: str) -> None:
    link = linked(serve, 1, "", "http://localhost/bookings?pax_count=3", header)
    assert link == "http://localhost/api/v1/reservations?pax=3"


LEFT = (
    "status=unheard-of",
    "price.amount=120.50",
    "customer.first_name=Ada",
    "notes=x",
    "pax_count=%ff",
)


@pytest.mark.parametrize("query", LEFT)
def test_what_the_version_has_no_words_for_is_left_in_links(serve: Any, query: str) -> None:
    assert linked(serve, 1, "", f"</bookings?{query}>") == f"</api/v1/reservations?{query}>"


def test_a_link_to_another_route_goes_by_that_routes_grammar(serve: Any) -> None:
    notes = Route("GET", "/notes", reply=BookingSchema, many=True)
    listed = Route("GET", "/listed", reply=BookingSchema, many=True, query=Query(["status"]))
    made = Route("POST", "/made")
    resource = Resource("booking", BookingSchema, "/bookings", routes=[notes, listed, made], query=EVERYTHING)
    api = Api("acme", [resource], BOOKINGS.versions, prefix="/api")
    link = "</notes?status=pending>, </listed?status=pending&pax_count=1>, </made?status=pending>"
    expected = "</api/v1/notes?status=pending>, </api/v1/listed?status=open&pax_count=1>, </api/v1/made?status=pending>"
    assert linked(serve, 1, "status=done", link, api=api) == expected


@pytest.mark.parametrize("count", (3, 4))
def test_RTE_4_8_parameters_and_names_in_lists_are_bounded(serve: Any, count: int) -> None:
    api = bookings(limits=Limits(parameters=3))
    for query in ("&".join(["q=1"] * count), "sort=" + ",".join(["pax"] * count), "fields=" + "pax," * (count - 1)):
        app = Script(Said(body=[]))
        reply = serve(app, api).get(f"{URL[1]}?{query}")
        if count == 3:
            assert (reply.status_code, len(app.asked)) == (200, 1)
        else:
            assert (reply.status_code, reply.json["error"]["error"], app.asked) == (400, "TOO_MANY_PARAMETERS", [])


def test_at_most_so_many_violations_are_listed(serve: Any) -> None:
    api = bookings(limits=Limits(violations=2))
    assert refused(serve, 1, "a=1&b=1&c=1", api)[1] == [("a", "UNKNOWN_FIELD"), ("b", "UNKNOWN_FIELD")]


def test_without_a_grammar_queries_pass_as_they_are(serve: Any) -> None:
    app = Script(Said(body=[]))
    serve(app, make_api()).get("/api/v1/objects?name=%ff&&x")
    assert app.last.query == "name=%ff&&x"
    assert THING.query is None


ITEM = f"{URL[1]}/00000000-0000-4000-8000-000000000000"
BY_METHOD = (("GET", "fields=pax_count"), ("HEAD", "fields=pax_count"), ("DELETE", "fields=pax"))


@pytest.mark.usefixtures("lint_is_wrong_about_head")
@pytest.mark.parametrize(("method", "today"), BY_METHOD)
def test_the_grammar_of_a_resource_is_that_of_its_items_as_they_are_read(serve: Any, method: str, today: str) -> None:
    app = Script(Said(body={}))
    assert serve(app, FULL).open(f"{ITEM}?fields=pax", method=method).status_code == 200
    assert app.last.query == today


def test_a_reply_of_chosen_fields_is_told_in_the_clients_names(serve: Any) -> None:
    app = Script(Said(body=[{"pax_count": 2, "price": {"amount": "1.50", "currency": "EUR"}}]))
    reply = serve(app, FULL).get(f"{URL[1]}?fields=pax,cents")
    assert (app.last.query, reply.json) == ("fields=pax_count,price", [{"pax": 2, "cents": 150, "currency": "EUR"}])


# Every operation, one by one


class InnerSchema(Schema):
    city = fields.String()
    code = fields.Integer()


class ThingSchema(Schema):
    """What is read today."""

    title = fields.String(required=True)
    size = fields.Integer(strict=True)
    weight = fields.Float()
    ready = fields.Boolean()
    tags = fields.List(fields.String())
    address = fields.Nested(InnerSchema)
    inner_name = fields.String(attribute="deep.place", data_key="shown")
    owner = fields.Pluck(InnerSchema, "city")
    owners = fields.Pluck(InnerSchema, "city", many=True)
    total = fields.Function(lambda thing: 1)
    table = fields.Dict(values=fields.String())
    secret = fields.String(load_only=True)


TODAY = ("title", "size", "weight", "ready", "tags", "address.city", "address.code", "shown", "owner", "total")


class Shouted(Translator):
    """Titles are in lower case now, and the label beside is no longer there."""

    class schema(ThingSchema):
        """As it was."""

        label = fields.String()

    def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        """To lower case."""
        rest = {name: value for name, value in document.items() if name != "label"}
        return rest | {"title": document["title"].lower()} if "title" in document else rest

    def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        """To upper case."""
        return document | {"title": document["title"].upper()} if "title" in document else document


def changed(*operations: Any, schema: type[Schema] = ThingSchema, query: Query | None = None) -> Api:
    """An API of two versions, with operations between them."""
    told = operations[0] if isinstance(operations[0], type) else list(operations)
    change = type("Change", (VersionChange,), {"__doc__": "It changed.", "schemas": {schema: told}})
    grammar = query or Query(TODAY, sort="sort", fields="fields")
    thing = Resource("thing", ThingSchema, collection="/things", query=grammar)
    return Api("acme", [thing], [Version(2, change), Version(1)])


def raised(document: dict[str, Any]) -> str:
    raise RuntimeError("Nobody asked for this.")


def turned(address: dict[str, Any]) -> dict[str, Any]:
    return {"city": address["city"][::-1], "code": address["code"]}


OPERATIONS = (
    ([rename("name", "title")], "name=a", "title=a"),
    ([move("town", "address.city")], "town=a&sort=town", "address.city=a&sort=address.city"),
    ([nest("city", "code", under="address")], "city=a&code=1", "address.city=a&address.code=1"),
    ([nest("city", "code", under="address")], "fields=city,code", "fields=address.city,address.code"),
    ([flatten("box", "title", "size")], "box.title=a&box.size=1", "title=a&size=1"),
    ([flatten("box", "title", "size")], "fields=box", "fields=title,size"),
    ([add("size")], "title=a", "title=a"),
    ([add("size", default=raised)], "title=a", "title=a"),
    ([remove("old", was=fields.String(), default=raised)], "title=a", "title=a"),
    ([remove("old", was=fields.String())], "fields=old,title", "fields=title"),
    ([require("title", default=raised)], "size=1", "size=1"),
    ([split("both", into=("title", "shown"), by="/")], "both=a/b", "title=a&deep.place=b"),
    ([split("both", into=("title", "shown"), by="/")], "sort=-both", "sort=-title,-deep.place"),
    ([split("both", into=("title", "shown"), by="/")], "fields=both", "fields=title,deep.place"),
    ([join(("first", "last"), into="title", by=" ")], "last=b&first=a", "title=a+b"),
    ([join(("first", "last"), into="title", by=" ")], "first=a&last=b&last=d&first=c", "title=a+b&title=c+d"),
    ([join(("first", "last"), into="title", by=" ")], "sort=-first,-last,size", "sort=-title,size"),
    ([join(("first", "last"), into="title", by=" ")], "fields=last", "fields=title"),
    ([convert("size", str, int, was=fields.Integer())], "size=7", "size=7"),
    ([convert("size", lambda cm: cm * 10, lambda mm: mm // 10, was=fields.Integer(strict=True))], "size=7", "size=70"),
    ([convert("weight", lambda kg: kg * 1000, lambda g: g / 1000, was=fields.Float())], "weight=1.5", "weight=1500.0"),
    ([map_values("ready", {"yes": True, "no": False})], "ready=yes&ready=no", "ready=true&ready=false"),
    ([map_values("size", {"S": 1, "M": 2}, downgrade_else="M")], "size=M", "size=2"),
    ([map_values("tags", {"a": "b"}, downgrade_else="a")], "tags=a", "tags=b"),
    ([rename("tag", "tags"), wrap("tags")], "tag=a&fields=tag&sort=tag", "tags=a&fields=tags&sort=tags"),
    ([unwrap("title")], "title=a&fields=title", "title=a&fields=title"),
    ([rename("plucked", "owner")], "plucked=Oslo&sort=plucked", "owner.city=Oslo&sort=owner.city"),
    ([rename("owned", "owners")], "fields=owned", "fields=owners"),
    ([rename("sum", "total")], "sum=1&sort=sum", "total=1&sort=total"),
    ([rename("sum", "total")], "fields=sum,title", ""),
    ([Shouted], "title=ABC&size=1", "title=abc&size=1"),
    ([Shouted], "fields=title", ""),
    ([rename("texts", "table")], "fields=texts", "fields=table"),
    ([convert("address", turned, turned)], "fields=address.city", "fields=address"),
    ([convert("address", turned, turned)], "address.city=ab&address.code=1", "address.city=ba&address.code=1"),
    ([rename("x", "title"), add("size")], "ready=1&weight=1e1", "ready=1&weight=1e1"),
)  # fmt: skip


@pytest.mark.parametrize(("operations", "query", "today"), OPERATIONS)
def test_RTE_4_2_every_operation_translates_names_and_values(
    serve: Any, operations: list[Any], query: str, today: str
) -> None:
    assert asked(serve, 1, query, changed(*operations), "/v1/things") == today


REFUSED = (
    ([join(("first", "last"), into="title", by=" ")], "first=a", [("first", "REQUIRED")]),
    ([join(("first", "last"), into="title", by=" ")], "last=a", [("last", "REQUIRED")]),
    ([join(("first", "last"), into="title", by=" ")], "first=a&last=b&first=c", [("first", "REQUIRED")]),
    ([join(("first", "last"), into="title", by=" ")], "sort=last,first", [("sort", "RULE")]),
    ([join(("first", "last"), into="title", by=" ")], "sort=first,-last", [("sort", "RULE")]),
    ([convert("size", raised, raised)], "size=1", [("size", "RULE")]),
    ([remove("old", was=fields.String())], "sort=old", [("sort", "CHOICE")]),
    ([convert("address", turned, turned)], "address.city=ab", [("address.city", "RULE")]),
    ([Shouted], "sort=label", [("sort", "CHOICE")]),
    ([convert("title", lambda text: [text], lambda texts: texts[0])], "title=a", [("title", "REQUIRED")]),
)  # fmt: skip


@pytest.mark.parametrize(("operations", "query", "details"), REFUSED)
def test_RTE_4_6_what_has_no_counterpart_today_is_refused(
    serve: Any, operations: list[Any], query: str, details: list[Any]
) -> None:
    assert refused(serve, 1, query, changed(*operations), "/v1/things") == ("INVALID_PARAMETER", details)


GONE = (
    ([remove("old", was=fields.String())], "old=1"),
    ([Shouted], "label=1"),
    ([split("both", into=("title", "shown"), by="/")], "title=a"),
    ([convert("address", dict, str, was=fields.String())], "address=a"),
)  # fmt: skip


@pytest.mark.parametrize(("operations", "query"), GONE)
def test_a_field_that_today_has_no_filter_for_is_no_parameter(serve: Any, operations: list[Any], query: str) -> None:
    name = query.split("=", maxsplit=1)[0]
    found = refused(serve, 1, query, changed(*operations), "/v1/things")
    assert found == ("UNKNOWN_PARAMETER", [(name, "UNKNOWN_FIELD")])


def test_a_value_that_is_no_text_in_the_version_is_left_in_links(serve: Any) -> None:
    api = changed(convert("title", lambda texts: texts[0], lambda text: [text]))
    app = Script(Said(body=[], headers=[("Link", "</things?title=a&size=1>")]))
    assert serve(app, api).get("/v1/things").headers["Link"] == "</v1/things?title=a&size=1>"


def test_a_filter_of_one_piece_of_a_field_is_none_in_a_version_that_has_the_whole(serve: Any) -> None:
    query = Query({"title": "title", "by_shown": "shown", "size": "size"})
    api = changed(split("both", into=("title", "shown"), by="/"), query=query)
    for name in ("both", "title", "by_shown"):
        assert refused(serve, 1, f"{name}=a", api, "/v1/things") == ("UNKNOWN_PARAMETER", [(name, "UNKNOWN_FIELD")])


class Upper(fields.String):
    """A text that is in capitals outside, and in small letters inside."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return value.upper()

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        return super()._deserialize(value, attr, data, **options).lower()


class StampSchema(Schema):
    """Fields that are written in other ways than they are kept."""

    code = Upper()
    at = fields.DateTime(format="timestamp")
    exact = fields.Decimal(as_string=True)
    inside = fields.Nested(lambda: StampSchema(only=("code", "inside")))


class Stamped(VersionChange):
    """The code had another name, and so had the time."""

    schemas = {StampSchema: [rename("sign", "code"), rename("when", "at"), map_values("at", {1: 2, 3: 4})]}


STAMPS = Api(
    "acme",
    [Resource("stamp", StampSchema, "/stamps", query=Query(["code", "at", "exact", "inside.code"], fields="fields"))],
    [Version(2, Stamped), Version(1)],
)

STAMP_QUERIES = (
    ("sign=AB", "code=ab"),
    ("when=3", "at=4"),
    ("exact=1.50", "exact=1.50"),
    ("inside.sign=A", "inside.code=a"),
    ("fields=inside", "fields=inside"),
)


@pytest.mark.parametrize(("query", "today"), STAMP_QUERIES)
def test_fields_that_compute_do_so_for_parameters_too(serve: Any, query: str, today: str) -> None:
    app = Script(Said(body=[], headers=[("Link", f"</stamps?{today}>")]))
    reply = serve(app, STAMPS).get(f"/v1/stamps?{query}")
    assert (app.last.query, reply.headers["Link"]) == (today, f"</v1/stamps?{query}>")
    reply = serve(app, STAMPS).get("/v1/stamps")
    assert reply.headers["Link"] == f"</v1/stamps?{query}>"


class PaidSchema(Schema):
    """Somebody, whose salary only some see."""

    name = fields.String()
    salary = fields.Integer(attribute="pay", metadata={"flag": "hr"})
    page = fields.String(metadata={"link": True})


def paid(**told: Any) -> Api:
    query = Query(**{"filters": ["name", "salary"], "sort": "sort", "fields": "fields", **told})
    return Api("acme", [Resource("paid", PaidSchema, "/paid", collection_methods=["GET"], query=query)], [Version(1)])


@pytest.mark.parametrize(
    ("policy", "asked", "seen"),
    (
        ("pass", "salary=9&nonsense=1", "nonsense=1"),
        ("pass", "pay=9", ""),
        ("pass", "sort=-salary,name", "sort=name"),
        ("pass", "sort=pay", None),
        ("pass", "sort=nonsense", "sort=nonsense"),
        ("pass", "fields=name,salary", "fields=name"),
        ("exclude", "salary=9&nonsense=1&name=a", "name=a"),
        ("raise", "salary=9", 400),
        ("raise", "sort=salary", 400),
    ),
)
def test_RTE_4_5_what_is_hidden_from_a_consumer_is_unknown_and_reaches_no_app(
    serve: Any, policy: str, asked: str, seen: Any
) -> None:
    app = Script(Said(body=[]))
    reply = serve(app, paid(unknown=policy)).get(f"/v1/paid?{asked}")
    if seen == 400:
        assert reply.status_code == 400
        nonsense = serve(app, paid(unknown=policy)).get(f"/v1/paid?{asked.replace('salary', 'nonsense')}")
        assert reply.text.replace("salary", "nonsense") == nonsense.text
    else:
        assert (reply.status_code, app.last.query) == (200, seen or "")


def test_a_filter_of_links_is_refused() -> None:
    with pytest.raises(DeclarationError, match="which holds links"):
        paid(filters=["page"])


def test_RTE_4_5_a_long_name_is_told_in_part(serve: Any) -> None:
    name = "n" * 5_000
    told = serve(Script(Said(body=[])), paid(unknown="raise")).get(f"/v1/paid?{name}=1").json["error"]["details"]
    assert told[0]["parameter"] == shorten(name)


def test_RTE_4_8_a_link_with_more_parameters_than_anybody_may_ask_for_stays_as_it_is(serve: Any) -> None:
    query = "&".join(["name=a"] * 101)
    app = Script(Said(body=[], headers=[("Link", f"</paid?{query}>; rel=next")]))
    api = Api("acme", [paid().resources[0]], [Version(2), Version(1)])
    assert serve(app, api).get("/v1/paid").headers["Link"] == f"</v1/paid?{query}>; rel=next"
