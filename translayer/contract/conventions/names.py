"""What names could say better: those of fields, of the parameters of queries, and of resources.

Strategy: a version's fields and parameters are gathered once, each field where it is met first. The style of most of
them is the version's, and the others are measured by it.

Border: names, and whether a field is a list or a truth value. What else a field says is not looked at.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from marshmallow import fields as marshmallow

from translayer.contract.grammar import Grammar
from translayer.contract.shape import Many, One, Resolve, Shape, Slot, Table

from .english import ABBREVIATIONS, is_plural, plural
from .words import Style, is_one_word, respelt, style_of, words_of

if TYPE_CHECKING:
    from translayer.contract.api import Api
    from translayer.contract.resource import Resource

_RESERVED: Final = ("_", "@", "$")
"""What names begin with whose spelling others have chosen: ``_links`` of HAL, ``@id`` of JSON-LD, ``$schema``."""

_NEGATIONS: Final = frozenset({"no", "non", "not"})


@dataclass(frozen=True)
class Field:
    """A field of one version: where it is met first, from the name of a resource on, and the style of most names."""

    place: str
    name: str
    slot: Slot
    style: Style


@dataclass(frozen=True)
class Parameter:
    """A parameter of one version's queries that is not called like a field, and the style of most names."""

    place: str
    name: str
    style: Style


@dataclass(frozen=True)
class Kind:
    """A resource."""

    resource: Resource

    @property
    def place(self) -> str:
        """Its name."""
        return self.resource.name


def one_style(name: Field | Parameter) -> Iterator[str]:
    """A name that is in another style than most, or in none."""
    if _is_reserved(name.name) or is_one_word(name.name):
        return
    found, wanted = style_of(name.name), respelt(words_of(name.name), name.style)
    if found is None and wanted not in ("", name.name):
        yield f"“{name.name}” is neither in snake_case nor in camelCase: write “{wanted}”"
    elif found is not None and found != name.style:
        yield f"“{name.name}” is in {found}, and most names are in {name.style}: write “{wanted}”"


def _is_reserved(name: str) -> bool:
    return name.startswith(_RESERVED)


def abbreviations(field: Field) -> Iterator[str]:
    """A name with a word in it that only some can read."""
    words = words_of(field.name)
    longer = tuple(part for word in words for part in ABBREVIATIONS.get(word, word).split("_"))
    if longer != words:
        yield f"“{field.name}” is short for something: write “{respelt(longer, field.style)}”"


def plural_lists(field: Field) -> Iterator[str]:
    """A list whose name is no plural."""
    words = words_of(field.name)
    if isinstance(field.slot, Many) and words and words[-1].isalpha() and not is_plural(words[-1]):
        yield f"“{field.name}” is a list: write “{respelt((*words[:-1], plural(words[-1])), field.style)}”"


def negations(field: Field) -> Iterator[str]:
    """A truth value that says what is not."""
    words = words_of(field.name)
    if isinstance(field.slot.field, marshmallow.Boolean) and not _NEGATIONS.isdisjoint(words) and len(words) > 1:
        kept = tuple(word for word in words if word not in _NEGATIONS)
        yield f"“{field.name}” says no, so that false says yes: write “{respelt(kept, field.style)}”, and turn it round"


def resource_names(kind: Kind) -> Iterator[str]:
    """The name of a resource that would not stand in a media type, a log and a command line as it is."""
    wanted = "-".join(words_of(kind.resource.name))
    if wanted != kind.resource.name.replace("_", "-"):
        yield f"a resource is named in lower case, its words joined by hyphens: write “{wanted or 'booking'}”"


def resources(api: Api, position: int) -> Iterator[Kind]:
    """The resources that a version has."""
    served = {api.owner(path.route).name for path in api.tables[position]}
    yield from (Kind(resource) for resource in api.resources if resource.name in served)


def fields(api: Api, position: int) -> Iterator[Field]:
    """The fields of a version, each where it is met first."""
    found = list(_fields(api, position))
    style = _style(api, position, found)
    for place, name, slot in found:
        yield Field(place, name, slot, style)


def parameters(api: Api, position: int) -> Iterator[Parameter]:
    """The parameters of a version's queries that have names of their own."""
    style = _style(api, position, _fields(api, position))
    for rule, name in _parameters(api, position):
        yield Parameter(f"{rule}?{name}", name, style)


def _style(api: Api, position: int, found: Iterable[_Found]) -> Style:
    """The style of most names of a version; snake_case where none has any, or as many are in the other."""
    names = [*(name for _, name, _ in found), *(name for _, name in _parameters(api, position))]
    count = Counter(style_of(name) for name in names if not _is_reserved(name))
    return "camelCase" if count["camelCase"] > count["snake_case"] else "snake_case"


_Found: TypeAlias = tuple[str, str, Slot]
"""A field's place, its name, and the field."""


def _fields(api: Api, position: int) -> Iterator[_Found]:
    """The fields of all bodies of a version; those of one schema that have one name are told once."""
    known = set[tuple[object, str]]()
    for above, shape in shapes(api, position):
        origin = shape.name if shape.family is None else shape.family.schema
        for name, slot in shape.slots.items():
            if (origin, name) not in known:
                known.add((origin, name))
                yield f"{above}.{name}", name, slot


def shapes(api: Api, position: int) -> Iterator[tuple[str, Shape]]:
    """What the objects in all bodies of a version look like, each with the place where it is met first."""
    waiting, known = deque(_roots(api, position)), set[tuple[object, ...]]()
    while waiting:
        above, shape, resolve = waiting.popleft()
        mark = shape.name, shape.family, *shape.slots
        if mark not in known:
            known.add(mark)
            yield above, shape
            for name, slot in shape.slots.items():
                waiting.extend((f"{above}.{name}", inner, resolve) for inner in _inside(slot, resolve))


def _roots(api: Api, position: int) -> Iterator[tuple[str, Shape, Resolve]]:
    for path in api.tables[position]:
        for schema in (path.route.reply, path.route.request):
            if schema is not None:
                translation = api.translation(schema, position)
                yield api.owner(path.route).name, translation.shape, translation.check.resolve


def _inside(slot: Slot, resolve: Resolve) -> Iterator[Shape]:
    """The shape of the objects in a field, if any."""
    while isinstance(slot, Many | Table):
        slot = slot.inner
    if isinstance(slot, One):
        yield resolve(slot.target)


def _parameters(api: Api, position: int) -> Iterator[tuple[str, str]]:
    """The rules and the names of parameters that are not called like the field that they ask for."""
    for path in api.tables[position]:
        grammar = api.grammar(path.route, position)
        if grammar is not None:
            like_fields = {term.name for found in grammar.filters for term in found.client if term.name in term.place}
            yield from (
                (path.rule, name) for name in (*grammar.by_client, *_others(grammar)) if name not in like_fields
            )


def _others(grammar: Grammar) -> list[str]:
    return [name for name in grammar.query.parameters if name not in grammar.query.field_of]
