"""Shapes: the fields of one object in one version, under the names that clients see.

A shape is read once from a marshmallow schema (today's business object) and from then on only derived: every
operation takes the newer shape and gives the older one. A shape is a frozen mapping from outer name to *slot*; a
slot holds the marshmallow field that checks the value, and knows whether it nests other objects. Nested schemas are
held by reference (``Family``), so that a schema that contains itself is finite. Nothing here sees a document.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Self, TypeAlias

from marshmallow import RAISE, Schema, fields, missing
from marshmallow.validate import And, Length
from msgspec import Struct

from translayer.errors import DeclarationError

Name: TypeAlias = tuple[str, ...]
"""A field inside a shape, through nested objects: ``("address", "city")``; written ``address.city`` by authors."""


class Family(Struct, frozen=True):
    """The marshmallow schema that changes are addressed to, and the selection of its fields that one place nests.

    Names in ``only`` and ``exclude`` are those of marshmallow, dotted where they select inside nested schemas.
    """

    schema: type[Schema]
    only: frozenset[str] | None = None
    exclude: frozenset[str] = frozenset()
    load_only: frozenset[str] = frozenset()
    dump_only: frozenset[str] = frozenset()

    @classmethod
    def of(cls, instance: Schema) -> Family:
        """The family that a schema instance stands for; what the class says of itself is no selection."""
        said = instance.opts
        return cls(
            type(instance),
            None if instance.only is None else _with_inner_names("only", instance.only, instance),
            _with_inner_names("exclude", instance.exclude - set(said.exclude), instance),
            frozenset(instance.load_only) - frozenset(said.load_only),
            frozenset(instance.dump_only) - frozenset(said.dump_only),
        )

    @property
    def whole(self) -> bool:
        """Whether the place nests every field of the schema."""
        return self.only is None and not self.exclude

    def instance(self) -> Schema:
        """A schema instance with this selection; its ``fields`` are bound and carry their outer names."""
        return self.schema(only=self.only, exclude=self.exclude, load_only=self.load_only, dump_only=self.dump_only)


def _with_inner_names(option: str, chosen: Iterable[str], instance: Schema) -> frozenset[str]:
    """The names of a selection; what it selects inside nested schemas marshmallow has handed on to their fields."""
    names = set(chosen)
    for name, declared_field in type(instance)._declared_fields.items():
        handed, declared = (
            frozenset(getattr(known, option, None) or ()) for known in (instance.declared_fields[name], declared_field)
        )
        if handed != declared:
            names.discard(name)
            names.update(f"{name}.{inner}" for inner in handed)
    return frozenset(names)


@dataclass(frozen=True, eq=False)
class Slot:
    """A place for one value: the marshmallow field that describes it."""

    field: fields.Field[Any]

    @property
    def required(self) -> bool:
        """Whether a writer must send it."""
        return bool(self.field.required)

    @property
    def nullable(self) -> bool:
        """Whether ``null`` is one of its values."""
        return bool(self.field.allow_none)

    @property
    def read_only(self) -> bool:
        """Whether it never enters (marshmallow's ``dump_only``)."""
        return bool(self.field.dump_only)

    @property
    def write_only(self) -> bool:
        """Whether it never leaves (marshmallow's ``load_only``)."""
        return bool(self.field.load_only)

    @cached_property
    def rules(self) -> tuple[Any, ...]:
        """The validators of its field, each by itself where several were put together by ``And``."""
        return tuple(validators(self.field))

    def altered(self, **attributes: Any) -> Self:
        """The slot with attributes of its field changed: ``required``, ``allow_none``, ``validators`` …"""
        return replace(self, field=altered(self.field, **attributes))


@dataclass(frozen=True, eq=False)
class Leaf(Slot):
    """A value without schemas inside."""

    @cached_property
    def bare(self) -> fields.Field[Any]:
        """The field without its validators, so that a wrong type and a broken rule can be told apart.

        Validators see values before ``post_load`` (marshmallow 4.3) does, and so does this field.
        """
        return altered(self.field, validators=[], required=False, post_load=[])

    @cached_property
    def as_it_is(self) -> type | None:
        """The type whose values the field reads as they are; ``None`` where there is none, or an author's hook."""
        return None if getattr(self.field, "pre_load", None) else _READ_AS_THEY_ARE.get(type(self.field))


_READ_AS_THEY_ARE: Final[Mapping[type[fields.Field[Any]], type]] = MappingProxyType(
    {fields.String: str, fields.Email: str, fields.URL: str, fields.Integer: int}
)


@dataclass(frozen=True, eq=False)
class One(Slot):
    """A nested object."""

    target: Target


@dataclass(frozen=True, eq=False)
class Many(Slot):
    """A list; ``key`` is the member by which its objects are recognised, where one is declared."""

    inner: Slot
    key: str | None = None


@dataclass(frozen=True, eq=False)
class Table(Slot):
    """An object of any member names whose values are alike (``fields.Dict(values=...)``)."""

    inner: Slot


@dataclass(frozen=True, eq=False)
class Shape:
    """The slots of one object in one version, by outer name, in order."""

    name: str
    slots: Mapping[str, Slot] = field(repr=False)
    family: Family | None = None
    unknown: str = RAISE

    def with_slots(self, slots: Mapping[str, Slot]) -> Shape:
        """The same shape with other slots."""
        return replace(self, slots=MappingProxyType(dict(slots)))

    def exchanged(self, gone: tuple[str, ...], come: Mapping[str, Slot]) -> Shape:
        """The shape with the slots ``gone`` taken out and ``come`` put where the first of them stood, or last.

        Raises ``DeclarationError`` where a name that comes is taken already.
        """
        for name in come:
            if name in self.slots and name not in gone:
                raise DeclarationError(
                    f"two operations collide: {self.name} would have two fields called {name!r} in the older "
                    f"version; give one of them another name"
                )
        slots: dict[str, Slot] = {}
        for name, slot in self.slots.items():
            if name not in gone:
                slots[name] = slot
            elif not (come.keys() & slots.keys()):
                slots.update(come)
        return self.with_slots(slots | {name: slot for name, slot in come.items() if name not in slots})


Target: TypeAlias = Family | Shape
"""What a nested object looks like: a family as it is in the version at hand, or a shape of this place alone."""

Resolve: TypeAlias = Callable[[Target], Shape]
"""Gives the shape of a target in the version at hand."""


def altered(field: fields.Field[Any], **attributes: Any) -> fields.Field[Any]:
    """A copy of a marshmallow field with attributes changed; a required field has no default to load."""
    result = copy.copy(field)
    for name, value in attributes.items():
        setattr(result, name, value)
    if result.required:
        result.load_default = missing
    return result


def slot_of(field: fields.Field[Any]) -> Slot:
    """The slot for a marshmallow field, bound or not: lists, dicts and nested schemas are looked into."""
    if isinstance(field, fields.Pluck) or not is_standard(field, "_serialize"):
        return Leaf(field)
    if isinstance(field, fields.Nested):
        one = One(altered(field, many=False), Family.of(field.schema))
        if not field.schema.many:
            return one
        return Many(field, one.altered(required=False, allow_none=False, validators=[]), _key(field))
    if isinstance(field, fields.List):
        return Many(field, slot_of(field.inner), _key(field))
    if isinstance(field, fields.Mapping) and field.value_field is not None:
        return Table(field, slot_of(field.value_field))
    return Leaf(field)


def validators(field: fields.Field[Any]) -> Iterator[Any]:
    """The validators of a field, each by itself where several were put together by ``And``."""
    waiting = list(field.validators)
    while waiting:
        rule = waiting.pop(0)
        if isinstance(rule, And):
            waiting[:0] = rule.validators
        else:
            yield rule


def is_standard(field: fields.Field[Any], method: str) -> bool:
    """Whether a method of a field is marshmallow's own, not one that the author wrote."""
    return str(getattr(type(field), method).__module__) == fields.__name__


def _key(field: fields.Field[Any]) -> str | None:
    """The key that a list declares for its elements, or the nested field inside it."""
    inner = field.inner.metadata if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested) else {}
    key: str | None = field.metadata.get("key", inner.get("key"))
    return key


