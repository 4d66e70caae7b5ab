"""Which version a request asks for, and what its reply may be sent as.

One rule: every source that names a version must agree. The URL speaks first, then ``X-Api-Version``; Accept selects
where both are silent and must admit the version where they are not. What nobody names is the API's policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, NoReturn

from translayer.contract.api import Api
from translayer.errors import RequestError
from translayer.http.accept import ANYTHING, Range, accepted, choose
from translayer.http.media import MediaType

from .notations import notations

VERSION_HEADER: Final = "X-Api-Version"
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


class Settled(NamedTuple):
    """What a request's version is, what its Accept admits, and what a reply is sent as: ``None`` where nothing fits."""

    position: int
    ranges: Sequence[Range]
    media: str | None


class Negotiator:
    """The rule above for one API, with everything that does not depend on the request looked up beforehand.

    Clients say the same few things again and again, so that answers are remembered. Refusals are not.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._positions: Mapping[str, int] = {version.text: at for at, version in enumerate(api.versions)}
        self._supported = supported(api)
        self.default = 0 if api.unversioned == "latest" else len(api.versions) - 1
        self._offers = {
            resource.name: tuple(self._offers_of(resource.name, at) for at in range(len(api.versions)))
            for resource in api.resources
        }
        self._all_offers = {name: self._offers_of_all(name) for name in self._offers}
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._settle)

    def _offers_of(self, resource: str, position: int) -> tuple[Offer, ...]:
        known = notations(self._api, self._api.versions[position], resource)
        return tuple(Offer(position, found.media, found.names_version, found.rank) for found in known)

    def settle(self, resource: str, named: str | None, header: str | None, accept: str | None) -> Settled:
        """What all sources together say; raises ``RequestError``.

        ``named`` is what stands in the URL, without its ``v``; ``header`` is ``X-Api-Version``.
        """
        if len(header or "") + len(accept or "") > REMEMBERED_LENGTH:
            return self._settle(resource, named, header, accept)
        return self._remembered(resource, named, header, accept)

    def _settle(self, resource: str, named: str | None, header: str | None, accept: str | None) -> Settled:
        """See ``settle``."""
        ranges = accepted(accept)
        url = None if named is None else self.in_url(named)
        position = _agreed(url, self._in_header(header))
        if position is None:
            position = self._by_accept(resource, ranges)
        if position is None:
            position = self._unversioned()
        return Settled(position, ranges, self.media(resource, position, ranges))

    def in_url(self, text: str) -> int:
        """The position of the version in a URL segment, without its ``v``; raises ``RequestError``."""
        return 0 if text in NEWEST_NAMES else self._known(text)

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
            raise unknown_version(self._api)
        return self._positions[text]

    def _by_accept(self, resource: str, ranges: Sequence[Range]) -> int | None:
        """The version that Accept selects where nothing else names one; ``None`` where it leaves it to the policy."""
        offers = self._all_offers[resource]
        chosen = choose(ranges, [offer.media for offer in offers])
        if chosen is None or not offers[chosen].names_version:
            return None
        return offers[chosen].position

    def _offers_of_all(self, resource: str) -> tuple[Offer, ...]:
        """Plain JSON for the default version, then every version's own types, the default version's first; then the
        same in each other form.
        """
        default, versions = self.default, self._offers[resource]
        order = [default, *(at for at in range(len(versions)) if at != default)]
        offers = [offer for at in order for offer in versions[at] if at == default or offer.names_version]
        return tuple(sorted(offers, key=lambda offer: offer.rank))

    def _unversioned(self) -> int:
        """The version of a request that names none; raises ``RequestError`` where one is required."""
        if self._api.unversioned == "required":
            raise RequestError(
                "VERSION_REQUIRED", f"Name a version in the URL, {VERSION_HEADER} or Accept: {self._supported}."
            )
        return self.default

    def media(self, resource: str, position: int, ranges: Sequence[Range]) -> str | None:
        """What a reply is sent as; ``None`` where Accept admits nothing that there is."""
        offers = self._offers[resource][position]
        chosen = choose(ranges, [offer.media for offer in offers])
        return None if chosen is None else str(offers[chosen].media)

    def refuse(self, resource: str, position: int) -> NoReturn:
        """Raises ``RequestError`` (406), with what can be sent in the version at ``position``."""
        listed = ", ".join(str(offer.media) for offer in self._offers[resource][position])
        raise RequestError(
            "NOT_ACCEPTABLE", f"Accept admits none of {listed}. Supported versions are: {self._supported}."
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


def unknown_version(api: Api) -> RequestError:
    """What is said of a version that was never published. The client's text is not echoed."""
    return RequestError("UNKNOWN_VERSION", f"No such version was ever published. Supported are: {supported(api)}.")


def supported(api: Api) -> str:
    """The versions that there are, the oldest first."""
    return ", ".join(version.text for version in reversed(api.versions))
