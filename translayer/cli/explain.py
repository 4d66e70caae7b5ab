"""``translayer explain``: every step of one document's way from one version to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO, Final

import click

from translayer.contract.api import Api

from .loading import check_resource, check_version, read_document, resource_names, takes_api, version_texts
from .printing import Line, examples, show, show_json, takes_json

_STYLES: Final[Mapping[str, str]] = {"-  ": "red", "+  ": "green", "!  ": "bold red", "=  ": "dim", "Ver": "bold"}
"""The style of a line of the text, by how it begins."""


@click.command(
    epilog=examples(
        "translayer explain booking --from 3 --to 1 booking.json",
        "translayer explain booking --from 1 --to 3 --changed < old-booking.json",
    )
)
@click.argument("resource", shell_complete=resource_names)
@click.argument("file", type=click.File("rb"), default="-")
@click.option(
    "--from", "source", required=True, shell_complete=version_texts, help="The version that the document is of."
)
@click.option("--to", "target", required=True, shell_complete=version_texts, help="The version that it is told in.")
@click.option("--changed", is_flag=True, help="Leave out the steps that change nothing.")
@takes_api
@takes_json
def explain(api: Api, resource: str, file: BinaryIO, source: str, target: str, changed: bool, as_json: bool) -> None:
    """Explain a document in another version, step by step.

    The document, of RESOURCE, is JSON, read from FILE, or from standard input where that is - or left out. It is
    converted, not checked. Where it cannot be told in the other version, the steps until then are printed,
    with the reason, and the exit status is 1.
    """
    check_resource(api, resource)
    for version in (source, target):
        check_version(api, version)
    explanation = api.explain(read_document(file), resource, from_version=source, to_version=target)
    if as_json:
        show_json(explanation.as_json())
    else:
        show(_styled(line) for line in explanation.text(unchanged=not changed).split("\n"))
    if explanation.failures:
        raise click.exceptions.Exit(1)


def _styled(line: str) -> Line:
    return Line(line, _STYLES.get(line.strip()[:3], ""))
