"""The audience: an engine for everyone who may see the same, and who that is for a request.

Strategy: what consumers with certain flags see is an API of its own, with an engine of its own, in which what they do
not see does not exist; so nothing that is done for a request ever asks about flags. The engines of those who have no
flags and of those who have all are made at construction and kept, others when the first of their consumers comes; the
bound on how many of these are kept is one on memory. A URL that is nobody's is the app's whoever asks, and then nobody
is asked for.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, Final, NamedTuple

from msgspec.structs import replace
from werkzeug.datastructures import Headers

from translayer.contract.api import Api
from translayer.contract.consumer import Consumer
from translayer.errors import DeclarationError, RequestError
from translayer.http.accept import ANYTHING
from translayer.http.message import Reply, Request

from .events import Untouched
from .exchange import ANYBODY, Engine, Found, Visitor
from .problem import INTERNAL
from .remarks import Remarks
from .tally import Tally
from .turn import Standing

log = logging.getLogger("translayer")

_NOBODY: Final = Consumer()
"""Whoever is not told apart from others."""


class Admission(NamedTuple):
    """What a request leads to for its consumer, and the engine that serves them."""

    engine: Engine
    found: Found
    visitor: Visitor


class Audience:
    """Engines for the consumers of an API that tells them apart by ``api.consumer``.

    ``debug`` is that of the engines, ``tally`` counts for all of them; ``nobodys`` is the engine of consumers without
    flags.
    """

    def __init__(self, api: Api, *, debug: bool = False, tally: Tally | None = None) -> None:
        assert api.consumer is not None  # else there is one engine for all
        self._api = api
        self._identify: Callable[[Request], Consumer | None] = api.consumer
        self._debug = debug
        self._tally = tally or Tally()
        self._lock, self._compiling = Lock(), Lock()
        self._engines: OrderedDict[frozenset[str], Engine | DeclarationError] = OrderedDict()
        self.nobodys = Engine(api.seen_with(frozenset()), debug=debug, tally=self._tally)
        self._fullest = self._engine_of(api, api.flags) if api.flags else self.nobodys

    def admit(self, path: str, asked: Callable[[], Request]) -> Admission:
        """What a path leads to for the consumer that the request is from, which is ``asked`` for where it matters."""
        fullest = self._fullest.find(path)
        if isinstance(fullest, Untouched) and not self._fullest.is_guarded(path):
            return Admission(self._fullest, fullest, ANYBODY)
        request = asked()
        watched = Watched(request.headers)
        try:
            consumer = self._consumer(replace(request, headers=watched))
            engine = self._engine(consumer.flags & self._api.flags)
        except Exception:
            if self._debug:
                raise
            log.exception("the consumer of %s %r could not be served", request.method, request.path)
            return self._failed(tuple(watched.names))
        pinned = None if consumer.pinned_version is None else str(consumer.pinned_version)
        visitor = Visitor(pinned, tuple(watched.names), consumer.name)
        return Admission(engine, _found(engine, path, visitor, is_ours=not isinstance(fullest, Untouched)), visitor)

    def _consumer(self, request: Request) -> Consumer:
        found = self._identify(request)
        if found is None:
            return _NOBODY
        if not isinstance(found, Consumer):
            raise TypeError(f"consumer= says {found!r}, which is neither a Consumer nor None")
        return found

    def _failed(self, vary: tuple[str, ...]) -> Admission:
        engine = self.nobodys
        standing = Standing(engine.negotiator.default_text, ANYTHING, engine.replies.vary)
        return Admission(engine, Remarks(vary=vary).on(engine.replies.problem(INTERNAL, standing)), ANYBODY)

    def _engine(self, flags: frozenset[str]) -> Engine:
        """The engine of consumers with certain flags, of those that mean anything; made where there is none yet.

        Raises ``DeclarationError`` where nothing sensible is left for them.
        """
        if not flags:
            return self.nobodys
        if flags == self._api.flags:
            return self._fullest
        engine = self._kept(flags) or self._made(flags)
        if isinstance(engine, DeclarationError):
            raise DeclarationError(f"for consumers with the flags {sorted(flags)}: {engine}")
        return engine

    def _engine_of(self, api: Api, flags: frozenset[str]) -> Engine:
        return Engine(api, flags=flags, debug=self._debug, tally=self._tally)

    def _kept(self, flags: frozenset[str]) -> Engine | DeclarationError | None:
        with self._lock:
            if flags in self._engines:
                self._engines.move_to_end(flags)
            return self._engines.get(flags)

    def _made(self, flags: frozenset[str]) -> Engine | DeclarationError:
        """An engine made anew, while those that are there go on to serve; or why there is none."""
        with self._compiling:
            engine = self._kept(flags)  # somebody else may have made it meanwhile
            if engine is None:
                try:
                    engine = self._engine_of(self._api.seen_with(flags), flags)
                except DeclarationError as error:
                    engine = error
            with self._lock:
                self._engines[flags] = engine
                if len(self._engines) > self._api.limits.flag_sets:
                    self._engines.popitem(last=False)
            return engine


def _found(engine: Engine, path: str, visitor: Visitor, *, is_ours: bool) -> Found:
    """What a path leads to for a consumer; nothing, where it is ours, and not theirs to see."""
    found = engine.find(path)
    if is_ours and isinstance(found, Untouched):
        found = engine.refusal(path, RequestError("NOT_FOUND"))
    return Remarks(vary=visitor.vary).on(found) if isinstance(found, Reply) and visitor.vary else found


class Watched(Headers):
    """The headers of a request, which note what is asked of them, since the reply then depends on it.

    ``names`` are in the order in which they were first asked for; ``*`` stands for all.
    """

    def __init__(self, headers: Headers) -> None:
        super().__init__()
        self._headers = headers
        self.names: dict[str, None] = {}

    def __getitem__(self, key: Any) -> Any:
        self.names[str(key)] = None
        return self._headers[key]

    def __contains__(self, key: Any) -> bool:
        self.names[str(key)] = None
        return key in self._headers

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]  # its overloads
        """The value of a header, or the default."""
        self.names[key] = None
        return self._headers.get(key, default, type)

    def getlist(self, key: str, type: Any = None) -> list[Any]:
        """The values of a header."""
        self.names[key] = None
        return Headers([(key, value) for value in self._headers.getlist(key)]).getlist(key, type)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        self.names["*"] = None
        return iter(self._headers)

    def copy(self) -> Headers:  # type: ignore[override]  # what is copied need not be watched any more
        """The headers as they are; the reply then depends on all of them."""
        return Headers(list(self))

    def __len__(self) -> int:
        self.names["*"] = None
        return len(self._headers)
