"""Words in names: how a name is taken apart, the styles in which words are joined, and how to write it otherwise.

Border: texts. Which style an API has, and who keeps to it, is asked in ``names``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
"""Where a word begins inside of ``lineItems`` and ``HTTPServers``."""

Style: TypeAlias = Literal["snake_case", "camelCase"]
"""How the words of a name are joined."""

_STYLES: Final[Mapping[Style, re.Pattern[str]]] = MappingProxyType(
    {
        "snake_case": re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+", re.ASCII),
        "camelCase": re.compile(r"[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*)+", re.ASCII),
    }
)

_ONE_WORD: Final = re.compile(r"[a-z][a-z0-9]*", re.ASCII)
"""A name that is in every style."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, in lower case, however they are joined.

    >>> words_of("HTTPServers"), words_of("line_items")
    (('http', 'servers'), ('line', 'items'))
    """
    return tuple(word for word in re.split(r"[\W_]+", HUMP.sub("-", text).lower()) if word)


def is_one_word(name: str) -> bool:
    """Whether a name has one word only, which is in every style."""
    return _ONE_WORD.fullmatch(name) is not None


def style_of(name: str) -> Style | None:
    """The style of a name of several words; ``None`` where it has none, or is one word.

    >>> [style_of(name) for name in ("first_name", "firstName", "First-Name", "name")]
    ['snake_case', 'camelCase', None, None]
    """
    return next((style for style, form in _STYLES.items() if form.fullmatch(name)), None)


_JOINTS: Final[Mapping[Style, Callable[[tuple[str, ...]], str]]] = MappingProxyType(
    {
        "snake_case": "_".join,
        "camelCase": lambda words: words[0] + "".join(word.capitalize() for word in words[1:]),
    }
)


def respelt(words: tuple[str, ...], style: Style) -> str:
    """Words in a style.

    >>> respelt(("first", "name"), "camelCase")
    'firstName'
    """
    return _JOINTS[style](words) if words else ""
