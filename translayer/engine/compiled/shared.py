"""What the ways of one API have in common, made once: structs to be printed, and what is known of fields.

Versions differ in little. Most of their fields are the very same slots; whatever clients send, the same object of the
app is printed of it. What has to be asked of a version is made for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from translayer.contract.check import Check
from translayer.contract.shape import Family, Shape, Slot

from .kinds import Leaf, Record, target
from .leaves import plain_leaf, request_leaf

Holder: TypeAlias = tuple[Family | None, str]
"""What has a field, and what becomes of others there: a field of a schema may stand in several records of a version.

Each of them has leaves of its own, so that what a module names does not depend on what other modules there are.
"""


class Shared:
    """Structs by their titles and names, leaves by slots, records of what clients send by shapes."""

    def __init__(self) -> None:
        self._targets: dict[tuple[str, tuple[str, ...], int], type[Struct]] = {}
        self._leaves: dict[tuple[Slot, Holder], Leaf | None] = {}
        self._records: dict[tuple[Shape, str], Record] = {}

    def target(self, title: str, names: tuple[str, ...], number: int) -> type[Struct]:
        """The struct to be printed that has members of these names, in their order; each of a module has a number."""
        key = title, names, number
        if key not in self._targets:
            self._targets[key] = target(title, {f"member_{index}": name for index, name in enumerate(names)})
        return self._targets[key]

    def leaf(self, slot: Slot, check: Check, holder: Holder) -> Leaf:
        """A value that a client sends; ``check`` is that of its version."""
        return self._plain(slot, holder) or request_leaf(slot, check)

    def record(self, shape: Shape, unknown: str, make: Callable[[], Record]) -> Record:
        """The record of what clients send of a shape; that of plain fields is the same in every version."""
        holder = shape.family, unknown
        if not all(slot.read_only or self._plain(slot, holder) for slot in shape.slots.values()):
            return make()
        key = shape, unknown
        return self._records.get(key) or self._records.setdefault(key, make())

    def _plain(self, slot: Slot, holder: Holder) -> Leaf | None:
        key = slot, holder
        if key not in self._leaves:
            self._leaves[key] = plain_leaf(slot)
        return self._leaves[key]
