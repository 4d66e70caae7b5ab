"""Fields: what JSON Schema (2020-12) says of the values of one marshmallow field, in the JSON form that documents have.

Strategy: apispec says which type and format a field has, and what of its metadata is JSON Schema's. A table of our own
goes before it where the JSON form is another one than apispec takes it for. What an author's own field writes or reads
nobody knows, so that it is free unless its metadata says more. Whatever cannot be said is left out: a schema promises,
it does not check.

Border: single values. Validators are ``field_rules``', objects and their names are ``schemas``'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from marshmallow import fields, missing

from translayer.contract.deprecation import deprecation_of_field
from translayer.contract.shape import Leaf, Many, Slot, Table, is_standard, slot_of
from translayer.document.values import ABSENT, Object, duplicate

from .field_rules import nullable, ruled
from .json_forms import choice, is_json, json_form, reads_back

if TYPE_CHECKING:
    from apispec.ext.marshmallow.openapi import OpenAPIConverter

Direction: TypeAlias = Literal["reply", "request"]
"""Whether a schema is of what clients are told, or of what they say."""

_METHODS: Final[Mapping[Direction, str]] = {"reply": "_serialize", "request": "_deserialize"}
"""The method of a field whose author says what the value is, in each direction."""

_ZONE: Final = r"(Z|[+-][0-9]{2}:[0-9]{2})"
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
_LOCAL: Final = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}"

_LATEST: Final = 253_402_300_799
"""Seconds since 1970 at the end of the year 9999, which is the end of Python's calendar."""

_PRECISION: Final = 28
"""Digits of a ``Decimal`` that is rounded (``decimal.DefaultContext``)."""


def leaf_schema(slot: Leaf, direction: Direction) -> Object:
    """The schema of the values of a field without schemas inside, in one direction."""
    if _is_read_otherwise(slot.field, direction):
        return annotated(slot, {}, direction)
    return annotated(slot, ruled(slot, _type(slot.field, direction)), direction)


def plain_schema(slot: Slot, direction: Direction) -> Object:
    """The schema of the values of a field in which no object of a schema is, but perhaps lists and tables."""
    match slot:
        case Leaf():
            return leaf_schema(slot, direction)
        case Many():
            return list_schema(slot, plain_schema(slot.inner, direction), direction)
    assert isinstance(slot, Table)  # an object is none of these
    return table_schema(slot, plain_schema(slot.inner, direction), direction)


def list_schema(slot: Many, items: Object, direction: Direction) -> Object:
    """The schema of a list, given that of its elements."""
    return annotated(slot, ruled(slot, {"type": "array", "items": items}), direction)


def table_schema(slot: Table, values: Object, direction: Direction) -> Object:
    """The schema of an object of any member names, given that of its values."""
    schema = {"type": "object", **_names(slot.field, direction), "additionalProperties": values}
    return annotated(slot, ruled(slot, schema), direction)


def annotated(slot: Slot, schema: Object, direction: Direction) -> Object:
    """The schema of a field with what its metadata says, which has the last word, and whether ``null`` is a value."""
    field = slot.field
    schema = {**schema, **_metadata(field)}
    if direction == "request":
        schema = {**_default(field), **schema}
    if slot.read_only:
        schema["readOnly"] = True
    if slot.write_only:
        schema["writeOnly"] = True
    if deprecation_of_field(field) is not None:
        schema["deprecated"] = True
    return nullable(schema) if slot.nullable else schema


def _default(field: fields.Field[Any]) -> Object:
    """The default of a field, where it is no function's, and one that a client could send as well."""
    value = field.load_default
    if value is missing or callable(value) or not (value is None or _is_value(field, value)):
        return {}
    default = json_form(field, value)
    return {} if default is ABSENT else {"default": default}


def _is_value(field: fields.Field[Any], value: Any) -> bool:
    """Whether a loaded value is what its JSON form is read as, and breaks no rule."""
    try:
        field._validate(value)
    except Exception:  # as in `json_form`
        return False
    return reads_back(field, value)


# Types


def _type(field: fields.Field[Any], direction: Direction) -> Object:
    """The type of a field's values, and what comes with it."""
    for kind, told in _TYPES:
        if isinstance(field, kind):
            return told(field, direction)
    return dict(_apispec().field2type_and_format(field))


def _is_read_otherwise(field: fields.Field[Any], direction: Direction) -> bool:
    """Whether the author's own functions say what a value is."""
    if isinstance(field, fields.Method | fields.Function) or not is_standard(field, _METHODS[direction]):
        return True
    return direction == "request" and bool(getattr(field, "pre_load", None))


def _pluck(field: fields.Pluck, direction: Direction) -> Object:
    inner = plain_schema(slot_of(field.schema.fields[field.field_name]), direction)
    for word in ("readOnly", "writeOnly", "deprecated", "default"):
        inner.pop(word, None)
    return {"type": "array", "items": inner} if field.many else inner


def _enum(field: fields.Enum[Any], direction: Direction) -> Object:
    """The names of the members, or the values of all of them, as far as JSON has a word for every one."""
    told = [member.value for member in field.enum] if field.by_value else list(field.enum.__members__)
    inner = _type(field.field, direction)
    return {**inner, **choice(field.field, told, inner)}


def _constant(field: fields.Constant[Any], direction: Direction) -> Object:
    return choice(field, [field.constant], {})


