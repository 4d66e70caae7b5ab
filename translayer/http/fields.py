"""Header fields of a reply, as a value.

A reply's headers are read and written anew many times on their way, so that looking one up must be a look-up and
making them must cost no more than one pass. werkzeug's ``Headers``, which can be changed, walks through all of them for
every question; what clients send is that (or stays in the server's hands), and what goes out is this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, overload

Pair: TypeAlias = tuple[str, str]
"""A header's name and its value."""


class Fields:
    """Names and values, in their order; names are compared without their case (RFC 9110, section 5.1).

    A value that is no text is taken for the text that it makes, since apps send numbers. Raises ``ValueError`` for one
    with a line break in it, which would be another header, or the body.

    >>> Fields([("ETag", '"a"')]).get("etag")
    '"a"'
    """

    __slots__ = ("_firsts", "pairs")

    pairs: Sequence[Pair]
    """The names and values, in their order."""

    def __init__(self, pairs: Iterable[tuple[str, object]] = ()) -> None:
        # All of them at once, as far as can be: this is done for every reply of every app.
        kept: list[Any] = list(map(tuple, pairs))
        firsts: dict[str, Any] = {}
        for name, value in kept:
            firsts[name.lower()] = value
        try:
            texts = "".join(firsts.values())
        except TypeError:
            texts = "\n"
        odd = len(firsts) < len(kept) or "\n" in texts or "\r" in texts
        self.pairs = list(map(_checked, kept)) if odd else kept
        self._firsts: dict[str, str] | None = None if odd else firsts

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> Fields:
        """Fields of pairs that are known to be right: they come from others, or are written here. They are kept."""
        made = cls.__new__(cls)
        made.pairs, made._firsts = pairs, None
        return made

    @property
    def firsts(self) -> Mapping[str, str]:
        """The first value of every header, by its name in lower case."""
        if self._firsts is None:
            last = {name.lower(): value for name, value in self.pairs}
            several = len(last) < len(self.pairs)
            self._firsts = {name.lower(): value for name, value in reversed(self.pairs)} if several else last
        return self._firsts

    @property
    def named(self) -> Iterable[tuple[str, Pair]]:
        """Every name in lower case, with the pair that it is of."""
        firsts = self.firsts
        if len(firsts) == len(self.pairs):
            return zip(firsts, self.pairs, strict=True)  # both have the same order
        return [(pair[0].lower(), pair) for pair in self.pairs]

    @overload
    def get(self, name: str) -> str | None: ...
    @overload
    def get(self, name: str, default: str) -> str: ...
    def get(self, name: str, default: str | None = None) -> str | None:
        """The first value of a header, or the default where there is none."""
        return self.firsts.get(name.lower(), default)

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        lowered = name.lower()
        return [value for known, value in self.pairs if known.lower() == lowered]

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.firsts

    def __iter__(self) -> Iterator[Pair]:
        return iter(self.pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and list(self.pairs) == list(other.pairs)

    __hash__ = None  # type: ignore[assignment]  # as lists have none

    def __repr__(self) -> str:
        return f"Fields({list(self.pairs)!r})"


def _checked(pair: tuple[str, object]) -> Pair:
    name, said = pair
    value = said if isinstance(said, str) else str(said)
    if "\n" in value or "\r" in value:
        raise ValueError(f"the header {name} has a newline in its value: {value!r}")
    return name, value
