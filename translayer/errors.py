"""Every failure: whose fault it is, its status, its code and the places at fault.

What is raised anywhere in translayer is defined here, and so is the table of codes that documentation is
drawn from. This module imports nothing of the package: an error is a value that any floor may raise, and only
the engine gives it an HTTP face.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

Path = tuple[str | int, ...]
"""A place in a JSON document: member names and list indexes, outermost first; ``()`` is all of it."""


def pointer(path: Path) -> str:
    """The JSON Pointer of a path (RFC 6901, section 3).

    >>> pointer(("legs", 0, "a/b"))
    '/legs/0/a~1b'
    """
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in path)


class Code(NamedTuple):
    """One row of the table of codes: the status it is sent with, and what it means."""

    status: int
    meaning: str


CODES: dict[str, Code] = {
    # The request as bytes
    "EMPTY_BODY": Code(400, "The operation needs a JSON body and the request has none."),
    "MALFORMED_JSON": Code(400, "The body is not JSON; the description gives line and column."),
    "MALFORMED_YAML": Code(400, "The body is not the YAML that is taken; the description gives line and column."),
    "MALFORMED_MSGPACK": Code(400, "The body is not MessagePack of JSON values; the description gives the byte."),
    "INVALID_UNICODE": Code(400, "The body is not UTF-8, or a string in it holds half a surrogate pair."),
    "DUPLICATE_KEY": Code(400, "An object in the body names one member twice."),
    "NUMBER_OUT_OF_RANGE": Code(400, "A number in the body is beyond the range of a double."),
    "NESTED_TOO_DEEPLY": Code(400, "The body nests more levels than the API accepts."),
    "TOO_MANY_VALUES": Code(400, "The body holds more values than the API accepts."),
    "BODY_TOO_LARGE": Code(413, "The body has more bytes than the API accepts."),
    # Which version
    "VERSION_CONFLICT": Code(400, "URL and header, or one header twice, name different versions."),
    "VERSION_REQUIRED": Code(400, "The API answers no request that names no version."),
    "UNKNOWN_VERSION": Code(404, "No such version was ever published."),
    "VERSION_RETIRED": Code(
        410,
        "The version was retired, and Link leads to what to use instead. A version may also answer 404 then, or lead "
        "there by 301 (GET and HEAD) or 308.",
    ),
    "VERSION_BROWNOUT": Code(
        410,
        "The deprecated version is off for a while, and answers as it will once it is retired; Retry-After says for "
        "how long.",
    ),
    "MALFORMED_ACCEPT": Code(400, "The Accept header cannot be parsed, or is too long."),
    "NOT_ACCEPTABLE": Code(406, "Accept admits nothing that the version asked for can be sent as."),
    "UNSUPPORTED_MEDIA_TYPE": Code(415, "The body is of a type the operation does not take in this version."),
    # Which operation
    "NOT_FOUND": Code(404, "There is nothing at this URL in this version."),
    "METHOD_NOT_ALLOWED": Code(405, "The URL does not take this method in this version; Allow lists those it takes."),
    # The query
    "UNKNOWN_PARAMETER": Code(400, "The query names parameters that the version does not have; details list them."),
    "INVALID_PARAMETER": Code(400, "A parameter of the query has a value that the version does not take there."),
    "TOO_MANY_PARAMETERS": Code(400, "The query has more parameters, or names in lists, than the API accepts."),
    # The document
    "INVALID": Code(422, "The document breaks rules of the client's version; details list every one."),
    "MALFORMED_PATCH": Code(400, "The body is JSON, but not a patch."),
    "PATCH_TOO_LARGE": Code(400, "The patch has too many operations, or grows the document beyond the bound."),
    "PATCH_TEST_FAILED": Code(409, "A test in the patch does not hold."),
    "PATCH_PATH_MISSING": Code(422, "A path in the patch leads to nothing."),
    "WRITE_CONFLICT": Code(409, "The object kept changing while the write was tried; try again."),
    "PRECONDITION_FAILED": Code(412, "The object is not in the state that the request asks for."),
    "PRECONDITION_REQUIRED": Code(
        428,
        "The write needs a condition: If-Match with the ETag of what was read, or If-None-Match: * for what is new.",
    ),
    # Ours, or the app's
    "INTERNAL_ERROR": Code(500, "The service failed; the client did nothing wrong."),
}
"""Every code that translayer itself sends, with its status. The wrapped app's own codes are its own."""

