"""Which version a request asks for, what its reply is sent as, and what the reply says of both."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields
from things import JSON, JSON_PATCH, MERGE_PATCH, VERSIONS, Said, Script, Store, make_api

from translayer import Api, Limits, Resource, Version, VersionChange
from translayer.operations import moved

API = make_api()
CHAIR = {"id": 1, "label": "chair", "colour": "red"}
V1 = {"id": 1, "name": "chair"}
V2 = {"id": 1, "title": "chair", "colour": "red"}


def acme(version: int) -> str:
    return f"application/vnd.acme.v{version}+json"


def chair() -> Script:
    return Script(Said(body=CHAIR))


@pytest.mark.parametrize("name", ("current", "latest"))
def test_VER_3_1_current_and_latest_stand_for_the_newest_version(serve: Any, name: str) -> None:
    client = serve(chair(), API)
    reply = client.get(f"/api/{name}/things/1")
    assert (reply.json, reply.headers["X-Api-Version"]) == (V2, "3")
    assert client.get(f"/api/{name}/objects/1").status_code == 404
    assert client.get(f"/api/{name}/things/1", headers={"X-Api-Version": "2"}).status_code == 400


def test_VER_3_1_only_in_the_version_s_place_and_only_before_declared_urls(serve: Any) -> None:
    app = chair()
    client = serve(app, API)
    assert client.get("/api/things/1", headers={"X-Api-Version": "latest"}).status_code == 404
    client.get("/api/latest/news")
    assert (app.last.script, app.last.path) == ("", "/api/latest/news")


def test_VER_4_1_a_version_without_changes_serves_the_one_before(serve: Any) -> None:
    client = serve(chair(), make_api(versions=[Version(4), *VERSIONS]))
    newest, before = client.get("/api/v4/things/1"), client.get("/api/v3/things/1")
    assert newest.data == before.data
    assert newest.headers["X-Api-Version"] == "4"


@pytest.mark.parametrize(
    ("path", "version", "document"),
    (
        ("/api/v1/objects/1", "1", V1),
        ("/api/v2/objects/1", "2", V2),
        ("/api/v3/things/1", "3", V2),
        ("/api/v3/things/1/", "3", V2),
    ),
)
def test_NEG_1_1_the_segment_behind_the_prefix_names_the_version(
    serve: Any, path: str, version: str, document: Any
) -> None:
    reply = serve(chair(), API).get(path)
    assert (reply.json, reply.headers["X-Api-Version"]) == (document, version)


@pytest.mark.parametrize("path", ("/apiary/v1/objects/1", "/apiv1/objects/1", "/ap/i/v1/objects/1", "/API/v1/objects"))
def test_NEG_1_2_the_prefix_ends_where_a_segment_does(serve: Any, path: str) -> None:
    app = chair()
    assert serve(app, API).get(path).json == CHAIR
    assert (app.last.script, app.last.path) == ("", path)


@pytest.mark.parametrize("path", ("/api/v2x/objects/1", "/api/v/objects/1", "/api/2/objects/1", "/api/V2/objects/1"))
def test_NEG_1_2_a_version_s_segment_ends_where_a_segment_does(serve: Any, path: str) -> None:
    app = chair()
    serve(app, API).get(path)
    assert (app.last.script, app.last.path) == ("", path)


def test_NEG_1_3_the_layer_may_be_mounted(serve: Any) -> None:
    app = chair()
    client = serve(app, API)
    reply = client.get("/api/v1/objects/1", base_url="http://localhost/shop")
    assert reply.json == V1
    assert (app.last.script, app.last.path) == ("/shop/api/v1", "/things/1")
    client.get("/api/v1/status", base_url="http://localhost/shop")
    assert (app.last.script, app.last.path) == ("/shop/api/v1", "/status")


def test_NEG_2_1_the_header_names_the_version(serve: Any) -> None:
    client = serve(chair(), API)
    for version, path, document in (
        ("1", "/api/objects/1", V1),
        (" 2 ", "/api/objects/1", V2),
        ("3", "/api/things/1", V2),
    ):
        reply = client.get(path, headers={"X-Api-Version": version})
        assert (reply.json, reply.headers["X-Api-Version"]) == (document, version.strip())


@pytest.mark.parametrize(
    ("accept", "version"),
    (
        (acme(1), "1"),
        (acme(2), "2"),
        (f"{acme(1)};q=0.5, {acme(2)}", "2"),
        (f"{acme(2)}, application/json;q=0.9", "2"),
        (f"application/json, {acme(2)};q=0.9", "1"),
        (f"application/json, {acme(2)}", "1"),
        (f"{acme(9)}, {acme(2)};q=0.1", "2"),
        ("application/vnd.acme.v1+json;q=0, */*", "1"),
    ),
)
def test_NEG_2_2_accept_selects_the_version_where_url_and_header_are_silent(
    serve: Any, accept: str, version: str
) -> None:
    reply = serve(chair(), API).get("/api/objects/1", headers={"Accept": accept})
    assert (reply.status_code, reply.headers["X-Api-Version"]) == (200, version)


def test_NEG_2_3_the_header_can_be_switched_off(serve: Any) -> None:
    client = serve(chair(), make_api(header=False))
    for value in ("2", "9", "rubbish", "1, 2"):
        reply = client.get("/api/objects/1", headers={"X-Api-Version": value})
        assert (reply.status_code, reply.headers["X-Api-Version"]) == (200, "1")
        assert reply.headers["Vary"] == "Accept"


def test_NEG_2_3_media_types_can_be_switched_off(serve: Any) -> None:
    client = serve(chair(), make_api(media_types=()))
    assert client.get("/api/objects/1", headers={"Accept": f"{acme(2)}, */*"}).headers["X-Api-Version"] == "1"
    assert client.get("/api/objects/1", headers={"Accept": acme(2)}).status_code == 406
    assert client.post("/api/objects", data=b"{}", content_type=acme(1)).status_code == 415


@pytest.mark.parametrize(
    ("template", "accept", "expected"),
    (
        ("application/vnd.{vendor}.v{version}+json", "application/vnd.acme.v2+json", "application/vnd.acme.v2+json"),
        (
            "application/vnd.{vendor}.{resource}.v{version}+json",
            "application/vnd.acme.thing.v2+json",
            "application/vnd.acme.thing.v2+json",
        ),
        (
            "application/vnd.{vendor}+json; version={version}",
            'application/vnd.acme+json;version="2"',
            "application/vnd.acme+json; version=2",
        ),
    ),
)
def test_NEG_2_4_templates_of_media_types_are_configurable(
    serve: Any, template: str, accept: str, expected: str
) -> None:
    client = serve(chair(), make_api(media_types=[template]))
    reply = client.get("/api/objects/1", headers={"Accept": accept})
    assert (reply.headers["X-Api-Version"], reply.headers["Content-Type"]) == ("2", expected)
    written = client.post("/api/v2/objects", data=b'{"title": "stool"}', content_type=accept)
    assert written.status_code == 200


def test_NEG_2_4_a_type_without_its_version_leaves_it_to_the_policy(serve: Any) -> None:
    client = serve(chair(), make_api(media_types=["application/vnd.{vendor}+json; version={version}"]))
    reply = client.get("/api/objects/1", headers={"Accept": "application/vnd.acme+json"})
    assert reply.headers["X-Api-Version"] == "1"
    assert reply.headers["Content-Type"] == "application/vnd.acme+json; version=1"


def test_NEG_2_4_another_resource_s_type_is_not_acceptable(serve: Any) -> None:
    client = serve(chair(), make_api(media_types=["application/vnd.{vendor}.{resource}.v{version}+json"]))
    reply = client.get("/api/objects/1", headers={"Accept": "application/vnd.acme.note.v2+json"})
    assert reply.status_code == 406


@pytest.mark.parametrize(
    ("path", "header", "accept", "status", "code"),
    (
        ("/api/v1/objects/1", "2", "*/*", 400, "VERSION_CONFLICT"),
        ("/api/v2/objects/1", "2", acme(2), 200, None),
        # NEG-3.2: the URL or the header names one version, Accept admits only another.
        ("/api/v1/objects/1", None, acme(2), 406, "NOT_ACCEPTABLE"),
        ("/api/objects/1", "1", acme(2), 406, "NOT_ACCEPTABLE"),
        ("/api/v1/objects/1", "1", f"{acme(2)}, {acme(3)}", 406, "NOT_ACCEPTABLE"),
        ("/api/v1/objects/1", "1", f"{acme(2)}, {acme(1)};q=0.1", 200, None),
        (
            "/api/v1/objects/1",
            "1",
            "*/*, application/json;q=0, application/vnd.acme.v1+json;q=0",
            406,
            "NOT_ACCEPTABLE",
        ),
        ("/api/v1/objects/1", None, "text/html", 406, "NOT_ACCEPTABLE"),
    ),
)
def test_NEG_3_1_and_3_2_sources_that_disagree(
    serve: Any, path: str, header: str | None, accept: str, status: int, code: str | None
) -> None:
    app = chair()
    headers = {"Accept": accept, **({"X-Api-Version": header} if header else {})}
    reply = serve(app, API).get(path, headers=headers)
    assert reply.status_code == status
    assert (None if status == 200 else reply.json["error"]["error"]) == code
    assert len(app.asked) == (status == 200)


def test_NEG_3_1_url_and_header_that_differ_are_a_conflict(serve: Any) -> None:
    app = chair()
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
        reply = serve(app, API).open("/api/v1/objects/1", method=method, headers={"X-Api-Version": "2"})
        assert (reply.status_code, reply.json["error"]["error"]) == (400, "VERSION_CONFLICT")
    assert app.asked == []


def test_NEG_3_2_accept_that_admits_only_another_version_is_406_before_the_app_is_called(serve: Any) -> None:
    app = chair()
    reply = serve(app, API).delete("/api/v1/objects/1", headers={"Accept": acme(2)})
    assert (reply.status_code, app.asked) == (406, [])
    assert "application/vnd.acme.v1+json" in reply.json["error"]["description"]


def test_NEG_3_2_a_reply_is_sent_as_what_its_own_resource_is_in_the_version(serve: Any) -> None:
    class Exchanged(VersionChange):
        """What was under one URL is under another."""

        routes = (moved("/things", to="/olds"), moved("/news", to="/things"))

    old, new = (Schema.from_dict({name: fields.Integer()}, name=name) for name in ("id", "no"))
    api = Api(
        "acme",
        [
            Resource("a", old, item="/olds", item_methods=["GET"]),
            Resource("b", new, item="/things", item_methods=["GET"]),
        ],
        [Version(2, Exchanged), Version(1)],
        prefix="/api",
        media_types=("application/vnd.acme.{resource}.v{version}+json",),
    )
    client = serve(Script(Said(body=b'{"id":1,"no":1}')), api)
    for resource, status in (("a", 200), ("b", 406)):
        accept = f"application/vnd.acme.{resource}.v1+json"
        reply = client.get("/api/things", headers={"X-Api-Version": "1", "Accept": accept})
        assert (reply.status_code, reply.headers["Content-Type"]) == (status, accept if status == 200 else JSON)


@pytest.mark.parametrize(
    "accept",
    (
        *("*/*", "application/*", "application/json", "application/json;charset=utf-8", "text/html, */*;q=0.1", ""),
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    ),
)
@pytest.mark.parametrize("version", (1, 2))
def test_NEG_3_3_wildcards_and_plain_json_agree_with_every_version(serve: Any, accept: str, version: int) -> None:
    reply = serve(chair(), API).get(f"/api/v{version}/objects/1", headers={"Accept": accept})
    assert (reply.headers["X-Api-Version"], reply.headers["Content-Type"]) == (str(version), JSON)


@pytest.mark.parametrize(
    ("value", "status", "outcome"),
    (
        ("2,2", 200, "2"),
        ("2, ,2,", 200, "2"),
        (",", 200, "1"),
        ("", 200, "1"),
        ("1,2", 400, "VERSION_CONFLICT"),
        ("2, 9", 404, "UNKNOWN_VERSION"),
    ),
)
def test_NEG_3_4_a_version_header_sent_twice_must_name_one_version(
    serve: Any, value: str, status: int, outcome: str
) -> None:
    # A server hands on X_Api_Version beside X-Api-Version in just this way, or keeps one of the two.
    reply = serve(chair(), API).get("/api/objects/1", environ_overrides={"HTTP_X_API_VERSION": value})
    assert reply.status_code == status
    assert outcome == (reply.headers["X-Api-Version"] if status == 200 else reply.json["error"]["error"])


@pytest.mark.parametrize(
    ("policy", "path", "status", "version", "code"),
    (
        ("oldest", "/api/objects/1", 200, "1", None),
        ("latest", "/api/things/1", 200, "3", None),
        ("required", "/api/things/1", 400, "1", "VERSION_REQUIRED"),
        ("required", "/api/v2/objects/1", 200, "2", None),
        # NEG-4.4: the policy's version does not have the URL.
        ("oldest", "/api/things/1", 404, "1", "NOT_FOUND"),
        ("latest", "/api/objects/1", 404, "3", "NOT_FOUND"),
    ),
)
def test_NEG_4_who_names_no_version_gets_the_policy(
    serve: Any, policy: str, path: str, status: int, version: str, code: str | None
) -> None:
    reply = serve(chair(), make_api(unversioned=policy)).get(path)
    assert (reply.status_code, reply.headers["X-Api-Version"]) == (status, version)
    assert (None if status == 200 else reply.json["error"]["error"]) == code


def test_NEG_4_1_without_a_version_the_oldest_answers(serve: Any) -> None:
    assert serve(chair(), API).get("/api/objects/1").json == V1


def test_NEG_4_2_or_the_newest(serve: Any) -> None:
    assert serve(chair(), make_api(unversioned="latest")).get("/api/things/1").json == V2


def test_NEG_4_3_or_none(serve: Any) -> None:
    client = serve(chair(), make_api(unversioned="required"))
    reply = client.get("/api/objects/1")
    assert (reply.status_code, reply.json["error"]["error"]) == (400, "VERSION_REQUIRED")
    assert "1, 2, 3" in reply.json["error"]["description"]
    assert client.get("/api/objects/1", headers={"Accept": acme(2)}).headers["X-Api-Version"] == "2"
    assert client.get("/api/objects/1", headers={"X-Api-Version": "2"}).headers["X-Api-Version"] == "2"


def test_NEG_4_4_where_the_policy_s_version_lacks_the_url_it_is_404(serve: Any) -> None:
    app = chair()
    assert serve(app, API).get("/api/things/1").status_code == 404
    assert app.asked == []


@pytest.mark.parametrize(
    ("request_", "status"),
    (
        ({"path": "/api/v9/objects/1"}, 404),
        ({"path": "/api/v0/objects/1"}, 404),
        ({"path": "/api/v01/objects/1"}, 404),
        ({"path": f"/api/v{'9' * 5000}/objects/1"}, 404),
        ({"path": "/api/v9/anything"}, 404),
        ({"path": "/api/objects/1", "headers": {"X-Api-Version": "9"}}, 404),
        ({"path": "/api/objects/1", "headers": {"X-Api-Version": "v2"}}, 404),
        ({"path": "/api/objects/1", "headers": {"X-Api-Version": "<b>"}}, 404),
        ({"path": "/api/objects/1", "headers": {"Accept": acme(9)}}, 406),
        ({"path": "/api/objects", "method": "POST", "data": b"{}", "content_type": acme(9)}, 415),
    ),
)
def test_NEG_5_1_a_version_never_published_is_refused_with_those_that_were(
    serve: Any, request_: dict[str, Any], status: int
) -> None:
    app = chair()
    reply = serve(app, API).open(**request_)
    assert (reply.status_code, app.asked) == (status, [])
    assert reply.headers["X-Api-Version"] == "1"
    told = reply.json["error"]["description"]
    assert "1, 2, 3" in told or (status == 415 and acme(1) in told and acme(1) in reply.headers["Accept"])
    assert "<b>" not in reply.text


EVERY_KIND = (
    ("GET", "/api/v2/objects/1", {}, 200),
    ("HEAD", "/api/v2/objects/1", {}, 200),
    ("GET", "/api/v2/objects", {}, 200),
    ("GET", "/api/v2/objects/1", {"headers": {"If-None-Match": '"r1.v2"'}}, 304),
    ("GET", "/api/v2/objects/7", {}, 404),
    ("GET", "/api/v2/things/1", {}, 404),
    ("GET", "/api/v2/objects/1", {"headers": {"Accept": "text/html"}}, 406),
    ("GET", "/api/v2/objects/1", {"headers": {"Accept": "rubbish"}}, 400),
    ("TRACE", "/api/v2/objects/1", {}, 405),
    ("OPTIONS", "/api/v2/objects/1", {}, 204),
    ("DELETE", "/api/v2/objects/1", {}, 204),
    ("PUT", "/api/v2/objects/1", {"data": b"{", "content_type": JSON}, 400),
    ("PUT", "/api/v2/objects/1", {"data": b"{}", "content_type": JSON}, 422),
    ("PUT", "/api/v2/objects/1", {"data": b"{}", "content_type": "text/plain"}, 415),
    ("PUT", "/api/v2/objects/1", {"data": b"x" * 2000, "content_type": JSON}, 413),
    ("PUT", "/api/v2/objects/1", {"data": b"{}", "content_type": JSON, "headers": {"If-Match": '"x"'}}, 422),
    ("PATCH", "/api/v2/objects/1", {"data": b"{}", "content_type": MERGE_PATCH, "headers": {"If-Match": '"x"'}}, 412),
    ("PATCH", "/api/v2/objects/1", {"data": b"[]", "content_type": JSON_PATCH}, 200),
    ("POST", "/api/v2/objects", {"data": b'{"title": "x"}', "content_type": JSON}, 201),
    ("POST", "/api/v2/objects/1/paint", {}, 500),
)


@pytest.mark.usefixtures("lint_is_wrong_about_head")
@pytest.mark.parametrize(("method", "path", "request_", "status"), EVERY_KIND)
def test_NEG_7_1_every_reply_on_a_declared_route_names_its_version(
    serve: Any, method: str, path: str, request_: dict[str, Any], status: int
) -> None:
    api = make_api(limits=Limits(body=1000))
    client = serve(Store({1: {"label": "chair"}}), api, debug=False)
    reply = client.open(path, method=method, **request_)
    expected = "1" if request_.get("headers", {}).get("Accept") == "rubbish" else "2"
    assert (reply.status_code, reply.headers.getlist("X-Api-Version")) == (status, [expected])
    # What a write replies with is the client's to prefer; the last of the routes declares no reply at all.
    prefers = method in ("POST", "PUT", "PATCH", "DELETE") and not path.endswith("/paint")
    assert reply.headers.getlist("Vary") == ["Accept, X-Api-Version" + (", Prefer" if prefers else "")]


@pytest.mark.parametrize(
    ("options", "app_s", "expected"),
    (
        ({}, [], "Accept, X-Api-Version"),
        ({"header": False}, [], "Accept"),
        ({}, ["Origin, ACCEPT", "Cookie"], "Origin, ACCEPT, Cookie, X-Api-Version"),
        ({}, ["*"], "*"),
        ({"lenient": True}, [], "Accept, X-Api-Version"),
    ),
)
@pytest.mark.parametrize("status", ("200 OK", "404 Not Found", "302 Found"))
def test_NEG_7_2_vary_names_what_could_have_changed_the_reply(
    serve: Any, options: dict[str, Any], app_s: list[str], expected: str, status: str
) -> None:
    app = Script(Said(status, CHAIR, headers=[("Vary", value) for value in app_s]))
    reply = serve(app, make_api(**options)).get("/api/v1/objects/1")
    assert reply.headers.getlist("Vary") == [expected]


@pytest.mark.parametrize(("document", "status"), ((b'{"name": "x"}', 200), (b"{}", 422), (b"{", 400)))
def test_NEG_7_2_prefer_could_have_changed_a_write(serve: Any, document: bytes, status: int) -> None:
    client = serve(chair(), make_api())
    reply = client.post("/api/v1/objects", data=document, content_type=JSON)
    assert (reply.status_code, reply.headers["Vary"]) == (status, "Accept, X-Api-Version, Prefer")


@pytest.mark.parametrize(
    ("accept", "expected"),
    (
        (None, JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        (acme(2), acme(2)),
        (f"{acme(2)}, */*", acme(2)),
        (f"{acme(2)};q=0.1, */*;q=0.9", JSON),
        (f"application/json, {acme(2)}", JSON),
        (f"{acme(2)}, application/json", acme(2)),
        ("APPLICATION/VND.ACME.V2+JSON", acme(2)),
    ),
)
def test_NEG_8_1_the_reply_is_the_vendor_type_where_accept_asks_for_it(
    serve: Any, accept: str | None, expected: str
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    reply = serve(chair(), API).get("/api/v2/objects/1", headers=headers)
    assert reply.headers["Content-Type"] == expected


@pytest.mark.parametrize(
    ("sent", "status"),
    (
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/JSON", 200),
        (acme(2), 200),
        (f"{acme(2)}; charset=utf-8", 200),
        # NEG-8.3
        (acme(1), 415),
        (acme(3), 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/problem+json", 415),
        (JSON_PATCH, 415),
        ("application", 415),
        ("application/json, text/html", 415),
        ("", 415),
    ),
)
def test_NEG_8_2_requests_are_plain_json_or_the_vendor_type_of_their_version(
    serve: Any, sent: str, status: int
) -> None:
    app = chair()
    reply = serve(app, API).post("/api/v2/objects", data=b'{"title": "chair"}', content_type=sent)
    assert (reply.status_code, len(app.asked)) == (status, status == 200)


@pytest.mark.parametrize(
    ("method", "sent", "header", "listed"),
    (
        ("PUT", "text/plain", "Accept", f"application/json, {acme(2)}"),
        ("PATCH", "application/json", "Accept-Patch", f"{JSON_PATCH}, {MERGE_PATCH}"),
        ("PATCH", acme(2), "Accept-Patch", f"{JSON_PATCH}, {MERGE_PATCH}"),
    ),
)
def test_NEG_8_3_any_other_type_is_415_with_those_that_are_taken(
    serve: Any, method: str, sent: str, header: str, listed: str
) -> None:
    app = chair()
    reply = serve(app, API).open("/api/v2/objects/1", method=method, data=b"{}", content_type=sent)
    assert (reply.status_code, reply.json["error"]["error"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert (reply.headers[header], app.asked) == (listed, [])


@pytest.mark.parametrize(
    ("coding", "status"),
    (("gzip", 415), ("br, gzip", 415), ("x", 415), ("identity", 200), ("", 200), ("Identity", 200)),
)
def test_NEG_8_4_a_compressed_request_is_415(serve: Any, coding: str, status: int) -> None:
    app = chair()
    headers = {"Content-Encoding": coding}
    reply = serve(app, API).post("/api/v2/objects", json={"title": "chair"}, headers=headers)
    assert (reply.status_code, len(app.asked)) == (status, status == 200)
    assert reply.headers.get("Accept-Encoding") == ("identity" if status == 415 else None)


def test_a_type_that_the_reply_cannot_be_is_no_matter_where_the_app_speaks_for_itself(serve: Any) -> None:
    app = Script(Said(body=b"...", type="image/png"))
    reply = serve(app, API).get("/api/v1/objects/1/photo", headers={"Accept": "image/png"})
    assert (reply.data, reply.headers["X-Api-Version"]) == (b"...", "1")
    assert app.last.headers["HTTP_ACCEPT"] == "image/png"
