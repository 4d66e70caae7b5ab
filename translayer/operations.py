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
from .contract.operations.structure import Flatten, Move, Nest, Rename, apart, beneath
from .contract.routes import Added, Moved, Removed
from .contract.shape import Name, parse_name
from .document.codec import ensure_json
from .document.values import ABSENT, Absent, Json
from .errors import DeclarationError

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
    base, pair = apart(parse_name(old), parse_name(new))
    return Move(base, (pair,))


def nest(*names: str, under: str) -> Nest:
    """Fields were put under an object; what else it holds stays unseen by old clients."""
    return Nest(*beneath(tuple(map(parse_name, names)), parse_name(under), outwards=True))


def flatten(name: str, *names: str) -> Flatten:
    """The fields ``names`` of the object ``name`` were taken out of it, and the object is gone."""
    return Flatten(*beneath(tuple(map(parse_name, names)), parse_name(name), outwards=False))


def add(name: str, default: Default = ABSENT) -> Add:
    """A field was added; what an old client creates gets the default, or no such field where none is given."""
    return Add(parse_name(name), _default("default", default))


def remove(name: str, was: AnyField, default: Default = ABSENT) -> Remove:
    """A field was dropped; an old client still gets it from the default, and what it writes there is let go."""
    return Remove(parse_name(name), _field("was", was), _default("default", default))


def split(name: str, into: Sequence[str], by: By, was: AnyField | None = None) -> Split:
    """A field became several. ``by`` is a separator, or the functions (apart, together)."""
    pieces = _pieces("into", into)
    return Split(parse_name(name), pieces, _seam(by, len(pieces), apart_first=True), _optional(was))


def join(names: Sequence[str], into: str, by: By, was: Mapping[str, AnyField] | None = None) -> Join:
    """Several fields became one. ``by`` is a separator, or the functions (together, apart); ``was`` maps names."""
    pieces = _pieces("names", names)
    fields_were = {piece: _field("was", field) for piece, field in (was or {}).items()}
    return Join(parse_name(into), pieces, _seam(by, len(pieces), apart_first=False), fields_were)


def convert(
    name: str,
    upgrade: Callable[[Json], Json],
    downgrade: Callable[[Json], Json],
    was: AnyField | None = None,
    *,
    nulls: bool = False,
) -> Convert:
    """The meaning or type of a field changed; the functions see ``null`` only where ``nulls`` asks for it."""
    if not (callable(upgrade) and callable(downgrade)):
        raise DeclarationError(f"convert({name!r}) takes two functions, upgrade and downgrade, each of one value")
    return Convert(parse_name(name), upgrade, downgrade, _optional(was), nulls)


def map_values(
    name: str, table: Mapping[Any, Json], upgrade_else: Json | Absent = ABSENT, downgrade_else: Json | Absent = ABSENT
) -> MapValues:
    """The words of an enumeration changed: ``{old: new}`` for every word, the unchanged ones too.

    ``upgrade_else`` and ``downgrade_else`` stand for the words that the other side has none for.
    """
    if not isinstance(table, Mapping) or not table:
        raise DeclarationError(f"map_values({name!r}) takes a table of all words, as in {{'old': 'new'}}")
    if None in table or None in table.values():
        raise DeclarationError(
            f"map_values({name!r}) never sees null, which is no word: use convert(…, nulls=True), relax() or require()"
        )
    for word in (*table, *table.values(), upgrade_else, downgrade_else):
        _json("a word of map_values()", word)
    return MapValues(parse_name(name), tuple(table.items()), upgrade_else, downgrade_else)


def wrap(name: str) -> Wrap:
    """One value became a list; an old client sees the first element, and the others stay when it writes."""
    return Wrap(parse_name(name))


def unwrap(name: str) -> Unwrap:
    """A list became one value; an old client sees a list of at most one element."""
    return Unwrap(parse_name(name))


def default(name: str, was: Default) -> ChangeDefault:
    """The default of a field changed; an old client that leaves it out still means ``was``."""
    return ChangeDefault(parse_name(name), _default("was", was))


def require(name: str, default: Default) -> Require:
    """An optional field became required."""
    return Require(parse_name(name), _default("default", default))


def relax(name: str, default: Default, was: AnyField | None = None) -> Relax:
    """A required field became optional or nullable; an old client gets the default where there is no value."""
    return Relax(parse_name(name), _default("default", default), _optional(was))


def constrain(name: str, was: AnyField, downgrade_else: Json | Absent = ABSENT) -> Constrain:
    """The limits of a field changed; ``downgrade_else`` stands for values outside the old ones."""
    _json("downgrade_else", downgrade_else)
    return Constrain(parse_name(name), _field("was", was), downgrade_else)


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


def _default(parameter: str, default: Default) -> Default:
    """A default as it was given; raises ``DeclarationError`` where it is neither a function nor a JSON value."""
    return default if callable(default) else _json(parameter, default)


def _json(parameter: str, value: Json | Absent) -> Json | Absent:
    try:
        if value is not ABSENT:
            ensure_json(value)
    except ValueError as error:
        raise DeclarationError(f"{parameter}: {value!r} is no JSON value: {error}") from error
    return value


def _field(parameter: str, field: AnyField) -> AnyField:
    if not isinstance(field, fields.Field):
        raise DeclarationError(f"{parameter}= takes a marshmallow field, as in fields.String(), not {field!r}")
    return field


def _optional(was: AnyField | None) -> AnyField | None:
    return None if was is None else _field("was", was)


def _pieces(parameter: str, names: Sequence[str]) -> tuple[Name, ...]:
    """The names of the pieces of a whole, each once."""
    pieces = () if isinstance(names, str) else tuple(map(parse_name, names))
    if not pieces or len(set(pieces)) < len(pieces):
        raise DeclarationError(f"{parameter}={names!r} must be a list of field names, each once")
    return pieces


def _seam(by: By, count: int, *, apart_first: bool) -> Seam:
    if isinstance(by, str) and by:
        return Seam.by(by, count)
    if not isinstance(by, tuple | list) or len(by) != 2 or not all(map(callable, by)):
        raise DeclarationError(f"by={by!r} must be a separator, or two functions: one takes apart, one puts together")
    one, other = by
    return Seam(one, other) if apart_first else Seam(other, one)
