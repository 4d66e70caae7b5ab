"""What happens to a request for a comparison: another pair is looked up, a document is translated.

Strategy: the two versions are those of the URL and of its query, in either order; nothing else is taken from there.
Both are chosen, and documents are sent, by plain forms, so that the page needs no script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from translayer.contract.api import Api
from translayer.contract.notations import JSON_TYPE
from translayer.document.codec import encode
from translayer.document.values import Object
from translayer.engine.events import Exchange
from translayer.engine.links import quoted
from translayer.engine.negotiation import Negotiator
from translayer.engine.problem import detail
from translayer.errors import RequestError, Violation
from translayer.http.fields import Pair as Header
from translayer.http.media import MediaType
from translayer.http.message import Reply, Request
from translayer.http.query import parameters, written

from .compare_page import Switch, compared
from .comparison import Pair, comparison
from .html import POLICY
from .kept import Kept
from .live import Outcome, Typed, read, translated
from .sending import HTML_TYPE, READ_ONLY, Content, chosen, elsewhere, offered, sent, whole
from .urls import Page, fronts

_METHODS: Final = (*READ_ONLY, "POST")
_OFFERS: Final = (JSON_TYPE, HTML_TYPE)

_MOST: Final = 32
"""Comparisons that are kept, each of some ten kilobytes."""


class Comparisons:
    """The comparisons of one API, for consumers who see the same of it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._kept: Kept[Object] = Kept(_MOST)

    def exchange(self, request: Request, page: Page, negotiator: Negotiator, headers: Sequence[Header]) -> Exchange:
        """What happens to a request; raises ``RequestError`` (400, 404, 405, 406, 413, 415)."""
        said = offered(request, _METHODS)
        if said is not None:
            return said
        media = _OFFERS[chosen(request, _OFFERS)]
        asked = {field.name: field.value or "" for field in parameters(request.query)}
        assert page.position is not None  # it is of one version, and another
        switch = self._switch(page.position, asked, negotiator)
        if switch.of != page.position:
            return _other(switch, headers)
        pair = Pair(max(switch.of, switch.beside), min(switch.of, switch.beside))
        facts = self._kept.get((pair, negotiator.era.begins), partial(comparison, self._api, pair))
        if request.method != "POST":
            return sent(request, _content(facts, switch, None, media), headers)
        typed = yield from read(request, self._api.limits.body)
        outcome = self._translated(typed, facts)
        return whole(_content(facts, switch, outcome, media), [*headers, ("Cache-Control", "no-store")])

    def _switch(self, position: int, asked: Mapping[str, str], negotiator: Negotiator) -> Switch:
        """The versions that are asked for; raises ``RequestError`` (404) for one that the consumer does not see."""
        era = negotiator.era
        seen = [at for at in range(len(self._api.versions)) if at not in era.hidden]
        known = {negotiator.texts[at]: at for at in seen}
        if not {asked[name] for name in ("of", "with") if name in asked} <= known.keys():
            raise negotiator.unknown_version()
        of = known[asked["of"]] if "of" in asked else position
        if self._api.versions[of].native:
            raise negotiator.unknown_version()  # its URLs are the app's, that of a comparison too
        beside = known[asked["with"]] if "with" in asked else _neighbour(of, seen)
        fronted = [at for _, at in fronts(self._api) if at in era.served]
        return Switch(of, beside, fronted, seen, negotiator.texts, era.states)

    def _translated(self, typed: Typed, facts: Object) -> Outcome:
        if typed.resource not in [resource["name"] for resource in facts["resources"]]:
            violation = Violation((), "RULE", "Neither version has a resource of that name.", "resource")
            raise RequestError("INVALID_PARAMETER", violations=[violation])
        other = "newer" if typed.side == "older" else "older"
        return translated(self._api, typed, facts[typed.side], facts[other])


def _neighbour(position: int, seen: Sequence[int]) -> int:
    """The version before one, or the one after it where that is the oldest; itself where there is no other."""
    at = seen.index(position)
    return seen[at + 1] if at + 1 < len(seen) else seen[max(at - 1, 0)]


def _other(switch: Switch, headers: Sequence[Header]) -> Reply:
    """Where another first version was chosen, its own comparison (RFC 9110, section 15.4.4)."""
    of, beside = switch.texts[switch.of], switch.texts[switch.beside]
    return elsewhere(303, f"../v{quoted(of)}/compare?{written('with', beside).text}", headers)


def _content(facts: Object, switch: Switch, outcome: Outcome | None, media: MediaType) -> Content:
    """The comparison as JSON or as a page, with what came of a document that was sent."""
    if media is HTML_TYPE:
        return Content(compared(facts, switch, outcome), media, (("Content-Security-Policy", POLICY),))
    told = {} if outcome is None else {"translation": _told(outcome)}
    return Content(encode({**facts, **told}), media)


def _told(outcome: Outcome) -> Object:
    return {
        "resource": outcome.typed.resource,
        "from": outcome.typed.side,
        "document": outcome.document,
        "error": outcome.error or None,
        "details": list(map(detail, outcome.violations)),
    }
