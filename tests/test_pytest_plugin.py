"""The plugin for pytest: a test for each version that was published."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from configparser import ConfigParser
from pathlib import Path

import pytest

pytest_plugins = "pytester"

ROOT = Path(__file__).parent.parent

MODULE = """
from marshmallow import fields
from tests.openapi.shop import shop
api = shop({arguments})
def make_api():
    return api
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs pytest in a folder in which the shop is frozen, with its code as it is by now."""
    monkeypatch.syspath_prepend(str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    name = f"shop_{pytester.path.name.replace('-', '_')}"

    def ran(*options: str, arguments: str = "", ini: str = f"translayer_api = {name}:api") -> pytest.RunResult:
        pytester.makepyfile(**{name: MODULE.format(arguments=arguments)}, test_one="def test_one(): pass")
        pytester.makeini(f"[pytest]\n{ini}\n")
        return pytester.runpytest_inprocess(
            "-p", "translayer.pytest_plugin", "-p", "no:translayer", "-p", "no:xdist", "-p", "no:cov", "-v", *options
        )

    return ran


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the shop is frozen."""
    from tests.openapi.shop import shop
    from translayer.openapi.folder import Folder
    from translayer.openapi.freezing import freeze

    path = tmp_path_factory.mktemp("plugin") / "schemas"
    freeze(shop(), Folder(path))
    return path


@pytest.fixture
def schemas(frozen: Path, pytester: pytest.Pytester) -> None:
    """The folder of the frozen contracts stands in that of the tests."""
    shutil.copytree(frozen, pytester.path / "schemas")


@pytest.mark.usefixtures("schemas")
def test_OPS_6_1_every_published_version_is_a_test(run: Run) -> None:
    result = run()
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*translayer::v2 honours schemas/v2 PASSED*", "*translayer::v1 honours schemas/v1*"])


@pytest.mark.usefixtures("schemas")
def test_OPS_6_2_a_breach_fails_with_the_change_at_fault(run: Run) -> None:
    result = run(arguments="was=fields.String()")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["schemas/v1: WareSchema /boxes/*/width: *(WidthsAreMillimetres of version 2: `width` has another form.)"]
    )
    assert "pytest_plugin.py" not in result.stdout.str()


def test_OPS_6_2_what_is_not_frozen_fails_with_what_to_run(run: Run) -> None:
    result = run()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["version 1 is published, and not frozen: run translayer freeze"])


def test_OPS_6_3_without_being_asked_for_nothing_happens(run: Run) -> None:
    run(ini="").assert_outcomes(passed=1)


@pytest.mark.usefixtures("schemas")
def test_OPS_6_3_single_tests_are_run_alone(run: Run) -> None:
    run("test_one.py::test_one").assert_outcomes(passed=1)
    run("test_one.py").assert_outcomes(passed=3)
    run("-k", "v1").assert_outcomes(passed=1, deselected=2)


def test_OPS_6_4_api_and_folder_are_named_on_the_command_line_too(
    run: Run, frozen: Path, pytester: pytest.Pytester
) -> None:
    name = f"shop_{pytester.path.name.replace('-', '_')}:make_api"
    result = run("--translayer-api", name, "--translayer-frozen", str(frozen), ini="")
    result.assert_outcomes(passed=3)
    run(arguments=f"frozen={str(frozen)!r}", ini=f"translayer_api = {name}").assert_outcomes(passed=3)


@pytest.mark.parametrize(
    "ini, sentence",
    (
        ("translayer_api = nowhere:api", "*translayer_api: 'nowhere:api' is not found: ModuleNotFoundError*"),
        ("translayer_api = json:loads", "*translayer_api: 'json:loads' is not found: TypeError*"),
        ("translayer_api = json:decoder", "*translayer_api: 'json:decoder' is a module: name the Api*"),
    ),
)
def test_an_api_that_is_not_found_is_told_in_a_sentence(run: Run, ini: str, sentence: str) -> None:
    result = run(ini=ini)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([sentence])


@pytest.mark.usefixtures("schemas")
def test_a_folder_that_makes_no_sense_is_told_in_a_sentence(run: Run, pytester: pytest.Pytester) -> None:
    (pytester.path / "schemas" / "versions.json").write_text("[]")
    result = run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*versions.json*"])


@pytest.mark.usefixtures("schemas")
def test_what_fails_otherwise_is_shown_with_its_way(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from translayer.openapi import conformance

    def fails(*_: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(conformance, "verdict_of", fails)
    result = run()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["*RuntimeError: out of order"])


def test_the_plugin_is_installed() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    assert config["options.entry_points"]["pytest11"].strip() == "translayer = translayer.pytest_plugin"
    assert "-p no:translayer" in config["tool:pytest"]["addopts"], "coverage would begin after its import"
