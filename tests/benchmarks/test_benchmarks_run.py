"""Every benchmark runs, in its smallest size, and tells all that it measured. Nothing here looks at how fast it was."""

from __future__ import annotations

import json
import re
from contextlib import redirect_stdout
from importlib.util import find_spec
from io import StringIO
from typing import Any

import pytest

from benchmarks import BENCHMARKS, tables
from benchmarks.__main__ import main
from benchmarks.timing import Effort, Spread, Timings, measure
from benchmarks.workloads import Call, bookings, in_memory, printed

LIMITS = ["msgspec parse + print", *(["orjson parse + print"] if find_spec("orjson") else [])]
RATIOS = {f"× {limit.split()[0]}" for limit in LIMITS}
DOWNGRADE = [*LIMITS, "interpreted downgrade", "marshmallow load + dump"]
UPGRADE = [*LIMITS, "interpreted upgrade"]
VERSIONS = ["as v3", "as v2", "as v1"]
WAYS = ["bare", "outside of the prefix", "behind a version", "declared, not JSON"]

EXPECTED: dict[str, dict[str, list[str]]] = {
    "hot_path": {
        "1 booking, v3 → v1": DOWNGRADE,
        "1 booking, v1 → v3": UPGRADE,
        "10 bookings, v3 → v1": DOWNGRADE,
        "10 bookings, v1 → v3": UPGRADE,
    },
    "request": {
        "GET": ["bare", *VERSIONS],
        "GET list of 10": ["bare", *VERSIONS],
        "POST": ["bare", *VERSIONS],
        "PUT": ["bare", "bare GET + PUT", *VERSIONS],
        "PATCH, merge patch": ["bare GET + PUT", *VERSIONS],
        "PATCH, JSON Patch": ["bare GET + PUT", *VERSIONS],
    },
    "untouched": {
        "one small reply": WAYS,
        "stream of 10 × 1 KiB": WAYS,
        "stream of 10 × 64 KiB": WAYS,
    },
}
COMPARED = {
    "hot_path": RATIOS,
    "request": {"× bare", "added"},
    "untouched": {"added", "throughput, × bare"},
}
"""The columns of rows that are compared with others, beside their time."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What one run of all benchmarks printed, and what it wrote, by benchmark."""
    results = tmp_path_factory.mktemp("benchmarks") / "made"
    printed_text = StringIO()
    with redirect_stdout(printed_text):
        main(["--smoke", "--results", str(results)])
    return printed_text.getvalue(), {path.stem: json.loads(path.read_bytes()) for path in results.iterdir()}


def test_the_list_of_benchmarks_is_the_one_expected_here() -> None:
    assert set(BENCHMARKS) == set(EXPECTED)


def test_all_rows_are_written(runs: tuple[str, dict[str, Any]]) -> None:
    rows: dict[str, dict[str, list[str]]] = {}
    for name, told in runs[1].items():
        cases = rows.setdefault(name, {})
        for row in told["rows"]:
            cases.setdefault(row["case"], []).append(row["name"])
    assert rows == EXPECTED


def test_all_rows_are_printed_below_their_cases(runs: tuple[str, dict[str, Any]]) -> None:
    cells = (re.split(r" {2,}", line.strip()) for line in runs[0].splitlines())
    expected = [name for cases in EXPECTED.values() for case, names in cases.items() for name in (case, *names)]
    assert [line[0] for line in cells if len(line) > 1] == expected


@pytest.mark.parametrize("name", BENCHMARKS)
def test_results_say_where_they_are_from(name: str, runs: tuple[str, dict[str, Any]]) -> None:
    told = runs[1][name]
    assert told["benchmark"] == name
    assert told["title"].startswith(f"{name}: ")
    assert told["date"].endswith("+00:00")
    assert told["effort"]["rounds"] >= 2
    assert set(told["machine"]) == {"processor", "cores", "system", "load"}
    assert told["libraries"]["translayer"]


@pytest.mark.parametrize("name", BENCHMARKS)
def test_figures_are_medians_between_their_quartiles(name: str, runs: tuple[str, dict[str, Any]]) -> None:
    rows = runs[1][name]["rows"]
    assert {frozenset(row["figures"]) for row in rows} == {frozenset({"time"}), frozenset({"time", *COMPARED[name]})}
    for figure in (figure for row in rows for figure in row["figures"].values()):
        assert figure["low"] <= figure["median"] <= figure["high"]
        assert figure["unit"] in ("µs", "×")


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["cold_path"])
    assert "'cold_path' is none of hot_path, request, untouched" in capsys.readouterr().err


def test_contenders_take_turns_and_do_as_many_units() -> None:
    done: list[str] = []
    effort = Effort(rounds=5, seconds=0.0, largest=1)
    timings = measure({"one": lambda: done.append("one"), "other": lambda: done.append("other")}, effort)
    assert done[:2] == ["one", "other"]  # to warm up
    rounds = [set(done[start : start + 2]) for start in range(2, len(done), 2)]
    assert rounds == [{"one", "other"}] * 5
    assert len(timings.seconds["one"]) == len(timings.seconds["other"]) == 5


def test_a_ratio_is_made_round_by_round() -> None:
    timings = Timings({"base": [1.0, 2.0, 3.0], "twice": [2.0, 4.0, 6.0]})
    assert timings.ratio("twice", "base") == Spread(2.0, 2.0, 2.0)
    assert timings.added("twice", "base") == Spread(1.5, 2.0, 2.5)


@pytest.mark.parametrize(
    ("value", "expected"), ((0.0123, "0.012"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12,346"))
)
def test_figures_are_shown_with_three_digits(value: float, expected: str) -> None:
    figure = tables.times(Spread(value, value, value))
    assert str(figure) == f"{expected} × ({expected} to {expected})"


def test_bookings_have_about_500_bytes_and_are_the_same_in_every_run() -> None:
    made = bookings(1_000)
    assert 480 <= len(printed(made)) / 1_000 <= 560
    assert made == bookings(1_000)
    assert len({printed(booking) for booking in made}) == len({booking["id"] for booking in made}) == 1_000


def test_a_reply_of_another_status_is_no_success() -> None:
    app = in_memory(bookings(1))
    with pytest.raises(RuntimeError, match="GET /nothing answers 404 NOT FOUND"):
        Call("GET", "/nothing").send(app)
