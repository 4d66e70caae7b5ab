"""Rules: a URL rule in werkzeug's syntax, read once into what finding and making paths need.

Strategy: werkzeug says what a rule means, and its converters what a variable takes; what is kept here is the form in
which that is fastest to use. ``Rewriting`` makes the path that another rule has for the same variables; which rule a
path is of, ``lookup`` finds. A test holds both against werkzeug's own router, on rules and paths made up at random.

Border: one rule, and paths of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import zip_longest
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import quote, unquote

from werkzeug.routing import (
    AnyConverter,
    BaseConverter,
    FloatConverter,
    IntegerConverter,
    Map,
    PathConverter,
    UnicodeConverter,
    UUIDConverter,
)
from werkzeug.routing.rules import parse_converter_args

_TOKEN: Final = re.compile(
    r"(?P<slash>/)|(?P<literal>[^</]+)|"
    r"<(?:(?P<converter>[a-zA-Z_]\w*)(?:\((?P<arguments>.*?)\))?:)?(?P<variable>[a-zA-Z_]\w*)>",
    re.ASCII,
)

_UNQUOTED: Final = "!$&'()*+,/:;=@"
"""What stands in a path as it is; werkzeug's converters have the same list."""

_KNOWN_TEXTS: Final[Mapping[type[BaseConverter], Callable[[str], str]]] = {
    UnicodeConverter: str,
    AnyConverter: str,
    PathConverter: str,
    UUIDConverter: str.lower,
}
"""What a text that a converter's expression takes comes out as, when it is made a value and written again, for the
converters where that is known without doing it. Those refuse nothing either that their expression takes."""


_PLAIN: Final = frozenset({FloatConverter, IntegerConverter, UnicodeConverter, UUIDConverter})
"""Converters whose expressions take no slash and have no groups, so that they can stand in one for a whole path."""


class Variable(NamedTuple):
    """A variable of a rule: its name, and what reads and writes it."""

    name: str
    converter: BaseConverter

    @property
    def checked(self) -> bool:
        """Whether a text that the expression takes may still be refused."""
        return type(self.converter) not in _KNOWN_TEXTS

    @property
    def plainly(self) -> Callable[[str], str]:
        """Makes, of a text that it takes, the text that stands in a path that is made, unquoted."""
        return _KNOWN_TEXTS.get(type(self.converter), lambda text: unquote(self._written(text)))

    @property
    def quoted(self) -> Callable[[str], str]:
        """Makes the same, quoted."""
        plainly = _KNOWN_TEXTS.get(type(self.converter))
        return self._written if plainly is None else lambda text: _quoted(plainly(text))

    def _written(self, text: str) -> str:
        return self.converter.to_url(self.converter.to_python(text))


Texts: TypeAlias = tuple[str, ...]
"""What a path has for the variables of its rule, in their order there."""

Token: TypeAlias = "str | Variable"
"""A piece of a rule: a literal text, a slash, or a variable."""


class Part(NamedTuple):
    """What a path has at one place between its slashes, or, where it is ``final``, in all that is left of it.

    ``text`` is literal, or an expression with one of ``groups`` for each variable. ``suffixed`` says that it has one
    more, the last, for the slash at the end. Parts of one place are tried by ``weight``, the smallest first. ``plain``
    says that it can be held against a path at once with what is around it.
    """

    text: str
    literal: bool
    groups: tuple[str, ...] = ()
    final: bool = False
    suffixed: bool = False
    weight: tuple[Any, ...] = ()
    plain: bool = True

    @property
    def expression(self) -> str | None:
        """What stands for variables in an expression for a whole path; ``None`` where they cannot stand in one.

        It is atomic: what a part has taken it keeps, as where parts are tried one by one. Else a path that fits none
        would be tried in as many ways as its parts can be cut, which is a way to keep a worker busy.
        """
        if not self.plain:
            return None
        text = re.sub(r"\(\?P<variable_\d+>", "(", self.text.removesuffix(r"\Z"))
        return rf"(?>{text}(?=/|\Z))"

    def texts(self, match: re.Match[str]) -> Texts:
        """The texts of the variables; what else a converter's expression or the part has groups for is left out."""
        return (match[self.groups[0]],) if len(self.groups) == 1 else match.group(*self.groups)


