"""Entity tags outwards and conditions inwards (RFC 9110, sections 8.8.3 and 13.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_etags

from translayer.http.etags import NOTHING, generated, inward, is_strong, names, outward

MARKS = st.from_regex(r"v[0-9a-z-]{1,8}", fullmatch=True)
OPAQUE = st.text(st.characters(max_codepoint=0xFF, exclude_characters='" \x7f', exclude_categories=("Cc",)))
# Categories alone would leave out the octets 0x80 to 0x9f, which the grammar allows.
TAGS = st.builds('{}"{}{}"'.format, st.sampled_from(("", "W/")), OPAQUE, st.sampled_from(("", "\x80", ".v1", ",")))


@pytest.mark.parametrize(
    ("etag", "expected"),
    (
        ('"abc"', '"abc.v1"'),
        ('W/"abc"', 'W/"abc.v1"'),
        ('""', '".v1"'),
        ('"a,b\\"', '"a,b\\.v1"'),
        ('"abc.v1"', '"abc.v1.v1"'),
        ('"\xe9"', '"\xe9.v1"'),
        ("abc", None),
        ("W/abc", None),
        ('w/"abc"', None),
        ('"abc', None),
        ('"a"b"', None),
        ('"a b"', None),
        ('"a", "b"', None),
        (' "a"', None),
        ('"a"\n', None),
        ('"a\r\nSet-Cookie: b"', None),
        ('"\u0100"', None),
        ("*", None),
        ("", None),
    ),
)
def test_a_tag_leaves_with_its_mark_or_not_at_all(etag: str, expected: str | None) -> None:
    assert outward(etag, "v1") == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    (
        ("*", "*"),
        (" *\t", "*"),
        ('"abc.v1"', '"abc"'),
        (' "abc.v1" ', '"abc"'),
        ('W/"abc.v1"', 'W/"abc"'),
        ('".v1"', '""'),
        ('"a.v1", W/"b.v1","c.v1"', '"a", W/"b", "c"'),
        ('"b.v1",, ,"a.v1",', '"b", "a"'),
        ('"a,b.v1", "c.v1"', '"a,b", "c"'),
        ('"a", "b.v1.v1"', '"b.v1"'),
        # of another version, of none, or of a version whose name ends alike
        ('"abc.v2"', NOTHING),
        ('"abc"', NOTHING),
        ('"abc.v11"', NOTHING),
        ('"abcv1"', NOTHING),
        ('"abc.v1x"', NOTHING),
        ('"abc.v2", "d.v1"', '"d"'),
        # no entity tags
        ("", NOTHING),
        (" , ", NOTHING),
        ("abc.v1", NOTHING),
        ('w/"abc.v1"', NOTHING),
        ('"a b.v1"', NOTHING),
        ('"abc.v1', NOTHING),
        ('"abc.v1"x', NOTHING),
        ('"a.v1" "b.v1"', NOTHING),
        ('abc.v1, "d.v1", "e', '"d"'),
        ('*, "abc.v1"', '"abc"'),
        ('*, "abc"', NOTHING),
    ),
)
def test_a_condition_comes_in_with_the_marks_cut_off(header: str, expected: str) -> None:
    assert inward(header, "v1") == expected


def test_a_condition_comes_in_with_any_of_several_marks_cut_off() -> None:
    header = '"a.v1+yaml", W/"b.v1", "c.v2+yaml", "d.v1+msgpack", "e.v1.v1+yaml"'
    assert inward(header, "v1") == 'W/"b"'
    assert inward(header, "v1", "v1+yaml") == '"a", W/"b", "e.v1"'
    assert inward(header, "v3", "v3+yaml") == NOTHING


@given(TAGS, MARKS)
def test_a_tag_comes_back_as_it_left(etag: str, mark: str) -> None:
    sent = outward(etag, mark)
    assert sent is not None
    assert inward(sent, mark) == etag


@given(st.lists(TAGS, min_size=1, max_size=6), MARKS)
def test_a_list_of_tags_comes_back_as_it_left(etags: list[str], mark: str) -> None:
    assert inward(", ".join(str(outward(etag, mark)) for etag in etags), mark) == ", ".join(etags)


@given(TAGS, MARKS, MARKS)
def test_a_tag_of_another_version_matches_nothing(etag: str, mark: str, other: str) -> None:
    sent = outward(etag, mark)
    assert sent is not None
    assert inward(sent, other) == (etag if mark == other else NOTHING)


@given(st.text() | st.text('W/"a,.v1* \t', max_size=40), MARKS)
def test_whatever_is_sent_stays_a_condition(header: str, mark: str) -> None:
    app_sees = inward(header, mark)
    assert parse_etags(app_sees).star_tag is (header.strip(" \t") == "*")
    assert parse_etags(app_sees)


def test_the_tag_that_stands_for_nothing_is_a_tag() -> None:
    assert outward(NOTHING, "v1") is not None
    assert inward(NOTHING, "v1") == NOTHING


NAMED = (
    ('"a"', '"a"', True, True),
    ('"a"', 'W/"a"', False, True),
    ('W/"a"', '"a"', False, True),
    ('W/"a"', 'W/"a"', False, True),
    ('"b"', '"a"', False, False),
    ('"b", "a"', '"a"', True, True),
    ('"b",W/"a" , "c"', '"a"', False, True),
    ('"a,b"', '"a,b"', True, True),
    ('"a,b"', '"b"', False, False),
    ('""', '""', True, True),
    ("*", '"a"', True, True),
    (" * ", None, True, True),
    ('"a"', None, False, False),
    ("a", '"a"', False, False),
    ('"a', '"a"', False, False),
    ("", '"a"', False, False),
    ('x, "a"', '"a"', True, True),
)


@pytest.mark.parametrize(("condition", "etag", "strongly", "weakly"), NAMED)
def test_a_condition_names_a_tag_or_not(condition: str, etag: str | None, strongly: bool, weakly: bool) -> None:
    assert names(condition, etag, strongly=True) is strongly
    assert names(condition, etag, strongly=False) is weakly


@given(TAGS, st.lists(TAGS, max_size=3), MARKS, st.booleans())
def test_judged_here_or_by_the_app_a_condition_means_the_same(
    etag: str, listed: list[str], mark: str, strongly: bool
) -> None:
    condition = ", ".join(str(outward(tag, mark)) for tag in listed)
    assert names(condition, outward(etag, mark), strongly=strongly) == names(
        inward(condition, mark), etag, strongly=strongly
    )


@given(st.binary(), st.binary(), MARKS)
def test_generated_tags_are_strong_and_follow_the_bytes(one: bytes, other: bytes, mark: str) -> None:
    assert is_strong(generated(one, mark))
    assert (generated(one, mark) == generated(other, mark)) is (one == other)
    assert generated(one, mark) != generated(one, mark + "x")


@pytest.mark.parametrize(("etag", "strong"), (('"a"', True), ('W/"a"', False), (None, False)))
def test_a_tag_is_strong_or_not(etag: str | None, strong: bool) -> None:
    assert is_strong(etag) is strong
