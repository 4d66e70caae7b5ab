"""``translayer source``: the functions that were compiled for the bodies of one resource in one version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from translayer.contract.api import Api
from translayer.document.values import Object
from translayer.engine.fast import FastPath
from translayer.engine.plan import Plan

from .loading import check_resource, check_version, resource_names, routes_of, takes_api, version_texts
from .printing import Line, No, examples, show, show_json, show_source, takes_json


@click.command(
    epilog=examples(
        "translayer source booking --version 1",
        "translayer source booking --version 1 --upgrade",
    )
)
@click.argument("resource", shell_complete=resource_names)
@click.option("--version", required=True, shell_complete=version_texts, help="The version of the clients.")
@click.option(
    "--downgrade/--upgrade",
    default=True,
    show_default=True,
    help="The way of replies, to the clients, or that of requests, to the app.",
)
@takes_api
@takes_json
def source(api: Api, resource: str, version: str, downgrade: bool, as_json: bool) -> None:
    """Print the code that was compiled for a resource.

    It is Python, for the bodies of RESOURCE in one version; above each function stand the routes that it serves.
    Where there is none for a body, which is then interpreted, it is told why, and the exit status is 1. So it is where
    the version translates no such bodies.
    """
    check_resource(api, resource)
    position = check_version(api, version)
    plans = [
        (rule, plan) for rule, plan in routes_of(api) if (plan.resource.name, plan.position) == (resource, position)
    ]
    found = served(plans, downgrade=downgrade)
    if not found:
        raise No(f"version {version} translates no {'replies' if downgrade else 'requests'} of {resource!r}")
    tell(found, as_json=as_json)


Found = list[tuple[FastPath, list[str]]]
"""Paths that differ, each with the routes that it serves."""


def served(plans: Sequence[tuple[str, Plan]], *, downgrade: bool) -> Found:
    """The fast paths of replies, or of requests, of routes under their rules; the same one is told once."""
    found: dict[tuple[bool, str, tuple[str, ...]], tuple[FastPath, list[str]]] = {}
    for rule, plan in plans:
        body = plan.reply if downgrade else plan.request
        if body is not None:
            path = body.fast
            mark = path.run is None, path.source, path.reasons
            found.setdefault(mark, (path, []))[1].append(f"{plan.route.method} {rule}")
    return list(found.values())


def tell(found: Found, *, as_json: bool) -> None:
    """Prints fast paths, with their routes and their reasons; the answer is no where one of them is none."""
    if as_json:
        show_json([_path_as_json(path, routes) for path, routes in found])
    else:
        _print(found)
    if any(path.run is None for path, _ in found):
        raise click.exceptions.Exit(1)


def _path_as_json(path: FastPath, routes: list[str]) -> Object:
    return {
        "routes": routes,
        "source": None if path.run is None else path.source,
        "reasons": list(path.reasons),
    }


def _print(found: Found) -> None:
    for number, (path, routes) in enumerate(found):
        show([Line("")] * bool(number) + [Line(f"# {route}", "bold") for route in routes])
        if path.run is None:
            show(_reasons(path))
        else:
            show_source(path.source)


def _reasons(path: FastPath) -> Iterator[Line]:
    yield Line("# is interpreted:")
    yield from (Line(f"#   {reason}", "yellow") for reason in path.reasons)
