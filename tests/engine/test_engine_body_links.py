"""Links in bodies: what becomes of one either way, the laws that hold for documents of them, and both twins."""

from __future__ import annotations

import json
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import Schema, fields, validate
from small import api
from small import translation as translation_of
from things import Said, Script
from twins import ask, reply_of, request_of

from translayer import Api, Query, Resource, Version, VersionChange
from translayer.contract.links import Linked, within
from translayer.contract.translation import Translation
from translayer.document.values import ABSENT, equal
from translayer.engine.exchange import Engine
from translayer.engine.links import BodyLinks, Site
from translayer.errors import RequestError
from translayer.operations import map_values, moved, nest, remove, rename, split, wrap

LINK = {"metadata": {"link": True}}
ORIGIN = "https://shop.example"


class MakerSchema(Schema):
    """Who made a thing, and where to read of it."""

    name = fields.String()
    page = fields.String(allow_none=True, **LINK)


class StepSchema(Schema):
    """What was done, recognised by its number."""

    number = fields.Integer(required=True)
    page = fields.String(**LINK)


class ThingSchema(Schema):
    """A thing with links of every sort."""

    self = fields.Url(relative=True, require_tld=False, required=True, **LINK)
    next = fields.String(allow_none=True, validate=validate.Length(max=60), **LINK)
    first = fields.String()
    last = fields.String()
    pages = fields.List(fields.String(allow_none=True, **LINK))
    images = fields.List(fields.String(**LINK))
    named = fields.Dict(values=fields.String(**LINK))
    maker = fields.Nested(MakerSchema)
    steps = fields.List(fields.Nested(StepSchema), metadata={"key": "number"})
    makers = fields.Dict(values=fields.Nested(MakerSchema))
    free = fields.Raw(**LINK)
    text = fields.String()


class ThingsAreLinked(VersionChange):
    """A thing's `url` is `self`, its one image became several, and its name two."""

    schemas = {
        ThingSchema: [rename("url", "self"), wrap("images"), split("name", into=("first", "last"), by=" ")],
        StepSchema: [rename("link", "page")],
    }


class ObjectsAreThings(VersionChange):
    """Objects are called things, and makers have their name by themselves."""

    routes = [moved("/objects", to="/things")]


class NotesAreNested(VersionChange):
    """What a maker is called stood at the top."""

    schemas = {ThingSchema: [nest("page", under="maker")]}


class NoteSchema(Schema):
    text = fields.String()


RESOURCES = [
    Resource("thing", ThingSchema, collection="/things", item="/things/<int:id>"),
    Resource("note", NoteSchema, item="/notes/<id>"),
]
VERSIONS = [Version(4, ObjectsAreThings), Version(3, NotesAreNested), Version(2, ThingsAreLinked), Version(1)]


def make_api(app_prefix: str | None, prefix: str = "/api") -> Api:
    return Api("acme", RESOURCES, VERSIONS, prefix=prefix, app_prefix=app_prefix)


APIS = {app_prefix: make_api(app_prefix) for app_prefix in (None, "", "/internal", "/api/v4")}
ENGINES = {app_prefix: Engine(api) for app_prefix, api in APIS.items()}


def links(version: int, app_prefix: str | None = None, root: str = "", mount: str | None = None) -> BodyLinks:
    """The links of a request in a version, for the thing 7."""
    mount = root + (f"/api/v{version}" if mount is None else mount)
    addresses = ENGINES[app_prefix].router.in_version(4 - version).addresses
    return BodyLinks(addresses, Site(ORIGIN, root, mount, "/things/7", app_prefix))


