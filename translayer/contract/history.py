"""History: the shapes of every schema in every version, derived backwards from today's, and the steps between them.

Position 0 is the newest version; a step at position ``i`` leads from version ``i`` to the one before it, ``i + 1``.
Everything is derived once, at construction, so that whatever makes no sense is refused there; a schema that
contains itself is met through ``Deferred`` look-ups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from marshmallow import Schema

from translayer.errors import DeclarationError, Path

from .lens import Chain, Deferred, Each, Lens, Step, Values, idle
from .operations.base import Operation
from .shape import Family, Many, One, Shape, Slot, Table, Target, families, read

Changes = Mapping[type[Schema], tuple[Operation, ...]]
"""What one version did to each schema, in the order written."""


@dataclass(frozen=True, eq=False)
class _Derived:
    """One family at one position: its shape there, and the step to the position after it."""

    older: Shape
    step: Step


class History:
    """Shapes and lenses for every family that ``roots`` reach, over ``changes`` told newest version first."""

    def __init__(self, roots: Iterable[Family], changes: Sequence[Changes]) -> None:
        self._changes = changes
        self._today: dict[Family, Shape] = {}
        self._derived: dict[tuple[Family, int], _Derived] = {}
        self.families = self._derive_all(roots)

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
            self._today[family] = read(family)
        return self._today[family]

    def step(self, family: Family, position: int) -> Lens:
        """The lens from the version at ``position`` to the one before it."""
        return self._derive(family, position).step

    def chain(self, family: Family, position: int) -> Chain:
        """The lens from the newest version to the one at ``position``; steps that change nothing are left out."""
        steps = (self.step(family, index) for index in range(position))
        return Chain(tuple(step for step in steps if not idle(step)))

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

    def _derive(self, family: Family, position: int) -> _Derived:
        key = family, position
        if key not in self._derived:
            self._derived[key] = self._derived_from(self._shape_of(family, position), position)
        return self._derived[key]

    def _derived_from(self, newer: Shape, position: int) -> _Derived:
        fitted: list[Operation] = []
        shape = newer
        for operation in reversed(self._operations(newer, position)):
            try:
                bound, shape = operation.fit(shape, lambda target: self.shape(target, position))
            except DeclarationError as error:
                raise DeclarationError(f"{newer.name}, {operation.sentence} — {error}") from error
            fitted.append(bound)
        children = {name: self._child(slot, position) for name, slot in shape.slots.items()}
        older = shape.with_slots({name: slot for name, (slot, _) in children.items()})
        lenses = tuple((name, lens) for name, (_, lens) in children.items() if lens is not None)
        return _Derived(older, Step(tuple(reversed(fitted)), lenses))

    def _operations(self, shape: Shape, position: int) -> tuple[Operation, ...]:
        """The operations on a shape; where a place nests a selection of its family, those on other fields fall away."""
        if shape.family is None:
            return ()
        operations = self._changes[position].get(shape.family.schema, ())
        if shape.family.whole:
            return operations
        return tuple(operation for operation in operations if _concerns(operation, shape, shape.family))

    def _child(self, slot: Slot, position: int) -> tuple[Slot, Lens | None]:
        """The older form of a slot that nests others, and the lens between the two; ``None`` where it nests nothing."""
        match slot:
            case One(target=Family() as family):
                return slot, Deferred(lambda: self.step(family, position))
            case One(target=Shape() as shape):
                derived = self._derived_from(shape, position)
                return replace(slot, target=derived.older), derived.step
            case Many() | Table():
                inner, lens = self._child(slot.inner, position)
                return (slot, None) if lens is None else self._container(slot, inner, lens, position)
        return slot, None

    def _container(self, slot: Many | Table, inner: Slot, lens: Lens, position: int) -> tuple[Slot, Lens]:
        if isinstance(slot, Table):
            return replace(slot, inner=inner), Values(lens)
        key = self._older_key(slot, lens, position)
        return replace(slot, inner=inner, key=key), Each(lens, key)

    def _older_key(self, slot: Many, lens: Lens, position: int) -> str | None:
        """What the key of a list's elements is called one version before; ``None`` where it is no plain field there."""
        if slot.key is None:
            return None
        path: Path = (slot.key,)
        if isinstance(slot.inner, One) and isinstance(slot.inner.target, Family):
            # Not through the lens: it is a look-up that may not be answered yet.
            for operation in reversed(self._operations(self._shape_of(slot.inner.target, position), position)):
                path = operation.older_path(path)
        else:
            path = lens.older_path(path)
        return str(path[0]) if len(path) == 1 else None


def _concerns(operation: Operation, shape: Shape, family: Family) -> bool:
    if not operation.newer_names:
        return family.only is None
    return any(name[0] in shape.slots for name in operation.newer_names)
