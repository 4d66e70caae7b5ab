"""What an API could promise better: what its methods do, how its versions are counted, and how their ends are told.

Border: methods, versions and their dates, and whether the API, its changes and its schemas are described. URLs and
names have their own modules.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from marshmallow import Schema

from translayer.contract.info import Info
from translayer.contract.routes import Route
from translayer.contract.version import Scheme, Version, VersionChange

from .names import shapes

if TYPE_CHECKING:
    from translayer.contract.api import Api

_NOTICE: Final = timedelta(days=90)
"""What clients need at least to move on: somebody must read of it, plan it, and write and release it."""


@dataclass(frozen=True)
class Operation:
    """A method at a URL of one version; ``readable`` says whether GET is there too."""

    rule: str
    route: Route
    readable: bool

    @property
    def place(self) -> str:
        """The method and the rule."""
        return f"{self.route.method} {self.rule}"


@dataclass(frozen=True)
class Promise:
    """A version, with the one before it, ``None`` where nobody knows of any; ``first`` says that it changes nothing."""

    version: Version
    before: Version | None
    first: bool
    scheme: Scheme

    @property
    def place(self) -> str:
        """What it is called in a sentence."""
        return f"version {self.version.text}"


@dataclass(frozen=True)
class Told:
    """A change, or a schema, by its class."""

    kind: type[VersionChange] | type[Schema]

    @property
    def place(self) -> str:
        """The name of its class."""
        return self.kind.__name__


@dataclass(frozen=True)
class Whole:
    """The API as a whole."""

    info: Info
    vendor: str

    @property
    def place(self) -> str:
        """Where it speaks of itself."""
        return "Api(info=…)"


def deletes_with_bodies(operation: Operation) -> Iterator[str]:
    """A DELETE that needs a body."""
    if operation.route.method == "DELETE" and operation.route.request is not None:
        yield (
            "a body of DELETE means nothing that servers and proxies agree on (RFC 9110, section 9.3.5): "
            "say it in the URL or the query, or make it POST"
        )


def unread_writes(operation: Operation) -> Iterator[str]:
    """A PUT of what cannot be read."""
    if operation.route.method == "PUT" and not operation.readable:
        yield "what is put there cannot be read there, so that nobody can change what they have not made: add GET"


def whole_versions(promise: Promise) -> Iterator[str]:
    """A version with another number behind the dot than 0."""
    if promise.scheme == "dotted" and any(promise.version.order("dotted")[1:]):
        yield "what breaks nobody needs no version, and the rest is counted by one number: write 2, not 1.1"


def gaps(promise: Promise) -> Iterator[str]:
    """A version that does not follow the one before it."""
    before = promise.before
    if promise.scheme == "integer" and before is not None and int(promise.version.text) > int(before.text) + 1:
        yield f"the version before it is {before.text}, and nobody will know what has become of those between"


def idle_versions(promise: Promise) -> Iterator[str]:
    """A version that is like the one before it."""
    if not promise.first and not promise.version.changes:
        yield "it is the version before it over again: tell what it changes, or leave it out"


def sudden_sunsets(promise: Promise) -> Iterator[str]:
    """A version that is retired without having been deprecated."""
    life = promise.version.life
    if life.sunset is not None and life.deprecation is None:
        yield f"it is retired on {life.sunset:%Y-%m-%d} and never deprecated: say since when, deprecated=date(…)"


def short_notices(promise: Promise) -> Iterator[str]:
    """A version that is retired soon after it is deprecated."""
    life = promise.version.life
    if life.sunset is not None and life.deprecation is not None:
        left = life.sunset - life.deprecation.since
        if left < _NOTICE:
            yield f"it is retired {left.days} days after its deprecation: leave clients {_NOTICE.days} at least"


def unexplained_deprecations(promise: Promise) -> Iterator[str]:
    """A version whose users are not told where to read on."""
    deprecation = promise.version.life.deprecation
    if deprecation is not None and deprecation.link is None:
        yield "its users are told to move on, and not how: name a page, deprecation_link='https://…'"


def mandatory_info(whole: Whole) -> Iterator[str]:
    """An API that does not say what it is called, what it is for, or whom to ask."""
    said = {
        "title": whole.info.title != whole.vendor,
        "description": whole.info.description is not None,
        "contact": bool(whole.info.contact),
    }
    missing = [name for name, is_there in said.items() if not is_there]
    if missing:
        given = ", ".join(f"{name}=…" for name in missing)
        yield f"readers of the specification find no {' and no '.join(missing)}: say Info({given})"


def untold(told: Told) -> Iterator[str]:
    """A class without a docstring of its own."""
    if not inspect.cleandoc(told.kind.__dict__.get("__doc__") or ""):
        yield "what stands in its docstring is what clients read of it: write one"


def operations(api: Api, position: int) -> Iterator[Operation]:
    """The operations of a version."""
    readable = {path.rule for path in api.tables[position] if path.route.method == "GET"}
    for path in api.tables[position]:
        yield Operation(path.rule, path.route, path.rule in readable)


def promises(api: Api, position: int) -> Iterator[Promise]:
    """The version at a position."""
    version, *older = (*api.versions, *api.withdrawn)[position:]
    yield Promise(version, older[0] if older else None, version is api.versions[-1], api.scheme)


def wholes(api: Api, position: int) -> Iterator[Whole]:
    """The API, whatever the version."""
    yield Whole(api.info, api.vendor)


def changes(api: Api, position: int) -> Iterator[Told]:
    """The changes that a version made."""
    yield from map(Told, api.versions[position].changes)


def schemas(api: Api, position: int) -> Iterator[Told]:
    """Today's schemas, of the newest version alone: older ones are made of them."""
    if position == 0:
        found = (shape.family.schema for _, shape in shapes(api, position) if shape.family is not None)
        yield from map(Told, dict.fromkeys(found))
