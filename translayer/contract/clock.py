"""What time it is: the only module that asks, so that tests and authors can say otherwise (``Api(clock=...)``)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Tells the time, with its zone."""


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)
