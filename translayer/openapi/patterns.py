r"""Patterns: a regular expression of Python's as ECMA-262 has it, which is what JSON Schema asks for (section 6.3.3).

Strategy: the text is read once, token by token; a table says what of Python's spelling is written otherwise. What
cannot be said, or would mean something else, makes the whole pattern unsayable: no promise is better than a wrong one.
The result means the same to both engines, so that clients and we can run it: names of groups are left out. ``\d``,
``\w``, ``\s`` and ``$`` stay as they are written, though Python's take a little more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

_TOKEN: Final = re.compile(
    r"\\N\{[^}]*\}|\\U[0-9a-fA-F]{8}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\0[0-7]{0,2}|\\[1-3][0-7]{2}|\\[1-9][0-9]?|\\.|"
    r"\(\?(?:P<\w+>|P=\w+\)|#[^)]*\)|<=|<!|[:=!>]|\(|[a-zA-Z-]+[:)])|"
    r"[*+?]\+|\{[0-9]*,?[0-9]*\}\+|\{[0-9]*,?[0-9]*\}|.",
    re.DOTALL,
)
"""One token of a pattern of Python's, in or out of a set of characters."""

_UNSAYABLE: Final = re.compile(r"\(\?(?:[>(]|[a-zA-Z-]+[:)])|[*+?]\+|\{.*\}\+")
"""Atomic and conditional groups, flags in the middle, and quantifiers that give nothing back."""

_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/")
"""What may be escaped in ECMA-262 (``SyntaxCharacter``)."""

_CLASSES: Final = frozenset("dDsSwWbBfnrtv")
"""Escapes that both engines know."""

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
    """Reads one pattern."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self._names = pattern.groupindex
        self._depth = 0
        self._branches = False

    def read(self) -> str:
        """The whole of it, bound to the beginning of a text, as ``match`` is."""
        tokens = [found[0] for found in _TOKEN.finditer(self._pattern.pattern)]
        written: list[str] = []
        while tokens:
            token = tokens.pop(0)
            written.append(self._set(tokens) if token == "[" else self._outside(token))
        text = "".join(written)
        if self._branches:
            return f"^(?:{text})"
        return text if text.startswith("^") else f"^{text}"

    def _outside(self, token: str) -> str:
        """What a token is outside of sets."""
        if _UNSAYABLE.fullmatch(token):
            raise _UnsayableError
        self._depth += token.startswith("(") and not token.endswith(")")
        self._depth -= token == ")"
        self._branches |= token == "|" and self._depth == 0
        if token.startswith("(?P<"):
            return "("
        if token.startswith("(?P="):
            return f"\\{self._names[token[4:-1]]}(?:)"
        if token.startswith("(?#"):
            return ""
        if token.startswith("\\"):
            return _ANCHORS.get(token) or _escape(token)
        return self._bare(token)

    def _bare(self, token: str) -> str:
        if token == ".":
            return r"[\s\S]" if self._pattern.flags & re.DOTALL else r"[^\n]"
        if token[0] == "{" and len(token) > 2:
            return "{0" + token[1:] if token[1] == "," else token
        if token in ("{}", "{", "}", "]"):
            return "".join(f"\\{char}" for char in token)
        return token

    def _set(self, tokens: list[str]) -> str:
        """A set of characters, whose opening bracket has been read."""
        written = ["["]
        if tokens[0] == "^":
            written.append(tokens.pop(0))
        first = True
        while first or tokens[0] != "]":
            token = tokens.pop(0)
            if token == "\\b":
                written.append("\\x08")
            elif token.startswith("\\"):
                written.append(token if token == "\\-" else _escape(token))
            else:
                # What was read as one token outside of sets is several characters here.
                written.append("".join(f"\\{char}" if char in "[]" else char for char in token))
            first = False
            if "]" in token and len(token) > 1 and not token.startswith("\\"):
                raise _UnsayableError
        tokens.pop(0)
        return "".join(written) + "]"


def _escape(token: str) -> str:
    """An escape that stands for a character or a class of them."""
    kind = token[1]
    if kind in _CLASSES or kind == "x" or (kind == "u" and not _is_half(token)):
        return token
    if kind in _CHARACTERS:
        return _character(_CHARACTERS[kind](token))
    if kind.isdigit():
        is_octal = kind == "0" or len(token) == 4
        return _character(chr(int(token[1:], 8) & 0xFF)) if is_octal else f"{token}(?:)"
    return _character(kind)


def _is_half(token: str) -> bool:
    """Whether it is half a surrogate pair, which stands for no character."""
    if 0xD800 <= int(token[2:], 16) <= 0xDFFF:
        raise _UnsayableError
    return False


def _character(char: str) -> str:
    """A character as it stands for itself."""
    if char in _SYNTAX:
        return f"\\{char}"
    return char if char.isprintable() else f"\\u{ord(char):04x}" if ord(char) < 0x10000 else char


_ANCHORS: Final[Mapping[str, str]] = {"\\A": "^", "\\Z": "$", "\\z": "$"}
"""The beginning and the end of a text: without ``m`` ECMA's ``^`` and ``$`` are no others."""

_CHARACTERS: Final[Mapping[str, Callable[[str], str]]] = {
    "a": lambda token: "\x07",
    "N": lambda token: unicodedata.lookup(token[3:-1]),
    "U": lambda token: chr(int(token[2:], 16)),
}
"""Escapes that only Python knows, and the character that each is."""
