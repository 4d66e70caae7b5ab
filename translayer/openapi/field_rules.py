"""Rules of fields: what JSON Schema says of marshmallow's validators.

Strategy: one row for each validator that JSON Schema has words for. Validators see loaded values, so that what they ask
for is told of the JSON form of these, or left out where that is another thing.

Border: validators of marshmallow's own. What an author's ask for nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from math import ceil, floor, isfinite
from typing import Any, Final

from marshmallow import fields, validate

from translayer.contract.rules import holds_objects
from translayer.contract.shape import Slot
from translayer.document.values import Absent, Json, Object

from .json_forms import choice, json_form, listed, number, reads_back
from .patterns import ecma


def ruled(slot: Slot, schema: Object) -> Object:
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
        return number(bound)
    return bound if isinstance(bound, int | float) and isfinite(bound) else json_form(field, bound)


def _regexp(rule: validate.Regexp, slot: Slot, schema: Object) -> Object:
    if schema.get("type") != "string" or not isinstance(rule.regex.pattern, str):
        return {}
    pattern = ecma(rule.regex)
    return {} if pattern is None else {"pattern": pattern}


def _one_of(rule: validate.OneOf, slot: Slot, schema: Object) -> Object:
    return choice(slot.field, rule.choices, schema)


def _only(rule: validate.ContainsOnly, slot: Slot, schema: Object) -> Object:
    if not isinstance(slot.field, fields.List):
        return {}
    inner = slot.field.inner
    said = choice(inner, rule.choices, schema["items"])
    return {"allOf": [{"items": nullable(said) if inner.allow_none else said}]} if said else {}


def _none_of(rule: validate.NoneOf, slot: Slot, schema: Object) -> Object:
    """Only values that are read as themselves are ruled out by what is written for them."""
    values = [value for value in listed(rule.iterable) if reads_back(slot.field, value)]
    said = choice(slot.field, values, schema)
    return {"not": said} if said else {}


def _equal(rule: validate.Equal, slot: Slot, schema: Object) -> Object:
    return choice(slot.field, [rule.comparable], schema)


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
