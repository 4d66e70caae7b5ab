"""The WSGI boundary: the only module that knows ``environ`` and ``start_response`` (PEP 3333).

It drives one exchange per request: reads the client's body when asked, calls the wrapped app, and sends what comes
out. What is relayed goes straight through: the app's ``start_response`` is answered with the server's own
``write``, its iterable is returned as it is, file wrappers and all, and not one byte is held.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from io import BytesIO
from itertools import chain
from time import sleep
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec import Struct, field
from werkzeug.datastructures import EnvironHeaders
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import get_content_length, get_input_stream

from .contract.api import Api
from .contract.notations import VERSION_HEADER
from .engine.audience import Audience
from .engine.conditions import CONDITIONS
from .engine.events import Call, Event, Exchange, ReadBody, Relay, Untouched
from .engine.exchange import Engine
from .engine.problem import phrase
from .engine.tally import Counts, Tally
from .errors import RequestError
from .http.fields import Fields
from .http.message import NOT_FORWARDED, Reply, Request, merged_vary

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("translayer")

VERSION_KEY = "translayer.version"
"""Where the wrapped app finds, in its ``environ``, the version that the client speaks."""

CONSUMER_KEY = "translayer.consumer"
"""Where it finds the name of the consumer, where there is one."""

_BROKEN_OFF = "The body could not be read to its end."


class Translayer:
    """A WSGI app that serves every version of ``api`` from ``app``, which knows only today's.

    ``debug`` lets exceptions of the app, and of the author's envelopes and policies, through instead of answering 500,
    for a debugger to show. What a function raises that translates is in the log. With it the code is also held to the
    frozen contracts of an API that names them (``Api(frozen=…)``): raises ``DeclarationError`` where one is broken.

    >>> from examples.bookings.api import api
    >>> wrapped = Translayer(lambda environ, start_response: [], api)
    """

    def __init__(self, app: WSGIApplication, api: Api, *, debug: bool = False) -> None:
        if debug and api.frozen is not None:
            from .openapi.conformance import refuse_breaches

            refuse_breaches(api, api.frozen)
        self.app = app
        self.debug = debug
        self._tally = Tally()
        self._audience = None if api.consumer is None else Audience(api, debug=debug, tally=self._tally)
        nobodys = api.seen_with(frozenset())
        self._everybodys = (
            Engine(nobodys, debug=debug, tally=self._tally) if self._audience is None else self._audience.nobodys
        )

    @property
    def violations(self) -> Counts:
        """How often replies kept the contract or broke it, of those that were looked at since this was made.

        The keys are the text of the version, the route as it is declared (``GET /bookings/<id>``), and the outcome:
        ``kept``; ``broken``, which was sent; or ``refused``.
        """
        return self._tally.counts

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serves one request (PEP 3333)."""
        path = _text(environ.get("PATH_INFO", ""))
        if self._audience is not None:
            return self._serve_known(self._audience, path, environ, start_response)
        engine = self._everybodys
        found = engine.find(path)
        if isinstance(found, Untouched):
            return self.app(_moved(environ, found.mount) if found.mount else environ, start_response)
        conversation = _Conversation(self.app, environ, start_response, self.debug)
        if isinstance(found, Reply):
            return conversation.send(found)
        return conversation.drive(engine.exchange(_request(environ, path), found))

    def _serve_known(
        self, audience: Audience, path: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Serves one request of a consumer, who is known by it."""
        engine, found, visitor = audience.admit(path, partial(_request, environ, path))
        if visitor.name:
            environ = {**environ, CONSUMER_KEY: visitor.name}
        if isinstance(found, Untouched):
            answer = _varied(start_response, visitor.vary) if visitor.vary else start_response
            return self.app(_moved(environ, found.mount) if found.mount else environ, answer)
        conversation = _Conversation(self.app, environ, start_response, self.debug)
        if isinstance(found, Reply):
            return conversation.send(found)
        return conversation.drive(engine.exchange(_request(environ, path), found, visitor))


def _varied(start_response: StartResponse, vary: tuple[str, ...]) -> StartResponse:
    """A ``start_response`` for what only some consumers are given, which says by which headers they were told."""

    def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Callable[[bytes], object]:
        said = tuple(value for name, value in headers if name.lower() == "vary")
        kept = [pair for pair in headers if pair[0].lower() != "vary"]
        return start_response(status, [*kept, ("Vary", merged_vary(said, vary))], *exc_info)

    return cast("StartResponse", start)


def _moved(environ: WSGIEnvironment, mount: str) -> WSGIEnvironment:
    """The client's environ with ``mount`` moved from the path to the script's name, byte for byte."""
    front = _native(mount)
    script = environ.get("SCRIPT_NAME", "") + front
    return {**environ, "SCRIPT_NAME": script, "PATH_INFO": environ["PATH_INFO"][len(front) :]}


def _request(environ: WSGIEnvironment, path: str) -> Request:
    return Request(
        environ["REQUEST_METHOD"],
        _origin(environ),
        _text(environ.get("SCRIPT_NAME", "")),
        path,
        environ.get("QUERY_STRING", ""),
        _Headers(environ),
        environ["REQUEST_METHOD"] == "GET" and environ.keys().isdisjoint(_UNPLAIN),
    )


# 256: the names of headers that are asked for here, in the engine and in authors' cache policies.
@lru_cache(maxsize=256)
def _key(name: str) -> str:
    """Where a header stands in ``environ`` (PEP 3333)."""
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


_HIDDEN: Final = frozenset(map(_key, NOT_FORWARDED))
"""What an app that is asked for JSON whole and as it is does not see."""


_UNPLAIN: Final = frozenset(map(_key, (*CONDITIONS, VERSION_HEADER)))
"""Headers that make of a GET more than a plain one."""


class _Headers(EnvironHeaders):
    """The client's headers, looked up one by one: what else stands in ``environ``, even bytes, is not looked at.

    What is absent is answered at once, as most of what is asked for is; werkzeug makes an exception of it first.
    """

    def __init__(self, environ: WSGIEnvironment) -> None:
        self.environ = environ  # which is all that there is to it, and werkzeug's own makes an empty list beside it

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]  # its overloads
        """The value of a header, or the default."""
        return self.environ.get(_key(key), default) if type is None else super().get(key, default, type)

    def getlist(self, key: str) -> list[str]:  # type: ignore[override]  # without the conversions, which nobody asks for
        """The values of a header: one at most, for a server joins those that come twice."""
        value = self.environ.get(_key(key))
        return [] if value is None else [value]

    def __contains__(self, key: object) -> bool:
        return _key(str(key)) in self.environ


def _origin(environ: WSGIEnvironment) -> str:
    """Where the client thinks it is. ``Host`` may be rubbish: then no link is at it, and nothing is rewritten."""
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}"


def _text(native: str) -> str:
    """A path as text: WSGI has its bytes as Latin-1 (PEP 3333, Unicode issues).

    Bytes that are not UTF-8 become U+FFFD, as in most frameworks. The result is for looking things up: what is
    untouched keeps its bytes.
    """
    return native if native.isascii() else native.encode("latin-1", "replace").decode("utf-8", "replace")


def _native(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8").decode("latin-1")


class _Conversation(Struct, eq=False):
    """One request: the client and its server on one side, the app on the other."""

    _app: WSGIApplication
    _environ: WSGIEnvironment
    _start_response: StartResponse
    _debug: bool
    _answer: _Answer | None = None

    def drive(self, exchange: Exchange) -> Iterable[bytes]:
        """Runs the exchange to its end, and sends its outcome."""
        try:
            event = next(exchange)
            while True:
                if isinstance(event, Call):
                    answer = self._call(event)
                    if answer.relaying:
                        exchange.close()
                        return answer.relayed()
                    event = exchange.send(answer.reply())
                elif isinstance(event, ReadBody):
                    event = self._read_body(exchange, event.limit)
                else:
                    sleep(event.seconds)
                    event = exchange.send(None)
        except StopIteration as stop:
            reply: Reply = stop.value
        return self.send(reply)

    def _read_body(self, exchange: Exchange, limit: int) -> Event:
        """The exchange's next event, after it was sent the client's body, or the failure to get it."""
        try:
            body = _read_body(self._environ, limit)
        except RequestError as error:
            return exchange.throw(error)
        return exchange.send(body)

    def send(self, reply: Reply) -> Iterable[bytes]:
        """Sends a reply that is ours."""
        status, pairs = f"{reply.status} {reply.reason or phrase(reply.status)}", list(reply.headers.pairs)
        answer = self._answer
        if answer is not None and answer.told and answer.exc_info is not None:
            # A server that was told of another reply already takes this one only with the reason, and refuses it by
            # raising that where the first bytes are out.
            self._start_response(status, pairs, answer.exc_info)
        else:
            self._start_response(status, pairs)
        return [reply.body] if reply.body and self._environ["REQUEST_METHOD"] != "HEAD" else []

    def _call(self, call: Call) -> _Answer:
        """Calls the app; what it raises is a 500 of its own, unless a debugger is to see it."""
        self._answer = answer = _Answer(call.relay, self._environ["REQUEST_METHOD"] == "HEAD", self._start_response)
        try:
            answer.take(self._app, _inner_environ(self._environ, call))
        except Exception:
            if self._debug:
                raise
            log.exception("the app failed at %s %r", call.method, call.path)
            answer.fail()
        return answer


class _Answer(Struct, eq=False):
    """The app's reply to one call: relayed as it comes, or held whole.

    ``told`` says whether the server has been given a head; ``exc_info`` is the reason why it may be given another.
    """

    _relay: Relay | None
    _bodiless: bool
    _start_response: StartResponse
    _iterable: Iterable[bytes] = ()
    _rest: Iterator[bytes] | None = None
    _held: list[bytes] = field(default_factory=list)
    _body: bytes = b""
    _head: Reply | None = None
    _handed_over: bool = False
    relaying: bool = False
    told: bool = False
    exc_info: OptExcInfo | None = None

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

    def _tell_server(self, status: str, headers: Fields, exc_info: OptExcInfo | None) -> Callable[[bytes], object]:
        self.relaying = self.told = True
        write = self._start_response(status, list(headers.pairs), *([exc_info] if exc_info else []))
        return _ignore if self._bodiless else write

    def take(self, app: WSGIApplication, environ: WSGIEnvironment) -> None:
        """Calls the app, and pulls its iterable: not at all where it is relayed already, else as far as must be."""
        try:
            iterable: Iterable[bytes] | None = app(environ, self.start)
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
        self._head, self.exc_info = Reply(500, phrase(500), Fields()), sys.exc_info()
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


def _head(status: str, headers: list[tuple[str, str]]) -> Reply:
    return Reply(*_status(status), Fields(headers))


# 256: an app replies with a handful of statuses.
@lru_cache(maxsize=256)
def _status(line: str) -> tuple[int, str]:
    """The code and the reason of a status."""
    code, _, reason = line.partition(" ")
    return int(code), reason


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
    if call.translated:
        for key in environ.keys() & _HIDDEN:
            del inner[key]
        inner["HTTP_ACCEPT"] = "application/json"
    for name, value in call.headers.items():
        if value is None:
            inner.pop(_key(name), None)
        else:
            inner[_key(name)] = value
    if call.body is not None:
        inner["wsgi.input"] = BytesIO(call.body)
        inner["wsgi.input_terminated"] = True
        inner["CONTENT_LENGTH"] = str(len(call.body))
    return inner


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
