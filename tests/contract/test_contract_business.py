"""Between the app's JSON and the newest version's documents: names, what leaves and enters, and fields that compute."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields, missing, post_dump

from translayer import Api, Resource, Version
from translayer.contract.business import Business, Computed, Member
from translayer.contract.lens import Faults
from translayer.contract.shape import Leaf
from translayer.document.values import ABSENT
from translayer.errors import ContractViolation, DeclarationError


def schema(**members: Any) -> type[Schema]:
    return type("MadeSchema", (Schema,), members)


def business(described: type[Schema]) -> Business:
    """The lens of a schema, as an API makes it."""
    api = Api("acme", [Resource("thing", described, item="/things/<id>")], [Version(1)])
    return api.translation(described, 0).business


def put(lens: Any, view: Any, onto: Any = ABSENT) -> Any:
    faults: Faults = []
    result = lens.put(view, onto, faults)
    assert not faults
    return result


class CamelCased(Schema):
    """Names outside are camel case, as a hook of marshmallow makes them."""

    def on_bind_field(self, field_name: str, field_obj: Any) -> None:
        first, *others = field_name.split("_")
        field_obj.data_key = first + "".join(map(str.title, others))


class AddressSchema(CamelCased):
    street_name = fields.String()
    post_code = fields.String(attribute="code")


class PersonSchema(CamelCased):
    first_name = fields.String()
    home_address = fields.Nested(AddressSchema)
    former_addresses = fields.List(fields.Nested(AddressSchema))
    by_country = fields.Dict(values=fields.Nested(AddressSchema))


PERSON = {
    "first_name": "Ada",
    "home_address": {"street_name": "High Street", "code": "1"},
    "former_addresses": [{"street_name": "Low Street"}, {"code": "2"}],
    "by_country": {"NO": {"code": "3"}},
}
PERSON_OUTSIDE = {
    "firstName": "Ada",
    "homeAddress": {"streetName": "High Street", "postCode": "1"},
    "formerAddresses": [{"streetName": "Low Street"}, {"postCode": "2"}],
    "byCountry": {"NO": {"postCode": "3"}},
}

NAMES: dict[str, tuple[type[Schema], Any, Any]] = {
    "attribute": (schema(passengers=fields.Integer(attribute="pax_count")), {"pax_count": 2}, {"passengers": 2}),
    "data_key": (schema(pax_count=fields.Integer(data_key="paxCount")), {"pax_count": 2}, {"paxCount": 2}),
    "both": (schema(n=fields.Integer(attribute="pax", data_key="paxCount")), {"pax": 2}, {"paxCount": 2}),
    "empty data_key": (schema(n=fields.Integer(data_key="")), {"n": 2}, {"": 2}),
    "dotted attribute": (
        schema(city=fields.String(attribute="address.city"), code=fields.String(attribute="address.post.code")),
        {"address": {"city": "Oslo", "post": {"code": "1"}}},
        {"city": "Oslo", "code": "1"},
    ),
    "names made by on_bind_field": (PersonSchema, PERSON, PERSON_OUTSIDE),
    "names exchanged": (
        schema(a=fields.Integer(attribute="b"), b=fields.Integer(attribute="a")),
        {"a": 1, "b": 2},
        {"a": 2, "b": 1},
    ),
    "absent": (PersonSchema, {"former_addresses": [], "by_country": {}}, {"formerAddresses": [], "byCountry": {}}),
    "null": (
        PersonSchema,
        {"first_name": None, "home_address": None, "former_addresses": None, "by_country": None},
        {"firstName": None, "homeAddress": None, "formerAddresses": None, "byCountry": None},
    ),
}


@pytest.mark.parametrize("case", NAMES)
def test_TRN_1_1_attribute_and_data_key_map_names_both_ways(case: str) -> None:
    described, inner, outer = NAMES[case]
    lens = business(described)
    assert lens.get(inner) == outer
    assert put(lens, outer) == inner
    assert put(lens, outer, inner) == inner


def test_TRN_10_2_members_leave_and_enter_in_the_order_in_which_the_schema_has_them() -> None:
    lens = business(schema(a=fields.Integer(attribute="x"), b=fields.Integer(), c=fields.Integer(attribute="o.c")))
    assert list(lens.get({"o": {"c": 3}, "b": 1, "x": 2})) == ["a", "b", "c"]
    assert list(put(lens, {"more": 4, "c": 3, "b": 1, "a": 2})) == ["x", "b", "o", "more"]
    assert list(put(lens, {"more": 4, "c": 3, "b": 1, "a": 2}, {"own": 0, "b": 9, "o": {"d": 1}})) == [
        *("own", "o", "x", "b", "more")
    ]


class SecretSchema(Schema):
    id = fields.Integer(dump_only=True)
    name = fields.String()
    password = fields.String(load_only=True)


class VaultSchema(Schema):
    class Meta:
        load_only = ("key",)
        dump_only = ("opened",)

    key = fields.String()
    opened = fields.String()
    secret = fields.Nested(SecretSchema)
    secrets = fields.List(fields.Nested(SecretSchema))
    table = fields.Dict(values=fields.Nested(SecretSchema))
    chosen = fields.Nested(SecretSchema, only=("name",))
    others = fields.Nested(SecretSchema, many=True, exclude=("name",))


INSIDE = {"id": 1, "name": "n", "password": "p", "margin": 5}
VAULT = {
    "key": "k",
    "opened": "today",
    "margin": 7,
    "secret": INSIDE,
    "secrets": [INSIDE],
    "table": {"a": INSIDE},
    "chosen": INSIDE,
    "others": [INSIDE],
}


def test_TRN_1_2_what_is_load_only_or_undeclared_never_leaves() -> None:
    assert business(VaultSchema).get(VAULT) == {
        "opened": "today",
        "secret": {"id": 1, "name": "n"},
        "secrets": [{"id": 1, "name": "n"}],
        "table": {"a": {"id": 1, "name": "n"}},
        "chosen": {"name": "n"},
        "others": [{"id": 1}],
    }


def test_TRN_1_2_what_is_dump_only_never_enters() -> None:
    view = {"key": "k", "opened": "today", "secret": {"id": 1, "name": "n", "password": "p"}, "others": [{"id": 1}]}
    assert put(business(VaultSchema), view) == {
        "key": "k",
        "secret": {"name": "n", "password": "p"},
        "others": [{}],
    }


def test_what_clients_never_see_is_kept_where_the_object_is_there() -> None:
    view = {"secret": {"name": "m"}, "secrets": [{"name": "m"}], "table": {"a": {"name": "m"}}, "chosen": {"name": "m"}}
    kept = {"name": "m", "password": "p", "margin": 5}
    assert put(business(VaultSchema), view, VAULT) == {
        "key": "k",
        "margin": 7,
        "secret": kept,
        "secrets": [kept],
        "table": {"a": kept},
        "chosen": {"id": 1, **kept},
    }


def test_what_clients_never_see_beside_a_dotted_attribute_is_kept() -> None:
    lens = business(schema(city=fields.String(attribute="address.city")))
    assert put(lens, {"city": "Bergen"}, {"address": {"city": "Oslo", "code": "1"}}) == {
        "address": {"city": "Bergen", "code": "1"}
    }
    assert put(lens, {}, {"address": {"city": "Oslo", "code": "1"}}) == {"address": {"code": "1"}}


def test_a_value_that_one_field_shows_and_another_sets_is_kept_until_it_is_set() -> None:
    lens = business(
        schema(shown=fields.Raw(dump_only=True, attribute="v"), set=fields.Raw(load_only=True, attribute="v"))
    )
    assert lens.get({"v": 1}) == {"shown": 1}
    assert put(lens, {"shown": 1}, {"v": 1}) == {"v": 1}
    assert put(lens, {"set": 2}, {"v": 1}) == {"v": 2}


class Colour(Enum):
    RED = 1


UNTOUCHED = (
    (fields.DateTime(), "2026-11-20T08:00:00"),
    (fields.DateTime(format="timestamp"), 1795161600.5),
    (fields.DateTime(format="rfc"), "Fri, 20 Nov 2026 08:00:00 -0000"),
    (fields.AwareDateTime(), "2026-11-20T08:00:00+01:00"),
    (fields.Date(), "2026-11-20"),
    (fields.Time(), "08:00"),
    (fields.TimeDelta(), 90),
    (fields.Decimal(), "10.50"),
    (fields.Decimal(as_string=True, places=1), 10.55),
    (fields.UUID(), "0D1C5C3E-9D4E-4E57-8A3A-5F2A5D3C7F10"),
    (fields.Integer(as_string=True), "3"),
    (fields.Float(), 3),
    (fields.Boolean(), "yes"),
    (fields.Enum(Colour), "RED"),
    (fields.Enum(Colour, by_value=True), 1),
    (fields.IP(), "::1"),
    (fields.Tuple((fields.Date(), fields.Decimal())), ["2026-11-20", "1.0"]),
    (fields.List(fields.Date()), ["2026-11-20"]),
    (fields.Dict(keys=fields.Date(), values=fields.Decimal()), {"2026-11-20": "1.0"}),
    (fields.Dict(), {"any": [{"thing": None}]}),
    (fields.Raw(), {"any": [{"thing": None}]}),
)


@pytest.mark.parametrize(("field", "value"), UNTOUCHED)
def test_TRN_1_3_values_keep_their_json_form(field: Any, value: Any) -> None:
    lens = business(schema(value=field))
    document = {"value": value}
    assert lens.get(document) is document
    assert put(lens, document) == document
    assert put(lens, document)["value"] == value


@pytest.mark.parametrize("value", ["no date at all", 7, [], {"a": 1}])
def test_TRN_1_3_values_are_never_dumped(value: Any) -> None:
    document = {"day": value}
    assert business(schema(day=fields.Date())).get(document) is document


# Fields that compute


class Reversed(fields.String):
    """Writes and reads in its own way."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return value[::-1]

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs)[::-1]


