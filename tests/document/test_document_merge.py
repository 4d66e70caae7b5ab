"""JSON Merge Patch: the RFC's own table, a public suite, and purity."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suites import Case, merges

from translayer.document.codec import decode
from translayer.document.merge import apply_merge, make_merge, removed
from translayer.document.values import equal

NAMES = st.sampled_from(["a", "b", "c"])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize("case", merges())
def test_ROB_3_3_every_record_passes(case: Case) -> None:
    assert equal(apply_merge(decode(case.document), decode(case.patch)), case.result)


def test_members_keep_their_order_and_new_ones_follow() -> None:
    merged = apply_merge({"c": 1, "a": 2, "b": 3}, {"d": 4, "b": None, "a": 5})
    assert list(merged.items()) == [("c", 1), ("a", 5), ("d", 4)]


def containers(value: Any) -> list[Any]:
    """Every array and object in a value."""
    if not isinstance(value, dict | list):
        return []
    members = value.values() if isinstance(value, dict) else value
    return [value, *(container for member in members for container in containers(member))]


@given(DOCUMENTS, DOCUMENTS)
def test_merging_changes_and_shares_nothing(document: Any, patch: Any) -> None:
    kept = copy.deepcopy((document, patch))
    merged = apply_merge(document, patch)
    assert (document, patch) == kept
    given_parts = {id(part) for part in (*containers(document), *containers(patch))}
    assert not given_parts & {id(part) for part in containers(merged)}


@given(DOCUMENTS, DOCUMENTS)
def test_merging_twice_is_merging_once(document: Any, patch: Any) -> None:
    once = apply_merge(document, patch)
    assert apply_merge(once, patch) == once


OBJECTS = st.dictionaries(NAMES, DOCUMENTS, max_size=3)


def without_nulls(value: Any) -> Any:
    """What a merge patch can say of a value: it has no word for the null of a member."""
    if not isinstance(value, dict):
        return value
    return {name: without_nulls(member) for name, member in value.items() if member is not None}


@given(OBJECTS, OBJECTS)
def test_a_patch_that_was_made_makes_one_object_of_the_other(source: Any, target: Any) -> None:
    kept = copy.deepcopy((source, target))
    patch = make_merge(without_nulls(source), without_nulls(target))
    assert equal(apply_merge(without_nulls(source), patch), without_nulls(target))
    assert equal([source, target], list(kept))


@given(OBJECTS)
def test_nothing_is_said_of_what_is_the_same(document: Any) -> None:
    assert make_merge(document, document) == {}


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    (
        ({"a": 1}, {"a": True}, {"a": True}),
        ({"a": 1}, {"a": 1.0}, {}),
        ({"a": [1, 2]}, {"a": [1]}, {"a": [1]}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": None}}),
        ({"a": {"b": 1}}, {"a": 5}, {"a": 5}),
        ({"a": 5}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": 5}, {"a": None}, {"a": None}),
        ({"a": None}, {"a": None}, {}),
        ({}, {"a": {}}, {"a": {}}),
    ),
)
def test_a_patch_says_what_differs_and_no_more(source: Any, target: Any, expected: Any) -> None:
    assert equal(make_merge(source, target), expected)


@pytest.mark.parametrize(
    ("patch", "places"),
    (
        (None, [()]),
        ({}, []),
        ([None], []),
        ({"a": None, "b": {"c": None, "d": [None]}, "e": 1}, [("a",), ("b", "c")]),
    ),
)
def test_what_a_patch_removes(patch: Any, places: Any) -> None:
    assert list(removed(patch)) == places
