"""Which representation a client prefers: the Accept header (RFC 9110, section 12.5.1).

Strategy: the header becomes a tuple of frozen ranges, cached by its text, and every question is asked of that
tuple. For each offer the most specific range that matches it decides, and nothing else; offers are then compared.
Parsing is strict: a header that cannot be read as a whole is refused, because half a preference is a guess. Two
spellings beyond the grammar are read, since old Java programs that leave the header to ``HttpURLConnection`` send
both, in ``text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2``, and neither can mean anything else.

Border: ranges, matching and choosing. What is on offer, and what a refusal lists, is decided above.
werkzeug's ``MIMEAccept`` is not used: for it ``application/json`` does not match an offer that has a parameter, and
it drops what it cannot read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from translayer.errors import RequestError
from translayer.http.media import MediaType, Scan, scan, scan_parameters, whole

MAX_ACCEPT_LENGTH = 8192
"""Characters of an Accept value: what common servers admit for a whole header line. Browsers send under 200."""

MAX_ACCEPT_ITEMS = 100
"""Ranges in an Accept value. Choosing costs ranges times offers; real clients send about ten."""

FULL = 1000
"""The quality of a range that states none, in thousandths: the unit of every quality here."""

_quality = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?|\.[0-9]{1,3}")  # The last is Java's.
_bare_star = re.compile(r"\*(?![^ \t;,])")  # Java's too.
_gap = re.compile(r"[ \t,]*+")  # Empty elements mean nothing and are no fault (RFC 9110, section 5.6.1.2).
_end_of_element = re.compile(r"[ \t]*+(?:,[ \t,]*+|\Z)")


@dataclass(frozen=True, slots=True)
class Range:
    """One element of Accept.

    ``media`` is the type it names, either name possibly ``*``, with the parameters that an offer must have;
    ``quality`` is in thousandths, 0 to 1000; ``position`` counts the elements of the header from 0.
    ``specificity`` follows from ``media``: names that are no wildcard (0 to 2), then the number of parameters.
    """

    media: MediaType
    quality: int = FULL
    position: int = 0
    specificity: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        named = (self.media.type != "*") + (self.media.subtype != "*")
        object.__setattr__(self, "specificity", (named, len(self.media.parameters)))

    @property
    def is_exact(self) -> bool:
        """Whether the range names one type, without a wildcard."""
        return self.specificity[0] == 2

    def matches(self, offer: MediaType) -> bool:
        """Whether the offer lies in the range: the names agree, and the offer has all parameters of the range.

        The offer may have more of them: a range without parameters matches an offer with some.
        """
        mine = self.media
        return (
            (mine.type == offer.type or mine.type == "*")
            and (mine.subtype == offer.subtype or mine.subtype == "*")
            and all(parameter in offer.parameters for parameter in mine.parameters)
        )


ANYTHING: tuple[Range, ...] = (Range(MediaType("*", "*")),)
"""What an absent Accept says, and an empty one."""


def parse_accept(text: str) -> tuple[Range, ...]:
    """The ranges of an Accept value in their order; an empty value means anything, like an absent header.

    The parameter ``q`` is the weight, without quotes; what stands behind it are extensions, which are read and
    ignored; ``charset`` is ignored too, as JSON has only one. Raises ``RequestError`` ``MALFORMED_ACCEPT`` when the
    value does not follow the grammar, a weight is not 0 to 1 with at most three decimals (section 12.4.2), or the
    value is beyond ``MAX_ACCEPT_LENGTH`` or ``MAX_ACCEPT_ITEMS``.
    """
    if len(text) > MAX_ACCEPT_LENGTH:
        raise RequestError("MALFORMED_ACCEPT", f"Accept has more than {MAX_ACCEPT_LENGTH} characters.")
    try:
        return _ranges(text) or ANYTHING
    except ValueError as error:
        raise RequestError("MALFORMED_ACCEPT", f"Accept cannot be parsed. {error}") from error


# 64: a service sees a few dozen spellings; filled with the largest values admitted, the cache stays near 10 MB.
@lru_cache(maxsize=64)
def _accepted(text: str) -> tuple[Range, ...]:
    return parse_accept(text)


def accepted(text: str | None) -> tuple[Range, ...]:
    """The ranges of the header as received, None where it is absent; the 64 values last seen are remembered.

    Raises ``RequestError`` like ``parse_accept``; refused values are not remembered.
    """
    return ANYTHING if text is None else _accepted(text)


def quality(ranges: Sequence[Range], offer: MediaType) -> int:
    """The quality of an offer in thousandths: that of the most specific range that matches it, or 0.

    Of two ranges that are equally specific the earlier one decides.
    """
    decisive = _decisive(ranges, offer)
    return decisive.quality if decisive else 0


def choose(ranges: Sequence[Range], offers: Sequence[MediaType]) -> int | None:
    """The index of the best offer, or None where the client accepts none of them.

    Ties, in this order: the highest quality, then the more specific range, then the range that stands earlier in
    the header, then the earlier offer. So a server's preference is the order of its offers, and the client's word
    comes first.
    """
    best, best_rank = None, None
    for index, offer in enumerate(offers):
        decisive = _decisive(ranges, offer)
        if decisive is None or not decisive.quality:
            continue
        rank = (decisive.quality, decisive.specificity, -decisive.position)
        if best_rank is None or rank > best_rank:
            best, best_rank = index, rank
    return best


def names(ranges: Sequence[Range], offer: MediaType) -> bool:
    """Whether the client accepts the offer by its name: the range that decides about it has no wildcard.

    An exact range is more specific than any wildcard, so an offer is named exactly if some exact range matches it,
    unless a still more specific one excludes it.
    """
    decisive = _decisive(ranges, offer)
    return decisive is not None and decisive.is_exact and decisive.quality > 0


def _decisive(ranges: Sequence[Range], offer: MediaType) -> Range | None:
    matching = [candidate for candidate in ranges if candidate.matches(offer)]
    return max(matching, key=lambda found: (found.specificity, -found.position), default=None)


def _ranges(text: str) -> tuple[Range, ...]:
    """Every element of the list. Raises ``ValueError`` in a sentence."""
    ranges: list[Range] = []
    end = _after(_gap, text, 0)
    while end < len(text):
        if len(ranges) == MAX_ACCEPT_ITEMS:
            raise ValueError(f"It has more than {MAX_ACCEPT_ITEMS} elements.")
        found = _scan(text, end)
        ranges.append(_range(found, len(ranges)))
        end = _after(_end_of_element, text, found.end)
    return tuple(ranges)


def _scan(text: str, start: int) -> Scan:
    """One element; ``*`` alone is read as ``*/*``."""
    star = _bare_star.match(text, start)
    return scan_parameters("*", "*", text, star.end()) if star else scan(text, start)


def _after(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    if match is None:
        raise ValueError(f"A comma is missing at character {start + 1}.")
    return match.end()


def _range(found: Scan, position: int) -> Range:
    """The range of one scanned element. Raises ``ValueError`` in a sentence."""
    if found.type == "*" != found.subtype:
        raise ValueError("A range of any type must be of any subtype too: */*.")
    weight_at = next((at for at, (name, _) in enumerate(found.parameters) if name == "q"), None)
    required = (pair for pair in whole(found.parameters[:weight_at]) if pair[0] != "charset")
    weight = FULL if weight_at is None else _thousandths(found.parameters[weight_at][1])
    return Range(MediaType(found.type, found.subtype, tuple(required)), weight, position)


def _thousandths(text: str | None) -> int:
    """A weight (RFC 9110, section 12.4.2) as an integer, so that comparing is exact."""
    if text is None or not _quality.fullmatch(text):
        raise ValueError("A weight is not a number from 0 to 1 with at most three decimals.")
    whole_part, _, decimals = text.partition(".")
    return int((whole_part or "0") + decimals.ljust(3, "0"))
