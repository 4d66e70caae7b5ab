"""The machine: where and with what a benchmark ran, as JSON. No host names and no paths: results are published."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LIBRARIES = (
    "translayer",
    "msgspec",
    "orjson",
    "marshmallow",
    "flask",
    "werkzeug",
    "gunicorn",
    "DeepFriedMarshmallow",
    "pydantic",
    "jsonschema",
    "fastjsonschema",
    "jsonschema-rs",
    "fastapi",
    "cadwyn",
    "openapi-core",
)
"""The distributions whose versions matter to the figures."""


def describe() -> dict[str, Any]:
    """What figures depend on: ``{"date", "commit", "machine", "python", "libraries"}``.

    A library that is absent is ``null``, and so is the commit outside of a clone; it ends in ``+`` where files differ.

    ``load`` is the number of busy threads in the last minute, which should be well below ``cores``.
    """
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.release()}",
            "load": round(os.getloadavg()[0], 2),
        },
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def sentence(described: dict[str, Any]) -> str:
    """The same for people, in one paragraph."""
    machine = described["machine"]
    libraries = ", ".join(f"{name} {found}" for name, found in described["libraries"].items() if found)
    return (
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load']}, {machine['system']};\n"
        f"{described['python']}; {libraries}"
    )


def _commit() -> str | None:
    """The commit of the sources that ran."""
    head = _git("rev-parse", "--short=12", "HEAD")
    # What a run writes itself, while it runs, is no difference.
    others = (":/", ":(top,exclude)benchmarks/results", ":(top,exclude)README.md")
    return head and head + ("+" if _git("status", "--porcelain", "--untracked-files=no", "--", *others) else "")


def _git(*arguments: str) -> str | None:
    try:
        told = subprocess.run(["git", *arguments], cwd=HERE, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return told.stdout.strip()


def _processor() -> str:
    """The processor's name; Python itself does not know it on Linux."""
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
