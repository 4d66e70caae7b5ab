"""Judging: whether a reply that is about to go out keeps the contract of its version, and what becomes of it if not.

Strategy: what the fast path takes has been held against today's rules by its decoder. Where what follows from there
cannot break the client's shape, a look at it would find nothing, and in the mode ``log`` there is none; where a
function of the author's makes values, the first of a route are looked at, and then one in so many. What the slow twin
made is always looked at. ``enforce`` and a contract of the version's own ask for a look at every reply, a ``Sample`` at
a part of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count
from random import random
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from marshmallow import Schema

from translayer.contract.api import Api
from translayer.contract.check import Unknown
from translayer.contract.lens import operations
from translayer.contract.links import Links, within
from translayer.contract.looking import Looking, Sample
from translayer.contract.operations.content import Convert
from translayer.contract.operations.handwritten import Handwritten
from translayer.contract.operations.pieces import Join, Split
from translayer.contract.routes import Route
from translayer.contract.translation import Translation
from translayer.document.codec import skim
from translayer.document.values import ABSENT, Json
from translayer.errors import ContractViolation, Path, Violation

from .bodies import ReplyBody, Sources
from .paging import Beside
from .promises import Promise, derived_document, derived_reply, make_ready
from .tally import Tally

if TYPE_CHECKING:
    from translayer.document.schema_check import SchemaCheck

log = logging.getLogger("translayer")

FIRST: Final = 8
"""Replies of a route in a version that are looked at from the first on, where functions make values."""

ONE_IN: Final = 256
"""And of how many after those one is: a look takes some times as long as the fast path itself."""

Chooses: TypeAlias = Callable[[bool], bool]
"""Whether a reply is looked at, given whether the fast path took it."""


class Judge:
    """Looks at the replies of one route in one version, and counts what it finds.

    ``mode`` is anything but ``off``. ``promise`` is the contract that the version has of its own, ``None`` where what
    it promises follows from the declarations; ``computes`` says that functions of the author's make values in the API.
    Raises ``DeclarationError`` for a contract that is to be enforced, and makes no sense.
    """

    # Thousands are made with an API, and few are ever asked: all but these few is worked out then.
    __slots__ = ("_api", "_chooses", "_documents", "_mode", "_own", "_position", "_promise", "_route")

    def __init__(
        self, api: Api, route: Route, position: int, mode: Looking, promise: Promise | None, *, computes: bool
    ) -> None:
        self._api = api
        self._route = route
        self._position = position
        self._mode = mode
        self._own = promise is not None
        self._promise = promise
        self._chooses: Chooses | None = None
        self._documents: DocumentPromises | None = None
        if isinstance(mode, Sample) or (mode == "log" and computes):
            make_ready()
        if mode == "enforce":
            self._promised(200, None)

    def _promised(self, status: int, document: Json) -> tuple[Violation, ...]:
        """What is wrong with a whole body."""
        if self._promise is None:
            self._promise = derived_reply(self._api, self._route, self._position)
        return self._promise.violations(status, document)

    @property
    def _schema(self) -> type[Schema]:
        assert self._route.reply is not None  # nothing else is translated
        return self._route.reply

    @property
    def _unknown(self) -> Unknown | None:
        return self._api.owner(self._route).unknown

    @property
    def _version(self) -> str:
        return self._api.versions[self._position].text

    @property
    def _name(self) -> str:
        return f"{self._route.method} {self._route.rule}"

    def _settled(self) -> Chooses:
        """How replies are chosen, once and for all."""
        translation = self._api.translation(self._schema, self._position, self._unknown)
        self._chooses = _chooser(self._mode, own=self._own, keeps=keeps_shape(translation))
        return self._chooses

    def translated(
        self,
        body: ReplyBody,
        raw: bytes,
        status: int,
        tally: Tally,
        beside: Beside | None,
        links: Links | None,
        ahead: bool = False,
    ) -> bytes:
        """The client's bytes, as ``body`` makes them; raises what that raises, and ``ContractViolation`` to enforce.

        Of a reply that is asked for ``ahead``, and may be sent later, nothing is told but that it is refused.
        """
        if links is not None:
            return within(links, self.translated, body, raw, status, tally, beside, None, ahead)
        taken = body.fast.take(raw, beside)
        told = body.interpreted(raw, beside) if taken is ABSENT else taken
        if ahead and self._mode != "enforce":
            return told
        chooses = self._chooses or self._settled()
        if chooses(taken is not ABSENT):
            self._look(_Reply(body, raw, beside, told, status), tally, ahead)
        return told

    @property
    def enforces(self) -> bool:
        """Whether a reply that breaks the contract is not sent."""
        return self._mode == "enforce"

    def consider(self, body: ReplyBody, raw: bytes, told: bytes, tally: Tally) -> None:
        """Look at a reply with one body that the fast path took, if it is one to be looked at."""
        chooses = self._chooses or self._settled()
        if chooses(True):
            self._look(_Reply(body, raw, None, told, 200), tally, ahead=False)

    def _look(self, reply: _Reply, tally: Tally, ahead: bool) -> None:
        try:
            broken = self._broken(reply)
        except Exception:  # what an author's own fields and envelopes say of themselves may be anything
            if self._mode == "enforce":
                raise
            self._chooses = _never
            log.exception("replies of %s cannot be looked at in version %s", self._name, self._version)
            return
        if not broken:
            if not ahead:
                tally.count(self._version, self._name, "kept")
        elif self._mode == "enforce":
            tally.count(self._version, self._name, "refused")
            raise ContractViolation(self._told(broken[0], reply, tally), broken[0].path)
        else:
            tally.count(self._version, self._name, "broken")
            for violation in broken:
                self._tell(violation, reply, tally)

    def _broken(self, reply: _Reply) -> tuple[Violation, ...]:
        """What is wrong with a reply.

        Fields take more than one form of some values, and hand it on as it was sent. What a client may write as it is
        is none that breaks a promise when it is read, or one write would end in refusals for everybody.
        """
        broken = self._promised(reply.status, skim(reply.told))
        return broken if self._own else tuple(one for one in broken if not reply.is_writable(one.path))

    def _told(self, violation: Violation, reply: _Reply, tally: Tally) -> str:
        """What is wrong, and where it went wrong, where that was not told of the place before."""
        reason = f"{violation.code} in version {self._version}: {violation.message}"
        return (
            f"{reason} Its cause: {self._blamed(violation, reply)}" if tally.telling(self._place(violation)) else reason
        )

    def _tell(self, violation: Violation, reply: _Reply, tally: Tally) -> None:
        times = tally.telling(self._place(violation))
        if times:
            log.warning(
                "a reply of %s breaks the contract of version %s at %r (%s, %d times by now): %s Its cause: %s",
                *(self._name, self._version, violation.pointer, violation.code, times, violation.message),
                self._blamed(violation, reply),
            )

    def _place(self, violation: Violation) -> tuple[str, str, Path, str]:
        """A place at fault, whichever element of a list it is in."""
        path = tuple("*" if isinstance(token, int) else token for token in violation.path)
        return self._version, self._name, path, violation.code

    def _blamed(self, violation: Violation, reply: _Reply) -> str:
        try:
            from translayer.contract.blame import blame  # most processes never see a reply that breaks its contract

            source = reply.sources.of(violation.path)
            if source is None:
                return "what stands around the documents"
            self._documents = self._documents or DocumentPromises(self._api, self._schema, self._unknown)
            broken = self._documents.broken
            return blame(self._api, self._schema, self._position, self._unknown, source.business, broken)
        except Exception as error:  # an author's function may do anything the second time; the reply is on its way
            return f"not to be found out: {error!r}"


@dataclass(frozen=True, eq=False)
class _Reply:
    """A reply that is looked at: the app's bytes and the client's, and what stood beside the former."""

    body: ReplyBody
    raw: bytes
    beside: Beside | None
    told: bytes
    status: int

    @cached_property
    def sources(self) -> Sources:
        """Where the places of the client's body come from."""
        return self.body.sources(self.raw, self.beside)

    def is_writable(self, place: Path) -> bool:
        """Whether a client may write what is at a place as it is."""
        source = self.sources.of(place)
        return source is not None and self.body.translation.takes(source.document, source.place)


