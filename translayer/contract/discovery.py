"""What an API says of itself to those who find it: where its versions are written about, and what code is running."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import Any

from translayer.errors import DeclarationError

from .deprecation import checked_link

LINKS = ("specification", "documentation", "changelog")
"""What every version can have a link to."""


@dataclass(frozen=True, kw_only=True)
class Discovery:
    """What stands at ``{prefix}/`` beside the versions, their states and their dates.

    ``specification``, ``documentation`` and ``changelog`` are URLs, with ``{version}`` in them where every version has
    its own; where there are none, the links of a version lead to the ``pages`` that are served of it: its
    specification, the documentation, and a comparison of versions. ``pages=False`` leaves their URLs to the app.
    ``build`` and ``commit`` tell what code is running.

    >>> Discovery(documentation="https://docs.example.com/v{version}", build="2.3.1").link("documentation", "2")
    'https://docs.example.com/v2'
    """

    specification: str | None = None
    documentation: str | None = None
    changelog: str | None = None
    build: str | None = None
    commit: str | None = None
    pages: bool = True

    def __post_init__(self) -> None:
        for name in LINKS:
            _check_template(getattr(self, name), name)
        for name in ("build", "commit"):
            text = getattr(self, name)
            if text is not None and (not isinstance(text, str) or not text):
                raise DeclarationError(f"Discovery({name}={text!r}): say it in a text, or leave it out")
        if not isinstance(self.pages, bool):
            raise DeclarationError(f"Discovery(pages={self.pages!r}) is True, or False to leave their URLs to the app")

    def link(self, name: str, version: str) -> str | None:
        """One of ``LINKS``, for the version of a text; ``None`` where there is none."""
        template: str | None = getattr(self, name)
        return None if template is None else template.format(version=version)


def _check_template(template: Any, name: str) -> None:
    try:
        names = set() if template is None else {found for _, found, _, _ in Formatter().parse(template)} - {None}
    except (ValueError, TypeError) as error:
        raise DeclarationError(f"Discovery({name}={template!r}) cannot be filled in: {error}") from error
    if names - {"version"}:
        raise DeclarationError(f"Discovery({name}={template!r}): only {{version}} can be filled in")
    checked_link(None if template is None else template.format(version="1"), f"Discovery({name}=…)")


def discovery_of(said: Any, prefix: str) -> Discovery | None:
    """What ``Api(discovery=...)`` means; ``None`` where the URL is the app's. Raises ``DeclarationError``."""
    if said is None:
        return Discovery() if prefix else None
    if isinstance(said, bool):
        return Discovery() if said else None
    if not isinstance(said, Discovery):
        raise DeclarationError(f"discovery={said!r} is Discovery(…), or False to leave the URL to the app")
    return said
