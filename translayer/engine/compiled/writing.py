"""Writing: what each operation does to an object on its way to a newer version, as ``put`` onto nothing says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from translayer.contract.business import Business, Member, Same
from translayer.contract.lens import Faults, Step
from translayer.contract.links import Linked
from translayer.contract.operations.base import Operation, given
from translayer.contract.operations.content import Constrain, Convert, MapValues, Unwrap, Wrap
from translayer.contract.operations.handwritten import Handwritten
from translayer.contract.operations.pieces import Join, Split
from translayer.contract.operations.presence import Add, ChangeDefault, Relax, Remove, Require
from translayer.contract.operations.structure import Flatten, Move, Nest, Relocation, Rename
from translayer.document.values import ABSENT, Json

from .defaults import beside
from .expressions import inside
from .kinds import (
    Constant,
    Inexpressible,
    Listed,
    Refused,
    never_null,
    or_null,
)
from .nodes import Node, Table, Value, presence
from .passages import Writing, calls, is_plain, of_elements, writing
from .reading import at, call_otherwise, called_on, converted, cut_whole, join_pieces, linked, mapped_words
from .records import Between, is_read_only
from .scope import Path, Scope


def write(passage: Writing, table: Table, scope: Scope) -> None:
    """Takes an object through a lens."""
    lens = passage.lens
    if isinstance(lens, Business):
        _write_business(lens, table, scope)
    else:
        assert isinstance(lens, Step)  # nothing else is on an object
        for name, child in lens.busy:
            scope.attach(table, name, writing(child))
        for operation in lens.operations:
            _WRITE[type(operation)](operation, table, scope, Between(lens.resolve, is_read_only))


def _write_business(lens: Business, table: Table, scope: Scope) -> None:
    """Today's document becomes the app's object."""
    found, business = dict(table.members), Table(table.hint)
    placed: list[tuple[Path, Node]] = []
    for name, member in lens.members.items():
        node = found.pop(name, None)
        if node is None or member.slot.read_only:
            scope.drop(node)
        else:
            placed.append((member.place, _written(member, node, scope)))
    for place, node in placed:
        scope.place(business, place, node)
    _refuse_disorder(placed, scope)
    table.members.clear()
    table.members.update(business.members)


def _refuse_disorder(placed: list[tuple[Path, Node]], scope: Scope) -> None:
    """Leaves to the slow twin what it has in another order: an object stands where the first field does that is there.

    Here it stands where the first of its fields does, there or not. That is the same if no others stand in between.
    """
    for index, (place, node) in enumerate(placed):
        first = presence(node)
        for around in [] if first is None else (place[:depth] for depth in range(1, len(place))):
            alike = [other[: len(around)] == around for other, _ in placed]
            later = [one for (_, one), same in zip(placed[index + 1 :], alike[index + 1 :], strict=True) if same]
            if any(alike[:index]) or all(alike[index : index + 1 + len(later)]):
                continue
            conditions = [presence(one) or "True" for one in later]
            scope.line(f"if not ({first}) and ({' or '.join(conditions)}):", "    raise Refused")


def _written(member: Member, node: Node, scope: Scope) -> Node:
    if type(member.lens) is Same:
        return node
    if not is_plain(member.lens):
        passage = writing(member.lens)
        return node if passage is None else scope.attached(node, member.name, passage)
    if not calls(member.lens):
        return node
    value = scope.settled(node, member.name)
    function = scope.value(f"write_{member.name}", partial(_put, member))
    return scope.mapped(value, member.name, lambda name: f"{function}({scope.copied(value, name)})", nulls=True)


def _put(member: Member, view: Json) -> Json:
    faults: Faults = []
    result = member.lens.put(view, ABSENT, faults)
    if faults:
        raise Refused
    return result


def _rename(operation: Rename, table: Table, scope: Scope, between: Between) -> None:
    call_otherwise(table, scope, operation.old, operation.new[-1])


def _relocate(operation: Relocation, table: Table, scope: Scope, between: Between) -> None:
    base = scope.at(table, operation.base)
    if base is None:
        return
    found = [(newer, scope.look(base, older)) for older, newer in operation.pairs]
    for gone in (operation.made,) if operation.made else (older for older, _ in operation.pairs):
        _take_with_parents(base, gone, operation.kept, scope)
    if operation.hidden and operation.needed:
        _make(base, operation.hidden, operation.pairs[0][1][:-1], scope)
    for newer, node in found:
        if node is not None:
            scope.place(base, newer, node)


def _take_with_parents(base: Table, gone: Path, kept: int, scope: Scope) -> None:
    """Takes a field out; objects around it that have nothing else are gone too, but for those ``kept``."""
    node = scope.take(base, gone)
    if node is None:
        return
    for depth in range(len(gone) - 1, kept, -1):
        parent = scope.at(base, gone[:depth])
        assert parent is not None  # a field was taken out of it
        if any(presence(member) is None for member in parent.members.values()):
            return
        if parent.members or presence(node) is not None:
            raise Inexpressible(f"{parent.hint!r} may be left with nothing in it.")
        scope.take(base, gone[:depth])


def _make(base: Table, hidden: Path, path: Path, scope: Scope) -> None:
    """An object that older versions do not see, and newer ones always have."""
    around = scope.at(base, hidden[:-1])
    if around is not None:
        made = Table(path[-1], certain=around.there is None)
        made.made.extend([around.there] if around.there else [])
        scope.place(base, path, made)


def _add(operation: Add, table: Table, scope: Scope, between: Between) -> None:
    parent, name = scope.at(table, operation.name[:-1]), operation.name[-1]
    if parent is not None and given(operation.default):
        parent.members[name] = scope.default(operation.default, name, table, parent)


def _remove(operation: Remove, table: Table, scope: Scope, between: Between) -> None:
    scope.drop(scope.take(table, operation.name))


def _change_default(operation: ChangeDefault, table: Table, scope: Scope, between: Between) -> None:
    _fill_in(operation.name, operation.was, table, scope)


def _require(operation: Require, table: Table, scope: Scope, between: Between) -> None:
    _fill_in(operation.name, operation.default, table, scope)


def _fill_in(path: Path, default: Any, table: Table, scope: Scope) -> None:
    """Where a field is absent, its default speaks."""
    parent, name = scope.at(table, path[:-1]), path[-1]
    if parent is None:
        return
    node = parent.members.get(name)
    if node is None:
        parent.members[name] = scope.default(default, name, table, parent)
        return
    if presence(node) is None:
        return
    value, default = beside(node, default, name, scope)
    filled = scope.let(name, value.text, value.kind, absent=parent.there is not None)
    condition = f"{filled.text} is UNSET" + (f" and ({parent.there})" if parent.there else "")
    scope.line(f"if {condition}:", f"    {filled.text} = {scope.standing_in(default, name, table)}")
    parent.members[name] = replace(filled, pending=value.pending)


def _nothing(operation: Operation, table: Table, scope: Scope, between: Between) -> None:
    """What only says what newer objects may lack, or what limits there are, which are asked at the end."""


def _convert(operation: Convert, table: Table, scope: Scope, between: Between) -> None:
    converted(operation, operation.upgrade, table, scope, None)


def _map_values(operation: MapValues, table: Table, scope: Scope, between: Between) -> None:
    slow = partial(_upgraded, operation)
    # Of an older word that is listed twice, the last newer one is meant.
    mapped_words(operation, operation.pairs[::-1], operation.upgrade_else, slow, table, scope)


def _upgraded(operation: MapValues | Wrap | Unwrap, value: Json) -> Json:
    return operation.up(value, ABSENT)


def _wrap(operation: Wrap, table: Table, scope: Scope, between: Between) -> None:
    found = at(operation, table, scope)
    if found is None:
        return
    parent, name, node = found
    if isinstance(node, Table):
        raise Inexpressible(f"{name!r} became a list, and is changed further.")
    if isinstance(node.kind, Constant):
        called_on(partial(_upgraded, operation), table, scope, operation, nulls=True)
        return
    empty = "None" if operation.nullable else "[]"
    nullable = node.kind.nullable
    kind = Listed(never_null(node.kind), nullable and operation.nullable)
    make = (lambda text: f"{empty} if {text} is None else [{text}]") if nullable else (lambda text: f"[{text}]")
    listed = scope.mapped(node, name, make, kind, nulls=True)
    parent.members[name] = replace(listed, pending=tuple(map(of_elements, node.pending)))


def _unwrap(operation: Unwrap, table: Table, scope: Scope, between: Between) -> None:
    found = at(operation, table, scope)
    if found is None:
        return
    parent, name, node = found
    if not isinstance(node, Value) or not isinstance(node.kind, Listed) or node.kind.nullable:
        called_on(partial(_upgraded, operation), table, scope, operation, nulls=True)
        return
    only = scope.value("only", _only)
    single = scope.mapped(node, name, lambda text: f"{only}({text})", or_null(node.kind.inner))
    parent.members[name] = replace(single, pending=inside(node.pending))


def _only(elements: list[Any]) -> Any:
    """The element of a list of at most one."""
    if len(elements) > 1:
        raise Refused
    return elements[0] if elements else None


def _linked(operation: Linked, table: Table, scope: Scope, between: Between) -> None:
    linked(operation, operation.written, table, scope)


def _split(operation: Split, table: Table, scope: Scope, between: Between) -> None:
    cut_whole(operation, table, scope)


def _join(operation: Join, table: Table, scope: Scope, between: Between) -> None:
    join_pieces(operation, table, scope, operation.seam.separator)


def _handwritten(operation: Handwritten, table: Table, scope: Scope, between: Between) -> None:
    assert operation.newer is not None  # fitting has filled it in
    arguments = "{}, None" if operation.takes_onto else "{}"
    scope.remake(table, f"{scope.author(operation.translator.upgrade)}({arguments})", between.record(operation.newer))


_WRITE: Final[Mapping[type, Callable[..., None]]] = {
    Rename: _rename,
    Move: _relocate,
    Nest: _relocate,
    Flatten: _relocate,
    Add: _add,
    Remove: _remove,
    ChangeDefault: _change_default,
    Require: _require,
    Relax: _nothing,
    Convert: _convert,
    MapValues: _map_values,
    Wrap: _wrap,
    Unwrap: _unwrap,
    Constrain: _nothing,
    Linked: _linked,
    Split: _split,
    Join: _join,
    Handwritten: _handwritten,
}
"""What each operation does on the way to the newer version."""
