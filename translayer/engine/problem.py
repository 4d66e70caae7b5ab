"""Problems: the HTTP face of every failure, ours and the app's, in one form.

Two forms: ``{"error": {...}}`` and RFC 9457 problem details, which a client gets by naming their type in Accept.
The first is sent in another form to clients that take no JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from translayer.contract.notations import JSON_TYPE, PROBLEM_TYPE
from translayer.document.codec import encode
from translayer.document.forms import Form
from translayer.document.values import Json
from translayer.errors import RequestError, Violation
from translayer.http.accept import Range, names
from translayer.http.fields import Fields, Pair
from translayer.http.media import MediaType
from translayer.http.message import Reply

from .notations import of_refusal


class Problem(Struct, frozen=True):
    """One failure as clients are told of it."""

    status: int
    code: str
    description: str
    violations: tuple[Violation, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, error: RequestError) -> Problem:
        """The face of a refusal."""
        return cls(error.status, error.code, error.description, error.violations, error.headers)


INTERNAL: Final = Problem(500, "INTERNAL_ERROR", "The service failed; the client did nothing wrong.")


class ProblemForm(Struct, frozen=True):
    """How an API writes problems: ``always`` as problem details, where its codes are documented, and which forms it
    has beside JSON.
    """

    always: bool
    docs: str | None
    forms: tuple[Form, ...] = ()

    def reply(self, problem: Problem, accepted: Sequence[Range], headers: Iterable[Pair]) -> Reply:
        """The reply for a problem; ``headers`` are those that it has beside the problem's own."""
        body, media = self._written(problem, accepted)
        written = [
            *headers,
            *problem.headers,
            ("Content-Type", str(media)),
            ("Content-Length", str(len(body))),
        ]
        if self.docs is not None:
            written.append(("Link", f'<{self._link(problem)}>; rel="help"'))
        return Reply(problem.status, phrase(problem.status), Fields(written), body)

    def _written(self, problem: Problem, accepted: Sequence[Range]) -> tuple[bytes, MediaType]:
        """The body, and what that is."""
        if self.always or names(accepted, PROBLEM_TYPE):
            return encode(self._details(problem)), PROBLEM_TYPE
        body = encode(self._error(problem))
        other = of_refusal(accepted, self.forms) if self.forms else None
        if other is None:
            return body, JSON_TYPE
        media, form = other
        return form.from_json(body), media

    def _link(self, problem: Problem) -> str:
        # Quoted: the code may be one that an author's extractor has read from the app.
        return str(self.docs).format(code=quote(problem.code, safe=""))

    def _error(self, problem: Problem) -> Json:
        details = [detail(violation) for violation in problem.violations]
        return {
            "error": {
                "status": problem.status,
                "error": problem.code,
                "description": problem.description,
                "details": details,
            }
        }

    def _details(self, problem: Problem) -> Json:
        return {
            "type": "about:blank" if self.docs is None else self._link(problem),
            "title": phrase(problem.status),
            "status": problem.status,
            "detail": problem.description,
            "code": problem.code,
            "errors": [detail(violation) for violation in problem.violations],
        }


def detail(violation: Violation) -> Json:
    """One thing that is wrong, as clients are told of it: its parameter or its pointer, its code and its message."""
    if violation.parameter is not None:
        return {"parameter": violation.parameter, "code": violation.code, "message": violation.message}
    return {"pointer": violation.pointer, "code": violation.code, "message": violation.message}


_PHRASES: Final = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""Statuses that RFC 9110 calls otherwise than Python did before 3.13; clients see one name whatever runs us."""


def phrase(status: int) -> str:
    """The reason phrase of a status (RFC 9110, section 15); empty where the registry has none."""
    try:
        return _PHRASES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return ""
