"""Who made a value wrong: the app, whose object breaks today's schema already, or an operation on the way to a version.

Strategy: the object is told in every version from today's to the client's, and the first whose document breaks its
shape is where it went wrong. The operations of that version are traced (``trace``), and followed from the wrong place
backwards, through those that only move values, to the one that made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from marshmallow import Schema

from translayer.document.values import ABSENT, Absent, Json, equal
from translayer.errors import Path, Violation, pointer

from .api import Api
from .check import Unknown
from .explain import Journey, explained
from .trace import TracedStep

Broken = Callable[[int, Json], Sequence[Violation]]
"""What is wrong with a document of the version at a position."""

_MOVES: Final = frozenset({"Rename", "Move", "Nest", "Flatten"})
"""The operations that make no values, and only move them."""

MORE_THAN_DERIVED: Final = (
    "what was promised asks for more than today's schema and the changes of the versions: declare the change that is "
    "missing, or correct the contract"
)


def blame(
    api: Api, schema: type[Schema], position: int, unknown: Unknown | None, business: Json, broken: Broken
) -> str:
    """A sentence on where the document of an object of the app went wrong, on its way to the version at a position."""
    for place in range(position + 1):
        document = api.translation(schema, place, unknown).downgrade(business)
        faults = broken(place, document)
        if faults and place == 0:
            return f"the app's own object breaks today's schema at {faults[0].pointer!r}"
        if faults:
            return _step_at_fault(api, schema, place, business, faults[0].path)
    return MORE_THAN_DERIVED


def _step_at_fault(api: Api, schema: type[Schema], position: int, business: Json, path: Path) -> str:
    """The operation that made the value at a place of the version's document, the first that is wrong."""
    version = api.versions[position].text
    translation = api.translation(schema, position)
    newest = translation.business.get(business)
    journey = Journey(0, position, api.way(schema, 0), api.way(schema, position))
    steps = explained(newest, schema.__name__, api.versions, journey, translation).steps
    step = _maker([one for one in steps if one.origin.leg.to_version == version and not _is_last(one)], path)
    if step is None:
        return f"the changes back to version {version} leave it wrong at {pointer(path)!r}"
    change = "" if step.origin.change is None else f" in {step.origin.change.__name__}"
    return (
        f"made wrong on the way from version {step.origin.leg.from_version} back to {version}, at {pointer(path)!r}, "
        f"by {step.origin.operation}{change}: {step.origin.sentence}"
    )


def _is_last(step: TracedStep) -> bool:
    """Whether a step is the one that only leaves out what a version does not declare."""
    return step.origin.leg.from_version == step.origin.leg.to_version


def _maker(steps: Sequence[TracedStep], path: Path) -> TracedStep | None:
    """The step that made what is at a place behind the last of them."""
    mover: TracedStep | None = None
    for step in reversed(steps):
        inner = path[len(step.path) :]
        if path[: len(step.path)] != step.path:
            continue
        before, after = _found(step.before, inner), _found(step.after, inner)
        if equal(before, after):
            continue
        whence = _whence(step, after) if step.origin.operation in _MOVES else None
        if whence is None:
            return step
        mover, path = mover or step, step.path + whence
    return mover


def _whence(step: TracedStep, value: Json | Absent) -> Path | None:
    """Where a value stood that a step has moved; ``None`` where it is not to be found."""
    places = (place for place, one in _places(step.before, ()) if equal(one, value))
    return next((place for place in places if not equal(_found(step.after, place), value)), None)


def _places(value: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    """Everything in a value, with its place."""
    yield path, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for token, member in members:
        yield from _places(member, (*path, token))


def _found(value: Json | Absent, path: Path) -> Json | Absent:
    """What a value has at a place."""
    for token in path:
        there = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        value = value[token] if token in there else ABSENT  # type: ignore[index]  # it is a container then
    return value
