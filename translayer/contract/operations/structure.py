"""Operations that put fields elsewhere and leave their values alone: rename, move, nest and flatten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from marshmallow import Schema, fields, validate

from translayer.contract.shape import Name, One, Resolve, Shape, Slot, find, object_at, rewrite
from translayer.document.places import exchange, look, place, within, without
from translayer.document.values import ABSENT, Absent, Json, Object
from translayer.errors import DeclarationError, Path

from .base import Fitted, Operation, dotted, listed, moved, same_parent


@dataclass(frozen=True)
class Rename(Operation):
    """A field is called otherwise; ``old`` and ``new`` stand in the same object."""

    old: Name
    new: Name

    @property
    def newer_names(self) -> tuple[Name, ...]:
        return (self.new,)

    @property
    def sentence(self) -> str:
        return f"{dotted(self.old)} is called {dotted(self.new)}."

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        parent = same_parent(self.old, self.new)
        slot = find(shape, self.new, resolve)
        renamed = {self.old[-1]: slot}
        older = rewrite(shape, parent, lambda inner: inner.exchanged((self.new[-1],), renamed), resolve)
        return Fitted(self, older)

    def get(self, document: Object) -> Object:
        return _renamed(document, self.new, self.old[-1])

    def put(self, document: Object, onto: Object | Absent) -> Object:
        return _renamed(document, self.old, self.new[-1])

    def older_path(self, path: Path) -> Path:
        return moved(path, self.new, self.old) or path

    def newer_path(self, path: Path) -> Path:
        return moved(path, self.old, self.new) or path


def _renamed(document: Object, name: Name, to: str) -> Object:
    *parent, last = name
    return within(
        document, tuple(parent), lambda inner: exchange(inner, {last}, {to: inner[last]}) if last in inner else inner
    )


@dataclass(frozen=True)
class Relocation(Operation):
    """Fields stand elsewhere inside one object: what move, nest and flatten have in common.

    ``pairs`` are (older, newer) names relative to ``base``. ``hidden`` is the newer object that the older shape has
    no trace of, ``made`` the older object that the newer shape has none of; either may be empty. Fitting fills in
    ``hidden``, ``made`` and ``needed``: whether the hidden object has to be there.
    """

    base: Name
    pairs: tuple[tuple[Name, Name], ...]
    hidden: Name = ()
    made: Name = ()
    needed: bool = False
    forgets: bool = False

    @property
    def newer_names(self) -> tuple[Name, ...]:
        return tuple(self.base + newer for _, newer in self.pairs)

    @property
    def loses(self) -> bool:
        return self.forgets

    def get(self, document: Object) -> Object:
        return within(document, self.base, self._get)

    def _get(self, document: Object) -> Object:
        found = [(older, look(document, newer)) for older, newer in self.pairs]
        for gone in (self.hidden,) if self.hidden else (newer for _, newer in self.pairs):
            document = _cleared(document, gone, found)
        return _placed(document, found)

    def put(self, document: Object, onto: Object | Absent) -> Object:
        found = look(onto, self.base)
        source = found if isinstance(found, dict) else ABSENT
        return within(document, self.base, lambda inner: self._put(inner, source))

    def _put(self, document: Object, onto: Object | Absent) -> Object:
        found = [(newer, look(document, older)) for older, newer in self.pairs]
        for gone in (self.made,) if self.made else (older for older, _ in self.pairs):
            document = self._taken(document, gone, onto)
        return _placed(self._with_hidden(document, onto), found)

    def _taken(self, document: Object, gone: Name, onto: Object | Absent) -> Object:
        """The view without a field that moved; a parent left with nothing is as the source has it."""
        if look(document, gone) is ABSENT:
            return document
        document, parent = without(document, gone), gone[:-1]
        if not parent or look(document, parent) != {}:
            return document
        source = look(onto, parent)
        if source is ABSENT:
            return without(document, parent)
        return document if source is not None else place(document, parent, None)

    def _with_hidden(self, document: Object, onto: Object | Absent) -> Object:
        """The view with the hidden object as the source has it, less the fields that the view speaks of."""
        source = look(onto, self.hidden) if self.hidden else ABSENT
        if source is not ABSENT:
            document = place(document, self.hidden, source)
            for _, newer in self.pairs:
                document = without(document, newer)
        elif self.needed and onto is ABSENT:
            document = place(document, self.hidden, {})
        return document

    def older_path(self, path: Path) -> Path:
        for older, newer in self.pairs:
            if (found := moved(path, self.base + newer, self.base + older)) is not None:
                return found
        if self.hidden and path[: len(self.base + self.hidden)] == self.base + self.hidden:
            return self.base + self.pairs[0][0]
        return path

    def newer_path(self, path: Path) -> Path:
        for older, newer in self.pairs:
            if (found := moved(path, self.base + older, self.base + newer)) is not None:
                return found
        return self.base if self.made and path == self.base + self.made else path


def _cleared(document: Object, gone: Name, come: Sequence[tuple[Name, Json | Absent]]) -> Object:
    """The object without ``gone``; what comes to the top instead takes its place in the order."""
    if len(gone) > 1 or gone[0] not in document:
        return without(document, gone)
    top = {name[0]: value for name, value in come if len(name) == 1 and value is not ABSENT}
    return exchange(document, {gone[0]}, top)


def _placed(document: Object, found: Sequence[tuple[Name, Json | Absent]]) -> Object:
    for name, value in found:
        if value is not ABSENT:
            document = place(document, name, value)
    return document


@dataclass(frozen=True)
class Move(Relocation):
    """A field moved to another path."""

    @property
    def sentence(self) -> str:
        ((old, new),) = self.pairs
        return f"{dotted(old)} moved to {dotted(new)}."

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        ((old, new),) = self.pairs
        slot = find(shape, new, resolve)
        parents = [find(shape, new[:depth], resolve) for depth in range(1, len(new))]
        older = rewrite(shape, new[:-1], lambda inner: inner.exchanged((new[-1],), {}), resolve)
        hidden, made = _first_missing(older, new[:-1], resolve), _first_missing(shape, old[:-1], resolve)
        certain = all(parent.required and not parent.nullable for parent in parents)
        older = _with_made(older, old, _inherited(slot, parents), resolve)
        fitted = replace(
            self, hidden=hidden, made=made, needed=bool(hidden) and certain, forgets=bool(hidden) and not certain
        )
        return Fitted(fitted, older)


@dataclass(frozen=True)
class Nest(Relocation):
    """Fields were put under an object, which may hold others that the older version never sees."""

    @property
    def sentence(self) -> str:
        members, under = listed(tuple(self.base + older for older, _ in self.pairs)), self.pairs[0][1][:1]
        return f"{members} stand under {dotted(self.base + under)}."

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        (under,) = {newer[0] for _, newer in self.pairs}
        parent = find(shape, (*self.base, under), resolve)
        inner = object_at(shape, (*self.base, under), resolve)
        come = {older[0]: _inherited(find(inner, newer[1:], resolve), [parent]) for older, newer in self.pairs}
        older = rewrite(shape, self.base, lambda outer: outer.exchanged((under,), come), resolve)
        certain = parent.required and not parent.nullable
        others = len(inner.slots) > len(self.pairs)
        return Fitted(replace(self, hidden=(under,), needed=certain, forgets=others or not certain), older)


@dataclass(frozen=True)
class Flatten(Relocation):
    """Fields were taken out of an object, which is gone."""

    @property
    def sentence(self) -> str:
        members, under = listed(self.newer_names), self.pairs[0][0][:1]
        return f"{members} stand no longer under {dotted(self.base + under)}."

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        (under,) = {older[0] for older, _ in self.pairs}
        gone = tuple(newer[0] for _, newer in self.pairs)
        inner = {name: find(shape, (*self.base, name), resolve) for name in gone}
        come = {under: _object(under, inner)}
        older = rewrite(shape, self.base, lambda outer: outer.exchanged(gone, come), resolve)
        return Fitted(replace(self, made=(under,)), older)


def _inherited(slot: Slot, parents: Sequence[Slot]) -> Slot:
    """A slot taken out of the objects around it: as optional, as read-only and as write-only as they were."""
    certain = all(parent.required and not parent.nullable for parent in parents)
    return slot.altered(
        required=slot.required and certain,
        dump_only=slot.read_only or any(parent.read_only for parent in parents),
        load_only=slot.write_only or any(parent.write_only for parent in parents),
    )


def _object(name: str, slots: dict[str, Slot]) -> One:
    """A nested object made by an operation; it is left out where it would be empty."""
    field = fields.Nested(
        Schema,
        required=any(slot.required for slot in slots.values()),
        dump_only=all(slot.read_only for slot in slots.values()),
        load_only=all(slot.write_only for slot in slots.values()),
        validate=validate.Length(min=1),
    )
    return One(field, Shape(name.title().replace("_", ""), {}).with_slots(slots))


def _first_missing(shape: Shape, name: Name, resolve: Resolve) -> Name:
    """The outermost object on the way to ``name`` that the shape does not have; empty where it has all."""
    for depth in range(1, len(name) + 1):
        if name[depth - 1] not in object_at(shape, name[: depth - 1], resolve).slots:
            return name[:depth]
    return ()


def _with_made(shape: Shape, name: Name, slot: Slot, resolve: Resolve) -> Shape:
    """The shape with a slot at ``name``, and the objects on the way made where there are none."""
    depth = len(_first_missing(shape, name[:-1], resolve)) or len(name)
    for position in range(len(name) - 1, depth - 1, -1):
        slot = _object(name[position - 1], {name[position]: slot})
    come = {name[depth - 1]: slot}
    return rewrite(shape, name[: depth - 1], lambda inner: inner.exchanged((), come), resolve)


def beneath(names: tuple[Name, ...], under: Name, *, outwards: bool) -> tuple[Name, tuple[tuple[Name, Name], ...]]:
    """The base and the (older, newer) pairs of fields that stand under an object on one side, beside it on the other.

    ``outwards`` says that the older version is the one that has them beside it. Raises ``DeclarationError`` where
    the names stand elsewhere than the object.
    """
    if not names:
        raise DeclarationError(f"no fields are named that {dotted(under)} holds")
    base = same_parent(under, *names)
    beside, inside = [(name[-1],) for name in names], [(under[-1], name[-1]) for name in names]
    return base, tuple(zip(beside, inside, strict=True) if outwards else zip(inside, beside, strict=True))
