"""Leaves: what a plain marshmallow field is to msgspec, and what remains to be asked of a client's value.

The law: what type and check take, ``contract.check`` takes, and leaves the same value. So a type is never wider than
the field, but for what the check then asks; it may be narrower (``"3"`` for an ``Integer``), since the slow twin
decides about the rest. Of the app's replies only types, presence and limits are asked, which cost next to nothing,
and not the forms of texts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, Literal

from marshmallow import fields, validate
from msgspec.json import encode

from translayer.contract.check import Check
from translayer.contract.lens import Faults
from translayer.contract.shape import Slot, validators
from translayer.document.values import Json

from .kinds import ANYTHING, Doubt, Leaf, Refused, limited

_INTEGER: Final = {"ge": -(2**63), "le": 2**63 - 1}
"""Integers as machines have them; what lies beyond is rare, and may lie beyond the range of a double."""

NUMBER: Final[Any] = limited(int, _INTEGER) | float

_TYPES: Final[Mapping[type, Any]] = {
    fields.String: str,
    fields.Email: str,
    fields.URL: str,
    fields.UUID: str,
    fields.DateTime: str,
    fields.NaiveDateTime: str,
    fields.AwareDateTime: str,
    fields.Date: str,
    fields.Time: str,
    fields.IP: str,
    fields.IPv4: str,
    fields.IPv6: str,
    fields.IPInterface: str,
    fields.IPv4Interface: str,
    fields.IPv6Interface: str,
    fields.Integer: int,
    fields.Float: NUMBER,
    fields.Decimal: str | NUMBER,
    fields.Boolean: bool,
    fields.Raw: ANYTHING,
    fields.Dict: dict[str, Any],
}
"""What values of marshmallow's own fields are in JSON; of any other field nothing is known."""

_LOADED_AS_IT_IS: Final = frozenset({fields.String, fields.Email, fields.URL})
"""The fields that give validators the very text."""

_CHECKED_BY_TYPE: Final = frozenset({fields.Integer, fields.Float, fields.Boolean, fields.Raw, fields.Dict})
"""Other fields of which every value of the type is a right one, but for validators, which see an equal one."""

_Limits = dict[str, Any]


def reply_leaf(slot: Slot) -> Leaf:
    """A value in the app's reply, or in a document on its way."""
    field = slot.field
    if getattr(field, "as_string", False) and type(field) is not fields.Decimal:
        return Leaf(str | NUMBER, slot.nullable)
    type_, _ = _narrowed(field)
    return Leaf(type_, slot.nullable)


def request_leaf(slot: Slot, check: Check) -> Leaf:
    """A value that a client sends; ``check`` is that of its version."""
    return plain_leaf(slot) or Leaf(ANYTHING, slot.nullable, whole_check(slot, check), slot)


def plain_leaf(slot: Slot) -> Leaf | None:
    """The same, of a field that is asked alike in every version; ``None`` for any other."""
    if not _is_plain(slot.field):
        return None
    type_, rules = _narrowed(slot.field)
    leaf = Leaf(type_, slot.nullable, _asked(slot.field, rules), slot, doubt=_doubt(slot.field, rules))
    # Authors' code might write into a free value: the slow twin knows how to keep it apart.
    return None if rules and leaf.is_free else leaf


def whole_check(slot: Slot, check: Check) -> Callable[[Json], Json]:
    """Everything that the slow twin asks of a value that is not null, asked by the slow twin itself.

    A value that it would put right is left to it: what it then is may be another element's key, or against today's
    rules.
    """

    def asked(value: Json) -> Json:
        faults: Faults = []
        read = check.value(value, slot, faults)
        if faults or encode(read) != encode(value):
            raise Refused
        return value

    return asked


def has_hooks(field: fields.Field[Any]) -> bool:
    """Whether a field has hooks of its own, as marshmallow knows them since 4.3."""
    return bool(getattr(field, "pre_load", None) or getattr(field, "post_load", None))


def _is_plain(field: fields.Field[Any]) -> bool:
    """Whether a field is one of marshmallow's own, in its usual form."""
    if type(field) not in _TYPES or has_hooks(field):
        return False
    if isinstance(field, fields.DateTime | fields.Date | fields.Time):
        return not str(field.format or "").startswith("timestamp")
    if isinstance(field, fields.Boolean):
        return bool(field.truthy) and True in field.truthy and False in field.falsy and False not in field.truthy
    return not (isinstance(field, fields.Mapping) and (field.key_field or field.value_field))


