"""OpenAPI 3.0 and 3.1 documents, read into the parts of a contract.

Strategy: a reader walks the document once, by places rather than values, so that every part can say where it stands,
and follows each ``$ref`` on its way. What says nothing of requests and replies (tags, links, callbacks, servers) is
left out. Subclasses say what other versions of OpenAPI write otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from translayer.document.values import Json, Object
from translayer.errors import DeclarationError, Path, pointer
from translayer.openapi.dialects import DIALECTS
from translayer.openapi.parts import Body, Header, Operation, Parameter, Reply
from translayer.openapi.reading_schemas import Schema, SchemaReader

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The members of a path item that are operations (OpenAPI 3.1.1, section 4.8.9)."""

_STYLES: Final[Mapping[str, str]] = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
"""Where a parameter is sent, and the style it then has by default (OpenAPI 3.1.1, section 4.8.12)."""

Part = TypeVar("Part")


class Reader:
    """Reads the operations of an OpenAPI 3.x document; ``dialect`` is that of its schemas, a name of ``DIALECTS``."""

    def __init__(self, document: Object, dialect: str) -> None:
        self.document = document
        self.schemas = SchemaReader(document, DIALECTS[dialect])
        self._references = self.schemas.references

    def operations(self) -> tuple[Operation, ...]:
        """Every operation, in the order of the document; raises ``DeclarationError`` for what cannot be read."""
        found = tuple(self._all_operations())
        self.schemas.finish()
        return found

    def webhooks(self) -> tuple[str, ...]:
        """The names of the document's webhooks."""
        return tuple(self.members(("webhooks",), lambda name, path: name)) if "webhooks" in self.document else ()

    def _all_operations(self) -> Iterator[Operation]:
        for template in self.object(("paths",)) if "paths" in self.document else ():
            if not template.startswith("x-"):
                yield from self._path_item(template, self.follow(("paths", template)))

    def _path_item(self, template: str, path: Path) -> Iterator[Operation]:
        item = self.object(path)
        shared = self.parameters(path)
        for method in METHODS:
            if method in item:
                yield self._operation(method.upper(), template, (*path, method), shared)

    def _operation(self, method: str, template: str, path: Path, shared: Mapping[tuple[str, str], Path]) -> Operation:
        said = self.object(path)
        parameters = {**shared, **self.parameters(path)}
        return Operation(
            method=method,
            template=template,
            pointer=pointer(path),
            identifier=said.get("operationId"),
            deprecated=said.get("deprecated") is True,
            sunset=sunset_of(said),
            parameters=tuple(self.parameter(place) for place in parameters.values() if self.is_parameter(place)),
            body=self.body(path, parameters.values()),
            replies=self._replies((*path, "responses")) if "responses" in said else {},
            security=self._security(path),
        )

    def _security(self, path: Path) -> Json:
        """The ways to prove who one is, those of the whole document where an operation says none; null is none said."""
        place = (*path, "security") if "security" in self.object(path) else ("security",)
        said = self.object(place[:-1]).get("security")
        if said is not None and not (isinstance(said, list) and all(isinstance(way, dict) for way in said)):
            raise DeclarationError(f"{pointer(place)}: a list of objects is expected")
        return said

    def parameters(self, path: Path) -> dict[tuple[str, str], Path]:
        """The places of the parameters of a path item or operation, by where they are sent and name."""
        if "parameters" not in self.object(path):
            return {}
        return {self._key(place): place for place in self.elements((*path, "parameters"))}

    def _key(self, place: Path) -> tuple[str, str]:
        where, name = (self.text(place, member) for member in ("in", "name"))
        return where, name.lower() if where == "header" else name

    def is_parameter(self, place: Path) -> bool:
        """Whether what the document calls a parameter is none of the body; and no header that OpenAPI ignores."""
        where, name = self._key(place)
        return where in _STYLES and (where, name) not in _IGNORED

    def parameter(self, path: Path) -> Parameter:
        """The parameter at a place."""
        said = self.object(path)
        where = said["in"]
        return Parameter(
            where=where,
            name=said["name"],
            required=said.get("required") is True or where == "path",
            schema=self.parameter_schema(path),
            deprecated=said.get("deprecated") is True,
            sunset=sunset_of(said),
            style=self.style(said, where),
            pointer=pointer(path),
        )

    def parameter_schema(self, path: Path) -> Schema | None:
        """What a parameter or a header may be: its schema, or that of its only media type."""
        if "content" in (said := self.object(path)):
            return next(iter(self._content((*path, "content")).values()), None)
        return self.schemas.read((*path, "schema")) if "schema" in said else None

    def style(self, said: Object, where: str) -> str:
        """How lists and objects are written in a parameter."""
        if "content" in said:
            return ", ".join(said["content"] or ())  # null, as YAML has what is left empty
        style = said.get("style", _STYLES[where])
        return f"{style}, exploded" if said.get("explode", style == "form") else str(style)

    def body(self, path: Path, parameters: Any) -> Body | None:
        """The body that an operation takes."""
        if "requestBody" not in self.object(path):
            return None
        place = self.follow((*path, "requestBody"))
        said = self.object(place)
        content = self._content((*place, "content")) if "content" in said else {}
        return Body(said.get("required") is True, content, pointer(place))

    def _replies(self, path: Path) -> dict[str, Reply]:
        said = [status for status in self.object(path) if not status.startswith("x-")]
        read = (self.reply(status.replace("x", "X"), self.follow((*path, status)), path[:-1]) for status in said)
        return {reply.status: reply for reply in read}

    def reply(self, status: str, path: Path, operation: Path) -> Reply:
        """The reply at a place, of an operation at another."""
        said = self.object(path)
        content = self._content((*path, "content")) if "content" in said else {}
        return Reply(status, content, self._headers((*path, "headers")) if "headers" in said else {}, pointer(path))

    def _headers(self, path: Path) -> dict[str, Header]:
        return {header.name.lower(): header for header in self.members(path, self._header)}

    def _header(self, name: str, path: Path) -> Header:
        said = self.object(path)
        required, deprecated = (said.get(member) is True for member in ("required", "deprecated"))
        return Header(name, required, self.parameter_schema(path), deprecated, pointer(path))

    def _content(self, path: Path) -> dict[str, Schema | None]:
        return dict(self.members(path, self._media))

    def _media(self, name: str, path: Path) -> tuple[str, Schema | None]:
        return name.lower(), self.schemas.read((*path, "schema")) if "schema" in self.object(path) else None

    # Walking

    def follow(self, path: Path) -> Path:
        """The place that references lead to from here."""
        return self._references.follow(path)

    def at(self, path: Path) -> Json:
        """What stands at a place."""
        return self._references.at(path)

    def object(self, path: Path) -> Object:
        """The object at a place; null, as which YAML takes what is left empty, is one without members.

        Raises ``DeclarationError`` for anything else.
        """
        if not isinstance(value := {} if (found := self.at(path)) is None else found, dict):
            raise DeclarationError(f"{pointer(path)}: an object is expected")
        return value

    def text(self, path: Path, member: str) -> str:
        """A member that is a text; raises ``DeclarationError`` where it is none, or is not there."""
        if not isinstance(value := self.object(path).get(member), str):
            raise DeclarationError(f"{pointer((*path, member))}: a text is expected")
        return value

    def members(self, path: Path, read: Callable[[str, Path], Part]) -> Iterator[Part]:
        """What is read of each member of an object, at the place that it leads to."""
        for name in self.object(path):
            yield read(name, self.follow((*path, name)))

    def elements(self, path: Path) -> Iterator[Path]:
        """The places that the elements of a list lead to."""
        if not isinstance(value := self.at(path), list):
            raise DeclarationError(f"{pointer(path)}: a list is expected")
        for index in range(len(value)):
            yield self.follow((*path, index))


_IGNORED: Final = frozenset({("header", "accept"), ("header", "content-type"), ("header", "authorization")})
"""Headers that say nothing as parameters (OpenAPI 3.1.1, section 4.8.12.2.1)."""


def sunset_of(said: Object) -> str | None:
    """When something stops to work, as the document says it by the extension ``x-sunset``."""
    sunset = said.get("x-sunset")
    return sunset if isinstance(sunset, str) else None
