"""`python -m benchmarks [NAME...]`: run benchmarks, print their tables, write `results/NAME.json` and `NAME.svg`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from . import BENCHMARKS, chart, machine
from .tables import Report, record, text
from .timing import FULL, SMOKE, Effort

RESULTS = Path(__file__).parent / "results"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what the command line names, all benchmarks where it names none."""
    asked = _parser().parse_args(arguments)
    asked.results.mkdir(parents=True, exist_ok=True)
    for name in asked.names or BENCHMARKS:
        run(name, SMOKE if asked.smoke else FULL, asked.results)


def run(name: str, effort: Effort, results: Path) -> None:
    """Run one benchmark, print its table, and write ``NAME.json`` and ``NAME.svg`` into the folder ``results``."""
    described = machine.describe()
    report: Report = import_module(f"{__package__}.{name}").run(effort)
    told = {"benchmark": name, **described, "effort": asdict(effort), **record(report)}
    (results / f"{name}.json").write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (results / f"{name}.svg").write_text(chart.drawn(told), encoding="utf-8")
    print(f"{text(report)}\n\n{machine.sentence(described)}\n", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure what the layer costs.")
    parser.add_argument(
        "names", nargs="*", type=_known, metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; all, if none"
    )
    parser.add_argument("--smoke", action="store_true", help="see that everything runs; the figures mean nothing")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder to write to (benchmarks/results)")
    return parser


def _known(name: str) -> str:
    # Not `choices`: before Python 3.12 that refuses to be given no name at all.
    if name not in BENCHMARKS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(BENCHMARKS)}")
    return name


if __name__ == "__main__":
    main()
