"""Older shapes as real marshmallow schemas, for the author to look at and to use.

The newest version's schema is the author's own class. Every older one is a class of its own, made from the derived
shape: fields carry the names of that version, nested schemas are those of that version.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from .history import History
from .shape import Family, Many, One, Shape, Slot, Table, altered


class Exporter:
    """Makes the marshmallow schemas of one history, each once, when it is first asked for."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._made: dict[tuple[Family, int], type[Schema]] = {}

    def schema(self, family: Family, position: int, version: str) -> type[Schema]:
        """The schema class of a family in the version at ``position``, called e.g. ``BookingSchemaV1``."""
        if position == 0 and family.whole:
            return family.schema
        if (family, position) not in self._made:
            shape = self._history.shape(family, position)
            self._made[family, position] = self._class(shape, position, version)
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
        match slot:
            case One():
                return self._nested(slot, name, position, version)
            case Many() if isinstance(slot.field, fields.List):
                return altered(slot.field, **fresh, inner=self._field(None, slot.inner, position, version))
            case Many():
                inner = self._field(None, slot.inner, position, version)
                return altered(fields.List(inner), **fresh, **_flags(slot.field))
            case Table():
                return altered(slot.field, **fresh, value_field=self._field(None, slot.inner, position, version))
        return altered(slot.field, **fresh)

    def _nested(self, slot: One, name: str | None, position: int, version: str) -> fields.Field[Any]:
        target = slot.target
        if isinstance(target, Shape):
            schema = self._class(target, position, version)
            nested = fields.Nested(schema)
        else:
            nested = fields.Nested(lambda: self.schema(target, position, version)())
        return altered(nested, data_key=name, **_flags(slot.field))


def _flags(field: fields.Field[Any]) -> dict[str, Any]:
    """What a field says beside its type."""
    flags = ("required", "allow_none", "load_only", "dump_only", "load_default", "dump_default")
    return {flag: getattr(field, flag) for flag in (*flags, "validators", "metadata", "error_messages")}
