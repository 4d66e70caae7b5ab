"""Consumers and their flags: what an API looks like to those who have not all of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from translayer import Api, Consumer, Resource, Route, Translator, Version, VersionChange
from translayer.contract.veil import UNSEEN
from translayer.document.values import ABSENT
from translayer.errors import DeclarationError, RequestError, Violation
from translayer.operations import (
    add,
    added,
    constrain,
    convert,
    flatten,
    join,
    map_values,
    move,
    moved,
    relax,
    removed,
    rename,
    split,
    unwrap,
    wrap,
)

BETA, SEATS = {"flag": "beta"}, {"flag": "seats"}


class LegSchema(Schema):
    """A part of a journey."""

    number = fields.Integer(required=True)
    seat = fields.String(required=True, metadata=SEATS)


class TicketSchema(Schema):
    """A ticket as it is today."""

    id = fields.Integer(dump_only=True)
    name = fields.String(required=True)
    discount = fields.Integer(attribute="rebate", metadata=BETA, validate=validate.Range(0, 50))
    pin = fields.String(load_only=True, metadata=BETA)
    legs = fields.List(fields.Nested(LegSchema), metadata={"key": "number"})
    spare = fields.Nested(LegSchema)
    named = fields.Dict(keys=fields.String(), values=fields.Nested(LegSchema))
    tax = fields.Integer(required=True)


class NamesChange(VersionChange):
    """Titles are names."""

    schemas = {TicketSchema: [rename("title", "name"), rename("cut", "discount")]}
    routes = [moved("/passes", to="/tickets")]


class TicketsHaveTax(VersionChange):
    """Tickets are taxed."""

    flag = "taxes"
    schemas = {TicketSchema: [add("tax", default=7)]}
    routes = [added("/tickets/<int:id>/tax")]


class CutsAreNew(VersionChange):
    """There are discounts."""

    schemas = {TicketSchema: [add("cut", default=0)]}


VERSIONS = (Version(4, TicketsHaveTax), Version(3, NamesChange), Version(2, CutsAreNew), Version(1))
TICKET = Resource(
    "ticket",
    TicketSchema,
    collection="/tickets",
    item="/tickets/<int:id>",
    routes=[
        Route("GET", "/tickets/<int:id>/tax", reply=TicketSchema),
        Route("POST", "/tickets/<int:id>/seat", flag="seats"),
    ],
)
DRAFT = Resource("draft", LegSchema, item="/drafts/<int:id>", item_methods=["GET"], flag="drafts")
ALL = frozenset({"beta", "seats", "taxes", "drafts"})
NOBODY: frozenset[str] = frozenset()


def make_api(**options: Any) -> Api:
    chosen: dict[str, Any] = {"resources": [TICKET, DRAFT], "versions": VERSIONS, **options}
    return Api("acme", **chosen)


API = make_api()
SOURCE = {
    "id": 1,
    "name": "Ada",
    "rebate": 5,
    "pin": "1234",
    "legs": [{"number": 1, "seat": "1a"}, {"number": 2, "seat": "2b"}],
    "spare": {"number": 3, "seat": "3c"},
    "named": {"back": {"number": 4, "seat": "4d"}},
    "tax": 3,
}


# Consumers


def test_a_consumer_has_a_name_flags_and_a_version() -> None:
    consumer = Consumer("acme", ["beta", "beta", "seats"], pinned_version=2)
    assert (consumer.name, consumer.flags, consumer.pinned_version) == ("acme", {"beta", "seats"}, 2)
    assert Consumer() == Consumer("", frozenset(), None)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"name": 3}, "Consumer(name=3): a name is a text"),
        ({"flags": "beta"}, "Consumer(flags='beta'): flags are a list, as in flags=['beta']"),
        ({"flags": 3}, "Consumer(flags=3): flags are a list"),
        ({"name": "a", "flags": [""]}, "Consumer 'a': '' is no flag: a flag is a text"),
        ({"flags": [3]}, "Consumer '': 3 is no flag"),
        ({"pinned_version": True}, "Consumer(pinned_version=True): give the number of a version"),
        ({"pinned_version": 1.5}, "Consumer(pinned_version=1.5): give the number of a version"),
    ],
)
def test_no_consumer_is_made_of_nonsense(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DeclarationError, match=re.escape(sentence)):
        Consumer(**arguments)


def test_an_api_is_told_consumers_by_a_function() -> None:
    def consumer(request: object) -> Consumer:
        return Consumer("acme")

    assert make_api(consumer=consumer).consumer is consumer
    assert API.consumer is None
    with pytest.raises(DeclarationError, match="consumer is a function of a request that returns a Consumer, not 'x'"):
        make_api(consumer="x")


# Flags


def test_an_api_knows_all_its_flags_and_is_itself_to_those_who_have_them() -> None:
    assert API.flags == ALL
    assert API.seen_with(ALL | {"other"}) is API
    assert API.seen_with(NOBODY).seen_with(ALL) is API
    plain = make_api(resources=[Resource("note", LegBySchema, item="/notes/<id>")], versions=[Version(1)])
    assert plain.flags == NOBODY
    assert plain.seen_with(NOBODY) is plain


class LegBySchema(Schema):
    """A leg without flags."""

    number = fields.Integer(required=True)
    text = fields.String()


def urls(api: Api, version: int) -> list[str]:
    return [f"{path.route.method} {path.rule}" for path in api.tables[api.position(version)]]


# Routes and resources


def test_VER_8_1_flagged_routes_and_resources_are_in_no_table_of_those_without_the_flag() -> None:
    seen = API.seen_with(NOBODY)
    for version in range(1, 5):
        assert urls(seen, version)
        assert not [url for url in urls(seen, version) if "seat" in url or "drafts" in url or "tax" in url]
        collection = "tickets" if version > 2 else "passes"
        assert f"POST /{collection}/<int:id>/seat" in urls(API.seen_with({"seats"}), version)
        assert "GET /drafts/<int:id>" in urls(API.seen_with({"drafts"}), version)
    assert "GET /passes/<int:id>" in urls(seen, 2)
    assert seen.resources == API.resources
    with pytest.raises(LookupError, match=r"there is no resource 'draft'; there are ticket$"):
        seen.schema("draft", 4)
    assert API.seen_with({"drafts"}).schema("draft", 4)().fields.keys() == {"number"}


# Fields


def fields_of(api: Api, version: int) -> set[str]:
    return set(api.schema("ticket", version)().fields)


def test_VER_8_2_flagged_fields_are_in_no_schema_whatever_they_are_called() -> None:
    plain = {"id", "legs", "spare", "named"}
    seen = API.seen_with(NOBODY)
    assert fields_of(seen, 4) == fields_of(seen, 3) == {*plain, "name"}
    assert fields_of(seen, 2) == fields_of(seen, 1) == {*plain, "title"}
    assert fields_of(API.seen_with({"beta"}), 2) == {*plain, "title", "cut", "pin"}
    assert fields_of(API.seen_with({"taxes", "seats"}), 4) == {*plain, "name", "tax"}
    leg = seen.schema("ticket", 4)().fields["spare"]
    assert set(leg.schema.fields) == {"number"}  # type: ignore[attr-defined]


def test_the_newest_schema_is_the_authors_own_where_nothing_in_it_is_hidden() -> None:
    assert API.seen_with({"beta", "seats", "taxes"}).schema("ticket", 4) is TicketSchema
    assert API.seen_with({"beta", "taxes"}).schema("ticket", 4) is not TicketSchema
    assert API.seen_with({"beta", "seats"}).schema("ticket", 4) is not TicketSchema


SEEN_BY_NOBODY = {
    "id": 1,
    "legs": [{"number": 1}, {"number": 2}],
    "spare": {"number": 3},
    "named": {"back": {"number": 4}},
}


def sight(flags: frozenset[str], version: int, api: Api = API, schema: type[Schema] = TicketSchema) -> Any:
    seen = api.seen_with(flags)
    return seen.translation(schema, seen.position(version))


def test_VER_8_2_flagged_fields_are_in_no_payload() -> None:
    for version in range(1, 5):
        name = "name" if version > 2 else "title"
        translation = sight(NOBODY, version)
        assert translation.downgrade(SOURCE) == {**SEEN_BY_NOBODY, name: "Ada"}
        assert translation.loses
        assert not translation.shows_all(SOURCE)


def refusal(translation: Any, document: Any, **options: Any) -> set[tuple[str, str, str]]:
    with pytest.raises(RequestError) as caught:
        translation.upgrade(document, **options)
    return {(fault.pointer, fault.code, fault.message) for fault in caught.value.violations}


def test_VER_8_2_a_hidden_field_that_is_sent_is_unknown_like_any_other() -> None:
    unknown = {"x": 1, "discount": 7, "pin": "s", "tax": 1, "cut": 3}
    told = refusal(sight(NOBODY, 4), {"name": "Ada", "spare": {"number": 1, "seat": "a", "y": 2}, **unknown})
    places = {f"/{name}" for name in unknown} | {"/spare/seat", "/spare/y"}
    assert {place for place, _, _ in told} == places
    assert {(code, message) for _, code, message in told} == {("UNKNOWN_FIELD", "This version has no such field.")}
    lenient = sight(NOBODY, 4).upgrade({"name": "Ada", **unknown}, SOURCE, handling="lenient")
    assert (lenient["rebate"], lenient["tax"]) == (5, 3)


def test_VER_8_2_where_unknown_fields_are_passed_on_hidden_ones_are_dropped_without_a_word() -> None:
    api = make_api(unknown="pass")
    unknown = {"discount": 7, "rebate": 8, "tax": 9, "other": 1}
    assert sight(NOBODY, 4, api).upgrade({"name": "Ada", **unknown}) == {"name": "Ada", "tax": 7, "other": 1}
    sight(NOBODY, 4, api).refuse_unreachable([("discount",), ("nonsense",)])
    assert {code for _, code, _ in refusal(sight(ALL, 4, api), {"name": "Ada", "tax": 1, "rebate": 8})} == {
        "UNKNOWN_FIELD"
    }
    # The name of a field that they do see somewhere is refused, as it is for everybody.
    assert {place for place, _, _ in refusal(sight(NOBODY, 4, api), {"name": "Ada", "title": 1})} == {"/title"}


# Writes


def test_VER_8_3_what_is_hidden_survives_writes() -> None:
    for version in range(1, 5):
        name = "name" if version > 2 else "title"
        document = {
            name: "Bob",
            "legs": [{"number": 2}, {"number": 9}],
            "spare": {"number": 5},
            "named": {"back": {"number": 6}},
        }
        assert sight(NOBODY, version).upgrade(document, SOURCE, replaced=True) == {
            "name": "Bob",
            "rebate": 5,
            "pin": "1234",
            "legs": [{"number": 2, "seat": "2b"}, {"number": 9}],
            "spare": {"number": 5, "seat": "3c"},
            "named": {"back": {"number": 6, "seat": "4d"}},
            "tax": 3,
        }


def test_VER_8_3_what_is_hidden_is_not_asked_of_what_is_new() -> None:
    for version in (3, 4):
        made = sight(NOBODY, version).upgrade({"name": "Bob", "spare": {"number": 5}})
        assert made == {"name": "Bob", "spare": {"number": 5}, "tax": 7}
    # An older version says what its clients mean.
    assert sight(NOBODY, 1).upgrade({"title": "Bob"}) == {"name": "Bob", "rebate": 0, "tax": 7}


class AskedSchema(Schema):
    """Something with a rule that only marshmallow can ask."""

    name = fields.String(required=True)
    owner = fields.String(required=True, metadata=BETA)
    secret = fields.String(required=True, load_only=True)

    @validates_schema
    def agree(self, document: dict[str, Any], **_: Any) -> None:
        if document["name"] == document.get("owner", "nobody"):
            raise ValidationError("The owner has the name.", "owner")
        if document["name"] == "none":
            raise ValidationError("None is no name.", "name")


class Nothing(VersionChange):
    """Names were titles."""

    schemas = {AskedSchema: [rename("title", "name")]}


ASKED = Api("acme", [Resource("asked", AskedSchema, item="/asked/<id>")], [Version(2, Nothing), Version(1)])


@pytest.mark.parametrize(("version", "name"), [(1, "title"), (2, "name")])
def test_VER_8_5_rules_of_what_is_hidden_are_told_of_the_object_alone(version: int, name: str) -> None:
    translation = sight(NOBODY, version, ASKED, AskedSchema)
    document = {"secret": "s"}
    assert translation.upgrade({name: "a", **document}) == {"name": "a", "secret": "s"}
    assert refusal(translation, {name: "nobody", **document}) == {("", "RULE", UNSEEN)}
    assert refusal(translation, {name: "none", **document}) == {(f"/{name}", "RULE", "None is no name.")}
    source = {"name": "a", "owner": "b", "secret": "s"}
    assert refusal(translation, {name: "b", **document}, onto=source) == {("", "RULE", UNSEEN)}


@pytest.mark.parametrize(
    ("place", "pointer"),
    [
        (("rebate",), ""),
        (("discount",), ""),
        (("tax",), ""),
        (("legs", 0, "seat"), "/legs/0"),
        (("named", "back", "seat"), "/named/back"),
    ],
)
def test_VER_8_5_errors_of_the_app_never_name_what_is_hidden(place: tuple[str | int, ...], pointer: str) -> None:
    told = Violation(place, "RANGE", "The rebate is taxed.")
    for version in range(1, 5):
        seen = sight(NOBODY, version).client_violation(told)
        assert (seen.pointer, seen.code, seen.message) == (pointer, "RULE", UNSEEN)
    assert sight(ALL, 4).client_violation(told).code == "RANGE"


def test_VER_8_5_other_errors_of_the_app_are_told_as_they_are() -> None:
    told = Violation(("name",), "LENGTH", "Too long.")
    assert sight(NOBODY, 1).client_violation(told) == Violation(("title",), "LENGTH", "Too long.")
    assert sight(NOBODY, 4).client_violation(told) == told
    legs = Violation(("legs", 0, "number"), "RANGE", "Too far.")
    assert sight(NOBODY, 4).client_violation(legs) == legs


class OwnSchema(Schema):
    total = fields.String(required=True)
    note = fields.String()


class TotalsAreTexts(VersionChange):
    """Totals were numbers, for some."""

    schemas = {OwnSchema: [convert("total", upgrade=str, downgrade=int, was=fields.Integer(metadata=BETA))]}


def test_a_field_may_have_a_flag_in_older_versions_alone() -> None:
    api = Api("acme", [Resource("own", OwnSchema, item="/own/<id>")], [Version(2, TotalsAreTexts), Version(1)])
    assert api.flags == {"beta"}
    assert sight(NOBODY, 2, api, OwnSchema).downgrade({"total": "3", "note": "x"}) == {"total": "3", "note": "x"}
    older = sight(NOBODY, 1, api, OwnSchema)
    assert older.downgrade({"total": "3", "note": "x"}) == {"note": "x"}
    assert older.upgrade({"note": "y"}, {"total": "3", "note": "x"}) == {"total": "3", "note": "y"}
    assert older.client_violation(Violation(("total",), "RANGE", "Too much.")) == Violation((), "RULE", UNSEEN)
    # Without the flag nobody can make one in version 1, since today it needs what they do not see.
    assert refusal(older, {"note": "y"}) == {("", "RULE", UNSEEN)}


# What older fields have from newer ones


class WholeSchema(Schema):
    a = fields.String(metadata=BETA)
    b = fields.String(metadata=BETA)
    tags = fields.List(fields.String(), metadata=BETA)
    word = fields.String(metadata=BETA, validate=validate.OneOf(["new"]))
    left = fields.String()


FLATTENED = flatten("box", "a", "b")

INHERITED: dict[str, tuple[list[Any], set[str]]] = {
    "split": ([split("ab", into=["a", "b"], by=" ")], {"left"}),
    "join": ([join(["x", "y"], into="a", by=" ")], {"left"}),
    "convert": ([convert("a", upgrade=str, downgrade=str, was=fields.Raw())], {"left"}),
    "shown": ([convert("a", upgrade=str, downgrade=str, was=fields.Raw(metadata={"flag": None}))], {"left", "a"}),
    "map_values": ([map_values("word", {"old": "new"})], {"left"}),
    "wrap": ([wrap("tags")], {"left"}),
    "unwrap": ([unwrap("a")], {"left"}),
    "relax": ([relax("a", default="", was=fields.String(required=True))], {"left"}),
    "constrain": ([constrain("a", was=fields.String())], {"left"}),
    "rename": ([rename("z", "a")], {"left"}),
    "move": ([move("z", "a")], {"left"}),
    "flatten": ([FLATTENED], {"left"}),
    "flatten some": ([flatten("box", "a", "left")], {"box"}),
    "twice": ([rename("y", "z"), rename("z", "a")], {"left"}),
    "inside": ([rename("box.z", "box.a"), flatten("box", "a", "left")], {"box"}),
    "converted inside": (
        [convert("box.a", upgrade=str, downgrade=str, was=fields.Raw()), FLATTENED],
        {"left"},
    ),
}


@pytest.mark.parametrize("name", INHERITED)
def test_VER_8_2_what_was_made_of_a_hidden_field_is_hidden_as_well(name: str) -> None:
    operations, left = INHERITED[name]
    change = type("Change", (VersionChange,), {"schemas": {WholeSchema: operations}})
    api = Api("acme", [Resource("whole", WholeSchema, item="/whole/<id>")], [Version(2, change), Version(1)])
    seen = api.seen_with(NOBODY)
    assert set(seen.schema("whole", 1)().fields) == left
    source = {"a": "one", "b": "two", "tags": ["t"], "word": "new", "left": "l"}
    translation = seen.translation(WholeSchema, 1)
    view = translation.downgrade(source)
    assert set(view) == left
    assert translation.upgrade(view, source) == source
    assert seen.changelog() == () or name in ("shown", "flatten some", "inside")


class OlderSchema(Schema):
    first = fields.String()
    left = fields.String()
    box = fields.String()


class Translated(Translator):
    """It is written by hand."""

    schema = OlderSchema
    names = {"first": "a"}

    def upgrade(self, document: Any) -> Any:
        return {"a" if name == "first" else name: value for name, value in document.items()}

    def downgrade(self, document: Any) -> Any:
        return {"first" if name == "a" else name: value for name, value in document.items()}


def test_VER_8_2_a_translator_hides_what_its_names_say() -> None:
    change = type("Change", (VersionChange,), {"schemas": {WholeSchema: Translated}})
    api = Api("acme", [Resource("whole", WholeSchema, item="/whole/<id>")], [Version(2, change), Version(1)])
    seen = api.seen_with(NOBODY)
    assert set(seen.schema("whole", 1)().fields) == {"left", "box"}
    assert seen.translation(WholeSchema, 1).downgrade({"a": "x", "left": "l"}) == {"left": "l"}


class PluckedSchema(Schema):
    leg = fields.Pluck(LegSchema, "seat")
    note = fields.String()


def test_VER_8_2_what_is_plucked_is_as_hidden_as_where_it_stands() -> None:
    api = Api("acme", [Resource("plucked", PluckedSchema, item="/plucked/<id>")], [Version(1)])
    assert set(api.seen_with(NOBODY).schema("plucked", 1)().fields) == {"note"}


class InnerSchema(Schema):
    seen = fields.String()
    unseen = fields.String(metadata=BETA)


class LongSchema(Schema):
    inner = fields.Nested(InnerSchema, validate=validate.Length(min=2))


def test_an_object_may_be_emptier_where_a_part_of_it_is_hidden() -> None:
    api = Api("acme", [Resource("long", LongSchema, item="/long/<id>")], [Version(1)])
    translation = sight(NOBODY, 1, api, LongSchema)
    source = {"inner": {"seen": "a", "unseen": "b"}}
    assert translation.upgrade({"inner": {"seen": "c"}}, source) == {"inner": {"seen": "c", "unseen": "b"}}


# Changes


def test_VER_8_4_a_flagged_change_has_not_happened() -> None:
    seen = API.seen_with({"beta", "seats", "drafts"})
    assert seen.translation(TicketSchema, 0).downgrade(SOURCE).keys() == TicketSchema().fields.keys() - {"tax", "pin"}
    assert "GET /tickets/<int:id>/tax" not in urls(seen, 4)
    assert "GET /tickets/<int:id>/tax" in urls(API, 4)
    assert [entry.title for entry in seen.changelog()] == ["Titles are names.", "There are discounts."]
    assert seen.translate({"name": "a"}, "ticket", from_version=4, to_version=4) == {"name": "a"}


def test_VER_8_4_a_changelog_says_nothing_of_what_is_hidden() -> None:
    told = {entry.title: entry.sentences for entry in API.seen_with(NOBODY).changelog()}
    assert told == {"Titles are names.": ("`title` is called `name`.", "`/passes` moved to `/tickets`.")}
    assert len(API.changelog()) == 3
    assert [entry.version.text for entry in API.changelog()] == ["4", "3", "2"]


class RoutesChange(VersionChange):
    """URLs came and went."""

    routes = [added("/a", "GET"), added("/b"), removed("/c"), moved("/e", to="/d")]


class Silent(VersionChange):
    """Nothing that can be told."""


def test_VER_8_4_a_changelog_says_nothing_of_hidden_urls() -> None:
    shown = [Route("POST", "/a"), Route("DELETE", "/c")]
    flagged = [Route(method, rule, flag="x") for method, rule in [("GET", "/a"), ("GET", "/b"), ("GET", "/d/e")]]
    resource = Resource("url", LegBySchema, routes=[*shown, *flagged])
    api = Api("acme", [resource], [Version(3, Silent), Version(2, RoutesChange), Version(1)])
    silent, told = api.seen_with(NOBODY).changelog()
    assert (silent.title, silent.sentences) == ("Nothing that can be told.", ())
    assert told.sentences == ("`/c` is gone.",)


def changing(*operations: Any, schema: type[Schema] = TicketSchema, flag: str | None = None, routes: Any = ()) -> Any:
    told = {schema: operations} if operations else {}
    return type("Made", (VersionChange,), {"schemas": told, "flag": flag, "routes": routes})


class AsideSchema(Schema):
    other = fields.String()


def tickets(*versions: list[Any]) -> Api:
    count = len(versions) + 1
    told = [Version(count - at, *changes) for at, changes in enumerate(versions)]
    aside = Resource("aside", AsideSchema, item="/aside/<int:id>")
    return make_api(resources=[TICKET, aside], versions=[*told, Version(1)])


BUILT_ON: dict[str, list[list[Any]]] = {
    "the same schema": [[changing(rename("name2", "name"))], [changing(rename("name3", "name2"), flag="x")]],
    "the same version": [[changing(rename("name3", "name2"), flag="x"), changing(rename("name2", "name"))]],
    "a schema that nests it": [
        [changing(convert("spare", upgrade=dict, downgrade=dict))],
        [changing(rename("no", "number"), schema=LegSchema, flag="x")],
    ],
    "a schema that nests it, in one version": [
        [
            changing(add("spare", default=lambda document: {})),
            changing(rename("no", "number"), schema=LegSchema, flag="x"),
        ],
    ],
    "a schema that it nests": [
        [changing(rename("place", "seat"), schema=LegSchema)],
        [changing(rename("spare.no", "spare.number"), flag="x")],
    ],
    "the same URL": [
        [changing(routes=[moved("/passes", to="/tickets")])],
        [changing(routes=[added("/passes/<int:id>/tax")], flag="x")],
    ],
    "a URL behind it": [
        [changing(routes=[added("/tickets/<int:id>/tax")])],
        [changing(routes=[moved("/passes", to="/tickets")], flag="x")],
    ],
}


@pytest.mark.parametrize("versions", BUILT_ON.values(), ids=BUILT_ON)
def test_VER_8_6_what_everybody_sees_may_not_build_on_what_only_some_do(versions: list[list[Any]]) -> None:
    with pytest.raises(
        DeclarationError, match=r"^Made of version \d builds on Made of version \d, which only .* 'x' see: "
    ):
        tickets(*versions)


INDEPENDENT: dict[str, list[list[Any]]] = {
    "another schema": [
        [changing(rename("title", "name"))],
        [changing(rename("no", "number"), schema=LegSchema, flag="x")],
    ],
    "a schema that it nests, in one version": [
        [
            changing(rename("place", "seat"), schema=LegSchema),
            changing(convert("spare", upgrade=dict, downgrade=dict), flag="x"),
        ],
    ],
    "another URL": [
        [changing(routes=[added("/tickets/<int:id>/seat")])],
        [changing(routes=[added("/tickets/<int:id>/tax")], flag="x")],
    ],
    "a schema that it does not nest": [
        [changing(convert("spare", upgrade=dict, downgrade=dict))],
        [changing(rename("z", "other"), schema=AsideSchema, flag="x")],
    ],
    "before": [[changing(rename("name2", "name"), flag="x")], [changing(rename("name3", "name2"))]],
}


@pytest.mark.parametrize("versions", INDEPENDENT.values(), ids=INDEPENDENT)
def test_VER_8_4_what_does_not_build_on_a_flagged_change_has_happened(versions: list[list[Any]]) -> None:
    api = tickets(*versions)
    seen = api.seen_with(api.flags - {"x"})
    told = [change for version in versions for change in version]
    assert len(seen.changelog()) == len([change for change in told if change.flag is None])
    # The oldest version stands before all changes.
    assert sight(api.flags - {"x"}, 1, api).downgrade(SOURCE) == sight(api.flags, 1, api).downgrade(SOURCE)


def test_VER_8_4_who_has_not_the_earlier_flag_does_not_see_what_builds_on_it() -> None:
    one, other = (
        changing(rename("b", "a"), flag="y", schema=FlagsSchema),
        changing(rename("c", "b"), flag="x", schema=FlagsSchema),
    )
    third = changing(rename("z", "other"), schema=AsideSchema)
    resource = Resource("flags", FlagsSchema, item="/flags/<id>")
    aside = Resource("aside", AsideSchema, item="/aside/<id>")
    api = Api("acme", [resource, aside], [Version(3, one, third), Version(2, other), Version(1)])
    called = {
        flags: [next(iter(api.seen_with(frozenset(flags)).schema("flags", version)().fields)) for version in (3, 2, 1)]
        for flags in ("", "x", "y", "xy")
    }
    assert called == {"": ["c", "c", "c"], "x": ["b", "b", "c"], "y": ["c", "c", "c"], "xy": ["a", "b", "c"]}
    assert [len(api.seen_with(frozenset(flags)).changelog()) for flags in ("", "x", "y", "xy")] == [1, 2, 1, 3]
    assert api.seen_with(frozenset("y")).translate({"c": "v"}, "flags", from_version=3, to_version=3) == {"c": "v"}


class FlagsSchema(Schema):
    a = fields.String()


# Explanations


def test_an_explanation_is_of_the_way_that_the_consumer_goes() -> None:
    seen = API.seen_with(NOBODY)
    told = seen.explain({"title": "Ada"}, "ticket", from_version=1, to_version=4)
    assert told.result == {"name": "Ada"} == seen.translate({"title": "Ada"}, "ticket", from_version=1, to_version=4)
    ways = [(step.origin.leg.from_version, step.origin.leg.to_version, step.origin.sentence) for step in told.steps]
    assert ("4", "4", "`tax` is new.") in ways
    assert next(step for step in told.steps if step.origin.sentence == "`tax` is new.").origin.change is TicketsHaveTax
    hidden = [step for step in told.steps if step.origin.sentence == "`discount` is new."]
    assert hidden
    assert all(step.origin.change is None for step in hidden)


# What cannot be


class KeyedSchema(Schema):
    legs = fields.List(fields.Nested(InnerSchema), metadata={"key": "unseen"})


class AllSchema(Schema):
    one = fields.String(metadata=BETA)
    two = fields.String(metadata=SEATS)


class WrongSchema(Schema):
    one = fields.String(metadata={"flag": 3})
    two = fields.String()


class ListedSchema(Schema):
    one = fields.List(fields.String(metadata=BETA))


class BrokenPluckSchema(Schema):
    one = fields.Pluck(InnerSchema, "nowhere")


class ChangedSchema(Schema):
    a = fields.String(metadata=BETA)
    b = fields.String()
    c = fields.String()


def change_of(schema: type[Schema], *operations: Any) -> Any:
    return type("Change", (VersionChange,), {"schemas": {schema: operations}})


REFUSED: dict[str, tuple[type[Schema], list[Any], str]] = {
    "a key": (KeyedSchema, [], "KeyedSchema.legs recognises its elements by 'unseen', which has a flag"),
    "all": (AllSchema, [], "every field of AllSchema has a flag, so that nothing is left of it without one"),
    "no text": (WrongSchema, [], "WrongSchema.one: 3 is no flag: a flag is a text"),
    "inside": (ListedSchema, [], "ListedSchema.one: the flag of what is in it would say nothing"),
    "no pluck": (BrokenPluckSchema, [], "plucks 'nowhere' where there is none"),
    "no pluck that is spoken of": (BrokenPluckSchema, [rename("two", "one")], "plucks 'nowhere' where there is none"),
    "mixed": (
        ChangedSchema,
        [split("ab", into=["a", "b"], by=" ")],
        "`a` and `b` have not the same flag, so that nobody knows whose `ab` is",
    ),
    "required": (
        ChangedSchema,
        [constrain("b", was=fields.String(required=True, metadata=BETA))],
        "it was required and has a flag, and what it became has none",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_VER_8_6_flags_that_could_not_be_kept_are_refused(name: str) -> None:
    schema, operations, sentence = REFUSED[name]
    versions = [Version(2, change_of(schema, *operations)), Version(1)] if operations else [Version(1)]
    with pytest.raises(DeclarationError, match=re.escape(sentence)):
        Api("acme", [Resource("thing", schema, item="/things/<id>")], versions)


def test_a_split_of_differently_flagged_pieces_may_say_who_sees_the_whole() -> None:
    told = split("ab", into=["a", "b"], by=" ", was=fields.String(metadata=SEATS))
    resource = Resource("changed", ChangedSchema, item="/changed/<id>")
    api = Api("acme", [resource], [Version(2, change_of(ChangedSchema, told)), Version(1)])
    assert api.flags == {"beta", "seats"}


@pytest.mark.parametrize(
    ("declare", "sentence"),
    [
        (lambda: Route("GET", "/a", flag=""), "GET /a: '' is no flag"),
        (lambda: Resource("a", LegSchema, item="/a", flag=" x"), "Resource 'a': ' x' is no flag"),
        (lambda: Version(2, changing(flag="x ")), "Made: 'x ' is no flag"),
        (lambda: Version(2, type("Made", (VersionChange,), {"flags": "x"})), "the attribute is called flag"),
    ],
)
def test_VER_8_6_what_is_no_flag_is_refused(declare: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=re.escape(sentence)):
        declare()


def test_an_absent_object_stays_absent() -> None:
    assert sight(NOBODY, 4).upgrade({"name": "a", "legs": []}, SOURCE)["legs"] == []
    assert sight(NOBODY, 4).upgrade({"name": "a"}, ABSENT) == {"name": "a", "tax": 7}


def test_VER_8_3_a_patch_neither_reaches_nor_touches_what_is_hidden() -> None:
    translation = sight(NOBODY, 4)
    current = translation.downgrade(SOURCE)
    patched = {**current, "name": "Bob", "legs": [{"number": 2}]}
    new = translation.upgrade(patched, SOURCE, current=current, whole=True)
    assert translation.difference(SOURCE, new) == [
        {"op": "replace", "path": "/name", "value": "Bob"},
        {"op": "remove", "path": "/legs/0"},
    ]
    for place in ("discount", "nonsense"):
        with pytest.raises(RequestError) as caught:
            translation.refuse_unreachable([(place,)])
        assert caught.value.violations == (Violation((place,), "UNKNOWN_FIELD", "This version has no such field."),)
