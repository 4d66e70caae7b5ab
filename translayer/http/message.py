"""Requests and replies as values, between the WSGI boundary and the exchange.

Bodies are not part of a request or a head: the exchange asks for them when it wants them, and what it does not
want is never read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from werkzeug.datastructures import Headers

BODILESS: Final = frozenset({204, 205, 304})
"""Statuses whose replies never carry a body (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5)."""

LENGTHLESS: Final = frozenset({204, 304})
"""Those of them that say so by themselves; a 205 must still tell where it ends (RFC 9110, section 15.3.6)."""

REPRESENTATION: Final = frozenset(
    {
        "accept-ranges",
        "content-digest",
        "content-encoding",
        "content-length",
        "content-md5",
        "content-range",
        "content-type",
        "digest",
        "etag",
        "repr-digest",
        "transfer-encoding",
    }
)
"""Headers that speak of the bytes of a body, and are wrong once it is another."""

NOT_FORWARDED: Final = frozenset(
    {"accept-encoding", "if-range", "range", "x-http-method", "x-http-method-override", "x-method-override"}
)
"""Headers of a request that would make the app reply with bytes that cannot be translated, or do something else."""


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request: ``origin`` is ``https://host``; ``path`` is decoded and stands behind ``mount``."""

    method: str
    origin: str
    mount: str
    path: str
    query: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a reply."""

    status: int
    reason: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply; ``Content-Length`` is already among its headers where it has one."""

    status: int
    reason: str
    headers: Headers
    body: bytes = b""


def without(headers: Iterable[tuple[str, str]], names: frozenset[str]) -> Headers:
    """A copy of headers, less those named in lower case."""
    return Headers([(name, value) for name, value in headers if name.lower() not in names])


def merged_vary(present: Iterable[str], added: Iterable[str]) -> str:
    """The value of ``Vary`` that names all of both, each once (RFC 9110, section 12.5.5).

    >>> merged_vary(["Origin, accept"], ["Accept", "X-Api-Version"])
    'Origin, accept, X-Api-Version'
    """
    names: dict[str, str] = {}
    for name in [part.strip() for value in present for part in value.split(",")] + list(added):
        if name:
            names.setdefault(name.lower(), name)
    return "*" if "*" in names else ", ".join(names.values())
