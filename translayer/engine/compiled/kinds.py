"""Kinds: what is known of a value before it is there, and the type by which msgspec decodes it.

A *record* is an object whose members are known: it becomes a msgspec struct, so that decoding it checks presence,
types, null and limits in C. A *leaf* is a value without records in it. Everything else is a list or a table of these.
Whatever msgspec cannot check of a client's value is asked of it afterwards, by the ``check`` of its leaf.

Nothing here knows lenses. What cannot be expressed at all is refused (``Inexpressible``), with the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from keyword import iskeyword
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias, get_args, get_origin

import msgspec
from msgspec import UNSET, Struct, UnsetType, defstruct
from msgspec.structs import replace

from translayer.contract.shape import Slot
from translayer.document.values import Json


class Inexpressible(Exception):
    """Something for which there is no fast path; the message is the reason, for the author."""


class Refused(Exception):
    """A document that a fast path does not take; its slow twin says why, or takes it."""


ANYTHING: Final = bool | int | float | str | list[Any] | dict[str, Any]
"""Every JSON value but ``null``."""

_FREE: Final = (ANYTHING, list[Any], dict[str, Any])


class Lookup(Struct, frozen=True, eq=False):
    """Where a word comes from: the table that it was looked up in, and the line behind which it is there."""

    table: dict[str, str]
    line: int


class Doubt(Struct, frozen=True, eq=False):
    """A condition under which a value may be a wrong one, to stand in the code itself: most values are not in doubt.

    ``condition`` has ``{value}`` in it, and numbers for what it ``uses``: each with a name, in which ``{hint}`` stands
    for what is only of this field. It may raise for wrong values as well.
    """

    condition: str
    uses: tuple[tuple[str, Any], ...] = ()

    def text(self, value: str, hint: str, name_of: Callable[[str, Any], str]) -> str:
        """The expression for a field; ``name_of`` gives the names of what is used."""
        names = [name_of(name.format(hint=hint), used) for name, used in self.uses]
        return self.condition.format(*names, value=value)


class Leaf(Struct, frozen=True, eq=False, dict=True):
    """A value without records in it.

    ``type`` is what msgspec decodes, less ``null``. ``check`` asks what msgspec cannot: it gives the value back,
    and raises for one that is refused, or that marshmallow would put right. It need only be called where there is
    ``doubt``, if the leaf has one. ``slot`` is the field of which the value is known to be a right one, once it is
    decoded and checked; ``None`` where nothing is known. ``lookup`` is where a word was looked up that has not been
    used since.
    """

    type: Any = ANYTHING
    nullable: bool = True
    check: Callable[[Json], Json] | None = None
    slot: Slot | None = None
    lookup: Lookup | None = None
    doubt: Doubt | None = None

    # Leaves are shared by versions, and asked all this in each of them: hence they have a dictionary for the answers.

    @cached_property
    def is_text(self) -> bool:
        """Whether every value that is not null is a string."""
        return self.type is str or get_origin(self.type) is Literal or getattr(self.type, "__origin__", None) is str

    @cached_property
    def is_free(self) -> bool:
        """Whether a value may have anything inside."""
        limited_to = get_args(self.type)[0] if get_origin(self.type) is Annotated else self.type
        return limited_to in _FREE

    @cached_property
    def decoded(self) -> Any:
        """What msgspec decodes."""
        return self.type | None if self.nullable else self.type


class Constant(Struct, frozen=True, eq=False):
    """A value that is known already, and is no field's."""

    value: Json
    slot: ClassVar[Slot | None] = None

    @property
    def nullable(self) -> bool:
        """Whether it is null."""
        return self.value is None


class Known(Struct, frozen=True, eq=False):
    """An object of a record."""

    record: Record
    nullable: bool = False
    check: Callable[[Any], Any] | None = None
    slot: Slot | None = None


class Listed(Struct, frozen=True, eq=False):
    """A list of one kind; ``limits`` are those of its length, ``check`` asks what no element can be asked alone."""

    inner: Kind
    nullable: bool = False
    limits: Mapping[str, Any] | None = None
    check: Callable[[Any], Any] | None = None
    slot: Slot | None = None


class Tabled(Struct, frozen=True, eq=False):
    """An object of free member names, with values of one kind."""

    inner: Kind
    nullable: bool = False
    limits: Mapping[str, Any] | None = None
    check: Callable[[Any], Any] | None = None
    slot: Slot | None = None


Kind: TypeAlias = Leaf | Constant | Known | Listed | Tabled


def or_null(kind: Kind) -> Kind:
    """The kind of values that may be null as well."""
    return kind if isinstance(kind, Constant) else replace(kind, nullable=True)


def never_null(kind: Kind) -> Kind:
    """The kind of values that are not null."""
    return kind if isinstance(kind, Constant) else replace(kind, nullable=False)


UNKNOWN: Final = Leaf()
"""A value of which nothing is known."""


class Member(Struct, frozen=True, eq=False):
    """A member of a record: its name in Python, its kind, and whether it may be absent."""

    attribute: str
    kind: Kind
    optional: bool


