"""The life of a version: preview, stable, deprecated, retired; by dates, and by nothing else.

A life says what state its version is in at a moment, and at which moment that changes next. Who asks, how often, and
what is answered in a state is decided by the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias, get_args

from translayer.errors import DeclarationError

from .deprecation import Deprecation, Notice, check_order, checked_link, instant

State: TypeAlias = Literal["preview", "stable", "deprecated", "retired"]
"""What a version is at a moment: seen by some, promised to all, still served but not for long, or no longer served."""

Policy: TypeAlias = Literal["gone", "not-found", "redirect"]
"""What a retired version answers: 410, 404, or that the same resource is in the oldest version that is served."""

PREVIEW: Final = "preview"
"""The flag of consumers who see previews, unless a version names its own."""


_YEAR: Final = 366 * 24 * 60
"""Minutes; a version that is off for longer is retired."""

_TEN_YEARS: Final = timedelta(days=3653)

_LAST_YEAR: Final = 9900
"""Dates end with the year 9999."""


@dataclass(frozen=True)
class Brownout:
    """A time in which a deprecated version answers as if it were retired already, so that its last users notice.

    It begins at ``start``, a datetime with its zone, and takes some ``minutes``; with ``every`` it comes again after
    that time, as long as the version is deprecated. Raises ``DeclarationError`` for what makes no sense.

    >>> from datetime import UTC
    >>> hourly = Brownout(datetime(2026, 12, 1, 12, tzinfo=UTC), minutes=5, every=timedelta(hours=1))
    >>> hourly.ends(datetime(2026, 12, 24, 18, 4, tzinfo=UTC))
    datetime.datetime(2026, 12, 24, 18, 5, tzinfo=datetime.timezone.utc)
    """

    start: datetime
    minutes: int
    every: timedelta | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.start, datetime):
            raise DeclarationError(f"a brownout starts at a datetime with its zone, not at {self.start!r}")
        object.__setattr__(self, "start", instant(self.start, "start"))
        if self.start.year > _LAST_YEAR:
            raise DeclarationError(f"a brownout starts before the year {_LAST_YEAR + 1}, not at {self.start!r}")
        if isinstance(self.minutes, bool) or not isinstance(self.minutes, int) or not 1 <= self.minutes <= _YEAR:
            raise DeclarationError(f"a brownout takes a number of minutes, of a year at most, not {self.minutes!r}")
        if self.every is None:
            return
        if not isinstance(self.every, timedelta) or not self.duration < self.every <= _TEN_YEARS:
            raise DeclarationError(
                f"every={self.every!r}: a brownout comes again after a timedelta that is longer than its "
                f"{self.minutes} minutes, and no longer than ten years"
            )

    @property
    def duration(self) -> timedelta:
        """How long it takes."""
        return timedelta(minutes=self.minutes)

    def _latest_start(self, at: datetime) -> datetime:
        """The start of the last window that has begun at a moment, the first one's where none has."""
        if self.every is None or at < self.start:
            return self.start
        return self.start + (at - self.start) // self.every * self.every

    def ends(self, at: datetime) -> datetime | None:
        """When the window that is open at a moment closes; ``None`` where none is open."""
        start = self._latest_start(at)
        return start + self.duration if start <= at < start + self.duration else None

    def next_start(self, at: datetime) -> datetime | None:
        """When the window opens, or has opened, that is open at a moment or comes next; ``None`` where none comes."""
        start = self._latest_start(at)
        if at < start + self.duration:
            return start
        return None if self.every is None else start + self.every

    def next_change(self, at: datetime) -> datetime | None:
        """The first moment after another at which a window opens or closes; ``None`` where all are over."""
        start = self._latest_start(at)
        again = [] if self.every is None else [start + self.every]
        return min((moment for moment in (start, start + self.duration, *again) if moment > at), default=None)


