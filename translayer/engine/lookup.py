"""Which rule a path is of: the look-up that every request begins with.

Strategy: rules make a tree of segments, whose literal ones go first, and which is walked as werkzeug's own router does.
Where no variable takes slashes, the walk is done beforehand: what can come behind a first segment is one expression. A
test holds both against werkzeug's own router, on rules and paths made up at random.

Border: paths, rules and their names. Who serves what, and in which version, is decided above.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar

from msgspec import Struct
from werkzeug.routing import ValidationError

from .rules import Part, Texts, parse

Name = TypeVar("Name")


class _End(Struct, frozen=True):
    """Where a path of a rule ends: the rule's name, and the variables that may still refuse their texts."""

    name: Any
    checks: tuple[tuple[int, Callable[[str], Any]], ...]

    def takes(self, texts: Texts) -> bool:
        """Whether every variable takes its text."""
        try:
            for place, read in self.checks:
                read(texts[place])
        except ValidationError:
            return False
        return True


class _State:
    """A place in the tree: the segments that lead on from it, literal or not, and the rules whose paths end here.

    ``ways`` are the parts with variables, the one that is tried last first.
    """

    __slots__ = ("ends", "literal", "ways")

    def __init__(self) -> None:
        self.literal: dict[str, _State] = {}
        self.ways: list[_Way] = []
        self.ends: list[_End] = []

    def next(self, part: Part) -> _State:
        """The place behind a part, made where it is not there yet."""
        if part.literal:
            return self.literal.setdefault(part.text, _State())
        for way in self.ways:
            if way.part == part:
                return way.state
        made = _Way(part, re.compile(part.text).match, part.final, _State())
        self.ways = sorted([*reversed(self.ways), made], key=lambda way: way.part.weight)[::-1]
        return made.state


_NOWHERE: Final = _State()


class _Way(NamedTuple):
    """A part with variables: what holds a text against it, whether that is all the rest, and the place behind it."""

    part: Part
    match: Callable[[str], re.Match[str] | None]
    final: bool
    state: _State


_Branch: TypeAlias = tuple[_State, int, Texts]
"""A place in the tree, how many segments of the path lead to it, and the texts of the variables in those."""


# 4096: hundreds of expressions for an API, most of them the same in all versions.
@lru_cache(maxsize=4096)
def _matcher(alternatives: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(rf"(?:{alternatives})\Z" if alternatives else "(?!)").match


class _Expression:
    """All paths that begin with one segment, or with none of those that are known, as one expression.

    Its alternatives are the ends of the tree in the order in which they are walked to, so that the first that fits is
    the same. An empty group behind each tells which it was.
    """

    def __init__(self, leaves: Iterable[tuple[str, int, _End]]) -> None:
        """``leaves`` are expressions for whole paths, each with the number of its variables and with its end."""
        alternatives, groups = [], 0
        self._ends: dict[int, tuple[_End, tuple[int, ...]]] = {}
        for text, count, end in leaves:
            alternatives.append(f"{text}()")
            self._ends[groups + count + 1] = end, tuple(range(groups + 1, groups + count + 1))
            groups += count + 1
        self._match = _matcher("|".join(alternatives))

    def match(self, path: str) -> tuple[Any, Texts] | None:
        """The name of the rule that a path leads to, and the texts of the variables on the way."""
        found = self._match(path)
        if found is None:
            return None
        end, groups = self._ends[found.lastindex or 0]
        texts = (found[groups[0]],) if len(groups) == 1 else found.group(*groups) if groups else ()
        return (end.name, texts) if not end.checks or end.takes(texts) else None


class _TakesSlashesError(Exception):
    """A part that cannot stand in an expression for a whole path."""


def _expression(top: _State, first: str | None) -> _Expression | None:
    """The expression for paths whose first segment is ``first``, or none that is literal anywhere.

    ``None`` where some converter on the way takes slashes, or may: then there is only the tree.
    """
    chosen = _State()
    chosen.literal = {} if first is None else {first: top.literal[first]}
    chosen.ways = top.ways
    try:
        return _Expression(_leaves(chosen, "", 0))
    except _TakesSlashesError:
        return None


def _leaves(state: _State, front: str, count: int) -> Iterator[tuple[str, int, _End]]:
    """Every end behind a place in the tree in the order of the walk, with the expression for the paths to it.

    ``front`` is that for the path to the place, with ``count`` variables. Raises ``_TakesSlashesError``.
    """
    for text, following in state.literal.items():
        yield from _leaves(following, f"{front}/{re.escape(text)}", count)
    for way in reversed(state.ways):
        expression = way.part.expression
        if expression is None:
            raise _TakesSlashesError
        yield from _leaves(way.state, f"{front}/{expression}", count + len(way.part.groups))
    for end in state.ends[:1]:
        yield front if front == "/" else f"{front}/?", count, end
    for end in state.literal.get("", _NOWHERE).ends[:1]:
        yield front, count, end


class Rules(Generic[Name]):
    """Finds the rule of a path, by a name that it has here, among rules that are given with their names."""

    def __init__(self, named: Iterable[tuple[str, Name]]) -> None:
        self._root = _State()
        for rule, name in named:
            pattern, state = parse(rule), self._root
            for part in pattern.parts:
                state = state.next(part)
            checks = [(at, one.converter.to_python) for at, one in enumerate(pattern.variables) if one.checked]
            state.ends.append(_End(name, tuple(checks)))
        top = self._root.literal.get("", _NOWHERE)
        self._expressions = {first: _expression(top, first) for first in top.literal}
        self._expression_of_others = _expression(top, None)

    def match(self, path: str) -> tuple[Name, Texts] | None:
        """The name of the rule of an unquoted path, and the texts of its variables; ``None`` where it is no rule's.

        The first rule whose expressions take the path is the only one; where a variable refuses its text, it is none.
        """
        slash = path.find("/", 1)
        expression = self._expressions.get(path[1:] if slash < 0 else path[1:slash], self._expression_of_others)
        if expression is None:
            found = next(self._walk(path), None)
            return None if found is None or not found[0].takes(found[1]) else (found[0].name, found[1])
        return expression.match(path)

    def all(self, path: str) -> list[Name]:
        """The names of all rules that the path fits, the first that ``match`` considers first."""
        return [end.name for end, texts in self._walk(path) if end.takes(texts)]

    def _walk(self, path: str) -> Iterator[tuple[_End, Texts]]:
        """Every end that the path leads to, the better ones first: literal segments before variables, these by weight.

        A slash at the end of path or rule is as good as none.
        """
        if path and (path[0] != "/" or path.startswith("//")):
            return
        segments = path.split("/")
        size = len(segments)
        branches: list[_Branch] = [(self._root, 0, ())]
        while branches:
            state, at, texts = branches.pop()
            if at >= size:  # beyond it is the slash that a path has too many
                for end in state.ends:
                    yield end, texts
                if at == size and "" in state.literal:
                    branches.append((state.literal[""], size + 1, texts))
                continue
            segment = segments[at]
            if not segment and at == size - 1 and state.ends:
                branches.append((state, size + 1, texts))
            for part, match, final, following in state.ways:
                found = match("/".join(segments[at:]) if final else segment)
                if found is not None:
                    branches.append((following, _after(part, found, at, size), texts + part.texts(found)))
            if segment in state.literal:
                branches.append((state.literal[segment], at + 1, texts))


def _after(part: Part, match: re.Match[str], at: int, size: int) -> int:
    """How many segments are behind a part: all of them where it is final, but for an empty one at the end."""
    if not part.final:
        return at + 1
    return size - 1 if part.suffixed and match[match.re.groups] == "/" else size
