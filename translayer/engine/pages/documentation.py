"""The documentation page: Swagger UI over the specification of one version, with a switch to the others.

Strategy: the page names its script, its styles and its specification by relative URLs, which lead there wherever the
layer is mounted. Nothing is loaded from elsewhere, and no script or style stands in the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from translayer.contract.api import Api
from translayer.engine.links import quoted
from translayer.engine.negotiation import Negotiator
from translayer.errors import RequestError
from translayer.http.message import Request

from .assets import EXTRA, FAVICON, assets
from .html import joined
from .sending import HTML_TYPE, Content, chosen
from .urls import Page, fronts

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""What Swagger UI needs: its own files, its icons, which its style has as ``data:``, and the API (Content Security
Policy Level 3)."""

_HEADERS: Final = (("Content-Security-Policy", _POLICY), ("Referrer-Policy", "same-origin"))

_PAGE: Final = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>{title}</title>"
    '<link rel="icon" type="image/png" href="{assets}{icon}">'
    '<link rel="stylesheet" href="{assets}swagger-ui.css">'
    '<link rel="stylesheet" href="{assets}documentation.css"></head>'
    '<body><nav class="switch" aria-label="Versions"><span><label for="version">Version</label>'
    '<select id="version" autocomplete="off">{options}</select></span>'
    '<a href="../compare">Compare versions</a><a href="../openapi.json">OpenAPI 3.1</a>'
    '<a href="../swagger.json">OpenAPI 2.0</a></nav>'
    '<noscript><p class="absent">This page needs JavaScript; the specification and the comparison of versions above '
    "do not.</p></noscript>"
    '<main id="documentation" data-specification="../openapi.json"></main>'
    '<script src="{assets}swagger-ui-bundle.js"></script><script src="{assets}documentation.js"></script>'
    "</body></html>"
)

_OPTION: Final = Markup('<option value="../../v{path}/docs/"{selected}>v{text}{state}</option>')


def content(api: Api, request: Request, page: Page, negotiator: Negotiator) -> Content:
    """The page of a version; raises ``RequestError`` (406, or 404 where Swagger UI is not installed)."""
    found = assets()
    if found is None:
        raise RequestError("NOT_FOUND", EXTRA)
    chosen(request, [HTML_TYPE])
    assert page.position is not None  # it is of one version
    text = _PAGE.format(
        title=f"Version {negotiator.texts[page.position]}",
        assets=f"../../docs/{found.segment}/",
        icon=FAVICON,
        options=joined(_options(api, page.position, negotiator)),
    )
    return Content(str(text).encode(), HTML_TYPE, _HEADERS)


def _options(api: Api, chosen: int, negotiator: Negotiator) -> Iterator[Markup]:
    """The versions that have such a page now and that the consumer sees."""
    for _, position in fronts(api):
        if position in negotiator.era.served:
            text, state = negotiator.texts[position], negotiator.era.states[position]
            yield _OPTION.format(
                path=quoted(text),
                text=text,
                selected=Markup(" selected") if position == chosen else "",
                state="" if state == "stable" else f" ({state})",
            )
