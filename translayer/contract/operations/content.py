"""Operations on the value of one field that stays where it is: convert, map_values, wrap, unwrap and constrain.

They share one rule: where the view says what the source would have said, ``put`` keeps the source's value. So
even a conversion that forgets (a date made from a time) loses nothing that the client did not change.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from marshmallow import fields, missing, validate

from translayer.contract.lens import Unconvertible
from translayer.contract.matching import pair
from translayer.contract.shape import Leaf, Many, Name, Resolve, Shape, Slot, Table, altered, find, rewrite, slot_of
from translayer.document.places import look, place
from translayer.document.values import ABSENT, Absent, Json, Object, duplicate, equal, fingerprint
from translayer.errors import ContractViolation, DeclarationError, Path, Violation

from .base import WRITERS, Audience, Fitted, Operation, check_default, dotted, downgraded, given, moved, upgraded

_NO_DEFAULTS: Final[Mapping[str, Any]] = {"load_default": missing, "dump_default": missing}
"""What marshmallow fills in today is in today's form, which the older version does not have."""


@dataclass(frozen=True)
class Conversion(Operation):
    """The value of ``name`` has another form; the name and the place stay."""

    name: Name

    @property
    def newer_names(self) -> tuple[Name, ...]:
        return (self.name,)

    def fit(self, shape: Shape, resolve: Resolve) -> Fitted:
        newer = find(shape, self.name, resolve)
        fitted = self.fitted(newer)
        come = {self.name[-1]: fitted.older_slot(newer)}
        gone = (self.name[-1],)
        return Fitted(fitted, rewrite(shape, self.name[:-1], lambda inner: inner.exchanged(gone, come), resolve))

    def fitted(self, newer: Slot) -> Conversion:
        """The operation, knowing the newer field; raises ``DeclarationError`` where it cannot be applied to it."""
        return self

    @abstractmethod
    def older_slot(self, newer: Slot) -> Slot:
        """The older field."""

    @abstractmethod
    def down(self, value: Json) -> Json:
        """The older form of a value that is there."""

    @abstractmethod
    def up(self, value: Json, source: Json | Absent) -> Json:
        """The newer form of a value that is there and says something else than the source."""

    def get(self, document: Object) -> Object:
        value = look(document, self.name)
        return document if value is ABSENT else _replaced(document, self.name, value, self.down(value))

    def put(self, document: Object, onto: Object | Absent) -> Object:
        value, source = look(document, self.name), look(onto, self.name)
        if value is ABSENT:
            return document
        if source is not ABSENT and equal(self.down(source), value):
            return _replaced(document, self.name, value, source)
        return _replaced(document, self.name, value, self.up(value, source))


def _replaced(document: Object, name: Name, before: Json, after: Json) -> Object:
    return document if after is before else place(document, name, after)


@dataclass(frozen=True)
class Convert(Conversion):
    """The meaning or type of a field changed; a pair of functions tells one from the other."""

    upgrade: Callable[[Json], Json]
    downgrade: Callable[[Json], Json]
    was: Any = None
    nulls: bool = False

    @property
    def sentence(self) -> str:
        return f"{dotted(self.name)} has another form."

    @property
    def loses(self) -> bool:
        return True

    def older_slot(self, newer: Slot) -> Slot:
        return newer.altered(**_NO_DEFAULTS) if self.was is None else slot_of(self.was)

    def down(self, value: Json) -> Json:
        return value if self._passes(value) else downgraded(self.downgrade, value, name=self.name)

    def up(self, value: Json, source: Json | Absent) -> Json:
        return value if self._passes(value) else upgraded(self.upgrade, value, name=self.name)

    def newer_wholes(self, path: Path) -> tuple[Path, ...]:
        return (path if moved(path, self.name, ()) is None else self.name,)

    def _passes(self, value: Json) -> bool:
        return value is None and not self.nulls


