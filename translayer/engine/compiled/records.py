"""Records: what msgspec is to expect of a whole document, from the shapes that the contract has derived.

There are three readers of documents: of what a client sends, where every rule is asked; of what stands between two
steps of a chain, made by an author's translator; and of the app's objects, whose members stand where today's business
lens finds them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeAlias

from marshmallow import fields
from msgspec import UNSET

from translayer.contract.business import Business, Computed, Derived, Plucked, Recognised, Same
from translayer.contract.check import Check
from translayer.contract.lens import Deferred, Each, Lens, Values
from translayer.contract.rules import holds_objects
from translayer.contract.shape import Family, Many, One, Resolve, Shape, Slot, Table, slot_of

from .kinds import UNKNOWN, Inexpressible, Kind, Known, Leaf, Listed, Record, Refused, Tabled
from .leaves import has_hooks, length_limits, reply_leaf, whole_check
from .shared import Holder, Shared

Skips: TypeAlias = Callable[[Slot], bool]
"""Which fields a document never has, in one direction."""


def is_read_only(slot: Slot) -> bool:
    """Whether no client sends a field."""
    return slot.read_only


def is_write_only(slot: Slot) -> bool:
    """Whether no client sees a field."""
    return slot.write_only


class Between:
    """Records of documents on their way between versions, in one direction, made by an author's code.

    Nothing but what ``resolve`` gives may be in them; whether it is right, the next check says.
    """

    # One is made for every operation of every chain, and few are asked.
    __slots__ = ("_made", "_resolve", "_skips")

    def __init__(self, resolve: Resolve, skips: Skips) -> None:
        self._resolve = resolve
        self._skips = skips
        self._made: dict[Shape, Record] = {}

    def record(self, shape: Shape) -> Record:
        """The record of a shape."""
        if shape not in self._made:
            record = self._made[shape] = Record(titled(shape), closed=True)
            for name, slot in shape.slots.items():
                if not self._skips(slot):
                    record.add(name, self.kind(slot), optional=True)
        return self._made[shape]

    def kind_of(self, field: fields.Field[Any]) -> Kind:
        """The kind of the values of an author's field."""
        return self.kind(slot_of(field))

    def kind(self, slot: Slot) -> Kind:
        """The kind of a field's values."""
        match slot:
            case One():
                return Known(self.record(self._resolve(slot.target)), slot.nullable)
            case Many() if holds_objects(slot):
                return Listed(self.kind(slot.inner), slot.nullable)
            case Table() if holds_objects(slot):
                return Tabled(self.kind(slot.inner), slot.nullable)
        return UNKNOWN


class Sent:
    """Records of what a client sends, by the check of its version; everything is asked that the check would ask."""

    def __init__(self, check: Check, shared: Shared) -> None:
        self._check = check
        self._shared = shared
        self._made: dict[tuple[Shape, str], Record] = {}

    def record(self, shape: Shape, slot: One | None = None) -> Record:
        """The record of a shape, at the place that nests it.

        What else an object has in it is refused here, also where it is to be ignored: it would have to be read all the
        same, to any depth.
        """
        unknown = self._check.policy(slot, shape)
        if unknown == "pass":
            raise Inexpressible(f"{titled(shape)} passes fields on that no version knows.")
        made = self._made.get((shape, unknown))
        if made is not None or slot is None:
            return made or self._fill_in(shape, unknown)
        return self._shared.record(shape, unknown, lambda: self._fill_in(shape, unknown))

    def _fill_in(self, shape: Shape, unknown: str) -> Record:
        record = self._made[shape, unknown] = Record(titled(shape), closed=True)
        holder = shape.family, unknown
        for name, inner in shape.slots.items():
            if not inner.read_only:
                record.add(name, self._kind(inner, name, holder), optional=not inner.required)
        return record

    def _kind(self, slot: Slot, name: str, holder: Holder) -> Kind:
        """The kind of a field's values, or of those inside them."""
        if not holds_objects(slot):
            return self._plain(slot, holder)
        limits = lengths_of(slot, name, self._check)
        match slot:
            case One():
                record = self.record(self._check.resolve(slot.target), slot)
                return Known(record, slot.nullable, _size_check(record, limits), slot)
            case Many():
                inner, key = self._kind(slot.inner, name, holder), key_of(slot, self._check.resolve)
                check = _key_check(inner.record, key) if isinstance(inner, Known) and key is not None else None
                return Listed(inner, slot.nullable, limits, check, slot)
        assert isinstance(slot, Table)  # there is no other slot with objects in it
        refuse_rules_of_names(slot, name)
        return Tabled(self._kind(slot.inner, name, holder), slot.nullable, limits, None, slot)

    def _plain(self, slot: Slot, holder: Holder) -> Kind:
        """The kind of a field without objects inside; a list or table with rules of its own is asked as a whole."""
        match slot:
            case Many() if (limits := length_limits(slot.rules, list)) is not None:
                return Listed(self._plain(slot.inner, holder), slot.nullable, limits, None, slot)
            case Many() | Table():
                return Leaf(nullable=slot.nullable, check=whole_check(slot, self._check), slot=slot)
        return self._shared.leaf(slot, self._check, holder)


