"""The table of conventions, and the look for what does not keep them.

Strategy: every convention is a row, about one kind of place, with a function that says what is wrong with such a place.
All versions are looked at, the oldest too: what is found in several is told once, with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from . import names, promises, urls

if TYPE_CHECKING:
    from translayer.contract.api import Api

Level: TypeAlias = Literal["warning", "hint"]
"""How much a convention weighs: a ``hint`` is a matter of taste, where good APIs do otherwise."""

About: TypeAlias = Literal["url", "operation", "resource", "field", "parameter", "version", "change", "schema", "api"]
"""What a convention is about."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a convention says of one place, and the ``versions`` in which it is found, newest first.

    ``id`` is a key of ``CONVENTIONS``; ``sentence`` says what is wrong, and what to write instead. What the ``place``
    is depends on what the convention is ``about``: a rule, ``PUT /bookings/<id>``, the name of a resource, a field
    behind it (``booking.legs.cabin``), ``/bookings?perPage``, ``version 2``, the name of
    a class, or ``Api(info=…)``.
    """

    id: str
    place: str
    versions: tuple[str, ...]
    sentence: str

    @property
    def level(self) -> Level:
        """How much the convention weighs."""
        return CONVENTIONS[self.id].level

    @property
    def about(self) -> About:
        """What the convention is about."""
        return CONVENTIONS[self.id].about


class Convention(NamedTuple):
    """One row: how much it weighs, what it is about, what it asks for, and what finds where it is not kept."""

    level: Level
    about: About
    meaning: str
    look: Callable[[Any], Iterable[str]]


_PLACES: Final[Mapping[About, Callable[[Api, int], Iterable[Any]]]] = MappingProxyType(
    {
        "url": urls.urls,
        "operation": promises.operations,
        "resource": names.resources,
        "field": names.fields,
        "parameter": names.parameters,
        "version": promises.promises,
        "change": promises.changes,
        "schema": promises.schemas,
        "api": promises.wholes,
    }
)
"""What finds the places of a kind in the version at a position."""

CONVENTIONS: Final[Mapping[str, Convention]] = MappingProxyType(
    {
        "LOWER_CASE": Convention("warning", "url", "Segments are in lower case.", urls.lower_case),
        "HYPHENS": Convention("warning", "url", "Words are joined by hyphens.", urls.hyphens),
        "PLURAL_NOUNS": Convention("warning", "url", "Collections are named by plural nouns.", urls.plural_nouns),
        "NO_VERBS": Convention("warning", "url", "URLs name things; verbs are no part of them.", urls.verbs),
        "NO_ACTIONS": Convention("hint", "url", "What is done to a thing is a resource of its own.", urls.actions),
        "NO_CRUD_WORDS": Convention(
            "warning", "url", "What the method says does not stand in the URL.", urls.crud_words
        ),
        "NO_TRAILING_SLASH": Convention("warning", "url", "URLs do not end with a slash.", urls.trailing_slash),
        "NO_EXTENSIONS": Convention("warning", "url", "URLs do not end like files.", urls.extensions),
        "NO_VERSION": Convention("warning", "url", "Rules do not name versions.", urls.version_segments),
        "SNAKE_CASE_VARIABLES": Convention("warning", "url", "Variables are in snake_case.", urls.variable_names),
        "SAFE_READS": Convention(
            "warning", "url", "GET stands on nothing that reads like a change.", urls.unsafe_reads
        ),
        "ONE_NAME_PER_VARIABLE": Convention(
            "hint", "url", "A variable has the same name in all URLs behind one collection.", urls.other_names
        ),
        "NO_BODY_OF_DELETE": Convention("warning", "operation", "DELETE has no body.", promises.deletes_with_bodies),
        "WRITES_CAN_BE_READ": Convention(
            "hint", "operation", "What is written by PUT can be read at the same URL.", promises.unread_writes
        ),
        "RESOURCE_NAMES": Convention(
            "warning",
            "resource",
            "Resources are named in lower case, words joined by hyphens or underscores.",
            names.resource_names,
        ),
        "FIELD_STYLE": Convention(
            "warning", "field", "All fields of a version are in snake_case, or all are in camelCase.", names.one_style
        ),
        "NO_ABBREVIATIONS": Convention(
            "hint", "field", "Fields are named by words that everybody can read.", names.abbreviations
        ),
        "PLURAL_LISTS": Convention("hint", "field", "Lists are named by plurals.", names.plural_lists),
        "NO_NEGATIONS": Convention("hint", "field", "Truth values say what is, not what is not.", names.negations),
        "PARAMETER_STYLE": Convention(
            "warning", "parameter", "Parameters of queries are in the style of the fields.", names.one_style
        ),
        "WHOLE_VERSIONS": Convention(
            "hint", "version", "Versions are whole numbers, or dates.", promises.whole_versions
        ),
        "NO_GAPS": Convention("hint", "version", "Whole numbers follow one another.", promises.gaps),
        "NO_IDLE_VERSIONS": Convention("hint", "version", "A version changes something.", promises.idle_versions),
        "DEPRECATED_BEFORE_SUNSET": Convention(
            "warning", "version", "A version is deprecated before it is retired.", promises.sudden_sunsets
        ),
        "NOTICE": Convention(
            "hint", "version", "Between deprecation and retirement there are 90 days at least.", promises.short_notices
        ),
        "DEPRECATION_LINK": Convention(
            "hint",
            "version",
            "Users of a deprecated version are told where to read on.",
            promises.unexplained_deprecations,
        ),
        "TOLD_CHANGES": Convention(
            "warning", "change", "Every change has a docstring, which is its title in the changelog.", promises.untold
        ),
        "TOLD_SCHEMAS": Convention(
            "hint", "schema", "Every schema has a docstring, which describes its objects.", promises.untold
        ),
        "MANDATORY_INFO": Convention(
            "warning", "api", "The API has a title, a description and a contact.", promises.mandatory_info
        ),
    }
)
"""Every convention, by its stable id; ``docs/conventions.md`` has the same table."""


def lint(api: Api) -> tuple[Advice, ...]:
    """What an API could say better, in every version: each finding once, in the order of the kinds of places.

    Nothing is refused for it. URLs whose names others have chosen, such as ``/.well-known/…``, are left out.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for (about, places), (position, version) in product(_PLACES.items(), enumerate(api.versions)):
        for key in dict.fromkeys(_findings(about, places(api, position))):
            found.setdefault(key, []).append(version.text)
    return tuple(Advice(id, place, tuple(texts), f"{place}: {said}.") for (id, place, said), texts in found.items())


def _findings(about: About, places: Iterable[Any]) -> Iterator[tuple[str, str, str]]:
    """The id of a convention, a place that does not keep it, and what is to be said of that."""
    rows = [(id, convention) for id, convention in CONVENTIONS.items() if convention.about == about]
    for place, (id, convention) in product(places, rows):
        yield from ((id, place.place, said) for said in convention.look(place))
