"""Usage: which deprecations apply to a body, from its bytes, as a client reads or writes them.

Strategy: three questions, each cheaper than the next. Is the name of a deprecated field anywhere in the bytes? Most
bodies end there. If so, where are they? A probe is decoded: a type of the deprecated members and of what leads to them,
so that msgspec skips all else. What does not fit the probe is parsed, and walked.

Border: bytes in, deprecations out. What is deprecated is known in ``contract.marks``; nothing here writes headers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, Struct

from translayer.contract.deprecation import Deprecation
from translayer.contract.envelope import DataEnvelope, Envelope, NoEnvelope
from translayer.contract.marks import Elements, Inside, Marked, Marks, leads_to
from translayer.contract.shape import Resolve, Shape
from translayer.document.codec import is_shallow, skim
from translayer.document.values import Json
from translayer.errors import DecodeError

from .compiled.kinds import Inexpressible, Kind, Known, Leaf, Listed, Record, Tabled, type_of

Look: TypeAlias = Callable[[Any], int]
"""From a value, decoded by some type, to the marks in it."""


Find: TypeAlias = Callable[[bytes, Sequence[str]], int]
"""From a body, and the names of the deprecated fields that may be in it, to the marks of those that are."""


class Usage(Struct, frozen=True, eq=False):
    """The deprecated fields in bodies of one form.

    ``needles`` are their names, as they stand in JSON and as they are; otherwise spelt, there is an ``escape`` in them.
    """

    marks: Marks
    find: Find
    needles: tuple[tuple[bytes, str], ...]
    escape: bytes

    def contained(self, body: bytes) -> tuple[Deprecation, ...]:
        """The deprecations of the fields that a body contains, each once, in the order in which they are declared.

        A field is contained where it is there, ``null`` included. Bytes that are not JSON contain none.
        """
        if b"\\" in body and self.escape in body:  # one byte is looked for ten times as fast as two
            names = [name for _, name in self.needles]
        else:
            names = [name for needle, name in self.needles if needle in body]
        try:
            return self.marks.told(self.find(body, names)) if names else ()
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
        return _usage(marks, _Documents(items if many else None, many), bounded=True)
    if type(envelope) is DataEnvelope:
        return _usage(marks, _Documents("items" if many else "data", many), bounded=True)
    return _of_names(marks, lambda body, _: _anywhere(skim(body), marks.in_document))


def request_usage(shape: Shape, resolve: Resolve) -> Usage | None:
    """The usage of requests with one document of a shape, or a merge patch (RFC 7396) of one."""
    marks = Marks.of(shape, resolve)
    return None if marks is None else _usage(marks, _Documents(None, many=False), bounded=False)


def patch_usage(shape: Shape, resolve: Resolve) -> Usage | None:
    """The usage of JSON Patches (RFC 6902) of documents of a shape."""
    marks = Marks.of(shape, resolve)
    # Names stand in pointers there, with escapes of their own: every patch is read.
    return None if marks is None else Usage(marks, lambda body, _: marks.in_patch(skim(body)), ((b"", ""),), b"\\")


class _Documents(Struct, frozen=True):
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


def _usage(marks: Marks, form: _Documents, *, bounded: bool) -> Usage:
    """The usage of bodies of a form; that they nest no deeper than what is printed is known if they are ``bounded``."""

    def walked(body: bytes, names: Sequence[str]) -> int:
        bits = 0
        for document in form.documents(skim(body)):
            bits |= marks.in_document(document)
        return bits

    try:
        type_, looks = _probe(marks, form)
    except Inexpressible:
        return _of_names(marks, walked)
    decode = msgspec.json.Decoder(type_).decode

    def probed(body: bytes, names: Sequence[str]) -> int:
        if not (bounded or is_shallow(body)):
            return 0
        try:
            found = decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return walked(body, names)
        bits = 0
        for name in names:
            bits |= looks[name](found)
        return bits

    return _of_names(marks, probed)


def _of_names(marks: Marks, find: Find) -> Usage:
    """The usage of bodies in which the deprecated names are those of members."""
    plain = all(name.isprintable() and not _SPECIAL & set(name) for name in marks.names)
    needles = tuple((b'"%s"' % name.encode(errors="surrogatepass"), name) for name in marks.names)
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


def _probe(marks: Marks, form: _Documents) -> tuple[Any, Mapping[str, Look]]:
    """The type of bodies of a form, as far as marks go, and what looks at one that was decoded by it for each name.

    Raises ``Inexpressible`` where there is no such type.
    """
    inside: Inside = Elements(marks.root) if form.many else marks.root
    records: dict[Marked, Record] = {}
    kind = _kind(inside, records)
    looks = {name: _Looking(marks, name, records).at(inside) for name in marks.names}
    if form.key is None:
        return type_of(kind), looks
    page = Record("Page")
    page.add(form.key, kind, optional=True)
    attribute = page.members[form.key].attribute
    around = {name: _around(look, page.struct, attribute) for name, look in looks.items()}
    return (type_of(kind) | page.struct if form.many else page.struct), around


def _around(look: Look, page: type, attribute: str) -> Look:
    """Looks at what is in a page, or is there without one."""

    def look_around(body: Any) -> int:
        found = getattr(body, attribute) if isinstance(body, page) else body
        return 0 if found is UNSET else look(found)

    return look_around


def _kind(inside: Inside, records: dict[Marked, Record]) -> Kind:
    """The kind of values that are, or hold, marked objects; each object is made once, since one may contain itself."""
    if isinstance(inside, Marked):
        if inside not in records:
            record = records[inside] = Record(inside.title)
            for name, member in inside.members.items():
                record.add(name, _SKIPPED if member.inside is None else _kind(member.inside, records), optional=True)
        return Known(records[inside], nullable=True)
    container = Listed if isinstance(inside, Elements) else Tabled
    return container(_kind(inside.inside, records), nullable=True)


_SKIPPED: Final = Leaf(msgspec.Raw, nullable=False)
"""Any value, null included, which is there and not looked into."""


class _Looking:
    """Makes what looks for the deprecated fields of one name, along the ways that lead to it."""

    def __init__(self, marks: Marks, name: str, records: Mapping[Marked, Record]) -> None:
        self._name = name
        self._records = records
        self._all = marks.of_name(name)
        self._leading = marks.leading_to(name)
        self._known: dict[Marked, Look] = {}

    def at(self, inside: Inside) -> Look:
        """What looks at a value; nobody asks of one that leads nowhere."""
        if isinstance(inside, Marked):
            return self._known.get(inside) or self._in_object(inside)
        if isinstance(inside, Elements):
            return self._in_each(self.at(inside.inside), iter)
        return self._in_each(self.at(inside.inside), lambda table: iter(table.values()))

    def _in_object(self, marked: Marked) -> Look:
        watched: list[tuple[str, int, Look | None]] = []

        def look(value: Any) -> int:
            bits = 0
            for attribute, mark, further in watched if value is not None else ():
                found = getattr(value, attribute)
                if found is not UNSET:
                    bits |= mark if further is None else mark | further(found)
            return bits

        self._known[marked] = look
        for name, member in marked.members.items():
            mark = member.mark if name == self._name else 0
            further = self.at(member.inside) if member.inside is not None and leads_to(member, self._leading) else None
            if mark or further:
                watched.append((self._records[marked].members[name].attribute, mark, further))
        return look

    def _in_each(self, look: Look, values: Callable[[Any], Iterator[Any]]) -> Look:
        """Looks at values until there is nothing more to be found."""
        every = self._all

        def look_at_each(container: Any) -> int:
            bits = 0
            for value in values(container) if container is not None else ():
                bits |= look(value)
                if bits == every:
                    break
            return bits

        return look_at_each
