"""Authors: how generated code calls authors' functions, held to the rules by which the slow twin calls them.

What a function makes must be JSON. What it raises, or makes wrong, is for the slow twin to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import UNSET

from translayer.contract.operations.pieces import Join, Split
from translayer.document.codec import ensure_json
from translayer.document.values import Json, nests_deeper

from .kinds import Refused


def calling(function: Callable[..., Json]) -> Callable[..., Json]:
    """An author's function whose results are JSON."""

    def called(*arguments: Json) -> Json:
        result = function(*arguments)
        if not _is_plain(result):
            _ensure_shallow(result)
        return result

    return called


def _ensure_shallow(value: Json) -> None:
    """Refuses what is not JSON, and what could make a document too deep to be printed."""
    if nests_deeper(value, _MOST_LEVELS):
        raise Refused
    ensure_json(value)


_MOST_LEVELS: Final = 32
"""Levels in a value that an author's function makes; what nests deeper is rare, and left to the slow twin."""


def _is_plain(value: Json) -> bool:
    """Whether a value is seen at once to be JSON."""
    kind = type(value)
    if kind is str:
        return bool(value.isascii())
    return value is None or kind is bool or (kind is int and -(2**63) <= value < 2**63)


def name_of(function: Callable[..., Json]) -> str:
    """What an author's function is called, or else what it is."""
    return str(getattr(function, "__name__", type(function).__name__))


def words(pairs: Sequence[tuple[Json, Json]]) -> dict[str, str] | None:
    """The second of each pair by the first, the earliest where several agree; ``None`` where some are no texts."""
    if not all(type(word) is str for pair in pairs for word in pair):
        return None
    return dict(reversed(pairs))


def assembled(operation: Split | Join) -> Callable[..., Json]:
    """Makes the whole of its pieces; missing ones are left out, and it is null only if nothing is said."""
    together, exact = calling(operation.seam.together), isinstance(operation, Join) and operation.seam.exact

    def whole(*pieces: Json) -> Json:
        said = [piece for piece in pieces if piece is not UNSET and piece is not None]
        if exact and pieces[: len(said)] != tuple(said):
            raise Refused
        if len(said) > 1:
            return together(*said)
        return said[0] if said else UNSET if all(piece is UNSET for piece in pieces) else None

    return whole


def taken_apart(operation: Split | Join) -> Callable[[Json], Sequence[Json]]:
    """Makes the pieces of a whole, ``UNSET`` where there is none."""
    apart, names = operation.seam.apart, [piece[-1] for piece in operation.pieces]
    separator = operation.seam.separator
    nulls = tuple(None if name in operation.nulls else UNSET for name in names)
    nothing = (UNSET,) * len(names)

    def pieces(whole: Json) -> Sequence[Json]:
        if whole is UNSET:
            return nothing
        if whole is None:
            return nulls
        if separator is not None and len(names) == 2 and type(whole) is str:
            head, there, tail = whole.partition(separator)
            return (head, tail) if there else (head, UNSET)
        found = apart(whole)
        if not isinstance(found, list | tuple) or len(found) > len(names):
            raise Refused
        if not all(map(_is_plain, found)):
            _ensure_shallow(list(found))
        return [UNSET if piece is None else piece for piece in found] + [UNSET] * (len(names) - len(found))

    return pieces
