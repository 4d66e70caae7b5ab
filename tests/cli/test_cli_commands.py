"""The command line: what each command prints of an API, for readers, for terminals and for programs."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from configparser import ConfigParser
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.exceptions import Exit
from click.testing import CliRunner, Result
from msgspec import structs
from terminal import BOOKINGS, COLOUR
from things import NOTE, THING, make_api

import translayer.cli
from examples.bookings.api import api as bookings
from translayer import Query, Route, Version
from translayer.cli.group import SECTIONS, group
from translayer.cli.loading import routes_of
from translayer.cli.plan import listed, route_as_json
from translayer.cli.source import served, tell
from translayer.engine.fast import FastPath
from translayer.engine.plan import Plan

ROOT = Path(__file__).parent.parent.parent
OLD = {
    "pax": 2,
    "cents": 1050,
    "currency": "EUR",
    "customer": {"name": "Ada Lovelace"},
    "legs": [{"departure": 1795161600}],
}
HOSTILE = "x\x1b]0;owned\x07\n\u202e"

HOSTILE_API = """
from marshmallow import Schema, fields
from translayer import Api, Resource, Version, VersionChange
from translayer.operations import rename

hostile = {hostile!r}
Thing = type(hostile, (Schema,), {{"title": fields.String(data_key=hostile)}})

class Change(VersionChange):
    __doc__ = hostile
    schemas = {{Thing: [rename("old", hostile)]}}

api = Api("acme", [Resource(hostile, Thing, item="/th\x1bings/<id>")], [Version(2, Change), Version(1)])
"""


# explain


def test_a_document_is_explained(call: Callable[..., Result]) -> None:
    result = call("explain", "booking", "--from", "1", "--to", "3", stdin=OLD)
    assert result.exit_code == 0
    assert "  PassengersSpeltOut: `pax` is called `passengers`, and the price is an object.\n" in result.output
    assert "      -  /pax         2\n      +  /passengers  2\n" in result.output
    assert result.output.endswith("}\n")
    assert "nothing changes" in result.output
    assert "nothing changes" not in call("explain", "booking", "--from=1", "--to=3", "--changed", stdin=OLD).output


@pytest.mark.parametrize("file", (["-"], [], ["booking.json"]))
def test_the_document_is_read_from_a_file_or_from_standard_input(
    call: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: list[str]
) -> None:
    (tmp_path / "booking.json").write_text(json.dumps(OLD), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = call("explain", "booking", "--from", "1", "--to", "3", "--json", *file, stdin=OLD)
    assert (result.exit_code, json.loads(result.output)["document"]) == (0, OLD)


def test_OPS_7_2_an_explanation_is_json_where_asked(call: Callable[..., Result]) -> None:
    told = json.loads(call("explain", "booking", "--from", "1", "--to", "3", "--json", stdin=OLD).output)
    assert told["result"] == bookings.translate(OLD, "booking", from_version=1, to_version=3)
    expected = bookings.explain(OLD, "booking", from_version=1, to_version=3).as_json()
    assert [step["pointer"] for step in told["steps"]] == [step["pointer"] for step in expected["steps"]]


@pytest.mark.parametrize("form", ([], ["--json"]))
def test_OPS_7_1_a_document_that_cannot_be_told_is_a_no_with_its_steps(
    call: Callable[..., Result], form: list[str]
) -> None:
    result = call("explain", "booking", "--from", "1", "--to", "3", *form, stdin={**OLD, "legs": [{"departure": "x"}]})
    assert result.exit_code == 1
    assert "TimesCarryZones" in result.output
    assert "/legs/0/departure" in result.output
    assert "The value cannot be converted." in result.output


# plan


def test_every_route_of_every_version_is_listed(call: Callable[..., Result]) -> None:
    result = call("plan")
    assert result.exit_code == 0
    header, *lines = result.output.splitlines()
    assert header.split() == ["version", "method", "rule", "request", "reply", "query"]
    routes = [line.split()[:3] for line in lines if not line.startswith(" ")]
    assert Counter(version for version, *_ in routes) == {"4": 6, "3": 6, "2": 6, "1": 6}
    assert [version for version, *_ in routes] == sorted((version for version, *_ in routes), reverse=True)
    assert ["4", "PATCH", "/bookings/<uuid:id>"] in routes
    assert ["3", "PATCH", "/bookings/<uuid:id>"] in routes
    assert ["1", "PATCH", "/reservations/<uuid:id>"] in routes


def test_OPS_7_2_the_plan_is_json_where_asked(call: Callable[..., Result]) -> None:
    told = json.loads(call("plan", "--json").output)
    assert len(told) == 24
    (found,) = (
        route for route in told if (route["version"], route["method"], route["today"]) == ("1", "GET", "/bookings")
    )
    assert (found["rule"], found["resource"], found["request"]) == ("/reservations", "booking", None)
    assert found["reply"]["path"] in ("compiled", "interpreted")
    assert bool(found["reply"]["reasons"]) == (found["reply"]["path"] == "interpreted")


COMPILED = FastPath(bytes.strip, "def reply(raw):\n    return raw.strip()\n")
INTERPRETED = FastPath(None, reasons=("A function of the author's own takes part.", "So does another."))


def planned(request: FastPath, reply: FastPath) -> list[tuple[str, Plan]]:
    """The routes of things, with other fast paths than their own."""

    def with_paths(plan: Plan) -> Plan:
        told = plan.request and structs.replace(plan.request, fast=request)
        return replace(plan, request=told, reply=plan.reply and structs.replace(plan.reply, fast=reply))

    return [(rule, with_paths(plan)) for rule, plan in routes_of(make_api(resources=[THING], versions=[Version(3)]))]


PLANNED = """\
version  method  rule                    request      reply     query
3        GET     /things                 -            compiled  -
3        POST    /things                 interpreted  compiled  -
    request: A function of the author's own takes part.
    request: So does another.
