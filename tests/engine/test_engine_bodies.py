"""Bodies of replies: which go out as they came, in which order the others, and what nobody looks into."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from marshmallow import Schema, fields
from things import Said, Script, make_api

from translayer import Api, Resource, Version, VersionChange
from translayer.contract.envelope import NoEnvelope
from translayer.operations import default, map_values, rename, require


class LineSchema(Schema):
    """A line of a page; the same inside and outside."""

    number = fields.Integer()
    text = fields.String(required=True)
    secret = fields.String(load_only=True)


class PageSchema(Schema):
    """A page of lines, of which another may stand in it."""

    title = fields.String()
    lines = fields.List(fields.Nested(LineSchema))
    by_name = fields.Dict(values=fields.Nested(LineSchema))
    inset = fields.Nested("PageSchema")
    free = fields.Raw()


class LinesHaveTexts(VersionChange):
    """A line has a text, and pages had another title by default: only what is written differs."""

    schemas = {LineSchema: [require("text", default="-")], PageSchema: [default("title", was="Untitled")]}


class LinesAreNumbered(VersionChange):
    """A line's `position` is called `number`."""

    schemas = {LineSchema: [rename("position", "number")]}


VERSIONS = (Version(3, LinesHaveTexts), Version(2, LinesAreNumbered), Version(1))
PAGE = Resource("page", PageSchema, collection="/pages", item="/pages/<int:id>")


def pages(**options: Any) -> Api:
    return Api("acme", [PAGE], VERSIONS, prefix="/api", **options)


SHOWN = b' {"lines": [{"text":"b","number":1.0}, {}],"by_name":{"b": {},"a":{}}, "title":"x","inset":{"lines":[]}}'
NAMED = b'{"free":  {"z":1,"y":{"secret":1}}, "title":"x"}'
HIDDEN = (
    b'{"free":1, "title":"x", "margin":7}',
    b'{"title":"x","lines":[{"text":"a"},{"secret":"s"}]}',
    b'{"title":"x","by_name":{"a":{"margin":1}}}',
    b'{"inset":{"title":"x","inset":{"margin":1}}}',
)


@pytest.mark.parametrize("body", (SHOWN, NAMED))
@pytest.mark.parametrize("version", (2, 3))
def test_TRN_10_1_bytes_go_out_as_they_came_where_a_version_reads_the_same(
    serve: Any, body: bytes, version: int
) -> None:
    assert serve(Script(Said(body=body)), pages()).get(f"/api/v{version}/pages/1").data == body
    for listed in (b"[ " + body + b" ]", b'{"total": 1.0, "items": [' + body + b"," + body + b'], "b":1}'):
        assert serve(Script(Said(body=listed)), pages()).get(f"/api/v{version}/pages").data == listed


@pytest.mark.parametrize("version", (1, 2, 3))
@pytest.mark.parametrize("hidden", HIDDEN)
def test_TRN_10_1_where_anything_is_dropped_all_of_the_reply_is_printed(
    serve: Any, hidden: bytes, version: int
) -> None:
    body = b'{"b": 1, "items": [' + NAMED + b"," + hidden + b'], "a":[ ]}'
    printed = serve(Script(Said(body=body)), pages()).get(f"/api/v{version}/pages").data
    assert printed.startswith(b'{"b":1,"items":[{"title":"x","free":{"z":1,"y":{"secret":1}}},{')
    assert printed.endswith(b'}],"a":[]}')


@pytest.mark.parametrize(
    ("version", "options", "expected"),
    (
        (1, {}, b'{"title":"x","free":{"z":1,"y":{"secret":1}}}'),
        (3, {"envelope": "data"}, b'{"data":{"title":"x","free":{"z":1,"y":{"secret":1}}},"meta":{}}'),
        (3, {"envelope": type("Own", (NoEnvelope,), {})()}, b'{"title":"x","free":{"z":1,"y":{"secret":1}}}'),
    ),
)
def test_TRN_10_1_nor_where_the_version_reads_otherwise_though_not_here(
    serve: Any, version: int, options: Any, expected: bytes
) -> None:
    assert serve(Script(Said(body=NAMED)), pages(**options)).get(f"/api/v{version}/pages/1").data == expected


def test_TRN_10_2_members_stand_in_the_order_of_the_version_whatever_the_apps(serve: Any) -> None:
    for body in (b'{"colour":"red","id":1,"secret":"s","label":"x"}', b'{"label":"x", "colour":"red", "id":1}'):
        client = serve(Script(Said(body=body)), make_api())
        assert client.get("/api/v1/objects/1").data == b'{"id":1,"name":"x"}'
        assert client.get("/api/v3/things/1").data == b'{"id":1,"title":"x","colour":"red"}'


