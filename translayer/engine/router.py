"""The router: what a URL leads to, before anything else of the request is looked at.

Strategy: a URL behind a published version is cut by one look-up of its front, and a URL whose first segment no rule
begins with is nobody's; that is all that most requests need beside the look-up of their rule. Whatever is not so plain
is taken apart step by step. All tables are made at construction. Versions with the same URLs share them, and which
versions know a path at all is asked of one table of all rules, so that a request costs the same however many there are.
What a path leads to does not change, and what clients asked for they ask for again: the last answers are remembered.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import Struct

from translayer.contract.api import Api
from translayer.contract.routes import Route, Table
from translayer.contract.version import SEGMENTS
from translayer.errors import RequestError

from .events import UNTOUCHED, Untouched
from .home import Home
from .links import Addresses, rivals, urls
from .lookup import Rules
from .negotiation import NEWEST_NAMES
from .plan import Place, Plan, Planner
from .rules import parse
from .spellings import Spellings

_UNVERSIONED: Final = "This URL needs a version in front of it."
"""What is said of the app's own URL of a declared route."""

_UNRESOLVED: Final = re.compile(r"//|/\.\.?(?:/|\Z)")
"""An empty segment or one of dots, but for the empty one behind a trailing slash."""


REMEMBERED: Final = 1024
"""Paths that a router remembers, with what they lead to: clients ask for some again and again."""

REMEMBERED_LENGTH: Final = 256
"""Characters of a path that is remembered, so that all of them take less than a megabyte."""


class Match(Struct, frozen=True):
    """A place that a path leads to in the version at ``position``; ``path`` is today's, unquoted, as WSGI wants it."""

    position: int
    place: Place
    path: str


class Located(NamedTuple):
    """A path taken apart: ``mount`` is the prefix with the version's segment, ``rest`` what stands behind it.

    ``named`` is the text of the version in the URL, without its ``v``; ``None`` where it names none.
    """

    mount: str
    rest: str
    named: str | None


class Declared(Struct, frozen=True):
    """A URL that some version knows, taken apart as ``Located`` has it, and the place that it leads to: in the newest
    version that knows it, or in the one that the URL names.
    """

    mount: str
    rest: str
    named: str | None
    match: Match


class VersionRoutes:
    """The places of one version, and its URLs."""

    def __init__(
        self, position: int, addresses: Addresses, places: Sequence[Place], app_prefix: str | None = None
    ) -> None:
        """``places`` are those of the URLs of ``addresses``, in their order; ``app_prefix`` is the API's."""
        self.position = position
        self.app_prefix = app_prefix
        self.addresses = addresses
        self.places = tuple(places)

    def match(self, path: str) -> Match | None:
        """The place that a path leads to."""
        found = self.addresses.to_today(path)
        if found is None:
            return None
        number, today = found
        return Match(self.position, self.places[number], today)

    def inward_query(self, number: int, query: str) -> str | None:
        """A query to the URL of that number as the app takes it; ``None`` where that cannot be said."""
        plan = self.places[number].plan("GET") if query else None
        if plan is None or plan.queries is None:
            return query
        try:
            return plan.queries.inward(query).text
        except RequestError:
            return None


