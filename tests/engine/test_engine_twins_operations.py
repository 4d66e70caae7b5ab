"""Twins of every operation: small APIs, as they stand and with their schemas inside others, asked of many documents."""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import CodeType
from typing import Any

import pytest
from marshmallow import Schema, fields, validate, validates_schema
from small import (
    LABEL,
    PAIR,
    Api,
    Backwards,
    BackwardsOnto,
    Free,
    Keyed,
    Listed,
    Nested,
    Number,
    Text,
    api,
    around,
    asked,
    count,
    count_and_spoil,
    crossed,
    later,
    loudly,
    or_empty,
    or_empty_list,
    or_none,
    schema,
    shout,
    spoil,
    whisper,
)

from translayer.contract.operations.base import Operation
from translayer.contract.operations.handwritten import Handwritten
from translayer.operations import (
    add,
    constrain,
    convert,
    default,
    flatten,
    join,
    map_values,
    move,
    nest,
    relax,
    remove,
    rename,
    require,
    split,
    unwrap,
    wrap,
)

# Schemas


class Loud(Text):
    """A field of the author's own, which computes; it refuses what is no text."""

    def _serialize(self, value: Any, *where: Any, **more: Any) -> Any:
        return value.upper()

    def _deserialize(self, value: Any, *where: Any, **more: Any) -> Any:
        return super()._deserialize(value, *where, **more).lower()


SHOUTED = schema(word=Text(required=True))
CARD = {"a": Text(required=True), "o": Nested(PAIR, required=True), "p": Nested(PAIR, allow_none=True)}
WORDS = {"open": "pending", "done": "confirmed"}
CHOICE = Text(validate=validate.OneOf(["pending", "confirmed", "void"]), allow_none=True)
THINGS = {"many": Listed(Nested(SHOUTED)), "one": Nested(SHOUTED, allow_none=True), "needed": Nested(SHOUTED)}
LOUD = {SHOUTED: [convert("word", shout, whisper)]}
HOUSES = schema(
    plain=Listed(Nested(schema(one=Nested(PAIR), many=Listed(Nested(PAIR)), table=Keyed(values=Nested(PAIR))))),
    keyed=Listed(Nested(schema(id=Number(dump_only=True), more=Nested(PAIR, many=True)), metadata={"key": "id"})),
    loud=Listed(Nested(schema(inner=Nested(schema(word=Loud()))))),
)


ONE = schema(y=Text())
READ_ONLY = schema(y=Text(dump_only=True))
HOLE = schema(n=Nested(schema(x=Text(required=True)), required=True), k=Text())


def hidden(**flag: bool) -> Api:
    """Operations on what is not there in one direction: fields, objects, and fields in them."""
    members = {name: Text(**flag) for name in "bcdefghij"}
    objects = {name: Nested(PAIR, **flag) for name in "oprstuvw"}
    return api(
        {"a": Text(), "k": Listed(Text(), **flag), "l": Text(required=True, **flag), **members, **objects},
        *(rename("B", "b"), convert("c", shout, whisper), map_values("d", {"x": "y"}, "y", "x"), unwrap("e")),
        *(constrain("f", was=Text(validate=validate.Length(max=2), **flag)), default("g", was="g"), wrap("k")),
        *(relax("h", default="h"), require("l", default="l"), split("I", into=("i", "j"), by=" ")),
        *(rename("o.b", "o.x"), convert("o.y", shout, whisper), move("m", "p.y"), flatten("r.q", "r.x", "r.y")),
        *(add("s.y"), remove("s.z", was=Text(), default="z"), require("t.x", default="x"), relax("t.y", default="y")),
        *(default("u.y", was="y"), split("v.s", into=("v.x", "v.y"), by=" ")),
        join(("w.p", "w.q"), into="w.x", by=" "),
    )


# The table


