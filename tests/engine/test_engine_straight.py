"""Straight reads: the same call and the same reply as the exchange makes that knows of none, whatever the app says."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields
from things import NOTE, THING, VERSIONS, make_api
from werkzeug.datastructures import Headers

from translayer import Api, Deprecation, Query, Resource, Sample, Version, VersionChange
from translayer.engine.events import Exchange
from translayer.engine.exchange import ANYBODY, Engine
from translayer.engine.router import Declared
from translayer.engine.straight import StraightRelay
from translayer.http.fields import Fields
from translayer.http.message import Reply, Request
from translayer.operations import convert

CHAIR = b'{"id": 1, "label": "chair", "colour": "red", "secret": 5}'
LIST = b'{"items": [%s], "total": 1}' % CHAIR
JSON_TYPE = ("Content-Type", "application/json")


def outcome(
    engine: Engine, told: Reply, path: str, straightly: bool, accept: str | None = None, query: str = ""
) -> tuple[Any, ...]:
    """What the app is asked, and what the client gets where the app replies so: relayed, or a reply of ours."""
    headers = Headers([] if accept is None else [("Accept", accept)])
    request = Request("GET", "http://localhost", "/mount", path, query, headers)
    found: Any = engine.find(path)
    straight = engine.straight(found, accept, query) if straightly and isinstance(found, Declared) else None
    exchange = engine.exchange(request, found)
    if straight is not None:
        relay: Any = StraightRelay(engine.relay, (lambda: request, found, ANYBODY))
        called = "/mount" + found.mount, found.match.path, query, straight.plan.text, {}
    else:
        try:
            call = next(exchange)
        except StopIteration as stop:
            return None, shown(stop.value)
        assert (call.method, call.translated, call.body) == ("GET", True, None)
        changed = {name: value for name, value in call.headers.items() if value is not None}  # nothing is there to go
        called, relay = (call.mount, call.path, call.query, call.version, changed), call.relay
    if relay.admits(Reply(told.status, told.reason, told.headers)):
        return called, "relayed", list(relay.dress(told))
    pairs = None if straight is None or told.status != 200 else straight.headers(told.headers)
    body = None if straight is None or pairs is None else straight.translated(told.body)
    if straight is not None and pairs is not None and body is not None:
        pairs = straight.completed(pairs, body)
        pairs = engine.noticed(pairs, found, request) if engine.is_noticed(found) else pairs
        return called, (200, told.reason, pairs, body)
    with pytest.raises(StopIteration) as stopped:
        exchange.send(told) if straight is None else next(engine.exchange(request, found, told=told))
    return called, shown(stopped.value.value)


def shown(reply: Reply) -> tuple[Any, ...]:
    """A reply as a value."""
    return reply.status, reply.reason, list(reply.headers), reply.body


def is_straight(engine: Engine, path: str, accept: str | None = None, query: str = "") -> bool:
    """Whether a plain read is a straight one."""
    found = engine.find(path)
    return isinstance(found, Declared) and engine.straight(found, accept, query) is not None


STATUSES = (200, 201, 203, 204, 206, 301, 304, 404, 422, 500)
BODIES = (CHAIR, LIST, b"", b"{", b'{"label": 5}', b'{"label": "x", "label": "y"}', b"[]", b"\xff", b"[" * 300)
HEADERS = (
    ("ETag", '"1"'),
    ("ETag", 'W/"1"'),
    ("etag", "unquoted"),
    ("Vary", "Cookie"),
    ("Location", "/things/1"),
    ("Content-Location", "http://localhost/mount/api/v1/things/1"),
    ("Link", "</things?page=2>; rel=next"),
    ("Content-Encoding", "gzip"),
    ("Content-Length", "5"),
    ("Digest", "x"),
    ("Set-Cookie", "a=1"),
    ("Set-Cookie", "b=2"),
    ("X-Api-Version", "9"),
    ("Status", "200"),
    ("Cache-Control", "no-store"),
    ("Last-Modified", "Mon, 02 Nov 2026 00:00:00 GMT"),
)
TYPES = ("application/json", "application/json; charset=utf-8", "application/hal+json", "text/html", "image/png", None)
PATHS = ("/api/v1/objects/1", "/api/v2/objects/1", "/api/v3/things/1", "/api/v1/objects", "/api/v3/notes/7")
ACCEPTS = (None, "", "*/*", "application/json", "application/vnd.acme.v1+json", "text/html", "application/yaml", "a;;b")

ENGINES = {
    "as it is": Engine(make_api()),
    "data": Engine(make_api(envelope="data")),
    "own tags": Engine(make_api(resources=[replace(THING, etag="generate"), NOTE])),
    "looked at by nobody": Engine(make_api(replies="off")),
    "forms": Engine(make_api(renderers=("yaml", "msgpack"), problems=True)),
    "at a prefix of its own": Engine(make_api(app_prefix="/internal")),
    "ends": Engine(
        make_api(
            versions=[*VERSIONS[:2], Version(1, deprecated=datetime(2026, 1, 1, tzinfo=UTC), sunset=date(2099, 1, 1))]
        )
    ),
}


@given(
    engine=st.sampled_from(list(ENGINES)),
    path=st.sampled_from(PATHS),
    accept=st.sampled_from(ACCEPTS),
    query=st.sampled_from(("", "page=2")),
    status=st.sampled_from(STATUSES),
    type_=st.sampled_from(TYPES),
    headers=st.lists(st.sampled_from(HEADERS), max_size=3, unique_by=lambda pair: (pair[0].lower(), pair[1][:1])),
    body=st.sampled_from(BODIES),
)
def test_they_come_to_what_the_exchange_comes_to(
    engine: str,
    path: str,
    accept: str | None,
    query: str,
    status: int,
    type_: str | None,
    headers: list[tuple[str, str]],
    body: bytes,
) -> None:
    told = Reply(status, "So", Fields([*([("Content-Type", type_)] if type_ else []), *headers]), body)
    assert outcome(ENGINES[engine], told, path, True, accept, query) == outcome(
        ENGINES[engine], told, path, False, accept, query
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_so_they_do_with_any_status_and_type(engine: str) -> None:
    for status, type_, body in product(STATUSES, TYPES, (CHAIR, b"", b"{")):
        told = Reply(status, "So", Fields([("Content-Type", type_)] if type_ else []), body)
        straight, exchanged = (outcome(ENGINES[engine], told, PATHS[0], plain) for plain in (True, False))
        assert straight == exchanged


@pytest.mark.parametrize("engine", ("as it is", "own tags", "ends"))
@pytest.mark.parametrize("header", HEADERS, ids=lambda pair: f"{pair[0]}: {pair[1]}")
def test_so_they_do_with_any_header_of_the_app_s(engine: str, header: tuple[str, str]) -> None:
    for type_, body in (("application/json", CHAIR), ("text/html", b"<p>")):
        told = Reply(200, "So", Fields([("Content-Type", type_), header]), body)
        straight, exchanged = (outcome(ENGINES[engine], told, PATHS[0], plain) for plain in (True, False))
        assert straight == exchanged


@pytest.mark.parametrize(
    ("engine", "headers", "expected"),
    (
        ("as it is", (), {"x-api-version": "1"}),
        ("as it is", (("ETag", '"1"'),), {"etag": '"1.v1"'}),
        ("as it is", (("ETag", 'W/"1"'), ("X-One", "1")), {"etag": 'W/"1.v1"', "x-one": "1"}),
        ("as it is", (("ETag", "unquoted"), ("Digest", "x")), {}),
        ("as it is", (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), {"set-cookie": "b=2"}),
        ("own tags", (("ETag", '"1"'),), {"etag": '"21efbc20d7c665de9bdfecb9d80760d9.v1"'}),
        ("ends", (), {"deprecation": "@1767225600", "sunset": "Thu, 01 Jan 2099 00:00:00 GMT"}),
        ("looked at by nobody", (("ETag", '"1"'),), {"etag": '"1.v1"'}),
    ),
)
def test_their_headers_are_the_apps_and_ours(
    engine: str, headers: tuple[tuple[str, str], ...], expected: dict[str, str]
) -> None:
    told = Reply(200, "OK", Fields([JSON_TYPE, ("Content-Length", "5"), *headers]), CHAIR)
    ways = [outcome(ENGINES[engine], told, "/api/v1/objects/1", plain) for plain in (True, False)]
    assert ways[0] == ways[1]
    status, _, pairs, body = ways[0][1]
    found = {name.lower(): value for name, value in pairs}
    assert (status, body) == (200, b'{"id":1,"name":"chair"}')
    assert (found["content-type"], found["content-length"]) == ("application/json", str(len(body)))
    assert {name: found.get(name) for name in expected} == expected
    assert ("etag" in found, "digest" in found) == ("etag" in expected, False)


@pytest.mark.parametrize(
    ("options", "found_on", "asked_on", "expected"),
    (
        ({"preview": True, "stable": date(2026, 6, 1)}, date(2026, 6, 2), date(2026, 5, 31), 404),
        ({"deprecated": date(2026, 1, 1), "sunset": date(2026, 6, 1)}, date(2026, 5, 31), date(2026, 6, 2), 410),
        ({"preview": True, "stable": date(2026, 6, 1)}, date(2026, 6, 2), date(2026, 6, 3), 200),
    ),
)
def test_a_version_that_is_not_served_any_more_when_the_exchange_begins_is_not_read(
    options: dict[str, Any], found_on: date, asked_on: date, expected: int
) -> None:
    """Neither are previews where the clock is put back."""
    today = [found_on]
    position = 0 if "preview" in options else 2
    versions = [Version(v.number, *v.changes, **(options if at == position else {})) for at, v in enumerate(VERSIONS)]
    engine = Engine(make_api(versions=versions, clock=lambda: datetime.combine(today[0], time(), UTC)))
    path = "/api/v3/things/1" if position == 0 else "/api/v1/objects/1"
    found: Any = engine.find(path)
    today[0] = asked_on
    assert (engine.straight(found, None, "") is not None) is (expected == 200)
    exchange = engine.exchange(Request("GET", "http://localhost", "", path, "", Headers()), found)
    assert status_of(exchange, Reply(200, "OK", Fields([JSON_TYPE]), CHAIR)) == expected


def test_a_preview_is_found_once_it_is_stable_also_where_it_was_asked_for_before() -> None:
    today, path = [date(2026, 5, 31)], "/api/v3/things/1"
    versions = [Version(3, *VERSIONS[0].changes, preview=True, stable=date(2026, 6, 1)), *VERSIONS[1:]]
    engine = Engine(make_api(versions=versions, clock=lambda: datetime.combine(today[0], time(), UTC)))
    for day, is_found in ((31, False), (31, False), (1, True), (1, True), (31, False)):
        today[0] = date(2026, 5 if day == 31 else 6, day)
        assert isinstance(engine.find(path), Declared) is is_found


def status_of(exchange: Exchange, told: Reply) -> int:
    """The status of a reply of ours, for which the app is asked once at most."""
    try:
        next(exchange)
        exchange.send(told)
    except StopIteration as stop:
        reply: Reply = stop.value
    return reply.status


def test_what_is_left_to_the_exchange_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "translayer")
    told = Reply(200, "OK", Fields([JSON_TYPE]), b'{"label": 5}')
    outcome(ENGINES["looked at by nobody"], told, "/api/v1/objects/1", True)
    (message,) = [record.getMessage() for record in caplog.records if record.levelno == logging.DEBUG]
    assert "left to the slow twin" in message


class StraightSchema(Schema):
    """Something that is read."""

    number = fields.Integer()


class LinkedSchema(StraightSchema):
    """With a link."""

    site = fields.String(metadata={"link": True})


class EndingSchema(StraightSchema):
    """With a field that ends."""

    old = fields.String(metadata={"deprecated": Deprecation(date(2026, 1, 1))})


def read(schema: type[Schema] = StraightSchema, of_resource: Any = None, **options: Any) -> Engine:
    """An engine that serves things to be read, in two versions, with options of the API and of the resource."""
    halved = convert("number", upgrade=lambda old: old * 2, downgrade=lambda new: new // 2)
    doubled = type("NumbersAreDoubled", (VersionChange,), {"__doc__": "Doubled.", "schemas": {schema: [halved]}})
    resource = Resource(
        *("one", schema), collection="/ones", item="/ones/<int:id>", item_methods=("GET",), **(of_resource or {})
    )
    return Engine(Api("acme", [resource], [Version(2, doubled), Version(1)], **options))


@pytest.mark.parametrize(
    ("engine", "asked", "straight"),
    (
        (ENGINES["as it is"], {"path": "/api/v1/objects/1"}, True),
        (ENGINES["as it is"], {"path": "/api/v1/objects"}, True),
        (ENGINES["own tags"], {"path": "/api/v1/objects/1"}, True),
        (ENGINES["ends"], {"path": "/api/v1/objects/1"}, True),
        (ENGINES["at a prefix of its own"], {"path": "/api/v1/objects/1"}, False),
        (ENGINES["forms"], {"path": "/api/v1/objects/1", "accept": "*/*"}, True),
        (ENGINES["forms"], {"path": "/api/v1/objects/1", "accept": "application/yaml"}, False),
        (ENGINES["as it is"], {"path": "/api/latest/things/1"}, False),
        (ENGINES["as it is"], {"path": "/api/things/1"}, False),
        (ENGINES["as it is"], {"path": "/api/v1/objects/1", "accept": "text/html"}, False),
        (ENGINES["as it is"], {"path": "/api/v1/objects/1", "accept": "a;;b"}, False),
        (ENGINES["as it is"], {"path": "/api/v1/objects/1", "accept": "*/*, " * 60}, False),
        (read(), {"path": "/v1/ones/1"}, True),
        (read(replies="off"), {"path": "/v1/ones/1"}, True),
        (read(replies="enforce"), {"path": "/v1/ones/1"}, False),
        (read(replies=Sample(0.5)), {"path": "/v1/ones/1"}, True),
        (read(LinkedSchema), {"path": "/v1/ones/1"}, False),
        (read(EndingSchema), {"path": "/v1/ones/1"}, False),
        (read(of_resource={"cache": lambda request, version: None}), {"path": "/v1/ones/1"}, False),
        (read(of_resource={"deprecated": date(2026, 1, 1)}), {"path": "/v1/ones/1"}, False),
        (read(of_resource={"query": Query(filters=["number"])}), {"path": "/v1/ones"}, True),
        (read(of_resource={"query": Query(filters=["number"])}), {"path": "/v1/ones", "query": "number=1"}, False),
        (read(envelope="data"), {"path": "/v1/ones/1"}, True),
        (read(envelope="data"), {"path": "/v1/ones"}, False),
    ),
)
def test_only_those_that_are_settled_beforehand_are_straight(
    engine: Engine, asked: dict[str, Any], straight: bool
) -> None:
    assert is_straight(engine, **asked) is straight
