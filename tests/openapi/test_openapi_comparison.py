"""Comparison: two versions side by side, and who absorbs what differs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from marshmallow import fields

from examples.bookings.api import api as bookings
from tests.openapi.shop import shop
from translayer import Api, Query, Version
from translayer.errors import DeclarationError
from translayer.openapi.comparison import Comparison, compare, is_file, side
from translayer.openapi.folder import Folder
from translayer.openapi.freezing import freeze


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The folder in which the shop is frozen, with a preview."""
    path = tmp_path_factory.mktemp("frozen")
    freeze(shop([Version(3, preview=True)]), Folder(path))
    return Folder(path)


def compared(api: Api, old: str, new: str, folder: Folder) -> Comparison:
    return compare(api, side(api, folder, old), side(api, folder, new))


def told(found: Comparison) -> set[tuple[str, str, bool, bool]]:
    """Ids, what they are about, whether they break anybody, and whether they are absorbed."""
    return {(one.difference.id, one.about, one.difference.breaking, found.absorbs(one)) for one in found.findings}


def test_CON_5_19_every_difference_between_two_versions_is_absorbed_by_what_they_tell(folder: Folder) -> None:
    for old, new in ((1, 2), (1, 3), (2, 3), (3, 4), (1, 4), (4, 1)):
        found = compared(bookings, str(old), str(new), folder)
        assert found.findings
        assert {one.about for one in found.findings if not found.absorbs(one)} == set()
        assert found.is_due


def test_CON_5_19_operations_that_moved_are_compared_all_the_same(folder: Folder) -> None:
    found = told(compared(shop(), "1", "2", folder))
    assert {
        ("operation-removed", "GET /goods", True, True),
        ("operation-added", "GET /wares", False, True),
        ("reply-field-removed", "WareSchema /name", True, True),
        ("reply-field-added", "WareSchema /title", False, True),
        ("parameter-removed", "parameter name", True, True),
    } <= found
    assert not any("media-type" in id_ or "X-Api-Version" in about for id_, about, *_ in found)


def test_CON_5_19_the_names_of_two_versions_in_the_types_of_their_forms_are_no_difference(folder: Folder) -> None:
    templates = ("application/vnd.{vendor}.v{version}+json", "application/vnd.{vendor}+json; version={version}")
    api = shop([Version(3)], renderers=("yaml", "msgpack"), media_types=templates)
    assert compared(api, "2", "3", folder).findings == ()


def test_CON_5_20_versions_without_breaking_differences_need_no_new_number(folder: Folder) -> None:
    found = compared(shop([Version(3)]), "2", "3", folder)
    assert (found.findings, found.is_due) == ((), False)


def test_CON_5_20_what_would_be_due_is_told_of_the_newest_that_is_frozen(folder: Folder) -> None:
    changed = shop(more={"colour": None, "weight": fields.Integer()})
    found = compared(changed, "frozen", "2", folder)
    assert found.is_due
    assert ("reply-field-removed", "WareSchema /colour", True, False) in told(found)
    assert found.old.name.endswith("/v2")
    told_json = found.as_json()
    assert told_json["new_version_due"] is True
    assert {one["absorbed"] for one in told_json["differences"]} == {False}
    assert all(one["causes"] for one in told_json["differences"])
    harmless = compared(shop(more={"weight": fields.Integer()}), "frozen:2", "2", folder)
    assert harmless.findings
    assert not harmless.is_due


def test_a_version_is_compared_with_a_file_and_two_files_with_each_other(folder: Folder, tmp_path: Path) -> None:
    api = shop()
    files = {}
    for version, form in (("1", "openapi"), ("2", "swagger")):
        files[version] = str(folder.of(version) / f"{form}.json")
    found = compared(api, files["1"], "1", folder)
    assert found.findings == ()
    found = compared(api, files["1"], files["2"], folder)
    assert found.is_due
    assert {one.causes for one in found.findings} == {()}
    assert not found.between


def test_CON_5_19_a_document_of_openapi_2_0_is_compared_with_what_is_told_in_that_form(folder: Folder) -> None:
    for version in ("1", "2"):
        file = str(folder.of(version) / "swagger.json")
        for other in (version, f"frozen:{version}"):
            assert compared(shop(), file, other, folder).findings == ()
            assert compared(shop(), other, file, folder).findings == ()
    found = compared(shop(was=fields.String()), str(folder.of("1") / "swagger.json"), "1", folder)
    assert {one.difference.id for one in found.findings} >= {"reply-type-changed", "request-type-changed"}


def test_CON_5_20_what_only_moved_or_was_renamed_absorbs_nothing_that_is_gone(tmp_path: Path) -> None:
    freeze(shop(), Folder(tmp_path))
    less = {"item_methods": ["GET", "PUT", "PATCH"], "query": Query(filters=["colour"])}
    found = told(compared(shop(declared=less), "frozen:1", "2", Folder(tmp_path)))
    assert ("operation-removed", "DELETE /goods/{id}", True, False) in found
    assert ("operation-removed", "GET /goods/{id}", True, True) in found
    assert ("parameter-removed", "parameter name", True, False) in found
    assert ("parameter-added", "parameter colour", False, False) in found


@pytest.mark.parametrize(
    "named, expected",
    (
        ("1", False),
        ("1.10", False),
        ("frozen:2", False),
        ("a.json", True),
        ("A.YML", True),
        ("a/b", True),
        ("x.yaml", True),
    ),
)
def test_a_file_is_known_by_its_name(named: str, expected: bool) -> None:
    assert is_file(named) is expected


@pytest.mark.parametrize(
    "named, sentence", (("9", "there is no version 9"), ("frozen:9", "version 9 is not frozen in"))
)
def test_a_side_that_is_not_there_is_refused(folder: Folder, named: str, sentence: str) -> None:
    with pytest.raises(LookupError, match=sentence):
        side(shop(), folder, named)


def test_nothing_that_is_frozen_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="nothing that is published is frozen in"):
        side(shop(), Folder(tmp_path), "frozen")


def test_a_frozen_version_that_the_code_does_not_know_is_compared_without_causes(folder: Folder) -> None:
    found = compared(shop(), "frozen:3", "2", folder)
    assert found.old.position is None
    assert not found.between


def test_a_file_that_is_no_contract_is_refused(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text(json.dumps({"type": "object"}))
    with pytest.raises(DeclarationError, match="version of OpenAPI"):
        compared(shop(), str(file), "2", folder)


def test_what_one_operation_lists_of_fields_is_told_with_them(folder: Folder) -> None:
    found = compared(bookings, "1", "2", folder)
    narrowed = next(one for one in found.findings if one.difference.id == "request-enum-narrowed")
    assert narrowed.about == "parameter sort"
    assert [cause.sentence for cause in narrowed.causes] == ["`pax` is called `passengers`."]
