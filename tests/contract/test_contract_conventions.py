"""Conventions of URLs: what is found, what is said of it, and that good URLs are left alone."""

from __future__ import annotations

import dataclasses

import pytest
from marshmallow import Schema, fields

from translayer import Api, Resource, Route, Version, VersionChange
from translayer.contract.conventions.english import CRUD, DEEDS, ENDINGS, PERHAPS_DEEDS, is_plural, plural
from translayer.contract.conventions.table import Advice, lint
from translayer.operations import added, moved


class ThingSchema(Schema):
    text = fields.String()


def api_of(*routes: str, resource: Resource | None = None) -> Api:
    """An API of one version with these routes, each written ``GET /things``."""
    made = [Route(*route.split(" ", 1)) for route in routes]
    return Api("acme", [resource or Resource("thing", ThingSchema, routes=made)], [Version(1)])


def of_urls(api: Api) -> list[Advice]:
    return [advice for advice in api.lint() if advice.about == "url"]


def said(*routes: str) -> list[tuple[str, str]]:
    return [(advice.id, advice.sentence) for advice in of_urls(api_of(*routes))]


BAD = (
    ("GET /Bookings", "LOWER_CASE", "“Bookings” has capitals, which clients mistype: write “bookings”"),
    ("GET /by-URL", "LOWER_CASE", "“by-URL” has capitals, which clients mistype: write “by-url”"),
    ("GET /line_items", "HYPHENS", "“line_items” does not join its words by hyphens: write “line-items”"),
    ("GET /lineItems", "HYPHENS", "“lineItems” does not join its words by hyphens: write “line-items”"),
    ("GET /_stats", "HYPHENS", "“_stats” does not join its words by hyphens: write “stats”"),
    ("GET /days/<a>_<B>", "HYPHENS", "“<a>_<B>” does not join its words by hyphens: write “<a>-<B>”"),
    ("GET /HTTPServers/<id>", "HYPHENS", "“HTTPServers” does not join its words by hyphens: write “http-servers”"),
    ("GET /booking/<id>", "PLURAL_NOUNS", "“booking” names a collection, and is no plural: write “bookings”"),
    (
        "GET /orders/<id>/line-item/<number>",
        "PLURAL_NOUNS",
        "“line-item” names a collection, and is no plural: write “line-items”",
    ),
    ("GET /address/<id>", "PLURAL_NOUNS", "“address” names a collection, and is no plural: write “addresses”"),
    ("GET /person/<int:id>", "PLURAL_NOUNS", "“person” names a collection, and is no plural: write “people”"),
    ("GET /<any('a/b', c):x>/city/<id>", "PLURAL_NOUNS", "“city” names a collection, and is no plural: write “cities”"),
    (
        "PUT /verify/<token>",
        "NO_VERBS",
        "“verify” is a verb, and URLs name things: write what comes of it, “verifications”",
    ),
    (
        "DELETE /send-mails/<id>",
        "NO_VERBS",
        "“send” is a verb, and URLs name things: write what comes of it, “deliveries”",
    ),
    ("PUT /unlock/<id>", "NO_VERBS", "“unlock” is a verb, and URLs name things: write what it ends, “lock”"),
    (
        "POST /bookings/<id>/confirm",
        "NO_ACTIONS",
        "“confirm” is an action: model it as a resource, POST /bookings/<id>/confirmations",
    ),
    (
        "POST /bookings/<id>:confirm",
        "NO_ACTIONS",
        "“confirm” is an action: model it as a resource, POST /bookings/<id>/confirmations",
    ),
    (
        "POST /pages/<id>/archive",
        "NO_ACTIONS",
        "“archive” is an action: model it as a resource, POST /pages/<id>/archivings",
    ),
    (
        "POST /pages/<id>/unpublish",
        "NO_ACTIONS",
        "“unpublish” is an action: model what it ends as a resource, DELETE /pages/<id>/publication",
    ),
    ("POST /login", "NO_ACTIONS", "“login” is an action: model it as a resource, POST /sessions"),
    ("POST /bookings/create", "NO_CRUD_WORDS", "“create” is what the method says: write POST /bookings"),
    ("GET /bookings/<id>/get", "NO_CRUD_WORDS", "“get” is what the method says: write GET /bookings/<id>"),
    ("PUT /update-booking", "NO_CRUD_WORDS", "“update” is what the method says: write PATCH “bookings”"),
    ("DELETE /deleteBookings", "NO_CRUD_WORDS", "“delete” is what the method says: write DELETE “bookings”"),
    ("GET /list-bookings", "NO_CRUD_WORDS", "“list” is what the method says: write GET “bookings”"),
    ("GET /bookings/", "NO_TRAILING_SLASH", "the slash at its end makes two URLs of one: write /bookings"),
    (
        "GET /bookings.json",
        "NO_EXTENSIONS",
        "“bookings.json” ends like a file, and Accept says which form is wanted: write “bookings”",
    ),
    (
        "GET /bookings/<id>.pdf",
        "NO_EXTENSIONS",
        "“<id>.pdf” ends like a file, and Accept says which form is wanted: write “<id>”",
    ),
    (
        "GET /v2/bookings",
        "NO_VERSION",
        "“v2” names a version, which stands in front of every rule already: leave it out",
    ),
    (
        "GET /v<int:number>/bookings",
        "NO_VERSION",
        "“v<int:number>” names a version, which stands in front of every rule already: leave it out",
    ),
    ("GET /bookings/<bookingId>", "SNAKE_CASE_VARIABLES", "<bookingId> is not in snake_case: write <booking_id>"),
    ("GET /bookings/<int:ID>", "SNAKE_CASE_VARIABLES", "<ID> is not in snake_case: write <id>"),
    (
        "GET /bookings/<id>/delete",
        "SAFE_READS",
        "GET of “delete” reads like a change, and browsers, caches and crawlers repeat GET: make it DELETE",
    ),
    (
        "GET /pages/<id>/publish",
        "SAFE_READS",
        "GET of “publish” reads like a change, and browsers, caches and crawlers repeat GET: make it POST",
    ),
    (
        "GET /logout",
        "SAFE_READS",
        "GET of “logout” reads like a change, and browsers, caches and crawlers repeat GET: make it DELETE",
    ),
)


