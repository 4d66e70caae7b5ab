"""Hiding: what objects look like without the fields that a consumer has no flag for.

At the client's end of the way to a version stands one step more, which takes these fields away, as if an invisible
version had added them: reading leaves them out, and writing keeps what the object has there. It is made of the
operation ``add`` itself, so that its laws are those of every operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from marshmallow import validate

from translayer.document.values import Json

from .allowlist import sent
from .lens import Deferred, Each, Lens, Step, Values
from .operations.presence import Add
from .shape import Family, Many, One, Shape, Slot, Table, Target

Shapes: TypeAlias = Callable[[Target, int], Shape]
"""What a target looks like in the version at a position."""

Hides: TypeAlias = Callable[[Slot], bool]
"""Whether a consumer does not see a field."""


class _Seen(NamedTuple):
    """What is left of a shape, and the step that leaves it."""

    shape: Shape
    step: Step


class Hiding:
    """The shapes of every version without what a consumer ``hides``, and the steps to them from ``shapes``."""

    def __init__(self, shapes: Shapes, hides: Hides) -> None:
        self._shapes = shapes
        self._hides = hides
        self._made: dict[tuple[Family, int], _Seen] = {}

    def shape(self, target: Target, position: int) -> Shape:
        """What a target looks like to the consumer in the version at ``position``."""
        return target if isinstance(target, Shape) else self._seen(target, position).shape

    def step(self, family: Family, position: int) -> Step:
        """The step from the version at ``position`` to what the consumer sees of it."""
        return self._seen(family, position).step

    def _seen(self, family: Family, position: int) -> _Seen:
        key = family, position
        if key not in self._made:
            # Two threads may both make it; one of the two is everybody's.
            self._made.setdefault(key, self._left(self._shapes(family, position), position))
        return self._made[key]

    def _left(self, whole: Shape, position: int) -> _Seen:
        gone = [name for name, slot in whole.slots.items() if self._is_gone(slot)]
        children = {name: self._child(slot, position) for name, slot in whole.slots.items() if name not in gone}
        shape = whole.with_slots({name: slot for name, (slot, _) in children.items()})
        lenses = tuple((name, lens) for name, (_, lens) in children.items() if lens is not None)
        operations = tuple(Add((name,)) for name in gone)
        return _Seen(shape, Step(operations, lenses, lambda target: self._shapes(target, position)))

    def _is_gone(self, slot: Slot) -> bool:
        """Whether a field is hidden; an object that stands at one place alone is, where all its fields are."""
        if self._hides(slot):
            return True
        inside = list(_of_one_place(slot))
        return bool(inside) and all(map(self._is_gone, inside))

    def _child(self, slot: Slot, position: int) -> tuple[Slot, Lens | None]:
        """What is left of a slot that nests others, and the lens to it; ``None`` where it nests nothing."""
        match slot:
            case One(target=Family() as family):
                return self._emptier(slot, position), Deferred(lambda: self.step(family, position))
            case One(target=Shape() as shape):
                left = self._left(shape, position)
                return replace(self._emptier(slot, position), target=left.shape), left.step
            case Many() | Table():
                inner, lens = self._child(slot.inner, position)
                return (slot, None) if lens is None else self._container(slot, inner, lens, position)
        return slot, None

    def _emptier(self, slot: One, position: int) -> One:
        """The field of an object; with fewer members the object may be emptier than it was."""
        if not any(map(self._is_gone, self._shapes(slot.target, position).slots.values())):
            return slot
        return slot.altered(validators=[rule for rule in slot.rules if not isinstance(rule, validate.Length)])

    def _container(self, slot: Many | Table, inner: Slot, lens: Lens, position: int) -> tuple[Slot, Lens]:
        left = replace(slot, inner=inner)
        return left, Values(lens) if isinstance(left, Table) else Each(lens, left.key, self._sent(inner, position))

    def _sent(self, slot: Slot, position: int) -> Callable[[Json], Json]:
        """What the consumer sends of a value that it sees."""
        return lambda value: sent(value, slot, lambda target: self.shape(target, position))


def _of_one_place(slot: Slot) -> Iterator[Slot]:
    """The fields of the objects in a slot, where these are of no schema."""
    match slot:
        case One(target=Shape(family=None) as shape):
            yield from shape.slots.values()
        case Many() | Table():
            yield from _of_one_place(slot.inner)
