"""The boundary: apps of every manner on one side, servers on the other, and bodies on their way in."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.handlers import SimpleHandler
from wsgiref.util import FileWrapper, setup_testing_defaults

import pytest
from things import JSON, JSON_PATCH, MERGE_PATCH, Said, Script, Store, make_api

from translayer import Limits, Translayer
from translayer.wsgi import VERSION_KEY

API = make_api()
CHAIR = b'{"id": 1, "label": "chair", "secret": "s"}'
V1 = {"id": 1, "name": "chair"}
TRANSLATED, RELAYED, UNTOUCHED = "/api/v1/objects/1", "/api/v1/objects/1/photo", "/api/v1/status"


class Watched:
    """An iterable of an app: what became of it, and what it does at the end."""

    def __init__(self, *chunks: bytes, raises: BaseException | None = None) -> None:
        self.chunks, self.raises = chunks, raises
        self.pulled = self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.pulled += 1
            yield chunk
        if self.raises is not None:
            raise self.raises

    def close(self) -> None:
        self.closed += 1


def replying(iterable: Any, kind: str = JSON, status: str = "200 OK") -> Any:
    """An app that returns the iterable."""

    def app(environ: Any, start_response: Any) -> Any:
        start_response(status, [("Content-Type", kind)])
        return iterable

    return app


def environ_of(path: str, method: str = "GET", body: bytes = b"", **more: Any) -> dict[str, Any]:
    """The environ of a request, as a server makes it."""
    environ: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": method, "QUERY_STRING": "", **more}
    if body:
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    setup_testing_defaults(environ)
    return environ


EITHER_WAY = pytest.mark.parametrize("condition", ({}, {"HTTP_IF_NONE_MATCH": '"another"'}), ids=("straight", "not"))
"""A GET without conditions goes straight, one with a condition takes an exchange: both have the same manners."""


def run(app: Any, environ: dict[str, Any]) -> bytes:
    """What the standard library's server sends for one request."""
    sent, errors = io.BytesIO(), io.StringIO()
    handler = SimpleHandler(environ["wsgi.input"], sent, errors, environ)
    handler.run(app)
    return sent.getvalue()


def test_OPS_1_1_any_wsgi_callable_is_wrapped(serve: Any) -> None:
    class Object:
        def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
            start_response("200 OK", [("Content-Type", JSON)])
            return [CHAIR]

        def method(self, environ: Any, start_response: Any) -> Any:
            return self(environ, start_response)

    class Returned:
        """The class is the app, its instance the iterable (PEP 3333)."""

        def __init__(self, environ: Any, start_response: Any) -> None:
            self.start = start_response

        def __iter__(self) -> Iterator[bytes]:
            self.start("200 OK", [("Content-Type", JSON)])
            yield CHAIR

    for app in (replying([CHAIR]), Object(), Object().method, Returned):
        assert serve(app, API).get(TRANSLATED).json == V1


def test_OPS_1_1_the_app_finds_the_client_s_version_in_its_environ(serve: Any) -> None:
    seen = []

    def app(environ: Any, start_response: Any) -> Any:
        seen.append(environ.get(VERSION_KEY))
        return replying([CHAIR])(environ, start_response)

    client = serve(app, API)
    for path in ("/api/v2/objects/1", "/api/latest/things/1", "/api/objects/1", UNTOUCHED):
        client.get(path)
    assert seen == ["2", "3", "1", None]


@EITHER_WAY
def test_OPS_1_1_the_app_is_asked_at_today_s_path_below_where_the_layer_is_mounted(condition: dict[str, str]) -> None:
    app, mount = Script(Said(body=CHAIR)), "/sh\u00c3\u00b6p"  # its bytes, as WSGI has them
    asking = {"HTTP_ACCEPT": "application/vnd.acme.v1+json", "HTTP_ACCEPT_ENCODING": "gzip", "HTTP_RANGE": "bytes=0-1"}
    environ = environ_of(TRANSLATED, SCRIPT_NAME=mount, **asking, **condition) | {"QUERY_STRING": "a=%20b"}
    assert run(Translayer(app, API), environ).startswith(b"HTTP/1.0 200 ")
    (asked,) = app.asked
    assert (asked.method, asked.script, asked.path, asked.query) == ("GET", f"{mount}/api/v1", "/things/1", "a=%20b")
    assert {"HTTP_ACCEPT_ENCODING", "HTTP_RANGE"}.isdisjoint(asked.headers)
    assert (asked.headers["HTTP_ACCEPT"], asked.headers[VERSION_KEY]) == (JSON, "1")


