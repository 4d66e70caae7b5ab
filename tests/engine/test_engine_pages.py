"""What is served of an API beside its resources: specifications and the documentation page."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
import yaml
from marshmallow import Schema, fields
from things import Said, Script, make_api

from translayer import Brownout, Consumer, Discovery, Request, Resource, Route, Version
from translayer.engine.pages import assets as installed
from translayer.engine.pages import documentation, urls
from translayer.engine.pages.kept import Kept
from translayer.errors import DeclarationError

NOW = datetime(2026, 12, 1, 12, 3, tzinfo=UTC)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
VENDOR = "application/vnd.oai.openapi"


def said(reply: Any) -> Any:
    """The document of a reply, whatever form it is in."""
    return reply.json if "json" in reply.content_type else yaml.safe_load(reply.data)


# Specifications


@pytest.mark.parametrize(
    "path, accept, media",
    (
        ("openapi", None, "application/json"),
        ("openapi", "", "application/json"),
        ("openapi", "*/*", "application/json"),
        ("openapi", BROWSER, "application/json"),
        ("openapi", "application/json", "application/json"),
        ("openapi", "application/yaml", "application/yaml"),
        ("openapi", "text/yaml", "text/yaml"),
        ("openapi", "application/json;q=0.5, application/yaml", "application/yaml"),
        ("openapi", "text/*", "text/yaml"),
        ("openapi", f"{VENDOR}+json;version=3.1", f"{VENDOR}+json; version=3.1"),
        ("openapi", f"{VENDOR}+json", f"{VENDOR}+json; version=3.1"),
        ("openapi", f'{VENDOR};version="3.1"', f"{VENDOR}; version=3.1"),
        ("openapi", f"{VENDOR}+yaml", f"{VENDOR}+yaml; version=3.1"),
        ("swagger", None, "application/json"),
        ("swagger", "application/x-yaml", "application/x-yaml"),
        ("swagger", f"{VENDOR}+json;version=2.0", f"{VENDOR}+json; version=2.0"),
        # A suffix has the word before Accept.
        ("openapi.json", "application/yaml", "application/json"),
        ("openapi.yaml", "application/json", "application/yaml"),
        ("swagger.json", "image/png", "application/json"),
        ("swagger.yaml", None, "application/yaml"),
    ),
)
def test_CON_2_1_a_specification_is_json_or_yaml_by_accept_and_suffix(
    serve: Any, path: str, accept: str | None, media: str
) -> None:
    app = Script()
    headers = {} if accept is None else {"Accept": accept}
    reply = serve(app, make_api()).get(f"/api/v2/{path}", headers=headers)
    assert (reply.status_code, reply.content_type) == (200, media)
    document = said(reply)
    name, version = ("swagger", "2.0") if "swagger" in path else ("openapi", "3.1")
    assert document[name].startswith(version)
    assert "/objects" in document["paths"]
    assert (reply.headers["X-Api-Version"], reply.headers["Vary"]) == ("2", "Accept")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert app.asked == []


@pytest.mark.parametrize(
    "path, accept",
    (
        ("openapi", "image/png"),
        ("openapi", f"{VENDOR}+json;version=3.0"),
        ("openapi", "application/json;q=0, application/*;q=0, text/html"),
        ("swagger", f"{VENDOR}+json;version=3.1"),
        ("docs/", "application/json"),
    ),
)
def test_CON_2_1_what_accept_does_not_admit_is_406(serve: Any, path: str, accept: str) -> None:
    reply = serve(Script(), make_api()).get(f"/api/v2/{path}", headers={"Accept": accept})
    assert (reply.status_code, reply.json["error"]["error"]) == (406, "NOT_ACCEPTABLE")


def test_CON_2_1_without_the_library_there_is_no_yaml(serve: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(urls, "find_spec", lambda name: None)
    client = serve(Script(Said(body=b"theirs", type="text/plain")), make_api())
    assert client.get("/api/v2/openapi.yaml").data == b"theirs"
    reply = client.get("/api/v2/openapi", headers={"Accept": "application/yaml, application/json;q=0.1"})
    assert reply.content_type == "application/json"
    monkeypatch.undo()
    assert client.get("/api/v2/openapi.json").status_code == 200


def test_CON_2_2_a_specification_is_made_once_and_known_by_its_tag(serve: Any) -> None:
    client = serve(Script(), make_api())
    first = client.get("/api/v2/openapi.json")
    assert first.headers["Cache-Control"] == "no-cache"
    assert client.get("/api/v2/openapi").headers["ETag"] == first.headers["ETag"]
    for tag in (first.headers["ETag"], f"W/{first.headers['ETag']}", "*"):
        again = client.get("/api/v2/openapi", headers={"If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    tags = {client.get(f"/api/v{version}/{name}").headers["ETag"] for version in (1, 2, 3) for name in NAMES[:5]}
    assert len(tags) == 3 * 5


def test_CON_2_7_operations_are_marked_as_deprecated_from_their_date_on(serve: Any) -> None:
    now = [NOW]
    ends = [Version(3), Version(2, deprecated=date(2026, 12, 2)), Version(1)]
    client = serve(Script(), make_api(versions=ends, clock=lambda: now[0]))

    def marked() -> set[bool]:
        paths = client.get("/api/v2/openapi.json").json["paths"]
        return {operation.get("deprecated", False) for path in paths.values() for operation in path.values()}

    assert marked() == {False}
    now[0] = datetime(2026, 12, 2, tzinfo=UTC)
    assert marked() == {True}


@pytest.mark.usefixtures("lint_is_wrong_about_location")
@pytest.mark.parametrize("name", ("latest", "current"))
def test_CON_2_8_pages_of_the_newest_version_are_there_by_its_names(serve: Any, name: str) -> None:
    client = serve(Script(Said(body=b"theirs", type="text/plain")), make_api())
    for page in ("", "openapi.json", "docs/", "compare"):
        named, newest = client.get(f"/api/{name}/{page}"), client.get(f"/api/v3/{page}")
        assert (named.status_code, named.data, named.headers["X-Api-Version"]) == (200, newest.data, "3")
    assert client.get(f"/api/{name}/docs").headers["X-Api-Version"] == "3"
    assert client.get(f"/api/{name}/else").data == b"theirs"
    previews = serve(Script(Said(body=b"theirs", type="text/plain")), make_api(versions=[Version(1, preview=True)]))
    assert previews.get(f"/api/{name}/openapi.json").data == b"theirs"


NAMES = ("openapi.json", "openapi.yaml", "swagger.json", "swagger.yaml", "docs/", "compare")


@pytest.mark.parametrize("path", NAMES[:5])
def test_CON_2_2_pages_are_read_only(serve: Any, path: str) -> None:
    client = serve(Script(), make_api())
    refused = client.post(f"/api/v2/{path}")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    told = client.options(f"/api/v2/{path}")
    assert (told.status_code, told.headers["Allow"], told.data) == (204, "GET, HEAD, OPTIONS", b"")


@pytest.mark.usefixtures("lint_is_wrong_about_head")
@pytest.mark.parametrize("path", NAMES)
def test_CON_2_2_head_tells_what_get_would(serve: Any, path: str) -> None:
    client = serve(Script(), make_api())
    got, head = client.get(f"/api/v2/{path}"), client.head(f"/api/v2/{path}")
    assert (head.status_code, head.data, dict(head.headers)) == (200, b"", dict(got.headers))
    assert int(head.headers["Content-Length"]) == len(got.data)


def test_CON_2_3_a_specification_says_where_it_is_mounted(serve: Any) -> None:
    client = serve(Script(), make_api())
    for mount in ("", "/shop", "/a b"):
        mounted = {"SCRIPT_NAME": mount}
        served = client.get("/api/v2/openapi", environ_overrides=mounted).json["servers"][0]["url"]
        assert served == f"{mount}/api/v2".replace(" ", "%20")
        assert client.get("/api/v2/swagger", environ_overrides=mounted).json["basePath"] == served


def test_CON_2_3_only_so_many_are_kept(serve: Any, monkeypatch: Any) -> None:
    client = serve(Script(), make_api())
    for number in range(70):
        reply = client.get("/api/v2/openapi", environ_overrides={"SCRIPT_NAME": f"/{number}"})
        assert reply.json["servers"][0]["url"] == f"/{number}/api/v2"


ENDING = [
    Version(6, preview=True),
    Version(5),
    Version(4, deprecated=date(2026, 9, 1), sunset=date(2027, 3, 1), deprecation_link="/old"),
    Version(3, deprecated=date(2026, 9, 1), brownouts=[Brownout(datetime(2026, 12, 1, 12, tzinfo=UTC), 5)]),
    Version(2, sunset=date(2026, 3, 1)),
]


@pytest.mark.parametrize("path", NAMES)
def test_CON_2_4_pages_of_a_version_live_as_long_as_it_does(serve: Any, path: str) -> None:
    client = serve(Script(), make_api(versions=ENDING, withdrawn=[Version(1)], clock=lambda: NOW))
    found = {number: client.get(f"/api/v{number}/{path}") for number in range(1, 7)}
    assert [found[number].status_code for number in found] == [410, 410, 410, 200, 200, 404]
    codes = [found[number].json["error"]["error"] for number in (1, 2, 3, 6)]
    assert codes == ["VERSION_RETIRED", "VERSION_RETIRED", "VERSION_BROWNOUT", "UNKNOWN_VERSION"]
    assert found[4].headers["Deprecation"] == "@1788220800"
    assert found[4].headers["Link"].startswith('</old>; rel="deprecation"')
    assert "Deprecation" not in found[5].headers


def test_CON_2_5_urls_are_the_app_s_where_they_are_declared_or_left_to_it(serve: Any) -> None:
    theirs = Script(Said(body={"id": 1, "text": "x"}))
    for discovery in (False, Discovery(pages=False)):
        client = serve(theirs, make_api(discovery=discovery))
        assert {client.get(f"/api/v2/{path}").json["text"] for path in NAMES} == {"x"}
    assert serve(theirs, make_api(prefix="")).get("/v2/openapi").json["text"] == "x"
    assert "paths" in serve(theirs, make_api(prefix="", discovery=True)).get("/v2/openapi").json
    home = Resource("home", make_api().resources[1].schema, item="/docs/", item_methods=["GET"])
    declared = serve(theirs, make_api(resources=[home], versions=[Version(1)]))
    assert declared.get("/api/v1/docs/").json == {"id": 1, "text": "x"}
    own = make_api(app_prefix="/api/v3", versions=[Version(3, native=True), *make_api().versions[1:]])
    assert serve(theirs, own).get("/api/v3/openapi").json["text"] == "x"
    assert "paths" in serve(theirs, own).get("/api/v2/openapi").json


def test_CON_2_5_whether_there_are_pages_is_yes_or_no() -> None:
    with pytest.raises(DeclarationError, match="is True, or False to leave their URLs to the app"):
        Discovery(pages="no")  # type: ignore[arg-type]


def test_CON_2_6_links_of_a_version_lead_to_its_pages_where_there_are_no_others(serve: Any) -> None:
    client = serve(Script(), make_api(versions=ENDING, withdrawn=[Version(1)], clock=lambda: NOW))
    ours = {"specification": "/api/v5/openapi.json", "documentation": "/api/v5/docs/", "changelog": "/api/v5/compare"}
    assert client.get("/api/v5/").json["links"] == ours
    mounted = client.get("/api/", environ_overrides={"SCRIPT_NAME": "/shop"}).json["versions"]
    assert [version["links"].get("documentation") for version in mounted] == [
        "/shop/api/v5/docs/",
        "/shop/api/v4/docs/",
        None,  # off for a while
        None,  # retired
        None,  # withdrawn
    ]
    for url in ours.values():
        assert client.get(url).status_code == 200
    theirs = serve(Script(), make_api(discovery=Discovery(documentation="/d{version}"))).get("/api/v3/").json["links"]
    assert theirs == {
        "specification": "/api/v3/openapi.json",
        "documentation": "/d3",
        "changelog": "/api/v3/compare",
    }
    assert serve(Script(), make_api(discovery=Discovery(pages=False))).get("/api/v3/").json["links"] == {}
    own = make_api(app_prefix="/api/v3", versions=[Version(3, native=True), *make_api().versions[1:]])
    told = serve(Script(), own).get("/api/").json["versions"]
    assert [bool(version["links"]) for version in told] == [False, True, True]


def test_CON_2_2_who_asks_at_the_same_time_waits_for_the_same() -> None:
    kept: Kept[object] = Kept(2)
    together, found = Barrier(4), []

    def ask() -> None:
        together.wait()
        found.append(kept.get("key", object))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert kept.get("other", lambda: 1) == 1
    assert kept.get("key", lambda: None) is found[0]
    assert kept.get("third", lambda: 3) == 3  # for which the other goes, that was not asked for since
    assert kept.get("other", lambda: 2) == 2


# The documentation page

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def test_CON_3_1_the_documentation_page_loads_its_own_files_and_nothing_else(serve: Any) -> None:
    client = serve(Script(), make_api())
    reply = client.get("/api/v2/docs/", headers={"Accept": BROWSER})
    assert reply.content_type == "text/html; charset=utf-8"
    assert reply.headers["Content-Security-Policy"] == POLICY
    assert not re.search(r"<script>|<style|style=|\son\w+=|https?:|//", reply.text)
    loaded = re.findall(r'(?:src|href)="(\.\./\.\./docs/[^"]+)"', reply.text)
    assert len(loaded) == len(installed.TYPES)
    for url in loaded:
        found = client.get(f"/api/{url.removeprefix('../../')}")
        assert found.status_code == 200, url
        assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert found.content_type.partition(";")[0] == str(installed.TYPES[url.rpartition("/")[2]])
        assert int(found.headers["Content-Length"]) == len(found.data)
        assert "Vary" not in found.headers
        assert client.get(found.request.path, headers={"If-None-Match": found.headers["ETag"]}).status_code == 304
    assert client.post(f"/api/{loaded[0].removeprefix('../../')}").status_code == 405


@pytest.mark.usefixtures("lint_is_wrong_about_location")
def test_CON_3_1_without_the_slash_it_is_found_too(serve: Any) -> None:
    client = serve(Script(), make_api())
    reply = client.get("/api/v2/docs", environ_overrides={"SCRIPT_NAME": "//shop"})
    assert (reply.status_code, reply.headers["Location"]) == (308, "docs/")
    assert client.post("/api/v2/docs").status_code == 405


def test_CON_3_2_the_switch_has_the_versions_that_the_consumer_sees(serve: Any) -> None:
    client = serve(Script(), make_api(versions=ENDING, consumer=by_key, clock=lambda: NOW))
    page = client.get("/api/v4/docs/").text
    assert options(page) == ["v5", "v4 (deprecated)"]
    assert '<option value="../../v4/docs/" selected>' in page
    early = client.get("/api/v4/docs/", headers={"X-Api-Key": "early"})
    assert options(early.text) == ["v6 (preview)", "v5", "v4 (deprecated)"]
    assert early.headers["Vary"] == "Accept, X-Api-Key"


def options(page: str) -> list[str]:
    return re.findall(r"<option [^>]*>([^<]*)<", page)


@pytest.mark.parametrize(
    "version",
    (None, "", "v4.19.1", "3.52.5", "five.0"),
)
def test_CON_3_3_without_swagger_ui_or_with_one_too_old_it_says_what_to_install(
    serve: Any, monkeypatch: Any, tmp_path: Path, version: str | None
) -> None:
    if version is not None:
        (tmp_path / "VERSION").write_text(version)
    assert installed.found_in(tmp_path) is None
    for module in (documentation, urls, installed):
        monkeypatch.setattr(module, "assets", lambda: None)
    monkeypatch.setattr("translayer.engine.pages.discovery.assets", lambda: None)
    client = serve(Script(), make_api())
    reply = client.get("/api/v2/docs/", headers={"Accept": "text/html"})
    assert (reply.status_code, reply.json["error"]["error"]) == (404, "NOT_FOUND")
    assert reply.json["error"]["description"] == installed.EXTRA
    assert set(client.get("/api/v2/").json["links"]) == {"specification", "changelog"}
    assert client.get("/api/v2/compare").status_code == 200


def test_CON_3_3_swagger_ui_is_found_without_being_imported(monkeypatch: Any) -> None:
    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    assert installed.assets.__wrapped__() is None


# Flags


def by_key(request: Request) -> Consumer | None:
    key = request.headers.get("X-Api-Key", "")
    return Consumer(key, flags=[*FLAGS.get(key, ())]) if key else None


FLAGS = {"early": ["preview"], "beta": ["beta"], "paint": ["paint"], "all": ["beta", "paint", "preview"]}


class ParcelOfPagesSchema(Schema):
    """A parcel."""

    id = fields.Integer(dump_only=True)
    title = fields.String()
    weight = fields.Integer(metadata={"flag": "beta"})


PARCELS = Resource(
    "parcel", ParcelOfPagesSchema, "/parcels", routes=[Route("POST", "/parcels/<int:id>/paint", flag="paint")]
)


@pytest.mark.parametrize(
    "key, weighs, paints",
    (("", False, False), ("nobody", False, False), ("beta", True, False), ("paint", False, True), ("all", True, True)),
)
@pytest.mark.parametrize("name", ("openapi", "swagger"))
def test_CON_4_1_a_specification_says_what_the_consumer_sees(
    serve: Any, name: str, key: str, weighs: bool, paints: bool
) -> None:
    api = make_api(resources=[PARCELS], versions=[Version(2, preview=True), Version(1)], consumer=by_key)
    client = serve(Script(), api)
    headers = {"X-Api-Key": key} if key else {}
    reply = client.get(f"/api/v1/{name}", headers=headers)
    assert reply.headers["Vary"] == "Accept, X-Api-Key"
    text = json.dumps(reply.json)
    assert ("weight" in text, "paint" in text) == (weighs, paints)
    assert ("weight" in client.get("/api/v1/compare", headers=headers).text) == weighs
    assert client.get(f"/api/v2/{name}", headers=headers).status_code == (200 if key == "all" else 404)
