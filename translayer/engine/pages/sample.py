"""A sample: a document that a JSON Schema describes, for resources whose author gives no example.

Strategy: what the schema says of examples, defaults and choices is taken; else a value stands by its type and format,
within its limits. A pattern is not met: what has one needs an example of the author's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from translayer.document.values import Json, Object, duplicate

_DEEPEST: Final = 6
"""Levels of a sample: schemas may hold themselves."""

_LONGEST: Final = 200
"""Characters of a text; a schema may ask for a million."""

_OF_FORMATS: Final[Mapping[str, str]] = {
    "date": "2026-12-01",
    "date-time": "2026-12-01T09:30:00Z",
    "duration": "PT1H",
    "email": "ada@example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "time": "09:30:00Z",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000001",
}
"""Texts of formats (JSON Schema Validation 2020-12, section 7.3); addresses are those kept for examples."""


def resolved(schema: Json, root: Object) -> Json:
    """A schema behind its references, which lead to ``$defs`` of the whole."""
    for _ in range(_DEEPEST):
        if not isinstance(schema, dict) or "$ref" not in schema:
            break
        known = root.get("$defs", {}).get(str(schema["$ref"]).removeprefix("#/$defs/"), {})
        schema = {**known, **{name: said for name, said in schema.items() if name != "$ref"}}
    return schema


def sample(schema: Object) -> Json:
    """A document of a schema, with all that it has a name for.

    >>> sample({"type": "object", "properties": {"size": {"type": "integer", "minimum": 3}}})
    {'size': 3}
    """
    return _sampled(schema, schema, 0)


def _sampled(schema: Json, root: Object, depth: int) -> Json:
    schema = resolved(schema, root)
    if not isinstance(schema, dict):
        return None
    for name in ("examples", "enum"):
        if schema.get(name):
            return duplicate(schema[name][0])
    for name in ("const", "default"):
        if name in schema:
            return duplicate(schema[name])
    choices = (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ()))
    if choices:
        return _sampled(choices[0], root, depth)
    return _by_type(schema, root, depth)


def _by_type(schema: Object, root: Object, depth: int) -> Json:
    said = schema.get("type", "object" if "properties" in schema else None)
    kind = said[0] if isinstance(said, list) else said
    if kind == "object":
        return _object(schema, root, depth)
    if kind == "array":
        return [] if depth >= _DEEPEST else [_sampled(schema.get("items", True), root, depth + 1)]
    if kind == "string":
        return _text(schema)
    if kind in ("integer", "number"):
        return _number(schema)
    return True if kind == "boolean" else None


def _object(schema: Object, root: Object, depth: int) -> Object:
    if depth >= _DEEPEST:
        return {}
    return {name: _sampled(inner, root, depth + 1) for name, inner in schema.get("properties", {}).items()}


def _text(schema: Object) -> str:
    text = _OF_FORMATS.get(schema.get("format", ""), "text")
    least, most = min(schema.get("minLength", 0), _LONGEST), schema.get("maxLength", _LONGEST)
    return text.ljust(least, "t")[:most]


def _number(schema: Object) -> Json:
    """The least number that there may be, or else the greatest, or one."""
    if "minimum" in schema:
        return schema["minimum"]
    if "exclusiveMinimum" in schema:
        return schema["exclusiveMinimum"] + 1
    return min(1, schema.get("maximum", schema.get("exclusiveMaximum", 2) - 1))
