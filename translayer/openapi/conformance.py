"""Conformance: whether the code still honours a contract that was promised, and which change it is that does not.

The promise of a frozen version is its OpenAPI document; what else lies beside it says the same in other forms, and is
held to be so. A contract from elsewhere, as OpenAPI or JSON Schema, is a promise like any other. A breach is a
difference that breaks clients; all else is harmless, and told as well.

Border: nothing is written. Which files may be is decided by ``freezing``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias, cast

from translayer.contract.api import Api
from translayer.contract.contract_files import ContractFile, is_openapi
from translayer.contract.version import Version
from translayer.document.values import Json, Object
from translayer.errors import DeclarationError

from .attribution import Attribution, Finding, route_of, told_as
from .difference_table import Direction
from .differences import differences, schema_differences
from .folder import INDEX, PROMISE, Folder, contract_files, is_published, promised, schema_of_file
from .loading import load
from .model import Contract, form_of
from .provenance import causes_at
from .schemas import json_schema
from .servers import server_differences
from .specification import specification
from .timeless import lasting, timeless

Schematic: TypeAlias = tuple[str, Direction]
"""What a JSON Schema is of: a resource, in replies or in requests."""

FREEZE: Final = "run translayer freeze"
"""What is to be done about what is not frozen."""

_TAKEN_BACK: Final = (
    "version {0} was published, and the code says that it is a preview: a promise is not taken back, so take preview= "
    "off, and begin a new version"
)


@dataclass(frozen=True)
class Verdict:
    """How the code stands to one promise, ``against`` which it was held, of a version.

    ``binding`` says that the promise was published, so that it may not be broken. ``missing`` are sentences about what
    is not frozen and should be, ``faults`` about what keeps the promise from being looked at; ``stale`` are the files
    that do not say what the code does by now.
    """

    version: str
    against: str
    binding: bool
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def breaches(self) -> tuple[Finding, ...]:
        """What breaks clients who were promised something else."""
        return tuple(finding for finding in self.findings if finding.difference.breaking) if self.binding else ()

    @property
    def harmless(self) -> tuple[Finding, ...]:
        """What breaks nobody, or nobody to whom anything was promised."""
        return tuple(finding for finding in self.findings if not (self.binding and finding.difference.breaking))

    @property
    def is_honoured(self) -> bool:
        """Whether the code keeps the promise, as far as there is one."""
        return not self.breaches and not self.missing and not self.faults

    @property
    def is_exact(self) -> bool:
        """Whether the code says what the promise says, and nothing else."""
        return self.is_honoured and not self.findings and not self.stale

    def as_json(self) -> Object:
        """The verdict as a JSON object."""
        return {
            "version": self.version,
            "against": self.against,
            "binding": self.binding,
            "honoured": self.is_honoured,
            "breaches": [finding.as_json() for finding in self.breaches],
            "harmless": [finding.as_json() for finding in self.harmless],
            "missing": list(self.missing),
            "faults": list(self.faults),
            "stale": list(self.stale),
        }


# Frozen contracts


class Promise(NamedTuple):
    """A contract that the code is held to: of which version, where it is, and how the code stands to it."""

    version: str
    against: str
    verdict: Callable[[], Verdict]


def promises(api: Api, folder: Folder) -> Iterator[Promise]:
    """Every contract in a folder, those that are missing there, and those of the author's own, newest version first.

    Raises ``DeclarationError`` where the index of the folder cannot be read.
    """
    seen = promised(api)
    for version in seen.versions:
        if version.text in folder.states or is_published(seen, version):
            yield Promise(version.text, folder.name_of(version.text), partial(verdict_of, seen, version, folder))
        for source, contract, of in _authors(version):
            yield Promise(version.text, source, partial(_held_to_file, seen, version, contract, source, of))
    known = {version.text for version in (*seen.versions, *seen.withdrawn)}
    for text, state in folder.states.items():
        if text not in known and state == "published":
            yield Promise(text, folder.name_of(text), partial(_orphan, text, folder.name_of(text)))


def verdicts(api: Api, folder: Folder) -> tuple[Verdict, ...]:
    """How the code stands to all ``promises``."""
    return tuple(promise.verdict() for promise in promises(api, folder))


def _orphan(text: str, against: str) -> Verdict:
    """A version that was published once, and of which the code knows nothing any more."""
    fault = (
        f"version {text} was published, and the Api has no such version: declare it again or, if it was retired, in "
        f"withdrawn=[Version({text!r}, sunset=…)]"
    )
    return Verdict(text, against, binding=True, faults=(fault,))


def verdict_of(api: Api, version: Version, folder: Folder) -> Verdict:
    """How the code stands to the frozen contract of a version."""
    state, text = folder.states.get(version.text), version.text
    verdict = Verdict(text, folder.name_of(text), binding=state == "published" or is_published(api, version))
    if state is None and not folder.has(text):
        return replace(verdict, missing=(f"version {text} is published, and not frozen: {FREEZE}",))
    if state == "published" and not is_published(api, version):
        return replace(verdict, faults=(_TAKEN_BACK.format(text),))
    if state == "preview" and verdict.binding:
        return replace(verdict, missing=(f"version {text} is published by now, and was frozen as a preview: {FREEZE}",))
    files = contract_files(api, version)
    differing = folder.differing(text, files)
    absent = [name for name in differing if not (folder.of(text) / name).exists()]
    present = [name for name in differing if name not in absent]
    try:
        found = tuple(_findings(api, version, folder, present))
        gone = _gone(api, version, folder, absent) if verdict.binding else []
    except DeclarationError as error:
        return replace(verdict, faults=(str(error),))
    missing = [f"{folder.file(text, name)} is missing: {FREEZE}" for name in gone]
    if state is None:
        missing.append(f"version {text} is published, and {folder}/{INDEX} does not say so: {FREEZE}")
    stale = (*(name for name in differing if name not in gone), *folder.stray(text, files))
    return replace(verdict, findings=found, missing=tuple(missing), stale=stale)


def _gone(api: Api, version: Version, folder: Folder, absent: list[str]) -> list[str]:
    """Those of the files that are not there which were promised; those of a resource that is new were not.

    Raises ``DeclarationError`` where the frozen OpenAPI cannot be read.
    """
    of = {name: schema_of_file(name) for name in absent}
    if PROMISE in absent or not any(of.values()):
        return absent
    known = _promised_resources(api, version, folder)
    return [name for name, schema in of.items() if schema is None or schema[0] in known]


def _promised_resources(api: Api, version: Version, folder: Folder) -> frozenset[str]:
    """The resources that the frozen OpenAPI of a version has operations of."""
    position = api.position(version.text)
    contract = Contract.of(load(folder.of(version.text) / PROMISE))
    routes = (route_of(api, position, operation) for operation in contract.operations)
    return frozenset(api.owner(route).name for route in routes if route is not None)


def _findings(api: Api, version: Version, folder: Folder, names: list[str]) -> Iterator[Finding]:
    """The differences of a version's frozen files from the code; what several files say is told once.

    Raises ``DeclarationError`` for a file that cannot be read.
    """
    told: set[tuple[str, str]] = set()
    for name in sorted(names, key=lambda name: name != PROMISE):
        document, source = load(folder.of(version.text) / name), folder.file(version.text, name)
        found = tuple(findings(api, version, document, source, schema_of_file(name)))
        yield from (finding for finding in found if finding.mark not in told)
        told.update(finding.mark for finding in found)


def findings(api: Api, version: Version, promise: Json, source: str, of: Schematic | None = None) -> Iterator[Finding]:
    """The differences of the code from a contract of a version, from ``source``.

    The contract is an OpenAPI document or, with a resource and a direction, a JSON Schema. Raises ``DeclarationError``
    for a document that is neither, ``LookupError`` for an unknown resource.
    """
    position = api.position(version.text)
    if of is None:
        actual = specification(api, version.text, form_of(promise))
        contracts = timeless(Contract.of(promise)), timeless(Contract.of(actual))
        if version.life.deprecation is not None and version.life.state(api.clock()) != "retired":
            contracts = lasting(*contracts)
        attribution = Attribution(api, *contracts, (position, position))
        found = chain(server_differences(*contracts), differences(*contracts))
        yield from (attribution.finding(difference, source) for difference in found)
        return
    resource, direction = of
    schema = api.resource(resource).schema
    for difference in schema_differences(promise, json_schema(api, resource, version.text, direction), direction):
        causes = causes_at(api, schema, position, difference.path)
        yield Finding(source, difference, told_as(schema, difference.path), causes)


def held_to(api: Api, version: Version, promise: Json, source: str, of: Schematic | None = None) -> Verdict:
    """How the code stands to a contract from elsewhere, which is one for good; see ``findings``."""
    found = tuple(findings(promised(api), version, promise, source, of))
    return Verdict(version.text, source, binding=True, findings=found)


def _authors(version: Version) -> Iterator[tuple[str, ContractFile, Schematic | None]]:
    """The contracts that the author has said the version has, each with its name."""
    said = version.contract
    if isinstance(said, Mapping) and not is_openapi(said):
        for resource, file in said.items():
            name = "contract=" if isinstance(file, Mapping | bool) else os.fspath(cast(str, file))
            yield f"{name} of {resource}", cast(ContractFile, file), (resource, "reply")
    elif said is not None:
        yield "contract=" if isinstance(said, Mapping) else os.fspath(said), said, None


def _held_to_file(api: Api, version: Version, file: ContractFile, source: str, of: Schematic | None) -> Verdict:
    """How the code stands to a contract of the author's own, read if it is a file."""
    try:
        promise = load(os.fspath(file)) if isinstance(file, str | os.PathLike) else file
        return held_to(api, version, promise, source, of)
    except (DeclarationError, LookupError) as error:
        return Verdict(version.text, source, binding=True, faults=(str(error),))