def late(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", environ["HTTP_X_KIND"])])
    yield CHAIR[:5]
    yield CHAIR[5:]


def late_with_empty_chunks(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", environ["HTTP_X_KIND"])])
    yield b""
    yield CHAIR
    yield b""


def writing(environ: Any, start_response: Any) -> Any:
    write = start_response("200 OK", [("Content-Type", environ["HTTP_X_KIND"])])
    write(CHAIR[:5])
    write(CHAIR[5:])
    return []


def writing_and_returning(environ: Any, start_response: Any) -> Any:
    write = start_response("200 OK", [("Content-Type", environ["HTTP_X_KIND"])])
    write(CHAIR[:5])
    return [CHAIR[5:]]


def writing_late(environ: Any, start_response: Any) -> Any:
    write = start_response("200 OK", [("Content-Type", environ["HTTP_X_KIND"])])
    write(CHAIR[:5])
    yield CHAIR[5:9]
    yield CHAIR[9:]


def starting_twice(environ: Any, start_response: Any) -> Any:
    start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
    try:
        raise KeyError("secret")
    except KeyError as error:
        start_response("200 OK", [("Content-Type", environ["HTTP_X_KIND"])], (KeyError, error, None))
    return [CHAIR]


def starting_twice_late(environ: Any, start_response: Any) -> Any:
    yield from starting_twice(environ, start_response)


MANNERS = (late, late_with_empty_chunks, writing, writing_and_returning, writing_late)


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("kind", (JSON, "text/plain"))
def test_ROB_1_1_apps_of_every_manner_are_understood(serve: Any, manner: Any, kind: str) -> None:
    reply = serve(manner, API).get(TRANSLATED, headers={"X-Kind": kind})
    assert (reply.status_code, reply.headers["X-Api-Version"]) == (200, "1")
    assert reply.data == (CHAIR if kind == "text/plain" else b'{"id":1,"name":"chair"}')


@pytest.mark.parametrize("manner", (starting_twice, starting_twice_late))
def test_ROB_1_1_a_reply_that_is_held_may_be_started_twice(serve: Any, manner: Any) -> None:
    reply = serve(manner, API).get(TRANSLATED, headers={"X-Kind": JSON})
    assert (reply.status_code, reply.json) == (200, V1)


@pytest.mark.usefixtures("lint_is_wrong_about_head")
@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("kind", (JSON, "text/plain"))
def test_ROB_1_1_also_for_head(serve: Any, manner: Any, kind: str) -> None:
    reply = serve(manner, API).head(TRANSLATED, headers={"X-Kind": kind})
    assert (reply.status_code, reply.data, reply.headers["X-Api-Version"]) == (200, b"", "1")


def again(environ: Any, start_response: Any, *, first: str, second: str, chunk: bytes | None = None) -> Any:
    """Starts a reply, fails, and starts another, as error handlers do."""
    start_response(f"200 {first}", [("Content-Type", first)])
    if chunk is not None:
        yield chunk
    try:
        raise KeyError("secret")
    except KeyError as error:
        start_response(f"503 {second}", [("Content-Type", second)], (KeyError, error, error.__traceback__))
    yield b"sorry"


@EITHER_WAY
@pytest.mark.parametrize(
    ("first", "second", "chunk", "status", "body"),
    (
        # Before the first byte: whatever was said first is forgotten.
        (JSON, JSON, None, "503 Service Unavailable", "SERVICE_UNAVAILABLE"),
        ("text/plain", JSON, None, "503 Service Unavailable", "SERVICE_UNAVAILABLE"),
        ("text/plain", "text/plain", None, "503 Service Unavailable", "SERVICE_UNAVAILABLE"),
        (JSON, JSON, b'{"id"', "503 Service Unavailable", "SERVICE_UNAVAILABLE"),
    ),
)
def test_ROB_1_1_an_app_may_start_again_before_anything_is_sent(
    first: str, second: str, chunk: bytes | None, status: str, body: str, condition: dict[str, str]
) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        return again(environ, start_response, first=first, second=second, chunk=chunk)

    reply = run(Translayer(app, API), environ_of(TRANSLATED, **condition)).decode()
    assert reply.startswith(f"HTTP/1.0 {status}\r\n")
    assert body in reply
    assert "X-Api-Version: 1\r\nVary: Accept, X-Api-Version\r\n" in reply
    assert "200" not in reply
    assert "secret" not in reply


@EITHER_WAY
@pytest.mark.parametrize("kind", (JSON, "text/plain"))
def test_ROB_1_1_an_app_that_starts_again_after_its_reply_was_handed_on_speaks_for_itself(
    kind: str, condition: dict[str, str]
) -> None:
    heads: list[Any] = []
    app = Translayer(lambda *call: again(*call, first="text/plain", second=kind, chunk=b""), API)
    reply: Any = app(environ_of(TRANSLATED, **condition), lambda *start: heads.append(start))
    assert list(reply) == [b"", b"sorry"]
    reply.close()
    assert [head[0] for head in heads] == ["200 text/plain", f"503 {kind}"]
    ours = [("X-Api-Version", "1"), ("Vary", "Accept, X-Api-Version")]
    assert heads[1][1] == [("Content-Type", kind), *ours]
    assert heads[1][2][0] is KeyError


def test_an_accept_that_is_no_text_gets_a_reply_all_the_same() -> None:
    environ = environ_of(TRANSLATED) | {"HTTP_ACCEPT": b"x"}
    assert b"INTERNAL_ERROR" in run(Translayer(Script(Said(body=CHAIR)), API), environ)


@EITHER_WAY
@pytest.mark.parametrize("chunk", (None, b'{"id"'))
def test_ROB_1_1_an_app_may_start_a_reply_that_is_relayed_while_another_is_held(
    chunk: bytes | None, condition: dict[str, str]
) -> None:
    app = Translayer(lambda *call: starting_over(*call, chunk=chunk), API)
    reply = run(app, environ_of(TRANSLATED, **condition))
    assert reply.startswith(b"HTTP/1.0 200 OK\r\n")
    assert reply.endswith(b"\r\n\r\nplain text")


def starting_over(environ: Any, start_response: Any, *, chunk: bytes | None) -> Any:
    start_response("200 OK", [("Content-Type", JSON)])
    if chunk is not None:
        yield chunk
    start_response("200 OK", [("Content-Type", "text/plain")], (KeyError, KeyError("x"), None))
    yield b"plain "
    yield b"text"


@EITHER_WAY
def test_ROB_1_1_once_something_is_sent_the_server_is_told_why_it_must_break_off(condition: dict[str, str]) -> None:
    app = Translayer(lambda *call: again(*call, first="text/plain", second=JSON, chunk=b"the beginning"), API)
    reply = run(app, environ_of(TRANSLATED, **condition))
    assert reply.startswith(b"HTTP/1.0 200 text/plain\r\n")
    assert reply.endswith(b"the beginning")

    def writing(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])(b"the beginning")
        raise KeyError("secret")

    reply = run(Translayer(writing, API), environ_of(TRANSLATED, **condition))
    assert reply.endswith(b"the beginning")


@EITHER_WAY
def test_ROB_1_1_an_app_that_fails_before_anything_is_sent_is_a_500_whatever_it_has_said(
    condition: dict[str, str],
) -> None:
    closed = Watched(raises=KeyError("secret"))

    def failing(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/html")])
        raise KeyError("secret")

    def failing_later(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/html")])
        yield from closed

    for app in (failing, failing_later):
        reply = run(Translayer(app, API), environ_of(TRANSLATED, **condition)).decode()
        assert reply.startswith("HTTP/1.0 500 Internal Server Error\r\n")
        assert '"error":"INTERNAL_ERROR"' in reply
        assert "secret" not in reply


def starting_again(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", JSON)])
    start_response("200 OK", [("Content-Type", JSON)])
    return [CHAIR]


def never_starting(environ: Any, start_response: Any) -> Any:
    return [CHAIR]


def never_starting_nor_saying(environ: Any, start_response: Any) -> Any:
    return iter(())


def writing_text(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", JSON)])("{}")
    return []


RULES_BROKEN = (
    starting_again,
    never_starting,
    never_starting_nor_saying,
    replying(None),
    replying(["{}"]),
    writing_text,
)


@EITHER_WAY
@pytest.mark.parametrize("app", RULES_BROKEN)
def test_ROB_1_1_an_app_that_breaks_the_rules_is_a_500(app: Any, condition: dict[str, str]) -> None:
    reply = run(Translayer(app, API), environ_of(TRANSLATED, **condition)).decode()
    assert reply.startswith("HTTP/1.0 500 Internal Server Error\r\n")
    assert '"error":"INTERNAL_ERROR"' in reply


@EITHER_WAY
@pytest.mark.parametrize("value", ("a\nb", "a\rb"))
def test_ROB_1_1_a_header_of_several_lines_is_a_500(value: str, condition: dict[str, str]) -> None:
    app = Script(Said(body=CHAIR, headers=[("X-One", value)]))
    assert run(Translayer(app, API), environ_of(TRANSLATED, **condition)).startswith(b"HTTP/1.0 500 ")


@EITHER_WAY
@pytest.mark.parametrize(("kinds", "is_relayed"), (([JSON, "text/plain"], False), (["text/plain", JSON], True)))
def test_ROB_1_1_of_two_types_the_first_counts(kinds: list[str], is_relayed: bool, condition: dict[str, str]) -> None:
    first, second = kinds
    app = Script(Said(body=CHAIR, type=first, headers=[("Content-Type", second)]))
    reply = run(Translayer(app, API), environ_of(TRANSLATED, **condition))
    assert (reply.startswith(b"HTTP/1.0 200 OK\r\n"), reply.endswith(CHAIR)) == (True, is_relayed)


@EITHER_WAY
def test_ROB_1_1_an_app_that_starts_thrice(serve: Any, condition: dict[str, str]) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        reason = (KeyError, KeyError("x"), None)
        start_response("200 OK", [("Content-Type", "text/html")])
        start_response("200 OK", [("Content-Type", JSON)], reason)
        start_response("200 OK", [("Content-Type", "text/plain")], reason)
        return [b"at last"]

    reply = run(Translayer(app, API), environ_of(TRANSLATED, **condition))
    assert reply.startswith(b"HTTP/1.0 200 OK\r\n")
    assert b"Content-Type: text/plain\r\n" in reply
    assert reply.endswith(b"at last")


@pytest.mark.parametrize(
    ("path", "kind", "left"),
    (
        (TRANSLATED, JSON, False),
        (TRANSLATED, "text/html", True),
        (RELAYED, JSON, True),
        (UNTOUCHED, JSON, True),
    ),
)
@pytest.mark.parametrize("chunks", (None, 0, 1))
def test_ROB_1_1_close_is_called_once_also_when_the_client_leaves(
    path: str, kind: str, left: bool, chunks: int | None
) -> None:
    iterable = Watched(CHAIR[:5], CHAIR[5:])
    reply: Any = Translayer(replying(iterable, kind), API)(environ_of(path), lambda *start: lambda chunk: None)
    assert iterable.closed == (0 if left else 1)
    pulled = iter(reply)
    for _ in range(9 if chunks is None else chunks):
        next(pulled, None)
    if left:
        assert iterable.pulled == (2 if chunks is None else chunks)
        reply.close()
    assert iterable.closed == 1


@EITHER_WAY
@pytest.mark.parametrize("error", (KeyError("secret"), GeneratorExit(), KeyboardInterrupt()))
@pytest.mark.parametrize("debug", (False, True))
@pytest.mark.parametrize("chunks", (0, 1))
@pytest.mark.parametrize("started", ("early", "late"))
def test_ROB_1_1_close_is_called_once_also_on_errors(
    error: BaseException, debug: bool, chunks: int, started: str, condition: dict[str, str]
) -> None:
    iterable = Watched(*[b"{"] * chunks, raises=error)

    class Late(Watched):
        def __iter__(self) -> Iterator[bytes]:
            self.start("200 OK", [("Content-Type", JSON)])
            return super().__iter__()

    if started == "late":
        iterable = Late(*[b"{"] * chunks, raises=error)

    def app(environ: Any, start_response: Any) -> Any:
        if started == "late":
            iterable.start = start_response
            return iterable
        return replying(iterable)(environ, start_response)

    heads: list[str] = []
    call = (environ_of(TRANSLATED, **condition), lambda status, headers, exc_info=None: heads.append(status))
    if debug or not isinstance(error, Exception):
        with pytest.raises(type(error)):
            Translayer(app, API, debug=debug)(*call)
    else:
        Translayer(app, API, debug=debug)(*call)
        assert heads == ["500 Internal Server Error"]
    assert iterable.closed == 1


def test_ROB_1_1_a_close_that_fails_is_a_failure_of_the_app() -> None:
    class Stubborn(Watched):
        def close(self) -> None:
            super().close()
            raise KeyError("secret")

    iterable = Stubborn(CHAIR)
    reply = run(Translayer(replying(iterable), API), environ_of(TRANSLATED))
    assert (reply.startswith(b"HTTP/1.0 500 "), iterable.closed) == (True, 1)
    iterable = Stubborn()
    reply = run(Translayer(lambda environ, start_response: iterable, API), environ_of(TRANSLATED))
    assert (reply.startswith(b"HTTP/1.0 500 "), iterable.closed) == (True, 1)


@EITHER_WAY
def test_ROB_1_1_an_iterable_of_texts_is_closed_once(condition: dict[str, str]) -> None:
    iterable: Any = Watched(*["{}"])  # type: ignore[arg-type]
    reply = run(Translayer(replying(iterable), API), environ_of(TRANSLATED, **condition))
    assert (reply.startswith(b"HTTP/1.0 500 "), iterable.closed) == (True, 1)


def test_ROB_1_1_writes_that_call_the_app_often_close_every_iterable() -> None:
    store, made = Store({1: {"label": "chair"}}), []
    store.before_put = lambda store: store.write(1, {"label": "chair"})

    def app(environ: Any, start_response: Any) -> Any:
        made.append(Watched(*store(environ, start_response)))
        return made[-1]

    body = b'{"name": "x"}'
    reply = run(Translayer(app, API), environ_of(TRANSLATED, "PATCH", body, CONTENT_TYPE=MERGE_PATCH))
    assert reply.startswith(b"HTTP/1.0 409 ")
    assert [iterable.closed for iterable in made] == [1] * 10
    made.clear()
    store.things.clear()
    run(Translayer(app, API), environ_of(TRANSLATED, "PUT", body, CONTENT_TYPE=JSON))
    run(Translayer(app, API), environ_of("/api/v1/objects/8", "PATCH", body, CONTENT_TYPE=MERGE_PATCH))
    assert [iterable.closed for iterable in made] == [1] * len(made)


@pytest.mark.parametrize("path", (RELAYED, UNTOUCHED, "/elsewhere"))
def test_RTE_7_1_the_very_iterable_of_the_app_is_handed_on(path: str) -> None:
    for iterable in (Watched(b"a", b"", b"b"), [b"x"], (b"y",), FileWrapper(io.BytesIO(b"z"))):
        reply = Translayer(replying(iterable, "image/png"), API)(environ_of(path), lambda *start: lambda chunk: None)
        assert reply is iterable


def test_RTE_7_1_nothing_is_pulled_before_the_server_asks() -> None:
    for path, pulled in ((UNTOUCHED, 0), (RELAYED, 1)):
        seen = []

        def app(environ: Any, start_response: Any, seen: list[int] = seen) -> Any:
            seen.append(0)
            start_response("200 OK", [("Content-Type", "text/event-stream")])
            for number in range(1, 4):
                seen.append(number)
                yield b"data: %d\n\n" % number

        reply = Translayer(app, API)(environ_of(path), lambda *start: lambda chunk: None)
        assert seen == list(range(pulled + 1)) * pulled
        chunks = iter(reply)
        for number in range(1, 4):
            assert next(chunks) == b"data: %d\n\n" % number
            assert seen[-1] == number
        reply.close()  # type: ignore[attr-defined]


def test_RTE_7_1_the_server_s_own_write_and_file_wrapper() -> None:
    written: list[bytes] = []

    def app(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        assert write == written.append
        write(b"a")
        return environ["wsgi.file_wrapper"](io.BytesIO(b"b"))

    class Wrapper(FileWrapper):
        """A server's."""

    for path in (RELAYED, UNTOUCHED, TRANSLATED):
        environ = environ_of(path)
        environ["wsgi.file_wrapper"] = Wrapper
        reply = Translayer(app, API)(environ, lambda *start: written.append)
        assert (type(reply), written.pop(), written) == (Wrapper, b"a", [])


def test_RTE_7_1_exc_info_is_handed_on() -> None:
    reason = (KeyError, KeyError("x"), None)

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])
        start_response("201 Created", [("Content-Type", "text/plain")], reason)
        return [b""]

    for path in (RELAYED, UNTOUCHED, TRANSLATED):
        heads: list[Any] = []
        Translayer(app, API)(environ_of(path), lambda *start, heads=heads: heads.append(start))
        assert [(head[0], *head[2:]) for head in heads] == [("200 OK",), ("201 Created", reason)]


@pytest.mark.parametrize("path", (RELAYED, UNTOUCHED))
def test_RTE_7_1_exceptions_while_the_server_reads_are_the_server_s(path: str) -> None:
    iterable = Watched(b"a", raises=KeyError("x"))
    reply: Any = Translayer(replying(iterable, "text/plain"), API)(environ_of(path), lambda *start: None)
    with pytest.raises(KeyError):
        list(reply)
    reply.close()
    assert iterable.closed == 1


def test_RTE_7_1_untouched_means_the_very_environ() -> None:
    seen = []

    def app(environ: Any, start_response: Any) -> Any:
        seen.append(environ)
        return []

    environ = environ_of("/elsewhere")
    Translayer(app, API)(environ, lambda *start: None)
    assert seen[0] is environ
    environ = environ_of(UNTOUCHED)
    Translayer(app, API)(environ, lambda *start: None)
    assert seen[1] == {**environ, "SCRIPT_NAME": "/api/v1", "PATH_INFO": "/status"}


FAULTS: tuple[tuple[str, Callable[[Any, Any], Any]], ...] = (
    ("a type on 204", replying([], status="204 No Content")),
    ("no type", lambda environ, start_response: [start_response("200 OK", []), b"x"][1:]),
    ("no headers, no chunks", lambda environ, start_response: start_response("200 OK", []) and []),
    ("Status", lambda environ, start_response: start_response("200 OK", [("Status", "999")]) and [b"x"]),
    ("no reason", lambda environ, start_response: start_response("200", [("Content-Type", JSON)]) and [b"x"]),
    ("text", replying(["x"])),
    ("a string", replying(b"xyz")),
    ("nothing", replying(None)),
    ("a tuple for headers", lambda environ, start_response: start_response("200 OK", (("A", "b"),)) and []),
)


@pytest.mark.parametrize(("name", "app"), FAULTS)
@pytest.mark.parametrize("path", ("/elsewhere", UNTOUCHED, "no-slash", "", "*"))
def test_ROB_1_2_on_untouched_routes_an_app_s_own_faults_pass_as_they_are(name: str, app: Any, path: str) -> None:
    def told(wrapped: Any) -> Any:
        heads: list[Any] = []
        environ = environ_of(path, SCRIPT_NAME="", HTTP_X_BYTES=b"bytes", **{"x.bytes": b"\xff"})
        environ["PATH_INFO"] = path
        reply = wrapped(environ, lambda *start: heads.append(start) or (lambda chunk: None))
        return heads, reply if reply is None else list(reply)

    assert told(Translayer(app, API)) == told(app), name


def test_ROB_1_2_bytes_in_environ_pass(serve: Any) -> None:
    environ = environ_of(TRANSLATED, HTTP_X_BYTES=b"bytes")
    environ[b"key"] = 5  # type: ignore[index]
    app = Script(Said(body={"id": 1, "label": "chair"}))

    def asking(environ: Any, start_response: Any) -> Any:
        assert environ.pop(b"key") == 5
        return app(environ, start_response)

    reply = run(Translayer(asking, API), environ)
    assert reply.endswith(b'{"id":1,"name":"chair"}')


def test_ROB_1_2_a_path_beyond_latin_1_is_the_app_s_affair() -> None:
    seen = []

    def app(environ: Any, start_response: Any) -> Any:
        seen.append(environ["PATH_INFO"])
        return []

    for path in ("/\N{SNOWMAN}", "/api/v1/\N{SNOWMAN}"):
        Translayer(app, API)(environ_of(path), lambda *start: None)
    assert seen == ["/\N{SNOWMAN}", "/\N{SNOWMAN}"]


def test_ROB_1_2_on_declared_routes_faults_are_put_right(serve: Any, bare: Any) -> None:
    with_type = replying([b""], status="204 No Content")
    reply = bare(with_type, API).delete(TRANSLATED)
    assert (reply.status_code, "Content-Type" in reply.headers) == (204, False)

    def with_status(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", JSON), ("Status", "999")])
        return [CHAIR]

    assert "Status" not in bare(with_status, API).get(TRANSLATED).headers
    assert bare(replying([b"no json"], "text/plain"), API).get(TRANSLATED).data == b"no json"
    reply = run(Translayer(replying(None, "text/plain"), API), environ_of(TRANSLATED))
    assert reply.startswith(b"HTTP/1.0 500 ")


SMALL = make_api(limits=Limits(body=100))
POST = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": JSON}


def fitting(size: int) -> bytes:
    """A document of just so many bytes."""
    return b'{"name": "x"}'.ljust(size)


@pytest.mark.parametrize(
    ("size", "framing", "status"),
    (
        (100, {"CONTENT_LENGTH": "100"}, 200),
        (101, {"CONTENT_LENGTH": "101"}, 413),
        (0, {"CONTENT_LENGTH": "99999999999999999999"}, 413),
        (100, {"wsgi.input_terminated": True}, 200),
        (101, {"wsgi.input_terminated": True}, 413),
        (10_000_000, {"wsgi.input_terminated": True}, 413),
        (101, {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}, 413),
        (100, {"wsgi.input_terminated": True, "CONTENT_LENGTH": "100"}, 200),
        (101, {"wsgi.input_terminated": True, "CONTENT_LENGTH": "101"}, 413),
        # Without a length and without an end, a server may wait for ever: nothing is read.
        (100, {"HTTP_TRANSFER_ENCODING": "chunked"}, 400),
        (100, {}, 400),
        (100, {"CONTENT_LENGTH": "rubbish"}, 400),
        (100, {"CONTENT_LENGTH": "-5"}, 400),
        # Broken off
        (50, {"CONTENT_LENGTH": "100"}, 400),
        (50, {"CONTENT_LENGTH": "100", "wsgi.input_terminated": True}, 400),
    ),
)
def test_ROB_2_4_a_body_beyond_the_limit_is_413_however_it_is_framed(
    size: int, framing: dict[str, Any], status: int
) -> None:
    class Input(io.BytesIO):
        """A socket: it must never be asked for all that there is."""

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert size >= 0
            return super().read(size)

    app = Script()
    environ = environ_of("/api/v1/objects", **POST)
    environ |= {"wsgi.input": Input(fitting(size) if size else b""), **framing}
    reply = run(Translayer(app, SMALL), environ)
    code = {413: b"BODY_TOO_LARGE", 400: b"EMPTY_BODY" if size == 100 else b"MALFORMED_JSON", 200: b""}[status]
    assert reply.startswith(b"HTTP/1.0 %d " % status)
    assert code in reply
    assert len(app.asked) == (status == 200)


@pytest.mark.parametrize("error", (OSError("gone"), ValueError("closed")))
@pytest.mark.parametrize("framing", ({"CONTENT_LENGTH": "9"}, {"wsgi.input_terminated": True}))
def test_ROB_2_4_a_client_that_leaves_while_it_sends(error: Exception, framing: dict[str, Any]) -> None:
    class Broken(io.BytesIO):
        def readinto(self, buffer: Any, /) -> int:
            raise error

    environ = environ_of("/api/v1/objects", **POST) | {"wsgi.input": Broken(), **framing}
    assert run(Translayer(Script(), API), environ).startswith(b"HTTP/1.0 400 ")


BAD_BODIES = (
    pytest.param(b"[" * 100_000, "NESTED_TOO_DEEPLY", id="100,000 brackets"),
    pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "NESTED_TOO_DEEPLY", id="100,000 braces"),
    pytest.param(b'{"name": ' + b"9" * 5_000 + b"}", "NUMBER_OUT_OF_RANGE", id="5,000 digits"),
    pytest.param(b'{"name": 1e999}', "NUMBER_OUT_OF_RANGE", id="1e999"),
    pytest.param(b'{"name": "\xff"}', "INVALID_UNICODE", id="no UTF-8"),
    pytest.param('{"name": "x"}'.encode("utf-16"), "INVALID_UNICODE", id="UTF-16"),
    pytest.param(b'{"name": "\\udead"}', "INVALID_UNICODE", id="half a pair"),
    pytest.param(b'{"name": NaN}', "MALFORMED_JSON", id="NaN"),
    pytest.param(b'{"name": -Infinity}', "MALFORMED_JSON", id="Infinity"),
    pytest.param(b'{"name": "x", "name": "y"}', "DUPLICATE_KEY", id="a name twice"),
    pytest.param(b'\xef\xbb\xbf{"name": "x"}', "MALFORMED_JSON", id="byte order mark"),
    pytest.param(b'{"name": "x"} x', "MALFORMED_JSON", id="something behind"),
    pytest.param(b"name=x", "MALFORMED_JSON", id="no JSON"),
    pytest.param(b"", "EMPTY_BODY", id="empty"),
    pytest.param(b" \r\n\t", "EMPTY_BODY", id="blank"),
)


@pytest.mark.parametrize(("body", "code"), BAD_BODIES)
@pytest.mark.parametrize(
    ("method", "path", "kind"),
    (
        ("POST", "/api/v1/objects", JSON),
        ("PUT", "/api/v1/objects/1", JSON),
        ("PATCH", "/api/v1/objects/1", JSON_PATCH),
        ("PATCH", "/api/v1/objects/1", MERGE_PATCH),
    ),
)
def test_ROB_2_5_each_body_that_is_no_json_is_a_4xx_and_nothing_reaches_the_app(
    serve: Any, body: bytes, code: str, method: str, path: str, kind: str
) -> None:
    app = Script()
    reply = serve(app, API).open(path, method=method, data=body, content_type=kind)
    assert (reply.status_code, reply.json["error"]["error"], app.asked) == (400, code, [])
    assert (reply.headers["X-Api-Version"], reply.headers["Vary"]) == ("1", "Accept, X-Api-Version, Prefer")


def test_ROB_2_5_nor_does_a_body_of_another_type(serve: Any) -> None:
    app = Script()
    reply = serve(app, API).post("/api/v1/objects", data=b"{}", content_type="application/xml")
    assert (reply.status_code, reply.json["error"]["error"], app.asked) == (415, "UNSUPPORTED_MEDIA_TYPE", [])


def test_the_deepest_document_that_is_taken_comes_through(serve: Any) -> None:
    deep = json.loads("[" * 62 + "]" * 62)
    app = Script(Said(body={"id": 1, "value": deep}))
    reply = serve(app, API).put("/api/v1/notes/x", json={"value": deep})
    assert (reply.status_code, reply.json, app.last.json) == (200, {"id": 1, "value": deep}, {"value": deep})
