"""The pictures of the pages in docs/: `python -m tests.served.screenshots`, or `make screenshots`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.served.browser import Browser, browser
from tests.served.serving import ROOT, bookings

DOCS = ROOT / "docs"
WIDTH = 1100
HEIGHTS = {"documentation": 1250, "compare": 1700}


def documentation(chromium: Browser, front: str) -> None:
    """Version 3."""
    chromium.open(f"{front}/api/v3/docs/")
    chromium.one(".opblock")


def compare(chromium: Browser, front: str) -> None:
    """Versions 2 and 3."""
    chromium.open(f"{front}/api/v3/compare?with=2")
    chromium.one("#resource-booking")


def main() -> None:
    """Writes a picture of each page."""
    with TemporaryDirectory() as directory, bookings(Path(directory)) as port:
        for show in (documentation, compare):
            with browser(WIDTH, HEIGHTS[show.__name__]) as chromium:
                show(chromium, f"http://127.0.0.1:{port}")
                assert chromium.driver.save_screenshot(str(DOCS / f"{show.__name__}.png"))


if __name__ == "__main__":
    main()
