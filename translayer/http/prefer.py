"""What a client would like but does not insist on: the ``Prefer`` header (RFC 7240).

Strategy: names and values as text, first come first served; what cannot be read is passed over, since a preference
may always be ignored (section 2). Which of them are honoured, and that ``Preference-Applied`` says so, is decided
above.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from werkzeug.http import parse_list_header


def preferences(header: str | None) -> Mapping[str, str]:
    """The preferences of a header, by name in lower case; the value is in lower case too, and may be empty.

    Of two of one name the first counts (section 2); parameters of a preference are passed over.

    >>> preferences('return=minimal, handling="lenient"; of=kind, respond-async')
    {'return': 'minimal', 'handling': 'lenient', 'respond-async': ''}
    """
    found: dict[str, str] = {}
    for wish in parse_list_header(header or ""):
        name, value = _pair(wish)
        found.setdefault(name, value)
    return found


def others(header: str, names: Container[str]) -> str | None:
    """The header less the preferences that are ``names``; ``None`` where none is left.

    >>> others("return=minimal, wait=1", {"return"})
    'wait=1'
    """
    return ", ".join(wish for wish in parse_list_header(header) if _pair(wish)[0] not in names) or None


def _pair(wish: str) -> tuple[str, str]:
    name, _, value = wish.partition(";")[0].partition("=")
    return name.strip().lower(), value.strip(' \t"').lower()
