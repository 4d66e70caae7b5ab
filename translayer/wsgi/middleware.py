"""The middleware: a WSGI app around another (PEP 3333), which serves every version from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from translayer.contract.api import Api
from translayer.engine.audience import Audience
from translayer.engine.events import Untouched
from translayer.engine.exchange import ANYBODY, Engine, Exchanged, Visitor
from translayer.engine.router import Declared
from translayer.engine.tally import Counts, Tally
from translayer.http.message import Reply, merged_vary

from .conversation import Conversation
from .environs import CONSUMER_KEY, is_plain, moved, request, text
from .reading import Reading

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


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
            from translayer.openapi.conformance import refuse_breaches

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
        path = text(environ.get("PATH_INFO", ""))
        if self._audience is not None:
            return self._serve_known(self._audience, path, environ, start_response)
        engine = self._everybodys
        found = engine.find(path)
        if isinstance(found, Untouched):
            return self.app(moved(environ, found.mount) if found.mount else environ, start_response)
        return self._serve(engine, found, ANYBODY, path, environ, start_response)

    def _serve_known(
        self, audience: Audience, path: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Serves one request of a consumer, who is known by it."""
        engine, found, visitor = audience.admit(path, partial(request, environ, path))
        if visitor.name:
            environ = {**environ, CONSUMER_KEY: visitor.name}
        if isinstance(found, Untouched):
            answer = _varied(start_response, visitor.vary) if visitor.vary else start_response
            return self.app(moved(environ, found.mount) if found.mount else environ, answer)
        return self._serve(engine, found, visitor, path, environ, start_response)

    def _serve(
        self,
        engine: Engine,
        found: Exchanged | Reply,
        visitor: Visitor,
        path: str,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """Serves a request whose URL is ours: straight, where it is a plain read, else by an exchange."""
        if isinstance(found, Declared) and not visitor.vary and is_plain(environ):
            straight = engine.straight(found, environ.get("HTTP_ACCEPT"), environ.get("QUERY_STRING", ""))
            if straight is not None:
                at_work = engine, straight, found, visitor, path
                return Reading(self.app, environ, start_response, self.debug, *at_work).serve()
        conversation = Conversation(self.app, environ, start_response, self.debug)
        if isinstance(found, Reply):
            return conversation.send(found)
        return conversation.drive(engine.exchange(request(environ, path), found, visitor))


def _varied(start_response: StartResponse, vary: tuple[str, ...]) -> StartResponse:
    """A ``start_response`` for what only some consumers are given, which says by which headers they were told."""

    def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Callable[[bytes], object]:
        said = tuple(value for name, value in headers if name.lower() == "vary")
        kept = [pair for pair in headers if pair[0].lower() != "vary"]
        return start_response(status, [*kept, ("Vary", merged_vary(said, vary))], *exc_info)

    return cast("StartResponse", start)
