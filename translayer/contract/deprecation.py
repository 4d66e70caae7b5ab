"""Deprecation: since when what should no longer be used is so, when it will be gone, and where to read about it.

It says nothing of what is deprecated: a version, a route or a field. Nothing here knows the time, or headers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final
from urllib.parse import urlsplit

from marshmallow.fields import Field

from translayer.errors import DeclarationError

_LINK: Final = re.compile(r"[!#-;=?-~]+")
"""Printable ASCII without spaces, quotes and angle brackets, which end a link in a header (RFC 8288, section 3)."""


@dataclass(frozen=True, init=False)
class Deprecation:
    """That something should no longer be used (RFC 9745), and may be gone one day (RFC 8594).

    - ``since``: when it was, or will be, deprecated; ``sunset``: when it may stop to be served. A date is its midnight
      in UTC, a ``datetime`` has its zone; both are kept in UTC.
    - ``link``: a page on the deprecation; ``sunset_link``: a page on the end. URLs, absolute or not.

    Raises ``DeclarationError`` for anything else, and for an end before the beginning.

    >>> Deprecation(date(2026, 11, 20)).since
    datetime.datetime(2026, 11, 20, 0, 0, tzinfo=datetime.timezone.utc)
    """

    since: datetime
    sunset: datetime | None = None
    link: str | None = None
    sunset_link: str | None = None

    def __init__(
        self, since: date, sunset: date | None = None, link: str | None = None, sunset_link: str | None = None
    ) -> None:
        begun = _moment("since", since)
        ended = None if sunset is None else _moment("sunset", sunset)
        if ended is not None and ended < begun:
            raise DeclarationError(f"sunset={sunset!r} is before since={since!r}: what is gone cannot be deprecated")
        _check_link("link", link)
        _check_link("sunset_link", sunset_link)
        told = {"since": begun, "sunset": ended, "link": link, "sunset_link": sunset_link}
        for name, value in told.items():
            object.__setattr__(self, name, value)


def _moment(name: str, said: Any) -> datetime:
    """A date or a moment in UTC; raises ``DeclarationError`` for anything else."""
    if isinstance(said, datetime):
        if said.utcoffset() is None:
            raise DeclarationError(f"{name}={said!r} has no zone, so that nobody can tell when that is: add tzinfo=UTC")
        try:
            return said.astimezone(UTC)
        except OverflowError as error:
            raise DeclarationError(f"{name}={said!r} is beyond the calendar in UTC") from error
    if isinstance(said, date):
        return datetime.combine(said, time(), UTC)
    raise DeclarationError(f"{name} is a date, or a datetime with its zone, as in date(2026, 11, 20), not {said!r}")


def _check_link(name: str, link: Any) -> None:
    """Raises ``DeclarationError`` for anything but a URL that can stand in a header, or nothing."""
    if link is None:
        return
    if not isinstance(link, str) or not _LINK.fullmatch(link):
        raise DeclarationError(
            f"{name}={link!r} is no URL: write it in ASCII, without spaces, quotes and angle brackets"
        )
    try:
        urlsplit(link)
    except ValueError as error:
        raise DeclarationError(f"{name}={link!r} is no URL: {error}") from error


def deprecation_of(field: Field[Any]) -> Deprecation | None:
    """What a marshmallow field says of itself in ``metadata={"deprecated": …}``: a ``Deprecation``, or since when.

    Raises ``DeclarationError`` for anything else, but ``None`` and ``False``, which say that it is not.
    """
    said = field.metadata.get("deprecated")
    if said is None or said is False:
        return None
    if isinstance(said, Deprecation):
        return said
    if isinstance(said, date):
        return Deprecation(said)
    raise DeclarationError(
        f"the field {field.name!r} says {said!r} in its metadata for 'deprecated': say since when, by a date or a "
        f"Deprecation(…)"
    )
