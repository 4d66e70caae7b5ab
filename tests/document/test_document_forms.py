"""YAML and MessagePack as forms of JSON: what is read, what is refused and where, and that nothing is lost."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from translayer.document import messagepack, yaml_text
from translayer.document.codec import MAX_DEPTH, decode, encode
from translayer.document.forms import NAMES, form, rendered
from translayer.document.values import ABSENT, equal
from translayer.errors import CODES, DecodeError

MOST = 1_000
BIG = "9" * 400
PARSERS = {"libyaml": (yaml.CSafeLoader, yaml.CSafeDumper), "pure": (yaml.SafeLoader, yaml.SafeDumper)}


@pytest.fixture(params=PARSERS)
def by(request: Any, monkeypatch: Any) -> Iterator[str]:
    """Both of PyYAML's parsers and printers, one after the other."""
    loader, dumper = PARSERS[request.param]
    monkeypatch.setattr(yaml_text, "_PARSER", loader)
    monkeypatch.setattr(yaml_text, "_EMITTER", dumper)
    return request.param


def read(name: str, body: bytes | str, most: int = MOST) -> Any:
    sent = body.encode() if isinstance(body, str) else body
    return json.loads(form(name).to_json(sent, most))


def refusal(name: str, body: bytes | str, most: int = MOST) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        read(name, body, most)
    return caught.value


# YAML

SCALARS = (
    *(("null", None), ("~", None), ("", None), ("Null", None), ("nUll", "nUll")),
    *(("true", True), ("FALSE", False), ("tRue", "tRue")),
    *((word, word) for word in ("yes", "No", "on", "OFF", "y", "n", "=", "1_000", "12:30", "2001-01-01", "1,5", "a b")),
    *(("0", 0), ("-0", 0), ("+12", 12), ("010", 10), ("0o14", 12), ("0x1F", 31), ("0b11", "0b11"), ("0" * 5000, 0)),
    *(("1.10", 1.1), ("1.", 1.0), (".5", 0.5), ("-1e3", -1000.0), ("1e-999", 0.0), (".", "."), ("1.2.3", "1.2.3")),
    *((BIG[:300], int(BIG[:300])), (".infinity", ".infinity"), ("nan", "nan"), ("'1'", "1"), ('"\\L"', "\u2028")),
    ("|\n one\n two", "one\ntwo\n"),
)


