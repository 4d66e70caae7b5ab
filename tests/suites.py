"""The public suites that lie beside the repository, as parameters; where the folder is absent, one skipped case.

Documents and patches are the suites' own texts, byte for byte, so that nothing is lost by reading them: a member named
twice, or how a number is spelt. Each floor brings them to what it tests. Where the suites only know that a patch fails,
the tables here say with which code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from translayer.document.codec import decode

SUITES = Path(__file__).resolve().parents[2] / "shared" / "suites"

ABSENT_SUITES = [pytest.param(None, marks=pytest.mark.skip(reason="the public suites are not beside the repository"))]

JAVA = "json-merge-patch-java/jsonpatch"


@dataclass(frozen=True, slots=True)
class Case:
    """A document and a patch as texts, and the value that they make; or the ``code`` of the refusal."""

    name: str
    document: bytes
    patch: bytes
    result: Any = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A document as text, a pointer, and the value that is there."""

    name: str
    document: bytes
    pointer: str
    value: Any


def files(patterns: Iterable[str]) -> list[Any]:
    """Every file of the suites that one of the patterns matches."""
    if not SUITES.is_dir():
        return ABSENT_SUITES
    return [pytest.param(file, id=file.stem) for pattern in patterns for file in sorted(SUITES.glob(pattern))]


def patches() -> list[Any]:
    """A ``Case`` for every record of the JSON Patch suites, also for those disabled; two records are comments only."""
    return _parameters(_records, _operations, _differences)


def merges() -> list[Any]:
    """A ``Case`` for every record of the merge patch suites."""
    return _parameters(_merges, _merges_of_any)


def places() -> list[Any]:
    """A ``Place`` for every pointer of the JSON Pointer suite, and for those that a suite of differences states."""
    return _parameters(_places, _places_unchanged)


def fragments() -> list[Any]:
    """Every pointer of the JSON Pointer suite as the fragment of a URI, which is no JSON string of a pointer."""
    if not SUITES.is_dir():
        return ABSENT_SUITES
    return list(_read(POINTERS, dict[str, Any])["uris"])


def _parameters(*sources: Any) -> list[Any]:
    if not SUITES.is_dir():
        return ABSENT_SUITES
    return [pytest.param(case, id=case.name) for source in sources for case in source()]


def _read(name: str, form: Any) -> Any:
    """One file of a suite; ``msgspec.Raw`` in its form keeps the text of a part."""
    return msgspec.json.decode((SUITES / name).read_bytes(), type=form)


TEXTS = dict[str, msgspec.Raw]
"""The form of a record whose members are kept as texts."""


# JSON Patch

REFUSALS = (
    ("has two 'op' members", "DUPLICATE_KEY"),
    (r"missing '\w+' parameter|null is not|start with a slash|Unrecognized op", "MALFORMED_PATCH"),
    ("^test op|not equivalent|not equal|valueTestFailure", "PATCH_TEST_FAILED"),
    ("", "PATCH_PATH_MISSING"),
)
"""The suites' words for what is wrong, and the code that the refusal has; the first that fits counts."""

REFUSALS_BY_NAME = {
    # The suite says that the path leads to nothing; that a value cannot be moved into itself is said before.
    "move-errors-0": "MALFORMED_PATCH",
    # Likewise, but it is a test.
    "test-errors-0": "PATCH_TEST_FAILED",
    # The suite moves an element into what then takes its place. RFC 6902, section 4.4, forbids it by the texts of the
    # pointers: "The 'from' location MUST NOT be a proper prefix of the 'path' location".
    "move-ops-2": "MALFORMED_PATCH",
}


def _case(name: str, document: msgspec.Raw, patch: bytes, result: msgspec.Raw, words: str = "") -> Case:
    code = next(code for pattern, code in REFUSALS if re.search(pattern, words)) if words else ""
    return Case(name, bytes(document), bytes(patch), decode(bytes(result)), REFUSALS_BY_NAME.get(name, code))


