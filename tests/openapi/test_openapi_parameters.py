"""Parameters: what stands in URLs, by the converters of rules and by the fields that describe it."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from translayer import Api, Query, Resource, Version
from translayer.openapi.parameters import header_parameters, query_parameters
from translayer.openapi.paths import template

TEXT = {"type": "string", "minLength": 1}
CONVERTERS: dict[str, dict[str, Any]] = {
    "<x>": TEXT,
    "<default:x>": TEXT,
    "<string(length=3):x>": {"type": "string", "minLength": 3, "maxLength": 3},
    "<string(2, 5):x>": {"type": "string", "minLength": 2, "maxLength": 5},
    "<string(maxlength=5):x>": {"type": "string", "minLength": 1, "maxLength": 5},
    "<path:x>": TEXT,
    "<any(a, 'b c'):x>": {"type": "string", "enum": ["a", "b c"]},
    "<int:x>": {"type": "integer", "minimum": 0},
    "<int(min=2, max=9):x>": {"type": "integer", "minimum": 2, "maximum": 9},
    "<int(signed=True):x>": {"type": "integer"},
    "<int(4):x>": {"type": "integer", "minimum": 0},
    "<float:x>": {"type": "number", "minimum": 0},
    "<float(0.5, 1.5):x>": {"type": "number", "minimum": 0.5, "maximum": 1.5},
    "<uuid:x>": {"type": "string", "format": "uuid"},
}


@pytest.mark.parametrize("variable", CONVERTERS)
def test_a_variable_is_what_its_converter_takes(variable: str) -> None:
    found = template(f"/a/{variable}/b")
    assert found.text == "/a/{x}/b"
    assert found.nameless == "/a/{}/b"
    assert [(one.name, one.schema) for one in found.variables] == [("x", CONVERTERS[variable])]


def test_variables_can_have_other_names() -> None:
    found = template("/a/<int:x>-<y>").named(("p", "q"))
    assert found.text == "/a/{p}-{q}"
    assert [one.name for one in found.variables] == ["p", "q"]


class ParcelSchema(Schema):
    """A parcel."""

    size = fields.Integer(dump_only=True, allow_none=True, metadata={"description": "In litres.", "deprecated": None})
    kind = fields.String(load_default="box", validate=[validate.OneOf(["box", "bag"]), validate.Length(2)])


def told(query: Query, *, many: bool = True) -> list[dict[str, Any]]:
    api = Api("acme", [Resource("parcel", ParcelSchema, "/parcels", query=query)], [Version(1)])
    return list(query_parameters(api.grammar(api.tables[0][0].route, 0), many=many))


def test_filters_have_values_of_their_fields_and_paging_what_describes_it() -> None:
    query = Query(filters=["size", "kind"], paging=["cursor"], others={"verbose": fields.Boolean(load_default=False)})
    assert told(query) == [
        {"name": "size", "in": "query", "description": "In litres.", "schema": {"type": "integer"}},
        {"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["box", "bag"]}},
        {"name": "cursor", "in": "query", "schema": {}},
        {"name": "verbose", "in": "query", "schema": {"default": False, "type": "boolean"}},
    ]
    assert [one["name"] for one in told(query, many=False)] == ["verbose"]


def test_lists_of_names_are_divided_by_commas() -> None:
    sort, shown = told(Query(sort="sort", fields="fields"))
    assert sort["schema"]["items"] == {"type": "string", "enum": ["size", "-size", "kind", "-kind"]}
    assert shown["schema"]["items"] == {"type": "string", "enum": ["size", "kind"]}
    assert [one["name"] for one in told(Query(sort="sort", fields="fields"), many=False)] == ["fields"]


class SealedSchema(Schema):
    """Nothing to sort by."""

    parts = fields.List(fields.Dict())


def test_where_there_is_nothing_to_name_nothing_is_listed() -> None:
    api = Api("acme", [Resource("sealed", SealedSchema, "/sealed", query=Query(sort="sort"))], [Version(1)])
    (sort,) = query_parameters(api.grammar(api.tables[0][0].route, 0), many=True)
    assert sort["schema"] == {"type": "array", "items": {"type": "string"}}
    assert list(query_parameters(None, many=True)) == []


@pytest.mark.parametrize("name", ("paging", "others"))
def test_what_describes_a_parameter_is_a_field(name: str) -> None:
    described: dict[str, Any] = {name: {"page": int}}
    with pytest.raises(ValueError, match="'page' is described by a marshmallow field"):
        Query(**described)


@pytest.mark.parametrize("header", (True, False))
def test_the_version_s_header_is_told_where_it_means_something(header: bool) -> None:
    parcel = Resource("parcel", ParcelSchema, item="/parcels/<id>", item_methods=["GET"])
    api = Api("acme", [parcel], [Version(1)], header=header)
    (route,) = parcel.all_routes()
    named = [one["name"] for one in header_parameters(api, route, 0)]
    assert named == ["X-Api-Version", "If-None-Match"][not header :]
