"""Which alternative of one schema answers to which of another.

Alternatives have no names. They are paired by what they are: the same rule, then the same definition or title, then,
where neither says a name, the same types, in their order. The branches of ``oneOf`` are taken to exclude each other, as
those that tell them apart by a field do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from translayer.document.values import Json, Object
from translayer.openapi.merging import UNION_KEYWORDS, Merger, assertions
from translayer.openapi.reading_schemas import name_of
from translayer.openapi.rules_moved import Same, types_of


class Pairing(NamedTuple):
    """Alternatives that answer to one another, those that are gone, and those that are new."""

    pairs: list[tuple[Json, Json]]
    gone: list[Json]
    new: list[Json]


def is_choice(schema: Object) -> bool:
    """Whether a schema is a choice of alternatives and nothing else."""
    said = assertions(schema).keys()
    return len(said) == 1 and said <= {*UNION_KEYWORDS}


def paired(one: list[Json], other: list[Json], promised: Merger, actual: Merger, same: Same) -> Pairing:
    """The alternatives of two schemas, paired."""

    def alike(first: Json, second: Json) -> bool:
        types = [types_of(merger.joined(part)) for merger, part in ((promised, first), (actual, second))]
        return types[0] == types[1] and None in (_name(first), _name(second))

    pairs: list[tuple[Json, Json]] = []
    gone, new = list(one), list(other)
    for answers in (same, _named_alike, alike):
        found = list(_matched(gone, new, answers))
        pairs += [(gone[index], new[place]) for index, place in found]
        gone = [part for index, part in enumerate(gone) if index not in {index for index, _ in found}]
        new = [part for place, part in enumerate(new) if place not in {place for _, place in found}]
    return Pairing(pairs, gone, new)


def _matched(one: list[Json], other: list[Json], answers: Callable[[Json, Json], bool]) -> Iterator[tuple[int, int]]:
    """The places of those that answer to one another, each once."""
    free = dict(enumerate(other))
    for index, part in enumerate(one):
        place = next((place for place, candidate in free.items() if answers(part, candidate)), None)
        if place is not None:
            del free[place]
            yield index, place


def _named_alike(one: Json, other: Json) -> bool:
    return _name(one) is not None and _name(one) == _name(other)


def _name(part: Json) -> str | None:
    """What an alternative is called: by its definition, or by its title."""
    if not isinstance(part, dict):
        return None
    return name_of(part["$ref"]) if "$ref" in part else part.get("title")
