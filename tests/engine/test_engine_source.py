"""The text of compiled code: it reads as if written by hand, is the same every time, and shows in tracebacks."""

from __future__ import annotations

import ast
import builtins
import logging
import os
import subprocess
import sys
import traceback
from keyword import iskeyword
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields
from small import Api, Listed, Nested, Number, Text, api, later, shout, translation
from twins import Body, ask, reply_of, request_of

from translayer.document.values import ABSENT
from translayer.engine.source import Function, Module, word
from translayer.operations import add, convert, default, map_values, nest, remove, rename, require, split, wrap

ROOT = Path(__file__).parent.parent.parent


class PriceSchema(Schema):
    amount = fields.Decimal(as_string=True, required=True)
    currency = Text(required=True)


class GuestSchema(Schema):
    first_name = Text(required=True)
    last_name = Text(required=True)
    emails = Listed(Text())


class BookingSchema(Schema):
    id = Number(dump_only=True)
    passengers = Number(attribute="pax_count", required=True)
    status = Text(required=True)
    price = Nested(PriceSchema, required=True)
    guests = Listed(Nested(GuestSchema), allow_none=True)
    note = Text()


CHANGES: list[dict[type[Schema], list[Any]]] = [
    {
        GuestSchema: [split("name", into=("first_name", "last_name"), by=" "), wrap("emails")],
        BookingSchema: [map_values("status", {"open": "pending"}, downgrade_else="other")],
    },
    {BookingSchema: [rename("pax", "passengers"), nest("amount", "currency", under="price"), add("note", default="-")]},
]
BOOKINGS: Api = (BookingSchema, CHANGES)

REPLY = '''\
def guest_as_1(source):
    """Guest as version 1 shows it."""
    emails = source.emails
    first_of_emails = emails[0] if emails else UNSET if emails is UNSET else None
    name = source.first_name + ' ' + source.last_name
    return Guest(name, first_of_emails)


def booking_as_1(source):
    """Booking as version 1 shows it."""
    status = words_of_status.get(source.status, other_status)
    price = source.price
    return Booking(
        source.id,
        source.pax_count,  # pax
        status,
        price.amount,
        price.currency,
        [guest_as_1(item) for item in source.guests] if source.guests else source.guests,
    )
'''

REQUEST = '''\
def guest_from_1(source):
    """Guest from a client of version 1."""
    first_name, separator, last_name = source.name.partition(' ')
    if not separator:
        last_name = UNSET
    emails = source.emails
    if emails is not UNSET:
        emails = [] if emails is None else [emails]
    if last_name is UNSET:
        raise Refused
    return Guest(first_name, last_name, emails)


def booking_from_1(source):
    """Booking from a client of version 1."""
    if type(source.amount) is not str or not source.amount.replace('.', '', 1).isdecimal():
        check_amount(source.amount)
    status = words_of_status[source.status]
    price = Price(source.amount, source.currency)
    return Booking(
        source.pax,  # pax_count
        status,
        price,
        [guest_from_1(item) for item in source.guests] if source.guests else source.guests,
        '-',  # note
    )


def quotes_in_guest(source):
    """Quotes around the names and texts of Guest."""
    return 4 + (2 if source.emails is not UNSET else 0) + (2 if type(source.emails) is str else 0)


def quotes_in_booking(source):
    """Quotes around the names and texts of Booking."""
    return (
        12
        + (2 if type(source.amount) is str else 0)
        + (2 if source.guests is not UNSET else 0)
        + (sum([quotes_in_guest(item) for item in source.guests]) if source.guests else 0)
    )
'''


def bodies(made: Api, *, version: str = "1") -> tuple[Body, Body]:
    """Replies and requests of the oldest version."""
    way = translation(made)
    return reply_of(way, version=version), request_of(way, version=version)


def sources(made: Api, **version: str) -> list[str]:
    return [body.fast.source for body in bodies(made, **version)]


# As if written by hand


