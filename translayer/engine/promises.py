"""Promises: what the bodies of one route must be in one version, as JSON Schema, ready to be held against them.

They follow from the declarations, or stand in a contract that the author gave: an OpenAPI document, or a JSON Schema
for the documents of a resource. A contract is read when the engine is made; what follows from declarations is made
when it is first needed, since most replies need no second look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from marshmallow import Schema as MarshmallowSchema
from marshmallow import fields

from translayer.contract.api import Api
from translayer.contract.check import Unknown
from translayer.contract.contract_files import is_openapi
from translayer.contract.routes import Path, Route
from translayer.contract.shape import Leaf
from translayer.document.pointer import parse, resolve
from translayer.document.values import Json, Object
from translayer.errors import DeclarationError, Violation

if TYPE_CHECKING:
    from translayer.document.schema_check import SchemaCheck
    from translayer.openapi.model import Contract, Direction, Schema

_DOCUMENT: Final = "urn:translayer:document"
"""What a schema of one document is called by that of the body around it."""

_UNSAID: Final[Mapping[str, str]] = {"request": "readOnly", "reply": "writeOnly"}
"""The mark of what is not said in a direction, and so is not required there (OpenAPI 3.1, section 4.8.24.4)."""


class Promise:
    """What one body must be: ``make`` gives the schema's check for a status, ``None`` where nothing is promised."""

    def __init__(self, make: Callable[[int], SchemaCheck | None]) -> None:
        self._make = make
        self._made: dict[int, SchemaCheck | None] = {}

    def violations(self, status: int, document: Json) -> tuple[Violation, ...]:
        """What is wrong with a body that was sent with a status; raises ``DeclarationError`` for a bad schema."""
        if status not in self._made:
            self._made[status] = self._make(status)
        check = self._made[status]
        return () if check is None else check.violations(document)


def derived_reply(api: Api, route: Route, position: int) -> Promise:
    """What follows from the declarations for the replies of a route; the same for every status."""

    def make(status: int) -> SchemaCheck:
        from translayer.openapi.schemas import reply_schema

        return checked(reply_schema(api, route, position), api)

    return Promise(make)


def derived_document(api: Api, schema: type[MarshmallowSchema], position: int, unknown: Unknown | None) -> SchemaCheck:
    """The check of what follows from the declarations for the documents of a schema in a version."""
    from translayer.openapi.schemas import document_schema

    return checked(document_schema(api.translation(schema, position, unknown)), api)


def checked(schema: Json, api: Api, **options: Any) -> SchemaCheck:
    """The check of a schema, with the bounds of an API."""
    from translayer.document.schema_check import SchemaCheck

    return SchemaCheck(schema, limit=api.limits.violations, **options)


@cache
def make_ready() -> None:
    """Imports what schemas and their checks are made with, all of it by making a small one of each.

    For APIs whose first replies are looked at: no client should wait for that.
    """
    from translayer.document.schema_check import SchemaCheck
    from translayer.openapi.fields import leaf_schema

    import_module("translayer.openapi.schemas")
    SchemaCheck(leaf_schema(Leaf(fields.Integer()), "reply"))


class Promises:
    """The contracts that the versions of an API have of their own; raises ``DeclarationError`` where one is none."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._read: dict[int, _Described | _Shaped] = {}
        for position, version in enumerate(api.versions):
            if version.contract is not None:
                with self._named(position):
                    self._read[position] = _read(version.contract, api, position)

    def reply(self, route: Route, position: int) -> Promise | None:
        """What a version's own contract promises of the replies of a route; ``None`` where it has none."""
        if position not in self._read:
            return None
        with self._named(position):
            return self._read[position].reply(route, self._rule(route, position))

    def request(self, route: Route, position: int) -> Promise | None:
        """What a version's own contract asks of the documents that a route is sent, and of those that a patch makes."""
        if position not in self._read:
            return None
        with self._named(position):
            return self._read[position].request(route, self._rule(route, position))

    @contextmanager
    def _named(self, position: int) -> Iterator[None]:
        """What is wrong with a contract is told with the version whose it is."""
        try:
            yield
        except DeclarationError as error:
            text = self._api.versions[position].text
            raise DeclarationError(f"the contract of version {text}: {error}") from error

    def _rule(self, route: Route, position: int) -> str:
        """The rule of a route in a version."""
        return next(path.rule for path in self._api.tables[position] if path.route == route)


def _read(said: Any, api: Api, position: int) -> _Described | _Shaped:
    """A contract, read and checked; raises ``DeclarationError``."""
    from translayer.openapi.model import Contract

    document = said if isinstance(said, Mapping) else _loaded(said)
    if is_openapi(document):
        return _Described(api, position, Contract.of(document))
    if document is not said:
        raise DeclarationError(f"{said} is no OpenAPI document; say of which resource it is the JSON Schema, by name")
    names = {resource.name for resource in api.resources}
    for name in said:
        if name not in names:
            raise DeclarationError(f"there is no resource {name!r}; there are {', '.join(sorted(names))}")
    schemas = {name: file if isinstance(file, Mapping | bool) else _loaded(file) for name, file in said.items()}
    for name, schema in schemas.items():
        try:
            checked(schema, api)
        except DeclarationError as error:
            raise DeclarationError(f"{name}: {error}") from error
    return _Shaped(api, schemas)


