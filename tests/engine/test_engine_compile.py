"""The compiler: what its fast paths take and leave, what they share, and what has none and why."""

from __future__ import annotations

import gc
import json
import linecache
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from marshmallow import INCLUDE, Schema, ValidationError, fields, validate, validates_schema
from things import NOTE, THING, VERSIONS, ThingSchema
from twins import ask, reply_of, request_of

from examples.bookings.api import api as example
from translayer import Api, Resource, Translator, Version, VersionChange
from translayer.contract.derivation import Derivation
from translayer.contract.envelope import ENVELOPES, NoEnvelope
from translayer.contract.limits import Limits
from translayer.contract.operations.handwritten import Handwritten
from translayer.contract.translation import Translation
from translayer.document.values import ABSENT
from translayer.engine.bodies import RequestBody
from translayer.engine.compile import Compiler
from translayer.engine.compiled.kinds import Constant, Inexpressible, type_of
from translayer.engine.fast import FastPath
from translayer.engine.router import Router
from translayer.errors import RequestError
from translayer.operations import (
    add,
    constrain,
    convert,
    default,
    flatten,
    join,
    map_values,
    nest,
    rename,
    require,
    split,
    unwrap,
    wrap,
)

Changes = dict[type[Schema], tuple[Any, ...]]


class LegSchema(Schema):
    """A leg of a journey."""

    number = fields.Integer()
    city = fields.String()


class Same(Schema):
    """A leg again, of another name."""

    number = fields.Integer()
    city = fields.String()


class VoyageSchema(Schema):
    """A journey, of which another may be a part."""

    title = fields.String()
    legs = fields.List(fields.Nested(LegSchema))
    by_name = fields.Dict(values=fields.Nested(LegSchema))
    inset = fields.Nested("VoyageSchema")
    secret = fields.String(load_only=True)


CITY = {LegSchema: (rename("town", "city"),)}


def schema(**members: Any) -> type[Schema]:
    return Schema.from_dict(members, name="BoxSchema")


def translation(today: type[Schema], *changes: Changes, unknown: Any = "raise") -> Translation:
    """The way to the oldest version; ``changes`` are those of every version, the newest first."""
    derivation = Derivation({today}, list(changes), keys={}, unknown=unknown, limit=100)
    return derivation.translation(today, len(changes), None)


def taken(body: Any, *texts: bytes) -> list[bool]:
    """Which texts the fast path takes; its twin takes those too, with the same bytes, or ``ask`` raises."""
    return [ask(body, text) for text in texts]


def reason(body: Any) -> str:
    """Why there is no fast path."""
    assert body.fast.take(b"{}") is ABSENT
    assert body.fast.run is None
    (said,) = body.fast.reasons
    return str(said)


# Replies

LEGS = b'[ {"city":"Rome", "number":1.0}, {"number":2}]'
COMPACT = b'[{"number":1,"city":"Rome"},{"number":2}]'


@pytest.mark.parametrize("envelope", ("none", "data"))
@pytest.mark.parametrize("changes", ((), (CITY,)), ids=("newest", "older"))
@pytest.mark.parametrize(
    ("many", "texts"),
    (
        (False, (b'{"number":1,"city":"Rome"}', b' {"city":"Rome","margin":[{"a":1}]}', b"{}")),
        (True, (COMPACT, b"[]", b'{"items":[]}', b'{"total": 2, "items": ' + COMPACT + b', "next": null}')),
        (True, (b'{"items":[],"rest":[],"links":{"self":["/a"]},"x":1.50,"y":true,"z":"z"}',)),
    ),
)
def test_SPD_1_1_replies_have_a_fast_path_in_every_form(
    envelope: str, changes: tuple[Changes, ...], many: bool, texts: tuple[bytes, ...]
) -> None:
    body = reply_of(translation(LegSchema, *changes), envelope=envelope, many=many)
    assert all(taken(body, *texts))


DOUBTFUL = (
    b'{"items":[],"rest":[1]}',
    b'{"items":[],"rest":[{"city":"x"}]}',
    b'{"items":null}',
    b'{"items":{}}',
    b'{"total":1}',
    b"null",
    b"[null]",
    b'[{"number":"1"}]',
    b'{"items":[],"total":' + b"9" * 400 + b"}",
    b'{"items":[],"total":' + b"9" * 30 + b"}",
    b'{"items":[],"total":1e999}',
    b'{"items":[],"deep":' + b'{"a":' * 128 + b"1" + b"}" * 129,
    b'{"items":[],"long":{"a":' + b"9" * 309 + b"}}",
    b"\xef\xbb\xbf[]",
    b"[] []",
    b"",
)


@pytest.mark.parametrize("envelope", ("none", "data"))
@pytest.mark.parametrize("changes", ((), (CITY,)), ids=("newest", "older"))
@pytest.mark.parametrize("text", DOUBTFUL)
def test_TRN_4_5_pages_of_doubtful_form_are_left_to_the_slow_twin(
    text: bytes, envelope: str, changes: tuple[Changes, ...]
) -> None:
    assert taken(reply_of(translation(LegSchema, *changes), envelope=envelope, many=True), text) == [False]


