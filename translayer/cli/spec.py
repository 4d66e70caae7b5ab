"""``translayer spec``: the contract of one version, as OpenAPI."""

from __future__ import annotations

import click

from translayer.contract.api import Api
from translayer.document.forms import rendered
from translayer.openapi.folder import printed, promised
from translayer.openapi.specification import specification

from .loading import check_flags, check_version, takes_api, version_texts
from .printing import examples, show_json, takes_json


@click.command(
    epilog=examples(
        "translayer spec 2 > v2.json", "translayer spec 2 --openapi 2.0 --yaml", "translayer spec 4 --flag beta"
    )
)
@click.argument("version", shell_complete=version_texts)
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
@takes_json
def spec(api: Api, version: str, form: str, as_yaml: bool, flags: tuple[str, ...], as_json: bool) -> None:
    """Print the OpenAPI document of a version.

    It is what "translayer freeze" writes, so that it can be sent to a file: what everybody sees of the version, and
    with --flag also what is behind flags. With --json it is in ASCII.
    """
    if as_json and as_yaml:
        raise click.UsageError("the document is printed as JSON or as YAML: --json or --yaml")
    check_version(api, version)
    check_flags(api, flags)
    seen = api.seen_with(frozenset(flags)) if flags else promised(api)
    document = specification(seen, version, form)
    if not as_yaml:
        show_json(document) if as_json else click.echo(printed(document), nl=False)
        return
    try:
        click.echo(rendered(document, "yaml"), nl=False)
    except ModuleNotFoundError as error:
        raise click.UsageError("YAML needs PyYAML: install it with the extra yaml, or leave --yaml out") from error
