"""Operations that put fields elsewhere and leave their values alone: rename, move, nest and flatten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

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
    def remade_names(self) -> tuple[Name, ...]:
        return ()

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

    ``pairs`` are (older, newer) names relative to ``base``. All else is filled in by fitting: ``hidden`` is the newer
    object that the older shape has no trace of, ``made`` the older object that the newer shape has none of; either
    may be empty. ``needed`` says that the hidden object has to be there, ``kept`` how many of the older objects around
    a field that moved always are there in the newer shape, outermost first.
    """

    base: Name
    pairs: tuple[tuple[Name, Name], ...]
    hidden: Name = ()
    made: Name = ()
    needed: bool = False
    kept: int = 0
    forgets: bool = False

    @property
    def newer_names(self) -> tuple[Name, ...]:
        return tuple(self.base + newer for _, newer in self.pairs)

    @property
    def remade_names(self) -> tuple[Name, ...]:
        return ()

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
        """The view without a field that moved; objects left with nothing around it are as the source has them."""
        if look(document, gone) is ABSENT:
            return document
        document = without(document, gone)
        for depth in range(len(gone) - 1, 0, -1):
            parent, source = gone[:depth], look(onto, gone[:depth])
            if look(document, parent) or isinstance(source, dict) or (onto is ABSENT and depth <= self.kept):
                break
            document = without(document, parent) if source is ABSENT else place(document, parent, source)
        return document

    def _with_hidden(self, document: Object, onto: Object | Absent) -> Object:
        """The view with the hidden object as the source has it, less the fields that the view speaks of."""
        if not self.hidden or not isinstance(look(document, self.hidden[:-1]), dict):
            return document
        source = look(onto, self.hidden)
        if source is not ABSENT:
            document = place(document, self.hidden, source)
            for _, newer in self.pairs:
                document = without(document, newer)
        elif self.needed and onto is ABSENT:
            document = place(document, self.pairs[0][1][:-1], {})
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
        return f"{dotted(self.base + old)} moved to {dotted(self.base + new)}."

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        ((old, new),) = self.pairs
        outer = object_at(shape, self.base, resolve)
        parents = [find(outer, new[:depth], resolve) for depth in range(1, len(new))]
        slot = _inherited(find(outer, new, resolve), parents)
        rest = rewrite(outer, new[:-1], lambda inner: inner.exchanged((new[-1],), {}), resolve)
        hidden, made = (_first_missing(rest, name[:-1], resolve) for name in (new, old))
        around = [old[:depth] for depth in range(1, len(made) or len(old))]
        kept = _leading(_certain(find(rest, name, resolve)) for name in around)
        _refuse_half(rest, self.base, around[kept:], old, resolve)
        needed = bool(hidden) and all(map(_certain, parents[len(hidden) - 1 :]))
        forgets = kept < len(around) or (bool(hidden) and not needed)
        if slot.required and not (slot.read_only or slot.write_only):
            rest = _demanded(rest, around, resolve)
        rest = _with_made(rest, old, made, slot, resolve)
        older = rewrite(shape, self.base, lambda _: rest, resolve)
        return Fitted(replace(self, hidden=hidden, made=made, needed=needed, kept=kept, forgets=forgets), older)


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
        if self.base and not any(slot.required for slot in come.values()):
            older = _emptiable(older, self.base, resolve)
        needed = _certain(parent)
        others = inner.slots.keys() - {newer[-1] for _, newer in self.pairs}
        self._refuse_needed({name: inner.slots[name] for name in sorted(others)}, under)
        return Fitted(replace(self, hidden=(under,), needed=needed, forgets=bool(others) or not needed), older)

    def _refuse_needed(self, others: Mapping[str, Slot], under: str) -> None:
        for name, slot in others.items():
            if slot.required and not slot.read_only:
                unseen = dotted((*self.base, under, name))
                raise DeclarationError(
                    f"{unseen} is required and old clients never send it: say what they mean, "
                    f"with add({unseen.strip('`')!r}, default=...) behind nest()"
                )


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


def _certain(slot: Slot) -> bool:
    """Whether an object is always there."""
    return slot.required and not slot.nullable


def _leading(truths: Iterable[bool]) -> int:
    """How many there are before the first that does not hold."""
    return sum(1 for _ in takewhile(bool, truths))


