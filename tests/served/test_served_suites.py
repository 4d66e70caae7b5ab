"""The suites for patches and pointers over real HTTP: patches of version 1 to an app that knows today's GET and PUT.

The suites' documents lie in a member, `value`, of what version 1 sees; so every pointer of theirs begins with `/value`
here, and a merge patch is `{"value": ...}`. Everything that is sent is the suites' own text. Every record is a case
here too, but for the fragments of URIs, which are pointers only once they are decoded, and no patch decodes them.

Over HTTP, one thing is another: a merge patch of null, which makes null of a whole document, removes a member.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from suites import Case, Place, fragments, merges, patches, places

from tests.served.serving import ONE, Answer, Caller, running
from translayer.document.values import equal

JSON = {"Content-Type": "application/json"}
JSON_PATCH = {"Content-Type": "application/json-patch+json"}
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}

OLD, NEW = "/api/v1/papers/1", "/api/v2/papers/1"

APP = "/inside"
"""A URL that is not declared: the app answers it itself, with all that it has."""

UNSEEN = {"note": "kept", "shelf": {"nobody": ["declares", None]}}
"""What the app has beside the document: nobody ever writes it here, and it must be there after every patch."""

STATUSES = {"DUPLICATE_KEY": 400, "MALFORMED_PATCH": 400, "PATCH_TEST_FAILED": 409, "PATCH_PATH_MISSING": 422}
"""As docs/writes.md has them."""

POINTER = re.compile(rb'("(?:path|from)"\s*:\s*")(?=[/"])')
"""Where a pointer of an operation begins, if it is one. No value in the suites has members of these names."""


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    """One connection for all, to a service of one process."""
    with running("tests.served.papers:wrapped", ONE, ready=APP) as server, Caller(server.port) as opened:
        yield opened


def lay(caller: Caller, document: bytes) -> None:
    """Let the document be what is stored."""
    laid = caller.ask("PUT", OLD, headers=JSON, text=f'{{"value": {document.decode()}}}')
    assert laid.status == 200, laid.body


def patched(caller: Caller, patch: bytes) -> Answer:
    """The answer to a JSON Patch of a suite."""
    return caller.ask("PATCH", OLD, headers=JSON_PATCH, text=POINTER.sub(rb"\1/value", patch).decode())


def stored(caller: Caller) -> tuple[bytes, str]:
    """What is stored, as version 2 shows it, and its entity tag."""
    read = caller.ask("GET", NEW)
    return read.body, read.headers["ETag"]


def check_done(caller: Caller, answer: Answer, members: dict[str, Any]) -> None:
    """That version 1 was told of these members, the app has them, and with them what version 1 cannot see."""
    assert answer.status == 200, answer.body
    assert equal(answer.json, members)
    assert equal(caller.ask("GET", OLD).json, members)
    inside = {"content": members["value"]} if "value" in members else {}
    assert equal(caller.ask("GET", APP).json, inside | UNSEEN)


def check_refused(answer: Answer, code: str) -> None:
    assert (answer.status, answer.json["error"]["error"]) == (STATUSES[code], code)


@pytest.mark.parametrize("case", patches())
def test_ROB_3_2_every_record_passes_over_http_and_a_refusal_changes_nothing(caller: Caller, case: Case) -> None:
    lay(caller, case.document)
    before = stored(caller)
    answer = patched(caller, case.patch)
    if case.code:
        check_refused(answer, case.code)
        assert stored(caller) == before
    else:
        check_done(caller, answer, {"value": case.result})


@pytest.mark.parametrize("case", merges())
def test_ROB_3_3_every_record_passes_over_http(caller: Caller, case: Case) -> None:
    lay(caller, case.document)
    answer = caller.ask("PATCH", OLD, headers=MERGE_PATCH, text=f'{{"value": {case.patch.decode()}}}')
    check_done(caller, answer, {} if case.patch == b"null" else {"value": case.result})


@pytest.mark.parametrize("place", places())
def test_ROB_3_4_every_pointer_leads_to_its_value_over_http_and_to_no_other(caller: Caller, place: Place) -> None:
    lay(caller, place.document)
    document = json.loads(place.document)
    operation = {"op": "test", "path": place.pointer, "value": place.value}
    check_done(caller, patched(caller, json.dumps([operation]).encode()), {"value": document})
    before = stored(caller)
    # Neither is equal in JSON, though to Python 1 is True.
    for other in ([place.value], bool(place.value)):
        another = operation | {"value": other}
        check_refused(patched(caller, json.dumps([another]).encode()), "PATCH_TEST_FAILED")
        assert stored(caller) == before


@pytest.mark.parametrize("uri", fragments())
def test_ROB_3_4_a_fragment_is_no_pointer_over_http(caller: Caller, uri: str) -> None:
    operation = {"op": "test", "path": uri, "value": 1}
    check_refused(patched(caller, json.dumps([operation]).encode()), "MALFORMED_PATCH")
