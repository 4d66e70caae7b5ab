"""Links in documents: fields that are marked as such, and the step in which their values change hands.

A field marked ``metadata={"link": True}`` holds a URL. For the app and for a client it is written differently: by
another prefix, version and name of the route. What is one in the other only a request can say, and so it is looked up
where the engine has put it (``within``); outside of any request a link is what it is. The mark travels with the field
into older schemas, so that there is one more step at the client's end of every chain.

Border: which fields, and when. What becomes of a URL is the business of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, ClassVar, Final, ParamSpec, Protocol, TypeVar

from marshmallow import fields
from msgspec import Struct

from translayer.document.places import look, place
from translayer.document.values import ABSENT, Absent, Json, Object, equal
from translayer.errors import DeclarationError, Path

from .allowlist import sent
from .lens import Deferred, Each, Lens, Step, Values, idle
from .matching import pair
from .shape import Family, Leaf, Many, Name, One, Resolve, Shape, Slot, Table, Target

P = ParamSpec("P")
T = TypeVar("T")

MARK: Final = "link"
"""What a field says in its ``metadata``."""

_NO_TEXT: Final = (fields.Boolean, fields.Mapping, fields.Number)
"""Fields whose values are never links."""


class Links(Protocol):
    """How links are written to the client of a request, and to the app."""

    def outward(self, link: str) -> str:
        """The app's link as the client should see it."""
        ...

    def inward(self, link: str) -> str:
        """The client's link as the app would have written it."""
        ...


_LINKS: Final[ContextVar[Links | None]] = ContextVar("translayer.links", default=None)


def within(links: Links | None, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """What a function gives while links are those of a request; ``None`` for documents without any."""
    if links is None:
        return function(*arguments, **named)
    token = _LINKS.set(links)
    try:
        return function(*arguments, **named)
    finally:
        _LINKS.reset(token)


class Linked(Struct, frozen=True):
    """The links in one field, be it one, a list of them, or an object with one for each name.

    It is a lens on the object, as operations are, and no version tells it. The app may have spelt a link in any of
    several ways, of which the client sees one: where it may write them that is lost, and so what is not changed keeps
    its source.
    """

    name: Name
    loses: bool = True
    reads_the_same: ClassVar[bool] = False

    @property
    def newer_names(self) -> tuple[Name, ...]:
        """The field, as operations have theirs."""
        return (self.name,)

    def get(self, document: Object) -> Object:
        """The client's form of the app's links."""
        value = look(document, self.name)
        return document if value is ABSENT else place(document, self.name, self.shown(value))

    def put(self, document: Object, onto: Object | Absent) -> Object:
        """The app's form of the client's."""
        value = look(document, self.name)
        return document if value is ABSENT else place(document, self.name, self.written(value, look(onto, self.name)))

    def older_path(self, path: Path) -> Path:
        """A link stays where it is."""
        return path

    def newer_path(self, path: Path) -> Path:
        """A link stays where it is."""
        return path

    def shown(self, value: Json) -> Json:
        """A value that is there, as the client should see it."""
        links = _LINKS.get()
        return value if links is None else _each(links.outward, value)

    def written(self, value: Json, source: Json | Absent = ABSENT) -> Json:
        """A value that is there as the app writes it, in place of what is there now."""
        links = _LINKS.get()
        return value if links is None else _written(links, value, source)


def _each(change: Callable[[str], str], value: Json) -> Json:
    """The value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each(change, element) for element in value]
    if isinstance(value, dict):
        return {name: _each(change, member) for name, member in value.items()}
    return value


def _written(links: Links, value: Json, source: Json | Absent) -> Json:
    """The value as the app writes it; what the client sees of the source already is what the source says."""
    if source is not ABSENT and equal(_each(links.outward, source), value):
        return source
    if isinstance(value, list):
        sources = _sources(links, value, source if isinstance(source, list) else [])
        return [_written(links, element, known) for element, known in zip(value, sources, strict=True)]
    if isinstance(value, dict):
        known = source if isinstance(source, dict) else {}
        return {name: _written(links, member, known.get(name, ABSENT)) for name, member in value.items()}
    return links.inward(value) if isinstance(value, str) else value


def _sources(links: Links, value: list[Json], onto: list[Json]) -> list[Json | Absent]:
    """What each element of a list was before: by position where the lengths agree, else as ``pair`` finds it."""
    if len(value) == len(onto):
        return list(onto)
    paired = pair(value, [_each(links.outward, source) for source in onto])
    return [ABSENT if index is None else onto[index] for index in paired]


class Linking:
    """Makes the steps in which links change hands, for the shapes of one version, which ``resolve`` gives."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._made: dict[Family, Step] = {}

    def step(self, target: Target) -> Step | None:
        """The step for documents of a target; ``None`` where they have no links. Raises ``DeclarationError``."""
        step = self._step(target)
        return None if idle(step) else step

    def _step(self, target: Target) -> Step:
        if isinstance(target, Shape):
            return self._step_of(target)
        if target not in self._made:
            self._made[target] = self._step_of(self._resolve(target))
        return self._made[target]

    def _step_of(self, shape: Shape) -> Step:
        links = tuple(
            Linked((name,), not slot.read_only) for name, slot in shape.slots.items() if _holds_links(shape, name, slot)
        )
        inside = ((name, self._lens(slot)) for name, slot in shape.slots.items())
        return Step(links, tuple((name, lens) for name, lens in inside if lens is not None), self._resolve)

    def _lens(self, slot: Slot) -> Lens | None:
        """The lens on what a slot nests; ``None`` where that is no object."""
        match slot:
            case One():
                return Deferred(lambda: self._step(slot.target))
            case Many():
                inner = self._lens(slot.inner)
                return (
                    None
                    if inner is None
                    else Each(inner, slot.key, lambda value: sent(value, slot.inner, self._resolve))
                )
            case Table():
                inner = self._lens(slot.inner)
                return None if inner is None else Values(inner)
        return None


def _holds_links(shape: Shape, name: str, slot: Slot) -> bool:
    """Whether a field, or what is in its lists, is marked; raises ``DeclarationError`` for a mark that says nothing."""
    while isinstance(slot, Many | Table):
        _refuse_mark(shape, name, slot)
        slot = slot.inner
    if isinstance(slot, One):
        _refuse_mark(shape, name, slot)
        return False
    assert isinstance(slot, Leaf)  # there are no other slots
    if _mark(shape, name, slot.field) and isinstance(slot.field, _NO_TEXT):
        raise DeclarationError(f"{shape.name}.{name} is marked as a link, and is no text: take the mark away")
    return _mark(shape, name, slot.field)


def _refuse_mark(shape: Shape, name: str, slot: Slot) -> None:
    if _mark(shape, name, slot.field):
        raise DeclarationError(
            f"{shape.name}.{name} is marked as a link, and has other fields in it: mark the field of the URL itself, "
            f"as in fields.List(fields.Url(metadata={{'link': True}}))"
        )


def _mark(shape: Shape, name: str, field: fields.Field[Any]) -> bool:
    metadata: Mapping[str, Any] = field.metadata
    mark = metadata.get(MARK, False)
    if not isinstance(mark, bool):
        raise DeclarationError(f"{shape.name}.{name} says link={mark!r} in its metadata: write True, or leave it out")
    return mark
