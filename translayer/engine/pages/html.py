"""HTML: the frame and the style of pages that are complete without a script.

Strategy: text becomes HTML through ``Markup.format`` alone, which escapes whatever is not HTML already. A page loads
nothing and runs nothing; its policy names its one style by its hash (Content Security Policy Level 3, section 6.7.2.3).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from markupsafe import Markup, escape

_STYLE: Final = Markup(
    ":root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#59636e;--line:#d1d9e0;--tint:#f6f8fa;"
    "--link:#0550ae;--bad:#a40e26;--good:#116329;--warn:#8a4b00}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--soft:#9198a1;--line:#3d444d;"
    "--tint:#151b23;--link:#79c0ff;--bad:#ff9492;--good:#7ee787;--warn:#f0b72f}}"
    "*{box-sizing:border-box}"
    "body{font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:2rem auto;"
    "max-width:72rem;padding:0 1rem}"
    "h1{font-size:1.75rem;margin:0 0 1rem}"
    "h2{font-size:1.3rem;margin:2.5rem 0 .75rem;border-bottom:1px solid var(--line)}"
    "h3{font-size:1.05rem;margin:1.5rem 0 .5rem}"
    "a{color:var(--link)}code,textarea,.id{font-family:ui-monospace,monospace;font-size:.875em}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid var(--line);padding:.4rem .6rem;text-align:left;vertical-align:top;"
    "overflow-wrap:break-word}.scroll{overflow-x:auto}"
    "thead th{background:var(--tint)}caption{text-align:left;color:var(--soft);padding:.25rem 0}"
    "form{margin:0}label{font-weight:600}"
    "select,button{font:inherit;color:inherit;background:var(--tint);border:1px solid var(--line);border-radius:.4rem;"
    "padding:.3rem .7rem}button{cursor:pointer}"
    "textarea{width:100%;min-height:27rem;color:inherit;background:var(--tint);border:1px solid var(--line);"
    "border-radius:.4rem;padding:.6rem;white-space:pre;overflow:auto;tab-size:2}"
    ".bar{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center;margin:1rem 0}"
    ".sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1rem}"
    ".sides>*{min-width:0}.note{color:var(--soft)}"
    ".fault{border-left:.25rem solid var(--bad);padding:.25rem .75rem;margin:.75rem 0}"
    ".breaking{color:var(--bad);font-weight:600}.compatible{color:var(--good)}"
    "summary{cursor:pointer;padding:.25rem 0}.changed td{background:var(--tint)}"
    ".retired{color:var(--soft)}.deprecated{color:var(--warn)}"
)

_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{_HASH}'",
        "img-src data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""The ``Content-Security-Policy`` of these pages: they load and run nothing, and send forms to where they are from."""

_PAGE: Final = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    # An icon of nothing, which browsers would ask for elsewhere.
    '<link rel="icon" href="data:,">'
    "<title>{title}</title><style>{style}</style></head>"
    "<body><main><h1>{title}</h1>{body}</main></body></html>"
)


def page(title: str, body: Markup) -> bytes:
    """A page with a title, which is also its first heading."""
    return str(_PAGE.format(title=title, style=_STYLE, body=body)).encode()


def joined(parts: Iterable[Markup]) -> Markup:
    """Pieces of HTML, one behind the other; text among them is escaped."""
    return Markup("").join(parts)


def table(heads: Iterable[str], rows: Iterable[Markup], caption: str = "") -> Markup:
    """A table of rows that are HTML, each a ``tr``."""
    titles = joined(Markup('<th scope="col">{}</th>').format(head) for head in heads)
    said = Markup("<caption>{}</caption>").format(caption) if caption else ""
    frame = Markup('<div class="scroll"><table>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>')
    return frame.format(said, titles, joined(rows))


def row(cells: Iterable[str | Markup], kind: str = "") -> Markup:
    """A row of a table, of a ``kind`` that the style knows."""
    inside = joined(Markup("<td>{}</td>").format(cell) for cell in cells)
    return Markup('<tr class="{}">{}</tr>').format(kind, inside) if kind else Markup("<tr>{}</tr>").format(inside)


_CODE: Final = Markup("<code>{}</code>")


def sentence(text: str) -> Markup:
    """A text in which names stand in backticks, as docstrings have them.

    >>> sentence("`pax` < 9")
    Markup('<code>pax</code> &lt; 9')
    """
    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # one that is not closed
        return escape(text)
    return joined(_CODE.format(piece) if at % 2 else escape(piece) for at, piece in enumerate(pieces))


def code(text: str) -> Markup:
    """A name or a place."""
    return _CODE.format(text)
