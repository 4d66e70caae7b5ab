"""Writes: POST, PUT, PATCH and DELETE in the client's version, onto an app that only knows today's.

A write that cannot see all of the object reads it first, and keeps what it cannot see; so does every patch. Such a
write goes to the app with the entity tag of what was read as its condition. Where the object changed in between
and the client set no condition of its own, it is tried again on fresh state, a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from random import uniform
from typing import Any, Final

from msgspec.structs import replace as replaced
from werkzeug.http import parse_date

from translayer.contract.links import within
from translayer.contract.notations import PATCH_TYPES
from translayer.contract.resource import Patching
from translayer.contract.translation import Translation
from translayer.document.codec import decode, encode
from translayer.document.merge import apply_merge, make_merge, removed
from translayer.document.patch import apply_patch, check_patch, written
from translayer.document.values import ABSENT, Absent, Json
from translayer.errors import ContractViolation, DecodeError, RequestError
from translayer.http.coding import decoded
from translayer.http.etags import outward
from translayer.http.fields import Fields
from translayer.http.message import REPRESENTATION, Reply, without

from .bodies import RequestBody, as_json
from .conditions import Current, check, check_unread, guard
from .events import Call, Event, Exchange, Pause, ReadBody
from .replies import Replies
from .turn import Turn

_ELSEWHERE: Final = frozenset({301, 302, 307, 308})
"""Redirects that a client follows with the method that it used (RFC 9110, section 15.4)."""

_SILENT: Final = {200: 200, 201: 201, 204: 200, 205: 200}
"""Statuses of a write that may come without the object, and what each is with it."""

_OF_OUR_CALL: Final = frozenset({405, 406, 415})
"""What an app says of a method or a type. Of a PATCH both are ours, and no client could do anything about it."""

_PAUSE: Final = 0.01
"""Seconds that the first retry waits at most; every further one may wait twice as long. A write takes milliseconds,
and those who came at the same moment must not come again at the same moment."""

_JSON_PATCH, _MERGE_PATCH = PATCH_TYPES

_OF_THE_OBJECT: Final = REPRESENTATION | {"last-modified"}
"""Headers that speak of the object itself, and not of the write."""

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
    """POST: check in the client's version, upgrade, call."""
    sent, body = (yield from _read_body(turn)), _body(turn)
    made = body.translated(sent, turn.handling, turn.links(body.translation))
    return (yield from _create(turn, replies, made))


def _create(turn: Turn, replies: Replies, body: bytes) -> Exchange:
    """POST, or PUT in a version that sees all of the object; ``body`` is the app's."""
    conditions = yield from _conditions(turn, replies, creates=True)
    if isinstance(conditions, Reply):
        return conditions
    told = yield turn.call(turn.request.method, conditions, body, relay=replies.relay(turn))
    return (yield from _finish(turn, replies, told))


def replace(turn: Turn, replies: Replies) -> Exchange:
    """PUT: as POST, onto the object as it is now where the client's version cannot see all of it.

    So is one that says what is read-only, as a client does that sends back what it got: where that is not dropped
    anyway, it may, as long as it says what is there.
    """
    translation, body = _translation(turn), _body(turn)
    sent = yield from _read_body(turn)
    taken = ABSENT if turn.handling else body.fast.take(sent)
    if taken is not ABSENT:
        return (yield from _create(turn, replies, taken))
    document = turn.parsed(sent)
    if not (translation.loses or (turn.place.readable and translation.refuses(document, turn.handling))):
        made = body.promised(document, lambda: encode(translation.upgrade(document, handling=turn.handling)))
        return (yield from _create(turn, replies, made))

    def make(onto: Json | Absent) -> Json:
        current = ABSENT if onto is ABSENT else translation.downgrade(onto)
        return body.promised(
            document,
            lambda: translation.upgrade(document, onto, handling=turn.handling, current=current, replaced=True),
        )

    return (yield from _write_onto(turn, replies, make, "put"))


def patch(turn: Turn, replies: Replies) -> Exchange:
    """PATCH (RFC 5789): applied to the client's document of the object as it is now, then sent as the app takes it."""
    translation, how = _translation(turn), turn.plan.resource.patch
    merges = turn.content_type().essence == _MERGE_PATCH
    sent: bytes = yield ReadBody(turn.limits.body)
    usage = _body(turn).usage if merges else _body(turn).patches
    if usage is not None:
        turn.standing.remark(usage.contained(sent))
    operations = turn.parsed(sent)
    _refuse_unreachable(turn, operations, merges=merges)

    def make(onto: Json | Absent) -> Json:
        current = translation.downgrade(onto)
        if merges:
            patched = apply_merge(current, operations)
        else:
            patched = apply_patch(current, operations, limits=turn.limits.patch)
        return _body(turn).promised(
            patched,
            lambda: translation.upgrade(patched, onto, handling=turn.handling, current=current, whole=how == "json"),
        )

    return (yield from _write_onto(turn, replies, make, how))


def _refuse_unreachable(turn: Turn, operations: Json, *, merges: bool) -> None:
    """Refuse a patch that writes to what nobody may write, or this version does not have, before anything is read.

    A merge patch that says of a read-only field what it is already says nothing; only removing it is refused here, and
    not even that where the client prefers lenient handling. A JSON Patch is done whole or not at all.
    """
    if not merges:
        check_patch(operations, turn.limits.patch)
        _translation(turn).refuse_unreachable(written(operations))
    elif turn.handling != "lenient":
        _translation(turn).refuse_unreachable(removed(operations))


