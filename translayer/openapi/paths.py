"""Paths: a URL rule of werkzeug's as OpenAPI writes it, and what its variables may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from werkzeug.routing.rules import parse_converter_args

from translayer.document.values import Object

_VARIABLE: Final = re.compile(r"<(?:(?P<converter>\w+)(?:\((?P<arguments>[^<>]*)\))?:)?(?P<name>\w+)>", re.ASCII)


class Variable(NamedTuple):
    """A variable of a path: its name, and the schema of its values."""

    name: str
    schema: Object


class Template(NamedTuple):
    """A path as OpenAPI writes it, ``/bookings/{id}``, and its variables in their order.

    ``nameless`` is the path without their names: by OpenAPI, paths that differ in these alone are one.
    """

    text: str
    variables: tuple[Variable, ...]
    nameless: str

    def named(self, names: tuple[str, ...]) -> Template:
        """The same path with other names for its variables."""
        text = self.nameless
        for name in names:
            text = text.replace("{}", f"{{{name}}}", 1)
        renamed = zip(names, self.variables, strict=True)
        return Template(text, tuple(Variable(name, known.schema) for name, known in renamed), self.nameless)


def template(rule: str) -> Template:
    """The path of a rule.

    >>> template("/bookings/<uuid:id>").text
    '/bookings/{id}'
    """
    variables = tuple(Variable(found["name"], _schema(found)) for found in _VARIABLE.finditer(rule))
    return Template(_VARIABLE.sub(r"{\g<name>}", rule), variables, _VARIABLE.sub("{}", rule))


def _schema(found: re.Match[str]) -> Object:
    positional, named = parse_converter_args(found["arguments"]) if found["arguments"] else ((), {})
    return _CONVERTERS[found["converter"] or "string"](positional, named)


def _string(positional: tuple[Any, ...], named: Mapping[str, Any]) -> Object:
    told = {**dict(zip(("minlength", "maxlength", "length"), positional, strict=False)), **named}
    exactly = told.get("length")
    least, most = (told.get("minlength", 1), told.get("maxlength")) if exactly is None else (exactly, exactly)
    return {"type": "string", "minLength": least, **({} if most is None else {"maxLength": most})}


def _number(kind: str) -> Callable[[tuple[Any, ...], Mapping[str, Any]], Object]:
    def schema(positional: tuple[Any, ...], named: Mapping[str, Any]) -> Object:
        names = ("fixed_digits", "min", "max", "signed") if kind == "integer" else ("min", "max", "signed")
        told = {**dict(zip(names, positional, strict=False)), **named}
        least = told.get("min")
        if not told.get("signed"):
            least = 0 if least is None else max(0, least)
        bounds = {"minimum": least, "maximum": told.get("max")}
        return {"type": kind, **{word: bound for word, bound in bounds.items() if bound is not None}}

    return schema


_CONVERTERS: Final[Mapping[str, Callable[[tuple[Any, ...], Mapping[str, Any]], Object]]] = {
    "default": _string,
    "string": _string,
    "path": lambda positional, named: {"type": "string", "minLength": 1},
    "any": lambda positional, named: {"type": "string", "enum": list(map(str, positional))},
    "int": _number("integer"),
    "float": _number("number"),
    "uuid": lambda positional, named: {"type": "string", "format": "uuid"},
}
"""What the converters of werkzeug take (``werkzeug.routing.DEFAULT_CONVERTERS``)."""
