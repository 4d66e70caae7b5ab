"""Errors: ours and the app's, in one form, in the client's names, and telling nothing of the inside."""

from __future__ import annotations

import json
from typing import Any

import pytest
from marshmallow import Schema, fields
from things import JSON, MERGE_PATCH, Said, Script, make_api

from translayer import Limits, Resource, Version, VersionChange
from translayer.contract.app_errors import AppError
from translayer.errors import CODES, Violation
from translayer.operations import rename

API = make_api()
PROBLEM = "application/problem+json"


def refused(**said: Any) -> Script:
    """An app that refuses what it is asked."""
    return Script(Said("409 Conflict", **said))


@pytest.mark.parametrize(
    ("body", "place"),
    (
        (b"{", "line 1, column 2"),
        (b'{"name": "x" "y"}', "line 1, column 14"),
        (b'{\n  "name": x\n}', "line 2, column 11"),
        (b'{"name": NaN}', "line 1, column 10"),
        (b'{"name": "x"} {}', "line 1, column 15"),
    ),
)
def test_VAL_1_2_malformed_json_is_400_with_line_and_column(serve: Any, body: bytes, place: str) -> None:
    reply = serve(Script(), API).post("/api/v1/objects", data=body, content_type=JSON)
    assert (reply.status_code, reply.json["error"]["error"]) == (400, "MALFORMED_JSON")
    assert place in reply.json["error"]["description"]


@pytest.mark.parametrize(
    ("document", "expected"),
    (
        ({}, {("/name", "REQUIRED")}),
        ({"name": None, "parts": 5}, {("/name", "NULL"), ("/parts", "TYPE")}),
        ({"name": "a name that is long", "parts": ["ok", "too long"]}, {("/name", "LENGTH"), ("/parts/1", "LENGTH")}),
        (
            {"name": "x", "id": 5, "title": "y", "colour": "z"},
            {("/id", "READ_ONLY"), ("/title", "UNKNOWN_FIELD"), ("/colour", "UNKNOWN_FIELD")},
        ),
        ([], {("", "TYPE")}),
        ("x", {("", "TYPE")}),
        (None, {("", "TYPE")}),
    ),
)
@pytest.mark.parametrize("method", ("POST", "PUT"))
def test_VAL_1_2_what_breaks_the_schema_is_422_with_every_violation(
    serve: Any, method: str, document: Any, expected: Any
) -> None:
    app = Script()
    path = "/api/v1/objects" + ("/1" if method == "PUT" else "")
    reply = serve(app, API).open(path, method=method, data=json.dumps(document), content_type=JSON)
    told = reply.json["error"]
    assert (reply.status_code, told["error"]) == (422, "INVALID")
    assert {(detail["pointer"], detail["code"]) for detail in told["details"]} == expected
    assert all(detail["message"] for detail in told["details"])
    assert not {"PUT", "POST"} & {asked.method for asked in app.asked}


@pytest.mark.parametrize(("limit", "told"), ((100, 100), (3, 3), (500, 200)))
def test_VAL_1_3_only_so_many_violations_are_listed(serve: Any, limit: int, told: int) -> None:
    document = {"name": "x", "parts": ["too long"] * 200}
    api = make_api(limits=Limits(violations=limit))
    reply = serve(Script(), api).post("/api/v1/objects", json=document)
    assert len(reply.json["error"]["details"]) == told
    app = refused(body={"errors": {"parts": {str(at): ["No."] for at in range(200)}}})
    assert len(serve(app, api).get("/api/v1/objects/1").json["error"]["details"]) == told


class PersonSchema(Schema):
    """A person."""

    full_name = fields.String(attribute="label")
    email = fields.String()


class GroupSchema(Schema):
    """A group of people."""

    title = fields.String(attribute="heading")
    people = fields.List(fields.Nested(PersonSchema), attribute="members")
    contact = fields.Nested(PersonSchema, attribute="owner")


