"""What the versions of one API share of what is compiled for them, and what each has of its own."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from translayer import Api, Resource, Version, VersionChange
from translayer.contract.derivation import Derivation
from translayer.contract.limits import Limits
from translayer.contract.shape import Family, Shape, Slot
from translayer.contract.translation import Translation
from translayer.engine.compile import Compiler
from translayer.engine.compiled.kinds import Kind, Known, Leaf, Listed, Record, Tabled
from translayer.engine.compiled.records import Sent
from translayer.engine.compiled.shared import Shared
from translayer.engine.exchange import Engine
from translayer.operations import rename


class CrateSchema(Schema):
    """Plain fields alone."""

    label = fields.String(required=True, validate=validate.Length(max=9))
    weight = fields.Integer()
    stamp = fields.UUID(dump_only=True)


class BarrelSchema(Schema):
    """A field of which each version asks by its own check."""

    free = fields.Raw(validate=lambda value: None)


class CargoSchema(Schema):
    """Both, and a field whose name changes."""

    name = fields.String()
    crate = fields.Nested(CrateSchema)
    barrel = fields.Nested(BarrelSchema)


class StoreSchema(Schema):
    """One field in two records."""

    name = fields.String()
    crate = fields.Nested(CrateSchema)
    lid = fields.Nested(CrateSchema(only=("label",)))


class NamesAreOther(VersionChange):
    """`title` is called `name`."""

    schemas = {CargoSchema: [rename("title", "name")]}


def ways() -> list[Translation]:
    """The ways of cargo to the newest version and to the one before."""
    changes = [{CargoSchema: (rename("title", "name"),)}]
    derivation = Derivation({CargoSchema}, changes, keys={}, unknown="raise", limit=100)
    return [derivation.translation(CargoSchema, position, None) for position in (0, 1)]


def inside(shape: Shape, way: Translation, name: str) -> tuple[Shape, Slot]:
    """The shape of a nested object, and a field of it."""
    inner = way.check.resolve(shape.slots[name].target)
    return inner, next(iter(inner.slots.values()))


def nested(record: Record, name: str) -> Record:
    """The record of a nested object."""
    kind = record.members[name].kind
    assert isinstance(kind, Known)
    return kind.record


def test_SPD_3_1_objects_of_plain_fields_are_decoded_alike_in_every_version() -> None:
    shared = Shared()
    newer, older = (Sent(way.check, shared).record(way.shape) for way in ways())
    assert newer is not older
    assert nested(newer, "crate") is nested(older, "crate")
    assert list(nested(newer, "crate").members) == ["label", "weight"]
    assert nested(newer, "barrel") is not nested(older, "barrel")


def test_what_is_known_of_a_plain_field_is_made_once() -> None:
    shared = Shared()
    (newer, older) = ways()
    _, plain = inside(newer.shape, newer, "crate")
    _, free = inside(newer.shape, newer, "barrel")
    holder = Family(CargoSchema), "raise"
    assert shared.leaf(plain, newer.check, holder) is shared.leaf(plain, older.check, holder)
    assert shared.leaf(free, newer.check, holder) is not shared.leaf(free, newer.check, holder)


def test_a_field_in_two_records_has_a_leaf_in_each_whatever_the_version() -> None:
    changes = [{StoreSchema: (rename("title", "name"),)}]
    derivation = Derivation({StoreSchema}, changes, keys={}, unknown="raise", limit=100)
    shared, both = Shared(), [derivation.translation(StoreSchema, position, None) for position in (0, 1)]
    newer, older = (Sent(way.check, shared).record(way.shape) for way in both)
    of_newer, of_older = (
        [nested(record, name).members["label"].kind for name in ("crate", "lid")] for record in (newer, older)
    )
    assert of_newer == of_older
    assert of_newer[0] is not of_newer[1]


def test_functions_of_a_version_name_what_they_ask_as_if_there_was_no_other() -> None:
    first, second = Compiler(Limits()), Compiler(Limits())
    newer, older = ways()
    first.request(newer, "2")
    assert first.request(older, "1").source == second.request(older, "1").source


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (("Crate", ("label", "weight"), 1), True),
        (("Crate", ("weight", "label"), 1), False),
        (("Crate", ("label", "weight"), 2), False),
        (("Box", ("label", "weight"), 1), False),
    ],
)
def test_structs_to_be_printed_are_shared_by_title_names_and_number(other: Any, same: bool) -> None:
    shared = Shared()
    assert (shared.target(*other) is shared.target("Crate", ("label", "weight"), 1)) is same


def test_nothing_is_kept_of_a_request_but_what_runs() -> None:
    _, older = ways()
    path = Compiler(Limits()).request(older, "1")
    gc.collect()
    assert path.run is not None
    assert path.take(b'{"title":"a"}') == b'{"name":"a"}'
    assert not [found for found in gc.get_objects() if isinstance(found, Record) and found.title == "Cargo"]


def test_documents_have_one_way_whatever_route_they_come_from() -> None:
    cargo = Resource("cargo", CargoSchema, collection="/cargo", item="/cargo/<id>")
    plans = list(Engine(Api("acme", [cargo], [Version(2, NamesAreOther), Version(1)])).router.plans())
    for position in (0, 1):
        there = [plan for plan in plans if plan.position == position and plan.reply]
        of_items, of_lists = ({id(plan.reply) for plan in there if plan.route.many is many} for many in (False, True))
        assert len(of_items) == len(of_lists) == 1
        assert of_items.isdisjoint(of_lists)


def test_families_are_the_same_where_their_selections_are() -> None:
    assert hash(Family(CargoSchema)) == hash(Family(CargoSchema))
    assert Family(CargoSchema) == Family(CargoSchema)
    assert Family(CargoSchema, exclude=frozenset({"name"})) != Family(CargoSchema)
    assert len({Family(CargoSchema), Family(CargoSchema), Family(CargoSchema, only=frozenset({"name"}))}) == 2


def tower(levels: int, inmost: Kind, around: Callable[[Kind], Kind] = lambda kind: kind) -> Record:
    """A record with so many records below it, each of which is in three places of the one above."""
    record = Record("Ground")
    record.add("value", inmost, optional=False)
    for level in range(levels):
        above = Record(f"Level{level}")
        for name in ("left", "middle", "right"):
            above.add(name, around(Known(record)), optional=True)
        record = above
    return record


@pytest.mark.parametrize(
    ("record", "free"),
    [
        (Record("Empty"), False),
        (tower(0, Leaf(str)), False),
        (tower(0, Leaf()), True),
        (tower(0, Leaf(dict[str, Any])), True),
        (tower(0, Listed(Tabled(Leaf(str)))), False),
        (tower(0, Tabled(Listed(Leaf()))), True),
        (tower(32, Leaf(str)), False),
        (tower(32, Leaf()), True),
        (tower(33, Leaf(str)), True),
        (tower(16, Leaf(str), Listed), False),
        (tower(17, Leaf(str), Tabled), True),
    ],
)
def test_free_is_what_may_have_anything_inside_or_more_levels_than_are_counted(record: Record, free: bool) -> None:
    assert record.is_free is free


def test_a_record_that_contains_itself_is_free() -> None:
    record = Record("Knot")
    record.add("inner", Known(record), optional=True)
    assert record.is_free
