"""Links that the app writes, in the client's version: its prefix, its version and its names of routes.

An app at its root sees the prefix and the version in ``SCRIPT_NAME``, so that links it generates have them already;
links that it wrote without, routes that have another name in the client's version, and links that name a version, be
it the client's or another, are put right here. An app with a prefix of its own writes that, and it is taken off. Links
in a client's document go the other way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from translayer.contract.routes import Table

from .lookup import Rules
from .rules import Rewriting, Texts, form, may_share, parse

_DEFAULT_PORTS: Final[Mapping[str, str]] = {"http": ":80", "https": ":443"}

_SAFE: Final = "/!$&'()*+,:;=@"
"""What stands in a path as it is (RFC 3986, section 3.3)."""

# A link in angle brackets, or a quoted string, whose angle brackets are text (RFC 8288, section 3).
# One that nobody closes goes on to the end.
_TARGET: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|<([^<>]*)>((?:[^<"]|"(?:[^"\\]|\\.)*+(?:"|\Z))*+)')

_RELATION: Final = re.compile(r';\s*+rel\s*+=\s*+(?:"([^"]*)"|([^\s;,"]*))', re.IGNORECASE)

_OF_VERSIONS: Final = frozenset(
    ("successor-version", "predecessor-version", "latest-version", "version-history", "deprecation", "sunset")
)
"""Relations whose targets are another version on purpose (RFC 5829, section 3; RFC 9745; RFC 8594)."""


class Published(Protocol):
    """A version whose URLs links may have, whoever wrote them and when."""

    position: int
    addresses: Addresses

    def inward_query(self, number: int, query: str) -> str | None:
        """A query to one of its URLs, given by its number, as the app takes it; ``None`` where that cannot be said."""
        ...


_NONE: Final[Mapping[str, Published]] = MappingProxyType({})
"""No versions are published."""


def _as_it_is(number: int, query: str) -> str:
    return query


class Target(NamedTuple):
    """What a link of the app's leads to: today's path, and in whose words its query is, ``None`` for today's.

    ``number`` is that of the URL in the version of these words.
    """

    path: str
    words: Published | None = None
    number: int = 0

    def query(self, query: str) -> str | None:
        """The link's query in today's words; ``None`` where it cannot be said in them."""
        return query if self.words is None else self.words.inward_query(self.number, query)


class Site(NamedTuple):
    """Where the client's version stands in the URL space of one request; paths are unquoted.

    ``origin`` is ``https://host``; ``root`` is where the layer is mounted, ``mount`` is ``root`` with prefix and
    version, as the client wrote them; ``here`` is today's path of the request, for links that are relative to it.
    ``app_prefix`` is what stands before today's paths in the app's own URLs; ``None`` where the app lives at its root,
    and prefix and version are in its ``SCRIPT_NAME``. ``query`` makes of the app's query in a link to one of the
    version's URLs, given by its number, the client's; ``inward`` the other way, ``None`` where that cannot be said.
    ``hidden`` are the positions of the versions that are none for the client.
    """

    origin: str
    root: str
    mount: str
    here: str
    app_prefix: str | None = None
    query: Callable[[int, str], str] = _as_it_is
    inward: Callable[[int, str], str | None] = _as_it_is
    hidden: Set[int] = frozenset()

    @property
    def home(self) -> str:
        """What stands before today's path in the links that the app makes for this request."""
        return self.mount if self.app_prefix is None else self.root + self.app_prefix

    @property
    def fronts(self) -> tuple[str, ...]:
        """What may stand before it in any link of the app's, the longest first."""
        if self.app_prefix is None:
            return (self.mount, self.root, "")
        return (self.root + self.app_prefix, self.app_prefix)


def called_at(app_prefix: str | None, root: str, mount: str, path: str) -> tuple[str, str]:
    """The ``SCRIPT_NAME`` and ``PATH_INFO`` of a call of the app, for today's path, all unquoted."""
    return (mount, path) if app_prefix is None else (root, app_prefix + path)


class Url(NamedTuple):
    """One URL of a version: its rule there and today's, and the ways from paths of the one to paths of the other."""

    rule: str
    today: str
    inward: Rewriting
    outward: Rewriting


