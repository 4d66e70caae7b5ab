"""Patches: how they reach apps that take patches themselves, and what no patch may reach."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, fields, validate
from things import JSON, JSON_PATCH, MERGE_PATCH, THING, VERSIONS, Asked, Said, Script, Store, make_api
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from translayer import Limits, Resource, Translayer, Version, VersionChange
from translayer.document.merge import apply_merge
from translayer.document.patch import apply_patch
from translayer.errors import DeclarationError
from translayer.operations import add, rename, wrap

CHAIR = {"label": "chair", "colour": "red", "parts": ["leg", "seat"]}
URL = "/api/v1/objects/1"
APPLY = {MERGE_PATCH: apply_merge, JSON_PATCH: apply_patch}


class Patchable(Store):
    """A store that takes patches of its objects, of both types, and no PUT."""

    def item(self, told: Asked, number: int, request: Request) -> Response:
        assert told.method != "PUT"
        if told.method != "PATCH":
            return super().item(told, number, request)
        self.before_put(self)
        if not self.permits(request, True, self.etag(number).strip('"')):
            return Response("{}", 412, mimetype=JSON)
        self.write(number, APPLY[told.headers["CONTENT_TYPE"]](self.things[number], told.json))
        return self.reply(number, 200)


def api_of(patch: str, **options: Any) -> Any:
    return make_api(resources=[replace(THING, patch=patch, item_methods=("GET", "PATCH"), **options)])


@pytest.mark.parametrize("kind", (MERGE_PATCH, JSON_PATCH))
@pytest.mark.parametrize(
    ("patch", "merged", "operations"),
    (
        ({"name": "stool"}, {"label": "stool"}, [{"op": "replace", "path": "/label", "value": "stool"}]),
        ({"parts": None}, {"parts": None}, [{"op": "remove", "path": "/parts"}]),
        (
            {"parts": ["leg", "arm", "seat"]},
            {"parts": ["leg", "arm", "seat"]},
            [{"op": "add", "path": "/parts/1", "value": "arm"}],
        ),
        ({"id": 1}, {}, []),
        ({}, {}, []),
    ),
)
def test_WRT_1_4_an_app_that_takes_patches_gets_the_difference(
    serve: Any, kind: str, patch: Any, merged: Any, operations: Any
) -> None:
    app = Patchable({1: CHAIR})
    client = serve(app, api_of("merge" if kind == MERGE_PATCH else "json"))
    reply = client.patch(URL, data=json.dumps(patch), content_type=MERGE_PATCH)
    assert (reply.status_code, app.methods()) == (200, ["GET", "PATCH"])
    sent = app.asked[-1]
    assert (sent.json, sent.headers["CONTENT_TYPE"]) == (merged if kind == MERGE_PATCH else operations, kind)
    assert (sent.headers["HTTP_IF_MATCH"], sent.path) == ('"r1"', "/things/1")
    assert reply.json == client.get(URL).json
    assert (app.things[1]["colour"], app.things[1]["secret"]) == ("red", "s")


def test_WRT_1_4_also_from_a_client_s_json_patch(serve: Any) -> None:
    app = Patchable({1: CHAIR})
    operations = [
        {"op": "move", "from": "/parts/0", "path": "/parts/1"},
        {"op": "copy", "from": "/parts/0", "path": "/name"},
    ]
    reply = serve(app, api_of("merge")).patch(URL, data=json.dumps(operations), content_type=JSON_PATCH)
    assert (reply.status_code, app.asked[-1].json) == (200, {"label": "seat", "parts": ["seat", "leg"]})


def test_WRT_1_4_and_again_where_somebody_was_faster(serve: Any) -> None:
    app = Patchable({1: CHAIR})
    left = iter(("blue", "green"))

    def faster(store: Store) -> None:
        for colour in left:
            store.write(1, {**CHAIR, "colour": colour})
            break

    app.before_put = faster
    reply = serve(app, api_of("json")).patch(URL, data=b'{"name": "stool"}', content_type=MERGE_PATCH)
    assert (reply.status_code, app.methods()) == (200, ["GET", "PATCH"] * 3)
    assert (app.things[1]["label"], app.things[1]["colour"]) == ("stool", "green")


def test_WRT_1_4_a_put_stays_a_put(serve: Any) -> None:
    app = Store({1: CHAIR})
    thing = replace(THING, patch="merge")
    assert serve(app, make_api(resources=[thing])).put(URL, json={"name": "stool"}).status_code == 200
    assert (app.methods(), app.things[1]["colour"]) == (["GET", "PUT"], "red")


@pytest.mark.parametrize(("patch", "missing"), (("put", "PUT"), ("merge", "GET"), ("json", "GET")))
def test_what_a_patch_is_served_from_must_be_there(patch: str, missing: str) -> None:
    methods = {"GET", "PUT", "PATCH"} - {missing}
    with pytest.raises(DeclarationError, match=f"add {missing} to item_methods"):
        replace(THING, patch=patch, item_methods=tuple(methods))


class CardSchema(Schema):
    """A card, with places of every kind."""

    id = fields.Integer(dump_only=True)
    name = fields.String(required=True)
    colour = fields.String()
    rank = fields.Integer(allow_none=True)
    notes = fields.List(fields.String())
    inner = fields.Nested(lambda: InnerSchema(), allow_none=True)
    inners = fields.List(fields.Nested(lambda: InnerSchema()))
    table = fields.Dict(keys=fields.String(), values=fields.Nested(lambda: InnerSchema()))
    free = fields.Raw(allow_none=True)


class InnerSchema(Schema):
    """What lies in a card."""

    stamp = fields.Integer(dump_only=True)
    text = fields.String()
    unseen = fields.String()


class CardsHaveColours(VersionChange):
    """Cards have colours and several notes."""

    schemas = {
        CardSchema: [rename("title", "name"), add("colour"), rename("note", "notes"), wrap("notes")],
        InnerSchema: [add("unseen")],
    }


def card_api(**options: Any) -> Any:
    card = Resource("card", CardSchema, collection="/things", item="/things/<int:id>", **options)
    return make_api(resources=[card], versions=[Version(2, CardsHaveColours), Version(1)])


CARD = {
    "name": "ace",
    "colour": "red",
    "rank": 1,
    "notes": ["a", "b"],
    "inner": {"stamp": 1, "text": "x", "unseen": "u"},
    "inners": [{"stamp": 2, "text": "y", "unseen": "v"}, {"stamp": 3, "text": "z"}],
    "table": {"k": {"stamp": 4, "text": "t", "unseen": "w"}},
    "free": {"any": [1, None]},
}

texts = st.sampled_from(("x", "y", "z", "new"))
inners = st.fixed_dictionaries({}, optional={"text": texts})
views = st.fixed_dictionaries(
    {"title": texts},
    optional={
        "rank": st.none() | st.integers(0, 3),
        "note": texts,
        "inner": inners,
        "inners": st.lists(inners, max_size=3),
        "table": st.dictionaries(st.sampled_from("kl"), inners, max_size=2),
        "free": st.recursive(
            st.sampled_from((True, 1, 1.5, "a")), lambda inner: st.lists(inner) | st.dictionaries(texts, inner)
        ),
    },
)


@pytest.mark.no_cover
@settings(max_examples=100)
@given(views)
def test_WRT_1_4_a_json_patch_leaves_the_app_with_what_a_put_would(view: dict[str, Any]) -> None:
    """Whatever the client makes of the whole document, and whichever way it goes to the app."""
    operations = json.dumps([{"op": "replace", "path": "", "value": view}])
    found = []
    for patch, make in (("put", Store), ("json", Patchable)):
        app = make({1: CARD})
        reply = Client(Translayer(app, card_api(patch=patch))).patch(
            "/api/v1/things/1", data=operations, content_type=JSON_PATCH
        )
        assert reply.status_code == 200
        found.append(app.things[1])
    put, patched = map(written_by_clients, found)
    assert put == patched


@pytest.mark.no_cover
@settings(max_examples=100)
@given(views)
def test_WRT_1_4_so_does_a_merge_patch_but_for_null(view: dict[str, Any]) -> None:
    """RFC 7396 has no word for null, so that a member which becomes null is one that goes."""
    operations = json.dumps([{"op": "replace", "path": "", "value": view}])
    put, patched = Store({1: CARD}), Patchable({1: CARD})
    for app, patch in ((put, "put"), (patched, "merge")):
        client = Client(Translayer(app, card_api(patch=patch)))
        assert client.patch("/api/v1/things/1", data=operations, content_type=JSON_PATCH).status_code == 200
    expected = {name: value for name, value in written_by_clients(put.things[1]).items() if value is not None}
    assert written_by_clients(patched.things[1]) == expected


def written_by_clients(document: Any) -> Any:
    """What a client can write of a document: a PUT leaves out what is read-only, and the store takes it so."""
    if isinstance(document, dict):
        kept = ("id", "secret", "stamp")
        return {name: written_by_clients(value) for name, value in document.items() if name not in kept}
    return list(map(written_by_clients, document)) if isinstance(document, list) else document


REFUSED = (
    ("replace", "/id", "READ_ONLY"),
    ("add", "/id", "READ_ONLY"),
    ("remove", "/id", "READ_ONLY"),
    ("replace", "/inner/stamp", "READ_ONLY"),
    ("remove", "/inners/0/stamp", "READ_ONLY"),
    ("add", "/inners/-/stamp", "READ_ONLY"),
    ("replace", "/table/k/stamp", "READ_ONLY"),
    ("add", "/colour", "UNKNOWN_FIELD"),
    ("remove", "/colour", "UNKNOWN_FIELD"),
    ("replace", "/name", "UNKNOWN_FIELD"),
    ("add", "/inners/1/unseen", "UNKNOWN_FIELD"),
    ("add", "/table/k/unseen/deeper", "UNKNOWN_FIELD"),
    ("replace", "/secret", "UNKNOWN_FIELD"),
    ("add", "/__class__", "UNKNOWN_FIELD"),
)


@pytest.mark.parametrize(("op", "path", "code"), REFUSED)
@pytest.mark.parametrize("unknown", ("raise", "exclude"))
def test_WRT_7_1_a_path_to_what_is_read_only_or_unseen_is_refused(
    serve: Any, op: str, path: str, code: str, unknown: str
) -> None:
    operation = {"op": op, "path": path, "value": "x"}
    for operations in (
        [operation],
        [{"op": "replace", "path": "/title", "value": "y"}, operation],
        [{"op": "copy", "from": "/title", "path": path}],
        [{"op": "move", "from": "/title", "path": path}],
        [{"op": "move", "from": path, "path": "/free"}],
    ):
        app = Store({1: CARD})
        reply = serve(app, card_api(unknown=unknown)).patch(
            "/api/v1/things/1", data=json.dumps(operations), content_type=JSON_PATCH
        )
        assert (reply.status_code, reply.json["error"]["error"], app.methods()) == (422, "INVALID", [])
        assert [(told["pointer"], told["code"]) for told in reply.json["error"]["details"]] == [(told_at(path), code)]


def told_at(path: str) -> str:
    return path.removesuffix("/deeper")


def test_WRT_7_1_all_of_them_at_once(serve: Any) -> None:
    operations = [{"op": "remove", "path": path} for _, path, _ in REFUSED]
    reply = serve(Store({1: CARD}), card_api()).patch(
        "/api/v1/things/1", data=json.dumps(operations), content_type=JSON_PATCH
    )
    assert {told["pointer"] for told in reply.json["error"]["details"]} == {told_at(path) for _, path, _ in REFUSED}


@pytest.mark.parametrize(
    ("patch", "told"),
    (
        ({"id": None}, {"/id": "READ_ONLY"}),
        ({"id": 7}, {"/id": "READ_ONLY"}),
        ({"inner": {"stamp": None}, "colour": None}, {"/inner/stamp": "READ_ONLY", "/colour": "UNKNOWN_FIELD"}),
        ({"table": {"k": {"unseen": None}}}, {"/table/k/unseen": "UNKNOWN_FIELD"}),
    ),
)
def test_WRT_7_1_so_is_what_a_merge_patch_takes_away(serve: Any, patch: Any, told: dict[str, str]) -> None:
    app = Store({1: CARD})
    reply = serve(app, card_api()).patch("/api/v1/things/1", data=json.dumps(patch), content_type=MERGE_PATCH)
    assert {fault["pointer"]: fault["code"] for fault in reply.json["error"]["details"]} == told
    assert (reply.status_code, "PUT" in app.methods()) == (422, False)


@pytest.mark.parametrize(
    "operation",
    (
        {"op": "test", "path": "/id", "value": 1},
        {"op": "copy", "from": "/id", "path": "/rank"},
        {"op": "replace", "path": "/free/any/0", "value": 2},
        {"op": "add", "path": "/free/anything", "value": 2},
        {"op": "add", "path": "/inners/-", "value": {"text": "n"}},
        {"op": "add", "path": "/table/new", "value": {"text": "n"}},
        {"op": "replace", "path": "/inner", "value": None},
        {"op": "replace", "path": "", "value": {"title": "whole"}},
    ),
)
def test_WRT_7_1_all_else_is_within_reach(serve: Any, operation: dict[str, Any]) -> None:
    app = Store({1: CARD})
    reply = serve(app, card_api()).patch("/api/v1/things/1", data=json.dumps([operation]), content_type=JSON_PATCH)
    assert (reply.status_code, app.methods()) == (200, ["GET", "PUT"])


def test_WRT_7_1_where_unknown_fields_pass_only_known_names_are_out_of_reach(serve: Any) -> None:
    app = Store({1: CARD})
    client = serve(app, card_api(unknown="pass"))
    for path, status in (("/extra", 200), ("/colour", 422), ("/id", 422)):
        operation = {"op": "add", "path": path, "value": "x"}
        reply = client.patch("/api/v1/things/1", data=json.dumps([operation]), content_type=JSON_PATCH)
        assert reply.status_code == status
    assert app.things[1]["extra"] == "x"


@pytest.mark.parametrize(
    ("kind", "patch", "status"),
    (
        (JSON_PATCH, [{"op": "add", "path": "/colour", "value": "blue"}], 422),
        (
            JSON_PATCH,
            [{"op": "replace", "path": "/name", "value": "x"}, {"op": "add", "path": "/wheels", "value": 1}],
            422,
        ),
        (JSON_PATCH, [{"op": "move", "from": "/parts", "path": "/colour"}], 422),
        (MERGE_PATCH, {"colour": "blue", "wheels": None, "id": None}, 200),
    ),
)
def test_WRT_7_1_lenient_handling_is_for_documents_and_a_json_patch_is_done_whole_or_not_at_all(
    serve: Any, kind: str, patch: Any, status: int
) -> None:
    app = Store({1: CHAIR})
    headers = {"Prefer": "handling=lenient"}
    reply = serve(app, make_api(lenient=True)).patch(URL, data=json.dumps(patch), content_type=kind, headers=headers)
    assert (reply.status_code, app.things[1]) == (status, {"id": 1, "secret": "s", **CHAIR})


def test_a_patch_that_is_none_is_refused_before_anything_is_read(serve: Any) -> None:
    app = Script(Said("404 Not Found", {}))
    reply = serve(app, make_api()).patch(URL, data=b'[{"op": "paint"}]', content_type=JSON_PATCH)
    assert (reply.status_code, reply.json["error"]["error"], app.asked) == (400, "MALFORMED_PATCH", [])


@pytest.mark.parametrize(
    ("limits", "operations", "code"),
    (
        (Limits(operations=2), [{"op": "test", "path": "/name", "value": "chair"}] * 3, "PATCH_TOO_LARGE"),
        (Limits(operations=3), [{"op": "test", "path": "/name", "value": "chair"}] * 3, None),
        (Limits(copied=10), [{"op": "copy", "from": "", "path": "/parts/0"}] * 2, "PATCH_TOO_LARGE"),
    ),
)
def test_ROB_2_3_an_api_may_set_the_bounds_of_patches(serve: Any, limits: Limits, operations: Any, code: Any) -> None:
    app = Store({1: CHAIR})
    reply = serve(app, make_api(limits=limits)).patch(URL, data=json.dumps(operations), content_type=JSON_PATCH)
    assert (reply.status_code, (reply.json.get("error") or {}).get("error")) == (400 if code else 200, code)


class StepSchema(Schema):
    """A step, which the service numbers."""

    id = fields.String(dump_only=True)
    title = fields.String(required=True)
    surgeon = fields.String()
    result = fields.String(dump_only=True)


class VisitSchema(Schema):
    """A visit, of several steps."""

    title = fields.String()
    steps = fields.List(fields.Nested(StepSchema, metadata={"key": "id"}))
    words = fields.List(fields.String())


class VisitsHaveSurgeons(VersionChange):
    """A visit has a title, and its steps have surgeons."""

    schemas = {VisitSchema: [rename("name", "title")], StepSchema: [add("surgeon")]}


def step(number: str, title: str) -> dict[str, str]:
    return {"id": number, "title": title, "surgeon": f"S{number}", "result": f"R{number}", "_rev": number}


STEPS = (
    ("removed, of two alike", ["Scan", "Scan"], [{"op": "remove", "path": "/steps/0"}], ["b"]),
    ("moved, of two alike", ["Scan", "Scan"], [{"op": "move", "from": "/steps/0", "path": "/steps/1"}], ["b", "a"]),
    (
        "removed, and another called so",
        ["A", "B"],
        [{"op": "remove", "path": "/steps/0"}, {"op": "replace", "path": "/steps/0/title", "value": "A"}],
        ["b"],
    ),
    ("added in front", ["A", "B"], [{"op": "add", "path": "/steps/0", "value": {"title": "A"}}], [None, "a", "b"]),
    ("changed", ["A", "B"], [{"op": "replace", "path": "/steps/1/title", "value": "A"}], ["a", "b"]),
    ("left alone", ["A", "B"], [{"op": "test", "path": "/steps/1/title", "value": "B"}], ["a", "b"]),
)


@pytest.mark.parametrize(("name", "titles", "operations", "expected"), STEPS)
@pytest.mark.parametrize("version", (1, 2))
@pytest.mark.parametrize("patch", ("put", "merge", "json"))
def test_WRT_1_4_elements_that_the_service_numbers_stay_who_they_are(
    serve: Any, name: str, titles: list[str], operations: Any, expected: list[Any], version: int, patch: str
) -> None:
    visit = Resource("visit", VisitSchema, item="/things/<int:id>", item_methods=("GET", "PUT", "PATCH"), patch=patch)
    api = make_api(resources=[visit], versions=[Version(2, VisitsHaveSurgeons), Version(1)])
    app = (Store if patch == "put" else Patchable)({1: {"title": "x", "steps": list(map(step, "ab", titles))}})
    reply = serve(app, api).patch(f"/api/v{version}/things/1", data=json.dumps(operations), content_type=JSON_PATCH)
    assert reply.status_code == 200
    found = [(known.get("id"), known.get("surgeon"), known.get("_rev")) for known in app.things[1]["steps"]]
    assert found == [(number, number and f"S{number}", number) for number in expected]
    if patch == "json":
        # By index an operation would name another element, or set what only the service sets.
        (sent,) = (told.json for told in app.asked if told.method == "PATCH")
        assert [operation["path"] for operation in sent] == ([] if name == "left alone" else ["/steps"])


@pytest.mark.parametrize("count", (10, 600, 5_000))
def test_WRT_1_4_a_long_list_is_replaced_whole_and_costs_no_search(serve: Any, count: int) -> None:
    words = [f"w{number}" for number in range(count)]
    visit = Resource("visit", VisitSchema, item="/things/<int:id>", item_methods=("GET", "PATCH"), patch="json")
    app = Patchable({1: {"title": "x", "words": words}})
    other = [word for pair in zip(words, map(str.upper, words), strict=True) for word in pair]
    client = serve(app, make_api(resources=[visit], versions=VERSIONS[2:]))
    reply = client.patch("/api/v1/things/1", data=json.dumps({"words": other}), content_type=MERGE_PATCH)
    assert (reply.status_code, app.things[1]["words"]) == (200, other)
    sent = app.asked[-1].json
    assert len(sent) == (10 if count == 10 else 1)
    assert [told["op"] for told in sent] == (["add"] * 10 if count == 10 else ["replace"])


@pytest.mark.parametrize(("kind", "method"), ((MERGE_PATCH, "PATCH"), (JSON, "PUT")))
def test_VAL_2_4_what_a_client_cannot_see_is_not_held_against_it(serve: Any, kind: str, method: str) -> None:
    class PaintSchema(Schema):
        """Paint, in one of few colours."""

        name = fields.String()
        colour = fields.String(validate=validate.OneOf(["red", "blue"]))

    class PaintHasColours(VersionChange):
        """Paint has a colour."""

        schemas = {PaintSchema: [add("colour", default="red")]}

    paint = Resource("paint", PaintSchema, item="/things/<int:id>")
    api = make_api(resources=[paint], versions=[Version(2, PaintHasColours), Version(1)])
    app = Store({1: {"name": "x", "colour": "zzz"}})
    client = serve(app, api)
    reply = client.open("/api/v1/things/1", method=method, data=b'{"name": "y"}', content_type=kind)
    assert (reply.status_code, app.things[1]["name"], app.things[1]["colour"]) == (200, "y", "zzz")
    reply = client.open("/api/v2/things/1", method=method, data=b'{"colour": "zz"}', content_type=kind)
    assert (reply.status_code, reply.json["error"]["details"][0]["pointer"]) == (422, "/colour")


@pytest.mark.parametrize("status", ("405 Method Not Allowed", "406 Not Acceptable", "415 Unsupported Media Type"))
@pytest.mark.parametrize("patch", ("put", "merge", "json"))
def test_what_an_app_says_of_a_call_of_ours_is_not_said_of_the_client_s(
    serve: Any, status: str, patch: str, caplog: Any
) -> None:
    app = Script(Said(body=CHAIR, headers=[("ETag", '"1"')]), Said(status, {}, headers=[("Allow", "GET")]))
    api = make_api(resources=[replace(THING, patch=patch)])
    reply = serve(app, api, debug=False).patch(URL, data=b'{"name": "x"}', content_type=MERGE_PATCH)
    assert (reply.status_code, reply.json["error"]["error"], "Allow" in reply.headers) == (500, "INTERNAL_ERROR", False)
    assert f"the app replied {status[:3]} to the call that a patch is served by" in caplog.text