@pytest.mark.parametrize(
    ("app_prefix", "root", "link", "seen"),
    (
        # What the app makes, at its root or at a prefix of its own
        (None, "", "/api/v1/things/5", "/api/v1/objects/5"),
        (None, "/svc", "https://shop.example/svc/api/v1/things/5?a=b#c", "https://shop.example/svc/api/v1/objects/5?a=b#c"),
        (None, "", "/things", "/api/v1/objects"),
        ("/internal", "", "/internal/things/5", "/api/v1/objects/5"),
        ("/internal", "/svc", "/svc/internal/things/5", "/svc/api/v1/objects/5"),
        ("/internal", "/svc", "/internal/things/5", "/svc/api/v1/objects/5"),
        ("/internal", "", "/internal/notes/a%20b", "/api/v1/notes/a%20b"),
        ("/api/v4", "", "https://shop.example/api/v4/things/5", "https://shop.example/api/v1/objects/5"),
        ("", "/svc", "/svc/things/5", "/svc/api/v1/objects/5"),
        ("", "/svc", "/things/5", "/svc/api/v1/objects/5"),
        # What names a version: its own, or another
        (None, "", "/api/v1/objects/5", "/api/v1/objects/5"),
        (None, "", "/api/v2/objects/5", "/api/v1/objects/5"),
        (None, "", "/api/v4/things/5", "/api/v1/objects/5"),
        (None, "", "/api/v3/things/5", "/api/v1/objects/5"),
        (None, "/svc", "https://shop.example/svc/api/v2/objects/5?x", "https://shop.example/svc/api/v1/objects/5?x"),
        (None, "/svc", "/api/v2/objects/5", "/svc/api/v1/objects/5"),
        (None, "", "/api/v2/notes/5", "/api/v1/notes/5"),
        ("/internal", "", "/api/v2/objects/5", "/api/v1/objects/5"),
        ("/internal", "", "/api/v4/things/5", "/api/v1/objects/5"),
        ("/internal", "", "/api/v1/objects/5/", "/api/v1/objects/5/"),
        ("/api/v4", "", "/api/v1/objects/5", "/api/v1/objects/5"),
        # Nobody's, elsewhere, undeclared, or not to be taken apart
        ("/internal", "", "/things/5", "/things/5"),
        ("/internal", "", "/api/v2/things/5", "/api/v2/things/5"),
        ("/internal", "", "/internals/things/5", "/internals/things/5"),
        (None, "", "/api/v9/things/5", "/api/v9/things/5"),
        (None, "", "/api/v2", "/api/v2"),
        (None, "", "/api/v2/rooms", "/api/v2/rooms"),
        (None, "", "/apiary/v2/objects/5", "/apiary/v2/objects/5"),
        (None, "", "https://elsewhere.example/api/v2/objects/5", "https://elsewhere.example/api/v2/objects/5"),
        (None, "", "things/5", "things/5"),
        (None, "", "5", "5"),
        (None, "", "", ""),
        (None, "", "mailto:a@b.example", "mailto:a@b.example"),
        (None, "", "/things/5?" + "x" * 8200, "/things/5?" + "x" * 8200),
        (None, "", "https://[/things/5", "https://[/things/5"),
        (None, "", "/things/\xe9", "/things/\xe9"),
    ),
)  # fmt: skip
def test_RTE_3_4_a_link_of_the_app_as_version_1_sees_it(
    app_prefix: str | None, root: str, link: str, seen: str
) -> None:
    assert links(1, app_prefix, root).outward(link) == seen
    assert links(1, app_prefix, root).outward(seen) == seen


