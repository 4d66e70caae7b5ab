"""Fields that are marked as links: how the mark travels, where it says nothing, and what it does outside of HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from translayer import Api, Resource, Translator, Version, VersionChange
from translayer.contract.lens import operations
from translayer.contract.links import Linked, within
from translayer.errors import DeclarationError
from translayer.operations import convert, flatten, map_values, move, nest, rename, unwrap, wrap

LINK = {"metadata": {"link": True}}


def text(**said: Any) -> fields.String:
    return fields.String(**LINK, **said)


def url(**said: Any) -> fields.Url:
    return fields.Url(relative=True, require_tld=False, **LINK, **said)


def links_of(schema: type[Schema], *told: Any) -> list[Linked]:
    """The steps of links in the older of two versions of a schema."""
    change = type("Changed", (VersionChange,), {"schemas": {schema: list(told)}})
    versions = [Version(2, change), Version(1)] if told else [Version(1)]
    api = Api("acme", [Resource("thing", schema, item="/things/<id>")], versions)
    translation = api.translation(schema, len(versions) - 1)
    lens = translation.chain.lenses[-1] if translation.linked else None
    return [] if lens is None else [part for part in operations(lens) if isinstance(part, Linked)]


def names(found: list[Linked]) -> list[str]:
    return sorted(link.name[0] for link in found)


class PartSchema(Schema):
    made_by = text()
    note = fields.String()


class Older(Translator):
    class schema(Schema):
        page = text()

    def upgrade(self, document: Any) -> Any:
        return {"a": document["page"]}

    def downgrade(self, document: Any) -> Any:
        return {"page": document["a"]}


@pytest.mark.parametrize(
    ("members", "told", "found"),
    (
        ({"a": text(), "b": fields.String()}, [], ["a"]),
        ({"a": url(), "b": fields.Raw(**LINK)}, [], ["a", "b"]),
        ({"a": fields.Function(lambda thing: "/things/1", **LINK)}, [], ["a"]),
        ({"a": fields.List(text()), "b": fields.Dict(values=url())}, [], ["a", "b"]),
        ({"a": fields.List(fields.List(text()))}, [], ["a"]),
        ({"a": fields.String(metadata={"link": False})}, [], []),
        ({"p": fields.Nested(PartSchema)}, [], ["made_by"]),
        ({"p": fields.List(fields.Nested(PartSchema))}, [], ["made_by"]),
        ({"p": fields.Dict(values=fields.Nested(PartSchema))}, [], ["made_by"]),
        ({"p": fields.Nested(PartSchema(only=("note",)))}, [], []),
        ({"made_by": text(), "b": text()}, [flatten("p", "made_by")], ["b", "made_by"]),
        ({"o": fields.Nested(PartSchema)}, [nest("made_by", under="o")], ["made_by"]),
        ({"a": text()}, [rename("self", "a")], ["self"]),
        ({"o": fields.Nested(PartSchema)}, [move("maker", "o.made_by")], ["maker"]),
        ({"a": fields.List(text())}, [wrap("a")], ["a"]),
        ({"a": text(allow_none=True)}, [unwrap("a")], ["a"]),
        ({"a": text()}, [convert("a", str, str)], ["a"]),
        ({"a": text()}, [convert("a", str, str, was=fields.String())], []),
        ({"a": fields.String()}, [convert("a", str, str, was=text())], ["a"]),
        ({"a": text(validate=validate.OneOf(["/x"]))}, [map_values("a", {"/y": "/x"})], ["a"]),
        ({"a": text()}, [Older], ["page"]),
    ),
)  # fmt: skip
def test_RTE_3_3_the_mark_travels_with_the_field(members: Any, told: Any, found: list[str]) -> None:
    assert names(links_of(Schema.from_dict(members, name="ThingSchema"), *told)) == found


def test_RTE_3_3_a_schema_may_contain_itself() -> None:
    class TreeSchema(Schema):
        page = text()
        children = fields.List(fields.Nested(lambda: TreeSchema()))

    class BareSchema(Schema):
        children = fields.List(fields.Nested(lambda: BareSchema()))

    assert names(links_of(TreeSchema, rename("self", "page"))) == ["self"]
    assert links_of(BareSchema) == []


@pytest.mark.parametrize(
    ("field", "said"),
    (
        (fields.Integer(**LINK), "marked as a link, and is no text"),
        (fields.Boolean(**LINK), "marked as a link, and is no text"),
        (fields.Dict(**LINK), "marked as a link, and is no text"),
        (fields.List(fields.String(), **LINK), "mark the field of the URL itself"),
        (fields.Dict(values=fields.String(), **LINK), "mark the field of the URL itself"),
        (fields.Nested(PartSchema, **LINK), "mark the field of the URL itself"),
        (fields.String(metadata={"link": "self"}), "says link='self' in its metadata"),
    ),
)
def test_TRN_2_7_a_mark_that_says_nothing_is_refused(field: Any, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        links_of(Schema.from_dict({"a": field}, name="ThingSchema"))


class WebPageSchema(Schema):
    page = text()
    others = fields.List(text())


class PagesAreNamed(VersionChange):
    """A thing's `self` is called `page`."""

    schemas = {WebPageSchema: [rename("self", "page")]}


def test_RTE_3_3_outside_of_http_a_link_is_what_it_is() -> None:
    api = Api("acme", [Resource("page", WebPageSchema, item="/things/<id>")], [Version(2, PagesAreNamed), Version(1)])
    document = {"self": "/api/v1/things/1", "others": ["/things/2"]}
    newer = api.translate(document, "page", from_version=1, to_version=2)
    assert newer == {"page": "/api/v1/things/1", "others": ["/things/2"]}
    assert api.translate(newer, "page", from_version=2, to_version=1) == document
    told = api.explain(newer, "page", from_version=2, to_version=1)
    assert told.result == document
    assert [step.origin.operation for step in told.steps] == ["Rename", "Declared"]
    translation = api.translation(WebPageSchema, 1)
    assert translation.upgrade(document, newer) == newer
    assert translation.client_path(("others", 0)) == ("others", 0)
    assert translation.chain.newer_path(("others", 0)) == ("others", 0)


@pytest.mark.parametrize(("read_only", "loses"), ((True, False), (False, True)))
def test_RTE_3_6_only_links_that_clients_may_write_are_read_first(read_only: bool, loses: bool) -> None:
    schema = Schema.from_dict({"a": fields.String(), "self": text(dump_only=read_only)}, name="ThingSchema")
    api = Api("acme", [Resource("thing", schema, item="/things/<id>")], [Version(1)])
    assert api.translation(schema, 0).linked
    assert api.translation(schema, 0).loses is loses


def test_links_are_those_of_a_request_only_while_it_is_worked_on() -> None:
    class Shouted:
        def outward(self, link: str) -> str:
            return link.upper()

        def inward(self, link: str) -> str:
            return link.lower()

    link = Linked(("a",))
    assert within(Shouted(), link.get, {"a": "x"}) == {"a": "X"}
    assert within(None, link.get, {"a": "x"}) == link.get({"a": "x"}) == {"a": "x"}
    with pytest.raises(ZeroDivisionError):
        within(Shouted(), lambda: 1 // 0)
    assert link.put({"a": "X"}, {"a": "y"}) == {"a": "X"}