RULES: dict[str, str] = {
    "REQUIRED": "The field is missing.",
    "NULL": "The field may not be null.",
    "TYPE": "The value is of another type, or not in the form of its type.",
    "UNKNOWN_FIELD": "The version has no such field, or no such parameter.",
    "READ_ONLY": "The field is set by the service and cannot be written.",
    "LENGTH": "The value is too short or too long.",
    "RANGE": "The value is too small or too large.",
    "CHOICE": "The value is not one of those allowed.",
    "PATTERN": "The text does not match its pattern.",
    "FORMAT": "The text is not of its format (an e-mail address, a URL).",
    "DUPLICATE": "Two elements of the list have the same key.",
    "RULE": "A rule of the API's own is broken; the message says which.",
}
"""Every code a violation can carry."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One failed rule: the place at fault, the code of the rule (a key of ``RULES``) and a sentence.

    Where it is a parameter of the URL that is at fault, and not the document, ``parameter`` is its name.
    """

    path: Path
    code: str
    message: str
    parameter: str | None = None

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer (RFC 6901)."""
        return pointer(self.path)

    def at(self, path: Path) -> Violation:
        """The same violation at another place."""
        return Violation(path, self.code, self.message, self.parameter)


class TranslayerError(Exception):
    """Any failure that translayer raises itself.

    Each is made again from its ``args``, so that it crosses from one process to another as it is.
    """


class DeclarationError(TranslayerError, ValueError):
    """The author's fault: an ``Api`` that cannot be. Raised at construction, with a sentence that says what to do."""


class RequestError(TranslayerError):
    """The client's fault: the request is refused with the status that ``CODES`` gives its code.

    ``violations`` are the details, all at once; ``headers`` are those the refusal must carry (``Allow``, ``Accept``).
    """

    def __init__(
        self,
        code: str,
        description: str | None = None,
        violations: Sequence[Violation] = (),
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.code = code
        self.status, meaning = CODES[code]
        self.description = description or meaning
        self.violations = tuple(violations)
        self.headers = tuple(headers)
        super().__init__(code, description, self.violations, self.headers)

    def __str__(self) -> str:
        told = [f"{_place(violation)}: {violation.message}" for violation in self.violations[:5]]
        return " ".join([f"{self.code}: {self.description}", *told])


def _place(violation: Violation) -> str:
    """What a violation is about, in a sentence."""
    return violation.parameter or violation.pointer or "the document"


class DecodeError(TranslayerError):
    """Bytes that are not the JSON accepted here: ``code`` is a key of ``CODES``, the description says what and where.

    It lays no blame: the same bytes are the client's fault in a request and the app's in a reply.
    """

    def __init__(self, code: str, description: str) -> None:
        self.code = code
        self.description = description
        super().__init__(code, description)

    def __str__(self) -> str:
        return f"{self.code}: {self.description}"


class ContractViolation(TranslayerError):
    """The app's fault: its document cannot be told in the client's version. The reason is for the log only."""

    def __init__(self, reason: str, path: Path = ()) -> None:
        self.reason = reason
        self.path = path
        super().__init__(reason, path)

    def __str__(self) -> str:
        return f"at {pointer(self.path) or 'the whole document'!r}: {self.reason}"

    def within(self, *prefix: str | int) -> ContractViolation:
        """The same fault, seen from a document that holds this one at ``prefix``."""
        return ContractViolation(self.reason, (*prefix, *self.path))
