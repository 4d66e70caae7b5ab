"""Media types as values, and the one question asked of every body: is it JSON?

Strategy: one scanner reads ``type/subtype`` and the parameters behind it, and says where it stopped.
``MediaType.parse`` asks that it stopped at the end; Accept asks that it stopped at a comma. What the scanner does
not know by grammar it refuses: werkzeug's reader skips what it cannot read and decodes RFC 2231 forms, which makes
two different header values one type.

Border: media types only. Ranges, quality values and choosing live in ``accept``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from werkzeug.http import quote_header_value, unquote_header_value

MAX_LENGTH = 1024
"""Characters of one Content-Type value that are looked at.

Names of types have at most 127 characters each (RFC 6838, section 4.2) and a multipart boundary has 70; nothing
legitimate comes near. The bound keeps rubbish out of the caches of ``is_json`` and ``may_be_json``.
"""

# RFC 9110, section 5.6.2 and 5.6.4. The quantifiers are possessive: reading takes linear time whatever is sent.
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_QUOTED = r'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*+"'

_token = re.compile(_TOKEN)
_value = re.compile(r"[\t \x21-\x7e\x80-\xff]*")
_names = re.compile(rf"({_TOKEN})/({_TOKEN})")
# A parameter may be empty (`a/b;;c=d`, section 5.6.6). The value may be missing, for extensions of Accept.
_parameter = re.compile(rf"[ \t]*+;[ \t]*+(?:({_TOKEN})(?:=({_TOKEN}|{_QUOTED}))?+)?+")


class Scan(NamedTuple):
    """What was read: the names, the parameters (lower-case name, value as written or None) and where reading ended."""

    type: str
    subtype: str
    parameters: tuple[tuple[str, str | None], ...]
    end: int


def scan(text: str, start: int = 0) -> Scan:
    """Read one media type from ``start`` on, as far as the grammar goes (RFC 9110, sections 8.3.1 and 5.6.6).

    Raises ``ValueError`` where no media type begins. What follows ``end`` is for the caller to judge.
    """
    names = _names.match(text, start)
    if names is None:
        raise ValueError(f"No media type begins at character {start + 1}.")
    return scan_parameters(names[1], names[2], text, names.end())


def scan_parameters(type_: str, subtype: str, text: str, start: int) -> Scan:
    """Read the parameters of a type whose names have been read, from ``start`` on, as far as the grammar goes."""
    parameters, end = [], start
    while match := _parameter.match(text, end):
        end = match.end()
        if match[1]:
            parameters.append((match[1].lower(), match[2]))
    return Scan(type_, subtype, tuple(parameters), end)


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type (RFC 9110, section 8.3.1), compared by value.

    ``type`` and ``subtype`` are lower case; ``parameters`` are pairs of a lower-case name and an unquoted value,
    sorted, so that neither case, order nor quoting tells two equal types apart. The case of values counts: whether
    it matters is each parameter's own affair. ``*`` is a token like any other, so ranges are written with it too.

    Raises ``ValueError`` when a name is no token, a value cannot be sent, or one parameter has two values
    (RFC 6838, section 4.3); the same parameter said twice with one value counts once.
    """

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        names = (self.type, self.subtype, *(name for name, _ in self.parameters))
        # Checked before lowering: the Kelvin sign is no token, and its lower case is a plain k.
        if not all(map(_token.fullmatch, names)):
            raise ValueError("A name in the media type is not a token.")
        if not all(_value.fullmatch(value) for _, value in self.parameters):
            raise ValueError("A parameter of the media type has a character that no header can carry.")
        parameters = sorted({(name.lower(), value) for name, value in self.parameters})
        if len(dict(parameters)) < len(parameters):
            raise ValueError("A parameter of the media type has two values.")
        object.__setattr__(self, "type", self.type.lower())
        object.__setattr__(self, "subtype", self.subtype.lower())
        object.__setattr__(self, "parameters", tuple(parameters))

    @classmethod
    def parse(cls, text: str) -> MediaType:
        """The media type that a Content-Type value names.

        Raises ``ValueError``, in a sentence, for anything else than one media type with whole parameters.

        >>> MediaType.parse('Application/JSON; Charset="utf-8"')
        MediaType(type='application', subtype='json', parameters=(('charset', 'utf-8'),))
        """
        stripped = text.strip(" \t")
        found = scan(stripped)
        if found.end < len(stripped):
            raise ValueError(f"The media type cannot be read on from character {found.end + 1}.")
        return cls(found.type, found.subtype, whole(found.parameters))

    @property
    def essence(self) -> str:
        """``type/subtype``, without the parameters."""
        return f"{self.type}/{self.subtype}"

    def __str__(self) -> str:
        """The value as it is sent: values are quoted where they are not tokens."""
        return "; ".join([self.essence, *(f"{name}={quote_header_value(value)}" for name, value in self.parameters)])


def whole(parameters: tuple[tuple[str, str | None], ...]) -> tuple[tuple[str, str], ...]:
    """Scanned parameters with their values unquoted. Raises ``ValueError`` where a value is missing.

    >>> whole((("title", '"a \\\\"b\\\\""'),))
    (('title', 'a "b"'),)
    """
    pairs = tuple((name, unquote_header_value(value)) for name, value in parameters if value is not None)
    if len(pairs) < len(parameters):
        raise ValueError("A parameter of the media type has no value.")
    return pairs


def is_type(sent: MediaType, taken: MediaType) -> bool:
    """Whether a type is one that is taken: the same names and version, whatever its charset says."""
    return sent.essence == taken.essence and set(taken.parameters) <= set(sent.parameters)


def may_be_json(text: str | None) -> bool:
    """Whether a body may be JSON whatever its Content-Type is called: none at all, a broken one, ``text/json`` …

    What only may be JSON is never passed on as it comes where a document is expected: that would fail open.
    """
    if not text:
        return True
    return _may_be_json(text) if len(text) > MAX_LENGTH else _remembered_may_be_json(text)


def is_json(text: str | None) -> bool:
    """Whether a Content-Type value says that the body is one JSON document.

    That is ``application/json`` and every type with the structured suffix ``+json`` (RFC 6839, section 3.1), with
    any parameters: a charset changes nothing, JSON is UTF-8 (RFC 8259, section 8.1). JSON sequences and
    line-delimited JSON are not; nor is an absent value, nor one that cannot be parsed.
    """
    return text is not None and len(text) <= MAX_LENGTH and _is_json(text)


def _may_be_json(text: str) -> bool:
    try:
        media = MediaType.parse(text)
    except ValueError:
        return True
    return "json" in media.subtype or "javascript" in media.subtype


# 256: a service sees a handful of spellings. At the bound of MAX_LENGTH either cache stays under half a megabyte.
_remembered_may_be_json = lru_cache(maxsize=256)(_may_be_json)


@lru_cache(maxsize=256)
def _is_json(text: str) -> bool:
    try:
        media = MediaType.parse(text)
    except ValueError:
        return False
    return media.essence == "application/json" or media.subtype.endswith("+json")
