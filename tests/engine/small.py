"""Small APIs, and documents of all manner of members for them.

An API here is a schema of today and what each version did to it, newest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec
from marshmallow import Schema, fields, validate
from twins import Body, ask, reply_of, request_of

from translayer import Translator
from translayer.contract.business import inner_place
from translayer.contract.derivation import Derivation
from translayer.contract.shape import Many, One, Resolve, Shape, Slot, Table
from translayer.contract.translation import Translation
from translayer.document.places import place

Text, Number, Truth, Free, Listed, Nested, Keyed = (
    fields.String,
    fields.Integer,
    fields.Boolean,
    fields.Raw,
    fields.List,
    fields.Nested,
    fields.Dict,
)
Api = tuple[type[Schema], list[dict[type[Schema], list[Any]]]]


def schema(**members: Any) -> type[Schema]:
    return Schema.from_dict(members, name="ThingSchema")


def api(members: Mapping[str, Any], *operations: Any, inner: Mapping[type[Schema], list[Any]] | None = None) -> Api:
    """One version that did something to a schema, and to others inside it."""
    thing = schema(**members)
    return thing, [{thing: list(operations), **(inner or {})}]


def later(members: Mapping[str, Any], *versions: list[Any]) -> Api:
    """Several versions, newest first."""
    thing = schema(**members)
    return thing, [{thing: operations} for operations in versions]


def translation(made: Api, *, unknown: Any = "raise") -> Translation:
    """The way to the oldest version of an API."""
    thing, changes = made
    return Derivation({thing}, changes, keys={}, unknown=unknown, limit=100).translation(thing, len(changes), None)


# Documents

PLAIN: tuple[Any, ...] = (
    None,
    "",
    "a",
    "b c",
    "b c d",
    "é",
    "42",
    3,
    0,
    2**70,
    1.0,
    1.5,
    True,
    [],
    {},
    ["a"],
    {"x": "a"},
)


@dataclass
class Documents:
    """Documents of shapes; of their members each is missing, wrong or in another place ``often``."""

    resolve: Resolve
    sends: bool
    """Whether it is a client who makes them, and so leaves out what is read-only."""
    rnd: Random = field(default_factory=lambda: Random(1))
    often: float = 0.0

    def of(self, shape: Shape, depth: int = 0) -> dict[str, Any]:
        """An object."""
        found = {
            name: self.value(slot, depth)
            for name, slot in shape.slots.items()
            if not (self.sends and slot.read_only and self.rnd.random() >= self.often)
            and self.rnd.random() < (1 - self.often / 2 if slot.required else 0.7 if depth < 3 else 0.1)
        }
        if self.rnd.random() < self.often / 2:
            found["stranger"] = self.rnd.choice(PLAIN)
        if self.rnd.random() < 3 * self.often:
            found = {name: found[name] for name in self.rnd.sample(list(found), len(found))}
        return found

    def value(self, slot: Slot, depth: int) -> Any:
        if self.rnd.random() < self.often:
            return self.rnd.choice(PLAIN)
        if slot.nullable and self.rnd.random() < 0.2:
            return None
        match slot:
            case One():
                return self.of(self.resolve(slot.target), depth + 1)
            case Many():
                most = [rule.max for rule in slot.field.validators if isinstance(rule, validate.Length) and rule.max]
                return [
                    self.value(slot.inner, depth + 1)
                    for _ in range(self.rnd.choice((1, 1, 0, 2, 3)[: 2 if most else 5]))
                ]
            case Table():
                return {name: self.value(slot.inner, depth + 1) for name in "yx"[: self.rnd.randint(0, 2)]}
        return self.rnd.choice(self.plain(slot.field))

    def plain(self, field: fields.Field[Any]) -> tuple[Any, ...]:
        for rule in field.validators:
            if isinstance(rule, validate.OneOf):
                return tuple(rule.choices)
        kind = {Text: str, Number: int, Truth: bool, Keyed: dict}.get(type(field))
        return PLAIN if kind is None else tuple(value for value in PLAIN if type(value) is kind)


def as_the_app_has_it(found: Any, slot: Slot | Shape, resolve: Resolve) -> Any:
    """A document of today with its members where the app's objects have them."""
    match slot:
        case Shape() if isinstance(found, dict):
            made: dict[str, Any] = {}
            for name, value in found.items():
                inner = slot.slots.get(name)
                at = (name,) if inner is None else inner_place(inner)
                made = place(made, at, value if inner is None else as_the_app_has_it(value, inner, resolve))
            return made
        case One():
            return as_the_app_has_it(found, resolve(slot.target), resolve)
        case Many() if isinstance(found, list):
            return [as_the_app_has_it(value, slot.inner, resolve) for value in found]
        case Table() if isinstance(found, dict):
            return {name: as_the_app_has_it(value, slot.inner, resolve) for name, value in found.items()}
    return found


