"""Paging: what a reply's headers and body, and a function of the author's, say of a page, in the client's version.

Strategy: what depends on the route alone is settled in its plan, as a ``Pager``; a reply that says something, or whose
body may have links in it, gets a ``Beside``, which both twins hand its page to. All others cost a look at their headers
at most. What an app says that makes no sense is left out, with a warning: its documents are right all the same.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from msgspec import Struct
from werkzeug.datastructures import Headers

from translayer.contract.envelope import DataEnvelope, Envelope, NoEnvelope, Page
from translayer.contract.paging import Paging, relinked
from translayer.document.codec import decode, encode
from translayer.document.values import Object, duplicate
from translayer.http.fields import Fields
from translayer.http.link import parse_links

log = logging.getLogger("translayer")

TOTAL: Final = "total"
LINKS: Final = "links"
"""Members of ``meta`` that headers make."""

_RELATIONS: Final[Mapping[str, str]] = {
    "first": "first",
    "prev": "prev",
    "previous": "prev",
    "next": "next",
    "last": "last",
}
"""Relations between pages, and what each is told as; IANA's registry has ``previous`` as a synonym (RFC 8288, 4.2)."""

_COUNT: Final = re.compile("[0-9]{1,15}")
"""A number of elements: of as many digits as every reader of JSON takes exactly."""

_SHOWN: Final = 80
"""Characters of a header that the log repeats."""


class Beside(NamedTuple):
    """What stands beside the documents of one reply; ``said`` are the members that its headers make.

    ``outward`` makes the client's link of the app's. ``anew`` and ``tells`` are the pager's.
    """

    paging: Paging
    headers: Fields
    said: Object
    outward: Callable[[str], str]
    anew: bool
    tells: bool

    def page(self, page: Page) -> Page:
        """The page in the client's version; its body is the very one where no link in it becomes another.

        Raises whatever ``extract`` does, ``TypeError`` where it returns no dict, ``ValueError`` where that is not JSON.
        """
        told = self._meta(page.meta) if self.tells else None
        if not self.anew or page.key is None:
            return replace(page, told=told)
        return Page(relinked(page.body, self.paging.places, self.outward), page.key, told)

    def _meta(self, body: Object) -> Object:
        """All that is known of a page, of whose body these are the other members."""
        known = {**body, **{name: value for name, value in self.said.items() if name not in body}}
        found = self._extracted(known)
        places = self.paging.places
        if LINKS in found or LINKS not in body:
            places = ((LINKS,), *(place for place in places if place[0] != LINKS))
        return relinked({**known, **found}, places, self.outward)

    def _extracted(self, known: Object) -> Object:
        """What the author's function says; a copy, of plain JSON."""
        if self.paging.extract is None:
            return {}
        found = self.paging.extract(Headers(self.headers.pairs), duplicate(known))
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise TypeError(f"Paging(extract=…) returned a {type(found).__name__}, where members of meta were expected")
        copied: Object = decode(encode(found))
        return copied


class Pager(Struct, frozen=True, eq=False):
    """What is looked for in the replies of one route.

    ``anew`` says whether the app's own page is in the reply, with the links in it; ``tells``, whether there is a meta.
    """

    paging: Paging
    anew: bool
    tells: bool

    def beside(self, headers: Fields, outward: Callable[[], Callable[[str], str]], path: str) -> Beside | None:
        """What stands beside the documents of a reply with these headers, to a request for ``path``.

        ``None`` where headers say nothing and nothing in the body is looked for. ``outward`` is asked for the way of
        links only where there may be some.
        """
        said = self._said(headers, path) if self.tells else {}
        if not said and not self.paging.places and self.paging.extract is None:
            return None
        return Beside(self.paging, headers, said, outward(), self.anew, self.tells)

    def _said(self, headers: Fields, path: str) -> Object:
        """What headers say, less what makes no sense."""
        said: Object = {}
        if self.paging.total is not None and self.paging.total.lower() in headers.firsts:
            _note(said, TOTAL, _total, [headers.firsts[self.paging.total.lower()]], path)
        if self.paging.links and "link" in headers.firsts:
            _note(said, LINKS, _links, headers.all("Link"), path)
        return said


def pager(paging: Paging, envelope: Envelope) -> Pager | None:
    """The pager of a route with lists; ``None`` where there is nothing to look for, whatever is said."""
    anew, tells = bool(paging.places) and type(envelope) is not DataEnvelope, type(envelope) is not NoEnvelope
    heard = tells and (paging.total is not None or paging.links or paging.extract is not None or bool(paging.places))
    return Pager(paging, anew, tells) if anew or heard else None


def _note(said: Object, name: str, read: Callable[[list[str]], object], values: list[str], path: str) -> None:
    """Notes what a header says, if anything; what cannot be read is left out."""
    try:
        found = read(values)
    except ValueError as error:
        log.warning("%r: what the app's headers say of %r is left out of meta: %s", path, name, error)
        return
    if found is not None:
        said[name] = found


def _total(values: list[str]) -> int:
    text = values[0].strip()
    if not _COUNT.fullmatch(text):
        raise ValueError(f"{text[:_SHOWN]!r} is no number of elements")
    return int(text)


def _links(values: list[str]) -> Object | None:
    """Links to other pages, by relation, of two the first; what leads from elsewhere is none of them."""
    found: Object = {}
    for link in (link for value in values for link in parse_links(value) if link.anchor is None):
        for relation in link.relations:
            if relation in _RELATIONS:
                found.setdefault(_RELATIONS[relation], link.target)
    return found or None
