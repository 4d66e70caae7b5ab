"""The public suites that lie beside the repository, as parameters; where the folder is absent, one skipped case."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from translayer.document.codec import decode

SUITES = Path(__file__).resolve().parents[2].parent / "shared" / "suites"

ABSENT_SUITES = [pytest.param(None, marks=pytest.mark.skip(reason="the public suites are not beside the repository"))]


def read(name: str) -> Any:
    """One file of a suite; some of them name a member twice on purpose."""
    return decode((SUITES / name).read_bytes(), unique=False)


def cases(*names: str, of: str | None = None) -> list[Any]:
    """Every record of the files named, or of one member of them."""
    if not SUITES.is_dir():
        return ABSENT_SUITES
    return [
        pytest.param(record, id=f"{Path(name).stem}-{index}")
        for name in names
        for index, record in enumerate(read(name)[of] if of else read(name))
    ]


def files(patterns: Iterable[str]) -> list[Any]:
    """Every file of the suites that one of the patterns matches."""
    if not SUITES.is_dir():
        return ABSENT_SUITES
    return [pytest.param(file, id=file.stem) for pattern in patterns for file in sorted(SUITES.glob(pattern))]
