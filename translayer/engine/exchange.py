"""The stack: what happens to a request, from top to bottom, as one generator that knows no WSGI.

    choose the version → find the place and the plan → negotiate the reply's type → translate the query
    → read and check the body → upgrade → call the app → downgrade → envelope → print → headers

Every failure on the way, ours and the app's, ends as a ``Reply`` in the error form; what the app says in other formats
is relayed by the boundary as it comes. Before any of this the router has found out what the URL leads to: only what is
ours is exchanged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Set
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from translayer.contract.api import Api
from translayer.contract.deprecation import instant
from translayer.contract.life import Life
from translayer.contract.notations import VERSION_HEADER
from translayer.errors import ContractViolation, RequestError
from translayer.http.accept import ANYTHING
from translayer.http.fields import Pair
from translayer.http.message import Reply, Request
from translayer.http.prefer import preferences

from .eras import Calendar, Era
from .events import Call, Exchange, Relay, Untouched
from .links import called_at
from .negotiation import NEWEST_NAMES, ClosedError, Negotiator, Settled, admitted
from .pages.urls import Page, urls
from .plan import Place, Plan
from .problem import INTERNAL, Problem, ProblemForm
from .remarks import Remarks
from .replies import Replies
from .retirement import Closed, Refused, Retirement
from .router import Declared, Match, Router
from .straight import Straight, Straights
from .tally import Tally
from .turn import Standing, Turn, handling, returning
from .writes import create, operate, patch, replace

if TYPE_CHECKING:
    from .pages.site import Site

log = logging.getLogger("translayer")

Exchanged: TypeAlias = Declared | Closed | Page | Refused
"""What a URL leads to that is ours."""

Found: TypeAlias = Exchanged | Untouched | Reply
"""What a URL leads to: something of ours, the app as it is, or nothing, with what is said of it."""


class Visitor(Struct, frozen=True, gc=False):
    """Who a request is from, as far as its reply depends on that.

    ``pinned`` is the version that answers where none is named; ``vary`` are the request headers that tell who it is,
    and ``name`` is what they are called.
    """

    pinned: str | None = None
    vary: tuple[str, ...] = ()
    name: str = ""


ANYBODY: Final = Visitor()


class Engine:
    """An API made ready to serve consumers with certain flags: every table is built here, and a request looks it up.

    ``tally`` counts the replies that were looked at; it may be that of engines for others.

    ``debug`` lets exceptions of the author's functions that translate nothing through instead of answering 500.
    """

    def __init__(
        self, api: Api, *, flags: Set[str] = frozenset(), debug: bool = False, tally: Tally | None = None
    ) -> None:
        self.api = api
        self.debug = debug
        self._calendar = Calendar(api, flags)
        era = self._calendar.era(api.clock())
        self._negotiator = Negotiator(api, era)
        self.router = Router(api, hidden=era.hidden)
        self._tally = tally or Tally()
        self.replies = Replies(api, ProblemForm(api.problems, api.error_docs, api.forms), self._tally)
        self._straights = Straights(api, self._tally)
        self._retirement = Retirement(api, self.router, self._now)
        self._pages = urls(api)
        self._newest = tuple(f"{api.prefix}/{name}/" for name in sorted(NEWEST_NAMES))
        self._may_end = bool(api.withdrawn) or any(version.life != Life() for version in api.versions)

    @cached_property
    def _site(self) -> Site:
        """What answers at the pages; imported by the first who asks for one, since few processes are ever asked."""
        from .pages.site import Site

        return Site(self.api)

    @property
    def negotiator(self) -> Negotiator:
        """What is true of the versions now."""
        negotiator = self._negotiator
        if self._calendar.is_empty:
            return negotiator
        now, era = self._now(), negotiator.era
        return negotiator if era.begins <= now < era.ends else self._in_era(self._calendar.era(now))

    def _now(self) -> datetime:
        """What time it is; where the author's clock fails, what was true stays true until it goes again."""
        try:
            return instant(self.api.clock(), "clock()")
        except Exception:  # it may do anything
            log.exception("the clock of the API failed")
            return self._negotiator.era.begins

    def _in_era(self, era: Era) -> Negotiator:
        """What is true from now on. Two threads may do this at once, and come to the same."""
        if era.hidden != self._negotiator.era.hidden:
            self.router = Router(self.api, self.router.versions, era.hidden)
        self._negotiator = negotiator = Negotiator(self.api, era)
        return negotiator

    def find(self, path: str) -> Found:
        """What the path of a URL leads to: an exchange, the app as it is, or nothing, with what is said of it."""
        if self._calendar.unveils:
            _ = self.negotiator  # a preview comes into sight by itself
        found = self.router.find(path)
        if isinstance(found, Declared):
            return found
        outcome = (self._find_ended(path) if self._may_end else None) or self._page_at(path) or found
        return self.refusal(path, outcome) if isinstance(outcome, RequestError) else outcome

    def _page_at(self, path: str) -> Page | None:
        """The page at a path, which may call the newest version by a name."""
        page = self._pages.get(path)
        if page is not None or not path.startswith(self._newest):
            return page
        negotiator = self.negotiator
        newest = negotiator.era.newest
        rest = path[len(self.api.prefix) + 1 :].partition("/")[2]
        return None if newest is None else self._pages.get(f"{self.api.prefix}/v{negotiator.texts[newest]}/{rest}")

    def _find_ended(self, path: str) -> Closed | RequestError | None:
        """What is said of an undeclared URL that names a version which answers as retired, or is not seen."""
        located, negotiator = self.router.locate(path), self.negotiator
        if located is None or located.named is None or located.named in NEWEST_NAMES:
            return None
        try:
            position = negotiator.in_url(located.named)
        except RequestError as error:
            return error
        return Closed(located.named, located.rest, negotiator) if position in negotiator.era.closed else None

    def is_guarded(self, path: str) -> bool:
        """Whether an undeclared path names a version that only some consumers see."""
        located = self.router.locate(path)
        return located is not None and located.named is not None and self.negotiator.is_preview(located.named)

    def refusal(self, path: str, error: RequestError) -> Refused | Reply:
        """What is said where there is nothing for whoever asks: by the version that the path names, where it names one
        that they see.
        """
        negotiator, located = self.negotiator, self.router.locate(path)
        if error.code == "UNKNOWN_VERSION":
            error = negotiator.unknown_version()
        elif located is not None and located.named is not None:
            return Refused(located.named, located.rest, error)
        return self.replies.problem(Problem.of(error), Standing(negotiator.default_text, ANYTHING, self.replies.vary))

    def straight(self, found: Declared, accept: str | None, query: str) -> Straight | None:
        """How a GET without conditions, and without a header that names a version, is served by its plan alone.

        ``None`` where it takes an exchange.
        """
        negotiator = self._negotiator if self._calendar.is_empty else self.negotiator
        return self._straights.find(found, accept, query, negotiator)

    def is_noticed(self, found: Declared) -> bool:
        """Whether there is something to be said of the end of the version that a straight read is in."""
        return found.match.position in self._negotiator.era.notices

    def noticed(self, pairs: list[Pair], found: Declared, request: Request) -> list[Pair]:
        """The headers of the reply to a straight read, with that."""
        position, negotiator = found.match.position, self._negotiator
        return self._retirement.remarks(request, found.rest, position, negotiator, (), found.match).onto(pairs)

    def relay(self, asked: Callable[[], Request], found: Declared, visitor: Visitor) -> Relay:
        """Who knows the headers of a reply to a straight read that is relayed."""
        negotiator = self._negotiator
        standing = self._standing(negotiator, visitor)
        return self.replies.relay(self._turn(asked(), found, negotiator, standing, visitor))

    def exchange(
        self, request: Request, found: Exchanged, visitor: Visitor = ANYBODY, told: Reply | None = None
    ) -> Exchange:
        """What happens to a request for what ``find`` has found: yields events, returns the reply.

        Every reply is ours, in the client's version; where the boundary relays the app's, it closes the exchange.
        ``told`` is the app's reply to a straight read, of which there is more to be said than that knows.
        """
        negotiator = self._negotiator if self._calendar.is_empty else self.negotiator
        standing = self._standing(negotiator, visitor)
        try:
            if request.method == "OPTIONS" or not isinstance(found, Declared):
                return standing.finished((yield from self._apart(request, found, negotiator, standing, visitor)))
            turn = self._turn(request, found, negotiator, standing, visitor)
            plan = turn.plan
            if not plan.safe:
                return standing.finished((yield from _write(turn, self.replies)))
            if told is None:
                method = "GET" if plan.reply else request.method  # what HEAD is told of, GET has to make
                told = yield turn.call(method, turn.conditions(), relay=self.replies.relay(turn))
            return standing.finished(self.replies.finish(turn, told))
        except Exception as error:
            problem = self._problem(error, request, found, standing)
            standing.ranges = admitted(request.headers.get("Accept"))
            return standing.finished(self.replies.problem(problem, standing))

    def _standing(self, negotiator: Negotiator, visitor: Visitor) -> Standing:
        """What is known of every request that comes now from a visitor."""
        era, remarks = negotiator.era, Remarks(vary=visitor.vary) if visitor.vary else None
        return Standing(negotiator.default_text, ANYTHING, self.replies.vary, remarks, era.begins, era.hidden)

    def _apart(
        self, request: Request, found: Exchanged, negotiator: Negotiator, standing: Standing, visitor: Visitor
    ) -> Exchange:
        """What is answered without a plan: pages, preflights, what a URL offers, and URLs of what is closed."""
        if isinstance(found, Page):
            return (yield from self._page(request, found, negotiator, standing, visitor.pinned))
        if isinstance(found, Refused):
            self._speak(request, negotiator.in_url(found.named), found.rest, negotiator, standing)
            standing.ranges = admitted(request.headers.get("Accept"))
            return self.replies.problem(Problem.of(found.error), standing)  # not raised: the router remembers it
        if request.method == "OPTIONS" and _is_preflight(request):
            return (yield from self._preflight(request, found, negotiator))
        if isinstance(found, Closed):
            raise found.error(request)
        match, _ = self._settled(request, found, negotiator, standing, visitor)
        return self.replies.options(match.place, standing)

    def _settled(
        self, request: Request, found: Declared, negotiator: Negotiator, standing: Standing, visitor: Visitor
    ) -> tuple[Match, Settled]:
        """Which version answers, and where that has the URL; ``standing`` is told. Raises ``RequestError``."""
        match, headers = found.match, request.headers
        header, accept = headers.get(VERSION_HEADER), headers.get("Accept")
        settled = negotiator.settle(match.place.resource.name, found.named, header, accept, visitor.pinned)
        position = settled.position
        standing.version, standing.ranges = negotiator.texts[position], settled.ranges
        if position in negotiator.era.notices:
            said = found.rest, position, negotiator, visitor.vary, match
            standing.remarks = self._retirement.remarks(request, *said)
        return self._in_version(position, found), settled

    def _page(
        self, request: Request, page: Page, negotiator: Negotiator, standing: Standing, pinned: str | None
    ) -> Exchange:
        """A page of ours; that of a version which ends says so, as all else of that version."""
        if page.position is not None:
            self._speak(request, page.position, "/", negotiator, standing)
        return (yield from self._site.exchange(request, page, negotiator, pinned))

    def _speak(self, request: Request, position: int, rest: str, negotiator: Negotiator, standing: Standing) -> None:
        """Let a version answer, with what is said of its end."""
        standing.version = negotiator.texts[position]
        if position in negotiator.era.notices:
            vary = () if standing.remarks is None else standing.remarks.vary
            standing.remarks = self._retirement.remarks(request, rest, position, negotiator, vary)

    def _problem(self, error: Exception, request: Request, found: Exchanged, standing: Standing) -> Problem:
        """What is said of a failure, and of a version that is retired; raises what a debugger is to see."""
        if isinstance(error, ClosedError):
            assert not isinstance(found, Page | Refused)  # they are of no version's time
            standing.version = error.negotiator.texts[error.position]
            vary = () if standing.remarks is None else standing.remarks.vary
            standing.remarks = self._retirement.remarks(request, found.rest, error.position, error.negotiator, vary)
            return self._retirement.problem(request, found, error)
        if isinstance(error, RequestError):
            return Problem.of(error)
        if isinstance(error, ContractViolation):
            log.error("%s %r breaks the contract: %s", request.method, request.path, error, exc_info=_cause(error))
            return INTERNAL
        if self.debug:
            raise error
        log.exception("a function of the API's own failed at %s %r", request.method, request.path)
        return INTERNAL

    def _in_version(self, position: int, found: Declared) -> Match:
        match = found.match
        if match.position == position:
            return match
        other = self.router.in_version(position).match(found.rest)
        if other is None:
            raise RequestError("NOT_FOUND")
        return other

    def _asked_of_the_app(
        self, request: Request, found: Declared | Closed, negotiator: Negotiator
    ) -> tuple[str, str, str, Place | None]:
        """The version of a preflight, the ``SCRIPT_NAME`` and ``PATH_INFO`` that the app is asked at, and the place."""
        if isinstance(found, Closed):
            return found.named, *self._retirement.asked_at(request, found), None
        match = found.match
        position = match.position if found.named is None else negotiator.in_url(found.named)
        if position < len(self.router.versions):
            match = self._in_version(position, found)
        called = called_at(self.api.app_prefix, request.mount, request.mount + found.mount, match.path)
        return negotiator.texts[position], *called, match.place

    def _preflight(self, request: Request, found: Declared | Closed, negotiator: Negotiator) -> Exchange:
        """A CORS preflight is the app's to answer. It carries none of the real request's headers, so that only the
        URL can say the version; where it does not, the newest that has the URL is asked.
        """
        version, script, path, place = self._asked_of_the_app(request, found, negotiator)
        told = yield Call("OPTIONS", script, path, request.query, version, False, {}, None, None)
        standing = Standing(version, ANYTHING, self.replies.vary)
        if told.status >= 500:
            return self.replies.problem(INTERNAL, standing)
        return self.replies.headers_alone(told, standing, place)

    def _turn(
        self, request: Request, found: Declared, negotiator: Negotiator, standing: Standing, visitor: Visitor
    ) -> Turn:
        """The request with all that is settled about it; ``standing`` is told. Raises ``RequestError``."""
        match, settled = self._settled(request, found, negotiator, standing, visitor)
        place = match.place
        plan = place.plan(request.method)
        if plan is None:
            raise RequestError("METHOD_NOT_ALLOWED", headers=[("Allow", place.allow)])
        if plan.deprecation is not None:
            standing.remark([plan.deprecation])
        media = self._media(found, plan, settled, negotiator) if plan.reply is not None else ""
        if plan.rendered:
            plan = plan.rendered.get(media, plan)
        wishes = preferences(request.headers.get("Prefer")) if plan.preferences else {}
        asked = None
        if plan.queries is not None and request.query:
            standing.remark(plan.queries.deprecated(request.query))
            asked = plan.queries.inward(request.query)
        standing.vary = plan.vary
        return Turn(
            request,
            place,
            plan,
            match.path,
            request.mount + found.mount,
            self.router.versions[match.position],
            standing,
            media,
            handling(plan, wishes, lenient=self.api.lenient) if wishes else None,
            returning(plan, wishes) if wishes else None,
            self.api.limits,
            asked,
        )

    def _media(self, found: Declared, plan: Plan, settled: Settled, negotiator: Negotiator) -> str:
        """What the reply is sent as; raises ``RequestError`` (406).

        Where versions have different resources at one URL, it is that of the plan.
        """
        media = settled.media
        if plan.resource is not found.match.place.resource:
            media = negotiator.media(plan.resource.name, plan.position, settled.ranges)
        return negotiator.refuse(plan.resource.name, plan.position) if media is None else media


def _cause(violation: ContractViolation) -> BaseException | None:
    """What an author's function raised, where that is why; its traceback is in the log."""
    found: BaseException | None = violation
    while isinstance(found, ContractViolation):
        found = found.__cause__
    return found


_WRITES: Final = {"PATCH": patch, "PUT": replace}
"""How a body that is translated reaches the app, where not as it is created."""


def _write(turn: Turn, replies: Replies) -> Exchange:
    """The operation itself, by what its method means; raises ``RequestError`` (428) where it must have a condition."""
    if turn.lacks_condition:
        raise RequestError("PRECONDITION_REQUIRED")
    how = operate if turn.plan.request is None else _WRITES.get(turn.plan.route.method, create)
    return how(turn, replies)


def _is_preflight(request: Request) -> bool:
    """Whether, with OPTIONS, a browser asks if it may send another request (Fetch Standard, CORS-preflight request)."""
    return "Origin" in request.headers and "Access-Control-Request-Method" in request.headers
