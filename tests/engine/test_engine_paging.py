"""Paging: what headers, bodies and functions say of a page comes to clients in their version."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from flask import Flask, Response, request, url_for
from marshmallow import Schema, fields
from small import LABEL, Text, later
from small import translation as way_of
from things import NOTE, THING, Said, Script, ThingSchema, make_api
from twins import ask, mutated, reply_of, spelled

from translayer import Envelope, Page, Paging, Resource, Route
from translayer.contract.envelope import ENVELOPES
from translayer.engine.paging import Beside, Pager, pager
from translayer.engine.router import Router
from translayer.http.etags import generated
from translayer.http.fields import Fields
from translayer.operations import rename

MANY = 40


def things_on(page: int) -> list[Any]:
    return [{"id": number, "label": f"chair {number}"} for number in (2 * page, 2 * page + 1)]


def flask_app() -> Flask:
    """Pages of two things, told in headers: with links that Flask makes, and one that is written by hand."""
    app = Flask("paged")

    @app.get("/things")
    def things() -> Response:
        page = request.args.get("page", 0, int)
        reply = Response(json.dumps(things_on(page)), mimetype="application/json")
        reply.headers["X-Total-Count"] = str(MANY)
        links = [f'<{url_for("things", page=page + 1, _external=True)}>; rel="next", </things>; rel="first start"']
        if page:
            links.append(f'<{url_for("things", page=page - 1)}>; rel="previous"')
        links += ["<https://docs.example/>; rel=help", '</things?page=9>; rel=last; anchor="/notes"']
        for link in links:
            reply.headers.add("Link", link)
        return reply

    return app


class Feed(Envelope):
    """Lists as feeds, with all that is known of the page."""

    def one(self, document: Any) -> Any:
        return document

    def many(self, items: Any, page: Page) -> Any:
        return {"feed": items, "about": page.meta, "app": page.body}


VERSIONS = ((1, "name", "/api/v1/objects"), (2, "title", "/api/v2/objects"), (3, "title", "/api/v3/things"))


@pytest.mark.parametrize(("version", "name", "url"), VERSIONS)
def test_REP_4_1_headers_tell_total_and_links_with_nothing_declared(
    serve: Any, version: int, name: str, url: str
) -> None:
    reply = serve(flask_app(), make_api(envelope="data")).get(f"{url}?page=3")
    assert reply.json == {
        "items": [{"id": thing["id"], name: thing["label"]} for thing in things_on(3)],
        "meta": {
            "total": MANY,
            "links": {"next": f"http://localhost{url}?page=4", "first": url, "prev": f"{url}?page=2"},
        },
    }
    assert reply.headers["X-Total-Count"] == str(MANY)
    assert f'<http://localhost{url}?page=4>; rel="next"' in reply.headers["Link"]


def test_REP_4_1_to_an_envelope_of_one_s_own_too(serve: Any) -> None:
    told = serve(flask_app(), make_api(envelope=Feed())).get("/api/v1/objects").json
    assert told["about"] == {
        "total": MANY,
        "links": {"next": "http://localhost/api/v1/objects?page=1", "first": "/api/v1/objects"},
    }
    assert told["app"] == things_on(0)


@pytest.mark.parametrize(
    ("paging", "meta"),
    (
        (Paging(total=None, links=False), {}),
        (Paging(total=None), {"links": {"last": "/api/v1/objects?page=9"}}),
        (Paging(links=False), {"total": 7}),
        (Paging(total="x-count", links=False), {"total": 8}),
        (Paging(total="X-Other", links=False), {}),
    ),
)
def test_REP_4_1_as_declared(serve: Any, paging: Paging, meta: Any) -> None:
    headers = [("X-Total-Count", "7"), ("X-Count", " 8 "), ("Link", "</things?page=9>; rel=last")]
    for options in (
        {"resources": [replace(THING, paging=paging), NOTE]},
        {"paging": paging},
        {"resources": [replace(THING, paging=paging)], "paging": Paging(total="X-Never")},
    ):
        api = make_api(**{**options, "envelope": "data"})
        app = Script(Said(body=[], headers=headers))
        assert serve(app, api).get("/api/v1/objects").json == {"items": [], "meta": meta}


def test_REP_4_1_a_route_has_its_own(serve: Any) -> None:
    red = Route("GET", "/things/red", reply=ThingSchema, many=True, paging=Paging(total="X-Red"))
    api = make_api(resources=[replace(THING, routes=[red])], envelope="data")
    client = serve(Script(Said(body=[], headers=[("X-Red", "1"), ("X-Total-Count", "2")])), api)
    assert client.get("/api/v1/objects/red").json["meta"] == {"total": 1}
    assert client.get("/api/v1/objects").json["meta"] == {"total": 2}


def test_what_is_said_of_one_document_is_no_page(serve: Any) -> None:
    app = Script(Said(body={"id": 1, "label": "chair"}, headers=[("X-Total-Count", "7")]))
    assert serve(app, make_api(envelope="data")).get("/api/v1/objects/1").json["meta"] == {}


# In the body

PAGE = {
    "count": 7,
    "next": "/things?page=2",
    "previous": None,
    "items": [{"id": 1, "label": "chair"}],
    "links": {"last": {"href": "http://localhost/things?page=4", "title": "/things"}, "docs": "https://docs.example/"},
    "also": "/things",
}
HERS = {
    **PAGE,
    "next": "/api/v1/objects?page=2",
    "links": {
        "last": {"href": "http://localhost/api/v1/objects?page=4", "title": "/things"},
        "docs": "https://docs.example/",
    },
}
IN_BODY = Paging(members=["next", "previous", "links"])


@pytest.mark.parametrize("envelope", ("none", "data", Feed()))
def test_REP_4_3_declared_members_of_a_page_lead_to_the_client_s_version(serve: Any, envelope: Any) -> None:
    """Whatever the form, members keep their order, and what is not declared stays as it is."""
    client = serve(Script(Said(body=PAGE)), make_api(envelope=envelope, paging=IN_BODY))
    items = [{"id": 1, "name": "chair"}]
    meta = {name: value for name, value in HERS.items() if name != "items"}
    told = client.get("/api/v1/objects").json
    if envelope == "none":
        assert told == {**HERS, "items": items}
        assert list(told) == list(PAGE)
    elif envelope == "data":
        assert told == {"items": items, "meta": meta}
        assert list(told["meta"]) == list(meta)
    else:
        assert told == {"feed": items, "about": meta, "app": {**HERS, "items": PAGE["items"]}}


def test_REP_4_3_bytes_of_the_app_s_go_out_where_no_link_becomes_another(serve: Any) -> None:
    """Without an envelope, in a version that changes nothing that it reads."""
    api = make_api(paging=IN_BODY)
    for link in ("/api/v3/notes?page=2", "https://elsewhere.example/notes", "?page=2"):
        body = json.dumps({"next": link, "items": [{"id": 1, "text": "x"}]}, indent=1).encode()
        assert serve(Script(Said(body=body)), api).get("/api/v3/notes").data == body
    body = body.replace(b"?page=2", b"/notes?page=2")
    told = serve(Script(Said(body=body)), api).get("/api/v3/notes").data
    assert told == b'{"next":"/api/v3/notes?page=2","items":[{"id":1,"text":"x"}]}'


def test_REP_4_3_bare_lists_have_no_members(serve: Any) -> None:
    client = serve(Script(Said(body=b" []")), make_api(paging=IN_BODY))
    assert client.get("/api/v3/notes").data == b" []"


class Swapped(Schema):
    """What is served under a URL that was another's."""

    id = fields.Integer()


