"""The bounds on what comes from outside, each with its reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from translayer.document.patch import PatchLimits
from translayer.errors import DeclarationError


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that an API may set otherwise; sizes in bytes.

    ``body``: a request body is held in memory whole while it is translated.
    ``values``: so are the JSON values in it, each of which costs far more room and time than its two bytes of text.
    An empty array or object counts as two.
    ``inflated``: so is a reply that the app compressed, and a few bytes can inflate to gigabytes.
    ``violations``: how many are reported at once; a document can break a rule a million times.
    ``operations``: how many a JSON Patch may have; each is a walk through the document.
    ``copied``: what its ``copy`` operations may bring, or as much as the document had; forty bytes of patch can double
    a document.
    ``parameters``: how many a query may have, names in its lists included, where it is translated; each value is a
    document that is converted by itself, and a URL has room for thousands.
    ``attempts``: how often a patch is applied to fresh state when the object keeps changing under it.
    ``flag_sets``: for how many sets of flags what was compiled is kept; each is as large as the API.
    """

    body: int = 10 * 2**20
    values: int = 100_000
    inflated: int = 256 * 2**20
    violations: int = 100
    operations: int = 1_000
    copied: int = 2**20
    parameters: int = 100
    attempts: int = 5
    flag_sets: int = 16

    def __post_init__(self) -> None:
        for name, bound in asdict(self).items():
            if not isinstance(bound, int) or isinstance(bound, bool) or bound < 1:
                raise DeclarationError(f"Limits({name}={bound!r}): a bound is a positive whole number")

    @property
    def patch(self) -> PatchLimits:
        """Those of them that hold for one JSON Patch."""
        return PatchLimits(self.operations, self.copied)
