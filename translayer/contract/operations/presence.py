"""Operations on whether a field is there: add, remove, default, require and relax."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from marshmallow import missing

from translayer.contract.shape import Name, Resolve, Shape, Slot, find, has, object_at, rewrite, slot_of
from translayer.document.places import look, place, without
from translayer.document.values import ABSENT, Absent, Json, Object, equal
from translayer.errors import DeclarationError, Path

from .base import (
    NOBODY,
    READERS,
    WRITERS,
    Audience,
    Default,
    Fitted,
    Operation,
    check_default,
    dotted,
    downgraded,
    given,
    standing_in,
    upgraded,
)


@dataclass(frozen=True)
class Add(Operation):
    """A field was added; an old client never sees it, and what it creates gets the default."""

    name: Name
    default: Default = ABSENT

    @property
    def newer_names(self) -> tuple[Name, ...]:
        return (self.name,)

    @property
    def remade_names(self) -> tuple[Name, ...]:
        return ()

    @property
    def sentence(self) -> str:
        return f"{dotted(self.name)} is new."

    @property
    def loses(self) -> bool:
        return True

    @property
    def breaks(self) -> Audience:
        return NOBODY if given(self.default) else frozenset({WRITERS})

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        slot = find(shape, self.name, resolve)
        if slot.required and not slot.read_only and not given(self.default):
            raise DeclarationError(
                f"{dotted(self.name)} is required and old clients never send it: say with default= what they mean"
            )
        check_default(self.default, slot, self.name)
        parent = self.name[:-1]
        if parent and len(object_at(shape, parent, resolve).slots) == 1:
            raise DeclarationError(f"{dotted(self.name)} is all that {dotted(parent)} has: add() the object itself")
        return Fitted(self, rewrite(shape, parent, lambda inner: inner.exchanged((self.name[-1],), {}), resolve))

    def get(self, document: Object) -> Object:
        return without(document, self.name)

    def put(self, document: Object, onto: Object | Absent) -> Object:
        if not _has_parent(document, self.name):
            return document
        value = look(onto, self.name)
        if not _has_parent(onto, self.name) and given(self.default):
            # Where it fails, the client is told of the object around it, since it knows no such field.
            value = standing_in(self.default, document, self.name[:-1], upgraded)
        return document if value is ABSENT else place(document, self.name, value)

    def older_path(self, path: Path) -> Path:
        return self.name[:-1] if path[: len(self.name)] == self.name else path


@dataclass(frozen=True)
class Remove(Operation):
    """A field was dropped; an old client still gets it, from the default, and what it writes there is let go."""

    name: Name
    was: Any
    default: Default = ABSENT

    @property
    def newer_names(self) -> tuple[Name, ...]:
        return ()

    @property
    def remade_names(self) -> tuple[Name, ...]:
        return (self.name,)

    @property
    def sentence(self) -> str:
        return f"{dotted(self.name)} is gone."

    def concerns(self, shape: Shape, resolve: Resolve) -> bool:
        """A field that today's schema does not have is in no selection, unless the object around it is."""
        parent = self.name[:-1]
        return has(shape, parent, resolve) if parent else shape.family is not None and shape.family.only is None

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        slot = slot_of(self.was)
        if slot.required and not given(self.default) and not slot.write_only:
            raise DeclarationError(
                f"{dotted(self.name)} was required and nothing has it any more: "
                f"say with default= what old clients get, or make the field in was= optional"
            )
        check_default(self.default, slot, self.name)
        come = {self.name[-1]: slot}
        return Fitted(self, rewrite(shape, self.name[:-1], lambda inner: inner.exchanged((), come), resolve))

    def get(self, document: Object) -> Object:
        if not given(self.default) or self.was.load_only or not _has_parent(document, self.name):
            return document
        return place(document, self.name, standing_in(self.default, document, self.name, downgraded))

    def put(self, document: Object, onto: Object | Absent) -> Object:
        return without(document, self.name)

    def newer_path(self, path: Path) -> Path:
        return self.name[:-1] if path[: len(self.name)] == self.name else path

    def newer_places(self, path: Path) -> tuple[Path, ...]:
        return () if path[: len(self.name)] == self.name else (path,)


