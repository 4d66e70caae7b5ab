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

from .events import UNTOUCHED, Call, Exchange, Outcome, Untouched
from .links import Site
from .negotiation import VERSION_HEADER, Negotiator
from .plan import Located, Match, Router
from .problem import INTERNAL, Problem, ProblemForm
from .replies import Replies
from .turn import Turn
from .writes import create, patch, replace

log = logging.getLogger("translayer")


class Engine:
    """An API made ready to serve: every table is built here, and a request only looks things up."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.negotiator = Negotiator(api)
        self.router = Router(api)
        self.replies = Replies(api, ProblemForm(api.problems, api.error_docs))

    def exchange(self, request: Request) -> Exchange:
        """What happens to one request: yields events, returns the outcome."""
        located = self.router.locate(request.path)
        if located is None:
            return self._outside(request)
        match = self.router.anywhere(located.rest)
        if match is None:
            return self._undeclared(request, located)
        return (yield from self._declared(request, located, match))

    def _outside(self, request: Request) -> Outcome:
        """A URL that is not behind the prefix: the app's, unless it is a way around the layer."""
        api = self.api
        if not api.bypass and self.router.is_apps_own(request.path):
            return self._refusal(request, RequestError("NOT_FOUND", "This URL needs a version in front of it."))
        return UNTOUCHED if api.undeclared == "relay" else self._refusal(request, RequestError("NOT_FOUND"))

    def _undeclared(self, request: Request, located: Located) -> Outcome:
        """A URL that no version knows: the app's, behind the version that it names, if it names one."""
        try:
            if located.named is not None:
                self.negotiator.in_url(located.named)
        except RequestError as error:
            return self._refusal(request, error)
        if self.api.undeclared == "refuse" or self.router.in_disguise(located.rest):
            return self._refusal(request, RequestError("NOT_FOUND"))
        if located.named is None:
            return UNTOUCHED
        return Untouched(located.mount)

    def _declared(self, request: Request, located: Located, found: Match) -> Exchange:
        """A URL that some version knows: from here on every reply is ours, in the client's version."""
        position, ranges = self.negotiator.default, accepted(None)
        try:
            ranges = accepted(_joined(request, "Accept"))
            position = self._choose_version(request, located, found, ranges)
            match = self.router.in_version(position).match(located.rest)
            if match is None:
                raise RequestError("NOT_FOUND")
            if request.method == "OPTIONS":
                return (yield from self._options(request, located, match, position))
            return (yield from self._perform(self._turn(request, located, match, position, ranges)))
        except RequestError as error:
            return self._refusal(request, error, position, ranges)
        except ContractViolation as violation:
            log.error("%s %s breaks the contract: %s", request.method, request.path, violation)
            return self.replies.problem(INTERNAL, position, ranges)

    def _choose_version(self, request: Request, located: Located, found: Match, ranges: Sequence[Range]) -> int:
        """The one version that all sources agree on."""
        negotiator = self.negotiator
        url = None if located.named is None else negotiator.in_url(located.named)
        header = negotiator.in_header(request.headers.getlist(VERSION_HEADER))
        position = negotiator.named(url, header)
        if position is None:
            position = negotiator.by_accept(found.place.resource.name, ranges)
        return negotiator.unversioned() if position is None else position

    def _turn(self, request: Request, located: Located, match: Match, position: int, ranges: Sequence[Range]) -> Turn:
        plan = match.place.plan(request.method)
        if plan is None:
            raise RequestError("METHOD_NOT_ALLOWED", headers=[("Allow", match.place.allow)])
        routes = self.router.in_version(position)
        root, mount = request.mount, request.mount + located.mount
        return Turn(
            request=request,
            plan=plan,
            path=routes.inner_path(match),
            site=Site(request.origin, root, mount),
            addresses=routes.addresses,
            ranges=ranges,
            media=self.negotiator.media(plan.resource.name, position, ranges) if plan.reply else None,
            lenient=self.api.lenient and _prefers_lenient(request),
            limits=self.api.limits,
        )

    def _perform(self, turn: Turn) -> Exchange:
        """The operation itself, by what its method means."""
        plan = turn.plan
        if plan.request is None:
            return (yield from self._pass_on(turn))
        if plan.route.method == "PATCH":
            return (yield from patch(turn, self.replies))
        if plan.route.method == "PUT":
            return (yield from replace(turn, self.replies))
        return (yield from create(turn, self.replies))

    def _pass_on(self, turn: Turn) -> Exchange:
        """An operation whose request needs no translation: GET, HEAD, DELETE, and routes without a schema."""
        method = "GET" if turn.request.method == "HEAD" and turn.plan.reply else turn.request.method
        head = yield turn.call(method, turn.conditions(), relay=self.replies.relay(turn))
        return (yield from self.replies.finish(turn, head))

    def _options(self, request: Request, located: Located, match: Match, position: int) -> Exchange:
        """What the URL offers in this version (RFC 9110, section 9.3.7); a CORS preflight is the app's to answer."""
        if "Origin" in request.headers and "Access-Control-Request-Method" in request.headers:
            path, mount = self.router.in_version(position).inner_path(match), request.mount + located.mount
            version = self.api.versions[position].text
            yield Call("OPTIONS", mount, path, request.query, {}, None, lambda head: head.headers, version)
        return self.replies.options(match.place, position)

    def _refusal(
        self, request: Request, error: RequestError, position: int | None = None, ranges: Sequence[Range] = ()
    ) -> Reply:
        at = self.negotiator.default if position is None else position
        return self.replies.problem(Problem.of(error), at, ranges)


def _joined(request: Request, name: str) -> str | None:
    """All lines of a list-valued header as one value (RFC 9110, section 5.3); ``None`` where it is absent."""
    values = request.headers.getlist(name)
    return ", ".join(values) if values else None


def _prefers_lenient(request: Request) -> bool:
    """Whether ``Prefer`` asks for lenient handling (RFC 7240, section 4.4)."""
    wishes = (_joined(request, "Prefer") or "").lower().split(",")
    return any(wish.split(";")[0].replace('"', "").replace(" ", "") == "handling=lenient" for wish in wishes)
