"""The list of commands. A new one is a module of its own with a function of its name, and a name in the table here.

A command is imported when it is called, or listed: what one needs costs the others nothing. What goes wrong in one is
told here, for all of them: in a sentence, with an exit status that tells it from the answer no.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import click

from translayer.contract.explain import printable

from .printing import examples

SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "What there is": ("versions", "changelog", "lint"),
    "The contract": ("spec", "freeze", "check", "diff"),
    "One document": ("translate", "explain"),
    "What serves": ("plan", "source"),
}
"""The commands, under what they are about."""

_COMMANDS: Final = frozenset(name for names in SECTIONS.values() for name in names)

FAILED: Final = 3
"""The exit status of a command that failed otherwise than by its answer."""

INTERRUPTED: Final = 130
"""That of a command which was stopped from the keyboard, as shells have it: 128 and the number of SIGINT."""

CLOSED: Final = 141
"""That of a command whose reader has gone, as with ``head``: 128 and the number of SIGPIPE."""


class Commands(click.Group):
    """The group of the commands of ``SECTIONS``, each imported when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Their names, in the order of the sections."""
        return [name for names in SECTIONS.values() for name in names]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of a name; ``None`` where there is none such."""
        if name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"{__package__}.{name}"), name)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the sections of the help, each command with the first sentence of its own."""
        widest = max(map(len, _COMMANDS))
        for title, names in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(widest), self._sentence(context, name, formatter.width - widest)) for name in names]
                )

    def _sentence(self, context: click.Context, name: str, room: int) -> str:
        command = self.get_command(context, name)
        return "" if command is None else command.get_short_help_str(room)

    def invoke(self, context: click.Context) -> Any:
        """Runs a command; whatever fails in it otherwise than by its answer is told in a sentence."""
        try:
            return super().invoke(context)
        except (click.exceptions.Exit, click.exceptions.Abort, click.ClickException):
            raise
        except KeyboardInterrupt:
            context.exit(INTERRUPTED)
        except BrokenPipeError:
            _let_go_of_output()
            context.exit(CLOSED)
        except Exception as error:
            if context.params["traceback"]:
                raise
            raise Failure(f"it failed: {error!r}; translayer --traceback … shows where") from error


class Failure(click.ClickException):
    """Something failed that nobody foresaw: a sentence on stderr, and an exit status of its own."""

    exit_code = FAILED

    def format_message(self) -> str:
        """The sentence."""
        return printable(self.message)


def _let_go_of_output() -> None:
    """Nobody reads any more: what is still to be flushed goes nowhere, so that Python does not complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    epilog=examples(
        "export TRANSLAYER_API=bookings.api:api",
        "translayer versions",
        "translayer plan",
        "translayer explain booking --from 3 --to 1 booking.json",
        'eval "$(_TRANSLAYER_COMPLETE=bash_source translayer)"   # completion; zsh_source and fish_source as well',
    ),
)
@click.option("--traceback", is_flag=True, help="Show where a command failed, for a report of a fault.")
@click.version_option(package_name="translayer", message="%(prog)s %(version)s")
def group(traceback: bool) -> None:
    """Look into an API of many versions.

    Every command reads an Api as its author wrote it: --api bookings.api:api is the attribute api of the module
    bookings.api, found from the current folder; bookings.api:make_api may be a function that makes it. Set
    TRANSLAYER_API once instead, and leave the option out.

    The exit status is 0 for yes, 1 for no, 2 for a call that makes no sense, 3 for a failure. --json prints JSON for
    programs, in which versions are texts.
    """
    # What the log is told stands in the answers too; unhandled it would come out on stderr, control characters and all.
    logging.getLogger("translayer").addHandler(logging.NullHandler())
