"""``translayer diff``: what differs between two versions, whom it would break, and what absorbs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from translayer.contract.api import Api
from translayer.contract.explain import printable
from translayer.openapi.attribution import Finding
from translayer.openapi.comparison import FROZEN, Comparison, compare, side

from .contracts import counted, folder_of, reading, takes_folder, told
from .loading import takes_api, version_texts
from .printing import Line, examples, show, show_json, takes_json


def side_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What a shell completes a side of a comparison by: versions, and what is frozen."""
    frozen = [name for name in (FROZEN,) if name.startswith(incomplete)]
    return [*version_texts(context, parameter, incomplete), *frozen]


@click.command(
    epilog=examples(
        "translayer diff 1 2",
        "translayer diff frozen 3          # what would be due if the code were published today",
        "translayer diff frozen:2 2 --json",
        "translayer diff partners.yaml 2",
    )
)
@click.argument("old", shell_complete=side_names)
@click.argument("new", shell_complete=side_names)
@takes_folder("--frozen")
@takes_api
@takes_json
def diff(api: Api, old: str, new: str, path: Path | None, as_json: bool) -> None:
    """List every difference of NEW from OLD.

    Each is a version, as the code has it; frozen, the newest that is published and frozen; frozen:2, a frozen version;
    or a file of OpenAPI 2.0, 3.0 or 3.1. Each difference is told with its id, whether it breaks clients of OLD ("!")
    or not ("~"), and which operation absorbs it, so that they notice nothing. The exit status is 1 where any breaks
    them, absorbed or not: then NEW is due a version number of its own.
    """
    folder = folder_of(api, path)
    try:
        with reading():
            found = compare(api, side(api, folder, old), side(api, folder, new))
    except LookupError as error:
        raise click.UsageError(printable(str(error))) from error
    if as_json:
        show_json(found.as_json())
    else:
        show(_lines(found))
    if found.is_due:
        raise click.exceptions.Exit(1)


def _lines(found: Comparison) -> Iterator[Line]:
    for breaking, mark, style in ((True, "!", "red"), (False, "~", "")):
        for absorbed, title in ((False, "that reach clients"), (True, "that are absorbed")):
            chosen = [one for one in found.findings if _is(found, one, breaking, absorbed)]
            if chosen:
                yield Line(
                    f"{'Breaking' if breaking else 'Other'} differences {title if found.between else ''}".rstrip(),
                    "bold",
                )
                yield from told(chosen, mark, style)
                yield Line("")
    yield Line(_sum(found), "bold", hang=0)


def _is(found: Comparison, finding: Finding, breaking: bool, absorbed: bool) -> bool:
    return finding.difference.breaking == breaking and found.absorbs(finding) == absorbed


def _sum(found: Comparison) -> str:
    breaking, every = (len({finding.mark for finding in some}) for some in (found.breaking, found.findings))
    due = "a new version is due" if found.is_due else "no new version is due"
    sentence = (
        f"{found.old.name} to {found.new.name}: {counted(every, 'difference')}, {breaking} of them breaking: {due}"
    )
    if not (found.between and breaking):
        return sentence
    reaching = len({finding.mark for finding in found.breaking if not found.absorbs(finding)})
    return f"{sentence}; {reaching or 'none'} of those {'reaches' if reaching < 2 else 'reach'} clients"
