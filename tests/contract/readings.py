"""A second reading of lenses: it runs a chain one operation at a time, and asks each for its own law on the way.

It matches the elements of lists by itself, and works on copies; so whatever breaks a law is found at its first step,
and named. What is asked of one operation is here too, one function per law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from excuses import EXCUSED, Refused, may_refuse, of_others
from generated import worded

from translayer.contract.lens import Chain, Deferred, Each, Lens, Operation, Step, Unconvertible, Values
from translayer.contract.operations.content import MapValues, Wrap
from translayer.contract.operations.pieces import Split
from translayer.contract.operations.presence import Relax, Remove
from translayer.contract.operations.structure import Relocation
from translayer.document.places import look
from translayer.document.values import ABSENT, duplicate, equal
from translayer.errors import Path


class Culprit(Exception):
    """The first step that breaks a law, in words."""


@dataclass(frozen=True)
class Applied:
    """One operation where it stands in a chain, with the documents that a write gives it there.

    It works on copies, so that one that writes in place spoils nothing but its own result.
    """

    where: str
    operation: Operation
    view: Any
    source: Any

    def get(self, document: Any) -> Any:
        return self.operation.get(duplicate(document))

    def put(self, view: Any, source: Any) -> Any:
        return self.operation.put(duplicate(view), duplicate(source))

    @cached_property
    def before(self) -> Any:
        """What the source reads as."""
        return self.get(self.source)

    @cached_property
    def newer(self) -> Any:
        return self.put(self.view, self.source)

    def told(self, problem: object) -> str:
        where = self.where + "/" * self.where.endswith(" ")
        return f"{where}, {worded(self.operation)}\n  view: {self.view}\n  source: {self.source}\n  {problem}"

    def asked(self, check: Law) -> Any:
        """What is put, where the operation holds a law."""
        try:
            check(self)
            return self.newer
        except Unconvertible as refusal:
            if may_refuse(self.operation, self.view):
                raise Refused from refusal
            raise Culprit(self.told(f"it refuses {refusal.violations}")) from refusal
        except Exception as error:
            raise Culprit(self.told(error if isinstance(error, AssertionError) else repr(error))) from error


Law = Callable[[Applied], None]
"""What is asked of every operation; an ``AssertionError`` says why it is broken."""


def read(lens: Lens, value: Any, where: str = "") -> Any:
    """``get`` as the composition of its parts."""
    match lens:
        case Chain():
            for number, part in enumerate(lens.lenses):
                value = read(part, value, step_name(len(lens.lenses) - number))
        case Deferred():
            return read(lens.lens, value, where)
        case Each() if isinstance(value, list):
            return [read(lens.inner, one, f"{where}/{index}") for index, one in enumerate(value)]
        case Values() if isinstance(value, dict):
            return {name: read(lens.inner, one, f"{where}/{name}") for name, one in value.items()}
        case Step() if isinstance(value, dict):
            value = read_back(lens, value, where)[0]
            for name, child in lens.children:
                if name in value:
                    value = {**value, name: read(child, value[name], f"{where}/{name}")}
    return value


def read_back(step: Step, source: Any, where: str) -> list[Any]:
    """What the source looks like below each operation, oldest first; the last is the source itself."""
    sources = [source]
    for operation in reversed(step.operations):
        applied = Applied(where, operation, ABSENT, sources[-1])
        try:
            sources.append(ABSENT if source is ABSENT else applied.before)
        except Exception as error:
            raise Culprit(applied.told(repr(error))) from error
    return sources[::-1]


def step_name(newer: int) -> str:
    return f"in the step between versions {newer} and {newer + 1}, at "


def walk(lens: Lens, view: Any, onto: Any, check: Law, where: str = "") -> Any:
    """``put`` as the composition of its parts; raises ``Culprit`` for the first that does not hold a law."""
    match lens:
        case Chain():
            return walk_steps(lens, view, onto, check)
        case Deferred():
            return walk(lens.lens, view, onto, check, where)
        case Each() if isinstance(view, list):
            sources = matched(lens, view, onto if isinstance(onto, list) else [])
            return [
                walk(lens.inner, one, source, check, f"{where}/{index}")
                for index, (one, source) in enumerate(zip(view, sources, strict=True))
            ]
        case Values() if isinstance(view, dict):
            return {
                name: walk(lens.inner, one, look(onto, (name,)), check, f"{where}/{name}") for name, one in view.items()
            }
        case Step() if isinstance(view, dict):
            return walk_operations(lens, view, onto if isinstance(onto, dict) else ABSENT, check, where)
    return view


def walk_steps(chain: Chain, view: Any, onto: Any, check: Law) -> Any:
    """Every step must do the same as its operations one by one."""
    sources = [onto]
    for number, part in enumerate(chain.lenses[:-1]):
        sources.append(ABSENT if onto is ABSENT else read(part, sources[-1], step_name(len(chain.lenses) - number)))
    for number, (part, source) in enumerate(zip(reversed(chain.lenses), reversed(sources), strict=False), 1):
        newer = walk(part, view, source, check, step_name(number))
        whole = part.put(duplicate(view), duplicate(source), [])
        if not equal(whole, newer):
            raise Culprit(f"{step_name(number)}/\n  operation by operation: {newer}\n  as a whole: {whole}")
        view = newer
    return view


def walk_operations(step: Step, view: Any, onto: Any, check: Law, where: str) -> Any:
    sources = read_back(step, onto, where)
    for name, child in step.children:
        if name in view:
            source = look(sources[0], (name,))
            view = {**view, name: walk(child, view[name], source, check, f"{where}/{name}")}
    for operation, source in zip(step.operations, sources[1:], strict=True):
        view = Applied(where, operation, view, source).asked(check)
    return view


def matched(lens: Each, view: list[Any], onto: list[Any]) -> list[Any]:
    """The source of every element of a list, or ``ABSENT``: by key, by position, or by what they say."""
    waiting = [(read(lens.inner, source), source) for source in onto]
    if lens.key is not None:
        # Behind a wrapped list an element may get the key of one that is out of sight; each is a source once.
        return [taken(waiting, lambda seen, one=one: same_key(seen, one, lens.key)) for one in view]
    if len(view) == len(onto):
        return onto
    found = paired([seen for seen, _ in waiting], view)
    return [ABSENT if at is None else onto[at] for at in found]


def paired(was: list[Any], now: list[Any]) -> list[int | None]:
    """Where each element was: first those that are still there, then those that stand behind where another was."""
    free = list(range(len(was)))
    found = [first(free, lambda at, one=one: equal(was[at], one)) for one in now]
    for position, at in enumerate(found):
        before = -1 if position == 0 else found[position - 1]
        if at is None and before is not None:
            found[position] = first(free, lambda at, behind=before + 1: at == behind)
    return found


def first(free: list[int], wanted: Callable[[int], bool]) -> int | None:
    """The first that is wanted, which nobody else gets."""
    at = next(filter(wanted, free), None)
    if at is not None:
        free.remove(at)
    return at


def same_key(seen: Any, one: Any, key: str) -> bool:
    return isinstance(seen, dict) and isinstance(one, dict) and key in one and equal(seen.get(key, ABSENT), one[key])


def taken(waiting: list[tuple[Any, Any]], wanted: Callable[[Any], bool]) -> Any:
    """The first source whose view is wanted, which nobody else gets; ``ABSENT`` where there is none."""
    found = next((index for index, (seen, _) in enumerate(waiting) if wanted(seen)), None)
    return ABSENT if found is None else waiting.pop(found)[1]


# What is asked of one operation


def reads_and_writes_back(applied: Applied) -> None:
    """GetPut."""
    if applied.source is ABSENT:
        return
    written = applied.put(applied.before, applied.source)
    assert equal(written, applied.source), f"reads {applied.before}\n  writes it back as {written}"
    if not applied.operation.loses:
        written = applied.put(applied.before, ABSENT)
        assert equal(written, applied.source), f"loses something of it, and says that it does not: {written}"


class Excuses(list[Operation]):
    """The operations that were excused on the way."""

    def reads_what_was_written(self, applied: Applied) -> None:
        """PutGet, or what the operation is excused from it."""
        seen = applied.get(applied.newer)
        if not equal(seen, applied.view):
            excused = EXCUSED.get(type(applied.operation), of_others)
            expected = excused(applied.operation, applied.view, applied.source, applied.newer)
            assert equal(seen, expected), f"writes {applied.newer}\n  reads {seen}\n  instead of {expected}"
            self.append(applied.operation)


def keeps_the_rest(applied: Applied) -> None:
    """Local."""
    if applied.source is ABSENT:
        return
    changed = list(differences(applied.before, applied.view))
    reached = [newer for older in changed for newer in places(applied, older)]
    for touched in differences(applied.source, applied.newer):
        assert any(overlap(touched, newer) for newer in reached), (
            f"reads {applied.before}\n  writes {applied.newer}\n  so that {touched} changed with {changed}"
        )
    if isinstance(applied.operation, MapValues):
        told = (look(document, applied.operation.name) for document in (applied.source, applied.view, applied.newer))
        keeps_words(applied.operation, *told)


def keeps_words(operation: MapValues, source: Any, view: Any, newer: Any) -> None:
    """A word of a list that is still there keeps what it stood for, wherever it is now."""
    if not (isinstance(source, list) and isinstance(view, list)):
        return
    was = [operation.down(word) for word in source]
    found = paired(was, view) if len(was) != len(view) else range(len(was))
    for word, at, written in zip(view, found, newer, strict=True):
        if at is not None and equal(was[at], word):
            assert equal(written, source[at]), f"{word} stood for {source[at]}, and is {written}"
        elif at is not None:
            keeps_words(operation, source[at], word, written)


def places(applied: Applied, older: Path) -> list[Path]:
    """Where a place of the view stands in the newer object; all that it stands for, and nothing where it is let go."""
    operation = applied.operation
    match operation:
        case Wrap() if older == operation.name and look(applied.view, older) in (ABSENT, None):
            return [older]
        case Relax() if older[: len(operation.name)] == operation.name and stands_for_nothing(applied):
            return [operation.name]
        case Split() if older[: len(operation.whole)] == operation.whole:
            return list(operation.pieces)
        case Remove() if older[: len(operation.name)] == operation.name:
            return []
        case Relocation():
            around = [place for place in left_empty(applied) if older[: len(place)] == place]
            made = operation.made and older == operation.base + operation.made
            return around if made else [*around, operation.newer_path(older)]
    return [operation.newer_path(older)]


def left_empty(applied: Applied) -> Iterator[Path]:
    """Objects around a field that moved which were read because of it alone, and are written back without it."""
    operation = applied.operation
    assert isinstance(operation, Relocation)
    for older, _ in operation.pairs:
        for depth in range(1, len(older)):
            place = operation.base + older[:depth]
            if look(applied.view, place) == {} and not isinstance(look(applied.source, place), dict):
                yield place


def stands_for_nothing(applied: Applied) -> bool:
    """Whether the default was read where nothing was; once a part of it is written, all of it is."""
    return look(applied.source, applied.operation.name) in (ABSENT, None)  # type: ignore[attr-defined]


def changes_nothing_in_place(applied: Applied) -> None:
    """Pure."""
    operation, view, source = applied.operation, duplicate(applied.view), duplicate(applied.source)
    newer = operation.put(view, source)
    assert equal([view, source], [applied.view, applied.source]), f"put changes what it is given: {view}, {source}"
    kept = duplicate(newer)
    assert equal(operation.put(view, source), kept), "put gives another result for equal documents"
    older = operation.get(newer)
    assert equal(newer, kept), f"get changes what it is given: {kept} is {newer}"
    assert equal(operation.get(newer), older), "get gives another result for equal documents"
    assert equal([view, source], [applied.view, applied.source]), f"get changes what was put: {view}, {source}"


# What differs


def differences(one: Any, other: Any, path: Path = ()) -> Iterator[Path]:
    """The places where two documents differ: the innermost, and what is around them where one does not have it."""
    if equal(one, other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for name in {**one, **other}:
            yield from differences(one.get(name, ABSENT), other.get(name, ABSENT), (*path, name))
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield path
        for index in range(max(len(one), len(other))):
            yield from differences(element(one, index), element(other, index), (*path, index))
    else:
        yield path
        yield from (place for value in (one, other) for place in within(value, path))


def element(value: list[Any], index: int) -> Any:
    return value[index] if index < len(value) else ABSENT


def within(value: Any, path: Path) -> Iterator[Path]:
    """Every place inside a value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for token, member in members:
        yield (*path, token)
        yield from within(member, (*path, token))


def overlap(one: Path, other: Path) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]
