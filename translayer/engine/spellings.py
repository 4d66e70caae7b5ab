"""Spellings: other ways to write the URL of a declared route, by which a lenient app would serve it all the same.

werkzeug's converters are strict about what they take, and an app need not be: ``/things/+5`` is no ``<int:id>``, but
it is the thing 5 to an app that reads it with ``int``. Such a URL is declared by nobody, and would go through to the
app, past every version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from .lookup import Rules
from .rules import parse

_READERS: Final[Mapping[str, Callable[[str], Any]]] = {"int": int, "float": float, "uuid": UUID}
"""What reads more than the converter of the same name takes."""

_VARIABLE: Final = re.compile(rf"<({'|'.join(_READERS)})(?:\([^()]*\))?:([^<>]+)>")


class Spellings:
    """Which paths a lenient app may take for one of ``rules``, in werkzeug's syntax."""

    def __init__(self, rules: Iterable[str]) -> None:
        loose = [rule for rule in dict.fromkeys(rules) if _VARIABLE.search(rule)]
        self._rules = Rules((_VARIABLE.sub(r"<\2>", rule), _readers(rule)) for rule in loose)

    def include(self, path: str) -> bool:
        """Whether a path is one of them, though it is none of the rules'."""
        found = self._rules.match(path)
        return found is not None and all(_reads(reader, found[1][at]) for at, reader in found[0])


def _readers(rule: str) -> list[tuple[int, Callable[[str], Any]]]:
    """What reads the variables of a rule that can be spelt otherwise, each with its place among all of them."""
    kinds = {name: kind for kind, name in _VARIABLE.findall(rule)}
    names = [variable.name for variable in parse(rule).variables]
    return [(at, _READERS[kinds[name]]) for at, name in enumerate(names) if name in kinds]


def _reads(reader: Callable[[str], Any], text: str) -> bool:
    try:
        reader(text)
    except ValueError:
        return False
    return True
