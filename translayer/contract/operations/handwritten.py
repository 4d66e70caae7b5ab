"""A hand-written translator as an operation, alone or between two others."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, cast

from translayer.contract.shape import Family, Name, Resolve, Shape, parse_name, read
from translayer.contract.translator import Translator
from translayer.document.values import ABSENT, Absent, Json, Object, equal
from translayer.errors import ContractViolation, DeclarationError, Path

from .base import Fitted, Operation, downgraded, moved, upgraded


@dataclass(frozen=True)
class Handwritten(Operation):
    """What a ``Translator`` says, held to the rules of every operation."""

    translator: Translator

    @property
    def newer_names(self) -> tuple[Name, ...]:
        return ()

    @property
    def sentence(self) -> str:
        told = inspect.getdoc(type(self.translator)) or ""
        return " ".join(told.partition("\n\n")[0].split()) or "The object has another form."

    @property
    def loses(self) -> bool:
        return True

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        if shape.family is None or not shape.family.whole:
            raise DeclarationError(
                f"a translator needs the whole of {shape.name}, and one place nests only a part of it"
            )
        written = read(Family(self.translator.schema))
        return Fitted(self, Shape(shape.name, written.slots, shape.family, written.unknown))

    def get(self, document: Object) -> Object:
        older = downgraded(self.translator.downgrade, document, name=())
        if not isinstance(older, dict):
            raise ContractViolation("downgrade() returned no object")
        return older

    def put(self, document: Object, onto: Object | Absent) -> Object:
        if self._takes_onto:
            return self._upgraded(document, None if onto is ABSENT else onto)
        if onto is ABSENT:
            return self._upgraded(document)
        before = self.get(onto)
        if equal(before, document):
            return onto
        return cast(Object, graft(self._upgraded(before), self._upgraded(document), onto))

    def _upgraded(self, *arguments: Json) -> Object:
        newer: Object = upgraded(self.translator.upgrade, *arguments, name=())
        if not isinstance(newer, dict):
            raise ContractViolation("upgrade() returned no object")
        return newer

    @property
    def _takes_onto(self) -> bool:
        return len(inspect.signature(self.translator.upgrade).parameters) > 1

    def older_path(self, path: Path) -> Path:
        return self._renamed(path, {newer: older for older, newer in self.translator.names.items()})

    def newer_path(self, path: Path) -> Path:
        return self._renamed(path, self.translator.names)

    def _renamed(self, path: Path, names: Any) -> Path:
        for source, target in names.items():
            found = moved(path, parse_name(source), parse_name(target))
            if found is not None:
                return found
        return path


def graft(before: Json, after: Json, onto: Json) -> Json:
    """``onto`` with the differences between ``before`` and ``after`` made in it; objects are merged member by member.

    >>> graft({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 9, "unseen": 3})
    {'a': 2, 'b': 9, 'unseen': 3}
    """
    if equal(before, after):
        return onto
    if not (isinstance(before, dict) and isinstance(after, dict) and isinstance(onto, dict)):
        return after
    gone = before.keys() - after.keys()
    result = {name: value for name, value in onto.items() if name not in gone}
    for name, value in after.items():
        if name not in before or name not in onto:
            if name not in before or not equal(before[name], value):
                result[name] = value
        else:
            result[name] = graft(before[name], value, onto[name])
    return result
