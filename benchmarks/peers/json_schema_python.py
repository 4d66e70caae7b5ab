"""jsonschema: the validation part, by the reference validator in Python.

Compared: msgspec's parser, the check against `json_schemas`, msgspec's printer. Of the formats it asserts ``uuid``,
and ``date-time`` where rfc3339-validator is installed, as the extra ``bench`` has it. Not compared: the translation.
"""

from __future__ import annotations

from jsonschema import Draft202012Validator, FormatChecker

from . import Contestant, json_schemas

_FORMATS = {"uuid", "date-time"} & set(FormatChecker.checkers)


def contestant() -> Contestant:
    """Parse, check, print the same."""
    today, oldest = (
        Draft202012Validator(schema, format_checker=FormatChecker(_FORMATS))
        for schema in (json_schemas.TODAY_LIST, json_schemas.OLDEST)
    )
    return json_schemas.validation(today.validate, oldest.validate)
