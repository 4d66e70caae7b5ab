"""Conformance: whether the code still honours a contract that was promised, and which change it is that does not.

The promise of a frozen version is its OpenAPI document; what else lies beside it says the same in other forms, and is
held to be so. A contract from elsewhere, as OpenAPI or JSON Schema, is a promise like any other. A breach is a
difference that breaks clients; all else is harmless, and told as well.

Border: nothing is written. Which files may be is decided by ``freezing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from translayer.contract.api import Api
from translayer.contract.version import Version
from translayer.document.values import Json, Object
from translayer.errors import DeclarationError

from .differences import Difference, differences
from .folder import PROMISE, Folder, contract_files, is_published, promised
from .loading import load
from .model import Contract
from .provenance import Cause, causes
from .specification import specification

FREEZE: Final = "run translayer freeze"
"""What is to be done about what is not frozen."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference from a promise, the file that the promise stands in, and what made it."""

    file: str
    difference: Difference
    causes: tuple[Cause, ...]

    def as_json(self) -> Object:
        """The finding as a JSON object."""
        return {
            "file": self.file,
            **self.difference.as_json(),
            "causes": [cause.as_json() for cause in self.causes],
        }


@dataclass(frozen=True)
class Verdict:
    """How the code stands to one promise, ``against`` which it was held, of a version.

    ``binding`` says that the promise was published, so that it may not be broken. ``lacking`` are sentences about what
    is not there to be compared, ``stale`` the files that say less than the code does by now.
    """

    version: str
    against: str
    binding: bool
    findings: tuple[Finding, ...] = ()
    lacking: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def breaches(self) -> tuple[Finding, ...]:
        """What breaks clients who were promised something else."""
        return tuple(finding for finding in self.findings if finding.difference.breaking) if self.binding else ()

    @property
    def harmless(self) -> tuple[Finding, ...]:
        """What breaks nobody, or nobody to whom anything was promised."""
        return tuple(finding for finding in self.findings if finding not in self.breaches)

    @property
    def is_honoured(self) -> bool:
        """Whether the code keeps the promise, as far as there is one."""
        return not self.breaches and not self.lacking

    @property
    def is_exact(self) -> bool:
        """Whether the code says what the promise says, and nothing else."""
        return not self.findings and not self.lacking and not self.stale

    def as_json(self) -> Object:
        """The verdict as a JSON object."""
        return {
            "version": self.version,
            "against": self.against,
            "binding": self.binding,
            "honoured": self.is_honoured,
            "breaches": [finding.as_json() for finding in self.breaches],
            "harmless": [finding.as_json() for finding in self.harmless],
            "lacking": list(self.lacking),
            "stale": list(self.stale),
        }


# Frozen contracts


def verdicts(api: Api, folder: Folder) -> tuple[Verdict, ...]:
    """How the code stands to every contract in a folder, and to those that are missing there, newest version first.

    Raises ``DeclarationError`` where the index of the folder cannot be read.
    """
    seen = promised(api)
    found = [verdict_of(seen, version, folder) for version in seen.versions if _is_bound(seen, version, folder)]
    return (*found, *_orphans(seen, folder))


def _is_bound(api: Api, version: Version, folder: Folder) -> bool:
    """Whether a version is frozen, or has to be."""
    return version.text in folder.states or is_published(api, version)


def _orphans(api: Api, folder: Folder) -> Iterator[Verdict]:
    """Versions that were published once, and of which the code knows nothing any more."""
    known = {version.text for version in (*api.versions, *api.withdrawn)}
    for text, state in folder.states.items():
        if text not in known and state == "published":
            yield Verdict(
                text,
                folder.name_of(text),
                binding=True,
                lacking=(
                    f"version {text} was published, and the Api has no such version: declare it again or, if it was "
                    f"retired, in withdrawn=[Version({text!r}, sunset=…)]",
                ),
            )


def verdict_of(api: Api, version: Version, folder: Folder) -> Verdict:
    """How the code stands to the frozen contract of a version."""
    state, text = folder.states.get(version.text), version.text
    verdict = Verdict(text, folder.name_of(text), binding=state == "published" or is_published(api, version))
    if state is None:
        return replace(verdict, lacking=(f"version {text} is published, and not frozen: {FREEZE}",))
    if state == "preview" and verdict.binding:
        return replace(verdict, lacking=(f"version {text} is published by now, and was frozen as a preview: {FREEZE}",))
    files = contract_files(api, version)
    differing = folder.differing(text, files)
    missing = [name for name in differing if not (folder.of(text) / name).exists()]
    lacking = tuple(f"{folder.file(text, name)} is missing: {FREEZE}" for name in missing)
    stale = tuple(name for name in (*differing, *folder.stray(text, files)) if name not in missing)
    try:
        findings = tuple(_findings(api, version, folder, [name for name in stale if name in files]))
    except DeclarationError as error:
        return replace(verdict, lacking=(*lacking, f"{error}"))
    return replace(verdict, findings=findings, lacking=lacking, stale=stale)
