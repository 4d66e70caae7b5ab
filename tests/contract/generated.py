"""Generated histories: schemas of today, and chains of operations behind them.

A case follows from two numbers: a seed, and how many operations are wanted. With the same seed, fewer operations are
the first of the many, so that a failing example shrinks to a shorter chain. Operations are drawn backwards, from today
to the past, since that is how shapes are derived; what cannot be declared is left out.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import count
from random import Random
from typing import Any

from documents import Documents
from marshmallow import Schema, fields, validate
from proposals import KINDS, STRUCTURAL, Proposals, schema_class

from translayer.contract.check import Check
from translayer.contract.history import History
from translayer.contract.lens import Chain
from translayer.contract.operations.base import Operation
from translayer.contract.shape import Family, Resolve, Shape, families
from translayer.document.values import duplicate
from translayer.errors import DeclarationError

VERSIONS = 6
"""How many steps a chain has at most; each may have any number of operations."""


@dataclass(repr=False)
class Case:
    """A history, the chain over all of it, and what tells documents of its two ends."""

    rnd: Random
    schemas: tuple[type[Schema], ...]
    changes: list[dict[type[Schema], list[Operation]]]
    history: History
    origin: str = "made by hand"

    def __repr__(self) -> str:
        return self.origin

    @property
    def family(self) -> Family:
        return Family(self.schemas[0])

    @property
    def end(self) -> int:
        return len(self.changes)

    @property
    def told_operations(self) -> list[Operation]:
        """Every operation of the history."""
        return [operation for changes in self.changes for told in changes.values() for operation in told]

    @cached_property
    def chain(self) -> Chain:
        return self.chain_of(self.family)

    def chain_of(self, family: Family) -> Chain:
        return Chain(tuple(self.history.step(family, position) for position in range(self.end)))

    def resolve(self, position: int) -> Resolve:
        return lambda target: self.history.shape(target, position)

    def shape(self, position: int) -> Shape:
        return self.history.shape(self.family, position)

    def document(self, position: int) -> dict[str, Any]:
        """A document valid in a version."""
        return Documents(self.rnd, self.resolve(position)).of(self.shape(position))

    def faults(self, document: Any, position: int) -> list[Any]:
        """What a version has against a document."""
        faults: list[Any] = []
        Check(self.resolve(position), "raise").document(duplicate(document), self.shape(position), faults)
        return faults

    def told(self) -> str:
        """The case in words: the schemas of today, and under every version what it did to each, as written."""
        lines = [self.origin]
        lines += [f"today {schema.__name__}: {described(schema)}" for schema in self.schemas]
        for position, changes in reversed(list(enumerate(self.changes))):
            lines.append(f"version {self.end + 1 - position}, after version {self.end - position}:")
            for schema, operations in changes.items():
                lines += [f"    {schema.__name__}: {worded(operation)}" for operation in operations]
        return "\n".join(lines)


Told = tuple[type[Schema], Operation]
"""An operation, and the schema that it is addressed to."""


@dataclass
class Drawing:
    """A case in the making: operations are drawn one by one, and kept where they fit what is there already.

    Only the schema that an operation is for is taken back at once; the whole history is derived when its version is
    complete. That may refuse what fits by itself, and then the version is told again without it.
    """

    rnd: Random
    schemas: tuple[type[Schema], ...]
    addressed: tuple[type[Schema], ...]
    """The schemas that operations are drawn for, oftener those named twice."""
    changes: list[dict[type[Schema], list[Operation]]] = field(default_factory=list)
    history: History = field(init=False)
    """It is over the very list of changes that grows: a history derives an older version when it is asked for."""
    nested: set[type[Schema]] = field(default_factory=set)
    """The schemas that some version nests, and so can have operations."""
    shapes: dict[type[Schema], Shape] = field(default_factory=dict)
    """What schemas look like behind the operations that were drawn for the version at hand."""
    fresh: Iterator[str] = field(default_factory=lambda: (f"x{number}" for number in count()))
    keys: set[str] = field(default_factory=lambda: {"id"})
    special: set[type[Schema]] = field(default_factory=set)
    """The schemas that have another form at some place than elsewhere, since a dotted name reached into them there.

    From then on only structural operations are drawn for them: one value cannot suit fields of two types.
    """

    def __post_init__(self) -> None:
        self.history = self.derived()
        self.settle()

    def derived(self) -> History:
        return History([Family(self.schemas[0])], self.changes)

    def version(self) -> None:
        """One version more, which is the oldest now."""
        self.settle()
        self.changes.append({})

    def another(self) -> bool:
        """Tries one operation more, at the front of what the oldest version did to some schema."""
        schema = self.rnd.choice(self.addressed)
        if schema not in self.nested:
            return False
        position = len(self.changes) - 1
        shape = self.shapes[schema] if schema in self.shapes else self.history.shape(Family(schema), position)
        resolve = partial(self.history.shape, position=position)
        proposals = Proposals(self.rnd, shape, resolve, self.schemas[-1], self.fresh, self.keys)
        operation = getattr(proposals, self.rnd.choice(STRUCTURAL if schema in self.special else KINDS))()
        if operation is None or any(self.changes[-1].get(touched) for touched in proposals.touched):
            return False
        try:
            self.shapes[schema] = operation.fit(shape, resolve).older
        except DeclarationError:
            return False
        self._tell(schema, operation)
        self.special |= proposals.touched
        return True

    def _tell(self, schema: type[Schema], operation: Operation) -> None:
        self.changes[-1][schema] = [operation, *self.changes[-1].get(schema, [])]

    def settle(self) -> None:
        """Derives the last version; operations in it that the history does not take are let go."""
        self.shapes = {}
        try:
            self.nested = self._reached()
        except DeclarationError:
            self._settle_by_halves()
            self.nested = self._reached()

    def _reached(self) -> set[type[Schema]]:
        seen: set[Family] = set()
        waiting = [Family(self.schemas[0])]
        while waiting:
            family = waiting.pop()
            if family not in seen:
                seen.add(family)
                for position in range(len(self.changes) + 1):
                    waiting.extend(families(self.history.shape(family, position)))
        return {family.schema for family in seen}

    def _settle_by_halves(self) -> None:
        last = self.changes[-1]
        told = [(schema, operation) for schema, operations in last.items() for operation in reversed(operations)]
        self._retell(self._taken(told, []))
        self.history = self.derived()

    def _taken(self, told: list[Told], kept: list[Told]) -> list[Told]:
        """What the history takes of operations, behind those that it has taken already."""
        self._retell(kept + told)
        try:
            self.derived()
        except DeclarationError:
            half = len(told) // 2
            return self._taken(told[half:], self._taken(told[:half], kept)) if half else kept
        return kept + told

    def _retell(self, told: list[Told]) -> None:
        self.changes[-1] = {}
        for schema, operation in told:
            self._tell(schema, operation)


def worded(operation: Any) -> str:
    """An operation as it is declared, with what differs from the defaults."""
    told = {one.name: getattr(operation, one.name) for one in dataclasses.fields(operation)}
    usual = {one.name: one.default for one in dataclasses.fields(operation)}
    shown = [
        f"{name}={in_short(value) if isinstance(value, fields.Field) else repr(value)}"
        for name, value in told.items()
        if value is not usual[name]
    ]
    # Functions by their names, without their addresses.
    return re.sub(r"<function (\S+) at \w+>", r"\1", f"{type(operation).__qualname__}({', '.join(shown)})")


def described(schema: type[Schema]) -> str:
    """The fields of a schema, in short."""
    return ", ".join(f"{name}: {in_short(one)}" for name, one in schema().fields.items())


def in_short(one: fields.Field[Any]) -> str:
    """A field with what nests in it, what it has to be, and the key of its elements: ``[Child by id]! null``."""
    key = f" by {one.metadata['key']}" if "key" in one.metadata else ""
    kind = type(one).__name__
    if isinstance(one, fields.Nested):
        kind = type(one.schema).__name__ + "[]" * one.schema.many
    elif isinstance(one, fields.List):
        kind = f"[{in_short(one.inner)}]"
    elif isinstance(one, fields.Mapping):
        kind = f"{{{in_short(one.value_field)}}}" if one.value_field is not None else kind
    words = "".join(f" of {rule.choices}" for rule in one.validators if isinstance(rule, validate.OneOf))
    return f"{kind}{words}{key}{'!' * one.required}{' null' * bool(one.allow_none)}"


def schemas(rnd: Random) -> tuple[type[Schema], ...]:
    """Three schemas of today, each within the one before."""
    grand = schema_class(rnd, "Grand", "mno")
    child = schema_class(rnd, "Child", "pqrs", grand)
    return schema_class(rnd, "Root", "abcde", child), child, grand


def drawn(rnd: Random, made: tuple[type[Schema], ...], addressed: tuple[type[Schema], ...], wanted: int) -> Drawing:
    """A history of one to ``VERSIONS`` steps and ``wanted`` operations, or nearly, for the schemas ``addressed``."""
    drawing = Drawing(rnd, made, addressed)
    often = rnd.choice((0.02, 0.05, 0.1, 0.2))
    drawing.version()
    for _ in range(3 * wanted):
        if wanted and drawing.another():
            wanted -= 1
        if len(drawing.changes) < VERSIONS and rnd.random() < (often if drawing.changes[-1] else often / 10):
            drawing.version()
    drawing.settle()
    return drawing


def case(seed: int, wanted: int) -> Case:
    """A case with ``wanted`` operations; its documents are drawn from the seed as well."""
    rnd = Random(seed)
    made = schemas(rnd)
    drawing = drawn(rnd, made, (*made, made[0]), wanted)
    return Case(Random(seed), made, drawing.changes, drawing.derived(), f"case({seed}, {wanted})")


def case_of_lists(seed: int, wanted: int) -> Case:
    """A case whose root holds a list of children with a key and one without, and is never changed itself."""
    rnd = Random(seed)
    _, child, grand = schemas(rnd)
    members = {
        "keyed": fields.List(fields.Nested(child), metadata={"key": "id"}),
        "plain": fields.List(fields.Nested(child)),
    }
    made = type("Lists", (Schema,), {**members, "__module__": __name__}), child, grand
    drawing = drawn(rnd, made, (child, child, grand), wanted)
    return Case(Random(seed), made, drawing.changes, drawing.derived(), f"case_of_lists({seed}, {wanted})")
