"""One place in a document: read, exchanged, rewritten, made and taken out, and the document given stays as it was."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from translayer.document.places import exchange, look, place, within, without
from translayer.document.values import ABSENT

DOCUMENT: dict[str, Any] = {"a": 1, "o": {"b": None, "p": {"c": [1, 2]}}, "n": None, "l": [{"x": 1}]}


@pytest.mark.parametrize(
    ("path", "found"),
    (
        ((), DOCUMENT),
        (("a",), 1),
        (("o", "b"), None),
        (("o", "p", "c"), [1, 2]),
        (("z",), ABSENT),
        (("n", "x"), ABSENT),
        (("a", "x"), ABSENT),
        (("l", "0"), ABSENT),
        (("o", "z", "c"), ABSENT),
    ),
)
def test_a_place_is_read_through_objects_only(path: tuple[str, ...], found: Any) -> None:
    assert look(DOCUMENT, path) == found


def test_nothing_has_no_places() -> None:
    assert look(ABSENT, ()) is ABSENT
    assert look(ABSENT, ("a",)) is ABSENT


@pytest.mark.parametrize(
    ("gone", "come", "expected"),
    (
        ({"b"}, {"x": 9}, [("a", 1), ("x", 9), ("c", 3)]),
        ({"a", "c"}, {"x": 8, "y": 9}, [("x", 8), ("y", 9), ("b", 2)]),
        ({"a"}, {}, [("b", 2), ("c", 3)]),
        ({"z"}, {"x": 9}, [("a", 1), ("b", 2), ("c", 3), ("x", 9)]),
        ({"a"}, {"a": 9}, [("a", 9), ("b", 2), ("c", 3)]),
        ({"a"}, {"c": 9}, [("c", 9), ("b", 2)]),
        ((), {"b": 9}, [("a", 1), ("b", 9), ("c", 3)]),
    ),
)
def test_what_comes_stands_where_the_first_that_goes_stood(gone: Any, come: Any, expected: Any) -> None:
    document = {"a": 1, "b": 2, "c": 3}
    assert list(exchange(document, gone, come).items()) == expected
    assert document == {"a": 1, "b": 2, "c": 3}


CHANGES: tuple[tuple[Callable[[dict[str, Any]], dict[str, Any]], dict[str, Any]], ...] = (
    (lambda it: place(it, ("a",), 2), {**DOCUMENT, "a": 2}),
    (lambda it: place(it, ("o", "b"), 2), {**DOCUMENT, "o": {"b": 2, "p": {"c": [1, 2]}}}),
    (lambda it: place(it, ("y", "z"), 2), {**DOCUMENT, "y": {"z": 2}}),
    (lambda it: place(it, ("n", "z"), 2), {**DOCUMENT, "n": {"z": 2}}),
    (lambda it: without(it, ("a",)), {name: value for name, value in DOCUMENT.items() if name != "a"}),
    (lambda it: without(it, ("o", "p", "c")), {**DOCUMENT, "o": {"b": None, "p": {}}}),
    (lambda it: within(it, (), lambda inner: {"only": inner["a"]}), {"only": 1}),
    (
        lambda it: within(it, ("o", "p"), lambda inner: {"d": inner["c"]}),
        {**DOCUMENT, "o": {"b": None, "p": {"d": [1, 2]}}},
    ),
)


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_a_change_is_made_in_a_new_document(number: int) -> None:
    change, expected = CHANGES[number]
    document = copy.deepcopy(DOCUMENT)
    assert change(document) == expected
    assert document == DOCUMENT


@pytest.mark.parametrize(
    "change",
    (
        lambda it: exchange(it, {"z"}, {}),
        lambda it: without(it, ("z",)),
        lambda it: without(it, ("n", "z")),
        lambda it: without(it, ("o", "p", "z")),
        lambda it: within(it, ("n",), lambda inner: {}),
        lambda it: within(it, ("l",), lambda inner: {}),
        lambda it: within(it, ("o", "p"), lambda inner: inner),
    ),
)
def test_where_nothing_changes_the_document_itself_is_given_back(change: Any) -> None:
    assert change(DOCUMENT) is DOCUMENT


def test_what_did_not_change_is_shared() -> None:
    assert place(DOCUMENT, ("a",), 2)["o"] is DOCUMENT["o"]
