"""Lists of objects, of which old clients see a part: what they reorder, insert and delete keeps what is theirs."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from marshmallow import Schema, fields
from things import JSON, JSON_PATCH, MERGE_PATCH, Said, Script, Store, make_api

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


def legs(app: Store) -> list[Any]:
    return [(element.get("id"), element.get("cabin")) for element in app.things[1]["legs"]]


KEYS_SET_BY_THE_SERVICE = (
    ("first deleted", [{"op": "remove", "path": "/legs/0"}], [2, 3]),
    ("swapped", [{"op": "move", "from": "/legs/1", "path": "/legs/0"}], [2, 1, 3]),
    ("inserted", [{"op": "add", "path": "/legs/1", "value": {"from": "NEW"}}], [1, None, 2, 3]),
    (
        "deleted and renamed to what went",
        [{"op": "remove", "path": "/legs/0"}, {"op": "replace", "path": "/legs/0/from", "value": "A1"}],
        [2, 3],
    ),
    ("nothing", [], [1, 2, 3]),
)


@pytest.mark.parametrize(("name", "operations", "ids"), KEYS_SET_BY_THE_SERVICE)
@pytest.mark.parametrize("declared_by", KEYED)
@pytest.mark.parametrize("version", (1, 2))
def test_TRN_5_4_a_key_that_the_service_sets_goes_back_to_it(
    serve: Any, name: str, operations: Any, ids: list[Any], declared_by: str, version: int
) -> None:
    """So that the app can tell which element is meant."""
    app = Store({1: deepcopy(TRIP)})
    named = json.loads(json.dumps(operations).replace('from": "', 'origin": "').replace("/from", "/origin"))
    patch = [
        {**one, "from": other["from"]} if "from" in other else one for one, other in zip(named, operations, strict=True)
    ]
    reply = serve(app, api_of(declared_by, dump_only=True)).patch(
        f"/api/v{version}/things/1", data=json.dumps(operations if version == 1 else patch), content_type=JSON_PATCH
    )
    assert (reply.status_code, legs(app)) == (200, [(number, number and f"C{number}") for number in ids])


def test_TRN_5_4_but_without_a_key_nothing_that_is_read_only_enters(serve: Any) -> None:
    app = Store({1: deepcopy(TRIP)})
    assert serve(app, api_of(None, dump_only=True)).patch(URL, data=b"{}", content_type=MERGE_PATCH).status_code == 200
    assert [number for number, _ in legs(app)] == [None, None, None]


@pytest.mark.parametrize("version", (1, 2))
@pytest.mark.parametrize("declared_by", (None, *KEYED))
def test_VAL_5_4_what_was_read_may_be_sent_back_in_a_put(serve: Any, version: int, declared_by: str | None) -> None:
    app = Store({1: deepcopy(TRIP)})
    client = serve(app, api_of(declared_by, dump_only=True))
    url = f"/api/v{version}/things/1"
    read = client.get(url).json
    assert client.put(url, json=read).status_code == 200
    assert legs(app) == [(number if declared_by else None, f"C{number}") for number in (1, 2, 3)]
    check_the_rest(app)


@pytest.mark.parametrize("version", (1, 2))
def test_VAL_5_4_and_then_elements_are_recognised_by_it(serve: Any, version: int) -> None:
    app = Store({1: deepcopy(TRIP)})
    client = serve(app, api_of("list", dump_only=True))
    url = f"/api/v{version}/things/1"
    first, second, third = client.get(url).json["legs"]
    origin = "from" if version == 1 else "origin"
    sent = {"legs": [third, {**first, origin: "A2"}, {origin: "NEW"}, {**second, origin: "A1"}]}
    assert client.put(url, json=sent).status_code == 200
    assert legs(app) == [(3, "C3"), (1, "C1"), (None, None), (2, "C2")]


@pytest.mark.parametrize("version", (1, 2))
def test_VAL_5_4_what_is_not_there_may_not(serve: Any, version: int) -> None:
    app = Store({1: deepcopy(TRIP)})
    client = serve(app, api_of("list", dump_only=True))
    for path, document in (("/things/1", {"legs": [{"id": 9}]}), ("/things/5", {"legs": [{"id": 1}]})):
        reply = client.put(f"/api/v{version}{path}", json=document)
        assert reply.status_code == 422
        assert [(told["pointer"], told["code"]) for told in reply.json["error"]["details"]] == [
            ("/legs/0/id", "READ_ONLY")
        ]
    assert app.methods() == ["GET", "GET"]


@pytest.mark.parametrize("declared_by", (None, "list"))
def test_places_in_elements_are_told_in_the_client_s_names(serve: Any, declared_by: str | None) -> None:
    refused = Said("422 Unprocessable Entity", {"errors": {"legs": {"1": {"origin": ["Closed."]}}}})
    app = Script(Said(body=TRIP, headers=[("ETag", '"1"')]), refused)
    api = api_of(declared_by, dump_only=True)
    reply = serve(app, api).patch(URL, data=b"{}", content_type=MERGE_PATCH)
    assert [told["pointer"] for told in reply.json["error"]["details"]] == ["/legs/1/from"]
    translation = api.translation(api.resources[0].schema, 0)
    assert translation.business.newer_path(("legs", 1, "origin")) == ("legs", 1, "origin")


def test_a_key_twice_in_the_service_s_own_list_is_no_fault_of_a_client_s(serve: Any) -> None:
    app = Store({1: {"legs": [leg(1), leg(1), leg(2)]}})
    client = serve(app, api_of("list"))
    for operations, status in (
        ([], 200),
        ([{"op": "replace", "path": "/legs/2/from", "value": "X"}], 200),
        ([{"op": "replace", "path": "/legs/2/id", "value": 1}], 422),
    ):
        assert client.patch(URL, data=json.dumps(operations), content_type=JSON_PATCH).status_code == status


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
