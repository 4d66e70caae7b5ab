"""Which deprecations apply to a body: what is found in the bytes, in every form, against a plain walk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import msgspec
import pytest
from marshmallow import Schema, fields
from small import Documents

from translayer import Deprecation, Envelope
from translayer.contract.deprecation import deprecation_of_field
from translayer.contract.derivation import Derivation
from translayer.contract.envelope import ENVELOPES, DataEnvelope, Page
from translayer.contract.shape import Many, One, Resolve, Shape, Slot, Table
from translayer.contract.translation import Translation
from translayer.engine.usage import patch_usage, reply_usage, request_usage
from translayer.errors import DeclarationError
from translayer.operations import flatten, move, nest, remove, rename, split, unwrap, wrap

OLD, OLDER, OLDEST = (Deprecation(date(year, 1, 1)) for year in (2026, 2025, 2024))


def marked(said: Any = OLD) -> dict[str, Any]:
    return {"metadata": {"deprecated": said}}


class CitySchema(Schema):
    name = fields.String()
    code = fields.String(**marked(OLDER))


class PlainSchema(Schema):
    name = fields.String()
    city = fields.String()


class UsedNodeSchema(Schema):
    label = fields.String(**marked())
    size = fields.Integer()
    plain = fields.Nested(PlainSchema)
    more = fields.List(fields.Nested(lambda: UsedNodeSchema()))
    named = fields.Dict(values=fields.List(fields.Nested(lambda: UsedNodeSchema(), allow_none=True)))
    city = fields.Nested(CitySchema, allow_none=True, **marked(OLDEST))
    codes = fields.List(fields.String(), **marked(OLDER))


class TripSchema(Schema):
    title = fields.String()
    cities = fields.Nested(CitySchema, many=True)
    plain = fields.Nested(PlainSchema)
    plains = fields.List(fields.Nested(PlainSchema))


class EdgeSchema(Schema):
    ways = fields.Dict(values=fields.Dict(values=fields.Nested(CitySchema)))
    quoted = fields.String(data_key='a"b', **marked())
    solidus = fields.String(data_key="a/b", **marked(OLDEST))


class WordsSchema(Schema):
    accented = fields.String(data_key="\xe9t\xe9", **marked())
    keyword = fields.String(data_key="class", **marked(OLDER))
    tilde = fields.Raw(data_key="a~b", **marked(OLDEST))
    free = fields.Raw()


SCHEMAS = (CitySchema, UsedNodeSchema, TripSchema, EdgeSchema, WordsSchema)


def translation(schema: type[Schema], *operations: Any) -> Translation:
    """The way to the version before a schema was changed, or the newest one."""
    changes = [{schema: operations}] if operations else []
    return Derivation({schema}, changes, keys={}, unknown="raise", limit=9).translation(schema, len(changes), None)


def walked(value: Any, slot: Slot | Shape, resolve: Resolve) -> Iterator[Deprecation]:
    """What is deprecated in a value: the definition."""
    match slot:
        case Shape() if isinstance(value, dict):
            for name, inner in slot.slots.items():
                if name in value:
                    said = deprecation_of_field(inner.field)
                    yield from [] if said is None else [said]
                    yield from walked(value[name], inner, resolve)
        case One():
            yield from walked(value, resolve(slot.target), resolve)
        case Many() if isinstance(value, list):
            for element in value:
                yield from walked(element, slot.inner, resolve)
        case Table() if isinstance(value, dict):
            for member in value.values():
                yield from walked(member, slot.inner, resolve)


def escaped(text: str) -> bytes:
    """JSON with every letter in it that can be, in names and strings, as an escape."""
    return "".join(
        f"\\u{ord(char):04x}" if char.isalpha() and inside else char
        for char, inside in zip(text, in_strings(text), strict=True)
    ).encode()


def in_strings(text: str) -> Iterator[bool]:
    inside = skip = False
    for char in text:
        escape = skip
        skip = inside and char == "\\" and not skip
        if char == '"' and not escape:
            inside = not inside
        yield inside and not escape and not skip


def spellings(body: Any) -> Iterator[bytes]:
    """The same JSON in several forms."""
    text = json.dumps(body)
    yield from (text.encode(), json.dumps(body, ensure_ascii=False, indent=1).encode(), msgspec.json.encode(body))
    if "\\" not in text:
        yield escaped(text)


FORMS: dict[str, Any] = {
    "none, one": (ENVELOPES["none"], False, lambda items: items[0]),
    "none, many": (ENVELOPES["none"], True, lambda items: items),
    "none, a page": (ENVELOPES["none"], True, lambda items: {"page-items": items, "total": 7, "code": 1, "label": 1}),
    "data, one": (ENVELOPES["data"], False, lambda items: {"data": items[0], "meta": {}}),
    "data, many": (ENVELOPES["data"], True, lambda items: {"items": items, "meta": {"code": 1, "label": 2}}),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("schema", SCHEMAS)
def test_what_a_reply_contains_is_what_a_walk_finds(schema: type[Schema], form: str) -> None:
    envelope, many, around = FORMS[form]
    way = translation(schema)
    usage = reply_usage(way.shape, way.check.resolve, envelope, many=many, items="page-items")
    assert usage is not None
    documents = Documents(way.check.resolve, sends=False, rnd=Random(7))
    seen = set()
    for index in range(120):
        documents.often = 0.1 * (index % 3)
        items = [documents.of(way.shape) for _ in range(documents.rnd.randint(1, 3) if many else 1)]
        expected = {found for item in items for found in walked(item, way.shape, way.check.resolve)}
        for body in spellings(around(items)):
            found = usage.contained(body)
            assert (set(found), len(found)) == (expected, len(expected)), body
        seen.add(frozenset(expected))
    assert len(seen) > 1


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_request_and_a_merge_patch_contain_what_they_name(schema: type[Schema]) -> None:
    way = translation(schema)
    usage = request_usage(way.shape, way.check.resolve)
    assert usage is not None
    documents = Documents(way.check.resolve, sends=True, rnd=Random(3), often=0.2)
    for _ in range(120):
        sent = documents.of(way.shape)
        assert set(usage.contained(msgspec.json.encode(sent))) == set(walked(sent, way.shape, way.check.resolve))


@pytest.mark.parametrize(
    "body, expected",
    (
        (b'{"label": null}', [OLD]),
        (b'{"label": 1, "label": 2}', [OLD]),
        (b'{"l\\u0061bel": 1}', [OLD]),
        (b'{"size": "\\u00e9"}', []),
        (b'{"size": "label"}', []),
        (b'{"plain": {"label": 1, "code": 2}}', []),
        (b'{"city": null}', [OLDEST]),
        (b'{"city": {"code": null}}', [OLDER, OLDEST]),
        (b'{"city": [{"code": null}]}', [OLDEST]),
        (b'{"more": [{"more": [{"more": [{"label": 1}]}]}]}', [OLD]),
        (b'{"more": {"label": 1}}', []),
        (b'{"more": null, "label": 1}', [OLD]),
        (b'{"more": [null, 1, {"label": 1}]}', [OLD]),
        (b'{"named": {"label": [{"label": 1}], "x": []}}', [OLD]),
        (b'{"named": {"label": []}}', []),
        (b'{"named": null, "label": [[]]}', [OLD]),
        (b'{"codes": []}', [OLDER]),
        (b'[{"label": 1}]', []),
        (b'"label"', []),
        (b"null", []),
        (b"", []),
        (b'{"label"', []),
        (b'{"label": 1}}', []),
        (b'{"size": "\xff", "label": 1}', [OLD]),
        (b'{"label": ' + b"[" * 200 + b"]" * 200 + b"}", []),
    ),
)
def test_a_field_is_contained_where_it_is_there(body: bytes, expected: list[Deprecation]) -> None:
    way = translation(UsedNodeSchema)
    usage = request_usage(way.shape, way.check.resolve)
    assert usage is not None
    assert sorted(usage.contained(body), key=expected_order) == sorted(expected, key=expected_order)


def expected_order(found: Deprecation) -> datetime:
    return found.since


@pytest.mark.parametrize(
    "operations, expected",
    (
        ([{"op": "add", "path": "/label", "value": 1}], [OLD]),
        ([{"op": "remove", "path": "/label"}], [OLD]),
        ([{"op": "test", "path": "/label", "value": 1}], [OLD]),
        ([{"op": "replace", "path": "/codes/0", "value": 1}], [OLDER]),
        ([{"op": "replace", "path": "/city/name", "value": 1}], [OLDEST]),
        ([{"op": "replace", "path": "/city/code", "value": 1}], [OLDEST, OLDER]),
        ([{"op": "replace", "path": "/city", "value": {"code": 1}}], [OLDEST, OLDER]),
        ([{"op": "move", "from": "/label", "path": "/size"}], [OLD]),
        ([{"op": "copy", "from": "/size", "path": "/label"}], [OLD]),
        ([{"op": "add", "path": "/more/-", "value": {"label": 1}}], [OLD]),
        ([{"op": "add", "path": "/more", "value": [{"size": 1}, {"label": None}]}], [OLD]),
        ([{"op": "add", "path": "/more/0/more/1/codes/-", "value": "x"}], [OLDER]),
        ([{"op": "replace", "path": "/named/x/0/label", "value": 1}], [OLD]),
        ([{"op": "replace", "path": "/named", "value": {"x": [{"label": 1}]}}], [OLD]),
        ([{"op": "replace", "path": "", "value": {"label": 1, "codes": []}}], [OLD, OLDER]),
        ([{"op": "replace", "path": "", "value": {"size": 1}}], []),
        ([{"op": "remove", "path": "/more/0"}], []),
        ([{"op": "add", "path": "/plain/label", "value": 1}], []),
        ([{"op": "add", "path": "/plain", "value": {"label": 1}}], []),
        ([{"op": "add", "path": "/size", "value": {"label": 1}}], []),
        ([{"op": "add", "path": "/size", "value": 1}, {"op": "remove", "path": "/label"}], [OLD]),
        ([{"op": "add", "path": "label", "value": 1}, {"op": "add", "path": 1}, {"op": "add"}, "label", None], []),
        ({"op": "remove", "path": "/label"}, []),
    ),
)
def test_a_json_patch_contains_what_it_addresses(operations: Any, expected: list[Deprecation]) -> None:
    way = translation(UsedNodeSchema)
    usage = patch_usage(way.shape, way.check.resolve)
    assert usage is not None
    for body in spellings(operations):
        assert set(usage.contained(body)) == set(expected)
    assert usage.contained(b"[") == ()


def test_pointers_are_read_as_such() -> None:
    way = translation(WordsSchema)
    usage = patch_usage(way.shape, way.check.resolve)
    assert usage is not None
    assert usage.contained(b'[{"op": "remove", "path": "/a~0b"}]') == (OLDEST,)
    assert usage.contained(b'[{"op": "remove", "path": "/a~b"}]') == ()


def test_where_nothing_is_deprecated_there_is_nothing_to_ask() -> None:
    way = translation(PlainSchema)
    of = way.shape, way.check.resolve
    assert reply_usage(*of, DataEnvelope(), many=True) is request_usage(*of) is patch_usage(*of) is None


class Boxed(Envelope):
    """A reply form of an author's own."""

    def one(self, document: Any) -> Any:
        return {"boxes": [{"box": document}]}

    def many(self, items: list[Any], page: Page) -> Any:
        return {"count": len(items), "boxes": {"all": items}}


