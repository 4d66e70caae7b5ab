"""Who sees what: previews, flagged routes, fields and changes, and defaults of one's own, over whole exchanges."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from marshmallow import Schema, fields
from things import MERGE_PATCH, Said, Script, Store, make_api
from werkzeug.datastructures import Headers

from translayer import Consumer, Limits, Request, Resource, Route, Version, VersionChange
from translayer.engine.audience import Audience, Watched
from translayer.operations import added, moved, rename

KEYS = {
    "plain": Consumer("plain"),
    "early": Consumer("early", flags=["preview"]),
    "beta": Consumer("beta", flags=["beta", "unheard of"]),
    "all": Consumer("all", flags=["preview", "beta", "paint"]),
    "pinned": Consumer("pinned", pinned_version=1),
    "lost": Consumer("lost", pinned_version=7),
    "ahead": Consumer("ahead", pinned_version=3),
}


def by_key(request: Request) -> Consumer | None:
    return KEYS.get(request.headers.get("X-Api-Key", ""))


class ThingSchema(Schema):
    """A thing, whose weight only some see."""

    id = fields.Integer(dump_only=True)
    title = fields.String(attribute="label", required=True)
    weight = fields.Integer(metadata={"flag": "beta"})


class ThingsHaveTitles(VersionChange):
    """A thing's `name` is called `title`."""

    schemas = {ThingSchema: [rename("name", "title")]}


THING = Resource(
    "thing",
    ThingSchema,
    "/things",
    "/things/<int:id>",
    routes=[Route("POST", "/things/<int:id>/paint", flag="paint"), Route("GET", "/paints", flag="paint")],
)


def api(**options: Any) -> Any:
    versions = [Version(3, preview=True), Version(2, ThingsHaveTitles), Version(1)]
    return make_api(**{"resources": [THING], "versions": versions, "consumer": by_key, **options})


def store() -> Store:
    return Store({1: {"label": "chair", "weight": 7}})


def key(name: str) -> dict[str, str]:
    return {"X-Api-Key": name}


@pytest.mark.parametrize(
    ("who", "status"), (("", 404), ("plain", 404), ("beta", 404), ("nobody knows", 404), ("early", 200), ("all", 200))
)
@pytest.mark.parametrize("by", ("url", "header", "accept"))
def test_VER_8_7_previews_are_there_for_those_with_the_flag(serve: Any, who: str, status: int, by: str) -> None:
    client = serve(store(), api())
    path = "/api/v3/things/1" if by == "url" else "/api/things/1"
    naming = {"header": {"X-Api-Version": "3"}, "accept": {"Accept": "application/vnd.acme.v3+json"}}.get(by, {})
    reply = client.get(path, headers={**key(who), **naming})
    expected = 406 if (by, status) == ("accept", 404) else status
    assert reply.status_code == expected
    if status == 200:
        assert (reply.headers["X-Api-Version"], reply.json["title"]) == ("3", "chair")
    else:
        unpublished = client.get(
            path.replace("v3", "v9"),
            headers={**key(who), **{name: said.replace("3", "9") for name, said in naming.items()}},
        )
        assert (reply.status_code, reply.data, list(reply.headers)) == (
            unpublished.status_code,
            unpublished.data,
            list(unpublished.headers),
        )


def test_VER_8_7_nothing_else_tells_of_a_preview(serve: Any) -> None:
    app = Script(Said(body={"id": 1, "label": "chair"}))
    client = serve(app, api())
    for path in ("/api/v3/status", "/api/v3/", "/api/v3/index.json", "/api/v3/things/1/paint"):
        assert (client.get(path).status_code, client.get(path).json["error"]["error"]) == (404, "UNKNOWN_VERSION")
    assert client.get("/api/latest/things/1").headers["X-Api-Version"] == "2"
    assert [version["version"] for version in client.get("/api/").json["versions"]] == ["2", "1"]
    seen = client.get("/api/", headers=key("early"))
    assert [version["version"] for version in seen.json["versions"]] == ["3", "2", "1"]
    assert seen.headers["Vary"] == "Accept, X-Api-Key"
    assert app.asked == [] or all(asked.path == "/things/1" for asked in app.asked)
    client.get("/api/v3/status", headers=key("early"))
    assert (app.last.script, app.last.path) == ("/api/v3", "/status")


