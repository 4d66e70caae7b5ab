"""The lens between the wrapped app's JSON and the newest version's document, as today's marshmallow schema says.

Over HTTP the business object is JSON already. So a field maps its name (``attribute`` inside, ``data_key`` outside)
and filters (``load_only`` never leaves, ``dump_only`` never enters, what is undeclared never leaves); its value is
the same inside and outside, unless the field itself computes: ``Method``, ``Function``, ``Constant``, ``Pluck`` and
fields of the author's own. Dumping a ``DateTime`` that is a string already would fail; here it never happens.

Where nothing is renamed, dropped or computed, ``get`` gives back the very object that it was given. What ``put`` makes
has its members in the order in which today's schema declares them. Where it is given the app's current object, members
that no schema declares are kept from it, in front of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from marshmallow import fields, missing
from msgspec import Struct

from translayer.document.codec import ensure_json
from translayer.document.places import look, place, without
from translayer.document.values import ABSENT, Absent, Json, Object, duplicate, equal
from translayer.errors import ContractViolation, Path, Violation

from .allowlist import sent
from .lens import Deferred, Each, Faults, Lens, Values, put_inside
from .rules import UNREADABLE
from .shape import Family, Leaf, Many, Name, One, Resolve, Shape, Slot, Table, is_standard

log = logging.getLogger("translayer")


class Same(Struct, frozen=True, eq=False):
    """The lens of a value that is the same inside and outside."""

    def get(self, value: Json) -> Json:
        return value

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        return view

    def older_path(self, path: Path) -> Path:
        return path

    def newer_path(self, path: Path) -> Path:
        return path


class Plucked(Same, frozen=True, eq=False):
    """The lens of ``fields.Pluck``: an object inside, one of its members outside.

    Another value is another object, of which nothing else is known; the same value leaves the object as it is.
    """

    member: Member

    def get(self, value: Json) -> Json:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise ContractViolation("an object was expected")
        found = self.member.read(value)
        if found is ABSENT:
            raise ContractViolation("the object has nothing there to pluck", self.member.place)
        return found

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        if isinstance(onto, dict) and equal(self.get(onto), view):
            return onto
        return None if view is None else place({}, self.member.place, self.member.lens.put(view, ABSENT, faults))

    def older_path(self, path: Path) -> Path:
        return self.member.lens.older_path(path[len(self.member.place) :])

    def newer_path(self, path: Path) -> Path:
        return self.member.place + self.member.lens.newer_path(path)


class Computed(Same, frozen=True, eq=False):
    """The lens of a field of the author's own, which writes a value, reads it, or both, in its own way."""

    field: fields.Field[Any]

    def get(self, value: Json) -> Json:
        if is_standard(self.field, "_serialize"):
            return value
        return _called(lambda: self.field._serialize(duplicate(value), self.field.name, {}))

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        if onto is not ABSENT and equal(self.get(onto), view):
            return onto
        return view if is_standard(self.field, "_deserialize") else _loaded(self.field, view, faults)


class Derived(Same, frozen=True, eq=False):
    """The lens of ``Method``, ``Function`` and ``Constant``, which make their value from the whole object."""

    field: fields.Field[Any]

    def of(self, document: Object) -> Json | Absent:
        """The outer value; the functions see the inner JSON object."""
        value = _called(lambda: self.field.serialize(str(self.field.name), duplicate(document)))
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
    """What a field reads a value as; the value itself where that is nothing that JSON has a word for, as a date."""
    try:
        value = field.deserialize(duplicate(view))
    except Exception as error:
        log.warning("the field %s failed to deserialize: %r", field.name, error)
        faults.append(Violation((), "TYPE", UNREADABLE))
        return view
    try:
        ensure_json(value)
    except ValueError:
        return view
    return value