NO_KEYS: Final[Mapping[type[Schema], str]] = MappingProxyType({})
"""No schema has a key but where a list declares one."""


def read(family: Family, keys: Mapping[type[Schema], str] = NO_KEYS) -> Shape:
    """Today's shape of a family, under the names that clients see (``data_key``), in the order of the schema.

    ``keys`` are the fields by which objects of a schema are recognised in lists that declare none themselves.
    """
    instance = family.instance()
    # What marshmallow selects by ``only`` stands in the order of that, which is a set here and so has none.
    order = instance.fields if family.only is None else Family(family.schema).instance().fields
    known = [instance.fields[name] for name in order if name in instance.fields]
    slots = {_outer_name(field): _with_key(slot_of(field), keys) for field in known}
    return Shape(family.schema.__name__, MappingProxyType(slots), family, str(instance.unknown))


def _with_key(slot: Slot, keys: Mapping[type[Schema], str]) -> Slot:
    """The slot with the keys of the schemas that lists in it nest, where the place does not leave them out."""
    match slot:
        case Many(inner=One(target=Family() as family), key=None):
            key = keys.get(family.schema)
            there = {_outer_name(field) for field in family.instance().fields.values()}
            return replace(slot, key=key) if key in there else slot
        case Many() | Table():
            return replace(slot, inner=_with_key(slot.inner, keys))
    return slot


