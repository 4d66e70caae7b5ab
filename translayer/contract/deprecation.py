"""Deprecations: since when something should no longer be used, until when it can be, and where that is explained.

One value says it for a version, a route or a field. What becomes of it in headers is the engine's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from marshmallow.fields import Field

from translayer.errors import DeclarationError

_NO_URL: Final = re.compile(r"[^\x21-\x7e]|[<>\"]|\A\Z")
"""What no URL has that stands in a header (RFC 3986, section 2; RFC 8288, section 3)."""


class Notice(NamedTuple):
    """What users of something are told: since when not to use it, until when they can, and where to read about both."""

    since: datetime | None
    sunset: datetime | None
    link: str | None
    sunset_link: str | None


@dataclass(frozen=True, init=False)
class Deprecation:
    """What is deprecated ``since`` a moment, and may stop working at its ``sunset`` (RFC 9745, RFC 8594).

    Both are dates, which begin at midnight UTC, or datetimes with their zone, and are kept as datetimes in UTC.
    ``link`` and ``sunset_link`` are URLs of pages about the one and the other. Raises ``DeclarationError`` for what is
    neither, and for a sunset before the deprecation.

    >>> Deprecation(date(2026, 9, 1), sunset=date(2027, 3, 1)).sunset
    datetime.datetime(2027, 3, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """

    since: datetime
    sunset: datetime | None = None
    link: str | None = None
    sunset_link: str | None = None

    def __init__(
        self, since: date, sunset: date | None = None, link: str | None = None, sunset_link: str | None = None
    ) -> None:
        object.__setattr__(self, "since", instant(since, "since"))
        object.__setattr__(self, "sunset", None if sunset is None else instant(sunset, "sunset"))
        check_order(("since", self.since), ("sunset", self.sunset))
        object.__setattr__(self, "link", checked_link(link, "link"))
        object.__setattr__(self, "sunset_link", checked_link(sunset_link, "sunset_link"))

    def notice(self, at: datetime) -> Notice | None:
        """What is told at a moment; ``None`` before the deprecation."""
        return Notice(self.since, self.sunset, self.link, self.sunset_link) if at >= self.since else None


def deprecation_of(said: Any, where: str) -> Deprecation | None:
    """What an author says of a route or a field: a ``Deprecation``, or the date since when; ``None`` for nothing.

    Raises ``DeclarationError``.
    """
    if said is None or isinstance(said, Deprecation):
        return said
    try:
        return Deprecation(said)
    except DeclarationError as error:
        raise DeclarationError(f"{where}: {error}") from error


def deprecation_of_field(field: Field[Any]) -> Deprecation | None:
    """What a marshmallow field says of itself in ``metadata={"deprecated": …}``; ``False`` is nothing too.

    Raises ``DeclarationError``.
    """
    said = field.metadata.get("deprecated")
    return None if said is False else deprecation_of(said, f"the metadata of the field {field.name!r}")


def instant(said: Any, name: str) -> datetime:
    """The moment that a date or datetime says, in UTC; raises ``DeclarationError`` for anything else."""
    if isinstance(said, datetime):
        if said.utcoffset() is None:  # as where the tzinfo knows none; the machine's zone says nothing
            raise DeclarationError(f"{name}={said!r} has no zone: write datetime(…, tzinfo=UTC), or a date")
        try:
            return said.astimezone(UTC)
        except OverflowError as error:
            raise DeclarationError(f"{name}={said!r} is beyond the calendar in UTC") from error
    if isinstance(said, date):
        return datetime.combine(said, time(), UTC)
    raise DeclarationError(f"{name}={said!r} is no date: write date(2027, 3, 1), or a datetime with its zone")


def check_order(*said: tuple[str, datetime | None]) -> None:
    """Raises ``DeclarationError`` where moments that are known do not follow one another as they are named."""
    known = [(name, moment) for name, moment in said if moment is not None]
    for (earlier, first), (later, second) in pairwise(known):
        if second < first:
            raise DeclarationError(f"{later} ({second:%Y-%m-%d}) is before {earlier} ({first:%Y-%m-%d}): swap them")


def checked_link(link: Any, name: str) -> str | None:
    """A URL as it stands in a header, or none; raises ``DeclarationError`` for anything else."""
    if link is None:
        return None
    if not isinstance(link, str) or _NO_URL.search(link):
        raise DeclarationError(f"{name}={link!r} is no URL: it stands in a header, without spaces and angle brackets")
    try:
        scheme = urlsplit(link).scheme
    except ValueError as error:
        raise DeclarationError(f"{name}={link!r} is no URL: {error}") from error
    if scheme not in ("", "http", "https", "mailto"):
        raise DeclarationError(f"{name}={link!r} is no link to a page: it begins with https://, http:// or a path")
    return link
