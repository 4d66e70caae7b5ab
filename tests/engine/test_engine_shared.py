"""What the versions of one API share of what is compiled for them, and what each has of its own."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from translayer import Api, Resource, Version, VersionChange
from translayer.contract.derivation import Derivation
from translayer.contract.limits import Limits
from translayer.contract.shape import Family, Shape, Slot
from translayer.contract.translation import Translation
from translayer.engine.compile import Compiler
from translayer.engine.compiled.kinds import Known, Record
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
    assert shared.leaf(plain, newer.check) is shared.leaf(plain, older.check)
    assert shared.leaf(free, newer.check) is not shared.leaf(free, newer.check)


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