class DocumentPromises:
    """What documents of a schema must be in each version, as it follows from the declarations."""

    def __init__(self, api: Api, schema: type[Schema], unknown: Unknown | None) -> None:
        self._api = api
        self._schema = schema
        self._unknown = unknown
        self._made: dict[int, SchemaCheck] = {}

    def broken(self, position: int, document: Json) -> tuple[Violation, ...]:
        """What is wrong with a document of the version at a position."""
        if position not in self._made:
            self._made[position] = derived_document(self._api, self._schema, position, self._unknown)
        return self._made[position].violations(document)


def keeps_shape(translation: Translation) -> bool:
    """Whether what is right today is right in a version, whatever it is: no function of the author's made any of it.

    What else operations make is of the older field: words of a table and constants are checked when they are declared,
    limits while they are translated. Pieces that are put together are texts; of the rules that such a field may have
    had, nobody has asked.
    """
    return not any(map(_may_break, operations(translation.chain)))


def computes(api: Api) -> bool:
    """Whether a function of the author's makes values in any version, so that first replies are looked at."""
    told = (operations for version in api.versions for operations in version.operations().values())
    return any(map(_may_break, chain.from_iterable(told)))


def _may_break(operation: Any) -> bool:
    if isinstance(operation, Convert | Handwritten):
        return True
    if isinstance(operation, Split | Join):
        return operation.seam.separator is None or bool(operation.was)
    return any(callable(getattr(operation, name, None)) for name in ("default", "downgrade_else"))


def _chooser(mode: Looking, *, keeps: bool, own: bool) -> Chooses:
    """How replies are chosen."""
    if isinstance(mode, Sample):
        fraction = mode.fraction
        return lambda fast: random() < fraction
    if mode == "enforce" or own:
        return _always
    return _unless_fast if keeps else _NowAndThen()


def _always(fast: bool) -> bool:
    return True


def _never(fast: bool) -> bool:
    return False


def _unless_fast(fast: bool) -> bool:
    return not fast


class _NowAndThen:
    """What the slow twin made, and of the rest the first few, and then one in so many."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers = count()

    def __call__(self, fast: bool) -> bool:
        if not fast:
            return True
        number = next(self._numbers)
        return number < FIRST or number % ONE_IN == 0
