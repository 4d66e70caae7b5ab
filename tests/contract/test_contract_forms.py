"""Which forms an API renders: those there are, each once, and only where their libraries are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from things import make_api

from translayer.document.forms import NAMES
from translayer.errors import DeclarationError

ROOT = Path(__file__).parent.parent.parent


def test_yaml_is_imported_by_nobody_who_does_not_ask_for_it() -> None:
    asked = "import sys, translayer.document.forms; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False).returncode == 0


def test_an_api_renders_json_alone_unless_it_says_more() -> None:
    assert make_api().forms == ()
    assert [form.name for form in make_api(renderers=["msgpack", "yaml"]).forms] == ["msgpack", "yaml"]


@pytest.mark.parametrize(
    ("options", "told"),
    (
        ({"renderers": "yaml"}, "renderers is a list of str, not 'yaml'"),
        ({"renderers": [1]}, "renderers takes str, not 1"),
        ({"renderers": ["xml"]}, "'xml' is none of 'yaml', 'msgpack'; JSON is rendered always"),
        ({"renderers": ["json"]}, "'json' is none of 'yaml', 'msgpack'; JSON is rendered always"),
        ({"renderers": ["yaml", "yaml"]}, "'yaml' stands there twice"),
        (
            {"renderers": ["yaml"], "media_types": ["application/vnd.{vendor}+YAML; version={version}"]},
            r"media_types=.* is of JSON: let it end in \+json",
        ),
    ),
)
def test_renderers_that_make_no_sense_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DeclarationError, match=told):
        make_api(**options)


def test_a_form_without_its_library_is_refused_with_the_extra_to_install(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    monkeypatch.delitem(sys.modules, "translayer.document.yaml_text", raising=False)
    make_api(renderers=["msgpack"])
    with pytest.raises(
        DeclarationError, match=r"needs yaml, .* the extra yaml, as in: pip install 'translayer\[yaml\]'"
    ):
        make_api(renderers=NAMES)
