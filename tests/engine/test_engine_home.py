"""An app under a prefix of its own, that may serve versions itself: which URLs reach it, where, and which do not."""

from __future__ import annotations

from typing import Any

import pytest
from things import NOTE, THING, ObjectsAreThings, Said, Script, Store, ThingsHaveTitles, make_api

from translayer import Api, Resource, Version
from translayer.engine.exchange import Engine
from translayer.errors import DeclarationError
from translayer.http.message import Reply

HELLO = Said(body=b"hello", type="text/plain")


def native(*numbers: int) -> list[Version]:
    """The versions of things, some of which the app serves itself."""
    told: dict[int, Any] = {3: (ObjectsAreThings,), 2: (ThingsHaveTitles,), 1: ()}
    return [Version(number, *told[number], native=number in numbers) for number in (3, 2, 1)]


INTERNAL = make_api(app_prefix="/internal", discovery=False)
INSIDE = make_api(app_prefix="/api/internal")
UNPUBLISHED = make_api(app_prefix="/api/v4")
OWN = make_api(app_prefix="/api/v3")
LATEST = make_api(app_prefix="/api/latest")
SAME = make_api(app_prefix="/api")
ROOT = make_api(app_prefix="")
ABOVE = make_api(app_prefix="/svc", prefix="/svc/api")
BARE = make_api(app_prefix="", prefix="")
ONE = make_api(app_prefix="/api/v3", versions=native(3, 2))
TWO = make_api(app_prefix="/api/v3", versions=native(3))
REFUSING = make_api(app_prefix="/internal", undeclared="refuse", versions=native(2))


def reached(app: Script) -> str | None:
    """Where the app's only call went; its script's name is always the server's."""
    assert all(told.script == "/mnt" for told in app.asked)
    return app.last.path if app.asked else None


