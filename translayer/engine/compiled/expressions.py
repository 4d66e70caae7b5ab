"""Expressions: what is done to a value, and to everything in it that is in no record of its own, as Python text.

Whatever they name is made elsewhere: functions of records by a ``workshop``, the rest by name of a ``module``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

from translayer.engine.source import names, word

from .kinds import Inexpressible, Kind, Known, Leaf, Listed, Record, Tabled
from .nodes import Passage

Name: TypeAlias = str

_LONGEST: Final = 100
"""Characters of a call that stands on one line."""

FunctionOf: TypeAlias = Callable[[Record, tuple[Passage, ...]], Name | None]
"""Gives the name of the function that takes a record through passages; ``None`` where nothing happens to it."""


def converted(text: str, kind: Kind, pending: tuple[Passage, ...], function_of: FunctionOf, *, optional: bool) -> str:
    """The expression of a value after what is pending; the very text where nothing happens to it."""
    match kind:
        case Known():
            function = function_of(kind.record, pending)
            call = text if function is None else f"{function}({text})"
        case Listed() | Tabled():
            item = item_of(text)
            each = converted(item, kind.inner, inside(pending), function_of, optional=kind.inner.nullable)
            call = text if each == item else _over(kind, each, item, text)
        case _:
            if pending:
                raise Inexpressible("what is in a list was converted, and is changed further.")
            return text
    return f"{call} if {text} else {text}" if optional and call != text else call


def inside(pending: Iterable[Passage]) -> tuple[Passage, ...]:
    """What every element of a list goes through, where the list goes through something."""
    found = (passage.inside() for passage in pending)
    return tuple(passage for passage in found if passage is not None)


def asked(text: str, kind: Kind, name_of: Callable[[Callable[[Any], Any]], Name]) -> str:
    """The expression that asks a client's value what its decoder could not, and gives it back; else the very text.

    ``name_of`` gives the name of a check. What is in records is asked in the functions of these.
    """
    match kind:
        case Leaf(check=check) | Known(check=check) if check is not None:
            return f"{name_of(check)}({text})"
        case Listed() | Tabled():
            item = item_of(text)
            inner = asked(item, kind.inner, name_of)
            guarded = f"{item} if {item} is None else {inner}" if kind.inner.nullable else inner
            found = text if inner == item else _over(kind, guarded, item, text)
            return found if kind.check is None else f"{name_of(kind.check)}({found})"
    return text


def item_of(text: str) -> str:
    """A name for the elements of what ``text`` stands for; another one inside another's."""
    return f"{text}_" if text.rstrip("_") == "item" else "item"


def _over(kind: Listed | Tabled, inner: str, item: str, text: str) -> str:
    """The same expression of every element."""
    if isinstance(kind, Listed):
        return f"[{inner} for {item} in {text}]"
    return f"{{name: {inner} for name, {item} in {text}.items()}}"


def title(hint: str) -> str:
    """A name for the struct that is printed for an object."""
    return "".join(part.title() for part in word(hint).split("_"))


def call(struct: Name, texts: dict[str, str]) -> str:
    """The call that makes a struct, whose members are given by position."""
    line = f"{struct}({', '.join(texts.values())})"
    if len(line) <= _LONGEST:
        return line
    lines = [f"    {text},{_comment(name, text)}" for name, text in texts.items()]
    return "\n".join([f"{struct}(", *lines, ")"])


def _comment(name: str, text: str) -> str:
    """The name of a member, where its expression does not say it."""
    plain = word(name) == name
    return "" if plain and names(name, text) else f"  # {name if plain else ascii(name)}"