APIS: dict[str, Api] = {
    "rename": api({"b": Text(), "c": Text(required=True)}, rename("b", "x"), rename("c", "b"), rename("x", "c")),
    "rename inside objects": api(CARD, rename("o.b", "o.x"), rename("p.b", "p.x")),
    "rename of an object": api(CARD, rename("q", "p"), rename("r", "o")),
    "move up and down": api(CARD, move("x", "o.x"), move("o.a", "a")),
    "move into new objects": api(CARD, move("m.n.a", "a"), move("k.y", "o.y")),
    "move out of an optional object": api({"p": Nested(PAIR), "a": Text()}, move("y", "p.y")),
    "move of an object": api(CARD, move("o.p", "p")),
    "nest": api(CARD, nest("x", under="o")),
    "nest all of an optional object": api(CARD, nest("x", "y", under="p")),
    "nest inside": api({"q": Nested(schema(o=Nested(PAIR)))}, nest("q.x", "q.y", under="q.o")),
    "flatten": api({"x": Text(required=True), "y": Text(), "z": Number()}, flatten("o", "x", "y")),
    "flatten inside": api(CARD, flatten("p.q", "p.x", "p.y")),
    "add": api(
        {"a": Text(), "b": Text(required=True), "c": Free(allow_none=True), "d": Listed(Text()), "e": Number()},
        *(add("a"), add("b", default="new"), add("c", default=None), add("d", default=[]), add("e", default=count)),
    ),
    "add inside": api(CARD, add("o.y", default="-"), add("p.y", default=count)),
    "add an object": api(
        {"a": Text(), **CARD}, add("o", default={"x": "1", "y": None}), add("p", default=lambda found: {"x": "2"})
    ),
    "add what computes": api({"a": Text(), "b": Number()}, add("b", default=lambda found: len(found["a"]))),
    "remove": api(
        {"a": Text()},
        remove("b", was=Text()),
        remove("c", was=Text(required=True), default="gone"),
        remove("d", was=Listed(Text()), default=["x"]),
        remove("e", was=Number(), default=count_and_spoil),
        remove("f", was=Text(load_only=True), default="never"),
        remove("g", was=Text(allow_none=True), default=None),
        remove("h", was=fields.Float(), default=1.5),
        remove("i", was=Text(), default="a default of more than forty characters has a name"),
        remove("j", was=Number(), default=2**70),
    ),
    "remove inside": api(CARD, remove("o.z", was=Text(), default="z"), remove("p.z", was=Number(), default=count)),
    "remove of objects": api(
        CARD,
        remove("q", was=Nested(PAIR), default={"y": "2", "x": "1", "more": 3}),
        remove("r", was=Listed(Nested(PAIR)), default=[]),
        inner={PAIR: [rename("b", "x")]},
    ),
    "default": api(
        {"a": Text(), "b": Listed(Text()), "c": Number(), "d": Free(allow_none=True), "e": Text(load_only=True)},
        *(default("a", was="old"), default("b", was=["x"]), default("c", was=count), default("d", was=None)),
        default("e", was=""),
    ),
    "default inside": api(CARD, default("o.y", was="old"), default("p.y", was=count)),
    "default of objects": api(
        {"a": Text(), "p": Nested(PAIR), "l": Listed(Nested(PAIR)), "t": Keyed(values=Nested(PAIR))},
        *(default("p", was={"x": "1"}), default("l", was=[{"x": "1"}]), default("t", was={})),
    ),
    "default that is none of the values any more": later(
        {"a": Text(validate=validate.Length(max=2))},
        [constrain("a", was=Text(validate=validate.Length(max=20)))],
        [default("a", was="too long")],
    ),
    "require": api(
        {"a": Text(required=True), "b": Number(required=True), "c": Listed(Text(), required=True)},
        *(require("a", default="-"), require("b", default=count), require("c", default=[])),
    ),
    "require inside": api(CARD, require("o.x", default="-"), require("p.x", default=lambda found: found["a"])),
    "relax": api(
        {"a": Text(allow_none=True), "b": Number(), "c": Listed(Text()), "d": Text(allow_none=True, required=True)},
        *(relax("a", default="-"), relax("b", default=count), relax("c", default=["x"]), relax("d", default="d")),
    ),
    "relax to what was optional or null": api(
        {"a": Text(allow_none=True), "b": Text(allow_none=True)},
        relax("a", default="-", was=Text()),
        relax("b", default="-", was=Text(required=True, allow_none=True)),
    ),
    "relax inside": api(CARD, relax("o.y", default="y"), relax("p.y", default=count)),
    "relax of objects": api(
        {"p": Nested(PAIR), "l": Listed(Nested(PAIR), allow_none=True), "a": Nested(PAIR)},
        *(relax("p", default={"x": "1"}), relax("l", default=[]), relax("a", default=lambda found: {"x": "a"})),
    ),
    "convert": api({"a": Text(), "b": Text(allow_none=True)}, convert("a", shout, whisper), convert("b", shout, int)),
    "convert of null": api(
        {"a": Text(allow_none=True), "b": Text()},
        convert("a", or_none, or_empty, was=Text(), nulls=True),
        convert("b", shout, whisper, nulls=True),
    ),
    "convert of lists and tables": api(
        {"a": Listed(Text()), "b": Keyed(), "c": Keyed(values=Text()), "d": Free()},
        *(convert(name, spoil, spoil) for name in "abcd"),
    ),
    "convert to another type": api(
        {"a": Number(), "l": Listed(Number())},
        convert("a", int, str, was=Text()),
        convert("l", lambda found: [1] * min(found, 3), count, was=Number()),
    ),
    "convert to objects": api(
        {"a": Text(), "l": Listed(Text())},
        convert("a", lambda found: found["x"], lambda found: {"x": found}, was=Nested(PAIR)),
        convert(
            "l",
            lambda found: [one["x"] for one in found],
            lambda found: [{"x": one} for one in found],
            was=Listed(Nested(PAIR)),
        ),
    ),
    "convert of objects": api(CARD, convert("o", dict, dict, was=Nested(PAIR)), convert("p", crossed, crossed)),
    "convert inside": api(CARD, convert("o.x", shout, whisper), convert("p.y", shout, whisper)),
    "map_values": api({"a": CHOICE}, map_values("a", WORDS, downgrade_else="other")),
    "map_values with both fallbacks": api({"a": CHOICE}, map_values("a", WORDS, "void", "other")),
    "map_values with fallbacks that are no texts": api({"a": Free()}, map_values("a", {"x": "y"}, [1], {"b": [2]})),
    "map_values without a fallback": api({"a": Text()}, map_values("a", {"x": "y", "z": "y"})),
    "map_values of numbers": api({"a": Number(), "b": Free()}, map_values("a", {"x": 1}), map_values("b", {1: True})),
    "map_values of lists": api({"a": Listed(CHOICE)}, map_values("a", {**WORDS, "x": "void"})),
    "map_values inside": api({"o": Nested(schema(a=CHOICE))}, map_values("o.a", WORDS, downgrade_else="other")),
    "wrap": api(
        {"a": Listed(Text()), "b": Listed(Text(), allow_none=True), "c": Listed(Text(), validate=validate.Length(1))},
        *(wrap("a"), wrap("b"), wrap("c")),
    ),
    "wrap of objects": api(THINGS, wrap("many"), inner={SHOUTED: [rename("loud", "word")]}),
    "wrap of objects that may fail": api(THINGS, wrap("many"), inner=LOUD),
    "wrap inside": api({"o": Nested(schema(l=Listed(Text())), allow_none=True)}, wrap("o.l")),
    "unwrap": api({"a": Text(), "b": Text(allow_none=True), "l": Listed(Text())}, *map(unwrap, "abl")),
    "unwrap of objects": api(THINGS, unwrap("one"), unwrap("needed"), unwrap("many"), inner=LOUD),
    "unwrap inside": api(CARD, unwrap("o.x"), unwrap("p.y")),
    "wrap what was unwrapped": later(THINGS, [unwrap("one")], [wrap("one"), rename("first", "many")]),
    "constrain": api(
        {"a": Text(), "b": Text(allow_none=True), "l": Listed(Text())},
        constrain("a", was=Text(validate=validate.Length(max=2))),
        constrain("b", was=Text(validate=validate.Length(max=2), allow_none=True), downgrade_else="-"),
        constrain("l", was=Listed(Text(validate=validate.Length(max=2)))),
    ),
    "split": api({"x": Text(required=True), "y": Text(required=True)}, split("a", into=("x", "y"), by=" ")),
    "split of optional pieces": api({"x": Text(), "y": Text(allow_none=True)}, split("a", into=("x", "y"), by=" ")),
    "split by functions": api(
        {"x": Text(allow_none=True), "y": Text(allow_none=True), "z": Free()},
        split("a", into=("x", "y", "z"), by=(lambda whole: tuple(whole.split()), "-".join), was=Text(allow_none=True)),
    ),
    "split inside": api(CARD, split("o.w", into=("o.x", "o.y"), by=" "), split("p.w", into=("p.x", "p.y"), by=" ")),
    "join": api({"a": Text(required=True), "b": Text()}, join(("x", "y"), into="a", by=" ")),
    "join by functions": api(
        {"a": Text(allow_none=True)},
        join(("x", "y"), into="a", by=(lambda *said: "-".join(said), lambda whole: [*whole.split("-", 1), None][:2])),
    ),
    "join inside": api(CARD, join(("o.v", "o.w"), into="o.x", by=", "), join(("p.v", "p.w"), into="p.y", by=", ")),
    "a translator": api(LABEL, Handwritten(Backwards())),
    "a translator that takes the newer object": api(LABEL, Handwritten(BackwardsOnto())),
    "a translator between operations": later(
        LABEL,
        [rename("title", "label"), add("size", default=1)],
        [Handwritten(Backwards(title="title"))],
        [rename("words", "text"), convert("text", shout, whisper)],
    ),
    "one field, many operations": later(
        {"total": Number(required=True)},
        [rename("sum", "total"), convert("total", int, str, was=Text(required=True))],
        [map_values("sum", {"one": "1", "two": "2"}, "0", "many"), require("sum", default="1")],
        [move("price.amount", "amount"), convert("amount", whisper, shout), rename("amount", "sum")],
    ),
    "pieces of pieces": later(
        {"x": Text(required=True), "y": Text(required=True), "z": Text()},
        [split("a", into=("x", "y"), by=" ")],
        [split("b", into=("w", "z"), by=","), join(("v", "w"), into="a", by="-")],
    ),
    "defaults of what was dropped": later(
        {"a": Text()},
        [remove("b", was=Text(required=True), default="b")],
        [rename("c", "b"), convert("b", shout, whisper)],
        [flatten("o", "c", "d"), remove("d", was=Listed(Text()), default=["d"])],
        [convert("o.d", spoil, spoil), convert("o.c", shout, whisper)],
    ),
    "defaults that are changed further": later(
        {"a": Text(), "s": Text(), "z": Number()},
        [
            remove("o", was=Nested(PAIR), default={"x": "1", "y": None}),
            remove("w", was=Text(), default="w"),
            remove("t", was=Keyed(values=Nested(PAIR)), default={"k": {"y": "2", "x": "1"}}),
            remove("d", was=Text(), default="-"),
            add("s", default="s"),
        ],
        [rename("o.b", "o.x"), unwrap("w"), relax("d", default="+"), add("z")],
    ),
    "one object, converted twice": later(
        CARD, [convert("o", dict, dict, was=Nested(PAIR))], [convert("o", crossed, crossed, was=Nested(PAIR))]
    ),
    "moves into one new object": api(
        {"a": Text(required=True), "b": Text(required=True)}, move("m.a", "a"), move("m.b", "b")
    ),
    "limits that defaults keep, and do not": api(
        {"a": Text(validate=validate.Regexp("[a-z]")), "p": Nested(PAIR), "q": Nested(PAIR)},
        *(default("a", was="a"), default("p", was={"x": "1", "y": 2}), default("q", was={"y": "2", "x": "1"})),
    ),
    "lists that are no longer known": later(
        {"a": Text(), "b": Text(allow_none=True), "c": Text()},
        [unwrap("a"), unwrap("b"), unwrap("c")],
        [
            convert("a", list, list),
            constrain("b", was=Listed(Text())),
            convert("c", or_empty_list, or_none, was=Listed(Text(), allow_none=True), nulls=True),
        ],
    ),
    "objects of objects, of which the first is shown": (
        HOUSES,
        [{HOUSES: [wrap("plain"), wrap("keyed"), wrap("loud")]}, {PAIR: [rename("b", "x")]}],
    ),
    "a field that computes": api({"a": Loud(), "b": Listed(Loud()), "c": Loud(attribute="in.c")}, rename("d", "a")),
    "what is dropped by one operation, and made by another": later(
        {"a": Text()},
        [remove("q", was=Nested(PAIR), default={"x": "q"})],
        [add("q")],
        [rename("b", "a")],
    ),
    "what is dropped by one operation, and not changed by another": api(
        {"a": Text()}, remove("r", was=Nested(PAIR)), inner={PAIR: [add("y")]}
    ),
    "a move that leaves an object with what is certain, or with nothing": api(
        {"a": Text(required=True), "b": Text(required=True), "p": Nested(ONE), "q": Nested(READ_ONLY)},
        *(default("p.y", was="y"), move("p.a", "a"), move("q.b", "b")),
    ),
    "a move into what never enters": api({"a": Text(), "h": Nested(HOLE, dump_only=True)}, move("b", "h.n.x")),
    "a list of what is known": later(
        {"a": Listed(Text()), "b": Text()},
        [wrap("a"), default("b", was="c")],
        [add("a", default="x"), relax("b", default="-")],
    ),
    "the first of what was converted": later({"l": Listed(Text())}, [convert("l", list, list)], [wrap("l")]),
    "what never leaves": hidden(load_only=True),
    "what never enters": hidden(dump_only=True),
    "nothing at all": api({"a": Text(required=True), "o": Nested(PAIR)}),
    "the app's own names": api(
        {
            "a": Text(attribute="in.a", required=True),
            "b": Text(attribute="other", data_key="B"),
            "c": Text(attribute="in.er.c", required=True),
            "d": Text(dump_only=True),
            "e": Text(load_only=True, attribute="in.e"),
            "f": fields.Pluck(PAIR, "x"),
            "o": Nested(PAIR, attribute="in.o", many=True),
        },
        *(rename("z", "a"), rename("g", "d"), add("f")),
    ),
}