class Router:
    """From paths to places, in every version but those that are ``hidden``, which are as if they were not there.

    ``versions`` are those of another router of the same API, whose plans are shared.
    """

    def __init__(
        self, api: Api, versions: Sequence[VersionRoutes] | None = None, hidden: Set[int] = frozenset()
    ) -> None:
        self._api = api
        self.versions = versions = tuple(_all_routes(api)) if versions is None else versions
        self._prefix = api.prefix
        self._relays = api.undeclared == "relay"
        own = _own_rules(api)
        tables = {position: table for position, table in enumerate(api.tables) if position not in hidden}
        known = _known_rules(tables)
        self._anywhere = Rules(known.items())
        self._newest = _newest(known)
        self._own = Rules((rule, rule) for rule in own)
        self._seen = Rules(
            (rule, rule) for rule in {path.route.rule: None for table in tables.values() for path in table}
        )
        self._home = None if api.app_prefix is None else Home(api, api.app_prefix, own)
        # An app that knows versions in its URLs knows their names of routes as well.
        self._spellings = Spellings(own if self._home is None else [*own, *known])
        self._firsts = _first_segments([*own, *known]) if self._relays else _ANY
        names = "|".join(sorted(NEWEST_NAMES))
        self._segment = re.compile(rf"/(?:v({SEGMENTS[api.scheme]})|({names}))(?=/|\Z)", re.ASCII)
        self._behind_front = len(self._prefix) + 1
        seen = [versions[position] for position in tables]
        self._published = {front.mount: front for front in _published(api, seen, self._firsts)}
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._find)

    def plans(self) -> Iterator[Plan]:
        """Every plan there is, of the newest version first."""
        for routes in self.versions:
            for place in routes.places:
                yield from place.plans.values()

    def in_version(self, position: int) -> VersionRoutes:
        """The places of the version at ``position``."""
        return self.versions[position]

    def find(self, path: str) -> Declared | Untouched | RequestError:
        """What a URL's path leads to: a place of ours, the app as it is, or nothing, with what is said of it."""
        return self._find(path) if len(path) > REMEMBERED_LENGTH else self._remembered(path)

    def _find(self, path: str) -> Declared | Untouched | RequestError:
        """See ``find``."""
        end = path.find("/", self._behind_front)
        front = self._published.get(path[:end]) if end > 0 else None
        if front is None or "//" in path or "/." in path:
            return self._find_unplain(path)
        slash = path.find("/", end + 1)
        if (path[end + 1 :] if slash < 0 else path[end + 1 : slash]) not in front.firsts:
            return front.untouched
        rest = path[end:]
        match = front.routes.match(rest)
        return self._find_unplain(path) if match is None else Declared(front.mount, rest, front.text, match)

    def _find_unplain(self, path: str) -> Declared | Untouched | RequestError:
        """What a path leads to that does not begin with the prefix and a published version, or is odd in some way."""
        found = None if self._home is None else self._find_at_home(path, self._home)
        if found is not None:
            return found
        located = self.locate(path)
        if located is None:
            return self._outside(path)
        return self._find_located(located)

    def _find_at_home(self, path: str, home: Home) -> Untouched | RequestError | None:
        """What a path leads to that is no client's of a version, in the URLs of an app with a prefix of its own.

        ``None`` where that is to be found as with any other app. Such an app knows versions in its URLs, so that no
        part of a path may be odd that leads to one that is served here.
        """
        if not _is_plain(path) and not isinstance(self.find(_resolved(path)), Untouched):
            return RequestError("NOT_FOUND")
        if home.is_native(path):
            return UNTOUCHED
        if not home.holds(path):
            return None
        if not self._api.bypass and home.owns(path):
            return self._unversioned(path.removeprefix(str(self._api.app_prefix)))
        return UNTOUCHED if self._relays else RequestError("NOT_FOUND")

    def locate(self, path: str) -> Located | None:
        """The path behind the prefix and the version's segment; ``None`` where it is not behind the prefix."""
        prefix = self._prefix
        if path != prefix and not path.startswith(prefix + "/"):
            return None
        found = self._segment.match(path, len(prefix))
        if found is None or (found[2] and self._in_any_version(path[found.end() :]) is None):
            return Located(prefix, path[len(prefix) :], None)
        return Located(path[: found.end()], path[found.end() :], found[1] or found[2])

    def _outside(self, path: str) -> Untouched | RequestError:
        """A URL that is not behind the prefix: the app's, unless it is a way around the layer."""
        if self._is_nobodys(path):
            return UNTOUCHED
        if self._home is None and not self._api.bypass and self._is_apps_own(path):
            return self._unversioned(path)
        return UNTOUCHED if self._relays else RequestError("NOT_FOUND")

    def _unversioned(self, path: str) -> RequestError:
        """What is said of the app's own URL of a declared route: nothing, where those who ask do not see that."""
        return RequestError("NOT_FOUND", _UNVERSIONED if self._seen.match(path) is not None else None)

    def _find_located(self, located: Located) -> Declared | Untouched | RequestError:
        """What a URL behind the prefix leads to, step by step."""
        path = located.rest
        if located.named is None and self._is_nobodys(path):
            return UNTOUCHED
        match = None if self._in_disguise(path) else self._in_any_version(path)
        return self._undeclared(located) if match is None else Declared(*located, match)

    def _undeclared(self, located: Located) -> Untouched | RequestError:
        """A URL that no version knows: the app's, behind the version that it names, if it names one."""
        named = located.named
        if named is not None and located.mount not in self._published and named not in NEWEST_NAMES:
            return RequestError("UNKNOWN_VERSION")
        if not self.leaves_to_app(located.rest):
            return RequestError("NOT_FOUND")
        return UNTOUCHED if named is None or self._home is not None else Untouched(located.mount)

    def leaves_to_app(self, path: str) -> bool:
        """Whether a path behind a version, which that version does not declare, is the app's to answer."""
        return self._relays and not self._is_apps_own(path)

    def _in_any_version(self, path: str) -> Match | None:
        """The place that a path leads to in any version, the newest first.

        Of all rules that a path can be of by its first segment the newest version has one, as a rule.
        """
        newest = self._newest.get(_first_segment(path))
        match = None if newest is None else self.versions[newest].match(path)
        return self._in_some_version(path) if match is None else match

    def _in_some_version(self, path: str) -> Match | None:
        """The same, with every rule of every version held against the path."""
        candidates = 0
        for versions in self._anywhere.all(path):
            candidates |= versions
        for position in _bits(candidates):
            match = self.versions[position].match(path)
            if match is not None:
                return match
        return None

    def _is_nobodys(self, path: str) -> bool:
        """Whether a path is surely the app's, and in no version, spelling or disguise ours: by its first segment.

        For most of what is none of ours this is all that is ever asked. Where it says no, the tables are.
        """
        return _is_plain(path) and _first_segment(path) not in self._firsts

    def _in_disguise(self, path: str) -> bool:
        """Whether a path leads to a declared place once slashes and dots in it are resolved, as some apps do."""
        if _is_plain(path) or (path[:1] == "/" and not _UNRESOLVED.search(path)):
            return False
        plain = _resolved(path)
        return self._in_any_version(plain) is not None or self._own.match(plain) is not None

    def _is_apps_own(self, path: str) -> bool:
        """Whether a path is one of today's URLs of a declared route, as the app itself serves it."""
        return self._own.match(path) is not None or self._in_disguise(path) or self._spellings.include(path)


