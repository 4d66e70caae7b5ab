"""Routes per version, over real histories: what each version serves, held against werkzeug's router.

A history is today's routes and what every version did to them. Beside it stands, by hand, which rules each version has,
with their methods and today's rule. The oracle makes a werkzeug map of each version, and one of today's app, and asks
them what a path leads to: which rule it is, and which path the app must see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from marshmallow import Schema, fields
from things import NoteSchema, Said, Script
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from translayer import Api, Resource, Route, Version, VersionChange
from translayer.contract.routes import Path
from translayer.engine.links import Addresses, rivals
from translayer.engine.rules import may_share, parse
from translayer.errors import DeclarationError
from translayer.operations import added, moved, removed

ID = "12345678-1234-5678-1234-56781234567f"
METHODS = ("GET", "POST", "PUT", "DELETE")
Told = Mapping[str, str]
"""The rules of one version, each with its methods, and behind an arrow today's rule where that is another."""


class History(NamedTuple):
    """Today's routes by rule, what every version did, newest first, what each has, and the paths that are asked for."""

    today: Mapping[str, str]
    changes: Sequence[Sequence[Any]]
    versions: Sequence[Told]
    paths: Sequence[str]


HISTORIES = {
    "a route is added": History(
        {"/a": "GET", "/b": "GET POST"},
        [[added("/b")]],
        [{"/a": "GET", "/b": "GET POST"}, {"/a": "GET"}],
        ["/a", "/b", "/b/", "/c"],
    ),
    "a route is removed": History(
        {"/a": "GET", "/b": "GET POST"},
        [[removed("/b")]],
        [{"/a": "GET"}, {"/a": "GET", "/b": "GET POST"}],
        ["/a", "/b", "/b/x"],
    ),
    "a route is renamed": History(
        {"/a": "GET", "/new": "GET", "/new/<id>": "GET PUT"},
        [[moved("/old", to="/new")]],
        [
            {"/a": "GET", "/new": "GET", "/new/<id>": "GET PUT"},
            {"/a": "GET", "/old": "GET -> /new", "/old/<id>": "GET PUT -> /new/<id>"},
        ],
        ["/new", "/old", "/new/x", "/old/x", "/old/x/y", "/older"],
    ),
    "a method is added": History(
        {"/a": "GET POST"},
        [[added("/a", "POST")]],
        [{"/a": "GET POST"}, {"/a": "GET"}],
        ["/a"],
    ),
    "the method that is read by is removed": History(
        {"/a": "GET POST", "/a/<id>": "GET DELETE"},
        [[removed("/a", "GET"), removed("/a/<id>", "DELETE")]],
        [{"/a": "POST", "/a/<id>": "GET"}, {"/a": "GET POST", "/a/<id>": "GET DELETE"}],
        ["/a", "/a/1"],
    ),
    "a method comes, goes and comes again": History(
        {"/a": "GET POST"},
        [[added("/a", "POST")], [removed("/a", "POST")], [added("/a", "POST")]],
        [{"/a": "GET POST"}, {"/a": "GET"}, {"/a": "GET POST"}, {"/a": "GET"}],
        ["/a"],
    ),
    "a static route is added beside a variable": History(
        {"/bookings/<id>": "GET PUT", "/bookings/search": "GET"},
        [[added("/bookings/search")]],
        [{"/bookings/<id>": "GET PUT", "/bookings/search": "GET"}, {"/bookings/<id>": "GET PUT"}],
        ["/bookings/1", "/bookings/search", "/bookings/search/", "/bookings/searches"],
    ),
    "a static route is removed beside a variable": History(
        {"/bookings/search": "GET", "/bookings/<id>": "GET PUT"},
        [[removed("/bookings/search")]],
        [{"/bookings/<id>": "GET PUT"}, {"/bookings/<id>": "GET PUT", "/bookings/search": "GET"}],
        ["/bookings/1", "/bookings/search"],
    ),
    "a static route is added beside a variable that moved": History(
        {"/bookings/<id>": "GET", "/bookings/search": "POST"},
        [[moved("/orders", to="/bookings"), added("/bookings/search")]],
        [{"/bookings/<id>": "GET", "/bookings/search": "POST"}, {"/orders/<id>": "GET -> /bookings/<id>"}],
        ["/bookings/1", "/orders/1", "/orders/search", "/bookings/search"],
    ),
    "a static route moves away from beside a variable": History(
        {"/bookings/<id>": "GET", "/bookings/search": "GET"},
        [[moved("/search", to="/bookings/search")]],
        [
            {"/bookings/<id>": "GET", "/bookings/search": "GET"},
            {"/bookings/<id>": "GET", "/search": "GET -> /bookings/search"},
        ],
        ["/bookings/1", "/bookings/search", "/search"],
    ),
    "a static route that old clients find under another name": History(
        {"/bookings/<id>": "GET", "/bookings/search": "GET"},
        [[moved("/bookings/find", to="/bookings/search")]],
        [
            {"/bookings/<id>": "GET", "/bookings/search": "GET"},
            {"/bookings/<id>": "GET", "/bookings/find": "GET -> /bookings/search"},
        ],
        ["/bookings/find", "/bookings/search", "/bookings/x"],
    ),
    "only numbers are items, and no static route is one": History(
        {"/bookings/<int:id>": "GET", "/bookings/search": "GET", "/bookings/7": "GET"},
        [[added("/bookings/search"), added("/bookings/7")]],
        [
            {"/bookings/<int:id>": "GET", "/bookings/search": "GET", "/bookings/7": "GET"},
            {"/bookings/<int:id>": "GET"},
        ],
        ["/bookings/1", "/bookings/search", "/bookings/7", "/bookings/007", "/bookings/008"],
    ),
    "a number is taken by one rule and any text by another": History(
        {"/x/<int:number>": "GET", "/x/<name>": "GET"},
        [[added("/x/<int:number>")]],
        [{"/x/<int:number>": "GET", "/x/<name>": "GET"}, {"/x/<name>": "GET"}],
        ["/x/5", "/x/a", "/x/-5"],
    ),
    "converters": History(
        {
            "/t/<int:n>": "GET",
            "/t/<uuid:u>": "GET",
            "/t/<any(red, green):colour>": "GET",
            "/t/<path:rest>": "GET",
            "/f/<float:x>": "GET",
        },
        [[moved("/s", to="/t"), added("/f/<float:x>")]],
        [
            {
                "/t/<int:n>": "GET",
                "/t/<uuid:u>": "GET",
                "/t/<any(red, green):colour>": "GET",
                "/t/<path:rest>": "GET",
                "/f/<float:x>": "GET",
            },
            {
                "/s/<int:n>": "GET -> /t/<int:n>",
                "/s/<uuid:u>": "GET -> /t/<uuid:u>",
                "/s/<any(red, green):colour>": "GET -> /t/<any(red, green):colour>",
                "/s/<path:rest>": "GET -> /t/<path:rest>",
            },
        ],
        [
            *(
                f"/{front}/{text}"
                for front in "st"
                for text in ("1", "001", ID, ID.upper(), "red", "blue", "a/b", "a/")
            ),
            *("/f/1.5", "/s", "/t"),
        ],
    ),
    "a path that takes slashes comes beside what stood there": History(
        {"/files/<path:name>": "GET", "/files/<id>/meta": "GET", "/files/all": "GET"},
        [[added("/files/<id>/meta"), added("/files/all")]],
        [
            {"/files/<path:name>": "GET", "/files/<id>/meta": "GET", "/files/all": "GET"},
            {"/files/<path:name>": "GET"},
        ],
        ["/files/x", "/files/x/meta", "/files/all", "/files/x/y/meta", "/files/x/metal"],
    ),
    "variables are reordered": History(
        {"/days/<int:year>/<int:month>/<name>": "GET"},
        [[moved("/dates/<name>/<int:month>-<int:year>", to="/days/<int:year>/<int:month>/<name>")]],
        [
            {"/days/<int:year>/<int:month>/<name>": "GET"},
            {"/dates/<name>/<int:month>-<int:year>": "GET -> /days/<int:year>/<int:month>/<name>"},
        ],
        ["/days/2026/11/x", "/dates/x/11-2026", "/dates/x y/011-2026", "/dates/2026/11/x", "/dates/x/11"],
    ),
    "a url changes its meaning": History(
        {"/orders": "GET", "/bookings": "GET POST"},
        [[moved("/orders", to="/bookings"), added("/orders")]],
        [{"/orders": "GET", "/bookings": "GET POST"}, {"/orders": "GET POST -> /bookings"}],
        ["/orders", "/bookings"],
    ),
    "two urls change places": History(
        {"/a": "GET", "/b": "POST"},
        [[moved("/a", to="/x"), moved("/b", to="/a"), moved("/x", to="/b")]],
        [{"/a": "GET", "/b": "POST"}, {"/b": "GET -> /a", "/a": "POST -> /b"}],
        ["/a", "/b", "/x"],
    ),
    "moved twice": History(
        {"/c/<id>": "GET PUT"},
        [[moved("/b", to="/c")], [], [moved("/a", to="/b")]],
        [
            {"/c/<id>": "GET PUT"},
            *[{"/b/<id>": "GET PUT -> /c/<id>"}] * 2,
            {"/a/<id>": "GET PUT -> /c/<id>"},
        ],
        ["/a/1", "/b/1", "/c/1"],
    ),
    "moved twice by one version": History(
        {"/c/<id>": "GET"},
        [[moved("/a", to="/b"), moved("/b", to="/c")]],
        [{"/c/<id>": "GET"}, {"/a/<id>": "GET -> /c/<id>"}],
        ["/a/1", "/b/1", "/c/1"],
    ),
    "moved, and given a method, at once": History(
        {"/new/<id>": "GET PUT"},
        [[moved("/old", to="/new"), added("/new/<id>", "PUT")]],
        [{"/new/<id>": "GET PUT"}, {"/old/<id>": "GET -> /new/<id>"}],
        ["/old/1", "/new/1"],
    ),
    "removed under its old name, beside one that moved": History(
        {"/a": "GET", "/gone": "POST"},
        [[removed("/x"), moved("/x", to="/gone"), moved("/b", to="/a")]],
        [{"/a": "GET"}, {"/b": "GET -> /a", "/x": "POST -> /gone"}],
        ["/a", "/b", "/x", "/gone"],
    ),
    "the root moves": History(
        {"/home": "GET", "/home/<id>": "GET"},
        [[moved("/", to="/home")]],
        [{"/home": "GET", "/home/<id>": "GET"}, {"/": "GET -> /home", "/<id>": "GET -> /home/<id>"}],
        ["/", "/home", "/x", "/home/x", "/home/home"],
    ),
}


