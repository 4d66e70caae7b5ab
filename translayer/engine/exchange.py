"""The stack: what happens to a request, from top to bottom, as one generator that knows no WSGI.

    locate the URL → choose the version → find the place and the plan → negotiate the reply's type
    → read and check the body → upgrade → call the app → downgrade → envelope → print → headers

Every failure on the way, ours and the app's, ends as a ``Reply`` in the error form; what is not ours ends as
``Untouched``; what the app says in other formats is relayed by the boundary as it comes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from translayer.contract.api import Api
from translayer.errors import ContractViolation, RequestError
from translayer.http.accept import Range, accepted
from translayer.http.message import Reply, Request
from translayer.http.prefer import preferences

from .events import UNTOUCHED, Call, Exchange, Outcome, Untouched
from .links import Site
from .negotiation import VERSION_HEADER, Negotiator
from .plan import Located, Match, Router
from .problem import INTERNAL, Problem, ProblemForm
from .replies import Replies
from .turn import Standing, Turn, handling, returning
from .writes import create, operate, patch, replace

log = logging.getLogger("translayer")


class Engine:
    """An API made ready to serve: every table is built here, and a request only looks things up.

    ``debug`` lets exceptions of the author's functions through instead of answering 500.
    """

    def __init__(self, api: Api, *, debug: bool = False) -> None:
        self.api = api
        self.debug = debug
        self.negotiator = Negotiator(api)
        self.router = Router(api)
        self.replies = Replies(api, ProblemForm(api.problems, api.error_docs))
        self._undecided = Standing(self.negotiator.default, accepted(None), self.replies.vary)

    def exchange(self, request: Request) -> Exchange:
        """What happens to one request: yields events, returns the outcome."""
        located = self.router.locate(request.path)
        if located is None:
            return self._outside(request)
        match = None if self.router.in_disguise(located.rest) else self.router.anywhere(located.rest)
        if match is None:
            return self._undeclared(located)
        return (yield from self._declared(request, located, match))

    def _outside(self, request: Request) -> Outcome:
        """A URL that is not behind the prefix: the app's, unless it is a way around the layer."""
        api = self.api
        if not api.bypass and self.router.is_apps_own(request.path):
            return self._refusal(RequestError("NOT_FOUND", "This URL needs a version in front of it."))
        return UNTOUCHED if api.undeclared == "relay" else self._refusal(RequestError("NOT_FOUND"))

    def _undeclared(self, located: Located) -> Outcome:
        """A URL that no version knows: the app's, behind the version that it names, if it names one."""
        try:
            if located.named is not None:
                self.negotiator.in_url(located.named)
            if self.api.undeclared == "refuse" or self.router.is_apps_own(located.rest):
                raise RequestError("NOT_FOUND")
        except RequestError as error:
            return self._refusal(error)
        return UNTOUCHED if located.named is None else Untouched(located.mount)

    def _declared(self, request: Request, located: Located, found: Match) -> Exchange:
        """A URL that some version knows: from here on every reply is ours, in the client's version."""
        standing = self._undecided
        try:
            if _is_preflight(request):
                return (yield from self._preflight(request, located, found))
            ranges = accepted(_joined(request, "Accept"))
            standing = Standing(self.negotiator.default, ranges, self.replies.vary)
            position = self._choose_version(request, located, found, ranges)
            standing = Standing(position, ranges, self.replies.vary)
            match = self._in_version(position, located)
            if request.method == "OPTIONS":
                return self.replies.options(match.place, standing)
            turn = self._turn(request, located, match, ranges)
            standing = turn.standing
            return (yield from self._perform(turn))
        except RequestError as error:
            return self._refusal(error, standing)
        except ContractViolation as violation:
            log.error("%s %r breaks the contract: %s", request.method, request.path, violation)
        except Exception:
            if self.debug:
                raise
            log.exception("a function of the API's own failed at %s %r", request.method, request.path)
        return self.replies.problem(INTERNAL, standing)

    def _choose_version(self, request: Request, located: Located, found: Match, ranges: Sequence[Range]) -> int:
        """The one version that all sources agree on."""
        negotiator = self.negotiator
        url = None if located.named is None else negotiator.in_url(located.named)
        header = negotiator.in_header(request.headers.getlist(VERSION_HEADER))
        position = negotiator.named(url, header)
        if position is None:
            position = negotiator.by_accept(found.place.resource.name, ranges)
        return negotiator.unversioned() if position is None else position

    def _in_version(self, position: int, located: Located) -> Match:
        match = self.router.in_version(position).match(located.rest)
        if match is None:
            raise RequestError("NOT_FOUND")
        return match

    def _preflight(self, request: Request, located: Located, found: Match) -> Exchange:
        """A CORS preflight is the app's to answer. It carries none of the real request's headers, so that only the
        URL can say the version; where it does not, the newest that has the URL is asked.
        """
        match = found
        if located.named is not None:
            match = self._in_version(self.negotiator.in_url(located.named), located)
        path = self.router.in_version(match.position).inner_path(match)
        standing = Standing(match.position, accepted(None), self.replies.vary)
        version = self.api.versions[match.position].text
        told = yield Call("OPTIONS", request.mount + located.mount, path, request.query, {}, None, None, version)
        if told.status >= 500:
            return self.replies.problem(INTERNAL, standing)
        return self.replies.headers_alone(told, standing)

    def _turn(self, request: Request, located: Located, match: Match, ranges: Sequence[Range]) -> Turn:
        plan = match.place.plan(request.method)
        if plan is None:
            raise RequestError("METHOD_NOT_ALLOWED", headers=[("Allow", match.place.allow)])
        routes = self.router.in_version(match.position)
        path = routes.inner_path(match)
        wishes = preferences(_joined(request, "Prefer")) if plan.preferences else {}
        return Turn(
            request=request,
            place=match.place,
            plan=plan,
            path=path,
            site=Site(request.origin, request.mount, request.mount + located.mount, path),
            routes=routes,
            ranges=ranges,
            media=self.negotiator.media(plan.resource.name, match.position, ranges) if plan.reply else None,
            handling=handling(plan, wishes, lenient=self.api.lenient),
            returning=returning(plan, wishes),
            limits=self.api.limits,
        )

    def _perform(self, turn: Turn) -> Exchange:
        """The operation itself, by what its method means."""
        plan = turn.plan
        if turn.lacks_condition:
            raise RequestError("PRECONDITION_REQUIRED")
        if plan.request is None:
            return (yield from operate(turn, self.replies))
        write = {"PATCH": patch, "PUT": replace}.get(plan.route.method, create)
        return (yield from write(turn, self.replies))

    def _refusal(self, error: RequestError, standing: Standing | None = None) -> Reply:
        return self.replies.problem(Problem.of(error), standing or self._undecided)


def _joined(request: Request, name: str) -> str | None:
    """All lines of a list-valued header as one value (RFC 9110, section 5.3); ``None`` where it is absent."""
    values = request.headers.getlist(name)
    return ", ".join(values) if values else None


def _is_preflight(request: Request) -> bool:
    """Whether a browser asks if it may send another request (Fetch Standard, CORS-preflight request)."""
    return (
        request.method == "OPTIONS"
        and "Origin" in request.headers
        and "Access-Control-Request-Method" in request.headers
    )
