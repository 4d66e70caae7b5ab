"""The ``Api``: everything that the author declares, checked as a whole and derived once.

An ``Api`` never changes after construction and knows nothing of HTTP messages; the engine turns it into plans.

What only tools and pages ask of it (``explain``, ``changelog``, ``lint``) is imported by whoever asks first: a process
that serves need not wait for it to start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from copy import copy
from datetime import date
from functools import lru_cache
from itertools import product
from os import PathLike
from typing import TYPE_CHECKING, Final

from marshmallow import Schema

from translayer.document.values import ABSENT, Json
from translayer.errors import DeclarationError, RequestError, Violation
from translayer.http.media import MediaType
from translayer.http.message import Request

from .app_errors import EXTRACTORS, Extractor
from .arguments import Undeclared, Unversioned, check_arguments
from .check import Unknown
from .clock import Clock, now
from .consumer import Consumer
from .deprecation import Deprecation
from .derivation import Derivation
from .discovery import Discovery, discovery_of
from .envelope import Envelope, NoEnvelope, envelope_of
from .examples import check_examples
from .flags import flag_of
from .forms import forms
from .grammar import Grammar, grammars, less_hidden
from .history import Changes
from .home import check_home
from .info import Info, info_of
from .lens import Faults
from .limits import Limits
from .looking import Looking
from .paging import DEFAULT, Paging, check_heard, check_items
from .resource import Resource, keys_of
from .routes import Route, Table, tables
from .soundness import folder, several
from .timeline import check_timeline
from .translation import Translation
from .unseen import flags_of_changes, hidden, operations, rearranged, refuse_shown, timeline
from .version import Scheme, Version, VersionChange
from .way import Way

if TYPE_CHECKING:
    from .changelog import ChangelogEntry
    from .conventions.table import Advice
    from .explain import Explanation

VENDOR_TYPE: Final = "application/vnd.{vendor}.v{version}+json"
"""The media type of a version unless the API declares others."""


class Api:
    """What is served: resources, and the versions in which they were ever published, newest first.

    - ``vendor``: the name in media types, ``application/vnd.{vendor}.v2+json``.
    - ``prefix``: what stands before the version in URLs, ``/api`` in ``/api/v2/bookings``; may be empty.
    - ``app_prefix``: what stands before today's URLs in the app, ``/api/v3`` or ``/internal``; by default the app lives
      at its root, and finds prefix and version in ``SCRIPT_NAME``.
    - ``scheme``: how versions are written, ``integer``, ``dotted`` or ``date``.
    - ``header``: whether ``X-Api-Version`` names a version; ``media_types``: the templates by which Accept does,
      with ``{vendor}``, ``{version}`` and ``{resource}``; none switches that off. URLs always do.
    - ``renderers``: forms of bodies beside JSON, ``yaml`` (which needs the extra of that name) and ``msgpack``.
    - ``unversioned``: what a request gets that names no version, ``oldest``, ``latest`` or ``required`` (400).
    - ``undeclared``: URLs that no version knows are passed to the app (``relay``) or are 404 (``refuse``).
    - ``bypass``: whether the app's own URLs of declared routes can be reached without a version.
    - ``envelope``: the reply form, ``none``, ``data`` or an ``Envelope``; ``paging``: where the app says which page a
      list is; ``problems``: whether errors are always RFC 9457 problem details; ``error_docs``: a URL with ``{code}``
      in it, linked from every error.
    - ``unknown``: what becomes of fields that a version does not have, ``raise``, ``exclude`` or ``pass``;
      ``lenient``: whether ``Prefer: handling=lenient`` (RFC 7240) may drop them.
    - ``withdrawn``: versions older than all others that were retired, and whose changes are no longer told.
    - ``discovery``: what ``{prefix}/`` says of the versions, a ``Discovery``, or ``False`` to leave that URL to the
      app; without a prefix it is left to the app unless asked for. ``info``: what the specifications say of the API.
    - ``replies``: what becomes of replies that break the contract: ``enforce`` (500), ``log``, a ``Sample`` of them, or
      ``off``; versions, resources and routes may say otherwise.
    - ``app_errors``: extractors of the app's own errors, asked before the built-in ones; ``limits``: bounds;
      ``clock``: tells the time, with its zone.
    - ``consumer``: says of a request who sent it, and which flags they have; without it everybody has none.
    - ``frozen``: the folder of the frozen contracts, from the current one where it is relative; ``translayer freeze``
      writes them, and a ``Translayer`` with ``debug=True`` is not made where a published one is broken.

    Raises ``DeclarationError`` for whatever makes no sense, with a sentence that says what to do.
    """

    def __init__(
        self,
        vendor: str,
        resources: Sequence[Resource],
        versions: Sequence[Version],
        *,
        prefix: str = "",
        app_prefix: str | None = None,
        scheme: Scheme = "integer",
        header: bool = True,
        media_types: Sequence[str] = (VENDOR_TYPE,),
        renderers: Sequence[str] = (),
        unversioned: Unversioned = "oldest",
        undeclared: Undeclared = "relay",
        bypass: bool = False,
        envelope: str | Envelope = "none",
        paging: Paging | None = None,
        problems: bool = False,
        error_docs: str | None = None,
        unknown: Unknown = "raise",
        lenient: bool = False,
        withdrawn: Sequence[Version] = (),
        discovery: Discovery | bool | None = None,
        info: Info | None = None,
        app_errors: Sequence[Extractor] = (),
        limits: Limits | None = None,
        clock: Clock = now,
        consumer: Callable[[Request], Consumer | None] | None = None,
        replies: Looking = "log",
        frozen: str | PathLike[str] | None = None,
    ) -> None:
        self.vendor = vendor
        self.resources = several("resources", resources, Resource)
        self.versions = several("versions", versions, Version)
        self.prefix = prefix
        self.app_prefix = app_prefix
        self.scheme = scheme
        self.header = header
        self.media_types = several("media_types", media_types, str)
        self.renderers = several("renderers", renderers, str)
        self.unversioned = unversioned
        self.undeclared = undeclared
        self.bypass = bypass
        self.envelope = envelope_of(envelope)
        self.paging = paging
        self.problems = problems
        self.error_docs = error_docs
        self.unknown = unknown
        self.lenient = lenient
        self.withdrawn = several("withdrawn", withdrawn, Version)
        self.discovery = discovery_of(discovery, prefix)
        self.app_errors = (*app_errors, *EXTRACTORS)
        self.limits = limits or Limits()
        self.clock = clock
        self.consumer = consumer
        self.replies = replies
        self.frozen = folder("frozen", frozen)
        check_arguments(vars(self))
        self.forms = forms(self.renderers, self.media_types)
        self.info = info_of(info, vendor)
        self._check_versions()
        check_home(self.prefix, self.app_prefix, self.versions)
        self._derive()

    def _check_versions(self) -> None:
        check_timeline(self.versions, self.withdrawn, self.scheme)
        for version, resource in product(self.versions, self.resources):
            self.offered(version, resource.name)

    def _derive(self) -> None:
        names = [resource.name for resource in self.resources]
        if not names or len(set(names)) < len(names):
            raise DeclarationError("an Api needs resources, each with a name of its own")
        self._owners: Mapping[Route, Resource] = {
            route: resource for resource in self.resources for route in resource.all_routes()
        }
        changes = [version.operations() for version in self.versions[:-1]]
        self._derivation = Derivation(
            self._schemas(), changes, keys=keys_of(self.resources), unknown=self.unknown, limit=self.limits.violations
        )
        self._refuse_unused(changes)
        self._check_paging()
        self.tables = self._tables()
        self._everybodys = self
        self._grammars = self._all_grammars()
        self._held: frozenset[str] | None = None
        self._unseen: frozenset[type[VersionChange]] = frozenset()
        self._changes = timeline(self.versions)
        refuse_shown(self._changes, self._derivation.nested)
        self.flags = self._all_flags()
        self.seen_with(frozenset())
        check_examples(self)

    def _all_flags(self) -> frozenset[str]:
        """Every flag that a resource, a route, a field, a change or a preview has."""
        of_urls = {flag for resource in self.resources for flag in resource.flags()}
        of_previews = {version.life.flag for version in self.versions if version.life.flag is not None}
        return self._derivation.flags | flags_of_changes(self._changes) | of_urls | of_previews

    @property
    def seen_by(self) -> frozenset[str]:
        """The flags, of those that there are, of the consumers who see the API like this."""
        return self.flags if self._held is None else self._held

    def _sees(self, flag: str | None) -> bool:
        return flag is None or self._held is None or flag in self._held

    def seen_with(self, flags: Set[str]) -> Api:
        """The API as consumers see it who have these flags; this very one, where they have all that there are.

        What is hidden is in no table, schema or document of it; ``resources`` are still all that are served, so that
        their URLs stay the layer's. Raises ``DeclarationError`` where nothing sensible is left.
        """
        whole = self._everybodys
        if whole.flags <= flags:
            return whole
        seen = copy(whole)
        seen._held = held = whole.flags & flags
        seen._unseen = hidden(whole._changes, held, whole._derivation.nested)
        versions = rearranged(whole.versions, seen._unseen) if seen._unseen else None
        seen._derivation = whole._derivation.seen(
            lambda slot: not seen._sees(flag_of(slot)), None if versions is None else operations(versions)
        )
        seen.tables = tuple(
            tuple(path for path in table if seen._sees(path.route.flag) and seen._sees(whole.owner(path.route).flag))
            for table in (whole.tables if versions is None else whole._tables_of(versions))
        )
        own = seen._all_grammars()
        seen._grammars = {route: less_hidden(own[route], everybodys) for route, everybodys in whole._grammars.items()}
        return seen

    def _all_grammars(self) -> Mapping[Route, tuple[Grammar, ...]]:
        """What the queries of every route that declares them are in every version."""
        return {route: self._grammars_of(route) for route in self._owners if route.query is not None}

    def _grammars_of(self, route: Route) -> tuple[Grammar, ...]:
        """What the queries of a route are in every version."""
        query, schema, unknown = route.query, route.reply, self.owner(route).unknown
        assert query is not None  # asked for no other routes
        assert schema is not None  # a Route with a query has refused anything else
        ways = [self.translation(schema, position, unknown) for position in range(len(self.versions))]
        today = self._everybodys.translation(schema, 0, unknown)
        return grammars(query, today, ways, query.unknown or unknown or self.unknown, f"GET {route.rule}")

    def grammar(self, route: Route, position: int) -> Grammar | None:
        """The parameters of a route in the version at ``position``; ``None`` where all pass as they are."""
        found = self._grammars.get(route)
        return None if found is None else found[position]

    def _schemas(self) -> set[type[Schema]]:
        """The schemas of all bodies, and of the resources themselves."""
        spoken = {schema for route in self._owners for schema in (route.request, route.reply) if schema is not None}
        return spoken | {resource.schema for resource in self.resources}

    def _refuse_unused(self, changes: Sequence[Changes]) -> None:
        used = self._derivation.schemas
        for version, told in zip(self.versions, changes, strict=False):
            for schema in told.keys() - used:
                raise DeclarationError(
                    f"Version {version.text} changes {schema.__name__}, which no resource uses: "
                    f"address the change to one of {', '.join(sorted(known.__name__ for known in used))}"
                )

    def _check_paging(self) -> None:
        """Whatever paging is declared finds what it looks for, and is seen by somebody."""
        if self.paging is not None and type(self.envelope) is NoEnvelope:
            check_heard(self.paging, "the Api")
        for route, resource in self._owners.items():
            where, declared = f"{route.method} {route.rule}", route.paging or resource.paging
            if declared is not None and route.many and type(self.envelope) is NoEnvelope:
                check_heard(declared, where)
            if route.many:
                check_items(self.paging_of(route), resource.items, where)

    def _tables_of(self, versions: Sequence[Version]) -> tuple[Table, ...]:
        """The tables of the API's own versions, given all that tell changes: there may be others above them."""
        routes = [route for resource in self.resources for route in resource.all_routes()]
        found = tables(routes, [version.route_changes() for version in versions])
        return found[-len(self.versions) :]

    def _tables(self) -> tuple[Table, ...]:
        found = self._tables_of(self.versions[:-1])
        for version, table in zip(self.versions, found, strict=True):
            if not table:
                raise DeclarationError(f"Version {version.text} has no routes left, so that nobody can reach it")
        return found

    def owner(self, route: Route) -> Resource:
        """The resource that declares a route."""
        return self._owners[route]

    def deprecations(self) -> Iterator[Deprecation]:
        """Every deprecation that stands on a route, or on a field in some version."""
        yield from self._derivation.deprecations
        for route in self._owners:
            if route.deprecation is not None:
                yield route.deprecation

    @property
    def has_deprecated_fields(self) -> bool:
        """Whether any field is deprecated in any version."""
        return bool(self._derivation.deprecations)

    def paging_of(self, route: Route) -> Paging:
        """Where the app says which page a list is: as declared for the route, its resource or the API."""
        return route.paging or self.owner(route).paging or self.paging or DEFAULT

    def offered(self, version: Version, resource: str) -> tuple[MediaType, ...]:
        """The vendor media types of a version of a resource; raises ``DeclarationError`` for a bad template."""
        names = {"vendor": self.vendor, "version": version.text, "resource": resource}
        try:
            return tuple(_media_type(template.format(**names)) for template in self.media_types)
        except ValueError as error:
            raise DeclarationError(
                f"media_types={self.media_types!r} make no media types of {names}: {error}"
            ) from error

    def position(self, version: int | str | date) -> int:
        """Where a version stands in ``versions``; raises ``LookupError`` where there is none such."""
        for position, known in enumerate(self.versions):
            if known.text == str(version):
                return position
        raise LookupError(f"there is no version {version}; there are {', '.join(v.text for v in self.versions)}")

    def schema(self, resource: str, version: int | str | date) -> type[Schema]:
        """The marshmallow schema class of a resource as a version has it.

        The newest version's is the author's own, older ones are derived. Raises ``LookupError`` where there is no
        such resource or version.
        """
        position = self.position(version)
        return self._derivation.schema(self.resource(resource).schema, position, self.versions[position].text)

    def resource(self, name: str) -> Resource:
        """The resource of a name, where it is seen; raises ``LookupError``."""
        seen = {resource.name: resource for resource in self.resources if self._sees(resource.flag)}
        if name in seen:
            return seen[name]
        raise LookupError(f"there is no resource {name!r}; there are {', '.join(seen)}")

    def translation(self, schema: type[Schema], position: int, unknown: Unknown | None = None) -> Translation:
        """The way between the app's objects and the documents that the version at ``position`` makes of them."""
        return self._derivation.translation(schema, position, unknown)

    def way(self, schema: type[Schema], position: int) -> Way:
        """The steps from the newest documents of a schema to those of the version at ``position``."""
        return self._derivation.way(schema, position)

    def translate(
        self, document: Json, resource: str, *, from_version: int | str | date, to_version: int | str | date
    ) -> Json:
        """A document of one version as another has it, outside HTTP: for webhooks, queues and stored documents.

        The document is taken as a right one of its version: it is converted, not checked. Raises ``RequestError``
        with the violations where it is no object or a value has no newer form, ``ContractViolation`` where a value
        has no older form, ``LookupError`` for an unknown resource or version.
        """
        schema = self.resource(resource).schema
        newer = self._derivation.chain(schema, self.position(from_version))
        older = self._derivation.translation(schema, self.position(to_version), None)
        faults: Faults = []
        if not isinstance(document, dict):
            faults.append(Violation((), "TYPE", "An object is expected."))
        newest = newer.put(document, ABSENT, faults)
        if faults:
            raise RequestError("INVALID", violations=faults[: self.limits.violations])
        return older.view(newest)

    def explain(
        self, document: Json, resource: str, *, from_version: int | str | date, to_version: int | str | date
    ) -> Explanation:
        """How ``translate`` comes to its result: every step with its before, after and time, also of one that fails.

        Raises ``LookupError`` for an unknown resource or version; what is wrong with the document is in the result.
        """
        from .explain import Journey, explained

        schema = self.resource(resource).schema
        source, target = self.position(from_version), self.position(to_version)
        ways = self._derivation.way(schema, source), self._derivation.way(schema, target)
        journey = Journey(source, target, *ways)
        return explained(document, resource, self.versions, journey, self.translation(schema, target))

    def changelog(self) -> tuple[ChangelogEntry, ...]:
        """What every version did, newest first: an entry for each of its changes."""
        from .changelog import entries

        flags = self._everybodys._derivation.flags_spoken_of
        return tuple(entries(self._changes, self._unseen, self.tables, flags, self._held))

    def lint(self) -> tuple[Advice, ...]:
        """What every version could say better (``docs/conventions.md``); nothing is refused for it."""
        from .conventions.table import lint

        return lint(self)


# 4096: fifty versions of fifty resources; the same types are asked for in several places of an Api.
_media_type = lru_cache(maxsize=4096)(MediaType.parse)
