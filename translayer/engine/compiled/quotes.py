"""Quotes: how many a decoded document stands for, so that a body which says more is told apart.

In JSON two quotes stand around every name and every text. What a body names twice, the decoder takes the last of, in
silence; the other has the two of its name at least. So where a body has no more quotes than what was decoded of it
stands for, nothing is named twice. Most of the number is known from the record alone; a function adds the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args, get_origin

from translayer.engine.source import Function, Module, word

from .expressions import item_of
from .kinds import Kind, Known, Leaf, Listed, Member, Record, Tabled

_PAIR: Final = 2
"""The quotes around a name, or around a text."""

_LONGEST: Final = 100
"""Characters of a sum that stands on one line."""

Count: TypeAlias = Callable[[Any], int]


@dataclass(frozen=True)
class Sum:
    """A number of quotes: those that are known, and expressions of those that only the value can tell."""

    known: int = 0
    terms: tuple[str, ...] = ()

    @staticmethod
    def of(parts: Sequence[Sum]) -> Sum:
        """The sum of sums."""
        return Sum(sum(part.known for part in parts), tuple(term for part in parts for term in part.terms))

    @property
    def text(self) -> str:
        """The expression of the whole."""
        return " + ".join(self._parts)

    @property
    def spread(self) -> str:
        """The same in several lines where it is long."""
        if len(self.text) <= _LONGEST:
            return self.text
        first, *rest = self._parts
        return "\n".join(["(", f"    {first}", *(f"    + {part}" for part in rest), ")"])

    @property
    def _parts(self) -> list[str]:
        return [str(self.known)] * bool(self.known or not self.terms) + list(self.terms)

    def where(self, condition: str) -> Sum:
        """The sum where a condition holds, else nothing."""
        return self and Sum(0, (f"({self.text} if {condition} else 0)",))

    def __bool__(self) -> bool:
        return bool(self.known or self.terms)


_ONE: Final = Sum(_PAIR)
"""A name, or a text."""

_NOTHING: Final = Sum()


class Quotes:
    """Writes functions into a module that count the quotes of records, all of whose parts are known."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._sums: dict[int, Sum] = {}
        self._names: dict[int, str] = {}

    def function(self, record: Record) -> str:
        """The name of the function that counts the quotes of a record."""
        if id(record) not in self._names:
            name = self._names[id(record)] = self._module.reserve(f"quotes_in_{word(record.title)}")
            function = Function(self._module, name, f"Quotes around the names and texts of {record.title}.")
            function.returns(self._sum(record).spread)
            self._module.add(function)
        return self._names[id(record)]

    def _sum(self, record: Record) -> Sum:
        """The quotes of a record that is called ``source``."""
        if id(record) not in self._sums:
            self._sums[id(record)] = Sum.of(
                [part for member in record.members.values() for part in self._member(member)]
            )
        return self._sums[id(record)]

    def _member(self, member: Member) -> list[Sum]:
        """The quotes of a member: those of its name, and the others."""
        text, kind = f"source.{member.attribute}", member.kind
        there = f"{text} is not UNSET" if member.optional else ""
        value = self._value(kind, text)
        if kind.nullable:
            return [_ONE.where(there) if there else _ONE, self._not_null(kind, text, value, there)]
        return [Sum.of([_ONE, value]).where(there)] if there else [_ONE, value]

    def _not_null(self, kind: Kind, text: str, value: Sum, there: str = "") -> Sum:
        """The quotes of a value that may be null."""
        if isinstance(kind, Leaf) and value is _ONE:
            return value.where(f"type({text}) is str" if there else f"{text} is not None")
        return value if isinstance(kind, Leaf) else value.where(text)

    def _value(self, kind: Kind, text: str) -> Sum:
        """The quotes of a value that is there, and is not null."""
        match kind:
            case Known():
                known = self._sum(kind.record)
                return known if not known.terms else Sum(0, (f"{self.function(kind.record)}({text})",))
            case Listed():
                return self._every(kind.inner, _NOTHING, text, text)
            case Tabled():
                return self._every(kind.inner, _ONE, text, f"{text}.values()")
        assert isinstance(kind, Leaf)  # no record has constants
        types = _types(kind.type)
        if str not in types:
            return _NOTHING
        return _ONE if types == {str} else Sum(0, (f"({_PAIR} if type({text}) is str else 0)",))

    def _every(self, kind: Kind, name: Sum, text: str, items: str) -> Sum:
        """The quotes of all that a list or table has, each with those of its name."""
        item = item_of(text)
        value = self._value(kind, item)
        each = Sum.of([name, self._not_null(kind, item, value) if kind.nullable else value])
        if each.terms:
            return Sum(0, (f"sum([{each.text} for {item} in {items}])",))
        return each and Sum(0, (f"{each.known} * len({text})",))


def _types(type_: Any) -> set[Any]:
    """What values of a leaf's type are, less their limits."""
    if get_origin(type_) is Literal:
        return {str}
    inner = get_args(type_)
    if not inner:
        return {type_}
    metadata = getattr(type_, "__metadata__", None)
    return _types(inner[0]) if metadata else set().union(*map(_types, inner))
