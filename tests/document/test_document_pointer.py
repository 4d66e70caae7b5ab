"""JSON Pointer: the public suite, and the places that are not places."""

from __future__ import annotations

from typing import Any

import pytest
from suites import Place, fragments, places

from translayer.document.codec import decode
from translayer.document.pointer import parse, resolve
from translayer.document.values import equal
from translayer.errors import pointer as print_pointer


@pytest.mark.parametrize("place", places())
def test_ROB_3_4_every_pointer_leads_to_its_value_and_is_printed_as_it_was(place: Place) -> None:
    tokens = parse(place.pointer)
    assert equal(resolve(decode(place.document), tokens), place.value)
    assert print_pointer(tokens) == place.pointer


@pytest.mark.parametrize("uri", fragments())
def test_ROB_3_4_a_fragment_is_no_pointer(uri: str) -> None:
    with pytest.raises(ValueError, match="is not a JSON Pointer"):
        parse(uri)


PARSED = (
    ("", ()),
    ("/", ("",)),
    ("//", ("", "")),
    ("/a~1b/~0/~01", ("a/b", "~", "~1")),
    ("/c%d/-/01", ("c%d", "-", "01")),
)


@pytest.mark.parametrize(("text", "tokens"), PARSED)
def test_a_pointer_is_its_tokens(text: str, tokens: tuple[str, ...]) -> None:
    assert parse(text) == tokens


@pytest.mark.parametrize("text", ("a", "a/b", "#/a", "/~", "/~2", "/a~", "/~/b", "/~\n", " /a"))
def test_what_is_no_pointer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a JSON Pointer"):
        parse(text)


DOCUMENT = {"list": ["zero", "one"], "text": "abc", "number": 1, "none": None, "01": {"-": "dash"}}

FOUND = (
    ((), DOCUMENT),
    (("list", "1"), "one"),
    (("01", "-"), "dash"),
    (("none",), None),
)

MISSING = (
    ("list", "2"),
    ("list", "-"),
    ("list", "01"),
    ("list", "-1"),
    ("list", "+1"),
    ("list", "1e0"),
    ("list", "1.0"),
    ("list", " 1"),
    ("list", "1\n"),
    ("list", "١"),
    ("list", ""),
    ("list", "9" * 30),
    ("list", "9" * 5000),
    ("list", "append"),
    ("list", "__class__"),
    ("text", "0"),
    ("text", "upper"),
    ("number", "0"),
    ("number", "real"),
    ("none", ""),
    ("absent",),
    ("absent", "deeper"),
    ("__class__",),
    ("keys",),
)


@pytest.mark.parametrize(("tokens", "value"), FOUND)
def test_a_pointer_leads_to_the_value_itself(tokens: tuple[str, ...], value: Any) -> None:
    assert resolve(DOCUMENT, tokens) is value


@pytest.mark.parametrize("tokens", MISSING)
def test_only_members_and_elements_are_reached(tokens: tuple[str, ...]) -> None:
    with pytest.raises(LookupError, match="nothing is at") as miss:
        resolve(DOCUMENT, tokens)
    assert "zero" not in str(miss.value), "the document is not printed"
