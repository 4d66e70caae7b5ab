"""Prefer: names, values, and what is passed over."""

from __future__ import annotations

import pytest

from translayer.http.prefer import others, preferences

READ = (
    (None, {}),
    ("", {}),
    ("respond-async", {"respond-async": ""}),
    ("Return=Minimal", {"return": "minimal"}),
    ('return = "minimal" ; x=y, wait=5', {"return": "minimal", "wait": "5"}),
    ("handling=lenient, handling=strict", {"handling": "lenient"}),
    ('x="a, return=minimal", wait=5', {"x": "a, return=minimal", "wait": "5"}),
    (",, return=minimal ,,", {"return": "minimal"}),
    ("=", {"": ""}),
)


@pytest.mark.parametrize(("header", "expected"), READ)
def test_preferences_are_read_by_name(header: str | None, expected: dict[str, str]) -> None:
    assert preferences(header) == expected


LEFT = (
    ("return=minimal", None),
    ("wait=5", "wait=5"),
    ('Return=minimal; a=b, wait=5; c="d, e", handling=strict', 'wait=5; c="d, e"'),
    ("", None),
)


@pytest.mark.parametrize(("header", "expected"), LEFT)
def test_others_stay_as_they_were(header: str, expected: str | None) -> None:
    assert others(header, {"return", "handling"}) == expected