UNTOUCHED = (
    (b' {"title" : "x","legs":' + LEGS.replace(b"1.0", b"1") + b"}", True),
    (b'{"title":"x","secret":"s"}', False),
    (b'{"inset":{"inset":{"margin":1}}}', False),
    (b'{"inset":{},"title":"\\u0078"}', True),
)


@pytest.mark.parametrize(("text", "whole"), UNTOUCHED)
def test_TRN_4_5_untouched_replies_go_out_as_they_came_on_the_fast_path_too(text: bytes, whole: bool) -> None:
    body = reply_of(translation(VoyageSchema))
    assert taken(body, text) == [True]
    assert (body.fast.take(text) == text) is whole
    many = reply_of(translation(VoyageSchema), many=True)
    page = b'{"a":1, "items":[ ' + text + b" ]}"
    assert taken(many, page) == [True]
    assert (many.fast.take(page) == page) is whole


NAMED_AGAIN = (
    b'{"inset":{"margin":1},"inset":{}}',
    b'{"legs":[{"margin":1}],"legs":[]}',
    b'{"secret":1,"inset":{"secret":1},"inset":{}}',
    b'{"title":"a","title":"b"}',
)


@pytest.mark.parametrize("text", NAMED_AGAIN)
def test_TRN_4_5_what_is_named_twice_in_a_reply_is_what_it_is_for_the_slow_twin(text: bytes) -> None:
    taken(reply_of(translation(VoyageSchema)), text)
    taken(reply_of(translation(VoyageSchema), many=True), b"[" + text + b"]", b'{"items":[' + text + b'],"items":[]}')


def test_TRN_4_5_where_there_may_be_anything_in_a_reply_its_depth_is_measured() -> None:
    text = b'{"free":' + b'{"a":' * 127 + b"1" + b"}" * 128
    deeper = text.replace(b"1", b"[1]")
    for changes in ((), (CITY,)):
        body = reply_of(translation(schema(free=fields.Raw(), legs=fields.Nested(LegSchema)), *changes))
        assert taken(body, text, deeper) == [True, False]


@pytest.mark.parametrize("changes", ((), (CITY,)), ids=("as it is", "changed"))
@pytest.mark.parametrize("envelope", ("none", "data"))
def test_TRN_4_5_what_nobody_sees_in_a_reply_nests_no_deeper(envelope: str, changes: tuple[Any, ...]) -> None:
    way = translation(schema(legs=fields.Nested(LegSchema)), *changes)
    one, many = (reply_of(way, envelope=envelope, many=many) for many in (False, True))
    for levels, fits in ((127, True), (128, False)):
        text = b'{"unseen":' + b"[" * levels + b"]" * levels + b"}"
        assert taken(one, text) == [fits]
        assert taken(many, b"[" + text.replace(b"[]", b"1") + b"]") == [fits]


@pytest.mark.parametrize("many", (False, True))
def test_SPD_1_1_what_is_computed_has_no_fast_path_however_often_it_is_tried(many: bool) -> None:
    inner = schema(a=fields.Integer(), f=fields.Function(lambda document: document["a"]))
    today = schema(own=fields.Integer(), inner=fields.Nested(inner), last=fields.Integer())
    derivation = Derivation({today}, [{today: (rename("first", "own"),)}], keys={}, unknown="raise", limit=100)
    compiler = Compiler(Limits())
    for position in (0, 1, 0):
        way = derivation.translation(today, position, None)
        for asked_many in (many, not many):
            fast = compiler.reply(way, ENVELOPES["none"], "1", many=asked_many, items="items")
            assert fast.reasons == ("'f' is computed from the whole object.",)


def test_SPD_1_1_an_envelope_of_ones_own_has_no_fast_path() -> None:
    own = type("Own", (NoEnvelope,), {})()
    fast = Compiler(Limits()).reply(translation(LegSchema), own, "1", many=False, items="items")
    assert fast.reasons == ("The envelope is one of the author's own.",)


# Requests

SENT = (
    (b'{"number":1,"city":"Rome"}', True),
    (b' { "city" : "Rome" } ', True),
    (b'{"city":"a\\u0022\\u003a","numb\\u0065r":1}', True),
    (b'{"city":"a","city":"a"}', False),
    (b'{"city":"a","c\\u0069ty":"a"}', False),
    (b'{"city":"\\ud800"}', False),
    (b'{"city":"\xff"}', False),
    (b'\xef\xbb\xbf{"city":"a"}', False),
    (b'{"city":"a"} x', False),
    (b'{"city":"a",}', False),
    (b'{"margin":1}', False),
    (b"", False),
    (b"[]", False),
    (b"null", False),
)


@pytest.mark.parametrize(("text", "fast"), SENT)
def test_TRN_4_5_requests_are_taken_in_whatever_spelling(text: bytes, fast: bool) -> None:
    assert taken(request_of(translation(LegSchema)), text) == [fast]
    assert taken(request_of(translation(LegSchema, CITY)), text.replace(b"city", b"town")) == [fast]


