"""Which version a request asks for, and what its reply may be sent as.

One rule: every source that names a version must agree. The URL speaks first, then ``X-Api-Version``; Accept selects
where both are silent and must admit the version where they are not. What nobody names is the API's policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from translayer.contract.api import Api
from translayer.errors import RequestError
from translayer.http.accept import Range, choose
from translayer.http.media import MediaType

from .problem import JSON_TYPE

VERSION_HEADER: Final = "X-Api-Version"
NEWEST_NAMES: Final = frozenset({"current", "latest"})
"""What stands in a URL for the newest stable version, behind the prefix in the version's place."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a reply can be sent as: a version, and the media type that says so or does not."""

    position: int
    media: MediaType
    names_version: bool


class Negotiator:
    """The rule above for one API, with everything that does not depend on the request looked up beforehand."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._positions: Mapping[str, int] = {version.text: at for at, version in enumerate(api.versions)}
        self.supported = ", ".join(version.text for version in reversed(api.versions))
        self.default = 0 if api.unversioned == "latest" else len(api.versions) - 1
        self._offers = {
            resource.name: tuple(self._offers_of(resource.name, at) for at in range(len(api.versions)))
            for resource in api.resources
        }

    def _offers_of(self, resource: str, position: int) -> tuple[Offer, ...]:
        types = self._api.offered(self._api.versions[position], resource)
        return (Offer(position, JSON_TYPE, False), *(Offer(position, media, True) for media in types))

    def in_url(self, text: str) -> int:
        """The position of the version in a URL segment, without its ``v``; raises ``RequestError``."""
        return 0 if text in NEWEST_NAMES else self._known(text)

    def in_header(self, values: Sequence[str]) -> int | None:
        """The position of the version that ``X-Api-Version`` names; raises ``RequestError``.

        A header sent twice may arrive as one value with a comma in it; then all its versions must be one.
        """
        texts = {part.strip() for value in values for part in value.split(",")} - {""}
        if not self._api.header or not texts:
            return None
        positions = {self._known(text) for text in texts}
        if len(positions) > 1:
            raise RequestError("VERSION_CONFLICT", f"{VERSION_HEADER} names more than one version.")
        return positions.pop()

    def _known(self, text: str) -> int:
        """The position of a version; the client's text is not echoed where there is none such."""
        if text not in self._positions:
            raise RequestError(
                "UNKNOWN_VERSION", f"No such version was ever published. Supported are: {self.supported}."
            )
        return self._positions[text]

    def named(self, url: int | None, header: int | None) -> int | None:
        """The version that URL and header agree on; ``None`` where both are silent; raises ``RequestError``."""
        if url is not None and header is not None and url != header:
            raise RequestError("VERSION_CONFLICT", f"The URL and {VERSION_HEADER} name different versions.")
        return header if url is None else url

    def by_accept(self, resource: str, accepted: Sequence[Range]) -> int | None:
        """The version that Accept selects where nothing else names one; ``None`` where it leaves it to the policy."""
        offers = self._all_offers(resource)
        chosen = choose(accepted, [offer.media for offer in offers])
        if chosen is None or not offers[chosen].names_version:
            return None
        return offers[chosen].position

    def _all_offers(self, resource: str) -> tuple[Offer, ...]:
        """Plain JSON for the default version, then every version's own types, the default version's first."""
        order = [self.default, *(at for at in range(len(self._api.versions)) if at != self.default)]
        plain = self._offers[resource][self.default][:1]
        return plain + tuple(offer for at in order for offer in self._offers[resource][at][1:])

    def unversioned(self) -> int:
        """The version of a request that names none; raises ``RequestError`` where one is required."""
        if self._api.unversioned == "required":
            raise RequestError(
                "VERSION_REQUIRED", f"Name a version in the URL, {VERSION_HEADER} or Accept: {self.supported}."
            )
        return self.default

    def media(self, resource: str, position: int, accepted: Sequence[Range]) -> MediaType:
        """What the reply is sent as, in the version at ``position``; raises ``RequestError`` (406)."""
        offers = self._offers[resource][position]
        chosen = choose(accepted, [offer.media for offer in offers])
        if chosen is None:
            listed = ", ".join(str(offer.media) for offer in offers)
            raise RequestError(
                "NOT_ACCEPTABLE", f"Accept admits none of {listed}. Supported versions are: {self.supported}."
            )
        return offers[chosen].media
