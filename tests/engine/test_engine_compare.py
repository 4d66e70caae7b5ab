"""Two versions side by side: the facts, the page, and documents that are translated in place."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from marshmallow import Schema, fields, validate
from things import VERSIONS, Script, make_api
from werkzeug.test import Client

from translayer import Limits, Resource, Translayer, Version, VersionChange
from translayer.engine.pages.fields import described
from translayer.engine.pages.html import sentence
from translayer.engine.pages.sample import sample
from translayer.operations import add, convert, map_values, nest, remove, rename, split

HTML = {"Accept": "text/html"}
FORM = "application/x-www-form-urlencoded"


class PersonToCompareSchema(Schema):
    """Who it is about."""

    first = fields.String(required=True)
    last = fields.String(required=True)


class OrderToCompareSchema(Schema):
    """An order."""

    id = fields.Integer(dump_only=True)
    secret = fields.String(load_only=True)
    size = fields.Integer(required=True, validate=validate.Range(1, 9))
    state = fields.String(validate=validate.OneOf(["new", "paid"]), dump_default="new")
    person = fields.Nested(PersonToCompareSchema, required=True)
    notes = fields.List(fields.String())
    weight = fields.String()
    tables = fields.Dict(keys=fields.String(), values=fields.Nested(PersonToCompareSchema))
    parent = fields.Nested(lambda: OrderToCompareSchema(only=("id", "parent")), allow_none=True)


def kilograms(text: str) -> int:
    return int(text.removesuffix("kg"))


class OrdersAreSpeltOut(VersionChange):
    """`qty` is called `size`; <b>no</b> notes before."""

    schemas = {
        OrderToCompareSchema: [
            rename("qty", "size"),
            add("notes"),
            map_values("state", {"open": "new", "done": "paid"}),
            convert("weight", lambda number: f"{number}kg", kilograms, was=fields.Integer()),
        ],
        PersonToCompareSchema: [split("name", into=("first", "last"), by=" ")],
    }


class OrdersHavePersons(VersionChange):
    """A person is an object."""

    schemas = {OrderToCompareSchema: [nest("person_name", under="person")]}


ORDER = Resource("order", OrderToCompareSchema, "/orders", "/orders/<int:id>")
EXAMPLE = {
    "id": 7,
    "size": 2,
    "state": "paid",
    "person": {"first": "Ada", "last": "Lovelace"},
    "notes": ["</textarea><script>alert(1)</script>"],
    "weight": "3kg",
}
OF_1 = {"id": 7, "qty": 2, "state": "done", "person": {"name": "Ada Lovelace"}, "weight": 3}
SHOWN = Resource("order", OrderToCompareSchema, "/orders", "/orders/<int:id>", examples=[EXAMPLE])


def api(*resources: Resource, **options: Any) -> Any:
    versions = [Version(2, OrdersAreSpeltOut), Version(1)]
    return make_api(**{"resources": resources or [SHOWN], "versions": versions, **options})


class Reader(HTMLParser):
    """The tags of a page with their attributes, and its texts; what stands in a text box is by its name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.boxes: dict[str, str] = {}
        self._box = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "textarea":
            self._box = str(dict(attrs)["name"])
            self.boxes[self._box] = ""

    def handle_endtag(self, tag: str) -> None:
        self._box = "" if tag == "textarea" else self._box

    def handle_data(self, data: str) -> None:
        if self._box:
            self.boxes[self._box] += data
        else:
            self.texts.append(data)


def test_CON_3_4_a_comparison_says_what_changed_what_differs_and_shows_a_document_in_both(serve: Any) -> None:
    app = Script()
    reply = serve(app, api()).get("/api/v2/compare?with=1")
    assert (reply.status_code, reply.content_type) == (200, "application/json")
    told = reply.json
    assert (told["older"], told["newer"]) == ("1", "2")
    (change,) = told["changes"]
    assert (change["version"], change["title"]) == ("2", "`qty` is called `size`; <b>no</b> notes before.")
    assert "`qty` is called `size`." in change["sentences"]
    (order,) = told["resources"]
    assert order["name"] == "order"
    assert order["example"] == {"1": OF_1, "2": EXAMPLE}
    beside = [(_name(row["older"]), _name(row["newer"])) for row in order["fields"]]
    assert beside == [
        ("id", "id"),
        ("qty", "size"),
        ("state", "state"),
        ("person", "person"),
        ("person.name", "person.first"),
        ("person.name", "person.last"),
        (None, "notes"),
        ("weight", "weight"),
        ("tables", "tables"),
        ("tables.*", "tables.*"),
        ("tables.*.name", "tables.*.first"),
        ("tables.*.name", "tables.*.last"),
        ("parent", "parent"),
        ("parent.id", "parent.id"),
        ("parent.parent", "parent.parent"),
        ("secret", "secret"),
    ]
    kinds = {(one["direction"], one["breaking"]) for one in order["differences"]}
    assert ("reply", True) in kinds
    assert {"id", "operation", "pointer", "place", "direction", "breaking", "sentence", "told_by"} == set(
        order["differences"][0]
    )
    gone = next(one for one in order["differences"] if one["place"] == "/qty")
    assert (gone["id"], gone["told_by"]) == ("reply-field-removed", ["`qty` is called `size`."])
    assert app.asked == []