def _is_plain(path: str) -> bool:
    """Whether a path surely has no segments to be resolved."""
    return path[:1] in ("", "/") and "//" not in path and "/." not in path


def _resolved(path: str) -> str:
    """A path without empty segments and those of dots (RFC 3986, section 5.2.4), as some apps read it."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept)


class _Front(Struct, frozen=True):
    """The prefix with a published version behind it: ``mount``.

    ``text`` and ``routes`` are the version's; ``untouched`` is what a URL there is that is nobody's, as each is that
    does not begin with one of ``firsts``.
    """

    mount: str
    text: str
    routes: VersionRoutes
    untouched: Untouched
    firsts: Container[str]


def _published(api: Api, versions: Iterable[VersionRoutes], firsts: Container[str]) -> Iterator[_Front]:
    """The fronts of all versions; ``firsts`` is what declared URLs begin with."""
    for routes in versions:
        version = api.versions[routes.position]
        mount = f"{api.prefix}/v{version.text}"
        untouched = Untouched(mount) if api.app_prefix is None else UNTOUCHED
        yield _Front(mount, version.text, routes, untouched, () if version.native else firsts)


def _all_routes(api: Api) -> Iterator[VersionRoutes]:
    """The places of every version; those whose URLs are the same share what finds them. All plans are made here."""
    planner, own = Planner(api), rivals(_own_rules(api))
    known: dict[tuple[tuple[str, str], ...], Addresses] = {}
    published: dict[str, VersionRoutes] = {}
    for position, table in enumerate(api.tables):
        key = urls(table)
        addresses = known.get(key) or known.setdefault(key, Addresses(table, own, published, api.prefix))
        by_method: dict[tuple[str, str], dict[str, Route]] = {}
        for path in table:
            by_method.setdefault((path.rule, path.route.rule), {})[path.route.method] = path.route
        places = [planner.place(by_method[url], position) for url in key]
        routes = VersionRoutes(position, addresses, places, api.app_prefix)
        published[f"{api.prefix}/v{api.versions[position].text}"] = routes
        yield routes


def _own_rules(api: Api) -> Mapping[str, None]:
    """Today's rules, in the order in which they are declared."""
    return dict.fromkeys(route.rule for resource in api.resources for route in resource.all_routes())


def _known_rules(tables: Mapping[int, Table]) -> Mapping[str, int]:
    """Every rule of any version, with the versions that have it: a bit for each position."""
    known: dict[str, int] = {}
    for position, table in tables.items():
        for path in table:
            known[path.rule] = known.get(path.rule, 0) | 1 << position
    return known


def _bits(number: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while number:
        yield (number & -number).bit_length() - 1
        number &= number - 1


def _newest(known: Mapping[str, int]) -> Mapping[str, int]:
    """The first position at which rules that begin with a segment are found; nothing where some begin with anything."""
    newest: dict[str, int] = {}
    for rule, versions in known.items():
        first = parse(rule).first
        if first is None:
            return {}
        newest[first] = min(newest.get(first, versions.bit_length()), next(_bits(versions)))
    return newest


def _first_segment(path: str) -> str:
    """What stands behind the first slash of a path, up to the next."""
    slash = path.find("/", 1)
    return path[1:] if slash < 0 else path[1:slash]


def _first_segments(rules: Iterable[str]) -> Container[str]:
    """What paths of the rules begin with."""
    firsts = {parse(rule).first for rule in rules}
    return _ANY if None in firsts else frozenset(first for first in firsts if first is not None)


class _Any:
    """Every text."""

    def __contains__(self, text: object) -> bool:
        return True


_ANY: Final = _Any()
