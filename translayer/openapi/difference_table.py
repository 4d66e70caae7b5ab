"""Every difference that two contracts can have: its id, whose message it is in, and whether it breaks clients.

Facts only. What a client sends may not be refused later, so in requests what is narrower breaks; what a client gets may
not be more than it was promised, so in replies what is wider breaks. What is neither breaks in both. The rows of what
schemas say are made by that rule, the others are written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from translayer.document.codec import encode, shorten
from translayer.document.values import Absent, Json
from translayer.errors import Path

Direction = Literal["request", "reply"]
"""Who sends it: the client, or the API."""


class Kind(NamedTuple):
    """One row of the table: the ``direction`` is ``None`` for what concerns the whole operation."""

    id: str
    category: str
    direction: Direction | None
    breaking: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between what was ``promised`` and what is ``actual``; ``ABSENT`` is what is not there.

    ``id`` is a key of ``DIFFERENCES``. ``operation`` is its name, ``"GET /pets/{id}"``; ``None`` between schemas.
    ``pointer`` leads to the place in the document that promised it, or in the other for what was added. ``path`` leads
    to it in the messages that are sent, where ``"*"`` is every element of a list or every other member of an object;
    it is empty for what is not within one.
    """

    id: str
    operation: str | None
    pointer: str
    direction: Direction | None
    breaking: bool
    sentence: str
    promised: Json | Absent
    actual: Json | Absent
    path: Path = ()


class Change(NamedTuple):
    """What may become of a rule: its category, the rule in words, and the ends of the ids for that."""

    category: str
    rule: str
    narrowed: str
    widened: str
    changed: str | None = None


def _three(category: str, rule: str, name: str) -> Change:
    return Change(category, rule, f"{name}-narrowed", f"{name}-widened", f"{name}-changed")


SUBJECTS: Final[Mapping[str, Change]] = {
    "type": _three("type", "The type", "type"),
    "null": Change("type", "null", "became-not-nullable", "became-nullable"),
    "enum": Change("values", "The list of values", "enum-narrowed", "enum-widened"),
    "enumeration": Change("values", "The choice of values", "became-enum", "no-longer-enum"),
    "limit": Change("limits", "A limit", "limit-narrowed", "limit-widened"),
    "multiple": _three("limits", "The step", "multiple"),
    "unique": Change("limits", "The elements", "elements-became-unique", "elements-no-longer-unique"),
    "contains": _three("limits", "The rule for some elements", "contains"),
    "pattern": _three("texts", "The pattern", "pattern"),
    "format": _three("texts", "The format", "format"),
    "content": _three("texts", "The content", "content"),
    "unknown": Change("fields", "The set of fields", "unknown-fields-refused", "unknown-fields-allowed"),
    "field-names": _three("fields", "The rule for names of fields", "field-names"),
    "pattern-fields": _three("fields", "The rule for fields by pattern", "pattern-fields"),
    "dependencies": _three("fields", "The rule for fields that need others", "dependencies"),
    "unevaluated": _three("fields", "The rule for all the rest", "unevaluated"),
    "alternative": Change("alternatives", "The alternatives", "alternative-removed", "alternative-added"),
    "alternatives": Change("alternatives", "The alternatives", "alternatives-introduced", "alternatives-lifted"),
    "exclusive": Change(
        "alternatives", "The alternatives", "alternatives-became-exclusive", "alternatives-no-longer-exclusive"
    ),
    "all-of": Change("alternatives", "The conditions", "all-of-added", "all-of-removed"),
    "not": Change("alternatives", "The exclusion", "exclusion-added", "exclusion-removed", "exclusion-changed"),
    "condition": _three("alternatives", "The condition", "condition"),
}
"""What a schema can say of a value, by the names that ``rules_moved`` uses."""

