"""Replies: what the app said, in the client's version, with headers that are true of it."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from functools import partial
from typing import Final

from werkzeug.http import parse_date

from translayer.contract.api import Api
from translayer.contract.app_errors import AppError, extract
from translayer.contract.clock import Clock
from translayer.contract.notations import VERSION_HEADER
from translayer.contract.translation import Translation
from translayer.document.codec import decode
from translayer.errors import CODES, ContractViolation, DecodeError, Violation
from translayer.http.coding import decoded
from translayer.http.etags import generated
from translayer.http.fields import Fields, Pair
from translayer.http.media import is_json, may_be_json
from translayer.http.message import BODILESS, LENGTHLESS, REPRESENTATION, Reply, without

from .bodies import ReplyBody
from .conditions import is_known
from .events import Relay
from .headers import SIGNED, less, of_problem, relayed, signature, translated
from .links import quoted
from .paging import Beside, Pager
from .plan import Place, Plan
from .problem import Problem, ProblemForm, phrase
from .tally import Tally
from .turn import Standing, Turn

log = logging.getLogger("translayer")

_OURS: Final = frozenset(SIGNED)
"""Headers of the app that are ours to say."""

_OF_FAILURES: Final = frozenset({"retry-after", "set-cookie", "vary", "www-authenticate"})
"""Headers of the app that a 5xx keeps, beside those of CORS; any other may tell of the inside."""

_OF_WHAT_WAS_SENT: Final = frozenset({"etag", "last-modified"})
"""Headers that would say of a PUT that the object is what the client sent, byte for byte (RFC 9110, section 9.3.4),
where what is read-only was not in it. A reply that shows the object may have them."""

_TOLD: Final = frozenset({200, 201, 203})
"""Successes whose body is the document."""

_WITH_DOCUMENT: Final = _TOLD | {206}
"""Those, and what claims to be a part of it."""

_MINIMAL: Final = frozenset({200, 201, 203, 204})
"""Successes of which nothing more need be said; a 202 tells how to go on."""

_SENTENCES: Final = {422: "The document breaks rules of the service."}
"""What is said of an error of the app where the app says nothing, and the phrase of its status says too little."""


_NONE: Final = Fields()


class Replies:
    """Makes replies for one API, and counts in ``tally`` what a look at them finds.

    ``vary`` are the request headers that can change any reply of a declared route.
    """

    def __init__(self, api: Api, form: ProblemForm, tally: Tally) -> None:
        self._api = api
        self._form = form
        self._tally = tally
        self.vary = ("Accept", *([VERSION_HEADER] if api.header else []))

    def problem(self, problem: Problem, standing: Standing, app: Fields = _NONE) -> Reply:
        """The reply for a failure; ``app`` are headers of the app's that are true of it."""
        return self._form.reply(problem, standing.ranges, self._signed(app, standing))

    def options(self, place: Place, standing: Standing) -> Reply:
        """What a URL offers in a version (RFC 9110, section 9.3.7)."""
        pairs = self._signed(Fields([("Allow", place.allow)]), standing)
        if "PATCH" in place.plans:
            pairs.append(("Accept-Patch", ", ".join(map(str, place.plans["PATCH"].takes))))
        return Reply(204, phrase(204), Fields(pairs))

    def relay(self, turn: Turn) -> Relay:
        """What is relayed as it comes: successes that are not JSON, redirects, and routes without a reply schema."""
        return _Relay(turn, self._api.clock)

    def headers_alone(self, told: Reply, standing: Standing, place: Place | None) -> Reply:
        """The app's status and headers, without a body: what it says to OPTIONS may be the object itself.

        The methods that it allows are those of the ``place``, where there is one; the app knows none of its versions.
        """
        pairs = less(self._signed(told.headers, standing), REPRESENTATION)
        if place is not None:
            pairs = [(name, place.allow if name.lower() == "allow" else value) for name, value in pairs]
        if told.status not in LENGTHLESS:
            pairs += [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "0")]
        return Reply(told.status, told.reason, Fields(pairs))

    def _signed(self, headers: Fields, standing: Standing) -> list[Pair]:
        """Headers with the two that every reply of a declared route has."""
        ours = signature(standing.version, standing.vary, headers)
        return [*less(headers, _OURS), *ours]

    def finish(self, turn: Turn, told: Reply) -> Reply:
        """The reply to the client, for the app's that was not relayed; raises ``RequestError`` (412)."""
        if told.status >= 400:
            return self.app_problem(turn, told)
        pairs = translated(turn, told, self._api.clock)
        payload = self._payload(turn, told)
        plan, status = turn.plan, told.status
        usage = None if plan.reply is None else plan.reply.usage
        if payload and usage is not None and turn.returning != "minimal":
            turn.standing.remark(usage.contained(payload))
        if payload and turn.place.retagged and (plan.safe or _shows_what_was_written(turn, status)):
            pairs.append(("ETag", generated(payload, plan.mark)))
        if plan.safe:
            if plan.judged and status in _TOLD and _is_known(turn, Fields(pairs)):
                return Reply(304, phrase(304), without(pairs, frozenset({"last-modified"})))
        else:
            if turn.request.method == "PUT" and not told.body:
                pairs = less(pairs, _OF_WHAT_WAS_SENT)
            if turn.returning == "minimal" and status in _MINIMAL:
                return _minimal(turn, told, pairs)
            if turn.returning == "representation" and payload:
                pairs = _with_what_it_is(turn, pairs)
        if payload and plan.form is not None:
            payload = plan.form.from_json(payload)
        if status not in LENGTHLESS:
            pairs += [("Content-Type", turn.media), ("Content-Length", str(len(payload)))]
        return Reply(status, told.reason, Fields.of(pairs), payload)

    def _payload(self, turn: Turn, told: Reply) -> bytes:
        """The client's JSON; none where the app's are not the document, and might be more of it than clients see."""
        if told.status not in _WITH_DOCUMENT or (turn.returning == "minimal" and turn.plan.resource.etag != "generate"):
            return b""
        return self._translated(turn, told)

    def can_tell(self, turn: Turn, told: Reply) -> bool:
        """Whether the app's object can be told in the client's version; the log says why not."""
        return bool(told.body) and bool(self._translated(turn, told, ahead=True))

    def tags_of(self, turn: Turn, raw: bytes) -> tuple[str, ...]:
        """The entity tags that the client's version shows for the app's object, where tags are made here."""
        body = _body(turn.place.plans["GET"])
        shown = body.translated(raw, links=turn.links(body.translation))
        return tuple(generated(shown, mark) for mark in turn.plan.marks)

    def _translated(self, turn: Turn, told: Reply, ahead: bool = False) -> bytes:
        """The client's JSON for the app's; a write that was done keeps its success whatever its reply is.

        It may be asked for ``ahead`` of the reply that it is sent with.
        """
        try:
            if told.status == 206:
                raise ContractViolation("a part of a document cannot be translated")
            raw, coding = told.body, told.headers.firsts.get("content-encoding")
            if coding is not None:
                raw = decoded(raw, coding, turn.limits.inflated)
            body = _body(turn.plan)
            beside = None if body.pager is None else _beside(turn, told.headers, body.pager)
            links = turn.links(body.translation) if body.translation.linked else None
            if not (raw or turn.plan.safe):
                return b""
            judge = turn.plan.judge
            if judge is None:
                return body.translated(raw, beside, links)
            return judge.translated(body, raw, told.status, self._tally, beside, links, ahead)
        except Exception as error:  # also what an envelope of the author's own raises
            if not turn.safe:
                log.exception(
                    "%s %r was done, but its reply breaks the contract", turn.request.method, turn.request.path
                )
                return b""
            if isinstance(error, DecodeError | ValueError):
                raise ContractViolation(str(error)) from error
            raise

    def app_problem(self, turn: Turn, told: Reply) -> Reply:
        """The app's own error in the error form, with its places in the client's names."""
        error = AppError()
        if told.status < 500 and is_json(told.headers.get("Content-Type")):
            error = self._extracted(turn, told)
        code = error.code or _status_code(told.status)
        violations = tuple(dict.fromkeys(error.violations))[: turn.limits.violations]
        problem = Problem(told.status, code, error.description or _sentence(told.status, code), violations)
        app = told.headers
        if told.status >= 500:
            app = Fields([pair for pair in app if _tells_nothing(pair[0])])
        return self.problem(problem, turn.standing, Fields(of_problem(turn, app)))

    def _extracted(self, turn: Turn, told: Reply) -> AppError:
        """What the app said, in the client's names; nothing where it cannot be read."""
        body = turn.plan.request or turn.plan.reply
        try:
            raw = decoded(told.body, told.headers.get("Content-Encoding"), turn.limits.inflated)
            error = extract(told.status, decode(raw, unique=False), self._api.app_errors)
            return error if body is None else replace(error, violations=_mapped(error, body.translation, turn.plan))
        except (DecodeError, ValueError):
            return AppError()
        except Exception:  # an extractor of the author's own may raise anything, and must not hide the app's error
            log.exception("an extractor failed at the app's %s to %s %r", told.status, turn.request.method, turn.path)
            return AppError()


