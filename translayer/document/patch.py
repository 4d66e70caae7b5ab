"""JSON Patch (RFC 6902) behind one door, with its bounds: read, applied, and made.

Strategy: the patch is checked whole before the first operation, so that every fault of form is named at once and
the document decides nothing about them; then jsonpatch applies operation after operation to a copy of the document.
Its two unrelated families of exceptions end here, and so does ``test``, which it answers by printing both values.
What ``copy`` may bring is measured before it is brought: forty bytes of patch can double a document.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

import jsonpatch
from jsonpointer import JsonPointerException
from msgspec import Struct

from translayer.document.codec import MAX_DEPTH, encode
from translayer.document.pointer import Pointer, parse, resolve
from translayer.document.values import Json, Object, duplicate, equal, nests_deeper
from translayer.errors import Path, RequestError, Violation


class PatchLimits(Struct, frozen=True):
    """How much one patch may do.

    ``operations``: how many it may have; people write ten, generated ones have some hundreds.
    ``copied``: bytes of JSON that its ``copy`` operations may bring in all, or as many as the document had, if
    those are more. What the others bring stands in the body, which is bounded; a ``copy`` costs forty bytes
    whatever it copies, and thirty of them in a row would make a gigabyte of one byte.
    ``depth``: levels that the result may nest; copies and moves can lay a document within itself.
    """

    operations: int = 1_000
    copied: int = 1_048_576
    depth: int = MAX_DEPTH


DEFAULT: Final = PatchLimits()
"""The bounds where an API states none."""


class _Test(jsonpatch.TestOperation):
    """``test`` (RFC 6902, section 4.6) that compares as the rest of the package does and prints nothing."""

    def apply(self, obj: Json) -> Json:
        try:
            found = self.pointer.resolve(obj)
        except JsonPointerException:
            raise jsonpatch.JsonPatchTestFailed("nothing is there to test") from None
        if not equal(found, self.operation["value"]):
            raise jsonpatch.JsonPatchTestFailed("the value is another")
        return obj


_OPERATIONS: Final = MappingProxyType({**jsonpatch.JsonPatch.operations, "test": _Test})

_WITH_SOURCE: Final = frozenset({"move", "copy"})
_WITH_VALUE: Final = frozenset({"add", "replace", "test"})


def apply_patch(document: Json, operations: Json, *, limits: PatchLimits = DEFAULT) -> Json:
    """The document that the operations make of another, all of them or none (RFC 6902, section 5).

    Both arguments are JSON as the codec reads it; neither is changed, and the result shares no changeable part
    with them. Whether it is a valid document is for others to say. Raises ``RequestError``, its violations naming
    the operation by its place in the patch, as ``check_patch`` does, and:

    - ``PATCH_TEST_FAILED``: a ``test`` finds another value, or none. 1 equals 1.0 and does not equal ``true``.
    - ``PATCH_PATH_MISSING``: a pointer leads to nothing in the document as it then is.
    - ``PATCH_TOO_LARGE``: a bound of ``limits`` is passed.
    """
    check_patch(operations, limits)
    copies = any(operation["op"] == "copy" for operation in operations)
    budget = max(limits.copied, len(encode(document))) if copies else 0
    result = duplicate(document)
    for index, operation in enumerate(operations):
        if operation["op"] in _WITH_SOURCE:
            source = _find_source(result, operation, index)
            if operation["op"] == "copy":
                budget = _spend(budget, source, index)
        result = _apply_one(result, operation, index)
    if nests_deeper(result, limits.depth):
        raise _refuse("PATCH_TOO_LARGE", (), "LENGTH", f"The result nests more than {limits.depth} levels.")
    return result


def _refuse(code: str, path: Path, rule: str, message: str) -> RequestError:
    return RequestError(code, violations=[Violation(path, rule, message)])


# Form: what can be said of a patch without a document


def check_patch(operations: Json, limits: PatchLimits = DEFAULT) -> None:
    """What can be said of a patch before there is a document to apply it to.

    Raises ``RequestError``, its violations naming the operation by its place in the patch:

    - ``MALFORMED_PATCH``: not a list of operations, or operations that could succeed on no document. So are the
      removal of the whole document, which would leave none, and a ``move`` into the value moved (section 4.4).
    - ``PATCH_TOO_LARGE``: more operations than ``limits`` has.
    """
    if not isinstance(operations, list):
        raise _refuse("MALFORMED_PATCH", (), "TYPE", "A patch is a list of operations.")
    if len(operations) > limits.operations:
        message = f"The patch has {len(operations)} operations; at most {limits.operations} are taken."
        raise _refuse("PATCH_TOO_LARGE", (), "LENGTH", message)
    faults = [fault.at((index, *fault.path)) for index, each in enumerate(operations) for fault in _find_faults(each)]
    if faults:
        raise RequestError("MALFORMED_PATCH", violations=faults)


def _find_faults(operation: Json) -> Iterator[Violation]:
    """What is wrong with the form of one operation; other members than its own are ignored (section 4)."""
    if not isinstance(operation, dict):
        yield Violation((), "TYPE", "An operation is an object.")
    elif "op" not in operation:
        yield Violation(("op",), "REQUIRED", "The operation is not named.")
    elif not isinstance(operation["op"], str) or operation["op"] not in _OPERATIONS:
        yield Violation(("op",), "CHOICE", f"The operation is one of {', '.join(sorted(_OPERATIONS))}.")
    else:
        faults = list(_find_faults_in_members(operation))
        yield from faults or _find_faults_of_target(operation)


def _find_faults_in_members(operation: Object) -> Iterator[Violation]:
    name = operation["op"]
    if name in _WITH_VALUE and "value" not in operation:
        yield Violation(("value",), "REQUIRED", "The value is missing; null would be one.")
    for member in ("from", "path") if name in _WITH_SOURCE else ("path",):
        if member not in operation:
            yield Violation((member,), "REQUIRED", "The pointer is missing.")
        elif not isinstance(operation[member], str):
            yield Violation((member,), "TYPE", "A JSON Pointer is a string.")
        elif not _is_pointer(operation[member]):
            message = "Not a JSON Pointer (RFC 6901): it is empty or begins with /, and ~ is written ~0."
            yield Violation((member,), "FORMAT", message)


def _is_pointer(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _find_faults_of_target(operation: Object) -> Iterator[Violation]:
    target = parse(operation["path"])
    if operation["op"] == "remove" and not target:
        yield Violation(("path",), "RULE", "The whole document cannot be removed; replace it.")
    if operation["op"] == "move":
        source = parse(operation["from"])
        if target != source and target[: len(source)] == source:
            yield Violation(("path",), "RULE", "A value cannot be moved into itself.")


def written(operations: list[Object]) -> Iterator[Path]:
    """The places that the operations of a right patch write to or remove, in order.

    >>> list(written([{"op": "test", "path": "/a", "value": 1}, {"op": "move", "from": "/b/0", "path": "/c"}]))
    [('b', '0'), ('c',)]
    """
    for operation in operations:
        if operation["op"] == "move":
            yield parse(operation["from"])
        if operation["op"] != "test":
            yield parse(operation["path"])


# Effect: one operation after the other


def _find_source(document: Json, operation: Object, index: int) -> Json:
    """The value that is moved or copied; looked up here so that its absence is not blamed on ``path``."""
    try:
        return resolve(document, parse(operation["from"]))
    except LookupError:
        raise _refuse("PATCH_PATH_MISSING", (index, "from"), "RULE", "The pointer leads to nothing.") from None


def _spend(budget: int, source: Json, index: int) -> int:
    """What is left to copy after the source; it is measured as it would be printed."""
    try:
        left = budget - len(encode(source))
    except ValueError:  # earlier operations have nested it deeper than is printed
        left = -1
    if left < 0:
        raise _refuse("PATCH_TOO_LARGE", (index,), "LENGTH", "The patch copies more than is taken.")
    return left


def _apply_one(document: Json, operation: Object, index: int) -> Json:
    """The document after one operation, which changes it in place."""
    try:
        return _OPERATIONS[operation["op"]](operation, pointer_cls=Pointer).apply(document)
    except jsonpatch.JsonPatchTestFailed as fault:
        raise _refuse("PATCH_TEST_FAILED", (index, "path"), "RULE", f"The test fails: {fault}.") from None
    except (jsonpatch.JsonPatchException, JsonPointerException):
        # The form is known to be right, and so is the source: only the target is left.
        raise _refuse("PATCH_PATH_MISSING", (index, "path"), "RULE", "The pointer leads to nothing.") from None


# The way back: from two documents to a patch


def make_patch(source: Json, target: Json) -> list[Object]:
    """Operations that make one document of another; none where they are the same, 1 and 1.0 being two here."""
    return list(jsonpatch.make_patch(source, target, pointer_cls=Pointer))
