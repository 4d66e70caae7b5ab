"""For how long a client may keep what it reads: what a route's policy says, as headers (RFC 9111)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from werkzeug.datastructures import ResponseCacheControl
from werkzeug.http import http_date, parse_cache_control_header

from translayer.contract.clock import Clock
from translayer.contract.routes import CachePolicy
from translayer.http.fields import Pair

from .turn import Turn

_KEPT: Final = frozenset({200, 203, 206, 304})
"""Statuses of replies that a policy speaks of; what else may be kept, and errors, are the app's to say."""

_YEAR: Final = 365 * 24 * 60 * 60
"""Seconds; no date of expiry lies further ahead, whatever a policy says: dates end."""


REPLACED: Final = frozenset({"cache-control", "expires"})
"""Headers of the app that a policy which says anything speaks instead of."""


def kept(policy: CachePolicy, turn: Turn, status: int, clock: Clock) -> list[Pair]:
    """``Cache-Control`` by the policy; nothing where it says nothing, and the app's own stands.

    ``Expires`` says the same to the caches of HTTP/1.0, or nothing (RFC 9111, section 5.3). Whatever request headers a
    policy looks at, it must be said in ``Vary`` by the app. Raises ``TypeError`` where the policy says something else
    than a text, ``ValueError`` for one of several lines.
    """
    said = policy(turn.request, turn.plan.version.text) if status in _KEPT else None
    if not said:
        return []
    if not isinstance(said, str):
        raise TypeError(f"the cache policy of {turn.plan.route.rule} says {said!r}, which is no value of Cache-Control")
    if "\n" in said or "\r" in said:
        raise ValueError(f"the cache policy of {turn.plan.route.rule} says {said!r}, which has a newline in it")
    age = parse_cache_control_header(said.lower(), cls=ResponseCacheControl).max_age
    if age is None:
        return [("Cache-Control", said)]
    return [("Cache-Control", said), ("Expires", http_date(clock() + timedelta(seconds=min(age, _YEAR))))]