def _records() -> Iterator[Case]:
    for suite in ("json-patch-tests/tests.json", "json-patch-tests/spec_tests.json", f"{JAVA}/testsuite.json"):
        for index, record in enumerate(_read(suite, list[TEXTS])):
            if "patch" in record:
                result = record.get("expected", record["doc"])
                words = decode(bytes(record["error"])) if "error" in record else ""
                yield _case(f"{Path(suite).stem}-{index}", record["doc"], record["patch"], result, words)


def _operations() -> Iterator[Case]:
    for operation in ("add", "copy", "move", "remove", "replace", "test"):
        suite = _read(f"{JAVA}/{operation}.json", dict[str, list[TEXTS]])
        for index, record in enumerate(suite["ops"]):
            patch = b"[%b]" % bytes(record["op"])
            yield _case(f"{operation}-ops-{index}", record["node"], patch, record["expected"])
        for index, record in enumerate(suite["errors"]):
            patch, words = b"[%b]" % bytes(record["op"]), decode(bytes(record["message"]))
            yield _case(f"{operation}-errors-{index}", record["node"], patch, record["node"], words)


def _differences() -> Iterator[Case]:
    for index, record in enumerate(_read(f"{JAVA}/diff/diff.json", list[TEXTS])):
        yield _case(f"diff-{index}", record["first"], record["patch"], record["second"])


# JSON Merge Patch

VICTIMS = (b'{"hello": "world"}', b"{}", b"null", b"[1]", b'"text"')
"""Documents for patches that come without one."""

MERGED_INTO_NOTHING = (
    {"b": 2398098098098323989.8223987987, "c": [1, {"x": None}], "d": "hello"},
    {"foo": {"bar": "baz"}},
)
"""What the patches of one suite, which are objects, make of a document that is none: they lose their nulls."""


def _merges() -> Iterator[Case]:
    merge_patch = f"{JAVA}/mergepatch"
    for suite in ("rfc7396-appendix/appendix-a.json", f"{merge_patch}/patch-object.json"):
        for index, record in enumerate(_read(suite, list[TEXTS])):
            document = record["original"] if "original" in record else record["victim"]
            yield _case(f"{Path(suite).stem}-{index}", document, record["patch"], record["result"])
    for index, record in enumerate(_read(f"{merge_patch}/patch-nonobject.json", list[TEXTS])):
        yield _case(f"patch-nonobject-{index}", record["victim"], record["patch"], record["patch"])


def _merges_of_any() -> Iterator[Case]:
    texts = list[msgspec.Raw]
    for index, patch in enumerate(_read(f"{JAVA}/mergepatch/serdeser-nonobject.json", texts)):
        for number, victim in enumerate(VICTIMS):
            yield Case(f"serdeser-nonobject-{index}-{number}", victim, bytes(patch), decode(bytes(patch)))
    objects = _read(f"{JAVA}/mergepatch/serdeser-object.json", texts)
    for index, (patch, result) in enumerate(zip(objects, MERGED_INTO_NOTHING, strict=True)):
        yield Case(f"serdeser-object-{index}", b"null", bytes(patch), result)


# JSON Pointer

POINTERS = "json-pointer-java/jsonpointer/jsonpointer.json"


def _places() -> Iterator[Place]:
    document = bytes(_read(POINTERS, TEXTS)["document"])
    suite = _read(POINTERS, dict[str, dict[str, Any]])
    for index, (pointer, value) in enumerate(suite["pointers"].items()):
        yield Place(f"pointers-{index}", document, pointer, value)
    for index, (uri, value) in enumerate(suite["uris"].items()):
        # RFC 6901, section 6: a fragment is a pointer, percent-encoded.
        yield Place(f"uris-{index}", document, unquote(uri.removeprefix("#")), value)


def _places_unchanged() -> Iterator[Place]:
    for index, record in enumerate(_read(f"{JAVA}/diff/unchanged.json", list[TEXTS])):
        for number, (pointer, value) in enumerate(decode(bytes(record["unchanged"])).items()):
            for document in ("first", "second"):
                yield Place(f"unchanged-{index}-{number}-{document}", bytes(record[document]), pointer, value)
