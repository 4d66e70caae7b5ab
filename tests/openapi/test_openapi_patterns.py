"""Patterns: what Python's expressions are in ECMA-262, read back by Python's own engine, which knows all of it."""

from __future__ import annotations

import re

import pytest

from translayer.openapi.patterns import ecma

SAYABLE = {
    r"[A-Z]{3}\Z": "^[A-Z]{3}$",
    r"\Aab": "^ab",
    "^ab|c": "^(?:^ab|c)",
    "(a|b)c": "^(a|b)c",
    "(a)|(b)": "^(?:(a)|(b))",
    "(?:a|b)+?": "^(?:a|b)+?",
    r"(?P<x>a+)-(?P=x)1": r"^(a+)-\1(?:)1",
    r"(a)\1": r"^(a)\1(?:)",
    "a(?#of no account|)b": "^ab",
    "(?=a)(?!b)(?<=c)(?<!d)": "^(?=a)(?!b)(?<=c)(?<!d)",
    "[]a]": r"^[\]a]",
    r"[^]\-a\b[]": r"^[^\]\-a\x08\[]",
    "[(?:x){2}*+]": "^[(?:x){2}*+]",
    "a{,3}b{2,}c{1}d{2,3}e{,}": "^a{0,3}b{2,}c{1}d{2,3}e{0,}",
    "{a} {} ]": r"^\{a\} \{\} \]",
    r"\@\-\.\/\ \"": r'^@-\.\/ "',
    r"\d\w\s\b\B": r"^\d\w\s\b\B",
    # White space is more in Python, and what is none is less.
    r"\S[^\s@]": r"^[^\s\x1c-\x1f\x85][^\s\x1c-\x1f\x85@]",
    r"[\s\S][\D\d][^\w\W]?": r"^[\s\S][\D\d][^\w\W]?",
    r"\n\t\x41\u00e9\u2028": r"^\n\t\x41é\u2028",
    r"[(?#](a)": "^[(?#](a)",
    r"[\d\u0041-\132\]]": r"^[\dA-Z\]]",
    r"\a\077\101\0": r"^\u0007\?A\u0000",
    r"\N{SNOWMAN}\U0001F600": "^☃😀",
    "a.": r"^a[^\n]",
    "é😀": "^é😀",
    "": "^",
}


@pytest.mark.parametrize("pattern", SAYABLE)
def test_a_pattern_is_bound_to_the_beginning_and_spelled_as_ecma_spells_it(pattern: str) -> None:
    assert ecma(re.compile(pattern)) == SAYABLE[pattern]


def test_what_a_dot_is_depends_on_the_flags() -> None:
    assert ecma(re.compile("a.", re.DOTALL)) == r"^a[\s\S]"


def test_opposites_of_classes_are_said_where_python_s_are_no_wider() -> None:
    assert ecma(re.compile(r"\d\D\W\S[^\d\s\W]", re.ASCII)) == r"^\d\D\W\S[^\d\s\W]"


UNSAYABLE = (
    ("(?i)a", 0),
    ("a", re.IGNORECASE),
    ("^a$", re.MULTILINE),
    ("a b", re.VERBOSE),
    ("(?i:a)b", 0),
    ("(?s-i:a)b", 0),
    ("(?>a+)b", 0),
    ("a++b", 0),
    ("a?+", 0),
    ("a{2,}+b", 0),
    ("(a)?(?(1)b|c)", 0),
    (r"\ud800", 0),
    # A digit that is none in ECMA-262 would be one of those that are no digits.
    (r"\D", 0),
    (r"\W", 0),
    (r"[\S]", 0),
    (r"[^\d]", 0),
    (r"[^\w]", 0),
)


@pytest.mark.parametrize(("pattern", "flags"), UNSAYABLE)
def test_a_pattern_that_ecma_has_no_equal_of_is_left_out(pattern: str, flags: int) -> None:
    assert ecma(re.compile(pattern, flags)) is None


TEXTS = ("", "a", "ab", "abc", "c", "AAA", "ABC", "ABCD", "]", "a-a1", "aab", "{a} {} ]", "\n", "a\n", "é😀", '@-./ "')


@pytest.mark.parametrize("pattern", SAYABLE)
def test_it_finds_what_python_matches(pattern: str) -> None:
    said = SAYABLE[pattern]
    for text in TEXTS:
        assert bool(re.search(said, text)) == bool(re.match(pattern, text)), text
