"""Tables: what a benchmark found, as text for people and as JSON for programs.

A report is rows of figures, and a figure is a median with its quartiles in a unit. Nothing is rounded in JSON; text
has three significant digits. Neither timing nor workloads are known here.
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
        low, median, high = (_rounded(value) for value in asdict(self.spread).values())
        return f"{median} {self.unit} ({low} to {high})"


def microseconds(spread: Spread) -> Figure:
    """A figure in µs, for a spread in seconds."""
    return Figure(Spread(*(1e6 * value for value in asdict(spread).values())), "µs")


def times(spread: Spread) -> Figure:
    """A ratio."""
    return Figure(spread, "×")


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one contender, by column; ``case`` is what it was compared in, ``facts`` are plain numbers."""

    case: str
    name: str
    figures: Mapping[str, Figure]
    facts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What one benchmark found; rows of one case stand together."""

    title: str
    rows: Sequence[Row]


def text(report: Report) -> str:
    """The report as a table in plain text: a line per row, an empty line between cases."""
    columns = tuple(dict.fromkeys(column for row in report.rows for column in (*row.facts, *row.figures)))
    cells = [_cells(row, columns) for row in report.rows]
    widths = [max(map(len, column)) for column in zip(("", *columns), *cells, strict=True)]
    lines = [report.title, "=" * len(report.title)]
    for case, group in groupby(zip(report.rows, cells, strict=True), key=lambda pair: pair[0].case):
        lines += ["", _aligned((case, *columns), widths), *(_aligned(row, widths) for _, row in group)]
    return "\n".join(lines)


def record(report: Report) -> dict[str, Any]:
    """The report as JSON: ``{"title", "rows": [{"case", "name", "facts", "figures": {column: {...}}}]}``."""
    return {"title": report.title, "rows": [_row_record(row) for row in report.rows]}


def _row_record(row: Row) -> dict[str, Any]:
    figures = {column: asdict(figure.spread) | {"unit": figure.unit} for column, figure in row.figures.items()}
    return {"case": row.case, "name": row.name, "facts": dict(row.facts), "figures": figures}


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


def _rounded(value: float) -> str:
    """Three significant digits, and all of the whole number; below 1, three decimals."""
    size = abs(value)
    return f"{value:,.{0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3}f}"
