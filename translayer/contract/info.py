"""What an API is called, and what is said of it as a whole, in the specifications of all its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from translayer.errors import DeclarationError

from .deprecation import checked_link

_MEMBERS: Final[Mapping[str, frozenset[str]]] = {
    "contact": frozenset({"name", "url", "email"}),
    "license": frozenset({"name", "url", "identifier"}),
}
"""What is said of a contact and of a license (OpenAPI 3.1, sections 4.8.3 and 4.8.4)."""


@dataclass(frozen=True, kw_only=True)
class Info:
    """What the specifications say of the API as a whole.

    ``title`` is its name, ``description`` tells what it is for, in Markdown; ``terms`` is the URL of the terms of
    service. ``contact`` has a ``name``, ``url`` or ``email``; ``license`` a ``name`` and a ``url`` or SPDX
    ``identifier``, or is just the name. Raises ``DeclarationError`` for whatever makes no sense.

    >>> Info(title="Bookings", contact={"email": "api@example.com"}, license="MIT").license["name"]
    'MIT'
    """

    title: str
    description: str | None = None
    contact: Mapping[str, str] = field(default_factory=dict, hash=False)
    license: Mapping[str, str] | str = field(default_factory=dict, hash=False)
    terms: str | None = None

    def __post_init__(self) -> None:
        for name in ("title", "description"):
            text = getattr(self, name)
            if (text is not None or name == "title") and (not isinstance(text, str) or not text.strip()):
                raise DeclarationError(f"Info({name}={text!r}): say it in a text")
        if isinstance(self.license, str):
            object.__setattr__(self, "license", {"name": self.license} if self.license else None)
        for name, known in _MEMBERS.items():
            object.__setattr__(self, name, MappingProxyType(_checked(name, getattr(self, name), known)))
        if self.license and "name" not in self.license:
            raise DeclarationError(f"Info(license={self.license!r}): a license has a name")
        if "url" in self.license and "identifier" in self.license:
            raise DeclarationError("Info(license=…) has a url and an identifier, of which OpenAPI has one or the other")
        checked_link(self.terms, "Info(terms=…)")


def _checked(name: str, said: Any, known: frozenset[str]) -> dict[str, str]:
    """A copy of what is said of a contact or license; raises ``DeclarationError``."""
    if not isinstance(said, Mapping) or not known.issuperset(said):
        raise DeclarationError(f"Info({name}={said!r}) is a mapping with some of {', '.join(sorted(known))}")
    for member, text in said.items():
        if not isinstance(text, str) or not text:
            raise DeclarationError(f"Info({name}=…): {member}={text!r} is no text")
    checked_link(said.get("url"), f"Info({name}=…)")
    return dict(said)


def info_of(said: Any, vendor: str) -> Info:
    """What ``Api(info=...)`` means: the vendor's name, where nothing is said. Raises ``DeclarationError``."""
    if said is not None and not isinstance(said, Info):
        raise DeclarationError(f"info={said!r} is Info(…), as in Info(title='Bookings')")
    return Info(title=vendor) if said is None else said
