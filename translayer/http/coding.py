"""Content codings: undoing the compression of a body, within a bound (RFC 9110, section 8.4.1)."""

from __future__ import annotations

import zlib
from typing import Final

_WINDOWS: Final = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


def decoded(body: bytes, coding: str | None, limit: int) -> bytes:
    """The body without its content coding; raises ``ValueError`` for one unknown or broken, or beyond ``limit`` bytes.

    >>> decoded(b"as it is", None, 10)
    b'as it is'
    """
    name = (coding or "identity").strip().lower()
    if name == "identity":
        return body
    if name not in _WINDOWS:
        raise ValueError(f"the content coding {name!r} cannot be undone")
    engine = zlib.decompressobj(_WINDOWS[name])
    try:
        result = engine.decompress(body, limit)
    except zlib.error as error:
        raise ValueError(f"the body is not what its coding {name!r} says") from error
    if engine.unconsumed_tail:
        raise ValueError(f"the body inflates to more than {limit} bytes")
    if not engine.eof:
        raise ValueError(f"the body ends before its coding {name!r} does")
    return result