@pytest.mark.parametrize(
    ("who", "paint", "thing"),
    (
        ("plain", 404, {"id": 1, "title": "chair"}),
        ("beta", 404, {"id": 1, "title": "chair", "weight": 7}),
        ("all", 200, {"id": 1, "title": "chair", "weight": 7}),
    ),
)
def test_VER_8_8_flagged_routes_and_fields_are_there_for_those_with_the_flag(
    serve: Any, who: str, paint: int, thing: Any
) -> None:
    client = serve(store(), api())
    assert client.get("/api/v2/things/1", headers=key(who)).json == thing
    assert client.get("/api/v2/things", headers=key(who)).json == [thing]
    painted = serve(Script(Said(body=b"done", type="text/plain")), api())
    assert painted.post("/api/v2/things/1/paint", headers=key(who)).status_code == paint
    assert painted.get("/api/v2/paints", headers=key(who)).status_code == paint
    assert painted.get("/paints", headers=key(who)).status_code == 404


def test_VER_8_8_what_a_consumer_does_not_see_it_does_not_lose(serve: Any) -> None:
    app = store()
    client = serve(app, api())
    assert client.put("/api/v1/things/1", headers=key("plain"), json={"name": "stool"}).json == {
        "id": 1,
        "name": "stool",
    }
    patched = client.patch("/api/v2/things/1", headers=key("plain"), data='{"title": "sofa"}', content_type=MERGE_PATCH)
    assert patched.json == {"id": 1, "title": "sofa"}
    assert app.things[1] == {"id": 1, "secret": "s", "label": "sofa", "weight": 7}
    refused = client.put("/api/v2/things/1", headers=key("plain"), json={"title": "x", "weight": 1})
    assert refused.json["error"]["details"] == [
        {"pointer": "/weight", "code": "UNKNOWN_FIELD", "message": "This version has no such field."}
    ]


@pytest.mark.parametrize(
    ("who", "named", "version"),
    (
        ("", {}, "1"),
        ("pinned", {}, "1"),
        ("pinned", {"X-Api-Version": "2"}, "2"),
        ("pinned", {"Accept": "application/vnd.acme.v2+json"}, "2"),
        ("pinned", {"Accept": "application/json"}, "1"),
    ),
)
def test_VER_10_3_a_consumer_who_names_no_version_gets_the_one_it_is_pinned_to(
    serve: Any, who: str, named: dict[str, str], version: str
) -> None:
    for policy in ("oldest", "latest", "required"):
        client = serve(store(), api(unversioned=policy))
        reply = client.get("/api/things/1", headers={**key(who), **named})
        if not who and policy != "oldest":
            assert reply.headers["X-Api-Version"] == "2" if policy == "latest" else reply.status_code == 400
        else:
            assert reply.headers["X-Api-Version"] == version


@pytest.mark.parametrize("who", ("lost", "ahead"))
def test_VER_10_4_a_pin_to_a_version_that_is_not_there_is_the_service_s_fault(
    serve: Any, caplog: pytest.LogCaptureFixture, who: str
) -> None:
    client = serve(store(), api(), debug=False)
    reply = client.get("/api/things/1", headers=key(who))
    assert (reply.status_code, reply.json["error"]["error"]) == (500, "INTERNAL_ERROR")
    assert "a consumer is pinned to version" in caplog.text
    assert client.get("/api/v2/things/1", headers=key(who)).status_code == 200


