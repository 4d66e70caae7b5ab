"""Writes: POST, PUT and PATCH in the client's version, onto an app that only knows today's GET, POST and PUT.

A write that cannot see all of the object reads it first, and keeps what it cannot see; so does every patch. Such a
write goes to the app with the entity tag of what was read as its condition. Where the object changed in between
and the client set no condition of its own, it is tried again on fresh state, a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Final

from werkzeug.http import parse_date

from translayer.contract.translation import Translation
from translayer.document.codec import decode, encode
from translayer.document.merge import apply_merge
from translayer.document.patch import apply_patch
from translayer.document.values import Absent, Json
from translayer.errors import ContractViolation, DecodeError, RequestError
from translayer.http.coding import decoded
from translayer.http.etags import outward
from translayer.http.message import Reply

from .events import Event, Exchange, ReadBody
from .replies import Replies
from .turn import Current, Turn

_ELSEWHERE: Final = frozenset({301, 302, 307, 308})
"""Redirects that a client follows with the method that it used (RFC 9110, section 15.4)."""


def create(turn: Turn, replies: Replies) -> Exchange:
    """POST: check in the client's version, upgrade, call."""
    document = yield from _read_document(turn)
    body = encode(_translation(turn).upgrade(document, lenient=turn.lenient))
    told = yield turn.call(turn.request.method, turn.conditions(), body, relay=replies.relay(turn))
    return replies.finish(turn, told)


def replace(turn: Turn, replies: Replies) -> Exchange:
    """PUT: as POST, onto the object as it is now where the client's version cannot see all of it."""
    translation = _translation(turn)
    if not translation.loses:
        return (yield from create(turn, replies))
    document = yield from _read_document(turn)

    def make(onto: Json | Absent) -> Json:
        return translation.upgrade(document, onto, lenient=turn.lenient)

    return (yield from _write_onto(turn, replies, make, creates=True))


def patch(turn: Turn, replies: Replies) -> Exchange:
    """PATCH (RFC 5789): applied to the client's document of the object as it is now, then as PUT."""
    translation = _translation(turn)
    apply = apply_merge if turn.content_type().essence.endswith("/merge-patch+json") else apply_patch
    operations = turn.parsed((yield ReadBody(turn.limits.body)))

    def make(onto: Json | Absent) -> Json:
        current = translation.downgrade(onto)
        patched = apply(current, operations)
        return translation.upgrade(patched, onto, lenient=turn.lenient, current=current)

    return (yield from _write_onto(turn, replies, make, creates=False))


def _translation(turn: Turn) -> Translation:
    assert turn.plan.request is not None  # only operations with a request schema are written
    return turn.plan.request


def _read_document(turn: Turn) -> Generator[Event, Any, Json]:
    turn.content_type()
    return turn.parsed((yield ReadBody(turn.limits.body)))


def _write_onto(turn: Turn, replies: Replies, make: Callable[[Json | Absent], Json], *, creates: bool) -> Exchange:
    """Read, make the new object, PUT it onto what was read; again while others are faster."""
    for _ in range(turn.limits.attempts):
        read = yield from _read_current(turn, replies, creates=creates)
        if isinstance(read, Reply):
            return read
        turn.check_conditions(read)
        body = encode(make(read.business))
        told = yield turn.call("PUT", turn.guarded(read), body, relay=replies.relay(turn))
        if told.status != 412 or turn.conditional:
            return replies.finish(turn, told)
    raise RequestError("WRITE_CONFLICT")


def _read_current(turn: Turn, replies: Replies, *, creates: bool) -> Generator[Event, Any, Current | Reply]:
    """The object as it is now, or the reply to the client where it cannot be read."""
    told: Reply = yield turn.read_call()
    if told.status == 404 and creates:
        return Current()
    if told.status >= 400 or told.status in _ELSEWHERE:
        return replies.app_problem(turn, told)
    if told.status not in (200, 203):
        # No other status may go out: it would tell the client that the write is done.
        raise ContractViolation(f"the object as it is now cannot be read: the app replied {told.status}")
    try:
        raw = decoded(told.body, told.headers.get("Content-Encoding"), turn.limits.inflated)
        business = decode(raw, unique=False)
    except (DecodeError, ValueError) as error:
        raise ContractViolation(f"the object as it is now cannot be read: {error}") from error
    etag = told.headers.get("ETag", "")
    modified = parse_date(told.headers.get("Last-Modified"))
    return Current(business, etag if outward(etag, turn.mark) else None, modified)
