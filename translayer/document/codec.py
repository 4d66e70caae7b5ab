"""The codec: the only place that parses or prints JSON, with its bounds.

Strategy: one definition of what is accepted, and a shortcut. The definition is the parser of the standard library
with a hook for each thing that RFC 8259 leaves open: names given twice, numbers that no double can hold, ``NaN``.
The shortcut is msgspec, which is several times faster but takes the last of two equal names in silence; it reads
where that is wanted, and whatever it refuses is read again by the definition, which knows the place and the code.
Depth is measured on the bytes before either sees them, since both recurse; so is the number of values, where it is
bounded, since each takes far more room in memory than in the text. A text of which only a part is kept is skimmed:
that reads it in the same two ways, and leaves what is no matter of form to the printing of what is kept. Printing is
msgspec's, after a check of its own: msgspec prints ``NaN`` as ``null``, and dates, sets and bytes as something that
looks like JSON.

Bytes and values only: no HTTP, and no opinion on whose fault a refusal is.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from math import isfinite, isinf
from typing import Final, NoReturn

import msgspec

from translayer.document.values import ABSENT, Absent, Json, Object
from translayer.errors import DecodeError, Path, pointer

MAX_DEPTH: Final = 64
"""Levels that arrays and objects may nest. Every parser, validator and copier in use recurses, and each is safe with
64; real documents have fewer than ten."""

MAX_PRINTED_DEPTH: Final = 2 * MAX_DEPTH
"""Levels that are printed: room for an envelope around a document of ``MAX_DEPTH``. What is deeper holds itself."""

LONGEST_SAFE_INTEGER: Final = 308
"""Digits that an integer may have without a look at its value: the largest double has 309."""

_SHOWN: Final = 40
"""Characters of the client's own text that a description repeats: enough to recognise it, too few to flood a log."""

_BACKSLASH: Final = ord("\\")
"""A number is looked for in bytes in a fraction of the time that a text takes."""

_SPACE: Final = b" \t\n\r"


def _all_but(kept: bytes) -> bytes:
    """Every byte but quotes and some others."""
    return bytes(byte for byte in range(256) if byte not in b'"' + kept)


_ALL_BUT_BRACKETS: Final = _all_but(b"[]{}")
_OPENINGS_AND_COMMA: Final = b"[{,"
_ALL_BUT_OPENINGS_AND_COMMA: Final = _all_but(_OPENINGS_AND_COMMA)
_STEPS: Final = tuple({"[": 1, "{": 1, "]": -1, "}": -1}.get(chr(byte), 0) for byte in range(256))
_DIGITS_AS_ZEROS: Final = bytes(ord("0") if chr(byte) in "0123456789" else byte for byte in range(256))
_LONG_INTEGER: Final = b"0" * (LONGEST_SAFE_INTEGER + 1)

_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE: Final = re.compile(
    r"""\\(?: u[dD][89abAB][0-9a-fA-F]{2} \\u[dD][c-fC-F][0-9a-fA-F]{2}  # a pair
            | (?P<half> u[dD][89a-fA-F][0-9a-fA-F]{2} )
            | . )""",
    re.VERBOSE | re.DOTALL,
)
_SCALAR: Final = re.compile(
    r"""  "(?:[^"\\]++|\\.)*+"
      | -?[0-9]++ (?:\.[0-9]++)? (?:[eE][+-]?[0-9]++)?
      | NaN | -?Infinity""",
    re.VERBOSE | re.DOTALL,
)
_NAME_OR_BRACE: Final = re.compile(
    r"""(?P<name> "(?:[^"\\]++|\\.)*+" (?=[ \t\n\r]*+:) )
      | "(?:[^"\\]++|\\.)*+"
      | [{}]""",
    re.VERBOSE | re.DOTALL,
)


# Reading


