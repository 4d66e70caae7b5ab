"""docs/behaviour.md and the tests name the same behaviours."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def listed() -> set[str]:
    text = (ROOT / "docs" / "behaviour.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| ([A-Z]{3}-[0-9]+\.[0-9]+) \|", text, re.MULTILINE)
    assert len(found) == len(set(found)), "an id stands twice"
    return set(found)


def guaranteed() -> set[str]:
    names = [
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    found = (re.match(r"test_([A-Z]{3})_([0-9]+)_([0-9]+)_", name) for name in names)
    return {f"{match[1]}-{match[2]}.{match[3]}" for match in found if match}


def test_every_behaviour_listed_has_a_test_of_its_name_and_every_such_test_is_listed() -> None:
    assert listed() == guaranteed()
