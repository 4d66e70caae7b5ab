"""Checking a client's document against the shape of its version: every violation at once, in the client's names.

Values are checked by their marshmallow fields, one by one, and stay in their JSON form; only a plain number or
truth value that marshmallow reads from another spelling ("3" for 3) is put right. Fields that the client may not
write, and fields that the version does not have, are refused, dropped or passed on by the resource's policy.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, validate

from translayer.document.values import ABSENT, Absent, Json, Object, equal, fingerprint
from translayer.errors import Path, Violation, pointer

from .lens import Faults
from .shape import Leaf, Many, One, Shape, Slot, Table, Target

log = logging.getLogger("translayer")

Unknown: TypeAlias = Literal["raise", "exclude", "pass"]
"""What becomes of fields that a version does not have: refused, dropped, or passed on to the app as they are."""

Seen: TypeAlias = list[Json]
"""What the client sees now at the place at hand; several candidates inside lists, whose elements may have moved."""

_OF_SCHEMA: Final[dict[str, Unknown]] = {EXCLUDE: "exclude", INCLUDE: "pass"}
"""A schema's own ``Meta.unknown``, where it says anything but marshmallow's default."""

_CODES: Final[tuple[tuple[type, str], ...]] = (
    (validate.Length, "LENGTH"),
    (validate.Range, "RANGE"),
    (validate.OneOf, "CHOICE"),
    (validate.ContainsOnly, "CHOICE"),
    (validate.NoneOf, "CHOICE"),
    (validate.Equal, "CHOICE"),
    (validate.Email, "FORMAT"),
    (validate.URL, "FORMAT"),
    (validate.Regexp, "PATTERN"),
)
"""The code of each of marshmallow's validators; an author's own breaks a ``RULE``."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check of documents against shapes in one version.

    ``resolve`` gives the shape of nested objects in that version; ``unknown`` is the policy for unknown fields, and
    ``reserved`` are the names that any version knows, which are never passed on as unknown.
    """

    resolve: Callable[[Target], Shape]
    unknown: Unknown
    reserved: frozenset[str]

    def document(self, document: Json, shape: Shape, faults: Faults, current: Json | Absent = ABSENT) -> Json:
        """The document with numbers put right and unknown fields dealt with; every violation goes to ``faults``.

        Against ``current``, what the client sees now, read-only fields may be sent as they are; they are dropped.
        """
        return self._object(document, shape, (), faults, [current])

    def _object(self, document: Json, shape: Shape, path: Path, faults: Faults, current: Seen) -> Json:
        if not isinstance(document, dict):
            faults.append(Violation(path, "TYPE", "An object is expected."))
            return document
        faults.extend(_missing(document, shape, path))
        result: Object = {}
        for name, value in document.items():
            slot = shape.slots.get(name)
            seen = _inside(current, name)
            if slot is not None and not slot.read_only:
                result[name] = self._value(value, slot, (*path, name), faults, seen)
            elif slot is not None and any(equal(value, known) for known in seen):
                continue
            elif self._passes(name, slot, shape, (*path, name), faults):
                result[name] = value
        return result

    def _passes(self, name: str, slot: Slot | None, shape: Shape, path: Path, faults: Faults) -> bool:
        """Whether a field that is not the client's to write goes on; refused or dropped otherwise."""
        unknown = _OF_SCHEMA.get(shape.unknown, self.unknown)
        if unknown == "raise" and slot is not None:
            faults.append(Violation(path, "READ_ONLY", "The field is set by the service and cannot be written."))
        elif unknown == "raise" or (unknown == "pass" and slot is None and name in self.reserved):
            faults.append(Violation(path, "UNKNOWN_FIELD", "This version has no such field."))
        return unknown == "pass" and slot is None

    def _value(self, value: Json, slot: Slot, path: Path, faults: Faults, current: Seen) -> Json:
        if value is None:
            if not slot.nullable:
                faults.append(Violation(path, "NULL", _message(slot, "null")))
            return None
        match slot:
            case One():
                before = len(faults)
                value = self._object(value, self.resolve(slot.target), path, faults, current)
                return value if len(faults) > before else _ruled(value, value, slot.field, path, faults)
            case Many():
                return self._list(value, slot, path, faults, current)
            case Table():
                return self._table(value, slot, path, faults, current)
            case Leaf():
                return _leaf(value, slot, path, faults)
        raise AssertionError(slot)

    def _list(self, value: Json, slot: Many, path: Path, faults: Faults, current: Seen) -> Json:
        if not isinstance(value, list):
            faults.append(Violation(path, "TYPE", "A list is expected."))
            return value
        faults.extend(_duplicates(value, slot.key, path))
        seen = [element for known in current if isinstance(known, list) for element in known]
        value = [self._value(element, slot.inner, (*path, index), faults, seen) for index, element in enumerate(value)]
        return _ruled(value, value, slot.field, path, faults)

    def _table(self, value: Json, slot: Table, path: Path, faults: Faults, current: Seen) -> Json:
        if not isinstance(value, dict):
            faults.append(Violation(path, "TYPE", "An object is expected."))
            return value
        for name in value:
            faults.extend(_key_violations(name, slot.field, (*path, name)))
        value = {
            name: self._value(member, slot.inner, (*path, name), faults, _inside(current, name))
            for name, member in value.items()
        }
        return _ruled(value, value, slot.field, path, faults)


