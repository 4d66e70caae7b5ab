"""Which replies are looked at, and what becomes of one that breaks the contract: as it is said of the ``Api``, of a
version, a resource or a route, of which the most particular counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from translayer.errors import DeclarationError

if TYPE_CHECKING:
    from .resource import Resource
    from .routes import Route
    from .version import Version


@dataclass(frozen=True)
class Sample:
    """Look at a part of all replies, from 0 for none to 1 for all; what is wrong is told by the log.

    >>> Sample(0.01)
    Sample(fraction=0.01)
    """

    fraction: float

    def __post_init__(self) -> None:
        if isinstance(self.fraction, bool) or not isinstance(self.fraction, int | float) or not 0 <= self.fraction <= 1:
            raise DeclarationError(f"Sample({self.fraction!r}) is no part of all replies: say a number from 0 to 1")


Looking: TypeAlias = Literal["enforce", "log", "off"] | Sample
"""What is done about replies: one that is wrong is not sent, or told by the log, or none is looked at."""

WORDS: Final = ("enforce", "log", "off")
"""The ways that have a name."""


def check_looking(said: Any, where: str, *, silent: bool = True) -> None:
    """Raises ``DeclarationError`` for anything but a way of looking at replies; ``None`` will do where ``silent``."""
    if not (said is None and silent) and not isinstance(said, Sample) and said not in WORDS:
        raise DeclarationError(
            f"{where}: replies={said!r} is none of {', '.join(map(repr, WORDS))}, and no Sample(0.01)"
        )


def looking_at(route: Route, resource: Resource, version: Version, everywhere: Looking) -> Looking:
    """How the replies of a route are looked at in a version: the route, the resource, the version, the API."""
    for said in (route.replies, resource.replies, version.replies):
        if said is not None:
            return said
    return everywhere
