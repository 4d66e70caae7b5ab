"""The comparison of two versions as a value: what changed, what is different, and the same documents in both.

Strategy: everything is asked of the contract and of what is published of it, as the consumer sees both; the older
version is promised, and the newer one held against it. It is JSON, so that a page and a program are told the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING, Final, NamedTuple

from translayer.contract.api import Api
from translayer.contract.examples import told
from translayer.contract.resource import Resource
from translayer.document.codec import ensure_json
from translayer.document.values import Json, Object
from translayer.errors import Path, pointer

from .fields import Row, Ways, described, rows
from .sample import sample
from .specification import document

if TYPE_CHECKING:
    from translayer.openapi.differences import Difference
    from translayer.openapi.fields import Direction

_OPENAPI: Final = "3.1"
"""The OpenAPI in which versions are compared."""

DIRECTIONS: Final[tuple[Direction, ...]] = ("reply", "request")
"""Documents are read and written."""


class Pair(NamedTuple):
    """Two versions by their positions; the older one's is greater, or the same."""

    older: int
    newer: int


def comparison(api: Api, pair: Pair) -> Object:
    """What there is to say of two versions."""
    changes = list(_changes(api, pair))
    known = {sentence for change in changes for sentence in change["sentences"]}
    return {
        "older": api.versions[pair.older].text,
        "newer": api.versions[pair.newer].text,
        "changes": changes,
        "resources": [_resource(api, pair, resource, known) for resource in _resources(api, pair)],
        "differences": list(map(_difference, _between(api, pair))),
    }


def _resources(api: Api, pair: Pair) -> Iterator[Resource]:
    """The resources that either version has, in the order in which they are declared."""
    seen = {api.owner(path.route).name for position in pair for path in api.tables[position]}
    return (resource for resource in api.resources if resource.name in seen)


def _changes(api: Api, pair: Pair) -> Iterator[Object]:
    """The changelog from the older version to the newer one, newest first."""
    for entry in api.changelog():
        if pair.newer <= api.position(entry.version.text) < pair.older:
            yield {"version": entry.version.text, "title": entry.title, "sentences": list(entry.sentences)}


def _between(api: Api, pair: Pair) -> Iterable[Difference]:
    """What is different in the operations, but for the versions' names and dates; one that was moved is gone from where
    it was.
    """
    from translayer.openapi.differences import differences
    from translayer.openapi.model import Contract
    from translayer.openapi.timeless import nameless, timeless

    if pair.older == pair.newer:
        return ()
    contracts = (timeless(Contract.of(document(api, position, _OPENAPI, ""))) for position in pair)
    return differences(*(nameless(one, api, position) for one, position in zip(contracts, pair, strict=True)))


def _resource(api: Api, pair: Pair, resource: Resource, known: Set[str]) -> Object:
    """What there is to say of one resource; ``known`` are the sentences of the changelog."""
    return {
        "name": resource.name,
        "differences": [
            {**_difference(found), "told_by": _told_by(api, pair, resource, found, known)}
            for found in _of_schemas(api, pair, resource.name)
        ],
        "fields": [_field(row) for row in _rows(api, pair, resource)],
        "example": {api.versions[position].text: _example(api, position, resource) for position in pair},
    }


def _of_schemas(api: Api, pair: Pair, resource: str) -> Iterator[Difference]:
    """What is different in the documents, read and written."""
    from translayer.openapi.differences import schema_differences

    for direction in DIRECTIONS:
        older, newer = (_schema(api, position, resource, direction) for position in pair)
        yield from schema_differences(older, newer, direction)


def _told_by(api: Api, pair: Pair, resource: Resource, found: Difference, known: Set[str]) -> list[str]:
    """The operations that absorb a difference, of those that the consumer's changelog tells of."""
    from translayer.openapi.provenance import operations_at

    causes = operations_at(api, resource.schema, (pair.older, pair.newer), found.path)
    return list(dict.fromkeys(cause.sentence for cause in causes if cause.sentence in known))


def _schema(api: Api, position: int, resource: str, direction: Direction) -> Object:
    from translayer.openapi.schemas import json_schema

    return json_schema(api, resource, api.versions[position].text, direction)


def _difference(found: Difference) -> Object:
    return {
        "id": found.id,
        "operation": found.operation,
        "pointer": found.pointer,
        "place": pointer(found.path),
        "direction": found.direction,
        "breaking": found.breaking,
        "sentence": found.sentence,
    }


def _rows(api: Api, pair: Pair, resource: Resource) -> Iterator[Row]:
    ways = Ways(*(api.translation(resource.schema, position).chain for position in pair))
    older, newer = (_fields(api, position, resource.name) for position in pair)
    return rows(older, newer, ways)


def _fields(api: Api, position: int, resource: str) -> Mapping[Path, str]:
    """The fields that are read, and behind them those that are only written."""
    read, sent = (described(_schema(api, position, resource, direction)) for direction in DIRECTIONS)
    return {**read, **{path: words for path, words in sent.items() if path not in read}}


def _field(row: Row) -> Object:
    return {
        side: None if found is None else {"field": found[0], "type": found[1]} for side, found in row._asdict().items()
    }


def _example(api: Api, position: int, resource: Resource) -> Json:
    """The author's first example as a version has it, or one made up, which an author's function may not take."""
    translation = api.translation(resource.schema, position)
    if resource.examples:
        return told(resource.examples[0], translation)
    try:
        made = told(sample(_schema(api, 0, resource.name, "reply")), translation)
        ensure_json(made)
        return made
    except Exception:  # whatever it raises
        return {}
