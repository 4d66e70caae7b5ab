"""Attribution: which changes of versions stand behind the differences of two contracts.

Between two versions the changes that lie between them absorb a difference: the layer translates it, and clients of
the older version notice nothing. Between what was promised of a version and what the code makes of it now, the changes
of all newer versions may be at fault, and so may today's schemas.

Border: from a difference to a place in the documents of a schema, or to a URL, and from there to its causes, which
``provenance`` knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from marshmallow import Schema

from translayer.contract.api import Api
from translayer.contract.query import Query
from translayer.contract.routes import Route
from translayer.document.values import ABSENT, Json, Object
from translayer.errors import Path, pointer

from .difference_table import Difference
from .model import Contract
from .parts import Operation, Parameter, shape_of
from .provenance import (
    Cause,
    carries,
    causes_at,
    has_place,
    hidden_at,
    newest_path,
    operations_at,
    url_between,
    url_causes,
)

_TODAY: Final = "no version tells of it: it is what today's code makes of {0}"
_ROUTES: Final = "the Resource and its routes are so today"
_PREFIX: Final = "no version tells of it: Api(prefix={0!r}) is so today"
_RULE: Final = "no version changed it: the rule `{0}` is so today"
_FILTERS: Final = "the Query of {0} filters by {1!r} today"
_FILTERS_NOT: Final = "the Query of {0} does not filter by {1!r} today"

_WHOLE: Final = ("parameter-added", "parameter-removed")
"""How the ids begin of differences that are a parameter's being there, or not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference, what it is ``about`` in words, what made it, and the ``source`` of the promise, such as a file.

    ``about`` is a place in the documents of a schema, a parameter or an operation; a difference in what operations
    share is found in each of them, about the same.
    """

    source: str
    difference: Difference
    about: str
    causes: tuple[Cause, ...]

    @property
    def mark(self) -> tuple[str, str]:
        """What findings have in common that tell the same, of several operations or in several forms."""
        return self.difference.id, self.about

    def as_json(self) -> Object:
        """The finding as a JSON object; without ``promised`` or ``actual`` where that is nothing."""
        difference = self.difference
        values = {"promised": difference.promised, "actual": difference.actual}
        return {
            "id": difference.id,
            "source": self.source,
            "operation": difference.operation,
            "pointer": difference.pointer,
            "path": list(difference.path),
            "direction": difference.direction,
            "breaking": difference.breaking,
            "about": self.about,
            "sentence": difference.sentence,
            **{name: value for name, value in values.items() if value is not ABSENT},
            "causes": [cause.as_json() for cause in self.causes],
        }


@dataclass(frozen=True)
class Attribution:
    """Of the differences between two contracts, ``old`` and ``new``, of the versions at positions ``span``."""

    api: Api
    old: Contract
    new: Contract
    span: tuple[int, int]

    def finding(self, difference: Difference, source: str) -> Finding:
        """A difference with its causes; between two versions, none where no version between them tells of it."""
        sides = (self.old, self.span[0]), (self.new, self.span[1])
        # A pointer leads to what was promised, or else to what is new.
        is_new = difference.promised is ABSENT and difference.actual is not ABSENT
        for contract, position in sides[::-1] if is_new else sides:
            operation = _operation(contract, difference)
            if operation is not None:
                return Finding(source, difference, *self._told_of(difference, operation, position))
        about = difference.operation or "all of it"
        if difference.id == "server-changed":
            return Finding(source, difference, about, (Cause(_PREFIX.format(self.api.prefix)),))
        return Finding(source, difference, about, self._unknown(about))

    def _told_of(self, difference: Difference, operation: Operation, position: int) -> tuple[str, tuple[Cause, ...]]:
        route = self._route(operation)
        parameter = _parameter(operation, difference.pointer)
        if parameter is not None:
            about = f"parameter {parameter.name}"
            causes = self._of_parameter(route, parameter, position, difference)
            return about, causes or self._unknown(about)
        found = None if route is None else place_in_documents(self.api, route, difference)
        if found is not None:
            return told_as(*found), self.of_field(*found, position)
        is_its_own = difference.id.startswith("operation-")
        causes = self._of_url(operation, position, difference) if is_its_own else ()
        return operation.name, causes or self._unknown(operation.name)

    def _of_parameter(
        self, route: Route | None, parameter: Parameter, position: int, difference: Difference
    ) -> tuple[Cause, ...]:
        """A variable is what the rule says; a parameter of a query is called after its field, or lists fields."""
        if route is not None and parameter.where == "path":
            # Changes of URLs keep variables, converters included.
            return (Cause(_RULE.format(route.rule)),) if self._is_one_version else ()
        if route is None or route.query is None or route.reply is None or parameter.where != "query":
            return ()
        name = parameter.name
        lists = name in (route.query.sort, route.query.fields)
        if not lists and difference.id.startswith(_WHOLE):
            return self._of_filter(route, name, position, difference)
        names = [text.lstrip("+-") for text in _texts(difference)] if lists else [name]
        found: list[Cause] = []
        for named in dict.fromkeys(names):
            path: Path = tuple(named.split("."))
            if lists or has_place(self.api, route.reply, position, path):
                found += self.of_field(route.reply, path, position)
        return tuple(dict.fromkeys(found))

    def _of_filter(self, route: Route, name: str, position: int, difference: Difference) -> tuple[Cause, ...]:
        """The causes of a filter's being there, or not: its field may be as it was, and the ``Query`` another."""
        schema, path = cast(type[Schema], route.reply), tuple(name.split("."))
        found = operations_at(self.api, schema, self._ends(position), path)
        if not (has_place(self.api, schema, position, path) and carries(found)):
            behind = hidden_at(self.api, schema, position, path) if self._is_one_version else None
            return found if behind is None else (*found, behind)
        field = ".".join(map(str, newest_path(self.api, schema, position, path)))
        is_there = field in cast(Query, route.query).field_of.values()
        if not self._is_one_version:
            return found if is_there else ()
        told = (_FILTERS if is_there else _FILTERS_NOT).format(self.api.owner(route).name, field)
        return (*found, Cause(told if found else f"no version tells of it: {told}"))

    def of_field(self, schema: type[Schema], path: Path, position: int) -> tuple[Cause, ...]:
        """The causes of a difference at a place of the documents that a version makes of a schema."""
        if self._is_one_version:
            return causes_at(self.api, schema, position, path)
        return operations_at(self.api, schema, self._ends(position), path)

    def _of_url(self, operation: Operation, position: int, difference: Difference) -> tuple[Cause, ...]:
        """The causes of an operation's being there, or not; one that is known by its id may be elsewhere by now.

        What moved is still there: where it is not, a move is not why.
        """
        span = self._ends(position)
        known = [one for one in self.new.operations if operation.identifier == one.identifier is not None]
        for one in (operation, *known):
            found = url_causes(self.api, span, one.method, one.template, older=position == span[0])
            if found:
                has_more = any(cause.operation != "Moved" for cause in found)
                if has_more or self._is_elsewhere(operation, position, difference):
                    return found
                return (*found, Cause(_ROUTES)) if self._is_one_version else ()
        return ()

    def _is_elsewhere(self, operation: Operation, position: int, difference: Difference) -> bool:
        """Whether the other contract has an operation under another URL, or had it."""
        is_new = difference.id == "operation-added"
        other = self.old if is_new else self.new
        if any(operation.identifier == one.identifier is not None for one in other.operations):
            return True
        span = self._ends(position)
        url = url_between(self.api, span, operation.template, older=position == span[0])
        if not self._is_one_version:
            return other.operation(operation.method, url) is not None
        # The other URL is one of today's, and only what is gone can have moved there.
        there = ((path.route.method, shape_of(path.rule)) for path in self.api.tables[0])
        return not is_new and (operation.method, url) in there

    def _ends(self, position: int) -> tuple[int, int]:
        """The positions of the older version and of the newer, between which the causes lie."""
        return (position, 0) if self._is_one_version else (max(self.span), min(self.span))

    def _unknown(self, what: str) -> tuple[Cause, ...]:
        return (Cause(_TODAY.format(what)),) if self._is_one_version else ()

    def _route(self, operation: Operation) -> Route | None:
        """The route that an operation describes; one that moved is called as the new side has it."""
        return next(filter(None, (route_of(self.api, position, operation) for position in self.span[::-1])), None)

    @property
    def _is_one_version(self) -> bool:
        return self.span[0] == self.span[1]


