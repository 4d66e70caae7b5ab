"""Replies are held against the contract of the client's version: to enforce it, to tell the log, in part, or not."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields, validate
from things import Said, Script
from watching import watched
from werkzeug.test import Client

from translayer import Api, Envelope, Resource, Route, Sample, Translator, Translayer, Version, VersionChange
from translayer.contract.looking import looking_at
from translayer.engine import judging
from translayer.engine.tally import MOST_PLACES, Tally
from translayer.errors import DeclarationError
from translayer.operations import add, convert, join, map_values, remove, rename, split

REPOSITORY = Path(__file__).parents[2]


class RoomSchema(Schema):
    """A room as it is today."""

    number = fields.Integer(required=True, validate=validate.Range(1, 99))
    size = fields.Integer(required=True)
    label = fields.String(validate=validate.Length(max=5))


class SizesAreInSquareFeet(VersionChange):
    """Sizes are in square feet."""

    schemas = {
        RoomSchema: [
            convert(
                "area",
                upgrade=lambda metres: int(metres * 10.76),
                # A fault of its author's: what is small becomes a text.
                downgrade=lambda feet: int(feet / 10.76) if feet > 10 else "tiny",
                was=fields.Integer(required=True),
            )
        ]
    }


class NumbersWereNames(VersionChange):
    """`no` is called number, `area` size, and there are labels."""

    schemas = {RoomSchema: [rename("no", "number"), rename("area", "size"), add("label")]}


def rooms(**options: Any) -> Resource:
    return Resource("room", RoomSchema, collection="/rooms", item="/rooms/<int:id>", **options)


def api_of(resource: Resource | None = None, older: dict[str, Any] | None = None, **options: Any) -> Api:
    versions = [Version(3, NumbersWereNames), Version(2, SizesAreInSquareFeet), Version(1, **(older or {}))]
    return Api("acme", [resource or rooms()], versions, **options)


RIGHT = {"number": 7, "size": 300}
WRONG = {"number": 0, "size": 300}
"""The app's own object breaks a rule of today."""
TINY = {"number": 7, "size": 5}
"""The app's object is right, and an operation makes of it what is wrong."""

BY_APP = "Its cause: the app's own object breaks today's schema at '/number'"
BY_STEP = "Its cause: made wrong on the way from version 2 back to 1, at '/area', by Convert in SizesAreInSquareFeet: "

CASES = (
    # what the app says, to what; the pointer and code that are told, and the cause
    ("one", RIGHT, "GET", "/v1/rooms/7", None, None),
    ("list", [RIGHT, RIGHT], "GET", "/v1/rooms", None, None),
    ("write", RIGHT, "POST", "/v1/rooms", None, None),
    ("wrong", WRONG, "GET", "/v1/rooms/7", "'/no' (RANGE", BY_APP),
    ("wrong today", WRONG, "GET", "/v3/rooms/7", "'/number' (RANGE", BY_APP),
    ("missing", {"number": 7}, "GET", "/v1/rooms/7", "'/area' (REQUIRED", "today's schema at '/size'"),
    ("by an operation", TINY, "GET", "/v1/rooms/7", "'/area' (TYPE", BY_STEP),
    ("behind the operation", TINY, "GET", "/v2/rooms/7", None, None),
    ("element", [RIGHT, WRONG], "GET", "/v1/rooms", "'/1/no' (RANGE", BY_APP),
    ("page", {"items": [RIGHT, TINY], "total": 2}, "GET", "/v1/rooms", "'/items/1/area' (TYPE", BY_STEP),
    ("written", TINY, "POST", "/v1/rooms", "'/area' (TYPE", BY_STEP),
    ("written wrong", WRONG, "POST", "/v1/rooms", "'/no' (RANGE", BY_APP),
)

every_case = pytest.mark.parametrize("name, said, method, url, place, cause", CASES, ids=[case[0] for case in CASES])


def asked(app: Any, api: Api, method: str, url: str) -> tuple[Any, Translayer]:
    """The reply, and what was asked for it."""
    wrapped = Translayer(watched(app), api)
    sent = {"json": {"no": 7, "area": 30}} if method == "POST" else {}
    with Client(watched(wrapped)).open(url, method=method, **sent) as reply:
        reply.get_data()
    return reply, wrapped


