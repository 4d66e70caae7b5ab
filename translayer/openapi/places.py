"""Places: what a JSON Pointer into an OpenAPI document is about, in the terms of those who send and read bodies.

A pointer leads into a tree of schemas, through components that many operations share. Walked from the bodies of an
operation along its references, each schema gets the place of the values that it describes: of which operation, in
requests or replies, under which member names. Elements of lists stand at 0; values of any name at ``*``.

Border: where. What stands there, and whether it differs, is not asked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import unquote

from translayer.document.values import Json, Object
from translayer.errors import Path

Direction: TypeAlias = Literal["reply", "request"]

METHODS: Final = ("delete", "get", "patch", "post", "put")

_HERE: Final = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
"""The keywords under which stand schemas of the same value."""

_INSIDE: Final[Mapping[str, str | int]] = {"items": 0, "prefixItems": 0, "contains": 0, "additionalProperties": "*"}
"""Those under which stand schemas of what is in it, and at which place."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in what an operation takes and gives: in a body of one ``direction``, or a ``parameter``.

    With neither it is the operation itself.
    """

    method: str
    url: str
    direction: Direction | None = None
    parameter: str | None = None
    path: Path = ()


Tokens: TypeAlias = tuple[str, ...]
"""A JSON Pointer, taken apart."""

_SCHEMA: Final = ("", "")
"""What stands for the operation where a document is no more than a schema."""


@dataclass(frozen=True)
class Places:
    """The places of a document: of an OpenAPI document of any version or, with a ``direction``, of a JSON Schema."""

    document: Object
    direction: Direction | None = None

    def of(self, pointer: str, operation: tuple[str, str] = _SCHEMA) -> Place | None:
        """What the schema around a pointer is about, of an ``operation`` (method and URL) if there is one."""
        tokens = _tokens(pointer)
        known = [self._index[operation]] if operation in self._index else list(self._index.values())
        for depth in range(len(tokens), -1, -1):
            for places in known:
                if tokens[:depth] in places:
                    return places[tokens[:depth]]
        return None

    @cached_property
    def _index(self) -> Mapping[tuple[str, str], Mapping[Tokens, Place]]:
        """The places of every operation, by the pointers of what describes them."""
        if self.direction is not None:
            return {_SCHEMA: dict(self._walked([((), Place("", "", self.direction))]))}
        return {
            (method.upper(), url): dict(self._walked(self._roots(("paths", url, method), Place(method.upper(), url))))
            for url, item in _members(self.document.get("paths"))
            for method in METHODS
            if method in item
        }

    def _walked(self, roots: Iterable[tuple[Tokens, Place]]) -> Iterator[tuple[Tokens, Place]]:
        """All places that roots lead to, the nearest first."""
        seen: set[Tokens] = set()
        waiting = deque(roots)
        while waiting:
            tokens, place = waiting.popleft()
            tokens = self._followed(tokens)
            if tokens not in seen:
                seen.add(tokens)
                yield tokens, place
                waiting.extend(self._within(tokens, place))

    def _roots(self, base: Tokens, place: Place) -> Iterator[tuple[Tokens, Place]]:
        """An operation, and what it says of its parameters and bodies."""
        yield base, place
        for around in (base[:2], base):
            for index, _ in enumerate(_elements(self._at((*around, "parameters")))):
                yield from self._parameter(self._followed((*around, "parameters", str(index))), place)
        yield from self._bodies(self._followed((*base, "requestBody")), replace(place, direction="request"))
        for status, _ in _members(self._at((*base, "responses"))):
            if status.startswith("2"):
                response = self._followed((*base, "responses", status))
                yield from self._bodies(response, replace(place, direction="reply"))

    def _parameter(self, tokens: Tokens, place: Place) -> Iterator[tuple[Tokens, Place]]:
        parameter = self._at(tokens)
        if isinstance(parameter, dict) and parameter.get("in") == "body":
            yield (*tokens, "schema"), replace(place, direction="request")
        elif isinstance(parameter, dict):
            yield tokens, replace(place, parameter=str(parameter.get("name")))

    def _bodies(self, tokens: Tokens, place: Place) -> Iterator[tuple[Tokens, Place]]:
        if isinstance(self._at((*tokens, "schema")), dict):  # OpenAPI 2.0
            yield (*tokens, "schema"), place
        for kind, _ in _members(self._at((*tokens, "content"))):
            yield (*tokens, "content", kind, "schema"), place

    def _within(self, tokens: Tokens, place: Place) -> Iterator[tuple[Tokens, Place]]:
        """The schemas that stand in one."""
        schema = self._at(tokens)
        for name, _ in _members(schema.get("properties") if isinstance(schema, dict) else None):
            yield (*tokens, "properties", name), _deeper(place, name)
        for keyword, value in _members(schema):
            inner = place if keyword in _HERE else _deeper(place, _INSIDE[keyword]) if keyword in _INSIDE else None
            if inner is not None and isinstance(value, dict):
                yield (*tokens, keyword), inner
            elif inner is not None:
                yield from (((*tokens, keyword, str(index)), inner) for index, _ in enumerate(_elements(value)))

    def _followed(self, tokens: Tokens) -> Tokens:
        """Where references lead from a place; as far as they lead anywhere here, and not in a circle."""
        seen = {tokens}
        while True:
            found = self._at(tokens)
            reference = found.get("$ref") if isinstance(found, dict) else None
            if not isinstance(reference, str) or not reference.startswith("#/"):
                return tokens
            tokens = _tokens(unquote(reference[1:]))
            if tokens in seen:
                return tokens
            seen.add(tokens)

    def _at(self, tokens: Tokens) -> Json:
        """What stands at a place; ``None`` where nothing does."""
        found: Json = self.document
        for token in tokens:
            if isinstance(found, dict):
                found = found.get(token)
            elif isinstance(found, list) and token.isdigit() and int(token) < len(found):
                found = found[int(token)]
            else:
                return None
        return found


def _deeper(place: Place, token: str | int) -> Place:
    return replace(place, path=(*place.path, token))


def _tokens(pointer: str) -> Tokens:
    """The tokens of a JSON Pointer (RFC 6901, section 4)."""
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])


def _members(value: Json) -> Iterator[tuple[str, Any]]:
    yield from value.items() if isinstance(value, dict) else ()


def _elements(value: Json) -> list[Any]:
    return value if isinstance(value, list) else []
