"""``Query``: what it may say, and what is refused when an ``Api`` is made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from marshmallow import Schema, fields

from translayer import Api, Limits, Query, Resource, Route, Version, VersionChange
from translayer.contract.counterparts import narrowed, newer_places, places, spelt
from translayer.contract.lens import loses, operations
from translayer.errors import DeclarationError, Path
from translayer.operations import add, rename


class PersonSchema(Schema):
    name = fields.String()
    secret = fields.String(load_only=True)
    parent = fields.Nested(lambda: PersonSchema())
    children = fields.List(fields.Nested(lambda: PersonSchema(exclude=("children", "parent"))))
    names = fields.Dict(values=fields.String())
    pair = fields.Tuple((fields.String(), fields.String()))
    page = fields.Integer()


class Renamed(VersionChange):
    """Names were titles."""

    schemas = {PersonSchema: [rename("title", "name")]}


def api(query: Any, change: type[VersionChange] = Renamed, **options: Any) -> Api:
    person = Resource("person", PersonSchema, "/people", query=query)
    return Api("acme", [person], [Version(2, change), Version(1)], **options)


def test_a_query_is_a_frozen_value() -> None:
    query = Query(["name"], sort="sort", fields="fields", paging=["page"], others=["q"])
    assert query == Query({"name": "name"}, "sort", "fields", ("page",), ("q",))
    assert hash(query) == hash(Query({"name": "name"}, "sort", "fields", ("page",), ("q",)))
    assert query != Query(["title"], "sort", "fields", ["page"], ["q"])
    assert replace(query, sort=None).parameters == ("name", "fields", "page", "q")
    assert (dict(query.field_of), query.passing) == ({"name": "name"}, ("page", "q"))
    with pytest.raises(TypeError):
        query.filters["x"] = "name"  # type: ignore[index,call-overload]


NONSENSE = (
    ({"filters": "name"}, "parameters are a list"),
    ({"paging": "page"}, "parameters are a list"),
    ({"filters": ["name", "name"]}, "names a field twice"),
    ({"filters": ["a..b"]}, "is no field name"),
    ({"filters": {"by": ""}}, "is no field name"),
    ({"filters": {"": "name"}}, "at least one character"),
    ({"filters": {1: "name"}}, "at least one character"),
    ({"sort": ""}, "at least one character"),
    ({"others": [None]}, "at least one character"),
    ({"sort": "by", "fields": "by"}, "'by' twice"),
    ({"filters": ["page"], "paging": ["page"]}, "'page' twice"),
    ({"unknown": "drop"}, "none of 'raise'"),
    ({"paging": {"page": int}}, "'page' is described by a marshmallow field"),
    ({"sortable": ["name"]}, "name the parameter, sort='sort'"),
    ({"sort": "sort", "sortable": "name"}, "parameters are a list"),
)


@pytest.mark.parametrize(("said", "sentence"), NONSENSE)
def test_a_query_that_makes_no_sense_is_refused(said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        Query(**said)


@pytest.mark.parametrize(
    "name", ("title", "secret", "parent", "children", "names", "pair", "name.first", "parent.parent.name")
)
def test_a_filter_is_of_a_plain_field_that_clients_see_today(name: str) -> None:
    with pytest.raises(DeclarationError, match=r"GET /people has the filter .* no plain field .* there are .*name"):
        api(Query([name]))


def test_RTE_4_10_what_can_be_sorted_by_is_what_is_named() -> None:
    person = Resource("person", PersonSchema, "/people", query=Query(sort="sort", sortable=["name"]))
    made = Api("acme", [person], [Version(2, Renamed), Version(1)])
    (route,) = (route for route in person.all_routes() if route.query)
    assert [dict(made.grammar(route, at).sorting) for at in (0, 1)] == [{"name": ("name",)}, {"title": ("name",)}]  # type: ignore[union-attr]
    with pytest.raises(DeclarationError, match=r"has sortable='title', which is no plain field .* there are .*name"):
        api(Query(sort="sort", sortable=["title"]))


class Inside(Schema):
    """Two fields that are one inside."""

    name = fields.String(attribute="page")


class Bare(Schema):
    names = fields.Dict(values=fields.String())


MEANINGS = (
    (lambda: api(Query(["name"], sort="title")), "'title' mean two things in an older version"),
    (lambda: api(Query(["name", "page"], others=["title"])), "'title' mean two things in an older version"),
    (lambda: Api("a", [Resource("x", Inside, "/x", query=Query(["name"], paging=["page"]))], [Version(1)]),
     "'page' mean two things to the app"),
    (lambda: Api("a", [Resource("x", Bare, "/x", query=Query(["names"]))], [Version(1)]), "there are none at all"),
)  # fmt: skip


@pytest.mark.parametrize(("make", "sentence"), MEANINGS)
def test_a_parameter_means_one_thing_in_every_version(make: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        make()


MISPLACED = (
    (lambda: Resource("x", Bare, "/x", query="sort"), "query is a Query"),
    (lambda: Resource("x", Bare, "/x", collection_methods=["POST"], query=Query()), "is for what is read, and no GET"),
    (lambda: Route("GET", "/x", reply=Bare, query=["sort"]), "query is a Query"),  # type: ignore[arg-type]
    (lambda: Route("GET", "/x", query=Query()), "has query=, which is for what is read"),
    (lambda: Route("POST", "/x", reply=Bare, query=Query()), "has query=, which is for what is read"),
    (lambda: Limits(parameters=0), "positive whole number"),
)


@pytest.mark.parametrize(("make", "sentence"), MISPLACED)
def test_a_query_stands_where_something_is_read(make: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        make()


def test_versions_in_which_nothing_changed_share_a_grammar() -> None:
    person = Resource("person", PersonSchema, "/people", query=Query(["name"]))
    made = Api("acme", [person], [Version(3, Renamed), Version(2), Version(1)])
    (route,) = (route for route in person.all_routes() if route.query)
    assert made.grammar(route, 1) is made.grammar(route, 2)
    assert [set(made.grammar(route, at).by_client) for at in range(3)] == [{"name"}, {"title"}, {"title"}]  # type: ignore[union-attr]


def test_a_schema_that_contains_itself_has_names_for_the_first_of_it() -> None:
    made = api(Query(fields="fields", sort="sort"))
    way = made.translation(PersonSchema, 0)
    found = places(way.shape, way.check.resolve)
    assert [spelt(place) for place in found] == [
        *("name", "parent", "children", "children", "children.name", "children.names", "children.pair"),
        *("children.page", "names", "pair", "page"),
    ]
    (route,) = (route for route in made.resources[0].all_routes() if route.query)
    grammar = made.grammar(route, 1)
    assert grammar is not None
    assert grammar.sorting == {
        "title": ("name",),
        "children.title": ("children.name",),
        "children.page": ("children.page",),
        "page": ("page",),
    }
    assert grammar.selecting["parent"] == ("parent",)


class TableSchema(Schema):
    people = fields.Dict(values=fields.Nested(PersonSchema))
    others = fields.List(fields.Nested(PersonSchema))


class Nested(VersionChange):
    """Names were titles, and pairs are new."""

    schemas = {PersonSchema: [rename("title", "name"), add("pair")]}


THROUGH: tuple[tuple[Path, tuple[Path, ...]], ...] = (
    (("people", "ada", "title"), (("people", "ada", "name"),)),
    (("others", 0, "title"), (("others", 0, "name"),)),
    (("others", 0), (("others", 0),)),
    ((), ((),)),
)


@pytest.mark.parametrize(("older", "newer"), THROUGH)
def test_places_are_followed_into_lists_and_tables(older: Path, newer: tuple[Path, ...]) -> None:
    table = Resource("table", TableSchema, "/tables")
    chain = Api("acme", [table], [Version(2, Nested), Version(1)]).translation(TableSchema, 1).chain
    assert newer_places(chain, older) == newer


@pytest.mark.parametrize("place", [place for place, _ in THROUGH[:2]])
def test_a_narrowed_lens_has_only_what_has_to_do_with_its_places(place: Path) -> None:
    table = Resource("table", TableSchema, "/tables")
    chain = Api("acme", [table], [Version(2, Nested), Version(1)]).translation(TableSchema, 1).chain
    lens = narrowed(chain, [place])
    assert not loses(lens)  # it has no add()
    assert len(list(operations(lens))) == 1
