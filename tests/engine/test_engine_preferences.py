"""What a write replies with, as the client prefers it (RFC 7240)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from things import JSON, MERGE_PATCH, THING, VERSIONS, Said, Script, Store, ThingSchema, make_api

from translayer import Resource
from translayer.http.etags import generated

API = make_api()
CHAIR = {"label": "chair", "colour": "red", "parts": ["leg"]}
URL, URLS = "/api/v1/objects/1", "/api/v1/objects"
MINIMAL, WHOLE = {"Prefer": "return=minimal"}, {"Prefer": "return=representation"}
WRITES = (("PUT", URL, JSON), ("PATCH", URL, MERGE_PATCH), ("POST", URLS, JSON))


def store(tag: str = '"r{}"') -> Store:
    return Store({1: CHAIR}, tag=tag)


class Silent(Store):
    """A store that says nothing of what it has written."""

    def reply(self, number: int, status: int) -> Any:
        reply = super().reply(number, status)
        if self.asked[-1].method in ("PUT", "POST"):
            reply.status_code = 201 if status == 201 else 204
            reply.set_data(b"")
            if reply.status_code == 204:
                del reply.headers["Content-Type"], reply.headers["Content-Length"]
        return reply


@pytest.mark.parametrize(("method", "path", "kind"), WRITES)
@pytest.mark.parametrize("make", (store, lambda: Silent({1: CHAIR})))
def test_WRT_5_1_a_client_that_prefers_little_gets_little(
    serve: Any, method: str, path: str, kind: str, make: Any
) -> None:
    app = make()
    reply = serve(app, API).open(path, method=method, data=b'{"name": "x"}', content_type=kind, headers=MINIMAL)
    assert (reply.status_code, reply.data) == (201 if method == "POST" else 204, b"")
    assert reply.headers.getlist("Preference-Applied") == ["return=minimal"]
    assert reply.headers["X-Api-Version"] == "1"
    # After a PUT a tag would say that the object is what was sent, byte for byte (RFC 9110, section 9.3.4).
    assert reply.headers.get("ETag") == {"PUT": None, "PATCH": '"r2.v1"', "POST": '"r1.v1"'}[method]
    assert reply.headers.get("Location") == ("http://localhost/api/v1/objects/2" if method == "POST" else None)
    assert app.things[2 if method == "POST" else 1]["label"] == "x"


def test_WRT_5_1_also_the_tag_that_is_made_here(serve: Any) -> None:
    client = serve(store(tag=""), make_api(resources=[replace(THING, etag="generate")]))
    reply = client.patch(URL, data=b'{"name": "x"}', content_type=MERGE_PATCH, headers=MINIMAL)
    assert (reply.status_code, reply.headers["ETag"]) == (204, generated(client.get(URL).data, "v1"))


@pytest.mark.parametrize(("method", "path", "kind"), WRITES)
def test_WRT_5_2_a_client_that_prefers_the_object_gets_it(serve: Any, method: str, path: str, kind: str) -> None:
    for app in (store(), Silent({1: CHAIR})):
        reply = serve(app, API).open(path, method=method, data=b'{"name": "x"}', content_type=kind, headers=WHOLE)
        expected = {"id": 2 if method == "POST" else 1, "name": "x"} | ({"parts": ["leg"]} if method == "PATCH" else {})
        assert (reply.status_code, reply.json) == (201 if method == "POST" else 200, expected)
        assert reply.headers.getlist("Preference-Applied") == ["return=representation"]
        assert reply.headers["ETag"] == {"PUT": '"r2.v1"', "PATCH": '"r2.v1"', "POST": '"r1.v1"'}[method]
        assert reply.headers.getlist("Content-Type") == [JSON]
        assert reply.headers.get("Location") == ("http://localhost/api/v1/objects/2" if method == "POST" else None)
        if isinstance(app, Silent):
            assert (app.methods()[-1], app.asked[-1].path) == ("GET", "/things/2" if method == "POST" else "/things/1")


@pytest.mark.parametrize(
    "location",
    (
        None,
        *(
            f"http://{place}"
            for place in ("localhost/x", "elsewhere.example/things/2", "localhost/things", "localhost/things/2/photo")
        ),
    ),
)
def test_WRT_5_2_where_it_cannot_be_read_the_success_stands(serve: Any, location: str | None) -> None:
    made = Said("201 Created", type=JSON, headers=[("Location", location)] if location else [])
    app = Script(made)
    reply = serve(app, API).post(URLS, json={"name": "x"}, headers=WHOLE)
    assert (reply.status_code, reply.data, reply.headers.get("Preference-Applied")) == (201, b"", None)
    assert [told.method for told in app.asked] == ["POST"]


@pytest.mark.parametrize(
    "read", (Said("404 Not Found", {}), Said("500 Internal Server Error", {}), Said(body=b"NaN"), Said(body=b""))
)
def test_WRT_5_2_nor_where_reading_it_fails(serve: Any, read: Said) -> None:
    current = Said(body=CHAIR, headers=[("ETag", '"1"')])
    app = Script(current, Said("204 No Content", type=None, headers=[("ETag", '"2"')]), read)
    reply = serve(app, API).patch(URL, data=b"{}", content_type=MERGE_PATCH, headers=WHOLE)
    assert (reply.status_code, reply.data, reply.headers.get("Preference-Applied")) == (204, b"", None)
    assert reply.headers["ETag"] == '"2.v1"'
    assert [told.method for told in app.asked] == ["GET", "PUT", "GET"]


def test_WRT_5_2_what_the_version_does_not_offer_to_read_is_not_read(serve: Any) -> None:
    thing = Resource("thing", ThingSchema, item="/things/<int:id>", item_methods=("PUT",))
    app = Silent({1: CHAIR})
    reply = serve(app, make_api(resources=[thing], versions=VERSIONS[2:])).put(
        "/api/v1/things/1", json={"title": "x"}, headers=WHOLE
    )
    assert (reply.status_code, reply.headers.get("Preference-Applied"), app.methods()) == (204, None, ["PUT"])


@pytest.mark.parametrize(("method", "path", "kind"), WRITES[:2])
def test_WRT_5_2_and_it_says_what_it_is(serve: Any, method: str, path: str, kind: str) -> None:
    reply = serve(store(), API).open(path, method=method, data=b'{"name": "x"}', content_type=kind, headers=WHOLE)
    assert reply.headers["Content-Location"] == URL


@pytest.mark.parametrize(("tag", "headers"), (('"r{}"', {}), ('"r{}"', MINIMAL)))
def test_no_tag_says_that_the_object_is_what_a_put_sent(serve: Any, tag: str, headers: dict[str, str]) -> None:
    """Byte for byte, as one would without the object beside it (RFC 9110, section 9.3.4)."""
    reply = serve(Silent({1: CHAIR}, tag=tag), API).put(URL, json={"name": "x"}, headers=headers)
    assert (reply.status_code, reply.headers.get("ETag")) == (204, None)
    reply = serve(Silent({1: CHAIR}, tag=tag), API).patch(
        URL, data=b'{"name": "x"}', content_type=MERGE_PATCH, headers=headers
    )
    assert (reply.status_code, reply.headers.get("ETag")) == (204, '"r2.v1"')


@pytest.mark.parametrize("headers", ({}, MINIMAL, WHOLE))
def test_what_says_how_a_write_goes_on_is_not_the_object(serve: Any, headers: dict[str, str]) -> None:
    app = Script(Said("202 Accepted", {"job": 1, "label": "x"}))
    reply = serve(app, API).post(URLS, json={"name": "x"}, headers=headers)
    assert (reply.status_code, reply.data, reply.headers.get("Preference-Applied")) == (202, b"", None)


@pytest.mark.parametrize("prefer", ("return=minimal", "return=representation"))
def test_preferences_are_for_successes_of_writes(serve: Any, prefer: str) -> None:
    headers = {"Prefer": prefer}
    client = serve(store(), API)
    for reply in (
        client.get(URL, headers=headers),
        client.put(URL, json={}, headers=headers),
        client.delete("/api/v1/objects/7", headers=headers),
        client.options(URL, headers=headers),
    ):
        assert "Preference-Applied" not in reply.headers
    assert client.delete(URL, headers=headers).headers.get("Preference-Applied") == (
        "return=minimal" if prefer == "return=minimal" else None
    )


@pytest.mark.parametrize(
    ("prefer", "applied"),
    (
        ("return=minimal, return=representation", "return=minimal"),
        ('Return="MINIMAL"; x=y', "return=minimal"),
        ("return=everything", None),
        ("return", None),
        ("x=minimal", None),
    ),
)
def test_WRT_5_1_the_first_of_a_name_counts(serve: Any, prefer: str, applied: str | None) -> None:
    reply = serve(store(), API).put(URL, json={"name": "x"}, headers={"Prefer": prefer})
    assert reply.headers.get("Preference-Applied") == applied


@pytest.mark.parametrize(
    ("prefer", "forwarded"),
    (
        ("return=minimal", None),
        ("return=minimal, wait=5, handling=lenient, respond-async", "wait=5, respond-async"),
        ("wait=5", "wait=5"),
        (None, None),
    ),
)
def test_what_is_honoured_here_is_not_asked_of_the_app(serve: Any, prefer: str | None, forwarded: str | None) -> None:
    app = store()
    serve(app, API).put(URL, json={"name": "x"}, headers={"Prefer": prefer} if prefer else {})
    assert [told.headers.get("HTTP_PREFER") for told in app.asked] == [forwarded, forwarded]


def test_routes_without_schemas_are_the_app_s_in_this_too(serve: Any) -> None:
    app = Script(Said(body={}))
    reply = serve(app, API).post(URL + "/paint", headers=MINIMAL)
    assert (app.last.headers["HTTP_PREFER"], reply.headers.get("Preference-Applied")) == ("return=minimal", None)


@pytest.mark.parametrize("unknown", ("exclude", "pass", "raise"))
@pytest.mark.parametrize(("handling", "status"), ((None, None), ("strict", 422), ("lenient", 200)))
def test_WRT_5_3_a_client_may_ask_for_strict_handling_whatever_the_policy(
    serve: Any, unknown: str, handling: str | None, status: int | None
) -> None:
    api = make_api(resources=[replace(THING, unknown=unknown)], lenient=True)
    headers = {"Prefer": f"handling={handling}"} if handling else {}
    reply = serve(store(), api).put(URL, json={"name": "x", "wheels": 4}, headers=headers)
    assert reply.status_code == (status or (422 if unknown == "raise" else 200))
    if reply.status_code == 200:
        assert reply.headers.get("Preference-Applied") == (f"handling={handling}" if handling else None)
