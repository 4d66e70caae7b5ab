"""JSON Merge Patch (RFC 7396): applied, made, and what one names; nothing in it can fail."""

from __future__ import annotations

from collections.abc import Iterator

from translayer.document.values import ABSENT, Json, Object, duplicate, equal
from translayer.errors import Path


def apply_merge(document: Json, patch: Json) -> Json:
    """The document that the patch makes of another (RFC 7396, section 2), sharing no changeable part with either.

    Members keep their order and new ones follow. ``null`` removes; so a patch cannot say that a member is ``null``,
    and arrays are replaced whole.
    """
    if not isinstance(patch, dict):
        return duplicate(patch)
    target = document if isinstance(document, dict) else {}
    merged = {}
    for name in {**target, **patch}:
        change = patch.get(name, ABSENT)
        if change is ABSENT:
            merged[name] = duplicate(target[name])
        elif change is not None:
            merged[name] = apply_merge(target.get(name), change)
    return merged


def make_merge(source: Object, target: Object) -> Object:
    """The patch that makes one object of another, as far as a merge patch can say it.

    Arrays that differ are in it whole. It cannot say ``null`` (RFC 7396, section 1): a member that became ``null``
    is in it as one that is removed, and ``null`` in a member that is new is lost when the patch is applied.

    >>> make_merge({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": 2, "d": 4}, "e": 5})
    {'a': None, 'b': {'d': 4}, 'e': 5}
    """
    made: Object = {name: None for name in source if name not in target}
    for name, value in target.items():
        before = source.get(name, ABSENT)
        if isinstance(value, dict) and isinstance(before, dict):
            if inner := make_merge(before, value):
                made[name] = inner
        elif before is ABSENT or not equal(before, value):
            made[name] = duplicate(value)
    return made


def removed(patch: Json, path: Path = ()) -> Iterator[Path]:
    """The places that a patch removes, whether there is anything or not.

    >>> list(removed({"a": None, "b": {"c": None, "d": 1}}))
    [('a',), ('b', 'c')]
    """
    if patch is None:
        yield path
    elif isinstance(patch, dict):
        for name, value in patch.items():
            yield from removed(value, (*path, name))
