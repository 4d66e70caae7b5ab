"""The operations under their public names: what a newer version did, told forwards, old to new.

Every name may be a dotted path inside the schema that the operation is addressed to (``"address.city"``); ``was``
is the older marshmallow field where it cannot be derived; a ``default`` is a JSON value or a function of the
document. A name that does not exist, or that another operation takes, is refused when the ``Api`` is made, with
``DeclarationError``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marshmallow import fields

from .contract.operations.base import Default
from .contract.operations.content import Constrain, Convert, MapValues, Unwrap, Wrap
from .contract.operations.pieces import Join, Seam, Split
from .contract.operations.presence import Add, ChangeDefault, Relax, Remove, Require
from .contract.operations.structure import Flatten, Move, Nest, Rename, beneath
from .contract.routes import Added, Moved, Removed
from .contract.shape import parse_name
from .document.values import ABSENT, Absent, Json

By = str | tuple[Callable[[Json], Sequence[Json]] | Callable[..., Json], Callable[..., Json]]
AnyField = fields.Field[Any]


def rename(old: str, new: str) -> Rename:
    """A field is called otherwise; both names stand in the same object.

    >>> rename("pax", "passengers").sentence
    '`pax` is called `passengers`.'
    """
    return Rename(parse_name(old), parse_name(new))


def move(old: str, new: str) -> Move:
    """A field moved to another path; objects on the way are made where they are needed."""
    return Move((), ((parse_name(old), parse_name(new)),))


def nest(*names: str, under: str) -> Nest:
    """Fields were put under an object; what else it holds stays unseen by old clients."""
    return Nest(*beneath(tuple(map(parse_name, names)), parse_name(under), outwards=True))


def flatten(name: str, *names: str) -> Flatten:
    """The fields ``names`` of the object ``name`` were taken out of it, and the object is gone."""
    return Flatten(*beneath(tuple(map(parse_name, names)), parse_name(name), outwards=False))


def add(name: str, default: Default = ABSENT) -> Add:
    """A field was added; what an old client creates gets the default, or no such field where none is given."""
    return Add(parse_name(name), default)


def remove(name: str, was: AnyField, default: Default = ABSENT) -> Remove:
    """A field was dropped; an old client still gets it from the default, and what it writes there is let go."""
    return Remove(parse_name(name), was, default)


def split(name: str, into: Sequence[str], by: By, was: AnyField | None = None) -> Split:
    """A field became several. ``by`` is a separator, or the functions (apart, together)."""
    pieces = tuple(map(parse_name, into))
    return Split(parse_name(name), pieces, _seam(by, len(pieces), apart_first=True), was)


def join(names: Sequence[str], into: str, by: By, was: Mapping[str, AnyField] | None = None) -> Join:
    """Several fields became one. ``by`` is a separator, or the functions (together, apart); ``was`` maps names."""
    pieces = tuple(map(parse_name, names))
    return Join(parse_name(into), pieces, _seam(by, len(pieces), apart_first=False), was)


def _seam(by: By, count: int, *, apart_first: bool) -> Seam:
    if isinstance(by, str):
        return Seam.by(by, count)
    return Seam(*by) if apart_first else Seam(*reversed(by))


def convert(
    name: str,
    upgrade: Callable[[Json], Json],
    downgrade: Callable[[Json], Json],
    was: AnyField | None = None,
    *,
    nulls: bool = False,
) -> Convert:
    """The meaning or type of a field changed; the functions see ``null`` only where ``nulls`` asks for it."""
    return Convert(parse_name(name), upgrade, downgrade, was, nulls)


def map_values(
    name: str, table: Mapping[Any, Json], upgrade_else: Json | Absent = ABSENT, downgrade_else: Json | Absent = ABSENT
) -> MapValues:
    """The words of an enumeration changed: ``{old: new}`` for every word, the unchanged ones too.

    ``upgrade_else`` and ``downgrade_else`` stand for the words that the other side has none for.
    """
    return MapValues(parse_name(name), tuple(table.items()), upgrade_else, downgrade_else)


def wrap(name: str) -> Wrap:
    """One value became a list; an old client sees the first element, and the others stay when it writes."""
    return Wrap(parse_name(name))


def unwrap(name: str) -> Unwrap:
    """A list became one value; an old client sees a list of at most one element."""
    return Unwrap(parse_name(name))


def default(name: str, was: Default) -> ChangeDefault:
    """The default of a field changed; an old client that leaves it out still means ``was``."""
    return ChangeDefault(parse_name(name), was)


def require(name: str, default: Default) -> Require:
    """An optional field became required."""
    return Require(parse_name(name), default)


def relax(name: str, default: Default, was: AnyField | None = None) -> Relax:
    """A required field became optional or nullable; an old client gets the default where there is no value."""
    return Relax(parse_name(name), default, was)


def constrain(name: str, was: AnyField, downgrade_else: Json | Absent = ABSENT) -> Constrain:
    """The limits of a field changed; ``downgrade_else`` stands for values outside the old ones."""
    return Constrain(parse_name(name), was, downgrade_else)


def moved(old: str, to: str) -> Moved:
    """The URLs that began with ``old`` begin with ``to``.

    >>> moved("/reservations", to="/bookings").sentence
    '`/reservations` moved to `/bookings`.'
    """
    return Moved(old, to)


def added(rule: str, *methods: str) -> Added:
    """A URL, or only the methods named, is new."""
    return Added(rule, frozenset(methods))


def removed(rule: str, *methods: str) -> Removed:
    """A URL, or only the methods named, is gone; the app still serves it to older versions."""
    return Removed(rule, frozenset(methods))
