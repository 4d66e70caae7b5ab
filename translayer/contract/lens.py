"""Lenses: how a document of one version is read as the one before, and written back.

A lens stands between a newer document (the *source*) and an older one (the *view*): ``get`` downgrades, ``put``
upgrades onto what the source is now, where there is one. Operations are lenses on one object; the lenses here
carry them into nested objects, lists and tables, and put them together: a ``Step`` is one version's changes of one
object, a ``Chain`` is every step between two versions. This is the interpreted form, which says what is meant.

Faults of the client are collected, each with its place in the older document, so that all come out at once; faults
of the app are raised (``ContractViolation``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, cast

from translayer.document.values import ABSENT, Absent, Json, Object
from translayer.errors import ContractViolation, Path, Violation

from .matching import as_it_is, match
from .shape import Resolve

Faults = list[Violation]
"""Where ``put`` notes what it could not convert, each with its place in the view."""


class Lens(Protocol):
    """What stands between the newer and the older form of one value."""

    def get(self, value: Json) -> Json:
        """The older form of a newer value; raises ``ContractViolation`` where it has none."""
        ...

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        """The newer form of an older value, with what the view cannot say taken from ``onto``."""
        ...

    def older_path(self, path: Path) -> Path:
        """Where a place in the newer value is found in the older one; the nearest place around it if nowhere."""
        ...

    def newer_path(self, path: Path) -> Path:
        """Where a place in the older value is found in the newer one."""
        ...


class Operation(Protocol):
    """What a lens needs of an operation; ``operations.base.Operation`` is the real thing."""

    @property
    def loses(self) -> bool:
        """Whether the older form can hide something of the newer one."""
        ...

    @property
    def reads_the_same(self) -> bool:
        """Whether the older form is always the newer one as it is."""
        ...

    def get(self, document: Object) -> Object:
        """The older form of an object."""
        ...

    def put(self, document: Object, onto: Object | Absent) -> Object:
        """The newer form of an object; raises ``Unconvertible``."""
        ...

    def older_path(self, path: Path) -> Path:
        """Where a place in the newer object is found in the older one."""
        ...

    def newer_path(self, path: Path) -> Path:
        """Where a place in the older object is found in the newer one."""
        ...


Part = Operation | Lens


class Unconvertible(Exception):
    """A value in the view that has no newer form; ``violations`` have their places in the object being put."""

    def __init__(self, *violations: Violation) -> None:
        self.violations = violations
        super().__init__(*violations)


def operations(lens: Lens) -> Iterator[Operation]:
    """Every operation inside a lens, each once, also where a schema contains itself."""
    seen: set[int] = set()
    waiting: list[Part] = [lens]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, Step | Chain | Each | Values | Deferred):
            waiting.extend(part.parts())
        else:
            yield cast(Operation, part)


def idle(lens: Lens) -> bool:
    """Whether a lens changes nothing at all."""
    return lens.is_idle if isinstance(lens, Step) else next(operations(lens), None) is None


def loses(lens: Lens) -> bool:
    """Whether the older form can hide something of the newer one, so that a write must read first."""
    return any(operation.loses for operation in operations(lens))


def reads_the_same(lens: Lens) -> bool:
    """Whether the older form is always the newer one as it is, whatever becomes of what is written."""
    return all(operation.reads_the_same for operation in operations(lens))


@dataclass(frozen=True, eq=False)
class Deferred:
    """A lens looked up when it is needed, so that a schema may contain itself."""

    look_up: Callable[[], Lens]

    @cached_property
    def lens(self) -> Lens:
        """The lens itself."""
        return self.look_up()

    def get(self, value: Json) -> Json:
        try:
            return self.lens.get(value)
        except RecursionError:
            raise ContractViolation("the older form has no end: a default holds what it is the default of") from None

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        return self.lens.put(view, onto, faults)

    def older_path(self, path: Path) -> Path:
        return self.lens.older_path(path)

    def newer_path(self, path: Path) -> Path:
        return self.lens.newer_path(path)

    def parts(self) -> Iterator[Part]:
        yield self.lens


@dataclass(frozen=True, eq=False)
class Each:
    """A lens on every element of a list.

    ``put`` gives every element of the view its own source, as ``match`` does: the element with an equal ``key`` (its
    older name), where one is declared; else by position, where the lengths agree; else those that say the same.
    ``sent`` leaves of an element, in its older form, what a client sends of it. An element without a source is new, a
    source without an element is deleted.
    """

    inner: Lens
    key: str | None = None
    sent: Callable[[Json], Json] = as_it_is

    def get(self, value: Json) -> Json:
        if value is None:
            return None
        if not isinstance(value, list):
            raise ContractViolation("a list was expected")
        return _same_if_unchanged(value, [self._get_element(index, element) for index, element in enumerate(value)])

    def _get_element(self, index: int, element: Json) -> Json:
        try:
            return self.inner.get(element)
        except ContractViolation as violation:
            raise violation.within(index) from violation

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        if not isinstance(view, list):
            return view
        sources = self._sources(view, onto if isinstance(onto, list) else [])
        return [
            put_inside(self.inner, (index,), element, source, faults)
            for index, (element, source) in enumerate(zip(view, sources, strict=True))
        ]

    def _sources(self, view: list[Json], onto: list[Json]) -> list[Json | Absent]:
        if self.key is None and len(view) == len(onto):
            return list(onto)
        views = [self._get_element(index, source) for index, source in enumerate(onto)]
        return [ABSENT if index is None else onto[index] for index in match(view, views, self.key, self.sent)]

    def older_path(self, path: Path) -> Path:
        return path[:1] + self.inner.older_path(path[1:])

    def newer_path(self, path: Path) -> Path:
        return path[:1] + self.inner.newer_path(path[1:])

    def parts(self) -> Iterator[Part]:
        yield self.inner


@dataclass(frozen=True, eq=False)
class Values:
    """A lens on every value of an object whose member names are free."""

    inner: Lens

    def get(self, value: Json) -> Json:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise ContractViolation("an object was expected")
        return _same_if_unchanged(value, {name: self._get_member(name, member) for name, member in value.items()})

    def _get_member(self, name: str, member: Json) -> Json:
        try:
            return self.inner.get(member)
        except ContractViolation as violation:
            raise violation.within(name) from violation

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        if not isinstance(view, dict):
            return view
        sources = onto if isinstance(onto, dict) else {}
        return {
            name: put_inside(self.inner, (name,), member, sources.get(name, ABSENT), faults)
            for name, member in view.items()
        }

    def older_path(self, path: Path) -> Path:
        return path[:1] + self.inner.older_path(path[1:])

    def newer_path(self, path: Path) -> Path:
        return path[:1] + self.inner.newer_path(path[1:])

    def parts(self) -> Iterator[Part]:
        yield self.inner


@dataclass(frozen=True, eq=False)
class Step:
    """One version's changes of one object: its own operations, then its nested objects by their own lenses.

    Downgrading runs the object's operations backwards and then its children; upgrading does the children first.
    So a parent's functions always see children in the newer shape, which is what ``resolve`` gives.
    """

    operations: tuple[Operation, ...]
    children: tuple[tuple[str, Lens], ...]
    resolve: Resolve

    @cached_property
    def is_idle(self) -> bool:
        """Whether nothing changes, at any depth."""
        return next(operations(self), None) is None

    @cached_property
    def busy(self) -> tuple[tuple[str, Lens], ...]:
        """The nested objects in which anything changes."""
        return tuple((name, child) for name, child in self.children if not idle(child))

    def get(self, value: Json) -> Json:
        if value is None:
            return None
        return self._get_children(self._get_own(value))

    def _get_own(self, value: Json) -> Object:
        if not isinstance(value, dict):
            raise ContractViolation("an object was expected")
        for operation in reversed(self.operations):
            value = operation.get(value)
        return cast(Object, value)

    def _get_children(self, document: Object) -> Object:
        for name, child in self.busy:
            if name in document:
                try:
                    older = child.get(document[name])
                except ContractViolation as violation:
                    raise violation.within(name) from violation
                if older is not document[name]:
                    document = {**document, name: older}
        return document

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        if not isinstance(view, dict):
            return view
        sources = self._sources(onto)
        document = self._put_children(view, sources[0], faults)
        for position, (operation, source) in enumerate(zip(self.operations, sources[1:], strict=True)):
            try:
                document = operation.put(document, source)
            except Unconvertible as refusal:
                _note(faults, (fault.at(self._before(position, fault.path)) for fault in refusal.violations))
        return document

    def _sources(self, onto: Json | Absent) -> list[Object | Absent]:
        """What the source looks like below each operation, oldest first; the last is the source itself."""
        if not isinstance(onto, dict):
            return [ABSENT] * (len(self.operations) + 1)
        sources: list[Object | Absent] = [onto]
        for operation in reversed(self.operations):
            onto = operation.get(onto)
            sources.append(onto)
        return sources[::-1]

    def _put_children(self, view: Object, onto: Object | Absent, faults: Faults) -> Object:
        for name, child in self.busy:
            if name in view:
                source = ABSENT if onto is ABSENT else onto.get(name, ABSENT)
                view = {**view, name: put_inside(child, (name,), view[name], source, faults)}
        return view

    def _before(self, position: int, path: Path) -> Path:
        """A place in the object as it was before the operation at ``position``, seen from the view."""
        for operation in reversed(self.operations[:position]):
            path = operation.older_path(path)
        child = self._child(path)
        return path if child is None else path[:1] + child.older_path(path[1:])

    def older_path(self, path: Path) -> Path:
        return self._before(len(self.operations), path)

    def newer_path(self, path: Path) -> Path:
        child = self._child(path)
        path = path if child is None else path[:1] + child.newer_path(path[1:])
        for operation in self.operations:
            path = operation.newer_path(path)
        return path

    def _child(self, path: Path) -> Lens | None:
        return dict(self.busy).get(str(path[0])) if path else None

    def parts(self) -> Iterator[Part]:
        yield from self.operations
        yield from (child for _, child in self.children)


@dataclass(frozen=True, eq=False)
class Chain:
    """Lenses one behind the other, newest first: one lens from the first's source to the last's view."""

    lenses: tuple[Lens, ...]

    def get(self, value: Json) -> Json:
        for lens in self.lenses:
            value = lens.get(value)
        return value

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        sources = [onto]
        for lens in self.lenses[:-1]:
            sources.append(ABSENT if sources[-1] is ABSENT else lens.get(sources[-1]))
        for position in reversed(range(len(self.lenses))):
            found: Faults = []
            view = self.lenses[position].put(view, sources[position], found)
            _note(faults, (fault.at(self._from(position + 1, fault.path)) for fault in found))
        return view

    def _from(self, position: int, path: Path) -> Path:
        for lens in self.lenses[position:]:
            path = lens.older_path(path)
        return path

    def older_path(self, path: Path) -> Path:
        return self._from(0, path)

    def newer_path(self, path: Path) -> Path:
        for lens in reversed(self.lenses):
            path = lens.newer_path(path)
        return path

    def parts(self) -> Iterator[Part]:
        yield from self.lenses


def put_inside(lens: Lens, place: Path, view: Json, onto: Json | Absent, faults: Faults) -> Json:
    """``put`` of a value at ``place`` inside a view; its faults are noted with the whole way to them."""
    found: Faults = []
    try:
        result = lens.put(view, onto, found)
    except ContractViolation as violation:
        raise violation.within(*place) from violation
    faults.extend(fault.at(place + fault.path) for fault in found)
    return result


def _note(faults: Faults, found: Iterable[Violation]) -> None:
    """Notes what was found now, except for what follows from an earlier fault: at, around or inside the same place."""
    earlier = {fault.path for fault in faults}
    around = {path[:depth] for path in earlier for depth in range(len(path))}
    for fault in found:
        inside = (fault.path[:depth] in earlier for depth in range(len(fault.path) + 1))
        if fault.path not in around and not any(inside):
            faults.append(fault)


def _same_if_unchanged(before: Json, after: Json) -> Json:
    """The very value that came where nothing inside it was replaced, so that it shows whether anything was."""
    names = before if isinstance(before, dict) else range(len(before))
    return before if all(before[name] is after[name] for name in names) else after
