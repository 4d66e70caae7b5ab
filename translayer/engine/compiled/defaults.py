"""Defaults: what stands in for a field that is absent, or null, beside the values that are there."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from .kinds import UNKNOWN, Kind, Known, Leaf, Listed, Tabled, type_of
from .nodes import Node, Value
from .scope import Scope


def beside(node: Node, default: Any, name: str, scope: Scope) -> tuple[Value, Any]:
    """A field and its default, alike: with the same records in both, or both in plain Python.

    Of the field no more is known than holds for its default as well.
    """
    if isinstance(node, Value) and isinstance(node.kind, Known | Listed | Tabled) and _stays_as_it_is(default, node):
        kind = replace(node.kind, nullable=node.kind.nullable or default is None, slot=None)
        if _is_one(default, kind):
            return replace(node, kind=kind), msgspec.convert(default, type_of(kind))
    value = scope.settled(node, name)
    right = isinstance(value.kind, Leaf) and _is_one(default, value.kind)
    return value if right else replace(value, kind=UNKNOWN), default


def _stays_as_it_is(default: Any, value: Value) -> bool:
    """Whether nothing would happen to a default that went through what is pending for the values beside it."""
    return not value.pending or default is None or (not default and not isinstance(value.kind, Known))


def _is_one(default: Any, kind: Kind) -> bool:
    """Whether a default is a value of a kind, and stays the same when it is read as such."""
    try:
        read = msgspec.convert(default, type_of(kind))
        if isinstance(kind, Leaf) and kind.check is not None and read is not None:
            read = kind.check(read)
        return msgspec.json.encode(read) == msgspec.json.encode(default)
    except Exception:  # whatever an author's rule raises
        return False
