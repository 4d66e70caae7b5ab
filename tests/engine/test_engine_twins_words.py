"""Words of enumerations in compiled code: looked up once, however often renamed, and asked only where needed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from marshmallow import ValidationError, fields, validate
from small import Api, later, translation
from twins import ask, reply_of, request_of

from translayer.operations import constrain, convert, map_values, remove

TODAY = ("small", "large")


def kinds(count: int) -> Api:
    """The words of a field were called otherwise in every version."""
    words = [TODAY, *([(f"small-{version}", f"large-{version}") for version in range(count)])]
    told = [[map_values("kind", dict(zip(older, newer, strict=True)))] for newer, older in pairwise(words)]
    return later({"kind": fields.String(required=True, validate=validate.OneOf(TODAY))}, *told)


def test_SPD_3_1_words_of_fifty_versions_are_looked_up_once() -> None:
    one, fifty = (translation(kinds(count)) for count in (1, 50))
    assert reply_of(one).fast.source == reply_of(fifty).fast.source
    assert request_of(one).fast.source == request_of(fifty).fast.source
    assert reply_of(fifty).translated(b'{"kind":"small"}') == b'{"kind":"small-49"}'
    assert request_of(fifty).translated(b'{"kind":"large-49"}', None) == b'{"kind":"large"}'
    assert ask(request_of(fifty), b'{"kind":"large-49"}')
    assert not ask(request_of(fifty), b'{"kind":"large"}')


def test_a_word_that_was_used_in_between_is_looked_up_twice() -> None:
    seen = remove("seen", was=fields.String(), default=lambda document: document["kind"])
    made = later(
        {"kind": fields.String(required=True, validate=validate.OneOf(TODAY))},
        [seen, map_values("kind", {"s": "small", "l": "large"})],
        [map_values("kind", {"1": "s", "2": "l"})],
    )
    body = reply_of(translation(made))
    assert ask(body, b'{"kind":"small"}')
    assert body.translated(b'{"kind":"small"}') == b'{"kind":"1","seen":"s"}'


def refuse(word: str) -> None:
    raise ValidationError("No.")


@pytest.mark.parametrize(
    "field, sent, taken",
    (
        (fields.String(validate=validate.OneOf(TODAY)), b'{"kind":"s"}', True),
        (fields.String(validate=[validate.OneOf(TODAY), validate.Length(max=5)]), b'{"kind":"s"}', True),
        (fields.String(validate=refuse), b'{"kind":"s"}', False),
        (fields.String(validate=validate.Length(max=3)), b'{"kind":"s"}', False),
        (fields.Raw(), b'{"kind":"s"}', True),
        (fields.String(allow_none=True), b'{"kind":null}', True),
        (fields.String(allow_none=True), b'{"kind":"s"}', True),
    ),
)
def test_words_are_asked_today_only_where_the_table_may_break_a_rule(field: Any, sent: bytes, taken: bool) -> None:
    made = later({"kind": field}, [map_values("kind", {"s": "small", "l": "large"})])
    body = request_of(translation(made))
    assert ask(body, sent) is taken


@pytest.mark.parametrize(
    "field, was, upgrade",
    (
        (fields.Integer(required=True), fields.String(required=True), int),
        (fields.String(required=True, validate=validate.Length(max=2)), fields.Integer(required=True), str),
        (fields.String(required=True, validate=validate.OneOf("12")), fields.Integer(required=True), str),
    ),
)
def test_what_was_converted_is_asked_today(field: Any, was: Any, upgrade: Any) -> None:
    text = isinstance(was, fields.Integer)
    made = later({"a": field}, [convert("a", upgrade, str if text is False else int, was=was)])
    body = request_of(translation(made))
    assert ask(body, b'{"a":1}' if text else b'{"a":"1"}')
    assert ask(body, b'{"a":123}' if text else b'{"a":"123"}') is not text


def test_limits_of_today_are_asked_of_an_older_value() -> None:
    made = later(
        {"a": fields.String(required=True, validate=validate.Length(max=2))},
        [constrain("a", was=fields.String(required=True))],
    )
    body = request_of(translation(made))
    assert ask(body, b'{"a":"ab"}')
    assert not ask(body, b'{"a":"abc"}')
