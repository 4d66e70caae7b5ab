"""Rules as they are looked up, against werkzeug's own router: the same rule, the same values, the same paths."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, Map, Rule

from translayer.contract.routes import check_rule
from translayer.engine.lookup import Rules
from translayer.engine.rules import Rewriting, parse
from translayer.errors import DeclarationError

ID = "12345678-1234-5678-1234-56781234567F"
CONVERTERS = (
    *("", "string:", "string(length=2):", "string(minlength=2, maxlength=3):", "int:", "int(fixed_digits=3):"),
    *("int(min=2, max=5):", "int(signed=True):", "float:", "float(min=1.5):", "uuid:", "any(a, b, 'c d', \"x/y\"):"),
    "path:",
)
LITERALS = ("a", "b", "ab", "things", "5", "x.y", "a+b", "50%", "%41", "caf\xe9", "v-")


@st.composite
def a_rule(draw: Any) -> str:
    """A rule of a few segments, each of literals and variables."""
    rule, names = "", iter("pqrstuvwxyz")
    for _ in range(draw(st.integers(0, 3))):
        rule += "/"
        for kind in draw(st.lists(st.sampled_from(("literal", "variable")), min_size=1, max_size=3)):
            rule += (
                draw(st.sampled_from(LITERALS))
                if kind == "literal"
                else f"<{draw(st.sampled_from(CONVERTERS))}{next(names)}>"
            )
    return rule + "/" if draw(st.booleans()) or not rule else rule


def is_declarable(rule: str) -> bool:
    try:
        check_rule(rule)
    except DeclarationError:
        return False
    return True


rules = st.lists(a_rule().filter(is_declarable), max_size=6, unique=True)
TEXTS = (*LITERALS, "", "5", "007", "-5", "1.5", "2.25", "\u0665", ID, ID.lower(), "c d", "x", "\xe9", "a\nb", "..")
paths = st.one_of(
    st.lists(st.lists(st.sampled_from(TEXTS), max_size=2).map("".join), max_size=5).map(
        lambda all: "/".join(["", *all])
    ),
    st.text("ab/5.", max_size=6),
)


def router(named: list[str]) -> Any:
    """werkzeug's router for the rules, each under its own text."""
    made = [Rule(rule, endpoint=rule) for rule in named]
    return Map(made, strict_slashes=False, merge_slashes=False).bind("translayer.invalid")


def expected(named: list[str], path: str) -> tuple[str, str] | None:
    """What werkzeug finds, and the path that it makes of that again."""
    if path and (path[0] != "/" or path.startswith("//")):
        return None
    try:
        rule, values = router(named).match(path)
    except HTTPException:
        return None
    return rule, router(named).build(rule, values, append_unknown=False)


@pytest.mark.no_cover
@settings(max_examples=400)
@given(rules, st.lists(paths, min_size=1, max_size=6))
def test_the_same_rule_is_found_and_the_same_path_made_of_it_as_by_werkzeug(named: list[str], asked: list[str]) -> None:
    known = Rules((rule, rule) for rule in named)
    for path in asked:
        found = known.match(path)
        wanted = expected(named, path)
        if found is None:
            assert wanted is None
            continue
        rule, texts = found
        again = Rewriting(parse(rule), parse(rule))
        assert wanted is not None
        assert wanted[0] == rule
        # What werkzeug leaves as it is in a path, it leaves so in one of several texts alone, where it should not.
        assert again.quoted(texts) == (quote(wanted[1], "!$&'()*+,/:;=@%") if "<any" in rule else wanted[1])
        assert again.plain(texts) == unquote(again.quoted(texts))


@pytest.mark.parametrize(
    "rule, path",
    (
        ("/routes/<a>-<b>/legs/<c>-<d>/x", f"/routes/{'-' * 4_000}/legs/{'-' * 4_000}/y"),
        ("/r/<a>-<b>-<c>-<d>/x", f"/r/{'-' * 4_000}/y"),
        ("/days/<int:year>-<int:month>-<int:day>", f"/days/{'1-' * 2_000}x"),
    ),
)
def test_ROB_2_1_a_path_that_fits_no_rule_is_not_tried_in_every_way_that_it_can_be_cut(rule: str, path: str) -> None:
    # Where it is, this takes hours.
    assert Rules([(rule, rule)]).match(path) is None


@pytest.mark.no_cover
@settings(max_examples=300)
@given(rules, st.lists(paths, min_size=1, max_size=6))
def test_all_rules_that_a_path_fits_are_found(named: list[str], asked: list[str]) -> None:
    known = Rules((rule, rule) for rule in named)
    for path in asked:
        fitting = {rule for rule in named if expected([rule], path)}
        found = known.all(path)
        assert set(found) == fitting
        best = known.match(path)
        assert best is None or best[0] == found[0]


@settings(max_examples=300)
@given(a_rule().filter(is_declarable), paths)
def test_the_first_segment_is_that_of_every_path_of_the_rule(rule: str, path: str) -> None:
    first = parse(rule).first
    if first is not None and Rules([(rule, rule)]).match(path):
        assert path[1:].partition("/")[0] == first


@pytest.mark.parametrize(
    ("source", "target", "path", "made"),
    (
        ("/a/<int:x>/<y>", "/<y>/b/<int:x>", "/a/007/p q%", "/p%20q%25/b/7"),
        ("/a/<uuid:x>", "/%41 b/<uuid:x>".replace(" ", ""), f"/a/{ID}", f"/%2541b/{ID.lower()}"),
        ("/f/<path:x>/", "/<path:x>", "/f/a/b/", "/a/b"),
        ("/f/<path:x>/", "/<path:x>", "/f/a/b", "/a/b"),
        ("/<any(x, 'y z'):k>", "/k-<any(x, 'y z'):k>", "/y z", "/k-y%20z"),
    ),
)
def test_variables_go_from_one_rule_into_another(source: str, target: str, path: str, made: str) -> None:
    found = Rules([(source, "it")]).match(path)
    assert found is not None
    rewriting = Rewriting(parse(source), parse(target))
    assert (rewriting.quoted(found[1]), rewriting.plain(found[1])) == (made, unquote(made))


def test_converters_of_the_author_s_own_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hexadecimal(BaseConverter):
        regex = "(0x)?[0-9a-f]+"

        def to_python(self, value: str) -> int:
            return int(value, 16)

        def to_url(self, value: int) -> str:
            return f"0x{value:x}"

    monkeypatch.setattr(Map, "default_converters", {**Map.default_converters, "hex": Hexadecimal})
    rule = "/colours/<hex:red>-<hex:blue>"
    found = Rules([(rule, rule)]).match("/colours/0x0f-a")
    assert found == (rule, ("0x0f", "a"))
    assert Rewriting(parse(rule), parse(rule)).plain(found[1]) == "/colours/0xf-0xa"


def test_a_slash_too_many_is_as_good_as_none_for_all_rules_too() -> None:
    known = Rules([("/a", "plain"), ("/a/<p>", "item"), ("/<path:q>", "rest")])

    assert known.all("/a") == ["plain", "rest"]
    assert known.all("/a/") == ["plain", "rest"]
    assert known.all("/a/b/") == ["item", "rest"]
