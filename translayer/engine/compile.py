"""The compiler: from declarations to the fast paths of bodies, all made at construction.

What stands between the app's object and a version's document (today's names, every step of the chain, what the version
declares) is composed symbolically, into one function that goes from record to record: fifty renames are one rename.
Around it stand a decoder that checks while it decodes, and an encoder. What has no fast path says why.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Final, TypeAlias

import msgspec

from translayer.contract.envelope import DataEnvelope, Envelope, NoEnvelope, Page
from translayer.contract.limits import Limits
from translayer.contract.translation import Translation
from translayer.document.codec import is_printable, is_shallow, names_once, quotes, within_bounds

from .compiled.functions import Way, reading_way, writing_way
from .compiled.kinds import Inexpressible, Record, Refused
from .compiled.leaves import NUMBER
from .compiled.records import Told
from .compiled.shared import Shared
from .fast import FastPath
from .paging import Beside

_encode: Final = msgspec.json.Encoder().encode

_SCALAR: Final[Any] = bool | NUMBER | str | None
_BESIDE_ITEMS: Final[Any] = _SCALAR | dict[str, _SCALAR | list[_SCALAR] | dict[str, _SCALAR]]
"""What else a page may have in it, on the fast path: counts, links and the like, of which none nests deeply."""

_ENVELOPES: Final = (NoEnvelope, DataEnvelope)
"""The reply forms that do not look into the documents which they are given."""

Run: TypeAlias = Callable[..., bytes]
Reader: TypeAlias = Callable[[bytes], tuple[Any, bool]]
Finish: TypeAlias = Callable[[Any, Beside | None], tuple[bytes, bool]]
"""Prints what was read, with what stands beside it, and tells whether that leaves the rest of a page as it is."""


class Compiler:
    """Makes the fast paths of one API, within its ``limits``; what is the same in several versions is made once."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._made: dict[Hashable, FastPath] = {}
        self._ways: dict[Hashable, Way] = {}
        self._readers: dict[Hashable, Reader] = {}
        self._told = Told(closed=False)
        self._whole = Told(closed=True)
        self._shared = Shared()

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
        way = self._ways.get(key)
        if way is None:
            way = self._ways[key] = reading_way(translation, self._told, version, self._shared)
        changes = not translation.untouched or type(envelope) is not NoEnvelope
        if changes and items is None and not way.free:
            every, shown = self._read_types(translation, way, many=False)
            return FastPath(_one_translated(every, shown, way, envelope), way.source or _AS_IT_CAME)
        read = self._reader(translation, way, many=items is not None)
        finish = _one(way, envelope) if items is None else _many(way, envelope, items)
        run = _translated if changes else _as_it_came
        return FastPath(run(read, finish), way.source or _AS_IT_CAME)

    def _reader(self, translation: Translation, way: Way, *, many: bool) -> Reader:
        """The reader of the app's objects, which is the same for every version."""
        key = translation.business, many
        if key not in self._readers:
            self._readers[key] = _reader(*self._read_types(translation, way, many=many), free=way.free)
        return self._readers[key]

    def _read_types(self, translation: Translation, way: Way, *, many: bool) -> tuple[Any, Any]:
        """What every object of the app is read as, and one with nothing in it but what clients see."""
        whole = self._whole.record(translation.business, way.record.title)
        every, shown = (_page_of(each) if many else each.struct for each in (way.record, whole))
        return every, shown

    def _request(self, translation: Translation, version: str) -> FastPath:
        way = writing_way(translation, version, self._shared)
        most = self._limits.values
        # Of the way nothing is kept but what runs: thousands of records would wait for a collector in vain.
        run = _counted(way, way.quotes, most) if way.quotes is not None else _printed_again(way, most)
        said = [way.source] if way.function is not None else [_AS_IT_CAME, *([way.source] if way.source else [])]
        return FastPath(run, "\n\n".join(said))


def _counted(way: Way, count: Callable[[Any], int], most: int) -> Run:
    """A request all of whose parts are known, so that its depth is; its decoder refuses whatever else there is."""
    decode, function = _decoder(way.record.struct), way.function or _itself

    def run(body: bytes) -> bytes:
        if len(body) > most and _may_hold(body, most):
            raise Refused
        source = decode(body)
        known = count(source)
        # There are no fewer quotes than those known: if there are as many of any kind, none is in a text.
        if body.count(b'"') != known and quotes(body) != known:
            raise Refused
        return _encode(function(source))

    return run


