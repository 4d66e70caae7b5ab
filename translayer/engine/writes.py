"""Writes: POST, PUT, PATCH and DELETE in the client's version, onto an app that only knows today's.

A write that cannot see all of the object reads it first, and keeps what it cannot see; so does every patch. Such a
write goes to the app with the entity tag of what was read as its condition. Where the object changed in between
and the client set no condition of its own, it is tried again on fresh state, a bounded number of times.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Iterator, Mapping
from random import uniform
from typing import Any, Final

from werkzeug.datastructures import Headers
from werkzeug.http import parse_date

from translayer.contract.resource import Patching
from translayer.contract.translation import Translation
from translayer.document.codec import decode, encode
from translayer.document.merge import apply_merge, make_merge, removed
from translayer.document.patch import apply_patch, check_patch, make_patch, written
from translayer.document.values import Absent, Json
from translayer.errors import ContractViolation, DecodeError, Path, RequestError
from translayer.http.coding import decoded
from translayer.http.etags import outward
from translayer.http.message import REPRESENTATION, Reply, without

from .conditions import Current, check, guard
from .events import Call, Event, Exchange, Pause, ReadBody
from .replies import Replies
from .turn import Turn

_ELSEWHERE: Final = frozenset({301, 302, 307, 308})
"""Redirects that a client follows with the method that it used (RFC 9110, section 15.4)."""

_SILENT: Final = {200: 200, 201: 201, 204: 200, 205: 200}
"""Statuses of a write that may come without the object, and what each is with it."""

_PAUSE: Final = 0.01
"""Seconds that the first retry waits at most; every further one may wait twice as long. A write takes milliseconds,
and those who came at the same moment must not come again at the same moment."""

_JSON_PATCH: Final = "application/json-patch+json"
_MERGE_PATCH: Final = "application/merge-patch+json"

Make = Callable[[Json | Absent], Json]
"""Makes the new business object from the one that is there now; raises ``RequestError``."""


def operate(turn: Turn, replies: Replies) -> Exchange:
    """An operation whose request needs no translation: GET, HEAD, DELETE, and routes without a schema."""
    method = "GET" if turn.request.method == "HEAD" and turn.plan.reply else turn.request.method
    conditions = yield from _conditions(turn, replies, creates=False)
    if isinstance(conditions, Reply):
        return conditions
    told = yield turn.call(method, conditions, relay=replies.relay(turn))
    return (yield from _finish(turn, replies, told))


def create(turn: Turn, replies: Replies) -> Exchange:
    """POST: check in the client's version, upgrade, call. So is a PUT in a version that sees all of the object."""
    document = yield from _read_document(turn)
    body = encode(_translation(turn).upgrade(document, handling=turn.handling))
    conditions = yield from _conditions(turn, replies, creates=True)
    if isinstance(conditions, Reply):
        return conditions
    told = yield turn.call(turn.request.method, conditions, body, relay=replies.relay(turn))
    return (yield from _finish(turn, replies, told))


def replace(turn: Turn, replies: Replies) -> Exchange:
    """PUT: as POST, onto the object as it is now where the client's version cannot see all of it."""
    translation = _translation(turn)
    if not translation.loses:
        return (yield from create(turn, replies))
    document = yield from _read_document(turn)

    def make(onto: Json | Absent) -> Json:
        return translation.upgrade(document, onto, handling=turn.handling)

    return (yield from _write_onto(turn, replies, make, "put"))


def patch(turn: Turn, replies: Replies) -> Exchange:
    """PATCH (RFC 5789): applied to the client's document of the object as it is now, then sent as the app takes it."""
    translation = _translation(turn)
    merges = turn.content_type().essence == _MERGE_PATCH
    operations = turn.parsed((yield ReadBody(turn.limits.body)))
    _refuse_unreachable(turn, operations, merges=merges)

    def make(onto: Json | Absent) -> Json:
        current = translation.downgrade(onto)
        if merges:
            patched = apply_merge(current, operations)
        else:
            patched = apply_patch(current, operations, limits=turn.limits.patch)
        return translation.upgrade(patched, onto, handling=turn.handling, current=current)

    return (yield from _write_onto(turn, replies, make, turn.plan.resource.patch))