@pytest.mark.usefixtures("by")
@pytest.mark.parametrize(("text", "value"), SCALARS, ids=[text[:20] for text, _ in SCALARS])
def test_scalars_of_yaml_mean_what_the_core_schema_says(text: str, value: Any) -> None:
    found = read("yaml", f"a: {text}\n")["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.usefixtures("by")
@pytest.mark.parametrize(
    ("text", "value"),
    (
        ("---\n", None),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("\ufeffa: 1", {"a": 1}),
        ("# a\n- - 1\n  - []\n- {}\n", [[1, []], {}]),
        ("{a, 'b': 2, c: {d: e}}", {"a": None, "b": 2, "c": {"d": "e"}}),
        ("[a: b]", [{"a": "b"}]),
        ('{"json": [1, 2.5, "x", null, true]}', {"json": [1, 2.5, "x", None, True]}),
        ("'<<': 1\nyes: no\n", {"<<": 1, "yes": "no"}),
        ("'!': '!'\n", {"!": "!"}),
    ),
)
def test_documents_of_yaml(text: str, value: Any) -> None:
    assert read("yaml", text) == value


REFUSED_YAML = (
    ("", "EMPTY_BODY", ""),
    ("# nothing\n", "EMPTY_BODY", ""),
    (b"\xff", "INVALID_UNICODE", "offset 0"),
    ("a: 1\nb: \x00", "MALFORMED_YAML", "line 2, column 4: the character U+0000 has to be escaped"),
    ("a: '\u2028'", "MALFORMED_YAML", "line 1, column 5: the character U+2028 has to be escaped"),
    ("a:\n\ufeffb", "MALFORMED_YAML", "line 2, column 1: the character U+FEFF has to be escaped"),
    ("a: [", "MALFORMED_YAML", "line "),
    ("a: b: c", "MALFORMED_YAML", "line 1, column 5: mapping values are not allowed"),
    ('a: "\\ud800"', "MALFORMED_YAML", "line 1, column "),
    ('a:\n  "\\UFFFFFFFF"', "MALFORMED_YAML", "line 2, column "),
    ("%YAML 1.1\n%TAG ! x\n---\n", "MALFORMED_YAML", "line 2, column 1: only one line may begin with %"),
    ("a\n---\nb", "MALFORMED_YAML", "line 2, column 1: only one document is taken"),
    ("a: !!str b", "MALFORMED_YAML", "line 1, column 4: tags are not taken"),
    ("a: ! b", "MALFORMED_YAML", "line 1, column 4: tags are not taken"),
    ("!!python/object:os.system [x]", "MALFORMED_YAML", "line 1, column 1: tags are not taken"),
    ("a: &b [c]", "MALFORMED_YAML", "line 1, column 4: anchors are not taken"),
    ("&a b: c", "MALFORMED_YAML", "line 1, column 1: anchors are not taken"),
    ("a: *b", "MALFORMED_YAML", "line 1, column 4: aliases are not taken"),
    ("<<: {a: 1}", "MALFORMED_YAML", "line 1, column 1: merge keys are not taken"),
    ("200: ok", "MALFORMED_YAML", "line 1, column 1: the name of a member is no text, but would be one in quotes"),
    ("? [a]\n: b", "MALFORMED_YAML", "line 1, column 3: the name of a member is no text"),
    ("a: .inf", "MALFORMED_YAML", "line 1, column 4: .inf is not a JSON number"),
    ("a: -.INF", "MALFORMED_YAML", "-.INF is not a JSON number"),
    ("a: .NaN", "MALFORMED_YAML", ".NaN is not a JSON number"),
    ("a: 1e999", "NUMBER_OUT_OF_RANGE", "line 1, column 4"),
    ("a: -1e999", "NUMBER_OUT_OF_RANGE", "line 1, column 4"),
    (f"a: {BIG}", "NUMBER_OUT_OF_RANGE", "line 1, column 4"),
    (f"a: {BIG[:309]}", "NUMBER_OUT_OF_RANGE", "line 1, column 4"),
    (f"a: 0x{'f' * 400}", "NUMBER_OUT_OF_RANGE", "line 1, column 4"),
    ("a: 1\nb: 2\na: 3", "DUPLICATE_KEY", 'The member "a" at line 3, column 1 is named twice.'),
    ("[" * 100_000, "NESTED_TOO_DEEPLY", "64"),
    ("- " * 100_000, "NESTED_TOO_DEEPLY", "64"),
    ("{a: " * 100_000, "NESTED_TOO_DEEPLY", "64"),
    ("- 1\n" * 100_000, "TOO_MANY_VALUES", "1000"),
    # A hundred bytes that would be a billion values.
    ("a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]", "MALFORMED_YAML", "anchors are not taken"),
)


@pytest.mark.usefixtures("by")
@pytest.mark.parametrize(("body", "code", "told"), REFUSED_YAML, ids=[str(row[0])[:30] for row in REFUSED_YAML])
def test_what_is_refused_of_yaml(body: str | bytes, code: str, told: str) -> None:
    found = refusal("yaml", body)
    assert (found.code, told in found.description) == (code, True), found


def test_a_directive_that_python_cannot_count_is_refused(monkeypatch: Any) -> None:
    monkeypatch.setattr(yaml_text, "_PARSER", yaml.SafeLoader)
    assert refusal("yaml", f"%YAML 1.{'1' * 5000}\n---\n").code == "MALFORMED_YAML"


@pytest.mark.parametrize(
    "text",
    (
        *("yes", "No", "on", "off", "y", "N", "null", "~", "", "true", "nan", "inf", ".inf", "<<", "=", "1", "1e3"),
        *("0o14", "010", "12:30", "2001-01-01", "1_000", "0x1F", "+1", ".5", "-", "- a", "a: b", "a #b", " a", "a "),
        *("&a", "*a", "!a", "%a", "@a", "`a", "a\nb", "a\r\n", "\t", "\u2028\x85\xa0\ufeff\x7f\x00\x1b", "é", "😀"),
        *("Ada Lovelace", "a,b", "[a]", "{a}", "'a'", '"a"', "---", "...", "k" * 2000, "a\\b", "?", "? a", "|", ">"),
    ),
)
@pytest.mark.parametrize("reader", (yaml.SafeLoader, yaml.CSafeLoader))
def test_texts_stay_texts_for_readers_of_both_versions(by: str, reader: Any, text: str) -> None:
    for value in (text, {text: text}, [[text]]):
        printed = rendered(value, "yaml")
        assert (yaml.load(printed, reader), read("yaml", printed)) == (value, value)


def test_yaml_is_printed_in_blocks_in_the_order_of_members(by: str) -> None:
    value = {"b": [{"z": 1, "a": [1.0, 1e16, 10**30, -0.0]}, [], {}], "a": "x: y", "né": None, "when": "12:30"}
    assert rendered(value, "yaml").decode() == (
        "b:\n- z: 1\n  a:\n  - 1.0\n  - 1.0e+16\n  - 1000000000000000000000000000000\n  - -0.0\n- []\n- {}\n"
        'a: "x: y"\n"né": null\nwhen: "12:30"\n'
    )


# MessagePack


def packed(*parts: bytes | str) -> bytes:
    return b"".join(part.encode() if isinstance(part, str) else part for part in parts)


READ_MSGPACK = (
    (b"\xc0", None),
    (b"\xc3", True),
    (b"\x7f", 127),
    (b"\xe0", -32),
    *((b"\xcc\x01", 1), (b"\xcd\x00\x01", 1), (b"\xce\0\0\0\x01", 1), (b"\xcf" + b"\xff" * 8, 2**64 - 1)),
    *((b"\xd0\xff", -1), (b"\xd1\xff\xff", -1), (b"\xd2" + b"\xff" * 4, -1), (b"\xd3\x80" + b"\0" * 7, -(2**63))),
    *((b"\xca\x3f\x80\0\0", 1.0), (struct.pack(">Bd", 0xCB, 1.1), 1.1)),
    *((b"\xa1a", "a"), (b"\xbf" + b"a" * 31, "a" * 31)),
    *((b"\xd9\x01a", "a"), (b"\xda\x00\x01a", "a"), (b"\xdb\0\0\0\x01a", "a")),
    *((b"\x92\x01\x90", [1, []]), (b"\xdc\x00\x01\x01", [1]), (b"\xdd\0\0\0\x01\x01", [1])),
    *((b"\x81\xa1a\x80", {"a": {}}), (b"\xde\x00\x01\xd9\x01a\x01", {"a": 1}), (b"\xdf\0\0\0\x01\xa1a\x01", {"a": 1})),
)


@pytest.mark.parametrize(("body", "value"), READ_MSGPACK, ids=[row[0][:6].hex() for row in READ_MSGPACK])
def test_what_is_read_of_messagepack(body: bytes, value: Any) -> None:
    found = read("msgpack", body)
    assert (found, type(found)) == (value, type(value))
    # Where there may be too many values, the definition reads alone.
    assert messagepack._read(body, MOST) == value


REFUSED_MSGPACK = (
    (b"", "EMPTY_BODY", ""),
    (b"\xc1", "MALFORMED_MSGPACK", "byte offset 0: nothing begins with the byte 0xc1"),
    (b"\x92\x01\xc4\x01a", "MALFORMED_MSGPACK", "byte offset 2: bytes are no JSON value"),
    (b"\xd6\xff\0\0\0\0", "MALFORMED_MSGPACK", "byte offset 0: extensions, timestamps among them"),
    (b"\xc7\x01\x05a", "MALFORMED_MSGPACK", "byte offset 0: extensions"),
    (b"\x01\x02", "MALFORMED_MSGPACK", "byte offset 1: the value has ended before"),
    (b"\x92\x01", "MALFORMED_MSGPACK", "byte offset 2: it ends in the middle of a value"),
    (b"\xa2a", "MALFORMED_MSGPACK", "byte offset 2: it ends in the middle"),
    (b"\xcb\x00", "MALFORMED_MSGPACK", "byte offset 2: it ends in the middle"),
    (b"\xdd\xff\xff\xff\xff\xc0", "MALFORMED_MSGPACK", "byte offset 6: it ends in the middle"),
    (b"\xdb\xff\xff\xff\xff", "MALFORMED_MSGPACK", "byte offset 5: it ends in the middle"),
    (struct.pack(">BBd", 0x91, 0xCB, float("inf")), "MALFORMED_MSGPACK", "byte offset 1: inf is not a JSON number"),
    (b"\xca\x7f\xc0\0\0", "MALFORMED_MSGPACK", "byte offset 0: nan is not a JSON number"),
    (b"\x81\x01\x01", "MALFORMED_MSGPACK", "byte offset 1: the name of a member is no text"),
    (b"\x81\xc4\x01a\x01", "MALFORMED_MSGPACK", "byte offset 1: the name of a member is no text"),
    (b"\x81\x91\x01\x01", "MALFORMED_MSGPACK", "byte offset 1: the name of a member is no text"),
    (b"\x82\xa1a\x01\xa1a\x02", "DUPLICATE_KEY", 'The member "a" at byte offset 4 is named twice.'),
    (b"\x82\xa1a\x01\xd9\x01a\x02", "DUPLICATE_KEY", 'The member "a" at byte offset 4 is named twice.'),
    (b"\x91\xa2a\xff", "INVALID_UNICODE", "The text at byte offset 2 is not UTF-8: the byte at offset 3 is wrong."),
    (b"\xa3\xed\xa0\x80", "INVALID_UNICODE", "the byte at offset 1"),
    (b"\x91" * 100_000, "NESTED_TOO_DEEPLY", "64"),
    (b"\x81\xa1a" * 100_000, "NESTED_TOO_DEEPLY", "64"),
    (b"\x91" * 65 + b"\xc0", "NESTED_TOO_DEEPLY", "64"),
    (b"\xdd\xff\xff\xff\xff" + b"\xc0" * 10_000, "TOO_MANY_VALUES", "1000"),
)


@pytest.mark.parametrize(("body", "code", "told"), REFUSED_MSGPACK, ids=[row[0][:8].hex() for row in REFUSED_MSGPACK])
def test_what_is_refused_of_messagepack(body: bytes, code: str, told: str) -> None:
    found = refusal("msgpack", body)
    assert (found.code, told in found.description) == (code, True), found


@pytest.mark.parametrize(
    ("number", "expected"),
    (
        (2**64 - 1, 2**64 - 1),
        (-(2**63), -(2**63)),
        (2**64, float(2**64)),
        (-(2**63) - 1, float(-(2**63))),
        (10**30, 1e30),
        (10**400, "1" + "0" * 400),
        (1.1, 1.1),
    ),
)
def test_integers_beyond_64_bits_are_told_as_doubles_and_those_beyond_as_texts(number: Any, expected: Any) -> None:
    value = {"a": [number, True, "x", 2**64]}
    found = msgspec.msgpack.decode(rendered(value, "msgpack"))
    assert found == {"a": [expected, True, "x", float(2**64)]}
    assert type(found["a"][0]) is type(expected)


# Both


def test_json_is_a_form_too_and_all_refuse_what_is_no_json() -> None:
    assert rendered({"a": [1]}, "json") == b'{"a":[1]}'
    assert NAMES == ("yaml", "msgpack")
    for name in ("json", *NAMES):
        with pytest.raises(ValueError, match="nan is not a JSON number"):
            rendered([float("nan")], name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("inner", ([], {}, 1))
def test_as_many_levels_and_values_are_taken_as_of_json(name: str, inner: Any) -> None:
    """An empty array or object is a level, and counts as two values."""
    size = 1 if inner == 1 else 2
    body = rendered([1, inner, "x"], name)
    assert read(name, body, 3 + size) == decode(b"[1," + encode(inner) + b',"x"]', most=3 + size)
    assert refusal(name, body, 2 + size).code == "TOO_MANY_VALUES"
    for levels in (MAX_DEPTH, MAX_DEPTH + 1):
        nested = inner
        for _ in range(levels - (inner != 1)):
            nested = [nested]
        if levels == MAX_DEPTH:
            assert read(name, rendered(nested, name)) == nested
        else:
            assert refusal(name, rendered(nested, name)).code == "NESTED_TOO_DEEPLY"


texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from([text for text, _ in SCALARS])
numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    numbers | st.none() | st.booleans() | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)


@given(values)
def test_whatever_is_printed_is_read_as_the_same(value: Any) -> None:
    for name in NAMES:
        found = read(name, rendered(value, name))
        assert equal(found, value)
        assert repr(found) == repr(value), "members in order, and each number of its type"
    assert equal(yaml.load(rendered(value, "yaml"), yaml.CSafeLoader), value)


@given(values)
def test_the_definition_of_messagepack_reads_what_its_shortcut_does(value: Any) -> None:
    body = rendered(value, "msgpack")
    short = messagepack._to_json_fast(body, 10**6)
    assert encode(messagepack._read(body, 10**6)) == encode(value)
    assert short in (encode(value), ABSENT)


MARKS = ("a", "1", "'", '"', ",", "[", "]", "{", "}", "&a", "*a", "!", "|", ">", "#", "%", "<<", "~", "0x", ".inf")
ODD = ("\\", "\\U0011", "\x85", "\ufeff", "\t", "\r", "é")
BREAKS = (": ", "- ", "? ", "!!x ", "\n", "  ", "---\n", "...\n", "%YAML 1.2\n")
snippets = st.lists(st.sampled_from((*MARKS, *ODD, *BREAKS))).map("".join)
heads = st.lists(st.integers(0, 255).map(lambda byte: bytes([byte])) | st.binary(max_size=3)).map(b"".join)


@given(st.binary() | snippets.map(str.encode) | heads)
@example(b'"\\U00110000"')
def test_ROB_2_1_any_bytes_are_a_document_or_have_a_code(body: bytes) -> None:
    for name in NAMES:
        found = outcome(name, body)
        if isinstance(found, bytes):
            assert encode(decode(found, most=MOST)) == found
        else:
            assert CODES[found.code].status == 400
            told = re.search(r"line \d+, column \d+|offset \d+", found.description)
            assert told or "MALFORMED" not in found.code


def outcome(name: str, body: bytes) -> bytes | DecodeError:
    try:
        return form(name).to_json(body, MOST)
    except DecodeError as refused:
        return refused