def _name(field: Any) -> Any:
    return None if field is None else field["field"]


def test_CON_3_4_operations_that_came_and_went_are_told(serve: Any) -> None:
    told = serve(Script(), make_api()).get("/api/v3/compare?with=2").json
    assert any("/objects" in one["operation"] for one in told["differences"])
    assert [change["version"] for change in told["changes"]] == ["3"]
    assert [
        change["version"] for change in serve(Script(), make_api()).get("/api/v1/compare?with=3").json["changes"]
    ] == [
        "3",
        "2",
    ]


def test_CON_3_4_a_version_beside_itself_is_no_different(serve: Any) -> None:
    client = serve(Script(), make_api(versions=[Version(1)]))
    told = client.get("/api/v1/compare").json
    assert (told["older"], told["newer"], told["changes"], told["differences"]) == ("1", "1", [], [])
    text = client.get("/api/v1/compare?with=1", headers=HTML).text
    assert "Nothing changed between version 1 and version 1." in text
    assert "There is no difference." in text


@pytest.mark.parametrize(
    "url, pair",
    (
        ("/api/v3/compare", ("2", "3")),
        ("/api/v2/compare", ("1", "2")),
        ("/api/v1/compare", ("1", "2")),
        ("/api/v1/compare?with=3", ("1", "3")),
        ("/api/v3/compare?with=1&of=3", ("1", "3")),
        ("/api/v2/compare?with=1&something=else", ("1", "2")),
    ),
)
def test_CON_3_5_both_versions_are_chosen_in_the_url(serve: Any, url: str, pair: tuple[str, str]) -> None:
    told = serve(Script(), make_api()).get(url).json
    assert (told["older"], told["newer"]) == pair


def test_CON_3_5_what_was_compared_before_is_not_told_of_others(serve: Any) -> None:
    client = serve(Script(), make_api())
    asked = [("3", "1"), ("2", "1"), ("3", "2"), ("3", "1")]
    told = [client.get(f"/api/v{newer}/compare?with={older}").json for newer, older in asked]
    assert [(one["newer"], one["older"]) for one in told] == asked


@pytest.mark.usefixtures("lint_is_wrong_about_location")
def test_CON_3_5_another_first_version_is_found_at_its_own_url(serve: Any) -> None:
    client = serve(Script(), make_api())
    reply = client.get("/api/v2/compare?of=3&with=1")
    assert (reply.status_code, reply.headers["Location"]) == (303, "../v3/compare?with=1")
    assert client.get("/api/v2/compare?of=1").headers["Location"] == "../v1/compare?with=2"


@pytest.mark.parametrize("query", ("with=9", "of=9", "with=", "with=%ff", "of=3&with=9", "with=<script>"))
def test_CON_3_5_a_version_that_is_not_seen_is_unknown(serve: Any, query: str) -> None:
    versions = [Version(9, preview=True), *VERSIONS]
    reply = serve(Script(), make_api(versions=versions)).get(f"/api/v2/compare?{query}", headers=HTML)
    assert (reply.status_code, reply.json["error"]["error"]) == (404, "UNKNOWN_VERSION")
    assert "<script" not in reply.text


