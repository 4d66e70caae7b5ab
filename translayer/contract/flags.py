"""Flags: which fields are only for consumers who have one, in every version.

A field says it in ``metadata={"flag": "beta"}``. What it is called in older versions, or was made of it there, has the
flag as well, unless the older field says otherwise; so nothing is shown by oversight. Nothing here hides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from marshmallow import fields
from marshmallow.exceptions import RegistryError

from translayer.errors import DeclarationError

from .operations.base import Operation, listed
from .operations.handwritten import Handwritten
from .shape import (
    Family,
    Many,
    Name,
    One,
    Resolve,
    Shape,
    Slot,
    Table,
    Target,
    find,
    has,
    object_at,
    parse_name,
    rewrite,
)

NAME = "flag"
"""The member of a field's ``metadata`` that names its flag."""


def check_flag(flag: Any, where: str) -> None:
    """Raises ``DeclarationError`` for anything but a text without spaces around it."""
    if not isinstance(flag, str) or not flag or flag != flag.strip():
        raise DeclarationError(f"{where}: {flag!r} is no flag: a flag is a text, as in flag='beta'")


def flag_of(slot: Slot) -> str | None:
    """The flag of a field; what is plucked out of an object has that of the field which it is there."""
    flag = slot.field.metadata.get(NAME)
    if flag is None and isinstance(slot.field, fields.Pluck):
        flag = _plucked(slot.field).get(NAME)
    return None if flag is None else str(flag)


def _plucked(field: fields.Pluck) -> dict[str, Any]:
    try:
        return dict(field.schema.fields[field.field_name].metadata)
    except (RegistryError, LookupError, ValueError):
        return {}  # refused, in a sentence of its own, once all shapes are there


# What older fields have from the newer ones that they are made of


def inherited(operation: Operation, newer: Shape, older: Shape, resolve: Resolve) -> Shape:
    """The older shape with the flags that its fields have from those of the newer one; raises ``DeclarationError``."""
    for name, sources in _made(operation, newer, older):
        slot = _found(older, name, resolve)
        flags = {flag_of(find(newer, source, resolve)) for source in sources if has(newer, source, resolve)}
        if slot is None or not flags:
            continue
        if NAME in slot.field.metadata:
            _refuse_unwritable(slot, flags)
        elif len(flags) > 1:
            raise DeclarationError(
                f"{listed(sources)} have not the same flag, so that nobody knows whose {listed((name,))} is: "
                f"give them the same, or say in was= with metadata={{'flag': …}} who sees it"
            )
        elif flags != {None}:
            older = _with_flag(older, name, slot, flags.pop(), resolve)
    return older


def _made(operation: Operation, newer: Shape, older: Shape) -> Iterator[tuple[Name, tuple[Name, ...]]]:
    """The older fields that an operation makes anew, each with the newer ones that it is made of."""
    if isinstance(operation, Handwritten):
        names = operation.translator.names
        yield from (((name,), (parse_name(names.get(name, name)),)) for name in older.slots)
    else:
        yield from ((name, operation.newer_names) for name in operation.remade_names)


def _found(shape: Shape, name: Name, resolve: Resolve) -> Slot | None:
    return object_at(shape, name[:-1], resolve).slots.get(name[-1])


def _refuse_unwritable(slot: Slot, flags: set[str | None]) -> None:
    if slot.required and flags == {None} and flag_of(slot) is not None:
        raise DeclarationError(
            "it was required and has a flag, and what it became has none: those without the flag could not write it; "
            "make the field in was= optional, or give both the flag"
        )


def _with_flag(shape: Shape, name: Name, slot: Slot, flag: str | None, resolve: Resolve) -> Shape:
    come = {name[-1]: slot.altered(metadata={**slot.field.metadata, NAME: flag})}
    return rewrite(shape, name[:-1], lambda inner: inner.exchanged(name[-1:], come), resolve)


def flags_spoken_of(operation: Operation, newer: Shape, older: Shape, resolve: Resolve) -> frozenset[str]:
    """The flags of the fields that an operation speaks of, in either shape, and of the objects around them."""
    named = [(newer, name) for name in operation.newer_names] + [(older, name) for name in operation.remade_names]
    around = ((shape, name[: depth + 1]) for shape, name in named for depth in range(len(name)))
    flags = (flag_of(find(shape, name, resolve)) for shape, name in around if has(shape, name, resolve))
    return frozenset(flag for flag in flags if flag is not None)


# All flags that there are


def flags_of_fields(families: Iterable[Family], shape: Callable[[Target, int], Shape], versions: int) -> frozenset[str]:
    """Every flag that a field of any version has; raises ``DeclarationError`` for those that could not be kept."""
    found: set[str] = set()
    for family in families:
        for position in range(versions):
            _collect(shape(family, position), _at(shape, position), found)
    return frozenset(found)


def _at(shape: Callable[[Target, int], Shape], position: int) -> Resolve:
    return lambda target: shape(target, position)


def _collect(shape: Shape, resolve: Resolve, found: set[str]) -> None:
    for name, slot in shape.slots.items():
        where = f"{shape.name}.{name}"
        if slot.field.metadata.get(NAME) is not None:
            check_flag(slot.field.metadata[NAME], where)
        _check_inside(where, slot, resolve, found)
        flag = flag_of(slot)
        if flag is not None:
            found.add(flag)
    if shape.family is not None and shape.slots and all(map(flag_of, shape.slots.values())):
        raise DeclarationError(
            f"every field of {shape.name} has a flag, so that nothing is left of it without one: give the flag to the "
            f"fields that nest it, or to the resource"
        )


def _check_inside(where: str, slot: Slot, resolve: Resolve, found: set[str]) -> None:
    """What is inside a field has no flag of its own, unless it is a field of a schema."""
    match slot:
        case One(target=Shape() as shape):
            _collect(shape, resolve, found)
        case Many() | Table():
            _refuse_keys(where, slot, resolve)
            if slot.inner.field.metadata.get(NAME) not in (None, slot.field.metadata.get(NAME)):
                raise DeclarationError(f"{where}: the flag of what is in it would say nothing: give it to the whole")
            _check_inside(where, slot.inner, resolve, found)


def _refuse_keys(where: str, slot: Many | Table, resolve: Resolve) -> None:
    if not (isinstance(slot, Many) and slot.key is not None and isinstance(slot.inner, One)):
        return
    if flag_of(resolve(slot.inner.target).slots[slot.key]) is not None:
        raise DeclarationError(
            f"{where} recognises its elements by {slot.key!r}, which has a flag: a key is for everybody who sees the "
            f"list; take the flag off, or name another key"
        )
