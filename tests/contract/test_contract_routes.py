"""Routes: the table of every version, derived from today's."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields

from translayer import Resource, Route
from translayer.contract.routes import tables
from translayer.errors import DeclarationError
from translayer.operations import added, moved, removed


class NoteSchema(Schema):
    text = fields.String()


LIST, MAKE = Route("GET", "/notes"), Route("POST", "/notes")
READ, WRITE = Route("GET", "/notes/<int:id>"), Route("PUT", "/notes/<int:id>/text/")
ROUTES = (LIST, MAKE, READ, WRITE)
TODAY = ["GET /notes", "POST /notes", "GET /notes/<int:id>", "PUT /notes/<int:id>/text/"]


def told(*changes: list[Any], routes: tuple[Route, ...] = ROUTES) -> list[list[str]]:
    """The tables of every version, newest first, after changes told newest first."""
    return [[f"{path.route.method} {path.rule}" for path in table] for table in tables(routes, changes)]


MOVED = (
    (
        moved("/memos", to="/notes"),
        ["GET /memos", "POST /memos", "GET /memos/<int:id>", "PUT /memos/<int:id>/text/"],
    ),
    (
        moved("/memos/", to="/notes/"),
        ["GET /memos", "POST /memos", "GET /memos/<int:id>", "PUT /memos/<int:id>/text/"],
    ),
    (
        moved("/a/b", to="/"),
        ["GET /a/b/notes", "POST /a/b/notes", "GET /a/b/notes/<int:id>", "PUT /a/b/notes/<int:id>/text/"],
    ),
    (moved("/", to="/notes"), ["GET /", "POST /", "GET /<int:id>", "PUT /<int:id>/text/"]),
    (
        moved("/note/<int:id>", to="/notes/<int:id>"),
        ["GET /notes", "POST /notes", "GET /note/<int:id>", "PUT /note/<int:id>/text/"],
    ),
)


@pytest.mark.parametrize(("change", "older"), MOVED)
def test_moved_changes_the_beginning_of_rules(change: Any, older: list[str]) -> None:
    assert told([change]) == [TODAY, older]


def test_moved_stops_at_the_end_of_a_segment() -> None:
    routes = (LIST, Route("GET", "/notes-of/<id>"))
    assert told([moved("/memos", to="/notes")], routes=routes)[1] == ["GET /memos", "GET /notes-of/<id>"]


def test_versions_that_change_no_urls_have_the_urls_of_the_one_before() -> None:
    assert told([], [moved("/memos", to="/notes")], []) == [TODAY, TODAY, *[told([MOVED[0][0]])[1]] * 2]


COMING_AND_GOING = (
    # A method that came with version 2
    ([[added("/notes", "POST")]], [TODAY, ["GET /notes", "GET /notes/<int:id>", "PUT /notes/<int:id>/text/"]]),
    # A URL that came with version 2
    ([[added("/notes")]], [TODAY, ["GET /notes/<int:id>", "PUT /notes/<int:id>/text/"]]),
    # One that went with version 2 of 3, and never came again
    (
        [[], [removed("/notes", "GET", "POST")]],
        [TODAY[2:], TODAY[2:], TODAY],
    ),
    # One that went with version 2 of 3, and came again
    (
        [[added("/notes", "POST")], [removed("/notes", "POST")]],
        [TODAY, ["GET /notes", "GET /notes/<int:id>", "PUT /notes/<int:id>/text/"], TODAY],
    ),
    # One under the name that it had when it went: told after the move, which is undone first
    (
        [[removed("/memos", "POST"), moved("/memos", to="/notes")]],
        [
            ["GET /notes", "GET /notes/<int:id>", "PUT /notes/<int:id>/text/"],
            ["GET /memos", "POST /memos", "GET /memos/<int:id>", "PUT /memos/<int:id>/text/"],
        ],
    ),
)


@pytest.mark.parametrize(("changes", "expected"), COMING_AND_GOING)
def test_routes_come_and_go(changes: list[list[Any]], expected: list[list[str]]) -> None:
    assert told(*changes) == expected


@pytest.mark.parametrize(
    ("routes", "changes"),
    (
        ((LIST, Route("POST", "/memos")), [moved("/memos", to="/notes")]),
        ((Route("GET", "/notes/<id>"), Route("PUT", "/notes/<name>")), []),
        ((Route("GET", "/notes"), Route("POST", "/notes/")), []),
        ((Route("GET", "/notes/<id>"), Route("PUT", "/notes/<string:id>")), []),
    ),
)
def test_one_url_under_two_rules_is_refused_since_only_one_would_be_found(routes: Any, changes: Any) -> None:
    with pytest.raises(DeclarationError, match="are reached by the same URLs in one version"):
        told(changes, routes=routes)


def test_a_url_may_belong_to_another_route_in_another_version() -> None:
    routes = (LIST, Route("GET", "/memos"))
    with pytest.raises(DeclarationError, match="GET /memos is declared twice"):
        told([moved("/memos", to="/notes")], routes=routes)
    assert told([moved("/memos", to="/notes"), added("/memos")], routes=routes) == [
        ["GET /notes", "GET /memos"],
        ["GET /memos"],
    ]


SENTENCES = (
    (moved("/a", to="/b"), "`/a` moved to `/b`."),
    (added("/a"), "`/a` is new."),
    (added("/a", "PUT", "GET"), "GET, PUT `/a` is new."),
    (removed("/a"), "`/a` is gone."),
    (removed("/a", "GET"), "GET `/a` is gone."),
)


@pytest.mark.parametrize(("change", "sentence"), SENTENCES)
def test_changes_of_urls_say_what_they_did(change: Any, sentence: str) -> None:
    assert change.sentence == sentence


@pytest.mark.parametrize("rule", ["/", "/a", "/a/", "/a.b/<id>", "/<path:rest>", "/<any(a,b):x>", "/a/.well-known"])
def test_rules_are_werkzeugs(rule: str) -> None:
    assert Route("GET", rule).rule == rule


@pytest.mark.parametrize(
    ("resource", "operations"),
    (
        (
            Resource("note", NoteSchema, "/notes", "/notes/<id>"),
            {
                "GET /notes": (None, NoteSchema, True),
                "POST /notes": (NoteSchema, NoteSchema, False),
                "GET /notes/<id>": (None, NoteSchema, False),
                "PUT /notes/<id>": (NoteSchema, NoteSchema, False),
                "PATCH /notes/<id>": (None, NoteSchema, False),
                "DELETE /notes/<id>": (None, NoteSchema, False),
            },
        ),
        (
            Resource("note", NoteSchema, "/notes", collection_methods=["GET", "DELETE"]),
            {"GET /notes": (None, NoteSchema, True), "DELETE /notes": (None, NoteSchema, False)},
        ),
        (
            Resource("note", NoteSchema, item="/note", item_methods=["GET", "POST"]),
            {"GET /note": (None, NoteSchema, False), "POST /note": (NoteSchema, NoteSchema, False)},
        ),
        (Resource("note", NoteSchema, routes=[Route("PATCH", "/raw")]), {"PATCH /raw": (None, None, False)}),
    ),
)
def test_a_resource_has_its_operations(resource: Resource, operations: dict[str, Any]) -> None:
    found = {
        f"{route.method} {route.rule}": (route.request, route.reply, route.many) for route in resource.all_routes()
    }
    assert found == operations


def test_resources_are_values() -> None:
    resource = Resource("note", NoteSchema, "/notes", collection_methods=["GET"], routes=[])
    assert resource == Resource("note", NoteSchema, "/notes", collection_methods=("GET",))
    assert hash(resource) == hash(Resource("note", NoteSchema, "/notes", collection_methods=("GET",)))