def _narrowed(field: fields.Field[Any]) -> tuple[Any, list[Any]]:
    """The type of a field's values with its limits in it, and the validators that are left."""
    rules, type_ = list(validators(field)), _TYPES.get(type(field), ANYTHING)
    if type(field) is fields.Enum and field.by_value is False and _are_words(tuple(field.enum.__members__)):
        return Literal[tuple(field.enum.__members__)], rules
    if isinstance(field, fields.DateTime) and str(field.format or "").startswith("timestamp"):
        return ANYTHING, rules
    if type(field) not in _LOADED_AS_IT_IS | _CHECKED_BY_TYPE:
        return type_, rules  # they are asked of dates, say, and not of texts
    words = next((rule for rule in rules if type_ is str and _is_of_words(rule)), None)
    if words is not None:
        return Literal[tuple(words.choices)], [rule for rule in rules if rule is not words]
    return _limited(type_, rules)


def _limited(type_: Any, rules: list[Any]) -> tuple[Any, list[Any]]:
    """A type with the limits in it that validators say, and those that are left."""
    limits, left = _Limits(), []
    for rule in rules:
        found = _LIMITS[type(rule)](rule, type_) if type(rule) in _LIMITS else None
        if found is None or not {_SIDES[name] for name in found}.isdisjoint(_SIDES[name] for name in limits):
            left.append(rule)
        else:
            limits |= found
    return (_integer(limits) if type_ is int else limited(type_, limits)), left


_SIDES: Final[Mapping[str, str]] = {
    "ge": "least",
    "gt": "least",
    "le": "most",
    "lt": "most",
    "min_length": "shortest",
    "max_length": "longest",
}
"""What a limit bounds; of two on one side, msgspec checks one."""


def _integer(limits: _Limits) -> Any:
    sides = {_SIDES[name] for name in limits}
    return limited(int, {name: bound for name, bound in _INTEGER.items() if _SIDES[name] not in sides} | limits)


def _length(rule: validate.Length, type_: Any) -> _Limits | None:
    """The limits of a length, as msgspec counts it: characters, elements or members."""
    least, most = (rule.min, rule.max) if rule.equal is None else (rule.equal, rule.equal)
    bounds = {name: bound for name, bound in (("min_length", least), ("max_length", most)) if bound is not None}
    if type_ not in (str, list, dict, dict[str, Any]) or not all(map(_is_length, bounds.values())):
        return None
    return bounds


def _is_length(bound: Any) -> bool:
    return type(bound) is int and 0 <= bound <= sys.maxsize


def _range(rule: validate.Range, type_: Any) -> _Limits | None:
    """The limits of an integer; msgspec knows none beyond the last."""
    bounds = [bound for bound in (rule.min, rule.max) if bound is not None]
    if type_ is not int or not all(type(bound) is int and abs(bound) < 2**63 - 1 for bound in bounds):
        return None
    least, most = ("ge" if rule.min_inclusive else "gt"), ("le" if rule.max_inclusive else "lt")
    return {name: bound for name, bound in ((least, rule.min), (most, rule.max)) if bound is not None}


_HALF_A_CHARACTER: Final = re.compile("[\ud800-\udfff]")
"""What Python's strings may have in them, and no text in UTF-8."""


def _is_of_words(rule: Any) -> bool:
    """Whether a validator is an enumeration of words."""
    return type(rule) is validate.OneOf and _are_words(tuple(rule.choices))


def _are_words(choices: tuple[Any, ...]) -> bool:
    """Whether there are choices, and all are texts that JSON can have."""
    return bool(choices) and all(type(word) is str and not _HALF_A_CHARACTER.search(word) for word in choices)


_LIMITS: Final[Mapping[type, Callable[[Any, Any], _Limits | None]]] = {
    validate.Length: _length,
    validate.Range: _range,
}
"""How msgspec says what some of marshmallow's validators say; ``None`` where it cannot."""


def length_limits(rules: Iterable[Any], kind: type) -> _Limits | None:
    """The limits that validators of a list or table say, ``None`` where they say anything else."""
    limits = _Limits()
    for rule in rules:
        found = _length(rule, kind) if type(rule) is validate.Length else None
        if found is None or found.keys() & limits.keys():
            return None
        limits |= found
    return limits


def _asked(field: fields.Field[Any], rules: list[Any]) -> Callable[[Json], Json] | None:
    """What is left to be asked of a value that has the type of its field; ``None`` if nothing is."""
    if type(field) in _LOADED_AS_IT_IS:
        if len(rules) == 1 and type(rules[0]) is validate.Regexp:
            return _matching(rules[0])
        return _keeping(rules) if rules else None
    if type(field) in _CHECKED_BY_TYPE and not rules:
        return None
    quick = _QUICK[type(field)](field) if type(field) in _QUICK and not rules else None
    return quick or _loading(field, rules)


def _doubt(field: fields.Field[Any], rules: list[Any]) -> Doubt | None:
    """When a field's value is to be asked what ``_asked`` asks; ``None`` if always, or never."""
    if type(field) in _LOADED_AS_IT_IS and len(rules) == 1 and type(rules[0]) is validate.Regexp:
        return Doubt("{0}({value}) is None", (("match_of_{hint}", rules[0].regex.match),))
    return _DOUBTS[type(field)](field) if type(field) in _DOUBTS and not rules else None


