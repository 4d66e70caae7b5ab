"""untouched: what passes through the layer as it is, over a WSGI callable that does nothing.

The callable is the cheapest app that there can be, so that hardly anything but the layer is measured, and its
chunks are one and the same bytes again and again, so that streaming costs nothing but being passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from translayer import Translayer

from .api import OLDEST, api
from .client import Call
from .tables import Charted, Report, Row, Target, microseconds, times
from .timing import Contender, Effort, measure

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TITLE = "untouched: replies that pass as they are, over a WSGI callable that does nothing"

BARE: Final = "bare"
WAYS: Final[Mapping[str, str]] = {
    "outside of the prefix": "/status",
    "behind a version": f"{api.prefix}/v{OLDEST}/status",
    "declared, not JSON": f"{api.prefix}/v{OLDEST}/reservations/00000000-0000-4000-8000-000000000001",
}
"""The ways through the layer: no version's business; a URL that no version declares; a reply that is no JSON."""

SMALL: Final = "one small reply"
TARGETS: Final = {(SMALL, way): (Target("added", 2),) for way in ("outside of the prefix", "behind a version")}
"""What is untouched is a URL of no version's; a declared one is routed before its reply turns out not to be JSON."""

CHUNKS: Final = 1_000
CHUNK_SIZES: Final = {"1 KiB": 1_024, "64 KiB": 65_536}


def run(effort: Effort) -> Report:
    """Measure one small reply, and streams of chunks of two sizes."""
    count = min(CHUNKS, effort.largest)
    cases = {SMALL: small_reply} | {
        f"stream of {count:,} × {size}": partial(streamed, b"x" * number, count) for size, number in CHUNK_SIZES.items()
    }
    rows = [row for case, app in cases.items() for row in _rows(case, app, effort)]
    return Report(TITLE, rows, Charted("added", "µs on top of the bare callable", list(cases)))


def small_reply(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """A WSGI app: 200 and two bytes."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


def streamed(chunk: bytes, count: int, environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    """A WSGI app, but for its first two parameters: a generator, which starts its reply once it is pulled."""
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    for _ in range(count):
        yield chunk


def _rows(case: str, app: WSGIApplication, effort: Effort) -> list[Row]:
    wrapped = Translayer(app, api)
    contenders: dict[str, Contender] = {BARE: partial(Call("GET", "/status").send, app)}
    contenders |= {name: partial(Call("GET", path).send, wrapped) for name, path in WAYS.items()}
    timings = measure(contenders, effort)

    def row(name: str) -> Row:
        figures = {"time": microseconds(timings.of(name))}
        if name != BARE:
            figures["added"] = microseconds(timings.added(name, BARE))
            figures["throughput, × bare"] = times(timings.ratio(BARE, name))
        return Row(case, name, figures, {"rounds": timings.rounds}, "", TARGETS.get((case, name), ()))

    return [row(name) for name in contenders]
