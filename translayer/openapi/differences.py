"""Every difference between two contracts: what was promised against what is.

Strategy: operations are paired by method and shape, and in each pair the parameters, the bodies and the replies; what
has no partner is new or gone. What schemas say is compared by ``schema_differences``, for each body, reply, parameter
and header apart, in the direction it is sent. Each id, and whether it breaks clients, is a row of ``difference_table``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final, Generic, NamedTuple, TypeVar

from translayer.document.values import ABSENT, Absent, Json
from translayer.openapi.difference_table import DIFFERENCES, Difference, Direction, difference
from translayer.openapi.lives import Life, life_differences, removal
from translayer.openapi.model import Contract, media_for, reply_for
from translayer.openapi.parts import Body, Header, Operation, Parameter, Reply, shape_of, variables_of
from translayer.openapi.reading_schemas import Schema
from translayer.openapi.schema_differences import Site, schema_differences

__all__ = ["DIFFERENCES", "Difference", "differences", "schema_differences"]

Key = TypeVar("Key")
Part = TypeVar("Part")


def differences(promised: Contract, actual: Contract, *, on: date | None = None) -> tuple[Difference, ...]:
    """Every difference between a contract that was promised and the one that is there, operation by operation.

    What is gone, or goes, by a sunset is judged as of the day ``on``; without one, no sunset is taken to be over.
    Raises ``DeclarationError`` for schemas that take too many comparisons.
    """
    found = chain(_operations(promised, actual, on), _webhooks(promised, actual))
    return tuple(found)


def _operations(promised: Contract, actual: Contract, on: date | None) -> Iterator[Difference]:
    one, other = (
        {(operation.method, shape_of(operation.template)): operation for operation in contract.operations}
        for contract in (promised, actual)
    )
    sides = _sides(one, other)
    for mine, theirs in sides.kept:
        yield from _Comparison(mine, theirs, on).differences()
    for gone in sides.gone:
        life = Life.of(gone)
        yield difference(removal("operation", life, on), gone.name, gone.pointer, life.told, ABSENT, gone.name)
    for new in sides.new:
        yield difference("operation-added", new.name, new.pointer, ABSENT, new.template, new.name)


def _webhooks(promised: Contract, actual: Contract) -> Iterator[Difference]:
    for name in promised.webhooks:
        if name not in actual.webhooks:
            yield difference("webhook-removed", f"the webhook “{name}”", f"/webhooks/{name}", name, ABSENT)
    for name in actual.webhooks:
        if name not in promised.webhooks:
            yield difference("webhook-added", f"the webhook “{name}”", f"/webhooks/{name}", ABSENT, name)


class _Sides(NamedTuple, Generic[Part]):
    """The parts of two mappings: those that both have, those that are gone and those that are new."""

    kept: list[tuple[Part, Part]]
    gone: list[Part]
    new: list[Part]


def _sides(one: Mapping[Key, Part], other: Mapping[Key, Part]) -> _Sides[Part]:
    """Two mappings, by their keys and in their order."""
    kept = [(part, other[key]) for key, part in one.items() if key in other]
    gone = [part for key, part in one.items() if key not in other]
    return _Sides(kept, gone, [part for key, part in other.items() if key not in one])


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One operation as it was promised, and as it is."""

    promised: Operation
    actual: Operation
    on: date | None

    def differences(self) -> Iterator[Difference]:
        one, other = self.promised, self.actual
        for id_, before, after in life_differences(Life.of(one), Life.of(other), self.on):
            yield self._told(id_, one.name, one.pointer, before, after)
        if one.identifier != other.identifier:
            yield self._told(
                "operation-id-changed", one.name, one.pointer, *map(_or_absent, (one.identifier, other.identifier))
            )
        yield from self._security()
        yield from self._parameters()
        yield from self._bodies()
        yield from self._replies()

    def _told(self, id_: str, words: str, pointer: str, promised: Json | Absent, actual: Json | Absent) -> Difference:
        return difference(id_, words, pointer, promised, actual, self.promised.name)

    def _security(self) -> Iterator[Difference]:
        """Which of the alternatives to prove who one is are gone, and which are new."""
        one, other = (operation.security or [] for operation in (self.promised, self.actual))
        for gone in (requirement for requirement in one if requirement not in other):
            yield self._told("security-removed", self.promised.name, self.promised.pointer, gone, ABSENT)
        for new in (requirement for requirement in other if requirement not in one):
            yield self._told("security-added", self.promised.name, self.actual.pointer, ABSENT, new)

    # Parameters

    def _parameters(self) -> Iterator[Difference]:
        one, other = (_keyed(operation) for operation in (self.promised, self.actual))
        sides = _sides(one, other)
        for mine, theirs in sides.kept:
            yield from self._parameter(mine, theirs)
        for gone in sides.gone:
            life = Life.of(gone)
            yield self._told(removal("parameter", life, self.on), _words(gone), gone.pointer, life.told, ABSENT)
        for new in sides.new:
            id_ = "parameter-added-required" if new.required else "parameter-added"
            yield self._told(id_, _words(new), new.pointer, ABSENT, new.name)

    def _parameter(self, one: Parameter, other: Parameter) -> Iterator[Difference]:
        words = _words(one)
        for id_, before, after in life_differences(Life.of(one), Life.of(other), self.on):
            yield self._told(id_, words, one.pointer, before, after)
        if one.name.lower() != other.name.lower():
            yield self._told("parameter-renamed", words, one.pointer, one.name, other.name)
        if one.required is not other.required:
            end = "required" if other.required else "optional"
            yield self._told(f"parameter-became-{end}", words, one.pointer, one.required, other.required)
        if one.style != other.style and _is_compound(one, other):
            yield self._told("parameter-style-changed", words, one.pointer, one.style, other.style)
        yield from self._schemas(
            one.schema, other.schema, "request", Site(words, self.promised.name, "/" not in one.style, True)
        )

    def _schemas(
        self, one: Schema | None, other: Schema | None, direction: Direction, site: Site
    ) -> Iterator[Difference]:
        """What two schemas differ in; where nothing is said, anything may be."""
        if one is not None or other is not None:
            yield from schema_differences(_or_anything(one, other), _or_anything(other, one), direction, site)

    # Bodies

    def _bodies(self) -> Iterator[Difference]:
        one, other = self.promised.body, self.actual.body
        words = f"the body of {self.promised.name}"
        if one is None and other is not None:
            end = "-required" if other.required else ""
            yield self._told(f"request-body-added{end}", words, other.pointer, ABSENT, list(other.content))
        elif one is not None and other is None:
            yield self._told("request-body-removed", words, one.pointer, list(one.content), ABSENT)
        elif one is not None and other is not None:
            yield from self._body(one, other, words)

    def _body(self, one: Body, other: Body, words: str) -> Iterator[Difference]:
        if one.required is not other.required:
            end = "required" if other.required else "optional"
            yield self._told(f"request-body-became-{end}", words, one.pointer, one.required, other.required)
        yield from self._content(one, other, "request", words)

    def _content(
        self, one: Body | Reply, other: Body | Reply, direction: Direction, words: str
    ) -> Iterator[Difference]:
        """What two bodies differ in, media type by media type; a range stands for all that it takes."""
        answered = set()
        for media, schema in one.content.items():
            name = media_for(other.content, media)
            if name is None:
                yield self._told(f"{direction}-media-type-removed", words, one.pointer, media, ABSENT)
            else:
                answered.add(name)
                site = Site(words if len(one.content) == 1 else f"{words} as {media}", self.promised.name)
                yield from self._schemas(schema, other.content[name], direction, site)
        for media in (media for media in other.content if media not in answered):
            yield self._told(f"{direction}-media-type-added", words, other.pointer, ABSENT, media)

    # Replies

    def _replies(self) -> Iterator[Difference]:
        one, other = self.promised.replies, self.actual.replies
        answered = set()
        for status, reply in one.items():
            words = f"the reply {status} of {self.promised.name}"
            found = reply_for(other, status)
            if found is None:
                yield self._told(f"reply-{_sort(status)}-removed", words, reply.pointer, status, ABSENT)
            else:
                answered.add(found.status)
                yield from self._content(reply, found, "reply", words)
                yield from self._headers(reply, found, words)
        for status in (status for status in other if status not in answered):
            words = f"the reply {status} of {self.promised.name}"
            yield self._told(f"reply-{_sort(status)}-added", words, other[status].pointer, ABSENT, status)

    def _headers(self, one: Reply, other: Reply, words: str) -> Iterator[Difference]:
        sides = _sides(one.headers, other.headers)
        for mine, theirs in sides.kept:
            header = _header(mine, words)
            if mine.required is not theirs.required:
                end = "required" if theirs.required else "optional"
                yield self._told(f"reply-header-became-{end}", header, mine.pointer, mine.required, theirs.required)
            yield from self._schemas(mine.schema, theirs.schema, "reply", Site(header, self.promised.name, True))
        for gone in sides.gone:
            id_ = "reply-header-removed" if gone.required else "reply-optional-header-removed"
            yield self._told(id_, _header(gone, words), gone.pointer, gone.name, ABSENT)
        for new in sides.new:
            yield self._told("reply-header-added", _header(new, words), new.pointer, ABSENT, new.name)