def test_CON_3_6_the_page_runs_nothing_and_is_whole_without_a_script(serve: Any) -> None:
    reply = serve(Script(), api()).get("/api/v2/compare?with=1", headers=HTML)
    assert reply.content_type == "text/html; charset=utf-8"
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/]{43}='; img-src data:; form-action 'self'; base-uri 'none'; "
        r"frame-ancestors 'none'",
        reply.headers["Content-Security-Policy"],
    )
    page = Reader(reply.text)
    assert not {"script", "img", "iframe"} & {tag for tag, _ in page.tags}
    assert not {name for _, attributes in page.tags for name in attributes if name == "style" or name.startswith("on")}
    labels = {attributes["for"] for tag, attributes in page.tags if tag == "label"}
    asked_for = {attributes.get("id") for tag, attributes in page.tags if tag in ("select", "textarea")}
    assert labels == asked_for
    assert {"What changed", "Resource order", "Operations", "compatible", "breaking"} <= set(page.texts)
    assert '"qty": 2' in page.boxes["older"]
    assert '"size": 2' in page.boxes["newer"]
    assert "</textarea><script>" in page.boxes["newer"]


class OddSchema(Schema):
    """An <i>odd</i> one."""

    name = fields.String(data_key='"><script>alert(1)</script>', validate=validate.OneOf(["</table><script>", "&amp;"]))
    other = fields.String(required=True, data_key="a'b`c")


class OddOnesAreOdder(VersionChange):
    """<script>alert(2)</script> and an open ` backtick."""

    schemas = {OddSchema: [add("a'b`c", default="</textarea><script>alert(3)</script>")]}


def test_CON_3_6_whatever_authors_and_clients_name_is_text_in_the_page(serve: Any) -> None:
    odd = Resource('odd"><script>', OddSchema, "/odds")
    client = serve(Script(), make_api(resources=[odd], versions=[Version(2, OddOnesAreOdder), Version(1)]))
    typed = '{"a\'b`c": "</textarea><script>alert(4)</script>"'
    form = sent("newer", typed, 'odd"><script>')
    shown = client.get("/api/v2/compare", headers=HTML), "</table><script>"
    for reply, text in (shown, (client.post("/api/v2/compare", **form, headers=HTML), typed)):
        assert reply.status_code == 200
        page = Reader(reply.text)
        assert "script" not in {tag for tag, _ in page.tags}
        assert "<script" not in reply.text
        assert 'Resource odd"><script>' in page.texts
        assert text in page.boxes["newer"]


# Documents


def sent(side: str, text: Any, resource: str = "order") -> dict[str, Any]:
    return {"data": urlencode({"resource": resource, side: text, "from": side}), "content_type": FORM}


def test_CON_3_7_a_document_of_either_version_is_shown_in_the_other(serve: Any) -> None:
    client = serve(Script(), api())
    reply = client.post("/api/v2/compare?with=1", **sent("older", '{"qty": 5, "state":\r\n"open"}'))
    assert reply.json["translation"] == {
        "resource": "order",
        "from": "older",
        "document": {"size": 5, "state": "new"},
        "error": None,
        "details": [],
    }
    assert reply.headers["Cache-Control"] == "no-store"
    assert "ETag" not in reply.headers
    there = client.post("/api/v1/compare?with=2", **sent("newer", '{"size": 4, "weight": "8kg"}'), headers=HTML)
    page = Reader(there.text)
    assert page.boxes["newer"].lstrip("\n") == '{"size": 4, "weight": "8kg"}'
    assert page.boxes["older"].lstrip("\n") == '{\n  "qty": 4,\n  "weight": 8\n}'


DEEP = "[" * 100 + "]" * 100


@pytest.mark.parametrize(
    "side, text, sentence_, places",
    (
        ("older", "", "The body is empty.", []),
        ("older", "{", "The body is not JSON", []),
        ("older", '{"qty": 1, "qty": 2}', 'The member "qty" at', []),
        ("older", DEEP, "The body nests more than 64 levels.", []),
        ("older", "[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1]", "The body holds more than 20 values.", []),
        ("older", "[]", "The document breaks rules", [""]),
        ("older", '{"state": "<lost>"}', "The document breaks rules", ["/state"]),
        ("newer", '{"state": "lost"}', "The document has no form in the other version.", ["/state"]),
        ("newer", '{"weight": "heavy"}', "The document has no form in the other version.", ["/weight"]),
    ),
)
def test_CON_3_8_what_is_wrong_with_a_document_is_told_in_place(
    serve: Any, side: str, text: str, sentence_: str, places: list[str]
) -> None:
    client = serve(Script(), api(limits=Limits(values=20)))
    told = client.post("/api/v2/compare", **sent(side, text)).json["translation"]
    assert told["document"] is None
    assert told["error"].startswith(sentence_)
    assert [one["pointer"] for one in told["details"]] == places
    page = Reader(client.post("/api/v2/compare", **sent(side, text), headers=HTML).text)
    assert page.boxes[side].removeprefix("\n") == text
    assert told["error"] in page.texts
    assert {place or "the whole document" for place in places} <= set(page.texts)


