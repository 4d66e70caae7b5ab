"""The folder of frozen contracts: which files there are, how they are printed, and how they come to be written.

    schemas/bookings/
      versions.json           which versions are frozen, and whether each is published or still a preview
      v2/openapi.json         the contract of version 2 as OpenAPI 3.1: this one is the promise
      v2/swagger.json         the same as OpenAPI 2.0
      v2/booking.reply.json   what a booking is in replies, and in requests, as JSON Schema 2020-12
      v2/booking.request.json

A file is printed the same for the same contract, and written whole or not at all: into a temporary file beside it,
which then takes its place. Nothing else in the folder is touched, nor any file that is right already.

Border: files and bytes. What may be written is decided by ``freezing``, what is promised by ``conformance``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from secrets import token_hex
from typing import Final, Literal, TypeAlias, cast, get_args
from urllib.parse import quote, unquote

from translayer.contract.api import Api
from translayer.contract.version import Version
from translayer.document.values import Json, Object
from translayer.errors import DeclarationError

from .difference_table import Direction
from .loading import load
from .schemas import json_schema
from .specification import specification

PROMISE: Final = "openapi.json"
"""The file of a version that the code is held to."""

SWAGGER: Final = "swagger.json"

INDEX: Final = "versions.json"
"""The file that says which versions are frozen."""

DIRECTIONS: Final[tuple[Direction, ...]] = ("reply", "request")

_SCHEMAS: Final = tuple(f".{direction}.json" for direction in DIRECTIONS)
"""How the names of the files end that are of one resource."""

Frozen: TypeAlias = Literal["published", "preview"]
"""What a version was when it was frozen: promised to everybody for good, or not yet."""


def promised(api: Api) -> Api:
    """The API whose contracts are frozen: as everybody sees it, unless it is seen in some other way already.

    What has a flag is promised to nobody yet.
    """
    return api.seen_with(frozenset()) if api.seen_by == api.flags else api


def is_published(api: Api, version: Version) -> bool:
    """Whether a version is promised to everybody by now: from the day on which it is no preview any more."""
    return version.life.state(api.clock()) != "preview"


def contract_files(api: Api, version: Version) -> Mapping[str, bytes]:
    """The files of the contract of a version, by name, printed."""
    found: dict[str, Object] = {
        PROMISE: specification(api, version.text, "3.1"),
        SWAGGER: specification(api, version.text, "2.0"),
    }
    for resource in resources(api, version):
        for direction, ending in zip(DIRECTIONS, _SCHEMAS, strict=True):
            found[quote(resource, safe="") + ending] = json_schema(api, resource, version.text, direction)
    return {name: printed(document) for name, document in found.items()}


def schema_of_file(name: str) -> tuple[str, Direction] | None:
    """The resource and the direction that a file is the JSON Schema of; ``None`` for one of OpenAPI."""
    resource, _, direction = name.removesuffix(".json").rpartition(".")
    return (unquote(resource), cast(Direction, direction)) if resource else None


def resources(api: Api, version: Version) -> list[str]:
    """The resources that a version has routes of, in the order declared."""
    served = {api.owner(path.route).name for path in api.tables[api.position(version.text)]}
    return [resource.name for resource in api.resources if resource.name in served]


def printed(document: Json) -> bytes:
    """A document as a file has it: indented by two spaces, members as they stand, a line break at the end."""
    return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


@dataclass(frozen=True)
class Folder:
    """A folder of frozen contracts, which need not exist."""

    path: Path

    def __str__(self) -> str:
        """The folder as readers may name it: from the current one, where it lies in it."""
        here = Path.cwd()
        absolute = here / self.path
        return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)

    @cached_property
    def states(self) -> Mapping[str, Frozen]:
        """What every frozen version was then; raises ``DeclarationError`` where the index cannot be read."""
        path = self.path / INDEX
        if not path.exists():
            return {}
        index = load(path)
        states = index.get("versions") if isinstance(index, dict) else None
        if not isinstance(states, dict) or not all(state in get_args(Frozen) for state in states.values()):
            raise DeclarationError(f"{path} is no index of frozen versions: restore it, or freeze into another folder")
        return states

    def of(self, version: str) -> Path:
        """The folder of a version."""
        return self.path / f"v{version}"

    def name_of(self, version: str) -> str:
        """The folder of a version, as readers may name it."""
        return f"{self}/v{version}"

    def has(self, version: str) -> bool:
        """Whether the promise of a version lies there, whatever the index says of it."""
        return (self.of(version) / PROMISE).is_file()

    def file(self, version: str, name: str) -> str:
        """A file of a version, as readers may name it."""
        return f"{self.name_of(version)}/{name}"

    def differing(self, version: str, files: Mapping[str, bytes]) -> list[str]:
        """The names of those of a version's ``files`` that do not stand there as they are."""
        return [name for name, body in files.items() if _content(self.of(version) / name) != body]

    def stray(self, version: str, files: Mapping[str, bytes]) -> list[str]:
        """The names of files that are of a resource which the version has no more."""
        there = self.of(version).iterdir() if self.of(version).is_dir() else ()
        return sorted(path.name for path in there if path.name.endswith(_SCHEMAS) and path.name not in files)

    def write(self, version: str, files: Mapping[str, bytes]) -> None:
        """Writes files of a version; raises ``OSError``."""
        self.of(version).mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            write_whole(self.of(version) / name, body)

    def remove(self, version: str, names: list[str]) -> None:
        """Removes files of a version; raises ``OSError``."""
        for name in names:
            (self.of(version) / name).unlink()

    def record(self, states: Mapping[str, Frozen]) -> None:
        """Writes which versions are frozen, where that is not what stands there; raises ``OSError``."""
        body = printed({"versions": dict(states)})
        if _content(self.path / INDEX) != body:
            write_whole(self.path / INDEX, body)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def write_whole(path: Path, body: bytes) -> None:
    """Writes a file so that whoever reads it finds all of it, or what stood there before; raises ``OSError``."""
    beside = path.with_name(f".{token_hex(8)}.tmp")
    try:
        beside.write_bytes(body)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
