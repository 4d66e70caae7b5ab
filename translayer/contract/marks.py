"""Marks: where the deprecated fields of a shape are, and which of them a document has, or a JSON Patch names.

Strategy: of all that a shape nests, only the ways that lead to a deprecated field are kept. A document is walked along
those alone. What is found is a number with one bit for each deprecation, so that finds are put together by ``|``.

Border: shapes and documents. Bytes, and what stands around documents, are the engine's.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from translayer.document.pointer import parse
from translayer.document.values import ABSENT, Absent, Json
from translayer.errors import Path

from .deprecation import Deprecation, deprecation_of_field
from .shape import Family, Many, One, Resolve, Shape, Slot, Table, Target


@dataclass(eq=False)
class Marked:
    """An object, as far as there are deprecated fields in it: the members that are some, or lead to some.

    ``members`` is filled in by whoever makes it, so that a schema may contain itself.
    """

    title: str
    members: dict[str, Member] = field(default_factory=dict)

    def found(self, value: Json) -> int:
        """The marks in a value; it has none where it is no object."""
        bits = 0
        if isinstance(value, dict):
            for name, member in self.members.items():
                if name in value:
                    bits |= member.mark
                    bits |= 0 if member.inside is None else member.inside.found(value[name])
        return bits


class Elements(Struct, frozen=True, eq=False):
    """A list of what has deprecated fields in it."""

    inside: Inside

    def found(self, value: Json) -> int:
        """The marks in a value; it has none where it is no list."""
        bits = 0
        for element in value if isinstance(value, list) else ():
            bits |= self.inside.found(element)
        return bits


class Values(Struct, frozen=True, eq=False):
    """An object of any member names, whose values have deprecated fields in them."""

    inside: Inside

    def found(self, value: Json) -> int:
        """The marks in a value; it has none where it is no object."""
        bits = 0
        for member in value.values() if isinstance(value, dict) else ():
            bits |= self.inside.found(member)
        return bits


Inside: TypeAlias = Marked | Elements | Values
"""What a value has inside."""


class Member(NamedTuple):
    """A member of an object: its own mark, or 0, and what is inside it, ``None`` where nothing is marked."""

    mark: int
    inside: Inside | None


class Marks(Struct, frozen=True, eq=False):
    """The deprecated fields of one shape, which has at least one.

    A field counts as used where it is there, ``null`` included; so does one that stands in a value that is let go of.
    """

    root: Marked
    objects: tuple[Marked, ...]
    """All that it nests and that is marked, itself included."""
    deprecations: tuple[Deprecation, ...]

    @classmethod
    def of(cls, shape: Shape, resolve: Resolve) -> Marks | None:
        """The marks of a shape, ``None`` where nothing in it is deprecated, at whatever depth.

        Raises ``DeclarationError`` for what is said of a field that is no deprecation.
        """
        reader = _Reader(resolve)
        root = reader.object(shape)
        return cls(root, reader.pruned(), tuple(reader.bits)) if reader.bits else None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, each once."""
        found = (name for marked in self.objects for name, member in marked.members.items() if member.mark)
        return tuple(dict.fromkeys(found))

    def of_name(self, name: str) -> int:
        """The marks of the fields that are called so."""
        bits = 0
        for marked in self.objects:
            bits |= marked.members.get(name, _NOTHING).mark
        return bits

    def leading_to(self, name: str) -> frozenset[Marked]:
        """The objects that have a deprecated field of this name, or lead to one that has."""
        return _leading(self.objects, lambda known, member: known == name and member.mark > 0)

    def told(self, bits: int) -> tuple[Deprecation, ...]:
        """The deprecations that a number stands for, in the order in which the fields are declared."""
        return tuple(each for place, each in enumerate(self.deprecations) if bits >> place & 1) if bits else ()

    def in_document(self, document: Json) -> int:
        """The marks in a document, or in a merge patch (RFC 7396), which has the form of one."""
        return self.root.found(document)

    def in_patch(self, operations: Json) -> int:
        """The marks that a JSON Patch (RFC 6902) names, by pointers to them or into them, or has in its values.

        Operations that are none have none; to refuse them is the patch's own affair.
        """
        bits = 0
        for operation in operations if isinstance(operations, list) else ():
            if isinstance(operation, dict):
                bits |= self._at(_place(operation.get("path")), operation.get("value", ABSENT))
                bits |= self._at(_place(operation.get("from")), ABSENT)
        return bits

    def _at(self, place: Path | None, value: Json | Absent) -> int:
        """The marks on the way to a place, and in the value that is there."""
        if place is None:
            return 0
        bits = 0
        inside: Inside = self.root
        for token in place:
            mark, further = _step(inside, str(token))
            bits |= mark
            if further is None:
                return bits
            inside = further
        return bits | (0 if value is ABSENT else inside.found(value))


