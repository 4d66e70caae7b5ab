"""The required tests of the JSON Schema test suite, through the door and through each engine behind it."""

from __future__ import annotations

import json
from functools import cache

import pytest
from suites import SUITES, files

from translayer.document.schema_check import SchemaCheck

SUITE = SUITES / "JSON-Schema-Test-Suite"

DIALECTS = {
    "draft4": "draft4",
    "draft6": "draft6",
    "draft7": "draft7",
    "draft2019-09": "2019-09",
    "draft2020-12": "2020-12",
}
"""The suite's folders, and what the dialects are called here."""

SLOW_ONLY = {"vocabulary"}
"""What the fast engine is not asked: it does not know meta-schemas of one's own. All else goes to both."""

every_file = pytest.mark.parametrize(
    "file", files(f"JSON-Schema-Test-Suite/tests/{folder}/*.json" for folder in DIALECTS)
)


@cache
def remotes(folder):
    """What the suite has under its address, of one dialect and of none."""
    others = {*DIALECTS} - {folder}
    found = {file.relative_to(SUITE / "remotes"): file for file in (SUITE / "remotes").rglob("*.json")}
    return {
        f"http://localhost:1234/{name.as_posix()}": json.loads(file.read_text(encoding="utf-8"))
        for name, file in found.items()
        if name.parts[0] not in others
    }


def checks(file, *, fast):
    """Every schema of a file, ready to check, with the schema's name and its tests."""
    folder = file.parent.name
    for group in json.loads(file.read_text(encoding="utf-8")):
        resources = remotes(folder) if "localhost:1234" in json.dumps(group["schema"]) else {}
        check = SchemaCheck(group["schema"], dialect=DIALECTS[folder], resources=resources, fast=fast)
        yield group["description"], check, group["tests"]


@every_file
def test_ROB_3_7_the_json_schema_suite_passes(file):
    for name, check, tests in checks(file, fast=False):
        for test in tests:
            assert (check.violations(test["data"]) == ()) is test["valid"], (name, test["description"])


@every_file
def test_the_fast_engine_passes_too(file):
    """Asked by itself: what it denies would be decided by the other engine."""
    for name, check, tests in checks(file, fast=True):
        assert (check._accepts is None) is (file.stem in SLOW_ONLY), name
        for test in tests if check._accepts is not None else ():
            assert check._accepts(test["data"]) is test["valid"], (name, test["description"])
