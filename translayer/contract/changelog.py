"""The changelog: what every version did, in sentences, as far as a consumer knows of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from marshmallow import Schema

from .routes import Moved, Path, RouteChange, Table
from .unseen import Told, is_within
from .version import Version, VersionChange, title

SpokenOf: TypeAlias = Callable[[int, type[Schema], int], Set[str]]
"""The flags of the fields that an operation speaks of: of a position, on a schema, by its number there."""


@dataclass(frozen=True, slots=True)
class ChangelogEntry:
    """One change of one version: its title (the docstring) and a sentence for every operation."""

    version: Version
    title: str
    sentences: tuple[str, ...]


def entries(
    changes: Sequence[Told],
    unseen: Set[type[VersionChange]],
    tables: Sequence[Table],
    spoken_of: SpokenOf,
    held: Set[str] | None,
) -> Iterator[ChangelogEntry]:
    """An entry for each change that a consumer sees, who has the flags ``held``, or all where that is ``None``.

    What is said of hidden fields and URLs is left out, and a change of which nothing else is said.
    """
    count: Counter[tuple[int, type[Schema]]] = Counter()
    for one in changes:
        told = [*_operations(one, count, spoken_of, held), *_routes(one, tables, held)]
        sentences = tuple(sentence for sentence, is_seen in told if is_seen)
        if one.change not in unseen and (sentences or not told):
            yield ChangelogEntry(one.version, title(one.change), sentences)


_Sentence: TypeAlias = tuple[str, bool]
"""What is said of an operation, and whether the consumer may know."""


def _operations(
    told: Told, count: Counter[tuple[int, type[Schema]]], spoken_of: SpokenOf, held: Set[str] | None
) -> Iterator[_Sentence]:
    """``count`` says how many operations of the version on each schema there were before."""
    for schema, operations in told.operations.items():
        key = told.position, schema
        for operation in operations:
            yield operation.sentence, held is None or spoken_of(*key, count[key]) <= held
            count[key] += 1


def _routes(told: Told, tables: Sequence[Table], held: Set[str] | None) -> Iterator[_Sentence]:
    around = [path for table in tables[told.position : told.position + 2] for path in table]
    for change in told.routes:
        yield change.sentence, held is None or any(_is_of(change, path) for path in around)


def _is_of(change: RouteChange, path: Path) -> bool:
    """Whether a change of URLs is one of a path."""
    if isinstance(change, Moved):
        return is_within(path.rule, change.to)
    return path.rule == change.rule and (not change.methods or path.route.method in change.methods)
