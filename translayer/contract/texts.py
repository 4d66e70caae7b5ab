"""Values as texts: what a URL has for a value of a field, which in JSON may be a number or a truth value."""

from __future__ import annotations

import re
from typing import Any, Final

from marshmallow import fields, validate

from translayer.document.codec import LONGEST_SAFE_INTEGER, encode
from translayer.document.values import Json

from .shape import Leaf, Slot, validators

_INTEGER: Final = re.compile(rf"-?[0-9]{{1,{LONGEST_SAFE_INTEGER}}}", re.ASCII)
_NUMBER: Final = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)

_CHOICES: Final = (validate.OneOf, validate.ContainsOnly, validate.Equal)
"""The rules that say which values there are. Others are of what is written: nobody has 12 passengers, but one may ask
for those who have fewer."""

_COMPOSITE: Final = (fields.Mapping, fields.Tuple, fields.List, fields.Nested)


def is_plain(slot: Slot) -> bool:
    """Whether a text can stand for the values of a field."""
    if isinstance(slot.field, fields.Pluck):
        return not slot.field.many
    return isinstance(slot, Leaf) and not isinstance(slot.field, _COMPOSITE)


def asked(slot: Slot) -> Slot:
    """The field as it is asked for: of its rules, those that say which values there are."""
    return slot.altered(validators=[rule for rule in validators(slot.field) if isinstance(rule, _CHOICES)])


def value_of(text: str, slot: Slot) -> Json:
    """The JSON value that a text stands for; the text itself where it stands for none that is not a string."""
    if _is_written_as_number(slot.field):
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text) and not isinstance(slot.field, fields.Integer):
            return float(text)
    return text


def text_of(value: Json) -> str | None:
    """The text that stands for a JSON value; ``None`` for ``null``, lists and objects, for which there is none.

    >>> text_of("1"), text_of(1), text_of(True), text_of(None)
    ('1', '1', 'true', None)
    """
    if isinstance(value, str):
        return value
    return encode(value).decode() if isinstance(value, int | float) else None


def _is_written_as_number(field: fields.Field[Any]) -> bool:
    if isinstance(field, fields.Number):
        return not getattr(field, "as_string", False)
    return isinstance(field, fields.DateTime) and str(field.format or "").startswith("timestamp")
