"""Entity tags where the app has none, and conditions where the API requires them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from things import JSON, MERGE_PATCH, THING, VERSIONS, Said, Script, Store, ThingSchema, make_api

from translayer import Resource, Route, Translayer, Version, VersionChange
from translayer.errors import DeclarationError
from translayer.http.etags import generated
from translayer.operations import added

CHAIR = {"label": "chair", "colour": "red", "parts": ["leg"]}
V1 = b'{"id":1,"name":"chair","parts":["leg"]}'
TAG = generated(V1, "v1")
URL = "/api/v1/objects/1"


def api_of(**options: Any) -> Any:
    return make_api(resources=[replace(THING, **options)])


GENERATING = api_of(etag="generate")
ACCEPTED = api_of(etag="none")
STRICT = api_of(require_condition=True)


def untagged() -> Store:
    return Store({1: CHAIR}, tag="")


@pytest.mark.parametrize("tag", ("", 'W/"r{}"', "r{}"))
@pytest.mark.parametrize(("method", "kind"), (("PATCH", MERGE_PATCH), ("PUT", JSON)))
@pytest.mark.filterwarnings("ignore:Unquoted etag")
def test_WRT_2_4_without_a_strong_entity_tag_nothing_is_written_onto(
    serve: Any, tag: str, method: str, kind: str, caplog: Any
) -> None:
    app = Store({1: CHAIR}, tag=tag)
    reply = serve(app, make_api(), debug=False).open(URL, method=method, data=b'{"name": "x"}', content_type=kind)
    assert (reply.status_code, reply.json["error"]["error"], app.methods()) == (500, "INTERNAL_ERROR", ["GET"])
    assert "declare etag='generate' or etag='none'" in caplog.text
    refused = serve(app, make_api(), debug=False).open(URL, method=method, data=b'{"name": 5}', content_type=kind)
    assert refused.status_code == 422, "the client's own fault comes first"


@pytest.mark.parametrize("tag", ("", 'W/"r{}"', "r{}", '"r{}"'))
@pytest.mark.parametrize("api", (GENERATING, ACCEPTED))
@pytest.mark.filterwarnings("ignore:Unquoted etag")
def test_WRT_2_4_unless_the_author_accepts_it(serve: Any, tag: str, api: Any) -> None:
    app = Store({1: CHAIR}, tag=tag)
    reply = serve(app, api).patch(URL, data=b'{"name": "x"}', content_type=MERGE_PATCH)
    assert (reply.status_code, app.things[1]["label"], app.things[1]["colour"]) == (200, "x", "red")
    # A strong tag is used all the same.
    assert app.asked[-1].headers.get("HTTP_IF_MATCH") == ('"r1"' if tag == '"r{}"' else None)


@pytest.mark.usefixtures("lint_is_wrong_about_head")
def test_WRT_3_3_tags_are_made_of_the_bytes_that_the_client_gets(serve: Any) -> None:
    client = serve(untagged(), GENERATING)
    first, again = client.get(URL), client.get(URL)
    assert first.data == V1
    assert first.headers["ETag"] == again.headers["ETag"] == TAG == generated(first.data, "v1")
    newest = client.get("/api/v3/things/1")
    assert newest.headers["ETag"] == generated(newest.data, "v3")
    listed = client.get("/api/v1/objects")
    assert listed.headers["ETag"] == generated(listed.data, "v1")
    assert client.head(URL).headers["ETag"] == TAG


def test_WRT_3_3_a_write_says_the_new_tag_and_a_deletion_none(serve: Any) -> None:
    client = serve(untagged(), GENERATING)
    patched = client.patch(URL, data=b'{"name": "stool"}', content_type=MERGE_PATCH)
    assert patched.headers["ETag"] == generated(patched.data, "v1") == client.get(URL).headers["ETag"]
    assert "ETag" not in client.delete(URL).headers


def test_WRT_3_3_the_app_s_own_tag_is_replaced_and_its_other_replies_are_its_own(serve: Any) -> None:
    app = Store({1: CHAIR}, tag='W/"weak"')
    assert serve(app, GENERATING).get(URL).headers["ETag"] == TAG
    photo = Script(Said(body=b"x", type="image/png", headers=[("ETag", '"p"')]))
    client = serve(photo, GENERATING)
    reply = client.get(URL + "/photo", headers={"If-None-Match": '"p"'})
    assert (reply.headers["ETag"], photo.last.headers["HTTP_IF_NONE_MATCH"]) == ('"p"', '"p"')
    page = Script(Said(body=b"x", type="text/html", headers=[("ETag", '"p"')]))
    assert serve(page, GENERATING).get(URL).headers["ETag"] == '"p.v1"'


READS = (
    ({"If-None-Match": TAG}, 304),
    ({"If-None-Match": f"W/{TAG}"}, 304),
    ({"If-None-Match": f'"x", {TAG}'}, 304),
    ({"If-None-Match": "*"}, 304),
    ({"If-None-Match": '"x"'}, 200),
    ({"If-None-Match": "rubbish"}, 200),
    ({"If-Match": TAG}, 200),
    ({"If-Match": "*"}, 200),
    ({"If-Match": f"W/{TAG}"}, 412),
    ({"If-Match": '"x"'}, 412),
    ({"If-Match": '"x"', "If-None-Match": TAG}, 412),
    ({}, 200),
)


@pytest.mark.usefixtures("lint_is_wrong_about_head")
@pytest.mark.parametrize(("headers", "status"), READS)
@pytest.mark.parametrize("method", ("GET", "HEAD"))
def test_WRT_3_3_conditions_of_reads_are_judged_against_it(
    serve: Any, headers: dict[str, str], status: int, method: str
) -> None:
    app = untagged()
    reply = serve(app, GENERATING).open(URL, method=method, headers=headers)
    assert reply.status_code == status
    assert not {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"} & app.asked[-1].headers.keys()
    if status == 304:
        assert (reply.data, reply.headers["ETag"], reply.headers["X-Api-Version"]) == (b"", TAG, "1")
        assert not {"Content-Type", "Content-Length"} & set(reply.headers.keys())


BEFORE, AT, AFTER = (f"Sat, 01 Jan 2000 00:00:0{second} GMT" for second in (1, 2, 3))


@pytest.mark.parametrize(
    ("headers", "status"),
    (
        ({"If-Modified-Since": BEFORE}, 200),
        ({"If-Modified-Since": AT}, 304),
        ({"If-Modified-Since": "rubbish"}, 200),
        ({"If-Modified-Since": AT, "If-None-Match": '"x"'}, 200),
        ({"If-Modified-Since": BEFORE, "If-None-Match": TAG}, 304),
        ({"If-Unmodified-Since": AT}, 200),
        ({"If-Unmodified-Since": BEFORE}, 412),
        ({"If-Unmodified-Since": BEFORE, "If-Match": TAG}, 200),
    ),
)
def test_WRT_3_3_dates_are_judged_too_where_no_tag_outranks_them(
    serve: Any, headers: dict[str, str], status: int
) -> None:
    app = Script(Said(body={"id": 1, **CHAIR}, headers=[("Last-Modified", AT)]))
    reply = serve(app, GENERATING).get(URL, headers=headers)
    assert reply.status_code == status
    assert status == 412 or reply.headers["ETag"] == TAG
    assert not {f"HTTP_{name.upper().replace('-', '_')}" for name in headers} & app.last.headers.keys()


@pytest.mark.parametrize("api", (GENERATING, make_api()))
@pytest.mark.parametrize(
    ("headers", "status"), (({"If-Unmodified-Since": BEFORE}, 412), ({"If-Unmodified-Since": AFTER}, 200))
)
def test_WRT_3_3_what_is_judged_here_the_app_is_not_asked_again(
    serve: Any, api: Any, headers: dict[str, str], status: int
) -> None:
    app = Script(Said(body={"id": 1, **CHAIR}, headers=[("Last-Modified", AT), ("ETag", '"r1"')]))
    reply = serve(app, api).patch(URL, data=b"{}", content_type=MERGE_PATCH, headers=headers)
    assert (reply.status_code, "HTTP_IF_UNMODIFIED_SINCE" in app.last.headers) == (status, False)


WRITES = (
    ({"If-Match": TAG}, 200),
    ({"If-Match": "*"}, 200),
    ({"If-Match": f"W/{TAG}"}, 412),
    ({"If-Match": '"x"'}, 412),
    ({"If-Match": TAG.replace("v1", "v2")}, 412),
    ({"If-None-Match": "*"}, 412),
    ({"If-None-Match": TAG}, 412),
    ({"If-None-Match": '"x"'}, 200),
    ({}, 200),
)


@pytest.mark.parametrize(("headers", "status"), WRITES)
@pytest.mark.parametrize(("method", "kind"), (("PATCH", MERGE_PATCH), ("PUT", JSON), ("DELETE", None)))
def test_WRT_3_3_so_are_those_of_writes(
    serve: Any, headers: dict[str, str], status: int, method: str, kind: str | None
) -> None:
    app = untagged()
    body = b'{"name": "stool"}' if kind else None
    reply = serve(app, GENERATING).open(URL, method=method, data=body, content_type=kind, headers=headers)
    assert reply.status_code == (204 if (status, method) == (200, "DELETE") else status)
    assert (app.things.get(1, {}).get("label") == "chair") is (status == 412)


@pytest.mark.parametrize(("headers", "status"), WRITES[1:2] + WRITES[3:4] + WRITES[7:])
def test_WRT_3_3_also_in_a_version_that_sees_all_which_then_reads_first(
    serve: Any, headers: dict[str, str], status: int
) -> None:
    app = untagged()
    reply = serve(app, GENERATING).put("/api/v3/things/1", json={"title": "stool"}, headers=headers)
    assert (reply.status_code, app.methods()) == (
        status,
        {(200, True): ["GET", "PUT"], (412, True): ["GET"], (200, False): ["PUT"]}[status, bool(headers)],
    )


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    (
        ("PUT", {"If-Match": "*"}, 412),
        ("PUT", {"If-None-Match": "*"}, 201),
        ("DELETE", {"If-Match": "*"}, 404),
        ("DELETE", {"If-Match": '"x"'}, 404),
    ),
)
def test_WRT_3_3_where_nothing_is_there_is_nothing_to_match(
    serve: Any, method: str, headers: dict[str, str], status: int
) -> None:
    body = {"json": {"title": "stool"}} if method == "PUT" else {}
    app = untagged()
    reply = serve(app, GENERATING).open("/api/v3/things/5", method=method, headers=headers, **body)
    assert (reply.status_code, 5 in app.things) == (status, status == 201)


@pytest.mark.parametrize("method", ("PUT", "DELETE"))
def test_WRT_3_3_where_it_cannot_be_read_the_client_is_told_why(serve: Any, method: str) -> None:
    app = Script(Said("403 Forbidden", {"message": "Not yours."}))
    body = {"json": {"title": "x"}} if method == "PUT" else {}
    reply = serve(app, GENERATING).open("/api/v3/things/1", method=method, headers={"If-Match": "*"}, **body)
    assert (reply.status_code, reply.json["error"]["description"]) == (403, "Not yours.")
    assert [told.method for told in app.asked] == ["GET"]


@pytest.mark.parametrize(
    ("headers", "status"),
    (
        ({"If-Match": '"a.v1"'}, 412),
        ({"If-Match": "*"}, 201),
        ({"If-None-Match": "*"}, 412),
        ({"If-None-Match": '"a.v1"'}, 201),
        ({}, 201),
    ),
)
def test_WRT_3_3_a_condition_that_cannot_be_judged_does_not_hold(
    serve: Any, headers: dict[str, str], status: int
) -> None:
    """Where nothing is read as one document, as at a collection, and the app is not known to judge by itself."""
    for api in (GENERATING, ACCEPTED):
        app = untagged()
        reply = serve(app, api).post("/api/v1/objects", json={"name": "x"}, headers=headers)
        assert (reply.status_code, app.methods()) == (status, ["POST"] if status == 201 else [])
    app = untagged()
    assert serve(app, make_api()).post("/api/v1/objects", json={"name": "x"}, headers=headers).status_code == 201
    assert app.methods() == ["POST"]


@pytest.mark.parametrize("etag", ("app", "generate", "none"))
def test_conditions_of_a_read_that_is_not_translated_are_the_app_s(serve: Any, etag: str) -> None:
    """Also where what is written at the URL is."""
    rule = "/tools/<int:id>"
    routes = [Route("GET", rule), Route("POST", rule, reply=ThingSchema)]
    app = Script(Said(body=b"x", type="image/png", headers=[("ETag", '"p"')]))
    client = serve(
        app, make_api(resources=[Resource("tool", ThingSchema, routes=routes, etag=etag)], versions=VERSIONS[1:])
    )
    client.get("/api/v1/tools/1", headers={"If-None-Match": '"p.v1"'})
    assert app.last.headers["HTTP_IF_NONE_MATCH"] == '"p"'


@pytest.mark.parametrize("status", ("200 OK", "202 Accepted"))
def test_WRT_3_3_what_is_not_the_object_has_no_tag(serve: Any, status: str) -> None:
    app = Script(Said(status, {"id": 1, **CHAIR}))
    assert "ETag" not in serve(app, GENERATING).delete(URL).headers


@pytest.mark.parametrize(("headers", "status"), (({"If-Match": '"x.v1"'}, 412), ({"If-Match": "*"}, 200)))
def test_WRT_2_4_an_app_without_tags_is_no_reason_to_pass_over_a_condition(
    serve: Any, headers: dict[str, str], status: int
) -> None:
    for path, document in ((URL, {"name": "x"}), ("/api/v3/things/1", {"title": "x"})):
        app = untagged()
        reply = serve(app, ACCEPTED).put(path, json=document, headers=headers)
        assert (reply.status_code, app.things[1]["label"]) == (status, "x" if status == 200 else "chair")


def test_WRT_3_3_tags_of_an_object_whose_write_is_no_document(serve: Any) -> None:
    rule = "/tools/<int:id>"
    routes = [Route("GET", rule, reply=ThingSchema), Route("PUT", rule, request=ThingSchema)]
    api = make_api(resources=[Resource("tool", ThingSchema, routes=routes, etag="generate")], versions=VERSIONS[1:])
    for tag, status in ((TAG, 200), ('"x"', 412)):
        app = Script(Said(body={"id": 1, **CHAIR}), Said(body=b"done", type="text/plain"))
        reply = serve(app, api).put("/api/v1/tools/1", json={"name": "x"}, headers={"If-Match": tag})
        assert reply.status_code == status


@pytest.mark.parametrize("method", ("PUT", "PATCH", "DELETE"))
@pytest.mark.parametrize(
    ("headers", "required"),
    (
        ({}, True),
        ({"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}, True),
        ({"If-Match": '"r1.v1"'}, False),
        ({"If-None-Match": "*"}, False),
        # These may hold of what the client has never seen.
        ({"If-None-Match": '"x"'}, True),
        ({"If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}, True),
    ),
)
def test_WRT_4_2_a_write_without_a_condition_where_one_is_required_is_428(
    serve: Any, method: str, headers: dict[str, str], required: bool
) -> None:
    app = Store({1: CHAIR})
    kind = {"PUT": JSON, "PATCH": MERGE_PATCH}.get(method)
    body = b'{"name": "x"}' if kind else None
    reply = serve(app, STRICT).open(URL, method=method, data=body, content_type=kind, headers=headers)
    assert (reply.status_code == 428) is required
    if required:
        assert (reply.json["error"]["error"], app.asked) == ("PRECONDITION_REQUIRED", [])
        assert reply.headers["Vary"] == "Accept, X-Api-Version, Prefer"
    else:
        assert reply.status_code in (200, 204, 412)


def test_WRT_4_2_but_not_where_nothing_can_be_read_first(serve: Any) -> None:
    app = Store({1: CHAIR})
    client = serve(app, STRICT)
    assert client.get(URL).status_code == 200
    assert client.post("/api/v1/objects", json={"name": "x"}).status_code == 201
    assert serve(Script(), STRICT).post(URL + "/paint").status_code == 200


@pytest.mark.parametrize(
    ("options", "told"),
    (
        ({"etag": "weak"}, "etag='weak' is none of 'app', 'generate', 'none'"),
        ({"etag": None}, "etag=None is none of"),
        ({"patch": "xml"}, "patch='xml' is none of 'put', 'merge', 'json'"),
        ({"require_condition": "yes"}, "require_condition='yes' is no bool"),
        ({"require_condition": True, "etag": "none"}, "have no entity tag to make it of: say etag='generate'"),
    ),
)
def test_nonsense_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DeclarationError, match=told):
        replace(THING, **options)


def test_what_must_be_read_first_must_be_readable_in_every_version() -> None:
    class ThingsAreRead(VersionChange):
        """Things can be read."""

        routes = [added("/things/<int:id>", "GET")]

    versions = [Version(2, ThingsAreRead), Version(1)]
    for methods, options, told in (
        (("GET", "PUT", "PATCH"), {}, "PATCH /things/<int:id> in version 1 is served from GET, which that version"),
        (("GET", "PUT"), {"require_condition": True}, "PUT /things/<int:id> in version 1 requires a condition"),
        (("GET", "DELETE"), {"require_condition": True}, "DELETE /things/<int:id> in version 1 requires a condition"),
    ):
        thing = Resource("thing", ThingSchema, item="/things/<int:id>", item_methods=methods, **options)
        with pytest.raises(DeclarationError, match=told):
            Translayer(Script(), make_api(resources=[thing], versions=versions))