_SENTENCES: Final[Mapping[str, str]] = {
    "became-not-nullable": "{place} could be null, and cannot any more",
    "became-nullable": "{place} could not be null, and can be now",
    "enum-narrowed": "{place} could be {promised}, and cannot any more",
    "enum-widened": "{place} can be {actual} as well",
    "became-enum": "{place} could be any value of its type, and can only be {actual} now",
    "no-longer-enum": "{place} could only be {promised}, and can be other values now",
    "elements-became-unique": "{place} could have equal elements, and cannot any more",
    "elements-no-longer-unique": "{place} could not have equal elements, and can now",
    "unknown-fields-refused": "{place} could have fields that are not named, and cannot any more",
    "unknown-fields-allowed": "{place} could not have fields that are not named, and can now",
    "alternative-removed": "{place} could be {promised}, and cannot any more",
    "alternative-added": "{place} can be {actual} as well",
    "alternatives-introduced": "{place} has to be one of {actual} now",
    "alternatives-lifted": "{place} had to be one of {promised}, and need not be any more",
    "alternatives-became-exclusive": "{place} could be several of its alternatives at once, and cannot any more",
    "alternatives-no-longer-exclusive": "{place} had to be one of its alternatives alone, and need not be any more",
    "all-of-added": "{place} has to be {actual} as well",
    "all-of-removed": "{place} had to be {promised}, and need not be any more",
    "exclusion-added": "{place} may not be {actual} now",
    "exclusion-removed": "{place} could not be {promised}, and can be now",
}
"""The sentences of those of which no more than “narrower” can be said otherwise, by the ends of their ids."""

_MANNERS: Final = (("narrowed", "is narrower"), ("widened", "is wider"), ("changed", "is another"))
_BREAKS: Final[Mapping[Direction, frozenset[str]]] = {
    "request": frozenset({"narrowed", "changed"}),
    "reply": frozenset({"widened", "changed"}),
}


def _of_subjects() -> Iterator[Kind]:
    for direction, breaks in _BREAKS.items():
        for change in SUBJECTS.values():
            for manner, words in _MANNERS:
                if (end := getattr(change, manner)) is not None:
                    usual = f"{change.rule} of {{place}} {words}: {{promised}} was promised, and it is {{actual}}"
                    sentence = _SENTENCES.get(end, usual)
                    yield Kind(f"{direction}-{end}", change.category, direction, manner in breaks, sentence)


