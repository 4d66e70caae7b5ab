"""The laws of lenses, held by every operation at every place of generated histories.

A law is held twice: by the whole chain, and by every operation inside it, in a second reading of the same documents
(``part_by_part``) that runs the chain one operation at a time. What an operation is excused from is said there, one
function per operation, as exactly as it can be: where it does not apply, the law must hold to the letter.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from generated import Case, Documents, case
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from translayer.contract.lens import Chain, Deferred, Each, Faults, Lens, Step, Values, loses, operations, pair
from translayer.contract.operations.content import Constrain, MapValues
from translayer.contract.operations.handwritten import Handwritten
from translayer.contract.operations.pieces import Join, Split
from translayer.contract.operations.presence import ChangeDefault, Relax, Remove, Require
from translayer.contract.operations.structure import Flatten, Move, Relocation
from translayer.contract.shape import Leaf, Many, One, Slot, Table
from translayer.document.places import exchange, look, place, without
from translayer.document.values import ABSENT, equal
from translayer.errors import Path

# What operations are excused from


def has_parent(document: Any, name: Path) -> bool:
    return isinstance(look(document, name[:-1]), dict)


def of_remove(operation: Remove, view: Any, onto: Any, newer: Any) -> Any:
    """A field that is gone reads as its default."""
    if operation.default is ABSENT or not has_parent(view, operation.name):
        return without(view, operation.name)
    value = operation.default(newer) if callable(operation.default) else operation.default
    return place(view, operation.name, value)


def of_require(operation: Require, view: Any, onto: Any, newer: Any) -> Any:
    """A field that was left out reads as it was, or as the default."""
    if not has_parent(view, operation.name) or look(view, operation.name) is not ABSENT:
        return view
    if not has_parent(onto, operation.name):
        return place(view, operation.name, operation.default)
    return place(view, operation.name, look(onto, operation.name))


def of_default(operation: ChangeDefault, view: Any, onto: Any, newer: Any) -> Any:
    """A field that a new object was sent without reads as the old default."""
    new = has_parent(view, operation.name) and not has_parent(onto, operation.name)
    return place(view, operation.name, operation.was) if new and look(view, operation.name) is ABSENT else view


def of_relax(operation: Relax, view: Any, onto: Any, newer: Any) -> Any:
    """Where nothing is there the default is read, and a function may say something else of what the document is now.

    That nothing was written happens only below another operation, such as a split into fewer pieces than there are.
    """
    nothing = has_parent(newer, operation.name) and look(newer, operation.name) in (ABSENT, None)
    if nothing and callable(operation.default):
        return place(view, operation.name, operation.default(newer))
    return place(view, operation.name, operation.default) if nothing and look(view, operation.name) is ABSENT else view


def of_join(operation: Join, view: Any, onto: Any, newer: Any) -> Any:
    """Pieces read as the whole comes apart, which may be elsewhere than it was put together."""
    *parent, _ = operation.whole
    names = [piece[-1] for piece in operation.pieces]
    inner = look(view, tuple(parent))
    if not isinstance(inner, dict) or not any(name in inner for name in names):
        return view
    said = [inner[name] for name in names if inner.get(name) is not None]
    if said:
        pieces = operation.seam.apart(operation.seam.together(*said))
        inner = exchange(inner, names, dict(zip(names, pieces, strict=False)))
    else:
        inner = exchange(inner, names, dict.fromkeys(operation.nulls))
    return place(view, tuple(parent), inner) if parent else inner


def of_map_values(operation: MapValues, view: Any, onto: Any, newer: Any) -> Any:
    """A word that the newer version has none for reads as the fallback's; one of two that became one, as the first."""
    value = look(view, operation.name)
    if value in (ABSENT, None):
        return view
    was = look(operation.get(newer), operation.name)
    same = words_agree(operation, value, was)
    return place(view, operation.name, was) if same else view


