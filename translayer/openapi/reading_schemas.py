"""Schemas of every dialect, read into those of JSON Schema 2020-12.

Strategy: a schema is written anew, keyword by keyword, and remembers the place it was read from. What a ``$ref`` leads
to is read once for the whole document, and stands among the ``definitions`` under a name; references are rewritten to
``#/$defs/…``. So a schema that holds itself is read in as many steps as it has keywords. One that is itself, by a
chain of references or by way of ``allOf`` and the like, is refused: no validator would come to an end with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, unquote

from translayer.document.codec import MAX_DEPTH, ensure_json
from translayer.document.values import Json, Object, nests_deeper
from translayer.errors import DeclarationError, Path, pointer
from translayer.openapi.dialects import DROPPED, FORMS, HOLDS, SINCE, Dialect, Holds, dialect_of
from translayer.openapi.references import References


class Located(dict[str, Any]):
    """A schema that knows the place it was read from, as a JSON Pointer."""

    __slots__ = ("pointer",)

    def __init__(self, keywords: Mapping[str, Any], pointer: str) -> None:
        super().__init__(keywords)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Schema:
    """A JSON Schema 2020-12, the ``dialect`` it was written in, the place it was read from, and what it refers to."""

    node: Json
    definitions: Mapping[str, Json]
    pointer: str
    dialect: str

    def document(self) -> Json:
        """The schema as a document of its own, with those of the definitions in ``$defs`` that it needs."""
        needed: dict[str, Json] = {}
        waiting = deque(names_in(self.node))
        while waiting:
            name = waiting.popleft()
            if name not in needed:
                needed[name] = self.definitions[name]
                waiting.extend(names_in(needed[name]))
        return {**self.node, "$defs": needed} if needed else self.node


def schema_of(document: Json, draft: str | None = None) -> Schema:
    """The schema that a JSON Schema document is, of draft 4, 6, 7, 2019-09 or 2020-12.

    The draft is what ``$schema`` says, or else ``draft``: ``"draft-04"``, ``"draft-06"``, ``"draft-07"``,
    ``"2019-09"`` or ``"2020-12"``. Raises ``DeclarationError``, with the place, for what is no such schema.
    """
    dialect = dialect_of(document, draft)
    reader = SchemaReader(document, dialect)
    schema = reader.read(())
    reader.finish()
    return schema


def names_in(node: Json) -> Iterator[str]:
    """The names of the definitions that a schema refers to."""
    if isinstance(node, dict) and "$ref" in node:
        yield name_of(node["$ref"])
    for _, part in parts(node):
        yield from names_in(part)


def name_of(reference: str) -> str:
    """The name of the definition that a rewritten reference leads to."""
    return unquote(reference.removeprefix("#/$defs/")).replace("~1", "/").replace("~0", "~")


def parts(node: Json) -> Iterator[tuple[str, Json]]:
    """The schemas that stand directly in a schema of 2020-12, each with its keyword."""
    if not isinstance(node, dict):
        return
    for keyword, value in node.items():
        holds = HOLDS.get(keyword)
        if holds is Holds.SCHEMA:
            yield keyword, value
        elif holds is Holds.SCHEMAS:
            yield from ((keyword, part) for part in value)
        elif holds is Holds.NAMED:
            yield from ((keyword, part) for part in value.values())


def refuse_foreign(document: Json) -> None:
    """Raises ``DeclarationError`` for a document that is no JSON, or nests deeper than a file may."""
    if nests_deeper(document, MAX_DEPTH):
        raise DeclarationError(f"the document nests more than {MAX_DEPTH} levels: name the inner schemas")
    try:
        ensure_json(document)
    except ValueError as error:
        raise DeclarationError(f"the document is no JSON: {error}") from None


class SchemaReader:
    """Reads the schemas of one document, each when it is asked for, and all that they refer to in ``finish``."""

    def __init__(self, document: Json, dialect: Dialect) -> None:
        refuse_foreign(document)
        self.references = References(document, dialect)
        self._dialect = dialect
        self._names: dict[Path, str] = {}
        self._taken: set[str] = set()
        self._waiting: deque[Path] = deque()
        self._definitions: dict[str, Json] = {}

    def read(self, path: Path) -> Schema:
        """The schema at a place."""
        return self.read_as(self.references.at(path), path)

    def read_as(self, node: Json, path: Path) -> Schema:
        """A schema that is said at a place, but not as it stands there: a parameter of OpenAPI 2.0."""
        read = self._schema(node, path)
        return Schema(read, MappingProxyType(self._definitions), pointer(path), self._dialect.name)

    def finish(self) -> None:
        """Read all that was referred to; raises ``DeclarationError`` where that is no schema, or is itself."""
        while self._waiting:
            path = self._waiting.popleft()
            self._definitions[self._names[path]] = self._schema(self.references.at(path), path)
        _refuse_circles(self._definitions)

    def _schema(self, node: Json, path: Path) -> Json:
        if isinstance(node, bool) and self._dialect.booleans:
            return node
        if not isinstance(node, dict):
            raise DeclarationError(f"{pointer(path)}: a schema is an object")
        if "$ref" in node and self._dialect.lone_references:
            return Located(self._reference(node["$ref"], path), pointer(path))
        keywords = self._keywords(node, path)
        if any(node.get(name) is True for name in self._dialect.nullable):
            keywords = _with_null(keywords, pointer(path))
        return Located(keywords, pointer(path))

    def _keywords(self, node: Object, path: Path) -> Object:
        keywords: Object = {}
        for keyword, value in node.items():
            if keyword in _REWRITTEN:
                keywords |= getattr(self, _REWRITTEN[keyword])(value, path)
            elif self._counts(keyword):
                keywords[keyword] = self._value(keyword, value, (*path, keyword))
        if self._dialect.flags:
            _refuse_flags(keywords, path)
            _turn_flags(keywords)
        if "example" in node:
            keywords.setdefault("examples", [node["example"]])
        for keyword, value in keywords.items():
            if keyword in FORMS and not FORMS[keyword][0](value):
                raise DeclarationError(f"{pointer((*path, keyword))}: the value is {FORMS[keyword][1]}")
        return keywords

    def _counts(self, keyword: str) -> bool:
        dialect = self._dialect
        return keyword not in DROPPED | dialect.lacks and SINCE.get(keyword, 0) <= dialect.year

    def _value(self, keyword: str, value: Json, path: Path) -> Json:
        holds = HOLDS.get(keyword, Holds.VALUE)
        if holds is Holds.SCHEMA:
            return self._flag_or_schema(keyword, value, path)
        if holds is Holds.SCHEMAS and isinstance(value, list):
            return [self._schema(part, (*path, index)) for index, part in enumerate(value)]
        if holds is Holds.NAMED and isinstance(value, dict):
            return {name: self._schema(part, (*path, name)) for name, part in value.items()}
        if holds is not Holds.VALUE:
            raise DeclarationError(f"{pointer(path)}: the value is {holds.value}")
        return value

    def _flag_or_schema(self, keyword: str, value: Json, path: Path) -> Json:
        """A schema, or the boolean that stood in two keywords before schemas could be booleans."""
        if isinstance(value, bool) and keyword in ("additionalProperties", "additionalItems"):
            return value
        return self._schema(value, path)

    # What is called otherwise in 2020-12, by its keyword

    def _reference(self, value: Json, path: Path) -> Object:
        return self._named(self.references.target(value, path))

    def _named(self, target: Path) -> Object:
        if target not in self._names:
            self._names[target] = self._name_for(target)
            self._waiting.append(target)
            self._taken.add(self._names[target])
        name = self._names[target].replace("~", "~0").replace("/", "~1")
        return {"$ref": f"#/$defs/{quote(name, safe='~')}"}

    def _name_for(self, target: Path) -> str:
        """A name for a definition: its own where it has one that is free, else its place."""
        if target[:-1] in _HOMES and (name := str(target[-1])) not in self._taken:
            return name
        return pointer(target) or "#"

    def _items(self, value: Json, path: Path) -> Object:
        where = (*path, "items")
        if not isinstance(value, list) or not self._dialect.listed_items:
            return {"items": self._schema(value, where)}
        read: Object = {"prefixItems": self._value("prefixItems", value, where)} if value else {}
        others = self.references.at(path).get("additionalItems")
        if others is not None:
            read["items"] = self._value("additionalItems", others, (*path, "additionalItems"))
        return read

    def _additional_items(self, value: Json, path: Path) -> Object:
        return {}  # read with items; without a list there, it says nothing

    def _dependencies(self, value: Json, path: Path) -> Object:
        """What draft 2019-09 parts in two; from then on it says nothing."""
        where = (*path, "dependencies")
        if not self._counts("dependencies") or self._dialect.year >= SINCE["dependentRequired"]:
            return {}
        if not isinstance(value, dict):
            raise DeclarationError(f"{pointer(where)}: the value is an object")
        names = {name: part for name, part in value.items() if isinstance(part, list)}
        schemas = {name: self._schema(part, (*where, name)) for name, part in value.items() if name not in names}
        return ({"dependentRequired": names} if names else {}) | ({"dependentSchemas": schemas} if schemas else {})

    def _dynamic(self, value: Json, path: Path) -> Object:
        return self._named(self.references.dynamic_target(value, path))


_REWRITTEN: Final[Mapping[str, str]] = {
    "$ref": "_reference",
    "$dynamicRef": "_dynamic",
    "$recursiveRef": "_dynamic",
    "items": "_items",
    "additionalItems": "_additional_items",
    "dependencies": "_dependencies",
}

_HOMES: Final = (("components", "schemas"), ("definitions",), ("$defs",))
"""Where documents name their schemas."""


def _refuse_flags(keywords: Object, path: Path) -> None:
    for keyword in ("exclusiveMinimum", "exclusiveMaximum"):
        if not isinstance(keywords.get(keyword, False), bool):
            raise DeclarationError(f"{pointer((*path, keyword))}: the value is true or false, beside a limit")


def _turn_flags(keywords: Object) -> None:
    """Make numbers of the flags of draft 4."""
    for exclusive, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if keywords.pop(exclusive, False) and limit in keywords:
            keywords[exclusive] = keywords.pop(limit)


_APPLIED: Final = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"})
"""Keywords whose schemas are for the very value that the schema is for."""

_VALUES: Final = frozenset({*_APPLIED, "$ref"})


def _with_null(keywords: Object, place: str) -> Object:
    """Keywords that take null beside what they take. Whoever writes ``nullable`` means that, whatever else is said."""
    if not _VALUES & keywords.keys():
        return keywords | _null_among_types(keywords) | _null_among_values(keywords)
    said = {keyword: value for keyword, value in keywords.items() if keyword not in ANNOTATIONS}
    told = {keyword: value for keyword, value in keywords.items() if keyword in ANNOTATIONS}
    return told | {"anyOf": [Located(said, place), Located({"type": "null"}, place)]}


def _null_among_types(keywords: Object) -> Object:
    if "type" not in keywords:
        return {}
    types = keywords["type"] if isinstance(keywords["type"], list) else [keywords["type"]]
    return {"type": [*types, *({"null"} - {*types})]}


def _null_among_values(keywords: Object) -> Object:
    values = keywords.get("enum")
    return {"enum": [*values, None]} if values is not None and None not in values else {}


ANNOTATIONS: Final = frozenset(
    {
        *("title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples"),
        *("discriminator", "externalDocs", "xml"),
    }
)
"""Keywords that say something about a value and refuse none."""


def _refuse_circles(definitions: Mapping[str, Json]) -> None:
    """Raises ``DeclarationError`` where a definition is itself, with nothing of the value in between."""
    leads = {name: list(_applied_names(node)) for name, node in definitions.items()}
    done: set[str] = set()
    for start in leads:
        _walk(start, leads, done, definitions)


def _walk(start: str, leads: Mapping[str, list[str]], done: set[str], definitions: Mapping[str, Json]) -> None:
    """Depth first, without a stack of calls: a chain may be as long as a document."""
    open_: dict[str, Iterator[str]] = {}
    if start not in done:
        open_[start] = iter(leads[start])
    while open_:
        name = next(reversed(open_))
        following = next(open_[name], None)
        if following is None:
            done.add(name)
            del open_[name]
        elif following in open_:
            place = getattr(definitions[following], "pointer", following)
            raise DeclarationError(f"{place}: the schema is itself, by a chain of $ref: nothing could be checked by it")
        elif following not in done:
            open_[following] = iter(leads[following])


def _applied_names(node: Json) -> Iterator[str]:
    """The definitions that a schema hands its own value to."""
    if isinstance(node, dict) and "$ref" in node:
        yield name_of(node["$ref"])
    for keyword, part in parts(node):
        if keyword in _APPLIED:
            yield from _applied_names(part)
