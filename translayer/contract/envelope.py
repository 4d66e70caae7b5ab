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
    """A reply form. One's own is a subclass with ``one`` and ``many``; what they make, its schemas may say as well."""

    @abstractmethod
    def one(self, document: Json) -> Json:
        """The body of a reply that carries one document."""

    @abstractmethod
    def many(self, items: list[Json], page: Page) -> Json:
        """The body of a reply that carries several; ``page`` is what the app said, ``items`` are to go out."""

    def one_schema(self, document: Object) -> Object:
        """The JSON Schema (2020-12) of what ``one`` makes, given that of the document; anything, unless it is told."""
        return {}

    def many_schema(self, items: Object, key: str) -> Object:
        """The JSON Schema of what ``many`` makes, given that of the list of items.

        ``key`` is the member under which the app has its list, where it does not reply with a bare one.
        """
        return {}


class NoEnvelope(Envelope):
    """The document alone, and lists in the form that the app gave them."""

    def one(self, document: Json) -> Json:
        return document

    def many(self, items: list[Json], page: Page) -> Json:
        return page.with_items(items)

    def one_schema(self, document: Object) -> Object:
        return document

    def many_schema(self, items: Object, key: str) -> Object:
        page = {"type": "object", "properties": {key: items}, "required": [key]}
        return {"description": f"A page, with its list under `{key}`, or the list alone.", "anyOf": [page, items]}


class DataEnvelope(Envelope):
    """``{"data": {...}, "meta": {}}`` for one, ``{"items": [...], "meta": {...}}`` for many."""

    def one(self, document: Json) -> Json:
        return {"data": document, "meta": {}}

    def many(self, items: list[Json], page: Page) -> Json:
        return {"items": items, "meta": page.meta}

    def one_schema(self, document: Object) -> Object:
        members = {"data": document, "meta": {"type": "object"}}
        return {"type": "object", "properties": members, "required": list(members)}

    def many_schema(self, items: Object, key: str) -> Object:
        members = {"items": items, "meta": {"type": "object"}}
        return {"type": "object", "properties": members, "required": list(members)}


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
