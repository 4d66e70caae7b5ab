"""Consumers: who asks, as the author's own code says it.

What a consumer sees follows from its flags alone: two with the same flags see the same API.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from translayer.errors import DeclarationError

from .flags import check_flag


@dataclass(frozen=True, init=False)
class Consumer:
    """Who sent a request, which flags they have, and which version is theirs where they name none.

    Raises ``DeclarationError`` for what is no name, no flag or no version.

    >>> Consumer("acme", flags=["beta"]).flags
    frozenset({'beta'})
    """

    name: str
    flags: frozenset[str]
    pinned_version: int | str | date | None

    def __init__(
        self, name: str = "", flags: Iterable[str] = (), pinned_version: int | str | date | None = None
    ) -> None:
        if not isinstance(name, str):
            raise DeclarationError(f"Consumer(name={name!r}): a name is a text")
        if isinstance(flags, str) or not isinstance(flags, Iterable):
            raise DeclarationError(f"Consumer(flags={flags!r}): flags are a list, as in flags=['beta']")
        held = tuple(flags)
        for flag in held:
            check_flag(flag, f"Consumer {name!r}")
        if isinstance(pinned_version, bool) or not isinstance(pinned_version, int | str | date | None):
            raise DeclarationError(
                f"Consumer(pinned_version={pinned_version!r}): give the number of a version, as Version(…) has it"
            )
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "flags", frozenset(held))
        object.__setattr__(self, "pinned_version", pinned_version)
