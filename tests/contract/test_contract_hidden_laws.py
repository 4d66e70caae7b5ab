"""The laws of lenses, and what is hidden, for consumers without flags: over generated histories with flagged fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flagged import FLAG, Flagged, flagged, is_flagged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws import Trial, get_put, holds, local, put_get, some_view

from translayer import Version, VersionChange
from translayer.contract.derivation import Derivation
from translayer.contract.lens import Faults
from translayer.contract.rules import no_slot
from translayer.contract.shape import Many, One, Resolve, Slot, Table
from translayer.contract.unseen import hidden, operations, rearranged, timeline
from translayer.document.values import ABSENT, duplicate, equal

SEEDS = st.integers(0, 2**64 - 1)
LENGTHS = st.sampled_from(range(25))
HISTORIES = st.builds(flagged, SEEDS, LENGTHS, lists=st.booleans())

ORDINARY = settings(max_examples=120, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])

pytestmark = pytest.mark.no_cover
"""What is asked hundreds of times is not counted line by line: other tests meet every line."""


@pytest.mark.parametrize("law", [get_put, put_get, local], ids=lambda law: law.__name__)
def test_VER_8_3_the_laws_hold_of_what_a_consumer_without_flags_sees(law: Callable[[Trial], None]) -> None:
    def asked(known: Flagged) -> None:
        holds(law, known)

    asked.__name__ = f"hidden_{law.__name__}"
    ORDINARY(given(HISTORIES)(asked))()


def flagged_places(value: Any, slot: Slot, resolve: Resolve) -> list[Any]:
    """What stands in flagged fields of a value, in order; resolved with everything in it."""
    match slot:
        case One() if isinstance(value, dict):
            found = []
            for name, inner in resolve(slot.target).slots.items():
                if is_flagged(inner):
                    found.append(value.get(name, ABSENT))
                elif name in value:
                    found += flagged_places(value[name], inner, resolve)
            return found
        case Many() if isinstance(value, list):
            return [found for one in value for found in flagged_places(one, slot.inner, resolve)]
        case Table() if isinstance(value, dict):
            return [found for one in value.values() for found in flagged_places(one, slot.inner, resolve)]
    return []


@ORDINARY
@given(HISTORIES)
def test_VER_8_2_what_is_hidden_is_in_no_document_of_any_version(known: Flagged) -> None:
    for position in range(known.end + 1):
        translation = known.translation(position)
        view = translation.view(known.document(0))
        whole = One(None, known.family)  # type: ignore[arg-type]
        shown = flagged_places(view, whole, lambda target, at=position: known.history.shape(target, at))  # type: ignore[misc]
        assert all(value is ABSENT for value in shown)
        faults: Faults = []
        translation.check.document(view, translation.shape, faults)
        assert not [fault for fault in faults if fault.code != "READ_ONLY"]


@ORDINARY
@given(HISTORIES)
def test_VER_8_3_what_is_hidden_stays_as_it_is_where_nothing_else_is_written(known: Flagged) -> None:
    way = known.seen.way(known.schemas[0], known.end)
    source = known.document(0)
    view = some_view(known, source)
    faults: Faults = []
    newer = known.chain.put(duplicate(view), source, faults)
    if faults:
        return
    at = known.history.shape(known.family, known.end)
    before, after = way.whole.get(source), way.whole.get(newer)
    for name, slot in at.slots.items():
        if is_flagged(slot):
            assert equal(before.get(name), after.get(name)), name


# Changes that have not happened


def changes_of(known: Flagged) -> tuple[Version, ...]:
    """The versions of a history, newest first: a change for what each did to each schema, some of them flagged."""
    versions = []
    for position, told in enumerate(known.changes):
        made = [
            type(f"Change{position}Of{schema.__name__}", (VersionChange,), {"schemas": {schema: list(operations)}})
            for schema, operations in told.items()
        ]
        for change in made:
            change.flag = FLAG if known.rnd.random() < 0.3 else None  # type: ignore[attr-defined]
        versions.append(Version(known.end + 1 - position, *made))
    return (*versions, Version(1))


def test_VER_8_4_the_oldest_version_is_the_same_whatever_has_not_happened_since() -> None:
    partly = 0

    def asked(known: Flagged) -> None:
        nonlocal partly
        whole = Derivation({known.schemas[0]}, known.changes, keys={}, unknown="raise", limit=100)
        versions = changes_of(known)
        unseen = hidden(timeline(versions), frozenset(), whole.nested)
        partly += 0 < len(unseen) < sum(len(version.changes) for version in versions)
        seen = whole.seen(no_slot, operations(rearranged(versions, unseen)))
        one, other = (made.chain(known.schemas[0], known.end) for made in (whole, seen))
        source = known.document(0)
        view = one.get(duplicate(source))
        assert equal(view, other.get(duplicate(source)))
        faults: Faults = []
        newer = other.put(duplicate(view), source, faults)
        assert not faults
        assert equal(newer, source)

    asked.__name__ = "oldest"
    ORDINARY(given(HISTORIES)(asked))()
    assert partly > 20
