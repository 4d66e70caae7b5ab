"""Links of a Flask app behind mounts and proxies: what ``url_for`` makes, headers, and bodies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint, Flask, jsonify, redirect, request, url_for
from marshmallow import Schema, fields
from watching import Caller, watched
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from translayer import Api, Resource, Translayer, Version, VersionChange
from translayer.operations import moved, rename

LINK = {"metadata": {"link": True}}


class BookingSchema(Schema):
    id = fields.Integer(dump_only=True)
    self = fields.Url(relative=True, require_tld=False, **LINK)
    page = fields.String(**LINK)
    next = fields.String(allow_none=True, **LINK)


class ReservationsAreBookings(VersionChange):
    """Reservations are called bookings, and a booking's `url` is `self`."""

    schemas = {BookingSchema: [rename("url", "self")]}
    routes = [moved("/reservations", to="/bookings")]


def make_app(prefix: str) -> Flask:
    """An app that makes all its links with ``url_for``, and says what it was sent."""
    app, blueprint = Flask("mounted"), Blueprint("bookings", "mounted")

    @blueprint.route("/bookings/<int:id>", methods=["GET", "PUT"])
    def booking(id: int) -> Any:
        here = url_for("bookings.booking", id=id, _external=True)
        sent = request.get_json() if request.method == "PUT" else {}
        app.extensions["sent"] = sent
        said = {"id": id, "self": here, "page": url_for("bookings.booking", id=id), "next": "/news", **sent}
        reply = jsonify(said)
        reply.headers["ETag"] = f'"{id}"'
        reply.headers["Link"] = f"<{url_for('bookings.booking', id=id + 1)}>; rel=next, </news>; rel=related"
        reply.headers["Content-Location"] = here
        return reply

    @blueprint.post("/bookings")
    def book() -> Any:
        return redirect(url_for("bookings.booking", id=8, _external=True), 303)

    app.register_blueprint(blueprint, url_prefix=prefix or None)
    app.add_url_rule("/news", "news", lambda: url_for("bookings.booking", id=1))
    return app


def make_api(app_prefix: str | None) -> Api:
    resource = Resource("booking", BookingSchema, collection="/bookings", item="/bookings/<int:id>")
    versions = [Version(2, ReservationsAreBookings), Version(1)]
    return Api("acme", [resource], versions, prefix="/api", app_prefix=app_prefix)


def script_named(app: Any) -> Any:
    """Puts what a proxy says in ``X-Script-Name`` before the path, as many apps do."""

    def named(environ: dict[str, Any], start_response: Any) -> Any:
        return app({**environ, "SCRIPT_NAME": environ.get("HTTP_X_SCRIPT_NAME", "")}, start_response)

    return named


MOUNTS: dict[str, tuple[Callable[[Any], Any], str, dict[str, str], str]] = {
    "none": (lambda app: app, "", {}, "http://localhost"),
    "dispatcher": (lambda app: DispatcherMiddleware(Flask("none"), {"/svc": app}), "/svc", {}, "http://localhost/svc"),
    "script name": (script_named, "", {"X-Script-Name": "/svc"}, "http://localhost/svc"),
    "proxy": (
        lambda app: ProxyFix(app, x_for=0, x_proto=1, x_host=1, x_prefix=1),
        "",
        {"X-Forwarded-Prefix": "/svc", "X-Forwarded-Host": "shop.example", "X-Forwarded-Proto": "https"},
        "https://shop.example/svc",
    ),
}
"""What stands in front of the layer: the middleware, what the path gets in front, what a proxy says in headers, and
where the client thinks that it is."""


@pytest.mark.parametrize("app_prefix", (None, "", "/internal", "/api/v2"))
@pytest.mark.parametrize("mount", MOUNTS)
def test_RTE_3_7_links_are_right_behind_mounts_and_proxies(mount: str, app_prefix: str | None) -> None:
    around, front, headers, site = MOUNTS[mount]
    app = make_app(app_prefix or "")
    client = Caller(around(watched(Translayer(app, make_api(app_prefix)))))
    path = site[site.index("/", 8) :] if "/svc" in site else ""

    for version, name, self in (("1", "reservations", "url"), ("2", "bookings", "self")):
        there = f"/api/v{version}/{name}"
        got = client.get(f"{front}{there}/7", headers=headers)
        document = {"id": 7, self: f"{site}{there}/7", "page": f"{path}{there}/7", "next": "/news"}
        assert got.json == document
        assert got.headers["Link"] == f"<{path}{there}/8>; rel=next, </news>; rel=related"
        assert got.headers["Content-Location"] == f"{site}{there}/7"
        sent = {"page": f"{path}{there}/9", self: f"{site}{there}/7"}
        assert client.put(f"{front}{there}/7", json=sent, headers=headers).json == {**document, **sent}
        made = client.post(f"{front}{there}", json={}, headers=headers)
        assert (made.status_code, made.headers["Location"]) == (303, f"{site}{there}/8")


@pytest.mark.parametrize(
    ("app_prefix", "written"),
    ((None, "/api/v1/bookings/9"), ("", "/bookings/9"), ("/internal", "/internal/bookings/9")),
)
def test_RTE_3_7_the_app_is_sent_what_it_would_have_made(app_prefix: str | None, written: str) -> None:
    app = make_app(app_prefix or "")
    client = Caller(watched(Translayer(app, make_api(app_prefix))))
    client.put("/api/v1/reservations/7", json={"page": "/api/v1/reservations/9"})
    assert app.extensions["sent"] == {"page": written}
