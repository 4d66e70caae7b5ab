"""The parts that benchmarks are made of: timing, tables, charts, workloads, and the proof that contenders work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import chart, contenders, figures, load, long_history, tables
from benchmarks.api import OLDEST, BookingSchema, api
from benchmarks.client import Call
from benchmarks.contenders import Entry, Work
from benchmarks.flask_app import in_memory
from benchmarks.timing import Effort, Spread, Timings, measure, turns
from benchmarks.workloads import bookings, newer, older, parsed, printed, writable
from translayer.engine.fast import FastPath

RESULTS = Path(figures.__file__).parent / "results"


# Timing


def test_contenders_take_turns_and_do_as_many_units() -> None:
    done: list[str] = []
    effort = Effort(rounds=5, fewest=5, seconds=0.0, budget=0.0, largest=1)
    timings = measure({"one": lambda: done.append("one"), "other": lambda: done.append("other")}, effort)
    assert done[:2] == ["one", "other"]  # to warm up
    rounds = [set(done[start : start + 2]) for start in range(2, len(done), 2)]
    assert rounds == [{"one", "other"}] * 5
    assert len(timings.seconds["one"]) == len(timings.seconds["other"]) == timings.rounds == 5


@pytest.mark.parametrize(("budget", "rounds"), ((0.0, 3), (60.0, 7)))
def test_a_case_that_is_over_its_budget_has_the_fewest_rounds(budget: float, rounds: int) -> None:
    effort = Effort(rounds=7, fewest=3, seconds=0.0, budget=budget, largest=1)
    assert len(list(turns(["one"], effort))) == rounds


def test_a_ratio_is_made_round_by_round() -> None:
    timings = Timings({"base": [1.0, 2.0, 3.0], "twice": [2.0, 4.0, 6.0]})
    assert timings.ratio("twice", "base") == Spread(2.0, 2.0, 2.0)
    assert timings.added("twice", "base") == Spread(1.5, 2.0, 2.5)
    assert timings.fastest(["twice", "base"]) == "base"


# Tables and charts


@pytest.mark.parametrize(
    ("value", "expected"), ((0.0123, "0.012"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12,346"))
)
def test_figures_are_shown_with_three_digits(value: float, expected: str) -> None:
    figure = tables.times(Spread(value, value, value))
    assert str(figure) == f"{expected} × ({expected} to {expected})"


@pytest.mark.parametrize(
    ("target", "median", "expected"),
    (
        (tables.Target("c", 1.5, goal=1.25), 1.5, "me, c: ≤ 1.5 × (goal 1.25), met"),
        (tables.Target("c", 1.5), 1.8, "me, c: ≤ 1.5 ×, missed by 20 %"),
        (tables.Target("c", 1.5), 1.5001, "me, c: ≤ 1.5 ×, missed by 1 %"),
        (tables.Target("c", 30, at_least=True), 31.0, "me, c: ≥ 30 ×, met"),
        (tables.Target("c", 30, at_least=True), 15.0, "me, c: ≥ 30 ×, missed by 50 %"),
        (tables.Target("other", 30), 15.0, None),
    ),
)
def test_a_target_is_held_against_the_median(target: tables.Target, median: float, expected: str | None) -> None:
    row = tables.Row("case", "me", {"c": tables.times(Spread(0.0, median, 99.0))}, targets=[target])
    assert list(tables.verdicts(row)) == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("values", "logarithmic", "ticks"),
    (
        ((1.0, 9.0), False, [0.0, 2.0, 4.0, 6.0, 8.0]),
        ((1.5, 150.0), True, [1.0, 10.0, 100.0]),
        ((-1.0, 3.0), False, [-1.0, 0.0, 1.0, 2.0, 3.0]),
        ((0.0, 0.0), False, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
    ),
)
def test_a_scale_holds_all_values(values: tuple[float, float], logarithmic: bool, ticks: list[float]) -> None:
    scale = chart.Scale.over(values)
    assert scale.logarithmic is logarithmic
    assert scale.ticks() == pytest.approx(ticks)
    left, right = map(scale.at, (scale.start, scale.end))
    assert left <= scale.at(values[0]) <= scale.at(values[1]) <= right


# Workloads and contenders


def test_bookings_have_about_500_bytes_and_are_the_same_in_every_run() -> None:
    made = bookings(1_000)
    assert 480 <= len(printed(made)) / 1_000 <= 560
    assert made == bookings(1_000)
    assert len({printed(booking) for booking in made}) == len({booking["id"] for booking in made}) == 1_000


def test_what_is_written_by_hand_is_what_the_api_declares() -> None:
    translation, kept = api.translation(BookingSchema, api.position(OLDEST)), bookings(50)
    assert [translation.downgrade(booking) for booking in kept] == [older(booking) for booking in kept]
    assert [newer(older(booking)) for booking in kept] == kept
    sent = [writable(older(booking)) for booking in kept]
    assert [translation.upgrade(document) for document in sent] == [writable(booking) for booking in kept]


def test_utc_is_the_same_however_it_is_spelt() -> None:
    assert parsed(b'"2026-11-01T08:00:00+00:00"') == parsed(b'"2026-11-01T08:00:00Z"')


def test_a_reply_of_another_status_is_no_success() -> None:
    app = in_memory(bookings(1))
    with pytest.raises(RuntimeError, match="GET /nothing answers 404 NOT FOUND"):
        Call("GET", "/nothing").send(app)


def _refusing(body: bytes) -> bytes:
    if body == b"2":
        raise ValueError(body)
    return body


WORK = Work(sent=[b"1"], translated=["one"], broken=b"2")


@pytest.mark.parametrize(
    ("entry", "note"),
    (
        (Entry(_refusing, checks=True), "checks"),
        (Entry(_refusing, checks=None), "checks"),
        (Entry(lambda body: body), ""),
        (Entry(lambda body: b'"one"', translates=True), "translates"),
        (Entry(None, "not installed"), "not installed"),
        (Entry(_refusing, fast=FastPath(None), checks=None), "compiled, but these bodies are left to the interpreter"),
    ),
)
def test_a_contender_is_told_by_what_it_does(entry: Entry, note: str) -> None:
    assert entry.proven(WORK, "it").note == note


@pytest.mark.parametrize(
    ("entry", "sentence"),
    (
        (Entry(lambda body: b"3"), "it does not make of the bodies what it should"),
        (Entry(lambda body: body, translates=True), "it does not make of the bodies what it should"),
        (Entry(lambda body: body, checks=True), "it should refuse a body that breaks a rule"),
        (Entry(_refusing), "it should take a body that breaks a rule"),
    ),
)
def test_a_contender_that_does_not_do_its_work_is_not_timed(entry: Entry, sentence: str) -> None:
    with pytest.raises(RuntimeError, match=sentence):
        entry.proven(WORK, "it")


def test_what_is_not_compiled_says_why() -> None:
    entries = contenders._ours(FastPath(None, reasons=("A reason.",)), _refusing, _refusing)
    assert entries[contenders.COMPILED].note == "not compiled: A reason."


@pytest.mark.parametrize("every", (True, False))
def test_a_long_history_is_seen_to_its_end(every: bool) -> None:
    published = long_history.published(25, 2, every=every)
    thing = long_history.document(1)
    for number in (1, 24):
        there = published.translate(thing, "thing-0", from_version=25, to_version=number)
        assert published.translate(there, "thing-0", from_version=number, to_version=25) == thing


# Load

WRK = """\
Running 1s test @ http://127.0.0.1:8000/bookings
  Latency Distribution
     50%  635.91us
     75%  712.00us
     90%    1.02ms
     99%   12.34ms
  2302 requests in 1.00s, 1.94MB read
