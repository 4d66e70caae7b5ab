"""The commands about contracts: freeze, check, diff and spec."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from examples.bookings.api import api as bookings
from translayer.openapi.specification import specification

MODULE = """
from marshmallow import fields
from tests.openapi.shop import shop
from translayer import Version
api = shop({arguments})
"""

Call = Callable[..., Result]


@pytest.fixture
def shops(module: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Writes a module with a shop, and gives the name of its API; the current folder is its own."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent.parent))
    return lambda arguments="": f"{module(MODULE.format(arguments=arguments))}:api"


@pytest.fixture
def frozen(shops: Callable[[str], str], call: Call) -> str:
    """The shop's API, when it is frozen in the folder schemas."""
    name = shops("")
    assert call("freeze", api=name).exit_code == 0
    return name


# freeze


def test_CON_5_10_freeze_says_what_it_writes(shops: Callable[[str], str], call: Call, tmp_path: Path) -> None:
    result = call("freeze", api=shops("[Version(3, preview=True)]"))
    assert result.exit_code == 0
    assert "version 3 (preview): written\n" in result.output
    assert "version 2 (published): written\n  + schemas/v2/openapi.json\n" in result.output
    assert (tmp_path / "schemas" / "v1" / "ware.request.json").exists()


@pytest.mark.parametrize("options, arguments", ((["--to", "here"], ""), ([], "frozen='here'")))
def test_CON_5_10_the_folder_is_said_by_an_option_or_by_the_api(
    shops: Callable[[str], str], call: Call, tmp_path: Path, options: list[str], arguments: str
) -> None:
    assert call("freeze", *options, api=shops(arguments)).exit_code == 0
    assert (tmp_path / "here" / "versions.json").exists()
    assert not (tmp_path / "schemas").exists()


def test_CON_5_12_freeze_refuses_what_breaks_a_promise_and_says_why(
    frozen: str, shops: Callable[[str], str], call: Call
) -> None:
    assert "version 2 (published): unchanged" in call("freeze", api=frozen).output
    result = call("freeze", api=shops("was=fields.String()"))
    assert result.exit_code == 1
    assert "version 1 (published): refused, since the code breaks what schemas/v1 promises" in result.output
    assert "  !  WareSchema /boxes/*/width: " in result.output
    assert "     by WidthsAreMillimetres of version 2: `width` has another form." in result.output


def test_CON_5_12_freeze_tells_of_harmless_changes(frozen: str, shops: Callable[[str], str], call: Call) -> None:
    result = call("freeze", api=shops("more={'weight': fields.Integer()}"))
    assert result.exit_code == 0
    assert "version 1 (published): written\n  + schemas/v1/openapi.json" in result.output
    assert "  ~  WareSchema /weight: " in result.output


def test_OPS_7_2_freeze_is_told_as_json(frozen: str, call: Call, tmp_path: Path) -> None:
    (tmp_path / "schemas" / "v2" / "gone.reply.json").write_text("{}")
    assert "  - schemas/v2/gone.reply.json" in call("freeze", api=frozen).output
    told = json.loads(call("freeze", "--json", api=frozen).output)
    assert told["folder"] == "schemas"
    assert [(one["version"], one["outcome"]) for one in told["versions"]] == [("2", "unchanged"), ("1", "unchanged")]


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(
    shops: Callable[[str], str], call: Call, tmp_path: Path
) -> None:
    (tmp_path / "schemas").write_text("a file")
    result = call("freeze", "--to", "schemas/inside", api=shops(""))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "schemas" in result.stderr
    assert "cannot be written" in result.stderr


# check


def test_CON_5_14_check_says_yes(frozen: str, call: Call) -> None:
    result = call("check", api=frozen)
    assert (result.exit_code, result.output) == (0, "version 2 honours schemas/v2\nversion 1 honours schemas/v1\n")


def test_CON_5_14_check_says_no_with_the_change_at_fault(frozen: str, shops: Callable[[str], str], call: Call) -> None:
    result = call("check", api=shops("was=fields.String()"))
    assert result.exit_code == 1
    assert "version 2 honours schemas/v2\nversion 1 breaks schemas/v1\n" in result.output
    assert "reply-type-changed, at /components/schemas/Box/properties/width" in result.output
    assert "     in GET /goods, POST /goods, GET /goods/{id}" in result.output
    assert "     by WidthsAreMillimetres of version 2: `width` has another form." in result.output


def test_CON_5_16_check_tells_what_freeze_would_write_of_a_new_resource(
    frozen: str, call: Call, tmp_path: Path
) -> None:
    file = tmp_path / "schemas" / "v1" / "openapi.json"
    document = json.loads(file.read_text())
    document["paths"] = {}
    file.write_text(json.dumps(document))
    (tmp_path / "schemas" / "v1" / "ware.reply.json").unlink()
    result = call("check", api=frozen)
    assert result.exit_code == 0
    assert "openapi.json, ware.reply.json: not as the code has it; translayer freeze writes it" in result.output
    assert call("check", "--strict", api=frozen).exit_code == 1


