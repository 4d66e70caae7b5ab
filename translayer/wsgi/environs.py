"""What a request is in WSGI: its ``environ`` (PEP 3333), read and made for the app that is called."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from werkzeug.datastructures import EnvironHeaders
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import get_content_length, get_input_stream

from translayer.contract.notations import VERSION_HEADER
from translayer.engine.conditions import CONDITIONS
from translayer.engine.events import Call
from translayer.engine.router import Declared
from translayer.errors import RequestError
from translayer.http.message import NOT_FORWARDED, Request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

VERSION_KEY = "translayer.version"
"""Where the wrapped app finds, in its ``environ``, the version that the client speaks."""

CONSUMER_KEY = "translayer.consumer"
"""Where it finds the name of the consumer, where there is one."""

_BROKEN_OFF = "The body could not be read to its end."


def moved(environ: WSGIEnvironment, part: str) -> WSGIEnvironment:
    """The client's environ with a first ``part`` of the path moved to the script's name, byte for byte."""
    front = _native(part)
    script = environ.get("SCRIPT_NAME", "") + front
    return {**environ, "SCRIPT_NAME": script, "PATH_INFO": environ["PATH_INFO"][len(front) :]}


def request(environ: WSGIEnvironment, path: str) -> Request:
    """The head of a request, of which the ``path`` is known as text already."""
    return Request(
        environ["REQUEST_METHOD"],
        _origin(environ),
        text(environ.get("SCRIPT_NAME", "")),
        path,
        environ.get("QUERY_STRING", ""),
        Headers(environ),
    )


def is_plain(environ: WSGIEnvironment) -> bool:
    """Whether it is a GET that has neither conditions nor a header that names a version."""
    return environ["REQUEST_METHOD"] == "GET" and environ.keys().isdisjoint(_UNPLAIN)


# 256: the names of headers that are asked for here, in the engine and in authors' cache policies.
@lru_cache(maxsize=256)
def _key(name: str) -> str:
    """Where a header stands in ``environ`` (PEP 3333)."""
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


_HIDDEN: Final = frozenset(map(_key, NOT_FORWARDED))
"""What an app that is asked for JSON whole and as it is does not see."""


_UNPLAIN: Final = frozenset(map(_key, (*CONDITIONS, VERSION_HEADER)))
"""Headers that make of a GET more than a plain one."""


class Headers(EnvironHeaders):
    """The client's headers, looked up one by one: what else stands in ``environ``, even bytes, is not looked at.

    What is absent is answered at once, as most of what is asked for is; werkzeug makes an exception of it first.
    """

    def __init__(self, environ: WSGIEnvironment) -> None:
        self.environ = environ  # which is all that there is to it, and werkzeug's own makes an empty list beside it

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]  # its overloads
        """The value of a header, or the default."""
        return self.environ.get(_key(key), default) if type is None else super().get(key, default, type)

    def getlist(self, key: str) -> list[str]:  # type: ignore[override]  # without the conversions, which nobody asks for
        """The values of a header: one at most, for a server joins those that come twice."""
        value = self.environ.get(_key(key))
        return [] if value is None else [value]

    def __contains__(self, key: object) -> bool:
        return _key(str(key)) in self.environ


def _origin(environ: WSGIEnvironment) -> str:
    """Where the client thinks it is. ``Host`` may be rubbish: then no link is at it, and nothing is rewritten."""
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}"


def text(native: str) -> str:
    """A path as text: WSGI has its bytes as Latin-1 (PEP 3333, Unicode issues).

    Bytes that are not UTF-8 become U+FFFD, as in most frameworks. The result is for looking things up: what is
    untouched keeps its bytes.
    """
    return native if native.isascii() else native.encode("latin-1", "replace").decode("utf-8", "replace")


def _native(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8").decode("latin-1")


def reading_environ(environ: WSGIEnvironment, version: str, found: Declared) -> WSGIEnvironment:
    """The environ of the call for a straight read: the client's, at today's path, asking for JSON as it is."""
    inner = {
        **environ,
        "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + _native(found.mount),
        "PATH_INFO": _native(found.match.path),
        VERSION_KEY: version,
    }
    _ask_for_json(inner)
    return inner


def inner_environ(environ: WSGIEnvironment, call: Call) -> WSGIEnvironment:
    """The environ of a call: the client's, with what the call says otherwise."""
    inner = {
        **environ,
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": _native(call.mount),
        "PATH_INFO": _native(call.path),
        "QUERY_STRING": call.query,
        VERSION_KEY: call.version,
    }
    if call.translated:
        _ask_for_json(inner)
    for name, value in call.headers.items():
        if value is None:
            inner.pop(_key(name), None)
        else:
            inner[_key(name)] = value
    if call.body is not None:
        inner["wsgi.input"] = BytesIO(call.body)
        inner["wsgi.input_terminated"] = True
        inner["CONTENT_LENGTH"] = str(len(call.body))
    return inner


def _ask_for_json(inner: WSGIEnvironment) -> None:
    """Have the app asked for JSON, whole and as it is."""
    for key in inner.keys() & _HIDDEN:
        del inner[key]
    inner["HTTP_ACCEPT"] = "application/json"


def read_body(environ: WSGIEnvironment, limit: int) -> bytes:
    """The client's body; raises ``RequestError`` where it is too large or breaks off.

    One byte more than the limit is asked for: werkzeug stops at its own limit without a word where the server ends
    the stream, and a body cut short there could be JSON.
    """
    try:
        body = get_input_stream(environ, max_content_length=limit + 1).read()
    except RequestEntityTooLarge as error:
        raise _too_large(limit) from error
    except (HTTPException, OSError, ValueError) as error:
        raise RequestError("MALFORMED_JSON", _BROKEN_OFF) from error
    if len(body) > limit:
        raise _too_large(limit)
    if len(body) < (get_content_length(environ) or 0):
        raise RequestError("MALFORMED_JSON", _BROKEN_OFF)
    return body


def _too_large(limit: int) -> RequestError:
    return RequestError("BODY_TOO_LARGE", f"The body has more than {limit} bytes.")
