"""What follows from today's schemas and the changes of every version, worked out once, when an ``Api`` is made.

Histories, lenses, rules and chains are made here and only looked up later; nothing knows URLs or resources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from copy import copy
from functools import cache, partial
from typing import Any

from marshmallow import Schema
from marshmallow.exceptions import RegistryError
from msgspec.structs import replace

from translayer.errors import DeclarationError

from .business import BusinessLenses, inner_place
from .check import Check, Unknown
from .export import Exporter
from .flags import flags_of_fields
from .hiding import Hides
from .history import Changes, History
from .lens import Chain, reads_the_same
from .marks import deprecations_of
from .rules import Rules, has_rules, of_today
from .shape import Family, families, read
from .sight import Sight
from .soundness import check_families
from .translation import Translation
from .way import Way


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
        self._keys = keys
        self._roots = [Family(schema) for schema in schemas]
        self._versions = len(changes) + 1
        history = _history(self._roots, changes, keys)
        self._history = history
        self.schemas = frozenset(family.schema for family in history.families)
        check_families(history.families, history.shape, self._versions)
        self.flags = flags_of_fields(history.families, history.shape, self._versions)
        self.deprecations = deprecations_of(history.families, history.shape, self._versions)
        self._todays = {family: history.shape(family, 0) for family in history.families}
        self._left = frozenset(
            id(rule) for shape in self._todays.values() for slot in shape.slots.values() for rule in of_today(slot)
        )
        resolve = partial(history.shape, position=0)
        self._business = BusinessLenses(self._todays, resolve, whole=False)
        self._whole = BusinessLenses(self._todays, resolve, whole=True)
        ruled = {family for family, shape in self._todays.items() if has_rules(shape)}
        self._rules = {family: self._rules_of(family, ruled) for family in self._roots}
        self._sight = Sight(history, 0, self._versions)
        self._reserved = self._everybodys = self._all_names(self._sight)
        self._exporter = Exporter(history.shape, self._left)
        self._ways = {family: self._sight.ways(family) for family in self._roots}
        # Lenses are known by identity, which their protocol does not say.
        self._reads_the_same: Callable[[Any], bool] = cache(reads_the_same)
        self._same = frozenset(family for family in self._roots if self._business.reads_the_same(family))
        self._translations: dict[tuple[type[Schema], int, Unknown], Translation] = {}
        self._checks: dict[tuple[int, Unknown, bool], Check] = {}
        self._todays_checks: dict[Unknown, Check] = {}

    def seen(self, hides: Hides, changes: Sequence[Changes] | None) -> Derivation:
        """What a consumer sees of all this who does not see the fields that it ``hides``.

        ``changes`` are all changes in another order, where some are unseen: those first, as told by versions that are
        newer than the newest. Raises ``DeclarationError`` where they make no sense so.
        """
        seen = copy(self)
        history, above = self._history, 0
        if changes is not None:
            history, above = _history(self._roots, changes, self._keys), len(changes) + 1 - self._versions
            flags_of_fields(history.families, history.shape, len(changes) + 1)
        seen._sight = sight = Sight(history, above, self._versions, hides)
        seen._reserved = self._all_names(sight)
        seen._exporter = Exporter(sight.shape, self._left, sight.shows_all)
        seen._ways = {family: sight.ways(family) for family in self._roots}
        seen._translations, seen._checks, seen._todays_checks = {}, {}, {}
        return seen

    def flags_spoken_of(self, position: int, schema: type[Schema], index: int) -> frozenset[str]:
        """The flags of the fields that an operation on a schema speaks of, the one at ``index`` of a version."""
        return self._history.flags_spoken_of(position, schema, index)

    def nested(self, schema: type[Schema]) -> frozenset[type[Schema]]:
        """The schemas that one nests in any version, at any depth, and the schema itself."""
        return self._history.nested(schema)

    def _all_names(self, sight: Sight) -> frozenset[str]:
        """Every field name of every version, and the app's own; such a name is never taken for an unknown field."""
        outer = sight.names()
        return outer | {
            inner_place(slot)[0]
            for shape in self._todays.values()
            for name, slot in shape.slots.items()
            if name in outer and not sight.hides(slot)
        }

    def _rules_of(self, family: Family, ruled: set[Family]) -> Rules | None:
        """What marshmallow is asked of documents of a schema, where it or one that it nests has such rules."""
        if ruled.isdisjoint(self._history.reached(family)):
            return None
        return Rules(family.instance(), self._history.shape(family, 0), lambda target: self._history.shape(target, 0))

    def chain(self, schema: type[Schema], position: int) -> Chain:
        """The lens from the newest documents of a schema to those of the version at ``position``."""
        return self.way(schema, position).chain

    def way(self, schema: type[Schema], position: int) -> Way:
        """The steps from the newest documents of a schema to those of the version at ``position``."""
        return self._ways[Family(schema)][position]

    def schema(self, schema: type[Schema], position: int, version: str) -> type[Schema]:
        """A schema as the version at ``position``, called ``version``, has it."""
        return self._exporter.schema(Family(schema), position, version)

    def translation(self, schema: type[Schema], position: int, unknown: Unknown | None) -> Translation:
        """The way between the app's objects and the documents that the version at ``position`` makes of them."""
        key = schema, position, unknown or self._unknown
        if key not in self._translations:
            self._translations.setdefault(key, self._translation(Family(schema), *key[1:]))
        return self._translations[key]

    def _translation(self, family: Family, position: int, unknown: Unknown) -> Translation:
        way, sight, rules = self._ways[family][position], self._sight, self._rules[family]
        changed = position or way.whole.lenses
        return Translation(
            business=self._business.of(family),
            whole=self._whole.of(family),
            chain=way.outer,
            shape=sight.shape(family, position),
            newest=sight.today(family),
            check=self._check(position, unknown),
            strict=self._check(position, "raise", firm=True),
            lenient=self._check(position, "exclude"),
            today=self._today(unknown) if changed else None,
            rules=rules if rules is None else replace(rules, excuses=sight.hides),
            limit=self._limit,
            loses=way.loses or way.respells,
            untouched=family in self._same and all(self._reads_the_same(step) for step in way.outer.lenses),
            veil=sight.veil(self._ways[family][0], way),
            linked=way.links is not None,
        )

    def _today(self, unknown: Unknown) -> Check:
        """The check of what a client's document became; what the app has said itself is not held against the client."""
        # What no client sent was made up by an author's function, and goes no further.
        policy: Unknown = "pass" if unknown == "pass" else "exclude"
        if policy not in self._todays_checks:
            check = Check(self._sight.today, policy, frozenset(), self._left, self._limit, trusting=True)
            self._todays_checks.setdefault(policy, check)
        return self._todays_checks[policy]

    def _check(self, position: int, unknown: Unknown, *, firm: bool = False) -> Check:
        """The check of a version, which is the same for all of its schemas."""
        key = position, unknown, firm
        if key not in self._checks:
            resolve = partial(self._sight.shape, position=position)
            hidden = self._everybodys - self._reserved
            check = Check(resolve, unknown, self._reserved, self._left, self._limit, firm, hidden=hidden)
            self._checks.setdefault(key, check)
        return self._checks[key]


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
