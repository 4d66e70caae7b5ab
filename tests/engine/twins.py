"""The law of twins, and texts to ask it with: documents as they should be, and with something wrong in them.

What a fast path gives is what its slow twin gives, byte for byte; what it raises is nobody's business.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from translayer.contract.envelope import ENVELOPES
from translayer.contract.limits import Limits
from translayer.contract.translation import Translation
from translayer.engine.bodies import ReplyBody, RequestBody
from translayer.engine.compile import Compiler
from translayer.errors import ContractViolation, RequestError

Body = ReplyBody | RequestBody

REFUSALS = (ContractViolation, RequestError, ValueError)
"""What slow twins raise; anything else is a fault of theirs."""


def reply_of(translation: Translation, *, envelope: str = "none", many: bool = False, version: str = "1") -> ReplyBody:
    """The body of replies in a version, with its fast path."""
    form = ENVELOPES[envelope]
    fast = Compiler(Limits()).reply(translation, form, version, many=many, items="items")
    return ReplyBody(translation, form, many, "items", fast)


def request_of(translation: Translation, *, version: str = "1") -> RequestBody:
    """The body of requests in a version, with its fast path."""
    return RequestBody(translation, Limits(), Compiler(Limits()).request(translation, version))


class Different(AssertionError):
    """Twins that disagree: about which text, and what each made of it."""


def ask(body: Body, raw: bytes, *beside: Any) -> bool:
    """Whether the fast path takes a text, with what stands beside it, if anything does.

    Raises ``Different`` where its twin has other bytes, or none.
    """
    assert body.fast.run is not None
    try:
        taken = body.fast.run(raw, *beside)
    except Exception:
        return False
    try:
        slow: Any = body.interpreted(raw, *beside)
    except REFUSALS as refusal:
        slow = refusal
    if taken != slow:
        told = getattr(slow, "violations", slow)
        raise Different(f"\ntext: {raw!r}\nfast: {taken!r}\nslow: {told!r}\n{body.fast.source}")
    return True


# Documents with something wrong in them

STRANGERS: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    1.0,
    10**30,
    "",
    "3",
    "red",
    "é\U0001f600",
    [],
    {},
    [None],
    {"a": {}},
)
"""Values that most fields do not have."""


def mutated(rnd: Random, value: Any, often: float = 0.05) -> Any:
    """A document with some members missing, more, null, of other types or in another order."""
    if rnd.random() < often / 2:
        return rnd.choice(STRANGERS)
    if isinstance(value, list):
        return [mutated(rnd, element, often) for element in value] + [None] * (rnd.random() < often / 4)
    if not isinstance(value, dict):
        return value
    members = [(name, mutated(rnd, member, often)) for name, member in value.items() if rnd.random() > often / 2]
    if rnd.random() < often:
        members.append((rnd.choice(["zz", "id", "x0", "a", ""]), rnd.choice(STRANGERS)))
    if rnd.random() < 0.3:
        rnd.shuffle(members)
    return dict(members)


# Texts


def spelled(rnd: Random, value: Any, often: float = 0.05) -> bytes:
    """A text of a document: as programs print it, or with spaces, escapes, names said twice and odd numbers."""
    if rnd.random() < 0.4:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=rnd.random() < 0.5).encode()
    text = "".join(_tokens(rnd, value, often)).encode()
    if rnd.random() < often / 4:
        at = rnd.randrange(len(text) + 1)
        return text[:at] + rnd.choice([b"\xff", b"\xef\xbb\xbf", b",", b"]", b"\x00"]) + text[at:]
    return text


def _tokens(rnd: Random, value: Any, often: float) -> Iterator[str]:
    yield rnd.choice(["", "", "", " ", "\n\t"])
    if isinstance(value, dict):
        members = list(value.items())
        if members and rnd.random() < often / 2:
            members.append((rnd.choice(members)[0], rnd.choice([*value.values(), *STRANGERS])))
        inside = [[*_string(rnd, name, often), ":", *_tokens(rnd, member, often)] for name, member in members]
        yield from ("{", ",".join(map("".join, inside)), "}")
    elif isinstance(value, list):
        yield from ("[", ",".join("".join(_tokens(rnd, element, often)) for element in value), "]")
    elif isinstance(value, str):
        yield from _string(rnd, value, often)
    elif type(value) is int and rnd.random() < often:
        yield rnd.choice([f"{value}.0", f"{value}e0", f"{value}E+2", "-0", "1e999", "NaN", "9" * 400, str(2**63)])
    else:
        yield json.dumps(value)
    yield rnd.choice(["", "", "", " "])


def _string(rnd: Random, text: str, often: float) -> Iterator[str]:
    if rnd.random() < often:
        half = rnd.choice(["", "", "\\ud800", "\\n", "\\u0000", '\\"'])
        yield '"' + "".join(f"\\u{ord(letter):04x}" for letter in text if ord(letter) < 0x10000) + half + '"'
    else:
        yield json.dumps(text, ensure_ascii=rnd.random() < 0.5)
