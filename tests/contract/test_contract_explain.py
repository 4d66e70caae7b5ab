"""Explanations: what `api.translate` does to a document, step by step, with every place, time and failure."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from generated import Case, case
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validate

from examples.bookings.api import api as bookings
from translayer import Api, Limits, Resource, Translator, Version, VersionChange
from translayer.contract.explain import Explanation, printable
from translayer.contract.lens import Chain, Step, loses, operations
from translayer.contract.operations.base import Operation
from translayer.contract.trace import Leg, Recorder, TracedStep, Tracer, told
from translayer.document.values import ABSENT, duplicate
from translayer.errors import ContractViolation, RequestError, pointer
from translayer.operations import (
    add,
    constrain,
    convert,
    default,
    flatten,
    join,
    map_values,
    move,
    nest,
    relax,
    remove,
    rename,
    require,
    split,
    unwrap,
    wrap,
)

OLD = {
    "reference": "A1",
    "pax": 2,
    "status": "done",
    "cents": 1050,
    "currency": "EUR",
    "customer": {"name": "Ada Lovelace", "email": "ada@example.org", "fax": None},
    "legs": [{"origin": "OSL", "departure": 1795161600}, {"origin": "LHR", "departure": 1795165200}],
}
NEW = bookings.translate(OLD, "booking", from_version=1, to_version=3)
NEWEST = bookings.translate({**NEW, "notes": "Window seat."}, "booking", from_version=3, to_version=4)


class PartSchema(Schema):
    size = fields.Integer(required=True)


class ThingSchema(Schema):
    id = fields.Integer(dump_only=True)
    title = fields.String(required=True)
    rows = fields.List(fields.List(fields.Nested(PartSchema)))
    table = fields.Dict(values=fields.Nested(PartSchema))
    part = fields.Nested(PartSchema, allow_none=True)
    inner = fields.Nested(lambda: ThingSchema())
    secret = fields.String(load_only=True)


def told_by(**schemas: Any) -> type[VersionChange]:
    """A change named Change, of things and of parts."""
    names = {"thing": ThingSchema, "part": PartSchema}
    return type("Change", (VersionChange,), {"schemas": {names[name]: done for name, done in schemas.items()}})


def make(*changes: type[VersionChange], schema: type[Schema] = ThingSchema, **options: Any) -> Api:
    """An API of things whose versions, newest first, have made a change each."""
    versions = [Version(len(changes) + 1 - position, change) for position, change in enumerate(changes)]
    return Api("acme", [Resource("thing", schema, item="/things/<id>")], [*versions, Version(1)], **options)


def places(explanation: Explanation) -> list[tuple[str, str]]:
    return [(step.origin.operation, step.pointer) for step in explanation.steps]


# What is explained is what is done


@pytest.mark.parametrize("source, document", ((1, OLD), (3, NEW), (4, NEWEST)))
@pytest.mark.parametrize("target", (1, 2, 3, 4))
def test_TRN_8_1_the_result_is_what_translate_gives_and_no_document_is_changed(
    source: int, document: Any, target: int
) -> None:
    kept = duplicate(document)
    explanation = bookings.explain(document, "booking", from_version=source, to_version=target)
    expected = bookings.translate(document, "booking", from_version=source, to_version=target)
    assert json.dumps(explanation.result) == json.dumps(expected)
    assert explanation.failures == ()
    assert explanation.document == document == kept
    assert explanation.document is not document
    assert all(step.seconds >= 0 for step in explanation.steps)
    assert explanation.seconds == pytest.approx(sum(step.seconds for step in explanation.steps))


def test_TRN_8_1_the_way_leads_up_to_the_newest_version_and_down_again() -> None:
    explanation = bookings.explain(OLD, "booking", from_version=1, to_version="2")
    legs = list(dict.fromkeys(step.origin.leg for step in explanation.steps))
    assert legs == [
        Leg("upgrade", "1", "2"),
        Leg("upgrade", "2", "3"),
        Leg("upgrade", "3", "4"),
        Leg("downgrade", "4", "3"),
        Leg("downgrade", "3", "2"),
        Leg("downgrade", "2", "2"),
    ]
    assert (explanation.resource, explanation.from_version, explanation.to_version) == ("booking", "1", "2")


def test_TRN_8_1_each_step_begins_where_the_one_before_it_on_the_same_object_has_ended() -> None:
    explanation = make(told_by(thing=[rename("c", "title")]), told_by(thing=[rename("a", "b"), rename("b", "c")]))
    steps = explanation.explain({"a": "x"}, "thing", from_version=1, to_version=3).steps
    assert [(step.before, step.after) for step in steps] == [
        ({"a": "x"}, {"b": "x"}),
        ({"b": "x"}, {"c": "x"}),
        ({"c": "x"}, {"title": "x"}),
        ({"title": "x"}, {"title": "x"}),
    ]
    assert [step.changed for step in steps] == [True, True, True, False]


def test_TRN_8_1_what_a_version_does_not_declare_is_left_out_last() -> None:
    explanation = make(told_by()).explain({"title": "x", "secret": "s", "y": 1}, "thing", from_version=1, to_version=2)
    (last,) = explanation.steps
    assert (last.origin.operation, last.origin.leg, last.after) == (
        "Declared",
        Leg("downgrade", "2", "2"),
        {"title": "x"},
    )
    assert explanation.result == {"title": "x"}


def test_TRN_8_1_what_is_not_there_is_a_lookup_error() -> None:
    for resource, source, target in (("x", 1, 1), ("booking", 9, 1), ("booking", 1, 9)):
        with pytest.raises(LookupError, match="there is no"):
            bookings.explain(OLD, resource, from_version=source, to_version=target)


Outcome = tuple[str, list[tuple[str, str]]]
"""A result as it is printed, and the place and the sentence of everything that failed."""


def translated(api: Api, document: Any, **versions: Any) -> Outcome:
    """What becomes of a thing without an explanation."""
    try:
        return json.dumps(api.translate(document, "thing", **versions)), []
    except RequestError as refusal:
        return "", [(violation.pointer, violation.message) for violation in refusal.violations]
    except ContractViolation as fault:
        return "", [(pointer(fault.path), fault.reason)]


def outcome(explanation: Explanation) -> Outcome:
    """What became of a thing, as its explanation says."""
    printed = "" if explanation.result is ABSENT else json.dumps(explanation.result)
    return printed, [(failure.pointer, failure.message) for failure in explanation.failures]


def as_api(known: Case) -> Api:
    """The API whose versions did what a generated history tells."""
    changes = [type("Change", (VersionChange,), {"schemas": told_then}) for told_then in known.changes]
    return make(*changes, schema=known.schemas[0])


@settings(max_examples=100, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.builds(case, st.integers(0, 2**64 - 1), st.integers(0, 20)), st.data())
def test_TRN_8_1_so_it_is_of_any_chain_of_operations(known: Case, drawn: st.DataObject) -> None:
    api = as_api(known)
    source, target = (drawn.draw(st.integers(0, known.end)) for _ in range(2))
    document = known.document(source)
    versions = {"from_version": api.versions[source].text, "to_version": api.versions[target].text}
    explanation = api.explain(document, "thing", **versions)
    assert outcome(explanation) == translated(api, document, **versions)
    assert all(step.origin.change for step in explanation.steps if step.origin.operation != "Declared")
    json.dumps(explanation.as_json())
    assert explanation.text().isprintable() is False  # it has lines
    assert all(line.isprintable() for line in explanation.text().split("\n"))


def test_a_traced_lens_is_in_all_else_the_lens_that_it_is() -> None:
    schema = bookings.resources[0].schema
    translations = [bookings.translation(schema, position) for position in range(len(bookings.versions))]
    for position, (newer, older) in enumerate(pairwise(translations)):
        step = older.chain.lenses[-1]
        assert isinstance(step, Step)
        assert len(older.chain.lenses) == len(newer.chain.lenses) + 1
        leg = Leg("downgrade", "2", "1")
        traced = Tracer(Recorder(), leg, bookings.versions[position], older.check.resolve).step(step, older.shape)
        assert loses(traced) == loses(step)
        assert len(list(operations(traced))) == len(list(operations(step)))
        for path in (
            ("customer", "name"),
            ("legs", 0, "departure"),
            ("price", "amount"),
            ("passengers",),
            ("remarks",),
            (),
        ):
            assert traced.older_path(path) == step.older_path(path)
            assert Chain((traced,)).newer_path(path) == step.newer_path(path)


# Where a step comes from, and where it worked


class Amounts(Translator):
    """An amount is a text."""

    class schema(Schema):
        amount = fields.Integer(required=True)

    def upgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"amount": str(document["amount"])}

    def downgrade(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"amount": int(document["amount"])}


class Amount(Schema):
    amount = fields.String(required=True)


class EverySchema(Schema):
    renamed = fields.String()
    added = fields.String()
    box = fields.Nested(Schema.from_dict({"first": fields.String(), "second": fields.String()}))
    third = fields.String()
    inner = fields.Nested(Schema.from_dict({"moved": fields.String(), "other": fields.String()}))
    first_name = fields.String()
    last_name = fields.String()
    place = fields.String()
    number = fields.Integer()
    colour = fields.String(validate=validate.OneOf(["red"]))
    many = fields.List(fields.String())
    one = fields.String(allow_none=True)
    optional = fields.String(load_default="x")
    required = fields.String(required=True)
    relaxed = fields.String(allow_none=True)
    limited = fields.String()
    amount = fields.Nested(Amount)


class EverythingChanged(VersionChange):
    """Every operation there is."""

    schemas = {
        EverySchema: [
            rename("old", "renamed"),
            add("added", default="new"),
            remove("gone", was=fields.String(), default="then"),
            nest("first", "second", under="box"),
            flatten("shell", "third"),
            move("moved", "inner.moved"),
            split("name", into=("first_name", "last_name"), by=" "),
            join(("street", "town"), into="place", by=", "),
            convert("number", upgrade=int, downgrade=str, was=fields.String()),
            map_values("colour", {"rot": "red"}),
            wrap("many"),
            unwrap("one"),
            default("optional", was="y"),
            require("required", default="z"),
            relax("relaxed", default="r"),
            constrain("limited", was=fields.String(validate=validate.Length(max=3))),
        ],
        Amount: Amounts,
    }


EVERY_OLD = {
    "old": "a",
    "gone": "then",
    "first": "b",
    "second": "c",
    "shell": {"third": "d"},
    "moved": "e",
    "inner": {"other": "o"},
    "name": "Ada Lovelace",
    "street": "Main St",
    "town": "Oslo",
    "number": "7",
    "colour": "rot",
    "many": "f",
    "one": ["g"],
    "relaxed": "h",
    "limited": "abc",
    "amount": {"amount": 5},
}


def concrete(kind: type[Operation]) -> Iterator[type[Operation]]:
    """Every kind of operation that the package has."""
    for below in kind.__subclasses__():
        if not inspect.isabstract(below) and below.__module__.startswith("translayer."):
            yield below
        yield from concrete(below)


def test_TRN_8_2_every_operation_is_told_with_its_version_its_change_and_its_schema() -> None:
    api = make(EverythingChanged, schema=EverySchema)
    up = api.explain(EVERY_OLD, "thing", from_version=1, to_version=2)
    down = api.explain(up.result, "thing", from_version=2, to_version=1)
    kinds = {kind.__name__ for kind in concrete(Operation)}
    for explanation, leg in ((up, Leg("upgrade", "1", "2")), (down, Leg("downgrade", "2", "1"))):
        *steps, _ = explanation.steps
        assert {step.origin.operation for step in steps} == kinds - {"Relocation"}
        assert {step.origin.leg for step in steps} == {leg}
        assert {step.origin.change for step in steps} == {EverythingChanged}
        schemas = {step.origin.operation: step.origin.schema for step in steps}
        assert (schemas["Rename"], schemas["Handwritten"]) == ("EverySchema", "Amount")
    assert {step.origin.sentence for step in up.steps[:-1]} == set(api.changelog()[0].sentences)
    assert down.result == {**EVERY_OLD, "optional": "y", "required": "z"}


@pytest.mark.parametrize("source, target", ((1, 2), (2, 1)))
def test_TRN_8_2_steps_point_at_their_object_in_the_older_names(source: int, target: int) -> None:
    api = make(told_by(part=[convert("size", upgrade=lambda size: size, downgrade=lambda size: size)],
                       thing=[rename("lines", "rows"), rename("within", "inner")]))  # fmt: skip
    part = {"size": 1}
    old = {"title": "x", "lines": [[part], [], [part, part]], "table": {"a/b": part, "c": part}, "part": None}
    old["within"] = duplicate({**old, "part": part})
    document = api.translate(old, "thing", from_version=1, to_version=source)
    explanation = api.explain(document, "thing", from_version=source, to_version=target)
    found = [place for kind, place in places(explanation) if kind == "Convert"]
    outer = ["/lines/0/0", "/lines/2/0", "/lines/2/1", "/table/a~1b", "/table/c"]
    assert found == [*outer, *(f"/within{place}" for place in [*outer, "/part"])]
    renamed = [place for kind, place in places(explanation) if kind == "Rename"]
    assert sorted(renamed) == ["", "", "/within", "/within"]


def test_TRN_8_2_two_changes_of_one_version_are_told_apart() -> None:
    first = type("First", (VersionChange,), {"schemas": {ThingSchema: [rename("a", "b")]}})
    second = type("Second", (VersionChange,), {"schemas": {ThingSchema: [rename("b", "title")]}})
    api = Api("acme", [Resource("thing", ThingSchema, item="/things/<id>")], [Version(2, first, second), Version(1)])
    for document, source, target, order in (
        ({"a": "x"}, 1, 2, [first, second]),
        ({"title": "x"}, 2, 1, [second, first]),
    ):
        explanation = api.explain(document, "thing", from_version=source, to_version=target)
        assert [step.origin.change for step in explanation.steps] == [*order, None]


def test_an_operation_that_is_not_as_it_was_told_is_of_no_known_change() -> None:
    translation = make(told_by(thing=[rename("a", "title")])).translation(ThingSchema, 1)
    (step,) = translation.chain.lenses
    assert isinstance(step, Step)
    recorder = Recorder()
    tracer = Tracer(recorder, Leg("upgrade", "1", "2"), Version(2), translation.check.resolve)
    tracer.step(step, translation.shape).put({"a": "x"}, ABSENT, [])
    assert [(noted.origin.change, noted.after) for noted in recorder.steps] == [(None, {"title": "x"})]
    assert told(Version(2)) == {}


# Failures


def refuse(value: Any) -> Any:
    raise ValidationError("Not this one.")


def fail(value: Any) -> Any:
    raise KeyError("size")


def test_TRN_8_3_what_a_client_is_refused_for_is_told_at_its_step_with_the_cause() -> None:
    api = make(told_by(part=[convert("size", upgrade=fail, downgrade=fail)], thing=[rename("name", "title")]))
    document = {"name": "x", "table": {"a": {"size": 1}}, "part": {"size": 2}}
    explanation = api.explain(document, "thing", from_version=1, to_version=2)
    assert explanation.result is ABSENT
    assert [(failure.pointer, failure.code, failure.cause) for failure in explanation.failures] == [
        ("/table/a/size", "RULE", None),
        ("/part/size", "RULE", None),
    ]
    failed = [step for step in explanation.steps if step.failures]
    assert [(step.pointer, step.after, step.changed) for step in failed] == [
        ("/table/a", ABSENT, False),
        ("/part", ABSENT, False),
    ]
    (failure,) = failed[0].failures
    assert (failure.pointer, failure.message, failure.cause) == (
        "/table/a/size",
        "The value cannot be converted.",
        "KeyError('size')",
    )
    assert places(explanation)[-1] == ("Rename", "")  # all is tried, so that all faults come at once


@pytest.mark.parametrize(
    "operation, value, code, message",
    (
        (convert("size", upgrade=refuse, downgrade=fail), 1, "RULE", "Not this one."),
        (map_values("size", {1: 2}), 3, "CHOICE", "The value is not one of those allowed."),
    ),
)
def test_TRN_8_3_what_is_told_to_the_client_already_has_no_cause(
    operation: Any, value: int, code: str, message: str
) -> None:
    api = make(told_by(part=[operation], thing=[rename("piece", "part")]))
    explanation = api.explain({"piece": {"size": value}}, "thing", from_version=1, to_version=2)
    for failures in (explanation.steps[0].failures, explanation.failures):
        (failure,) = failures
        assert (failure.pointer, failure.code, failure.message, failure.cause) == ("/piece/size", code, message, None)


def test_TRN_8_3_what_breaks_the_contract_ends_the_way_with_the_steps_until_then() -> None:
    api = make(told_by(part=[convert("size", upgrade=fail, downgrade=fail)], thing=[rename("name", "title")]))
    document = {"title": "x", "rows": [[{}, {"size": 1}, {"size": 2}]]}
    explanation = api.explain(document, "thing", from_version=2, to_version=1)
    assert places(explanation) == [("Rename", ""), ("Convert", "/rows/0/0"), ("Convert", "/rows/0/1")]
    *_, last = explanation.steps
    assert last.failures == explanation.failures
    (failure,) = explanation.failures
    assert (failure.pointer, failure.code) == ("/rows/0/1/size", "INTERNAL_ERROR")
    assert failure.message == "fail failed: KeyError('size')"
    assert explanation.result is ABSENT


@pytest.mark.parametrize("document", (None, 1, "x", [{"title": "x"}]))
def test_TRN_8_3_what_is_no_object_is_refused_before_the_first_step(document: Any) -> None:
    for source in (1, 2):
        explanation = make(told_by(thing=[add("part")])).explain(document, "thing", from_version=source, to_version=2)
        assert [(failure.path, failure.code) for failure in explanation.failures] == [((), "TYPE")]
        assert explanation.steps == ()


def test_TRN_8_3_a_fault_between_the_steps_is_told_as_well() -> None:
    api = make(told_by(part=[rename("width", "size")]))
    explanation = api.explain({"table": {"a": 1}}, "thing", from_version=2, to_version=1)
    assert [(failure.pointer, failure.message) for failure in explanation.failures] == [
        ("/table/a", "an object was expected")
    ]
    assert explanation.steps == ()


@pytest.mark.parametrize("wrong", (1, "ab", None, {"x": 1}, [1], [[{"size": 1}], 2]))
def test_TRN_8_3_values_of_a_wrong_type_are_met_as_translate_meets_them(wrong: Any) -> None:
    api = make(told_by(part=[rename("width", "size")]))
    for name in ("rows", "table", "part"):
        for source, target in ((1, 2), (2, 1)):
            explanation = api.explain({name: wrong}, "thing", from_version=source, to_version=target)
            assert outcome(explanation) == translated(api, {name: wrong}, from_version=source, to_version=target)


def test_TRN_8_3_failures_are_as_many_as_a_client_is_told() -> None:
    api = make(told_by(part=[convert("size", upgrade=fail, downgrade=fail)]), limits=Limits(violations=2))
    document = {"table": {str(number): {"size": 1} for number in range(5)}}
    explanation = api.explain(document, "thing", from_version=1, to_version=2)
    assert len(explanation.failures) == 2
    assert sum(bool(step.failures) for step in explanation.steps) == 5


# As text and as JSON


def timed(explanation: Explanation) -> Explanation:
    """The explanation as if every step had taken a quarter of a microsecond."""
    steps = tuple(
        TracedStep(step.origin, step.path, step.before, step.after, 0.25e-6, step.failures)
        for step in explanation.steps
    )
    return Explanation(
        explanation.resource,
        explanation.from_version,
        explanation.to_version,
        explanation.document,
        explanation.result,
        steps,
        explanation.failures,
    )


class PartsHaveSizes(VersionChange):
    """A part's `width` is
    called `size`."""

    schemas = {PartSchema: [rename("width", "size")], ThingSchema: [add("part", default={"size": 9}), add("secret")]}


TEXT = """\
thing, version 1 to 2: 4 steps, of which 3 changed something, in 1.0 µs