def warnings_of(caplog: Any) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@every_case
def test_VAL_3_1_log_sends_the_reply_and_tells_where_it_is_wrong_and_who_made_it_so(
    caplog: Any, name: str, said: Any, method: str, url: str, place: str | None, cause: str
) -> None:
    reply, wrapped = asked(Script(Said(body=said)), api_of(), method, url)
    assert reply.status_code == 200
    assert reply.data
    told = warnings_of(caplog)
    if place is None:
        assert told == []
        assert not any(outcome == "broken" for _, _, outcome in wrapped.violations)
    else:
        assert len(told) == 1
        route = f"{method} {'/rooms' if url.endswith('rooms') else '/rooms/<int:id>'}"
        assert told[0].startswith(
            f"a reply of {route} breaks the contract of version {url[2]} at {place}, 1 times by now)"
        )
        assert cause in told[0]
        assert wrapped.violations == {(url[2], route, "broken"): 1}


@every_case
def test_VAL_3_2_enforce_withholds_it_and_a_write_that_was_done_stays_done(
    caplog: Any, name: str, said: Any, method: str, url: str, place: str | None, cause: str
) -> None:
    reply, wrapped = asked(Script(Said(body=said)), api_of(replies="enforce"), method, url)
    (outcome,) = (outcome for _, _, outcome in wrapped.violations)
    assert outcome == ("kept" if place is None else "refused")
    if place is None:
        assert reply.status_code == 200
        assert warnings_of(caplog) == []
        return
    assert len(warnings_of(caplog)) == 1
    assert place.split("'")[1] in caplog.text
    assert cause in caplog.text
    if method == "POST":
        assert (reply.status_code, reply.data) == (200, b"")
    else:
        assert reply.status_code == 500
        assert reply.json["error"] == {
            "status": 500,
            "error": "INTERNAL_ERROR",
            "description": "The service failed; the client did nothing wrong.",
            "details": [],
        }


@every_case
def test_VAL_3_3_off_looks_at_nothing(
    caplog: Any, name: str, said: Any, method: str, url: str, place: str | None, cause: str
) -> None:
    for mode in ("off", Sample(0)):
        reply, wrapped = asked(Script(Said(body=said)), api_of(replies=mode), method, url)
        assert reply.status_code == 200
        assert reply.data
        assert wrapped.violations == {}
    assert warnings_of(caplog) == []


def test_VAL_3_4_a_sample_is_a_part_of_all_replies(monkeypatch: Any) -> None:
    drawn = iter([0.1, 0.3, 0.2499, 0.9])
    monkeypatch.setattr(judging, "random", lambda: next(drawn))
    wrapped = Translayer(Script(Said(body=RIGHT)), api_of(replies=Sample(0.25)))
    for _ in range(4):
        assert Client(wrapped).get("/v3/rooms/7").status_code == 200
    assert wrapped.violations == {("3", "GET /rooms/<int:id>", "kept"): 2}


def test_VAL_3_5_the_most_particular_says_what_becomes_of_replies() -> None:
    route = Route("GET", "/rooms/<int:id>/plan", reply=RoomSchema, replies="off")
    assert looking_at(route, rooms(replies="enforce"), Version(1, replies="log"), "log") == "off"
    bare = Route("GET", "/rooms/<int:id>/plan", reply=RoomSchema)
    assert looking_at(bare, rooms(replies="enforce"), Version(1, replies="log"), "off") == "enforce"
    assert looking_at(bare, rooms(), Version(1, replies=Sample(0.5)), "off") == Sample(0.5)
    assert looking_at(bare, rooms(), Version(1), "off") == "off"


@pytest.mark.parametrize(
    "resource, older, status",
    (
        (rooms(), {"replies": "enforce"}, 500),
        (rooms(replies="enforce"), {"replies": "off"}, 500),
        (rooms(replies="log"), {"replies": "enforce"}, 200),
    ),
)
def test_versions_and_resources_say_otherwise(resource: Resource, older: Any, status: int) -> None:
    reply, _ = asked(Script(Said(body=WRONG)), api_of(resource, older), "GET", "/v1/rooms/7")
    assert reply.status_code == status


