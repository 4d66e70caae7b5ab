"""Usage: which deprecations apply to a body, from its bytes, as a client reads or writes them.

Strategy: three questions, each cheaper than the next. Is the name of a deprecated field anywhere in the bytes? Most
bodies end there. If so, where are they? A probe is decoded: a type of the deprecated members and of what leads to them,
so that msgspec skips all else. What does not fit the probe is parsed, and walked.

Border: bytes in, deprecations out. What is deprecated is known in ``contract.marks``; nothing here writes headers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import UNSET

from translayer.contract.deprecation import Deprecation
from translayer.contract.envelope import DataEnvelope, Envelope, NoEnvelope
from translayer.contract.marks import Elements, Inside, Marked, Marks
from translayer.contract.shape import Resolve, Shape
from translayer.document.codec import is_shallow, skim
from translayer.document.values import Json
from translayer.errors import DecodeError

from .compiled.kinds import Inexpressible, Kind, Known, Leaf, Listed, Record, Tabled, type_of

Look: TypeAlias = Callable[[Any], int]
"""From a value, decoded by some type, to the marks in it."""


@dataclass(frozen=True, eq=False)
class Usage:
    """The deprecated fields in bodies of one form. ``find`` gives the marks in the bytes of one that is well formed.

    ``needles`` are the deprecated names as they stand in JSON; one may be spelt otherwise only by an ``escape``.
    """

    marks: Marks
    find: Callable[[bytes], int]
    needles: tuple[bytes, ...]
    escape: bytes

    def contained(self, body: bytes) -> tuple[Deprecation, ...]:
        """The deprecations of the fields that a body contains, each once, in the order in which they are declared.

        A field is contained where it is there, ``null`` included. Bytes that are not JSON contain none.
        """
        if not any(needle in body for needle in self.needles) and self.escape not in body:
            return ()
        try:
            return self.marks.told(self.find(body))
        except DecodeError:
            return ()


def reply_usage(
    shape: Shape, resolve: Resolve, envelope: Envelope, *, many: bool, items: str = "items"
) -> Usage | None:
    """The usage of replies with documents of a shape, as they go out; ``None`` where nothing in it is deprecated.

    ``items`` is where a page has its list. What an envelope of the author's own makes of documents nobody knows, so
    they are looked for at every place in it: a member beside them that is called like a deprecated one counts as well.
    """
    marks = Marks.of(shape, resolve)
    if marks is None:
        return None
    if type(envelope) is NoEnvelope:
        return _usage(marks, _Form(items if many else None, many))
    if type(envelope) is DataEnvelope:
        return _usage(marks, _Form("items" if many else "data", many))
    return _of_names(marks, lambda body: _anywhere(skim(body), marks.in_document))


def request_usage(shape: Shape, resolve: Resolve) -> Usage | None:
    """The usage of requests with one document of a shape, or a merge patch (RFC 7396) of one."""
    marks = Marks.of(shape, resolve)
    return None if marks is None else _usage(marks, _Form(None, many=False))


def patch_usage(shape: Shape, resolve: Resolve) -> Usage | None:
    """The usage of JSON Patches (RFC 6902) of documents of a shape."""
    marks = Marks.of(shape, resolve)
    # Names stand in pointers there, with escapes of their own: every patch is read.
    return None if marks is None else Usage(marks, lambda body: marks.in_patch(skim(body)), (b"",), b"\\")


@dataclass(frozen=True)
class _Form:
    """Where documents are in a body: it is one, or a list of them if ``many``, or has that under ``key``.

    Where there may be many, they may be under the key or not.
    """

    key: str | None
    many: bool

    def documents(self, body: Json) -> Iterable[Json]:
        """The documents in a body that was parsed."""
        found = body.get(self.key) if self.key is not None and isinstance(body, dict) else body
        if self.many:
            return found if isinstance(found, list) else ()
        return (found,) if self.key is None or isinstance(body, dict) else ()


def _usage(marks: Marks, form: _Form) -> Usage:
    def walked(body: bytes) -> int:
        bits = 0
        for document in form.documents(skim(body)):
            bits |= marks.in_document(document)
        return bits

    try:
        type_, look = _probe(marks, form)
    except Inexpressible:
        return _of_names(marks, walked)
    decode = msgspec.json.Decoder(type_).decode

    def probed(body: bytes) -> int:
        if not is_shallow(body):
            return 0
        try:
            return look(decode(body))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return walked(body)

    return _of_names(marks, probed)


def _of_names(marks: Marks, find: Callable[[bytes], int]) -> Usage:
    """The usage of bodies in which the deprecated names are those of members."""
    plain = all(name.isprintable() and not _SPECIAL & set(name) for name in marks.names)
    needles = tuple(b'"%s"' % name.encode(errors="surrogatepass") for name in sorted(marks.names))
    return Usage(marks, find, needles, rb"\u" if plain else b"\\")


_SPECIAL: Final = frozenset('"\\/')
"""Characters that have an escape of their own in JSON (RFC 8259, section 7), beside those that cannot be printed."""


def _anywhere(value: Json, look: Look) -> int:
    """The marks in a value, and in every value in it, each looked at as if it were a document."""
    bits = look(value)
    for inner in _inner(value):
        bits |= _anywhere(inner, look)
    return bits


def _inner(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


# Probes: what is decoded, and how it is looked at


def _probe(marks: Marks, form: _Form) -> tuple[Any, Look]:
    """The type of bodies of a form, as far as marks go, and what looks at a body that was decoded by it.

    Raises ``Inexpressible`` where there is no such type.
    """
    made = _Probes(marks.all)
    inside: Inside = Elements(marks.root) if form.many else marks.root
    kind, look = made.of(inside)
    if form.key is None:
        return type_of(kind), look
    page = Record("Page")
    page.add(form.key, kind, optional=True)
    attribute = page.members[form.key].attribute
    bare, around = type_of(kind), page.struct

    def look_around(body: Any) -> int:
        if not isinstance(body, around):
            return look(body)
        found = getattr(body, attribute)
        return 0 if found is UNSET else look(found)

    return (bare | around if form.many else around), look_around


class _Probes:
    """Makes probes, one for every object that is marked, so that a schema may contain itself."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._known: dict[Marked, tuple[Record, Look]] = {}

    def of(self, inside: Inside) -> tuple[Kind, Look]:
        """The kind of values that are, or hold, marked objects, and what looks at them."""
        if isinstance(inside, Marked):
            record, look = self._known.get(inside) or self._made(inside)
            return Known(record, nullable=True), look
        kind, look = self.of(inside.inside)
        if isinstance(inside, Elements):
            return Listed(kind, nullable=True), self._each(look, iter)
        return Tabled(kind, nullable=True), self._each(look, lambda table: iter(table.values()))

    def _made(self, marked: Marked) -> tuple[Record, Look]:
        record = Record(marked.title)
        watched: list[tuple[str, int, Look | None]] = []

        def look(value: Any) -> int:
            bits = 0
            for attribute, mark, further in watched if value is not None else ():
                found = getattr(value, attribute)
                if found is not UNSET:
                    bits |= mark if further is None else mark | further(found)
            return bits

        self._known[marked] = record, look
        for name, member in marked.members.items():
            kind, further = (_SKIPPED, None) if member.inside is None else self.of(member.inside)
            record.add(name, kind, optional=True)
            watched.append((record.members[name].attribute, member.mark, further))
        return record, look

    def _each(self, look: Look, values: Callable[[Any], Iterator[Any]]) -> Look:
        """Looks at values until there is nothing more to be found."""
        every = self._every

        def look_at_each(container: Any) -> int:
            bits = 0
            for value in values(container) if container is not None else ():
                bits |= look(value)
                if bits == every:
                    break
            return bits

        return look_at_each


_SKIPPED: Final = Leaf(msgspec.Raw, nullable=False)
"""Any value, null included, which is there and not looked into."""