@pytest.mark.parametrize(
    "body, media, status, code",
    (
        (b"from=older&older={}&resource=order", "application/json", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"from=older&older={}&resource=order", "rubbish", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"from=older&older={}&resource=lost", FORM, 400, "INVALID_PARAMETER"),
        (b"from=older&older={}", FORM, 400, "INVALID_PARAMETER"),
        (b"from=older&older=%ff&resource=order", FORM, 400, "INVALID_PARAMETER"),
        (b"from=older&resource=order", FORM, 400, "INVALID_PARAMETER"),
        (b"from=yonder&older={}&resource=order", FORM, 400, "INVALID_PARAMETER"),
        (b"", FORM, 400, "INVALID_PARAMETER"),
        (b"&" * 16, FORM, 400, "TOO_MANY_PARAMETERS"),
        (b"older=" + b"x" * 2**18, FORM, 413, "BODY_TOO_LARGE"),
    ),
)
def test_CON_3_8_a_form_that_is_none_of_ours_is_refused(
    serve: Any, body: bytes, media: str, status: int, code: str
) -> None:
    reply = serve(Script(), api()).post("/api/v2/compare?with=1", data=body, content_type=media, headers=HTML)
    assert (reply.status_code, reply.json["error"]["error"]) == (status, code)


def test_CON_3_8_a_charset_makes_a_form_no_other(serve: Any) -> None:
    form = sent("older", "{}") | {"content_type": f"{FORM}; charset=UTF-8"}
    assert serve(Script(), api()).post("/api/v2/compare", **form).status_code == 200
    assert serve(Script(), api()).options("/api/v2/compare").headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    refused = serve(Script(), api()).delete("/api/v2/compare")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")


# The parts


@pytest.mark.parametrize(
    "text, expected",
    (
        ("plain & simple", "plain &amp; simple"),
        ("`a` is `b<c`.", "<code>a</code> is <code>b&lt;c</code>."),
        ("`a` is ` open", "`a` is ` open"),
        ("", ""),
    ),
)
def test_names_in_backticks_are_code(text: str, expected: str) -> None:
    assert str(sentence(text)) == expected


@pytest.mark.parametrize(
    "schema, expected",
    (
        (True, None),
        ({}, None),
        ({"examples": [[1]], "type": "string"}, [1]),
        ({"enum": ["b", "a"]}, "b"),
        ({"const": 3}, 3),
        ({"type": "string", "default": "d"}, "d"),
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "date"}, "2026-12-01"),
        ({"type": "string", "minLength": 6, "maxLength": 8}, "texttt"),
        ({"type": "string", "maxLength": 2}, "te"),
        ({"type": ["null", "string"]}, None),
        ({"type": ["string", "null"]}, "text"),
        ({"type": "boolean"}, True),
        ({"type": "integer"}, 1),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "number", "exclusiveMinimum": 5}, 6),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "exclusiveMaximum": 0}, -1),
        ({"type": "array", "items": {"type": "boolean"}}, [True]),
        ({"type": "array"}, [None]),
        ({"properties": {"a": {"type": "string"}}}, {"a": "text"}),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, True),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"const": 1}}}, 1),
        ({"$ref": "#/$defs/Lost"}, None),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}, None),
    ),
)
def test_a_sample_is_made_of_what_a_schema_says(schema: Any, expected: Any) -> None:
    assert sample(schema) == expected


def test_a_sample_of_what_holds_itself_ends() -> None:
    node = {"type": "object", "properties": {"node": {"$ref": "#/$defs/N"}, "nodes": {"type": "array", "items": N}}}
    depths = [len(line) for line in str(sample({"$ref": "#/$defs/N", "$defs": {"N": node}})).split("}")]
    assert max(depths) < 1000


N = {"$ref": "#/$defs/N"}


