"""What a check finds wrong in one document: so many violations, and a bounded account of rules that failed.

A body can break a rule in every other byte. So violations beyond the limit are not even made; and an author's rule
that fails, rather than say what is wrong, is told to the log once for a document, however many values it fails on.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from marshmallow import ValidationError

from translayer.errors import Path, Violation, pointer

from .lens import Faults
from .rules import UNREADABLE, messages
from .shape import Slot

log = logging.getLogger("translayer")


@dataclass(frozen=True, eq=False, slots=True)
class Findings:
    """Where the violations in one document are noted: in ``faults``, until there are ``limit`` of them.

    ``replaced`` says that the document takes the place of all that is there; ``silent`` that the log is not told, since
    the document will be looked at again.
    """

    faults: Faults
    limit: int
    replaced: bool = False
    silent: bool = False
    _failures: dict[int, list[Path]] = field(default_factory=lambda: defaultdict(list))
    """For each rule that failed, by ``id``, the places where it did."""

    @property
    def full(self) -> bool:
        """Whether there is no need to look for more."""
        return len(self.faults) >= self.limit

    def note(self, found: Iterable[Violation]) -> None:
        """Note as many violations as there is room for; the others are not made."""
        self.faults.extend(islice(found, max(0, self.limit - len(self.faults))))

    def refused(self, error: Exception, by: object, path: Path, code: str, slot: Slot | None = None) -> None:
        """Note what a rule or a field said of a value; one that failed otherwise has refused it too."""
        if self.full:
            return
        if not isinstance(error, ValidationError):
            self._failed(error, by, path)
            error = ValidationError(UNREADABLE)
        self.note(Violation(path + place, code, message) for place, message in messages(error.messages, slot))

    def _failed(self, error: Exception, by: object, path: Path) -> None:
        if id(by) not in self._failures and not self.silent:
            log.warning("a rule failed at %r: %r", pointer(path), error)
        self._failures[id(by)].append(path)

    def close(self) -> None:
        """Tell the log how often each rule failed that did so more than once."""
        for first, *others in self._failures.values():
            if others:
                log.warning("the rule that failed at %r failed %d times more", pointer(first), len(others))
