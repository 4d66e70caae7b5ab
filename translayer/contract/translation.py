"""Translation: the whole way between the app's JSON and one version's document of one schema.

Downgrade: business object, newest document, older document. Upgrade: the reverse, with a check in the client's
version before it and one of today's rules behind it, whose violations come back in the client's names.
"""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import Schema

from translayer.document.values import ABSENT, Absent, Json
from translayer.errors import Path, RequestError, Violation

from .business import Business
from .check import Check, rules_of_schema
from .lens import Chain, Faults
from .shape import Shape


@dataclass(frozen=True, eq=False)
class Translation:
    """One schema in one version.

    ``strict`` and ``lenient`` check the client's document; ``today`` checks what it became, where the client's
    version is not the newest. ``rules`` is the schema whose own rules (``@validates_schema``) are asked, if any.
    """

    business: Business
    chain: Chain
    shape: Shape
    newest: Shape
    strict: Check
    lenient: Check
    today: Check | None
    rules: type[Schema] | None
    limit: int
    loses: bool

    def downgrade(self, business: Json) -> Json:
        """The client's document for an object of the app; raises ``ContractViolation``."""
        return self.chain.get(self.business.get(business))

    def upgrade(
        self, document: Json, onto: Json | Absent = ABSENT, *, lenient: bool = False, current: Json | Absent = ABSENT
    ) -> Json:
        """The app's object for a client's document, onto the app's object as it is now, where it was read.

        ``current`` is what the client sees of that object now. Raises ``RequestError`` with every violation.
        """
        faults: Faults = []
        check = self.lenient if lenient else self.strict
        view = check.document(document, self.shape, faults, current)
        self._refuse(faults)
        newest = self.chain.put(view, ABSENT if onto is ABSENT else self.business.get(onto), faults)
        self._refuse(faults)
        newest = self._checked_today(newest, faults)
        self._refuse(faults)
        result = self.business.put(newest, onto, faults)
        self._refuse(self._seen_by_client(faults))
        return result

    def _checked_today(self, newest: Json, faults: Faults) -> Json:
        found: Faults = []
        if self.today is not None:
            newest = self.today.document(newest, self.newest, found)
        if self.rules is not None and not found:
            found.extend(rules_of_schema(self.rules, newest))
        faults.extend(self._seen_by_client(found))
        return newest

    def _seen_by_client(self, faults: Faults) -> Faults:
        return [fault.at(self.chain.older_path(fault.path)) for fault in faults]

    def _refuse(self, faults: Faults) -> None:
        if faults:
            raise RequestError("INVALID", violations=tuple(dict.fromkeys(faults))[: self.limit])

    def client_path(self, path: Path) -> Path:
        """Where a place in the app's object is found in the client's document."""
        return self.chain.older_path(self.business.older_path(path))

    def client_violation(self, violation: Violation) -> Violation:
        """A violation that the app reported, in the client's names."""
        return violation.at(self.client_path(violation.path))
