"""Contract files: JSON or YAML, from bytes to a value.

Strategy: the codec reads JSON and ``document.yaml_text`` reads YAML, each with its bounds; here stands only what a
file adds: its name in every refusal, a bound of its own, and what the author can do about it. YAML is that of
version 1.2, without aliases, so that a version ``1.10`` in quotes stays what it is, ``on`` is a text, and no file of a
kilobyte becomes a gigabyte. Nothing but the file that was asked for is ever opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from translayer.document.codec import decode
from translayer.document.values import Object
from translayer.errors import DeclarationError, DecodeError

MAX_BYTES: Final = 16 * 2**20
"""Bytes of a contract file. The largest that are published have about twelve million; a file beyond that is a mistake,
and would take minutes to read and gigabytes to hold."""

MAX_VALUES: Final = 2_000_000
"""Values in a contract file: what one of ``MAX_BYTES`` has in fact, where each takes some eight bytes."""

_ADVICE: Final[Mapping[str, str]] = {
    "EMPTY_BODY": "name a file with an OpenAPI document or a JSON Schema in it",
    "MALFORMED_JSON": "correct it there; a file of YAML ends in .yaml",
    "MALFORMED_YAML": "correct it there; what is written once and used twice is a $ref, not an alias",
    "DUPLICATE_KEY": "take one of the two out",
    "INVALID_UNICODE": "save the file as UTF-8",
    "NUMBER_OUT_OF_RANGE": "write a number that clients can hold",
    "NESTED_TOO_DEEPLY": "name the inner schemas, and lead to them by $ref",
    "TOO_MANY_VALUES": "split the contract",
}


def load(path: str | Path) -> Object:
    """The document in a contract file, an object; ``.json`` is read as JSON and anything else by how it begins.

    In YAML the name of a member is what is written: the status ``200`` is ``"200"``. Raises ``DeclarationError``, with
    the file, the line where there is one, and what to do, for what cannot be read and what is no object.
    """
    file = Path(path)
    body = _read(file)
    try:
        document = decode(body if _is_json(file, body) else _yaml(file, body), most=MAX_VALUES)
    except DecodeError as fault:
        reason = fault.description.replace("The body", "it", 1).rstrip(".")
        raise DeclarationError(f"{file} cannot be read: {reason}; {_ADVICE[fault.code]}") from None
    if not isinstance(document, dict):
        raise DeclarationError(f"{file} is no contract: it holds {_KINDS[type(document)]}, and a contract is an object")
    return document


_KINDS: Final[Mapping[type, str]] = {
    list: "a list",
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as fault:
        raise DeclarationError(f"{file} cannot be read: {fault.strerror}") from None
    if len(body) > MAX_BYTES:
        raise DeclarationError(f"{file} has more than {MAX_BYTES} bytes: split the contract")
    return body


def _is_json(file: Path, body: bytes) -> bool:
    """Whether a file is JSON by its name, or, where that says nothing, by its first character."""
    if file.suffix.lower() in (".yaml", ".yml"):
        return False
    return file.suffix.lower() == ".json" or body.lstrip()[:1] in (b"{", b"[", b"")


def _yaml(file: Path, body: bytes) -> bytes:
    """The JSON text of a file of YAML."""
    try:
        from translayer.document.yaml_text import to_json
    except ImportError:
        raise DeclarationError(f"{file} is YAML: install translayer[yaml], or write the contract as JSON") from None
    return to_json(body, MAX_VALUES, spelt_names=True)