@pytest.mark.parametrize(
    ("app_prefix", "root", "link", "written"),
    (
        (None, "", "/api/v1/objects/5", "/api/v1/things/5"),
        (None, "/svc", "https://shop.example/svc/api/v1/objects/5?a=b#c", "https://shop.example/svc/api/v1/things/5?a=b#c"),
        (None, "", "/api/v1/notes/5", "/api/v1/notes/5"),
        ("/internal", "", "/api/v1/objects/5", "/internal/things/5"),
        ("/internal", "/svc", "/svc/api/v1/notes/a%20b", "/svc/internal/notes/a%20b"),
        ("/api/v4", "", "https://shop.example/api/v1/objects", "https://shop.example/api/v4/things"),
        ("", "", "/api/v1/objects/5", "/things/5"),
        # A version other than the client's, or its own without where the layer is mounted
        ("/internal", "", "/api/v4/things/5", "/internal/things/5"),
        ("/internal", "/svc", "/api/v1/objects/5", "/svc/internal/things/5"),
        (None, "", "/api/v4/things/5", "/api/v1/things/5"),
        # Spelled otherwise than the client would get it back
        (None, "", "/api/v1/objects/5/", "/api/v1/objects/5/"),
        ("/internal", "", "/api/v1/notes/%61", "/api/v1/notes/%61"),
        # None of the client's
        (None, "", "/objects/5", "/objects/5"),
        (None, "", "/api/v1/things/5", "/api/v1/things/5"),
        (None, "", "/api/v1/rooms", "/api/v1/rooms"),
        ("/internal", "", "/internal/things/5", "/internal/things/5"),
        (None, "", "https://elsewhere.example/api/v1/objects/5", "https://elsewhere.example/api/v1/objects/5"),
        (None, "", "5", "5"),
    ),
)  # fmt: skip
def test_RTE_3_5_a_link_of_version_1_as_the_app_would_have_made_it(
    app_prefix: str | None, root: str, link: str, written: str
) -> None:
    assert links(1, app_prefix, root).inward(link) == written


def test_RTE_3_4_names_that_changed_places_are_told_apart() -> None:
    class Turned(VersionChange):
        """What was left is right."""

        routes = [moved("/left", to="/other"), moved("/right", to="/left")]

    resources = [Resource(name, NoteSchema, item=f"/{name}/<id>") for name in ("left", "other")]
    addresses = Engine(Api("acme", resources, [Version(2, Turned), Version(1)])).router.in_version(1).addresses
    for app_prefix, app in ((None, "/v1"), ("/app", "/app")):
        found = BodyLinks(addresses, Site(ORIGIN, "", "/v1", "/left/1", app_prefix))
        for todays, olders in (("left", "right"), ("other", "left")):
            assert found.outward(f"{app}/{todays}/1") == f"/v1/{olders}/1"
            assert found.inward(f"/v1/{olders}/1") == f"{app}/{todays}/1"


@pytest.mark.parametrize("mount", ("/api", "/api/latest"))
def test_RTE_3_4_links_stay_without_a_version_where_the_url_names_none(mount: str) -> None:
    found = links(1, "/internal", mount=mount)
    assert found.outward("/internal/things/5") == f"{mount}/objects/5"
    assert found.inward(f"{mount}/objects/5") == "/internal/things/5"
    assert found.outward("/api/v2/objects/5") == f"{mount}/objects/5"


# Documents

APP_LINKS = (
    *("/things/1", "/things/2", "/api/v1/things/1", "/api/v2/objects/1", "/api/v4/things/1", "/internal/things/1"),
    *(
        "/internal/notes/x",
        "/notes/x",
        "/rooms/1",
        "https://elsewhere.example/things/1",
        f"{ORIGIN}/api/v3/things/4?a=b",
    ),
    *("/things/1/", "5", "", "/api/v1/objects/1", "/svc/things/1"),
)
CLIENT_LINKS = (
    *("/api/v{0}/{1}/1", "/api/v{0}/{1}/2?x=y", "https://shop.example/api/v{0}/{1}", "/api/v{0}/notes/x", "/rooms/1"),
    *("https://elsewhere.example/things/1", "5", "", "/api/v{0}/{1}/1/", "/api/v{0}/notes/%61"),
)  # fmt: skip
"""What clients may write, and read as they wrote it; one that says what only the app would say, or names another
version, reads in the client's."""


