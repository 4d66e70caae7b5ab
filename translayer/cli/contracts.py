"""What the commands about contracts share: the folder of the frozen ones, and how differences are told.

A difference that several operations have in common is told once, with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from translayer.contract.api import Api
from translayer.contract.explain import printable
from translayer.errors import DeclarationError
from translayer.openapi.attribution import Finding
from translayer.openapi.conformance import Verdict
from translayer.openapi.folder import Folder

from .printing import Command, Line

DEFAULT: Final = Path("schemas")
"""The folder of frozen contracts where nobody says another."""


def takes_folder(option: str) -> Callable[[Command], Command]:
    """A command that is given the folder of frozen contracts by an option; ``folder_of`` says which it is."""
    return click.option(
        option,
        "path",
        type=click.Path(path_type=Path, file_okay=False),
        help="The folder of the frozen contracts; what Api(frozen=…) says, or schemas, unless it is said.",
    )


def folder_of(api: Api, path: Path | None) -> Folder:
    """The folder that a command was given, or else the API's, or else the one that everybody has."""
    return Folder(path or api.frozen or DEFAULT)


@contextmanager
def reading() -> Iterator[None]:
    """While contract files are read: one that cannot be is a call that makes no sense."""
    try:
        yield
    except DeclarationError as error:
        raise click.UsageError(printable(str(error))) from error


def counted(number: int, noun: str) -> str:
    """A number of things, in words."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def told(findings: Sequence[Finding], mark: str, style: str) -> Iterator[Line]:
    """Differences, each with its operations and its causes, behind a mark that says what they are."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.mark, []).append(finding)
    for several in groups.values():
        yield from _told(several, mark, style)


def _told(findings: Sequence[Finding], mark: str, style: str) -> Iterator[Line]:
    """The same difference, of one operation or of several."""
    first = findings[0]
    yield Line(f"  {mark}  {first.about}: {first.difference.sentence}", style, hang=5)
    yield Line(f"     {first.difference.id}, at {first.difference.pointer or '/'}", "dim")
    operations = dict.fromkeys(finding.difference.operation or finding.source for finding in findings)
    if len(operations) > 1:
        yield Line(f"     in {', '.join(operations)}", "dim", hang=8)
    yield from (Line(f"     by {cause.text}", hang=8) for cause in first.causes)


def verdict_lines(verdict: Verdict) -> Iterator[Line]:
    """How the code stands to a promise: in a line, and below it all that differs."""
    yield Line(f"version {verdict.version} {_answer(verdict)} {verdict.against}", _style(verdict))
    yield from (Line(f"  !  {sentence}", "red", hang=5) for sentence in (*verdict.missing, *verdict.faults))
    yield from told(verdict.breaches, "!", "red")
    yield from told(verdict.harmless, "~", "")
    if verdict.stale:
        yield Line(f"  ~  {', '.join(verdict.stale)}: not as the code has it; translayer freeze writes it", hang=5)


def _answer(verdict: Verdict) -> str:
    if not verdict.is_honoured:
        return "breaks" if verdict.breaches or verdict.faults else "is not held to"
    if not verdict.binding:
        return "is a preview, and may differ from" if not verdict.is_exact else "is a preview, and is as in"
    return "honours" if verdict.is_exact else "honours, with harmless differences,"


def _style(verdict: Verdict) -> str:
    return "green" if verdict.is_honoured else "bold red"
