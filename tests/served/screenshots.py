"""The pictures of the pages in docs/: `python -m tests.served.screenshots`, or `make screenshots`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.served.browser import Browser, browser
from tests.served.serving import ROOT, bookings

DOCS = ROOT / "docs"
SIZE = (1100, 1000)


def documentation(chromium: Browser, front: str) -> None:
    """Version 2, with one operation tried out."""
    chromium.open(f"{front}/api/v2/docs/")
    chromium.one(".opblock-get .opblock-summary-control").click()
    chromium.one(".opblock-get .try-out__btn").click()
    chromium.one(".opblock-get .execute").click()
    chromium.one(".live-responses-table .response")
    chromium.driver.execute_script("window.scrollTo(0, 0)")  # type: ignore[no-untyped-call]


def compare(chromium: Browser, front: str) -> None:
    """Versions 2 and 3."""
    chromium.open(f"{front}/api/v3/compare?with=2")
    chromium.one("#resource-booking")


def main() -> None:
    """Writes a picture of each page."""
    with TemporaryDirectory() as directory, bookings(Path(directory)) as port, browser(*SIZE) as chromium:
        for name, show in (("documentation", documentation), ("compare", compare)):
            show(chromium, f"http://127.0.0.1:{port}")
            assert chromium.driver.save_screenshot(str(DOCS / f"{name}.png"))


if __name__ == "__main__":
    main()