@pytest.mark.parametrize("envelope", ("data", Feed()))
def test_REP_4_3_links_are_put_right_once(serve: Any, envelope: Any) -> None:
    """Also where a URL of the version is today's of something else."""

    def extract(headers: Any, meta: Any) -> Any:
        return {"links": {**meta["links"], "first": "/api/v1/objects"}, "next": meta["links"]["next"]}

    objects = Resource(
        "box", Swapped, collection="/boxes/<string:id>", paging=Paging(members=["next"], extract=extract)
    )
    api = make_api(resources=[THING, NOTE, objects], envelope=envelope)
    app = Script(Said(body={"items": []}, headers=[("Link", "</things>; rel=next")]))
    told = serve(app, api).get("/api/v1/boxes/a").json
    assert told["meta" if envelope == "data" else "about"] == {
        "links": {"next": "/api/v1/objects", "first": "/api/v1/objects"},
        "next": "/api/v1/objects",
    }


# Who has the word

TOLD = (("X-Total-Count", "7"), ("Link", "</things?page=2>; rel=next"))


@pytest.mark.parametrize(
    ("body", "found", "meta"),
    (
        ([], None, {"total": 7, "links": {"next": "/api/v1/objects?page=2"}}),
        ({"items": [], "total": 8}, None, {"total": 8, "links": {"next": "/api/v1/objects?page=2"}}),
        # The app's own links are not declared to be such
        ({"links": {"next": "/things"}, "items": []}, {}, {"links": {"next": "/things"}, "total": 7}),
        ({"items": [], "total": 8}, {"total": 9}, {"total": 9, "links": {"next": "/api/v1/objects?page=2"}}),
        (
            {"items": [], "pages": 3, "links": None},
            {"links": {"last": {"href": "/things?page=3"}}, "page": [1]},
            {"pages": 3, "links": {"last": {"href": "/api/v1/objects?page=3"}}, "total": 7, "page": [1]},
        ),
    ),
)
def test_REP_4_2_the_body_has_the_word_before_headers_and_a_function_before_both(
    serve: Any, body: Any, found: Any, meta: Any
) -> None:
    api = make_api(envelope="data", paging=Paging(extract=lambda headers, known: found))
    told = serve(Script(Said(body=body, headers=TOLD)), api).get("/api/v1/objects").json["meta"]
    assert told == meta
    assert list(told) == list(meta)


