"""Conditions: whether the object is in the state that a client, or a write of ours, asks for (RFC 9110, section 13).

Strategy: a condition is about what the client saw, so that it is held against the entity tag that its version shows.
The app judges by itself where the request goes straight through to it; here is judged what has been read anyway, and
whatever an app without entity tags cannot judge.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from werkzeug.datastructures import Headers
from werkzeug.http import parse_date

from translayer.document.values import ABSENT, Absent, Json
from translayer.errors import ContractViolation, RequestError
from translayer.http.etags import is_strong, names

CONDITIONS: Final = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")
"""Every condition that is not about ranges."""

OF_WRITES: Final = ("If-Match", "If-None-Match", "If-Unmodified-Since")
"""Those that mean anything to a write (RFC 9110, sections 13.1.1 to 13.1.4)."""

UNTAGGED: Final = (
    "the app sent no strong entity tag for what is to be changed, so that a change by somebody else would be undone "
    "without a word: let it send one and check If-Match, or declare etag='generate' or etag='none'"
)


class Current(NamedTuple):
    """The app's object as it is now, with what tells it from what it was; ``ABSENT`` where there is none yet.

    ``etag`` is the app's entity tag; ``None`` where there is none. So is ``modified``. ``seen`` are the tags that the
    client's version shows, one for each form; a write is guarded by any of them.
    """

    business: Json | Absent = ABSENT
    etag: str | None = None
    seen: tuple[str, ...] = ()
    modified: datetime | None = None

    @property
    def exists(self) -> bool:
        """Whether there is an object."""
        return self.business is not ABSENT


def is_conditional(headers: Headers) -> bool:
    """Whether a write has a condition of the client's own."""
    return any(name in headers for name in OF_WRITES)


def is_careful(headers: Headers) -> bool:
    """Whether a write overwrites nothing that the client has not seen: by a tag, or by there being nothing."""
    return "If-Match" in headers or headers.get("If-None-Match", "").strip(" \t") == "*"


def check_unread(headers: Headers) -> None:
    """Holds conditions against what is there and cannot be read; raises ``RequestError`` (412).

    A condition that may be false must not be taken for true (RFC 9110, section 13.2.1).
    """
    if headers.get("If-Match", "*").strip(" \t") != "*" or headers.get("If-None-Match", "").strip(" \t") == "*":
        raise RequestError("PRECONDITION_FAILED")


def check(headers: Headers, current: Current) -> None:
    """Holds the client's conditions of a write against the current object; raises ``RequestError`` (412).

    ``If-Match`` compares strongly, ``If-None-Match`` weakly; without an object neither names anything. The date
    counts only without ``If-Match``, and where the app tells one (RFC 9110, sections 13.1.1, 13.1.2, 13.1.4).
    """
    holds = _holds(headers, current)
    if "If-None-Match" in headers and current.exists:
        holds = holds and not _named(headers["If-None-Match"], current, strongly=False)
    if not holds:
        raise RequestError("PRECONDITION_FAILED")


def _holds(headers: Headers, current: Current) -> bool:
    if "If-Match" in headers:
        return current.exists and _named(headers["If-Match"], current, strongly=True)
    since = parse_date(headers.get("If-Unmodified-Since"))
    return since is None or current.modified is None or current.modified <= since


def _named(condition: str, current: Current, *, strongly: bool) -> bool:
    return any(names(condition, etag, strongly=strongly) for etag in current.seen or (None,))


def is_known(headers: Headers, etag: str | None, modified: datetime | None) -> bool:
    """Whether the client has what it reads already: 304 then. Raises ``RequestError`` (412) where it asks for another.

    For GET and HEAD of what is there, in the order of RFC 9110, section 13.2.2.
    """
    if not _holds(headers, Current(None, seen=(etag,) if etag else (), modified=modified)):
        raise RequestError("PRECONDITION_FAILED")
    if "If-None-Match" in headers:
        return names(headers["If-None-Match"], etag, strongly=False)
    since = parse_date(headers.get("If-Modified-Since"))
    return since is not None and modified is not None and modified <= since


def guard(current: Current, *, untagged: bool) -> dict[str, str | None]:
    """The conditions of a write onto what has been read and compared: that it is still so, and no others.

    A write onto nothing says that there is still nothing. An object without a tag, or with a weak one, which cannot
    say so (RFC 9110, section 13.1.1), is written to without a condition where ``untagged`` says that the author has
    accepted it; else this raises ``ContractViolation``.
    """
    alone: dict[str, str | None] = dict.fromkeys(CONDITIONS)
    if not current.exists:
        return {**alone, "If-None-Match": "*"}
    if not (untagged or is_strong(current.etag)):
        raise ContractViolation(UNTAGGED)
    return {**alone, "If-Match": current.etag if is_strong(current.etag) else None}
