"""Passages: what documents go through, each a lens of the contract in one direction, or what stands at the end.

Here is how passages find their way inside; what each operation does to an object is in ``reading`` and ``writing``.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from translayer.contract.allowlist import declared
from translayer.contract.business import Business, Recognised, Same
from translayer.contract.check import Check
from translayer.contract.lens import Deferred, Each, Faults, Lens, Values, idle, operations
from translayer.contract.links import Linked
from translayer.contract.operations.presence import Add, ChangeDefault, Require
from translayer.contract.operations.structure import Relocation, Rename
from translayer.contract.shape import Many, One, Resolve, Shape, Slot, Table
from translayer.document.values import ABSENT, Json
from translayer.errors import ContractViolation

from .kinds import Inexpressible, Kind
from .nodes import Passage
from .records import Between, is_read_only, is_write_only


class Reading(Struct, frozen=True, eq=False):
    """A lens on the way to an older version."""

    lens: Lens

    @property
    def key(self) -> tuple[object, ...]:
        return ("reading", self.lens)

    def inside(self) -> Reading | None:
        assert isinstance(self.lens, Each | Values)  # nothing else is on a list or table
        return reading(self.lens.inner)

    def constant(self, value: Json) -> Json:
        if any(isinstance(part, Linked) for part in operations(self.lens)):
            raise Inexpressible("a default is an object with links, of which only a request can say what they become.")
        try:
            return self.lens.get(value)
        except ContractViolation as violation:
            raise Inexpressible(f"a default has no older form: {violation}.") from violation


class Writing(Struct, frozen=True, eq=False):
    """A lens on the way to a newer version, onto nothing."""

    lens: Lens

    @property
    def key(self) -> tuple[object, ...]:
        return ("writing", self.lens)

    def inside(self) -> Writing | None:
        assert isinstance(self.lens, Each | Values)  # nothing else is on a list or table
        return writing(self.lens.inner)

    def constant(self, value: Json) -> Json:
        faults: Faults = []
        result = self.lens.put(value, ABSENT, faults)
        if faults:
            raise Inexpressible(f"a default has no newer form: {faults[0].message}")
        return result


def reading(lens: Lens) -> Reading | None:
    """A lens on the way to an older version, ``None`` where it changes nothing."""
    found = _resolved(lens)
    return None if found is None else Reading(found)


def writing(lens: Lens) -> Writing | None:
    """A lens on the way to a newer version, ``None`` where it changes nothing."""
    found = _resolved(lens)
    return None if found is None else Writing(found)


def _resolved(lens: Lens) -> Lens | None:
    while isinstance(lens, Deferred | Recognised):
        lens = lens.lens if isinstance(lens, Deferred) else lens.inner
    return None if type(lens) is Same or idle(lens) else lens


def is_plain(lens: Lens) -> bool:
    """Whether a business lens is of values without schemas inside, on which it can be called as it is."""
    while isinstance(lens, Each | Values):
        lens = lens.inner
    return isinstance(lens, Same) and not isinstance(lens, Recognised)


def calls(lens: Lens) -> bool:
    """Whether a business lens of plain values changes any."""
    while isinstance(lens, Each | Values):
        lens = lens.inner
    return type(lens) is not Same


def cannot_fail(passage: Passage) -> bool:
    """Whether a passage has a result for every value of the right types."""
    if not isinstance(passage, Reading):
        return False
    return all(isinstance(part, _CANNOT_FAIL) or _only_reads(part) for part in operations(passage.lens))


_CANNOT_FAIL: Final = (Rename, Relocation, Add, Require, ChangeDefault)
"""The operations whose ``get`` has a result for every object."""


def _only_reads(part: object) -> bool:
    """Whether something is the lens of the app's objects, and no field in them computes, at any depth."""
    seen: set[int] = set()
    waiting = [part]
    while waiting:
        lens = waiting.pop()
        if id(lens) in seen:
            continue
        seen.add(id(lens))
        match lens:
            case Business():
                waiting.extend(member.lens for member in lens.leaving)
            case Each() | Values() | Recognised():
                waiting.append(lens.inner)
            case Deferred():
                waiting.append(lens.lens)
            case _ if type(lens) is not Same:
                return False
    return True


def of_elements(passage: Passage) -> Passage:
    """What a list goes through, every element of which goes through a passage."""
    assert isinstance(passage, Reading | Writing)  # what else there is stands at the end
    return replace(passage, lens=Each(passage.lens))


class Declared(Struct, frozen=True, eq=False):
    """The end of the way to a client: what its version declares and shows, in its order."""

    target: One | Many | Table | Shape
    resolve: Resolve

    @property
    def shape(self) -> Shape:
        """The shape of an object here."""
        if isinstance(self.target, Shape):
            return self.target
        assert isinstance(self.target, One)  # lists and tables are gone inside of
        return self.resolve(self.target.target)

    @property
    def key(self) -> tuple[object, ...]:
        return ("declared", self.shape) if isinstance(self.target, Shape | One) else ("declared", self.target)

    def inside(self) -> Declared | None:
        assert isinstance(self.target, Many | Table)  # nothing else is on a list or table
        return declaring(self.target.inner, self.resolve)

    def constant(self, value: Json) -> Json:
        inner = self.inside() if isinstance(self.target, Many | Table) else None
        if inner is None:
            return declared(value, self.shape, self.resolve)
        if isinstance(value, list):
            return [inner.constant(element) for element in value]
        return {name: inner.constant(member) for name, member in value.items()} if isinstance(value, dict) else value

    @property
    def kind(self) -> Kind:
        """The kind of values that come here from an author's function."""
        assert not isinstance(self.target, Shape)  # no function makes the whole of a document
        return Between(self.resolve, is_write_only).kind(self.target)


def declaring(slot: Slot, resolve: Resolve) -> Declared | None:
    """The end of the way of a field's value; ``None`` where it has no objects inside."""
    inner = slot
    while isinstance(inner, Many | Table):
        inner = inner.inner
    if not isinstance(inner, One):
        return None
    assert isinstance(slot, One | Many | Table)  # else it were a leaf
    return Declared(slot, resolve)


class Today(Struct, frozen=True, eq=False):
    """Today's rules, asked on the way to the app of what is not known to keep them.

    ``older`` gives what nested objects look like in the client's version.
    """

    target: Slot | Shape
    check: Check
    older: Resolve

    @property
    def shape(self) -> Shape:
        """The shape of an object here."""
        if isinstance(self.target, Shape):
            return self.target
        assert isinstance(self.target, One)  # lists and tables are gone inside of
        return self.check.resolve(self.target.target)

    @property
    def key(self) -> tuple[object, ...]:
        return ("today", self.shape) if isinstance(self.target, Shape | One) else ("today", self.target)

    def inside(self) -> Today | None:
        assert isinstance(self.target, Many | Table)  # nothing else is on a list or table
        return Today(self.target.inner, self.check, self.older)

    def constant(self, value: Json) -> Json:
        faults: Faults = []
        assert not isinstance(self.target, Shape)  # no default stands for the whole of a document
        result = self.check.value(value, self.target, faults)
        if faults:
            raise Inexpressible(f"a default breaks today's rules: {faults[0].message}")
        return result

    @property
    def kind(self) -> Kind:
        """The kind of values that come here from an author's function."""
        assert not isinstance(self.target, Shape)  # no function makes the whole of a document
        return Between(self.check.resolve, is_read_only).kind(self.target)
