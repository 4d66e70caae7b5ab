"""What an exchange asks of the boundary while it runs, and what it ends in.

The exchange is a generator that knows no WSGI: it yields one of the requests below, is sent the answer, and
returns an outcome. Whoever drives it owns the sockets; tests drive it with a loop of ten lines.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from werkzeug.datastructures import Headers

from translayer.http.message import Head, Reply


@dataclass(frozen=True, slots=True)
class ReadBody:
    """The client's body, of at most ``limit`` bytes; answered with ``bytes``."""

    limit: int


@dataclass(frozen=True, slots=True)
class Relay:
    """Which replies of the app go out as they come, and the headers that such a reply goes out with.

    ``dress`` is also asked for a reply that ``admits`` refuses, where the app starts again after its first one has
    been handed over: then it is too late to make another of it.
    """

    admits: Callable[[Head], bool]
    dress: Callable[[Head], Headers]


@dataclass(frozen=True, slots=True)
class Call:
    """The wrapped app, called; answered with its whole ``Reply``, or not at all where the reply is relayed.

    ``headers`` maps names to values that replace the client's, ``None`` to take one away. ``body`` replaces the
    client's; ``None`` leaves it to the app to read. What ``relay`` admits is sent with the app's body as it comes,
    and the exchange is over; without ``relay`` the exchange wants every reply. An app that raises has replied 500.
    """

    method: str
    mount: str
    path: str
    query: str
    headers: Mapping[str, str | None]
    body: bytes | None
    relay: Relay | None
    version: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing to do for some ``seconds``; answered with ``None``."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Untouched:
    """Not ours: the app gets the request and speaks for itself; ``mount`` goes from the path to ``SCRIPT_NAME``."""

    mount: str = ""


Event: TypeAlias = ReadBody | Call | Pause
Outcome: TypeAlias = Reply | Untouched
Exchange: TypeAlias = Generator[Event, Any, Outcome]

UNTOUCHED: Final = Untouched()
