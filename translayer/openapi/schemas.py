"""Schemas: the documents of a version as JSON Schema (2020-12), each object under a name of its own.

Strategy: a ``Library`` goes through the shapes of a version and names what it meets, so that objects that nest
themselves are finite. An object has up to three forms: what a reply tells (``Booking``), what a request says
(``BookingRequest``) and what a merge patch changes (``BookingPatch``). A reply is open for fields to come, a request
only where unknown fields are taken.

Border: shapes and bodies. What OpenAPI puts around them is ``specification``'s.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from marshmallow import Schema

from translayer.contract.api import Api
from translayer.contract.check import Check
from translayer.contract.envelope import ENVELOPES, Envelope
from translayer.contract.examples import asked, told
from translayer.contract.resource import Resource
from translayer.contract.routes import Route
from translayer.contract.shape import Family, Leaf, Many, One, Shape, Slot, Table
from translayer.contract.translation import Translation
from translayer.document.values import Json, Object, duplicate

from .field_rules import nullable
from .fields import Direction, annotated, leaf_schema, list_schema, table_schema

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

DEFINITIONS: Final = "#/$defs/"

Form: TypeAlias = Literal["reply", "request", "patch"]
"""What an object is in: a reply, a request, or a merge patch (RFC 7396)."""

_SUFFIXES: Final[Mapping[Form, str]] = {"reply": "", "request": "Request", "patch": "Patch"}
_DIRECTIONS: Final[Mapping[Form, Direction]] = {"reply": "reply", "request": "request", "patch": "request"}

JSON_PATCH: Final = "JsonPatch"
"""The name of the schema of a JSON Patch."""

_UNSPEAKABLE: Final = re.compile(r"[^A-Za-z0-9._-]+")
"""What the name of a component does not have (OpenAPI 3.1, section 4.8.7)."""


def json_schema(api: Api, resource: str, version: Any, direction: Direction = "reply") -> Object:
    """The JSON Schema of the documents of a resource in a version, with all that it nests in ``$defs``.

    ``direction`` is ``reply`` or ``request``. Raises ``LookupError`` where there is no such resource or version.
    """
    position, owner = api.position(version), api.resource(resource)
    library = Library()
    title = f"{plain_name(owner.schema)}, version {api.versions[position].text}"
    return _whole({"title": title, **library.document(api, owner, owner.schema, position, direction)}, library)


def document_schema(translation: Translation) -> Object:
    """The JSON Schema of the documents that a translation shows."""
    library = Library()
    return _whole(Writer(library, translation.check, "reply").root(translation.shape), library)


def reply_schema(api: Api, route: Route, position: int) -> Object:
    """The JSON Schema of the whole body of a route's successful replies in the version at ``position``.

    Where the route has no schema, anything is right.
    """
    library = Library()
    return _whole(library.reply(api, route, position), library)


def request_schema(api: Api, route: Route, position: int) -> Object | None:
    """The JSON Schema of the body of a route's requests in the version at ``position``; ``None`` where none is told.

    That of PATCH is one of a patch, of either kind.
    """
    library = Library()
    if route.method == "PATCH" and route.reply is not None:
        return _whole({"anyOf": [library.merge_patch(api, route, position), library.json_patch()]}, library)
    body = library.request(api, route, position)
    return None if body is None else _whole(body, library)


def _whole(schema: Object, library: Library) -> Object:
    definitions = {"$defs": library.definitions} if library.definitions else {}
    whole: Object = duplicate({"$schema": DIALECT, **schema, **definitions})
    return whole


def envelope_at(api: Api, position: int) -> Envelope:
    """The reply form of the version at ``position``; what a native version replies with is the app's own."""
    return ENVELOPES["none"] if api.versions[position].native else api.envelope


def examples_in(translation: Translation, owner: Resource, form: Form) -> list[Json]:
    """The examples of a resource as clients of a version see them, or send them, as far as they can."""
    if form == "reply":
        return [told(example, translation) for example in owner.examples]
    found = (asked(example, translation) for example in owner.examples)
    return [example for example in found if example is not None]


@dataclass(eq=False)
class Library:
    """The named schemas of one document; ``prefix`` is what stands before a name in a reference."""

    prefix: str = DEFINITIONS
    definitions: dict[str, Object] = field(default_factory=dict)
    _names: dict[tuple[Any, ...], str] = field(default_factory=dict)

    def reference(self, name: str) -> Object:
        """A reference to a schema by its name."""
        return {"$ref": self.prefix + name}

    # Bodies

    def document(self, api: Api, owner: Resource, schema: type[Schema], position: int, form: Form) -> Object:
        """A reference to the schema of documents as the version at ``position`` has them, with the owner's examples."""
        translation = api.translation(schema, position, owner.unknown)
        reference = Writer(self, translation.check, form).root(translation.shape)
        if schema is owner.schema and owner.examples and form != "patch":
            definition = self.definitions[reference["$ref"].removeprefix(self.prefix)]
            definition.setdefault("examples", examples_in(translation, owner, form))
        return reference

    def reply(self, api: Api, route: Route, position: int) -> Object:
        """The schema of the body of a route's replies."""
        if route.reply is None:
            return {}
        owner, envelope = api.owner(route), envelope_at(api, position)
        document = self.document(api, owner, route.reply, position, "reply")
        if route.many:
            return envelope.many_schema({"type": "array", "items": document}, owner.items)
        return envelope.one_schema(document)

    def request(self, api: Api, route: Route, position: int) -> Object | None:
        """The schema of the body of a route's requests; ``None`` where it passes as it is."""
        if route.request is None:
            return None
        return self.document(api, api.owner(route), route.request, position, "request")

    def merge_patch(self, api: Api, route: Route, position: int) -> Object:
        """The schema of a merge patch of what a route replies with."""
        assert route.reply is not None  # a PATCH without a schema passes as it is
        return self.document(api, api.owner(route), route.reply, position, "patch")

    def json_patch(self) -> Object:
        """The schema of a JSON Patch (RFC 6902, section 4)."""
        self.definitions.setdefault(JSON_PATCH, _json_patch())
        return self.reference(JSON_PATCH)

    # Names

    def name(self, key: tuple[Any, ...], wanted: str) -> tuple[str, bool]:
        """The name of the schema of a key, and whether it is new; ``wanted``, or that with a number behind it."""
        if key in self._names:
            return self._names[key], False
        name, number = wanted, 1
        while name in self._names.values() or name == JSON_PATCH:
            number += 1
            name = f"{wanted}{number}"
        self._names[key] = name
        return name, True


