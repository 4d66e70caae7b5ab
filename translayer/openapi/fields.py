"""Fields: what JSON Schema (2020-12) says of the values of one marshmallow field, in the JSON form that documents have.

Strategy: apispec says which type and format a field has, and what of its metadata is JSON Schema's. A table of our own
goes before it where the JSON form is another one than apispec takes it for, and validators are told here, since they
see loaded values and JSON Schema does not. What an author's own field writes or reads nobody knows, so that it is free
unless its metadata says more. Whatever cannot be said is left out: a schema promises, it does not check.

Border: single values. Objects and their names are ``schemas``'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from math import ceil, floor, isfinite
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from marshmallow import fields, missing, validate

from translayer.contract.deprecation import deprecation_of_field
from translayer.contract.rules import holds_objects
from translayer.contract.shape import Leaf, Many, Slot, Table, is_standard, slot_of
from translayer.document.codec import ensure_json
from translayer.document.values import ABSENT, Absent, Json, Object, duplicate, fingerprint

from .patterns import ecma

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
    return annotated(slot, _ruled(slot, _type(slot.field, direction)), direction)


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
    return annotated(slot, _ruled(slot, {"type": "array", "items": items}), direction)


def table_schema(slot: Table, values: Object, direction: Direction) -> Object:
    """The schema of an object of any member names, given that of its values."""
    schema = {"type": "object", **_names(slot.field, direction), "additionalProperties": values}
    return annotated(slot, _ruled(slot, schema), direction)


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
    default = _json_form(field, value)
    return {} if default is ABSENT else {"default": default}


def _is_value(field: fields.Field[Any], value: Any) -> bool:
    """Whether a loaded value is what its JSON form is read as, and breaks no rule."""
    try:
        field._validate(value)
    except Exception:  # as in `_json_form`
        return False
    return _reads_back(field, value)


def nullable(schema: Object) -> Object:
    """The schema of the same values and ``null``."""
    if "$ref" in schema:
        beside = {name: said for name, said in schema.items() if name != "$ref"}
        return {"anyOf": [{"$ref": schema["$ref"]}, {"type": "null"}], **beside}
    wider = dict(schema)
    if isinstance(wider.get("type"), str) and wider["type"] != "null":
        wider["type"] = [wider["type"], "null"]
    if "enum" in wider and None not in wider["enum"]:
        wider["enum"] = [*wider["enum"], None]
    if "allOf" in wider:
        wider["allOf"] = list(map(nullable, wider["allOf"]))
    return wider


def conjoined(schema: Object, more: Object) -> Object:
    """The schema of what is valid by both; where both have a word for the same, the second has its own place."""
    if not schema.keys() & more.keys():
        return {**schema, **more}
    return {**schema, "allOf": [*schema.get("allOf", ()), more]}


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
    return {**inner, **_choice(field.field, told, inner)}


def _constant(field: fields.Constant[Any], direction: Direction) -> Object:
    return _choice(field, [field.constant], {})


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


# Rules


def _ruled(slot: Slot, schema: Object) -> Object:
    """The schema of a field with what its rules say.

    Those of lists of objects speak of today's objects, but for their lengths; those of what is plucked out of an
    object are asked of the object.
    """
    if isinstance(slot.field, fields.Pluck):
        return schema
    only_lengths = holds_objects(slot)
    for rule in slot.rules:
        if not only_lengths or isinstance(rule, validate.Length):
            schema = conjoined(schema, _rule(rule, slot, schema))
    return schema


def _rule(rule: Any, slot: Slot, schema: Object) -> Object:
    """What a validator asks for, as far as it can be said; nothing of the author's own."""
    for kind, told in _RULES:
        if type(rule) is kind:
            return told(rule, slot, schema)
    return {}


_COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
"""The words for the size of values of a type."""


def _length(rule: validate.Length, slot: Slot, schema: Object) -> Object:
    kind = str(schema.get("type"))
    if kind not in _COUNTED or (kind == "string" and not isinstance(slot.field, fields.String)):
        return {}
    least, most = (rule.min, rule.max) if rule.equal is None else (rule.equal, rule.equal)
    at_least, at_most = _COUNTED[kind]
    said = {} if least is None or least <= 0 else {at_least: ceil(least)}
    return said if most is None or most < 0 else {**said, at_most: floor(most)}


def _range(rule: validate.Range, slot: Slot, schema: Object) -> Object:
    if schema.get("type") not in ("integer", "number"):
        return {}
    bounds = (
        ("minimum" if rule.min_inclusive else "exclusiveMinimum", rule.min),
        ("maximum" if rule.max_inclusive else "exclusiveMaximum", rule.max),
    )
    told = {word: _bound(slot.field, bound) for word, bound in bounds if bound is not None}
    return {word: bound for word, bound in told.items() if isinstance(bound, int | float)}


def _bound(field: fields.Field[Any], bound: Any) -> Json | Absent:
    """The number that a bound is; what a field would round stays as it is."""
    if isinstance(bound, Decimal) and bound.is_finite():
        return _number(bound)
    return bound if isinstance(bound, int | float) and isfinite(bound) else _json_form(field, bound)