def app_document(rnd: Random) -> dict[str, Any]:
    def link() -> str:
        return rnd.choice(APP_LINKS)

    document = {
        "self": link() or "/things/1",
        "next": rnd.choice([None, link()]),
        "first": "Ada",
        "last": "King",
        "pages": [rnd.choice([None, link()]) for _ in range(rnd.randint(0, 3))],
        "images": [link() for _ in range(rnd.randint(1, 3))],
        "named": {name: link() for name in "ab"[: rnd.randint(0, 2)]},
        "maker": {"name": "Ada", "page": rnd.choice([None, link()])},
        "steps": [{"number": number, "page": link()} for number in rnd.sample(range(5), rnd.randint(0, 3))],
        "makers": {"a": {"name": "Bob", "page": link()}},
        "free": rnd.choice([None, 1, link(), [link(), 2, {"a": link()}]]),
        "text": link(),
    }
    return {name: value for name, value in document.items() if name == "self" or rnd.random() < 0.8}


def edited(rnd: Random, view: Any, version: int) -> Any:
    """A client's document with other links in some places, and lists otherwise."""
    if isinstance(view, dict):
        return {
            name: member if name in ("name", "text", "number", "first", "last") else edited(rnd, member, version)
            for name, member in view.items()
        }
    if isinstance(view, list):
        found = [edited(rnd, element, version) for element in view]
        rnd.shuffle(found)
        return found[: rnd.randint(0, 3)]
    if isinstance(view, str) and rnd.random() < 0.4:
        return rnd.choice(CLIENT_LINKS).format(version, "things" if version == 4 else "objects")
    return view


