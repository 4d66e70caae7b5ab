"""The law of twins over generated histories: what a fast path takes, its slow twin takes too, with the very same bytes.

The histories are those of the laws of lenses (``tests/contract``), in any version of them, replies and requests,
single or in lists; documents are valid, or have something wrong in them, and are spelled in all manner of ways. The
ordinary run asks of the same histories every time, the slow one of thousands of others.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twins import Body, ask, mutated, reply_of, request_of, spelled

from translayer.contract.derivation import Derivation
from translayer.contract.translation import Translation

# The histories stand beside the laws that they were made for.
sys.path.append(str(Path(__file__).parent.parent / "contract"))
from generated import Case, case, case_of_lists

SEEDS = st.integers(0, 2**64 - 1)
LENGTHS = st.sampled_from(range(31))
HISTORIES = st.one_of(st.builds(case, SEEDS, LENGTHS), st.builds(case_of_lists, SEEDS, LENGTHS))

ORDINARY = settings(max_examples=300, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
SLOW = settings(max_examples=5_000, suppress_health_check=[HealthCheck.too_slow])

RUNS = (pytest.param(ORDINARY, id="ordinary"), pytest.param(SLOW, id="slow", marks=pytest.mark.slow))

pytestmark = pytest.mark.no_cover
"""What is asked thousands of times is not counted line by line: other tests meet every line."""

DOCUMENTS = 6
"""How many are asked of every body; the first is as it should be, and so is the second but for its spelling."""


def translation(known: Case) -> tuple[int, Translation]:
    """A version of a history, the oldest more often than others, and the way to it."""
    unknown: Any = known.rnd.choice(("raise", "exclude"))
    made = Derivation({known.schemas[0]}, known.changes, keys={}, unknown=unknown, limit=100)
    position = known.end if known.rnd.random() < 0.6 else known.rnd.randint(0, known.end)
    return position, made.translation(known.schemas[0], position, None)


def texts(known: Case, position: int, *, many: bool = False) -> list[bytes]:
    """Texts of documents of a version, alone or many in a page."""
    return [text(known, position, index, many=many) for index in range(DOCUMENTS)]


def text(known: Case, position: int, index: int, *, many: bool) -> bytes:
    rnd = known.rnd
    document: Any = known.document(position)
    if many:
        document = [document, known.document(position)][: rnd.randint(0, 2)]
        document = document if rnd.random() < 0.5 else {"total": 1, "items": document}
    if index < 1:
        return spelled(Random(0), document, often=0)
    return spelled(rnd, document if index < 2 else mutated(rnd, document))


@pytest.mark.parametrize("run", RUNS)
def test_TRN_4_5_what_a_fast_path_takes_its_twin_takes_with_the_same_bytes(run: settings) -> None:
    met: Counter[str] = Counter()

    @run
    @given(HISTORIES)
    def twins(known: Case) -> None:
        position, way = translation(known)
        many = known.rnd.random() < 0.3
        envelope = known.rnd.choice(("none", "none", "data"))
        bodies: dict[str, tuple[Body, list[bytes]]] = {
            "reply": (reply_of(way, envelope=envelope, many=many), texts(known, 0, many=many)),
            "request": (request_of(way), texts(known, position)),
        }
        for name, (body, found) in bodies.items():
            if body.fast.run is not None:
                taken = [ask(body, raw) for raw in found]
                met.update({f"{name} taken": sum(taken), f"{name} left": len(taken) - sum(taken), name: 1})

    twins()
    # A law that nothing is asked of holds: most bodies have a fast path, which takes many texts, and not all.
    for name in ("reply", "request"):
        assert met[name] > run.max_examples * 2 / 3
        assert met[f"{name} taken"] > 2 * met[name]
        assert met[f"{name} left"] > met[name]
