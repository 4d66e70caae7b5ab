"""Failures: the tables of codes and rules, their page, and the exceptions that carry them."""

from __future__ import annotations

import copy
import pickle
import re
from http import HTTPStatus
from pathlib import Path

import pytest

from translayer.errors import (
    CODES,
    RULES,
    ContractViolation,
    DeclarationError,
    DecodeError,
    RequestError,
    TranslayerError,
    Violation,
    pointer,
)

PAGE = Path(__file__).parent.parent / "docs" / "errors.md"


def rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, without the head of it."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_of_codes_is_the_table_of_codes() -> None:
    expected = [[f'<a id="{code}"></a>`{code}`', str(row.status), row.meaning] for code, row in CODES.items()]
    assert rows("Codes") == expected


def test_the_page_of_codes_is_the_table_of_rules() -> None:
    assert rows("Rules") == [[f'<a id="{rule}"></a>`{rule}`', meaning] for rule, meaning in RULES.items()]


def test_every_code_and_rule_has_an_anchor_of_its_own() -> None:
    anchors = re.findall(r'<a id="([^"]*)"></a>', PAGE.read_text(encoding="utf-8"))
    assert sorted(anchors) == sorted([*CODES, *RULES])
    assert len(set(anchors)) == len(anchors)


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_a_status_of_errors_and_a_sentence(code: str) -> None:
    status, meaning = CODES[code]
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code)
    assert HTTPStatus(status).value in range(400, 500) or code == "INTERNAL_ERROR"
    assert meaning.endswith(".")


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_a_sentence(rule: str) -> None:
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", rule)
    assert RULES[rule].endswith(".")


@pytest.mark.parametrize(
    ("path", "text"),
    (
        ((), ""),
        (("",), "/"),
        (("legs", 0, "origin"), "/legs/0/origin"),
        (("a/b", "c~d", "~1"), "/a~1b/c~0d/~01"),
        (("é", " "), "/é/ "),
    ),
)
def test_a_path_is_written_as_a_json_pointer(path: tuple[str | int, ...], text: str) -> None:
    assert pointer(path) == text
    assert Violation(path, "RULE", "x").pointer == text


def test_a_violation_is_a_value() -> None:
    violation = Violation(("a",), "RULE", "Wrong.")
    assert Violation((), "TYPE", "Wrong.", "pax").at(("b",)) == Violation(("b",), "TYPE", "Wrong.", "pax")
    assert violation.at(("b", 1)) == Violation(("b", 1), "RULE", "Wrong.")
    assert violation == Violation(("a",), "RULE", "Wrong.")
    assert len({violation, Violation(("a",), "RULE", "Wrong.")}) == 1
    with pytest.raises(AttributeError):
        violation.code = "TYPE"  # type: ignore[misc]


def test_a_refusal_has_the_status_of_its_code_and_says_what_it_means() -> None:
    error = RequestError("NOT_FOUND")
    assert (error.status, error.description) == (404, CODES["NOT_FOUND"].meaning)
    assert (error.violations, error.headers) == ((), ())
    assert str(error) == "NOT_FOUND: There is nothing at this URL in this version."
    violations = [Violation((), "RULE", "Wrong.")]
    error = RequestError("INVALID", "It is wrong.", violations, [("Allow", "GET")])
    assert (error.description, error.violations, error.headers) == (
        "It is wrong.",
        tuple(violations),
        (("Allow", "GET"),),
    )


@pytest.mark.parametrize(
    ("fault", "told"),
    (
        (
            RequestError(
                "UNKNOWN_PARAMETER", "No.", [Violation((), "TYPE", "Wrong.", "pax"), Violation((), "TYPE", "Bad.")]
            ),
            "UNKNOWN_PARAMETER: No. pax: Wrong. the document: Bad.",
        ),
        (ContractViolation("no word for 'x'"), "at 'the whole document': no word for 'x'"),
        (ContractViolation("too big", ("a\n", 1)), r"at '/a\n/1': too big"),
        (DecodeError("EMPTY_BODY", "The body is empty."), "EMPTY_BODY: The body is empty."),
        (DeclarationError("say it otherwise"), "say it otherwise"),
    ),
)
def test_failures_say_what_and_where(fault: TranslayerError, told: str) -> None:
    assert str(fault) == told


def test_a_contract_violation_is_seen_from_around() -> None:
    inner = ContractViolation("too big", ("size",))
    outer = inner.within("parts", 3)
    assert (outer.path, outer.reason) == (("parts", 3, "size"), "too big")
    assert inner.path == ("size",)


FAILURES = (
    RequestError("INVALID", None, [Violation(("a", 1), "TYPE", "Wrong.")], [("Accept", "a/b")]),
    RequestError("NOT_FOUND"),
    DecodeError("EMPTY_BODY", "The body is empty."),
    ContractViolation("too big", ("a", 1)),
    DeclarationError("say it otherwise"),
)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_failures_cross_from_one_process_to_another_as_they_are(failure: TranslayerError) -> None:
    for again in (pickle.loads(pickle.dumps(failure)), copy.copy(failure)):
        assert type(again) is type(failure)
        assert str(again) == str(failure)
        assert vars(again) == vars(failure)


def test_the_authors_faults_are_value_errors() -> None:
    assert issubclass(DeclarationError, ValueError)
    assert not issubclass(RequestError, ValueError)
