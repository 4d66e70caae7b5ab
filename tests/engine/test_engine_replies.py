"""What the app says, in the client's version: bodies, envelopes, headers, and what cannot be told."""

from __future__ import annotations

import gzip
import json
import logging
import zlib
from typing import Any

import pytest
from things import JSON, MERGE_PATCH, NOTE, THING, Said, Script, make_api

from translayer import Envelope, Limits, Page, Resource

API = make_api()
CHAIR = {"id": 1, "label": "chair", "colour": "red", "secret": "s"}
V1 = {"id": 1, "name": "chair"}

ODD = (
    b'{"id":1,"text":"x"}',
    b' {\r\n\t"text" : "x" ,"id":1 }\n',
    b'{"value":1.10,"id":1}',
    b'{"value":[1e2,1E+2,-0,0.1000,100000000000000000000000000000000],"text":"x"}',
    rb'{"text":"\u00e9\/\ud83d\ude00\u0000","value":"\\"}',
    '{"text":"\N{SNOWMAN}","value":{"b":{},"a":[ ]}}'.encode(),
    b"{}",
)


@pytest.mark.parametrize("body", ODD)
@pytest.mark.parametrize("version", (1, 2, 3))
def test_TRN_10_1_where_nothing_is_changed_the_bytes_go_out_as_they_came(serve: Any, body: bytes, version: int) -> None:
    client = serve(Script(Said(body=body)), API)
    assert client.get(f"/api/v{version}/notes/x").data == body
    for listed in (b"[ " + body + b" ]", b'{"total": 1.0, "items": [' + body + b"," + body + b"]}"):
        assert serve(Script(Said(body=listed)), API).get(f"/api/v{version}/notes").data == listed


@pytest.mark.parametrize(
    ("body", "expected"),
    (
        ({"text": "x", "hidden": 1}, {"text": "x"}),
        ([{"text": "x"}, {"text": "y", "hidden": 1}], [{"text": "x"}, {"text": "y"}]),
        ({"items": [{"hidden": 1}], "total": 7}, {"items": [{}], "total": 7}),
    ),
)
def test_what_no_version_declares_never_leaves(serve: Any, body: Any, expected: Any) -> None:
    many = isinstance(body, list) or "items" in body
    reply = serve(Script(Said(body=body)), API).get("/api/v3/notes" + ("" if many else "/x"))
    assert reply.json == expected


@pytest.mark.parametrize(
    ("envelope", "path", "body", "expected"),
    (
        ("none", "/1", CHAIR, V1),
        ("none", "", [CHAIR], [V1]),
        ("none", "", {"items": [CHAIR], "page": 1}, {"items": [V1], "page": 1}),
        ("data", "/1", CHAIR, {"data": V1, "meta": {}}),
        ("data", "", [CHAIR, CHAIR], {"items": [V1, V1], "meta": {}}),
        ("data", "", {"page": 1, "items": [CHAIR]}, {"items": [V1], "meta": {"page": 1}}),
        # REP-1.3
        ("none", "", [], []),
        ("none", "", {"items": [], "page": 1}, {"items": [], "page": 1}),
        ("data", "", [], {"items": [], "meta": {}}),
    ),
)
def test_REP_1_1_envelopes(serve: Any, envelope: str, path: str, body: Any, expected: Any) -> None:
    reply = serve(Script(Said(body=body)), make_api(envelope=envelope)).get(f"/api/v1/objects{path}")
    assert (reply.status_code, reply.json) == (200, expected)


class Hal(Envelope):
    """A form of one's own."""

    def one(self, document: Any) -> Any:
        return {"_embedded": document}

    def many(self, items: list[Any], page: Any) -> Any:
        return {"_embedded": items, "count": page.meta["total"]}


def test_REP_1_2_an_envelope_of_one_s_own(serve: Any) -> None:
    app = Script(Said(body=CHAIR), Said("201 Created", CHAIR), Said(body={"items": [CHAIR], "total": 3}))
    client = serve(app, make_api(envelope=Hal()))
    assert client.get("/api/v1/objects/1").json == {"_embedded": V1}
    assert client.post("/api/v1/objects", json={"name": "chair"}).json == {"_embedded": V1}
    assert client.get("/api/v1/objects").json == {"_embedded": [V1], "count": 3}


def test_REP_1_2_one_that_fails_is_a_500_to_a_read_and_no_matter_to_a_write(serve: Any) -> None:
    app = Script(Said(body=[CHAIR]))
    client = serve(app, make_api(envelope=Hal()), debug=False)
    assert client.get("/api/v1/objects").status_code == 500  # The page has no total.
    with pytest.raises(KeyError):
        serve(app, make_api(envelope=Hal())).get("/api/v1/objects")


