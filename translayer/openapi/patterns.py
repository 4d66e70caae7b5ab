r"""Patterns: a regular expression of Python's as ECMA-262 has it, which is what JSON Schema asks for (section 6.3.3).

Strategy: the text is read once, token by token; tables say what of Python's spelling is written otherwise. What cannot
be said, or would mean something else, makes the whole pattern unsayable: no promise is better than a wrong one. The
result means the same to both engines, so that clients and we can run it: names of groups are left out. ``\d``, ``\w``,
``\s`` and ``$`` stay as they are written, though Python's take a little more; their opposites take less, and are said
more narrowly, or not at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

_ESCAPE: Final = (
    r"\\N\{[^}]*\}|\\U[0-9a-fA-F]{8}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|"
    r"\\0[0-7]{0,2}|\\[1-3][0-7]{2}|\\[1-9][0-9]?|\\."
)
_OUTSIDE: Final = re.compile(
    rf"{_ESCAPE}|\(\?(?:P<\w+>|P=\w+\)|#[^)]*\)|<=|<!|[:=!>]|\(|[a-zA-Z-]+[:)])|"
    r"[*+?]\+|\{[0-9]*,?[0-9]*\}\+|\{[0-9]*,?[0-9]*\}|.",
    re.DOTALL,
)
_INSIDE: Final = re.compile(rf"{_ESCAPE}|.", re.DOTALL)
"""One token of a pattern of Python's, outside of sets of characters and inside."""

_UNSAYABLE: Final = re.compile(r"\(\?(?:[>(]|[a-zA-Z-]+[:)])|[*+?]\+|\{.*\}\+")
"""Atomic and conditional groups, flags in the middle, and quantifiers that give nothing back."""

_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/")
"""What may be escaped in ECMA-262 (``SyntaxCharacter``)."""

_SHARED: Final = frozenset("dDsSwWbBfnrtvx")
"""Escapes that both engines know."""

_ANCHORS: Final[Mapping[str, str]] = {r"\A": "^", r"\Z": "$", r"\z": "$"}
"""The beginning and the end of a text: without the flag ``m`` ECMA's ``^`` and ``$`` are no others."""

_CHARACTERS: Final[Mapping[str, Callable[[str], str]]] = {
    "a": lambda token: "\x07",
    "u": lambda token: chr(int(token[2:], 16)),
    "U": lambda token: chr(int(token[2:], 16)),
    "N": lambda token: unicodedata.lookup(token[3:-1]),
}
"""Escapes that only Python knows, or that mean half a character to others, and the character that each is."""

_SPACES: Final = r"\s\x1c-\x1f\x85"
"""White space as Python knows it, beside what ECMA-262 does."""

_WIDER: Final = frozenset({r"\d", r"\w"})
_OPPOSITES: Final = frozenset({r"\D", r"\W", r"\S"})
"""Classes that are wider in Python, and the opposites of such, which are narrower there."""

_EXPECTED: Final = re.UNICODE | re.ASCII | re.DOTALL
"""The flags of which something can be said."""


@lru_cache(maxsize=1024)
def ecma(pattern: re.Pattern[str]) -> str | None:
    r"""What the values match that ``pattern.match`` takes, in ECMA-262; ``None`` where that cannot be said there.

    >>> ecma(re.compile(r"[A-Z]{3}\Z")), ecma(re.compile("a|b")), ecma(re.compile("a", re.IGNORECASE))
    ('^[A-Z]{3}$', '^(?:a|b)', None)
    """
    if pattern.flags & ~_EXPECTED:
        return None
    try:
        return _Reader(pattern).read()
    except _UnsayableError:
        return None


class _UnsayableError(Exception):
    """The pattern has no equal in ECMA-262."""