@pytest.mark.parametrize(
    ("policy", "who", "default"),
    (
        ("oldest", "plain", "1"),
        ("latest", "plain", "2"),
        ("required", "plain", None),
        ("latest", "pinned", "1"),
        ("required", "pinned", "1"),
        ("oldest", "lost", None),
        ("oldest", "ahead", None),
    ),
)
def test_VER_9_1_the_default_is_what_answers_the_consumer_who_names_none(
    serve: Any, policy: str, who: str, default: str | None
) -> None:
    client = serve(store(), api(unversioned=policy))
    told = client.get("/api/", headers=key(who))
    assert (told.json["default"], told.headers["Vary"]) == (default, "Accept, X-Api-Key")
    page = client.get("/api/index.html", headers=key(who)).text
    assert (f"Where none is named: v{default}" in page) == (default is not None)
    assert ("Where none is named" in page) == (default is not None)
    if default is not None:
        assert client.get("/api/things/1", headers=key(who)).headers["X-Api-Version"] == default


@pytest.mark.usefixtures("lint_is_wrong_about_location")
def test_VER_10_4_a_pin_to_a_retired_version_is_answered_as_that_version(serve: Any) -> None:
    versions = [Version(2), Version(1, sunset=date(2020, 1, 1), retired="redirect")]
    client = serve(store(), api(versions=versions))
    reply = client.get("/api/v1/things/1", headers=key("pinned"))
    assert (reply.status_code, reply.headers["Location"]) == (301, "/api/v2/things/1")
    assert client.get("/api/things/1", headers=key("pinned")).headers["Location"] == "/api/v2/things/1"


def test_VER_8_9_vary_names_the_headers_by_which_consumers_are_told(serve: Any) -> None:
    client = serve(store(), api())
    for path, status in (
        ("/api/v2/things/1", 200),
        ("/api/v2/things/7", 404),
        ("/api/v9/things/1", 404),
        ("/api/", 200),
    ):
        reply = client.get(path)
        assert (reply.status_code, reply.headers.getlist("Vary")) == (status, [reply.headers["Vary"]])
        assert reply.headers["Vary"].endswith("X-Api-Key")
    image = serve(Script(Said(body=b"png", type="image/png", headers=[("Vary", "Origin")])), api())
    assert image.get("/api/v2/things/1").headers["Vary"] == "Origin, Accept, X-Api-Version, X-Api-Key"


def test_VER_8_9_headers_say_what_was_asked_of_them() -> None:
    watched = Watched(Headers([("A", "1"), ("B", "2")]))
    assert (watched.get("A"), watched.get("C", "3"), watched.get("B", type=int)) == ("1", "3", 2)
    assert (watched["A"], "D" in watched, watched.getlist("B"), watched.getlist("B", type=int)) == (
        "1",
        False,
        ["2"],
        [2],
    )
    assert list(watched.names) == ["A", "C", "B", "D"]
    assert (len(watched), list(watched)) == (2, [("A", "1"), ("B", "2")])
    assert list(watched.names)[-1] == "*"
    copied = Watched(Headers([("A", "1")]))
    assert (copied.copy().get("A"), list(copied.names)) == ("1", ["*"])


@pytest.mark.parametrize("said", (ValueError("no database"), "plain", 7))
def test_VER_8_10_where_the_consumer_cannot_be_told_it_is_the_service_s_fault(
    serve: Any, caplog: pytest.LogCaptureFixture, said: Any
) -> None:
    def failing(request: Request) -> Any:
        request.headers.get("X-Api-Key")
        if isinstance(said, Exception):
            raise said
        return said

    reply = serve(store(), api(consumer=failing), debug=False).get("/api/v2/things/1")
    assert (reply.status_code, reply.json["error"]["error"]) == (500, "INTERNAL_ERROR")
    assert reply.headers["Vary"] == "Accept, X-Api-Version, X-Api-Key"
    assert "the consumer of GET '/api/v2/things/1' could not be served" in caplog.text
    with pytest.raises((ValueError, TypeError)):
        serve(store(), api(consumer=failing)).get("/api/v2/things/1")


def test_VER_8_10_nobody_is_asked_for_what_is_the_app_s(serve: Any) -> None:
    def forbidden(request: Request) -> Any:
        raise AssertionError(request)

    app = Script(Said(body=b"hello", type="text/plain"))
    client = serve(app, api(consumer=forbidden))
    for path in ("/status", "/api/status", "/api/v2/status"):
        assert client.get(path).data == b"hello"


