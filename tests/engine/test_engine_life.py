"""What a version answers in every state of its life, to every method, however it is named; and what moves with time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from marshmallow import Schema, fields
from things import JSON_PATCH, MERGE_PATCH, NOTE, THING, Asked, Said, Script, Store, make_api
from werkzeug.datastructures import Headers

from translayer import Brownout, Deprecation, Query, Resource, Route, Version, VersionChange
from translayer.engine.exchange import Engine
from translayer.engine.remarks import Remarks
from translayer.engine.retirement import Closed
from translayer.errors import DeclarationError
from translayer.http.fields import Fields
from translayer.http.message import Reply, Request
from translayer.operations import moved, rename

pytestmark = pytest.mark.usefixtures("lint_is_wrong_about_location")

NOW = datetime(2026, 12, 1, 12, 3, 20, tzinfo=UTC)
DATES = {"deprecated": date(2026, 9, 1), "sunset": date(2027, 3, 1)}
PAST = {"deprecated": date(2025, 9, 1), "sunset": date(2026, 3, 1)}
OFF = Brownout(datetime(2026, 12, 1, 11, tzinfo=UTC), 5, every=timedelta(hours=1))

LIVES: dict[str, dict[str, Any]] = {
    "9": {"preview": True},
    "8": {},
    "7": {**DATES, "deprecation_link": "https://acme.example/old", "sunset_link": "https://acme.example/end"},
    "6": {**DATES, "brownouts": [OFF]},
    "5": PAST,
    "4": {**PAST, "retired": "not-found"},
    "3": {**PAST, "retired": "redirect"},
}
WITHDRAWN: dict[str, dict[str, Any]] = {"2": PAST, "1": {"retired": "redirect"}}
API = make_api(
    resources=[THING],
    versions=[Version(int(number), **life) for number, life in LIVES.items()],
    withdrawn=[Version(int(number), **life) for number, life in WITHDRAWN.items()],
    clock=lambda: NOW,
)

SERVED = {"GET": 200, "HEAD": 200, "POST": 201, "PUT": 200, "PATCH": 200, "DELETE": 204, "OPTIONS": 204}
MOVED = {**dict.fromkeys(SERVED, 308), "GET": 301, "HEAD": 301}
GONE, NOT_FOUND, NOT_ACCEPTABLE = (dict.fromkeys(SERVED, status) for status in (410, 404, 406))
NOT_ACCEPTABLE["OPTIONS"] = 204  # there is nothing to be accepted
METHODS = tuple(SERVED)

NAMINGS = ("url", "header", "accept", "url and header", "url and accept")
"""How a request names its version."""

ANSWERS: dict[str, tuple[str, dict[str, dict[str, int]]]] = {
    # number: the code of what is refused, and the statuses by naming
    "10": ("UNKNOWN_VERSION", {**dict.fromkeys(NAMINGS, NOT_FOUND), "accept": NOT_ACCEPTABLE}),
    "9": ("UNKNOWN_VERSION", {**dict.fromkeys(NAMINGS, NOT_FOUND), "accept": NOT_ACCEPTABLE}),
    "8": ("", dict.fromkeys(NAMINGS, SERVED)),
    "7": ("", dict.fromkeys(NAMINGS, SERVED)),
    "6": ("VERSION_BROWNOUT", dict.fromkeys(NAMINGS, GONE)),
    "5": ("VERSION_RETIRED", dict.fromkeys(NAMINGS, GONE)),
    "4": ("VERSION_RETIRED", dict.fromkeys(NAMINGS, NOT_FOUND)),
    # A client that is led elsewhere names its version again in a header, and would be refused there.
    "3": ("VERSION_RETIRED", {**dict.fromkeys(NAMINGS, GONE), "url": MOVED}),
    "2": ("VERSION_RETIRED", dict.fromkeys(NAMINGS, GONE)),
    "1": ("VERSION_RETIRED", {**dict.fromkeys(NAMINGS, GONE), "url": MOVED}),
}

ENDS = {"Deprecation": "@1788220800", "Sunset": "Mon, 01 Mar 2027 00:00:00 GMT"}
ENDED = {"Deprecation": "@1756684800", "Sunset": "Sun, 01 Mar 2026 00:00:00 GMT"}
SAID: dict[str, dict[str, str]] = {
    "10": {"X-Api-Version": "7"},
    "9": {"X-Api-Version": "7"},
    "8": {"X-Api-Version": "8"},
    "7": {"X-Api-Version": "7", **ENDS},
    "6": {"X-Api-Version": "6", **ENDS, "Retry-After": "100", "Cache-Control": "no-store"},
    "5": {"X-Api-Version": "5", **ENDED},
    "4": {"X-Api-Version": "4", **ENDED},
    "3": {"X-Api-Version": "3", **ENDED, "Cache-Control": "max-age=100"},
    "2": {"X-Api-Version": "2", **ENDED},
    "1": {"X-Api-Version": "1", "Cache-Control": "max-age=100"},
}
"""The headers by which a client is told of a version's life."""

TOLD = ("X-Api-Version", "Deprecation", "Sunset", "Link", "Retry-After", "Cache-Control", "Location")


