"""Routes: which URLs and methods there are today, and which there were in every version.

Rules are written in werkzeug's syntax, as today's app knows them. A version's table is derived from today's by the
changes of URLs, newest version first; what no version could ever reach is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from marshmallow import Schema
from werkzeug.routing import Map, Rule

from translayer.errors import DeclarationError

METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
"""The methods an author declares; HEAD comes with GET, and OPTIONS with every URL."""


@dataclass(frozen=True)
class Route:
    """One operation that is neither a resource's collection nor its item.

    ``request`` and ``reply`` are marshmallow schemas of today's business objects, or ``None``: a body without a
    schema passes as it is. ``many`` says that the reply is a list, or a page of one.

    >>> Route("POST", "/bookings/<id>/confirm").method
    'POST'
    """

    method: str
    rule: str
    request: type[Schema] | None = None
    reply: type[Schema] | None = None
    many: bool = False

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise DeclarationError(f"{self.method!r} is none of the methods {', '.join(sorted(METHODS))}")
        if self.method == "PATCH" and self.request is not None:
            raise DeclarationError("PATCH is declared as one of item_methods, since it needs the item's GET and PUT")
        check_rule(self.rule)


def check_rule(rule: str) -> None:
    """Raises ``DeclarationError`` where a rule is not one of werkzeug's."""
    if not rule.startswith("/"):
        raise DeclarationError(f"the rule {rule!r} must begin with a slash")
    try:
        Map([Rule(rule, endpoint="")], strict_slashes=False)
    except (ValueError, LookupError) as error:
        raise DeclarationError(f"{rule!r} is no rule that werkzeug understands: {error}") from error


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


@dataclass(frozen=True)
class Path:
    """One route under the rule that one version has for it."""

    rule: str
    route: Route


Table = tuple[Path, ...]
"""The routes of one version."""


def tables(routes: Sequence[Route], changes: Sequence[Sequence[RouteChange]]) -> tuple[Table, ...]:
    """The table of every version, newest first; ``changes[i]`` is what the version at position ``i`` did.

    Raises ``DeclarationError`` for changes that concern no route, two routes under one URL, and a version that is
    left with none.
    """
    every = [tuple(Path(route.rule, route) for route in routes)]
    absent: list[set[Route]] = [set() for _ in range(len(changes) + 1)]
    for position, told in enumerate(changes):
        older = every[position]
        for change in reversed(told):
            older = _before(change, older, absent, position)
        every.append(older)
    result = tuple(
        tuple(path for path in table if path.route not in gone) for table, gone in zip(every, absent, strict=True)
    )
    for table in result:
        _refuse_twins(table)
    return result


def _before(change: RouteChange, table: Table, absent: list[set[Route]], position: int) -> Table:
    """The table before a change; which versions lack a route is noted in ``absent``."""
    if isinstance(change, Moved):
        older = tuple(Path(_moved_back(path.rule, change), path.route) for path in table)
        if older == table:
            raise DeclarationError(f"moved({change.old!r}, to={change.to!r}): no route begins with {change.to!r}")
        return older
    found = {path.route for path in table if path.rule == change.rule and _touches(change.methods, path.route)}
    missing = change.methods - {route.method for route in found}
    if missing or not found:
        raise DeclarationError(f"{change.sentence} — there is no such route to speak of; declare it first")
    where = range(position + 1, len(absent)) if isinstance(change, Added) else range(position + 1)
    for index in where:
        absent[index] |= found
    return table


def _touches(methods: frozenset[str], route: Route) -> bool:
    return not methods or route.method in methods


def _moved_back(rule: str, change: Moved) -> str:
    if rule != change.to and not rule.startswith(change.to.rstrip("/") + "/"):
        return rule
    older = change.old + rule[len(change.to) :]
    check_rule(older)
    if _arguments(older) != _arguments(rule):
        raise DeclarationError(f"moved({change.old!r}, to={change.to!r}) must keep the variables of {rule!r}")
    return older


def _arguments(rule: str) -> set[str]:
    return set(re.findall(r"<(?:[^<>]*:)?([^<>:]+)>", rule))


def _refuse_twins(table: Iterable[Path]) -> None:
    seen: dict[tuple[str, str], Path] = {}
    for path in table:
        key = re.sub(r"<[^>]*>", "<>", path.rule), path.route.method
        if key in seen:
            raise DeclarationError(
                f"{path.route.method} {path.rule} is declared twice; give one of the two another URL"
            )
        seen[key] = path
