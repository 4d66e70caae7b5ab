"""Grammars: what the parameters of a ``Query`` are called in a version, and where their values come from and go to.

A grammar is derived from the lenses of the version, once, when an ``Api`` is made: for every field that a filter, a
sorting or a list of fields can name, what it is called today by the app. Clients say names of their version's
documents, the app sees those of its business object. Values are left to the lenses: a value is put into a document
that has nothing else in it, and found in what becomes of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeAlias

from marshmallow import fields

from translayer.errors import DeclarationError, Path

from .business import Business, Computed, Plucked, Recognised, Same
from .check import Check, Unknown
from .counterparts import Places, narrowed, near, newer_places, places, spelt
from .deprecation import Deprecation, deprecation_of_field
from .lens import Chain, Deferred, Each, Lens
from .links import MARK as LINK
from .query import Query
from .shape import Many, One, Slot
from .texts import asked, is_plain
from .translation import Translation

_SAME: Final = Same()

Names: TypeAlias = Mapping[str, tuple[str, ...]]
"""What the app calls each name of a version: several, where a field was split, and none, where nothing has it today."""

_COMPUTED: Final = (fields.Method, fields.Function, fields.Constant)
"""Fields whose values are made of the whole object."""


@dataclass(frozen=True, eq=False)
class Term:
    """A parameter with a value of one field: its name, the place of the field in a document, and the field.

    ``lens`` is that of the value between the newest document and the app's object.
    """

    name: str
    place: Path
    slot: Slot
    lens: Lens = _SAME


@dataclass(frozen=True, eq=False)
class Filter:
    """Parameters of a version, and what they are to the app: one and one, but where fields were split or joined.

    ``lens`` is what leads from the newest document to the version's as far as their fields are concerned, and those of
    ``companions``, whose values a translator may ask for beside theirs.
    """

    client: tuple[Term, ...]
    app: tuple[Term, ...]
    lens: Lens = _SAME
    companions: tuple[Filter, ...] = ()

    @property
    def places(self) -> tuple[Path, ...]:
        """Where the version's documents have the values."""
        return tuple(term.place for term in self.client)


@dataclass(frozen=True, eq=False)
class Grammar:
    """The parameters of one route in one version.

    ``sorting`` are the names that ``query.sort`` may list, ``followers`` those of them that say nothing unless another
    piece of the same field stands before them. ``selecting`` are those that ``query.fields`` may list;
    ``everything`` those of them that take all of the app's object to tell. ``known`` and ``known_names`` are the
    parameters, and the names in lists, of any version, which are never passed on as unknown; ``hidden`` and
    ``hidden_names`` those that only others see, which are dropped where unknown ones are passed on. ``deprecated`` are
    the fields of the version that are, or stand in what is, by their names.
    """

    query: Query
    unknown: Unknown
    filters: tuple[Filter, ...]
    sorting: Names
    followers: frozenset[str]
    selecting: Names
    everything: frozenset[str]
    check: Check
    deprecated: Mapping[str, tuple[Deprecation, ...]]
    known: frozenset[str] = frozenset()
    known_names: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    hidden_names: frozenset[str] = frozenset()

    @cached_property
    def by_client(self) -> Mapping[str, Filter]:
        """The filter of each of the version's parameters."""
        return {term.name: found for found in self.filters for term in found.client}

    @cached_property
    def by_app(self) -> Mapping[str, Filter]:
        """The filter of each of the app's parameters that the version has."""
        return {term.name: found for found in self.filters for term in found.app}


def grammars(
    query: Query, today: Translation, translations: Sequence[Translation], unknown: Unknown, where: str
) -> tuple[Grammar, ...]:
    """The grammar of every version, newest first, for documents that ``translations`` lead to.

    ``today`` is the way of everything to the newest version, whatever the consumer sees of it.

    Raises ``DeclarationError`` for fields that there are not, and for a parameter that would mean two things.
    """
    deriver = _Deriver(query, today, unknown, where)
    made = {id(chain): deriver.grammar(way) for chain, way in {way.chain: way for way in translations}.items()}
    others = frozenset(query.parameters) - query.field_of.keys()
    known = others.union(*({*grammar.by_client, *grammar.by_app} for grammar in made.values()))
    names = frozenset(_all_names(made.values()))
    complete = {key: replace(grammar, known=known, known_names=names) for key, grammar in made.items()}
    return tuple(complete[id(way.chain)] for way in translations)


def less_hidden(grammars: Sequence[Grammar], everybodys: Sequence[Grammar]) -> tuple[Grammar, ...]:
    """Grammars of a consumer who does not see everything, which tell what is hidden from what is unknown."""
    every = everybodys[0]
    return tuple(
        replace(grammar, hidden=every.known - grammar.known, hidden_names=every.known_names - grammar.known_names)
        for grammar in grammars
    )


