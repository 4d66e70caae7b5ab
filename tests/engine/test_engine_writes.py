"""Writes by clients of old versions: nothing that they cannot see is lost, and nobody's change is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from things import JSON, JSON_PATCH, MERGE_PATCH, THING, VERSIONS, Said, Script, Store, ThingSchema, make_api
from werkzeug.datastructures import Headers

from translayer import Api, Limits, Resource, Route, Version, VersionChange
from translayer.engine.events import Call, Pause, ReadBody
from translayer.engine.exchange import Engine
from translayer.http.fields import Fields
from translayer.http.message import Reply, Request
from translayer.operations import add, convert, nest, rename

API = make_api()
CHAIR = {"label": "chair", "colour": "red", "parts": ["leg"]}
URL = "/api/v1/objects/1"
CHAIR_REPLY = Said(body={"id": 1, **CHAIR, "secret": "s"}, headers=[("ETag", '"r1"')])


def store() -> Store:
    return Store({1: CHAIR})


def test_TRN_5_1_a_put_by_an_old_client_keeps_what_its_version_cannot_see(serve: Any) -> None:
    app = store()
    reply = serve(app, API).put("/api/v1/objects/1", json={"name": "stool", "parts": ["leg", "seat"]})
    assert (reply.status_code, reply.json) == (200, {"id": 1, "name": "stool", "parts": ["leg", "seat"]})
    assert app.things[1] == {"id": 1, "secret": "s", "label": "stool", "colour": "red", "parts": ["leg", "seat"]}
    assert app.methods() == ["GET", "PUT"]
    assert app.asked[-1].path == "/things/1"


def test_TRN_5_1_what_it_can_see_and_leaves_out_goes(serve: Any) -> None:
    app = store()
    assert serve(app, API).put("/api/v1/objects/1", json={"name": "stool"}).json == {"id": 1, "name": "stool"}
    assert app.things[1] == {"id": 1, "secret": "s", "label": "stool", "colour": "red"}


def test_TRN_5_1_where_nothing_is_unseen_by_the_operations_the_put_goes_through(serve: Any) -> None:
    app = store()
    assert serve(app, API).put("/api/v2/objects/1", json={"title": "stool", "colour": "blue"}).status_code == 200
    assert app.methods() == ["PUT"]
    assert app.asked[0].json == {"label": "stool", "colour": "blue"}


@pytest.mark.parametrize(
    ("creates", "status", "methods"),
    (("/api/v1/objects/5", 201, ["GET", "PUT"]), ("/api/v2/objects/5", 201, ["PUT"])),
)
def test_a_put_creates_where_nothing_is(serve: Any, creates: str, status: int, methods: list[str]) -> None:
    app = store()
    document = {"name": "stool"} if "v1" in creates else {"title": "stool"}
    reply = serve(app, API).put(creates, json=document)
    assert (reply.status_code, app.methods()) == (status, methods)
    assert (reply.json["id"], app.things[5]["label"]) == (5, "stool")


def test_a_put_that_creates_does_not_overwrite_what_came_meanwhile(serve: Any) -> None:
    app = store()

    def faster(store: Store) -> None:
        store.before_put = lambda store: None
        store.write(5, {"label": "table", "colour": "green"})

    app.before_put = faster
    reply = serve(app, API).put("/api/v1/objects/5", json={"name": "stool"})
    assert (reply.status_code, app.methods()) == (200, ["GET", "PUT", "GET", "PUT"])
    assert app.things[5] == {"id": 5, "secret": "s", "label": "stool", "colour": "green"}


PATCHES = (
    ([{"op": "replace", "path": "/name", "value": "stool"}], {"label": "stool"}),
    ([{"op": "test", "path": "/name", "value": "chair"}, {"op": "add", "path": "/parts/-", "value": "seat"}], None),
    ([{"op": "copy", "from": "/parts/0", "path": "/name"}], {"label": "leg"}),
    ([{"op": "move", "from": "/parts/0", "path": "/name"}], {"label": "leg", "parts": []}),
    ([{"op": "remove", "path": "/parts"}], "without parts"),
    ([{"op": "replace", "path": "", "value": {"id": 1, "name": "stool"}}], "replaced"),
    ([], {}),
)


@pytest.mark.parametrize(("operations", "changes"), PATCHES)
def test_WRT_1_2_json_patch_works_on_the_client_s_document(serve: Any, operations: Any, changes: Any) -> None:
    app = store()
    reply = serve(app, API).patch("/api/v1/objects/1", data=json.dumps(operations), content_type=JSON_PATCH)
    expected = {"id": 1, "secret": "s", **CHAIR}
    if changes is None:
        expected["parts"] = ["leg", "seat"]
    elif isinstance(changes, str):
        del expected["parts"]
        expected["label"] = "stool" if changes == "replaced" else "chair"
    else:
        expected |= changes
    assert (reply.status_code, app.methods(), app.things[1]) == (200, ["GET", "PUT"], expected)
    assert reply.json == {"id": 1, "name": expected["label"], **{k: v for k, v in expected.items() if k == "parts"}}


@pytest.mark.parametrize(
    ("patch", "expected"),
    (
        ({"name": "stool"}, {"label": "stool", "colour": "red", "parts": ["leg"]}),
        ({"parts": None}, {"label": "chair", "colour": "red"}),
        ({"parts": ["seat"], "name": "x"}, {"label": "x", "colour": "red", "parts": ["seat"]}),
        ({}, {"label": "chair", "colour": "red", "parts": ["leg"]}),
        ({"id": 1}, {"label": "chair", "colour": "red", "parts": ["leg"]}),
    ),
)
def test_WRT_1_3_merge_patches_likewise(serve: Any, patch: Any, expected: Any) -> None:
    app = store()
    reply = serve(app, API).patch("/api/v1/objects/1", data=json.dumps(patch), content_type=MERGE_PATCH)
    assert (reply.status_code, app.methods()) == (200, ["GET", "PUT"])
    assert app.things[1] == {"id": 1, "secret": "s", **expected}


def test_the_reading_and_the_writing_go_as_the_app_must_see_them(serve: Any) -> None:
    app = Script(CHAIR_REPLY)
    headers = {
        "Authorization": "Bearer x",
        "Expect": "100-continue",
        "Content-MD5": "x",
        "Prefer": "wait=1",
        "Accept-Encoding": "gzip",
        "If-Match": '"r1.v1"',
        "If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT",
    }
    path = "/api/v1/objects/1?a=b"
    reply = serve(app, API).patch(path, data=b'{"name": "x"}', content_type=MERGE_PATCH, headers=headers)
    assert reply.status_code == 200
    read, write = app.asked
    assert (read.method, read.query, read.body, read.path) == ("GET", "", b"", "/things/1")
    assert (write.method, write.query, write.path) == ("PUT", "a=b", "/things/1")
    common = {"HTTP_AUTHORIZATION": "Bearer x", "HTTP_PREFER": "wait=1", "HTTP_ACCEPT": JSON, "translayer.version": "1"}
    host = {"HTTP_HOST": "localhost"}
    assert read.headers == {**common, **host, "CONTENT_LENGTH": "0"}
    assert write.headers == {
        **common,
        **host,
        "CONTENT_TYPE": JSON,
        "CONTENT_LENGTH": str(len(write.body)),
        "HTTP_IF_MATCH": '"r1"',
    }


def test_WRT_2_1_a_write_that_read_first_is_tried_again_where_the_object_changed(serve: Any) -> None:
    for method, kind in (("PATCH", MERGE_PATCH), ("PUT", JSON)):
        app = store()
        left = iter(("blue", "green"))

        def faster(store: Store, left: Any = left) -> None:
            for colour in left:
                store.write(1, {**CHAIR, "colour": colour})
                break

        app.before_put = faster
        reply = serve(app, API).open("/api/v1/objects/1", method=method, data=b'{"name": "stool"}', content_type=kind)
        assert (reply.status_code, app.methods()) == (200, ["GET", "PUT"] * 3)
        assert [told.headers.get("HTTP_IF_MATCH") for told in app.asked[1::2]] == ['"r1"', '"r2"', '"r3"']
        assert (app.things[1]["label"], app.things[1]["colour"]) == ("stool", "green")


def test_WRT_2_2_after_a_number_of_attempts_it_is_409(serve: Any) -> None:
    app = store()
    app.before_put = lambda store: store.write(1, CHAIR)
    api = make_api(limits=Limits(attempts=3))
    reply = serve(app, api).patch("/api/v1/objects/1", data=b'{"name": "x"}', content_type=MERGE_PATCH)
    assert (reply.status_code, reply.json["error"]["error"]) == (409, "WRITE_CONFLICT")
    assert reply.headers["Retry-After"] == "1"
    assert (app.methods(), app.things[1]["label"]) == (["GET", "PUT"] * 3, "chair")


def test_WRT_2_2_between_attempts_it_waits_each_time_up_to_twice_as_long() -> None:
    headers = Headers([("Content-Type", MERGE_PATCH)])
    paused: list[list[float]] = []
    for _ in range(50):
        engine, path = Engine(make_api(limits=Limits(attempts=6))), "/api/v1/objects/1"
        exchange = engine.exchange(Request("PATCH", "http://localhost", "", path, "", headers), engine.find(path))
        paused.append([event.seconds for event in events(exchange) if isinstance(event, Pause)])
    bounds = [0.01 * 2**attempt for attempt in range(5)]
    assert all(0 <= pause <= bound for pauses in paused for pause, bound in zip(pauses, bounds, strict=True))
    for attempt, bound in enumerate(bounds):
        lengths = {pauses[attempt] for pauses in paused}
        assert len(lengths) > 25, "those who came at the same moment do not come again at the same moment"
        assert max(lengths) > bound / 2


CHANGING = {
    "GET": Reply(200, "", Fields([("ETag", '"1"')]), b'{"label": "chair"}'),
    "PUT": Reply(412, "", Fields()),
}


def events(exchange: Any) -> Iterator[Any]:
    """What an exchange asks for where every write comes too late."""
    event = next(exchange)
    while event is not None:
        yield event
        answer = b"{}" if isinstance(event, ReadBody) else CHANGING[event.method] if isinstance(event, Call) else None
        try:
            event = exchange.send(answer)
        except StopIteration:
            event = None


@pytest.mark.parametrize(
    ("headers", "status"),
    (
        ({"If-Match": '"r1.v1"'}, 412),
        ({"If-Match": '"r1.v1", "r2.v1"'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-None-Match": '"r7.v1"'}, 200),
        ({"If-None-Match": '"r2.v1"'}, 412),
        ({"If-Unmodified-Since": "rubbish"}, 200),
    ),
)
@pytest.mark.parametrize(("method", "kind"), (("PATCH", MERGE_PATCH), ("PUT", JSON)))
def test_WRT_2_1_a_condition_of_the_client_s_own_is_asked_of_every_fresh_state(
    serve: Any, headers: dict[str, str], status: int, method: str, kind: str
) -> None:
    app = store()

    def faster(store: Store) -> None:
        store.before_put = lambda store: None
        store.write(1, {**CHAIR, "colour": "blue"})

    app.before_put = faster
    reply = serve(app, API).open(URL, method=method, data=b'{"name": "stool"}', content_type=kind, headers=headers)
    assert reply.status_code == status
    assert app.methods() == ["GET", "PUT", "GET"] + (["PUT"] if status == 200 else [])
    assert (app.things[1]["label"], app.things[1]["colour"]) == ("stool" if status == 200 else "chair", "blue")


def test_WRT_2_1_a_412_that_answers_no_condition_is_the_app_s_own(serve: Any) -> None:
    app = Script(Said(body=CHAIR), Said("412 Precondition Failed", {"code": "MOOD", "message": "Not today."}))
    api = make_api(resources=[replace(THING, etag="none")])
    reply = serve(app, api).patch(URL, data=b"{}", content_type=MERGE_PATCH)
    assert (reply.status_code, reply.json["error"]["error"]) == (412, "MOOD")
    assert [told.method for told in app.asked] == ["GET", "PUT"]


@pytest.mark.parametrize(
    ("tag", "versions"),
    (
        ('"abc"', {1: '"abc.v1"', 2: '"abc.v2"'}),
        ('W/"abc"', {1: 'W/"abc.v1"', 2: 'W/"abc.v2"'}),
        ('""', {1: '".v1"', 2: '".v2"'}),
        ("abc", {1: None, 2: None}),
    ),
)
@pytest.mark.filterwarnings("ignore:Unquoted etag")
@pytest.mark.parametrize("kind", (JSON, "text/html"))
def test_WRT_3_1_entity_tags_differ_by_version(
    serve: Any, tag: str, versions: dict[int, str | None], kind: str
) -> None:
    client = serve(Script(Said(body={"id": 1}, type=kind, headers=[("ETag", tag)])), API)
    found = {version: client.get(f"/api/v{version}/objects/1").headers.get("ETag") for version in versions}
    assert found == versions


def test_WRT_3_1_but_not_where_the_app_speaks_for_itself(serve: Any) -> None:
    app = Script(Said(body=b"x", type="image/png", headers=[("ETag", '"abc"')]), Said("304 Not Modified", type=None))
    client = serve(app, API)
    assert client.get("/api/v1/objects/1/photo").headers["ETag"] == '"abc"'
    reply = client.get("/api/v1/objects/1/photo", headers={"If-None-Match": '"abc"'})
    assert (reply.status_code, app.last.headers["HTTP_IF_NONE_MATCH"]) == (304, '"abc"')


@pytest.mark.parametrize(
    ("tag", "condition", "status"),
    (
        ('"r1.v1"', {}, 200),
        (None, {"If-None-Match": '"r1.v1"'}, 304),
        (None, {"If-None-Match": 'W/"r1.v1"'}, 304),
        (None, {"If-None-Match": '"x", "r1.v1"'}, 304),
        (None, {"If-None-Match": "*"}, 304),
        (None, {"If-None-Match": '"r1"'}, 200),
        (None, {"If-None-Match": '"r1.v2"'}, 200),
        (None, {"If-None-Match": "r1.v1"}, 200),
        (None, {"If-None-Match": ""}, 200),
    ),
)
def test_WRT_3_2_if_none_match_works_against_what_the_client_saw(
    serve: Any, tag: str | None, condition: dict[str, str], status: int
) -> None:
    reply = serve(store(), API).get("/api/v1/objects/1", headers=condition)
    assert (reply.status_code, reply.headers["ETag"]) == (status, '"r1.v1"')
    assert tag is None or reply.headers["ETag"] == tag
    if status == 304:
        assert reply.data == b""
        assert not {"Content-Type", "Content-Length"} & set(reply.headers.keys())


CONDITIONS = (
    ({"If-Match": '"r1.v1"'}, 200),
    ({"If-Match": '"x", "r1.v1"'}, 200),
    ({"If-Match": "*"}, 200),
    ({"If-Match": '"r1.v2"'}, 412),
    ({"If-Match": '"r1"'}, 412),
    ({"If-Match": 'W/"r1.v1"'}, 412),
    ({"If-Match": ""}, 412),
    ({"If-None-Match": '"r1.v1"'}, 412),
    ({"If-None-Match": 'W/"r1.v1"'}, 412),
    ({"If-None-Match": "*"}, 412),
    ({"If-None-Match": '"r2.v1"'}, 200),
    ({"If-None-Match": '"r1"'}, 200),
    ({"If-Match": '"r1.v1"', "If-None-Match": "*"}, 412),
)


@pytest.mark.parametrize(("headers", "status"), CONDITIONS)
@pytest.mark.parametrize(("method", "kind"), (("PATCH", MERGE_PATCH), ("PUT", JSON), ("DELETE", None)))
def test_WRT_3_2_so_do_the_conditions_of_writes(
    serve: Any, headers: dict[str, str], status: int, method: str, kind: str | None
) -> None:
    app = store()
    body = b'{"name": "stool"}' if kind else None
    reply = serve(app, API).open("/api/v1/objects/1", method=method, data=body, content_type=kind, headers=headers)
    assert reply.status_code == (204 if (status, method) == (200, "DELETE") else status)
    assert (app.things.get(1, {}).get("label") == "chair") is (status == 412)


@pytest.mark.parametrize(
    ("headers", "status"),
    (({"If-Match": "*"}, 412), ({"If-Match": '"r1.v1"'}, 412), ({"If-None-Match": "*"}, 201), ({}, 201)),
)
def test_WRT_3_2_where_nothing_is_there_is_nothing_to_match(serve: Any, headers: dict[str, str], status: int) -> None:
    app = store()
    reply = serve(app, API).put("/api/v1/objects/5", json={"name": "stool"}, headers=headers)
    assert (reply.status_code, 5 in app.things) == (status, status == 201)


@pytest.mark.parametrize(
    ("tag", "condition", "status"),
    (
        ('""', '".v1"', 200),
        ('"a,b"', '"a,b.v1"', 200),
        ('W/"a"', 'W/"a.v1"', 412),
        ('W/"a"', '"a.v1"', 412),
        ('W/"a"', "*", 200),
        ("", '"a.v1"', 412),
        ("", "*", 200),
    ),
)
def test_WRT_3_2_strong_comparison_of_odd_tags(serve: Any, tag: str, condition: str, status: int) -> None:
    app = Script(Said(body={"id": 1, **CHAIR}, headers=[("ETag", tag)] if tag else []))
    headers, api = {"If-Match": condition}, make_api(resources=[replace(THING, etag="none")])
    reply = serve(app, api).patch("/api/v1/objects/1", data=b"{}", content_type=MERGE_PATCH, headers=headers)
    assert reply.status_code == status


BEFORE, AT, AFTER = (f"Sat, 01 Jan 2000 00:00:0{second} GMT" for second in (1, 2, 3))


@pytest.mark.parametrize(
    ("modified", "headers", "status"),
    (
        (AT, {"If-Unmodified-Since": AFTER}, 200),
        (AT, {"If-Unmodified-Since": AT}, 200),
        (AT, {"If-Unmodified-Since": BEFORE}, 412),
        (AT, {"If-Unmodified-Since": BEFORE, "If-Match": '"r1.v1"'}, 200),
        (AT, {"If-Unmodified-Since": "rubbish"}, 200),
        ("rubbish", {"If-Unmodified-Since": BEFORE}, 200),
        (None, {"If-Unmodified-Since": BEFORE}, 200),
        (AT, {"If-Modified-Since": AFTER}, 200),
    ),
)
@pytest.mark.parametrize(("method", "kind"), (("PATCH", MERGE_PATCH), ("PUT", JSON)))
def test_WRT_3_2_a_date_is_a_condition_too(
    serve: Any, modified: str | None, headers: dict[str, str], status: int, method: str, kind: str
) -> None:
    validators = [("ETag", '"r1"'), *([("Last-Modified", modified)] if modified else [])]
    app = Script(Said(body={"id": 1, **CHAIR}, headers=validators))
    path = "/api/v1/objects/1"
    reply = serve(app, API).open(path, method=method, data=b'{"name": "x"}', content_type=kind, headers=headers)
    assert reply.status_code == status
    assert [told.method for told in app.asked] == (["GET", "PUT"] if status == 200 else ["GET"])


@pytest.mark.parametrize(("tag", "status"), (('"r1.v1"', 200), ('"r1"', 412)))
def test_WRT_3_2_also_where_the_reply_to_a_write_is_not_translated(serve: Any, tag: str, status: int) -> None:
    rule = "/tools/<int:id>"
    tool = Resource(
        "tool", ThingSchema, routes=[Route("GET", rule, reply=ThingSchema), Route("PUT", rule, request=ThingSchema)]
    )
    app = Script(
        Said(body={"id": 1, **CHAIR}, headers=[("ETag", '"r1"')]),
        Said(body=b"done", type="text/plain", headers=[("ETag", '"r2"')]),
    )
    client = serve(app, make_api(resources=[tool], versions=VERSIONS[1:]))
    headers = {"If-Match": tag, "Accept": "text/plain", "Accept-Encoding": "gzip", "Range": "bytes=0-1"}
    reply = client.put("/api/v1/tools/1", json={"name": "x"}, headers=headers)
    assert reply.status_code == status
    read = app.asked[0].headers
    assert (read["HTTP_ACCEPT"], {"HTTP_RANGE", "HTTP_ACCEPT_ENCODING"} & read.keys()) == (JSON, set())
    if status == 200:
        assert (reply.data, reply.headers["ETag"]) == (b"done", '"r2.v1"')
        assert (app.last.headers["HTTP_IF_MATCH"], app.last.headers["HTTP_ACCEPT"]) == ('"r1"', "text/plain")
        assert app.last.json == {"label": "x", "colour": "red"}


@pytest.mark.parametrize(
    ("kind", "patch", "status", "code"),
    (
        (JSON_PATCH, b"{", 400, "MALFORMED_JSON"),
        (JSON_PATCH, b"", 400, "EMPTY_BODY"),
        (JSON_PATCH, b"{}", 400, "MALFORMED_PATCH"),
        (JSON_PATCH, b'[{"op": "paint", "path": "/name"}]', 400, "MALFORMED_PATCH"),
        (JSON_PATCH, b'[{"op": "remove", "path": "name"}]', 400, "MALFORMED_PATCH"),
        (JSON_PATCH, b'[{"op": "test", "path": "/name", "value": "x"}]', 409, "PATCH_TEST_FAILED"),
        (JSON_PATCH, b'[{"op": "remove", "path": "/parts/1"}]', 422, "PATCH_PATH_MISSING"),
        (JSON_PATCH, b'[{"op": "copy", "from": "/colour", "path": "/name"}]', 422, "PATCH_PATH_MISSING"),
        (JSON_PATCH, b'[{"op": "replace", "path": "/id", "value": 2}]', 422, "INVALID"),
        (JSON_PATCH, b'[{"op": "add", "path": "/secret", "value": 2}]', 422, "INVALID"),
        (JSON_PATCH, b'[{"op": "add", "path": "/label", "value": 2}]', 422, "INVALID"),
        (JSON_PATCH, b'[{"op": "remove", "path": "/name"}]', 422, "INVALID"),
        (MERGE_PATCH, b'{"name": null}', 422, "INVALID"),
        (MERGE_PATCH, b'"stool"', 422, "INVALID"),
        (MERGE_PATCH, b"", 400, "EMPTY_BODY"),
        ("application/xml-patch+xml", b"<x/>", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (JSON, b"{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
    ),
)
def test_WRT_4_1_what_is_wrong_with_a_patch_has_its_status(
    serve: Any, kind: str, patch: bytes, status: int, code: str
) -> None:
    app = store()
    reply = serve(app, API).patch("/api/v1/objects/1", data=patch, content_type=kind)
    assert (reply.status_code, reply.json["error"]["error"]) == (status, code)
    assert "PUT" not in app.methods()
    assert app.things == store().things


@pytest.mark.parametrize(
    ("status", "headers", "kind", "expected"),
    (
        ("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="x"')], JSON, 401),
        ("403 Forbidden", [], "text/html", 403),
        ("410 Gone", [], JSON, 410),
        ("429 Too Many Requests", [("Retry-After", "9")], JSON, 429),
        ("500 Internal Server Error", [], JSON, 500),
        ("503 Service Unavailable", [("Retry-After", "9")], JSON, 503),
        ("308 Permanent Redirect", [("Location", "http://localhost/things/2")], JSON, 308),
        # A status of success would say that the write is done, and 303 too.
        ("204 No Content", [], None, 500),
        ("206 Partial Content", [("Content-Range", "bytes 0-1/9")], JSON, 500),
        ("303 See Other", [("Location", "http://localhost/things/2")], JSON, 500),
    ),
)
@pytest.mark.parametrize(("method", "kind_sent"), (("PATCH", MERGE_PATCH), ("PUT", JSON)))
def test_an_object_that_cannot_be_read_is_not_written(
    serve: Any, status: str, headers: Any, kind: Any, expected: int, method: str, kind_sent: str
) -> None:
    app = Script(Said(status, b"" if kind is None else {"message": "No."}, kind, headers))
    reply = serve(app, API).open("/api/v1/objects/1", method=method, data=b'{"name": "x"}', content_type=kind_sent)
    assert reply.status_code == expected
    assert reply.data == b"" if expected == 308 else reply.json["error"]["status"] == expected
    assert [told.method for told in app.asked] == ["GET"]
    for name, value in headers:
        kept = reply.headers.get(name)
        assert kept == (None if expected == 500 else value.replace("/things/", "/api/v1/objects/"))


def test_a_patch_of_nothing_is_404(serve: Any) -> None:
    app = store()
    reply = serve(app, API).patch("/api/v1/objects/5", data=b"{}", content_type=MERGE_PATCH)
    assert (reply.status_code, reply.json["error"]["error"], app.methods()) == (404, "NOT_FOUND", ["GET"])


@pytest.mark.parametrize("body", (b"{", b"NaN", b"", b"[1]", b'"x"', b'{"label": 5, "parts": {}}'))
def test_an_object_that_makes_no_sense_is_not_written(serve: Any, body: bytes) -> None:
    app = Script(Said(body=body))
    reply = serve(app, API).patch("/api/v1/objects/1", data=b'{"parts": []}', content_type=MERGE_PATCH)
    assert reply.status_code in (422, 500)
    assert [told.method for told in app.asked] == ["GET"]


def test_what_becomes_of_a_part_of_a_document(serve: Any) -> None:
    app = store()
    headers = {"Content-Range": "bytes 0-9/100"}
    reply = serve(app, API).put("/api/v1/objects/1", json={"name": "x"}, headers=headers)
    assert (reply.status_code, app.asked) == (400, [])


@pytest.mark.parametrize(
    ("prefer", "lenient"),
    (
        ("handling=lenient", True),
        ('Handling = "lenient"; x=1', True),
        ("return=minimal, handling=LENIENT", True),
        ("handling=lenient, handling=strict", True),
        ("handling=strict, handling=lenient", False),
        ('x="a, handling=lenient"', False),
        ("lenient", False),
        (None, False),
    ),
)
def test_VAL_5_2_prefer_drops_unknown_fields_where_the_api_allows_it(
    serve: Any, prefer: str | None, lenient: bool
) -> None:
    headers = {"Prefer": prefer} if prefer else {}
    document = {"name": "x", "wheels": 4}
    for api, allowed in ((make_api(lenient=True), lenient), (API, False)):
        app = store()
        reply = serve(app, api).post("/api/v1/objects", json=document, headers=headers)
        assert reply.status_code == (201 if allowed else 422)
        assert ("handling=lenient" in reply.headers.getlist("Preference-Applied")) is allowed
        assert [told.json for told in app.asked] == ([{"label": "x"}] if allowed else [])


def test_VAL_5_2_it_says_nothing_of_requests_without_a_document(serve: Any) -> None:
    reply = serve(store(), make_api(lenient=True)).get("/api/v1/objects/1", headers={"Prefer": "handling=lenient"})
    assert (reply.status_code, reply.headers.get("Preference-Applied")) == (200, None)


def test_the_body_of_a_delete_goes_through(serve: Any) -> None:
    app = Script(Said("204 No Content", type=None))
    reply = serve(app, API).delete("/api/v1/objects/1", data=b"{why", content_type="text/plain")
    assert (reply.status_code, app.last.body, app.last.headers["CONTENT_TYPE"]) == (204, b"{why", "text/plain")


def test_routes_without_schemas_pass_both_bodies_as_they_are(serve: Any) -> None:
    app = Script(Said(body=b'{ "colour" :1.10}'))
    headers = {"Content-Encoding": "gzip", "Accept-Encoding": "gzip", "Range": "bytes=0-1", "Expect": "100-continue"}
    reply = serve(app, API).post("/api/v1/objects/1/paint?x", data=b"{red", content_type="text/x", headers=headers)
    assert (reply.data, reply.headers["X-Api-Version"]) == (b'{ "colour" :1.10}', "1")
    assert (app.last.body, app.last.query, app.last.path) == (b"{red", "x", "/things/1/paint")
    assert {name: app.last.headers["HTTP_" + name.upper().replace("-", "_")] for name in headers} == headers


class MeetingSchema(Schema):
    """A meeting."""

    at = fields.String(required=True)


class MeetingsHaveTimes(VersionChange):
    """Meetings have times, no longer seconds."""

    schemas = {
        MeetingSchema: [
            rename("when", "at"),
            convert("at", lambda value: 1 / value and str(value), lambda value: int(value), was=fields.Integer()),
            add("place"),
        ]
    }


@pytest.mark.parametrize(("value", "status"), ((5, 200), (0, 422)))
def test_TRN_9_1_a_conversion_that_fails_is_422_and_nothing_is_written(serve: Any, value: int, status: int) -> None:
    class RoomyMeetingSchema(MeetingSchema):
        """A meeting with a place."""

        place = fields.String()

    class Roomy(VersionChange):
        """As above."""

        schemas = {RoomyMeetingSchema: MeetingsHaveTimes.schemas[MeetingSchema]}

    meeting = Resource("meeting", RoomyMeetingSchema, collection="/meetings", item="/meetings/<int:id>")
    app = Script(Said(body={"at": "7", "place": "x"}, headers=[("ETag", '"1"')]))
    client = serve(app, make_api(resources=[meeting], versions=[Version(2, Roomy), Version(1)]))
    reply = client.put("/api/v1/meetings/1", json={"when": value})
    assert (reply.status_code, [told.method for told in app.asked]) == (
        status,
        ["GET", "PUT"] if status == 200 else ["GET"],
    )
    if status == 422:
        assert [told["pointer"] for told in reply.json["error"]["details"]] == ["/when"]
    else:
        assert app.last.json == {"at": "5", "place": "x"}


@pytest.mark.parametrize("stored", ("soon", None))
def test_TRN_9_1_and_500_in_a_reply(serve: Any, stored: Any) -> None:
    class Timely(VersionChange):
        """Meetings have times, no longer seconds."""

        schemas = {MeetingSchema: [convert("at", str, int, was=fields.Integer(), nulls=True)]}

    meeting = Resource("meeting", MeetingSchema, collection="/meetings", item="/meetings/<int:id>")
    api = make_api(resources=[meeting], versions=[Version(2, Timely), Version(1)])
    reply = serve(Script(Said(body={"at": stored})), api).get("/api/v1/meetings/1")
    assert (reply.status_code, reply.json["error"]["error"]) == (500, "INTERNAL_ERROR")
    assert "soon" not in reply.text


@pytest.mark.parametrize(
    ("document", "options", "headers", "status", "methods"),
    (
        ({"title": "x"}, {}, {}, 200, ["PUT"]),
        ({"title": "x", "id": 1}, {}, {}, 200, ["GET", "PUT"]),
        ({"title": "x", "id": 2}, {}, {}, 422, ["GET"]),
        # Where it is dropped anyway there is nothing to read for.
        ({"title": "x", "id": 2}, {"unknown": "exclude"}, {}, 200, ["PUT"]),
        ({"title": "x", "id": 2}, {}, {"Prefer": "handling=lenient"}, 200, ["PUT"]),
        ({"title": "x", "id": 1}, {"unknown": "exclude"}, {"Prefer": "handling=strict"}, 200, ["GET", "PUT"]),
        ([], {}, {}, 422, ["PUT"]),
    ),
)
@pytest.mark.parametrize("tag", ('"r{}"', ""))
def test_VAL_5_4_a_version_that_sees_all_reads_only_where_it_must(
    serve: Any, document: Any, options: Any, headers: Any, status: int, methods: list[str], tag: str
) -> None:
    """And then needs no entity tag, since nothing is kept from what was read."""
    app = Store({1: CHAIR}, tag=tag)
    api = make_api(resources=[replace(THING, **options)], lenient=True)
    reply = serve(app, api).put("/api/v3/things/1", json=document, headers=headers)
    assert (reply.status_code, app.methods()) == (status, methods if document else [])


class TankSchema(Schema):
    """A tank, with a rule of its own and one of its fields."""

    colour = fields.String()
    level = fields.Integer(strict=True, validate=validate.Range(min=5))

    @validates_schema
    def no_red_floods(self, document: dict[str, Any], **_: Any) -> None:
        if document.get("colour") == "red" and document.get("level", 0) > 90:
            raise ValidationError("Red tanks do not flood.")


class SampleSchema(Schema):
    tank = fields.Nested(TankSchema)
    kind = fields.String()


class TanksStandAlone(VersionChange):
    """The colour of a tank stands under `tank`."""

    schemas = {SampleSchema: [nest("colour", under="tank")]}


SAMPLES = Api(
    "acme",
    [Resource("sample", SampleSchema, item="/things/<int:id>", item_methods=("GET", "PUT", "PATCH"), etag="generate")],
    [Version(2, TanksStandAlone), Version(1)],
)


@pytest.mark.parametrize(
    "tank, sent, status",
    (
        ({"colour": "blue", "level": 3}, {"kind": "b", "colour": "green"}, 200),
        ({"colour": "blue", "level": "x"}, {"kind": "b", "colour": "green"}, 200),
        ({"colour": "red", "level": 95}, {"kind": "b", "colour": "red"}, 200),
        ({"colour": "blue", "level": 95}, {"kind": "b", "colour": "red"}, 422),
    ),
)
def test_VAL_2_4_what_the_apps_own_object_breaks_by_a_rule_of_the_schema_is_not_the_clients_doing(
    serve: Any, tank: dict[str, Any], sent: dict[str, Any], status: int
) -> None:
    store = Store({1: {"tank": tank, "kind": "a"}})
    assert serve(store, SAMPLES).put("/v1/things/1", json=sent).status_code == status
