"""What a schema says in all, with what it refers to and what it joins by ``allOf`` in one.

Strategy: a schema is laid flat, and its parts are joined keyword by keyword; what cannot be said by one keyword stays
in ``allOf``. So a contract that inherits and one that repeats are the same, and are compared as such. Nothing goes
deeper than the value that the schema is for: what is said of its fields is joined when they are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from itertools import chain
from typing import Any, Final

from translayer.document.values import Json, Object, equal
from translayer.openapi.reading_schemas import ANNOTATIONS, Located, name_of

UNION_KEYWORDS: Final = ("anyOf", "oneOf")
_LEVELS: Final = 16
"""Choices of choices that are looked into; people write one."""

_CONSTRAINED: Final = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas"})
"""Keywords that say something of the value by other schemas."""


def is_open(schema: Json) -> bool:
    """Whether a schema takes everything, by its form."""
    return schema is True or schema == {}


def place_of(schema: Json, otherwise: str) -> str:
    """The place that a schema was read from; that of what holds it, for ``true`` and ``false``."""
    return schema.pointer if isinstance(schema, Located) else otherwise


def assertions(schema: Json) -> Object:
    """The keywords of a schema that can refuse a value."""
    return {name: value for name, value in schema.items() if name not in ANNOTATIONS and not name.startswith("x-")}


class Merger:
    """Joins the schemas of one contract; each is joined once."""

    def __init__(self, definitions: Mapping[str, Json]) -> None:
        self._definitions = definitions
        self._joined: dict[int, tuple[Json, Located]] = {}

    def target(self, node: Json) -> Json:
        """What a schema that is a mere reference leads to; any other schema itself."""
        while isinstance(node, dict) and node.keys() == {"$ref"}:
            node = self._definitions[name_of(node["$ref"])]
        return node

    def joined(self, node: Json, levels: int = _LEVELS) -> Located:
        """What a schema says in all: without ``$ref`` and ``const``, and with ``allOf`` for what cannot be joined.

        A schema that refuses everything has no types.
        """
        if (known := self._joined.get(id(node))) is None:
            flat = [_uniform(part, self._place(node)) for part in self._flat(node)]
            whole = _closed(reduce(_join, flat)) if flat else Located({}, self._place(node))
            known = self._joined[id(node)] = (node, self._without_choice(whole, levels) if levels else whole)
        return known[1]

    def _place(self, node: Json) -> str:
        return place_of(node, "")

    def _flat(self, node: Json) -> Iterator[Json]:
        """The parts that must all hold, each without ``$ref`` and ``allOf``; the first is the schema itself."""
        waiting, seen = [node], set()
        while waiting:
            part = waiting.pop()
            if isinstance(part, dict):
                further = list(part.get("allOf", ()))
                if (reference := part.get("$ref")) is not None and reference not in seen:
                    seen.add(reference)
                    further.insert(0, self._definitions[name_of(reference)])
                waiting.extend(reversed(further))
                own = {name: value for name, value in part.items() if name not in ("$ref", "allOf")}
                if own or not further:
                    yield Located(own, place_of(part, ""))
            elif not part:
                yield Located({"type": []}, "")

    def _without_choice(self, schema: Located, levels: int) -> Located:
        """A choice of mere types as their list, and one between a schema and null as a schema that takes null."""
        said = assertions(schema)
        keyword = next((name for name in UNION_KEYWORDS if said.keys() == {name}), None)
        if keyword is None:
            return schema
        told = {name: value for name, value in schema.items() if name != keyword}
        parts = [self.joined(part, levels - 1) for part in said[keyword]]
        mere = [types_in(part) for part in parts if assertions(part).keys() == {"type"}]
        if len(mere) == len(parts) and (keyword == "anyOf" or _exclude_each_other(mere)):
            return Located({**told, "type": list(dict.fromkeys(chain(*mere)))}, schema.pointer)
        others = [part for part in parts if assertions(part) != {"type": "null"}]
        if len(parts) != 2 or len(others) != 1 or not _is_plain(other := others[0]):
            return schema
        values: Object = {"enum": [*other["enum"], None]} if "enum" in other else {}
        return Located({**other, **told, **values, "type": [*types_in(other), "null"]}, other.pointer)


def _is_plain(schema: Object) -> bool:
    """Whether a schema says by its types alone whether it takes null, and does not."""
    return "type" in schema and "null" not in types_in(schema) and not _CONSTRAINED & schema.keys()


def _exclude_each_other(lists: list[list[str]]) -> bool:
    """Whether no value has a type in two of the lists."""
    named = list(chain(*lists))
    return len(named) == len({*named}) and not {"integer", "number"} <= {*named}


def types_in(schema: Object) -> list[str]:
    """The types that a schema names."""
    named: list[str] = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return named


def _uniform(part: Located, place: str) -> Located:
    """A part with a constant said as a list of one value, at its place or that of the whole."""
    keywords = dict(part)
    if "const" in keywords:
        constant = keywords.pop("const")
        values = keywords.get("enum", [constant])
        keywords["enum"] = [value for value in values if equal(value, constant)]
    return Located(keywords, part.pointer or place)


def _closed(schema: Located) -> Located:
    """The same with what is said of the rest said of all others, where nothing else can have told of them."""
    if _CONSTRAINED & schema.keys():
        return schema
    keywords = dict(schema)
    for rest, others, also in (
        ("unevaluatedProperties", "additionalProperties", "additionalProperties"),
        ("unevaluatedItems", "items", "contains"),
    ):
        if rest in keywords and others not in keywords and also not in keywords:
            keywords[others] = keywords.pop(rest)
        elif rest in keywords and others in keywords:
            del keywords[rest]  # nothing is left for it
    return Located(keywords, schema.pointer)


# Joining two parts

_GROUPS: Final = (
    ("if", "then", "else"),
    ("contains", "minContains", "maxContains"),
    ("prefixItems", "items", "unevaluatedItems"),
    ("contentMediaType", "contentEncoding", "contentSchema"),
)
"""Keywords that say something together."""

_GROUPED: Final = frozenset(keyword for group in _GROUPS for keyword in group)
_FIELDS: Final = ("properties", "additionalProperties")


def _join(one: Located, other: Located) -> Located:
    """Both parts as one; of annotations the first counts."""
    joined: Object = {**other, **one}
    left: list[Object] = []
    for group in _GROUPS:
        mine, theirs = _only(one, group), _only(other, group)
        if mine.keys() == theirs.keys() == {"items"}:
            joined["items"] = both(mine["items"], theirs["items"])
        elif mine and theirs and not equal(mine, theirs):
            left.append(theirs)
            joined = {keyword: value for keyword, value in joined.items() if keyword not in group} | mine
    for keyword, value in one.items():
        if keyword in other and keyword not in (*_GROUPED, *_FIELDS) and not equal(value, other[keyword]):
            if keyword in _JOINS:
                joined[keyword] = _JOINS[keyword](value, other[keyword])
            elif keyword in _KEPT:
                left.append({keyword: other[keyword]})
    joined |= _joined_fields(one, other)
    return Located(joined | _rest(joined, left, other.pointer), one.pointer)


def _rest(joined: Object, left: list[Object], place: str) -> Object:
    """What could not be joined, beside what could not before."""
    return {"allOf": [*joined.get("allOf", ()), *(Located(part, place) for part in left)]} if left else {}


def _only(schema: Object, keywords: tuple[str, ...]) -> Object:
    return {keyword: schema[keyword] for keyword in keywords if keyword in schema}


def both(one: Json, other: Json) -> Json:
    """A schema for what two schemas take; equal ones and those that take everything are not repeated."""
    if is_open(one) or one is other or other is False:
        return other
    if is_open(other) or one is False:
        return one
    parts = [*_conditions(one)]
    parts += [part for part in _conditions(other) if not any(part is known or equal(part, known) for known in parts)]
    return parts[0] if len(parts) == 1 else Located({"allOf": parts}, place_of(one, ""))


def _conditions(schema: Json) -> list[Json]:
    return list(schema["allOf"]) if schema.keys() == {"allOf"} else [schema]


def view(schema: Object, name: str) -> Json:
    """What a schema says of a field: that of its properties, or else what it says of all others.

    Patterns are not tried; where there are some, a field that has no schema of its own is taken for any.
    """
    if name in (properties := schema.get("properties", {})):
        return properties[name]
    return True if "patternProperties" in schema else schema.get("additionalProperties", True)


def _joined_fields(one: Object, other: Object) -> Object:
    names = {**one.get("properties", {}), **other.get("properties", {})}
    properties = {name: both(view(one, name), view(other, name)) for name in names}
    others = both(one.get("additionalProperties", True), other.get("additionalProperties", True))
    return ({"properties": properties} if properties else {}) | (
        {} if is_open(others) else {"additionalProperties": others}
    )


def _common_types(one: Json, other: Json) -> list[str]:
    mine, theirs = types_in({"type": one}), types_in({"type": other})
    common = [name for name in mine if name in theirs or (name == "integer" and "number" in theirs)]
    return common + ["integer" for name in theirs if name == "integer" and "number" in mine and "integer" not in mine]


def _common_values(one: Json, other: Json) -> list[Json]:
    return [value for value in one if any(equal(value, known) for known in other)]


def _names_of_both(one: Json, other: Json) -> list[str]:
    return list(dict.fromkeys([*one, *other]))


def _names_by_field(one: Json, other: Json) -> Object:
    return {name: _names_of_both(one.get(name, ()), other.get(name, ())) for name in {**one, **other}}


def _schemas_by_name(one: Json, other: Json) -> Object:
    return {name: both(one.get(name, True), other.get(name, True)) for name in {**one, **other}}


_JOINS: Final[Mapping[str, Callable[[Any, Any], Json]]] = {
    "type": _common_types,
    "enum": _common_values,
    "required": _names_of_both,
    "dependentRequired": _names_by_field,
    "dependentSchemas": _schemas_by_name,
    "patternProperties": _schemas_by_name,
    "propertyNames": both,
    "uniqueItems": lambda one, other: one or other,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}
"""How two values of a keyword become one that says both."""

_KEPT: Final = frozenset({"pattern", "format", "multipleOf", "not", "anyOf", "oneOf", "unevaluatedProperties"})
"""Keywords of which two values cannot become one."""
