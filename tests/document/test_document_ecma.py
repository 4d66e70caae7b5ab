"""The patterns of JSON Schema mean what ECMA-262 says, in both engines that search by them."""

from __future__ import annotations

import jsonschema_rs
import pytest

from translayer.document.ecma import LONGEST_PATTERN, compiled, translated

CASES = (
    # pattern, texts that it is found in, texts that it is not
    (r"^\d+$", ["12"], ["٣", "12\n"]),
    (r"^a$", ["a"], ["a\n"]),
    (r"^\D$", ["x", "٣"], ["1"]),
    (r"^\w$", ["_", "Z"], ["é"]),
    (r"^\W$", ["é", "-"], ["a"]),
    (r"^\s$", ["\u00a0", "\ufeff", "\u2028", "\t"], ["\u0085", "x"]),
    (r"^\S$", ["x", "\u0085", "🐲"], [" ", "\u3000"]),
    (r"^[\W\d]$", ["é", "1"], ["a"]),
    (r"^[^\s\d]$", ["a"], ["1", " "]),
    (r"^.$", ["a", "\x85"], ["\n", "\r", "\u2028", "\u2029"]),
    (r"\bé", ["aé"], ["-é", "é"]),
    (r"a\Bb", ["ab"], ["a-b"]),
    (r"^[\b]$", ["\b"], ["b"]),
    (r"^[^]$", ["\n", "a"], ["", "ab"]),
    (r"[]", [], ["", "a"]),
    (r"^\cA\t\n\v\f\r\0$", ["\x01\t\n\v\f\r\0"], ["A"]),
    (r"^\u0061\x62\u{63}\u{1f432}$", ["abc🐲"], ["abc"]),
    (r"^\ud83d\udc32+$", ["🐲🐲"], [""]),
    (r"^[🐲a-c]$", ["🐲", "b"], ["d"]),
    (r"^\p{Letter}\P{L}$", ["é1"], ["1é"]),
    (r"^(a)(b)?\1$", ["aa"], ["ab"]),
    (r"^(?:a|b){2,3}?$", ["ab", "aba"], ["a", "abab"]),
    (r"(?=ab)a(?!bc)", ["ab"], ["abc", "ac"]),
    (r"(?<=a)b(?<!ab)c", [], ["abc"]),
    (r"^a{,3}$", ["a{,3}"], ["aa"]),
    (r"^[[a&&b]$", ["[", "&", "b"], ["c"]),
    (r"^[(?i)$.*+]$", ["(", "?", "i", "$", "."], ["I"]),
    (r"^[a\-z]$", ["-", "z"], ["b"]),
    (r"^\/\-\.\$ #$", ["/-.$ #"], ["/-x$ #"]),
)


@pytest.mark.parametrize("pattern, found, others", CASES)
def test_a_pattern_finds_what_ecma_says(pattern, found, others):
    assert [text for text in [*found, *others] if compiled(pattern).search(text)] == found


@pytest.mark.parametrize("pattern, found, others", CASES)
def test_the_other_engine_finds_the_same(pattern, found, others):
    validator = jsonschema_rs.Draft202012Validator({"pattern": translated(pattern, end="$")})
    assert [text for text in [*found, *others] if validator.is_valid(text)] == found


def test_groups_have_names():
    assert compiled(r"^(?<x>a|b)\k<x>$").search("bb")
    assert not compiled(r"^(?<x>a|b)\k<x>$").search("ab")


@pytest.mark.parametrize(
    "pattern, reason",
    (
        (r"\Z", "at character 1 of the pattern stands nothing that ECMA-262 knows"),
        (r"a\A", "at character 2 of the pattern stands nothing that ECMA-262 knows"),
        (r"\u{110000}", "the pattern names a character that there is not"),
        (r"(?i)x", "the pattern has a group of a kind that ECMA-262 does not know"),
        (r"a++", "at character 3 of the pattern nothing stands to be repeated"),
        (r"(*a)", "at character 2 of the pattern nothing stands to be repeated"),
        (r"^*", "at character 2 of the pattern nothing stands to be repeated"),
        (r"[\1]", "a reference to a group stands in a class of characters"),
        (r"[\B]", r"\B stands in a class of characters"),
        (r"[a", "the pattern opens a class of characters, and does not close it"),
        (r"(", "the pattern makes no sense: missing ) at position 1"),
        (r"[z-a]", "the pattern makes no sense: bad character range at position 4"),
        ("a" * (LONGEST_PATTERN + 1), "the pattern has more than 4000 characters"),
    ),
)
def test_what_ecma_does_not_know_is_refused(pattern, reason):
    with pytest.raises(ValueError) as refusal:
        compiled(pattern)
    assert str(refusal.value) == reason
