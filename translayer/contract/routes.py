"""Routes: which URLs and methods there are today, and which there were in every version.

Rules are written in werkzeug's syntax, as today's app knows them. A version's table is derived from today's by the
changes of URLs, newest version first; what no version could ever reach is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeAlias

from marshmallow import Schema
from msgspec import Struct
from werkzeug.routing import Map, Rule

from translayer.errors import DeclarationError
from translayer.http.message import Request

from .deprecation import Deprecation, deprecation_of
from .flags import check_flag
from .looking import Looking, check_looking
from .paging import Paging, check_paging
from .query import Query, check_query

CachePolicy: TypeAlias = Callable[[Request, str], str | None]
"""Says for how long clients may keep what they read: from the request, and the text of the version that answers, the
value of ``Cache-Control`` (RFC 9111, section 5.2); ``None`` leaves it to the app."""

METHODS: Final = ("DELETE", "GET", "PATCH", "POST", "PUT")
"""The methods an author declares; HEAD comes with GET, and OPTIONS with every URL."""

_VARIABLE: Final = re.compile(r"<[^<>]*>")
_NO_PATH: Final = re.compile(r"[?#<>\s]|//|/\.{1,2}(?:/|\Z)")
"""What no path has, once variables are out of it: a query, empty segments, dot segments (RFC 3986, section 3.3)."""


@dataclass(frozen=True)
class Route:
    """One operation that is neither a resource's collection nor its item.

    ``request`` and ``reply`` are marshmallow schemas of today's business objects, or ``None``: a body without a
    schema passes as it is. ``many`` says that the reply is a list, or a page of one, and ``paging`` where the app says
    which, if not as the resource has it. ``cache`` is asked for every success of GET and HEAD. ``query`` says which
    parameters a GET takes; without it, all pass as they are. ``deprecated`` is the date since when the route should not
    be used, or a ``Deprecation``. With a ``flag`` only consumers who have it see the route. ``replies`` says what
    becomes of replies that break the contract, ``"enforce"``, ``"log"``, ``"off"`` or a ``Sample``; ``summary`` says in
    the specifications what the route is for, in a few words.

    >>> Route("POST", "/bookings/<id>/confirm").method
    'POST'
    """

    method: str
    rule: str
    request: type[Schema] | None = None
    reply: type[Schema] | None = None
    many: bool = False
    cache: CachePolicy | None = field(default=None, compare=False)
    deprecated: Deprecation | date | None = None
    paging: Paging | None = field(default=None, compare=False)
    flag: str | None = None
    query: Query | None = None
    summary: str | None = field(default=None, compare=False)
    replies: Looking | None = field(default=None, compare=False)

    @property
    def deprecation(self) -> Deprecation | None:
        """Since when clients should no longer use the route, whatever their version."""
        return deprecation_of(self.deprecated, f"{self.method} {self.rule}")

    def __post_init__(self) -> None:
        check_rule(self.rule)
        check_methods((self.method,), METHODS, self.rule)
        for schema in (self.request, self.reply):
            if schema is not None:
                check_schema(schema, f"{self.method} {self.rule}")
        if self.method == "PATCH" and self.request is not None:
            raise DeclarationError("PATCH is declared as one of item_methods, since it needs the item's GET and PUT")
        if self.method == "GET" and self.request is not None:
            raise DeclarationError(f"GET {self.rule} has no body: leave request= out")
        if self.many and self.reply is None:
            raise DeclarationError(f"{self.method} {self.rule} has many= but no reply=: name the schema of its items")
        deprecation_of(self.deprecated, f"{self.method} {self.rule}")
        check_cache(self.cache, f"{self.method} {self.rule}")
        if self.flag is not None:
            check_flag(self.flag, f"{self.method} {self.rule}")
        if self.cache is not None and self.method != "GET":
            raise DeclarationError(f"{self.method} {self.rule} has cache=, which is for what is read: for GET")
        check_paging(self.paging, f"{self.method} {self.rule}")
        if self.paging is not None and not self.many:
            raise DeclarationError(f"{self.method} {self.rule} has paging=, which is for lists: for many=True")
        check_looking(self.replies, f"{self.method} {self.rule}")
        if self.summary is not None and (not isinstance(self.summary, str) or not self.summary):
            raise DeclarationError(f"{self.method} {self.rule}: summary={self.summary!r} says nothing in words")
        check_query(self.query, f"{self.method} {self.rule}")
        if self.query is not None and (self.method != "GET" or self.reply is None):
            raise DeclarationError(
                f"{self.method} {self.rule} has query=, which is for what is read, and of which reply= is the schema"
            )


def check_rule(rule: Any) -> None:
    """Raises ``DeclarationError`` where a rule is not one of werkzeug's, or one that no URL ever matches."""
    if not isinstance(rule, str) or not rule.startswith("/"):
        raise DeclarationError(f"the rule {rule!r} must begin with a slash")
    if _NO_PATH.search(_VARIABLE.sub("x", rule)):
        raise DeclarationError(f"the rule {rule!r} is no path: single slashes, no dots alone, no query, no spaces")
    try:
        _make(rule)
    except (ValueError, LookupError, TypeError, SyntaxError) as error:
        raise DeclarationError(f"{rule!r} is no rule that werkzeug understands: {error}") from error


