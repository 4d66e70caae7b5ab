"""jsonschema-rs: the validation part, by a validator written in Rust.

Compared: msgspec's parser, the check against `json_schemas` with formats asserted, msgspec's printer. Not compared:
the translation.
"""

from __future__ import annotations

from jsonschema_rs import Draft202012Validator

from . import Contestant, json_schemas

TODAY = Draft202012Validator(json_schemas.TODAY_LIST, validate_formats=True)
OLDEST = Draft202012Validator(json_schemas.OLDEST, validate_formats=True)


def contestant() -> Contestant:
    """Parse, check, print the same."""
    return json_schemas.validation(TODAY.validate, OLDEST.validate)
