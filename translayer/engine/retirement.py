"""What a version answers that is retired, or off for a while, and where users of one that ends find what follows it.

Strategy: an error in the usual form, whatever the URL; its status is the author's choice. A redirect is sent only where
a client can follow it: one that names the version in a header too would name it again at the other end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from translayer.contract.api import Api
from translayer.contract.clock import Clock
from translayer.contract.life import Life
from translayer.contract.notations import VERSION_HEADER, notations
from translayer.errors import RequestError
from translayer.http.fields import Pair
from translayer.http.media import MediaType, is_type
from translayer.http.message import Request

from .eras import NEVER, Era
from .links import quoted
from .negotiation import ClosedError, Negotiator
from .problem import Problem
from .queries import Queries
from .remarks import Remarks
from .router import Declared, Match, Router

_OF_QUERIES: Final = "%/?!$&'()*+,;=:@"
"""What stands in a query as it is (RFC 3986, section 3.4); others are bytes, as Latin-1 (PEP 3333)."""

_DAY: Final = 24 * 60 * 60
"""Seconds."""

_STATUSES: Final = {"gone": 410, "not-found": 404}
"""What a retired version answers where it does not lead elsewhere."""


# 128: what stands before the paths of versions, where the layer is mounted.
_quoted: Final = lru_cache(maxsize=128)(quoted)


class Closed(NamedTuple):
    """A URL of a version that answers as retired, and that no version declares: ``rest`` is what follows its mount.

    ``negotiator`` is the one in whose era it was found to be so.
    """

    named: str
    rest: str
    negotiator: Negotiator

    def error(self, request: Request) -> ClosedError:
        """What the request comes to; raises ``RequestError`` where its header names another version."""
        headers = request.headers
        return self.negotiator.closed(self.named, headers.get(VERSION_HEADER), headers.get("Accept"))


class Refused(NamedTuple):
    """A URL behind the name of a version at which there is nothing for whoever asks; ``rest`` is what follows both."""

    named: str
    rest: str
    error: RequestError


class Retirement:
    """Ends of versions, for one API; ``clock`` is one that does not fail."""

    def __init__(self, api: Api, router: Router, clock: Clock) -> None:
        self._api = api
        self._prefix = api.prefix
        self._versions = (*api.versions, *api.withdrawn)
        self._lives: tuple[Life, ...] = tuple(version.life for version in self._versions)
        self._declared = len(api.versions)
        self._router = router
        self._clock = clock

    def remarks(
        self,
        request: Request,
        rest: str,
        position: int,
        negotiator: Negotiator,
        vary: tuple[str, ...],
        match: Match | None = None,
    ) -> Remarks:
        """What users of a version that ends are told; ``rest`` is the path in that version.

        ``match`` is what the path leads to in some version, where that has been looked up already.
        """
        notice = negotiator.era.notices.get(position)
        links = self._successors(request, self._today(position, rest, match), position, negotiator)
        return Remarks([] if notice is None else [notice], links, vary)

    def _successors(
        self, request: Request, today: str | None, position: int, negotiator: Negotiator
    ) -> Iterator[tuple[str, str]]:
        """Links to the same resource in the next version, and in the newest (RFC 5829, sections 3.2 and 3.4)."""
        newest, successor = negotiator.era.newest, negotiator.era.successors.get(position)
        latest = None if newest is None or newest == position else self._url(request, today, newest, negotiator)
        if successor is not None and successor != newest:
            yield "successor-version", self._url(request, today, successor, negotiator)
        elif successor is not None and latest is not None:
            yield "successor-version", latest
        if latest is not None:
            yield "latest-version", latest

    def _url(self, request: Request, today: str | None, target: int, negotiator: Negotiator) -> str:
        """Where today's path is found in a version, or the root of that version."""
        found = None if today is None else self._router.in_version(target).addresses.to_version(today)
        return self._front(request, target, negotiator) + (found or "/")

    def _front(self, request: Request, target: int, negotiator: Negotiator) -> str:
        """What stands before the paths of a version."""
        # A path that begins with two slashes would be another host (RFC 3986, section 4.2).
        mount = f"/{request.mount.lstrip('/')}" if request.mount.startswith("//") else request.mount
        return _quoted(f"{mount}{self._prefix}/v{negotiator.texts[target]}")

    def _today(self, position: int, rest: str, match: Match | None = None) -> str | None:
        """Today's path of one in a version; that of a withdrawn one is taken for the same in the oldest there is."""
        if "\N{REPLACEMENT CHARACTER}" in rest:  # bytes that are no UTF-8, and cannot be written again
            return None
        if match is None or match.position != position:
            match = self._router.in_version(min(position, self._declared - 1)).match(rest)
        return None if match is None else match.path

    def asked_at(self, request: Request, found: Closed) -> tuple[str, str]:
        """The ``SCRIPT_NAME`` and ``PATH_INFO`` that the app is asked at about a URL which no version declares.

        Raises what is said of the version where the URL would not be the app's while that is served.
        """
        is_native = self._versions[found.negotiator.in_url(found.named)].native
        if not (is_native or self._router.leaves_to_app(found.rest)):
            raise found.error(request)
        if self._api.app_prefix is None:
            return f"{request.mount}{self._prefix}/v{found.named}", found.rest
        return request.mount, request.path

    def problem(self, request: Request, found: Declared | Closed, error: ClosedError) -> Problem:
        """What is said of a version instead of what was asked for."""
        negotiator = error.negotiator
        life, era = self._lives[error.position], negotiator.era
        until = era.closed[error.position]
        code, told = self._told(life, negotiator.texts[error.position], until, negotiator)
        waiting = self._kept(era) if until is None else self._waiting(until)
        target = era.oldest
        leads = life.retired == "redirect" and target is not None and not self._is_typed(request, error.position)
        if target is None or not leads or not _is_followed(error, found, target, negotiator):
            return Problem(_STATUSES.get(life.retired, 410), code, told, headers=() if until is None else waiting)
        location = self._location(request, found.rest, error.position, target, negotiator)
        status = 301 if request.method in ("GET", "HEAD") else 308
        return Problem(status, code, told, headers=(("Location", location), *waiting))

    def _is_typed(self, request: Request, position: int) -> bool:
        """Whether the body is of a type that names the version, which no other takes."""
        if request.method in ("GET", "HEAD"):
            return False
        try:
            sent = MediaType.parse(request.headers.get("Content-Type", ""))
        except ValueError:
            return False
        return any(
            known.names_version and is_type(sent, known.media)
            for resource in self._api.resources
            for known in notations(self._api, self._versions[position], resource.name)
        )

    def _location(self, request: Request, rest: str, position: int, target: int, negotiator: Negotiator) -> str:
        """Where the same resource is found in another version, with what was asked of it in that version's words."""
        today, routes = self._today(position, rest), self._router.in_version(target)
        path = None if today is None else routes.addresses.to_version(today)
        url = self._front(request, target, negotiator) + (path or "/")
        if path is None or not request.query:
            return url
        theirs, ours = self._queries(position, rest), _queries_of(routes.match(unquote(path)))
        return f"{url}?{quote(_in_words(request.query, theirs, ours), _OF_QUERIES, 'latin-1')}"

    def _queries(self, position: int, rest: str) -> Queries | None:
        """The ways of queries at a path of a version; those of a withdrawn one are no longer known."""
        return _queries_of(self._router.in_version(position).match(rest)) if position < self._declared else None

    def _told(self, life: Life, text: str, until: datetime | None, negotiator: Negotiator) -> tuple[str, str]:
        """The code, and a sentence."""
        supported = f"Supported are: {negotiator.supported}."
        if until is not None:
            return "VERSION_BROWNOUT", f"Version {text} is off until {until:%Y-%m-%d %H:%M} UTC. {supported}"
        is_past = life.sunset is not None and life.sunset <= negotiator.era.begins
        since = f" on {life.sunset:%Y-%m-%d}" if is_past else ""
        return "VERSION_RETIRED", f"Version {text} was retired{since}. {supported}"

    def _kept(self, era: Era) -> tuple[Pair, ...]:
        """For how long a redirect may be kept (RFC 9111, section 4.2.2): when its target ends, it leads elsewhere.

        A 301 of which nothing is said may be kept for good, and dates be declared later.
        """
        left = _DAY if era.ends == NEVER else int((era.ends - self._clock()).total_seconds())
        return (("Cache-Control", f"max-age={min(_DAY, max(0, left))}"),)

    def _waiting(self, until: datetime) -> tuple[Pair, ...]:
        """When to come again, in seconds (RFC 9110, section 10.2.3); until then no cache must keep it for good."""
        seconds = max(1, -int((self._clock() - until).total_seconds() // 1))
        return (("Retry-After", str(seconds)), ("Cache-Control", "no-store"))


def _in_words(query: str, theirs: Queries | None, ours: Queries | None) -> str:
    """A query of one version as another writes it; as it is where that cannot be said, for that version to refuse."""
    if theirs is None or ours is None:
        return query
    try:
        return ours.outward(theirs.inward(query).text, None)
    except RequestError:
        return query


def _queries_of(match: Match | None) -> Queries | None:
    plan = None if match is None else match.place.plan("GET")
    return None if plan is None else plan.queries


def _is_followed(error: ClosedError, found: Declared | Closed, target: int, negotiator: Negotiator) -> bool:
    """Whether a client that is led to the version at ``target`` gets there with the headers that it sends."""
    if error.by_header:
        return False
    if isinstance(found, Closed):
        return True
    return negotiator.media(found.match.place.resource.name, target, error.ranges) is not None
