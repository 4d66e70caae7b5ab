"""What the client sees now beside what it sends: counterparts, read-only values, and how much is compared."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields

from translayer import Api, Resource, Version, VersionChange
from translayer.contract.allowlist import sent_of
from translayer.contract.lens import Faults
from translayer.contract.matching import as_it_is
from translayer.contract.seen import NOBODY, NOTHING, Crowd, Seen
from translayer.document.values import ABSENT, duplicate
from translayer.errors import RequestError
from translayer.operations import rename


class Bolt(Schema):
    id = fields.Integer(dump_only=True)
    size = fields.Integer()


class Part(Schema):
    id = fields.Integer(dump_only=True)
    key = fields.String()
    text = fields.String()
    pin = fields.String(load_only=True, required=True)
    one = fields.Nested(Bolt)
    bolts = fields.List(fields.Nested(Bolt))
    table = fields.Dict(values=fields.Nested(Bolt))
    grid = fields.List(fields.List(fields.Nested(Bolt)))


class Plain(Schema):
    parts = fields.List(fields.Nested(Part))


class Keyed(Schema):
    parts = fields.List(fields.Nested(Part), metadata={"key": "key"})


class NumbersHaveNames(VersionChange):
    """Numbers are called otherwise."""

    schemas = {Part: [rename("number", "id")], Bolt: [rename("number", "id")]}


def way(described: type[Schema], *changes: Any) -> Any:
    """The way between the app and the oldest version."""
    versions = [Version(2, *changes), Version(1)] if changes else [Version(1)]
    api = Api("acme", [Resource("thing", described, item="/things/<id>")], versions)
    return api.translation(described, len(versions) - 1)


def told(translation: Any, parts: Any, current: Any) -> list[tuple[str, str]]:
    """What the client is told of the parts that it sends, where it sees others now."""
    try:
        translation.upgrade({"parts": parts}, {"parts": current}, current={"parts": current})
    except RequestError as error:
        return [(violation.pointer, violation.code) for violation in error.violations]
    return []


A = {"id": 1, "key": "a", "text": "A", "one": {"id": 10}, "bolts": [{"id": 11}, {"id": 12}], "table": {"x": {"id": 13}}}
B = {"id": 2, "key": "b", "text": "B", "one": {"id": 20}, "bolts": [{"id": 21}], "grid": [[{"id": 24}], [{"id": 25}]]}
C = {"id": 3, "key": "c", "text": "C", "one": {"id": 30}, "bolts": []}
NEW = {"key": "d", "pin": "0"}
NOW = [A, B, C]

TAKEN = (
    NOW,
    [C, B, A],
    [B, C],
    [NEW, A, B, C],
    [A, NEW, C],
    [A, B],
    [],
    [NEW],
    [{**A, "bolts": A["bolts"][::-1]}, B, C],
    [{**A, "bolts": [{"size": 1}, *A["bolts"]]}, B, C],
    [A, {**B, "grid": B["grid"][::-1]}, C],
)
"""What both with a key and without one is an honest change."""


@pytest.mark.parametrize("described", (Plain, Keyed))
@pytest.mark.parametrize("changes", ((), (NumbersHaveNames,)))
@pytest.mark.parametrize("parts", TAKEN)
def test_VAL_5_3_elements_may_be_moved_with_what_is_read_only_in_them(parts: Any, changes: Any, described: Any) -> None:
    translation = way(described, *changes)
    now = translation.downgrade({"parts": NOW})["parts"]
    moved = now if parts is NOW else [now[NOW.index(part)] if part in NOW else renamed(part, changes) for part in parts]
    document = {"parts": duplicate(moved)}
    translation.upgrade(document, {"parts": NOW}, current={"parts": now})


def renamed(value: Any, changes: Any) -> Any:
    """A part in the names of a version."""
    if isinstance(value, list):
        return [renamed(element, changes) for element in value]
    if not isinstance(value, dict):
        return value
    return {
        ("number" if name == "id" and changes else name): renamed(member, changes) for name, member in value.items()
    }


COPIED = (
    [A, A, B, C],
    [A, B, {**C, "one": B["one"], "bolts": [*A["bolts"], *B["bolts"]]}],
    [{**A, "id": 3}, B, {**C, "id": 1}],
    [A, {**B, "grid": [A["bolts"]]}, C],
)
"""What is an honest change only where nothing tells the elements apart, and what is none."""
COPIED_TOLD: dict[type[Schema], list[list[tuple[str, str]]]] = {
    Plain: [
        # The second A is new for the lens as well, which would write it without its pin.
        [("/parts/1/pin", "REQUIRED")],
        [],
        [],
        [("/parts/1/grid/0/0/id", "READ_ONLY"), ("/parts/1/grid/0/1/id", "READ_ONLY")],
    ],
    Keyed: [
        [
            ("/parts/1/key", "DUPLICATE"),
            ("/parts/1/pin", "REQUIRED"),
            ("/parts/1/id", "READ_ONLY"),
            ("/parts/1/one/id", "READ_ONLY"),
            ("/parts/1/bolts/0/id", "READ_ONLY"),
            ("/parts/1/bolts/1/id", "READ_ONLY"),
            ("/parts/1/table/x/id", "READ_ONLY"),
        ],
        [
            ("/parts/2/one/id", "READ_ONLY"),
            ("/parts/2/bolts/0/id", "READ_ONLY"),
            ("/parts/2/bolts/1/id", "READ_ONLY"),
            ("/parts/2/bolts/2/id", "READ_ONLY"),
        ],
        [("/parts/0/id", "READ_ONLY"), ("/parts/2/id", "READ_ONLY")],
        [("/parts/1/grid/0/0/id", "READ_ONLY"), ("/parts/1/grid/0/1/id", "READ_ONLY")],
    ],
}


@pytest.mark.parametrize("described", (Plain, Keyed))
@pytest.mark.parametrize("case", range(len(COPIED)))
def test_VAL_5_3_what_is_read_only_is_that_of_the_element_or_without_a_key_of_any(described: Any, case: int) -> None:
    assert sorted(told(way(described), duplicate(COPIED[case]), NOW)) == sorted(COPIED_TOLD[described][case])


@pytest.mark.parametrize("described", (Plain, Keyed))
def test_a_new_element_needs_what_never_leaves(described: Any) -> None:
    """Whatever other elements the list has; and no number makes it one of them."""
    parts = [A, B, C, {"key": "d"}]
    assert told(way(described), parts, NOW) == [("/parts/3/pin", "REQUIRED")]
    assert told(way(described), [{"key": "d"}], []) == [("/parts/0/pin", "REQUIRED")]
    invented = [A, B, C, {**NEW, "id": 4}]
    assert told(way(described), invented, NOW) == [("/parts/3/id", "READ_ONLY")]


STORED = [
    {"id": 1, "key": "a", "text": "A", "pin": "1", "hidden": 1},
    {"id": 2, "key": "b", "text": "B", "pin": "2", "hidden": 2},
]


@pytest.mark.parametrize("described", (Plain, Keyed))
@pytest.mark.parametrize("changes", ((), (NumbersHaveNames,)))
def test_elements_of_a_patched_list_keep_what_is_theirs(described: Any, changes: Any) -> None:
    """Though they are recognised without a key by all that they hold, read-only members included."""
    translation = way(described, *changes)
    now = translation.downgrade({"parts": STORED})["parts"]
    first, second = ({name: member for name, member in part.items() if name != "id"} for part in STORED)

    def written(*parts: Any) -> Any:
        document = {"parts": duplicate(list(parts))}
        return translation.upgrade(document, {"parts": STORED}, current={"parts": now})["parts"]

    assert written(now[1]) == [second]
    assert written(now[0], NEW, now[1]) == [first, NEW, second]
    assert written(*now) == [first, second]


def test_what_was_seen_is_asked_place_by_place() -> None:
    seen = Seen({"a": [1, {"b": 2}], "n": None})
    assert seen.is_object
    assert seen.member("a").member("b") == Seen()
    assert [known.here for known in seen.member("a").elements([1, {"b": 2}, 3], None, as_it_is)] == [
        1,
        {"b": 2},
        ABSENT,
    ]
    assert seen.member("n").is_same(None)
    assert not seen.member("x").is_same(None)
    assert not seen.member("a").is_object
    assert [known.here for known in seen.elements([1], None, as_it_is)] == [ABSENT]


def test_nothing_is_seen_of_what_is_new() -> None:
    assert NOTHING.member("a") is NOTHING
    assert list(NOTHING.elements([1, 2], "key", as_it_is)) == [NOTHING, NOTHING]
    assert not NOTHING.has(None)
    assert not NOBODY.member("a").elements.has(None)


def test_a_crowd_knows_its_values_and_what_is_in_them() -> None:
    crowd = Crowd([{"a": 1}, {"a": [True, None]}, [2], 3])
    assert crowd.has({"a": 1.0})
    assert not crowd.has({"a": True})
    assert crowd.member("a").has(1)
    assert crowd.member("a").elements.has(True)
    assert not crowd.member("a").elements.has(1)
    assert crowd.elements.has(2)
    assert not crowd.elements.has(3)


# How much is compared


class Counted(str):
    """A text that counts how often any is hashed or compared."""

    count = 0

    def __hash__(self) -> int:
        Counted.count += 1
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        Counted.count += 1
        return super().__eq__(other)


class Row(Schema):
    id = fields.Raw(dump_only=True)
    key = fields.String()
    rows = fields.List(fields.Nested("Row"))
    table = fields.Dict(values=fields.Nested("Row"))


class Rows(Schema):
    rows = fields.List(fields.Nested(Row))


class KeyedRows(Schema):
    rows = fields.List(fields.Nested(Row), metadata={"key": "key"})


def rows(count: int) -> list[Any]:
    """Rows in one list, with others in them by position, by name, and one in its own list in each."""
    return [
        {
            "id": Counted(number),
            "key": str(number),
            "rows": [{"id": Counted(f"{number} {inner}")} for inner in range(2)],
            "table": {f"x{number}": {"id": Counted(f"{number} x")}},
        }
        for number in range(count)
    ]


REARRANGED: dict[str, Any] = {
    "as it was": lambda made: made,
    "reversed": lambda made: made[::-1],
    "without the first": lambda made: made[1:],
    "with a new one": lambda made: [{}, *made],
    "without the first inside": lambda made: [{**row, "rows": row["rows"][1:]} for row in made],
    "moved inside": lambda made: [{**row, "rows": other["rows"]} for row, other in zip(made, made[::-1], strict=True)],
}


def comparisons(described: type[Schema], rearrange: Any, count: int) -> int:
    translation = way(described)
    faults: Faults = []
    document, current = {"rows": rearrange(rows(count))}, {"rows": rows(count)}
    Counted.count = 0
    translation.strict.document(document, translation.shape, faults, current)
    assert described is KeyedRows or not faults
    return Counted.count


@pytest.mark.parametrize("described", (Rows, KeyedRows))
@pytest.mark.parametrize("rearrange", REARRANGED.values(), ids=REARRANGED)
def test_twice_as_many_elements_take_twice_as_many_comparisons(described: Any, rearrange: Any) -> None:
    few, many = (comparisons(described, rearrange, count) for count in (100, 200))
    assert 0 < few <= many <= 2.2 * few
    assert many < 200 * 50


def test_what_a_client_sends_is_all_but_what_is_read_only() -> None:
    translation = way(Plain)
    one = {"id": 1, "size": 2}
    part = {"id": 1, "key": "k", "one": one, "bolts": [one, 5], "table": {"a": one, "b": 5}, "grid": [[one]], "x": one}
    sent = {"key": "k", "one": {"size": 2}, "bolts": [{"size": 2}, 5], "table": {"a": {"size": 2}, "b": 5}}
    sent |= {"grid": [[{"size": 2}]], "x": one}
    shape, resolve = translation.shape, translation.check.resolve
    assert sent_of({"parts": [part]}, shape, resolve) == {"parts": [sent]}
    for odd in ({"parts": 5}, 5, {"parts": [{"table": 5, "bolts": 5, "one": 5}]}):
        assert sent_of(odd, shape, resolve) == odd
