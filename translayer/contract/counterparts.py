"""Counterparts: which places of today's documents the value at a place of an older one comes to, and without documents.

``Lens.newer_path`` gives one place, where a fault would be told; here are all of them, and none where a field is gone.
Places are those of documents in which every list has one element, so that a name leads to one place: ``legs.origin`` is
``("legs", 0, "origin")``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias, cast

from translayer.errors import Path

from .lens import Chain, Deferred, Each, Lens, Step, Values
from .operations.base import Operation
from .shape import Family, Many, One, Resolve, Shape, Slot

Places: TypeAlias = Mapping[Path, Slot]
"""The slots of a shape and of all that it nests, by their places."""


def places(shape: Shape, resolve: Resolve) -> Places:
    """Every place that clients see in documents of a shape; where a schema contains itself, only the first of it."""
    return dict(_places(shape, (), (shape.family,), resolve))


def _places(
    shape: Shape, path: Path, around: tuple[Family | None, ...], resolve: Resolve
) -> Iterator[tuple[Path, Slot]]:
    for name, slot in shape.slots.items():
        if not slot.write_only:
            yield from _inside(slot, (*path, name), around, resolve)


def _inside(slot: Slot, path: Path, around: tuple[Family | None, ...], resolve: Resolve) -> Iterator[tuple[Path, Slot]]:
    yield path, slot
    match slot:
        case Many():
            yield from _inside(slot.inner, (*path, 0), around, resolve)
        case One():
            inner = resolve(slot.target)
            if inner.family is None or inner.family not in around:
                yield from _places(inner, path, (*around, inner.family), resolve)


def spelt(path: Path) -> str:
    """The name of a place, as clients write it.

    >>> spelt(("legs", 0, "origin"))
    'legs.origin'
    """
    return ".".join(token for token in path if isinstance(token, str))


def newer_places(lens: Lens, path: Path, *, whole: bool = False) -> tuple[Path, ...]:
    """Every place in the newer document that the value at a place of the older one comes to; none where it is gone.

    With ``whole``, a value that is made of all of an object comes to the object.
    """
    found: tuple[Path, ...] = (path,)
    match lens:
        case Chain():
            for step in reversed(lens.lenses):
                found = _onward(found, partial(newer_places, step, whole=whole))
            return found
        case Step():
            children = dict(lens.children)
            if path and str(path[0]) in children:
                found = _beneath(path[:1], newer_places(children[str(path[0])], path[1:], whole=whole))
            for operation in map(partial(cast, Operation), lens.operations):
                found = _onward(found, operation.newer_wholes if whole else operation.newer_places)
            return found
        case Deferred():
            return newer_places(lens.lens, path, whole=whole)
    inner = cast(Each | Values, lens).inner  # a history has no other lenses
    return _beneath(path[:1], newer_places(inner, path[1:], whole=whole))


def _beneath(place: Path, inner: tuple[Path, ...]) -> tuple[Path, ...]:
    return tuple(place + found for found in inner)


def narrowed(lens: Lens, places: Sequence[Path]) -> Lens:
    """A lens with only the operations that have to do with the values at some places of the older document.

    For documents of which only these are there: what others would fill in nobody asked for, and they may fail for want
    of what is not there.
    """
    match lens:
        case Chain():
            kept = []
            for step in reversed(lens.lenses):
                kept.append(narrowed(step, places))
                places = _onward(places, partial(newer_places, step))
            return Chain(tuple(reversed(kept)))
        case Step():
            return _narrowed_step(lens, places)
        case Deferred():
            return narrowed(lens.lens, places)
    held = cast(Each | Values, lens)
    return replace(held, inner=narrowed(held.inner, [place[1:] for place in places]))


def _narrowed_step(step: Step, places: Sequence[Path]) -> Step:
    children = []
    for name, child in step.children:
        inside = [place[1:] for place in places if place[:1] == (name,)]
        if inside:
            children.append((name, narrowed(child, inside)))
    places = _onward(places, partial(newer_places, replace(step, operations=())))
    kept = []
    for operation in map(partial(cast, Operation), step.operations):
        if _concerns(operation, places):
            kept.append(operation)
        places = _onward(places, operation.newer_places)
    return Step(tuple(kept), tuple(children), step.resolve)


def _concerns(operation: Operation, places: Sequence[Path]) -> bool:
    """Whether an operation has to do with the values at some places of the object that it is for."""
    if operation.total or any(operation.newer_places(place) != (place,) for place in places):
        return True
    return any(near(name, places) for name in operation.newer_names)


def near(path: Path, places: Iterable[Path]) -> bool:
    """Whether a path leads to one of some places, to something around it, or inside it."""
    return any(path[: len(place)] == place[: len(path)] for place in places)


def _onward(places: Iterable[Path], further: Callable[[Path], tuple[Path, ...]]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(found for place in places for found in further(place)))