_WRITTEN: Final = (
    # Operations
    Kind("operation-removed", "operations", None, True, "{place} was promised, and is gone without deprecation"),
    Kind(
        "operation-removed-before-sunset",
        "operations",
        None,
        True,
        "{place} was promised until {promised}, and is gone",
    ),
    Kind("operation-removed-after-deprecation", "operations", None, False, "{place} was deprecated, and is gone"),
    Kind("operation-added", "operations", None, False, "{place} is new"),
    Kind(
        "operation-id-changed", "operations", None, False, "The operationId of {place} was {promised}, and is {actual}"
    ),
    Kind(
        "server-changed",
        "operations",
        None,
        True,
        "The path of {place} was {promised}, and is {actual}: every URL is another",
    ),
    Kind("webhook-removed", "operations", None, True, "{place} was promised, and is gone"),
    Kind("webhook-added", "operations", None, False, "{place} is new"),
    # Life
    Kind("deprecated", "life", None, False, "{place} is deprecated"),
    Kind("no-longer-deprecated", "life", None, False, "{place} was deprecated, and is not any more"),
    Kind("sunset-set", "life", None, False, "{place} may stop working at {actual}"),
    Kind("sunset-later", "life", None, False, "{place} was to stop working at {promised}, and does so at {actual}"),
    Kind("sunset-earlier", "life", None, True, "{place} was promised until {promised}, and stops working at {actual}"),
    Kind("sunset-too-early", "life", None, True, "{place} stops working at {actual}, before clients can know of it"),
    Kind("sunset-removed", "life", None, True, "{place} was promised until {promised}, and says no end any more"),
    Kind("sunset-unreadable", "life", None, True, "The sunset of {place} is {actual}, which is no date"),
    # Security
    Kind("security-added", "security", None, False, "{place} takes {actual} as well, or needs it now"),
    Kind("security-removed", "security", None, False, "{place} took {promised}, and does not any more"),
    # Parameters
    Kind("parameter-added-required", "parameters", "request", True, "{place} is new, and must be sent"),
    Kind("parameter-added", "parameters", "request", False, "{place} is new"),
    Kind("parameter-removed", "parameters", "request", True, "{place} was promised, and is gone"),
    Kind(
        "parameter-removed-before-sunset",
        "parameters",
        "request",
        True,
        "{place} was promised until {promised}, and is gone",
    ),
    Kind("parameter-removed-after-deprecation", "parameters", "request", False, "{place} was deprecated, and is gone"),
    Kind("parameter-became-required", "parameters", "request", True, "{place} could be left out, and must be sent now"),
    Kind(
        "parameter-became-optional", "parameters", "request", False, "{place} had to be sent, and can be left out now"
    ),
    Kind("parameter-renamed", "parameters", "request", False, "{place} was called {promised}, and is called {actual}"),
    Kind(
        "parameter-style-changed",
        "parameters",
        "request",
        True,
        "{place} was written as {promised}, and is as {actual}",
    ),
    Kind(
        "parameter-default-added", "parameters", "request", True, "{place} is taken for {actual} where it is left out"
    ),
    Kind(
        "parameter-default-removed",
        "parameters",
        "request",
        True,
        "{place} was taken for {promised} where it is left out",
    ),
    Kind(
        "parameter-default-changed",
        "parameters",
        "request",
        True,
        "{place} was taken for {promised} where it is left out, and is for {actual}",
    ),
    # Bodies
    Kind("request-body-added-required", "bodies", "request", True, "{place} is new, and must be sent"),
    Kind("request-body-added", "bodies", "request", False, "{place} is new"),
    Kind("request-body-removed", "bodies", "request", True, "{place} was promised, and is gone"),
    Kind("request-body-became-required", "bodies", "request", True, "{place} could be left out, and must be sent now"),
    Kind("request-body-became-optional", "bodies", "request", False, "{place} had to be sent, and can be left out now"),
    Kind("request-media-type-added", "bodies", "request", False, "{place} is taken as {actual} as well"),
    Kind(
        "request-media-type-removed", "bodies", "request", True, "{place} was taken as {promised}, and is not any more"
    ),
    # Replies
    Kind("reply-status-added", "replies", "reply", False, "{place} is new"),
    Kind("reply-status-removed", "replies", "reply", True, "{place} was promised, and is gone"),
    Kind("reply-error-added", "replies", "reply", False, "{place} is new"),
    Kind("reply-error-removed", "replies", "reply", False, "{place} was promised, and is gone"),
    Kind("reply-media-type-added", "replies", "reply", False, "{place} can be had as {actual} as well"),
    Kind(
        "reply-media-type-removed", "replies", "reply", True, "{place} could be had as {promised}, and cannot any more"
    ),
    Kind("reply-header-added", "replies", "reply", False, "{place} is new"),
    Kind("reply-header-removed", "replies", "reply", True, "{place} was always there, and is gone"),
    Kind("reply-optional-header-removed", "replies", "reply", True, "{place} could be there, and is gone"),
    Kind("reply-header-became-optional", "replies", "reply", True, "{place} was always there, and can be left out now"),
    Kind(
        "reply-header-became-required", "replies", "reply", False, "{place} could be left out, and is always there now"
    ),
    # Fields of requests
    Kind("request-field-added-required", "fields", "request", True, "{place} is new, and must be sent"),
    Kind("request-field-added", "fields", "request", False, "{place} is new"),
    Kind("request-field-removed", "fields", "request", True, "{place} could be sent, and is refused now"),
    Kind("request-field-ignored", "fields", "request", False, "{place} was read, and can be sent but says nothing now"),
    Kind("request-field-became-required", "fields", "request", True, "{place} could be left out, and must be sent now"),
    Kind(
        "request-field-became-optional", "fields", "request", False, "{place} had to be sent, and can be left out now"
    ),
    Kind("request-field-became-read-only", "fields", "request", True, "{place} could be written, and is read-only now"),
    Kind("request-field-became-writable", "fields", "request", False, "{place} was read-only, and can be written now"),
    Kind("request-field-deprecated", "life", "request", False, "{place} is deprecated"),
    Kind("request-field-no-longer-deprecated", "life", "request", False, "{place} was deprecated, and is not any more"),
    Kind("request-default-added", "values", "request", False, "{place} is taken for {actual} where it is left out"),
    Kind(
        "request-default-removed", "values", "request", False, "{place} was taken for {promised} where it is left out"
    ),
    Kind(
        "request-default-changed",
        "values",
        "request",
        True,
        "{place} was taken for {promised} where it is left out, and is for {actual}",
    ),
    Kind(
        "request-discriminator-changed",
        "alternatives",
        "request",
        False,
        "What tells alternatives apart in {place} was {promised}, and is {actual}",
    ),
    # Fields of replies
    Kind("reply-field-added", "fields", "reply", False, "{place} is new"),
    Kind("reply-field-added-to-closed", "fields", "reply", True, "{place} is new, where no other fields were promised"),
    Kind("reply-field-removed", "fields", "reply", True, "{place} was always there, and is gone"),
    Kind("reply-optional-field-removed", "fields", "reply", True, "{place} could be there, and is gone"),
    Kind("reply-field-became-optional", "fields", "reply", True, "{place} was always there, and can be left out now"),
    Kind("reply-field-became-required", "fields", "reply", False, "{place} could be left out, and is always there now"),
    Kind("reply-field-became-write-only", "fields", "reply", True, "{place} could be read, and is write-only now"),
    Kind("reply-field-became-readable", "fields", "reply", False, "{place} was write-only, and can be read now"),
    Kind("reply-field-deprecated", "life", "reply", False, "{place} is deprecated"),
    Kind("reply-field-no-longer-deprecated", "life", "reply", False, "{place} was deprecated, and is not any more"),
    Kind("reply-default-changed", "values", "reply", False, "The default of {place} was {promised}, and is {actual}"),
    Kind(
        "reply-discriminator-changed",
        "alternatives",
        "reply",
        False,
        "What tells alternatives apart in {place} was {promised}, and is {actual}",
    ),
)

