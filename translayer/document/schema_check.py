"""The one door to JSON Schema: whether a document is of a schema, and every place where it is not.

Strategy: the fast validator (jsonschema-rs, where it is installed) may accept a document; whatever it does not accept
is decided and told by jsonschema, so that verdict and violations are the same with it and without. Before either sees
anything the schema has been surveyed: its form, references, patterns and circles. What a check may cost is bounded:
the depth of schema and document, the keywords asked, the time of patterns, and the violations told. Nothing is fetched,
and nothing is written into schemas or documents.

JSON values only: what a violation means to whom is for others to say. This module imports jsonschema when the first
check is made, and no earlier.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from translayer.document.codec import MAX_DEPTH, ensure_json
from translayer.document.values import Json, duplicate, nests_deeper
from translayer.errors import DeclarationError, Violation

from .schema_dialects import DIALECTS, FAILURES, NEWEST

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

    from .schema_fast import Accepts

log = logging.getLogger("translayer")

MOST_VIOLATIONS: Final = 100
"""Violations that are told of one document."""

TOO_DEEP: Final = Violation((), "RULE", f"The document nests more than {MAX_DEPTH} levels, and was not checked.")
TOO_MUCH: Final = Violation((), "RULE", "The document takes more work to check than there may be.")

_NAMES: Final[Mapping[str, str]] = {uri: name for name, uri in DIALECTS.items()}


class SchemaCheck:
    """A JSON Schema of drafts 4, 6, 7, 2019-09 or 2020-12, ready to check documents; to be used by many threads.

    - ``dialect`` (a key of ``DIALECTS``) is assumed where the schema's ``$schema`` does not say.
    - ``resources`` are schemas that may be referred to, by their URIs; there are no others, and the meta-schemas.
    - ``formats`` says that ``format`` is a rule, as far as jsonschema knows it; else it is a remark.
    - ``limit`` is how many violations are told; ``fast`` whether the fast validator may have the first word.

    Raises ``DeclarationError``, with the place, for what is no schema of its dialect, refers to what is not there, has
    patterns that ECMA-262 does not know, or asks about itself without end.

    >>> SchemaCheck({"type": "object", "required": ["id"]}).violations({})
    (Violation(path=('id',), code='REQUIRED', message='The contract requires the field.', parameter=None),)
    """

    def __init__(
        self,
        schema: Json,
        *,
        dialect: str = NEWEST,
        resources: Mapping[str, Json] | None = None,
        formats: bool = False,
        limit: int = MOST_VIOLATIONS,
        fast: bool = True,
    ) -> None:
        given = {uri: _copied(resource, f"the schema {uri!r}") for uri, resource in (resources or {}).items()}
        own = _copied(schema, "the schema")
        name, silenced = _dialect(own, dialect, given)
        for what, each in {"the schema": own, **given}.items():
            _refuse_malformed(each, name, what)
        self._limit = limit
        self._validator, self._reach = _prepared(own, name, given, silenced, formats=formats)
        self._accepts: Accepts | None = None
        if fast and self._reach >= 0 and not silenced and not formats:
            self._accepts = _acceptor(own, name, given)

    def violations(self, document: Json) -> tuple[Violation, ...]:
        """Every rule that a document breaks, in the order of the schema; none where it is right.

        The last is at the whole document where there was more to find than there may be: more than ``limit``, deeper,
        or at more cost.
        """
        if self._accepts is not None and not nests_deeper(document, self._reach) and self._accepts(document):
            return ()
        if nests_deeper(document, MAX_DEPTH):
            return (TOO_DEEP,)
        return _told(self._validator, document, self._limit)


def _copied(schema: Json, what: str) -> Json:
    """A value of our own; raises ``DeclarationError`` for what is no JSON, or nests too deeply."""
    try:
        ensure_json(schema)
    except (ValueError, RecursionError) as error:
        raise DeclarationError(f"{what} is no JSON: {error}") from error
    if nests_deeper(schema, MAX_DEPTH):
        raise DeclarationError(
            f"{what} nests more than {MAX_DEPTH} levels: name parts of it in $defs, and refer to them"
        )
    return duplicate(schema)


def _dialect(schema: Json, assumed: str, resources: Mapping[str, Json]) -> tuple[str, frozenset[str]]:
    """The dialect of a schema, which no longer says it then, and the keywords that its vocabularies leave out."""
    if assumed not in DIALECTS:
        raise DeclarationError(f"dialect={assumed!r} is none of {', '.join(map(repr, DIALECTS))}")
    said = schema.pop("$schema", DIALECTS[assumed]) if isinstance(schema, dict) else DIALECTS[assumed]
    if isinstance(said, str) and said.rstrip("#") in _NAMES:
        return _NAMES[said.rstrip("#")], frozenset()
    metaschema = resources.get(said) if isinstance(said, str) else None
    base = metaschema.get("$schema") if isinstance(metaschema, dict) else None
    if metaschema is None or not isinstance(base, str) or base.rstrip("#") not in _NAMES:
        raise DeclarationError(
            f"$schema is {said!r}, which is none of {', '.join(DIALECTS.values())}, nor given beside the schema"
        )
    return _NAMES[base.rstrip("#")], _silenced(metaschema, base)


def _silenced(metaschema: Json, base: str) -> frozenset[str]:
    """The keywords of vocabularies that a meta-schema does not have (2020-12 core, section 8.1.2)."""
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]  # it has no types

    has, every = metaschema.get("$vocabulary"), REGISTRY.contents(base).get("$vocabulary", {})
    if not isinstance(has, dict):
        return frozenset()
    unknown = [uri for uri, needed in has.items() if needed and uri not in every]
    if unknown:
        raise DeclarationError(f"the meta-schema of the schema needs the vocabulary {unknown[0]!r}, which is not known")
    missing = (uri.replace("/vocab/", "/meta/") for uri in every if uri not in has)
    return frozenset(name for uri in missing for name in REGISTRY.contents(uri).get("properties", {}))


def _refuse_malformed(schema: Json, dialect: str, what: str) -> None:
    """Raises ``DeclarationError`` for what the meta-schema of its dialect refuses."""
    validator, accepts = _metaschema(dialect)
    if accepts is not None and accepts(schema):
        return
    found = _told(validator, schema, 1)
    if found:
        place, message = found[0].pointer or "the top", found[0].message.replace("the contract", dialect)
        raise DeclarationError(f"{what} is none of {dialect}, at {place!r}: {message}")


@lru_cache(maxsize=len(DIALECTS))
def _metaschema(dialect: str) -> tuple[Any, Accepts | None]:
    """The validator of schemas, and what accepts them fast."""
    own = _official(dialect)[DIALECTS[dialect]]
    validator, _ = _prepared(own, dialect, {}, frozenset(), formats=False)
    return validator, _acceptor(own, dialect, {})


@lru_cache(maxsize=len(DIALECTS))
def _official(dialect: str) -> Mapping[str, Json]:
    """The meta-schemas of a dialect, as values of our own."""
    from jsonschema_specifications import REGISTRY

    family = DIALECTS[dialect].removesuffix("schema")
    return {uri: _without_dialect(REGISTRY.contents(uri)) for uri in REGISTRY if uri.startswith(family)}


def _without_dialect(schema: Json) -> Json:
    """A schema again that does not say its dialect, by which jsonschema would choose another validator than ours."""
    return {name: value for name, value in duplicate(schema).items() if name != "$schema"}


def _acceptor(schema: Json, dialect: str, resources: Mapping[str, Json]) -> Accepts | None:
    from .schema_fast import acceptor

    return acceptor(schema, dialect, resources)


def _prepared(
    schema: Json, dialect: str, resources: Mapping[str, Json], silenced: frozenset[str], *, formats: bool
) -> tuple[Any, int]:
    """jsonschema's validator of a schema that was surveyed, and how deep documents may be for the fast one."""
    from referencing import Registry

    from .schema_engine import VALIDATORS, validator_class
    from .schema_survey import Survey

    validator, specification = VALIDATORS[dialect]
    every = {**_official(dialect), **resources}
    registry = Registry().with_resources(
        (uri, specification.create_resource(contents)) for uri, contents in every.items()
    )
    survey = Survey(dialect, DIALECTS[dialect], frozenset(validator.VALIDATORS) - silenced, specification)
    try:
        resolver = registry.resolver_with_root(specification.create_resource(schema))
        reach = survey.walk(schema, resolver)
    except (ValueError, RecursionError) as error:
        if isinstance(error, DeclarationError):
            raise
        raise DeclarationError(f"the addresses in the schema make no sense: {error}") from error
    checker = validator.FORMAT_CHECKER if formats else None
    made = validator_class(dialect, silenced)(schema, format_checker=checker, _resolver=resolver)
    return made, reach


