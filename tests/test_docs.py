"""The pages tell the truth: every example in them runs, every link leads somewhere, every name exists.

Fenced blocks are of four kinds. ``python`` is run, top to bottom, all blocks of a page in one namespace, and as a
doctest where it has prompts. ``http`` is a conversation with the booking service, held over real HTTP. ``console``
and ``text`` are not run; what is called in a console must exist.
"""

from __future__ import annotations

import ast
import builtins
import doctest
import importlib.util
import inspect
import json
import pkgutil
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import marshmallow
import pytest

import examples
import translayer
from examples.bookings.api import api
from tests.served.serving import Caller, bookings
from translayer import Api, Envelope, Limits, Query, Resource, Route, Translayer, Version, errors, operations
from translayer.contract.conventions.table import CONVENTIONS

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "benchmarks" / "README.md"]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FOLDERS = r"(?:tests|docs|examples|benchmarks|translayer)/"
KINDS = {"python", "http", "console", "text"}

MODULES = [
    module.name
    for package in (translayer, examples)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
]


class Block(NamedTuple):
    """A fenced block: what it is of, the number of its first line, and its text."""

    kind: str
    line: int
    text: str


def title(page: Path) -> str:
    return str(page.relative_to(ROOT))


every_page = pytest.mark.parametrize("page", PAGES, ids=title)


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = re.finditer(r"^```(.*)\n((?:(?!```).*\n)*)```$", text, re.MULTILINE)
    return [Block(match[1], text.count("\n", 0, match.start(2)), match[2]) for match in found]


def of_kind(page: Path, kind: str) -> list[Block]:
    return [block for block in blocks(page) if block.kind == kind]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^```.*\n(?:(?!```).*\n)*```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)


def spans(page: Path) -> set[str]:
    """What stands in code type in the prose."""
    return set(re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose(page)))


# Examples


@every_page
def test_every_block_is_of_a_kind_that_is_looked_at(page):
    assert {block.kind for block in blocks(page)} <= KINDS
    fences = re.findall(r"^ *(?:```|~~~)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(fences) == 2 * len(blocks(page)), "a block that is indented, or fenced otherwise, is not looked at"


@pytest.mark.parametrize("page", [page for page in PAGES if of_kind(page, "python")], ids=title)
def test_the_python_of_a_page_runs(page):
    namespace: dict[str, Any] = {"__name__": "page"}
    for block in of_kind(page, "python"):
        if ">>> " in block.text:
            namespace = ran(doctest.DocTestParser().get_doctest(block.text, namespace, title(page), None, block.line))
        else:
            exec(compile("\n" * block.line + block.text, page, "exec", dont_inherit=True), namespace)


def ran(test: doctest.DocTest) -> dict[str, Any]:
    """What a doctest that held has left behind."""
    told: list[str] = []
    result = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=told.append, clear_globs=False)
    assert not result.failed, "".join(told)
    return test.globs


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_run(name):
    for test in doctest.DocTestFinder().find(import_module(name)):
        ran(test)


# Conversations


@dataclass(frozen=True)
class Message:
    """A request or a reply, as a page writes it."""

    start: str
    headers: dict[str, str]
    body: str


def messages(text: str) -> list[Message]:
    parts = re.split(r"^(?=HTTP/1\.1 |[A-Z]+ /\S* HTTP/1\.1$)", text, flags=re.MULTILINE)
    return [message(part) for part in parts if part]


def message(text: str) -> Message:
    head, _, body = text.partition("\n\n")
    start, *lines = head.strip().split("\n")
    return Message(start, dict(line.split(": ", 1) for line in lines), body.strip())


def exchanges(page: Path) -> Iterator[tuple[Message, Message]]:
    for block in of_kind(page, "http"):
        told = messages(block.text)
        yield from zip(told[::2], told[1::2], strict=True)


def filled(expected: Any, got: Any, known: dict[str, str]) -> Any:
    """What a page expects, with ``<name>`` replaced by what it stands for: what it stood for first."""
    if isinstance(expected, dict) and isinstance(got, dict):
        return {name: filled(value, got.get(name), known) for name, value in expected.items()}
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        return [filled(value, found, known) for value, found in zip(expected, got, strict=True)]
    if isinstance(expected, str):
        return replaced(expected, got, known)
    return expected