def test_a_text_reads_as_if_written_by_hand() -> None:
    assert sources(BOOKINGS) == [REPLY, REQUEST]


def test_where_nothing_is_changed_there_is_no_code() -> None:
    made = api({"a": Text(), "o": Nested(GuestSchema)}, default("a", was="x"))
    reply, request = sources(made)
    assert reply == "# Nothing is changed: what was decoded is what is encoded.\n"
    assert "def guest" not in request


def test_what_nothing_needs_is_not_read() -> None:
    made = later(
        {"a": Text(), "o": Nested(GuestSchema)},
        [nest("first_name", "last_name", under="o"), remove("b", was=Text(), default="b")],
        [add("first_name", default="x"), add("last_name", default="y"), add("a")],
    )
    assert sources(made)[0].splitlines()[2:] == ["    return Thing('b')"]


def test_a_member_that_is_called_like_a_local_does_not_need_it() -> None:
    function = Function(module := Module("things"), module.reserve("thing"), "A thing.")
    kept = function.alias("size", "source.size")
    function.alias("price", "source.price")
    function.returns(f"Thing(source.price, {kept})")
    assert not function.mentions("price", 2)
    assert function.text.splitlines()[2:] == ["    size = source.size", "    return Thing(source.price, size)"]


# The same every time


def test_ROB_7_2_equal_declarations_give_equal_texts() -> None:
    assert sources(BOOKINGS) == sources(BOOKINGS)


