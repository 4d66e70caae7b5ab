"""Requests and replies as values, between the WSGI boundary and the exchange.

Bodies are not part of a request or a head: the exchange asks for them when it wants them, and what it does not
want is never read.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from msgspec import Struct
from werkzeug.datastructures import Headers

from .fields import Fields, Pair

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


class Request(Struct, frozen=True):
    """The head of a request: ``origin`` is ``https://host``; ``path`` is decoded and stands behind ``mount``."""

    method: str
    origin: str
    mount: str
    path: str
    query: str
    headers: Headers


class Reply(Struct, frozen=True, gc=False):
    """A reply, whole or without its body yet; ``Content-Length`` is among its headers where it has one."""

    status: int
    reason: str
    headers: Fields
    body: bytes = b""


def without(headers: Iterable[Pair], names: frozenset[str]) -> Fields:
    """A copy of headers, less those named in lower case."""
    return Fields([pair for pair in headers if pair[0].lower() not in names])


# 256: an app has a handful of values, each of a few words, for a handful of sets of ours.
@lru_cache(maxsize=256)
def merged_vary(present: tuple[str, ...], added: tuple[str, ...]) -> str:
    """The value of ``Vary`` that names all of both, each once (RFC 9110, section 12.5.5).

    >>> merged_vary(("Origin, accept",), ("Accept", "X-Api-Version"))
    'Origin, accept, X-Api-Version'
    """
    names: dict[str, str] = {}
    for name in [part.strip() for value in present for part in value.split(",")] + list(added):
        if name:
            names.setdefault(name.lower(), name)
    return "*" if "*" in names else ", ".join(names.values())
