"""A real browser for tests: Chromium without a window, which reaches nothing but this machine.

Names of hosts lead nowhere, so that a page that asks for anything elsewhere shows in the log of requests and in the
console. The driver is the machine's own: nothing is downloaded.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

PROGRAMS = ("chromium", "chromedriver")
PATIENCE = 20
"""Seconds for a page to become what it is to be; each takes about one."""

OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # tests may run as root, where Chromium has no other way
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class Browser:
    """A browser, with what tests ask of it."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        """Go to a page; what was logged before is forgotten."""
        self.console()
        self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        self.driver.get(url)

    def all(self, selector: str) -> list[WebElement]:
        """The elements of a selector that there are now."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        """The first element of a selector, once it is there."""
        return WebDriverWait(self.driver, PATIENCE).until(lambda _: next(iter(self.all(selector)), None))

    def until(self, url: str) -> None:
        """Wait until the page is one whose URL ends like this."""
        WebDriverWait(self.driver, PATIENCE).until(lambda driver: driver.current_url.endswith(url))

    def console(self) -> list[str]:
        """What has been written to the console since this was last asked, refusals by its policy among them."""
        return [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def requests(self) -> list[str]:
        """The URLs that have been asked for since the page was opened."""
        entries = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        told = (json.loads(entry["message"])["message"] for entry in entries)
        return [one["params"]["request"]["url"] for one in told if one["method"] == "Network.requestWillBeSent"]

    def scripts(self, *, allowed: bool) -> None:
        """Let pages run scripts, or not."""
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not allowed})


def elsewhere(urls: list[str], port: int) -> list[str]:
    """The URLs that lead away from a service; ``data:`` leads nowhere."""
    parts = [(url, urlsplit(url)) for url in urls]
    return [url for url, part in parts if part.scheme != "data" and part.netloc != f"127.0.0.1:{port}"]


@contextmanager
def browser(width: int = 1280, height: int = 1400) -> Iterator[Browser]:
    """A browser until the block ends; the test is skipped where there is none."""
    chromium, driver = map(shutil.which, PROGRAMS)
    if chromium is None or driver is None:
        pytest.skip(f"needs {' and '.join(PROGRAMS)}")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for option in (*OPTIONS, f"--window-size={width},{height}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield Browser(started)
    finally:
        started.quit()