def test_ROB_7_2_whatever_the_hashes_of_the_process() -> None:
    asked = "import test_engine_source as t; print(*t.sources(t.BOOKINGS), sep='')"
    path = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    told = {
        subprocess.run(
            [sys.executable, "-c", asked],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert told == {REPLY + REQUEST + "\n"}


# In tracebacks


def impossible(found: Any) -> Any:
    raise LookupError("no such thing")


def test_ROB_7_2_tracebacks_show_the_line_that_called_an_authors_function() -> None:
    reply, _ = bodies(api({"a": Text(required=True)}, convert("a", impossible, impossible)))
    assert reply.fast.run is not None
    with pytest.raises(LookupError) as caught:
        reply.fast.run(b'{"a":"x"}')
    told = "".join(traceback.format_exception(caught.value))
    assert 'File "<translayer Thing as version 1 shows it #' in told
    assert "in thing_as_1\n    a = impossible(source.a)\n" in told


def test_ROB_7_2_so_does_the_log_where_a_body_is_left_to_the_slow_twin(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "translayer")
    reply, _ = bodies(api({"a": Text(required=True)}, convert("a", impossible, impossible)))
    assert reply.fast.take(b'{"a":"x"}') is ABSENT
    assert "a body is left to the slow twin: LookupError('no such thing')" in caplog.text
    assert "in thing_as_1\n    a = impossible(source.a)\n" in caplog.text


# Names of all kinds

HOSTILE = (
    *("", " ", "a b", "a-b", "1", "_", "__class__", "é", "Ünïcode", "😀", "\u202e", "\u2028", "\xa0", "A", "a.b" * 40),
    *('"', "'", "\\", '"""', "\n", "\r\n", "#", "}", "{0}", "%s", "');import os#", "\x00", "\x7f"),
    *("class", "def", "None", "True", "match", "len", "convert", "source", "item", "name", "UNSET", "Refused", "print"),
    *("str", "sum", "type", "quotes_in_thing", "separator"),
    *("OrderLine", "HTTPStatus2Code", "a" * 39 + ".b", "a" * 39 + "B"),
    *("thing_as_1", "check_a", "value", "value_2", "member_0", "member_0_", "T0_", "to_builtins", "duplicate", "self"),
)


@given(st.text() | st.sampled_from(HOSTILE))
def test_ROB_7_1_every_text_has_a_plain_name(text: str) -> None:
    name = word(text)
    assert name.isidentifier()
    assert name.isascii()
    assert not iskeyword(name)
    assert not name.startswith("_")
    assert len(name) < 50
    assert word(name) == name


@pytest.mark.parametrize("text", ("a" * 39 + ".b", "a" * 39 + "B", "a" * 39 + "_"))
def test_ROB_7_1_a_name_that_is_cut_is_a_plain_name(text: str) -> None:
    assert (word(text), word(word(text))) == ("a" * 39,) * 2


@pytest.mark.parametrize(
    ("text", "name"), (("OrderLine", "order_line"), ("orderNumber", "order_number"), ("Status2Code", "status2_code"))
)
def test_words_that_are_written_together_are_told_apart(text: str, name: str) -> None:
    assert word(text) == name


@given(st.lists(st.text() | st.sampled_from(HOSTILE), min_size=1))
def test_ROB_7_1_no_two_things_have_one_name(hints: list[str]) -> None:
    module = Module("things", UNSET=None)
    function = Function(module, module.reserve("thing"), "A thing.")
    made = [name for hint in hints for name in (module.value(word(hint), object()), function.let(hint, "source"))]
    assert len({"UNSET", "source", "thing", *made}) == len(made) + 3


@pytest.mark.parametrize("name", [name for name in HOSTILE if name and "." not in name])
def test_ROB_7_1_hostile_names_reach_the_text_as_plain_ones(name: str) -> None:
    inner = Schema.from_dict({name: Text(), "b": Text(required=True)}, name="InnerSchema")
    made = api(
        {name: Text(), "a": Text(), "o": Nested(inner), "l": Listed(Nested(inner))},
        *(convert("c", shout, shout), rename("c", name), require("o.b", default=name)),
        remove("d", was=Text(), default=name),
        inner={inner: [rename("e", name), add("b", default=name)]},
    )
    spelled = msgspec.json.encode({name: "x", "a": "y", "o": {name: "z", "b": ""}, "l": [{name: "x", "b": ""}]})
    for body, sent in zip(bodies(made), (spelled, b'{"c":"x","o":{"e":"y"},"l":[{"e":"x"}]}'), strict=True):
        taken = body.fast.run is not None and ask(body, sent)
        assert taken is not any(letter in name for letter in '"\\\n\r\x00')
        names_no_more_than_it_should(body.fast.source)


def names_no_more_than_it_should(source: str) -> None:
    """Only plain names are in a text, of builtins only four; what else was named is quoted, or in a comment."""
    assert source.replace("\n", "").isprintable()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            assert not (isinstance(node.ctx, ast.Load) and hasattr(builtins, node.id) and not assigned(node.id, source))
        assert not isinstance(node, ast.Import | ast.ImportFrom | ast.Global | ast.Lambda | ast.Await)


def assigned(name: str, source: str) -> bool:
    names = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name))
    return name in ("len", "str", "sum", "type") or any(
        isinstance(node.ctx, ast.Store) and node.id == name for node in names
    )


@pytest.mark.parametrize("version", ("1.0", "2024-06-01", "v 1", '"""\nimport os', "é", "class", "1\u2028"))
def test_ROB_7_1_so_do_names_of_versions_and_of_schemas(version: str) -> None:
    thing = type(f"Thing {version}", (Schema,), {"b": Text(), "o": Nested(type(version, (Schema,), {"b": Text()}))})
    made: Api = thing, [{thing: [rename("a", "b"), convert("o.b", impossible, impossible)]}]
    for body in bodies(made, version=version):
        assert ask(body, b"{}")
        functions = [node for node in ast.parse(body.fast.source).body if isinstance(node, ast.FunctionDef)]
        assert all(map(ast.get_docstring, functions))
        names_no_more_than_it_should(body.fast.source)
        assert body.fast.run is not None
        with pytest.raises(LookupError) as caught:
            body.fast.run(b'{"o":{"b":"x"}}')
        assert "= impossible(" in "".join(traceback.format_exception(caught.value))
