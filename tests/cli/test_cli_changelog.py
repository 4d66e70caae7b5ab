"""``translayer changelog``: what every version did, in Markdown and in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from click.testing import Result
from things import THING, VERSIONS, make_api

from examples.bookings.api import api as bookings
from translayer import Version
from translayer.cli.changelog import Chapter, markdown


def headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def test_OPS_7_10_the_changelog_is_markdown_with_every_version_its_dates_and_its_changes(
    call: Callable[..., Result],
) -> None:
    text = call("changelog").output
    entries = bookings.changelog()
    titles = {entry.title for entry in entries}
    assert headings(text)[0] == f"# Changelog of {bookings.info.title}"
    assert {line for line in headings(text) if line.startswith("### ")} == {f"### {title}" for title in titles}
    assert [line for line in headings(text) if line.startswith("## ")] == [f"## Version {n}" for n in (4, 3, 2, 1)]
    assert {line[2:] for line in text.splitlines() if line.startswith("- ")} == {
        sentence for entry in entries for sentence in entry.sentences
    }
    assert "\n## Version 4\n\nA preview.\n" in text
    assert text.endswith("\n## Version 1\n\nDeprecated from 2026-09-01, retired on 2027-09-01.\n\nThe first version.\n")


WINDOWS: tuple[tuple[list[str], list[str]], ...] = (
    ([], ["4", "3", "2", "1"]),
    (["--from", "1"], ["4", "3", "2"]),
    (["--to", "3"], ["3", "2", "1"]),
    (["--from", "1", "--to", "3"], ["3", "2"]),
    (["--from", "3", "--to", "3"], []),
)


@pytest.mark.parametrize("window, versions", WINDOWS)
def test_it_goes_from_one_version_to_another(
    call: Callable[..., Result], window: list[str], versions: list[str]
) -> None:
    told = json.loads(call("changelog", "--json", *window).output)
    assert [chapter["version"] for chapter in told] == versions
    assert [line for line in headings(call("changelog", *window).output) if line.startswith("## ")] == [
        f"## Version {version}" for version in versions
    ]


def test_OPS_7_2_the_changelog_is_json_where_asked(call: Callable[..., Result]) -> None:
    told = {chapter["version"]: chapter for chapter in json.loads(call("changelog", "--json").output)}
    assert told["4"] == {
        "version": "4",
        "preview": True,
        "stable": None,
        "deprecated": None,
        "sunset": None,
        "changes": [{"title": "`notes` are called `remarks`.", "sentences": ["`notes` is called `remarks`."]}],
    }
    assert (told["1"]["deprecated"], told["1"]["sunset"], told["1"]["changes"]) == ("2026-09-01", "2027-09-01", [])


@pytest.mark.parametrize(
    "window, sentence",
    (
        (["--from", "3", "--to", "2"], "version 3 is newer than version 2: swap --from and --to"),
        (["--from", "9"], "there is no version 9; there are 4, 3, 2, 1"),
    ),
)
def test_OPS_7_1_versions_that_make_no_sense_are_refused(
    call: Callable[..., Result], window: list[str], sentence: str
) -> None:
    result = call("changelog", *window)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


DATES: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, ""),
    ({"preview": True, "stable": date(2030, 1, 1)}, "Stable from 2030-01-01."),
    (
        {"stable": date(2030, 1, 1), "deprecated": date(2031, 1, 1), "sunset": date(2032, 1, 1)},
        "Stable from 2030-01-01, deprecated from 2031-01-01, retired on 2032-01-01.",
    ),
    ({"sunset": date(2032, 1, 1)}, "Retired on 2032-01-01."),
)


@pytest.mark.parametrize("dates, sentence", DATES)
def test_the_dates_of_a_version_are_told_in_a_sentence(dates: dict[str, Any], sentence: str) -> None:
    version = Version(3, **dates)
    api = make_api(resources=[THING], versions=[version])
    lines = [line.text for line in markdown(api, [Chapter(version, [])])]
    told = ["", sentence] if sentence else []
    assert lines == ["# Changelog of acme", "", "## Version 3", *told, "", "The first version."]


def test_a_version_that_changed_nothing_says_so() -> None:
    api = make_api(versions=[Version(4), *VERSIONS])
    assert [line.text for line in markdown(api, [Chapter(api.versions[0], [])])][2:] == [
        "## Version 4",
        "",
        "Nothing has changed.",
    ]
