"""Any bytes in give a documented status out, in front of a careful app and of a careless one."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from things import JSON, JSON_PATCH, MERGE_PATCH, Said, Script, Store, make_api

from translayer import Limits, Translayer
from translayer.errors import CODES

API = make_api(limits=Limits(body=500), lenient=True, renderers=("yaml", "msgpack"))
EXTRA = {200, 201, 204, 304}
DOCUMENTED = EXTRA | {code.status for code in CODES.values()}

SEGMENTS = ("api", "v1", "v2", "v3", "v9", "latest", "objects", "things", "notes", "1", "7", "paint", "photo")
ODD_SEGMENTS = ("..", ".", "", "\xff", "\xc3\xa9", "%2e", "a b", "\r\nX: y", "\x00", "v01", "v1x", "\u2603")
paths = st.one_of(
    st.lists(st.sampled_from(SEGMENTS + ODD_SEGMENTS) | st.text(max_size=3), max_size=7).map(
        lambda parts: "/".join(["", *parts])
    ),
    st.sampled_from(("/api/v1/objects/1", "/api/v3/things/1", "/api/v2/objects", "/api/objects/1", "/api/v1/notes/x")),
    st.text(max_size=20),
)
methods = st.sampled_from(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get", ""))
FORMS = ("application/yaml", "application/msgpack", "application/vnd.acme.v1+yaml")
VENDOR = ("application/vnd.acme.v1+json", "application/vnd.acme.v2+json")
TYPES = (JSON, JSON_PATCH, MERGE_PATCH, *VENDOR, *FORMS, "text/plain")
rubbish = st.text(st.characters(max_codepoint=255), max_size=20)
HEADERS = {
    "HTTP_ACCEPT": st.sampled_from((*TYPES, "*/*", "*", "application/problem+json, */*")) | rubbish,
    "HTTP_X_API_VERSION": st.sampled_from(("1", "2", "3", "9", "1,2", "")) | rubbish,
    "HTTP_PREFER": st.sampled_from(("handling=lenient", "return=minimal")) | rubbish,
    "HTTP_IF_MATCH": st.sampled_from(('"r1.v1"', '"r1.v3", W/"x"', '"r1.v1+yaml"', "*", '"')) | rubbish,
    "HTTP_IF_NONE_MATCH": st.sampled_from(('"r1.v1"', "*")) | rubbish,
    "HTTP_CONTENT_ENCODING": st.sampled_from(("identity", "gzip")) | rubbish,
    "HTTP_CONTENT_RANGE": rubbish,
    "HTTP_HOST": st.sampled_from(("localhost", "[", "")) | rubbish,
    "HTTP_ORIGIN": rubbish,
    "HTTP_ACCESS_CONTROL_REQUEST_METHOD": rubbish,
    "CONTENT_TYPE": st.sampled_from(TYPES) | rubbish,
    "CONTENT_LENGTH": st.sampled_from(("", "0", "5", "-1", "501", "x", "9" * 30)),
    "QUERY_STRING": rubbish,
    "SCRIPT_NAME": st.sampled_from(("", "/shop", "/caf\xc3\xa9", "/\xff")),
    "wsgi.input_terminated": st.booleans(),
}
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
documents = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "name", "title", "colour", "parts", "text", "value"), values)
)
operations = st.lists(
    st.fixed_dictionaries(
        {"op": st.sampled_from(("add", "remove", "replace", "move", "copy", "test", "x"))},
        optional={
            "path": st.sampled_from(("", "/", "/name", "/parts/-", "/parts/0", "/id", "x")) | st.text(max_size=4),
            "from": st.sampled_from(("", "/name", "/parts")),
            "value": values,
        },
    ),
    max_size=4,
)
contents = documents | operations | values
bodies = st.binary(max_size=600) | contents.map(lambda value: json.dumps(value).encode())


def environ_of(method: str, path: str, body: bytes) -> dict[str, Any]:
    """The environ of a request, as a server makes it."""
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }


def ask(app: Any, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    """The status, headers and body of a reply, as strict as a server."""
    heads: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        assert not heads or exc_info
        heads.append((status, headers))
        return None

    iterable = app(environ, start_response)
    try:
        body = b"".join(iterable)
    finally:
        if hasattr(iterable, "close"):
            iterable.close()
    ((status, headers),) = heads
    return int(status[:3]), headers, body


READ = {"json": json.loads, "problem+json": json.loads, "yaml": yaml.safe_load, "msgpack": msgspec.msgpack.decode}
DECLARED = re.compile(r"/(things|objects)(/[0-9]+(/(paint|photo))?)?/?|/notes(/[^/]+)?/?")
OWN = re.compile(r"/things(/[0-9]+(/(paint|photo))?)?/?|/notes(/[^/]+)?/?")


def is_ours(headers: list[tuple[str, str]]) -> bool:
    """Whether a reply has gone through our hands."""
    return "x-api-version" in [name.lower() for name, _ in headers]


def check(status: int, headers: list[tuple[str, str]], body: bytes, method: str) -> None:
    """What holds of every reply on a declared route, and of every refusal."""
    names = [name.lower() for name, _ in headers]
    assert (names.count("x-api-version"), names.count("vary")) == (1, 1)
    found = {name.lower(): value for name, value in headers}
    assert found["vary"] == "*" or {"accept", "x-api-version"} <= set(found["vary"].lower().split(", "))
    assert found["x-api-version"] in ("1", "2", "3")
    assert not {"\r", "\n"} & set("".join(name + value for name, value in headers))
    if method == "HEAD" or status in (204, 304):
        assert body == b""
    elif status >= 400:
        error = READ[found["content-type"].rpartition("/")[2]](body)
        assert (error.get("error") or error)["status"] == status


@pytest.mark.no_cover
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(methods, paths, st.fixed_dictionaries({}, optional=HEADERS), bodies, st.booleans())
def test_ROB_4_1_any_request_has_a_documented_status(
    method: str, path: str, headers: dict[str, Any], body: bytes, fits: bool
) -> None:
    if fits:
        headers = headers | {"CONTENT_LENGTH": str(len(body))}
    environ = environ_of(method, path, body) | headers
    app = Script(Said(body=b"elsewhere", type="text/plain"))
    store = Store({1: {"label": "chair", "colour": "red"}})

    def careful(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] in ("/things", "/things/1", "/things/7"):
            return store(environ, start_response)
        environ["CONTENT_LENGTH"] = ""  # What is not translated may have any length.
        return app(environ, start_response)

    status, said, sent = ask(Translayer(careful, API), environ)
    assert status in DOCUMENTED
    assert status != 500, sent
    if is_ours(said):
        check(status, said, sent, method)
    else:  # It has gone to the app as it was, and so must have been none of ours.
        assert not store.asked
        moved = app.last.script != environ["SCRIPT_NAME"]
        assert not (DECLARED if moved else OWN).fullmatch(app.last.path)


statuses = st.sampled_from(
    ("200 OK", "201 Created", "204 No Content", "205 x", "206 x", "302 x", "304 x", "404 x", "422 x", "500 x", "599 x")
)
app_names = ("ETag", "Location", "Link", "Vary", "Content-Encoding", "Content-Length", "X-Api-Version", "X")
app_values = ('"a"', "/things/5", "<a>;rel=b, <", "*", "gzip", "http://[", "\r\nX: y")
app_headers = st.lists(st.tuples(st.sampled_from(app_names), st.sampled_from(app_values) | rubbish), max_size=4)
kinds = st.sampled_from((JSON, "application/problem+json", "text/html", "", "x")) | rubbish
REQUESTS = (("GET", ""), ("HEAD", ""), ("GET", "/1"), ("PUT", "/1"), ("PATCH", "/1"), ("DELETE", "/1"), ("POST", ""))


@pytest.mark.no_cover
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(REQUESTS), statuses, app_headers, kinds, bodies)
def test_ROB_4_1_whatever_the_app_replies(
    asked: tuple[str, str], status: str, headers: list[tuple[str, str]], kind: str, body: bytes
) -> None:
    method, item = asked
    environ = environ_of(method, f"/api/v1/objects{item}", b'{"name": "x"}')
    environ["CONTENT_TYPE"] = MERGE_PATCH if method == "PATCH" else JSON
    found, said, sent = ask(Translayer(Script(Said(status, body, kind, headers)), API), environ)
    assert found in (int(status[:3]), 409, 412, 422, 500)
    check(found, said, sent, method)


@pytest.mark.parametrize("length", (0, 1, 8192, 100_000))
@pytest.mark.parametrize("name", [name for name in HEADERS if name.startswith("HTTP_")])
def test_ROB_4_1_headers_of_any_length(name: str, length: int) -> None:
    environ = environ_of("PATCH", "/api/objects/1", b"{}") | {"CONTENT_TYPE": MERGE_PATCH, name: "," * length}
    assert ask(Translayer(Store({1: {"label": "chair"}}), API), environ)[0] in DOCUMENTED