@lru_cache(maxsize=256)
def _make(rule: str) -> None:
    """Has werkzeug read a rule, which most routes share with others; raises whatever that raises."""
    Map([Rule(rule, endpoint="")], strict_slashes=False)


def check_methods(methods: Any, offered: Collection[str], where: str) -> None:
    """Raises ``DeclarationError`` where one of ``methods`` may not stand there."""
    if isinstance(methods, str) or not isinstance(methods, Collection):
        raise DeclarationError(f"{where}: methods are a list, as in ['GET', 'POST'], not {methods!r}")
    for method in methods:
        if method not in offered:
            raise DeclarationError(f"{where}: {method!r} is none of the methods {', '.join(offered)}")


def check_schema(schema: Any, where: str) -> None:
    """Raises ``DeclarationError`` for anything but a marshmallow schema class."""
    if not (isinstance(schema, type) and issubclass(schema, Schema)):
        raise DeclarationError(f"{where} takes a marshmallow schema class, not {schema!r}")


def check_cache(cache: Any, where: str) -> None:
    """Raises ``DeclarationError`` for anything but a function or nothing."""
    if cache is not None and not callable(cache):
        raise DeclarationError(f"{where}: cache is a function of a request and a version, not {cache!r}")


@dataclass(frozen=True)
class Moved:
    """The URLs that began with ``old`` begin with ``to``."""

    old: str
    to: str

    @property
    def sentence(self) -> str:
        """What the newer version did, for the changelog."""
        return f"`{self.old}` moved to `{self.to}`."


@dataclass(frozen=True)
class Added:
    """The URL ``rule``, or only some of its methods, is new."""

    rule: str
    methods: frozenset[str]

    @property
    def sentence(self) -> str:
        """What the newer version did, for the changelog."""
        return f"{_told(self.methods)}`{self.rule}` is new."


@dataclass(frozen=True)
class Removed:
    """The URL ``rule``, or only some of its methods, is gone."""

    rule: str
    methods: frozenset[str]

    @property
    def sentence(self) -> str:
        """What the newer version did, for the changelog."""
        return f"{_told(self.methods)}`{self.rule}` is gone."


RouteChange = Moved | Added | Removed


def _told(methods: frozenset[str]) -> str:
    return f"{', '.join(sorted(methods))} " if methods else ""


class Path(Struct, frozen=True):
    """One route under the rule that one version has for it."""

    rule: str
    route: Route


Table = tuple[Path, ...]
"""The routes of one version."""


def tables(routes: Sequence[Route], changes: Sequence[Sequence[RouteChange]]) -> tuple[Table, ...]:
    """The table of every version, newest first; ``changes[i]`` is what the version at position ``i`` did.

    Raises ``DeclarationError`` for changes that concern no route or contradict each other, for two routes under one
    URL of a version or of today's app, and for a route that is left in no version.
    """
    timeline = _Timeline(tuple(Path(route.rule, route) for route in routes))
    for told in changes:
        timeline.step_back(told)
    found = timeline.tables()
    for table in found:
        _refuse_twins(table)
    _refuse_one_url_today(routes)
    reached = {path.route for table in found for path in table}
    for route in routes:
        if route not in reached:
            raise DeclarationError(f"{route.method} {route.rule} is in no version: what is added must not be removed")
    return found


