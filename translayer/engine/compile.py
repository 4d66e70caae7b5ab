"""The compiler: from declarations to the fast paths of bodies, made at construction."""

from __future__ import annotations

from translayer.contract.api import Api
from translayer.contract.envelope import Envelope
from translayer.contract.translation import Translation

from .fast import FastPath


class Compiler:
    """Makes the fast paths of one API."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def reply(self, translation: Translation, envelope: Envelope, *, many: bool, items: str) -> FastPath:
        """The fast path from the app's reply to that of a version."""
        return FastPath(None, reasons=("Nothing is compiled yet.",))

    def request(self, translation: Translation) -> FastPath:
        """The fast path from a body of a version to the app's."""
        return FastPath(None, reasons=("Nothing is compiled yet.",))
