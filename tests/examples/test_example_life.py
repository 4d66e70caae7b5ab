"""The example through the years: its clock, its partners, and what gunicorn answers as time passes, never restarted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from examples.bookings.api import api
from examples.bookings.app import create_app
from examples.bookings.clock import now
from examples.bookings.partners import PARTNERS
from examples.bookings.samples import SAMPLES
from tests.served.serving import Answer, Caller, bookings

FIRST = SAMPLES[0]["id"]
NAMES = {"1": "reservations", "2": "reservations", "3": "bookings", "4": "bookings"}
"""What each version calls the collection."""

EARLY = {"X-Api-Key": "early-bird"}
STEADY = {"X-Api-Key": "steady"}


def url(version: str) -> str:
    return f"/api/v{version}/{NAMES[version]}/{FIRST}"


# The clock


@pytest.mark.parametrize(
    ("text", "moment"),
    (
        ("2027-10-01T00:00:00+00:00", datetime(2027, 10, 1, tzinfo=UTC)),
        ("2027-10-01T02:00:00+02:00\n", datetime(2027, 10, 1, tzinfo=UTC)),
        (" 2027-08-02T09:05:00Z ", datetime(2027, 8, 2, 9, 5, tzinfo=UTC)),
    ),
)
def test_the_time_is_what_the_file_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, moment: datetime
) -> None:
    clock = tmp_path / "clock"
    monkeypatch.setenv("BOOKINGS_CLOCK", str(clock))
    clock.write_text(text, encoding="ascii")
    assert now() == moment
    clock.write_text("2030-01-01T00:00:00+00:00", encoding="ascii")
    assert now() == datetime(2030, 1, 1, tzinfo=UTC)


def test_without_a_file_the_time_is_the_machines_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOOKINGS_CLOCK", raising=False)
    before = datetime.now(UTC)
    told = now()
    assert before <= told <= datetime.now(UTC)
    assert told.utcoffset() == timedelta()


# The partners


@pytest.fixture
def get(serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Asks the example, at a time at which version 1 is deprecated and still the oldest that is served."""
    clock = tmp_path / "clock"
    clock.write_text("2026-12-01T12:00:00+00:00", encoding="ascii")
    monkeypatch.setenv("BOOKINGS_CLOCK", str(clock))
    app = create_app(str(tmp_path / "bookings.sqlite3"))
    yield serve(app, api).get
    app.extensions["bookings"].close()


KEYS: tuple[tuple[dict[str, str], str, int], ...] = (
    # the headers, the version of those who name none, and the status of version 4
    ({}, "1", 404),
    ({"X-Api-Key": ""}, "1", 404),
    ({"X-Api-Key": "nobody"}, "1", 404),
    ({"X-Api-Key": "Steady"}, "1", 404),
    (STEADY, "2", 404),
    (EARLY, "1", 200),
)


@pytest.mark.parametrize(("headers", "version", "status"), KEYS)
def test_a_partner_is_known_by_the_key(
    get: Callable[..., Any], headers: dict[str, str], version: str, status: int
) -> None:
    unnamed = get(f"/api/reservations/{FIRST}", headers=headers)
    assert (unnamed.status_code, unnamed.headers["X-Api-Version"]) == (200, version)
    assert get(url("4"), headers=headers).status_code == status
    assert "X-Api-Key" in unnamed.headers["Vary"]


@pytest.mark.parametrize("version", ("1", "2", "3"))
def test_a_pinned_partner_may_still_name_any_version_that_is_published(get: Callable[..., Any], version: str) -> None:
    reply = get(url(version), headers=STEADY)
    assert (reply.status_code, reply.headers["X-Api-Version"]) == (200, version)


def test_a_preview_is_not_what_is_latest_for_those_who_see_it_either(get: Callable[..., Any]) -> None:
    reply = get(f"/api/latest/bookings/{FIRST}", headers=EARLY)
    assert (reply.status_code, reply.headers["X-Api-Version"]) == (200, "3")


def test_every_partner_is_in_the_table(get: Callable[..., Any]) -> None:
    assert {headers["X-Api-Key"] for headers, *_ in KEYS if headers} >= set(PARTNERS)


