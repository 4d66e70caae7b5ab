"""Freezing: writing each version's contract into its folder, unless that would break a promise.

A preview may change, and is written as it is now. What was published is written again only where nothing in it breaks
clients; a version that was published once is published for good, whatever the code says of it later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from translayer.contract.api import Api
from translayer.contract.version import Version
from translayer.document.values import Object

from .conformance import Verdict, verdict_of
from .folder import Folder, Frozen, contract_files, is_published, promised

Deed: TypeAlias = Literal["written", "unchanged", "refused", "kept"]
"""What became of a version's files: ``kept`` are those of a version that is no longer declared."""


@dataclass(frozen=True)
class Outcome:
    """What became of the files of one version.

    ``files`` are those written and ``removed`` those taken away; ``verdict`` says how the code stood to what was frozen
    before, where that was a promise; ``reason`` says why nothing was written.
    """

    version: str
    state: Frozen
    deed: Deed
    files: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    verdict: Verdict | None = None
    reason: str | None = None

    def as_json(self) -> Object:
        """The outcome as a JSON object."""
        findings = () if self.verdict is None else self.verdict.findings
        return {
            "version": self.version,
            "state": self.state,
            "outcome": self.deed,
            "files": list(self.files),
            "removed": list(self.removed),
            "reason": self.reason,
            "differences": [finding.as_json() for finding in findings],
        }


def freeze(api: Api, folder: Folder) -> tuple[Outcome, ...]:
    """Writes the contract of every version that may be written, newest first, and then which versions are frozen.

    Raises ``DeclarationError`` where the folder's index cannot be read, ``OSError`` where a file cannot be written.
    """
    seen = promised(api)
    before: Mapping[str, Frozen] = folder.states
    outcomes = [_frozen(seen, version, folder) for version in seen.versions]
    declared = {outcome.version for outcome in outcomes}
    outcomes += [Outcome(text, state, "kept") for text, state in before.items() if text not in declared]
    folder.record({outcome.version: outcome.state for outcome in outcomes})
    return tuple(outcomes)


def _frozen(api: Api, version: Version, folder: Folder) -> Outcome:
    """Writes the files of a version, where they may be."""
    before = folder.states.get(version.text)
    published = is_published(api, version)
    # An index that was lost, as in a merge, is written again; the promises beside it hold all the same.
    held = before == "published" or (before is None and published and folder.has(version.text))
    if not held:
        return _written(api, version, folder, "published" if published else "preview")
    verdict = verdict_of(api, version, folder)
    if verdict.breaches or verdict.faults:
        reason = verdict.faults[0] if verdict.faults else _BROKEN.format(verdict.against)
        return Outcome(version.text, "published", "refused", verdict=verdict, reason=reason)
    return _written(api, version, folder, "published", verdict)


_BROKEN: Final = "the code breaks what {0} promises: say by an operation what changed, or undo it"


def _written(api: Api, version: Version, folder: Folder, state: Frozen, verdict: Verdict | None = None) -> Outcome:
    files = contract_files(api, version)
    names = folder.differing(version.text, files)
    stray = folder.stray(version.text, files)
    folder.write(version.text, {name: files[name] for name in names})
    folder.remove(version.text, stray)
    deed: Deed = "written" if names or stray else "unchanged"
    return Outcome(version.text, state, deed, tuple(names), tuple(stray), verdict)
