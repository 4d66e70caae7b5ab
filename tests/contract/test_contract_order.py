"""What a version shows as it came, and the order in which everything else comes and goes."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields

from translayer import Api, Resource, Version, VersionChange
from translayer.contract.translation import Translation
from translayer.operations import add, constrain, default, move, nest, remove, rename, require


def way(described: type[Schema], changes: dict[type[Schema], Any] | None) -> Translation:
    """The way of the version before some changes, else of the newest."""
    versions = [Version(1)] if changes is None else [Version(2, change(changes)), Version(1)]
    return Api("acme", [Resource("thing", described, item="/things/<id>")], versions).translation(
        described, len(versions) - 1
    )


def change(schemas: Any) -> type[VersionChange]:
    return type("Change", (VersionChange,), {"schemas": schemas})


class Shouted(fields.String):
    """Writes in capitals."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.upper()


class Whispered(fields.String):
    """Reads in small letters, and writes as it is."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return value.lower()


class NodeSchema(Schema):
    """Nodes in nodes, in lists and in tables of nodes."""

    id = fields.Integer(dump_only=True)
    name = fields.String(required=True)
    size = fields.Integer()
    password = fields.String(load_only=True, attribute="hash")
    free = fields.Raw()
    next = fields.Nested("NodeSchema")
    nodes = fields.List(fields.Nested("NodeSchema", metadata={"key": "id"}))
    table = fields.Dict(values=fields.Nested("NodeSchema"))


def holding(field: Any, **more: Any) -> type[Schema]:
    """Things that have a field in the objects of their lists."""
    part = Schema.from_dict({"value": field, **more}, name="PartSchema")
    return Schema.from_dict({"parts": fields.List(fields.Nested(part))}, name="HolderSchema")


NODE = {
    "free": {"b": 1, "a": 2},
    "next": {"next": None},
    "nodes": [{"id": 1}],
    "table": {"b": {}, "a": {}},
    "name": "n",
}

READ: dict[str, tuple[type[Schema], Any, bool]] = {
    "the newest version": (NodeSchema, None, True),
    "require": (NodeSchema, [require("name", default="x")], True),
    "default": (NodeSchema, [default("size", was=1)], True),
    "an operation that changes nothing here": (NodeSchema, [constrain("size", was=fields.Integer())], False),
    "a rename": (NodeSchema, [rename("label", "name")], False),
    "a field of one's own that only reads": (holding(Whispered()), None, True),
    "a field of one's own that writes": (holding(Shouted()), None, False),
    "an attribute": (holding(fields.String(attribute="inside")), None, False),
    "a data_key": (holding(fields.String(data_key="outside")), None, False),
    "a dotted attribute": (holding(fields.String(attribute="value.inside")), None, False),
    "a constant": (holding(fields.Constant(1)), None, False),
    "a function": (holding(fields.Function(lambda thing: 1)), None, False),
    "one plucked": (holding(fields.Pluck(NodeSchema, "name")), None, False),
    "several plucked": (holding(fields.Pluck(NodeSchema, "name", many=True)), None, False),
}


@pytest.mark.parametrize("case", READ)
def test_TRN_10_1_whether_a_version_reads_what_the_app_says_is_known_when_it_is_made(case: str) -> None:
    described, operations, untouched = READ[case]
    assert way(described, operations and {NodeSchema: operations}).untouched is untouched


@pytest.mark.parametrize("operations", (None, [require("name", default="x"), default("size", was=1)]))
def test_TRN_10_1_where_it_does_only_what_is_dropped_is_not_shown(operations: Any) -> None:
    translation = way(NodeSchema, operations and {NodeSchema: operations})
    assert translation.shows_all(NODE)
    for hidden in ({"hash": "h"}, {"password": "p"}, {"margin": 1}):
        assert not translation.shows_all({**NODE, **hidden})
        for nesting in (
            {"next": hidden},
            {"nodes": [{}, hidden]},
            {"table": {"a": hidden}},
            {"next": {"next": hidden}},
        ):
            assert not translation.shows_all(nesting)
        assert translation.shows_all({"free": hidden})


def ordered(document: Any) -> Any:
    """A document as its order of members is part of what it says."""
    if isinstance(document, dict):
        return [(name, ordered(member)) for name, member in document.items()]
    return [ordered(element) for element in document] if isinstance(document, list) else document


class LegSchema(Schema):
    origin = fields.String(required=True)
    seat = fields.String()
    meal = fields.String()
    notes = fields.Raw()


class RideSchema(Schema):
    id = fields.Integer(dump_only=True, attribute="number")
    price = fields.Nested(Schema.from_dict({"amount": fields.String(), "currency": fields.String()}))
    legs = fields.List(fields.Nested(LegSchema))
    first = fields.Nested(LegSchema, only=("notes", "meal", "origin"))
    by_day = fields.Dict(values=fields.Nested(LegSchema))
    extras = fields.Dict()


LEG = {"notes": {"z": 1, "y": [{"x": 1, "w": 2}]}, "meal": "m", "seat": "1A", "origin": "OSL"}
RIDE = {
    "extras": {"b": 1, "a": 2},
    "by_day": {"tue": LEG, "mon": LEG},
    "first": {"meal": "m", "notes": 1, "origin": "OSL"},
    "legs": [LEG, {"meal": "m", "origin": "OSL"}],
    "price": {"currency": "EUR", "amount": "1"},
    "number": 7,
}
RIDES_CHANGED = {
    RideSchema: [nest("amount", "currency", under="price"), remove("kind", was=fields.String(), default="k")],
    LegSchema: [rename("place", "seat"), move("extra.meal", "meal"), add("origin", default="OSL")],
}
LEG_SEEN = [("seat", "1A"), ("meal", "m"), ("notes", [("z", 1), ("y", [[("x", 1), ("w", 2)]])])]
RIDE_SEEN: dict[str, Any] = {
    "newest": [
        ("id", 7),
        ("price", [("amount", "1"), ("currency", "EUR")]),
        ("legs", [[("origin", "OSL"), *LEG_SEEN], [("origin", "OSL"), ("meal", "m")]]),
        ("first", [("origin", "OSL"), ("meal", "m"), ("notes", 1)]),
        ("by_day", [(day, [("origin", "OSL"), *LEG_SEEN]) for day in ("tue", "mon")]),
        ("extras", [("b", 1), ("a", 2)]),
    ],
    "oldest": [
        ("id", 7),
        *(("amount", "1"), ("currency", "EUR")),
        ("legs", [OLD_LEG := [("place", "1A"), LEG_SEEN[2], ("extra", [("meal", "m")])], [("extra", [("meal", "m")])]]),
        ("first", [("notes", 1), ("extra", [("meal", "m")])]),
        ("by_day", [("tue", OLD_LEG), ("mon", OLD_LEG)]),
        ("extras", [("b", 1), ("a", 2)]),
        ("kind", "k"),
    ],
}


@pytest.mark.parametrize("version", RIDE_SEEN)
def test_TRN_10_2_members_are_seen_in_the_order_of_the_versions_schema_at_every_level(version: str) -> None:
    translation = way(RideSchema, RIDES_CHANGED if version == "oldest" else None)
    assert ordered(translation.downgrade(RIDE)) == RIDE_SEEN[version]
    backwards = dict(reversed(RIDE.items()))
    assert [name for name, _ in ordered(translation.downgrade(backwards))] == [name for name, _ in RIDE_SEEN[version]]


def test_TRN_10_2_a_new_object_reaches_the_app_in_the_order_of_todays_schema() -> None:
    sent = {name: RIDE[name] for name in RIDE if name != "number"}
    expected = [pair for pair in RIDE_SEEN["newest"] if pair[0] != "id"]
    assert ordered(way(RideSchema, None).upgrade(sent)) == expected
    older = way(RideSchema, RIDES_CHANGED)
    seen = older.downgrade(RIDE)
    sent = {name: seen[name] for name in reversed(seen) if name not in ("id", "kind")}
    assert ordered(older.upgrade(sent)) == expected
