"""Sight: what a consumer sees of a history, and the ways to it.

Everybody's history begins with today. That of a consumer who does not see some changes begins earlier: steps that they
never see lead from today to their newest version. And what they have no flag for is taken away at the end of each way.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from .hiding import Hides, Hiding
from .history import History
from .lens import Chain, idle, loses
from .links import Linking
from .rules import no_slot
from .shape import Family, Shape, Target
from .soundness import names_within
from .veil import Veil
from .way import Tread, Way


class Sight:
    """What is seen of a history of ``versions`` versions, with ``above`` unseen steps between these and today.

    ``hides`` says which fields are not seen. Positions are those of versions; 0 is the newest that the consumer sees.
    """

    def __init__(self, history: History, above: int, versions: int, hides: Hides = no_slot) -> None:
        self._history = history
        self._above = above
        self._versions = versions
        self._excused: dict[Family, Shape] = {}
        self._hiding = Hiding(self._shape, hides)
        self.hides = hides

    @property
    def _sees_all(self) -> bool:
        return self.hides is no_slot

    def _shape(self, target: Target, position: int) -> Shape:
        """What a target looks like in a version, with everything in it."""
        return self._history.shape(target, self._above + position)

    def shape(self, target: Target, position: int) -> Shape:
        """What the consumer sees of a target in the version at ``position``."""
        return self._shape(target, position) if self._sees_all else self._hiding.shape(target, position)

    def today(self, target: Target) -> Shape:
        """What a target looks like today; what the consumer does not see may be missing from what they write."""
        whole = self._history.shape(target, 0)
        if self._sees_all or not isinstance(target, Family):
            return whole
        if target not in self._excused:
            made = {name: slot.altered(required=False) for name, slot in whole.slots.items() if self.hides(slot)}
            self._excused.setdefault(target, whole.with_slots({**whole.slots, **made}) if made else whole)
        return self._excused[target]

    def shows_all(self, family: Family) -> bool:
        """Whether the consumer sees all of today's objects of a family, as they are."""
        steps = (self._history.step(family, at) for at in range(self._above))
        return all(map(idle, steps)) and idle(self._hiding.step(family, 0))

    def names(self) -> frozenset[str]:
        """Every field name that the consumer sees in any version."""
        families = self._history.families
        shapes = (self.shape(family, at) for family in families for at in range(self._versions))
        return frozenset().union(*map(names_within, shapes))

    def ways(self, family: Family) -> tuple[Way, ...]:
        """The ways to every version, each continuing the one before; steps that change nothing are left out."""
        way = Way()
        ways = [] if self._above else [self._ended(way, family, 0)]
        for at in range(self._above + self._versions - 1):
            further = self._further(way, family, at)
            position = at + 1 - self._above
            if position >= 0:
                ways.append(self._ended(further, family, position) if further is not way or not ways else ways[-1])
            way = further
        return tuple(ways)

    def _further(self, way: Way, family: Family, at: int) -> Way:
        """A way with the step of the history at ``at``, where that changes anything."""
        step = self._history.step(family, at)
        if idle(step):
            return way
        resolve = partial(self._history.shape, position=at + 1)
        newer = at - self._above
        told = at if newer < 0 else newer
        tread = Tread(step, told, max(newer, 0), max(newer + 1, 0), resolve(family), resolve)
        return Way((*way.treads, tread), way.loses or loses(step))

    def _ended(self, way: Way, family: Family, position: int) -> Way:
        """A way without what is hidden at its end, where anything is, and with the step of the links, if any."""
        links = Linking(partial(self.shape, position=position)).step(family)
        if self._sees_all or idle(step := self._hiding.step(family, position)):
            return way if links is None else replace(way, links=links)
        resolve = partial(self._hiding.shape, position=position)
        hiding = Tread(step, None, position, position, resolve(family), resolve)
        return Way((*way.treads, hiding), True, hiding, links)

    def veil(self, newest: Way, way: Way) -> Veil | None:
        """What is over the documents of a version, given the ways to it and to the newest; ``None`` for nothing."""
        if self._sees_all or not (newest.treads or way.hiding):
            return None
        return Veil(newest.chain, way.whole, Chain(()) if way.hiding is None else way.hiding.step)