def decode(body: bytes, *, unique: bool = True, most: int | None = None) -> Json:
    """The value of a JSON text (RFC 8259) in UTF-8; a number with neither point nor exponent is an ``int``.

    ``unique`` is for the client's requests: an object that names a member twice is refused, since two readers
    may take two different values from it. Without it, for what the app says, the last one wins. ``most`` is how many
    values there may be in it, whatever they nest in; an empty array or object counts as two.

    Raises ``DecodeError`` with ``EMPTY_BODY``, ``NESTED_TOO_DEEPLY``, ``TOO_MANY_VALUES``, ``INVALID_UNICODE``,
    ``MALFORMED_JSON``, ``NUMBER_OUT_OF_RANGE`` or ``DUPLICATE_KEY``; of several faults any one is named.
    """
    _refuse_empty(body)
    if _depth(body) > MAX_DEPTH:
        raise DecodeError("NESTED_TOO_DEEPLY", f"The body nests more than {MAX_DEPTH} levels.")
    if most is not None and _holds_more(body, most):
        raise DecodeError("TOO_MANY_VALUES", f"The body holds more than {most} values.")
    found = ABSENT if unique else _decode_fast(body)
    return _decode_exactly(body, unique) if found is ABSENT else found


def skim(body: bytes) -> Json:
    """The value of a text that is JSON in form, of which only what is kept, and then printed, has to be more than that.

    Where ``decode(unique=False)`` refuses them, numbers that no double can hold become infinities, bytes that are not
    UTF-8 and halves of surrogate pairs become such halves; ``encode`` refuses both. It may nest as deep as what is
    printed. So what nobody sees need not be looked into.

    Raises ``DecodeError`` with ``EMPTY_BODY``, ``NESTED_TOO_DEEPLY`` or ``MALFORMED_JSON``.
    """
    _refuse_empty(body)
    if not is_shallow(body):
        raise DecodeError("NESTED_TOO_DEEPLY", f"The body nests more than {MAX_PRINTED_DEPTH} levels.")
    found = _decode_fast(body)
    return _parsed(body.decode(errors="surrogateescape"), _SKIMMING_PARSER) if found is ABSENT else found


def _refuse_empty(body: bytes) -> None:
    if not body.strip(_SPACE):
        raise DecodeError("EMPTY_BODY", "The body is empty.")


def _decode_fast(body: bytes) -> Json | Absent:
    """The value by way of the shortcut, ``ABSENT`` for what it does not take or might take for something else."""
    if _LONG_INTEGER in body.translate(_DIGITS_AS_ZEROS):
        return ABSENT
    try:
        return _FAST_PARSER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ABSENT


def within_bounds(body: bytes) -> bool:
    """Whether ``decode`` refuses nothing of a body for its depth or for integers beyond the range of a double."""
    return _depth(body) <= MAX_DEPTH and _LONG_INTEGER not in body.translate(_DIGITS_AS_ZEROS)


def is_shallow(body: bytes) -> bool:
    """Whether a JSON text nests no deeper than what ``encode`` prints; it is safe to be parsed then."""
    return _depth(body) <= MAX_PRINTED_DEPTH


def is_printable(body: bytes) -> bool:
    """Whether ``encode`` prints what is in a JSON text, as far as its depth and its longest integers go."""
    return is_shallow(body) and _LONG_INTEGER not in body.translate(_DIGITS_AS_ZEROS)


def names_once(body: bytes, again: bytes) -> bool:
    """Whether all that a JSON text holds is in ``again``, its value printed: no member is named twice, or left out.

    Of both, the quotes around names and strings are counted. What is not printed has the two of its name at least.
    """
    return quotes(body) == quotes(again)


def quotes(body: bytes) -> int:
    """The quotes that begin and end names and strings."""
    if _BACKSLASH not in body:
        return body.count(b'"')
    bare = body.replace(rb"\\", b"")
    return bare.count(b'"') - bare.count(rb"\"")


def _depth(body: bytes) -> int:
    """How deep a body nests, or a number within the bound where it cannot nest deeper than that."""
    if (openings := body.count(b"[") + body.count(b"{")) <= MAX_DEPTH:
        return openings
    return max(accumulate(map(_STEPS.__getitem__, _outside_strings(body, _ALL_BUT_BRACKETS))), default=0)


def _holds_more(body: bytes, most: int) -> bool:
    """Whether a body holds more than so many values, an empty array or object counting as two.

    There is one value, one more behind each comma, and one behind each opening. They are counted in strings too, as
    long as even that is not too many.
    """
    if sum(map(body.count, _OPENINGS_AND_COMMA)) < most:
        return False
    return len(_outside_strings(body, _ALL_BUT_OPENINGS_AND_COMMA)) >= most


