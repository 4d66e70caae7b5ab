"""Fields: those of one resource in two versions, side by side.

Strategy: the JSON Schemas of both versions are walked into a list of places with a few words about each. Which place
of one version is which of the other, the chain of translations knows, by way of today's; where it knows none, places of
the same name are one. A field that became two stands in two rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from translayer.contract.lens import Chain
from translayer.document.values import Json, Object
from translayer.errors import Path

from .sample import resolved

_DEEPEST: Final = 12
"""Levels of a document that are told apart: schemas may hold themselves."""

_ELEMENT: Final = 0
"""Stands for every element of a list in a place."""

_ANY_NAME: Final = "*"
"""Stands for every name of an object whose names are free."""

_LONGEST: Final = 200
"""Characters of what is said of one field."""

_WORDS: Final[Mapping[str, str]] = {
    "format": "{}",
    "const": "always {}",
    "enum": "one of {}",
    "pattern": "pattern {}",
    "minLength": "length ≥ {}",
    "maxLength": "length ≤ {}",
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "multipleOf": "a multiple of {}",
    "minItems": "elements ≥ {}",
    "maxItems": "elements ≤ {}",
    "default": "default {}",
}
"""What keywords of JSON Schema say in a row, in this order (JSON Schema Validation, draft 2020-12)."""

_MARKS: Final[Mapping[str, str]] = {
    "readOnly": "read only",
    "writeOnly": "write only",
    "deprecated": "deprecated",
}


class Row(NamedTuple):
    """One field in two versions: its place and what is said of it in each; ``None`` where a version has none such."""

    older: tuple[str, str] | None
    newer: tuple[str, str] | None


def described(schema: Object) -> Mapping[Path, str]:
    """Every place of the documents of a JSON Schema, in order, with what is said of it.

    A schema inside itself is told of, and not gone into again.
    """
    found: dict[Path, str] = {}
    for path, words in _walked(schema, _Place(schema)):
        found.setdefault(path, words)
    return found


class _Place(NamedTuple):
    """Where a walk through a schema is: ``root`` is the whole, ``within`` the references that it came through."""

    root: Object
    path: Path = ()
    required: bool = False
    within: frozenset[str] = frozenset()


def _walked(schema: Json, place: _Place) -> Iterator[tuple[Path, str]]:
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    schema = resolved(schema, place.root)
    if not isinstance(schema, dict):
        return
    if place.path and place.path[-1] != _ELEMENT:
        yield place.path, _words(schema, place.required, place.root)
    if reference in place.within or len(place.path) > _DEEPEST:
        return
    if reference is not None:
        place = place._replace(within=place.within | {reference})
    yield from _walked_inside(schema, place)


def _walked_inside(schema: Object, place: _Place) -> Iterator[tuple[Path, str]]:
    path, needed = place.path, schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        yield from _walked(inner, place._replace(path=(*path, name), required=name in needed))
    for token, keyword in ((_ELEMENT, "items"), (_ANY_NAME, "additionalProperties")):
        yield from _walked(schema.get(keyword), place._replace(path=(*path, token), required=False))
    for inner in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from ((at, words) for at, words in _walked(inner, place) if at != path)


def _words(schema: Object, required: bool, root: Object) -> str:
    """What is said of a field in a row."""
    limits = (words.format(_said(schema[name])) for name, words in _WORDS.items() if name in schema)
    marks = (mark for name, mark in _MARKS.items() if schema.get(name) is True)
    needed = ("required",) if required else ()
    said = ", ".join(filter(None, [_type(schema, root), *needed, *marks, *limits]))
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def _type(schema: Json, root: Object) -> str:
    """The types of a value; nothing is said where any will do."""
    said = schema.get("type", ())
    types = [said] if isinstance(said, str) else list(said)
    for inner in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        types.extend(_type(resolved(inner, root), root).split(" or "))
    return " or ".join(dict.fromkeys(filter(None, types)))


def _said(value: Json) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class Ways(NamedTuple):
    """The way between today's documents of a resource and those of each of two versions."""

    older: Chain
    newer: Chain

    def beside(self, path: Path) -> Path:
        """Where a place of the newer version is found in the older one."""
        return self.older.older_path(self.newer.newer_path(path))


def rows(older: Mapping[Path, str], newer: Mapping[Path, str], ways: Ways) -> Iterator[Row]:
    """The fields of the newer version, each beside what it was, and then those that only the older one has."""
    told: set[Path] = set()
    for path, words in newer.items():
        before = _before(path, older, newer, ways)
        told.add(before)
        yield Row((spelt(before), older[before]) if before in older else None, (spelt(path), words))
    for path, words in older.items():
        if path not in told:
            yield Row((spelt(path), words), None)


def _before(path: Path, older: Mapping[Path, str], newer: Mapping[Path, str], ways: Ways) -> Path:
    """The place that a field had; what holds others was no field without any, even where these are in it now."""
    place = ways.beside(path)
    is_same_sort = _holds_others(place, older) == _holds_others(path, newer)
    return place if place in older and is_same_sort else path


def _holds_others(path: Path, places: Iterable[Path]) -> bool:
    return any(place[: len(path)] == path and place != path for place in places)


def spelt(path: Path) -> str:
    """A place as readers write it.

    >>> spelt(("legs", 0, "origin"))
    'legs[].origin'
    """
    return "".join("[]" if token == _ELEMENT else f".{token}" for token in path).removeprefix(".")
