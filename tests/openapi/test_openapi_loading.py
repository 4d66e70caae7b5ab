"""Contract files: what is read, and what is refused with its file, its line and what to do."""

from __future__ import annotations

import sys

import pytest

from translayer.errors import DeclarationError
from translayer.openapi import loading
from translayer.openapi.loading import load

YAML = """\
openapi: 3.1.0
info: {title: Pets, version: 1.10}
paths:
  /pets:
    get:
      responses:
        200: {description: on}
        default: {description: "1.10"}
"""


@pytest.mark.parametrize(
    "name, text",
    (
        ("a.json", '{"openapi": "3.1.0"}'),
        ("A.JSON", '{"openapi": "3.1.0"}'),
        ("a.yaml", "openapi: 3.1.0"),
        ("a.yml", '{"openapi": "3.1.0"}'),
        ("a", ' {"openapi": "3.1.0"}'),
        ("a.txt", "openapi: 3.1.0"),
    ),
)
def test_a_contract_is_json_by_its_name_or_by_how_it_begins(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    assert load(tmp_path / name) == load(str(tmp_path / name)) == {"openapi": "3.1.0"}


def test_CON_7_4_names_in_yaml_are_what_is_written_and_texts_stay_texts(tmp_path):
    (tmp_path / "a.yaml").write_text(YAML)
    replies = load(tmp_path / "a.yaml")["paths"]["/pets"]["get"]["responses"]
    assert replies == {"200": {"description": "on"}, "default": {"description": "1.10"}}


@pytest.mark.parametrize("name", ("true", "null", "1.10", "0x10", "on", "~", "<", "2020-01-01"))
def test_any_scalar_is_a_name_in_yaml(tmp_path, name):
    (tmp_path / "a.yaml").write_text(f"{name}: 1\n")
    assert load(tmp_path / "a.yaml") == {name: 1}


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x]", *(f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}]" for n in range(levels))]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "name, text, told",
    (
        ("a.json", "", "cannot be read: it is empty; name a file with an OpenAPI document"),
        ("a.yaml", "", "cannot be read: it is empty"),
        ("a.json", '{"a":\n 1,}', "line 2, column 4: .*; correct it there; a file of YAML ends in .yaml"),
        ("a.json", "openapi: 3.1.0", "line 1, column 1"),
        ("a.yaml", "a: [1\nb: 2", "line 2, column 2: .*; correct it there"),
        ("a.yaml", bomb(40), "line 1, column 5: anchors are not taken; .* is a \\$ref, not an alias"),
        ("a.yaml", "a: *b", "line 1, column 4: aliases are not taken"),
        ("a.yaml", "<<: {a: 1}", "line 1, column 1: merge keys are not taken"),
        ("a.yaml", "? [a]\n: 1", "line 1, column 3: the name of a member is no text"),
        ("a.yaml", "a: !!python/object:os.system {}", "tags are not taken"),
        ("a.yaml", "a: 1\na: 2", 'The member "a" at line 2, column 1 is named twice; take one of the two out'),
        ("a.yaml", "200: 1\n'200': 2", "is named twice"),
        ("a.json", '{"a": 1, "a": 2}', "is named twice"),
        ("a.json", '{"a": 1e999}', "beyond the range of a double; write a number"),
        ("a.json", '{"a": "\xe9"}', "the byte at offset 7 begins no character; save the file as UTF-8"),
        ("a.json", '{"a":' * 100_000, "nests more than 64 levels; name the inner schemas"),
        ("a.yaml", "[" * 100_000, "nests more than 64 levels"),
        ("a.json", "[1]", "is no contract: it holds a list, and a contract is an object"),
        ("a.yaml", "text", "it holds a text"),
        ("a.json", "1", "it holds a number"),
        ("a.json", "1.5", "it holds a number"),
        ("a.yaml", "true", "it holds true or false"),
        ("a.json", "null", "it holds null"),
    ),
)
def test_what_is_no_contract_is_refused_with_its_file_its_line_and_what_to_do(tmp_path, name, text, told):
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    with pytest.raises(DeclarationError, match=told) as caught:
        load(tmp_path / name)
    assert str(caught.value).startswith(str(tmp_path / name))
    assert len(str(caught.value)) < 400


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DeclarationError, match=r"none\.json cannot be read: No such file"):
        load(tmp_path / "none.json")
    with pytest.raises(DeclarationError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_a_file_is_read_no_further_than_its_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "MAX_BYTES", 20)
    (tmp_path / "a.json").write_text('{"a": "0123456789"}')
    assert load(tmp_path / "a.json")
    (tmp_path / "a.json").write_text('{"a": "01234567890a"}')
    with pytest.raises(DeclarationError, match="more than 20 bytes: split the contract"):
        load(tmp_path / "a.json")


@pytest.mark.parametrize("name", ("a.yaml", "a.json"))
def test_a_file_of_too_many_values_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.setattr(loading, "MAX_VALUES", 3)
    (tmp_path / name).write_text("[1, 2, 3]")
    with pytest.raises(DeclarationError, match="more than 3 values; split the contract"):
        load(tmp_path / name)


def test_without_its_library_yaml_is_refused_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "translayer.document.yaml_text", None)
    (tmp_path / "a.yaml").write_text("a: 1")
    with pytest.raises(DeclarationError, match=r"is YAML: install translayer\[yaml\]"):
        load(tmp_path / "a.yaml")
