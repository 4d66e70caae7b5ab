"""What a JSON value is, here: the types, the marker for what is not there, and what is done with whole values.

Strategy: plain Python values, as a parser gives them, and functions over them. No text (that is the codec's) and
no places (those are the pointer's).
"""

from __future__ import annotations

import sys
from collections.abc import Hashable
from enum import Enum
from secrets import token_hex
from typing import Any, Final, TypeAlias

Json: TypeAlias = Any
"""A JSON value as Python holds it: ``dict``, ``list``, ``str``, ``int``, ``float``, ``bool`` or ``None``."""

Object: TypeAlias = dict[str, Json]
"""A JSON object."""


class Absent(Enum):
    """The type of ``ABSENT``, so that checkers can tell it from every JSON value."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent.ABSENT
"""The member that is not there; ``null`` is ``None``, and the two are never confused."""


def equal(one: Json, other: Json) -> bool:
    """Whether two JSON values are the same document: 1 and 1.0 are, 1 and true are not.

    Python's own ``==`` takes ``True`` for ``1`` at any depth; JSON does not (RFC 8259, section 3).
    """
    if one is other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def duplicate(value: Json) -> Json:
    """The same document again, of which no part that can be changed is shared.

    It is ``copy.deepcopy`` for trees of plain values, without the book-keeping that makes that ten times slower.
    """
    if isinstance(value, dict):
        return {key: duplicate(member) for key, member in value.items()}
    if isinstance(value, list):
        return [duplicate(element) for element in value]
    return value


def nests_deeper(value: Json, levels: int) -> bool:
    """Whether arrays and objects lie within each other more than ``levels`` deep; ``[]`` is one level, ``1`` none.

    It looks level by level and so takes a value of any depth, also one that would exhaust the stack.
    """
    level = [value]
    for _ in range(levels):
        level = [member for container in level for member in _members(container)]
        if not level:
            return False
    return any(isinstance(member, dict | list) for member in level)


def _members(value: Json) -> list[Json]:
    """What lies directly within a value."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


_MODULUS: Final = sys.hash_info.modulus
"""From here on different numbers share a hash."""

_SALT: Final = token_hex(8)
"""What makes the hash of a list another in every process, as that of a text is; clients could compute it otherwise."""


def fingerprint(value: Json) -> Hashable:
    """A hashable stand-in for a JSON value: equal ones stand for the same document."""
    if isinstance(value, dict):
        return frozenset((name, fingerprint(member)) for name, member in value.items())
    if isinstance(value, list):
        return _SALT, *map(fingerprint, value)
    if isinstance(value, bool):
        return bool, value
    # Python hashes numbers by their remainder, so that a client can send any number of them with one hash.
    return (int, hex(int(value))) if isinstance(value, int | float) and abs(value) >= _MODULUS else value
