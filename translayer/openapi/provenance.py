"""Provenance: which change of which version made a field, or a URL, what it is in another version.

A place in a document of one version is followed to that of another, step by step, as its value would be; every
operation that speaks of it on the way is a cause. Where there is none, the place is what today's schema, or today's
routes, make of it. A URL is followed through the changes of URLs in the same way.

Border: who did it. That there is a difference, and whether it breaks anybody, is said by ``differences``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

from marshmallow import Schema

from translayer.contract.api import Api
from translayer.contract.flags import flag_of
from translayer.contract.lens import Deferred, Each, Lens, Step, Values
from translayer.contract.operations.base import Operation
from translayer.contract.routes import Moved, RouteChange
from translayer.contract.shape import Many, One, Resolve, Shape, Slot, Table
from translayer.contract.trace import Told, told, with_changes
from translayer.contract.unseen import is_within
from translayer.contract.version import Version, VersionChange, title
from translayer.contract.way import Tread
from translayer.document.values import Object
from translayer.errors import Path

from .parts import shape_of


@dataclass(frozen=True, slots=True)
class Cause:
    """What made a place what it is: an operation of a change of a version; or, without these, what stands today.

    ``sentence`` is what the operation did, or which field of which schema it is.
    """

    sentence: str
    version: str | None = None
    change: type[VersionChange] | None = None
    operation: str | None = None

    @property
    def text(self) -> str:
        """The cause in one line."""
        if self.change is None:
            return self.sentence
        return f"{self.change.__name__} of version {self.version}: {self.sentence}"

    def as_json(self) -> Object:
        """The cause as a JSON object, with null for what there is not."""
        change = None if self.change is None else {"name": self.change.__name__, "title": title(self.change)}
        return {"version": self.version, "change": change, "operation": self.operation, "sentence": self.sentence}


# Fields

_CARRIERS: Final = frozenset({"Rename", "Move", "Nest", "Flatten"})
"""Operations that carry a value elsewhere, and make nothing else of it."""


def causes_at(api: Api, schema: type[Schema], position: int, path: Path) -> tuple[Cause, ...]:
    """Why a place in the documents that the version at ``position`` makes of a schema is what it is, or is not there.

    The causes nearest to that version come first; where no version newer than it speaks of the place, it is today's.
    Where they only say what a field is called and where it stands, today's field comes last: what it may be, it says.
    """
    found = operations_at(api, schema, (position, 0), path)
    if (behind := hidden_at(api, schema, position, path)) is not None:
        return (*found, behind)
    newest = newest_path(api, schema, position, path)
    if not found:
        return (_today(api, schema, newest),)
    if carries(found) and has_place(api, schema, 0, newest):
        shape, rest = cast(tuple[Shape, Path], _around_today(api, schema, newest))
        return (*found, Cause(f"{shape.name}.{rest[0]} is so today"))
    return found


def operations_at(api: Api, schema: type[Schema], span: tuple[int, int], path: Path) -> tuple[Cause, ...]:
    """The operations that speak of a place in documents of a schema, between two versions, oldest first.

    ``span`` is the older position and the newer; the place is one of the older version's documents or, if it is not
    there, of the newer version's.
    """
    older, newer = span
    treads = [tread for tread in api.way(schema, older).treads if tread.told is not None and tread.older > newer]
    if has_place(api, schema, older, path) or not has_place(api, schema, newer, path):
        return tuple(_upwards(api.versions, treads[::-1], path))
    return tuple(_downwards(api.versions, treads, path))[::-1]


def newest_path(api: Api, schema: type[Schema], position: int, path: Path) -> Path:
    """Where a place in the documents of the version at ``position`` is found in today's."""
    return api.way(schema, position).chain.newer_path(path)


def carries(causes: Sequence[Cause]) -> bool:
    """Whether causes only say what something is called, and where it stands."""
    return all(cause.operation in _CARRIERS for cause in causes)


