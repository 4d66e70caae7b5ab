"""What operations are excused from, as exactly as it can be: where no excuse applies, a law must hold to the letter.

There are two kinds: what reads back otherwise than it was written, and what a write may refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError

from translayer.contract.lens import Operation
from translayer.contract.operations.content import Constrain, MapValues
from translayer.contract.operations.pieces import Join
from translayer.contract.operations.presence import ChangeDefault, Relax, Remove, Require
from translayer.contract.operations.structure import Flatten, Move, Relocation
from translayer.document.places import exchange, look, place, without
from translayer.document.values import ABSENT, equal
from translayer.errors import Path

# What operations are excused from


def has_parent(document: Any, name: Path) -> bool:
    return isinstance(look(document, name[:-1]), dict)


def of_remove(operation: Remove, view: Any, onto: Any, newer: Any) -> Any:
    """A field that is gone reads as its default."""
    if operation.default is ABSENT or not has_parent(view, operation.name):
        return without(view, operation.name)
    value = operation.default(newer) if callable(operation.default) else operation.default
    return place(view, operation.name, value)


def of_require(operation: Require, view: Any, onto: Any, newer: Any) -> Any:
    """A field that was left out reads as it was, or as the default."""
    if not has_parent(view, operation.name) or look(view, operation.name) is not ABSENT:
        return view
    if not has_parent(onto, operation.name):
        return place(view, operation.name, operation.default)
    return place(view, operation.name, look(onto, operation.name))


def of_default(operation: ChangeDefault, view: Any, onto: Any, newer: Any) -> Any:
    """A field that a new object was sent without reads as the old default."""
    new = has_parent(view, operation.name) and not has_parent(onto, operation.name)
    return place(view, operation.name, operation.was) if new and look(view, operation.name) is ABSENT else view


def of_relax(operation: Relax, view: Any, onto: Any, newer: Any) -> Any:
    """Where nothing is there the default is read, and a function may say something else of what the document is now.

    That nothing was written happens only below another operation, such as a split into fewer pieces than there are.
    """
    nothing = has_parent(newer, operation.name) and look(newer, operation.name) in (ABSENT, None)
    if nothing and callable(operation.default):
        return place(view, operation.name, operation.default(newer))
    return place(view, operation.name, operation.default) if nothing and look(view, operation.name) is ABSENT else view


def of_join(operation: Join, view: Any, onto: Any, newer: Any) -> Any:
    """Pieces read as the whole comes apart, which may be elsewhere than it was put together."""
    *parent, _ = operation.whole
    names = [piece[-1] for piece in operation.pieces]
    inner = look(view, tuple(parent))
    if not isinstance(inner, dict) or not any(name in inner for name in names):
        return view
    said = [inner[name] for name in names if inner.get(name) is not None]
    if said:
        pieces = operation.seam.apart(operation.seam.together(*said) if len(said) > 1 else said[0])
        inner = exchange(inner, names, dict(zip(names, pieces, strict=False)))
    else:
        inner = exchange(inner, names, dict.fromkeys(operation.nulls))
    return place(view, tuple(parent), inner) if parent else inner


def of_map_values(operation: MapValues, view: Any, onto: Any, newer: Any) -> Any:
    """A word that the newer version has none for reads as the fallback's; one of two that became one, as the first."""
    value = look(view, operation.name)
    if value in (ABSENT, None):
        return view
    was = look(operation.get(newer), operation.name)
    same = words_agree(operation, value, was)
    return place(view, operation.name, was) if same else view


def words_agree(operation: MapValues, said: Any, read: Any) -> bool:
    if isinstance(said, list) and isinstance(read, list) and len(said) == len(read):
        return all(words_agree(operation, one, other) for one, other in zip(said, read, strict=True))
    if equal(said, read) or said is None:
        return equal(said, read)
    meant = [new for old, new in operation.pairs if equal(old, said)] or [operation.upgrade_else]
    return next((old for old, new in operation.pairs if equal(new, meant[0])), operation.downgrade_else) == read


def of_constrain(operation: Constrain, view: Any, onto: Any, newer: Any) -> Any:
    """A value outside the old limits, which only another operation can have made, reads as the fallback."""
    value = look(view, operation.name)
    try:
        operation.was.deserialize(value)
    except ValidationError:
        return place(view, operation.name, operation.downgrade_else)
    return view


def of_relocation(operation: Relocation, view: Any, onto: Any, newer: Any) -> Any:
    """An object that the newer version has no trace of is not there where it is empty; one that it needs, is."""
    base = look(view, operation.base)
    if not isinstance(base, dict):
        return view
    untold = all(look(base, older) is ABSENT for older, _ in operation.pairs)
    if operation.made and untold and hollow(look(base, operation.made)):
        base = without(base, operation.made)
    if isinstance(operation, Move):
        ((older, inside),) = operation.pairs
        value = look(base, older)
        seen = inside[: len(operation.hidden) - 1] if operation.hidden else inside[:-1]
        if value is not ABSENT:
            for depth in range(1, len(seen) + 1):
                if not isinstance(look(base, seen[:depth]), dict):
                    base = place(base, seen[:depth], {})
    return place(view, operation.base, base) if operation.base else base


def hollow(value: Any) -> bool:
    return isinstance(value, dict) and all(map(hollow, value.values()))


def of_others(operation: Operation, view: Any, onto: Any, newer: Any) -> Any:
    """What was written is what is read."""
    return view


EXCUSED: dict[type, Callable[[Any, Any, Any, Any], Any]] = {
    Remove: of_remove,
    Require: of_require,
    ChangeDefault: of_default,
    Relax: of_relax,
    Join: of_join,
    MapValues: of_map_values,
    Constrain: of_constrain,
    Move: of_relocation,
    Flatten: of_relocation,
}
"""What reads back of a view; every other operation gives back the view itself."""


# Refusals


class Refused(Exception):
    """A write that an operation may refuse, and does."""


def no_word(operation: MapValues, said: Any) -> bool:
    """A fallback for several words that is none of them means nothing in the newer version."""
    if isinstance(said, list):
        return any(no_word(operation, one) for one in said)
    known = any(equal(old, said) for old, _ in operation.pairs)
    return said is not None and operation.upgrade_else is ABSENT and not known and equal(said, operation.downgrade_else)


def gap(operation: Join, view: Any) -> bool:
    """Behind a piece that is missing a separator would stand where it is not found again."""
    said = [look(view, piece) not in (ABSENT, None) for piece in operation.pieces]
    return operation.seam.exact and said != sorted(said, reverse=True)


def may_refuse(operation: Operation, view: Any) -> bool:
    match operation:
        case MapValues():
            return no_word(operation, look(view, operation.name))
        case Join():
            return gap(operation, view)
    return False