def named(number: str, naming: str, rest: str) -> tuple[str, dict[str, str]]:
    """A path and the headers by which a request names a version."""
    headers = {}
    if "header" in naming:
        headers["X-Api-Version"] = number
    if "accept" in naming:
        headers["Accept"] = f"application/vnd.acme.v{number}+json"
    return (f"/api/v{number}{rest}" if "url" in naming else f"/api{rest}"), headers


def links(number: str, rest: str) -> dict[str, str]:
    """The links of a version that ends."""
    if number in ("10", "9", "8"):
        return {}
    pages = '<https://acme.example/old>; rel="deprecation", <https://acme.example/end>; rel="sunset", '
    successor = "8" if number == "7" else "7"
    return {
        "Link": (pages if number == "7" else "")
        + f'</api/v{successor}{rest}>; rel="successor-version", </api/v8{rest}>; rel="latest-version"'
    }


def conversations() -> Iterator[Any]:
    """Every method, of every version, named in every way."""
    for number, naming, method in product(ANSWERS, NAMINGS, METHODS):
        yield pytest.param(number, naming, method, id=f"v{number} by {naming}: {method}")


@pytest.mark.usefixtures("lint_is_wrong_about_head")
@pytest.mark.parametrize(("number", "naming", "method"), list(conversations()))
def test_VER_6_1_every_state_answers_every_method_however_it_is_named(
    serve: Any, number: str, naming: str, method: str
) -> None:
    rest = "/things" if method == "POST" else "/things/1"
    path, headers = named(number, naming, rest)
    body = None if method in ("GET", "HEAD", "DELETE", "OPTIONS") else {"title": "stool"}
    if method == "PATCH":
        headers["Content-Type"] = MERGE_PATCH
    reply = serve(Store({1: {"label": "chair"}}), API).open(path, method=method, headers=headers, json=body)

    code, by_naming = ANSWERS[number]
    statuses = by_naming[naming]
    status = statuses[method]
    # What Accept alone names, and nobody knows, is refused by the version that answers where none is named.
    number = "7" if statuses is NOT_ACCEPTABLE else number
    expected = {**SAID[number], **links(number, rest)}
    if status in (301, 308):
        expected["Location"] = f"/api/v7{rest}"  # which may be kept until version 6 is back
    elif number in ("3", "1"):
        del expected["Cache-Control"]
    if method == "POST" and status == 201:
        expected["Location"] = f"http://localhost{path}/2"
    assert (reply.status_code, {name: reply.headers[name] for name in TOLD if name in reply.headers}) == (
        status,
        expected,
    )
    assert "Accept" in reply.headers["Vary"]
    if status >= 300 and method != "HEAD":
        told = "NOT_ACCEPTABLE" if status == 406 else code
        assert (reply.json["error"]["status"], reply.json["error"]["error"]) == (status, told)


def at(moment: datetime, **lives: dict[str, Any]) -> Any:
    """An API of versions 3 to 1 with lives, at a moment."""
    versions = [Version(number, **lives.get(f"v{number}", {})) for number in (3, 2, 1)]
    return make_api(resources=[THING, NOTE], versions=versions, clock=lambda: moment)


