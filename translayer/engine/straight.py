"""Straight reads: what most requests are, prepared from end to end.

Strategy: a GET whose URL names its version, without conditions, is settled by its plan and its Accept alone, and the
reply to it is JSON, as a rule, that the fast path takes. For such a read, the call of the app and the reply to the
client are made here, of parts that were put together beforehand. Whatever the app then says that is not so plain is
left to the exchange, which goes on from the app's reply as if there were nothing here: it is the slow twin of this
module, and its word is final.

Border: one request with one plan. Which version answers, and what is said of its end, the exchange knows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from translayer.contract.api import Api
from translayer.contract.notations import notations
from translayer.errors import RequestError
from translayer.http.accept import accepted, choose
from translayer.http.etags import generated, outward
from translayer.http.fields import Fields, Pair
from translayer.http.media import may_be_json
from translayer.http.message import BODILESS, REPRESENTATION, Reply, Request

from .bodies import ReplyBody
from .events import Call, Relay
from .headers import LINKED, SIGNED
from .negotiation import REMEMBERED_LENGTH, Negotiator
from .plan import Place, Plan
from .router import Declared
from .tally import Tally

log = logging.getLogger("translayer")

_ODD: Final = frozenset({*SIGNED, *LINKED, "content-encoding"})
"""Headers of the app's that take more than a look-up to become the client's."""

_NO_HEADERS: Final[Mapping[str, str | None]] = {}


class StraightRelay(Struct, frozen=True, gc=False):
    """Which replies to a straight read go out as they come.

    ``usual`` makes, of what it is ``about``, who knows the headers of such a reply.
    """

    usual: Callable[..., Relay]
    about: tuple[Any, ...]

    def admits(self, head: Reply) -> bool:
        """Whether a reply is no error, and has a body that is not JSON."""
        status, type_ = head.status, head.headers.firsts.get("content-type")
        if type_ == "application/json":  # as nearly all are, and spelt so
            return False
        return status < 400 and status not in BODILESS and not may_be_json(type_)

    def dress(self, head: Reply) -> Fields:
        """The headers of such a reply."""
        return self.usual(*self.about).dress(head)


class Straight(Struct, frozen=True):
    """Reads by a ``plan`` whose replies are JSON.

    ``run`` is the fast path of its ``body``; ``signed`` and ``typed`` are headers that are the same on every reply.
    ``mark`` is that of entity tags, which are the app's, or ``made`` here.
    """

    plan: Plan
    body: ReplyBody
    run: Callable[[bytes], bytes]
    mark: str
    made: bool
    signed: tuple[Pair, ...]
    typed: Pair

    @classmethod
    def at(cls, place: Place, media: str) -> Straight | None:
        """Reads at a place that are sent as ``media``; ``None`` where they are not straight."""
        plan = place.plans.get("GET")
        body = None if plan is None else plan.reply
        if plan is None or body is None or body.fast.run is None or media in plan.rendered:
            return None
        if body.pager is not None or body.translation.linked or body.usage is not None or plan.deprecation is not None:
            return None
        if plan.route.cache is not None or (plan.judge is not None and plan.judge.enforces):
            return None
        return cls(plan, body, body.fast.run, plan.mark, place.retagged, plan.signature, ("Content-Type", media))

    def call(self, request: Request, found: Declared, relay: StraightRelay) -> Call:
        """The call of the app."""
        mount, path = request.mount + found.mount, found.match.path
        return Call("GET", mount, path, request.query, self.plan.text, True, _NO_HEADERS, None, relay)

    def reply(self, told: Reply, tally: Tally) -> Reply | None:
        """The reply to the client; ``None`` where it is left to the exchange."""
        if told.status != 200 or not _ODD.isdisjoint(told.headers.firsts):
            return None
        try:
            body = self.run(told.body)
        except Exception as error:  # whatever it is, the slow twin says what
            log.debug("a reply is left to the slow twin: %r", error)
            return None
        judge = self.plan.judge
        if judge is not None:
            judge.consider(self.body, told.body, body, tally)
        pairs: list[Pair] = []
        for name, pair in told.headers.named:
            if name not in REPRESENTATION:
                pairs.append(pair)
            elif name == "etag" and not self.made and (etag := outward(pair[1], self.mark)) is not None:
                pairs.append((pair[0], etag))
        pairs += self.signed
        if self.made:
            pairs.append(("ETag", generated(body, self.mark)))
        pairs += self.typed, ("Content-Length", str(len(body)))
        return Reply(200, told.reason, Fields.of(pairs), body)


STRAIGHTS: Final = 1024
"""Straight reads that are remembered: of each place in each version, by what clients accept. They take a megabyte."""


class Straights:
    """The straight reads of an API."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._remembered = lru_cache(maxsize=STRAIGHTS)(self._at)

    def find(self, request: Request, found: Declared, negotiator: Negotiator) -> Straight | None:
        """How a plain read is served, where that is known by its plan; ``None`` where it has to be worked out."""
        match, era = found.match, negotiator.era
        position = match.position
        if found.named != negotiator.texts[position] or position in era.closed or position in era.hidden:
            return None
        accept = request.headers.get("Accept")
        if len(accept or "") > REMEMBERED_LENGTH or (request.query and match.place.queried):
            return None
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
        return None if chosen is None else Straight.at(place, str(offers[chosen]))