class Served(NamedTuple):
    """One URL rule of a version."""

    rule: str
    methods: frozenset[str]
    today: str


def served(told: Told) -> dict[str, Served]:
    found = {}
    for rule, said in told.items():
        methods, _, today = said.partition(" -> ")
        found[rule] = Served(rule, frozenset(methods.split()), today or rule)
    return found


def router(rules: Sequence[str]) -> Any:
    made = [Rule(rule, endpoint=rule) for rule in rules]
    return Map(made, strict_slashes=False, merge_slashes=False).bind("translayer.invalid")


class Oracle:
    """What werkzeug makes of a history that is written down version by version."""

    def __init__(self, history: History) -> None:
        self.tables = [served(told) for told in history.versions]
        self.routers = [router(list(table)) for table in self.tables]
        self.app = router(list(history.today))

    def place(self, position: int, path: str) -> tuple[Served, str] | None:
        """The rule that a path is of in a version, and the app's path, where the app has it under the same rule."""
        try:
            rule, values = self.routers[position].match(path)
            today = self.tables[position][rule].today
            inner = self.app.build(today, values)
            return (self.tables[position][rule], inner) if self.app.match(inner)[0] == today else None
        except HTTPException:
            return None

    def is_ours(self, path: str) -> bool:
        """Whether a path is in any version, or is one of the app's own."""
        try:
            self.app.match(path)
        except HTTPException:
            return any(self.place(position, path) for position in range(len(self.tables)))
        return True