class Shouted(fields.String):
    """Writes in its own way; what was written is not what is stored."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return value.upper()


class Trimmed(fields.String):
    """Reads in its own way."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).strip()


class Cents(fields.Integer):
    """Reads an amount as cents."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return int(Decimal(str(value)) * 100)


class Day(fields.Date):
    """Writes a day as the app has it, and reads it into something that JSON has no word for."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return date.fromisoformat(value)


class ArtistSchema(Schema):
    number = fields.Integer(attribute="id", data_key="no")
    place = fields.String(attribute="born.city")
    nick = Reversed()
    label = fields.Method("make_label", deserialize="read_label")

    def make_label(self, artist: Any) -> Any:
        return f"#{artist['id']}"

    def read_label(self, label: str) -> int:
        return int(label[1:])


class AlbumSchema(Schema):
    first = fields.String()
    last = fields.String()
    full = fields.Method("make_full")
    initials = fields.Function(lambda album: album["first"][:1] + album["last"][:1])
    kind = fields.Constant("album")


COMPUTED: dict[str, tuple[type[Schema], Any, Any, Any]] = {
    # case: schema, inner, outer, and inner again, put onto nothing
    "Method that writes": (
        type("S", (AlbumSchema,), {"make_full": lambda self, album: " ".join(album.values())}),
        {"first": "Ada", "last": "L."},
        {"first": "Ada", "last": "L.", "full": "Ada L.", "initials": "AL", "kind": "album"},
        {"first": "Ada", "last": "L.", "kind": "album"},
    ),
    "Function both ways": (
        schema(tags=fields.Function(lambda o: ",".join(o["tags"]), lambda value: value.split(","))),
        {"tags": ["a", "b"]},
        {"tags": "a,b"},
        {"tags": ["a", "b"]},
    ),
    "Function that reads": (
        schema(tags=fields.Function(deserialize=lambda value: value.split(","))),
        {"tags": ["a"]},
        {},
        {},
    ),
    "Constant": (schema(kind=fields.Constant(7)), {}, {"kind": 7}, {"kind": 7}),
    "Pluck": (schema(a=fields.Pluck(ArtistSchema, "number")), {"a": {"id": 1}}, {"a": 1}, {"a": {"id": 1}}),
    "Pluck of a dotted attribute": (
        schema(a=fields.Pluck(ArtistSchema, "place")),
        {"a": {"born": {"city": "Oslo"}}},
        {"a": "Oslo"},
        {"a": {"born": {"city": "Oslo"}}},
    ),
    "Pluck of a field of one's own": (
        schema(a=fields.Pluck(ArtistSchema, "nick")),
        {"a": {"nick": "ab"}},
        {"a": "ba"},
        {"a": {"nick": "ab"}},
    ),
    "Pluck of a method": (
        schema(a=fields.Pluck(ArtistSchema, "label")),
        {"a": {"id": 1}},
        {"a": "#1"},
        {"a": {"label": 1}},
    ),
    "Pluck of many": (
        schema(a=fields.Pluck(ArtistSchema, "number", many=True)),
        {"a": [{"id": 1}, {"id": 2}]},
        {"a": [1, 2]},
        {"a": [{"id": 1}, {"id": 2}]},
    ),
    "Pluck in a list": (
        schema(a=fields.List(fields.Pluck(ArtistSchema, "number"))),
        {"a": [{"id": 1}]},
        {"a": [1]},
        {"a": [{"id": 1}]},
    ),
    "Pluck of null": (schema(a=fields.Pluck(ArtistSchema, "number")), {"a": None}, {"a": None}, {"a": None}),
    "one's own, both ways": (schema(a=Reversed()), {"a": "ab"}, {"a": "ba"}, {"a": "ab"}),
    "one's own that writes": (schema(a=Shouted()), {"a": "ab"}, {"a": "AB"}, {"a": "AB"}),
    "one's own that reads": (schema(a=Trimmed()), {"a": " ab"}, {"a": " ab"}, {"a": "ab"}),
    "one's own that reads what JSON has no word for": (schema(a=Day()), *[{"a": "2026-11-20"}] * 3),
    "in lists, tables and objects": (
        schema(
            a=fields.List(fields.List(Reversed())),
            b=fields.Dict(values=Reversed()),
            c=fields.Nested(schema(d=Reversed(attribute="e"))),
            f=fields.Nested(ArtistSchema, only=("nick",), many=True),
        ),
        {"a": [["ab"], []], "b": {"k": "ab"}, "c": {"e": "ab"}, "f": [{"nick": "ab"}]},
        {"a": [["ba"], []], "b": {"k": "ba"}, "c": {"d": "ba"}, "f": [{"nick": "ba"}]},
        {"a": [["ab"], []], "b": {"k": "ab"}, "c": {"e": "ab"}, "f": [{"nick": "ab"}]},
    ),
}