def test_VER_8_11_what_is_compiled_is_kept_for_a_bounded_number_of_flag_sets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    chosen: list[str] = []

    def by_choice(request: Request) -> Consumer:
        return Consumer(flags=chosen)

    audience = Audience(api(consumer=by_choice, limits=Limits(flag_sets=2)))

    def engine(*flags: str) -> Any:
        chosen[:] = flags
        request = Request("GET", "http://localhost", "", "/api/v2/things/1", "", Headers())
        return audience.admit("/api/v2/things/1", lambda: request).engine

    nobody = engine()
    assert nobody is engine("unheard of") is audience.nobodys
    beta = engine("beta")
    assert beta is engine("beta", "unheard of")
    assert engine("beta", "paint", "preview") is engine("preview", "paint", "beta")
    paint = engine("paint")
    assert engine("beta") is beta
    preview = engine("preview")
    assert (engine("beta"), engine("preview"), engine()) == (beta, preview, nobody)
    assert engine("paint") is not paint  # it was the one that nobody had asked for longest
    assert engine("beta") is not beta


def test_VER_8_11_flags_that_leave_nothing_sensible_are_the_service_s_fault(
    serve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class OddSchema(Schema):
        a = fields.String()
        b = fields.String(metadata={"flag": "c"})

    routes = [
        Route("GET", "/odd/<int:id>", reply=OddSchema, flag="b"),
        Route("PUT", "/odd/<int:id>", request=OddSchema, reply=OddSchema, flag="a"),
        Route("GET", "/even"),
    ]
    odd = Resource("odd", OddSchema, routes=routes)
    flagged = make_api(resources=[odd], versions=[Version(1)], consumer=lambda request: Consumer(flags=["a"]))
    client = serve(Script(), flagged, debug=False)
    for _ in range(2):
        assert client.get("/api/v1/even").status_code == 500
    assert "for consumers with the flags ['a']: PUT /odd/<int:id> in version 1 would destroy" in caplog.text


def test_VER_8_11_an_api_without_flags_has_one_engine() -> None:
    audience = Audience(make_api(consumer=lambda request: Consumer("a", flags=["x"])))
    request = Request("GET", "http://localhost", "", "/api/v2/things/1", "", Headers())
    assert audience.admit("/api/v2/objects/1", lambda: request).engine is audience.nobodys


def test_threads_that_come_with_a_new_set_of_flags_at_once_share_what_is_compiled() -> None:
    audience = Audience(api(consumer=lambda request: Consumer(flags=["beta"])))
    request = Request("GET", "http://localhost", "", "/api/v2/things/1", "", Headers())
    with ThreadPoolExecutor(8) as pool:
        engines = set(pool.map(lambda _: audience.admit(request.path, lambda: request).engine, range(16)))
    assert len(engines) == 1


def test_who_waited_while_somebody_else_compiled_makes_nothing_again() -> None:
    audience = Audience(api(consumer=lambda request: None))
    flags = frozenset({"beta"})
    assert audience._made(flags) is audience._made(flags)


def test_without_a_consumer_nobody_sees_what_has_a_flag(serve: Any) -> None:
    client = serve(store(), api(consumer=None))
    assert client.get("/api/v2/things/1").json == {"id": 1, "title": "chair"}
    assert client.get("/api/v3/things/1").status_code == 404
    assert client.post("/api/v2/things/1/paint").status_code == 404


def test_VER_8_12_entity_tags_differ_where_consumers_see_different_things(serve: Any) -> None:
    client = serve(store(), api())
    tags = {
        who: client.get("/api/v2/things/1", headers=key(who)).headers["ETag"] for who in ("", "plain", "beta", "all")
    }
    assert tags[""] == tags["plain"] == '"r1.v2"'
    assert len(set(tags.values())) == 3
    again = client.get("/api/v2/things/1", headers={**key("beta"), "If-None-Match": tags["beta"]})
    assert again.status_code == 304
    assert client.get("/api/v2/things/1", headers={**key("beta"), "If-None-Match": tags[""]}).status_code == 200
    put = {"title": "stool", "weight": 1}
    refused = client.put("/api/v2/things/1", headers={**key("beta"), "If-Match": tags[""]}, json=put)
    assert refused.status_code == 412
    assert (
        client.put("/api/v2/things/1", headers={**key("beta"), "If-Match": tags["beta"]}, json=put).status_code == 200
    )


def test_a_hidden_url_of_an_older_version_is_not_the_app_s_either(serve: Any) -> None:
    paints = Resource("thing", ThingSchema, item="/things/<int:id>", routes=[Route("GET", "/paints", flag="paint")])
    versions = [Version(2, type("Move", (VersionChange,), {"routes": [moved("/colours", to="/paints")]})), Version(1)]
    app = Script(Said(body=b"all", type="text/plain"))
    client = serve(app, api(resources=[paints], versions=versions))
    assert client.get("/api/v1/colours", headers=key("plain")).status_code == 404
    assert app.asked == []
    assert client.get("/api/v1/colours", headers=key("all")).data == b"all"


class QuaysAreThings(VersionChange):
    """Shelves are called things."""

    routes = [moved("/shelves", to="/things")]


class Catalogued(VersionChange):
    """There is a catalogue."""

    routes = [added("/catalogue")]


PREFLIGHT = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}


