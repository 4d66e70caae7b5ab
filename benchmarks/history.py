"""history: what a long history costs, in each request, when the app starts, and when the package is imported.

The same documents are read and written by clients 1 to 50 versions back. What happens once is measured in processes
of its own, each of which starts anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from translayer import Api, Translayer
from translayer.engine.exchange import Engine
from translayer.engine.plan import Plan

from . import peers
from .client import Call
from .long_history import document, published
from .tables import Charted, Figure, Report, Row, Target, microseconds, milliseconds, times
from .timing import Contender, Effort, Spread, Timings, measure, turns
from .workloads import printed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TITLE: Final = "history: what versions cost when there are many of them"
ROOT: Final = Path(__file__).parent.parent

BACK: Final = (1, 5, 20, 50)
"""How many versions back a client is."""
THINGS: Final = 100
FROM_ONE: Final = "× 1 back"
LEVEL: Final = (Target(FROM_ONE, 1.2),)
INTERPRETED: Final = "interpreted"
"""What is only the twin of what serves; it goes through every version, and no target speaks of it."""

VERSIONS, RESOURCES = 50, 50
EXTENTS: Final = {"every version changes every resource": 1, "each version changes one resource": 0}

IMPORTED: Final = {
    "nothing": "pass",
    "marshmallow + werkzeug + msgspec": "import marshmallow, werkzeug.routing, msgspec",
    "translayer": "import translayer",
    "flask": "import flask",
    "fastapi": "import fastapi",
    "cadwyn": "import cadwyn",
}
"""What is imported in a process of its own; the second is the most of what the third imports."""


def run(effort: Effort) -> Report:
    """Measure requests, construction and import."""
    rows = [*_rows_of_requests(effort), *_rows_of_construction(effort), *_rows_of_import(effort)]
    cases = list(dict.fromkeys(row.case for row in rows if FROM_ONE in row.figures))
    return Report(TITLE, rows, Charted(FROM_ONE, "how many times as long as 1 version back", cases, line=1.2))


# Requests


def _rows_of_requests(effort: Effort) -> list[Row]:
    back = BACK if effort.largest >= BACK[-1] else BACK[:2]
    api = published(back[-1] + 1, 1, every=True)
    things = min(THINGS, effort.largest)
    kinds: dict[str, Callable[[Api, int], dict[int, Contender] | str]] = {
        f"list of {things}, compiled": partial(_replies, compiled=True),
        f"list of {things}, {INTERPRETED}": partial(_replies, compiled=False),
        "one body to the app, compiled": _requests,
        "GET of one, whole stack": _gets,
    }
    return [row for case, kind in kinds.items() for row in _rows(case, kind(api, things), back, effort)]


def _rows(case: str, by_back: dict[int, Contender] | str, back: Sequence[int], effort: Effort) -> list[Row]:
    names = {number: f"{number} version{'s' * (number > 1)} back" for number in back}
    if isinstance(by_back, str):
        return [Row(case, name, {}, note=by_back) for name in names.values()]
    timings = measure({name: by_back[number] for number, name in names.items()}, effort)
    first, last = names[back[0]], names[back[-1]]

    def row(name: str) -> Row:
        figures = {"time": microseconds(timings.of(name)), FROM_ONE: times(timings.ratio(name, first))}
        aimed = name == last and not case.endswith(INTERPRETED)
        return Row(case, name, figures, {"rounds": timings.rounds}, "", LEVEL if aimed else ())

    return [row(name) for name in names.values()]


def _plans(api: Api, method: str, *, collection: bool) -> dict[int, Plan]:
    """The plans of a method by how many versions back they are."""
    found = (plan for plan in Engine(api).router.plans() if plan.route.method == method)
    return {plan.position: plan for plan in found if ("<" not in plan.route.rule) is collection}


def _replies(api: Api, things: int, *, compiled: bool) -> dict[int, Contender] | str:
    """The app's list, on its way to a client."""
    raw = printed([document(number) for number in range(things)])
    bodies = {back: plan.reply for back, plan in _plans(api, "GET", collection=True).items() if plan.reply}
    if not compiled:
        return {back: partial(body.interpreted, raw) for back, body in bodies.items()}
    missing = _not_compiled(body.fast for body in bodies.values())
    return missing or {back: partial(body.translated, raw) for back, body in bodies.items()}


