"""Authors' functions in compiled code: whatever they make, write into, raise or are called, the twins agree."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from functools import partial, reduce
from itertools import combinations
from typing import Any, ClassVar

import msgspec
import pytest
from marshmallow import missing
from small import (
    PAIR,
    Backwards,
    Free,
    Listed,
    Nested,
    Number,
    Text,
    api,
    asked,
    count_and_spoil,
    later,
    schema,
    spoil,
    translation,
)
from twins import RequestBody, ask, request_of

from translayer.contract.operations.handwritten import Handwritten
from translayer.document.values import ABSENT
from translayer.operations import (
    add,
    convert,
    default,
    join,
    relax,
    remove,
    rename,
    split,
)


class Word(str):
    """A text of another type."""


class Making(Backwards):
    """A translator that makes the same of everything."""

    def upgrade(self, found: dict[str, Any]) -> dict[str, Any]:
        return {"label": self.title}

    def downgrade(self, found: dict[str, Any]) -> dict[str, Any]:
        return {"text": self.title}


ANY = schema(x=Free(allow_none=True))


class Colour(StrEnum):
    RED = "red"


class Level(IntEnum):
    LOW = 1


LOOP: list[Any] = []
LOOP.append(LOOP)

ODD: tuple[Any, ...] = (
    *(None, "x", "", 3, True, 1.5, -0.0, [], {}, ["x"], {"x": [None, 1.0]}),
    *(float("nan"), float("inf"), [float("nan")], {"x": float("inf")}, {1: 2}, {"x": {None: 1}}),
    *(("x",), ["x", ("y",)], {"x"}, b"x", Decimal("1.5"), date(2024, 1, 1), object(), missing, ABSENT),
    *(Word("x"), [Word("x")], {Word("x"): 1}, Colour.RED, [Colour.RED], Level.LOW, {"x": Level.LOW}),
    *(2**63, -(2**63) - 1, 10**308, 10**309, [10**400], 10**5000, "\ud800", ["\ud800"], {"\ud800": 1}),
    *(reduce(lambda inner, _: [inner], range(70), 1), reduce(lambda inner, _: [inner], range(200), 1), LOOP),
)
"""What authors' functions may make: JSON, and all that is not, or is of a type that only looks like it."""


