"""What is drawn of declarations: schemas of today, and operations that a version may have done to a shape.

Only operations are drawn that are total: they convert every document that is valid. Whether a history takes them is
asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any

from documents import Documents, least
from marshmallow import Schema, fields, validate

from translayer import Translator
from translayer.contract.operations.base import Operation
from translayer.contract.operations.handwritten import Handwritten
from translayer.contract.shape import Leaf, Many, One, Resolve, Shape, Slot, Table, altered, families
from translayer.operations import (
    add,
    constrain,
    convert,
    default,
    flatten,
    join,
    map_values,
    move,
    nest,
    relax,
    remove,
    rename,
    require,
    split,
    unwrap,
    wrap,
)

WORDS = ("red", "green", "blue")


# Schemas of today


def leaf(rnd: Random, **flags: Any) -> fields.Field[Any]:
    """A field of a plain type, or a list of one."""
    kinds: tuple[Callable[[], fields.Field[Any]], ...] = (
        lambda: fields.String(**flags),
        lambda: fields.String(**flags),
        lambda: fields.String(**flags),
        lambda: fields.Integer(**flags),
        lambda: fields.Boolean(**flags),
        lambda: fields.String(**flags, validate=validate.OneOf(WORDS)),
        lambda: fields.List(fields.String(), **flags),
        lambda: fields.List(fields.String(validate=validate.OneOf(WORDS)), **flags),
    )
    return rnd.choice(kinds)()


def presence(rnd: Random) -> dict[str, bool]:
    return {"required": rnd.random() < 0.5, "allow_none": rnd.random() < 0.3}


def nested(rnd: Random, schema: Any) -> fields.Field[Any]:
    """A field that nests a schema: alone, in a list with or without a key, in a table, in lists of lists."""
    flags = presence(rnd)
    by_key = {"metadata": {"key": "id"}} if rnd.random() < 0.6 else {}
    kinds: tuple[Callable[[], fields.Field[Any]], ...] = (
        lambda: fields.Nested(schema, **flags),
        lambda: fields.Nested(schema, **flags),
        lambda: fields.List(fields.Nested(schema), **flags, **by_key),
        lambda: fields.List(fields.Nested(schema), **flags, **by_key),
        lambda: fields.Nested(schema, many=True, **flags, **by_key),
        lambda: fields.Dict(fields.String(), fields.Nested(schema), **flags),
        lambda: fields.Dict(fields.String(), fields.List(fields.Nested(schema), **by_key), **flags),
        lambda: fields.List(fields.List(fields.Nested(schema, **by_key)), **flags),
    )
    return rnd.choice(kinds)()


def nested_in_itself(rnd: Random, schema: Callable[[], Schema]) -> fields.Field[Any]:
    """A field that nests the schema it is in; documents have an end, since it is optional."""
    kinds: tuple[Callable[[], fields.Field[Any]], ...] = (
        lambda: fields.Nested(schema),
        lambda: fields.List(fields.Nested(schema)),
        lambda: fields.List(fields.Nested(schema), metadata={"key": "id"}),
        lambda: fields.Dict(fields.String(), fields.Nested(schema)),
    )
    return rnd.choice(kinds)()


def schema_class(rnd: Random, name: str, names: str, *inner: type[Schema]) -> type[Schema]:
    members: dict[str, fields.Field[Any]] = {"id": fields.Integer(required=True)}
    members |= {letter: leaf(rnd, **presence(rnd)) for letter in names[: rnd.randint(1, len(names))]}
    for schema in inner:
        members |= {f"{schema.__name__.lower()}{index}": nested(rnd, schema) for index in range(rnd.randint(1, 2))}
    made: list[type[Schema]] = []
    if rnd.random() < 0.2:
        members["itself"] = nested_in_itself(rnd, lambda: made[0]())
    made.append(type(name, (Schema,), {**members, "__module__": __name__}))
    return made[0]


# Operations


def within_reach(
    shape: Shape, resolve: Resolve, prefix: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Slot]]:
    """Every field by its dotted name, through nested objects, as deep as operations are drawn.

    Not into an object of the same schema: what is said of that is said of the one inside it too, and has no end.
    """
    for name, slot in shape.slots.items():
        yield (*prefix, name), slot
        if isinstance(slot, One) and len(prefix) < 2:
            inner = resolve(slot.target)
            if inner.family is None or inner.family != shape.family:
                yield from within_reach(inner, resolve, (*prefix, name))


def inside(slot: Slot) -> Iterator[Slot]:
    """What lies in lists and tables."""
    while isinstance(slot, Many | Table):
        slot = slot.inner
        yield slot


def nests(slot: Slot) -> bool:
    """Whether objects lie in a list or a table."""
    return next(families(slot), None) is not None or any(isinstance(inner, One) for inner in inside(slot))


def is_text(slot: Slot) -> bool:
    return isinstance(slot, Leaf) and type(slot.field) is fields.String and not slot.field.validators


def is_word(slot: Slot) -> bool:
    while isinstance(slot, Many):
        slot = slot.inner
    return any(isinstance(rule, validate.OneOf) for rule in slot.field.validators)


def is_count(slot: Slot) -> bool:
    return isinstance(slot, Leaf) and type(slot.field) is fields.Integer and not is_word(slot)


def flags_of(slot: Slot) -> dict[str, bool]:
    return {"required": slot.required, "allow_none": slot.nullable}


def ten_times(value: int) -> int:
    return value * 10


def tenth(value: int) -> int:
    return value // 10


def backwards(value: str) -> str:
    return value[::-1]


def members(document: dict[str, Any]) -> int:
    return len(document)


def last_first(first: str, last: str) -> str:
    return f"{last}, {first}"


def first_last(whole: str) -> list[str]:
    last, comma, first = whole.partition(", ")
    return [first, last] if comma else [whole]


def spaced(*pieces: str) -> str:
    return " ".join(pieces)


def words(whole: str) -> list[str]:
    """It forgets how wide the spaces were."""
    return whole.split(None, 1) or [""]


@dataclass
class Proposals:
    """What one version may have done to a shape: one operation of a kind, or ``None`` where none applies."""

    rnd: Random
    shape: Shape
    resolve: Resolve
    inner: type[Schema]
    fresh: Iterator[str]
    keys: set[str]
    """What the elements of lists are recognised by, under every name that it has had; only its name ever changes."""
    touched: set[type[Schema]] = field(default_factory=set)
    """The schemas inside whose objects dotted names reached."""

    @cached_property
    def reach(self) -> list[tuple[tuple[str, ...], Slot]]:
        return list(within_reach(self.shape, self.resolve))

    def some(self, wanted: Callable[[Slot], bool]) -> tuple[str, Slot] | None:
        found = [(".".join(name), slot) for name, slot in self.reach if name[-1] not in self.keys and wanted(slot)]
        if not found:
            return None
        name, slot = self.rnd.choice(found)
        self.touch(name)
        return name, slot

    def touch(self, name: str) -> None:
        shape = self.shape
        for part in name.split(".")[:-1]:
            shape = self.resolve(shape.slots[part].target)  # type: ignore[attr-defined]
            if shape.family is not None:
                self.touched.add(shape.family.schema)

    def some_object(self) -> list[str]:
        """The name of a nested object, to put another field in; none for the object itself."""
        names = [".".join(name) for name, slot in self.reach if isinstance(slot, One)]
        if not names or self.rnd.random() < 0.5:
            return []
        name = self.rnd.choice(names)
        self.touch(f"{name}.another")
        return [name]

    def beside(self, name: str) -> str:
        """A name that nobody has, in the same object."""
        return ".".join((*name.split(".")[:-1], next(self.fresh)))

    def several(self, wanted: Callable[[Slot], bool], least: int) -> list[str]:
        """Fields of one object."""
        chosen = self.some(wanted)
        if chosen is None:
            return []
        parent = tuple(chosen[0].split(".")[:-1])
        names = [
            ".".join(name)
            for name, slot in self.reach
            if name[:-1] == parent and name[-1] not in self.keys and wanted(slot)
        ]
        self.rnd.shuffle(names)
        return names[: self.rnd.randint(least, 3)] if len(names) >= least else []

    def filled(self, wanted: Callable[[Slot], bool]) -> tuple[str, Slot, Any] | None:
        """A field with a value that may stand for it; of what is nested only an empty list or table.

        A default that holds objects has them in one form, and the objects at one place may have another.
        """
        chosen = self.some(
            lambda slot: wanted(slot) and not isinstance(slot, One) and not (nests(slot) and least(slot))
        )
        if chosen is None:
            return None
        name, slot = chosen
        empty: Any = [] if isinstance(slot, Many) else {}
        return name, slot, empty if nests(slot) else Documents(self.rnd, self.resolve).value(slot)

    def rename(self) -> Operation | None:
        key = next((name for name in self.shape.slots if name in self.keys), None)
        if key is not None and self.rnd.random() < 0.1:
            older = next(self.fresh)
            self.keys.add(older)
            return rename(older, key)
        chosen = self.some(lambda slot: True)
        return chosen and rename(self.beside(chosen[0]), chosen[0])

    def move(self) -> Operation | None:
        chosen = self.some(lambda slot: not isinstance(slot, One))
        if chosen is None:
            return None
        made = [next(self.fresh) for _ in range(self.rnd.choice([1, 1, 2, 3]))]
        return move(".".join([*self.some_object(), *made]), chosen[0])

    def nest(self) -> Operation | None:
        chosen = self.some(lambda slot: isinstance(slot, One) and bool(self.resolve(slot.target).slots))
        if chosen is None:
            return None
        names = [name for name in self.resolve(chosen[1].target).slots if name not in self.keys]  # type: ignore[attr-defined]
        self.rnd.shuffle(names)
        prefix = chosen[0].split(".")[:-1]
        names = names[: self.rnd.randint(1, 3)]
        return nest(*(".".join([*prefix, name]) for name in names), under=chosen[0]) if names else None

    def flatten(self) -> Operation | None:
        names = self.several(lambda slot: True, 1)
        return flatten(self.beside(names[0]), *names) if names else None

    def add(self) -> Operation | None:
        chosen = self.filled(lambda slot: True)
        if chosen is None:
            return None
        name, slot, value = chosen
        return add(name, default=value) if slot.required or self.rnd.random() < 0.5 else add(name)

    def remove(self) -> Operation | None:
        name = ".".join([*self.some_object(), next(self.fresh)])
        if self.rnd.random() < 0.2:
            return remove(name, was=fields.List(fields.Nested(self.inner)))
        was = leaf(self.rnd, **presence(self.rnd))
        slot = Slot(was)
        if not slot.required and self.rnd.random() < 0.4:
            return remove(name, was=was)
        value = Documents(self.rnd, self.resolve).of_field(was)
        return remove(name, was=was, default=members if type(was) is fields.Integer else value)

    def split(self) -> Operation | None:
        names = self.several(is_text, 2)
        if not names:
            return None
        if len(names) == 2 and self.rnd.random() < 0.3:
            return split(self.beside(names[0]), into=names, by=(first_last, last_first))
        return split(self.beside(names[0]), into=names, by=self.rnd.choice([" ", "-"]))

    def join(self) -> Operation | None:
        chosen = self.some(is_text)
        if chosen is None:
            return None
        names = [self.beside(chosen[0]) for _ in range(self.rnd.randint(2, 3))]
        return join(names, into=chosen[0], by=self.rnd.choice([" ", "-", (spaced, words)]))

    def convert(self) -> Operation | None:
        if self.rnd.random() < 0.5:
            chosen = self.some(is_count)
            return chosen and convert(chosen[0], ten_times, tenth, was=fields.Integer(**flags_of(chosen[1])))
        chosen = self.some(is_text)
        return chosen and convert(chosen[0], backwards, backwards)

    def map_values(self) -> Operation | None:
        chosen = self.some(is_word)
        if chosen is None:
            return None
        slot = chosen[1]
        while isinstance(slot, Many):
            slot = slot.inner
        words = [word for rule in slot.field.validators for word in rule.choices]
        kind = self.rnd.choice([lambda word: f"old {word}", lambda word: words.index(word), lambda word: word])
        known = words[: self.rnd.randint(1, len(words))]
        table = {kind(word): word for word in known}
        extra = {"upgrade_else": self.rnd.choice(words)} if self.rnd.random() < 0.3 else {}
        if self.rnd.random() < 0.3:
            table["another"] = known[0]
        if len(known) < len(words):
            extra["downgrade_else"] = self.rnd.choice([next(iter(table)), "other"])
        return map_values(chosen[0], table, **extra)

    def wrap(self) -> Operation | None:
        chosen = self.some(lambda slot: isinstance(slot, Many) and not slot.field.validators)
        return chosen and wrap(chosen[0])

    def unwrap(self) -> Operation | None:
        chosen = self.some(lambda slot: True)
        return chosen and unwrap(chosen[0])

    def default(self) -> Operation | None:
        chosen = self.filled(lambda slot: not slot.required)
        return chosen and default(chosen[0], was=chosen[2])

    def require(self) -> Operation | None:
        chosen = self.filled(lambda slot: slot.required)
        return chosen and require(chosen[0], default=chosen[2])

    def relax(self) -> Operation | None:
        chosen = self.filled(lambda slot: not slot.required or slot.nullable)
        if chosen is None or chosen[2] is None:
            return None
        name, slot, value = chosen
        return relax(
            name, default=members if is_count(slot) and not slot.field.validators and self.rnd.random() < 0.5 else value
        )

    def constrain(self) -> Operation | None:
        chosen = self.some(is_count)
        was = chosen and fields.Integer(**flags_of(chosen[1]), validate=validate.Range(0, 5))
        return chosen and constrain(chosen[0], was=was, downgrade_else=5)

    def translator(self) -> Operation | None:
        """By hand: one text backwards, one optional field unseen; with or without the newer object."""
        texts = [name for name, slot in self.shape.slots.items() if is_text(slot)]
        hidden = [
            name for name, slot in self.shape.slots.items() if name not in {*texts, *self.keys} and not slot.required
        ]
        plain = all(isinstance(slot, Leaf) for slot in self.shape.slots.values())
        if not plain or not texts or self.shape.family is None:
            return None
        return Handwritten(by_hand(self.shape, texts[0], hidden[:1], with_onto=self.rnd.random() < 0.5))


def by_hand(shape: Shape, text: str, hidden: list[str], *, with_onto: bool) -> Translator:
    fresh = {"name": None, "parent": None, "root": None, "attribute": None}
    kept = {name: slot for name, slot in shape.slots.items() if name not in hidden}
    members = {name: altered(slot.field, **fresh, data_key=name) for name, slot in kept.items()}

    def turned(document: dict[str, Any]) -> dict[str, Any]:
        document = {name: value for name, value in document.items() if name not in hidden}
        if isinstance(document.get(text), str):
            document[text] = document[text][::-1]
        return document

    class Written(Translator):
        schema = type("WrittenSchema", (Schema,), members)

        def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
            return turned(document)

        def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
            return turned(document)

    class WrittenOnto(Written):
        def upgrade(self, document: dict[str, Any], onto: dict[str, Any] | None) -> dict[str, Any]:  # type: ignore[override]
            kept = {name: onto[name] for name in hidden if name in onto} if onto is not None else {}
            return {**turned(document), **kept}

    return WrittenOnto() if with_onto else Written()


STRUCTURAL = ("rename", "move", "nest", "flatten", "remove", "wrap", "unwrap")
"""Kinds of operations that do not look into values."""

KINDS = (*STRUCTURAL, "add", "split", "join", "convert", "map_values", "default", "require", "relax", "constrain")
KINDS = (*KINDS, "split", "nest", "translator", "translator")
"""Every kind, those more often that seldom apply."""
