"""Headers of replies: the app's as the client's version has them, and ours behind them.

Strategy: one pass over the app's headers. A table says what becomes of those that are not just taken over, so that work
is done for headers that are there, and for no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from translayer.contract.clock import Clock
from translayer.contract.notations import VERSION_HEADER
from translayer.http.etags import outward
from translayer.http.fields import Fields, Pair
from translayer.http.message import REPRESENTATION, Reply, merged_vary

from .caching import REPLACED, kept
from .turn import Turn

Treatment: TypeAlias = Callable[[Turn, str], str | None]
"""Makes, of the app's value of a header, the client's; ``None`` where there is none."""

Treatments: TypeAlias = Mapping[str, Treatment | None]
"""What becomes of headers, by their names in lower case; with ``None`` they go. Others stay as they are."""


def _link(turn: Turn, value: str) -> str:
    return turn.addresses.outward(value, turn.site)


def _links(turn: Turn, value: str) -> str:
    return turn.addresses.outward_all(value, turn.site)


def _tag(turn: Turn, value: str) -> str | None:
    return outward(value, turn.plan.mark) if turn.place.tagged else value


SIGNED: Final[Treatments] = dict.fromkeys((VERSION_HEADER.lower(), "vary", "status"))
"""Headers of the app that are ours to say; ``Status`` is CGI's, and no header at all."""

LINKED: Final[Treatments] = {"location": _link, "content-location": _link, "link": _links}
"""Those that are links."""

_RELAYED: Final[Treatments] = {**SIGNED, **LINKED, "etag": _tag}
"""Of a reply whose body goes out as it comes."""

_TRANSLATED: Final[Treatments] = {**_RELAYED, **dict.fromkeys(REPRESENTATION - {"etag"})}
"""Of one whose body is another: what was said of the old bytes goes, but for the entity tag, which is another too."""

_RETAGGED: Final[Treatments] = {**_TRANSLATED, "etag": None}
"""Likewise, where entity tags are made here."""

_OF_PROBLEMS: Final[Treatments] = {**LINKED, **dict.fromkeys(REPRESENTATION)}
"""Of an error of the app's, which is told in our form, and signed then."""


def relayed(turn: Turn, head: Reply, clock: Clock) -> Fields:
    """The headers of a reply that goes out as it comes."""
    pairs = _dressed(turn, head.status, head.headers, _RELAYED, clock)
    return Fields(pairs if turn.standing.remarks is None else turn.standing.remarks.onto(pairs))


def translated(turn: Turn, told: Reply, clock: Clock) -> list[Pair]:
    """The headers of a reply whose body is made anew, less all that would speak of that body.

    Where the resource says that tags are made here, the app's is gone.
    """
    return _dressed(turn, told.status, told.headers, _RETAGGED if turn.place.retagged else _TRANSLATED, clock)


def of_problem(turn: Turn, headers: Fields) -> list[Pair]:
    """The headers of an error of the app's that are true of one in our form."""
    return _treated(turn, headers, _OF_PROBLEMS)


def signature(version: str | None, vary: tuple[str, ...], app: Fields) -> list[Pair]:
    """The two headers that every reply of a declared route has, where the app's are ``app``.

    Where no version answers, since none is served, there is only the one.
    """
    varied = ("Vary", merged_vary(tuple(app.all("Vary")), vary))
    return [varied] if version is None else [(VERSION_HEADER, version), varied]


def less(pairs: Iterable[Pair], names: frozenset[str]) -> list[Pair]:
    """Headers less those named in lower case."""
    return [pair for pair in pairs if pair[0].lower() not in names]


def _dressed(turn: Turn, status: int, headers: Fields, table: Treatments, clock: Clock) -> list[Pair]:
    plan = turn.plan
    pairs = _treated(turn, headers, table)
    pairs += signature(plan.text, plan.vary, headers) if "vary" in headers.firsts else plan.signature
    if turn.handling is not None:
        pairs.append(("Preference-Applied", f"handling={turn.handling}"))
    if plan.route.cache is not None:
        policy = kept(plan.route.cache, turn, status, clock)
        return less(pairs, REPLACED) + policy if policy else pairs
    return pairs


def _treated(turn: Turn, headers: Fields, table: Treatments) -> list[Pair]:
    """Every header as the table says."""
    pairs: list[Pair] = []
    for name, pair in headers.named:
        if name not in table:
            pairs.append(pair)
        elif (treat := table[name]) is not None and (value := treat(turn, pair[1])) is not None:
            pairs.append((pair[0], value))
    return pairs
