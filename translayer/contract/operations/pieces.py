"""Operations between one text and the several it is made of: split and join."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import fields
from msgspec import Struct

from translayer.contract.lens import Unconvertible
from translayer.contract.shape import Leaf, Name, Resolve, Shape, Slot, find, rewrite, slot_of
from translayer.document.places import exchange, look, within
from translayer.document.values import ABSENT, Absent, Json, Object, equal
from translayer.errors import DeclarationError, Path, Violation

from .base import Door, Fitted, Operation, dotted, downgraded, listed, moved, same_parent, upgraded


class Seam(Struct, frozen=True):
    """How a whole comes apart and together again: by a separator, or by a pair of functions."""

    apart: Callable[[Json], Any]
    together: Callable[..., Json]
    exact: bool = False
    """Whether what comes apart always becomes the same whole again."""
    separator: str | None = None
    """What stands between the pieces, where they are cut by one."""

    @classmethod
    def by(cls, separator: str, count: int) -> Seam:
        """Cut at the first separators; the last of ``count`` pieces keeps the rest."""
        return cls(
            apart=lambda whole: whole.split(separator, count - 1),
            together=lambda *pieces: separator.join(pieces),
            exact=True,
            separator=separator,
        )


@dataclass(frozen=True)
class _Pieces(Operation):
    """What split and join share: the whole, its pieces, and how each becomes the other inside one object."""

    whole: Name
    pieces: tuple[Name, ...]
    seam: Seam
    was: Any = None
    nulls: tuple[str, ...] = ()
    """The pieces that are null where the whole is; filled in by fitting."""

    @property
    def _parent(self) -> Name:
        return same_parent(self.whole, *self.pieces)

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(piece[-1] for piece in self.pieces)

    def _assembled(self, inner: Object, call: Door, name: Name) -> Json | Absent:
        """The whole that the pieces of an object make; missing pieces are left out, null only if nothing is said."""
        values = [inner[name] for name in self._names if name in inner]
        said = [value for value in values if value is not None]
        if len(said) > 1:
            return call(self.seam.together, *said, name=name)
        return said[0] if said else None if values else ABSENT

    def _taken_apart(self, whole: Json | Absent, call: Door) -> Object:
        """The pieces that a whole comes apart into, by name."""
        if whole is ABSENT:
            return {}
        if whole is None:
            return dict.fromkeys(self.nulls)
        values = call(self._cut, whole, name=self.whole)
        return {name: value for name, value in zip(self._names, values, strict=False) if value is not None}

    def _cut(self, whole: Json) -> list[Json]:
        values = self.seam.apart(whole)
        if not isinstance(values, list | tuple) or len(values) > len(self.pieces):
            raise ValueError(f"{values!r} is no list of at most {len(self.pieces)} pieces")
        return list(values)

    def _check_texts(self, slots: Mapping[Name, Slot]) -> None:
        """A separator is found in texts only."""
        for name, slot in slots.items():
            text = isinstance(slot, Leaf) and not isinstance(slot.field, fields.Number | fields.Boolean)
            if self.seam.exact and not text:
                raise DeclarationError(f"{dotted(name)} is no text, in which a separator is found: give two functions")

    def _path_to_whole(self, path: Path) -> Path:
        found = (moved(path, piece, self.whole) for piece in self.pieces)
        return next((place for place in found if place is not None), path)

    def _path_to_pieces(self, path: Path) -> Path:
        return moved(path, self.whole, self.pieces[0]) or path


def _null_names(slots: Mapping[str, Slot]) -> tuple[str, ...]:
    """Which of the pieces say null for the whole: all that have to be there, else the first that may."""
    nullable = tuple(name for name, slot in slots.items() if slot.nullable)
    return tuple(name for name in nullable if slots[name].required) or (nullable or tuple(slots))[:1]


def _one(name: Name, value: Json | Absent) -> Object:
    return {} if value is ABSENT else {name[-1]: value}


@dataclass(frozen=True)
class Split(_Pieces):
    """One field became several; how it was split is what the older version cannot see."""

    @property
    def newer_names(self) -> tuple[Name, ...]:
        return self.pieces

    @property
    def remade_names(self) -> tuple[Name, ...]:
        return (self.whole,)

    @property
    def sentence(self) -> str:
        return f"{dotted(self.whole)} is split into {listed(self.pieces)}."

    @property
    def loses(self) -> bool:
        return True

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        slots = {piece[-1]: find(shape, piece, resolve) for piece in self.pieces}
        self._check_texts(dict(zip(self.pieces, slots.values(), strict=True)))
        needed = [slot for slot in slots.values() if slot.required]
        nullable = any(slot.nullable for slot in slots.values()) and all(slot.nullable for slot in needed)
        whole = slot_of(self.was or _text([*slots.values()], required=bool(needed), nullable=nullable))
        come = {self.whole[-1]: whole}
        older = rewrite(shape, self._parent, lambda inner: inner.exchanged(self._names, come), resolve)
        return Fitted(replace(self, nulls=_null_names(slots)), older)

    def get(self, document: Object) -> Object:
        return within(document, self._parent, self._get)

    def _get(self, inner: Object) -> Object:
        return exchange(inner, self._names, _one(self.whole, self._assembled(inner, downgraded, self.whole)))

    def put(self, document: Object, onto: Object | Absent) -> Object:
        source = look(onto, self._parent)
        return within(document, self._parent, lambda inner: self._put(inner, source))

    def _put(self, inner: Object, onto: Json | Absent) -> Object:
        whole = inner.get(self.whole[-1], ABSENT)
        if isinstance(onto, dict) and equal(self._assembled(onto, downgraded, self.whole), whole):
            come = {name: onto[name] for name in self._names if name in onto}
        else:
            come = self._taken_apart(whole, upgraded)
        return exchange(inner, (self.whole[-1],), come)

    def older_path(self, path: Path) -> Path:
        return self._path_to_whole(path)

    def newer_path(self, path: Path) -> Path:
        return self._path_to_pieces(path)

    def newer_places(self, path: Path) -> tuple[Path, ...]:
        return self.pieces if path == self.whole else (path,)


@dataclass(frozen=True)
class Join(_Pieces):
    """Several fields became one."""

    @property
    def newer_names(self) -> tuple[Name, ...]:
        return (self.whole,)

    @property
    def remade_names(self) -> tuple[Name, ...]:
        return self.pieces

    @property
    def sentence(self) -> str:
        return f"{listed(self.pieces)} are joined into {dotted(self.whole)}."

    @property
    def loses(self) -> bool:
        return not self.seam.exact

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        slot = find(shape, self.whole, resolve)
        self._check_texts({self.whole: slot})
        come = {
            name: slot_of(_text([slot], required=slot.required and first, nullable=slot.nullable and first))
            for name, first in zip(self._names, [True] + [False] * len(self._names), strict=False)
        }
        come |= self._was()
        gone = (self.whole[-1],)
        older = rewrite(shape, self._parent, lambda inner: inner.exchanged(gone, come), resolve)
        return Fitted(replace(self, nulls=_null_names(come)), older)

    def _refuse_gap(self, inner: Object) -> None:
        """Joined by a separator, a piece behind one that is missing would be read back in its place."""
        said = [inner.get(name) is not None for name in self._names]
        for piece, there, later in zip(self.pieces, said, said[1:], strict=False):
            if self.seam.exact and later and not there:
                raise Unconvertible(Violation(piece, "REQUIRED", "The parts behind it need this one."))

    def _was(self) -> dict[str, Slot]:
        declared: Mapping[str, Any] = self.was or {}
        if unknown := declared.keys() - set(self._names):
            raise DeclarationError(f"was= names {', '.join(map(repr, sorted(unknown)))}, which is none of the fields")
        return {name: slot_of(field) for name, field in declared.items()}

    def get(self, document: Object) -> Object:
        return within(document, self._parent, self._get)

    def _get(self, inner: Object) -> Object:
        return exchange(inner, (self.whole[-1],), self._taken_apart(inner.get(self.whole[-1], ABSENT), downgraded))

    def put(self, document: Object, onto: Object | Absent) -> Object:
        source = look(onto, self._parent)
        return within(document, self._parent, lambda inner: self._put(inner, source))

    def _put(self, inner: Object, onto: Json | Absent) -> Object:
        pieces = {name: inner[name] for name in self._names if name in inner}
        current = onto.get(self.whole[-1], ABSENT) if isinstance(onto, dict) else ABSENT
        if current is not ABSENT and equal(self._taken_apart(current, downgraded), pieces):
            come = _one(self.whole, current)
        else:
            self._refuse_gap(inner)
            come = _one(self.whole, self._assembled(inner, upgraded, self.pieces[0]))
        return exchange(inner, self._names, come)

    def older_path(self, path: Path) -> Path:
        return self._path_to_pieces(path)

    def newer_path(self, path: Path) -> Path:
        return self._path_to_whole(path)


def _text(slots: list[Slot], *, required: bool, nullable: bool) -> fields.String:
    """The field that stands for a text made of, or cut from, other fields."""
    return fields.String(
        required=required,
        allow_none=nullable,
        dump_only=all(slot.read_only for slot in slots),
        load_only=any(slot.write_only for slot in slots),
    )
