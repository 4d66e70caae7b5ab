"""Responses: the statuses that an operation can be answered with, and what comes with each.

Strategy: successes are a table by what an operation is; a failure is in the one form of the API, so that each status is
described once and referred to. Which failures an operation can have is a table, too.

Border: what clients see. Replies of a native version are the app's own, of whose failures nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Final, Literal, NamedTuple, TypeAlias

from translayer.contract.api import Api
from translayer.contract.life import Life
from translayer.contract.marks import Marks
from translayer.contract.notations import JSON_TYPE, PROBLEM_TYPE, VERSION_HEADER
from translayer.contract.resource import Resource
from translayer.contract.routes import Route
from translayer.document.values import Object
from translayer.errors import CODES, RULES

from .parameters import CONDITIONED

Place: TypeAlias = Literal["collection", "item", "other"]
"""Where a route of a resource stands."""

SUCCESSES: Final[Mapping[tuple[Place, str], tuple[int, ...]]] = {
    ("collection", "GET"): (200,),
    ("collection", "POST"): (201,),
    ("collection", "DELETE"): (200, 204),
    ("item", "GET"): (200,),
    ("item", "POST"): (200, 201, 204),
    ("item", "PUT"): (200, 201, 204),
    ("item", "PATCH"): (200, 204),
    ("item", "DELETE"): (200, 204),
    ("other", "GET"): (200,),
    ("other", "POST"): (200, 201, 202, 204),
    ("other", "PUT"): (200, 201, 204),
    ("other", "PATCH"): (200, 204),
    ("other", "DELETE"): (200, 202, 204),
}
"""The successes of each operation; that of a custom one its app chooses."""

BODILESS: Final = frozenset({202, 204})
"""Successes that say nothing of the document."""


class Operation(NamedTuple):
    """One operation: a route in a version, where it stands, and whether its path has variables."""

    api: Api
    route: Route
    position: int
    place: Place
    varies: bool

    @property
    def owner(self) -> Resource:
        """The resource that declares it."""
        return self.api.owner(self.route)

    @property
    def life(self) -> Life:
        """The life of its version."""
        return self.api.versions[self.position].life

    @property
    def takes(self) -> bool:
        """Whether a body is read and checked."""
        return self.route.request is not None or (self.route.method == "PATCH" and self.route.reply is not None)

    @property
    def ends(self) -> bool:
        """Whether there is a time in which its version answers as retired."""
        return self.life.sunset is not None or bool(self.life.brownouts)

    @property
    def has_deprecated_fields(self) -> bool:
        """Whether a field is deprecated in what is sent or replied; what is hidden is in neither."""
        schemas = [schema for schema in (self.route.request, self.route.reply) if schema is not None]
        ways = (self.api.translation(schema, self.position, self.owner.unknown) for schema in schemas)
        return any(Marks.of(way.shape, way.check.resolve) is not None for way in ways)


_FAILURES: Final[Mapping[int, Callable[[Operation], bool]]] = {
    301: lambda asked: asked.ends and asked.life.retired == "redirect" and asked.route.method == "GET",
    304: lambda asked: asked.route.method == "GET" and asked.route.reply is not None and asked.owner.etag != "none",
    308: lambda asked: asked.ends and asked.life.retired == "redirect" and asked.route.method != "GET",
    400: lambda asked: True,
    404: lambda asked: asked.varies or (asked.ends and asked.life.retired == "not-found"),
    406: lambda asked: asked.route.reply is not None,
    409: lambda asked: asked.route.method in ("POST", "PUT", "PATCH"),
    410: lambda asked: asked.ends and asked.life.retired != "not-found",
    412: lambda asked: asked.route.method in CONDITIONED,
    413: lambda asked: asked.takes,
    415: lambda asked: asked.takes,
    422: lambda asked: asked.takes,
    428: lambda asked: asked.owner.require_condition and asked.route.method in CONDITIONED,
    500: lambda asked: True,
}
"""Statuses other than successes, and the operations that can be answered so."""

_NAMES: Final[Mapping[int, str]] = {413: "ContentTooLarge", 422: "UnprocessableContent"}
"""What RFC 9110 calls statuses that Python has older names for."""

ERROR: Final = "Error"
PROBLEM: Final = "Problem"

_WITHOUT_BODY: Final[Mapping[int, str]] = {
    301: "The version is retired, and `Location` leads to the same resource in one that is served.",
    304: "The client has the document already.",
    308: "The version is retired, and `Location` leads to the same resource in one that is served.",
}


def failures(asked: Operation) -> Iterator[int]:
    """The statuses that an operation can be answered with, beside its successes."""
    return (status for status, applies in _FAILURES.items() if applies(asked))


def failure_name(status: int | None) -> str:
    """What the response of a status is called among the components; of any other, where it is ``None``.

    >>> failure_name(404), failure_name(None)
    ('NotFound', 'Failure')
    """
    if status is None:
        return "Failure"
    return _NAMES.get(status) or "".join(filter(str.isalnum, HTTPStatus(status).phrase.title()))


def failure(api: Api, status: int | None) -> Object:
    """The response of a status; of any that is not told by itself, where that is ``None``."""
    if status is not None and status in _WITHOUT_BODY:
        headers = {} if status == 304 else {"headers": {"Location": header("Location")}}
        return {"description": _WITHOUT_BODY[status], **headers}
    forms = [(str(PROBLEM_TYPE), PROBLEM)] if api.problems else [(str(JSON_TYPE), ERROR), (str(PROBLEM_TYPE), PROBLEM)]
    return {
        "description": _meaning(api, status),
        "headers": {VERSION_HEADER: header(VERSION_HEADER)},
        "content": {media: {"schema": {"$ref": f"#/components/schemas/{name}"}} for media, name in forms},
    }


def _meaning(api: Api, status: int | None) -> str:
    """What a failure is, with the codes that tell more of it."""
    if status is None:
        return "Any other failure."
    foreign = {f"MALFORMED_{name.upper()}" for name in ("yaml", "msgpack")}
    foreign -= {f"MALFORMED_{form.name.upper()}" for form in api.forms}
    told = [f"- `{code}`: {meaning}" for code, (at, meaning) in CODES.items() if at == status and code not in foreign]
    return "\n".join([f"{HTTPStatus(status).phrase}.", "", *told])


def error_schemas(api: Api) -> Iterator[tuple[str, Object]]:
    """The schemas of failures, by name."""
    detail: Object = {
        "type": "object",
        "description": "One broken rule, at a place in the document (RFC 6901) or in a parameter.",
        "properties": {
            "pointer": {"type": "string"},
            "parameter": {"type": "string"},
            "code": {"type": "string", "examples": list(RULES)[:1]},
            "message": {"type": "string"},
        },
        "required": ["code", "message"],
    }
    details: Object = {"type": "array", "items": {"$ref": "#/components/schemas/Violation"}}
    status: Object = {"type": "integer", "minimum": 400, "maximum": 599}
    if not api.problems:
        error: Mapping[str, Object] = {
            "status": status,
            "error": {"type": "string"},
            "description": {"type": "string"},
            "details": details,
        }
        yield ERROR, _object("What went wrong.", {"error": _object(None, error)})
    problem: Mapping[str, Object] = {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": status,
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": details,
    }
    yield PROBLEM, _object("What went wrong, as problem details (RFC 9457).", problem)
    yield "Violation", detail


def _object(description: str | None, properties: Mapping[str, Object]) -> Object:
    told = {} if description is None else {"description": description}
    return {"type": "object", **told, "properties": dict(properties), "required": list(properties)}


# Headers

HEADERS: Final[Mapping[str, tuple[str, str]]] = {
    VERSION_HEADER: ("ApiVersion", "The version that answers."),
    "ETag": ("ETag", "The entity tag of the document in this version (RFC 9110, section 8.8.3)."),
    "Location": ("Location", "Where the document is."),
    "Deprecation": ("Deprecation", "Since when this should no longer be used (RFC 9745)."),
    "Sunset": ("Sunset", "Until when this can be used (RFC 8594)."),
    "Link": ("Link", "Pages about the end of this version, and the same in others (RFC 8288)."),
}
"""The headers of replies: what each is called among the components, and what it says."""


def header(name: str) -> Object:
    """A reference to a header."""
    return {"$ref": f"#/components/headers/{HEADERS[name][0]}"}


def headers_of(asked: Operation, status: int) -> Iterator[str]:
    """The headers that a success can have, beside those of its body."""
    yield VERSION_HEADER
    if asked.route.reply is not None and asked.owner.etag != "none" and status in (200, 201):
        yield "ETag"
    if status == 201:
        yield "Location"
    deprecation, sunset = asked.life.deprecation, asked.life.sunset
    of_route = asked.route.deprecation
    if deprecation is not None or of_route is not None or asked.has_deprecated_fields:
        yield "Deprecation"
    if sunset is not None or (of_route is not None and of_route.sunset is not None):
        yield "Sunset"
    if deprecation is not None or sunset is not None:
        yield "Link"
