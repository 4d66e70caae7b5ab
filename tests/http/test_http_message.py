"""Requests and replies as values: headers taken out, and what Vary says of both sides."""

from __future__ import annotations

import pytest

from translayer.http.fields import Fields
from translayer.http.message import BODILESS, LENGTHLESS, NOT_FORWARDED, REPRESENTATION, merged_vary, without


@pytest.mark.parametrize(
    ("present", "added", "expected"),
    (
        ((), (), ""),
        ((), ("Accept",), "Accept"),
        (("Origin",), (), "Origin"),
        (("Origin, Cookie", "ACCEPT"), ("Accept", "Prefer"), "Origin, Cookie, ACCEPT, Prefer"),
        (("accept,accept , Accept",), ("Accept",), "accept"),
        (("", " , ,"), ("Accept",), "Accept"),
        (("*",), ("Accept",), "*"),
        (("Origin, *",), ("Accept",), "*"),
    ),
)
def test_vary_names_all_of_both_sides_once(present: tuple[str, ...], added: tuple[str, ...], expected: str) -> None:
    assert merged_vary(present, added) == expected


def test_headers_are_taken_out_of_a_copy_whatever_their_case() -> None:
    headers = Fields([("ETag", "a"), ("X-A", "b"), ("etag", "c"), ("X-a", "d")])
    assert list(without(headers, frozenset({"etag"}))) == [("X-A", "b"), ("X-a", "d")]
    assert len(list(headers)) == 4


def test_the_tables_are_in_lower_case_and_agree() -> None:
    assert all(name == name.lower() for name in REPRESENTATION | NOT_FORWARDED)
    assert LENGTHLESS < BODILESS