@pytest.mark.parametrize("undeclared", ("refuse", "relay"))
@pytest.mark.parametrize("method", ("GET", "HEAD", "DELETE", "OPTIONS"))
@pytest.mark.parametrize(
    ("path", "headers"),
    (
        ("/api/v2{}", {}),
        ("/api/v1{}", {}),
        ("/api/v1{}", {"Accept": "text/x"}),
        ("/api/v3{}", {}),
        ("/api{}", {}),
        ("/api{}", {"X-Api-Version": "9"}),
        ("/api{}", {"X-Api-Version": "3"}),
        ("/api/v2{}", {"X-Api-Version": "3"}),
        ("/api/latest{}", {}),
        ("/api/v2{}", PREFLIGHT),
        ("/api/v3{}", PREFLIGHT),
    ),
)
@pytest.mark.usefixtures("lint_is_wrong_about_head", "lint_is_wrong_about_location")
def test_VER_8_7_the_urls_of_a_preview_are_nobodys_to_others(
    serve: Any, undeclared: str, method: str, path: str, headers: dict[str, str]
) -> None:
    """Only its own app's URL is kept from those who do not see it, where other URLs are relayed."""
    shelf = Resource("shelf", ThingSchema, item="/things/<int:id>", routes=[Route("GET", "/catalogue")])
    preview = Version(
        3, type("Catalogued", (VersionChange,), {"routes": [added("/catalogue"), *QuaysAreThings.routes]}), preview=True
    )
    versions = [
        preview,
        Version(2, deprecated=date(2020, 1, 1)),
        Version(1, sunset=date(2020, 1, 1), retired="redirect"),
    ]
    app = Script(Said("404 Not Found", body=b"<h1>Not here</h1>", type="text/html"))
    client = serve(app, api(resources=[shelf], versions=versions, undeclared=undeclared))

    def told(url: str) -> Any:
        reply = client.open(path.format(url), method=method, headers=headers)
        return reply.status_code, reply.data, list(reply.headers)

    for url in ("/things/1", "/catalogue"):
        seen, unknown = told(url), told("/nonsense/1")
        if app.asked:  # the app was asked for what is nobody's, and for nothing else
            assert (seen[0], {asked.path[-11:] for asked in app.asked}) == (404, {"/nonsense/1"})
        else:
            assert seen == unknown