def words_agree(operation: MapValues, said: Any, read: Any) -> bool:
    if isinstance(said, list) and isinstance(read, list) and len(said) == len(read):
        return all(words_agree(operation, one, other) for one, other in zip(said, read, strict=True))
    if equal(said, read) or said is None:
        return equal(said, read)
    meant = [new for old, new in operation.pairs if equal(old, said)] or [operation.upgrade_else]
    return next((old for old, new in operation.pairs if equal(new, meant[0])), operation.downgrade_else) == read


def of_constrain(operation: Constrain, view: Any, onto: Any, newer: Any) -> Any:
    """A value outside the old limits, which only another operation can have made, reads as the fallback."""
    value = look(view, operation.name)
    try:
        operation.was.deserialize(value)
    except ValidationError:
        return place(view, operation.name, operation.downgrade_else)
    return view


def of_relocation(operation: Relocation, view: Any, onto: Any, newer: Any) -> Any:
    """An object that the newer version has no trace of is not there where it is empty; one that it needs, is."""
    base = look(view, operation.base)
    if not isinstance(base, dict):
        return view
    if operation.made and hollow(look(base, operation.made)):
        base = without(base, operation.made)
    if isinstance(operation, Move):
        ((older, inside),) = operation.pairs
        value = look(base, older)
        seen = inside[: len(operation.hidden) - 1] if operation.hidden else inside[:-1]
        if value is not ABSENT:
            for depth in range(1, len(seen) + 1):
                if not isinstance(look(base, seen[:depth]), dict):
                    base = place(base, seen[:depth], {})
    return place(view, operation.base, base) if operation.base else base


def hollow(value: Any) -> bool:
    return isinstance(value, dict) and all(map(hollow, value.values()))


EXCUSED: dict[type, Callable[[Any, Any, Any, Any], Any]] = {
    Remove: of_remove,
    Require: of_require,
    ChangeDefault: of_default,
    Relax: of_relax,
    Join: of_join,
    MapValues: of_map_values,
    Constrain: of_constrain,
    Move: of_relocation,
    Flatten: of_relocation,
}
"""What reads back of a view; every other operation gives back the view itself."""


# The second reading


class Excuses(list[Any]):
    """The operations that were excused on the way."""


def part_by_part(lens: Lens, view: Any, onto: Any, excuses: Excuses) -> Any:
    """``put`` as the composition of its parts; each operation must keep PutGet, or its excuse, where it stands."""
    match lens:
        case Chain():
            sources = [onto]
            for part in lens.lenses[:-1]:
                sources.append(ABSENT if sources[-1] is ABSENT else part.get(sources[-1]))
            for part, source in zip(reversed(lens.lenses), reversed(sources), strict=False):
                view = part_by_part(part, view, source, excuses)
        case Deferred():
            return part_by_part(lens.lens, view, onto, excuses)
        case Each() if isinstance(view, list):
            sources = matched(lens, view, onto if isinstance(onto, list) else [])
            return [part_by_part(lens.inner, one, source, excuses) for one, source in zip(view, sources, strict=True)]
        case Values() if isinstance(view, dict):
            known = onto if isinstance(onto, dict) else {}
            return {name: part_by_part(lens.inner, one, known.get(name, ABSENT), excuses) for name, one in view.items()}
        case Step() if isinstance(view, dict):
            return step_by_step(lens, view, onto if isinstance(onto, dict) else ABSENT, excuses)
    return view


def matched(lens: Each, view: list[Any], onto: list[Any]) -> list[Any]:
    if lens.key is not None:
        # Behind a wrapped list an element may get the key of one that is out of sight; each is a source once.
        waiting = [(lens.inner.get(source), source) for source in onto]
        return [taken(waiting, lambda seen, one=one: same_key(seen, one, lens.key)) for one in view]
    if len(view) == len(onto):
        return onto
    found = pair(view, [lens.inner.get(source) for source in onto])
    return [ABSENT if index is None else onto[index] for index in found]