@dataclass(frozen=True)
class MapValues(Conversion):
    """The words of an enumeration changed; ``pairs`` lists every (older, newer) word that both sides know.

    A word that the other side has no word for becomes the declared fallback; without one it is a contract
    violation (downgrade) or refused (upgrade), never passed on as it is. In a list every element is mapped.
    """

    pairs: tuple[tuple[Json, Json], ...]
    upgrade_else: Json | Absent = ABSENT
    downgrade_else: Json | Absent = ABSENT

    @property
    def sentence(self) -> str:
        changed = [f"{old!r} is {new!r}" for old, new in self.pairs if not equal(old, new)]
        if not changed:
            return f"{dotted(self.name)} has other values."
        return f"The values of {dotted(self.name)} are called otherwise: {', '.join(changed)}."

    @property
    def loses(self) -> bool:
        return given(self.downgrade_else)

    @cached_property
    def _newer(self) -> dict[Hashable, Json]:
        """The newer word for every older one."""
        return {fingerprint(old): new for old, new in self.pairs}

    @cached_property
    def _older(self) -> dict[Hashable, Json]:
        """The older word for every newer one; the first, where two became one."""
        return {fingerprint(new): old for old, new in reversed(self.pairs)}

    def fitted(self, newer: Slot) -> Conversion:
        choices = _choices(newer)
        if choices is not None:
            self._check_words({fingerprint(choice): choice for choice in choices})
        return self

    def _check_words(self, choices: dict[Hashable, Json]) -> None:
        meant = [new for _, new in self.pairs] + [self.upgrade_else] * given(self.upgrade_else)
        unknown = [word for word in meant if fingerprint(word) not in choices]
        if unknown:
            raise DeclarationError(
                f"{dotted(self.name)} has no value {unknown[0]!r} in the newer version; "
                f"it has {', '.join(map(repr, choices.values()))}"
            )
        wordless = [choice for mark, choice in choices.items() if mark not in self._older]
        if wordless and not given(self.downgrade_else):
            raise DeclarationError(
                f"the older version has no word for {wordless[0]!r} of {dotted(self.name)}: "
                f"add it to the table, or say with downgrade_else= what an old client gets instead"
            )

    def older_slot(self, newer: Slot) -> Slot:
        if isinstance(newer, Many):
            return replace(newer.altered(**_NO_DEFAULTS), inner=self.older_slot(newer.inner))
        words = [old for old, _ in self.pairs]
        if given(self.downgrade_else) and not any(equal(self.downgrade_else, word) for word in words):
            words.append(self.downgrade_else)
        rules = [] if given(self.upgrade_else) else [validate.OneOf(words)]
        defaults = {**_NO_DEFAULTS, "load_default": self._older_default(newer.field.load_default)}
        return _of_words(newer, words).altered(validators=rules, **defaults)

    def _older_default(self, default: Any) -> Any:
        """What the older version has for what is left out: its word for today's, where it has one."""
        return self._older.get(fingerprint(default), missing) if type(default) in _OF_TYPE else missing

    def down(self, value: Json) -> Json:
        if isinstance(value, list):
            return [self.down(element) for element in value]
        return None if value is None else self._down(value)

    def _down(self, value: Json) -> Json:
        older = self._older.get(fingerprint(value), self.downgrade_else)
        if older is ABSENT:
            raise ContractViolation(f"the older version has no word for {value!r}", self.name)
        return duplicate(older)

    def up(self, value: Json, source: Json | Absent) -> Json:
        if isinstance(value, list):
            sources = self._sources(value, source if isinstance(source, list) else [])
            return [self._up_element(element, known) for element, known in zip(value, sources, strict=True)]
        return None if value is None else self._up(value)

    def _sources(self, value: list[Json], onto: list[Json]) -> list[Json | Absent]:
        """What each word of a list was before: by position where the lengths agree, else as ``pair`` finds it."""
        if len(value) == len(onto):
            return list(onto)
        paired = pair(value, [self.down(source) for source in onto])
        return [ABSENT if index is None else onto[index] for index in paired]

    def _up_element(self, element: Json, source: Json | Absent) -> Json:
        kept = source is not ABSENT and equal(self.down(source), element)
        return source if kept else self.up(element, source)

    def _up(self, value: Json) -> Json:
        newer = self._newer.get(fingerprint(value), self.upgrade_else)
        if newer is ABSENT:
            raise Unconvertible(Violation(self.name, "CHOICE", "The value is not one of those allowed."))
        return duplicate(newer)


def _choices(slot: Slot) -> list[Json] | None:
    """The words that a field, or the elements of its lists, may have, where it says so."""
    while isinstance(slot, Many):
        slot = slot.inner
    for rule in slot.rules:
        if isinstance(rule, validate.OneOf):
            return list(rule.choices)
    return None


_OF_TYPE: Final[Mapping[type, type[fields.Field[Any]]]] = {
    str: fields.String,
    bool: fields.Boolean,
    int: fields.Integer,
    float: fields.Float,
}
"""The field for words of one type; those of several stand in a ``Raw``."""


def _of_words(newer: Slot, words: list[Json]) -> Slot:
    """The field for older words: the newer one's limits say nothing of them, its presence does."""
    kinds = {type(word) for word in words}
    kind = _OF_TYPE.get(kinds.pop(), fields.Raw) if len(kinds) == 1 else fields.Raw
    if type(newer.field) is kind:
        return newer
    flags = ("required", "allow_none", "load_only", "dump_only", "metadata")
    return Leaf(altered(kind(), **{flag: getattr(newer.field, flag) for flag in flags}))


