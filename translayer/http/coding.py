"""Content codings: undoing the compression of a body, within a bound (RFC 9110, section 8.4.1)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from gzip import GzipFile
from io import BytesIO
from typing import Final


def decoded(body: bytes, coding: str | None, limit: int) -> bytes:
    """The body without its content coding; raises ``ValueError`` for one unknown or broken, or beyond ``limit`` bytes.

    An empty body is empty in every coding: apps say ``Content-Encoding`` also where they send nothing.

    >>> decoded(b"as it is", None, 10)
    b'as it is'
    """
    name = (coding or "identity").strip().lower()
    if name == "identity" or not body:
        return body
    if name not in _INFLATE:
        raise ValueError(f"the content coding {name!r} cannot be undone")
    try:
        # One byte more than is allowed, and never all of it.
        result = _INFLATE[name](body, limit + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"the body is not what its coding {name!r} says") from error
    if len(result) > limit:
        raise ValueError(f"the body inflates to more than {limit} bytes")
    return result


def _gunzip(body: bytes, size: int) -> bytes:
    with GzipFile(fileobj=BytesIO(body)) as members:
        return members.read(size)


def _inflate(body: bytes, size: int) -> bytes:
    engine = zlib.decompressobj()
    result = engine.decompress(body, size)
    if len(result) < size and not engine.eof:
        raise EOFError("the body ends before the coding does")
    return result


_INFLATE: Final[Mapping[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
}
"""How much of a body is decoded, by the names of codings."""
