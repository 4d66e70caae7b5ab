"""Bodies: what the app's JSON becomes for a client, and a client's for the app, bytes to bytes.

Every body goes through its fast path first. Whatever that does not take is decided here, by the slow twin: parse,
translate as ``contract.translation`` says, print.
"""

from __future__ import annotations

from dataclasses import dataclass

from translayer.contract.envelope import Envelope, NoEnvelope, Page
from translayer.contract.limits import Limits
from translayer.contract.translation import Handling, Translation
from translayer.document.codec import decode, encode
from translayer.document.values import ABSENT, Json
from translayer.errors import ContractViolation, DecodeError, RequestError

from .fast import FastPath


@dataclass(frozen=True, eq=False)
class ReplyBody:
    """The body of the app's reply, on its way to clients of one version; ``items`` is where a page has its list."""

    translation: Translation
    envelope: Envelope
    many: bool
    items: str
    fast: FastPath

    def translated(self, raw: bytes) -> bytes:
        """The client's bytes; raises ``ContractViolation``, ``DecodeError`` or ``ValueError``."""
        taken = self.fast.take(raw)
        return self.interpreted(raw) if taken is ABSENT else taken

    def interpreted(self, raw: bytes) -> bytes:
        """The client's bytes, as the slow twin has them."""
        business = decode(raw, unique=False)
        if self.many:
            page = _page(business, self.items)
            document = self.envelope.many(_downgraded(page.items, self.translation), page)
        else:
            document = self.envelope.one(self.translation.downgrade(business))
        # An envelope of the author's own may have written into the document it was given.
        same = document is business and isinstance(self.envelope, NoEnvelope)
        return raw if same else encode(document)


@dataclass(frozen=True, eq=False)
class RequestBody:
    """The body of a client's request in one version, on its way to the app, where nothing is there to write it onto."""

    translation: Translation
    limits: Limits
    fast: FastPath

    def translated(self, body: bytes, handling: Handling | None) -> bytes:
        """The app's bytes; raises ``RequestError`` with every violation."""
        taken = ABSENT if handling else self.fast.take(body)
        return self.interpreted(body, handling) if taken is ABSENT else taken

    def interpreted(self, body: bytes, handling: Handling | None = None) -> bytes:
        """The app's bytes, as the slow twin has them."""
        return encode(self.translation.upgrade(parsed(body, self.limits), handling=handling))


def parsed(body: bytes, limits: Limits) -> Json:
    """A client's body as JSON; raises ``RequestError`` with what is wrong with it."""
    try:
        return decode(body, most=limits.values)
    except DecodeError as error:
        raise RequestError(error.code, error.description) from error


def _page(business: Json, key: str) -> Page:
    if isinstance(business, list):
        return Page(business)
    if isinstance(business, dict) and isinstance(business.get(key), list):
        return Page(business, key)
    raise ContractViolation(f"a list, or an object with a list under {key!r}, was expected")


def _downgraded(items: list[Json], translation: Translation) -> list[Json]:
    """Every element in the client's version; the very list where none of them changed."""
    older = []
    for index, item in enumerate(items):
        try:
            older.append(translation.downgrade(item))
        except ContractViolation as violation:
            raise violation.within(index) from violation
    return items if all(map(lambda one, other: one is other, items, older)) else older
