"""Scopes: nodes become the lines of functions.

A *workshop* makes the functions of one module, one for every record and what it goes through; a *scope* is one of
them being written. Statements are written when an operation is met, so that functions run in the order of the
operations, and what is dropped later has been asked all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import UNSET, convert, to_builtins
from msgspec.structs import replace

from translayer.document.values import duplicate
from translayer.engine.source import Function, Module, word

from .authors import calling, name_of
from .expressions import asked, call, converted, inside, title
from .kinds import (
    UNKNOWN,
    Constant,
    Inexpressible,
    Kind,
    Known,
    Leaf,
    Listed,
    Record,
    Refused,
    Tabled,
    or_null,
    places,
    type_of,
)
from .nodes import Node, Passage, Table, Value, is_as_read, known, may_be_null, presence
from .passages import Declared, Today, cannot_fail
from .shared import Shared

Path = tuple[str, ...]

_NAMED = (Refused, convert, to_builtins, duplicate, len, sum, str, type)
"""What functions name without being told."""

_DEEPEST = 4
"""Loops that stand in each other; Python has 20."""

_LONGEST = 40
"""Characters of a text that stands in the source itself."""

_WIDEST = 60
"""Characters of a new object that stands among the members of another."""


class Workshop:
    """Makes functions from records to structs; ``suffix`` ends their names, ``says`` what their docstrings say.

    ``root`` is the record of the whole, ``apply`` takes an object through a passage, and ``shared`` is what there is
    already.
    """

    def __init__(
        self, root: Record, suffix: str, says: str, apply: Callable[[Passage, Table, Scope], None], shared: Shared
    ) -> None:
        self.module = Module(f"{root.title} {says}", **{value.__name__: value for value in _NAMED}, UNSET=UNSET)
        self._places = places(root)
        self._suffix = suffix
        self._says = says
        self.apply = apply
        self.shared = shared
        self._functions: dict[tuple[object, ...], str | None] = {}
        self._printed: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self._authors: dict[int, tuple[Callable[..., Any], Callable[..., Any]]] = {}

    def function(self, record: Record, pending: tuple[Passage, ...]) -> str | None:
        """The name of the function that takes a record through passages; ``None`` where nothing happens to it."""
        key = (record, *(passage.key for passage in pending))
        if key not in self._functions:
            name = self._functions[key] = self.module.reserve(f"{word(record.title)}_{word(self._suffix)}")
            function = Function(self.module, name, f"{record.title} {self._says}.")
            scope = Scope(self, function)
            function.returns(scope.text(scope.unfold(Value("source", Known(record), pending=pending), record.title)))
            if function.is_idle:
                self._functions[key] = None
            else:
                self.module.add(function)
        return self._functions[key]

    def is_part(self, record: Record) -> bool:
        """Whether a record is in one place of the whole, so that what happens to it can stand there."""
        return self._places[id(record)] == 1

    def author(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """An author's function, held to the rules; one for each."""
        # By identity: functions may be unhashable, or equal without being the same. Kept, so that the id stays its own.
        return self._authors.setdefault(id(function), (function, calling(function)))[1]

    def printed(self, title: str, names: Iterable[str]) -> str:
        """The name of a struct to be printed, with members of these names in their order."""
        key = title, tuple(names)
        self._printed[key] += 1
        struct = self.shared.target(*key, self._printed[key])
        return self.module.value(struct.__name__, struct)


