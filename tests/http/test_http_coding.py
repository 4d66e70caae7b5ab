"""Content codings are undone, within a bound."""

from __future__ import annotations

import zlib
from functools import partial
from gzip import compress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translayer.http.coding import decoded

TEXT = b'{"id": 1}' * 10

_gzip = partial(compress, mtime=0)
"""The same bytes at any time, since the names of cases hold them, and every worker has to find the same cases."""


@pytest.mark.parametrize(
    ("body", "coding"),
    (
        (TEXT, None),
        (TEXT, ""),
        (TEXT, "identity"),
        (_gzip(TEXT), "gzip"),
        (_gzip(TEXT), " GZip "),
        (_gzip(TEXT), "x-gzip"),
        (_gzip(TEXT[:20]) + _gzip(TEXT[20:]), "gzip"),  # members in a row (RFC 1952, section 2.2)
        (zlib.compress(TEXT), "deflate"),
    ),
)
def test_a_body_comes_out_as_it_was(body: bytes, coding: str | None) -> None:
    assert decoded(body, coding, len(TEXT)) == TEXT


@pytest.mark.parametrize("coding", ("gzip", "deflate", "br", "identity", None))
def test_nothing_is_nothing_in_every_coding(coding: str | None) -> None:
    assert decoded(b"", coding, 10) == b""


@pytest.mark.parametrize(
    ("body", "coding", "reason"),
    (
        (TEXT, "br", "cannot be undone"),
        (TEXT, "gzip, gzip", "cannot be undone"),
        (TEXT, "gzip", "is not what its coding"),
        (TEXT, "deflate", "is not what its coding"),
        (_gzip(TEXT)[:-1], "gzip", "is not what its coding"),
        (_gzip(TEXT)[:5], "gzip", "is not what its coding"),
        (_gzip(TEXT) + b"x", "gzip", "is not what its coding"),
        (zlib.compress(TEXT)[:-1], "deflate", "is not what its coding"),
        (_gzip(TEXT + b"x"), "gzip", "inflates to more than 90 bytes"),
        (_gzip(TEXT) + _gzip(b"x"), "gzip", "inflates to more than 90 bytes"),
        (zlib.compress(TEXT + b"x"), "deflate", "inflates to more than 90 bytes"),
        (_gzip(b" " * 10_000_000), "gzip", "inflates to more than 90 bytes"),
    ),
)
def test_what_cannot_be_undone_is_refused(body: bytes, coding: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        decoded(body, coding, len(TEXT))


@given(st.binary(max_size=200), st.sampled_from(("gzip", "deflate")))
def test_any_bytes_are_undone_or_refused(body: bytes, coding: str) -> None:
    compressed = _gzip(body) if coding == "gzip" else zlib.compress(body)
    assert decoded(compressed, coding, 200) == body
    for cut in range(1, len(compressed)):
        with pytest.raises(ValueError, match="is not what its coding"):
            decoded(compressed[:cut], coding, 200)