@pytest.mark.parametrize("method", ("GET", "POST", "OPTIONS"))
@pytest.mark.parametrize("front", ("/api/v1", "/api/v2", "/api/v3", "/api/v9", "/api/latest", "/api", ""))
@pytest.mark.parametrize("headers", ({}, {"X-Api-Version": "2"}, {"Accept": "application/yaml"}, PREFLIGHT))
def test_VER_8_8_what_is_flagged_is_told_of_as_what_nobody_knows(
    serve: Any, method: str, front: str, headers: dict[str, str]
) -> None:
    ends: Any = {"deprecated": date(2026, 1, 1)}
    versions = [Version(3, preview=True), Version(2, ThingsHaveTitles), Version(1, **ends)]
    options: dict[str, Any] = {"versions": versions, "undeclared": "refuse", "renderers": ("yaml",)}
    client = serve(Script(), api(clock=lambda: datetime(2026, 6, 1, tzinfo=UTC), **options))
    flagged, unknown = (client.open(f"{front}/{name}", method=method, headers=headers) for name in ("paints", "points"))
    assert (flagged.status_code, flagged.data, list(flagged.headers)) == (404, unknown.data, list(unknown.headers))


@pytest.mark.parametrize("path", ("/api/v1/paints", "/api/v1/things/1/paint"))
def test_VER_8_8_no_preflight_of_a_retired_version_tells_of_a_flagged_route(serve: Any, path: str) -> None:
    app = Script(Said("200 OK", type=None, headers=[("Allow", "GET")]))
    retired = [Version(3), Version(2, ThingsHaveTitles), Version(1, sunset=date(2026, 1, 1))]
    now = datetime(2026, 6, 1, tzinfo=UTC)
    reply = serve(app, api(versions=retired, clock=lambda: now)).options(path, headers=PREFLIGHT)
    assert (reply.status_code, "Allow" in reply.headers, app.asked) == (410, False, [])


def test_VER_8_7_a_preview_comes_into_sight_when_it_is_stable(serve: Any) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    shelf = Resource("shelf", ThingSchema, item="/things/<int:id>")
    versions = [Version(2, QuaysAreThings, stable=date(2026, 2, 1)), Version(1)]
    client = serve(store(), make_api(resources=[shelf], versions=versions, clock=lambda: now[0], undeclared="refuse"))
    for day, status in ((1, 404), (40, 200), (1, 404)):
        now[0] = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
        assert client.get("/api/v2/things/1").status_code == status
        assert client.get("/api/latest/things/1").status_code == status
        assert client.get("/api/v1/shelves/1").status_code == 200


def test_VER_8_8_links_to_what_is_hidden_stay_as_they_are_written(serve: Any) -> None:
    class LinkedSchema(Schema):
        label = fields.String()
        to = fields.String(metadata={"link": True})

    secret = Resource("secret", ThingSchema, item="/secrets/<int:id>", flag="beta")
    shelf = Resource("shelf", LinkedSchema, item="/things/<int:id>")
    versions = [Version(3, QuaysAreThings, preview=True), Version(2), Version(1)]
    client = serve(store(), api(resources=[shelf, secret], versions=versions))
    for link in ("/api/v3/things/7", "/api/v9/things/7", "/api/v1/secrets/7", "/api/v1/nonsense/7"):
        reply = client.put("/api/v2/shelves/1", headers=key("plain"), json={"label": "a", "to": link})
        assert (reply.status_code, reply.json["to"]) == (200, link)


def test_VER_8_13_the_app_finds_the_consumer_s_name(serve: Any) -> None:
    app = Script(Said(body={"id": 1, "label": "chair"}))
    client = serve(app, api())
    for who in ("plain", "early", ""):
        client.get("/api/v2/things/1", headers=key(who))
        assert app.last.headers.get("translayer.consumer") == (who or None)
    varied = client.get("/api/v3/status", headers=key("early"))
    assert app.last.headers["translayer.consumer"] == "early"
    assert varied.headers["Vary"] == "X-Api-Key"


def test_VER_8_9_what_the_app_says_of_an_end_stays_where_nothing_of_ours_ends(serve: Any) -> None:
    said = [("Deprecation", "@1"), ("Sunset", "x")]
    app = Script(Said(body={"id": 1, "label": "chair"}, headers=said))
    headers = serve(app, api()).get("/api/v2/things/1").headers
    assert (headers["Deprecation"], headers["Sunset"]) == ("@1", "x")
