"""What an exchange asks of the boundary while it runs, and what it ends in.

The exchange is a generator that knows no WSGI: it yields one of the requests below, is sent the answer, and
returns an outcome. Whoever drives it owns the sockets; tests drive it with a loop of ten lines.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Final, Protocol, TypeAlias

from msgspec import Struct

from translayer.http.fields import Fields
from translayer.http.message import Reply


class ReadBody(Struct, frozen=True, gc=False):
    """The client's body, of at most ``limit`` bytes; answered with ``bytes``."""

    limit: int


class Relay(Protocol):
    """Which replies of the app go out as they come, and the headers that such a reply goes out with.

    Both are asked when the app starts its reply, which has no body yet.
    """

    def admits(self, head: Reply) -> bool:
        """Whether the reply goes out as it comes."""

    def dress(self, head: Reply) -> Fields:
        """The headers that go out.

        Also asked for a reply that ``admits`` refuses, where the app starts again after its first one has been handed
        over: then it is too late to make another of it.
        """


class Call(Struct, frozen=True):
    """The wrapped app, called; answered with its whole ``Reply``, or not at all where the reply is relayed.

    Where the reply is to be ``translated``, the app is asked for JSON, whole and as it is. Beside that, ``headers``
    maps names to values that replace the client's, ``None`` to take one away. ``body`` replaces the client's; ``None``
    leaves it to the app to read. What ``relay`` admits is sent with the app's body as it comes, and the exchange is
    over; without ``relay`` the exchange wants every reply. An app that raises has replied 500.
    """

    method: str
    mount: str
    path: str
    query: str
    version: str
    translated: bool
    headers: Mapping[str, str | None]
    body: bytes | None
    relay: Relay | None


class Pause(Struct, frozen=True, gc=False):
    """Nothing to do for some ``seconds``; answered with ``None``."""

    seconds: float


class Untouched(Struct, frozen=True, gc=False):
    """Not ours: the app gets the request and speaks for itself; ``mount`` goes from the path to ``SCRIPT_NAME``."""

    mount: str = ""


Event: TypeAlias = ReadBody | Call | Pause
Exchange: TypeAlias = Generator[Event, Any, Reply]

UNTOUCHED: Final = Untouched()
