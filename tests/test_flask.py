"""The Flask door, with the example app behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from things import MERGE_PATCH, make_api

from examples.bookings.api import api
from examples.bookings.app import create_app
from examples.bookings.samples import SAMPLES
from translayer import Translayer
from translayer.flask import FlaskTranslayer

FIRST = SAMPLES[0]["id"]


@pytest.fixture
def bookings(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(str(tmp_path / "bookings.sqlite3"))
    yield app
    app.extensions["bookings"].close()


def test_OPS_1_2_a_flask_app_is_wrapped_and_its_test_client_speaks_every_version(bookings: Flask) -> None:
    extension = FlaskTranslayer(api)
    extension.init_app(bookings)
    assert isinstance(bookings.wsgi_app, Translayer)
    assert bookings.extensions["translayer"] is extension
    client = bookings.test_client()
    found = {version: client.get(f"/api/v{version}/{name}/{FIRST}").json for version, name in
             ((1, "reservations"), (2, "reservations"), (3, "bookings"))}  # fmt: skip
    assert (found[1]["pax"], found[1]["cents"], found[1]["customer"]["name"]) == (2, 12050, "Ada Lovelace")
    assert (found[2]["passengers"], found[2]["price"]["cents"], found[2]["customer"]["email"]) == (
        2,
        12050,
        "ada@example.com",
    )
    assert found[3]["price"] == {"amount": "120.50", "currency": "EUR"}
    assert all("margin" not in document for document in found.values())


def test_OPS_1_2_an_old_client_s_patch_reaches_the_store(bookings: Flask) -> None:
    FlaskTranslayer(api, bookings)
    client = bookings.test_client()
    path = f"/api/v1/reservations/{FIRST}"
    tag = client.get(path).headers["ETag"]
    reply = client.patch(path, data=b'{"pax": 5}', content_type=MERGE_PATCH, headers={"If-Match": tag})
    assert (reply.status_code, reply.get_json()["pax"]) == (200, 5)
    stored = client.get(f"/api/v3/bookings/{FIRST}").json
    assert (stored["passengers"], stored["legs"][1]["cabin"]) == (5, "business")
    assert stored["customer"]["emails"] == ["ada@example.com", "ada.lovelace@example.org"]
    stale = client.patch(path, data=b'{"pax": 6}', content_type=MERGE_PATCH, headers={"If-Match": tag})
    assert stale.status_code == 412


def test_OPS_1_2_an_app_is_wrapped_once(bookings: Flask) -> None:
    FlaskTranslayer(api, bookings)
    with pytest.raises(RuntimeError, match="wrapped already"):
        FlaskTranslayer(api).init_app(bookings)


@pytest.mark.parametrize("debug", (False, True))
def test_OPS_1_2_exceptions_are_shown_in_debug_mode(debug: bool) -> None:
    app = Flask("failing")
    app.debug = app.testing = debug

    @app.get("/things/<int:number>")
    def thing(number: int) -> Any:
        raise KeyError("secret")

    FlaskTranslayer(make_api(), app)
    client = app.test_client()
    if debug:
        with pytest.raises(KeyError):
            client.get("/api/v1/objects/1")
    else:
        assert client.get("/api/v1/objects/1").status_code == 500