def test_REP_4_2_a_function_is_told_the_app_s_headers_and_what_is_known(serve: Any) -> None:
    seen: list[Any] = []

    def extract(headers: Any, meta: Any) -> Any:
        seen.append((headers["content-RANGE"], headers.getlist("link"), deepcopy(meta)))
        headers["X-Total-Count"] = "0"
        first, last = headers["Content-Range"].removeprefix("items ").partition("/")[0].split("-")
        meta.pop("links").clear()
        return {"from": int(first), "to": int(last)}

    headers = [("Content-Range", "items 5-9/40"), *TOLD]
    api = make_api(envelope="data", paging=Paging(extract=extract))
    reply = serve(Script(Said(body={"items": [], "x": 1.5}, headers=headers)), api).get("/api/v1/objects")
    assert reply.json["meta"] == {
        "x": 1.5,
        "total": 7,
        "links": {"next": "/api/v1/objects?page=2"},
        "from": 5,
        "to": 9,
    }
    assert reply.headers["X-Total-Count"] == "7"
    assert seen == [
        ("items 5-9/40", ["</things?page=2>; rel=next"], {"x": 1.5, "total": 7, "links": {"next": "/things?page=2"}})
    ]


# What makes no sense


@pytest.mark.parametrize(
    ("headers", "meta", "warning"),
    (
        ([("X-Total-Count", "many")], {}, "'total' is left out of meta: 'many' is no number of elements"),
        ([("X-Total-Count", "")], {}, "'' is no number"),
        ([("X-Total-Count", "-1")], {}, "'-1' is no number"),
        ([("X-Total-Count", "1.0")], {}, "'1.0' is no number"),
        ([("X-Total-Count", "\xb2")], {}, "is no number"),
        ([("X-Total-Count", "9" * 400)], {}, "is no number"),
        ([("X-Total-Count", "9" * 15)], {"total": 10**15 - 1}, ""),
        ([("Link", "</things")], {}, "'links' is left out of meta: no link is read at character 1"),
        ([("Link", "</things>; rel=next"), ("Link", "<")], {}, "'links' is left out of meta"),
        ([("X-Total-Count", "3"), ("Link", "-")], {"total": 3}, "'links' is left out of meta"),
        ([("Link", "<http://[>; rel=next")], {"links": {"next": "http://["}}, ""),
        ([("Link", "</things>; rel=start")], {}, ""),
        (
            [("Link", "</things?page=1>; rel=prev"), ("Link", "</a>; rel=previous")],
            {"links": {"prev": "/api/v1/objects?page=1"}},
            "",
        ),
    ),
)
def test_REP_4_4_what_makes_no_sense_in_headers_is_left_out_with_a_warning(
    bare: Any, headers: Any, meta: Any, warning: str, caplog: Any
) -> None:
    api = make_api(envelope="data", replies="off")
    reply = bare(Script(Said(body=[{"id": 1}], headers=headers)), api).get("/api/v1/objects")
    assert reply.json == {"items": [{"id": 1}], "meta": meta}
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(told) == bool(warning)
    assert all(warning in message and "'/api/v1/objects'" in message and len(message) < 300 for message in told)