class Member(Struct, frozen=True, eq=False):
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

    def write(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        """The inner value for an outer one, onto the whole inner object as it is now."""
        source = look(onto, self.place)
        known = isinstance(self.lens, Derived) and source is not ABSENT
        return (
            source
            if known and equal(self.read(cast(Object, onto)), view)
            else put_inside(self.lens, (self.name,), view, source, faults)
        )


class Business(Struct, frozen=True, eq=False):
    """The lens between one inner object and its newest document.

    ``leaving`` are the members that clients see. Of the current object those that are ``replaced`` do not stay: a
    client sends them, or has left them out.
    """

    members: Mapping[str, Member]
    leaving: tuple[Member, ...]
    replaced: tuple[Member, ...]

    def get(self, value: Json) -> Json:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise ContractViolation("an object was expected")
        read = ((member.name, member.read(value)) for member in self.leaving)
        document = {name: outer for name, outer in read if outer is not ABSENT}
        same = len(document) == len(value) and all(value.get(name, ABSENT) is document[name] for name in document)
        return value if same else document

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        if not isinstance(view, dict):
            return view
        document = self._unseen(onto) if isinstance(onto, dict) else {}
        for name, member in self.members.items():
            if name in view and not member.slot.read_only:
                document = place(document, member.place, member.write(view[name], onto, faults))
        return {**document, **{name: value for name, value in view.items() if name not in self.members}}

    def _unseen(self, onto: Object) -> Object:
        """What the app's object holds beside the fields that clients see, and so send whole."""
        for member in self.replaced:
            onto = without(onto, member.place)
        return onto

    def older_path(self, path: Path) -> Path:
        """The longest place on the way decides; else one below it, else a field of that name outside."""
        if not path:
            return ()
        for member in sorted(self.members.values(), key=lambda member: -len(member.place)):
            depth = len(member.place)
            if path[:depth] == member.place:
                return (member.name, *member.lens.older_path(path[depth:]))
        for member in self.members.values():
            if member.place[: len(path)] == path:
                return (member.name,)
        named = self.members.get(str(path[0]))
        return () if named is None else (named.name, *named.lens.older_path(path[1:]))

    def newer_path(self, path: Path) -> Path:
        member = self.members.get(str(path[0])) if path else None
        return path if member is None else member.place + member.lens.newer_path(path[1:])


class Recognised(Same, frozen=True, eq=False):
    """The lens of an element that the app recognises by a key of its own setting, at ``place``.

    What is read-only never enters, and no client sets the key. But an element that is there keeps it, since without it
    the app could not tell which one is meant.
    """

    inner: Lens
    place: Name

    def get(self, value: Json) -> Json:
        return self.inner.get(value)

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        result = self.inner.put(view, onto, faults)
        key = look(onto, self.place)
        return result if key is ABSENT or not isinstance(result, dict) else place(result, self.place, key)

    def older_path(self, path: Path) -> Path:
        return self.inner.older_path(path)

    def newer_path(self, path: Path) -> Path:
        return self.inner.newer_path(path)


class BusinessLenses:
    """The business lens of every family in use, all made at once; ``resolve`` gives today's shapes.

    ``whole`` lenses keep what is read-only from the current object; others leave it out, since it never enters the app.
    """

    def __init__(self, families: Iterable[Family], resolve: Resolve, *, whole: bool) -> None:
        self._resolve = resolve
        self._whole = whole
        self._made = {family: self._business(resolve(family)) for family in families}

    def of(self, family: Family) -> Business:
        """The lens of one family."""
        return self._made[family]

    def reads_the_same(self, family: Family) -> bool:
        """Whether nothing in the family's objects is renamed or computed on the way out, at any depth."""
        seen: set[int] = set()
        waiting: list[Lens] = [self.of(family)]
        while waiting:
            lens = waiting.pop()
            if id(lens) not in seen:
                seen.add(id(lens))
                if _alters(lens):
                    return False
                waiting.extend(_inside(lens))
        return True

    def _business(self, shape: Shape) -> Business:
        members = {name: self._member(name, slot) for name, slot in shape.slots.items()}
        leaving = tuple(member for member in members.values() if not member.slot.write_only)
        hidden = {member.place for member in members.values() if member.slot.write_only}
        replaced = (
            member for member in leaving if member.place not in hidden and not (self._whole and member.slot.read_only)
        )
        return Business(members, leaving, tuple(replaced))

    def _member(self, name: str, slot: Slot) -> Member:
        return Member(name, inner_place(slot), slot, self._lens(slot))

    def _element(self, slot: Many) -> Lens:
        """The lens of a list's elements; the key that the service has set for one goes back to it."""
        lens = self._lens(slot.inner)
        if slot.key is None or not isinstance(slot.inner, One):
            return lens
        key = self._resolve(slot.inner.target).slots[slot.key]
        return Recognised(lens, inner_place(key)) if key.read_only else lens

    def _lens(self, slot: Slot) -> Lens:
        match slot:
            case One(target=Family() as family):
                return Deferred(lambda: self.of(family))
            case Many():
                return Each(self._element(slot), slot.key, lambda value: sent(value, slot.inner, self._resolve))
            case Table():
                return Values(self._lens(slot.inner))
        return _leaf_lens(slot.field)


def _alters(lens: Lens) -> bool:
    """Whether a lens itself, not one inside it, gives another name or value on the way out."""
    match lens:
        case Business():
            return any(member.place != (member.name,) for member in lens.leaving)
        case Computed():
            return not is_standard(lens.field, "_serialize")
    return isinstance(lens, Plucked | Derived)


def _inside(lens: Lens) -> Iterable[Lens]:
    """The lenses that a lens carries into a value on the way out."""
    match lens:
        case Business():
            return (member.lens for member in lens.leaving)
        case Each() | Values() | Recognised():
            return (lens.inner,)
        case Deferred():
            return (lens.lens,)
    return ()


def inner_place(slot: Slot) -> Name:
    """Where the app's object has the value of one of today's fields: ``attribute``, else the name in Python."""
    return tuple((slot.field.attribute or str(slot.field.name)).split("."))


def _leaf_lens(field: fields.Field[Any]) -> Lens:
    if isinstance(field, fields.Pluck) and is_standard(field, "_serialize"):
        return _plucked(field)
    if isinstance(field, fields.Method | fields.Function | fields.Constant):
        return Derived(field)
    standard = is_standard(field, "_serialize") and is_standard(field, "_deserialize")
    return Same() if standard else Computed(field)


def _plucked(field: fields.Pluck) -> Lens:
    slot = Leaf(field.schema.fields[field.field_name])
    plucked = Plucked(Member(field.field_name, inner_place(slot), slot, _leaf_lens(slot.field)))
    return Each(plucked) if field.many else plucked
