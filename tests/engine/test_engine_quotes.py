"""What tells that a request names nothing twice, and how deep it is: the quotes that its record stands for."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_UP, Inexact, Rounded, localcontext
from typing import Any

import msgspec
import pytest
from marshmallow import Schema, fields, validate
from small import Api, Keyed, Listed, Nested, Number, Text, Truth, api, translation
from twins import ask, request_of

from translayer.document.codec import quotes
from translayer.engine.compiled.functions import writing_way
from translayer.engine.compiled.shared import Shared
from translayer.operations import constrain, convert, remove, rename, split, wrap


class BeadSchema(Schema):
    """What is in others; every part of it is there."""

    name = Text(required=True)
    weight = Number(required=True)


class KnotSchema(Schema):
    """What is in others; of it anything may be missing."""

    name = Text(allow_none=True)
    price = fields.Decimal(allow_none=True)


STRINGS: tuple[tuple[dict[str, Any], tuple[Any, ...]], ...] = (
    ({}, ({},)),
    ({"a": Number(required=True), "b": Truth(required=True)}, ({"a": 1, "b": True},)),
    ({"a": Text(required=True)}, ({"a": "x"}, {"a": 'x"\\"\\'})),
    ({"a": Text(required=True, allow_none=True)}, ({"a": "x"}, {"a": None})),
    ({"a": Text()}, ({"a": "x"}, {})),
    ({"a": Text(allow_none=True)}, ({"a": "x"}, {"a": None}, {})),
    ({"a": Text(validate=validate.OneOf(["x", "y"]))}, ({"a": "x"}, {})),
    ({"a": Text(required=True, validate=validate.Length(1, 3))}, ({"a": "x"},)),
    ({"a": Number(allow_none=True, validate=validate.Range(1, 3))}, ({"a": 1}, {"a": None}, {})),
    ({"a": fields.Decimal(required=True)}, ({"a": "1"}, {"a": 1}, {"a": 1.5})),
    ({"a": fields.Decimal(allow_none=True)}, ({"a": "1"}, {"a": 1}, {"a": None}, {})),
    ({"a": Nested(BeadSchema, required=True)}, ({"a": {"name": "x", "weight": 1}},)),
    ({"a": Nested(BeadSchema, allow_none=True)}, ({"a": {"name": "x", "weight": 1}}, {"a": None}, {})),
    ({"a": Nested(KnotSchema, required=True)}, ({"a": {"name": None, "price": "1"}}, {"a": {}})),
    ({"a": Nested(KnotSchema)}, ({"a": {"price": 2}}, {"a": {}}, {})),
    ({"a": Nested(BeadSchema), "b": Nested(BeadSchema)}, ({"b": {"name": "x", "weight": 1}}, {})),
    ({"a": Listed(Number(), required=True)}, ({"a": []}, {"a": [1, 2]})),
    ({"a": Listed(Text(), required=True)}, ({"a": []}, {"a": ["x", ""]})),
    ({"a": Listed(Text(allow_none=True), allow_none=True)}, ({"a": ["x", None]}, {"a": None}, {"a": []}, {})),
    ({"a": Listed(Listed(Text(allow_none=True)))}, ({"a": [["x", None], []]}, {"a": []}, {})),
    ({"a": Listed(Nested(BeadSchema), required=True)}, ({"a": [{"name": "x", "weight": 1}] * 2}, {"a": []})),
    ({"a": Listed(Nested(KnotSchema, allow_none=True))}, ({"a": [{"name": "x"}, None, {}]}, {"a": []}, {})),
    ({"a": Keyed(values=Nested(BeadSchema), required=True)}, ({"a": {"x": {"name": "y", "weight": 1}}}, {"a": {}})),
    ({"a": Keyed(values=Nested(KnotSchema))}, ({"a": {"x": {"name": "y"}, '"': {}}}, {"a": {}}, {})),
    ({f"member_{number}": Text() for number in range(9)}, ({"member_1": "x", "member_8": "x"}, {})),
)


@pytest.mark.parametrize(("members", "documents"), STRINGS, ids=[str(number) for number in range(len(STRINGS))])
def test_TRN_4_5_the_quotes_of_a_request_are_known(members: dict[str, Any], documents: tuple[Any, ...]) -> None:
    way = writing_way(translation(api(members)), "1", Shared())
    body = request_of(translation(api(members)))
    for document in documents:
        printed = msgspec.json.encode(document)
        assert way.quotes is not None
        assert way.quotes(msgspec.json.decode(printed, type=way.record.struct)) == quotes(printed)
        assert ask(body, printed)


TWICE: tuple[bytes, ...] = (
    b'{"a":{"name":"x","weight":1},"a":{"name":"x","weight":1}}',
    b'{"a":{"name":"x","name":"x","weight":1}}',
    b'{"a":{"name":"x","weight":1,"weight":1}}',
    b'{"a":{"name":"x","weight":1},"l":[{}],"l":[]}',
    b'{"a":{"name":"x","weight":1},"l":[{"name":null,"name":null}]}',
    b'{"a":{"name":"x","weight":1},"l":[{"price":1,"price" : 1}]}',
    b'{"a":{"name":"\\"","weight":1},"l":[{"price":1,"pric\\u0065":1}]}',
    b'{"a":{"name":"\\\\","weight":1},"t":{"x":{},"x":{}}}',
    b'{"a":{"name":"x","weight":1},"t":{"x":{},"\\u0078":{}}}',
)


@pytest.mark.parametrize("text", TWICE)
@pytest.mark.parametrize("changed", (False, True))
def test_TRN_4_5_what_a_request_names_twice_is_for_the_slow_twin(text: bytes, changed: bool) -> None:
    members = {"a": Nested(BeadSchema, required=True), "l": Listed(Nested(KnotSchema))}
    made = api({**members, "t": Keyed(values=Nested(KnotSchema))}, *([rename("b", "c")] if changed else []))
    if changed:
        made = api({**members, "t": Keyed(values=Nested(KnotSchema)), "c": Text()}, rename("b", "c"))
    assert not ask(request_of(translation(made)), text)


def test_TRN_4_5_where_there_is_anything_in_a_request_it_is_printed_to_see_what_is_named_twice() -> None:
    for operations in ((), (rename("b", "a"),)):
        body = request_of(translation(api({"a": Text(), "f": fields.Raw()}, *operations)))
        name = "b" if operations else "a"
        assert ask(body, b'{"%s":"x","f":{"a":[1]}}' % name.encode())
        assert not ask(body, b'{"f":{"a":1,"a":1}}')
        assert not ask(body, b'{"f":1,"f":1}')


@pytest.mark.parametrize("half", ("\\ud800", "\\ud800\\u0041", "\\udc00x", "\\ud800\\ud800", "\\udc00\\ud800"))
def test_TRN_4_5_halves_of_characters_are_refused_also_in_what_nobody_reads(half: str) -> None:
    body = request_of(translation(api({"a": Text()}, remove("b", was=Text()), remove("t", was=Keyed(values=Number())))))
    assert ask(body, b'{"b":"\\ud83d\\ude00"}')
    assert not ask(body, b'{"b":"%s"}' % half.encode())
    assert not ask(body, b'{"t":{"%s":1}}' % half.encode())


UNKNOWN = (
    b'{"zz":1}',
    b'{"l":[{"zz":1}]}',
    b'{"zz":' + b"[" * 100_000,
    b'{"l":[{"zz":' + b'{"a":' * 100_000,
    b'{"l":[' + b"[" * 100_000,
    b"[" * 100_000,
    b'{"l":{}}',
)


@pytest.mark.parametrize("unknown", ("raise", "ignore"))
@pytest.mark.parametrize("text", UNKNOWN, ids=[str(number) for number in range(len(UNKNOWN))])
def test_TRN_4_5_what_is_unknown_in_a_request_is_not_read_however_deep_it_is(unknown: Any, text: bytes) -> None:
    body = request_of(translation(api({"l": Listed(Nested(KnotSchema))}), unknown=unknown))
    assert ask(body, b'{"l":[{"name":"[[[{{{"}]}')
    assert not ask(body, text)


# What leaves are asked

PLACES = fields.Decimal(places=2)
UUID_TEXT = "00000000-0000-0000-0000-000000000000"
LEAVES: tuple[tuple[fields.Field[Any], tuple[Any, ...], tuple[Any, ...]], ...] = (
    (
        fields.Decimal(),
        ("1", "1.", ".5", "-1.5", "1e5", "9" * 5_000, "٣.٣", " 1", "1_0", 1, 1.5, -0.0, 10**18),
        ("", ".", "1.1.1", "x", "NaN", "sNaN", "-Infinity", "²", "1 1", True, [], {}),
    ),
    (fields.Decimal(allow_nan=True), ("1", "NaN", "Infinity"), ("x",)),
    (
        PLACES,
        ("1", "1.005", "-1e5", "9" * 26, "٣.٣", 1, 1.5, -0.0, 1e25),
        ("", "x", "9" * 27, "1e26", "NaN", "sNaN", "Infinity", 1e26, True),
    ),
    (fields.Decimal(places=5), (1e22,), (1e23, "1e23")),
    (fields.Decimal(places=2, rounding=ROUND_UP), ("1.001", "9" * 26), ("9" * 27, "9" * 26 + ".991", "NaN")),
    (fields.Decimal(places=2, rounding=ROUND_DOWN), ("1.001", "9" * 26 + ".999"), ("9" * 27, "NaN")),
    (fields.Decimal(places=2, allow_nan=True), ("1", "NaN"), ("x", "9" * 27)),
    (fields.Date(), ("2024-02-29", "20240229", "2024-W09-4"), ("2023-02-29", "2024-02-29T00:00", "", 1, True)),
    (fields.Time(), ("00:00", "23:59:59.999999", "00:00Z"), ("24:00", "x", "", 0)),
    (fields.DateTime(), ("2024-02-29T00:00:00", "2024-02-29T00:00:00Z", "2024-02-29"), ("2024-02-30T00:00:00", "", 0)),
    (
        fields.AwareDateTime(),
        ("2024-02-29T00:00:00Z", "2024-02-29 00:00:00+23:59", "2024-W09-4T00Z", "2024-02-29T00:00:00.123456789-00:00"),
        ("2024-02-29T00:00:00", "2024-02-29", "2024-02-29T00:00:00+24:00", "2024-02-30T00:00:00Z", "", 0, False),
    ),
    (
        fields.NaiveDateTime(),
        ("2024-02-29T00:00:00", "2024-02-29"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00+01:00", "x", 0),
    ),
    (fields.DateTime(format="%Y"), ("2024",), ("2024-02-29", "x")),
    (
        fields.UUID(),
        ("0" * 32, UUID_TEXT, "{" + "A" * 32 + "}"),
        ("0" * 31, "x", "00000000-0000-0000-0000-00000000000g", UUID_TEXT + "0", UUID_TEXT + "\n"),
    ),
    (Text(validate=validate.Regexp("a+$")), ("a", "aa\n"), ("", "b", "ab")),
)


@pytest.mark.parametrize(("field", "right", "wrong"), LEAVES, ids=lambda part: getattr(part, "data_type", None))
@pytest.mark.parametrize("form", ("required", "optional", "listed"))
def test_TRN_4_5_what_leaves_are_asked_is_what_the_slow_twin_asks(
    field: fields.Field[Any], right: tuple[Any, ...], wrong: tuple[Any, ...], form: str
) -> None:
    def document(value: Any) -> bytes:
        return msgspec.json.encode({"a": [value] if form == "listed" else value})

    member: Any = Listed(field) if form == "listed" else field
    field.required, field.allow_none = form == "required", form == "optional"
    body = request_of(translation(api({"a": member})))
    assert all(ask(body, document(value)) for value in right)
    assert not any(ask(body, document(value)) for value in wrong)
    assert ask(body, document(None)) is (form == "optional")
    assert ask(body, b"{}") is (form != "required")


@pytest.mark.parametrize("text", ("123", "12.3", "1.005", "99999.99", "0.1e-7", "1e3"))
def test_TRN_4_5_decimals_are_rounded_in_the_context_of_the_thread(text: str) -> None:
    body = request_of(translation(api({"a": PLACES, "b": fields.Decimal(places=2, rounding=ROUND_UP)})))
    sent = msgspec.json.encode({"a": text}), msgspec.json.encode({"b": text})
    for precision in (1, 3, 6, 28):
        for traps in ([], [Inexact], [Rounded]):
            with localcontext(prec=precision) as context:
                context.traps.update(dict.fromkeys(traps, True))
                for each in sent:
                    ask(body, each)


# What became of a text


def parted(**members: Any) -> Api:
    """A text that was cut into two of today's fields."""
    return api({"a": Text(**members), "b": Text(**members)}, split("w", into=("a", "b"), by="::"))


