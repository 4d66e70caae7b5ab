"""Header fields of replies: looked up whatever their case, in their order, and without line breaks."""

from __future__ import annotations

from typing import Any

import pytest

from translayer.http.fields import Fields

PAIRS = [("ETag", "a"), ("X-A", "b"), ("etag", "c"), ("X-a", "")]


def test_they_are_looked_up_whatever_their_case_and_stay_in_their_order() -> None:
    fields = Fields(PAIRS)
    assert (fields.get("ETAG"), fields.get("x-a"), fields.get("Vary"), fields.get("Vary", "none")) == (
        *("a", "b", None, "none"),
    )
    assert (fields.all("etag"), fields.all("Vary"), "x-A" in fields, "Vary" in fields) == (["a", "c"], [], True, False)
    assert list(fields) == PAIRS
    assert list(Fields()) == []
    assert (Fields.of(PAIRS).get("etag"), Fields.of(PAIRS).get("Vary")) == ("a", None)


def test_pairs_are_tuples_whatever_an_app_makes_of_them() -> None:
    listed: Any = [["ETag", "a"], ["X-A", "b"]]
    for fields in (Fields(listed), Fields([*listed, ["etag", "c"]]), Fields([*listed, ["X-B", 5]])):
        assert {type(pair) for pair in fields} == {tuple}


def test_they_are_values() -> None:
    assert Fields(PAIRS) == Fields(tuple(PAIRS)) == Fields.of(list(PAIRS))
    assert Fields(PAIRS) != Fields(PAIRS[1:])
    assert Fields() != []
    assert repr(Fields([("A", "b")])) == "Fields([('A', 'b')])"
    with pytest.raises(TypeError):
        hash(Fields())


def test_what_is_no_text_becomes_one_and_what_is_no_tuple_too() -> None:
    told: Any = [["Content-Length", 5], ("X", None)]
    assert list(Fields(told)) == [("Content-Length", "5"), ("X", "None")]


@pytest.mark.parametrize("value", ("a\nb", "a\r", "\r\nX: y"))
def test_a_value_of_several_lines_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="newline"):
        Fields([("A", "fine"), ("B", value)])
