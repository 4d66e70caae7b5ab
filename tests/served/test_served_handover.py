"""A service with versions of its own hands them over one at a time, and no client notices."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from tests.served.handover import make_api, make_app
from tests.served.serving import ONE, Caller, running
from translayer import Translayer

NAMES = {1: "reservations", 2: "reservations", 3: "bookings"}
PEOPLE = {1: "pax", 2: "pax", 3: "passengers"}
STAGES = {"nothing": None, "version 1": {2, 3}, "versions 1 and 2": {3}, "everything": set()}
"""What is handed over, and the versions that the service still serves then."""

stages = pytest.mark.parametrize("native", STAGES.values(), ids=STAGES)


def client_of(native: set[int] | None) -> Client:
    app: Any = make_app()
    return Client(app if native is None else Translayer(app, make_api(native)))


def seen(version: int, id: int, previous: str | None, people: int = 2, notes: str = "") -> dict[str, Any]:
    """A booking as clients of a version see it."""
    there = f"/api/v{version}/{NAMES[version]}"
    document = {"id": id, "self": f"http://localhost{there}/{id}", PEOPLE[version]: people, "previous": previous}
    return document if version == 1 else {**document, "notes": notes}


@stages
@pytest.mark.parametrize("version", (1, 2, 3))
def test_RTE_8_3_clients_of_every_version_notice_nothing(native: set[int] | None, version: int) -> None:
    client, there = client_of(native), f"/api/v{version}/{NAMES[version]}"
    by_itself = native is None or version in native
    got = client.get(f"{there}/1")
    assert got.json == seen(version, 1, None)
    assert got.headers["X-Served-By"] == (f"v{version}" if by_itself else "v3")
    assert ("X-Api-Version" in got.headers) is not by_itself

    made = client.post(there, json={PEOPLE[version]: 3, "previous": f"{there}/1"})
    assert (made.status_code, made.json) == (201, seen(version, 3, f"{there}/1", 3))
    assert made.headers["Location"] == f"{there}/3"

    sent = {PEOPLE[version]: 5, "previous": "http://elsewhere.example/1"}
    assert client.put(f"{there}/3", json=sent).json == seen(version, 3, "http://elsewhere.example/1", 5)
    sent = {PEOPLE[version]: 6, "previous": f"http://localhost{there}/2"}
    assert client.put(f"{there}/3", json=sent).json == seen(version, 3, f"http://localhost{there}/2", 6)
    assert client.get(there).json[2] == seen(version, 3, f"http://localhost{there}/2", 6)


@stages
def test_RTE_8_4_what_is_not_handed_over_passes_untouched(native: set[int] | None) -> None:
    client = client_of(native)
    for version in NAMES:
        got = client.get(f"/api/v{version}/rooms/4")
        assert (got.json, got.headers["X-Served-By"]) == (
            {"id": 4, "self": f"/api/v{version}/rooms/4"},
            f"v{version}",
        )
        assert "X-Api-Version" not in got.headers


@pytest.mark.parametrize("native", ({3}, set()))
def test_RTE_3_4_links_that_were_kept_of_another_version_come_out_in_the_client_s(native: set[int]) -> None:
    client = client_of(native)
    for version in {1, 2, 3} - native:
        there = f"/api/v{version}/{NAMES[version]}"
        assert client.get(f"{there}/2").json == seen(version, 2, f"{there}/1", 4, "late")
        assert client.put(f"{there}/2", json={PEOPLE[version]: 4, "previous": f"{there}/1"}).status_code == 200
    # What nobody changed is as it was kept
    if 3 in native:
        assert client.get("/api/v3/bookings/2").json["previous"] == "/api/v1/reservations/1"


def test_RTE_8_3_over_real_http() -> None:
    with (
        running("tests.served.handover:wrapped", ONE, ready="/api/v3/rooms/1", NATIVE="3") as server,
        Caller(server.port) as caller,
    ):
        site = f"http://127.0.0.1:{server.port}"
        asked = {"previous": f"{site}/api/v2/reservations/1", "pax": 3}
        made = caller.ask("POST", "/api/v1/reservations", asked)
        assert (made.status, made.headers["Location"]) == (201, "/api/v1/reservations/3")
        assert made.json["self"] == f"{site}/api/v1/reservations/3"
        assert made.json["previous"] == f"{site}/api/v1/reservations/1"
        assert caller.ask("GET", "/api/v2/reservations/3").json["previous"] == f"{site}/api/v2/reservations/1"
        untouched = caller.ask("GET", "/api/v3/bookings/3")
        assert untouched.json["previous"] == f"{site}/api/v3/bookings/1"
        assert (untouched.headers["X-Served-By"], untouched.headers["X-Api-Version"]) == ("v3", None)
