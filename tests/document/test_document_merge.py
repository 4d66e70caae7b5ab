"""JSON Merge Patch: the RFC's own table, a public suite, and purity."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from document_suites import cases
from hypothesis import given
from hypothesis import strategies as st

from translayer.document.merge import apply_merge

VICTIMS = ({"hello": "world"}, {}, None, [1], "text")

NAMES = st.sampled_from(["a", "b", "c"])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize("case", cases("rfc7396-appendix/appendix-a.json"))
def test_ROB_3_3_the_table_of_rfc_7396_passes(case: dict[str, Any]) -> None:
    assert apply_merge(case["original"], case["patch"]) == case["result"]


@pytest.mark.parametrize("case", cases("json-merge-patch-java/jsonpatch/mergepatch/patch-object.json"))
def test_ROB_3_3_patches_that_are_objects_merge(case: dict[str, Any]) -> None:
    assert apply_merge(case["victim"], case["patch"]) == case["result"]


@pytest.mark.parametrize("case", cases("json-merge-patch-java/jsonpatch/mergepatch/patch-nonobject.json"))
def test_ROB_3_3_patches_that_are_no_objects_replace(case: dict[str, Any]) -> None:
    assert apply_merge(case["victim"], case["patch"]) == case["patch"]


@pytest.mark.parametrize("patch", cases("json-merge-patch-java/jsonpatch/mergepatch/serdeser-nonobject.json"))
def test_ROB_3_3_any_value_that_is_no_object_replaces_any_document(patch: Any) -> None:
    assert [apply_merge(victim, patch) for victim in VICTIMS] == [patch] * len(VICTIMS)


@pytest.mark.parametrize("patch", cases("json-merge-patch-java/jsonpatch/mergepatch/serdeser-object.json"))
def test_ROB_3_3_an_object_merged_into_nothing_loses_its_nulls(patch: dict[str, Any]) -> None:
    def without_nulls(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: without_nulls(member) for name, member in value.items() if member is not None}

    assert apply_merge(None, patch) == without_nulls(patch)


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