Requests/sec:   2301.37
Transfer/sec:      1.94MB
"""


def test_what_wrk_prints_is_read() -> None:
    assert load.read_wrk(WRK) == load.Load(2301.37, pytest.approx(635.91e-6), pytest.approx(12.34e-3))


@pytest.mark.parametrize(
    ("told", "sentence"),
    (
        (WRK + "  Non-2xx or 3xx responses: 7\n", "replies that are no 200"),
        (WRK.replace("Requests/sec", "Requests"), "no throughput"),
        (WRK.replace("99%", "95%"), "no latencies"),
    ),
)
def test_load_that_tells_nothing_is_refused(told: str, sentence: str) -> None:
    with pytest.raises(RuntimeError, match=sentence):
        load.read_wrk(told)


# The front page


def test_the_front_page_tells_what_the_results_say() -> None:
    assert figures.main(["--check"]) == 0


def test_a_front_page_that_tells_otherwise_is_found_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "README.md"
    page.write_text("Before.\n<!-- figures -->\nAs fast as light.\n<!-- /figures -->\nAfter.\n", encoding="utf-8")
    assert figures.main(["--check", "--page", str(page)]) == 1
    assert "disagree" in capsys.readouterr().err
    assert figures.main(["--page", str(page)]) == 0
    made = page.read_text(encoding="utf-8")
    assert made.startswith("Before.\n<!-- figures -->\n## Figures\n")
    assert made.endswith("\n<!-- /figures -->\nAfter.\n")
    assert figures.main(["--check", "--page", str(page)]) == 0


def test_figures_need_their_place_and_their_results(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("Nothing.\n", encoding="utf-8")
    with pytest.raises(LookupError, match="no <!-- figures -->"):
        figures.main(["--page", str(page)])
    with pytest.raises(LookupError, match="hot_path has no 'nobody' in 'nowhere'"):
        figures._row(figures.Shown("", "hot_path", "nowhere", "nobody", "time"), {"rows": []})


def test_a_figure_that_is_not_there_says_why() -> None:
    shown = figures.LINES[0]
    row: dict[str, Any] = {"case": shown.case, "name": shown.name, "figures": {}, "targets": [], "note": "not compiled"}
    assert figures._line(shown, {"rows": [row]}) == f"| {shown.text} | – | | not compiled |"


def test_the_results_are_of_one_run_on_one_machine() -> None:
    records = [json.loads(path.read_bytes()) for path in RESULTS.glob("*.json")]
    assert len({json.dumps([record["commit"], record["python"], record["libraries"]]) for record in records}) == 1
