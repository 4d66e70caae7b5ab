"""The dialects of JSON Schema that are read here, and where schemas stand within schemas: tables, and no more.

What a keyword means is jsonschema's to know. These tables say only where a walk through a schema has to go, and how
the failure of a keyword is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

DIALECTS: Final[Mapping[str, str]] = {
    "draft4": "http://json-schema.org/draft-04/schema",
    "draft6": "http://json-schema.org/draft-06/schema",
    "draft7": "http://json-schema.org/draft-07/schema",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
"""The short names of dialects, oldest first, and what ``$schema`` calls them, without a fragment."""

NEWEST: Final = "2020-12"

SILENT_BESIDE_REF: Final = frozenset({"draft4", "draft6", "draft7"})
"""The dialects in which nothing counts beside ``$ref`` (draft-07, section 8.3)."""

REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
"""The keywords that lead elsewhere."""

Form: TypeAlias = Literal["one", "several", "named"]
"""How subschemas stand under a keyword: one (or a list of them), in a list, or under names."""

Where: TypeAlias = Literal["here", "member", "element", "nowhere"]
"""What the subschemas of a keyword are about: the same value, its members, its elements, or nothing by themselves."""

SUBSCHEMAS: Final[Mapping[str, tuple[Form, Where]]] = {
    "allOf": ("several", "here"),
    "anyOf": ("several", "here"),
    "oneOf": ("several", "here"),
    "not": ("one", "here"),
    "if": ("one", "here"),
    "then": ("one", "here"),
    "else": ("one", "here"),
    "dependencies": ("named", "here"),
    "dependentSchemas": ("named", "here"),
    "properties": ("named", "member"),
    "patternProperties": ("named", "member"),
    "additionalProperties": ("one", "member"),
    "unevaluatedProperties": ("one", "member"),
    "propertyNames": ("one", "member"),
    "items": ("one", "element"),
    "prefixItems": ("several", "element"),
    "additionalItems": ("one", "element"),
    "unevaluatedItems": ("one", "element"),
    "contains": ("one", "element"),
    "contentSchema": ("one", "nowhere"),
    "definitions": ("named", "nowhere"),
    "$defs": ("named", "nowhere"),
}
"""Where schemas stand within schemas. A dialect that does not know a keyword does not look under it."""

EXCLUSIVE: Final = frozenset({"properties", "prefixItems"})
"""The keywords of which at most one subschema is about any one member or element."""

FAILURES: Final[Mapping[str, tuple[str, str]]] = {
    "type": ("TYPE", "The value is not of the type that the contract says."),
    "enum": ("CHOICE", "The value is not one of those that the contract allows."),
    "const": ("CHOICE", "The value is not the one that the contract allows."),
    "multipleOf": ("RANGE", "The number is not a multiple of what the contract says."),
    "minimum": ("RANGE", "The number is smaller than the contract allows."),
    "exclusiveMinimum": ("RANGE", "The number is smaller than the contract allows."),
    "maximum": ("RANGE", "The number is larger than the contract allows."),
    "exclusiveMaximum": ("RANGE", "The number is larger than the contract allows."),
    "minLength": ("LENGTH", "The text is shorter than the contract allows."),
    "maxLength": ("LENGTH", "The text is longer than the contract allows."),
    "minItems": ("LENGTH", "The list has fewer elements than the contract asks for."),
    "maxItems": ("LENGTH", "The list has more elements than the contract allows."),
    "prefixItems": ("RULE", "The contract does not allow the element."),
    "items": ("LENGTH", "The list has more elements than the contract allows."),
    "additionalItems": ("LENGTH", "The list has more elements than the contract allows."),
    "unevaluatedItems": ("LENGTH", "The list has elements that the contract does not allow."),
    "minProperties": ("LENGTH", "The object has fewer members than the contract asks for."),
    "maxProperties": ("LENGTH", "The object has more members than the contract allows."),
    "required": ("REQUIRED", "The contract requires the field."),
    "dependentRequired": ("REQUIRED", "The contract requires the field beside another that is there."),
    "dependencies": ("REQUIRED", "The contract requires the field beside another that is there."),
    "additionalProperties": ("UNKNOWN_FIELD", "The contract has no such field."),
    "unevaluatedProperties": ("UNKNOWN_FIELD", "The contract has no such field."),
    "properties": ("UNKNOWN_FIELD", "The contract does not allow the field."),
    "patternProperties": ("UNKNOWN_FIELD", "The contract does not allow the field."),
    "propertyNames": ("UNKNOWN_FIELD", "The contract does not allow the name of the field."),
    "pattern": ("PATTERN", "The text does not match the pattern of the contract."),
    "format": ("FORMAT", "The text is not of the format that the contract says."),
    "uniqueItems": ("DUPLICATE", "Two elements of the list are equal, which the contract does not allow."),
    "contains": ("RULE", "The list does not contain what the contract asks for, or not as often."),
    "minContains": ("RULE", "The list does not contain what the contract asks for, or not as often."),
    "maxContains": ("RULE", "The list contains something more often than the contract allows."),
    "anyOf": ("RULE", "The value has none of the forms that the contract allows."),
    "oneOf": ("RULE", "The value does not have exactly one of the forms that the contract allows."),
    "not": ("RULE", "The value has a form that the contract forbids."),
    "null": ("NULL", "The contract does not allow null."),
    "value": ("RULE", "The contract does not allow any value here."),
}
"""How the failure of a keyword is told: a code of ``errors.RULES`` and a sentence. Two are no keywords: ``null``
where a type was expected, and a ``value`` of which the schema is ``false``."""
