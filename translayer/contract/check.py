"""Checking a client's document against the shape of its version: every violation at once, in the client's names.

Values are checked by their marshmallow fields, one by one, as the client sent them, and stay in their JSON form; only
a plain number or truth value that marshmallow reads from another spelling ("3" for 3) is put right. Defaults are not
filled in: what the client left out stays out. Fields that the client may not write, and fields that the version does
not have, are refused, dropped or passed on by policy: the schema's own ``unknown`` goes before the resource's, the
resource's before the API's.

Authors' validators on nested objects are not asked here: they speak of today's form, and ``rules`` asks them. The
others, and authors' fields, get copies of what they could write into: the document is the client's.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Hashable, Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from marshmallow import EXCLUDE, INCLUDE, RAISE, ValidationError, fields, validate
from msgspec import Struct

from translayer.document.values import ABSENT, Absent, Json, Object, fingerprint
from translayer.errors import Path, Violation

from .allowlist import sent
from .findings import Findings
from .lens import Faults
from .rules import holds_objects, messages
from .seen import NOTHING, Seen
from .shape import Leaf, Many, One, Resolve, Shape, Slot, Table, is_standard, slot_of

if TYPE_CHECKING:
    from marshmallow.types import UnknownOption

Unknown: TypeAlias = Literal["raise", "exclude", "pass"]
"""What becomes of fields that a version does not have: refused, dropped, or passed on to the app as they are."""

Read: TypeAlias = tuple[Json, Any]
"""A value in its JSON form, and as its validators see it: what marshmallow loads from it, objects as they are."""

_OF_SCHEMA: Final[dict[str, Unknown]] = {EXCLUDE: "exclude", INCLUDE: "pass"}
"""A schema's own ``Meta.unknown``, where it says anything but marshmallow's default."""

_OF_NESTED: Final[dict[str, Unknown]] = {**_OF_SCHEMA, RAISE: "raise"}
"""What ``Nested(..., unknown=...)`` says; there, the default is to say nothing."""

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

_FORMS: Final[tuple[tuple[type[fields.Field[Any]], tuple[type[float], ...]], ...]] = (
    (fields.Boolean, (bool,)),
    (fields.Integer, (int,)),
    (fields.Float, (int, float)),
)
"""The fields whose values are put right, and what already is; 3 is a number that a ``Float`` need not make 3.0."""

_WORD: Final = 2**63
"""Integers up to here need no look at whether a double can hold them."""

_INERT: Final = frozenset({fields.Raw, fields.Dict, fields.Mapping})
"""The fields that read an array or object without a word from the author, where they have no hooks."""

_CURT: Final = frozenset({"Invalid type.", "Invalid input type.", "Not a valid list.", "Not a valid mapping type."})
"""marshmallow's own words for a container of another type, for which we have better ones; an author's are kept."""


class Check(Struct, frozen=True):
    """A check of documents against shapes in one version.

    ``resolve`` gives the shape of nested objects in that version; ``unknown`` is the policy for unknown fields, and
    ``reserved`` are the names that any version knows, which are never passed on as unknown. ``left`` are the
    validators (by ``id``) that are left to today's rules; at most ``limit`` violations are noted. ``firm`` says that
    ``unknown`` holds whatever schemas, and the places that nest them, say themselves; ``trusting`` that what is as it
    was is not asked. The names in ``hidden`` are those of fields that the client does not see anywhere: where unknown
    fields are passed on these are not, since they would reach what they are the names of.
    """

    resolve: Resolve
    unknown: Unknown
    reserved: frozenset[str] = frozenset()
    left: frozenset[int] = frozenset()
    limit: int = 100
    firm: bool = False
    trusting: bool = False
    hidden: frozenset[str] = frozenset()

    def document(
        self,
        document: Json,
        shape: Shape,
        faults: Faults,
        current: Json | Absent = ABSENT,
        *,
        replaced: bool = False,
    ) -> Json:
        """The document with numbers put right and unknown fields dealt with; every violation goes to ``faults``.

        Against ``current``, what the client sees now, read-only fields may be sent as they are. They stay where they
        were sent at their own place, since elements of lists are recognised by all that they hold; the business
        lens keeps them from the app. Fields that never leave (``load_only``) need not be sent again for an object
        that is there, unless it is ``replaced``.
        """
        findings = Findings(faults, self.limit, replaced)
        seen = NOTHING if current is ABSENT else Seen(current)
        result = self._object(document, shape, self.policy(None, shape), (), findings, seen)
        findings.close()
        return result

    def value(self, value: Json, slot: Slot, faults: Faults) -> Json:
        """A single value of a field, put right; the first violation goes to ``faults``, and nothing to the log."""
        read, _ = self._value(value, slot, (), Findings(faults, 1, silent=True), NOTHING)
        return read

    def policy(self, slot: One | None, shape: Shape) -> Unknown:
        """What becomes of unknown fields of an object: the place that nests it speaks first, then its schema."""
        if self.firm:
            return self.unknown
        said = None if slot is None else said_of_unknown(slot)
        return _OF_SCHEMA.get(shape.unknown, self.unknown) if said is None else _OF_NESTED[said]

    def _object(self, document: Json, shape: Shape, unknown: Unknown, path: Path, found: Findings, seen: Seen) -> Json:
        if not isinstance(document, dict):
            found.note([Violation(path, "TYPE", _of_schema(shape, "type", "An object is expected."))])
            return document
        found.note(_missing(document, shape, path, known=seen.is_object and not found.replaced))
        result: Object = {}
        for name, value in document.items():
            slot, known = shape.slots.get(name), seen.member(name)
            if self.trusting and slot is not None and not slot.read_only and known.is_same(value):
                result[name] = value
            elif slot is not None and not slot.read_only:
                result[name], _ = self._value(value, slot, (*path, name), found, known)
            elif slot is not None and known.has(value):
                if known.is_same(value):
                    result[name] = value
            elif unknown == "pass" and slot is None and name not in self.reserved:
                if name not in self.hidden:
                    result[name] = value
            elif unknown != "exclude":
                found.note(not_writable(slot, unknown, shape, (*path, name)))
        return result

    def _value(self, value: Json, slot: Slot, path: Path, found: Findings, seen: Seen) -> Read:
        if found.full:
            return value, value
        if value is None:
            if not slot.nullable:
                found.note([Violation(path, "NULL", _message(slot, "null"))])
            return None, None
        before = len(found.faults)
        read = self._read(value, slot, path, found, seen)
        if read is None:
            return value, value
        self._ask_validators(read[1], slot, path, found, clean=len(found.faults) == before)
        return read

    def _read(self, value: Json, slot: Slot, path: Path, found: Findings, seen: Seen) -> Read | None:
        """The value as it was read; ``None`` where it is of another type, which is noted."""
        match slot:
            case One():
                return self._nested(value, slot, path, found, seen)
            case Many():
                return self._list(value, slot, path, found, seen)
            case Table():
                return self._table(value, slot, path, found, seen)
        assert isinstance(slot, Leaf)  # there is no other slot
        if isinstance(slot.field, fields.Tuple) and is_standard(slot.field, "_deserialize"):
            return self._tuple(value, slot, slot.field, path, found)
        return self._leaf(value, slot, path, found)

    def _is_of(self, kind: type, value: Json, slot: Slot, path: Path, found: Findings) -> bool:
        """Whether a value is of the type of its container; noted where it is not."""
        if isinstance(value, kind):
            return True
        told = _message(slot, "type" if isinstance(slot.field, fields.Nested) else "invalid")
        better = "A list is expected." if kind is list else "An object is expected."
        found.note([Violation(path, "TYPE", better if told in _CURT else told)])
        return False

    def _nested(self, value: Json, slot: One, path: Path, found: Findings, seen: Seen) -> Read | None:
        if not self._is_of(dict, value, slot, path, found):
            return None
        shape = self.resolve(slot.target)
        document = self._object(value, shape, self.policy(slot, shape), path, found, seen)
        return document, document

    def _list(self, value: Json, slot: Many, path: Path, found: Findings, seen: Seen) -> Read | None:
        if not self._is_of(list, value, slot, path, found):
            return None
        known_elements = seen.elements(value, slot.key, lambda element: sent(element, slot.inner, self.resolve))
        places = enumerate(zip(value, known_elements, strict=True))
        read = [self._value(element, slot.inner, (*path, index), found, known) for index, (element, known) in places]
        elements = [json for json, _ in read]
        found.note(_duplicates(elements, slot.key, path, seen.here))
        return elements, [loaded for _, loaded in read]

    def _tuple(self, value: Json, slot: Leaf, field: fields.Tuple, path: Path, found: Findings) -> Read | None:
        if not self._is_of(list, value, slot, path, found):
            return None
        try:
            field.validate_length(value)
        except ValidationError as error:
            found.refused(error, field, path, "LENGTH")
            return None
        places = zip(value, map(slot_of, field.tuple_fields), strict=True)
        read = [
            self._value(element, inner, (*path, index), found, NOTHING) for index, (element, inner) in enumerate(places)
        ]
        return [json for json, _ in read], tuple(loaded for _, loaded in read)

    def _table(self, value: Json, slot: Table, path: Path, found: Findings, seen: Seen) -> Read | None:
        if not self._is_of(dict, value, slot, path, found):
            return None
        result: Object = {}
        loaded = {}
        for name, member in value.items():
            place = (*path, name)
            key = self._key(name, slot.field, place, found)
            result[name], loaded[key] = self._value(member, slot.inner, place, found, seen.member(name))
        return result, loaded

    def _key(self, name: str, field: fields.Field[Any], path: Path, found: Findings) -> Any:
        """A name in a table as its ``keys`` field loads it."""
        if isinstance(field, fields.Mapping) and field.key_field is not None:
            try:
                return field.key_field.deserialize(name)
            except Exception as error:
                found.refused(error, field.key_field, path, "TYPE")
        return name

    def _leaf(self, value: Json, slot: Leaf, path: Path, found: Findings) -> Read | None:
        if type(value) is slot.as_it_is and (not isinstance(value, int) or abs(value) <= _WORD):
            return value, value
        try:
            loaded = slot.bare.deserialize(value if _is_inert(slot.field) else _apart(value))
        except Exception as error:
            found.refused(error, slot.field, path, "TYPE", slot)
            return None
        if isinstance(loaded, int) and abs(loaded) > sys.float_info.max:
            found.note([Violation(path, "RANGE", "The number is beyond the range of a double.")])
            return None
        return _put_right(value, loaded, slot.field), loaded

    def _ask_validators(self, loaded: Any, slot: Slot, path: Path, found: Findings, *, clean: bool) -> None:
        """Lengths are always asked for, other rules only of values that are right inside."""
        for rule in slot.rules:
            if not isinstance(rule, validate.Length) and (not clean or (id(rule) in self.left and holds_objects(slot))):
                continue
            try:
                rule(loaded if type(rule).__module__ == validate.__name__ else _apart(loaded))
            except Exception as error:
                found.refused(error, rule, path, _code(rule), slot)


def said_of_unknown(slot: One) -> UnknownOption | None:
    """What the place that nests an object says of unknown fields: by ``unknown=``, or by the instance it nests."""
    field = slot.field
    assert isinstance(field, fields.Nested)  # what has an object inside is no other field
    if field.unknown is not None:
        return field.unknown
    return None if field.schema.unknown == field.schema.opts.unknown else field.schema.unknown


def _missing(document: Object, shape: Shape, path: Path, *, known: bool) -> Iterator[Violation]:
    """What is required and not there; what never leaves may be left out of an object that is ``known``."""
    for name, slot in shape.slots.items():
        if name not in document and slot.required and not slot.read_only and not (known and slot.write_only):
            yield Violation((*path, name), "REQUIRED", _message(slot, "required"))


def not_writable(slot: Slot | None, unknown: Unknown, shape: Shape, path: Path) -> Iterator[Violation]:
    """What is wrong with a member that no client may write: the shape does not have it, or it is read-only."""
    if slot is None:
        yield Violation(path, "UNKNOWN_FIELD", _of_schema(shape, "unknown", "This version has no such field."))
    elif unknown == "raise":
        yield Violation(path, "READ_ONLY", "The field is set by the service and cannot be written.")


def _message(slot: Slot, key: str) -> str:
    """What the author, or marshmallow, says where a rule of the field itself is broken."""
    told = slot.field.error_messages[key]
    return " ".join(message for _, message in messages(told))


def _of_schema(shape: Shape, key: str, ours: str) -> str:
    """What the author's schema says of an object as a whole; our own words where it does not."""
    told = shape.family.schema.error_messages.get(key) if shape.family is not None else None
    return ours if told is None else told