def _refuse_unreachable(turn: Turn, operations: Json, *, merges: bool) -> None:
    """Refuse a patch that writes to what nobody may write, or this version does not have, before anything is read.

    A merge patch that says of a read-only field what it is already says nothing; only removing it is refused here.
    """
    if not merges:
        check_patch(operations, turn.limits.patch)
    if turn.handling != "lenient":
        places: list[Path] = list(removed(operations) if merges else written(operations))
        _translation(turn).refuse_unreachable(places)


def _translation(turn: Turn) -> Translation:
    assert turn.plan.request is not None  # only operations with a request schema are written
    return turn.plan.request


def _read_document(turn: Turn) -> Generator[Event, Any, Json]:
    turn.content_type()
    return turn.parsed((yield ReadBody(turn.limits.body)))


def _conditions(
    turn: Turn, replies: Replies, *, creates: bool
) -> Generator[Event, Any, Mapping[str, str | None] | Reply]:
    """The conditions that the app gets; the reply to the client where they are judged here, and it must be another."""
    if turn.safe or not (turn.judges and turn.conditional):
        return turn.conditions()
    read = yield from _read_current(turn, replies, creates=creates)
    if isinstance(read, Reply):
        return read
    check(turn.request.headers, read)
    return guard(read, untagged=True)


def _write_onto(turn: Turn, replies: Replies, make: Make, how: Patching) -> Exchange:
    """Read, make the new object, write it onto what was read; again while others are faster."""
    untagged = turn.plan.resource.etag != "app"
    for attempt in range(turn.limits.attempts):
        if attempt:
            yield Pause(uniform(0, _PAUSE * 2 ** (attempt - 1)))
        read = yield from _read_current(turn, replies, creates=turn.request.method == "PUT")
        if isinstance(read, Reply):
            return read
        check(turn.request.headers, read)
        new = make(read.business)
        told = yield _write(turn, replies, read.business, new, how, guard(read, untagged=untagged))
        if told.status != 412 or turn.conditional:
            return (yield from _finish(turn, replies, told))
    raise RequestError("WRITE_CONFLICT")


def _write(
    turn: Turn, replies: Replies, onto: Json | Absent, new: Json, how: Patching, conditions: Mapping[str, str | None]
) -> Call:
    """The call that makes the app's object the new one: whole, or as the difference that the app takes."""
    relay = replies.relay(turn)
    if how == "put":
        return turn.call("PUT", conditions, encode(new), relay=relay)
    before = _translation(turn).writable(onto)
    if how == "merge":
        return turn.call("PATCH", conditions, encode(make_merge(before, new)), media=_MERGE_PATCH, relay=relay)
    return turn.call("PATCH", conditions, encode(make_patch(before, new)), media=_JSON_PATCH, relay=relay)


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
    seen = outward(etag, turn.mark)
    modified = parse_date(told.headers.get("Last-Modified"))
    if turn.conditional and turn.plan.resource.etag == "generate":
        return Current(business, etag if seen else None, replies.tag_of(turn, raw), modified)
    return Current(business, etag if seen else None, seen, modified)


def _finish(turn: Turn, replies: Replies, told: Reply) -> Exchange:
    """The reply to the client; where it prefers to see what was written, and the app did not say, that is read."""
    if turn.returning == "representation" and told.status in _SILENT and not told.body:
        told = yield from _with_representation(turn, told)
    return replies.finish(turn, told)


def _with_representation(turn: Turn, told: Reply) -> Generator[Event, Any, Reply]:
    """The app's reply to a write with the object as it is now; the reply alone where that cannot be had."""
    path = turn.path if turn.request.method in ("PUT", "PATCH") else turn.created_at(told.headers.get("Location", ""))
    if path is None or not turn.place.tagged:
        return told
    read: Reply = yield dataclasses.replace(turn, path=path).read_call()
    if read.status != 200:
        return told
    kept = Headers([*without(told.headers, REPRESENTATION | {"last-modified"}), *_of_representation(read.headers)])
    return Reply(_SILENT[told.status], "", kept, read.body)


def _of_representation(headers: Headers) -> Iterator[tuple[str, str]]:
    """What a reply says of the object itself."""
    return ((name, value) for name, value in headers if name.lower() in REPRESENTATION | {"last-modified"})
