"""Web links: the ``Link`` header (RFC 8288), read.

Strategy: one grammar for one link with its parameters, tried from link to link. A value is read whole or refused, since
half of a list of links is a guess. What relations mean, and where links lead, is decided above.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from werkzeug.http import unquote_header_value

# RFC 8288, section 3; the quantifiers are possessive: reading takes linear time whatever is said. A value may be any
# text without what would end it, since apps leave URLs unquoted; a parameter may be empty (RFC 8288, appendix B.3).
_QUOTED: Final = r'"(?:[^"\\]|\\.)*+"'
_PARAMETER: Final = rf'[ \t]*+;[ \t]*+(?:(?P<name>[^\s",;=<>]++)[ \t]*+(?:=[ \t]*+({_QUOTED}|[^\s",;<>]++))?+)?+'
_parameter: Final = re.compile(_PARAMETER)
_link: Final = re.compile(rf"<([^<>]*)>((?:{_PARAMETER.replace('?P<name>', '?:')})*+)[ \t]*+(?:,[ \t,]*+|\Z)")


class Link(NamedTuple):
    """One link: where it leads, as written, what its relations are, in lower case, and of what else it speaks.

    ``anchor`` is what the link leads from, where that is not the document itself (RFC 8288, section 3.2).
    """

    target: str
    relations: tuple[str, ...]
    anchor: str | None = None


def parse_links(value: str) -> list[Link]:
    """The links of one ``Link`` value, in their order; raises ``ValueError`` where the value is no list of links.

    Of two parameters of one name the first counts (RFC 8288, section 3.3); ``rev`` is passed over, as deprecated.

    >>> [(link.target, link.relations) for link in parse_links('</a?x=1,2>; rel="next last", </b>; title="b, c"')]
    [('/a?x=1,2', ('next', 'last')), ('/b', ())]
    """
    found: list[Link] = []
    text = value.strip(" \t,")
    at = 0
    while at < len(text):
        match = _link.match(text, at)
        if match is None:
            raise ValueError(f"no link is read at character {at + 1} of {text[:_SHOWN]!r}")
        said = _parameters(match[2])
        found.append(Link(match[1], tuple(said.get("rel", "").lower().split()), said.get("anchor")))
        at = match.end()
    return found


_SHOWN: Final = 80
"""Characters of a value that a message repeats: enough to recognise it."""


def _parameters(text: str) -> dict[str, str]:
    """The parameters of one link, by name in lower case, unquoted; of several of one name the first."""
    found: dict[str, str] = {}
    for name, value in _parameter.findall(text):
        found.setdefault(name.lower(), unquote_header_value(value))
    return found
