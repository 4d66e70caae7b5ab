"""The ``Api``: everything that the author declares, checked as a whole and derived once.

An ``Api`` never changes after construction and knows nothing of HTTP messages; the engine turns it into plans.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from marshmallow import Schema

from translayer.document.values import ABSENT, Json
from translayer.errors import DeclarationError, RequestError
from translayer.http.media import MediaType

from .app_errors import EXTRACTORS, Extractor
from .business import BusinessLenses
from .check import Check, Unknown, has_rules
from .envelope import ENVELOPES, Envelope
from .export import Exporter
from .history import History
from .lens import Faults, loses
from .limits import Limits
from .resource import Resource
from .routes import Route, Table, tables
from .shape import Family
from .translation import Translation
from .version import Scheme, Version, VersionChange, title

Unversioned: TypeAlias = Literal["oldest", "latest", "required"]
"""Which version answers a request that names none."""

VENDOR_TYPE: Final = "application/vnd.{vendor}.v{version}+json"
"""The media type of a version unless the API declares others."""


@dataclass(frozen=True, slots=True)
class ChangelogEntry:
    """One change of one version: its title (the docstring) and a sentence for every operation."""

    version: Version
    title: str
    sentences: tuple[str, ...]


class Api:
    """What is served: resources, and the versions in which they were ever published, newest first.

    - ``vendor``: the name in media types, ``application/vnd.{vendor}.v2+json``.
    - ``prefix``: what stands before the version in URLs, ``/api`` in ``/api/v2/bookings``; may be empty.
    - ``scheme``: how versions are written, ``integer``, ``dotted`` or ``date``.
    - ``header``: whether ``X-Api-Version`` names a version; ``media_types``: the templates by which Accept does,
      with ``{vendor}``, ``{version}`` and ``{resource}``; none switches that off. URLs always do.
    - ``unversioned``: what a request gets that names no version, ``oldest``, ``latest`` or ``required`` (400).
    - ``undeclared``: URLs that no version knows are passed to the app (``relay``) or are 404 (``refuse``).
    - ``bypass``: whether the app's own URLs of declared routes can be reached without a version.
    - ``envelope``: the reply form, ``none``, ``data`` or an ``Envelope``; ``problems``: whether errors are always
      RFC 9457 problem details; ``error_docs``: a URL with ``{code}`` in it, linked from every error.
    - ``unknown``: what becomes of fields that a version does not have, ``raise``, ``exclude`` or ``pass``;
      ``lenient``: whether ``Prefer: handling=lenient`` (RFC 7240) may drop them.
    - ``app_errors``: extractors of the app's own errors, asked before the built-in ones; ``limits``: bounds.

    Raises ``DeclarationError`` for whatever makes no sense, with a sentence that says what to do.
    """

    def __init__(
        self,
        vendor: str,
        resources: Sequence[Resource],
        versions: Sequence[Version],
        *,
        prefix: str = "",
        scheme: Scheme = "integer",
        header: bool = True,
        media_types: Sequence[str] = (VENDOR_TYPE,),
        unversioned: Unversioned = "oldest",
        undeclared: Literal["relay", "refuse"] = "relay",
        bypass: bool = False,
        envelope: str | Envelope = "none",
        problems: bool = False,
        error_docs: str | None = None,
        unknown: Unknown = "raise",
        lenient: bool = False,
        app_errors: Sequence[Extractor] = (),
        limits: Limits | None = None,
    ) -> None:
        self.vendor = vendor
        self.resources = tuple(resources)
        self.versions = tuple(versions)
        self.prefix = _checked_prefix(prefix)
        self.scheme = scheme
        self.header = header
        self.media_types = tuple(media_types)
        self.unversioned = unversioned
        self.undeclared = undeclared
        self.bypass = bypass
        self.envelope = envelope if isinstance(envelope, Envelope) else _chosen(ENVELOPES, envelope, "envelope")
        self.problems = problems
        self.error_docs = error_docs
        self.unknown = unknown
        self.lenient = lenient
        self.app_errors = (*app_errors, *EXTRACTORS)
        self.limits = limits or Limits()
        _check_choices(scheme=scheme, unversioned=unversioned, undeclared=undeclared, unknown=unknown)
        self._check_versions()
        self._derive()

    def _check_versions(self) -> None:
        if not self.versions:
            raise DeclarationError("an Api needs at least one Version")
        order = [version.order(self.scheme) for version in self.versions]
        for newer, older, version in zip(order, order[1:], self.versions[1:], strict=False):
            if newer <= older:
                raise DeclarationError(f"Version {version.text} is out of order: list versions newest first, each once")
        if self.versions[-1].changes:
            raise DeclarationError(
                f"Version {self.versions[-1].text} is the oldest, so that its changes lead from nowhere: "
                f"declare the version before it, or take the changes out"
            )
        for version in self.versions:
            self.offered(version, "x")

    def _derive(self) -> None:
        names = [resource.name for resource in self.resources]
        if not names or len(set(names)) < len(names):
            raise DeclarationError("an Api needs resources, each with a name of its own")
        self._owners: Mapping[Route, Resource] = {
            route: resource for resource in self.resources for route in resource.all_routes()
        }
        routes = [route for resource in self.resources for route in resource.all_routes()]
        changes = [version.operations() for version in self.versions[:-1]]
        roots = {Family(schema) for schema in self._schemas(routes)}
        self._history = History(roots, changes)
        self._refuse_unused(changes)
        self._business = BusinessLenses(lambda target: self._history.shape(target, 0))
        self._exporter = Exporter(self._history)
        self._reserved = self._all_names()
        self.tables = self._tables(routes)

    def _schemas(self, routes: Sequence[Route]) -> set[type[Schema]]:
        spoken = {schema for route in routes for schema in (route.request, route.reply) if schema is not None}
        return spoken | {resource.schema for resource in self.resources}

    def _refuse_unused(self, changes: Sequence[Mapping[type[Schema], object]]) -> None:
        used = {family.schema for family in self._history.families}
        for version, told in zip(self.versions, changes, strict=False):
            for schema in told.keys() - used:
                raise DeclarationError(
                    f"Version {version.text} changes {schema.__name__}, which no resource uses: "
                    f"address the change to one of {', '.join(sorted(known.__name__ for known in used))}"
                )

    def _all_names(self) -> frozenset[str]:
        """Every field name of every version, and the app's own; such a name is never taken for an unknown field."""
        positions = range(len(self.versions))
        shapes = [self._history.shape(family, at) for family in self._history.families for at in positions]
        outer = {name for shape in shapes for name in shape.slots}
        inner = {str(slot.field.attribute).split(".")[0] for shape in shapes for slot in shape.slots.values()}
        return frozenset(outer | inner)

    def _tables(self, routes: Sequence[Route]) -> tuple[Table, ...]:
        found = tables(routes, [version.route_changes() for version in self.versions[:-1]])
        for version, table in zip(self.versions, found, strict=True):
            if not table:
                raise DeclarationError(f"Version {version.text} has no routes left, so that nobody can reach it")
        return found

    def owner(self, route: Route) -> Resource:
        """The resource that declares a route."""
        return self._owners[route]

    def offered(self, version: Version, resource: str) -> tuple[MediaType, ...]:
        """The vendor media types of a version of a resource; raises ``DeclarationError`` for a bad template."""
        try:
            texts = [
                template.format(vendor=self.vendor, version=version.text, resource=resource)
                for template in self.media_types
            ]
            if not all("{version}" in template for template in self.media_types):
                raise ValueError("a template needs {version}")
            return tuple(map(MediaType.parse, texts))
        except (ValueError, KeyError, IndexError) as error:
            raise DeclarationError(f"media_types={self.media_types!r} make no media types: {error}") from error

    def position(self, version: int | str) -> int:
        """Where a version stands in ``versions``; raises ``LookupError`` where there is none such."""
        for position, known in enumerate(self.versions):
            if known.text == str(version):
                return position
        raise LookupError(f"there is no version {version}; there are {', '.join(v.text for v in self.versions)}")

    def schema(self, resource: str, version: int | str) -> type[Schema]:
        """The marshmallow schema class of a resource as a version has it.

        The newest version's is the author's own, older ones are derived. Raises ``LookupError`` where there is no
        such resource or version.
        """
        position = self.position(version)
        family = Family(self._resource(resource).schema)
        return self._exporter.schema(family, position, self.versions[position].text)

    def _resource(self, name: str) -> Resource:
        for resource in self.resources:
            if resource.name == name:
                return resource
        raise LookupError(f"there is no resource {name!r}; there are {', '.join(r.name for r in self.resources)}")

    def translation(self, schema: type[Schema], position: int, unknown: Unknown | None = None) -> Translation:
        """The way between the app's objects and the documents that the version at ``position`` makes of them."""
        family = Family(schema)
        chain = self._history.chain(family, position)
        return Translation(
            business=self._business.of(family),
            chain=chain,
            shape=self._history.shape(family, position),
            newest=self._history.shape(family, 0),
            strict=self._check(position, unknown or self.unknown),
            lenient=self._check(position, "exclude"),
            today=self._check(0, "pass", frozenset()) if position else None,
            rules=schema if self._has_rules(family) else None,
            limit=self.limits.violations,
            loses=loses(chain),
        )

    def _check(self, position: int, unknown: Unknown, reserved: frozenset[str] | None = None) -> Check:
        return Check(
            lambda target: self._history.shape(target, position),
            unknown,
            self._reserved if reserved is None else reserved,
        )

    def _has_rules(self, family: Family) -> bool:
        """Whether a schema, or one nested in it, has rules of its own beside those of its fields."""
        return any(has_rules(known.schema) for known in self._history.reached(family))

    def translate(self, document: Json, resource: str, *, from_version: int | str, to_version: int | str) -> Json:
        """A document of one version as another has it, outside HTTP: for webhooks, queues and stored documents.

        Raises ``RequestError`` with the violations where a value has no newer form, ``ContractViolation`` where one
        has no older form, ``LookupError`` for an unknown resource or version.
        """
        family = Family(self._resource(resource).schema)
        faults: Faults = []
        newest = self._history.chain(family, self.position(from_version)).put(document, ABSENT, faults)
        if faults:
            raise RequestError("INVALID", violations=faults)
        return self._history.chain(family, self.position(to_version)).get(newest)

    def changelog(self) -> tuple[ChangelogEntry, ...]:
        """What every version did, newest first: an entry for each of its changes."""
        return tuple(
            ChangelogEntry(version, title(change), tuple(_sentences(change)))
            for version in self.versions
            for change in version.changes
        )


def _sentences(change: type[VersionChange]) -> Iterator[str]:
    spoken = Version(1, change)
    for operations in spoken.operations().values():
        yield from (operation.sentence for operation in operations)
    yield from (route.sentence for route in spoken.route_changes())


def _checked_prefix(prefix: str) -> str:
    if prefix and (not prefix.startswith("/") or prefix.endswith("/") or "//" in prefix or "<" in prefix):
        raise DeclarationError(f"the prefix {prefix!r} must be empty or like '/api': a leading slash, none at the end")
    return prefix


_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "scheme": get_args(Scheme),
    "unversioned": get_args(Unversioned),
    "undeclared": ("relay", "refuse"),
    "unknown": get_args(Unknown),
}


def _check_choices(**chosen: str) -> None:
    for name, value in chosen.items():
        if value not in _CHOICES[name]:
            raise DeclarationError(f"{name}={value!r} is none of {', '.join(map(repr, _CHOICES[name]))}")


def _chosen(table: Mapping[str, Envelope], name: str, parameter: str) -> Envelope:
    if name not in table:
        raise DeclarationError(f"{parameter}={name!r} is none of {', '.join(map(repr, table))}")
    return table[name]
