"""Where a ``$ref`` leads, within the one document that it stands in.

Strategy: a reference is turned into a place, never into what is there, so that a schema that holds itself is as finite
as its text. Nothing is opened and nothing is fetched: what leads out of the document is refused with its place. In
JSON Schemas the base of a reference is the nearest ``$id`` around it (JSON Schema 2020-12, section 8.2), known names
are anchors and ``$id``s of the same document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urljoin

from translayer.document.values import Json
from translayer.errors import DeclarationError, Path, pointer
from translayer.openapi.dialects import Dialect

_OPAQUE: Final = frozenset({"enum", "const", "default", "example", "examples"})
"""Keywords whose values are no schemas, whatever they look like."""


class References:
    """The references of one document, whose schemas are of a dialect."""

    def __init__(self, document: Json, dialect: Dialect) -> None:
        self.document = document
        self._identifier = dialect.identifier
        self._lone = dialect.lone_references
        self._dynamic: Counter[str] = Counter()
        """How many schemas have the name of a ``$dynamicAnchor``; ``#`` for a ``$recursiveAnchor``."""
        self._resources: dict[str, Path] = {"": ()}
        self._anchors: dict[tuple[Path, str], Path] = {}
        if dialect.identifier is not None:
            self._register((), "", ())

    def at(self, path: Path) -> Json:
        """What stands at a place that is known to be there."""
        value = self.document
        for token in path:
            value = value[token]
        return value

    def follow(self, path: Path) -> Path:
        """The place that references lead to from here, which is no reference itself.

        For objects of OpenAPI other than schemas. Raises ``DeclarationError``, as ``target`` does, and for references
        that lead in a circle.
        """
        seen = {path}
        while isinstance(value := self.at(path), dict) and "$ref" in value:
            path = self.target(value["$ref"], path)
            if path in seen:
                raise DeclarationError(
                    f"{pointer(path)}: the $ref leads back to itself: say what is meant in one place"
                )
            seen.add(path)
        return path

    def target(self, reference: Json, path: Path) -> Path:
        """The place that a reference at ``path`` leads to.

        Raises ``DeclarationError`` where it leads out of the document, or to nothing in it.
        """
        here = pointer(path)
        if not isinstance(reference, str):
            raise DeclarationError(f"{here}: a $ref is a text")
        base = self._resource_around(path)
        uri, _, fragment = reference.partition("#")
        if uri:
            resource = self._resources.get(_joined(base[0], uri))
            if resource is None:
                raise DeclarationError(
                    f"{here}: the $ref {reference!r} leads out of the document, and is never fetched: "
                    "put what it names into this document"
                )
        else:
            resource = base[1]
        found = self._within(resource, unquote(fragment))
        if found is None:
            raise DeclarationError(f"{here}: the $ref {reference!r} leads to nothing in the document: correct it")
        return found

    def dynamic_target(self, reference: Json, path: Path) -> Path:
        """The place that a ``$dynamicRef`` or ``$recursiveRef`` leads to, whoever refers to its schema.

        Raises ``DeclarationError``, as ``target`` does, and where that depends on who does.
        """
        target = self.target(reference, path)
        if self._dynamic[reference.partition("#")[2] or "#"] > 1:
            raise DeclarationError(
                f"{pointer(path)}: where {reference!r} leads depends on what refers to its schema: "
                "name one schema by it, or write a $ref"
            )
        return target

    def _within(self, resource: Path, fragment: str) -> Path | None:
        """The place of a fragment in a resource: the whole, a pointer, or an anchor."""
        if fragment and not fragment.startswith("/"):
            return self._anchors.get((resource, fragment))
        path, value = resource, self.at(resource)
        for token in fragment.split("/")[1:]:
            name = token.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and name in value:
                path, value = (*path, name), value[name]
            elif isinstance(value, list) and name.isascii() and name.isdecimal() and int(name) < len(value):
                path, value = (*path, int(name)), value[int(name)]
            else:
                return None
        return path

    def _resource_around(self, path: Path) -> tuple[str, Path]:
        """The base URI at a place, and the place of the schema that has it."""
        uri = ""
        resource: Path = ()
        value = self.document
        for index, token in enumerate((*path, None)):
            if (own := self._uri_of(value)) is not None:
                uri, resource = _joined(uri, own), path[:index]
            if token is not None:
                value = value[token]
        return uri, resource

    def _uri_of(self, value: Json) -> str | None:
        """The URI that a schema gives itself, without an empty fragment; ``None`` if it gives none."""
        if self._identifier is None or not isinstance(value, dict) or (self._lone and "$ref" in value):
            return None
        own = value.get(self._identifier)
        return own.removesuffix("#") if isinstance(own, str) and not own.startswith("#") else None

    def _register(self, path: Path, base: str, resource: Path) -> None:
        """Note the URIs and anchors at a place and below."""
        value = self.at(path)
        if (own := self._uri_of(value)) is not None:
            base, resource = _joined(base, own), path
            self._resources.setdefault(base, path)
        self._dynamic.update(_dynamic_names(value))
        for name in self._anchors_of(value):
            self._anchors.setdefault((resource, name), path)
        for token in _members(value):
            self._register((*path, token), base, resource)

    def _anchors_of(self, value: Json) -> Iterator[str]:
        if isinstance(value, dict):
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(name := value.get(keyword), str):
                    yield name
            own = value.get(self._identifier)
            if isinstance(own, str) and own.startswith("#") and len(own) > 1:  # drafts 4 to 7
                yield own[1:]


def _dynamic_names(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(name := value.get("$dynamicAnchor"), str):
            yield name
        if value.get("$recursiveAnchor") is True:
            yield "#"


def _joined(base: str, uri: str) -> str:
    """A URI seen from a base; what is none is known by its text alone."""
    try:
        return urljoin(base, uri)
    except ValueError:
        return uri


def _members(value: Json) -> Iterator[str | int]:
    """The names or indexes of what may be schemas within a value."""
    if isinstance(value, dict):
        yield from (name for name in value if name not in _OPAQUE)
    elif isinstance(value, list):
        yield from range(len(value))
