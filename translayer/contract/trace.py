"""Tracing: a lens that does what it always did, while every operation in it is noted as it happens.

The tree of a step is made again, with two things in it: around each operation one that takes its time and notes
what went in and what came out, around each nested value one that tells the recorder where it is. What is done, and
in which order, is said by ``lens`` alone; a lens that nobody asked about carries nothing of this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Literal, TypeAlias, cast

from marshmallow import Schema, ValidationError

from translayer.document.values import ABSENT, Absent, Json, Object, equal
from translayer.errors import ContractViolation, Path, Violation, pointer

from .lens import Deferred, Each, Faults, Lens, Step, Unconvertible, Values
from .operations.base import Operation
from .shape import Many, One, Resolve, Shape, Slot, Table
from .version import Version, VersionChange

Told: TypeAlias = Mapping[type[Schema], Sequence[tuple[Operation, type[VersionChange]]]]
"""What one version did to each schema, in the order written, each operation with the change that tells it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a document could not be told: a place, the code that a client is told, and a sentence.

    ``cause`` is what an author's function raised, where the sentence does not say it.
    """

    path: Path
    code: str
    message: str
    cause: str | None = None

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer (RFC 6901)."""
        return pointer(self.path)


Direction: TypeAlias = Literal["upgrade", "downgrade"]
"""Towards the newest version, or back from it."""


@dataclass(frozen=True, slots=True)
class Leg:
    """The way between two versions, side by side on the timeline."""

    direction: Direction
    from_version: str
    to_version: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What an operation is: on which way, of which schema, and by which change it is told, where that is known.

    ``operation`` is its kind; ``sentence`` is what the newer version did, also where that is undone.
    """

    leg: Leg
    schema: str
    operation: str
    sentence: str
    change: type[VersionChange] | None = None


@dataclass(frozen=True, slots=True)
class TracedStep:
    """One operation at work on one object of a document.

    ``path`` is where the object stands, in the names of the older of the two versions. ``before`` and ``after`` are
    the object itself, ``ABSENT`` where the step failed, and then ``failures`` say why. ``seconds`` is its time alone.
    """

    origin: Origin
    path: Path
    before: Json
    after: Json | Absent
    seconds: float
    failures: tuple[Failure, ...] = ()

    @property
    def pointer(self) -> str:
        """Where the object stands, as a JSON Pointer (RFC 6901)."""
        return pointer(self.path)

    @property
    def changed(self) -> bool:
        """Whether the object is another document than before."""
        return self.after is not ABSENT and not equal(self.before, self.after)


class Recorder:
    """Notes steps as they happen, and knows where in the document they do."""

    def __init__(self) -> None:
        self.steps: list[TracedStep] = []
        self._path: list[str | int] = []
        self._places: list[Iterator[str | int]] = []

    def note(self, origin: Origin, before: Json, convert: Callable[[], Json]) -> Json:
        """What ``convert`` makes of ``before``; raises what it raises, noted as well."""
        path, start = tuple(self._path), perf_counter()
        try:
            after = convert()
        except (Unconvertible, ContractViolation) as fault:
            seconds = perf_counter() - start
            self.steps.append(TracedStep(origin, path, before, ABSENT, seconds, tuple(_failures(fault, path))))
            raise
        self.steps.append(TracedStep(origin, path, before, after, perf_counter() - start))
        return after

    @contextmanager
    def at(self, place: str | int) -> Iterator[None]:
        """While what stands at ``place`` is worked on."""
        self._path.append(place)
        try:
            yield
        finally:
            self._path.pop()

    @contextmanager
    def at_each_of(self, container: Json) -> Iterator[None]:
        """While the elements of a list, or the values of an object, are worked on, in order and each once."""
        inside = range(len(container)) if isinstance(container, list) else container
        self._places.append(iter(inside if isinstance(inside, range | dict) else ()))
        try:
            yield
        finally:
            self._places.pop()

    def next_place(self) -> str | int:
        """Where the element stands that is worked on now."""
        return next(self._places[-1])


def _failures(fault: Unconvertible | ContractViolation, path: Path) -> Iterator[Failure]:
    if isinstance(fault, ContractViolation):
        yield of_contract(fault.within(*path))
        return
    # An author's ValidationError is told in its own words.
    silent = fault.__cause__ is None or isinstance(fault.__cause__, ValidationError)
    for violation in fault.violations:
        told = of_client(violation.at(path + violation.path))
        yield told if silent else replace(told, cause=repr(fault.__cause__))


def of_contract(fault: ContractViolation) -> Failure:
    """The app's fault, as a failure; its client is told no more than the code."""
    return Failure(fault.path, "INTERNAL_ERROR", fault.reason)


