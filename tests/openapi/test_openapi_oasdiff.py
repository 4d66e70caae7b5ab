"""The public suite of OpenAPI pairs: what it says of a pair is told here too, and judged alike or with a reason.

Its pairs and expectations were taken from tests of its own, mechanically. Cases whose second document is made in such a
test are left out, and those read by eye to be otherwise have their reason in ``OTHERWISE``.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.openapi.oasdiff import Reason, Row, found_here
from tests.suites import ABSENT_SUITES, SUITES
from translayer.openapi.differences import DIFFERENCES, differences
from translayer.openapi.loading import load
from translayer.openapi.model import Contract

SUITE = SUITES / "oasdiff"

SAME = "What is joined, or the alternative that takes another's place, says the same."
READ_ONLY = "The field is read-only, so that it is a difference of the reply alone."
REPLY_TOO = "The pair has a difference that breaks replies, beside the one that is asked for."
WITHIN = "Rules that are schemas themselves are compared as a whole: they are another."
NEVER = "The limit is for lists, or numbers, and the value is a text: it says nothing."
WRAPPED = "What was one schema is the first of the alternatives, and is compared with it."

OTHERWISE = {
    "TestBreaking_DeletePatten": "What a reply may be is wider.",
    "TestBreaking_GeneralizedPattern": "What a reply may be is wider.",
    "TestBreaking_ModifyPatternToAnyString": "What a reply may be is wider.",
    "TestBreaking_ModifyPattern": READ_ONLY,
    "TestBreaking_RequestPropertyAllOfAdded": SAME,
    "TestBreaking_RequestPropertyAllOfRemoved": SAME,
    "TestRequestPropertyAllOfAdded": SAME,
    "TestRequestPropertyAllOfAdded_WithSources_Ref": SAME,
    "TestRequestPropertyAllOfRemoved": SAME,
    "TestResponsePropertyAllOfAdded": SAME,
    "TestResponsePropertyAllOfAdded_WithSources_Ref": SAME,
    "TestResponsePropertyAllOfRemoved": SAME,
    "TestRequestPropertyAnyOfInlineEnumRefactorToRef": SAME,
    "TestRequestBodyAnyOfMultiMediaTypeDetails": SAME,
    "TestMediaTypeSchemaExistence": "The test compares three documents, of which two are named.",
    "TestRequestParameterMaxItemsIncreased": NEVER,
    "TestRequestParameterMaxItemsDecreased": NEVER,
    "TestRequestParameterMaxIncreased": NEVER,
    "TestRequestParameterMaxDecreased": NEVER,
    "TestRequestQueryParamMultiTypeToFormExplodeArraySafe": "What a list of one looks like is the server's to say.",
    "TestTypeCheckerSuppressedForNullOnly31": REPLY_TOO,
    "TestResponseTypeCheckerSuppressedForNullOnly31": REPLY_TOO,
    "TestRequestPropertyOneOfWrappingIsBreaking": WRAPPED,
    "TestResponsePropertyOneOfWrappingIsBreaking": WRAPPED,
    "TestSubSchemaTraversalMinLengthChanged": WITHIN,
    "TestSubSchemaTraversalMinChanged": WITHIN,
    "TestSubSchemaTraversalAddedProperty": WITHIN,
    "TestSubSchemaTraversalDeletedProperty": WITHIN,
    "TestNotSubSchemaTraversalModifiedProperty": WITHIN,
    "TestNotSubSchemaTraversalAddedProperty": WITHIN,
    "TestNotSubSchemaTraversalDeletedProperty": WITHIN,
    "TestWebhookOperationChangesDetected": "Of webhooks the names are compared; nothing is translated in them.",
}

LEFT_OUT = {
    "TestBreaking_ReqBodyBecameEnumAndTypeChanged": "A document with a type that there is not is refused.",
    "TestRequestQueryParamScalarToFormExplodeArray_31Nullable": "The case names a folder.",
}


def suite() -> Any:
    return msgspec.json.decode((SUITE / "checker-expectations.json").read_bytes())


def cases() -> list[Any]:
    if not SUITES.is_dir():
        return ABSENT_SUITES
    applicable = [case for case in suite()["cases"] if not is_left_out(case)]
    return [pytest.param(case, id=case["test"]) for case in applicable]


def is_left_out(case: dict[str, Any]) -> bool:
    return case["test"] in LEFT_OUT or (case["base"] == case["revision"] and bool(case["ids"]))


def contract(name: str) -> Contract:
    return Contract.of(load(SUITE / name))


@pytest.mark.parametrize("case", cases())
def test_CON_5_5_a_change_of_the_suite_is_told(case: dict[str, Any]) -> None:
    found = {one.id for one in differences(contract(case["base"]), contract(case["revision"]))}
    rows = [row for row in map(found_here, case["ids"]) if isinstance(row, Row)]
    told = all(found.intersection(row.ids) for row in rows)
    silent = not case["none_expected"] or not any(DIFFERENCES[id_].breaking for id_ in found)
    assert (told and silent) is (case["test"] not in OTHERWISE), sorted(found)


@pytest.mark.skipif(not SUITES.is_dir(), reason="the public suites are not beside the repository")
def test_most_cases_of_the_suite_apply() -> None:
    every = suite()["cases"]
    left_out = [case for case in every if is_left_out(case)]
    assert (len(every), len(left_out), len(OTHERWISE)) == (290, 12, 32)
    assert {case["test"] for case in every} >= {*OTHERWISE, *LEFT_OUT}


@pytest.mark.skipif(not SUITES.is_dir(), reason="the public suites are not beside the repository")
def test_every_change_id_of_the_suite_has_an_id_here_or_a_reason() -> None:
    levels: dict[str, str] = suite()["rule_levels"]
    assert len(levels) == 509
    for change, level in levels.items():
        row = found_here(change)
        assert row is not None, change
        if isinstance(row, Reason):
            continue
        assert row.ids, change
        breaking = {DIFFERENCES[id_].breaking for id_ in row.ids}
        assert (level != "INFO") in breaking or row.otherwise, (change, level, row.ids)