@pytest.mark.parametrize("case", COMPUTED)
def test_TRN_1_4_fields_that_compute_do_so(case: str) -> None:
    described, inner, outer, again = COMPUTED[case]
    lens = business(described)
    assert lens.get(inner) == outer
    assert put(lens, outer) == again


def test_TRN_1_4_methods_see_the_apps_own_object_where_they_are_nested() -> None:
    lens = business(schema(a=fields.Nested(ArtistSchema, only=("label",))))
    assert lens.get({"a": {"id": 3, "hidden": 1}}) == {"a": {"label": "#3"}}


class LossySchema(Schema):
    """Fields that do not show all of what the app has."""

    shout = Shouted()
    trimmed = Trimmed()
    loud = fields.Function(lambda thing: thing["loud"].upper(), lambda value: value.lower())
    artist = fields.Pluck(ArtistSchema, "number")
    artists = fields.Pluck(ArtistSchema, "number", many=True)


class RoundSchema(Schema):
    amount = type(
        "Rounded",
        (fields.Float,),
        {
            "_serialize": lambda self, value, attr, obj, **kwargs: round(value),
            "_deserialize": lambda self, value, attr, data, **kwargs: float(value),
        },
    )()


def test_TRN_1_4_what_was_read_and_is_written_back_unchanged_stays_as_it_is() -> None:
    lens = business(LossySchema)
    inner = {
        "shout": "Quiet",
        "trimmed": " kept ",
        "loud": "MiXeD",
        "artist": {"id": 1, "name": "n", "born": {}},
        "artists": [{"id": 1, "name": "n"}, {"id": 2, "name": "m"}],
    }
    assert put(lens, lens.get(inner), inner) == inner
    changed = {"shout": "NEW", "trimmed": " new ", "loud": "NEW", "artist": 2, "artists": [2, 1]}
    assert put(lens, changed, inner) == {
        "shout": "NEW",
        "trimmed": "new",
        "loud": "new",
        "artist": {"id": 2},
        "artists": [{"id": 2}, {"id": 1}],
    }
    assert put(business(RoundSchema), {"amount": 2}, {"amount": 1.7}) == {"amount": 1.7}


