"""Discovery: what an API says of itself, at its prefix and at the front of each version.

Strategy: one description as a JSON value, of all versions that the consumer sees, in the era that it is; it is printed
as JSON, in whatever else the API renders, or as a plain page for those who come with a browser. A suffix says which
where Accept cannot.

Border: what is said, and how it is printed. Which URL leads here is the engine's to find.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from html import escape
from typing import Final, NamedTuple

from translayer.contract.api import Api
from translayer.contract.discovery import LINKS, Discovery
from translayer.contract.life import Brownout, Life
from translayer.contract.notations import JSON_TYPE, TYPES, VERSION_HEADER
from translayer.document.codec import encode
from translayer.document.forms import rendered
from translayer.document.values import Json
from translayer.errors import RequestError
from translayer.http.accept import accepted, choose
from translayer.http.etags import generated, names
from translayer.http.fields import Fields, Pair
from translayer.http.media import MediaType
from translayer.http.message import Reply, Request

from .links import quoted
from .negotiation import Negotiator
from .problem import phrase

HTML_TYPE: Final = MediaType.parse("text/html")

_STYLE: Final = (
    "body{font-family:system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;line-height:1.5}"
    "table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #ccc;padding:.4rem .6rem;text-align:left;"
    "vertical-align:top}.retired{color:#767676}.deprecated{color:#8a4b00}"
)
_POLICY: Final = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
"""The page loads nothing and runs nothing (Content Security Policy Level 3)."""

_HEAD: Final = "".join(
    f"<th>{name}</th>" for name in ("Version", "State", "Stable", "Deprecated", "Sunset", "Brownouts", "Read more")
)

_ALLOW: Final = "GET, HEAD, OPTIONS"


class Page(NamedTuple):
    """One URL of discovery: of the version at ``position``, or of all; in the ``form`` that its suffix says, if any."""

    position: int | None
    form: str | None


def pages(api: Api) -> Mapping[str, Page]:
    """The URLs of discovery, unquoted; none where the API leaves them to the app."""
    if api.discovery is None:
        return {}
    fronts: list[tuple[str, int | None]] = [(api.prefix, None)]
    # The URLs of a native version are the app's, its root among them.
    fronts += [(f"{api.prefix}/v{version.text}", at) for at, version in enumerate(api.versions) if not version.native]
    ends: list[tuple[str, str | None]] = [("/", None), *((f"/index.{form}", form) for form in _forms(api))]
    return {front + end: Page(position, form) for front, position in fronts for end, form in ends}


def reply(api: Api, page: Page, request: Request, negotiator: Negotiator) -> Reply:
    """The reply at one of the pages; raises ``RequestError`` (405, 406)."""
    if request.method == "OPTIONS":
        return Reply(204, phrase(204), Fields([("Allow", _ALLOW)]))
    if request.method not in ("GET", "HEAD"):
        raise RequestError("METHOD_NOT_ALLOWED", headers=[("Allow", _ALLOW)])
    forms = _forms(api)
    form = forms[page.form or _chosen(request, forms)]
    body = form.printed(_description(api, page, request, negotiator))
    tag = generated(body, form.media.subtype)
    named = [] if page.position is None else [(VERSION_HEADER, negotiator.texts[page.position])]
    headers: list[Pair] = [*form.headers, *named, ("Vary", "Accept"), ("ETag", tag), ("Cache-Control", "no-cache")]
    known = request.headers.get("If-None-Match")
    if known is not None and names(known, tag, strongly=False):
        return Reply(304, phrase(304), Fields(headers))
    headers += [("Content-Type", f"{form.media}{form.charset}"), ("Content-Length", str(len(body)))]
    return Reply(200, phrase(200), Fields(headers), body)


def _chosen(request: Request, forms: Mapping[str, _Print]) -> str:
    """The form that Accept selects; raises ``RequestError`` (406)."""
    names = list(forms)
    chosen = choose(accepted(request.headers.get("Accept")), [form.media for form in forms.values()])
    if chosen is None:
        listed = ", ".join(str(form.media) for form in forms.values())
        raise RequestError("NOT_ACCEPTABLE", f"Accept admits none of {listed}.")
    return names[chosen]


def _description(api: Api, page: Page, request: Request, negotiator: Negotiator) -> Json:
    """What is said at a page."""
    told = _Description(api, request, negotiator)
    return told.everything() if page.position is None else told.version(page.position)


class _Description:
    """What is said to one request."""

    def __init__(self, api: Api, request: Request, negotiator: Negotiator) -> None:
        self._versions = (*api.versions, *api.withdrawn)
        self._discovery = api.discovery or Discovery()
        self._front = quoted(request.mount + api.prefix)
        self._negotiator = negotiator
        self._now = negotiator.era.begins  # no window of a brownout opens or closes until the next era

    def everything(self) -> Json:
        era, texts = self._negotiator.era, self._negotiator.texts
        seen = [at for at in range(len(self._versions)) if at not in era.hidden]
        build = {"version": self._discovery.build, "commit": self._discovery.commit}
        return {
            "versions": [self.version(at) for at in seen],
            "current": None if era.newest is None else texts[era.newest],
            "default": self._negotiator.default_text,
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
            "links": dict(self._links(life, text)),
        }

    def _links(self, life: Life, text: str) -> Iterator[tuple[str, str]]:
        deprecation = None if life.deprecation is None else life.deprecation.link
        found = [(name, self._discovery.link(name, text)) for name in LINKS]
        for name, url in (*found, ("deprecation", deprecation), ("sunset", life.sunset_link)):
            if url is not None:
                yield name, url


def _brownout(brownout: Brownout, life: Life, now: datetime) -> Json:
    """A schedule, and the window of it that is on or comes next; ``None`` where none comes."""
    start = brownout.next_start(now)
    comes = start is not None and (life.sunset is None or start < life.sunset)
    return {
        "start": _moment(brownout.start),
        "minutes": brownout.minutes,
        "every_minutes": None if brownout.every is None else _whole(brownout.every.total_seconds() / 60),
        "next": _moment(start) if comes else None,
    }


def _whole(number: float) -> int | float:
    """A number without a fraction that it does not have."""
    return int(number) if number.is_integer() else number


def _moment(moment: datetime | None) -> str | None:
    """A moment in UTC (RFC 3339, section 5.6)."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _page(description: Json) -> bytes:
    """The description for a reader with a browser."""
    versions = description.get("versions", [description])
    build = description.get("build") or {}
    summary = "".join(
        f"<p>{escape(sentence)} v{escape(description[name])}</p>"
        for name, sentence in (("current", "Current version:"), ("default", "Where none is named:"))
        if description.get(name)
    )
    rows = "".join(map(_row, versions))
    built = "".join(f"<p>Running build: {escape(' '.join(build.values()))}</p>" if build else "")
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>API versions</title>'
        f"<style>{_STYLE}</style></head><body><h1>API versions</h1>{summary}"
        f"<table><thead><tr>{_HEAD}</tr></thead>"
        f"<tbody>{rows}</tbody></table>{built}</body></html>"
    )
    return text.encode()


