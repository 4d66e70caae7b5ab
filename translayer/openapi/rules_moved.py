"""How the rules of two schemas differ: for each keyword, whether it is narrower, wider, or another.

Each schema is what ``merging`` makes of it. Nothing here knows of directions, places or sentences, and nothing looks
at the fields or elements of a value: those are compared as schemas of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple

from translayer.document.values import ABSENT, Absent, Json, Object, equal
from translayer.openapi.merging import is_open, types_in

Manner = Literal["narrowed", "widened", "changed"]

Same = Callable[[Json, Json], bool]
"""Whether a schema of one contract is the same rule as one of the other."""


class Moved(NamedTuple):
    """What of a rule differs: a key of ``SUBJECTS``, in which manner, and what was and is said."""

    subject: str
    manner: Manner
    promised: Json | Absent
    actual: Json | Absent


# Types

_ATOMS: Final = {"number": frozenset({"integer", "fraction"})}
_ALL: Final = frozenset({"null", "boolean", "integer", "fraction", "string", "array", "object"})
_WRITTEN_AS_TEXT: Final = frozenset({"boolean", "integer", "fraction", "string"})
_TEXT_RULES: Final = frozenset({"enum", "pattern", "format", "minLength", "maxLength"})


def types_of(schema: Object, text: bool = False) -> frozenset[str]:
    """The types that a schema takes, a number being an integer or a fraction; all of them where it names none.

    In parameters and headers, where everything is a ``text``, a text without rules can be any scalar.
    """
    types = _declared(schema)
    if types is None:
        return _ALL
    loose = text and "string" in types and not (_TEXT_RULES & schema.keys())
    return types | _WRITTEN_AS_TEXT if loose else types


def _declared(schema: Object) -> frozenset[str] | None:
    if "type" in schema:
        return frozenset().union(*(_ATOMS.get(name, frozenset({name})) for name in types_in(schema)))
    if "enum" in schema:
        return frozenset().union(*(_ATOMS.get(_type_of(value), {_type_of(value)}) for value in schema["enum"]))
    return None


def _type_of(value: Json) -> str:
    return next(name for name, kinds in _KINDS if isinstance(value, kinds))


_KINDS: Final[tuple[tuple[str, Any], ...]] = (
    ("null", type(None)),
    ("boolean", bool),
    ("number", (int, float)),
    ("string", str),
    ("array", list),
    ("object", dict),
)


def types_moved(promised: Object, actual: Object, text: bool) -> Iterator[Moved]:
    """How the types differ; null apart from the others where both name their types."""
    one, other = types_of(promised, text), types_of(actual, text)
    if _declared(promised) is not None and _declared(actual) is not None:
        if ("null" in one) is not ("null" in other):
            yield Moved("null", "narrowed" if "null" in one else "widened", _said(promised), _said(actual))
        one, other = one - {"null"}, other - {"null"}
    if (manner := manner_of_sets(one, other)) is not None:
        yield Moved("type", manner, _said(promised), _said(actual))


def _said(schema: Object) -> Json | Absent:
    return schema.get("type", ABSENT)


def manner_of_sets(one: frozenset[Any], other: frozenset[Any]) -> Manner | None:
    """How a set of what is taken differs."""
    if one == other:
        return None
    if one > other:
        return "narrowed"
    return "widened" if one < other else "changed"


# Values


def values_moved(promised: Object, actual: Object) -> Iterator[Moved]:
    """How the lists of values differ; null is a matter of the types where both name them."""
    one, other = promised.get("enum"), actual.get("enum")
    if one is None and other is None:
        return
    if one is None or other is None:
        manner: Manner = "narrowed" if one is None else "widened"
        yield Moved("enumeration", manner, promised.get("enum", ABSENT), actual.get("enum", ABSENT))
        return
    if gone := _without(one, other):
        yield Moved("enum", "narrowed", gone, other)
    if new := _without(other, one):
        yield Moved("enum", "widened", one, new)


def _without(values: Iterable[Json], others: list[Json]) -> list[Json]:
    return [value for value in values if value is not None and not any(equal(value, other) for other in others)]


# Limits

_LIMITS: Final = (
    # The types it is for, the keyword, the keyword that excludes the limit itself, whether it is the lower one.
    (frozenset({"integer", "fraction"}), "minimum", "exclusiveMinimum", True),
    (frozenset({"integer", "fraction"}), "maximum", "exclusiveMaximum", False),
    (frozenset({"string"}), "minLength", None, True),
    (frozenset({"string"}), "maxLength", None, False),
    (frozenset({"array"}), "minItems", None, True),
    (frozenset({"array"}), "maxItems", None, False),
    (frozenset({"object"}), "minProperties", None, True),
    (frozenset({"object"}), "maxProperties", None, False),
)


def limits_moved(promised: Object, actual: Object, types: frozenset[str]) -> Iterator[Moved]:
    """How the limits differ of what both take."""
    for kinds, keyword, exclusive, lower in _LIMITS:
        if kinds & types:
            one, other = (_limit(schema, keyword, exclusive, lower) for schema in (promised, actual))
            if (manner := _manner_of_limits(one, other, lower)) is not None:
                yield Moved("limit", manner, _told(promised, keyword, exclusive), _told(actual, keyword, exclusive))
    if {"integer", "fraction"} & types:
        yield from _multiples_moved(promised, actual)


def _limit(schema: Object, keyword: str, exclusive: str | None, lower: bool) -> tuple[Fraction, bool] | None:
    """The limit that counts, higher the tighter, and whether it is excluded; ``None`` for one that says nothing."""
    sign = 1 if lower else -1
    limits = [(sign * _exact(schema[keyword]), False)] if keyword in schema else []
    limits += [(sign * _exact(schema[exclusive]), True)] if exclusive and exclusive in schema else []
    if exclusive is None and lower:  # there are no lengths below 0
        limits = [limit for limit in limits if limit[0] > 0]
    return max(limits, default=None)


def _exact(number: float) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(repr(number))


def _manner_of_limits(
    one: tuple[Fraction, bool] | None, other: tuple[Fraction, bool] | None, lower: bool
) -> Manner | None:
    if one == other:
        return None
    return "narrowed" if one is None or (other is not None and other > one) else "widened"


def _told(schema: Object, keyword: str, exclusive: str | None) -> Json | Absent:
    return {name: schema[name] for name in (keyword, exclusive) if name in schema} or ABSENT


def _multiples_moved(promised: Object, actual: Object) -> Iterator[Moved]:
    one, other = promised.get("multipleOf"), actual.get("multipleOf")
    if one == other:
        return
    if one is None or other is None:
        manner: Manner = "narrowed" if one is None else "widened"
    else:
        finer, coarser = (_exact(step) % _exact(by) == 0 for step, by in ((one, other), (other, one)))
        manner = "narrowed" if coarser else "widened" if finer else "changed"
    yield Moved("multiple", manner, promised.get("multipleOf", ABSENT), actual.get("multipleOf", ABSENT))


# Texts

_ANY_TEXT: Final = frozenset({"", ".*", "^.*$", "^.*", ".*$", "^", "$", "[\\s\\S]*", "^[\\s\\S]*$"})
"""Patterns that say nothing."""

_WIDER: Final = {
    "int32": {"int64"},
    "float": {"double"},
    "email": {"idn-email"},
    "hostname": {"idn-hostname"},
    "uri": {"uri-reference", "iri", "iri-reference"},
    "uri-reference": {"iri-reference"},
    "iri": {"iri-reference"},
}
"""Formats, and those that take all that they take."""


def texts_moved(promised: Object, actual: Object, types: frozenset[str]) -> Iterator[Moved]:
    """How patterns and formats differ of what both take."""
    if "string" in types:
        patterns = [_pattern(schema) for schema in (promised, actual)]
        yield from _names_moved("pattern", patterns[0], patterns[1], {})
    yield from _names_moved("format", promised.get("format"), actual.get("format"), _WIDER)


def _pattern(schema: Object) -> str | None:
    return None if schema.get("pattern") in _ANY_TEXT else schema.get("pattern")


def _names_moved(subject: str, one: str | None, other: str | None, wider: dict[str, set[str]]) -> Iterator[Moved]:
    if one != other:
        manner: Manner = "changed"
        if one is None or (other is not None and one in wider.get(other, ())):
            manner = "narrowed"
        elif other is None or other in wider.get(one, ()):
            manner = "widened"
        yield Moved(subject, manner, ABSENT if one is None else one, ABSENT if other is None else other)


# Rules that are schemas themselves


def opaque_moved(subject: str, promised: Json | Absent, actual: Json | Absent, same: Same) -> Iterator[Moved]:
    """How a rule differs into which nobody looks: it is there, or not, or another."""
    absent = [rule is ABSENT or is_open(rule) for rule in (promised, actual)]
    if all(absent) or (not any(absent) and same(promised, actual)):
        return
    manner: Manner = "narrowed" if absent[0] else "widened" if absent[1] else "changed"
    yield Moved(subject, manner, promised, actual)


def lists_moved(promised: Object, actual: Object, types: frozenset[str], same: Same) -> Iterator[Moved]:
    """How the rules for all elements together differ; those for each are compared as schemas."""
    if "array" not in types:
        return
    one, other = (bool(schema.get("uniqueItems")) for schema in (promised, actual))
    if one is not other:
        yield Moved("unique", "narrowed" if other else "widened", one, other)
    yield from _contains_moved(promised, actual, same)
    yield from opaque_moved("unevaluated", *_told_by(promised, actual, "unevaluatedItems"), same)


def _told_by(promised: Object, actual: Object, keyword: str) -> tuple[Json | Absent, Json | Absent]:
    return promised.get(keyword, ABSENT), actual.get(keyword, ABSENT)


def _contains_moved(promised: Object, actual: Object, same: Same) -> Iterator[Moved]:
    one, other = (_contained(schema) for schema in (promised, actual))
    if one is None or other is None:
        if one is not other:
            manner: Manner = "narrowed" if one is None else "widened"
            yield Moved("contains", manner, *_told_by(promised, actual, "contains"))
    elif not same(promised["contains"], actual["contains"]):
        yield Moved("contains", "changed", *_told_by(promised, actual, "contains"))
    else:
        for name, mine, theirs in zip(("minContains", "maxContains"), one, other, strict=True):
            if mine != theirs:
                yield Moved("contains", "narrowed" if theirs > mine else "widened", *_told_by(promised, actual, name))


def _contained(schema: Object) -> tuple[float, float] | None:
    """How often an element must be there, the limits higher the tighter; ``None`` where that says nothing."""
    if "contains" not in schema or (schema.get("minContains") == 0 and "maxContains" not in schema):
        return None
    return schema.get("minContains", 1), -schema.get("maxContains", float("inf"))


def fields_moved(promised: Object, actual: Object, types: frozenset[str], same: Same) -> Iterator[Moved]:
    """How the rules for all fields together differ; those for each are compared as schemas."""
    if "object" not in types:
        return
    yield from opaque_moved("field-names", *_told_by(promised, actual, "propertyNames"), same)
    yield from opaque_moved("unevaluated", *_told_by(promised, actual, "unevaluatedProperties"), same)
    yield from _patterns_moved(promised, actual, same)
    needs = [_needs(schema) for schema in (promised, actual)]
    if (manner := manner_of_sets(needs[1], needs[0])) is not None:  # the more is needed, the less is taken
        yield Moved("dependencies", manner, *_told_by(promised, actual, "dependentRequired"))
    one, other = (schema.get("dependentSchemas", {}) for schema in (promised, actual))
    for name in {**one, **other}:
        yield from opaque_moved("dependencies", *_told_by(one, other, name), same)


def _needs(schema: Object) -> frozenset[tuple[str, str]]:
    said = schema.get("dependentRequired", {})
    return frozenset((name, needed) for name, names in said.items() for needed in names)


def _patterns_moved(promised: Object, actual: Object, same: Same) -> Iterator[Moved]:
    one, other = (schema.get("patternProperties", {}) for schema in (promised, actual))
    closed = any(schema.get("additionalProperties") is False for schema in (promised, actual))
    for pattern in {**one, **other}:
        for moved in opaque_moved("pattern-fields", *_told_by(one, other, pattern), same):
            # Where no other field is taken, a pattern both admits and restricts.
            yield moved._replace(manner="changed") if closed else moved


def conditions_moved(promised: Object, actual: Object, same: Same) -> Iterator[Moved]:
    """How conditions, exclusions, and what could not be joined differ."""
    yield from opaque_moved("not", *_told_by(promised, actual, "not"), same)
    yield from _branches_moved(promised, actual, same)
    one, other = (schema.get("allOf", []) for schema in (promised, actual))
    for part in (part for part in one if not any(same(part, known) for known in other)):
        yield Moved("all-of", "widened", part, ABSENT)
    for part in (part for part in other if not any(same(known, part) for known in one)):
        yield Moved("all-of", "narrowed", ABSENT, part)


def _branches_moved(promised: Object, actual: Object, same: Same) -> Iterator[Moved]:
    """How ``if``, ``then`` and ``else`` differ; without the last two the first says nothing."""
    one, other = (_condition(schema) for schema in (promised, actual))
    if one is None or other is None or not same(one["if"], other["if"]):
        yield from opaque_moved("condition", one or ABSENT, other or ABSENT, lambda *_: False)
    else:
        for branch in ("then", "else"):
            yield from opaque_moved("condition", *_told_by(one, other, branch), same)


def _condition(schema: Object) -> Object | None:
    said: Object = {name: schema[name] for name in ("if", "then", "else") if name in schema}
    return said if "if" in said and any(not is_open(said.get(branch, True)) for branch in ("then", "else")) else None


def contents_moved(promised: Object, actual: Object, types: frozenset[str], same: Same) -> Iterator[Moved]:
    """How that differs which a text holds, encoded."""
    if "string" in types:
        for keyword in ("contentMediaType", "contentEncoding"):
            yield from opaque_moved(
                "content", *_told_by(promised, actual, keyword), lambda one, other: bool(one == other)
            )
        yield from opaque_moved("content", *_told_by(promised, actual, "contentSchema"), same)
