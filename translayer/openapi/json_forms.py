"""JSON forms: what a loaded value of a marshmallow field is in JSON, and what is said of one of several.

Strategy: the field itself is asked, since it writes the values of every reply. What it cannot write, and what JSON has
no word for, is ``ABSENT``. To Python 1, 1.0 and true are one value; to JSON they are two.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from marshmallow import fields

from translayer.document.codec import ensure_json
from translayer.document.values import ABSENT, Absent, Json, Object, duplicate, fingerprint

_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int, float),
    "number": (int, float),
}
"""What values of a type are to Python."""


def choice(field: fields.Field[Any], values: Any, schema: Object) -> Object:
    """The schema of one of some loaded values; of anything, where one of them has no JSON form, or there are none."""
    found = [json_form(field, value) for value in listed(values)]
    turned = isinstance(field, fields.Boolean) and not (reads_back(field, True) and reads_back(field, False))
    if turned or any(form is ABSENT for form in found):
        return {}
    kind = schema.get("type")
    forms = [spelling for form in found for spelling in _spellings(form, kind if isinstance(kind, str) else None)]
    unique = list({fingerprint(form): form for form in reversed(forms)}.values())[::-1]
    return {"enum": unique} if unique else {}


def listed(values: Any) -> list[Any]:
    """Choices in an order that does not change; a text is none, since any piece of it would be one."""
    if isinstance(values, str):
        return []
    return sorted(values, key=repr) if isinstance(values, set | frozenset) else list(values)


def _spellings(form: Json, kind: str | None) -> list[Json]:
    """A JSON value as it is written in a type, where it is of that: to Python 1 and true are one, and to JSON two."""
    if form is None:
        return []
    is_bit = isinstance(form, bool) or (isinstance(form, int | float) and form in (0, 1))
    if kind is None:
        return [form, bool(form) if not isinstance(form, bool) else int(form)] if is_bit else [form]
    if is_bit and kind in ("boolean", "integer", "number"):
        return [bool(form) if kind == "boolean" else int(form)]
    return [form] if isinstance(form, _KINDS.get(kind, (object,))) else []


def reads_back(field: fields.Field[Any], value: Any) -> bool:
    """Whether what is written for a value is read as that value."""
    try:
        return bool(field._deserialize(field._serialize(value, "", None), "", None) == value)
    except Exception:  # as in `json_form`
        return False


def json_form(field: fields.Field[Any], value: Any) -> Json | Absent:
    """What a loaded value is in JSON; ``ABSENT`` where there is no such thing."""
    try:
        form = field._serialize(value, "", None)
        form = number(form) if isinstance(form, Decimal) else form
        ensure_json(form)
    except Exception:  # it is the author's value, in a field that may be the author's
        return ABSENT
    return duplicate(form)


def number(value: Decimal) -> int | float:
    """A decimal number as JSON has it: an integer, where it is one."""
    return int(value) if value == value.to_integral_value() else float(value)


def is_json(value: Any) -> bool:
    """Whether JSON has a word for a value, as it is."""
    try:
        ensure_json(value)
    except ValueError:
        return False
    return True
