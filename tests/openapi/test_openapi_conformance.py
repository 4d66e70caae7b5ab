"""Conformance: what breaks a promise, what does not, and which change it was."""

from __future__ import annotations

import json
import logging
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

from tests.openapi.shop import box, shop, ware
from tests.openapi.test_openapi_freezing import without_the_first
from translayer import Api, Query, Resource, Route, Translayer, Version, VersionChange
from translayer.errors import DeclarationError
from translayer.openapi.attribution import Finding
from translayer.openapi.conformance import Verdict, held_to, verdicts
from translayer.openapi.folder import INDEX, Folder
from translayer.openapi.freezing import freeze
from translayer.openapi.specification import specification
from translayer.operations import rename


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the shop is frozen; nobody writes there."""
    path = tmp_path_factory.mktemp("frozen")
    freeze(shop(), Folder(path))
    return path


def verdict(api: Api, path: Path, version: str = "1") -> Verdict:
    return next(one for one in verdicts(api, Folder(path)) if one.version == version)


def told(findings: tuple[Finding, ...]) -> set[tuple[str, str, str]]:
    """Ids, what they are about, and the first of the causes."""
    return {(one.difference.id, one.about, one.causes[0].text) for one in findings}


def test_CON_5_14_code_that_did_not_change_honours_what_was_frozen(frozen: Path) -> None:
    assert [(one.version, one.is_exact) for one in verdicts(shop(), Folder(frozen))] == [("2", True), ("1", True)]


RENAMED = "WaresHaveTitles of version 2: `nom` is called `title`."
WIDER = "WidthsAreMillimetres of version 2: `width` has another form."
MOVED = "GoodsAreWares of version 2: `/good` moved to `/wares`."

BROKEN: tuple[tuple[dict[str, Any], set[tuple[str, str, str]]], ...] = (
    (
        {"named": "nom"},
        {
            ("request-field-added-required", "WareSchema /nom", RENAMED),
            (
                "reply-field-removed",
                "WareSchema /name",
                "no version tells of it: WareSchema has no field 'name' today",
            ),
            (
                "parameter-removed",
                "parameter name",
                "no version tells of it: it is what today's code makes of parameter name",
            ),
        },
    ),
    (
        {"was": fields.String()},
        {
            ("reply-type-changed", "WareSchema /boxes/*/width", WIDER),
            ("request-type-changed", "WareSchema /boxes/*/width", WIDER),
        },
    ),
    ({"url": "/good"}, {("operation-removed", "PUT /goods/{id}", MOVED)}),
    (
        {"more": {"colour": fields.Integer(required=True)}},
        {("reply-type-changed", "WareSchema /colour", "no version changed it: WareSchema.colour is so today")},
    ),
    (
        {"more": {"size": fields.Integer(required=True)}},
        {("request-field-added-required", "WareSchema /size", "no version changed it: WareSchema.size is so today")},
    ),
    (
        {"envelope": "data"},
        {
            (
                "reply-field-removed",
                "PUT /goods/{id}",
                "no version tells of it: it is what today's code makes of PUT /goods/{id}",
            )
        },
    ),
)


@pytest.mark.parametrize("options, expected", BROKEN)
def test_CON_5_14_a_breach_is_told_with_the_change_that_caused_it(
    frozen: Path, options: dict[str, Any], expected: set[tuple[str, str, str]]
) -> None:
    found = verdict(shop(**options), frozen)
    assert not found.is_honoured
    assert expected <= told(found.breaches), told(found.breaches)


SHIFTED = "GoodsAreWares of version 2: `/goods` moved to `/wares`."
TITLED = "WaresHaveTitles of version 2: `name` is called `title`."
ROUTES = "the Resource and its routes are so today"
NO_FILTER = "no version tells of it: the Query of ware does not filter by 'colour' today"
ALL = Query(filters=["title", "colour"])
LESS: dict[str, Any] = {"item_methods": ["GET", "PUT", "PATCH"]}

DECLARED: tuple[tuple[dict[str, Any], dict[str, Any], str, tuple[str, str, list[str]]], ...] = (
    ({}, LESS, "1", ("operation-removed", "DELETE /goods/{id}", [SHIFTED, ROUTES])),
    (LESS, {}, "1", ("operation-added", "DELETE /goods/{id}", [SHIFTED, ROUTES])),
    (
        {},
        LESS,
        "2",
        (
            "operation-removed",
            "DELETE /wares/{id}",
            ["no version tells of it: it is what today's code makes of DELETE /wares/{id}"],
        ),
    ),
    ({"query": ALL}, {}, "1", ("parameter-removed", "parameter colour", [NO_FILTER])),
    ({"query": ALL}, {}, "2", ("parameter-removed", "parameter colour", [NO_FILTER])),
    (
        {},
        {"query": ALL},
        "1",
        (
            "parameter-added",
            "parameter colour",
            ["no version tells of it: the Query of ware filters by 'colour' today"],
        ),
    ),
    (
        {},
        {"query": Query(filters=["colour"])},
        "1",
        ("parameter-removed", "parameter name", [TITLED, "the Query of ware does not filter by 'title' today"]),
    ),
    (
        {"item": "/wares/<int:id>"},
        {"item": "/wares/<id>"},
        "1",
        ("request-type-changed", "parameter id", ["no version changed it: the rule `/wares/<id>` is so today"]),
    ),
    (
        {"query": Query(paging={"page": fields.Integer()})},
        {"query": Query(paging={"page": fields.Boolean()})},
        "1",
        (
            "request-type-changed",
            "parameter page",
            ["no version tells of it: it is what today's code makes of parameter page"],
        ),
    ),
)


@pytest.mark.parametrize("before, after, version, expected", DECLARED)
def test_CON_5_14_what_no_version_tells_of_routes_and_queries_is_todays(
    tmp_path: Path,
    before: dict[str, Any],
    after: dict[str, Any],
    version: str,
    expected: tuple[str, str, list[str]],
) -> None:
    freeze(shop(declared=before), Folder(tmp_path))
    found = verdict(shop(declared=after), tmp_path, version).findings
    assert expected in [(one.difference.id, one.about, [cause.text for cause in one.causes]) for one in found]


def test_CON_5_14_a_move_is_why_for_what_is_elsewhere_and_no_id_tells() -> None:
    api = shop()
    promise = specification(api, "1", "3.1")
    promise["paths"] = {url.replace("/goods", "/wares"): told for url, told in promise["paths"].items()}
    for told in promise["paths"].values():
        for operation in told.values():
            del operation["operationId"]
    found = held_to(api, api.versions[1], promise, "ours.json").breaches
    causes = {(one.difference.id, one.about): [cause.text for cause in one.causes] for one in found}
    assert causes["operation-removed", "DELETE /wares/{id}"] == [SHIFTED]


FLAG: dict[str, Any] = {"flag": "beta"}
NO_QUERY = {"query": Query()}
BOX = box()

BEHIND: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"more": {"title": fields.String(metadata=FLAG)}, "declared": NO_QUERY}, "WareSchema /name", "WareSchema.title"),
    ({"more": {"colour": fields.String(metadata=FLAG)}}, "WareSchema /colour", "WareSchema.colour"),
    (
        {"more": {"colour": fields.String(metadata=FLAG)}, "declared": {"query": ALL}},
        "parameter colour",
        "WareSchema.colour",
    ),
    ({"box_schema": box(width=fields.Integer(metadata=FLAG))}, "WareSchema /boxes/*/width", "BoxSchema.width"),
    (
        {"box_schema": BOX, "more": {"boxes": fields.List(fields.Nested(BOX), metadata=FLAG)}},
        "WareSchema /boxes",
        "WareSchema.boxes",
    ),
)


@pytest.mark.parametrize("options, about, field", BEHIND)
def test_CON_5_14_a_field_that_got_a_flag_is_told_to_be_behind_it(
    tmp_path: Path, options: dict[str, Any], about: str, field: str
) -> None:
    freeze(shop(declared={"query": ALL}), Folder(tmp_path))
    found = verdict(shop(**options), tmp_path).findings
    told_ = {one.causes[-1].text for one in found if one.about == about}
    assert told_ == {f"no version tells of it: {field} is behind the flag 'beta' today"}


def test_CON_5_14_a_breach_says_what_was_promised_and_what_is(frozen: Path) -> None:
    breach = verdict(shop(was=fields.String()), frozen).breaches[0].as_json()
    assert (breach["promised"], breach["actual"]) == ("integer", "string")
    assert breach["pointer"] == "/components/schemas/Box/properties/width"
    assert breach["source"].endswith("v1/openapi.json")
    (cause,) = breach["causes"]
    assert cause == {
        "version": "2",
        "change": {"name": "WidthsAreMillimetres", "title": "Boxes are measured in millimetres."},
        "operation": "Convert",
        "sentence": "`width` has another form.",
    }


@pytest.mark.parametrize(
    "options",
    (
        {"more": {"weight": fields.Integer(dump_only=True)}},
        {"renderers": ("yaml",)},
        {"more": {"colour": fields.String(required=True)}},
    ),
    ids=("a field that is new", "a form that is new", "values"),
)
def test_CON_5_15_what_breaks_nobody_is_told_and_honoured(frozen: Path, options: dict[str, Any]) -> None:
    found = verdict(shop(**options), frozen)
    assert found.harmless
    assert found.stale
    assert not found.is_exact
    assert found.is_honoured == ("colour" not in options.get("more", {}))


def test_CON_5_15_dates_are_no_part_of_the_promise(frozen: Path) -> None:
    whole = shop()
    ended = Version(1, deprecated=date(2027, 1, 1), sunset=date(2028, 1, 1), retired="redirect")
    api = Api("acme", whole.resources, [whole.versions[0], ended], prefix="/api", clock=whole.clock)
    found = verdict(api, frozen)
    assert found.is_honoured
    assert {one.difference.breaking for one in found.findings} <= {False}


OLD = date(2020, 1, 1)


@pytest.mark.parametrize(
    ("life", "later", "is_honoured"),
    (
        ({"deprecated": OLD}, {"deprecated": OLD}, False),
        ({"deprecated": OLD, "sunset": date(2099, 1, 1)}, {"deprecated": OLD, "sunset": date(2098, 1, 1)}, False),
        ({"deprecated": date(2099, 1, 1)}, {"deprecated": date(2098, 1, 1)}, False),
        ({}, {"deprecated": OLD}, False),
        ({"deprecated": OLD}, {"deprecated": OLD, "sunset": date(2021, 1, 1)}, True),  # it is retired by now
    ),
)
def test_CON_5_14_a_deprecated_version_keeps_its_operations_until_its_sunset(
    tmp_path: Path, life: dict[str, Any], later: dict[str, Any], is_honoured: bool
) -> None:
    def lived(api: Api, **dates: Any) -> Api:
        return Api("acme", api.resources, [api.versions[0], Version(1, **dates)], prefix="/api", clock=api.clock)

    freeze(lived(shop(), **life), Folder(tmp_path))
    found = verdict(lived(shop(declared=LESS), **later), tmp_path)
    ids = {one.difference.id for one in found.findings if one.about == "DELETE /goods/{id}"}
    assert found.is_honoured == is_honoured
    assert ids == {"operation-removed-after-deprecation" if is_honoured else "operation-removed"}
    assert verdict(lived(shop(), **life), tmp_path).is_exact


def test_CON_5_14_an_operation_that_was_deprecated_by_itself_may_go(tmp_path: Path) -> None:
    def painted(*routes: Route) -> Api:
        api = shop(routes=routes)
        return Api("acme", api.resources, [api.versions[0], Version(1)], prefix="/api", clock=api.clock)

    freeze(painted(Route("POST", "/wares/<int:id>/paint", deprecated=OLD)), Folder(tmp_path))
    (found,) = verdict(painted(), tmp_path).findings
    assert found.difference.id == "operation-removed-after-deprecation"


def test_CON_5_16_a_published_version_that_is_not_frozen_is_missing(tmp_path: Path) -> None:
    (found,) = [one for one in verdicts(shop(), Folder(tmp_path)) if one.version == "1"]
    assert found.missing == ("version 1 is published, and not frozen: run translayer freeze",)
    assert not found.is_honoured
    preview = verdicts(shop([Version(3, preview=True)]), Folder(tmp_path))
    assert [one.version for one in preview] == ["2", "1"]


def test_CON_5_16_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    freeze(shop(), Folder(tmp_path))
    (tmp_path / "v1" / "swagger.json").unlink()
    (sentence,) = verdict(shop(), tmp_path).missing
    assert sentence.endswith("v1/swagger.json is missing: run translayer freeze")


def shop_and(*resources: Resource) -> Api:
    """The shop with more resources."""
    whole = shop()
    return Api("acme", [*whole.resources, *resources], whole.versions, prefix="/api", clock=whole.clock)


class ShelfSchema(Schema):
    """A shelf."""

    id = fields.Integer()


SHELF = Resource("shelf", ShelfSchema, item="/shelves/<int:id>", item_methods=["GET"])


def test_CON_5_16_files_of_a_resource_that_is_new_are_not_missing(tmp_path: Path) -> None:
    freeze(shop(), Folder(tmp_path))
    found = verdict(shop_and(SHELF), tmp_path)
    assert (found.is_honoured, found.is_exact, found.missing) == (True, False, ())
    assert {"shelf.reply.json", "shelf.request.json"} <= set(found.stale)
    assert ("operation-added", "GET /shelves/{id}") in {(one.difference.id, one.about) for one in found.harmless}
    freeze(shop_and(SHELF), Folder(tmp_path))
    assert verdict(shop_and(SHELF), tmp_path).is_exact


@pytest.mark.parametrize("name", ("shelf.reply.json", "openapi.json"))
def test_CON_5_16_files_of_a_resource_that_was_frozen_are_missing(tmp_path: Path, name: str) -> None:
    freeze(shop_and(SHELF), Folder(tmp_path))
    (tmp_path / "v1" / name).unlink()
    (sentence,) = verdict(shop_and(SHELF), tmp_path).missing
    assert sentence.endswith(f"v1/{name} is missing: run translayer freeze")


def test_CON_5_16_a_preview_that_was_published_since_has_to_be_frozen_again(tmp_path: Path) -> None:
    freeze(shop([Version(3, preview=True)]), Folder(tmp_path))
    found = verdict(shop([Version(3)]), tmp_path, "3")
    assert "is published by now, and was frozen as a preview" in found.missing[0]


def test_CON_5_13_a_preview_may_differ_from_what_was_frozen(tmp_path: Path) -> None:
    freeze(shop([Version(3, preview=True)]), Folder(tmp_path))
    found = verdict(shop([Version(3, preview=True)], more={"colour": None}), tmp_path, "3")
    assert found.findings
    assert not found.breaches
    assert found.is_honoured


def test_CON_5_13_a_preview_may_have_what_was_not_frozen(tmp_path: Path) -> None:
    freeze(shop([Version(3, preview=True)]), Folder(tmp_path))
    (tmp_path / "v3" / "ware.reply.json").unlink()
    found = verdict(shop([Version(3, preview=True)]), tmp_path, "3")
    assert (found.is_honoured, found.missing, found.stale) == (True, (), ("ware.reply.json",))


def test_CON_5_13_a_published_version_that_is_a_preview_again_is_a_fault(tmp_path: Path) -> None:
    freeze(shop([Version(3)]), Folder(tmp_path))
    found = verdict(shop([Version(3, preview=True)]), tmp_path, "3")
    assert "a promise is not taken back" in found.faults[0]
    assert not found.is_honoured


def test_CON_5_16_a_published_version_that_the_index_does_not_name_is_told_with_what_breaks_it(tmp_path: Path) -> None:
    freeze(shop(), Folder(tmp_path))
    (tmp_path / INDEX).unlink()
    found = verdict(shop(named="nom"), tmp_path)
    assert found.missing[0].endswith("versions.json does not say so: run translayer freeze")
    assert found.breaches


def test_CON_5_16_a_published_version_that_the_code_does_not_know_is_a_fault(frozen: Path) -> None:
    found = verdict(without_the_first(), frozen)
    assert "the Api has no such version" in found.faults[0]
    assert not found.is_honoured
    withdrawn = without_the_first(withdrawn=[Version(1, sunset=date(2027, 1, 1))])
    assert [one.version for one in verdicts(withdrawn, Folder(frozen))] == ["2"]


def test_a_preview_that_the_code_does_not_know_is_nothing(tmp_path: Path) -> None:
    freeze(shop([Version(3, preview=True)]), Folder(tmp_path))
    assert [one.version for one in verdicts(shop(), Folder(tmp_path))] == ["2", "1"]


def test_a_frozen_file_that_cannot_be_read_is_a_fault_and_is_not_overwritten(tmp_path: Path) -> None:
    freeze(shop(), Folder(tmp_path))
    broken = tmp_path / "v1" / "openapi.json"
    broken.write_text("{")
    found = verdict(shop(), tmp_path)
    assert "openapi.json cannot be read" in found.faults[0]
    outcome = next(one for one in freeze(shop(), Folder(tmp_path)) if one.version == "1")
    assert outcome.deed == "refused"
    assert outcome.reason == found.faults[0]
    assert broken.read_text() == "{"


def test_CON_5_17_schemas_that_were_changed_by_hand_are_promises_too(tmp_path: Path) -> None:
    freeze(shop(), Folder(tmp_path))
    file = tmp_path / "v1" / "ware.reply.json"
    document = json.loads(file.read_text())
    document["$defs"]["Ware"]["required"].append("boxes")
    file.write_text(json.dumps(document))
    (breach,) = verdict(shop(), tmp_path).breaches
    assert breach.difference.id == "reply-field-became-optional"
    assert (breach.about, breach.source.endswith("ware.reply.json")) == ("WareSchema /boxes", True)


# Contracts from elsewhere


def test_CON_5_17_a_version_is_held_to_a_contract_from_elsewhere() -> None:
    api = shop()
    version = api.versions[1]
    for form in ("3.1", "2.0"):
        assert held_to(api, version, specification(api, "1", form), "ours.json").is_honoured
        other = shop(was=fields.String())
        found = held_to(other, other.versions[1], specification(api, "1", form), "ours.json")
        assert any(one.causes[0].text == WIDER for one in found.breaches)


@pytest.mark.parametrize(
    "draft", ("http://json-schema.org/draft-04/schema#", "https://json-schema.org/draft/2020-12/schema")
)
def test_CON_5_17_a_resource_is_held_to_a_json_schema(draft: str) -> None:
    api = shop()
    promise = {"$schema": draft, "type": "object", "properties": {"name": {"type": "integer"}}, "required": ["name"]}
    found = held_to(api, api.versions[1], promise, "name.json", ("ware", "reply"))
    assert {("reply-type-changed", "WareSchema /name")} <= {(one.difference.id, one.about) for one in found.breaches}
    assert "WaresHaveTitles" in found.breaches[0].causes[0].text


def test_what_is_in_no_operation_is_told_of_the_whole() -> None:
    api = shop()
    promise = {**specification(api, "1", "3.1"), "webhooks": {"sold": {}}}
    (breach,) = held_to(api, api.versions[1], promise, "ours.json").breaches
    assert (breach.difference.id, breach.about) == ("webhook-removed", "all of it")


def test_an_operation_that_nobody_moved_is_missing_today() -> None:
    api = shop()
    promise = specification(api, "1", "3.1")
    promise["paths"]["/offers"] = {"get": {"responses": {"200": {"description": "Done."}}}}
    (breach,) = held_to(api, api.versions[1], promise, "ours.json").breaches
    assert (breach.difference.id, breach.about) == ("operation-removed", "GET /offers")
    assert breach.causes[0].text == "no version tells of it: it is what today's code makes of GET /offers"


def test_a_parameter_that_asks_for_no_field_is_todays() -> None:
    api = shop()
    promise = specification(api, "1", "3.1")
    promise["paths"]["/goods"]["post"]["parameters"].append({"name": "dry", "in": "query", "schema": {}})
    (breach,) = held_to(api, api.versions[1], promise, "ours.json").breaches
    assert breach.about == "parameter dry"
    assert breach.causes[0].text == "no version tells of it: it is what today's code makes of parameter dry"


def test_a_contract_that_is_no_object_is_refused() -> None:
    api = shop()
    with pytest.raises(DeclarationError, match="a contract is an object"):
        held_to(api, api.versions[1], 5, "ours.json")


NAMES = {"type": "object", "properties": {"name": {"type": "integer"}}}


def test_CON_5_14_a_list_of_fields_is_changed_by_those_that_came_or_went(tmp_path: Path) -> None:
    def listing(**more: Any) -> Api:
        ware_schema = ware(box(), **more)

        class WaresHaveTitles(VersionChange):
            """A ware's name is called title."""

            schemas = {ware_schema: [rename("name", "title")]}

        resource = Resource("ware", ware_schema, item="/wares/<id>", item_methods=["GET"], query=Query(fields="fields"))
        return Api("acme", [resource], [Version(2, WaresHaveTitles), Version(1)])

    freeze(listing(), Folder(tmp_path))
    gone = told(verdict(listing(colour=None), tmp_path).breaches)
    assert (
        "request-enum-narrowed",
        "parameter fields",
        "no version tells of it: WareSchema has no field 'colour' today",
    ) in gone
    new = told(verdict(listing(size=fields.Integer()), tmp_path).harmless)
    assert (
        "request-enum-widened",
        "parameter fields",
        "no version changed it: WareSchema.size is so today",
    ) in new


