"""Notations of refusals: what a reply that says no is sent as, to clients that take no JSON."""

from __future__ import annotations

from collections.abc import Sequence

from translayer.contract.notations import JSON_TYPE, TYPES
from translayer.document.forms import Form
from translayer.http.accept import Range, choose, quality
from translayer.http.media import MediaType, is_json


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
