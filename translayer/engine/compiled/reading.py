"""Reading: what each operation does to an object on its way to an older version, as ``get`` of the lens says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from translayer.contract.business import Business, Same
from translayer.contract.lens import Step
from translayer.contract.links import Linked
from translayer.contract.operations.base import Operation, given
from translayer.contract.operations.content import Constrain, Conversion, Convert, MapValues, Unwrap, Wrap
from translayer.contract.operations.handwritten import Handwritten
from translayer.contract.operations.pieces import Join, Split
from translayer.contract.operations.presence import Add, ChangeDefault, Relax, Remove, Require
from translayer.contract.operations.structure import Flatten, Move, Nest, Relocation, Rename

from .authors import assembled, taken_apart, words
from .defaults import beside
from .expressions import inside
from .kinds import UNKNOWN, Constant, Inexpressible, Leaf, Listed, Lookup, never_null, or_null
from .nodes import Node, Table, Value, may_be_null, presence
from .passages import Declared, Reading, calls, cannot_fail, declaring, is_plain, of_elements, reading
from .records import Between, is_write_only
from .scope import Scope

_TEXT: Final = Leaf(str, nullable=False)


def read(passage: Reading, table: Table, scope: Scope) -> None:
    """Takes an object through a lens."""
    lens = passage.lens
    if isinstance(lens, Business):
        _read_business(lens, table, scope)
    else:
        assert isinstance(lens, Step)  # nothing else is on an object
        for operation in reversed(lens.operations):
            _READ[type(operation)](operation, table, scope, Between(lens.resolve, is_write_only))
        for name, child in lens.busy:
            scope.attach(table, name, reading(child))


def declare(passage: Declared, table: Table, scope: Scope) -> None:
    """Leaves of an object what its version declares and shows, in its order."""
    slots, found = passage.shape.slots, dict(table.members)
    table.members.clear()
    for name, slot in slots.items():
        if name in found and not slot.write_only:
            table.members[name] = found.pop(name)
            scope.attach(table, name, declaring(slot, passage.resolve))
    for node in found.values():
        scope.drop(node)


def _read_business(lens: Business, table: Table, scope: Scope) -> None:
    """The app's object becomes today's document."""
    found: dict[str, Node] = {}
    for member in lens.leaving:
        node = scope.take(table, member.place)
        assert node is not None  # the record was made of these very fields
        if type(member.lens) is not Same and is_plain(member.lens) and calls(member.lens):
            value = scope.settled(node, member.name)
            function = scope.value(f"read_{member.place[-1]}", member.lens.get)
            node = scope.mapped(value, member.name, _call_of(function, value, scope), nulls=True)
        found[member.name] = node
    table.members.clear()
    table.members.update(found)
    for member in lens.leaving:
        if type(member.lens) is not Same and not is_plain(member.lens):
            scope.attach(table, member.name, reading(member.lens))


def _call_of(function: str, value: Value, scope: Scope) -> Callable[[str], str]:
    return lambda name: f"{function}({scope.copied(value, name)})"


def _rename(operation: Rename, table: Table, scope: Scope, between: Between) -> None:
    call_otherwise(table, scope, operation.new, operation.old[-1])


def call_otherwise(table: Table, scope: Scope, name: tuple[str, ...], to: str) -> None:
    """Calls a member otherwise."""
    parent = table if len(name) == 1 else scope.at(table, name[:-1])
    if parent is not None and name[-1] in parent.members:
        parent.members[to] = parent.members.pop(name[-1])


def _relocate(operation: Relocation, table: Table, scope: Scope, between: Between) -> None:
    base = scope.at(table, operation.base)
    if base is None:
        return
    found = [(older, scope.take(base, newer)) for older, newer in operation.pairs]
    if operation.hidden:
        scope.drop(scope.take(base, operation.hidden))
    for older, node in found:
        if node is not None:
            scope.place(base, older, node)


def _add(operation: Add, table: Table, scope: Scope, between: Between) -> None:
    scope.drop(scope.take(table, operation.name))


def _remove(operation: Remove, table: Table, scope: Scope, between: Between) -> None:
    parent = scope.at(table, operation.name[:-1])
    if parent is None or not given(operation.default) or operation.was.load_only:
        return
    name = operation.name[-1]
    scope.drop(parent.members.pop(name, None))
    parent.members[name] = scope.default(operation.default, name, table, parent)


def _nothing(operation: Operation, table: Table, scope: Scope, between: Between) -> None:
    """What only says what absence means to writers."""


def _relax(operation: Relax, table: Table, scope: Scope, between: Between) -> None:
    parent = scope.at(table, operation.name[:-1])
    if parent is None:
        return
    name, was = operation.name[-1], operation.was
    node = parent.members.get(name, Value("UNSET", absent=True))
    absent_lacks, null_lacks = was is None or bool(was.required), not (was is not None and was.allow_none)
    absent, null = absent_lacks and presence(node) is not None, null_lacks and may_be_null(node)
    if not (absent or null):
        return
    value, default = beside(node, operation.default, name, scope)
    certain = absent_lacks and parent.there is None
    result = scope.let(name, value.text, value.kind, absent=value.absent and not certain)
    tests = [f"{result.text} is UNSET"] * absent + [f"{result.text} is None"] * null
    condition = " or ".join(tests)
    condition = condition if parent.there is None else f"({condition}) and ({parent.there})"
    scope.line(f"if {condition}:", f"    {result.text} = {scope.standing_in(default, name, table)}")
    parent.members[name] = replace(result, pending=value.pending)


def at(operation: Conversion | Linked, table: Table, scope: Scope) -> tuple[Table, str, Node] | None:
    """The object that a conversion speaks of, the name in it, and what is there; ``None`` where there never is."""
    parent, name = scope.at(table, operation.name[:-1]), operation.name[-1]
    if parent is None or name not in parent.members:
        return None
    return parent, name, parent.members[name]


def _convert(operation: Convert, table: Table, scope: Scope, between: Between) -> None:
    converted(operation, operation.downgrade, table, scope, between if operation.was is not None else None)


def converted(
    operation: Convert, function: Callable[[Any], Any], table: Table, scope: Scope, between: Between | None
) -> None:
    """Calls an author's function on a value; where it makes objects, they are those that ``between`` knows."""
    found = at(operation, table, scope)
    if found is None:
        return
    parent, name, node = found
    value = scope.settled(node, name)
    call = _call_of(scope.author(function), value, scope)
    kind = UNKNOWN if between is None else between.kind_of(operation.was)
    if isinstance(kind, Leaf):
        parent.members[name] = scope.mapped(value, name, call, nulls=operation.nulls)
        return
    parent.members[name] = scope.mapped(
        value, name, lambda text: scope.converted_to(call(text), kind, name), kind, nulls=operation.nulls
    )