@pytest.mark.parametrize(
    "make, sentence",
    (
        (lambda: api_of(replies="loud"), "the Api: replies='loud' is none of 'enforce', 'log', 'off', and no Sample"),
        (lambda: api_of(replies=None), "the Api: replies=None is none of"),
        (lambda: rooms(replies=0.5), "Resource 'room': replies=0.5 is none of"),
        (lambda: Version(1, replies=True), r"Version\(1\): replies=True is none of"),
        (lambda: Route("GET", "/rooms", reply=RoomSchema, replies="x"), "GET /rooms: replies='x' is none of"),
        (lambda: Sample(1.5), r"Sample\(1.5\) is no part of all replies"),
        (lambda: Sample(True), r"Sample\(True\) is no part"),
        (lambda: Sample("all"), r"Sample\('all'\) is no part"),
    ),
)
def test_what_is_no_way_of_looking_is_refused(make: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        make()


# What is looked at


def looks(client: Client, times: int, url: str) -> None:
    for _ in range(times):
        assert client.get(url).status_code == 200


def test_VAL_3_6_what_the_fast_path_took_needs_no_second_look_where_nothing_can_break_it() -> None:
    wrapped = Translayer(Script(Said(body=RIGHT)), api_of())
    looks(Client(wrapped), 3, "/v2/rooms/7")
    assert wrapped.violations == {}


def test_VAL_3_7_of_what_functions_made_the_first_are_looked_at_and_then_one_in_so_many() -> None:
    wrapped = Translayer(Script(Said(body=RIGHT)), api_of())
    looks(Client(wrapped), judging.ONE_IN + 1, "/v1/rooms/7")
    assert wrapped.violations == {("1", "GET /rooms/<int:id>", "kept"): judging.FIRST + 1}


class CountToNumber(Translator):
    """Counts are numbers."""

    class schema(Schema):
        size = fields.Integer(required=True)

    def upgrade(self, document: Any) -> Any:
        return document

    def downgrade(self, document: Any) -> Any:
        return document


class NameSchema(Schema):
    """Two texts, a choice and an optional number."""

    first = fields.String(required=True)
    last = fields.String(required=True)
    label = fields.String(validate=validate.OneOf(["b"]))
    size = fields.Integer(allow_none=True)


@pytest.mark.parametrize(
    "operation, keeps",
    (
        (rename("given", "first"), True),
        (add("label"), True),
        (remove("old", fields.Integer(), default=1), True),
        (remove("old", fields.Integer(), default=lambda document: 1), False),
        (map_values("label", {"a": "b"}), True),
        (split("whole", into=("first", "last"), by=" "), True),
        (split("whole", into=("first", "last"), by=" ", was=fields.String(validate=validate.Length(max=3))), False),
        (split("whole", into=("first", "last"), by=(str.split, lambda *pieces: "".join(pieces))), False),
        (join(("a", "b"), into="first", by="-"), True),
        (convert("size", upgrade=int, downgrade=int, was=fields.Integer()), False),
        (CountToNumber, False),
    ),
)
def test_which_operations_can_make_what_is_wrong(operation: Any, keeps: bool) -> None:
    change = type("Change", (VersionChange,), {"schemas": {NameSchema: [operation]}})
    api = Api("acme", [Resource("name", NameSchema, item="/names/<id>")], [Version(2, change), Version(1)])
    assert judging.keeps_shape(api.translation(NameSchema, 1)) is keeps


# Around documents, and causes that are not to be found


class Feed(Envelope):
    """A form that promises more than it makes."""

    def one(self, document: Any) -> Any:
        return {"feed": [document]}

    def many(self, items: Any, page: Any) -> Any:
        return {"feed": items}

    def one_schema(self, document: Any) -> Any:
        return {"type": "object", "required": ["feed", "count"], "properties": {"feed": {"items": document}}}


@pytest.mark.parametrize(
    "said, place, cause",
    (
        (RIGHT, "/count", "what stands around the documents"),
        (WRONG, "/feed/0/no", "the app's own object breaks today's schema at '/number'"),
    ),
)
def test_what_an_envelope_makes_is_looked_at_too(caplog: Any, said: Any, place: str, cause: str) -> None:
    asked(Script(Said(body=said)), api_of(envelope=Feed()), "GET", "/v1/rooms/7")
    assert any(f"at {place!r} (" in message and cause in message for message in warnings_of(caplog))


@pytest.mark.parametrize("mode", ("log", "enforce"))
def test_the_data_envelope_is_part_of_the_contract(mode: Any) -> None:
    reply, wrapped = asked(Script(Said(body=RIGHT)), api_of(envelope="data", replies=mode), "GET", "/v1/rooms/7")
    assert reply.json == {"data": {"no": 7, "area": 27}, "meta": {}}
    assert wrapped.violations == {("1", "GET /rooms/<int:id>", "kept"): 1}


class TicketSchema(Schema):
    """A ticket with a link, and a rule that no ticket keeps."""

    room = fields.Url(relative=True, metadata={"link": True})
    price = fields.Integer(required=True)


def test_links_stand_in_what_is_looked_at(caplog: Any) -> None:
    tickets = Resource("ticket", TicketSchema, item="/tickets/<int:id>", item_methods=["GET"])
    api = Api("acme", [tickets, rooms()], [Version(2), Version(1)])
    reply, _ = asked(Script(Said(body={"room": "/rooms/7"})), api, "GET", "/v1/tickets/1")
    assert reply.json == {"room": "/v1/rooms/7"}
    assert "at '/price' (REQUIRED" in caplog.text
    assert "today's schema at '/price'" in caplog.text


def test_a_cause_that_cannot_be_found_out_stops_nothing(caplog: Any, monkeypatch: Any) -> None:
    def fail(*arguments: Any) -> str:
        raise OSError("no")

    monkeypatch.setattr("translayer.contract.blame.blame", fail)
    reply, _ = asked(Script(Said(body=WRONG)), api_of(), "GET", "/v1/rooms/7")
    assert reply.status_code == 200
    assert "Its cause: not to be found out: OSError('no')" in caplog.text


class Promising(Feed):
    """A form with a schema that is none."""

    def one_schema(self, document: Any) -> Any:
        return {"type": "nothing"}


def test_a_schema_that_is_none_is_refused_where_it_is_enforced_and_told_once_where_not(caplog: Any) -> None:
    with pytest.raises(DeclarationError, match="the schema is none of 2020-12, at '/type'"):
        Translayer(Script(), api_of(envelope=Promising(), replies="enforce"))
    wrapped = Translayer(Script(Said(body=RIGHT)), api_of(envelope=Promising()))
    looks(Client(wrapped), 3, "/v1/rooms/7")
    assert len(warnings_of(caplog)) == 1
    assert wrapped.violations == {}


# Counting


def test_VAL_3_8_the_same_place_is_told_the_first_time_the_tenth_and_the_hundredth(caplog: Any) -> None:
    wrapped = Translayer(Script(Said(body=[WRONG, WRONG])), api_of())
    looks(Client(wrapped), 6, "/v3/rooms")
    assert [message.partition("(RANGE, ")[2].partition(")")[0] for message in warnings_of(caplog)] == [
        "1 times by now",
        "10 times by now",
    ]
    assert wrapped.violations == {("3", "GET /rooms", "broken"): 6}


def test_places_are_told_apart_within_a_bound() -> None:
    tally = Tally()
    assert [tally.telling(number) for number in range(MOST_PLACES + 2)] == [1] * MOST_PLACES + [0, 0]
    assert [tally.telling(0) for _ in range(10)] == [0] * 8 + [10, 0]


def test_enforced_replies_tell_their_cause_once(caplog: Any) -> None:
    wrapped = Translayer(Script(Said(body=WRONG)), api_of(replies="enforce"))
    for _ in range(2):
        assert Client(wrapped).get("/v1/rooms/7").status_code == 500
    assert ["breaks today's schema" in message for message in warnings_of(caplog)] == [True, False]


@pytest.mark.parametrize(
    "mode, number, status, counts",
    (
        ("log", 7, 200, {}),
        ("log", 0, 200, {"broken": 1}),
        ("enforce", 7, 200, {"kept": 1}),
        ("enforce", 0, 204, {"refused": 1}),
        (Sample(1), 0, 200, {"broken": 1}),
    ),
)
def test_what_is_read_behind_a_write_is_counted_once(mode: Any, number: int, status: int, counts: Any) -> None:
    app = Script(Said("204 No Content", type=None), Said(body={"number": number, "size": 300}))
    wrapped = Translayer(app, api_of(rooms(etag="none"), replies=mode))
    said = {"json": {"number": 7, "size": 3}, "headers": {"Prefer": "return=representation"}}
    assert Client(wrapped).put("/v3/rooms/7", **said).status_code == status
    assert wrapped.violations == {("3", "PUT /rooms/<int:id>", name): times for name, times in counts.items()}


class Speechless(Feed):
    """An envelope whose author's schema fails."""

    def one_schema(self, document: Any) -> Any:
        raise OSError("not today")


def test_what_fails_in_a_look_stops_no_reply_that_is_only_logged(caplog: Any) -> None:
    with pytest.raises(OSError, match="not today"):
        Translayer(Script(), api_of(envelope=Speechless(), replies="enforce"))
    wrapped = Translayer(Script(Said(body=WRONG)), api_of(envelope=Speechless()))
    looks(Client(wrapped), 3, "/v1/rooms/7")
    assert caplog.text.count("cannot be looked at") == 1
    assert wrapped.violations == {}


def test_what_fails_only_in_an_enforced_look_withholds_the_reply(monkeypatch: Any) -> None:
    client = Client(Translayer(Script(Said(body=RIGHT)), api_of(replies="enforce")))
    monkeypatch.setattr(judging, "skim", lambda text: 1 / 0)
    assert client.get("/v1/rooms/7").status_code == 500


def test_counts_are_of_all_threads() -> None:
    wrapped = Translayer(Script(Said(body=RIGHT)), api_of(replies="enforce"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: Client(wrapped).get("/v1/rooms/7"), range(80)))
    assert wrapped.violations == {("1", "GET /rooms/<int:id>", "kept"): 80}


def test_nothing_of_it_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys; from things import Script, Said, make_api; from translayer import Translayer;"
        "from werkzeug.test import Client; app = Translayer(Script(Said(body={'id': 1, 'label': 'a'})), make_api());"
        "assert Client(app).get('/api/v1/objects/1').status_code == 200;"
        "sys.exit(any(name in sys.modules for name in ('jsonschema', 'jsonschema_rs', 'regex', 'apispec', 'yaml')))"
    )
    path = [part for part in sys.path if part]
    run = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(path)}, check=False)
    assert run.returncode == 0


