"""Surveys: a walk through a schema before any validator sees it. It finds what must not be there, and how far it goes.

References are followed as the library ``referencing`` resolves them, and only to what is there already. What goes in
circles without going into the document is refused: no validator comes to an end with it. How much work a schema can
make of one place in a document is counted, level by level, since forms that are tried one after the other can double
it with each level.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from referencing.exceptions import Unresolvable

from translayer.document.codec import MAX_DEPTH
from translayer.document.ecma import compiled
from translayer.document.values import Json, Object
from translayer.errors import DeclarationError, Path, pointer

from .schema_dialects import EXCLUSIVE, REFERENCES, SILENT_BESIDE_REF, SUBSCHEMAS, Where

MOST_VISITS: Final = 1_000
"""Schemas that may be asked about one place in a document, and all that it lies in, by an engine whose work nobody
counts. It is also how deep that engine may recurse: a level takes about a hundred bytes of the smallest stacks in
use, which have 128 KiB."""


@dataclass(eq=False)
class Node:
    """A schema on the walk, where it stands (for sentences), and the schemas that it asks.

    ``here`` are those about the same value, ``certain`` those of them that it is sure to lead to; ``member`` and
    ``element`` those about what lies within, in groups of which each has one about any one place.
    """

    place: str
    schema: Object
    resolver: Any
    here: list[Node] = field(default_factory=list)
    certain: list[Node] = field(default_factory=list)
    member: list[list[Node]] = field(default_factory=list)
    element: list[list[Node]] = field(default_factory=list)


class Survey:
    """The walk through one schema of a dialect, with all that it refers to.

    ``uri`` is what ``$schema`` calls the dialect, ``keywords`` are those that it knows, ``specification`` is how
    ``referencing`` knows it. What is walked is ours, and loses its ``$schema``, by which jsonschema would choose
    another validator than the one at work. ``walk`` raises ``DeclarationError``, at the place where something is
    wrong. ``patterns`` are all that were met.
    """

    def __init__(self, dialect: str, uri: str, keywords: frozenset[str], specification: Any) -> None:
        self._uri = uri
        self._silent = dialect in SILENT_BESIDE_REF
        self._known = {name: entry for name, entry in SUBSCHEMAS.items() if name in keywords or entry[1] == "nowhere"}
        self._references = tuple(name for name in REFERENCES if name in keywords)
        self._specification = specification
        self._nodes: dict[int, Node] = {}
        self._waiting: list[Node] = []
        self._anchors: dict[str, list[Node]] = {}
        self._dynamic: list[tuple[Node, str]] = []
        self.patterns: set[str] = set()

    def walk(self, schema: Json, resolver: Any) -> int:
        """How many levels a document may nest to be asked about at most ``MOST_VISITS`` times at any place.

        A negative number is for a schema of which that is not known. Raises ``DeclarationError``.
        """
        if not isinstance(schema, dict):
            return MAX_DEPTH
        root = self._node("", schema, resolver)
        while self._waiting:
            self._visit(self._waiting.pop())
        for node, anchor in self._dynamic:
            node.here.extend(found for found in self._anchors.get(anchor, ()) if found not in node.here)
        every = [root, *(node for node in self._nodes.values() if node is not root)]
        self._refuse_circles(every)
        return _reach(every)

    def _node(self, place: str, schema: Object, resolver: Any) -> Node:
        """The node of a schema, which is still to be visited where it is new."""
        if id(schema) not in self._nodes:
            self._nodes[id(schema)] = node = Node(place, schema, resolver)
            self._waiting.append(node)
        return self._nodes[id(schema)]

    def _visit(self, node: Node) -> None:
        schema = node.schema
        self._check_dialect(node)
        for reference in self._references:
            if reference in schema:
                self._follow(node, reference)
        anchor = "" if schema.get("$recursiveAnchor") is True else schema.get("$dynamicAnchor")
        if isinstance(anchor, str):
            self._anchors.setdefault(anchor, []).append(node)
        alone = self._silent and "$ref" in schema
        if not alone:
            self._note_patterns(node)
        for name, (_, where) in self._known.items():
            if name in schema:
                found = [self._child(node, (name, *path), inner) for path, inner in _subschemas(name, schema[name])]
                _lead(node, name, "nowhere" if alone else where, found)

    def _child(self, node: Node, path: Path, schema: Object) -> Node:
        resource = self._specification.create_resource(schema)
        return self._node(node.place + pointer(path), schema, node.resolver.in_subresource(resource))

    def _check_dialect(self, node: Node) -> None:
        """One dialect for all: for another, jsonschema would choose a validator without what was put into ours."""
        said = node.schema.pop("$schema", self._uri)
        if not isinstance(said, str) or said.rstrip("#") != self._uri:
            raise DeclarationError(
                f"at {node.place + '/$schema'!r}: a schema of the dialect {said!r} is part of one of {self._uri!r}: "
                f"write both in one"
            )

    def _follow(self, node: Node, name: str) -> None:
        place, reference = f"{node.place}/{name}", node.schema[name]
        if not isinstance(reference, str):
            raise DeclarationError(f"at {place!r}: a reference is a text")
        try:
            found = node.resolver.lookup(reference)
        except (Unresolvable, ValueError, LookupError, TypeError, AttributeError) as error:
            raise DeclarationError(
                f"at {place!r}: {reference!r} leads to nothing that is there. Only what is in the document, or was "
                f"given beside it, is referred to; nothing is fetched"
            ) from error
        if isinstance(found.contents, bool):
            return
        if not isinstance(found.contents, dict):
            raise DeclarationError(f"at {place!r}: {reference!r} leads to what is no schema")
        _, _, fragment = reference.partition("#")
        target = self._node(fragment if reference.startswith("#/") else reference, found.contents, found.resolver)
        node.here.append(target)
        if name == "$ref":
            node.certain.append(target)
        else:
            self._dynamic.append((node, fragment))

    def _note_patterns(self, node: Node) -> None:
        named = node.schema.get("patternProperties")
        found: dict[Path, Any] = {("pattern",): node.schema.get("pattern")}
        if isinstance(named, dict):
            found |= {("patternProperties", name): name for name in named}
        for path, pattern in found.items():
            if isinstance(pattern, str):
                _check_pattern(node.place + pointer(path), pattern)
                self.patterns.add(pattern)

    def _refuse_circles(self, nodes: list[Node]) -> None:
        try:
            TopologicalSorter({node: node.certain for node in nodes}).prepare()
        except CycleError as circle:
            places = ", ".join(sorted({repr(node.place) for node in circle.args[1]}))
            raise DeclarationError(
                f"the schemas at {places} refer to each other for one and the same value: checking it has no end"
            ) from None


def _check_pattern(place: str, pattern: str) -> None:
    try:
        compiled(pattern)
    except ValueError as error:
        raise DeclarationError(f"at {place!r}: {error}") from error


def _subschemas(name: str, value: Json) -> Iterator[tuple[Path, Object]]:
    """The schemas under a keyword that may ask anything, each with its place below that: all but truth values."""
    form, _ = SUBSCHEMAS[name]
    if form == "named":
        members = value if isinstance(value, dict) else {}  # draft 4 lets $defs be anything
        found: list[tuple[Path, Json]] = [((key,), inner) for key, inner in members.items()]
    else:
        found = [((index,), inner) for index, inner in enumerate(value)] if isinstance(value, list) else [((), value)]
    return ((path, inner) for path, inner in found if isinstance(inner, dict))


def _lead(node: Node, name: str, where: Where, found: list[Node]) -> None:
    """Note that a schema asks those that were found under one of its keywords."""
    if where == "here":
        node.here += found
        node.certain += found
    elif where != "nowhere":
        together = name in EXCLUSIVE or (name == "items" and isinstance(node.schema[name], list))
        groups = [found] if together else [[one] for one in found]
        (node.member if where == "member" else node.element).extend(group for group in groups if group)


def _reach(nodes: list[Node]) -> int:
    """The levels of documents for which the first of the nodes makes no more than ``MOST_VISITS``."""
    try:
        order = list(TopologicalSorter({node: node.here for node in nodes}).static_order())
    except CycleError:
        return -1
    visits = dict.fromkeys(order, 0)
    for levels in range(MAX_DEPTH + 1):
        now: dict[Node, int] = {}
        for node in order:
            within = max(_most(node.member, visits), _most(node.element, visits))
            now[node] = min(MOST_VISITS + 1, 1 + sum(now[inner] for inner in node.here) + within)
        if now[nodes[0]] > MOST_VISITS:
            return levels - 1
        if now == visits:
            break
        visits = now
    return MAX_DEPTH


def _most(groups: list[list[Node]], visits: dict[Node, int]) -> int:
    """The visits that what lies in a value makes at most, at any one place."""
    return sum(max(map(visits.__getitem__, group)) for group in groups)