def test_version_4_has_remarks_where_version_3_has_notes(get: Callable[..., Any]) -> None:
    third, fourth = get(url("3"), headers=EARLY).json, get(url("4"), headers=EARLY).json
    assert ("notes" in third, "remarks" in third) == (True, False)
    assert {"notes" if name == "remarks" else name: value for name, value in fourth.items()} == third


# The years

END_OF_1 = {"Deprecation": "@1788220800", "Sunset": "Wed, 01 Sep 2027 00:00:00 GMT"}
TO_2 = {**END_OF_1, "Location": url("2")}
END_OF_2 = {"Deprecation": "@1811808000"}

Said = tuple[int, dict[str, str]]

PUBLISHED: Said = (200, {})
UNKNOWN: Said = (404, {})
FIRST_ENDS: Said = (200, END_OF_1)
FIRST_HAS_ENDED: Said = (301, TO_2)
SECOND_ENDS: Said = (200, END_OF_2)


def off(seconds: int) -> Said:
    """Version 1 in a brownout that lasts so much longer."""
    return 301, {**TO_2, "Retry-After": str(seconds)}


YEARS: dict[str, tuple[Said, Said]] = {
    # the moment, and what versions 1 and 2 say then
    "2026-01-01T00:00:00": (PUBLISHED, PUBLISHED),
    "2026-08-31T23:59:59": (PUBLISHED, PUBLISHED),
    "2026-09-01T00:00:00": (FIRST_ENDS, PUBLISHED),
    "2027-05-31T23:59:59": (FIRST_ENDS, PUBLISHED),
    "2027-06-01T00:00:00": (FIRST_ENDS, SECOND_ENDS),
    "2027-08-02T08:59:59": (FIRST_ENDS, SECOND_ENDS),
    "2027-08-02T09:00:00": (off(600), SECOND_ENDS),
    "2027-08-02T09:09:59": (off(1), SECOND_ENDS),
    "2027-08-02T09:10:00": (FIRST_ENDS, SECOND_ENDS),
    "2027-08-09T09:05:00": (off(300), SECOND_ENDS),
    "2027-08-31T23:59:59": (FIRST_ENDS, SECOND_ENDS),
    "2027-09-01T00:00:00": (FIRST_HAS_ENDED, SECOND_ENDS),
    "2027-09-06T09:05:00": (FIRST_HAS_ENDED, SECOND_ENDS),
    "2027-10-01T00:00:00": (FIRST_HAS_ENDED, SECOND_ENDS),
    "2037-10-01T00:00:00": (FIRST_HAS_ENDED, SECOND_ENDS),
}
TOLD = ("Deprecation", "Sunset", "Location", "Retry-After")

