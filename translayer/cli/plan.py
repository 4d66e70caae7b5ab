"""``translayer plan``: what serves every route of every version, compiled code or the interpreter, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import click

from translayer.contract.api import Api
from translayer.document.values import Json, Object
from translayer.engine.bodies import ReplyBody, RequestBody
from translayer.engine.plan import Plan
from translayer.engine.queries import Queries

from .loading import routes_of, takes_api
from .printing import Line, examples, show, show_json, table, takes_json

_HEADER: Final = ("version", "method", "rule", "request", "reply", "query", "forms")


@click.command(epilog=examples("translayer plan", "translayer plan --json | jq '.[] | select(.version == \"1\")'"))
@takes_api
@takes_json
def plan(api: Api, as_json: bool) -> None:
    """List what serves every route of every version.

    Rules are those of the version, behind the prefix. A body is "compiled" where a function was printed for it
    ("translayer source" shows it), and "interpreted" where there is none; below the route stands why. "-" is a body
    that nothing translates. "query" lists the parameters that the version takes, "-" where all of them pass; "forms"
    what bodies may be beside JSON, where the Api has any.
    """
    found = routes_of(api)
    if as_json:
        show_json([route_as_json(rule, plan) for rule, plan in found])
    else:
        show(listed(found))


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
        "query": None if plan.queries is None else list(_parameters(plan.queries)),
        "forms": _forms(plan),
    }


def _forms(plan: Plan) -> list[Json]:
    """What the bodies that are translated may be."""
    translated = plan.request is not None or plan.reply is not None
    return ["json", *(form.name for form in plan.forms)] if translated else []


def _parameters(queries: Queries) -> Iterator[str]:
    """The names of parameters, in the words of their version."""
    yield from queries.grammar.by_client
    yield from (name for name in queries.grammar.query.parameters if name not in queries.grammar.query.field_of)


def _row(rule: str, plan: Plan) -> tuple[str, ...]:
    query = "-" if plan.queries is None else ", ".join(_parameters(plan.queries)) or "none"
    forms = ", ".join(map(str, _forms(plan)[1:])) or "-"
    return plan.version.text, plan.route.method, rule, _path(plan.request), _path(plan.reply), query, forms


def _body_as_json(body: RequestBody | ReplyBody | None) -> Json:
    return None if body is None else {"path": _path(body), "reasons": list(body.fast.reasons)}


def _path(body: RequestBody | ReplyBody | None) -> str:
    if body is None:
        return "-"
    return "interpreted" if body.fast.run is None else "compiled"


def listed(found: Sequence[tuple[str, Plan]]) -> Iterator[Line]:
    """The routes in columns, the header first, each with its reasons below it."""
    columns = len(_HEADER) - (not any(plan.forms for _, plan in found))
    header, *lines = table([row[:columns] for row in (_HEADER, *(_row(rule, plan) for rule, plan in found))])
    yield header
    for line, (_, plan) in zip(lines, found, strict=True):
        yield line
        for name, body in (("request", plan.request), ("reply", plan.reply)):
            for reason in () if body is None else body.fast.reasons:
                yield Line(f"    {name}: {reason}", "yellow")
