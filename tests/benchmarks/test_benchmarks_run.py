"""Every benchmark runs, in its smallest size, and tells all that it measured. Nothing here looks at how fast it was.

Peers may be there or not: their rows are always told, with figures or with the reason why there are none.
"""

from __future__ import annotations

import json
import re
from contextlib import redirect_stdout
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import BENCHMARKS, peers
from benchmarks.__main__ import main
from benchmarks.contenders import COMPILED, INTERPRETED, LIMITS
from benchmarks.history import IMPORTED
from benchmarks.load import CONNECTIONS, generator
from benchmarks.request import BARE, CADWYN, FASTAPI, NEW, OLD, OPENAPI, TWICE

Cases = dict[str, dict[str, list[str]]]

OURS = [*LIMITS, COMPILED, INTERPRETED]
ALL = [*OURS, *peers.HAND, *(name for name, _ in peers.HOT.values())]
SEVERAL = [BARE, NEW, OLD, OPENAPI, FASTAPI, CADWYN]
BACK = ["1 version back", "5 versions back"]
SERVED = ["bare Flask app", "translayer, v4", "translayer, v1"]
WAYS = ["bare", "outside of the prefix", "behind a version", "declared, not JSON"]
BY = f"by {generator()}, {CONNECTIONS} connections"

EXPECTED: Cases = {
    "hot_path": {
        "downgrade, 1 booking": ALL,
        "upgrade, 1 booking": ALL,
        "downgrade, 10 bookings": ALL,
        "upgrade, 10 bookings": ALL,
        "downgrade, 10 bookings, with authors' functions": OURS,
        "upgrade, 10 bookings, with authors' functions": OURS,
    },
    "request": {
        "GET": SEVERAL,
        "GET list of 10": SEVERAL,
        "POST": SEVERAL,
        "PUT": [BARE, TWICE, NEW, OLD, FASTAPI, CADWYN],
        "PATCH, merge patch": [TWICE, NEW, OLD, FASTAPI, CADWYN],
        "PATCH, JSON Patch": [TWICE, NEW, OLD],
    },
    "history": {
        "list of 10, compiled": BACK,
        "list of 10, interpreted": BACK,
        "one body to the app, compiled": BACK,
        "GET of one, whole stack": BACK,
        "construction, 10 versions × 10 resources": [
            "every version changes every resource",
            "each version changes one resource",
        ],
        "import, beyond starting Python": list(IMPORTED),
    },
    "served": {f"GET of one booking, {BY}": SERVED, f"GET list of 100, {BY}": SERVED},
    "untouched": {
        "one small reply": WAYS,
        "stream of 10 × 1 KiB": WAYS,
        "stream of 10 × 64 KiB": WAYS,
    },
}
COLUMNS = {
    "hot_path": {"time", "× limit", "speed, × marshmallow"},
    "request": {"time", "× bare", "added"},
    "history": {"time", "× 1 back", "memory", "added"},
    "served": {"throughput", "p50", "p99", "throughput, × bare"},
    "untouched": {"time", "added", "throughput, × bare"},
}
TARGETS = {
    "hot_path": set(),
    "request": {"added"},
    "history": {"× 1 back", "time", "added"},
    "served": {"throughput, × bare"},
    "untouched": {"added"},
}
"""What targets speak of; those of the hot path are for a hundred bookings, which no smallest size has."""

Results = dict[str, Any]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Results, dict[str, bytes]]:
    """What one run of all benchmarks printed, what it wrote, and what it drew, by benchmark."""
    results = tmp_path_factory.mktemp("benchmarks") / "made"
    printed_text = StringIO()
    with redirect_stdout(printed_text):
        main(["--smoke", "--results", str(results)])
    written = {path.stem: json.loads(path.read_bytes()) for path in results.glob("*.json")}
    return printed_text.getvalue(), written, {path.stem: path.read_bytes() for path in results.glob("*.svg")}


def test_the_list_of_benchmarks_is_the_one_expected_here() -> None:
    assert set(BENCHMARKS) == set(EXPECTED)


def test_all_rows_are_written(runs: tuple[str, Results, Any]) -> None:
    rows: Cases = {}
    for name, told in runs[1].items():
        cases = rows.setdefault(name, {})
        for row in told["rows"]:
            cases.setdefault(row["case"], []).append(row["name"])
    assert rows == EXPECTED


def test_all_rows_are_printed_below_their_cases(runs: tuple[str, Results, Any]) -> None:
    lines = [line for line in runs[0].splitlines() if not line.startswith("  ->")]
    cells = (re.split(r" {2,}", line.strip()) for line in lines)
    expected = [name for cases in EXPECTED.values() for case, names in cases.items() for name in (case, *names)]
    assert [line[0] for line in cells if len(line) > 1] == expected


@pytest.mark.parametrize("name", BENCHMARKS)
def test_results_say_where_they_are_from(name: str, runs: tuple[str, Results, Any]) -> None:
    told = runs[1][name]
    assert told["benchmark"] == name
    assert told["title"].startswith(f"{name}: ")
    assert told["date"].endswith("+00:00")
    assert told["commit"] is None or re.fullmatch(r"[0-9a-f]{12}\+?", told["commit"])
    assert told["effort"]["fewest"] >= 2
    assert set(told["machine"]) == {"processor", "cores", "system", "load"}
    assert told["libraries"]["translayer"]


@pytest.mark.parametrize("name", BENCHMARKS)
def test_figures_are_medians_between_their_quartiles(name: str, runs: tuple[str, Results, Any]) -> None:
    figures = [(column, each) for row in runs[1][name]["rows"] for column, each in row["figures"].items()]
    assert {column for column, _ in figures} == COLUMNS[name]
    for _, figure in figures:
        assert figure["low"] <= figure["median"] <= figure["high"]
        assert figure["unit"] in ("µs", "ms", "×", "MiB", "/s")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_row_without_figures_says_why(name: str, runs: tuple[str, Results, Any]) -> None:
    reasons = {row["note"] for row in runs[1][name]["rows"] if not row["figures"]}
    assert all(re.fullmatch(r"not installed|not compiled: .+|compiled, but .+", reason) for reason in reasons)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_targets_are_told_with_what_is_missing(name: str, runs: tuple[str, Results, Any]) -> None:
    targets = [target for row in runs[1][name]["rows"] for target in row["targets"]]
    assert {target["column"] for target in targets} == TARGETS[name]
    assert all(target["missed_by"] >= 0 for target in targets)
    section = runs[0].split(f"{name}: ")[1].split("load ")[0]
    assert section.count("  -> ") == len(targets)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_charted_figure_is_drawn(name: str, runs: tuple[str, Results, dict[str, bytes]]) -> None:
    told, drawn = runs[1][name], ElementTree.fromstring(runs[2][name])
    column, cases = told["charted"]["column"], told["charted"]["cases"]
    rows = [row for row in told["rows"] if row["case"] in cases and column in row["figures"]]
    texts = ["".join(element.itertext()) for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert rows
    assert [text for text in texts if text in {row["name"] for row in rows}] == [row["name"] for row in rows]
    assert set(texts) >= {told["title"], *(row["case"] for row in rows)}


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["cold_path"])
    assert "'cold_path' is none of hot_path, request, history, served, untouched" in capsys.readouterr().err