def asked(made: Api, *, count: int = 60, unknown: Any = "raise") -> dict[str, tuple[Body, int]]:
    """Both bodies of an API, each with how many of some documents its fast path took."""
    way = translation(made, unknown=unknown)
    today = Derivation({made[0]}, [], keys={}, unknown="raise", limit=1).translation(made[0], 0, None).check.resolve
    replies, requests = Documents(today, sends=False), Documents(way.check.resolve, sends=True)
    found: dict[str, tuple[Body, int]] = {}
    for name, body in (("reply", reply_of(way)), ("request", request_of(way))):
        taken = 0
        for index in range(count if body.fast.run is not None else 0):
            replies.often = requests.often = 0.1 * (index % 2)
            sent = (
                as_the_app_has_it(replies.of(way.newest), way.newest, today)
                if name == "reply"
                else requests.of(way.shape)
            )
            taken += ask(body, msgspec.json.encode(sent))
        found[name] = body, taken
    return found


# Where a schema is nested


def around(made: Api) -> Iterator[tuple[str, Api]]:
    """An API, and its schema at every kind of place."""
    thing, changes = made
    yield "as it stands", made
    yield (
        "in others",
        (
            schema(
                needed=Nested(thing, required=True),
                one=Nested(thing, allow_none=True),
                many=Listed(Nested(thing), allow_none=True),
                table=Keyed(values=Nested(thing)),
                deep=Listed(Listed(Nested(thing, allow_none=True))),
            ),
            changes,
        ),
    )
    holder: list[type[Schema]] = []
    holder.append(
        Schema.from_dict(
            {"here": Nested(thing), "again": Nested(lambda: holder[0]()), "more": Listed(Nested(lambda: holder[0]()))},
            name="NodeSchema",
        )
    )
    yield "in itself", (holder[0], changes)


# Authors' functions


def spoil(value: Any) -> Any:
    """Writes into what it is given."""
    if isinstance(value, list):
        value.append("spoilt")
    if isinstance(value, dict):
        value["spoilt"] = True
    return value


def count(found: Any) -> int:
    return len(found)


def count_and_spoil(found: Any) -> int:
    counted = len(found)
    spoil(found)
    return counted


def crossed(found: Any) -> Any:
    return {**found, "y": found["x"]}


def shout(value: Any) -> Any:
    return value.upper()


def whisper(value: Any) -> Any:
    return value.lower()


def loudly(value: Any) -> Any:
    raise ValueError(str(value))


def or_none(value: Any) -> Any:
    return value or None


def or_empty_list(value: Any) -> Any:
    return [] if value is None else value


def or_empty(value: Any) -> Any:
    return "" if value is None else value


class Backwards(Translator):
    """Texts are written from right to left."""

    schema = Schema.from_dict({"text": Text(), "size": Number()}, name="BackwardsSchema")

    def __init__(self, title: str = "label") -> None:
        self.title = title

    def upgrade(self, found: dict[str, Any]) -> dict[str, Any]:
        return {(self.title if name == "text" else name): value for name, value in found.items()}

    def downgrade(self, found: dict[str, Any]) -> dict[str, Any]:
        found["text"] = found.pop(self.title, "")[::-1]
        return found


class BackwardsOnto(Backwards):
    def upgrade(self, found: dict[str, Any], onto: Any) -> dict[str, Any]:  # type: ignore[override]
        return {"label": found.get("text", "-")[::-1], "size": found.get("size", 0)}


# Schemas

PAIR = schema(x=Text(required=True), y=Text(allow_none=True))
LABEL = {"label": Text(), "size": Number()}
