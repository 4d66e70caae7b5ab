"""Links that the app writes, in the client's version: its prefix, its version and its names of routes.

The app sees the prefix and the version in ``SCRIPT_NAME``, so that links it generates have them already; links that
it wrote without, and routes that have another name in the client's version, are put right here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from translayer.contract.routes import Table

from .lookup import Rules
from .rules import Rewriting, parse

_DEFAULT_PORTS: Final[Mapping[str, str]] = {"http": ":80", "https": ":443"}

_SAFE: Final = "/!$&'()*+,:;=@"
"""What stands in a path as it is (RFC 3986, section 3.3)."""

# A link in angle brackets, or a quoted string, whose angle brackets are text (RFC 8288, section 3).
_TARGET: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|<([^<>]*)>')


def _as_it_is(number: int, query: str) -> str:
    return query


class Site(NamedTuple):
    """Where the client's version stands in the URL space of one request; paths are unquoted.

    ``origin`` is ``https://host``; ``root`` is where the layer is mounted, ``mount`` is ``root`` with prefix and
    version, as the client wrote them; ``here`` is today's path of the request, for links that are relative to it.
    ``query`` makes of the query of a link to one of the version's URLs, given by its number, the client's.
    """

    origin: str
    root: str
    mount: str
    here: str
    query: Callable[[int, str], str] = _as_it_is


class Url(NamedTuple):
    """One URL of a version: its rule there and today's, and the ways from paths of the one to paths of the other."""

    rule: str
    today: str
    inward: Rewriting
    outward: Rewriting


class Addresses:
    """The URLs of one version, or of several that have the same ones: from the version's path to today's, and back."""

    def __init__(self, table: Table) -> None:
        self.urls = tuple(_url(rule, today) for rule, today in urls(table))
        self._version = Rules((url.rule, at) for at, url in enumerate(self.urls))
        self._today = Rules((url.today, at) for at, url in enumerate(self.urls))

    def to_today(self, path: str) -> tuple[int, str] | None:
        """For a path of the version, which of ``urls`` it is, and today's path; both paths are unquoted.

        ``None`` where it is no declared route's.
        """
        found = self._version.match(path)
        return None if found is None else (found[0], self.urls[found[0]].inward.plain(found[1]))

    def to_version(self, path: str) -> str | None:
        """The version's path, quoted, for a path of today's app, unquoted; ``None`` where it is no declared route's."""
        found = self._today.match(path)
        return None if found is None else self.urls[found[0]].outward.quoted(found[1])

    def today(self, link: str, site: Site) -> str | None:
        """Today's path, unquoted, that a link of the app's leads to; ``None`` where it is no declared route's."""
        path = _app_path(link, site)
        return None if path is None or self._today.match(path) is None else path

    def outward(self, link: str, site: Site) -> str:
        """A link as the client should see it; links to elsewhere and to undeclared routes are left as they are."""
        path = site.here if link.startswith("?") and link.isascii() else _app_path(link, site)
        found = None if path is None else self._today.match(path)
        if found is None:
            return link
        number, values = found
        parts = urlsplit(link)
        there = quoted(site.mount) + self.urls[number].outward.quoted(values) if parts.path else ""
        query = site.query(number, parts.query) if parts.query else ""
        return parts._replace(path=there, query=query).geturl()

    def outward_all(self, value: str, site: Site) -> str:
        """The value of a ``Link`` header (RFC 8288) with every target as the client should see it."""
        return _TARGET.sub(
            lambda match: match[0] if match[1] is None else f"<{self.outward(match[1], site)}>",
            value,
        )


def urls(table: Table) -> tuple[tuple[str, str], ...]:
    """The URLs of a version's routes, each once: the rule there, and today's."""
    return tuple(dict.fromkeys((path.rule, path.route.rule) for path in table))


# 4096: an API has hundreds of URLs, most of them the same in all versions.
@lru_cache(maxsize=4096)
def _url(rule: str, today: str) -> Url:
    there, here = parse(rule), parse(today)
    return Url(rule, today, Rewriting(there, here), Rewriting(here, there))


def quoted(path: str) -> str:
    """A path as it stands in a link (RFC 3986, section 3.3)."""
    return quote(path, _SAFE)


def _is_at(parts: SplitResult, origin: str) -> bool:
    """Whether a link leads to the site itself: it names no other scheme, host or port."""
    scheme, _, host = origin.partition("://")
    if not parts.netloc:
        return not parts.scheme
    return _origin(parts.scheme or scheme, parts.netloc) == _origin(scheme, host)


def _origin(scheme: str, host: str) -> tuple[str, str]:
    """Scheme and host in the one form that equal origins share (RFC 9110, section 4.2.3)."""
    return scheme, host.lower().removesuffix(_DEFAULT_PORTS.get(scheme, ""))


def _app_path(link: str, site: Site) -> str | None:
    """The path of a link as the app knows it, unquoted: without what ``SCRIPT_NAME`` made it put in front.

    ``None`` where the link leads elsewhere, or is none.
    """
    try:
        parts = urlsplit(link)
        path = unquote(urljoin(quoted(site.mount + site.here), parts.path), errors="strict")
    except ValueError:
        return None
    if not (link.isascii() and parts.path and _is_at(parts, site.origin)):
        return None
    for front in (site.mount, site.root):
        if front and path.startswith(front + "/"):
            return path[len(front) :]
    return path
