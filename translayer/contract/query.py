"""Queries: what a list or a document may be asked for in the query of a URL, as the author declares it.

A ``Query`` says which parameters there are today. What they are in every older version is derived in ``grammar``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, cast

from marshmallow.fields import Field

from translayer.errors import DeclarationError

from .check import Unknown
from .shape import parse_name

_POLICIES: Final = (None, "raise", "exclude", "pass")


@dataclass(frozen=True)
class Query:
    """The parameters that today's app takes where something is read.

    - ``filters`` are fields of today's documents, dotted where they are nested, each the name of a parameter that has
      a value of the field. A mapping gives the field of each parameter; one whose name is not its field's keeps its
      name in every version.
    - ``sort`` is the parameter that lists fields, each with ``-`` or ``+`` in front of it or nothing; ``fields`` the
      one that lists the fields which the reply shall have. Both are divided by commas. ``sortable`` are the fields of
      today's documents that can be sorted by; all plain ones, where none is named.
    - ``paging`` and ``others`` are parameters that name no field, and pass as they are. A mapping gives each the
      marshmallow field that the specifications describe it by.
    - ``unknown`` says what becomes of any other, ``raise``, ``exclude`` or ``pass``; where it says nothing, what
      becomes of unknown fields of documents.

    Raises ``DeclarationError`` for names that make no sense, or that are given twice.

    >>> Query(filters=["status"], sort="sort", paging=["page"]).parameters
    ('status', 'sort', 'page')
    """

    filters: Sequence[str] | Mapping[str, str] = dataclasses.field(default=(), hash=False)
    sort: str | None = None
    fields: str | None = None
    paging: Sequence[str] | Mapping[str, Field[Any]] = dataclasses.field(default=(), hash=False)
    others: Sequence[str] | Mapping[str, Field[Any]] = dataclasses.field(default=(), hash=False)
    unknown: Unknown | None = None
    sortable: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "filters", MappingProxyType(_filters(self.filters)))
        for name in ("paging", "others"):
            object.__setattr__(self, name, _described(name, getattr(self, name)))
        object.__setattr__(self, "sortable", _names("sortable", self.sortable))
        if self.sortable and self.sort is None:
            raise DeclarationError("Query(sortable=…) is about what can be sorted by: name the parameter, sort='sort'")
        if self.unknown not in _POLICIES:
            raise DeclarationError(f"Query(unknown={self.unknown!r}) is none of 'raise', 'exclude', 'pass'")
        for name in self.parameters:
            if not isinstance(name, str) or not name:
                raise DeclarationError(f"Query(…): a parameter is a text of at least one character, not {name!r}")
        twice = sorted({name for name in self.parameters if self.parameters.count(name) > 1})
        if twice:
            raise DeclarationError(f"Query(…) names {', '.join(map(repr, twice))} twice: a parameter has one meaning")

    @property
    def field_of(self) -> Mapping[str, str]:
        """The field of today's documents that each filter has a value of."""
        return cast(Mapping[str, str], self.filters)

    @property
    def passing(self) -> tuple[str, ...]:
        """The parameters that pass as they are."""
        return (*self.paging, *self.others)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of all parameters, as clients of the newest version write them."""
        return tuple(self._all())

    def _all(self) -> Iterator[str]:
        yield from self.field_of
        yield from (name for name in (self.sort, self.fields) if name is not None)
        yield from self.passing


def check_query(query: Any, where: str) -> None:
    """Raises ``DeclarationError`` for anything but a ``Query`` or nothing."""
    if query is not None and not isinstance(query, Query):
        raise DeclarationError(f"{where}: query is a Query(…), not {query!r}")


def _filters(given: Any) -> dict[str, str]:
    """The field of each filter; raises ``DeclarationError`` for what names none."""
    if isinstance(given, Mapping):
        found = dict(given)
    else:
        names = _names("filters", given)
        if len(set(names)) < len(names):
            raise DeclarationError(f"Query(filters={given!r}) names a field twice: a parameter has one meaning")
        found = dict(zip(names, names, strict=True))
    for name in found.values():
        parse_name(name)
    return found


def _described(parameter: str, given: Any) -> tuple[str, ...] | Mapping[str, Field[Any]]:
    """Names alone, or each with the field that describes it."""
    if not isinstance(given, Mapping):
        return _names(parameter, given)
    for name, field in given.items():
        if not isinstance(field, Field):
            raise DeclarationError(f"Query({parameter}=…): {name!r} is described by a marshmallow field, not {field!r}")
    return MappingProxyType(dict(given))


def _names(parameter: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list | tuple):
        raise DeclarationError(f"Query({parameter}={given!r}): parameters are a list, as in ['page', 'per_page']")
    return tuple(given)
