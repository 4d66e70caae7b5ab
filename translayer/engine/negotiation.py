"""Which version a request asks for, and what its reply may be sent as.

One rule: every source that names a version must agree. The URL speaks first, then ``X-Api-Version``; Accept selects
where both are silent and must admit the version where they are not. What nobody names is the API's policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, NoReturn

from msgspec import Struct

from translayer.contract.api import Api
from translayer.contract.notations import VERSION_HEADER, notations
from translayer.errors import RequestError
from translayer.http.accept import ANYTHING, Range, accepted, choose
from translayer.http.media import MediaType

from .eras import Era

NEWEST_NAMES: Final = frozenset({"current", "latest"})
"""What stands in a URL for the newest stable version, behind the prefix in the version's place."""


class Offer(NamedTuple):
    """One thing that a reply can be sent as: a version, and the media type that says so or does not.

    ``rank`` is that of the form among those of the API, JSON's is 0.
    """

    position: int
    media: MediaType
    names_version: bool
    rank: int


REMEMBERED: Final = 128
"""What a negotiator remembers: a service is asked for fewer different things in a while."""

REMEMBERED_LENGTH: Final = 256
"""Characters of ``X-Api-Version`` and Accept together that are remembered: browsers send under 200. The ranges of such
an Accept take 20 KB at most, so that with the bound above, what is remembered stays under three megabytes."""


class Settled(Struct, frozen=True, gc=False):
    """What a request's version is, what its Accept admits, and what a reply is sent as: ``None`` where nothing fits."""

    position: int
    ranges: Sequence[Range]
    media: str | None


class ClosedError(Exception):
    """The version that a request asks for answers as retired.

    ``position`` is the version's, for the ``negotiator`` who says so; ``ranges`` are what Accept admits; ``by_header``
    says whether ``X-Api-Version`` names the version, so that the client would name it again wherever it was led.
    """

    def __init__(self, negotiator: Negotiator, position: int, ranges: Sequence[Range], *, by_header: bool) -> None:
        super().__init__(position)
        self.negotiator = negotiator
        self.position = position
        self.ranges = ranges
        self.by_header = by_header


