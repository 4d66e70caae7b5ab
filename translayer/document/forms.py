"""Forms: the other ways in which a JSON value is written down, each as two functions from bytes to bytes.

Strategy: JSON is what everything here speaks. Another form is made of JSON text that has been printed here, and becomes
JSON text under the same bounds as JSON that clients send, so that nothing between the two ends has to know of it.

Border: bytes and their JSON. What a form is called in HTTP is said above. The library that reads and prints YAML is an
extra, so that it is imported where it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from translayer.document.codec import encode
from translayer.document.values import Json


class Form(Struct, frozen=True):
    """One form: ``from_json`` takes what ``codec.encode`` has printed, or would take as it is.

    ``to_json`` takes what a client has sent, and how many values there may be in it; it raises ``DecodeError``.
    """

    name: str
    from_json: Callable[[bytes], bytes]
    to_json: Callable[[bytes, int], bytes]


def _yaml() -> Form:
    from .yaml_text import from_json, to_json

    return Form("yaml", from_json, to_json)


def _msgpack() -> Form:
    from .messagepack import from_json, to_json

    return Form("msgpack", from_json, to_json)


_FORMS: Final[Mapping[str, Callable[[], Form]]] = {"yaml": _yaml, "msgpack": _msgpack}

NAMES: Final = tuple(_FORMS)
"""The forms that there are beside JSON."""


def form(name: str) -> Form:
    """The form of a name; raises ``ModuleNotFoundError`` where its library is not installed."""
    return _FORMS[name]()


def rendered(value: Json, name: str) -> bytes:
    """A JSON value in a form, ``json`` among them; raises ``ValueError`` for what is no JSON value.

    >>> rendered({"seats": 2, "paid": "no"}, "yaml")
    b'seats: 2\\npaid: "no"\\n'
    """
    text = encode(value)
    return text if name == "json" else form(name).from_json(text)
