"""Where an app lives that has a prefix of its own: which of its URLs are behind it, and which it serves to clients.

The app's URLs of declared routes need a version in front of them, unless the prefix is where versions stand anyway: in
``/api/v3`` one has been chosen. What else the app serves, there or anywhere, is its own.

Border: paths, and the app's place among them. What a path leads to is for the router to say.
"""

from __future__ import annotations

from collections.abc import Collection

from translayer.contract.api import Api

from .lookup import Rules
from .negotiation import NEWEST_NAMES
from .spellings import Spellings


class Home:
    """The URLs of an app with a prefix of its own; ``own`` are today's rules."""

    def __init__(self, api: Api, prefix: str, own: Collection[str]) -> None:
        """``prefix`` is the app's."""
        self._front = prefix + "/"
        # Where the app's prefix leads to that of the versions, what is behind the latter is theirs.
        self._versions = f"{api.prefix}/" if api.prefix.startswith(self._front) else None
        fronts = {f"{api.prefix}/v{version.text}" for version in api.versions}
        fronts |= {f"{api.prefix}/{name}" for name in NEWEST_NAMES}
        self._chosen = prefix == api.prefix or prefix in fronts
        self._native = tuple(f"{api.prefix}/v{version.text}/" for version in api.versions if version.native)
        self._rules = Rules((prefix + rule, rule) for rule in own)
        self._spellings = Spellings(prefix + rule for rule in own)

    def is_native(self, path: str) -> bool:
        """Whether a path is behind a version that the app serves itself."""
        return f"{path}/".startswith(self._native)

    def holds(self, path: str) -> bool:
        """Whether a path is behind the app's prefix, and no version has been chosen by that."""
        if self._chosen or not path.startswith(self._front):
            return False
        return self._versions is None or not path.startswith(self._versions)

    def owns(self, path: str) -> bool:
        """Whether it is one of a declared route, or another spelling of one."""
        return self._rules.match(path) is not None or self._spellings.include(path)