def _regexp(rule: validate.Regexp, slot: Slot, schema: Object) -> Object:
    if schema.get("type") != "string" or not isinstance(rule.regex.pattern, str):
        return {}
    pattern = ecma(rule.regex)
    return {} if pattern is None else {"pattern": pattern}


def _one_of(rule: validate.OneOf, slot: Slot, schema: Object) -> Object:
    return _choice(slot.field, rule.choices, schema)


def _only(rule: validate.ContainsOnly, slot: Slot, schema: Object) -> Object:
    if not isinstance(slot.field, fields.List):
        return {}
    inner = slot.field.inner
    choice = _choice(inner, rule.choices, schema["items"])
    return {"allOf": [{"items": nullable(choice) if inner.allow_none else choice}]} if choice else {}


def _none_of(rule: validate.NoneOf, slot: Slot, schema: Object) -> Object:
    """Only values that are read as themselves are ruled out by what is written for them."""
    values = [value for value in _listed(rule.iterable) if _reads_back(slot.field, value)]
    choice = _choice(slot.field, values, schema)
    return {"not": choice} if choice else {}


def _equal(rule: validate.Equal, slot: Slot, schema: Object) -> Object:
    return _choice(slot.field, [rule.comparable], schema)


_RULES: Final[tuple[tuple[type, Callable[[Any, Slot, Object], Object]], ...]] = (
    (validate.Length, _length),
    (validate.Range, _range),
    (validate.Regexp, _regexp),
    (validate.OneOf, _one_of),
    (validate.ContainsOnly, _only),
    (validate.NoneOf, _none_of),
    (validate.Equal, _equal),
    (validate.Email, lambda rule, slot, schema: {"format": "email"} if schema.get("format") != "email" else {}),
    (validate.URL, lambda rule, slot, schema: {} if "format" in schema else {"format": "uri"}),
)
"""What can be said of marshmallow's validators; a class derived from one may ask for anything."""


_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int, float),
    "number": (int, float),
}
"""What values of a type are to Python."""


def _choice(field: fields.Field[Any], values: Any, schema: Object) -> Object:
    """The schema of one of some loaded values; of anything, where one of them has no JSON form, or there are none."""
    found = [_json_form(field, value) for value in _listed(values)]
    turned = isinstance(field, fields.Boolean) and not (_reads_back(field, True) and _reads_back(field, False))
    if turned or any(form is ABSENT for form in found):
        return {}
    kind = schema.get("type")
    forms = [spelling for form in found for spelling in _spellings(form, kind if isinstance(kind, str) else None)]
    unique = list({fingerprint(form): form for form in reversed(forms)}.values())[::-1]
    return {"enum": unique} if unique else {}


def _listed(values: Any) -> list[Any]:
    """Choices in an order that does not change; a text is none, since any piece of it would be one."""
    if isinstance(values, str):
        return []
    return sorted(values, key=repr) if isinstance(values, set | frozenset) else list(values)


def _spellings(form: Json, kind: str | None) -> list[Json]:
    """A JSON value as it is written in a type, where it is of that: to Python 1 and true are one, and to JSON two."""
    if form is None:
        return []
    is_bit = isinstance(form, bool) or (isinstance(form, int | float) and form in (0, 1))
    if kind is None:
        return [form, bool(form) if not isinstance(form, bool) else int(form)] if is_bit else [form]
    if is_bit and kind in ("boolean", "integer", "number"):
        return [bool(form) if kind == "boolean" else int(form)]
    return [form] if isinstance(form, _KINDS.get(kind, (object,))) else []


def _reads_back(field: fields.Field[Any], value: Any) -> bool:
    """Whether what is written for a value is read as that value."""
    try:
        return bool(field._deserialize(field._serialize(value, "", None), "", None) == value)
    except Exception:  # as in `_json_form`
        return False


def _json_form(field: fields.Field[Any], value: Any) -> Json | Absent:
    """What a loaded value is in JSON; ``ABSENT`` where there is no such thing."""
    try:
        form = field._serialize(value, "", None)
        form = _number(form) if isinstance(form, Decimal) else form
        ensure_json(form)
    except Exception:  # it is the author's value, in a field that may be the author's
        return ABSENT
    return duplicate(form)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


# Metadata

_OF_PROPERTIES: Final = frozenset({"required", "nullable", "readOnly", "writeOnly", "deprecated", "example"})
"""What apispec takes from metadata, and has another place here."""

_EXTENSION: Final = re.compile(r"x-.+")


def _metadata(field: fields.Field[Any]) -> Object:
    """What the metadata of a field says in the words of JSON Schema, or in extensions (``x-…``)."""
    said = _apispec().metadata2properties(field)
    told = {name: value for name, value in said.items() if name not in _OF_PROPERTIES and _is_json(value)}
    if "example" in said and _is_json(said["example"]):
        told["examples"] = [said["example"], *told.get("examples", ())]
    return dict(duplicate(told))


def _is_json(value: Any) -> bool:
    try:
        ensure_json(value)
    except ValueError:
        return False
    return True