@dataclass(frozen=True)
class Wrap(Conversion):
    """One value became a list; an old client sees the first, and the rest stays when it writes."""

    nullable: bool = False

    @property
    def sentence(self) -> str:
        return f"{dotted(self.name)} is a list."

    @property
    def loses(self) -> bool:
        return True

    def fitted(self, newer: Slot) -> Conversion:
        if not isinstance(newer, Many):
            raise DeclarationError(f"{dotted(self.name)} is no list in the newer version; wrap() is told old to new")
        return replace(self, nullable=newer.nullable)

    def older_slot(self, newer: Slot) -> Slot:
        assert isinstance(newer, Many)  # fitted() has refused anything else
        return newer.inner.altered(
            required=newer.required,
            allow_none=newer.nullable or not _never_empty(newer),
            dump_only=newer.read_only,
            load_only=newer.write_only,
            metadata={**newer.field.metadata, **newer.inner.field.metadata},  # what is said of the list holds for it
            **_NO_DEFAULTS,
        )

    def down(self, value: Json) -> Json:
        return value[0] if isinstance(value, list) and value else None

    def up(self, value: Json, source: Json | Absent) -> Json:
        if value is None:
            return None if self.nullable else []
        return [value, *source[1:]] if isinstance(source, list) else [value]

    def older_path(self, path: Path) -> Path:
        rest = moved(path, self.name, ())
        if rest is None:
            return path
        return self.name + rest[1:] if rest[:1] == (0,) else self.name

    def newer_path(self, path: Path) -> Path:
        return moved(path, self.name, (*self.name, 0)) or path


def _never_empty(newer: Many) -> bool:
    """Whether a list has a first element always, so that an old client neither reads nor writes null."""
    return any(isinstance(rule, validate.Length) and bool(rule.equal or rule.min) for rule in newer.rules)


@dataclass(frozen=True)
class Unwrap(Conversion):
    """A list became one value; an old client sees a list of at most one."""

    @property
    def sentence(self) -> str:
        return f"{dotted(self.name)} is no longer a list."

    def older_slot(self, newer: Slot) -> Slot:
        flags = {"required": newer.required, "load_only": newer.write_only, "dump_only": newer.read_only}
        inner = newer.altered(required=False, allow_none=False, **_NO_DEFAULTS)
        field = fields.List(fields.Raw(), validate=validate.Length(min=0 if newer.nullable else 1, max=1))
        return Many(altered(field, **flags), inner)

    def down(self, value: Json) -> Json:
        return [] if value is None else [value]

    def up(self, value: Json, source: Json | Absent) -> Json:
        if not isinstance(value, list) or len(value) > 1:
            raise Unconvertible(Violation(self.name, "LENGTH", "A list of at most one element is expected."))
        return value[0] if value else None

    def older_path(self, path: Path) -> Path:
        rest = moved(path, self.name, ())
        return path if not rest else (*self.name, 0, *rest)

    def newer_path(self, path: Path) -> Path:
        rest = moved(path, self.name, ())
        return path if rest is None else self.name + rest[1:]


@dataclass(frozen=True)
class Constrain(Conversion):
    """The limits of a field changed; a value outside the old ones becomes the fallback or a contract violation."""

    was: Any
    downgrade_else: Json | Absent = ABSENT

    @property
    def sentence(self) -> str:
        return f"The limits of {dotted(self.name)} changed."

    @property
    def loses(self) -> bool:
        return given(self.downgrade_else)

    @property
    def breaks(self) -> Audience:
        return frozenset({WRITERS})

    @cached_property
    def _limits(self) -> Slot:
        return slot_of(self.was)

    def older_slot(self, newer: Slot) -> Slot:
        check_default(self.downgrade_else, self._limits, self.name)
        return self._limits

    def down(self, value: Json) -> Json:
        if value is None or _within(self._limits, value):
            return value
        if not given(self.downgrade_else):
            raise ContractViolation("the value is outside the limits of the older version", self.name)
        return duplicate(self.downgrade_else)

    def up(self, value: Json, source: Json | Absent) -> Json:
        return value


def _within(limits: Slot, value: Json) -> bool:
    """Whether a value keeps the limits of a field, and all inside it; nested objects are a matter of their schemas."""
    if value is None:
        return True
    if isinstance(limits, Leaf):
        return _accepted([limits.field.deserialize], value)
    if isinstance(limits, Many) and not (isinstance(value, list) and all(_within(limits.inner, v) for v in value)):
        return False
    if isinstance(limits, Table) and not (
        isinstance(value, dict) and all(_within(limits.inner, member) for member in value.values())
    ):
        return False
    return _accepted(limits.rules, value)


def _accepted(rules: Iterable[Callable[[Json], Any]], value: Json) -> bool:
    """Whether no rule refuses a value; one that fails otherwise than by ``ValidationError`` has refused it too."""
    try:
        for rule in rules:
            rule(value)
    except Exception:
        return False
    return True
