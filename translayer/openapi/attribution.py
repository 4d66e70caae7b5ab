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
from typing import Final

from marshmallow import Schema

from translayer.contract.api import Api
from translayer.contract.routes import Route
from translayer.document.values import ABSENT, Json, Object
from translayer.errors import Path, pointer

from .difference_table import Difference
from .model import Contract
from .parts import Operation, shape_of
from .provenance import Cause, causes_at, has_place, operations_at, url_causes

_TODAY: Final = "no version tells of it: it is what today's code makes of {0}"


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
        return Finding(source, difference, about, self._unknown(about))

    def _told_of(self, difference: Difference, operation: Operation, position: int) -> tuple[str, tuple[Cause, ...]]:
        route = self._route(operation)
        parameter = _parameter(operation, difference.pointer)
        if parameter is not None:
            about = f"parameter {parameter}"
            return about, self._of_parameter(route, parameter, position, difference) or self._unknown(about)
        found = None if route is None else place_in_documents(self.api, route, difference)
        if found is not None:
            return told_as(*found), self.of_field(*found, position)
        is_its_own = difference.id.startswith("operation-")
        return operation.name, (self._of_url(operation, position) if is_its_own else ()) or self._unknown(
            operation.name
        )

    def _of_parameter(self, route: Route | None, name: str, position: int, difference: Difference) -> tuple[Cause, ...]:
        """A parameter of a query is called after the field that it asks for, or lists fields."""
        if route is None or route.query is None or route.reply is None:
            return ()
        lists = name in (route.query.sort, route.query.fields)
        names = [text.lstrip("+-") for text in _texts(difference)] if lists else [name]
        found: list[Cause] = []
        for named in dict.fromkeys(names):
            path: Path = tuple(named.split("."))
            if lists or has_place(self.api, route.reply, position, path):
                found += self.of_field(route.reply, path, position)
            else:
                found += operations_at(self.api, route.reply, self._ends(position), path)
        return tuple(dict.fromkeys(found))

    def of_field(self, schema: type[Schema], path: Path, position: int) -> tuple[Cause, ...]:
        """The causes of a difference at a place of the documents that a version makes of a schema."""
        if self._is_one_version:
            return causes_at(self.api, schema, position, path)
        return operations_at(self.api, schema, self._ends(position), path)

    def _of_url(self, operation: Operation, position: int) -> tuple[Cause, ...]:
        """The causes of an operation's being there, or not; one that is known by its id may be elsewhere by now."""
        span = self._ends(position)
        known = [one for one in self.new.operations if operation.identifier == one.identifier is not None]
        for one in (operation, *known):
            found = url_causes(self.api, span, one.method, one.template, older=position == span[0])
            if found:
                return found
        return ()

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


def _parameter(operation: Operation, place: str) -> str | None:
    """The name of the parameter that a pointer leads to, or into."""
    known = ((one.name, one.pointer) for one in operation.parameters)
    return next((name for name, pointer in known if f"{place}/".startswith(f"{pointer}/")), None)