def api_of(history: History) -> Api:
    routes = [Route(method, rule) for rule, methods in history.today.items() for method in methods.split()]
    versions = [
        Version(len(history.changes) + 1 - number, type("Told", (VersionChange,), {"routes": list(changes)}))
        for number, changes in enumerate(history.changes)
    ]
    return Api("acme", [Resource("note", NoteSchema, routes=routes)], [*versions, Version(1)], prefix="/api")


CASES = [
    pytest.param(history, position, id=f"{name}, {position} back")
    for name, history in HISTORIES.items()
    for position in range(len(history.versions))
]


@pytest.mark.parametrize("history, position", CASES)
def test_RTE_2_3_in_each_version_a_url_is_what_werkzeug_finds_among_its_rules(
    serve: Any, history: History, position: int
) -> None:
    api, oracle = api_of(history), Oracle(history)
    app = Script(Said(body={}))
    client = serve(app, api)
    version = len(history.versions) - position
    for path in history.paths:
        place = oracle.place(position, path)
        for method in METHODS:
            app.asked.clear()
            reply = client.open(f"/api/v{version}{path}", method=method)
            seen = [(told.method, told.path.replace("%20", " ")) for told in app.asked]
            if place is None:
                assert (reply.status_code, seen) == ((404, []) if oracle.is_ours(path) else (200, [(method, path)])), (
                    path
                )
            elif method in place[0].methods:
                assert (reply.status_code, seen) == (200, [(method, place[1].replace("%20", " "))]), path
            else:
                assert (reply.status_code, reply.headers["Allow"], seen) == (405, allowed(place[0]), []), path