@dataclass(frozen=True, kw_only=True)
class Life:
    """The dates of one version, each ``None`` where it has none; see ``Version`` for what they mean.

    ``flag`` is that of the consumers who see the version while it is a preview; ``None`` where it never is one.
    """

    flag: str | None = None
    stable: datetime | None = None
    deprecation: Deprecation | None = None
    sunset: datetime | None = None
    sunset_link: str | None = None
    retired: Policy = "gone"
    brownouts: tuple[Brownout, ...] = ()

    def state(self, at: datetime) -> State:
        """What the version is at a moment."""
        if self.flag is not None and (self.stable is None or at < self.stable):
            return "preview"
        if self.sunset is not None and at >= self.sunset:
            return "retired"
        if self.deprecation is not None and at >= self.deprecation.since:
            return "deprecated"
        return "stable"

    def brownout(self, at: datetime) -> datetime | None:
        """When the brownout that is on at a moment is over; ``None`` where none is."""
        if self.state(at) != "deprecated":
            return None
        until = at
        for _ in self.brownouts:  # one may begin while another is on
            until = max(brownout.ends(until) or until for brownout in self.brownouts)
        return None if until == at else min(until, self.sunset or until)

    def next_window(self, brownout: Brownout, at: datetime) -> datetime | None:
        """When the window of one of its brownouts opens, or has opened, that is open at a moment or comes next.

        ``None`` where none comes before the sunset.
        """
        start = brownout.next_start(at)
        if start is None or (self.sunset is not None and max(start, at) >= self.sunset):
            return None
        return start

    def notice(self, at: datetime) -> Notice | None:
        """What the version's users are told at a moment: of its deprecation once it is, of a sunset alone always."""
        if self.state(at) == "preview":
            return None
        if self.deprecation is not None:
            return self.deprecation.notice(at)
        return None if self.sunset is None else Notice(None, self.sunset, None, self.sunset_link)

    def next_change(self, at: datetime) -> datetime | None:
        """The first moment after another at which anything changes; ``None`` where nothing ever will."""
        return min((moment for moment in self._moments(at) if moment > at), default=None)

    def _moments(self, at: datetime) -> Iterator[datetime]:
        since = None if self.deprecation is None else self.deprecation.since
        yield from (moment for moment in (self.stable, since, self.sunset) if moment is not None)
        if self.sunset is None or at < self.sunset:
            yield from filter(None, (brownout.next_change(at) for brownout in self.brownouts))


def life_of(
    *,
    preview: Any,
    stable: Any,
    deprecated: Any,
    sunset: Any,
    deprecation_link: Any,
    sunset_link: Any,
    retired: Any,
    brownouts: Any,
) -> Life:
    """The life that the arguments of a ``Version`` tell; raises ``DeclarationError`` for what makes no sense."""
    begins = None if stable is None else instant(stable, "stable")
    ends = None if sunset is None else instant(sunset, "sunset")
    checked_link(sunset_link, "sunset_link")
    if sunset_link is not None and ends is None:
        raise DeclarationError("sunset_link is about a sunset: say when it is, sunset=date(…)")
    if retired not in get_args(Policy):
        raise DeclarationError(f"retired={retired!r} is none of {', '.join(map(repr, get_args(Policy)))}")
    if preview and begins is None and (deprecated is not None or ends is not None):
        raise DeclarationError(
            "a preview without an end has no later dates: say from when it is stable, stable=date(…)"
        )
    deprecation = _deprecation(deprecated, ends, deprecation_link, sunset_link)
    since = None if deprecation is None else deprecation.since
    check_order(("stable", begins), ("deprecated", since), ("sunset", ends))
    return Life(
        flag=_flag(preview, begins),
        stable=begins,
        deprecation=deprecation,
        sunset=ends,
        sunset_link=sunset_link,
        retired=retired,
        brownouts=_brownouts(brownouts, since, ends),
    )


def _flag(preview: Any, stable: datetime | None) -> str | None:
    if isinstance(preview, bool):
        return PREVIEW if preview or stable is not None else None
    if not isinstance(preview, str) or not preview:
        raise DeclarationError(f"preview={preview!r} is True, or the name of the flag of those who see the version")
    return preview


def _deprecation(since: Any, sunset: datetime | None, link: Any, sunset_link: Any) -> Deprecation | None:
    if since is not None:
        check_order(("deprecated", instant(since, "deprecated")), ("sunset", sunset))
        return Deprecation(since, sunset, link, sunset_link)
    if link is not None:
        raise DeclarationError("deprecation_link is about a deprecation: say since when, deprecated=date(…)")
    return None


def _brownouts(said: Any, since: datetime | None, sunset: datetime | None) -> tuple[Brownout, ...]:
    if not isinstance(said, list | tuple) or not all(isinstance(brownout, Brownout) for brownout in said):
        raise DeclarationError(f"brownouts are a list of Brownout(…), not {said!r}")
    for brownout in said:
        if since is None or brownout.start < since or (sunset is not None and brownout.start >= sunset):
            raise DeclarationError(
                f"the brownout at {brownout.start:%Y-%m-%d %H:%M} is not while the version is deprecated: "
                f"it begins with deprecated=date(…) and ends with sunset=date(…)"
            )
    return tuple(said)


def next_change(lives: Iterable[Life], dates: Iterable[datetime], at: datetime) -> datetime | None:
    """The first moment after another at which a life changes, or one of ``dates`` is; ``None`` for never."""
    moments = [*(life.next_change(at) for life in lives), *(moment for moment in dates if moment > at)]
    return min(filter(None, moments), default=None)