# The law


def kinds(operation: type[Operation]) -> Iterator[type[Operation]]:
    """Every kind of operation that an author can declare."""
    for kind in operation.__subclasses__():
        if kind.__module__.startswith("translayer."):
            yield from kinds(kind) if kind.__subclasses__() else (kind,)


def test_TRN_4_5_every_operation_is_among_them() -> None:
    told = {type(one) for _, changes in APIS.values() for change in changes for made in change.values() for one in made}
    assert set(kinds(Operation)) - told == set()


@pytest.mark.parametrize("name", APIS)
def test_TRN_4_5_twins_agree_on_every_operation_wherever_it_is(name: str) -> None:
    for where, made in around(APIS[name]):
        for unknown in ("raise", "exclude") if where == "as it stands" else ("raise",):
            for direction, (body, taken) in asked(made, unknown=unknown).items():
                assert body.fast.reasons == ()
                assert taken > 0, (where, unknown, direction, body.fast.source)


LABELLED = schema(**LABEL)
HELD = schema(t=Nested(LABELLED, allow_none=True))
WORDED = schema(**THINGS)
AT_MOST_ONE = Listed(Nested(SHOUTED), validate=validate.Length(max=1))


class RuledSchema(Schema):
    a = Text()

    @validates_schema
    def is_right(self, found: dict[str, Any], **more: Any) -> None:
        """Asks the whole object."""


