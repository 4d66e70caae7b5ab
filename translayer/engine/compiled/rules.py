"""Today's rules on the way to the app: asked of what was changed on the way, and of nothing else.

What a client sent has kept the rules of its own version. Where today's field has the same rules, and the value is
still the very one, they are today's too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, cast, get_args, get_origin

from marshmallow import fields
from msgspec import ValidationError, convert
from msgspec.structs import replace

from translayer.contract.check import Check
from translayer.contract.lens import operations
from translayer.contract.operations.base import Operation
from translayer.contract.operations.handwritten import Handwritten
from translayer.contract.operations.pieces import Join, Split
from translayer.contract.operations.presence import Add, Relax, Remove
from translayer.contract.operations.structure import Relocation, Rename
from translayer.contract.rules import holds_objects
from translayer.contract.shape import Leaf as LeafSlot
from translayer.contract.shape import Many, Name, One, Slot, validators
from translayer.contract.shape import Table as TableSlot
from translayer.document.values import Json
from translayer.errors import Path

from .kinds import ANYTHING, UNKNOWN, Constant, Inexpressible, Kind, Leaf, Listed, Tabled
from .leaves import length_limits, request_leaf, whole_check
from .nodes import Node, Table, Value, known, presence
from .passages import Today, Writing
from .records import key_of, lengths_of, refuse_rules_of_names
from .scope import Scope

_APART: Final = frozenset(
    {
        *("required", "allow_none", "load_default", "dump_default", "dump_only", "load_only", "metadata", "validators"),
        *("name", "data_key", "attribute", "parent", "root", "inner", "value_field", "nested", "_schema"),
        *("error_messages", "validate", "_creation_index", "only", "exclude", "many", "unknown", "mapping_type"),
    }
)
"""What two fields may each have of their own, and take the same values; what of it matters is looked at by itself."""

_STRUCTURAL: Final = (Rename, Relocation, Add, Remove, Relax)
"""The operations that leave the values of fields as they are."""


def ask(passage: Today, table: Table, scope: Scope) -> None:
    """Asks an object what today's rules ask, and leaves out what is in none of today's fields."""
    found = dict(table.members)
    table.members.clear()
    for name, slot in passage.shape.slots.items():
        node = None if slot.read_only else found.pop(name, None)
        if node is not None:
            table.members[name] = node = _asked(node, name, slot, passage, scope, certain=table.there is None)
        if slot.required and not slot.read_only:
            _demand(node, table, name, scope)
    for node in found.values():
        scope.drop(node)


def _demand(node: Node | None, table: Table, name: str, scope: Scope) -> None:
    """Refuses an object without a field that it must have."""
    if node is None:
        raise Inexpressible(f"{name!r} is required today, and nothing says what older clients mean.")
    condition = presence(node)
    if condition is not None:
        lacks = f"not ({condition})" + (f" and ({table.there})" if table.there else "")
        scope.line(f"if {lacks}:", "    raise Refused")


def _asked(node: Node, name: str, slot: Slot, passage: Today, scope: Scope, *, certain: bool) -> Node:
    if isinstance(node, Table):
        if not isinstance(slot, One) or lengths_of(slot, name, passage.check):
            raise Inexpressible(f"{name!r} became an object, and has rules as a whole.")
        if node.origin is not None:
            _refuse_null(node.origin, slot, scope)
        return scope.attached(node, name, Today(slot, passage.check, passage.older))
    if isinstance(node.kind, Constant):
        return scope.constant(name, Today(slot, passage.check, passage.older).constant(known(node)))
    if not node.pending and _is_alike(node, slot, passage):
        return node
    if holds_objects(slot):
        return _asked_inside(node, name, slot, passage, scope)
    limits = length_limits(slot.rules, list)
    if limits is not None and not node.pending and _has_alike(node, slot, passage):
        _refuse_null(node, slot, scope)
        _refuse_lengths(node, limits, scope)
        return node
    return _asked_value(node, name, slot, passage.check, scope, certain=certain)


def _is_alike(value: Value, slot: Slot, passage: Today) -> bool:
    known = value.kind.slot
    return known is not None and value.kind.nullable <= slot.nullable and alike(known, slot, passage)


def _has_alike(value: Value, slot: Slot, passage: Today) -> bool:
    """Whether a value is a list of values each of which is known to keep the rules of those in a field's lists."""
    if not isinstance(value.kind, Listed) or not isinstance(slot, Many):
        return False
    return _is_alike(Value("", value.kind.inner), slot.inner, passage)


