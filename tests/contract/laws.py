"""The laws of lenses, as questions to a history: of its whole chain, and of every operation where it stands in it.

The whole chain must do the same as its operations one by one (``readings``), each of which must hold the law, and hold
the law as well. Where one is broken, the error tells the chain, the documents and the step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from documents import Documents
from excuses import Refused
from generated import Case
from readings import (
    Culprit,
    Excuses,
    Law,
    changes_nothing_in_place,
    keeps_the_rest,
    read,
    reads_and_writes_back,
    walk,
)

from translayer.contract.lens import Faults, loses
from translayer.contract.shape import Family, Many, One, Resolve, Slot, Table
from translayer.document.values import ABSENT, duplicate, equal

# What clients write


@dataclass
class Client:
    """Makes other documents of one that it has read: values, and elements of lists put in, taken out and moved."""

    known: Case
    resolve: Resolve = field(init=False)

    def __post_init__(self) -> None:
        self.resolve = self.known.resolve(self.known.end)

    def valid(self, before: Any) -> Any:
        """Another view that its version takes, or the one before where none is found."""
        for _ in range(8):
            view = self.edited(before)
            if not self.known.faults(view, self.known.end):
                return view
        return before

    def edited(self, view: Any) -> Any:
        view = duplicate(view)
        for _ in range(self.known.rnd.randint(1, 4)):
            found = list(self.edits(view, One(None, self.known.family), frozenset()))  # type: ignore[arg-type]
            if found:
                self.known.rnd.choice(found)()
        return view

    def edits(self, value: Any, slot: Slot, keys: frozenset[str | None]) -> Iterator[Callable[[], None]]:
        """Everything that may be done inside a value; an element with another of its ``keys`` is another element."""
        match slot:
            case One() if isinstance(value, dict):
                for name, inner in self.resolve(slot.target).slots.items():
                    if name in value and name not in keys:
                        yield lambda name=name, inner=inner: self.set(value, name, inner)  # type: ignore[misc]
                        yield from self.edits(value[name], inner, frozenset())
                    elif name not in value:
                        yield lambda name=name, inner=inner: self.set(value, name, inner)  # type: ignore[misc]
            case Many() if isinstance(value, list):
                # Often, since there are few lists among many values.
                yield from [lambda: self.rearrange(value, slot)] * 4
                for one in value:
                    yield from self.edits(one, slot.inner, frozenset({slot.key}))
            case Table() if isinstance(value, dict):
                for one in value.values():
                    yield from self.edits(one, slot.inner, frozenset())

    def set(self, around: dict[str, Any], name: str, slot: Slot) -> None:
        if name in around and not slot.required and self.known.rnd.random() < 0.3:
            del around[name]
        else:
            around[name] = Documents(self.known.rnd, self.resolve).value(slot, 1)

    def rearrange(self, value: list[Any], slot: Many) -> None:
        """Elements in another order, one less, one more, or another in the place of one."""
        how = self.known.rnd.choice(("move", "take", "put", "exchange"))
        if how == "move":
            self.known.rnd.shuffle(value)
        if how in ("take", "exchange") and value:
            value.pop(self.known.rnd.randrange(len(value)))
        if how in ("put", "exchange"):
            one = Documents(self.known.rnd, self.resolve).value(slot.inner, 1)
            value.insert(self.known.rnd.randint(0, len(value)), one)


# The laws

TRIES = 8
"""How many writes are tried where operations may refuse them, as they do what a fallback stands for."""


class Broken(AssertionError):
    """A law that does not hold: which, in what chain, with what documents, and at what step first."""


@dataclass
class Trial:
    """One law asked of one history; the documents are told as they were, whatever becomes of them."""

    known: Case
    documents: dict[str, str] = field(default_factory=dict)

    def tell(self, **documents: Any) -> None:
        self.documents |= {name: repr(document) for name, document in documents.items()}

    def report(self, law: str, error: Exception) -> str:
        step = (
            str(error) if isinstance(error, Culprit) else f"the chain as a whole, and no operation alone\n  {error!r}"
        )
        told = "\n".join(f"{name}: {document}" for name, document in self.documents.items())
        return f"{law}\n\nThe chain, {self.known.told()}\n\nThe documents\n{told}\n\nBroken first\n{step}"

    def put(self, view: Any, source: Any, check: Law) -> Any:
        """What is put, the same by the chain and one by one, where every operation holds a law; or ``Refused``."""
        newer, faults = self._written(view, source)
        self.tell(newer=newer)
        try:
            walked = walk(self.known.chain, view, source, check)
        except Refused:
            assert faults, "an operation refuses what the chain takes"
            raise
        assert not faults, f"{faults} where no operation refuses anything"
        assert equal(newer, walked), f"one by one, its operations put {walked}"
        return newer

    def _written(self, view: Any, source: Any) -> tuple[Any, Faults]:
        """What the chain puts, or the error that it raises, whose step is found later."""
        faults: Faults = []
        try:
            return self.known.chain.put(duplicate(view), duplicate(source), faults), faults
        except Exception as error:
            return error, faults


def holds(law: Callable[[Trial], None], known: Case) -> None:
    """Asks a law of a history; raises ``Broken``."""
    trial = Trial(known)
    try:
        law(trial)
    except Exception as error:
        raise Broken(trial.report(law.__doc__ or "", error)) from error


def get_put(trial: Trial) -> None:
    """GetPut: writing back what was read changes nothing."""
    known, chain = trial.known, trial.known.chain
    source = known.document(0)
    view = chain.get(duplicate(source))
    trial.tell(source=source, view=view)
    assert known.faults(view, known.end) == [], "what is read is not valid in its version"
    newer = trial.put(view, source, reads_and_writes_back)
    assert equal(newer, source), "what was written back is not what was read"
    if not loses(chain):
        faults: Faults = []
        assert equal(chain.put(view, ABSENT, faults), source), "it loses something, and says that it does not"
        assert not faults


def some_view(known: Case, source: Any) -> Any:
    """What a client writes: a document of its own, or what it made of what it read."""
    own = source is ABSENT or known.rnd.random() < 0.3
    return known.document(known.end) if own else Client(known).valid(known.chain.get(duplicate(source)))


def put_get(trial: Trial) -> None:
    """PutGet: what was written is what is read."""
    known = trial.known
    for _ in range(TRIES):
        source: Any = known.document(0) if known.rnd.random() < 0.8 else ABSENT
        view = some_view(known, source)
        trial.tell(source=source, view=view)
        excuses = Excuses()
        try:
            newer = trial.put(view, source, excuses.reads_what_was_written)
        except Refused:
            continue
        assert excuses or equal(known.chain.get(newer), view), "what is read is not what was written"
        return


class Edit(NamedTuple):
    """What a client made of what it saw, and what became of it."""

    source: Any
    before: Any
    view: Any
    newer: Any


def edit(trial: Trial) -> Edit | None:
    """An edit of which Local holds at every step; ``None`` where every one that was tried is rightly refused."""
    known = trial.known
    for _ in range(TRIES):
        source = known.document(0)
        before = known.chain.get(duplicate(source))
        view = Client(known).valid(before)
        trial.tell(source=source, before=before, view=view)
        with suppress(Refused):
            return Edit(source, before, view, trial.put(view, source, keeps_the_rest))
    return None


def local(trial: Trial) -> None:
    """Local: what the client did not change stays as it was."""
    edit(trial)


def pure(trial: Trial) -> None:
    """Pure: no document is changed, equal ones give equal ones, and a chain is its operations one by one."""
    known, chain = trial.known, trial.known.chain
    source = known.document(0)
    view = some_view(known, source)
    trial.tell(source=source, view=view)
    with suppress(Refused):
        trial.put(view, source, changes_nothing_in_place)
    assert equal(chain.get(duplicate(source)), read(chain, source)), "get is not that of its operations one by one"
    kept = duplicate([source, view])
    results = []
    for one, other in ((source, view), kept):
        faults: Faults = []
        results.append([chain.get(one), chain.put(other, one, faults), faults])
        assert equal([source, view], kept), f"the documents are {[source, view]} now"
    assert equal(results[0][:2], results[1][:2]), "equal documents give other results"
    assert results[0][2] == results[1][2], "equal documents give other violations"


def lists(trial: Trial) -> None:
    """Local, in lists: elements meet their sources by key, else by position or by what they say."""
    made = edit(trial)
    if made is not None:
        met_by_key(trial.known, made.view, made.source, made.newer)
        met_by_place(trial.known, made.before, made.view, made.source, made.newer)


def met_by_key(known: Case, view: Any, source: Any, newer: Any) -> None:
    """The view's order; an element of a known key is put onto its source, another onto nothing; others are gone."""
    slot = known.shape(known.end).slots["keyed"]
    assert isinstance(slot, Many)
    assert slot.key is not None
    chain = known.chain_of(Family(known.schemas[1]))
    sources = {chain.get(duplicate(one))[slot.key]: one for one in source.get("keyed", ())}
    expected = [chain.put(one, sources.get(one[slot.key], ABSENT), []) for one in view.get("keyed", ())]
    assert equal(newer.get("keyed", []), expected), f"by key, the elements are {expected}"


def met_by_place(known: Case, before: Any, view: Any, source: Any, newer: Any) -> None:
    """As many elements are put by position; of more or fewer, one that is as it was is put onto one that it was."""
    chain = known.chain_of(Family(known.schemas[1]))
    was, now, sources, result = (document.get("plain", []) for document in (before, view, source, newer))
    if len(was) == len(now):
        expected = [chain.put(one, onto, []) for one, onto in zip(now, sources, strict=True)]
        assert equal(result, expected), f"by position, the elements are {expected}"
        return
    free = list(zip(was, sources, strict=True))
    for one, put in zip(now, result, strict=True):
        alike = [at for at, (seen, _) in enumerate(free) if equal(seen, one)]
        if alike:
            kept = [at for at in alike if equal(free[at][1], put)]
            assert kept, f"{one} was there, and is {put} now"
            free.pop(kept[0])
