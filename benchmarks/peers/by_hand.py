"""By hand: what one writes who has no library for it, a function on dicts between two versions.

Compared: msgspec's parser, the functions of `workloads`, msgspec's printer; with jsonschema-rs also a check of what
came in (the document of `json_schemas`), which is the least that an honest service needs. Not compared: that each
further version needs its own pair of functions, and that nothing else follows from them.
"""

from __future__ import annotations

import msgspec

from benchmarks.workloads import newer, older

from . import Contestant

_decode, _encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode


def unchecked() -> Contestant:
    """Parse, translate, print."""
    return Contestant(
        downgrade=lambda body: _encode([older(booking) for booking in _decode(body)]),
        upgrade=lambda body: _encode(newer(_decode(body))),
        translates=True,
        checks=False,
    )


def checked() -> Contestant:
    """Parse, check what came in with jsonschema-rs, translate, print."""
    from .json_schema_rust import OLDEST, TODAY

    def downgrade(body: bytes) -> bytes:
        bookings = _decode(body)
        TODAY.validate(bookings)
        return _encode([older(booking) for booking in bookings])

    def upgrade(body: bytes) -> bytes:
        booking = _decode(body)
        OLDEST.validate(booking)
        return _encode(newer(booking))

    return Contestant(downgrade, upgrade, translates=True, checks=True)
