"""Deprecations: what they take, in which form they keep it, and what they refuse."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

import pytest

from translayer import Deprecation
from translayer.errors import DeclarationError

DAY = date(2026, 11, 20)
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)


class Nowhere(tzinfo):
    """A zone that knows no offset, so that its datetimes are as good as without one (`datetime`, aware and naive)."""

    def utcoffset(self, moment: datetime | None) -> None:
        return None


@pytest.mark.parametrize(
    "said, kept",
    (
        (DAY, MIDNIGHT),
        (MIDNIGHT, MIDNIGHT),
        (datetime(2026, 11, 20, 2, tzinfo=timezone(timedelta(hours=2))), MIDNIGHT),
        (datetime(2026, 11, 19, 19, tzinfo=timezone(timedelta(hours=-5))), MIDNIGHT),
    ),
)
def test_moments_are_kept_in_utc(said: date, kept: datetime) -> None:
    made = Deprecation(said, said)
    assert (made.since, made.sunset) == (kept, kept)
    assert made.since.tzinfo is UTC
    assert made == Deprecation(MIDNIGHT, sunset=MIDNIGHT)
    assert hash(made) == hash(Deprecation(MIDNIGHT, sunset=MIDNIGHT))


def test_all_but_since_may_be_left_out() -> None:
    made = Deprecation(DAY)
    assert (made.since, made.sunset, made.link, made.sunset_link) == (MIDNIGHT, None, None, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.link = "/"  # type: ignore[misc]


@pytest.mark.parametrize("link", ("https://acme.example/old?a=b&c#d", "/docs/old", "old", "https://[::1]/x", "a%20b"))
def test_links_are_urls(link: str) -> None:
    made = Deprecation(DAY, link=link, sunset_link=link)
    assert (made.link, made.sunset_link) == (link, link)


@pytest.mark.parametrize(
    "arguments, sentence",
    (
        ({"since": datetime(2026, 11, 20)}, r"since=.* has no zone: write datetime\(…, tzinfo=UTC\)"),
        ({"since": datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))}, "since=.* is beyond the calendar"),
        ({"since": DAY, "sunset": datetime(2026, 11, 20)}, r"sunset=.* has no zone"),
        ({"since": datetime(2026, 11, 20, tzinfo=Nowhere())}, r"since=.* has no zone"),
        *(({"since": value}, "since=.* is no date") for value in (None, True, 1, "2026-11-20", time(1, tzinfo=UTC))),
        *(({"since": DAY, "sunset": value}, "sunset=.* is no date") for value in (False, 1.5, "soon")),
        ({"since": DAY, "sunset": date(2026, 11, 19)}, r"sunset \(2026-11-19\) is before since \(2026-11-20\)"),
        *(
            ({"since": DAY, name: link}, f"{name}=.* is no URL")
            for name in ("link", "sunset_link")
            for link in ("", "a b", "<a>", 'a"b', "a\nb", "caf\xe9", 1, True, b"/", "http://[")
        ),
    ),
)
def test_anything_else_is_refused_in_a_sentence(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        Deprecation(**arguments)
