"""Plans: everything about one route in one version that can be known before the first request.

What the router finds for a URL is a ``Place``, whose plan for the method says all that the exchange needs. All of them
are made at construction, and nothing about them changes.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from hashlib import blake2b
from types import MappingProxyType
from typing import Final, NamedTuple

from marshmallow import Schema

from translayer.contract.api import Api
from translayer.contract.deprecation import Deprecation
from translayer.contract.looking import looking_at
from translayer.contract.notations import PATCH_TYPES, VERSION_HEADER, Notation, notations
from translayer.contract.resource import Resource
from translayer.contract.routes import Route
from translayer.contract.version import Version
from translayer.document.forms import Form
from translayer.errors import DeclarationError
from translayer.http.fields import Pair
from translayer.http.media import MediaType

from .bodies import ReplyBody, RequestBody
from .compile import Compiler
from .fast import FastPath
from .judging import Judge, computes
from .paging import pager
from .promises import Promises
from .queries import Queries
from .usage import patch_usage, reply_usage, request_usage

_PATCHES: Final = tuple(map(MediaType.parse, PATCH_TYPES))

_NO_FORMS: Final[Mapping[str, Form]] = MappingProxyType({})
_NO_PLANS: Final[Mapping[str, Plan]] = MappingProxyType({})


class _Taken(NamedTuple):
    """What requests may be in: the media types, and the forms of those that are not JSON."""

    types: tuple[MediaType, ...]
    forms: Mapping[str, Form] = _NO_FORMS


@dataclass(frozen=True, eq=False)
class Plan:
    """One route in one version.

    ``request`` and ``reply`` are the ways of bodies, ``None`` where a body passes as it is; of PATCH,
    ``request`` is that of the object which the patch is applied to. ``takes`` are the media types of requests,
    ``vary`` the request headers that can change the reply, ``preferences`` those of ``Prefer`` that are honoured here.
    ``judged`` says whether conditions are held here against what clients saw, and not left to the app;
    ``deprecation`` is that of the route, in whatever version. ``queries`` are the ways of queries, ``None`` where they
    pass as they are. ``judge`` looks at replies, ``None`` where nobody does.

    ``audience`` stands in entity tags for the flags of those who are served so; nothing where they have none.

    Beside JSON: ``forms`` are those of the API and ``form`` is that of the reply, ``None`` for JSON; ``reads`` are
    those of requests by their media types, and ``rendered`` the plans of the other replies, by theirs.

    What follows from these: ``text``, the version's; ``signature``, the two headers of every reply, where the app says
    no ``Vary`` of its own; ``mark``, which tells the entity tags of version and form from all others; ``marks``, those
    of the tags by which a condition may name what it is about, which for a write are of all forms; and ``safe``,
    whether the route only reads (RFC 9110, section 9.2.1).
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
    judged: bool
    deprecation: Deprecation | None
    queries: Queries | None
    judge: Judge | None = None
    forms: tuple[Form, ...] = ()
    form: Form | None = None
    audience: str = ""
    reads: Mapping[str, Form] = field(default_factory=lambda: _NO_FORMS)
    rendered: Mapping[str, Plan] = field(default_factory=lambda: _NO_PLANS)
    text: str = field(init=False)
    signature: tuple[Pair, Pair] = field(init=False)
    mark: str = field(init=False)
    marks: tuple[str, ...] = field(init=False)
    safe: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.version.text)
        object.__setattr__(self, "signature", _signature(self.text, self.vary))
        object.__setattr__(self, "safe", self.route.method == "GET")
        object.__setattr__(self, "mark", self._mark(self.form))
        every = (self.mark,) if self.safe else tuple(map(self._mark, (None, *self.forms)))
        object.__setattr__(self, "marks", every)

    def _mark(self, form: Form | None) -> str:
        return f"v{self.text}{self.audience}" if form is None else f"v{self.text}{self.audience}+{form.name}"

    @property
    def refused_type_headers(self) -> tuple[Pair, ...]:
        """What a 415 must carry: the types that are taken (RFC 5789, section 2.2; RFC 9110, section 15.5.16)."""
        listed = ", ".join(map(str, self.takes))
        return (("Accept-Patch" if self.route.method == "PATCH" else "Accept", listed),)


