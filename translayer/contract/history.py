"""History: the shapes of every schema in every version, derived backwards from today's, and the steps between them.

Position 0 is the newest version; a step at position ``i`` leads from version ``i`` to the one before it, ``i + 1``.
Everything is derived once, at construction, so that whatever makes no sense is refused there; a schema that
contains itself is met through ``Deferred`` look-ups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from marshmallow import Schema
from msgspec import Struct

from translayer.document.values import Json
from translayer.errors import DeclarationError, Path

from .allowlist import sent
from .flags import flags_spoken_of, inherited
from .lens import Deferred, Each, Lens, Step, Values
from .operations.base import Fitted, Operation
from .shape import NO_KEYS, Family, Many, One, Shape, Slot, Table, Target, families, read

_ROUNDS: Final = 8
"""How often the objects at one place may be of the same schema, each inside the other, before it is without end."""

Changes = Mapping[type[Schema], tuple[Operation, ...]]
"""What one version did to each schema, in the order written."""


class _Refused(DeclarationError):
    """An operation that cannot be applied, with what it is; told once, also where another is applied meanwhile."""


class _Derived(Struct, frozen=True, eq=False):
    """One family at one position: its older shape, and the step that leads there."""

    older: Shape
    step: Step


class History:
    """Shapes and lenses for every family that ``roots`` reach, over ``changes`` told newest version first.

    ``keys`` are the fields by which objects of a schema are recognised in lists that declare none themselves.
    """

    def __init__(
        self, roots: Iterable[Family], changes: Sequence[Changes], keys: Mapping[type[Schema], str] = NO_KEYS
    ) -> None:
        self._changes = changes
        self._keys = keys
        self._today: dict[Family, Shape] = {}
        self._derived: dict[tuple[Family, int], _Derived] = {}
        self._applied: set[tuple[int, type[Schema], int]] = set()
        self._nested: dict[type[Schema], frozenset[type[Schema]]] = {}
        self._spoken: dict[tuple[int, type[Schema], int], frozenset[str]] = {}
        self.families = self._derive_all(roots)
        self._refuse_unapplied()

    def _derive_all(self, roots: Iterable[Family]) -> frozenset[Family]:
        """Every family in use in any version, after deriving all of them as far back as the timeline goes."""
        seen: set[Family] = set()
        waiting = list(roots)
        while waiting:
            family = waiting.pop()
            if family in seen:
                continue
            seen.add(family)
            for position in range(len(self._changes) + 1):
                waiting.extend(families(self._shape_of(family, position)))
        return frozenset(seen)

    def shape(self, target: Target, position: int) -> Shape:
        """What a target looks like in the version at ``position``."""
        return target if isinstance(target, Shape) else self._shape_of(target, position)

    def _shape_of(self, family: Family, position: int) -> Shape:
        if position:
            return self._derive(family, position - 1).older
        if family not in self._today:
            self._today[family] = read(family, self._keys)
        return self._today[family]

    def step(self, family: Family, position: int) -> Step:
        """The lens from the version at ``position`` to the one before it."""
        return self._derive(family, position).step

    def reached(self, family: Family) -> frozenset[Family]:
        """The families that today's shape of one nests, at any depth, and the family itself."""
        seen: set[Family] = set()
        waiting = [family]
        while waiting:
            found = waiting.pop()
            if found not in seen:
                seen.add(found)
                waiting.extend(families(self._shape_of(found, 0)))
        return frozenset(seen)

    def flags_spoken_of(self, position: int, schema: type[Schema], index: int) -> frozenset[str]:
        """The flags of the fields that an operation on a schema speaks of, the one at ``index`` of a version."""
        return self._spoken.get((position, schema, index), frozenset())

    def nested(self, schema: type[Schema]) -> frozenset[type[Schema]]:
        """The schemas that one nests in any version, at any depth, and the schema itself."""
        if schema not in self._nested:
            seen: set[Family] = set()
            waiting = [family for family in self.families if family.schema is schema]
            while waiting:
                family = waiting.pop()
                if family not in seen:
                    seen.add(family)
                    for position in range(len(self._changes) + 1):
                        waiting.extend(families(self._shape_of(family, position)))
            self._nested[schema] = frozenset(family.schema for family in seen)
        return self._nested[schema]

    def _derive(self, family: Family, position: int) -> _Derived:
        key = family, position
        if key not in self._derived:
            self._derived[key] = self._derived_from(self._shape_of(family, position), position)
        return self._derived[key]

    def _derived_from(self, newer: Shape, position: int, around: tuple[Family, ...] = ()) -> _Derived:
        """A shape that stands inside others of the families ``around``, at one place, taken one version back."""
        if newer.family is not None and around.count(newer.family) > _ROUNDS:
            raise _Refused(
                f"{newer.name} contains itself, and an operation reaches into the one inside by a dotted name, which "
                f"has no end: name the field alone, since an operation applies wherever its schema is nested"
            )
        special = newer.family is not None and newer is not self._shape_of(newer.family, position)
        fitted: list[Operation] = []
        shape = newer
        for index, operation in reversed(list(enumerate(self._operations(newer.family, position)))):
            if self._concerns(operation, shape, position):
                (bound, shape), flags = self._fit(operation, newer.name, shape, position, special=special)
                fitted.append(bound)
                assert newer.family is not None  # else there are no operations
                key = position, newer.family.schema, index
                self._applied.add(key)
                self._spoken[key] = self._spoken.get(key, frozenset()) | flags
        inside = around if newer.family is None else (*around, newer.family)
        children = {name: self._child(slot, position, inside) for name, slot in shape.slots.items()}
        slots = {name: slot for name, (slot, _) in children.items()}
        # A version that did nothing to a schema has the very shape of the one behind it.
        older = shape if all(slots[name] is slot for name, slot in shape.slots.items()) else shape.with_slots(slots)
        lenses = tuple((name, lens) for name, (_, lens) in children.items() if lens is not None)
        return _Derived(older, Step(tuple(reversed(fitted)), lenses, partial(self.shape, position=position)))

    def _fit(
        self, operation: Operation, name: str, shape: Shape, position: int, *, special: bool
    ) -> tuple[Fitted, frozenset[str]]:
        """An operation fitted to a shape, and the flags of what it speaks of there."""
        try:
            if special and operation.total:
                raise DeclarationError(
                    f"it speaks of {name} as a whole, of which an operation with a dotted name changed a part at one "
                    f"place: address that operation to {name} itself"
                )
            resolve = partial(self.shape, position=position)
            bound, older = operation.fit(shape, resolve)
            older = inherited(operation, shape, older, resolve)
            return Fitted(bound, older), flags_spoken_of(operation, shape, older, resolve)
        except _Refused:
            raise
        except DeclarationError as error:
            raise _Refused(f"{name}, “{operation.sentence}”: {error}{_at_a_selection(shape)}") from error

    def _operations(self, family: Family | None, position: int) -> tuple[Operation, ...]:
        return () if family is None else self._changes[position].get(family.schema, ())

    def _concerns(self, operation: Operation, shape: Shape, position: int) -> bool:
        """Whether an operation is for a shape; those on fields that a place does not nest fall away there."""
        whole = shape.family is None or shape.family.whole
        return whole or operation.concerns(shape, lambda target: self.shape(target, position))

    def _refuse_unapplied(self) -> None:
        """An operation that no place is concerned by speaks of fields that no place nests, or of none that exist."""
        used = {family.schema for family in self.families}
        for position, changes in enumerate(self._changes):
            for schema, operations in changes.items():
                for index, operation in enumerate(operations):
                    if schema in used and (position, schema, index) not in self._applied:
                        raise _Refused(
                            f"{schema.__name__}, “{operation.sentence}”: only parts of the schema are nested, and none "
                            f"has these fields; correct the names, or take the operation out"
                        )

    def _child(self, slot: Slot, position: int, around: tuple[Family, ...]) -> tuple[Slot, Lens | None]:
        """The older form of a slot that nests others, and the lens between the two; ``None`` where it nests nothing."""
        match slot:
            case One(target=Family() as family):
                return slot, Deferred(lambda: self.step(family, position))
            case One(target=Shape() as shape):
                derived = self._derived_from(shape, position, around)
                return replace(slot, target=derived.older), derived.step
            case Many() | Table():
                inner, lens = self._child(slot.inner, position, around)
                return (slot, None) if lens is None else self._container(slot, inner, lens, position)
        return slot, None

    def _container(self, slot: Many | Table, inner: Slot, lens: Lens, position: int) -> tuple[Slot, Lens]:
        if isinstance(slot, Table):
            return replace(slot, inner=inner), Values(lens)
        key = self._older_key(slot, position)
        return replace(slot, inner=inner, key=key), Each(lens, key, self._sent(inner, position + 1))

    def _sent(self, slot: Slot, position: int) -> Callable[[Json], Json]:
        """What clients of the version at ``position`` send of a value that they see."""
        return lambda value: sent(value, slot, lambda target: self.shape(target, position))

    def _older_key(self, slot: Many, position: int) -> str | None:
        """What the key of a list's elements is called one version before; ``None`` where it is no plain field there."""
        if slot.key is None or not (isinstance(slot.inner, One) and isinstance(slot.inner.target, Family)):
            return None
        path: Path = (slot.key,)
        # Not through the lens: it is a look-up that may not be answered yet.
        for operation in reversed(self._operations(slot.inner.target, position)):
            path = operation.older_path(path)
        return str(path[0]) if len(path) == 1 else None


def _at_a_selection(shape: Shape) -> str:
    """What a refusal adds where a place nests a part of a schema, so that an operation may be right elsewhere."""
    if shape.family is None or shape.family.whole:
        return ""
    return f" (at a place that nests only a part of {shape.family.schema.__name__})"