def _printed_again(way: Way, most: int) -> Run:
    """A request with what is free in it, of which only its print tells whether a member was named twice."""
    decode, function = _decoder(way.record.struct), way.function

    def run(body: bytes) -> bytes:
        if (len(body) > most and _may_hold(body, most)) or not within_bounds(body):
            raise Refused
        source = decode(body)
        again = _encode(source)
        if not names_once(body, again):
            raise Refused
        return again if function is None else _encode(function(source))

    return run


_AS_IT_CAME: Final = "# Nothing is changed: what was decoded is what is encoded.\n"


@lru_cache(maxsize=256)
def _decoder(type_: Any) -> Callable[[bytes], Any]:
    """The decoder of a type; that of the app's objects is the same for every version."""
    return msgspec.json.Decoder(type_).decode


def _may_hold(body: bytes, most: int) -> bool:
    """Whether there may be more values in a body than so many: one, one behind each comma, one behind each opening."""
    return sum(map(body.count, (b"[", b"{", b","))) >= most


def _reader(every: Any, shown: Any, *, free: bool) -> Reader:
    """Reads what the app says, and tells whether clients see all of it.

    What nobody sees is skipped by the type of ``every`` reply, and may nest to any depth, as what is ``free`` may: then
    that is measured first. By the type of replies with nothing in them but what is ``shown`` it need not be.
    """
    whole, part = _decoder(shown), _decoder(every)

    def read(raw: bytes) -> tuple[Any, bool]:
        if free and not is_shallow(raw):
            raise Refused
        try:
            return whole(raw), True
        except msgspec.ValidationError:
            if not (free or is_shallow(raw)):
                raise Refused from None
            return part(raw), False

    return read


def _one_translated(every: Any, shown: Any, way: Way, envelope: Envelope) -> Run:
    """A reply with one document of which something may change, and in which nothing nests freely: most replies are."""
    whole, part, function = _decoder(shown), _decoder(every), way.function or _itself
    around = None if type(envelope) is NoEnvelope else envelope.one

    def run(raw: bytes, beside: Beside | None = None) -> bytes:
        try:
            found = whole(raw)
        except msgspec.ValidationError:
            if not is_shallow(raw):
                raise Refused from None
            found = part(raw)
        document = function(found)
        return _encode(document if around is None else around(document))

    return run


def _translated(read: Reader, finish: Finish) -> Run:
    """A reply of which something may change."""

    def run(raw: bytes, beside: Beside | None = None) -> bytes:
        return finish(read(raw)[0], beside)[0]

    return run


def _as_it_came(read: Reader, finish: Finish) -> Run:
    """A reply that goes out as it came, where clients see all that is in it."""

    def run(raw: bytes, beside: Beside | None = None) -> bytes:
        found, whole = read(raw)
        printed, same = finish(found, beside)
        return raw if whole and same and names_once(raw, printed) else printed

    return run


def _one(way: Way, envelope: Envelope) -> Finish:
    """A reply with one document."""
    function, free = way.function or _itself, way.free

    def finish(found: Any, beside: Beside | None) -> tuple[bytes, bool]:
        return _printed(envelope.one(function(found)), free), True

    return finish


def _many(way: Way, envelope: Envelope, key: str) -> Finish:
    """A reply with a list of documents, bare or in a page."""
    function, free = way.function, way.free

    def finish(found: Any, beside: Beside | None) -> tuple[bytes, bool]:
        page = _page(found, key)
        if beside is not None:
            page = beside.page(page)
        items = page.items if function is None else [function(item) for item in page.items]
        return _printed(envelope.many(items, page), free), page.body is found

    return finish


def _page_of(record: Record) -> Any:
    items = list.__class_getitem__(record.struct)
    return items | dict.__class_getitem__((str, items | _BESIDE_ITEMS))


def _page(decoded: Any, key: str) -> Page:
    if type(decoded) is list:
        return Page(decoded)
    if any(type(member) is list and member for name, member in decoded.items() if name != key):
        raise Refused  # not its items, and yet taken for such
    if type(decoded[key]) is not list:
        raise Refused
    return Page(decoded, key)


def _itself(source: Any) -> Any:
    return source


def _printed(document: Any, free: bool) -> bytes:
    printed = _encode(document)
    if free and not is_printable(printed):
        raise Refused
    return printed


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:]