def _duplicates(value: list[Json], key: str | None, path: Path, here: Json | Absent) -> Iterator[Violation]:
    """A violation for every element that has the key of one before it, unless the list ``here`` has it as often."""
    if key is None:
        return
    there = Counter(_keys(here, key)) if isinstance(here, list) else Counter()
    seen: Counter[Hashable] = Counter()
    for index, mark in enumerate(_keys(value, key)):
        seen[mark] += 1
        if mark is not None and seen[mark] > max(1, there[mark]):
            yield Violation((*path, index, key), "DUPLICATE", "Another element of the list has the same key.")


def _keys(elements: list[Json], key: str) -> Iterator[Hashable]:
    """What every element is recognised by; ``None`` for one without a key."""
    return (fingerprint(element.get(key)) if isinstance(element, dict) else None for element in elements)


def _is_inert(field: fields.Field[Any]) -> bool:
    """Whether no code of the author's runs where a field reads an array or object."""
    return type(field) in _INERT and not getattr(field, "pre_load", None)


def _apart(loaded: Any) -> Any:
    """A value of which authors' code may write into every array and object."""
    if type(loaded) is dict:
        return {name: _apart(member) for name, member in loaded.items()}
    if type(loaded) is list:
        return [_apart(element) for element in loaded]
    return tuple(map(_apart, loaded)) if type(loaded) is tuple else loaded


def _put_right(value: Json, loaded: Any, field: fields.Field[Any]) -> Json:
    """The value, or what marshmallow reads it as where that is a plain number or truth value in another spelling.

    Fields that are written as text, or that the author reads otherwise, keep the client's; so do infinities, which
    JSON has no word for.
    """
    for kind, right in _FORMS:
        if isinstance(field, kind) and is_standard(field, "_deserialize") and not getattr(field, "as_string", False):
            readable = isinstance(loaded, right) and isfinite(loaded)
            return value if isinstance(value, right) or not readable else loaded
    return value


def _code(rule: object) -> str:
    return next((code for kind, code in _CODES if isinstance(rule, kind)), "RULE")
