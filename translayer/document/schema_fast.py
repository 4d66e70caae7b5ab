"""The validator that is fast: jsonschema-rs, where it is installed, for documents that are right.

What it takes, the slow one takes too; whatever it refuses, or fails at, is for that to decide, so that there is one
verdict and one way of telling it. It recurses on the stack of its thread and nobody counts its work, so that it gets
only schemas and documents of which both are known to be small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final, TypeAlias

from translayer.document.ecma import translated
from translayer.document.values import Json, Object

from .schema_dialects import SUBSCHEMAS

Accepts: TypeAlias = Callable[[Json], bool]
"""Whether a document is right, as far as this engine can tell; what it denies may be right all the same."""

_NAMES: Final[Mapping[str, str]] = {
    "draft4": "Draft4",
    "draft6": "Draft6",
    "draft7": "Draft7",
    "2019-09": "Draft201909",
    "2020-12": "Draft202012",
}

_BACKTRACKS: Final = 10_000
"""How often one search of a pattern may take a step back: less than a millisecond. Most patterns need none."""


def acceptor(schema: Json, dialect: str, resources: Mapping[str, Json]) -> Accepts | None:
    """What accepts documents of a schema fast; ``None`` where there is no such thing for it."""
    name = _NAMES[dialect]
    try:
        jsonschema_rs: Any = import_module("jsonschema_rs")
        given = [(uri, _with_patterns(resource)) for uri, resource in resources.items()]
        registry = jsonschema_rs.Registry(given, draft=getattr(jsonschema_rs, name)) if given else None
        validator = getattr(jsonschema_rs, f"{name}Validator")(
            _with_patterns(schema),
            registry=registry,
            validate_formats=False,
            offline=True,
            pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKS),
        )
    except Exception:  # it is not installed, or does not understand the schema, which it says in several ways
        return None
    return _accepting(validator)


def _accepting(validator: Any) -> Accepts:
    def accepts(document: Json) -> bool:
        try:
            return bool(validator.is_valid(document))
        except Exception:  # halves of surrogate pairs, say
            return False

    return accepts


def _with_patterns(schema: Json) -> Json:
    """A schema again, with the patterns as this engine and the other understand them alike.

    Raises ``ValueError`` where two of them come to the same.
    """
    if not isinstance(schema, dict):
        return schema
    made = {name: _keyword(name, value) for name, value in schema.items()}
    if isinstance(pattern := schema.get("pattern"), str):
        made["pattern"] = translated(pattern, end="$")
    if isinstance(named := schema.get("patternProperties"), dict):
        made["patternProperties"] = {translated(name, end="$"): _with_patterns(rule) for name, rule in named.items()}
        if len(made["patternProperties"]) < len(named):
            raise ValueError("two patterns are one, spelt in two ways")
    return made


def _keyword(name: str, value: Json) -> Json:
    """The value of a keyword, with the patterns of the schemas in it."""
    form, _ = SUBSCHEMAS.get(name, (None, None))
    if form == "named" and isinstance(value, dict):
        members: Object = {key: _with_patterns(inner) for key, inner in value.items()}
        return members
    if form in ("one", "several"):
        return [_with_patterns(inner) for inner in value] if isinstance(value, list) else _with_patterns(value)
    return value