FAILING: dict[str, tuple[type[Schema], Any, str]] = {
    "no object": (SecretSchema, [], "an object was expected"),
    "no object inside": (VaultSchema, {"secret": 1}, "at '/secret': an object was expected"),
    "no list": (VaultSchema, {"secrets": {}}, "at '/secrets': a list was expected"),
    "no table": (VaultSchema, {"table": []}, "at '/table': an object was expected"),
    "deep inside": (VaultSchema, {"secrets": [INSIDE, 3]}, "at '/secrets/1': an object was expected"),
    "nothing to pluck": (schema(a=fields.Pluck(ArtistSchema, "number")), {"a": {}}, "nothing there to pluck"),
    "no object to pluck from": (schema(a=fields.Pluck(ArtistSchema, "number")), {"a": 1}, "an object was expected"),
    "a function that fails": (schema(a=fields.Function(lambda o: o["b"])), {}, "failed to serialize: KeyError"),
    "a field that fails": (schema(a=Shouted()), {"a": 3}, "at '/a': the field failed to serialize"),
    "a function that makes no JSON": (schema(a=fields.Function(lambda o: date.min)), {}, "date is not a JSON type"),
}


@pytest.mark.parametrize("case", FAILING)
def test_an_app_that_breaks_its_contract_is_told_of_with_the_place(case: str) -> None:
    described, inner, reason = FAILING[case]
    with pytest.raises(ContractViolation, match=reason):
        business(described).get(inner)


