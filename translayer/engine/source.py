"""Source: Python text made of small pieces, and the only ``exec``.

Texts are made to be read: what ``translayer source`` prints is what runs, and tracebacks show its lines. Values come
in by name, never as text, and whatever an author or a client has named reaches the text as a name of ours, or
through ``repr``.
"""

from __future__ import annotations

import linecache
import re
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from itertools import count
from keyword import iskeyword
from textwrap import indent
from typing import Any, Final

_GONE: Final[deque[str]] = deque()
"""Texts of functions that are gone, to be let go of when the next is made: a collection of garbage may come at any
moment, also while a debugger walks through all texts."""

_WORD: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_WORDS: Final = re.compile(r"\w+")
_LOCALS: Final = re.compile(r"(?<![.\w])\w+")
_NOT_OF_A_NAME: Final = re.compile(r"[^a-zA-Z0-9]+")
_BETWEEN_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_NOT_OF_A_SENTENCE: Final = re.compile(r"[^A-Za-z0-9 ,.:_-]")

_RESERVED: Final = object()
"""Stands for a function that is still to come."""

_SERIAL: Final = count(1)
"""Numbers the texts of a process, so that no two share a file name."""


@lru_cache(maxsize=4096)
def word(hint: str) -> str:
    """A plain Python name that says what ``hint`` does, as far as its letters go.

    >>> word("last-name"), word("OrderLine"), word("42"), word("class")
    ('last_name', 'order_line', 'value_42', 'class_')
    """
    name = _NOT_OF_A_NAME.sub("_", _BETWEEN_WORDS.sub("_", hint)).strip("_").lower()[:40].rstrip("_")
    if not _WORD.fullmatch(name):
        name = f"value_{name}" if name else "value"
    return f"{name}_" if iskeyword(name) else name


def _sentence(text: str) -> str:
    """A text with nothing in it that could end where it stands."""
    return _NOT_OF_A_SENTENCE.sub("_", text)


class Module:
    """Functions that call each other, and the values that they name."""

    def __init__(self, title: str, **values: Any) -> None:
        self.title = title
        self._values = dict(values)
        self._locals: set[str] = {"source"}
        self._texts: list[str] = []

    def value(self, hint: str, value: Any) -> str:
        """The name by which functions know a value; equal hints get numbers."""
        for known, other in self._values.items():
            if other is value:
                return known
        name = self.reserve(hint)
        self._values[name] = value
        return name

    def reserve(self, hint: str) -> str:
        """A name for something that is still to come."""
        name = _free(hint, lambda taken: taken in self._values or taken in self._locals)
        self._values[name] = _RESERVED
        return name

    def local(self, hint: str, function: Function) -> str:
        """A name that nothing else has in a function."""
        name = _free(word(hint), lambda taken: taken in self._values or taken in function.locals)
        self._locals.add(name)
        return name

    def add(self, function: Function) -> None:
        """Takes a function up."""
        self._texts.append(function.text)

    @property
    def text(self) -> str:
        """The text of the whole module."""
        return "\n\n".join(self._texts)

    def functions(self, *names: str) -> list[Callable[..., Any]]:
        """Functions of the module, one at least, compiled; its text is let go of with the first."""
        with suppress(IndexError):  # another thread may be at it too
            while True:
                linecache.cache.pop(_GONE.popleft(), None)
        text, place = self.text, f"<translayer {_sentence(self.title)} #{next(_SERIAL)}>"
        linecache.cache[place] = (len(text), None, text.splitlines(keepends=True), place)
        values = dict(self._values)
        exec(compile(text, place, "exec"), values)
        made: list[Callable[..., Any]] = [values[name] for name in names]
        weakref.finalize(made[0], _GONE.append, place)
        return made


class Function:
    """One function of one argument, ``source``, written line by line."""

    def __init__(self, module: Module, name: str, says: str) -> None:
        self.module = module
        self.name = name
        self.locals: set[str] = {"source"}
        self._says = says
        self._lines: list[str] = []
        self._aliases: dict[int, str] = {}
        """The locals that stand for what is read elsewhere, by the lines that make them."""
        self._kept: list[str] = []
        """The lines, at the end, without those of locals that nothing needs."""

    def let(self, hint: str, expression: str) -> str:
        """The name of a new local that has the value of an expression."""
        name = self.named(hint)
        self.line(f"{name} = {expression}")
        return name

    def alias(self, hint: str, expression: str) -> str:
        """The same for an expression that only reads: its line is left out where nothing needs the local."""
        name = self.let(hint, expression)
        self._aliases[len(self._lines) - 1] = name
        return name

    def named(self, hint: str) -> str:
        """The name of a new local, which has no value yet."""
        name = self.module.local(hint, self)
        self.locals.add(name)
        return name

    @property
    def length(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def mentions(self, name: str, line: int) -> bool:
        """Whether any line behind so many has a name in it."""
        return any(_names_local(name, text) for text in self._lines[line:])

    def line(self, *lines: str) -> None:
        """Adds lines."""
        self._lines.extend(lines)

    def block(self, start: int) -> None:
        """Makes the lines behind one at ``start`` its block; where nothing is done in it, all of it is left out."""
        body = range(start + 1, len(self._lines))
        if all(index in self._aliases for index in body):
            del self._lines[start:]
            self._aliases = {index: name for index, name in self._aliases.items() if index < start}
            return
        for index in body:
            self._lines[index] = indent(self._lines[index], "    ")

    def returns(self, expression: str) -> None:
        """Ends the function."""
        kept = [f"return {expression}"]
        for index, line in reversed([*enumerate(self._lines)]):
            if index not in self._aliases or any(_names_local(self._aliases[index], text) for text in kept):
                kept.append(line)
        self._kept = kept[::-1]

    @property
    def is_idle(self) -> bool:
        """Whether the function gives back what it gets."""
        return self._kept == ["return source"]

    @property
    def text(self) -> str:
        """The function as it is compiled."""
        lines = "\n".join((f'"""{_sentence(self._says)}"""', *self._kept)).split("\n")
        return f"def {self.name}(source):\n" + "".join(f"    {line}\n" for line in lines)


def names(name: str, text: str) -> bool:
    """Whether a text has a name in it, as a word of its own."""
    return name in text and name in _WORDS.findall(text)


def _names_local(name: str, text: str) -> bool:
    """The same of a local; an attribute that is called so is none."""
    return name in text and name in _LOCALS.findall(text)


def _free(hint: str, is_taken: Callable[[str], bool]) -> str:
    """The hint, with a number behind it where that is taken."""
    if not is_taken(hint):
        return hint
    return next(name for number in count(2) if not is_taken(name := f"{hint}_{number}"))