def fails(headers: Any, meta: Any) -> Any:
    raise KeyError("page")


@pytest.mark.parametrize(
    ("extract", "reason"),
    (
        (fails, "KeyError: 'page'"),
        (lambda headers, meta: [1], "returned a list, where members of meta were expected"),
        (lambda headers, meta: {1: 2}, "is a int, not a str"),
        (lambda headers, meta: {"at": object()}, "object is not a JSON type"),
        (lambda headers, meta: {"at": "\ud800"}, "surrogate"),
    ),
)
def test_REP_4_5_a_function_that_fails_is_a_500_to_a_read_and_no_matter_to_a_write(
    serve: Any, extract: Any, reason: str, caplog: Any
) -> None:
    search = Route("POST", "/things/search", reply=ThingSchema, many=True)
    resources = [replace(THING, routes=[search], paging=Paging(extract=extract))]
    client = serve(Script(Said(body=[])), make_api(resources=resources, envelope="data"), debug=False)
    reply = client.get("/api/v1/objects")
    assert (reply.status_code, reply.json["error"]["error"]) == (500, "INTERNAL_ERROR")
    assert reason in caplog.text
    reply = client.post("/api/v1/objects/search")
    assert (reply.status_code, reply.data) == (200, b"")


def test_REP_4_5_debug_lets_it_through(serve: Any) -> None:
    client = serve(Script(Said(body=[])), make_api(envelope="data", paging=Paging(extract=fails)))
    with pytest.raises(KeyError, match="page"):
        client.get("/api/v1/objects")


# Entity tags


@pytest.mark.usefixtures("lint_is_wrong_about_head")
def test_REP_4_6_tags_made_here_are_of_the_bytes_with_meta(serve: Any) -> None:
    resources = [replace(THING, etag="generate")]
    api = make_api(resources=resources, envelope="data")
    said = [Said(body=[{"id": 1}], headers=[("X-Total-Count", total)]) for total in "7778"]
    client = serve(Script(*said), api)
    first = client.get("/api/v1/objects")
    tag = first.headers["ETag"]
    assert first.json["meta"] == {"total": 7}
    assert tag == generated(first.data, "v1")
    head = client.head("/api/v1/objects")
    assert (head.headers["ETag"], head.headers["Content-Length"], head.data) == (tag, str(len(first.data)), b"")
    known = client.get("/api/v1/objects", headers={"If-None-Match": tag})
    assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", tag)
    grown = client.get("/api/v1/objects", headers={"If-None-Match": tag})
    assert (grown.status_code, grown.json["meta"]) == (200, {"total": 8})
    assert grown.headers["ETag"] != tag


# What it costs


