"""The two versions as JSON Schema (draft 2020-12), which the validators and OpenAPI check against.

They say what the marshmallow schemas of `benchmarks.api` say. Formats are asserted where a validator can.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from benchmarks.api import CABINS, CURRENCIES, STATUSES

from . import Contestant

Schema = dict[str, Any]

_decode, _encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode


def _text(least: int, most: int) -> Schema:
    return {"type": "string", "minLength": least, "maxLength": most}


def _words(words: Any) -> Schema:
    return {"type": "string", "enum": list(words)}


def _closed(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """An object that has these properties, all required but the optional ones, and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


_AIRPORT = _text(3, 3)
_TIME: Schema = {"type": "string", "format": "date-time"}
_AMOUNT: Schema = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,2})?$"}
_PASSENGERS: Schema = {"type": "integer", "minimum": 1, "maximum": 9}
_NOTES: Schema = {"type": ["string", "null"], "maxLength": 2000}
_SET_BY_THE_APP: Schema = {"id": {"type": "string", "format": "uuid"}, "created_at": _TIME}

PRICE: Final = {"amount": _AMOUNT, "currency": _words(CURRENCIES)}
CUSTOMER: Final = {"first_name": _text(1, 80), "last_name": _text(1, 80), "email": _text(0, 254)}
OLD_CUSTOMER: Final = {"name": _text(1, 161), "email": _text(0, 254)}
_FLIGHT: Final = {"departure": _TIME, "arrival": _TIME, "cabin": _words(CABINS)}

TODAY: Final = _closed(
    {
        "reference": _text(1, 20),
        "passengers": _PASSENGERS,
        "status": _words(STATUSES.values()),
        "price": _closed(PRICE),
        "customer": _closed(CUSTOMER),
        "legs": {"type": "array", "items": _closed({"origin": _AIRPORT, "destination": _AIRPORT, **_FLIGHT})},
        "notes": _NOTES,
        **_SET_BY_THE_APP,
    },
    optional=tuple(_SET_BY_THE_APP),
)
"""A booking of today; what only the app sets may be missing."""

TODAY_LIST: Final = {"type": "array", "items": TODAY}

OLDEST: Final = _closed(
    {
        "reference": _text(1, 20),
        "pax": _PASSENGERS,
        "status": _words(STATUSES),
        **PRICE,
        "customer": _closed(OLD_CUSTOMER),
        "legs": {"type": "array", "items": _closed({"from": _AIRPORT, "to": _AIRPORT, **_FLIGHT})},
        "notes": _NOTES,
        **_SET_BY_THE_APP,
    },
    optional=tuple(_SET_BY_THE_APP),
)
"""A booking of version 1; what only the app sets may be missing."""


def validation(today: Callable[[Any], object], oldest: Callable[[Any], object]) -> Contestant:
    """Parse, check, print the same: the validation part alone, with functions that raise for what is wrong."""

    def checked(check: Callable[[Any], object]) -> Callable[[bytes], bytes]:
        def turn(body: bytes) -> bytes:
            document = _decode(body)
            check(document)
            return _encode(document)

        return turn

    return Contestant(checked(today), checked(oldest), translates=False, checks=True)