_PLACES: Final = {"path": "variable", "query": "query parameter", "header": "header", "cookie": "cookie"}


def _words(parameter: Parameter) -> str:
    return f"the {_PLACES[parameter.where]} “{parameter.name}”"


def _header(header: Header, words: str) -> str:
    return f"the header “{header.name}” of {words}"


def _keyed(operation: Operation) -> dict[tuple[str, str | int], Parameter]:
    """Parameters by where they are sent and name; variables by their place in the path, since names may change."""
    order = {name: index for index, name in enumerate(variables_of(operation.template))}
    return {(one.where, _key(one, order)): one for one in operation.parameters}


def _key(parameter: Parameter, order: Mapping[str, int]) -> str | int:
    if parameter.where == "path":
        return order.get(parameter.name, parameter.name)
    return parameter.name.lower() if parameter.where == "header" else parameter.name


def _is_compound(*parameters: Parameter) -> bool:
    """Whether a parameter may be a list or an object, as far as its schema shows; only then is there a style."""
    nodes = [parameter.schema.node for parameter in parameters if parameter.schema is not None]
    return any(not isinstance(node, dict) or node.get("type", "array") in ("array", "object") for node in nodes)


def _sort(status: str) -> str:
    """Whether a status is one of success, or of an error; a default stands for errors too."""
    return "status" if status.startswith(("1", "2", "3")) else "error"


def _or_absent(value: Json) -> Json | Absent:
    return ABSENT if value is None else value


def _or_anything(schema: Schema | None, other: Schema | None) -> Schema:
    """A schema, or one that takes anything at the place of the other."""
    if schema is not None:
        return schema
    return Schema(True, {}, other.pointer if other else "", "2020-12")
