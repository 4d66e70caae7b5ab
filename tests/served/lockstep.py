"""A service whose chunks come one by one, each when its client says so: whoever holds a chunk back stops it for good.

The client's word is a byte in the named pipe ``$LOCKSTEP``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from marshmallow import Schema, fields

from translayer import Api, Resource, Route, Translayer, Version

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class FeedSchema(Schema):
    """What the declared URL would reply with, if its reply were JSON."""

    name = fields.String()


api = Api(
    vendor="acme",
    prefix="/api",
    resources=[Resource("feed", FeedSchema, routes=[Route("GET", "/feed", reply=FeedSchema)])],
    versions=[Version(2), Version(1)],
)


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    """Chunks 0 to 3 at any URL, but for ``/ready``, which is there at once."""
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    if environ["PATH_INFO"] == "/ready":
        return
    with open(os.environ["LOCKSTEP"], "rb", buffering=0) as pipe:
        for number in range(4):
            pipe.read(1)
            yield b"chunk %d" % number


wrapped = Translayer(app, api)
