"""JSON Pointer (RFC 6901): a text to its tokens, and tokens to a value.

Strategy: jsonpointer parses and walks; two of its ways are closed. It takes ``-`` in an array for an object of its
own rather than for an element that does not exist, and it prints the whole document into the message of a miss.
Only members of objects and elements of arrays are ever reached, never attributes.
"""

from __future__ import annotations

from collections.abc import Iterable

from jsonpointer import JsonPointer, JsonPointerException

from translayer.document.values import Json


class Pointer(JsonPointer):
    """A pointer that reaches what is in the document and nothing else; jsonpatch walks with it as well."""

    def walk(self, doc: Json, part: str | int) -> Json:
        """The member or element of ``doc`` that one token names, or ``JsonPointerException``."""
        step = self.get_part(doc, part)
        try:
            return doc[step]
        except (KeyError, IndexError, TypeError):
            raise JsonPointerException(f"nothing is at {part!r}") from None


def parse(text: str) -> tuple[str, ...]:
    """The tokens of a pointer, unescaped (RFC 6901, sections 3 and 4); ``""`` is the whole document and gives none.

    Raises ``ValueError`` for what is no pointer: one that does not begin with ``/``, or has a ``~`` before anything
    but ``0`` and ``1``. Whose fault that is, the caller knows.
    """
    try:
        return tuple(Pointer(text).parts)
    except JsonPointerException as fault:
        raise ValueError(f"{text!r} is not a JSON Pointer: {fault}") from None


def resolve(document: Json, tokens: Iterable[str]) -> Json:
    """The value that the tokens lead to, itself and not a copy (RFC 6901, section 4).

    An index is digits without a leading zero. Raises ``LookupError`` where nothing is: no such member, an index out
    of range or of another form, ``-``, or a token for a value that has no parts.
    """
    pointer = Pointer.from_parts(tokens)
    try:
        return pointer.resolve(document)
    except JsonPointerException:
        raise LookupError(f"nothing is at {pointer.path!r}") from None