def _map_values(operation: MapValues, table: Table, scope: Scope, between: Between) -> None:
    pairs = [(new, old) for old, new in operation.pairs]
    mapped_words(operation, pairs, operation.downgrade_else, operation.down, table, scope)


def mapped_words(
    operation: MapValues, pairs: Any, fallback: Any, slow: Callable[[Any], Any], table: Table, scope: Scope
) -> None:
    """Looks words up; where some are no texts, as the operation itself does."""
    found = at(operation, table, scope)
    if found is None:
        return
    parent, name, node = found
    table_of = words(pairs)
    if table_of is None or not isinstance(node, Value) or not isinstance(node.kind, Leaf) or not node.kind.is_text:
        called_on(slow, table, scope, operation)
        return
    lookup = node.kind.lookup
    if lookup is not None and not given(fallback) and not scope.mentions(node.text, lookup.line):
        _compose(lookup.table, table_of)
        return
    known = scope.value(f"words_of_{name}", table_of)
    if given(fallback):
        other = scope.value(f"other_{name}", fallback)
        parent.members[name] = scope.mapped(node, name, lambda text: f"{known}.get({text}, {other})")
    else:
        mapped = scope.mapped(node, name, lambda text: f"{known}[{text}]")
        kind = Leaf(str, node.kind.nullable, lookup=Lookup(table_of, scope.line_number))
        parent.members[name] = replace(mapped, kind=kind)


def _compose(first: dict[str, str], then: dict[str, str]) -> None:
    """Makes one table of two: of fifty versions of a word, the code knows the first and the last."""
    composed = {word: then[other] for word, other in first.items() if other in then}
    first.clear()
    first.update(composed)


def _wrap(operation: Wrap, table: Table, scope: Scope, between: Between) -> None:
    found = at(operation, table, scope)
    if found is None:
        return
    parent, name, node = found
    if not isinstance(node, Value) or not isinstance(node.kind, Listed):
        called_on(operation.down, table, scope, operation, nulls=True)
        return
    whole = scope.alias(name, node.text).text
    if not all(map(cannot_fail, node.pending)):
        others = scope.alias(f"others_of_{name}", f"{whole}[1:] if {whole} else []")
        scope.drop(replace(node, text=others.text, kind=never_null(node.kind), absent=False))
    other = f"UNSET if {whole} is UNSET else None" if node.absent else "None"
    first = scope.alias(f"first_of_{name}", f"{whole}[0] if {whole} else {other}")
    parent.members[name] = Value(first.text, or_null(node.kind.inner), node.absent, inside(node.pending))


def called_on(
    function: Callable[[Any], Any], table: Table, scope: Scope, operation: Conversion, *, nulls: bool = False
) -> None:
    """Calls what an operation itself does to a plain value."""
    found = at(operation, table, scope)
    if found is None:
        return
    parent, name, node = found
    if scope.holds_records(node):
        raise Inexpressible(f"{name!r} has objects in it, and has changed.")
    value = scope.settled(node, name)
    called = scope.value(f"{type(operation).__name__}_{name}", function)
    parent.members[name] = scope.mapped(value, name, _call_of(called, value, scope), nulls=nulls)