def alike(older: Slot, newer: Slot, passage: Today, around: tuple[Any, ...] = ()) -> bool:
    """Whether every value that the older field takes is one that the newer takes, and leaves as it is."""
    if older is newer and not holds_objects(older):
        return True
    if type(older) is not type(newer) or not _same_rules(older.field, newer.field):
        return False
    match older, newer:
        case (Many(), Many()) if older.key != newer.key:
            return False
        case (Many() | TableSlot(), Many() | TableSlot()):
            return older.inner.nullable <= newer.inner.nullable and alike(older.inner, newer.inner, passage, around)
        case (One(), One()):
            return _alike_objects(older, newer, passage, around)
    # Of what is plucked, the schema behind it is not seen here.
    return isinstance(older, LeafSlot) and not isinstance(older.field, fields.Nested)


def _alike_objects(older: One, newer: One, passage: Today, around: tuple[Any, ...]) -> bool:
    one, other = passage.older(older.target), passage.check.resolve(newer.target)
    if (one, other) in around:
        return True
    sent = {name: slot for name, slot in one.slots.items() if not slot.read_only}
    taken = {name: slot for name, slot in other.slots.items() if not slot.read_only}
    return list(sent) == list(taken) and all(
        slot.required >= taken[name].required
        and slot.nullable <= taken[name].nullable
        and alike(slot, taken[name], passage, (*around, (one, other)))
        for name, slot in sent.items()
    )


def _same_rules(one: fields.Field[Any], other: fields.Field[Any]) -> bool:
    """Whether two fields read and check values alike, whatever they are called."""
    if type(one) is not type(other) or list(map(id, validators(one))) != list(map(id, validators(other))):
        return False
    mine, its = ({name: value for name, value in vars(field).items() if name not in _APART} for field in (one, other))
    return mine.keys() == its.keys() and all(mine[name] is its[name] or mine[name] == its[name] for name in mine)


def _asked_inside(value: Value, name: str, slot: Slot, passage: Today, scope: Scope) -> Node:
    """A value with objects in it, each of which will be asked by itself."""
    _refuse_null(value, slot, scope)
    limits = lengths_of(slot, name, passage.check)
    if limits and not isinstance(slot, Many):
        raise Inexpressible(f"{name!r} has changed, and has rules as a whole.")
    _refuse_lengths(value, limits, scope)
    _refuse_inside(value, name, slot, passage)
    assert isinstance(slot, One | Many | TableSlot)  # nothing else has objects in it
    return scope.attached(value, name, Today(slot, passage.check, passage.older))


def _refuse_lengths(value: Value, limits: Mapping[str, Any], scope: Scope) -> None:
    if not limits:
        return
    test = _between(limits.get("min_length"), value.text, limits.get("max_length"))
    there = f"{value.text} is not UNSET and {value.text} is not None and " if value.optional else ""
    scope.line(f"if {there}not {test}:", "    raise Refused")


def _refuse_null(value: Value, slot: Slot, scope: Scope) -> None:
    if value.kind.nullable and not slot.nullable:
        scope.line(f"if {value.text} is None:", "    raise Refused")


def _refuse_inside(value: Value, name: str, slot: Slot, passage: Today) -> None:
    """Refuses rules of what lies between a value and the objects in it, which nothing is asked by itself."""
    kind: Kind = value.kind
    place: Path = ()
    while isinstance(slot, Many | TableSlot):
        place = (*place, 0)
        key = key_of(slot, passage.check.resolve)
        if key is not None:
            older = None if kind.slot is None else key_of(kind.slot, passage.older)
            _refuse_key(value, name, (*place, key), older)
        if isinstance(slot, TableSlot):
            refuse_rules_of_names(slot, name)
        slot, kind = slot.inner, kind.inner if isinstance(kind, Listed | Tabled) else UNKNOWN
        if lengths_of(slot, name, passage.check) or kind.nullable > slot.nullable:
            raise Inexpressible(f"{name!r} has changed, and has rules for what is in it.")


def _refuse_key(value: Value, name: str, place: Path, known: str | None) -> None:
    """Refuses keys that are not the client's, which the check of its version has compared: ``known`` is where."""
    lenses = [passage.lens for passage in value.pending if isinstance(passage, Writing)]
    made = [cast(Operation, part) for lens in lenses for part in operations(lens)]
    older = place
    for lens in reversed(lenses):
        older = lens.older_path(older)
    if older != (*place[:-1], known) or _may_change(made, str(place[-1])):
        raise Inexpressible(f"{name!r} is recognised by {place[-1]!r}, whose values may have changed.")


