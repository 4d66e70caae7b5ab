"""Discovery: what an API says of itself, at its prefix and at the front of each version.

Strategy: one description as a JSON value, of all versions that the consumer sees, in the era that it is; it is printed
as JSON, in whatever else the API renders, or as a plain page for those who come with a browser. A suffix says which
where Accept cannot. Where the author has no pages about versions, the links of a version lead to ours.

Border: what is said. Which URL leads here, and how a reply is made of it, is told beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from markupsafe import Markup

from translayer.contract.api import Api
from translayer.contract.discovery import LINKS, Discovery
from translayer.contract.life import Brownout, Life
from translayer.contract.notations import JSON_TYPE, TYPES
from translayer.document.codec import encode
from translayer.document.forms import rendered
from translayer.document.values import Json
from translayer.engine.links import quoted
from translayer.engine.negotiation import Negotiator
from translayer.http.fields import Pair
from translayer.http.media import MediaType
from translayer.http.message import Request

from .assets import assets
from .html import POLICY, joined, row, table
from .html import page as html_page
from .sending import HTML_TYPE, Content, chosen
from .urls import Page

_OURS: Final[Mapping[str, str]] = {
    "specification": "openapi.json",
    "documentation": "docs/",
    "changelog": "compare",
}
"""Where the links of a version lead to that its author has no pages for."""


def content(api: Api, request: Request, page: Page, negotiator: Negotiator, pinned: str | None) -> Content:
    """What is said at a page, in the form that its suffix or Accept selects; raises ``RequestError`` (406).

    ``pinned`` is the version that the consumer has where it names none.
    """
    forms = _forms(api)
    form = forms[page.form or list(forms)[chosen(request, [form.media for form in forms.values()])]]
    told = _Description(api, request, negotiator)
    said = told.everything(pinned) if page.position is None else told.version(page.position)
    return Content(form.printed(said), form.media, form.headers)


class _Description:
    """What is said to one request."""

    def __init__(self, api: Api, request: Request, negotiator: Negotiator) -> None:
        self._versions = (*api.versions, *api.withdrawn)
        self._discovery = api.discovery or Discovery()
        self._front = quoted(request.mount + api.prefix)
        self._negotiator = negotiator
        self._now = negotiator.era.begins  # no window of a brownout opens or closes until the next era

    def everything(self, pinned: str | None) -> Json:
        era, texts = self._negotiator.era, self._negotiator.texts
        seen = [at for at in range(len(self._versions)) if at not in era.hidden]
        build = {"version": self._discovery.build, "commit": self._discovery.commit}
        return {
            "versions": [self.version(at) for at in seen],
            "current": None if era.newest is None else texts[era.newest],
            "default": self._negotiator.default_for(pinned),
            "build": {name: said for name, said in build.items() if said is not None},
        }

    def version(self, position: int) -> Json:
        era, life = self._negotiator.era, self._versions[position].life
        text = self._negotiator.texts[position]
        return {
            "version": text,
            "state": era.states[position],
            "url": f"{self._front}/v{quoted(text)}/",
            "stable": _moment(life.stable),
            "deprecated": None if life.deprecation is None else _moment(life.deprecation.since),
            "sunset": _moment(life.sunset),
            "off_until": _moment(era.closed.get(position)),
            "brownouts": [_brownout(brownout, life, self._now) for brownout in life.brownouts],
            "links": dict(self._links(position, life, text)),
        }

    def _links(self, position: int, life: Life, text: str) -> Iterator[tuple[str, str]]:
        deprecation = None if life.deprecation is None else life.deprecation.link
        ours = self._ours(position, text)
        found = [(name, self._discovery.link(name, text) or ours.get(name)) for name in LINKS]
        for name, url in (*found, ("deprecation", deprecation), ("sunset", life.sunset_link)):
            if url is not None:
                yield name, url

    def _ours(self, position: int, text: str) -> Mapping[str, str]:
        """Where our own pages of a version are: one that is not served has none, nor one whose URLs are the app's."""
        is_there = self._discovery.pages and position in self._negotiator.era.served
        if not is_there or self._versions[position].native:
            return {}
        front = f"{self._front}/v{quoted(text)}"
        return {name: f"{front}/{end}" for name, end in _OURS.items() if name != "documentation" or assets()}


def _brownout(brownout: Brownout, life: Life, now: datetime) -> Json:
    """A schedule, and the window of it that is on or comes next; ``None`` where none comes."""
    return {
        "start": _moment(brownout.start),
        "minutes": brownout.minutes,
        "every_minutes": None if brownout.every is None else _whole(brownout.every.total_seconds() / 60),
        "next": _moment(life.next_window(brownout, now)),
    }


def _whole(number: float) -> int | float:
    """A number without a fraction that it does not have."""
    return int(number) if number.is_integer() else number


def _moment(moment: datetime | None) -> str | None:
    """A moment in UTC (RFC 3339, section 5.6)."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


_HEADS: Final = ("Version", "State", "Stable", "Deprecated", "Sunset", "Brownouts", "Read more")
_PARAGRAPH: Final = Markup("<p>{}</p>")
_LINK: Final = Markup('<a href="{}">{}</a>')


def _page(description: Json) -> bytes:
    """The description for a reader with a browser."""
    build = " ".join((description.get("build") or {}).values())
    said = [
        *(
            f"{sentence} v{description[name]}"
            for name, sentence in (("current", "Current version:"), ("default", "Where none is named:"))
            if description.get(name)
        ),
        *([f"Running build: {build}"] if build else []),
    ]
    versions = table(_HEADS, map(_row, description.get("versions", [description])))
    return html_page("API versions", joined([versions, *map(_PARAGRAPH.format, said)]))


def _row(version: Json) -> Markup:
    off = f", off until {_short(version['off_until'])}" if version["off_until"] else ""
    cells = [
        _LINK.format(version["url"], f"v{version['version']}"),
        version["state"] + off,
        *(_short(version[name]) for name in ("stable", "deprecated", "sunset")),
        Markup("<br>").join(map(_window, version["brownouts"])),
        Markup(" ").join(_LINK.format(url, name) for name, url in version["links"].items()),
    ]
    return row(cells, version["state"])


def _short(moment: str | None) -> str:
    """A moment for readers: midnight is said by its day."""
    return (moment or "").removesuffix("T00:00:00Z")


def _window(brownout: Json) -> str:
    again = "" if brownout["every_minutes"] is None else f" every {brownout['every_minutes']:g} minutes"
    following = "over" if brownout["next"] is None else f"next {brownout['next']}"
    return f"{brownout['minutes']} minutes{again}, {following}"


class _Print(NamedTuple):
    """One way to print a description."""

    media: MediaType
    printed: Callable[[Json], bytes]
    headers: tuple[Pair, ...] = ()


def _forms(api: Api) -> Mapping[str, _Print]:
    """The forms of a description, by the suffix of their URL; the first is preferred where Accept is indifferent."""
    forms = {
        "json": _Print(JSON_TYPE, encode),
        "html": _Print(HTML_TYPE, _page, (("Content-Security-Policy", POLICY),)),
    }
    return forms | {form.name: _Print(TYPES[form.name][0], partial(rendered, name=form.name)) for form in api.forms}
