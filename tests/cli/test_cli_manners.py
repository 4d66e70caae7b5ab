"""The command line's manners: what it is given, how it fails, what a shell completes, and who reads what it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result
from terminal import BOOKINGS, COLOUR

import translayer.cli
from examples.bookings.api import api as bookings
from translayer.cli.group import CLOSED, FAILED, INTERRUPTED, SECTIONS, group
from translayer.contract.conventions.table import CONVENTIONS

ROOT = Path(__file__).parent.parent.parent
COMMANDS = [name for names in SECTIONS.values() for name in names]

# Factories

FACTORIES = """
from functools import partial
from examples.bookings.api import api
print("noise")
def make_api():
    print("more noise")
    return api
def broken():
    raise ValueError("x")
def needy(flags):
    return api
def wrong():
    return "api"
made = partial(make_api)
class holder:
    make = staticmethod(make_api)
"""


@pytest.mark.parametrize("attribute", ("make_api", "make_api()", "made()", "holder.make", "holder.make()"))
def test_OPS_7_8_the_api_may_be_made_by_a_function(
    call: Callable[..., Result], module: Callable[[str], str], attribute: str
) -> None:
    result = call("versions", "--json", api=f"{module(FACTORIES)}:{attribute}")
    assert [version["version"] for version in json.loads(result.stdout)] == ["4", "3", "2", "1"]
    assert result.stderr == "noise\nmore noise\n"


NO_APIS = (
    ("broken", "calling {name}:broken without arguments failed: ValueError('x')"),
    ("needy()", "calling {name}:needy without arguments failed: TypeError"),
    ("wrong", "'{name}:wrong' makes a str: name a function that makes an Api, or the Api itself"),
    ("made", "'{name}:made' is a partial: name the Api itself, or a function that makes it"),
    ("nobody()", "{name} has no 'nobody'"),
    ("()", "is not written module:attribute"),
)


@pytest.mark.parametrize("attribute, sentence", NO_APIS)
def test_OPS_7_1_a_function_that_makes_no_api_is_refused_in_a_sentence(
    call: Callable[..., Result], module: Callable[[str], str], attribute: str, sentence: str
) -> None:
    name = module(FACTORIES)
    result = call("plan", api=f"{name}:{attribute}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence.format(name=name) in result.stderr


def test_OPS_7_1_an_attribute_error_of_a_factory_is_its_own(
    call: Callable[..., Result], module: Callable[[str], str]
) -> None:
    name = module("def make_api():\n    return None.versions\n")
    assert (
        f"calling {name}:make_api without arguments failed: AttributeError"
        in call("plan", api=f"{name}:make_api").stderr
    )


@pytest.mark.parametrize("file", ("bookings/api.py:api", "./bookings/api:api"))
def test_OPS_7_1_a_file_is_told_how_its_module_is_written(call: Callable[..., Result], file: str) -> None:
    result = call("plan", api=file)
    assert result.exit_code == 2
    assert "is a file: name the module, as in bookings.api:api" in result.stderr


# Help


def test_OPS_7_5_the_help_lists_commands_by_what_they_are_about() -> None:
    lines = CliRunner().invoke(group, ["--help"]).output.splitlines()
    for title, names in SECTIONS.items():
        first = lines.index(f"{title}:") + 1
        assert [line.split()[0] for line in lines[first : first + len(names)]] == list(names)


@pytest.mark.parametrize("command", COMMANDS)
def test_OPS_7_5_every_command_has_calls_to_try_and_json(command: str) -> None:
    told = CliRunner().invoke(group, [command, "--help"]).output
    assert f"Examples:\n    translayer {command}" in told
    assert "--json" in told or command == "spec"  # which prints JSON as it is
    assert all(len(line) <= 120 for line in told.splitlines())


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(group, ["plann"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "No such command 'plann'" in result.stderr


def test_the_program_tells_its_version() -> None:
    result = CliRunner().invoke(group, ["--version"], prog_name="translayer")
    assert (result.exit_code, result.output) == (0, f"translayer {translayer_version()}\n")


def translayer_version() -> str:
    from importlib.metadata import version

    return version("translayer")


def test_a_command_is_imported_when_it_is_called() -> None:
    program = "import sys, translayer.cli.group; print(*(n for n in sys.modules if n.startswith('translayer.cli.')))"
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert told.stdout.split() == ["translayer.cli.printing", "translayer.cli.group"]


# Completion


def completed(*arguments: str) -> list[str]:
    """What a shell is told to complete the last of these arguments by."""
    *before, incomplete = arguments
    completion = ShellComplete(group, {}, "translayer", "_TRANSLAYER_COMPLETE")
    return [item.value for item in completion.get_completions(before, incomplete)]


COMPLETIONS = (
    (["pl"], ["plan"]),
    (["plan", "--ap"], ["--api"]),
    (["source", "--api", BOOKINGS, "b"], ["booking"]),
    (["source", "--api", BOOKINGS, "x"], []),
    (["explain", "--api", BOOKINGS, "booking", "--from", ""], ["4", "3", "2", "1"]),
    (["translate", "--api", BOOKINGS, "booking", "--to", "3"], ["3"]),
    (["changelog", "--api", BOOKINGS, "--to", "1"], ["1"]),
    (["source", "--api", "nowhere:api", ""], []),
    (["source", ""], []),
    (["diff", "--api", BOOKINGS, ""], ["4", "3", "2", "1", "frozen"]),
    (["diff", "--api", BOOKINGS, "fr"], ["frozen"]),
    (["diff", "--api", BOOKINGS, "frozen", "3"], ["3"]),
    (["lint", "--without", "no_v"], ["NO_VERBS", "NO_VERSION"]),
)


@pytest.mark.parametrize("arguments, values", COMPLETIONS)
def test_OPS_7_9_a_shell_completes_resources_versions_and_conventions(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], values: list[str]
) -> None:
    monkeypatch.delenv("TRANSLAYER_API", raising=False)
    assert completed(*arguments) == values


def test_OPS_7_9_the_environment_says_which_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSLAYER_API", BOOKINGS)
    assert completed("source", "") == [resource.name for resource in bookings.resources]
    assert completed("lint", "--without", "") == list(CONVENTIONS)


# Failures


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Lets every list of versions fail."""

    def chosen(error: BaseException) -> None:
        def fail(*_: object) -> None:
            raise error

        monkeypatch.setattr("translayer.cli.versions.told", fail)

    return chosen


