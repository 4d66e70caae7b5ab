"""What a contract is made of, whichever version of OpenAPI it was written in: frozen values, and no reading of them.

Every part knows the place that it was read from, a JSON Pointer into its document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from translayer.document.values import Json
from translayer.openapi.reading_schemas import Schema

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}|<(?:[^<>:]*:)?([^<>]*)>")
"""A variable of a path: as OpenAPI writes it, or as a rule of werkzeug does."""


def shape_of(template: str) -> str:
    """A path template without the names of its variables: what tells two operations apart.

    >>> shape_of("/pets/{id}") == shape_of("/pets/<int:pet>") == "/pets/{}"
    True
    """
    return _VARIABLE.sub("{}", template)


def variables_of(template: str) -> tuple[str, ...]:
    """The names of the variables of a path template, in order."""
    return tuple(found[1] or found[2] or "" for found in _VARIABLE.finditer(template))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: ``where`` it is sent (path, query, header or cookie), its name, and what it may be.

    ``style`` is how lists and objects are written in it.
    """

    where: str
    name: str
    required: bool
    schema: Schema | None
    deprecated: bool
    sunset: str | None
    style: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request: its schema by media type, ``None`` where none is said."""

    required: bool
    content: Mapping[str, Schema | None]
    pointer: str


@dataclass(frozen=True, slots=True)
class Header:
    """A header of a reply."""

    name: str
    required: bool
    schema: Schema | None
    deprecated: bool
    pointer: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: its status (``"200"``, ``"2XX"`` or ``"default"``), its schema by media type, its headers by lower-case
    name."""

    status: str
    content: Mapping[str, Schema | None]
    headers: Mapping[str, Header]
    pointer: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be called: a method on a path template, with all that is sent and replied.

    ``security`` is as the document says it, that of the whole document where the operation says nothing.
    """

    method: str
    template: str
    pointer: str
    identifier: str | None = None
    deprecated: bool = False
    sunset: str | None = None
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    replies: Mapping[str, Reply] = field(default_factory=dict)
    security: Json = None

    @property
    def name(self) -> str:
        """The operation in words: ``GET /pets/{id}``."""
        return f"{self.method} {self.template}"
