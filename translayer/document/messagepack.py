"""MessagePack, as far as it says what JSON can say.

Strategy: as in the codec, one definition and a shortcut. The definition walks the bytes, counts as it goes, and knows
the place of whatever it refuses: bytes, timestamps and other extensions, names that are no text or stand twice, numbers
that are none. The shortcut is msgspec, which takes the last of two equal names in silence, and bytes for text; so what
it has read counts only where it is printed again as the same bytes, and is JSON.

Integers beyond 64 bits have no form of their own. They are told as the nearest double, as most readers of JSON take
them (RFC 8259, section 6), and those beyond any double as their digits in a text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from struct import calcsize, unpack_from
from typing import Any, Final

import msgspec

from translayer.document.codec import MAX_DEPTH, encode, reread, shorten, within_bounds
from translayer.document.values import ABSENT, Absent, Json, Object
from translayer.errors import DecodeError

_INTEGERS: Final = range(-(2**63), 2**64)
_pack: Final = msgspec.msgpack.Encoder().encode
_unpack: Final = msgspec.msgpack.Decoder().decode


def from_json(text: bytes) -> bytes:
    """The MessagePack of a JSON text that was printed here."""
    value = reread(text)
    try:
        return _pack(value)
    except OverflowError:
        return _pack(_within_64_bits(value))


def _within_64_bits(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _within_64_bits(member) for name, member in value.items()}
    if isinstance(value, list):
        return list(map(_within_64_bits, value))
    if type(value) is not int or value in _INTEGERS:
        return value
    try:
        return float(value)
    except OverflowError:
        return str(value)


def to_json(body: bytes, most: int) -> bytes:
    """The JSON text of a MessagePack document with at most so many values, counted as ``codec.decode`` does.

    Raises ``DecodeError`` with ``EMPTY_BODY``, ``NESTED_TOO_DEEPLY``, ``TOO_MANY_VALUES``, ``INVALID_UNICODE``,
    ``DUPLICATE_KEY`` or ``MALFORMED_MSGPACK``, the last three with the offset of the byte.
    """
    if not body:
        raise DecodeError("EMPTY_BODY", "The body is empty.")
    found = _to_json_fast(body, most)
    return encode(_read(body, most)) if found is ABSENT else found


def _to_json_fast(body: bytes, most: int) -> bytes | Absent:
    """The JSON text by way of the shortcut, ``ABSENT`` for what the definition has to look at."""
    if 2 * len(body) > most:  # a byte may be an empty array, which counts as two
        return ABSENT
    try:
        value = _unpack(body)
        text = encode(value) if _pack(value) == body else b""
    except (msgspec.MsgspecError, RecursionError, TypeError, ValueError):
        return ABSENT
    return text if text and within_bounds(text) else ABSENT


def _read(body: bytes, most: int) -> Json:
    reader = _Reader(body, most)
    found = reader.value(MAX_DEPTH)
    if reader.at < len(body):
        raise _malformed(reader.at, "the value has ended before")
    return found


def _malformed(at: int, reason: str) -> DecodeError:
    return DecodeError("MALFORMED_MSGPACK", f"The body is not MessagePack of JSON at byte offset {at}: {reason}.")


_CONSTANTS: Final[Mapping[int, Json]] = {0xC0: None, 0xC2: False, 0xC3: True}
_NUMBERS: Final[Mapping[int, str]] = {
    0xCA: ">f",
    0xCB: ">d",
    0xCC: ">B",
    0xCD: ">H",
    0xCE: ">I",
    0xCF: ">Q",
    0xD0: ">b",
    0xD1: ">h",
    0xD2: ">i",
    0xD3: ">q",
}
"""How the number is written behind its first byte, in the terms of ``struct``."""

_BINARY: Final = "bytes are no JSON value"
_EXTENSION: Final = "extensions, timestamps among them, are no JSON values"
_REFUSED: Final[Mapping[int, str]] = {
    0xC1: "nothing begins with the byte 0xc1",
    **dict.fromkeys((0xC4, 0xC5, 0xC6), _BINARY),
    **dict.fromkeys((0xC7, 0xC8, 0xC9, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8), _EXTENSION),
}


class _Reader:
    """The definition: ``at`` is the offset of the byte that is read next."""

    def __init__(self, body: bytes, most: int) -> None:
        self.at = 0
        self._body = body
        self._most = most
        self._left = most

    def value(self, levels: int) -> Json:
        """The next value, which may nest so many levels deep."""
        self._count()
        at, first = self.at, self._number(">B")
        if first < 0x80:
            return first
        if first >= 0xE0:
            return first - 0x100
        if first < 0xC0:
            read, size = _SHORT[first >> 4], first & (0x1F if first >= 0xA0 else 0x0F)
            return read(self, size, levels)
        if first in _CONSTANTS:
            return _CONSTANTS[first]
        if first in _NUMBERS:
            return self._finite(at, self._number(_NUMBERS[first]))
        if first in _REFUSED:
            raise _malformed(at, _REFUSED[first])
        read, size_format = _LONG[first]
        return read(self, self._number(size_format), levels)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise DecodeError("TOO_MANY_VALUES", f"The body holds more than {self._most} values.")

    def _skip(self, size: int) -> int:
        """The offset of the next bytes, which are then behind."""
        at, self.at = self.at, self.at + size
        if self.at > len(self._body):
            raise _malformed(len(self._body), "it ends in the middle of a value")
        return at

    def _number(self, written: str) -> Any:
        return unpack_from(written, self._body, self._skip(calcsize(written)))[0]

    def _finite(self, at: int, number: int | float) -> int | float:
        if not isfinite(number):
            raise _malformed(at, f"{number} is not a JSON number")
        return number

    def _text(self, size: int, levels: int) -> str:
        at = self._skip(size)
        try:
            return self._body[at : self.at].decode()
        except UnicodeDecodeError as fault:
            description = f"The text at byte offset {at} is not UTF-8: the byte at offset {at + fault.start} is wrong."
            raise DecodeError("INVALID_UNICODE", description) from None

    def _array(self, size: int, levels: int) -> list[Json]:
        self._enter(size, levels)
        return [self.value(levels - 1) for _ in range(size)]

    def _map(self, size: int, levels: int) -> Object:
        self._enter(size, levels)
        members: Object = {}
        for _ in range(size):
            at = self.at
            name = self._name()
            if name in members:
                shown = encode(shorten(name)).decode()
                raise DecodeError("DUPLICATE_KEY", f"The member {shown} at byte offset {at} is named twice.")
            members[name] = self.value(levels - 1)
        return members

    def _enter(self, size: int, levels: int) -> None:
        if not levels:
            raise DecodeError("NESTED_TOO_DEEPLY", f"The body nests more than {MAX_DEPTH} levels.")
        if not size:
            self._count()

    def _name(self) -> str:
        """The name of a member."""
        at, first = self.at, self._number(">B")
        if 0xA0 <= first < 0xC0:
            return self._text(first & 0x1F, 0)
        if first not in _TEXTS:
            raise _malformed(at, "the name of a member is no text")
        return self._text(self._number(_TEXTS[first]), 0)


_Read = Callable[[_Reader, int, int], Json]

_TEXTS: Final[Mapping[int, str]] = {0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}
_SHORT: Final[Mapping[int, _Read]] = {0x8: _Reader._map, 0x9: _Reader._array, 0xA: _Reader._text, 0xB: _Reader._text}
"""What reads on behind a first byte that has the size in it, by its upper half."""

_LONG: Final[Mapping[int, tuple[_Read, str]]] = {
    **{first: (_Reader._text, size) for first, size in _TEXTS.items()},
    0xDC: (_Reader._array, ">H"),
    0xDD: (_Reader._array, ">I"),
    0xDE: (_Reader._map, ">H"),
    0xDF: (_Reader._map, ">I"),
}
"""What reads on where the size comes behind, and how that is written."""
