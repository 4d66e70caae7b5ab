"""Queries of URLs: the client's parameters as the app knows them, and those of the app's links as the client does.

Strategy: a query is taken apart into pairs, each of which becomes pairs of the other side by its name: a value goes
through the lenses of its version in a document that has little else in it, names in lists are looked up. What is the
same on both sides keeps its spelling, and a query of which all is the same goes on byte for byte. Inwards everything
wrong is collected, and refused at once; outwards what cannot be said is left as the app wrote it. What the client's
own pairs became is kept for one request, so that the app's links have them back as the client wrote them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from msgspec import Struct

from translayer.contract.counterparts import near, spelt
from translayer.contract.deprecation import Deprecation
from translayer.contract.grammar import Filter, Grammar, Names, Term
from translayer.contract.lens import Faults
from translayer.contract.limits import Limits
from translayer.contract.texts import text_of, value_of
from translayer.contract.translation import INCOMPLETE
from translayer.document.codec import shorten
from translayer.document.values import ABSENT, Absent, Json, equal
from translayer.errors import ContractViolation, Path, RequestError, Violation
from translayer.http.query import Parameter, parameters, query_of, written

_SIGNS: Final = ("-", "+", " ")
"""What may stand before a name to sort by; a plus that was not escaped is read as a space."""


class Said(NamedTuple):
    """What a client said in one or more of its pairs, and what that is to the app."""

    client: tuple[Parameter, ...]
    app: tuple[Parameter, ...]


class Asked(NamedTuple):
    """The query of a request as the app gets it, and what each part of it was to the client."""

    text: str
    said: tuple[Said, ...]


class Queries(Struct, frozen=True, eq=False):
    """The ways of queries of one route in one version."""

    grammar: Grammar
    limits: Limits

    def inward(self, query: str) -> Asked:
        """A client's query as the app takes it; raises ``RequestError`` (400) with all that is wrong with it."""
        pairs = parameters(query)
        self._refuse_too_many(pairs)
        said, faults = _Inward(self.grammar).read(pairs)
        if faults:
            unknown = any(fault.code == "UNKNOWN_FIELD" for fault in faults)
            told = tuple(dict.fromkeys(faults))[: self.limits.violations]
            raise RequestError("UNKNOWN_PARAMETER" if unknown else "INVALID_PARAMETER", violations=told)
        theirs = [pair for part in said for pair in part.app]
        same = len(theirs) == len(pairs) and all(one is other for one, other in zip(theirs, pairs, strict=True))
        return Asked(query if same else query_of(theirs), said)

    def deprecated(self, query: str) -> Iterable[Deprecation]:
        """The deprecations of the fields that a client's query names, as filters or in lists, each once."""
        known = self.grammar.deprecated
        if not known:
            return ()
        names = (name for pair in parameters(query) for name in self._named(pair))
        return dict.fromkeys(said for name in names for said in known.get(name, ()))

    def _named(self, pair: Parameter) -> Iterator[str]:
        """The fields that a parameter names."""
        found, query = self.grammar.by_client.get(pair.name), self.grammar.query
        if found is not None:
            yield spelt(_term(found.client, pair.name).place)
        elif pair.name in (query.sort, query.fields):
            yield from (_signed(item)[1] for item in (pair.value or "").split(",") if item)

    def outward(self, query: str, asked: Asked | None) -> str:
        """The query of one of the app's links as the client writes it; ``asked`` is that of its own request."""
        pairs = parameters(query)
        if len(pairs) > self.limits.parameters:  # as nobody could ask it
            return query
        theirs = _Outward(self.grammar, pairs).told(() if asked is None else asked.said)
        same = len(theirs) == len(pairs) and all(one is other for one, other in zip(theirs, pairs, strict=True))
        return query if same else query_of(theirs)

    def client_violation(self, violation: Violation) -> Violation | None:
        """What the app reported of a parameter, in the client's names; ``None`` where it is of none."""
        name = spelt(violation.path)
        if name in self.grammar.by_app:
            return replace(violation, path=(), parameter=self.grammar.by_app[name].client[0].name)
        query = self.grammar.query
        known = name in query.passing or name in (query.sort, query.fields)
        return replace(violation, path=(), parameter=name) if known else None

    def _refuse_too_many(self, pairs: Sequence[Parameter]) -> None:
        lists = (self.grammar.query.sort, self.grammar.query.fields)
        count = sum(1 + (pair.value or "").count(",") if pair.name in lists else 1 for pair in pairs)
        if count > self.limits.parameters:
            raise RequestError(
                "TOO_MANY_PARAMETERS",
                f"The query has {count} parameters and names in lists; at most {self.limits.parameters} are taken.",
            )


