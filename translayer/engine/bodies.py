"""Bodies: what the app's JSON becomes for a client, and a client's for the app, bytes to bytes.

Every body goes through its fast path first. Whatever that does not take is decided here, by the slow twin: parse,
translate as ``contract.translation`` says, print.
"""

from __future__ import annotations

from dataclasses import dataclass

from translayer.contract.envelope import Envelope, NoEnvelope, Page
from translayer.contract.limits import Limits
from translayer.contract.links import Links, within
from translayer.contract.translation import Handling, Translation
from translayer.document.codec import decode, encode, names_once, skim
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

    def translated(self, raw: bytes, links: Links | None = None) -> bytes:
        """The client's bytes; raises ``ContractViolation``, ``DecodeError`` or ``ValueError``.

        ``links`` is how links are written in them, where there are any.
        """
        if links is not None:
            return within(links, self.translated, raw)
        taken = self.fast.take(raw)
        return self.interpreted(raw) if taken is ABSENT else taken

    def interpreted(self, raw: bytes) -> bytes:
        """The client's bytes, as the slow twin has them: the app's own where all that is in them is shown."""
        business = skim(raw)
        printed = encode(self._document(business))
        return raw if self._shows_all(business) and names_once(raw, encode(business)) else printed

    def _document(self, business: Json) -> Json:
        if not self.many:
            return self.envelope.one(self.translation.downgrade(business))
        page = _page(business, self.items)
        return self.envelope.many(_downgraded(page.items, self.translation), page)

    def _shows_all(self, business: Json) -> bool:
        """Whether nothing stands around the documents, and each shows all of the object that it is of."""
        if type(self.envelope) is not NoEnvelope or not self.translation.untouched:
            return False
        return all(map(self.translation.shows_all, _page(business, self.items).items if self.many else [business]))


@dataclass(frozen=True, eq=False)
class RequestBody:
    """The body of a client's request in one version, on its way to the app, where nothing is there to write it onto."""

    translation: Translation
    limits: Limits
    fast: FastPath

    def translated(self, body: bytes, handling: Handling | None, links: Links | None = None) -> bytes:
        """The app's bytes; raises ``RequestError`` with every violation. ``links`` is how links are written in them."""
        if links is not None:
            return within(links, self.translated, body, handling)
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
    """Every element in the client's version."""
    older = []
    for index, item in enumerate(items):
        try:
            older.append(translation.downgrade(item))
        except ContractViolation as violation:
            raise violation.within(index) from violation
    return older
