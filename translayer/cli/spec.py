"""``translayer spec``: the contract of one version, as OpenAPI."""

from __future__ import annotations

import click

from translayer.contract.api import Api
from translayer.document.forms import rendered
from translayer.openapi.folder import printed, promised
from translayer.openapi.specification import specification

from .loading import check_version, takes_api
from .printing import show_document


@click.command()
@click.argument("version")
@click.option(
    "--openapi",
    "form",
    type=click.Choice(["3.1", "2.0"]),
    default="3.1",
    show_default=True,
    help="The version of OpenAPI.",
)
@click.option("--yaml", "as_yaml", is_flag=True, help="Print YAML; it needs the extra of that name.")
@click.option(
    "--flag",
    "flags",
    multiple=True,
    help="Show what consumers see who have this flag; may be given several times.",
)
@takes_api
def spec(api: Api, version: str, form: str, as_yaml: bool, flags: tuple[str, ...]) -> None:
    """Print the OpenAPI document of a version.

    It is what "translayer freeze" writes: JSON, as everybody sees the version. It is printed as it is, so that it may
    be sent to a file.
    """