def test_TRN_4_5_unknown_fields_are_left_to_the_slow_twin_whatever_escapes_there_are() -> None:
    body = request_of(translation(LegSchema, unknown="exclude"))
    unknown = b',"margin":' + b"[" * 62 + b"]" * 62 + b"}"
    assert taken(body, b'{"city":"a"' + unknown, b'{"city":"\\u0061"' + unknown) == [False, False]
    assert taken(body, b'{"city":"\\u0061"' + unknown.replace(b"[]", b"[[[]]]")) == [False]


def test_TRN_4_5_the_values_in_a_request_are_counted() -> None:
    way = translation(schema(many=fields.List(fields.Integer())))
    body = RequestBody(way, Limits(values=10), Compiler(Limits(values=10)).request(way, "1"))
    assert taken(body, b'{"many":[1,2,3,4,5,6,7,8]}', b'{"many":[1,2,3,4,5,6,7,8,9]}') == [True, False]
    with pytest.raises(RequestError, match="TOO_MANY_VALUES"):
        body.translated(b'{"many":[1,2,3,4,5,6,7,8,9]}', None)


@pytest.mark.parametrize(("handling", "expected"), (("lenient", b'{"city":"a"}'), ("strict", None), (None, None)))
def test_TRN_4_5_a_preference_passes_the_fast_path_by(handling: Any, expected: bytes | None) -> None:
    way = translation(LegSchema)
    body = RequestBody(way, Limits(), FastPath(lambda _: b"fast"))
    text = b'{"margin":1,"city":"a"}'
    if handling is None:
        assert body.translated(text, None) == b"fast"
    elif expected is None:
        with pytest.raises(RequestError):
            body.translated(text, handling)
    else:
        assert body.translated(text, handling) == expected


def test_SPD_1_1_objects_stand_in_themselves_and_under_dots() -> None:
    body = request_of(translation(VoyageSchema, CITY))
    trip = b'{"title":"a","legs":[{"town":"x"}],"by_name":{"a":{"town":"y"}},"inset":%s,"secret":"s"}'
    assert taken(body, trip % (trip % b"{}"), trip.replace(b"town", b"city") % b"{}") == [True, False]
    dotted = schema(a=fields.String(attribute="x.y"), b=fields.String(attribute="x.z.a"), c=fields.String())
    for changes in ((), ({dotted: (rename("d", "c"),)},)):
        way = translation(dotted, *changes)
        sent, told = (b'{"a":"1","b":"2","d":"3"}', b'{"x":{"y":"1","z":{"a":"2"},"w":1},"c":"3","e":5}')
        assert taken(request_of(way), sent if changes else sent.replace(b"d", b"c")) == [True]
        assert taken(reply_of(way), told, b'{"x":{}}', b"{}") == [True] * 3
        assert taken(reply_of(way), b'{"x":null}', b'{"x":1}') == [False] * 2


def test_TRN_4_5_how_often_an_object_may_stand_in_itself_is_measured() -> None:
    texts = [b'{"inset":' * levels + b"{}" + b"}" * levels for levels in (1, 63, 64)]
    assert taken(request_of(translation(VoyageSchema)), *texts) == [True, True, False]


# What has no fast path, and why


class Ruled(Schema):
    """A schema with a rule of its own."""

    a = fields.Integer()

    @validates_schema
    def refuse_some(self, document: Any, **_: Any) -> None:
        if document.get("a") == 3:
            raise ValidationError("Not 3.")


class Passing(Schema):
    """A schema that passes on what it does not know."""

    class Meta:
        unknown = INCLUDE

    a = fields.Integer()


def refuses(value: Any) -> None:
    raise ValidationError("Never.")


def unchanged(value: Any) -> Any:
    return value


KEYED = {"key": "number"}
LIST, TABLE, ONE = fields.List, fields.Dict, fields.Nested
LENGTH = validate.Length(1, 2)
SHORT = fields.String(validate=validate.Length(max=2))


def limited(today: Any, was: Any) -> tuple[type[Schema], Changes]:
    """A schema whose field had other limits, in a version where its objects had another name for something."""
    made = schema(legs=today)
    return made, {made: (constrain("legs", was=was),), **CITY}


