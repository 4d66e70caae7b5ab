"""What an API says of itself, and the examples of its documents, checked when it is made."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from translayer import Api, Info, Resource, Route, Version, VersionChange
from translayer.contract.examples import asked, told
from translayer.errors import DeclarationError
from translayer.operations import convert, rename

NONSENSE: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": " "}, "Info(title=' '): say it in a text"),
    "a title that is none": ({"title": None}, "Info(title=None)"),
    "an empty description": ({"title": "T", "description": ""}, "Info(description='')"),
    "a contact that is a text": ({"title": "T", "contact": "me"}, "is a mapping with some of email, name, url"),
    "a contact with more": ({"title": "T", "contact": {"phone": "1"}}, "is a mapping with some of email, name, url"),
    "a contact of no text": ({"title": "T", "contact": {"name": 1}}, "name=1 is no text"),
    "a contact that is nowhere": ({"title": "T", "contact": {"url": "x y"}}, "is no URL"),
    "a license without a name": ({"title": "T", "license": {"url": "https://x.example"}}, "a license has a name"),
    "an empty license": ({"title": "T", "license": ""}, "Info(license=None)"),
    "a license of both": (
        {"title": "T", "license": {"name": "MIT", "url": "https://x.example", "identifier": "MIT"}},
        "one or the other",
    ),
    "terms that are nowhere": ({"title": "T", "terms": "javascript:1"}, "is no link to a page"),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_info_that_makes_no_sense_is_refused_in_a_sentence(name: str) -> None:
    arguments, sentence = NONSENSE[name]
    with pytest.raises(DeclarationError) as raised:
        Info(**arguments)
    assert sentence in str(raised.value)


def test_info_is_a_value() -> None:
    contact = {"name": "Me"}
    one, other = (Info(title="T", contact=contact, license="MIT") for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    contact["name"] = "You"
    assert (one.contact, one.license) == ({"name": "Me"}, {"name": "MIT"})


class CarSchema(Schema):
    """A car."""

    id = fields.Integer(dump_only=True)
    doors = fields.Integer(required=True, validate=validate.Range(1))
    key = fields.String(load_only=True)
    made = fields.Date(dump_only=True)


class DoorsAreCounted(VersionChange):
    """Doors are counted, no longer spelt out."""

    schemas = {
        CarSchema: [
            convert("doors", len, lambda count: {2: "II", 3: "III"}[count], was=fields.String(required=True)),
            rename("built", "made"),
        ]
    }


def cars(examples: Any) -> Api:
    return Api(
        "acme", [Resource("car", CarSchema, "/cars", examples=examples)], [Version(2, DoorsAreCounted), Version(1)]
    )


def test_an_example_is_told_and_asked_in_every_version() -> None:
    example = {"id": 1, "doors": 3, "key": "k", "made": "2026-01-01"}
    api = cars([example])
    example["doors"] = 9
    (kept,) = api.resources[0].examples
    older, newest = (api.translation(CarSchema, position) for position in (1, 0))
    assert told(kept, older) == {"id": 1, "doors": "III", "built": "2026-01-01"}
    assert asked(kept, older) == {"doors": "III"}
    assert told(kept, newest) == {"id": 1, "doors": 3, "made": "2026-01-01"}
    assert kept["doors"] == 3


WRONG: dict[str, tuple[Any, str]] = {
    "not a list": ({"doors": 3}, "examples are a list of documents"),
    "not documents": ([3], "examples are a list of documents"),
    "not JSON": ([{"doors": {3}}], "has an example that is not JSON"),
    "an unknown field": ([{"doors": 3, "colour": "red"}], "version 2 has it, breaks its rules. /colour: This version"),
    "a rule": ([{"doors": 0}], "/doors: Must be greater than or equal to 1."),
    "a missing field": ([{}], "/doors: Missing data"),
    "what is read-only": ([{"doors": 3, "made": "yesterday"}], "/made: Not a valid date."),
    "an older version": ([{"doors": 4}], "as version 1 has it, cannot be told"),
}


@pytest.mark.parametrize("name", WRONG)
def test_CON_1_11_an_example_that_no_client_could_see_is_refused_at_construction(name: str) -> None:
    examples, sentence = WRONG[name]
    with pytest.raises(DeclarationError) as raised:
        cars(examples)
    assert sentence in str(raised.value)


@pytest.mark.parametrize("info", ("Things", {"title": "Things"}, False))
def test_an_api_takes_info_and_nothing_like_it(info: Any) -> None:
    with pytest.raises(DeclarationError, match=r"is Info\(…\)"):
        Api("acme", [Resource("car", CarSchema, "/cars")], [Version(1)], info=info)


@pytest.mark.parametrize("summary", ("", 3))
def test_a_summary_is_a_text(summary: Any) -> None:
    with pytest.raises(DeclarationError, match="says nothing in words"):
        Route("GET", "/cars/map", summary=summary)
