"""What every operation is, and the one door through which authors' functions are called.

An operation is told forwards, old to new. *Fitting* it to the newer shape checks that it makes sense there, and
gives the older shape together with the operation itself, which may then know facts of the shape (whether a field is
required, what it hides). Operations see plain objects; lists and nested schemas are the business of ``lens``.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

from marshmallow import ValidationError

from translayer.contract.lens import Unconvertible
from translayer.contract.rules import messages
from translayer.contract.shape import Leaf, Many, Name, Resolve, Shape, Slot, altered, has
from translayer.document.codec import ensure_json
from translayer.document.values import ABSENT, Absent, Json, Object, duplicate
from translayer.errors import ContractViolation, DeclarationError, Path, Violation

log = logging.getLogger("translayer")

UNCONVERTIBLE: Final = "The value cannot be converted."
"""What the client is told where an author's function failed otherwise than by a ``ValidationError``."""

READERS: Final = "readers"
WRITERS: Final = "writers"
Audience: TypeAlias = frozenset[str]
"""Whose programs a change would break if nobody translated: ``READERS``, ``WRITERS``, both or nobody."""

NOBODY: Final[Audience] = frozenset()
EVERYBODY: Final[Audience] = frozenset({READERS, WRITERS})

Default: TypeAlias = Any
"""What stands in for a value: a JSON value, or a function of the document."""


class Fitted(NamedTuple):
    """An operation that knows the newer shape, and the shape that it makes of it."""

    operation: Operation
    older: Shape


@dataclass(frozen=True)
class Operation(ABC):
    """One atomic difference between an older and a newer shape of the same object."""

    @property
    @abstractmethod
    def newer_names(self) -> tuple[Name, ...]:
        """The fields of the newer shape that the operation speaks of."""

    @property
    def remade_names(self) -> tuple[Name, ...]:
        """The fields of the older shape that are not those of ``newer_names`` as they are, but made of them."""
        return self.newer_names

    @property
    @abstractmethod
    def sentence(self) -> str:
        """What the newer version did, for the changelog."""

    @property
    def loses(self) -> bool:
        """Whether the older form can hide something of the newer one, so that a write must read first."""
        return False

    @property
    def reads_the_same(self) -> bool:
        """Whether the older form is always the newer one as it is, so that only what is written differs."""
        return False

    @property
    def total(self) -> bool:
        """Whether the operation speaks of all the fields of a schema, and so of no place that has others."""
        return False

    @property
    def breaks(self) -> Audience:
        """Whose programs the difference would break if it were not translated."""
        return EVERYBODY

    def concerns(self, shape: Shape, resolve: Resolve) -> bool:
        """Whether the operation is for a place that nests only a selection of its schema's fields."""
        return any(has(shape, name, resolve) for name in self.newer_names)

    @abstractmethod
    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        """The operation fitted to the newer ``shape``; raises ``DeclarationError`` where it makes no sense there."""

    @abstractmethod
    def get(self, document: Object) -> Object:
        """The older form of a newer object; raises ``ContractViolation``."""

    @abstractmethod
    def put(self, document: Object, onto: Object | Absent) -> Object:
        """The newer form of an older object, onto the newer object as it is now; raises ``Unconvertible``."""

    def older_path(self, path: Path) -> Path:
        """Where a place in the newer object is found in the older one; the object itself where nowhere."""
        return path

    def newer_path(self, path: Path) -> Path:
        """Where a place in the older object is found in the newer one; the object itself where nowhere."""
        return path

    def newer_places(self, path: Path) -> tuple[Path, ...]:
        """Every place in the newer object that a value at a place in the older one comes to; none where it is gone."""
        return (self.newer_path(path),)

    def newer_wholes(self, path: Path) -> tuple[Path, ...]:
        """The same, where a value that is made of all of an object comes to the object."""
        return ((),) if self.total else self.newer_places(path)


def moved(path: Path, source: Path, target: Path) -> Path | None:
    """``path`` with the beginning ``source`` replaced by ``target``; ``None`` where it begins otherwise."""
    if path[: len(source)] != source:
        return None
    return target + path[len(source) :]


def dotted(name: Name) -> str:
    """A name as authors write it, in code type for sentences."""
    return f"`{'.'.join(name)}`"


def listed(names: tuple[Name, ...]) -> str:
    """Names in a sentence: `a`, `b` and `c`."""
    *most, last = map(dotted, names)
    return f"{', '.join(most)} and {last}" if most else last


def same_parent(*names: Name) -> Name:
    """The object that holds all the names; raises ``DeclarationError`` where they stand in several."""
    parents = {name[:-1] for name in names}
    if len(parents) > 1:
        raise DeclarationError(
            f"{listed(names)} stand in different objects; use move() to carry a field from one object to another"
        )
    return parents.pop()


Door: TypeAlias = Callable[..., Json]
"""``downgraded`` or ``upgraded``: how a function is called, and who is told where it fails."""


def downgraded(function: Callable[..., Json], *arguments: Json, name: Name) -> Json:
    """What an author's function makes of newer values; whatever it raises is a ``ContractViolation`` at ``name``.

    It is given copies, so that it may write into them.
    """
    try:
        result = function(*map(duplicate, arguments))
        ensure_json(result)
    except Exception as error:
        raise ContractViolation(f"{_called(function)} failed: {error!r}", name) from error
    return result


def upgraded(function: Callable[..., Json], *arguments: Json, name: Name) -> Json:
    """What an author's function makes of older values; whatever it raises is ``Unconvertible`` at ``name``.

    It is given copies. A marshmallow ``ValidationError`` speaks to the client in its own words, of the places that
    it names; of anything else only the log is told.
    """
    try:
        result = function(*map(duplicate, arguments))
        ensure_json(result)
    except ValidationError as error:
        told = list(messages({error.field_name: error.messages})) or [((), UNCONVERTIBLE)]
        raise Unconvertible(*(Violation(name + place, "RULE", message) for place, message in told)) from error
    except Exception as error:
        log.warning("%s failed at %s: %r", _called(function), dotted(name) if name else "an object", error)
        raise Unconvertible(Violation(name, "RULE", UNCONVERTIBLE)) from error
    return result


def standing_in(default: Default, document: Object, name: Name, door: Door) -> Json:
    """The value of a default for ``name``: what its function makes of the document, or a copy of the value itself."""
    return door(default, document, name=name) if callable(default) else duplicate(default)


def check_default(default: Default, slot: Slot, name: Name) -> None:
    """A constant that stands in for a value must be one of its field; raises ``DeclarationError``.

    What stands in for an object or a list is only asked to be one; what functions make is asked at run time.
    """
    if callable(default) or not given(default) or _may_be(default, slot):
        return
    raise DeclarationError(f"{default!r} is no value of {dotted(name)}: give one that its field takes, or a function")


def _may_be(value: Json, slot: Slot) -> bool:
    if value is None:
        return slot.nullable
    if not isinstance(slot, Leaf):
        return isinstance(value, list if isinstance(slot, Many) else dict)
    try:
        altered(slot.field, post_load=[]).deserialize(value)
    except Exception:
        return False
    return True


def given(default: Default) -> bool:
    """Whether the author gave a default at all; ``None`` is one."""
    return default is not ABSENT


def _called(function: Callable[..., Json]) -> str:
    return getattr(function, "__qualname__", repr(function))
