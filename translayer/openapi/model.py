"""A contract: what an OpenAPI document of any version promises, as one value.

Strategy: the readers turn a document of OpenAPI 2.0, 3.0 or 3.1 into the same parts, with schemas of JSON Schema
2020-12, and here they are looked up. Operations are told apart by method and shape, whatever variables are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal
from urllib.parse import urlsplit

from translayer.document.values import Json, Object
from translayer.errors import DeclarationError
from translayer.openapi.parts import Body, Header, Operation, Parameter, Reply, shape_of, variables_of
from translayer.openapi.reading import Reader
from translayer.openapi.reading_schemas import Schema, schema_of
from translayer.openapi.reading_swagger import SwaggerReader

__all__ = ["Body", "Contract", "Header", "Operation", "Parameter", "Reply", "Schema", "schema_of", "variables_of"]

Direction = Literal["request", "reply"]
"""Who sends it: the client, or the API."""

_VERSION: Final = re.compile(r"(3\.[01])\.[0-9]+(?:-\w+)?")


@dataclass(frozen=True)
class Contract:
    """What an API promises: ``operations`` in the order of the document, and the ``prefixes`` that its servers have.

    ``version`` is the version of OpenAPI, ``"2.0"``, ``"3.0"`` or ``"3.1"``.
    """

    version: str
    operations: tuple[Operation, ...]
    prefixes: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    document: Object = field(repr=False, default_factory=dict)

    @classmethod
    def of(cls, document: Json) -> Contract:
        """The contract in an OpenAPI document, as JSON values.

        Raises ``DeclarationError``, with the place and what to do, for what is no such document, for references that
        lead out of it or in a circle, and for two operations that differ by the names of their variables alone.
        """
        version = _version_of(document)
        reader = SwaggerReader(document) if version == "2.0" else Reader(document, f"openapi-{version}")
        operations = reader.operations()
        _refuse_twins(operations)
        return cls(version, operations, _prefixes(document), reader.webhooks(), document)

    def operation(self, method: str, path: str, *, prefix: str = "") -> Operation | None:
        """The operation of a method on a path, or on a template with ``{names}`` or ``<names>``.

        The path may begin with the ``prefix`` that is given, or with one that the document's servers have. Of several
        templates that match, the one with the fewest variables is meant (OpenAPI 3.1.1, section 4.8.8.2).
        """
        for candidate in self._without_prefixes(path, prefix):
            if found := self._by_shape.get((method.upper(), shape_of(candidate))):
                return found
            for pattern, operation in self._by_pattern.get(method.upper(), ()):
                if pattern.fullmatch(candidate):
                    return operation
        return None

    def schema_for(
        self, method: str, path: str, status: int | str, media: str | None, direction: Direction, *, prefix: str = ""
    ) -> Schema | None:
        """The schema of a body: of a request, or of the reply with a status, in a media type.

        ``None`` where the contract has no such operation or body, or says nothing of it. Without a media type the one
        that is JSON is meant. A status that is not named has what is said for its hundred, or else the default.
        """
        operation = self.operation(method, path, prefix=prefix)
        if operation is None:
            return None
        if direction == "request":
            return schema_in(operation.body.content, media) if operation.body else None
        reply = reply_for(operation.replies, str(status))
        return schema_in(reply.content, media) if reply else None

    def _without_prefixes(self, path: str, prefix: str) -> Iterator[str]:
        for known in dict.fromkeys((prefix.rstrip("/"), *self.prefixes, "")):
            if path.startswith(f"{known}/"):
                yield path.removeprefix(known)

    @cached_property
    def _by_shape(self) -> Mapping[tuple[str, str], Operation]:
        return {(operation.method, shape_of(operation.template)): operation for operation in self.operations}

    @cached_property
    def _by_pattern(self) -> Mapping[str, list[tuple[re.Pattern[str], Operation]]]:
        """For each method, the operations with variables, those with the fewest first."""
        found: dict[str, list[tuple[re.Pattern[str], Operation]]] = {}
        for operation in sorted(self.operations, key=lambda operation: len(variables_of(operation.template))):
            found.setdefault(operation.method, []).append((_pattern(operation.template), operation))
        return found


def reply_for(replies: Mapping[str, Reply], status: str) -> Reply | None:
    """The reply that is promised for a status: by itself, by its hundred, or by default."""
    return replies.get(status) or replies.get(f"{status[:1]}XX") or replies.get("default")


def schema_in(content: Mapping[str, Schema | None], media: str | None) -> Schema | None:
    """The schema for a media type, by the name that comes nearest to it."""
    name = media_for(content, media)
    return content[name] if name is not None else None


def media_for(content: Mapping[str, Schema | None], media: str | None) -> str | None:
    """Of the names of media types and ranges, the one that a media type falls under; the one for JSON without one."""
    if media is None:
        return next((name for name in content if _is_json(name)), None)
    essence = _essence(media)
    asked = (media.lower(), essence, f"{essence.partition('/')[0]}/*", "*/*")
    found = next((name for name in asked if name in content), None)
    return found or next((name for name in content if _essence(name) == essence), None)


def _essence(media: str) -> str:
    return media.partition(";")[0].strip().lower()


def _is_json(media: str) -> bool:
    essence = _essence(media)
    return essence in ("application/json", "application/*", "*/*") or essence.endswith("+json")


def _pattern(template: str) -> re.Pattern[str]:
    literals = shape_of(template).split("{}")
    return re.compile("[^/]+?".join(map(re.escape, literals)))


def form_of(document: Json) -> str:
    """The form in which a contract of the code says as much as a document does: ``"2.0"``, or else ``"3.1"``."""
    return "2.0" if isinstance(document, dict) and "swagger" in document else "3.1"


def _version_of(document: Json) -> str:
    if not isinstance(document, dict):
        raise DeclarationError("a contract is an object: an OpenAPI document")
    if document.get("swagger") in ("2.0", 2.0):  # 2.0 without quotes is a number in YAML
        return "2.0"
    found = _VERSION.fullmatch(str(document.get("openapi")))
    if found is None:
        said = {name: document[name] for name in ("swagger", "openapi") if name in document}
        raise DeclarationError(
            f"the document says {said or 'nothing'} of its version of OpenAPI: "
            'it is read with "swagger": "2.0", or "openapi": "3.0.x" or "3.1.x"'
        )
    return found[1]


def _prefixes(document: Object) -> tuple[str, ...]:
    """The paths of the servers that a document names, without the slash at the end; empty ones left out."""
    paths = [_path_in(url) for url in server_urls(document) if "{" not in url]
    base = document.get("basePath")
    return tuple(
        dict.fromkeys(path.rstrip("/") for path in (*paths, base) if isinstance(path, str) and path.rstrip("/"))
    )


def server_urls(document: Object) -> list[str]:
    """The URLs of the servers that a document of OpenAPI 3 names."""
    servers = document.get("servers", [])
    urls = [server.get("url") for server in servers if isinstance(server, dict)] if isinstance(servers, list) else []
    return [url for url in urls if isinstance(url, str)]


def _path_in(url: str) -> str:
    """The path of a URL; none of what is no URL."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _refuse_twins(operations: tuple[Operation, ...]) -> None:
    seen: dict[tuple[str, str], Operation] = {}
    for operation in operations:
        first = seen.setdefault((operation.method, shape_of(operation.template)), operation)
        if first is not operation:
            raise DeclarationError(
                f"{operation.pointer}: {operation.name} is {first.name} with another name for a variable: keep one"
            )
