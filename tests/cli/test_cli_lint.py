"""``translayer lint``: findings for readers and for programs, and which of them count."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import Result
from terminal import COLOUR

from examples.bookings.api import api as bookings

UGLY = """
from marshmallow import Schema, fields
from translayer import Api, Resource, Route, Version

class UglySchema(Schema):
    text = fields.String()

ugly = Resource("ugly", UglySchema, routes=[Route("GET", "/Uglies"), Route("POST", "/uglies/<id>/confirm")])
api = Api("acme", [ugly], [Version(1)])
"""


def test_CON_6_7_findings_are_told_with_their_versions_and_counted(call: Callable[..., Result]) -> None:
    assert call("lint").output == (
        "hint NO_ABBREVIATIONS, in version 1\n"
        "    booking.pax: “pax” is short for something: write “passengers”.\n"
        "hint DEPRECATION_LINK, in version 2\n"
        "    version 2: its users are told to move on, and not how: name a page, deprecation_link='https://…'.\n"
        "0 warnings, 2 hints\n"
    )


STATUSES: tuple[tuple[list[str], int], ...] = (
    ([], 0),
    (["--strict"], 1),
    (["--strict", "--version", "4"], 0),
    (["--strict", "--version", "4", "--version", "1"], 1),
    (["--strict", "--without", "NO_ABBREVIATIONS"], 1),
    (["--strict", "--without", "NO_ABBREVIATIONS", "--without", "DEPRECATION_LINK"], 0),
)


@pytest.mark.parametrize("options, status", STATUSES)
@pytest.mark.parametrize("form", ([], ["--json"]))
def test_CON_6_7_hints_count_where_they_are_asked_to(
    call: Callable[..., Result], form: list[str], options: list[str], status: int
) -> None:
    assert call("lint", *form, *options).exit_code == status


def test_CON_6_7_warnings_always_count(call: Callable[..., Result], module: Callable[[str], str]) -> None:
    name = module(UGLY)
    result = call("lint", api=f"{name}:api")
    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == "2 warnings, 1 hint"
    decided = [option for id in ("LOWER_CASE", "MANDATORY_INFO") for option in ("--without", id)]
    told = call("lint", *decided, api=f"{name}:api")
    assert (told.exit_code, told.output.splitlines()[-1]) == (0, "0 warnings, 1 hint")


def test_OPS_7_2_findings_are_json_where_asked(call: Callable[..., Result]) -> None:
    assert json.loads(call("lint", "--json").output) == [
        {
            "id": advice.id,
            "level": advice.level,
            "about": advice.about,
            "place": advice.place,
            "versions": list(advice.versions),
            "sentence": advice.sentence,
        }
        for advice in bookings.lint()
    ]


@pytest.mark.parametrize(
    "options, sentence",
    (
        (["--without", "MANNERS"], "there is no convention 'MANNERS'; there are LOWER_CASE, "),
        (["--version", "9"], "there is no version 9; there are 4, 3, 2, 1"),
    ),
)
def test_OPS_7_1_what_there_is_not_cannot_be_left_out(
    call: Callable[..., Result], options: list[str], sentence: str
) -> None:
    result = call("lint", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_OPS_7_5_sentences_are_folded_at_the_width_of_the_terminal(
    call: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "50")
    lines = COLOUR.sub("", call("lint", "--version", "2").output).splitlines()
    assert lines == [
        "hint DEPRECATION_LINK, in version 2",
        "    version 2: its users are told to move on, and",
        "    not how: name a page,",
        "    deprecation_link='https://…'.",
        "0 warnings, 1 hint",
    ]
    monkeypatch.setenv("COLUMNS", "39")
    assert len(COLOUR.sub("", call("lint", "--version", "2").output).splitlines()) == 3