SEEDS = st.integers(0, 2**64 - 1)
PLACES = st.sampled_from(tuple(product((1, 2, 3, 4), APIS)))
RUN = settings(max_examples=300, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def translation(version: int, app_prefix: str | None) -> Translation:
    return APIS[app_prefix].translation(ThingSchema, 4 - version)


@RUN
@given(SEEDS, PLACES)
def test_RTE_3_6_documents_with_links_hold_the_laws(seed: int, place: tuple[int, str | None]) -> None:
    rnd, (version, app_prefix) = Random(seed), place
    way, found = translation(version, app_prefix), links(version, app_prefix)
    assert way.loses
    source = app_document(rnd)
    view = within(found, way.downgrade, source)
    assert equal(within(found, lambda: way.chain.put(view, source, [])), source)  # GetPut
    other = edited(rnd, view, version)
    written = within(found, lambda: way.chain.put(other, source, []))
    assert equal(within(found, way.chain.get, written), other)  # PutGet
    for name in written:
        if name in source and version == 4 and equal(view.get(name), other.get(name)):
            assert equal(written[name], source[name])  # Local


@RUN
@given(SEEDS, PLACES)
def test_RTE_3_6_twins_agree_on_links(seed: int, place: tuple[int, str | None]) -> None:
    rnd, (version, app_prefix) = Random(seed), place
    way, found = translation(version, app_prefix), links(version, app_prefix)
    reply, request = reply_of(way, version=str(version)), request_of(way, version=str(version))
    assert (reply.fast.reasons, request.fast.reasons) == ((), ())
    source = app_document(rnd)
    within(found, ask, reply, json.dumps(source).encode())
    view = edited(rnd, within(found, way.downgrade, source), version)
    within(found, ask, request, json.dumps(view).encode())


@pytest.mark.parametrize(
    ("source", "sent", "written"),
    (
        # What the client sees already keeps the app's spelling
        ("/api/v2/objects/1", "/api/v1/objects/1", "/api/v2/objects/1"),
        ("/api/v2/objects/1", "/api/v1/objects/2", "/internal/things/2"),
        (ABSENT, "/api/v1/objects/1", "/internal/things/1"),
        (None, "/api/v1/objects/1", "/internal/things/1"),
        ("/internal/things/1", None, None),
        # In lists by position, or by what they say where the lengths differ
        (["/things/1", "/internal/things/2"], ["/things/1", "/api/v1/objects/3"], ["/things/1", "/internal/things/3"]),
        (
            ["/api/v2/objects/1", "/api/v3/objects/2", "/internal/things/3"],
            ["/api/v1/objects/3", "/api/v1/objects/2"],
            ["/internal/things/3", "/api/v3/objects/2"],
        ),
        (["/api/v2/objects/1"], ["/rooms", "/api/v1/objects/1"], ["/rooms", "/api/v2/objects/1"]),
        ("/api/v2/objects/1", ["/api/v1/objects/1"], ["/internal/things/1"]),
        # In objects by name
        (
            {"a": "/api/v2/objects/1", "b": "/rooms"},
            {"a": "/api/v1/objects/1", "c": "/api/v1/objects/1"},
            {"a": "/api/v2/objects/1", "c": "/internal/things/1"},
        ),
        (["/rooms"], {"a": "/api/v1/objects/1", "b": 1}, {"a": "/internal/things/1", "b": 1}),
    ),
)
def test_RTE_3_6_what_a_client_did_not_change_is_as_the_app_wrote_it(source: Any, sent: Any, written: Any) -> None:
    found, link = links(1, "/internal"), Linked(("a",))
    onto = {} if source is ABSENT else {"a": source}
    assert within(found, link.put, {"a": sent}, onto) == {"a": written}
    assert within(found, link.get, {"a": written}) == {"a": sent}


def test_RTE_3_6_links_are_translated_by_compiled_code() -> None:
    way, found = translation(1, "/internal"), links(1, "/internal")
    source = (
        b'{"self":"/internal/things/1","next":null,"pages":["/internal/things",null],"images":["/internal/notes/a"]}'
    )
    seen = b'{"url":"/api/v1/objects/1","next":null,"pages":["/api/v1/objects",null],"images":"/api/v1/notes/a"}'
    assert within(found, ask, reply_of(way), source)
    assert reply_of(way).translated(source, links=found) == seen
    assert within(found, ask, request_of(way), seen)
    assert request_of(way).translated(seen, None, found) == source
    assert reply_of(way).translated(source) != seen


@pytest.mark.parametrize(
    ("members", "operation", "source", "seen", "reasons"),
    (
        # What never enters, what stands for nothing, and what only the whole object says
        (
            {"self": fields.String(dump_only=True, **LINK), "a": fields.String()},
            rename("b", "a"),
            {"self": "/things/1", "a": "x"},
            {"self": "/api/v1/objects/1", "b": "x"},
            (),
        ),
        (
            {"a": fields.String()},
            remove("self", was=fields.String(**LINK), default="/things/1"),
            {"a": "x"},
            {"a": "x", "self": "/api/v1/objects/1"},
            (),
        ),
        (
            {"a": fields.String()},
            remove("maker", was=fields.Nested(MakerSchema), default={"page": "/things/1"}),
            {"a": "x"},
            {"a": "x", "maker": {"page": "/api/v1/objects/1"}},
            ("A default is an object with links, of which only a request can say what they become.",),
        ),
        (
            {"a": fields.String(), "self": fields.Function(lambda thing: f"/things/{thing['a']}", **LINK)},
            rename("b", "a"),
            {"a": "1"},
            {"b": "1", "self": "/api/v1/objects/1"},
            ("'self' is computed from the whole object.",),
        ),
    ),
)
def test_RTE_3_6_links_that_are_not_simply_there(
    members: Any, operation: Any, source: Any, seen: Any, reasons: tuple[str, ...]
) -> None:
    way = translation_of(api(members, operation))
    body, found, raw = reply_of(way), links(1), json.dumps(source).encode()
    assert body.fast.reasons == reasons
    assert reasons or within(found, ask, body, raw)
    assert json.loads(body.translated(raw, links=found)) == seen
    request, sent = request_of(way), json.dumps({"b": "x"} if "b" in seen else {"a": "x"}).encode()
    assert within(found, ask, request, sent)


def test_RTE_3_6_versions_in_which_nothing_changed_share_what_is_compiled() -> None:
    api = Api("acme", RESOURCES, [Version(3), Version(2, ThingsAreLinked), Version(1)])
    assert api.translation(ThingSchema, 0).chain is api.translation(ThingSchema, 1).chain
    assert api.translation(ThingSchema, 0).chain is not api.translation(ThingSchema, 2).chain


def test_RTE_3_6_what_a_link_becomes_is_held_to_today_s_rules() -> None:
    way, found = translation(1, "/internal"), links(1, "/internal")
    long = "/api/v1/objects/1?" + "x" * 50
    for body in ({"url": "/api/v1/objects/1", "next": long}, {"url": "no url at all"}):
        raw = json.dumps(body).encode()
        assert not within(found, ask, request_of(way), raw)
        with pytest.raises(RequestError):
            request_of(way).translated(raw, None, found)
    assert within(found, lambda: way.upgrade({"url": "/api/v1/objects/1"}, ABSENT)) == {"self": "/internal/things/1"}


class ShipSchema(Schema):
    """A ship, and where to read about others like it."""

    name = fields.String()
    state = fields.String(validate=validate.OneOf(["moored", "sailed"]))
    alike = fields.String(allow_none=True, metadata={"link": True})


class ShipsAreVessels(VersionChange):
    """Ships are vessels, their `title` is a `name`, and states have plain names."""

    schemas = {ShipSchema: [rename("title", "name"), map_values("state", {"in": "moored", "out": "sailed"})]}
    routes = [moved("/ships", to="/vessels")]


def fleet(**options: Any) -> Api:
    query = Query(filters=["name", "state"], sort="sort", paging=["page"])
    ship = Resource(
        "ship", ShipSchema, "/vessels", "/vessels/<int:id>", item_methods=["GET", "PUT"], etag="generate", query=query
    )
    return Api("acme", [ship], [Version(3), Version(2, ShipsAreVessels), Version(1)], prefix="/api", **options)


@pytest.mark.parametrize("home", (None, "/internal"))
@pytest.mark.parametrize(
    ("stored", "first", "newest"),
    (
        ("{}/vessels?state=moored&sort=-name", "/ships?state=in&sort=-title", "/vessels?state=moored&sort=-name"),
        ("/api/v1/ships?state=in&title=a", "/ships?state=in&title=a", "/vessels?state=moored&name=a"),
        ("/api/v2/vessels?state=moored&name=a", "/ships?state=in&title=a", "/vessels?state=moored&name=a"),
        ("/api/v1/ships?nonsense=1", "/ships?nonsense=1", "/vessels?nonsense=1"),
        ("/api/v1/ships/1?page=%32", "/ships/1?page=%32", "/vessels/1?page=%32"),
    ),
)
def test_RTE_3_4_the_query_of_a_link_is_in_the_words_of_the_version_that_it_names(
    serve: Any, home: str | None, stored: str, first: str, newest: str
) -> None:
    link = stored.format(home or "")
    client = serve(Script(Said(body={"name": "Argo", "alike": link})), fleet(app_prefix=home))
    assert client.get("/api/v1/ships/1").json["alike"] == f"/api/v1{first}"
    assert client.get("/api/v3/vessels/1").json["alike"] == f"/api/v3{newest}"


@pytest.mark.parametrize("home", (None, "/internal"))
@pytest.mark.parametrize(
    ("sent", "stored"),
    (
        ("/api/v1/ships?state=in&sort=-title", "{}/vessels?state=moored&sort=-name"),
        ("/api/v1/ships?page=2", "{}/vessels?page=2"),
        ("/api/v3/vessels?name=a", "{}/vessels?name=a"),
        ("/api/v2/vessels?nonsense=a", "{}/vessels?nonsense=a"),
        ("/api/v1/ships?nonsense=1", "{}/vessels?nonsense=1"),
        ("/api/v1/ships/%31?page=2", "/api/v1/ships/%31?page=2"),
    ),
)
def test_RTE_3_5_the_query_of_a_client_s_link_becomes_the_app_s(
    serve: Any, home: str | None, sent: str, stored: str
) -> None:
    app = Script(Said(body={"name": "Argo", "alike": None}))
    reply = serve(app, fleet(app_prefix=home)).put("/api/v1/ships/1", json={"title": "Argo", "alike": sent})
    assert reply.status_code == 200
    assert app.last.json["alike"] == stored.format("/api/v1" if home is None else home)
