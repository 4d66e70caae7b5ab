"""``translayer versions``: the states and dates of every version at a moment, as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from click.testing import Result

from tests.things import THING, make_api
from translayer import Brownout, Version
from translayer.cli.versions import told


def told_of(version: Version, at: datetime) -> Any:
    """What is told of an only version at a moment."""
    (only,) = told(make_api(resources=[THING], versions=[version]), at)
    return only


def test_the_versions_are_listed_with_their_states_and_dates(call: Callable[..., Result]) -> None:
    lines = call("versions", "--at", "2026-12-01").output.splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "version state stable deprecated sunset in days brownout changes resources",
        "4 preview - - - - - 1 booking",
        "3 stable - - - - - 4 booking",
        "2 stable - 2027-06-01 - - - 3 booking",
        "1 deprecated - 2026-09-01 2027-09-01 274 2027-08-02 09:00 0 booking",
    ]


def test_OPS_7_2_the_versions_are_json_where_asked(call: Callable[..., Result]) -> None:
    found = json.loads(call("versions", "--at", "2027-08-02T09:05:00", "--json").output)
    assert [version["version"] for version in found] == ["4", "3", "2", "1"]
    assert found[-1] == {
        "version": "1",
        "state": "deprecated",
        "flag": None,
        "stable": None,
        "deprecated": "2026-09-01T00:00:00Z",
        "deprecation_link": "https://acme.example/moving-on-from-v1",
        "sunset": "2027-09-01T00:00:00Z",
        "sunset_link": None,
        "days_left": 30,
        "retired": "redirect",
        "brownout": {"start": "2027-08-02T09:00:00Z", "until": "2027-08-02T09:10:00Z"},
        "brownouts": [{"start": "2027-08-02T09:00:00Z", "minutes": 10, "every": 10080.0}],
        "native": False,
        "changes": 0,
        "resources": ["booking"],
    }
    assert (found[0]["flag"], found[0]["days_left"], found[0]["brownout"]) == ("preview", None, None)


def test_the_moment_is_that_of_the_apis_own_clock_unless_it_is_said(
    call: Callable[..., Result], module: Callable[[str], str]
) -> None:
    name = module(
        "from datetime import UTC, date, datetime\n"
        "from translayer import Api, Version\n"
        "from tests.things import THING\n"
        "api = Api('acme', [THING], [Version(2, sunset=date(2030, 1, 1))], withdrawn=[Version(1)],\n"
        "          clock=lambda: datetime(2030, 1, 1, tzinfo=UTC))\n"
    )
    assert [line.split()[1] for line in call("versions", api=f"{name}:api").output.splitlines()[1:]] == [
        "retired",
        "withdrawn",
    ]
    before = json.loads(call("versions", "--at", "2029-12-31T23:59", "--json", api=f"{name}:api").output)
    assert [(version["state"], version["days_left"], version["changes"]) for version in before] == [
        ("stable", 1, 0),
        ("withdrawn", None, None),
    ]


SUNSET = Version(1, sunset=date(2030, 1, 10))
DAYS = (
    (datetime(2030, 1, 9, tzinfo=UTC), 1),
    (datetime(2030, 1, 9, 1, tzinfo=timezone(timedelta(hours=2))), 2),
    (datetime(2030, 1, 9, 23, 59, tzinfo=UTC), 1),
    (datetime(2030, 1, 10, tzinfo=UTC), 0),
    (datetime(2030, 1, 13, 1, tzinfo=UTC), -3),
)


@pytest.mark.parametrize("at, days", DAYS)
def test_days_are_counted_until_the_sunset(at: datetime, days: int) -> None:
    assert told_of(SUNSET, at).days_left == days


WINDOW = Brownout(datetime(2030, 1, 1, 12, tzinfo=UTC), minutes=60)
NIGHTLY = Brownout(datetime(2030, 1, 8, tzinfo=UTC), minutes=30, every=timedelta(days=1))
LAST = Brownout(datetime(2030, 1, 9, 23, tzinfo=UTC), minutes=120)
BROWNOUTS = (
    ([WINDOW], datetime(2029, 12, 1, tzinfo=UTC), (WINDOW.start, None)),
    ([WINDOW], datetime(2030, 1, 1, 12, 30, tzinfo=UTC), (WINDOW.start, datetime(2030, 1, 1, 13, tzinfo=UTC))),
    ([WINDOW], datetime(2030, 1, 1, 13, tzinfo=UTC), None),
    ([NIGHTLY, WINDOW], datetime(2029, 12, 1, tzinfo=UTC), (WINDOW.start, None)),
    ([WINDOW, NIGHTLY], datetime(2030, 1, 8, 12, tzinfo=UTC), (datetime(2030, 1, 9, tzinfo=UTC), None)),
    ([NIGHTLY], datetime(2030, 1, 9, 12, tzinfo=UTC), None),
    ([LAST], datetime(2030, 1, 9, 23, 30, tzinfo=UTC), (LAST.start, datetime(2030, 1, 10, tzinfo=UTC))),
    ([LAST], datetime(2030, 1, 10, tzinfo=UTC), None),
)


@pytest.mark.parametrize("brownouts, at, expected", BROWNOUTS)
def test_the_brownout_is_the_one_that_is_on_or_comes_next_before_the_sunset(
    brownouts: list[Brownout], at: datetime, expected: tuple[datetime, datetime | None] | None
) -> None:
    version = Version(1, deprecated=date(2029, 1, 1), sunset=date(2030, 1, 10), brownouts=brownouts)
    assert told_of(version, at).brownout == expected


def test_a_version_has_the_resources_that_it_has_urls_of(call: Callable[..., Result]) -> None:
    assert [one.resources for one in told(make_api(), datetime(2030, 1, 1, tzinfo=UTC))] == [["thing", "note"]] * 3


def test_OPS_7_1_what_is_no_day_is_refused(call: Callable[..., Result]) -> None:
    result = call("versions", "--at", "soon")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'soon'" in result.stderr
