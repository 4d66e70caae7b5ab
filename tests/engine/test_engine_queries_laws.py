"""Laws of queries, over histories drawn at random: what a client says comes back as it said it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields, validate

from translayer import Api, Limits, Query, Resource, Version, VersionChange
from translayer.engine.queries import Queries
from translayer.errors import RequestError
from translayer.http.query import parameters
from translayer.operations import map_values, move, rename

WORDS = ("red", "green", "blue")


class CrateSchema(Schema):
    """The object that fields move into and out of."""

    depth = fields.Integer()
    word = fields.String(validate=validate.OneOf(WORDS))


class ThingSchema(Schema):
    """Today: three fields of three types, and an object."""

    title = fields.String()
    size = fields.Integer(attribute="breadth")
    colour = fields.String(validate=validate.OneOf(WORDS))
    box = fields.Nested(CrateSchema)


PLACES = ("title", "size", "colour", "box.depth", "box.word")
QUERY = Query(PLACES, sort="sort", fields="fields", paging=("page",), others=("q",))


class History:
    """Names and words of every field, taken back version by version."""

    def __init__(self) -> None:
        self.names = {place: place for place in PLACES}
        self.words = {"colour": list(WORDS), "box.word": list(WORDS)}
        self.changes: list[type[VersionChange]] = []

    def step(self, draw: Any) -> None:
        """One version less, by one operation on one field."""
        number = len(self.changes)
        place = draw(st.sampled_from(PLACES))
        name, kind = self.names[place], draw(st.sampled_from(("rename", "move", "words")))
        if kind == "words" and place in self.words:
            older = draw(st.permutations([f"{word}{number}" for word in WORDS]))
            told: Any = map_values(name, dict(zip(older, self.words[place], strict=True)))
            self.words[place] = list(older)
        elif kind == "move":
            self.names[place] = f"x{number}" if "." in name else f"box.x{number}"
            told = move(self.names[place], name)
        else:
            parent, dot, _ = name.rpartition(".")
            self.names[place] = f"{parent}{dot}x{number}"
            told = rename(self.names[place], name)
        members = {"__doc__": "It changed.", "schemas": {ThingSchema: [told]}}
        self.changes.append(type(f"Change{number}", (VersionChange,), members))

    def api(self) -> Api:
        versions = [Version(len(self.changes) + 1 - at, change) for at, change in enumerate(self.changes)]
        return Api("acme", [Resource("thing", ThingSchema, "/things", query=QUERY)], [*versions, Version(1)])

    def value(self, place: str, draw: Any) -> str:
        """A value of a field in the oldest version, as text."""
        if place in self.words:
            return str(draw(st.sampled_from(self.words[place])))
        if place in ("size", "box.depth"):
            return str(draw(st.integers(-999, 999)))
        return str(draw(st.text(st.characters(codec="utf-8"), max_size=4)))

    def pair(self, draw: Any) -> tuple[str, str]:
        """Something that a client of the oldest version may say."""
        kind = draw(st.sampled_from(("filter", "sort", "fields", "q")))
        if kind == "filter":
            place = draw(st.sampled_from(PLACES))
            return self.names[place], self.value(place, draw)
        if kind == "q":
            return "q", str(draw(st.text(st.characters(codec="utf-8"), max_size=3)))
        chosen = draw(st.lists(st.sampled_from(PLACES), min_size=1, unique=True))
        sign = draw(st.sampled_from(("", "-", "+"))) if kind == "sort" else ""
        return kind, ",".join(sign + self.names[place] for place in chosen)


@st.composite
def conversations(draw: Any) -> tuple[Api, str]:
    """A history, and a query of a client of its oldest version."""
    history = History()
    for _ in range(draw(st.integers(0, 5))):
        history.step(draw)
    return history.api(), urlencode([history.pair(draw) for _ in range(draw(st.integers(0, 6)))])


def queries(api: Api) -> Queries:
    """The ways of queries in the oldest version."""
    route = api.resources[0].all_routes()[0]
    grammar = api.grammar(route, len(api.versions) - 1)
    assert grammar is not None
    return Queries(grammar, Limits())


def said(query: str) -> list[tuple[str, str | None]]:
    return sorted((pair.name, pair.value) for pair in parameters(query))


@given(conversations())
def test_RTE_4_9_what_a_client_said_comes_back_in_links_as_it_said_it(conversation: tuple[Api, str]) -> None:
    api, query = conversation
    found = queries(api)
    asked = found.inward(query)
    assert sorted(found.outward(asked.text, asked).split("&")) == sorted(query.split("&"))


@given(conversations())
def test_RTE_4_9_and_also_in_links_of_other_requests_it_means_the_same(conversation: tuple[Api, str]) -> None:
    api, query = conversation
    found = queries(api)
    today = found.inward(query).text
    back = found.outward(today, None)
    # All parts of an object are the object.
    assert [pair for pair in said(back) if pair[0] != "fields"] == [pair for pair in said(query) if pair[0] != "fields"]
    assert said(found.inward(back).text) == said(today)


@given(conversations())
def test_the_newest_version_passes_what_the_oldest_became(conversation: tuple[Api, str]) -> None:
    """The app sees its own names whoever asks: today's clients ask for the same in one step."""
    api, query = conversation
    today = queries(api).inward(query).text
    route = api.resources[0].all_routes()[0]
    grammar = api.grammar(route, 0)
    assert grammar is not None
    newest = Queries(grammar, Limits())
    assert said(newest.inward(newest.outward(today, None)).text) == said(today)


PIECES = ("size", "=", "&", "sort", "fields", "%", "%ff", "+", "-", ",", "é", "1", "box", ".", "colour")


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_text_is_translated_or_refused(query: str) -> None:
    found = queries(History().api())
    assert isinstance(found.outward(query, None), str)
    assert refusal(found, query) in (None, 400)


def refusal(found: Queries, query: str) -> int | None:
    """The status with which a query is refused, if it is; every detail names its parameter."""
    try:
        found.inward(query)
    except RequestError as error:
        return error.status if all(told.parameter is not None for told in error.violations) else 0
    return None