@pytest.mark.parametrize(
    ("api", "path", "called"),
    (
        # Versions are served from the app's prefix
        (INTERNAL, "/api/v1/objects/1", "/internal/things/1"),
        (INTERNAL, "/api/v3/things/1", "/internal/things/1"),
        (INTERNAL, "/api/v3/notes/a b", "/internal/notes/a b"),
        (INTERNAL, "/api/objects/1", "/internal/things/1"),
        (INTERNAL, "/api/latest/things/1", "/internal/things/1"),
        (INSIDE, "/api/v1/objects/1", "/api/internal/things/1"),
        (UNPUBLISHED, "/api/v1/objects/1", "/api/v4/things/1"),
        (OWN, "/api/v1/objects/1", "/api/v3/things/1"),
        (OWN, "/api/v3/things/1", "/api/v3/things/1"),
        (LATEST, "/api/v1/objects/1", "/api/latest/things/1"),
        (LATEST, "/api/latest/things/1", "/api/latest/things/1"),
        (SAME, "/api/v1/objects/1", "/api/things/1"),
        (ROOT, "/api/v1/objects/1", "/things/1"),
        (ABOVE, "/svc/api/v1/objects/1", "/svc/things/1"),
        (BARE, "/v1/objects/1", "/things/1"),
        # What nobody declared is where it is
        (INTERNAL, "/", "/"),
        (INTERNAL, "/things/1", "/things/1"),
        (INTERNAL, "/internal", "/internal"),
        (INTERNAL, "/internal/status", "/internal/status"),
        (INTERNAL, "/internals/things/1", "/internals/things/1"),
        (INTERNAL, "/api/status", "/api/status"),
        (INTERNAL, "/api/v1/rooms", "/api/v1/rooms"),
        (INTERNAL, "/api/v1/rooms//x/../y", "/api/v1/rooms//x/../y"),
        (INTERNAL, "/api/v1", "/api/v1"),
        (INTERNAL, "/api/v1/", "/api/v1/"),
        (INTERNAL, "/api/latest/rooms", "/api/latest/rooms"),
        (INTERNAL, "/api/v1/things/1/photo/x", "/api/v1/things/1/photo/x"),
        (UNPUBLISHED, "/api/v4/rooms", "/api/v4/rooms"),
        (OWN, "/api/v3/rooms", "/api/v3/rooms"),
        (OWN, "/api/v1/rooms", "/api/v1/rooms"),
        (ROOT, "/status", "/status"),
        (ROOT, "/api/v2/status", "/api/v2/status"),
        (ABOVE, "/svc/status", "/svc/status"),
        (ABOVE, "/svc/api/status", "/svc/api/status"),
        (BARE, "/status", "/status"),
        # Nobody walks around the layer
        (INTERNAL, "/internal/things/1", None),
        (INTERNAL, "/internal/things", None),
        (INTERNAL, "/internal/things/+1", None),
        (INTERNAL, "//internal/things/1", None),
        (INTERNAL, "/internal/./things/1", None),
        (INTERNAL, "/internal/x/../things//1", None),
        (INSIDE, "/api/internal/things/1", None),
        (INSIDE, "/api//internal/things/1", None),
        (UNPUBLISHED, "/api/v4/things/1", None),
        (ROOT, "/things/1", None),
        (ABOVE, "/svc/things/1", None),
        # Neither to versions that the app may still serve at the same URLs
        (INTERNAL, "/api/v1/things/1", None),
        (INTERNAL, "/api/v1/objects/+1", None),
        (INTERNAL, "/api/v1//objects/1", None),
        (INTERNAL, "/api/./v1/objects/1", None),
        (INTERNAL, "//api/v1/objects/1", None),
        (INTERNAL, "/rooms/../api/v1/objects/1", None),
        (INTERNAL, "/api/v9/rooms", None),
        (OWN, "/api/v3/things/+1", None),
        # Versions that the app still serves itself
        (ONE, "/api/v1/objects/1", "/api/v3/things/1"),
        (ONE, "/api/v2/objects/1", "/api/v2/objects/1"),
        (ONE, "/api/v2/things/1", "/api/v2/things/1"),
        (ONE, "/api/v2//objects/./1", "/api/v2//objects/./1"),
        (ONE, "/api/v2", "/api/v2"),
        (ONE, "/api/v3/things/1", "/api/v3/things/1"),
        (ONE, "/api/v3/things/+1", "/api/v3/things/+1"),
        (ONE, "/api/v3/../v1/objects/1", None),
        (ONE, "/api/objects/1", "/api/v3/things/1"),
        (ONE, "/api/latest/things/1", "/api/v3/things/1"),
        (TWO, "/api/v2/objects/1", "/api/v3/things/1"),
        (TWO, "/api/v3/things/1", "/api/v3/things/1"),
        # What nobody declared may be refused; what the app serves itself is not asked about
        (REFUSING, "/status", None),
        (REFUSING, "/internal/status", None),
        (REFUSING, "/api/v1/status", None),
        (REFUSING, "/api/v2/status", "/api/v2/status"),
        (REFUSING, "/api/v3/things/1", "/internal/things/1"),
        # The author may open the app's own URLs
        (make_api(app_prefix="/internal", bypass=True), "/internal/things/1", "/internal/things/1"),
        (make_api(app_prefix="/internal", bypass=True), "/internal//things/1", "/internal//things/1"),
        (make_api(app_prefix="", bypass=True), "/things/1", "/things/1"),
    ),
)  # fmt: skip
def test_RTE_8_1_the_app_lives_where_it_lives(bare: Any, api: Api, path: str, called: str | None) -> None:
    app = Script(HELLO)
    reply = bare(app, api).get("/", environ_overrides={"SCRIPT_NAME": "/mnt", "PATH_INFO": path})
    assert (reply.status_code, reached(app)) == (404 if called is None else 200, called)


def test_RTE_8_2_a_slash_too_few_is_no_way_around() -> None:
    assert isinstance(Engine(INTERNAL).find("internal/things/1"), Reply)