def _unwrap(operation: Unwrap, table: Table, scope: Scope, between: Between) -> None:
    found = at(operation, table, scope)
    if found is None:
        return
    parent, name, node = found
    if isinstance(node, Table):
        raise Inexpressible(f"{name!r} is no longer a list, and was changed before.")
    if isinstance(node.kind, Constant):
        called_on(operation.down, table, scope, operation, nulls=True)
        return
    make = (lambda text: f"[] if {text} is None else [{text}]") if node.kind.nullable else (lambda text: f"[{text}]")
    kind = Listed(never_null(node.kind))
    listed = scope.mapped(node, name, make, kind, nulls=True)
    parent.members[name] = replace(listed, pending=tuple(map(of_elements, node.pending)))


def _constrain(operation: Constrain, table: Table, scope: Scope, between: Between) -> None:
    called_on(operation.down, table, scope, operation)


def _linked(operation: Linked, table: Table, scope: Scope, between: Between) -> None:
    linked(operation, operation.shown, table, scope)


def linked(operation: Linked, function: Callable[[Any], Any], table: Table, scope: Scope) -> None:
    """Calls what a link becomes; of a text that is another text, of which nothing else is known."""
    found = at(operation, table, scope)
    if found is None:
        return
    parent, name, node = found
    value = scope.settled(node, name)
    is_text = isinstance(value.kind, Leaf) and value.kind.is_text
    kind = Leaf(str, value.kind.nullable) if is_text else UNKNOWN
    called = scope.value(f"link_{name}", function)
    parent.members[name] = scope.mapped(value, name, lambda text: f"{called}({text})", kind)


def _split(operation: Split, table: Table, scope: Scope, between: Between) -> None:
    join_pieces(operation, table, scope, operation.seam.separator)


def join_pieces(operation: Split | Join, table: Table, scope: Scope, separator: str | None) -> None:
    """Makes the whole of the pieces."""
    parent = scope.at(table, operation.whole[:-1])
    if parent is None:
        return
    name = operation.whole[-1]
    nodes = [parent.members.pop(piece[-1], None) for piece in operation.pieces]
    values = [None if node is None else scope.settled(node, name) for node in nodes]
    found = [value for value in values if value is not None]
    if separator is not None and len(found) == len(values) and all(map(_is_text, found)):
        between = f" + {separator!r} + "
        parent.members[name] = scope.let(name, between.join(value.text for value in found), Leaf(str, nullable=False))
    elif found:
        function = scope.value(f"{name}_of_pieces", assembled(operation))
        texts = ", ".join("UNSET" if value is None else scope.copied(value, value.text) for value in values)
        absent = all(value.absent for value in found)
        parent.members[name] = scope.let(name, f"{function}({texts})", absent=absent)


def _is_text(value: Value) -> bool:
    return not value.optional and isinstance(value.kind, Leaf) and value.kind.is_text


def _join(operation: Join, table: Table, scope: Scope, between: Between) -> None:
    cut_whole(operation, table, scope)


def cut_whole(operation: Split | Join, table: Table, scope: Scope) -> None:
    """Makes the pieces of the whole."""
    parent = scope.at(table, operation.whole[:-1])
    node = None if parent is None else parent.members.pop(operation.whole[-1], None)
    if parent is None or node is None:
        return
    value = scope.settled(node, operation.whole[-1])
    names = [piece[-1] for piece in operation.pieces]
    if operation.seam.separator is not None and len(names) == 2 and _is_text(value):
        parent.members.update(zip(names, _halves(value, names, operation.seam.separator, scope), strict=True))
        return
    function = scope.value(f"pieces_of_{operation.whole[-1]}", taken_apart(operation))
    pieces = scope.locals(names)
    scope.line(f"{', '.join(pieces)} = {function}({scope.copied(value, value.text)})")
    parent.members.update({name: Value(text, absent=True) for name, text in zip(names, pieces, strict=True)})


def _halves(whole: Value, names: list[str], separator: str, scope: Scope) -> list[Value]:
    """What stands before and behind the separator in a text; behind it is nothing where there is none."""
    head, between, tail = scope.locals([names[0], "separator", names[1]])
    scope.line(f"{head}, {between}, {tail} = {whole.text}.partition({separator!r})")
    scope.line(f"if not {between}:", f"    {tail} = UNSET")
    return [Value(head, _TEXT), Value(tail, _TEXT, absent=True)]


def _handwritten(operation: Handwritten, table: Table, scope: Scope, between: Between) -> None:
    assert operation.older is not None  # fitting has filled it in
    scope.remake(table, f"{scope.author(operation.translator.downgrade)}({{}})", between.record(operation.older))


_READ: Final[Mapping[type, Callable[..., None]]] = {
    Rename: _rename,
    Move: _relocate,
    Nest: _relocate,
    Flatten: _relocate,
    Add: _add,
    Remove: _remove,
    ChangeDefault: _nothing,
    Require: _nothing,
    Relax: _relax,
    Convert: _convert,
    MapValues: _map_values,
    Wrap: _wrap,
    Unwrap: _unwrap,
    Constrain: _constrain,
    Linked: _linked,
    Split: _split,
    Join: _join,
    Handwritten: _handwritten,
}
"""What each operation does on the way to the older version."""