class Writer:
    """Writes the schemas of objects in one form."""

    def __init__(self, library: Library, check: Check, form: Form) -> None:
        self._library = library
        self._check = check
        self._form = form
        self._direction = _DIRECTIONS[form]

    def root(self, shape: Shape) -> Object:
        """A reference to the schema of a whole document."""
        assert shape.family is not None  # a document is of a schema
        return self._named(shape, shape.family, self._check.policy(None, shape), "")

    def _as(self, form: Form) -> Writer:
        return Writer(self._library, self._check, form)

    def _named(self, shape: Shape, family: Family, unknown: str, around: str) -> Object:
        """A reference to the schema of an object; ``around`` names the object and the field that nest it."""
        policy = "" if self._form == "reply" else unknown
        is_whole = family == Family(family.schema)
        plain = plain_name(family.schema) if is_whole or not around else around
        name, is_new = self._library.name((family, self._form, policy), plain + _SUFFIXES[self._form])
        if is_new:
            self._library.definitions[name] = {}  # so that definitions stand in the order in which they are met
            self._library.definitions[name] = self._object(shape, unknown, plain)
        return self._library.reference(name)

    def _object(self, shape: Shape, unknown: str, name: str) -> Object:
        described = description(shape.family.schema) if shape.family is not None else None
        members = {
            member: self._member(slot, f"{name}{camel(member)}")
            for member, slot in shape.slots.items()
            if not (slot.write_only and self._form == "reply")
        }
        required = [member for member in members if self._is_required(shape.slots[member])]
        return {
            "type": "object",
            **({"description": described} if described else {}),
            "properties": members,
            **({"required": required} if required else {}),
            **({"additionalProperties": False} if self._form != "reply" and unknown == "raise" else {}),
        }

    def _is_required(self, slot: Slot) -> bool:
        if self._form == "patch" or (self._form == "request" and slot.read_only):
            return False
        return slot.required

    def _member(self, slot: Slot, place: str) -> Object:
        """The schema of a field; in a merge patch ``null`` takes away what need not be there."""
        schema = self.value(slot, place)
        if self._form != "patch":
            return schema
        schema.pop("default", None)
        return schema if slot.required or slot.nullable or slot.read_only else nullable(schema)

    def value(self, slot: Slot, place: str) -> Object:
        """The schema of the values of a field; ``place`` names the object that has it, and the field."""
        match slot:
            case One():
                return annotated(slot, self._nested(slot, place), self._direction)
            case Many():
                # A merge patch replaces a list as a whole.
                inner = self._as("request") if self._form == "patch" else self
                return list_schema(slot, inner.value(slot.inner, place), self._direction)
            case Table() if self._form == "patch":
                plain = slot.altered(validators=[])  # a part of a table is not as long as the table
                return table_schema(plain, self._member(slot.inner, place), self._direction)
            case Table():
                return table_schema(slot, self.value(slot.inner, place), self._direction)
        assert isinstance(slot, Leaf)  # there is no other slot
        return leaf_schema(slot, self._direction)

    def _nested(self, slot: One, place: str) -> Object:
        shape = self._check.resolve(slot.target)
        unknown = self._check.policy(slot, shape)
        if isinstance(slot.target, Shape):
            return self._object(shape, unknown, place)
        return self._named(shape, slot.target, unknown, place)


def _json_patch() -> Object:
    pointer = {"type": "string", "pattern": "^(/([^~/]|~[01])*)*$"}
    alternatives = [
        _operation(["add", "replace", "test"], {"path": pointer, "value": {}}),
        _operation(["remove"], {"path": pointer}),
        _operation(["move", "copy"], {"path": pointer, "from": pointer}),
    ]
    every = ["add", "remove", "replace", "move", "copy", "test"]
    return {
        "type": "array",
        "description": "A JSON Patch (RFC 6902): operations that are all done, one after the other, or none of them.",
        "items": {**_operation(every, {"path": pointer}), "anyOf": alternatives},
    }


def _operation(names: list[str], members: Mapping[str, Object]) -> Object:
    properties = {"op": {"type": "string", "enum": names}, **members}
    return {"type": "object", "properties": properties, "required": list(properties)}


def plain_name(schema: type[Schema]) -> str:
    """What objects of a schema are called.

    >>> class BookingSchema(Schema): ...
    >>> plain_name(BookingSchema)
    'Booking'
    """
    name = schema.__name__.removesuffix("Schema") or schema.__name__
    return _UNSPEAKABLE.sub("_", name)


def camel(name: str) -> str:
    """The name of a field as a part of that of a component.

    >>> camel("first_name")
    'FirstName'
    """
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))


def description(schema: type[Schema]) -> str | None:
    """What a schema says to clients of itself: the first paragraph of its docstring; the others are for developers."""
    told = schema.__dict__.get("__doc__")
    return " ".join(inspect.cleandoc(told).split("\n\n")[0].split()) if told else None