REQUESTS: tuple[tuple[str, type[Schema], tuple[Changes, ...]], ...] = (
    ("Ruled has rules that only marshmallow can ask.", Ruled, ()),
    ("Box has rules that only marshmallow can ask.", schema(legs=ONE(LegSchema, validate=refuses)), ()),
    ("Passing passes fields on that no version knows.", Passing, ()),
    ("'legs' has rules for the names in it.", schema(legs=TABLE(keys=SHORT, values=ONE(LegSchema))), ()),
    (
        "'legs' has rules for the names in it.",
        schema(legs=TABLE(keys=fields.String(pre_load=refuses), values=ONE(LegSchema))),
        (),
    ),
    *(
        (said, made, (change,))
        for said, (made, change) in (
            ("'legs' has changed, and has rules as a whole.", limited(ONE(LegSchema, validate=LENGTH), ONE(LegSchema))),
            (
                "'legs' has a rule that sees the objects in it.",
                limited(ONE(LegSchema), ONE(LegSchema, validate=refuses)),
            ),
            (
                "'legs' has a rule that sees the objects in it.",
                limited(ONE(LegSchema, validate=[LENGTH, validate.Length(2)]), ONE(LegSchema)),
            ),
            (
                "'legs' has changed, and has rules for what is in it.",
                limited(LIST(ONE(LegSchema)), LIST(ONE(LegSchema, allow_none=True))),
            ),
            (
                "'legs' has changed, and has rules for what is in it.",
                limited(TABLE(values=ONE(LegSchema)), TABLE(values=ONE(LegSchema, allow_none=True))),
            ),
            (
                "'legs' has changed, and has rules for what is in it.",
                limited(LIST(LIST(ONE(LegSchema), validate=LENGTH)), LIST(LIST(ONE(LegSchema)))),
            ),
            (
                "'legs' has changed, and has rules for what is in it.",
                limited(LIST(ONE(LegSchema, validate=LENGTH)), LIST(ONE(LegSchema))),
            ),
            (
                "'legs' is recognised by 'number', whose values may have changed.",
                limited(LIST(ONE(LegSchema), metadata=KEYED), LIST(ONE(LegSchema))),
            ),
            (
                "'legs' is recognised by 'city', whose values may have changed.",
                limited(LIST(ONE(LegSchema), metadata={"key": "city"}), LIST(ONE(LegSchema), metadata=KEYED)),
            ),
            (
                "'legs' is recognised by 'city', whose values may have changed.",
                limited(LIST(ONE(Same), metadata={"key": "city"}), LIST(ONE(Same), metadata=KEYED)),
            ),
            (
                "'legs' is required today, and nothing says what older clients mean.",
                limited(fields.Integer(required=True), fields.Integer(dump_only=True)),
            ),
            (
                "'legs' has rules for the names in it.",
                limited(TABLE(keys=SHORT, values=ONE(LegSchema)), TABLE(values=ONE(LegSchema))),
            ),
        )
    ),
)


@pytest.mark.parametrize(("said", "today", "changes"), REQUESTS, ids=[f"{row[0]}{n}" for n, row in enumerate(REQUESTS)])
def test_SPD_1_1_requests_without_a_fast_path_have_a_reason(
    said: str, today: type[Schema], changes: tuple[Changes, ...]
) -> None:
    assert reason(request_of(translation(today, *changes))) == said


KEY_CHANGES: tuple[tuple[tuple[Any, ...], str | None], ...] = (
    ((rename("no", "number"),), None),
    ((rename("town", "city"),), None),
    ((convert("city", unchanged, unchanged),), None),
    (
        (convert("number", unchanged, unchanged),),
        "'legs' is recognised by 'number', whose values may have changed.",
    ),
    ((default("number", was=1),), "'legs' is recognised by 'number', whose values may have changed."),
    ((rename("no", "number"), convert("number", unchanged, unchanged)), "'legs' is recognised by 'number', whose"),
    ((convert("no", unchanged, unchanged), rename("no", "number")), "'legs' is recognised by 'number', whose"),
    ((join(["a", "b"], into="city", by=" "),), None),
    ((nest("number", under="at"), flatten("at", "number")), None),
    ((flatten("at", "city"),), None),
    ((add("number", default=1),), "'legs' is recognised by 'number', whose values may have changed."),
)


def test_SPD_1_1_lists_are_recognised_by_keys_that_clients_send_or_do_not() -> None:
    given = schema(number=fields.Integer(dump_only=True), city=fields.String())
    for inner, changes in ((given, ()), (given, ({given: (rename("town", "city"),)},))):
        body = request_of(translation(schema(legs=LIST(ONE(inner), metadata=KEYED)), *changes))
        city = b"town" if changes else b"city"
        assert taken(body, b'{"legs":[{"%s":"a"},{"%s":"a"},{}]}' % (city, city)) == [True]
        assert taken(reply_of(body.translation), b'{"legs":[{"number":1,"city":"a"},{"number":1}]}') == [True]
    body = request_of(translation(schema(legs=LIST(ONE(LegSchema, allow_none=True), metadata=KEYED))))
    assert taken(body, b'{"legs":[{"number":1}]}', b'{"legs":[null]}') == [True, False]


@pytest.mark.parametrize(("operations", "said"), KEY_CHANGES)
def test_TRN_4_5_keys_whose_values_may_have_changed_are_for_the_slow_twin(
    operations: tuple[Any, ...], said: str | None
) -> None:
    today = schema(legs=LIST(ONE(LegSchema), metadata=KEYED))
    body = request_of(translation(today, {LegSchema: operations}))
    if said is None:
        assert taken(body, b'{"legs":[{},{"no":1},{"number":1}]}', b'{"legs":[{}]}') == [False, True]
    else:
        assert reason(body).startswith(said)


