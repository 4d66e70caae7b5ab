"""Resources: a business object, the schema that describes it, and where the app serves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias, get_args

from marshmallow import Schema

from translayer.document.values import Json
from translayer.errors import DeclarationError

from .check import Unknown
from .deprecation import Deprecation
from .examples import examples_of
from .flags import check_flag
from .looking import Looking, check_looking
from .paging import Paging, check_paging
from .query import Query, check_query
from .routes import METHODS, CachePolicy, Route, check_cache, check_methods, check_schema
from .shape import Family, Leaf, read

Patching: TypeAlias = Literal["put", "merge", "json"]
"""How a client's patch reaches the app: as a PUT of the whole object, or as the difference in the business object, by
merge patch (RFC 7396) or by JSON Patch (RFC 6902)."""

Tagging: TypeAlias = Literal["app", "generate", "none"]
"""Where entity tags come from: the app has strong ones and checks ``If-Match``; they are made here of what clients see;
or the app may have none, and its author accepts that writes at the same moment can undo one another."""

_COLLECTION_METHODS: Final = ("DELETE", "GET", "POST")
"""What may stand on a collection; the request and reply of anything else would be no single document."""

_CHOICES: Final[Mapping[str, tuple[Any, ...]]] = {
    "unknown": (None, *get_args(Unknown)),
    "patch": get_args(Patching),
    "etag": get_args(Tagging),
}
"""What the parameters that choose may be."""


@dataclass(frozen=True)
class Resource:
    """One kind of business object, under today's URLs.

    ``collection`` and ``item`` are rules in werkzeug's syntax; ``collection_methods`` and ``item_methods`` are what
    clients may do there. PATCH is served from the app's GET and PUT, so that the app need not know it, or handed on
    as the difference that it makes (``patch``, ``"put"``, ``"merge"`` or ``"json"``). Further operations are
    ``routes``.

    - ``items`` is the member under which the app replies with a list, where it does not reply with a bare one.
    - ``unknown`` overrides the API's policy for fields that a version does not have.
    - ``key`` names the field by which objects of the schema are recognised wherever they are nested in a list.
    - ``etag`` says where entity tags come from, ``"app"``, ``"generate"`` or ``"none"``.
    - ``require_condition`` makes PUT, PATCH and DELETE without a condition 428 (RFC 6585, section 3).
    - ``cache`` is asked for ``Cache-Control`` of what is read at ``collection`` and ``item``.
    - ``deprecated`` says since when these two should not be used, by a date or a ``Deprecation``.
    - ``paging`` says where the app says which page a list is; it overrides the API's.
    - With a ``flag`` only consumers who have it see the resource.
    - ``query`` says which parameters the GET of both takes; without it, all pass as they are.
    - ``examples`` are documents as clients of the newest version see them, for the specifications.
    - ``replies`` says what becomes of replies that break the contract, ``"enforce"``, ``"log"``, ``"off"`` or a
      ``Sample``; without it, what the version or the API says.

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
    patch: Patching = "put"
    key: str | None = None
    etag: Tagging = "app"
    require_condition: bool = False
    cache: CachePolicy | None = None
    deprecated: Deprecation | date | None = None
    paging: Paging | None = None
    flag: str | None = None
    query: Query | None = None
    examples: Sequence[Json] = field(default=(), hash=False)
    replies: Looking | None = None

    def __post_init__(self) -> None:
        self._check_texts()
        object.__setattr__(self, "examples", examples_of(self.examples, f"Resource {self.name!r}"))
        self._check_choices()
        check_schema(self.schema, f"Resource {self.name!r}")
        check_methods(self.collection_methods, _COLLECTION_METHODS, f"the collection of {self.name!r}")
        check_methods(self.item_methods, METHODS, f"the items of {self.name!r}")
        check_cache(self.cache, f"Resource {self.name!r}")
        if self.flag is not None:
            check_flag(self.flag, f"Resource {self.name!r}")
        if self.cache is not None and not any(route.cache for route in self.all_routes()):
            raise DeclarationError(f"Resource {self.name!r} has cache=, which is for what is read, and no GET")
        check_looking(self.replies, f"Resource {self.name!r}")
        check_query(self.query, f"Resource {self.name!r}")
        if self.query is not None and not any(route.query for route in self.all_routes()):
            raise DeclarationError(f"Resource {self.name!r} has query=, which is for what is read, and no GET")
        self._check_routes()
        self._check_patch()
        check_paging(self.paging, f"Resource {self.name!r}")
        if self.paging is not None and not any(route.many for route in self.all_routes()):
            raise DeclarationError(f"Resource {self.name!r} has paging=, which is for lists, and replies with none")
        if not self.all_routes():
            raise DeclarationError(f"Resource {self.name!r} has no URL: give it a collection, an item or routes")
        for name in ("collection_methods", "item_methods", "routes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def _check_texts(self) -> None:
        for name in ("name", "items"):
            text = getattr(self, name)
            if not isinstance(text, str) or not text:
                raise DeclarationError(f"Resource(…, {name}={text!r}): a name is a text of at least one character")
        if self.key is not None and (not isinstance(self.key, str) or not self.key):
            raise DeclarationError(f"Resource {self.name!r}: key={self.key!r} is no field name of today's documents")

    def _check_choices(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                listed = ", ".join(repr(choice) for choice in choices if choice is not None)
                raise DeclarationError(f"Resource {self.name!r}: {name}={getattr(self, name)!r} is none of {listed}")
        if not isinstance(self.require_condition, bool):
            raise DeclarationError(f"Resource {self.name!r}: require_condition={self.require_condition!r} is no bool")
        if self.require_condition and self.etag == "none":
            raise DeclarationError(
                f"Resource {self.name!r} requires a condition of clients that have no entity tag to make it of: "
                f"say etag='generate'"
            )

    def _check_patch(self) -> None:
        needed = {"GET", "PUT"} if self.patch == "put" else {"GET"}
        if self.item is not None and "PATCH" in self.item_methods and not needed <= set(self.item_methods):
            raise DeclarationError(
                f"Resource {self.name!r} offers PATCH, which is served from {' and '.join(sorted(needed))}: "
                f"add {' and '.join(sorted(needed - set(self.item_methods)))} to item_methods, or leave PATCH out"
            )

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

    def flags(self) -> frozenset[str]:
        """The flags of the resource and of its routes."""
        flags = (self.flag, *(route.flag for route in self.routes))
        return frozenset(flag for flag in flags if flag is not None)

    @cached_property
    def _all_routes(self) -> tuple[Route, ...]:
        return (*self._collection_routes(), *self._item_routes(), *self.routes)

    def _collection_routes(self) -> list[Route]:
        if self.collection is None:
            return []
        return [
            Route(
                method,
                self.collection,
                reply=self.schema,
                many=True,
                cache=self.cache,
                deprecated=self.deprecated,
                query=self.query,
            )
            if method == "GET"
            else Route(method, self.collection, self._written(method), self.schema, deprecated=self.deprecated)
            for method in self.collection_methods
        ]

    def _item_routes(self) -> list[Route]:
        if self.item is None:
            return []
        return [
            Route(
                method,
                self.item,
                self._written(method),
                self.schema,
                cache=self.cache if method == "GET" else None,
                deprecated=self.deprecated,
                query=self.query if method == "GET" else None,
            )
            for method in self.item_methods
        ]

    def _written(self, method: str) -> type[Schema] | None:
        return self.schema if method in ("POST", "PUT") else None


def keys_of(resources: Iterable[Resource]) -> dict[type[Schema], str]:
    """The field by which objects of a schema are recognised in lists, as its resource declares it.

    Raises ``DeclarationError`` for what is no such field, or not the same one everywhere.
    """
    keys: dict[type[Schema], str] = {}
    for resource in resources:
        if resource.key is None:
            continue
        if keys.setdefault(resource.schema, resource.key) != resource.key:
            raise DeclarationError(f"two resources name different keys of {resource.schema.__name__}")
        slot = read(Family(resource.schema)).slots.get(resource.key)
        if not isinstance(slot, Leaf) or slot.write_only:
            raise DeclarationError(
                f"Resource {resource.name!r} is recognised by {resource.key!r}: that must be the name of a plain field "
                f"that clients see, not load_only"
            )
    return keys
