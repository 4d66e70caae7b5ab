"""The validator that has the last word: jsonschema, with keywords of our own where its own have no bounds.

Replaced is what searches texts by Python's patterns (which backtrack for hours, and are not those of ECMA-262), what
compares every element of a list with every other, what divides numbers as binary fractions, and what does not say at
which member something is wrong. All else is jsonschema's. Every keyword that is asked counts, so that a schema that
asks too much comes to an end as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from fractions import Fraction
from functools import lru_cache
from time import perf_counter
from typing import Any, Final, TypeAlias

from jsonschema import Draft4Validator, Draft6Validator, Draft7Validator, Draft201909Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing.jsonschema import DRAFT4, DRAFT6, DRAFT7, DRAFT201909, DRAFT202012, lookup_recursive_ref

from translayer.document.ecma import compiled
from translayer.document.values import Json, Object, fingerprint

Failures: TypeAlias = Iterator[ValidationError]
Keyword: TypeAlias = Callable[[Any, Any, Any, Any], Any]
"""A keyword of jsonschema: the validator, the keyword's value, the instance, and the schema, to failures."""

VALIDATORS: Final[Mapping[str, tuple[Any, Any]]] = {
    "draft4": (Draft4Validator, DRAFT4),
    "draft6": (Draft6Validator, DRAFT6),
    "draft7": (Draft7Validator, DRAFT7),
    "2019-09": (Draft201909Validator, DRAFT201909),
    "2020-12": (Draft202012Validator, DRAFT202012),
}
"""jsonschema's validator of a dialect, and how ``referencing`` knows it."""

STEPS: Final = 20_000
"""Keywords that may be asked about a document of any size."""

STEPS_PER_VALUE: Final = 20
"""Keywords that may be asked about each value besides; what people write asks about five."""

SECONDS: Final = 0.2
"""For all the patterns of one document together; a pattern that does not backtrack takes microseconds."""


class Exhausted(Exception):
    """A document took more work than there may be; what was found until then is not all."""


class Budget:
    """What one check of one document may still cost."""

    __slots__ = ("_seconds", "_steps")

    def __init__(self, values: int) -> None:
        self._steps = STEPS + STEPS_PER_VALUE * values
        self._seconds = SECONDS

    def step(self) -> None:
        """Pay for one keyword; raises ``Exhausted``."""
        self._steps -= 1
        if self._steps < 0:
            raise Exhausted

    def finds(self, pattern: str, text: str) -> bool:
        """Whether a pattern matches somewhere in a text; raises ``Exhausted`` where that takes longer than is left."""
        start = perf_counter()
        try:
            return compiled(pattern).search(text, timeout=max(self._seconds, 1e-6)) is not None
        except TimeoutError:  # no answer: a no would be a yes beneath ``not``
            raise Exhausted from None
        finally:
            self._seconds -= perf_counter() - start


SPENT: Final[ContextVar[Budget]] = ContextVar("translayer.schema_check")
"""The budget of the check that is under way."""


