"""Matching: which element of a list that is there each element of a list that comes stands for.

Nothing here knows lenses: both lists are in the same, older form, and the answer is indexes. Where a list declares a
key, elements are recognised by it, else by where they stand and by what they say. What clients may not send, such as
an id that the service sets, is missing from what they do send: it must not keep an element from its own source.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence

from translayer.document.values import Json, fingerprint


def as_it_is(element: Json) -> Json:
    """The element: a client sends all of it."""
    return element


def match(
    view: Sequence[Json], views: Sequence[Json], key: str | None, sent: Callable[[Json], Json] = as_it_is
) -> Sequence[int | None]:
    """For every element of the view the index of its source among ``views``, each used once; ``None`` where it is new.

    ``sent`` leaves of an element what a client sends of it. Where that is without the ``key``, and no element of the
    view has one, they are matched as without: by position where the lengths agree, else as ``pair`` does.
    """
    if key is not None and (_any_has(view, key) or _any_has(map(sent, views), key)):
        return _pair_by_key(view, views, key)
    return range(len(view)) if len(view) == len(views) else pair(view, views, sent)


def _any_has(elements: Iterable[Json], key: str) -> bool:
    return any(isinstance(element, dict) and key in element for element in elements)


def _pair_by_key(view: Sequence[Json], views: Sequence[Json], key: str) -> list[int | None]:
    """For every element of the view the index of the element of ``views`` with an equal key, each used once."""
    alike = _indexes((index, _mark(seen, key)) for index, seen in enumerate(views))
    return [None if mark is None else _taken(alike, mark) for mark in (_mark(element, key) for element in view)]


def _mark(element: Json, key: str) -> Hashable:
    """What an element is recognised by; ``None`` where it has no key."""
    return fingerprint(element.get(key)) if isinstance(element, dict) else None


def pair(view: Sequence[Json], views: Sequence[Json], sent: Callable[[Json], Json] = as_it_is) -> list[int | None]:
    """For every element of the view the index of its source among ``views``, each used once.

    Equal elements keep their sources, in order, and so do those that are equal in what a client sends of them;
    another follows its neighbour: its source is the one behind that of the element before it, where that is free.

    >>> pair(["b", "new", "d"], ["a", "b", "c", "d"])
    [1, 2, 3]
    """
    paired: list[int | None] = [None] * len(view)
    free = set(range(len(views)))
    for form in dict.fromkeys((as_it_is, sent)):
        if free and None in paired:
            _pair_alike(view, views, form, paired, free)
    follower = 0
    for position, source in enumerate(paired):
        if source is None and follower in free:
            paired[position] = source = follower
            free.remove(follower)
        follower = len(views) if source is None else source + 1
    return paired


def _pair_alike(
    view: Sequence[Json],
    views: Sequence[Json],
    form: Callable[[Json], Json],
    paired: list[int | None],
    free: set[int],
) -> None:
    """Gives every element that has no source yet the first free one that is equal to it in some form."""
    alike = _indexes((index, fingerprint(form(views[index]))) for index in sorted(free))
    for position, element in enumerate(view):
        if paired[position] is None:
            paired[position] = _taken(alike, fingerprint(form(element)))
    free.difference_update(index for index in paired if index is not None)


def _indexes(marks: Iterable[tuple[int, Hashable]]) -> dict[Hashable, deque[int]]:
    """Where each mark stands, in order."""
    found: dict[Hashable, deque[int]] = defaultdict(deque)
    for index, mark in marks:
        found[mark].append(index)
    return found


def _taken(indexes: dict[Hashable, deque[int]], mark: Hashable) -> int | None:
    """The next index of a mark that nobody has; ``None`` where there is none."""
    waiting = indexes.get(mark)
    return waiting.popleft() if waiting else None
