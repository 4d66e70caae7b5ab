"""One request, with the client and its server on one side and the app on the other: what is held, what is passed on."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from time import sleep
from typing import TYPE_CHECKING

from msgspec import Struct, field

from translayer.engine.events import Call, Event, Exchange, ReadBody, Relay
from translayer.engine.problem import phrase
from translayer.errors import RequestError
from translayer.http.fields import Fields
from translayer.http.message import Reply

from .environs import inner_environ, read_body

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("translayer")


class Conversation(Struct, eq=False):
    """One request: the client and its server on one side, the app on the other."""

    _app: WSGIApplication
    _environ: WSGIEnvironment
    _start_response: StartResponse
    _debug: bool
    _answer: Answer | None = None

    def drive(self, exchange: Exchange) -> Iterable[bytes]:
        """Runs the exchange to its end, and sends its outcome."""
        try:
            event = next(exchange)
            while True:
                if isinstance(event, Call):
                    answer = self.call(event)
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
            body = read_body(self._environ, limit)
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

    def call(self, call: Call) -> Answer:
        """Calls the app; what it raises is a 500 of its own, unless a debugger is to see it."""
        self._answer = answer = Answer(call.relay, self._environ["REQUEST_METHOD"] == "HEAD", self._start_response)
        try:
            answer.take(self._app(inner_environ(self._environ, call), answer.start))
        except Exception:
            if self._debug:
                raise
            log.exception("the app failed at %s %r", call.method, call.path)
            answer.fail()
        return answer


class Answer(Struct, eq=False):
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

    def take(self, iterable: Iterable[bytes] | None, chunks: Iterator[bytes] | None = None) -> None:
        """Takes the iterable that the app returned, and pulls it: not at all where it is relayed already, else as far
        as must be. Where that has begun, ``chunks`` are what is left of it.
        """
        if iterable is None:
            raise AssertionError("the app returned no iterable")
        self._iterable = iterable
        try:
            if chunks is not None or not self.relaying:
                self._pull(iter(iterable) if chunks is None else chunks)
                self._body = b"".join(self._held)
        except BaseException:
            self.close()
            raise
        if not self.relaying:
            self.close()

    def _pull(self, chunks: Iterator[bytes]) -> None:
        """Every chunk of a reply that is held. An app may start its reply only now, as generators do, or start it
        again; where that one is relayed, the rest of the chunks is left to the server.
        """
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
        close(iterable)


class _Relayed:
    """An iterable of the app that has been pulled once: the same chunks, and the same ``close``."""

    def __init__(self, chunks: Iterator[bytes], close: Callable[[], None]) -> None:
        self._chunks = chunks
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks


def close(iterable: Iterable[bytes]) -> None:
    """Closes an app's iterable, if it is one to be closed (PEP 3333)."""
    closing = getattr(iterable, "close", None)
    if closing is not None:
        closing()


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
