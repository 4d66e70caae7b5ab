"""Unseen changes: what has not happened for consumers who have not the flag of a change.

For them the history ends earlier: what a hidden change did is as if a newer version had done it that they never see,
and so is whatever builds on it. Everything else keeps its place. That is right as long as what is seen does not build
on what is not, which is asked when an ``Api`` is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from marshmallow import Schema

from translayer.errors import DeclarationError

from .history import Changes
from .operations.base import Operation
from .operations.content import Convert
from .routes import Moved, RouteChange
from .version import Version, VersionChange

Nested = Callable[[type[Schema]], Set[type[Schema]]]
"""The schemas that one nests in any version, at any depth."""


@dataclass(frozen=True, eq=False)
class Told:
    """One change of the version at ``position``, of which it is the one at ``place``."""

    position: int
    place: int
    version: Version
    change: type[VersionChange]

    @cached_property
    def operations(self) -> Mapping[type[Schema], tuple[Operation, ...]]:
        """What the change did to each schema."""
        return Version(self.version.number, self.change).operations()

    @property
    def routes(self) -> tuple[RouteChange, ...]:
        """What the change did to URLs."""
        return tuple(self.change.routes)

    def follows(self, other: Told) -> bool:
        """Whether it is told behind another."""
        return (-self.position, self.place) > (-other.position, other.place)

    def builds_on(self, other: Told, nested: Nested) -> bool:
        """Whether it would not be right without another.

        So is what is told behind it of the same schema or URL; and what looks into objects that only one of the two
        has changed meanwhile. In one version, what is done to an object sees what is in it as that version has it.
        """
        if self.follows(other) and (self.operations.keys() & other.operations or self._speaks_of_urls_of(other)):
            return True
        if self.position <= other.position and self._looks_into(other, nested):
            return True
        return self.position < other.position and other._looks_into(self, nested)

    def _looks_into(self, other: Told, nested: Nested) -> bool:
        """Whether any operation is asked of what stands in objects, where another change is told of these."""
        return any(
            any(map(_looks_inside, operations)) and not nested(schema).isdisjoint(other.operations.keys() - {schema})
            for schema, operations in self.operations.items()
        )

    def _speaks_of_urls_of(self, other: Told) -> bool:
        return any(is_within(one, two) or is_within(two, one) for one, two in product(_urls(self), _urls(other)))


def _looks_inside(operation: Operation) -> bool:
    """Whether an operation speaks of, or gives to an author's function, more than a field of the object itself."""
    given = (getattr(operation, name, None) for name in ("default", "was"))
    deep = any(len(name) > 1 for name in (*operation.newer_names, *operation.remade_names))
    return deep or operation.total or isinstance(operation, Convert) or any(map(callable, given))


def _urls(told: Told) -> Iterator[str]:
    for change in told.routes:
        yield from (change.old, change.to) if isinstance(change, Moved) else (change.rule,)


def is_within(url: str, other: str) -> bool:
    """Whether one URL is another, or begins with it."""
    return f"{url.rstrip('/')}/".startswith(f"{other.rstrip('/')}/")


def timeline(versions: Sequence[Version]) -> tuple[Told, ...]:
    """Every change, newest version first, in each version in the order written."""
    return tuple(
        Told(position, place, version, change)
        for position, version in enumerate(versions)
        for place, change in enumerate(version.changes)
    )


def flags_of_changes(changes: Iterable[Told]) -> frozenset[str]:
    """Every flag that a change has."""
    return frozenset(one.change.flag for one in changes if one.change.flag is not None)


def refuse_shown(changes: Iterable[Told], nested: Nested) -> None:
    """Raises ``DeclarationError`` where everybody sees a change that builds on one which only some see."""
    flagged = [one for one in changes if one.change.flag is not None]
    shown = (one for one in changes if one.change.flag is None)
    for one, other in product(shown, flagged):
        if one.builds_on(other, nested):
            raise DeclarationError(
                f"{one.change.__name__} of version {one.version.text} builds on {other.change.__name__} of version "
                f"{other.version.text}, which only consumers with the flag {other.change.flag!r} see: give "
                f"{one.change.__name__} the flag too, tell it before, or take the flag off"
            )


def hidden(changes: Sequence[Told], held: Set[str], nested: Nested) -> frozenset[type[VersionChange]]:
    """The changes that a consumer does not see, who has the flags ``held``: the others, and what builds on them."""
    unseen = [one for one in changes if one.change.flag is not None and one.change.flag not in held]
    waiting = list(unseen)
    while waiting:
        other = waiting.pop()
        found = [one for one in changes if one not in unseen and one.builds_on(other, nested)]
        unseen += found
        waiting += found
    return frozenset(one.change for one in unseen)


def rearranged(versions: Sequence[Version], unseen: Set[type[VersionChange]]) -> list[Version]:
    """The versions but for the oldest, newest first: all with what is unseen of them, then all with the rest."""
    made = versions[:-1]
    above = (Version(one.number, *(change for change in one.changes if change in unseen)) for one in made)
    below = (Version(one.number, *(change for change in one.changes if change not in unseen)) for one in made)
    return [*above, *below]


def operations(versions: Iterable[Version]) -> list[Changes]:
    """What each version did to each schema."""
    return [version.operations() for version in versions]
