"""``translayer check``: whether the code still honours what was promised, and which change does not."""

from __future__ import annotations

from pathlib import Path

import click

from translayer.contract.api import Api
from translayer.openapi.conformance import Verdict, held_to, verdicts
from translayer.openapi.difference_table import Direction
from translayer.openapi.loading import load

from .contracts import folder_of, reading, takes_folder, verdict_lines
from .loading import check_resource, check_version, resource_names, takes_api, version_texts
from .printing import examples, show, show_json, takes_json


@click.command(
    epilog=examples(
        "translayer check",
        "translayer check --strict --json",
        "translayer check --contract partners.yaml --version 2",
        "translayer check --contract booking.schema.json --version 2 --resource booking --direction request",
    )
)
@takes_folder("--frozen")
@click.option(
    "--contract",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Hold a version to this file instead: OpenAPI 2.0, 3.0 or 3.1, or with --resource JSON Schema; JSON or YAML.",
)
@click.option("--version", "text", shell_complete=version_texts, help="The version that the contract is of.")
@click.option("--resource", shell_complete=resource_names, help="The resource that the contract is the schema of.")
@click.option(
    "--direction",
    type=click.Choice(["reply", "request"]),
    help="Whether that is the schema of replies, as it is unless this is said, or of requests.",
)
@click.option("--strict", is_flag=True, help="Harmless differences are a no as well.")
@takes_api
@takes_json
def check(
    api: Api,
    path: Path | None,
    file: Path | None,
    text: str | None,
    resource: str | None,
    direction: Direction | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Check that the code honours the frozen contracts.

    Each version is compared with its files in the folder; a version that is published has to be there. What breaks
    clients is told ("!") with what was promised, what is, and which change of which version did it, and the exit status
    is 1. What breaks nobody is told as well ("~"). A preview may change.
    """
    if file is None and (text or resource or direction):
        raise click.UsageError("--version, --resource and --direction speak of a contract: name it, --contract FILE")
    if file is not None and path is not None:
        raise click.UsageError("a version is held to a folder or to a file: --frozen or --contract")
    with reading():
        found = _frozen(api, path) if file is None else [_supplied(api, file, text, resource, direction)]
    if as_json:
        show_json([verdict.as_json() for verdict in found])
    else:
        show(line for verdict in found for line in verdict_lines(verdict))
    if not all(verdict.is_exact if strict else verdict.is_honoured for verdict in found):
        raise click.exceptions.Exit(1)


def _frozen(api: Api, path: Path | None) -> list[Verdict]:
    return list(verdicts(api, folder_of(api, path)))


def _supplied(api: Api, file: Path, text: str | None, resource: str | None, direction: Direction | None) -> Verdict:
    """How a version stands to a contract that is no frozen one."""
    if text is None:
        raise click.UsageError("which version is the contract of? Say it by --version")
    if direction is not None and resource is None:
        raise click.UsageError("--direction is of the schema of a resource: say which by --resource")
    position = check_version(api, text)
    if resource is not None:
        check_resource(api, resource)
    of = None if resource is None else (resource, direction or "reply")
    return held_to(api, api.versions[position], load(file), str(file), of)
