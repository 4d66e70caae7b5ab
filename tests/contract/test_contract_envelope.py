"""Reply forms: what stands around documents."""

from __future__ import annotations

from typing import Any

import pytest

from translayer.contract.envelope import ENVELOPES, DataEnvelope, Envelope, NoEnvelope, Page

BARE = [{"id": 1}, {"id": 2}]
UNDER: dict[str, Any] = {"total": 7, "things": BARE, "next": "/things?page=2"}


@pytest.mark.parametrize(
    ("page", "meta"),
    (
        (Page(BARE), {}),
        (Page(UNDER, "things"), {"total": 7, "next": "/things?page=2"}),
        (Page(BARE, None, {"a": 1}), {"a": 1}),
    ),
)
def test_a_page_knows_its_items_and_what_was_said_beside_them(page: Page, meta: Any) -> None:
    assert page.items is BARE
    assert page.meta == meta


@pytest.mark.parametrize("page", [Page(BARE), Page(UNDER, "things")])
def test_a_page_with_its_own_items_is_the_very_body(page: Page) -> None:
    assert page.with_items(page.items) is page.body


@pytest.mark.parametrize(
    ("page", "body"), ((Page(BARE), [1]), (Page(UNDER, "things"), {"total": 7, "things": [1], "next": UNDER["next"]}))
)
def test_a_page_with_other_items_keeps_the_rest_and_its_order(page: Page, body: Any) -> None:
    assert page.with_items([1]) == body
    if isinstance(body, dict):
        assert list(page.with_items([1])) == list(body)
        assert UNDER["things"] is BARE


FORMS = (
    ("none", {"id": 1}, [1], {"total": 7, "things": [1], "next": UNDER["next"]}),
    (
        "data",
        {"data": {"id": 1}, "meta": {}},
        {"items": [1], "meta": {}},
        {"items": [1], "meta": {"total": 7, "next": UNDER["next"]}},
    ),
)


@pytest.mark.parametrize(("name", "one", "many", "paged"), FORMS)
def test_reply_forms_by_name(name: str, one: Any, many: Any, paged: Any) -> None:
    envelope = ENVELOPES[name]
    assert envelope.one({"id": 1}) == one
    assert envelope.many([1], Page(BARE)) == many
    assert envelope.many([1], Page(UNDER, "things")) == paged


def test_the_forms_are_two_and_an_envelope_needs_both_methods() -> None:
    assert {name: type(form) for name, form in ENVELOPES.items()} == {"none": NoEnvelope, "data": DataEnvelope}
    with pytest.raises(TypeError, match="abstract"):
        Envelope()  # type: ignore[abstract]