Version 1 to 2, which did
  PartsHaveSizes: A part's `width` is called `size`.
  1  0.2 µs  PartSchema   /table/a      `width` is called `size`.
      -  /table/a/width  1
      +  /table/a/size   1
  2  0.2 µs  ThingSchema  the document  `part` is new.
      +  /part  {"size": 9}
  3  0.2 µs  ThingSchema  the document  `secret` is new.
      =  nothing changes

Version 2
  4  0.2 µs  ThingSchema  the document  What the version does not declare, or never shows, is left out; the rest \
stands in its order.
      -  /x  [1]

The result
{
  "table": {
    "a": {
      "size": 1
    }
  },
  "part": {
    "size": 9
  }
}"""

FAILED = """\
thing, version 2 to 1: 1 steps, of which 0 changed something, in 0.2 µs

Version 2 back to 1, undoing
  Change: Change
  1  0.2 µs  ThingSchema  the document  `title` has another form.
      !  /title  fail failed: KeyError('size')

There is no result
!  /title  fail failed: KeyError('size')"""

REFUSED = """\
thing, version 1 to 2: 1 steps, of which 0 changed something, in 0.2 µs

Version 1 to 2, which did
  Change: Change
  1  0.2 µs  ThingSchema  the document  `title` has another form.
      !  /title  The value cannot be converted. (KeyError('size'))

