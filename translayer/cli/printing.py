"""The one way to the terminal: lines with a style each, colours where there is a terminal, JSON where asked.

Names come from authors, and documents from anybody. So every line is printed with what cannot be seen spelt out, and
JSON in ASCII; no text from outside is read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

import click
from rich.console import Console
from rich.syntax import Syntax
from rich.text import Text

from translayer.contract.explain import printable
from translayer.document.values import Json

Command = TypeVar("Command", bound=Callable[..., Any])


class Line(NamedTuple):
    """A line of output, and rich's style for it where there is a terminal."""

    text: str
    style: str = ""


class No(click.ClickException):
    """The answer is no: a sentence on stderr, and exit status 1."""

    exit_code = 1

    def format_message(self) -> str:
        """The sentence."""
        return printable(self.message)


def takes_json(command: Command) -> Command:
    """A command that is told by ``as_json`` whether to print JSON."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(command)


def show(lines: Iterable[Line]) -> None:
    """Prints lines."""
    console = _console()
    plain = [Line(_encodable(printable(line.text), console), line.style) for line in lines]
    if not console.is_terminal:
        click.echo("\n".join(line.text for line in plain))
        return
    for line in plain:
        console.print(Text(line.text, line.style), soft_wrap=True)


def show_source(text: str) -> None:
    """Prints Python, in the colours of its syntax where there is a terminal."""
    console = _console()
    plain = "\n".join(_encodable(printable(line), console) for line in text.rstrip("\n").split("\n"))
    if not console.is_terminal:
        click.echo(plain)
        return
    console.print(Syntax("", "python", theme="ansi_dark").highlight(plain), soft_wrap=True, end="")


def show_json(value: Json) -> None:
    """Prints a JSON value, in ASCII."""
    click.echo(json.dumps(value, indent=2))


def _console() -> Console:
    return Console(markup=False, highlight=False, emoji=False)


def _encodable(text: str, console: Console) -> str:
    """The text, with escapes for what the output's encoding has no bytes for."""
    return text.encode(console.encoding, "backslashreplace").decode(console.encoding)
