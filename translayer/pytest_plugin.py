"""A plugin for pytest: one test for every version that was published, which holds the code to its frozen contract.

    [pytest]
    translayer_api = bookings.api:api
    translayer_frozen = schemas/bookings

Without ``translayer_api`` nothing happens, and nothing is imported. Both may be said on the command line as well, by
``--translayer-api`` and ``--translayer-frozen``. Folders and modules are found from the root of the test run. Where
single tests are asked for by their ids, these are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from inspect import isroutine
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from translayer.contract.api import Api
    from translayer.openapi.conformance import Promise

API: Final = "translayer_api"
FROZEN: Final = "translayer_frozen"

_DEFAULT: Final = "schemas"
"""The folder of frozen contracts where neither the options nor the Api say another."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The two options, each on the command line and in pytest's configuration."""
    group = parser.getgroup("translayer", "translayer: the code is held to its frozen contracts")
    for name, told in (
        (API, "The Api, as in bookings.api:api, or a function that makes it."),
        (FROZEN, "The folder of the frozen contracts; what Api(frozen=...) says, or schemas, unless it is said."),
    ):
        parser.addini(name, told, default="")
        group.addoption(f"--{name.replace('_', '-')}", dest=name, default="", help=told)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Adds a test for every version that is frozen, or has to be."""
    named = _option(config, API)
    if named and not any("::" in argument for argument in config.args):
        items.extend(_tests(session, config, named))


def _option(config: pytest.Config, name: str) -> str:
    return str(config.getoption(name) or config.getini(name))


def _tests(session: pytest.Session, config: pytest.Config, named: str) -> Iterator[pytest.Item]:
    from translayer.errors import DeclarationError
    from translayer.openapi.conformance import promises
    from translayer.openapi.folder import Folder

    api = _found(config, named)
    folder = Folder(config.rootpath / (_option(config, FROZEN) or api.frozen or _DEFAULT))
    try:
        found = list(promises(api, folder))
    except DeclarationError as error:
        raise pytest.UsageError(str(error)) from error
    for promise in found:
        name = f"v{promise.version} honours {promise.against}"
        yield Honours.from_parent(session, name=name, nodeid=f"translayer::{name}", promise=promise)


def _found(config: pytest.Config, named: str) -> Api:
    """The ``Api`` that is named; raises ``UsageError`` for anything else."""
    from translayer.contract.api import Api

    root = str(config.rootpath)
    if root not in sys.path:
        sys.path.insert(0, root)
    try:
        found = resolve_name(named)
        api = found() if isroutine(found) else found
    except Exception as error:
        raise pytest.UsageError(f"{API}: {named!r} is not found: {error!r}") from error
    if not isinstance(api, Api):
        raise pytest.UsageError(f"{API}: {named!r} is a {type(api).__name__}: name the Api, as in bookings.api:api")
    return api


class Honours(pytest.Item):
    """The test that the code keeps what was promised of one version."""

    def __init__(self, *, promise: Promise, **known: Any) -> None:
        super().__init__(**known)
        self.promise = promise

    def runtest(self) -> None:
        """Fails with all that breaks the contract, or keeps it from being looked at."""
        from translayer.openapi.conformance import breaches_told

        verdict = self.promise.verdict()
        told = [*verdict.missing, *verdict.faults, *breaches_told(verdict)]
        if told:
            raise Broken("\n".join(told))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any) -> Any:
        """What is broken, without the way through this plugin."""
        return str(excinfo.value) if isinstance(excinfo.value, Broken) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it is listed, and as what."""
        return self.config.rootpath, None, self.nodeid


class Broken(Exception):
    """A contract that is not honoured, with all that breaks it."""