def place_in_documents(api: Api, route: Route, difference: Difference) -> tuple[type[Schema], Path] | None:
    """The schema of the documents in which a difference of a body lies, and where; ``None`` where it lies in none."""
    schema = route.request if difference.direction == "request" and route.method != "PATCH" else route.reply
    if schema is None or not difference.path:
        return None
    around = list(_around(api, route)) if difference.direction == "reply" else [()]
    for envelope in around:
        path = difference.path[len(envelope) :]
        # A document is an object; what has elements is a JSON Patch, or not what the envelope says.
        if (*envelope, *path) == difference.path and path[:1] != ("*",):
            return schema, path
    return None


def _around(api: Api, route: Route) -> Iterator[Path]:
    """Where the documents of a route are found in its replies: what its envelope says of itself is looked through."""
    document: Object = {}
    if not route.many:
        yield from _places_of(document, api.envelope.one_schema(document))
    else:
        items = {"type": "array", "items": document}
        yield from _places_of(document, api.envelope.many_schema(items, api.owner(route).items))


def _places_of(wanted: Object, schema: Json) -> Iterator[Path]:
    """Every place at which a very schema stands in another."""
    if schema is wanted:
        yield ()
    elif isinstance(schema, dict):
        for name, member in schema.get("properties", {}).items():
            yield from ((name, *path) for path in _places_of(wanted, member))
        yield from (("*", *path) for path in _places_of(wanted, schema.get("items")))
        for alternative in schema.get("anyOf", ()):
            yield from _places_of(wanted, alternative)


def told_as(schema: type[Schema], path: Path) -> str:
    """A place in the documents of a schema, in words."""
    return f"{schema.__name__} {pointer(path)}".rstrip()


def _texts(difference: Difference) -> list[str]:
    """The texts that a difference of lists speaks of: those that are gone, or those that are new."""
    value = difference.promised if difference.id.endswith("-narrowed") else difference.actual
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _operation(contract: Contract, difference: Difference) -> Operation | None:
    """The operation of a contract that a difference is in, if it has that."""
    method, _, url = (difference.operation or "").partition(" ")
    return contract.operation(method, url)


def route_of(api: Api, position: int, operation: Operation) -> Route | None:
    """The route of a version that an operation describes."""
    asked = operation.method, shape_of(operation.template)
    known = api.tables[position]
    return next((path.route for path in known if (path.route.method, shape_of(path.rule)) == asked), None)


def _parameter(operation: Operation, place: str) -> Parameter | None:
    """The parameter that a pointer leads to, or into."""
    return next((one for one in operation.parameters if f"{place}/".startswith(f"{one.pointer}/")), None)
