"""The example, asked by somebody who has read its specification and nothing else: schemathesis, in every version.

Strategy: the specification is fetched from where it is served, and everything in it is tried out on the layer in this
process, in front of the real app over a real database. Seed and number of examples stand fixed, so that every run
asks the same. What is found is held against a short table of excuses, each with its argument.

It is the document in OpenAPI 3.1. That in 2.0 cannot say as much: an operation there has one list of media types for
all its replies, those without a body too, and one schema for all types of its request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from examples.bookings.api import api
from examples.bookings.app import create_app
from tests.served.serving import WHILE_V1_IS_SERVED
from translayer import Translayer

CONDITIONS = ["304", "412"]
"""How conditions (RFC 9110, section 13) are answered that do not hold, whatever else is in the request."""

CONFIG: Final[dict[str, Any]] = {
    "seed": 1,
    "headers": {"X-Api-Key": "early-bird"},  # who sees version 4 as well
    "continue-on-failure": True,
    "generation": {"deterministic": True, "database": "none", "no-shrink": True, "max-examples": 10},
    "phases": {
        # What the specification shows as examples; every boundary of every schema, and what is just behind it; what
        # is drawn at random; and calls in a row, in which what one has made is what the next one asks for.
        "examples": {"enabled": True},
        "coverage": {"enabled": True},
        "fuzzing": {"enabled": True},
        "stateful": {"enabled": True, "max-steps": 5, "generation": {"max-examples": 3}},
    },
    "checks": {
        # All that there are, but for those of authentication, which the example has none of. A condition that does not
        # hold is answered before anybody looks at the body: neither is right data wrong then, nor wrong data right.
        "ignored_auth": {"enabled": False},
        "object_level_authorization": {"enabled": False},
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "401", "403", "404", "409", "429", *CONDITIONS],
        },
        "negative_data_rejection": {
            "expected-statuses": [
                "400",
                "401",
                "403",
                "404",
                "405",
                "406",
                "409",
                "415",
                "422",
                "428",
                "429",
                *CONDITIONS,
            ],
        },
    },
}
"""What is done, and what is looked at."""


@dataclass(frozen=True)
class Finding:
    """What a check has found: the request, the reply, and what was said of them."""

    check: str
    message: str
    request: Any
    response: Any

    @property
    def details(self) -> list[dict[str, Any]]:
        """What is told of a refusal, place by place."""
        told = json.loads(self.response.content) if self.response.status_code in (400, 422) else {}
        details: list[dict[str, Any]] = told.get("error", {}).get("details", [])
        return details

    def header(self, name: str) -> str | None:
        """A header of the request; ``None`` where it has none such."""
        return next((values[0] for known, values in self.request.headers.items() if known.lower() == name), None)

    def __str__(self) -> str:
        sent = f"{self.request.method} {self.request.uri} {self.request.headers} {self.request.body!r}"
        return f"{self.check}: {self.message}\n  {sent}\n  -> {self.response.status_code} {self.response.content!r}"


def is_relayed(finding: Finding) -> bool:
    return "x-api-version" not in finding.response.headers


def names_nothing(finding: Finding) -> bool:
    return not (finding.header("x-api-version") or ",").strip(", ") and "`X-Api-Version`" in finding.message


def is_json_patch(finding: Finding) -> bool:
    return finding.header("content-type") == "application/json-patch+json"


def has_fractions(finding: Finding) -> bool:
    return (
        bool(finding.details)
        and all((detail["code"], detail["message"]) == ("TYPE", "Not a valid integer.") for detail in finding.details)
        and re.search(rb"[0-9]\.0\b", finding.request.body) is not None
    )


def flies_nowhere(finding: Finding) -> bool:
    return any(detail["message"] == "A confirmed booking needs a leg." for detail in finding.details)


EXCUSES: tuple[tuple[str, Callable[[Finding], bool], str], ...] = (
    (
        "content_type_conformance",
        is_relayed,
        (
            "A URL that no version has is the app's, which answers as it likes; OpenAPI has no rules that end where a "
            "variable is no UUID."
        ),
    ),
    (
        "negative_data_rejection",
        names_nothing,
        "An empty X-Api-Version names no version, as if it were not there (RFC 9110, section 5.5, lets it be sent).",
    ),
    (
        "positive_data_acceptance",
        is_json_patch,
        "Whether the operations of a JSON Patch can be done depends on the document that they are done to.",
    ),
    (
        "positive_data_acceptance",
        has_fractions,
        "4.0 is an integer to JSON Schema, and none to a strict field of marshmallow.",
    ),
    (
        "positive_data_acceptance",
        flies_nowhere,
        "A rule of the example's own about two fields together, of which no schema of one knows.",
    ),
)
"""The check that may find something, in which exchanges, and why that is no fault."""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The example over a database of its own, on a day when all versions are served."""
    clock = tmp_path / "clock"
    clock.write_text(WHILE_V1_IS_SERVED, encoding="ascii")
    monkeypatch.setenv("BOOKINGS_CLOCK", str(clock))
    return Translayer(create_app(str(tmp_path / "bookings.sqlite3")), api)


def is_excused(finding: Finding | str) -> bool:
    """Whether one of the arguments holds for what was found."""
    return isinstance(finding, Finding) and any(
        check == finding.check and applies(finding) for check, applies, _ in EXCUSES
    )


def findings(app: Any, url: str) -> Iterator[Finding | str]:
    """What all checks have found, and whatever else went wrong."""
    config = SchemathesisConfig.from_dict(CONFIG)
    for event in from_schema(
        schemathesis.openapi.from_wsgi(url, app, config=config, headers=CONFIG["headers"])
    ).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            yield str(event)
        if isinstance(event, events.ScenarioFinished):
            recorder = event.recorder
            for case, checks in recorder.checks.items():
                for check in (check for check in checks if check.failure_info is not None):
                    exchange = recorder.interactions[case]
                    yield Finding(check.name, str(check.failure_info.failure), exchange.request, exchange.response)


@pytest.mark.no_cover
@pytest.mark.parametrize("version", [version.text for version in api.versions])
def test_CON_1_50_the_layer_does_what_its_specification_says(app: Any, version: str) -> None:
    faults = [str(finding) for finding in findings(app, f"/api/v{version}/openapi.json") if not is_excused(finding)]
    assert not faults, f"{len(faults)} faults:\n" + "\n\n".join(faults[:10])
