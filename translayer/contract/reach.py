"""Reach: which places of a client's document a patch may write to.

A document as a whole is checked when it is there. A patch names places, and one that names a place which nobody may
write, or which the version does not have, is refused for that, whatever the document would become and whatever the
policy for unknown fields: what the patch asks for would not happen.
"""

from __future__ import annotations

from translayer.errors import Path, Violation

from .check import Check, not_writable
from .shape import Many, One, Resolve, Shape, Slot, Table


def unreachable(place: Path, shape: Shape, check: Check) -> Violation | None:
    """The violation of a patch that writes to ``place``, in a document of ``shape``; ``None`` where it may.

    What leads nowhere, such as an element beyond the end of a list, is for the patch itself to find.
    """
    return _in_object(place, 0, None, shape, check)


def writable_at(place: Path, shape: Shape, resolve: Resolve) -> tuple[Slot, Path] | None:
    """The innermost field that a place of a document of ``shape`` is in, and where that is.

    ``None`` where there is none, or clients may not write it.
    """
    slot = shape.slots.get(str(place[0])) if place else None
    for depth, token in enumerate(place[1:], 1):
        match slot:
            case None | Slot(read_only=True):
                return None
            case One():
                slot = resolve(slot.target).slots.get(str(token))
            case Many() | Table():
                slot = slot.inner
            case _:
                return slot, place[:depth]
    return None if slot is None or slot.read_only else (slot, place)


def _in_object(place: Path, depth: int, nested: One | None, shape: Shape, check: Check) -> Violation | None:
    if depth == len(place):
        return None
    name = str(place[depth])
    slot = shape.slots.get(name)
    if slot is not None and not slot.read_only:
        return _in_value(place, depth + 1, slot, check)
    if slot is None and check.policy(nested, shape) == "pass" and name not in check.reserved:
        return None
    return next(not_writable(slot, "raise", shape, place[: depth + 1]))


def _in_value(place: Path, depth: int, slot: Slot, check: Check) -> Violation | None:
    match slot:
        case One():
            return _in_object(place, depth, slot, check.resolve(slot.target), check)
        case Many() | Table() if depth < len(place):
            return _in_value(place, depth + 1, slot.inner, check)
    return None
