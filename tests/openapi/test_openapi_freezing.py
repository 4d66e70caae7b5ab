"""Freezing: which files are written, and which are not."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

from tests.openapi.shop import shop
from translayer import Api, Resource, Version
from translayer.errors import DeclarationError
from translayer.openapi.folder import INDEX, Folder, contract_files, schema_of_file, write_whole
from translayer.openapi.freezing import Outcome, freeze

NAMES = {"openapi.json", "swagger.json", "ware.reply.json", "ware.request.json"}


def written(path: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def of_version(number: int, path: Path) -> dict[str, bytes]:
    """The files of one version."""
    return {name: body for name, body in written(path).items() if name.startswith(f"v{number}/")}


def deeds(outcomes: tuple[Outcome, ...]) -> dict[str, str]:
    return {outcome.version: outcome.deed for outcome in outcomes}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder in which the shop is frozen."""
    folder = Folder(tmp_path / "schemas")
    assert deeds(freeze(shop(), folder)) == {"2": "written", "1": "written"}
    return Folder(tmp_path / "schemas")


def test_CON_5_10_a_version_is_frozen_as_openapi_swagger_and_json_schemas(folder: Folder) -> None:
    found = written(folder.path)
    assert set(found) == {INDEX, *(f"v{version}/{name}" for version in (1, 2) for name in NAMES)}
    for version in (1, 2):
        documents = {name: json.loads(found[f"v{version}/{name}"]) for name in NAMES}
        assert documents["openapi.json"]["openapi"].startswith("3.1")
        assert documents["swagger.json"]["swagger"] == "2.0"
        assert all(documents[f"ware.{end}.json"]["$schema"].endswith("2020-12/schema") for end in ("reply", "request"))
    assert "/goods" in json.loads(found["v1/openapi.json"])["paths"]
    assert json.loads(found[INDEX]) == {"versions": {"2": "published", "1": "published"}}


