"""request: one request through the whole stack, in process: an app alone, through the layer, and beside its peers.

Every contender has an app of its own and asks for one booking after the other. The clients do what servers do, and
their cost is in every time. Flask's rows are compared with the bare Flask app, Cadwyn's with the bare FastAPI app.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Final

from translayer import Translayer

from . import peers
from .api import COLLECTIONS, NEWEST, OLDEST, api
from .asks import ASKS, Seen, Unit, gets_and_puts
from .client import Call
from .flask_app import in_memory
from .tables import Charted, Figure, Report, Row, Target, microseconds, times
from .timing import Contender, Effort, Timings, measure
from .workloads import Document, bookings, older

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

TITLE: Final = "request: one request to an in-memory app, in process"
KEPT: Final = 100
"""Bookings in the app, all of which a list has."""

BARE, TWICE = "bare", "bare GET + PUT"
NEW, OLD = f"translayer, v{NEWEST}", f"translayer, v{OLDEST}, three versions back"
FASTAPI, CADWYN = "FastAPI, bare", "Cadwyn, three versions back"
OPENAPI: Final = "openapi-core in Flask, no versions"

COMPARED: Final[Mapping[str, Sequence[str]]] = {
    "GET": (BARE, NEW, OLD, OPENAPI, FASTAPI, CADWYN),
    "GET list of {kept}": (BARE, NEW, OLD, OPENAPI, FASTAPI, CADWYN),
    "POST": (BARE, NEW, OLD, OPENAPI, FASTAPI, CADWYN),
    "PUT": (BARE, TWICE, NEW, OLD, FASTAPI, CADWYN),
    "PATCH, merge patch": (TWICE, NEW, OLD, FASTAPI, CADWYN),
    "PATCH, JSON Patch": (TWICE, NEW, OLD),
}
"""Each case and its contenders. The bare app has no PATCH: what its clients do instead is a GET and a PUT."""

NEEDED: Final = {FASTAPI: "fastapi", CADWYN: "cadwyn", OPENAPI: "openapi_core"}
"""What must be installed for a contender."""

TARGETS: Final = {("GET", OLD): (Target("added", 25),)}


def run(effort: Effort) -> Report:
    """Measure every case."""
    kept = bookings(min(KEPT, effort.largest))
    rows = [row for case in COMPARED for row in _rows(case, kept, effort)]
    cases = [case.format(kept=len(kept)) for case in ("GET", "POST", "PATCH, merge patch")]
    return Report(TITLE, rows, Charted("time", "µs per request", cases))


def _rows(case: str, kept: Sequence[Document], effort: Effort) -> list[Row]:
    told = case.format(kept=len(kept))
    with ExitStack() as closing:
        there = [name for name in COMPARED[case] if peers.installed(NEEDED.get(name, "flask"))]
        contenders = {name: _contender(name, case, kept, closing) for name in there}
        timings = measure(contenders, effort)
    facts = {"rounds": timings.rounds}
    found = {name: Row(told, name, _figures(name, timings), facts, "", TARGETS.get((case, name), ())) for name in there}
    return [found.get(name) or Row(told, name, {}, note=peers.ABSENT) for name in COMPARED[case]]


def _figures(name: str, timings: Timings) -> dict[str, Figure]:
    base = FASTAPI if name == CADWYN else next(iter(timings.seconds))
    figures = {"time": microseconds(timings.of(name))}
    if name not in (base, FASTAPI):
        figures["× bare"] = times(timings.ratio(name, base))
        figures["added"] = microseconds(timings.added(name, base))
    return figures


# Contenders: an app, and what is asked of it


def _contender(name: str, case: str, kept: Sequence[Document], closing: ExitStack) -> Contender:
    units = list((gets_and_puts if name == TWICE else ASKS[case])(_seen(name, kept)))
    if name in (FASTAPI, CADWYN):
        return _in_loop(name, units, kept, closing)
    app = peers.found("openapi_flask").make(kept) if name == OPENAPI else in_memory(kept)
    calls = [[Call(*ask) for ask in unit] for unit in units]
    return partial(_send_next, Translayer(app, api) if name in (NEW, OLD) else app, cycle(calls))


def _seen(name: str, kept: Sequence[Document]) -> Seen:
    """The app as clients of a contender see it."""
    version = OLDEST if name in (OLD, CADWYN) else NEWEST
    prefix = f"{api.prefix}/v{version}" if name in (NEW, OLD) else ""
    documents = {booking["id"]: older(booking) if version == OLDEST else booking for booking in kept}
    return Seen(prefix + COLLECTIONS[version], documents, "pax" if version == OLDEST else "passengers")


def _send_next(app: WSGIApplication, calls: cycle[Sequence[Call]]) -> None:
    for call in next(calls):
        call.send(app)


def _in_loop(name: str, units: Sequence[Unit], kept: Sequence[Document], closing: ExitStack) -> Contender:
    """An ASGI app on a loop of its own; Cadwyn is told the version in a header."""
    asgi, module = peers.found("asgi"), peers.found("cadwyn_app" if name == CADWYN else "fastapi_app")
    headers = {"x-api-version": module.DATES[OLDEST]} if name == CADWYN else {}
    served = asgi.Served(module.make(kept))
    closing.callback(served.close)
    calls = cycle([asgi.AsgiCall(*ask, headers) for unit in units for ask in unit])
    return lambda: served.send(next(calls))