class Scope:
    """One function being written."""

    def __init__(self, workshop: Workshop, function: Function) -> None:
        self._workshop = workshop
        self._function = function
        self.module = workshop.module
        self._loops = 0

    # Finding one's way through objects

    def unfold(self, value: Value, hint: str) -> Table:
        """An object as a table, after all that is pending."""
        if isinstance(value.kind, Constant):
            return self._unfold_constant(value, hint)
        if not isinstance(value.kind, Known):
            raise Inexpressible(f"what {hint!r} has become is no object that is known, and is changed further.")
        record = value.kind.record
        base = self._base(value, record, hint)
        table = Table(hint, {}, value, base, certain=not value.optional)
        for name, member in record.members.items():
            read = Value(f"{base}.{member.attribute}", member.kind, member.optional or value.optional)
            table.members[name] = self.checked(read, name)
        for passage in value.pending:
            self._workshop.apply(passage, table, self)
        return table

    def _unfold_constant(self, value: Value, hint: str) -> Table:
        found = known(value)
        if not isinstance(found, dict) or value.absent:
            raise Inexpressible(f"the default of {hint!r} is changed further.")
        members: dict[str, Node] = {name: self.constant(name, inner) for name, inner in found.items()}
        return Table(hint, members, certain=True)

    def _base(self, value: Value, record: Record, hint: str) -> str:
        """The text of a record by which members are read; what is not there is read as one that has none."""
        if value.optional:
            nothing = self.module.value(f"no_{word(hint)}", record.nothing)
            return self._function.alias(hint, f"{value.text} or {nothing}")
        return value.text if value.text.isidentifier() else self._function.alias(hint, value.text)

    def checked(self, read: Value, hint: str) -> Value:
        """A member of a client's after it was asked what its decoder could not."""
        if isinstance(read.kind, Leaf) and read.kind.check is None:
            return read

        def expression(text: str) -> str:
            return asked(text, read.kind, lambda check: self.value(f"check_{word(hint)}", check))

        asking = expression(read.text)
        if asking == read.text:
            return read
        if not isinstance(read.kind, Leaf) or read.kind.doubt is None:
            return self.mapped(read, hint, expression, read.kind)
        self.where(read, read.kind.doubt.text(read.text, word(hint), self.value), asking)
        return read

    def where(self, value: Value, condition: str, statement: str) -> None:
        """Adds a statement for where a value is there, is not null, and a condition holds."""
        guards = self._guards(value)
        alone = not guards or " or " not in condition
        self.line(f"if {' and '.join([*guards, condition if alone else f'({condition})'])}:", f"    {statement}")

    def _guards(self, value: Value, *, nulls: bool = False) -> list[str]:
        """The conditions under which a value is there, and not null unless ``nulls`` are taken too."""
        guards = [("UNSET", value.absent), ("None", value.kind.nullable and not nulls)]
        return [f"{value.text} is not {nothing}" for nothing, may in guards if may]

    def at(self, table: Table, path: Path) -> Table | None:
        """The object at a path, unfolded; ``None`` where there never is any."""
        for name in path:
            node = table.members.get(name)
            if node is None:
                return None
            table.members[name] = table = node if isinstance(node, Table) else self.unfold(node, name)
        return table

    def look(self, table: Table, path: Path) -> Node | None:
        """The node at a path; ``None`` where there never is anything."""
        parent = self.at(table, path[:-1])
        return None if parent is None else parent.members.get(path[-1])

    def take(self, table: Table, path: Path) -> Node | None:
        """The node at a path, taken out."""
        parent = self.at(table, path[:-1])
        return None if parent is None else parent.members.pop(path[-1], None)

    def drop(self, node: Node | None) -> None:
        """Leaves a node out for good; functions that are pending for it, and may fail, are asked all the same."""
        if isinstance(node, Table):
            for member in node.members.values():
                self.drop(member)
        elif node is not None and not all(map(cannot_fail, node.pending)):
            text = self.text(node)
            if text != node.text and not isinstance(node.kind, Constant):
                self._function.line(text)

    def place(self, table: Table, path: Path, node: Node) -> None:
        """Puts a node at a path; objects around it are there where the node is."""
        name, *rest = path
        if not rest:
            table.members[name] = node
            return
        inner = table.members.get(name)
        around = self.unfold(inner, name) if isinstance(inner, Value) else inner or Table(name)
        around.grow(presence(node))
        table.members[name] = around
        self.place(around, tuple(rest), node)

    def attach(self, table: Table, name: str, passage: Passage | None) -> None:
        """Sends a member through a passage: at once where somebody has reached into it, else when it is needed."""
        node = table.members.get(name)
        if passage is not None and node is not None:
            table.members[name] = self.attached(node, name, passage)

    def attached(self, node: Node, hint: str, passage: Passage) -> Node:
        """A node with one more passage to go through."""
        if isinstance(node, Table):
            self._workshop.apply(passage, node, self)
            return node
        if not isinstance(node.kind, Leaf):
            return node.awaiting(passage)
        if not isinstance(passage, Declared | Today):
            raise Inexpressible(f"what {hint!r} was converted to is changed further.")
        kind = or_null(passage.kind) if node.kind.nullable else passage.kind
        read = self.mapped(node, hint, lambda text: self.converted_to(text, kind, hint), kind)
        return read.awaiting(passage)

    def remake(self, table: Table, call: str, record: Record) -> None:
        """An object becomes what a call makes of it, which is a record."""
        if table.there is not None:
            raise Inexpressible(f"{table.hint!r} has a translator, and is reached into from around it.")
        text = self.converted_to(call.format(self.document(table)), Known(record), table.hint)
        made = self._function.let(table.hint, text)
        table.origin, table.base = Value(made, Known(record)), made
        read = {name: Value(f"{made}.{member.attribute}", member.kind, True) for name, member in record.members.items()}
        table.members.clear()
        table.members.update(read)

    # Writing

    def value(self, hint: str, value: Any) -> str:
        """The name of a value that is known already."""
        return self.module.value(word(hint), value)

    def author(self, function: Callable[..., Any]) -> str:
        """The name of an author's function."""
        return self.value(name_of(function), self._workshop.author(function))

    def locals(self, hints: Iterable[str]) -> list[str]:
        """New locals, which the next line is to give values."""
        return [self._function.named(hint) for hint in hints]

    def standing_in(self, default: Any, hint: str, document: Table) -> str:
        """The expression of a default: a value, or what a function makes of the document."""
        if callable(default):
            return f"{self.author(default)}({self.document(document)})"
        return self.constant(hint, default).text

    def default(self, default: Any, hint: str, document: Table, parent: Table) -> Value:
        """What a default gives to an object, where that is there."""
        if parent.there is None and not callable(default):
            return self.constant(hint, default)
        text = self.standing_in(default, hint, document)
        if parent.there is None:
            return self.let(hint, text)
        make = self.let if callable(default) else self.alias
        return make(hint, f"{text} if {parent.there} else UNSET", absent=True)

    def converted_to(self, text: str, kind: Kind, hint: str) -> str:
        """What an expression makes, read as a kind."""
        return f"convert({text}, {self.value(f'{hint}_type', type_of(kind))})"

    def holds_records(self, node: Node) -> bool:
        """Whether a node is, or has in it, objects that are known member by member."""
        kind = UNKNOWN if isinstance(node, Table) else node.kind
        while isinstance(kind, Listed | Tabled):
            kind = kind.inner
        return isinstance(node, Table) or isinstance(kind, Known)

    def constant(self, hint: str, found: Any) -> Value:
        """A value that is known already."""
        return Value(repr(found) if _is_short(found) else self.value(hint, found), Constant(found))

    def let(self, hint: str, text: str, kind: Kind = UNKNOWN, *, absent: bool = False) -> Value:
        """A new local."""
        return Value(self._function.let(hint, text), kind, absent)

    def alias(self, hint: str, text: str, kind: Kind = UNKNOWN, *, absent: bool = False) -> Value:
        """The same for an expression that calls nothing, and need not stand there where nothing needs it."""
        return Value(self._function.alias(hint, text), kind, absent)

    def line(self, *lines: str) -> None:
        """Adds statements."""
        self._function.line(*lines)

    @property
    def line_number(self) -> int:
        """How many statements there are."""
        return self._function.length

    def mentions(self, name: str, line: int) -> bool:
        """Whether any statement behind a line uses a name."""
        return self._function.mentions(name, line)

    def mapped(
        self, value: Value, hint: str, make: Callable[[str], str], kind: Kind = UNKNOWN, *, nulls: bool = False
    ) -> Value:
        """A value with an expression made of it, where it is there, and not null unless ``nulls`` are taken too."""
        own = value.text.isidentifier() and isinstance(value.kind, Leaf)
        if not self._guards(value, nulls=nulls):
            name = value.text if own else self._function.named(hint)
            self.line(f"{name} = {make(value.text)}")
            return Value(name, kind)
        name = value.text if own else self._function.let(hint, value.text)
        condition = " and ".join(self._guards(replace(value, text=name), nulls=nulls))
        self.line(f"if {condition}:", f"    {name} = {make(name)}")
        return Value(name, kind, value.absent)

    def settled(self, node: Node, hint: str) -> Value:
        """A node as a value with nothing pending, in plain Python."""
        if isinstance(node, Value) and isinstance(node.kind, Constant):
            return self.constant(hint, known(node))
        if isinstance(node, Value) and not self.holds_records(node):
            return node if isinstance(node.kind, Leaf) else replace(node, kind=Leaf(nullable=node.kind.nullable))
        optional = node.presence is not None if isinstance(node, Table) else node.absent
        text = self.text(node)
        if not text.isidentifier():
            text = self._function.let(hint, text)
        kind = Leaf(nullable=may_be_null(node))
        return self.mapped(Value(text, kind, optional), hint, lambda name: f"to_builtins({name})", kind)

    def copied(self, value: Value, name: str) -> str:
        """The text of a value that an author's function may write into."""
        match value.kind:
            case Constant(value=list() | dict()) | Leaf(is_free=True):
                return f"duplicate({name})"
        return name

    def document(self, table: Table) -> str:
        """An object in plain Python, as it is now."""
        return f"to_builtins({self._object(table)})"

    def text(self, node: Node) -> str:
        """The expression that a node becomes."""
        if isinstance(node, Table):
            return self._object(node)
        if not node.pending and isinstance(node.kind, Leaf):
            return node.text
        if isinstance(node.kind, Constant):
            return self.constant("constant", known(node)).text
        return self._converted(node)

    def _converted(self, value: Value) -> str:
        return converted(value.text, value.kind, value.pending, self._workshop.function, optional=value.optional)

    def _object(self, table: Table) -> str:
        texts = {name: self._member(name, node) for name, node in table.members.items()}
        if is_as_read(table, texts):
            assert table.origin is not None  # else it was not read
            return table.origin.text
        made = call(self._workshop.printed(title(table.hint), texts), texts)
        if table.there is None:
            return made
        return f"{made} if {table.there} else {'UNSET' if table.origin is None else table.origin.text}"

    def _member(self, name: str, node: Node) -> str:
        if isinstance(node, Table):
            return self._short(name, self._object(node), longest=0)
        part = node.kind.inner if isinstance(node.kind, Listed) else node.kind
        if node.optional or not isinstance(part, Known) or part.nullable or not self._workshop.is_part(part.record):
            return self.text(node)
        if part is node.kind:
            return self._short(name, self._object(self.unfold(node, name)), longest=_WIDEST)
        return self.text(node) if self._loops == _DEEPEST else self._looped(name, node, part)

    def _short(self, name: str, text: str, *, longest: int) -> str:
        """An object as it can stand among the members of another: a new one, if it is not too long, or its name."""
        stays = text.replace(".", "").isidentifier() or len(text) <= longest
        return text if stays else self._function.let(name, text)

    def _looped(self, name: str, node: Value, part: Known) -> str:
        """A list of what becomes of records, each in turn."""
        made, item = self._function.alias(name, "[]"), self._function.named(word(part.record.title))
        start = self._function.length
        self.line(f"for {item} in {node.text}:")
        self._loops += 1
        text = self._object(self.unfold(Value(item, part, pending=inside(node.pending)), part.record.title))
        self._loops -= 1
        if text != item:
            self.line(f"{made}.append({text})")
        self._function.block(start)
        return node.text if text == item else made


def _is_short(found: Any) -> bool:
    """Whether a constant is plain enough to stand in the text as it is."""
    if type(found) is int:
        return abs(found) < 2**63
    return found is None or isinstance(found, bool) or (type(found) is str and len(found) <= _LONGEST)
