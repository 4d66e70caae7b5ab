"""For how long clients may keep what they read, as a policy of the author's says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from things import JSON_PATCH, NOTE, THING, VERSIONS, Said, Script, Store, ThingSchema, make_api

from translayer import Request, Resource, Route
from translayer.errors import DeclarationError

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
URL = "/api/v1/objects/1"
APP_S = [("Cache-Control", "no-store"), ("Expires", "0"), ("ETag", '"r1"')]


def api_of(cache: Any, **options: Any) -> Any:
    return make_api(resources=[replace(THING, cache=cache), NOTE], clock=lambda: NOW, **options)


@pytest.mark.parametrize(
    ("said", "expires"),
    (
        ("public, max-age=60", "Sat, 21 Nov 2026 12:01:00 GMT"),
        ("max-age=0", "Sat, 21 Nov 2026 12:00:00 GMT"),
        ("max-age=99999999999999", "Sun, 21 Nov 2027 12:00:00 GMT"),
        ("MAX-AGE=60", "Sat, 21 Nov 2026 12:01:00 GMT"),
        ("private, no-cache", None),
        ("max-age=soon", None),
    ),
)
def test_WRT_6_1_a_policy_says_for_how_long(serve: Any, said: str, expires: str | None) -> None:
    app = Script(Said(body={"id": 1, "label": "chair"}, headers=APP_S))
    reply = serve(app, api_of(lambda request, version: said)).get(URL)
    assert (reply.headers.getlist("Cache-Control"), reply.headers.get("Expires")) == ([said], expires)


def test_WRT_6_1_where_it_says_nothing_the_app_does(serve: Any) -> None:
    app = Script(Said(body={"id": 1, "label": "chair"}, headers=APP_S))
    for api in (api_of(None), api_of(lambda request, version: None), api_of(lambda request, version: "")):
        reply = serve(app, api).get(URL)
        assert (reply.headers["Cache-Control"], reply.headers["Expires"]) == ("no-store", "0")


def test_WRT_6_1_it_knows_the_request_and_the_version(serve: Any) -> None:
    asked: list[tuple[Request, str]] = []

    def policy(request: Request, version: str) -> str:
        asked.append((request, version))
        return "private" if "Authorization" in request.headers else "public"

    client = serve(Store({1: {"label": "chair"}}), api_of(policy))
    assert client.get("/api/v2/objects/1?a=b", headers={"Authorization": "x"}).headers["Cache-Control"] == "private"
    assert client.get("/api/v2/objects").headers["Cache-Control"] == "public"
    note = serve(Script(Said(body=[])), api_of(policy)).get("/api/v3/notes")
    assert note.headers.get("Cache-Control") is None
    assert [(request.path, request.query, version) for request, version in asked] == [
        ("/api/v2/objects/1", "a=b", "2"),
        ("/api/v2/objects", "", "2"),
    ]


def test_WRT_6_1_it_may_look_at_headers_as_werkzeug_has_them(serve: Any) -> None:
    asked: list[Any] = []

    def policy(request: Request, version: str) -> None:
        headers = request.headers
        asked.append((headers.getlist("X-Tenant"), headers.getlist("X-Other"), headers.get("X-Tenant", type=int)))
        asked.append((headers.get("X-Other", "none"), headers["x-tenant"], "X-TENANT" in headers, 5 in headers))

    serve(Script(Said(body={"id": 1})), api_of(policy)).get(URL, headers={"X-Tenant": "7"})
    assert asked == [(["7"], [], 7), ("none", "7", True, False)]


@pytest.mark.usefixtures("lint_is_wrong_about_head")
@pytest.mark.parametrize(
    ("method", "request_", "said", "kept"),
    (
        ("GET", {}, Said(body={"id": 1}), True),
        ("HEAD", {}, Said(body={"id": 1}), True),
        ("GET", {}, Said("304 Not Modified", type=None), True),
        ("GET", {}, Said(body=b"<p>", type="text/html"), True),
        ("GET", {}, Said("302 Found", type="text/plain", headers=[("Location", "http://localhost/x")]), False),
        ("GET", {}, Said("404 Not Found", {}), False),
        ("DELETE", {}, Said("204 No Content", type=None), False),
        (
            "PATCH",
            {"data": b"[]", "content_type": JSON_PATCH},
            Said(body={"label": "x"}, headers=[("ETag", '"1"')]),
            False,
        ),
    ),
)
def test_WRT_6_1_it_speaks_of_what_is_read_and_nothing_else(
    serve: Any, method: str, request_: dict[str, Any], said: Said, kept: bool
) -> None:
    reply = serve(Script(said), api_of(lambda request, version: "max-age=5")).open(URL, method=method, **request_)
    assert ("Cache-Control" in reply.headers, "Expires" in reply.headers) == (kept, kept)


def test_WRT_6_1_a_304_of_ours_says_it_too(serve: Any) -> None:
    thing = replace(THING, cache=lambda request, version: "max-age=5", etag="generate")
    client = serve(Store({1: {"label": "chair"}}, tag=""), make_api(resources=[thing]))
    tag = client.get(URL).headers["ETag"]
    reply = client.get(URL, headers={"If-None-Match": tag})
    assert (reply.status_code, reply.headers["Cache-Control"]) == (304, "max-age=5")


def test_WRT_6_1_a_route_has_a_policy_of_its_own(serve: Any) -> None:
    routes = [
        Route("GET", "/tools", reply=ThingSchema, many=True, cache=lambda request, version: "max-age=1"),
        Route("GET", "/tools/photo", cache=lambda request, version: "max-age=2"),
    ]
    api = make_api(resources=[Resource("tool", ThingSchema, routes=routes)], versions=VERSIONS[1:])
    client = serve(Script(Said(body=[])), api)
    found = [client.get(path).headers["Cache-Control"] for path in ("/api/v1/tools", "/api/v1/tools/photo")]
    assert found == ["max-age=1", "max-age=2"]


def failing(request: Request, version: str) -> str:
    raise KeyError("secret")


@pytest.mark.parametrize(
    ("policy", "told"),
    (
        (failing, "secret"),
        (lambda request, version: 60, "says 60, which is no value of Cache-Control"),
        (lambda request, version: "a\r\nb: c", "newline"),
    ),
)
def test_WRT_6_1_a_policy_that_fails_is_a_500(serve: Any, caplog: Any, policy: Any, told: str) -> None:
    for said in (Said(body={"id": 1}), Said(body=b"<p>", type="text/html")):
        reply = serve(Script(said), api_of(policy), debug=False).get(URL)
        assert (reply.status_code, reply.json["error"]["error"]) == (500, "INTERNAL_ERROR")
        assert "secret" not in reply.text
    assert told in caplog.text


@pytest.mark.parametrize(
    ("make", "told"),
    (
        (lambda: replace(THING, cache=60), "cache is a function of a request and a version, not 60"),
        (lambda: Route("GET", "/x", cache="public"), "cache is a function"),
        (lambda: Route("POST", "/x", cache=print), "which is for what is read: for GET"),
        (
            lambda: replace(THING, cache=print, item_methods=("PUT",), collection=None),
            "has cache=, which is for what is",
        ),
        (lambda: make_api(clock=NOW), "clock is a function that tells the time"),
    ),
)
def test_nonsense_is_refused(make: Any, told: str) -> None:
    with pytest.raises(DeclarationError, match=told):
        make()
