"""Paging as it is declared: what is refused, and which values of a page are links."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields

from translayer import Api, Envelope, Paging, Resource, Route, Version
from translayer.contract.paging import relinked
from translayer.errors import DeclarationError


class LineSchema(Schema):
    """A line of a list."""

    text = fields.String()


class Bare(Envelope):
    """Everything as it is."""

    def one(self, document: Any) -> Any:
        return document

    def many(self, items: Any, page: Any) -> Any:
        return items


LISTED = Route("GET", "/lines/all", reply=LineSchema, many=True)


@pytest.mark.parametrize(
    ("options", "sentence"),
    (
        ({"total": ""}, r"total=''\): that is the name of a header"),
        ({"total": "X Total"}, "that is the name of a header, or None for none"),
        ({"total": 7}, "total=7"),
        ({"links": "yes"}, "links='yes'.* is no bool"),
        ({"links": 1}, "links=1.* is no bool"),
        ({"extract": {"total": 1}}, "that is a function of headers and of a dict"),
        ({"members": "next"}, r"members are a list, as in \['next', 'previous'\]"),
        ({"members": {"next"}}, "members are a list"),
        ({"members": ["next", 7]}, "7 is neither the name of a member nor a JSON Pointer"),
        ({"members": [""]}, "'' is neither the name"),
        ({"members": ["/"]}, "'/' is neither the name"),
        ({"members": ["/a~2"]}, "is not a JSON Pointer"),
        ({"members": ["next", "next"]}, "has /next and /next, of which one holds the other: name it once"),
        ({"members": ["/links/next", "links"]}, "has /links/next and /links, of which one holds the other"),
    ),
)
def test_nonsense_is_refused(options: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        Paging(**options)


def test_paging_is_a_value() -> None:
    assert Paging(members=["next"]) == Paging(members=("next",))
    assert len({Paging(), Paging(), Paging(total=None)}) == 2
    assert Paging(members=["@odata.nextLink", "/a~1b/c~0d"]).places == (("@odata.nextLink",), ("a/b", "c~d"))


@pytest.mark.parametrize(
    ("make", "sentence"),
    (
        (lambda: Route("GET", "/lines", reply=LineSchema, paging=Paging()), "for lists: for many=True"),
        (
            lambda: Route("GET", "/lines", reply=LineSchema, many=True, paging={"total": "X"}),
            r"GET /lines: paging is a Paging\(…\), not \{'total': 'X'\}",
        ),
        (lambda: Resource("line", LineSchema, item="/lines/<id>", paging=Paging()), "for lists, and replies with none"),
        (lambda: Resource("line", LineSchema, collection="/lines", paging="all"), "paging is a Paging"),
        (lambda: api(paging=True), "the Api: paging is a Paging"),
    ),
)
def test_paging_stands_where_lists_are(make: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        make()


def api(resource: Paging | None = None, route: Paging | None = None, **options: Any) -> Api:
    listed = Route("GET", "/lines/all", reply=LineSchema, many=True, paging=route)
    lines = Resource("line", LineSchema, collection="/lines", item="/lines/<id>", routes=[listed], paging=resource)
    return Api("acme", [lines], [Version(1)], **options)


FUNCTION = Paging(members=["next"], extract=lambda headers, meta: None)
UNHEARD = "replies without an envelope have no meta that paging could be told in: choose envelope='data'"


@pytest.mark.parametrize(
    ("options", "sentence"),
    (
        ({"paging": Paging()}, f"the Api: {UNHEARD}"),
        ({"resource": Paging(total="X-Count")}, f"GET /lines: {UNHEARD}"),
        ({"route": FUNCTION}, f"GET /lines/all: {UNHEARD}"),
        ({"paging": Paging(members=["next", "/items/0/url"])}, "GET /lines: paging looks for links in 'items'"),
        ({"resource": Paging(members=["items"]), "envelope": "data"}, "in 'items', where the app has its list"),
        ({"route": Paging(members=["items"]), "envelope": Bare()}, "GET /lines/all: paging looks for links in 'items'"),
    ),
)
def test_what_nobody_would_see_is_refused_too(options: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        api(**options)


def test_the_nearest_declaration_holds() -> None:
    own, near, far = Paging(members=["a"]), Paging(members=["b"]), Paging(members=["c"])
    for options, expected in (
        ({}, [Paging(), Paging()]),
        ({"paging": far}, [far, far]),
        ({"paging": far, "resource": near}, [near, near]),
        ({"paging": far, "resource": near, "route": own}, [near, own]),
        ({"route": own}, [Paging(), own]),
    ):
        made = api(**options)
        lists = [route for route in made.resources[0].all_routes() if route.many]
        assert [made.paging_of(route) for route in lists] == expected
    assert api(FUNCTION, FUNCTION, paging=FUNCTION, envelope="data").paging is FUNCTION


def turned(link: str) -> str:
    """Links at home lead to version 1."""
    return link.replace("/home", "/v1", 1)


STAYS: tuple[Any, ...] = (
    {},
    {"next": None},
    {"next": 7},
    {"next": "https://elsewhere.example/"},
    {"next": {"href": None, "title": "/home"}},
    {"next": {"prev": [None, "x"], "first": {}}},
    {"previous": "/home"},
    {"next": True, "links": {"up": "/home"}},
    {"links": "/home"},
    {"links": ["/home"]},
)
TURNS: tuple[tuple[Any, Any], ...] = (
    ({"a": 1, "next": "/home", "b": 2}, {"a": 1, "next": "/v1", "b": 2}),
    (
        {"next": {"href": "/home", "title": "/home", "meta": {"href": "/home"}}},
        {"next": {"href": "/v1", "title": "/home", "meta": {"href": "/home"}}},
    ),
    (
        {"next": {"first": "/home", "item": [{"href": "/home"}, "/home", None]}},
        {"next": {"first": "/v1", "item": [{"href": "/v1"}, "/v1", None]}},
    ),
    ({"links": {"up": "/home", "next": "/home"}}, {"links": {"up": "/home", "next": "/v1"}}),
)
PLACES = Paging(members=["next", "/links/next"]).places


@pytest.mark.parametrize("body", STAYS)
def test_what_is_no_link_of_ours_leaves_the_very_object(body: Any) -> None:
    assert relinked(body, PLACES, turned) is body


@pytest.mark.parametrize(("body", "expected"), TURNS)
def test_links_are_turned_wherever_they_stand(body: Any, expected: Any) -> None:
    before = repr(body)
    found = relinked(body, PLACES, turned)
    assert found == expected
    assert list(found) == list(body)
    assert repr(body) == before


def test_an_equal_link_is_no_other() -> None:
    body = {"next": "/page-2"}
    assert relinked(body, PLACES, lambda link: "".join(list(link))) is body
