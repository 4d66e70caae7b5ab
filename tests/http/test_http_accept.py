"""Accept: the reading of ranges, the range that decides, and the choice among offers (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translayer.errors import RequestError
from translayer.http.accept import (
    ANYTHING,
    MAX_ACCEPT_ITEMS,
    MAX_ACCEPT_LENGTH,
    accepted,
    choose,
    names,
    parse_accept,
    quality,
)
from translayer.http.media import MediaType

JSON, V1, V2 = map(
    MediaType.parse, ("application/json", "application/vnd.acme.v1+json", "application/vnd.acme.v2+json")
)
PARAMETER = MediaType.parse("application/vnd.acme+json; version=2")


@pytest.mark.parametrize(
    ("text", "chosen"),
    (
        ("application/json, application/vnd.acme.v2+json;q=0.9", JSON),
        ("application/json;q=0.8, application/vnd.acme.v2+json;q=0.9", V2),
        ("application/json;q=0.899, application/vnd.acme.v2+json;q=0.9", V2),
        ("application/json;q=0.001", JSON),
        ("application/json;q=1.000, application/vnd.acme.v2+json;q=0.999", JSON),
        ("application/json;q=1., application/vnd.acme.v2+json;q=0.", JSON),
        ("application/json;q=0.5, */*;q=0.6", V1),
        ("application/vnd.acme.v1+json;Q=0.1 , application/vnd.acme.v2+json ; q=0.20", V2),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", JSON),
        ("text/html, image/png", None),
    ),
)
def test_NEG_6_1_quality_values_decide(text: str, chosen: MediaType | None) -> None:
    offers = (JSON, V1, V2)
    index = choose(parse_accept(text), offers)
    assert (None if index is None else offers[index]) == chosen


@pytest.mark.parametrize(
    ("text", "offer", "expected"),
    (
        ("*/*;q=0.9, application/*;q=0.5, application/json;q=0.2", "application/json", 200),
        ("*/*;q=0.9, application/*;q=0.5, application/json;q=0.2", "application/xml", 500),
        ("*/*;q=0.9, application/*;q=0.5, application/json;q=0.2", "text/html", 900),
        ("application/json;q=0.2, */*", "application/json", 200),
        ("a/b;x=1;q=0.3, a/b;q=0.7", "a/b;x=1", 300),
        ("a/b;x=1;q=0.3, a/b;q=0.7", "a/b;x=2", 700),
        ("a/b;x=1;q=0.3, a/b;x=1;y=2;q=0.4", "a/b;y=2;x=1", 400),
        ("a/*;x=1;q=0.3, a/b;q=0.4", "a/b;x=1", 400),
        ("*/*;x=1;q=0.3, a/*;q=0.4", "a/b;x=1", 400),
        ("*/*;q=0.4, */*;x=1;q=0.3", "a/b;x=1", 300),
        ("a/b;q=0.3, a/b;q=0.8", "a/b", 300),
        ("a/b;x=1;q=0.3, a/b;y=1;q=0.8", "a/b;x=1;y=1", 300),
        # The example of RFC 9110, section 12.5.1
        ("text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, */*;q=0.5", "text/plain;format=flowed", 1000),
        ("text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, */*;q=0.5", "text/plain", 700),
        ("text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, */*;q=0.5", "text/html", 300),
        ("text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, */*;q=0.5", "image/jpeg", 500),
        ("text/*;q=0.3, text/plain;q=0.7, text/plain;format=fixed;q=0.4", "text/plain;format=flowed", 700),
    ),
)
def test_NEG_6_2_the_most_specific_range_decides_for_an_offer(text: str, offer: str, expected: int) -> None:
    assert quality(parse_accept(text), MediaType.parse(offer)) == expected


@pytest.mark.parametrize(
    ("text", "chosen"),
    (
        ("application/json;q=0", None),
        ("application/json;q=0.000, */*", V1),
        ("*/*, application/json;q=0", V1),
        ("application/*;q=0, application/json;q=0.1", JSON),
        ("application/vnd.acme.v1+json;q=0, */*;q=0, application/json", JSON),
        ("*/*;q=0", None),
        ("*/*, application/*;q=0", None),
    ),
)
def test_NEG_6_3_a_quality_of_zero_excludes(text: str, chosen: MediaType | None) -> None:
    offers = (JSON, V1)
    index = choose(parse_accept(text), offers)
    assert (None if index is None else offers[index]) == chosen
    assert all(quality(parse_accept(text), offer) == 0 for offer in offers if chosen is None)


@pytest.mark.parametrize(
    ("text", "offer", "expected"),
    (
        ("application/vnd.acme+json", PARAMETER, 1000),
        ("application/vnd.acme+json;version=2", PARAMETER, 1000),
        ('APPLICATION/VND.Acme+JSON; Version="2"', PARAMETER, 1000),
        ('application/vnd.acme+json;version="\\2"', PARAMETER, 1000),
        ("application/vnd.acme+json;version=3", PARAMETER, 0),
        ("application/vnd.acme+json;version=2;lang=en", PARAMETER, 0),
        ("application/*;version=2", PARAMETER, 1000),
        ("*/*;version=3", PARAMETER, 0),
        ("application/json;version=2", JSON, 0),
        ("application/json;charset=utf-8", JSON, 1000),
        ("application/json; Charset=UTF-8; q=0.5", JSON, 500),
        ("application/json", MediaType.parse("application/json;charset=utf-8"), 1000),
        ("application/json;charset=latin-1", MediaType.parse("application/json;charset=utf-8"), 1000),
        ("application/json;;", JSON, 1000),
        ('a/b;x="1,2;q=0, c/d"', MediaType("a", "b", (("x", "1,2;q=0, c/d"),)), 1000),
        ('a/b;x="1,2;q=0, c/d"', MediaType("c", "d"), 0),
        (r'a/b;x="\"";q=0.5', MediaType("a", "b", (("x", '"'),)), 500),
        ("application/json;q=0.5;version=2", JSON, 500),
        ("application/json;q=0.5;extension", JSON, 500),
        ('application/json;q=0.5;q=7;extension="a,b"', JSON, 500),
        ("a/b;x=v", MediaType("a", "b", (("x", "V"),)), 0),
    ),
)
def test_NEG_6_4_the_parameters_of_a_range_are_among_those_of_the_offer(
    text: str, offer: MediaType, expected: int
) -> None:
    assert quality(parse_accept(text), offer) == expected


@pytest.mark.parametrize(
    ("text", "offers", "chosen"),
    (
        # the highest quality
        ("a/*, c/d;q=0.9", ("c/d", "a/b"), "a/b"),
        # then the more specific range
        ("*/*, a/b", ("c/d", "a/b"), "a/b"),
        ("*/*, a/*", ("c/d", "a/b"), "a/b"),
        ("a/*, c/d", ("a/b", "c/d"), "c/d"),
        ("a/b, c/d;x=1", ("a/b", "c/d;x=1"), "c/d;x=1"),
        # then the range that stands earlier
        ("c/d, a/b", ("a/b", "c/d"), "c/d"),
        ("c/*, a/*", ("a/b", "c/d"), "c/d"),
        # then the earlier offer
        ("*/*", ("a/b", "c/d"), "a/b"),
        ("*/*", ("c/d", "a/b"), "c/d"),
        ("a/*", ("c/d", "a/c", "a/b"), "a/c"),
        ("a/b", ("a/b;x=1", "a/b"), "a/b;x=1"),
        ("a/b", (), None),
    ),
)
def test_NEG_6_5_ties_are_settled_by_one_rule(text: str, offers: tuple[str, ...], chosen: str | None) -> None:
    index = choose(parse_accept(text), tuple(map(MediaType.parse, offers)))
    assert (None if index is None else offers[index]) == chosen


MANY = ",".join(["a/b"] * MAX_ACCEPT_ITEMS)


@pytest.mark.parametrize(
    "text",
    (
        *(
            "json",
            "application",
            "*json",
            "**",
            "*/",
            "application/",
            "/json",
            "application/ json",
            "application json",
            ";",
        ),
        "application/json text/html",
        *("application/json;version", "application/json;version=", "application/json;=2", "application/json;a =b"),
        *('application/json;a="b', 'application/json;a="b"c', 'application/json;a="\x00"', 'a/b;x="\u2028"'),
        *(
            "a/b;q=2",
            "a/b;q=1.001",
            "a/b;q=-0.5",
            "a/b;q=0.1234",
            "a/b;q=.",
            "a/b;q=.1234",
            "a/b;q=00",
            "a/b;q=1e0",
            "a/b;q=٠",
        ),
        *("a/b;q", "a/b;q=", 'a/b;q="0.5"', "a/b;q=high", "a/b;q=nan", "a/b; q = 1", "a/b;q=0.5 q=1"),
        *("*/json", "*/json;q=0.1", "a/b;x=1;x=2", "a/b, ä/b", "a/b\n", "a/b,\x00", "a/b\x0b, c/d", "\u212a/b"),
        *("a/b, c", "a/b;q=1, c/d;q=x", "a/b|c/d, @", "a/b, \ud800/c", "\N{NO-BREAK SPACE}"),
        *(f"{MANY},a/b", "a/b," * 2000, "," * (MAX_ACCEPT_LENGTH + 1), "a/b;x=" + "y" * MAX_ACCEPT_LENGTH),
    ),
)
def test_NEG_6_6_an_unparsable_or_overlong_accept_is_refused(text: str) -> None:
    for read in (parse_accept, accepted):
        with pytest.raises(RequestError, match=r"^MALFORMED_ACCEPT: Accept .*\.$") as caught:
            read(text)
        assert caught.value.status == 400


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        # What old Java programs send by themselves
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", 200),
        ("*", 1000),
        ("*;q=0.5", 500),
        (" * , a/b", 1000),
        ("*;x=1", 0),
        ("*, application/json;q=.05", 50),
        ("application/json;q=.123", 123),
        ("application/json;q=.0, *", 0),
    ),
)
def test_java_s_spellings_of_any_type_and_of_a_weight_are_read(text: str, expected: int) -> None:
    assert quality(parse_accept(text), JSON) == expected


@pytest.mark.parametrize("text", (None, "", " ", "\t", ",", " , ,, ", "," * MAX_ACCEPT_LENGTH))
def test_NEG_6_7_an_absent_or_empty_accept_is_anything(text: str | None) -> None:
    assert accepted(text) == ANYTHING
    assert choose(accepted(text), (V2, JSON)) == 0


@pytest.mark.parametrize(
    ("text", "count"),
    (
        (MANY, MAX_ACCEPT_ITEMS),
        (f",, {MANY} ,\t,", MAX_ACCEPT_ITEMS),
        ("a/b,,c/d , , e/f", 3),
        ("a/b;x=" + "y" * (MAX_ACCEPT_LENGTH - 6), 1),
    ),
)
def test_what_is_within_the_bounds_is_read(text: str, count: int) -> None:
    ranges = parse_accept(text)
    assert [found.position for found in ranges] == list(range(count))
    assert accepted(text) == ranges
    assert accepted(text) is accepted(text)


@pytest.mark.parametrize(
    ("text", "offer", "expected"),
    (
        ("application/vnd.acme.v2+json", V2, True),
        ("*/*, application/vnd.acme.v2+json;q=0.1", V2, True),
        ("application/vnd.acme+json", PARAMETER, True),
        ("application/vnd.acme+json;version=2", PARAMETER, True),
        ("application/vnd.acme+json, application/vnd.acme+json;version=2;q=0", PARAMETER, False),
        ("application/vnd.acme.v2+json;q=0", V2, False),
        ("application/vnd.acme.v1+json", V2, False),
        ("application/*", V2, False),
        ("*/*", V2, False),
        (None, V2, False),
    ),
)
def test_an_offer_is_named_by_a_range_without_wildcard(text: str | None, offer: MediaType, expected: bool) -> None:
    assert names(accepted(text), offer) is expected


PIECES = st.sampled_from(
    (
        "a/b",
        "*/*",
        "a/*",
        "*",
        "/",
        ";",
        ",",
        " ",
        "\t",
        ";q=",
        ";q=0",
        "0.5",
        "1.0",
        "=",
        '"',
        "\\",
        ";x=1",
        "é",
        "\x00",
    )
)


@given(st.text() | st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        ranges, refusal = parse_accept(text), None
    except RequestError as error:
        ranges, refusal = ANYTHING, error.code
    assert refusal in (None, "MALFORMED_ACCEPT")
    offers = (JSON, MediaType("a", "b"), MediaType("a", "b", (("x", "1"),)))
    qualities = [quality(ranges, offer) for offer in offers]
    index = choose(ranges, offers)
    assert all(0 <= found <= 1000 for found in qualities)
    assert max(qualities) == (0 if index is None else qualities[index])
    assert all(qualities[at] for at, offer in enumerate(offers) if names(ranges, offer))


@given(st.lists(st.tuples(st.sampled_from(("a/b", "a/c", "c/d")), st.integers(0, 1000)), min_size=1, max_size=5))
def test_printed_qualities_are_read_exactly(elements: list[tuple[str, int]]) -> None:
    text = ", ".join(f"{name};q={weight / 1000:.3f}" for name, weight in elements)
    assert [(str(found.media), found.quality) for found in parse_accept(text)] == elements
