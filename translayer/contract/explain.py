"""Explanations: for one document, every step of its way between two versions, with its before, its after and its time.

What is explained is ``Api.translate``: up to the newest version, and down again to the one asked for, where what it
does not declare is left out. The app's own names and the checks of requests have no part in that, and so none here.
This module says what an explanation is and how it is read; how steps are noted is the business of ``trace``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from msgspec.structs import replace

from translayer.document.values import ABSENT, Absent, Json, Object, duplicate, equal
from translayer.errors import ContractViolation, Path, RequestError, Violation, pointer

from .lens import Chain, Faults, Step
from .trace import Direction, Failure, Leg, Origin, Recorder, TracedStep, Tracer, of_client, of_contract
from .translation import Translation
from .version import Version, title
from .way import Way

_LONGEST_VALUE: Final = 100
"""Characters of a value in the text of an explanation; its JSON has all of them."""

_GONE, _COME, _SAME, _FAILED = "-+=!"
"""How lines of the text are marked."""

_DECLARED: Final = "What the version does not declare, or never shows, is left out; the rest stands in its order."
"""What is said of the last step, which no version tells."""

_HEADINGS: Final[Mapping[Direction, str]] = {
    "upgrade": "Version {0.from_version} to {0.to_version}, which did",
    "downgrade": "Version {0.from_version} back to {0.to_version}, undoing",
}
"""What stands above the changes of one version."""

_INDENT: Final = "      "
"""What stands before what became of an object."""

_WHOLE: Final = "the document"
"""What the text says where a pointer would be empty."""


@dataclass(frozen=True)
class Explanation:
    """How ``document``, of ``from_version``, became ``result``, as ``to_version`` has it.

    Where it could not be told there, ``result`` is ``ABSENT`` and ``failures`` say why, with places in the client's
    document where the client is at fault; ``steps`` are those that were taken until then.
    """

    resource: str
    from_version: str
    to_version: str
    document: Json
    result: Json | Absent
    steps: tuple[TracedStep, ...]
    failures: tuple[Failure, ...] = ()

    @property
    def seconds(self) -> float:
        """The time of all steps."""
        return sum(step.seconds for step in self.steps)

    def as_json(self) -> Object:
        """The explanation as a JSON object, times in seconds; without ``result`` and ``after`` where there are none."""
        return {
            "resource": self.resource,
            "from_version": self.from_version,
            "to_version": self.to_version,
            "document": self.document,
            **({} if self.result is ABSENT else {"result": self.result}),
            "failures": list(map(_failure_as_json, self.failures)),
            "seconds": self.seconds,
            "steps": list(map(_step_as_json, self.steps)),
        }

    def text(self, *, unchanged: bool = True) -> str:
        """The explanation for readers; ``unchanged=False`` leaves out the steps that changed nothing.

        Names and values are ``printable``: nothing in it is an order to a terminal.
        """
        shown = [(number, step) for number, step in enumerate(self.steps, 1) if unchanged or not _is_idle(step)]
        lines = [self._headline(), ""]
        for leg, taken in groupby(shown, lambda entry: entry[1].origin.leg):
            lines += [*_section(leg, list(taken)), ""]
        return "\n".join([*lines, *self._ending()])

    def _headline(self) -> str:
        named = f"{printable(self.resource)}, version {self.from_version} to {self.to_version}"
        changed = sum(step.changed for step in self.steps)
        return f"{named}: {len(self.steps)} steps, of which {changed} changed something, in {_time(self.seconds)}"

    def _ending(self) -> Iterator[str]:
        if self.failures:
            yield "There is no result"
            yield from map(_told, self.failures)
        else:
            yield "The result"
            yield from map(printable, json.dumps(self.result, ensure_ascii=False, indent=2).split("\n"))


def printable(text: str) -> str:
    """A text of one line in which what cannot be seen is spelt out, so that no terminal takes it for an order.

    >>> printable("pax\\x1b[2J")
    'pax\\\\x1b[2J'
    """
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def _failure_as_json(failure: Failure) -> Object:
    told = {"pointer": failure.pointer, "code": failure.code, "message": failure.message}
    return told if failure.cause is None else {**told, "cause": failure.cause}


def _step_as_json(step: TracedStep) -> Object:
    origin = step.origin
    change = None if origin.change is None else {"name": origin.change.__name__, "title": title(origin.change)}
    return {
        "direction": origin.leg.direction,
        "from_version": origin.leg.from_version,
        "to_version": origin.leg.to_version,
        "change": change,
        "schema": origin.schema,
        "operation": origin.operation,
        "sentence": origin.sentence,
        "pointer": step.pointer,
        "changed": step.changed,
        "before": step.before,
        **({} if step.after is ABSENT else {"after": step.after}),
        "failures": list(map(_failure_as_json, step.failures)),
        "seconds": step.seconds,
    }


def _is_idle(step: TracedStep) -> bool:
    return not step.changed and not step.failures


def _section(leg: Leg, steps: Sequence[tuple[int, TracedStep]]) -> Iterator[str]:
    """The steps between two versions, below the changes that tell them."""
    yield _HEADINGS[leg.direction].format(leg) if leg.from_version != leg.to_version else f"Version {leg.to_version}"
    for change in dict.fromkeys(step.origin.change for _, step in steps if step.origin.change is not None):
        yield printable(f"  {change.__name__}: {title(change)}")
    rows = [
        [str(number), _time(step.seconds), step.origin.schema, step.pointer or _WHOLE, step.origin.sentence]
        for number, step in steps
    ]
    for line, (_, step) in zip(aligned(rows, right=2), steps, strict=True):
        yield f"  {line}"
        yield from _outcome(step)


def _outcome(step: TracedStep) -> Iterator[str]:
    """What became of an object: what it lost, what it got, or why nothing came of it."""
    if step.failures:
        yield from (_INDENT + _told(failure) for failure in step.failures)
    elif not step.changed:
        yield f"{_INDENT}{_SAME}  nothing changes"
    else:
        rows = [[mark, pointer(path) or _WHOLE, _short(value)] for mark, path, value in _differences(step)]
        yield from (_INDENT + line for line in aligned(rows))


def _told(failure: Failure) -> str:
    cause = "" if failure.cause is None else f" ({failure.cause})"
    return printable(f"{_FAILED}  {failure.pointer or _WHOLE}  {failure.message}{cause}")


def aligned(rows: Sequence[Sequence[str]], right: int = 0) -> Iterator[str]:
    """Rows as lines, in columns of one width but for the last, the first ``right`` of them flush right."""
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        places = enumerate(zip(row, widths, strict=True))
        yield "  ".join(cell.rjust(width) if at < right else cell.ljust(width) for at, (cell, width) in places).rstrip()


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.1f} µs"


def _short(value: Json) -> str:
    told = json.dumps(value, ensure_ascii=False)
    return told if len(told) <= _LONGEST_VALUE else f"{told[:_LONGEST_VALUE]}…"


def _differences(step: TracedStep) -> Iterator[tuple[str, Path, Json]]:
    """What is gone and what has come, each with its place and its value."""
    waiting: list[tuple[Path, Json | Absent, Json | Absent]] = [(step.path, step.before, step.after)]
    while waiting:
        path, before, after = waiting.pop()
        if equal(before, after):
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            inside = [
                ((*path, name), before.get(name, ABSENT), after.get(name, ABSENT)) for name in {**before, **after}
            ]
            waiting.extend(reversed(inside))
            continue
        if before is not ABSENT:
            yield _GONE, path, before
        if after is not ABSENT:
            yield _COME, path, after


class Journey(NamedTuple):
    """From the version at position ``source`` up to the newest, and down to that at ``target``, and the ways there."""

    source: int
    target: int
    up: Way
    down: Way


def explained(
    document: Json, resource: str, versions: Sequence[Version], journey: Journey, translation: Translation
) -> Explanation:
    """How a document becomes one of another version, both of which ``journey`` names; versions stand newest first.

    ``translation`` is that of the version which it is told for. The document is copied, so that what is explained stays
    as it was.
    """
    recorder, document = Recorder(), duplicate(document)
    trip = _Trip(recorder, versions, journey, translation)
    result: Json | Absent = ABSENT
    failures: tuple[Failure, ...] = ()
    try:
        result = trip.down(trip.up(document))
    except RequestError as refusal:
        failures = tuple(map(of_client, refusal.violations))
    except ContractViolation as fault:
        failures = (of_contract(fault),)
    texts = versions[journey.source].text, versions[journey.target].text
    return Explanation(resource, *texts, document, result, tuple(recorder.steps), failures)


@dataclass(frozen=True)
class _Trip:
    """The way between versions, traced: as ``Api.translate`` goes it."""

    recorder: Recorder
    versions: Sequence[Version]
    journey: Journey
    translation: Translation

    def up(self, document: Json) -> Json:
        """The newest form; raises ``RequestError``."""
        faults: Faults = []
        if not isinstance(document, dict):
            faults.append(Violation((), "TYPE", "An object is expected."))
        newest = Chain(tuple(self._steps(self.journey.up, up=True))).put(document, ABSENT, faults)
        if faults:
            raise RequestError("INVALID", violations=faults[: self.translation.limit])
        return newest

    def down(self, newest: Json) -> Json:
        """What a version shows of it; raises ``ContractViolation``."""
        version = self.versions[self.journey.target].text
        seen = Chain(tuple(self._steps(self.journey.down, up=False))).get(newest)
        origin = Origin(Leg("downgrade", version, version), self.translation.shape.name, "Declared", _DECLARED)
        # The chain has been gone already: what is left of the view is what it shows.
        shown = replace(self.translation, chain=Chain(()))
        return self.recorder.note(origin, seen, lambda: shown.view(seen))

    def _steps(self, way: Way, *, up: bool) -> Iterator[Step]:
        """The traced steps to a version, newest first."""
        for tread in way.treads:
            texts = self.versions[tread.newer].text, self.versions[tread.older].text
            leg = Leg("upgrade", *texts[::-1]) if up else Leg("downgrade", *texts)
            newer = None if tread.told is None else self.versions[tread.told]
            yield Tracer(self.recorder, leg, newer, tread.resolve).step(tread.step, tread.shape)