REPLIES = (
    ("Two fields are read from 'x'.", {"a": fields.Raw(attribute="x"), "b": fields.Raw(attribute="x.y")}),
    ("Two fields are read from 'x'.", {"a": fields.Raw(attribute="x.y"), "b": fields.Raw(attribute="x")}),
    ("Two fields are read from 'x'.", {"a": ONE(LegSchema, attribute="x"), "b": fields.Raw(attribute="x.y")}),
    ("'a' is computed from the whole object.", {"a": fields.Function(len)}),
    ("'a' is computed from the whole object.", {"a": fields.Constant(1)}),
    ("'a' is computed from the whole object.", {"a": fields.Method("say"), "say": lambda self, document: 1}),
)


@pytest.mark.parametrize(("said", "members"), REPLIES)
def test_SPD_1_1_replies_without_a_fast_path_have_a_reason(said: str, members: dict[str, Any]) -> None:
    assert reason(reply_of(translation(schema(**members)))) == said


# Today's rules, of what older clients send


class Plucked(Schema):
    """Something of which one member is plucked."""

    number = fields.Integer()


class Checked(Schema):
    """The same, with a rule."""

    number = fields.Integer(validate=validate.Range(max=3))


class Stricter(Schema):
    """A leg that must be somewhere."""

    number = fields.Integer()
    city = fields.String(required=True)


class Back(Schema):
    """A leg that may have a way back, which is one too."""

    back = fields.Nested("Back")


class Forth(Schema):
    """The same, of another name."""

    back = fields.Nested("Forth")


TODAY: tuple[tuple[Any, Any, tuple[str, ...], tuple[str, ...]], ...] = (
    (fields.String(validate=LENGTH), fields.String(), ('"ab"',), ('"abc"', '""')),
    (fields.String(required=True), fields.String(), ('"ab"',), ()),
    (fields.Integer(), fields.Raw(), ("3",), ('"x"', "[]")),
    (fields.Integer(), fields.Integer(allow_none=True), ("3",), ("null",)),
    (fields.Integer(required=True), fields.Integer(required=True, allow_none=True), ("3",), ("null",)),
    (LIST(fields.Integer()), LIST(fields.Integer(allow_none=True)), ("[3]",), ("[null]",)),
    (LIST(fields.Integer()), LIST(fields.Integer()), ("[3]",), ()),
    (LIST(fields.Integer(), validate=refuses), LIST(fields.Integer()), (), ("[3]",)),
    (TABLE(values=fields.Integer()), TABLE(values=fields.Integer()), ('{"a":3}',), ()),
    (TABLE(values=fields.Integer()), TABLE(values=fields.String()), ("{}",), ('{"a":"x"}',)),
    (fields.Pluck(Checked, "number"), fields.Pluck(Plucked, "number"), ("3",), ("4",)),
    (ONE(LegSchema), ONE(LegSchema, allow_none=True), ('{"town":"x"}',), ("null",)),
    (ONE(LegSchema), ONE(Same), ('{"city":"x"}',), ()),
    (ONE(Stricter), ONE(Same), ('{"city":"x"}',), ("{}",)),
    (ONE(Back), ONE(Forth), ('{"back":{"back":{}}}',), ()),
    (LIST(ONE(LegSchema), validate=LENGTH), LIST(ONE(LegSchema)), ('[{"town":"x"}]',), ("[]", "[{},{},{}]")),
    (LIST(ONE(LegSchema), validate=validate.Length(min=1)), LIST(ONE(LegSchema)), ("[{}]",), ("[]",)),
    (LIST(ONE(LegSchema), validate=validate.Length(max=1)), LIST(ONE(LegSchema)), ("[{}]", "[]"), ("[{},{}]",)),
    (LIST(ONE(LegSchema), required=True, validate=LENGTH), LIST(ONE(LegSchema), required=True), ("[{}]",), ("[]",)),
    (
        LIST(ONE(LegSchema), metadata=KEYED),
        LIST(ONE(LegSchema), metadata=KEYED),
        ("[{}]",),
        ('[{"number":1},{"number":1}]',),
    ),
    (TABLE(values=ONE(LegSchema)), TABLE(values=ONE(LegSchema)), ('{"a":{"town":"x"}}',), ('{"a":{"city":"x"}}',)),
)
"""Today's field, what it was for older clients, and values of theirs that keep today's rules, or break them."""