def _requests(api: Api, things: int) -> dict[int, Contender] | str:
    """A client's body, on its way to the app."""
    bodies = {back: plan.request for back, plan in _plans(api, "POST", collection=True).items() if plan.request}
    sent = {back: printed(body.translation.downgrade(document(7))) for back, body in bodies.items()}
    missing = _not_compiled(body.fast for body in bodies.values())
    return missing or {back: partial(body.translated, sent[back], None) for back, body in bodies.items()}


def _not_compiled(paths: Iterable[Any]) -> str:
    reasons = dict.fromkeys(reason for path in paths if path.run is None for reason in path.reasons)
    return f"not compiled: {' '.join(reasons)}" if reasons else ""


def _gets(api: Api, things: int) -> dict[int, Contender]:
    """A request through the whole stack, over an app that has its reply ready."""
    raw = printed(document(7))

    def ready(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(raw)))])
        return [raw]

    app = Translayer(ready, api)
    calls = {back: Call("GET", f"/v{version.text}/things-0/7") for back, version in enumerate(api.versions)}
    return {back: partial(call.send, app) for back, call in calls.items()}


# Construction


def _rows_of_construction(effort: Effort) -> list[Row]:
    versions, resources = min(VERSIONS, effort.largest), min(RESOURCES, effort.largest)
    case = f"construction, {versions} versions × {resources} resources"
    told: dict[str, list[dict[str, float]]] = {name: [] for name in EXTENTS}
    for names in turns(EXTENTS, replace(effort, rounds=effort.rounds // 4 + 2, fewest=2, budget=3 * effort.budget)):
        for name in names:
            told[name].append(_constructed(versions, resources, EXTENTS[name]))

    def row(name: str) -> Row:
        seconds, size = (Spread.of([each[key] for each in told[name]]) for key in ("seconds", "bytes"))
        figures = {"time": milliseconds(seconds), "memory": Figure(size.scaled(1 / 2**20), "MiB")}
        return Row(case, name, figures, {"rounds": len(told[name])}, "", (Target("time", 2_000),))

    return [row(name) for name in EXTENTS]


def _constructed(versions: int, resources: int, every: int) -> dict[str, float]:
    arguments = map(str, (versions, resources, every))
    told = _python("-m", f"{__package__}.long_history", *arguments)
    read: dict[str, float] = json.loads(told)
    return read


# Import


def _rows_of_import(effort: Effort) -> list[Row]:
    case = "import, beyond starting Python"
    there = [name for name in IMPORTED if name not in ("flask", "fastapi", "cadwyn") or peers.installed(name)]
    contenders: Mapping[str, Contender] = {name: partial(_python, "-c", IMPORTED[name]) for name in there}
    for compiled in contenders.values():
        compiled()
    timings = measure(contenders, replace(effort, budget=2 * effort.budget))

    def row(name: str) -> Row:
        if name not in there:
            return Row(case, name, {}, note=peers.ABSENT)
        targets = (Target("added", 150),) if name == "translayer" else ()
        return Row(case, name, _import_figures(name, timings), {"rounds": timings.rounds}, "", targets)

    return [row(name) for name in IMPORTED]


def _import_figures(name: str, timings: Timings) -> dict[str, Figure]:
    figures = {"time": milliseconds(timings.of(name))}
    if name != "nothing":
        figures["added"] = milliseconds(timings.added(name, "nothing"))
    return figures


def _python(*arguments: str) -> str:
    """What a Python of its own prints; its modules are compiled already after the first time, as installed ones are."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    asked = [sys.executable, *arguments]
    return subprocess.run(asked, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