def test_TRN_10_2_a_new_object_reaches_the_app_in_the_order_of_today(serve: Any) -> None:
    app = Script(Said("201 Created", SHOWN))
    sent = {"inset": {"lines": [{"secret": "s", "text": "t", "position": 1}]}, "more": {"b": 1, "a": 2}, "title": "x"}
    serve(app, pages(unknown="pass")).post("/api/v1/pages", json=sent)
    assert app.last.body == (
        b'{"title":"x","inset":{"title":"Untitled","lines":[{"number":1,"text":"t","secret":"s"}]},"more":{"b":1,"a":2}}'
    )


DROPPED = (b"1e999", b"-" + b"9" * 400, b'"\xff"', b'{"\xff":[{}],"":{"a":1}}')


@pytest.mark.parametrize("place", (b'"margin":', b'"free":', b'"lines":', b'"inset":{"inset":{"margin":'))
@pytest.mark.parametrize("version", (1, 3))
def test_ROB_2_1_a_reply_that_nests_too_deeply_is_not_given_to_any_parser(
    serve: Any, place: bytes, version: int, caplog: Any
) -> None:
    body = b'{"title":"x",' + place + b"[" * 100_000 + b"]" * 100_000 + b"}" * place.count(b"{") + b"}"
    client = serve(Script(Said(body=body)), pages())
    found: list[int] = []
    before = threading.stack_size(512 * 1024)
    try:
        asking = threading.Thread(target=lambda: found.append(client.get(f"/api/v{version}/pages/1").status_code))
        asking.start()
        asking.join()
    finally:
        threading.stack_size(before)
    assert found == [500]
    assert "nests more than 128 levels" in caplog.text


@pytest.mark.parametrize("value", DROPPED)
@pytest.mark.parametrize("version", (1, 3))
def test_TRN_10_3_what_is_dropped_is_not_looked_into(serve: Any, value: bytes, version: int) -> None:
    body = b'{"lines":[{"margin":' + value + b',"text":"t","secret":' + value + b'}],"more":' + value + b"}"
    assert serve(Script(Said(body=body)), pages()).get(f"/api/v{version}/pages/1").json == {"lines": [{"text": "t"}]}


@pytest.mark.parametrize("value", DROPPED)
@pytest.mark.parametrize("version", (1, 3))
@pytest.mark.parametrize("hidden", (b"", b',"margin":1'))
def test_TRN_10_3_what_is_kept_is(serve: Any, value: bytes, version: int, hidden: bytes, caplog: Any) -> None:
    body = b'{"free":[' + value + b"]" + hidden + b"}"
    client = serve(Script(Said(body=body)), pages())
    assert client.get(f"/api/v{version}/pages/1").status_code == 500
    assert "breaks the contract" in caplog.text


@pytest.mark.parametrize("dropped", (b"{,}", b"NaN", b"01", b'"\x01"', b'"\\x"', b"[" * 100_000 + b"]" * 100_000))
def test_TRN_10_3_but_it_has_to_be_json(serve: Any, dropped: bytes, caplog: Any) -> None:
    reply = serve(Script(Said(body=b'{"margin":' + dropped + b"}")), pages()).get("/api/v3/pages/1")
    assert reply.status_code == 500
    assert "breaks the contract" in caplog.text


class BoxSchema(Schema):
    """A box in a box, and so on."""

    size = fields.Raw()
    box = fields.Nested("BoxSchema")


class SizesAreWords(VersionChange):
    """Sizes are words."""

    schemas = {BoxSchema: [map_values("size", {1: "small"}, downgrade_else=2)]}


BOXES = Api(
    "acme",
    [Resource("box", BoxSchema, item="/boxes/<int:id>")],
    [Version(2, SizesAreWords), Version(1)],
    prefix="/api",
)


@pytest.mark.parametrize("version", (1, 2))
@pytest.mark.parametrize("name", (b"box", b"size"))
def test_documents_that_nest_deeper_than_anything_can_follow_are_a_500(
    serve: Any, name: bytes, version: int, caplog: Any
) -> None:
    body = (b'{"' + name + b'":') * 600 + b"{}" + b"}" * 600
    reply = serve(Script(Said(body=body)), BOXES).get(f"/api/v{version}/boxes/1")
    assert (reply.status_code, reply.json["error"]["error"]) == (500, "INTERNAL_ERROR")
    assert "breaks the contract" in caplog.text
