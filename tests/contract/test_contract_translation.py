"""The whole way of a document: checked in the client's version, upgraded, held to today's rules, put onto the app's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import EXCLUDE, INCLUDE, RAISE, Schema, ValidationError, fields, validate, validates, validates_schema

from examples.bookings.api import BookingSchema
from examples.bookings.api import api as bookings
from translayer import Api, Limits, Resource, Translator, Version, VersionChange
from translayer.contract.translation import INCOMPLETE, Translation
from translayer.document.values import ABSENT
from translayer.errors import ContractViolation, RequestError, Violation
from translayer.operations import add, constrain, convert, flatten, remove, rename, split, wrap

Told = list[tuple[str, str, str]]


def schema(**members: Any) -> type[Schema]:
    return type("MadeSchema", (Schema,), members)


def change(schemas: Any) -> type[VersionChange]:
    return type("Change", (VersionChange,), {"schemas": schemas})


def way(
    described: type[Schema], *steps: Any, unknown: Any = None, position: int | None = None, **options: Any
) -> Translation:
    """The way of the oldest version; every step is what one version did, newest first."""
    numbers = range(len(steps) + 1, 1, -1)
    versions = [*(Version(number, change(step)) for number, step in zip(numbers, steps, strict=True)), Version(1)]
    api = Api("acme", [Resource("thing", described, item="/things/<id>")], versions, **options)
    return api.translation(described, len(steps) if position is None else position, unknown)


def told(translation: Translation, document: Any, *arguments: Any, **options: Any) -> Told:
    """The violations of a document as (pointer, code, message)."""
    with pytest.raises(RequestError) as refused:
        translation.upgrade(document, *arguments, **options)
    assert refused.value.code == "INVALID"
    return [(violation.pointer, violation.code, violation.message) for violation in refused.value.violations]


def places(translation: Translation, document: Any, *arguments: Any, **options: Any) -> list[tuple[str, str]]:
    return [(pointer, code) for pointer, code, _ in told(translation, document, *arguments, **options)]


OLD = {
    "reference": "A1",
    "pax": 2,
    "status": "done",
    "cents": 1050,
    "currency": "EUR",
    "customer": {"name": "Ada Lovelace", "email": "ada@example.org"},
    "legs": [{"origin": "OSL", "destination": "LHR", "departure": 1795161600, "arrival": 1795168800}],
}
STORED = {
    "reference": "A1",
    "pax_count": 2,
    "status": "confirmed",
    "price": {"amount": "10.50", "currency": "EUR"},
    "customer": {"first_name": "Ada", "last_name": "Lovelace", "emails": ["ada@example.org"]},
    "legs": [
        {
            "origin": "OSL",
            "destination": "LHR",
            "departure": "2026-11-20T08:00:00Z",
            "arrival": "2026-11-20T10:00:00Z",
            "cabin": "economy",
        }
    ],
}
OLDEST = bookings.translation(BookingSchema, bookings.position(1))


def test_the_oldest_clients_document_becomes_todays_object_and_back() -> None:
    assert OLDEST.upgrade(OLD) == STORED
    assert OLDEST.downgrade(STORED) == {**OLD, "customer": {**OLD["customer"], "fax": None}}  # type: ignore[dict-item]


def test_VAL_1_1_all_violations_come_at_once_with_pointers_in_the_clients_names() -> None:
    wrong = {
        "pax": 10,
        "status": "lost",
        "cents": "1050",
        "currency": "eur",
        "passengers": 2,
        "id": "me",
        "customer": {"email": "x", "first_name": "Ada"},
        "legs": [{"origin": "Oslo", "destination": None, "departure": "soon", "cabin": "economy"}, 3],
    }
    assert places(OLDEST, wrong) == [
        ("/reference", "REQUIRED"),
        ("/pax", "RANGE"),
        ("/status", "CHOICE"),
        ("/cents", "TYPE"),
        ("/currency", "PATTERN"),
        ("/passengers", "UNKNOWN_FIELD"),
        ("/id", "READ_ONLY"),
        ("/customer/name", "REQUIRED"),
        ("/customer/email", "FORMAT"),
        ("/customer/first_name", "UNKNOWN_FIELD"),
        ("/legs/0/arrival", "REQUIRED"),
        ("/legs/0/origin", "PATTERN"),
        ("/legs/0/destination", "NULL"),
        ("/legs/0/departure", "TYPE"),
        ("/legs/0/cabin", "UNKNOWN_FIELD"),
        ("/legs/1", "TYPE"),
    ]


def test_VAL_1_1_pointers_are_escaped() -> None:
    described = schema(a=fields.Dict(values=fields.Integer(), data_key="a/b~c"))
    assert places(way(described), {"a/b~c": {"d/e": "x"}}) == [("/a~1b~0c/d~1e", "TYPE")]


def test_violations_are_bounded_at_every_stage() -> None:
    class Part(Schema):
        size = fields.Integer(validate=validate.Range(max=1))

    described = schema(parts=fields.List(fields.Nested(Part)))
    wide = {Part: [constrain("size", was=fields.Integer())]}
    unreadable = {Part: [convert("size", int, str, was=fields.String())]}
    for steps, size in (((), "x"), ((wide,), 2), ((unreadable,), "x")):
        translation = way(described, *steps, limits=Limits(violations=3))
        assert len(told(translation, {"parts": [{"size": size}] * 9})) == 3


# Rules of today


class PartSchema(Schema):
    id = fields.Integer()
    size = fields.Integer(required=True, validate=validate.Range(1, 9))
    inner = fields.Dict(values=fields.Integer(validate=validate.Range(max=1)))

    @validates("id")
    def not_thirteen(self, value: Any, data_key: str) -> None:
        if value == 13:
            raise ValidationError("Not thirteen.")

    @validates_schema
    def not_square(self, part: Any, **kwargs: Any) -> None:
        if part.get("id") == part["size"]:
            raise ValidationError("Not square.")


def one_of_a_size(parts: Any) -> None:
    if len({part["size"] for part in parts}) < len(parts):
        raise ValidationError("One of each size.")


class ThingSchema(Schema):
    title = fields.String(required=True, validate=validate.Length(max=5))
    subtitle = fields.String(required=True)
    part = fields.Nested(PartSchema, data_key="bit")
    parts = fields.List(fields.Nested(PartSchema), validate=[one_of_a_size, validate.Length(max=3)])
    table = fields.Dict(values=fields.Nested(PartSchema))

    @validates_schema
    def not_the_same(self, thing: Any, **kwargs: Any) -> None:
        if thing["title"] == thing["subtitle"]:
            raise ValidationError("Say it once.", "subtitle")


OLDER_PARTS = {
    ThingSchema: [
        split("name", into=("title", "subtitle"), by=" ", was=fields.String(required=True)),
        rename("component", "bit"),
        rename("components", "parts"),
    ],
    PartSchema: [rename("width", "size"), rename("number", "id"), constrain("size", was=fields.Integer(required=True))],
}
TODAY_BROKEN: dict[str, tuple[Any, Told]] = {
    "field rule": (
        {"name": "Overlong x"},
        [("/name", "LENGTH", "Longer than maximum length 5.")],
    ),
    "field rule in an object, a list, a table": (
        {
            "name": "a b",
            "component": {"width": 0},
            "components": [{"width": 1}, {"width": 10}],
            "table": {"k": {"width": 10}},
        },
        [
            (place, "RANGE", "Must be greater than or equal to 1 and less than or equal to 9.")
            for place in ("/component/width", "/components/1/width", "/table/k/width")
        ],
    ),
    "a part of the value is missing": ({"name": "Cher"}, [("/name", "REQUIRED", INCOMPLETE)]),
    "@validates": (
        {"name": "a b", "component": {"width": 1, "number": 13}, "table": {"k": {"width": 1, "number": 13}}},
        [("/component/number", "RULE", "Not thirteen."), ("/table/k/number", "RULE", "Not thirteen.")],
    ),
    "@validates_schema": ({"name": "a a"}, [("/name", "RULE", "Say it once.")]),
    "@validates_schema, nested": (
        {"name": "a b", "component": {"width": 1, "number": 1}, "components": [{"width": 1, "number": 1}]},
        [("/component", "RULE", "Not square."), ("/components/0", "RULE", "Not square.")],
    ),
    "validator on a list": (
        {"name": "a b", "components": [{"width": 1}, {"width": 1}]},
        [("/components", "RULE", "One of each size.")],
    ),
    "length of a list, in the client's version": (
        {"name": "Cher", "components": [{"width": 1}] * 4},
        [("/components", "LENGTH", "Longer than maximum length 3.")],
    ),
}


@pytest.mark.parametrize("case", TODAY_BROKEN)
def test_VAL_2_1_todays_rules_come_back_in_the_clients_names(case: str) -> None:
    document, expected = TODAY_BROKEN[case]
    assert told(way(ThingSchema, OLDER_PARTS), document) == expected
    assert told(way(ThingSchema, {}, OLDER_PARTS), document) == expected


def test_VAL_2_1_todays_rules_hold_in_the_newest_version() -> None:
    document = {"title": "a", "subtitle": "a", "bit": {"size": 1, "id": 1}, "parts": [{"size": 2}, {"size": 2}]}
    assert told(way(ThingSchema), document) == [
        ("/bit", "RULE", "Not square."),
        ("/parts", "RULE", "One of each size."),
    ]
    document = {"title": "a", "subtitle": "a", "parts": [{"size": 2}, {"size": 3}]}
    assert told(way(ThingSchema), document) == [("/subtitle", "RULE", "Say it once.")]
    right = {**document, "subtitle": "b"}
    assert way(ThingSchema).upgrade(right) == right


class WholeName(Translator):
    """Names are objects."""

    schema = type("Older", (Schema,), {"name": fields.String(), "old": fields.Boolean()})
    names = {"name": "who.first"}

    def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"who": {"first": document["name"]}} if "name" in document else {}

    def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"name": document["who"]["first"]}


def test_VAL_2_1_what_a_client_could_not_send_is_told_at_the_nearest_place_that_it_can() -> None:
    who = schema(first=fields.String(required=True, validate=validate.Length(max=3)), last=fields.String(required=True))
    described = schema(who=fields.Nested(who, required=True))
    translation = way(described, {described: WholeName})
    assert told(translation, {"name": "Madonna"}) == [
        ("/who/last", "REQUIRED", "Missing data for required field."),
        ("/name", "LENGTH", "Longer than maximum length 3."),
    ]


def test_VAL_2_1_a_field_that_the_client_left_out_is_told_as_missing() -> None:
    described = schema(a=fields.String(required=True))
    older = {described: [rename("b", "a"), constrain("a", was=fields.String())]}
    assert told(way(described, older), {}) == [("/b", "REQUIRED", "Missing data for required field.")]


def test_VAL_2_1_an_element_of_a_list_is_told_by_its_place() -> None:
    described = schema(tags=fields.List(fields.String(validate=validate.Length(max=2)), validate=validate.Length(1)))
    older = {described: [wrap("tags")]}
    assert told(way(described, older), {"tags": "abc"}) == [("/tags", "LENGTH", "Longer than maximum length 2.")]


def test_rules_that_older_versions_had_of_their_own_are_asked_in_their_form() -> None:
    def has_width(parts: Any) -> None:
        if not all("width" in part for part in parts):
            raise ValidationError("Give a width.")

    class Part(Schema):
        size = fields.Integer()

    described = schema(parts=fields.List(fields.Nested(Part)))
    was = fields.List(fields.Nested(Part), validate=has_width)
    translation = way(
        described, {described: [constrain("parts", was=was)]}, {Part: [rename("width", "size")]}, position=1
    )
    assert told(translation, {"parts": [{"size": 1}]}) == [("/parts", "RULE", "Give a width.")]


# Unknown fields


class Inner(Schema):
    a = fields.Integer()


class Outer(Schema):
    one = fields.Nested(Inner)
    many = fields.List(fields.Nested(Inner))
    table = fields.Dict(values=fields.Nested(Inner))
    label = fields.String(attribute="inner_label")
    number = fields.Integer(data_key="no")


UNKNOWN_EVERYWHERE = {
    "one": {"a": 1, "x": 1},
    "many": [{"a": 1, "x": 1}],
    "table": {"k": {"x": 1}},
    "no": 3,
    "x": {"deep": [1]},
}
POLICIES: dict[str, Any] = {
    "raise": [(pointer, "UNKNOWN_FIELD") for pointer in ("/one/x", "/many/0/x", "/table/k/x", "/x")],
    "exclude": {"one": {"a": 1}, "many": [{"a": 1}], "table": {"k": {}}, "number": 3},
    "pass": {
        "one": {"a": 1, "x": 1},
        "many": [{"a": 1, "x": 1}],
        "table": {"k": {"x": 1}},
        "number": 3,
        "x": {"deep": [1]},
    },
}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("said_by", ["api", "resource"])
@pytest.mark.parametrize("steps", [(), ({Inner: [rename("b", "a")]},)], ids=["newest", "older"])
def test_VAL_5_1_unknown_fields_are_refused_dropped_or_passed_on(policy: str, said_by: str, steps: Any) -> None:
    options: dict[str, Any] = {"unknown": policy} if said_by == "resource" else {}
    described = type("Outer", (Outer,), {})
    numbers = range(len(steps) + 1, 1, -1)
    versions = [*(Version(number, change(step)) for number, step in zip(numbers, steps, strict=True)), Version(1)]
    api = Api(
        "acme",
        [Resource("thing", described, item="/things/<id>", **options)],
        versions,
        unknown="raise" if said_by == "resource" else policy,  # type: ignore[arg-type]
    )
    translation = api.translation(described, len(steps), api.resources[0].unknown)
    document = _renamed(UNKNOWN_EVERYWHERE) if steps else UNKNOWN_EVERYWHERE
    if policy == "raise":
        assert places(translation, document) == POLICIES[policy]
    else:
        assert translation.upgrade(document) == POLICIES[policy]


def _renamed(value: Any) -> Any:
    """A document in which `a` is called `b`."""
    if isinstance(value, dict):
        return {"b" if name == "a" else name: _renamed(member) for name, member in value.items()}
    return [_renamed(element) for element in value] if isinstance(value, list) else value


class MetaOpen(Inner):
    class Meta:
        unknown = INCLUDE


class MetaClosed(Inner):
    class Meta:
        unknown = EXCLUDE


SAID_BY_SCHEMAS = (
    # the nested field, the API's policy, what becomes of {"x": 1} inside
    (fields.Nested(Inner), "raise", None),
    (fields.Nested(MetaOpen), "raise", {"x": 1}),
    (fields.Nested(MetaClosed), "raise", {}),
    (fields.Nested(MetaClosed), "pass", {}),
    (fields.Nested(MetaOpen), "exclude", {"x": 1}),
    (fields.Nested(MetaOpen, unknown=EXCLUDE), "raise", {}),
    (fields.Nested(MetaOpen, unknown=RAISE), "exclude", None),
    (fields.Nested(Inner, unknown=INCLUDE), "raise", {"x": 1}),
    (fields.Nested(Inner(unknown=EXCLUDE)), "raise", {}),
    (fields.Nested(MetaOpen(unknown=RAISE)), "pass", None),
)


@pytest.mark.parametrize(("field", "policy", "becomes"), SAID_BY_SCHEMAS)
@pytest.mark.parametrize("around", ["object", "list"])
def test_VAL_5_1_what_is_said_nearest_to_the_object_counts(field: Any, policy: Any, becomes: Any, around: str) -> None:
    described = schema(a=field if around == "object" else fields.List(field))
    translation = way(described, unknown=policy)
    inside: Any = {"x": 1} if around == "object" else [{"x": 1}]
    if becomes is None:
        assert places(translation, {"a": inside}) == [("/a/x" if around == "object" else "/a/0/x", "UNKNOWN_FIELD")]
    else:
        assert translation.upgrade({"a": inside}) == {"a": becomes if around == "object" else [becomes]}


def test_VAL_5_1_a_schemas_own_word_counts_at_the_root_too() -> None:
    assert way(MetaOpen).upgrade({"x": 1}) == {"x": 1}
    assert way(MetaClosed, unknown="pass").upgrade({"x": 1}) == {}


def test_VAL_5_1_lenient_drops_what_the_policy_refuses() -> None:
    assert way(Outer).upgrade(UNKNOWN_EVERYWHERE, handling="lenient") == POLICIES["exclude"]
    assert way(schema(id=fields.Raw(dump_only=True))).upgrade({"id": 1}, handling="lenient") == {}


class Sheet(Schema):
    text = fields.Nested(schema(body=fields.String()))
    label = fields.String(attribute="inner_label")
    number = fields.Integer(data_key="no")
    tags = fields.List(fields.String())


SHEETS = (
    {Sheet: [rename("words", "tags"), remove("fax", fields.String()), flatten("box", "label")]},
    {Sheet: [rename("text.content", "text.body"), rename("figure", "no")]},
)
NAMES = {
    "today's": ("text", "body", "label", "no", "tags"),
    "the app's own": ("inner_label", "number"),
    "of older versions, at any depth": ("words", "fax", "box", "content", "figure"),
}


@pytest.mark.parametrize("name", [name for names in NAMES.values() for name in names])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_VAL_5_1_names_known_to_any_version_are_never_passed_on(name: str, position: int) -> None:
    translation = way(Sheet, *SHEETS, unknown="pass", position=position)
    assert translation.upgrade({"unheard_of": 1}) == {"unheard_of": 1}
    document = {"text": {name: 1}} if name in translation.shape.slots else {name: 1}
    pointer = f"/text/{name}" if name in translation.shape.slots else f"/{name}"
    assert places(translation, document) == [(pointer, "UNKNOWN_FIELD")]


# Read-only fields


class Element(Schema):
    id = fields.Integer(dump_only=True)
    key = fields.Integer()
    text = fields.String()


class Document(Schema):
    id = fields.Integer(dump_only=True)
    made = fields.Nested(schema(by=fields.String(), at=fields.String()), dump_only=True)
    one = fields.Nested(Element)
    many = fields.List(fields.Nested(Element))
    table = fields.Dict(values=fields.Nested(Element))
    text = fields.String()


CURRENT: dict[str, Any] = {
    "id": 1,
    "made": {"by": "me", "at": "noon"},
    "one": {"id": 2, "text": "x"},
    "many": [{"id": 3, "text": "y"}, {"id": 4, "text": "z"}],
    "table": {"k": {"id": 5}},
    "text": "t",
}
READ_ONLY_REFUSED = (
    ({"id": 1}, ["/id"]),
    ({"made": None}, ["/made"]),
    ({"made": {"by": "me", "at": "noon"}}, ["/made"]),
    ({"one": {"id": 2}, "many": [{"id": 3}], "table": {"k": {"id": 5}}}, ["/one/id", "/many/0/id", "/table/k/id"]),
)


@pytest.mark.parametrize(("document", "expected"), READ_ONLY_REFUSED)
def test_VAL_5_3_read_only_fields_are_refused(document: Any, expected: list[str]) -> None:
    assert places(way(Document), document) == [(pointer, "READ_ONLY") for pointer in expected]


@pytest.mark.parametrize("policy", ["exclude", "pass"])
def test_VAL_5_3_a_policy_that_drops_or_passes_unknown_fields_drops_read_only_ones(policy: str) -> None:
    assert way(Document, unknown=policy).upgrade({"id": 1, "one": {"id": 2, "text": "x"}}) == {"one": {"text": "x"}}


UNCHANGED = (
    CURRENT,
    {"id": 1.0},
    {"many": [{"id": 4}, {"id": 3}]},
    {"many": [{"text": "new"}, {"id": 4, "text": "z"}]},
    {"many": [{"id": 3}, {"id": 3}]},
    {},
)


@pytest.mark.parametrize("document", UNCHANGED)
def test_VAL_5_3_a_patched_document_may_hold_them_unchanged(document: Any) -> None:
    result = way(Document).upgrade(document, onto=CURRENT, current=CURRENT)
    assert "id" not in result
    assert "made" not in result
    assert all("id" not in element for element in result.get("many", []))


CHANGED = (
    ({"id": 2}, "/id"),
    ({"id": True}, "/id"),
    ({"id": None}, "/id"),
    ({"made": {"by": "me"}}, "/made"),
    ({"one": {"id": 3}}, "/one/id"),
    ({"many": [{"id": 2}]}, "/many/0/id"),
    ({"table": {"other": {"id": 5}}}, "/table/other/id"),
)


@pytest.mark.parametrize(("document", "pointer"), CHANGED)
def test_VAL_5_3_but_not_changed(document: Any, pointer: str) -> None:
    assert places(way(Document), document, CURRENT, current=CURRENT) == [(pointer, "READ_ONLY")]


def test_VAL_5_3_in_older_versions_they_are_compared_in_the_clients_names() -> None:
    translation = way(Document, {Document: [rename("number", "id")], Element: [rename("no", "id")]})
    current = translation.downgrade(CURRENT)
    assert translation.upgrade(current, onto=CURRENT, current=current) == {
        "one": {"text": "x"},
        "many": [{"text": "y"}, {"text": "z"}],
        "table": {"k": {}},
        "text": "t",
    }
    assert places(translation, {"number": 2, "one": {"no": 9}}, CURRENT, current=current) == [
        ("/number", "READ_ONLY"),
        ("/one/no", "READ_ONLY"),
    ]


# What a version cannot see


class Device(Schema):
    key = fields.String()
    label = fields.String()
    pin = fields.String(load_only=True, required=True)


class Account(Schema):
    name = fields.String(required=True)
    password = fields.String(load_only=True, required=True)
    devices = fields.List(fields.Nested(Device), metadata={"key": "key"})
    colour = fields.String()

    @validates_schema
    def not_the_name(self, account: Any, **kwargs: Any) -> None:
        if account.get("password") == account["name"]:
            raise ValidationError("Too simple.", "password")


ACCOUNT = {
    "name": "ada",
    "password": "secret",
    "colour": "red",
    "margin": 1,
    "devices": [
        {"key": "a", "label": "A", "pin": "1", "hidden": 1},
        {"key": "b", "label": "B", "pin": "2", "hidden": 2},
    ],
}
SEEN = {"name": "ada", "colour": "red", "devices": [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}]}
WITHOUT_COLOURS = {Account: [add("colour"), rename("login", "name")]}


def test_what_never_leaves_must_be_sent_by_who_makes_an_object() -> None:
    assert places(way(Account), {"name": "x", "devices": [{}]}) == [
        ("/password", "REQUIRED"),
        ("/devices/0/pin", "REQUIRED"),
    ]


def test_what_never_leaves_need_not_be_sent_again_in_a_patched_document() -> None:
    assert way(Account).upgrade(SEEN, onto=ACCOUNT, current=SEEN) == ACCOUNT
    changed = {**SEEN, "devices": [{"key": "b", "label": "C"}, {"key": "c", "pin": "3"}]}
    assert way(Account).upgrade(changed, onto=ACCOUNT, current=SEEN) == {
        **ACCOUNT,
        "devices": [{"key": "b", "label": "C", "pin": "2", "hidden": 2}, {"key": "c", "pin": "3"}],
    }
    assert told(way(Account), {**SEEN, "password": "ada"}, ACCOUNT, current=SEEN) == [
        ("/password", "RULE", "Too simple.")
    ]


def test_undeclared_load_only_and_newer_members_stay_when_an_older_client_writes() -> None:
    translation = way(Account, WITHOUT_COLOURS)
    written = {"login": "ada", "password": "other", "devices": [{"key": "b", "label": "B", "pin": "9"}]}
    assert translation.upgrade(written, onto=ACCOUNT) == {
        **ACCOUNT,
        "password": "other",
        "devices": [{"key": "b", "label": "B", "pin": "9", "hidden": 2}],
    }


def test_a_secret_that_an_older_version_does_not_know_is_no_violation_of_its_clients() -> None:
    described = schema(name=fields.String(), token=fields.String(load_only=True, required=True))
    translation = way(described, {described: [add("token", default="none")]})
    assert translation.upgrade({"name": "x"}) == {"name": "x", "token": "none"}
    assert translation.upgrade({"name": "y"}, onto={"name": "x", "token": "t"}) == {"name": "y", "token": "t"}


def test_an_app_that_breaks_its_contract_is_no_fault_of_the_client() -> None:
    translation = way(Account, WITHOUT_COLOURS)
    with pytest.raises(ContractViolation, match="a list was expected"):
        translation.upgrade({"login": "ada", "password": "x"}, onto={**ACCOUNT, "devices": 7})
    with pytest.raises(ContractViolation, match="an object was expected"):
        translation.downgrade([])


# Places that the app speaks of


def test_places_in_the_apps_object_are_found_in_the_clients_document() -> None:
    assert OLDEST.client_path(("customer", "last_name")) == ("customer", "name")
    assert OLDEST.client_path(("pax_count",)) == ("pax",)
    assert OLDEST.client_path(("legs", 3, "departure")) == ("legs", 3, "departure")
    assert OLDEST.client_path(("margin",)) == ()
    told = Violation(("customer", "last_name"), "TAKEN", "Taken.")
    assert OLDEST.client_violation(told) == Violation(("customer", "name"), "TAKEN", "Taken.")


def test_violations_that_a_field_of_ones_own_makes_on_the_last_step_come_back_too() -> None:
    class Fickle(fields.Field[Any]):
        """Refuses every third reading."""

        read = 0

        def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
            Fickle.read += 1
            if not Fickle.read % 3:
                raise ValidationError("Not now.")
            return value

    described = schema(a=Fickle(attribute="b"))
    assert told(way(described, {described: [rename("c", "a")]}), {"c": 1}) == [
        ("/c", "TYPE", "The value cannot be read.")
    ]


# Anything at all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*OLD, "name", "email", "origin", "departure", "x"]), inner, max_size=5)
    ),
    max_leaves=10,
)


@given(JSON, st.sampled_from(range(len(bookings.versions))), st.booleans())
def test_any_document_is_taken_or_refused_in_every_version(value: Any, position: int, onto: bool) -> None:
    translation = bookings.translation(BookingSchema, position)
    for document in (value, {**OLD, "customer": value}, {**OLD, "legs": value}, {**OLD, "status": value}):
        assert _outcome(translation, document, STORED if onto else ABSENT)


def _outcome(translation: Translation, document: Any, onto: Any) -> Any:
    """What was made of a document: the app's object, or what is said of it; nothing is neither."""
    try:
        return translation.upgrade(document, onto)
    except RequestError as error:
        return error.violations