class Addresses:
    """The URLs of one version, or of several that have the same ones: from the version's path to today's, and back.

    Today's app may serve URLs that the version does not have, and which would be other ones there: where it has
    ``/bookings/search``, nobody gets at an item of that name. So all of the app's ``own`` rules are known here, each
    with its ``rivals``. ``published`` has every version, by what stands before them behind the root:
    ``/api/v2``. All of these begin with ``prefix``.
    """

    def __init__(
        self,
        table: Table,
        own: Mapping[str, frozenset[str]],
        published: Mapping[str, Published] = _NONE,
        prefix: str = "",
    ) -> None:
        self.urls = tuple(_url(rule, today) for rule, today in urls(table))
        self._version = Rules((url.rule, at) for at, url in enumerate(self.urls))
        numbers = {url.today: at for at, url in enumerate(self.urls)}
        here = {form(parse(rule)) for rule in numbers}
        others = frozenset(rule for rule in own if form(parse(rule)) not in here)
        # Of rules that weigh the same the app takes the one that was declared first.
        order = dict.fromkeys([*(rule for rule in own if rule in numbers or rule in others), *numbers])
        self._today: Rules[int | None] = Rules((rule, numbers.get(rule)) for rule in order)
        moved = others | {url.today for url in self.urls if not _is_verbatim(url)}
        self._inward = tuple(self._way(at, own, moved) for at in range(len(self.urls)))
        self._published = published
        self._behind_front = len(prefix) + 1

    def _way(self, at: int, own: Mapping[str, frozenset[str]], moved: frozenset[str]) -> Callable[[Texts], str | None]:
        """From the variables' texts in a path of a URL to today's path, or ``None`` where that is another URL's.

        ``moved`` are today's rules that the version has elsewhere, or not at all.
        """
        url, plain = self.urls[at], self.urls[at].inward.plain
        rivals = own.get(url.today, frozenset())
        if not (rivals & moved if _is_verbatim(url) else rivals):
            return plain

        def way(texts: Texts) -> str | None:
            path = plain(texts)
            found = self._today.match(path)
            return path if found is not None and found[0] == at else None

        return way

    def to_today(self, path: str) -> tuple[int, str] | None:
        """For a path of the version, which of ``urls`` it is, and today's path; both paths are unquoted.

        ``None`` where it is no declared route's.
        """
        found = self._version.match(path)
        if found is None:
            return None
        number, texts = found
        today = self._inward[number](texts)
        return None if today is None else (number, today)

    def to_version(self, path: str) -> str | None:
        """The version's path, quoted, for a path of today's app, unquoted; ``None`` where it is no declared route's."""
        found = self._today.match(path)
        return None if found is None or found[0] is None else self.urls[found[0]].outward.quoted(found[1])

    def today(self, link: str, site: Site) -> str | None:
        """Today's path, unquoted, that a link of the app's leads to; ``None`` where it is no declared route's."""
        located = _located(link, site)
        target = None if located is None else self._target(located[1], site)
        found = None if target is None else self._today.match(target.path)
        return None if target is None or found is None or found[0] is None else target.path

    def outward(self, link: str, site: Site) -> str:
        """A link as the client should see it; links to elsewhere and to undeclared routes are left as they are."""
        located = _located(link, site)
        if located is None:
            return link
        parts, path = located
        kept = self._kept(path, site) if parts.path.startswith("/") else None
        if kept is not None:
            number, is_todays = kept
            return _replaced(link, parts, parts.path, site.query(number, parts.query) if is_todays else parts.query)
        target = self._target(path, site)
        found = None if target is None else self._today.match(target.path)
        if target is None or found is None or found[0] is None:
            return link
        shown = quoted(site.mount) + self.urls[found[0]].outward.quoted(found[1]) if parts.path else ""
        query = target.query(parts.query)
        return _replaced(link, parts, shown, parts.query if query is None else site.query(found[0], query))

    def outward_all(self, value: str, site: Site) -> str:
        """The value of a ``Link`` header (RFC 8288) with every target as the client should see it."""

        def shown(match: re.Match[str]) -> str:
            if match[1] is None or _is_of_versions(match[2]):
                return match[0]
            return f"<{self.outward(match[1], site)}>{match[2]}"

        return _TARGET.sub(shown, value)

    def inward(self, link: str, site: Site) -> str:
        """A client's link as the app would have made it for the same request.

        One that the client spells otherwise than it would get it back is left as it is, where it is in its version.
        """
        located = _located(link, site)
        if located is None:
            return link
        parts, path = located
        rest = _behind(path, (site.mount,))
        there = None if rest is None else self.to_today(rest)
        if there is None:
            target = self._from_published(path, site)
            return link if target is None else self._made(link, parts, target.path, target.query(parts.query), site)
        number, today = there
        made = self._made(link, parts, today, site.inward(number, parts.query), site)
        return made if urlsplit(made).query != parts.query or self.outward(made, site) == link else link

    def _made(self, link: str, parts: SplitResult, today: str, query: str | None, site: Site) -> str:
        """A link as the app makes it; with the client's own query where that cannot be said in today's words."""
        return _replaced(link, parts, quoted(site.home + today), parts.query if query is None else query)

    def _kept(self, path: str, site: Site) -> tuple[int, bool] | None:
        """Which of ``urls`` a path is that is the client's already, and no path that the app has for something else.

        And whether the app has it too, so that a query would be in today's words. ``None`` where it is not the
        client's.
        """
        rest = _behind(path, (site.mount,))
        there = None if rest is None else self._version.match(rest)
        if there is None:
            return None
        named = _behind(path, site.fronts)
        here = None if named is None else self._today.match(named)
        if here is not None and here[0] != there[0]:
            return None
        return there[0], here is not None

    def _target(self, path: str, site: Site) -> Target | None:
        """What a path leads to that the app has written: its own, or a version's."""
        rest = _behind(path, site.fronts)
        if rest is not None and self._today.match(rest) is not None:
            return Target(rest)
        return self._from_published(path, site)

    def _from_published(self, path: str, site: Site) -> Target | None:
        """What a path leads to that is behind any published version.

        An app that has the version in its ``SCRIPT_NAME`` writes its own names behind it, and may have kept the link.
        """
        inner = _behind(path, (site.root, "")) or ""
        end = inner.find("/", self._behind_front)
        version = self._published.get(inner[:end])
        if end < 0 or version is None or version.position in site.hidden:
            return None
        rest = inner[end:]
        here = self._today.match(rest) if site.app_prefix is None else None
        if here is not None and here[0] is not None:
            return Target(rest)
        found = version.addresses.to_today(rest)
        return None if found is None else Target(found[1], version, found[0])


