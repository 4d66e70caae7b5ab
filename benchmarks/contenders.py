"""Contenders of the hot path: what each does, how that is proven, and who they are.

An entry is proven on the very bodies that it is then timed with: it must make of them what it says, and refuse a
body that breaks a rule if it says that it checks. Who fails stops the benchmark; who is absent is told as absent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, Final

import msgspec

from translayer import Api
from translayer.document.values import ABSENT
from translayer.engine.exchange import Engine
from translayer.engine.fast import FastPath

from . import peers
from .api import OLDEST
from .peers import Contestant, Turn
from .workloads import parsed

COMPILED, INTERPRETED = "translayer, compiled", "translayer, interpreted"
LIMITS: Final = ("msgspec parse + print", "orjson parse + print")


@dataclass(frozen=True)
class Work:
    """What is to be done in one case: the bodies to start from, what must come of them, and one that breaks a rule."""

    sent: Sequence[bytes]
    translated: Sequence[Any]
    broken: bytes


@dataclass(frozen=True)
class Entry:
    """A contender in one direction.

    ``turn`` is ``None`` for who is absent, and ``note`` says why. ``translates`` and ``checks`` are claims, to be
    proven; where ``checks`` is ``None``, it is found out. ``fast`` is the fast path that must take every body.
    """

    turn: Turn | None
    note: str = ""
    translates: bool = False
    checks: bool | None = False
    fast: FastPath | None = None

    def proven(self, work: Work, name: str) -> Entry:
        """The entry with what it does in its note; raises ``RuntimeError`` if that is not what it claims."""
        if self.turn is None:
            return self
        if self.fast is not None and any(self.fast.take(body) is ABSENT for body in work.sent):
            return Entry(None, "compiled, but these bodies are left to the interpreter")
        outputs = [parsed(self.turn(body)) for body in work.sent]
        if outputs != (work.translated if self.translates else [parsed(body) for body in work.sent]):
            raise RuntimeError(f"{name} does not make of the bodies what it should")
        # The layer's fast path refuses what breaks a rule; of a reply, its slow twin then makes what can be made.
        checks = _refuses(self.turn if self.fast is None or self.fast.run is None else self.fast.run, work.broken)
        if self.checks not in (None, checks):
            raise RuntimeError(f"{name} should {'refuse' if self.checks else 'take'} a body that breaks a rule")
        done = [word for word, does in (("checks", checks), ("translates", self.translates)) if does]
        return replace(self, note=" and ".join(done))


def _refuses(turn: Turn, body: bytes) -> bool:
    try:
        turn(body)
    except Exception:  # each library has its own, and all are refusals
        return True
    return False


def limits() -> dict[str, Entry]:
    """Parsing and printing alone."""
    decode, encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
    return dict(zip(LIMITS, (Entry(lambda body: encode(decode(body))), _orjson()), strict=True))


def _orjson() -> Entry:
    if not peers.installed("orjson"):
        return Entry(None, peers.ABSENT)
    orjson: Any = import_module("orjson")
    return Entry(lambda body: orjson.dumps(orjson.loads(body)))


def ours(published: Api) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """The layer itself, down and up, between the newest version and the oldest: compiled, where it is, and not."""
    plans = {
        plan.route.method: plan
        for plan in Engine(published).router.plans()
        if plan.version.number == OLDEST and "<" not in plan.route.rule
    }
    reply, request = plans["GET"].reply, plans["POST"].request
    if reply is None or request is None:
        raise RuntimeError("nothing is translated for the oldest version")
    down = _ours(reply.fast, reply.translated, reply.interpreted)
    return down, _ours(request.fast, lambda body: request.translated(body, None), request.interpreted)


def _ours(fast: FastPath, translated: Turn, interpreted: Turn) -> dict[str, Entry]:
    compiled = Entry(translated, translates=True, checks=None, fast=fast)
    if fast.run is None:
        compiled = Entry(None, f"not compiled: {' '.join(fast.reasons)}")
    return {COMPILED: compiled, INTERPRETED: Entry(interpreted, translates=True, checks=None)}


def theirs(side: Callable[[Contestant], Turn]) -> dict[str, Entry]:
    """Everyone else, in the direction that ``side`` takes from a contestant."""
    by_hand = peers.found("by_hand")
    known = {peers.HAND[0]: _entry(by_hand.unchecked(), side), peers.HAND[1]: Entry(None, peers.ABSENT)}
    if peers.installed("jsonschema_rs"):
        known[peers.HAND[1]] = _entry(by_hand.checked(), side)
    for module, (name, distribution) in peers.HOT.items():
        there = peers.installed(distribution)
        known[name] = _entry(peers.found(module).contestant(), side) if there else Entry(None, peers.ABSENT)
    return known


def _entry(contestant: Contestant, side: Callable[[Contestant], Turn]) -> Entry:
    return Entry(side(contestant), translates=contestant.translates, checks=contestant.checks)
