"""Whole JSON values: equality, duplication, depth."""

from __future__ import annotations

import copy
import sys
from typing import Any

import pytest

from translayer.document.values import ABSENT, duplicate, equal, fingerprint, nests_deeper

EQUAL = (
    (1, 1.0),
    (0, -0.0),
    ("", ""),
    (None, None),
    ([1, {"a": [True]}], [1.0, {"a": [True]}]),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    (2**70, 2.0**70),
    (-(2**70), -(2.0**70)),
)

DIFFERENT = (
    (1, True),
    (0, False),
    (1, "1"),
    (None, False),
    ({}, []),
    ([1], [True]),
    ([1, 2], [2, 1]),
    ([1], [1, 1]),
    ({"a": 1}, {"a": True}),
    ({"a": None}, {}),
    (2**53 + 1, float(2**53)),
    (2**61 - 1, 0),
    (2**61 - 1, 2**62 - 2),
    (2**80, hex(2**80)),
)


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_numbers_are_equal_by_value_and_members_in_any_order(one: Any, other: Any) -> None:
    assert equal(one, other)
    assert equal(other, one)
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_values_of_different_types_are_never_equal(one: Any, other: Any) -> None:
    assert not equal(one, other)
    assert not equal(other, one)
    assert fingerprint(one) != fingerprint(other)


def test_absent_is_false_and_names_itself() -> None:
    assert not ABSENT
    assert repr(ABSENT) == "ABSENT"


def test_a_duplicate_is_equal_and_shares_nothing_that_can_be_changed() -> None:
    value = {"a": [{"b": [1]}], "c": {"d": "e"}}
    kept = copy.deepcopy(value)
    again = duplicate(value)
    again["a"][0]["b"].append(2)
    again["c"]["d"] = None
    assert value == kept


@pytest.mark.parametrize(
    ("value", "depth"),
    (
        (None, 0),
        ("[[", 0),
        ([], 1),
        ({}, 1),
        ([1, [2]], 2),
        ({"a": [], "b": {"c": [0]}}, 3),
    ),
)
def test_depth_counts_arrays_and_objects(value: Any, depth: int) -> None:
    assert not nests_deeper(value, depth)
    assert depth == 0 or nests_deeper(value, depth - 1)


def test_depth_of_what_would_exhaust_the_stack() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    assert nests_deeper(value, 64)


def test_numbers_that_are_chosen_for_it_do_not_share_a_hash() -> None:
    """Python's own hash of every one of them is 0, which would make each look-up a search."""
    chosen = [factor * sys.hash_info.modulus for factor in range(1, 1_000)]
    assert {hash(number) for number in chosen} == {0}
    assert len({hash(fingerprint(number)) for number in chosen}) > 990
