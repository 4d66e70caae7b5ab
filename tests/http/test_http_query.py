"""Query strings: taken apart, and each pair kept beside its own spelling."""

from __future__ import annotations

import pytest

from translayer.http.query import Parameter, parameters, query_of, written

PAIRS = (
    ("", []),
    ("a=1", [("a", "1")]),
    ("a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")]),
    ("&&a=1&", [("a", "1")]),
    ("a", [("a", "")]),
    ("a=", [("a", "")]),
    ("=1", [("", "1")]),
    ("a=b=c", [("a", "b=c")]),
    ("a=1;b=2", [("a", "1;b=2")]),
    ("a+b=c+d", [("a b", "c d")]),
    ("a%20b=c%2Bd", [("a b", "c+d")]),
    ("filter%5Bname%5D=Ada", [("filter[name]", "Ada")]),
    ("filter[name]=Ada", [("filter[name]", "Ada")]),
    ("name=%C3%A9", [("name", "é")]),
    ("name=\xc3\xa9", [("name", "é")]),
    ("name=%", [("name", "%")]),
    ("name=%ff", [("name", None)]),
    ("%ff=1", [("\ufffd", "1")]),
    ("name=\u20ac", [("name", "?")]),
)


@pytest.mark.parametrize(("query", "pairs"), PAIRS)
def test_a_query_is_taken_apart(query: str, pairs: list[tuple[str, str | None]]) -> None:
    found = parameters(query)
    assert [(pair.name, pair.value) for pair in found] == pairs
    assert query_of(found) == "&".join(text for text in query.split("&") if text)


WRITTEN = (
    ("pax", "2", "pax=2"),
    ("filter[name]", "Ada & co", "filter%5Bname%5D=Ada+%26+co"),
    ("sort", "-a,b.c", "sort=-a,b.c"),
    ("name", "é+", "name=%C3%A9%2B"),
    ("at", "2026-12-01T09:30:00Z", "at=2026-12-01T09:30:00Z"),
)


@pytest.mark.parametrize(("name", "value", "text"), WRITTEN)
def test_a_pair_is_written_so_that_it_is_read_again(name: str, value: str, text: str) -> None:
    assert written(name, value) == Parameter(text, name, value)
    assert parameters(text) == [Parameter(text, name, value)]


def test_a_pair_under_another_name_keeps_the_spelling_of_its_value() -> None:
    (pair,) = parameters("a=%32+x")
    assert pair.called("b[]") == Parameter("b%5B%5D=%32+x", "b[]", "2 x")
    assert pair.called("a") is pair
    (bare,) = parameters("a")
    assert bare.called("b").text == "b"
