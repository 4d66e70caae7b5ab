"""What the wrapped app's errors say, whatever shape they have."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translayer.contract.app_errors import EXTRACTORS, AppError, extract

Told = tuple[str | None, str | None, list[tuple[str, str, str]]]


def told(body: Any, status: int = 422) -> Told:
    """Code, description and violations as (pointer, code, message)."""
    error = extract(status, body, EXTRACTORS)
    return error.code, error.description, [(item.pointer, item.code, item.message) for item in error.violations]


NOTHING: Told = (None, None, [])
SHAPES: dict[str, tuple[Any, Told]] = {
    "translayer's own": (
        {
            "error": {
                "status": 409,
                "error": "EMAIL_EXISTS",
                "description": "Taken.",
                "details": [{"pointer": "/emails/0", "code": "TAKEN", "message": "Taken."}, {}, "x"],
            }
        },
        ("EMAIL_EXISTS", "Taken.", [("/emails/0", "TAKEN", "Taken."), ("", "RULE", "Invalid.")]),
    ),
    "translayer's own, almost empty": ({"error": {}}, NOTHING),
    "an error object with a message": ({"error": {"message": "Taken."}}, (None, "Taken.", [])),
    "JSON:API": (
        {
            "errors": [
                {"code": "TAKEN", "title": "Taken", "source": {"pointer": "/data/attributes/emails/0"}},
                {"detail": "Gone.", "source": {"pointer": "/data/id"}},
                {"detail": "No such filter.", "source": {"parameter": "filter"}},
                {"detail": "Elsewhere.", "source": {"pointer": "/included/3"}},
                {"title": "Whole."},
                {"source": {"pointer": "/data"}},
            ]
        },
        (
            "TAKEN",
            "Taken",
            [
                ("/emails/0", "RULE", "Taken"),
                ("/id", "RULE", "Gone."),
                ("", "RULE", "No such filter."),
                ("/included/3", "RULE", "Elsewhere."),
                ("", "RULE", "Invalid."),
            ],
        ),
    ),
    "problem details": (
        {
            "title": "Conflict",
            "detail": "Taken.",
            "code": "TAKEN",
            "errors": [{"pointer": "#/emails/0", "detail": "Taken."}],
        },
        ("TAKEN", "Taken.", [("/emails/0", "RULE", "Taken.")]),
    ),
    "problem details without a word": ({"title": "Conflict", "detail": ""}, (None, "Conflict", [])),
    "problem details with messages by field": (
        {"title": "Invalid", "errors": {"name": ["Too long."], "legs": {"0": {"origin": ["Bad."]}}}},
        (None, "Invalid", [("/name", "RULE", "Too long."), ("/legs/0/origin", "RULE", "Bad.")]),
    ),
    "problem details with errors of another kind": ({"title": "Invalid", "errors": {"a": 1}}, (None, "Invalid", [])),
    "marshmallow, bare": (
        {"name": ["Too long.", "Not nice."], "legs": {"0": {"origin": ["Bad."]}}, "_schema": ["Contradictory."]},
        (
            None,
            None,
            [
                ("/name", "RULE", "Too long."),
                ("/name", "RULE", "Not nice."),
                ("/legs/0/origin", "RULE", "Bad."),
                ("", "RULE", "Contradictory."),
            ],
        ),
    ),
    "marshmallow under errors": (
        {"message": "Invalid.", "errors": {"name": ["Too long."]}},
        (None, "Invalid.", [("/name", "RULE", "Too long.")]),
    ),
    "marshmallow under messages and json": (
        {"messages": {"json": {"name": ["Too long."]}}},
        (None, None, [("/name", "RULE", "Too long.")]),
    ),
    "flask-smorest": (
        {"code": 422, "status": "Unprocessable Entity", "errors": {"json": {"name": ["Too long."]}}},
        (None, None, [("/name", "RULE", "Too long.")]),
    ),
    "Django REST framework": (
        {"non_field_errors": ["Contradictory."], "legs": [{}, {"origin": ["Bad."]}]},
        (None, None, [("/non_field_errors", "RULE", "Contradictory."), ("/legs/1/origin", "RULE", "Bad.")]),
    ),
    "FastAPI": (
        {
            "detail": [
                {"loc": ["body", "legs", 0, "origin"], "msg": "Bad.", "type": "value_error"},
                {"loc": ["query", "page"], "msg": "Bad page.", "type": "value_error"},
                {"loc": [], "msg": ""},
            ]
        },
        (None, None, [("/legs/0/origin", "RULE", "Bad."), ("", "RULE", "Bad page."), ("", "RULE", "Invalid.")]),
    ),
    "pydantic, bare": ([{"loc": ["name"], "msg": "Bad."}], (None, None, [("/name", "RULE", "Bad.")])),
    "Flask's abort": ({"message": "Not here."}, (None, "Not here.", [])),
    "a code and a description": ({"code": "TAKEN", "description": "Taken."}, ("TAKEN", "Taken.", [])),
    "a code under error": ({"error": "TAKEN", "msg": "Taken."}, ("TAKEN", "Taken.", [])),
    "a code alone": ({"error": "TAKEN"}, ("TAKEN", None, [])),
    "a sentence under error": ({"error": "It is taken."}, (None, "It is taken.", [])),
    "a code that is none of ours to pass on": ({"code": "taken<script>", "message": "x"}, (None, "x", [])),
    "an index that is none": ({"007": ["Bad."], "1234567890": ["Bad."]}, (
        None,
        None,
        [("/007", "RULE", "Bad."), ("/1234567890", "RULE", "Bad.")],
    )),
    "a pointer that is none": ({"error": {"details": [{"pointer": "name"}, {"pointer": 3}]}}, (
        None,
        None,
        [("", "RULE", "Invalid.")] * 2,
    )),
    "a list": ([1, 2], NOTHING),
    "a text": ("Not here.", NOTHING),
    "nothing": (None, NOTHING),
    "an empty object": ({}, NOTHING),
    "empty errors": ({"errors": []}, NOTHING),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_errors_are_known(shape: str) -> None:
    body, expected = SHAPES[shape]
    assert told(body) == expected


def test_indexes_are_numbers_again() -> None:
    (violation,) = extract(422, {"legs": {"0": ["Bad."]}}, EXTRACTORS).violations
    assert violation.path == ("legs", 0)


def test_an_extractor_of_ones_own_is_asked_first_and_may_decline() -> None:
    def own(status: int, body: Any) -> AppError | None:
        return AppError("OWN", f"said with {status}") if "own" in body else None

    extractors = (own, *EXTRACTORS)
    assert extract(409, {"own": 1, "message": "x"}, extractors) == AppError("OWN", "said with 409")
    assert extract(409, {"message": "x"}, extractors) == AppError(None, "x")


KEYS = st.sampled_from(
    ["error", "errors", "messages", "json", "message", "detail", "title", "code", "details", "pointer", "source", "loc",
     "msg", "0", "_schema"]
)  # fmt: skip
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["/a/0", "#/b", "~", "CODE"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(BODIES)
def test_any_body_is_read_without_a_fault(body: Any) -> None:
    error = extract(400, body, EXTRACTORS)
    assert all(isinstance(violation.message, str) for violation in error.violations)