def _outer_name(field: fields.Field[Any]) -> str:
    return field.data_key if field.data_key is not None else str(field.name)


def parse_name(text: str) -> Name:
    """``"address.city"`` as a path of names; raises ``DeclarationError`` for an empty part."""
    name = tuple(text.split(".")) if isinstance(text, str) else ()
    if not all(name) or not name:
        raise DeclarationError(f"{text!r} is no field name: write names joined by single dots, as in 'address.city'")
    return name


def find(shape: Shape, name: Name, resolve: Resolve) -> Slot:
    """The slot at ``name``; raises ``DeclarationError`` with what there is where there is none."""
    parent = object_at(shape, name[:-1], resolve)
    if name[-1] not in parent.slots:
        known = ", ".join(sorted(parent.slots)) or "no fields at all"
        raise DeclarationError(f"{parent.name} has no field {name[-1]!r} in the newer version; it has {known}")
    return parent.slots[name[-1]]


def has(shape: Shape, name: Name, resolve: Resolve) -> bool:
    """Whether there is a field at ``name``."""
    try:
        find(shape, name, resolve)
    except DeclarationError:
        return False
    return True


def object_at(shape: Shape, name: Name, resolve: Resolve) -> Shape:
    """The shape of the nested object at ``name``; raises ``DeclarationError`` where there is none."""
    for depth in range(len(name)):
        slot = find(shape, name[depth : depth + 1], resolve)
        if not isinstance(slot, One):
            raise DeclarationError(
                f"{shape.name}.{name[depth]} is not a nested object, so that {'.'.join(name)!r} leads nowhere; "
                f"where it is a list, address the change to the schema of its elements"
            )
        shape = resolve(slot.target)
    return shape


def rewrite(shape: Shape, name: Name, edit: Callable[[Shape], Shape], resolve: Resolve) -> Shape:
    """The shape with the nested object at ``name`` edited at this place alone; left out where nothing is left in it.

    Where fewer fields are left in it, it may be emptier than it was.
    """
    if not name:
        return edit(shape)
    before = object_at(shape, name[:1], resolve)
    inner = rewrite(before, name[1:], edit, resolve)
    slots = dict(shape.slots)
    slot = slots[name[0]]
    if not inner.slots:
        del slots[name[0]]
        return shape.with_slots(slots)
    assert isinstance(slot, One)  # object_at has refused anything else
    if len(inner.slots) < len(before.slots):
        slot = slot.altered(validators=[rule for rule in slot.field.validators if not isinstance(rule, Length)])
    slots[name[0]] = replace(slot, target=inner)
    return shape.with_slots(slots)


def families(slot: Slot | Shape) -> Iterator[Family]:
    """Every family that a slot or a shape refers to, outside the families themselves."""
    match slot:
        case Shape():
            for inner in slot.slots.values():
                yield from families(inner)
        case One(target=Family() as family):
            yield family
        case One(target=Shape() as shape):
            yield from families(shape)
        case Many() | Table():
            yield from families(slot.inner)
