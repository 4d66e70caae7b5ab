"""Links in the client's version: those that the app makes from SCRIPT_NAME, and those that it writes without."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, redirect, url_for
from things import Said, Script, Store, make_api

from translayer.engine.links import Addresses, Site

API = make_api()
SITE = Site("https://shop.example", "/svc", "/svc/api/v1", "/things/7")
relative = pytest.mark.filterwarnings("ignore:Absolute URLs required")  # Lint is older than RFC 9110 (section 10.2.2).


@pytest.mark.parametrize("front", ("", "/svc"))
def test_RTE_3_1_the_app_makes_its_links_from_script_name(serve: Any, front: str) -> None:
    app = Flask("links")

    @app.get("/things/<int:number>")
    def thing(number: int) -> Any:
        return redirect(url_for("thing", number=number + 1, _external=True, page=2))

    @app.get("/news")
    def news() -> str:
        return url_for("thing", number=5)

    client = serve(app, API)
    base = f"http://localhost{front}"
    assert client.get("/api/v1/news", base_url=base).text == f"{front}/api/v1/things/5"
    for path, location in (
        ("/api/v1/objects/1", "/api/v1/objects/2?page=2"),
        ("/api/v3/things/1", "/api/v3/things/2?page=2"),
        ("/api/latest/things/1", "/api/latest/things/2?page=2"),
        ("/api/objects/1", "/api/objects/2?page=2"),
    ):
        assert client.get(path, base_url=base).headers["Location"] == base + location


@pytest.mark.parametrize(
    ("link", "expected"),
    (
        # What the app makes from SCRIPT_NAME, and what it writes without
        ("https://shop.example/svc/api/v1/things/5", "https://shop.example/svc/api/v1/objects/5"),
        ("/svc/api/v1/things/5", "/svc/api/v1/objects/5"),
        ("/svc/things/5", "/svc/api/v1/objects/5"),
        ("/things/5", "/svc/api/v1/objects/5"),
        ("/things/5/?a=b%20c&d#e", "/svc/api/v1/objects/5?a=b%20c&d#e"),
        ("https://shop.example/things", "https://shop.example/svc/api/v1/objects"),
        ("HTTPS://Shop.Example:443/things", "https://Shop.Example:443/svc/api/v1/objects"),
        ("//shop.example/things", "//shop.example/svc/api/v1/objects"),
        ("/notes/a%20b%2Fc%3F", "/notes/a%20b%2Fc%3F"),
        ("/notes/a%20b%3F%23", "/svc/api/v1/notes/a%20b%3F%23"),
        # Relative to the URL that the app was asked for
        ("8", "/svc/api/v1/objects/8"),
        ("./8?x", "/svc/api/v1/objects/8?x"),
        ("../things", "/svc/api/v1/objects"),
        ("../notes/x", "/svc/api/v1/notes/x"),
        ("../../../../things/5", "/svc/api/v1/objects/5"),
        ("?page=2", "?page=2"),
        ("#top", "#top"),
        ("", ""),
        ("photo", "photo"),
        # Elsewhere, or undeclared
        ("http://shop.example/things/5", "http://shop.example/things/5"),
        ("https://shop.example:444/things/5", "https://shop.example:444/things/5"),
        ("https://shop.example@evil.example/things/5", "https://shop.example@evil.example/things/5"),
        ("https://evil.example/things/5", "https://evil.example/things/5"),
        ("//evil.example/things/5", "//evil.example/things/5"),
        ("mailto:/things/5", "mailto:/things/5"),
        ("https:/things/5", "https:/things/5"),
        ("urn:things", "urn:things"),
        ("/svc/api/v2/objects/5", "/svc/api/v2/objects/5"),
        ("/objects/5", "/objects/5"),
        ("/things/five", "/things/five"),
        ("/svc/api/v1x/things/5", "/svc/api/v1x/things/5"),
        ("https://shop.example//things/5", "https://shop.example//things/5"),
        ("/notes/%FF", "/notes/%FF"),
        ("/notes/\xe9", "/notes/\xe9"),
        ("https://[", "https://["),
    ),
)
def test_a_link_as_the_client_should_see_it(link: str, expected: str) -> None:
    assert Addresses(API.tables[2], {}).outward(link, SITE) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    (
        ('</things?page=2>; rel="next"', '</svc/api/v1/objects?page=2>; rel="next"'),
        (
            '</things/1>; rel=prev; title="<8>, \\"</things>\\"", <https://elsewhere.example/things>',
            '</svc/api/v1/objects/1>; rel=prev; title="<8>, \\"</things>\\"", <https://elsewhere.example/things>',
        ),
        ("no link at all", "no link at all"),
        ('"</things>', '"</things>'),
    ),
)
def test_every_target_of_a_link_header(value: str, expected: str) -> None:
    assert Addresses(API.tables[2], {}).outward_all(value, SITE) == expected


def test_a_prefix_is_quoted_in_links_and_read_in_them() -> None:
    site = Site("http://localhost", "", "/caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{SNOWMAN}/v1", "/things")
    addresses = Addresses(API.tables[2], {})
    expected = "/caf%C3%A9%20%E2%98%83/v1/objects/5"
    for link in ("/things/5", "/caf%C3%A9%20%E2%98%83/v1/things/5", "/caf%c3%a9%20%e2%98%83/v1/things/5"):
        assert addresses.outward(link, site) == expected


def test_RTE_3_2_links_come_out_in_the_client_s_version(serve: Any) -> None:
    client = serve(Store(), API)
    for version, location in (("1", "/api/v1/objects/1"), ("3", "/api/v3/things/2")):
        document = {"name": "chair"} if version == "1" else {"title": "chair"}
        path = location.rpartition("/")[0]
        assert client.post(path, json=document).headers["Location"] == f"http://localhost{location}"


@relative
@pytest.mark.parametrize("status", ("200 OK", "301 Moved Permanently", "308 Permanent Redirect", "409 Conflict"))
@pytest.mark.parametrize(("kind", "body"), (("application/json", {"id": 1}), ("text/html", b"moved")))
def test_RTE_3_2_whatever_the_reply_is(serve: Any, status: str, kind: str, body: Any) -> None:
    links = [
        ("Location", "/things/2?x#y"),
        ("Content-Location", "/things/2"),
        ("Link", "</things>; rel=up"),
        ("Link", "</x>"),
    ]
    reply = serve(Script(Said(status, body, kind, links)), API).get("/api/v1/objects/1")
    assert reply.headers["Location"] == "/api/v1/objects/2?x#y"
    assert reply.headers["Content-Location"] == "/api/v1/objects/2"
    assert reply.headers.getlist("Link") == ["</api/v1/objects>; rel=up", "</x>"]


@relative
def test_RTE_3_2_links_to_elsewhere_and_to_undeclared_urls_stay(serve: Any) -> None:
    for link in ("https://elsewhere.example/things/1", "/login?next=/things/1", "http://localhost:8080/things/1"):
        app = Script(Said("302 Found", b"", "text/plain", [("Location", link)]))
        assert serve(app, API).get("/api/v1/objects/1").headers["Location"] == link


@relative
@pytest.mark.parametrize(
    ("environ", "location", "expected"),
    (
        ({"HTTP_HOST": "localhost:80"}, "http://localhost/things/1", "http://localhost/api/v1/objects/1"),
        ({"HTTP_HOST": "localhost"}, "http://localhost:80/things/1", "http://localhost:80/api/v1/objects/1"),
        ({"HTTP_HOST": "LOCALHOST"}, "http://localhost/things/1", "http://localhost/api/v1/objects/1"),
        ({"HTTP_HOST": "[::1]:8000"}, "http://[::1]:8000/things/1", "http://[::1]:8000/api/v1/objects/1"),
        ({"wsgi.url_scheme": "https"}, "//localhost/things/1", "//localhost/api/v1/objects/1"),
        ({"wsgi.url_scheme": "https"}, "http://localhost/things/1", "http://localhost/things/1"),
        ({"HTTP_HOST": ""}, "http://localhost/things/1", "http://localhost/api/v1/objects/1"),
        # Rubbish
        ({"HTTP_HOST": "a b<>\xff[:/@"}, "http://localhost/things/1", "http://localhost/things/1"),
        ({"HTTP_HOST": "http://["}, "http://localhost/things/1", "http://localhost/things/1"),
    ),
)
def test_RTE_3_2_the_site_is_the_origin_that_the_client_asked(
    serve: Any, environ: dict[str, str], location: str, expected: str
) -> None:
    app = Script(Said("302 Found", b"", "text/plain", [("Location", location)]))
    reply = serve(app, API).get("/api/v1/objects/1", environ_overrides=environ)
    assert reply.headers["Location"] == expected


@pytest.mark.parametrize(
    "value",
    (
        '</api/v3/things/1>; rel="successor-version"',
        "</things/1>; rel=latest-version",
        '</things/1>; title="a <b> c"; rel="up Successor-Version"',
    ),
)
def test_RTE_3_2_links_to_another_version_on_purpose_stay(serve: Any, value: str) -> None:
    app = Script(Said(body={"id": 1, "label": "chair"}, headers=[("Link", value)]))
    assert serve(app, make_api()).get("/api/v1/objects/1").headers["Link"] == value


def test_RTE_3_2_what_stands_in_quotes_is_no_link(serve: Any) -> None:
    value = '</things/1>; title="see </things/2>"; rel=next, </things/3>; title="open </things/4>'
    app = Script(Said(body={"id": 1, "label": "chair"}, headers=[("Link", value)]))
    shown = serve(app, make_api()).get("/api/v1/objects/1").headers["Link"]
    assert shown == value.replace("</things/1>", "</api/v1/objects/1>").replace("</things/3>", "</api/v1/objects/3>")
