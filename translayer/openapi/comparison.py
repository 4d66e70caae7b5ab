"""Comparison: two versions side by side, as contracts, and what becomes of their differences.

A side is a version as the code has it, a frozen version, or a contract file from anywhere. Between two versions every
difference is absorbed by what the versions between them tell; what nothing absorbs reaches clients. Whether a new
version is due is a matter of the difference alone: it is, where anything breaks clients of the old side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from translayer.contract.api import Api
from translayer.document.values import Object

from .attribution import Attribution, Finding, route_of
from .difference_table import Difference
from .differences import differences
from .folder import PROMISE, SWAGGER, Folder, promised
from .loading import load
from .model import Contract, form_of
from .parts import shape_of
from .servers import server_differences
from .specification import specification
from .timeless import nameless, timeless

FROZEN: Final = "frozen"
"""How a frozen version is named: by itself the newest that is published, with a version behind a colon that one."""


@dataclass(frozen=True)
class Side:
    """A contract to compare: its name, its document, and the position of its version, where that is declared.

    ``swagger`` makes the same contract as OpenAPI 2.0, where there is that too: it says less, so that only with it can
    a document of 2.0 be compared.
    """

    name: str
    document: Object
    position: int | None
    swagger: Callable[[], Object] | None = field(default=None, repr=False, compare=False)

    def as_told_by(self, other: Side) -> Side:
        """The side in the form that the other one has, where there is that."""
        if self.swagger is None or form_of(other.document) != "2.0":
            return self
        return replace(self, document=self.swagger())


@dataclass(frozen=True)
class Comparison:
    """The differences of ``new`` from ``old``.

    ``between`` says that both are declared versions, and not the same, so that the causes of a difference absorb it.
    """

    old: Side
    new: Side
    findings: tuple[Finding, ...]
    between: bool

    @property
    def breaking(self) -> tuple[Finding, ...]:
        """The differences that would break clients of the old side."""
        return tuple(finding for finding in self.findings if finding.difference.breaking)

    def absorbs(self, finding: Finding) -> bool:
        """Whether clients of the old side do not notice a difference."""
        return self.between and bool(finding.causes)

    @property
    def is_due(self) -> bool:
        """Whether what the new side says needs a version of its own."""
        return bool(self.breaking)

    def as_json(self) -> Object:
        """The comparison as a JSON object."""
        told = [{**finding.as_json(), "absorbed": self.absorbs(finding)} for finding in self.findings]
        return {"old": self.old.name, "new": self.new.name, "new_version_due": self.is_due, "differences": told}


def side(api: Api, folder: Folder, named: str) -> Side:
    """The side of a name: ``2``, ``frozen``, ``frozen:2``, or the path of a file.

    Raises ``DeclarationError`` for a file that cannot be read, ``LookupError`` where there is no such version, nor
    anything frozen.
    """
    seen = promised(api)
    if named.partition(":")[0] == FROZEN:
        return _frozen(seen, folder, named.partition(":")[2])
    if is_file(named):
        return Side(named, load(named), None)
    position = seen.position(named)
    swagger = partial(specification, seen, named, "2.0")
    return Side(f"version {named}", specification(seen, named, "3.1"), position, swagger)


def is_file(named: str) -> bool:
    """Whether a side is named by the path of a file."""
    return "/" in named or named.lower().endswith((".json", ".yaml", ".yml"))


def _frozen(api: Api, folder: Folder, text: str) -> Side:
    published = [version for version, state in folder.states.items() if state == "published"]
    if not (text or published):
        raise LookupError(f"nothing that is published is frozen in {folder}: run translayer freeze")
    text = text or published[0]
    if text not in folder.states:
        raise LookupError(f"version {text} is not frozen in {folder}: run translayer freeze")
    known = {version.text: position for position, version in enumerate(api.versions)}
    swagger = partial(load, folder.of(text) / SWAGGER)
    return Side(folder.name_of(text), load(folder.of(text) / PROMISE), known.get(text), swagger)


def compare(api: Api, old: Side, new: Side) -> Comparison:
    """The differences of one side from another; raises ``DeclarationError`` for a document that is no OpenAPI."""
    seen = promised(api)
    old, new = old.as_told_by(new), new.as_told_by(old)
    contracts = timeless(Contract.of(old.document)), timeless(Contract.of(new.document))
    known = [position for position in (old.position, new.position) if position is not None]
    if not known:
        told = tuple(Finding(old.name, one, one.operation or "all of it", ()) for one in differences(*contracts))
        return Comparison(old, new, told, between=False)
    span = known[0], known[-1]
    if span[0] != span[1]:
        contracts = nameless(contracts[0], seen, old.position), nameless(contracts[1], seen, new.position)
    kept, moved = _paired(seen, *contracts, span)
    attribution = Attribution(seen, kept, contracts[1], span)
    if span[0] == span[1]:
        moved = [*server_differences(*contracts), *moved]
    findings = [Attribution(seen, *contracts, span).finding(difference, old.name) for difference in moved]
    findings += [attribution.finding(difference, old.name) for difference in differences(kept, contracts[1])]
    return Comparison(old, new, tuple(findings), between=span[0] != span[1])


def _paired(api: Api, old: Contract, new: Contract, span: tuple[int, int]) -> tuple[Contract, list[Difference]]:
    """The old contract with its operations under the URLs that they have moved to, and what tells of the moves."""
    rules = {path.route: path.rule for path in api.tables[span[1]]}
    operations, moved = [], set()
    for operation in old.operations:
        route = route_of(api, span[0], operation)
        target = None if route not in rules else new.operation(operation.method, rules[route])
        if target is not None and shape_of(target.template) != shape_of(operation.template):
            moved |= {operation.name, target.name}
            operation = replace(operation, template=target.template)
        operations.append(operation)
    if not moved:
        return old, []
    told = [difference for difference in differences(old, new) if difference.operation in moved and not difference.path]
    return replace(old, operations=tuple(operations)), told