def _translation(turn: Turn) -> Translation:
    return _body(turn).translation


def _body(turn: Turn) -> RequestBody:
    assert turn.plan.request is not None  # only operations with a request schema are written
    return turn.plan.request


def _read_body(turn: Turn) -> Generator[Event, Any, bytes]:
    """The client's document, as JSON whatever form it came in."""
    sent = turn.content_type()
    body: bytes = yield ReadBody(turn.limits.body)
    form = turn.plan.reads.get(sent.essence)
    document = body if form is None else as_json(body, form, turn.limits)
    usage = _body(turn).usage
    if usage is not None:
        turn.standing.remark(usage.contained(document))
    return document


def _conditions(
    turn: Turn, replies: Replies, *, creates: bool
) -> Generator[Event, Any, Mapping[str, str | None] | Reply]:
    """The conditions that the app gets; the reply to the client where they are judged here, and it must be another."""
    if turn.safe or not turn.conditional:
        return turn.conditions()
    if not turn.judges:
        if turn.place.tagged and turn.plan.resource.etag != "app":
            check_unread(turn.request.headers)
        return turn.conditions()
    read = yield from _read_current(turn, replies, creates=creates)
    if isinstance(read, Reply):
        return read
    check(turn.request.headers, read)
    return guard(read, untagged=True)


def _write_onto(turn: Turn, replies: Replies, make: Make, how: Patching) -> Exchange:
    """Read, make the new object, write it onto what was read; again while others are faster.

    What the client asks of the state is asked of every fresh one. A 412 without a condition of ours is the app's own.
    """
    keeps = turn.request.method == "PATCH" or _translation(turn).loses
    untagged = turn.plan.resource.etag != "app" or not keeps
    for attempt in range(turn.limits.attempts):
        if attempt:
            yield Pause(uniform(0, _PAUSE * 2 ** (attempt - 1)))
        read = yield from _read_current(turn, replies, creates=turn.request.method == "PUT")
        if isinstance(read, Reply):
            return read
        check(turn.request.headers, read)
        new = within(turn.links(_translation(turn)), make, read.business)
        conditions = guard(read, untagged=untagged)
        told = yield _write(turn, replies, read.business, new, how, conditions)
        if told.status in _OF_OUR_CALL and turn.request.method == "PATCH":
            raise ContractViolation(f"the app replied {told.status} to the call that a patch is served by")
        if told.status != 412 or not any(conditions.values()):
            return (yield from _finish(turn, replies, told))
    raise RequestError("WRITE_CONFLICT", headers=[("Retry-After", "1")])


def _write(
    turn: Turn, replies: Replies, onto: Json | Absent, new: Json, how: Patching, conditions: Mapping[str, str | None]
) -> Call:
    """The call that makes the app's object the new one: whole, or as the difference that the app takes."""
    relay = replies.relay(turn)
    if how == "put":
        return turn.call("PUT", conditions, encode(new), relay=relay)
    translation = _translation(turn)
    if how == "merge":
        merged = make_merge(translation.writable(onto), new)
        return turn.call("PATCH", conditions, encode(merged), media=_MERGE_PATCH, relay=relay)
    return turn.call("PATCH", conditions, encode(translation.difference(onto, new)), media=_JSON_PATCH, relay=relay)


def _read_current(turn: Turn, replies: Replies, *, creates: bool) -> Generator[Event, Any, Current | Reply]:
    """The object as it is now, or the reply to the client where it cannot be read."""
    told: Reply = yield turn.read_call()
    if told.status == 404 and creates:
        return Current()
    if told.status in _ELSEWHERE:
        return replies.finish(turn, told)
    if told.status >= 400:
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
    seen = tuple(filter(None, (outward(etag, mark) for mark in turn.plan.marks)))
    modified = parse_date(told.headers.get("Last-Modified"))
    if turn.conditional and turn.plan.resource.etag == "generate":
        return Current(business, etag if seen else None, replies.tags_of(turn, raw), modified)
    return Current(business, etag if seen else None, seen, modified)


def _finish(turn: Turn, replies: Replies, told: Reply) -> Exchange:
    """The reply to the client; where it prefers to see what was written, and the app did not say, that is read."""
    if turn.returning == "representation" and told.status in _SILENT and not told.body:
        told = yield from _with_representation(turn, replies, told)
    return replies.finish(turn, told)


def _with_representation(turn: Turn, replies: Replies, told: Reply) -> Generator[Event, Any, Reply]:
    """The app's reply to a write with the object as it is now; the reply alone where that cannot be had, or told."""
    path = turn.written_at(told.headers.get("Location"))
    if path is None:
        return told
    read: Reply = yield replaced(turn, path=path).read_call()
    if read.status != 200 or not replies.can_tell(turn, read):
        return told
    of_the_object = [(name, value) for name, value in read.headers if name.lower() in _OF_THE_OBJECT]
    kept = Fields([*without(told.headers, _OF_THE_OBJECT), *of_the_object])
    return Reply(_SILENT[told.status], "", kept, read.body)
