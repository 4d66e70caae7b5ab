"""Where the app lives: what must be true of its own prefix, and of the versions that it still serves itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from translayer.errors import DeclarationError

from .soundness import is_prefix
from .version import Version


def check_home(prefix: str, app_prefix: Any, versions: Sequence[Version]) -> None:
    """The app's prefix is the plain beginning of a path, and leaves the URLs of every version to it.

    Versions of the app's own need such a prefix, and something must be left to serve. Raises ``DeclarationError``.
    """
    if app_prefix is not None and not (isinstance(app_prefix, str) and is_prefix(app_prefix)):
        raise DeclarationError(
            f"app_prefix={app_prefix!r} must be like '/internal', a leading slash and none at the end; empty where the "
            f"app lives at its root; or None where it finds prefix and version in SCRIPT_NAME"
        )
    for version in versions:
        front = f"{prefix}/v{version.text}"
        if app_prefix is not None and app_prefix.startswith(front + "/"):
            raise DeclarationError(
                f"app_prefix={app_prefix!r} lies among the URLs of version {version.text}, which are {front}/…: let "
                f"the app live at {front} itself, or outside of it"
            )
    _check_native(app_prefix, versions)


def _check_native(app_prefix: str | None, versions: Sequence[Version]) -> None:
    for version in versions:
        if not isinstance(version.native, bool):
            raise DeclarationError(f"native={version.native!r} of version {version.text} is neither True nor False")
    native = [version.text for version in versions if version.native]
    if native and app_prefix is None:
        raise DeclarationError(
            f"version {native[0]} is native, so that the app knows versions in its URLs: say with app_prefix= where it "
            f"serves today's objects"
        )
    if len(native) == len(versions):
        raise DeclarationError("every version is native, so that nothing is served here: hand over at least one")