EXPECTED: dict[tuple[str, str], tuple[Said, Said]] = {
    # the moment and the version: what it says to anybody, and to whoever sees previews
    (moment, version): said
    for moment, (first, second) in YEARS.items()
    for version, said in {
        "1": (first, first),
        "2": (second, second),
        "3": (PUBLISHED, PUBLISHED),
        "4": (UNKNOWN, PUBLISHED),
    }.items()
}
LEADS_TO = {"1": "2", "2": "3"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port and the clock of a service that runs for all years."""
    directory = tmp_path_factory.mktemp("life")
    with bookings(directory) as port:
        yield port, directory / "clock"


@pytest.fixture
def caller(service: tuple[int, Path]) -> Iterator[Caller]:
    with Caller(service[0]) as opened:
        yield opened


@pytest.fixture
def turn_to(service: tuple[int, Path]) -> Callable[[str], None]:
    """Sets the clock to a moment in UTC, while the service runs."""

    def turned(moment: str) -> None:
        clock = service[1]
        written = clock.with_name("clock.new")
        written.write_text(f"{moment}+00:00", encoding="ascii")
        # In one step: a worker may be starting, and must not find the file empty.
        written.replace(clock)

    return turned


def said(answer: Answer) -> Said:
    return answer.status, {name: answer.headers[name] for name in TOLD if name in answer.headers}


@pytest.mark.parametrize(("moment", "version"), EXPECTED)
def test_VER_2_3_every_version_says_where_it_is_in_its_life(
    caller: Caller, turn_to: Callable[[str], None], moment: str, version: str
) -> None:
    turn_to(moment)
    to_anybody, to_the_early = EXPECTED[moment, version]
    answer = caller.ask("GET", url(version))
    assert said(answer) == to_anybody
    assert said(caller.ask("GET", url(version), headers=EARLY)) == to_the_early
    links = answer.headers.get("Link", "")
    assert (f'<{url(LEADS_TO.get(version, version))}>; rel="successor-version"' in links) == (
        "Deprecation" in answer.headers
    )


def test_VER_2_3_states_change_with_the_clock_forward_and_back_and_nothing_is_restarted(
    caller: Caller, turn_to: Callable[[str], None]
) -> None:
    caller.ask("GET", "/status")
    kept = caller.connection.sock
    for moment in (*YEARS, *reversed(YEARS)):
        turn_to(moment)
        for version in NAMES:
            expected = (moment, version, *EXPECTED[moment, version])
            asked = [said(caller.ask("GET", url(version), headers=headers)) for headers in ({}, EARLY)]
            assert (moment, version, *asked) == expected
    # The worker that gave the first answer has given the last one too.
    assert caller.connection.sock is kept is not None


LIVES = {
    "2026-08-31T23:59:59": {"4": "preview", "3": "stable", "2": "stable", "1": "stable"},
    "2026-09-01T00:00:00": {"4": "preview", "3": "stable", "2": "stable", "1": "deprecated"},
    "2027-06-01T00:00:00": {"4": "preview", "3": "stable", "2": "deprecated", "1": "deprecated"},
    "2027-10-01T00:00:00": {"4": "preview", "3": "stable", "2": "deprecated", "1": "retired"},
}
"""What the service says of itself to whoever sees previews."""


@pytest.mark.parametrize("moment", [*LIVES, *reversed(LIVES)])
def test_VER_2_3_the_service_says_of_itself_what_it_does(
    caller: Caller, turn_to: Callable[[str], None], moment: str
) -> None:
    turn_to(moment)
    for headers, versions in (({}, {"3", "2", "1"}), (EARLY, {"4", "3", "2", "1"})):
        told = caller.ask("GET", "/api/", headers=headers).json["versions"]
        states = {version["version"]: version["state"] for version in told}
        assert states == {version: state for version, state in LIVES[moment].items() if version in versions}


def test_VER_2_3_there_is_a_day_with_one_version_of_each_state(caller: Caller, turn_to: Callable[[str], None]) -> None:
    moment = "2027-10-01T00:00:00"
    turn_to(moment)
    assert Counter(LIVES[moment].values()) == {"preview": 1, "stable": 1, "deprecated": 1, "retired": 1}
    assert said(caller.ask("GET", url("4"))) == UNKNOWN
    assert caller.ask("GET", url("4"), headers=EARLY).json["remarks"] == SAMPLES[0]["notes"]
    assert caller.ask("GET", url("3")).json["notes"] == SAMPLES[0]["notes"]
    assert said(caller.ask("GET", url("2"))) == SECOND_ENDS
    retired = caller.ask("GET", url("1"))
    assert said(retired) == FIRST_HAS_ENDED
    followed = caller.ask("GET", retired.headers["Location"])
    assert (followed.status, followed.json["id"]) == (200, FIRST)
    # Nor is it the oldest any more, for those who name no version.
    assert caller.ask("GET", f"/api/reservations/{FIRST}").headers["X-Api-Version"] == "2"


def test_VER_2_3_who_is_led_elsewhere_keeps_the_method_of_a_write(
    caller: Caller, turn_to: Callable[[str], None]
) -> None:
    for moment, headers in (("2027-08-02T09:05:00", {"Retry-After": "300"}), ("2027-10-01T00:00:00", {})):
        turn_to(moment)
        refused = caller.ask("POST", "/api/v1/reservations", {"reference": "BK-9999"})
        assert said(refused) == (308, {**END_OF_1, "Location": "/api/v2/reservations", **headers})
        assert ("no-store" in refused.headers.get("Cache-Control", "")) == bool(headers)
