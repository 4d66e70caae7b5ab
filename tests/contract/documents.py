"""Documents that are valid in one version, drawn from its shapes.

Nothing here knows how versions came about.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from marshmallow import fields, validate

from translayer.contract.shape import Leaf, Many, One, Resolve, Shape, Slot, Table

BELOW = 2
"""How many schemas that contain themselves lie within each other."""


@dataclass
class Documents:
    """Documents that are valid in one version."""

    rnd: Random
    resolve: Resolve

    def of(self, shape: Shape, depth: int = 0, fewest: int = 0) -> dict[str, Any]:
        """An object of a shape."""
        names = [name for name, slot in shape.slots.items() if slot.required or self._given(slot, depth)]
        names = names or self.rnd.sample(list(shape.slots), fewest)
        return {name: self.value(shape.slots[name], depth) for name in names}

    def _given(self, slot: Slot, depth: int) -> bool:
        """Whether an optional field is there; one that may hold an object without end sometimes is not."""
        return self.rnd.random() < 0.7 and (depth <= BELOW or isinstance(slot, Leaf))

    def value(self, slot: Slot, depth: int = 0) -> Any:
        """A value of a slot."""
        if slot.nullable and self.rnd.random() < 0.25:
            return None
        if isinstance(slot, One):
            return self.of(self.resolve(slot.target), depth + 1, least(slot))
        if isinstance(slot, Many):
            return self._list(slot, depth)
        if isinstance(slot, Table):
            names = "" if depth > BELOW else "xy"[: self.rnd.randint(0, 2)]
            return {name: self.value(slot.inner, depth + 1) for name in names}
        return self.of_field(slot.field)

    def _list(self, slot: Many, depth: int) -> list[Any]:
        most = next((rule.max for rule in slot.field.validators if isinstance(rule, validate.Length)), 3)
        fewest = least(slot)
        count = fewest if depth > BELOW else self.rnd.randint(fewest, most)
        elements = [self.value(slot.inner, depth + 1) for _ in range(count)]
        if slot.key is not None:
            elements = list({repr(element.get(slot.key)): element for element in elements}.values())
        return elements

    def of_field(self, field: fields.Field[Any]) -> Any:
        """A value of a plain field, or of a list of such."""
        for rule in field.validators:
            if isinstance(rule, validate.OneOf):
                return self.rnd.choice(rule.choices)
        if isinstance(field, fields.List):
            return [self.of_field(field.inner) for _ in range(self.rnd.randint(0, 3))]
        if isinstance(field, fields.Boolean):
            return self.rnd.random() < 0.5
        if isinstance(field, fields.Integer):
            limits = next(iter(field.validators), None)
            return self.rnd.randint(limits.min, limits.max) if limits else self.rnd.randint(-3, 25)
        return self.text()

    def text(self) -> str:
        return "".join(self.rnd.choice("ab -,") for _ in range(self.rnd.randint(0, 4)))


def least(slot: Slot) -> int:
    return max((rule.min or 0 for rule in slot.field.validators if isinstance(rule, validate.Length)), default=0)
