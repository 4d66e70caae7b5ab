"""Examples: documents as clients of the newest version see them, and what they are in every other version.

An example that is none is refused when the ``Api`` is made: one that breaks the rules of the newest version, or that
an older one has no words for.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from translayer.document.codec import ensure_json
from translayer.document.values import Json, duplicate
from translayer.errors import ContractViolation, DeclarationError, Violation

from .allowlist import sent_of
from .translation import Translation

if TYPE_CHECKING:
    from .api import Api
    from .resource import Resource


def examples_of(said: Any, where: str) -> tuple[Json, ...]:
    """What ``Resource(examples=...)`` means; raises ``DeclarationError`` for anything but a list of JSON objects."""
    if not isinstance(said, list | tuple) or not all(isinstance(example, dict) for example in said):
        raise DeclarationError(f"{where}: examples are a list of documents, not {said!r}")
    for example in said:
        try:
            ensure_json(example)
        except ValueError as error:
            raise DeclarationError(f"{where} has an example that is not JSON: {error}") from error
    return tuple(map(duplicate, said))


def check_examples(api: Api) -> None:
    """Raises ``DeclarationError`` for examples that no client of some version could see."""
    for resource in api.resources:
        for position in range(len(api.versions)) if resource.examples else ():
            _check(api, resource, position)


def _check(api: Api, resource: Resource, position: int) -> None:
    translation = api.translation(resource.schema, position, resource.unknown)
    where = f"an example of {resource.name!r}, as version {api.versions[position].text} has it,"
    for example in resource.examples:
        try:
            told = translation.view(example)
        except ContractViolation as error:
            raise DeclarationError(f"{where} cannot be told: {error}") from error
        # What the newest version does not declare would be lost from the example without a word.
        faults = _faults(example if position == 0 else told, translation)
        if faults:
            listed = " ".join(f"{fault.pointer or 'The whole'}: {fault.message}" for fault in islice(faults, 5))
            raise DeclarationError(f"{where} breaks its rules. {listed}")


def _faults(document: Json, translation: Translation) -> list[Violation]:
    """What is wrong with a document that clients see: read-only members are right there, others need not be told."""
    faults: list[Violation] = []
    translation.strict.document(document, translation.shape, faults, document)
    for name, slot in translation.shape.slots.items():
        if slot.read_only and name in document:
            found: list[Violation] = []
            translation.strict.value(document[name], slot, found)
            faults += [fault.at((name, *fault.path)) for fault in found]
    return faults


def told(example: Json, translation: Translation) -> Json:
    """An example as a reply of a version has it."""
    return translation.view(duplicate(example))


def asked(example: Json, translation: Translation) -> Json | None:
    """An example as a client of a version sends it; ``None`` where more is asked of clients than they see."""
    document = sent_of(told(example, translation), translation.shape, translation.check.resolve)
    faults: list[Violation] = []
    translation.strict.document(document, translation.shape, faults)
    return None if faults else document