class _Inward:
    """One client's query on its way to the app."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._faults: list[Violation] = []
        self._given: dict[str, list[tuple[Parameter, Json]]] = {}

    def read(self, pairs: Sequence[Parameter]) -> tuple[tuple[Said, ...], list[Violation]]:
        """What the pairs are to the app, each where its first pair stood, and all that is wrong with them."""
        query, filters = self._grammar.query, self._grammar.by_client
        for pair in pairs:
            if pair.name in filters:
                self._given.setdefault(pair.name, []).append((pair, self._value(pair)))
        said: list[Said] = []
        turns: dict[str, int] = {}
        for pair in pairs:
            name = pair.name
            if name in filters:
                turn = turns[name] = turns.get(name, -1) + 1
                if name == filters[name].client[0].name or self._lacks(filters[name].client[0].name, turn):
                    said += self._filtered(filters[name], turn, pair)
            elif name == query.sort:
                said += self._listed(pair, self._sorted)
            elif name == query.fields:
                said += self._listed(pair, self._selected)
            elif name in query.passing or self._passes(name, self._grammar.known, self._grammar.hidden):
                said.append(Said((pair,), (pair,)))
            elif not self._is_dropped(name, self._grammar.hidden):
                self._note(shorten(name), "UNKNOWN_FIELD", "This version has no such parameter.")
        return tuple(said), self._faults

    def _note(self, name: str, code: str, message: str) -> None:
        self._faults.append(Violation((), code, message, name))

    def _passes(self, name: str, known: frozenset[str], hidden: frozenset[str]) -> bool:
        """Whether what is unknown goes on as it is; what another version or consumer knows never does."""
        return self._grammar.unknown == "pass" and name not in known and name not in hidden

    def _is_dropped(self, name: str, hidden: frozenset[str]) -> bool:
        """Whether what does not go on is dropped without a word, as what is hidden is where all else would go on."""
        return self._grammar.unknown == "exclude" or (self._grammar.unknown == "pass" and name in hidden)

    # Values

    def _value(self, pair: Parameter) -> Json | Absent:
        """The value of a filter in JSON, checked in the client's version; ``ABSENT`` where it is none."""
        term = _term(self._grammar.by_client[pair.name].client, pair.name)
        if pair.value is None:
            self._note(pair.name, "TYPE", "The value is no UTF-8.")
            return ABSENT
        found: Faults = []
        value = self._grammar.check.value(value_of(pair.value, term.slot), term.slot, found)
        self._faults += [Violation((), fault.code, fault.message, pair.name) for fault in found]
        return ABSENT if found else value

    def _lacks(self, name: str, turn: int) -> bool:
        return len(self._given.get(name, ())) <= turn

    def _filtered(self, found: Filter, turn: int, at: Parameter) -> Iterator[Said]:
        """A filter as the app takes it, with the value that each of its parameters has at its ``turn``."""
        missing = [term.name for term in found.client if self._lacks(term.name, turn)]
        if missing:
            self._note(at.name, "REQUIRED", f"This says nothing without {', '.join(map(repr, missing))}.")
            return
        given = [self._given[term.name][turn] for term in found.client]
        if not any(value is ABSENT for _, value in given):
            values = self._upgraded(found, [value for _, value in given])
            if values is not None:
                pairs = tuple(pair for pair, _ in given)
                yield Said(pairs, tuple(_rewritten(found.app, values, pairs, [value for _, value in given])))

    def _upgraded(self, found: Filter, values: Sequence[Json]) -> list[Json] | None:
        """The app's values for a client's; ``None`` where something is wrong with them, which is noted."""
        document: Json = {}
        beside: list[Path] = []
        for term in (term for other in found.companions for term in other.client):
            value = self._given[term.name][0][1] if term.name in self._given else ABSENT
            if value is not ABSENT:
                beside.append(term.place)
                document = laid(document, term.place, value)
        for term, value in zip(found.client, values, strict=True):
            document = laid(document, term.place, value)
        faults: Faults = []
        newest = found.lens.put(document, ABSENT, faults)
        ours = [fault for fault in faults if near(fault.path, found.places) or not near(fault.path, beside)]
        result = [_inner(term, newest, ours) for term in found.app]
        if not ours and all(text_of(value) is not None for value in result):
            return result
        code, message = (ours[0].code, ours[0].message) if ours else ("REQUIRED", INCOMPLETE)
        for term in found.client:
            self._note(term.name, code, message)
        return None

    # Names in lists

    def _listed(self, pair: Parameter, rewrite: Callable[[str, list[str]], list[str] | None]) -> Iterator[Said]:
        """A list of names as the app takes it: nothing where there is nothing left to say of it."""
        if pair.value is None:
            self._note(pair.name, "TYPE", "The value is no UTF-8.")
            return
        items = [item for item in pair.value.split(",") if item]
        names = rewrite(pair.name, items)
        if names is not None and (names or not items):
            yield Said((pair,), (pair if names == items else written(pair.name, ",".join(names)),))

    def _sorted(self, parameter: str, items: list[str]) -> list[str]:
        result: list[str] = []
        for item in items:
            sign, name = _signed(item)
            todays = self._grammar.sorting.get(name)
            if todays is None:
                result += self._unknown(parameter, name, item, "This version does not sort by")
            elif name not in self._grammar.followers:
                result += [sign + today for today in todays]
            elif not {sign + today for today in todays}.issubset(result):
                self._note(parameter, "RULE", f"{name!r} says nothing unless the piece before it stands before it.")
        return list(dict.fromkeys(result))

    def _selected(self, parameter: str, items: list[str]) -> list[str] | None:
        """The names of what takes to tell the fields; ``None`` where that is everything, which needs no saying."""
        result: list[str] = []
        for name in items:
            if name in self._grammar.everything:
                return None
            todays = self._grammar.selecting.get(name)
            result += self._unknown(parameter, name, name, "This version has no field") if todays is None else todays
        return list(dict.fromkeys(result))

    def _unknown(self, parameter: str, name: str, item: str, sentence: str) -> list[str]:
        """What becomes of a name that the version does not have."""
        if self._passes(name, self._grammar.known_names, self._grammar.hidden_names):
            return [item]
        if not self._is_dropped(name, self._grammar.hidden_names):
            self._note(parameter, "CHOICE", f"{sentence} {shorten(name)!r}.")
        return []


