"""Resources: a business object, the schema that describes it, and where the app serves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, get_args

from marshmallow import Schema

from translayer.errors import DeclarationError

from .check import Unknown
from .routes import METHODS, Route, check_methods, check_schema

_COLLECTION_METHODS: Final = ("DELETE", "GET", "POST")
"""What may stand on a collection; the request and reply of anything else would be no single document."""


@dataclass(frozen=True)
class Resource:
    """One kind of business object, under today's URLs.

    ``collection`` and ``item`` are rules in werkzeug's syntax; ``collection_methods`` and ``item_methods`` are what
    clients may do there. PATCH is served from the app's GET and PUT, so that the app need not know it. ``items``
    is the member under which the app replies with a list, where it does not reply with a bare one. ``unknown``
    overrides the API's policy for fields that a version does not have. Further operations are ``routes``.

    Raises ``DeclarationError`` for whatever makes no sense.
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
        self._check_texts()
        check_schema(self.schema, f"Resource {self.name!r}")
        check_methods(self.collection_methods, _COLLECTION_METHODS, f"the collection of {self.name!r}")
        check_methods(self.item_methods, METHODS, f"the items of {self.name!r}")
        self._check_routes()
        if self.item is not None and "PATCH" in self.item_methods and not {"GET", "PUT"} <= set(self.item_methods):
            raise DeclarationError(
                f"Resource {self.name!r} offers PATCH, which is served from GET and PUT: "
                f"add both to item_methods, or leave PATCH out"
            )
        if not self.all_routes():
            raise DeclarationError(f"Resource {self.name!r} has no URL: give it a collection, an item or routes")
        for name in ("collection_methods", "item_methods", "routes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def _check_texts(self) -> None:
        for name in ("name", "items"):
            text = getattr(self, name)
            if not isinstance(text, str) or not text:
                raise DeclarationError(f"Resource(…, {name}={text!r}): a name is a text of at least one character")
        if self.unknown is not None and self.unknown not in get_args(Unknown):
            choices = ", ".join(map(repr, get_args(Unknown)))
            raise DeclarationError(f"Resource {self.name!r}: unknown={self.unknown!r} is none of {choices}")

    def _check_routes(self) -> None:
        if not isinstance(self.routes, list | tuple) or not all(isinstance(route, Route) for route in self.routes):
            raise DeclarationError(f"the routes of {self.name!r} are a list of Route(…), not {self.routes!r}")
        for route in self.routes:
            if route.method == "PATCH" and route.reply is not None:
                raise DeclarationError(
                    f"PATCH {route.rule} with a schema needs GET and PUT of the same URL: "
                    f"declare it as the item of a resource"
                )

    def all_routes(self) -> tuple[Route, ...]:
        """Every operation on the resource, as it is today."""
        return self._all_routes

    @cached_property
    def _all_routes(self) -> tuple[Route, ...]:
        return (*self._collection_routes(), *self._item_routes(), *self.routes)

    def _collection_routes(self) -> list[Route]:
        if self.collection is None:
            return []
        return [
            Route(method, self.collection, reply=self.schema, many=True)
            if method == "GET"
            else Route(method, self.collection, request=self._written(method), reply=self.schema)
            for method in self.collection_methods
        ]

    def _item_routes(self) -> list[Route]:
        if self.item is None:
            return []
        return [
            Route(method, self.item, request=self._written(method), reply=self.schema) for method in self.item_methods
        ]

    def _written(self, method: str) -> type[Schema] | None:
        return self.schema if method in ("POST", "PUT") else None