@dataclass(frozen=True, eq=False)
class Place:
    """One URL rule in one version: its plans by method, and whether what is written here can be read here, as one
    document.

    What follows from these: ``tagged``, whether entity tags at this URL have the version's mark, as they do where what
    it shows is translated; ``retagged``, whether they are made here; ``queried``, whether any query is translated;
    ``allow``, the value of ``Allow``.
    """

    resource: Resource
    plans: Mapping[str, Plan]
    readable: bool
    tagged: bool = field(init=False)
    retagged: bool = field(init=False)
    queried: bool = field(init=False)
    allow: str = field(init=False)

    def __post_init__(self) -> None:
        methods = {*self.plans, "OPTIONS", *(["HEAD"] if "GET" in self.plans else [])}
        tagged = any(plan.reply is not None for plan in self.plans.values())
        object.__setattr__(self, "tagged", tagged)
        object.__setattr__(self, "retagged", tagged and self.resource.etag == "generate")
        object.__setattr__(self, "queried", any(plan.queries is not None for plan in self.plans.values()))
        object.__setattr__(self, "allow", ", ".join(sorted(methods)))

    def plan(self, method: str) -> Plan | None:
        """The plan for a method; HEAD goes by GET's (RFC 9110, section 9.3.2)."""
        return self.plans.get("GET" if method == "HEAD" else method)


