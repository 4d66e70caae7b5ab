"""Plans: everything about one route in one version that can be known before the first request.

The router finds, for a URL, what the exchange will do with it: a ``Place`` whose plan is looked up, or nothing of
ours. All tables are made at construction; a request is look-ups.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from marshmallow import Schema

from translayer.contract.api import Api
from translayer.contract.resource import Resource
from translayer.contract.routes import Path, Route, Table
from translayer.contract.version import SEGMENTS, Version
from translayer.errors import DeclarationError
from translayer.http.media import MediaType

from .bodies import ReplyBody, RequestBody
from .compile import Compiler
from .links import Addresses, adapter, matched
from .negotiation import NEWEST_NAMES, VERSION_HEADER
from .spellings import Spellings

PATCH_TYPES: Final = ("application/json-patch+json", "application/merge-patch+json")
"""What PATCH takes (RFC 6902, RFC 7396)."""

_UNRESOLVED: Final = re.compile(r"//|/\.\.?(?:/|\Z)")
"""An empty segment or one of dots, but for the empty one behind a trailing slash."""


@dataclass(frozen=True, eq=False)
class Plan:
    """One route in one version.

    ``request`` and ``reply`` are the ways of bodies, ``None`` where a body passes as it is; of PATCH,
    ``request`` is that of the object which the patch is applied to. ``takes`` are the media types of requests,
    ``vary`` the request headers that can change the reply, ``preferences`` those of ``Prefer`` that are honoured here.
    """

    route: Route
    resource: Resource
    version: Version
    position: int
    request: RequestBody | None
    reply: ReplyBody | None
    takes: tuple[MediaType, ...]
    vary: tuple[str, ...]
    preferences: frozenset[str]

    @property
    def refused_type_headers(self) -> tuple[tuple[str, str], ...]:
        """What a 415 must carry: the types that are taken (RFC 5789, section 2.2; RFC 9110, section 15.5.16)."""
        listed = ", ".join(map(str, self.takes))
        return (("Accept-Patch" if self.route.method == "PATCH" else "Accept", listed),)


@dataclass(frozen=True, eq=False)
class Place:
    """One URL rule in one version: its plans by method, and what ``Allow`` says of it."""

    rule: str
    resource: Resource
    plans: Mapping[str, Plan]

    def plan(self, method: str) -> Plan | None:
        """The plan for a method; HEAD goes by GET's (RFC 9110, section 9.3.2)."""
        return self.plans.get("GET" if method == "HEAD" else method)

    @property
    def tagged(self) -> bool:
        """Whether entity tags at this URL have the version's mark: where what it shows is translated."""
        return any(plan.reply is not None for plan in self.plans.values())

    @property
    def readable(self) -> bool:
        """Whether what is written here can be read here, as one document."""
        plan = self.plans.get("GET")
        return plan is not None and plan.reply is not None and not plan.route.many

    @property
    def allow(self) -> str:
        """The value of ``Allow``."""
        methods = {*self.plans, "OPTIONS", *(["HEAD"] if "GET" in self.plans else [])}
        return ", ".join(sorted(methods))


@dataclass(frozen=True, slots=True)
class Match:
    """A place that a path leads to in the version at ``position``, and the values of the rule's variables."""

    position: int
    place: Place
    values: Mapping[str, Any]


class VersionRoutes:
    """The places of one version."""

    def __init__(self, position: int, places: Mapping[Place, str], table: Table) -> None:
        self._position = position
        self.places = tuple(places)
        self._router = adapter(places)
        self.addresses = Addresses(table)

    def match(self, path: str) -> Match | None:
        """The place that a path leads to."""
        found = matched(self._router, path)
        return None if found is None else Match(self._position, *found)

    def inner_path(self, match: Match) -> str:
        """Today's path for a match, unquoted, as WSGI wants it."""
        return unquote(self.addresses.to_today(match.place.rule, match.values))


@dataclass(frozen=True, slots=True)
class Located:
    """A path taken apart: ``mount`` is the prefix with the version's segment, ``rest`` what stands behind it.

    ``named`` is the text of the version in the URL, without its ``v``; ``None`` where it names none.
    """

    mount: str
    rest: str
    named: str | None


