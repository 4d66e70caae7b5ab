"""One request on its way: what has been settled about it, and the calls of the app that follow from that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Final, Literal, TypeAlias, cast, get_args
from urllib.parse import unquote

from msgspec import Struct

from translayer.contract.deprecation import Deprecation
from translayer.contract.limits import Limits
from translayer.contract.translation import Handling, Translation
from translayer.document.values import Json
from translayer.errors import RequestError
from translayer.http.accept import Range
from translayer.http.etags import inward
from translayer.http.media import MediaType, is_type
from translayer.http.message import Reply, Request
from translayer.http.prefer import others

from .bodies import parsed
from .conditions import CONDITIONS, is_careful, is_conditional
from .eras import ALWAYS
from .events import Call, Relay
from .links import Addresses, BodyLinks, Site, called_at
from .plan import Place, Plan
from .queries import Asked
from .remarks import Remarks
from .router import VersionRoutes

_OF_ANOTHER_BODY: Final[Mapping[str, str | None]] = dict.fromkeys(
    ("Content-Encoding", "Content-MD5", "Content-Digest", "Digest", "Repr-Digest", "Expect", "Transfer-Encoding")
)
"""Headers of a request that are wrong once its body is another."""

_UNCONDITIONAL: Final[Mapping[str, str | None]] = dict.fromkeys((*CONDITIONS, "Content-Type"))
"""Headers of a call that reads the object as it is now."""

Returning: TypeAlias = Literal["minimal", "representation"]
"""What a client would like a write to reply with (RFC 7240, section 4.2)."""


class Standing(Struct, eq=False):
    """What every reply needs, whatever becomes of the request, as far as it is known.

    ``version`` is the text of the version that answers, ``None`` where none does; ``ranges`` are what Accept admits,
    ``vary`` the request headers that can have changed the reply, and ``remarks`` what is said beside it, if anything.
    ``now`` is when the era began that it is: all dates that have come by then have come. ``hidden`` are the positions
    of the previews that the client does not see.
    """

    version: str | None
    ranges: Sequence[Range]
    vary: tuple[str, ...]
    remarks: Remarks | None = None
    now: datetime = ALWAYS
    hidden: Set[int] = frozenset()

    def finished(self, reply: Reply) -> Reply:
        """A reply with what is said beside it."""
        return reply if self.remarks is None else self.remarks.on(reply)

    def remark(self, deprecations: Iterable[Deprecation]) -> None:
        """Say of what the client uses that it ends; nothing of what does not yet."""
        known = [notice for each in deprecations if (notice := each.notice(self.now)) is not None]
        if known:
            self.remarks = self.remarks or Remarks()
            self.remarks.add(known)


class Turn(Struct, frozen=True):
    """A request whose plan is known: ``path`` is today's, ``mount`` what stands before it with prefix and version.

    ``media`` is what a translated reply is sent as, empty where none is. ``handling`` and ``returning`` are what the
    client prefers, of what is on offer (RFC 7240, sections 4.2 and 4.4). ``asked`` is the query as the app gets it,
    ``None`` where that is the client's.
    """

    request: Request
    place: Place
    plan: Plan
    path: str
    mount: str
    routes: VersionRoutes
    standing: Standing
    media: str
    handling: Handling | None
    returning: Returning | None
    limits: Limits
    asked: Asked | None

    @property
    def addresses(self) -> Addresses:
        """The URLs of the client's version."""
        return self.routes.addresses

    @property
    def site(self) -> Site:
        """Where links of the app's lead to."""
        request = self.request
        ways = self._queries, self.routes.inward_query
        place = request.origin, request.mount, self.mount, self.path
        return Site(*place, self.routes.app_prefix, *ways, self.standing.hidden)

    def _queries(self, number: int, query: str) -> str:
        """The query of a link to the URL of that number in ``addresses``, as the client writes it."""
        plan = self.routes.places[number].plan("GET")
        if plan is None or plan.queries is None:
            return query
        return plan.queries.outward(query, self.asked if plan.queries is self.plan.queries else None)

    def links(self, translation: Translation) -> BodyLinks | None:
        """How links are written in documents of a translation; ``None`` where they have none."""
        return BodyLinks(self.addresses, self.site) if translation.linked else None

    @property
    def safe(self) -> bool:
        """Whether the request changes nothing (RFC 9110, section 9.2.1)."""
        return self.plan.safe

    @property
    def judges(self) -> bool:
        """Whether conditions are held here against what clients saw, and not left to the app."""
        return self.plan.judged

    @property
    def conditional(self) -> bool:
        """Whether a write has a condition of the client's own."""
        return is_conditional(self.request.headers)

    @property
    def lacks_condition(self) -> bool:
        """Whether it is a write that must have a condition, and has none (RFC 6585, section 3)."""
        if not (self.plan.resource.require_condition and self.place.readable):
            return False
        return self.request.method in ("PUT", "PATCH", "DELETE") and not is_careful(self.request.headers)

    def written_at(self, location: str | None) -> str | None:
        """Today's path of what a write has written, which for a POST is where its ``Location`` leads.

        ``None`` where the client's version cannot read it there in the form of the reply.
        """
        path: str | None = self.path
        place = self.place
        if self.request.method == "POST":
            path = self.addresses.today(location or "", self.site)
            found = None if path is None else self.routes.match(unquote(self.addresses.to_version(path) or ""))
            if found is None:
                return None
            place = found.place
        return path if place.readable and _same_form(place.plans["GET"], self.plan) else None

    def call(
        self,
        method: str,
        headers: Mapping[str, str | None],
        body: bytes | None = None,
        *,
        media: str = "application/json",
        query: str | None = None,
        translated: bool | None = None,
        relay: Relay | None = None,
    ) -> Call:
        """A call of the app for this request; ``body`` is JSON of the business object, ``None`` the client's own."""
        plan = self.plan
        made = {**self._preferences(), **headers} if plan.preferences and plan.reply is not None else headers
        if body is not None:
            made = {**_OF_ANOTHER_BODY, "Content-Type": media, **made}
        if query is None:
            query = self.request.query if self.asked is None else self.asked.text
        script, path = self.mount, self.path
        if self.routes.app_prefix is not None:
            script, path = called_at(self.routes.app_prefix, self.request.mount, script, path)
        asked = plan.reply is not None if translated is None else translated
        return Call(method, script, path, query, plan.text, asked, made, body, relay)

    def read_call(self) -> Call:
        """A call that reads the object as it is now, whatever the client's request is."""
        return self.call("GET", _UNCONDITIONAL, b"", query="", translated=True)

    def _preferences(self) -> dict[str, str | None]:
        """The client's preferences less those that are not the app's to honour."""
        sent = self.request.headers.get("Prefer")
        return {} if sent is None else {"Prefer": others(sent, self.plan.preferences)}

    def conditions(self) -> dict[str, str | None]:
        """The client's conditions as the app must see them: entity tags without the mark.

        Where they are judged here the app sees none.
        """
        plan, headers = self.plan, self.request.headers
        if plan.judged:
            return dict.fromkeys(CONDITIONS)
        if not self.place.tagged:
            return {}
        said = {"If-Match": headers.get("If-Match"), "If-None-Match": headers.get("If-None-Match")}
        return {name: inward(value, *plan.marks) for name, value in said.items() if value is not None}

    def parsed(self, body: bytes) -> Json:
        """The client's body as JSON; raises ``RequestError`` with what is wrong with it."""
        return parsed(body, self.limits)

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
        if sent is None or not any(is_type(sent, taken) for taken in plan.takes):
            listed = ", ".join(map(str, plan.takes))
            raise RequestError(
                "UNSUPPORTED_MEDIA_TYPE", f"The body must be one of {listed}.", headers=plan.refused_type_headers
            )
        return sent


def _same_form(one: Plan, other: Plan) -> bool:
    """Whether two routes reply with documents of the same schema."""
    return one.reply is not None and other.reply is not None and one.reply.translation is other.reply.translation


def handling(plan: Plan, wishes: Mapping[str, str], *, lenient: bool) -> Handling | None:
    """How the client wants its document taken; ``lenient`` says whether it may have it so."""
    wish = wishes.get("handling")
    offered = ("strict", "lenient") if lenient else ("strict",)
    return cast(Handling, wish) if wish in offered and "handling" in plan.preferences else None


def returning(plan: Plan, wishes: Mapping[str, str]) -> Returning | None:
    """What the client would like a write to reply with."""
    wish = wishes.get("return")
    return cast(Returning, wish) if wish in get_args(Returning) and "return" in plan.preferences else None
