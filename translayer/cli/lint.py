"""``translayer lint``: what an API could say better, by the conventions of ``docs/conventions.md``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import click

from translayer.contract.api import Api
from translayer.contract.conventions.table import CONVENTIONS, Advice
from translayer.contract.explain import printable
from translayer.document.values import Object

from .loading import check_version, takes_api, version_texts
from .printing import Line, examples, show, show_json, takes_json

_STYLES: Final[Mapping[str, str]] = {"warning": "bold yellow", "hint": "cyan"}
"""The style of a finding by its level."""


def convention_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What a shell completes a convention by."""
    return [id for id in CONVENTIONS if id.startswith(incomplete.upper())]


@click.command(
    epilog=examples(
        "translayer lint",
        "translayer lint --version 4 --strict      # before version 4 is published",
        "translayer lint --without NO_ACTIONS      # the team has decided otherwise",
    )
)
@click.option("--strict", is_flag=True, help="Let hints count as warnings do.")
@click.option(
    "--version",
    "texts",
    multiple=True,
    shell_complete=version_texts,
    help="Only what is found in this version; may be said several times.",
)
@click.option(
    "--without",
    "decided",
    multiple=True,
    metavar="ID",
    shell_complete=convention_ids,
    help="Leave a convention out; may be said several times.",
)
@takes_api
@takes_json
def lint(api: Api, strict: bool, texts: Sequence[str], decided: Sequence[str], as_json: bool) -> None:
    """Look for what could be said better.

    URLs, methods, names, versions and descriptions of every version are held against conventions, each with an ID.
    A hint is a matter of taste. The exit status is 1 where there are warnings; hints count with --strict.
    """
    for text in texts:
        check_version(api, text)
    for id in decided:
        _check_id(id)
    found = [
        advice
        for advice in api.lint()
        if advice.id not in decided and (not texts or not set(texts).isdisjoint(advice.versions))
    ]
    if as_json:
        show_json([_as_json(advice) for advice in found])
    else:
        show(_lines(found))
    if any(strict or advice.level == "warning" for advice in found):
        raise click.exceptions.Exit(1)


def _check_id(id: str) -> None:
    if id not in CONVENTIONS:
        raise click.UsageError(printable(f"there is no convention {id!r}; there are {', '.join(CONVENTIONS)}"))


def _as_json(advice: Advice) -> Object:
    """A finding as a JSON object."""
    return {
        "id": advice.id,
        "level": advice.level,
        "about": advice.about,
        "place": advice.place,
        "versions": list(advice.versions),
        "sentence": advice.sentence,
    }


def _lines(found: Sequence[Advice]) -> Iterator[Line]:
    """Every finding with the versions that have it, and a line that counts."""
    for advice in found:
        many = "s" if len(advice.versions) > 1 else ""
        yield Line(f"{advice.level} {advice.id}, in version{many} {', '.join(advice.versions)}", _STYLES[advice.level])
        yield Line(f"    {advice.sentence}", hang=4)
    warnings = sum(advice.level == "warning" for advice in found)
    yield Line(f"{_counted(warnings, 'warning')}, {_counted(len(found) - warnings, 'hint')}", "bold")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
