"""JSON Schema through one door: bounded, with local references only, and the same whichever engines there are."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translayer.document import schema_check
from translayer.document.schema_check import MOST_VIOLATIONS, TOO_DEEP, TOO_MUCH, SchemaCheck
from translayer.document.values import duplicate
from translayer.errors import RULES, DeclarationError


def deep(levels, leaf=1):
    for _ in range(levels):
        leaf = {"c": leaf}
    return leaf


def told(schema, document, **options):
    """The violations as pairs of pointer and code, the same with the fast engine and without."""
    fast = SchemaCheck(schema, **options).violations(document)
    slow = SchemaCheck(schema, **options, fast=False).violations(document)
    assert fast == slow
    assert {violation.code for violation in fast} <= RULES.keys()
    return [(violation.pointer, violation.code) for violation in fast]


PERSON = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}

TOLD = (
    ({"type": "string"}, 1, [("", "TYPE")]),
    ({"type": "string"}, None, [("", "NULL")]),
    ({"enum": [1]}, 2, [("", "CHOICE")]),
    ({"const": {"a": 1}}, {"a": True}, [("", "CHOICE")]),
    ({"multipleOf": 2}, 3, [("", "RANGE")]),
    ({"maximum": 2, "minimum": 4}, 3, [("", "RANGE"), ("", "RANGE")]),
    ({"maxLength": 1}, "ab", [("", "LENGTH")]),
    ({"minProperties": 1}, {}, [("", "LENGTH")]),
    ({"prefixItems": [True], "items": False}, [1, 2], [("", "LENGTH")]),
    ({"items": {"type": "string"}}, ["a", 1], [("/1", "TYPE")]),
    ({"required": ["a/b", "c"]}, {"c": 1}, [("/a~1b", "REQUIRED")]),
    ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, [("/b", "REQUIRED")]),
    ({"dependentRequired": {"a": ["b"]}}, {}, []),
    ({"additionalProperties": False, "properties": {"a": True}}, {"a": 1, "b": 1}, [("/b", "UNKNOWN_FIELD")]),
    (
        {"additionalProperties": {"type": "string"}, "patternProperties": {"^x": True}},
        {"x": 1, "b": 1},
        [("/b", "TYPE")],
    ),
    ({"unevaluatedProperties": False, "allOf": [PERSON]}, {"name": "Ada", "b": 1}, [("/b", "UNKNOWN_FIELD")]),
    ({"propertyNames": {"maxLength": 1}}, {"a": 1, "bc": 1}, [("/bc", "UNKNOWN_FIELD")]),
    ({"properties": {"a": False}}, {"a": 1}, [("/a", "UNKNOWN_FIELD")]),
    ({"patternProperties": {"^a": False}}, {"a": 1}, [("/a", "UNKNOWN_FIELD")]),
    ({"prefixItems": [True, False]}, [1, 2], [("/1", "RULE")]),
    ({"prefixItems": [{"type": "string"}]}, 1, []),
    ({"patternProperties": {"^x": {"type": "string"}}}, {"x1": 1, "y": 1}, [("/x1", "TYPE")]),
    ({"pattern": "^a$"}, "a\n", [("", "PATTERN")]),
    ({"uniqueItems": True}, [1, {"a": 1}, {"a": 1.0}], [("", "DUPLICATE")]),
    ({"uniqueItems": True}, [1, True, "1", [1], [True]], []),
    ({"contains": {"const": 1}}, [2], [("", "RULE")]),
    ({"contains": {"const": 1}, "maxContains": 1}, [1, 1], [("", "RULE")]),
    ({"not": {"const": 1}}, 1, [("", "RULE")]),
    ({"if": {"const": 1}, "then": False}, 1, [("", "RULE")]),
    (False, 1, [("", "RULE")]),
    (True, 1, []),
    ({"oneOf": [{"const": 1}, {"minimum": 0}]}, 1, [("", "RULE")]),
    ({"anyOf": [{"minimum": 2}, {"maximum": 0}]}, 1, [("", "RULE")]),
    ({"anyOf": [False, {"type": "string", "minLength": 2}]}, "a", [("", "LENGTH")]),
    ({"anyOf": [PERSON, {"type": "null"}]}, {"name": 1}, [("/name", "TYPE")]),
    ({"anyOf": [PERSON, {"type": "null"}]}, 1, [("", "TYPE")]),
    ({"anyOf": [PERSON, {"type": "string"}]}, None, [("", "NULL")]),
    ({"format": "ipv4"}, "no address", []),
)


@pytest.mark.parametrize("schema, document, expected", TOLD)
def test_ROB_3_5_each_broken_rule_has_its_place_and_code(schema, document, expected):
    assert told(schema, document) == expected


UNEVALUATED = (
    ({"if": {"required": ["a"]}, "then": {"properties": {"b": True}}}, {"a": 1, "b": 1}, ["/a"]),
    ({"if": {"required": ["a"]}, "else": {"properties": {"b": True}}}, {"b": 1}, []),
    ({"anyOf": [{"patternProperties": {"^a": True}}, {"required": ["z"]}]}, {"ab": 1, "b": 1}, ["/b"]),
    ({"dependentSchemas": {"a": {"properties": {"a": True, "b": True}}}}, {"a": 1, "b": 1}, []),
    ({"dependentSchemas": {"a": {"properties": {"b": True}}}}, {"b": 1}, ["/b"]),
    ({"allOf": [{"additionalProperties": {"type": "integer"}}]}, {"a": 1}, []),
    ({"allOf": [True]}, {"a": 1}, ["/a"]),
    ({"$ref": "#/$defs/named"}, {"a": 1, "b": 1}, ["/b"]),
    ({}, 1, []),
)


@pytest.mark.parametrize("schema, document, pointers", UNEVALUATED)
@pytest.mark.parametrize("dialect", ("2019-09", "2020-12"))
def test_members_are_evaluated_by_all_that_holds(dialect, schema, document, pointers):
    whole = {**schema, "unevaluatedProperties": False, "$defs": {"named": {"properties": {"a": True}}}}
    assert told(whole, document, dialect=dialect) == [(pointer, "UNKNOWN_FIELD") for pointer in pointers]


@pytest.mark.parametrize(
    "reference, dialect", (({"$recursiveRef": "#"}, "2019-09"), ({"$dynamicRef": "#node"}, "2020-12"))
)
def test_references_that_go_by_what_led_to_them_evaluate_too(reference, dialect):
    node = {"$recursiveAnchor": True} if dialect == "2019-09" else {"$dynamicAnchor": "node"}
    inner = {**node, "$id": "https://example.com/inner", "properties": {"a": True}}
    schema = {"$id": "https://example.com/outer", "$defs": {"inner": inner}, "properties": {"b": {}}}
    schema["properties"]["b"] = {"allOf": [{"$ref": "inner"}], "unevaluatedProperties": False}
    inner["properties"]["a"] = {**reference, "unevaluatedProperties": False}
    assert told(schema, {"b": {"a": {"a": {}}}}, dialect=dialect) == []
    # What does not hold evaluates nothing, and so /b/a is not evaluated either.
    expected = [("/b/a/c", "UNKNOWN_FIELD"), ("/b/a", "UNKNOWN_FIELD")]
    assert told(schema, {"b": {"a": {"a": {}, "c": 1}}}, dialect=dialect) == expected


@pytest.mark.parametrize(
    "keyword, rule",
    (
        ("properties", {"a": False}),
        ("patternProperties", {"a": False}),
        ("additionalProperties", False),
        ("propertyNames", False),
        ("required", ["a"]),
        ("dependentRequired", {"a": ["b"]}),
        ("prefixItems", [False]),
        ("uniqueItems", True),
        ("uniqueItems", False),
        ("pattern", "a"),
    ),
)
def test_what_is_of_another_type_breaks_no_rule_of_its_type(keyword, rule):
    assert told({keyword: rule}, 1) == []


@pytest.mark.parametrize("dialect", ("draft4", "draft6", "draft7"))
def test_dependencies_of_older_drafts_are_told_alike(dialect):
    schema = {"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}
    assert told(schema, {"a": 1, "c": 1}, dialect=dialect) == [("/b", "REQUIRED"), ("/d", "REQUIRED")]
    assert told(schema, {"e": 1}, dialect=dialect) == told(schema, 1, dialect=dialect) == []


def test_formats_are_rules_where_that_is_asked_for():
    assert told({"format": "ipv4"}, "no address", formats=True) == [("", "FORMAT")]


def test_the_dialect_is_what_the_schema_says():
    draft4 = {"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1, "exclusiveMinimum": True}
    assert told(draft4, 1) == [("", "RANGE")]
    assert told({"$ref": "#/definitions/a", "type": "null", "definitions": {"a": {}}}, 1, dialect="draft7") == []


# What is refused when a check is made

REFUSED = (
    ({"properties": {"a": {"type": "nothing"}}}, "the schema is none of 2020-12, at '/properties/a/type'"),
    ({"minLength": -1}, "the schema is none of 2020-12, at '/minLength': The number is smaller than 2020-12 allows."),
    (7, "the schema is none of 2020-12, at 'the top'"),
    ({"properties": {"a": {"pattern": "(?i)x"}}}, "at '/properties/a/pattern': the pattern has a group of a kind"),
    ({"patternProperties": {"a/(": {}}}, "at '/patternProperties/a~1(': the pattern makes no sense"),
    ({"properties": {"a": {"$ref": "https://example.com/a.json"}}}, "at '/properties/a/$ref': 'https://example.com"),
    ({"$defs": {"a": {"$ref": "file:///etc/passwd"}}}, "at '/$defs/a/$ref': 'file:///etc/passwd' leads to nothing"),
    ({"$ref": "#/$defs/a"}, "at '/$ref': '#/$defs/a' leads to nothing that is there"),
    ({"$ref": "#/enum", "enum": [1]}, "at '/$ref': '#/enum' leads to what is no schema"),
    ({"$ref": 7}, "the schema is none of 2020-12, at '/$ref'"),
    ({"$schema": "http://json-schema.org/draft-04/schema#", "$ref": 7}, "at '/$ref': a reference is a text"),
    ({"$ref": "http://[::1"}, "at '/$ref': 'http://[::1' leads to nothing that is there"),
    ({"$id": "http://[::1", "$defs": {"a": {"$id": "b"}}, "$ref": "#x"}, "at '/$ref': '#x' leads to nothing"),
    ({"$id": "http://a/", "$defs": {"a": {"$id": "http://[::1"}}}, "the addresses in the schema make no sense"),
    ({"$ref": "#"}, "the schemas at '' refer to each other for one and the same value"),
    (
        {"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"not": {"$ref": "#/$defs/a"}}}},
        "the schemas at '/$defs/a', '/$defs/a/not' refer to each other",
    ),
    ({"$schema": "http://json-schema.org/draft-03/schema#"}, "$schema is 'http://json-schema.org/draft-03/schema#'"),
    ({"$schema": 7}, "$schema is 7, which is none of http://json-schema.org/draft-04/schema,"),
    (
        {"$defs": {"a": {"$schema": "http://json-schema.org/draft-07/schema#"}}},
        "at '/$defs/a/$schema': a schema of the dialect 'http://json-schema.org/draft-07/schema#' is part of one of",
    ),
    (deep(100), "the schema nests more than 64 levels: name parts of it in $defs"),
    (deep(100_000), "the schema is no JSON: at /c/c"),
    ({"const": {1, 2}}, "the schema is no JSON: at /const: set is not a JSON type"),
    ({"const": float("nan")}, "the schema is no JSON: at /const: nan is not a JSON number"),
)


@pytest.mark.parametrize("schema, sentence", REFUSED, ids=range(len(REFUSED)))
def test_ROB_3_6_a_bad_schema_is_refused_when_it_is_declared_with_its_place(schema, sentence):
    with pytest.raises(DeclarationError) as refusal:
        SchemaCheck(schema)
    assert str(refusal.value).startswith(sentence)


def test_a_dialect_that_is_none_is_refused():
    with pytest.raises(DeclarationError, match="dialect='draft3' is none of 'draft4', 'draft6'"):
        SchemaCheck({}, dialect="draft3")


META = "https://json-schema.org/draft/2020-12"


@pytest.mark.parametrize(
    "vocabulary, sentence",
    (
        (None, None),
        ({f"{META}/vocab/core": True, "https://example.com/other": False}, None),
        ({"https://example.com/other": True}, "needs the vocabulary 'https://example.com/other'"),
    ),
)
def test_a_metaschema_of_ones_own_says_which_vocabularies_count(vocabulary, sentence):
    own = {"$schema": f"{META}/schema", **({} if vocabulary is None else {"$vocabulary": vocabulary})}
    schema = {"$schema": "https://example.com/own", "minimum": 1}
    if sentence is not None:
        with pytest.raises(DeclarationError, match=sentence):
            SchemaCheck(schema, resources={"https://example.com/own": own})
    else:
        expected = [("", "RANGE")] if vocabulary is None else []
        assert told(schema, 0, resources={"https://example.com/own": own}) == expected


def test_what_is_given_may_be_referred_to_and_is_checked_too():
    resources = {"https://example.com/a": {"type": "string"}}
    assert told({"$ref": "https://example.com/a"}, 1, resources=resources) == [("", "TYPE")]
    with pytest.raises(DeclarationError, match=r"the schema 'https://example.com/a' is no JSON"):
        SchemaCheck({}, resources={"https://example.com/a": {"const": {1}}})
    with pytest.raises(DeclarationError, match=r"https://example.com/a is none of 2020-12, at '/type'"):
        SchemaCheck({}, resources={"https://example.com/a": {"type": 1}})


def test_metaschemas_may_be_referred_to():
    assert told({"$ref": f"{META}/schema"}, {"minLength": -1}) == [("/minLength", "RANGE")]
    assert told({"$ref": f"{META}/schema"}, {"minLength": 1}) == []


# Bounds

TREE = {"properties": {"c": {"$ref": "#"}}}


@pytest.mark.parametrize("levels", (0, 1, 60, 64))
def test_documents_of_64_levels_are_checked(levels):
    assert len(told({**TREE, "required": ["d"]}, deep(levels, 1))) == levels


@pytest.mark.parametrize("levels", (65, 100_000))
def test_ROB_2_8_deeper_documents_are_refused_before_any_validator_sees_them(levels):
    assert SchemaCheck(TREE).violations(deep(levels)) == (TOO_DEEP,)


def test_deep_documents_do_no_harm_to_small_stacks():
    chain = {f"d{index}": {"oneOf": [{"type": "string"}, {"$ref": f"#/$defs/d{index + 1}"}]} for index in range(20)}
    schema = {"$ref": "#/$defs/d0", "$defs": {**chain, "d20": {"type": "object", "properties": {"c": {"$ref": "#"}}}}}
    check, found = SchemaCheck(schema), []
    before = threading.stack_size(128 * 1024)
    try:
        thread = threading.Thread(target=lambda: found.append(check.violations(deep(5, {}))))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert found == [()]


DOUBLING = {"anyOf": [{"properties": {"c": {"$ref": "#"}}, "required": ["z"]}] * 2}


def test_ROB_2_9_a_schema_that_asks_without_end_comes_to_one():
    assert SchemaCheck(DOUBLING).violations(deep(60)) == (TOO_MUCH,)
    names = {f"d{index}": {"allOf": [{"$ref": f"#/$defs/d{index + 1}"}] * 2} for index in range(40)}
    assert SchemaCheck({"$ref": "#/$defs/d0", "$defs": {**names, "d40": {}}}).violations(1) == (TOO_MUCH,)


def test_what_python_cannot_recurse_into_is_not_right():
    limit = sys.getrecursionlimit()
    names = {f"d{index}": {"$ref": f"#/$defs/d{index + 1}"} for index in range(limit)}
    schema = {"$ref": "#/$defs/d0", "$defs": {**names, f"d{limit}": {}}}
    assert SchemaCheck(schema).violations(1) == (TOO_MUCH,)


def test_what_goes_in_circles_by_dynamic_references_comes_to_an_end():
    schema = {"$dynamicAnchor": "a", "allOf": [{"$dynamicRef": "#a"}]}
    assert SchemaCheck(schema).violations(1) == (TOO_MUCH,)


@pytest.mark.parametrize(
    "pattern, ends", (("^(a+)+$", True), ("(a*)*b$", True), ("^(?=a)(a|a)+$", False), ("^(a|a)+$", False))
)
def test_ROB_2_10_patterns_that_backtrack_take_no_more_than_their_time(pattern, ends):
    document = ["a" * 60 + "c"] * 30
    for fast in (True, False):
        found = SchemaCheck({"items": {"pattern": pattern}}, fast=fast).violations(document)
        assert [violation.code for violation in found] == (["PATTERN"] * 30 if ends else [TOO_MUCH.code])


@pytest.mark.parametrize(
    "schema", ({"not": {"pattern": "^(a|a)+$"}}, {"propertyNames": {"not": {"pattern": "^(a|a)+$"}}})
)
def test_a_pattern_that_takes_too_long_excuses_nobody(schema):
    document = "a" * 60 + "c"
    check = SchemaCheck(schema, fast=False)
    assert check.violations({document: 1} if "propertyNames" in schema else document) == (TOO_MUCH,)


def test_patterns_of_names_are_bounded_too():
    schema = {"patternProperties": {"^(a|a)+$": False, "^x$": False}}
    assert SchemaCheck(schema, fast=False).violations({"a" * 60 + "c": 1, "x": 1}) == (TOO_MUCH,)


def test_violations_are_bounded():
    check = SchemaCheck({"items": {"type": "string"}}, limit=3)
    assert len(check.violations([1] * 1_000)) == 3
    assert len(SchemaCheck({"items": {"type": "string"}}).violations([1] * 1_000)) == MOST_VIOLATIONS


def test_many_elements_are_compared_in_one_pass():
    assert told({"uniqueItems": True}, [{"a": index} for index in range(20_000)]) == []


@pytest.mark.parametrize("fast", (True, False))
@pytest.mark.parametrize(
    "number, divisor, right",
    (
        *((19.99, 0.01, True), (0.07, 0.01, True), (4.02, 0.02, True), (2, 1e-9, True), (1e308, 0.02, True)),
        *((19.995, 0.01, False), (1e308, 1.5, False), (10**400, 0.5, True), (7, 2, False), (-6, 1.5, True)),
    ),
)
def test_multiples_are_those_of_the_decimal_numbers_that_are_written(fast, number, divisor, right):
    assert (SchemaCheck({"multipleOf": divisor}, fast=fast).violations(number) == ()) is right


def test_what_is_no_number_is_a_multiple_of_nothing_and_breaks_no_rule_of_numbers():
    assert told({"items": {"multipleOf": 2}}, [True, "3", None, {}]) == []
    assert SchemaCheck({"items": {"multipleOf": 2}}, fast=False).violations([True, "3", None, {}]) == ()


def test_what_fails_in_the_validator_is_not_right(caplog):
    # What is no number, which no body may hold, is divided by one.
    assert SchemaCheck({"multipleOf": 0.5}, fast=False).violations(float("inf")) == (TOO_MUCH,)
    assert "a document could not be checked" in caplog.text


def test_nothing_is_written_into_schemas_or_documents():
    schema = {"$schema": f"{META}/schema", "properties": {"a": {"default": 1}}, "patternProperties": {r"\d": {}}}
    document = {"b": {"c": 1}}
    before = duplicate(schema), duplicate(document)
    check = SchemaCheck(schema, resources={"https://example.com/a": schema})
    check.violations(document)
    assert (schema, document) == before
    schema["required"] = ["a"]
    assert check.violations(document) == ()


def test_one_check_serves_many_threads():
    check = SchemaCheck({"items": PERSON})
    documents = [[{"name": index if index % 3 else "Ada"}] for index in range(60)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(check.violations, documents))
    assert [bool(each) for each in found] == [bool(index % 3) for index in range(60)]


# Engines


@pytest.fixture
def without_the_fast_engine(monkeypatch):
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    schema_check._metaschema.cache_clear()
    yield
    schema_check._metaschema.cache_clear()


def test_without_the_fast_engine_all_is_the_same(without_the_fast_engine):
    assert SchemaCheck(PERSON).violations({}) == SchemaCheck(PERSON, fast=False).violations({})
    assert SchemaCheck(PERSON).violations({"name": "Ada"}) == ()


@pytest.mark.parametrize(
    "schema, document, expected",
    (
        # The fast engine does not know references to named groups, or fails at the text: the slow one decides.
        ({"pattern": r"^(?<x>a)\k<x>$"}, "aa", []),
        ({"type": "string"}, "\ud800", []),
        # Two patterns that are one for it.
        ({"patternProperties": {r"^\d": {"minimum": 1}, "^[0-9]": {"maximum": 0}}}, {"1": 1}, [("/1", "RANGE")]),
        # A list of schemas, one for each element.
        ({"items": [{"pattern": "^a"}, {"type": "string"}], "additionalItems": False}, ["ab", "b"], []),
    ),
)
def test_what_the_fast_engine_does_not_understand_is_decided_by_the_other(schema, document, expected):
    assert told(schema, document, dialect="2019-09") == expected


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["", "a", "#", "#/$defs/a", "^a$", "("])
)
words = st.sampled_from(
    [
        *("type", "properties", "a", "items", "allOf", "anyOf", "not", "$ref", "$defs", "pattern", "enum", "$id", "if"),
        *("required", "minimum", "additionalProperties", "patternProperties", "uniqueItems", "$dynamicRef", "$schema"),
        *("dependencies", "$anchor", "$dynamicAnchor", "unevaluatedProperties", "propertyNames", "contains", "const"),
    ]
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4))
dialects = st.sampled_from(["draft4", "draft6", "draft7", "2019-09", "2020-12"])


@given(st.dictionaries(words, values, max_size=4), values, dialects)
def test_any_schema_and_document_give_violations_or_a_declaration_error(schema, document, dialect):
    with suppress(DeclarationError):
        told(schema, document, dialect=dialect)


sound = st.recursive(
    st.one_of(
        st.sampled_from(["string", "integer", "object", "array", "null", ["string", "null"]]).map(
            lambda t: {"type": t}
        ),
        st.integers(-2, 2).map(lambda bound: {"minimum": bound}),
        st.sampled_from(["^a", r"\d", "[^a]$"]).map(lambda pattern: {"pattern": pattern}),
        st.just({"$ref": "#/$defs/a"}),
        st.booleans(),
    ),
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from("ab"), inner).map(lambda members: {"properties": members}),
        inner.map(lambda rule: {"items": rule}),
        inner.map(lambda rule: {"not": rule}),
        inner.map(lambda rule: {"additionalProperties": rule, "properties": {"a": True}}),
        inner.map(lambda rule: {"unevaluatedProperties": rule, "required": ["a"]}),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"anyOf": rules}),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"allOf": rules, "unevaluatedProperties": False}),
    ),
    max_leaves=8,
)
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "1", "ba\n"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(sound, sound, documents)
def test_the_verdict_is_the_same_with_the_fast_engine_and_without(schema, named, document):
    with suppress(DeclarationError):  # what goes in circles
        told({"allOf": [schema], "$defs": {"a": named}}, document)