@pytest.mark.parametrize(("today", "was", "right", "wrong"), TODAY)
def test_TRN_4_5_todays_rules_are_asked_of_what_older_clients_send(
    today: Any, was: Any, right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    made, change = limited(today, was)
    body = request_of(translation(made, change))
    texts = [f'{{"legs":{value}}}'.encode() for value in (*right, *wrong)]
    assert taken(body, *texts) == [True] * len(right) + [False] * len(wrong)
    for text in texts[len(right) :]:
        with pytest.raises(RequestError):
            body.interpreted(text)
    absent = taken(body, b"{}")
    assert absent == [not today.required]


def test_TRN_4_5_objects_that_were_reached_into_are_asked_too() -> None:
    inner = schema(a=fields.Integer(), b=fields.Integer())
    for today, was, texts in (
        (ONE(inner), ONE(inner, allow_none=True), {b'{"legs":{"c":1}}': True, b'{"legs":null}': False, b"{}": True}),
        (ONE(inner, allow_none=True), ONE(inner, allow_none=True), {b'{"legs":null}': True}),
    ):
        made = schema(legs=today)
        body = request_of(translation(made, {made: (rename("legs.c", "legs.b"), constrain("legs", was=was))}))
        assert taken(body, *texts) == list(texts.values())
    made = schema(legs=ONE(inner, validate=LENGTH))
    body = request_of(translation(made, {made: (rename("legs.c", "legs.b"),)}))
    assert reason(body) == "'legs' became an object, and has rules as a whole."
    made = schema(x=ONE(inner, required=True))
    body = request_of(translation(made, {made: (nest("a", under="x"),)}))
    assert taken(body, b'{"a":1}', b"{}") == [True, True]


def test_TRN_4_5_what_older_clients_leave_out_is_asked_for_today() -> None:
    inner = schema(a=fields.Integer(required=True), b=fields.Integer())
    made = schema(x=ONE(inner), n=fields.Integer(required=True))
    body = request_of(
        translation(made, {made: (require("n", default=1), rename("x.c", "x.b")), inner: (require("a", default=1),)})
    )
    taken(body, b"{}", b'{"x":{}}', b'{"x":{"a":1}}', b'{"n":null}')
    made = schema(size=fields.String(required=True, validate=validate.OneOf(["s", "m"])), n=fields.Integer())
    body = request_of(translation(made, {made: (map_values("size", {"small": "s", "medium": "m"}),)}))
    assert taken(body, b'{"size":"small"}', b'{"size":"s"}', b"{}") == [True, False, False]
    made = schema(first=fields.String(required=True), last=fields.String(required=True))
    body = request_of(translation(made, {made: (split("name", into=("first", "last"), by=" "),)}))
    assert taken(body, b'{"name":"a b"}', b'{"name":"a"}', b"{}") == [True, False, False]


def test_TRN_4_5_what_no_client_sends_today_is_left_out() -> None:
    made, change = limited(fields.Integer(dump_only=True), fields.Integer())
    body = request_of(translation(made, change))
    assert taken(body, b'{"legs":1}') == [True]
    assert body.fast.take(b'{"legs":1}') == b"{}"


def test_TRN_4_5_defaults_are_asked_when_the_fast_path_is_made() -> None:
    made = schema(n=fields.Integer(), legs=fields.Integer(validate=validate.Range(max=3)))
    body = request_of(translation(made, {made: (add("legs", default=3), rename("m", "n"))}))
    assert taken(body, b'{"m":1}') == [True]
    assert body.fast.take(b'{"m":1}') == b'{"n":1,"legs":3}'
    doubled = convert("legs", lambda value: value * 2, lambda value: value)
    body = request_of(translation(made, {made: (rename("m", "n"), add("legs", default=1), doubled)}))
    assert taken(body, b'{"m":1}') == [True]
    assert body.fast.take(b'{"m":1}') == b'{"n":1,"legs":2}'


@pytest.mark.parametrize(("digits", "fits"), ((308, True), (309, False)))
def test_TRN_4_5_numbers_that_are_made_on_the_way_fit_a_double(digits: int, fits: bool) -> None:
    made = schema(legs=fields.Raw())
    grown = convert("legs", lambda _: 10**digits - 1, lambda _: 1)
    assert taken(request_of(translation(made, {made: (grown,)})), b'{"legs":1}') == [fits]


def test_TRN_4_5_one_value_for_several_and_objects_for_values() -> None:
    made = schema(a=LIST(fields.String()), b=fields.String(allow_none=True), c=fields.Integer())
    body = translation(made, {made: (wrap("a"), unwrap("b"))})
    taken(request_of(body), b'{"a":"x","b":["y"]}', b'{"b":[]}', b'{"b":["x","y"]}', b'{"a":null}', b"{}")
    taken(reply_of(body), b'{"a":["x","z"],"b":"y"}', b'{"a":[],"b":null}', b"{}")
    leg = convert("c", lambda value: value["number"], lambda value: {"number": value}, was=ONE(LegSchema))
    body = translation(made, {made: (leg,), **CITY})
    taken(request_of(body), b'{"c":{"number":3}}', b'{"c":3}', b'{"c":{}}')
    taken(reply_of(body), b'{"c":3}', b'{"c":null}')


class Handmade(Translator):
    """A translation by hand, which leaves out and makes up."""

    schema = schema(legs=fields.List(fields.Nested(LegSchema)), one=fields.Nested(LegSchema), size=fields.Integer())

    def upgrade(self, document: Any) -> Any:
        return {name: value for name, value in document.items() if name != "size"} | {"margin": 1}

    def downgrade(self, document: Any) -> Any:
        return {**document, "size": 1}


def test_TRN_4_5_what_is_made_by_hand_is_read_again() -> None:
    made = schema(
        legs=LIST(ONE(LegSchema)),
        one=ONE(LegSchema),
        table=TABLE(values=ONE(LegSchema)),
        hidden=fields.Integer(load_only=True),
        given=fields.Integer(dump_only=True),
    )
    way = translation(made, {made: (Handwritten(Handmade()),), **CITY})
    taken(reply_of(way), b'{"legs":[{"city":"x"}],"table":{"a":{"city":"y"}},"given":1}', b"{}", b'{"one":null}')
    taken(request_of(way), b'{"legs":[{"town":"x"}],"size":3}', b"{}", b'{"one":{"town":"x"}}')


def test_TRN_4_5_a_version_in_which_nothing_changed_puts_nothing_right_twice() -> None:
    made = schema(a=fields.Boolean(truthy={"yes"}, falsy={"no"}), b=fields.Integer())
    for changes in ((), ({},), ({made: (rename("c", "b"),)},)):
        assert taken(request_of(translation(made, *changes)), b'{"a":"yes"}') == [False]


# What is shared


def test_SPD_3_1_versions_in_which_nothing_changed_share_their_fast_paths() -> None:
    derivation = Derivation({VoyageSchema}, [{}, CITY, {}], keys={}, unknown="raise", limit=100)
    compiler = Compiler(Limits())
    ways = [derivation.translation(VoyageSchema, position, None) for position in range(4)]
    replies = [compiler.reply(way, ENVELOPES["none"], "1", many=True, items="items") for way in ways]
    requests = [compiler.request(way, "1") for way in ways]
    for paths in (replies, requests):
        assert paths[0] is paths[1]
        assert paths[1] is not paths[2]
        assert paths[2] is paths[3]
    alone = compiler.reply(ways[2], ENVELOPES["none"], "1", many=False, items="items")
    assert alone is not replies[2]
    assert alone.source == replies[2].source
    other = derivation.translation(VoyageSchema, 2, "exclude")
    assert compiler.request(other, "1") is not requests[2]


def test_SPD_3_1_a_long_history_comes_to_one_function() -> None:
    made = schema(**{f"n{number}": fields.Integer() for number in range(3)})
    names = [{made: (rename(f"n1_{number}", "n1" if number == 1 else f"n1_{number - 1}"),)} for number in range(1, 51)]
    way = translation(made, *names)
    old = reply_of(way, version="1")
    assert old.fast.source.count("def ") == 1
    assert old.fast.source.count("\n") == reply_of(translation(made, names[0])).fast.source.count("\n")
    assert taken(old, b'{"n1":1,"n0":2}') == [True]
    assert taken(request_of(way), b'{"n1_50":1,"n0":2}') == [True]


# Names

HOSTILE = (
    'x"); import os; os.abort(); ("',
    "x'); import os; os.abort(); ('",
    "x\n    import os; os.abort()\n",
    '"""\nimport os; os.abort()\n"""',
    "\\",
    "\0",
    "\ud800",
    "\u2028",
    "",
    " ",
    "x" * 10_000,
    "é",
    "名前",
    *("class", "None", "True", "__class__", "__dict__", "__builtins__", "__struct_fields__", "self", "mro", "_", "len"),
    *("source", "UNSET", "Refused", "convert", "to_builtins", "duplicate", "encode", "item", "item_", "items", "name"),
    *("T0_", "member_0_", "member_0", "Box", "box", "box_as_1", "box_from_1", "Leg", "no_box", "check_a", "value_1"),
    *("{0}", "%s", "[a", "a.b", "a b", "1a", "-"),
)
UNPRINTABLE = {*HOSTILE[:1], *HOSTILE[2:7]}
"""The names that no struct can have; documents that have them take the slow way."""


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_ROB_7_1_names_are_names_whatever_is_in_them(name: str) -> None:
    box = schema(f=fields.String(data_key=name), legs=LIST(ONE(LegSchema)), b=fields.Raw(attribute="c"))
    way = translation(box, CITY)
    legs = {"legs": [{"town": "a"}]}, {"legs": [{"city": "a"}]}
    if name in UNPRINTABLE:
        for body in (request_of(way), reply_of(way)):
            assert reason(body).endswith("has a quote, a backslash, a control character or half of one in it.")
        return
    assert taken(request_of(way), json.dumps({name: "1", "b": [1], **legs[0]}).encode()) == [True]
    assert taken(reply_of(way), json.dumps({"f": "1", "c": [1], **legs[1]}).encode()) == [True]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_ROB_7_1_so_are_the_apps_and_those_that_are_dotted(name: str) -> None:
    for attribute in (name, f"o.{name}", f"{name}.o"):
        box = schema(f=fields.String(attribute=attribute), legs=LIST(ONE(LegSchema)))
        way = translation(box, CITY)
        document: Any = "1"
        for part in reversed(attribute.split(".")):
            document = {part: document}
        text = msgspec.json.encode({**document, "legs": [{"city": "a"}]}) if name != "\ud800" else b"{}"
        for body, said in ((request_of(way), b'{"f":"1","legs":[{"town":"a"}]}'), (reply_of(way), text)):
            if body.fast.run is None:
                assert set(name) & set('"\\\n\0\ud800')
            else:
                assert taken(body, said) == [True]


@pytest.mark.parametrize("name", ("item", "items", "item_", "source", "name"))
def test_ROB_7_1_what_is_called_as_our_own_locals_are_is_compiled_all_the_same(name: str) -> None:
    inner = schema(legs=LIST(LIST(ONE(LegSchema))), by_name=TABLE(values=ONE(LegSchema)), x=fields.Integer())
    made = schema(**{name: ONE(inner)})
    way = translation(made, {made: (rename(f"{name}.y", f"{name}.x"),), **CITY})
    text = json.dumps({name: {"legs": [[{"city": "a"}]], "by_name": {"a": {"city": "b"}}, "x": 1}})
    assert taken(reply_of(way), text.encode()) == [True]
    assert taken(request_of(way), text.replace("city", "town").replace('"x"', '"y"').encode()) == [True]


@pytest.mark.parametrize("title", ('x"""\n  ', "Schema", "if", "Ωmega", "a" * 1000, "1"), ids=ascii)
def test_ROB_7_1_titles_are_titles(title: str) -> None:
    box = Schema.from_dict({"a": fields.Integer(), "b": ONE(LegSchema)}, name=title)
    way = translation(box, CITY, {box: (rename("c", "a"),)})
    assert taken(request_of(way), b'{"c":1,"b":{"town":"x"}}') == [True]
    assert taken(reply_of(way), b'{"a":1,"b":{"city":"x"}}') == [True]


# When it is made


def things_api() -> Api:
    return Api("acme", [THING, NOTE], VERSIONS, prefix="/api")


def paths_of(api: Api) -> list[FastPath]:
    plans = list(Router(api).plans())
    return [body.fast for plan in plans for body in (plan.request, plan.reply) if body is not None]


THINGS = b'[{"id":1,"label":"x","colour":"red","parts":["a"]}]'


def test_SPD_3_2_nothing_is_compiled_when_requests_come(serve: Any) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [THINGS]

    client = serve(app, things_api())
    before = set(linecache.cache), {name for name in sys.modules if name.startswith("translayer")}
    assert client.get("/api/v1/objects").json == [{"id": 1, "name": "x", "parts": ["a"]}]
    compiled = {name for name in set(linecache.cache) - before[0] if name.startswith("<translayer")}
    assert (compiled, {name for name in sys.modules if name.startswith("translayer")}) == (set(), before[1])


def test_what_is_let_go_leaves_no_text_behind() -> None:
    gc.collect()
    before = {name for name in linecache.cache if name.startswith("<translayer")}
    paths = paths_of(things_api())
    made = {name for name in linecache.cache if name.startswith("<translayer")} - before
    assert made
    del paths
    gc.collect()
    assert made <= set(linecache.cache)  # whoever walks through them at this moment finds them
    paths_of(things_api())
    assert made.isdisjoint(linecache.cache)


def test_SPD_1_1_writes_onto_the_object_as_it_is_are_said_to_have_no_fast_path() -> None:
    told = {
        (plan.text, plan.route.method): plan.request.fast.reasons
        for plan in Router(example).plans()
        if plan.request is not None and plan.route.method in ("PUT", "PATCH") and plan.text in ("1", "3")
    }
    assert told["1", "PATCH"] == told["3", "PATCH"] == ("A patch is applied to the object as it is.",)
    assert told["1", "PUT"] == ("What the version cannot see is kept from the object as it is.",)
    assert told["3", "PUT"] == ()


def test_SPD_3_2_apis_are_made_in_several_threads_at_once() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: paths_of(things_api()), range(8)))
    for paths in made:
        assert [path.source for path in paths] == [path.source for path in made[0]]
        assert [path.reasons for path in paths] == [path.reasons for path in made[0]]
        assert any(path.take(THINGS) not in (ABSENT, THINGS) for path in paths)


