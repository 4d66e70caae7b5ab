"""served: an app under gunicorn, bare and wrapped, with one worker and kept connections.

Both servers run at once, and one is loaded at a time, for a moment, in turns: a machine that is slower for a while is
slower for all. Throughputs are compared round by round.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from time import monotonic, sleep
from typing import Final

from . import peers
from .api import COLLECTIONS, NEWEST, OLDEST, api
from .load import CONNECTIONS, ROOT, Load, generator, load
from .tables import Charted, Figure, Report, Row, Target, milliseconds, times
from .timing import Effort, Spread, Timings, turns
from .workloads import bookings

TITLE: Final = "served: a Flask app under gunicorn"
BARE, NEW, OLD = "bare Flask app", f"translayer, v{NEWEST}", f"translayer, v{OLDEST}"
APPS: Final = {BARE: "bare", NEW: "wrapped", OLD: "wrapped"}
"""Contenders, and which of the apps in `served_apps` they ask."""

GUNICORN: Final = ("--worker-class", "gthread", "--workers", "1", "--threads", str(CONNECTIONS), "--log-level", "error")
"""One worker, which is what one core can do, and connections that are kept, so that little but the app is timed."""

THROUGHPUT, SHARE = "throughput", "throughput, × bare"
TARGETS: Final = {OLD: (Target(SHARE, 0.9, at_least=True),), NEW: (Target(SHARE, 0.9, at_least=True),)}
ONE: Final = "GET of one booking"
ROUNDS: Final = 7
PATIENCE: Final = 30.0
"""Seconds within which a server must be there."""


def run(effort: Effort) -> Report:
    """Measure one booking, and the list of a hundred."""
    case = f"by {generator()}, {CONNECTIONS} connections"
    kept = bookings(100)[0]["id"]
    targets = {f"{ONE}, {case}": f"/{kept}", f"GET list of 100, {case}": ""}
    charted = Charted(THROUGHPUT, "requests per second", list(targets))
    if not peers.installed("gunicorn"):
        return Report(TITLE, [Row(each, name, {}, note=peers.ABSENT) for each in targets for name in APPS], charted)
    with ExitStack() as closing:
        ports = {app: closing.enter_context(server(app)) for app in dict.fromkeys(APPS.values())}
        rows = [row for each, path in targets.items() for row in _rows(each, path, ports, effort)]
    return Report(TITLE, rows, charted)


@contextmanager
def server(app: str) -> Iterator[int]:
    """gunicorn with one of the apps, on a port that was free."""
    port = _free_port()
    bound = ("--bind", f"127.0.0.1:{port}", f"{__package__}.served_apps:{app}")
    command = [sys.executable, "-m", "gunicorn", *GUNICORN, *bound]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the app answers, whatever it answers: gunicorn listens before it has imported the app."""
    end = monotonic() + PATIENCE
    while monotonic() < end and process.poll() is None:
        asked = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            asked.request("GET", "/")
            asked.getresponse()
        except OSError:
            sleep(0.05)
        else:
            return
        finally:
            asked.close()
    raise RuntimeError("gunicorn did not start")


def _rows(case: str, path: str, ports: Mapping[str, int], effort: Effort) -> list[Row]:
    loads = _loads({name: (ports[APPS[name]], _url(name) + path) for name in APPS}, effort)
    # Seconds per request, so that what is compared round by round are times, as everywhere.
    paces = Timings({name: [1 / each.throughput for each in loads[name]] for name in APPS})

    def row(name: str) -> Row:
        targets = TARGETS.get(name, ()) if case.startswith(ONE) else ()
        figures = _figures(loads[name])
        if name != BARE:
            figures[SHARE] = times(paces.ratio(BARE, name))
        return Row(case, name, figures, {"rounds": paces.rounds}, "", targets)

    return [row(name) for name in APPS]


def _url(name: str) -> str:
    return {
        BARE: COLLECTIONS[NEWEST],
        NEW: f"{api.prefix}/v{NEWEST}{COLLECTIONS[NEWEST]}",
        OLD: f"{api.prefix}/v{OLDEST}{COLLECTIONS[OLDEST]}",
    }[name]


def _loads(asked: Mapping[str, tuple[int, str]], effort: Effort) -> dict[str, list[Load]]:
    """Every round's load of every contender, after one that warms them up."""
    seconds = max(0.2, 100 * effort.seconds)
    for port, url in asked.values():
        load(port, url, seconds)
    loads: dict[str, list[Load]] = {name: [] for name in asked}
    rounds = Effort(min(ROUNDS, effort.rounds), effort.fewest, 0.0, 5 * effort.budget, effort.largest)
    for names in turns(asked, rounds):
        for name in names:
            loads[name].append(load(*asked[name], seconds))
    return loads


def _figures(loads: Sequence[Load]) -> dict[str, Figure]:
    return {
        THROUGHPUT: Figure(Spread.of([each.throughput for each in loads]), "/s"),
        "p50": milliseconds(Spread.of([each.p50 for each in loads])),
        "p99": milliseconds(Spread.of([each.p99 for each in loads])),
    }