class Router:
    """From paths to places, in every version."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._prefix = api.prefix
        self._compiler = Compiler(api)
        self._versions = tuple(self._routes(position, table) for position, table in enumerate(api.tables))
        names = "|".join(sorted(NEWEST_NAMES))
        self._segment = re.compile(rf"/(?:v({SEGMENTS[api.scheme]})|({names}))(?=/|\Z)", re.ASCII)
        routes = [route for resource in api.resources for route in resource.all_routes()]
        self._own = Addresses(tuple(Path(route.rule, route) for route in routes))
        self._spellings = Spellings(route.rule for route in routes)

    def _routes(self, position: int, table: Table) -> VersionRoutes:
        rules: dict[tuple[str, str], dict[str, Route]] = {}
        for path in table:
            rules.setdefault((path.rule, path.route.rule), {})[path.route.method] = path.route
        for routes in rules.values():
            self._refuse_blind_writes(routes, position)
        places = {
            Place(today, self._api.owner(next(iter(routes.values()))), dict(self._plans(routes, position))): rule
            for (rule, today), routes in rules.items()
        }
        return VersionRoutes(position, places, table)

    def _refuse_blind_writes(self, routes: Mapping[str, Route], position: int) -> None:
        """What must be read before it is written, or seen before it is overwritten, must have a GET in the version."""
        if "GET" in routes:
            return
        resource, version = self._api.owner(next(iter(routes.values()))), self._api.versions[position].text
        for method, route in routes.items():
            at = f"{method} {route.rule} in version {version}"
            if method == "PATCH" and route.reply is not None:
                raise DeclarationError(f"{at} is served from GET, which that version does not have: add GET to it")
            if method == "PUT" and route.request and self._api.translation(route.request, position).loses:
                raise DeclarationError(
                    f"{at} would destroy what that version cannot see, since there is no GET to read it first: "
                    f"declare GET for the same rule"
                )
            if method in ("PUT", "DELETE") and route.rule == resource.item and resource.require_condition:
                raise DeclarationError(
                    f"{at} requires a condition, and there is no GET to get an entity tag from: declare GET for the "
                    f"same rule, or take require_condition away"
                )

    def _plans(self, routes: Mapping[str, Route], position: int) -> Iterator[tuple[str, Plan]]:
        for method, route in routes.items():
            yield method, self._plan(route, position)

    def _plan(self, route: Route, position: int) -> Plan:
        api, resource = self._api, self._api.owner(route)
        schema = route.reply if route.method == "PATCH" else route.request
        preferences = _preferences(route, schema)
        return Plan(
            route=route,
            resource=resource,
            version=api.versions[position],
            position=position,
            request=self._request(schema, resource, position),
            reply=self._reply(route, resource, position),
            takes=self._takes(route, resource, position),
            vary=("Accept", *([VERSION_HEADER] if api.header else []), *(["Prefer"] if preferences else [])),
            preferences=preferences,
        )

    def _request(self, schema: type[Schema] | None, resource: Resource, position: int) -> RequestBody | None:
        if schema is None:
            return None
        translation = self._api.translation(schema, position, resource.unknown)
        return RequestBody(translation, self._api.limits, self._compiler.request(translation))

    def _reply(self, route: Route, resource: Resource, position: int) -> ReplyBody | None:
        if route.reply is None:
            return None
        translation = self._api.translation(route.reply, position, resource.unknown)
        envelope, items = self._api.envelope, resource.items
        fast = self._compiler.reply(translation, envelope, many=route.many, items=items)
        return ReplyBody(translation, envelope, route.many, items, fast)

    def _takes(self, route: Route, resource: Resource, position: int) -> tuple[MediaType, ...]:
        if route.method == "PATCH":
            return tuple(map(MediaType.parse, PATCH_TYPES))
        vendor = self._api.offered(self._api.versions[position], resource.name)
        return (MediaType.parse("application/json"), *vendor)

    def locate(self, path: str) -> Located | None:
        """The path behind the prefix and the version's segment; ``None`` where it is not behind the prefix."""
        prefix = self._prefix
        if path != prefix and not path.startswith(prefix + "/"):
            return None
        found = self._segment.match(path, len(prefix))
        if found is None or (found[2] and self.anywhere(path[found.end() :]) is None):
            return Located(prefix, path[len(prefix) :], None)
        return Located(path[: found.end()], path[found.end() :], found[1] or found[2])

    def plans(self) -> Iterator[Plan]:
        """Every plan there is, of the newest version first."""
        for routes in self._versions:
            for place in routes.places:
                yield from place.plans.values()

    def in_version(self, position: int) -> VersionRoutes:
        """The places of the version at ``position``."""
        return self._versions[position]

    def anywhere(self, path: str) -> Match | None:
        """The place that a path leads to in any version, the newest first."""
        found = (routes.match(path) for routes in self._versions)
        return next((match for match in found if match is not None), None)

    def in_disguise(self, path: str) -> bool:
        """Whether a path leads to a declared place once slashes and dots in it are resolved, as some apps do."""
        if path[:1] in ("", "/") and not _UNRESOLVED.search(path):
            return False
        kept: list[str] = []
        for segment in path.split("/"):
            if segment == "..":
                del kept[-1:]
            elif segment not in ("", "."):
                kept.append(segment)
        plain = "/" + "/".join(kept)
        return self.anywhere(plain) is not None or self._own.to_version(plain) is not None

    def is_apps_own(self, path: str) -> bool:
        """Whether a path is one of today's URLs of a declared route, as the app itself serves it."""
        return self._own.to_version(path) is not None or self.in_disguise(path) or self._spellings.include(path)


def _preferences(route: Route, request: type[Schema] | None) -> frozenset[str]:
    """The preferences that a route honours: how a document is taken, and what a write replies with."""
    names = set()
    if request is not None:
        names.add("handling")
    if route.reply is not None and route.method != "GET":
        names.add("return")
    return frozenset(names)