def _tuple(field: fields.Tuple, direction: Direction) -> Object:
    items = [plain_schema(slot_of(inner), direction) for inner in field.tuple_fields]
    told: Object = {"prefixItems": items} if items else {}
    return {"type": "array", **told, "minItems": len(items), "maxItems": len(items)}


def _mapping(field: fields.Mapping[Any], direction: Direction) -> Object:
    return {"type": "object", **_names(field, direction)}


def _names(field: fields.Field[Any], direction: Direction) -> Object:
    """What is said of the names in a table, if anything."""
    key = getattr(field, "key_field", None)
    said = {} if key is None else leaf_schema(Leaf(key), direction)
    return {"propertyNames": said} if said.get("type") == "string" else {}


def _decimal(field: fields.Decimal, direction: Direction) -> Object:
    if not field.as_string:
        return {"type": "number"}
    digits, exponent, words = "[0-9]+", "([eE][+-]?[0-9]+)?", ""
    if field.places is not None:
        whole = _PRECISION + field.places.as_tuple().exponent  # type: ignore[operator]  # of a power of ten a number
        digits, exponent = f"[0-9]{{1,{max(whole, 1)}}}", ""
    if field.allow_nan:
        words = "|-?s?NaN|-?Infinity"
    number = rf"-?{digits}(\.[0-9]+)?{exponent}"
    return {"type": "string", "format": "decimal", "pattern": f"^({number}{words})$" if words else f"^{number}$"}


def _integer(field: fields.Integer, direction: Direction) -> Object:
    return {"type": "string", "pattern": "^-?[0-9]+$"} if field.as_string else {"type": "integer"}


def _float(field: fields.Float, direction: Direction) -> Object:
    return {"type": "string"} if field.as_string else {"type": "number"}


def _datetime(field: fields.DateTime, direction: Direction) -> Object:
    """RFC 3339 has no time without a zone, which is what OpenAPI's registry calls ``date-time-local``."""
    form = field.format or field.DEFAULT_FORMAT
    if form in ("timestamp", "timestamp_ms"):
        factor = 1000 if form == "timestamp_ms" else 1
        return {"type": "number", "minimum": 0, "maximum": _LATEST * factor}
    if form not in ("iso", "iso8601"):
        return {"type": "string"}
    if isinstance(field, fields.AwareDateTime) and (field.default_timezone is None or direction == "reply"):
        return {"type": "string", "format": "date-time"}
    if isinstance(field, fields.NaiveDateTime) and (field.timezone is None or direction == "reply"):
        return {"type": "string", "format": "date-time-local", "pattern": f"^{_LOCAL}$"}
    return {"type": "string", "pattern": f"^{_LOCAL}{_ZONE}?$"}


def _date(field: fields.Date, direction: Direction) -> Object:
    is_iso = (field.format or field.DEFAULT_FORMAT) in ("iso", "iso8601")
    return {"type": "string", "format": "date"} if is_iso else {"type": "string"}


def _time(field: fields.Time, direction: Direction) -> Object:
    is_iso = (field.format or field.DEFAULT_FORMAT) in ("iso", "iso8601")
    return {"type": "string", "pattern": f"^{_CLOCK}{_ZONE}?$"} if is_iso else {"type": "string"}


def _url(field: fields.URL, direction: Direction) -> Object:
    return {"type": "string", "format": "uri-reference" if field.relative else "uri"}


def _ip(field: fields.IP, direction: Direction) -> Object:
    return {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}


_TYPES: Final[tuple[tuple[type, Callable[[Any, Direction], Object]], ...]] = (
    (fields.Pluck, _pluck),
    (fields.Enum, _enum),
    (fields.Constant, _constant),
    (fields.Tuple, _tuple),
    (fields.Mapping, _mapping),
    (fields.Decimal, _decimal),
    (fields.Integer, _integer),
    (fields.Float, _float),
    (fields.DateTime, _datetime),
    (fields.Date, _date),
    (fields.Time, _time),
    (fields.TimeDelta, lambda field, direction: {"type": "number"}),
    (fields.URL, _url),
    (fields.IPv4, lambda field, direction: {"type": "string", "format": "ipv4"}),
    (fields.IPv6, lambda field, direction: {"type": "string", "format": "ipv6"}),
    (fields.IP, _ip),
    (fields.IPInterface, lambda field, direction: {"type": "string"}),
)
"""The fields of which apispec says something else than their JSON form, or nothing; subclasses first."""


@cache
def _apispec() -> OpenAPIConverter:
    """What reads fields in apispec; imported when the first document is asked for, and not before."""
    from apispec import APISpec
    from apispec.ext.marshmallow import MarshmallowPlugin

    plugin = MarshmallowPlugin()
    APISpec("", "", "3.1.0", plugins=[plugin])
    assert plugin.converter is not None  # made when the plugin was handed over
    return plugin.converter


# Metadata

_OF_PROPERTIES: Final = frozenset({"required", "nullable", "readOnly", "writeOnly", "deprecated", "example"})
"""What apispec takes from metadata, and has another place here."""


def _metadata(field: fields.Field[Any]) -> Object:
    """What the metadata of a field says in the words of JSON Schema, or in extensions (``x-…``)."""
    said = _apispec().metadata2properties(field)
    told = {name: value for name, value in said.items() if name not in _OF_PROPERTIES and is_json(value)}
    if "example" in said and is_json(said["example"]):
        told["examples"] = [said["example"]]
    return dict(duplicate(told))
