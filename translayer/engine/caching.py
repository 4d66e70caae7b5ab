"""For how long a client may keep what it reads: what a route's policy says, as headers (RFC 9111)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from werkzeug.datastructures import Headers, ResponseCacheControl
from werkzeug.http import http_date, parse_cache_control_header

from translayer.contract.clock import Clock
from translayer.contract.routes import CachePolicy

from .turn import Turn

_KEPT: Final = frozenset({200, 203, 206, 304})
"""Statuses of replies that a policy speaks of; what else may be kept, and errors, are the app's to say."""

_YEAR: Final = 365 * 24 * 60 * 60
"""Seconds; no date of expiry lies further ahead, whatever a policy says: dates end."""


def keep(policy: CachePolicy, turn: Turn, status: int, headers: Headers, clock: Clock) -> None:
    """Sets ``Cache-Control`` by the policy, where it says anything.

    ``Expires`` says the same to the caches of HTTP/1.0, or nothing (RFC 9111, section 5.3): what the app said of it is
    gone. Whatever request headers a policy looks at, it must be said in ``Vary`` by the app. Raises ``TypeError`` where
    the policy says something else than a text.
    """
    said = policy(turn.request, turn.plan.version.text) if status in _KEPT else None
    if not said:
        return
    if not isinstance(said, str):
        raise TypeError(f"the cache policy of {turn.plan.route.rule} says {said!r}, which is no value of Cache-Control")
    headers.pop("Expires", None)
    headers["Cache-Control"] = said
    age = parse_cache_control_header(said.lower(), cls=ResponseCacheControl).max_age
    if age is not None:
        headers["Expires"] = http_date(clock() + timedelta(seconds=min(age, _YEAR)))