@pytest.mark.parametrize("route, id, sentence", BAD)
def test_RTE_6_1_what_a_url_could_say_better_is_found(route: str, id: str, sentence: str) -> None:
    found = dict(said(route))
    assert found.get(id) == f"{route.split(' ', 1)[1]}: {sentence}."
    assert {name for name in found if name != id} <= TOGETHER.get(id, set())


TOGETHER = {
    "HYPHENS": {"NO_CRUD_WORDS", "SNAKE_CASE_VARIABLES"},
    "NO_CRUD_WORDS": {"HYPHENS"},
    "SAFE_READS": {"NO_CRUD_WORDS", "NO_VERBS"},
}
"""What may be found beside a breach, since it is one of two conventions."""


GOOD = (
    *("GET /", "GET /bookings", "POST /bookings", "GET /bookings/<id>", "PUT /bookings/<int:id>", "GET /line-items"),
    *("GET /bookings/<id>/confirmation", "POST /bookings/<id>/confirmations", "DELETE /bookings/<id>/confirmation"),
    *("GET /users/<username>/repos", "GET /repos/<owner>/<repo>/pulls/<int:number>", "PUT /gists/<id>/star"),
    *("GET /repos/<owner>/<repo>/commits/<ref>/status", "GET /search/repositories", "PUT /pulls/<id>/merge"),
    *("GET /people/<id>", "GET /children/<id>/addresses", "GET /series/<id>", "GET /media/<id>", "GET /news/<slug>"),
    *("GET /statuses/<id>", "GET /analyses/<id>", "GET /indices/<id>", "GET /criteria/<id>", "GET /buses/<id>"),
    *("GET /companies/<id>", "GET /sheep/<id>", "GET /apis/<id>", "GET /menus/<id>", "GET /inventory/<sku>"),
    *("GET /me", "GET /profile", "GET /health", "GET /users/<id>/avatar", "GET /carts/<id>/checkout", "GET /settings"),
    *("GET /countries/by-code/<code>", "GET /calendar/<int:year>/<int:month>", "GET /static/<path:file>"),
    *("GET /news", "GET /addresses", "GET /new-arrivals", "GET /lists/<id>/list-items", "GET /add-ons", "GET /updates"),
    *(
        "GET /orders/<id>/returns",
        "POST /orders/<id>/returns",
        "GET /blog/archive",
        "POST /search",
        "GET /processes/<id>",
    ),
    *(
        "POST /reports",
        "POST /uploads",
        "GET /reports/<id>/export",
        "GET /read-models",
        "GET /lists",
        "GET /patch-notes",
    ),
    *("GET /exchange-rates/<base>-<quote>", "GET /@<handle>", "GET /oauth2/tokens", "GET /i18n", "GET /café"),
    *("GET /.well-known/openid-configuration.json", "GET /robots.txt", "GET /openapi.json", "GET /sitemap.xml"),
    *("GET /bookings/<booking_id>/notes/<note_id>", "GET /geo/<float:x>/<float:y>", "GET /invoices/<id>"),
    *("GET /customers/<id>/credit-notes", "GET /price-lists/<id>", "GET /wait-list", "GET /postings", "GET /getaways"),
)