def test_CON_5_17_contracts_of_the_authors_own_are_promises_too(tmp_path: Path) -> None:
    freeze(shop(), Folder(tmp_path / "schemas"))
    file = tmp_path / "ours.json"
    file.write_text(json.dumps(specification(shop(named="nom"), "1", "3.1")))
    whole = shop()
    cases: tuple[tuple[Any, str, bool], ...] = (
        (file, str(file), False),
        (str(file), str(file), False),
        (specification(whole, "1", "2.0"), "contract=", True),
        ({"ware": NAMES}, "contract= of ware", False),
        ({"ware": str(file)}, f"{file} of ware", True),  # which is a schema that says nothing
        ({"ware": True}, "contract= of ware", True),
        (tmp_path / "nowhere.json", str(tmp_path / "nowhere.json"), False),
        ({"nothing": NAMES}, "contract= of nothing", False),
    )
    for contract, source, honoured in cases:
        versions = [whole.versions[0], Version(1, contract=contract)]
        api = Api("acme", whole.resources, versions, prefix="/api", clock=whole.clock)
        (found,) = [one for one in verdicts(api, Folder(tmp_path / "schemas")) if one.against == source]
        assert (found.binding, found.is_honoured) == (True, honoured), found


# At start-up


def app(environ: Any, start_response: Any) -> list[bytes]:
    raise AssertionError("nobody calls it")