def _all_names(found: Iterable[Grammar]) -> Iterator[str]:
    for grammar in found:
        for table in (grammar.sorting, grammar.selecting):
            for name, todays in table.items():
                yield from (name, *todays)


class _Deriver:
    """Derives the grammars of one route, from what its parameters are today."""

    def __init__(self, query: Query, newest: Translation, unknown: Unknown, where: str) -> None:
        self._query = query
        self._unknown = unknown
        self._where = where
        self._business = newest.business
        self._today = places(newest.shape, newest.check.resolve)
        plain = {spelt(place): place for place, slot in self._today.items() if is_plain(slot)}
        self._fields = {name: self._place(name, field, plain) for name, field in query.field_of.items()}
        self._sortable = frozenset(self._plain(f"sortable={name!r}", name, plain) for name in query.sortable)
        own = [name for name in query.parameters if name not in self._followed]
        self._refuse_twins([*own, *map(self._app_name, self._followed.values())], "to the app")

    @cached_property
    def _followed(self) -> Mapping[str, Path]:
        """The filters that are called as their fields are, in every version."""
        return {name: place for name, place in self._fields.items() if self._query.field_of[name] == name}

    def _plain(self, what: str, field: str, plain: Mapping[str, Path]) -> Path:
        if field not in plain:
            listed = ", ".join(sorted(plain)) or "none at all"
            raise DeclarationError(
                f"{self._where} has {what}, which is no plain field of today's documents that clients see; "
                f"there are {listed}"
            )
        return plain[field]

    def _place(self, name: str, field: str, plain: Mapping[str, Path]) -> Path:
        place = self._plain(f"the filter {name!r} of {field!r}", field, plain)
        if self._today[place].field.metadata.get(LINK):
            raise DeclarationError(
                f"{self._where} has the filter {name!r} of {field!r}, which holds links: what a client calls one only "
                f"a request can say. Filter by what the link is made of, or let the parameter pass with others="
            )
        return plain[field]

    def _refuse_twins(self, names: Sequence[str], when: str) -> None:
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DeclarationError(
                f"{self._where} would have the parameter {twice[0]!r} mean two things {when}: give the filter of "
                f"today's field a name of its own, as in filters={{'by_…': '…'}}, or call the other parameter otherwise"
            )

    def grammar(self, way: Translation) -> Grammar:
        """The grammar of a version."""
        found, chain = places(way.shape, way.check.resolve), Chain(way.steps)
        sorting, followers = self._sorting(found, chain) if self._query.sort else ({}, frozenset())
        selecting = self._selecting(found, chain) if self._query.fields else {}
        grammar = Grammar(
            query=self._query,
            unknown=self._unknown,
            filters=_complete(tuple(self._filters(found, chain)), chain),
            sorting=sorting,
            followers=followers,
            selecting={name: todays or () for name, todays in selecting.items()},
            everything=frozenset(name for name, todays in selecting.items() if todays is None),
            check=way.check,
            deprecated=dict(_deprecated(found)),
        )
        others = [name for name in self._query.parameters if name not in self._fields]
        filters = [term.name for found in grammar.filters for term in found.client]
        self._refuse_twins([*others, *filters], "in an older version")
        return grammar

    # Filters

    def _filters(self, found: Places, chain: Chain) -> Iterator[Filter]:
        """What the filters are in a version; one whose field it does not have, or has only a part of, is not there."""
        plain = {place: newer_places(chain, place) for place, slot in found.items() if is_plain(slot)}
        sources: dict[Path, list[Path]] = {}
        for place, todays in plain.items():
            for today in todays:
                sources.setdefault(today, []).append(place)
        declared = frozenset(self._followed.values())
        told: set[Path] = set()
        for today in self._followed.values():
            theirs, ours = _connected(today, plain, sources)
            if theirs and declared.issuperset(ours) and not told.intersection(ours):
                told.update(ours)
                yield Filter(
                    tuple(Term(spelt(place), place, asked(found[place])) for place in theirs),
                    tuple(self._term(place) for place in ours),
                )
        for name, today in self._fields.items():
            theirs, ours = _connected(today, plain, sources)
            if name not in self._followed and len(theirs) == len(ours) == 1:
                yield Filter((Term(name, theirs[0], asked(found[theirs[0]])),), (self._term(today, name),))

    def _term(self, place: Path, name: str | None = None) -> Term:
        """A parameter as the app takes it."""
        _, lens = _inner(self._business, place)
        return Term(name or self._app_name(place), place, asked(self._today[place]), lens)

    def _app_name(self, place: Path) -> str:
        """What the app calls a place of the newest documents: the name in its own object."""
        return spelt(_inner(self._business, place)[0])

    # Names in lists

    def _sorting(self, found: Places, chain: Chain) -> tuple[Names, frozenset[str]]:
        """The names that documents of a version can be sorted by, and those that only follow another piece."""
        names: dict[str, tuple[str, ...]] = {}
        followers = set()
        for place, slot in found.items():
            todays = newer_places(chain, place) if is_plain(slot) else ()
            if todays and all(map(self._is_sortable, todays)):
                names[spelt(place)] = tuple(map(self._app_name, todays))
                if chain.older_path(todays[0]) != place:
                    followers.add(spelt(place))
        return names, frozenset(followers)

    def _is_sortable(self, today: Path) -> bool:
        """Whether the app can sort by a place of today's documents."""
        if self._sortable:
            return today in self._sortable
        return today in self._today and is_plain(self._today[today])

    def _selecting(self, found: Places, chain: Chain) -> Mapping[str, tuple[str, ...] | None]:
        """The names that a reply can be made of; ``None`` for one that takes all of the app's object."""
        return {
            spelt(place): self._told(self._all_of(place, found, chain)) for place in found if isinstance(place[-1], str)
        }

    def _all_of(self, place: Path, found: Places, chain: Chain) -> list[Path]:
        """The places of today that tell what is at a place of a version: an object, or what comes of its parts."""
        itself = [self._nearest(today) for today in newer_places(chain, place, whole=True)]
        parts = [
            self._nearest(today)
            for inner in found
            if inner[: len(place)] == place and inner != place and not isinstance(found[inner], One | Many)
            for today in newer_places(chain, inner, whole=True)
        ]
        whole = len(itself) == 1 and itself[0] and all(part[: len(itself[0])] == itself[0] for part in parts)
        return itself if whole or not parts else parts

    def _nearest(self, today: Path) -> Path:
        """The place itself, or the object around it that has it, or that it is computed from."""
        while today and (today not in self._today or isinstance(self._today[today].field, _COMPUTED)):
            today = today[:-1]
        return today

    def _told(self, todays: Sequence[Path]) -> tuple[str, ...] | None:
        """The app's names of places, less those inside others."""
        if () in todays:
            return None
        names = list(map(self._app_name, todays))
        outermost = (name for name in names if not any(name.startswith(f"{other}.") for other in names))
        return tuple(dict.fromkeys(outermost))


