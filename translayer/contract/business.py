"""The lens between the wrapped app's JSON and the newest version's document, as today's marshmallow schema says.

Over HTTP the business object is JSON already. So a field maps its name (``attribute`` inside, ``data_key`` outside)
and filters (``load_only`` never leaves, ``dump_only`` never enters, what is undeclared never leaves); its value is
the same inside and outside, unless the field itself computes: ``Method``, ``Function``, ``Constant``, ``Pluck`` and
fields of the author's own. Dumping a ``DateTime`` that is a string already would fail; here it never happens.

Where nothing is renamed, dropped or computed, ``get`` gives back the very object that it was given. Where ``put``
is given the app's current object, members that no schema declares are kept from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marshmallow import ValidationError, fields, missing

from translayer.document.codec import ensure_json
from translayer.document.places import look, place, without
from translayer.document.values import ABSENT, Absent, Json, Object
from translayer.errors import ContractViolation, Path, Violation

from .lens import Deferred, Each, Faults, Lens, Values, put_inside
from .shape import Family, Many, Name, One, Shape, Slot, Table, Target, is_standard


@dataclass(frozen=True, eq=False)
class Same:
    """The lens of a value that is the same inside and outside."""

    def get(self, value: Json) -> Json:
        return value

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        return view

    def older_path(self, path: Path) -> Path:
        return path

    def newer_path(self, path: Path) -> Path:
        return path


@dataclass(frozen=True, eq=False)
class Plucked(Same):
    """The lens of ``fields.Pluck``: an object inside, one of its members outside."""

    name: str

    def get(self, value: Json) -> Json:
        return value.get(self.name) if isinstance(value, dict) else value

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        return None if view is None else {self.name: view}


@dataclass(frozen=True, eq=False)
class Computed(Same):
    """The lens of a field of the author's own, which makes the outer value from the inner one, and back."""

    field: fields.Field[Any]

    def get(self, value: Json) -> Json:
        return _called(lambda: self.field._serialize(value, self.field.name, {}))

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        return _loaded(self.field, view, faults)


@dataclass(frozen=True, eq=False)
class Trimmed(Same):
    """The lens of a field that only reads its input in its own way."""

    field: fields.Field[Any]

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        return _loaded(self.field, view, faults)


@dataclass(frozen=True, eq=False)
class Derived(Same):
    """The lens of ``Method``, ``Function`` and ``Constant``, which make their value from the whole object."""

    field: fields.Field[Any]

    def of(self, document: Object) -> Json | Absent:
        """The outer value; the functions see the inner JSON object."""
        value = _called(lambda: self.field.serialize(str(self.field.name), document))
        return ABSENT if value is missing else value

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        return _loaded(self.field, view, faults)


def _called(function: Callable[[], Any]) -> Any:
    try:
        value = function()
        if value is not missing:
            ensure_json(value)
    except Exception as error:
        raise ContractViolation(f"the field failed to serialize: {error!r}") from error
    return value


def _loaded(field: fields.Field[Any], view: Json, faults: Faults) -> Json:
    try:
        value = field.deserialize(view)
        ensure_json(value)
    except (ValidationError, ValueError) as error:
        faults.append(Violation((), "TYPE", f"The value cannot be converted: {error}"))
        return view
    return value


@dataclass(frozen=True, eq=False)
class Member:
    """One declared field: its name outside, its place inside, and the lens of its value."""

    name: str
    place: Name
    slot: Slot
    lens: Lens

    def read(self, document: Object) -> Json | Absent:
        """The outer value, from the whole inner object; ``ABSENT`` where there is none."""
        try:
            if isinstance(self.lens, Derived):
                return self.lens.of(document)
            value = look(document, self.place)
            return ABSENT if value is ABSENT else self.lens.get(value)
        except ContractViolation as violation:
            raise violation.within(self.name) from violation


@dataclass(frozen=True, eq=False)
class Business:
    """The lens between one inner object and its newest document."""

    members: Mapping[str, Member]

    @cached_property
    def _leaving(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members.values() if not member.slot.write_only)

    def get(self, value: Json) -> Json:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise ContractViolation("an object was expected")
        ranks = {name: rank for rank, name in enumerate(value)}
        ordered = sorted(self._leaving, key=lambda member: ranks.get(member.place[0], len(ranks)))
        read = ((member.name, member.read(value)) for member in ordered)
        document = {name: outer for name, outer in read if outer is not ABSENT}
        same = len(document) == len(value) and all(value.get(name, ABSENT) is document[name] for name in document)
        return value if same else document

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        if not isinstance(view, dict):
            return view
        document = self._unseen(onto) if isinstance(onto, dict) else {}
        for name, value in view.items():
            member = self.members.get(name)
            if member is None:
                document = {**document, name: value}
            elif not member.slot.read_only:
                inner = put_inside(member.lens, (name,), value, look(onto, member.place), faults)
                document = place(document, member.place, inner)
        return document

    def _unseen(self, onto: Object) -> Object:
        """What the app's object holds that no client ever sees."""
        for member in self._leaving:
            onto = without(onto, member.place)
        return onto

    def older_path(self, path: Path) -> Path:
        for member in self.members.values():
            depth = len(member.place)
            if path[:depth] == member.place:
                return (member.name, *member.lens.older_path(path[depth:]))
        return ()

    def newer_path(self, path: Path) -> Path:
        member = self.members.get(str(path[0])) if path else None
        return path if member is None else member.place + member.lens.newer_path(path[1:])


class BusinessLenses:
    """The business lens of every family, made when it is first asked for."""

    def __init__(self, shape: Callable[[Target], Shape]) -> None:
        self._shape = shape
        self._made: dict[Family, Business] = {}

    def of(self, family: Family) -> Business:
        """The lens of one family."""
        if family not in self._made:
            slots = self._shape(family).slots
            self._made[family] = Business({name: self._member(name, slot) for name, slot in slots.items()})
        return self._made[family]

    def _member(self, name: str, slot: Slot) -> Member:
        inner = slot.field.attribute or str(slot.field.name)
        return Member(name, tuple(inner.split(".")), slot, self._lens(slot))

    def _lens(self, slot: Slot) -> Lens:
        match slot:
            case One(target=Family() as family):
                return Deferred(lambda: self.of(family))
            case Many():
                return Each(self._lens(slot.inner), slot.key)
            case Table():
                return Values(self._lens(slot.inner))
        return _leaf_lens(slot.field)


def _leaf_lens(field: fields.Field[Any]) -> Lens:
    if isinstance(field, fields.Pluck):
        return _plucked(field)
    if isinstance(field, fields.Method | fields.Function | fields.Constant):
        return Derived(field)
    if not is_standard(field, "_serialize"):
        return Computed(field)
    return Same() if is_standard(field, "_deserialize") else Trimmed(field)


def _plucked(field: fields.Pluck) -> Lens:
    inner = field.schema.fields[field.field_name]
    plucked = Plucked(inner.attribute or field.field_name)
    return Each(plucked) if field.many else plucked
