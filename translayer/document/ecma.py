r"""ECMA patterns: the regular expressions of JSON Schema (2020-12 core, section 6.4), for engines of other languages.

Strategy: a pattern is read token by token, as ECMA-262 has it in Unicode mode, and written again with nothing in it
that engines disagree on: classes are spelt out (``\d`` is ``0-9``, no other digit), ``.`` says which line ends it
leaves out, and ``$`` is the end of the text, with no line end behind it. What ECMA does not know is refused, whatever
another engine would make of it. It is more lenient than ECMA-262 in one thing: signs may be escaped needlessly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import regex

LONGEST_PATTERN: Final = 4_000
"""Characters of a pattern; what is read by people has fewer."""

_WORD: Final = "0-9A-Z_a-z"
_SPACE: Final = r"\x09-\x0d\x20\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_CLASSES: Final[Mapping[str, str]] = {
    "d": "0-9",
    "D": r"\x00-\x2f\x3a-\U0010ffff",
    "w": _WORD,
    "W": r"\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\U0010ffff",
    "s": _SPACE,
    "S": (
        r"\x00-\x08\x0e-\x1f\x21-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e"
        r"\u2060-\u2fff\u3001-\ufefe\uff00-\U0010ffff"
    ),
}
"""What stands in a class for a class of characters (ECMA-262, section 22.2.2.9)."""

_ANY: Final = r"[^\x0a\x0d\u2028\u2029]"
_EDGE: Final = f"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
_NO_EDGE: Final = f"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))"
_CONTROLS: Final[Mapping[str, int]] = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "0": 0}

_TOKEN: Final = re.compile(
    r"""  (?P<character> \\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}
                       | \\u[0-9a-fA-F]{4} | \\u\{[0-9a-fA-F]{1,6}\} | \\x[0-9a-fA-F]{2} | \\c[a-zA-Z]
                       | \\[tnvfr] | \\0(?![0-9]) | \\[^0-9a-zA-Z] )
        | (?P<class> \\[dDwWsS] )
        | (?P<property> \\[pP]\{[0-9A-Za-z_=]+\} )
        | (?P<edge> \\[bB] )
        | (?P<back> \\[1-9][0-9]{0,2} | \\k<[A-Za-z_][0-9A-Za-z_]*> )
        | (?P<group> \((?: \?: | \?<?[=!] | \?<[A-Za-z_][0-9A-Za-z_]*> | (?!\?) ) )
        | (?P<set> \[\^? )
        | (?P<times> (?: [*+?] | \{[0-9]+(?:,[0-9]*)?\} ) \?? )
        | (?P<sign> [.$^|)] )
        | (?P<literal> [^\\(] )
        | (?P<bracket> \( )""",
    re.VERBOSE | re.DOTALL,
)


def translated(pattern: str, *, end: str) -> str:
    """The pattern for another engine, in which ``end`` is the end of the text; raises ``ValueError`` with the reason.

    >>> translated(r"^\\d+$", end=r"\\Z")
    '^[0-9]+\\\\Z'
    """
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"the pattern has more than {LONGEST_PATTERN} characters")
    return "".join(_written(_tokens(pattern), end))


# 1024: the patterns of fifty versions of an API; each is compiled once.
@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """The pattern as one of the package ``regex``, whose searches end after a time; raises ``ValueError``."""
    try:
        return regex.compile(translated(pattern, end=r"\Z"))
    except (regex.error, OverflowError, RecursionError) as error:
        raise ValueError(f"the pattern makes no sense: {error}") from error


def _tokens(pattern: str) -> Iterator[re.Match[str]]:
    """The tokens of a pattern, one behind the other; raises ``ValueError`` where none begins."""
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            raise ValueError(f"at character {at + 1} of the pattern stands nothing that ECMA-262 knows")
        yield token
        at = token.end()


def _written(tokens: Iterator[re.Match[str]], end: str) -> Iterator[str]:
    """What is written for each token; a class takes all up to its end."""
    before = "("
    for token in tokens:
        kind, text = str(token.lastgroup), token[0]
        if kind == "times" and before in ("times", "("):
            raise ValueError(f"at character {token.start() + 1} of the pattern nothing stands to be repeated")
        before = "(" if kind == "group" or text in ("|", "^") else kind
        yield _set(tokens, negated=text == "[^") if kind == "set" else _OUTSIDE[kind](text, end)


def _set(tokens: Iterator[re.Match[str]], *, negated: bool) -> str:
    """A class of characters, up to its closing bracket."""
    parts: list[str] = []
    for token in tokens:
        kind, text = str(token.lastgroup), token[0]
        if text == "]":
            inside = "".join(parts)
            return f"[{'^' if negated else ''}{inside}]" if inside else r"[\x00-\U0010ffff]" if negated else "(?!)"
        if kind in ("class", "property", "back"):
            parts.append(_member(kind, text))
        else:
            parts.extend(_inside(kind, text))
    raise ValueError("the pattern opens a class of characters, and does not close it")


def _inside(kind: str, text: str) -> Iterator[str]:
    """Characters as they stand in a class, where most signs are characters too; a hyphen is the sign of a range."""
    if kind == "edge" and text == r"\B":
        raise ValueError(r"\B stands in a class of characters")
    if kind in ("character", "edge"):
        yield _spelt(8 if kind == "edge" else _code(text))
    else:
        yield from (one if one == "-" else _spelt(ord(one)) for one in text)


def _member(kind: str, text: str) -> str:
    if kind == "back":
        raise ValueError("a reference to a group stands in a class of characters")
    return _CLASSES[text[1]] if kind == "class" else text


def _code(text: str) -> int:
    """The character that an escape stands for."""
    if text[1] == "u" and len(text) == 12:
        return 0x10000 + ((int(text[2:6], 16) - 0xD800) << 10) + (int(text[8:], 16) - 0xDC00)
    if text[1] in "ux":
        return int(text[2:].strip("{}"), 16)
    if text[1] == "c":
        return ord(text[2]) % 32
    return _CONTROLS.get(text[1], ord(text[1]))


def _spelt(code: int) -> str:
    """A character as no engine takes it for a sign; raises ``ValueError`` beyond the last one."""
    if code > 0x10FFFF:
        raise ValueError("the pattern names a character that there is not")
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    if code > 0x7F:
        return f"\\u{code:04x}"
    return chr(code) if chr(code).isalnum() else f"\\x{code:02x}"


def _group(text: str, end: str) -> str:
    named = text.startswith("(?<") and text[3] not in "=!"
    return f"(?P{text[2:]}" if named else text


def _back(text: str, end: str) -> str:
    return f"(?:{text})" if text[1] != "k" else f"(?P={text[3:-1]})"


def _bracket(text: str, end: str) -> str:
    raise ValueError("the pattern has a group of a kind that ECMA-262 does not know")


def _same(text: str, end: str) -> str:
    return text


_OUTSIDE: Final[Mapping[str, Callable[[str, str], str]]] = {
    "character": lambda text, end: _spelt(_code(text)),
    "class": lambda text, end: f"[{_CLASSES[text[1]]}]",
    "property": _same,
    "edge": lambda text, end: _EDGE if text == r"\b" else _NO_EDGE,
    "back": _back,
    "group": _group,
    "times": _same,
    "sign": lambda text, end: {".": _ANY, "$": end}.get(text, text),
    "literal": lambda text, end: _spelt(ord(text)),
    "bracket": _bracket,
}
"""What is written for a token that stands outside of classes."""