class Clock:
    """A clock that is set by hand, and counts how often it is looked at."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.asked = 0

    def __call__(self) -> datetime:
        self.asked += 1
        return self.now


def test_VER_2_3_a_state_changes_by_itself_when_its_date_passes_and_back_with_the_clock(serve: Any) -> None:
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    versions = [Version(3, stable=date(2026, 2, 1)), Version(2, **DATES), Version(1)]
    client = serve(Store({1: {"label": "chair"}}), make_api(resources=[THING], versions=versions, clock=clock))
    timeline = (
        (datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC), (404, 200, None, "2")),
        (datetime(2026, 2, 1, tzinfo=UTC), (200, 200, None, "3")),
        (datetime(2026, 8, 31, 23, 59, 59, tzinfo=UTC), (200, 200, None, "3")),
        (datetime(2026, 9, 1, tzinfo=UTC), (200, 200, ENDS["Deprecation"], "3")),
        (datetime(2027, 3, 1, tzinfo=UTC), (200, 410, ENDS["Deprecation"], "3")),
    )
    for moment, expected in (*timeline, *reversed(timeline)):
        clock.now = moment
        newest, middle = client.get("/api/v3/things/1"), client.get("/api/v2/things/1")
        seen = client.get("/api/latest/things/1").headers["X-Api-Version"]
        told = (newest.status_code, middle.status_code, middle.headers.get("Deprecation"), seen)
        assert (moment, told) == (moment, expected)


def test_VER_2_3_where_nothing_has_a_date_nobody_asks_for_the_time(serve: Any) -> None:
    clock = Clock()
    client = serve(Script(Said(body={"id": 1, "label": "chair"})), make_api(clock=clock))
    before = clock.asked
    assert client.get("/api/v1/objects/1").status_code == 200
    assert clock.asked == before


def test_VER_2_4_who_names_no_version_gets_the_oldest_that_is_served_or_the_newest_stable(serve: Any) -> None:
    lives = {"v3": {"preview": True}, "v1": PAST}
    app = Store({1: {"label": "chair"}})
    for policy, version in (("oldest", "2"), ("latest", "2")):
        versions = [Version(number, **lives.get(f"v{number}", {})) for number in (3, 2, 1)]
        api = make_api(resources=[THING], versions=versions, unversioned=policy, clock=lambda: NOW)
        assert serve(app, api).get("/api/things/1").headers["X-Api-Version"] == version


def test_VER_2_4_where_all_are_deprecated_the_newest_of_them_is_the_newest(serve: Any) -> None:
    api = at(NOW, v3=DATES, v2=DATES, v1=DATES)
    reply = serve(Store({1: {"label": "chair"}}), api).get("/api/current/things/1")
    assert reply.headers["X-Api-Version"] == "3"
    assert "Link" not in reply.headers


def test_VER_2_5_where_no_version_is_served_nothing_is_there(serve: Any) -> None:
    previews = serve(
        Store({1: {"label": "chair"}}), at(NOW, v3={"preview": True}, v2={"preview": True}, v1={"preview": True})
    )
    for path in ("/api/things/1", "/api/v3/things/1", "/api/v1/nonsense"):
        reply = previews.get(path)
        assert (reply.status_code, reply.headers.get("X-Api-Version")) == (404, None)
    assert previews.get("/api/things/1", headers={"Accept": "application/vnd.acme.v3+json"}).status_code == 404
    assert previews.get("/api/").json["versions"] == []
    retired = serve(Store(), at(NOW, v3={**PAST, "retired": "redirect"}, v2=PAST, v1=PAST))
    assert retired.get("/api/v3/things/1").status_code == 410
    assert "Link" not in retired.get("/api/v3/things/1").headers


def test_VER_6_2_all_urls_of_a_retired_version_answer_so_those_that_nobody_declares_too(serve: Any) -> None:
    app = Script(Said(body={"hello": 1}))
    client = serve(app, API)
    for path, status in (
        ("/api/v5/status", 410),
        ("/api/v5/", 410),
        ("/api/v5", 410),
        ("/api/v3/status", 301),
        ("/api/v2/status", 410),
        ("/api/v1/status", 301),
        ("/api/v9/status", 404),
        ("/api/v10/status", 404),
        ("/api/v8/status", 200),
        ("/api/v7/status", 200),
        ("/api/latest/status", 200),
        ("/status", 200),
    ):
        assert (path, client.get(path).status_code) == (path, status)
    assert client.get("/api/v3/status").headers["Location"] == "/api/v7/"
    assert client.get("/api/v5/status", headers={"X-Api-Version": "7"}).json["error"]["error"] == "VERSION_CONFLICT"
    assert client.get("/api/v3/status", headers={"X-Api-Version": "3"}).status_code == 410


class ThingsMoved(VersionChange):
    """Objects are called things."""

    routes = [moved("/objects", to="/things")]


def test_VER_6_3_a_redirect_leads_to_the_same_resource_or_to_the_root_of_the_oldest_served(serve: Any) -> None:
    versions = [Version(3, ThingsMoved), Version(2), Version(1, **PAST, retired="redirect")]
    notes = Route("GET", "/old-notes")
    api = make_api(
        resources=[THING, Resource("old", NOTE.schema, routes=[notes])],
        versions=[
            Version(4, type("NotesGo", (VersionChange,), {"routes": [moved("/notes", to="/old-notes")]})),
            *versions,
        ],
        clock=lambda: NOW,
    )
    client = serve(Store(), api)
    assert client.get("/api/v1/objects/1?page=2&q=%20x").headers["Location"] == "/api/v2/objects/1?page=2&q=%20x"
    assert client.get("/api/v1/notes").headers["Location"] == "/api/v2/notes"
    assert client.get("/api/v1/things/1?page=2").headers["Location"] == "/api/v2/"
    assert client.put("/api/v1/objects/1").headers["Location"] == "/api/v2/objects/1"
    mounted = client.get("/api/v1/objects/1", environ_overrides={"SCRIPT_NAME": "/shop"})
    assert mounted.headers["Location"] == "/shop/api/v2/objects/1"


def test_VER_6_3_an_accept_that_admits_another_version_may_follow(serve: Any) -> None:
    client = serve(Store({1: {"label": "chair"}}), API)
    both = {"Accept": "application/vnd.acme.v3+json, application/json;q=0.5"}
    assert client.get("/api/v3/things/1", headers=both).status_code == 301
    assert client.get("/api/things/1", headers=both).headers["X-Api-Version"] == "7"


def test_VER_6_4_a_preflight_of_a_retired_version_is_the_app_s_so_that_pages_see_what_is_said(serve: Any) -> None:
    app = Script(Said("204 No Content", type=None, headers=[("Access-Control-Allow-Origin", "*")]))
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    reply = serve(app, API).options("/api/v5/things/1", headers=asked)
    assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (204, "*")


@pytest.mark.parametrize(
    ("app", "path", "status"),
    (
        (Said(body={"id": 1, "label": "chair"}), "/api/v7/things/1", 200),
        (Said("404 Not Found", body=b"<h1>", type="text/html"), "/api/v7/things/1", 404),
        (Said("500 Internal Server Error"), "/api/v7/things/1", 500),
        (Said("302 Found", type="text/html", headers=[("Location", "/things/2")]), "/api/v7/things/1", 302),
        (Said(body=b"png", type="image/png"), "/api/v7/things/1/photo", 200),
        (Said(), "/api/v7/things/1/nothing/of/ours", None),
    ),
)
def test_VER_5_1_every_reply_of_a_deprecated_version_says_so(
    serve: Any, app: Said, path: str, status: int | None
) -> None:
    reply = serve(Script(app), API).get(path)
    if status is None:
        assert "Deprecation" not in reply.headers
        return
    assert reply.status_code == status
    assert {name: reply.headers[name] for name in ENDS} == ENDS
    assert 'rel="successor-version"' in reply.headers["Link"]


def test_VER_5_1_refusals_and_unmodified_replies_say_so_too(serve: Any) -> None:
    client = serve(Store({1: {"label": "chair"}}), API)
    tag = client.get("/api/v7/things/1").headers["ETag"]
    for reply, status in (
        (client.get("/api/v7/things/1", headers={"If-None-Match": tag}), 304),
        (client.put("/api/v7/things/1", json={"title": 7}), 422),
        (client.put("/api/v7/things/1", data="[", content_type="application/json"), 400),
        (client.open("/api/v7/things/1", method="POST"), 405),
        (client.options("/api/v7/things/1"), 204),
        (client.get("/api/v7/things/1", headers={"Accept": "image/png"}), 406),
    ):
        assert (reply.status_code, {name: reply.headers.get(name) for name in ENDS}) == (status, ENDS)


@pytest.mark.parametrize("method", ("GET", "POST", "OPTIONS"))
@pytest.mark.parametrize(
    ("path", "version", "ends"),
    (
        # what no version has, and another spelling and a disguise of what one has
        ("/api/v7/status", "7", True),
        ("/api/v7/things/01", "7", True),
        ("/api/v7//things/1", "7", True),
        ("/api/v8/status", "8", False),
        # where no version is named, or none that was published, the policy's answers
        ("/api/v9/status", "7", False),
        ("/api/latest/status", "7", False),
        ("/api/status", "7", False),
        ("/things/1", "7", False),
    ),
)
def test_VER_5_1_so_does_a_404_of_what_is_not_there_in_the_version_that_its_url_names(
    serve: Any, method: str, path: str, version: str, ends: bool
) -> None:
    things = Resource("thing", THING.schema, item="/things/<int(fixed_digits=1):id>")
    versions = [Version(8), Version(7, **DATES)]
    app = Script()
    api = make_api(resources=[things], versions=versions, undeclared="refuse", clock=lambda: NOW)
    reply = serve(app, api).open(path, method=method, headers=PREFLIGHT if method == "OPTIONS" else {})
    assert (reply.status_code, reply.headers["X-Api-Version"], app.asked) == (404, version, [])
    assert {name: reply.headers[name] for name in ENDS if name in reply.headers} == (ENDS if ends else {})
    assert ('rel="successor-version"' in reply.headers.get("Link", "")) == ends


def test_VER_5_2_what_the_app_says_of_its_own_end_gives_way_to_what_is_said_of_the_version(serve: Any) -> None:
    app = Script(
        Said(
            body={"id": 1, "label": "chair"},
            headers=[("Deprecation", "@1"), ("Sunset", "x"), ("Link", "</a>; rel=next")],
        )
    )
    client = serve(app, API)
    ours = client.get("/api/v7/things/1")
    assert (ours.headers.getlist("Deprecation"), ours.headers.getlist("Sunset")) == (
        [ENDS["Deprecation"]],
        [ENDS["Sunset"]],
    )
    assert ours.headers.getlist("Link")[0] == "</a>; rel=next"
    theirs = client.get("/api/v8/things/1")
    assert (theirs.headers["Deprecation"], theirs.headers["Sunset"]) == ("@1", "x")


def test_VER_5_3_a_sunset_that_is_known_is_said_before_the_version_is_deprecated(serve: Any) -> None:
    api = at(NOW, v1={"sunset": date(2027, 3, 1)}, v2={"deprecated": date(2027, 1, 1), "sunset": date(2027, 3, 1)})
    client = serve(Store({1: {"label": "chair"}}), api)
    told = client.get("/api/v1/things/1").headers
    assert (told.get("Deprecation"), told["Sunset"]) == (None, ENDS["Sunset"])
    assert "Sunset" not in client.get("/api/v2/things/1").headers


def test_VER_7_2_a_brownout_answers_as_if_retired_and_says_for_how_long(serve: Any) -> None:
    clock = Clock()
    life = {**DATES, "retired": "redirect", "brownouts": [OFF]}
    api = make_api(resources=[THING], versions=[Version(2), Version(1, **life)], clock=clock)
    client = serve(Store({1: {"label": "chair"}}), api)
    for moment, status, waiting in (
        (datetime(2026, 12, 1, 10, 59, 59, tzinfo=UTC), 200, None),
        (datetime(2026, 12, 1, 11, tzinfo=UTC), 301, "300"),
        (datetime(2026, 12, 1, 11, 4, 59, 500000, tzinfo=UTC), 301, "1"),
        (datetime(2026, 12, 1, 11, 5, tzinfo=UTC), 200, None),
        (datetime(2026, 12, 24, 18, 1, tzinfo=UTC), 301, "240"),
        (datetime(2027, 3, 1, 0, 6, tzinfo=UTC), 301, None),
    ):
        clock.now = moment
        reply = client.get("/api/v1/things/1")
        assert (moment, reply.status_code, reply.headers.get("Retry-After")) == (moment, status, waiting)
        kept = None if status == 200 else "no-store" if waiting else "max-age=86400"
        assert reply.headers.get("Cache-Control") == kept
    clock.now = datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert client.get("/api/things/1").headers["X-Api-Version"] == "2"


def test_VER_10_1_a_route_can_be_deprecated_in_every_version(serve: Any) -> None:
    clock = Clock()
    ends = Deprecation(date(2026, 10, 1), sunset=date(2027, 2, 1), link="/why", sunset_link="/when")
    paint = Route("POST", "/things/<int:id>/paint", deprecated=ends)
    read = Route("GET", "/shelf", deprecated=date(2026, 10, 1))
    thing = Resource("thing", THING.schema, item="/things/<int:id>", routes=[paint, read])
    api = make_api(resources=[thing], versions=[Version(2), Version(1, **DATES)], clock=clock)
    client = serve(Script(Said(body={"id": 1, "label": "chair"})), api)

    newest = client.post("/api/v2/things/1/paint")
    assert (newest.headers["Deprecation"], newest.headers["Sunset"]) == ("@1790812800", "Mon, 01 Feb 2027 00:00:00 GMT")
    assert newest.headers["Link"] == '</why>; rel="deprecation", </when>; rel="sunset"'
    assert client.get("/api/v2/shelf").headers["Deprecation"] == "@1790812800"
    assert "Deprecation" not in client.get("/api/v2/things/1").headers
    older = client.post("/api/v1/things/1/paint")
    assert (older.headers["Deprecation"], older.headers["Sunset"]) == (
        ENDS["Deprecation"],
        "Mon, 01 Feb 2027 00:00:00 GMT",
    )
    assert older.headers["Link"] == (
        '</why>; rel="deprecation", </when>; rel="sunset", '
        '</api/v2/things/1/paint>; rel="successor-version", </api/v2/things/1/paint>; rel="latest-version"'
    )
    clock.now = datetime(2026, 9, 30, tzinfo=UTC)
    assert "Deprecation" not in client.post("/api/v2/things/1/paint").headers


def test_VER_10_1_a_resource_can_be_deprecated_as_a_whole(serve: Any) -> None:
    thing = Resource("thing", THING.schema, "/things", "/things/<int:id>", deprecated=date(2026, 10, 1))
    client = serve(
        Store({1: {"label": "chair"}}), make_api(resources=[thing], versions=[Version(1)], clock=lambda: NOW)
    )
    for path in ("/api/v1/things", "/api/v1/things/1"):
        assert client.get(path).headers["Deprecation"] == "@1790812800"
    assert client.put("/api/v1/things/1", json={"title": "stool"}).headers["Deprecation"] == "@1790812800"


def test_remarks_stand_beside_what_is_there() -> None:
    reply = Reply(200, "OK", Fields([("Vary", "Accept"), ("A", "b")]), b"")
    assert list(Remarks(vary=("X-Key", "accept")).on(reply).headers) == [("Vary", "Accept, X-Key"), ("A", "b")]


def test_what_the_app_was_asked_in_a_retired_version_is_nothing(serve: Any) -> None:
    app = Store({1: {"label": "chair"}})
    serve(app, API).put("/api/v5/things/1", json={"title": "stool"})
    asked: list[Asked] = app.asked
    assert asked == []


class OldThingSchema(Schema):
    """A thing with a field that nobody should use any more."""

    id = fields.Integer(dump_only=True)
    title = fields.String(attribute="label", required=True)
    colour = fields.String(
        metadata={"deprecated": Deprecation(date(2026, 10, 1), sunset=date(2027, 2, 1), link="/colours")}
    )
    fax = fields.String(metadata={"deprecated": date(2026, 11, 1)})


class ThingsHaveTitles(VersionChange):
    """A thing's `name` is called `title`, and its `hue` its `colour`."""

    schemas = {OldThingSchema: [rename("name", "title"), rename("hue", "colour")]}


