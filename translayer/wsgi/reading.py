"""One straight read: what most requests are, with as little ado as there can be.

Strategy: the app's reply is taken for what it nearly always is, a success in JSON, and its head is looked at when it is
started. The first thing that is otherwise (another status, an odd header, a reply that is started again, a body that
the fast path does not take) hands over to the conversation and the exchange, which are told what was said by then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct, field

from translayer.engine.events import Exchange
from translayer.engine.exchange import Engine, Visitor
from translayer.engine.router import Declared
from translayer.engine.straight import Straight, StraightRelay
from translayer.http.fields import Fields, Pair
from translayer.http.message import Reply, Request

from .conversation import Answer, Conversation, close
from .environs import reading_environ, request

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("translayer")


class Reading(Struct, eq=False):
    """A straight read of what was ``found`` at a ``path``.

    ``told`` are the app's headers, once it has started a plain reply, and ``pairs`` the client's; ``held`` is its body.
    ``answer`` takes the reply where it is not plain.
    """

    app: WSGIApplication
    environ: WSGIEnvironment
    start_response: StartResponse
    debug: bool
    engine: Engine
    straight: Straight
    found: Declared
    visitor: Visitor
    path: str
    told: list[Pair] | None = None
    pairs: list[Pair] | None = None
    held: list[bytes] = field(default_factory=list)
    answer: Answer | None = None

    def serve(self) -> Iterable[bytes]:
        """Calls the app, and sends the reply."""
        try:
            raw = self._ask()
        except Exception:
            if self.debug:
                raise
            log.exception("the app failed at %s %r", "GET", self.found.match.path)
            self._handed_over().fail()
            raw = None
        if raw is None or self.pairs is None:
            return self._go_on(self._handed_over())
        body = self.straight.translated(raw)
        if body is None:
            return self._conversation().drive(self._exchange(Reply(200, "OK", Fields(self.told or ()), raw)))
        pairs = self.straight.completed(self.pairs, body)
        if self.engine.is_noticed(self.found):
            pairs = list(self.engine.noticed(pairs, self.found, self._request()))
        self.start_response("200 OK", pairs)
        return [body]

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        """The ``start_response`` that the app is given."""
        if status == "200 OK" and self.told is None and self.answer is None:
            self.pairs = self.straight.headers(headers)
            if self.pairs is not None:
                self.told = headers
                return self.held.append
        return self._handed_over().start(status, headers, exc_info)

    def _ask(self) -> bytes | None:
        """The body of a plain reply; ``None`` where the answer has what the app said."""
        iterable = self.app(reading_environ(self.environ, self.straight.plan.text, self.found), self.start)
        if iterable is None or self.answer is not None:
            self._handed_over().take(iterable)
            return None
        rest = self._rest(iterable)
        if rest is not None:
            self._handed_over().take(iterable, rest)
            return None
        try:
            return b"".join(self.held)  # which fails where a chunk is no bytes
        finally:
            close(iterable)

    def _rest(self, iterable: Iterable[bytes]) -> Iterator[bytes] | None:
        """What is left of the body where the reply turns out not to be plain; ``None`` for all of a plain one."""
        try:
            chunks = iter(iterable)
            for chunk in chunks:
                if self.pairs is None or self.answer is not None:
                    return chain([chunk], chunks)
                self.held.append(chunk)
        except BaseException:
            close(iterable)
            raise
        return None if self.pairs is not None and self.answer is None else iter(())

    def _handed_over(self) -> Answer:
        """Who takes the reply as it is, and knows how it has begun."""
        if self.answer is None:
            relay = StraightRelay(self.engine.relay, (self._request, self.found, self.visitor))
            self.answer = Answer(relay, False, self.start_response)
            if self.told is not None:
                self.answer.start("200 OK", self.told)
        return self.answer

    def _go_on(self, answer: Answer) -> Iterable[bytes]:
        """Sends what the exchange makes of a reply that is not plain."""
        return answer.relayed() if answer.relaying else self._conversation().drive(self._exchange(answer.reply()))

    def _exchange(self, told: Reply) -> Exchange:
        return self.engine.exchange(self._request(), self.found, self.visitor, told)

    def _request(self) -> Request:
        return request(self.environ, self.path)

    def _conversation(self) -> Conversation:
        return Conversation(self.app, self.environ, self.start_response, self.debug, self.answer)