def test_a_function_may_say_that_there_is_nothing() -> None:
    assert business(schema(a=fields.Function(lambda o: missing))).get({}) == {}


class Fickle(fields.Field[Any]):
    """Reads a value once, and not again."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        raise RuntimeError("not again")


def test_a_field_that_fails_on_the_way_in_is_a_violation() -> None:
    field = Fickle()
    lens = Business({"a": Member("a", ("b",), Leaf(field), Computed(field))}, (), frozenset())
    faults: Faults = []
    assert lens.put({"a": 1}, ABSENT, faults) == {"b": 1}
    assert [(fault.pointer, fault.code, fault.message) for fault in faults] == [
        ("/a", "TYPE", "The value cannot be read.")
    ]


def test_what_is_no_object_is_put_as_it_is() -> None:
    assert put(business(SecretSchema), None) is None
    assert put(business(SecretSchema), None, {"name": "n"}) is None
    assert put(business(SecretSchema), {"name": "n"}, None) == {"name": "n"}


def test_unknown_members_that_were_let_through_are_put_as_they_are() -> None:
    assert put(business(SecretSchema), {"name": "n", "more": [1]}) == {"name": "n", "more": [1]}


# Places


class PlacesSchema(Schema):
    passengers = fields.Integer(attribute="pax")
    city = fields.String(attribute="address.city")
    address = fields.Raw(attribute="address")
    code = fields.String(attribute="post.code")
    legs = fields.List(fields.Nested(schema(origin=fields.String(attribute="from"))), attribute="flights")
    table = fields.Dict(values=fields.Nested(schema(origin=fields.String(attribute="from"))))
    artist = fields.Pluck(ArtistSchema, "place", attribute="painter")
    nick = Reversed(attribute="inner_nick")


PLACES = (
    # the app's place, the client's
    (("pax",), ("passengers",)),
    (("address", "city"), ("city",)),
    (("address", "street"), ("address", "street")),
    (("address",), ("address",)),
    (("post", "code"), ("code",)),
    (("flights",), ("legs",)),
    (("flights", 3), ("legs", 3)),
    (("flights", 3, "from"), ("legs", 3, "origin")),
    (("table", "a", "from"), ("table", "a", "origin")),
    (("painter", "born", "city"), ("artist",)),
    (("inner_nick",), ("nick",)),
    ((), ()),
)


@pytest.mark.parametrize(("inner", "outer"), PLACES)
def test_places_are_found_both_ways(inner: Any, outer: Any) -> None:
    lens = business(PlacesSchema)
    assert lens.older_path(inner) == outer
    assert lens.newer_path(outer) == inner


@pytest.mark.parametrize(
    ("inner", "outer"),
    (
        (("margin",), ()),
        (("margin", "deep"), ()),
        (("flights", 3, "margin"), ("legs", 3)),
        (("post",), ("code",)),
        (("passengers",), ("passengers",)),
        (("legs", 0, "from"), ("legs", 0, "origin")),
    ),
)
def test_a_place_that_clients_do_not_see_is_the_nearest_that_they_do(inner: Any, outer: Any) -> None:
    assert business(PlacesSchema).older_path(inner) == outer


def test_a_place_that_today_does_not_know_is_what_it_is() -> None:
    assert business(PlacesSchema).newer_path(("nowhere", 1)) == ("nowhere", 1)


# Laws


OUTSIDE = st.fixed_dictionaries(
    {},
    optional={
        "firstName": st.text(),
        "homeAddress": st.none() | st.fixed_dictionaries({}, optional={"streetName": st.text(), "postCode": st.text()}),
        "formerAddresses": st.lists(st.fixed_dictionaries({}, optional={"streetName": st.text()})),
        "byCountry": st.dictionaries(st.text(), st.fixed_dictionaries({}, optional={"postCode": st.text()})),
    },
)


@given(OUTSIDE, OUTSIDE)
def test_reading_and_writing_back_changes_nothing_and_what_was_written_is_read(one: Any, other: Any) -> None:
    lens = business(PersonSchema)
    inner = put(lens, one) | {"margin": 5}
    assert put(lens, lens.get(inner), inner) == inner
    assert lens.get(put(lens, other, inner)) == other
    assert put(lens, other, inner)["margin"] == 5


class Masked(fields.Field[Any]):
    """Writes into the value that it is given, as marshmallow lets it."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        value["iban"] = "***"
        return value