def hidden_at(api: Api, schema: type[Schema], position: int, path: Path) -> Cause | None:
    """The flag of today's field behind which a place is; ``None`` where it is behind none that the API is seen without.

    An operation on a hidden field is hidden with it, so that the way there is that of those who see everything.
    """
    whole = api.seen_with(api.flags)
    newest = newest_path(whole, schema, position, path)
    for end in range(1, len(newest) + 1):
        around = _around_today(whole, schema, newest[:end])
        slot = None if around is None else around[0].slots.get(str(around[1][0]))
        flag = None if slot is None else flag_of(slot)
        if around is not None and flag is not None and flag not in api.seen_by:
            name = f"{around[0].name}.{around[1][0]}"
            return Cause(f"no version tells of it: {name} is behind the flag {flag!r} today")
    return None


def has_place(api: Api, schema: type[Schema], position: int, path: Path) -> bool:
    """Whether documents of a schema have such a place in the version at ``position``."""
    translation = api.translation(schema, position)
    return _leads_somewhere(translation.shape, path, translation.check.resolve)


def _leads_somewhere(shape: Shape, path: Path, resolve: Resolve) -> bool:
    if not path:
        return True
    around = _around(shape, path, resolve)
    return around is not None and str(around[1][0]) in around[0].slots


def _around(shape: Shape, path: Path, resolve: Resolve) -> tuple[Shape, Path] | None:
    """The innermost object around a place, and the rest of the way; ``None`` where the way to it is no way."""
    slot = shape.slots.get(str(path[0]))
    for depth in range(1, len(path)):
        if isinstance(slot, One):
            return _around(resolve(slot.target), path[depth:], resolve)
        if not isinstance(slot, Many | Table):
            return None
        slot = slot.inner
    return shape, path


def _around_today(api: Api, schema: type[Schema], path: Path) -> tuple[Shape, Path] | None:
    translation = api.translation(schema, 0)
    return _around(translation.newest, path, translation.check.resolve) if path else None


def _today(api: Api, schema: type[Schema], path: Path) -> Cause:
    """What today's schema says of a place."""
    around = _around_today(api, schema, path)
    if around is None:
        return Cause(f"no version changed it: {schema.__name__} is so today")
    shape, rest = around
    if str(rest[0]) in shape.slots:
        return Cause(f"no version changed it: {shape.name}.{rest[0]} is so today")
    return Cause(f"no version tells of it: {shape.name} has no field {str(rest[0])!r} today")


def _upwards(versions: Sequence[Version], treads: Sequence[Tread], path: Path) -> Iterator[Cause]:
    """The operations on the way of a place to newer versions, oldest step first."""
    for tread in treads:
        version = versions[cast(int, tread.told)]
        walk = _Walk(version, told(version), tread.resolve)
        yield from walk.up(tread.step, tread.shape, path)
        path = tread.step.newer_path(path)


def _downwards(versions: Sequence[Version], treads: Sequence[Tread], path: Path) -> Iterator[Cause]:
    """The operations on the way of a place to older versions, newest step first."""
    for tread in treads:
        version = versions[cast(int, tread.told)]
        walk = _Walk(version, told(version), tread.resolve)
        yield from walk.down(tread.step, tread.shape, path)
        path = tread.step.older_path(path)


