"""Replies: what the app said, in the client's version, with headers that are true of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from http import HTTPStatus
from typing import Any

from werkzeug.datastructures import Headers

from translayer.contract.api import Api
from translayer.contract.app_errors import AppError, extract
from translayer.contract.envelope import Page
from translayer.contract.translation import Translation
from translayer.document.codec import decode, encode
from translayer.document.values import Json
from translayer.errors import CODES, ContractViolation, DecodeError
from translayer.http.accept import Range
from translayer.http.coding import decoded
from translayer.http.etags import outward
from translayer.http.media import is_json
from translayer.http.message import BODILESS, REPRESENTATION, Head, Reply, merged_vary, without

from .events import Event, Exchange, ReadReply
from .negotiation import VERSION_HEADER
from .plan import Place
from .problem import Problem, ProblemForm, phrase
from .turn import Turn

log = logging.getLogger("translayer")

_REPLACED = frozenset({VERSION_HEADER.lower(), "vary", "status"})
"""Headers of the app that are ours to say; ``Status`` is CGI's, and no header at all."""


class Replies:
    """Makes replies for one API."""

    def __init__(self, api: Api, form: ProblemForm) -> None:
        self._api = api
        self._form = form
        self._vary = ("Accept", *([VERSION_HEADER] if api.header else []))

    def problem(self, problem: Problem, position: int, ranges: Sequence[Range], app: Headers | None = None) -> Reply:
        """The reply for a failure, in the version at ``position``; ``app`` are the app's headers that stay."""
        kept = without(app or Headers(), REPRESENTATION | _REPLACED)
        kept[VERSION_HEADER] = self._api.versions[position].text
        kept["Vary"] = merged_vary((app or Headers()).getlist("Vary"), self._vary)
        return self._form.reply(problem, ranges, kept)

    def options(self, place: Place, position: int) -> Reply:
        """What a URL offers in a version."""
        headers = Headers([("Allow", place.allow), (VERSION_HEADER, self._api.versions[position].text)])
        headers["Vary"] = merged_vary([], self._vary)
        if "PATCH" in place.plans:
            headers["Accept-Patch"] = ", ".join(map(str, place.plans["PATCH"].takes))
        return Reply(204, phrase(204), headers)

    def relay(self, turn: Turn) -> Callable[[Head], Headers | None]:
        """What is relayed as it comes: successes that are not JSON, redirects, and routes without a reply schema."""

        def relay(head: Head) -> Headers | None:
            if head.status >= 400 or head.status in BODILESS:
                return None
            if turn.plan.reply is None or head.status >= 300 or not is_json(head.headers.get("Content-Type")):
                return self._dressed(turn, head, without(head.headers, _REPLACED))
            return None

        return relay

    def _dressed(self, turn: Turn, head: Head, headers: Headers) -> Headers:
        """Headers with links in the client's version, and the two that every reply of a declared route has."""
        for name in ("Location", "Content-Location"):
            if name in headers:
                headers[name] = turn.addresses.outward(headers[name], turn.site)
        if links := headers.getlist("Link"):
            headers.setlist("Link", [turn.addresses.outward_all(link, turn.site) for link in links])
        headers[VERSION_HEADER] = turn.plan.version.text
        headers["Vary"] = merged_vary(head.headers.getlist("Vary"), turn.plan.vary)
        if turn.lenient:
            headers.add("Preference-Applied", "handling=lenient")
        return headers

    def finish(self, turn: Turn, head: Head) -> Exchange:
        """The reply to a call that was not relayed."""
        if head.status >= 400:
            return (yield from self.app_problem(turn, head))
        body = yield ReadReply()
        headers = self._dressed(turn, head, without(head.headers, REPRESENTATION | _REPLACED))
        if etag := outward(head.headers.get("ETag", ""), turn.mark):
            headers["ETag"] = etag
        if head.status in BODILESS:
            return Reply(head.status, head.reason, headers)
        headers["Content-Type"] = str(turn.media)
        payload = self._translated(turn, head, body)
        headers["Content-Length"] = str(len(payload))
        return Reply(head.status, head.reason, headers, payload)

    def _translated(self, turn: Turn, head: Head, body: bytes) -> bytes:
        """The client's bytes for the app's; a write that was done keeps its success whatever its reply is."""
        try:
            if head.status == 206:
                raise ContractViolation("a part of a document cannot be translated")
            raw = decoded(body, head.headers.get("Content-Encoding"), turn.limits.inflated)
            return self._printed(turn, raw) if raw else b""
        except (ContractViolation, DecodeError, ValueError) as error:
            if turn.safe:
                raise ContractViolation(str(error)) from error
            log.error("%s %s was done, but its reply breaks the contract: %s", turn.request.method, turn.path, error)
            return b""

    def _printed(self, turn: Turn, raw: bytes) -> bytes:
        translation, envelope = turn.plan.reply, self._api.envelope
        assert translation is not None  # a reply without a schema has been relayed
        business = decode(raw, unique=False)
        if turn.plan.route.many:
            page = _page(business, turn.plan.resource.items)
            document = envelope.many(_downgraded(page.items, translation), page)
        else:
            document = envelope.one(translation.downgrade(business))
        return raw if document is business else encode(document)

    def app_problem(self, turn: Turn, head: Head) -> Generator[Event, Any, Reply]:
        """The app's own error in the error form, with its places in the client's names."""
        body = yield ReadReply()
        told = AppError()
        if head.status < 500 and is_json(head.headers.get("Content-Type")):
            told = self._extracted(turn, head, body)
        translation = turn.plan.request or turn.plan.reply
        violations = [
            translation.client_violation(violation) if translation else violation for violation in told.violations
        ]
        code = told.code or _status_code(head.status)
        problem = Problem(
            head.status,
            code,
            told.description or _sentence(head.status, code),
            tuple(dict.fromkeys(violations))[: turn.limits.violations],
        )
        return self.problem(problem, turn.plan.position, turn.ranges, head.headers)

    def _extracted(self, turn: Turn, head: Head, body: bytes) -> AppError:
        try:
            raw = decoded(body, head.headers.get("Content-Encoding"), turn.limits.inflated)
            return extract(head.status, decode(raw, unique=False), self._api.app_errors)
        except (DecodeError, ValueError):
            return AppError()


def _page(business: Json, key: str) -> Page:
    if isinstance(business, list):
        return Page(business)
    if isinstance(business, dict) and isinstance(business.get(key), list):
        return Page(business, key)
    raise ContractViolation(f"a list, or an object with a list under {key!r}, was expected")


def _downgraded(items: list[Json], translation: Translation) -> list[Json]:
    """Every element in the client's version; the very list where none of them changed."""
    older = []
    for index, item in enumerate(items):
        try:
            older.append(translation.downgrade(item))
        except ContractViolation as violation:
            raise violation.within(index) from violation
    return items if all(map(lambda one, other: one is other, items, older)) else older


def _status_code(status: int) -> str:
    """The code of an error that has none of its own: the name of its status."""
    try:
        return HTTPStatus(status).name if status != 500 else "INTERNAL_ERROR"
    except ValueError:
        return "ERROR"


def _sentence(status: int, code: str) -> str:
    if code in CODES and CODES[code].status == status:
        return CODES[code].meaning
    try:
        return HTTPStatus(status).description or HTTPStatus(status).phrase
    except ValueError:
        return "The request failed."
