"""What is not translated is streamed: the app's own chunks, one at a time, in memory that does not grow."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from marshmallow import Schema, fields
from werkzeug.test import EnvironBuilder

from tests.served.serving import Caller, served
from translayer import Api, Resource, Route, Translayer, Version

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHUNK, CHUNKS = 64 * 2**10, 16_384
"""Bytes of a chunk, and how many: one gigabyte in all."""

ROOM = 2 * 2**20
"""Bytes that may be in use above the start while a gigabyte passes."""


class FileSchema(Schema):
    """What a declared URL replies with where its reply is JSON."""

    name = fields.String()


API = Api(
    vendor="acme",
    prefix="/api",
    resources=[
        Resource(
            "file",
            FileSchema,
            routes=[Route("GET", "/files/<id>", reply=FileSchema), Route("GET", "/raw/<id>")],
        )
    ],
    versions=[Version(2), Version(1)],
)


class Source:
    """An app whose reply is a gigabyte, made chunk by chunk; it knows the chunk that it made last."""

    def __init__(self, media_type: str, *, late: bool) -> None:
        self.head = [("Content-Type", media_type), ("Content-Length", str(CHUNK * CHUNKS))]
        self.late = late
        self.made = 0
        self.last: bytes | None = None
        self.closed = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        if not self.late:
            start_response("200 OK", self.head)
        return self.chunks(start_response)

    def chunks(self, start_response: StartResponse) -> Iterator[bytes]:
        if self.late:
            start_response("200 OK", self.head)
        try:
            for number in range(CHUNKS):
                self.made = number + 1
                self.last = number.to_bytes(4) * (CHUNK // 4)
                yield self.last
        finally:
            self.closed += 1


def asked(app: WSGIApplication, url: str) -> tuple[Any, dict[str, str]]:
    """What the app returns for a GET, and its headers once it has begun."""
    headers: dict[str, str] = {}

    def start_response(status: str, told: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        headers.update(told, status=status)
        return lambda chunk: None

    return app(EnvironBuilder(url).get_environ(), start_response), headers


@pytest.mark.parametrize("late", (False, True), ids=("at once", "late"))
@pytest.mark.parametrize(
    "url, media_type, version",
    (
        ("/elsewhere", "application/json", None),
        ("/api/v1/undeclared", "application/json", None),
        ("/api/v1/files/7", "application/octet-stream", "1"),
        ("/api/v1/raw/7", "application/json", "1"),
    ),
)
def test_RTE_7_2_a_gigabyte_passes_chunk_for_chunk_in_flat_memory(url, media_type, version, late):
    source = Source(media_type, late=late)
    iterable, headers = asked(Translayer(source, API), url)
    tracemalloc.start()
    try:
        passed = sum(chunk is source.last and number == source.made for number, chunk in enumerate(iterable, 1))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        iterable.close()
    assert passed == CHUNKS
    assert peak < ROOM
    assert headers["status"] == "200 OK"
    assert headers["Content-Length"] == str(CHUNK * CHUNKS)
    assert headers.get("X-Api-Version") == version
    assert source.closed == 1


@pytest.mark.parametrize("url", ("/elsewhere", "/api/v1/undeclared", "/api/v1/feed"))
def test_RTE_7_2_a_chunk_is_with_the_client_before_the_app_makes_the_next(tmp_path: Path, url: str) -> None:
    pipe = tmp_path / "lockstep"
    os.mkfifo(pipe)
    # Open for both, so that neither opening it nor writing to it ever waits for the server.
    with (
        pipe.open("r+b", buffering=0) as word,
        served("tests.served.lockstep:wrapped", ready="/ready", LOCKSTEP=pipe) as port,
        Caller(port) as caller,
    ):
        caller.connection.request("GET", url)
        word.write(b".")
        with caller.connection.getresponse() as reply:
            for number in range(4):
                assert reply.read1() == b"chunk %d" % number
                word.write(b".")
            assert reply.read1() == b""
