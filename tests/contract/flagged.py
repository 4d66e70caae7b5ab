"""Generated histories of which a consumer does not see all: some fields have a flag, wherever they nest."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from generated import Case, case, case_of_lists
from marshmallow import Schema

from translayer.contract.derivation import Derivation
from translayer.contract.flags import flag_of
from translayer.contract.history import History
from translayer.contract.lens import Chain
from translayer.contract.shape import Family, Resolve, Slot
from translayer.contract.translation import Translation
from translayer.errors import DeclarationError

FLAG = "beta"


def is_flagged(slot: Slot) -> bool:
    """Whether a consumer without any flags does not see a field."""
    return flag_of(slot) is not None


@dataclass(repr=False)
class Flagged(Case):
    """A history whose end is what a consumer without flags sees of its oldest version."""

    seen: Derivation = field(kw_only=True)

    @property
    def chain(self) -> Chain:  # type: ignore[override]
        return self.seen.chain(self.schemas[0], self.end)

    def translation(self, position: int, unknown: Any = "raise") -> Translation:
        """What the consumer sees of a version."""
        return self.seen.translation(self.schemas[0], position, unknown)

    def resolve(self, position: int) -> Resolve:
        if position < self.end:
            return super().resolve(position)
        return self.translation(position).check.resolve

    def shape(self, position: int) -> Any:
        return self.resolve(position)(self.family)


def flagged(seed: int, wanted: int, *, lists: bool = False) -> Flagged:
    """A case of ``wanted`` operations, some fields of whose schemas have a flag: as many as can have one."""
    known = (case_of_lists if lists else case)(seed, wanted)
    rnd, often = Random(seed), 0.5
    while True:
        for schema in known.schemas:
            mark(schema, rnd, often)
        try:
            history = History([Family(known.schemas[0])], known.changes)
            whole = Derivation({known.schemas[0]}, known.changes, keys={}, unknown="raise", limit=100)
        except DeclarationError:
            often = often / 2 if often > 0.01 else 0
            continue
        seen = whole.seen(is_flagged, None)
        return Flagged(
            known.rnd, known.schemas, known.changes, history, f"flagged({seed}, {wanted}, {lists})", seen=seen
        )


def mark(schema: type[Schema], rnd: Random, often: float) -> None:
    """Gives some fields of a schema the flag, and takes it off the others; keys have none."""
    for name, one in schema._declared_fields.items():
        metadata = {key: value for key, value in one.metadata.items() if key != "flag"}
        if name != "id" and rnd.random() < often:
            metadata["flag"] = FLAG
        one.metadata = metadata
