"""The WSGI boundary: the only module that knows ``environ`` and ``start_response`` (PEP 3333).

It drives one exchange per request: reads the client's body when asked, calls the wrapped app, and sends what comes
out. What is relayed goes straight through: the app's ``start_response`` is answered with the server's own
``write``, its iterable is returned as it is, file wrappers and all, and not one byte is held.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import EnvironHeaders, Headers
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import get_host, get_input_stream

from .contract.api import Api
from .engine.events import Call, Exchange, ReadBody, Untouched
from .engine.exchange import Engine
from .engine.problem import phrase
from .errors import ContractViolation, RequestError
from .http.message import Head, Reply, Request

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("translayer")

VERSION_KEY = "translayer.version"
"""Where the wrapped app finds, in its ``environ``, the version that the client speaks."""


class Translayer:
    """A WSGI app that serves every version of ``api`` from ``app``, which knows only today's.

    ``debug`` lets the app's exceptions through instead of answering 500, for a debugger to show.

    >>> from examples.bookings.api import api
    >>> wrapped = Translayer(lambda environ, start_response: [], api)
    """

    def __init__(self, app: WSGIApplication, api: Api, *, debug: bool = False) -> None:
        self.app = app
        self.debug = debug
        self._engine = Engine(api)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serves one request (PEP 3333)."""
        conversation = _Conversation(self.app, environ, start_response, debug=self.debug)
        return conversation.drive(self._engine.exchange(_request(environ)))


def _request(environ: WSGIEnvironment) -> Request:
    return Request(
        method=environ["REQUEST_METHOD"],
        origin=f"{environ.get('wsgi.url_scheme', 'http')}://{get_host(environ)}",
        mount=_text(environ.get("SCRIPT_NAME", "")),
        path=_text(environ.get("PATH_INFO", "")),
        query=environ.get("QUERY_STRING", ""),
        headers=EnvironHeaders(environ),
    )


def _text(native: str) -> str:
    """A path as text: WSGI has its bytes as Latin-1 (PEP 3333, Unicode issues)."""
    return native.encode("latin-1").decode("utf-8", "replace")


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
                    event = self._resumed(exchange, partial(_read_body, self._environ, event.limit))
                elif isinstance(event, Call):
                    relayed = self._call(event)
                    if relayed is not None:
                        exchange.close()
                        return relayed
                    event = exchange.send(self._head())
                else:
                    event = self._resumed(exchange, self._reply_body)
        except StopIteration as stop:
            return self._send(stop.value)

    def _resumed(self, exchange: Exchange, answer: Callable[[], bytes]) -> Any:
        """The exchange's next event, after it was sent an answer, or the failure to get one."""
        try:
            body = answer()
        except (RequestError, ContractViolation) as error:
            return exchange.throw(error)
        return exchange.send(body)

    def _send(self, outcome: Reply | Untouched) -> Iterable[bytes]:
        if isinstance(outcome, Untouched):
            return self._app(self._moved(outcome.mount), self._start_response)
        exc_info = self._answer.exc_info if self._answer else None
        status = f"{outcome.status} {outcome.reason or phrase(outcome.status)}"
        self._start_response(status, outcome.headers.to_wsgi_list(), *([exc_info] if exc_info else []))
        return [outcome.body] if outcome.body and self._environ["REQUEST_METHOD"] != "HEAD" else []

    def _moved(self, mount: str) -> WSGIEnvironment:
        """The client's environ with ``mount`` moved from the path to the script's name, byte for byte."""
        if not mount:
            return self._environ
        front = _native(mount)
        script = self._environ.get("SCRIPT_NAME", "") + front
        return {**self._environ, "SCRIPT_NAME": script, "PATH_INFO": self._environ["PATH_INFO"][len(front) :]}

    def _call(self, call: Call) -> Iterable[bytes] | None:
        """Calls the app; what is to be returned to the server where the reply is relayed."""
        self._answer = answer = _Answer(call, self._environ["REQUEST_METHOD"] == "HEAD", self._start_response)
        try:
            answer.take(self._app(_inner_environ(self._environ, call), answer.start))
        except Exception:
            answer.close()
            if self._debug or answer.relaying:
                raise
            log.exception("the app failed at %s %s", call.method, call.path)
            answer.fail()
        return answer.relayed() if answer.relaying else None

    def _head(self) -> Head:
        assert self._answer is not None  # _call has made it
        assert self._answer.head is not None  # and has seen to its head
        return self._answer.head

    def _reply_body(self) -> bytes:
        assert self._answer is not None  # the exchange reads replies of calls only
        try:
            return self._answer.read()
        except Exception as error:
            if self._debug:
                raise
            log.exception("the app failed while it was replying")
            raise ContractViolation("the app failed while it was replying") from error


