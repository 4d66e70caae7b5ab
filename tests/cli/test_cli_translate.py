"""``translayer translate``: one document in, the same in another version out, or what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from examples.bookings.api import api as bookings
from tests.served.spellings import DOCUMENTS, NAMES


@pytest.mark.parametrize("source", NAMES)
@pytest.mark.parametrize("target", NAMES)
def test_OPS_7_6_a_document_is_translated_as_the_api_does_it(
    call: Callable[..., Result], source: int, target: int
) -> None:
    document = DOCUMENTS[source]
    result = call("translate", "booking", "--from", str(source), "--to", str(target), stdin=document)
    expected = bookings.translate(document, "booking", from_version=source, to_version=target)
    assert (result.exit_code, json.loads(result.stdout), result.stderr) == (0, expected, "")


def test_OPS_7_6_the_document_comes_from_a_file_too_and_the_result_beside_its_failures(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "booking.json"
    file.write_text('{"pax": 2, "cents": 1050, "currency": "EUR"}', encoding="utf-8")
    result = call("translate", "booking", "--from", "1", "--to", "2", "--json", str(file))
    assert json.loads(result.stdout) == {
        "result": {"passengers": 2, "price": {"cents": 1050, "currency": "EUR"}},
        "failures": [],
    }


WHOLE = {"reference": "BK-1", **DOCUMENTS[3]}

WRONG: tuple[tuple[list[str], Any, list[str]], ...] = (
    (["--from=1", "--to=3"], [], ["the document: TYPE: An object is expected."]),
    (
        ["--from=1", "--to=3"],
        {"cents": 1, "currency": "EUR", "legs": [{"departure": 1}, {"departure": "x"}]},
        ["/legs/1/departure: RULE: The value cannot be converted."],
    ),
    (
        ["--from=2", "--to=1"],
        {"legs": [{"departure": "soon"}]},
        ["/legs/0/departure: INTERNAL_ERROR: to_timestamp failed: ValueError(\"Invalid isoformat string: 'soon'\")"],
    ),
    (
        ["--from=3", "--to=3", "--check"],
        {**WHOLE, "passengers": 10, "pax": 1},
        [
            "/passengers: RANGE: Must be greater than or equal to 1 and less than or equal to 9.",
            "/pax: UNKNOWN_FIELD: This version has no such field.",
        ],
    ),
)


@pytest.mark.parametrize("options, document, lines", WRONG)
def test_OPS_7_6_what_cannot_be_told_is_said_with_its_places(
    call: Callable[..., Result], options: list[str], document: Any, lines: list[str]
) -> None:
    result = call("translate", "booking", *options, stdin=document)
    assert (result.exit_code, result.stdout, result.stderr.splitlines()) == (1, "", lines)
    told = json.loads(call("translate", "booking", *options, "--json", stdin=document).stdout)
    assert "result" not in told
    assert [
        f"{failure['pointer'] or 'the document'}: {failure['code']}: {failure['message']}"
        for failure in told["failures"]
    ] == lines


def test_OPS_7_6_a_document_is_right_as_it_was_read(call: Callable[..., Result]) -> None:
    read = {"id": "6f1f3f8e-3c5c-4f5e-9d43-000000000001", "created_at": "2026-12-01T09:30:00Z", **WHOLE}
    result = call("translate", "booking", "--from", "3", "--to", "1", "--check", stdin=read)
    assert (result.exit_code, json.loads(result.stdout)["id"]) == (0, read["id"])


@pytest.mark.parametrize(
    "arguments, stdin, sentence",
    (
        (["x", "--from", "1", "--to", "2"], b"{}", "there is no resource 'x'; there are booking"),
        (["booking", "--from", "1", "--to", "9"], b"{}", "there is no version 9"),
        (["booking", "--from", "1"], b"{}", "Missing option '--to'"),
        (["booking", "--from", "1", "--to", "2"], b"{", "<stdin>: "),
    ),
)
def test_OPS_7_1_what_is_no_document_of_a_version_is_refused(
    call: Callable[..., Result], arguments: list[str], stdin: bytes, sentence: str
) -> None:
    result = call("translate", *arguments, stdin=stdin)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
