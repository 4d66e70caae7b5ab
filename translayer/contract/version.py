"""Versions, how their numbers are written and ordered, and the changes that each of them made."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final, Literal, TypeAlias

from marshmallow import Schema

from translayer.errors import DeclarationError

from .contract_files import ContractFiles, check_contract
from .flags import check_flag
from .life import Brownout, Life, Policy, life_of
from .looking import Looking, check_looking
from .operations.base import Operation
from .operations.handwritten import Handwritten
from .routes import Added, Moved, Removed, RouteChange, check_schema
from .translator import Translator

Scheme: TypeAlias = Literal["integer", "dotted", "date"]
"""How versions are written: ``2``, ``1.10`` or ``2026-11-20``."""

_FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "integer": (r"[1-9][0-9]*", "a positive whole number, as in Version(2)"),
    "dotted": (r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+", "numbers joined by dots, as in Version('1.10')"),
    "date": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date, as in Version('2026-11-20')"),
}


SEGMENTS: Final[Mapping[Scheme, str]] = {"integer": r"[0-9]+", "dotted": r"[0-9]+(?:\.[0-9]+)*", "date": r"[0-9-]+"}
"""What looks like a version of a scheme behind the ``v`` in a URL, whether it was ever published or not."""


class VersionChange:
    """What a version did, as one documented class; its docstring is the changelog.

    ``schemas`` maps marshmallow schemas of today to a list of operations, told old to new, or to a ``Translator``
    class; a list may hold both. ``routes`` lists changes of URLs: ``moved``, ``added``, ``removed``. With a ``flag``
    the change has happened only for consumers who have it.
    """

    schemas: ClassVar[Mapping[type[Schema], Any]] = {}
    routes: ClassVar[Sequence[RouteChange]] = ()
    flag: ClassVar[str | None] = None


@dataclass(frozen=True, init=False)
class Version:
    """One published promise: its number, what it did to the version before it, and its life.

    All dates are days, which begin at midnight UTC, or datetimes with their zone; what they say comes true by itself.

    - ``preview``: whether only consumers see it who have a flag, ``preview`` unless one is named; until it is
      ``stable``, if ever.
    - ``deprecated``: since when clients should move on; ``sunset``: when it is retired. ``deprecation_link`` and
      ``sunset_link`` lead to pages about the one and the other (RFC 9745, RFC 8594).
    - ``retired``: what it answers then: ``gone`` (410), ``not-found`` (404) or ``redirect``, to the same resource in
      the oldest version that is served.
    - ``brownouts``: times before that in which it answers as if it were retired.

    - ``native``: whether the app still serves the version's URLs itself: they pass untouched, while older versions
      are translated over it.
    - ``replies``: what becomes of its replies that break the contract, as for the ``Api``.
    - ``contract``: what was promised, where that is written already: the path of an OpenAPI document, or for each
      resource that of a JSON Schema; requests and replies of the version are held against it.

    Raises ``DeclarationError`` for dates that do not follow one another, and whatever else makes no sense.

    >>> Version(4)  # no changes: serves all of version 3
    Version(number=4, changes=(), native=False)
    """

    number: int | str | date
    changes: tuple[type[VersionChange], ...] = ()
    native: bool = False
    life: Life = field(default=Life(), repr=False)
    replies: Looking | None = field(default=None, repr=False)
    contract: ContractFiles | None = field(default=None, repr=False, compare=False)

    def __init__(
        self,
        number: int | str | date,
        *changes: type[VersionChange],
        native: bool = False,
        preview: bool | str = False,
        stable: date | None = None,
        deprecated: date | None = None,
        sunset: date | None = None,
        deprecation_link: str | None = None,
        sunset_link: str | None = None,
        retired: Policy = "gone",
        brownouts: Sequence[Brownout] = (),
        replies: Looking | None = None,
        contract: ContractFiles | None = None,
    ) -> None:
        for change in changes:
            _check_change(number, change)
        if len(set(changes)) < len(changes):
            raise DeclarationError(f"Version({number!r}) has one change twice: a change is told once")
        object.__setattr__(self, "number", number)
        object.__setattr__(self, "changes", changes)
        check_looking(replies, f"Version({number!r})")
        check_contract(contract, f"Version({number!r})")
        object.__setattr__(self, "native", native)
        object.__setattr__(self, "replies", replies)
        object.__setattr__(self, "contract", contract)
        object.__setattr__(
            self,
            "life",
            self._lived(
                preview=preview,
                stable=stable,
                deprecated=deprecated,
                sunset=sunset,
                deprecation_link=deprecation_link,
                sunset_link=sunset_link,
                retired=retired,
                brownouts=brownouts,
            ),
        )

    def _lived(self, **told: Any) -> Life:
        try:
            return life_of(**told)
        except DeclarationError as error:
            raise DeclarationError(f"Version({self.number!r}): {error}") from error

    @property
    def text(self) -> str:
        """The number as it is written in URLs (behind ``v``), headers and media types."""
        return str(self.number)

    def order(self, scheme: Scheme) -> tuple[int, ...]:
        """The place on the timeline; raises ``DeclarationError`` where the number is not of the scheme.

        A float is of none: 1.10 and 1.1 are one number, and two versions.
        """
        form, example = _FORMS[scheme]
        if isinstance(self.number, bool | float) or not re.fullmatch(form, self.text, re.ASCII):
            raise DeclarationError(f"Version({self.number!r}) is no version of the scheme {scheme!r}: write {example}")
        if scheme == "date":
            self._check_calendar()
        return tuple(map(int, re.split(r"[.-]", self.text)))

    def _check_calendar(self) -> None:
        try:
            date.fromisoformat(self.text)
        except ValueError as error:
            raise DeclarationError(f"Version({self.number!r}) is no day of the calendar: {error}") from error

    def operations(self) -> dict[type[Schema], tuple[Operation, ...]]:
        """What the version did to each schema, in the order written."""
        told: dict[type[Schema], tuple[Operation, ...]] = {}
        for change in self.changes:
            for schema, spoken in change.schemas.items():
                told[schema] = told.get(schema, ()) + tuple(_operations(change, schema, spoken))
        return told

    def route_changes(self) -> tuple[RouteChange, ...]:
        """What the version did to URLs, in the order written."""
        return tuple(route for change in self.changes for route in change.routes)


_MISSPELT: Final[Mapping[str, str]] = {"schema": "schemas", "route": "routes", "flags": "flag"}
"""What an author may have meant by an attribute that says nothing here."""


def _check_change(number: object, change: Any) -> None:
    """Raises ``DeclarationError`` for anything but a class that tells a change in its two attributes."""
    if not (isinstance(change, type) and issubclass(change, VersionChange)):
        raise DeclarationError(f"Version({number!r}) takes classes derived from VersionChange, not {change!r}")
    for wrong, right in _MISSPELT.items():
        if hasattr(change, wrong):
            raise DeclarationError(f"{change.__name__}.{wrong} says nothing: the attribute is called {right}")
    if not isinstance(change.schemas, Mapping):
        raise DeclarationError(
            f"{change.__name__}.schemas is a mapping, {{Schema: [operations]}}, not {change.schemas!r}"
        )
    if not isinstance(change.routes, list | tuple):
        raise DeclarationError(f"{change.__name__}.routes is a list, not {change.routes!r}")
    if change.flag is not None:
        check_flag(change.flag, change.__name__)
    for route in change.routes:
        if not isinstance(route, Moved | Added | Removed):
            raise DeclarationError(f"{change.__name__}.routes takes moved(), added() and removed(), not {route!r}")


def _operations(change: type[VersionChange], schema: Any, spoken: Any) -> Iterator[Operation]:
    check_schema(schema, f"{change.__name__}.schemas")
    for item in spoken if isinstance(spoken, list | tuple) else [spoken]:
        if isinstance(item, Operation):
            yield item
        elif isinstance(item, type) and issubclass(item, Translator):
            yield Handwritten(_translator(item))
        else:
            raise DeclarationError(
                f"{change.__name__} gives {schema.__name__} {item!r}: give operations or a Translator class"
            )


def _translator(kind: type[Translator]) -> Translator:
    """A translator of a class; raises ``DeclarationError`` where the class lacks what translators have."""
    check_schema(getattr(kind, "schema", None), f"{kind.__name__}.schema")
    if not callable(getattr(kind, "upgrade", None)):
        raise DeclarationError(f"{kind.__name__} has no upgrade(): say how an older document becomes a newer one")
    if not isinstance(kind.names, Mapping):
        raise DeclarationError(f"{kind.__name__}.names maps older field names to newer ones, and is {kind.names!r}")
    try:
        return kind()
    except TypeError as error:
        raise DeclarationError(f"{kind.__name__} cannot be made without arguments: {error}") from error


def title(change: type[VersionChange]) -> str:
    """What a change is called in the changelog: its docstring, on one line; its name where it has none."""
    told = inspect.getdoc(change) if change.__doc__ else None
    return " ".join(told.split()) if told else change.__name__
