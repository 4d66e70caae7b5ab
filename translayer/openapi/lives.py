"""How long something was promised: deprecation and sunset of operations and parameters, compared.

A sunset is a date, or a date and time, of RFC 3339; the day counts, in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import NamedTuple, Self

from translayer.document.values import ABSENT, Absent
from translayer.openapi.parts import Operation, Parameter


class Life(NamedTuple):
    """Whether something is deprecated, its sunset as it is told, and the day that this is, if it is one."""

    deprecated: bool
    told: str | Absent
    day: date | None

    @classmethod
    def of(cls, part: Operation | Parameter) -> Self:
        """The life of a part of a contract."""
        return cls(part.deprecated, ABSENT if part.sunset is None else part.sunset, _day(part.sunset))


def _day(sunset: str | None) -> date | None:
    try:
        moment = datetime.fromisoformat(sunset or "")
    except ValueError:
        return None
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()


def removal(part: str, life: Life, on: date | None) -> str:
    """The id for what is gone: an ``"operation"`` or a ``"parameter"``, judged on a day."""
    if not life.deprecated:
        return f"{part}-removed"
    if life.told is ABSENT or (life.day is not None and on is not None and life.day <= on):
        return f"{part}-removed-after-deprecation"
    return f"{part}-removed-before-sunset"


def life_differences(
    promised: Life, actual: Life, on: date | None
) -> Iterator[tuple[str, bool | str | Absent, bool | str | Absent]]:
    """The ids of what differs, with what was told before and is now."""
    if promised.deprecated is not actual.deprecated:
        yield "deprecated" if actual.deprecated else "no-longer-deprecated", promised.deprecated, actual.deprecated
    if promised.told != actual.told and actual.deprecated:
        yield _sunset(promised, actual, on), promised.told, actual.told


def _sunset(promised: Life, actual: Life, on: date | None) -> str:
    if actual.told is ABSENT:
        return "sunset-removed"
    if actual.day is None:
        return "sunset-unreadable"
    if promised.day is None:
        return "sunset-too-early" if on is not None and actual.day <= on else "sunset-set"
    return "sunset-earlier" if actual.day < promised.day else "sunset-later"
