"""The difference of two objects of the app, as the patch that an app gets which takes patches."""

from __future__ import annotations

from typing import Any

import pytest

from translayer.contract.difference import difference
from translayer.document.values import ABSENT


@pytest.mark.parametrize(
    ("before", "after", "operations"),
    (
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 1, "b": [2]}, [{"op": "add", "path": "/b", "value": [2]}]),
        ({"a": 1, "b": 2}, {"a": 1}, [{"op": "remove", "path": "/b"}]),
        ({"a": {"b": 1}}, {"a": {"b": "c"}}, [{"op": "replace", "path": "/a/b", "value": "c"}]),
    ),
)
def test_a_difference_names_what_came_what_went_and_what_is_another(
    before: Any, after: Any, operations: list[Any]
) -> None:
    assert list(difference(before, after, ABSENT, ABSENT)) == operations