class Negotiator:
    """The rule above for one API in one era, with everything that does not depend on the request looked up beforehand.

    Clients say the same few things again and again, so that answers are remembered. Refusals are not. ``texts`` are how
    the versions are written, by their positions; ``default`` is the position of the version that answers where none is
    named, and ``default_text`` how it is written; ``None`` where no version is served.
    """

    def __init__(self, api: Api, era: Era) -> None:
        self._api = api
        self.era = era
        versions = (*api.versions, *api.withdrawn)
        self.texts = tuple(version.text for version in versions)
        self._positions: Mapping[str, int] = {text: at for at, text in enumerate(self.texts) if at not in era.hidden}
        self.supported = ", ".join(self.texts[at] for at in reversed(era.served)) or "none"
        self.default = era.newest if api.unversioned == "latest" else era.oldest
        self.default_text = None if self.default is None else self.texts[self.default]
        self._offers = {
            resource.name: tuple(self._offers_of(resource.name, at) for at in range(len(versions)))
            for resource in api.resources
        }
        self._all_offers = {name: self._offers_of_all(name) for name in self._offers}
        self._closed_offers = {name: self._offers_of_closed(name) for name in self._offers}
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._settle)

    def _offers_of(self, resource: str, position: int) -> tuple[Offer, ...]:
        versions = (*self._api.versions, *self._api.withdrawn)
        known = notations(self._api, versions[position], resource)
        return tuple(Offer(position, found.media, found.names_version, found.rank) for found in known)

    def settle(
        self, resource: str, named: str | None, header: str | None, accept: str | None, pinned: str | None = None
    ) -> Settled:
        """What all sources together say; raises ``RequestError``, or ``ClosedError`` for a version that is retired.

        ``named`` is what stands in the URL, without its ``v``; ``header`` is ``X-Api-Version``; ``pinned`` the version
        that the consumer has where nothing names one; raises ``LookupError`` where that is none which it could have.
        """
        if len(header or "") + len(accept or "") > REMEMBERED_LENGTH:
            return self._settle(resource, named, header, accept, pinned)
        return self._remembered(resource, named, header, accept, pinned)

    def _settle(
        self, resource: str, named: str | None, header: str | None, accept: str | None, pinned: str | None
    ) -> Settled:
        """See ``settle``."""
        ranges = accepted(accept)
        position = self.named(named, header)
        if position is None:
            position = self._by_accept(resource, ranges)
        if position is None:
            position = self._unversioned() if pinned is None else self._pinned(pinned)
        if position in self.era.closed:
            raise ClosedError(self, position, ranges, by_header=self._in_header(header) is not None)
        return Settled(position, ranges, self.media(resource, position, ranges))

    def named(self, url: str | None, header: str | None) -> int | None:
        """The position of the version that URL and header name; ``None`` where both are silent.

        ``url`` is what stands in the URL, without its ``v``. Raises ``RequestError``.
        """
        return _agreed(None if url is None else self.in_url(url), self._in_header(header))

    def in_url(self, text: str) -> int:
        """The position of the version in a URL segment, without its ``v``; raises ``RequestError``."""
        if text not in NEWEST_NAMES:
            return self._known(text)
        return self._newest_closed if self.era.newest is None else self.era.newest

    @property
    def _newest_closed(self) -> int:
        """What answers where nothing is served, as it does; where nothing is closed either, no URL is ours."""
        return min(self.era.closed)

    def _pinned(self, version: str) -> int:
        """The position of the version that a consumer is pinned to; raises ``LookupError``."""
        if version not in self._positions:
            raise LookupError(f"a consumer is pinned to version {version}, which is none of {self.supported}")
        return self._positions[version]

    def default_for(self, pinned: str | None) -> str | None:
        """How the version is written that answers a consumer, perhaps a ``pinned`` one, where none is named.

        ``None`` where one has to be, or none is there for the consumer.
        """
        if pinned is not None:
            return pinned if pinned in self._positions else None
        return None if self._api.unversioned == "required" else self.default_text

    def closed(self, url: str, header: str | None, accept: str | None) -> ClosedError:
        """The version that a URL names is retired; raises ``RequestError`` where the header names another."""
        position = self.named(url, header)
        assert position is not None  # the URL names one
        return ClosedError(self, position, accepted(accept), by_header=self._in_header(header) is not None)

    def is_preview(self, text: str) -> bool:
        """Whether a text in a URL is that of a preview."""
        return text in self._positions and self.era.states[self._positions[text]] == "preview"

    def _in_header(self, value: str | None) -> int | None:
        """The position of the version that ``X-Api-Version`` names; raises ``RequestError``.

        A header sent twice may arrive as one value with a comma in it; then all its versions must be one.
        """
        texts = {part.strip() for part in (value or "").split(",")} - {""}
        if not self._api.header or not texts:
            return None
        positions = {self._known(text) for text in texts}
        if len(positions) > 1:
            raise RequestError("VERSION_CONFLICT", f"{VERSION_HEADER} names more than one version.")
        return positions.pop()

    def _known(self, text: str) -> int:
        """The position of a version; the client's text is not echoed where there is none such."""
        if text not in self._positions:
            raise self.unknown_version()
        return self._positions[text]

    def unknown_version(self) -> RequestError:
        """What is said of a version that was never published. The client's text is not echoed."""
        return RequestError("UNKNOWN_VERSION", f"No such version was ever published. Supported are: {self.supported}.")

    def _by_accept(self, resource: str, ranges: Sequence[Range]) -> int | None:
        """The version that Accept selects where nothing else names one; ``None`` where it leaves it to the policy.

        A version that is closed is selected only where Accept admits no other.
        """
        offers = self._all_offers[resource]
        chosen = choose(ranges, [offer.media for offer in offers])
        if chosen is None:
            offers = self._closed_offers[resource]
            chosen = choose(ranges, [offer.media for offer in offers])
        if chosen is None or not offers[chosen].names_version:
            return None
        return offers[chosen].position

    def _offers_of_all(self, resource: str) -> tuple[Offer, ...]:
        """Plain JSON for the default version, then every version's own types, the default version's first; then the
        same in each other form.
        """
        default, versions = self.default, self._offers[resource]
        if default is None:
            return ()
        order = [default, *(at for at in self.era.served if at != default)]
        offers = [offer for at in order for offer in versions[at] if at == default or offer.names_version]
        return tuple(sorted(offers, key=lambda offer: offer.rank))

    def _offers_of_closed(self, resource: str) -> tuple[Offer, ...]:
        """The types of the versions that answer as retired."""
        return tuple(offer for at in self.era.closed for offer in self._offers[resource][at] if offer.names_version)

    def _unversioned(self) -> int:
        """The version of a request that names none; raises ``RequestError`` where one is required."""
        if self._api.unversioned == "required":
            raise RequestError(
                "VERSION_REQUIRED", f"Name a version in the URL, {VERSION_HEADER} or Accept: {self.supported}."
            )
        return self._newest_closed if self.default is None else self.default

    def media(self, resource: str, position: int, ranges: Sequence[Range]) -> str | None:
        """What a reply is sent as; ``None`` where Accept admits nothing that there is."""
        offers = self._offers[resource][position]
        chosen = choose(ranges, [offer.media for offer in offers])
        return None if chosen is None else str(offers[chosen].media)

    def refuse(self, resource: str, position: int) -> NoReturn:
        """Raises ``RequestError`` (406), with what can be sent in the version at ``position``."""
        listed = ", ".join(str(offer.media) for offer in self._offers[resource][position])
        raise RequestError(
            "NOT_ACCEPTABLE", f"Accept admits none of {listed}. Supported versions are: {self.supported}."
        )


def admitted(accept: str | None) -> Sequence[Range]:
    """What Accept admits as far as a refusal must know: anything, where it cannot be read."""
    try:
        return accepted(accept)
    except (RequestError, TypeError):  # a server of its own making may have put anything there
        return ANYTHING


def _agreed(url: int | None, header: int | None) -> int | None:
    """The version that URL and header agree on; ``None`` where both are silent; raises ``RequestError``."""
    if url is not None and header is not None and url != header:
        raise RequestError("VERSION_CONFLICT", f"The URL and {VERSION_HEADER} name different versions.")
    return header if url is None else url
