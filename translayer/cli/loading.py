"""What commands are about: the author's ``Api``, its resources, versions and routes, by the names on the command line.

Whatever is not there is refused as a usage error (exit status 2), in a sentence that says what is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection
from contextlib import redirect_stdout
from importlib import import_module
from inspect import isroutine
from operator import attrgetter
from typing import Any, BinaryIO, Final, TypeVar

import click

from translayer.contract.api import Api
from translayer.contract.explain import printable
from translayer.contract.resource import Resource
from translayer.document.codec import decode
from translayer.document.values import Json
from translayer.engine.exchange import Engine
from translayer.engine.plan import Plan
from translayer.errors import DeclarationError, DecodeError

TRANSLAYER_API: Final = "TRANSLAYER_API"
"""The environment variable that stands for ``--api``."""

Command = TypeVar("Command", bound=Callable[..., Any])


def found_api(context: click.Context, parameter: click.Parameter, value: str) -> Api:
    """The ``Api`` named ``module:attribute``, as in ``bookings.api:api``, found from the current folder.

    The attribute may be a function that makes it, with ``()`` behind its name or not.
    """
    module, _, attribute = value.partition(":")
    name, is_called = attribute.removesuffix("()"), attribute.endswith("()")
    if not module or not name:
        raise click.BadParameter(printable(f"{value!r} is not written module:attribute, as in bookings.api:api"))
    if "/" in module or module.endswith(".py"):
        dotted = module.removesuffix(".py").strip("./").replace("/", ".")
        raise click.BadParameter(printable(f"{module!r} is a file: name the module, as in {dotted}:{attribute}"))
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        with redirect_stdout(sys.stderr):  # the answer is all that stands on standard output
            found = attrgetter(name)(import_module(module))
            made = found() if is_called or isroutine(found) else found
    except (Exception, SystemExit) as error:
        raise click.BadParameter(printable(_why_not(module, name, error))) from error
    if not isinstance(made, Api):
        raise click.BadParameter(printable(_no_api(value, found, made)))
    return made


def _no_api(value: str, found: Any, made: Any) -> str:
    if made is found:
        return f"{value!r} is a {type(found).__name__}: name the Api itself, or a function that makes it"
    return f"{value!r} makes a {type(made).__name__}: name a function that makes an Api, or the Api itself"


def _why_not(module: str, attribute: str, error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name and f"{module}.".startswith(f"{error.name}."):
        return f"there is no module {error.name!r}, neither installed nor in {os.getcwd()}"
    if isinstance(error, DeclarationError):
        return f"{module} declares what cannot be: {error}"
    if module not in sys.modules:
        return f"importing {module} failed: {error!r}"
    if isinstance(error, AttributeError) and not _has(module, attribute):
        return f"{module} has no {attribute!r}"
    return f"calling {module}:{attribute} without arguments failed: {error!r}"


def _has(module: str, attribute: str) -> bool:
    try:
        attrgetter(attribute)(sys.modules[module])
    except AttributeError:
        return False
    return True


def takes_api(command: Command) -> Command:
    """A command that is given the ``Api`` as ``api``."""
    return click.option(
        "--api",
        callback=found_api,
        metavar="MODULE:NAME",
        envvar=TRANSLAYER_API,
        show_envvar=True,
        required=True,
        help="The Api, as in bookings.api:api, or a function that makes it.",
    )(command)


def routes_of(api: Api) -> list[tuple[str, Plan]]:
    """Every route of every version, under the rule that its version has for it, the newest version first."""
    try:
        plans = Engine(api).router.plans()
    except DeclarationError as error:
        raise click.UsageError(printable(f"the Api cannot be served: {error}")) from error
    rules = [{path.route: path.rule for path in table} for table in api.tables]
    return [(rules[plan.position][plan.route], plan) for plan in plans]


def check_resource(api: Api, name: str) -> Resource:
    """The resource of a name; refuses one that there is not."""
    for resource in api.resources:
        if resource.name == name:
            return resource
    raise click.UsageError(printable(f"there is no resource {name!r}; there are {', '.join(_resources(api))}"))


def check_version(api: Api, text: str) -> int:
    """The position of a version; refuses one that was never published."""
    try:
        return api.position(text)
    except LookupError as error:
        raise click.UsageError(printable(str(error))) from error


def check_flags(api: Api, flags: Collection[str]) -> None:
    """Refuses flags that nothing in the API has."""
    unknown = [flag for flag in flags if flag not in api.flags]
    if unknown:
        known = f"there are {', '.join(sorted(api.flags))}" if api.flags else "nothing has one"
        raise click.UsageError(printable(f"there is no flag {unknown[0]!r}; {known}"))


def read_document(file: BinaryIO) -> Json:
    """The JSON in a file; refuses what is none."""
    try:
        return decode(file.read())
    except DecodeError as error:
        name = getattr(file, "name", "<stdin>")
        raise click.UsageError(printable(f"{name}: {error.description}")) from error


def resource_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What a shell completes a resource by: ``shell_complete=resource_names``."""
    return [name for name in _names(context, _resources) if name.startswith(incomplete)]


def version_texts(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What a shell completes a version by: ``shell_complete=version_texts``."""
    return [text for text in _names(context, _versions) if text.startswith(incomplete)]


def _names(context: click.Context, of: Callable[[Api], list[str]]) -> list[str]:
    """Names in the ``Api`` that the command line says, or the environment; none where there is none."""
    api = context.params.get("api")
    return of(api) if isinstance(api, Api) else []


def _resources(api: Api) -> list[str]:
    return [resource.name for resource in api.resources]


def _versions(api: Api) -> list[str]:
    return [version.text for version in api.versions]