PARTED: tuple[tuple[dict[str, Any], tuple[Any, ...], tuple[Any, ...]], ...] = (
    ({"required": True}, ("x::y", "::", "x::y::z"), ("", "x", "x:y")),
    ({"required": True, "validate": validate.Length(1)}, ("x::y",), ("::", "x::", "::y", "x")),
    ({"required": True, "validate": validate.Length(max=1)}, ("x::y", "::"), ("xx::y", "x::yy", "x")),
    ({"required": True, "validate": validate.OneOf(["x", "y"])}, ("x::y",), ("x::z", "z::x", "x")),
    ({"required": True, "validate": validate.Regexp("[xy]")}, ("x::y",), ("x::z", "z::x", "x")),
    ({"required": True, "validate": validate.ContainsOnly("xy")}, ("x::y",), ("x::z", "z::x", "x")),
    ({"validate": validate.Length(1)}, ("x::y", "x"), ("::", "x::", "::y", "")),
    ({"allow_none": True, "validate": validate.Length(1)}, ("x::y", "x"), ("::", "x::")),
)


@pytest.mark.parametrize(("members", "right", "wrong"), PARTED)
def test_TRN_4_5_the_halves_of_a_text_are_asked_what_today_asks(
    members: dict[str, Any], right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    body = request_of(translation(parted(**members)))
    assert all(ask(body, msgspec.json.encode({"w": text})) for text in right)
    assert not any(ask(body, msgspec.json.encode({"w": text})) for text in wrong)


@pytest.mark.parametrize("required", (False, True))
@pytest.mark.parametrize(
    "rules", (None, validate.Length(1), validate.OneOf(["x"]), validate.Regexp("x"), validate.NoneOf(["y"])), ids=type
)
def test_TRN_4_5_a_text_that_was_null_once_is_none_today(rules: Any, required: bool) -> None:
    was = constrain("a", was=Text(allow_none=True, required=required))
    body = request_of(translation(api({"a": Text(required=required, validate=rules)}, was)))
    assert ask(body, b'{"a":"x"}')
    assert ask(body, b"{}") is not required
    assert not ask(body, b'{"a":null}')


@pytest.mark.parametrize("rules", (None, validate.Length(1)), ids=type)
def test_TRN_4_5_a_list_that_was_null_once_is_none_today(rules: Any) -> None:
    for inner in (Text, Number):
        was = constrain("a", was=Listed(inner(), allow_none=True))
        body = request_of(translation(api({"a": Listed(inner(), validate=rules)}, was)))
        assert ask(body, b"{}")
        assert not ask(body, b'{"a":null}')


def test_TRN_4_5_what_became_a_list_is_asked_for_its_length_alone() -> None:
    element = Text(validate=validate.ContainsOnly("xy"))
    for length, taken in ((None, True), (validate.Length(0, 1), True), (validate.Length(2), False)):
        body = request_of(translation(api({"a": Listed(element, required=True, validate=length)}, wrap("a"))))
        assert "today_a" not in body.fast.source
        assert ask(body, b'{"a":"xy"}') is taken
        assert not ask(body, b'{"a":"xz"}')


def test_TRN_4_5_what_became_a_list_with_other_rules_is_asked_as_a_whole() -> None:
    rules = [validate.Length(1), lambda found: found]
    body = request_of(translation(api({"a": Listed(Text(), required=True, validate=rules)}, wrap("a"))))
    assert "today_a" in body.fast.source
    assert ask(body, b'{"a":"xy"}')


def same(found: Any) -> Any:
    return found


def test_TRN_4_5_what_an_author_makes_is_asked_what_today_asks() -> None:
    cases: tuple[tuple[Any, tuple[bytes, ...], tuple[bytes, ...]], ...] = (
        (fields.Decimal(places=2), (b'"1.5"', b"1"), (b'"x"', b"true", b"[]")),
        (fields.Decimal(), (b'"1.5"', b"1"), (b'"x"', b"true", b"[]")),
        (Number(validate=validate.Range(1)), (b"1",), (b"0", b'"1"', b"1.5")),
        (Text(validate=validate.Length(1, 2)), (b'"x"',), (b'""', b'"xyz"', b"1", b"{}")),
        (Text(validate=validate.OneOf(["x", "y"])), (b'"x"',), (b'"z"', b"1", b"[]", b"{}")),
        (fields.AwareDateTime(), (b'"2024-02-29T00:00:00Z"',), (b'"2024-02-29T00:00:00"', b'"x"', b"1")),
    )
    for today, right, wrong in cases:
        for field in (today, Listed(today)):
            made = translation(api({"a": field}, convert("a", same, same, was=fields.Raw(allow_none=True))))
            texts = [
                [b'{"a":%s}' % (b"[%s]" % text if field is not today else text) for text in each]
                for each in (right, wrong)
            ]
            body = request_of(made)
            assert all(ask(body, text) for text in texts[0])
            assert not any(ask(body, text) for text in (*texts[1], b'{"a":null}', b'{"a":[null]}'))
            assert ask(body, b"{}")


# What stands in its place


def nest_of(levels: int) -> Any:
    """Lists of objects in each other."""
    inner: Any = Schema.from_dict({"a": Text(required=True)}, name="InmostSchema")
    for level in range(levels):
        inner = Schema.from_dict({"l": Listed(Nested(inner), required=True)}, name=f"Level{level}Schema")
    return inner


def test_SPD_1_1_what_stands_in_itself_many_times_is_compiled_all_the_same() -> None:
    inmost = nest_of(0)
    body = request_of(translation(api({"o": Nested(inmost, required=True), "c": Text()}, rename("b", "c"))))
    assert ask(body, b'{"o":{"a":"x"},"b":"y"}')
    for levels in (1, 5, 25):
        thing = nest_of(levels)
        innermost = thing
        while "l" in innermost._declared_fields:
            innermost = innermost._declared_fields["l"].inner.nested
        body = request_of(translation((thing, [{innermost: [rename("b", "a")]}])))
        text = b'{"l":[' * levels + b'{"b":"x"}' + b"]}" * levels
        assert ask(body, text)
        assert not ask(body, text.replace(b'"b"', b'"a"'))


def test_SPD_1_1_lists_that_are_only_asked_stay_as_they_are() -> None:
    timed = Schema.from_dict({"at": fields.AwareDateTime(required=True)}, name="TimedSchema")
    body = request_of(translation(api({"l": Listed(Nested(timed), required=True)})))
    assert "    for timed in source.l:\n        if datetime_from(timed.at)" in body.fast.source
    assert "append" not in body.fast.source
    assert ask(body, b'{"l":[{"at":"2024-02-29T00:00:00Z"}]}')
    assert not ask(body, b'{"l":[{"at":"2024-02-30T00:00:00Z"}]}')
