"""A shop whose API is written twice: as it was frozen, and as its code is by now.

Version 2 calls a ware's `name` `title`, has the widths of boxes in millimetres, and goods are called wares. What a
test gets wrong in the code is said by arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields, validate

from translayer import Api, Query, Resource, Route, Version, VersionChange
from translayer.operations import convert, moved, rename

NOW = datetime(2027, 3, 1, tzinfo=UTC)


def box(**more: Any) -> type[Schema]:
    """The schema of boxes, with fields of one's own."""
    known = {"width": fields.Integer(required=True), "label": fields.String()}
    return type("BoxSchema", (Schema,), {**known, **more})


def ware(box_schema: type[Schema], **more: Any) -> type[Schema]:
    """The schema of wares, with fields of one's own; `None` leaves one out."""
    known: dict[str, Any] = {
        "id": fields.Integer(dump_only=True),
        "title": fields.String(required=True),
        "colour": fields.String(required=True, validate=validate.OneOf(["red", "blue"])),
        "boxes": fields.List(fields.Nested(box_schema)),
    }
    chosen = {name: field for name, field in {**known, **more}.items() if field is not None}
    return type("WareSchema", (Schema,), chosen)


def shop(
    versions: Sequence[Version] = (),
    *,
    box_schema: type[Schema] | None = None,
    named: str = "name",
    url: str = "/goods",
    was: fields.Field[Any] | None = None,
    more: dict[str, Any] | None = None,
    routes: Sequence[Route] = (),
    declared: dict[str, Any] | None = None,
    **options: Any,
) -> Api:
    """The API of the shop; `named`, `url` and `was` are what version 1 had for titles, URLs and widths.

    `declared` is what the resource says otherwise.
    """
    box_schema = box_schema or box()
    ware_schema = ware(box_schema, **(more or {}))

    class WaresHaveTitles(VersionChange):
        """A ware's name is called title."""

        schemas = {ware_schema: [rename(named, "title")]}

    class WidthsAreMillimetres(VersionChange):
        """Boxes are measured in millimetres."""

        schemas = {box_schema: [convert("width", lambda cm: cm * 10, lambda mm: mm // 10, was=was or fields.Integer())]}

    class GoodsAreWares(VersionChange):
        """Goods are called wares."""

        routes = [moved(url, to="/wares")]

    known: dict[str, Any] = {
        "collection": "/wares",
        "item": "/wares/<int:id>",
        "query": Query(filters=["title"]),
        "routes": routes,
    }
    resource = Resource("ware", ware_schema, **{**known, **(declared or {})})
    second = Version(2, WaresHaveTitles, WidthsAreMillimetres, GoodsAreWares)
    chosen = {"prefix": "/api", "clock": lambda: NOW, **options}
    return Api("acme", [resource], [*versions, second, Version(1)], **chosen)