@pytest.mark.parametrize(
    "schema, expected",
    (
        (True, {}),
        ({"properties": {"a": True}}, {}),
        ({"properties": {"a": {}}, "required": ["a"]}, {("a",): "required"}),
        ({"properties": {"a": {"type": ["string", "null"]}}}, {("a",): "string or null"}),
        ({"properties": {"a": {"enum": ["x", 1]}}}, {("a",): "one of x, 1"}),
        ({"properties": {"a": {"default": None, "deprecated": True}}}, {("a",): "deprecated, default None"}),
        ({"properties": {"a": {"pattern": "x" * 300}}}, {("a",): f"pattern {'x' * 191}…"}),
        (
            {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"a": {"type": "string"}}}]},
            {("a",): "string"},
        ),
        (
            {
                "properties": {"a": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}},
                "$defs": {"A": {"type": "array"}},
            },
            {("a",): "array or null"},
        ),
        (
            {"$ref": "#/$defs/N", "$defs": {"N": {"type": "object", "properties": {"n": N}}}},
            {("n",): "object"},
        ),
    ),
)
def test_fields_are_described_in_a_few_words(schema: Any, expected: Any) -> None:
    assert dict(described(schema)) == expected


def test_fields_that_nest_without_end_are_told_as_far_as_they_are_read() -> None:
    schema: Any = {"type": "string"}
    for _ in range(30):
        schema = {"properties": {"a": schema}}
    assert len(described(schema)) == 13


class MassSchema(Schema):
    """A mass."""

    mass = fields.String()


class GramsSchema(Schema):
    """What a function cannot read that is made up."""

    weight = fields.String()


class WeightsAreTexts(VersionChange):
    """Weights are texts."""

    schemas = {GramsSchema: [convert("weight", lambda number: f"{number}kg", kilograms, was=fields.Integer())]}


def test_CON_3_4_where_nothing_can_be_made_up_the_example_is_empty(serve: Any) -> None:
    grams = Resource("gram", GramsSchema, "/grams")
    told = serve(Script(), make_api(resources=[grams], versions=[Version(2, WeightsAreTexts), Version(1)]))
    (gram,) = told.get("/api/v2/compare").json["resources"]
    assert gram["example"] == {"2": {"weight": "text"}, "1": {}}


def test_CON_3_8_what_a_function_returns_that_is_no_json_is_told_as_such(serve: Any) -> None:
    def odd(text: str) -> Any:
        return {1, 2}

    class OddWeights(VersionChange):
        """Weights are texts."""

        schemas = {GramsSchema: [convert("weight", str, odd, was=fields.Raw())]}

    grams = Resource("gram", GramsSchema, "/grams")
    client = serve(Script(), make_api(resources=[grams], versions=[Version(2, OddWeights), Version(1)]))
    told = client.post("/api/v2/compare", **sent("newer", '{"weight": "1kg"}', "gram")).json["translation"]
    assert (told["document"], told["error"]) == (None, "The document has no form in the other version.")


class WeightsAreMasses(VersionChange):
    """Weights are masses, and sizes are gone."""

    schemas = {
        MassSchema: [rename("weight", "mass"), remove("size", was=fields.Integer(), default=1)],
    }


class MassesAreTexts(VersionChange):
    """Weights are texts."""

    schemas = {MassSchema: [convert("weight", lambda number: f"{number}kg", kilograms, was=fields.Integer())]}


MASSES = make_api(
    resources=[Resource("mass", MassSchema, "/masses")],
    versions=[Version(3, WeightsAreMasses), Version(2, MassesAreTexts), Version(1)],
)


def test_CON_3_8_a_place_is_told_only_where_it_is_one_of_the_document(serve: Any) -> None:
    form = sent("newer", '{"mass": "heavy"}', "mass")
    told = serve(Script(), MASSES).post("/api/v3/compare?with=1", **form).json["translation"]
    assert [one["pointer"] for one in told["details"]] == [""]
    assert "weight" not in str(told["details"])


def test_CON_3_4_what_is_gone_stands_last(serve: Any) -> None:
    (mass,) = serve(Script(), MASSES).get("/api/v3/compare?with=2").json["resources"]
    assert [(_name(row["older"]), _name(row["newer"])) for row in mass["fields"]] == [
        ("weight", "mass"),
        ("size", None),
    ]


def test_a_native_version_has_no_comparison_to_lead_to() -> None:
    api = make_api(versions=(*VERSIONS[:2], Version(1, native=True)), app_prefix="/api/v3")
    client = Client(Translayer(Script(), api))
    assert client.get("/api/v3/compare?of=1").status_code == 404
    assert client.get("/api/v3/compare?with=1").status_code == 200