def test_REP_1_3_no_results_is_200_with_an_empty_list(serve: Any) -> None:
    for envelope, expected in (("none", []), ("data", {"items": [], "meta": {}})):
        reply = serve(Script(Said(body=[])), make_api(envelope=envelope)).get("/api/v1/objects")
        assert (reply.status_code, reply.json) == (200, expected)


def test_lists_may_stand_under_another_name(serve: Any) -> None:
    notes = Resource("note", NOTE.schema, collection="/notes", items="results")
    api = make_api(resources=[THING, notes])
    assert serve(Script(Said(body={"results": [{"id": 1, "x": 2}]})), api).get("/api/v1/notes").json == {
        "results": [{"id": 1}]
    }


UNTELLABLE = (
    pytest.param(Said(body=b'{"id": 1, "label": "x"'), id="broken"),
    pytest.param(Said(body=b'{"id": NaN}'), id="NaN"),
    pytest.param(Said(body=b'{"id": Infinity}'), id="Infinity"),
    pytest.param(Said(body=b'{"id": 1e999}'), id="beyond a double"),
    pytest.param(Said(body=b'{"id": ' + b"9" * 5000 + b"}"), id="5,000 digits"),
    pytest.param(Said(body=b"[" * 100_000), id="100,000 brackets"),
    pytest.param(Said(body=b'{"parts": ' + b"[" * 130 + b"]" * 130 + b"}"), id="too deep"),
    pytest.param(Said(body=b'{"label": "\xff"}'), id="no UTF-8"),
    pytest.param(Said(body=b'{"label": "\\ud800"}'), id="half a pair"),
    pytest.param(Said(body=b"\xef\xbb\xbf{}"), id="byte order mark"),
    pytest.param(Said(body=b"[1, 2]"), id="a list for an object"),
    pytest.param(Said(body=b'"x"'), id="a string for an object"),
    pytest.param(Said("206 Partial Content", {"id": 1}, headers=[("Content-Range", "bytes 0-9/10")]), id="206"),
    pytest.param(Said(body=b"{}", headers=[("Content-Encoding", "br")]), id="unknown coding"),
    pytest.param(Said(body=b"{}", headers=[("Content-Encoding", "gzip")]), id="not what the coding says"),
    pytest.param(Said(body=gzip.compress(b" " * 10_000), headers=[("Content-Encoding", "gzip")]), id="gzip bomb"),
    pytest.param(Said(body=zlib.compress(b" " * 10_000), headers=[("Content-Encoding", "deflate")]), id="bomb"),
)
SMALL = make_api(limits=Limits(inflated=9_999))


@pytest.mark.parametrize("said", UNTELLABLE)
def test_ROB_2_6_what_cannot_be_told_is_a_500_to_a_read(serve: Any, said: Said, caplog: Any) -> None:
    client = serve(Script(said), SMALL)
    reply = client.get("/api/v1/objects/1")
    assert (reply.status_code, reply.json["error"]["error"]) == (500, "INTERNAL_ERROR")
    assert reply.json["error"]["description"] == "The service failed; the client did nothing wrong."
    assert "breaks the contract" in caplog.text


@pytest.mark.parametrize("said", UNTELLABLE)
@pytest.mark.parametrize("method", ("POST", "PUT", "DELETE"))
def test_ROB_2_6_and_no_matter_to_a_write_that_was_done(serve: Any, said: Said, method: str, caplog: Any) -> None:
    app = Script(said)
    path = "/api/v2/objects" + ("" if method == "POST" else "/1")
    body = None if method == "DELETE" else {"title": "x"}
    reply = serve(app, SMALL).open(path, method=method, json=body)
    assert (reply.status, reply.data) == (said.status, b"")
    assert "was done, but its reply breaks the contract" in caplog.text


@pytest.mark.parametrize("body", ([1], {"items": {}}, {"things": []}, 5, None))
def test_ROB_2_6_a_list_that_is_none(serve: Any, body: Any) -> None:
    assert serve(Script(Said(body=body)), API).get("/api/v1/objects").status_code == 500


def test_ROB_2_6_an_empty_reply_is_no_document(serve: Any) -> None:
    assert serve(Script(Said(body=b"")), API).get("/api/v1/objects/1").status_code == 500