def test_in_an_author_s_own_envelope_documents_are_looked_for_everywhere() -> None:
    way = translation(CitySchema)
    for many, body in ((False, Boxed().one({"code": 1})), (True, Boxed().many([{"name": 1}, {"code": 1}], Page([])))):
        usage = reply_usage(way.shape, way.check.resolve, Boxed(), many=many)
        assert usage is not None
        assert usage.contained(json.dumps(body).encode()) == (OLDER,)
        assert usage.contained(json.dumps(body).replace('"code"', '"core"').encode()) == ()
        assert usage.contained(b'{"boxes": [1, "code"]}') == ()


class HouseSchema(Schema):
    street = fields.String(**marked())
    number = fields.String()
    city = fields.Nested(CitySchema)
    names = fields.List(fields.String(), **marked(OLDER))
    owner = fields.String(**marked(OLDEST))


VERSIONS = (
    ((), b'{"street": 1}', [OLD]),
    ((rename("road", "street"),), b'{"road": 1}', [OLD]),
    ((rename("road", "street"),), b'{"street": 1}', []),
    ((move("code", "city.code"),), b'{"code": 1}', [OLDER]),
    ((nest("road", under="city"), rename("city.road", "city.code")), b'{"road": 1}', [OLDER]),
    ((flatten("place", "street"),), b'{"place": {"street": 1}}', [OLD]),
    ((remove("gone", was=fields.String(**marked(OLDEST))),), b'{"gone": 1}', [OLDEST]),
    ((wrap("names"),), b'{"names": 1}', [OLDER]),
    ((unwrap("owner"),), b'{"owner": [1]}', [OLDEST]),
    ((unwrap("owner"),), b'{"owner": []}', [OLDEST]),
    ((split("address", into=["street", "number"], by=" "),), b'{"address": "a b", "street": 1}', []),
)


