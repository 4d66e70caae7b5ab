"""Whether two schemas of two contracts are the same rule, whatever their definitions are called.

Annotations do not count. Two that hold themselves are the same where no difference can be reached from them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Final

from translayer.document.values import Json, Object, equal
from translayer.openapi.dialects import HOLDS, Holds
from translayer.openapi.merging import Merger, assertions, types_in

_UNORDERED: Final = frozenset({"type", "required", "enum"})
"""Keywords whose lists have no order."""


class Sameness:
    """Compares schemas of one contract with those of another."""

    def __init__(self, promised: Merger, actual: Merger) -> None:
        self._promised = promised
        self._actual = actual

    def same(self, promised: Json, actual: Json) -> bool:
        """Whether both take the same values, as far as that shows from their text."""
        waiting, seen = [(promised, actual)], set[Hashable]()
        while waiting:
            one, other = waiting.pop()
            if (pair := (id(one), id(other))) in seen:
                continue
            seen.add(pair)
            one, other = self._promised.target(one), self._actual.target(other)
            if not isinstance(one, dict) or not isinstance(other, dict):
                if _flag(one) is not _flag(other):
                    return False
            elif not self._keywords_same(said := assertions(one), told := assertions(other)):
                return False
            else:
                waiting.extend(self._parts(said, told))
        return True

    def _keywords_same(self, one: Object, other: Object) -> bool:
        """Whether both have the same keywords, and in those without schemas the same values."""
        return one.keys() == other.keys() and all(
            _shape(keyword, value) == _shape(keyword, other[keyword])
            if keyword in HOLDS or keyword == "$ref"
            else equal(_ordered(keyword, value), _ordered(keyword, other[keyword]))
            for keyword, value in one.items()
        )

    def _parts(self, one: Object, other: Object) -> Iterator[tuple[Json, Json]]:
        for keyword, value in one.items():
            holds = HOLDS.get(keyword)
            if keyword == "$ref":
                yield self._promised.target({"$ref": value}), self._actual.target({"$ref": other[keyword]})
            elif holds is Holds.SCHEMA:
                yield value, other[keyword]
            elif holds is Holds.SCHEMAS:
                yield from zip(value, other[keyword], strict=True)
            elif holds is Holds.NAMED:
                yield from ((part, other[keyword][name]) for name, part in value.items())


def _flag(schema: Json) -> bool | None:
    """What a schema is that says nothing or refuses everything; ``None`` for any other."""
    if isinstance(schema, bool):
        return schema
    return None if assertions(schema) else True


def _shape(keyword: str, value: Json) -> Hashable:
    """How many schemas a keyword has, or under which names."""
    if HOLDS.get(keyword) is Holds.SCHEMAS:
        return len(value)
    return frozenset(value) if HOLDS.get(keyword) is Holds.NAMED else None


def _ordered(keyword: str, value: Json) -> Json:
    if keyword == "type":
        return sorted(types_in({"type": value}))
    return sorted(value, key=repr) if keyword in _UNORDERED else value
