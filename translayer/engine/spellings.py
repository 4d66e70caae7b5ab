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

from .links import adapter, matched

_READERS: Final[Mapping[str, Callable[[str], Any]]] = {"int": int, "float": float, "uuid": UUID}
"""What reads more than the converter of the same name takes."""

_VARIABLE: Final = re.compile(rf"<({'|'.join(_READERS)})(?:\([^()]*\))?:([^<>]+)>")


class Spellings:
    """Which paths a lenient app may take for one of ``rules``, in werkzeug's syntax."""

    def __init__(self, rules: Iterable[str]) -> None:
        loose = {rule: _VARIABLE.sub(r"<\2>", rule) for rule in rules if _VARIABLE.search(rule)}
        self._router = adapter(loose)
        self._readers = {rule: [(name, _READERS[kind]) for kind, name in _VARIABLE.findall(rule)] for rule in loose}

    def include(self, path: str) -> bool:
        """Whether a path is one of them, though it is none of the rules'."""
        found = matched(self._router, path)
        if found is None:
            return False
        rule, values = found
        return all(_reads(reader, values[name]) for name, reader in self._readers[rule])


def _reads(reader: Callable[[str], Any], text: str) -> bool:
    try:
        reader(text)
    except ValueError:
        return False
    return True
