"""What of a document belongs to one who reads or writes it: what a version shows, and what a client sends."""

from __future__ import annotations

from translayer.document.values import Json

from .shape import Many, One, Resolve, Shape, Slot, Table


def declared(document: Json, shape: Shape, resolve: Resolve) -> Json:
    """The document in the order of the shape, less the members that it does not have, or never shows.

    A translator that writes ``{**document, ...}`` would else show clients of an old version what it does not declare;
    and where a member stands would tell what was done to it. What is free in form, and the names of a table, stay in
    the order in which they come.
    """
    if not isinstance(document, dict):
        return document
    return {
        name: _value(document[name], slot, resolve)
        for name, slot in shape.slots.items()
        if name in document and not slot.write_only
    }


def _value(value: Json, slot: Slot, resolve: Resolve) -> Json:
    match slot:
        case One():
            return declared(value, resolve(slot.target), resolve)
        case Many() if isinstance(value, list):
            return [_value(element, slot.inner, resolve) for element in value]
        case Table() if isinstance(value, dict):
            return {name: _value(member, slot.inner, resolve) for name, member in value.items()}
    return value


def sent(value: Json, slot: Slot, resolve: Resolve) -> Json:
    """What a client sends of a value that it sees: all but what is read-only."""
    match slot:
        case One():
            return sent_of(value, resolve(slot.target), resolve)
        case Many() if isinstance(value, list):
            return [sent(element, slot.inner, resolve) for element in value]
        case Table() if isinstance(value, dict):
            return {name: sent(member, slot.inner, resolve) for name, member in value.items()}
    return value


def sent_of(document: Json, shape: Shape, resolve: Resolve) -> Json:
    """What a client sends of an object that it sees."""
    if not isinstance(document, dict):
        return document
    return {
        name: sent(member, shape.slots[name], resolve) if name in shape.slots else member
        for name, member in document.items()
        if name not in shape.slots or not shape.slots[name].read_only
    }
