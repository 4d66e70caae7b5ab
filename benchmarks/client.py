"""The client: does what every server does to a WSGI app, in process, and costs next to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class Call:
    """A request, made ready to be sent to an app in process any number of times, and the status that must come."""

    def __init__(
        self, method: str, path: str, body: bytes = b"", media_type: str = "application/json", status: int = 200
    ) -> None:
        self._body = body
        self._status = f"{status} "
        self._environ: WSGIEnvironment = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "HTTP_ACCEPT": "application/json",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": None,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if body:
            self._environ |= {"CONTENT_TYPE": media_type, "CONTENT_LENGTH": str(len(body))}

    def send(self, app: WSGIApplication) -> int:
        """Do what a server does, chunk by chunk, and answer the number of bytes.

        Raises ``RuntimeError`` for another status than expected, so that no error passes for a fast reply.
        """
        told: list[str] = []

        def start_response(status: str, headers: object, exc_info: object = None) -> Any:
            told.append(status)
            return _never_written

        size = 0
        chunks = app({**self._environ, "wsgi.input": BytesIO(self._body)}, start_response)
        try:
            for chunk in chunks:
                size += len(chunk)
        finally:
            _close(chunks)
        if not told[-1].startswith(self._status):
            raise RuntimeError(f"{self._environ['REQUEST_METHOD']} {self._environ['PATH_INFO']} answers {told[-1]}")
        return size


def _never_written(chunk: bytes) -> None:
    raise RuntimeError("none of the apps here uses the write() of WSGI")


def _close(chunks: Iterable[bytes]) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