def test_RTE_8_2_the_app_s_own_urls_need_a_version(serve: Any) -> None:
    app = Script()
    reply = serve(app, INTERNAL).get("/internal/things/1")
    assert (reply.status_code, app.asked) == (404, [])
    assert reply.json["error"]["description"] == "This URL needs a version in front of it."


def test_RTE_8_2_untouched_bytes_are_the_same_environ(serve: Any) -> None:
    app = Script(HELLO)
    path = "/api/v1/rooms/\xe2\x98\x83"
    serve(app, ONE).get("/", environ_overrides={"PATH_INFO": path})
    assert (app.last.path, app.last.script, "translayer.version" in app.last.headers) == (path, "", False)


def test_RTE_8_1_every_way_of_calling_the_app_goes_there(serve: Any) -> None:
    store = Store({1: {"label": "chair"}})

    def app(environ: Any, start_response: Any) -> Any:
        assert environ["SCRIPT_NAME"] == ""
        assert environ["PATH_INFO"].startswith("/internal/")
        return store({**environ, "PATH_INFO": environ["PATH_INFO"].removeprefix("/internal")}, start_response)

    client = serve(app, INTERNAL)
    assert client.get("/api/v1/objects/1").json == {"id": 1, "name": "chair"}
    assert client.put("/api/v1/objects/1", json={"name": "table"}).json == {"id": 1, "name": "table"}
    assert client.patch(
        "/api/v1/objects/1", json={"name": "bed"}, content_type="application/merge-patch+json"
    ).json == {
        "id": 1,
        "name": "bed",
    }
    assert client.post("/api/v1/objects", json={"name": "lamp"}).status_code == 201
    assert client.delete("/api/v1/objects/1").status_code == 204


def test_RTE_8_1_a_preflight_is_the_app_s_there_too(serve: Any) -> None:
    app = Script(Said("204 No Content", b"", None))
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    assert serve(app, INTERNAL).options("/api/v1/objects/1", headers=asked).status_code == 204
    assert (app.last.script, app.last.path) == ("", "/internal/things/1")


@pytest.mark.parametrize(
    ("options", "said"),
    (
        ({"app_prefix": "internal"}, "app_prefix='internal' must be like '/internal'"),
        ({"app_prefix": "/internal/"}, "must be like '/internal'"),
        ({"app_prefix": "/a<b>"}, "must be like '/internal'"),
        ({"app_prefix": 3}, "app_prefix=3 must be like '/internal'"),
        ({"app_prefix": "/api/v3/app"}, "lies among the URLs of version 3, which are /api/v3/…"),
        ({"prefix": "", "app_prefix": "/v1/app"}, "lies among the URLs of version 1, which are /v1/…"),
        ({"versions": native(3)}, "version 3 is native, so that the app knows versions in its URLs: say with"),
        ({"app_prefix": "/api/v3", "versions": native(1, 2, 3)}, "every version is native"),
        ({"app_prefix": "/api/v3", "versions": [Version(1, native="yes")]}, "native='yes' of version 1 is neither"),
    ),
)  # fmt: skip
def test_TRN_2_7_a_home_that_makes_no_sense_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(DeclarationError, match=said.replace("(", r"\(").replace("…", ".")):
        make_api(**options)


def test_RTE_8_4_one_resource_at_a_time(serve: Any) -> None:
    only = make_api(app_prefix="/api/v3", resources=[THING])
    both = make_api(app_prefix="/api/v3", resources=[THING, NOTE])
    for api, path in ((only, "/api/v1/notes/x"), (both, "/api/v3/notes/x")):
        app = Script(Said(body={"id": 1}))
        assert serve(app, api).get("/api/v1/notes/x").status_code == 200
        assert app.last.path == path


def test_a_prefix_that_is_a_rule_s_beginning_is_no_version(serve: Any) -> None:
    app = Script(Said(body={"id": 1}))
    api = make_api(
        app_prefix="/api/v3", resources=[Resource("note", NOTE.schema, item="/<section>/<id>")], versions=[Version(3)]
    )
    serve(app, api).get("/api/v3/a/b")
    assert app.last.path == "/api/v3/a/b"