def test_TRN_6_1_a_write_that_was_done_keeps_its_success(serve: Any, caplog: Any) -> None:
    headers = [("Location", "http://localhost/things/7"), ("ETag", '"r1"'), ("X-Request-Id", "abc")]
    for body in (b'{"id": 7', b""):
        app = Script(Said("201 Created", body, headers=headers))
        with caplog.at_level(logging.ERROR, logger="translayer"):
            reply = serve(app, API).post("/api/v1/objects", json={"name": "x"})
        assert (reply.status_code, reply.data, reply.headers["Content-Length"]) == (201, b"", "0")
        assert reply.headers["Location"] == "http://localhost/api/v1/objects/7"
        assert (reply.headers["ETag"], reply.headers["X-Request-Id"]) == ('"r1.v1"', "abc")
    assert caplog.text.count("was done, but its reply breaks the contract") == 1


def test_TRN_6_1_so_does_a_patch(serve: Any) -> None:
    app = Script(Said(body=CHAIR, headers=[("ETag", '"1"')]), Said(body=b"NaN"))
    reply = serve(app, API).patch("/api/v1/objects/1", data=b'{"name": "x"}', content_type=MERGE_PATCH)
    assert (reply.status_code, reply.data) == (200, b"")


@pytest.mark.parametrize(
    "said",
    (
        Said(body=b"<p>chair", type="text/html"),
        Said(body=b"\x00\xff", type="application/octet-stream"),
        Said("206 Partial Content", b"ab", "text/plain", [("Content-Range", "bytes 0-1/9")]),
        Said(body=b"x", type="text/plain", headers=[("Content-Encoding", "br"), ("Content-MD5", "y")]),
        Said("302 Found", b"<p>there", "text/html", [("Location", "https://elsewhere.example/")]),
    ),
)
def test_RTE_7_3_what_is_no_json_is_relayed_as_it_comes(serve: Any, said: Said) -> None:
    for method, path in (("GET", "/api/v1/objects/1"), ("GET", "/api/v1/objects"), ("POST", "/api/v1/objects")):
        body = {"name": "x"} if method == "POST" else None
        reply = serve(Script(said), API).open(path, method=method, json=body)
        assert (reply.status, reply.data) == (said.status, said.chunk)
        vary = "Accept, X-Api-Version" + (", Prefer" if method == "POST" else "")
        ours = [("X-Api-Version", "1"), ("Vary", vary)]
        assert list(reply.headers) == [*said.head, *ours]


def test_REP_5_1_what_would_change_the_bytes_does_not_reach_the_app(serve: Any) -> None:
    app = Script(Said(body=CHAIR))
    headers = {"Accept-Encoding": "gzip", "Range": "bytes=0-9", "If-Range": '"x"', "Accept": "*/*", "X-Trace": "a"}
    reply = serve(app, API).get("/api/v1/objects/1", headers=headers)
    assert (reply.status_code, reply.json) == (200, V1)
    assert {name: value for name, value in app.last.headers.items() if name.startswith("HTTP_")} == {
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": JSON,
        "HTTP_X_TRACE": "a",
    }


@pytest.mark.parametrize(
    ("coding", "compress"),
    (("gzip", gzip.compress), ("X-GZIP", gzip.compress), ("deflate", zlib.compress), ("identity", bytes), ("", bytes)),
)
def test_REP_5_2_an_app_that_compresses_all_the_same_is_understood(serve: Any, coding: str, compress: Any) -> None:
    body = compress(json.dumps(CHAIR).encode())
    headers = [("Content-Encoding", coding)]
    reply = serve(Script(Said(body=body, headers=headers)), API).get("/api/v1/objects/1")
    assert (reply.json, "Content-Encoding" in reply.headers) == (V1, False)
    told = compress(b'{"message": "No."}')
    reply = serve(Script(Said("409 Conflict", told, headers=headers)), API).get("/api/v1/objects/1")
    assert reply.json["error"]["description"] == "No."
    app = Script(Said(body=body, headers=[*headers, ("ETag", '"1"')]))
    serve(app, API).patch("/api/v1/objects/1", data=b"{}", content_type=MERGE_PATCH)
    assert app.last.json == {"label": "chair", "colour": "red", "secret": "s"}


def test_REP_5_2_within_a_bound(serve: Any) -> None:
    for size, status in ((9_999, 200), (10_000, 500)):
        body = gzip.compress(b'{"id":1}'.ljust(size))
        app = Script(Said(body=body, headers=[("Content-Encoding", "gzip")]))
        assert serve(app, SMALL).get("/api/v1/objects/1").status_code == status


OLD = [
    ("Content-Length", "1000"),
    ("Content-MD5", "x"),
    ("Digest", "x"),
    ("Content-Digest", "x"),
    ("Repr-Digest", "x"),
    ("Accept-Ranges", "bytes"),
    ("Content-Range", "bytes 0-1/2"),
]


