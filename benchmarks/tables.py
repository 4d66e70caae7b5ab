"""Tables: what a benchmark found, as text for people and as JSON for programs.

A report is rows of figures, and a figure is a median with its quartiles in a unit. A row may have targets, which are
held against its figures and judged nowhere else. Nothing is rounded in JSON; text has three significant digits.
Neither timing nor workloads are known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

from .timing import Spread


@dataclass(frozen=True, slots=True)
class Figure:
    """A median and its quartiles, in a unit."""

    spread: Spread
    unit: str

    def __str__(self) -> str:
        low, median, high = (rounded(value) for value in asdict(self.spread).values())
        return f"{median} {self.unit} ({low} to {high})"


def microseconds(spread: Spread) -> Figure:
    """A figure in µs, for a spread in seconds."""
    return Figure(spread.scaled(1e6), "µs")


def milliseconds(spread: Spread) -> Figure:
    """A figure in ms, for a spread in seconds."""
    return Figure(spread.scaled(1e3), "ms")


def times(spread: Spread) -> Figure:
    """A ratio."""
    return Figure(spread, "×")


@dataclass(frozen=True, slots=True)
class Target:
    """What the figure in ``column`` should be: at most ``limit``, or at least where ``at_least`` says so.

    ``goal`` is what is aimed at beyond the limit; it is told and not judged.
    """

    column: str
    limit: float
    at_least: bool = False
    goal: float | None = None

    def missed_by(self, median: float) -> float:
        """By which share of the limit it is missed; 0 where it is met."""
        short = self.limit - median if self.at_least else median - self.limit
        return max(0.0, short / self.limit)

    def wanted(self, unit: str) -> str:
        """What is wanted, in words: ``≤ 1.5 × (goal 1.25)``."""
        goal = f" (goal {self.goal:g})" if self.goal is not None else ""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {unit}{goal}"


def verdict(missed_by: float) -> str:
    """Met, or missed by how much of the limit."""
    return f"missed by {max(1, round(100 * missed_by))} %" if missed_by else "met"


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one contender, by column.

    ``case`` is what it was compared in, ``facts`` are plain numbers, ``note`` says what it does, or why there is
    no figure.
    """

    case: str
    name: str
    figures: Mapping[str, Figure]
    facts: Mapping[str, int] = field(default_factory=dict)
    note: str = ""
    targets: Sequence[Target] = ()

    def judged(self) -> Iterator[tuple[Target, Figure, float]]:
        """Each target with its figure, and by how much that misses it; none for figures that are not there."""
        for target in self.targets:
            figure = self.figures.get(target.column)
            if figure is not None:
                yield target, figure, target.missed_by(figure.spread.median)


@dataclass(frozen=True, slots=True)
class Charted:
    """What of a report is drawn: the figures in ``column``, of these cases; ``axis`` says what they are.

    ``line`` is a limit that is drawn across.
    """

    column: str
    axis: str
    cases: Sequence[str]
    line: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What one benchmark found; rows of one case stand together."""

    title: str
    rows: Sequence[Row]
    charted: Charted


def text(report: Report) -> str:
    """The report as a table in plain text: a line per row, targets below the rows of a case, an empty line between."""
    columns = tuple(dict.fromkeys(column for row in report.rows for column in (*row.facts, *row.figures)))
    cells = [_cells(row, columns) for row in report.rows]
    widths = [max(map(len, column)) for column in zip(("", *columns), *cells, strict=True)]
    lines = [report.title, "=" * len(report.title)]
    for case, pairs in groupby(zip(report.rows, cells, strict=True), key=lambda pair: pair[0].case):
        group = list(pairs)
        lines += ["", _aligned((case, *columns), widths)]
        lines += [f"{_aligned(shown, widths)}{f'  [{row.note}]' if row.note else ''}" for row, shown in group]
        lines += [f"  -> {sentence}" for row, _ in group for sentence in verdicts(row)]
    return "\n".join(lines)


def verdicts(row: Row) -> Iterator[str]:
    """A sentence for each of a row's targets."""
    for target, figure, missed in row.judged():
        yield f"{row.name}, {target.column}: {target.wanted(figure.unit)}, {verdict(missed)}"


def record(report: Report) -> dict[str, Any]:
    """The report as JSON: ``{"title", "charted", "rows": [{"case", "name", "note", "facts", "figures", "targets"}]}``.

    A figure is ``{"low", "median", "high", "unit"}`` by its column, a target has its median's ``missed_by``.
    """
    return {
        "title": report.title,
        "charted": asdict(report.charted),
        "rows": [_row_record(row) for row in report.rows],
    }


def _row_record(row: Row) -> dict[str, Any]:
    figures = {column: asdict(figure.spread) | {"unit": figure.unit} for column, figure in row.figures.items()}
    targets = [asdict(target) | {"missed_by": missed} for target, _, missed in row.judged()]
    named = {"case": row.case, "name": row.name, "note": row.note}
    return {**named, "facts": dict(row.facts), "figures": figures, "targets": targets}


def _cells(row: Row, columns: Iterable[str]) -> tuple[str, ...]:
    shown = {column: f"{number:,}" for column, number in row.facts.items()}
    shown |= {column: str(figure) for column, figure in row.figures.items()}
    return (f"  {row.name}", *(shown.get(column, "") for column in columns))


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """A line: names to the left; figures to the right, so that units stand below each other."""
    return "  ".join(_padded(cells, widths)).rstrip()


def _padded(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    yield cells[0].ljust(widths[0])
    for cell, width in zip(cells[1:], widths[1:], strict=True):
        yield cell.rjust(width)


def rounded(value: float) -> str:
    """Three significant digits, and all of the whole number; below 1, three decimals."""
    size = abs(value)
    return f"{value:,.{0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3}f}"
