"""Query strings: names and values as HTML forms write them, each kept beside its own spelling.

A pair that nobody changes goes on as it was written, byte for byte; only what is changed is written anew. A query is
the text that WSGI gives, in which bytes that were not escaped are characters of Latin-1.
"""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import quote_plus, unquote_to_bytes

_SAFE: Final = ",:/@"
"""What stands in a name or value as it is (RFC 3986, section 3.4)."""


class Parameter(NamedTuple):
    """One pair of a query: as it is written, and its name and value decoded; ``None`` for a value that is no UTF-8."""

    text: str
    name: str
    value: str | None

    def called(self, name: str) -> Parameter:
        """The pair under another name, with its value as it is written."""
        return self if name == self.name else Parameter(_renamed(self.text, name), name, self.value)


def parameters(query: str) -> list[Parameter]:
    """The pairs of a query (URL Standard, application/x-www-form-urlencoded parsing); empty ones are none.

    >>> parameters("a=1+2&&b")
    [Parameter(text='a=1+2', name='a', value='1 2'), Parameter(text='b', name='b', value='')]
    """
    return [_parameter(text) for text in query.split("&") if text]


def written(name: str, value: str) -> Parameter:
    """A pair as it is written here.

    >>> written("filter[name]", "Ada & co").text
    'filter%5Bname%5D=Ada+%26+co'
    """
    return Parameter(f"{_quoted(name)}={_quoted(value)}", name, value)


def query_of(pairs: list[Parameter]) -> str:
    """The query that pairs make.

    >>> query_of(parameters("a=1+2&&b"))
    'a=1+2&b'
    """
    return "&".join(pair.text for pair in pairs)


def _parameter(text: str) -> Parameter:
    name, _, value = text.partition("=")
    known = _bytes(name).decode(errors="replace")
    try:
        return Parameter(text, known, _bytes(value).decode())
    except UnicodeDecodeError:
        return Parameter(text, known, None)


def _bytes(text: str) -> bytes:
    return unquote_to_bytes(text.replace("+", " ").encode("latin-1", "replace"))


def _renamed(text: str, name: str) -> str:
    _, equals, value = text.partition("=")
    return _quoted(name) + equals + value


def _quoted(text: str) -> str:
    return quote_plus(text, safe=_SAFE, errors="replace")
