"""Entity tags, one per representation (RFC 9110, sections 8.8.3 and 13).

Strategy: an app tags its object once, but each version shows the object in a shape of its own, and two
representations must not share a strong tag. So a tag leaves with the version's mark inside the quotes
(``"abc"`` as ``"abc.v1"``, in another form than JSON as ``"abc.v1+yaml"``), and a condition comes in with the mark
cut off. An app that has no tags can have them made of the bytes that go out. Nothing is stored.

Border: the text of tags and conditions. Which state of an object a condition is about, the engine knows.
werkzeug's ``parse_etags`` is not used: it reads the valid tag ``""`` as None, takes unquoted words for tags, sees
``*`` only without spaces around it, and forgets the order.
"""

from __future__ import annotations

import re
from hashlib import blake2b

NOTHING = '"translayer.matches-no-representation.5f0c1e8ab2d94736"'
"""The condition that names no tag of the app.

It stands where a client's condition has no tag that this version ever sent. The condition must stay: without it
If-Match would let every write pass. And the client's own text must not stay: ``"abc"``, sent to v1 by a client that
made it up or has it from elsewhere, is the tag of an app's object, although no representation of v1 has it. A fixed
tag that no app makes leaves If-Match false and If-None-Match true, in both comparisons, strong and weak.
"""

_OPAQUE = r'"([\x21\x23-\x7e\x80-\xff]*+)"'  # RFC 9110, section 8.8.3: no space and no escapes, but commas.
_tag = re.compile(rf"(W/)?{_OPAQUE}")
# An element of a list that is no tag is passed over up to the next comma. Possessive: linear in the length.
_element = re.compile(rf"[ \t]*+(?:(W/)?{_OPAQUE}[ \t]*+(?=,|\Z)|[^,]*+),?")


def outward(etag: str, mark: str) -> str | None:
    """The entity tag of a version's representation, from the app's tag; weak stays weak.

    ``mark`` names the version and the form, such as ``v1`` and ``v1+yaml``; no mark ends with another's ending. None
    where the app's value is not an entity tag: such a value is not sent at all, as no client could send it back.

    >>> outward('W/"abc"', "v1")
    'W/"abc.v1"'
    """
    match = _tag.fullmatch(etag)
    if match is None:
        return None
    return f'{match[1] or ""}"{match[2]}.{mark}"'


def inward(header: str, *marks: str) -> str:
    """The value of If-Match or If-None-Match in the app's tags, from the one in tags with one of the ``marks``.

    ``*`` stays. The mark is cut off each tag, which keeps its order and its weakness. Elements that are no such tag
    (without a mark, or no entity tag) can match nothing and are left out: a list means any of its
    tags. Where none is left, and for an empty value, the result is ``NOTHING``. Time is linear in the length, whose
    bound is the server's for a header line.

    >>> inward('"abc.v1", W/"d,e.v1", "f.v2"', "v1")
    '"abc", W/"d,e"'
    """
    text = header.strip(" \t")
    if text == "*":
        return text
    found = [(match[1] or "", match[2]) for match in _element.finditer(text) if match[2] is not None]
    endings = tuple(f".{mark}" for mark in marks)
    own = [f'{weak}"{opaque.removesuffix(end)}"' for weak, opaque in found for end in endings if opaque.endswith(end)]
    return ", ".join(own) or NOTHING


def generated(content: bytes, mark: str) -> str:
    """The strong entity tag of a representation that the app has no tag for, made of its bytes.

    Equal bytes have equal tags, whatever machine makes them; 128 bits, so that others do not in practice.

    >>> generated(b"{}", "v1")
    '"2afb9b83f9314e5d029766197f539792.v1"'
    """
    return f'"{blake2b(content, digest_size=16).hexdigest()}.{mark}"'


def is_strong(etag: str | None) -> bool:
    """Whether there is a tag, and it says that the bytes are the same (RFC 9110, section 8.8.1)."""
    return etag is not None and not etag.startswith("W/")


def names(condition: str, etag: str | None, *, strongly: bool) -> bool:
    """Whether If-Match (``strongly``) or If-None-Match names the tag that an object has (RFC 9110, section 8.8.3.2).

    ``*`` names any object, also one without a tag. Elements that are no entity tag name nothing.

    >>> names('"a", W/"b"', '"b"', strongly=False), names('"a", W/"b"', '"b"', strongly=True)
    (True, False)
    """
    if condition.strip(" \t") == "*":
        return True
    if etag is None or (strongly and not is_strong(etag)):
        return False
    listed = (match for match in _element.finditer(condition) if match[2] is not None)
    return etag.removeprefix("W/") in [f'"{match[2]}"' for match in listed if not (strongly and match[1])]