class BodyLinks(NamedTuple):
    """The links in bodies of one request: of the URLs of the client's version, at a site.

    What is relative to the URL of the document is left as it is, since a document has several; so is what is too long.
    """

    addresses: Addresses
    site: Site

    def outward(self, link: str) -> str:
        """The app's link as the client should see it."""
        return self.addresses.outward(link, self.site) if _stands_alone(link) else link

    def inward(self, link: str) -> str:
        """The client's link as the app would have made it."""
        return self.addresses.inward(link, self.site) if _stands_alone(link) else link


_LONGEST: Final = 8192
"""Characters of a link in a body that is looked at: what servers take as the target of a request, so that no text that
happens to stand in such a field is taken apart."""


def _stands_alone(link: str) -> bool:
    """Whether a link is a URL, or a path from the root of its host (RFC 3986, section 4.2)."""
    return len(link) <= _LONGEST and (link.startswith("/") or "://" in link)


def urls(table: Table) -> tuple[tuple[str, str], ...]:
    """The URLs of a version's routes, each once: the rule there, and today's."""
    return tuple(dict.fromkeys((path.rule, path.route.rule) for path in table))


# 4096: an API has hundreds of URLs, most of them the same in all versions.
@lru_cache(maxsize=4096)
def _url(rule: str, today: str) -> Url:
    there, here = parse(rule), parse(today)
    return Url(rule, today, Rewriting(there, here), Rewriting(here, there))


def rivals(rules: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Rules, each with those of the others that may take a path of it; none takes a path without variables."""
    fronts: dict[str | None, list[str]] = {}
    for rule in rules:
        fronts.setdefault(parse(rule).first, []).append(rule)
    return {rule: frozenset(_rivals(rule, fronts)) for rule in rules}


def _rivals(rule: str, fronts: Mapping[str | None, Sequence[str]]) -> Iterator[str]:
    pattern = parse(rule)
    if not pattern.variables:
        return
    for first, others in fronts.items():
        if pattern.first is None or first is None or first == pattern.first:
            yield from (other for other in others if other != rule and may_share(pattern, parse(other)))


def _is_verbatim(url: Url) -> bool:
    """Whether today's path is the version's, letter by letter, so that it leads to the same rule in both."""
    return url.rule == url.today and all(variable.plainly is str for variable in parse(url.rule).variables)


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


def _located(link: str, site: Site) -> tuple[SplitResult, str] | None:
    """A link taken apart, and its path from the root of the host, unquoted; ``None`` where it leads elsewhere, or is
    none.
    """
    try:
        parts = urlsplit(link)
        path = unquote(urljoin(quoted(site.home + site.here), parts.path), errors="strict")
    except ValueError:
        return None
    return (parts, path) if link.isascii() and (parts.path or parts.query) and _is_at(parts, site.origin) else None


def _behind(path: str, fronts: Iterable[str]) -> str | None:
    """What stands behind the first of ``fronts`` that a path has; ``None`` where it has none."""
    for front in fronts:
        if path.startswith(front + "/"):
            return path[len(front) :]
    return None


def _is_of_versions(parameters: str) -> bool:
    """Whether the parameters of a link say that it leads to a version."""
    found = _RELATION.search(parameters)
    return found is not None and not _OF_VERSIONS.isdisjoint((found[1] or found[2] or "").lower().split())


def _replaced(link: str, parts: SplitResult, path: str, query: str) -> str:
    """The link with another path and query."""
    return link if (path, query) == (parts.path, parts.query) else parts._replace(path=path, query=query).geturl()
