"""The compiler: from declarations to the fast paths of bodies, all made at construction.

What stands between the app's object and a version's document (today's names, every step of the chain, what the version
declares) is composed symbolically, into one function that goes from record to record: fifty renames are one rename.
Around it stand a decoder that checks while it decodes, and an encoder. What has no fast path says why.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Final

import msgspec

from translayer.contract.envelope import DataEnvelope, Envelope, NoEnvelope, Page
from translayer.contract.limits import Limits
from translayer.contract.translation import Translation
from translayer.document.codec import is_printable, names_once, within_bounds

from .compiled.functions import Way, reading_way, writing_way
from .compiled.kinds import Inexpressible, Record, Refused
from .compiled.leaves import NUMBER
from .compiled.records import Told
from .fast import FastPath

_encode: Final = msgspec.json.Encoder().encode

_BESIDE_ITEMS: Final[Any] = bool | NUMBER | str | dict[str, Any] | None
"""What else a page may have in it, on the fast path."""

_ENVELOPES: Final = (NoEnvelope, DataEnvelope)
"""The reply forms that do not look into the documents which they are given."""

Run = Callable[[bytes], bytes]


class Compiler:
    """Makes the fast paths of one API, within its ``limits``; what is the same in several versions is made once."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._made: dict[Hashable, FastPath] = {}
        self._ways: dict[Hashable, Way] = {}
        self._told = Told(closed=False)
        self._whole = Told(closed=True)

    def reply(self, translation: Translation, envelope: Envelope, version: str, *, many: bool, items: str) -> FastPath:
        """The fast path from the app's reply to that of a version."""
        key = ("reply", translation.business, translation.chain, type(envelope), many, items)
        if type(envelope) not in _ENVELOPES:
            return FastPath(None, reasons=("The envelope is one of the author's own.",))
        return self._compiled(key, lambda: self._reply(translation, envelope, version, items if many else None))

    def request(self, translation: Translation, version: str) -> FastPath:
        """The fast path from a body of a version to the app's."""
        key = ("request", translation.business, translation.chain, translation.check.unknown)
        return self._compiled(key, lambda: self._request(translation, version))

    def _compiled(self, key: Hashable, make: Callable[[], FastPath]) -> FastPath:
        if key not in self._made:
            try:
                self._made[key] = make()
            except Inexpressible as reason:
                self._made[key] = FastPath(None, reasons=(_sentence(str(reason)),))
        return self._made[key]

    def _reply(self, translation: Translation, envelope: Envelope, version: str, items: str | None) -> FastPath:
        key = translation.business, translation.chain
        way = self._ways.get(key) or self._ways.setdefault(key, reading_way(translation, self._told, version))
        run = _one(way, envelope) if items is None else _many(way, envelope, items)
        if translation.untouched and type(envelope) is NoEnvelope:
            whole = self._whole.record(translation.business, way.record.title)
            run = _as_it_came(whole.struct if items is None else _page_of(whole), items, way.free, run)
        return FastPath(run, way.source or _AS_IT_CAME)

    def _request(self, translation: Translation, version: str) -> FastPath:
        way = writing_way(translation, version)
        decode, function, most = _decoder(way.record.struct), way.function, self._limits.values

        def run(body: bytes) -> bytes:
            if _may_hold(body, most) or (way.free and not within_bounds(body)):
                raise Refused
            source = decode(body)
            again = _encode(source)
            if not names_once(body, again):
                raise Refused
            return again if function is None else _encode(function(source))

        return FastPath(run, way.source or _AS_IT_CAME)


_AS_IT_CAME: Final = "# Nothing is changed: what was decoded is what is encoded.\n"


@lru_cache(maxsize=256)
def _decoder(type_: Any) -> Callable[[bytes], Any]:
    """The decoder of a type; that of the app's objects is the same for every version."""
    return msgspec.json.Decoder(type_).decode


def _may_hold(body: bytes, most: int) -> bool:
    """Whether there may be more values in a body than so many: one, one behind each comma, one behind each opening."""
    return len(body) > most and sum(map(body.count, (b"[", b"{", b","))) >= most


def _one(way: Way, envelope: Envelope) -> Run:
    """A reply with one document."""
    decode, function, free = _decoder(way.record.struct), way.function or _itself, way.free

    def run(raw: bytes) -> bytes:
        return _printed(envelope.one(function(decode(raw))), free)

    return run


def _many(way: Way, envelope: Envelope, key: str) -> Run:
    """A reply with a list of documents, bare or in a page."""
    decode, function, free = _decoder(_page_of(way.record)), way.function, way.free

    def run(raw: bytes) -> bytes:
        page, deep = _page(decode(raw), key)
        items = page.items if function is None else [function(item) for item in page.items]
        return _printed(envelope.many(items, page), free or deep)

    return run


def _page_of(record: Record) -> Any:
    items = list.__class_getitem__(record.struct)
    return items | dict.__class_getitem__((str, items | _BESIDE_ITEMS))


def _page(decoded: Any, key: str) -> tuple[Page, bool]:
    """A page, and whether there may be anything in it beside its items."""
    if type(decoded) is list:
        return Page(decoded), False
    deep = False
    for name, member in decoded.items():
        if type(member) is list and name != key and member:
            raise Refused
        deep = deep or type(member) is dict
    if type(decoded[key]) is not list:
        raise Refused
    return Page(decoded, key), deep


def _as_it_came(type_: Any, key: str | None, free: bool, otherwise: Run) -> Run:
    """A reply that goes out as it came, where it is of a type that has nothing in it but what the version shows."""
    decode = _decoder(type_)

    def run(raw: bytes) -> bytes:
        try:
            found = decode(raw)
        except msgspec.ValidationError:
            return otherwise(raw)
        if not names_once(raw, _encode(found)):
            return otherwise(raw)
        deep = key is not None and _page(found, key)[1]
        if (deep or free) and not is_printable(raw):
            raise Refused
        return raw

    return run


def _itself(source: Any) -> Any:
    return source


def _printed(document: Any, free: bool) -> bytes:
    printed = _encode(document)
    if free and not is_printable(printed):
        raise Refused
    return printed


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:]
