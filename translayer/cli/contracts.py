"""What the commands about contracts share: the folder of the frozen ones, and how differences are told.

A difference that several operations have in common is told once, with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from translayer.contract.api import Api
from translayer.contract.explain import printable
from translayer.errors import DeclarationError
from translayer.openapi.conformance import Finding, Verdict
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
