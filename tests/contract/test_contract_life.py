"""The life of a version as it is declared: states by dates, brownouts, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from things import make_api

from translayer import Brownout, Deprecation, Discovery, Resource, Route, Version, VersionChange
from translayer.contract.deprecation import Notice
from translayer.contract.life import next_change
from translayer.errors import DeclarationError

SEPTEMBER, MARCH = date(2026, 9, 1), date(2027, 3, 1)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "states"),
    (
        ({}, {at(1, 1, 1): "stable", at(9999, 1, 1): "stable"}),
        ({"preview": True}, {at(1, 1, 1): "preview", at(9999, 1, 1): "preview"}),
        ({"preview": "beta"}, {at(2026, 1, 1): "preview"}),
        ({"stable": SEPTEMBER}, {at(2026, 8, 31, 23, 59): "preview", at(2026, 9, 1): "stable"}),
        ({"deprecated": SEPTEMBER}, {at(2026, 8, 31, 23, 59): "stable", at(2026, 9, 1): "deprecated"}),
        ({"sunset": MARCH}, {at(2027, 2, 28, 23, 59): "stable", at(2027, 3, 1): "retired"}),
        (
            {"preview": True, "stable": date(2026, 1, 1), "deprecated": SEPTEMBER, "sunset": MARCH},
            {
                at(2025, 12, 31): "preview",
                at(2026, 1, 1): "stable",
                at(2026, 9, 1): "deprecated",
                at(2027, 3, 1): "retired",
            },
        ),
        (
            {"deprecated": datetime(2026, 9, 1, 2, tzinfo=timezone(timedelta(hours=2)))},
            {at(2026, 8, 31, 23, 59): "stable", at(2026, 9, 1): "deprecated"},
        ),
    ),
)
def test_VER_2_1_dates_say_what_state_a_version_is_in(told: dict[str, Any], states: dict[datetime, str]) -> None:
    life = Version(1, **told).life
    assert {moment: life.state(moment) for moment in states} == states


@pytest.mark.parametrize(
    ("told", "sentence"),
    (
        ({"deprecated": MARCH, "sunset": SEPTEMBER}, "sunset (2026-09-01) is before deprecated (2027-03-01)"),
        ({"stable": MARCH, "deprecated": SEPTEMBER}, "deprecated (2026-09-01) is before stable (2027-03-01)"),
        ({"stable": MARCH, "sunset": SEPTEMBER}, "sunset (2026-09-01) is before stable (2027-03-01)"),
        ({"deprecated": True}, "deprecated=True is no date"),
        ({"sunset": "2027-03-01"}, "sunset='2027-03-01' is no date"),
        ({"sunset": datetime(2027, 3, 1)}, "has no zone"),
        ({"preview": True, "deprecated": SEPTEMBER}, "a preview without an end has no later dates"),
        ({"preview": "beta", "sunset": SEPTEMBER}, "a preview without an end has no later dates"),
        ({"preview": 1}, "preview=1 is True, or the name of the flag"),
        ({"preview": ""}, "preview='' is True, or the name of the flag"),
        ({"sunset": MARCH, "retired": "moved"}, "retired='moved' is none of 'gone', 'not-found', 'redirect'"),
        ({"deprecation_link": "https://a.example"}, "say since when, deprecated=date"),
        ({"sunset_link": "https://a.example"}, "say when it is, sunset=date"),
        ({"sunset": MARCH, "sunset_link": "a b"}, "sunset_link='a b' is no URL"),
        ({"deprecated": SEPTEMBER, "deprecation_link": "<a>"}, "link='<a>' is no URL"),
        ({"deprecated": SEPTEMBER, "deprecation_link": ""}, "link='' is no URL"),
        ({"deprecated": SEPTEMBER, "brownouts": NOON}, "brownouts are a list of Brownout"),
        ({"brownouts": [Brownout(NOON, 5)]}, "is not while the version is deprecated"),
        ({"deprecated": MARCH, "brownouts": [Brownout(NOON, 5)]}, "is not while the version is deprecated"),
        (
            {"deprecated": SEPTEMBER, "sunset": date(2026, 12, 1), "brownouts": [Brownout(NOON, 5)]},
            "is not while the version is deprecated",
        ),
    ),
)
def test_VER_2_2_dates_that_make_no_sense_are_refused_at_construction(told: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DeclarationError, match=r"Version\(1\): ") as caught:
        Version(1, **told)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("make", "sentence"),
    (
        (lambda: Brownout(date(2026, 12, 1), 5), "starts at a datetime with its zone"),  # type: ignore[arg-type]
        (lambda: Brownout(datetime(2026, 12, 1), 5), "has no zone"),
        (lambda: Brownout(NOON, 0), "of a year at most, not 0"),
        (lambda: Brownout(NOON, True), "of a year at most, not True"),
        (lambda: Brownout(NOON, 2.5), "of a year at most, not 2.5"),  # type: ignore[arg-type]
        (lambda: Brownout(NOON, 10**12), "of a year at most, not 1000000000000"),
        (lambda: Brownout(at(9950, 1, 1), 5), "starts before the year 9901"),
        (lambda: Brownout(NOON, 60, every=timedelta.max), "no longer than ten years"),
        (lambda: Brownout(NOON, 60, every=HOUR), "longer than its 60 minutes"),
        (lambda: Brownout(NOON, 60, every=120), "longer than its 60 minutes"),  # type: ignore[arg-type]
    ),
)
def test_VER_7_1_brownouts_that_make_no_sense_are_refused(make: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        make()
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("brownout", "moment", "ends", "start", "change"),
    (
        (Brownout(NOON, 5), at(2026, 12, 1, 11, 59), None, NOON, NOON),
        (Brownout(NOON, 5), NOON, at(2026, 12, 1, 12, 5), NOON, at(2026, 12, 1, 12, 5)),
        (Brownout(NOON, 5), at(2026, 12, 1, 12, 5), None, None, None),
        (Brownout(NOON, 5, HOUR), at(2026, 12, 1, 11), None, NOON, NOON),
        (
            Brownout(NOON, 5, HOUR),
            at(2026, 12, 2, 3, 4),
            at(2026, 12, 2, 3, 5),
            at(2026, 12, 2, 3),
            at(2026, 12, 2, 3, 5),
        ),
        (Brownout(NOON, 5, HOUR), at(2026, 12, 2, 3, 5), None, at(2026, 12, 2, 4), at(2026, 12, 2, 4)),
    ),
)
def test_brownouts_open_and_close(brownout: Brownout, moment: datetime, ends: Any, start: Any, change: Any) -> None:
    assert (brownout.ends(moment), brownout.next_start(moment), brownout.next_change(moment)) == (ends, start, change)


@pytest.mark.parametrize(
    ("sunset", "moment", "start"),
    (
        (None, at(2026, 12, 1, 11), NOON),
        (None, at(2026, 12, 1, 12, 5), None),
        (at(2026, 12, 1, 12, 3), at(2026, 12, 1, 12, 2), NOON),
        (at(2026, 12, 1, 12, 3), at(2026, 12, 1, 12, 3), None),
    ),
)
def test_no_window_is_open_or_comes_after_the_sunset(sunset: Any, moment: datetime, start: Any) -> None:
    brownout = Brownout(NOON, 5)
    life = Version(1, deprecated=at(2026, 1, 1, 0), sunset=sunset, brownouts=[brownout]).life
    assert life.next_window(brownout, moment) == start


MOMENTS = st.datetimes(datetime(2026, 11, 1), datetime(2027, 6, 1), timezones=st.just(UTC))


@given(
    st.builds(
        Brownout, MOMENTS, st.integers(1, 90), st.none() | st.integers(91, 5000).map(lambda m: timedelta(minutes=m))
    ),
    MOMENTS,
    MOMENTS,
)
def test_nothing_changes_before_the_next_change(brownout: Brownout, one: datetime, other: datetime) -> None:
    life = Version(1, deprecated=date(2026, 11, 1), sunset=date(2027, 5, 1), brownouts=[]).life
    life = type(life)(**{**vars(life), "brownouts": (brownout,)})
    moment, later = sorted((one, other))
    change = life.next_change(moment)

    def told(when: datetime) -> Any:
        return life.state(when), life.brownout(when), life.notice(when)

    if change is None or later < change:
        assert told(later) == told(moment)
    else:
        assert change > moment
        assert told(change) != told(change - timedelta(microseconds=1)) or life.state(change) != "deprecated"


def test_VER_7_3_brownouts_that_meet_are_one_and_end_with_the_version() -> None:
    late = Brownout(at(2027, 2, 28, 23, 50), 60)
    first, second = Brownout(NOON, 30), Brownout(NOON + timedelta(minutes=20), 30)
    life = Version(1, deprecated=SEPTEMBER, sunset=MARCH, brownouts=[second, first, late]).life
    assert life.brownout(at(2026, 12, 1, 12, 5)) == at(2026, 12, 1, 12, 50)
    assert life.brownout(at(2027, 2, 28, 23, 55)) == at(2027, 3, 1)
    assert life.brownout(at(2026, 12, 1, 11)) is None
    assert Version(1, deprecated=SEPTEMBER).life.brownout(at(2026, 12, 1, 11)) is None


def test_a_retired_version_has_no_brownouts_to_wait_for() -> None:
    life = Version(1, deprecated=SEPTEMBER, sunset=MARCH, brownouts=[Brownout(NOON, 5, HOUR)]).life
    assert life.next_change(at(2027, 3, 1)) is None
    assert life.brownout(at(2027, 3, 1, 12, 1)) is None
    assert next_change([life], [at(2028, 1, 1)], at(2027, 3, 1)) == at(2028, 1, 1)


@pytest.mark.parametrize(
    ("told", "moment", "notice"),
    (
        ({"preview": True}, at(2026, 1, 1), None),
        ({}, at(2026, 1, 1), None),
        ({"deprecated": SEPTEMBER, "sunset": MARCH}, at(2026, 8, 31), None),
        ({"deprecated": SEPTEMBER}, at(2026, 9, 1), Notice(at(2026, 9, 1), None, None, None)),
        (
            {"deprecated": SEPTEMBER, "sunset": MARCH, "deprecation_link": "/d", "sunset_link": "/s"},
            at(2028, 1, 1),
            Notice(at(2026, 9, 1), at(2027, 3, 1), "/d", "/s"),
        ),
        ({"sunset": MARCH, "sunset_link": "/s"}, at(2026, 1, 1), Notice(None, at(2027, 3, 1), None, "/s")),
    ),
)
def test_what_users_of_a_version_are_told(told: dict[str, Any], moment: datetime, notice: Any) -> None:
    assert Version(1, **told).life.notice(moment) == notice


@pytest.mark.parametrize(
    ("versions", "withdrawn", "sentence"),
    (
        (
            [Version(3), Version(2, preview=True), Version(1)],
            [],
            "Version 2 would be a preview while version 3 is none",
        ),
        ([Version(2, stable=SEPTEMBER), Version(1, stable=MARCH)], [], "Version 1 would be a preview while version 2"),
        ([Version(2, stable=SEPTEMBER), Version(1, preview=True)], [], "Version 1 would be a preview while version 2"),
        ([Version(2)], [Version(3)], "Version 3 is out of order"),
        ([Version(2)], [Version(2)], "Version 2 is out of order"),
        (
            [Version(2)],
            [Version(1, type("Change", (VersionChange,), {}))],
            "Version 1 is withdrawn, so that nothing leads",
        ),
        ([Version(2)], [Version(1, stable=SEPTEMBER)], "is withdrawn, and neither a preview nor on and off"),
        (
            [Version(2)],
            [Version(1, deprecated=SEPTEMBER, brownouts=[Brownout(NOON, 5)])],
            "is withdrawn, and neither a preview nor on and off",
        ),
        ([Version(2)], Version(1), "withdrawn is a list of Version"),
    ),
)
def test_VER_2_2_versions_that_make_no_timeline_are_refused(versions: Any, withdrawn: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        make_api(versions=versions, withdrawn=withdrawn)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "versions",
    (
        [Version(2, preview=True), Version(1, preview=True)],
        [Version(2, preview=True), Version(1, stable=MARCH)],
        [Version(2, stable=MARCH), Version(1, stable=SEPTEMBER)],
        [Version(2, stable=MARCH), Version(1, stable=MARCH)],
    ),
)
def test_previews_may_stand_before_what_is_stable_no_earlier(versions: Any) -> None:
    assert make_api(versions=versions).versions == tuple(versions)


@pytest.mark.parametrize(
    ("make", "sentence"),
    (
        (lambda: Deprecation("soon"), "since='soon' is no date"),  # type: ignore[arg-type]
        (lambda: Deprecation(MARCH, SEPTEMBER), "sunset (2026-09-01) is before since (2027-03-01)"),
        (lambda: Deprecation(MARCH, link="a b"), "link='a b' is no URL"),
        (lambda: Deprecation(MARCH, link="javascript:alert(1)"), "is no link to a page"),
        (lambda: Deprecation(MARCH, sunset_link=1), "sunset_link=1 is no URL"),  # type: ignore[arg-type]
        (lambda: Route("GET", "/a", deprecated=True), "GET /a: since=True is no date"),  # type: ignore[arg-type]
        (
            lambda: Resource("thing", make_api().resources[0].schema, item="/a/<id>", deprecated="now"),  # type: ignore[arg-type]
            "GET /a/<id>: since='now' is no date",
        ),
        (lambda: Discovery(build=1), "say it in a text, or leave it out"),  # type: ignore[arg-type]
        (lambda: Discovery(commit=""), "say it in a text, or leave it out"),
        (lambda: Discovery(changelog="/log#{release}"), "only {version} can be filled in"),
        (lambda: Discovery(changelog="/log#{"), "cannot be filled in"),
        (lambda: Discovery(changelog=7), "cannot be filled in"),  # type: ignore[arg-type]
        (lambda: Discovery(documentation="a b"), "is no URL"),
        (lambda: make_api(discovery="yes"), "discovery='yes' is Discovery"),
    ),
)
def test_declarations_about_the_end_of_things_are_checked(make: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        make()
    assert sentence in str(caught.value)


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(DeclarationError, match="has no zone"):
        make_api(clock=lambda: datetime(2026, 1, 1))


def test_discovery_is_on_behind_a_prefix_and_can_be_chosen() -> None:
    assert make_api().discovery == Discovery()
    assert make_api(prefix="").discovery is None
    assert make_api(prefix="", discovery=True).discovery == Discovery()
    assert make_api(discovery=False).discovery is None
    assert make_api(discovery=Discovery(build="1")).discovery == Discovery(build="1")
