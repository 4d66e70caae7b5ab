"""The command line: a star of small commands around two shared rooms, none of which knows another command.

``group`` lists the commands; ``loading`` finds the author's ``Api``, ``printing`` is the only way to the terminal.
click and rich are asked for here and nowhere else in the package, so that a service is installed without them.
"""

from __future__ import annotations

import sys
from typing import Final

_NEEDED: Final = ("click", "rich")
"""What the extra ``cli`` installs."""


def main() -> None:
    """Runs the command line and ends the process; ``docs/cli.md`` says what its exit statuses mean."""
    try:
        from .group import group
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _NEEDED:
            raise
        print(
            "translayer: the command line needs click and rich; install them with the extra cli, as in "
            "pip install 'translayer[cli]'",
            file=sys.stderr,
        )
        sys.exit(2)
    group(prog_name="translayer")