class Planner:
    """Makes the plans of one API."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._compiler = Compiler(api.limits)
        self._notations = cache(self._notations_of)
        self._taken = cache(self._taken_of)
        self._bodies: dict[Hashable, ReplyBody] = {}
        self._promises = Promises(api)
        self._computes = computes(api)
        self._audience = _audience(api.seen_by)

    def place(self, routes: Mapping[str, Route], position: int) -> Place:
        """One URL in the version at ``position``, for its routes by method.

        Raises ``DeclarationError`` for routes that the version cannot serve without harm.
        """
        self._refuse_blind_writes(routes, position)
        readable = _is_readable(routes)
        plans = {method: self._plan(route, position, readable=readable) for method, route in routes.items()}
        return Place(self._api.owner(next(iter(routes.values()))), plans, readable)

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

    def _plan(self, route: Route, position: int, *, readable: bool) -> Plan:
        api, resource = self._api, self._api.owner(route)
        schema = route.reply if route.method == "PATCH" else route.request
        preferences = _preferences(route, schema)
        taken = _Taken(_PATCHES) if route.method == "PATCH" else self._taken(resource.name, position)
        plan = Plan(
            route=route,
            resource=resource,
            version=api.versions[position],
            position=position,
            request=self._request(schema, route, resource, position),
            reply=self._reply(route, resource, position),
            takes=taken.types,
            vary=_vary(header=api.header, preferences=bool(preferences)),
            preferences=preferences,
            deprecation=route.deprecation,
            judged=resource.etag != "app" and (route.reply is not None if route.method == "GET" else readable),
            queries=self._queries(route, position),
            judge=self._judge(route, resource, position),
            forms=api.forms,
            audience=self._audience,
            reads=taken.forms,
        )
        return self._with_forms(plan) if route.reply is not None and api.forms else plan

    def _with_forms(self, plan: Plan) -> Plan:
        """The plan with those of its replies in other forms."""
        variants = {form.name: replace(plan, form=form) for form in plan.forms}
        every = self._notations(plan.resource.name, plan.position)
        rendered = {str(known.media): variants[known.form.name] for known in every if known.form is not None}
        return replace(plan, rendered=rendered)

    def _queries(self, route: Route, position: int) -> Queries | None:
        grammar = self._api.grammar(route, position)
        return None if grammar is None else Queries(grammar, self._api.limits)

    def _judge(self, route: Route, resource: Resource, position: int) -> Judge | None:
        """Who looks at the replies of a route in a version, if anybody does."""
        mode = looking_at(route, resource, self._api.versions[position], self._api.replies)
        if route.reply is None or mode == "off":
            return None
        promise = self._promises.reply(route, position)
        return Judge(self._api, route, position, mode, promise, computes=self._computes)

    def _request(
        self, schema: type[Schema] | None, route: Route, resource: Resource, position: int
    ) -> RequestBody | None:
        if schema is None:
            return None
        method, promise = route.method, self._promises.request(route, position)
        translation = self._api.translation(schema, position, resource.unknown)
        if method == "PATCH":
            fast = FastPath(None, reasons=("A patch is applied to the object as it is.",))
        elif method == "PUT" and translation.loses:
            fast = FastPath(None, reasons=("What the version cannot see is kept from the object as it is.",))
        elif promise is not None:
            fast = FastPath(None, reasons=("The version has a contract of its own, against which requests are held.",))
        else:
            fast = self._compiler.request(translation, self._api.versions[position].text)
        if not self._api.has_deprecated_fields:
            return RequestBody(translation, self._api.limits, fast, promise=promise)
        shape, resolve = translation.shape, translation.check.resolve
        usages = request_usage(shape, resolve), patch_usage(shape, resolve) if method == "PATCH" else None
        return RequestBody(translation, self._api.limits, fast, *usages, promise)

    def _reply(self, route: Route, resource: Resource, position: int) -> ReplyBody | None:
        if route.reply is None:
            return None
        key = route.reply, resource.unknown, resource.items, position, route if route.many else None
        if key not in self._bodies:
            self._bodies[key] = self._reply_body(route, route.reply, resource, position)
        return self._bodies[key]

    def _reply_body(self, route: Route, schema: type[Schema], resource: Resource, position: int) -> ReplyBody:
        """The way of replies; of a document it is the same whatever route it comes from."""
        translation = self._api.translation(schema, position, resource.unknown)
        envelope, items = self._api.envelope, resource.items
        fast = self._compiler.reply(
            translation, envelope, self._api.versions[position].text, many=route.many, items=items
        )
        pages = pager(self._api.paging_of(route), envelope) if route.many else None
        usage = None
        if self._api.has_deprecated_fields:
            shape, resolve = translation.shape, translation.check.resolve
            usage = reply_usage(shape, resolve, envelope, many=route.many, items=items)
        return ReplyBody(translation, envelope, route.many, items, fast, pages, usage)

    def _notations_of(self, resource: str, position: int) -> tuple[Notation, ...]:
        """How documents of a resource are sent in the version at ``position``."""
        return tuple(notations(self._api, self._api.versions[position], resource))

    def _taken_of(self, resource: str, position: int) -> _Taken:
        """The same as requests have it."""
        known = self._notations(resource, position)
        forms = {notation.media.essence: notation.form for notation in known if notation.form is not None}
        return _Taken(tuple(notation.media for notation in known), forms)


def _audience(flags: frozenset[str]) -> str:
    """What tells the entity tags of consumers with certain flags from others', to whom the same object looks otherwise.

    Equal flags give equal texts, whatever machine they are asked on.
    """
    return "-" + blake2b("\n".join(sorted(flags)).encode(), digest_size=4).hexdigest() if flags else ""


def _is_readable(routes: Mapping[str, Route]) -> bool:
    read = routes.get("GET")
    return read is not None and read.reply is not None and not read.many


def _preferences(route: Route, request: type[Schema] | None) -> frozenset[str]:
    """The preferences that a route honours: how a document is taken, and what a write replies with."""
    return _PREFERENCES[request is not None, route.reply is not None and route.method != "GET"]


_PREFERENCES: Final[Mapping[tuple[bool, bool], frozenset[str]]] = {
    (False, False): frozenset(),
    (True, False): frozenset({"handling"}),
    (False, True): frozenset({"return"}),
    (True, True): frozenset({"handling", "return"}),
}


# Of all that plans hold there are few, and thousands of plans.


@cache
def _vary(*, header: bool, preferences: bool) -> tuple[str, ...]:
    """The request headers that can change a reply."""
    return ("Accept", *([VERSION_HEADER] if header else []), *(["Prefer"] if preferences else []))


@lru_cache(maxsize=256)
def _signature(text: str, vary: tuple[str, ...]) -> tuple[Pair, Pair]:
    return (VERSION_HEADER, text), ("Vary", ", ".join(vary))
