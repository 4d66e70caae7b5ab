"""Reading and rewriting one place in a document, without ever changing the document given.

Every function returns a new document that shares what did not change with the old one, and keeps the order of
members: what takes another member's place stands where that one stood. Paths lead through objects only.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from .values import ABSENT, Absent, Json, Object


def look(document: Json, path: tuple[str, ...]) -> Json | Absent:
    """The value at ``path``, or ``ABSENT`` where the path leads nowhere.

    >>> look({"address": {"city": "Oslo"}}, ("address", "city"))
    'Oslo'
    """
    for name in path:
        if not isinstance(document, dict) or name not in document:
            return ABSENT
        document = document[name]
    return document


def exchange(document: Object, gone: Container[str], come: Mapping[str, Json]) -> Object:
    """The object with the members ``gone`` taken out and ``come`` put where the first of either stood, or last.

    >>> exchange({"a": 1, "b": 2, "c": 3}, {"a", "b"}, {"d": 4})
    {'d': 4, 'c': 3}
    """
    if not come and not any(name in gone for name in document):
        return document
    result: Object = {}
    placed = False
    for name, value in document.items():
        if name not in gone and name not in come:
            result[name] = value
        elif not placed:
            placed = True
            result.update(come)
    if not placed:
        result.update(come)
    return result


def within(document: Object, path: tuple[str, ...], rewrite: Callable[[Object], Object]) -> Object:
    """The document with the object at ``path`` rewritten; as it was where no object is there."""
    if not path:
        return rewrite(document)
    name, *rest = path
    inner = document.get(name)
    if not isinstance(inner, dict):
        return document
    rewritten = within(inner, tuple(rest), rewrite)
    return document if rewritten is inner else {**document, name: rewritten}


def place(document: Object, path: tuple[str, ...], value: Json) -> Object:
    """The document with ``value`` at ``path``; objects on the way are made where there are none."""
    name, *rest = path
    if not rest:
        return {**document, name: value}
    inner = document.get(name)
    return {**document, name: place(inner if isinstance(inner, dict) else {}, tuple(rest), value)}


def without(document: Object, path: tuple[str, ...]) -> Object:
    """The document with nothing at ``path``; the objects on the way stay, empty or not."""
    *parents, name = path
    return within(document, tuple(parents), lambda inner: exchange(inner, {name}, {}))
