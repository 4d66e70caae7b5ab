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
class Call:
    """The wrapped app, called; answered with the ``Head`` of its reply, or not at all where the reply is relayed.

    ``headers`` maps names to values that replace the client's, ``None`` to take one away. ``body`` replaces the
    client's; ``None`` leaves it to the app to read. ``relay`` looks at the head: what it returns is sent as it is,
    with the app's body as it comes, and the exchange is over; ``None`` means that the exchange wants the reply.
    """

    method: str
    mount: str
    path: str
    query: str
    headers: Mapping[str, str | None]
    body: bytes | None
    relay: Callable[[Head], Headers | None]
    version: str


@dataclass(frozen=True, slots=True)
class ReadReply:
    """The body of the reply to the last call; answered with ``bytes``."""


@dataclass(frozen=True, slots=True)
class Untouched:
    """Not ours: the app gets the request and speaks for itself; ``mount`` goes from the path to ``SCRIPT_NAME``."""

    mount: str = ""


Event: TypeAlias = ReadBody | Call | ReadReply
Outcome: TypeAlias = Reply | Untouched
Exchange: TypeAlias = Generator[Event, Any, Outcome]

UNTOUCHED: Final = Untouched()


def never(head: Head) -> None:
    """A ``relay`` that wants every reply."""