class _Reader:
    """Reads one pattern, which Python has compiled."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._text = pattern.pattern
        self._names = pattern.groupindex
        self._is_ascii = bool(pattern.flags & re.ASCII)
        self._any = r"[\s\S]" if pattern.flags & re.DOTALL else r"[^\n]"
        self._at = 0
        self._depth = 0
        self._branches = False

    def read(self) -> str:
        """The whole of it, bound to the beginning of a text, as ``match`` is."""
        written: list[str] = []
        while self._at < len(self._text):
            token = self._next(_OUTSIDE)
            written.append(self._set() if token == "[" else self._outside(token))
        text = "".join(written)
        if self._branches:
            return f"^(?:{text})"
        return text if text.startswith("^") else f"^{text}"

    def _next(self, tokens: re.Pattern[str]) -> str:
        found = tokens.match(self._text, self._at)
        assert found is not None  # any character is a token
        self._at = found.end()
        return found[0]

    def _outside(self, token: str) -> str:
        """What a token is outside of sets."""
        if _UNSAYABLE.fullmatch(token):
            raise _UnsayableError
        if token in _OPPOSITES and not self._is_ascii:
            return self._opposite(token)
        if token.startswith("\\"):
            return _ANCHORS.get(token) or _escape(token)
        if token.startswith("(?P="):
            return f"\\{self._names[token[4:-1]]}(?:)"
        if token.startswith("(?#"):
            return ""
        self._depth += token.startswith("(")
        self._depth -= token == ")"
        self._branches |= token == "|" and self._depth == 0
        return "(" if token.startswith("(?P<") else self._bare(token)

    def _opposite(self, token: str) -> str:
        """What is outside of a class that is wider in Python."""
        if token != r"\S":
            raise _UnsayableError
        return f"[^{_SPACES}]"

    def _bare(self, token: str) -> str:
        if token in ("{}", "{", "}", "]"):
            return "".join(f"\\{char}" for char in token)
        if token.startswith("{,"):
            return "{0" + token[1:]
        return self._any if token == "." else token

    def _set(self) -> str:
        """A set of characters, whose opening bracket has been read."""
        opening = "[^" if self._text.startswith("^", self._at) else "["
        self._at += len(opening) - 1
        tokens = [self._next(_INSIDE)]  # a bracket that comes first closes nothing
        while (token := self._next(_INSIDE)) != "]":
            tokens.append(token)
        if self._is_ascii:
            return f"{opening}{''.join(map(_member, tokens))}]"
        return f"{opening}{''.join(_wide_members(tokens, negated=opening == '[^'))}]"


def _wide_members(tokens: Sequence[str], *, negated: bool) -> Iterator[str]:
    """What tokens are in a set where classes are wider in Python; one with its opposite is everything in both."""
    for token in tokens:
        if token.swapcase() not in tokens and (token in _OPPOSITES or (negated and token in _WIDER)):
            raise _UnsayableError
        yield _SPACES if negated and token == r"\s" else _member(token)


def _member(token: str) -> str:
    """What a token is in a set."""
    if token == r"\b":
        return r"\x08"
    if token == r"\-":
        return token
    if token.startswith("\\"):
        return _escape(token)
    return f"\\{token}" if token in "[]" else token


def _escape(token: str) -> str:
    """An escape that stands for a character, for a class of them, or for what a group has matched."""
    kind = token[1]
    if kind in _SHARED:
        return token
    if kind in _CHARACTERS:
        return _character(_CHARACTERS[kind](token))
    if kind == "0" or (kind.isdigit() and len(token) == 4):
        return _character(chr(int(token[1:], 8)))
    # A digit behind it would else be read as one more of its number.
    return f"{token}(?:)" if kind.isdigit() else _character(kind)


def _character(char: str) -> str:
    """A character as it stands for itself; half a surrogate pair is none."""
    if "\ud800" <= char <= "\udfff":
        raise _UnsayableError
    if char in _SYNTAX:
        return f"\\{char}"
    return char if char.isprintable() or ord(char) > 0xFFFF else f"\\u{ord(char):04x}"