@pytest.mark.filterwarnings("ignore:Content-Length and the number of bytes")
@pytest.mark.parametrize("status", ("200 OK", "404 Not Found"))
def test_REP_5_3_headers_of_the_old_bytes_are_gone(serve: Any, status: str) -> None:
    kept = [("Cache-Control", "max-age=5"), ("Last-Modified", "Sat, 01 Jan 2000 00:00:00 GMT"), ("Set-Cookie", "a=b")]
    app = Script(Said(status, CHAIR, headers=[*OLD, *kept, ("Set-Cookie", "c=d")]))
    reply = serve(app, API).get("/api/v1/objects/1")
    assert sorted(reply.headers) == sorted(
        [
            *kept,
            ("Set-Cookie", "c=d"),
            ("X-Api-Version", "1"),
            ("Vary", "Accept, X-Api-Version"),
            ("Content-Type", JSON),
            ("Content-Length", str(len(reply.data))),
        ]
    )


def test_REP_5_3_also_where_the_bytes_are_the_same(serve: Any) -> None:
    app = Script(Said(body=b'{"id": 1}', headers=[("Content-MD5", "x"), ("Accept-Ranges", "bytes")]))
    reply = serve(app, API).get("/api/v1/notes/x")
    assert (reply.data, "Content-MD5" in reply.headers) == (b'{"id": 1}', False)


@pytest.mark.parametrize(("status", "type_"), (("204 No Content", None), ("205 Reset Content", JSON)))
def test_a_reply_without_a_body_has_no_envelope(serve: Any, status: str, type_: str | None) -> None:
    app = Script(Said(status, b"" if type_ is None else b"{}", type_, [("X-Kept", "yes")]))
    reply = serve(app, make_api(envelope="data")).put("/api/v2/objects/1", json={"title": "x"})
    assert (reply.status, reply.data, reply.headers["X-Kept"]) == (status, b"", "yes")
    assert reply.headers.get("Content-Length") == (None if type_ is None else "0")


def test_a_reason_phrase_of_the_app_s_own_stays(serve: Any) -> None:
    assert serve(Script(Said("200 Here you are", CHAIR)), API).get("/api/v1/objects/1").status == "200 Here you are"


@pytest.mark.parametrize(
    "kind",
    (
        "text/json",
        "application/x-json",
        "application/json-seq",
        "application/x-ndjson",
        "text/javascript",
        "application/json, application/json",
        "application/json;charset",
    ),
)
def test_what_may_be_json_never_goes_out_as_it_is(serve: Any, kind: str) -> None:
    inside = {"id": 1, "label": "chair", "secret": "s", "margin": 9}
    reply = serve(Script(Said(body=inside, type=kind)), API).get("/api/v1/objects/1")
    assert "secret" not in reply.text
    assert "margin" not in reply.text
    broken = serve(Script(Said(body=b"{}\n{}", type=kind)), API).get("/api/v1/objects/1")
    assert broken.status_code == 500


def test_a_redirect_keeps_a_body_that_may_be_the_object_to_itself(serve: Any) -> None:
    said = Said("303 See Other", {"secret": "s"}, JSON, [("Location", "https://elsewhere.example/")])
    reply = serve(Script(said), API).get("/api/v1/objects/1")
    assert (reply.status_code, reply.data) == (303, b"")
    assert reply.headers["Location"] == "https://elsewhere.example/"


def test_a_failure_of_the_app_tells_nothing_in_headers(serve: Any) -> None:
    said = Said(
        "500 Oops", b"", "text/plain", [("X-Exception", "KeyError"), ("Retry-After", "9"), ("Last-Modified", "x")]
    )
    reply = serve(Script(said), API).get("/api/v1/objects/1")
    assert (reply.status_code, reply.headers["Retry-After"]) == (500, "9")
    assert not {"X-Exception", "Last-Modified"} & set(reply.headers.keys())


class Marking(Envelope):
    """Writes into what it is given."""

    def one(self, document: Any) -> Any:
        document["kind"] = "object"
        return document

    def many(self, items: list[Any], page: Page) -> Any:
        return items


def test_an_envelope_that_writes_into_the_document_is_heard(serve: Any) -> None:
    api = make_api(envelope=Marking())
    assert serve(Script(Said(body={"id": 1, "label": "chair"})), api).get("/api/v2/objects/1").json["kind"] == "object"


def test_a_preflight_is_told_headers_alone(serve: Any) -> None:
    said = Said(body={"id": 1, "secret": "s"}, headers=[("Access-Control-Allow-Origin", "*")])
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "PUT"}
    reply = serve(Script(said), API).options("/api/v1/objects/1", headers=asked)
    assert (reply.status_code, reply.data) == (200, b"")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