@dataclass(frozen=True)
class _Presence(Operation):
    """The field and its values stay; what changed is what its absence means."""

    name: Name

    @property
    def newer_names(self) -> tuple[Name, ...]:
        return (self.name,)

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        come = {self.name[-1]: self._older_slot(find(shape, self.name, resolve))}
        gone = (self.name[-1],)
        return Fitted(self, rewrite(shape, self.name[:-1], lambda inner: inner.exchanged(gone, come), resolve))

    @abstractmethod
    def _older_slot(self, newer: Slot) -> Slot:
        """The older field; raises ``DeclarationError`` where the newer one is not what the operation says."""

    def get(self, document: Object) -> Object:
        return document


@dataclass(frozen=True)
class ChangeDefault(_Presence):
    """The default changed; an old client that leaves the field out still means the old one."""

    was: Default

    @property
    def sentence(self) -> str:
        return f"The default of {dotted(self.name)} changed."

    @property
    def loses(self) -> bool:
        # Left out by a client who knows the object, it stays absent; left out of a new one, it means the old default.
        return True

    @property
    def reads_the_same(self) -> bool:
        return True

    @property
    def breaks(self) -> Audience:
        return frozenset({WRITERS})

    def _older_slot(self, newer: Slot) -> Slot:
        if newer.required:
            raise DeclarationError(
                f"{dotted(self.name)} is required in the newer version, and so has no default: use require()"
            )
        check_default(self.was, newer, self.name)
        return newer.altered(load_default=missing if callable(self.was) else self.was)

    def put(self, document: Object, onto: Object | Absent) -> Object:
        known = _has_parent(onto, self.name) or not _has_parent(document, self.name)
        if known or look(document, self.name) is not ABSENT:
            return document
        return place(document, self.name, standing_in(self.was, document, self.name, upgraded))


@dataclass(frozen=True)
class Require(_Presence):
    """An optional field became required; where an old client leaves it out, the source or the default speaks."""

    default: Default

    @property
    def sentence(self) -> str:
        return f"{dotted(self.name)} is required."

    @property
    def reads_the_same(self) -> bool:
        return True

    @property
    def breaks(self) -> Audience:
        return frozenset({WRITERS})

    def _older_slot(self, newer: Slot) -> Slot:
        if not newer.required:
            raise DeclarationError(
                f"{dotted(self.name)} is not required in the newer version; require() is told old to new"
            )
        check_default(self.default, newer, self.name)
        return newer.altered(required=False)

    def put(self, document: Object, onto: Object | Absent) -> Object:
        if not _has_parent(document, self.name) or look(document, self.name) is not ABSENT:
            return document
        value = look(onto, self.name)
        if not _has_parent(onto, self.name):
            value = standing_in(self.default, document, self.name, upgraded)
        return document if value is ABSENT else place(document, self.name, value)


@dataclass(frozen=True)
class Relax(_Presence):
    """A required field became optional or nullable; an old client gets the default where there is no value."""

    default: Default
    was: Any = None

    @property
    def sentence(self) -> str:
        return f"{dotted(self.name)} may be left out or null."

    @property
    def loses(self) -> bool:
        # Whether the default was there, or stood for nothing.
        return True

    @property
    def breaks(self) -> Audience:
        return frozenset({READERS})

    def _older_slot(self, newer: Slot) -> Slot:
        if newer.required and not newer.nullable:
            raise DeclarationError(
                f"{dotted(self.name)} is still required and never null in the newer version; relax() is told old to new"
            )
        older = newer.altered(required=True, allow_none=False, load_default=missing)
        older = older if self.was is None else slot_of(self.was)
        check_default(self.default, older, self.name)
        return older

    def _lacks(self, document: Object) -> bool:
        """Whether a newer object says nothing that the older field can hold, and the older field has to be there."""
        if not _has_parent(document, self.name):
            return False
        value = look(document, self.name)
        if value is ABSENT:
            return self.was is None or bool(self.was.required)
        return value is None and not (self.was is not None and self.was.allow_none)

    def get(self, document: Object) -> Object:
        if not self._lacks(document):
            return document
        return place(document, self.name, standing_in(self.default, document, self.name, downgraded))

    def put(self, document: Object, onto: Object | Absent) -> Object:
        if onto is ABSENT or not self._lacks(onto):
            return document
        shown, source = look(self.get(onto), self.name), look(onto, self.name)
        if not equal(look(document, self.name), shown):
            return document
        return without(document, self.name) if source is ABSENT else place(document, self.name, source)


def _has_parent(document: Json | Absent, name: Name) -> bool:
    """Whether the object that holds a field is there; where it is not in the source, it has no source."""
    return isinstance(look(document, name[:-1]), dict)