def _outside_strings(body: bytes, others: bytes) -> bytes:
    """What a body has beside ``others``, strings left out.

    Escaped characters, then the others, then whole strings are taken out; each step is
    one pass in C. In a text that is not JSON the answer is right up to its first fault, where every parser stops.
    """
    bare = body.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, others)
    # Two quotes side by side end one string and begin the next, or are a string of which nothing is kept:
    # without both, what follows is still inside or outside as it was.
    return b"".join(bare.replace(b'""', b"").split(b'"')[::2])


def _decode_exactly(body: bytes, unique: bool) -> Json:
    """The value, or the refusal with its code and place: the definition of what is accepted."""
    return _parsed(_read_text(body), _UNIQUE_PARSER if unique else _LAST_WINS_PARSER)


def _parsed(text: str, parser: json.JSONDecoder) -> Json:
    try:
        return parser.decode(text)
    except json.JSONDecodeError as fault:
        reason = fault.msg.rstrip(": ").removesuffix(" at").removesuffix(" starting")
        raise _malformed(text, fault.pos, reason) from None
    except _Refused as refusal:
        raise _explain(text, refusal) from None


def _read_text(body: bytes) -> str:
    """The characters of a body; refuses bytes that are not UTF-8, and escapes that are half of a surrogate pair."""
    try:
        text = body.decode()
    except UnicodeDecodeError as fault:
        description = f"The body is not UTF-8: the byte at offset {fault.start} begins no character."
        raise DecodeError("INVALID_UNICODE", description) from None
    if _SURROGATE.search(text):
        for escape in _ESCAPE.finditer(text):
            if escape["half"]:
                where = place(text, escape.start())
                raise DecodeError("INVALID_UNICODE", f"The escape at {where} is half of a surrogate pair.")
    return text


def place(text: str, index: int) -> str:
    """Where a character stands, for people: both numbers count from 1, columns in characters."""
    line = text.count("\n", 0, index) + 1
    return f"line {line}, column {index - text.rfind(chr(10), 0, index)}"


def _malformed(text: str, index: int, reason: str) -> DecodeError:
    return DecodeError("MALFORMED_JSON", f"The body is not JSON at {place(text, index)}: {reason}.")


class _Refused(Exception):
    """A hook of the parser refuses a token; it is not told the place, so the text is then searched for it.

    The text is JSON up to where the hook was called, and the token stands before that: it is always found.
    """

    def __init__(self, code: str, token: str) -> None:
        self.code = code
        self.token = token


def _object(pairs: list[tuple[str, Json]]) -> Object:
    members = dict(pairs)
    if len(members) != len(pairs):
        ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise _Refused("DUPLICATE_KEY", name)
    return members


def _integer(spelling: str) -> int:
    # Python refuses to read more than 4,300 digits at once; it never gets to see as many.
    if len(spelling) > LONGEST_SAFE_INTEGER:
        _float(spelling)
    return int(spelling)


def _float(spelling: str) -> float:
    number = float(spelling)
    if isinf(number):
        raise _Refused("NUMBER_OUT_OF_RANGE", spelling)
    return number


def _any_integer(spelling: str) -> int | float:
    number = float(spelling) if len(spelling) > LONGEST_SAFE_INTEGER else 0.0
    return number if isinf(number) else int(spelling)


def _constant(spelling: str) -> NoReturn:
    raise _Refused("MALFORMED_JSON", spelling)


_FAST_PARSER: Final = msgspec.json.Decoder()
reread: Final = _FAST_PARSER.decode
"""The value of a text that ``encode`` has printed, or would print as it is."""

_LAST_WINS_PARSER: Final = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant)
_SKIMMING_PARSER: Final = json.JSONDecoder(parse_int=_any_integer, parse_constant=_constant)
_UNIQUE_PARSER: Final = json.JSONDecoder(
    parse_int=_integer, parse_float=_float, parse_constant=_constant, object_pairs_hook=_object
)


