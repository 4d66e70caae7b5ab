"""Reply forms: what stands around the documents that a reply carries."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Final

from translayer.document.values import Json, Object
from translayer.errors import DeclarationError


@dataclass(frozen=True, slots=True)
class Page:
    """A list as the app replied with it: bare (``key`` is ``None``), or under ``key`` of an object with more in it.

    ``told`` is all that is known of the page, in the client's version, where that is more than its body says.
    """

    body: Json
    key: str | None = None
    told: Object | None = None

    @property
    def items(self) -> list[Json]:
        """The elements."""
        found: list[Json] = self.body if self.key is None else self.body[self.key]
        return found

    @property
    def meta(self) -> Object:
        """What the app said about the page: every other member, and its paging."""
        if self.told is not None:
            return self.told
        return {} if self.key is None else {name: value for name, value in self.body.items() if name != self.key}

    def with_items(self, items: list[Json]) -> Json:
        """The app's body with other elements; the very body where they are the same."""
        if items is self.items:
            return self.body
        return items if self.key is None else {**self.body, self.key: items}


class Envelope(ABC):
    """A reply form. One's own is a subclass with these two methods."""

    @abstractmethod
    def one(self, document: Json) -> Json:
        """The body of a reply that carries one document."""

    @abstractmethod
    def many(self, items: list[Json], page: Page) -> Json:
        """The body of a reply that carries several; ``page`` is what the app said, ``items`` are to go out."""


class NoEnvelope(Envelope):
    """The document alone, and lists in the form that the app gave them."""

    def one(self, document: Json) -> Json:
        return document

    def many(self, items: list[Json], page: Page) -> Json:
        return page.with_items(items)


class DataEnvelope(Envelope):
    """``{"data": {...}, "meta": {}}`` for one, ``{"items": [...], "meta": {...}}`` for many."""

    def one(self, document: Json) -> Json:
        return {"data": document, "meta": {}}

    def many(self, items: list[Json], page: Page) -> Json:
        return {"items": items, "meta": page.meta}


ENVELOPES: Final[dict[str, Envelope]] = {"none": NoEnvelope(), "data": DataEnvelope()}
"""The reply forms that are chosen by name."""


def envelope_of(said: Any) -> Envelope:
    """What ``Api(envelope=...)`` means; raises ``DeclarationError`` for what is no name of one, and none itself."""
    if isinstance(said, Envelope):
        return said
    if not isinstance(said, str) or said not in ENVELOPES:
        listed = ", ".join(map(repr, ENVELOPES))
        raise DeclarationError(f"envelope={said!r} is none of {listed}, and no instance of an Envelope of one's own")
    return ENVELOPES[said]