@pytest.mark.parametrize(
    ("paging", "envelope", "expected"),
    (
        (Paging(), "none", None),
        (Paging(members=["next"]), "none", (True, False)),
        (Paging(), "data", (False, True)),
        (Paging(members=["next"]), "data", (False, True)),
        (Paging(total=None, links=False), "data", None),
        (Paging(total=None, links=False, members=["next"]), "data", (False, True)),
        (Paging(total=None, links=False, extract=fails), "data", (False, True)),
    ),
)
def test_what_is_looked_for_is_settled_with_the_plan(paging: Paging, envelope: str, expected: Any) -> None:
    found = pager(paging, ENVELOPES[envelope])
    assert found == expected if found is None else (found.anew, found.tells) == expected


@pytest.mark.parametrize("headers", ([], [("X-Count", "7")], [("Link", "</a>; rel=help")], [("X-Total-Count", "-")]))
def test_a_page_of_which_nothing_is_said_is_as_it_was(headers: Any) -> None:
    def never() -> Any:
        raise AssertionError

    assert Pager(Paging(), anew=False, tells=True).beside(Fields(headers), never, "/things") is None


def test_lists_keep_their_fast_paths() -> None:
    paging = Paging(members=["next"], extract=lambda headers, meta: {"page": 1})
    for api in (make_api(envelope="data", paging=paging), make_api(paging=IN_BODY)):
        place = Router(api).in_version(2).match("/objects")
        assert place is not None
        reply = place.place.plans["GET"].reply
        assert reply is not None
        assert reply.fast.run is not None
        assert reply.pager is not None


# The law of twins

HEADERS: tuple[Any, ...] = (
    (),
    TOLD,
    (("Link", '</a>; rel="next last"; title="\xe9\\"", <\x7f\xff"\\>; rel=prev'), ("X-Total-Count", "0")),
)
EXTRACTS: tuple[Any, ...] = (
    None,
    lambda headers, meta: {"links": {"first": "/a"}, "known": meta},
    lambda headers, meta: {"é\n": [1.5, 10**20, {"next": None}], "total": None},
    lambda headers, meta: meta.update(x=1) or {name: meta[name] for name in meta if name != "x"},
    lambda headers, meta: meta["total"] and None,
    lambda headers, meta: {"deep": json.loads("[" * 70 + "]" * 70)},
    lambda headers, meta: {"long": 10**400},
)
MEMBERS = (["next", "/links/next", "é"], ["links", "total"])
LINES: tuple[Any, ...] = (
    {"items": [{"label": "x", "size": 1}], "next": "/a", "links": {"next": "/b", "last": {"href": "/a"}}, "total": 1.0},
    {"links": {"next": {"href": "/a", "title": "/a"}}, "items": [], "é": ["/a", None, "/b"], "next": 7},
    {"items": [{"size": 2, "label": "é"}, {}], "links": "/a", "total": "/a"},
    [{"label": "a", "size": 3}],
)


def outward(link: str) -> str:
    return link.replace("/a", "/é", 1)


def besides(envelope: str) -> Any:
    """All manner of what stands beside a page."""
    for members in MEMBERS:
        for extract in EXTRACTS if envelope == "data" else (None,):
            found = pager(Paging(members=members, extract=extract), ENVELOPES[envelope])
            assert found is not None
            for headers in HEADERS:
                yield found.beside(Fields(headers), lambda: outward, "/things")


@pytest.mark.parametrize("envelope", ("none", "data"))
@pytest.mark.parametrize("operations", ([], [rename("name", "label")]), ids=("same", "renamed"))
def test_REP_4_7_both_twins_tell_paging_with_the_same_bytes(envelope: str, operations: Any) -> None:
    body = reply_of(way_of(later({**LABEL, "note": Text()}, operations)), envelope=envelope, many=True)
    rnd, taken, left = Random(7), 0, 0
    for beside in besides(envelope):
        assert isinstance(beside, Beside)
        for index, page in enumerate(LINES * 5):
            often = 0.0 if index < len(LINES) else 0.1
            raw = spelled(rnd, mutated(rnd, page, often) if often else page, often)
            if ask(body, raw, beside):
                taken += 1
            else:
                left += 1
    assert 3 * taken > left > 0
