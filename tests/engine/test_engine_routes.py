"""Which URLs there are in which version, what is not ours, and that nobody walks around the layer."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields
from things import JSON_PATCH, MERGE_PATCH, NOTE, THING, VERSIONS, Said, Script, Store, ThingSchema, make_api

from translayer import Resource, Route, Translayer, Version, VersionChange
from translayer.engine.exchange import Engine
from translayer.errors import DeclarationError
from translayer.operations import added, moved, removed

API = make_api()
ROOT = make_api(prefix="")
HELLO = Said(body=b"hello", type="text/plain")


def place(app: Script) -> tuple[str, str] | None:
    """SCRIPT_NAME and PATH_INFO of the app's last call, if there was one."""
    return (app.last.script, app.last.path) if app.asked else None


@pytest.mark.parametrize(
    ("path", "status"),
    (
        ("/api/v1/objects/1", 200),
        ("/api/v2/objects/1", 200),
        ("/api/v3/objects/1", 404),
        ("/api/v1/things/1", 404),
        ("/api/v3/things/1", 200),
        ("/api/v3/things/one", 200),  # The rule asks for a number: no version knows this URL.
    ),
)
def test_RTE_1_1_a_url_that_only_another_version_knows_is_404(serve: Any, path: str, status: int) -> None:
    app = Script()
    reply = serve(app, API).get(path)
    assert (reply.status_code, len(app.asked)) == (status, status == 200)


@pytest.mark.parametrize(
    ("path", "seen"),
    (
        ("/", ("", "/")),
        ("/status", ("", "/status")),
        ("/api", ("", "/api")),
        ("/api/status", ("", "/api/status")),
        ("/api/v2", ("/api/v2", "")),
        ("/api/v2/status", ("/api/v2", "/status")),
        ("/api/v2/things/1/2", ("/api/v2", "/things/1/2")),
        ("/api/v2//status", ("/api/v2", "//status")),
        ("/api/v2/./status/../x", ("/api/v2", "/./status/../x")),
        ("/api/v2/a%2Fb%20%C3%A9", ("/api/v2", "/a/b \xc3\xa9")),
        ("/api/v2/\N{SNOWMAN}", ("/api/v2", "/\xe2\x98\x83")),
    ),
)
def test_RTE_1_2_a_url_that_no_version_knows_is_the_app_s(serve: Any, path: str, seen: tuple[str, str]) -> None:
    app = Script(HELLO)
    reply = serve(app, API).post(path, query_string="a=%20b", data=b"{broken", headers={"X-Api-Version": "rubbish"})
    assert (reply.data, place(app)) == (b"hello", seen)
    assert (app.last.query, app.last.body, "X-Api-Version" in reply.headers) == ("a=%20b", b"{broken", False)


def test_RTE_1_2_its_path_keeps_its_bytes_also_where_they_are_not_utf_8(serve: Any) -> None:
    app = Script(HELLO)
    for path, seen in (("/\xff\x80", ("", "/\xff\x80")), ("/api/v2/\xc3\xff", ("/api/v2", "/\xc3\xff"))):
        serve(app, API).get("/", environ_overrides={"PATH_INFO": path})
        assert place(app) == seen


@pytest.mark.parametrize("path", ("/", "/status", "/api", "/api/status", "/api/v2/status", "/api/v9/status"))
def test_RTE_1_3_the_policy_refuse_makes_it_404(serve: Any, path: str) -> None:
    app = Script()
    client = serve(app, make_api(undeclared="refuse"))
    reply = client.get(path)
    assert (reply.status_code, reply.json["error"]["status"], app.asked) == (404, 404, [])
    assert client.get("/api/v1/objects/1").status_code == 200


@pytest.mark.parametrize(
    ("url", "seen"),
    (
        ("/api/v1/objects", ("/api/v1", "/things")),
        ("/api/v2/objects/0042", ("/api/v2", "/things/42")),
        ("/api/v3/things/1", ("/api/v3", "/things/1")),
        ("/api/latest/things/1", ("/api/latest", "/things/1")),
        ("/api/objects/1/", ("/api", "/things/1")),
        ("/api/v1/objects/1/photo", ("/api/v1", "/things/1/photo")),
        ("/api/v1/notes/a%20b%25%3F%23%C3%A9", ("/api/v1", "/notes/a b%?#\xc3\xa9")),
        ("/api/v1/notes/..", ("/api/v1", "/notes/..")),
        ("/api/v1/notes/%FF", ("/api/v1", "/notes/\xef\xbf\xbd")),  # no UTF-8: as frameworks read it
        ("/api/v1/notes/a\r\nb", ("/api/v1", "/notes/a\r\nb")),
    ),
)
def test_RTE_2_1_each_version_has_its_urls_and_the_app_sees_today_s(
    serve: Any, url: str, seen: tuple[str, str]
) -> None:
    app = Script(Said(body=[]))
    client = serve(app, API, debug=False)
    client.get(url.replace("\r\n", "%0D%0A"))
    assert place(app) == seen


