"""The stack: what happens to a request, from top to bottom, as one generator that knows no WSGI.

    choose the version → find the place and the plan → negotiate the reply's type → translate the query
    → read and check the body → upgrade → call the app → downgrade → envelope → print → headers

Every failure on the way, ours and the app's, ends as a ``Reply`` in the error form; what the app says in other formats
is relayed by the boundary as it comes. Before any of this the router has found out what the URL leads to: only what is
ours is exchanged.
"""

from __future__ import annotations

import logging
from typing import Final

from translayer.contract.api import Api
from translayer.errors import ContractViolation, RequestError
from translayer.http.accept import ANYTHING
from translayer.http.message import Reply, Request
from translayer.http.prefer import preferences

from .events import Call, Exchange, Untouched
from .negotiation import VERSION_HEADER, Negotiator, Settled, admitted
from .plan import Place, Plan
from .problem import INTERNAL, Problem, ProblemForm
from .replies import Replies
from .router import Declared, Match, Router
from .turn import Standing, Turn, handling, returning
from .writes import create, operate, patch, replace

log = logging.getLogger("translayer")


class Engine:
    """An API made ready to serve: every table is built here, and a request only looks things up.

    ``debug`` lets exceptions of the author's functions that translate nothing through instead of answering 500.
    """

    def __init__(self, api: Api, *, debug: bool = False) -> None:
        self.api = api
        self.debug = debug
        self.negotiator = Negotiator(api)
        self.router = Router(api)
        self.replies = Replies(api, ProblemForm(api.problems, api.error_docs))

    def find(self, path: str) -> Declared | Untouched | Reply:
        """What the path of a URL leads to: an exchange, the app as it is, or nothing, with what is said of it."""
        found = self.router.find(path)
        if isinstance(found, RequestError):
            undecided = Standing(self.negotiator.default, ANYTHING, self.replies.vary)
            return self.replies.problem(Problem.of(found), undecided)
        return found

    def exchange(self, request: Request, found: Declared) -> Exchange:
        """What happens to a request for what ``find`` has found: yields events, returns the reply.

        Every reply is ours, in the client's version; where the boundary relays the app's, it closes the exchange.
        """
        position, vary = self.negotiator.default, self.replies.vary
        accept = request.headers.get("Accept")
        try:
            if request.method == "OPTIONS" and _is_preflight(request):
                return (yield from self._preflight(request, found))
            resource, header = found.match.place.resource.name, request.headers.get(VERSION_HEADER)
            settled = self.negotiator.settle(resource, found.named, header, accept)
            position = settled.position
            match = self._in_version(position, found)
            if request.method == "OPTIONS":
                return self.replies.options(match.place, Standing(position, settled.ranges, vary))
            plan = _plan(match.place, request.method)
            turn = self._turn(request, found, match, plan, settled)
            vary = plan.vary
            if turn.lacks_condition:
                raise RequestError("PRECONDITION_REQUIRED")
            if not plan.safe:
                return (yield from _write(turn, self.replies))
            method = "GET" if plan.reply else request.method  # what HEAD is told of, GET has to make
            told = yield turn.call(method, turn.conditions(), relay=self.replies.relay(turn))
            return self.replies.finish(turn, told)
        except RequestError as error:
            problem = Problem.of(error)
        except ContractViolation as violation:
            problem = INTERNAL
            log.error(
                "%s %r breaks the contract: %s", request.method, request.path, violation, exc_info=_cause(violation)
            )
        except Exception:
            if self.debug:
                raise
            problem = INTERNAL
            log.exception("a function of the API's own failed at %s %r", request.method, request.path)
        return self.replies.problem(problem, Standing(position, admitted(accept), vary))

    def _in_version(self, position: int, found: Declared) -> Match:
        match = found.match
        if match.position == position:
            return match
        other = self.router.in_version(position).match(found.rest)
        if other is None:
            raise RequestError("NOT_FOUND")
        return other

    def _preflight(self, request: Request, found: Declared) -> Exchange:
        """A CORS preflight is the app's to answer. It carries none of the real request's headers, so that only the
        URL can say the version; where it does not, the newest that has the URL is asked.
        """
        match = found.match
        if found.named is not None:
            match = self._in_version(self.negotiator.in_url(found.named), found)
        version, mount = self.api.versions[match.position].text, request.mount + found.mount
        told = yield Call("OPTIONS", mount, match.path, request.query, version, False, {}, None, None)
        standing = Standing(match.position, ANYTHING, self.replies.vary)
        if told.status >= 500:
            return self.replies.problem(INTERNAL, standing)
        return self.replies.headers_alone(told, standing)

    def _turn(self, request: Request, found: Declared, match: Match, plan: Plan, settled: Settled) -> Turn:
        """The request with all that is settled about it; raises ``RequestError`` (406, or 400 for its query)."""
        media = self._media(found, plan, settled) if plan.reply else ""
        if media is None:
            self.negotiator.refuse(plan.resource.name, match.position)
        wishes = preferences(request.headers.get("Prefer")) if plan.preferences else {}
        return Turn(
            request,
            match.place,
            plan,
            match.path,
            request.mount + found.mount,
            self.router.in_version(match.position),
            settled.ranges,
            media,
            handling(plan, wishes, lenient=self.api.lenient) if wishes else None,
            returning(plan, wishes) if wishes else None,
            self.api.limits,
            plan.queries.inward(request.query) if plan.queries is not None and request.query else None,
        )

    def _media(self, found: Declared, plan: Plan, settled: Settled) -> str | None:
        """What the reply is sent as. Where versions have different resources at one URL, it is that of the plan."""
        if plan.resource is found.match.place.resource:
            return settled.media
        return self.negotiator.media(plan.resource.name, plan.position, settled.ranges)


def _cause(violation: ContractViolation) -> BaseException | None:
    """What an author's function raised, where that is why; its traceback is in the log."""
    found: BaseException | None = violation
    while isinstance(found, ContractViolation):
        found = found.__cause__
    return found


_WRITES: Final = {"PATCH": patch, "PUT": replace}
"""How a body that is translated reaches the app, where not as it is created."""


def _write(turn: Turn, replies: Replies) -> Exchange:
    """The operation itself, by what its method means."""
    how = operate if turn.plan.request is None else _WRITES.get(turn.plan.route.method, create)
    return how(turn, replies)


def _plan(place: Place, method: str) -> Plan:
    plan = place.plan(method)
    if plan is None:
        raise RequestError("METHOD_NOT_ALLOWED", headers=[("Allow", place.allow)])
    return plan


def _is_preflight(request: Request) -> bool:
    """Whether, with OPTIONS, a browser asks if it may send another request (Fetch Standard, CORS-preflight request)."""
    return "Origin" in request.headers and "Access-Control-Request-Method" in request.headers
