"""Small APIs and small bare apps, for the tests of the engine and of the boundary.

Things are served in three versions: version 1 calls a thing's `title` `name` and knows no colours, versions 1 and 2
have things under `/objects`. The app has titles under `label`, and a `secret` that nobody sees.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import get_content_length

from translayer import Api, Resource, Route, Version, VersionChange
from translayer.operations import add, moved, rename

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"


class ThingSchema(Schema):
    """A thing as it is today."""

    id = fields.Integer(dump_only=True)
    title = fields.String(attribute="label", required=True, validate=validate.Length(1, 10))
    colour = fields.String()
    parts = fields.List(fields.String(validate=validate.Length(max=5)))


class NoteSchema(Schema):
    """A note: the same inside and outside, in every version."""

    id = fields.Integer()
    text = fields.String()
    value = fields.Raw()


class ThingsHaveTitles(VersionChange):
    """A thing's `name` is called `title`, and things have colours."""

    schemas = {ThingSchema: [rename("name", "title"), add("colour")]}


class ObjectsAreThings(VersionChange):
    """Objects are called things."""

    routes = [moved("/objects", to="/things")]


VERSIONS = (Version(3, ObjectsAreThings), Version(2, ThingsHaveTitles), Version(1))
THING = Resource(
    "thing",
    ThingSchema,
    collection="/things",
    item="/things/<int:id>",
    routes=[Route("POST", "/things/<int:id>/paint"), Route("GET", "/things/<int:id>/photo")],
)
NOTE = Resource("note", NoteSchema, collection="/notes", item="/notes/<string:id>")


def make_api(**options: Any) -> Api:
    """The API of things and notes, with options of one's own."""
    chosen = {"resources": [THING, NOTE], "versions": VERSIONS, "prefix": "/api", **options}
    return Api("acme", **chosen)


@dataclass(frozen=True)
class Asked:
    """What an app was asked: `headers` are the names of environ, `HTTP_ACCEPT`."""

    method: str
    script: str
    path: str
    query: str
    headers: dict[str, Any]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def asked(environ: dict[str, Any]) -> Asked:
    """What an environ asks for, with its body read."""
    length = min(get_content_length(environ) or 0, 10**6)
    return Asked(
        environ["REQUEST_METHOD"],
        environ["SCRIPT_NAME"],
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        {name: value for name, value in environ.items() if name.startswith(("HTTP_", "CONTENT_", "translayer."))},
        environ["wsgi.input"].read(length) if length else b"",
    )


@dataclass
class Said:
    """A reply that an app is told to make; the body is JSON, or bytes as they are."""

    status: str = "200 OK"
    body: Any = b""
    type: str | None = JSON
    headers: Iterable[tuple[str, str]] = ()

    @property
    def chunk(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    @property
    def head(self) -> list[tuple[str, str]]:
        return [*([("Content-Type", self.type)] if self.type else []), *self.headers]


class Script:
    """A bare WSGI app that says what it is told to, the last reply again and again, and keeps what it was asked."""

    def __init__(self, *replies: Said) -> None:
        self.replies = list(replies or [Said(body={"id": 1, "label": "chair"})])
        self.asked: list[Asked] = []

    @property
    def last(self) -> Asked:
        return self.asked[-1]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.asked.append(asked(environ))
        said = self.replies[min(len(self.asked), len(self.replies)) - 1]
        start_response(said.status, said.head)
        return [said.chunk] if said.chunk and environ["REQUEST_METHOD"] != "HEAD" else []


@dataclass
class Store:
    """A bare app over a dictionary: GET, POST, PUT and DELETE of things, with entity tags and their conditions.

    `before_put` happens before each PUT, as if another client were faster.
    """

    things: dict[int, dict[str, Any]] = field(default_factory=dict)
    tag: str = '"r{}"'
    before_put: Callable[[Store], None] = lambda store: None
    revisions: dict[int, int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, thing in list(self.things.items()):
            self.write(number, thing)

    def write(self, number: int, thing: dict[str, Any]) -> None:
        self.things[number] = {"id": number, "secret": "s", **thing}
        self.revisions[number] = self.revisions.get(number, 0) + 1

    def methods(self) -> list[str]:
        """The methods it was asked for, in order."""
        return [told.method for told in self.asked]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        told = asked(environ)
        self.asked.append(told)
        if told.method == "PUT":
            self.before_put(self)
        name = told.path.removeprefix("/things").strip("/")
        response = self.collection(told) if not name else self.item(told, int(name), Request(environ))
        return response(environ, start_response)

    def collection(self, told: Asked) -> Response:
        if told.method == "POST":
            number = max(self.things, default=0) + 1
            self.write(number, told.json)
            reply = self.reply(number, 201)
            reply.headers["Location"] = f"http://localhost/things/{number}"
            return reply
        return Response(json.dumps(list(self.things.values())), mimetype=JSON)

    def item(self, told: Asked, number: int, request: Request) -> Response:
        known = number in self.things
        tag = self.etag(number).removeprefix("W/").strip('"') if known else ""
        if told.method in ("PUT", "DELETE") and not self.permits(request, known, tag):
            return Response(json.dumps({"code": "CHANGED"}), 412, mimetype=JSON)
        if told.method == "PUT":
            self.write(number, told.json)
            return self.reply(number, 200 if known else 201)
        if not known:
            return Response("<h1>Not here</h1>", 404, mimetype="text/html")
        if told.method == "DELETE":
            del self.things[number]
            reply = Response(status=204)
            del reply.headers["Content-Type"]
            return reply
        return self.reply(number, 200).make_conditional(request)

    def permits(self, request: Request, known: bool, tag: str) -> bool:
        if "If-Match" in request.headers and not (known and tag in request.if_match):
            return False
        return not (known and request.if_none_match.contains_weak(tag))

    def etag(self, number: int) -> str:
        return self.tag.format(self.revisions[number])

    def reply(self, number: int, status: int) -> Response:
        reply = Response(json.dumps(self.things[number]), status, mimetype=JSON)
        if self.tag:
            reply.headers["ETag"] = self.etag(number)
        return reply