def allowed(url: Served) -> str:
    """The value of ``Allow``."""
    return ", ".join(sorted({*url.methods, "OPTIONS", *(["HEAD"] if "GET" in url.methods else [])}))


@pytest.mark.usefixtures("lint_is_wrong_about_head")
@pytest.mark.parametrize("history, position", CASES)
def test_RTE_2_4_options_and_head_are_as_of_the_version(serve: Any, history: History, position: int) -> None:
    api, oracle = api_of(history), Oracle(history)
    client = serve(Script(Said(body={})), api)
    version = len(history.versions) - position
    for path in history.paths:
        place = oracle.place(position, path)
        if place is not None:
            asked, head = client.options(f"/api/v{version}{path}"), client.head(f"/api/v{version}{path}")
            assert (asked.status_code, asked.headers["Allow"]) == (204, allowed(place[0])), path
            assert (head.status_code, head.data) == (200 if "GET" in place[0].methods else 405, b""), path
        elif oracle.is_ours(path):
            assert client.options(f"/api/v{version}{path}").status_code == 404, path
            assert client.head(f"/api/v{version}{path}").status_code == 404, path


def test_RTE_2_5_where_today_s_app_has_another_url_no_version_has_an_item_of_that_name(serve: Any) -> None:
    api = api_of(HISTORIES["a static route is added beside a variable that moved"])
    app = Script(Said(body={}, headers=[("Link", "</bookings/7>; rel=next, </bookings/search>; rel=search")]))
    client = serve(app, api)
    reply = client.get("/api/v1/orders/1")
    # A link to what the version does not have is left as it is.
    assert reply.headers["Link"] == "</api/v1/orders/7>; rel=next, </bookings/search>; rel=search"
    app.asked.clear()
    for version, path in ((1, "/bookings/search"), (1, "/bookings/7"), (2, "/orders/1")):
        assert client.get(f"/api/v{version}{path}").status_code == 404
        assert client.get(f"/api{path}", headers={"X-Api-Version": str(version)}).status_code == 404
    assert app.asked == []


@pytest.mark.parametrize(
    "routes, changes",
    (
        ([Route("GET", "/a/<x>"), Route("GET", "/a/<name>")], [removed("/a/<x>"), added("/a/<name>")]),
        ([Route("GET", "/a"), Route("GET", "/a/")], [removed("/a"), added("/a/")]),
    ),
)
def test_two_meanings_of_one_url_of_the_app_are_refused(routes: list[Route], changes: list[Any]) -> None:
    told = type("Told", (VersionChange,), {"routes": changes})
    with pytest.raises(DeclarationError, match="are one URL of today's app, whatever the version"):
        Api("acme", [Resource("note", NoteSchema, routes=routes)], [Version(2, told), Version(1)])


