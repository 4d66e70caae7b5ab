"""Bodies in YAML and MessagePack: what replies are sent as, what requests may be, and the entity tags of each."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
import yaml
from things import JSON, JSON_PATCH, MERGE_PATCH, THING, Said, Script, Store, make_api

from translayer import Limits
from translayer.document.forms import form

YAML, MSGPACK = "application/yaml", "application/msgpack"
API = make_api(renderers=("yaml", "msgpack"))
CHAIR = {"label": "chair", "colour": "red"}
V1 = {"id": 1, "name": "chair"}
URL = "/api/v1/objects/1"
READ = {
    "json": json.loads,
    "yaml": lambda body: yaml.load(body, yaml.CSafeLoader),
    "msgpack": msgspec.msgpack.decode,
}


def chair() -> Script:
    return Script(Said(body={"id": 1, **CHAIR}))


def acme(version: int, suffix: str) -> str:
    return f"application/vnd.acme.v{version}+{suffix}"


@pytest.mark.parametrize(
    ("accept", "form", "media"),
    (
        (YAML, "yaml", YAML),
        ("application/x-yaml", "yaml", "application/x-yaml"),
        ("text/yaml", "yaml", "text/yaml"),
        ("text/*", "yaml", "text/yaml"),
        (MSGPACK, "msgpack", MSGPACK),
        ("application/vnd.msgpack", "msgpack", "application/vnd.msgpack"),
        ("application/x-msgpack", "msgpack", "application/x-msgpack"),
        (acme(1, "yaml"), "yaml", acme(1, "yaml")),
        (f"{acme(1, 'msgpack')}, */*;q=0.1", "msgpack", acme(1, "msgpack")),
        (f"{JSON};q=0.1, {YAML};q=0.2", "yaml", YAML),
        (f"{YAML}, {JSON}", "yaml", YAML),
        # Wherever the choice is left to us, it is JSON.
        (None, "json", JSON),
        ("*/*", "json", JSON),
        ("application/*", "json", JSON),
        (f"{JSON}, {YAML}", "json", JSON),
        (f"{YAML};q=0.5, */*", "json", JSON),
        (f"{YAML};q=0, */*", "json", JSON),
        (f"{JSON};q=0, */*", "json", acme(1, "json")),
    ),
)
def test_NEG_9_1_replies_are_in_the_form_that_accept_prefers(
    serve: Any, accept: str | None, form: str, media: str
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    app = chair()
    reply = serve(app, API).get(URL, headers=headers)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, media)
    assert (READ[form](reply.data), reply.content_length) == (V1, len(reply.data))
    assert (reply.headers["Vary"], app.last.headers["HTTP_ACCEPT"]) == ("Accept, X-Api-Version", JSON)


@pytest.mark.parametrize(
    ("accept", "status", "version", "media"),
    (
        (acme(2, "yaml"), 200, "2", acme(2, "yaml")),
        (f"{acme(1, 'json')};q=0.5, {acme(2, 'msgpack')}", 200, "2", acme(2, "msgpack")),
        (f"{acme(2, 'yaml')}, {acme(1, 'json')}", 200, "2", acme(2, "yaml")),
        (YAML, 200, "1", YAML),
        (f"{JSON};q=0, */*", 200, "1", acme(1, "json")),
        (acme(9, "yaml"), 406, "1", JSON),
    ),
)
def test_NEG_9_1_vendor_types_of_a_form_name_the_version(
    serve: Any, accept: str, status: int, version: str, media: str
) -> None:
    reply = serve(chair(), API).get("/api/objects/1", headers={"Accept": accept})
    assert (reply.status_code, reply.headers["X-Api-Version"]) == (status, version)
    assert status == 406 or reply.headers["Content-Type"] == media


@pytest.mark.parametrize("accept", (acme(2, "yaml"), "text/html"))
def test_NEG_9_1_a_form_of_another_version_is_406_and_all_that_there_are_are_listed(serve: Any, accept: str) -> None:
    app = chair()
    reply = serve(app, API).get(URL, headers={"Accept": f"{accept}, application/problem+json"})
    assert (reply.status_code, app.asked) == (406, [])
    assert {JSON, YAML, MSGPACK, *(acme(1, suffix) for suffix in READ)} <= set(
        reply.json["detail"].split(". ")[0].removeprefix("Accept admits none of ").split(", ")
    )


def test_NEG_9_1_without_renderers_there_is_json_alone(serve: Any) -> None:
    for accept in (YAML, MSGPACK, acme(1, "yaml")):
        assert serve(chair(), make_api()).get(URL, headers={"Accept": accept}).status_code == 406
    only = make_api(renderers=["msgpack"])
    assert serve(chair(), only).get(URL, headers={"Accept": YAML}).status_code == 406
    assert serve(chair(), only).get(URL, headers={"Accept": MSGPACK}).status_code == 200


def test_NEG_9_1_templates_that_do_not_end_in_json_have_no_other_form(serve: Any) -> None:
    templates = ("application/vnd.{vendor}+json; version={version}", "application/vnd.{vendor}.v{version}")
    client = serve(chair(), make_api(renderers=["yaml"], media_types=templates))
    reply = client.get("/api/objects/1", headers={"Accept": "application/vnd.acme+yaml; version=2"})
    assert (reply.headers["X-Api-Version"], reply.headers["Content-Type"]) == (
        "2",
        "application/vnd.acme+yaml; version=2",
    )
    assert client.get(URL, headers={"Accept": "application/vnd.acme.v1+yaml"}).status_code == 406


@pytest.mark.usefixtures("lint_is_wrong_about_head")
def test_NEG_9_1_every_reply_with_a_document_is_in_it(serve: Any) -> None:
    client = serve(Store({1: CHAIR}), API)
    headers = {"Accept": YAML}
    got = client.get(URL, headers=headers)
    head = client.head(URL, headers=headers)
    assert (head.headers["Content-Length"], head.data) == (str(len(got.data)), b"")
    assert client.get("/api/v1/objects", headers=headers).data == b"- id: 1\n  name: chair\n"
    made = client.post("/api/v1/objects", json={"name": "x"}, headers=headers)
    assert (made.status_code, made.data) == (201, b"id: 2\nname: x\n")
    patched = client.patch(URL, data=b'{"name": "y"}', content_type=MERGE_PATCH, headers=headers)
    assert patched.data == b'id: 1\nname: "y"\n'
    silent = client.patch(
        URL, data=b'{"name": "z"}', content_type=MERGE_PATCH, headers={**headers, "Prefer": "return=minimal"}
    )
    assert (silent.status_code, silent.data) == (204, b"")


def test_NEG_9_1_what_is_not_translated_stays_as_it_is(serve: Any) -> None:
    app = Script(Said(body=b"...", type="image/png"))
    reply = serve(app, API).get(URL + "/photo", headers={"Accept": YAML})
    assert (reply.data, reply.headers["Content-Type"], app.last.headers["HTTP_ACCEPT"]) == (b"...", "image/png", YAML)


@pytest.mark.parametrize("name", ("yaml", "msgpack"))
@pytest.mark.parametrize("value", (1e30, 10**19, 0.1, -0.0, "no", "12:30", [[], {}], {"<<": None}, "\u2028 \x7f😀"))
def test_NEG_9_1_no_value_is_a_failure(serve: Any, name: str, value: Any) -> None:
    reply = serve(Script(Said(body={"text": "x", "value": value})), API).get(
        "/api/v1/notes/1", headers={"Accept": f"application/{name}"}
    )
    assert (reply.status_code, READ[name](reply.data)) == (200, {"text": "x", "value": value})


@pytest.mark.parametrize("value", (2**64, 10**30, 10**305, -(10**30)))
def test_NEG_9_1_integers_that_messagepack_cannot_hold_are_doubles(serve: Any, value: int) -> None:
    client = serve(Script(Said(body={"value": value})), API)
    packed, text = (client.get("/api/v1/notes/1", headers={"Accept": media}).data for media in (MSGPACK, YAML))
    assert READ["msgpack"](packed) == {"value": float(value)}
    assert text == f"value: {value}\n".encode()


TYPES = (
    ("yaml", (YAML, "application/x-yaml", "text/yaml", "text/x-yaml", "Text/YAML; charset=utf-8", acme(1, "yaml"))),
    ("msgpack", (MSGPACK, "application/vnd.msgpack", "application/x-msgpack", acme(1, "msgpack"))),
)


@pytest.mark.parametrize(("name", "media"), [(name, media) for name, types in TYPES for media in types])
def test_NEG_9_2_requests_are_in_any_form(serve: Any, name: str, media: str) -> None:
    app = Store({1: CHAIR})
    client = serve(app, API)
    body = form(name).from_json(b'{"name":"no","parts":["yes"]}')
    made = client.post("/api/v1/objects", data=body, content_type=media)
    assert (made.status_code, made.json) == (201, {"id": 2, "name": "no", "parts": ["yes"]})
    assert app.asked[-1].headers["CONTENT_TYPE"] == JSON
    # Onto what is there, with what the version cannot see.
    put = client.put(URL, data=body, content_type=media)
    assert (put.status_code, app.things[1]["label"], app.things[1]["colour"]) == (200, "no", "red")


@pytest.mark.parametrize("method", ("POST", "PUT"))
def test_NEG_9_2_415_lists_the_forms_and_patches_are_json(serve: Any, method: str) -> None:
    app = Store({1: CHAIR})
    client, path = serve(app, API), "/api/v1/objects" if method == "POST" else URL
    for media in ("text/plain", acme(2, "yaml")):
        reply = client.open(path, method=method, data=b"name: x", content_type=media)
        assert reply.status_code == 415
        assert {JSON, YAML, MSGPACK, *(acme(1, suffix) for suffix in READ)} <= set(reply.headers["Accept"].split(", "))
    patched = client.patch(URL, data=b"name: x", content_type=YAML)
    assert (patched.status_code, patched.headers["Accept-Patch"]) == (415, f"{JSON_PATCH}, {MERGE_PATCH}")
    assert app.asked == []


@pytest.mark.parametrize(
    ("media", "body", "status", "code"),
    (
        (YAML, b"name: [", 400, "MALFORMED_YAML"),
        (YAML, b"name: &a x", 400, "MALFORMED_YAML"),
        (YAML, b"[" * 90, 400, "NESTED_TOO_DEEPLY"),
        (YAML, b"- 1\n" * 101, 400, "TOO_MANY_VALUES"),
        (YAML, b"name: 1\nname: 2", 400, "DUPLICATE_KEY"),
        (YAML, b"", 400, "EMPTY_BODY"),
        (YAML, b"#" * 501, 413, "BODY_TOO_LARGE"),
        (YAML, b"name: 5", 422, "INVALID"),
        (YAML, b"---", 422, "INVALID"),
        (MSGPACK, b"\xc1", 400, "MALFORMED_MSGPACK"),
        (MSGPACK, b"\x91" * 90, 400, "NESTED_TOO_DEEPLY"),
        (MSGPACK, b"\xdc\x00\xff" + b"\x01" * 255, 400, "TOO_MANY_VALUES"),
        (MSGPACK, b"", 400, "EMPTY_BODY"),
        (MSGPACK, b"\x81\xa4name\x05", 422, "INVALID"),
    ),
)
def test_NEG_9_2_under_the_bounds_of_json_and_with_codes_of_their_own(
    serve: Any, media: str, body: bytes, status: int, code: str
) -> None:
    app = Store({1: CHAIR})
    client = serve(app, make_api(renderers=("yaml", "msgpack"), limits=Limits(body=500, values=100)))
    for path, method in (("/api/v1/objects", "POST"), (URL, "PUT")):
        reply = client.open(path, method=method, data=body, content_type=media)
        assert (reply.status_code, reply.json["error"]["error"]) == (status, code)
    assert set(app.methods()) <= {"GET"}


ERRORS = (
    (YAML, "yaml", YAML),
    ("text/yaml", "yaml", "text/yaml"),
    (acme(1, "yaml"), "yaml", YAML),
    (acme(9, "msgpack"), "msgpack", MSGPACK),
    (f"{MSGPACK};q=0.5, {YAML};q=0.4, text/html", "msgpack", MSGPACK),
    (f"{JSON};q=0, */*", "yaml", YAML),
    # JSON, wherever that is admitted, or nothing else is.
    (f"{YAML}, {JSON};q=0.1", "json", JSON),
    (f"{YAML}, */*;q=0.1", "json", JSON),
    (f"{YAML}, {acme(1, 'json')};q=0.1", "json", JSON),
    ("text/html", "json", JSON),
    ("rubbish", "json", JSON),
    (f"{YAML}, application/problem+json", "json", "application/problem+json"),
)


@pytest.mark.parametrize(("accept", "name", "media"), ERRORS)
def test_NEG_9_3_errors_are_in_a_form_where_accept_admits_no_json(
    serve: Any, accept: str, name: str, media: str
) -> None:
    reply = serve(chair(), API).open(URL, method="TRACE", headers={"Accept": accept})
    assert (reply.status_code, reply.headers["Content-Type"]) == (400 if accept == "rubbish" else 405, media)
    told = READ[name](reply.data)
    assert (told.get("error") or told)["status"] == reply.status_code
    assert reply.content_length == len(reply.data)


def test_NEG_9_3_but_problem_details_are_json(serve: Any) -> None:
    client = serve(chair(), make_api(renderers=["yaml"], problems=True))
    assert client.get("/api/v1/things/1", headers={"Accept": YAML}).content_type == "application/problem+json"


# Entity tags

GENERATING = make_api(renderers=("yaml", "msgpack"), resources=[replace(THING, etag="generate")])
ACCEPTS = {"json": JSON, "yaml": YAML, "msgpack": MSGPACK}
both = pytest.mark.parametrize("api", (API, GENERATING), ids=("app", "generate"))


def tags(client: Any) -> dict[str, str]:
    return {name: client.get(URL, headers={"Accept": media}).headers["ETag"] for name, media in ACCEPTS.items()}


@both
def test_NEG_9_4_entity_tags_differ_by_form(serve: Any, api: Any) -> None:
    client = serve(Store({1: CHAIR}), api)
    known = tags(client)
    base = known["json"].removesuffix('.v1"')
    assert known == {"json": f'{base}.v1"', "yaml": f'{base}.v1+yaml"', "msgpack": f'{base}.v1+msgpack"'}
    vendor = client.get(URL, headers={"Accept": acme(1, "yaml")})
    assert vendor.headers["ETag"] == known["yaml"]


@both
@pytest.mark.parametrize("asked", ACCEPTS)
@pytest.mark.parametrize("known", ACCEPTS)
@pytest.mark.usefixtures("lint_is_wrong_about_head")
def test_NEG_9_4_what_is_known_is_only_the_same_form(serve: Any, api: Any, asked: str, known: str) -> None:
    client = serve(Store({1: CHAIR}), api)
    tag = tags(client)[known]
    for method in ("GET", "HEAD"):
        for condition, same, other in (("If-None-Match", 304, 200), ("If-Match", 200, 412)):
            if api is API and condition == "If-Match":
                continue  # that of a read is the app's to judge
            headers = {"Accept": ACCEPTS[asked], condition: tag}
            reply = client.open(URL, method=method, headers=headers)
            assert reply.status_code == (same if asked == known else other)


@both
@pytest.mark.parametrize("known", ACCEPTS)
@pytest.mark.parametrize("method", ("PUT", "PATCH", "DELETE"))
def test_NEG_9_4_a_write_is_guarded_by_a_tag_of_any_form(serve: Any, api: Any, method: str, known: str) -> None:
    app = Store({1: CHAIR})
    client = serve(app, api)
    seen = tags(client)
    kind = {"PUT": JSON, "PATCH": MERGE_PATCH}.get(method)
    write = {"method": method, "data": b'{"name": "x"}' if kind else None, "content_type": kind}
    foreign = seen[known].replace(".v1", ".v2")
    for headers in ({"If-Match": foreign}, {"If-None-Match": seen[known]}, {"If-Match": '"x.v1+yaml"'}):
        assert client.open(URL, **write, headers={"Accept": YAML, **headers}).status_code == 412
    done = client.open(URL, **write, headers={"Accept": YAML, "If-Match": f'"x", {seen[known]}'})
    assert done.status_code in (200, 204)
    if method != "DELETE":
        assert done.headers["ETag"] == tags(client)["yaml"] != seen["yaml"]
        assert client.open(URL, **write, headers={"If-Match": seen[known]}).status_code == 412


@pytest.mark.parametrize("known", ACCEPTS)
def test_NEG_9_4_also_of_a_write_that_goes_straight_through(serve: Any, known: str) -> None:
    app = Store({1: CHAIR})
    client = serve(app, API)
    url, tag = "/api/v3/things/1", f'"r1.v3{"" if known == "json" else "+" + known}"'
    body = b"title: stool\ncolour: blue\n"
    assert client.put(url, data=body, content_type=YAML, headers={"If-Match": '"r1.v2+yaml"'}).status_code == 412
    assert client.put(url, data=body, content_type=YAML, headers={"If-None-Match": tag}).status_code == 412
    assert client.put(url, data=body, content_type=YAML, headers={"If-Match": tag}).status_code == 200
    assert app.things[1]["label"] == "stool"
