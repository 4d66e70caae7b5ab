"""The audience: an engine for everyone who may see the same, and who that is for a request.

Strategy: what consumers with certain flags see is an API of its own, with an engine of its own, in which what they do
not see does not exist; so nothing that is done for a request ever asks about flags. The engines of those who have no
flags and of those who have all are made at construction, others when the first of their consumers comes; the bound on
how many are kept is one on memory. A URL that is nobody's is the app's whoever asks, and then nobody is asked for.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, Final, NamedTuple

from werkzeug.datastructures import Headers

from translayer.contract.api import Api
from translayer.contract.consumer import Consumer
from translayer.errors import RequestError
from translayer.http.accept import ANYTHING
from translayer.http.message import Reply, Request

from .events import Untouched
from .exchange import ANYBODY, Engine, Found, Visitor
from .problem import INTERNAL
from .remarks import Remarks
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

    ``debug`` is that of the engines; ``nobodys`` is the engine of consumers without flags.
    """

    def __init__(self, api: Api, *, debug: bool = False) -> None:
        assert api.consumer is not None  # else there is one engine for all
        self._api = api
        self._identify: Callable[[Request], Consumer | None] = api.consumer
        self._debug = debug
        self._lock = Lock()
        self._engines: OrderedDict[frozenset[str], Engine] = OrderedDict()
        self.nobodys = self._engine(frozenset())
        self._fullest = self._engine(api.flags)

    def admit(self, path: str, asked: Callable[[], Request]) -> Admission:
        """What a path leads to for the consumer that the request is from, which is ``asked`` for where it matters."""
        fullest = self._fullest.find(path)
        if isinstance(fullest, Untouched) and not self._fullest.is_guarded(path):
            return Admission(self._fullest, fullest, ANYBODY)
        request = asked()
        watched = Watched(request.headers)
        try:
            consumer = self._consumer(request._replace(headers=watched))
        except Exception:
            if self._debug:
                raise
            log.exception("the consumer of %s %r could not be told", request.method, request.path)
            return self._failed(tuple(watched.names))
        return self._admitted(path, consumer, tuple(watched.names), is_ours=not isinstance(fullest, Untouched))

    def _admitted(self, path: str, consumer: Consumer, vary: tuple[str, ...], *, is_ours: bool) -> Admission:
        engine = self._engine(consumer.flags & self._api.flags)
        found = engine.find(path)
        if is_ours and isinstance(found, Untouched):
            found = engine.refusal(RequestError("NOT_FOUND"))  # it is ours, and not theirs to see
        if isinstance(found, Reply) and vary:
            found = Remarks(vary=vary).on(found)
        pinned = None if consumer.pinned_version is None else str(consumer.pinned_version)
        return Admission(engine, found, Visitor(pinned, vary, consumer.name))

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
        """The engine of consumers with certain flags, of those that mean anything; made where there is none yet."""
        with self._lock:
            engine = self._engines.get(flags)
            if engine is None:
                engine = Engine(self._api.seen_with(flags), flags=flags, debug=self._debug)
                self._engines[flags] = engine
                if len(self._engines) > self._api.limits.flag_sets:
                    self._engines.popitem(last=False)
            self._engines.move_to_end(flags)
            return engine


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
        return self._headers.getlist(key) if type is None else self._headers.getlist(key, type)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        self.names["*"] = None
        return iter(self._headers)

    def __len__(self) -> int:
        self.names["*"] = None
        return len(self._headers)
