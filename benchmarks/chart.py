"""Charts: what was recorded of a benchmark as horizontal bars, in SVG, with quartiles as whiskers.

A chart is drawn from the JSON alone. One scale serves all cases; it is logarithmic where the longest bar is more than
ten times the shortest, and then bars start at a round number below the shortest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor, log10
from typing import Any, Final
from xml.sax.saxutils import escape

from .tables import rounded

Record = Mapping[str, Any]

WIDTH: Final = 860
LABELS, VALUES, MARGIN = 300, 90, 24
BAR, GAP, HEAD = 16, 8, 34
OURS_BEGIN: Final = ("translayer", "outside of", "behind a", "declared, ")
"""How the names of the layer's own rows begin; those of versions back begin with a digit."""
OURS, THEIRS, INK, FAINT, LINE = "#2563eb", "#94a3b8", "#1e293b", "#e2e8f0", "#dc2626"
HALO: Final = 'stroke="#ffffff" stroke-width="3" paint-order="stroke"'
NARROW: Final = 10.0
"""From how large a span on the scale is logarithmic."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to pixels."""

    start: float
    end: float
    logarithmic: bool

    @classmethod
    def over(cls, values: Sequence[float]) -> Scale:
        """A scale for all of these, from 0 or from a power of ten."""
        least, most = min(values), max(values)
        if least > 0 and most / least > NARROW:
            return cls(_round_below(least), 1 / _round_below(1 / most), logarithmic=True)
        return cls(min(0.0, least), max(most, 0.0) * 1.05 or 1.0, logarithmic=False)

    def at(self, value: float) -> float:
        """The horizontal place of a value."""
        if self.logarithmic:
            share = log10(max(value, self.start) / self.start) / log10(self.end / self.start)
        else:
            share = (value - self.start) / (self.end - self.start)
        return LABELS + min(1.0, max(0.0, share)) * (WIDTH - LABELS - VALUES - MARGIN)

    def ticks(self) -> list[float]:
        """Where the grid has its lines."""
        if self.logarithmic:
            return [10.0**power for power in range(ceil(log10(self.start)), floor(log10(self.end)) + 1)]
        step = 10.0 ** floor(log10(self.end - self.start))
        step = next(each for each in (step / 5, step / 2, step, 2 * step) if (self.end - self.start) / each <= 8)
        return [step * number for number in range(ceil(self.start / step), floor(self.end / step) + 1)]


def _round_below(value: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is less."""
    power = 10.0 ** floor(log10(value))
    return max(each for each in (power / 2, power, 2 * power, 5 * power) if each < value * 0.999)


def drawn(record: Record) -> str:
    """The chart of what was recorded, as an SVG document; cases and rows without the charted figure are left out."""
    charted = record["charted"]
    rows = [row for row in record["rows"] if row["case"] in charted["cases"] and charted["column"] in row["figures"]]
    limits = [] if charted["line"] is None else [charted["line"]]
    figures = [row["figures"][charted["column"]] for row in rows]
    scale = Scale.over([*limits, *(figure[key] for figure in figures for key in ("low", "high"))] or [0.0, 1.0])
    cases = len({row["case"] for row in rows})
    height = 78 + cases * HEAD + len(rows) * (BAR + GAP) + 30
    lines = [
        *_frame(record, height, scale),
        *_grid(scale, height, limits),
        *_bars(rows, charted["column"], scale),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _frame(record: Record, height: float, scale: Scale) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}" role="img">'
    )
    yield f"<title>{escape(record['title'])}</title>"
    yield f'<rect width="{WIDTH}" height="{height}" rx="6" fill="#ffffff"/>'
    yield _text(MARGIN, 30, record["title"], 'font-size="16" font-weight="600"')
    axis = record["charted"]["axis"] + ", logarithmic" * scale.logarithmic
    better = "longer" if record["charted"]["column"] == "throughput" else "shorter"
    yield _text(MARGIN, 50, f"{axis}; medians with quartiles; {better} is better", 'fill="#64748b"')


def _grid(scale: Scale, height: float, limits: Sequence[float]) -> Iterator[str]:
    bottom = height - 26
    for tick in scale.ticks():
        x = scale.at(tick)
        yield f'<path d="M{x:.1f} 70V{bottom}" stroke="{FAINT}"/>'
        yield _text(x, bottom + 16, f"{tick:,g}", 'text-anchor="middle" fill="#64748b"')
    for limit in limits:
        x = scale.at(limit)
        yield f'<path d="M{x:.1f} 66V{bottom}" stroke="{LINE}" stroke-dasharray="4 3"/>'
        yield _text(x + 4, 74, f"target {limit:g}", f'fill="{LINE}" font-size="11"')


def _bars(rows: Sequence[Record], column: str, scale: Scale) -> Iterator[str]:
    y = 70.0
    for case, group in groupby(rows, key=lambda row: row["case"]):
        y += HEAD
        yield _text(MARGIN, y - 10, case, 'font-weight="600"')
        for row in group:
            yield from _bar(row["name"], row["figures"][column], scale, y)
            y += BAR + GAP


def _bar(name: str, figure: Record, scale: Scale, y: float) -> Iterator[str]:
    """A label, the bar up to the median, whiskers between the quartiles, and the median in figures."""
    start, low, median, high = (scale.at(value) for value in (0.0, figure["low"], figure["median"], figure["high"]))
    colour = OURS if name.startswith(OURS_BEGIN) or name[0].isdigit() else THEIRS
    left, width, middle = min(start, median), abs(median - start), y + BAR / 2
    yield _text(LABELS - 10, y + 12, name, 'text-anchor="end"')
    yield f'<rect x="{left:.1f}" y="{y}" width="{max(width, 1):.1f}" height="{BAR}" rx="2" fill="{colour}"/>'
    whiskers = f"M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8M{high:.1f} {middle - 4}v8"
    yield f'<path d="{whiskers}" stroke="{INK}" fill="none"/>'
    yield _text(max(median, high) + 6, y + 12, f"{rounded(figure['median'])} {figure['unit']}", HALO)


def _text(x: float, y: float, text: str, attributes: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{escape(text)}</text>'