@pytest.mark.parametrize("made", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("today", (Text(allow_none=True), Free(), Listed(Text())), ids=("text", "free", "list"))
def test_TRN_4_5_twins_agree_on_whatever_an_authors_function_makes(made: Any, today: Any) -> None:
    def of_anything(found: Any) -> Any:
        return made

    def of_several(*found: Any) -> Any:
        return made

    for changed in (
        api({"a": copy(today)}, convert("a", of_anything, of_anything)),
        api({"a": copy(today)}, convert("a", of_anything, of_anything, was=Free()), convert("a", repr, str)),
        api({"a": copy(today)}, add("a", default=of_anything), remove("b", was=copy(today), default=of_anything)),
        api({"a": Free()}, relax("a", default=of_anything), default("a", was=of_anything)),
        api({"a": Free(), "b": Free()}, split("c", into=("a", "b"), by=(of_anything, of_several))),
        api({"a": Free()}, join(("x", "y"), into="a", by=(of_several, of_anything))),
        api({"o": Nested(PAIR)}, convert("o", of_anything, of_anything, was=Nested(PAIR))),
        api({"o": Nested(ANY)}, convert("o", lambda found: {"x": made}, lambda found: {"x": made}, was=Nested(ANY))),
        api({"label": Free(), "size": Number()}, Handwritten(Making(made))),
    ):
        asked(changed, count=4)


def failing(found: Any) -> Any:
    raise LookupError("never")


@pytest.mark.parametrize("raised", (failing, lambda: None, lambda a, b: a, int, next))
def test_an_authors_function_that_fails_is_left_to_the_slow_twin(raised: Any) -> None:
    for body, taken in asked(api({"a": Text(required=True)}, convert("a", raised, raised)), count=8).values():
        assert body.fast.run is not None
        assert taken <= (8 if raised is int else 0)


class Once(Text):
    """A field that reads once."""

    read: ClassVar[list[Any]] = []

    def _deserialize(self, value: Any, *where: Any, **more: Any) -> Any:
        self.read.append(value)
        return value if len(self.read) == 1 else failing(value)


def test_a_field_that_fails_as_it_is_written_is_left_to_the_slow_twin() -> None:
    body = request_of(translation(api({"a": Once(), "b": Text()}, rename("c", "b"))))
    assert body.fast.run is not None
    assert not ask(body, b'{"a":"x","c":"y"}')


@dataclass
class Twice:
    """A function that has no name, is equal to others, and cannot be a key."""

    times: int

    def __call__(self, found: str) -> str:
        return found * self.times


def named(name: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = name
    return function


def test_authors_functions_are_told_apart_whatever_they_are_called() -> None:
    functions: list[Callable[[str], str]] = [
        *(lambda found: found + "1", lambda found: found + "2", Twice(2), Twice(3), Twice(2), partial(min, "b")),
        *("{}!".format, str.upper, named("len", lambda found: found + "l"), named("a b", lambda found: found + "b")),
        *(named("source", lambda found: found + "s"), named("def", lambda found: found + "d"), named(7, Twice(4))),
    ]
    names = [f"f{number}" for number in range(len(functions))]
    made = api(
        {name: Text(required=True) for name in names},
        *(convert(name, function, function) for name, function in zip(names, functions, strict=True)),
    )
    expected = {name: function("abc") for name, function in zip(names, functions, strict=True)}
    for body, _ in asked(made).values():
        assert body.fast.run is not None
        assert msgspec.json.decode(body.fast.run(msgspec.json.encode(dict.fromkeys(names, "abc")))) == expected


def test_what_authors_functions_write_into_is_theirs() -> None:
    kept: dict[str, Any] = {"list": ["x"], "object": {"x": "a"}}
    made = later(
        {"a": Listed(Text()), "o": Nested(PAIR)},
        [
            remove("l", was=Listed(Text()), default=kept["list"]),
            remove("n", was=Nested(PAIR), default=kept["object"]),
            remove("size", was=Number(), default=count_and_spoil),
            add("o", default=kept["object"]),
        ],
        [convert("l", spoil, spoil), convert("n", count_and_spoil, count_and_spoil, was=Number())],
        [remove("again", was=Number(), default=count_and_spoil), convert("a", spoil, spoil)],
    )
    for body, taken in asked(made).values():
        assert taken > 0
        assert kept == {"list": ["x"], "object": {"x": "a"}}
        first = body.translated(b'{"a":["x"]}', *[None] * isinstance(body, RequestBody))
        assert first == body.translated(b'{"a":["x"]}', *[None] * isinstance(body, RequestBody))


# The order of members

PLACES: dict[str, Any] = {
    "apart": {"a": Text(attribute="in.a"), "b": Text(), "c": Text(attribute="in.c")},
    "beside": {"a": Text(attribute="in.a"), "c": Text(attribute="in.c"), "b": Text()},
    "deeper": {"a": Text(attribute="in.er.a"), "b": Text(attribute="in.b"), "c": Text(attribute="in.er.c")},
    "deep, beside": {"a": Text(attribute="in.er.a"), "c": Text(attribute="in.er.c"), "b": Text(attribute="in.b")},
    "behind one that is there": {"a": Text(attribute="in.a", required=True), "b": Text(), "c": Text(attribute="in.c")},
}


LEFT: dict[str, set[tuple[str, ...]]] = {
    "apart": {("c",), ("b", "c")},
    "beside": set(),
    "deeper": {("c",), ("b", "c")},
    "deep, beside": set(),
    "behind one that is there": {(), ("b",), ("c",), ("b", "c")},
}
"""What is left to the slow twin: where the first field is missing, and another of the object is not."""


@pytest.mark.parametrize("places", PLACES)
def test_fields_in_one_object_of_the_apps_stand_where_the_first_that_is_there_does(places: str) -> None:
    body = request_of(translation((schema(**PLACES[places]), [])))
    sent = [names for size in range(4) for names in combinations(PLACES[places], size)]
    left = {names for names in sent if not ask(body, msgspec.json.encode(dict.fromkeys(names, "x")))}
    assert left == LEFT[places]
