"""The laws of lenses, held by every operation at every place of generated histories.

Histories have up to 30 operations, over one to six versions, behind schemas that nest others alone, in lists with and
without a key, in lists of lists, in tables and in themselves; documents are valid in their version. ``laws`` says what
is asked of them. The ordinary run asks of the same 500 histories every time, the slow one (``make laws``) of
10,000 others.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from generated import Case, case, case_of_lists, worded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws import Broken, Trial, get_put, holds, lists, local, pure, put_get
from marshmallow import Schema, fields

from translayer.contract.history import History
from translayer.contract.operations.base import Operation
from translayer.contract.operations.content import Wrap
from translayer.contract.operations.pieces import Seam, Split
from translayer.contract.operations.structure import Rename
from translayer.contract.shape import Family
from translayer.document.places import without
from translayer.document.values import ABSENT
from translayer.operations import add, convert, rename

SEEDS = st.integers(0, 2**64 - 1)
LENGTHS = st.sampled_from(range(31))
"""How many operations there are; each as often as any other, which ``integers`` does not promise."""

ORDINARY = settings(max_examples=500, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
SLOW = settings(max_examples=10_000, suppress_health_check=[HealthCheck.too_slow])

RUNS = (pytest.param(ORDINARY, id="ordinary"), pytest.param(SLOW, id="slow", marks=pytest.mark.slow))

pytestmark = pytest.mark.no_cover
"""What is asked thousands of times is not counted line by line: other tests meet every line, and this takes half."""

LawOfLenses = Callable[[Trial], None]


def ask(law: LawOfLenses, histories: st.SearchStrategy[Case], run: settings) -> None:
    """Asks a law of many histories; where it does not hold, all of it is in the error."""

    def asked(known: Case) -> None:
        holds(law, known)

    # What is drawn follows from the name, where it is not random: other histories for every law.
    asked.__name__ = law.__name__
    run(given(histories)(asked))()


HISTORIES = st.builds(case, SEEDS, LENGTHS)


@pytest.mark.parametrize("run", RUNS)
def test_TRN_4_1_writing_back_what_was_read_changes_nothing(run: settings) -> None:
    ask(get_put, HISTORIES, run)


@pytest.mark.parametrize("run", RUNS)
def test_TRN_4_2_what_was_written_is_what_is_read(run: settings) -> None:
    ask(put_get, HISTORIES, run)


@pytest.mark.parametrize("run", RUNS)
def test_TRN_4_3_what_the_client_did_not_change_stays_as_it_was(run: settings) -> None:
    ask(local, HISTORIES, run)


@pytest.mark.parametrize("run", RUNS)
def test_TRN_4_3_what_is_unseen_stays_with_its_element(run: settings) -> None:
    ask(lists, st.builds(case_of_lists, SEEDS, LENGTHS), run)


@pytest.mark.parametrize("run", RUNS)
def test_TRN_4_4_no_document_is_changed_and_equal_ones_give_equal_ones(run: settings) -> None:
    ask(pure, HISTORIES, run)


# A law that is broken says where


class SplitAnew(Split):
    """It splits whatever comes, and so forgets how the source was split."""

    def put(self, document: Any, onto: Any) -> Any:
        return super().put(document, ABSENT)


class RenameAway(Rename):
    """It lets go of the field that it should write."""

    def put(self, document: Any, onto: Any) -> Any:
        return without(document, self.old)


class WrapAlone(Wrap):
    """It writes the one element, and drops those that the old client never saw."""

    def up(self, value: Any, source: Any) -> Any:
        return [] if value is None else [value]


class RenameInPlace(Rename):
    """It writes into what it is given."""

    def get(self, document: Any) -> Any:
        if self.new[0] in document:
            document[self.old[0]] = document.pop(self.new[0])
        return document


class Part(Schema):
    number = fields.Integer(required=True)
    first = fields.String(required=True)
    last = fields.String()
    tags = fields.List(fields.String())
    size = fields.Integer()


class Whole(Schema):
    parts = fields.List(fields.Nested(Part), required=True, metadata={"key": "number"})
    note = fields.String()


PLANTED: dict[str, tuple[LawOfLenses, Operation]] = {
    "GetPut": (get_put, SplitAnew(("name",), (("first",), ("last",)), Seam.by(" ", 2))),
    "PutGet": (put_get, RenameAway(("extent",), ("size",))),
    "Local": (local, WrapAlone(("tags",))),
    "Pure": (pure, RenameInPlace(("extent",), ("size",))),
}


def planted(operation: Operation, seed: int) -> Case:
    """A history of four versions whose third has an operation among others."""
    lawful = convert("number", upgrade=lambda number: -number, downgrade=lambda number: -number)
    changes: list[dict[type[Schema], list[Operation]]] = [
        {Whole: [rename("remark", "note")]},
        {Part: [rename("label", "number"), operation, lawful], Whole: [rename("hint", "remark")]},
        {Whole: [add("hint")]},
    ]
    return Case(Random(seed), (Whole, Part), changes, History([Family(Whole)], changes))


@pytest.mark.parametrize("law", PLANTED)
def test_a_broken_law_names_the_chain_the_documents_and_the_step(law: str) -> None:
    asked, operation = PLANTED[law]
    with pytest.raises(Broken) as caught:
        ask(asked, st.builds(planted, st.just(operation), SEEDS), ORDINARY)
    told = str(caught.value)
    chain, step = told.split("Broken first")
    assert told.startswith(law)
    assert all(worded(one) in chain for one in planted(operation, 0).told_operations)
    assert "\nsource: " in chain
    assert "\nview: {'parts': [{" in chain
    assert "\nnewer: " in chain
    assert step.strip().startswith("in the step between versions 2 and 3, at /parts/")
    # Fitted to the shape it knows more, which is told behind the rest.
    assert worded(operation)[:-1] in step
