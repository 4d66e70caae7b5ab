"""A service that keeps one JSON document in memory, for whatever a patch may make of it: GET and PUT, as few as can be.

The app calls the document ``content``; so does version 2, which has a ``note`` beside it. Version 1 calls it ``value``
and knows no note. A member that no schema declares is there as well. One process only: the memory is its own.
"""

from __future__ import annotations

import json
from threading import Lock

from marshmallow import Schema, fields
from werkzeug.wrappers import Request, Response

from translayer import Api, Resource, Translayer, Version, VersionChange
from translayer.operations import add, rename


class PaperSchema(Schema):
    """A document of any form, and what somebody noted beside it."""

    document = fields.Raw(attribute="content", allow_none=True)
    note = fields.String()


class ValuesAreDocuments(VersionChange):
    """A paper's `value` is called `document`, and may have a note."""

    schemas = {PaperSchema: [rename("value", "document"), add("note")]}


api = Api(
    vendor="acme",
    prefix="/api",
    resources=[Resource("paper", PaperSchema, item="/papers/<int:id>", item_methods=("GET", "PUT", "PATCH"))],
    versions=[Version(2, ValuesAreDocuments), Version(1)],
)


class Shelf:
    """The app: whatever its URL, it is the same paper."""

    def __init__(self) -> None:
        self.paper = b'{"content": null, "note": "kept", "shelf": {"nobody": ["declares", null]}}'
        self.revision = 1
        self._writing = Lock()

    @Request.application
    def __call__(self, request: Request) -> Response:
        with self._writing:
            return self.replace(request) if request.method == "PUT" else self.reply(200)

    def replace(self, request: Request) -> Response:
        if "If-Match" in request.headers and str(self.revision) not in request.if_match:
            return self.reply(412)
        self.paper = json.dumps(request.get_json()).encode()
        self.revision += 1
        return self.reply(200)

    def reply(self, status: int) -> Response:
        reply = Response(self.paper, status, mimetype="application/json")
        reply.set_etag(str(self.revision))
        return reply


wrapped = Translayer(Shelf(), api)