class InnerBoxSchema(Schema):
    """What nobody should put anything into any more."""

    inner = fields.String()


class BoxedThingSchema(OldThingSchema):
    """A thing with a box."""

    box = fields.Nested(InnerBoxSchema, metadata={"deprecated": date(2026, 11, 1)})


class BoxedThingsHaveTitles(VersionChange):
    """A thing's `name` is called `title`, and its `hue` its `colour`."""

    schemas = {BoxedThingSchema: [rename("name", "title"), rename("hue", "colour")]}


OLD_FIELDS = Resource("thing", OldThingSchema, "/things", "/things/<int:id>")
SINCE_OCTOBER, SINCE_NOVEMBER = "@1790812800", "@1793491200"


def old_fields(**options: Any) -> Any:
    chosen = {"versions": [Version(2, ThingsHaveTitles), Version(1)], "clock": Clock(), **options}
    return make_api(resources=[OLD_FIELDS], **chosen)


@pytest.mark.parametrize("version", ("v1", "v2"))
@pytest.mark.parametrize(
    ("things", "since"),
    (
        ({1: {"label": "chair"}}, None),
        ({1: {"label": "hue colour fax"}}, None),
        ({1: {"label": "chair", "colour": "red"}}, SINCE_OCTOBER),
        ({1: {"label": "chair", "fax": "1"}}, SINCE_NOVEMBER),
        ({1: {"label": "chair", "fax": "1", "colour": "red"}}, SINCE_OCTOBER),
        ({1: {"label": "chair"}, 2: {"label": "sofa", "fax": "1"}}, SINCE_NOVEMBER),
    ),
)
@pytest.mark.parametrize("envelope", ("none", "data"))
def test_VER_10_2_a_deprecated_field_is_told_of_where_the_reply_has_it(
    serve: Any, version: str, things: Any, since: str | None, envelope: str
) -> None:
    client = serve(Store(things), old_fields(envelope=envelope))
    reply = client.get(f"/api/{version}/things" if len(things) > 1 else f"/api/{version}/things/1")
    assert reply.status_code == 200
    assert reply.headers.get("Deprecation") == since
    assert reply.headers.get("Sunset") == ("Mon, 01 Feb 2027 00:00:00 GMT" if since == SINCE_OCTOBER else None)
    assert reply.headers.get("Link") == ('</colours>; rel="deprecation"' if since == SINCE_OCTOBER else None)