There is no result
!  /title  The value cannot be converted."""


def test_TRN_8_4_the_text_is_for_readers() -> None:
    explanation = make(PartsHaveSizes).explain(
        {"table": {"a": {"width": 1}}, "x": [1]}, "thing", from_version=1, to_version=2
    )
    assert timed(explanation).text() == TEXT
    brief = timed(explanation).text(unchanged=False)
    assert brief == TEXT.replace(
        "  3  0.2 µs  ThingSchema  the document  `secret` is new.\n      =  nothing changes\n", ""
    )


@pytest.mark.parametrize("source, target, text", ((2, 1, FAILED), (1, 2, REFUSED)))
@pytest.mark.parametrize("unchanged", (True, False))
def test_TRN_8_4_the_text_says_what_failed(source: int, target: int, text: str, unchanged: bool) -> None:
    api = make(told_by(thing=[convert("title", upgrade=fail, downgrade=fail)]))
    explanation = api.explain({"title": "x"}, "thing", from_version=source, to_version=target)
    assert timed(explanation).text(unchanged=unchanged) == text


def test_TRN_8_4_the_text_shows_what_of_a_value_changed_and_cuts_what_is_long() -> None:
    api = make(told_by(thing=[convert("title", upgrade=lambda value: value["to"], downgrade=fail, was=fields.Raw())]))
    before = {"k": [1, 2], "n": {"a": 1, "b": 2}, "s": 1}
    after = {"k": [1, 2, 3], "n": {"b": 2, "c": None}, "s": "x" * 200, "t": "é"}
    document = {"title": {**before, "to": after}}
    text = api.explain(document, "thing", from_version=1, to_version=2).text()
    assert [line.strip() for line in text.split("\n") if line.startswith("      ")][:8] == [
        "-  /title/k    [1, 2]",
        "+  /title/k    [1, 2, 3]",
        "-  /title/n/a  1",
        "+  /title/n/c  null",
        "-  /title/s    1",
        '+  /title/s    "' + "x" * 99 + "…",
        '-  /title/to   {"k": [1, 2, 3], "n": {"b": 2, "c": null}, "s": "' + "x" * 51 + "…",
        '+  /title/t    "é"',
    ]


def test_TRN_8_4_the_json_has_all_of_it() -> None:
    explanation = make(PartsHaveSizes).explain({"table": {"a": {"width": 1}}}, "thing", from_version=1, to_version=2)
    told = json.loads(json.dumps(explanation.as_json()))
    assert [step.pop("seconds") >= 0 for step in told["steps"]] == [True] * 4
    assert told.pop("seconds") >= 0
    first, *_, last = told.pop("steps")
    assert told == {
        "resource": "thing",
        "from_version": "1",
        "to_version": "2",
        "document": {"table": {"a": {"width": 1}}},
        "result": {"table": {"a": {"size": 1}}, "part": {"size": 9}},
        "failures": [],
    }
    assert first == {
        "direction": "upgrade",
        "from_version": "1",
        "to_version": "2",
        "change": {"name": "PartsHaveSizes", "title": "A part's `width` is called `size`."},
        "schema": "PartSchema",
        "operation": "Rename",
        "sentence": "`width` is called `size`.",
        "pointer": "/table/a",
        "changed": True,
        "before": {"width": 1},
        "after": {"size": 1},
        "failures": [],
    }
    assert (last["change"], last["direction"], last["changed"]) == (None, "downgrade", False)


def test_TRN_8_4_the_json_says_what_failed() -> None:
    api = make(told_by(thing=[convert("title", upgrade=fail, downgrade=fail)]))
    told = api.explain({"title": "x"}, "thing", from_version=1, to_version=2).as_json()
    failure = {"pointer": "/title", "code": "RULE", "message": "The value cannot be converted."}
    assert told["failures"] == [failure]
    assert told["steps"][0]["failures"] == [{**failure, "cause": "KeyError('size')"}]
    assert "result" not in told
    assert "after" not in told["steps"][0]


@pytest.mark.parametrize(
    "text, shown",
    (
        ("pax", "pax"),
        ("é ✓ 中", "é ✓ 中"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb\r\x07\x7f\x9b\t", "a\\nb\\r\\x07\\x7f\\x9b\\t"),
        ("\u202egnp\u2028\ud800\U000e0041", "\\u202egnp\\u2028\\ud800\\U000e0041"),
    ),
)
def test_what_cannot_be_seen_is_spelt_out(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


def test_TRN_8_4_hostile_names_and_values_stay_on_their_line() -> None:
    hostile = "x\x1b]0;owned\x07\n\u202e"
    schema = type(f"Sch{hostile}ema", (Schema,), {"title": fields.String(data_key=hostile), "y": fields.Raw()})
    change = type("Change", (VersionChange,), {"__doc__": f"A {hostile} change.", "schemas": {schema: [
        rename("old", hostile), convert("y", upgrade=fail, downgrade=fail)]}})  # fmt: skip
    resource = Resource(hostile, schema, item="/things/<id>")
    api = Api("acme", [resource], [Version(2, change), Version(1)])
    for document in ({"old": hostile, hostile: hostile}, {"y": hostile, "old": {hostile: 1}}):
        text = api.explain(document, hostile, from_version=1, to_version=2).text()
        assert all(line.isprintable() for line in text.split("\n"))
        assert "\\x1b]0;owned\\x07" in text


def test_a_schema_that_contains_itself_without_end_fails_as_translate_does() -> None:
    endless = type("Change", (VersionChange,), {"schemas": {ThingSchema: [
        remove("again", was=fields.Nested(lambda: ThingSchema()), default={"title": "x"})]}})  # fmt: skip
    api = make(endless)
    explanation = api.explain({"title": "x"}, "thing", from_version=2, to_version=1)
    with pytest.raises(ContractViolation) as caught:
        api.translate({"title": "x"}, "thing", from_version=2, to_version=1)
    assert explanation.failures[0].message == caught.value.reason
    assert explanation.steps[0].changed
