"""Paging: where the app says what page a list is, how many there are in all, and where the others are.

Declarations, and what they mean of JSON: which values of a page are links. Reading headers, and the client's version of
a link, are the engine's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from werkzeug.datastructures import Headers

from translayer.document.pointer import parse
from translayer.document.values import Json, Object
from translayer.errors import DeclarationError

PageExtractor: TypeAlias = Callable[[Headers, Object], Object | None]
"""Tells of a page what the app says in a way of its own: from the app's headers, and what is known of the page by then,
members of ``meta``; ``None`` where there is nothing to tell."""

Place: TypeAlias = tuple[str, ...]
"""Names of members, from the page's body inward."""

_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A header's name (RFC 9110, section 5.1)."""


@dataclass(frozen=True)
class Paging:
    """Where the app says what it says about a page; ``meta`` has all of it.

    - ``total`` names the header that says how many elements there are in all; ``None`` where none does.
    - ``links`` says whether the ``Link`` header leads to other pages (RFC 8288), by the relations ``first``, ``prev``,
      ``next`` and ``last``.
    - ``members`` are those members of the app's page whose values are links, by name or as JSON Pointer (RFC 6901): a
      text, an object with ``href``, or an object or list of such.
    - ``extract`` is a function of the app's headers and of what is known of the page by then, and returns more members;
      those under its ``links`` are links.

    The app's body has the word before its headers, and ``extract`` before both. Raises ``DeclarationError`` for
    whatever makes no sense.

    >>> Paging(members=["next", "/links/prev"]).places
    (('next',), ('links', 'prev'))
    """

    total: str | None = "X-Total-Count"
    links: bool = True
    members: Sequence[str] = ()
    extract: PageExtractor | None = None
    places: tuple[Place, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.total is not None and not (isinstance(self.total, str) and _HEADER.fullmatch(self.total)):
            raise DeclarationError(f"Paging(total={self.total!r}): that is the name of a header, or None for none")
        if not isinstance(self.links, bool):
            raise DeclarationError(f"Paging(links={self.links!r}) is no bool: it says whether Link headers are read")
        if self.extract is not None and not callable(self.extract):
            raise DeclarationError(f"Paging(extract={self.extract!r}): that is a function of headers and of a dict")
        if not isinstance(self.members, list | tuple):
            raise DeclarationError(f"Paging(members={self.members!r}): members are a list, as in ['next', 'previous']")
        object.__setattr__(self, "members", tuple(self.members))
        object.__setattr__(self, "places", tuple(map(_place, self.members)))
        _refuse_overlaps(self.places)


def check_paging(paging: Any, where: str) -> None:
    """Raises ``DeclarationError`` for anything but a ``Paging`` or nothing."""
    if paging is not None and not isinstance(paging, Paging):
        raise DeclarationError(f"{where}: paging is a Paging(…), not {paging!r}")


def check_heard(paging: Paging, where: str) -> None:
    """Raises ``DeclarationError`` where nobody would see what is declared, since replies have no ``meta``."""
    if paging.extract is not None or not paging.members:
        raise DeclarationError(
            f"{where}: replies without an envelope have no meta that paging could be told in: choose envelope='data', "
            f"or an Envelope of your own, or say only which members of the app's pages are links, Paging(members=…)"
        )


def check_items(paging: Paging, items: str, where: str) -> None:
    """Raises ``DeclarationError`` where a link is looked for among the elements themselves."""
    if any(place[0] == items for place in paging.places):
        raise DeclarationError(
            f"{where}: paging looks for links in {items!r}, where the app has its list: members are those beside it"
        )


def relinked(body: Object, places: Sequence[Place], outward: Callable[[str], str]) -> Object:
    """An object with the links at some places turned ``outward``; the very object where none becomes another."""
    for place in places:
        body = _at(body, place, outward)
    return body


def _at(value: Json, place: Place, outward: Callable[[str], str]) -> Json:
    if not place:
        return _turned(value, outward)
    if not isinstance(value, dict) or place[0] not in value:
        return value
    return _with(value, place[0], _at(value[place[0]], place[1:], outward))


def _turned(value: Json, outward: Callable[[str], str]) -> Json:
    """A link, or all of several: in an object with ``href`` that is the link, and the rest is said about it."""
    if isinstance(value, str):
        link = outward(value)
        return value if link == value else link
    if isinstance(value, list):
        turned = [_turned(element, outward) for element in value]
        return turned if any(new is not old for new, old in zip(turned, value, strict=True)) else value
    if isinstance(value, dict):
        for name in ["href"] if "href" in value else list(value):
            value = _with(value, name, _turned(value[name], outward))
    return value


def _with(members: Object, name: str, value: Json) -> Object:
    return members if members[name] is value else {**members, name: value}


def _place(member: Any) -> Place:
    if not isinstance(member, str) or member in ("", "/"):
        raise DeclarationError(f"Paging(members=…): {member!r} is neither the name of a member nor a JSON Pointer")
    try:
        return parse(member) if member.startswith("/") else (member,)
    except ValueError as error:
        raise DeclarationError(f"Paging(members=…): {error}") from error


def _refuse_overlaps(places: Sequence[Place]) -> None:
    """A link that is turned twice could lead elsewhere."""
    for at, one in enumerate(places):
        for other in places[:at]:
            if one[: len(other)] == other[: len(one)]:
                raise DeclarationError(
                    f"Paging(members=…) has /{'/'.join(other)} and /{'/'.join(one)}, of which one holds the other: "
                    f"name it once"
                )


DEFAULT: Final = Paging()
"""What is looked for where nothing is declared."""
