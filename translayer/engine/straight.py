"""Straight reads: what most requests are, prepared from end to end.

Strategy: a GET whose URL names its version, without conditions, is settled by its plan and its Accept alone, and the
reply to it is JSON, as a rule, that the fast path takes. For such a read, the call of the app and the reply to the
client are made here, of parts that were put together beforehand. Whatever the app then says that is not so plain is
left to the exchange, which goes on from the app's reply as if there were nothing here: it is the slow twin of this
module, and its word is final.

Border: one request with one plan. Which version answers, and what is said of its end, the exchange knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from translayer.contract.api import Api
from translayer.contract.notations import notations
from translayer.errors import RequestError
from translayer.http.accept import accepted, choose
from translayer.http.etags import generated, outward
from translayer.http.fields import Fields, Pair
from translayer.http.media import is_json, may_be_json
from translayer.http.message import BODILESS, REPRESENTATION, Reply

from .bodies import ReplyBody
from .events import Relay
from .headers import LINKED, SIGNED
from .negotiation import REMEMBERED_LENGTH, Negotiator
from .plan import Place, Plan
from .router import Declared
from .tally import Tally

_ODD: Final = frozenset({*SIGNED, *LINKED, "content-encoding"})
"""Headers of the app's that take more than a look-up to become the client's."""


class StraightRelay(Struct, frozen=True):
    """Which replies to a straight read go out as they come.

    ``usual`` makes, of what it is ``about``, who knows the headers of such a reply.
    """

    usual: Callable[..., Relay]
    about: tuple[Any, ...]

    def admits(self, head: Reply) -> bool:
        """Whether a reply is no error, and has a body that is not JSON."""
        status = head.status
        return status < 400 and status not in BODILESS and not may_be_json(head.headers.firsts.get("content-type"))

    def dress(self, head: Reply) -> Fields:
        """The headers of such a reply."""
        return self.usual(*self.about).dress(head)


class Straight(Struct, frozen=True):
    """Reads by a ``plan`` whose replies are JSON.

    ``run`` is the fast path of its ``body``; ``signed`` and ``typed`` are headers that are the same on every reply.
    ``mark`` is that of entity tags, which are the app's, or ``made`` here. ``tally`` counts what is looked at.
    """

    plan: Plan
    body: ReplyBody
    run: Callable[[bytes], bytes]
    mark: str
    made: bool
    signed: tuple[Pair, ...]
    typed: Pair
    tally: Tally

    @classmethod
    def at(cls, place: Place, media: str, tally: Tally) -> Straight | None:
        """Reads at a place that are sent as ``media``; ``None`` where they are not straight."""
        plan = place.plans.get("GET")
        body = None if plan is None else plan.reply
        if plan is None or body is None or body.fast.run is None or media in plan.rendered:
            return None
        if body.pager is not None or body.translation.linked or body.usage is not None or plan.deprecation is not None:
            return None
        if plan.route.cache is not None or (plan.judge is not None and plan.judge.enforces):
            return None
        run, typed = body.fast.run, ("Content-Type", media)
        return cls(plan, body, run, plan.mark, place.retagged, plan.signature, typed, tally)

    def headers(self, told: Iterable[Pair]) -> list[Pair] | None:
        """The client's headers for the app's, less those that speak of the body; ``None`` where it takes more to say.

        That is so for any body but JSON, and wherever a header is odd.
        """
        pairs: list[Pair] = []
        is_document = False
        for name, value in told:
            known = name.lower()
            if type(value) is not str or known in _ODD:
                return None
            if known == "content-type":
                if value != "application/json" and not is_json(value):
                    return None  # whatever a second one says, the first counts
                is_document = True
            elif known == "etag":
                etag = None if self.made else outward(value, self.mark)
                if etag is not None:
                    pairs.append((name, etag))
            elif known not in REPRESENTATION:
                if "\n" in value or "\r" in value:
                    return None
                pairs.append((name, value))
        pairs += self.signed
        return pairs if is_document else None

    def translated(self, raw: bytes) -> bytes | None:
        """The client's body for the app's; ``None`` where the fast path does not take it."""
        try:
            body = self.run(raw)
        except Exception:  # whatever it is, the exchange comes to it again, and tells the log
            return None
        judge = self.plan.judge
        if judge is not None:
            judge.consider(self.body, raw, body, self.tally)
        return body

    def completed(self, pairs: list[Pair], body: bytes) -> list[Pair]:
        """The client's headers with those that speak of the body."""
        if self.made:
            pairs.append(("ETag", generated(body, self.mark)))
        pairs += self.typed, ("Content-Length", str(len(body)))
        return pairs


STRAIGHTS: Final = 1024
"""Straight reads that are remembered: of each place in each version, by what clients accept. They take a megabyte."""


class Straights:
    """The straight reads of an API."""

    def __init__(self, api: Api, tally: Tally) -> None:
        self._api = api
        self._tally = tally
        self._remembered = lru_cache(maxsize=STRAIGHTS)(self._at)

    def find(self, found: Declared, accept: str | None, query: str, negotiator: Negotiator) -> Straight | None:
        """How a plain read is served, where that is known by its plan; ``None`` where it has to be worked out."""
        match, era = found.match, negotiator.era
        position = match.position
        if found.named != negotiator.texts[position] or position in era.closed or position in era.hidden:
            return None
        if query and match.place.queried:
            return None
        if accept is not None and (type(accept) is not str or len(accept) > REMEMBERED_LENGTH):
            return None  # a server of its own making may have put anything there
        return self._remembered(match.place, accept)

    def _at(self, place: Place, accept: str | None) -> Straight | None:
        plan = place.plans.get("GET")
        if plan is None or self._api.app_prefix is not None:
            return None
        try:
            ranges = accepted(accept)
        except RequestError:
            return None
        offers = [known.media for known in notations(self._api, plan.version, plan.resource.name)]
        chosen = choose(ranges, offers)
        return None if chosen is None else Straight.at(place, str(offers[chosen]), self._tally)