class _Answer:
    """The app's reply to one call: relayed as it comes, or held until the exchange reads it."""

    def __init__(self, call: Call, bodiless: bool, start_response: StartResponse) -> None:
        self._call = call
        self._bodiless = bodiless
        self._start_response = start_response
        self._written: list[bytes] = []
        self._iterable: Iterable[bytes] = ()
        self._iterator: Iterator[bytes] | None = None
        self.head: Head | None = None
        self.relaying = False
        self.exc_info: OptExcInfo | None = None

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        """The ``start_response`` that the app is given."""
        if self.head is not None and exc_info is None:
            raise AssertionError("start_response was called a second time without exc_info")
        self.head = _head(status, headers)
        relayed = self._call.relay(self.head)
        if relayed is not None:
            return self._start_relaying(status, relayed, exc_info)
        if self.relaying:
            # The server has been given another head already; only with exc_info may it be given a new one.
            self.relaying, self.exc_info = False, exc_info
        self._written.clear()
        return self._written.append

    def _start_relaying(self, status: str, headers: Headers, exc_info: OptExcInfo | None) -> Callable[[bytes], object]:
        again = [exc_info] if self.relaying and exc_info else []
        self.relaying = True
        write = self._start_response(status, headers.to_wsgi_list(), *again)
        return _ignore if self._bodiless else write

    def take(self, iterable: Iterable[bytes]) -> None:
        """The iterable that the app returned; pulled until the app has started its reply, as servers do."""
        self._iterable = iterable
        if self._has_started():
            return
        self._iterator = iter(iterable)
        first = next(self._iterator, None)
        if not self._has_started():
            raise AssertionError("the app replied without calling start_response")
        if first is not None:
            self._iterator = _chained(first, self._iterator)

    def _has_started(self) -> bool:
        return self.head is not None

    def relayed(self) -> Iterable[bytes]:
        """What the server gets: the app's own iterable, unless it had to be pulled already."""
        if self._bodiless:
            self.close()
            return []
        return self._iterable if self._iterator is None else _Relayed(self._iterator, self.close)

    def read(self) -> bytes:
        """The whole body; the app's iterable is closed, whatever happens."""
        try:
            self._written.extend(self._iterator if self._iterator is not None else self._iterable)
            return b"".join(self._written)
        finally:
            self.close()

    def fail(self) -> None:
        """A reply of the app that never came: 500, without a body."""
        self.head = Head(500, phrase(500), Headers())
        self._iterable, self._iterator = (), None
        self._written.clear()

    def close(self) -> None:
        """Closes the app's iterable, once."""
        iterable, self._iterable, self._iterator = self._iterable, (), None
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


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


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
    key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
    if value is None:
        environ.pop(key, None)
    else:
        environ[key] = value


def _read_body(environ: WSGIEnvironment, limit: int) -> bytes:
    """The client's body; raises ``RequestError`` where it is too large or breaks off."""
    try:
        return get_input_stream(environ, max_content_length=limit).read()
    except RequestEntityTooLarge as error:
        raise RequestError("BODY_TOO_LARGE", f"The body has more than {limit} bytes.") from error
    except (HTTPException, OSError, ValueError) as error:
        raise RequestError("MALFORMED_JSON", "The body could not be read to its end.") from error
