"""The page of a comparison: two versions side by side, complete without a script.

Border: how the facts look. What they are is told beside; whatever is in them is text, and becomes HTML here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from translayer.document.values import Json, Object
from translayer.errors import Violation

from .html import code, joined, page, row, sentence, table
from .live import SIDES, Outcome, printed


class Switch(NamedTuple):
    """Two versions that are compared, and those that could be: positions, how they are written, and their states.

    ``of`` is the version of the URL, and ``beside`` the other one; ``fronts`` are those that have such a URL.
    """

    of: int
    beside: int
    fronts: Sequence[int]
    seen: Sequence[int]
    texts: Sequence[str]
    states: Sequence[str]


def compared(facts: Object, switch: Switch, outcome: Outcome | None) -> bytes:
    """The page; ``outcome`` is what came of a document that was sent."""
    older, newer = facts["older"], facts["newer"]
    parts = [
        _switch(switch),
        _changes(facts["changes"], older, newer),
        *(_resource(resource, facts, switch, outcome) for resource in facts["resources"]),
        _operations(facts["differences"]),
    ]
    return page(f"Version {older} and version {newer}", joined(parts))


_HEADING: Final = Markup('<h2 id="{}">{}</h2>')
_NOTE: Final = Markup('<p class="note">{}</p>')


def _heading(text: str, place: str) -> Markup:
    return _HEADING.format(place, text)


# Choosing

_FORM: Final = Markup(
    '<form class="bar" method="get" action="compare"><label for="of">Version</label>'
    '<select id="of" name="of">{}</select>'
    '<label for="with">compared with</label><select id="with" name="with">{}</select><button>Compare</button></form>'
)
_OPTION: Final = Markup('<option value="{}"{}>{}</option>')


def _switch(switch: Switch) -> Markup:
    """The form that leads to other versions."""
    of = _options(switch.fronts, switch.of, switch)
    return _FORM.format(joined(of), joined(_options(switch.seen, switch.beside, switch)))


def _options(positions: Iterable[int], chosen: int, switch: Switch) -> Iterator[Markup]:
    for at in positions:
        state = "" if switch.states[at] == "stable" else f" ({switch.states[at]})"
        selected = Markup(" selected") if at == chosen else ""
        yield _OPTION.format(switch.texts[at], selected, f"v{switch.texts[at]}{state}")


# What changed

_CHANGE: Final = Markup("<h3>v{}: {}</h3><ul>{}</ul>")
_ITEM: Final = Markup("<li>{}</li>")


def _changes(changes: Sequence[Object], older: str, newer: str) -> Markup:
    """The changelog, newest first."""
    told = joined(
        _CHANGE.format(
            change["version"],
            sentence(change["title"]),
            joined(_ITEM.format(sentence(said)) for said in change["sentences"]),
        )
        for change in changes
    )
    nothing = _NOTE.format(f"Nothing changed between version {older} and version {newer}.")
    return _heading("What changed", "changelog") + (told or nothing)


_BREAKING: Final = Markup('<span class="breaking">breaking</span>')
_ID: Final = Markup('<br><span class="id note">{}</span>')
_COMPATIBLE: Final = Markup('<span class="compatible">compatible</span>')


def _differences(found: Sequence[Object], heads: Sequence[str], cells: Callable[[Object], Iterable[Markup]]) -> Markup:
    """A table of differences, those that break clients first; ``cells`` are those behind what all have."""
    if not found:
        return _NOTE.format("There is no difference.")
    ordered = sorted(found, key=lambda one: not one["breaking"])
    rows = (row([*_difference(one), *cells(one)]) for one in ordered)
    return table(["Difference", "", "Direction", *heads], rows)


def _difference(one: Object) -> Iterator[str | Markup]:
    yield sentence(one["sentence"]) + _ID.format(one["id"])
    yield _BREAKING if one["breaking"] else _COMPATIBLE
    yield one["direction"] or ""


def _of_resource(one: Object) -> Iterator[Markup]:
    yield code(one["place"] or one["pointer"])
    yield Markup("<br>").join(map(sentence, one["told_by"]))


def _of_operation(one: Object) -> Iterator[Markup]:
    yield code(one["operation"] or "")
    yield code(one["pointer"])


_FOLDED: Final = Markup("<details><summary>{}</summary>{}</details>")


def _operations(found: Sequence[Object]) -> Markup:
    """Every difference of every operation, folded: most follow from what has been told of resources."""
    said = _differences(found, ("Operation", "Place"), _of_operation)
    folded = _FOLDED.format(f"All differences of the specifications ({len(found)})", said) if found else said
    return _heading("Operations", "operations") + folded


# One resource


def _resource(resource: Object, facts: Object, switch: Switch, outcome: Outcome | None) -> Markup:
    """A document of a resource to change, its fields, and what is different in them."""
    name = resource["name"]
    mine = outcome if outcome is not None and outcome.typed.resource == name else None
    parts = [
        _heading(f"Resource {name}", f"resource-{name}"),
        Markup("<h3>A document in both</h3>"),
        _example(resource, facts, switch, mine),
        Markup("<h3>Fields</h3>"),
        _fields(resource["fields"], facts),
        Markup("<h3>Differences</h3>"),
        _differences(resource["differences"], ("Place", "Absorbed by"), _of_resource),
    ]
    return joined(parts)


def _fields(rows: Sequence[Object], facts: Object) -> Markup:
    heads = [f"In version {facts['older']}", "", f"In version {facts['newer']}", ""]
    lines = (
        row([*_field(one["older"]), *_field(one["newer"])], "" if one["older"] == one["newer"] else "changed")
        for one in rows
    )
    return table(heads, lines, "Those that differ are tinted.")


def _field(found: Object | None) -> tuple[str | Markup, str]:
    return ("–", "") if found is None else (code(found["field"]), found["type"])


_EXAMPLE: Final = Markup(
    '<form method="post" action="compare?with={other}#{anchor}" id="{anchor}">'
    '<input type="hidden" name="resource" value="{name}"><div class="sides">{sides}</div></form>{outcome}'
)
_SIDE: Final = Markup(
    '<div><p><label for="{id}">Version {version}</label></p>'
    '<textarea id="{id}" name="{side}" spellcheck="false" autocomplete="off">\n{text}</textarea>'
    '<p><button name="from" value="{side}">Show in version {other}</button></p></div>'
)


def _example(resource: Object, facts: Object, switch: Switch, outcome: Outcome | None) -> Markup:
    """A form with a document in both versions; of that which was sent, what came of it."""
    name = resource["name"]
    sides = (
        _SIDE.format(
            id=f"{side}-{name}",
            side=side,
            version=facts[side],
            other=facts[other],
            text=_text(resource["example"][facts[side]], side, outcome),
        )
        for side, other in zip(SIDES, reversed(SIDES), strict=True)
    )
    return _EXAMPLE.format(
        other=switch.texts[switch.beside],
        anchor=f"example-{name}",
        name=name,
        sides=joined(sides),
        outcome="" if outcome is None else _outcome(outcome),
    )


def _text(example: Json, side: str, outcome: Outcome | None) -> str:
    """What stands in the box of a side: what was typed there, or what that became."""
    if outcome is None:
        return printed(example)
    if outcome.typed.side == side:
        return outcome.typed.text
    return "" if outcome.error else printed(outcome.document)


_FAULT: Final = Markup('<div class="fault" role="alert"><p>{}</p>{}</div>')


def _outcome(outcome: Outcome) -> Markup:
    """Why there is nothing to show, if so."""
    if not outcome.error:
        return Markup("")
    faults = table(("Place", "Rule", "What is wrong"), map(_fault, outcome.violations)) if outcome.violations else ""
    return _FAULT.format(outcome.error, faults)


def _fault(violation: Violation) -> Markup:
    return row([code(violation.pointer or "the whole document"), violation.code, violation.message])