def _counted(keyword: Keyword) -> Keyword:
    """A keyword that is paid for. It is no generator, which would take a frame of its own on every level."""

    def ask(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        SPENT.get().step()
        return keyword(validator, value, instance, schema)

    return ask


def _finds(pattern: str, text: str) -> bool:
    return SPENT.get().finds(pattern, text)


def _failure(*path: str | int) -> ValidationError:
    """A failure at a place within the instance; what is told of it follows from the keyword alone."""
    return ValidationError("", path=path)


# Keywords of our own


def _pattern(validator: Any, pattern: str, instance: Json, schema: Json) -> Failures:
    if isinstance(instance, str) and not _finds(pattern, instance):
        yield _failure()


def _properties(validator: Any, properties: Object, instance: Json, schema: Json) -> Failures:
    if isinstance(instance, dict):
        for name, rule in properties.items():
            if name in instance:
                yield from _within(validator, rule, instance[name], name)


def _prefix_items(validator: Any, rules: list[Json], instance: Json, schema: Json) -> Failures:
    if isinstance(instance, list):
        for index, (element, rule) in enumerate(zip(instance, rules, strict=False)):
            yield from _within(validator, rule, element, index)


def _within(validator: Any, rule: Json, value: Json, place: str | int) -> Failures:
    """The failures of what lies within a value; jsonschema forgets the place where the rule is ``false``."""
    if rule is False:
        yield _failure(place)
    else:
        yield from validator.descend(value, rule, path=place)


def _pattern_properties(validator: Any, patterns: Object, instance: Json, schema: Json) -> Failures:
    if isinstance(instance, dict):
        for pattern, inner in patterns.items():
            for name in instance:
                if _finds(pattern, name):
                    yield from _within(validator, inner, instance[name], name)


def _undeclared(instance: Object, schema: Object) -> Iterator[str]:
    """The members that neither ``properties`` nor ``patternProperties`` speak of."""
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    return (name for name in instance if name not in known and not any(_finds(one, name) for one in patterns))


def _additional_properties(validator: Any, additional: Json, instance: Json, schema: Object) -> Failures:
    if isinstance(instance, dict):
        yield from _outside(validator, additional, instance, _undeclared(instance, schema))


def _outside(validator: Any, rule: Json, instance: Object, names: Iterator[str]) -> Failures:
    """Failures of the members that the rule is about."""
    for name in names:
        yield from _within(validator, rule, instance[name], name)


def _unevaluated_properties(validator: Any, unevaluated: Json, instance: Json, schema: Object) -> Failures:
    if isinstance(instance, dict):
        asked = {name: rule for name, rule in schema.items() if name != "unevaluatedProperties"}
        known = set(_evaluated(validator, instance, asked))
        yield from _outside(validator, unevaluated, instance, (name for name in instance if name not in known))


def _evaluated(validator: Any, instance: Object, schema: Json) -> Iterator[str]:
    """The members that a schema which holds speaks of, itself or through others (2020-12 core, section 11.3)."""
    SPENT.get().step()
    if not isinstance(schema, dict):
        return
    yield from instance.keys() & schema.get("properties", {}).keys()
    yield from (name for name in instance if any(_finds(one, name) for one in schema.get("patternProperties", {})))
    if "additionalProperties" in schema or "unevaluatedProperties" in schema:
        yield from instance
    for inner in _applied(validator, instance, schema):
        within = _asking(validator, inner)
        if within.is_valid(instance):
            yield from _evaluated(within, instance, inner)
    for resolved in _referred(validator, schema):
        yield from _evaluated(
            validator.evolve(schema=resolved.contents, _resolver=resolved.resolver), instance, resolved.contents
        )


def _applied(validator: Any, instance: Object, schema: Object) -> Iterator[Json]:
    """The schemas within one that are about the same value."""
    for keyword in ("allOf", "anyOf", "oneOf"):
        yield from schema.get(keyword, ())
    yield from (inner for name, inner in schema.get("dependentSchemas", {}).items() if name in instance)
    if "if" in schema:
        yield schema["if"]
        holds = _asking(validator, schema["if"]).is_valid(instance)
        yield schema.get("then" if holds else "else", False)


def _asking(validator: Any, schema: Json) -> Any:
    """The validator of a schema that stands within another, and may have an address of its own."""
    resolver = validator._resolver.in_subresource(DRAFT202012.create_resource(schema))
    return validator.evolve(schema=schema, _resolver=resolver)


def _referred(validator: Any, schema: Object) -> Iterator[Any]:
    """What a schema refers to; one that holds refers only to what holds."""
    resolver = validator._resolver
    for keyword in ("$ref", "$dynamicRef"):
        if keyword in schema and keyword in validator.VALIDATORS:
            yield resolver.lookup(schema[keyword])
    if "$recursiveRef" in schema and "$recursiveRef" in validator.VALIDATORS:
        yield lookup_recursive_ref(resolver)


def _property_names(validator: Any, rule: Json, instance: Json, schema: Json) -> Failures:
    if isinstance(instance, dict):
        for name in instance:
            if not validator.evolve(schema=rule).is_valid(name):
                yield _failure(name)


def _required(validator: Any, names: Json, instance: Json, schema: Json) -> Failures:
    if isinstance(instance, dict):
        yield from (_failure(name) for name in names if name not in instance)


def _dependent_required(validator: Any, dependencies: Object, instance: Json, schema: Json) -> Failures:
    if isinstance(instance, dict):
        for name, others in dependencies.items():
            if name in instance:
                yield from _required(validator, others, instance, schema)


def _dependencies(validator: Any, dependencies: Object, instance: Json, schema: Json) -> Failures:
    if isinstance(instance, dict):
        for name, rule in dependencies.items():
            if name in instance and isinstance(rule, list):
                yield from _required(validator, rule, instance, schema)
            elif name in instance:
                yield from validator.descend(instance, rule, schema_path=name)


def _multiple_of(validator: Any, divisor: Json, instance: Json, schema: Json) -> Failures:
    """Numbers are decimal, as they are written: 19.99 is a multiple of 0.01, which it is not among binary fractions."""
    if isinstance(instance, int | float) and not isinstance(instance, bool) and _exact(instance) % _exact(divisor):
        yield _failure()


def _exact(number: float) -> Fraction:
    return Fraction(repr(number))


def _unique_items(validator: Any, unique: bool, instance: Json, schema: Json) -> Failures:
    if unique and isinstance(instance, list) and len(set(map(fingerprint, instance))) < len(instance):
        yield _failure()


_OURS: Final[Mapping[str, Keyword]] = {
    "properties": _properties,
    "prefixItems": _prefix_items,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "unevaluatedProperties": _unevaluated_properties,
    "propertyNames": _property_names,
    "required": _required,
    "dependentRequired": _dependent_required,
    "dependencies": _dependencies,
    "multipleOf": _multiple_of,
    "uniqueItems": _unique_items,
}


@lru_cache(maxsize=64)
def validator_class(dialect: str, silenced: frozenset[str] = frozenset()) -> Any:
    """jsonschema's validator of a dialect with keywords of our own, without those that a vocabulary left out."""
    validator, _ = VALIDATORS[dialect]
    spoken = {name: _OURS.get(name, keyword) for name, keyword in validator.VALIDATORS.items()}
    asked = {name: _says_nothing if name in silenced else _counted(keyword) for name, keyword in spoken.items()}
    return extend(validator, asked)  # type: ignore[no-untyped-call]  # jsonschema has no types for it


def _says_nothing(validator: Any, value: Any, instance: Any, schema: Any) -> None:
    """A keyword that the dialect does not have."""
