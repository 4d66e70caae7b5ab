"""What is served and forgotten leaves memory, also where it leads back to itself."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from typing import Any

import pytest
from things import NOTE, THING, Said, Script, make_api
from werkzeug.test import EnvironBuilder

from translayer import Translayer

BODY = {"id": 1, "label": "chair"}


class Kept:
    """Something that can be missed."""


def ask(app: Any, method: str, path: str, **more: Any) -> None:
    """Has a request served."""
    sent = b'{"name": "chair"}' if method == "POST" else b""
    environ = EnvironBuilder(path, method=method, data=sent, content_type="application/json").get_environ() | more
    b"".join(app(environ, lambda status, headers, exc_info=None: len))


@pytest.mark.parametrize("type_", ("application/json", "text/html"))
@pytest.mark.parametrize(
    ("method", "path"), (("GET", "/api/v1/objects/1"), ("GET", "/api/objects/1"), ("POST", "/api/v1/objects"))
)
def test_an_environ_is_let_go_of_where_the_app_keeps_its_end_of_the_conversation_in_it(
    method: str, path: str, type_: str
) -> None:
    """As frameworks do that keep a request in the environ, and in that what they were called with."""

    def app(environ: Any, start_response: Any) -> list[bytes]:
        environ["kept"].append((environ, start_response))
        return Script(Said(body=BODY, type=type_))(environ, start_response)

    missed = Kept()
    watched = weakref.ref(missed)
    ask(Translayer(app, make_api()), method, path, kept=[missed])
    del missed
    gc.collect()
    assert watched() is None


@pytest.mark.parametrize("path", ("/api/v1/objects/1", "/api/v3/notes/7", "/api/v9/things", "/api/v1/nothing"))
def test_a_layer_is_let_go_of_that_its_author_s_functions_know(path: str) -> None:
    def served() -> weakref.ref[Translayer]:
        known: list[Translayer] = []
        thing = replace(THING, cache=lambda request, version: f"max-age={len(known)}")
        known.append(Translayer(Script(Said(body=BODY)), make_api(resources=[thing, NOTE])))
        ask(known[0], "GET", path)
        return weakref.ref(known[0])

    watched = served()
    gc.collect()
    assert watched() is None