def test_CON_5_18_in_debug_a_broken_contract_is_an_error_when_the_layer_is_made(frozen: Path) -> None:
    Translayer(app, shop(frozen=frozen), debug=True)
    with pytest.raises(DeclarationError, match=r"published contracts are broken") as refusal:
        Translayer(app, shop(frozen=frozen, was=fields.String()), debug=True)
    assert WIDER in str(refusal.value)
    assert str(refusal.value).count("\n") == 2, "the same breach is told once"


def test_CON_5_18_what_is_told_is_bounded(frozen: Path) -> None:
    other = shop(frozen=str(frozen), url="/good", named="nom", envelope="data", was=fields.String())
    many = {f"field_{index}": fields.Integer(required=True) for index in range(30)}
    with pytest.raises(DeclarationError, match=r"and \d+ more"):
        Translayer(app, shop(frozen=str(frozen), more=many), debug=True)
    with pytest.raises(DeclarationError):
        Translayer(app, other, debug=True)


def test_CON_5_18_without_debug_nothing_is_read(tmp_path: Path) -> None:
    (tmp_path / "versions.json").write_text("{")
    Translayer(app, shop(frozen=tmp_path))
    with pytest.raises(DeclarationError, match=r"versions\.json"):
        Translayer(app, shop(frozen=tmp_path), debug=True)


def test_CON_5_18_a_folder_that_is_not_there_is_told_to_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "translayer"):
        Translayer(app, shop(frozen=tmp_path / "nowhere"), debug=True)
    assert "so that no contract is checked" in caplog.text


def test_CON_5_18_what_is_not_frozen_yet_stops_nobody(tmp_path: Path) -> None:
    Translayer(app, shop(frozen=tmp_path), debug=True)


@pytest.mark.parametrize("folder", ("", 1, b"schemas"))
def test_the_folder_is_a_path(folder: Any) -> None:
    with pytest.raises(DeclarationError, match="frozen is the path of a folder"):
        shop(frozen=folder)
