"""The specification: OpenAPI 3.1 of one version, and OpenAPI 2.0 made of that.

Strategy: the document is written once, in 3.1, from the tables of the version; what several operations use stands among
the components, in the order in which it is met. Unless a moment is given, nothing in it depends on when it is written:
what is deprecated from a date on is told so with its date, so that equal APIs have equal documents.

Border: documents as JSON values. Serving them is the engine's, printing them that of whoever prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import count
from typing import Final, Literal, TypeAlias, cast
from urllib.parse import quote

from marshmallow import Schema

from translayer.contract.api import Api
from translayer.contract.conventions.english import plural
from translayer.contract.deprecation import Deprecation
from translayer.contract.notations import PATCH_TYPES, notations
from translayer.contract.resource import Resource
from translayer.contract.routes import Path, Route
from translayer.document.values import Json, Object, duplicate

from .parameters import header_parameters, path_parameters, query_parameters
from .paths import Template, template
from .responses import (
    BODILESS,
    HEADERS,
    SUCCESSES,
    Operation,
    Place,
    error_schemas,
    failure,
    failure_name,
    failures,
    header,
    headers_of,
)
from .schemas import Form, Library, description, envelope_at, examples_in
from .swagger import swagger

Format: TypeAlias = Literal["3.1", "2.0"]
"""The versions of OpenAPI that are written."""

_UNQUOTED: Final = "!$&'()*+,/:;=@%"


def specification(
    api: Api, version: int | str | date, form: str = "3.1", *, mount: str = "", at: datetime | None = None
) -> Object:
    """The OpenAPI document of a version, as JSON values of its own.

    ``form`` is ``"3.1"`` or ``"2.0"``. ``mount`` stands before the API's prefix in URLs: a path, or an origin with one.
    Operations that are deprecated after the moment ``at`` are not marked so yet; without it all are that have a date.
    It tells what ``api`` shows: of ``api.seen_with(flags)`` nothing that is hidden. Raises ``LookupError`` where there
    is no such version, ``ValueError`` for another form.
    """
    if form not in ("3.1", "2.0"):
        raise ValueError(f"form={form!r}: OpenAPI is written in its versions '3.1' and '2.0'")
    written = _Document(api, api.position(version), mount, at).written()
    document: Object = duplicate(swagger(written) if form == "2.0" else written)
    return document


_OPERATIONS: Final[Mapping[tuple[Place, str], tuple[str, str]]] = {
    ("collection", "GET"): ("list_{many}", "List {many}"),
    ("collection", "POST"): ("create_{one}", "Create {a} {one}"),
    ("collection", "DELETE"): ("delete_{many}", "Delete {many}"),
    ("item", "GET"): ("read_{one}", "Read {a} {one}"),
    ("item", "POST"): ("post_{one}", "Post to {a} {one}"),
    ("item", "PUT"): ("replace_{one}", "Replace {a} {one}"),
    ("item", "PATCH"): ("change_{one}", "Change parts of {a} {one}"),
    ("item", "DELETE"): ("delete_{one}", "Delete {a} {one}"),
}
"""The id and the summary of each operation of a resource."""


class _Document:
    """Writes the document of the version at ``position``."""

    def __init__(self, api: Api, position: int, mount: str, at: datetime | None) -> None:
        self._api = api
        self._at = at
        self._position = position
        self._version = api.versions[position]
        self._mount = mount
        self._library = Library("#/components/schemas/")
        self._ids: set[str] = set()
        self._failures: dict[str, Object] = {}
        self._parameters: dict[str, Object] = {}
        self._headers: dict[str, Object] = {}
        self._examples: dict[str, Object] = {}
        self._used: dict[str, Resource] = {}

    def written(self) -> Object:
        """The document in OpenAPI 3.1."""
        paths = self._paths()
        return {
            "openapi": "3.1.0",
            "info": self._info(),
            "servers": [{"url": quote(f"{self._mount}{self._api.prefix}/v{self._version.text}", safe=_UNQUOTED)}],
            "tags": [_tag(resource) for resource in self._used.values()],
            "paths": paths,
            "components": self._components(),
        }

    # What is said of the whole

    def _info(self) -> Object:
        info = self._api.info
        said = {
            "title": info.title,
            "description": self._description(),
            "termsOfService": info.terms,
            "contact": dict(info.contact),
            "license": dict(cast(Mapping[str, str], info.license)),
        }
        return {**{name: value for name, value in said.items() if value}, "version": self._version.text}

    def _description(self) -> str:
        told = [self._api.info.description, self._life(), self._changes()]
        return "\n\n".join(filter(None, told))

    def _life(self) -> str:
        life = self._version.life
        sentences = []
        if life.flag is not None:
            until = "" if life.stable is None else f" until {life.stable:%Y-%m-%d}"
            sentences.append(f"This version is a preview{until}, and may still change.")
        if life.deprecation is not None:
            sentences.append(_deprecated("This version", life.deprecation))
        elif life.sunset is not None:
            sentences.append(f"This version is served until {life.sunset:%Y-%m-%d}.")
        return " ".join(sentences)

    def _changes(self) -> str:
        entries = [entry for entry in self._api.changelog() if entry.version == self._version]
        if not entries:
            return ""
        lines = [f"Changes since version {self._api.versions[self._position + 1].text}:", ""]
        for entry in entries:
            lines += [f"- {entry.title}", *(f"    - {said}" for said in entry.sentences if said != entry.title)]
        return "\n".join(lines)

    def _components(self) -> Object:
        schemas = self._library.definitions
        if not self._version.native:
            schemas |= error_schemas(self._api)
        found = {
            "schemas": schemas,
            "responses": self._failures,
            "parameters": self._parameters,
            "examples": self._examples,
            "headers": self._headers,
        }
        return {name: told for name, told in found.items() if told}

    # Operations

    def _paths(self) -> Object:
        paths: Object = {}
        known: dict[str, Template] = {}
        for path in self._api.tables[self._position]:
            found = template(path.rule)
            first = known.setdefault(found.nameless, found)
            found = found.named(tuple(variable.name for variable in first.variables))
            methods = paths.setdefault(found.text, {})
            # Where rules differ in their converters alone, OpenAPI has one path for both, and room for one operation.
            methods.setdefault(path.route.method.lower(), self._operation(path, found))
        return paths

    def _operation(self, path: Path, found: Template) -> Object:
        route, owner = path.route, self._api.owner(path.route)
        self._used.setdefault(owner.name, owner)
        asked = Operation(self._api, route, self._position, _place(owner, route), bool(found.variables))
        id, summary = _names(asked)
        deprecation = route.deprecation
        told = {
            "tags": [owner.name],
            "operationId": self._unique(id),
            "summary": summary,
            "description": None if deprecation is None else _deprecated("This operation", deprecation),
            "parameters": list(self._all_parameters(asked, found)),
            "requestBody": self._request(asked),
            "responses": self._responses(asked),
            "deprecated": self._is_deprecated(deprecation) or self._is_deprecated(self._version.life.deprecation),
        }
        return {name: said for name, said in told.items() if said}

    def _is_deprecated(self, deprecation: Deprecation | None) -> bool:
        return deprecation is not None and (self._at is None or deprecation.since <= self._at)

    def _unique(self, id: str) -> str:
        unique = next(name for number in count(1) if (name := _numbered(id, number)) not in self._ids)
        self._ids.add(unique)
        return unique

    def _all_parameters(self, asked: Operation, found: Template) -> Iterator[Object]:
        yield from path_parameters(found.variables)
        yield from query_parameters(self._api.grammar(asked.route, self._position), many=asked.route.many)
        if self._version.native:
            return
        for parameter in header_parameters(self._api, asked.route, self._position):
            yield self._shared("parameters", self._parameters, parameter["name"].replace("-", ""), parameter)

    def _shared(self, kind: str, known: dict[str, Object], name: str, told: Object) -> Object:
        """A reference to something among the components; what else has its name is called by a number."""
        unique = next(named for number in count(1) if known.setdefault(named := _numbered(name, number), told) == told)
        return {"$ref": f"#/components/{kind}/{unique}"}

    # Bodies

    def _request(self, asked: Operation) -> Object | None:
        route = asked.route
        if route.method == "PATCH" and route.reply is not None:
            patches = (self._library.json_patch(), self._library.merge_patch(self._api, route, self._position))
            content = {media: {"schema": schema} for media, schema in zip(PATCH_TYPES, patches, strict=True)}
            return {"required": True, "content": content}
        schema = self._library.request(self._api, route, self._position)
        if schema is None:
            return None if route.method in ("GET", "DELETE") else {"content": {"*/*": {}}}
        return {"required": True, "content": self._content(asked, schema, dict(self._requests(asked)))}

    def _responses(self, asked: Operation) -> Object:
        told: Object = {}
        schema = self._library.reply(self._api, asked.route, self._position)
        for status in SUCCESSES[asked.place, asked.route.method]:
            names = () if self._version.native else headers_of(asked, status)
            success = {
                "description": _SUCCESSES[status],
                "headers": {name: self._header(name) for name in names},
                "content": {} if status in BODILESS else self._success(asked, schema),
            }
            told[str(status)] = {name: said for name, said in success.items() if said}
        if self._version.native:
            return {**told, "default": {"description": "Any other reply, as the service has it."}}
        for failed in failures(asked):
            told[str(failed)] = self._failure(failed)
        return {**told, "default": self._failure(None)}

    def _failure(self, status: int | None) -> Object:
        response = failure(self._api, status)
        for name in response.get("headers", ()):
            self._header(name)
        return self._shared("responses", self._failures, failure_name(status), response)

    def _success(self, asked: Operation, schema: Object) -> Object:
        if asked.route.reply is None:
            return {"*/*": {}}
        return self._content(asked, schema, {} if asked.route.many else dict(self._replies(asked)))

    def _header(self, name: str) -> Object:
        known, said = HEADERS[name]
        self._headers.setdefault(known, {"description": said, "schema": {"type": "string"}})
        return header(name)

    def _content(self, asked: Operation, schema: Object, examples: Mapping[str, Json]) -> Object:
        """A body under every media type that it is sent under; of those that say the same, the first."""
        shown = {
            name: self._shared("examples", self._examples, name, {"value": value}) for name, value in examples.items()
        }
        told: Object = {"schema": schema, **({"examples": shown} if shown else {})}
        return dict.fromkeys(self._media(asked.owner), told)

    def _media(self, owner: Resource) -> Iterator[str]:
        """The media types of documents: of those that name no version, the first of each form."""
        known: set[str | None] = set()
        for notation in notations(self._api, self._version, owner.name):
            form = None if notation.form is None else notation.form.name
            if notation.names_version or form not in known:
                yield str(notation.media)
            known.add(form)

    def _replies(self, asked: Operation) -> Iterator[tuple[str, Json]]:
        """The examples of a reply."""
        envelope = envelope_at(self._api, self._position)
        for number, example in enumerate(self._examples_of(asked, asked.route.reply, "reply"), 1):
            yield _numbered(f"{_component(asked.owner.name)}", number), envelope.one(example)

    def _requests(self, asked: Operation) -> Iterator[tuple[str, Json]]:
        """The examples of a request."""
        for number, example in enumerate(self._examples_of(asked, asked.route.request, "request"), 1):
            yield _numbered(f"{_component(asked.owner.name)}Request", number), example

    def _examples_of(self, asked: Operation, schema: type[Schema] | None, form: Form) -> list[Json]:
        """The examples of a resource, where bodies are of its schema."""
        owner = asked.owner
        if schema is not owner.schema or not owner.examples:
            return []
        return examples_in(self._api.translation(schema, self._position, owner.unknown), owner, form)


_SUCCESSES: Final[Mapping[int, str]] = {
    200: "Done.",
    201: "Created.",
    202: "Accepted, and not done yet.",
    204: "Done, and there is nothing to say.",
}


def _place(owner: Resource, route: Route) -> Place:
    if route in owner.routes:
        return "other"
    return "collection" if route.rule == owner.collection and route.method in owner.collection_methods else "item"


def _names(asked: Operation) -> tuple[str, str]:
    """The id of an operation, the same in every version, and its summary."""
    method, rule = asked.route.method, asked.route.rule
    if asked.place == "other":
        words = re.findall(r"[A-Za-z0-9]+", template(rule).text)
        return "_".join([method.lower(), *words]), asked.route.summary or f"{method} {template(rule).text}"
    one = " ".join(re.findall(r"[^\W_]+", asked.owner.name)) or asked.owner.name
    id, summary = _OPERATIONS[asked.place, method]
    names = {"one": one, "many": plural(one), "a": "an" if one[0].lower() in "aeiou" else "a"}
    return re.sub(r"\W+", "_", id.format(**names)), summary.format(**names)


def _tag(resource: Resource) -> Object:
    said = description(resource.schema)
    return {"name": resource.name, **({"description": said} if said else {})}


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}{number}"


def _component(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)


def _deprecated(what: str, deprecation: Deprecation) -> str:
    """What is said of something that is deprecated."""
    ends = "" if deprecation.sunset is None else f", and served until {deprecation.sunset:%Y-%m-%d}"
    link = "" if deprecation.link is None else f" Read more: <{deprecation.link}>."
    return f"{what} is deprecated from {deprecation.since:%Y-%m-%d} on{ends}.{link}"
