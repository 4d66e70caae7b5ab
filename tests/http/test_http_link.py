"""Link headers: links and their relations, read whole or refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translayer.http.link import Link, parse_links

READ: tuple[tuple[str, list[Any]], ...] = (
    ("", []),
    (" ,\t, ", []),
    ("</a>", [("/a", ())]),
    ("<>", [("", ())]),
    ("</a>; rel=next", [("/a", ("next",))]),
    ('</a> ; REL = "Next  LAST"', [("/a", ("next", "last"))]),
    ("</a>;rel=next,</b>;rel=prev", [("/a", ("next",)), ("/b", ("prev",))]),
    (", </a>; rel=next,, ,</b>; rel=prev,", [("/a", ("next",)), ("/b", ("prev",))]),
    # Commas and semicolons in targets and in quotes
    ("</a?ids=1,2;3>; rel=next, </b>", [("/a?ids=1,2;3", ("next",)), ("/b", ())]),
    (r'</a>; title="<b>; rel=\"last\", \\"; rel=next', [("/a", ("next",))]),
    # Of two of one name the first counts; parameters may be empty, and have no value
    ("</a>; rel=next; rel=last", [("/a", ("next",))]),
    ("</a>;; crossorigin ; ;rel=next;", [("/a", ("next",))]),
    ('</a>; rel=""', [("/a", ())]),
    ("</a>; rev=next", [("/a", ())]),
    ("</a>; rel=https://example.com/rels/best", [("/a", ("https://example.com/rels/best",))]),
    ("</a>; title*=UTF-8''n%C3%A4chste; rel=next", [("/a", ("next",))]),
    ('</a>; rel=next; anchor="#top"', [("/a", ("next",), "#top")]),
)


@pytest.mark.parametrize(("value", "expected"), READ)
def test_links_are_read(value: str, expected: list[Any]) -> None:
    assert parse_links(value) == [Link(*link) for link in expected]


@pytest.mark.parametrize(
    "value",
    (
        "/a",
        "</a",
        "</a; rel=next",
        "</a</b>>; rel=next",
        "</a> rel=next",
        "</a>; rel=",
        '</a>; rel="next',
        "</a>; rel=next last",
        "</a>; =next",
        "</a> </b>",
        "</a>; rel=next, /b",
        "nonsense " + "x" * 1000,
    ),
)
def test_what_is_no_list_of_links_is_refused_whole(value: str) -> None:
    with pytest.raises(ValueError, match=r"no link is read at character \d+ of ") as refusal:
        parse_links(value)
    assert len(str(refusal.value)) < 200


PIECES = st.sampled_from(
    [
        "<",
        ">",
        "</a>",
        ";",
        ",",
        "=",
        '"',
        "\\",
        " ",
        "\t",
        "rel",
        "next",
        '"next last"',
        "anchor",
        "title*",
        "é",
        "\x00",
    ]
)


@given(st.lists(PIECES, max_size=60))
def test_any_text_is_read_or_refused(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        links = parse_links(text)
    except ValueError:
        return
    assert len(links) <= text.count("<")


TEXTS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
TARGETS = TEXTS.map(lambda text: text.replace("<", "").replace(">", ""))
LINKS = st.lists(st.tuples(TARGETS, st.lists(st.sampled_from(["next", "prev", "last"]), max_size=2), TEXTS), max_size=4)


@given(LINKS)
def test_what_is_written_by_the_book_is_read(links: list[tuple[str, list[str], str]]) -> None:
    printed = []
    for target, relations, title in links:
        escaped = title.replace("\\", "\\\\").replace('"', '\\"')
        printed.append(f'<{target}>; title="{escaped}"; rel="{" ".join(relations)}"')
    assert [link[:2] for link in parse_links(", ".join(printed))] == [(link[0], tuple(link[1])) for link in links]


@pytest.mark.parametrize("unit", ("; ", " ", "</a>, ", ';a="', "</a", ";a=b", "\t;"))
def test_reading_long_texts_ends(unit: str) -> None:
    """Possessive quantifiers: each character is looked at a few times, whatever stands before it."""
    for text in (unit * 20_000, "</a>" + unit * 20_000 + "!"):
        try:
            parse_links(text)
        except ValueError:
            continue
