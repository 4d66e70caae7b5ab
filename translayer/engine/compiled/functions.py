"""Functions: the whole way of a document, composed into functions from record to struct."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from translayer.contract.translation import Translation

from .kinds import Inexpressible, Record
from .nodes import Passage, Table
from .passages import Declared, Reading, Today, Writing
from .quotes import Count, Quotes
from .reading import declare, read
from .records import Sent, Told, titled
from .rules import ask
from .scope import Scope, Workshop
from .shared import Shared
from .writing import write


class Way(Struct, frozen=True, eq=False):
    """A way that is composed: the records that it starts from, and the function that they go through.

    ``function`` is ``None`` where a record is printed as it is. ``quotes`` counts those of a client's record, ``None``
    where only its print can tell. ``source`` is the text of both and of those that they call. ``free`` says that there
    may be anything in the documents, so that types alone do not bound them.
    """

    record: Record
    function: Callable[[Any], Any] | None
    quotes: Count | None
    source: str
    free: bool


def reading_way(translation: Translation, told: Told, version: str, shared: Shared) -> Way:
    """From the app's objects, as they are ``told``, to documents of a version; raises ``Inexpressible``."""
    record = told.record(translation.business, titled(translation.newest))
    steps = map(Reading, translation.chain.lenses)
    end = Declared(translation.shape, translation.check.resolve)
    passages: tuple[Passage, ...] = (Reading(translation.business), *steps, end)
    return _way(record, passages, f"as_{version}", f"as version {version} shows it", shared, counted=False)


def writing_way(translation: Translation, version: str, shared: Shared) -> Way:
    """From a client's new documents to the app's objects; raises ``Inexpressible``."""
    if translation.rules is not None:
        raise Inexpressible(f"{titled(translation.newest)} has rules that only marshmallow can ask.")
    record = Sent(translation.check, shared).record(translation.shape)
    steps = tuple(map(Writing, reversed(translation.chain.lenses)))
    rules = (Today(translation.newest, translation.today, translation.check.resolve),) if translation.today else ()
    passages: tuple[Passage, ...] = (*steps, *(rules if steps else ()), Writing(translation.business))
    return _way(record, passages, f"from_{version}", f"from a client of version {version}", shared, counted=True)


def _way(
    record: Record, passages: tuple[Passage, ...], suffix: str, says: str, shared: Shared, *, counted: bool
) -> Way:
    workshop, free = Workshop(record, suffix, says, apply, shared), record.is_free
    module, name = workshop.module, workshop.function(record, passages)
    quotes = Quotes(module).function(record) if counted and not free else None
    named = [each for each in (name, quotes) if each is not None]
    made = module.functions(*named) if named else []
    counting = None if quotes is None else made.pop()
    return Way(record, made.pop() if made else None, counting, module.text, free)


def apply(passage: Passage, table: Table, scope: Scope) -> None:
    """Takes an object through a passage."""
    _APPLIED[type(passage)](passage, table, scope)


_APPLIED: Final[Mapping[type, Callable[[Any, Table, Scope], None]]] = {
    Reading: read,
    Writing: write,
    Declared: declare,
    Today: ask,
}
