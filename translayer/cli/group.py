"""The list of commands. A new one is a module of its own, and a line here."""

from __future__ import annotations

import logging

import click

from .explain import explain
from .plan import plan
from .source import source


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def group() -> None:
    """Look into an API of many versions.

    Every command reads an Api as its author wrote it: --api bookings.api:api is the attribute api of the module
    bookings.api, found from the current folder. Set TRANSLAYER_API once instead, and leave the option out:

    \b
      export TRANSLAYER_API=bookings.api:api
      translayer plan
      translayer source booking --version 1
      translayer explain booking --from 3 --to 1 booking.json

    The exit status is 0 for yes, 1 for no, 2 for a call that makes no sense. --json prints JSON for programs.
    """
    # What the log is told stands in the answers too; unhandled it would come out on stderr, control characters and all.
    logging.getLogger("translayer").addHandler(logging.NullHandler())


for command in (explain, plan, source):
    group.add_command(command)
