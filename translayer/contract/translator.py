"""Translations written by hand, where operations cannot say it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema

from translayer.document.values import Object


class Translator(ABC):
    """A translation written by hand: the value in ``VersionChange.schemas`` where operations cannot say it.

    ``schema`` is the older marshmallow schema. ``upgrade`` and ``downgrade`` each get a JSON object and return a new
    one; nested objects are in the newer shape on both sides. An ``upgrade`` that takes a second parameter is given
    the newer object as it is now, or ``None``; for one that does not, what the client left alone is kept, found by
    comparing what ``upgrade`` makes of the view as it was and as it is. ``names`` maps older field names to newer
    ones, dotted, for error messages.

    Either method may raise ``marshmallow.ValidationError`` to refuse a document: upgrading, the client is told; of
    any other exception only the log is.
    """

    schema: ClassVar[type[Schema]]
    names: ClassVar[Mapping[str, str]] = {}

    upgrade: Any  # (document: Object) -> Object, or (document: Object, onto: Object | None) -> Object

    @abstractmethod
    def downgrade(self, document: Object) -> Object:
        """The older form of a newer object."""
