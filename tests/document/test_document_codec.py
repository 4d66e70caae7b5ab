"""The codec: what is read, what is refused and with which code, and what never leaves."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import uuid
from collections import OrderedDict
from math import inf
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from translayer.document.codec import MAX_DEPTH, MAX_PRINTED_DEPTH, decode, encode, ensure_json, skim
from translayer.document.values import equal
from translayer.errors import CODES, DecodeError

LARGEST = int(1.7976931348623157e308)
HALF_STEP = 2**970
"""Half the distance from the largest double to the next one, were there one: from there on numbers round upwards."""


def nested(levels: int, core: bytes = b"") -> bytes:
    return b"[" * levels + core + b"]" * levels


def shortened(value: Any) -> str | None:
    """An id of readable length for a body of any length."""
    return repr(value)[:30] if isinstance(value, bytes) else None


# Reading

ACCEPTED = (
    (b"null", None),
    (b" \t\r\n[ ] ", []),
    (b"1", 1),
    (b"-0", 0),
    (b"1.0", 1.0),
    (b"1E2", 100.0),
    (b"1e-999", 0.0),
    (b"18446744073709551616", 2**64),
    (str(LARGEST).encode(), LARGEST),
    (str(-LARGEST).encode(), -LARGEST),
    (str(LARGEST + HALF_STEP - 1).encode(), LARGEST + HALF_STEP - 1),
    (b"[" + b"1" * 308 + b"]", [int("1" * 308)]),
    (b'"' + b"1" * 5000 + b'"', "1" * 5000),
    (b"0." + b"1" * 5000, 0.1111111111111111),
    (b'{"a":{"b":1},"b":{"b":1}}', {"a": {"b": 1}, "b": {"b": 1}}),
    (b'"\\ud83d\\ude00"', "😀"),
    (b'"\\\\ud800"', "\\ud800"),
    (b'"\\ud83d\\ude00\\\\ud800"', "😀\\ud800"),
    (b'"\\u0000\x7f\\/"', "\x00\x7f/"),
    ('"\ufeff\u2028"'.encode(), "\ufeff\u2028"),
    (b'{"":{"":1}}', {"": {"": 1}}),
)


@pytest.mark.parametrize("unique", (True, False))
@pytest.mark.parametrize(("body", "value"), ACCEPTED, ids=shortened)
def test_both_ways_of_reading_give_the_same_value(body: bytes, value: Any, unique: bool) -> None:
    read = decode(body, unique=unique)
    assert repr(read) == repr(value)


def test_the_sign_of_a_zero_with_a_point_is_kept() -> None:
    assert repr(decode(b"-0.0")) == repr(decode(b"-0.0", unique=False)) == "-0.0"


REFUSED = (
    (b"", "EMPTY_BODY", "The body is empty."),
    (b" \r\n\t", "EMPTY_BODY", "The body is empty."),
    (b"\x0c", "MALFORMED_JSON", "line 1, column 1"),
    (b"\x00", "MALFORMED_JSON", "line 1, column 1"),
    (b"\xef\xbb\xbf{}", "MALFORMED_JSON", "line 1, column 1"),
    (b"{", "MALFORMED_JSON", "line 1, column 2"),
    (b"[1,]", "MALFORMED_JSON", "line 1"),
    (b'{"a":1,}', "MALFORMED_JSON", "line 1"),
    (b"{'a':1}", "MALFORMED_JSON", "line 1, column 2"),
    (b"{1:2}", "MALFORMED_JSON", "line 1, column 2"),
    (b"[1]x", "MALFORMED_JSON", "line 1, column 4: Extra data."),
    (b"[1] // one", "MALFORMED_JSON", "line 1, column 5"),
    (b'[\n  "\xc3\xa9", x]', "MALFORMED_JSON", "line 2, column 8: Expecting value."),
    (b'"a\nb"', "MALFORMED_JSON", "line 1, column 3: Invalid control character."),
    (b'"abc', "MALFORMED_JSON", "line 1, column 1: Unterminated string."),
    (b'"\\x"', "MALFORMED_JSON", r"line 1, column 2: Invalid \escape."),
    (b"01", "MALFORMED_JSON", "line 1, column 2"),
    (b"+1", "MALFORMED_JSON", "line 1, column 1"),
    (b"-", "MALFORMED_JSON", "line 1, column 1"),
    (b"1.", "MALFORMED_JSON", "line 1, column 2"),
    (b".5", "MALFORMED_JSON", "line 1, column 1"),
    (b"True", "MALFORMED_JSON", "line 1, column 1"),
    (b"NaN", "MALFORMED_JSON", "line 1, column 1: NaN is not a JSON number."),
    (b'["NaN", Infinity]', "MALFORMED_JSON", "line 1, column 9: Infinity is not a JSON number."),
    (b'{"a":\n -Infinity}', "MALFORMED_JSON", "line 2, column 2: -Infinity is not a JSON number."),
    (b"-NaN", "MALFORMED_JSON", "line 1, column 1"),
    (b"NaN\x00", "MALFORMED_JSON", "line 1, column 1: NaN"),
    (b"[1e999x", "NUMBER_OUT_OF_RANGE", "line 1, column 2"),
    (b"[" + b"1" * 400 + b".", "NUMBER_OUT_OF_RANGE", "line 1, column 2"),
    (b"[" + b"1" * 400 + b"e+-", "NUMBER_OUT_OF_RANGE", "line 1, column 2"),
    (b'"\xff"', "INVALID_UNICODE", "offset 1"),
    (b'{"\xc0\x80":1}', "INVALID_UNICODE", "offset 2"),
    (b'"\xed\xa0\x80"', "INVALID_UNICODE", "offset 1"),
    ('["é"]'.encode("utf-16-le"), "INVALID_UNICODE", "offset 4"),
    (b'"\\ud800"', "INVALID_UNICODE", "line 1, column 2"),
    (b'{\n"\\uDFFF":1}', "INVALID_UNICODE", "line 2, column 2"),
    (b'"\\ud83d\\ud83d\\ude00"', "INVALID_UNICODE", "line 1, column 2"),
    (b'"\\ude00\\ud83d"', "INVALID_UNICODE", "line 1, column 2"),
    (b'"\\\\\\ud800"', "INVALID_UNICODE", "line 1, column 4"),
    (b"1e999", "NUMBER_OUT_OF_RANGE", "line 1, column 1"),
    (b'["1e999",\n -1e999]', "NUMBER_OUT_OF_RANGE", "line 2, column 2"),
    (b'{"a":"1e999","a":-1e999}', None, "line 1"),
    (b"1" * 5000, "NUMBER_OUT_OF_RANGE", "line 1, column 1"),
    (b"-" + b"1" * 310, "NUMBER_OUT_OF_RANGE", "line 1, column 1"),
    (b"[0.5, " + b"1" * 310 + b"]", "NUMBER_OUT_OF_RANGE", "line 1, column 7"),
    (b"1" * 400 + b".5", "NUMBER_OUT_OF_RANGE", "line 1, column 1"),
    (str(LARGEST + HALF_STEP).encode(), "NUMBER_OUT_OF_RANGE", "line 1, column 1"),
    (nested(MAX_DEPTH + 1), "NESTED_TOO_DEEPLY", "64 levels"),
    (b"[" * 100_000, "NESTED_TOO_DEEPLY", "64 levels"),
    (b'{"a":' * 100_000, "NESTED_TOO_DEEPLY", "64 levels"),
    (b'[{"a":' * 50_000, "NESTED_TOO_DEEPLY", "64 levels"),
    (b'["\\"", "\\\\", ' + b"[" * 100_000, "NESTED_TOO_DEEPLY", "64 levels"),
    (b"[]" * 100, "MALFORMED_JSON", "line 1, column 3: Extra data."),
    (b"]" * 100 + b"[" * 100, "MALFORMED_JSON", "line 1, column 1"),
    (b'\\"' + b"[" * 100_000, "NESTED_TOO_DEEPLY", "64 levels"),
    (b'"' + b"[" * 100_000, "MALFORMED_JSON", "line 1, column 1: Unterminated string."),
)

COUNTED = (
    # text, how many values it is counted as
    (b"1", 1),
    (b'"a, [{,"', 1),
    (b"[1]", 2),
    (b"[1, 2]", 3),
    (b'{"a": 1, "b,": "c,[", "d": [null, true]}', 6),
    (b'["\\"", ",", "\\\\", "", "[\\"{\\\\"]', 6),
    (b'["", ",", "", ",,", ""]', 6),
    (b"[]", 2),
    (b"[{}, [[]]]", 6),
)


@pytest.mark.parametrize("unique", (True, False))
@pytest.mark.parametrize(("body", "values"), COUNTED)
def test_ROB_2_7_a_text_of_too_many_values_is_refused(body: bytes, values: int, unique: bool) -> None:
    assert decode(body, unique=unique, most=values) == decode(body)
    with pytest.raises(DecodeError, match=f"TOO_MANY_VALUES: The body holds more than {values - 1} values") as refusal:
        decode(body, unique=unique, most=values - 1)
    assert refusal.value.code in CODES


def test_ROB_2_7_it_is_refused_before_it_is_read() -> None:
    for unread in (b"[" + b"1," * 1000, b'{"a": NaN, ' + b"[{}, " * 10):
        with pytest.raises(DecodeError, match="TOO_MANY_VALUES"):
            decode(unread, most=10)


DUPLICATES = (
    (b'{"a":1,"a":1}', '"a" at line 1, column 8'),
    (b'{"a":1,\n "\\u0061" : 2}', '"a" at line 2, column 2'),
    (b'[{"b":{},"a":"b"},{"b":{"b":{}, "c":{}, "c":[]}}]', '"c" at line 1, column 41'),
    (b'{"":1,"":2}', '"" at line 1, column 7'),
    (b'{"\\n\\"":1,"\\n\\"":2}', r'"\n\"" at line 1, column 11'),
    (b'{"%b":1,"%b":2}' % (b"k" * 50, b"k" * 50), '"' + "k" * 40 + '…" at line 1, column 57'),
)


@pytest.mark.parametrize("unique", (True, False))
@pytest.mark.parametrize(("body", "code", "words"), REFUSED, ids=shortened)
def test_ROB_2_1_each_kind_of_bad_json_has_its_code_and_place(
    body: bytes, code: str | None, words: str, unique: bool
) -> None:
    with pytest.raises(DecodeError) as refusal:
        decode(body, unique=unique)
    assert refusal.value.code == code or code is None
    assert words in refusal.value.description
    assert refusal.value.code in CODES
    encode(refusal.value.description)


@pytest.mark.parametrize(("body", "words"), DUPLICATES, ids=shortened)
def test_ROB_2_1_a_member_named_twice_is_refused_in_requests_and_the_last_wins_in_replies(
    body: bytes, words: str
) -> None:
    with pytest.raises(DecodeError) as refusal:
        decode(body)
    assert refusal.value.code == "DUPLICATE_KEY"
    assert words in refusal.value.description
    assert decode(body, unique=False) == json.loads(body)


def test_a_reply_is_never_refused_for_its_duplicates() -> None:
    with pytest.raises(DecodeError, match="The number at line 1, column 13 "):
        decode(b'{"a":1,"a":[1e999]}', unique=False)


SKIMMED = (
    (b"1e999", inf),
    (b"-1E+999", -inf),
    (b"9" * 309, inf),
    (b"-" + b"9" * 5000, -inf),
    (b"1" + b"0" * 308, 10**308),
    (b"9" * 308, 10**308 - 1),
    (b"1e-999", 0.0),
    (b'"\xff\xc3\xa9"', "\udcffé"),
    (b'"\xed\xa0\x80"', "\udced\udca0\udc80"),
    (b'"\\ud800"', "\ud800"),
    (b'{"a":1,"a":2}', {"a": 2}),
)


@pytest.mark.parametrize(("body", "value"), SKIMMED, ids=shortened)
def test_TRN_10_3_what_is_skimmed_need_only_be_json_in_form(body: bytes, value: Any) -> None:
    assert skim(body) == value
    assert skim(b'[{"b":' + body + b"}, 1]") == [{"b": value}, 1]
    levels = MAX_PRINTED_DEPTH - 1
    found = skim(nested(levels, body))
    for _ in range(levels):
        (found,) = found
    assert found == value


@pytest.mark.parametrize(
    ("body", "code"),
    (
        (b" \n", "EMPTY_BODY"),
        (b"{", "MALFORMED_JSON"),
        (b"[NaN]", "MALFORMED_JSON"),
        (b"[-Infinity]", "MALFORMED_JSON"),
        (b"[01]", "MALFORMED_JSON"),
        (b'["\x01"]', "MALFORMED_JSON"),
        (b'["\\x"]', "MALFORMED_JSON"),
        (b"\xef\xbb\xbf1", "MALFORMED_JSON"),
        (b"\xff", "MALFORMED_JSON"),
        (b"[1e999,]", "MALFORMED_JSON"),
        (nested(100_000), "NESTED_TOO_DEEPLY"),
        (nested(100_000, b"1e999"), "NESTED_TOO_DEEPLY"),
        (nested(100_000, b"9" * 400), "NESTED_TOO_DEEPLY"),
    ),
    ids=shortened,
)
def test_ROB_2_1_what_is_no_json_in_form_is_refused_where_it_is_skimmed(body: bytes, code: str) -> None:
    with pytest.raises(DecodeError) as refusal:
        skim(body)
    assert refusal.value.code == code
    encode(refusal.value.description)


DEPTH = (
    nested(MAX_DEPTH),
    nested(MAX_DEPTH // 2, nested(MAX_DEPTH // 2)),
    b"[" + b"{}," * 1000 + b"[]]",
    b'"' + b"[" * 100_000 + b'"',
    b'["\\"' + b"[" * 100_000 + b'", "' + b"{" * 100 + b'\\\\"]',
    b'{"' + b"[" * 100 + b'":"' + b"]" * 100 + b'"}',
    b'{"a":' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH,
)


@pytest.mark.parametrize("unique", (True, False))
@pytest.mark.parametrize("body", DEPTH, ids=shortened)
def test_brackets_in_strings_and_brackets_side_by_side_are_not_depth(body: bytes, unique: bool) -> None:
    assert decode(body, unique=unique) == json.loads(body)


NUMBERS = st.integers(-LARGEST, LARGEST) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)
FRAGMENTS = st.sampled_from(
    [
        *'[]{}:,"\\ \n01-+.eEud',
        "\\ud83d",
        "\\ude00",
        "null",
        "true",
        '"a":',
        '"a"',
        "NaN",
        "1e308",
        "9" * 309,
        "é",
        "\0",
    ]
)


def size(value: Any) -> int:
    """How many values there are in one, an empty array or object counting as two."""
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 1 if members is None else 1 + max(1, sum(map(size, members)))


@given(DOCUMENTS, st.booleans())
def test_ROB_2_7_values_are_counted_exactly_whatever_they_are(document: Any, indented: bool) -> None:
    body = json.dumps(document, indent=1, ensure_ascii=False).encode() if indented else encode(document)
    assert equal(decode(body, most=size(document)), document)
    with pytest.raises(DecodeError, match="TOO_MANY_VALUES"):
        decode(body, most=size(document) - 1)


@given(DOCUMENTS)
@example(-0.0)
@example([5e-324, 1e22, 123456789012345680.0])
def test_what_is_printed_is_read_again_as_the_same_document(document: Any) -> None:
    body = encode(document)
    for unique in (True, False):
        again = decode(body, unique=unique)
        assert equal(again, document)
        assert encode(again) == body
    assert equal(json.loads(body), document)


def outcome(body: bytes, unique: bool) -> tuple[str, str]:
    try:
        return "value", repr(decode(body, unique=unique))
    except DecodeError as refusal:
        return refusal.code, refusal.description


@given(st.binary(max_size=40) | st.lists(FRAGMENTS, max_size=12).map(lambda parts: "".join(parts).encode()))
@example(b"NaN\x00")
@example(b'{"a":1,"a":2}"a":')
def test_any_bytes_give_a_value_or_a_refusal_the_same_both_ways(body: bytes) -> None:
    strictly, loosely = outcome(body, True), outcome(body, False)
    assert strictly == loosely or strictly[0] == "DUPLICATE_KEY"
    try:
        standard = ("value", repr(json.loads(body.decode())))
    except ValueError:
        standard = ("refused", "")
    if loosely[0] in ("value", "MALFORMED_JSON") and "not a JSON number" not in loosely[1]:
        assert (loosely == standard) is (loosely[0] == "value")


# Printing


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Text(str):
    """As template engines have one."""


class Share(float):
    """As numeric packages have one."""


PRINTED = (
    ({"b": [1, 2.5, None], "a": "é\n\u2028/"}, '{"b":[1,2.5,null],"a":"é\\n\u2028/"}'),
    (10**400, "1" + "0" * 400),
    (-(2**70), str(-(2**70))),
    (True, "true"),
    (1.0, "1.0"),
    (OrderedDict(a=1), '{"a":1}'),
    (Colour.RED, '"red"'),
    ([Level.HIGH], "[3]"),
    ({Colour.RED: Text("é")}, '{"red":"é"}'),
    ([Share(0.5)], "[0.5]"),
)


@pytest.mark.parametrize(("value", "text"), PRINTED)
def test_printing_is_compact_and_exact(value: Any, text: str) -> None:
    assert encode(value) == text.encode()
    ensure_json(value)


circular: list[Any] = []
circular.append({"again": [circular, circular]})

NOT_JSON = (
    (float("nan"), "at the whole document: nan is not a JSON number"),
    ([0, float("inf")], "at /1: inf is not a JSON number"),
    ({"a": [{"b/c": -float("inf")}]}, "at /a/0/b~1c: -inf is not a JSON number"),
    ([Share("nan")], "at /0: nan"),
    ((1, 2), "at the whole document: tuple is not a JSON type"),
    ({"a": {1}}, "at /a: set is not"),
    ([frozenset()], "at /0: frozenset is not"),
    ([b"a"], "at /0: bytes is not"),
    ([bytearray()], "at /0: bytearray is not"),
    ([datetime.date(2026, 1, 2)], "at /0: date is not"),
    ([datetime.datetime(2026, 1, 2)], "at /0: datetime is not"),
    ([datetime.timedelta(1)], "at /0: timedelta is not"),
    ({"price": decimal.Decimal("1.5")}, "at /price: Decimal is not"),
    ([uuid.UUID(int=1)], "at /0: UUID is not"),
    ([object], "at /0: type is not"),
    ({1: 2}, "the name 1 is a int, not a str"),
    ([{None: 2}], "at /0: the name None is a NoneType"),
    ({"a": {1.5: 2}}, "at /a: the name 1.5 is a float"),
    ({("k",) * 50: 2}, "… is a tuple"),
    ("\ud800", r"'\ud800' holds half of a surrogate pair"),
    ({"\udfff" * 50: 1}, r"\udfff…"),
    ([Text("\ud800")], "half of a surrogate pair"),
    (circular, "holding itself"),
    (json.loads(nested(MAX_PRINTED_DEPTH + 1)), "nested more than 128 levels"),
)


@pytest.mark.parametrize(("value", "words"), NOT_JSON)
@pytest.mark.parametrize("refuse", (encode, ensure_json))
def test_ROB_2_2_what_is_not_json_never_leaves(refuse: Any, value: Any, words: str) -> None:
    with pytest.raises(ValueError) as refusal:
        refuse(value)
    assert words.replace("…", "\\u2026") in ascii(str(refusal.value)).replace("\\\\", "\\")


def test_integers_longer_than_python_prints_are_refused_and_do_not_hang() -> None:
    with pytest.raises(ValueError, match="4300 digits"):
        encode(10**5000)


def test_an_envelope_fits_around_a_document_of_full_depth() -> None:
    document = decode(nested(MAX_DEPTH))
    assert encode({"items": [document]}) == b'{"items":[' + nested(MAX_DEPTH) + b"]}"
