"""The tally: how many replies were looked at, how many broke the contract, and which of them the log is told of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from threading import Lock
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Outcome: TypeAlias = Literal["kept", "broken", "refused"]
"""What a look at a reply found: right; wrong, and sent; wrong, and not sent."""

Counts: TypeAlias = Mapping[tuple[str, str, Outcome], int]
"""How often each outcome was, by the text of the version, and the method and rule of the route."""

MOST_PLACES: Final = 1_000
"""Places at fault that are told apart. Names in tables are clients' to choose; what is beyond is only counted."""


class Tally:
    """Counts for all threads and all consumers of one app."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._outcomes: Counter[tuple[str, str, Outcome]] = Counter()
        self._places: Counter[Hashable] = Counter()

    def count(self, version: str, route: str, outcome: Outcome) -> None:
        """Note the outcome of a look at a reply."""
        with self._lock:
            self._outcomes[version, route, outcome] += 1

    def telling(self, place: Hashable) -> int:
        """How often a place has been at fault by now, where the log is to be told of that; else 0.

        It is told the first time, the tenth, the hundredth, and so on.
        """
        with self._lock:
            if place not in self._places and len(self._places) >= MOST_PLACES:
                return 0
            self._places[place] += 1
            times = self._places[place]
        return times if str(times).rstrip("0") == "1" else 0

    @property
    def counts(self) -> Counts:
        """What was counted so far."""
        with self._lock:
            return MappingProxyType(dict(self._outcomes))