def test_a_field_that_writes_in_place_is_heard() -> None:
    schema = Schema.from_dict({"account": Masked()})
    api = Api("acme", [Resource("thing", schema, item="/things/<id>")], [Version(1)])
    inside = {"account": {"iban": "DE1"}}
    assert api.translation(schema, 0).downgrade(inside) == {"account": {"iban": "***"}}
    assert inside == {"account": {"iban": "DE1"}}


def test_any_mapping_is_looked_into() -> None:
    class Ordered(fields.Mapping):
        mapping_type = dict

    inner = Schema.from_dict({"name": fields.String(), "secret": fields.String(load_only=True)})
    schema = Schema.from_dict({"people": Ordered(values=fields.Nested(inner))})
    api = Api("acme", [Resource("thing", schema, item="/things/<id>")], [Version(1)])
    inside = {"people": {"ada": {"name": "Ada", "secret": "s", "margin": 1}}}
    assert api.translation(schema, 0).downgrade(inside) == {"people": {"ada": {"name": "Ada"}}}


def test_hooks_that_would_never_run_are_refused() -> None:
    class Hooked(Schema):
        name = fields.String()

        @post_dump
        def mask(self, document: Any, **kwargs: Any) -> Any:
            return document

    with pytest.raises(DeclarationError, match="post_dump hook, which never runs here"):
        Api("acme", [Resource("thing", Hooked, item="/things/<id>")], [Version(1)])
