"""`python -m benchmarks.figures`: the figures on the front page, written from `results/`; `--check` only compares.

What stands in README.md between its two marks is made from the recorded results and from nothing else, so that it
cannot say what was not measured. Targets that are missed are told as missed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from .contenders import COMPILED
from .hot_path import LIMIT, MARSHMALLOW
from .request import CADWYN, OLD
from .served import OLD as SERVED_OLD
from .served import ONE, SHARE
from .tables import Target, rounded, verdict

HERE: Final = Path(__file__).parent
PAGE: Final = HERE.parent / "README.md"
MARKED: Final = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- /figures -->\n)", re.DOTALL)

Record = Mapping[str, Any]


IMPORT: Final = "import, beyond starting Python"


class Shown(NamedTuple):
    """A line of the table: what it says, and the figure it is made from; ``case`` is how the case's name begins."""

    text: str
    benchmark: str
    case: str
    name: str
    column: str


LINES: Final = (
    Shown("100 bookings to a client, against parse + print", "hot_path", "downgrade, 100 bookings", COMPILED, LIMIT),
    Shown("marshmallow load + dump, against that", "hot_path", "downgrade, 100 bookings", COMPILED, MARSHMALLOW),
    Shown("100 bookings from clients, against parse + print", "hot_path", "upgrade, 100 bookings", COMPILED, LIMIT),
    Shown("marshmallow load + dump, against that", "hot_path", "upgrade, 100 bookings", COMPILED, MARSHMALLOW),
    Shown("GET of one booking, on top of the bare app", "request", "GET", OLD, "added"),
    Shown("the same by Cadwyn, on top of bare FastAPI", "request", "GET", CADWYN, "added"),
    Shown("GET of one under gunicorn, against the bare app", "served", ONE, SERVED_OLD, SHARE),
    Shown("list, 50 versions back against 1", "history", "list of 100, compiled", "50 versions back", "× 1 back"),
    Shown(
        "a client's body, 50 versions back against 1",
        "history",
        "one body to the app, compiled",
        "50 versions back",
        "× 1 back",
    ),
    Shown("GET, 50 versions back against 1", "history", "GET of one, whole stack", "50 versions back", "× 1 back"),
    Shown(
        "construction of 50 versions × 50 resources, each version changes one",
        "history",
        "construction, 50 versions × 50 resources",
        "each version changes one resource",
        "time",
    ),
    Shown(
        "the same where every version changes every resource",
        "history",
        "construction, 50 versions × 50 resources",
        "every version changes every resource",
        "time",
    ),
    Shown("import", "history", IMPORT, "translayer", "added"),
    Shown("of which marshmallow, werkzeug and msgspec", "history", IMPORT, "marshmallow + werkzeug + msgspec", "added"),
    Shown("a request that passes untouched", "untouched", "one small reply", "outside of the prefix", "added"),
)


def block(results: Mapping[str, Record]) -> str:
    """What belongs between the marks; raises ``LookupError`` where a result is not there."""
    machine = results["hot_path"]["machine"]
    ran = f"{machine['processor']}, {machine['cores']} cores, {results['hot_path']['python']}"
    return "\n".join(
        (
            "## Figures",
            "",
            "Bookings of 500 bytes, clients three versions back: renames, in lists too, a nested price, a split name,",
            f"an enumeration. {results['hot_path']['date'][:10]}, {ran}; medians, and in brackets the quartiles.",
            "`make bench` measures it all on your machine, beside eleven peers: [how](benchmarks/README.md).",
            "",
            "| what | median | target | |",
            "|---|---|---|---|",
            *(_line(shown, results[shown.benchmark]) for shown in LINES),
            "",
            "![The hot path against its peers](benchmarks/results/hot_path.svg)",
            "",
        )
    )


def _line(shown: Shown, result: Record) -> str:
    row = _row(shown, result)
    figure = row["figures"].get(shown.column)
    if figure is None:
        return f"| {shown.text} | – | | {row['note']} |"
    low, median, high = (rounded(figure[key]) for key in ("low", "median", "high"))
    wanted, judged = _judged(row["targets"], shown.column, figure["unit"])
    does = f" ({row['note']})" if row["note"] and shown.column == LIMIT else ""
    return f"| {shown.text}{does} | {median} {figure['unit']} ({low} to {high}) | {wanted} | {judged} |"


def _row(shown: Shown, result: Record) -> Record:
    for row in result["rows"]:
        if row["name"] == shown.name and (row["case"] == shown.case or row["case"].startswith(f"{shown.case}, by ")):
            found: Record = row
            return found
    raise LookupError(f"{shown.benchmark} has no {shown.name!r} in {shown.case!r}")


def _judged(targets: Sequence[Record], column: str, unit: str) -> tuple[str, str]:
    """The target in words, and whether it is met; two empty texts where there is none."""
    for target in targets:
        if target["column"] == column:
            missed = target["missed_by"]
            wanted = Target(column, target["limit"], target["at_least"], target["goal"]).wanted(unit)
            return wanted, f"**{verdict(missed)}**" if missed else verdict(missed)
    return "", ""


def read(results: Path) -> dict[str, Record]:
    """The recorded results, by benchmark."""
    return {path.stem: json.loads(path.read_bytes()) for path in results.glob("*.json")}


def written(page: str, figures: str) -> str:
    """The page with these figures between its marks; raises ``LookupError`` where it has none."""
    if not MARKED.search(page):
        raise LookupError("the page has no <!-- figures --> and <!-- /figures --> on lines of their own")
    return MARKED.sub(lambda _: figures, page)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or see whether it is as it should be; the exit status."""
    parser = argparse.ArgumentParser("python -m benchmarks.figures", description="Write the figures into README.md.")
    parser.add_argument("--check", action="store_true", help="write nothing, and exit with 1 where they differ")
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--results", type=Path, default=HERE / "results")
    asked = parser.parse_args(arguments)
    page = asked.page.read_text(encoding="utf-8")
    made = written(page, block(read(asked.results)))
    if not asked.check:
        asked.page.write_text(made, encoding="utf-8")
    elif made != page:
        print("\n".join(_differing(page, made)), file=sys.stderr)
        return 1
    return 0


def _differing(page: str, made: str) -> Iterator[str]:
    yield f"{PAGE.name} and the results disagree; write the figures with `python -m benchmarks.figures`:"
    known = set(page.splitlines())
    yield from (line for line in made.splitlines() if line not in known)


if __name__ == "__main__":
    sys.exit(main())
