"""Bodies: what the app's JSON becomes for a client, and a client's for the app, bytes to bytes.

Every body goes through its fast path first. Whatever that does not take is decided here, by the slow twin: parse,
translate as ``contract.translation`` says, print.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from msgspec import Struct

from translayer.contract.envelope import Envelope, NoEnvelope, Page
from translayer.contract.limits import Limits
from translayer.contract.links import Links, within
from translayer.contract.translation import Handling, Translation
from translayer.document.codec import decode, encode, names_once, skim
from translayer.document.forms import Form
from translayer.document.values import ABSENT, Json
from translayer.errors import ContractViolation, DecodeError, Path, RequestError, Violation

from .fast import FastPath
from .paging import Beside, Pager
from .promises import Promise
from .usage import Usage

T = TypeVar("T")


class ReplyBody(Struct, frozen=True, eq=False):
    """The body of the app's reply, on its way to clients of one version; ``items`` is where a page has its list.

    ``pager`` knows what else is looked for in a page, ``None`` where that is nothing. What it finds is ``beside``.
    ``usage`` tells the deprecated fields in one, ``None`` where nothing is deprecated.
    """

    translation: Translation
    envelope: Envelope
    many: bool
    items: str
    fast: FastPath
    pager: Pager | None = None
    usage: Usage | None = None

    def translated(self, raw: bytes, beside: Beside | None = None, links: Links | None = None) -> bytes:
        """The client's bytes; raises ``ContractViolation``, ``DecodeError`` or ``ValueError``.

        ``beside`` is what stands around a list, where anything does; ``links`` is how links are written in documents,
        where there are any.
        """
        if links is not None:
            return within(links, self.translated, raw, beside)
        taken = self.fast.take(raw, beside)
        return self.interpreted(raw, beside) if taken is ABSENT else taken

    def interpreted(self, raw: bytes, beside: Beside | None = None) -> bytes:
        """The client's bytes, as the slow twin has them: the app's own where all that is in them is shown."""
        business = skim(raw)
        page = _page(business, self.items, beside) if self.many else None
        printed = encode(self._document(business, page))
        return raw if self._shows_all(business, page) and names_once(raw, encode(business)) else printed

    def sources(self, raw: bytes, beside: Beside | None) -> Sources:
        """Where the places of the client's body come from."""
        business = skim(raw)
        page = _page(business, self.items, beside) if self.many else None
        objects = [business] if page is None else page.items
        documents = _downgraded(objects, self.translation)
        whole = self.envelope.one(documents[0]) if page is None else self.envelope.many(documents, page)
        return Sources(whole, objects, documents)

    def _document(self, business: Json, page: Page | None) -> Json:
        if page is None:
            return self.envelope.one(self.translation.downgrade(business))
        return self.envelope.many(_downgraded(page.items, self.translation), page)

    def _shows_all(self, business: Json, page: Page | None) -> bool:
        """Whether nothing stands around the documents, each shows all of the object that it is of, and links stay."""
        if type(self.envelope) is not NoEnvelope or not self.translation.untouched:
            return False
        if page is None:
            return self.translation.shows_all(business)
        return page.body is business and all(map(self.translation.shows_all, page.items))


class Source(NamedTuple):
    """What a place of the client's body comes from: the app's object, its document, and the place in that."""

    business: Json
    document: Json
    place: Path


class Sources:
    """A client's body, with the objects that its documents are of."""

    def __init__(self, whole: Json, objects: list[Json], documents: list[Json]) -> None:
        self._whole = whole
        self._objects = objects
        self._documents = documents
        # The documents are kept, so that no other value has the identity of one.
        self._numbers = {id(document): number for number, document in enumerate(documents)}

    def of(self, place: Path) -> Source | None:
        """The source of a place; ``None`` for one around the documents."""
        value = self._whole
        for depth in range(len(place) + 1):
            number = self._numbers.get(id(value))
            if number is not None:
                return Source(self._objects[number], self._documents[number], place[depth:])
            value = _member(value, place[depth]) if depth < len(place) else None
        return None


class RequestBody(Struct, frozen=True, eq=False):
    """The body of a client's request in one version, on its way to the app, where nothing is there to write it onto.

    ``usage`` tells the deprecated fields in one, ``patches`` those in a JSON Patch of one; ``None`` where nothing is
    deprecated. ``promise`` is the contract that the version has of its own, ``None`` where it has none.
    """

    translation: Translation
    limits: Limits
    fast: FastPath
    usage: Usage | None = None
    patches: Usage | None = None
    promise: Promise | None = None

    def translated(self, body: bytes, handling: Handling | None, links: Links | None = None) -> bytes:
        """The app's bytes; raises ``RequestError`` with every violation. ``links`` is how links are written in them."""
        if links is not None:
            return within(links, self.translated, body, handling)
        taken = ABSENT if handling else self.fast.take(body)
        return self.interpreted(body, handling) if taken is ABSENT else taken

    def interpreted(self, body: bytes, handling: Handling | None = None) -> bytes:
        """The app's bytes, as the slow twin has them."""
        document = parsed(body, self.limits)
        return self.promised(document, lambda: encode(self.translation.upgrade(document, handling=handling)))

    def promised(self, document: Json, upgrade: Callable[[], T]) -> T:
        """What ``upgrade`` makes of a client's document, or the violations of both, its own and the contract's."""
        broken = () if self.promise is None else self.promise.violations(200, document)
        try:
            made = upgrade()
        except RequestError as refusal:
            if refusal.code != "INVALID" or not broken:
                raise
            told = _without_twins([*refusal.violations, *broken])[: self.limits.violations]
            raise RequestError("INVALID", violations=told) from refusal
        if broken:
            raise RequestError("INVALID", violations=broken[: self.limits.violations])
        return made


def _without_twins(violations: list[Violation]) -> list[Violation]:
    """Violations of which no two have one place and one code: both sides tell what both know."""
    first = {(violation.path, violation.code): violation for violation in reversed(violations)}
    return [violation for violation in violations if first[violation.path, violation.code] is violation]


def parsed(body: bytes, limits: Limits) -> Json:
    """A client's body as JSON; raises ``RequestError`` with what is wrong with it."""
    try:
        return decode(body, most=limits.values)
    except DecodeError as error:
        raise RequestError(error.code, error.description) from error


def as_json(body: bytes, form: Form, limits: Limits) -> bytes:
    """A client's body in another form as the JSON text that it stands for; raises ``RequestError``."""
    try:
        return form.to_json(body, limits.values)
    except DecodeError as error:
        raise RequestError(error.code, error.description) from error


def _page(business: Json, key: str, beside: Beside | None) -> Page:
    """The page that a body is, in the client's version but for its items."""
    if isinstance(business, list):
        page = Page(business)
    elif isinstance(business, dict) and isinstance(business.get(key), list):
        page = Page(business, key)
    else:
        raise ContractViolation(f"a list, or an object with a list under {key!r}, was expected")
    return page if beside is None else beside.page(page)


def _member(value: Json, token: str | int) -> Json:
    """What stands under a name or index; nothing where there is none."""
    try:
        return value[token]
    except (LookupError, TypeError):
        return None


def _downgraded(items: list[Json], translation: Translation) -> list[Json]:
    """Every element in the client's version."""
    older = []
    for index, item in enumerate(items):
        try:
            older.append(translation.downgrade(item))
        except ContractViolation as violation:
            raise violation.within(index) from violation
    return older