3        GET     /things/<int:id>        -            compiled  -
3        PUT     /things/<int:id>        interpreted  compiled  -
    request: A function of the author's own takes part.
    request: So does another.
3        PATCH   /things/<int:id>        interpreted  compiled  -
    request: A function of the author's own takes part.
    request: So does another.
3        DELETE  /things/<int:id>        -            compiled  -
3        POST    /things/<int:id>/paint  -            -         -
3        GET     /things/<int:id>/photo  -            -         -"""


def of_things(routes: list[tuple[str, Plan]]) -> list[tuple[str, Plan]]:
    return [(rule, plan) for rule, plan in routes if plan.resource.name == "thing"]


def test_a_plan_says_which_bodies_are_compiled_and_why_others_are_not() -> None:
    routes = of_things(planned(INTERPRETED, COMPILED))
    assert "\n".join(line.text for line in listed(routes)) == PLANNED
    post = next(route_as_json(rule, plan) for rule, plan in routes if plan.route.method == "POST")
    assert post["request"] == {"path": "interpreted", "reasons": list(INTERPRETED.reasons)}
    assert post["reply"] == {"path": "compiled", "reasons": []}


def test_a_plan_names_parameters_and_forms_where_there_are_any() -> None:
    asked = replace(NOTE, query=Query(filters=["text"], paging=["page"]))
    blind = replace(THING, routes=[Route("GET", "/things/<int:id>/photo", reply=THING.schema, query=Query())])
    routes = routes_of(make_api(resources=[asked, blind], versions=[Version(3)], renderers=["msgpack"]))
    lines = [line.text.split() for line in listed(routes) if not line.text.startswith(" ")]
    assert lines[0][-2:] == ["query", "forms"]
    assert ["3", "GET", "/notes", "-", "compiled", "text,", "page", "msgpack"] in lines
    assert ["3", "GET", "/things/<int:id>/photo", "-", "compiled", "none", "msgpack"] in lines
    told = [route_as_json(rule, plan) for rule, plan in routes]
    assert {str(route["query"]) for route in told if route["rule"] == "/notes"} == {"['text', 'page']", "None"}
    assert all(route["forms"] == ["json", "msgpack"] for route in told)


# source


def test_the_code_of_a_resource_is_told_once_with_its_routes(capsys: pytest.CaptureFixture[str]) -> None:
    routes = of_things(planned(INTERPRETED, COMPILED))
    tell(served(routes, downgrade=True), as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "# GET /things",
        "# POST /things",
        "# GET /things/<int:id>",
        "# PUT /things/<int:id>",
        "# PATCH /things/<int:id>",
        "# DELETE /things/<int:id>",
        "def reply(raw):",
        "    return raw.strip()",
    ]
    other = [(rule, plan) for rule, plan in of_things(planned(COMPILED, COMPILED)) if plan.route.method == "PUT"]
    with pytest.raises(Exit) as ended:
        tell(served([*routes, *other], downgrade=False), as_json=False)
    assert ended.value.exit_code == 1
    assert capsys.readouterr().out.splitlines() == [
        "# POST /things",
        "# PUT /things/<int:id>",
        "# PATCH /things/<int:id>",
        "# is interpreted:",
        "#   A function of the author's own takes part.",
        "#   So does another.",
        "",
        "# PUT /things/<int:id>",
        "def reply(raw):",
        "    return raw.strip()",
    ]


def test_OPS_7_2_the_code_is_json_where_asked(capsys: pytest.CaptureFixture[str]) -> None:
    routes = [(rule, plan) for rule, plan in planned(INTERPRETED, COMPILED) if plan.route.method == "PUT"]
    told = {"routes": ["PUT /things/<int:id>"]}
    tell(served(routes, downgrade=True), as_json=True)
    assert json.loads(capsys.readouterr().out) == [{**told, "source": COMPILED.source, "reasons": []}]
    with pytest.raises(Exit):
        tell(served(routes, downgrade=False), as_json=True)
    assert json.loads(capsys.readouterr().out) == [{**told, "source": None, "reasons": list(INTERPRETED.reasons)}]


@pytest.mark.parametrize("direction", ("--downgrade", "--upgrade"))
@pytest.mark.parametrize("version", ("1", "2", "3"))
def test_OPS_7_1_the_code_is_there_for_every_body_or_the_answer_is_no(
    call: Callable[..., Result], direction: str, version: str
) -> None:
    result = call("source", "booking", "--version", version, direction, "--json")
    told = json.loads(result.output)
    assert result.exit_code == int(any(path["source"] is None for path in told))
    assert all((path["source"] is None) == bool(path["reasons"]) for path in told)
    text = call("source", "booking", "--version", version, direction).output
    assert {f"# {route}" for path in told for route in path["routes"]} <= set(text.splitlines())
    compile(text, "source", "exec")


def test_OPS_7_1_a_version_that_translates_nothing_of_a_resource_is_a_no(
    call: Callable[..., Result], module: Callable[[str], str]
) -> None:
    name = module(
        "from marshmallow import Schema\n"
        "from translayer import Api, Resource, Route, Version\n"
        "photo = Resource('photo', Schema, routes=[Route('GET', '/photos/<id>')])\n"
        "api = Api('acme', [photo], [Version(1)])\n"
    )
    for direction, bodies in (("--downgrade", "replies"), ("--upgrade", "requests")):
        result = call("source", "photo", "--version", "1", direction, api=f"{name}:api")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == f"Error: version 1 translates no {bodies} of 'photo'\n"


# The Api, and calls that make no sense


def test_the_api_is_named_by_an_option_or_by_the_environment(
    call: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_option = call("plan").output
    monkeypatch.setenv("TRANSLAYER_API", BOOKINGS)
    assert CliRunner().invoke(group, ["plan"]).output == by_option
    assert CliRunner().invoke(group, ["plan", "--api", "tests.things:nothing"]).exit_code == 2


def test_modules_are_found_in_the_current_folder(call: Callable[..., Result], module: Callable[[str], str]) -> None:
    name = module("from examples.bookings.api import api\nclass holder:\n    inner = api\n")
    assert call("plan", api=f"{name}:api").exit_code == 0
    assert call("plan", api=f"{name}:holder.inner").output == call("plan").output
    assert sys.path.count(os.getcwd()) == 1


NO_API = (
    (None, "Missing option '--api' (env var: 'TRANSLAYER_API')"),
    ("examples.bookings.api", "'examples.bookings.api' is not written module:attribute, as in bookings.api:api"),
    (":api", "is not written module:attribute"),
    ("examples.bookings.api:", "is not written module:attribute"),
    ("no_such.module:api", "there is no module 'no_such', neither installed nor in "),
    ("examples.bookings.nothing:api", "there is no module 'examples.bookings.nothing', neither installed nor in "),
    ("examples.bookings.api:apy", "examples.bookings.api has no 'apy'"),
    ("examples.bookings.api:BookingSchema", "'examples.bookings.api:BookingSchema' is a SchemaMeta: name the Api"),
    ("..relative:api", "importing ..relative failed: TypeError"),
)


@pytest.mark.parametrize("api, sentence", NO_API)
def test_OPS_7_1_an_api_that_is_not_found_is_refused_in_a_sentence(
    call: Callable[..., Result], api: str | None, sentence: str
) -> None:
    result = call("plan", api=api)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


BROKEN_MODULES = (
    ("1 / 0", "importing {name} failed: ZeroDivisionError('division by zero')"),
    ("raise SystemExit(3)", "importing {name} failed: SystemExit(3)"),
    ("import no_such_module", "importing {name} failed: ModuleNotFoundError"),
    ("raise AttributeError('x')", "importing {name} failed: AttributeError('x')"),
    ("from translayer import Api\napi = Api('acme', [], [])", "{name} declares what cannot be: "),
)


@pytest.mark.parametrize("text, sentence", BROKEN_MODULES)
def test_OPS_7_1_a_module_that_fails_is_refused_in_a_sentence(
    call: Callable[..., Result], module: Callable[[str], str], text: str, sentence: str
) -> None:
    name = module(text)
    result = call("plan", api=f"{name}:api")
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence.format(name=name) in result.stderr


def test_OPS_7_1_an_api_that_cannot_be_served_is_refused_in_a_sentence(
    call: Callable[..., Result], module: Callable[[str], str]
) -> None:
    name = module(
        "from examples.bookings.api import BookingSchema\n"
        "from translayer import Api, Resource, Version\n"
        "booking = Resource('booking', BookingSchema, item='/b/<id>', item_methods=['PUT'], require_condition=True)\n"
        "api = Api('acme', [booking], [Version(1)])\n"
    )
    result = call("plan", api=f"{name}:api")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the Api cannot be served: PUT /b/<id> in version 1" in result.stderr


@pytest.mark.parametrize(
    "arguments, stdin, sentence",
    (
        (["source", "x", "--version", "1"], b"", "there is no resource 'x'; there are booking"),
        (["source", "booking", "--version", "9"], b"", "there is no version 9; there are 4, 3, 2, 1"),
        (["source", "booking"], b"", "Missing option '--version'"),
        (["explain", "x", "--from", "1", "--to", "2"], OLD, "there is no resource 'x'"),
        (["explain", "booking", "--from", "0", "--to", "2"], OLD, "there is no version 0"),
        (["explain", "booking", "--from", "1", "--to", "v2"], OLD, "there is no version v2"),
        (["explain", "booking", "--from", "1", "--to", "2"], b"", "<stdin>: The body is empty."),
        (["explain", "booking", "--from", "1", "--to", "2"], b"{", "<stdin>: "),
        (["explain", "booking", "--from", "1", "--to", "2", "/nowhere/x.json"], b"", "/nowhere/x.json"),
    ),
)
def test_OPS_7_1_what_makes_no_sense_is_refused_in_a_sentence(
    call: Callable[..., Result], arguments: list[str], stdin: Any, sentence: str
) -> None:
    result = call(*arguments, stdin=stdin)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


# Terminals


def in_terminal(*arguments: str, **environment: str) -> str:
    """What the command line prints where it has a terminal."""
    ours, theirs = pty.openpty()
    chosen = {
        **os.environ,
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT),
        "TRANSLAYER_API": BOOKINGS,
        **environment,
    }
    chosen = {name: value for name, value in chosen.items() if name not in ("NO_COLOR", "COV_CORE_SOURCE")}
    process = subprocess.Popen(
        [sys.executable, "-m", "translayer", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.STDOUT,
        env=chosen,
        cwd=ROOT,
    )
    os.close(theirs)
    told = b""
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        try:
            while chunk := terminal.read(65536):
                told += chunk
        except OSError:  # how Linux says that nobody holds the other side any more
            pass
    process.wait(timeout=30)
    return told.decode()


@pytest.mark.parametrize("arguments", (["plan"], ["source", "booking", "--version", "1"]))
def test_OPS_7_2_colours_are_for_terminals(call: Callable[..., Result], arguments: list[str]) -> None:
    told = in_terminal(*arguments)
    assert COLOUR.search(told)
    plain = call(*arguments).output
    assert COLOUR.sub("", told).replace("\r\n", "\n").split() == plain.split()
    assert "\x1b" not in plain


def test_OPS_7_2_the_code_is_coloured_by_its_syntax(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    long = FastPath(bytes.strip, f"def reply(raw):\n    return {'x' * 300}\n")
    for name, value in (("FORCE_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", "40")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    tell([(long, ["GET /things"])], as_json=False)
    told = capsys.readouterr().out
    assert COLOUR.search(told)
    assert COLOUR.sub("", told) == f"# GET /things\n{long.source}"


@pytest.mark.parametrize("coloured", (False, True))
@pytest.mark.parametrize(
    "arguments",
    (
        ["plan"],
        ["plan", "--json"],
        ["source", HOSTILE, "--version", "1"],
        ["source", HOSTILE, "--version", "1", "--json"],
        ["source", "x", "--version", "1"],
        ["source", HOSTILE, "--version", "1\x1b[2J"],
        ["explain", HOSTILE, "--from", "1", "--to", "2"],
        ["explain", HOSTILE, "--from", "1", "--to", "2", "--json"],
    ),
)
def test_OPS_7_3_hostile_names_do_not_reach_the_terminal_as_they_are(
    call: Callable[..., Result],
    module: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    coloured: bool,
) -> None:
    name = module(HOSTILE_API.format(hostile=HOSTILE))
    if coloured:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm")
    result = call(*arguments, api=f"{name}:api", stdin={"old": HOSTILE, HOSTILE: HOSTILE, "[bold]": "[red]"})
    plain = COLOUR.sub("", result.output)
    assert all(line.isprintable() for line in plain.split("\n")), plain
    assert not re.search(r"\x1b(?!\[[0-9;]*m)", result.output)
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit)


def test_OPS_7_3_the_code_is_printed_with_what_cannot_be_seen_spelt_out(capsys: pytest.CaptureFixture[str]) -> None:
    tell([(FastPath(bytes.strip, f"x = '{HOSTILE}'\n"), ["GET \x1b[2J"])], as_json=False)
    assert capsys.readouterr().out == "# GET \\x1b[2J\nx = 'x\\x1b]0;owned\\x07\n\\u202e'\n"


def apart(*arguments: str, stdin: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "translayer", *arguments],
        input=stdin.encode(),
        env={**os.environ, "PYTHONPATH": str(ROOT), "TRANSLAYER_API": BOOKINGS, **environment},
        capture_output=True,
        cwd=ROOT,
        check=False,
    )


def test_what_the_output_has_no_bytes_for_is_spelt_out() -> None:
    told = apart("explain", "booking", "--from=3", "--to=1", stdin='{"reference": "é"}', PYTHONIOENCODING="ascii")
    assert (told.returncode, told.stderr) == (0, b"")
    assert b'"reference": "\\xe9"' in told.stdout


def test_OPS_7_3_what_the_log_is_told_does_not_come_out_beside_the_answer() -> None:
    told = apart("explain", "booking", "--from=1", "--to=3", stdin='{"legs": [{"departure": "x"}]}')
    assert (told.returncode, told.stderr) == (1, b"")
    assert b"cannot be interpreted as an integer" in told.stdout


# The program itself


def test_the_program_is_installed_under_its_name() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    entry = config["options.entry_points"]["console_scripts"].strip()
    assert entry == "translayer = translayer.cli:main"
    extras = config["options.extras_require"]
    assert set(extras["cli"].split()) <= set(extras["test"].split())


@pytest.mark.parametrize("arguments", ([], ["plan"], ["source"], ["explain"]))
def test_the_help_teaches(arguments: list[str]) -> None:
    short, long = (CliRunner().invoke(group, [*arguments, option]) for option in ("-h", "--help"))
    assert (short.exit_code, short.output) == (0, long.output)
    assert "exit status" in short.output or arguments == ["plan"]


@pytest.mark.parametrize("missing", ("click", "rich"))
def test_OPS_7_4_without_its_libraries_the_program_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    for name in [name for name in sys.modules if name.startswith("translayer.cli.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.partition(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)  # type: ignore[arg-type]
    with pytest.raises(SystemExit) as ended:
        translayer.cli.main()
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "pip install 'translayer[cli]'" in told.err


def test_anything_else_that_is_missing_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "translayer.cli.group", None)  # type: ignore[arg-type]
    with pytest.raises(ModuleNotFoundError, match=r"translayer\.cli\.group"):
        translayer.cli.main()


def test_main_runs_the_group_and_ends_with_its_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRANSLAYER_API", BOOKINGS)
    for arguments, status in ((["plan"], 0), (["source", "x", "--version", "1"], 2)):
        monkeypatch.setattr(sys, "argv", ["translayer", *arguments])
        with pytest.raises(SystemExit) as ended:
            translayer.cli.main()
        assert ended.value.code == status
    assert capsys.readouterr().out.startswith("version  method")


def test_python_m_is_the_program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["translayer", "-h"])
    monkeypatch.delitem(sys.modules, "translayer.__main__", raising=False)
    with pytest.raises(SystemExit):
        import_module("translayer.__main__")
    assert capsys.readouterr().out.startswith("Usage: translayer ")


def test_every_command_is_in_the_list() -> None:
    modules = {path.stem for path in Path(translayer.cli.__file__).parent.glob("*.py")}
    assert {name for names in SECTIONS.values() for name in names} == modules - {
        "__init__",
        "contracts",
        "group",
        "loading",
        "printing",
    }