SLOW: dict[str, tuple[Api, str, str]] = {
    "a converted object that is reached into": (
        later(CARD, [convert("o", dict, dict)], [rename("o.b", "o.x")]),
        "What 'o' has become is no object that is known, and is changed further.",
        "",
    ),
    "null where an object is reached into": (
        later({"a": Text()}, [remove("o", was=Nested(PAIR, allow_none=True), default=None)], [rename("o.b", "o.x")]),
        "The default of 'o' is changed further.",
        "",
    ),
    "a converted object of a schema that changed": (
        api(CARD, convert("o", dict, dict), inner={PAIR: [rename("b", "x")]}),
        "What 'o' was converted to is changed further.",
        "",
    ),
    "a converted element of a schema that changed": (
        api(THINGS, unwrap("one"), convert("one", dict, dict), inner=LOUD),
        "What is in a list was converted, and is changed further.",
        "",
    ),
    "a translator inside what is reached into": (
        (HELD, [{LABELLED: [Handwritten(Backwards())]}, {HELD: [rename("t.length", "t.size")]}]),
        "'t' has a translator, and is reached into from around it.",
        "'t' has a translator, and is reached into from around it.",
    ),
    "a default without an older form": (
        api(
            {"a": Text()},
            remove("o", was=Nested(SHOUTED), default={"word": "3"}),
            inner={SHOUTED: [convert("word", loudly, loudly)]},
        ),
        "A default has no older form: at '/word': loudly failed: ValueError('3').",
        "",
    ),
    "a default without a newer form": (
        (WORDED, [LOUD, {WORDED: [add("one", default={"word": 3})]}]),
        "",
        "A default has no newer form: The value cannot be converted.",
    ),
    "a default that breaks today's rules": (
        api(THINGS, add("one", default={"word": 3})),
        "",
        "A default breaks today's rules: Not a valid string.",
    ),
    "other limits of a list of objects": (
        api(THINGS, constrain("many", was=AT_MOST_ONE)),
        "'many' has objects in it, and has changed.",
        "",
    ),
    "an object reached into that was in a list": (
        api(CARD, unwrap("p"), rename("p.b", "p.x")),
        "'p' is no longer a list, and was changed before.",
        "",
    ),
    "an object reached into that is in a list": (
        api({"p": Listed(Nested(PAIR))}, rename("p.b", "p.x"), wrap("p")),
        "",
        "'p' became a list, and is changed further.",
    ),
    "rules of the whole object": (
        (RuledSchema, [{RuledSchema: [rename("b", "a")]}]),
        "",
        "Ruled has rules that only marshmallow can ask.",
    ),
    "an object that may be left with nothing": (
        api(CARD, move("m.n.a", "a"), move("m.k", "o.y")),
        "",
        "'m' may be left with nothing in it.",
    ),
}
"""What has no fast path to clients, or from them, and the reasons."""