def _matching(rule: validate.Regexp) -> Callable[[Json], Json]:
    match = rule.regex.match

    def asked(value: Json) -> Json:
        if match(value) is None:
            raise Refused
        return value

    return asked


def _keeping(rules: list[Any]) -> Callable[[Json], Json]:
    """Asks validators of values that marshmallow loads as they are."""

    def asked(value: Json) -> Json:
        for rule in rules:
            rule(value)
        return value

    return asked


def _loading(field: fields.Field[Any], rules: list[Any]) -> Callable[[Json], Json]:
    """Asks the field to load a value, and validators of what it loads."""
    load = field._deserialize

    def asked(value: Json) -> Json:
        loaded = load(value, None, None)
        for rule in rules:
            rule(loaded)
        return value

    return asked


# What fields do that load a value with one call of the standard library, without the way there


def _reader(field: Any) -> Callable[[Any], Any] | None:
    """What reads a date or time in its usual form; ``None`` where the field has another."""
    form = field.format or field.DEFAULT_FORMAT
    return field.DESERIALIZATION_FUNCS.get(form) if form in ("iso", "iso8601") else None


def _temporal(field: Any) -> Callable[[Json], Json] | None:
    read, zoned = _reader(field), _ZONED.get(type(field))
    if read is None:
        return None

    def asked(value: Json) -> Json:
        if zoned is not None and (read(value).tzinfo is not None) is not zoned:
            raise Refused
        if zoned is None:
            read(value)
        return value

    return asked


def _uuid(field: fields.UUID) -> Callable[[Json], Json]:
    return _matching_or_loading(_USUAL_UUID, field)


def _decimal(field: fields.Decimal) -> Callable[[Json], Json] | None:
    # Rounding may fail, as the context of decimals has it.
    return _matching_or_loading(_USUAL_DECIMAL, field) if field.places is None else None


def _matching_or_loading(usual: re.Pattern[str], field: fields.Field[Any]) -> Callable[[Json], Json]:
    match, load = usual.fullmatch, field._deserialize

    def asked(value: Json) -> Json:
        if type(value) is not str or match(value) is None:
            load(value, None, None)
        return value

    return asked


def _doubt_of_time(field: Any) -> Doubt | None:
    read = _reader(field)
    if read is None:
        return None
    condition = {True: ".tzinfo is None", False: ".tzinfo is not None", None: " is None"}[_ZONED.get(type(field))]
    return Doubt("{0}({value})" + condition, ((f"{field.OBJ_TYPE}_from", read),))


def _doubt_of_uuid(field: fields.UUID) -> Doubt:
    return Doubt("{0}({value}) is None", (("usual_uuid", _USUAL_UUID_OF),))


def _doubt_of_decimal(field: fields.Decimal) -> Doubt:
    """Whatever is all of decimal digits, Python's decimals take; whether it can be rounded, they are asked."""
    if field.places is None:
        return Doubt("type({value}) is not str or not {value}.replace('.', '', 1).isdecimal()")
    uses = ("decimal", Decimal), ("places_of_{hint}", field.places), ("rounding_of_{hint}", field.rounding)
    rounded = "{0}({value}).quantize({1}, {2})" if field.rounding else "{0}({value}).quantize({1})"
    return Doubt(f"type({{value}}) is not str or not {rounded}.is_finite()", uses[: 3 if field.rounding else 2])


_USUAL_UUID: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_USUAL_UUID_OF: Final = _USUAL_UUID.fullmatch
_USUAL_DECIMAL: Final = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")
"""Spellings that are right; there are others."""

_ZONED: Final[Mapping[type, bool]] = {fields.AwareDateTime: True, fields.NaiveDateTime: False}
"""The fields that ask whether there is a zone; where they know another one, the slow twin does the sums."""

_QUICK: Final[Mapping[type, Callable[[Any], Callable[[Json], Json] | None]]] = {
    fields.DateTime: _temporal,
    fields.AwareDateTime: _temporal,
    fields.NaiveDateTime: _temporal,
    fields.Date: _temporal,
    fields.Time: _temporal,
    fields.UUID: _uuid,
    fields.Decimal: _decimal,
}

_DOUBTS: Final[Mapping[type, Callable[[Any], Doubt | None]]] = {
    fields.DateTime: _doubt_of_time,
    fields.AwareDateTime: _doubt_of_time,
    fields.NaiveDateTime: _doubt_of_time,
    fields.Date: _doubt_of_time,
    fields.Time: _doubt_of_time,
    fields.UUID: _doubt_of_uuid,
    fields.Decimal: _doubt_of_decimal,
}
"""The same without a function of ours around it, for the values that most clients send."""
