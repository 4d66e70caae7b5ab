"""What the client sees now, place by place, beside a document that it has changed.

A patched document is checked beside the one that was patched. Two questions are asked of a place: whether there is
an object already, which may leave out what never leaves, and whether a value that clients may not write is one that
they were shown.

For the first, every element of a list has its own counterpart, the one that the lens writes it onto (``matching``).
For the second that is too strict: elements without a key are moved and copied with all that is in them, and then
nothing tells whose their read-only members are. So inside such lists a value may be any that was shown at the same
place of any element: the *crowd*. Both are looked up; no element is ever compared with every other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Final

from msgspec import Struct

from translayer.document.values import ABSENT, Absent, Json, equal, fingerprint

from .matching import match


@dataclass(frozen=True, eq=False)
class Crowd:
    """Every value that the client sees at one place in the elements of lists without keys.

    Each answer takes one pass over them, the first time that it is asked for.
    """

    values: Sequence[Json]

    def has(self, value: Json) -> bool:
        """Whether any of them is the same as a value."""
        return fingerprint(value) in self._marks

    @cached_property
    def _marks(self) -> frozenset[object]:
        return frozenset(map(fingerprint, self.values))

    def member(self, name: str) -> Crowd:
        """What is seen in them under a name."""
        return self._members.get(name, NOBODY)

    @cached_property
    def _members(self) -> Mapping[str, Crowd]:
        found: dict[str, list[Json]] = defaultdict(list)
        for value in self.values:
            for name, member in value.items() if isinstance(value, dict) else ():
                found[name].append(member)
        return {name: Crowd(members) for name, members in found.items()}

    @cached_property
    def elements(self) -> Crowd:
        """What is seen in them as elements."""
        return Crowd([element for value in self.values if isinstance(value, list) for element in value])


NOBODY: Final = Crowd(())
"""The crowd at a place where nothing is seen."""


class Seen(Struct, frozen=True):
    """What the client sees now at one place: ``here`` is the counterpart of the value that it sends there.

    ``crowd`` is what it sees there in any element; ``None`` outside of lists without keys.
    """

    here: Json | Absent = ABSENT
    crowd: Crowd | None = None

    @property
    def is_object(self) -> bool:
        """Whether there is an object already."""
        return isinstance(self.here, dict)

    def is_same(self, value: Json) -> bool:
        """Whether the client sends back what it sees at this very place."""
        return self.here is not ABSENT and equal(self.here, value)

    def has(self, value: Json) -> bool:
        """Whether the client sends back what it sees at this place, or did before it moved the elements around it."""
        return self.is_same(value) or (self.crowd is not None and self.crowd.has(value))

    def member(self, name: str) -> Seen:
        """What is seen under a name."""
        if self is NOTHING:
            return self
        here = self.here.get(name, ABSENT) if isinstance(self.here, dict) else ABSENT
        return Seen(here, None if self.crowd is None else self.crowd.member(name))

    def elements(self, view: list[Json], key: str | None, sent: Callable[[Json], Json]) -> Iterator[Seen]:
        """What is seen of each element of a list that comes here; nothing of an element that is new.

        ``key`` and ``sent`` are those by which the lens (``lens.Each``) matches elements.
        """
        if self is NOTHING:
            return repeat(self, len(view))
        here = self.here if isinstance(self.here, list) else []
        crowd = None if self.crowd is None else self.crowd.elements
        if crowd is None and key is None:
            crowd = Crowd(here)
        return (Seen(ABSENT if index is None else here[index], crowd) for index in match(view, here, key, sent))


NOTHING: Final = Seen()
"""What is seen where there is nothing yet, as by a client that makes an object."""