class _Relay:
    """The replies to one request that go out as they come."""

    __slots__ = ("_clock", "_turn")

    def __init__(self, turn: Turn, clock: Clock) -> None:
        self._turn = turn
        self._clock = clock

    def admits(self, head: Reply) -> bool:
        """Whether a reply does: none of an error, and of what is translated none that is or may be JSON."""
        if self._turn.plan.reply is None or head.status >= 400:
            return head.status < 400
        return head.status not in BODILESS and not may_be_json(head.headers.firsts.get("content-type"))

    def dress(self, head: Reply) -> Fields:
        """The headers of such a reply."""
        return relayed(self._turn, head, self._clock)


def _shows_what_was_written(turn: Turn, status: int) -> bool:
    """Whether the reply to a write is the object."""
    return status in _TOLD and turn.request.method != "DELETE"


def _minimal(turn: Turn, told: Reply, pairs: list[Pair]) -> Reply:
    """A success that says no more than that (RFC 7240, section 4.2)."""
    if turn.request.method == "PUT":
        pairs = less(pairs, _OF_WHAT_WAS_SENT)
    pairs.append(("Preference-Applied", "return=minimal"))
    if told.status != 201:
        return Reply(204, phrase(204), Fields(pairs))
    pairs += [("Content-Type", turn.media), ("Content-Length", "0")]
    return Reply(201, told.reason, Fields(pairs))


