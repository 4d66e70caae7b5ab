"""The timeline: what must be true of versions beside one another, each being right by itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from translayer.errors import DeclarationError

from .life import Life
from .version import Scheme, Version


def check_timeline(versions: Sequence[Version], withdrawn: Sequence[Version], scheme: Scheme) -> None:
    """Raises ``DeclarationError`` where versions, newest first, and those withdrawn after them, make no timeline."""
    if not versions:
        raise DeclarationError("an Api needs at least one Version")
    for newer, older in pairwise((*versions, *withdrawn)):
        if newer.order(scheme) <= older.order(scheme):
            raise DeclarationError(f"Version {older.text} is out of order: list versions newest first, each once")
    for version in versions:
        version.order(scheme)
    _check_changes(versions)
    for newer, older in pairwise(versions):
        if _may_outlast(older.life, newer.life):
            raise DeclarationError(
                f"Version {older.text} would be a preview while version {newer.text} is none: "
                f"let it be stable first, or make version {newer.text} a preview too"
            )
    for version in withdrawn:
        _check_withdrawn(version)


def _check_changes(versions: Sequence[Version]) -> None:
    if versions[-1].changes:
        raise DeclarationError(
            f"Version {versions[-1].text} is the oldest, so that its changes lead from nowhere: "
            f"declare the version before it, or take the changes out"
        )
    told = [change for version in versions for change in version.changes]
    if len(set(told)) < len(told):
        raise DeclarationError("two versions have the same change: what happened twice is told by two classes")


def _may_outlast(older: Life, newer: Life) -> bool:
    """Whether there is a moment at which the older version is a preview, and the newer one is none."""
    if older.flag is None or (newer.flag is not None and newer.stable is None):
        return False
    return newer.flag is None or older.stable is None or (newer.stable is not None and newer.stable < older.stable)


def _check_withdrawn(version: Version) -> None:
    if version.changes:
        raise DeclarationError(
            f"Version {version.text} is withdrawn, so that nothing leads to it: take its changes out, or list it "
            f"among versions"
        )
    if version.life.flag is not None or version.life.brownouts:
        raise DeclarationError(
            f"Version {version.text} is withdrawn, and neither a preview nor on and off: leave preview=, stable= and "
            f"brownouts= out"
        )