def test_SPD_3_2_the_first_requests_import_nothing_even_where_their_replies_are_looked_at(tmp_path: Path) -> None:
    code = (
        "import sys; from examples.bookings.wsgi import app; from werkzeug.test import Client; client = Client(app);"
        "client.get('/elsewhere'); before = set(sys.modules); page = client.get('/api/v1/reservations').json;"
        "url = f'/api/v1/reservations/{page[\"items\"][0][\"id\"]}'; patch = [{'op': 'remove', 'path': '/x'}];"
        "client.patch(url, json=patch, content_type='application/json-patch+json'); client.put(url, json={});"
        "print(len(app.violations), *(set(sys.modules) - before))"
    )
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "BOOKINGS_DB": str(tmp_path / "bookings.sqlite3")}
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert run.stdout == "1\n"


class PlaceSchema(Schema):
    """Where a meter stands."""

    height = fields.Decimal(as_string=True)


class MeterSchema(Schema):
    """What has forms that a client may choose from."""

    price = fields.Decimal(as_string=True)
    opens = fields.Time()
    place = fields.Nested(PlaceSchema)
    tariffs = fields.List(fields.Decimal(as_string=True))
    rates = fields.Dict(values=fields.Decimal(as_string=True))
    made = fields.Nested(PlaceSchema, dump_only=True)
    seen = fields.Decimal(as_string=True, dump_only=True)
    count = fields.Integer()
    pair = fields.Tuple((fields.Integer(), fields.Decimal(as_string=True)))


@pytest.mark.parametrize(
    ("stored", "status"),
    (
        ({"price": 2.5}, 200),
        ({"opens": "08:00"}, 200),
        ({"place": {"height": 2}}, 200),
        ({"tariffs": ["2.50", 3]}, 200),
        ({"rates": {"day": 3}}, 200),
        ({"pair": [1, 2.5]}, 200),
        ({"pair": [1, "cheap"]}, 500),
        ({"made": {}, "price": "cheap"}, 500),
        ({"place": {"height": []}}, 500),
        ({"place": 3}, 500),
        # A number that is put right on its way to the app, and what no client writes, can be wrong by the app alone.
        ({"count": "3"}, 500),
        ({"seen": 2.5}, 500),
        ({"made": {"height": 2}}, 500),
    ),
)
def test_VAL_3_10_what_a_client_may_write_breaks_no_promise_when_it_is_read(stored: Any, status: int) -> None:
    meter = Resource("meter", MeterSchema, collection="/meters", item="/meters/<id>")
    for body, url in ((stored, "/v1/meters/1"), ([stored, {}], "/v1/meters")):
        reply, _ = asked(Script(Said(body=body)), Api("acme", [meter], [Version(1)], replies="enforce"), "GET", url)
        assert reply.status_code == status
