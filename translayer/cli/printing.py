"""The one way to the terminal: lines with a style each, colours where there is a terminal, JSON where asked.

Names come from authors, and documents from anybody. So every line is printed with what cannot be seen spelt out, and
JSON in ASCII; no text from outside is read as markup. Where there is a terminal, sentences are folded at its width;
what somebody may want to copy, a table or code, is left to the terminal to break.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import click
from rich.console import Console
from rich.syntax import Syntax
from rich.text import Text

from translayer.contract.explain import aligned, printable
from translayer.document.values import Json

Command = TypeVar("Command", bound=Callable[..., Any])

_NARROWEST: Final = 40
"""Columns; in less, folded sentences are harder to read than broken ones."""


class Line(NamedTuple):
    """A line of output, and rich's style for it where there is a terminal.

    A sentence has a ``hang``: it is folded at the terminal's width, and its further lines begin in that column.
    """

    text: str
    style: str = ""
    hang: int | None = None


class No(click.ClickException):
    """The answer is no: a sentence on stderr, and exit status 1."""

    exit_code = 1

    def format_message(self) -> str:
        """The sentence."""
        return printable(self.message)


def examples(*calls: str) -> str:
    """The end of a command's help: calls to try, each as it is typed."""
    return "\n".join(("\b", "Examples:", *(f"  {call}" for call in calls)))


def takes_json(command: Command) -> Command:
    """A command that is told by ``as_json`` whether to print JSON."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(command)


def show(lines: Iterable[Line], *, err: bool = False) -> None:
    """Prints lines, on standard output, or on standard error."""
    console = _console(err)
    plain = (Line(_encodable(printable(line.text), console), *line[1:]) for line in lines)
    if not console.is_terminal:
        click.echo("\n".join(line.text for line in plain), err=err)
        return
    with console.capture() as captured:
        for line in plain:
            console.print(Text(_folded(line, console.width), line.style), soft_wrap=True)
    click.echo(captured.get(), nl=False, color=True, err=err)


def table(rows: Sequence[Sequence[str]], styles: Sequence[str] = ()) -> Iterator[Line]:
    """Rows in columns, the first of them a header; ``styles`` are those of the others."""
    header, *lines = aligned(rows)
    yield Line(header, "bold")
    yield from map(Line, lines, styles or [""] * len(lines))


def show_source(text: str) -> None:
    """Prints Python, in the colours of its syntax where there is a terminal."""
    console = _console()
    plain = "\n".join(_encodable(printable(line), console) for line in text.rstrip("\n").split("\n"))
    if not console.is_terminal:
        click.echo(plain)
        return
    with console.capture() as captured:
        console.print(Syntax("", "python", theme="ansi_dark").highlight(plain), soft_wrap=True, end="")
    click.echo(captured.get(), nl=False, color=True)


def show_json(value: Json) -> None:
    """Prints a JSON value, in ASCII."""
    click.echo(json.dumps(value, indent=2))


def _folded(line: Line, width: int) -> str:
    if line.hang is None or width < _NARROWEST:
        return line.text
    indented = " " * line.hang
    return textwrap.fill(line.text, width, subsequent_indent=indented, break_long_words=False, break_on_hyphens=False)


def _console(err: bool = False) -> Console:
    return Console(markup=False, highlight=False, emoji=False, stderr=err)


def _encodable(text: str, console: Console) -> str:
    """The text, with escapes for what the output's encoding has no bytes for."""
    return text.encode(console.encoding, "backslashreplace").decode(console.encoding)
