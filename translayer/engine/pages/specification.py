"""Specifications: the OpenAPI documents of every version, in the forms and under the media types that they have.

Strategy: a document is made when it is first asked for, printed, and kept by what it depends on: which one it is, its
form, the mount that it is served under, and the era, since dates of deprecation come. Who sees what is the engine's to
tell apart: there is one for everybody who sees the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from translayer.contract.api import Api
from translayer.contract.notations import JSON_TYPE
from translayer.contract.notations import TYPES as PLAIN_TYPES
from translayer.document.forms import rendered
from translayer.document.values import Object
from translayer.engine.negotiation import Negotiator
from translayer.http.media import MediaType
from translayer.http.message import Request

from .kept import Kept
from .sending import Content, chosen
from .urls import SPECIFICATIONS, Page, has_yaml

_MOST: Final = 64
"""Documents that are kept: some hundred kilobytes each. Mounts are the server's to name, but may come from a proxy."""

_VENDOR: Final[Mapping[str, Sequence[str]]] = {
    "json": ("application/vnd.oai.openapi+json;version={}",),
    "yaml": ("application/vnd.oai.openapi;version={}", "application/vnd.oai.openapi+yaml;version={}"),
}
"""The types that IANA's registry has for OpenAPI, and the one that clients send beside them."""


class _Offer(NamedTuple):
    """One media type that a specification can be sent as, and the form that this is."""

    media: MediaType
    form: str


def _offers(openapi: str) -> tuple[_Offer, ...]:
    """What a specification can be sent as; the first is preferred where Accept is indifferent."""
    plain: dict[str, tuple[MediaType, ...]] = {"json": (JSON_TYPE,)}
    if has_yaml():
        plain["yaml"] = PLAIN_TYPES["yaml"]
    return tuple(
        _Offer(media, form)
        for form, types in plain.items()
        for media in (*types, *(MediaType.parse(text.format(openapi)) for text in _VENDOR[form]))
    )


class Specifications:
    """The specifications of one API, for consumers who see the same of it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._offers = {name: _offers(openapi) for name, openapi in SPECIFICATIONS.items()}
        self._kept: Kept[bytes] = Kept(_MOST)

    def content(self, request: Request, page: Page, negotiator: Negotiator) -> Content:
        """The document at a page; raises ``RequestError`` (406). A suffix has the word before Accept."""
        media, form = self._offer(request, page)
        place = form, request.mount, negotiator.era.begins
        return Content(self._kept.get((page.name, page.position, *place), partial(self._printed, page, *place)), media)

    def _offer(self, request: Request, page: Page) -> _Offer:
        offers = self._offers[page.name]
        if page.form is None:
            return offers[chosen(request, [offer.media for offer in offers])]
        return next(offer for offer in offers if offer.form == page.form)

    def _printed(self, page: Page, form: str, mount: str, now: datetime) -> bytes:
        assert page.position is not None  # a specification is of one version
        return rendered(document(self._api, page.position, SPECIFICATIONS[page.name], mount, now), form)


def document(api: Api, position: int, openapi: str, mount: str, now: datetime | None = None) -> Object:
    """The specification of the version at a position, as it is ``now``, or whenever.

    What makes it is imported by whoever comes first.
    """
    from translayer.openapi.specification import specification

    return specification(api, api.versions[position].text, openapi, mount=mount, at=now)
