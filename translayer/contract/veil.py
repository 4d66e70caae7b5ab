"""The veil: which places of today's documents a consumer without some flags does not know of.

Violations of today's rules, and the app's own, speak of these places too. A consumer is told that something is wrong
with the object, and neither where nor what: both would show what is hidden.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from translayer.errors import Path, Violation

from .lens import Chain, Lens

UNSEEN: Final = "A rule of the service is broken."
"""What is said where the rule is one of something that the consumer does not see."""


class Veil(Struct, frozen=True, eq=False):
    """What is hidden in one version.

    ``newest`` leads from today's documents to what the consumer sees of the newest version; ``way`` to the version
    itself with everything in it, and ``hiding`` from there to what the consumer sees.
    """

    newest: Chain
    way: Chain
    hiding: Lens

    def covers(self, path: Path) -> bool:
        """Whether a place in today's document is none that the consumer knows of."""
        older = self.way.older_path(path)
        return self.newest.newer_path(self.newest.older_path(path)) != path or self.hiding.older_path(older) != older

    def over(self, violation: Violation, seen: Violation) -> Violation:
        """A violation of today's document as the consumer is told of it; ``seen`` is the one in the client's names."""
        return Violation(seen.path, "RULE", UNSEEN) if self.covers(violation.path) else seen
