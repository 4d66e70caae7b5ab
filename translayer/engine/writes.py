"""Writes: POST, PUT and PATCH in the client's version, onto an app that only knows today's GET, POST and PUT.

A write that cannot see all of the object reads it first, and keeps what it cannot see; so does every patch. Such a
write goes to the app with the entity tag of what was read as its condition. Where the object changed in between
and the client set no condition of its own, it is tried again on fresh state, a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from translayer.contract.translation import Translation
from translayer.document.codec import decode, encode
from translayer.document.merge import apply_merge
from translayer.document.patch import apply_patch
from translayer.document.values import ABSENT, Absent, Json
from translayer.errors import ContractViolation, DecodeError, RequestError
from translayer.http.coding import decoded
from translayer.http.message import Head, Reply

from .events import Event, Exchange, ReadBody, ReadReply
from .replies import Replies
from .turn import Turn

Current = tuple[str | None, Json | Absent]
"""The app's entity tag and object, as they are now; ``ABSENT`` where there is none yet."""


def create(turn: Turn, replies: Replies) -> Exchange:
    """POST: check in the client's version, upgrade, call."""
    document = yield from _read_document(turn)
    body = encode(_translation(turn).upgrade(document, lenient=turn.lenient))
    head = yield turn.call(turn.request.method, turn.conditions(), body, relay=replies.relay(turn))
    return (yield from replies.finish(turn, head))


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
        etag, current = read
        if current is ABSENT:
            conditions = turn.conditions()
        else:
            turn.check_conditions(etag)
            conditions = turn.guarded(etag)
        head = yield turn.call("PUT", conditions, encode(make(current)), relay=replies.relay(turn))
        if head.status != 412 or turn.conditional:
            return (yield from replies.finish(turn, head))
        yield ReadReply()
    raise RequestError("WRITE_CONFLICT")


def _read_current(turn: Turn, replies: Replies, *, creates: bool) -> Generator[Event, Any, Current | Reply]:
    """The object as it is now, or the reply to the client where it cannot be read."""
    head: Head = yield turn.read_call()
    if head.status == 404 and creates:
        yield ReadReply()
        return None, ABSENT
    if head.status != 200:
        return (yield from replies.app_problem(turn, head))
    body = yield ReadReply()
    try:
        raw = decoded(body, head.headers.get("Content-Encoding"), turn.limits.inflated)
        return head.headers.get("ETag"), decode(raw, unique=False)
    except (DecodeError, ValueError) as error:
        raise ContractViolation(f"the object as it is now cannot be read: {error}") from error