def _explain(text: str, refusal: _Refused) -> DecodeError:
    """The refusal of a hook, with its place."""
    if refusal.code == "DUPLICATE_KEY":
        names = _NAME_OR_BRACE.finditer(text)
        where = place(text, next(filter(_Repetition(refusal.token).reached_by, names)).start())
        shown = json.dumps(shorten(refusal.token), ensure_ascii=False)
        return DecodeError(refusal.code, f"The member {shown} at {where} is named twice.")
    index = next(scalar.start() for scalar in _SCALAR.finditer(text) if scalar[0] == refusal.token)
    if refusal.code == "MALFORMED_JSON":
        return _malformed(text, index, f"{refusal.token} is not a JSON number")
    return DecodeError(refusal.code, f"The number at {place(text, index)} is beyond the range of a double.")


class _Repetition:
    """Watches tokens go by for the place where one object names a member again."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.named: list[bool] = []
        """For each object that is open, whether it has named the member."""

    def reached_by(self, token: re.Match[str]) -> bool:
        if token[0] == "{":
            self.named.append(False)
        elif token[0] == "}":
            self.named.pop()
        elif token["name"] and _unquote(token["name"]) == self.name:
            if self.named[-1]:
                return True
            self.named[-1] = True
        return False


def _unquote(literal: str) -> str:
    text: str = json.loads(literal) if "\\" in literal else literal[1:-1]
    return text


def shorten(text: str) -> str:
    """As much of a text as a description repeats."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


# Printing


def encode(value: Json) -> bytes:
    """The compact JSON text of a value, in UTF-8; members keep their order.

    Integers are printed exactly, up to the 4,300 digits at which Python itself stops (with a ``ValueError``).
    Subclasses of ``dict``, ``list``, ``str``, ``int`` and ``float`` are printed as what they extend. Raises
    ``ValueError``, naming place and type, for all that JSON does not know: infinities and ``NaN``, names that are
    not strings, tuples, sets, dates, decimals, bytes, halves of surrogate pairs, and what nests more than
    ``MAX_PRINTED_DEPTH`` levels or holds itself.
    """
    _refuse_foreign(value, MAX_PRINTED_DEPTH)
    try:
        return _print(value)
    except UnicodeEncodeError as fault:
        shown = ascii(shorten(fault.object))
        raise ValueError(f"the string {shown} holds half of a surrogate pair, which no JSON text can") from None


def ensure_json(value: Json) -> None:
    """Refuse what ``encode`` refuses, with the same ``ValueError``: for values that an author's function made."""
    encode(value)


def _print(value: Json) -> bytes:
    try:
        return msgspec.json.encode(value)
    except TypeError:
        # msgspec prints enumerations, but no other subclasses of str, int and float.
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


_PLAIN: Final = frozenset({str, int, bool, type(None)})
"""The types of which every value is JSON, or is refused by the printer itself."""


class _NotJson(ValueError):
    """A value that JSON does not know; its place is completed on the way out."""

    def __init__(self, reason: str, path: Path = ()) -> None:
        self.reason = reason
        self.path = path
        super().__init__(reason, path)

    def __str__(self) -> str:
        return f"at {pointer(self.path) or 'the whole document'}: {self.reason}"


def _refuse_foreign(value: Json, levels: int) -> None:
    """Raise ``_NotJson`` at the first part that is not JSON, or lies more than ``levels`` deep."""
    if isinstance(value, float):
        if not isfinite(value):
            raise _NotJson(f"{value} is not a JSON number")
    elif isinstance(value, dict):
        for name in value:
            if not isinstance(name, str):
                raise _NotJson(f"the name {shorten(repr(name))} is a {type(name).__name__}, not a str")
        _refuse_foreign_within(value.items(), levels)
    elif isinstance(value, list):
        _refuse_foreign_within(enumerate(value), levels)
    elif not isinstance(value, str | int | None):
        raise _NotJson(f"{type(value).__name__} is not a JSON type")


def _refuse_foreign_within(members: Iterable[tuple[str | int, Json]], levels: int) -> None:
    if not levels:
        raise _NotJson(f"nested more than {MAX_PRINTED_DEPTH} levels, or holding itself")
    for name, member in members:
        if type(member) not in _PLAIN:
            try:
                _refuse_foreign(member, levels - 1)
            except _NotJson as fault:
                fault.path = (name, *fault.path)
                raise
