"""Resources: a business object, the schema that describes it, and where the app serves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marshmallow import Schema

from translayer.errors import DeclarationError

from .check import Unknown
from .routes import Route


@dataclass(frozen=True)
class Resource:
    """One kind of business object, under today's URLs.

    ``collection`` and ``item`` are rules in werkzeug's syntax; ``collection_methods`` and ``item_methods`` are what
    clients may do there. PATCH is served from the app's GET and PUT, so that the app need not know it. ``items``
    is the member under which the app replies with a list, where it does not reply with a bare one. ``unknown``
    overrides the API's policy for fields that a version does not have. Further operations are ``routes``.
    """

    name: str
    schema: type[Schema]
    collection: str | None = None
    item: str | None = None
    collection_methods: Sequence[str] = ("GET", "POST")
    item_methods: Sequence[str] = ("GET", "PUT", "PATCH", "DELETE")
    routes: Sequence[Route] = ()
    items: str = "items"
    unknown: Unknown | None = None

    def __post_init__(self) -> None:
        if not (isinstance(self.schema, type) and issubclass(self.schema, Schema)):
            raise DeclarationError(f"Resource {self.name!r} takes a marshmallow schema class, not {self.schema!r}")
        if self.item is not None and "PATCH" in self.item_methods and not {"GET", "PUT"} <= set(self.item_methods):
            raise DeclarationError(
                f"Resource {self.name!r} offers PATCH, which is served from GET and PUT: "
                f"add both to item_methods, or leave PATCH out"
            )
        if not self.all_routes():
            raise DeclarationError(f"Resource {self.name!r} has no URL: give it a collection, an item or routes")

    def all_routes(self) -> tuple[Route, ...]:
        """Every operation on the resource, as it is today."""
        return (*self._collection_routes(), *self._item_routes(), *self.routes)

    def _collection_routes(self) -> list[Route]:
        if self.collection is None:
            return []
        return [
            Route(method, self.collection, reply=self.schema, many=True)
            if method == "GET"
            else Route(method, self.collection, request=self.schema, reply=self.schema)
            for method in self.collection_methods
        ]

    def _item_routes(self) -> list[Route]:
        if self.item is None:
            return []
        written = {"PUT", "POST"}
        return [
            Route(method, self.item, request=self.schema if method in written else None, reply=self.schema)
            for method in self.item_methods
        ]