class Pattern(NamedTuple):
    """A rule, read: its pieces in their order, and the parts that a path is held against."""

    tokens: tuple[Token, ...]
    parts: tuple[Part, ...]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables, in their order."""
        return tuple(token for token in self.tokens if isinstance(token, Variable))

    @property
    def first(self) -> str | None:
        """The first segment of every path of the rule, without its slash; ``None`` where it is not always the same."""
        return self.parts[1].text if self.parts[1].literal else None


# 4096: an API has hundreds of rules, of a few hundred bytes each. All versions that have a rule share it.
@lru_cache(maxsize=4096)
def parse(rule: str) -> Pattern:
    """The rule, which must be one that werkzeug understands, begins with a slash and has no two slashes in a row."""
    tokens = tuple(_tokens(rule))
    return Pattern(tokens, tuple(_parts(tokens)))


def _tokens(rule: str) -> Iterator[Token]:
    known = Map()
    for found in _TOKEN.finditer(rule):
        if found["variable"] is None:
            yield found[0]
        else:
            arguments, named = parse_converter_args(found["arguments"] or "")
            make = known.converters[found["converter"] or "default"]
            yield Variable(found["variable"], make(known, *arguments, **named))


def _parts(tokens: Iterable[Token]) -> Iterator[Part]:
    """Cuts a rule at its slashes, up to the first variable that takes slashes itself: from there on it is one part."""
    segment: list[Token] = []
    final = False
    for token in tokens:
        if token == "/" and not final:
            yield _part(segment, final)
            segment = []
        else:
            segment.append(token)
            final = final or (isinstance(token, Variable) and not token.converter.part_isolating)
    last = _part(segment, final)
    yield last
    if last.suffixed:
        yield Part("", True)


def _part(segment: list[Token], final: bool) -> Part:
    variables = [token for token in segment if isinstance(token, Variable)]
    if not variables:
        return Part("".join(map(str, segment)), True)
    suffixed = final and segment[-1] == "/"
    groups = tuple(f"variable_{number}" for number in range(len(variables)))
    expressions = (f"(?P<{group}>{one.converter.regex})" for group, one in zip(groups, variables, strict=True))
    texts = [next(expressions) if isinstance(token, Variable) else re.escape(token) for token in segment]
    if suffixed:
        texts[-1] = "(?<!/)(/?)"
    lengths = [len(token) for token in segment if isinstance(token, str) and token != "/"]
    plain = all(type(one.converter) in _PLAIN for one in variables)
    weights = tuple(one.converter.weight for one in variables)
    weight = (-len(lengths), tuple((at, -length) for at, length in enumerate(lengths)), -len(weights), weights)
    return Part("".join(texts) + r"\Z", False, groups, final, suffixed, weight, plain)


def may_share(one: Pattern, other: Pattern) -> bool:
    """Whether there may be a path that fits two rules; where it says no, there is none."""
    for here, there in zip_longest(form(one), form(other), fillvalue=_NO_PART):
        if here.final or there.final:
            return True
        if here.literal and there.literal and here.text != there.text:
            return False
        if here.literal != there.literal and not _fits(here, there):
            return False
    return True


_NO_PART: Final = Part("/", True)
"""What no path has at any place."""


def form(pattern: Pattern) -> tuple[Part, ...]:
    """What a rule has in common with those that differ in the names of variables alone, or in a slash at the end."""
    return pattern.parts[:-1] if pattern.parts[-1] == Part("", True) else pattern.parts


def _fits(one: Part, other: Part) -> bool:
    """Whether of two parts the literal one fits the expression of the other."""
    expression, text = (other, one) if one.literal else (one, other)
    return re.match(expression.text, text.text) is not None


class Rewriting:
    """From the variables' texts in a path of one rule to the path that another rule with the same variables has."""

    def __init__(self, source: Pattern, target: Pattern) -> None:
        places = {variable.name: place for place, variable in enumerate(source.variables)}
        self._plain = [(variable.plainly, places[variable.name]) for variable in target.variables]
        self._quoted = [(variable.quoted, places[variable.name]) for variable in target.variables]
        self._plain_form = _form(target, str)
        self._quoted_form = _form(target, _quoted)
        self.plain: Callable[[Texts], str] = self._simplest()
        """The path, unquoted, for the texts of the variables."""

    def _simplest(self) -> Callable[[Texts], str]:
        """What makes paths with as little ado as the variables of the target admit: most have one or none."""
        form, variables = self._plain_form, self._plain
        if variables == [(str, place) for place in range(len(variables))]:
            return form.__mod__
        if len(variables) == 1:
            ((write, place),) = variables
            return lambda texts: form % write(texts[place])
        return lambda texts: form % tuple([write(texts[place]) for write, place in variables])

    def quoted(self, texts: Texts) -> str:
        """The path as it stands in a link."""
        return self._quoted_form % tuple([write(texts[place]) for write, place in self._quoted])


def _quoted(text: str) -> str:
    return quote(text, _UNQUOTED)


def _form(pattern: Pattern, write: Callable[[str], str]) -> str:
    """All of what is literal in a rule, joined, with a place for every variable's text (printf-style)."""
    return "".join("%s" if isinstance(token, Variable) else write(token).replace("%", "%%") for token in pattern.tokens)