class _Outward:
    """The query of one of the app's links on its way to the client."""

    def __init__(self, grammar: Grammar, pairs: Sequence[Parameter]) -> None:
        self._grammar = grammar
        self._pairs: list[Parameter | None] = list(pairs)
        self._firsts = {pair.name: pair for pair in reversed(pairs)}
        self._told: list[tuple[int, Parameter]] = []

    def told(self, said: Sequence[Said]) -> list[Parameter]:
        """The client's pairs, in the order of the link's."""
        for part in said:
            self._take([self._find(pair) for pair in part.app], part.client)
        for found in self._grammar.filters:
            self._filtered(found)
        for at, pair in self._left():
            self._take([at], [self._listed(pair)])
        return [pair for _, pair in sorted(self._told, key=lambda told: told[0])]

    def _left(self) -> Iterator[tuple[int, Parameter]]:
        """What nothing was made of yet, and where it stands."""
        yield from [(at, pair) for at, pair in enumerate(self._pairs) if pair is not None]

    def _find(self, sought: Parameter) -> int | None:
        """Where a pair stands of this name and value."""
        return next((at for at, pair in self._left() if pair[1:] == sought[1:]), None)

    def _take(self, places: Sequence[int | None], pairs: Sequence[Parameter]) -> None:
        """Let pairs stand for those at some places, if all of them are there."""
        found = [at for at in places if at is not None]
        if found and len(found) == len(places):
            self._told += [(min(found), pair) for pair in pairs]
            for at in found:
                self._pairs[at] = None

    def _filtered(self, found: Filter) -> None:
        """Tell every value of a filter in the client's version, where it can be told."""
        places = [
            [at for at, pair in self._left() if pair.name == term.name and pair.value is not None] for term in found.app
        ]
        for turn in zip(*places, strict=False):
            told = self._downgraded(found, turn)
            if told is not None:
                self._take(turn, told)

    def _downgraded(self, found: Filter, turn: Sequence[int]) -> list[Parameter] | None:
        """The client's pairs for the app's at some places; ``None`` where the version has no words for them."""
        pairs = [pair for at in turn if (pair := self._pairs[at]) is not None]
        values = [self._read(term, pair) for term, pair in zip(found.app, pairs, strict=True)]
        newest: Json = {}
        try:
            for term in (term for other in found.companions for term in other.app):
                pair = self._firsts.get(term.name)
                if pair is not None:
                    newest = laid(newest, term.place, term.lens.get(self._read(term, pair)))
            for term, value in zip(found.app, values, strict=True):
                newest = laid(newest, term.place, term.lens.get(value))
            older = found.lens.get(newest)
        except ContractViolation:
            return None
        theirs = [at(older, place) for place in found.places]
        if any(text_of(value) is None for value in theirs):
            return None
        return list(_rewritten(found.client, theirs, pairs, values))

    def _read(self, term: Term, pair: Parameter) -> Json:
        """The app's value in JSON, as far as its text can be read."""
        return self._grammar.check.value(value_of(pair.value or "", term.slot), term.slot, [])

    def _listed(self, pair: Parameter) -> Parameter:
        """A list of names as the client knows them; any other pair is as it was."""
        query, items = self._grammar.query, (pair.value or "").split(",")
        if pair.name == query.sort:
            names = _collected([_signed(item) for item in items], self._grammar.sorting)
        elif pair.name == query.fields:
            names = _collected([("", item) for item in items], self._grammar.selecting)
        else:
            return pair
        return pair if names == items else written(pair.name, ",".join(names))