@pytest.mark.parametrize(
    ("method", "path", "type", "body", "status", "since"),
    (
        ("POST", "/api/v1/things", "application/json", '{"name": "a"}', 201, None),
        ("POST", "/api/v1/things", "application/json", '{"name": "a", "hue": "red"}', 201, SINCE_OCTOBER),
        ("POST", "/api/v1/things", "application/json", '{"name": "a", "\\u0068ue": "red"}', 201, SINCE_OCTOBER),
        ("POST", "/api/v1/things", "application/json", '{"name": "a", "fax": 7}', 422, SINCE_NOVEMBER),
        ("POST", "/api/v1/things", "application/json", '{"name": "a", "fax": ', 400, None),
        ("PUT", "/api/v2/things/1", "application/json", '{"title": "a", "colour": "red"}', 200, SINCE_OCTOBER),
        ("PATCH", "/api/v1/things/1", MERGE_PATCH, '{"name": "b"}', 200, None),
        ("PATCH", "/api/v1/things/1", MERGE_PATCH, '{"hue": null}', 200, SINCE_OCTOBER),
        ("PATCH", "/api/v1/things/1", JSON_PATCH, '[{"op": "test", "path": "/name", "value": "a"}]', 409, None),
        ("PATCH", "/api/v1/things/1", JSON_PATCH, '[{"op": "add", "path": "/fax", "value": "1"}]', 200, SINCE_NOVEMBER),
        ("POST", "/api/v1/things", "application/yaml", "name: a\nhue: red\n", 201, SINCE_OCTOBER),
    ),
)
def test_VER_10_2_a_deprecated_field_is_told_of_where_the_request_has_it(
    serve: Any, method: str, path: str, type: str, body: str, status: int, since: str | None
) -> None:
    client = serve(Store({1: {"label": "chair"}}), old_fields(renderers=("yaml",)))
    reply = client.open(path, method=method, data=body, content_type=type)
    assert (reply.status_code, reply.headers.get("Deprecation")) == (status, since)


