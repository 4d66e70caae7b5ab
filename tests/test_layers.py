"""The house stands: a floor imports only floors below it, and each mechanism lives in its one room."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "translayer"

BELOW = {
    "errors": set(),
    "http": {"errors"},
    "document": {"errors"},
    "contract": {"errors", "http", "document"},
    "openapi": {"errors", "http", "document", "contract"},
    "engine": {"errors", "http", "document", "contract", "openapi"},
    "wsgi": {"errors", "http", "document", "contract", "openapi", "engine"},
    "operations": {"errors", "document", "contract"},
    "flask": {"contract", "wsgi"},
    "cli": {"errors", "document", "contract", "openapi", "engine"},
    "__main__": {"cli"},
    "pytest_plugin": {"errors", "contract", "openapi"},
    "__init__": {"http", "contract", "wsgi"},
}
"""What each room may import, beside itself. Doors (flask, cli, pytest_plugin) are imported by nobody."""

MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """The rooms of the package that a module imports from."""
    here = ("translayer", *path.with_suffix("").parts)
    for node in ast.walk(ast.parse((PACKAGE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level] if node.level else ()
            source = ".".join((*base, *([node.module] if node.module else [])))
            names = [source] if source != "translayer" else [f"translayer.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("translayer."))


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_only_the_floors_below_it(path: Path) -> None:
    allowed = BELOW[room(path)] | {room(path)}
    assert set(imported(path)) <= allowed


def test_the_rule_sees_a_breach() -> None:
    assert "errors" in set(imported(Path("contract/lens.py")))
    assert "document" in set(imported(Path("contract/lens.py")))


WORDS = {"environ": "wsgi/", "start_response": "wsgi/", "exec": "engine/source.py"}
"""Names that live in one room: who touches them elsewhere has broken the house's rule."""


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_mechanism_lives_in_its_one_room(path: Path) -> None:
    tree = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    named |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for word, home in WORDS.items():
        assert word not in named or path.as_posix().startswith(home)


IDLE = (
    *("translayer.cli", "translayer.openapi", "translayer.pytest_plugin", "translayer.flask"),
    *("translayer.contract.changelog", "translayer.contract.conventions"),
    *("translayer.contract.blame", "translayer.contract.explain", "translayer.contract.trace"),
    *(f"translayer.engine.pages.{page}" for page in ("site", "discovery", "documentation", "specification", "compare")),
    *(f"translayer.engine.pages.{part}" for part in ("compare_page", "comparison", "fields", "html", "live", "sample")),
    *("translayer.document.schema_check", "translayer.document.yaml_text", "translayer.document.messagepack"),
    *("apispec", "click", "flask", "jsonschema", "jsonschema_rs", "regex", "yaml"),
)
"""What tools, pages and failures need, and whoever only serves an app should not wait for."""


def test_SPD_3_3_what_only_tools_and_pages_need_is_not_imported_with_the_package() -> None:
    """Names of modules that are no longer there would hold nobody to anything, so ours must be found."""
    ours = [name.removeprefix("translayer.").replace(".", "/") for name in IDLE if name.startswith("translayer.")]
    assert [name for name in ours if not list(PACKAGE.glob(f"{name}*"))] == []
    code = "import sys, translayer; print(*sys.modules, sep='\\n')"
    run = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True)
    imported = run.stdout.split()
    assert "translayer.wsgi" in imported
    assert [name for name in imported if name in IDLE] == []