def replaced(expected: str, got: Any, known: dict[str, str]) -> str:
    expected = re.sub(r"<(\w+)>", lambda name: known.get(name[1], name[0]), expected)
    pattern = re.sub(r"<(\w+)>", r"(?P<\1>.+)", re.escape(expected))
    if isinstance(got, str) and (match := re.fullmatch(pattern, got)):
        known.update(match.groupdict())
        return got
    return expected


@pytest.mark.parametrize("page", [page for page in PAGES if of_kind(page, "http")], ids=title)
def test_the_conversations_of_a_page_are_what_the_service_says(page, tmp_path):
    known: dict[str, str] = {}
    with bookings(tmp_path) as port, Caller(port) as caller:
        for request, reply in exchanges(page):
            method, path, _ = replaced(request.start, None, known).split()
            headers = {name: replaced(value, None, known) for name, value in request.headers.items()}
            got = caller.ask(method, path, headers=headers, text=replaced(request.body, None, known))
            assert reply.start == f"HTTP/1.1 {got.status} {got.reason}", (request.start, got.body)
            for name, value in reply.headers.items():
                assert replaced(value, got.headers[name], known) == got.headers[name], request.start
            assert bool(reply.body) == bool(got.body)
            if reply.body:
                expected = filled(json.loads(reply.body), got.json, known)
                assert json.dumps(expected, indent=1) == json.dumps(got.json, indent=1)


def test_the_front_page_has_examples_of_every_kind_but_text():
    assert {block.kind for block in blocks(ROOT / "README.md")} == KINDS - {"text"}


# What is called in a console


def commands(page: Path) -> Iterator[list[str]]:
    for block in of_kind(page, "console"):
        lines = [line.removeprefix("$ ") for line in block.text.splitlines() if line.startswith("$ ")]
        yield from (shlex.split(line, comments=True) for line in lines)
    yield from (span.split() for span in spans(page) if span.startswith("make "))


