"""The law of twins for consumers who do not see all: what their fast paths take, their slow twins take alike."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twins import ask, mutated, reply_of, request_of, spelled

sys.path.append(str(Path(__file__).parent.parent / "contract"))
from documents import Documents
from flagged import Flagged, flagged

RUN = settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])

pytestmark = pytest.mark.no_cover
"""What is asked hundreds of times is not counted line by line: other tests meet every line."""


def test_VER_8_2_fast_and_slow_twins_hide_the_same() -> None:
    taken: Counter[str] = Counter()

    @RUN
    @given(st.builds(flagged, st.integers(0, 2**64 - 1), st.sampled_from(range(20)), lists=st.booleans()))
    def asked(known: Flagged) -> None:
        position = known.end if known.rnd.random() < 0.6 else known.rnd.randint(0, known.end)
        translation = known.translation(position)
        view: Any = Documents(known.rnd, translation.check.resolve).of(translation.shape)
        bodies = (("reply", reply_of(translation), known.document(0)), ("request", request_of(translation), view))
        for name, body, document in bodies:
            for often in (0.0, 0.05, 0.2):
                text = spelled(known.rnd, mutated(known.rnd, document, often) if often else document, often)
                if body.fast.run is not None:
                    taken[name] += ask(body, text)

    asked()
    assert taken["reply"] > 100
    assert taken["request"] > 100
