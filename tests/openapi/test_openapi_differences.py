"""Differences between contracts: each kind that is not of schemas by a case, and what the page about them says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.openapi.test_openapi_model import OPENAPI, SWAGGER
from translayer.document.values import ABSENT
from translayer.openapi.difference_table import DIFFERENCES
from translayer.openapi.differences import differences
from translayer.openapi.model import Contract

PAGE = Path(__file__).parents[2] / "docs" / "differences.md"

JSON = "application/json"
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer"}}


def get(**said: Any) -> dict[str, Any]:
    """A document with one operation."""
    return {"openapi": "3.1.0", "paths": {"/pets": {"get": said}}}


def post(**body: Any) -> dict[str, Any]:
    return get(requestBody={"content": {JSON: {"schema": {"type": "object"}}}} | body)


def query(**said: Any) -> dict[str, Any]:
    return get(parameters=[LIMIT | said])


def reply(status: str = "200", **said: Any) -> dict[str, Any]:
    return get(responses={status: said})


def header(**said: Any) -> dict[str, Any]:
    return reply(headers={"X-Left": {"schema": {"type": "integer"}} | said})


NONE: dict[str, Any] = {"openapi": "3.1.0", "paths": {}}
OLD = {"deprecated": True}
ENDED, ENDING, LATER = ({"deprecated": True, "x-sunset": day} for day in ("2026-01-01", "2026-07-01", "2027-01-01"))

CASES = [
    # Promised, actual, and what is told, once they are swapped too.
    (NONE, get(), ["operation-added"], ["operation-removed"]),
    (NONE, get(**OLD), ["operation-added"], ["operation-removed-after-deprecation"]),
    (NONE, get(**ENDED), ["operation-added"], ["operation-removed-after-deprecation"]),
    (NONE, get(**ENDING), ["operation-added"], ["operation-removed-before-sunset"]),
    (NONE, get(**OLD, **{"x-sunset": "soon"}), ["operation-added"], ["operation-removed-before-sunset"]),
    (get(operationId="a"), get(), ["operation-id-changed"], ["operation-id-changed"]),
    (NONE, NONE | {"webhooks": {"a": {}}}, ["webhook-added"], ["webhook-removed"]),
    (NONE | {"webhooks": {"a": {}}}, NONE | {"webhooks": {"a": {}}}, [], []),
    # Life
    (get(), get(**OLD), ["deprecated"], ["no-longer-deprecated"]),
    (get(), get(**ENDING), ["deprecated", "sunset-set"], ["no-longer-deprecated"]),
    (get(**OLD), get(**ENDED), ["sunset-too-early"], ["sunset-removed"]),
    (get(**OLD), get(**OLD, **{"x-sunset": "soon"}), ["sunset-unreadable"], ["sunset-removed"]),
    (get(**ENDING), get(**LATER), ["sunset-later"], ["sunset-earlier"]),
    (get(**OLD, **{"x-sunset": "2026-07-01T23:00:00-02:00"}), get(**ENDING), ["sunset-earlier"], ["sunset-later"]),
    (get(**OLD, **{"x-sunset": 3}), get(**OLD), [], []),
    (query(), query(**ENDING), ["deprecated", "sunset-set"], ["no-longer-deprecated"]),
    # Security
    (get(), get(security=[{"key": []}]), ["security-added"], ["security-removed"]),
    (
        get(security=[{"key": ["a"]}]),
        get(security=[{"key": ["a", "b"]}]),
        ["security-removed", "security-added"],
        ["security-removed", "security-added"],
    ),
    # Parameters
    (get(), query(), ["parameter-added"], ["parameter-removed"]),
    (get(), query(required=True), ["parameter-added-required"], ["parameter-removed"]),
    (get(), query(**ENDED), ["parameter-added"], ["parameter-removed-after-deprecation"]),
    (get(), query(**LATER), ["parameter-added"], ["parameter-removed-before-sunset"]),
    (query(), query(required=True), ["parameter-became-required"], ["parameter-became-optional"]),
    (
        {"openapi": "3.1.0", "paths": {"/pets/{id}": {"get": {"parameters": [ID]}}}},
        {"openapi": "3.1.0", "paths": {"/pets/{pet}": {"get": {"parameters": [ID | {"name": "pet"}]}}}},
        ["parameter-renamed"],
        ["parameter-renamed"],
    ),
    (
        get(parameters=[{"name": "X-Id", "in": "header"}]),
        get(parameters=[{"name": "x-id", "in": "header", "schema": {}}]),
        [],
        [],
    ),
    (
        get(parameters=[ID]),
        get(parameters=[ID | {"name": "pet"}]),
        ["parameter-removed", "parameter-added-required"],
        ["parameter-removed", "parameter-added-required"],
    ),
    (
        query(schema={"type": "array"}),
        query(schema={"type": "array"}, explode=False),
        ["parameter-style-changed"],
        ["parameter-style-changed"],
    ),
    (
        query(schema=True),
        query(schema=True, style="deepObject"),
        ["parameter-style-changed"],
        ["parameter-style-changed"],
    ),
    (query(), query(explode=False), [], []),
    (query(schema={"default": 1}), query(schema={}), ["parameter-default-removed"], ["parameter-default-added"]),
    (
        query(schema={"default": 1}),
        query(schema={"default": 2}),
        ["parameter-default-changed"],
        ["parameter-default-changed"],
    ),
    (query(), query(schema={"type": "string"}), ["request-type-widened"], ["request-type-narrowed"]),
    (
        query(content={JSON: {"schema": {"type": "integer"}}}),
        query(content={JSON: {"schema": {"type": "string"}}}),
        ["request-type-changed"],
        ["request-type-changed"],
    ),
    # Bodies
    (get(), post(), ["request-body-added"], ["request-body-removed"]),
    (get(), post(required=True), ["request-body-added-required"], ["request-body-removed"]),
    (post(), post(required=True), ["request-body-became-required"], ["request-body-became-optional"]),
    (
        post(),
        post(content={JSON: {"schema": {"type": "object"}}, "text/csv": {}}),
        ["request-media-type-added"],
        ["request-media-type-removed"],
    ),
    (
        post(),
        post(content={"application/*": {"schema": {"type": "array"}}}),
        ["request-type-changed"],
        ["request-media-type-removed", "request-media-type-added"],
    ),
    (post(), post(content={JSON: {}}), ["request-type-widened"], ["request-type-narrowed"]),
    # Replies
    (get(), reply(), ["reply-status-added"], ["reply-status-removed"]),
    (get(), reply("default"), ["reply-error-added"], ["reply-error-removed"]),
    (get(), reply("404"), ["reply-error-added"], ["reply-error-removed"]),
    (reply("201"), reply("2XX"), [], ["reply-status-removed", "reply-status-added"]),
    (reply("201"), reply("default"), [], ["reply-error-removed", "reply-status-added"]),
    (reply(), reply(content={JSON: {}}), ["reply-media-type-added"], ["reply-media-type-removed"]),
    (reply(), header(), ["reply-header-added"], ["reply-optional-header-removed"]),
    (reply(), header(required=True), ["reply-header-added"], ["reply-header-removed"]),
    (header(), header(required=True), ["reply-header-became-required"], ["reply-header-became-optional"]),
    (header(), header(schema={"type": "string"}), ["reply-type-widened"], ["reply-type-narrowed"]),
    (
        reply(content={JSON: {"schema": {"type": "string"}}}),
        reply(content={JSON: {"schema": {"type": "null"}}}),
        ["reply-became-nullable", "reply-type-narrowed"],
        ["reply-became-not-nullable", "reply-type-widened"],
    ),
]

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize("promised, actual, there, back", CASES)
def test_CON_5_1_each_difference_has_a_stable_id(promised, actual, there, back):
    one, other = Contract.of(promised), Contract.of(actual)
    assert [found.id for found in differences(one, other, on=TODAY)] == there
    assert [found.id for found in differences(other, one, on=TODAY)] == back


def test_every_kind_of_difference_has_a_case():
    told = {id_ for case in CASES for id_ in (*case[2], *case[3])}
    of_schemas = re.compile("(request|reply)-(?!body|media|status|error|header)")
    elsewhere = {"server-changed"}  # of which test_openapi_servers tells
    assert {id_ for id_ in DIFFERENCES if not of_schemas.match(id_)} - elsewhere == {
        id_ for id_ in told if not of_schemas.match(id_)
    }


@pytest.mark.parametrize("document", (SWAGGER, OPENAPI))
def test_CON_5_2_a_contract_has_no_difference_from_itself(document):
    assert differences(Contract.of(document), Contract.of(document)) == ()


def test_CON_5_7_what_is_gone_is_no_break_once_its_sunset_is_over():
    one, other = Contract.of(get(**ENDING)), Contract.of(NONE)
    for on, breaking in ((None, True), (date(2026, 6, 30), True), (date(2026, 7, 1), False)):
        (found,) = differences(one, other, on=on)
        assert found.breaking is breaking
    assert [found.id for found in differences(Contract.of(get(**OLD)), Contract.of(get(**ENDED)))] == ["sunset-set"]


def test_a_difference_tells_its_operation_its_place_and_both_sides():
    one = reply(content={JSON: {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}})
    two = reply(content={JSON: {"schema": {"type": "object", "properties": {"a": {"type": "integer"}}}}})
    (found,) = differences(Contract.of(one), Contract.of(two))
    assert found.operation == "GET /pets"
    assert found.pointer == "/paths/~1pets/get/responses/200/content/application~1json/schema/properties/a"
    assert (found.path, found.direction, found.breaking) == (("a",), "reply", True)
    assert (found.promised, found.actual) == ("string", "integer")
    assert (
        found.sentence
        == "The type of “a” in the reply 200 of GET /pets is another: string was promised, and it is integer."
    )
    (found,) = differences(Contract.of(NONE), Contract.of(get()))
    assert (found.pointer, found.promised, found.actual) == ("/paths/~1pets/get", ABSENT, "/pets")
    assert found.sentence == "GET /pets is new."


def test_a_body_in_two_media_types_is_told_in_each():
    def both(type_: str) -> Contract:
        return Contract.of(reply(content={media: {"schema": {"type": type_}} for media in (JSON, "text/csv")}))

    told = [found.sentence for found in differences(both("string"), both("integer"))]
    assert [re.findall("as (application/json|text/csv)", sentence) for sentence in told] == [[JSON], ["text/csv"]]


def test_a_contract_of_one_version_of_openapi_is_compared_with_one_of_another():
    assert [found.id for found in differences(Contract.of(SWAGGER), Contract.of(OPENAPI)) if found.breaking] == []


# The page


def test_the_page_lists_every_difference_and_what_it_does():
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (\w+) \| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    every = {
        kind.id: (kind.category, kind.direction or "both", "breaking" if kind.breaking else "no")
        for kind in DIFFERENCES.values()
    }
    assert {id_: (category, direction, breaking) for id_, category, direction, breaking in rows} == every
    assert len(rows) == len(every)