@pytest.mark.parametrize("name", SLOW)
def test_what_has_no_fast_path_says_why(name: str) -> None:
    made, reply, request = SLOW[name]
    found = asked(made)
    told = {direction: body.fast.reasons for direction, (body, _) in found.items()}
    assert told == {"reply": (reply,) if reply else (), "request": (request,) if request else ()}
    assert all(taken > 0 for body, taken in found.values() if body.fast.run is not None)


# What history costs


def renames(count: int) -> Api:
    """A field that was called otherwise in every version; the first name is the same for any count."""
    names = ["old", *(f"x{number:02}" for number in range(count - 1)), "label"]
    return later(LABEL, *([rename(old, new)] for old, new in reversed([*pairwise(names)])))


def moves(count: int) -> Api:
    """A field that went into an object and out again, time and again."""
    there, back = [move("a", "o.x")], [move("o.x", "a")]
    return later({"o": Nested(PAIR, required=True)}, *([there, back] * (count - 1)), there)


def groups(count: int) -> Api:
    """Fields that were grouped and set free, time and again."""
    there = [nest("a", "b", under="g"), flatten("g", "a", "b")]
    return later({"a": Text(required=True), "b": Text()}, *([there] * count))


def additions(count: int) -> Api:
    """A field more in every version."""
    new = {f"x{number:02}": Text() for number in range(count)}
    return later({"a": Text(required=True), **new}, *([add(name)] for name in reversed(new)))


def removals(count: int) -> Api:
    """A field less in every version."""
    return later({"a": Text(required=True)}, *([remove(f"x{number:02}", was=Text())] for number in range(count)))


def instructions(source: str) -> list[str]:
    """What the interpreter does in all functions of a text."""
    functions = [code for code in compile(source, "made", "exec").co_consts if isinstance(code, CodeType)]
    return [instruction.opname for code in functions for instruction in dis.get_instructions(code)]


@pytest.mark.parametrize("history", (renames, moves, groups, additions, removals))
def test_fifty_versions_leave_no_more_code_behind_than_one(history: Callable[[int], Api]) -> None:
    one, fifty = (asked(history(count), count=4) for count in (1, 50))
    for direction in ("reply", "request"):
        # What clients may send is counted, member by member, however many versions there are.
        short, long = (body[direction][0].fast.source.partition("\n\ndef quotes")[0] for body in (one, fifty))
        assert long.count("\n") == short.count("\n")
        assert instructions(long) == instructions(short)
