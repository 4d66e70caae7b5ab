"""How the fields of two objects differ: which are new, gone, needed, or hidden from one direction.

What a schema says of a name that it does not list is what it says of all others. A name that it does not list, where
others are taken with no more said of them, is no field: clients that send it have no promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from translayer.document.values import ABSENT, Absent, Json, Object
from translayer.openapi.difference_table import Direction
from translayer.openapi.merging import Merger, is_open, view
from translayer.openapi.rules_moved import Moved


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What happened to a field: the ``id`` of the difference, if there is one, and whether its schemas are compared."""

    name: str
    id: str | None
    promised: Json | Absent
    actual: Json | Absent
    compare: bool = False


_HIDDEN_BY = {"request": "readOnly", "reply": "writeOnly"}
"""The annotation of fields that a direction does not have (OpenAPI 3.0.3, section 4.7.24.1)."""

_BECAME_HIDDEN = {"request": "request-field-became-read-only", "reply": "reply-field-became-write-only"}
_BECAME_SEEN = {"request": "request-field-became-writable", "reply": "reply-field-became-readable"}


class _Fields:
    """The fields of one object, as one direction sees them."""

    def __init__(self, schema: Object, merger: Merger, direction: Direction) -> None:
        listed = {name: part for name, part in schema.get("properties", {}).items() if part is not False}
        mark = _HIDDEN_BY[direction]
        self.schema = schema
        self.hidden = {name for name, part in listed.items() if merger.joined(part).get(mark) is True}
        self.seen = {name: part for name, part in listed.items() if name not in self.hidden}
        self.required = {name for name in schema.get("required", ()) if name not in self.hidden}
        self.others: Json = schema.get("additionalProperties", True)

    def __contains__(self, name: str) -> bool:
        """Whether a name is a field: listed, or one of others of which more is said."""
        return name in self.seen or not (self.refuses(name) or is_open(view(self.schema, name)))

    def refuses(self, name: str) -> bool:
        """Whether a name may not be there."""
        return view(self.schema, name) is False


def fields_compared(
    promised: Object, actual: Object, direction: Direction, mergers: tuple[Merger, Merger]
) -> Iterator[FieldChange | Moved]:
    """What happened to each field, and to the set of all others, whose name is ``"*"``."""
    one, other = _Fields(promised, mergers[0], direction), _Fields(actual, mergers[1], direction)
    for name in {
        **one.seen,
        **other.seen,
        **dict.fromkeys([*promised.get("required", ()), *actual.get("required", ())]),
    }:
        yield from _compared(name, one, other, direction)
    if (one.others is False) is not (other.others is False):
        yield Moved(
            "unknown",
            "widened" if one.others is False else "narrowed",
            promised.get(_OTHERS, ABSENT),
            actual.get(_OTHERS, ABSENT),
        )
    elif not (is_open(one.others) and is_open(other.others)):
        yield FieldChange("*", None, one.others, other.others, True)


_OTHERS = "additionalProperties"


def _compared(name: str, one: _Fields, other: _Fields, direction: Direction) -> Iterator[FieldChange]:
    promised, actual = one.seen.get(name, ABSENT), other.seen.get(name, ABSENT)
    if name in one.hidden or name in other.hidden:
        yield from _hidden(name, one, other, direction)
    elif name in one and name in other:
        views = view(one.schema, name), view(other.schema, name)
        yield FieldChange(name, _need(name, one, other, direction), *views, compare=True)
    elif name in one:
        yield FieldChange(name, _removal(name, one, other, direction), promised, actual)
    elif name in other:
        yield FieldChange(name, _addition(name, one, other, direction), promised, actual)
    else:
        yield FieldChange(name, _need(name, one, other, direction), ABSENT, ABSENT)


def _hidden(name: str, one: _Fields, other: _Fields, direction: Direction) -> Iterator[FieldChange]:
    """A field that one of both does not show in this direction."""
    promised, actual = one.seen.get(name, ABSENT), other.seen.get(name, ABSENT)
    if name in one.seen:
        yield FieldChange(name, _BECAME_HIDDEN[direction], promised, actual)
    elif name in other.seen:
        needed = direction == "request" and name in other.required
        yield FieldChange(name, "request-field-added-required" if needed else _BECAME_SEEN[direction], promised, actual)


def _need(name: str, one: _Fields, other: _Fields, direction: Direction) -> str | None:
    """The id for a field that became required, or optional."""
    was, is_ = name in one.required, name in other.required
    if was is is_:
        return None
    if is_ and name not in one and direction == "request":
        return "request-field-added-required"
    return f"{direction}-field-became-{'required' if is_ else 'optional'}"


def _removal(name: str, one: _Fields, other: _Fields, direction: Direction) -> str:
    if direction == "request":
        if other.refuses(name):
            return "request-field-removed"
        return "request-field-became-required" if name in other.required - one.required else "request-field-ignored"
    return "reply-field-removed" if name in one.required else "reply-optional-field-removed"


def _addition(name: str, one: _Fields, other: _Fields, direction: Direction) -> str:
    if direction == "request":
        return "request-field-added-required" if name in other.required else "request-field-added"
    if name in one.required - other.required:
        return "reply-field-became-optional"
    return "reply-field-added-to-closed" if one.refuses(name) else "reply-field-added"