def _inherited(slot: Slot, parents: Sequence[Slot]) -> Slot:
    """A slot taken out of the objects around it: as optional, as read-only and as write-only as they were."""
    return slot.altered(
        required=slot.required and all(map(_certain, parents)),
        dump_only=slot.read_only or any(parent.read_only for parent in parents),
        load_only=slot.write_only or any(parent.write_only for parent in parents),
    )


def _object(name: str, slots: dict[str, Slot]) -> One:
    """A nested object made by an operation; it is left out where it would be empty."""
    some_read_only = any(slot.read_only for slot in slots.values())
    field = fields.Nested(
        Schema,
        required=any(slot.required for slot in slots.values()),
        dump_only=all(slot.read_only for slot in slots.values()),
        load_only=all(slot.write_only for slot in slots.values()),
        # What is read-only is not sent back, so that an object may be sent empty that was not so when it was read.
        validate=[] if some_read_only else validate.Length(min=1),
    )
    return One(field, Shape(name.title().replace("_", ""), {}).with_slots(slots))


def _refuse_half(shape: Shape, base: Name, names: Iterable[Name], moved: Name, resolve: Resolve) -> None:
    """An object that may be missing is made of the field alone, and so cannot need others."""
    for name in names:
        for inner, slot in object_at(shape, name, resolve).slots.items():
            if slot.required and not (slot.write_only or slot.read_only) and inner != moved[len(name)]:
                raise DeclarationError(
                    f"{dotted(base + name)} may be missing in the newer version where {dotted(base + moved)} is read "
                    f"from elsewhere, and needs {dotted((*base, *name, inner))}: "
                    f"say what stands for it, with relax({'.'.join(base + name)!r}, default=...) behind move()"
                )


def _first_missing(shape: Shape, name: Name, resolve: Resolve) -> Name:
    """The outermost object on the way to ``name`` that the shape does not have; empty where it has all."""
    for depth in range(1, len(name) + 1):
        if name[depth - 1] not in object_at(shape, name[: depth - 1], resolve).slots:
            return name[:depth]
    return ()


def _demanded(shape: Shape, names: Iterable[Name], resolve: Resolve) -> Shape:
    """The shape with the objects at ``names`` always there, since something in them is."""
    for *around, name in names:
        slot = find(shape, (*around, name), resolve).altered(required=True, allow_none=False)
        shape = rewrite(shape, tuple(around), _replacing(name, slot), resolve)
    return shape


def _emptiable(shape: Shape, name: Name, resolve: Resolve) -> Shape:
    """The shape with the object at ``name`` as empty as it may be."""
    slot = find(shape, name, resolve)
    rules = [rule for rule in slot.field.validators if not isinstance(rule, validate.Length)]
    return rewrite(shape, name[:-1], _replacing(name[-1], slot.altered(validators=rules)), resolve)


def _replacing(name: str, slot: Slot) -> Callable[[Shape], Shape]:
    return lambda inner: inner.exchanged((name,), {name: slot})


def _with_made(shape: Shape, name: Name, made: Name, slot: Slot, resolve: Resolve) -> Shape:
    """The shape with a slot at ``name``, and the objects on the way from ``made`` on, which it has none of."""
    depth = len(made) or len(name)
    for position in range(len(name) - 1, depth - 1, -1):
        slot = _object(name[position - 1], {name[position]: slot})
    return rewrite(shape, name[: depth - 1], lambda inner: inner.exchanged((), {name[depth - 1]: slot}), resolve)


def apart(old: Name, new: Name) -> tuple[Name, tuple[Name, Name]]:
    """The object that holds two names, and the names inside it: (older, newer)."""
    shared = _leading(one == other for one, other in zip(old[:-1], new[:-1], strict=False))
    return old[:shared], (old[shared:], new[shared:])


def beneath(names: tuple[Name, ...], under: Name, *, outwards: bool) -> tuple[Name, tuple[tuple[Name, Name], ...]]:
    """The base and the (older, newer) pairs of fields that stand under an object on one side, beside it on the other.

    ``outwards`` says that the older version is the one that has them beside it. Raises ``DeclarationError`` where
    the names stand elsewhere than the object.
    """
    if not names:
        raise DeclarationError(f"no fields are named that {dotted(under)} holds")
    if len(set(names)) < len(names):
        raise DeclarationError(f"{listed(names)}: a field of {dotted(under)} is named once")
    base = same_parent(under, *names)
    beside, inside = [(name[-1],) for name in names], [(under[-1], name[-1]) for name in names]
    return base, tuple(zip(beside, inside, strict=True) if outwards else zip(inside, beside, strict=True))