@dataclass(eq=False)
class Record:
    """An object whose members are known, by their names in JSON, in the order in which they are printed.

    ``closed`` says that other members are refused; else they are skipped. ``members`` is filled in by whoever makes
    the record, so that a schema may contain itself; nothing is looked at before.
    """

    title: str
    closed: bool = False
    members: dict[str, Member] = field(default_factory=dict)

    def add(self, name: str, kind: Kind, *, optional: bool) -> None:
        """Adds a member."""
        refuse_unprintable(name)
        plain = _PLAIN_NAME.fullmatch(name) and not iskeyword(name)
        self.members[name] = Member(name if plain else f"member_{len(self.members)}_", kind, optional)

    @cached_property
    def struct(self) -> type[Struct]:
        """The struct that objects of the record are decoded into; absent members are ``UNSET``."""
        return _struct(self)

    @cached_property
    def is_free(self) -> bool:
        """Whether there may be anything in an object, or as many levels as its schema contains itself."""
        return _is_free(self)

    @cached_property
    def nothing(self) -> Any:
        """Stands for a record that is not there: every member is absent."""
        return self.struct(**{member.attribute: UNSET for member in self.members.values()})


_PLAIN_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?<!_)", re.ASCII)
"""Names that stand in Python as they do in JSON; those that end in ``_`` are left for others."""

_UNPRINTABLE: Final = re.compile('["\\\\\x00-\x1f\ud800-\udfff]')
"""What msgspec cannot have in the name of a member; the last are halves of characters."""


def refuse_unprintable(name: str) -> None:
    """Refuses a name that no member of a struct can have."""
    if _UNPRINTABLE.search(name):
        raise Inexpressible(f"{name!r} has a quote, a backslash, a control character or half of one in it.")


def _struct(record: Record) -> type[Struct]:
    """The struct of a record.

    Types with records in them are looked up by name in it, when it stands, since one may be the struct itself.
    """
    later = {f"T{index}_": member for index, member in enumerate(record.members.values()) if holds_records(member.kind)}
    names = {member.attribute: name for name, member in later.items()}
    types = [(member, names.get(member.attribute) or _type_of(member)) for member in record.members.values()]
    made = defstruct(
        record.title,
        [(member.attribute, type_, UNSET) if member.optional else (member.attribute, type_) for member, type_ in types],
        rename={member.attribute: name for name, member in record.members.items()},
        forbid_unknown_fields=record.closed,
        kw_only=True,
        gc=False,
    )
    record.__dict__["struct"] = made
    for name, member in later.items():
        setattr(made, name, _type_of(member))
    return made


def _type_of(member: Member) -> Any:
    return type_of(member.kind) | UnsetType if member.optional else type_of(member.kind)


def _is_free(record: Record) -> bool:
    """See ``Record.is_free``; what is in many places of a level is looked into once."""
    level: list[Kind] = [Known(record)]
    for _ in range(_DEEP + 1):
        parts = [part for kind in level for part in _parts(kind)]
        if any(part.is_free for part in parts if isinstance(part, Leaf)):
            return True
        level = [*{_identity(part): part for part in parts if not isinstance(part, Leaf)}.values()]
        if not level:
            return False
    return True


def _identity(kind: Kind) -> int:
    return id(kind.record if isinstance(kind, Known) else kind)


def _parts(kind: Kind) -> Iterable[Kind]:
    if isinstance(kind, Known):
        return (member.kind for member in kind.record.members.values())
    assert isinstance(kind, Listed | Tabled)  # leaves have no parts, and no record has constants
    return (kind.inner,)


_DEEP: Final = 32
"""Levels of records beyond which a document is not taken to be within the bounds of depth by its types alone."""


def holds_records(kind: Kind) -> bool:
    """Whether values of a kind are, or have in them, objects that are known member by member."""
    while isinstance(kind, Listed | Tabled):
        kind = kind.inner
    return isinstance(kind, Known)


def places(root: Record) -> Counter[int]:
    """How many members have a record in them, by its id; the root is one place by itself."""
    found, waiting = Counter({id(root): 1}), [root]
    while waiting:
        for member in waiting.pop().members.values():
            kind = member.kind
            while isinstance(kind, Listed | Tabled):
                kind = kind.inner
            if isinstance(kind, Known):
                found[id(kind.record)] += 1
                if found[id(kind.record)] == 1:
                    waiting.append(kind.record)
    return found


def target(title: str, names: Mapping[str, str]) -> type[Struct]:
    """A struct to be printed, whose members (attribute to name) are all given by position, ``UNSET`` if absent."""
    for name in names.values():
        refuse_unprintable(name)
    members = [(attribute, Any, UNSET) for attribute in names]
    # A field may be called `none`.
    return defstruct(f"{title}_" if iskeyword(title) else title, members, rename=dict(names), gc=False)


def type_of(kind: Kind) -> Any:
    """What msgspec decodes for a kind."""
    match kind:
        case Known():
            found: Any = kind.record.struct
        case Listed():
            found = limited(list[type_of(kind.inner)], kind.limits)  # type: ignore[misc]  # made at run time
        case Tabled():
            found = limited(dict[str, type_of(kind.inner)], kind.limits)  # type: ignore[misc]  # likewise
        case Constant():
            raise Inexpressible("A constant is translated as if it were read.")
        case _:
            return kind.decoded
    return found | None if kind.nullable else found


def limited(type_: Any, limits: Mapping[str, Any] | None) -> Any:
    """A type with limits on it, as ``msgspec.Meta`` has them."""
    return Annotated[type_, msgspec.Meta(**limits)] if limits else type_
