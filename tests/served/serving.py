"""Real HTTP for tests: gunicorn on a loopback port of its own, and a client of the standard library.

The port is bound and listening before gunicorn starts, and is handed over open. So nobody else can take it, and the
first request waits in the socket's queue until a worker answers it: readiness needs no polling and no sleep. Where
gunicorn does not come up, the queue goes with it and the request fails at once.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""Seconds for the server to start, to answer or to stop; each takes well under one."""

BOOKINGS = "examples.bookings.wsgi:app"
WORKERS = {
    "sync": ("--worker-class", "sync", "--workers", "2", "--threads", "1"),
    "gthread": ("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
}
"""gunicorn's options for each kind of worker that is promised to work."""

ONE = ("--worker-class", "gthread", "--workers", "1", "--threads", "4")
"""For a service that has its objects in memory."""

FOUR = ("--worker-class", "gthread", "--workers", "4", "--threads", "4")
"""For a service with many clients."""


@dataclass(frozen=True)
class Answer:
    """A reply, read to its end."""

    status: int
    reason: str
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body's JSON value."""
        return json.loads(self.body)


class Caller:
    """A client with one connection, which it keeps as long as the server does."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def ask(
        self, method: str, path: str, sent: Any = None, headers: Mapping[str, str] | None = None, *, text: str = ""
    ) -> Answer:
        """One request and its reply. ``sent`` goes out as JSON, ``text`` as it is."""
        told = dict(headers or {})
        if sent is not None:
            told.setdefault("Content-Type", "application/json")
            text = json.dumps(sent)
        self.connection.request(method, path, text.encode() if text else None, told)
        with self.connection.getresponse() as reply:
            return Answer(reply.status, reply.reason, reply.headers, reply.read())


@dataclass(frozen=True)
class Server:
    """A gunicorn that runs: its port, and the process that starts its workers."""

    port: int
    pid: int

    def workers(self) -> list[int]:
        """The processes that serve, the oldest first (Linux, proc(5))."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]


@contextmanager
def running(
    application: str, options: Sequence[str], *, ready: str = "/status", **environment: str | Path
) -> Iterator[Server]:
    """Run gunicorn until the block ends. ``ready`` is a URL that answers 200."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        process = _started(application, options, listener.fileno(), environment)
    try:
        with Caller(port) as caller:
            assert caller.ask("GET", ready).status == 200
        yield Server(port, process.pid)
    finally:
        _stop(process)


@contextmanager
def served(
    application: str, workers: str = "gthread", *, ready: str = "/status", **environment: str | Path
) -> Iterator[int]:
    """Run gunicorn with one kind of ``WORKERS`` until the block ends; the value is its port."""
    with running(application, WORKERS[workers], ready=ready, **environment) as server:
        yield server.port


WHILE_V1_IS_SERVED = "2026-12-01T12:00:00+00:00"
"""A time at which versions 1 to 3 of the example are served."""


@contextmanager
def bookings(directory: Path, workers: str = "gthread") -> Iterator[int]:
    """The example in every version, over a new database in ``directory``; the value is its port.

    Its clock stands still, at what the file ``clock`` in the directory says.
    """
    clock = directory / "clock"
    clock.write_text(WHILE_V1_IS_SERVED, encoding="ascii")
    with served(BOOKINGS, workers, BOOKINGS_DB=directory / "bookings.sqlite3", BOOKINGS_CLOCK=clock) as port:
        yield port


def _started(
    application: str, options: Sequence[str], descriptor: int, environment: Mapping[str, str | Path]
) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "gunicorn", "--config", "python:examples.bookings.server"),
        *("--log-level", "warning", "--bind", f"fd://{descriptor}", *options),
        # So long that no connection goes in the moment in which its client, busy elsewhere, comes back to it.
        *("--keep-alive", str(int(PATIENCE))),
        application,
    ]
    # In a session of its own, so that whether a worker outlives the server can be asked of its process group.
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {name: str(value) for name, value in environment.items()},
        pass_fds=(descriptor,),
        start_new_session=True,
    )


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop; fails where it does not, or leaves a process behind."""
    server.terminate()
    try:
        assert server.wait(PATIENCE) == 0
        assert not _group_is_alive(server.pid), "a worker has outlived the server"
    finally:
        if _group_is_alive(server.pid):
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _group_is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
