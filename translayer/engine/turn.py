"""One request on its way: what has been settled about it, and the calls of the app that follow from that."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from werkzeug.http import parse_date

from translayer.contract.limits import Limits
from translayer.document.codec import decode
from translayer.document.values import ABSENT, Absent, Json
from translayer.errors import DecodeError, RequestError
from translayer.http.accept import Range
from translayer.http.etags import inward
from translayer.http.media import MediaType
from translayer.http.message import NOT_FORWARDED, Request

from .events import Call, Relay
from .links import Addresses, Site
from .plan import Plan

CONDITIONS: Final = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")

_OF_THE_OLD_BODY: Final = (
    *("Content-Encoding", "Content-MD5", "Content-Digest", "Digest", "Repr-Digest", "Expect", "Transfer-Encoding"),
)
"""Headers of a request that are wrong once its body is another."""

_TAG: Final = re.compile(r'(W/)?("[^"]*")')


@dataclass(frozen=True, slots=True)
class Standing:
    """What every reply needs, whatever becomes of the request: the position of the version that answers, what Accept
    admits, and the request headers that can have changed the reply.
    """

    position: int
    ranges: Sequence[Range]
    vary: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Current:
    """The app's object as it is now, with what tells it from what it was; ``ABSENT`` where there is none yet.

    ``etag`` is ``None`` where the app sent no entity tag, or something else for one; so is ``modified``.
    """

    business: Json | Absent = ABSENT
    etag: str | None = None
    modified: datetime | None = None

    @property
    def exists(self) -> bool:
        """Whether there is an object."""
        return self.business is not ABSENT


@dataclass(frozen=True, eq=False)
class Turn:
    """A request whose plan is known: ``path`` is today's, ``media`` what a translated reply is sent as.

    ``tagged`` says whether entity tags at the URL have the version's mark.
    """

    request: Request
    plan: Plan
    tagged: bool
    path: str
    site: Site
    addresses: Addresses
    ranges: Sequence[Range]
    media: MediaType | None
    lenient: bool
    limits: Limits

    @property
    def standing(self) -> Standing:
        """What a reply to the request needs."""
        return Standing(self.plan.position, self.ranges, self.plan.vary)

    @property
    def mark(self) -> str:
        """What tells this version's entity tags from another's."""
        return f"v{self.plan.version.text}"

    @property
    def safe(self) -> bool:
        """Whether the request changes nothing (RFC 9110, section 9.2.1)."""
        return self.request.method in ("GET", "HEAD")

    def call(
        self,
        method: str,
        headers: Mapping[str, str | None],
        body: bytes | None = None,
        *,
        query: str | None = None,
        relay: Relay | None = None,
    ) -> Call:
        """A call of the app for this request; ``body`` is JSON of the business object, ``None`` the client's own."""
        made: dict[str, str | None] = {}
        if self.plan.reply is not None:
            made = dict.fromkeys(NOT_FORWARDED) | {"Accept": "application/json"}
        if body is not None:
            made |= dict.fromkeys(_OF_THE_OLD_BODY) | {"Content-Type": "application/json"}
        return Call(
            method=method,
            mount=self.site.mount,
            path=self.path,
            query=self.request.query if query is None else query,
            headers=made | dict(headers),
            body=body,
            relay=relay,
            version=self.plan.version.text,
        )

    def read_call(self) -> Call:
        """A call that reads the object as it is now, whatever the client's request is."""
        nothing: dict[str, str | None] = dict.fromkeys((*NOT_FORWARDED, *CONDITIONS, "Content-Type"))
        return self.call("GET", nothing | {"Accept": "application/json"}, b"", query="")

    def conditions(self) -> dict[str, str | None]:
        """The client's conditions as the app must see them: entity tags without the version's mark."""
        if not self.tagged:
            return {}
        found = {name: self.request.headers.get(name) for name in ("If-Match", "If-None-Match")}
        return {name: inward(value, self.mark) for name, value in found.items() if value is not None}

    @property
    def conditional(self) -> bool:
        """Whether the client itself set a condition."""
        return any(name in self.request.headers for name in CONDITIONS)

    def check_conditions(self, current: Current) -> None:
        """Holds the client's conditions against the app's current object; raises ``RequestError`` (412).

        ``If-Match`` compares strongly, ``If-None-Match`` weakly; without an object neither names anything. The date
        counts only without ``If-Match``, and where the app tells one (RFC 9110, sections 13.1.1, 13.1.2, 13.1.4).
        The app is not asked, since it would not look at the date beside the ``If-Match`` that ``guarded`` adds.
        """
        conditions = self.conditions()
        wanted, unwanted = conditions.get("If-Match"), conditions.get("If-None-Match")
        if wanted is not None:
            holds = current.exists and _names(wanted, current.etag, strongly=True)
        else:
            since = parse_date(self.request.headers.get("If-Unmodified-Since"))
            holds = since is None or current.modified is None or current.modified <= since
        if unwanted is not None and current.exists:
            holds = holds and not _names(unwanted, current.etag, strongly=False)
        if not holds:
            raise RequestError("PRECONDITION_FAILED")

    def guarded(self, current: Current) -> dict[str, str | None]:
        """The conditions of a write onto the state that has been read and compared: that it is still the same.

        A weak tag cannot say so (RFC 9110, section 13.1.1); a write onto nothing says that there is still nothing.
        """
        if not current.exists:
            return {"If-Match": None, "If-None-Match": "*"}
        strong = current.etag if current.etag is not None and not current.etag.startswith("W/") else None
        return {"If-Match": strong, "If-None-Match": None}

    def parsed(self, body: bytes) -> Json:
        """The client's body as JSON; raises ``RequestError`` with what is wrong with it."""
        try:
            return decode(body)
        except DecodeError as error:
            raise RequestError(error.code, error.description) from error

    def content_type(self) -> MediaType:
        """The type of the client's body; raises ``RequestError`` (415) where the plan does not take it.

        A body that is only a part of a document is refused too (400; RFC 9110, section 14.5).
        """
        headers, plan = self.request.headers, self.plan
        if headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", ""):
            raise RequestError(
                "UNSUPPORTED_MEDIA_TYPE", "Compressed bodies are not taken.", headers=[("Accept-Encoding", "identity")]
            )
        if "Content-Range" in headers:
            raise RequestError("MALFORMED_JSON", "The body is a part of a document, and only whole ones are taken.")
        try:
            sent = MediaType.parse(headers.get("Content-Type", ""))
        except ValueError:
            sent = None
        if sent is None or not any(_is_type(sent, taken) for taken in plan.takes):
            listed = ", ".join(map(str, plan.takes))
            raise RequestError(
                "UNSUPPORTED_MEDIA_TYPE", f"The body must be one of {listed}.", headers=plan.refused_type_headers
            )
        return sent


def _names(condition: str, etag: str | None, *, strongly: bool) -> bool:
    """Whether a condition, in the form that ``inward`` gives it, names the app's tag (RFC 9110, section 8.8.3.2)."""
    if condition == "*":
        return True
    if etag is None or (strongly and etag.startswith("W/")):
        return False
    listed = [opaque for weak, opaque in _TAG.findall(condition) if not (strongly and weak)]
    return etag.removeprefix("W/") in listed


def _is_type(sent: MediaType, taken: MediaType) -> bool:
    """Whether a type is one that is taken: the same names and version, whatever its charset says."""
    return sent.essence == taken.essence and set(taken.parameters) <= set(sent.parameters)
