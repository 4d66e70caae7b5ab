"""What the wrapped app's own errors say: a code, a sentence, and the places at fault, in the app's names.

Each extractor knows one shape and answers ``None`` for any other; the first that knows the body speaks. An API may
put its own before those here. Nothing that is read goes further than a status of 4xx.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from translayer.document.pointer import parse
from translayer.document.values import Json
from translayer.errors import Path, Violation

from .check import messages


@dataclass(frozen=True, slots=True)
class AppError:
    """An error of the wrapped app; ``None`` where it does not say. Violations have places in the app's object."""

    code: str | None = None
    description: str | None = None
    violations: tuple[Violation, ...] = ()


Extractor: TypeAlias = Callable[[int, Json], AppError | None]
"""Reads the status and the JSON body of an error; ``None`` where the body is of another shape."""


def own_form(status: int, body: Json) -> AppError | None:
    """``{"error": {"error": ..., "description": ..., "details": [...]}}``, the form that translayer itself writes."""
    inner = body.get("error") if isinstance(body, dict) else None
    if not isinstance(inner, dict):
        return None
    details = [_detail(item) for item in _dicts(inner.get("details"))]
    return AppError(_code(inner.get("error")), _text(inner.get("description")), tuple(details))


def json_api(status: int, body: Json) -> AppError | None:
    """JSON:API: ``{"errors": [{"code": ..., "detail": ..., "source": {"pointer": ...}}]}``."""
    errors = _dicts(body.get("errors")) if isinstance(body, dict) else []
    if not errors or not all({"title", "detail", "code", "source"} & item.keys() for item in errors):
        return None
    first = errors[0]
    violations = tuple(_json_api_violation(item) for item in errors if isinstance(item.get("source"), dict))
    return AppError(_code(first.get("code")), _text(first.get("detail")) or _text(first.get("title")), violations)


def _json_api_violation(item: Json) -> Violation:
    path = _path(item["source"].get("pointer"))
    for prefix in (("data", "attributes"), ("data",)):
        if path[: len(prefix)] == prefix:
            path = path[len(prefix) :]
            break
    return Violation(path, "RULE", _text(item.get("detail")) or _text(item.get("title")) or "Invalid.")


def problem_details(status: int, body: Json) -> AppError | None:
    """RFC 9457: ``{"title": ..., "detail": ..., "code": ..., "errors": [{"pointer": ..., "detail": ...}]}``."""
    if not isinstance(body, dict) or not {"title", "detail"} & body.keys():
        return None
    details = tuple(_detail(item) for item in _dicts(body.get("errors")))
    return AppError(_code(body.get("code")), _text(body.get("detail")) or _text(body.get("title")), details)


def marshmallow_messages(status: int, body: Json) -> AppError | None:
    """marshmallow's messages, bare or under ``errors``, ``messages`` or ``json``, as Flask extensions send them."""
    if not isinstance(body, dict):
        return None
    told = body
    for name in ("errors", "messages", "json"):
        told = told[name] if isinstance(told.get(name), dict) else told
    if not told or not all(map(_is_messages, told.values())):
        return None
    violations = tuple(Violation(_indexed(path), "RULE", message) for path, message in messages(told))
    return AppError(None, _text(body.get("message")) or _text(body.get("description")), violations)


def plain_message(status: int, body: Json) -> AppError | None:
    """Whatever else has a ``message``, ``description``, ``detail`` or ``error`` in it."""
    if not isinstance(body, dict):
        return None
    sentences = [_text(body.get(name)) for name in ("message", "description", "detail", "msg", "error")]
    code = _code(body.get("code")) or _code(body.get("error"))
    return AppError(code, next((told for told in sentences if told and told != code), None))


EXTRACTORS: Final[tuple[Extractor, ...]] = (
    own_form,
    json_api,
    problem_details,
    marshmallow_messages,
    plain_message,
)


def extract(status: int, body: Json, extractors: Sequence[Extractor]) -> AppError:
    """What the app said, by the first extractor that knows the shape; nothing where none does."""
    found = (extractor(status, body) for extractor in extractors)
    return next((error for error in found if error is not None), AppError())


def _detail(item: Json) -> Violation:
    message = _text(item.get("message")) or _text(item.get("detail")) or "Invalid."
    return Violation(_path(item.get("pointer")), _code(item.get("code")) or "RULE", message)


def _dicts(value: Json) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None


def _code(value: Json) -> str | None:
    """A code that may be passed on: capitals, digits and underscores, as ours are."""
    return value if isinstance(value, str) and re.fullmatch(r"[A-Z][A-Z0-9_]{0,63}", value) else None


def _path(pointer: Json) -> Path:
    try:
        return _indexed(parse(pointer.removeprefix("#")))
    except (ValueError, AttributeError):
        return ()


def _indexed(path: Path) -> Path:
    """A path whose list indexes are numbers again; messages that went through JSON have them as text."""
    return tuple(
        int(token) if isinstance(token, str) and re.fullmatch("[0-9]{1,9}", token) else token for token in path
    )


def _is_messages(told: Json) -> bool:
    if isinstance(told, dict):
        return all(map(_is_messages, told.values()))
    return isinstance(told, list) and all(isinstance(item, str) for item in told)
