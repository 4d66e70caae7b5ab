"""Sending: the reply that a page comes to, with what is true of all of them.

Strategy: a page is bytes and what they are. Whoever has them already, by their entity tag, is told so; pages change
with the code that runs and with the dates of versions, so that caches ask each time, but for assets, whose URLs change
with their bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from translayer.engine.problem import phrase
from translayer.errors import RequestError
from translayer.http.accept import accepted, choose
from translayer.http.etags import generated, names
from translayer.http.fields import Fields, Pair
from translayer.http.media import MediaType
from translayer.http.message import Reply, Request

HTML_TYPE: Final = MediaType.parse("text/html")

READ_ONLY: Final = ("GET", "HEAD", "OPTIONS")
"""The methods of most pages."""

FRESH: Final = "no-cache"
"""``Cache-Control`` of what may change at any moment, and has an entity tag (RFC 9111, section 5.2.2.4)."""

_UTF8: Final = {"text/html", "text/css", "text/javascript"}
"""Types for which it has to be said that the text is UTF-8."""


class Content(NamedTuple):
    """The bytes of a page, what they are, and what else is said of them."""

    body: bytes
    media: MediaType
    headers: tuple[Pair, ...] = ()
    kept: str = FRESH


def offered(request: Request, methods: Sequence[str]) -> Reply | None:
    """The reply to OPTIONS; ``None`` for other ``methods``. Raises ``RequestError`` (405) for what is none of them."""
    allow = ("Allow", ", ".join(methods))
    if request.method not in methods:
        raise RequestError("METHOD_NOT_ALLOWED", headers=[allow])
    return Reply(204, phrase(204), Fields([allow])) if request.method == "OPTIONS" else None


def chosen(request: Request, offers: Sequence[MediaType]) -> int:
    """The index of the media type that Accept selects; raises ``RequestError`` (406)."""
    found = choose(accepted(request.headers.get("Accept")), offers)
    if found is None:
        raise RequestError("NOT_ACCEPTABLE", f"Accept admits none of {', '.join(map(str, offers))}.")
    return found


def sent(request: Request, content: Content, headers: Sequence[Pair] = ()) -> Reply:
    """The reply to GET and HEAD; 304 to whoever has it already (RFC 9110, section 13.1.2)."""
    tag = generated(content.body, content.media.subtype)
    said = [*content.headers, *headers, ("ETag", tag), ("Cache-Control", content.kept)]
    known = request.headers.get("If-None-Match")
    if known is not None and names(known, tag, strongly=False):
        return Reply(304, phrase(304), Fields(said))
    return whole(content, said)


def whole(content: Content, headers: Sequence[Pair]) -> Reply:
    """A reply with all of a page, and these headers."""
    charset = "; charset=utf-8" if content.media.essence in _UTF8 else ""
    length = ("Content-Length", str(len(content.body)))
    sniffed = ("X-Content-Type-Options", "nosniff")
    written = [*headers, sniffed, ("Content-Type", f"{content.media}{charset}"), length]
    return Reply(200, phrase(200), Fields(written), content.body)


def elsewhere(status: int, location: str, headers: Sequence[Pair]) -> Reply:
    """A redirect (RFC 9110, section 15.4), with these headers."""
    pairs = [("Location", location), *headers, ("Content-Type", "text/plain; charset=utf-8")]
    return Reply(status, phrase(status), Fields([*pairs, ("Content-Length", "0")]))