POOL = (
    *("/a/<x>", "/a/search", "/a/<int:x>", "/<x>/b", "/a/<path:x>", "/a/b", "/<any(a, b):x>/c", "/a/<x>/b", "/a/7"),
    *("/a/<x>-<y>", "/a/x-<y>", "/a/<uuid:x>", "/<x>", "/a", "/b/<float:x>", "/b/1.5", "/a/<x>/<y>", "/b/<y>/<x>/"),
)
TEXTS = ("a", "b", "c", "7", "07", "search", "x-b", "z", "1.5", "01.50", ID.upper())


@pytest.mark.parametrize("seed", range(40))
def test_RTE_2_3_whatever_rules_a_version_has_of_whatever_app(seed: int) -> None:
    rnd = Random(seed)
    own = rnd.sample(POOL, rnd.randint(2, 8))
    moves = {rule: rule.replace("/a", rnd.choice(("/a", "/b", "/z/a")), 1) for rule in rnd.sample(own, len(own) - 1)}
    told = {moved_rule: f"GET -> {rule}" for rule, moved_rule in moves.items()}
    oracle = Oracle(History(dict.fromkeys(own, "GET"), [], [told], []))
    table = tuple(Path(rule, Route("GET", url.today)) for rule, url in oracle.tables[0].items())
    addresses = Addresses(table, rivals(own))
    for _ in range(150):
        path = "/" + "/".join(rnd.choices(TEXTS, k=rnd.randint(1, 3)))
        place = oracle.place(0, path)
        found = addresses.to_today(path)
        if place is None:
            assert found is None, (path, told, own)
        else:
            assert found is not None, (path, told, own)
            assert (addresses.urls[found[0]].rule, found[1]) == (place[0].rule, unquote(place[1])), (path, told, own)


def test_RTE_2_3_methods_of_one_url_may_name_its_variable_otherwise_in_other_versions(serve: Any) -> None:
    routes = [Route("GET", "/a/<x>"), Route("PUT", "/a/<name>")]
    told = type("Told", (VersionChange,), {"routes": [removed("/a/<x>"), added("/a/<name>")]})
    app = Script(Said(body={}))
    client = serve(app, Api("acme", [Resource("note", NoteSchema, routes=routes)], [Version(2, told), Version(1)]))
    assert [client.get(f"/v{version}/a/1").status_code for version in (1, 2)] == [200, 405]
    assert [client.put(f"/v{version}/a/1").status_code for version in (1, 2)] == [405, 200]


SHARED = (
    ("/a", "/a", True),
    ("/a/", "/a", True),
    ("/a", "/b", False),
    ("/a/<x>", "/a", False),
    ("/a/<x>", "/a/b/", True),
    ("/a/<int:x>", "/a/b", False),
    ("/a/<int:x>", "/a/5", True),
    ("/a/<x>", "/<y>/b", True),
    ("/a/<x>/c", "/<y>/b/d", False),
    ("/a/<path:x>", "/a/b/c", True),
    ("/a/<path:x>", "/b/c", False),
    ("/", "/a", False),
    ("/", "/<x>", False),
    ("/<any(b, c):x>", "/a", False),
    ("/<any(b, c):x>", "/c", True),
)


@pytest.mark.parametrize("one, other, shared", SHARED)
def test_whether_two_rules_may_share_a_path_is_known_beforehand(one: str, other: str, shared: bool) -> None:
    assert may_share(parse(one), parse(other)) is may_share(parse(other), parse(one)) is shared


class ItemSchema(Schema):
    """An item."""

    id = fields.String()


def test_RTE_2_5_not_even_a_write_that_reads_first_gets_at_another_url(serve: Any) -> None:
    class Searching(VersionChange):
        """Items can be searched."""

        routes = [added("/items/search")]

    item = Resource("item", ItemSchema, item="/items/<id>", routes=[Route("GET", "/items/search")])
    app = Script(Said(body={"id": "search"}))
    client = serve(app, Api("acme", [item], [Version(2, Searching), Version(1)]))
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        reply = client.open("/v1/items/search", method=method, json={} if method in ("PUT", "PATCH") else None)
        assert (reply.status_code, app.asked) == (404, [])
    assert client.get("/v1/items/find").status_code == 200
