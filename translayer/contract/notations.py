"""Notations: what bodies are called in HTTP, by the form that they are in, and the names that versions have there.

Strategy: JSON stands first, and whatever an API renders beside it behind; so wherever a client leaves the choice, it is
JSON. A vendor type of JSON has one of each form beside it, which says the same of the version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from translayer.document.forms import Form
from translayer.http.media import MediaType

from .version import Version

if TYPE_CHECKING:
    from .api import Api

VERSION_HEADER: Final = "X-Api-Version"
"""Names the version of a request, and that of a reply."""

JSON_TYPE: Final = MediaType.parse("application/json")
PROBLEM_TYPE: Final = MediaType.parse("application/problem+json")

PATCH_TYPES: Final = ("application/json-patch+json", "application/merge-patch+json")
"""What PATCH takes (RFC 6902, RFC 7396)."""

_JSON_SUFFIX: Final = "+json"

TYPES: Final[Mapping[str, tuple[MediaType, ...]]] = {
    name: tuple(map(MediaType.parse, types))
    for name, types in {
        # RFC 9512, section 2.1, which calls those behind the first deprecated.
        "yaml": ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"),
        # The second is in IANA's registry, and the others are what clients send.
        "msgpack": ("application/msgpack", "application/vnd.msgpack", "application/x-msgpack"),
    }.items()
}
"""The types of each form that name no version."""


class Notation(NamedTuple):
    """One way to send a document: a media type, whether that names the version, and the form; ``None`` is JSON.

    ``rank`` is the place of the form among those of the API, JSON's is 0.
    """

    media: MediaType
    names_version: bool
    form: Form | None
    rank: int


def notations(api: Api, version: Version, resource: str) -> Iterator[Notation]:
    """The ways to send documents of a resource in a version, those preferred first."""
    vendor = api.offered(version, resource)
    yield Notation(JSON_TYPE, False, None, 0)
    yield from (Notation(media, True, None, 0) for media in vendor)
    for rank, form in enumerate(api.forms, 1):
        yield from (Notation(media, False, form, rank) for media in TYPES[form.name])
        for media in vendor:
            if media.subtype.endswith(_JSON_SUFFIX):
                subtype = f"{media.subtype.removesuffix(_JSON_SUFFIX)}+{form.name}"
                yield Notation(MediaType(media.type, subtype, media.parameters), True, form, rank)
