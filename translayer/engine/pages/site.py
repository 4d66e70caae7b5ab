"""The site: every page of an API, answered.

Strategy: a table says what makes the content of each kind of page; what is true of all replies is said here once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from translayer.contract.api import Api
from translayer.contract.notations import VERSION_HEADER
from translayer.engine.events import Exchange
from translayer.engine.negotiation import Negotiator
from translayer.http.fields import Pair
from translayer.http.message import Request

from . import discovery, documentation
from .assets import FOREVER, TYPES, assets
from .compare import Comparisons
from .sending import READ_ONLY, Content, elsewhere, offered, sent
from .specification import Specifications
from .urls import Kind, Page


class Site:
    """The pages of one API, for consumers who see the same of it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        specifications = Specifications(api)
        self._contents: Mapping[Kind, Callable[[Request, Page, Negotiator], Content]] = {
            "specification": specifications.content,
            "documentation": self._documentation,
            "asset": self._asset,
        }
        self._comparisons = Comparisons(api)

    def exchange(self, request: Request, page: Page, negotiator: Negotiator, pinned: str | None) -> Exchange:
        """What happens to a request for a page; raises ``RequestError`` (400, 404, 405, 406, 413, 415).

        ``pinned`` is the version that the consumer has where it names none.
        """
        headers = self._headers(page, negotiator)
        if page.kind == "compare":
            return (yield from self._comparisons.exchange(request, page, negotiator, headers))
        said = offered(request, READ_ONLY)
        if said is not None:
            return said
        if page.kind == "slash":
            return elsewhere(308, "docs/", headers)  # the relative URLs of the page stand on it
        if page.kind == "discovery":
            return sent(request, discovery.content(self._api, request, page, negotiator, pinned), headers)
        return sent(request, self._contents[page.kind](request, page, negotiator), headers)

    def _headers(self, page: Page, negotiator: Negotiator) -> list[Pair]:
        """What is said of a page: the version that it is of, and that Accept has a word in it."""
        if page.kind == "asset":
            return []
        named = [] if page.position is None else [(VERSION_HEADER, negotiator.texts[page.position])]
        return [*named, ("Vary", "Accept")]

    def _documentation(self, request: Request, page: Page, negotiator: Negotiator) -> Content:
        return documentation.content(self._api, request, page, negotiator)

    def _asset(self, request: Request, page: Page, negotiator: Negotiator) -> Content:
        found = assets()
        assert found is not None  # else there is no such URL
        return Content(found.read(page.name), TYPES[page.name], kept=FOREVER)
