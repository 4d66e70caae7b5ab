"""``translayer freeze``: writes the contract of every version, unless that would break a promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click

from translayer.contract.api import Api
from translayer.contract.explain import printable
from translayer.openapi.folder import Folder
from translayer.openapi.freezing import Deed, Outcome
from translayer.openapi.freezing import freeze as frozen

from .contracts import folder_of, reading, takes_folder, verdict_lines
from .loading import takes_api
from .printing import Line, examples, show, show_json, takes_json

_STYLES: Final[Mapping[Deed, str]] = {"written": "green", "unchanged": "", "refused": "bold red", "kept": "dim"}


@click.command(
    epilog=examples("translayer freeze", "translayer freeze --to schemas/bookings", "git diff --exit-code schemas")
)
@takes_folder("--to")
@takes_api
@takes_json
def freeze(api: Api, path: Path | None, as_json: bool) -> None:
    """Write the contract of every version.

    For each version these files are written: openapi.json (OpenAPI 3.1), swagger.json (OpenAPI 2.0), and for each
    resource the JSON Schemas of its replies and requests. A preview is written as it is now. What was published is
    written only where it breaks no client; else nothing of that version is, it is told what breaks and which change
    did it, and the exit status is 1. Commit the folder: "translayer check" holds the code to it.
    """
    folder = folder_of(api, path)
    with reading():
        outcomes = _written(api, folder)
    if as_json:
        show_json({"folder": str(folder), "versions": [outcome.as_json() for outcome in outcomes]})
    else:
        show(line for outcome in outcomes for line in _lines(outcome, folder))
    if any(outcome.deed == "refused" for outcome in outcomes):
        raise click.exceptions.Exit(1)


def _written(api: Api, folder: Folder) -> tuple[Outcome, ...]:
    try:
        return frozen(api, folder)
    except OSError as error:
        raise click.UsageError(printable(f"{error.filename} cannot be written: {error.strerror}")) from error


def _lines(outcome: Outcome, folder: Folder) -> Iterator[Line]:
    told = f"version {outcome.version} ({outcome.state}): {outcome.deed}"
    yield Line(told if outcome.reason is None else f"{told}, since {outcome.reason}", _STYLES[outcome.deed])
    yield from (Line(f"  + {folder.file(outcome.version, name)}") for name in outcome.files)
    yield from (Line(f"  - {folder.file(outcome.version, name)}") for name in outcome.removed)
    if outcome.verdict is not None and outcome.verdict.findings:
        yield from verdict_lines(outcome.verdict)
