"""Fast paths: from the bytes of one body to the bytes of another, by code that was made for the way between them.

A fast path is optimistic. What it takes, its slow twin (``contract.translation`` between ``decode`` and ``encode``)
takes too, with the very same bytes; whatever it does not take is left to the twin, whose word is final, for
acceptance as for what is told of a refusal.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from translayer.document.values import ABSENT, Absent

log = logging.getLogger("translayer")


class FastPath(Struct, frozen=True, eq=False):
    """One body in one direction.

    ``run`` is from bytes, of a page with what stands beside its documents, to bytes, and raises whatever it likes for
    what it does not take; ``None`` where there is no fast path, and then ``reasons`` say why, a sentence each.
    ``source`` is the text of what was compiled.
    """

    run: Callable[..., bytes] | None
    source: str = ""
    reasons: tuple[str, ...] = ()

    def take(self, body: bytes, beside: Any = None) -> bytes | Absent:
        """The bytes that ``body`` becomes, with what stands ``beside`` it, or ``ABSENT`` where its slow twin has to
        decide.
        """
        if self.run is None:
            return ABSENT
        try:
            return self.run(body) if beside is None else self.run(body, beside)
        except Exception as error:  # whatever it is, the slow twin says what
            log.debug("a body is left to the slow twin: %r", error, exc_info=True)
            return ABSENT
