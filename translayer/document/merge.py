"""JSON Merge Patch (RFC 7396): the whole of it is one function, and nothing in it can fail."""

from __future__ import annotations

from translayer.document.values import ABSENT, Json, duplicate


def apply_merge(document: Json, patch: Json) -> Json:
    """The document that the patch makes of another (RFC 7396, section 2), sharing no changeable part with either.

    Members keep their order and new ones follow. ``null`` removes; so a patch cannot say that a member is ``null``,
    and arrays are replaced whole.
    """
    if not isinstance(patch, dict):
        return duplicate(patch)
    target = document if isinstance(document, dict) else {}
    merged = {}
    for name in {**target, **patch}:
        change = patch.get(name, ABSENT)
        if change is ABSENT:
            merged[name] = duplicate(target[name])
        elif change is not None:
            merged[name] = apply_merge(target.get(name), change)
    return merged
