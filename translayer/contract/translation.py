"""Translation: the whole way between the app's JSON and one version's document of one schema.

Downgrade: business object, newest document, older document. Upgrade: the reverse, with a check in the client's
version before it and one of today's rules behind it, whose violations come back in the client's names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Literal, TypeAlias, cast

from msgspec import Struct

from translayer.document.values import ABSENT, Absent, Json, equal
from translayer.errors import ContractViolation, Path, RequestError, Violation

from .allowlist import declared, sent_of
from .business import Business
from .check import Check
from .difference import difference
from .lens import Chain, Faults, Lens
from .reach import unreachable, writable_at
from .rules import Rules
from .shape import Shape
from .veil import Veil

Handling: TypeAlias = Literal["strict", "lenient"]
"""How a client would like its document to be taken (RFC 7240, section 4.4)."""

INCOMPLETE: Final = "A part of the value is missing."
"""What is said of a value that the client did send, of which today's form needs more than there is in it."""


class Translation(Struct, frozen=True, eq=False):
    """One schema in one version.

    ``business`` is the lens to the app's objects, ``whole`` the one that keeps what is read-only in them. ``check`` is
    that of the client's document, by the policy for unknown fields, ``strict`` and ``lenient`` are those that a client
    may ask for instead; ``today`` checks what it became, where the client's version is not the newest.
    ``rules`` are those of today's schema that only marshmallow can ask, if any.
    ``loses`` says that the version cannot see all of an object, so that a write must read it first; ``untouched`` that
    its documents are the app's objects, but for their order and what never leaves. ``veil`` is over what the consumer
    does not see, where there is such a thing. ``linked`` says that the last lens of the chain is the step in which
    links become the client's.
    """

    business: Business
    whole: Business
    chain: Chain
    shape: Shape
    newest: Shape
    check: Check
    strict: Check
    lenient: Check
    today: Check | None
    rules: Rules | None
    limit: int
    loses: bool
    untouched: bool
    veil: Veil | None = None
    linked: bool = False

    @property
    def steps(self) -> tuple[Lens, ...]:
        """The steps that versions tell, and what is hidden, newest first: all but that of the links."""
        return self.chain.lenses[:-1] if self.linked else self.chain.lenses

    def downgrade(self, business: Json) -> Json:
        """The client's document for an object of the app; raises ``ContractViolation``."""
        if not isinstance(business, dict):
            raise ContractViolation("an object was expected")
        return self.view(self.business.get(business))

    def view(self, newest: Json) -> Json:
        """The client's document for a newest one: what the version declares, in that order, and nothing else."""
        return declared(self.chain.get(newest), self.shape, self.check.resolve)

    def shows_all(self, business: Json) -> bool:
        """Whether the client's document of an object that can be downgraded is that object, but for its order."""
        return self.untouched and self.business.get(business) is business

    def upgrade(
        self,
        document: Json,
        onto: Json | Absent = ABSENT,
        *,
        handling: Handling | None = None,
        current: Json | Absent = ABSENT,
        replaced: bool = False,
        whole: bool = False,
    ) -> Json:
        """The app's object for a client's document, onto the app's object as it is now, where it was read.

        - ``handling`` is how the client wants fields taken that its version does not have.
        - ``current`` is what the client sees of that object now, where read-only fields may be sent as they are;
          ``replaced`` says that it sends all of it, else what never leaves (``load_only``) may be left out.
        - With ``whole`` what is read-only is in the result, as ``onto`` has it; else it is left out, since it never
          enters the app, but for the keys by which elements of lists are recognised.

        Raises ``RequestError`` with every violation, ``ContractViolation`` where ``onto`` breaks the contract.
        """
        faults: Faults = []
        view = self._check(handling).document(document, self.shape, faults, current, replaced=replaced)
        self._refuse(faults)
        source = ABSENT if onto is ABSENT else self.business.get(onto)
        newest = self.chain.put(view, source, faults)
        self._refuse(faults)
        newest = self._checked_today(newest, source, faults)
        self._refuse(self._seen_by_client(faults, view))
        result = (self.whole if whole else self.business).put(newest, onto, faults)
        self._refuse(self._seen_by_client(faults, view))
        return result

    def difference(self, onto: Json, new: Json) -> list[Json]:
        """The JSON Patch (RFC 6902) of the app's object to a ``whole`` new one."""
        return list(difference(onto, new, self.writable(onto), self.writable(new)))

    def refuses(self, document: Json, handling: Handling | None) -> bool:
        """Whether a client's document says anything that is read-only, and may not unless it is so already."""
        check = self._check(handling)
        says = not equal(sent_of(document, self.shape, check.resolve), document)
        return says and check.policy(None, self.shape) == "raise"

    def _check(self, handling: Handling | None) -> Check:
        return {"strict": self.strict, "lenient": self.lenient, None: self.check}[handling]

    def writable(self, business: Json) -> Json:
        """An object of the app without what is read-only."""
        return self.business.put(self.business.get(business), business, [])

    def refuse_unreachable(self, places: Iterable[Path]) -> None:
        """Refuses places of a document that are read-only, or not in the version; raises ``RequestError``."""
        found = (unreachable(place, self.shape, self.check) for place in places)
        self._refuse(fault for fault in found if fault is not None)

    def takes(self, document: Json, place: Path) -> bool:
        """Whether what is at a place of a document may be written there, and reaches the app as it is."""
        found = writable_at(place, self.shape, self.check.resolve)
        if found is None or not _is_there(document, place):
            return False
        slot, field = found
        faults: Faults = []
        value = _found(document, field)
        return equal(self.strict.value(value, slot, faults), value) and not faults

    def _checked_today(self, newest: Json, source: Json | Absent, faults: Faults) -> Json:
        if self.today is not None:
            found: Faults = []
            newest = self.today.document(newest, self.newest, found, source)
            faults.extend(fault for fault in found if not _is_as_it_was(newest, source, fault.path))
        if self.rules is not None and not faults:
            faults.extend(self._broken(self.rules, newest, source))
        return newest

    def _broken(self, rules: Rules, newest: Json, source: Json | Absent) -> Faults:
        """What the rules say of a new document, less what they say of the app's own object as well."""
        broken = list(rules.broken(newest))
        if not broken or source is ABSENT:
            return broken
        known = set(rules.broken(source))
        return [fault for fault in broken if fault not in known]

    def _seen_by_client(self, faults: Faults, view: Json) -> Faults:
        """Violations of today's rules with the places and in the words of the client's version."""
        seen = [self._veiled(fault, fault.at(self.chain.older_path(fault.path))) for fault in faults]
        return [
            replace(fault, message=INCOMPLETE) if fault.code == "REQUIRED" and _is_there(view, fault.path) else fault
            for fault in seen
        ]

    def _veiled(self, fault: Violation, seen: Violation) -> Violation:
        """A violation as the client is told of it: ``fault`` has its place in today's document."""
        return seen if self.veil is None else self.veil.over(fault, seen)

    def _refuse(self, faults: Iterable[Violation]) -> None:
        told = tuple(dict.fromkeys(faults))
        if told:
            raise RequestError("INVALID", violations=told[: self.limit])

    def client_path(self, path: Path) -> Path:
        """Where a place in the app's object is found in the client's document."""
        return self.chain.older_path(self.business.older_path(path))

    def client_violation(self, violation: Violation) -> Violation:
        """A violation that the app reported, in the client's names."""
        today = violation.at(self.business.older_path(violation.path))
        return self._veiled(today, violation.at(self.client_path(violation.path)))


def _is_as_it_was(newest: Json, source: Json | Absent, path: Path) -> bool:
    """Whether the app's own object has at a place what the new one has: then no client has put it there."""
    before = _found(source, path)
    return before is not ABSENT and equal(_found(newest, path), before)


def _is_there(document: Json, path: Path) -> bool:
    """Whether a document has something at a place."""
    return _found(document, path) is not ABSENT


def _found(document: Json | Absent, path: Path) -> Json | Absent:
    """What a document has at a place."""
    for token in path:
        names = document if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else ()
        document = cast(Json, document)[token] if token in names else ABSENT
    return document
