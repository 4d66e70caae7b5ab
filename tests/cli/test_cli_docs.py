"""The pages that call the command line: what they call in a console says what stands below it."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("docs/cli.md", "docs/speed.md", "README.md"))
CONSOLES = "".join(re.findall(r"^```console\n(.*?)^```$", PAGES, re.MULTILINE | re.DOTALL))
CALLS = [
    (line, expected)
    for line, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", CONSOLES, re.MULTILINE)
    if not line.startswith("make ")  # what make is for, other tests and those who look after the project do
]
"""Every command line of the pages, with what stands below it."""

PROGRAM = f'translayer() {{ {shlex.quote(sys.executable)} -m translayer "$@"; }}\n'


@pytest.mark.parametrize("line, expected", CALLS)
def test_what_is_called_in_a_console_says_what_stands_below_it(line: str, expected: str) -> None:
    settings = "".join(f"{said}\n" for said, _ in CALLS if said.startswith("export "))
    told = subprocess.run(
        ["bash", "-c", PROGRAM + settings + line],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=False,
    ).stdout.decode()
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.OutputChecker().check_output(expected, told, flags), told


def test_the_pages_call_every_command() -> None:
    from translayer.cli.group import SECTIONS

    called = {line.partition("translayer ")[2].partition(" ")[0] for line, _ in CALLS if "translayer " in line}
    assert called == {name for names in SECTIONS.values() for name in names}
