"""Ways: the steps from today's documents of a schema to those of a version, each with what it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from msgspec import Struct

from .lens import Chain, Step, loses
from .shape import Resolve, Shape


class Tread(Struct, frozen=True, eq=False):
    """A step on a way: between the versions at positions ``newer`` and ``older``, told by that at ``told``, if by any.

    ``shape`` is what it leads to, and ``resolve`` gives shapes there.
    """

    step: Step
    told: int | None
    newer: int
    older: int
    shape: Shape
    resolve: Resolve


@dataclass(frozen=True, eq=False)
class Way:
    """The steps that change anything, newest first, and whether something is out of sight at their end.

    ``hiding`` is the last of them where it takes away what the consumer has no flag for. ``links`` is the step behind
    them in which links become the client's, which no version tells; ``None`` where there are none.
    """

    treads: tuple[Tread, ...] = ()
    loses: bool = False
    hiding: Tread | None = None
    links: Step | None = None

    @cached_property
    def chain(self) -> Chain:
        """All steps as one lens."""
        return Chain(tuple(tread.step for tread in self.treads))

    @cached_property
    def outer(self) -> Chain:
        """All steps and that of the links, as clients of a service meet them."""
        return self.chain if self.links is None else Chain((*self.chain.lenses, self.links))

    @property
    def respells(self) -> bool:
        """Whether clients may write links, of which they see one spelling of several."""
        return self.links is not None and loses(self.links)

    @cached_property
    def whole(self) -> Chain:
        """The steps to the version itself, with everything in it."""
        return Chain(tuple(tread.step for tread in self.treads if tread is not self.hiding))