def _term(terms: Sequence[Term], name: str) -> Term:
    return next(term for term in terms if term.name == name)


def _signed(item: str) -> tuple[str, str]:
    """A sign, if there is one, and the name behind it."""
    return (item[:1], item[1:]) if item.startswith(_SIGNS) else ("", item)


def _collected(items: Sequence[tuple[str, str]], names: Names) -> list[str]:
    """Signed names of the app as a version has them: of several that begin alike, the one that says most at once."""
    result: list[str] = []
    at = 0
    while at < len(items):
        sign, name = items[at]
        fitting = [
            (len(todays), -order, older)
            for order, (older, todays) in enumerate(names.items())
            if todays[:1] == (name,) and list(items[at : at + len(todays)]) == [(sign, today) for today in todays]
        ]
        count, _, older = max(fitting, default=(1, 0, name))
        result.append(sign + older)
        at += count
    return result


def _rewritten(
    terms: Sequence[Term], values: Sequence[Json], pairs: Sequence[Parameter], before: Sequence[Json]
) -> Iterator[Parameter]:
    """The pairs of the other side; one for one, a value that is the same keeps its spelling."""
    for term, value in zip(terms, values, strict=True):
        if len(terms) == len(pairs) == 1 and equal(value, before[0]):
            yield pairs[0].called(term.name)
        else:
            yield written(term.name, str(text_of(value)))


def _inner(term: Term, newest: Json, faults: Faults) -> Json:
    """The app's value for what a newest document has in the place of a parameter; ``None`` where it has nothing."""
    value = at(newest, term.place)
    return None if value is ABSENT else term.lens.put(value, ABSENT, faults)


def at(document: Json, path: Path) -> Json | Absent:
    """What a document has at a place; ``ABSENT`` where there is nothing."""
    for token in path:
        there = range(len(document)) if isinstance(document, list) else document if isinstance(document, dict) else ()
        if token not in there:
            return ABSENT
        document = document[token]
    return document


def laid(document: Json | Absent, path: Path, value: Json) -> Json:
    """A document with a value laid at a place; objects, and lists of one, are made on the way.

    >>> laid({"a": 1}, ("legs", 0, "origin"), "AMS")
    {'a': 1, 'legs': [{'origin': 'AMS'}]}
    """
    if not path:
        return value
    token, rest = path[0], path[1:]
    if isinstance(token, int):
        return [laid(at(document, (0,)), rest, value)]
    members: Mapping[str, Json] = document if isinstance(document, dict) else {}
    return {**members, token: laid(members.get(token, ABSENT), rest, value)}
