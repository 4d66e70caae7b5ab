"""The compiler: from declarations to the fast paths of bodies, made at construction."""

from __future__ import annotations

from marshmallow import Schema

from translayer.contract.api import Api
from translayer.contract.resource import Resource

from .fast import NO_BODY, FastPath


class Compiler:
    """Makes the fast paths of one API."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def reply(self, schema: type[Schema] | None, resource: Resource, position: int, *, many: bool) -> FastPath:
        """The fast path from the app's reply to that of the version at ``position``."""
        return NO_BODY

    def request(self, schema: type[Schema] | None, resource: Resource, position: int) -> FastPath:
        """The fast path from a body of the version at ``position`` to the app's."""
        return NO_BODY