def of_client(violation: Violation) -> Failure:
    """A client's fault, as a failure."""
    return Failure(violation.path, violation.code, violation.message)


@dataclass(frozen=True, eq=False)
class _Noted:
    """An operation that is noted at work, and in all else the operation that it is."""

    operation: Operation
    origin: Origin
    recorder: Recorder

    def get(self, document: Object) -> Object:
        return cast(Object, self.recorder.note(self.origin, document, lambda: self.operation.get(document)))

    def put(self, document: Object, onto: Object | Absent) -> Object:
        return cast(Object, self.recorder.note(self.origin, document, lambda: self.operation.put(document, onto)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.operation, name)


@dataclass(frozen=True, eq=False)
class _Member(Deferred):
    """The lens on one member of an object."""

    recorder: Recorder
    name: str

    def get(self, value: Json) -> Json:
        with self.recorder.at(self.name):
            return super().get(value)

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        with self.recorder.at(self.name):
            return super().put(view, onto, faults)


@dataclass(frozen=True, eq=False)
class _Element(Deferred):
    """The lens on the elements of a list, or on the values of an object."""

    recorder: Recorder

    def get(self, value: Json) -> Json:
        with self.recorder.at(self.recorder.next_place()):
            return super().get(value)

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        with self.recorder.at(self.recorder.next_place()):
            return super().put(view, onto, faults)


@dataclass(frozen=True, eq=False)
class _Container(Deferred):
    """The lens on a list, or on an object of any member names."""

    recorder: Recorder

    def get(self, value: Json) -> Json:
        with self.recorder.at_each_of(value):
            return super().get(value)

    def put(self, view: Json, onto: Json | Absent, faults: Faults) -> Json:
        with self.recorder.at_each_of(view):
            return super().put(view, onto, faults)


class Tracer:
    """Makes the lenses of one step again, traced.

    ``leg`` is the way that documents will go; ``resolve`` gives shapes of the older of its versions, ``newer`` is the
    other, whose changes tell the operations, if any do. A lens traced so is for documents by themselves: put onto
    nothing.
    """

    def __init__(self, recorder: Recorder, leg: Leg, newer: Version | None, resolve: Resolve) -> None:
        self._recorder = recorder
        self._leg = leg
        self._told: Told = {} if newer is None else told(newer)
        self._resolve = resolve
        self._steps: dict[int, Step] = {}

    def step(self, step: Step, shape: Shape) -> Step:
        """A step whose older form is ``shape``; the same for the same, so that a schema may contain itself."""
        if id(step) not in self._steps:
            children = tuple((name, self._member(name, child, shape.slots[name])) for name, child in step.children)
            traced = tuple(self._operations(step, shape))
            self._steps[id(step)] = replace(step, operations=traced, children=children)
        return self._steps[id(step)]

    def _operations(self, step: Step, shape: Shape) -> Iterator[Operation]:
        for operation, change in with_changes(step, shape, self._told):
            origin = Origin(self._leg, shape.name, type(operation).__name__, operation.sentence, change)
            yield cast(Operation, _Noted(operation, origin, self._recorder))

    def _member(self, name: str, lens: Lens, slot: Slot) -> Lens:
        return _Member(lambda: self._inner(lens, slot), self._recorder, name)

    def _inner(self, lens: Lens, slot: Slot) -> Lens:
        """The lens on a slot that nests others, which stands as ``History`` has made it."""
        if isinstance(lens, Deferred):
            return self._inner(lens.lens, slot)
        if isinstance(lens, Each | Values):
            inner, within = lens.inner, cast(Many | Table, slot).inner
            traced = replace(lens, inner=_Element(lambda: self._inner(inner, within), self._recorder))
            return _Container(lambda: traced, self._recorder)
        return self.step(cast(Step, lens), self._resolve(cast(One, slot).target))


def with_changes(step: Step, shape: Shape, told: Told) -> Iterator[tuple[Operation, type[VersionChange] | None]]:
    """The operations of a step whose older form is ``shape``, each with the change that tells it, if any does."""
    waiting = iter(() if shape.family is None else told.get(shape.family.schema, ()))
    for operation in cast(tuple[Operation, ...], step.operations):
        # Fitted to a shape it knows more than as it was told, but its sentence stays, and so does the order.
        yield operation, next((change for one, change in waiting if _is_the_same(one, operation)), None)


def _is_the_same(one: Operation, other: Operation) -> bool:
    return type(one) is type(other) and one.sentence == other.sentence


def told(version: Version) -> Told:
    """What a version did to each schema, with the change that tells it."""
    found: dict[type[Schema], list[tuple[Operation, type[VersionChange]]]] = {}
    for change in version.changes:
        for schema, operations in Version(version.number, change).operations().items():
            found.setdefault(schema, []).extend((operation, change) for operation in operations)
    return found
