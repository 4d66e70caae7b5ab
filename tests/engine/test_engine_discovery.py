"""What an API says of itself, as JSON and as a page."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
import yaml
from things import Said, Script, make_api

from translayer import Brownout, Discovery, Resource, Version

OFTEN = "5 minutes every 60 minutes, next 2026-12-01T12:00:00Z"
NOW = datetime(2026, 12, 1, 12, 3, tzinfo=UTC)
SPOKEN = Discovery(
    specification="/docs/v{version}.json",
    documentation="https://docs.example/v{version}",
    changelog="https://docs.example/changes?a=1&b=2",
    build="2.3.1",
    commit="1a2b3c4",
)
OFF = Brownout(datetime(2026, 12, 1, 11, tzinfo=UTC), 5, every=timedelta(hours=1))
ONCE = Brownout(datetime(2026, 11, 1, 11, tzinfo=UTC), 30)
LATE = Brownout(datetime(2026, 12, 1, tzinfo=UTC), 1, every=timedelta(days=100))
VERSIONS = [
    Version(5, preview=True),
    Version(4, stable=date(2026, 6, 1)),
    Version(
        3,
        deprecated=date(2026, 9, 1),
        sunset=date(2027, 3, 1),
        deprecation_link="/old",
        sunset_link="/end",
        brownouts=[OFF, ONCE, LATE],
    ),
    Version(2, sunset=date(2026, 3, 1)),
]
WITHDRAWN = [Version(1)]


def api(**options: Any) -> Any:
    chosen = {"versions": VERSIONS, "withdrawn": WITHDRAWN, "discovery": SPOKEN, "clock": lambda: NOW, **options}
    return make_api(**chosen)


def links(version: str) -> dict[str, str]:
    return {
        "specification": f"/docs/v{version}.json",
        "documentation": f"https://docs.example/v{version}",
        "changelog": "https://docs.example/changes?a=1&b=2",
    }


def told(version: str, state: str, **further: Any) -> dict[str, Any]:
    dates = {"stable": None, "deprecated": None, "sunset": None, "off_until": None, "brownouts": []}
    return {"version": version, "state": state, "url": f"/api/v{version}/", **dates, "links": links(version), **further}


V4 = told("4", "stable", stable="2026-06-01T00:00:00Z")
V3 = told(
    "3",
    "deprecated",
    deprecated="2026-09-01T00:00:00Z",
    sunset="2027-03-01T00:00:00Z",
    off_until="2026-12-01T12:05:00Z",
    brownouts=[
        {"start": "2026-12-01T11:00:00Z", "minutes": 5, "every_minutes": 60.0, "next": "2026-12-01T12:00:00Z"},
        {"start": "2026-11-01T11:00:00Z", "minutes": 30, "every_minutes": None, "next": None},
        {"start": "2026-12-01T00:00:00Z", "minutes": 1, "every_minutes": 144000.0, "next": None},
    ],
    links={**links("3"), "deprecation": "/old", "sunset": "/end"},
)
ALL = {
    "versions": [V4, V3, told("2", "retired", sunset="2026-03-01T00:00:00Z"), told("1", "retired")],
    "current": "4",
    "default": "4",
    "build": {"version": "2.3.1", "commit": "1a2b3c4"},
}
"""What is said at noon: version 3 is off for two more minutes, so that those who name none get version 4."""


class Reader(HTMLParser):
    """The text of a page, and where its links lead to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_VER_9_1_the_prefix_lists_versions_states_dates_links_and_the_running_build(serve: Any) -> None:
    app = Script()
    client = serve(app, api())
    reply = client.get("/api/")
    assert (reply.status_code, reply.json, reply.content_type) == (200, ALL, "application/json")
    assert client.get("/api/v4/").json == V4
    assert client.get("/api/index.json").json == ALL
    assert client.get("/api/v4/index.json").json == V4
    mounted = client.get("/api/", environ_overrides={"SCRIPT_NAME": "/shop"}).json
    assert [version["url"] for version in mounted["versions"]][:2] == ["/shop/api/v4/", "/shop/api/v3/"]
    assert app.asked == []


def test_VER_9_1_after_the_sunset_no_window_of_a_brownout_is_open_or_comes(serve: Any) -> None:
    clock = [datetime(2027, 2, 28, 23, 59, tzinfo=UTC)]
    over_the_end = Brownout(datetime(2027, 2, 28, 23, tzinfo=UTC), 120)
    life: Any = {"deprecated": date(2026, 9, 1), "sunset": date(2027, 3, 1), "brownouts": [over_the_end]}
    client = serve(Script(), make_api(versions=[Version(2), Version(1, **life)], clock=lambda: clock[0]))
    assert client.get("/api/").json["versions"][1]["brownouts"][0]["next"] == "2027-02-28T23:00:00Z"
    clock[0] = datetime(2027, 3, 1, 0, 30, tzinfo=UTC)
    said = client.get("/api/").json["versions"][1]
    assert (said["state"], said["off_until"], said["brownouts"][0]["next"]) == ("retired", None, None)


