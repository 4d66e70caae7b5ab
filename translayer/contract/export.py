"""Older shapes as real marshmallow schemas, for the author to look at and to use.

The newest version's schema is the author's own class, unless a consumer does not see all of it. Every other is a class
of its own, made from the derived shape: fields carry the names of that version, nested schemas are those of that
version.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from marshmallow import Schema, fields

from .check import said_of_unknown
from .hiding import Shapes
from .rules import holds_objects
from .shape import Family, Many, One, Shape, Slot, Table, altered


class Exporter:
    """Makes the marshmallow schemas of ``shapes``, each once, when it is first asked for.

    ``left`` are the validators (by ``id``) that speak of objects in today's form, and so are none of older schemas.
    ``is_own`` says of which schemas the newest version's is the author's own, where it is not that of all.
    """

    def __init__(self, shapes: Shapes, left: frozenset[int], is_own: Callable[[Family], bool] | None = None) -> None:
        self._shapes = shapes
        self._left = left
        self._is_own = is_own
        self._made: dict[tuple[Family, int], type[Schema]] = {}

    def schema(self, family: Family, position: int, version: str) -> type[Schema]:
        """The schema class of a family in the version at ``position``, called e.g. ``BookingSchemaV1``."""
        if position == 0 and family == Family(family.schema) and (self._is_own is None or self._is_own(family)):
            return family.schema
        if (family, position) not in self._made:
            made = self._class(self._shapes(family, position), position, version)
            # Two threads may both have made it; one of the two classes is everybody's.
            self._made.setdefault((family, position), made)
        return self._made[family, position]

    def _class(self, shape: Shape, position: int, version: str) -> type[Schema]:
        label = "".join(part if part.isalnum() else "_" for part in version)
        members = {name: self._field(name, slot, position, version) for name, slot in shape.slots.items()}
        base = Schema.from_dict(dict(members), name=f"{shape.name}V{label}")
        base.__doc__ = f"{shape.name} as version {version} has it, derived by translayer."
        base.opts.unknown = shape.unknown
        return base

    def _field(self, name: str | None, slot: Slot, position: int, version: str) -> fields.Field[Any]:
        """A field of its own for a slot, bound to nothing yet."""
        fresh: dict[str, Any] = {"name": None, "parent": None, "root": None, "data_key": name, "attribute": None}
        if (position or self._is_own is not None) and holds_objects(slot):
            fresh["validators"] = [rule for rule in slot.rules if id(rule) not in self._left]
        return altered(self._of_type(slot, position, version), **fresh)

    def _of_type(self, slot: Slot, position: int, version: str) -> fields.Field[Any]:
        """A field for a slot, with that of the same version inside."""
        match slot:
            case One():
                return _like(slot.field, self._nested(slot, position, version))
            case Many():
                return _like(slot.field, fields.List(self._field(None, slot.inner, position, version)))
            case Table():
                inner = self._field(None, slot.inner, position, version)
                return altered(slot.field, value_field=inner, only=None, exclude=())
        return _unbound(slot.field)

    def _nested(self, slot: One, position: int, version: str) -> fields.Field[Any]:
        target, unknown = slot.target, said_of_unknown(slot)
        if isinstance(target, Shape):
            return fields.Nested(self._class(target, position, version), unknown=unknown)
        return fields.Nested(lambda: self.schema(target, position, version)(), unknown=unknown)


def _unbound(field: fields.Field[Any]) -> fields.Field[Any]:
    """A field that needs nothing of the schema that it stood in; methods of that schema go along as functions."""
    if not isinstance(field, fields.Method):
        return field
    found = (field.serialize_method_name, field.deserialize_method_name)
    methods = [None if name is None else getattr(field.parent, name) for name in found]
    return _like(field, fields.Function(*methods))


_FLAGS: Final = ("required", "allow_none", "load_only", "dump_only", "load_default", "dump_default", "validators")


def _like(field: fields.Field[Any], made: fields.Field[Any]) -> fields.Field[Any]:
    """A field that says all that another says beside its type."""
    told = {flag: getattr(field, flag) for flag in (*_FLAGS, "metadata")}
    return altered(made, **told, error_messages={**made.error_messages, **field.error_messages})