def _may_change(made: list[Operation], key: str) -> bool:
    """Whether any operation changes the values of a field, whatever it was called meanwhile."""
    called = {key}
    for operation in reversed(made * 2):
        if isinstance(operation, Rename) and operation.new[-1] in called:
            called.add(operation.old[-1])
        if isinstance(operation, Relocation):
            called.update(older[-1] for older, newer in operation.pairs if newer[-1] in called)
    return any(
        isinstance(operation, Handwritten) or not called.isdisjoint(name[-1] for name in _named(operation))
        for operation in made
        if not isinstance(operation, _STRUCTURAL)
    )


def _named(operation: Operation) -> Iterator[Name]:
    """Every name of a field that an operation speaks of, whichever side has it."""
    yield from operation.newer_names
    if isinstance(operation, Split | Join):
        yield from (operation.whole, *operation.pieces)


def _asked_value(value: Value, name: str, slot: Slot, check: Check, scope: Scope, *, certain: bool) -> Node:
    """A value without objects in it, asked as a whole."""
    settled = scope.settled(value, name)
    if _are_right_words(settled, slot, check):
        return settled
    leaf = request_leaf(slot, check) if isinstance(slot, LeafSlot) else UNKNOWN
    demanded = slot.required and not slot.nullable and certain
    if leaf.is_text:
        return _asked_text(settled, name, replace(leaf, nullable=slot.nullable), scope, demanded=demanded)
    asked = scope.value(f"today_{name}", _asking(leaf, slot, check))
    if demanded:
        # What is absent or null is refused as any other value is that is none of the field's.
        settled = Value(settled.text, Leaf(nullable=False))
    kind = Leaf(nullable=slot.nullable)
    return scope.mapped(settled, name, lambda text: f"{asked}({text})", kind, nulls=not slot.nullable)


def _are_right_words(value: Value, slot: Slot, check: Check) -> bool:
    """Whether a value is looked up in a table of words that are all of the type that today's field has, and no more."""
    lookup = value.kind.lookup if isinstance(value.kind, Leaf) else None
    if lookup is None or value.kind.nullable > slot.nullable or not isinstance(slot, LeafSlot):
        return False
    leaf = request_leaf(slot, check)
    try:
        return leaf.check is None and all(convert(word, leaf.type) == word for word in lookup.table.values())
    except ValidationError:
        return False


def _asked_text(value: Value, name: str, leaf: Leaf, scope: Scope, *, demanded: bool) -> Node:
    """A text, asked in the code itself; where it is ``demanded``, whatever is absent or null is refused."""
    may_lack = value.absent and not demanded
    may_be_null = value.kind.nullable and leaf.nullable
    asked = Value(value.text, replace(leaf, nullable=may_be_null), may_lack)
    if isinstance(value.kind, Leaf) and value.kind.is_text:
        wrong = [("UNSET", value.absent and not may_lack), ("None", value.kind.nullable and not may_be_null)]
        tests = [f"{value.text} is {nothing}" for nothing, may in wrong if may]
    else:
        tests = [f"type({value.text}) is not str"]
    tests += _limits(value.text, name, leaf.type, scope)
    if tests:
        scope.where(asked, " or ".join(tests), "raise Refused")
    return scope.checked(asked, name)


def _limits(text: str, name: str, type_: Any, scope: Scope) -> list[str]:
    """The conditions under which a text is not of a type of texts."""
    if get_origin(type_) is Literal:
        return [f"{text} not in {scope.value(f'words_of_{name}', frozenset(get_args(type_)))}"]
    return [f"not {_between(meta.min_length, text, meta.max_length)}" for meta in getattr(type_, "__metadata__", ())]


def _between(least: int | None, text: str, most: int | None) -> str:
    """The condition under which something is not too short, and not too long."""
    return " <= ".join(str(part) for part in (least, f"len({text})", most) if part is not None)


def _asking(leaf: Leaf, slot: Slot, check: Check) -> Callable[[Json], Json]:
    if leaf.is_free:
        whole = whole_check(slot, check)
        return lambda value: whole(convert(value, ANYTHING))
    type_, further = leaf.type, leaf.check or (lambda value: value)
    return lambda value: further(convert(value, type_))
