"""Who made a value wrong: the app, or an operation, followed back through those that only move values."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from translayer import Api, Resource, Translator, Version, VersionChange
from translayer.contract.blame import MORE_THAN_DERIVED, blame
from translayer.engine.judging import DocumentPromises
from translayer.errors import Violation
from translayer.operations import convert, flatten, rename


class DrawerSchema(Schema):
    """A part of a desk."""

    depth = fields.Integer(required=True, validate=validate.Range(1))


class DeskSchema(Schema):
    """A desk as it is today."""

    width = fields.Integer(required=True)
    drawers = fields.List(fields.Nested(DrawerSchema))


def spoilt(name: str) -> Any:
    return convert(name, upgrade=int, downgrade=lambda value: str(value) if value > 50 else value, was=fields.Integer())


class Emptying(Translator):
    """Desks are other desks."""

    class schema(Schema):
        width = fields.Integer(required=True)
        height = fields.Integer(required=True)

    def upgrade(self, document: Any) -> Any:
        return {"width": document["width"]}

    def downgrade(self, document: Any) -> Any:
        return {}


def change(**schemas: Any) -> type[VersionChange]:
    known = {"desk": DeskSchema, "drawer": DrawerSchema}
    return type("Changed", (VersionChange,), {"schemas": {known[name]: told for name, told in schemas.items()}})


def blamed(told: type[VersionChange], business: Any, broken: Any = None) -> str:
    """What is said of an object of the app, told in version 1, which is followed by one without changes."""
    versions = [Version(3), Version(2, told), Version(1)]
    api = Api("acme", [Resource("desk", DeskSchema, item="/desks/<id>")], versions)
    return blame(api, DeskSchema, 2, None, business, broken or DocumentPromises(api, DeskSchema, None).broken)


BY = "made wrong on the way from version 2 back to 1, at"


@pytest.mark.parametrize(
    "told, business, expected",
    (
        (change(desk=[rename("w", "width")]), {"width": "x"}, "the app's own object breaks today's schema at '/width'"),
        (
            change(desk=[spoilt("width")]),
            {"width": 60},
            f"{BY} '/width', by Convert in Changed: `width` has another form.",
        ),
        (
            change(desk=[rename("breadth", "width"), spoilt("width")]),
            {"width": 60},
            f"{BY} '/breadth', by Convert in Changed: `width` has another form.",
        ),
        (
            change(drawer=[spoilt("depth")], desk=[rename("w", "width")]),
            {"width": 1, "drawers": [{"depth": 5}, {"depth": 60}, {"depth": 7}]},
            f"{BY} '/drawers/1/depth', by Convert in Changed: `depth` has another form.",
        ),
        (change(desk=Emptying), {"width": 1}, f"{BY} '/width', by Handwritten in Changed: "),
        (change(desk=[rename("w", "width")]), {"width": 60}, MORE_THAN_DERIVED),
    ),
)
def test_VAL_3_9_the_first_step_that_breaks_a_shape_is_named(told: Any, business: Any, expected: str) -> None:
    assert blamed(told, business).startswith(expected)


class Forgetting(Emptying):
    """Desks lose what they never had."""

    def downgrade(self, document: Any) -> Any:
        return {"width": document["width"]}


@pytest.mark.parametrize(
    "told, path, expected",
    (
        (change(desk=[rename("w", "width")]), ("w",), f"{BY} '/w', by Rename in Changed: `w` is called `width`."),
        (change(desk=[rename("w", "width")]), ("w", "inside"), "the changes back to version 1 leave it wrong at"),
        (change(desk=[flatten("size", "width")]), ("size",), f"{BY} '/size', by Flatten in Changed: "),
        (change(desk=Forgetting), ("height",), "the changes back to version 1 leave it wrong at '/height'"),
    ),
)
def test_what_only_moves_a_value_is_named_where_nothing_made_it(told: Any, path: Any, expected: str) -> None:
    def broken(position: int, document: Any) -> list[Violation]:
        return [Violation(path, "TYPE", "")] if position == 2 else []

    assert blamed(told, {"width": 60, "drawers": []}, broken).startswith(expected)