@pytest.mark.parametrize(("preference", "since"), (("return=minimal", None), ("return=representation", SINCE_OCTOBER)))
def test_VER_10_2_nothing_is_told_of_a_field_that_a_minimal_reply_does_not_show(
    serve: Any, preference: str, since: str | None
) -> None:
    things = Resource("thing", OldThingSchema, "/things", "/things/<int:id>", etag="generate")
    versions = [Version(2, ThingsHaveTitles), Version(1)]
    api = make_api(resources=[things], versions=versions, clock=Clock())
    client = serve(Store({1: {"label": "chair", "colour": "red"}}), api)
    sent = {"data": '{"title": "a"}', "content_type": MERGE_PATCH, "headers": {"Prefer": preference}}
    reply = client.patch("/api/v2/things/1", **sent)
    assert (reply.headers["Preference-Applied"], reply.headers.get("Deprecation")) == (preference, since)


@pytest.mark.parametrize(
    ("path", "since"),
    (
        ("/api/v1/things?hue=red", SINCE_OCTOBER),
        ("/api/v2/things?colour=red", SINCE_OCTOBER),
        ("/api/v2/things?phone=1", SINCE_NOVEMBER),
        ("/api/v1/things?sort=name,-fax", SINCE_NOVEMBER),
        ("/api/v1/things?fields=name,hue,fax", SINCE_OCTOBER),
        ("/api/v2/things?fields=box.inner", SINCE_NOVEMBER),
        ("/api/v2/things?fields=fax,nonsense", SINCE_NOVEMBER),
        ("/api/v2/things?title=colour&sort=title&fields=title&q=fax", None),
        ("/api/v2/things?sort=&fields=", None),
        ("/api/v2/things?fields=%ff", None),
        ("/api/v2/things", None),
    ),
)
def test_VER_10_5_a_deprecated_field_is_told_of_where_the_query_names_it(
    serve: Any, path: str, since: str | None
) -> None:
    filters = {"colour": "colour", "phone": "fax", "title": "title"}
    asked = Query(filters=filters, sort="sort", fields="fields", others=["q"])
    things = Resource("thing", BoxedThingSchema, "/things", collection_methods=["GET"], query=asked)
    versions = [Version(2, BoxedThingsHaveTitles), Version(1)]
    client = serve(Script(Said(body=[])), make_api(resources=[things], versions=versions, clock=Clock()))
    assert client.get(path).headers.get("Deprecation") == since
    early = make_api(resources=[things], versions=versions, clock=Clock(datetime(2026, 9, 30, tzinfo=UTC)))
    assert "Deprecation" not in serve(Script(Said(body=[])), early).get(path).headers


