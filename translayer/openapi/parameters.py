"""Parameters: what stands in the URL and in the headers of a request, in one version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from marshmallow import missing

from translayer.contract.api import Api
from translayer.contract.grammar import Grammar
from translayer.contract.notations import VERSION_HEADER
from translayer.contract.routes import Route
from translayer.contract.shape import Leaf, Slot
from translayer.document.values import Object

from .fields import leaf_schema
from .paths import Variable

_OF_BODIES: Final = frozenset({"readOnly", "writeOnly", "deprecated", "description"})
"""What is said of a field in a document, and not of a value that is asked for, or is said of the parameter itself."""

CONDITIONED: Final = ("PUT", "PATCH", "DELETE")
"""The methods of writes that can have a condition on what is there."""


def path_parameters(variables: Iterable[Variable]) -> Iterator[Object]:
    """The variables of a path."""
    for variable in variables:
        yield {"name": variable.name, "in": "path", "required": True, "schema": variable.schema}


def query_parameters(grammar: Grammar | None, *, many: bool) -> Iterator[Object]:
    """The parameters of a query; none where all pass as they are.

    What chooses among many documents is no parameter of one, though it is taken there.
    """
    if grammar is None:
        return
    query = grammar.query
    for term in (term for found in grammar.filters for term in found.client if many):
        yield _filter(term.name, term.slot)
    if many and query.sort is not None:
        names = [sign + name for name in grammar.sorting for sign in ("", "-")]
        yield _list(query.sort, names, "What to sort by, the most important first; `-` turns the order round.")
    if query.fields is not None:
        yield _list(query.fields, list(grammar.selecting), "The fields that the reply shall have.")
    for passing in (query.paging, query.others) if many else (query.others,):
        for name in passing:
            field = passing[name] if isinstance(passing, Mapping) else None
            yield {"name": name, "in": "query", "schema": {}} if field is None else _valued(name, Leaf(field))


def _filter(name: str, slot: Slot) -> Object:
    """A parameter with a value of a field of documents, whose default is that of what is written."""
    return _valued(name, slot.altered(load_default=missing))


def _valued(name: str, slot: Slot) -> Object:
    """A parameter with a value of a field; in a URL there is no ``null``."""
    assert isinstance(slot, Leaf)  # others are refused as filters
    schema = leaf_schema(slot.altered(allow_none=False), "request")
    told: Object = {word: schema[word] for word in ("description", "deprecated") if word in schema}
    return {
        "name": name,
        "in": "query",
        **told,
        "schema": {word: said for word, said in schema.items() if word not in _OF_BODIES},
    }


def _list(name: str, names: list[str], description: str) -> Object:
    """A parameter that lists names, divided by commas."""
    items: Object = {"type": "string", **({"enum": names} if names else {})}
    schema = {"type": "array", "items": items}
    return {
        "name": name,
        "in": "query",
        "description": description,
        "style": "form",
        "explode": False,
        "schema": schema,
    }


_IF_MATCH: Final = "Do it only while the document has this entity tag, as the `ETag` of a reply told it."
_IF_NONE_MATCH: Final = "Answer 304 where the document still has this entity tag."
_CREATE: Final = "Say `*` to write only where there is nothing yet."
_PREFER: Final = "`return=minimal` or `return=representation` (RFC 7240)."
_LENIENT: Final = " `handling=lenient` drops fields that the version does not have."


def header_parameters(api: Api, route: Route, position: int) -> Iterator[Object]:
    """The headers that mean something to an operation."""
    owner, method = api.owner(route), route.method
    tagged = owner.etag != "none"
    if api.header:
        said = "The version, where a client names it in a header too; it must be that of the URL."
        yield _header(VERSION_HEADER, said, {"type": "string", "enum": [api.versions[position].text]})
    if method == "GET" and route.reply is not None and tagged:
        yield _header("If-None-Match", _IF_NONE_MATCH)
    if method in CONDITIONED and tagged:
        # A condition that PUT needs may also be that there is nothing yet.
        yield {**_header("If-Match", _IF_MATCH), "required": owner.require_condition and method != "PUT"}
        if method == "PUT":
            yield _header("If-None-Match", _CREATE)
    if method != "GET" and route.reply is not None:
        lenient = api.lenient and (route.request is not None or method == "PATCH")
        yield _header("Prefer", _PREFER + (_LENIENT if lenient else ""))


def _header(name: str, description: str, schema: Mapping[str, object] | None = None) -> Object:
    return {
        "name": name,
        "in": "header",
        "description": description,
        "required": False,
        "schema": dict(schema or {"type": "string"}),
    }
