"""Attribution: which changes of versions stand behind the differences of two contracts.

Between two versions the changes that lie between them absorb a difference: the layer translates it, and clients of
the older version notice nothing. Between what was promised of a version and what the code makes of it now, the changes
of all newer versions may be at fault, and so may today's schemas.

Border: from a difference to a place, and from there to its causes, which ``provenance`` knows.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from marshmallow import Schema

from translayer.contract.api import Api
from translayer.contract.routes import Route
from translayer.document.values import Object
from translayer.errors import Path, pointer

from .differences import Difference
from .parts import shape_of
from .places import Place, Places
from .provenance import Cause, causes_at, has_place, operations_at, url_causes

_TODAY: Final = "no version tells of it: it is what today's code makes of {0}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference, what it is ``about`` in words, what made it, and the ``source`` of the promise, such as a file.

    ``about`` is a place in the documents of a schema, a parameter or an operation; a difference in what operations
    share is found in each of them, about the same.
    """

    source: str
    difference: Difference
    about: str
    causes: tuple[Cause, ...]

    @property
    def mark(self) -> tuple[str, str, str]:
        """What findings have in common that tell the same, of several operations or in several forms."""
        return self.difference.id, self.difference.direction, self.about

    def as_json(self) -> Object:
        """The finding as a JSON object."""
        causes = [cause.as_json() for cause in self.causes]
        return {"source": self.source, "about": self.about, **asdict(self.difference), "causes": causes}


@dataclass(frozen=True)
class Attribution:
    """Of the differences between two documents, ``old`` and ``new``, of the versions at positions ``span``.

    ``schema`` is that which the documents are of, where they are no more than JSON Schemas.
    """

    api: Api
    old: Places
    new: Places
    span: tuple[int, int]
    schema: type[Schema] | None = None

    def finding(self, difference: Difference, source: str) -> Finding:
        """A difference with its causes; between two versions, none where no version between them tells of it."""
        for places, position in ((self.old, self.span[0]), (self.new, self.span[1])):
            place = places.of(difference.pointer, _operation(difference))
            if place is not None:
                about, causes = self._told_of(place, position)
                return Finding(source, difference, about, causes)
        about = difference.operation or "all of it"
        return Finding(source, difference, about, self._unknown(about))

    def _told_of(self, place: Place, position: int) -> tuple[str, tuple[Cause, ...]]:
        route = self._route(place, position)
        schema = self.schema or (None if route is None else _schema(route, place))
        path = None if schema is None else self._within(schema, position, place)
        if schema is None or path is None:
            return _about(place), self._of_url(place, position)
        about = _about(place) if place.parameter is not None else f"{schema.__name__} {pointer(path)}".rstrip()
        return about, self._of_field(schema, position, path)

    def _of_field(self, schema: type[Schema], position: int, path: Path) -> tuple[Cause, ...]:
        if self._is_one_version:
            return causes_at(self.api, schema, position, path)
        return tuple(operations_at(self.api, schema, self._ends, path))

    def _of_url(self, place: Place, position: int) -> tuple[Cause, ...]:
        span = (position, 0) if self._is_one_version else self._ends
        found = url_causes(self.api, span, place.method, place.url, older=position == span[0])
        return found or self._unknown(_about(place))

    def _unknown(self, what: str) -> tuple[Cause, ...]:
        return (Cause(_TODAY.format(what)),) if self._is_one_version else ()

    @property
    def _is_one_version(self) -> bool:
        return self.span[0] == self.span[1]

    @property
    def _ends(self) -> tuple[int, int]:
        """The positions of the older version and of the newer."""
        return max(self.span), min(self.span)

    def _route(self, place: Place, position: int) -> Route | None:
        """The route of a version that a place is of."""
        asked = place.method, shape_of(place.url)
        known = self.api.tables[position]
        return next((path.route for path in known if (path.route.method, shape_of(path.rule)) == asked), None)

    def _within(self, schema: type[Schema], position: int, place: Place) -> Path | None:
        """The place in a document, without the envelope around that; of a parameter, that of the field it names."""
        path: Path = place.path if place.parameter is None else tuple(place.parameter.split("."))
        around = range(len(path)) if place.parameter is None else range(1)
        for start in around:
            if has_place(self.api, schema, position, path[start:]):
                return path[start:]
        for start in around:
            if has_place(self.api, schema, position, path[start:-1]) and place.parameter is None:
                return path[start:]
        return () if place.parameter is None and place.direction is not None else None


def _schema(route: Route, place: Place) -> type[Schema] | None:
    """Of which schema the documents are that a place is in; ``None`` where it is in none."""
    if place.parameter is not None:
        return None if route.query is None else route.reply
    if place.direction is None:
        return None
    return route.reply if place.direction == "reply" or route.method == "PATCH" else route.request


def _about(place: Place) -> str:
    name = "" if place.parameter is None else f" parameter {place.parameter}"
    return f"{place.method} {place.url}{name}"


def _operation(difference: Difference) -> tuple[str, str]:
    method, _, url = (difference.operation or "").partition(" ")
    return method, url