# At start-up

_MOST: Final = 20
"""Breaches told when an API is refused; "translayer check" tells all of them."""

log = logging.getLogger("translayer")


def refuse_breaches(api: Api, path: Path) -> None:
    """Raises ``DeclarationError`` where the code breaks a published contract that is frozen in a folder."""
    folder = Folder(path)
    if not path.is_dir():
        log.warning("there is no folder %s, so that no contract is checked: run translayer freeze", folder)
        return
    told = [sentence for verdict in verdicts(api, folder) for sentence in (*verdict.faults, *breaches_told(verdict))]
    if told:
        more = [f"and {len(told) - _MOST} more"] if len(told) > _MOST else []
        raise DeclarationError("\n  ".join(["published contracts are broken:", *told[:_MOST], *more]))


def breaches_told(verdict: Verdict) -> list[str]:
    """The breaches of a promise, each in one line, and once where several operations have it in common."""
    known = {finding.mark: finding for finding in reversed(verdict.breaches)}
    return [f"{verdict.against}: {in_one_line(finding)}" for finding in reversed(known.values())]


def in_one_line(finding: Finding) -> str:
    """A finding in one line: what it is about, what differs, and which change did it."""
    causes = "; ".join(cause.text for cause in finding.causes)
    return f"{finding.about}: {finding.difference.sentence} ({causes})"