class NamesAreFull(VersionChange):
    """A person's `name` is called `full_name`, a group's `label` `title`."""

    schemas = {PersonSchema: [rename("name", "full_name")], GroupSchema: [rename("label", "title")]}


GROUP = Resource("group", GroupSchema, collection="/groups", item="/groups/<int:id>")
GROUPS = make_api(resources=[GROUP], versions=[Version(2, NamesAreFull), Version(1)])
WHERE = {("/label", "Taken."), ("/people/1/name", "Too odd."), ("/contact/email", "Not one."), ("", "Contradictory.")}
MESSAGES = {
    "heading": ["Taken."],
    "members": {"1": {"label": ["Too odd."]}},
    "owner": {"email": ["Not one."]},
    "_schema": ["Contradictory."],
}
POINTERS = (
    ("/heading", "Taken."),
    ("/members/1/label", "Too odd."),
    ("/owner/email", "Not one."),
    ("", "Contradictory."),
)

SHAPES = {
    "marshmallow": (MESSAGES, JSON, None),
    "marshmallow under errors": ({"errors": MESSAGES, "message": "No."}, JSON, None),
    "marshmallow as webargs has it": ({"messages": {"json": MESSAGES}}, JSON, None),
    "JSON:API": (
        {
            "errors": [
                {"code": "ODD", "detail": message, "source": {"pointer": f"/data/attributes{pointer}"}}
                for pointer, message in POINTERS
            ]
        },
        "application/vnd.api+json",
        "ODD",
    ),
    "RFC 9457": (
        {
            "title": "Refused",
            "code": "ODD",
            "errors": [{"pointer": "#" + pointer, "detail": message} for pointer, message in POINTERS],
        },
        PROBLEM,
        "ODD",
    ),
    "our own": (
        {
            "error": {
                "error": "ODD",
                "description": "No.",
                "details": [{"pointer": pointer, "message": message} for pointer, message in POINTERS],
            }
        },
        JSON,
        "ODD",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("method", ("POST", "PUT", "PATCH"))
def test_VAL_2_2_the_app_s_own_errors_come_back_in_the_client_s_names(serve: Any, shape: str, method: str) -> None:
    body, kind, code = SHAPES[shape]
    read, refusal = Said(body={"heading": "x"}, headers=[("ETag", '"1"')]), Said("422 Unprocessable Entity", body, kind)
    app = Script(*([read] if method == "PATCH" else []), refusal)
    path, type_ = "/api/v1/groups" + ("" if method == "POST" else "/1"), MERGE_PATCH if method == "PATCH" else JSON
    reply = serve(app, GROUPS).open(path, method=method, data=b'{"label": "y"}', content_type=type_)
    told = reply.json["error"]
    assert (reply.status_code, told["status"], told["error"]) == (422, 422, code or "UNPROCESSABLE_CONTENT")
    assert {(detail["pointer"], detail["message"]) for detail in told["details"]} == WHERE


@pytest.mark.parametrize(
    ("body", "code", "description"),
    (
        ({"message": "Somebody was faster."}, "CONFLICT", "Somebody was faster."),
        ({"error": "Somebody was faster."}, "CONFLICT", "Somebody was faster."),
        ({"error": "TOO_LATE", "message": "Somebody was faster."}, "TOO_LATE", "Somebody was faster."),
        ({"code": "TOO_LATE"}, "TOO_LATE", "Conflict"),
        ({"detail": "Somebody was faster."}, "CONFLICT", "Somebody was faster."),
        ({"code": "<script>", "message": 5}, "CONFLICT", "Conflict"),
        ([], "CONFLICT", "Conflict"),
        (None, "CONFLICT", "Conflict"),
        ({}, "CONFLICT", "Conflict"),
        (b"{broken", "CONFLICT", "Conflict"),
        (b"", "CONFLICT", "Conflict"),
        (b'{"message": "\\ud800"}', "CONFLICT", "Conflict"),
    ),
)
def test_VAL_2_2_a_plain_message_is_a_description(serve: Any, body: Any, code: str, description: str) -> None:
    reply = serve(refused(body=body), API).get("/api/v1/objects/1")
    told = {"status": 409, "error": code, "description": description, "details": []}
    assert (reply.status_code, reply.json) == (409, {"error": told})


def test_VAL_2_2_places_are_told_as_they_are_where_there_is_no_schema(serve: Any) -> None:
    reply = serve(refused(body={"label": ["Taken."]}), API).post("/api/v1/objects/1/paint")
    assert [detail["pointer"] for detail in reply.json["error"]["details"]] == ["/label"]


def own_words(status: int, body: Any) -> AppError | None:
    """Reads `{"wrong": {"label": "Taken."}}`."""
    violations = tuple(Violation((name,), "RULE", told) for name, told in body["wrong"].items())
    return AppError("WRONG", f"Wrong, says {status}.", violations)


def test_VAL_2_3_an_extractor_of_one_s_own_reads_other_shapes(serve: Any) -> None:
    client = serve(refused(body={"wrong": {"label": "Taken."}}), make_api(app_errors=[own_words]))
    assert client.get("/api/v1/objects/1").json["error"] == {
        "status": 409,
        "error": "WRONG",
        "description": "Wrong, says 409.",
        "details": [{"pointer": "/name", "code": "RULE", "message": "Taken."}],
    }


def test_VAL_2_3_one_that_declines_leaves_it_to_the_others(serve: Any) -> None:
    client = serve(refused(body={"message": "No."}), make_api(app_errors=[lambda status, body: None]))
    assert client.get("/api/v1/objects/1").json["error"]["description"] == "No."


def test_VAL_2_3_one_that_fails_does_not_hide_the_app_s_error(serve: Any, caplog: Any) -> None:
    client = serve(refused(body={"message": "No."}), make_api(app_errors=[own_words]))
    reply = client.get("/api/v1/objects/1")
    assert (reply.status_code, reply.json["error"]["error"]) == (409, "CONFLICT")
    assert "an extractor failed" in caplog.text


def test_an_author_s_function_that_makes_nonsense_is_a_500(serve: Any, caplog: Any) -> None:
    api = make_api(app_errors=[lambda status, body: AppError("CODE", object())])  # type: ignore[arg-type]
    reply = serve(refused(body={}), api, debug=False).get("/api/v1/objects/1")
    assert (reply.status_code, reply.json["error"]["error"]) == (500, "INTERNAL_ERROR")
    assert "a function of the API's own failed" in caplog.text
    with pytest.raises(ValueError, match="not a JSON type"):
        serve(refused(body={}), api).get("/api/v1/objects/1")


def test_REP_2_1_the_form_of_errors(serve: Any) -> None:
    reply = serve(Script(), API).post("/api/v1/objects", json={"parts": []})
    assert reply.headers["Content-Type"] == JSON
    assert reply.headers["Content-Length"] == str(len(reply.data))
    assert reply.json == {
        "error": {
            "status": 422,
            "error": "INVALID",
            "description": CODES["INVALID"].meaning,
            "details": [
                {"pointer": "/name", "code": "REQUIRED", "message": "Missing data for required field."},
            ],
        }
    }


DETAILS = {
    "type": "about:blank",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": CODES["INVALID"].meaning,
    "code": "INVALID",
    "errors": [{"pointer": "/name", "code": "REQUIRED", "message": "Missing data for required field."}],
}


@pytest.mark.parametrize(
    ("always", "accept", "detailed"),
    (
        (True, "*/*", True),
        (True, "application/json", True),
        (False, "*/*", False),
        (False, "application/json, application/problem+json", True),
        (False, "application/json, application/problem+json;q=0.1", True),
        (False, "application/json, application/problem+json;q=0", False),
        (False, "application/json, application/problem+json;charset=utf-8", True),
    ),
)
def test_REP_2_2_problem_details_where_the_api_says_so_or_accept_names_them(
    serve: Any, always: bool, accept: str, detailed: bool
) -> None:
    reply = serve(Script(), make_api(problems=always)).post("/api/v1/objects", json={}, headers={"Accept": accept})
    assert (reply.status_code, reply.headers["Content-Type"]) == (422, PROBLEM if detailed else JSON)
    if detailed:
        assert reply.json == DETAILS


@pytest.mark.parametrize("path", ("/api/v9/objects/1", "/api/v1/objects/7", "/api/v3/objects/1", "/api/v1//objects/7"))
def test_REP_2_2_also_before_a_version_is_chosen_and_for_the_app_s_errors(serve: Any, path: str) -> None:
    headers = {"Accept": "application/json, application/problem+json"}
    app = Script(Said("404 Not Found", b"<h1>Not here</h1>", "text/html"))
    reply = serve(app, API).get(path, headers=headers)
    assert (reply.status_code, reply.headers["Content-Type"]) == (404, PROBLEM)


def test_REP_2_3_codes_are_linked_where_their_documentation_is(serve: Any) -> None:
    docs = "https://docs.example/errors#{code}"
    for always in (False, True):
        api = make_api(error_docs=docs, problems=always, app_errors=[lambda status, body: AppError("no\r\n <b>")])
        client = serve(refused(body={}), api)
        reply = client.post("/api/v1/objects", data=b"{", content_type=JSON)
        assert reply.headers.getlist("Link") == ['<https://docs.example/errors#MALFORMED_JSON>; rel="help"']
        reply = client.get("/api/v1/objects/1")
        assert reply.headers["Link"] == '<https://docs.example/errors#no%0D%0A%20%3Cb%3E>; rel="help"'
        if always:
            assert reply.json["type"] == "https://docs.example/errors#no%0D%0A%20%3Cb%3E"


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    (
        ("404 Not Found", b"<h1>Not here</h1>", "text/html", "NOT_FOUND"),
        ("400 Bad Request", b"no", "text/plain", "BAD_REQUEST"),
        ("405 Method Not Allowed", b"", "text/plain", "METHOD_NOT_ALLOWED"),
        ("412 Precondition Failed", b"", "text/plain", "PRECONDITION_FAILED"),
        ("413 Request Entity Too Large", b"", "text/plain", "CONTENT_TOO_LARGE"),
        ("414 x", b"", "text/plain", "URI_TOO_LONG"),
        ("416 x", b"", "text/plain", "RANGE_NOT_SATISFIABLE"),
        ("422 x", b"", "text/plain", "UNPROCESSABLE_CONTENT"),
        ("418 x", b"", "text/plain", "IM_A_TEAPOT"),
        ("499 x", b"", "text/plain", "ERROR"),
        ("599 x", b"", "text/plain", "ERROR"),
    ),
)
@pytest.mark.parametrize("path", ("/api/v1/objects/1", "/api/v1/objects/1/photo"))
def test_REP_3_1_errors_of_the_app_come_out_in_the_same_form(
    serve: Any, status: str, body: bytes, kind: str, code: str, path: str
) -> None:
    reply = serve(Script(Said(status, body, kind)), API).get(path)
    told = reply.json["error"]
    assert (reply.status_code, told["status"], told["error"], told["details"]) == (
        int(status[:3]),
        int(status[:3]),
        code,
        [],
    )
    assert told["description"]
    assert b"<h1>" not in reply.data


@pytest.mark.parametrize(
    ("status", "name", "value"),
    (
        ("401 Unauthorized", "WWW-Authenticate", 'Basic realm="x", charset="UTF-8"'),
        ("429 Too Many Requests", "Retry-After", "120"),
        ("503 Service Unavailable", "Retry-After", "120"),
        ("405 Method Not Allowed", "Allow", "GET"),
        ("403 Forbidden", "Set-Cookie", "a=b"),
    ),
)
def test_REP_3_1_with_the_headers_that_belong_to_them(serve: Any, status: str, name: str, value: str) -> None:
    headers = [(name, value), ("ETag", '"x"'), ("Content-Encoding", "br")]
    reply = serve(Script(Said(status, b"no", "text/plain", headers)), API).get("/api/v1/objects/1")
    assert (reply.headers[name], reply.headers["Content-Type"]) == (value, JSON)
    assert not {"ETag", "Content-Encoding"} & set(reply.headers.keys())


SECRETS = {"message": "KeyError: 'secret' in /srv/app.py", "trace": ["line 5"], "code": "KEY_ERROR"}


@pytest.mark.parametrize(
    ("status", "code"),
    (
        ("500 KeyError: secret", "INTERNAL_ERROR"),
        ("502 Bad Gateway", "BAD_GATEWAY"),
        ("503 secret", "SERVICE_UNAVAILABLE"),
        ("507 x", "INSUFFICIENT_STORAGE"),
    ),
)
def test_REP_3_2_5xx_tells_nothing_of_the_inside(serve: Any, status: str, code: str) -> None:
    for said in (Said(status, SECRETS), Said(status, b"<pre>secret", "text/html")):
        reply = serve(Script(said), API).get("/api/v1/objects/1")
        assert (reply.status_code, reply.json["error"]["error"]) == (int(status[:3]), code)
        assert "secret" not in reply.text + reply.status
        assert "KEY_ERROR" not in reply.text


def raising(environ: Any, start_response: Any) -> Any:
    raise KeyError("secret")


def raising_late(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", JSON)])
    yield b"{"
    raise KeyError("secret")


def raising_at_once(environ: Any, start_response: Any) -> Any:
    if environ:
        raise KeyError("secret")
    yield b""


def raising_after_starting(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", JSON)])
    raise KeyError("secret")


def silent(environ: Any, start_response: Any) -> Any:
    return []


def silent_late(environ: Any, start_response: Any) -> Any:
    yield b"{}"


def twice(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", JSON)])
    start_response("200 OK", [("Content-Type", JSON)])
    return [b"{}"]


def no_status(environ: Any, start_response: Any) -> Any:
    start_response("fine", [("Content-Type", JSON)])
    return [b"{}"]


def text_chunks(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", JSON)])
    return ["{}"]


def no_iterable(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", JSON)])


def split_header(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", JSON), ("X-Split", "a\r\nSet-Cookie: b=c")])
    return [b"{}"]


FAILING = (
    *(raising, raising_late, raising_at_once, raising_after_starting),
    *(silent, silent_late, twice, no_status, text_chunks, no_iterable, split_header),
)


@pytest.mark.parametrize("app", FAILING)
@pytest.mark.parametrize("method", ("GET", "DELETE"))
def test_REP_3_2_an_app_that_raises_or_replies_nonsense_is_a_500(bare: Any, app: Any, method: str, caplog: Any) -> None:
    reply = bare(app, API, debug=False).open("/api/v1/objects/1", method=method)
    assert (reply.status_code, reply.json["error"]["error"]) == (500, "INTERNAL_ERROR")
    vary = "Accept, X-Api-Version" + (", Prefer" if method == "DELETE" else "")
    assert (reply.headers["X-Api-Version"], reply.headers["Vary"]) == ("1", vary)
    assert "secret" not in reply.text
    assert "the app failed" in caplog.text
    assert "Set-Cookie" not in reply.headers


@pytest.mark.parametrize("app", FAILING)
def test_REP_3_3_debug_lets_exceptions_through(bare: Any, app: Any) -> None:
    with pytest.raises((KeyError, AssertionError, ValueError, TypeError)):
        bare(app, API, debug=True).get("/api/v1/objects/1")


def test_what_the_client_sent_is_not_echoed_into_headers(serve: Any) -> None:
    client = serve(Script(), API)
    reply = client.get("/api/v1/objects/1%0D%0ASet-Cookie:%20a=b", headers={"X-Api-Version": "<b>"})
    assert "Set-Cookie" not in str(reply.headers)