def test_VER_10_2_before_its_date_nothing_is_told_of_a_field(serve: Any) -> None:
    clock = Clock(datetime(2026, 9, 30, tzinfo=UTC))
    client = serve(Store({1: {"label": "chair", "colour": "red"}}), old_fields(clock=clock))
    assert "Deprecation" not in client.get("/api/v2/things/1").headers
    clock.now = datetime(2026, 10, 1, tzinfo=UTC)
    assert client.get("/api/v2/things/1").headers["Deprecation"] == SINCE_OCTOBER


def test_VER_10_2_what_is_no_date_is_refused_when_the_api_is_made() -> None:
    odd = Schema.from_dict({"id": fields.Integer(metadata={"deprecated": "soon"})}, name="OddlyDeprecated")
    with pytest.raises(DeclarationError, match="the metadata of the field 'id': since='soon' is no date"):
        make_api(resources=[Resource("odd", odd, item="/odd/<id>")], versions=[Version(1)])


@pytest.mark.parametrize(
    ("asked", "told"),
    (
        ("name=chair&sort=-name&page=2", "title=chair&sort=-title&page=2"),
        ("page=2&name=a%20b", "page=2&title=a%20b"),
        ("name=chair&wrong=1", "name=chair&wrong=1"),  # for the other version to refuse
        ("", None),
    ),
)
def test_VER_6_5_a_redirect_has_the_query_in_the_words_of_the_version_that_it_leads_to(
    serve: Any, asked: str, told: str | None
) -> None:
    query = Query(filters=["title"], sort="sort", paging=["page"])
    things = Resource("thing", OldThingSchema, "/things/", "/things/<int:id>", query=query)
    lives = [Version(3), Version(2, ThingsHaveTitles), Version(1, **PAST, retired="redirect")]
    client = serve(Store(), make_api(resources=[things], versions=lives, clock=lambda: NOW))
    location = client.get(f"/api/v1/things/?{asked}").headers["Location"]
    assert location == "/api/v2/things/" + ("" if told is None else f"?{told}")


def test_VER_6_5_the_words_of_a_withdrawn_version_are_no_longer_known(serve: Any) -> None:
    query = Query(filters=["title"])
    things = Resource("thing", OldThingSchema, "/things", "/things/<int:id>", query=query)
    gone = [Version(1, **PAST, retired="redirect")]
    client = serve(Store(), make_api(resources=[things], versions=[Version(2)], withdrawn=gone, clock=lambda: NOW))
    for query in ("name=x", "label=x", "title=x"):
        assert client.get(f"/api/v1/things?{query}").headers["Location"] == f"/api/v2/things?{query}"


PREFLIGHT = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}


@pytest.mark.parametrize(
    ("path", "script", "inner"),
    (
        ("/api/v5/things/1", "/api/v5", "/things/1"),
        ("/api/v5/status", "/api/v5", "/status"),
        ("/api/v2/things/1", "/api/v2", "/things/1"),
        ("/api/v1/status", "/api/v1", "/status"),
        ("/api/v7/things/1", "/api/v7", "/things/1"),
    ),
)
def test_VER_6_4_so_are_those_of_withdrawn_versions_and_of_what_nobody_declares(
    serve: Any, path: str, script: str, inner: str
) -> None:
    app = Script(Said("204 No Content", type=None, headers=[("Access-Control-Allow-Origin", "*")]))
    reply = serve(app, API).options(path, headers=PREFLIGHT)
    assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert (app.last.script, app.last.path) == (script, inner)


@pytest.mark.parametrize(
    ("options", "path", "asked"),
    (
        # what the app is asked at: nowhere, where the URL would not be its own while the version is served
        ({"undeclared": "refuse"}, "/api/v5/status", None),
        ({"undeclared": "refuse"}, "/api/v5/things/1", ("/api/v5", "/things/1")),
        ({"undeclared": "refuse"}, "/api/v2/things/1", ("/api/v2", "/things/1")),
        ({"undeclared": "refuse"}, "/api/v2/status", None),
        ({"app_prefix": "/inside"}, "/api/v5/status", ("", "/api/v5/status")),
        ({"app_prefix": "/inside"}, "/api/v5/things/1", ("", "/inside/things/1")),
        ({"app_prefix": "/inside"}, "/api/v2/things/1", ("", "/inside/things/1")),
        ({"app_prefix": "/inside"}, "/api/v6/things/1", ("", "/api/v6/things/1")),
    ),
)
def test_VER_6_4_but_not_those_of_what_is_not_the_app_s_to_answer(
    serve: Any, options: dict[str, Any], path: str, asked: tuple[str, str] | None
) -> None:
    app = Script(Said("204 No Content", type=None, headers=[("Access-Control-Allow-Origin", "*")]))
    withdrawn = [Version(2, **PAST)]
    versions = [Version(7), Version(6, **PAST, native="app_prefix" in options), Version(5, **PAST)]
    api = make_api(resources=[THING], versions=versions, withdrawn=withdrawn, clock=lambda: NOW, **options)
    reply = serve(app, api).options(path, headers=PREFLIGHT)
    if asked is None:
        assert (reply.status_code, reply.json["error"]["error"], app.asked) == (410, "VERSION_RETIRED", [])
    else:
        assert (reply.status_code, app.last.script, app.last.path) == (204, *asked)


