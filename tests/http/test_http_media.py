"""Media types: parsing, equality by value, printing, and which Content-Types are JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translayer.http.media import MAX_LENGTH, MediaType, is_json, may_be_json, scan, whole

TOKENS = st.text("!#$%&'*+-.^_`|~0189AZaz", min_size=1)
VALUES = st.text(st.characters(max_codepoint=0xFF, exclude_categories=("Cc",)) | st.just("\t"))
MEDIA = st.builds(
    MediaType, TOKENS, TOKENS, st.dictionaries(TOKENS.map(str.lower), VALUES).map(lambda found: tuple(found.items()))
)

PARSED = (
    ("application/json", "application/json"),
    ("Application/VND.Acme.V2+JSON", "application/vnd.acme.v2+json"),
    (" \ttext/html\t ", "text/html"),
    ("text/html;charset=utf-8", "text/html; charset=utf-8"),
    ('text/html ; Charset="utf-8"', "text/html; charset=utf-8"),
    ("text/html; charset=UTF-8", "text/html; charset=UTF-8"),
    ("a/b;z=1;a=2", "a/b; a=2; z=1"),
    ("a/b;x=1; X=1", "a/b; x=1"),
    ("a/b;", "a/b"),
    ("a/b; ;;c=d;", "a/b; c=d"),
    ('a/b;c=""', 'a/b; c=""'),
    (r'a/b;c="x,y;z=\"q\" \\"', r'a/b; c="x,y;z=\"q\" \\"'),
    (r'a/b;c="\d"', "a/b; c=d"),
    ("a/b;c*=utf-8''d", "a/b; c*=utf-8''d"),
    ('a/b;c="\xe9\t"', 'a/b; c="\xe9\t"'),
    ("*/*", "*/*"),
)


@pytest.mark.parametrize(("text", "printed"), PARSED)
def test_parsed_types_print_in_one_form(text: str, printed: str) -> None:
    media = MediaType.parse(text)
    assert str(media) == printed
    assert MediaType.parse(printed) == media
    assert hash(MediaType.parse(printed)) == hash(media)


@pytest.mark.parametrize(
    "text",
    (
        *("", " ", "json", "/", "a/", "/b", "a /b", "a/ b", "a/b c", "a/b, c/d", "a/b,", "a/b/c", '"a"/b', "ä/b"),
        *("\u212a/b", "a/\u212a", "a/b;\u212a=1", "a/b\n", "\na/b", "a/b\x00"),
        *("a/b;c", "a/b;c=", "a/b;=d", "a/b;c =d", "a/b;c= d", 'a/b;c="d', 'a/b;c="d"e', 'a/b;"c"=d', "a/b;c=d e"),
        *('a/b;c="\n"', 'a/b;c="\x7f"', 'a/b;c="\\\n"', 'a/b;c="\u0100"', "a/b;c=1;c=2", "a/b;c=1;C=2", 'a/b;c="\\"'),
    ),
)
def test_garbage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        MediaType.parse(text)


@pytest.mark.parametrize(
    "fields",
    (
        ("", "b"),
        ("a", "b c"),
        ("a", "b\n"),
        ("\u212a", "b"),
        ("a", "b", (("c d", "e"),)),
        ("a", "b", (("c", "e\r\nSet-Cookie: f"),)),
        ("a", "b", (("c", "\u0100"),)),
        ("a", "b", (("c", "1"), ("C", "2"))),
    ),
)
def test_a_media_type_that_cannot_be_sent_cannot_be_made(fields: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="media type"):
        MediaType(*fields)


def test_a_made_type_is_brought_into_one_form() -> None:
    made = MediaType("Text", "HTML", (("Level", "1"), ("charset", "utf-8")))
    assert made == MediaType.parse("text/html;charset=utf-8;level=1")
    assert made.essence == "text/html"
    assert repr(MediaType("Text", "HTML")) == "MediaType(type='text', subtype='html', parameters=())"


@given(MEDIA)
def test_what_is_printed_parses_to_the_same_type(media: MediaType) -> None:
    assert MediaType.parse(str(media)) == media


@given(st.text() | st.text('a/;= \t"\\,*', max_size=30).map("a/b".__add__))
def test_any_text_is_a_media_type_or_a_value_error(text: str) -> None:
    try:
        media = MediaType.parse(text)
    except ValueError:
        assert not is_json(text)
    else:
        assert MediaType.parse(str(media)) == media


def test_scanning_stops_where_the_grammar_does() -> None:
    text = 'x, A/b;C="d,e";f ;, g/h'
    found = scan(text, 3)
    assert found[:3] == ("A", "b", (("c", '"d,e"'), ("f", None)))
    assert text[found.end :] == ", g/h"
    assert whole(found.parameters[:1]) == (("c", "d,e"),)


JSON = (
    ("application/json", True),
    ("Application/JSON", True),
    ("application/json; charset=utf-8", True),
    ("application/json; charset=utf-8; charset=utf-8", True),
    ("application/json;charset=latin-1;odata=verbose", True),
    ('application/json; x="a;b,c"', True),
    (" application/json ;", True),
    ("application/problem+json", True),
    ("application/vnd.acme.v2+json", True),
    ("application/vnd.acme+json; version=2", True),
    ("image/x+json", True),
    ("text/json", False),
    ("application/json-seq", False),
    ("application/geo+json-seq", False),
    ("application/x-ndjson", False),
    ("application/ndjson", False),
    ("application/json-patch", False),
    ("application/jsonml", False),
    ("application/xml", False),
    ("text/html", False),
    ("multipart/mixed; type=application/json", False),
    ("application/json, application/json", False),
    ("application/json; charset", False),
    ("application/json\n", False),
    ("json", False),
    ("", False),
    (None, False),
    (f'application/json; x="{"a" * (MAX_LENGTH - 22)}"', True),
    (f'application/json; x="{"a" * (MAX_LENGTH - 21)}"', False),
)


@pytest.mark.parametrize(("text", "expected"), JSON)
def test_json_is_known_by_its_type(text: str | None, expected: bool) -> None:
    assert is_json(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        (None, True),
        ("", True),
        ("json", True),
        ("text/json", True),
        ("application/javascript", True),
        ("application/json-seq", True),
        ("text/html; charset=utf-8", False),
        (f"text/html; x={'a' * MAX_LENGTH}", False),
        (f"application/json; x={'a' * MAX_LENGTH}", True),
    ),
)
def test_what_may_be_json_is_told_from_what_is_surely_not(text: str | None, expected: bool) -> None:
    assert may_be_json(text) is expected