@pytest.mark.parametrize("operations, body, expected", VERSIONS)
def test_what_is_deprecated_is_so_under_the_names_of_each_version(
    operations: Any, body: bytes, expected: list[Deprecation]
) -> None:
    way = translation(HouseSchema, *operations)
    usage = request_usage(way.shape, way.check.resolve)
    assert usage is not None
    assert list(usage.contained(body)) == expected


def test_deprecations_are_told_once_in_the_order_of_the_schema() -> None:
    way = translation(UsedNodeSchema)
    usage = reply_usage(way.shape, way.check.resolve, DataEnvelope(), many=True)
    assert usage is not None
    item = b'{"codes": [], "city": {"code": 1}, "label": 1}'
    assert usage.contained(b'{"items": [%s, %s]}' % (item, item)) == (OLD, OLDEST, OLDER)
    assert usage.contained(b'{"meta": {"label": 1}}') == ()
    assert usage.contained(b'{"items": {"label": 1}}') == ()
    assert usage.contained(b'["label", {"label": 1}]') == (OLD,)


@pytest.mark.parametrize("said", (True, 1, "2026-01-01", {"since": date(2026, 1, 1)}, datetime(2026, 1, 1)))
def test_what_is_no_deprecation_is_refused(said: Any) -> None:
    with pytest.raises(DeclarationError, match=r"the metadata of the field .*: since=.* (is no date|has no zone)"):
        translation(Schema.from_dict({"x": fields.String(**marked(said))}, name="OddSchema"))


@pytest.mark.parametrize("said", (date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), OLD))
def test_a_date_is_a_deprecation(said: Any) -> None:
    assert deprecation_of_field(fields.String(**marked(said))) == OLD


@pytest.mark.parametrize("said", (None, False))
def test_a_field_may_say_that_it_is_not_deprecated(said: Any) -> None:
    assert deprecation_of_field(fields.String(**marked(said))) is None
