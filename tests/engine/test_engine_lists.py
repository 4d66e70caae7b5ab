"""Lists of objects, of which old clients see a part: what they reorder, insert and delete keeps what is theirs."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from marshmallow import Schema, fields
from things import JSON, JSON_PATCH, MERGE_PATCH, Store, make_api

from translayer import Resource, Version, VersionChange
from translayer.operations import add, rename


def api_of(declared_by: str | None, **id_flags: Any) -> Any:
    """Trips of legs that have an id, and a cabin that version 1 does not know.

    The id is the key by word of the list, of the nested field in it, of the legs' resource, or of nobody.
    """

    class StopSchema(Schema):
        id = fields.Integer(**id_flags)
        name = fields.String()
        gate = fields.String()

    class LegSchema(Schema):
        id = fields.Integer(**id_flags)
        origin = fields.String()
        cabin = fields.String()
        stops = fields.List(fields.Nested(StopSchema))

    key: Any = {"metadata": {"key": "id"}}

    class TripSchema(Schema):
        legs = fields.List(
            fields.Nested(LegSchema, **(key if declared_by == "nested" else {})),
            **(key if declared_by == "list" else {}),
        )

    class LegsHaveCabins(VersionChange):
        """Legs have cabins, and stops have gates."""

        schemas = {LegSchema: [rename("from", "origin"), add("cabin")], StopSchema: [add("gate")]}

    owned = {"key": "id"} if declared_by == "resource" else {}
    resources = [
        Resource("trip", TripSchema, collection="/things", item="/things/<int:id>"),
        Resource("leg", LegSchema, collection="/legs", **owned),
        Resource("stop", StopSchema, collection="/stops", **owned),
    ]
    return make_api(resources=resources, versions=[Version(2, LegsHaveCabins), Version(1)])


def leg(number: int, *stops: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, "origin": f"A{number}", "cabin": f"C{number}", "stops": list(stops), "hidden": f"H{number}"}


def stop(number: int) -> dict[str, Any]:
    return {"id": number, "name": f"N{number}", "gate": f"G{number}"}


TRIP = {"legs": [leg(1, stop(7), stop(8)), leg(2), leg(3, stop(9))]}
URL = "/api/v1/things/1"

EDITS = (
    ("first deleted", [{"op": "remove", "path": "/legs/0"}], ["C2", "C3"]),
    ("middle deleted", [{"op": "remove", "path": "/legs/1"}], ["C1", "C3"]),
    ("inserted", [{"op": "add", "path": "/legs/1", "value": {"from": "NEW"}}], ["C1", None, "C2", "C3"]),
    ("appended", [{"op": "add", "path": "/legs/-", "value": {"from": "NEW"}}], ["C1", "C2", "C3", None]),
    (
        "deleted and inserted",
        [
            {"op": "remove", "path": "/legs/2"},
            {"op": "remove", "path": "/legs/0"},
            {"op": "add", "path": "/legs/0", "value": {"from": "NEW"}},
        ],
        [None, "C2"],
    ),
    (
        "changed and deleted",
        [{"op": "replace", "path": "/legs/1/from", "value": "X"}, {"op": "remove", "path": "/legs/0"}],
        ["C2", "C3"],
    ),
    ("a stop deleted", [{"op": "remove", "path": "/legs/0/stops/0"}], ["C1", "C2", "C3"]),
)
REORDERED = ("reordered", [{"op": "move", "from": "/legs/2", "path": "/legs/0"}], ["C3", "C1", "C2"])
KEYED = ("list", "nested", "resource")


TAKEN_OVER = {"deleted and inserted": ["C1", "C2"], "changed and deleted": ["C1", "C3"]}
"""What becomes of edits that nothing tells from others: an element that equals none there was follows its neighbour."""


def cabins(app: Store) -> list[Any]:
    return [element.get("cabin") for element in app.things[1]["legs"]]


def check_the_rest(app: Store) -> None:
    """What belongs to a leg is still with it: its stops and their gates, and what no schema declares."""
    for element in app.things[1]["legs"]:
        if "cabin" in element:
            number = element["cabin"][1:]
            assert element["hidden"] == f"H{number}"
            known = {found["name"]: found["gate"] for found in TRIP["legs"][int(number) - 1]["stops"]}
            assert all(known[found["name"]] == found["gate"] for found in element.get("stops", []))


@pytest.mark.parametrize(("name", "operations", "expected"), (*EDITS, REORDERED))
@pytest.mark.parametrize("declared_by", KEYED)
@pytest.mark.parametrize("flags", ({}, {"dump_only": True}))
def test_TRN_5_2_with_a_key_each_element_keeps_what_is_its_own(
    serve: Any, name: str, operations: Any, expected: list[Any], declared_by: str, flags: Any
) -> None:
    app = Store({1: deepcopy(TRIP)})
    reply = serve(app, api_of(declared_by, **flags)).patch(URL, data=json.dumps(operations), content_type=JSON_PATCH)
    assert (reply.status_code, cabins(app)) == (200, expected)
    check_the_rest(app)


@pytest.mark.parametrize(("name", "operations", "expected"), EDITS)
@pytest.mark.parametrize("flags", ({}, {"dump_only": True}))
def test_TRN_5_2_without_one_equal_elements_do_where_the_length_changes(
    serve: Any, name: str, operations: Any, expected: list[Any], flags: Any
) -> None:
    app = Store({1: deepcopy(TRIP)})
    reply = serve(app, api_of(None, **flags)).patch(URL, data=json.dumps(operations), content_type=JSON_PATCH)
    assert (reply.status_code, cabins(app)) == (200, TAKEN_OVER.get(name, expected))
    check_the_rest(app)


def written(*numbers: int) -> Any:
    """A PUT of legs that are known, without ids, which the service sets; 0 is a new one."""
    known = {0: {"from": "NEW"}}
    for element in TRIP["legs"]:
        stops = [{"name": found["name"]} for found in element.get("stops", [])]
        known[element["id"]] = {"from": element["origin"], "stops": stops}
    return {"legs": [known[number] for number in numbers]}


@pytest.mark.parametrize(
    ("numbers", "expected"),
    (
        ((2, 3), ["C2", "C3"]),
        ((1, 3), ["C1", "C3"]),
        ((3, 1), ["C3", "C1"]),
        ((1, 2, 3, 0), ["C1", "C2", "C3", None]),
        ((1, 2, 3), ["C1", "C2", "C3"]),
        ((), []),
    ),
)
@pytest.mark.parametrize("declared_by", (None, *KEYED))
def test_TRN_5_3_ids_that_the_service_sets_do_not_keep_elements_apart(
    serve: Any, numbers: Any, expected: list[Any], declared_by: str | None
) -> None:
    app = Store({1: deepcopy(TRIP)})
    reply = serve(app, api_of(declared_by, dump_only=True)).put(URL, json=written(*numbers))
    assert (reply.status_code, cabins(app)) == (200, expected)
    check_the_rest(app)


@pytest.mark.parametrize(("kind", "method"), ((MERGE_PATCH, "PATCH"), (JSON, "PUT")))
def test_TRN_5_2_an_unknown_key_is_a_new_element_and_one_twice_is_refused(serve: Any, kind: str, method: str) -> None:
    api = api_of("list")
    for ids, status, expected in (((3, 9, 1), 200, ["C3", None, "C1"]), ((1, 1), 422, ["C1", "C2", "C3"])):
        app = Store({1: deepcopy(TRIP)})
        document = json.dumps({"legs": [{"id": number, "from": "X"} for number in ids]})
        reply = serve(app, api).open(URL, method=method, data=document, content_type=kind)
        assert (reply.status_code, cabins(app)) == (status, expected)
        if status == 422:
            assert [told["pointer"] for told in reply.json["error"]["details"]] == ["/legs/1/id"]


def test_TRN_5_2_a_place_that_leaves_the_key_out_is_matched_without(serve: Any) -> None:
    class LegSchema(Schema):
        id = fields.Integer()
        origin = fields.String()
        cabin = fields.String()

    class TripSchema(Schema):
        legs = fields.List(fields.Nested(LegSchema(exclude=("id",))))
        grid = fields.Dict(values=fields.List(fields.Nested(LegSchema)))

    class LegsHaveCabins(VersionChange):
        """Legs have cabins."""

        schemas = {LegSchema: [add("cabin")]}

    resources = [
        Resource("trip", TripSchema, item="/things/<int:id>"),
        Resource("leg", LegSchema, collection="/legs", key="id"),
    ]
    api = make_api(resources=resources, versions=[Version(2, LegsHaveCabins), Version(1)])
    legs = [{"origin": "A", "cabin": "1"}, {"origin": "B", "cabin": "2"}]
    app = Store({1: {"legs": legs, "grid": {"x": [{"id": 1, **legs[0]}, {"id": 2, **legs[1]}]}}})
    document = {"legs": [{"origin": "B"}], "grid": {"x": [{"id": 2, "origin": "C"}, {"id": 1, "origin": "D"}]}}
    assert serve(app, api).put(URL, json=document).status_code == 200
    assert app.things[1]["legs"] == [legs[1]]
    assert [element["cabin"] for element in app.things[1]["grid"]["x"]] == ["2", "1"]