def same_key(seen: Any, one: Any, key: str) -> bool:
    return isinstance(seen, dict) and isinstance(one, dict) and key in one and equal(seen.get(key, ABSENT), one[key])


def taken(waiting: list[tuple[Any, Any]], wanted: Callable[[Any], bool]) -> Any:
    """The first source whose view is wanted, which nobody else gets; ``ABSENT`` where there is none."""
    found = next((index for index, (seen, _) in enumerate(waiting) if wanted(seen)), None)
    return ABSENT if found is None else waiting.pop(found)[1]


def step_by_step(step: Step, view: Any, onto: Any, excuses: Excuses) -> Any:
    sources = [onto]
    for operation in reversed(step.operations):
        sources.append(ABSENT if sources[-1] is ABSENT else operation.get(sources[-1]))
    for name, child in step.children:
        if name in view:
            source = look(sources[-1], (name,))
            view = {**view, name: part_by_part(child, view[name], source, excuses)}
    for operation, source in zip(step.operations, reversed(sources[:-1]), strict=True):
        newer = operation.put(view, source)
        read = operation.get(newer)
        if not equal(read, view):
            excused = EXCUSED[type(operation)](operation, view, source, newer)
            assert equal(read, excused), f"PutGet of {operation}\n{view=}\n{source=}\n{newer=}\n{read=}\n{excused=}"
            excuses.append(operation)
        view = newer
    return view


def fallbacks_written(faults: Faults) -> bool:
    """A word that stands for others and means none of them, or a piece behind one that is missing, is refused."""
    assert {fault.code for fault in faults} <= {"CHOICE", "REQUIRED"}, faults
    return bool(faults)


# The laws


def holds_get_put(known: Case) -> None:
    source = known.document(0)
    note(f"source: {source}")
    view = known.chain.get(source)
    note(f"view: {view}")
    faults: Faults = []
    assert equal(known.chain.put(view, source, faults), source)
    if not loses(known.chain):
        assert equal(known.chain.put(view, ABSENT, faults), source), "it loses something"
    assert not faults


def holds_put_get(known: Case) -> None:
    source: Any = known.document(0) if known.rnd.random() < 0.8 else ABSENT
    view = known.document(known.end) if source is ABSENT or known.rnd.random() < 0.5 else altered_view(known, source)
    note(f"source: {source}\nview: {view}")
    assert known.faults(view, known.end) == []
    faults: Faults = []
    newer = known.chain.put(view, source, faults)
    if fallbacks_written(faults):
        return
    note(f"newer: {newer}")
    excuses = Excuses()
    assert equal(part_by_part(known.chain, view, source, excuses), newer)
    if not excuses:
        assert equal(known.chain.get(newer), view)


def altered_view(known: Case, source: Any) -> Any:
    """What a client made of what it read."""
    view = known.chain.get(source)
    for _ in range(known.rnd.randint(0, 3)):
        view = with_another_leaf(known, view)[0]
    return view if not known.faults(view, known.end) else known.document(known.end)


def leaves(known: Case, value: Any, slot: Slot, path: Path = ()) -> Iterator[tuple[Path, Slot]]:
    """Every place of a plain value that is there, but for keys: an element with another key is another element."""
    match slot:
        case One() if isinstance(value, dict):
            for name, inner in known.resolve(known.end)(slot.target).slots.items():
                if name in value and name != "id":
                    yield from leaves(known, value[name], inner, (*path, name))
        case Many() if isinstance(value, list) and not plain(slot):
            for index, element in enumerate(value):
                yield from leaves(known, element, slot.inner, (*path, index))
        case Table() if isinstance(value, dict):
            for name, member in value.items():
                yield from leaves(known, member, slot.inner, (*path, name))
        case _ if plain(slot):
            yield path, slot


def plain(slot: Slot) -> bool:
    return isinstance(slot, Leaf) or (isinstance(slot, Many | Table) and plain(slot.inner))


