"""Rules that only marshmallow itself can ask, and where in a document its messages belong.

A rule of a whole schema (``@validates``, ``@validates_schema``) sees the document as marshmallow loads it, and so
does an author's validator on a nested object or on a list of them. All of these speak of today's form: they are
asked once, of the newest document, after everything that can be checked value by value.

marshmallow's messages are nested like the document, but not quite: ``_schema`` stands for the object itself,
``Dict`` tells keys and values apart, ``Pluck`` names the member it plucks, and an author may name a field as Python
does. Shapes know better, so that messages are read along them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from marshmallow import Schema, fields, validate
from msgspec import Struct

from translayer.document.values import Json, Object, duplicate
from translayer.errors import Path, Violation

from .shape import Leaf, Many, One, Resolve, Shape, Slot, Table

log = logging.getLogger("translayer")

UNREADABLE: Final = "The value cannot be read."
"""What the client is told where an author's rule failed otherwise than by a ``ValidationError``."""


def holds_objects(slot: Slot) -> bool:
    """Whether a slot has objects of some schema in it, which other versions may have in another form."""
    return isinstance(slot, One) or (isinstance(slot, Many | Table) and holds_objects(slot.inner))


def of_today(slot: Slot) -> Iterator[Any]:
    """The validators in a slot that are left to marshmallow, since they see objects in the form that it loads."""
    if holds_objects(slot):
        yield from (rule for rule in slot.rules if not isinstance(rule, validate.Length))
    if isinstance(slot, Many | Table):
        yield from of_today(slot.inner)


def has_rules(shape: Shape) -> bool:
    """Whether today's shape of a schema has rules that only marshmallow can ask."""
    hooks = shape.family.schema._hooks if shape.family is not None else {}
    return any(hooks.get(hook) for hook in ("validates", "validates_schema", "pre_load")) or any(
        True for slot in shape.slots.values() for _ in of_today(slot)
    )


def no_slot(slot: Slot) -> bool:
    """Says of no field that it is one of those."""
    return False


class Rules(Struct, frozen=True, eq=False):
    """The rules of one schema and all that it nests; ``schema`` is an instance, ``shape`` what it looks like today.

    ``excuses`` says of which fields the client does not know, so that they may be missing.
    """

    schema: Schema
    shape: Shape
    resolve: Resolve
    excuses: Callable[[Slot], bool] = no_slot

    def broken(self, document: Json) -> Iterator[Violation]:
        """What the rules say of a document whose values are right by themselves, with places in it.

        They get a copy, since ``@pre_load`` may write into it, and only of fields that clients write. A rule that
        raises anything has refused the document.
        """
        absent: list[str] = []
        copy = self._object(document, self.shape, "", absent)
        try:
            told: Any = self.schema.validate(copy, partial=absent or None)
        except Exception as error:
            log.warning("a rule of %s failed: %r", self.shape.name, error)
            told = UNREADABLE
        for place, message in messages(told, self.shape, self.resolve):
            yield Violation(place, "RULE", message)

    def _object(self, document: Object, shape: Shape, prefix: str, absent: list[str]) -> Object:
        """A copy of an object; ``absent`` notes secrets left out of an object that has them already."""
        copy: Object = {}
        for name, slot in shape.slots.items():
            inner_name = f"{prefix}{slot.field.name}"
            if name in document and not slot.read_only:
                copy[name] = self._copy(document[name], slot, f"{inner_name}.", absent)
            elif slot.required and (slot.write_only or self.excuses(slot)):
                absent.append(inner_name)
        return copy

    def _copy(self, value: Json, slot: Slot, prefix: str, absent: list[str]) -> Json:
        if value is None:
            return None
        match slot:
            case One():
                return self._object(value, self.resolve(slot.target), prefix, absent)
            case Many():
                return [self._copy(element, slot.inner, prefix, absent) for element in value]
            case Table():
                return {name: self._copy(member, slot.inner, prefix, absent) for name, member in value.items()}
        return duplicate(value)


class _Entry(NamedTuple):
    """What marshmallow's messages have under one name of a ``Dict``: ``key`` and ``value``."""

    inner: Slot | None


_Place: TypeAlias = Shape | Slot | _Entry | None
"""What stands at a place that messages speak of; ``None`` where nothing is known of it."""


def messages(told: Any, at: _Place = None, resolve: Resolve | None = None) -> Iterator[tuple[Path, str]]:
    """marshmallow's error messages, flat: every message with its place, as the shape or slot ``at`` has it.

    >>> list(messages({"legs": {0: {"origin": ["Too long."]}}, "_schema": ["Contradictory."]}))
    [(('legs', 0, 'origin'), 'Too long.'), ((), 'Contradictory.')]
    """
    if isinstance(told, dict):
        for name, inner in told.items():
            step, below = _below(name, at, resolve)
            yield from ((step + place, message) for place, message in messages(inner, below, resolve))
    elif isinstance(told, list):
        for inner in told:
            yield from messages(inner, at, resolve)
    else:
        yield (), str(told)


def _below(name: Any, at: _Place, resolve: Resolve | None) -> tuple[Path, _Place]:
    """The step in the document that a name in the messages stands for, and what is found there."""
    if isinstance(at, One) and resolve is not None:
        at = resolve(at.target)
    if name == "_schema":
        return (), at
    match at:
        case Shape():
            return _member(str(name), at)
        case Many():
            return (name,), at.inner
        case Table():
            return (name,), _Entry(at.inner)
        case _Entry() if name in ("key", "value"):
            return (), at.inner
        case Leaf(field=fields.Pluck()) if not isinstance(name, int):
            return (), None
        case Leaf(field=fields.Pluck()):
            return (name,), at
        case Leaf(field=fields.Mapping()):
            return (name,), _Entry(None)
    return (name if isinstance(name, int) else str(name),), None


def _member(name: str, shape: Shape) -> tuple[Path, _Place]:
    """A field by its name in documents, or by the one that it has in Python."""
    if name not in shape.slots:
        name = next((outer for outer, slot in shape.slots.items() if slot.field.name == name), name)
    return (name,), shape.slots.get(name)