def _deprecated(found: Places) -> Iterator[tuple[str, tuple[Deprecation, ...]]]:
    """The names of deprecated fields, and of those inside them, with what is said of them."""
    for place in found:
        around = (place[:end] for end in range(1, len(place) + 1))
        said = [deprecation_of_field(found[path].field) for path in around]
        if any(said):
            yield spelt(place), tuple(filter(None, said))


def _complete(filters: Sequence[Filter], chain: Chain) -> tuple[Filter, ...]:
    """The filters, each with its lens, and with those whose values go through the same translator."""
    held = [_onto(found.places, chain) for found in filters]
    result = []
    for found, objects in zip(filters, held, strict=True):
        companions = tuple(
            other
            for other, theirs in zip(filters, held, strict=True)
            if set(other.places).isdisjoint(found.places) and any(near(place, theirs) for place in objects)
        )
        places = [place for one in (found, *companions) for place in one.places]
        result.append(replace(found, lens=narrowed(chain, places), companions=companions))
    return tuple(result)


def _onto(places: Iterable[Path], chain: Chain) -> list[Path]:
    """What values come to as far as translators are concerned: the objects that these make."""
    return [today for place in places for today in newer_places(chain, place, whole=True)]


def _connected(
    today: Path, plain: Mapping[Path, tuple[Path, ...]], sources: Mapping[Path, list[Path]]
) -> tuple[list[Path], list[Path]]:
    """The places of a version that say something of a place of today, and all that these say, and so on."""
    theirs: list[Path] = []
    ours = [today]
    for place in ours:  # which grows meanwhile
        for source in sources.get(place, ()):
            if source not in theirs:
                theirs.append(source)
                ours += [other for other in plain[source] if other not in ours]
    return theirs, ours


def _inner(business: Lens, place: Path) -> tuple[Path, Lens]:
    """Where the app's object has what the newest document has at a place, and the lens of the value there."""
    inner: Path = ()
    lens = business
    for token in place:
        lens = _opened(lens)
        if isinstance(lens, Business):
            member = lens.members[str(token)]
            inner, lens = inner + member.place, member.lens
        else:
            assert isinstance(lens, Each)  # a place leads through objects and lists only
            inner, lens = (*inner, 0), lens.inner
    if isinstance(lens, Plucked):
        return inner + lens.member.place, lens.member.lens
    return inner, lens if isinstance(lens, Computed) else _SAME


def _opened(lens: Lens) -> Lens:
    """A lens without what only stands around it."""
    while isinstance(lens, Deferred | Recognised):
        lens = lens.lens if isinstance(lens, Deferred) else lens.inner
    return lens
