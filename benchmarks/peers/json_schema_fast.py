"""fastjsonschema: the validation part, by Python functions that are generated from the schema.

Compared: msgspec's parser, the check against `json_schemas`, msgspec's printer. It knows drafts 4 to 7, which say
the same with the keywords that are used here. Not compared: the translation.
"""

from __future__ import annotations

import fastjsonschema

from . import Contestant, json_schemas


def contestant() -> Contestant:
    """Parse, check, print the same."""
    return json_schemas.validation(
        fastjsonschema.compile(json_schemas.TODAY_LIST), fastjsonschema.compile(json_schemas.OLDEST)
    )