@every_page
def test_what_is_called_in_a_console_exists(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for program, *arguments in commands(page):
        if program == "make":
            assert {word for word in arguments if "=" not in word} <= targets
        if "-m" in arguments:
            assert importlib.util.find_spec(arguments[arguments.index("-m") + 1])
        for word in arguments:
            assert not re.match(FOLDERS, word) or (ROOT / word).exists(), word


# Links


def anchors(page: Path) -> set[str]:
    """The fragments that lead to a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.*?) *$", prose(page), re.MULTILINE)
    slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    seen: Counter[str] = Counter()
    found = set()
    for slug in slugs:
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def links(page: Path) -> Iterator[str]:
    text = re.sub(r"`[^`\n]+`", "", prose(page))
    yield from re.findall(r"\]\(([^()\s]+)\)", text)
    yield from re.findall(r"^\[[^\]]+\]: (\S+)", text, re.MULTILINE)
    yield from re.findall(r'(?:src|href)="([^"]+)"', text)


@every_page
def test_every_link_within_the_repository_leads_somewhere(page):
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, fragment = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        assert not fragment or fragment in anchors(target), link


@pytest.mark.parametrize("picture", sorted((ROOT / "docs").glob("*.svg")), ids=title)
def test_a_picture_is_well_formed_and_says_what_it_shows(picture):
    tree = ElementTree.parse(picture).getroot()
    assert tree.attrib["role"] == "img"
    assert tree.find("{http://www.w3.org/2000/svg}title") is not None


# Names

FROM_ELSEWHERE = {
    *dir(builtins),
    *dir(marshmallow),
    *dir(marshmallow.fields),
    *dir(marshmallow.validate),
    *(
        "Flask",
        "Client",
        "close",
        "write",
        "q",
        "metadata",
        "SCRIPT_NAME",
        "PATH_INFO",
        "CONTENT_LENGTH",
        "REQUEST_METHOD",
        "handling",
        "metadata",
    ),
}
"""Names of the standard library, of libraries in use, of WSGI and of HTTP."""

OBJECTS = {"api": api, "limits": Limits(), "translayer": translayer, "fields": marshmallow.fields}
"""What pages mean by these names."""

PARAMETERS = {
    name
    for taker in (
        *(Api, Envelope, Limits, Query, Resource, Route, Translayer, Version),
        *filter(inspect.isfunction, vars(operations).values()),
    )
    for name in inspect.signature(taker).parameters
}


def vocabulary() -> dict[str, Any]:
    """Every public name of the package and of the examples; those that authors use stand for themselves."""
    every = {name: value for module in map(import_module, MODULES) for name, value in vars(module).items()}
    public = vars(operations) | vars(errors) | vars(translayer)
    return {name: value for name, value in (every | public).items() if not name.startswith("_")}


def defined(page: Path) -> set[str]:
    """The names that the page's own examples define."""
    names = set()
    for block in of_kind(page, "python"):
        for node in ast.walk(ast.parse(source(block))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.alias):
                names.add(node.asname or node.name)
    return names


def source(block: Block) -> str:
    if ">>> " not in block.text:
        return block.text
    return "".join(example.source for example in doctest.DocTestParser().get_examples(block.text))


def unknown_names(span: str, known: dict[str, Any]) -> Iterator[str]:
    """What a piece of Python in the prose speaks of and does not exist; nothing where it is no Python, or a file."""
    if re.match(FOLDERS, span):
        return
    try:
        tree = ast.parse(span)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), keywords=keywords):
                if name not in known:
                    yield name
                elif keywords:
                    yield from {word.arg for word in keywords} - {*inspect.signature(known[name]).parameters}
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in OBJECTS:
                if not hasattr(OBJECTS[name], attribute):
                    yield f"{name}.{attribute}"
            case ast.Assign(targets=[ast.Name(id=name)]) if name not in PARAMETERS | FROM_ELSEWHERE:
                yield name
            case ast.Name(id=name) if re.fullmatch(r"([A-Z][a-z]+){2,}|[A-Z]+(_[A-Z]+)+", name):
                if name not in known:
                    yield name


@every_page
def test_every_name_that_is_spoken_of_exists(page):
    known = vocabulary() | dict.fromkeys(FROM_ELSEWHERE | defined(page) | {*errors.CODES, *errors.RULES, *CONVENTIONS})
    known |= vars(translayer)
    found = {span: list(unknown_names(span, known)) for span in spans(page)}
    assert {span: names for span, names in found.items() if names} == {}


@every_page
def test_every_file_that_is_spoken_of_exists(page):
    paths = {span for span in spans(page) if re.fullmatch(rf"{FOLDERS}[\w/.-]*", span)}
    assert {path for path in paths if not (ROOT / path).exists()} == set()


def test_the_front_page_names_every_operation():
    made_here = {name for name, value in vars(operations).items() if inspect.isfunction(value)}
    made_here -= {name for name in made_here if vars(operations)[name].__module__ != operations.__name__}
    told = {match for span in spans(ROOT / "README.md") for match in re.findall(r"^(\w+)\(", span)}
    assert {name for name in made_here if not name.startswith("_")} <= told


@pytest.mark.parametrize(
    "span, names",
    (
        ("rename(old, new)", []),
        ("renamed(old, new)", ["renamed"]),
        ("add(name, defaults=1)", ["defaults"]),
        ("api.translate", []),
        ("api.transfer", ["api.transfer"]),
        ("limits.bodies", ["limits.bodies"]),
        ("undeclared='refuse'", []),
        ("undecided='refuse'", ["undecided"]),
        ("VersionChange", []),
        ("VersionChanged", ["VersionChanged"]),
        ("WRITE_CONFLICT", []),
        ("WRITTEN_CONFLICT", ["WRITTEN_CONFLICT"]),
        ("If-Match", []),
        ("{prefix}/v2/…", []),
    ),
)
def test_the_rule_sees_names_that_do_not_exist(span, names):
    known = vocabulary() | dict.fromkeys(errors.CODES)
    assert list(unknown_names(span, known)) == names
