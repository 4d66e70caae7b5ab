"""The example behind its API: what each version may ask a list for, and that the app does it."""

import pytest

from examples.bookings.api import api
from examples.bookings.app import create_app

URL = {1: "/api/v1/reservations", 2: "/api/v2/reservations", 3: "/api/v3/bookings", 4: "/api/v4/bookings"}
EARLY = {"X-Api-Key": "early-bird"}
"""What shows version 4, and changes nothing of the others."""

WHILE_V1_IS_DEPRECATED = "2026-12-01T12:00:00+00:00"


@pytest.fixture
def ask(serve, tmp_path, monkeypatch):
    clock = tmp_path / "clock"
    clock.write_text(WHILE_V1_IS_DEPRECATED, encoding="ascii")
    monkeypatch.setenv("BOOKINGS_CLOCK", str(clock))
    app = create_app(str(tmp_path / "bookings.sqlite3"))
    client = serve(app, api)
    yield lambda version, query: client.get(f"{URL[version]}?{query}", headers=EARLY)
    app.extensions["bookings"].close()


SEARCHES = (
    (1, "status=done&sort=-pax", ["BK-0004", "BK-0001"]),
    (2, "status=done&sort=-passengers", ["BK-0004", "BK-0001"]),
    (3, "status=confirmed&sort=-passengers", ["BK-0004", "BK-0001"]),
    (4, "status=confirmed&sort=-passengers", ["BK-0004", "BK-0001"]),
    (1, "pax=4", ["BK-0003"]),
    (1, "sort=status,-reference&per_page=2&page=2", ["BK-0001", "BK-0005"]),
)


@pytest.mark.parametrize("version, query, references", SEARCHES)
def test_every_version_filters_and_sorts_in_its_own_names(ask, version, query, references):
    assert [item["reference"] for item in ask(version, query).json["items"]] == references


LINKS = (
    (1, "status=done&pax=%32&per_page=1", None),
    (1, "status=done&sort=-pax&per_page=1", "?status=done&sort=-pax&per_page=1&page=2"),
    (2, "status=open&sort=passengers&page=1&per_page=1", "?status=open&sort=passengers&page=2&per_page=1"),
    (3, "sort=%2Dstatus&per_page=3", "?sort=%2Dstatus&per_page=3&page=2"),
    (3, "status=confirmed&passengers=%32&per_page=1", None),
    (4, "sort=%2Dstatus&per_page=3", "?sort=%2Dstatus&per_page=3&page=2"),
)


@pytest.mark.parametrize("version, query, link", LINKS)
def test_the_link_to_the_next_page_is_in_the_names_of_the_version(ask, version, query, link):
    told = ask(version, query).headers.getlist("Link")
    # Of its end version 1 tells in a field of its own, which is no matter of the app's.
    of_the_app = [value for value in told if 'rel="successor-version"' not in value]
    assert of_the_app == ([] if link is None else [f'<{URL[version]}{link}>; rel="next"'])
    assert len(told) - len(of_the_app) == (1 if version == 1 else 0)


REFUSED = (
    (1, "passengers=2&status=pending", ["status", "passengers"]),
    (3, "pax=2", ["pax"]),
    (1, "sort=customer.fax", ["sort"]),
    (1, "sort=currency", ["sort"]),
)


@pytest.mark.parametrize("version, query, parameters", REFUSED)
def test_what_a_version_does_not_have_is_refused(ask, version, query, parameters):
    reply = ask(version, query)
    assert reply.status_code == 400
    assert [detail["parameter"] for detail in reply.json["error"]["details"]] == parameters


def test_what_the_app_does_not_take_it_refuses_itself(ask):
    reply = ask(1, "page=0")
    assert (reply.status_code, reply.json["error"]["error"]) == (400, "BAD_REQUEST")
    assert [detail["parameter"] for detail in reply.json["error"]["details"]] == ["page"]