DIFFERENCES: Final[Mapping[str, Kind]] = {kind.id: kind for kind in (*_WRITTEN, *_of_subjects())}
"""Every difference by its id."""


def difference(
    id_: str,
    place: str,
    pointer: str,
    promised: Json | Absent,
    actual: Json | Absent,
    operation: str | None = None,
    path: Path = (),
) -> Difference:
    """A difference of a kind, at a place that is said in words too."""
    kind = DIFFERENCES[id_]
    told = kind.sentence.format(place=place, promised=shown(promised), actual=shown(actual))
    sentence = f"{told[0].upper()}{told[1:]}."
    return Difference(id_, operation, pointer, kind.direction, kind.breaking, sentence, promised, actual, path)


def shown(value: Json | Absent) -> str:
    """A value in a sentence: texts as they are, as long as they are short, lists and limits without brackets."""
    if isinstance(value, Absent):
        return "nothing"
    if isinstance(value, list) and value and all(isinstance(element, str) for element in value):
        return _plain(", ".join(value), value)
    if isinstance(value, dict) and value and all(isinstance(limit, int | float) for limit in value.values()):
        return _plain(", ".join(f"{name} {encode(limit).decode()}" for name, limit in value.items()), value)
    return _plain(value, value) if isinstance(value, str) and value else _printed(value)


def _plain(text: str, value: Json) -> str:
    """A text for a value, or the value where that has what cannot be printed."""
    return shorten(text) if text.isprintable() else _printed(value)


def _printed(value: Json) -> str:
    return shorten(encode(value).decode())