@dataclass(frozen=True)
class _Walk:
    """Into the step of one version, along a place; ``resolve`` gives the shapes that it leads to."""

    version: Version
    told: Told
    resolve: Resolve

    def up(self, step: Step, shape: Shape, path: Path) -> Iterator[Cause]:
        """The operations that speak of a place of the older object, or of one that they hid from it."""
        yield from self._inside(step, shape, path, up=True)
        child = dict(step.children).get(str(path[0])) if path else None
        path = path if child is None else path[:1] + child.newer_path(path[1:])
        for operation, change in self._operations(step, shape):
            newer = operation.newer_path(path)
            if newer != path or operation.total or _speaks_of(operation, path):
                yield self._cause(operation, change)
            path = newer

    def down(self, step: Step, shape: Shape, path: Path) -> Iterator[Cause]:
        """The operations that speak of a place of the newer object."""
        for operation, change in reversed(self._operations(step, shape)):
            older = operation.older_path(path)
            if older != path or operation.total or _speaks_of(operation, path):
                yield self._cause(operation, change)
            path = older
        yield from self._inside(step, shape, path, up=False)

    def _inside(self, step: Step, shape: Shape, path: Path, *, up: bool) -> Iterator[Cause]:
        lens = dict(step.children).get(str(path[0])) if path else None
        if lens is not None:
            yield from self._into(lens, shape.slots[str(path[0])], path[1:], up=up)

    def _into(self, lens: Lens, slot: Slot, path: Path, *, up: bool) -> Iterator[Cause]:
        """Through lists and tables to the object that the place is in."""
        while isinstance(lens, Deferred | Each | Values):
            if not isinstance(lens, Deferred):
                slot, path = cast(Many | Table, slot).inner, path[1:]
            lens = lens.lens if isinstance(lens, Deferred) else lens.inner
        step, shape = cast(Step, lens), self.resolve(cast(One, slot).target)
        yield from self.up(step, shape, path) if up else self.down(step, shape, path)

    def _operations(self, step: Step, shape: Shape) -> list[tuple[Operation, type[VersionChange] | None]]:
        """The operations of a step in the order told, each with the change that tells it."""
        return list(with_changes(step, shape, self.told))

    def _cause(self, operation: Operation, change: type[VersionChange] | None) -> Cause:
        return Cause(operation.sentence, self.version.text, change, type(operation).__name__)


def _speaks_of(operation: Operation, path: Path) -> bool:
    """Whether an operation names a place, or an object around it."""
    return any(path[: len(name)] == name for name in (*operation.newer_names, *operation.remade_names))


# URLs


def url_causes(api: Api, span: tuple[int, int], method: str, url: str, *, older: bool) -> tuple[Cause, ...]:
    """The changes of URLs that speak of one, between the versions at an older and at a newer position, oldest first.

    The URL is a template; ``older`` says that it is one of the older version.
    """
    found = []
    shape = shape_of(url)
    changes = list(_url_changes(api.versions[span[1] : span[0]]))
    for version, change, told_of in changes[::-1] if older else changes:
        if _concerns(told_of, shape, method):
            found.append(Cause(told_of.sentence, version.text, change, type(told_of).__name__))
        shape = _moved(told_of, shape, older=older)
    return tuple(found if older else found[::-1])


def url_between(api: Api, span: tuple[int, int], url: str, *, older: bool) -> str:
    """The shape of a URL in the other of two versions, as the moves between them have it; see ``url_causes``."""
    shape = shape_of(url)
    changes = list(_url_changes(api.versions[span[1] : span[0]]))
    for _, _, told_of in changes[::-1] if older else changes:
        shape = _moved(told_of, shape, older=older)
    return shape


def _url_changes(versions: Sequence[Version]) -> Iterator[tuple[Version, type[VersionChange], RouteChange]]:
    """Every change of URLs that versions tell, newest first."""
    for version in versions:
        for change in reversed(version.changes):
            yield from ((version, change, told_of) for told_of in reversed(change.routes))


def _concerns(change: RouteChange, shape: str, method: str) -> bool:
    if isinstance(change, Moved):
        return any(is_within(shape, shape_of(end)) for end in (change.old, change.to))
    return shape_of(change.rule) == shape and (not change.methods or method in change.methods)


def _moved(change: RouteChange, shape: str, *, older: bool) -> str:
    """What a URL is on the other side of a change."""
    if not isinstance(change, Moved):
        return shape
    here, there = (shape_of(end).rstrip("/") for end in ((change.old, change.to) if older else (change.to, change.old)))
    return there + shape[len(here) :] if is_within(shape, here) else shape
