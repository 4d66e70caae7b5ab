"""The wire formats of the layer itself are those that `schemas/translayer` promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from things import Script, make_api
from werkzeug.test import Client

from examples.bookings.api import api
from translayer import Translayer

SCHEMAS = Path(__file__).parent.parent.parent / "schemas" / "translayer"

PROBLEM = {"Accept": "application/problem+json"}

REFUSALS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/api/v9/things", {}),
    ("POST", "/api/v1/objects", {"json": {"name": "far too long a name", "unknown": 1}}),
    ("POST", "/api/v1/objects", {"data": "{", "content_type": "application/json"}),
    ("DELETE", "/api/v1/objects", {}),
)


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(Translayer(Script(), make_api(undeclared="refuse")))


def schema(name: str) -> dict[str, Any]:
    """A promised format; it is a schema itself."""
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return found


def closed(node: Any) -> Any:
    """A schema that takes no members but those it names, so that nothing is sent of which it does not tell."""
    if isinstance(node, list):
        return [closed(part) for part in node]
    if not isinstance(node, dict):
        return node
    ends = {"additionalProperties": False} if "properties" in node else {}
    return {**ends, **{name: closed(part) for name, part in node.items()}}


def is_promised(document: Any, name: str) -> bool:
    validator = Draft202012Validator(closed(schema(name)), format_checker=Draft202012Validator.FORMAT_CHECKER)
    problems = [error.message for error in validator.iter_errors(document)]
    assert problems == []
    return True


@pytest.mark.parametrize("method, path, sent", REFUSALS)
def test_CON_5_22_errors_are_what_is_promised(client: Client, method: str, path: str, sent: dict[str, Any]) -> None:
    reply = client.open(path, method=method, **sent)
    assert reply.status_code >= 400
    assert is_promised(reply.get_json(), "error")
    reply = client.open(path, method=method, headers=PROBLEM, **sent)
    assert reply.content_type == "application/problem+json"
    assert is_promised(reply.get_json(), "problem")


def test_CON_5_22_violations_of_parameters_are_what_is_promised() -> None:
    wrapped = Client(Translayer(Script(), api))
    reply = wrapped.get("/api/v3/bookings?nothing=1")
    assert reply.status_code == 400
    assert is_promised(reply.get_json(), "error")
    assert reply.get_json()["error"]["details"][0]["parameter"] == "nothing"


def test_CON_5_22_discovery_is_what_is_promised() -> None:
    wrapped = Client(Translayer(Script(), api))
    for url in ("/api/", "/api/v1/", "/api/v3/"):
        reply = wrapped.get(url, headers={"Accept": "application/json"})
        assert reply.status_code == 200
        assert is_promised(reply.get_json(), "discovery")


def test_a_format_that_is_not_promised_is_noticed() -> None:
    validator = Draft202012Validator(closed(schema("error")))
    assert list(validator.iter_errors({"error": {"status": 200, "more": 1}}))