def _inside(current: Seen, name: str) -> Seen:
    """What the client sees now under ``name``, in any of the objects that may be the one at hand."""
    return [known[name] for known in current if isinstance(known, dict) and name in known]


def _missing(document: Object, shape: Shape, path: Path) -> Iterator[Violation]:
    for name, slot in shape.slots.items():
        if name not in document and slot.required and not slot.read_only:
            yield Violation((*path, name), "REQUIRED", _message(slot, "required"))


def _message(slot: Slot, key: str) -> str:
    return str(slot.field.error_messages[key])


def _duplicates(value: list[Json], key: str | None, path: Path) -> Iterator[Violation]:
    """A violation for every element that has the key of one before it."""
    seen = set()
    for index, element in enumerate(value):
        if key is not None and isinstance(element, dict) and key in element:
            mark = fingerprint(element[key])
            if mark in seen:
                yield Violation((*path, index, key), "DUPLICATE", "Another element of the list has the same key.")
            seen.add(mark)


def _key_violations(name: str, field: fields.Field[Any], path: Path) -> Iterator[Violation]:
    if isinstance(field, fields.Dict) and field.key_field is not None:
        try:
            field.key_field.deserialize(name)
        except Exception as error:
            yield from _violations(error, path, "TYPE")


def _leaf(value: Json, slot: Leaf, path: Path, faults: Faults) -> Json:
    """The value in its JSON form, put right where marshmallow reads a number or truth value from another spelling."""
    try:
        loaded = slot.bare.deserialize(value)
    except Exception as error:
        faults.extend(_violations(error, path, "TYPE"))
        return value
    plain = isinstance(slot.field, fields.Boolean | fields.Integer | fields.Float) and not _as_string(slot.field)
    return _ruled(loaded if plain and type(loaded) is not type(value) else value, loaded, slot.field, path, faults)


def _as_string(field: fields.Field[Any]) -> bool:
    return bool(getattr(field, "as_string", False))


def _ruled(value: Json, loaded: Any, field: fields.Field[Any], path: Path, faults: Faults) -> Json:
    """The value, after every validator of its field has seen what marshmallow made of it."""
    for rule in field.validators:
        try:
            rule(loaded)
        except Exception as error:
            faults.extend(_violations(error, path, _code(rule)))
    return value


def _code(rule: object) -> str:
    return next((code for kind, code in _CODES if isinstance(rule, kind)), "RULE")


def _violations(error: Exception, path: Path, code: str) -> Iterator[Violation]:
    """What a field or a rule said; one that fails otherwise than by ``ValidationError`` has refused the value too."""
    if not isinstance(error, ValidationError):
        log.warning("a rule failed at %s: %r", pointer(path), error)
        error = ValidationError("The value cannot be read.")
    for place, message in messages(error.messages):
        yield Violation(path + place, code, message)


def messages(told: Any) -> Iterator[tuple[Path, str]]:
    """marshmallow's error messages, flat: every message with its place; ``_schema`` is the object itself.

    >>> list(messages({"legs": {0: {"origin": ["Too long."]}}, "_schema": ["Contradictory."]}))
    [(('legs', 0, 'origin'), 'Too long.'), ((), 'Contradictory.')]
    """
    if isinstance(told, dict):
        for name, inner in told.items():
            prefix = () if name == "_schema" else (name,)
            yield from ((prefix + place, message) for place, message in messages(inner))
    elif isinstance(told, list):
        for inner in told:
            yield from messages(inner)
    else:
        yield (), str(told)


def has_rules(schema: type[Schema]) -> bool:
    """Whether a schema has rules beside those of its fields: ``@validates``, ``@validates_schema``, ``@pre_load``."""
    return any(schema._hooks[hook] for hook in ("validates", "validates_schema", "pre_load"))


def rules_of_schema(schema: type[Schema], document: Json) -> Iterator[Violation]:
    """What the rules of a whole schema say of a document: ``@validates``, ``@validates_schema``.

    They see the document as marshmallow loads it. Only meant for documents whose fields are right by themselves.
    """
    for place, message in messages(schema(unknown=EXCLUDE).validate(document)):
        yield Violation(place, "RULE", message)