@pytest.mark.parametrize(
    ("method", "type", "status"),
    (
        ("POST", "application/json", 308),
        ("POST", "application/vnd.acme.v3+json", 410),
        ("PUT", "Application/vnd.acme.V3+json; charset=utf-8", 410),
        ("POST", "application/vnd.acme.v7+json", 308),
        ("POST", "no type", 308),
        ("DELETE", None, 308),
        ("GET", "application/vnd.acme.v3+json", 301),
    ),
)
def test_VER_6_1_a_body_whose_type_names_the_version_is_not_led_to_another(
    serve: Any, method: str, type: str | None, status: int
) -> None:
    reply = serve(Store(), API).open("/api/v3/things/1", method=method, data="{}", content_type=type)
    assert (reply.status_code, reply.json["error"]["error"]) == (status, "VERSION_RETIRED")


def test_VER_2_5_the_newest_of_versions_that_are_all_off_answers_as_it_is(serve: Any) -> None:
    life = {**DATES, "brownouts": [OFF]}
    client = serve(Store({1: {"label": "chair"}}), at(NOW, v3=life, v2=life, v1=PAST))
    reply = client.get("/api/latest/things/1")
    assert (reply.json["error"]["error"], reply.headers["Retry-After"]) == ("VERSION_BROWNOUT", "100")
    for named in ({}, {"Accept": "image/png"}):
        assert client.get("/api/things/1", headers=named).status_code == 410


def test_VER_6_6_bytes_that_are_no_text_lead_to_the_root(serve: Any) -> None:
    texts = Resource("text", NOTE.schema, item="/notes/<string:id>")
    api = make_api(resources=[texts], versions=[Version(2), Version(1, **PAST, retired="redirect")], clock=lambda: NOW)
    client = serve(Store(), api)
    assert client.get("/api/v1/notes/%E9").headers["Location"] == "/api/v2/"
    assert client.get("/api/v1/notes/%C3%A9").headers["Location"] == "/api/v2/notes/%C3%A9"


def test_VER_6_7_a_withdrawn_version_has_no_day_before_it_comes(serve: Any) -> None:
    api = make_api(versions=[Version(2)], withdrawn=[Version(1, sunset=date(2099, 1, 1))], clock=lambda: NOW)
    told = serve(Store(), api).get("/api/v1/things/1").json["error"]["description"]
    assert told == "Version 1 was retired. Supported are: 2."


def test_VER_2_6_where_the_clock_fails_what_was_true_stays_true(serve: Any, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock(datetime(2026, 10, 1, tzinfo=UTC))
    client = serve(
        Store({1: {"label": "chair"}}), make_api(resources=[THING], versions=[Version(1, **DATES)], clock=clock)
    )
    for broken in (None, datetime(2030, 1, 1)):
        clock.now = broken  # type: ignore[assignment]
        reply = client.get("/api/v1/things/1")
        assert (reply.status_code, reply.headers["Deprecation"]) == (200, ENDS["Deprecation"])
        assert "the clock of the API failed" in caplog.text
    clock.now = datetime(2027, 10, 1, tzinfo=UTC)
    assert client.get("/api/v1/things/1").status_code == 410
    clock.now = None  # type: ignore[assignment]
    assert client.get("/api/v1/things/1").status_code == 410
    assert client.get("/api/").json["versions"][0]["state"] == "retired"


def test_VER_9_6_the_page_of_a_version_that_ends_says_so(serve: Any) -> None:
    reply = serve(Store(), API).get("/api/v7/")
    assert (reply.headers["X-Api-Version"], reply.headers["Deprecation"]) == ("7", ENDS["Deprecation"])
    assert '</api/v8/>; rel="successor-version"' in reply.headers["Link"]
    assert serve(Store(), API).post("/api/v8/").headers["X-Api-Version"] == "8"


def test_VER_7_4_what_was_off_when_it_was_found_is_told_so_even_if_it_is_back_by_then() -> None:
    clock = Clock(datetime(2026, 12, 1, 11, 4, 59, tzinfo=UTC))
    life = {**DATES, "brownouts": [OFF]}
    engine = Engine(make_api(resources=[THING], versions=[Version(2), Version(1, **life)], clock=clock))
    found = engine.find("/api/v1/nonsense")
    clock.now = datetime(2026, 12, 1, 11, 5, 1, tzinfo=UTC)
    request = Request("GET", "http://localhost", "", "/api/v1/nonsense", "", Headers())
    assert isinstance(found, Closed)
    with pytest.raises(StopIteration) as done:
        next(engine.exchange(request, found))
    assert (done.value.value.status, done.value.value.headers.get("Retry-After")) == (410, "1")


@pytest.mark.parametrize(
    ("mount", "query", "location"),
    (
        ("//evil.example", "", "/evil.example/api/v7/things/1"),
        ("", "q=\xc3\xa9", "/api/v7/things/1?q=%C3%A9"),
        ("", "a=%20&b=1+2", "/api/v7/things/1?a=%20&b=1+2"),
    ),
)
def test_VER_6_8_a_redirect_stays_on_its_host_and_is_a_url(serve: Any, mount: str, query: str, location: str) -> None:
    asked = {"SCRIPT_NAME": mount, "QUERY_STRING": query}
    reply = serve(Store(), API).get("/api/v3/things/1", environ_overrides=asked)
    assert reply.headers["Location"] == location
