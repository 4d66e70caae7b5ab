"""The live example: a document of one version, typed into a form, as another version has it.

Strategy: what comes in is a form of a few fields within a bound, and in it a JSON text within the bounds of any body.
Whatever is wrong with the document is told in place. Why it cannot be told in a version is in the log, and not on the
page.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from typing import Any, Final, NamedTuple

import msgspec

from translayer.contract.api import Api
from translayer.document.codec import decode, encode
from translayer.document.values import Json
from translayer.engine.events import ReadBody
from translayer.errors import ContractViolation, DecodeError, Path, RequestError, Violation
from translayer.http.media import MediaType
from translayer.http.message import Request
from translayer.http.query import parameters

log = logging.getLogger("translayer")

FORM_TYPE: Final = "application/x-www-form-urlencoded"

_LARGEST: Final = 256 * 2**10
"""Bytes of a form: examples are typed or pasted by people."""

_MOST: Final = 16
"""Fields of a form; it has four."""

SIDES: Final = ("older", "newer")


class Typed(NamedTuple):
    """What was sent: a document's text in the version on one ``side``, of a resource."""

    resource: str
    side: str
    text: str


class Outcome(NamedTuple):
    """What came of it: the document in the other version, or why there is none."""

    typed: Typed
    document: Json = None
    error: str = ""
    violations: tuple[Violation, ...] = ()


def read(request: Request, limit: int) -> Generator[ReadBody, Any, Typed]:
    """What a form says; raises ``RequestError`` (400, 413, 415) for what is none of ours."""
    if _essence(request.headers.get("Content-Type", "")) != FORM_TYPE:
        raise RequestError("UNSUPPORTED_MEDIA_TYPE", f"The body must be {FORM_TYPE}.")
    body: bytes = yield ReadBody(min(limit, _LARGEST))
    if body.count(b"&") >= _MOST:
        raise RequestError("TOO_MANY_PARAMETERS")
    found = {field.name: field.value for field in parameters(body.decode("latin-1"))}
    side = found.get("from")
    if side not in SIDES:
        raise _refused("from", f"It is one of {', '.join(SIDES)}.")
    text, resource = found.get(side), found.get("resource")
    for name, value in ((side, text), ("resource", resource)):
        if value is None:
            raise _refused(name, "It is missing, or not UTF-8.")
    return Typed(str(resource), side, str(text))


def _essence(said: str) -> str:
    try:
        return MediaType.parse(said).essence
    except ValueError:
        return ""


def _refused(name: str, message: str) -> RequestError:
    return RequestError("INVALID_PARAMETER", violations=[Violation((), "RULE", message, name)])


def translated(api: Api, typed: Typed, source: str, target: str) -> Outcome:
    """What a text of the version ``source`` is in ``target``."""
    document: Json = None
    try:
        document = decode(typed.text.encode(), most=api.limits.values)
        made = api.translate(document, typed.resource, from_version=source, to_version=target)
        return Outcome(typed, made)
    except DecodeError as error:
        return Outcome(typed, error=error.description)
    except RequestError as error:
        return Outcome(typed, error=error.description, violations=error.violations)
    except ContractViolation as error:
        log.info("an example of %s cannot be told: %s", typed.resource, error)
        place = _within(document, error.path)
        return Outcome(typed, error=_UNTOLD, violations=(Violation(place, "RULE", _UNTOLD_PLACE.format(target)),))


def _within(document: Json, path: Path) -> Path:
    """As much of a place as there is in a document: what is behind it may be called so in no version that is seen."""
    for depth, token in enumerate(path):
        names = document if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else ()
        if token not in names:
            return path[:depth]
        document = document[token]
    return path


_UNTOLD: Final = "The document has no form in the other version."
_UNTOLD_PLACE: Final = "The value has no form in version {}."


def printed(document: Json) -> str:
    """A document for readers; raises ``ValueError`` for what is no JSON value."""
    return msgspec.json.format(encode(document), indent=2).decode()
