"""The dialects in which contracts write schemas, and what each keyword of theirs is.

Facts only, as tables: which keywords a dialect has, what stands in them, and what was called otherwise. A keyword that
a dialect does not have says nothing in it, and is left out where its schemas are turned into those of 2020-12.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from translayer.document.values import Json
from translayer.errors import DeclarationError


class Holds(Enum):
    """What stands in a keyword: a schema, a list of them, schemas by name, either of two, or no schema."""

    SCHEMA = "a schema"
    SCHEMAS = "a list of schemas"
    NAMED = "an object of schemas"
    VALUE = "a value"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to write schemas.

    ``year`` is that of its keywords in ``SINCE``, ``identifier`` the keyword for a schema's URI. ``lone_references``
    says that nothing beside a ``$ref`` counts, ``flags`` that exclusive limits are flags, ``nullable`` which keywords
    make null a value, ``listed_items`` that ``items`` may be a list, and ``dependencies`` that it has these.
    """

    name: str
    year: int
    identifier: str | None
    lone_references: bool
    flags: bool
    listed_items: bool
    booleans: bool
    nullable: tuple[str, ...] = ()
    lacks: frozenset[str] = frozenset()


_LACKING: Final = frozenset({"patternProperties", "dependencies", "additionalItems"})
"""What drafts 4 has and schemas of OpenAPI 2.0 and 3.0 do not (OpenAPI 3.0.3, section 4.7.24)."""

DIALECTS: Final[Mapping[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        Dialect("draft-04", 2013, "id", True, True, True, False),
        Dialect("draft-06", 2017, "$id", True, False, True, True),
        Dialect("draft-07", 2018, "$id", True, False, True, True),
        Dialect("2019-09", 2019, "$id", False, False, True, True),
        Dialect("2020-12", 2020, "$id", False, False, False, True),
        Dialect(
            "openapi-2.0", 2013, None, True, True, False, False, ("x-nullable",), _LACKING | {"oneOf", "anyOf", "not"}
        ),
        Dialect("openapi-3.0", 2013, None, True, True, False, False, ("nullable", "x-nullable"), _LACKING),
        Dialect("openapi-3.1", 2020, "$id", False, False, False, True),
    )
}

_URIS: Final[Mapping[str, str]] = {
    "http://json-schema.org/draft-04/schema": "draft-04",
    "http://json-schema.org/draft-06/schema": "draft-06",
    "http://json-schema.org/draft-07/schema": "draft-07",
    "https://json-schema.org/draft/2019-09/schema": "2019-09",
    "https://json-schema.org/draft/2020-12/schema": "2020-12",
}


def dialect_of(document: Json, stated: str | None = None) -> Dialect:
    """The dialect that a JSON Schema says it is in, by ``$schema``, or that is stated, a name of ``DIALECTS``.

    What the document says counts more. Raises ``DeclarationError`` where neither says it, or says what is unknown.
    """
    said = document.get("$schema") if isinstance(document, dict) else None
    if isinstance(said, str):
        name = _URIS.get(said.removesuffix("#"))
        if name is None:
            raise DeclarationError(f"/$schema: {said!r} is no draft that is read: it is one of {', '.join(_URIS)}")
        return DIALECTS[name]
    if stated is None or stated not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise DeclarationError(f"the schema does not say its draft: add $schema, or state it, as one of {known}")
    return DIALECTS[stated]


# What stands in keywords

HOLDS: Final[Mapping[str, Holds]] = {
    **dict.fromkeys(
        (
            *("additionalProperties", "propertyNames", "unevaluatedProperties", "items", "unevaluatedItems"),
            *("additionalItems", "contains", "not", "if", "then", "else", "contentSchema"),
        ),
        Holds.SCHEMA,
    ),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), Holds.SCHEMAS),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), Holds.NAMED),
}
"""Keywords with schemas in them, those of all dialects; ``dependencies`` and a list of ``items`` are read by hand."""

SINCE: Final[Mapping[str, int]] = {
    **dict.fromkeys(("const", "contains", "propertyNames"), 2017),
    **dict.fromkeys(("if", "then", "else", "contentMediaType", "contentEncoding"), 2018),
    **dict.fromkeys(("dependentRequired", "dependentSchemas", "minContains", "maxContains", "contentSchema"), 2019),
    **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties"), 2019),
    "prefixItems": 2020,
}
"""The year since which a keyword says something; those that are not here always did."""

DROPPED: Final = frozenset(
    {
        *("$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$defs", "definitions"),
        *("$vocabulary", "$comment", "nullable", "x-nullable", "example"),
    }
)
"""Keywords that say where and in what a schema is written, or that are turned into others."""

TYPES: Final = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Json) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


def _is_names(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_type(value: Json) -> bool:
    names = value if isinstance(value, list) else [value]
    return bool(names) and all(isinstance(name, str) and name in TYPES for name in names)


Test = Callable[[Json], bool]

FORMS: Final[Mapping[str, tuple[Test, str]]] = {
    "type": (_is_type, f"one of {', '.join(sorted(TYPES))}, or a list of these"),
    "enum": (lambda value: isinstance(value, list), "a list"),
    "required": (_is_names, "a list of names"),
    "pattern": (lambda value: isinstance(value, str), "a text"),
    "format": (lambda value: isinstance(value, str), "a text"),
    "uniqueItems": (lambda value: isinstance(value, bool), "true or false"),
    "multipleOf": (lambda value: _is_number(value) and value > 0, "a number above 0"),
    "dependentRequired": (
        lambda value: isinstance(value, dict) and all(map(_is_names, value.values())),
        "an object of lists of names",
    ),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), (_is_number, "a number")),
    **dict.fromkeys(
        (
            *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
            *("minContains", "maxContains"),
        ),
        (_is_count, "a whole number from 0 on"),
    ),
}
"""What a keyword's value is, as far as comparing relies on it: the test, and its words."""