class _Timeline:
    """The tables found so far, walking back from today: every rule's names, and which routes each version lacks."""

    def __init__(self, today: Table) -> None:
        self._every = [today]
        self._absent: list[set[Route]] = [set()]
        self._told: set[Route] = set()  # routes of which some newer version said that they came or went

    def tables(self) -> tuple[Table, ...]:
        """The table of every version walked so far."""
        return tuple(
            tuple(path for path in table if path.route not in absent)
            for table, absent in zip(self._every, self._absent, strict=True)
        )

    def step_back(self, told: Sequence[RouteChange]) -> None:
        """Derive the version before the oldest so far, from what the latter did."""
        older, absent = self._every[-1], set(self._absent[-1])
        for change in reversed(told):
            if isinstance(change, Moved):
                older = _before_move(change, older)
            elif isinstance(change, Added):
                self._before_addition(change, older, absent)
            else:
                self._before_removal(change, older, absent)
        self._every.append(older)
        self._absent.append(absent)

    def _before_addition(self, change: Added, table: Table, absent: set[Route]) -> None:
        found = _concerned(change, table)
        if found & absent:
            raise DeclarationError(f"{change.sentence} A newer version says so too, and none in between removed it")
        self._told |= found
        absent |= found

    def _before_removal(self, change: Removed, table: Table, absent: set[Route]) -> None:
        """A route that nobody spoke of so far has been gone ever since; others must have been added again."""
        found = _concerned(change, table)
        if (found & self._told) - absent:
            raise DeclarationError(
                f"{change.sentence} A newer version speaks of it again, and none in between added it"
            )
        for newer in self._absent:
            newer |= found - self._told
        self._told |= found
        absent -= found


def _concerned(change: Added | Removed, table: Table) -> set[Route]:
    """The routes that a change speaks of; raises ``DeclarationError`` where there are none."""
    there = {path.route for path in table if path.rule == change.rule}
    found = {route for route in there if not change.methods or route.method in change.methods}
    if not found or change.methods - {route.method for route in found}:
        raise DeclarationError(
            f"{change.sentence} There is no such route to speak of: declare it as today's app serves it"
        )
    return found


def _before_move(change: Moved, table: Table) -> Table:
    check_rule(change.old)
    check_rule(change.to)
    if change.old.rstrip("/") == change.to.rstrip("/"):
        raise DeclarationError(f"moved({change.old!r}, to={change.to!r}) moves nothing: give the old URL first")
    older = tuple(Path(_moved_back(path.rule, change), path.route) for path in table)
    if older == table:
        raise DeclarationError(f"moved({change.old!r}, to={change.to!r}): no route begins with {change.to!r}")
    return older


def _moved_back(rule: str, change: Moved) -> str:
    old, to = change.old.rstrip("/"), change.to.rstrip("/")
    if rule != to and not rule.startswith(to + "/"):
        return rule
    older = old + rule[len(to) :] or "/"
    if _variables(older) != _variables(rule):
        raise DeclarationError(
            f"moved({change.old!r}, to={change.to!r}) must keep the variables of {rule!r}, converters included"
        )
    return older


def _variables(rule: str) -> list[str]:
    return sorted(_VARIABLE.findall(rule))


def _refuse_twins(table: Iterable[Path]) -> None:
    """Two routes that the same URLs reach: by one method, or under two rules, of which only one would be found."""
    seen: set[tuple[str, str]] = set()
    found: dict[str, Path] = {}
    for path in table:
        url = _nameless(path.rule)
        if (url, path.route.method) in seen:
            raise DeclarationError(
                f"{path.route.method} {path.rule} is declared twice; give one of the two another URL"
            )
        seen.add((url, path.route.method))
        other = found.setdefault(url, path)
        if (other.rule, other.route.rule) != (path.rule, path.route.rule):
            raise DeclarationError(
                f"{other.route.method} {other.rule} and {path.route.method} {path.rule} are reached by the same URLs "
                f"in one version, and are {other.route.rule} and {path.route.rule} today: write both alike, or give "
                f"one another URL"
            )


def _refuse_one_url_today(routes: Iterable[Route]) -> None:
    """Two routes, each of other versions, that today's app is asked for by the same requests."""
    seen: dict[tuple[str, str], Route] = {}
    for route in routes:
        other = seen.setdefault((_nameless(route.rule), route.method), route)
        if other is not route:
            raise DeclarationError(
                f"{other.method} {other.rule} and {route.method} {route.rule} are one URL of today's app, whatever the "
                f"version that they are in: declare one of them for all versions, or give one another URL"
            )


def _nameless(rule: str) -> str:
    """A rule as it matches: without the names of its variables, and without a slash at its end."""
    return re.sub(r"<(?:([^<>]*):)?[^<>:]*>", lambda found: f"<{found[1] or 'string'}>", rule).rstrip("/")
