"""The pages in a real browser, from gunicorn, at the root and under a mount."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.served.serving import BOOKINGS, WHILE_V1_IS_SERVED, Caller, served

pytest.importorskip("selenium", reason="needs selenium")

from selenium.webdriver.support.ui import Select

from tests.served.browser import Browser, browser, elsewhere


class Place(NamedTuple):
    """Where a service is: its port, and what it is mounted under."""

    port: int
    mount: str

    def url(self, path: str) -> str:
        """The URL of a path."""
        return f"http://127.0.0.1:{self.port}{self.mount}{path}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module", params=("", "/shop"))
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The example; gunicorn takes what it is mounted under from its environment."""
    directory, mount = tmp_path_factory.mktemp("pages"), request.param
    clock = directory / "clock"
    clock.write_text(WHILE_V1_IS_SERVED, encoding="ascii")
    environment = {"BOOKINGS_DB": directory / "bookings.sqlite3", "BOOKINGS_CLOCK": clock, "SCRIPT_NAME": mount}
    with served(BOOKINGS, ready=f"{mount}/status", **environment) as port:
        yield Place(port, mount)


def test_CON_3_9_every_operation_is_shown_and_can_be_tried_out(chromium: Browser, place: Place) -> None:
    with Caller(place.port) as caller:
        paths = caller.ask("GET", f"{place.mount}/api/v2/openapi.json").json["paths"]
    methods = ("get", "post", "put", "patch", "delete")
    count = sum(method in methods for path in paths.values() for method in path)
    chromium.open(place.url("/api/v2/docs/"))
    chromium.one(".opblock")
    assert len(chromium.all(".opblock")) == count
    assert "OAS 3.1" in chromium.one(".info").text
    for summary in chromium.all(".opblock-summary-control"):
        summary.click()
    chromium.one(".opblock .try-out__btn").click()
    chromium.one(".opblock .execute").click()
    assert chromium.one(".live-responses-table .response .response-col_status").text.startswith("200")
    body = json.loads(chromium.one(".live-responses-table .highlight-code code").text)
    assert body["items"][0]["price"] == {"cents": 12050, "currency": "EUR"}
    asked = chromium.requests()
    assert any(url.startswith(place.url("/api/v2/reservations")) for url in asked)
    assert elsewhere(asked, place.port) == []
    assert chromium.console() == []


def test_CON_3_10_the_switch_leads_to_the_other_version(chromium: Browser, place: Place) -> None:
    chromium.open(place.url("/api/v2/docs/"))
    switch = Select(chromium.one("#version"))
    assert [option.text for option in switch.options] == ["v3", "v2", "v1 (deprecated)"]
    switch.select_by_visible_text("v3")
    chromium.until("/api/v3/docs/")
    chromium.one(".opblock")
    assert Select(chromium.one("#version")).first_selected_option.text == "v3"
    assert "/bookings" in chromium.one(".opblock-summary").text
    assert elsewhere(chromium.requests(), place.port) == []
    assert chromium.console() == []


def test_CON_3_10_no_address_is_taken_from_the_query(chromium: Browser, place: Place) -> None:
    chromium.open(place.url("/api/v2/docs/?url=/api/v1/openapi.json&configUrl=https://elsewhere.example/c.json"))
    assert "/reservations" in chromium.one(".opblock-summary").text
    assert chromium.one(".info .version").text.strip() == "2"
    assert elsewhere(chromium.requests(), place.port) == []


def test_CON_3_11_versions_are_compared_and_documents_translated_without_a_script(
    chromium: Browser, place: Place
) -> None:
    chromium.scripts(allowed=False)
    try:
        chromium.open(place.url("/api/v2/compare?with=1"))
        assert chromium.one("h1").text == "Version 1 and version 2"
        Select(chromium.one("#of")).select_by_visible_text("v3")
        chromium.one("form.bar button").click()
        chromium.until("/api/v3/compare?with=1")
        box = chromium.one("textarea[name=older]")
        document = json.loads(box.text) | {"pax": 4}
        document["customer"]["name"] = "Grace Hopper"
        box.clear()
        box.send_keys(json.dumps(document))
        chromium.one("button[value=older]").click()
        chromium.until("#example-booking")
        shown = json.loads(chromium.one("textarea[name=newer]").text)
        assert shown["passengers"] == 4
        assert (shown["customer"]["first_name"], shown["customer"]["last_name"]) == ("Grace", "Hopper")
        assert chromium.all(".fault") == []
        chromium.one("textarea[name=newer]").send_keys("}")
        chromium.one("button[value=newer]").click()
        assert "The body is not JSON" in chromium.one(".fault").text
    finally:
        chromium.scripts(allowed=True)
    assert elsewhere(chromium.requests(), place.port) == []
    assert chromium.console() == []
