"""Assets: the scripts and styles of the documentation page, Swagger UI's and a few lines of ours.

Strategy: Swagger UI comes as files inside a package that is installed with the extra ``docs``. They are read where they
lie, and that package is never imported: it is an extension of a framework, which would be imported with it. The URL of
an asset has in it what its bytes are: the version of Swagger UI, and a digest of what is ours; so caches keep it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from translayer.http.media import MediaType

EXTRA: Final = "The documentation page needs Swagger UI: install translayer[docs]."
"""What is said where it is not there."""

FOREVER: Final = "public, max-age=31536000, immutable"
"""``Cache-Control`` of what never changes under its URL (RFC 8246); a year is the most that caches are told."""

_PACKAGE: Final = "flask_swagger_ui"
_OLDEST: Final = (5, 0)
"""The first Swagger UI that renders OpenAPI 3.1."""

_OURS: Final = Path(__file__).parent / "static"
_JAVASCRIPT: Final = MediaType.parse("text/javascript")
_CSS: Final = MediaType.parse("text/css")

FAVICON: Final = "favicon-32x32.png"

TYPES: Final[Mapping[str, MediaType]] = {
    "swagger-ui.css": _CSS,
    "documentation.css": _CSS,
    "swagger-ui-bundle.js": _JAVASCRIPT,
    "documentation.js": _JAVASCRIPT,
    FAVICON: MediaType.parse("image/png"),
}
"""The assets, in the order in which the page asks for them."""


class Assets(NamedTuple):
    """Where the assets lie, and the segment of their URLs that says what they are."""

    files: Mapping[str, Path]
    segment: str

    def read(self, name: str) -> bytes:
        """The bytes of an asset; raises ``OSError``."""
        return self.files[name].read_bytes()


@lru_cache(maxsize=1)
def assets() -> Assets | None:
    """The assets as they are installed; ``None`` where there is no Swagger UI, or one that is too old."""
    spec = find_spec(_PACKAGE)
    return None if spec is None or spec.origin is None else found_in(Path(spec.origin).parent / "dist")


def found_in(folder: Path) -> Assets | None:
    """The assets with the Swagger UI in a folder, if that is one."""
    try:
        version = (folder / "VERSION").read_text(encoding="utf-8").strip().removeprefix("v")
        digest = blake2b(b"".join(path.read_bytes() for path in sorted(_OURS.iterdir())), digest_size=6).hexdigest()
    except OSError:
        return None
    if not _is_new_enough(version):
        return None
    ours = {path.name: path for path in _OURS.iterdir()}
    files = {name: ours.get(name, folder / name) for name in TYPES}
    return Assets(files, f"{version}-{digest}")


def _is_new_enough(version: str) -> bool:
    numbers = version.split(".")[:2]
    return all(number.isdecimal() for number in numbers) and tuple(map(int, numbers)) >= _OLDEST
