"""A hand-written translator as an operation, alone or between two others."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

from translayer.contract.matching import pair
from translayer.contract.shape import Family, Name, Resolve, Shape, find, parse_name, read
from translayer.contract.translator import Translator
from translayer.document.values import ABSENT, Absent, Json, Object, equal
from translayer.errors import ContractViolation, DeclarationError, Path

from .base import Door, Fitted, Operation, downgraded, moved, upgraded


@dataclass(frozen=True)
class Handwritten(Operation):
    """What a ``Translator`` says, held to the rules of every operation."""

    translator: Translator
    newer: Shape | None = field(default=None, compare=False, repr=False)
    """What it makes when it upgrades, and ``older`` when it downgrades; filled in by fitting."""
    older: Shape | None = field(default=None, compare=False, repr=False)

    @property
    def newer_names(self) -> tuple[Name, ...]:
        return ()

    @property
    def sentence(self) -> str:
        told = inspect.cleandoc(type(self.translator).__doc__ or "")
        return " ".join(told.partition("\n\n")[0].split()) or "The object has another form."

    @property
    def loses(self) -> bool:
        return True

    @property
    def total(self) -> bool:
        return True

    def concerns(self, shape: Shape, resolve: Resolve) -> bool:
        """It concerns every place, and fitting refuses those that nest a selection."""
        return True

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        if shape.family is None or not shape.family.whole:
            raise DeclarationError(
                f"a translator needs the whole of {shape.name}, and one place nests only a part of it: "
                f"nest all of it there, or say with operations what changed"
            )
        written = read(Family(self.translator.schema))
        for its_name, name in self.translator.names.items():
            find(written, parse_name(its_name), resolve)
            find(shape, parse_name(name), resolve)
        older = Shape(shape.name, written.slots, shape.family, written.unknown)
        return Fitted(replace(self, newer=shape, older=older), older)

    def get(self, document: Object) -> Object:
        older = downgraded(self.translator.downgrade, document, name=())
        if not isinstance(older, dict):
            raise ContractViolation("downgrade() returned no object")
        return older

    def put(self, document: Object, onto: Object | Absent) -> Object:
        if onto is ABSENT:
            return self._upgraded(upgraded, document, *[None] * self.takes_onto)
        before = self.get(onto)
        if equal(before, document):
            return onto
        if self.takes_onto:
            return self._upgraded(upgraded, document, onto)
        return cast(Object, graft(self._upgraded(downgraded, before), self._upgraded(upgraded, document), onto))

    def _upgraded(self, door: Door, *arguments: Json) -> Object:
        newer: Object = door(self.translator.upgrade, *arguments, name=())
        if not isinstance(newer, dict):
            raise ContractViolation("upgrade() returned no object")
        return newer

    @cached_property
    def takes_onto(self) -> bool:
        """Whether the translator upgrades onto the newer document as it is."""
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        parameters = inspect.signature(self.translator.upgrade).parameters.values()
        return sum(parameter.kind in positional for parameter in parameters) > 1

    def older_path(self, path: Path) -> Path:
        return self._renamed(path, {newer: older for older, newer in self.translator.names.items()})

    def newer_path(self, path: Path) -> Path:
        return self._renamed(path, self.translator.names)

    def newer_places(self, path: Path) -> tuple[Path, ...]:
        """A place that it has no name for is where it was, if the newer object still has such a field."""
        newer = self.newer_path(path)
        assert self.newer is not None  # fitting has filled it in
        return (newer,) if not newer or newer[0] in self.newer.slots else ()

    def _renamed(self, path: Path, names: Any) -> Path:
        for source, target in names.items():
            found = moved(path, parse_name(source), parse_name(target))
            if found is not None:
                return found
        return path


def graft(before: Json, after: Json, onto: Json) -> Json:
    """``onto`` with the differences between ``before`` and ``after`` made in it.

    Objects are merged member by member, lists element by element where ``before`` and ``onto`` have as many.

    >>> graft({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 9, "unseen": 3})
    {'a': 2, 'b': 9, 'unseen': 3}
    """
    if equal(before, after):
        return onto
    if isinstance(before, dict) and isinstance(after, dict) and isinstance(onto, dict):
        return _grafted_members(before, after, onto)
    if isinstance(before, list) and isinstance(after, list) and isinstance(onto, list) and len(before) == len(onto):
        indexes = range(len(after)) if len(after) == len(before) else pair(after, before)
        places = zip(after, indexes, strict=True)
        return [element if at is None else graft(before[at], element, onto[at]) for element, at in places]
    return after


def _grafted_members(before: Object, after: Object, onto: Object) -> Object:
    gone = before.keys() - after.keys()
    result = {name: value for name, value in onto.items() if name not in gone}
    for name, value in after.items():
        if name in before and name in onto:
            result[name] = graft(before[name], value, onto[name])
        elif name not in before or not equal(before[name], value):
            result[name] = value
    return result
