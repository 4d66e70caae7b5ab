"""The difference between two of the app's objects, as a JSON Patch for an app that takes it (RFC 6902).

Objects are compared member by member. In a list the operations go by index, and then nothing but its place says which
element is meant. So a list whose elements hold what is read-only, such as ids that the service sets, is replaced
whole: its elements carry with them what they are known by. So is a long one, since looking for the shortest way from
one list to another takes time that grows with the square of their length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from translayer.document.patch import make_patch
from translayer.document.values import ABSENT, Absent, Json, Object, duplicate, equal
from translayer.errors import Path, pointer

_LONG: Final = 1_000
"""Values in a list, at any depth; from there on it is replaced whole. A search among as many takes milliseconds."""


def difference(
    before: Json, after: Json, sent_before: Json | Absent, sent_after: Json | Absent, path: Path = ()
) -> Iterator[Object]:
    """The operations that make ``after`` of ``before``; the other two are the same without what is read-only."""
    if equal(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _members(before, after, sent_before, sent_after, path)
    elif isinstance(before, list) and isinstance(after, list) and _is_plain(before, after, sent_before, sent_after):
        for operation in make_patch(before, after):
            yield operation | {name: pointer(path) + operation[name] for name in {"from", "path"} & operation.keys()}
    else:
        yield {"op": "replace", "path": pointer(path), "value": duplicate(after)}


def _members(
    before: Object, after: Object, sent_before: Json | Absent, sent_after: Json | Absent, path: Path
) -> Iterator[Object]:
    for name in before.keys() - after.keys():
        yield {"op": "remove", "path": pointer((*path, name))}
    for name, value in after.items():
        place = (*path, name)
        if name in before:
            yield from difference(before[name], value, _member(sent_before, name), _member(sent_after, name), place)
        else:
            yield {"op": "add", "path": pointer(place), "value": duplicate(value)}


def _member(sent: Json | Absent, name: str) -> Json | Absent:
    return sent.get(name, ABSENT) if isinstance(sent, dict) else ABSENT


def _is_plain(before: Json, after: Json, sent_before: Json | Absent, sent_after: Json | Absent) -> bool:
    """Whether a list may be changed element by element."""
    short = not any(_values_beyond(value, _LONG) for value in (before, after))
    return short and equal(before, sent_before) and equal(after, sent_after)


def _values_beyond(value: Json, most: int) -> bool:
    """Whether there are more than so many values in one, itself not counted."""
    waiting, count = [value], 0
    while waiting:
        inside = waiting.pop()
        members = inside.values() if isinstance(inside, dict) else inside if isinstance(inside, list) else ()
        waiting.extend(members)
        count += len(members)
        if count > most:
            return True
    return False
