"""Every difference between two schemas, for what a client sends or for what it gets.

Strategy: both schemas are walked side by side, from a queue and not by calls within calls, so that neither depth nor a
schema that holds itself matters: a pair of schemas is compared once. What is compared is what each says in all
(``merging``), keyword by keyword (``rules_moved``), each as narrower, wider or another; the table says what that means
for a direction. Fields, elements and alternatives are paired here, and compared as schemas of their own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from translayer.document.values import ABSENT, Json, Object, equal
from translayer.errors import DeclarationError, Path
from translayer.openapi.alternatives import is_choice, paired
from translayer.openapi.difference_table import SUBJECTS, Difference, Direction, difference
from translayer.openapi.fields_moved import FieldChange, fields_compared
from translayer.openapi.merging import UNION_KEYWORDS, Merger, place_of, types_in
from translayer.openapi.reading_schemas import Located, Schema, schema_of
from translayer.openapi.rules_moved import (
    Manner,
    Moved,
    conditions_moved,
    contents_moved,
    fields_moved,
    limits_moved,
    lists_moved,
    opaque_moved,
    texts_moved,
    types_moved,
    types_of,
    values_moved,
)
from translayer.openapi.sameness import Sameness

MAX_PAIRS: Final = 100_000
"""Pairs of schemas that one comparison looks at. The largest contracts that are published need some ten thousand for
one operation; what needs more was made to."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where two schemas stand: the ``operation`` they are part of, what they are for in words, and in a parameter.

    ``text`` says that the value is written as a text: in a parameter or a header.
    """

    words: str
    operation: str | None = None
    text: bool = False
    parameter: bool = False

    def __call__(self, path: Path) -> str:
        """A place within, in words."""
        return f"“{'.'.join(map(str, path))}” in {self.words}" if path else self.words


def schema_differences(
    promised: Schema | Json, actual: Schema | Json, direction: Direction, site: Site | None = None
) -> tuple[Difference, ...]:
    """Every difference between two schemas, of what clients send (``"request"``) or get (``"reply"``).

    Either is a ``Schema``, or a JSON Schema as ``schema_of`` reads it, of 2020-12 where it does not say its draft.
    Raises ``DeclarationError`` for what is no schema, and for two that take more than ``MAX_PAIRS`` comparisons.
    """
    one, other = (said if isinstance(said, Schema) else schema_of(said, "2020-12") for said in (promised, actual))
    if equal(one.document(), other.document()):
        return ()  # as most are: the same errors are told at every operation
    walk = _Walk(one, other, direction, site or Site(f"the {direction}"))
    return tuple(walk.differences())


class _Pair(NamedTuple):
    """Two schemas for one value, its path in the message, and the places of what holds them."""

    promised: Json
    actual: Json
    path: Path
    places: tuple[str, str]


class _Walk:
    """One comparison, from the whole message down to the last field."""

    def __init__(self, promised: Schema, actual: Schema, direction: Direction, site: Site) -> None:
        self._mergers = Merger(promised.definitions), Merger(actual.definitions)
        self._same = Sameness(*self._mergers).same
        self._direction = direction
        self._site = site
        self._waiting = deque([_Pair(promised.node, actual.node, (), (promised.pointer, actual.pointer))])
        self._seen: set[Hashable] = set()

    def differences(self) -> Iterator[Difference]:
        while self._waiting:
            pair = self._waiting.popleft()
            key = tuple(_identity(merger.target(part)) for merger, part in zip(self._mergers, pair[:2], strict=True))
            if key not in self._seen:
                self._seen.add(key)
                if len(self._seen) > MAX_PAIRS:
                    raise DeclarationError(
                        f"{self._site.words}: more than {MAX_PAIRS} comparisons: simplify the schemas"
                    )
                yield from self._compared(pair)

    def _compared(self, pair: _Pair) -> Iterator[Difference]:
        promised, actual = self._mergers[0].joined(pair.promised), self._mergers[1].joined(pair.actual)
        places = place_of(pair.promised, "") or pair.places[0], place_of(pair.actual, "") or pair.places[1]
        places = promised.pointer or places[0], actual.pointer or places[1]
        yield from self._annotations(promised, actual, pair.path, places)
        choices = [is_choice(schema) for schema in (promised, actual)]
        if any(choices) and (all(choices) or not all(_union(schema) for schema in (promised, actual))):
            yield from self._alternatives(promised, actual, pair.path, places)
            return
        for moved in self._rules(promised, actual):
            yield self._told(moved, pair.path, places)
        if all(_union(schema) for schema in (promised, actual)):
            yield from self._alternatives(promised, actual, pair.path, places)
        types = types_of(promised) & types_of(actual)
        if "object" in types:
            yield from self._fields(promised, actual, pair.path, places)
        if "array" in types:
            self._elements(promised, actual, pair.path, places)

    def _rules(self, promised: Located, actual: Located) -> Iterator[Moved]:
        """How the rules differ that are for this very value."""
        text = self._site.text
        types = types_of(promised, text) & types_of(actual, text)
        yield from types_moved(promised, actual, text)
        yield from values_moved(promised, actual)
        yield from limits_moved(promised, actual, types)
        yield from texts_moved(promised, actual, types)
        yield from contents_moved(promised, actual, types, self._same)
        yield from lists_moved(promised, actual, types, self._same)
        yield from fields_moved(promised, actual, types, self._same)
        yield from conditions_moved(promised, actual, self._same)
        unions = [_union(schema) for schema in (promised, actual)]
        if not all(unions):
            yield from opaque_moved("alternatives", unions[0] or ABSENT, unions[1] or ABSENT, self._same)

    # Alternatives

    def _alternatives(
        self, promised: Located, actual: Located, path: Path, places: tuple[str, str]
    ) -> Iterator[Difference]:
        one, other = (_union(schema) or _by_type(schema) for schema in (promised, actual))
        pairs, gone, new = paired(one, other, *self._mergers, self._same)
        for part in gone:
            yield self._told(
                Moved("alternative", "narrowed", part, ABSENT), path, (place_of(part, places[0]), places[1])
            )
        for part in new:
            yield self._told(
                Moved("alternative", "widened", ABSENT, part), path, (places[0], place_of(part, places[1]))
            )
        self._waiting.extend(_Pair(one, other, path, places) for one, other in pairs)
        exclusive = ["oneOf" in schema for schema in (promised, actual)]
        chosen = all(len(_union(schema) or ()) > 1 for schema in (promised, actual))
        if chosen and exclusive[0] is not exclusive[1]:
            manner: Manner = "narrowed" if exclusive[1] else "widened"
            yield self._told(Moved("exclusive", manner, *map(_keyword, (promised, actual))), path, places)

    # Fields and elements

    def _fields(self, promised: Located, actual: Located, path: Path, places: tuple[str, str]) -> Iterator[Difference]:
        for found in fields_compared(promised, actual, self._direction, self._mergers):
            if isinstance(found, Moved):
                yield self._told(found, path, places)
                continue
            inner = (*path, found.name)
            if found.id is not None:
                yield self._field(found, inner, places)
            if found.compare:
                self._waiting.append(_Pair(found.promised, found.actual, inner, places))

    def _field(self, found: FieldChange, path: Path, places: tuple[str, str]) -> Difference:
        told = found.promised if found.promised is not ABSENT else found.actual
        place = place_of(told, places[0] if found.promised is not ABSENT else places[1])
        words, operation = self._site(path), self._site.operation
        return difference(found.id or "", words, place, found.promised, found.actual, operation, path)

    def _elements(self, promised: Located, actual: Located, path: Path, places: tuple[str, str]) -> None:
        one, other = (schema.get("prefixItems", []) for schema in (promised, actual))
        others = promised.get("items", True), actual.get("items", True)
        for index in range(max(len(one), len(other))):
            first, second = (
                known[index] if index < len(known) else rest for known, rest in zip((one, other), others, strict=True)
            )
            self._waiting.append(_Pair(first, second, (*path, index), places))
        self._waiting.append(_Pair(others[0], others[1], (*path, "*"), places))

    # What is said about a value

    def _annotations(
        self, promised: Located, actual: Located, path: Path, places: tuple[str, str]
    ) -> Iterator[Difference]:
        for keyword, id_ in self._noted(promised, actual, bool(path)):
            one, other = promised.get(keyword, ABSENT), actual.get(keyword, ABSENT)
            yield difference(id_, self._site(path), places[0], one, other, self._site.operation, path)

    def _noted(self, promised: Located, actual: Located, is_field: bool) -> Iterator[tuple[str, str]]:
        one, other = (bool(schema.get("deprecated")) for schema in (promised, actual))
        if is_field and one is not other:
            yield "deprecated", f"{self._direction}-field-{'deprecated' if other else 'no-longer-deprecated'}"
        if (change := _change(promised, actual, "default")) is not None:
            subject = "parameter" if self._site.parameter and not is_field else "request"
            yield "default", "reply-default-changed" if self._direction == "reply" else f"{subject}-default-{change}"
        if _change(promised, actual, "discriminator") is not None:
            yield "discriminator", f"{self._direction}-discriminator-changed"

    def _told(self, moved: Moved, path: Path, places: tuple[str, str]) -> Difference:
        end = getattr(SUBJECTS[moved.subject], moved.manner)
        place = places[1] if moved.promised is ABSENT else places[0]
        words = self._site(path)
        return difference(
            f"{self._direction}-{end}", words, place, moved.promised, moved.actual, self._site.operation, path
        )


def _identity(schema: Json) -> Hashable:
    """What a schema is known by: what it was joined of, the place that it was read from, or itself."""
    if isinstance(schema, dict) and schema.keys() == {"allOf"}:
        return frozenset(map(_identity, schema["allOf"]))
    if isinstance(schema, Located):
        return schema.pointer, frozenset(schema)
    return schema if isinstance(schema, bool) else id(schema)


def _union(schema: Object) -> list[Json] | None:
    """The alternatives of a schema, if it has some."""
    return next((schema[keyword] for keyword in UNION_KEYWORDS if keyword in schema), None)


def _by_type(schema: Located) -> list[Json]:
    """A schema as one alternative for each type that it names: a rule for one type says nothing of the others."""
    types = types_in(schema) if "type" in schema else []
    return [Located({**schema, "type": name}, schema.pointer) for name in types] if len(types) > 1 else [schema]


def _keyword(schema: Object) -> str:
    return "oneOf" if "oneOf" in schema else "anyOf"


def _change(promised: Object, actual: Object, keyword: str) -> str | None:
    """What happened to an annotation."""
    one, other = promised.get(keyword), actual.get(keyword)
    if one == other and isinstance(one, bool) is isinstance(other, bool):
        return None
    return "added" if keyword not in promised else "removed" if keyword not in actual else "changed"