def test_CON_5_19_diff_takes_openapi_2_0(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "c20.json"
    file.write_text(call("spec", "2", "--openapi", "2.0").stdout)
    result = call("diff", str(file), "2")
    assert (result.exit_code, result.output.endswith("no new version is due\n")) == (0, True)


def test_CON_5_15_check_is_strict_where_asked(frozen: str, shops: Callable[[str], str], call: Call) -> None:
    name = shops("more={'weight': fields.Integer()}")
    result = call("check", api=name)
    assert result.exit_code == 0
    assert "version 1 honours, with harmless differences, schemas/v1" in result.output
    assert "not as the code has it; translayer freeze writes it" in result.output
    assert call("check", "--strict", api=name).exit_code == 1
    assert call("check", "--strict", api=frozen).exit_code == 0


def test_CON_5_16_check_says_what_to_run_where_nothing_is_frozen(shops: Callable[[str], str], call: Call) -> None:
    result = call("check", api=shops(""))
    assert result.exit_code == 1
    assert "version 2 is not held to schemas/v2\n" in result.output
    assert "version 2 is published, and not frozen: run translayer freeze" in result.output


def test_CON_5_13_check_lets_a_preview_differ(shops: Callable[[str], str], call: Call) -> None:
    name = shops("[Version(3, preview=True)]")
    assert call("freeze", api=name).exit_code == 0
    assert "version 3 is a preview, and is as in schemas/v3" in call("check", api=name).output
    other = shops("[Version(3, preview=True)], more={'weight': fields.Integer()}")
    result = call("check", api=other)
    assert result.exit_code == 0
    assert "version 3 is a preview, and may differ from schemas/v3" in result.output


def test_OPS_7_2_check_is_told_as_json(frozen: str, shops: Callable[[str], str], call: Call) -> None:
    result = call("check", "--json", api=shops("was=fields.String()"))
    assert result.exit_code == 1
    two, one = json.loads(result.output)
    assert (two["honoured"], one["honoured"], one["binding"]) == (True, False, True)
    assert one["breaches"][0]["causes"][0]["change"]["name"] == "WidthsAreMillimetres"


def test_a_folder_that_makes_no_sense_is_refused(frozen: str, call: Call, tmp_path: Path) -> None:
    (tmp_path / "schemas" / "versions.json").write_text("[]")
    for command in ("check", "freeze"):
        result = call(command, api=frozen)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "versions.json" in result.stderr


@pytest.mark.parametrize("ending", ("json", "yaml"))
def test_CON_5_17_check_holds_a_version_to_a_contract_from_elsewhere(call: Call, tmp_path: Path, ending: str) -> None:
    document = call("spec", "2", *(["--yaml"] if ending == "yaml" else [])).stdout
    file = tmp_path / f"ours.{ending}"
    file.write_text(document, encoding="utf-8")
    result = call("check", "--contract", str(file), "--version", "2")
    assert (result.exit_code, result.output) == (0, f"version 2 honours {file}\n")
    assert call("check", "--contract", str(file), "--version", "1").exit_code == 1


def test_CON_5_17_check_holds_a_resource_to_a_json_schema(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "booking.json"
    file.write_text(json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "required": ["pax"]}))
    of = ["check", "--contract", str(file), "--resource", "booking"]
    assert call(*of, "--version", "1").exit_code == 0
    result = call(*of, "--version", "2")
    assert result.exit_code == 1
    assert "  !  BookingSchema /pax: " in result.output
    assert "     by no version tells of it: BookingSchema has no field 'pax' today\n" in result.output
    told = json.loads(call(*of, "--version", "1", "--direction", "request", "--json").output)
    assert {one["direction"] for verdict in told for one in verdict["breaches"] + verdict["harmless"]} == {"request"}