def test_CON_5_11_what_is_right_already_is_not_written_again(folder: Folder) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")}
    outcomes = freeze(shop(), Folder(folder.path))
    assert {(outcome.deed, outcome.files) for outcome in outcomes} == {("unchanged", ())}
    assert {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")} == before


def test_CON_5_11_files_are_json_for_readers_and_end_in_a_line_break(folder: Folder) -> None:
    for body in written(folder.path).values():
        assert body == (json.dumps(json.loads(body), indent=2, ensure_ascii=False) + "\n").encode()


def test_CON_5_11_equal_apis_have_equal_files() -> None:
    one, other = shop(), shop()
    for version, again in zip(one.versions, other.versions, strict=True):
        assert contract_files(one, version) == contract_files(other, again)


def test_CON_5_12_a_published_version_that_the_code_breaks_is_not_overwritten(folder: Folder) -> None:
    before = of_version(1, folder.path)
    outcomes = freeze(shop(named="nom"), Folder(folder.path))
    assert deeds(outcomes)["1"] == "refused"
    refused = outcomes[1]
    assert refused.verdict is not None
    assert refused.verdict.breaches
    assert "v1 promises" in str(refused.reason)
    assert refused.as_json()["differences"]
    assert of_version(1, folder.path) == before


def test_CON_5_12_a_published_version_that_changed_harmlessly_is_written(folder: Folder) -> None:
    outcomes = freeze(shop(more={"weight": fields.Integer(dump_only=True)}), Folder(folder.path))
    assert deeds(outcomes) == {"2": "written", "1": "written"}
    verdict = outcomes[0].verdict
    assert verdict is not None
    assert verdict.harmless
    assert not verdict.breaches
    assert b"weight" in written(folder.path)["v1/openapi.json"]


def test_CON_5_13_a_preview_may_change_until_it_is_published(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert {one.version: one.state for one in freeze(shop([Version(3, preview=True)]), folder)}["3"] == "preview"
    other = shop([Version(3, preview=True)], more={"weight": fields.Integer(dump_only=True)})
    assert deeds(freeze(other, Folder(tmp_path)))["3"] == "written"
    published = shop([Version(3, preview=True, stable=date(2027, 1, 1))])
    outcome = freeze(published, Folder(tmp_path))[0]
    assert (outcome.deed, outcome.state) == ("written", "published")
    assert b"weight" not in written(tmp_path)["v3/openapi.json"]


def test_CON_5_13_what_was_published_once_does_not_become_a_preview_again(tmp_path: Path) -> None:
    freeze(shop([Version(3)]), Folder(tmp_path))
    outcome = freeze(shop([Version(3, preview=True)]), Folder(tmp_path))[0]
    assert (outcome.deed, outcome.state) == ("refused", "published")
    assert "a promise is not taken back" in str(outcome.reason)


def test_CON_5_12_where_the_index_is_lost_what_was_published_is_not_overwritten_either(folder: Folder) -> None:
    before = of_version(1, folder.path)
    (folder.path / INDEX).unlink()
    assert deeds(freeze(shop(named="nom"), Folder(folder.path)))["1"] == "refused"
    assert of_version(1, folder.path) == before
    assert deeds(freeze(shop(), Folder(folder.path)))["1"] == "unchanged"
    assert json.loads(written(folder.path)[INDEX])["versions"]["1"] == "published"


def without_the_first(**options: Any) -> Api:
    """The shop when version 1 is gone."""
    whole = shop()
    return Api("acme", whole.resources, [Version(2)], prefix="/api", clock=whole.clock, **options)


def test_CON_5_13_files_of_a_withdrawn_version_stay(folder: Folder) -> None:
    before = of_version(1, folder.path)
    gone = without_the_first(withdrawn=[Version(1, sunset=date(2027, 1, 1))])
    assert deeds(freeze(gone, Folder(folder.path)))["1"] == "kept"
    assert of_version(1, folder.path) == before
    assert json.loads(written(folder.path)[INDEX])["versions"]["1"] == "published"


def test_files_of_a_resource_that_is_gone_are_taken_away_from_a_preview(tmp_path: Path) -> None:
    api = shop([Version(3, preview=True)])
    freeze(api, Folder(tmp_path))
    for name in ("old.reply.json", "old.request.json", "README.md"):
        (tmp_path / "v3" / name).write_text("{}")
    outcome = freeze(api, Folder(tmp_path))[0]
    assert (outcome.deed, outcome.removed) == ("written", ("old.reply.json", "old.request.json"))
    assert (tmp_path / "v3" / "README.md").exists()


def test_what_has_a_flag_is_promised_to_nobody(tmp_path: Path) -> None:
    api = shop(more={"secret": fields.String(metadata={"flag": "beta"})})
    freeze(api, Folder(tmp_path / "all"))
    assert b"secret" not in b"".join(written(tmp_path / "all").values())
    freeze(api.seen_with({"beta"}), Folder(tmp_path / "beta"))
    freeze(api.seen_with(frozenset()), Folder(tmp_path / "none"))
    assert written(tmp_path / "none") == written(tmp_path / "all")


def test_a_name_that_is_no_file_name_is_escaped(tmp_path: Path) -> None:
    class SlashSchema(Schema):
        id = fields.Integer()

    freeze(Api("acme", [Resource("../a b", SlashSchema, item="/x/<int:id>")], [Version(1)]), Folder(tmp_path))
    assert (tmp_path / "v1" / "..%2Fa%20b.reply.json").exists()
    assert schema_of_file("..%2Fa%20b.reply.json") == ("../a b", "reply")
    assert schema_of_file("openapi.json") is None


@pytest.mark.parametrize(
    "text", ("[]", '{"versions": []}', '{"versions": {"1": "promised"}}', '{"versions": {"1": []}}')
)
def test_an_index_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / INDEX).write_text(text)
    with pytest.raises(DeclarationError, match=r"versions\.json"):
        freeze(shop(), Folder(tmp_path))


def test_CON_5_11_a_file_that_cannot_be_written_leaves_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    write_whole(path, b"1")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"2")
    assert written(tmp_path) == {"a.json": b"1"}


def test_a_folder_is_named_from_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(Folder(Path("schemas"))) == str(Folder(tmp_path / "schemas")) == "schemas"
    assert str(Folder(tmp_path.parent)) == str(tmp_path.parent)
