"""The WSGI boundary: the only module that knows ``environ`` and ``start_response`` (PEP 3333).

It drives one exchange per request: reads the client's body when asked, calls the wrapped app, and sends what comes
out. What is relayed goes straight through: the app's ``start_response`` is answered with the server's own
``write``, its iterable is returned as it is, file wrappers and all, and not one byte is held.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import chain
from time import sleep
from typing import TYPE_CHECKING

from werkzeug.datastructures import EnvironHeaders, Headers
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import get_content_length, get_input_stream

from .contract.api import Api
from .engine.events import Call, Event, Exchange, Pause, ReadBody, Untouched
from .engine.exchange import Engine
from .engine.problem import phrase
from .errors import RequestError
from .http.message import Head, Reply, Request

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("translayer")

VERSION_KEY = "translayer.version"
"""Where the wrapped app finds, in its ``environ``, the version that the client speaks."""

_BROKEN_OFF = "The body could not be read to its end."


class Translayer:
    """A WSGI app that serves every version of ``api`` from ``app``, which knows only today's.

    ``debug`` lets exceptions of the app, and of the author's functions, through instead of answering 500, for a
    debugger to show.

    >>> from examples.bookings.api import api
    >>> wrapped = Translayer(lambda environ, start_response: [], api)
    """

    def __init__(self, app: WSGIApplication, api: Api, *, debug: bool = False) -> None:
        self.app = app
        self.debug = debug
        self._engine = Engine(api, debug=debug)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serves one request (PEP 3333)."""
        conversation = _Conversation(self.app, environ, start_response, debug=self.debug)
        return conversation.drive(self._engine.exchange(_request(environ)))


def _request(environ: WSGIEnvironment) -> Request:
    return Request(
        method=environ["REQUEST_METHOD"],
        origin=_origin(environ),
        mount=_text(environ.get("SCRIPT_NAME", "")),
        path=_text(environ.get("PATH_INFO", "")),
        query=environ.get("QUERY_STRING", ""),
        headers=_Headers(environ),
    )


class _Headers(EnvironHeaders):
    """The client's headers, looked up one by one: what else stands in ``environ``, even bytes, is not looked at."""

    def getlist(self, key: str) -> list[str]:  # type: ignore[override]  # without the conversions, which nobody asks for
        """The values of a header: one at most, for a server joins those that come twice."""
        value = self.get(key)
        return [] if value is None else [value]


def _origin(environ: WSGIEnvironment) -> str:
    """Where the client thinks it is. ``Host`` may be rubbish: then no link is at it, and nothing is rewritten."""
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}"


def _text(native: str) -> str:
    """A path as text: WSGI has its bytes as Latin-1 (PEP 3333, Unicode issues).

    Bytes that are not UTF-8 become U+FFFD, as in most frameworks. The result is for looking things up: what is
    untouched keeps its bytes.
    """
    return native.encode("latin-1", "replace").decode("utf-8", "replace")


def _native(text: str) -> str:
    return text.encode("utf-8").decode("latin-1")


class _Conversation:
    """One request: the client and its server on one side, the app on the other."""

    def __init__(
        self, app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse, *, debug: bool
    ) -> None:
        self._app = app
        self._environ = environ
        self._start_response = start_response
        self._debug = debug
        self._answer: _Answer | None = None

    def drive(self, exchange: Exchange) -> Iterable[bytes]:
        """Runs the exchange to its end, and sends its outcome."""
        try:
            event = next(exchange)
            while True:
                if isinstance(event, ReadBody):
                    event = self._read_body(exchange, event.limit)
                elif isinstance(event, Pause):
                    sleep(event.seconds)
                    event = exchange.send(None)
                else:
                    answer = self._call(event)
                    if answer.relaying:
                        exchange.close()
                        return answer.relayed()
                    event = exchange.send(answer.reply())
        except StopIteration as stop:
            outcome = stop.value
        return self._send(outcome)

    def _read_body(self, exchange: Exchange, limit: int) -> Event:
        """The exchange's next event, after it was sent the client's body, or the failure to get it."""
        try:
            body = _read_body(self._environ, limit)
        except RequestError as error:
            return exchange.throw(error)
        return exchange.send(body)

    def _send(self, outcome: Reply | Untouched) -> Iterable[bytes]:
        if isinstance(outcome, Untouched):
            return self._app(self._moved(outcome.mount), self._start_response)
        status = f"{outcome.status} {outcome.reason or phrase(outcome.status)}"
        # A server that was told of another reply already takes this one only with the reason, and refuses it by
        # raising that where the first bytes are out.
        exc_info = self._answer.exc_info if self._answer is not None and self._answer.told else None
        self._start_response(status, outcome.headers.to_wsgi_list(), *([exc_info] if exc_info else []))
        return [outcome.body] if outcome.body and self._environ["REQUEST_METHOD"] != "HEAD" else []

    def _moved(self, mount: str) -> WSGIEnvironment:
        """The client's environ with ``mount`` moved from the path to the script's name, byte for byte."""
        if not mount:
            return self._environ
        front = _native(mount)
        script = self._environ.get("SCRIPT_NAME", "") + front
        return {**self._environ, "SCRIPT_NAME": script, "PATH_INFO": self._environ["PATH_INFO"][len(front) :]}

    def _call(self, call: Call) -> _Answer:
        """Calls the app; what it raises is a 500 of its own, unless a debugger is to see it."""
        self._answer = answer = _Answer(call, self._environ["REQUEST_METHOD"] == "HEAD", self._start_response)
        try:
            answer.take(lambda start: self._app(_inner_environ(self._environ, call), start))
        except Exception:
            if self._debug:
                raise
            log.exception("the app failed at %s %r", call.method, call.path)
            answer.fail()
        return answer