@pytest.mark.parametrize(
    "arguments, sentence",
    (
        (["--version", "1"], "--version, --resource and --direction speak of a contract"),
        (["--contract", "FILE"], "which version is the contract of?"),
        (["--contract", "FILE", "--version", "9"], "there is no version 9"),
        (["--contract", "FILE", "--version", "1", "--resource", "x"], "there is no resource 'x'"),
        (["--contract", "FILE", "--version", "1", "--direction", "reply"], "say which by --resource"),
        (["--contract", "FILE", "--version", "1"], "version of OpenAPI"),
        (["--contract", "FILE", "--version", "1", "--frozen", "x"], "--frozen or --contract"),
        (["--contract", "nowhere.json", "--version", "1"], "does not exist"),
    ),
)
def test_OPS_7_1_a_check_that_makes_no_sense_is_refused(
    call: Call, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    file = tmp_path / "a.json"
    file.write_text("{}")
    result = call("check", *(str(file) if word == "FILE" else word for word in arguments))
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in " ".join(result.stderr.split())


# diff


def test_CON_5_19_diff_tells_what_absorbs_each_difference(call: Call) -> None:
    result = call("diff", "3", "4")
    assert result.exit_code == 1
    assert "Breaking differences that are absorbed\n" in result.output
    assert "  !  BookingSchema /notes: " in result.output
    assert "     by NotesAreRemarks of version 4: `notes` is called `remarks`.\n" in result.output
    assert "that reach clients" not in result.output
    assert result.output.endswith("breaking: a new version is due; none of those reaches clients\n")


def test_CON_5_20_diff_says_whether_a_new_version_is_due(frozen: str, shops: Callable[[str], str], call: Call) -> None:
    same = call("diff", "frozen", "2", api=frozen)
    assert same.exit_code == 0
    assert same.output == "schemas/v2 to version 2: 0 differences, 0 of them breaking: no new version is due\n"
    other = shops("more={'colour': None, 'weight': fields.Integer()}")
    result = call("diff", "frozen", "2", api=other)
    assert result.exit_code == 1
    assert "Breaking differences\n" in result.output
    assert "Other differences\n" in result.output
    told = json.loads(call("diff", "frozen:1", "1", "--json", api=other).output)
    assert (told["old"], told["new"], told["new_version_due"]) == ("schemas/v1", "version 1", True)


def test_CON_5_20_what_nothing_absorbs_reaches_clients(call: Call, shops: Callable[[str], str], frozen: str) -> None:
    other = shops("more={'colour': None}")
    result = call("diff", "frozen:1", "2", api=other)
    assert "Breaking differences that reach clients\n" in result.output
    assert "  !  WareSchema /colour: " in result.output
    assert result.output.endswith("reach clients\n")


@pytest.mark.parametrize(
    "old, new, sentence",
    (
        ("9", "1", "there is no version 9"),
        ("frozen:9", "1", "version 9 is not frozen in"),
        ("nowhere.yaml", "1", "nowhere.yaml cannot be read"),
    ),
)
def test_OPS_7_1_a_diff_that_makes_no_sense_is_refused(call: Call, old: str, new: str, sentence: str) -> None:
    result = call("diff", old, new)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in " ".join(result.stderr.split())


# spec


@pytest.mark.parametrize("form", ("3.1", "2.0"))
def test_CON_5_21_spec_prints_what_freeze_writes(call: Call, form: str) -> None:
    result = call("spec", "2", "--openapi", form)
    assert result.exit_code == 0
    assert json.loads(result.output) == specification(bookings.seen_with(frozenset()), "2", form)
    file = Path("schemas/bookings/v2") / {"3.1": "openapi.json", "2.0": "swagger.json"}[form]
    assert (Path(__file__).parent.parent.parent / file).read_text(encoding="utf-8") == result.output


def test_CON_5_21_spec_prints_yaml_and_what_flags_show(call: Call, shops: Callable[[str], str]) -> None:
    assert call("spec", "2", "--yaml").output.startswith("openapi: ")
    name = shops("more={'secret': fields.String(metadata={'flag': 'beta'})}")
    assert "secret" not in call("spec", "1", api=name).output
    assert "secret" in call("spec", "1", "--flag", "beta", api=name).output


def test_OPS_7_2_spec_is_json_in_ascii_where_asked(call: Call) -> None:
    result = call("spec", "1", "--json")
    assert result.output.isascii()
    assert json.loads(result.output) == json.loads(call("spec", "1").output)
    assert call("spec", "1", "--json", "--yaml").exit_code == 2


def test_spec_says_what_yaml_needs(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "translayer.document.yaml_text", raising=False)
    monkeypatch.setitem(sys.modules, "yaml", None)  # type: ignore[arg-type]
    result = call("spec", "2", "--yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "install it with the extra yaml" in result.stderr


@pytest.mark.parametrize(
    "arguments, known",
    (
        ("", "there is no flag 'nosuch'; nothing has one"),
        (
            "more={'secret': fields.String(metadata={'flag': 'beta'})}",
            "there is no flag 'nosuch'; there are beta",
        ),
    ),
)
def test_CON_5_21_spec_refuses_a_flag_that_nothing_has(
    call: Call, shops: Callable[[str], str], arguments: str, known: str
) -> None:
    result = call("spec", "1", "--flag", "nosuch", api=shops(arguments))
    assert (result.exit_code, result.stdout) == (2, "")
    assert known in " ".join(result.stderr.split())


def test_spec_of_an_unknown_version_is_refused(call: Call) -> None:
    assert call("spec", "9").exit_code == 2


def test_CON_5_11_the_examples_contracts_are_those_of_its_code(call: Call) -> None:
    result = call("check", "--strict")
    assert result.exit_code == 0, result.output
