"""What the wrapped app's own errors say: a code, a sentence, and the places at fault, in the app's names.

Each extractor knows one shape and answers ``None`` for any other; the first that knows the body speaks. An API may
put its own before those here. Nothing that is read goes further than a status of 4xx.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from translayer.document.pointer import parse
from translayer.document.values import Json, Object
from translayer.errors import Path, Violation


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
    details = tuple(map(_detail, _objects(inner.get("details"))))
    return AppError(_code(inner.get("error")), _first_text(inner, "description", "message"), details)


def json_api(status: int, body: Json) -> AppError | None:
    """JSON:API: ``{"errors": [{"code": ..., "detail": ..., "source": {"pointer": ...}}]}``."""
    errors = _objects(body.get("errors")) if isinstance(body, dict) else []
    if not errors or {"title", "detail"} & body.keys() or not all(map(_is_json_api, errors)):
        return None
    violations = tuple(_json_api_violation(item) for item in errors if isinstance(item.get("source"), dict))
    return AppError(_code(errors[0].get("code")), _first_text(errors[0], "detail", "title"), violations)


def _is_json_api(item: Object) -> bool:
    return bool({"title", "detail", "code", "source"} & item.keys())


def _json_api_violation(item: Object) -> Violation:
    path = _path(item["source"].get("pointer"))
    for prefix in (("data", "attributes"), ("data",)):
        if path[: len(prefix)] == prefix:
            path = path[len(prefix) :]
            break
    return Violation(path, "RULE", _first_text(item, "detail", "title") or "Invalid.")


def pydantic_errors(status: int, body: Json) -> AppError | None:
    """pydantic's list of ``{"loc": [...], "msg": ...}``, bare or under ``detail`` or ``errors``.

    What is not in the body of the request (``loc`` begins with ``query``, ``path`` …) has no place in the object.
    """
    told = (body.get("detail") or body.get("errors")) if isinstance(body, dict) else body
    errors = _objects(told)
    if not errors or not all(isinstance(item.get("loc"), list) and "msg" in item for item in errors):
        return None
    return AppError(violations=tuple(_pydantic_violation(item) for item in errors))


def _pydantic_violation(item: Object) -> Violation:
    path: Path = tuple(token for token in item["loc"] if isinstance(token, str | int))
    if path[:1] == ("body",):
        path = path[1:]
    elif path and path[0] in ("query", "path", "header", "cookie"):
        path = ()
    return Violation(path, "RULE", _first_text(item, "msg") or "Invalid.")


def problem_details(status: int, body: Json) -> AppError | None:
    """RFC 9457: ``{"title": ..., "detail": ..., "code": ..., "errors": [{"pointer": ..., "detail": ...}]}``.

    ``errors`` may also be messages by field, as ASP.NET and others send them.
    """
    if not isinstance(body, dict) or not {"title", "detail"} & body.keys():
        return None
    told = body.get("errors")
    by_field = _by_field(told) if isinstance(told, dict) and _is_messages(told) else ()
    details = tuple(map(_detail, _objects(told)))
    return AppError(_code(body.get("code")), _first_text(body, "detail", "title"), details + tuple(by_field))


def messages_by_field(status: int, body: Json) -> AppError | None:
    """Messages by field, nested like the object, as marshmallow and Django REST framework tell them.

    Bare, or under ``errors``, ``messages`` or ``json``, as Flask extensions send them.
    """
    if not isinstance(body, dict):
        return None
    told = body
    for name in ("errors", "messages", "json"):
        told = told[name] if isinstance(told.get(name), dict) else told
    if not told or not _is_messages(told):
        return None
    return AppError(None, _first_text(body, "message", "description"), tuple(_by_field(told)))


def plain_message(status: int, body: Json) -> AppError | None:
    """Whatever else has a ``message``, ``description``, ``detail`` or ``error`` in it."""
    if not isinstance(body, dict):
        return None
    code = _code(body.get("code")) or _code(body.get("error"))
    named = [name for name in ("message", "description", "detail", "msg", "error") if body.get(name) != code]
    return AppError(code, _first_text(body, *named))


EXTRACTORS: Final[tuple[Extractor, ...]] = (
    own_form,
    json_api,
    pydantic_errors,
    problem_details,
    messages_by_field,
    plain_message,
)
"""The shapes that are known out of the box, the more particular ones first."""


def extract(status: int, body: Json, extractors: Sequence[Extractor]) -> AppError:
    """What the app said, by the first extractor that knows the shape; nothing where none does."""
    found = (extractor(status, body) for extractor in extractors)
    return next((error for error in found if error is not None), AppError())


def _detail(item: Object) -> Violation:
    message = _first_text(item, "message", "detail") or "Invalid."
    return Violation(_path(item.get("pointer")), _code(item.get("code")) or "RULE", message)


def _objects(value: Json) -> list[Object]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _first_text(body: Object, *names: str) -> str | None:
    """The first of the members that is a text with something in it."""
    found = (body.get(name) for name in names)
    return next((text for text in found if isinstance(text, str) and text), None)


def _code(value: Json) -> str | None:
    """A code that may be passed on: capitals, digits and underscores, as ours are."""
    return value if isinstance(value, str) and re.fullmatch(r"[A-Z][A-Z0-9_]{0,63}", value) else None


def _path(pointer: Any) -> Path:
    """The place that a JSON Pointer names, also as a URI fragment; the whole object where it is no pointer."""
    try:
        return tuple(map(_index, parse(pointer.removeprefix("#"))))
    except (ValueError, AttributeError):
        return ()


def _index(token: str) -> str | int:
    """A list index as a number again; what went through JSON has it as text."""
    return int(token) if re.fullmatch("0|[1-9][0-9]{0,8}", token) else token


def _is_messages(told: Json) -> bool:
    """Whether a value is made of lists of sentences, by field or by element."""
    if isinstance(told, dict):
        return all(map(_is_messages, told.values()))
    return isinstance(told, list) and all(isinstance(item, str) or _is_fields(item) for item in told)


def _is_fields(told: Json) -> bool:
    return isinstance(told, dict) and _is_messages(told)


def _by_field(told: Json) -> Iterator[Violation]:
    """A violation for every sentence; ``_schema`` is the object itself, an object in a list is that element's."""
    if isinstance(told, dict):
        for name, inner in told.items():
            step: Path = () if name == "_schema" else (_index(name),)
            yield from (violation.at(step + violation.path) for violation in _by_field(inner))
    elif isinstance(told, list):
        for index, inner in enumerate(told):
            step = (index,) if isinstance(inner, dict) else ()
            yield from (violation.at(step + violation.path) for violation in _by_field(inner))
    else:
        yield Violation((), "RULE", told)