def test_VER_9_1_an_api_without_dates_says_as_much(serve: Any) -> None:
    told = serve(Script(), make_api()).get("/api/").json
    assert [(version["version"], version["state"]) for version in told["versions"]] == [
        ("3", "stable"),
        ("2", "stable"),
        ("1", "stable"),
    ]
    assert (told["current"], told["default"], told["build"]) == ("3", "1", {})


def test_VER_9_2_browsers_get_a_page_that_loads_and_runs_nothing(serve: Any) -> None:
    client = serve(Script(), api())
    reply = client.get("/api/", headers={"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"})
    assert reply.content_type == "text/html; charset=utf-8"
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    page = Reader(reply.text)
    assert {"v4", "v3", "v2", "v1"} <= set(page.texts)
    assert {
        "deprecated, off until 2026-12-01T12:05:00Z",
        "retired",
        "2026-09-01",
        OFTEN,
    } <= set(page.texts)
    assert {"30 minutes, over", "Current version: v4", "Where none is named: v4"} <= set(page.texts)
    assert "Running build: 2.3.1 1a2b3c4" in page.texts
    assert {"/api/v4/", "/docs/v3.json", "/old", "https://docs.example/changes?a=1&b=2"} <= set(page.links)
    assert not {"script", "img"} & set(page.tags)
    assert page.links[0] == "data:,"  # the icon, which would be asked for elsewhere
    assert "Running build" not in client.get("/api/v4/index.html").text
    plain = serve(Script(), make_api()).get("/api/index.html", headers={"Accept": "application/json"})
    assert plain.content_type == "text/html; charset=utf-8"
    assert "Running build" not in plain.text


def test_VER_9_2_what_authors_say_is_text_in_the_page(serve: Any) -> None:
    said = Discovery(build='<script>"1"</script>', documentation="/a?b='c'&d")
    text = serve(Script(), api(discovery=said)).get("/api/index.html").text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "/a?b=&#39;c&#39;&amp;d" in text


def test_VER_9_3_discovery_is_read_only_tagged_and_by_accept(serve: Any) -> None:
    client = serve(Script(), api())
    first = client.get("/api/")
    assert (first.headers["Vary"], first.headers["Cache-Control"]) == ("Accept", "no-cache")
    again = client.get("/api/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/api/", headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get("/api/index.html").headers["ETag"] != first.headers["ETag"]
    refused = client.post("/api/")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert (client.options("/api/").status_code, client.options("/api/").headers["Allow"]) == (
        204,
        "GET, HEAD, OPTIONS",
    )
    assert client.get("/api/", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.usefixtures("lint_is_wrong_about_head")
def test_VER_9_3_head_tells_what_get_would(serve: Any) -> None:
    client = serve(Script(), api())
    told = client.head("/api/")
    assert (told.data, told.headers["Content-Length"]) == (b"", client.get("/api/").headers["Content-Length"])


def test_NEG_9_5_suffixes_and_accept_lead_to_every_form_that_the_api_renders(serve: Any) -> None:
    client = serve(Script(), api(renderers=("yaml", "msgpack")))
    for suffix, media in (("json", "json"), ("yaml", "yaml"), ("msgpack", "msgpack")):
        reply = client.get(f"/api/index.{suffix}")
        assert (reply.content_type, form_of(suffix)(reply.data)) == (f"application/{media}", ALL)
        assert client.get("/api/", headers={"Accept": f"application/{media}"}).data == reply.data
        assert form_of(suffix)(client.get(f"/api/v4/index.{suffix}").data) == V4
    plain = serve(Script(Said(body=b"theirs", type="text/plain")), api())
    assert plain.get("/api/index.yaml").data == b"theirs"


def form_of(suffix: str) -> Any:
    return {"json": json.loads, "yaml": yaml.safe_load, "msgpack": msgspec.msgpack.decode}[suffix]


def test_VER_9_4_previews_are_not_there_and_retired_versions_say_so(serve: Any) -> None:
    client = serve(Script(), api())
    assert client.get("/api/v5/").json["error"]["error"] == "UNKNOWN_VERSION"
    assert client.get("/api/v5/index.json").status_code == 404
    assert client.get("/api/v2/").status_code == 410
    assert client.get("/api/v3/").json["error"]["error"] == "VERSION_BROWNOUT"


def test_VER_9_5_the_url_is_the_app_s_where_it_is_declared_or_left_to_it(serve: Any) -> None:
    app = Script(Said(body={"home": True}))
    assert serve(app, make_api(discovery=False)).get("/api/").json == {"home": True}
    assert serve(app, make_api(prefix="")).get("/").json == {"home": True}
    assert serve(app, make_api(prefix="", discovery=True)).get("/").json["current"] == "3"
    home = Resource("home", make_api().resources[1].schema, item="/")
    declared = make_api(resources=[home], versions=[Version(1)])
    assert serve(Script(Said(body={"id": 1, "text": "x"})), declared).get("/api/v1/").json == {"id": 1, "text": "x"}