def with_another_leaf(known: Case, view: Any) -> tuple[Any, Path]:
    """The view with another value at one place, or none where it is optional."""
    root = One(None, known.family)  # type: ignore[arg-type]
    found = list(leaves(known, view, root))
    if not found:
        return view, ()
    path, slot = known.rnd.choice(found)
    view = copy.deepcopy(view)
    *around, last = path
    inside = view
    for token in around:
        inside = inside[token]
    if not slot.required and isinstance(inside, dict) and len(inside) > 1 and known.rnd.random() < 0.3:
        del inside[last]
    else:
        inside[last] = Documents(known.rnd, known.resolve(known.end)).value(slot)
    return view, path


def holds_local(known: Case) -> None:
    source = known.document(0)
    before = known.chain.get(source)
    view, changed = with_another_leaf(known, before)
    note(f"source: {source}\nbefore: {before}\nview: {view}\nchanged: {changed}")
    faults: Faults = []
    newer = known.chain.put(view, source, faults)
    if known.faults(view, known.end) or fallbacks_written(faults):
        return
    note(f"newer: {newer}")
    for touched in differences(source, newer):
        assert related(known.chain, changed, touched), f"{touched} changed with {changed}"


def differences(one: Any, other: Any, path: Path = ()) -> Iterator[Path]:
    """The innermost places where two documents differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one.keys() | other.keys():
            yield from differences(one.get(name, ABSENT), other.get(name, ABSENT), (*path, name))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, (*path, index))
    elif not equal(one, other):
        yield path


def related(chain: Chain, older: Path, newer: Path) -> bool:
    """Whether a place in the newer document is one that an older place maps to."""
    maps_to, seen_at = chain.newer_path(older), chain.older_path(newer)
    kinds = {type(operation) for operation in operations(chain)}
    back = chain.older_path(maps_to)
    gone = len(back) < len(older) and older[: len(back)] == back and not isinstance(older[-1], int)
    if not gone and overlap(maps_to, newer):
        return True
    if kinds & {Split, Join, Handwritten}:
        return overlap(seen_at, older) or overlap(chain.newer_path(seen_at), maps_to)
    # What moved out of an object may leave it empty, and then it is as it was.
    return Move in kinds and bool(seen_at) and older[: len(seen_at)] == seen_at


def overlap(one: Path, other: Path) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def holds_pure(known: Case) -> None:
    source = known.document(0)
    view = altered_view(known, source)
    note(f"source: {source}\nview: {view}")
    kept = copy.deepcopy((source, view))
    faults: tuple[Faults, Faults] = ([], [])
    once = known.chain.get(source), known.chain.put(view, source, faults[0])
    frozen = copy.deepcopy(once)
    again = known.chain.get(kept[0]), known.chain.put(kept[1], kept[0], faults[1])
    assert equal([source, view], list(kept))
    assert equal(list(once), list(again))
    assert equal(list(once), list(frozen))
    assert faults[0] == faults[1]


histories = st.integers(0, 2**32 - 1).map(lambda seed: case(Random(seed)))


def held(law: Callable[[Case], None]) -> Callable[[Case], None]:
    """A law asked of generated histories; where it does not hold, the history is printed with the documents."""

    def ask(known: Case) -> None:
        note(known.told())
        law(known)

    bounded = settings(max_examples=150, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    return bounded(given(histories)(ask))


def test_TRN_4_1_writing_back_what_was_read_changes_nothing() -> None:
    held(holds_get_put)()


def test_TRN_4_2_what_was_written_is_what_is_read() -> None:
    held(holds_put_get)()


def test_TRN_4_3_what_the_client_did_not_change_stays_as_it_was() -> None:
    held(holds_local)()


def test_TRN_4_4_no_document_is_changed_and_equal_ones_give_equal_ones() -> None:
    held(holds_pure)()