def _loaded(file: Any) -> Object:
    from translayer.openapi.loading import load

    return load(file)


class _Described:
    """The contract of a version as an OpenAPI document."""

    def __init__(self, api: Api, position: int, contract: Contract) -> None:
        self._api = api
        self._contract = contract
        self._prefix = f"{api.prefix}/v{api.versions[position].text}"
        if contract.operations and not any(map(self._speaks_of, api.seen_with(api.flags).tables[position])):
            raise DeclarationError(
                "it has none of the operations of this version, so that nothing would be held against it: write its "
                "paths as the version's rules are written, with what stands before them in servers, or basePath"
            )

    def _speaks_of(self, path: Path) -> bool:
        return self._contract.operation(path.route.method, path.rule, prefix=self._prefix) is not None

    def reply(self, route: Route, rule: str) -> Promise:
        """Made at once for the successes that replies are translated with, so that a bad schema is found early."""
        found = {status: self._check(route.method, rule, status, "reply") for status in (200, 201, 203)}
        return Promise(found.get)

    def request(self, route: Route, rule: str) -> Promise:
        """A patch is held against what a PUT of the same URL takes, since it makes such a document."""
        check = self._check("PUT" if route.method == "PATCH" else route.method, rule, 200, "request")
        return Promise(lambda status: check)

    def _check(self, method: str, rule: str, status: int, direction: Direction) -> SchemaCheck | None:
        schema = self._contract.schema_for(method, rule, status, None, direction, prefix=self._prefix)
        return None if schema is None else self._checked(schema, direction)

    def _checked(self, schema: Schema, direction: Direction) -> SchemaCheck:
        try:
            return checked(_directed(schema.document(), direction), self._api)
        except DeclarationError as error:
            raise DeclarationError(f"at {schema.pointer!r}: {error}") from error


class _Shaped:
    """The contract of a version as a JSON Schema for the documents of each of some resources."""

    def __init__(self, api: Api, schemas: Mapping[str, Json]) -> None:
        self._api = api
        self._schemas = schemas

    def reply(self, route: Route, rule: str) -> Promise | None:
        """The body around documents is that of the envelope; replies of other schemas are not promised."""
        document, envelope = self._document(route, route.reply), self._api.envelope
        if document is None:
            return None
        if route.many:
            body = envelope.many_schema({"type": "array", "items": document}, self._api.owner(route).items)
        else:
            body = envelope.one_schema(document)
        return self._promise(route, body, "reply")

    def request(self, route: Route, rule: str) -> Promise | None:
        """A patch is held against the schema of the document that it makes."""
        document = self._document(route, route.reply if route.method == "PATCH" else route.request)
        return None if document is None else self._promise(route, document, "request")

    def _document(self, route: Route, schema: Any) -> Object | None:
        owner = self._api.owner(route)
        return {"$ref": _DOCUMENT} if owner.name in self._schemas and schema is owner.schema else None

    def _promise(self, route: Route, body: Object, direction: Direction) -> Promise:
        schema = self._schemas[self._api.owner(route).name]
        dialect = {"$schema": schema["$schema"]} if isinstance(schema, Mapping) and "$schema" in schema else {}
        check = checked({**dialect, **body}, self._api, resources={_DOCUMENT: _directed(schema, direction)})
        return Promise(lambda status: check)


def _directed(schema: Json, direction: Direction) -> Json:
    """A schema again, in which what is marked as not said in its direction is not required there."""
    return _relaxed(schema, schema, _UNSAID[direction])


def _relaxed(schema: Json, root: Json, unsaid: str) -> Json:
    """A part of a whole schema again, in which what has the mark is not required."""
    if isinstance(schema, list):
        return [_relaxed(inner, root, unsaid) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _relaxed(value, root, unsaid) for name, value in schema.items()}
    members, required = schema.get("properties"), schema.get("required")
    if isinstance(members, dict) and isinstance(required, list):
        made["required"] = [name for name in required if not _has_mark(members.get(name), root, unsaid)]
        if not made["required"]:
            del made["required"]  # draft 4 has no empty one
    return made


def _has_mark(schema: Json, root: Json, mark: str) -> bool:
    """Whether a schema has a mark, itself or by way of what it refers to within the whole or joins by ``allOf``."""
    waiting, seen = [schema], set[int]()
    while waiting:
        found = waiting.pop()
        if not isinstance(found, dict) or id(found) in seen:
            continue
        if found.get(mark) is True:
            return True
        seen.add(id(found))
        waiting += found.get("allOf", ())
        waiting.append(_referred(found.get("$ref"), root))
    return False


def _referred(reference: Json, root: Json) -> Json:
    """What a reference leads to by a pointer into the whole; nothing where it leads elsewhere."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    try:
        return resolve(root, parse(unquote(reference[1:])))
    except (ValueError, LookupError):  # it is an anchor, or counts from an address within
        return None