class Painting(VersionChange):
    """Things can be painted, and no longer deleted."""

    routes = [added("/things/<int:id>/paint"), added("/notes", "POST"), removed("/things/<int:id>", "DELETE")]


class NoPhotos(VersionChange):
    """There are no photos any more."""

    routes = [removed("/things/<int:id>/photo")]


@pytest.mark.parametrize(
    ("version", "method", "path", "status"),
    (
        (1, "POST", "/things/1/paint", 404),
        (2, "POST", "/things/1/paint", 200),
        (3, "POST", "/things/1/paint", 200),
        (1, "DELETE", "/things/1", 200),
        (2, "DELETE", "/things/1", 405),
        (1, "POST", "/notes", 405),
        (2, "POST", "/notes", 200),
        (1, "GET", "/notes", 200),
        (2, "GET", "/things/1/photo", 200),
        (3, "GET", "/things/1/photo", 404),
    ),
)
def test_RTE_2_2_each_version_has_its_urls_and_methods(
    serve: Any, version: int, method: str, path: str, status: int
) -> None:
    api = make_api(versions=[Version(3, NoPhotos), Version(2, Painting), Version(1)])
    app = Script(Said(body=[] if method == "GET" else {}))
    reply = serve(app, api).open(f"/api/v{version}{path}", method=method, json={} if method == "POST" else None)
    assert (reply.status_code, len(app.asked)) == (status, status == 200)


