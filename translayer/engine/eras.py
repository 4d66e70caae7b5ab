"""Eras: what holds of all versions from one change in their lives to the next.

Strategy: dates are looked at when an era ends, and only then. What follows from them, for as long as it lasts, is
worked out once; a request asks at most whether the era is still on, and where nothing has a date, not even that.

Positions are those of the versions that the API serves, newest first, and behind them of those that are withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import Final, NamedTuple

from translayer.contract.api import Api
from translayer.contract.deprecation import Notice
from translayer.contract.life import State, next_change

ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Era(NamedTuple):
    """What holds from ``begins`` until ``ends``, for consumers with certain flags.

    - ``states`` has the state of every position; ``hidden`` are the previews that they do not see.
    - ``closed`` are the positions that answer as retired, each with the moment until when; ``None`` is for good.
    - ``served`` are all others, newest first. ``newest`` is the newest stable one of them, or the newest at all, and
      ``oldest`` the oldest that is no preview, where there is any; ``None`` where nothing is served.
    - ``successors`` are the positions of the versions that follow each, of those that are served and no previews.
    - ``notices`` are what users of a position are told of its end.
    """

    begins: datetime
    ends: datetime
    states: tuple[State, ...]
    hidden: Set[int]
    closed: Mapping[int, datetime | None]
    served: tuple[int, ...]
    newest: int | None
    oldest: int | None
    successors: Mapping[int, int]
    notices: Mapping[int, Notice]


def _successors(promised: Sequence[int], count: int) -> Iterator[tuple[int, int]]:
    """Of so many positions, each with the next of those newer ones that are promised."""
    newer = None
    for position in range(count):
        if newer is not None:
            yield position, newer
        newer = position if position in promised else newer


class Calendar:
    """All dates of an API, as consumers with certain flags see it: of its versions, its routes and its fields.

    ``is_empty`` says that there are none, so that there is one era; ``unveils`` that previews which they do not see
    will be stable one day.
    """

    def __init__(self, api: Api, flags: Set[str]) -> None:
        self._lives = [version.life for version in (*api.versions, *api.withdrawn)]
        self._withdrawn = range(len(api.versions), len(self._lives))
        self._flags = flags
        self._dates = tuple(deprecation.since for deprecation in api.deprecations())
        self.is_empty = next_change(self._lives, self._dates, ALWAYS) is None
        self.unveils = any(life.stable is not None and life.flag not in flags for life in self._lives)

    def era(self, at: datetime) -> Era:
        """The era of a moment, which is said with its zone."""
        states = tuple(self._state(position, at) for position in range(len(self._lives)))
        hidden = frozenset(at for at, state in enumerate(states) if state == "preview" and not self._is_seen(at))
        closed = dict(self._closed(states, at))
        served = tuple(at for at in range(len(states)) if at not in hidden and at not in closed)
        promised = [at for at in served if states[at] != "preview"]
        stable = [at for at in promised if states[at] == "stable"]
        found = ((position, life.notice(at)) for position, life in enumerate(self._lives))
        return Era(
            begins=at,
            ends=next_change(self._lives, self._dates, at) or NEVER,
            states=states,
            hidden=hidden,
            closed=closed,
            served=served,
            newest=next(iter(stable or promised or served), None),
            oldest=next(reversed(promised or served), None),
            successors=dict(_successors(promised, len(states))),
            notices={position: notice for position, notice in found if notice is not None},
        )

    def _state(self, position: int, at: datetime) -> State:
        return "retired" if position in self._withdrawn else self._lives[position].state(at)

    def _is_seen(self, position: int) -> bool:
        return self._lives[position].flag in self._flags

    def _closed(self, states: Sequence[State], at: datetime) -> Iterator[tuple[int, datetime | None]]:
        """The positions that answer as retired, each with the moment until when."""
        for position, state in enumerate(states):
            until = self._lives[position].brownout(at)
            if state == "retired" or until is not None:
                yield position, until
