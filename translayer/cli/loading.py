"""What commands are about: the author's ``Api``, its resources, versions and routes, by the names on the command line.

Whatever is not there is refused as a usage error (exit status 2), in a sentence that says what is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from typing import Any, Final, TypeVar

import click

from translayer.contract.api import Api
from translayer.contract.explain import printable
from translayer.engine.exchange import Engine
from translayer.engine.plan import Plan
from translayer.errors import DeclarationError

TRANSLAYER_API: Final = "TRANSLAYER_API"
"""The environment variable that stands for ``--api``."""

Command = TypeVar("Command", bound=Callable[..., Any])


def found_api(context: click.Context, parameter: click.Parameter, value: str) -> Api:
    """The ``Api`` named ``module:attribute``, as in ``bookings.api:api``, found from the current folder."""
    module, _, attribute = value.partition(":")
    if not module or not attribute:
        raise click.BadParameter(printable(f"{value!r} is not written module:attribute, as in bookings.api:api"))
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found = attrgetter(attribute)(import_module(module))
    except (Exception, SystemExit) as error:
        raise click.BadParameter(printable(_why_not(module, attribute, error))) from error
    if not isinstance(found, Api):
        raise click.BadParameter(printable(f"{value!r} is a {type(found).__name__}: name the Api itself"))
    return found


def _why_not(module: str, attribute: str, error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name and f"{module}.".startswith(f"{error.name}."):
        return f"there is no module {error.name!r}, neither installed nor in {os.getcwd()}"
    if isinstance(error, AttributeError) and module in sys.modules:
        return f"{module} has no {attribute!r}"
    if isinstance(error, DeclarationError):
        return f"{module} declares what cannot be: {error}"
    return f"importing {module} failed: {error!r}"


def takes_api(command: Command) -> Command:
    """A command that is given the ``Api`` as ``api``."""
    return click.option(
        "--api",
        callback=found_api,
        metavar="MODULE:ATTRIBUTE",
        envvar=TRANSLAYER_API,
        show_envvar=True,
        required=True,
        help="The Api, as in bookings.api:api.",
    )(command)


def routes_of(api: Api) -> list[tuple[str, Plan]]:
    """Every route of every version, under the rule that its version has for it, the newest version first."""
    try:
        plans = Engine(api).router.plans()
    except DeclarationError as error:
        raise click.UsageError(printable(f"the Api cannot be served: {error}")) from error
    rules = [{path.route: path.rule for path in table} for table in api.tables]
    return [(rules[plan.position][plan.route], plan) for plan in plans]


def check_resource(api: Api, name: str) -> None:
    """Refuses a resource that there is not."""
    known = [resource.name for resource in api.resources]
    if name not in known:
        raise click.UsageError(printable(f"there is no resource {name!r}; there are {', '.join(known)}"))


def check_version(api: Api, text: str) -> int:
    """The position of a version; refuses one that was never published."""
    try:
        return api.position(text)
    except LookupError as error:
        raise click.UsageError(printable(str(error))) from error