def test_SPD_3_2_what_was_made_runs_in_processes_that_are_forked_later() -> None:
    paths = paths_of(things_api())
    expected = [path.take(THINGS) for path in paths]
    child = os.fork()
    if child == 0:
        os._exit(0 if [path.take(THINGS) for path in paths] == expected else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize(
    ("scheme", "numbers"), (("dotted", ("1.10", "1.9")), ("date", ("2026-11-20", "2026-01-01")), ("integer", (2, 1)))
)
def test_SPD_1_1_versions_are_compiled_however_they_are_written(scheme: Any, numbers: tuple[Any, Any]) -> None:
    change = type(
        "Change", (VersionChange,), {"__doc__": "Titles.", "schemas": {ThingSchema: [rename("name", "title")]}}
    )
    versions = (Version(numbers[0], change), Version(numbers[1]))
    resource = Resource("thing", ThingSchema, collection="/things", item="/things/<int:id>")
    paths = paths_of(Api("acme", [resource], versions, prefix="/api", scheme=scheme))
    assert all(path.run is not None or "object as it is" in path.reasons[0] for path in paths)


def test_constants_are_not_decoded() -> None:
    with pytest.raises(Inexpressible, match="as if it were read"):
        type_of(Constant(1))


def test_what_a_fast_path_does_not_take_is_absent() -> None:
    assert FastPath(None).take(b"{}") is ABSENT
    assert FastPath(lambda body: body).take(b"{}") == b"{}"
    assert FastPath(lambda body: [][1]).take(b"{}") is ABSENT
