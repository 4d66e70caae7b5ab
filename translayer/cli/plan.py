"""``translayer plan``: what serves every route of every version, compiled code or the interpreter, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from translayer.contract.api import Api
from translayer.contract.explain import aligned
from translayer.document.values import Json, Object
from translayer.engine.bodies import ReplyBody, RequestBody
from translayer.engine.plan import Plan

from .loading import routes_of, takes_api
from .printing import Line, show, show_json, takes_json

_HEADER = ("version", "method", "rule", "request", "reply")


@click.command()
@takes_api
@takes_json
def plan(api: Api, as_json: bool) -> None:
    """List what serves every route of every version.

    Rules are those of the version, behind the prefix. A body is "compiled" where a function was printed for it
    ("translayer source" shows it), and "interpreted" where there is none; below the route stands why. "-" is a body
    that nothing translates.
    """
    found = routes_of(api)
    if as_json:
        show_json([route_as_json(rule, plan) for rule, plan in found])
    else:
        show(table(found))


def route_as_json(rule: str, plan: Plan) -> Object:
    """A route as a JSON object: ``rule`` is the version's, ``today`` the app's, a body that passes is null."""
    return {
        "version": plan.version.text,
        "method": plan.route.method,
        "rule": rule,
        "resource": plan.resource.name,
        "today": plan.route.rule,
        "request": _body_as_json(plan.request),
        "reply": _body_as_json(plan.reply),
    }


def _body_as_json(body: RequestBody | ReplyBody | None) -> Json:
    return None if body is None else {"path": _path(body), "reasons": list(body.fast.reasons)}


def _path(body: RequestBody | ReplyBody | None) -> str:
    if body is None:
        return "-"
    return "interpreted" if body.fast.run is None else "compiled"


def table(found: Sequence[tuple[str, Plan]]) -> Iterator[Line]:
    """The routes in columns, the header first, each with its reasons below it."""
    rows = [
        (plan.version.text, plan.route.method, rule, _path(plan.request), _path(plan.reply)) for rule, plan in found
    ]
    header, *lines = aligned([_HEADER, *rows])
    yield Line(header, "bold")
    for line, (_, plan) in zip(lines, found, strict=True):
        yield Line(line)
        for name, body in (("request", plan.request), ("reply", plan.reply)):
            for reason in () if body is None else body.fast.reasons:
                yield Line(f"    {name}: {reason}", "yellow")
