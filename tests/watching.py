"""Two WSGI checkers around an app, and a client that reads what comes out to its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from wsgiref.validate import validator

from werkzeug.middleware.lint import LintMiddleware
from werkzeug.test import Client


class WholeInput:
    """Lint's input stream with the one method of PEP 3333 that it lacks, which the other checker asks for."""

    def __init__(self, stream: Any) -> None:
        self.read, self.readline, self._stream = stream.read, stream.readline, stream

    def readlines(self, hint: int = -1) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)


def watched(app: Any) -> Any:
    """The app behind both checkers."""

    def with_whole_input(environ: dict[str, Any], start_response: Any) -> Any:
        return app({**environ, "wsgi.input": WholeInput(environ["wsgi.input"])}, start_response)

    return validator(LintMiddleware(with_whole_input))


class Caller(Client):
    """A client that reads every reply to its end, and closes it."""

    def open(self, *args: Any, **request: Any) -> Any:
        # Not buffered=True: that loses what an app has written with write().
        reply = super().open(*args, **request)
        reply.get_data()
        reply.close()
        return reply
