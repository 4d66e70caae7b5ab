"""Links that the app writes, in the client's version: its prefix, its version and its names of routes.

The app sees the prefix and the version in ``SCRIPT_NAME``, so that links it generates have them already; links that
it wrote without, and routes that have another name in the client's version, are put right here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter, Rule

from translayer.contract.routes import Table


@dataclass(frozen=True, slots=True)
class Site:
    """Where the client's version stands in the URL space of one request.

    ``origin`` is ``https://host``; ``root`` is where the layer is mounted, ``mount`` is ``root`` with prefix and
    version, as the client wrote them.
    """

    origin: str
    root: str
    mount: str


class Addresses:
    """The URLs of one version: from today's path to the version's, and back."""

    def __init__(self, table: Table) -> None:
        rules = {path.route.rule: path.rule for path in table}
        self._today = _adapter(rules, {today: today for today in rules})
        self._version = _adapter(rules, rules)

    def to_today(self, rule: str, values: Mapping[str, Any]) -> str:
        """Today's path, quoted, for a rule of today and the values of its variables."""
        return self._today.build(rule, values, append_unknown=False)

    def to_version(self, path: str) -> str | None:
        """The version's path, quoted, for a path of today's app, unquoted; ``None`` where it is no declared route's."""
        try:
            rule, values = self._today.match(path, method="GET")
        except HTTPException:
            return None
        return self._version.build(str(rule), values, append_unknown=False)

    def outward(self, link: str, site: Site) -> str:
        """A link as the client should see it; links to elsewhere and to undeclared routes are left as they are."""
        try:
            parts = urlsplit(link)
        except ValueError:
            return link
        if (parts.netloc and f"{parts.scheme or 'http'}://{parts.netloc}" != site.origin) or not parts.path:
            return link
        path = self.to_version(unquote(_app_path(parts, site)))
        return link if path is None else parts._replace(path=site.mount + path).geturl()

    def outward_all(self, value: str, site: Site) -> str:
        """The value of a ``Link`` header (RFC 8288) with every target as the client should see it."""
        return re.sub(r"<([^<>]*)>", lambda match: f"<{self.outward(match[1], site)}>", value)


def _app_path(parts: SplitResult, site: Site) -> str:
    """The path as the app knows it: without what ``SCRIPT_NAME`` made it put in front."""
    for front in (site.mount, site.root):
        if front and parts.path.startswith(front + "/"):
            return parts.path[len(front) :]
    return parts.path


def _adapter(rules: Mapping[str, str], spelt: Mapping[str, str]) -> MapAdapter:
    made = [Rule(spelt[today], endpoint=today) for today in rules]
    return Map(made, strict_slashes=False, merge_slashes=False).bind("translayer.invalid")
