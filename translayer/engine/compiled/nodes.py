"""Nodes: what the compiler knows of a value while it composes.

A ``Value`` is an expression with a kind; the passages that it has yet to go through are pending, so that an object
that nobody reaches into is translated by a function of its own, and one that nothing happens to by none. A ``Table``
is an object that somebody did reach into: a node for each of its members. Renaming, moving, nesting and dropping
rewrite tables and leave no code behind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from translayer.document.values import Json

from .kinds import UNKNOWN, Constant, Kind, Known


class Passage(Protocol):
    """One thing that an object goes through, between the bytes that come and those that go."""

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for passages that do the same."""
        ...

    def inside(self) -> Passage | None:
        """What every element of a list goes through that goes through this; ``None`` where nothing happens to it."""
        ...

    def constant(self, value: Json) -> Json:
        """What becomes of a value that is known already."""
        ...


class Value(Struct, eq=False):
    """An expression that is cheap to repeat; it is ``UNSET`` where the value is ``absent``."""

    text: str
    kind: Kind = UNKNOWN
    absent: bool = False
    pending: tuple[Passage, ...] = ()

    @property
    def optional(self) -> bool:
        """Whether the value may be absent or null."""
        return self.absent or self.kind.nullable

    def awaiting(self, passage: Passage) -> Value:
        """The value with one more passage to go through."""
        return replace(self, pending=(*self.pending, passage))


@dataclass(eq=False)
class Table:
    """An object, member by member.

    ``origin`` is the record that it was read from, and ``base`` the text of that record by which members are read;
    ``made`` are conditions under which it is there all the same. ``certain`` says that it always is.
    """

    hint: str
    members: dict[str, Node] = field(default_factory=dict)
    origin: Value | None = None
    base: str = ""
    made: list[str] = field(default_factory=list)
    certain: bool = False

    @property
    def there(self) -> str | None:
        """The condition under which the object is there; ``None`` where it always is."""
        if self.certain:
            return None
        found = [self.origin.text] if self.origin is not None else []
        return " or ".join([*found, *self.made]) or "False"

    @property
    def presence(self) -> str | None:
        """The condition under which the object, or null, is there; ``None`` where one always is."""
        if self.certain or (self.origin is not None and not self.origin.absent):
            return None
        found = [f"{self.origin.text} is not UNSET"] if self.origin is not None else []
        return " or ".join([*found, *self.made]) or "False"

    def grow(self, presence: str | None) -> None:
        """Notes that the object is there where something is that was put into it."""
        if presence is None:
            self.certain = True
        else:
            self.made.append(presence)


Node: TypeAlias = Value | Table


def presence(node: Node) -> str | None:
    """The condition under which something is there; ``None`` where it always is."""
    if isinstance(node, Table):
        return node.presence
    return f"{node.text} is not UNSET" if node.absent else None


def may_be_null(node: Node) -> bool:
    """Whether something may be null."""
    return node.there is not None if isinstance(node, Table) else node.kind.nullable


def known(value: Value) -> Any:
    """What a constant becomes after all that is pending."""
    assert isinstance(value.kind, Constant)
    found = value.kind.value
    for passage in value.pending:
        found = passage.constant(found)
    return found


def is_as_read(table: Table, texts: dict[str, str]) -> bool:
    """Whether an object is just the record that it was read from."""
    if table.origin is None or not isinstance(table.origin.kind, Known) or table.made:
        return False
    read = {name: f"{table.base}.{member.attribute}" for name, member in table.origin.kind.record.members.items()}
    return list(texts.items()) == list(read.items())