def _with_what_it_is(turn: Turn, pairs: list[Pair]) -> list[Pair]:
    """That the body is the object as it is now, as the client preferred (RFC 7240, section 4.2; RFC 9110, 8.7)."""
    said = [*pairs, ("Preference-Applied", "return=representation")]
    if turn.request.method not in ("PUT", "PATCH"):
        return said
    here = quoted(turn.request.mount + turn.request.path)
    return [*less(said, frozenset({"content-location"})), ("Content-Location", here)]


def _is_known(turn: Turn, headers: Fields) -> bool:
    modified = parse_date(headers.get("Last-Modified"))
    return is_known(turn.request.headers, headers.get("ETag"), modified)


def _tells_nothing(name: str) -> bool:
    """Whether a header of a failure says nothing of the inside, and means something to clients."""
    return name.lower() in _OF_FAILURES or name.lower().startswith("access-control-")


def _body(plan: Plan) -> ReplyBody:
    assert plan.reply is not None  # a reply without a schema has been relayed
    return plan.reply


def _beside(turn: Turn, headers: Fields, pager: Pager) -> Beside | None:
    """What the app says of a page beside its documents."""
    return pager.beside(headers, lambda: partial(turn.addresses.outward, site=turn.site), turn.request.path)


def _mapped(error: AppError, translation: Translation, plan: Plan) -> tuple[Violation, ...]:
    """What the app found wrong in the client's names: with a parameter, where such are declared, or its document."""
    asked = (None if plan.queries is None else plan.queries.client_violation(fault) for fault in error.violations)
    pairs = zip(error.violations, asked, strict=True)
    return tuple(translation.client_violation(fault) if found is None else found for fault, found in pairs)


def _status_code(status: int) -> str:
    """The code of an error that has none of its own: the phrase of its status."""
    if status == 500:
        return "INTERNAL_ERROR"
    return re.sub("[^A-Z]+", "_", phrase(status).upper().replace("'", "")) or "ERROR"


def _sentence(status: int, code: str) -> str:
    if code in CODES and CODES[code].status == status:
        return CODES[code].meaning
    return _SENTENCES.get(status) or phrase(status) or "The request failed."
