"""One request on its way: what has been settled about it, and the calls of the app that follow from that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from werkzeug.datastructures import Headers
from werkzeug.http import parse_etags, unquote_etag

from translayer.contract.limits import Limits
from translayer.document.codec import decode
from translayer.document.values import Json
from translayer.errors import DecodeError, RequestError
from translayer.http.accept import Range
from translayer.http.etags import inward, outward
from translayer.http.media import MediaType
from translayer.http.message import NOT_FORWARDED, Head, Request

from .events import Call, never
from .links import Addresses, Site
from .plan import Plan

CONDITIONS: Final = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")

_OF_THE_OLD_BODY: Final = ("Content-Encoding", "Content-MD5", "Content-Digest", "Digest", "Transfer-Encoding")
"""Headers of a request that are wrong once its body is another."""


@dataclass(frozen=True, eq=False)
class Turn:
    """A request whose plan is known: ``path`` is today's, ``media`` what a translated reply is sent as."""

    request: Request
    plan: Plan
    path: str
    site: Site
    addresses: Addresses
    ranges: Sequence[Range]
    media: MediaType | None
    lenient: bool
    limits: Limits

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
        relay: Callable[[Head], Headers | None] = never,
    ) -> Call:
        """A call of the app for this request; ``body`` is JSON of the business object, ``None`` the client's own."""
        made: dict[str, str | None] = {}
        if self.plan.reply is not None:
            made = dict.fromkeys(NOT_FORWARDED) | {"Accept": "application/json"}
        if body is not None:
            made |= dict.fromkeys(_OF_THE_OLD_BODY) | {"Content-Type": "application/json"}
        return Call(
            method,
            self.site.mount,
            self.path,
            self.request.query,
            made | dict(headers),
            body,
            relay,
            self.plan.version.text,
        )

    def read_call(self) -> Call:
        """A call that reads the object as it is now, whatever the client's request is."""
        nothing: dict[str, str | None] = dict.fromkeys((*CONDITIONS, "Content-Type", "Content-Length"))
        call = self.call("GET", nothing, b"")
        return replace(call, query="", headers=dict(call.headers) | nothing)

    def conditions(self) -> dict[str, str | None]:
        """The client's conditions as the app must see them: entity tags without the version's mark."""
        if self.plan.reply is None:
            return {}
        found = {name: self.request.headers.get(name) for name in ("If-Match", "If-None-Match")}
        return {name: inward(value, self.mark) for name, value in found.items() if value is not None}

    @property
    def conditional(self) -> bool:
        """Whether the client itself set a condition."""
        return any(name in self.request.headers for name in CONDITIONS)

    def check_conditions(self, etag: str | None) -> None:
        """Holds the client's entity tags against the app's current one; raises ``RequestError`` (412).

        ``If-Match`` compares strongly, ``If-None-Match`` weakly (RFC 9110, sections 13.1.1 and 13.1.2).
        """
        tag, weak = unquote_etag(etag) if etag is not None and outward(etag, "") else (None, False)
        conditions = self.conditions()
        if (wanted := conditions.get("If-Match")) is not None:
            known = parse_etags(wanted)
            if not (known.star_tag or (tag is not None and not weak and known.is_strong(tag))):
                raise RequestError("PRECONDITION_FAILED")
        if (unwanted := conditions.get("If-None-Match")) is not None:
            known = parse_etags(unwanted)
            if known.star_tag or (tag is not None and known.contains_weak(tag)):
                raise RequestError("PRECONDITION_FAILED")

    def guarded(self, etag: str | None) -> dict[str, str | None]:
        """The conditions of a write onto the state that ``etag`` stands for, which has been read and compared."""
        strong = etag if etag is not None and not etag.startswith("W/") else None
        return {"If-Match": strong, "If-None-Match": None}

    def parsed(self, body: bytes) -> Json:
        """The client's body as JSON; raises ``RequestError`` with what is wrong with it."""
        try:
            return decode(body)
        except DecodeError as error:
            raise RequestError(error.code, error.description) from error

    def content_type(self) -> MediaType:
        """The type of the client's body; raises ``RequestError`` (415) where the plan does not take it."""
        headers, plan = self.request.headers, self.plan
        if headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", ""):
            raise RequestError(
                "UNSUPPORTED_MEDIA_TYPE", "Compressed bodies are not taken.", headers=[("Accept-Encoding", "identity")]
            )
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


def _is_type(sent: MediaType, taken: MediaType) -> bool:
    """Whether a type is one that is taken: the same names and version, whatever its charset says."""
    return sent.essence == taken.essence and set(taken.parameters) <= set(sent.parameters)