class _Answer:
    """The app's reply to one call: relayed as it comes, or held whole.

    ``told`` says whether the server has been given a head; ``exc_info`` is the reason why it may be given another.
    """

    def __init__(self, call: Call, bodiless: bool, start_response: StartResponse) -> None:
        self._relay = call.relay
        self._bodiless = bodiless
        self._start_response = start_response
        self._iterable: Iterable[bytes] = ()
        self._rest: Iterator[bytes] | None = None
        self._held: list[bytes] = []
        self._body = b""
        self._head: Head | None = None
        self._handed_over = False
        self.relaying = False
        self.told = False
        self.exc_info: OptExcInfo | None = None

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        """The ``start_response`` that the app is given; with ``exc_info`` it may be called again."""
        if self._head is not None and exc_info is None:
            raise AssertionError("start_response was called a second time without exc_info")
        self._head, self.exc_info = _head(status, headers), exc_info
        if self._relay is not None and (self._handed_over or self._relay.admits(self._head)):
            return self._tell_server(status, self._relay.dress(self._head), exc_info)
        self.relaying = False
        self._held.clear()
        return self._held.append

    def _tell_server(self, status: str, headers: Headers, exc_info: OptExcInfo | None) -> Callable[[bytes], object]:
        self.relaying = self.told = True
        write = self._start_response(status, headers.to_wsgi_list(), *([exc_info] if exc_info else []))
        return _ignore if self._bodiless else write

    def take(self, call: Callable[[StartResponse], Iterable[bytes] | None]) -> None:
        """Calls the app, and pulls its iterable: not at all where it is relayed already, else as far as must be."""
        try:
            iterable = call(self.start)
            if iterable is None:
                raise AssertionError("the app returned no iterable")
            self._iterable = iterable
            if not self.relaying:
                self._pull()
                self._body = b"".join(self._held)
        except BaseException:
            self.close()
            raise
        if not self.relaying:
            self.close()

    def _pull(self) -> None:
        """Every chunk of a reply that is held. An app may start its reply only now, as generators do, or start it
        again; where that one is relayed, the rest of the chunks is left to the server.
        """
        chunks = iter(self._iterable)
        for chunk in chunks:
            if self.relaying:
                self._rest = chain([chunk], chunks)
                return
            if self._head is None:
                break
            self._held.append(chunk)
        if self._head is None:
            raise AssertionError("the app replied without calling start_response")
        self._rest = iter(())

    def reply(self) -> Reply:
        """The reply that was held."""
        assert self._head is not None  # take or fail has seen to it
        return Reply(self._head.status, self._head.reason, self._head.headers, self._body)

    def relayed(self) -> Iterable[bytes]:
        """What the server gets: the app's own iterable, unless it had to be pulled already."""
        self._handed_over = True
        if self._bodiless:
            self.close()
            return []
        return self._iterable if self._rest is None else _Relayed(self._rest, self.close)

    def fail(self) -> None:
        """A reply of the app that never came: 500, without a body."""
        self._head, self.exc_info = Head(500, phrase(500), Headers()), sys.exc_info()
        self.relaying, self._body = False, b""

    def close(self) -> None:
        """Closes the app's iterable, once."""
        iterable, self._iterable = self._iterable, ()
        close = getattr(iterable, "close", None)
        if close is not None:
            close()


class _Relayed:
    """An iterable of the app that has been pulled once: the same chunks, and the same ``close``."""

    def __init__(self, chunks: Iterator[bytes], close: Callable[[], None]) -> None:
        self._chunks = chunks
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks


def _ignore(chunk: bytes) -> None:
    """The ``write`` of a reply to HEAD."""


def _head(status: str, headers: list[tuple[str, str]]) -> Head:
    code, _, reason = status.partition(" ")
    return Head(int(code), reason, Headers(headers))


def _inner_environ(environ: WSGIEnvironment, call: Call) -> WSGIEnvironment:
    """The environ of a call: the client's, with what the call says otherwise."""
    inner = {
        **environ,
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": _native(call.mount),
        "PATH_INFO": _native(call.path),
        "QUERY_STRING": call.query,
        VERSION_KEY: call.version,
    }
    for name, value in call.headers.items():
        _set_header(inner, name, value)
    if call.body is not None:
        inner["wsgi.input"] = BytesIO(call.body)
        inner["wsgi.input_terminated"] = True
        inner["CONTENT_LENGTH"] = str(len(call.body))
    return inner


def _set_header(environ: WSGIEnvironment, name: str, value: str | None) -> None:
    key = name.upper().replace("-", "_")
    key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
    if value is None:
        environ.pop(key, None)
    else:
        environ[key] = value


def _read_body(environ: WSGIEnvironment, limit: int) -> bytes:
    """The client's body; raises ``RequestError`` where it is too large or breaks off.

    One byte more than the limit is asked for: werkzeug stops at its own limit without a word where the server ends
    the stream, and a body cut short there could be JSON.
    """
    try:
        body = get_input_stream(environ, max_content_length=limit + 1).read()
    except RequestEntityTooLarge as error:
        raise _too_large(limit) from error
    except (HTTPException, OSError, ValueError) as error:
        raise RequestError("MALFORMED_JSON", _BROKEN_OFF) from error
    if len(body) > limit:
        raise _too_large(limit)
    if len(body) < (get_content_length(environ) or 0):
        raise RequestError("MALFORMED_JSON", _BROKEN_OFF)
    return body


def _too_large(limit: int) -> RequestError:
    return RequestError("BODY_TOO_LARGE", f"The body has more than {limit} bytes.")
