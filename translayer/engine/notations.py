"""Notations: what bodies are called in HTTP, by the form that they are in.

Strategy: JSON stands first, and whatever an API renders beside it behind; so wherever a client leaves the choice, it is
JSON. A vendor type of JSON has one of each form beside it, which says the same of the version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from translayer.contract.api import Api
from translayer.contract.version import Version
from translayer.document.forms import Form
from translayer.http.accept import Range, choose, quality
from translayer.http.media import MediaType, is_json

JSON_TYPE: Final = MediaType.parse("application/json")

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


def of_refusal(ranges: Sequence[Range], forms: Sequence[Form]) -> tuple[MediaType, Form] | None:
    """What a refusal is sent as where Accept admits a form of the API's, and no JSON; ``None`` where it is JSON.

    It names no version, as the type of a refusal in JSON does not.
    """
    named = [found.media for found in ranges if found.is_exact and found.quality]
    if quality(ranges, JSON_TYPE) or any(is_json(str(media)) for media in named):
        return None
    offers = [(media, form) for form in forms for media in TYPES[form.name]]
    offers += [(media, form) for form in forms for media in named if media.subtype.endswith(f"+{form.name}")]
    chosen = choose(ranges, [media for media, _ in offers])
    if chosen is None:
        return None
    media, form = offers[chosen]
    return (media if media in TYPES[form.name] else TYPES[form.name][0]), form