def lengths_of(slot: Slot, name: str, check: Check) -> dict[str, Any]:
    """The limits of the size of an object, or of a list or table of objects; there may be no other rules of it."""
    rules = [rule for rule in slot.rules if id(rule) not in check.left]
    limits = length_limits(rules, list if isinstance(slot, Many) else dict)
    if limits is None:
        raise Inexpressible(f"{name!r} has a rule that sees the objects in it.")
    return limits


def key_of(slot: Slot, resolve: Resolve) -> str | None:
    """The field by which the elements of a list are recognised, where clients send it."""
    if not isinstance(slot, Many) or slot.key is None or not isinstance(slot.inner, One):
        return None
    known = resolve(slot.inner.target).slots.get(slot.key)
    return None if known is None or known.read_only else slot.key


def refuse_rules_of_names(slot: Slot, name: str) -> None:
    """Refuses a table of objects that asks anything of the names in it."""
    key = getattr(slot.field, "key_field", None)
    if key is not None and (type(key) is not fields.String or key.validators or has_hooks(key)):
        raise Inexpressible(f"{name!r} has rules for the names in it.")


def _size_check(record: Record, limits: dict[str, Any]) -> Callable[[Any], Any] | None:
    """Asks how many members an object has."""
    if not limits:
        return None
    least, most = limits.get("min_length", 0), limits.get("max_length", sys.maxsize)

    def asked(value: Any) -> Any:
        # The members are known by now, also of an object that may stand in itself.
        there = (getattr(value, member.attribute) is not UNSET for member in record.members.values())
        if not least <= sum(there) <= most:
            raise Refused
        return value

    return asked


def _key_check(record: Record, key: str) -> Callable[[Any], Any]:
    """Asks that no two records of a list have the same key; where some have none, the slow twin knows better."""

    def asked(elements: Any) -> Any:
        attribute = record.members[key].attribute
        if len({getattr(element, attribute) for element in elements}) < len(elements):
            raise Refused
        return elements

    return asked


class Told:
    """Records of the app's objects, as today's business lens reads them.

    What it never reads is skipped, unless the records are ``closed``; then an object with more in it is refused.
    """

    def __init__(self, *, closed: bool) -> None:
        self._closed = closed
        self._made: dict[int, Record] = {}
        self._lenses: list[Business] = []

    def record(self, business: Business, title: str) -> Record:
        """The record of what a lens reads."""
        if id(business) not in self._made:
            self._lenses.append(business)  # so that its id stays its own
            self._made[id(business)] = Record(title, closed=self._closed)
            try:
                self._fill_in(self._made[id(business)], business)
            except Inexpressible:
                self._made.clear()  # of records that are half made, others may have a part
                raise
        return self._made[id(business)]

    def _fill_in(self, record: Record, business: Business) -> None:
        for member in business.leaving:
            kind = self._kind(member.lens, member.slot, member.name)
            self._add(record, member.place, kind, optional=not member.slot.required)

    def _add(self, record: Record, place: tuple[str, ...], kind: Kind, *, optional: bool) -> None:
        """Adds a member at its place, which may be inside objects that no schema speaks of."""
        name, *rest = place
        known = record.members.get(name)
        if not rest:
            if known is not None:
                raise Inexpressible(f"two fields are read from {name!r}.")
            record.add(name, kind, optional=optional)
            return
        if known is None:
            record.add(name, Known(Record(name)), optional=True)
        elif not isinstance(known.kind, Known) or known.kind.slot is not None:
            raise Inexpressible(f"two fields are read from {name!r}.")
        around = record.members[name].kind
        assert isinstance(around, Known)  # it has just been made, or seen to be
        self._add(around.record, tuple(rest), kind, optional=True)

    def _kind(self, lens: Lens, slot: Slot, name: str) -> Kind:
        match lens:
            case Derived():
                raise Inexpressible(f"{name!r} is computed from the whole object.")
            case Computed() | Plucked():
                return UNKNOWN
            case Deferred():
                return self._kind(lens.lens, slot, name)
            case Recognised():
                return self._kind(lens.inner, slot, name)
            case Business():
                assert isinstance(slot, One)  # nothing else has such a lens
                assert isinstance(slot.target, Family)  # nobody has changed today's shapes
                return Known(self.record(lens, titled_schema(slot.target.schema)), slot.nullable, None, slot)
            case Each() if isinstance(slot, Many):
                return Listed(self._kind(lens.inner, slot.inner, name), slot.nullable, None, None, slot)
            case Values() if isinstance(slot, Table):
                return Tabled(self._kind(lens.inner, slot.inner, name), slot.nullable, None, None, slot)
            case Same():
                return reply_leaf(slot)
        return UNKNOWN


def titled(shape: Shape) -> str:
    """The name of a shape without the word that every schema's name ends in."""
    return shape.name.removesuffix("Schema") or shape.name


def titled_schema(schema: type) -> str:
    """The same of a schema."""
    return schema.__name__.removesuffix("Schema") or schema.__name__
