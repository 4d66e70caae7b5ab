"""What the tests of the command line share: calls in this very process, and modules of one's own to call it for."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from terminal import BOOKINGS

from translayer.cli.group import group


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Calls the command line for the bookings, or for another API; what comes in is JSON, or bytes as they are."""

    def called(*arguments: str, api: str | None = BOOKINGS, stdin: Any = b"") -> Result:
        monkeypatch.delenv("TRANSLAYER_API", raising=False)
        text = stdin if isinstance(stdin, bytes) else json.dumps(stdin).encode()
        return CliRunner().invoke(group, [*arguments, *(() if api is None else ("--api", api))], input=text)

    return called


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Writes a module of one's own into the current folder, and gives its name."""

    def written(text: str) -> str:
        name = f"made_{len(list(tmp_path.iterdir()))}_{tmp_path.name.replace('-', '_')}"
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        return name

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry != str(tmp_path)])
    return written