def _told(validator: Any, document: Json, limit: int) -> tuple[Violation, ...]:
    """The violations that jsonschema finds, within what a check may cost."""
    from .schema_engine import SPENT, Budget, Exhausted

    found: list[Violation] = []
    spent = SPENT.set(Budget(_size(document)))
    try:
        for error in islice(validator.iter_errors(document), limit):
            found += _violations(error)
    except (Exhausted, RecursionError):
        found.append(TOO_MUCH)
    except Exception:  # arithmetic with numbers of hundreds of digits, say: what cannot be checked is not right
        log.exception("a document could not be checked")
        found.append(TOO_MUCH)
    finally:
        SPENT.reset(spent)
    return tuple(dict.fromkeys(found))[:limit]


def _size(document: Json) -> int:
    """How many values a document holds."""
    count, waiting = 0, [document]
    while waiting:
        value = waiting.pop()
        count += 1
        waiting.extend(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
    return count


def _violations(error: ValidationError) -> Iterator[Violation]:
    """What a failure of jsonschema's is told as; where only one of several forms was meant, what is wrong with that."""
    meant = _meant(error)
    if meant:
        for inner in meant:
            yield from _violations(inner)
        return
    code, message = FAILURES.get(_kind(error), FAILURES["value"])
    yield Violation(tuple(error.absolute_path), code, message)


def _kind(error: ValidationError) -> str:
    """The keyword that failed, or what else ``FAILURES`` knows."""
    if error.validator == "type" and error.instance is None:
        return "null"
    forms = error.context or ()
    if forms and all(inner.validator == "type" and not inner.path for inner in forms):
        return "null" if error.instance is None else "type"
    return str(error.validator)


def _meant(error: ValidationError) -> list[ValidationError]:
    """The failures of the one form that a value is of the type of, where there are several, and one is.

    A nullable object, say, is of two forms; what is wrong with an object is not that it is not null.
    """
    forms: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        forms.setdefault(inner.schema_path[0] if inner.validator else None, []).append(inner)
    forms.pop(None, None)  # what nothing is of
    of_type = [inner for inner in forms.values() if not any(one.validator == "type" and not one.path for one in inner)]
    return of_type[0] if len(of_type) == 1 else []
