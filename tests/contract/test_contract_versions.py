"""Versions: how they are written, how they are ordered, and what they did."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from translayer import Api, Resource, Translator, Version, VersionChange
from translayer.contract.version import title
from translayer.errors import DeclarationError
from translayer.operations import add, moved, rename


class NoteSchema(Schema):
    text = fields.String()


NOTE = Resource("note", NoteSchema, item="/notes/<id>")


@pytest.mark.parametrize("number", [1, 2, 10, 117, "3"])
def test_VER_1_1_a_version_is_a_positive_whole_number(number: Any) -> None:
    version = Version(number)
    assert version.text == str(number)
    assert version.order("integer") == (int(number),)


NO_INTEGERS = (
    0,
    -1,
    True,
    1.0,
    1.5,
    "",
    "0",
    "01",
    "1.2",
    "v1",
    " 1",
    "1\n",
    "١",
    "2026-11-20",
    None,
    date(2026, 1, 1),
)


@pytest.mark.parametrize("number", NO_INTEGERS)
def test_VER_1_1_nothing_else_is(number: Any) -> None:
    with pytest.raises(DeclarationError, match="no version of the scheme 'integer': write a positive whole number"):
        Version(number).order("integer")


@pytest.mark.parametrize(
    ("scheme", "number", "order"),
    (
        ("dotted", "1.10", (1, 10)),
        ("dotted", "0.1", (0, 1)),
        ("dotted", "2.0.0", (2, 0, 0)),
        ("date", "2026-11-20", (2026, 11, 20)),
        ("date", date(2026, 11, 2), (2026, 11, 2)),
    ),
)
def test_VER_1_2_schemes_are_chosen_per_api(scheme: Any, number: Any, order: tuple[int, ...]) -> None:
    assert Version(number).order(scheme) == order
    api = Api("acme", [NOTE], [Version(number)], scheme=scheme)
    assert api.versions[0].text == str(number)


@pytest.mark.parametrize(
    ("scheme", "number"),
    (
        *(("dotted", number) for number in (1, "1", 1.1, "1.", ".1", "1.01", "1..2", "1.a", "v1.2", date(2026, 1, 1))),
        *(("date", number) for number in (1, "2026-1-2", "20261120", "2026-02-30", "0000-01-01", datetime(2026, 1, 1))),
    ),
)
def test_VER_1_2_what_is_not_of_the_scheme_is_refused(scheme: Any, number: Any) -> None:
    with pytest.raises(DeclarationError, match=r"is no version of the scheme|is no day of the calendar"):
        Api("acme", [NOTE], [Version(number)], scheme=scheme)


TIMELINES = (
    ("integer", (10, 9, 2, 1)),
    ("dotted", ("2.0", "1.10", "1.9.1", "1.9", "1.2", "0.11")),
    ("date", ("2026-11-20", date(2026, 2, 3), "2025-12-31")),
)


@pytest.mark.parametrize(("scheme", "timeline"), TIMELINES)
def test_VER_1_3_versions_are_ordered_by_place_never_as_text(scheme: Any, timeline: tuple[Any, ...]) -> None:
    Api("acme", [NOTE], [Version(number) for number in timeline], scheme=scheme)
    for newer, older in pairwise(timeline):
        with pytest.raises(DeclarationError, match=f"Version {newer} is out of order"):
            Api("acme", [NOTE], [Version(older), Version(newer)], scheme=scheme)


@given(st.lists(st.lists(st.integers(0, 20), min_size=2, max_size=3), min_size=2, max_size=2))
def test_VER_1_3_dotted_versions_compare_part_by_part(parts: list[list[int]]) -> None:
    one, other = (Version(".".join(map(str, numbers))).order("dotted") for numbers in parts)
    assert (one < other) is (parts[0] < parts[1])


def test_VER_4_1_a_version_without_changes_has_every_shape_and_route_of_the_one_before() -> None:
    api = Api("acme", [NOTE], [Version(3), Version(2), Version(1)])
    assert api.tables[0] == api.tables[1] == api.tables[2]
    document = {"text": "x"}
    assert api.translate(document, "note", from_version=1, to_version=3) == document
    assert api.translation(NoteSchema, 2).shows_all(document)


# What a version did


class ByHand(Translator):
    """By hand."""

    schema = NoteSchema

    def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return document

    def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return document


class First(VersionChange):
    """Notes have
    texts.

    In many words.
    """

    schemas = {NoteSchema: [rename("body", "text"), ByHand]}
    routes = [moved("/a", to="/notes")]


class Second(VersionChange):
    schemas = {NoteSchema: add("text")}
    routes = (moved("/b", to="/a"),)


def test_operations_of_several_changes_follow_each_other() -> None:
    told = Version(2, First, Second).operations()
    sentences = [operation.sentence for operation in told[NoteSchema]]
    assert sentences == ["`body` is called `text`.", "By hand.", "`text` is new."]
    assert [change.sentence for change in Version(2, First, Second).route_changes()] == [
        "`/a` moved to `/notes`.",
        "`/b` moved to `/a`.",
    ]


def test_versions_are_values() -> None:
    assert Version(2, First) == Version(2, First)
    assert Version(2, First) != Version(2)
    assert len({Version(2, First), Version(2, First)}) == 1
    with pytest.raises(AttributeError):
        Version(2).number = 3  # type: ignore[misc]


class Heir(First):
    pass


@pytest.mark.parametrize(
    ("change", "told"), ((First, "Notes have texts. In many words."), (Second, "Second"), (Heir, "Heir"))
)
def test_a_change_is_titled_by_its_docstring_or_its_name(change: type[VersionChange], told: str) -> None:
    assert title(change) == told