@pytest.mark.parametrize(
    ("version", "path", "method", "allow"),
    (
        (1, "/objects", "DELETE", "GET, HEAD, OPTIONS, POST"),
        (1, "/objects/1", "POST", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        (1, "/objects/1", "BREW", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        (1, "/objects/1", "get", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        (3, "/things/1/paint", "HEAD", "OPTIONS, POST"),
    ),
)
@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
@pytest.mark.usefixtures("lint_is_wrong_about_head")
def test_RTE_5_1_a_method_that_the_version_lacks_is_405_with_those_it_has(
    serve: Any, version: int, path: str, method: str, allow: str
) -> None:
    app = Script()
    reply = serve(app, API).open(f"/api/v{version}{path}", environ_overrides={"REQUEST_METHOD": method})
    assert (reply.status_code, reply.headers["Allow"], app.asked) == (405, allow, [])


@pytest.mark.parametrize(
    ("path", "allow", "accept_patch"),
    (
        ("/objects", "GET, HEAD, OPTIONS, POST", None),
        ("/objects/1", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT", f"{JSON_PATCH}, {MERGE_PATCH}"),
        ("/objects/1/paint", "OPTIONS, POST", None),
    ),
)
def test_RTE_5_2_options_answers_for_the_client_s_version(
    serve: Any, path: str, allow: str, accept_patch: str | None
) -> None:
    app = Script()
    client = serve(app, API)
    reply = client.options(f"/api/v2{path}", headers={"Origin": "https://elsewhere.example"})
    assert (reply.status_code, reply.data, app.asked) == (204, b"", [])
    assert (reply.headers["Allow"], reply.headers.get("Accept-Patch")) == (allow, accept_patch)
    assert client.options("/api/v3/objects").status_code == 404


@pytest.mark.usefixtures("lint_is_wrong_about_head")
@pytest.mark.parametrize("path", ("/api/v1/objects/1", "/api/v1/objects", "/api/v1/objects/7", "/api/v1/nowhere"))
def test_RTE_5_3_head_gives_what_get_would_without_a_body(serve: Any, path: str) -> None:
    client = serve(Store({1: {"label": "chair"}}), API)
    if path.endswith("nowhere"):
        client = serve(Script(HELLO), API)
    got, told = client.get(path), client.head(path)
    assert (told.status, told.data) == (got.status, b"")
    assert list(told.headers) == list(got.headers)


@pytest.mark.usefixtures("lint_is_wrong_about_head")
def test_RTE_5_3_head_of_what_is_relayed_has_no_body_either(serve: Any) -> None:
    app = Script(Said(body=b"<p>chair", type="text/html", headers=[("Content-Length", "8")]))
    reply = serve(app, API).head("/api/v1/objects/1")
    assert (app.last.method, reply.data, reply.headers["Content-Length"]) == ("GET", b"", "8")
    serve(app, API).head("/api/v1/objects/1/photo")
    assert app.last.method == "HEAD"


PREFLIGHT = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "PUT"}
PERMISSION = Said("204 No Content", type=None, headers=[("Access-Control-Allow-Origin", "*"), ("Vary", "Origin")])


@pytest.mark.parametrize(
    ("options", "path", "seen", "version"),
    (
        ({}, "/api/v1/objects/1", ("/api/v1", "/things/1"), "1"),
        ({}, "/api/v3/things/1", ("/api/v3", "/things/1"), "3"),
        # The real request will name its version in a header, which a preflight cannot carry.
        ({}, "/api/things/1", ("/api", "/things/1"), "3"),
        ({}, "/api/objects/1", ("/api", "/things/1"), "2"),
        ({"unversioned": "required"}, "/api/objects/1", ("/api", "/things/1"), "2"),
    ),
)
def test_RTE_5_4_a_cors_preflight_is_answered_by_the_app(
    serve: Any, options: dict[str, Any], path: str, seen: tuple[str, str], version: str
) -> None:
    app = Script(PERMISSION)
    reply = serve(app, make_api(**options)).options(path, headers=PREFLIGHT)
    assert (app.last.method, place(app)) == ("OPTIONS", seen)
    assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert (reply.headers["Vary"], reply.headers["X-Api-Version"]) == ("Origin, Accept, X-Api-Version", version)


@pytest.mark.parametrize(
    ("path", "allow"), (("/api/v1/objects", "GET, HEAD, OPTIONS, POST"), ("/api/v1/objects/1/paint", "OPTIONS, POST"))
)
def test_RTE_5_4_where_the_app_lists_methods_they_are_those_of_the_version(serve: Any, path: str, allow: str) -> None:
    listed = Said("204 No Content", type=None, headers=[("allow", "GET, BREW"), ("X-Other", "kept")])
    reply = serve(Script(listed), API).options(path, headers=PREFLIGHT)
    assert (reply.headers.getlist("Allow"), reply.headers["X-Other"]) == ([allow], "kept")
    assert "Allow" not in serve(Script(PERMISSION), API).options(path, headers=PREFLIGHT).headers


@pytest.mark.parametrize(("path", "status"), (("/api/v3/objects/1", 404), ("/api/v9/objects/1", 404)))
def test_RTE_5_4_a_preflight_of_a_url_that_the_version_lacks_is_404(serve: Any, path: str, status: int) -> None:
    app = Script(PERMISSION)
    reply = serve(app, API).options(path, headers=PREFLIGHT)
    assert (reply.status_code, app.asked) == (status, [])


def test_RTE_5_4_an_app_that_fails_at_a_preflight_is_a_500(serve: Any) -> None:
    def failing(environ: Any, start_response: Any) -> Any:
        raise RuntimeError("no CORS today")

    reply = serve(failing, API, debug=False).options("/api/v1/objects/1", headers=PREFLIGHT)
    assert (reply.status_code, reply.json["error"]["error"]) == (500, "INTERNAL_ERROR")


@pytest.mark.parametrize("path", ("/things", "/things/", "/things/1", "/things/1/paint", "/notes/x"))
def test_RTE_9_1_the_app_s_own_urls_are_404_without_a_version(serve: Any, path: str) -> None:
    app = Script()
    reply = serve(app, API).get(path)
    assert (reply.status_code, reply.json["error"]["error"], app.asked) == (404, "NOT_FOUND", [])
    assert reply.headers["X-Api-Version"] == "1"


def test_RTE_9_1_not_even_where_no_version_has_them_any_more(serve: Any) -> None:
    class Gone(VersionChange):
        """Notes were called papers, and are gone."""

        routes = [moved("/papers", to="/notes"), removed("/notes"), removed("/notes/<string:id>")]

    app = Script()
    client = serve(app, make_api(versions=[Version(2, Gone), Version(1)]))
    assert client.get("/api/v1/papers/x").status_code == 200
    app.asked.clear()
    for path in ("/api/v1/notes", "/api/v2/notes", "/api/v2/papers", "/notes", "/api/notes/x", "/x/../notes"):
        assert client.get(path).status_code == 404
    assert app.asked == []


def test_RTE_9_2_bypass_opens_them(serve: Any) -> None:
    app = Script()
    client = serve(app, make_api(bypass=True))
    for path in ("/things/1", "//things/1", "/./things/1"):
        assert client.get(path).json == {"id": 1, "label": "chair"}
    assert client.get("/api/v1/objects/1").json == {"id": 1, "name": "chair"}


@pytest.mark.parametrize(
    ("path", "headers", "status", "seen", "version"),
    (
        ("/objects/1", {}, 200, ("", "/things/1"), "1"),
        ("/objects/1", {"X-Api-Version": "2"}, 200, ("", "/things/1"), "2"),
        ("/things/1", {"X-Api-Version": "3"}, 200, ("", "/things/1"), "3"),
        ("/objects/1", {"Accept": "application/vnd.acme.v2+json"}, 200, ("", "/things/1"), "2"),
        ("/v3/things/1", {}, 200, ("/v3", "/things/1"), "3"),
        ("/latest/things/1", {}, 200, ("/latest", "/things/1"), "3"),
        ("/things/1", {}, 404, None, "1"),
        ("/status", {}, 200, ("", "/status"), None),
        ("/v2/status", {}, 200, ("/v2", "/status"), None),
        ("/latest/status", {}, 200, ("", "/latest/status"), None),
        ("/v9/status", {}, 404, None, "1"),
    ),
)
def test_RTE_9_3_an_empty_prefix_works(
    serve: Any, path: str, headers: dict[str, str], status: int, seen: Any, version: str | None
) -> None:
    app = Script()
    reply = serve(app, ROOT).get(path, headers=headers)
    assert (reply.status_code, place(app), reply.headers.get("X-Api-Version")) == (status, seen, version)


WAYS_AROUND = (
    *("//things/1", "/things//1", "///things/1", "/./things/1", "/things/./1", "/x/../things/1", "/things/1/."),
    *("/things/1//", "/../things/1", "/things/x/../1", "/things/1/../1", "/./objects/1", "//objects", "/x/..//things"),
)


@pytest.mark.parametrize("path", WAYS_AROUND)
@pytest.mark.parametrize("front", ("", "/api", "/api/v1", "/api/v3", "/api/v2/x/.."))
def test_RTE_9_4_slashes_and_dots_are_no_way_around(serve: Any, front: str, path: str) -> None:
    app = Script()
    client = serve(app, API)
    # However it was spelt (%2E, %2F): a server decodes the path before it puts it in PATH_INFO.
    reply = client.get("/", environ_overrides={"PATH_INFO": front + path})
    assert (reply.status_code, app.asked) == (404, [])


@pytest.mark.parametrize("path", WAYS_AROUND)
def test_RTE_9_4_nor_where_the_prefix_is_empty(serve: Any, path: str) -> None:
    app = Script()
    client = serve(app, ROOT)
    for front in ("", "/v1", "/v3", "/v2/x/.."):
        reply = client.get("/", environ_overrides={"PATH_INFO": front + path}, headers={"X-Api-Version": "3"})
        assert (reply.status_code in (400, 404), app.asked) == (True, []), front


def test_RTE_9_4_nor_is_a_path_without_its_slash(serve: Any) -> None:
    app = Script()
    for api in (API, ROOT):
        outcome = Engine(api).find("things/1")
        assert outcome.status == 404
    assert app.asked == []


UUIDS = Resource("card", ThingSchema, item="/cards/<uuid:id>")
PRICES = Resource(
    "price",
    ThingSchema,
    routes=[Route("GET", "/prices/<float(min=0):low>/<int(fixed_digits=3):days>", reply=ThingSchema)],
)
ID = "12345678-1234-5678-1234-567812345678"


@pytest.mark.parametrize("front", ("", "/api/v1", "/api/v3", "/api"))
@pytest.mark.parametrize(
    ("path", "reached"),
    (
        ("/things/+5", False),
        ("/things/-5", False),
        ("/things/ 5", False),
        ("/things/5_0", False),
        ("/things/five", True),
        ("/things/5/6", True),
        (f"/cards/{ID.replace('-', '')}", False),
        (f"/cards/{{{ID}}}", False),
        (f"/cards/urn:uuid:{ID}", False),
        ("/cards/new", True),
        ("/prices/1e3/007", False),
        ("/prices/1/7", False),
        ("/prices/1/x", True),
    ),
)
def test_RTE_9_5_nor_is_another_spelling_of_what_a_rule_takes(serve: Any, front: str, path: str, reached: bool) -> None:
    app = Script(HELLO)
    client = serve(app, make_api(resources=[THING, UUIDS, PRICES]))
    reply = client.get(front + path)
    assert (reply.status_code, len(app.asked)) == ((200, 1) if reached else (404, 0))


def test_RTE_9_4_a_declared_route_of_many_segments_does_not_lead_to_another(serve: Any) -> None:
    files = Resource("file", ThingSchema, routes=[Route("GET", "/files/<path:name>")])
    app = Script(HELLO)
    client = serve(app, make_api(resources=[THING, NOTE, files]))
    assert client.get("/api/v1/files/a/b").data == b"hello"
    app.asked.clear()
    for path in ("/api/v1/files/../things/1", "/api/v1/files/a/../../objects/1"):
        reply = client.get("/", environ_overrides={"PATH_INFO": path})
        assert (reply.status_code, app.asked) == (404, [])


def test_a_version_in_a_url_ends_at_a_slash(serve: Any) -> None:
    app = Script(HELLO)
    client = serve(app, API)
    for path, status, seen in (
        ("/api/v1", 200, ("/api/v1", "")),
        ("/api/v12", 404, None),
        ("/api/v1x", 200, ("", "/api/v1x")),
        ("/api/v1x/objects/1", 200, ("", "/api/v1x/objects/1")),
    ):
        app.asked.clear()
        assert (client.get(path).status_code, place(app)) == (status, seen)


def test_a_url_is_found_in_the_newest_version_that_has_it(serve: Any) -> None:
    class Bounded(VersionChange):
        """Numbers of days were called prices."""

        routes = [moved("/prices", to="/days")]

    routes = [Route("GET", "/days/<int(max=9):id>", reply=ThingSchema), Route("GET", "/days/<name>")]
    days = Resource("day", ThingSchema, routes=routes)
    app = Script(Said(body={"id": 1, "label": "x"}))
    client = serve(app, make_api(resources=[days], versions=[Version(2, Bounded), Version(1)], unversioned="latest"))
    for path, status in (("/prices/5", 404), ("/days/5", 200), ("/days/10", 404), ("/days/new", 200)):
        assert client.get(f"/api{path}").status_code == status, path
    assert client.get("/api/prices/5", headers={"X-Api-Version": "1"}).json["title"] == "x"


@pytest.mark.parametrize("path", ("/anything", "/anything/else", "/"))
def test_rules_may_begin_with_a_variable(serve: Any, path: str) -> None:
    routes = [Route("GET", "/<tenant>", reply=ThingSchema), Route("GET", "/<tenant>/photo")]
    tenants = Resource("tenant", ThingSchema, routes=routes)

    app = Script(Said(body={"id": 1, "label": "x"}))
    client = serve(app, make_api(resources=[tenants], versions=VERSIONS[2:], discovery=False))
    declared = path == "/anything"
    reply = client.get(f"/api/v1{path}")
    assert (reply.status_code, "X-Api-Version" in reply.headers) == (200, declared)
    assert client.get(path).status_code == (404 if declared else 200)
    assert client.get(f"/api{path}").status_code == 200


def test_all_plans_are_listed_the_newest_version_s_first() -> None:
    found = [(plan.version.text, plan.route.method, plan.route.rule) for plan in Engine(API).router.plans()]
    assert found[:2] == [("3", "GET", "/things"), ("3", "POST", "/things")]
    assert [text for text, method, rule in found if (method, rule) == ("GET", "/things")] == ["3", "2", "1"]


def test_the_root_of_a_version_can_be_declared(serve: Any) -> None:
    class HomeSchema(Schema):
        """The root."""

        title = fields.String()

    home = Resource("home", HomeSchema, routes=[Route("GET", "/", reply=HomeSchema)])
    app = Script(Said(body={"title": "x", "secret": 1}))
    client = serve(app, make_api(resources=[THING, NOTE, home]))
    for path in ("/api/v1", "/api/v1/", "/api", "/api/"):
        assert client.get(path).json == {"title": "x"}
        assert app.last.path == "/"


def test_a_put_that_could_not_read_first_is_refused_at_construction() -> None:
    blind = Resource("thing", ThingSchema, item="/things/<int:id>", item_methods=("PUT",))
    with pytest.raises(DeclarationError, match="would destroy what that version cannot see"):
        Translayer(Script(), make_api(resources=[blind], versions=VERSIONS[1:]))
    sighted = Resource("note", NOTE.schema, item="/notes/<int:id>", item_methods=("PUT",))
    Translayer(Script(), make_api(resources=[sighted], versions=[Version(1)]))