def _step(inside: Inside, token: str) -> Member:
    if isinstance(inside, Marked):
        return inside.members.get(token, _NOTHING)
    return Member(0, inside.inside)


_NOTHING = Member(0, None)


def _place(pointer: Json) -> Path | None:
    """The place that a pointer (RFC 6901) names; ``None`` where it is none."""
    if not isinstance(pointer, str):
        return None
    try:
        return parse(pointer)
    except ValueError:
        return None


def deprecations_of(
    families: Iterable[Family], shape: Callable[[Target, int], Shape], versions: int
) -> tuple[Deprecation, ...]:
    """Every deprecation of a field of any version, each once; raises ``DeclarationError`` for what is none."""
    found: dict[Deprecation, None] = {}
    for position in range(versions):
        reader = _Reader(lambda target, at=position: shape(target, at))  # type: ignore[misc]  # the default
        for family in families:
            reader.object(shape(family, position))
        found |= dict.fromkeys(reader.bits)
    return tuple(found)


class _Reader:
    """Reads shapes: first everything in them, then whatever leads to no mark is taken out again."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._objects: dict[Shape, Marked] = {}
        self.bits: dict[Deprecation, int] = {}

    def object(self, shape: Shape) -> Marked:
        """What is in a shape."""
        if shape not in self._objects:
            marked = self._objects[shape] = Marked(shape.name)
            for name, slot in shape.slots.items():
                marked.members[name] = Member(self._mark(slot), self._inside(slot))
        return self._objects[shape]

    def _mark(self, slot: Slot) -> int:
        """The mark of a member; that of what its elements are declared as is its own."""
        said = deprecation_of_field(slot.field)
        while said is None and isinstance(slot, Many | Table):
            slot = slot.inner
            said = deprecation_of_field(slot.field)
        if said is None:
            return 0
        return self.bits.setdefault(said, 1 << len(self.bits))

    def _inside(self, slot: Slot) -> Inside | None:
        match slot:
            case One():
                return self.object(self._resolve(slot.target))
            case Many() | Table():
                inside = self._inside(slot.inner)
                container = Elements if isinstance(slot, Many) else Values
                return None if inside is None else container(inside)
        return None

    def pruned(self) -> tuple[Marked, ...]:
        """The objects that lead to a mark, with nothing else in them."""
        leading = _leading(self._objects.values(), lambda name, member: member.mark > 0)
        for marked in leading:
            for name, member in list(marked.members.items()):
                marked.members[name] = kept = member if leads_to(member, leading) else Member(member.mark, None)
                if kept == _NOTHING:
                    del marked.members[name]
        return tuple(marked for marked in self._objects.values() if marked in leading)


def _leading(objects: Iterable[Marked], wanted: Callable[[str, Member], bool]) -> frozenset[Marked]:
    """The objects with a member that is wanted, at whatever depth."""
    found: frozenset[Marked] = frozenset()
    size = -1
    while len(found) > size:
        size = len(found)
        found = frozenset(
            marked
            for marked in objects
            if any(wanted(name, member) or leads_to(member, found) for name, member in marked.members.items())
        )
    return found


def leads_to(member: Member, objects: Container[Marked]) -> bool:
    """Whether there is one of some objects inside a member, perhaps in lists."""
    marked = _object_in(member.inside)
    return marked is not None and marked in objects


def _object_in(inside: Inside | None) -> Marked | None:
    """The object that is at the end of lists in lists."""
    while isinstance(inside, Elements | Values):
        inside = inside.inside
    return inside