def test_OPS_7_7_what_nobody_foresaw_is_told_in_a_sentence(
    call: Callable[..., Result], failing: Callable[[BaseException], None]
) -> None:
    failing(ZeroDivisionError("division by zero"))
    result = call("versions")
    assert (result.exit_code, result.stdout) == (FAILED, "")
    assert result.stderr == (
        "Error: it failed: ZeroDivisionError('division by zero'); translayer --traceback … shows where\n"
    )
    assert isinstance(call("--traceback", "versions").exception, ZeroDivisionError)


def test_OPS_7_7_a_failure_is_no_order_to_a_terminal(
    call: Callable[..., Result], failing: Callable[[BaseException], None]
) -> None:
    class Hostile(Exception):
        def __repr__(self) -> str:
            return "\x1b[2J"

    failing(Hostile())
    assert call("versions").stderr.startswith("Error: it failed: \\x1b[2J; ")


@pytest.mark.parametrize(
    "error, status",
    ((KeyboardInterrupt(), INTERRUPTED), (click.Abort(), 1), (click.exceptions.Exit(1), 1)),
)
def test_OPS_7_7_whoever_stops_a_command_is_told_nothing_of_python(
    call: Callable[..., Result], failing: Callable[[BaseException], None], error: BaseException, status: int
) -> None:
    failing(error)
    result = call("versions")
    assert (result.exit_code, result.stdout) == (status, "")
    assert "Traceback" not in result.stderr


def test_OPS_7_7_a_reader_that_goes_away_is_none_that_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ``translayer plan | head -1`` does it: the pipe's other end is closed before all is written."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        monkeypatch.setattr(sys, "argv", ["translayer", "plan", "--api", BOOKINGS])
        with pytest.raises(SystemExit) as ended:
            translayer.cli.main()
    assert ended.value.code == CLOSED


@pytest.mark.parametrize("options", ("", "--json", "| tee"))
def test_OPS_7_7_the_program_is_silent_before_head(options: str) -> None:
    call = f"{sys.executable} -m translayer plan {options} | head -1; exit ${{PIPESTATUS[0]}}"
    told = subprocess.run(
        ["bash", "-c", call],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TRANSLAYER_API": BOOKINGS},
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert told.stderr == b""
    assert told.returncode in (0, CLOSED)  # all may have been written before head has gone


# Terminals


@pytest.mark.parametrize("arguments", (["versions"], ["changelog"], ["plan"], ["source", "booking", "--version", "1"]))
def test_OPS_7_2_without_colours_the_words_are_the_same(
    call: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    plain = call(*arguments).output
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    assert COLOUR.search(call(*arguments).output)
    assert COLOUR.sub("", call(*arguments).output) == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert not set(COLOUR.findall(call(*arguments).output)) - {"\x1b[0m", "\x1b[1m", "\x1b[2m"}


@pytest.mark.parametrize("command", ("versions", "changelog", "lint", "plan"))
def test_OPS_7_2_versions_in_json_are_texts(command: str, call: Callable[..., Result]) -> None:
    def texts(value: object) -> list[object]:
        if isinstance(value, dict):
            own = [value[name] for name in ("version", "from_version", "to_version") if name in value]
            several = value.get("versions", [])
            return [*own, *several, *(text for inner in value.values() for text in texts(inner))]
        return [text for inner in value for text in texts(inner)] if isinstance(value, list) else []

    found = texts(json.loads(call(command, "--json").output))
    assert set(found) <= {"1", "2", "3", "4"}
    assert found
