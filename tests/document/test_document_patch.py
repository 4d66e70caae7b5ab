"""JSON Patch: the public suites, every refusal with its place, the bounds, and all or nothing."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suites import Case, patches

from translayer.document.codec import MAX_DEPTH, decode, encode
from translayer.document.patch import PatchLimits, apply_patch, check_patch, make_patch, written
from translayer.document.values import equal, nests_deeper
from translayer.errors import RULES, DecodeError, RequestError


@pytest.mark.parametrize("case", patches())
def test_ROB_3_2_every_record_passes_also_those_disabled(case: Case) -> None:
    if case.code:
        with pytest.raises((RequestError, DecodeError)) as caught:
            apply_patch(decode(case.document), decode(case.patch))
        assert caught.value.code == case.code
    else:
        assert equal(apply_patch(decode(case.document), decode(case.patch)), case.result)


def test_ROB_3_2_an_operation_with_two_names_is_no_document() -> None:
    with pytest.raises(DecodeError, match='The member "op" at line 1, column 44 is named twice'):
        decode(b'[{"op": "add", "path": "/baz", "value": 1, "op": "remove"}]')


# Refusals


def refusal(document: Any, operations: Any, limits: PatchLimits | None = None) -> tuple[str, list[tuple[str, str]]]:
    """The code of a refusal, and of each violation the place and the rule."""
    with pytest.raises(RequestError) as caught:
        apply_patch(document, operations, **({"limits": limits} if limits else {}))
    assert all(violation.code in RULES for violation in caught.value.violations)
    return caught.value.code, [(violation.pointer, violation.code) for violation in caught.value.violations]


MALFORMED = (
    (None, [("", "TYPE")]),
    ("[]", [("", "TYPE")]),
    ({"op": "remove", "path": "/a"}, [("", "TYPE")]),
    ([None, "remove", []], [("/0", "TYPE"), ("/1", "TYPE"), ("/2", "TYPE")]),
    ([{}], [("/0/op", "REQUIRED")]),
    ([{"op": "append", "path": "/a", "value": "b"}], [("/0/op", "CHOICE")]),
    ([{"op": "ADD", "path": "/a", "value": "b"}], [("/0/op", "CHOICE")]),
    ([{"op": ["add"], "path": "/a", "value": "b"}], [("/0/op", "CHOICE")]),
    ([{"op": None}], [("/0/op", "CHOICE")]),
    ([{"op": "add"}], [("/0/value", "REQUIRED"), ("/0/path", "REQUIRED")]),
    (
        [{"op": "test", "path": "/a"}, {"op": "replace", "path": ""}],
        [("/0/value", "REQUIRED"), ("/1/value", "REQUIRED")],
    ),
    ([{"op": "copy", "path": 1}], [("/0/from", "REQUIRED"), ("/0/path", "TYPE")]),
    ([{"op": "move", "from": None, "path": "a"}], [("/0/from", "TYPE"), ("/0/path", "FORMAT")]),
    ([{"op": "remove", "path": "/~2"}], [("/0/path", "FORMAT")]),
    ([{"op": "remove", "path": ["a"]}], [("/0/path", "TYPE")]),
    ([{"op": "remove", "path": ""}], [("/0/path", "RULE")]),
    ([{"op": "move", "from": "/a", "path": "/a/b"}], [("/0/path", "RULE")]),
    ([{"op": "move", "from": "", "path": "/b"}], [("/0/path", "RULE")]),
    ([{"op": "test", "path": "/a", "value": 2}, {"op": "spam"}], [("/1/op", "CHOICE")]),
)


@pytest.mark.parametrize(("operations", "violations"), MALFORMED)
def test_a_malformed_patch_names_every_fault_whatever_the_document(operations: Any, violations: Any) -> None:
    for document in ({"a": 1}, [], None):
        assert refusal(document, operations) == ("MALFORMED_PATCH", violations)


DOCUMENT = {"a": {"b": [1, 2, 3]}, "text": "abc", "one": 1, "-": 0, "none": None}

MISSING = (
    ({"op": "add", "path": "/a/x/y", "value": 1}, "path"),
    ({"op": "add", "path": "/a/b/4", "value": 1}, "path"),
    ({"op": "add", "path": "/a/b/01", "value": 1}, "path"),
    ({"op": "add", "path": "/a/b/-1", "value": 1}, "path"),
    ({"op": "add", "path": "/a/b/1e0", "value": 1}, "path"),
    ({"op": "add", "path": "/a/b/" + "9" * 5000, "value": 1}, "path"),
    ({"op": "add", "path": "/a/b/-/x", "value": 1}, "path"),
    ({"op": "add", "path": "/text/0", "value": 1}, "path"),
    ({"op": "add", "path": "/none/x", "value": 1}, "path"),
    ({"op": "add", "path": "/one/real", "value": 1}, "path"),
    ({"op": "remove", "path": "/x"}, "path"),
    ({"op": "remove", "path": "/a/b/-"}, "path"),
    ({"op": "remove", "path": "/a/b/3"}, "path"),
    ({"op": "remove", "path": "/a/b/" + "9" * 30}, "path"),
    ({"op": "remove", "path": "/text/0"}, "path"),
    ({"op": "remove", "path": "/a/keys"}, "path"),
    ({"op": "replace", "path": "/x", "value": 1}, "path"),
    ({"op": "replace", "path": "/a/b/-", "value": 1}, "path"),
    ({"op": "replace", "path": "/a/b/3", "value": 1}, "path"),
    ({"op": "replace", "path": "/none/x", "value": 1}, "path"),
    ({"op": "move", "from": "/x", "path": "/y"}, "from"),
    ({"op": "move", "from": "/x", "path": "/x"}, "from"),
    ({"op": "move", "from": "/a/b/-", "path": "/y"}, "from"),
    ({"op": "move", "from": "/one", "path": "/x/y"}, "path"),
    ({"op": "move", "from": "/a/b/0", "path": "/a/b/3"}, "path"),
    ({"op": "copy", "from": "/a/b/3", "path": "/y"}, "from"),
    ({"op": "copy", "from": "/text/upper", "path": "/y"}, "from"),
    ({"op": "copy", "from": "/one", "path": "/none/x"}, "path"),
)


@pytest.mark.parametrize(("operation", "member"), MISSING)
def test_a_pointer_to_nothing_is_named(operation: Any, member: str) -> None:
    before = {"op": "test", "path": "/one", "value": 1}
    assert refusal(DOCUMENT, [before, operation]) == ("PATCH_PATH_MISSING", [(f"/1/{member}", "RULE")])


FAILING_TESTS = (
    ("/one", True),
    ("/one", "1"),
    ("/one", None),
    ("/none", False),
    ("/none/x", None),
    ("/x", None),
    ("/a/b/-", None),
    ("/a/b/01", 2),
    ("/a/b", [1, 2]),
    ("/a/b", [True, 2, 3]),
    ("/a", {"b": [1, 2, 3], "c": 1}),
    ("", {}),
)


@pytest.mark.parametrize(("path", "value"), FAILING_TESTS)
def test_a_test_that_does_not_hold_is_named(path: str, value: Any) -> None:
    operation = {"op": "test", "path": path, "value": value}
    assert refusal(DOCUMENT, [operation]) == ("PATCH_TEST_FAILED", [("/0/path", "RULE")])


HOLDING_TESTS = (("/one", 1.0), ("/a/b", [1.0, 2, 3]), ("/none", None), ("/-", 0), ("", DOCUMENT))


@pytest.mark.parametrize(("path", "value"), HOLDING_TESTS)
def test_a_test_compares_numbers_by_value(path: str, value: Any) -> None:
    assert apply_patch(DOCUMENT, [{"op": "test", "path": path, "value": value}]) == DOCUMENT


APPLIED = (
    ({"op": "add", "path": "", "value": [1]}, [1]),
    ({"op": "replace", "path": "", "value": None}, None),
    ({"op": "copy", "from": "/a", "path": ""}, [1, 2]),
    ({"op": "move", "from": "/a", "path": ""}, [1, 2]),
    ({"op": "move", "from": "", "path": ""}, {"a": [1, 2], "b~": {"/": 0}}),
    ({"op": "copy", "from": "", "path": "/c"}, {"a": [1, 2], "b~": {"/": 0}, "c": {"a": [1, 2], "b~": {"/": 0}}}),
    ({"op": "move", "from": "/a/0", "path": "/a/1"}, {"a": [2, 1], "b~": {"/": 0}}),
    ({"op": "move", "from": "/a/1", "path": "/a/-"}, {"a": [1, 2], "b~": {"/": 0}}),
    ({"op": "move", "from": "/b~0/~1", "path": "/b~0"}, {"a": [1, 2], "b~": 0}),
    ({"op": "add", "path": "/b~0/-", "value": 1}, {"a": [1, 2], "b~": {"/": 0, "-": 1}}),
    ({"op": "add", "path": "/a/2", "value": 3, "extra": "ignored"}, {"a": [1, 2, 3], "b~": {"/": 0}}),
)


@pytest.mark.parametrize(("operation", "result"), APPLIED)
def test_whole_documents_escapes_and_ends_of_arrays(operation: Any, result: Any) -> None:
    assert apply_patch({"a": [1, 2], "b~": {"/": 0}}, [operation]) == result


# Bounds


def doubling(times: int) -> list[dict[str, str]]:
    return [{"op": "copy", "from": "/a", "path": "/a/-"} for _ in range(times)]


def test_ROB_2_3_a_patch_has_only_so_many_operations() -> None:
    operations = [{"op": "test", "path": "", "value": 1}] * 1001
    assert apply_patch(1, operations[:1000]) == 1
    assert refusal(1, operations) == ("PATCH_TOO_LARGE", [("", "LENGTH")])
    assert refusal(1, operations[:3], PatchLimits(operations=2)) == ("PATCH_TOO_LARGE", [("", "LENGTH")])


def test_ROB_2_3_copies_bring_only_so_much() -> None:
    text = "x" * 100
    copy_text = {"op": "copy", "from": "/0", "path": "/-"}
    drop = {"op": "remove", "path": "/1"}
    limits = PatchLimits(copied=300)
    assert apply_patch([text], [copy_text] * 2, limits=limits) == [text] * 3
    assert refusal([text], [copy_text] * 3, limits) == ("PATCH_TOO_LARGE", [("/2", "LENGTH")])
    # Work counts, not only what is left of it.
    assert refusal([text], [copy_text, drop] * 3, limits) == ("PATCH_TOO_LARGE", [("/4", "LENGTH")])


def test_ROB_2_3_a_document_may_be_copied_once_whatever_its_size() -> None:
    document = {"a": "x" * 500}
    once = {"op": "copy", "from": "", "path": "/b"}
    limits = PatchLimits(copied=0)
    assert apply_patch(document, [once], limits=limits) == {**document, "b": document}
    assert refusal(document, [once, once], limits) == ("PATCH_TOO_LARGE", [("/1", "LENGTH")])


def test_ROB_2_3_a_small_patch_cannot_grow_a_document_without_bound() -> None:
    code, violations = refusal({"a": ["x" * 1000]}, doubling(60))
    assert code == "PATCH_TOO_LARGE"
    assert violations == [("/10", "LENGTH")]


def test_ROB_2_3_copies_within_copies_are_not_followed_down() -> None:
    into_itself = [{"op": "copy", "from": "", "path": "/a" * (2**step)} for step in range(9)]
    assert refusal({}, into_itself) == ("PATCH_TOO_LARGE", [("/8", "LENGTH")])


def test_ROB_2_3_the_result_nests_only_so_deep() -> None:
    def chain(length: int) -> list[dict[str, Any]]:
        """Moves that lay each of the objects into the next."""
        return [{"op": "move", "from": f"/{index}", "path": f"/{index + 1}/in"} for index in range(length)]

    document = {str(index): {} for index in range(1001)}
    fits = apply_patch(document, chain(MAX_DEPTH - 2))
    assert not nests_deeper(fits, MAX_DEPTH)
    assert refusal(document, chain(MAX_DEPTH - 1)) == ("PATCH_TOO_LARGE", [("", "LENGTH")])
    assert refusal(document, chain(1000)) == ("PATCH_TOO_LARGE", [("", "LENGTH")])
    # On a document this deep, a test or a pointer that fails must not print it.
    wrong = {"op": "test", "path": "", "value": {"1000": 1}}
    assert refusal(document, [*chain(999), wrong])[0] == "PATCH_TEST_FAILED"
    nowhere = {"op": "remove", "path": "/nowhere/at/all"}
    assert refusal(document, [*chain(999), nowhere])[0] == "PATCH_PATH_MISSING"
    copied = {"op": "copy", "from": "", "path": "/copy"}
    assert refusal(document, [*chain(999), copied]) == ("PATCH_TOO_LARGE", [("/999", "LENGTH")])


# All or nothing

NAMES = st.sampled_from(["a", "b", "-", "0"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
POINTERS = st.lists(st.sampled_from(["a", "b", "0", "1", "-", "01", "~0"]), max_size=3).map(
    lambda tokens: "".join("/" + token for token in tokens)
)
OPERATION = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]), "path": POINTERS, "from": POINTERS},
    optional={"value": VALUES},
)


def containers(value: Any) -> list[Any]:
    """Every array and object in a value."""
    if not isinstance(value, dict | list):
        return []
    members = value.values() if isinstance(value, dict) else value
    return [value, *(container for member in members for container in containers(member))]


@given(VALUES, st.lists(OPERATION, max_size=4) | VALUES)
def test_WRT_1_1_a_patch_applies_whole_or_not_and_changes_and_shares_nothing(document: Any, operations: Any) -> None:
    kept = copy.deepcopy((document, operations))
    parts = {id(part) for part in (*containers(document), *containers(operations))}
    try:
        result = apply_patch(document, operations)
    except RequestError:
        pass
    else:
        assert not parts & {id(part) for part in containers(result)}
        assert len({id(part) for part in containers(result)}) == len(containers(result)), "no part is in two places"
        assert equal(decode(encode(result)), result)
    assert encode([document, operations]) == encode(list(kept))


def test_WRT_1_1_a_patch_that_fails_at_its_end_has_changed_nothing() -> None:
    document = {"a": [1], "b": {"c": 2}}
    operations = [
        {"op": "add", "path": "/a/-", "value": {"new": []}},
        {"op": "remove", "path": "/b/c"},
        {"op": "move", "from": "/b", "path": "/a/0"},
        {"op": "test", "path": "/a/0", "value": 1},
    ]
    kept = copy.deepcopy((document, operations))
    assert refusal(document, operations)[0] == "PATCH_TEST_FAILED"
    assert (document, operations) == kept


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from((1.0, 0.5, "", "a", "~/", "-")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(("", "a", "0", "~", "/")), inner),
    max_leaves=12,
)


@given(VALUES, VALUES)
def test_a_patch_that_was_made_makes_one_document_of_the_other(source: Any, target: Any) -> None:
    kept = copy.deepcopy((source, target))
    assert equal(apply_patch(source, make_patch(source, target)), target)
    assert equal([source, target], list(kept))


@given(VALUES)
def test_nothing_is_done_to_what_is_the_same(document: Any) -> None:
    assert make_patch(document, copy.deepcopy(document)) == []


def test_what_a_patch_writes_to() -> None:
    operations = [
        {"op": "test", "path": "/a", "value": 1},
        {"op": "add", "path": "/b/-", "value": 1},
        {"op": "copy", "from": "/c", "path": "/d~1"},
        {"op": "move", "from": "/e", "path": "/f"},
        {"op": "remove", "path": "/g"},
        {"op": "replace", "path": "", "value": {}},
    ]
    check_patch(operations)
    assert list(written(operations)) == [("b", "-"), ("d/",), ("e",), ("f",), ("g",), ()]