@pytest.mark.parametrize("route", GOOD)
def test_RTE_6_1_nothing_is_said_of_good_urls(route: str) -> None:
    assert said(route) == []


def test_RTE_6_1_a_resource_s_collection_is_a_plural_too() -> None:
    resource = Resource("booking", ThingSchema, collection="/tour/booking")
    (advice,) = of_urls(api_of(resource=resource))
    assert (advice.id, advice.place) == ("PLURAL_NOUNS", "/tour/booking")
    assert of_urls(api_of(resource=Resource("booking", ThingSchema, collection="/bookings"))) == []
    assert of_urls(api_of(resource=Resource("booking", ThingSchema, collection="/tours/<id>"))) == []
    assert of_urls(api_of(resource=Resource("booking", ThingSchema, collection="/"))) == []


def test_RTE_6_1_a_variable_has_one_name_behind_one_collection() -> None:
    routes = ("GET /bookings/<id>", "GET /bookings/<booking_id>/notes", "GET /bookings/<booking_id>/legs/<id>")
    assert said(*routes) == [
        ("ONE_NAME_PER_VARIABLE", f"{rule}: <booking_id> is what /bookings/<id> calls <id>: write one name in both.")
        for rule in ("/bookings/<booking_id>/notes", "/bookings/<booking_id>/legs/<id>")
    ]
    assert said("GET /users/<int:id>", "GET /users/<name>", "GET /teams/<team>") == []


def test_RTE_6_1_an_action_is_no_finding_where_it_can_be_read_and_taken_back() -> None:
    assert said("POST /issues/<id>/lock", "DELETE /issues/<id>/lock") == []
    assert [id for id, _ in said("POST /issues/<id>/lock")] == ["NO_ACTIONS"]
    assert [id for id, _ in said("POST /issues/<id>/confirm", "DELETE /issues/<id>/confirm")] == ["NO_VERBS"]


class BookingsAreMany(VersionChange):
    """A booking is one of many."""

    routes = [moved("/booking", to="/bookings"), added("/bookings/<id>/confirm")]


VERSIONED = Api(
    "acme",
    [
        Resource(
            "booking",
            ThingSchema,
            item="/bookings/<id>",
            routes=[Route("POST", "/bookings/<id>/confirm"), Route("GET", "/Home")],
        )
    ],
    [Version(3), Version(2, BookingsAreMany), Version(1)],
)


def test_RTE_6_2_every_version_is_looked_at_and_each_finding_told_once_with_its_versions() -> None:
    assert [(advice.id, advice.place, advice.versions) for advice in of_urls(VERSIONED)] == [
        ("NO_ACTIONS", "/bookings/<id>/confirm", ("3", "2")),
        ("LOWER_CASE", "/Home", ("3", "2", "1")),
        ("PLURAL_NOUNS", "/booking/<id>", ("1",)),
    ]


def test_RTE_6_2_findings_are_values_that_refuse_nothing() -> None:
    first = lint(VERSIONED)[0]
    assert isinstance(first, Advice)
    assert (first, first.level) == (VERSIONED.lint()[0], "hint")
    assert VERSIONED.lint()[1].level == "warning"
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.place = "/"  # type: ignore[misc]


WORDS = (
    *(("booking", "bookings"), ("company", "companies"), ("day", "days"), ("box", "boxes"), ("branch", "branches")),
    *(
        ("child", "children"),
        ("status", "statuses"),
        ("analysis", "analyses"),
        ("index", "indexes"),
        ("lens", "lenses"),
    ),
)


@pytest.mark.parametrize("one, many", WORDS)
def test_a_plural_is_told_from_its_singular(one: str, many: str) -> None:
    assert (plural(one), is_plural(one), is_plural(many)) == (many, False, True)


def test_what_is_written_instead_of_a_verb_is_a_noun() -> None:
    verbs = {*CRUD, *DEEDS, *ENDINGS, *PERHAPS_DEEDS}
    assert len(verbs) == len(CRUD) + len(DEEDS) + len(ENDINGS) + len(PERHAPS_DEEDS)
    for nouns in (DEEDS, PERHAPS_DEEDS):
        assert {noun for noun in nouns.values() if not is_plural(noun)} == set()
    assert not {*DEEDS.values(), *ENDINGS.values(), *PERHAPS_DEEDS.values()} & (verbs - {"block", "lock"})
