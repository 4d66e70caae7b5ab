"""What follows from today's schemas and the changes of every version, worked out once, when an ``Api`` is made.

Histories, lenses, rules and chains are made here and only looked up later; nothing knows URLs or resources.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

from marshmallow import Schema
from marshmallow.exceptions import RegistryError

from translayer.errors import DeclarationError

from .business import BusinessLenses, inner_place
from .check import Check, Unknown
from .export import Exporter
from .history import Changes, History
from .lens import Chain, idle, loses, reads_the_same
from .links import Linking
from .rules import Rules, has_rules, of_today
from .shape import Family, Shape, families, read
from .soundness import check_families, names_within
from .translation import Translation


class _Way(NamedTuple):
    """The chain from the newest version to another, whether something is out of sight there, and the ``whole`` chain:
    behind it may be the step in which links become the client's, and then it is ``linked``; ``respells`` says that
    clients may write some of these.
    """

    chain: Chain
    loses: bool
    whole: Chain
    linked: bool
    respells: bool


_NEWEST: Final = Chain(())


class Derivation:
    """Shapes, lenses, checks and rules of ``schemas`` over ``changes``, newest version first.

    ``keys`` are the fields by which objects of a schema are recognised in lists that declare none themselves.
    ``unknown`` is the policy where nothing more particular is said, ``limit`` bounds the violations of a document.
    Raises ``DeclarationError``.
    """

    def __init__(
        self,
        schemas: Set[type[Schema]],
        changes: Sequence[Changes],
        *,
        keys: Mapping[type[Schema], str],
        unknown: Unknown,
        limit: int,
    ) -> None:
        self._unknown: Unknown = unknown
        self._limit = limit
        self._versions = len(changes) + 1
        self._history = _history({Family(schema) for schema in schemas}, changes, keys)
        self.schemas = frozenset(family.schema for family in self._history.families)
        check_families(self._history.families, self._history.shape, self._versions)
        today = {family: self._history.shape(family, 0) for family in self._history.families}
        self._left = frozenset(
            id(rule) for shape in today.values() for slot in shape.slots.values() for rule in of_today(slot)
        )
        self._reserved = self._all_names(today)
        resolve = partial(self._history.shape, position=0)
        self._business = BusinessLenses(today, resolve, whole=False)
        self._whole = BusinessLenses(today, resolve, whole=True)
        self._exporter = Exporter(self._history, self._left)
        roots = [Family(schema) for schema in schemas]
        self._ways = {family: self._ways_of(family) for family in roots}
        ruled = {family for family, shape in today.items() if has_rules(shape)}
        self._rules = {family: self._rules_of(family, ruled) for family in roots}
        self._translations: dict[tuple[Family, int, Unknown], Translation] = {}

    def _all_names(self, today: Mapping[Family, Shape]) -> frozenset[str]:
        """Every field name of every version, and the app's own; such a name is never taken for an unknown field."""
        inner = {inner_place(slot)[0] for shape in today.values() for slot in shape.slots.values()}
        shapes = (self._history.shape(family, at) for family in today for at in range(self._versions))
        return frozenset(inner).union(*map(names_within, shapes))

    def _ways_of(self, family: Family) -> tuple[_Way, ...]:
        """The ways to every version, each continuing the one before; steps that change nothing are left out."""
        ways = [self._way(_NEWEST, family, 0, hides=False)]
        for position in range(self._versions - 1):
            way, step = ways[-1], self._history.step(family, position)
            if not idle(step):
                chain = Chain((*way.chain.lenses, step))
                way = self._way(chain, family, position + 1, hides=way.loses or loses(step))
            ways.append(way)
        return tuple(ways)

    def _way(self, chain: Chain, family: Family, position: int, *, hides: bool) -> _Way:
        links = Linking(partial(self._history.shape, position=position)).step(family)
        if links is None:
            return _Way(chain, hides, chain, linked=False, respells=False)
        return _Way(chain, hides, Chain((*chain.lenses, links)), linked=True, respells=loses(links))

    def _rules_of(self, family: Family, ruled: set[Family]) -> Rules | None:
        """What marshmallow is asked of documents of a schema, where it or one that it nests has such rules."""
        if ruled.isdisjoint(self._history.reached(family)):
            return None
        return Rules(family.instance(), self._history.shape(family, 0), lambda target: self._history.shape(target, 0))

    def chain(self, schema: type[Schema], position: int) -> Chain:
        """The lens from the newest documents of a schema to those of the version at ``position``."""
        return self._ways[Family(schema)][position].chain

    def schema(self, schema: type[Schema], position: int, version: str) -> type[Schema]:
        """A schema as the version at ``position``, called ``version``, has it."""
        return self._exporter.schema(Family(schema), position, version)

    def translation(self, schema: type[Schema], position: int, unknown: Unknown | None) -> Translation:
        """The way between the app's objects and the documents that the version at ``position`` makes of them."""
        key = Family(schema), position, unknown or self._unknown
        if key not in self._translations:
            self._translations.setdefault(key, self._translation(*key))
        return self._translations[key]

    def _translation(self, family: Family, position: int, unknown: Unknown) -> Translation:
        way = self._ways[family][position]
        return Translation(
            business=self._business.of(family),
            whole=self._whole.of(family),
            chain=way.whole,
            shape=self._history.shape(family, position),
            newest=self._history.shape(family, 0),
            check=self._check(position, unknown, self._reserved),
            strict=self._check(position, "raise", self._reserved, firm=True),
            lenient=self._check(position, "exclude", self._reserved),
            today=self._today(unknown) if position else None,
            rules=self._rules[family],
            limit=self._limit,
            loses=way.loses or way.respells,
            untouched=reads_the_same(way.whole) and self._business.reads_the_same(family),
            linked=way.linked,
        )

    def _today(self, unknown: Unknown) -> Check:
        """The check of what a client's document became; what the app has said itself is not held against the client."""
        # What no client sent was made up by an author's function, and goes no further.
        check = self._check(0, "pass" if unknown == "pass" else "exclude", frozenset())
        return replace(check, trusting=True)

    def _check(self, position: int, unknown: Unknown, reserved: frozenset[str], *, firm: bool = False) -> Check:
        resolve = partial(self._history.shape, position=position)
        return Check(resolve, unknown, reserved, self._left, self._limit, firm)


def _history(roots: Iterable[Family], changes: Sequence[Changes], keys: Mapping[type[Schema], str]) -> History:
    """The history; what marshmallow says of the older fields in it is said of the declaration."""
    _refuse_unmade(roots)
    try:
        return History(roots, changes, keys)
    except RegistryError as error:
        raise DeclarationError(f"marshmallow cannot make a field of was=: {error}") from error


def _refuse_unmade(roots: Iterable[Family]) -> None:
    """What marshmallow says of today's schemas, as soon as one is made, is said of the declaration."""
    seen: set[Family] = set()
    waiting = list(roots)
    while waiting:
        family = waiting.pop()
        if family not in seen:
            seen.add(family)
            try:
                waiting.extend(families(read(family)))
            except (RegistryError, ValueError, TypeError, AttributeError) as error:
                raise DeclarationError(f"marshmallow cannot make {family.schema.__name__}: {error}") from error
