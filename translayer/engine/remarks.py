"""Remarks: what a reply says beside its content, of the end of what its client uses and of what it depends on.

Strategy: most requests have no remarks, and no such object. Where there is something to say, it is gathered while the
request is on its way, and put onto whatever reply comes of it, refusals included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from functools import lru_cache
from typing import Final

from msgspec.structs import replace
from werkzeug.http import http_date

from translayer.contract.deprecation import Notice
from translayer.http.fields import Fields, Pair
from translayer.http.message import Reply, merged_vary

_OF_ENDS: Final = frozenset({"deprecation", "sunset"})
"""Headers that are said once; ours are said instead of the app's, which knows nothing of versions."""


class Remarks:
    """What is to be said on the reply to one request.

    ``notices`` are of whatever ends, ``links`` lead to what to use instead, each a relation and a URL; ``vary`` are
    further request headers that the reply depends on.
    """

    __slots__ = ("_links", "_notices", "vary")

    def __init__(
        self,
        notices: Iterable[Notice] = (),
        links: Iterable[tuple[str, str]] = (),
        vary: tuple[str, ...] = (),
    ) -> None:
        self._notices = list(notices)
        self._links = list(links)
        self.vary = vary

    def add(self, notices: Iterable[Notice]) -> None:
        """Say of more things that they end."""
        self._notices.extend(notices)

    def on(self, reply: Reply) -> Reply:
        """A reply with the remarks."""
        return replace(reply, headers=Fields.of(self.onto(reply.headers.pairs)))

    def onto(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Headers with those of the remarks, which have one ``Vary``."""
        ends, pages = _told(tuple(self._notices))
        told = [*ends, *_link([*pages, *self._links])]
        replaced = {name.lower() for name, _ in told} & _OF_ENDS
        kept = [pair for pair in pairs if pair[0].lower() not in replaced]
        return [*(_varied(kept, self.vary) if self.vary else kept), *told]


def _varied(pairs: Iterable[Pair], vary: tuple[str, ...]) -> list[Pair]:
    return [(name, merged_vary((value,), vary)) if name.lower() == "vary" else (name, value) for name, value in pairs]


# 128: what ends together is said together, again and again.
@lru_cache(maxsize=128)
def _told(notices: tuple[Notice, ...]) -> tuple[Sequence[Pair], Sequence[tuple[str, str]]]:
    """What is said of several things that end, whatever the request: their dates, and links to pages."""
    return _ends(notices), _pages(notices)


def _ends(notices: Sequence[Notice]) -> list[Pair]:
    """Of several things that end, the dates of those that end first (RFC 9745, section 2.1; RFC 8594, section 3)."""
    pairs = []
    since = min((notice.since for notice in notices if notice.since is not None), default=None)
    if since is not None:
        pairs.append(("Deprecation", f"@{int(since.timestamp())}"))
    sunset = min((notice.sunset for notice in notices if notice.sunset is not None), default=None)
    if sunset is not None:
        pairs.append(("Sunset", http_date(sunset.astimezone(UTC))))
    return pairs


def _pages(notices: Iterable[Notice]) -> list[tuple[str, str]]:
    """The pages about what ends (RFC 9745, section 3; RFC 8594, section 6)."""
    found = [
        (relation, url)
        for notice in notices
        for relation, url in (("deprecation", notice.link), ("sunset", notice.sunset_link))
        if url is not None
    ]
    return list(dict.fromkeys(found))


def _link(links: Sequence[tuple[str, str]]) -> list[Pair]:
    """One header for all links (RFC 8288, section 3)."""
    if not links:
        return []
    return [("Link", ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links))]