def _row(version: Json) -> str:
    links = " ".join(f'<a href="{escape(url)}">{escape(name)}</a>' for name, url in version["links"].items())
    cells = [
        f'<a href="{escape(version["url"])}">v{escape(version["version"])}</a>',
        version["state"] + (f", off until {_short(version['off_until'])}" if version["off_until"] else ""),
        *(_short(version[name]) for name in ("stable", "deprecated", "sunset")),
        "<br>".join(map(_window, version["brownouts"])),
        links,
    ]
    return f'<tr class="{version["state"]}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _short(moment: str | None) -> str:
    """A moment for readers: midnight is said by its day."""
    return escape(moment or "").removesuffix("T00:00:00Z")


def _window(brownout: Json) -> str:
    again = "" if brownout["every_minutes"] is None else f" every {brownout['every_minutes']:g} minutes"
    following = "over" if brownout["next"] is None else f"next {escape(brownout['next'])}"
    return f"{brownout['minutes']} minutes{again}, {following}"


class _Print(NamedTuple):
    """One way to print a description."""

    media: MediaType
    charset: str
    printed: Callable[[Json], bytes]
    headers: tuple[Pair, ...]


def _forms(api: Api) -> Mapping[str, _Print]:
    """The forms of a description, by the suffix of their URL; the first is preferred where Accept is indifferent."""
    forms = {
        "json": _Print(JSON_TYPE, "", encode, ()),
        "html": _Print(HTML_TYPE, "; charset=utf-8", _page, (("Content-Security-Policy", _POLICY),)),
    }
    return forms | {
        form.name: _Print(TYPES[form.name][0], "", partial(rendered, name=form.name), ()) for form in api.forms
    }
